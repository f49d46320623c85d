/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_oscal_parts.h"

#include <string.h>

#include "ys_report_words.h"

#define OSCAL_NAMESPACE "urn:yanshou"

/* TokenDatatype: a letter or '_', then letters, digits, '.', '-' and '_'. */
static const char *token_of(struct ys_export *export, const char *prefix, const char *text)
{
    char *token = ys_arena_printf(&export->arena, "%s%s", prefix, text);
    for (char *at = token; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        bool is_inner = (byte >= '0' && byte <= '9') || byte == '.' || byte == '-';
        if (!is_letter && !(at > token && is_inner)) {
            *at = '_';
        }
    }
    return token[0] != '\0' ? token : "_";
}

const char *ys_oscal_clause_id(struct ys_export *export, const struct ys_value *clause)
{
    return token_of(export, "clause-", ys_export_text(clause, "id"));
}

const char *ys_oscal_item_name(struct ys_export *export, const struct ys_value *item)
{
    return ys_arena_printf(&export->arena, "%s %s", ys_export_text(item, "clause"),
                           ys_export_text(item, "id"));
}

const char *ys_oscal_started(struct ys_export *export)
{
    const char *started = ys_value_get_text(export->result, "started");
    return started ? started : "1970-01-01T00:00:00Z";
}

/* ---- properties ---- */

/* StringDatatype: one line without blanks around it, and not empty. */
static const char *line_of(struct ys_export *export, const char *text)
{
    while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r') {
        text++;
    }
    char *line = ys_arena_strdup(&export->arena, text);
    size_t length = strlen(line);
    for (size_t i = 0; i < length; i++) {
        line[i] = line[i] == '\n' || line[i] == '\r' ? ' ' : line[i];
    }
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) {
        line[--length] = '\0';
    }
    return line;
}

static void write_prop(struct ys_export *export, const char *name, const char *value, bool *any)
{
    const char *line = value ? line_of(export, value) : "";
    if (line[0] == '\0') {
        return;
    }
    if (!*any) {
        ys_jw_list(export->jw, "props");
    }
    *any = true;
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "name", name);
    ys_jw_text(export->jw, "ns", OSCAL_NAMESPACE);
    ys_jw_text(export->jw, "value", line);
    ys_jw_end(export->jw);
}

static void write_member(struct ys_export *export, const char *name, const struct ys_value *value,
                         bool *any)
{
    if (!value) {
        return;
    }
    if (value->kind == YS_KIND_LIST) {
        for (size_t i = 0; i < ys_value_count(value); i++) {
            write_member(export, name, ys_value_at(value, i), any);
        }
    } else if (value->kind == YS_KIND_STRING) {
        write_prop(export, name, ys_value_text(value), any);
    } else if (value->kind == YS_KIND_BOOL || value->kind == YS_KIND_NUMBER) {
        write_prop(export, name, ys_value_show(&export->arena, value, 64), any);
    }
}

static void write_members(struct ys_export *export, const struct ys_value *map,
                          const char *const *names, bool *any)
{
    for (; *names; names++) {
        write_member(export, *names, ys_value_get(map, *names), any);
    }
}

/* A property has no structure: each person who confirmed a finding is one line. */
static void write_confirmations(struct ys_export *export, const struct ys_value *list, bool *any)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const struct ys_value *one = ys_value_at(list, i);
        write_prop(export, "confirmed_by",
                   ys_arena_printf(&export->arena, "%s, %s, seen %s, finding %s",
                                   ys_export_text(one, "who"), ys_export_text(one, "role"),
                                   ys_export_text(one, "seen"), ys_export_text(one, "id")),
                   any);
    }
}

void ys_oscal_props(struct ys_export *export, const struct ys_value *map)
{
    static const char *const names[] = {
        "conclusion", "purpose",   "readers",     "interrupted", "verdict", "cause",
        "mandatory",  "article",   "modes",       "clauses",     "clause",  "branch",
        "question",   "state",     "supersedes",  "confirms",    "role",     "attempts",
        "duration_ms", "dated",    "signatory",   "fingerprint", "file",     "line",
        NULL};
    bool any = false;
    write_prop(export, "id", ys_value_get_text(map, "id"), &any);
    write_members(export, map, names, &any);
    write_confirmations(export, ys_value_get(map, "confirmed_by"), &any);
    if (any) {
        ys_jw_end(export->jw);
    }
}

/* ---- metadata ---- */

/* Whether an earlier attestation has the same member. */
static bool is_first(const struct ys_value *attestations, size_t index, const char *name)
{
    const char *own = ys_export_text(ys_value_at(attestations, index), name);
    for (size_t i = 0; i < index; i++) {
        if (ys_export_is(ys_value_at(attestations, i), name, own)) {
            return false;
        }
    }
    return own[0] != '\0';
}

static void write_roles(struct ys_export *export, const struct ys_value *attestations)
{
    bool any = false;
    for (size_t i = 0; i < ys_value_count(attestations); i++) {
        const char *role = ys_export_text(ys_value_at(attestations, i), "role");
        if (!is_first(attestations, i, "role")) {
            continue;
        }
        if (!any) {
            ys_jw_list(export->jw, "roles");
        }
        any = true;
        ys_jw_map(export->jw, NULL);
        ys_jw_text(export->jw, "id", token_of(export, "", role));
        ys_jw_text(export->jw, "title", role);
        ys_jw_end(export->jw);
    }
    if (any) {
        ys_jw_end(export->jw);
    }
}

static void write_party(struct ys_export *export, const char *kind, const char *type,
                        const char *name)
{
    char uuid[YS_UUID_TEXT];
    ys_export_uuid(export, kind, name, uuid);
    const char *line = line_of(export, name);
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "uuid", uuid);
    ys_jw_text(export->jw, "type", type);
    ys_jw_text(export->jw, "name", line[0] != '\0' ? line : NULL);
    ys_jw_end(export->jw);
}

void ys_oscal_metadata(struct ys_export *export)
{
    const struct ys_value *attestations = ys_value_get(export->result, "attestations");
    const struct ys_value *candidate = ys_value_get(export->result, "candidate");
    const struct ys_value *regulation = ys_value_get(export->result, "regulation");
    const char *ended = ys_value_get_text(export->result, "ended");
    const char *title = ys_word_of(export->lang, ys_value_get(regulation, "title"));
    const char *name = ys_word_of(export->lang, ys_value_get(candidate, "name"));
    name = name[0] != '\0' ? name : ys_export_text(candidate, "id");
    ys_jw_map(export->jw, "metadata");
    ys_jw_printf(export->jw, "title", "%s: %s",
                 title[0] != '\0' ? title : ys_export_text(regulation, "id"), name);
    ys_jw_text(export->jw, "last-modified", ended ? ended : ys_oscal_started(export));
    ys_jw_text(export->jw, "version", ended ? ended : ys_oscal_started(export));
    ys_jw_text(export->jw, "oscal-version", "1.0.4");
    write_roles(export, attestations);
    ys_jw_list(export->jw, "parties");
    write_party(export, "candidate", "organization", name);
    for (size_t i = 0; i < ys_value_count(attestations); i++) {
        if (is_first(attestations, i, "who")) {
            write_party(export, "person", "person",
                        ys_export_text(ys_value_at(attestations, i), "who"));
        }
    }
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

void ys_oscal_tools(struct ys_export *export)
{
    static const char *const of_tool[] = {"version", "sm3", "libraries", NULL};
    bool any = false;
    char uuid[YS_UUID_TEXT];
    const struct ys_value *tool = ys_value_get(export->result, "tool");
    ys_export_uuid(export, "tool", "yanshou", uuid);
    ys_jw_map(export->jw, "local-definitions");
    ys_jw_map(export->jw, "assessment-assets");
    ys_jw_list(export->jw, "assessment-platforms");
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "uuid", uuid);
    ys_jw_printf(export->jw, "title", "yanshou %s", ys_export_text(tool, "version"));
    write_members(export, tool, of_tool, &any);
    if (any) {
        ys_jw_end(export->jw);
    }
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

/* ---- what persons found ---- */

void ys_oscal_attestations(struct ys_export *export)
{
    const struct ys_value *attestations = ys_value_get(export->result, "attestations");
    char uuid[YS_UUID_TEXT];
    if (ys_value_count(attestations) == 0) {
        return;
    }
    ys_jw_list(export->jw, "attestations");
    for (size_t i = 0; i < ys_value_count(attestations); i++) {
        const struct ys_value *one = ys_value_at(attestations, i);
        ys_export_uuid(export, "person", ys_export_text(one, "who"), uuid);
        ys_jw_map(export->jw, NULL);
        ys_jw_list(export->jw, "responsible-parties");
        ys_jw_map(export->jw, NULL);
        ys_jw_text(export->jw, "role-id", token_of(export, "", ys_export_text(one, "role")));
        ys_jw_list(export->jw, "party-uuids");
        ys_jw_text(export->jw, NULL, uuid);
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
        ys_jw_list(export->jw, "parts");
        ys_jw_map(export->jw, NULL);
        ys_jw_text(export->jw, "name", "attestation");
        ys_oscal_props(export, one);
        ys_jw_text(export->jw, "prose", ys_export_text(one, "answer"));
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
        ys_arena_reset(&export->arena);
    }
    ys_jw_end(export->jw);
}

/* ---- observations ---- */

static void start_observation(struct ys_export *export, const char *kind, const char *name,
                              const char *title, const char *description)
{
    char uuid[YS_UUID_TEXT];
    ys_export_uuid(export, kind, name, uuid);
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "uuid", uuid);
    ys_jw_text(export->jw, "title", title[0] != '\0' ? title : name);
    ys_jw_text(export->jw, "description", description);
}

static void write_method(struct ys_export *export, const char *method, const char *actor_type,
                         const char *actor_kind, const char *actor)
{
    char uuid[YS_UUID_TEXT];
    ys_export_uuid(export, actor_kind, actor, uuid);
    ys_jw_list(export->jw, "methods");
    ys_jw_text(export->jw, NULL, method);
    ys_jw_end(export->jw);
    ys_jw_list(export->jw, "origins");
    ys_jw_map(export->jw, NULL);
    ys_jw_list(export->jw, "actors");
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "type", actor_type);
    ys_jw_text(export->jw, "actor-uuid", uuid);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}

/* One resource of the run directory, or of the files that were handed in. */
static void write_evidence(struct ys_export *export, const char *resource, const char *description)
{
    char uuid[YS_UUID_TEXT];
    ys_export_uuid(export, "resource", resource, uuid);
    ys_jw_map(export->jw, NULL);
    ys_jw_printf(export->jw, "href", "#%s", uuid);
    ys_jw_text(export->jw, "description", description);
    ys_jw_end(export->jw);
}

static void observe_case(struct ys_export *export, const struct ys_value *test)
{
    const struct ys_value *findings = ys_value_get(test, "findings");
    const char *records = ys_export_records(export, ys_value_get(test, "evidence"));
    const char *started = ys_value_get_text(test, "started");
    start_observation(export, "case", ys_export_text(test, "id"),
                      ys_word_of(export->lang, ys_value_get(test, "title")),
                      ys_export_reason(export, test));
    ys_oscal_props(export, test);
    write_method(export, "TEST", "assessment-platform", "tool", "yanshou");
    if (records[0] != '\0') {
        ys_jw_list(export->jw, "relevant-evidence");
        write_evidence(export, "evidence.jsonl",
                       ys_arena_printf(&export->arena, "evidence.jsonl: %s", records));
        ys_jw_end(export->jw);
    }
    ys_jw_text(export->jw, "collected", started ? started : ys_oscal_started(export));
    if (ys_value_count(findings) > 0) {
        struct ys_buf text;
        ys_buf_init(&text, SIZE_MAX);
        enum ys_status status = YS_OK;
        for (size_t i = 0; i < ys_value_count(findings) && status == YS_OK; i++) {
            const struct ys_value *finding = ys_value_at(findings, i);
            status = ys_buf_append_text(&text, ys_export_finding(export, finding));
        }
        ys_jw_text(export->jw, "remarks", text.bytes);
        ys_buf_clear(&text);
    }
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

static void observe_document(struct ys_export *export, const struct ys_value *document)
{
    const struct ys_value *checks = ys_value_get(document, "checks");
    const char *name = ys_oscal_item_name(export, document);
    struct ys_buf text;
    ys_buf_init(&text, SIZE_MAX);
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < ys_value_count(checks) && status == YS_OK; i++) {
        const struct ys_value *check = ys_value_at(checks, i);
        status = ys_buf_printf(&text, "%s%s: %s: %s", i > 0 ? "\n" : "",
                               ys_export_text(check, "what"), ys_export_text(check, "verdict"),
                               ys_export_reason(export, check));
    }
    start_observation(export, "document", name,
                      ys_word_of(export->lang, ys_value_get(document, "title")), text.bytes);
    ys_buf_clear(&text);
    ys_oscal_props(export, document);
    write_method(export, "EXAMINE", "assessment-platform", "tool", "yanshou");
    if (ys_value_get(document, "path")) {
        ys_jw_list(export->jw, "relevant-evidence");
        write_evidence(export, ys_export_text(document, "path"), ys_export_text(document, "path"));
        ys_jw_end(export->jw);
    }
    ys_jw_text(export->jw, "collected", ys_oscal_started(export));
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

static void observe_attestation(struct ys_export *export, const struct ys_value *one)
{
    const struct ys_value *files = ys_value_get(one, "files");
    const char *at = ys_value_get_text(one, "at");
    const char *expires = ys_export_text(one, "expires");
    start_observation(export, "attestation", ys_oscal_item_name(export, one),
                      ys_word_of(export->lang, ys_value_get(one, "title")),
                      ys_export_text(one, "answer"));
    ys_oscal_props(export, one);
    write_method(export, "EXAMINE", "party", "person", ys_export_text(one, "who"));
    if (ys_value_count(files) > 0) {
        ys_jw_list(export->jw, "relevant-evidence");
        for (size_t i = 0; i < ys_value_count(files); i++) {
            const struct ys_value *file = ys_value_at(files, i);
            write_evidence(export, ys_export_text(file, "sm3"), ys_export_text(file, "name"));
        }
        ys_jw_end(export->jw);
    }
    ys_jw_text(export->jw, "collected", at ? at : ys_oscal_started(export));
    if (strlen(expires) == strlen("2027-05-24")) {
        /* It counts through that day in Beijing. */
        ys_jw_printf(export->jw, "expires", "%sT23:59:59+08:00", expires);
    }
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

void ys_oscal_observations(struct ys_export *export)
{
    static const struct {
        const char *list;
        void (*observe)(struct ys_export *export, const struct ys_value *item);
    } kinds[] = {{"documents", observe_document}, {"attestations", observe_attestation}};
    bool any = false;
    for (size_t i = 0; i < ys_json_stream_count(export->cases); i++) {
        if (!any) {
            ys_jw_list(export->jw, "observations");
        }
        any = true;
        observe_case(export, ys_json_stream_at(export->cases, i));
    }
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const struct ys_value *items = ys_value_get(export->result, kinds[k].list);
        for (size_t i = 0; i < ys_value_count(items); i++) {
            if (!any) {
                ys_jw_list(export->jw, "observations");
            }
            any = true;
            kinds[k].observe(export, ys_value_at(items, i));
        }
    }
    if (any) {
        ys_jw_end(export->jw);
    }
}

/* ---- back matter ---- */

static void write_resource(struct ys_export *export, const char *name, const char *title,
                           const char *href, const struct ys_value *file)
{
    char uuid[YS_UUID_TEXT];
    const char *media_type = ys_value_get_text(file, "media_type");
    ys_export_uuid(export, "resource", name, uuid);
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "uuid", uuid);
    ys_jw_text(export->jw, "title", title);
    ys_jw_list(export->jw, "rlinks");
    ys_jw_map(export->jw, NULL);
    ys_jw_text(export->jw, "href", ys_export_uri(export, href));
    ys_jw_text(export->jw, "media-type", media_type);
    if (ys_value_get(file, "sm3")) {
        ys_jw_list(export->jw, "hashes");
        ys_jw_map(export->jw, NULL);
        ys_jw_text(export->jw, "algorithm", "SM3");
        ys_jw_text(export->jw, "value", ys_export_text(file, "sm3"));
        ys_jw_end(export->jw);
        ys_jw_end(export->jw);
    }
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
    ys_arena_reset(&export->arena);
}

/* The same photo may show what two findings say. */
static bool is_handed_in_before(const struct ys_value *attestations, size_t index, size_t file,
                                const char *digest)
{
    for (size_t i = 0; i <= index; i++) {
        const struct ys_value *files = ys_value_get(ys_value_at(attestations, i), "files");
        size_t end = i < index ? ys_value_count(files) : file;
        for (size_t k = 0; k < end; k++) {
            if (ys_export_is(ys_value_at(files, k), "sm3", digest)) {
                return true;
            }
        }
    }
    return false;
}

void ys_oscal_back_matter(struct ys_export *export)
{
    static const char *const own[] = {"manifest.json", "evidence.jsonl", "result.json"};
    const struct ys_value *documents = ys_value_get(export->result, "documents");
    const struct ys_value *attestations = ys_value_get(export->result, "attestations");
    ys_jw_map(export->jw, "back-matter");
    ys_jw_list(export->jw, "resources");
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        write_resource(export, own[i], own[i], own[i], NULL);
    }
    for (size_t i = 0; i < ys_value_count(documents); i++) {
        const struct ys_value *document = ys_value_at(documents, i);
        const char *path = ys_value_get_text(document, "path");
        if (path && is_first(documents, i, "path")) {
            write_resource(export, path,
                           ys_word_of(export->lang, ys_value_get(document, "title")), path,
                           document);
        }
    }
    for (size_t i = 0; i < ys_value_count(attestations); i++) {
        const struct ys_value *files = ys_value_get(ys_value_at(attestations, i), "files");
        for (size_t k = 0; k < ys_value_count(files); k++) {
            const struct ys_value *file = ys_value_at(files, k);
            const char *digest = ys_export_text(file, "sm3");
            if (is_handed_in_before(attestations, i, k, digest)) {
                continue;
            }
            write_resource(export, digest, ys_export_text(file, "name"),
                           ys_arena_printf(&export->arena, "attestations/%s", digest), file);
        }
    }
    ys_jw_end(export->jw);
    ys_jw_end(export->jw);
}
