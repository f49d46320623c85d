/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0 (OASIS), as code review and code scanning read it. A case is a rule, the regulation a
 * taxonomy, its clauses the taxa; each finding is a result, a case without one a result of its own,
 * and so is a clause that persons or documents decide.
 */
#include <string.h>

#include "ys_export.h"
#include "ys_report_words.h"

/* SARIF 3.27.9: "open" could not be decided, "review" waits for a person. */
static const char *kind_of(const struct ys_value *map)
{
    static const char *const kinds[][2] = {{"pass", "pass"},
                                           {"fail", "fail"},
                                           {"pending", "review"},
                                           {"not-applicable", "notApplicable"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (ys_export_is(map, "verdict", kinds[i][0])) {
            return kinds[i][1];
        }
    }
    return "open";
}

static size_t clause_index(const struct ys_value *clauses, const char *id)
{
    size_t index = 0;
    while (index < ys_value_count(clauses) &&
           !ys_export_is(ys_value_at(clauses, index), "id", id)) {
        index++;
    }
    return index;
}

static bool is_mandatory(struct ys_export *export, const struct ys_value *ids)
{
    const struct ys_value *clauses = ys_value_get(export->result, "clauses");
    bool mandatory = ys_value_count(ids) == 0;
    for (size_t i = 0; i < ys_value_count(ids) && !mandatory; i++) {
        const char *id = ys_value_text(ys_value_at(ids, i));
        size_t index = clause_index(clauses, id ? id : "");
        mandatory = index == ys_value_count(clauses) ||
                    ys_value_get_bool(ys_value_at(clauses, index), "mandatory", true);
    }
    return mandatory;
}

static void write_message(struct ys_export *export, const char *name, const char *text)
{
    ys_jw_map(export->jw, name);
    ys_jw_text(export->jw, "text", text);
    ys_jw_end(export->jw);
}

static void write_place(struct ys_export *export, const struct ys_value *map)
{
    const char *file = ys_export_text(map, "file");
    int64_t line = ys_value_get_int(map, "line", 0);
    if (file[0] == '\0') {
        return;
    }
    ys_jw_list(export->jw, "locations");
    ys_jw_map(export->jw, NULL);
    ys_jw_map(export->jw, "physicalLocation");
    ys_jw_map(export->jw, "artifactLocation");
    ys_jw_text(export->jw, "uri", ys_export_uri(export, file));
    ys_jw_end(export->jw);
    if (line > 0) {
        ys_jw_map(export->jw, "region");
        ys_jw_int(export->jw, "startLine", line);
        ys_jw_end(export->jw);
    }
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

static void write_taxa(struct ys_export *export, const struct ys_value *ids)
{
    const struct ys_value *clauses = ys_value_get(export->result, "clauses");
    if (ys_value_count(ids) == 0) {
        return;
    }
    ys_jw_list(export->jw, "taxa");
    for (size_t i = 0; i < ys_value_count(ids); i++) {
        const char *id = ys_value_text(ys_value_at(ids, i));
        size_t index = clause_index(clauses, id ? id : "");
        ys_jw_map(export->jw, NULL);
        ys_jw_text(export->jw, "id", id);
        if (index < ys_value_count(clauses)) {
            ys_jw_int(export->jw, "index", (int64_t)index);
        }
        ys_jw_map(export->jw, "toolComponent");
        ys_jw_text(export->jw, "name", "regulation");
        ys_jw_int(export->jw, "index", 0);
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
    }
    ys_jw_end(export->jw);
}

/* What results of cases, findings and clauses have alike. */
static void start_result(struct ys_export *export, const char *rule, size_t index,
                         const struct ys_value *map, bool mandatory)
{
    const char *kind = kind_of(map);
    bool failed = strcmp(kind, "fail") == 0;
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "ruleId", rule);
    ys_jw_int(export->jw, "ruleIndex", (int64_t)index);
    ys_jw_text(export->jw, "kind", kind);
    /* 3.27.10: only what fails has a level. */
    ys_jw_text(export->jw, "level", !failed ? "none" : mandatory ? "error" : "warning");
}

static void write_case_properties(struct ys_export *export, const struct ys_value *test,
                                  const struct ys_value *finding)
{
    static const char *const of_case[] = {"clauses",          "attempts", "earlier_attempts",
                                          "findings_omitted", "inputs",   NULL};
    static const char *const of_both[] = {"verdict",  "cause",     "step",     "target", "expected",
                                          "observed", "reproduce", "evidence", NULL};
    ys_jw_map(export->jw, "properties");
    ys_export_members(export, finding ? finding : test, of_both);
    ys_export_members(export, test, of_case);
    ys_jw_end(export->jw);
}

static void write_case_result(struct ys_export *export, size_t index, const struct ys_value *test,
                              const struct ys_value *finding)
{
    const struct ys_value *clauses = ys_value_get(test, "clauses");
    const struct ys_value *told = finding ? finding : test;
    const char *fingerprint = ys_value_get_text(test, "fingerprint");
    start_result(export, ys_export_text(test, "id"), index, told, is_mandatory(export, clauses));
    write_message(export, "message",
                  finding ? ys_export_finding(export, finding) : ys_export_reason(export, test));
    write_place(export, ys_value_get(told, "file") ? told : test);
    write_taxa(export, clauses);
    if (fingerprint) {
        ys_jw_map(export->jw, "partialFingerprints");
        ys_jw_text(export->jw, "yanshouCase/v1", fingerprint);
        ys_jw_end(export->jw);
    }
    write_case_properties(export, test, finding);
    ys_jw_end(export->jw);
}

/* A clause whose verdict is not already told by the worst of its cases. */
static bool stands_alone(const struct ys_value *clause)
{
    const struct ys_value *modes = ys_value_get(clause, "modes");
    const char *only = ys_value_count(modes) == 1 ? ys_value_text(ys_value_at(modes, 0)) : NULL;
    bool is_automatic = ys_value_count(modes) == 0 || (only && strcmp(only, "A") == 0);
    /* An automatic clause is decided by its cases; where it is undecided all the same, cases that
     * were not run are why. */
    return ys_value_count(ys_value_get(clause, "cases")) == 0 || !is_automatic ||
           ys_export_is(clause, "verdict", "inconclusive");
}

static void write_clause_results(struct ys_export *export, size_t first_rule)
{
    static const char *const names[] = {"verdict", "cause", "modes", "mandatory", "cases", NULL};
    const struct ys_value *clauses = ys_value_get(export->result, "clauses");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        if (!stands_alone(clause)) {
            continue;
        }
        struct ys_value *ids = ys_value_list(&export->arena);
        const char *id = ys_export_text(clause, "id");
        ys_value_append(&export->arena, ids, ys_value_string(&export->arena, id));
        start_result(export, ys_arena_printf(&export->arena, "clause/%s", id), first_rule + i,
                     clause, ys_value_get_bool(clause, "mandatory", true));
        write_message(export, "message", ys_export_reason(export, clause));
        write_taxa(export, ids);
        ys_jw_map(export->jw, "properties");
        ys_export_members(export, clause, names);
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
        ys_arena_reset(&export->arena);
    }
}

/* A reporting descriptor: a rule, or a taxon of the regulation. */
static void write_descriptor(struct ys_export *export, const char *id, const struct ys_value *map)
{
    const char *title = ys_word_of(export->lang, ys_value_get(map, "title"));
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "id", id);
    write_message(export, "shortDescription", title[0] != '\0' ? title : id);
    if (ys_value_get(map, "title")) {
        ys_jw_map(export->jw, "properties");
        ys_jw_value(export->jw, "title", ys_value_get(map, "title"));
        ys_jw_value(export->jw, "article", ys_value_get(map, "article"));
        ys_jw_end(export->jw);
    }
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

static void write_tool(struct ys_export *export)
{
    static const char *const of_tool[] = {"sm3", "libraries", NULL};
    const struct ys_value *clauses = ys_value_get(export->result, "clauses");
    const struct ys_value *tool = ys_value_get(export->result, "tool");
    ys_jw_map(export->jw, "tool");
    ys_jw_map(export->jw, "driver");
    ys_jw_text(export->jw, "name", "yanshou");
    ys_jw_text(export->jw, "version", ys_value_get_text(tool, "version"));
    ys_jw_map(export->jw, "properties");
    ys_export_members(export, tool, of_tool);
    ys_jw_end(export->jw);
    ys_jw_list(export->jw, "rules");
    for (size_t i = 0; i < ys_json_stream_count(export->cases); i++) {
        const struct ys_value *test = ys_json_stream_at(export->cases, i);
        write_descriptor(export, ys_export_text(test, "id"), test);
    }
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        write_descriptor(export,
                         ys_arena_printf(&export->arena, "clause/%s",
                                         ys_export_text(clause, "id")),
                         clause);
    }
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

static void write_taxonomy(struct ys_export *export)
{
    const struct ys_value *regulation = ys_value_get(export->result, "regulation");
    const struct ys_value *clauses = ys_value_get(export->result, "clauses");
    const char *title = ys_word_of(export->lang, ys_value_get(regulation, "title"));
    ys_jw_list(export->jw, "taxonomies");
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "name", "regulation");
    write_message(export, "shortDescription",
                  title[0] != '\0' ? title : ys_export_text(regulation, "id"));
    ys_jw_list(export->jw, "taxa");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        write_descriptor(export, ys_export_text(clause, "id"), clause);
    }
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

static void write_invocation(struct ys_export *export)
{
    bool interrupted = ys_value_get_bool(export->result, "interrupted", false);
    ys_jw_list(export->jw, "invocations");
    ys_jw_map(export->jw, NULL);
    ys_jw_bool(export->jw, "executionSuccessful", !interrupted);
    ys_jw_text(export->jw, "startTimeUtc", ys_value_get_text(export->result, "started"));
    ys_jw_text(export->jw, "endTimeUtc", ys_value_get_text(export->result, "ended"));
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

static void write_results(struct ys_export *export)
{
    size_t count = ys_json_stream_count(export->cases);
    ys_jw_list(export->jw, "results");
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *test = ys_json_stream_at(export->cases, i);
        const struct ys_value *findings = ys_value_get(test, "findings");
        for (size_t k = 0; k < ys_value_count(findings); k++) {
            write_case_result(export, i, test, ys_value_at(findings, k));
        }
        if (ys_value_count(findings) == 0) {
            write_case_result(export, i, test, NULL);
        }
        ys_arena_reset(&export->arena);
    }
    write_clause_results(export, count);
    ys_jw_end(export->jw);
}

enum ys_status ys_report_sarif(struct ys_json_stream *cases, enum ys_lang lang, const char *path,
                               struct ys_err *reterr)
{
    static const char *const properties[] = {
        "conclusion", "purpose", "readers", "candidate", "regulation",   "summary",
        "undecided",  "clock",   "clocks",  "documents", "attestations", "cuts",
        "shard",      "timing",  NULL};
    const struct ys_value *result = ys_json_stream_rest(cases);
    struct ys_export export;
    enum ys_status status = ys_export_open(&export, cases, lang, path, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_jw_map(export.jw, NULL);
    ys_jw_text(export.jw, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    ys_jw_text(export.jw, "version", "2.1.0");
    ys_jw_list(export.jw, "runs");
    ys_jw_map(export.jw, NULL);
    write_tool(&export);
    write_taxonomy(&export);
    ys_jw_map(export.jw, "automationDetails");
    ys_jw_printf(export.jw, "id", "%s/%s/",
                 ys_export_text(ys_value_get(result, "regulation"), "id"),
                 ys_export_text(ys_value_get(result, "candidate"), "id"));
    ys_jw_text(export.jw, "guid", export.run);
    ys_jw_end(export.jw);
    ys_jw_text(export.jw, "language", lang == YS_LANG_EN ? "en" : "zh-CN");
    ys_jw_text(export.jw, "columnKind", "unicodeCodePoints");
    write_invocation(&export);
    write_results(&export);
    ys_jw_map(export.jw, "properties");
    ys_export_members(&export, result, properties);
    ys_jw_end(export.jw);
    ys_jw_end(export.jw);
    ys_jw_end(export.jw);
    ys_jw_end(export.jw);
    return ys_export_close(&export, reterr);
}
