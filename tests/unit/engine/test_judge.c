/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: expectations and observations as YAML, verdicts and texts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "test_arena.h"
#include "ys_judge.h"
#include "ys_yaml.h"

static const struct ys_value *yaml(const char *text)
{
    const struct ys_document *document = NULL;
    struct ys_err err;
    if (ys_yaml_parse(&test_arena, "test", text, strlen(text), &document, &err) != YS_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    return document->root;
}

static const struct ys_value *lookup(void *context, const char *name)
{
    return ys_value_get(context ? yaml(context) : NULL, name);
}

static char variables[] = "{n: 5, kinds: [a, b], row: {id: x}}";

static struct ys_judgement judge(enum ys_step_kind kind, const char *expect,
                                 const char *observation)
{
    struct ys_judgement judgement;
    struct ys_err err;
    if (ys_judge(&test_arena, kind, expect ? yaml(expect) : NULL, yaml(observation), lookup,
                 variables, &judgement, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    return judgement;
}

static void expect_verdict(enum ys_step_kind kind, const char *expect, const char *observation,
                           enum ys_verdict verdict)
{
    struct ys_judgement judgement = judge(kind, expect, observation);
    if (judgement.verdict != verdict) {
        fail_msg("%s against %s: %s, not %s", expect ? expect : "(none)", observation,
                 ys_verdict_name(judgement.verdict), ys_verdict_name(verdict));
    }
}

static void every_matcher_passes_and_fails(void **state)
{
    static const struct {
        const char *expect;
        const char *good;
        const char *bad;
    } table[] = {
        {"5", "5.00", "6"},
        {"\"${n}\"", "5", "\"5\""},
        {"{equals: {id: x}}", "{id: x}", "{id: y}"},
        {"\"${row}\"", "{id: x}", "{id: y}"},
        {"{not: 5}", "6", "5"},
        {"{not: {in: [1, 2]}}", "3", "2"},
        {"{less: 5}", "4.99", "5"},
        {"{at_most: 5}", "5", "5.01"},
        {"{greater: 5}", "5.01", "5"},
        {"{at_least: \"2026-01-31\"}", "2026-02-01", "2026-01-30"},
        {"{at_least: \"2026-01-31T08:00:00+08:00\"}", "\"2026-01-31T00:00:00Z\"",
         "\"2026-01-30T23:59:59Z\""},
        {"{between: [1, 3]}", "3", "3.1"},
        {"{in: \"${kinds}\"}", "b", "c"},
        {"{matches: \"[0-9]{3}\"}", "\"123\"", "\"1234\""},
        {"{contains: 测}", "再测试", "再试"},
        {"{contains: 3}", "[1, 3]", "[1, 2]"},
        {"{starts_with: ab}", "abc", "xab"},
        {"{ends_with: bc}", "abc", "bcd"},
        {"{length: 2}", "测试", "测"},
        {"{count: {greater: 1}}", "[1, 2]", "[1]"},
        {"{each: {greater: 0}}", "[1, 2]", "[1, 0]"},
        {"{each: {kind: {not: fee}}}", "[{kind: deposit}]", "[{kind: deposit}, {kind: fee}]"},
        {"{any: 2}", "[1, 2]", "[1, 3]"},
        {"{none: 2}", "[1, 3]", "[1, 2]"},
        {"{unique: true}", "[1, 2, {a: 1}]", "[{a: 1, b: 2}, {b: 2, a: 1}]"},
        {"{subset_of: [1, 2, 3]}", "[3, 1]", "[3, 4]"},
        {"{superset_of: [1, 2]}", "[3, 2, 1]", "[3, 1]"},
        {"{type: integer}", "5.00", "5.5"},
        {"{like: {a: 1, b: [x]}}", "{a: 2, b: [y, z], c: 0}", "{a: 2, b: [y, 1]}"},
        {"{fields: {id: x}}", "{id: x, more: 1}", "{id: y}"},
        {"{id: x}", "{id: x, more: 1}", "{id: y}"},
        {"{at_least: 1, at_most: 3}", "2", "4"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        expect_verdict(YS_STEP_CHECK, table[i].expect, table[i].good, YS_VERDICT_PASS);
        expect_verdict(YS_STEP_CHECK, table[i].expect, table[i].bad, YS_VERDICT_FAIL);
    }
}

static void nothing_vacuous_is_green(void **state)
{
    static const char *const matchers[] = {"{each: 1}", "{any: 1}", "{none: 1}", "{unique: true}"};
    (void)state;
    for (size_t i = 0; i < sizeof matchers / sizeof matchers[0]; i++) {
        expect_verdict(YS_STEP_CHECK, matchers[i], "[]", YS_VERDICT_INCONCLUSIVE);
    }
    expect_verdict(YS_STEP_CHECK, "{each: 1, allow_empty: true}", "[]", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_HTTP, "{json: {$.gone: 1}}", "{json: {}}", YS_VERDICT_INCONCLUSIVE);
    expect_verdict(YS_STEP_HTTP, "{json: {\"$.all[*].x\": {each: 1}}}", "{json: {all: []}}",
                   YS_VERDICT_INCONCLUSIVE);
    expect_verdict(YS_STEP_HTTP, "{json: {$.gone: {not: 1}}}", "{json: {}}",
                   YS_VERDICT_INCONCLUSIVE);
    expect_verdict(YS_STEP_HTTP, "{json: {$.gone: {absent: true}}}", "{json: {}}", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_HTTP, "{json: {$.gone: {exists: true}}}", "{json: {}}", YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_HTTP, "{json: {$.here: {absent: true}}}", "{json: {here: 1}}",
                   YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_HTTP, "{json: {\"$..x\": {count: 0}}}", "{json: {}}", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_HTTP, "{json: {$.x: 1}}", "{body: nonsense}", YS_VERDICT_INCONCLUSIVE);
}

static void another_type_is_a_failure_that_shows_both(void **state)
{
    (void)state;
    struct ys_judgement judgement = judge(YS_STEP_CHECK, "{at_most: 5}", "\"4\"");
    assert_int_equal(judgement.verdict, YS_VERDICT_FAIL);
    assert_non_null(strstr(judgement.checks[0].expected, "number"));
    assert_non_null(strstr(judgement.checks[0].observed, "string"));
}

static void a_set_matcher_names_what_differs(void **state)
{
    (void)state;
    struct ys_judgement judgement = judge(YS_STEP_CHECK, "{superset_of: [a, b, c]}", "[b]");
    assert_non_null(strstr(judgement.checks[0].observed, "\"a\""));
    assert_non_null(strstr(judgement.checks[0].observed, "\"c\""));
    assert_null(strstr(judgement.checks[0].observed, "\"b\""));
}

static void a_check_names_its_place_among_items(void **state)
{
    (void)state;
    struct ys_judgement judgement =
        judge(YS_STEP_CALL, "{entries: {each: {kind: {not: fee}}}}",
              "{outcome: accepted, entries: [{kind: deposit}, {kind: fee}]}");
    assert_int_equal(judgement.count, 1);
    assert_string_equal(judgement.checks[0].target, "entries[1].kind");
    assert_string_equal(judgement.checks[0].expected, "not \"fee\"");
}

static void findings_are_bounded_and_counted(void **state)
{
    (void)state;
    struct ys_value *list = ys_value_list(&test_arena);
    for (int64_t i = 0; i < 200; i++) {
        ys_value_append(&test_arena, list, ys_value_int(&test_arena, i));
    }
    struct ys_judgement judgement;
    struct ys_err err;
    assert_int_equal(ys_judge(&test_arena, YS_STEP_CHECK, yaml("{each: -1}"), list, lookup,
                              variables, &judgement, &err),
                     YS_OK);
    assert_int_equal(judgement.count, YS_FINDINGS_PER_CASE_MAX);
    assert_int_equal(judgement.omitted, 200 - YS_FINDINGS_PER_CASE_MAX);
}

static void a_call_must_be_accepted_unless_said_otherwise(void **state)
{
    (void)state;
    expect_verdict(YS_STEP_CALL, NULL, "{outcome: accepted}", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CALL, NULL, "{outcome: refused}", YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_CALL, "{fee: 0}", "{outcome: refused}", YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_CALL, "{outcome: refused}", "{outcome: refused}", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CALL, "{outcome: {in: [refused, timed-out]}}", "{outcome: accepted}",
                   YS_VERDICT_FAIL);
    struct ys_judgement judgement = judge(YS_STEP_CALL, NULL, "{outcome: refused, reason: X7}");
    assert_non_null(strstr(judgement.checks[0].reason, "X7"));
}

static void a_card_command_must_succeed_unless_said_otherwise(void **state)
{
    (void)state;
    expect_verdict(YS_STEP_CARD, NULL, "{sw: \"9000\", data: \"\"}", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CARD, NULL, "{sw: \"6982\", data: \"\"}", YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_CARD, "{sw: \"63C?\"}", "{sw: 63C2, data: \"\"}", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CARD, "{sw: \"63C2|63C4\"}", "{sw: 63C3}", YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_CARD, "{sw: 6982}", "{sw: \"6982\"}", YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CARD, "{name: 测试一}", "{sw: \"9000\", fields: {name: 测试一}}",
                   YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CARD, "{tlv: {6F/84: \"0102\"}}", "{sw: \"9000\", data: 6F0484020102}",
                   YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CARD, "{tlv: {6F/85: \"0102\"}}", "{sw: \"9000\", data: 6F0484020102}",
                   YS_VERDICT_INCONCLUSIVE);
}

static void a_reply_must_keep_its_contract_unless_said_otherwise(void **state)
{
    (void)state;
    expect_verdict(YS_STEP_CONTRACT, NULL, "{outcome: accepted, faults: [], exposed: [x]}",
                   YS_VERDICT_PASS);
    expect_verdict(YS_STEP_CONTRACT, NULL, "{outcome: accepted, faults: [a type]}",
                   YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_CONTRACT, NULL, "{outcome: refused, faults: []}", YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_CONTRACT, "{exposed: {equals: []}}",
                   "{outcome: refused, faults: [a type], exposed: []}", YS_VERDICT_PASS);
}

static void http_targets_are_found(void **state)
{
    static const char observation[] =
        "{status: 200, headers: {content-type: a/b}, body: \"<a><b>x</b></a>\", time_ms: 7, "
        "tls: {version: TLSv1.3}}";
    (void)state;
    expect_verdict(YS_STEP_HTTP,
                   "{status: 200, headers: {Content-Type: a/b}, xml: {/a/b: x}, "
                   "time_ms: {less: 10}, tls: {version: TLSv1.3}}",
                   observation, YS_VERDICT_PASS);
    expect_verdict(YS_STEP_HTTP, "{xml: {/a/b: y}}", observation, YS_VERDICT_FAIL);
    expect_verdict(YS_STEP_HTTP, "{tls: {version: TLSv1.2}}", observation, YS_VERDICT_FAIL);
}

static void an_unknown_variable_is_an_error_and_no_verdict(void **state)
{
    (void)state;
    struct ys_judgement judgement;
    struct ys_err err;
    assert_int_equal(ys_judge(&test_arena, YS_STEP_CHECK, yaml("{equals: \"${gone}\"}"), yaml("1"),
                              lookup, variables, &judgement, &err),
                     YS_ERR_UNDEFINED);
}

#define OVER(test) cmocka_unit_test_setup_teardown(test, set_up_arena, tear_down_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER(every_matcher_passes_and_fails),
        OVER(nothing_vacuous_is_green),
        OVER(another_type_is_a_failure_that_shows_both),
        OVER(a_set_matcher_names_what_differs),
        OVER(a_check_names_its_place_among_items),
        OVER(findings_are_bounded_and_counted),
        OVER(a_call_must_be_accepted_unless_said_otherwise),
        OVER(a_card_command_must_succeed_unless_said_otherwise),
        OVER(a_reply_must_keep_its_contract_unless_said_otherwise),
        OVER(http_targets_are_found),
        OVER(an_unknown_variable_is_an_error_and_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
