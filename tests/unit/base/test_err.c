/* SPDX-License-Identifier: Apache-2.0 */
/* Error details and the table of statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ys_err.h"

static void a_text_and_its_place_are_kept(void **state)
{
    (void)state;
    struct ys_err err;
    enum ys_status status =
        ys_err_at(&err, YS_ERR_SYNTAX, "suite.yaml", 3, 7, "unknown key '%s'", "expct");
    assert_int_equal(status, YS_ERR_SYNTAX);
    assert_int_equal(err.status, YS_ERR_SYNTAX);
    assert_string_equal(err.source, "suite.yaml");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 7);
    assert_string_equal(err.text, "unknown key 'expct'");
}

static void without_a_struct_the_status_still_returns(void **state)
{
    (void)state;
    struct ys_err lower = {.status = YS_ERR_IO, .text = "disk"};
    assert_int_equal(ys_err_set(NULL, YS_ERR_LIMIT, "x"), YS_ERR_LIMIT);
    assert_int_equal(ys_err_at(NULL, YS_ERR_TYPE, NULL, 1, 1, "x"), YS_ERR_TYPE);
    assert_int_equal(ys_err_prefix(NULL, &lower, "x"), YS_ERR_IO);
}

static void context_goes_in_front_and_the_place_stays(void **state)
{
    (void)state;
    struct ys_err err;
    ys_err_at(&err, YS_ERR_NUMBER, "a.yaml", 2, 4, "'x' is not a number");
    /* Source and target are one, and the arguments point into it. */
    assert_int_equal(ys_err_prefix(&err, &err, "%s, budget", err.source), YS_ERR_NUMBER);
    assert_string_equal(err.text, "a.yaml, budget: 'x' is not a number");
    assert_string_equal(err.source, "a.yaml");
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 4);
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    struct ys_err err;
    char text[YS_ERR_TEXT_MAX * 2];
    for (size_t pad = 0; pad < 3; pad++) {
        memset(text, 'x', pad);
        size_t length = pad;
        while (length + 3 < sizeof text) {
            memcpy(text + length, "\xE9\xAA\x8C", 3);
            length += 3;
        }
        text[length] = '\0';
        ys_err_set(&err, YS_ERR_LIMIT, "%s", text);
        size_t kept = strlen(err.text);
        assert_true(kept > YS_ERR_TEXT_MAX - 4);
        assert_true(kept < YS_ERR_TEXT_MAX);
        assert_int_equal((kept - pad) % 3, 0);
    }
}

static void every_status_has_a_name_a_sentence_and_its_own_number(void **state)
{
    (void)state;
    static const enum ys_status all[] = {
        YS_OK,
#define YS_STATUS(name, number, text) name,
#include "ys_err.def"
#undef YS_STATUS
    };
    size_t count = sizeof all / sizeof all[0];
    assert_true(count > 30);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || all[i] < 0);
        assert_memory_equal(ys_status_name(all[i]), i == 0 ? "YS_OK" : "YS_ERR_", i == 0 ? 6 : 7);
        assert_true(strlen(ys_status_text(all[i])) > 5);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(all[i], all[j]);
            assert_string_not_equal(ys_status_name(all[i]), ys_status_name(all[j]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_and_its_place_are_kept),
        cmocka_unit_test(without_a_struct_the_status_still_returns),
        cmocka_unit_test(context_goes_in_front_and_the_place_stays),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(every_status_has_a_name_a_sentence_and_its_own_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
