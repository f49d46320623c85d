/* SPDX-License-Identifier: Apache-2.0 */
/* Expected figures were computed from the definitions with exact binomial coefficients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ys_binomial.h"

static void test_shares(void **state)
{
    (void)state;
    static const struct {
        uint64_t hits;
        uint64_t size;
        uint32_t low;
        uint32_t high;
    } rows[] = {
        {0, 0, 0, 10000},    {0, 10, 0, 3085},      {0, 120, 0, 303},  {1, 120, 2, 456},
        {5, 10, 1870, 8130}, {10, 10, 6915, 10000}, {2, 200, 12, 357}, {3, 1000, 6, 88},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t low = 1;
        uint32_t high = 1;
        ys_share_bounds(rows[i].hits, rows[i].size, &low, &high);
        assert_int_equal(low, rows[i].low);
        assert_int_equal(high, rows[i].high);
    }
}

static void test_quantiles(void **state)
{
    (void)state;
    static const struct {
        uint64_t size;
        uint32_t quantile;
        uint64_t low;
        uint64_t high;
    } rows[] = {
        {0, 9500, 0, 0},       {10, 9500, 8, 0},      {50, 9500, 44, 0},     {59, 9500, 52, 0},
        {71, 9500, 63, 0},     {72, 9500, 64, 72},    {73, 9500, 65, 73},    {100, 9500, 90, 100},
        {120, 9500, 109, 119}, {200, 9500, 184, 197}, {500, 9500, 465, 485}, {10, 5000, 2, 9},
        {100, 5000, 40, 61},   {500, 5000, 228, 273},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t low = 1;
        uint64_t high = 1;
        ys_quantile_ranks(rows[i].size, rows[i].quantile, &low, &high);
        assert_int_equal(low, rows[i].low);
        assert_int_equal(high, rows[i].high);
    }
}

static void test_largest(void **state)
{
    (void)state;
    uint32_t low = 0;
    uint32_t high = 0;
    ys_share_bounds(0, YS_BINOMIAL_SIZE_MAX, &low, &high);
    assert_int_equal(low, 0);
    assert_int_equal(high, 1);
    ys_share_bounds(YS_BINOMIAL_SIZE_MAX / 2, YS_BINOMIAL_SIZE_MAX, &low, &high);
    assert_in_range(low, 4960, 4980);
    assert_in_range(high, 5020, 5040);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
