/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests, verification, closing, and the annex of cited records. evidence.jsonl is read line by
 * line, so that a long run costs no more memory than a short one.
 */
#include <string.h>

#include "ys_buf.h"
#include "ys_crypto.h"
#include "ys_html.h"
#include "ys_html_tally.h"
#include "ys_json.h"
#include "ys_lines.h"

#define RECORD_SHOWN_BYTES 8192u /* of one record; the whole stays in the evidence */

static void write_digests(struct ys_page *page)
{
    struct ys_xw *xw = page->xw;
    const struct ys_tally *tally = page->tally;
    ys_page_section_start(page, "digests", YS_WORD_DIGESTS);
    if (tally && tally->records > 0) {
        ys_xw_start(xw, "dl");
        ys_xw_attr(xw, "class", "facts");
        ys_page_fact(page, YS_WORD_DIGEST_COUNT,
                     ys_arena_printf(&page->arena, "%lld", (long long)tally->records));
        ys_xw_element(xw, "dt", NULL, ys_page_word(page, YS_WORD_DIGEST_HEAD));
        ys_xw_start(xw, "dd");
        ys_xw_element(xw, "code", NULL, tally->head);
        ys_xw_end_full(xw);
        ys_xw_end_full(xw);
    } else {
        ys_xw_element(xw, "p", NULL, ys_page_word(page, YS_WORD_RECORDS_ABSENT));
    }
    ys_xw_element(xw, "h3", NULL, ys_page_word(page, YS_WORD_ROOT_DIGEST));
    if (page->root[0] != '\0') {
        ys_xw_start(xw, "div");
        ys_xw_attr(xw, "class", "root");
        ys_html_qr(xw, page->root, ys_page_word(page, YS_WORD_ROOT_DIGEST));
        ys_xw_element(xw, "code", NULL, page->root);
        ys_xw_end_full(xw);
    } else {
        ys_xw_element(xw, "p", NULL, ys_page_word(page, YS_WORD_UNSEALED));
    }
    ys_page_section_end(page);
}

static void write_verify(struct ys_page *page)
{
    ys_page_section_start(page, "verify", YS_WORD_VERIFY);
    ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_VERIFY_TEXT));
    ys_xw_element(page->xw, "pre", NULL,
                  "yanshou verify RUNDIR\n"
                  "openssl dgst -sm3 RUNDIR/seal.json\n"
                  "tail -n 1 RUNDIR/evidence.jsonl | tr -d '\\n' | openssl dgst -sm3");
    ys_page_section_end(page);
}

static void write_record(struct ys_page *page, int64_t seq, const struct ys_lines_line *line)
{
    struct ys_xw *xw = page->xw;
    struct ys_arena arena;
    struct ys_buf text;
    const struct ys_value *record = NULL;
    ys_arena_init(&arena);
    ys_buf_init(&text, 2u * YS_LINES_BYTES_MAX);
    bool is_found = line &&
                    ys_json_parse(&arena, line->text, line->length, &record, NULL) == YS_OK &&
                    ys_value_get_int(record, "seq", 0) == seq &&
                    ys_json_write_pretty(record, &text) == YS_OK;
    ys_xw_raw(xw, "\n");
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "record");
    ys_xw_attr_printf(xw, "id", "record-%lld", (long long)seq);
    ys_xw_start(xw, "h3");
    ys_xw_printf(xw, "%s %lld", ys_page_word(page, YS_WORD_RECORD), (long long)seq);
    if (is_found) {
        ys_xw_start(xw, "span");
        ys_xw_attr(xw, "class", "soft");
        ys_xw_printf(xw, " · %s · %s", ys_page_text(record, "kind"),
                     ys_page_text(record, "beijing"));
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
    if (!is_found) {
        ys_xw_element(xw, "p", "notice", ys_page_word(page, YS_WORD_RECORD_MISSING));
    } else {
        ys_html_card_record(page, record);
        size_t length = text.length > 0 ? text.length - 1u : 0; /* without the last newline */
        bool is_cut = length > RECORD_SHOWN_BYTES;
        length = is_cut ? RECORD_SHOWN_BYTES : length;
        while (is_cut && ((unsigned char)text.bytes[length] & 0xC0u) == 0x80u) {
            length--; /* not within a character */
        }
        ys_xw_element(xw, "pre", NULL, ys_arena_strndup(&arena, text.bytes, length));
        if (is_cut) {
            ys_xw_start(xw, "p");
            ys_xw_attr(xw, "class", "soft");
            ys_xw_printf(xw, page->lang == YS_LANG_EN
                                 ? "Long; cut here. The whole is line %lld of evidence.jsonl."
                                 : "内容较长，此处截断；全文见 evidence.jsonl 第 %lld 行。",
                         (long long)seq);
            ys_xw_end_full(xw);
        }
    }
    ys_xw_end_full(xw);
    ys_buf_clear(&text);
    ys_arena_clear(&arena);
}

/* Record n is line n; a log where that is not so does not verify. */
static enum ys_status write_cited(struct ys_page *page, struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    int64_t number = 0;
    size_t next = 0;
    enum ys_status status = ys_lines_open(page->evidence_path, &lines, reterr);
    while (status == YS_OK && next < page->cited_count) {
        status = ys_lines_next(lines, &line, reterr);
        if (status != YS_OK || !line.text || !line.is_whole) {
            break;
        }
        number++;
        if (number == page->cited[next]) {
            write_record(page, number, &line);
            next++;
        }
    }
    for (; next < page->cited_count && status == YS_OK; next++) {
        write_record(page, page->cited[next], NULL);
    }
    ys_lines_free(lines);
    return status;
}

static void write_legend(struct ys_page *page)
{
    struct ys_xw *xw = page->xw;
    ys_page_section_start(page, "legend", YS_WORD_LEGEND);
    ys_xw_start(xw, "dl");
    ys_xw_attr(xw, "class", "facts");
    for (size_t i = 0; ys_verdict_names[i]; i++) {
        ys_xw_start(xw, "dt");
        ys_page_verdict(page, ys_verdict_names[i]);
        ys_xw_end_full(xw);
        ys_xw_element(xw, "dd", NULL,
                      ys_page_word(page, ys_wording_verdict(ys_verdict_names[i])->says));
    }
    ys_xw_end_full(xw);
    ys_xw_element(xw, "p", NULL, ys_page_word(page, YS_WORD_LEGEND_CAUSES));
    ys_page_section_end(page);
}

void ys_html_closing(struct ys_page *page)
{
    ys_page_section_start(page, "limits", YS_WORD_LIMITS);
    ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_LIMITS_TEXT));
    ys_page_section_end(page);
    write_legend(page);
    ys_html_signatures(page);
}

enum ys_status ys_html_evidence(struct ys_page *page, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    write_digests(page);
    write_verify(page);
    ys_html_closing(page);
    ys_page_section_start(page, "records", YS_WORD_RECORDS_APPENDIX);
    if (page->cited_count == 0 || !page->evidence_path) {
        ys_xw_element(page->xw, "p", NULL,
                      ys_page_word(page, page->cited_count == 0 ? YS_WORD_RECORDS_NONE
                                                                : YS_WORD_RECORDS_ABSENT));
    } else {
        status = write_cited(page, reterr);
    }
    if (page->cited_more > 0) {
        ys_page_more(page, "soft", YS_WORD_RECORDS_MORE, page->cited_more);
    }
    ys_page_section_end(page);
    return status;
}
