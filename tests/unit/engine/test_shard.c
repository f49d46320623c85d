/* SPDX-License-Identifier: Apache-2.0 */
/* The division of a plan, and where its part comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ys_shard.h"

static int clear_environment(void **state)
{
    (void)state;
    unsetenv("YANSHOU_SHARD");
    unsetenv("CI_NODE_INDEX");
    unsetenv("CI_NODE_TOTAL");
    unsetenv("JOB_COMPLETION_INDEX");
    return 0;
}

static void expect_shard(const char *text, unsigned index, unsigned count)
{
    struct ys_shard shard = {0};
    struct ys_err err = {0};
    if (ys_shard_parse(text, &shard, &err) != YS_OK) {
        fail_msg("'%s' is refused: %s", text, err.text);
    }
    assert_int_equal(shard.index, index);
    assert_int_equal(shard.count, count);
}

static void expect_refusal(const char *text, const char *names)
{
    struct ys_shard shard = {0};
    struct ys_err err = {0};
    assert_int_equal(ys_shard_parse(text, &shard, &err), YS_ERR_USAGE);
    if (!strstr(err.text, names)) {
        fail_msg("'%s' is refused with '%s', which does not name %s", text, err.text, names);
    }
    assert_int_equal(shard.count, 0);
}

static void test_pair(void **state)
{
    (void)state;
    expect_shard("1/1", 1, 1);
    expect_shard("2/5", 2, 5);
    expect_shard("1000/1000", 1000, 1000);
    const char *const wrong[] = {"",      "0/5",  "6/5",   "2",        "2/",     "/5",
                                 "2/5/7", "-1/5", "+1/5",  "1/-5",     "1/1001", "a/b",
                                 " 1/2",  "1/2 ", "1.0/2", "automatic"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        expect_refusal(wrong[i], "--shard");
    }
}

static void test_environment(void **state)
{
    (void)state;
    expect_refusal("auto", "YANSHOU_SHARD");
    setenv("JOB_COMPLETION_INDEX", "0", 1);
    expect_shard("auto/3", 1, 3);
    expect_refusal("auto", "auto/N");
    setenv("JOB_COMPLETION_INDEX", "2", 1);
    expect_shard("auto/3", 3, 3);
    setenv("JOB_COMPLETION_INDEX", "3", 1);
    expect_refusal("auto/3", "JOB_COMPLETION_INDEX");
    setenv("CI_NODE_INDEX", "1", 1);
    expect_refusal("auto", "--shard auto/N");
    setenv("CI_NODE_TOTAL", "4", 1);
    expect_shard("auto", 1, 4);
    setenv("CI_NODE_INDEX", "4", 1);
    expect_shard("auto", 4, 4);
    setenv("CI_NODE_INDEX", "0", 1);
    expect_refusal("auto", "CI_NODE_INDEX");
    setenv("CI_NODE_INDEX", "5", 1);
    expect_refusal("auto", "CI_NODE_INDEX");
    setenv("CI_NODE_INDEX", "1", 1);
    setenv("CI_NODE_TOTAL", "many", 1);
    expect_refusal("auto", "CI_NODE_TOTAL");
    setenv("YANSHOU_SHARD", "7/8", 1);
    expect_shard("auto", 7, 8);
    setenv("YANSHOU_SHARD", "9/8", 1);
    expect_refusal("auto", "YANSHOU_SHARD");
}

static void divide(const int64_t *durations, size_t count, unsigned parts, uint64_t *ret_load)
{
    unsigned *of = calloc(count + 1u, sizeof *of);
    assert_non_null(of);
    ys_shard_divide(durations, count, parts, of);
    for (unsigned k = 0; k < parts; k++) {
        ret_load[k] = 0;
    }
    for (size_t i = 0; i < count; i++) {
        assert_in_range(of[i], 1, parts);
        ret_load[of[i] - 1u] += durations[i] < 0 ? 1u : (uint64_t)durations[i];
    }
    free(of);
}

static void test_divides_evenly(void **state)
{
    (void)state;
    uint64_t load[3];
    const int64_t unknown[] = {-1, -1, -1, -1, -1, -1, -1};
    divide(unknown, 7, 3, load);
    assert_int_equal(load[0], 3);
    assert_int_equal(load[1], 2);
    assert_int_equal(load[2], 2);
    const int64_t zero[] = {0, 0, 0, 0, 0, 0};
    unsigned of[6];
    ys_shard_divide(zero, 6, 3, of);
    assert_int_equal(of[0], 1);
    assert_int_equal(of[1], 2);
    assert_int_equal(of[2], 3);
    assert_int_equal(of[5], 3);
    const int64_t known[] = {90, 10, 20, 30, 30, 91};
    divide(known, 6, 3, load);
    assert_int_equal(load[0], 91);
    assert_int_equal(load[1], 90);
    assert_int_equal(load[2], 90);
}

static void test_parts_without_cases(void **state)
{
    (void)state;
    const int64_t one[] = {5};
    unsigned of[1];
    ys_shard_divide(one, 1, 4, of);
    assert_int_equal(of[0], 1);
    ys_shard_divide(one, 0, 4, of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pair, clear_environment),
        cmocka_unit_test_setup(test_environment, clear_environment),
        cmocka_unit_test(test_divides_evenly),
        cmocka_unit_test(test_parts_without_cases),
    };
    return cmocka_run_group_tests(tests, NULL, clear_environment);
}
