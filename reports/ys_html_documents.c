/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that the bank handed in, and findings of persons. */
#include "ys_html.h"
#include "ys_json.h"

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
