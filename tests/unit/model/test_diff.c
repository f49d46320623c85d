/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_diff.h"
#include "ys_json.h"

/* A result with these cases, written as JSON objects, and no clause. */
static const struct ys_value *result_of(const char *cases)
{
    const struct ys_value *value = NULL;
    struct ys_err err;
    const char *text = ys_arena_printf(
        &test_arena, "{\"schema\": \"yanshou-result-1\", \"clauses\": [], \"cases\": [%s]}", cases);
    assert_int_equal(ys_json_parse(&test_arena, text, strlen(text), &value, &err), YS_OK);
    return value;
}

static struct ys_diff diff_of(const char *was, const char *is)
{
    struct ys_diff diff;
    struct ys_err err;
    assert_int_equal(ys_diff_results(&test_arena, result_of(was), result_of(is), &diff, &err),
                     YS_OK);
    return diff;
}

static void assert_only(const struct ys_diff *diff, enum ys_change change, size_t count)
{
    for (int i = 0; i < YS_CHANGE_NONE; i++) {
        assert_int_equal(diff->counts[i], i == (int)change ? count : 0);
    }
    assert_int_equal(ys_value_count(diff->cases), count);
}

static void each_change_of_a_verdict_has_its_word(void **state)
{
    static const struct {
        const char *was;
        const char *is;
        enum ys_change change;
    } table[] = {
        {"pass", "fail", YS_CHANGE_WORSE},
        {"pass", "inconclusive", YS_CHANGE_WORSE},
        {"pending", "inconclusive", YS_CHANGE_WORSE},
        {"inconclusive", "fail", YS_CHANGE_WORSE},
        {"not-applicable", "pending", YS_CHANGE_WORSE},
        {"fail", "inconclusive", YS_CHANGE_BETTER},
        {"fail", "pass", YS_CHANGE_BETTER},
        {"pass", "not-applicable", YS_CHANGE_CHANGED},
        {"not-applicable", "pass", YS_CHANGE_CHANGED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct ys_diff diff = diff_of(
            ys_arena_printf(&test_arena, "{\"id\": \"a\", \"verdict\": \"%s\"}", table[i].was),
            ys_arena_printf(&test_arena, "{\"id\": \"a\", \"verdict\": \"%s\"}", table[i].is));
        assert_only(&diff, table[i].change, 1);
        assert_int_equal(diff.worse, table[i].change == YS_CHANGE_WORSE);
    }
}

static void the_same_failure_is_no_change_and_another_reason_is(void **state)
{
    const char *was = "{\"id\": \"a\", \"verdict\": \"fail\", \"cause\": \"candidate\", "
                      "\"reason\": \"fee differs\", \"duration_ms\": 3}";
    const char *later = "{\"id\": \"a\", \"verdict\": \"fail\", \"cause\": \"candidate\", "
                        "\"reason\": \"fee differs\", \"duration_ms\": 9}";
    const char *other = "{\"id\": \"a\", \"verdict\": \"fail\", \"cause\": \"candidate\", "
                        "\"reason\": \"balance differs\"}";
    (void)state;
    struct ys_diff diff = diff_of(was, later);
    assert_only(&diff, YS_CHANGE_NONE, 0);
    diff = diff_of(was, other);
    assert_only(&diff, YS_CHANGE_CHANGED, 1);
    assert_false(diff.worse);
}

static void something_new_is_worse_only_where_it_fails(void **state)
{
    (void)state;
    struct ys_diff diff = diff_of("", "{\"id\": \"a\", \"verdict\": \"fail\"}");
    assert_only(&diff, YS_CHANGE_NEW, 1);
    assert_true(diff.worse);
    diff = diff_of("", "{\"id\": \"a\", \"verdict\": \"pass\"}");
    assert_only(&diff, YS_CHANGE_NEW, 1);
    assert_false(diff.worse);
    diff = diff_of("{\"id\": \"a\", \"verdict\": \"pass\"}", "");
    assert_only(&diff, YS_CHANGE_GONE, 1);
    assert_false(diff.worse);
}

#define NAMED(id, verdict)                                                                         \
    "{\"id\": \"" id "\", \"verdict\": \"" verdict "\", \"title\": {\"en\": \"t\"}, "              \
    "\"clauses\": [\"5.5.6\"]}"

static void a_renamed_case_is_found_by_its_title_and_clauses(void **state)
{
    (void)state;
    struct ys_diff diff = diff_of(NAMED("old", "pass"), NAMED("new", "pass"));
    assert_only(&diff, YS_CHANGE_RENAMED, 1);
    const struct ys_value *entry = ys_value_at(diff.cases, 0);
    assert_string_equal(ys_value_get_text(entry, "id"), "new");
    assert_string_equal(ys_value_get_text(entry, "was_id"), "old");
    diff = diff_of(NAMED("old", "pass"), NAMED("new", "fail"));
    assert_only(&diff, YS_CHANGE_WORSE, 1);
    assert_string_equal(ys_value_get_text(ys_value_at(diff.cases, 0), "was_id"), "old");
}

static void a_fingerprint_that_two_cases_share_matches_nothing(void **state)
{
    (void)state;
    struct ys_diff diff = diff_of(NAMED("a", "pass") ", " NAMED("b", "pass"), NAMED("c", "pass"));
    assert_int_equal(diff.counts[YS_CHANGE_GONE], 2);
    assert_int_equal(diff.counts[YS_CHANGE_NEW], 1);
    diff = diff_of(NAMED("a", "pass"), NAMED("b", "pass") ", " NAMED("c", "pass"));
    assert_int_equal(diff.counts[YS_CHANGE_GONE], 1);
    assert_int_equal(diff.counts[YS_CHANGE_NEW], 2);
    diff =
        diff_of("{\"id\": \"a\", \"verdict\": \"pass\"}", "{\"id\": \"b\", \"verdict\": \"pass\"}");
    assert_int_equal(diff.counts[YS_CHANGE_RENAMED], 0);
}

#define FOUND(reason, second)                                                                      \
    "{\"id\": \"a\", \"verdict\": \"fail\", \"reason\": \"" reason "\", \"findings\": ["           \
    "{\"target\": \"fee\", \"expected\": \"0\", \"observed\": \"2\"}, "                            \
    "{\"target\": \"balance\", \"expected\": \"7\", \"observed\": \"" second "\"}]}"

static void the_first_finding_that_differs_stands_on_both_sides(void **state)
{
    (void)state;
    struct ys_diff diff = diff_of(FOUND("x", "8"), FOUND("y", "9"));
    const struct ys_value *entry = ys_value_at(diff.cases, 0);
    const struct ys_value *was = ys_value_get(ys_value_get(entry, "was"), "observation");
    const struct ys_value *is = ys_value_get(ys_value_get(entry, "is"), "observation");
    assert_string_equal(ys_value_get_text(was, "target"), "balance");
    assert_string_equal(ys_value_get_text(was, "observed"), "8");
    assert_string_equal(ys_value_get_text(is, "observed"), "9");
}

static void what_is_no_result_is_refused(void **state)
{
    static const char *const bad[] = {
        "{}",
        "[]",
        "{\"schema\": \"yanshou-result-1\"}",
        "{\"schema\": \"yanshou-result-2\", \"clauses\": [], \"cases\": []}",
        "{\"schema\": \"yanshou-result-1\", \"clauses\": [], \"cases\": {}}",
        "{\"schema\": \"yanshou-result-1\", \"clauses\": [{\"id\": \"4.1\"}], \"cases\": []}",
        "{\"schema\": \"yanshou-result-1\", \"clauses\": [], \"cases\": [{\"verdict\": \"pass\"}]}",
        ("{\"schema\": \"yanshou-result-1\", \"clauses\": [], "
         "\"cases\": [{\"id\": \"a\", \"verdict\": \"good\"}]}"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct ys_value *value = NULL;
        struct ys_diff diff;
        struct ys_err err;
        assert_int_equal(ys_json_parse(&test_arena, bad[i], strlen(bad[i]), &value, &err), YS_OK);
        assert_int_equal(ys_diff_results(&test_arena, value, result_of(""), &diff, &err),
                         YS_ERR_INVALID);
        assert_non_null(strstr(err.text, "the old result"));
        assert_int_equal(ys_diff_results(&test_arena, result_of(""), value, &diff, &err),
                         YS_ERR_INVALID);
        assert_non_null(strstr(err.text, "the new result"));
    }
}

/* In the time of sorting: comparing each with each would take minutes. */
static void long_lists_in_another_order_are_paired(void **state)
{
    enum { COUNT = 100000, SHIFT = 30000, SECONDS_MAX = 10 };
    struct ys_diff diff;
    struct ys_value *sides[2];
    (void)state;
    for (size_t side = 0; side < 2; side++) {
        struct ys_value *cases = ys_value_list(&test_arena);
        for (size_t i = 0; i < COUNT; i++) {
            size_t number = side == 0 ? i : (i + SHIFT) % COUNT;
            struct ys_value *one = ys_value_map(&test_arena);
            ys_value_set_text(&test_arena, one, "id",
                              ys_arena_printf(&test_arena, "case.%zu", number));
            ys_value_set_text(&test_arena, one, "verdict", side == 1 && i == 7 ? "fail" : "pass");
            ys_value_append(&test_arena, cases, one);
        }
        sides[side] = ys_value_map(&test_arena);
        ys_value_set_text(&test_arena, sides[side], "schema", "yanshou-result-1");
        ys_value_set(&test_arena, sides[side], "clauses", ys_value_list(&test_arena));
        ys_value_set(&test_arena, sides[side], "cases", cases);
    }
    clock_t start = clock();
    assert_int_equal(ys_diff_results(&test_arena, sides[0], sides[1], &diff, NULL), YS_OK);
    assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
    assert_only(&diff, YS_CHANGE_WORSE, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_change_of_a_verdict_has_its_word),
        cmocka_unit_test(the_same_failure_is_no_change_and_another_reason_is),
        cmocka_unit_test(something_new_is_worse_only_where_it_fails),
        cmocka_unit_test(a_renamed_case_is_found_by_its_title_and_clauses),
        cmocka_unit_test(a_fingerprint_that_two_cases_share_matches_nothing),
        cmocka_unit_test(the_first_finding_that_differs_stands_on_both_sides),
        cmocka_unit_test(long_lists_in_another_order_are_paired),
        cmocka_unit_test(what_is_no_result_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
