/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Common Test Report Format (ctrf.io), as dashboards of CI servers read it. A case is a test. What
 * the format has no word for stands in its `extra` maps under the names of result.json.
 */
#include <string.h>

#include "ys_export.h"
#include "ys_report_words.h"

static const struct {
    const char *verdict;
    const char *status;
} statuses[] = {{"pass", "passed"},
                {"fail", "failed"},
                {"pending", "pending"},
                {"inconclusive", "other"},
                {"not-applicable", "skipped"}};

enum { STATUS_COUNT = sizeof statuses / sizeof statuses[0], STATUS_OTHER = 3 };

/* A verdict that is not known is not taken for a pass. */
static size_t status_of(const struct ys_value *test)
{
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        if (ys_export_is(test, "verdict", statuses[i].verdict)) {
            return i;
        }
    }
    return STATUS_OTHER;
}

static void write_summary(struct ys_export *export)
{
    size_t count = ys_json_stream_count(export->cases);
    const struct ys_value *timing = ys_value_get(export->result, "timing");
    int64_t counts[STATUS_COUNT] = {0};
    for (size_t i = 0; i < count; i++) {
        counts[status_of(ys_json_stream_at(export->cases, i))]++;
    }
    ys_jw_map(export->jw, "summary");
    ys_jw_int(export->jw, "tests", (int64_t)count);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        ys_jw_int(export->jw, statuses[i].status, counts[i]);
    }
    ys_jw_int(export->jw, "start", ys_export_ms(export->result, "started"));
    ys_jw_int(export->jw, "stop", ys_export_ms(export->result, "ended"));
    ys_jw_map(export->jw, "extra");
    ys_jw_value(export->jw, "duration_ms", ys_value_get(timing, "duration_ms"));
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

/* Attempts that a later one replaced. They are waits and repetitions that the suite declares, so no
 * test is called flaky for them. */
static void write_attempts(struct ys_export *export, const struct ys_value *test)
{
    const struct ys_value *earlier = ys_value_get(test, "earlier_attempts");
    int64_t attempts = ys_value_get_int(test, "attempts", 1);
    if (attempts <= 1) {
        return;
    }
    ys_jw_int(export->jw, "retries", attempts - 1);
    ys_jw_bool(export->jw, "flaky", false);
    if (ys_value_count(earlier) == 0) {
        return;
    }
    ys_jw_list(export->jw, "retryAttempts");
    for (size_t i = 0; i < ys_value_count(earlier); i++) {
        static const char *const names[] = {"step", "evidence", "observed", NULL};
        const struct ys_value *attempt = ys_value_at(earlier, i);
        ys_jw_map(export->jw, NULL);
        ys_jw_int(export->jw, "attempt", ys_value_get_int(attempt, "attempt", 1));
        ys_jw_text(export->jw, "status", statuses[status_of(attempt)].status);
        ys_jw_text(export->jw, "message", ys_export_reason(export, attempt));
        if (ys_value_get(attempt, "at")) {
            ys_jw_int(export->jw, "start", ys_export_ms(attempt, "at"));
        }
        ys_jw_map(export->jw, "extra");
        ys_export_members(export, attempt, names);
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
    }
    ys_jw_end(export->jw);
}

static const char *trace_of(struct ys_export *export, const struct ys_value *test)
{
    const struct ys_value *findings = ys_value_get(test, "findings");
    struct ys_buf text;
    ys_buf_init(&text, SIZE_MAX);
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < ys_value_count(findings) && status == YS_OK; i++) {
        status = ys_buf_append_text(&text, ys_export_finding(export, ys_value_at(findings, i)));
    }
    int64_t omitted = ys_value_get_int(test, "findings_omitted", 0);
    if (omitted > 0 && status == YS_OK) {
        status = ys_buf_printf(&text, "%lld further findings\n", (long long)omitted);
    }
    const char *trace =
        text.length > 0 ? ys_arena_strndup(&export->arena, text.bytes, text.length) : NULL;
    ys_buf_clear(&text);
    return trace;
}

static void write_test(struct ys_export *export, const struct ys_value *test)
{
    static const char *const extra[] = {"title",       "cause",    "clauses", "evidence",
                                        "fingerprint", "findings", "inputs",  NULL};
    char uuid[YS_UUID_TEXT];
    int64_t start = ys_export_ms(test, "started");
    int64_t duration = ys_value_get_int(test, "duration_ms", 0);
    bool is_pass = ys_export_is(test, "verdict", "pass");
    ys_export_uuid(export, "case", ys_export_text(test, "id"), uuid);
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "id", uuid);
    ys_jw_text(export->jw, "name", ys_export_text(test, "id"));
    ys_jw_text(export->jw, "status", statuses[status_of(test)].status);
    ys_jw_text(export->jw, "rawStatus", ys_value_get_text(test, "verdict"));
    ys_jw_int(export->jw, "duration", duration);
    if (start > 0) {
        ys_jw_int(export->jw, "start", start);
        ys_jw_int(export->jw, "stop", start + duration);
    }
    ys_jw_list(export->jw, "suite");
    ys_jw_text(export->jw, NULL, ys_export_text(test, "suite"));
    ys_jw_end(export->jw);
    ys_jw_text(export->jw, "filePath", ys_value_get_text(test, "file"));
    ys_jw_value(export->jw, "line", ys_value_get(test, "line"));
    if (!is_pass) {
        ys_jw_text(export->jw, "message", ys_export_reason(export, test));
        ys_jw_text(export->jw, "trace", trace_of(export, test));
    }
    ys_jw_value(export->jw, "tags", ys_value_get(test, "clauses"));
    write_attempts(export, test);
    ys_jw_map(export->jw, "extra");
    ys_export_members(export, test, extra);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

enum ys_status ys_report_ctrf(struct ys_json_stream *cases, enum ys_lang lang, const char *path,
                              struct ys_err *reterr)
{
    static const char *const extra[] = {"conclusion", "purpose",      "interrupted", "readers",
                                        "regulation", "summary",      "clauses",     "undecided",
                                        "documents",  "attestations", "cuts",        "clock",
                                        "clocks",     "shard",        NULL};
    static const char *const of_tool[] = {"sm3", "libraries", NULL};
    const struct ys_value *result = ys_json_stream_rest(cases);
    const struct ys_value *tool = ys_value_get(result, "tool");
    const struct ys_value *candidate = ys_value_get(result, "candidate");
    struct ys_export export;
    enum ys_status status = ys_export_open(&export, cases, lang, path, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_jw_map(export.jw, NULL);
    ys_jw_text(export.jw, "reportFormat", "CTRF");
    ys_jw_text(export.jw, "specVersion", "0.0.0");
    ys_jw_text(export.jw, "reportId", export.run);
    ys_jw_text(export.jw, "timestamp", ys_value_get_text(result, "ended"));
    ys_jw_text(export.jw, "generatedBy", "yanshou");
    ys_jw_map(export.jw, "results");
    ys_jw_map(export.jw, "tool");
    ys_jw_text(export.jw, "name", "yanshou");
    ys_jw_text(export.jw, "version", ys_value_get_text(tool, "version"));
    ys_jw_map(export.jw, "extra");
    ys_export_members(&export, tool, of_tool);
    ys_jw_end(export.jw);
    ys_jw_end(export.jw);
    write_summary(&export);
    ys_jw_list(export.jw, "tests");
    for (size_t i = 0; i < ys_json_stream_count(cases); i++) {
        write_test(&export, ys_json_stream_at(cases, i));
    }
    ys_jw_end(export.jw);
    ys_jw_map(export.jw, "environment");
    ys_jw_text(export.jw, "appName", ys_export_text(candidate, "id"));
    ys_jw_text(export.jw, "buildName", ys_value_get_text(candidate, "build"));
    ys_jw_end(export.jw);
    ys_jw_map(export.jw, "extra");
    ys_export_members(&export, result, extra);
    ys_jw_end(export.jw);
    ys_jw_end(export.jw);
    ys_jw_end(export.jw);
    return ys_export_close(&export, reterr);
}
