/* SPDX-License-Identifier: Apache-2.0 */
/* Exact decimals, at their edges and against wider integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ys_decimal.h"

static struct ys_decimal decimal(const char *text)
{
    struct ys_decimal value = {0};
    assert_int_equal(ys_decimal_parse(text, strlen(text), &value, NULL), YS_OK);
    return value;
}

static void assert_decimal(struct ys_decimal value, const char *expected)
{
    char text[YS_DECIMAL_TEXT_MAX];
    size_t length = ys_decimal_format(value, text);
    assert_int_equal(length, strlen(text));
    assert_string_equal(text, expected);
}

static void numbers_read_and_print_in_their_shortest_form(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"0.000", "0"},
        {"0e99999999999", "0"},
        {"100.00", "100"},
        {"+5", "5"},
        {"-12.50", "-12.5"},
        {"0.000000000000000001", "0.000000000000000001"},
        {"1.00000000000000000000000000", "1"},
        {"1000e-3", "1"},
        {"1.5E+2", "150"},
        {"15e-1", "1.5"},
        {"0.001e3", "1"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"-9.223372036854775808", "-9.223372036854775808"},
        {"1e18", "1000000000000000000"},
        {"120000e-20", "0.0000000000000012"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_decimal(decimal(pairs[i][0]), pairs[i][1]);
    }
}

static void what_is_no_number_or_does_not_fit_is_told_apart(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "-",   "+",   "01",    "-01", ".5",   "5.",
                                      "1e",  "e5",  "1e+", "0x10",  "1 ",  " 1",   "1,0",
                                      "--1", "+-1", "NaN", "1.2.3", "00",  "1_000"};
    static const char *const wide[] = {"9223372036854775808",
                                       "-9223372036854775809",
                                       "1e19",
                                       "1e-19",
                                       "1.0000000000000000001",
                                       "1e999999999999",
                                       "1e-999999999999",
                                       "123456789012345678901234567890"};
    struct ys_decimal value = ys_decimal_from_int(77);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ys_decimal_parse(bad[i], strlen(bad[i]), &value, NULL), YS_ERR_NUMBER);
    }
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        assert_int_equal(ys_decimal_parse(wide[i], strlen(wide[i]), &value, NULL), YS_ERR_RANGE);
    }
    assert_int_equal(value.coefficient, 77);
    assert_int_equal(ys_decimal_parse("12x", 2, &value, NULL), YS_OK);
    assert_int_equal(value.coefficient, 12);
}

static void places_are_padded_and_never_cut(void **state)
{
    (void)state;
    char text[YS_DECIMAL_TEXT_MAX];
    ys_decimal_format_places(decimal("100"), 2, text);
    assert_string_equal(text, "100.00");
    ys_decimal_format_places(decimal("-0.125"), 2, text);
    assert_string_equal(text, "-0.125");
    ys_decimal_format_places(decimal("-9223372036854775808"), 1000, text);
    assert_string_equal(text, "-9223372036854775808.000000000000000000");
}

static void order_is_by_value(void **state)
{
    (void)state;
    static const char *const ascending[] = {"-9223372036854775808",
                                            "-1.5",
                                            "-1.2",
                                            "-1",
                                            "-0.5",
                                            "-0.000000000000000001",
                                            "0",
                                            "0.000000000000000001",
                                            "0.5",
                                            "1",
                                            "1.2",
                                            "1.25",
                                            "9.223372036854775807",
                                            "9.3",
                                            "10",
                                            "922337203685477580.6",
                                            "9223372036854775807"};
    size_t count = sizeof ascending / sizeof ascending[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            assert_int_equal(ys_decimal_compare(decimal(ascending[i]), decimal(ascending[j])),
                             (i > j) - (i < j));
        }
    }
}

static void sums_are_exact_up_to_the_last_value_that_fits(void **state)
{
    (void)state;
    struct ys_decimal sum = {0};
    assert_int_equal(ys_decimal_add(decimal("0.1"), decimal("0.2"), &sum), YS_OK);
    assert_decimal(sum, "0.3");
    assert_int_equal(ys_decimal_add(decimal("0.95"), decimal("0.05"), &sum), YS_OK);
    assert_decimal(sum, "1");
    assert_int_equal(ys_decimal_add(decimal("9223372036854775807"), decimal("-0.5"), &sum),
                     YS_ERR_RANGE);
    assert_int_equal(ys_decimal_add(decimal("922337203685477581"), decimal("-0.5"), &sum), YS_OK);
    assert_decimal(sum, "922337203685477580.5");
    assert_int_equal(ys_decimal_add(decimal("9223372036854775807"), decimal("1"), &sum),
                     YS_ERR_RANGE);
    /* Aligning the terms would overflow; their sum fits. */
    assert_int_equal(ys_decimal_add(decimal("9.5"), decimal("-0.300000000000000001"), &sum), YS_OK);
    assert_decimal(sum, "9.199999999999999999");
    assert_int_equal(
        ys_decimal_add(decimal("922337203685477580.5"), decimal("922337203685477580.5"), &sum),
        YS_OK);
    assert_decimal(sum, "1844674407370955161");
    assert_int_equal(ys_decimal_subtract(decimal("-1"), decimal("-9223372036854775808"), &sum),
                     YS_OK);
    assert_decimal(sum, "9223372036854775807");
    assert_int_equal(ys_decimal_subtract(decimal("0"), decimal("-9223372036854775808"), &sum),
                     YS_ERR_RANGE);
    assert_int_equal(ys_decimal_subtract(decimal("500.00"), decimal("500.01"), &sum), YS_OK);
    assert_decimal(sum, "-0.01");
}

static void products_and_quotients_are_exact_or_refused(void **state)
{
    (void)state;
    struct ys_decimal value = {0};
    assert_int_equal(ys_decimal_multiply(decimal("4611686018427387904"), decimal("0.5"), &value),
                     YS_OK);
    assert_decimal(value, "2305843009213693952");
    assert_int_equal(ys_decimal_multiply(decimal("0.000000001"), decimal("0.0000000001"), &value),
                     YS_ERR_RANGE);
    assert_int_equal(ys_decimal_multiply(decimal("0.0000000002"), decimal("0.000000005"), &value),
                     YS_OK);
    assert_decimal(value, "0.000000000000000001");
    assert_int_equal(ys_decimal_multiply(decimal("-0.7"), decimal("1200"), &value), YS_OK);
    assert_decimal(value, "-840");
    assert_int_equal(ys_decimal_multiply(decimal("0"), decimal("0.5"), &value), YS_OK);
    assert_decimal(value, "0");

    assert_int_equal(ys_decimal_divide(decimal("1"), decimal("8"), &value), YS_OK);
    assert_decimal(value, "0.125");
    assert_int_equal(ys_decimal_divide(decimal("-7.5"), decimal("0.025"), &value), YS_OK);
    assert_decimal(value, "-300");
    assert_int_equal(ys_decimal_divide(decimal("2.1"), decimal("3"), &value), YS_OK);
    assert_decimal(value, "0.7");
    assert_int_equal(ys_decimal_divide(decimal("-9223372036854775808"), decimal("1"), &value),
                     YS_OK);
    assert_decimal(value, "-9223372036854775808");
    assert_int_equal(ys_decimal_divide(decimal("-9223372036854775808"), decimal("-1"), &value),
                     YS_ERR_RANGE);
    assert_int_equal(ys_decimal_divide(decimal("1"), decimal("3"), &value), YS_ERR_RANGE);
    assert_int_equal(ys_decimal_divide(decimal("1"), decimal("0"), &value), YS_ERR_RANGE);
    assert_int_equal(ys_decimal_divide(decimal("0"), decimal("3"), &value), YS_OK);
    assert_decimal(value, "0");
}

static void the_remainder_has_the_sign_of_the_divisor(void **state)
{
    (void)state;
    static const int cases[][3] = {{7, 3, 1}, {-7, 3, 2}, {7, -3, -2}, {-7, -3, -1}, {6, 3, 0}};
    struct ys_decimal rest = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ys_decimal_remainder(ys_decimal_from_int(cases[i][0]),
                                              ys_decimal_from_int(cases[i][1]), &rest),
                         YS_OK);
        assert_int_equal(rest.coefficient, cases[i][2]);
    }
    assert_int_equal(
        ys_decimal_remainder(ys_decimal_from_int(INT64_MIN), ys_decimal_from_int(-1), &rest),
        YS_OK);
    assert_int_equal(rest.coefficient, 0);
    assert_int_equal(ys_decimal_remainder(decimal("1"), decimal("0"), &rest), YS_ERR_RANGE);
    assert_int_equal(ys_decimal_remainder(decimal("1.5"), decimal("1"), &rest), YS_ERR_RANGE);
}

/* Random decimals of few digits, so that the plain computation in 1e-8 units is exact. */
static void arithmetic_agrees_with_scaled_integers(void **state)
{
    (void)state;
    uint32_t seed = 20240701;
    for (int round = 0; round < 20000; round++) {
        int64_t scaled[2];
        struct ys_decimal values[2];
        for (int i = 0; i < 2; i++) {
            seed = seed * 1664525u + 1013904223u;
            int64_t coefficient = (int64_t)(seed >> 8) % 2000001 - 1000000;
            seed = seed * 1664525u + 1013904223u;
            unsigned scale = (seed >> 16) % 5;
            char text[64];
            int64_t unit = 10000;
            for (unsigned s = 0; s < scale; s++) {
                unit /= 10;
            }
            struct ys_decimal whole = ys_decimal_from_int(coefficient);
            size_t length = ys_decimal_format(whole, text);
            text[length++] = 'e';
            text[length++] = '-';
            text[length++] = (char)('0' + scale);
            assert_int_equal(ys_decimal_parse(text, length, &values[i], NULL), YS_OK);
            scaled[i] = coefficient * unit;
        }
        struct ys_decimal got = {0};
        struct ys_decimal back = {0};
        struct ys_decimal expected = {0};
        struct ys_decimal units = decimal("0.0001");
        assert_int_equal(ys_decimal_add(values[0], values[1], &got), YS_OK);
        assert_int_equal(
            ys_decimal_multiply(ys_decimal_from_int(scaled[0] + scaled[1]), units, &expected),
            YS_OK);
        assert_int_equal(ys_decimal_compare(got, expected), 0);
        assert_int_equal(ys_decimal_subtract(got, values[1], &back), YS_OK);
        assert_true(back.coefficient == values[0].coefficient && back.scale == values[0].scale);
        assert_int_equal(ys_decimal_multiply(values[0], values[1], &got), YS_OK);
        if (values[1].coefficient != 0) {
            assert_int_equal(ys_decimal_divide(got, values[1], &back), YS_OK);
            assert_true(back.coefficient == values[0].coefficient && back.scale == values[0].scale);
        }
        assert_int_equal(ys_decimal_compare(values[0], values[1]),
                         (scaled[0] > scaled[1]) - (scaled[0] < scaled[1]));
    }
}

static void whole_numbers_are_read_strictly(void **state)
{
    (void)state;
    uint64_t value = 77;
    int64_t integer = 77;
    assert_int_equal(ys_parse_u64("18446744073709551615", 20, &value), YS_OK);
    assert_true(value == UINT64_MAX);
    assert_int_equal(ys_parse_u64("18446744073709551616", 20, &value), YS_ERR_RANGE);
    assert_int_equal(ys_parse_u64("99999999999999999999999", 23, &value), YS_ERR_RANGE);
    assert_int_equal(ys_parse_u64("", 0, &value), YS_ERR_NUMBER);
    assert_int_equal(ys_parse_u64("-1", 2, &value), YS_ERR_NUMBER);
    assert_int_equal(ys_parse_u64("1 ", 2, &value), YS_ERR_NUMBER);
    assert_true(value == UINT64_MAX);
    assert_int_equal(ys_decimal_to_int(decimal("-5"), &integer), YS_OK);
    assert_int_equal(integer, -5);
    assert_int_equal(ys_decimal_to_int(decimal("5.5"), &integer), YS_ERR_RANGE);
    assert_true(ys_decimal_is_integer(decimal("5.0")));
    assert_false(ys_decimal_is_integer(decimal("5.1")));
}

static void durations_need_their_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"200ms", 200}, {"5s", 5000}, {"2m", 120000}, {"1h", 3600000}, {"0s", 0}};
    static const char *const bad[] = {"", "5", "s", "5 s", "-5s", "1.5s", "5S", "5sec", "ms5"};
    int64_t ms = 77;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(ys_parse_duration(good[i].text, &ms, NULL), YS_OK);
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ys_parse_duration(bad[i], &ms, NULL), YS_ERR_NUMBER);
    }
    assert_int_equal(ys_parse_duration("9223372036854775807h", &ms, NULL), YS_ERR_RANGE);
    assert_int_equal(ys_parse_duration("99999999999999999999s", &ms, NULL), YS_ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_and_print_in_their_shortest_form),
        cmocka_unit_test(what_is_no_number_or_does_not_fit_is_told_apart),
        cmocka_unit_test(places_are_padded_and_never_cut),
        cmocka_unit_test(order_is_by_value),
        cmocka_unit_test(sums_are_exact_up_to_the_last_value_that_fits),
        cmocka_unit_test(products_and_quotients_are_exact_or_refused),
        cmocka_unit_test(the_remainder_has_the_sign_of_the_divisor),
        cmocka_unit_test(arithmetic_agrees_with_scaled_integers),
        cmocka_unit_test(whole_numbers_are_read_strictly),
        cmocka_unit_test(durations_need_their_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
