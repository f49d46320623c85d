/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inspector's document: one HTML file that is well-formed XML too, loads nothing and is
 * complete without its script. Parts live in ys_html_*.c; this file is the frame.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_html.h"
#include "ys_html_tally.h"
#include "ys_json.h"
#include "ys_report_assets.h"

#define FINDINGS_SHOWN_MAX 2000u /* cases; a browser would not open many more */
#define RECORDS_SHOWN_MAX 4000u
#define VERDICTS_MAX 8u

const char *ys_page_word(const struct ys_page *page, enum ys_word word)
{
    return ys_word(page->lang, word);
}

const char *ys_page_reason(struct ys_page *page, const struct ys_value *map)
{
    return ys_reason_in(&page->arena, page->lang, ys_page_text(map, "reason"));
}

const char *ys_page_side(struct ys_page *page, const struct ys_value *map, const char *side)
{
    return ys_side_in(&page->arena, page->lang, ys_page_text(map, side));
}

const char *ys_page_text(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

bool ys_page_is(const struct ys_value *map, const char *name, const char *value)
{
    return strcmp(ys_page_text(map, name), value) == 0;
}

int64_t ys_page_int_at(const struct ys_value *list, size_t index, int64_t otherwise)
{
    const struct ys_value *item = ys_value_at(list, index);
    int64_t number = otherwise;
    if (!item || item->kind != YS_KIND_NUMBER ||
        ys_decimal_to_int(item->as.number, &number) != YS_OK) {
        return otherwise;
    }
    return number;
}

void ys_page_section_start(struct ys_page *page, const char *id, enum ys_word title)
{
    ys_xw_raw(page->xw, "\n");
    ys_xw_start(page->xw, "section");
    ys_xw_attr(page->xw, "class", "part");
    ys_xw_attr(page->xw, "id", id);
    ys_xw_attr_printf(page->xw, "aria-labelledby", "%s-title", id);
    ys_xw_start(page->xw, "h2");
    ys_xw_attr_printf(page->xw, "id", "%s-title", id);
    ys_xw_text(page->xw, ys_page_word(page, title));
    ys_xw_end_full(page->xw);
    ys_xw_raw(page->xw, "\n");
}

void ys_page_section_end(struct ys_page *page)
{
    ys_xw_end_full(page->xw);
    ys_arena_reset(&page->arena);
}

void ys_page_verdict(struct ys_page *page, const char *name)
{
    const struct ys_wording *wording = ys_wording_verdict(name);
    ys_xw_start(page->xw, "span");
    ys_xw_attr_printf(page->xw, "class", "verdict %s", wording ? wording->name : "");
    ys_xw_start(page->xw, "i");
    ys_xw_attr(page->xw, "aria-hidden", "true");
    ys_xw_element(page->xw, "b", NULL, wording ? wording->sign : "");
    ys_xw_end_full(page->xw);
    ys_xw_text(page->xw, ys_word_verdict(page->lang, name));
    ys_xw_end_full(page->xw);
}

void ys_page_table_start(struct ys_page *page, const enum ys_word *heads, size_t count)
{
    ys_xw_start(page->xw, "div");
    ys_xw_attr(page->xw, "class", "scroll");
    ys_xw_attr(page->xw, "tabindex", "0"); /* where it is too wide, keys must move it too */
    ys_xw_start(page->xw, "table");
    ys_xw_start(page->xw, "thead");
    ys_xw_start(page->xw, "tr");
    for (size_t i = 0; i < count; i++) {
        ys_xw_start(page->xw, "th");
        ys_xw_attr(page->xw, "scope", "col");
        ys_xw_text(page->xw, ys_page_word(page, heads[i]));
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
    ys_xw_start(page->xw, "tbody");
}

void ys_page_table_end(struct ys_page *page)
{
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
}

void ys_page_fact(struct ys_page *page, enum ys_word name, const char *text)
{
    if (text && text[0] != '\0') {
        ys_xw_element(page->xw, "dt", NULL, ys_page_word(page, name));
        ys_xw_element(page->xw, "dd", NULL, text);
    }
}

bool ys_page_is_open(const struct ys_value *map)
{
    return !ys_page_is(map, "verdict", "pass") && !ys_page_is(map, "verdict", "not-applicable");
}

void ys_page_citations(struct ys_page *page, const struct ys_value *list)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        long long seq = (long long)ys_page_int_at(list, i, 0);
        bool is_shown = page->evidence_path && page->cited_count > 0 &&
                        seq <= (long long)page->cited[page->cited_count - 1u];
        ys_xw_text(page->xw, i > 0 ? "  " : "");
        ys_xw_start(page->xw, is_shown ? "a" : "span");
        if (is_shown) {
            ys_xw_attr_printf(page->xw, "href", "#record-%lld", seq);
        }
        ys_xw_attr(page->xw, "class", "nowrap");
        ys_xw_printf(page->xw, "%s %lld", ys_page_word(page, YS_WORD_RECORD), seq);
        ys_xw_end_full(page->xw);
    }
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct open_case {
    const char *id;
    size_t place;
};

/* What one look at each case finds for several sections. */
struct collected {
    struct open_case *of_verdict[VERDICTS_MAX]; /* no more of each than could be shown */
    size_t counts[VERDICTS_MAX];
    size_t capacity; /* of page->cited */
};

static void note_open(struct ys_page *page, struct collected *found, const struct ys_value *test,
                      size_t place)
{
    const char *id = ys_value_get_text(test, "id");
    size_t v = 0;
    while (ys_verdict_names[v] && !ys_page_is(test, "verdict", ys_verdict_names[v])) {
        v++;
    }
    if (!id || !ys_verdict_names[v] || !ys_page_is_open(test)) {
        return;
    }
    if (!found->of_verdict[v]) {
        found->of_verdict[v] =
            ys_arena_calloc(&page->kept, FINDINGS_SHOWN_MAX, sizeof *found->of_verdict[v]);
    }
    if (found->counts[v] < FINDINGS_SHOWN_MAX) {
        found->of_verdict[v][found->counts[v]] =
            (struct open_case){.id = ys_arena_strdup(&page->kept, id), .place = place};
    }
    found->counts[v]++;
}

/* Those that the findings section shows, worst first until there are enough. */
static void choose_open(struct ys_page *page, const struct collected *found)
{
    struct open_case *const *of_verdict = found->of_verdict;
    const size_t *counts = found->counts;
    page->open_places = ys_arena_calloc(&page->kept, FINDINGS_SHOWN_MAX, sizeof(size_t));
    page->open_cases = ys_arena_calloc(&page->kept, FINDINGS_SHOWN_MAX, sizeof(char *));
    for (size_t v = 0; v < VERDICTS_MAX; v++) {
        size_t room = FINDINGS_SHOWN_MAX - page->open_count;
        size_t shown = counts[v] < room ? counts[v] : room;
        for (size_t i = 0; i < shown; i++) {
            page->open_places[page->open_count] = of_verdict[v][i].place;
            page->open_cases[page->open_count++] = of_verdict[v][i].id;
        }
        page->open_more += counts[v] - shown;
    }
    if (page->open_count > 0) {
        qsort(page->open_cases, page->open_count, sizeof(char *), compare_texts);
    }
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void cite(struct ys_page *page, const struct ys_value *list, size_t *capacity)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        if (page->cited_count == *capacity) {
            *capacity = *capacity ? *capacity * 2u : 64u;
            page->cited = ys_realloc(page->cited, *capacity * sizeof *page->cited);
        }
        page->cited[page->cited_count++] = ys_page_int_at(list, i, 0);
    }
}

static void note_cited(struct ys_page *page, struct collected *found, const struct ys_value *test)
{
    static const char *const citing[] = {"findings", "earlier_attempts"};
    for (size_t j = 0; j < sizeof citing / sizeof citing[0]; j++) {
        const struct ys_value *list = ys_value_get(test, citing[j]);
        for (size_t k = 0; k < ys_value_count(list); k++) {
            cite(page, ys_value_get(ys_value_at(list, k), "evidence"), &found->capacity);
        }
    }
}

static void sort_cited(struct ys_page *page)
{
    if (page->cited_count > 0) {
        qsort(page->cited, page->cited_count, sizeof *page->cited, compare_numbers);
    }
    size_t kept = 0;
    for (size_t i = 0; i < page->cited_count; i++) {
        if (page->cited[i] > 0 && (kept == 0 || page->cited[kept - 1u] != page->cited[i])) {
            page->cited[kept++] = page->cited[i];
        }
    }
    page->cited_count = kept < RECORDS_SHOWN_MAX ? kept : RECORDS_SHOWN_MAX;
    page->cited_more = kept - page->cited_count;
}

/* Each case of a long result costs time to read: one look serves all that can share it. */
static void look_at_cases(struct ys_page *page)
{
    struct collected found = {.capacity = 0};
    ys_addresses_start(page);
    for (size_t i = 0; i < ys_json_stream_count(page->cases); i++) {
        const struct ys_value *test = ys_json_stream_at(page->cases, i);
        note_cited(page, &found, test);
        note_open(page, &found, test, i);
        ys_addresses_note(page, test);
    }
    choose_open(page, &found);
    sort_cited(page);
}

static void write_meta(struct ys_xw *xw, const char *key, const char *name, const char *content)
{
    ys_xw_start(xw, "meta");
    ys_xw_attr(xw, key, name);
    ys_xw_attr(xw, "content", content);
    ys_xw_end(xw);
}

static void write_style(struct ys_xw *xw, const char *media, const char *css)
{
    ys_xw_start(xw, "style");
    ys_xw_attr(xw, "media", media);
    ys_xw_raw(xw, css);
    ys_xw_end_full(xw);
}

static enum ys_word title_word(const struct ys_page *page)
{
    return ys_page_is(page->result, "purpose", "acceptance") ? YS_WORD_TITLE_ACCEPTANCE
           : ys_page_is(page->result, "purpose", "gate")     ? YS_WORD_TITLE_GATE
                                                              : YS_WORD_TITLE_SELFTEST;
}

static void write_head(struct ys_page *page)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *candidate = ys_value_get(page->result, "candidate");
    const struct ys_wording *conclusion =
        ys_wording_conclusion(ys_page_text(page->result, "conclusion"));
    ys_xw_start(xw, "head");
    ys_xw_start(xw, "meta");
    ys_xw_attr(xw, "charset", "utf-8");
    ys_xw_end(xw);
    write_meta(xw, "name", "viewport", "width=device-width, initial-scale=1");
    write_meta(xw, "http-equiv", "Content-Security-Policy",
               "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
               "img-src data:; "
               "base-uri 'none'; form-action 'none'");
    ys_xw_start(xw, "title");
    ys_xw_printf(xw, "%s · %s · %s", ys_page_word(page, title_word(page)),
                 ys_word_of(page->lang, ys_value_get(candidate, "name")),
                 conclusion ? ys_page_word(page, conclusion->word) : "");
    ys_xw_end_full(xw);
    write_style(xw, "screen", ys_asset_report_css);
    write_style(xw, "print", ys_asset_report_print_css);
    ys_xw_end_full(xw);
}

static bool has(const struct ys_page *page, const char *what)
{
    const struct ys_value *declared = ys_value_get(page->manifest, "declared");
    return !what                           ? true
           : strcmp(what, "log") == 0      ? page->tally != NULL
           : strcmp(what, "gate") == 0     ? page->gate != NULL
           : strcmp(what, "declared") == 0 ? declared != NULL
           : strcmp(what, "translated") == 0
               ? ys_value_get(declared, "translated") != NULL
               : ys_value_get(page->result, what) != NULL;
}

void ys_page_contents(struct ys_page *page, size_t first)
{
    static const struct {
        const char *id;
        enum ys_word word;
        const char *needs; /* what has() knows; NULL: nothing */
    } entries[] = {{"conclusion", YS_WORD_CONCLUSION, NULL},
                   {"blocking", YS_WORD_BLOCKING, NULL},
                   {"waivers", YS_WORD_WAIVERS, "gate"},
                   {"declared", YS_WORD_DECLARED, "declared"},
                   {"scope", YS_WORD_SCOPE, NULL},
                   {"clauses", YS_WORD_CLAUSES, NULL},
                   {"coverage", YS_WORD_COVERAGE, "coverage"},
                   {"findings", YS_WORD_FINDINGS, NULL},
                   {"undecided", YS_WORD_UNDECIDED, NULL},
                   {"documents", YS_WORD_DOCUMENTS, NULL},
                   {"timing", YS_WORD_TIMING, NULL},
                   {"attempts", YS_WORD_ATTEMPTS, NULL},
                   {"previous", YS_WORD_PREVIOUS, NULL},
                   {"translated", YS_WORD_TRANSLATED, "translated"},
                   {"environment", YS_WORD_ENVIRONMENT, NULL},
                   {"cleanup", YS_WORD_CLEANUP, "log"},
                   {"redaction", YS_WORD_REDACTION, "log"},
                   {"digests", YS_WORD_DIGESTS, NULL},
                   {"verify", YS_WORD_VERIFY, NULL},
                   {"limits", YS_WORD_LIMITS, NULL},
                   {"legend", YS_WORD_LEGEND, NULL},
                   {"signatures", YS_WORD_SIGNATURES, NULL},
                   {"records", YS_WORD_RECORDS_APPENDIX, NULL}};
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "ol");
    for (size_t i = first; i < sizeof entries / sizeof entries[0]; i++) {
        if (!has(page, entries[i].needs)) {
            continue;
        }
        ys_xw_start(xw, "li");
        ys_xw_start(xw, "a");
        ys_xw_attr_printf(xw, "href", "#%s", entries[i].id);
        ys_xw_text(xw, ys_page_word(page, entries[i].word));
        ys_xw_end_full(xw);
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
}

static void write_contents(struct ys_page *page)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "nav");
    ys_xw_attr(xw, "aria-labelledby", "contents-title");
    ys_xw_start(xw, "h2");
    ys_xw_attr(xw, "id", "contents-title");
    ys_xw_text(xw, ys_page_word(page, YS_WORD_CONTENTS));
    ys_xw_end_full(xw);
    ys_page_contents(page, 0);
    ys_xw_end_full(xw);
}

static enum ys_status write_body(struct ys_page *page, struct ys_err *reterr)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "body");
    ys_xw_start(xw, "a");
    ys_xw_attr(xw, "class", "skip");
    ys_xw_attr(xw, "href", "#report");
    ys_xw_text(xw, ys_page_word(page, YS_WORD_SKIP));
    ys_xw_end_full(xw);
    write_contents(page);
    ys_xw_start(xw, "main");
    ys_xw_attr(xw, "id", "report");
    ys_html_cover(page);
    ys_html_blocking(page);
    ys_html_gate(page);
    ys_html_declared(page);
    ys_html_scope(page);
    ys_html_clauses(page);
    ys_html_coverage(page);
    ys_html_findings(page);
    ys_html_undecided(page);
    ys_html_documents(page);
    ys_html_timing(page);
    ys_html_attempts(page);
    ys_html_previous(page);
    ys_html_translated(page);
    ys_html_environment(page);
    ys_html_cleanup(page);
    ys_html_redaction(page);
    enum ys_status status = ys_html_evidence(page, reterr);
    ys_xw_end_full(xw);
    ys_xw_raw(xw, "\n<script>");
    ys_xw_raw(xw, ys_asset_report_js);
    ys_xw_raw(xw, "</script>\n");
    ys_xw_end_full(xw);
    return status;
}

/* A decision of another run, or of this one before it was sealed anew, is none. */
static enum ys_status read_gate(struct ys_page *page, const char *run_dir, struct ys_err *reterr)
{
    struct ys_buf text;
    const struct ys_value *gate = NULL;
    const char *path = ys_path_join(&page->kept, run_dir, "gate.json");
    if (!ys_page_is(page->result, "purpose", "gate") || !ys_file_exists(path)) {
        return YS_OK;
    }
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &text, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(&page->kept, text.bytes, text.length, &gate, reterr);
    }
    if (status == YS_OK && page->root[0] && ys_page_is(gate, "seal", page->root)) {
        page->gate = gate;
    }
    ys_buf_clear(&text);
    return status;
}

/* What the run directory has beside the log: the manifest, and the seal where it is sealed. */
static enum ys_status read_run(struct ys_page *page, const char *run_dir, struct ys_err *reterr)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    const char *path = ys_path_join(&page->kept, run_dir, "manifest.json");
    enum ys_status status = YS_OK;
    if (ys_file_exists(path)) {
        status = ys_file_read(path, &text, reterr);
        if (status == YS_OK) {
            status = ys_json_parse(&page->kept, text.bytes, text.length, &page->manifest, reterr);
        }
    }
    ys_buf_reset(&text);
    path = ys_path_join(&page->kept, run_dir, "seal.json");
    if (status == YS_OK && ys_file_exists(path)) {
        status = ys_file_read(path, &text, reterr);
        if (status == YS_OK) {
            ys_sm3_hex(text.bytes, text.length, page->root);
        }
    }
    ys_buf_clear(&text);
    if (status == YS_OK) {
        status = read_gate(page, run_dir, reterr);
    }
    if (status == YS_OK) {
        status = ys_html_signatures_read(page, run_dir, reterr);
    }
    if (status == YS_OK) {
        page->evidence_path = ys_path_join(&page->kept, run_dir, "evidence.jsonl");
        status = ys_tally_new(page->evidence_path, &page->tally, reterr);
    }
    return status == YS_OK ? ys_sequences_collect(page, reterr) : status;
}

static enum ys_status write_page(struct ys_page *page, struct ys_err *reterr)
{
    const char *purpose = ys_page_text(page->result, "purpose");
    bool is_known = strcmp(purpose, "acceptance") == 0 || strcmp(purpose, "gate") == 0;
    ys_xw_declare_html(page->xw);
    ys_xw_start(page->xw, "html");
    ys_xw_attr(page->xw, "xmlns", "http://www.w3.org/1999/xhtml");
    ys_xw_attr(page->xw, "lang", page->lang == YS_LANG_EN ? "en" : "zh-CN");
    ys_xw_attr_printf(page->xw, "class", "purpose-%s", is_known ? purpose : "selftest");
    write_head(page);
    enum ys_status status = write_body(page, reterr);
    ys_xw_end_full(page->xw);
    return status;
}

enum ys_status ys_report_html(struct ys_json_stream *result, const char *run_dir,
                              const struct ys_value *previous, enum ys_lang lang, const char *path,
                              struct ys_err *reterr)
{
    assert(result);
    assert(path);
    struct ys_page page = {
        .result = ys_json_stream_rest(result), .cases = result, .previous = previous, .lang = lang};
    enum ys_status status = ys_xw_open(path, false, &page.xw, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_arena_init(&page.arena);
    ys_arena_init(&page.kept);
    look_at_cases(&page);
    page.run_dir = run_dir;
    status = run_dir ? read_run(&page, run_dir, reterr) : YS_OK;
    if (status == YS_OK) {
        status = write_page(&page, reterr);
    }
    if (status == YS_OK) {
        status = ys_json_stream_status(result, reterr);
    }
    if (status == YS_OK) {
        status = ys_xw_close(page.xw, reterr);
    } else {
        ys_xw_abandon(page.xw);
    }
    ys_free(page.cited);
    ys_free(page.sequences);
    ys_tally_free(page.tally);
    ys_arena_clear(&page.kept);
    ys_arena_clear(&page.arena);
    return status;
}
