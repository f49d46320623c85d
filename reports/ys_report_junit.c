/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit XML as CI servers read it. It knows no undecided test, so `inconclusive` becomes an error
 * and `pending` a skipped test with its reason; the verdict itself stands in a property.
 */
#include <assert.h>
#include <string.h>

#include "ys_report.h"
#include "ys_report_words.h"
#include "ys_xml_writer.h"

struct counts {
    int64_t tests;
    int64_t failures;
    int64_t errors;
    int64_t skipped;
    int64_t duration_ms;
};

struct suite {
    const char *name;
    const char *started; /* of its first case; NULL: not known */
    struct counts counts;
};

struct suites {
    struct suite *items;
    size_t count, capacity;
    uint32_t *of_case; /* which of the items */
    struct counts all;
    struct ys_arena arena;
};

static bool is_verdict(const struct ys_value *map, const char *name)
{
    const char *verdict = ys_value_get_text(map, "verdict");
    return verdict && strcmp(verdict, name) == 0;
}

static const char *suite_of(const struct ys_value *test)
{
    const char *suite = ys_value_get_text(test, "suite");
    return suite ? suite : "";
}

static void count_case(struct counts *counts, const struct ys_value *test)
{
    counts->tests++;
    counts->failures += is_verdict(test, "fail") ? 1 : 0;
    counts->errors += is_verdict(test, "inconclusive") ? 1 : 0;
    counts->skipped += is_verdict(test, "pending") || is_verdict(test, "not-applicable");
    counts->duration_ms += ys_value_get_int(test, "duration_ms", 0);
}

static struct suite *suite_named(struct suites *suites, const char *name)
{
    for (size_t i = suites->count; i > 0; i--) {
        if (strcmp(suites->items[i - 1u].name, name) == 0) {
            return &suites->items[i - 1u];
        }
    }
    if (suites->count == suites->capacity) {
        suites->capacity = suites->capacity ? suites->capacity * 2u : 16u;
        suites->items = ys_realloc(suites->items, suites->capacity * sizeof *suites->items);
    }
    struct suite *suite = &suites->items[suites->count++];
    *suite = (struct suite){.name = ys_arena_strdup(&suites->arena, name)};
    return suite;
}

/* The suites in the order of their first cases, and of which of them each case is. */
static void collect(struct suites *suites, struct ys_json_stream *cases)
{
    size_t count = ys_json_stream_count(cases);
    suites->of_case = ys_calloc(count + 1u, sizeof *suites->of_case);
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *test = ys_json_stream_at(cases, i);
        struct suite *suite = suite_named(suites, suite_of(test));
        const char *started = ys_value_get_text(test, "started");
        /* JUnit's schema has no fraction and no zone; the time is UTC. */
        if (suite->counts.tests == 0 && started && strlen(started) >= 19) {
            suite->started = ys_arena_strndup(&suites->arena, started, 19);
        }
        count_case(&suite->counts, test);
        count_case(&suites->all, test);
        suites->of_case[i] = (uint32_t)(suite - suites->items);
    }
}

static void write_seconds(struct ys_xw *xw, const char *name, int64_t ms)
{
    ys_xw_attr_printf(xw, name, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void write_counts(struct ys_xw *xw, const struct counts *counts)
{
    ys_xw_attr_printf(xw, "tests", "%lld", (long long)counts->tests);
    ys_xw_attr_printf(xw, "failures", "%lld", (long long)counts->failures);
    ys_xw_attr_printf(xw, "errors", "%lld", (long long)counts->errors);
    ys_xw_attr_printf(xw, "skipped", "%lld", (long long)counts->skipped);
    write_seconds(xw, "time", counts->duration_ms);
}

static void write_property(struct ys_xw *xw, const char *name, const char *value)
{
    if (value && value[0] != '\0') {
        ys_xw_start(xw, "property");
        ys_xw_attr(xw, "name", name);
        ys_xw_attr(xw, "value", value);
        ys_xw_end(xw);
    }
}

static void write_case_properties(struct ys_xw *xw, const struct ys_value *test)
{
    const struct ys_value *clauses = ys_value_get(test, "clauses");
    const struct ys_value *evidence = ys_value_get(test, "evidence");
    ys_xw_start(xw, "properties");
    write_property(xw, "verdict", ys_value_get_text(test, "verdict"));
    write_property(xw, "cause", ys_value_get_text(test, "cause"));
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        write_property(xw, "clause", ys_value_text(ys_value_at(clauses, i)));
    }
    for (size_t i = 0; i < ys_value_count(evidence); i++) {
        const struct ys_value *seq = ys_value_at(evidence, i);
        int64_t number = 0;
        if (seq->kind == YS_KIND_NUMBER && ys_decimal_to_int(seq->as.number, &number) == YS_OK) {
            ys_xw_start(xw, "property");
            ys_xw_attr(xw, "name", "evidence");
            ys_xw_attr_printf(xw, "value", "evidence.jsonl#%lld", (long long)number);
            ys_xw_end(xw);
        }
    }
    if (ys_value_get_int(test, "attempts", 1) != 1) {
        ys_xw_start(xw, "property");
        ys_xw_attr(xw, "name", "attempts");
        ys_xw_attr_printf(xw, "value", "%lld", (long long)ys_value_get_int(test, "attempts", 1));
        ys_xw_end(xw);
    }
    ys_xw_end(xw);
}

static void write_line(struct ys_xw *xw, const char *label, const char *text)
{
    if (text && text[0] != '\0') {
        ys_xw_printf(xw, "%s: %s\n", label, text);
    }
}

static void write_findings(struct ys_xw *xw, const struct ys_value *test)
{
    const struct ys_value *findings = ys_value_get(test, "findings");
    for (size_t i = 0; i < ys_value_count(findings); i++) {
        const struct ys_value *finding = ys_value_at(findings, i);
        const char *file = ys_value_get_text(finding, "file");
        if (file) {
            ys_xw_printf(xw, "%s:%lld ", file, (long long)ys_value_get_int(finding, "line", 0));
        }
        write_line(xw, "step", ys_value_get_text(finding, "step"));
        write_line(xw, "target", ys_value_get_text(finding, "target"));
        write_line(xw, "expected", ys_value_get_text(finding, "expected"));
        write_line(xw, "observed", ys_value_get_text(finding, "observed"));
        write_line(xw, "reason", ys_value_get_text(finding, "reason"));
        write_line(xw, "reproduce", ys_value_get_text(finding, "reproduce"));
    }
    int64_t omitted = ys_value_get_int(test, "findings_omitted", 0);
    if (omitted > 0) {
        ys_xw_printf(xw, "%lld further findings\n", (long long)omitted);
    }
}

static void write_outcome(struct ys_xw *xw, const struct ys_value *test)
{
    const char *reason = ys_value_get_text(test, "reason");
    const char *cause = ys_value_get_text(test, "cause");
    bool skipped = is_verdict(test, "pending") || is_verdict(test, "not-applicable");
    if (is_verdict(test, "pass")) {
        return;
    }
    ys_xw_start(xw, skipped ? "skipped" : is_verdict(test, "fail") ? "failure" : "error");
    ys_xw_attr(xw, "message", reason ? reason : "");
    if (!skipped) {
        ys_xw_attr(xw, "type", cause ? cause : "");
        write_findings(xw, test);
    }
    ys_xw_end(xw);
}

static void write_case(struct ys_xw *xw, const struct ys_value *test)
{
    ys_xw_start(xw, "testcase");
    ys_xw_attr(xw, "classname", suite_of(test));
    ys_xw_attr(xw, "name", ys_value_get_text(test, "id"));
    write_seconds(xw, "time", ys_value_get_int(test, "duration_ms", 0));
    ys_xw_attr(xw, "file", ys_value_get_text(test, "file"));
    if (ys_value_get(test, "line")) {
        ys_xw_attr_printf(xw, "line", "%lld", (long long)ys_value_get_int(test, "line", 0));
    }
    write_case_properties(xw, test);
    write_outcome(xw, test);
    ys_xw_end(xw);
}

static void write_suite(struct ys_xw *xw, const struct suites *suites, size_t at,
                        struct ys_json_stream *cases)
{
    const struct suite *suite = &suites->items[at];
    ys_xw_start(xw, "testsuite");
    ys_xw_attr(xw, "name", suite->name);
    write_counts(xw, &suite->counts);
    if (suite->started) {
        ys_xw_attr(xw, "timestamp", suite->started);
    }
    for (size_t i = 0; i < ys_json_stream_count(cases); i++) {
        if (suites->of_case[i] == at) {
            write_case(xw, ys_json_stream_at(cases, i));
        }
    }
    ys_xw_end(xw);
}

enum ys_status ys_report_junit(struct ys_json_stream *result, const char *path,
                               struct ys_err *reterr)
{
    assert(result);
    assert(path);
    struct ys_xw *xw = NULL;
    enum ys_status status = ys_xw_open(path, true, &xw, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct suites suites = {.items = NULL};
    const struct ys_value *candidate = ys_value_get(ys_json_stream_rest(result), "candidate");
    ys_arena_init(&suites.arena);
    collect(&suites, result);
    ys_xw_declare_xml(xw);
    ys_xw_start(xw, "testsuites");
    ys_xw_attr(xw, "name", ys_value_get_text(candidate, "id"));
    write_counts(xw, &suites.all);
    for (size_t i = 0; i < suites.count; i++) {
        write_suite(xw, &suites, i, result);
    }
    ys_xw_end(xw);
    ys_free(suites.items);
    ys_free(suites.of_case);
    ys_arena_clear(&suites.arena);
    status = ys_json_stream_status(result, reterr);
    if (status != YS_OK) {
        ys_xw_abandon(xw);
        return status;
    }
    return ys_xw_close(xw, reterr);
}
