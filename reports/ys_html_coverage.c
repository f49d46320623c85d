/* SPDX-License-Identifier: Apache-2.0 */
/* The ratio of instant-issuance branches, step by step; documents and findings of persons. */
#include <string.h>

#include "ys_html.h"
#include "ys_json.h"

#define BRANCHES_SHOWN_MAX 5000u
#define PER_CENT 100

/* A text as it is, a texts map in the language of the page, anything else as JSON. */
static const char *words_of(struct ys_page *page, const struct ys_value *value)
{
    const char *text = ys_word_of(page->lang, value);
    struct ys_buf buf;
    if (!value || text[0] != '\0') {
        return text;
    }
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    text = ys_json_write(value, &buf) == YS_OK ? ys_arena_strdup(&page->arena, buf.bytes) : "";
    ys_buf_clear(&buf);
    return text;
}

/* A bar of instant branches over all, with the mark of the threshold; whole per cent, rounded
 * down, so that a bar never reaches a mark that the arithmetic does not. */
static void write_chart(struct ys_page *page, long long instant, long long branches,
                        long long threshold)
{
    struct ys_xw *xw = page->xw;
    long long percent = branches > 0 ? instant * PER_CENT / branches : 0;
    percent = percent > PER_CENT ? PER_CENT : percent;
    ys_xw_start(xw, "svg");
    ys_xw_attr(xw, "xmlns", "http://www.w3.org/2000/svg");
    ys_xw_attr(xw, "class", "bar");
    ys_xw_attr(xw, "role", "img");
    ys_xw_attr_printf(xw, "aria-label", "%lld / %lld", instant, branches);
    ys_xw_attr(xw, "viewBox", "0 0 100 8");
    ys_xw_attr(xw, "width", "100%");
    ys_xw_attr(xw, "height", "34");
    ys_xw_attr(xw, "preserveAspectRatio", "none");
    const long long widths[] = {PER_CENT, percent, 0};
    static const char *const fills[] = {"#d9d6cf", "#5b5852", "#b3131b"};
    for (size_t i = 0; i < 3; i++) {
        ys_xw_start(xw, "rect");
        ys_xw_attr_printf(xw, "x", "%lld", i == 2 ? threshold : 0LL);
        ys_xw_attr(xw, "y", i == 2 ? "0" : "2");
        if (i == 2) {
            ys_xw_attr(xw, "width", "0.4");
        } else {
            ys_xw_attr_printf(xw, "width", "%lld", widths[i]);
        }
        ys_xw_attr(xw, "height", i == 2 ? "8" : "5");
        ys_xw_attr(xw, "fill", fills[i]);
        ys_xw_end(xw);
    }
    ys_xw_end_full(xw);
}

static void write_set(struct ys_page *page, enum ys_word name, const struct ys_value *set,
                      long long threshold)
{
    struct ys_xw *xw = page->xw;
    long long instant = (long long)ys_value_get_int(set, "instant", 0);
    long long branches = (long long)ys_value_get_int(set, "branches", 0);
    bool enough = branches > 0 && PER_CENT * instant >= threshold * branches;
    ys_xw_start(xw, "tr");
    ys_xw_element(xw, "th", NULL, ys_page_word(page, name));
    ys_xw_start(xw, "td");
    ys_xw_printf(xw, "%lld", instant);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_printf(xw, "%lld", branches);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_printf(xw, "100 × %lld = %lld %s %lld × %lld = %lld", instant, PER_CENT * instant,
                 enough ? "≥" : "<", threshold, branches, threshold * branches);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_page_verdict(page, enough ? "pass" : "fail");
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
}

/* A list of maps or texts as lines of text. */
static void write_list(struct ys_page *page, enum ys_word title, const struct ys_value *list)
{
    if (ys_value_count(list) == 0) {
        return;
    }
    ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, title));
    ys_xw_start(page->xw, "ul");
    for (size_t i = 0; i < ys_value_count(list) && i < BRANCHES_SHOWN_MAX; i++) {
        const struct ys_value *item = ys_value_at(list, i);
        ys_xw_start(page->xw, "li");
        if (item->kind != YS_KIND_MAP) {
            ys_xw_text(page->xw, words_of(page, item));
        }
        for (size_t k = 0; item->kind == YS_KIND_MAP && k < item->as.map.count; k++) {
            ys_xw_printf(page->xw, "%s%s", k > 0 ? " · " : "",
                         words_of(page, item->as.map.members[k].value));
        }
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

static void write_sample(struct ys_page *page, const struct ys_value *sample)
{
    if (!sample || sample->kind != YS_KIND_MAP) {
        return;
    }
    ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, YS_WORD_COVERAGE_SAMPLE));
    ys_xw_start(page->xw, "dl");
    ys_xw_attr(page->xw, "class", "facts");
    for (size_t i = 0; i < sample->as.map.count; i++) {
        ys_xw_element(page->xw, "dt", NULL, sample->as.map.members[i].name);
        ys_xw_element(page->xw, "dd", NULL, words_of(page, sample->as.map.members[i].value));
    }
    ys_xw_end_full(page->xw);
}

void ys_html_coverage(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_COVERAGE_SET, YS_WORD_COVERAGE_INSTANT,
                                         YS_WORD_COVERAGE_BRANCHES, YS_WORD_COVERAGE_SUM,
                                         YS_WORD_VERDICT};
    const struct ys_value *coverage = ys_value_get(page->result, "coverage");
    const struct ys_value *claimed = ys_value_get(coverage, "claimed");
    const struct ys_value *reconciled = ys_value_get(coverage, "reconciled");
    if (!coverage) {
        return;
    }
    long long threshold = (long long)ys_value_get_int(coverage, "threshold", 70);
    ys_page_section_start(page, "coverage", YS_WORD_COVERAGE);
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    write_set(page, YS_WORD_COVERAGE_CLAIMED, claimed, threshold);
    if (reconciled) {
        write_set(page, YS_WORD_COVERAGE_RECONCILED, reconciled, threshold);
    }
    ys_page_table_end(page);
    const struct ys_value *decides = reconciled ? reconciled : claimed;
    write_chart(page, (long long)ys_value_get_int(decides, "instant", 0),
                (long long)ys_value_get_int(decides, "branches", 0), threshold);
    write_list(page, YS_WORD_COVERAGE_DIFFERENCES, ys_value_get(coverage, "differences"));
    write_list(page, YS_WORD_COVERAGE_DUPLICATES, ys_value_get(coverage, "near_duplicates"));
    write_list(page, YS_WORD_COVERAGE_EXCLUDED, ys_value_get(coverage, "excluded"));
    write_sample(page, ys_value_get(coverage, "sample"));
    write_list(page, YS_WORD_COVERAGE_TABLE, ys_value_get(coverage, "branches"));
    ys_page_section_end(page);
}

static void write_document(struct ys_page *page, const struct ys_value *document)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *checks = ys_value_get(document, "checks");
    ys_xw_start(xw, "tr");
    ys_xw_start(xw, "th");
    ys_page_clause_link(page, ys_page_text(document, "clause"));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_text(xw, ys_word_of(page->lang, ys_value_get(document, "title")));
    ys_xw_element(xw, "div", "id", ys_page_text(document, "path"));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_printf(xw, "%s%s%s", ys_page_text(document, "dated"),
                 ys_value_get(document, "valid_until") ? " / " : "",
                 ys_page_text(document, "valid_until"));
    ys_xw_end_full(xw);
    ys_xw_element(xw, "td", "id", ys_page_text(document, "sm3"));
    ys_xw_start(xw, "td");
    ys_page_verdict(page, ys_page_text(document, "verdict"));
    for (size_t i = 0; i < ys_value_count(checks); i++) {
        const struct ys_value *check = ys_value_at(checks, i);
        if (ys_page_is_open(check)) {
            ys_xw_element(xw, "p", "soft", ys_page_reason(page, check));
        }
    }
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
}

static void write_attestation(struct ys_page *page, const struct ys_value *item)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *files = ys_value_get(item, "files");
    bool has_title = ys_value_get(item, "title");
    ys_xw_start(xw, "tr");
    ys_xw_start(xw, "th");
    ys_page_clause_link(page, ys_page_text(item, "clause"));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_text(xw, has_title ? ys_word_of(page->lang, ys_value_get(item, "title"))
                             : ys_page_text(item, "question"));
    ys_xw_element(xw, "div", "soft", ys_page_text(item, "branch"));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_text(xw, words_of(page, ys_value_get(item, "answer")));
    for (size_t i = 0; i < ys_value_count(files); i++) {
        const struct ys_value *file = ys_value_at(files, i);
        ys_xw_start(xw, "div");
        ys_xw_attr(xw, "class", "id");
        ys_xw_printf(xw, "%s %s", ys_page_text(file, "name"), ys_page_text(file, "sm3"));
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_text(xw, ys_page_text(item, "who"));
    ys_xw_element(xw, "div", "soft", ys_word_time(&page->arena, ys_page_text(item, "at")));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_page_verdict(page, ys_page_text(item, "verdict"));
    ys_xw_element(xw, "div", "soft", ys_page_text(item, "state"));
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
}

void ys_html_documents(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_CLAUSE, YS_WORD_DOCUMENT, YS_WORD_DATED,
                                         YS_WORD_DIGEST, YS_WORD_VERDICT};
    static const enum ys_word persons[] = {YS_WORD_CLAUSE, YS_WORD_QUESTION, YS_WORD_ANSWER,
                                           YS_WORD_PERSON, YS_WORD_VERDICT};
    const struct ys_value *documents = ys_value_get(page->result, "documents");
    const struct ys_value *findings = ys_value_get(page->result, "attestations");
    ys_page_section_start(page, "documents", YS_WORD_DOCUMENTS);
    if (ys_value_count(documents) + ys_value_count(findings) == 0) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_DOCUMENTS_NONE));
    }
    if (ys_value_count(documents) > 0) {
        ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
        for (size_t i = 0; i < ys_value_count(documents); i++) {
            write_document(page, ys_value_at(documents, i));
        }
        ys_page_table_end(page);
    }
    if (ys_value_count(findings) > 0) {
        ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, YS_WORD_ATTESTATIONS));
        ys_page_table_start(page, persons, sizeof persons / sizeof persons[0]);
        for (size_t i = 0; i < ys_value_count(findings); i++) {
            write_attestation(page, ys_value_at(findings, i));
        }
        ys_page_table_end(page);
    }
    ys_page_section_end(page);
}
