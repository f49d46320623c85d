/* SPDX-License-Identifier: Apache-2.0 */
/* The decision of a gate as a function of a result and a baseline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_gate.h"
#include "ys_json.h"

#define FAILS(id, clauses, print)                                                                  \
    "{\"id\": \"" id "\", \"clauses\": [" clauses "], \"verdict\": \"fail\", \"reason\": \"r\", "  \
    "\"fingerprint\": \"" print "\"}"
#define CASE(id, verdict)                                                                          \
    "{\"id\": \"" id "\", \"clauses\": [\"5.1\"], \"verdict\": \"" verdict "\"}"
#define PRINT "f0123456789abcdef"

/* A gate run on 2 March 2026 in Beijing, where it is still 1 March in UTC. */
static const struct ys_value *result_of(const char *cases, const char *more)
{
    const struct ys_value *value = NULL;
    struct ys_err err;
    const char *text = ys_arena_printf(
        &test_arena,
        "{\"schema\": \"yanshou-result-1\", \"purpose\": \"gate\", \"started\": "
        "\"2026-03-01T17:00:00Z\", \"candidate\": {\"id\": \"bank\"}, \"clauses\": [{\"id\": "
        "\"5.1\"}, {\"id\": \"5.2\"}], \"cases\": [%s]%s}",
        cases, more);
    assert_int_equal(ys_json_parse(&test_arena, text, strlen(text), &value, &err), YS_OK);
    return value;
}

static const struct ys_baseline *baseline_of(const char *clause, const char *expires)
{
    struct ys_diags diags;
    struct ys_err err;
    const struct ys_document *document = NULL;
    const struct ys_baseline *baseline = NULL;
    const char *text = ys_arena_printf(
        &test_arena,
        "{baseline: bank, ratchet: 1, known: [{case: a, clause: %s, reason: r, owner: o, opened: "
        "2026-01-02, expires: %s, fingerprint: " PRINT "}]}",
        clause, expires);
    ys_diags_init(&diags, &test_arena);
    assert_int_equal(ys_yaml_parse(&test_arena, "known.yaml", text, strlen(text), &document, &err),
                     YS_OK);
    assert_int_equal(ys_baseline_read(&test_arena, document, &diags, &baseline), YS_OK);
    return baseline;
}

static struct ys_gate_verdict decide(const struct ys_value *result,
                                     const struct ys_baseline *baseline)
{
    struct ys_gate_verdict verdict;
    struct ys_err err = {.text = ""};
    if (ys_gate_decide(&test_arena, result, baseline, NULL, &verdict, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    return verdict;
}

static const char *kind_at(const struct ys_gate_verdict *verdict, const char *list, size_t at)
{
    const char *kind =
        ys_value_get_text(ys_value_at(ys_value_get(verdict->value, list), at), "kind");
    return kind ? kind : "";
}

static void an_entry_covers_one_clause_alone(void **state)
{
    (void)state;
    const struct ys_value *result = result_of(FAILS("a", "\"5.1\", \"5.2\"", PRINT), "");
    struct ys_gate_verdict verdict = decide(result, baseline_of("5.1", "2026-06-30"));
    assert_int_equal(verdict.decision, YS_GATE_RED);
    assert_int_equal(verdict.reason_count, 1);
    assert_int_equal(verdict.standing, 1);
    assert_string_equal(kind_at(&verdict, "reasons", 0), "new-failure");
    verdict = decide(result, baseline_of("5.3", "2026-06-30"));
    assert_int_equal(verdict.reason_count, 3); /* both clauses are new, the entry matches nothing */
}

static void the_last_day_is_that_of_beijing(void **state)
{
    (void)state;
    const struct ys_value *result = result_of(FAILS("a", "\"5.1\"", PRINT), "");
    struct ys_gate_verdict verdict = decide(result, baseline_of("5.1", "2026-03-02"));
    assert_int_equal(verdict.decision, YS_GATE_GREEN);
    assert_string_equal(kind_at(&verdict, "warnings", 0), "expires-soon");
    verdict = decide(result, baseline_of("5.1", "2026-03-01"));
    assert_int_equal(verdict.decision, YS_GATE_RED);
    assert_string_equal(kind_at(&verdict, "reasons", 0), "expired");
}

static void what_was_not_decided_is_never_green(void **state)
{
    (void)state;
    static const struct {
        const char *cases;
        const char *more;
        enum ys_gate_decision decision;
        const char *kind;
    } rows[] = {
        {CASE("b", "pass"), "", YS_GATE_GREEN, ""},
        {CASE("b", "pending"), "", YS_GATE_GREEN, ""},
        {CASE("b", "inconclusive"), "", YS_GATE_OPEN, ""},
        {CASE("b", "pass"), ", \"interrupted\": true", YS_GATE_RED, "interrupted"},
        {"", "", YS_GATE_RED, "empty-selection"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ys_gate_verdict verdict = decide(result_of(rows[i].cases, rows[i].more), NULL);
        assert_int_equal(verdict.decision, rows[i].decision);
        assert_string_equal(kind_at(&verdict, "reasons", 0), rows[i].kind);
    }
}

static void a_known_failure_must_happen(void **state)
{
    (void)state;
    static const struct {
        const char *cases;
        const char *more;
        const char *kind;
    } rows[] = {
        {CASE("a", "pass"), "", "did-not-happen"},
        {CASE("a", "inconclusive"), "", "not-tested"},
        {CASE("b", "pass"), ", \"not_selected\": [" CASE("a", "-") "]", "not-tested"},
        {CASE("b", "pass"), "", "matches-nothing"},
        {FAILS("a", "\"5.1\"", "ffffffffffffffff0"), "", "other-failure"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ys_gate_verdict verdict =
            decide(result_of(rows[i].cases, rows[i].more), baseline_of("5.1", "2026-06-30"));
        assert_int_equal(verdict.decision, YS_GATE_RED);
        assert_int_equal(verdict.reason_count, 1);
        assert_string_equal(kind_at(&verdict, "reasons", 0), rows[i].kind);
    }
}

static void what_is_no_gate_run_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"schema\": \"yanshou-result-1\", \"purpose\": \"acceptance\", \"started\": "
        "\"2026-03-01T17:00:00Z\", \"candidate\": {\"id\": \"bank\"}, \"cases\": []}",
        "{\"schema\": \"yanshou-result-1\", \"purpose\": \"gate\", \"started\": "
        "\"2026-03-01T17:00:00Z\", \"candidate\": {\"id\": \"another\"}, \"cases\": []}",
        "{\"schema\": \"yanshou-result-1\", \"purpose\": \"gate\", \"candidate\": {\"id\": "
        "\"bank\"}, \"cases\": []}",
        "{\"schema\": \"yanshou-result-1\", \"purpose\": \"gate\", \"started\": "
        "\"2026-03-01T17:00:00Z\", \"candidate\": {\"id\": \"bank\"}, \"cases\": [" CASE(
            "a", "fail") "]}",
        "[]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct ys_value *value = NULL;
        struct ys_gate_verdict verdict;
        struct ys_err err = {.text = ""};
        assert_int_equal(ys_json_parse(&test_arena, texts[i], strlen(texts[i]), &value, &err),
                         YS_OK);
        assert_int_not_equal(ys_gate_decide(&test_arena, value, baseline_of("5.1", "2026-06-30"),
                                            NULL, &verdict, &err),
                             YS_OK);
        assert_true(err.text[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_entry_covers_one_clause_alone, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(the_last_day_is_that_of_beijing, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(what_was_not_decided_is_never_green, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(a_known_failure_must_happen, set_up_arena, tear_down_arena),
        cmocka_unit_test_setup_teardown(what_is_no_gate_run_is_refused, set_up_arena,
                                        tear_down_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
