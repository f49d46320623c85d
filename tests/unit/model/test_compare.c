/* SPDX-License-Identifier: Apache-2.0 */
/* What became of cases and clauses: every pair of verdicts falls into one group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "test_arena.h"
#include "ys_compare.h"
#include "ys_json.h"

static const struct ys_value *json(const char *text)
{
    const struct ys_value *value = NULL;
    if (ys_json_parse(&test_arena, text, strlen(text), &value, NULL) != YS_OK) {
        fail_msg("%s", text);
    }
    return value;
}

static struct ys_json_stream *cases(const char *entries)
{
    const char *text = ys_arena_printf(&test_arena, "{\"clauses\":[],\"cases\":[%s]}", entries);
    return ys_json_stream_of(&test_arena, json(text), "cases");
}

static const struct ys_value *group(const struct ys_value *comparison, const char *of,
                                    const char *name)
{
    return ys_value_get(ys_value_get(comparison, of), name);
}

static const struct ys_value *compare(struct ys_json_stream *was, struct ys_json_stream *is)
{
    const struct ys_value *comparison = NULL;
    struct ys_err err;
    if (ys_compare_results(&test_arena, was, is, &comparison, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    return comparison;
}

/* NULL: the run has no such case. */
static const char *one_case(const char *verdict)
{
    return verdict ? ys_arena_printf(&test_arena, "{\"id\":\"a\",\"verdict\":\"%s\"}", verdict)
                   : "";
}

static void every_pair_of_verdicts_has_one_group(void **state)
{
    static const char *const verdicts[] = {"pass",    "fail",           "inconclusive",
                                           "pending", "not-applicable", NULL};
    static const char *const groups[] = {"new",       "fixed",   "still",    "unsettled",
                                         "undecided", "decided", "unchanged"};
    /* By the verdict then (rows) and now. */
    static const char *const expected[6][6] = {
        {"unchanged", "new", "undecided", "undecided", "unchanged", "undecided"},
        {"fixed", "still", "unsettled", "unsettled", "fixed", "unsettled"},
        {"decided", "new", "unchanged", "unchanged", "decided", "unchanged"},
        {"decided", "new", "unchanged", "unchanged", "decided", "unchanged"},
        {"unchanged", "new", "undecided", "undecided", "unchanged", "undecided"},
        {"decided", "new", "unchanged", "unchanged", "decided", NULL},
    };
    (void)state;
    for (size_t was = 0; was < 6; was++) {
        for (size_t is = 0; is < 6; is++) {
            const struct ys_value *comparison =
                compare(cases(one_case(verdicts[was])), cases(one_case(verdicts[is])));
            for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
                bool wanted = expected[was][is] && strcmp(expected[was][is], groups[i]) == 0;
                if (ys_value_get_int(group(comparison, "cases", groups[i]), "count", -1) !=
                    (int64_t)wanted) {
                    fail_msg("%s then, %s now: %s", verdicts[was] ? verdicts[was] : "absent",
                             verdicts[is] ? verdicts[is] : "absent", groups[i]);
                }
            }
        }
    }
}

static void a_failure_is_the_same_by_its_fingerprint(void **state)
{
    (void)state;
    struct ys_json_stream *was =
        cases("{\"id\":\"b\",\"verdict\":\"fail\",\"fingerprint\":\"f1\",\"attempts\":2},"
              "{\"id\":\"a\",\"verdict\":\"fail\",\"fingerprint\":\"f2\"}");
    struct ys_json_stream *is =
        cases("{\"id\":\"a\",\"verdict\":\"fail\",\"fingerprint\":\"f2\",\"title\":{\"en\":\"A\"}},"
              "{\"id\":\"b\",\"verdict\":\"fail\",\"fingerprint\":\"f3\"}");
    const struct ys_value *comparison = compare(was, is);
    const struct ys_value *still = ys_value_get(group(comparison, "cases", "still"), "entries");
    assert_int_equal(ys_value_count(still), 2);
    assert_string_equal(ys_value_get_text(ys_value_at(still, 0), "id"), "a");
    assert_true(ys_value_get_bool(ys_value_at(still, 0), "again", false));
    assert_false(ys_value_get_bool(ys_value_at(still, 1), "again", true));
    assert_int_equal(ys_value_get_int(ys_value_get(comparison, "retried"), "was", -1), 1);
    assert_int_equal(ys_value_get_int(ys_value_get(comparison, "retried"), "is", -1), 0);
}

static void long_lists_are_counted_and_broken_results_refused(void **state)
{
    const struct ys_value *comparison = NULL;
    const char *text = one_case("fail");
    struct ys_err err;
    (void)state;
    for (int i = 0; i < 300; i++) {
        text = ys_arena_printf(&test_arena, "%s,{\"id\":\"c%d\",\"verdict\":\"fail\"}", text, i);
    }
    comparison = compare(cases(""), cases(text));
    assert_int_equal(ys_value_get_int(group(comparison, "cases", "new"), "count", 0), 301);
    assert_int_equal(ys_value_count(ys_value_get(group(comparison, "cases", "new"), "entries")),
                     YS_COMPARE_LISTED_MAX);
    assert_int_equal(ys_compare_results(&test_arena, cases("{\"id\":\"a\",\"verdict\":\"good\"}"),
                                        cases(""), &comparison, &err),
                     YS_ERR_INVALID);
    assert_int_equal(ys_compare_results(&test_arena, cases(""), cases("{\"verdict\":\"pass\"}"),
                                        &comparison, &err),
                     YS_ERR_INVALID);
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_arena, tear_down_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(every_pair_of_verdicts_has_one_group),
        RUN_TEST(a_failure_is_the_same_by_its_fingerprint),
        RUN_TEST(long_lists_are_counted_and_broken_results_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
