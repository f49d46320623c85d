/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSCAL assessment results (NIST, 1.0.4), as tools for audits read them. The regulation's clauses
 * are controls: what a case, a document or a person saw is an observation, a clause's verdict a
 * finding that cites them.
 */
#include <string.h>

#include "ys_export.h"
#include "ys_oscal_parts.h"
#include "ys_report_words.h"

/* A clause that does not apply is not reviewed and has no finding. */
static bool is_reviewed(const struct ys_value *clause)
{
    return !ys_export_is(clause, "verdict", "not-applicable");
}

static void write_selection(struct ys_export *export, const char *name, bool reviewed)
{
    const struct ys_value *clauses = ys_value_get(export->result, "clauses");
    bool any = false;
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        if (is_reviewed(clause) != reviewed) {
            continue;
        }
        if (!any) {
            ys_jw_list(export->jw, name);
        }
        any = true;
        ys_jw_map(export->jw, NULL);
        ys_jw_text(export->jw, "control-id", ys_oscal_clause_id(export, clause));
        ys_jw_end(export->jw);
        ys_arena_reset(&export->arena);
    }
    if (any) {
        ys_jw_end(export->jw);
    }
}

static void write_reviewed(struct ys_export *export)
{
    ys_jw_map(export->jw, "reviewed-controls");
    ys_jw_list(export->jw, "control-selections");
    ys_jw_map(export->jw, NULL);
    write_selection(export, "include-controls", true);
    write_selection(export, "exclude-controls", false);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

static void write_related(struct ys_export *export, const char *kind, const char *name, bool *any)
{
    char uuid[YS_UUID_TEXT];
    ys_export_uuid(export, kind, name, uuid);
    if (!*any) {
        ys_jw_list(export->jw, "related-observations");
    }
    *any = true;
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "observation-uuid", uuid);
    ys_jw_end(export->jw);
}

/* The observations of documents and of persons about this clause. */
static void write_related_of(struct ys_export *export, const char *list, const char *kind,
                             const char *clause, bool *any)
{
    const struct ys_value *items = ys_value_get(export->result, list);
    for (size_t i = 0; i < ys_value_count(items); i++) {
        const struct ys_value *item = ys_value_at(items, i);
        if (ys_export_is(item, "clause", clause)) {
            write_related(export, kind, ys_oscal_item_name(export, item), any);
        }
    }
}

static void write_finding(struct ys_export *export, const struct ys_value *clause)
{
    char uuid[YS_UUID_TEXT];
    const char *id = ys_export_text(clause, "id");
    const struct ys_value *ids = ys_value_get(clause, "cases");
    bool is_pass = ys_export_is(clause, "verdict", "pass");
    bool is_fail = ys_export_is(clause, "verdict", "fail");
    bool any = false;
    ys_export_uuid(export, "finding", id, uuid);
    const char *title = ys_word_of(export->lang, ys_value_get(clause, "title"));
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "uuid", uuid);
    ys_jw_text(export->jw, "title", title[0] != '\0' ? title : id);
    ys_jw_text(export->jw, "description", ys_export_reason(export, clause));
    ys_oscal_props(export, clause);
    ys_jw_map(export->jw, "target");
    ys_jw_text(export->jw, "type", "objective-id");
    ys_jw_text(export->jw, "target-id", ys_oscal_clause_id(export, clause));
    ys_jw_map(export->jw, "status");
    /* OSCAL has two states: what is not decided is not satisfied, and says that it is "other". */
    ys_jw_text(export->jw, "state", is_pass ? "satisfied" : "not-satisfied");
    ys_jw_text(export->jw, "reason", is_pass ? "pass" : is_fail ? "fail" : "other");
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    for (size_t i = 0; i < ys_value_count(ids); i++) {
        const char *test = ys_value_text(ys_value_at(ids, i));
        if (test) {
            write_related(export, "case", test, &any);
        }
    }
    write_related_of(export, "documents", "document", id, &any);
    write_related_of(export, "attestations", "attestation", id, &any);
    if (any) {
        ys_jw_end(export->jw);
    }
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

static void write_findings(struct ys_export *export)
{
    const struct ys_value *clauses = ys_value_get(export->result, "clauses");
    bool any = false;
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        if (!is_reviewed(ys_value_at(clauses, i))) {
            continue;
        }
        if (!any) {
            ys_jw_list(export->jw, "findings");
        }
        any = true;
        write_finding(export, ys_value_at(clauses, i));
    }
    if (any) {
        ys_jw_end(export->jw);
    }
}

static void write_result(struct ys_export *export)
{
    char uuid[YS_UUID_TEXT];
    const struct ys_value *candidate = ys_value_get(export->result, "candidate");
    const char *conclusion = ys_value_get_text(export->result, "conclusion");
    const struct ys_wording *wording = ys_wording_conclusion(conclusion);
    ys_export_uuid(export, "result", "", uuid);
    ys_jw_list(export->jw, "results");
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "uuid", uuid);
    ys_jw_text(export->jw, "title", ys_export_text(candidate, "id"));
    ys_jw_text(export->jw, "description",
               wording ? ys_word(export->lang, wording->word) : conclusion ? conclusion : "");
    ys_jw_text(export->jw, "start", ys_oscal_started(export));
    ys_jw_text(export->jw, "end", ys_value_get_text(export->result, "ended"));
    ys_oscal_props(export, export->result);
    ys_oscal_tools(export);
    write_reviewed(export);
    ys_oscal_attestations(export);
    ys_oscal_observations(export);
    write_findings(export);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

enum ys_status ys_report_oscal(struct ys_json_stream *cases, enum ys_lang lang, const char *path,
                               struct ys_err *reterr)
{
    struct ys_export export;
    char plan[YS_UUID_TEXT];
    enum ys_status status = ys_export_open(&export, cases, lang, path, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_export_uuid(&export, "resource", "manifest.json", plan);
    ys_jw_map(export.jw, NULL);
    ys_jw_map(export.jw, "assessment-results");
    ys_jw_text(export.jw, "uuid", export.run);
    ys_oscal_metadata(&export);
    ys_jw_map(export.jw, "import-ap");
    ys_jw_printf(export.jw, "href", "#%s", plan);
    ys_jw_text(export.jw, "remarks",
               "The plan is the suites, the catalogue and the candidate file; manifest.json has "
               "their digests.");
    ys_jw_end(export.jw);
    write_result(&export);
    ys_oscal_back_matter(&export);
    ys_jw_end(export.jw);
    ys_jw_end(export.jw);
    return ys_export_close(&export, reterr);
}
