/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that the bank handed in, and findings of persons. */
#include <string.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_html.h"
#include "ys_json.h"
#include "ys_thumbnail.h"

#define THUMBNAILS_MAX                                                                             \
    400u /* in one report, about 6 KiB each; the other files keep their digests */

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

static void write_thumbnail(struct ys_page *page, const struct ys_value *file,
                            const struct ys_buf *jpeg, unsigned width, unsigned height)
{
    ys_xw_start(page->xw, "img");
    ys_xw_attr_printf(page->xw, "src", "data:image/jpeg;base64,%s",
                      ys_base64_encode(&page->arena, jpeg->bytes, jpeg->length));
    ys_xw_attr_printf(page->xw, "width", "%u", width);
    ys_xw_attr_printf(page->xw, "height", "%u", height);
    ys_xw_attr_printf(page->xw, "alt", "%s %s", ys_page_word(page, YS_WORD_THUMBNAIL),
                      ys_page_text(file, "name"));
    ys_xw_end(page->xw);
    page->thumbnails++;
}

/* The picture of an attached file, where it is one, is there, and is the one that was taken in. */
static void show_picture(struct ys_page *page, const struct ys_value *file)
{
    const char *sm3 = ys_page_text(file, "sm3");
    char digest[YS_SM3_HEX_MAX];
    struct ys_buf bytes;
    struct ys_buf jpeg;
    unsigned width = 0;
    unsigned height = 0;
    if (!page->run_dir || page->thumbnails >= THUMBNAILS_MAX || strlen(sm3) != 64 ||
        strspn(sm3, "0123456789abcdef") != 64) {
        return;
    }
    ys_buf_init(&bytes, YS_DOCUMENT_BYTES_MAX);
    ys_buf_init(&jpeg, YS_DOCUMENT_BYTES_MAX);
    const char *path = ys_arena_printf(&page->arena, "%s/attestations/%s", page->run_dir, sm3);
    if (ys_file_read(path, &bytes, NULL) == YS_OK) {
        ys_sm3_hex(bytes.bytes, bytes.length, digest);
        if (strcmp(digest, sm3) == 0 &&
            ys_thumbnail_make(bytes.bytes, bytes.length, &jpeg, &width, &height, NULL) == YS_OK) {
            write_thumbnail(page, file, &jpeg, width, height);
        }
    }
    ys_buf_clear(&bytes);
    ys_buf_clear(&jpeg);
}

static void write_files(struct ys_page *page, const struct ys_value *files)
{
    for (size_t i = 0; i < ys_value_count(files); i++) {
        const struct ys_value *file = ys_value_at(files, i);
        ys_xw_start(page->xw, "figure");
        show_picture(page, file);
        ys_xw_start(page->xw, "figcaption");
        ys_xw_attr(page->xw, "class", "id");
        ys_xw_printf(page->xw, "%s %s", ys_page_text(file, "name"), ys_page_text(file, "sm3"));
        ys_xw_end_full(page->xw);
        ys_xw_end_full(page->xw);
    }
}

static const char *state_word(const struct ys_page *page, const struct ys_value *item)
{
    static const struct {
        const char *state;
        enum ys_word word;
    } known[] = {{"counts", YS_WORD_STATE_COUNTS},
                 {"superseded", YS_WORD_STATE_SUPERSEDED},
                 {"expired", YS_WORD_STATE_EXPIRED},
                 {"void", YS_WORD_STATE_VOID}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (ys_page_is(item, "state", known[i].state)) {
            return ys_page_word(page, known[i].word);
        }
    }
    return ys_page_text(item, "state");
}

/* Who found it, as whom, when they looked and when it was taken in, and who confirmed it. */
static void write_person(struct ys_page *page, const struct ys_value *item)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *confirmed = ys_value_get(item, "confirmed_by");
    bool is_english = page->lang == YS_LANG_EN;
    ys_xw_text(xw, ys_page_text(item, "who"));
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "soft");
    ys_xw_printf(xw, is_english ? "%s, seen %s, taken in %s" : "%s，%s 查看，%s 记录",
                 ys_page_role(page, ys_page_text(item, "role")), ys_page_text(item, "seen"),
                 ys_word_time(&page->arena, ys_page_text(item, "at")));
    ys_xw_end_full(xw);
    for (size_t i = 0; i < ys_value_count(confirmed); i++) {
        const struct ys_value *one = ys_value_at(confirmed, i);
        ys_xw_start(xw, "div");
        ys_xw_printf(xw, is_english ? "%s: %s" : "%s：%s", ys_page_word(page, YS_WORD_CONFIRMED_BY),
                     ys_page_text(one, "who"));
        ys_xw_start(xw, "span");
        ys_xw_attr(xw, "class", "soft");
        ys_xw_printf(xw, is_english ? ", %s, seen %s" : "，%s，%s 查看",
                     ys_page_role(page, ys_page_text(one, "role")), ys_page_text(one, "seen"));
        ys_xw_end_full(xw);
        ys_xw_end_full(xw);
    }
}

static void write_attestation(struct ys_page *page, const struct ys_value *item)
{
    struct ys_xw *xw = page->xw;
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
    write_files(page, ys_value_get(item, "files"));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    write_person(page, item);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_page_verdict(page, ys_page_text(item, "verdict"));
    ys_xw_element(xw, "div", "soft", state_word(page, item));
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "soft");
    ys_xw_printf(xw, "%s %s", ys_page_word(page, YS_WORD_VALID_UNTIL),
                 ys_page_text(item, "expires"));
    ys_xw_end_full(xw);
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
