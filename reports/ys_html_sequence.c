/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exchanges of a case that did not pass, HTTP and APDU on one time line, and what each fee and
 * balance was. evidence.jsonl is read once; of each case no more than the last rows up to its
 * first failing check are kept, so memory does not grow with the log.
 */
#include <stdlib.h>
#include <string.h>

#include "ys_apdu.h"
#include "ys_card_words.h"
#include "ys_crypto.h"
#include "ys_html.h"
#include "ys_json.h"
#include "ys_lines.h"

#define SEQUENCES_MAX 200u   /* cases that get a time line; the others cite their records */
#define SEQUENCE_ROWS_MAX 14u
#define ROW_TEXT_BYTES 360u
#define ROW_WORDS_MAX 8u /* lines of a decoded reply; the rest stands with the record */

struct row {
    int64_t seq;
    bool is_card;
    const char *time;  /* 01:02:09.722 */
    const char *told; /* the command in words; NULL: none */
    const char *sent;
    const char *reply;
    const char *decoded[ROW_WORDS_MAX]; /* data objects of the reply; NULL at the end */
    const char *words; /* of a status word; NULL: none */
    const char *judged; /* reasons of failing checks on this exchange; NULL: none */
    const char *operation, *outcome, *fee, *balance;
};

struct ys_sequence {
    const char *case_id;
    int64_t first, last; /* records of the case */
    struct row rows[SEQUENCE_ROWS_MAX];
    size_t count; /* of rows seen; the last SEQUENCE_ROWS_MAX are kept */
    bool has_money;
    const struct ys_ledger *ledger; /* of the statement that failed; NULL: none */
};

static const char *cut(struct ys_arena *arena, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length <= ROW_TEXT_BYTES) {
        return length ? ys_arena_strndup(arena, text, length) : "";
    }
    length = ROW_TEXT_BYTES;
    while (((unsigned char)text[length] & 0xC0u) == 0x80u) {
        length--; /* not within a character */
    }
    return ys_arena_printf(arena, "%.*s…", (int)length, text);
}

static const char *body_of(struct ys_arena *arena, const struct ys_value *message)
{
    const struct ys_value *body = ys_value_get(message, "body");
    const char *blob = ys_value_get_text(body, "blob");
    return blob ? ys_arena_printf(arena, "blobs/%.16s…", blob) : cut(arena, ys_value_text(body));
}

static void fill_http(struct ys_page *page, const struct ys_value *record, struct row *row)
{
    const struct ys_value *request = ys_value_get(record, "request");
    const struct ys_value *reply = ys_value_get(record, "reply");
    const char *url = ys_page_text(request, "url");
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    row->told = row->operation;
    row->sent = ys_arena_printf(&page->kept, "%s %s %s", ys_page_text(request, "method"),
                                cut(&page->kept, path ? path : url),
                                body_of(&page->kept, request));
    row->reply = reply ? ys_arena_printf(&page->kept, "%lld %s",
                                         (long long)ys_value_get_int(reply, "status", 0),
                                         body_of(&page->kept, reply))
                       : cut(&page->kept, ys_page_text(record, "error"));
}

/* Words of the data of a reply, as many as a row has room for. */
static void decode(struct ys_page *page, struct row *row, const uint8_t *command,
                   size_t command_length, const uint8_t *data, size_t length)
{
    struct ys_words words;
    ys_words_init(&words, &page->kept, page->lang == YS_LANG_EN ? "en" : "zh");
    ys_words_data(&words, command, command_length, data, length);
    for (size_t i = 0; i < words.count && i < ROW_WORDS_MAX; i++) {
        bool is_more = i + 1u == ROW_WORDS_MAX && words.count > ROW_WORDS_MAX;
        row->decoded[i] = is_more ? "…"
                                  : ys_arena_printf(&page->kept, "%s %s", words.lines[i].subject,
                                                    cut(&page->kept, words.lines[i].text));
    }
}

static void fill_card(struct ys_page *page, const struct ys_value *record, struct row *row)
{
    const char *command = ys_page_text(record, "command");
    const char *reply = ys_page_text(record, "reply");
    const char *lang = page->lang == YS_LANG_EN ? "en" : "zh";
    size_t hex = strspn(command, "0123456789ABCDEFabcdef");
    uint8_t *bytes = NULL;
    uint8_t *answer = NULL;
    size_t count = 0;
    size_t length = 0;
    row->is_card = true;
    /* Behind a PIN's mark nothing can be told but what kind of command it is. */
    if (hex >= 8 && ys_hex_decode(&page->kept, ys_arena_strndup(&page->kept, command, hex & ~1u),
                                  &bytes, &count, NULL) == YS_OK) {
        row->told = command[hex] == '\0' ? ys_words_command(&page->kept, bytes, count, lang)
                                         : ys_apdu_command_name(bytes[0], bytes[1]);
    }
    row->sent = cut(&page->kept, command);
    row->reply = cut(&page->kept, reply[0] ? reply : ys_page_text(record, "error"));
    if (ys_hex_decode(&page->kept, reply, &answer, &length, NULL) == YS_OK && length >= 2) {
        uint16_t sw = (uint16_t)(answer[length - 2] << 8 | answer[length - 1]);
        row->words = ys_sw_text(&page->kept, sw, lang);
        decode(page, row, bytes, count, answer, length - 2);
    }
}

static const char *plain(struct ys_page *page, const struct ys_value *map, const char *name)
{
    const struct ys_value *value = ys_value_get(map, name);
    struct ys_buf text;
    const char *written = NULL;
    if (!value) {
        return NULL;
    }
    if (ys_value_text(value)) {
        return cut(&page->kept, ys_value_text(value));
    }
    ys_buf_init(&text, YS_LINES_BYTES_MAX);
    if (ys_json_write(value, &text) == YS_OK) {
        written = cut(&page->kept, text.bytes);
    }
    ys_buf_clear(&text);
    return written;
}

/* A check is noted beside the exchange that it rests on. */
static void take_check(struct ys_page *page, struct ys_sequence *sequence,
                       const struct ys_value *record)
{
    int64_t of = ys_value_get_int(record, "of", 0);
    const struct ys_value *observed = ys_value_get(record, "observed");
    const struct ys_value *failed = ys_value_get(record, "failed");
    size_t kept = sequence->count < SEQUENCE_ROWS_MAX ? sequence->count : SEQUENCE_ROWS_MAX;
    struct ys_ledger *ledger = ys_value_count(failed) > 0 ? ys_ledger_take(page, record) : NULL;
    sequence->ledger = ledger ? ledger : sequence->ledger;
    for (size_t i = 0; of > 0 && i < kept; i++) {
        struct row *row = &sequence->rows[(sequence->count - 1u - i) % SEQUENCE_ROWS_MAX];
        if (row->seq != of) {
            continue;
        }
        row->outcome = plain(page, observed, "outcome");
        row->words = row->is_card ? row->words : row->outcome;
        row->fee = plain(page, observed, "fee");
        row->balance = plain(page, observed, "balance");
        sequence->has_money = sequence->has_money || row->fee || row->balance;
        if (ys_value_count(failed) > 0) {
            const struct ys_value *first = ys_value_at(failed, 0);
            row->judged = ys_arena_printf(
                &page->kept, page->lang == YS_LANG_EN ? "%s: expected %s, observed %s"
                                                      : "%s：预期%s，实际 %s",
                ys_page_text(first, "target"),
                cut(&page->kept, ys_page_side(page, first, "expected")),
                cut(&page->kept, ys_page_side(page, first, "observed")));
        } else if (!ys_page_is(record, "verdict", "pass")) {
            row->judged = ys_arena_strdup(&page->kept, ys_page_reason(page, record));
        }
        return;
    }
}

static void take_record(struct ys_page *page, struct ys_sequence *sequence,
                        const struct ys_value *record)
{
    const char *kind = ys_page_text(record, "kind");
    const char *time = ys_page_text(record, "beijing");
    if (strcmp(kind, "check") == 0) {
        take_check(page, sequence, record);
        return;
    }
    bool is_card = strcmp(kind, "card") == 0;
    bool is_cleanup = strncmp(ys_page_text(record, "step"), "finally", 7) == 0;
    if ((!is_card && strcmp(kind, "http") != 0) || is_cleanup) {
        return;
    }
    struct row *row = &sequence->rows[sequence->count++ % SEQUENCE_ROWS_MAX];
    *row = (struct row){.seq = ys_value_get_int(record, "seq", 0)};
    row->time = strlen(time) >= 23 ? ys_arena_strndup(&page->kept, time + 11, 12) : "";
    row->operation = cut(&page->kept, ys_page_text(record, "operation"));
    if (is_card) {
        fill_card(page, record, row);
    } else {
        fill_http(page, record, row);
    }
}

static int compare_first(const void *a, const void *b)
{
    const struct ys_sequence *left = a;
    const struct ys_sequence *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

/* The records of each open case that has findings: from its first to its first failing check. */
static void plan(struct ys_page *page)
{
    size_t count = ys_json_stream_count(page->cases);
    page->sequences = ys_alloc(SEQUENCES_MAX * sizeof *page->sequences);
    for (size_t i = 0; i < count && page->sequence_count < SEQUENCES_MAX; i++) {
        const struct ys_value *test = ys_json_stream_at(page->cases, i);
        const struct ys_value *evidence = ys_value_get(test, "evidence");
        const struct ys_value *finding = ys_value_at(ys_value_get(test, "findings"), 0);
        const struct ys_value *cited = ys_value_get(finding, "evidence");
        int64_t first = ys_page_int_at(evidence, 0, 0);
        int64_t last = ys_page_int_at(cited, ys_value_count(cited) - 1u, 0);
        if (!ys_page_is_open(test) || ys_value_count(cited) == 0 || first <= 0 || last < first) {
            continue;
        }
        struct ys_sequence *sequence = &page->sequences[page->sequence_count++];
        memset(sequence, 0, sizeof *sequence);
        sequence->case_id = ys_arena_strdup(&page->kept, ys_page_text(test, "id"));
        sequence->first = first;
        sequence->last = last;
    }
    if (page->sequence_count > 0) {
        qsort(page->sequences, page->sequence_count, sizeof *page->sequences, compare_first);
    }
}

/* Cases run at once share a stretch of the log, so the case of a record decides. */
static void offer(struct ys_page *page, size_t from, int64_t number,
                  const struct ys_lines_line *line)
{
    struct ys_arena arena;
    const struct ys_value *record = NULL;
    ys_arena_init(&arena);
    if (ys_json_parse(&arena, line->text, line->length, &record, NULL) == YS_OK) {
        for (size_t i = from; i < page->sequence_count && page->sequences[i].first <= number;
             i++) {
            if (number <= page->sequences[i].last &&
                ys_page_is(record, "case", page->sequences[i].case_id)) {
                take_record(page, &page->sequences[i], record);
            }
        }
    }
    ys_arena_clear(&arena);
}

enum ys_status ys_sequences_collect(struct ys_page *page, struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    int64_t number = 0;
    size_t next = 0;
    plan(page);
    if (page->sequence_count == 0) {
        return YS_OK;
    }
    enum ys_status status = ys_lines_open(page->evidence_path, &lines, reterr);
    while (status == YS_OK && next < page->sequence_count) {
        status = ys_lines_next(lines, &line, reterr);
        if (status != YS_OK || !line.text || !line.is_whole) {
            break;
        }
        number++;
        if (number >= page->sequences[next].first) {
            offer(page, next, number, &line);
        }
        while (next < page->sequence_count && page->sequences[next].last <= number) {
            next++;
        }
    }
    ys_lines_free(lines);
    return status;
}

static void write_lane(struct ys_page *page, const struct row *row, bool is_here)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "td");
    ys_xw_attr(xw, "class", is_here ? "lane" : "lane idle");
    if (is_here) {
        if (row->told && row->told[0]) {
            ys_xw_element(xw, "p", "told", row->told);
        }
        ys_xw_start(xw, "p");
        ys_xw_attr(xw, "class", "sent");
        ys_xw_printf(xw, "→ %s", row->sent);
        ys_xw_end_full(xw);
        ys_xw_start(xw, "p");
        ys_xw_attr(xw, "class", "came");
        ys_xw_printf(xw, "← %s", row->reply);
        if (row->words) {
            ys_xw_element(xw, "span", "words", row->words);
        }
        ys_xw_end_full(xw);
        for (size_t i = 0; i < ROW_WORDS_MAX && row->decoded[i]; i++) {
            ys_xw_element(xw, "p", "decoded", row->decoded[i]);
        }
        if (row->judged) {
            ys_xw_start(xw, "p");
            ys_xw_attr(xw, "class", "judged");
            ys_xw_printf(xw, "✕ %s", row->judged);
            ys_xw_end_full(xw);
        }
    }
    ys_xw_end_full(xw);
}

static const struct row *row_at(const struct ys_sequence *sequence, size_t index)
{
    size_t skipped = sequence->count > SEQUENCE_ROWS_MAX ? sequence->count - SEQUENCE_ROWS_MAX : 0;
    return &sequence->rows[(skipped + index) % SEQUENCE_ROWS_MAX];
}

static void write_exchanges(struct ys_page *page, const struct ys_sequence *sequence, size_t count)
{
    static const enum ys_word heads[] = {YS_WORD_TIME, YS_WORD_LANE_BANK, YS_WORD_LANE_CARD};
    struct ys_xw *xw = page->xw;
    bool has[2] = {false, false};
    for (size_t i = 0; i < count; i++) {
        has[row_at(sequence, i)->is_card ? 1 : 0] = true;
    }
    ys_xw_element(xw, "h4", NULL, ys_page_word(page, YS_WORD_SEQUENCE));
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", has[0] && has[1] ? "sequence both" : "sequence");
    enum ys_word shown[3] = {heads[0], has[0] ? heads[1] : heads[2], heads[2]};
    ys_page_table_start(page, shown, has[0] && has[1] ? 3 : 2);
    for (size_t i = 0; i < count; i++) {
        const struct row *row = row_at(sequence, i);
        ys_xw_start(xw, "tr");
        ys_xw_element(xw, "th", NULL, row->time);
        if (has[0]) {
            write_lane(page, row, !row->is_card);
        }
        if (has[1]) {
            write_lane(page, row, row->is_card);
        }
        ys_xw_end_full(xw);
    }
    ys_page_table_end(page);
    ys_xw_end_full(xw);
}

static void write_money(struct ys_page *page, const struct ys_sequence *sequence, size_t count)
{
    static const enum ys_word heads[] = {YS_WORD_TIME,    YS_WORD_OPERATION, YS_WORD_OUTCOME,
                                         YS_WORD_FEE,     YS_WORD_BALANCE,   YS_WORD_LANE_JUDGED};
    struct ys_xw *xw = page->xw;
    ys_xw_element(xw, "h4", NULL, ys_page_word(page, YS_WORD_LEDGER));
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "money");
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count; i++) {
        const struct row *row = row_at(sequence, i);
        if (!row->fee && !row->balance) {
            continue;
        }
        ys_xw_start(xw, "tr");
        ys_xw_attr(xw, "class", row->judged ? "fail" : NULL);
        ys_xw_element(xw, "th", NULL, row->time);
        ys_xw_element(xw, "td", "id", row->operation);
        ys_xw_element(xw, "td", NULL, row->outcome);
        ys_xw_element(xw, "td", "amount", row->fee);
        ys_xw_element(xw, "td", "amount", row->balance);
        ys_xw_element(xw, "td", NULL, row->judged ? row->judged : "✓");
        ys_xw_end_full(xw);
    }
    ys_page_table_end(page);
    ys_xw_end_full(xw);
}

void ys_html_sequence(struct ys_page *page, const struct ys_value *test)
{
    const char *id = ys_page_text(test, "id");
    for (size_t i = 0; i < page->sequence_count; i++) {
        const struct ys_sequence *sequence = &page->sequences[i];
        size_t count =
            sequence->count < SEQUENCE_ROWS_MAX ? sequence->count : SEQUENCE_ROWS_MAX;
        if (strcmp(sequence->case_id, id) != 0 || count == 0) {
            continue;
        }
        if (sequence->has_money) {
            write_money(page, sequence, count);
        }
        if (sequence->ledger) {
            ys_html_ledger(page, sequence->ledger);
        }
        write_exchanges(page, sequence, count);
        return;
    }
}
