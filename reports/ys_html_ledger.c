/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bank's own ledger says of a case that failed: its entries, the sum after each, and the
 * rows that break an expectation, marked.
 */
#include <stdlib.h>
#include <string.h>

#include "ys_html.h"

#define ROWS_MAX 60u         /* of one statement; the rest is counted */
#define ROWS_BEFORE 40u      /* the first offending row */
#define ROW_TEXT_BYTES 120u
#define FAILED_PREFIX "entries["

struct entry {
    const char *id, *time, *kind, *text, *amount, *sum;
    const char *judged; /* NULL: nothing against it */
};

struct ys_ledger {
    size_t total, from, count; /* rows of the statement; of them from … from + count are kept */
    struct entry rows[ROWS_MAX];
    const char *balance, *balance_judged;
};

/* The row that a target such as "entries[3].kind" is about; -1: none. */
static long row_of(const char *target)
{
    size_t length = strlen(FAILED_PREFIX);
    long row = 0;
    if (strncmp(target, FAILED_PREFIX, length) != 0) {
        return -1;
    }
    for (target += length; *target >= '0' && *target <= '9' && row < 1000000; target++) {
        row = row * 10 + (*target - '0');
    }
    return *target == ']' ? row : -1;
}

static const char *cut(struct ys_page *page, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    bool is_long = length > ROW_TEXT_BYTES;
    length = is_long ? ROW_TEXT_BYTES : length;
    while (is_long && ((unsigned char)text[length] & 0xC0u) == 0x80u) {
        length--; /* not within a character */
    }
    return ys_arena_printf(&page->kept, "%.*s%s", (int)length, text ? text : "",
                           is_long ? "…" : "");
}

static const char *number_text(struct ys_page *page, const struct ys_decimal *number)
{
    char text[YS_DECIMAL_TEXT_MAX];
    ys_decimal_format(*number, text);
    return ys_arena_strdup(&page->kept, text);
}

/* A number as the record has it; a text, such as a mark, as it is. */
static const char *amount_of(struct ys_page *page, const struct ys_value *map, const char *name)
{
    const struct ys_value *value = ys_value_get(map, name);
    return value && value->kind == YS_KIND_NUMBER ? number_text(page, &value->as.number)
                                                  : cut(page, ys_value_text(value));
}

static const char *judged_text(struct ys_page *page, const struct ys_value *failed)
{
    const char *field = strrchr(ys_page_text(failed, "target"), '.');
    return ys_arena_printf(&page->kept,
                           page->lang == YS_LANG_EN ? "%s: expected %s, observed %s"
                                                    : "%s：预期%s，实际 %s",
                           field ? field + 1 : ys_page_text(failed, "target"),
                           cut(page, ys_page_side(page, failed, "expected")),
                           cut(page, ys_page_side(page, failed, "observed")));
}

static void mark_rows(struct ys_page *page, struct ys_ledger *ledger,
                      const struct ys_value *failed)
{
    for (size_t i = 0; i < ys_value_count(failed); i++) {
        const struct ys_value *one = ys_value_at(failed, i);
        long row = row_of(ys_page_text(one, "target"));
        if (row >= (long)ledger->from && row < (long)(ledger->from + ledger->count)) {
            ledger->rows[(size_t)row - ledger->from].judged = judged_text(page, one);
        } else if (ys_page_is(one, "target", "balance")) {
            ledger->balance_judged = judged_text(page, one);
        }
    }
}

static size_t first_row(const struct ys_value *failed)
{
    long first = -1;
    for (size_t i = 0; i < ys_value_count(failed); i++) {
        long row = row_of(ys_page_text(ys_value_at(failed, i), "target"));
        first = row >= 0 && (first < 0 || row < first) ? row : first;
    }
    return first > (long)ROWS_BEFORE ? (size_t)first - ROWS_BEFORE : 0;
}

struct ys_ledger *ys_ledger_take(struct ys_page *page, const struct ys_value *check)
{
    const struct ys_value *observed = ys_value_get(check, "observed");
    const struct ys_value *entries = ys_value_get(observed, "entries");
    const struct ys_value *failed = ys_value_get(check, "failed");
    size_t total = ys_value_count(entries);
    if (total == 0 || !ys_value_get(ys_value_at(entries, 0), "amount")) {
        return NULL;
    }
    struct ys_ledger *ledger = ys_arena_calloc(&page->kept, 1, sizeof *ledger);
    struct ys_decimal sum = ys_decimal_from_int(0);
    bool has_sum = true;
    ledger->total = total;
    ledger->from = first_row(failed) < total ? first_row(failed) : 0;
    for (size_t i = 0; i < total && i < ledger->from + ROWS_MAX; i++) {
        const struct ys_value *item = ys_value_at(entries, i);
        const struct ys_value *amount = ys_value_get(item, "amount");
        has_sum = has_sum && amount && amount->kind == YS_KIND_NUMBER &&
                  ys_decimal_add(sum, amount->as.number, &sum) == YS_OK;
        if (i < ledger->from) {
            continue;
        }
        ledger->rows[ledger->count++] =
            (struct entry){.id = cut(page, ys_page_text(item, "id")),
                           .time = cut(page, ys_page_text(item, "time")),
                           .kind = cut(page, ys_page_text(item, "kind")),
                           .text = cut(page, ys_page_text(item, "text")),
                           .amount = amount_of(page, item, "amount"),
                           .sum = has_sum ? number_text(page, &sum) : ""};
    }
    ledger->balance = amount_of(page, observed, "balance");
    mark_rows(page, ledger, failed);
    return ledger;
}

static void write_judged(struct ys_page *page, const char *judged)
{
    ys_xw_start(page->xw, "td");
    if (judged) {
        ys_xw_start(page->xw, "b");
        ys_xw_printf(page->xw, "✕ %s", judged);
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

static void write_entry(struct ys_page *page, size_t number, const struct entry *row)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "tr");
    ys_xw_attr(xw, "class", row->judged ? "fail" : NULL);
    ys_xw_start(xw, "th");
    ys_xw_attr(xw, "scope", "row");
    ys_xw_printf(xw, "%zu", number);
    ys_xw_element(xw, "div", "soft", row->id);
    ys_xw_end_full(xw);
    ys_xw_element(xw, "td", NULL,
                  ys_arena_printf(&page->arena, "%.10s%s%.8s", row->time,
                                  strlen(row->time) >= 19 ? " " : "",
                                  strlen(row->time) >= 19 ? row->time + 11 : ""));
    ys_xw_start(xw, "td");
    ys_xw_text(xw, row->text);
    ys_xw_element(xw, "div", "soft", row->kind);
    ys_xw_end_full(xw);
    ys_xw_element(xw, "td", "amount", row->amount);
    ys_xw_element(xw, "td", "amount", row->sum);
    write_judged(page, row->judged);
    ys_xw_end_full(xw);
}

void ys_html_ledger(struct ys_page *page, const struct ys_ledger *ledger)
{
    static const enum ys_word heads[] = {YS_WORD_LEDGER_NUMBER, YS_WORD_TIME,
                                         YS_WORD_LEDGER_ENTRY,  YS_WORD_LEDGER_AMOUNT,
                                         YS_WORD_LEDGER_SUM,    YS_WORD_LANE_JUDGED};
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "h4");
    ys_xw_text(xw, ys_page_word(page, YS_WORD_LEDGER_STATEMENT));
    if (ledger->count < ledger->total) {
        ys_xw_printf(xw, page->lang == YS_LANG_EN ? " (entries %zu to %zu of %zu)"
                                                  : "（第 %zu 至 %zu 条，共 %zu 条）",
                     ledger->from + 1u, ledger->from + ledger->count, ledger->total);
    }
    ys_xw_end_full(xw);
    ys_xw_start(xw, "div");
    ys_xw_attr(xw, "class", "ledger");
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < ledger->count; i++) {
        write_entry(page, ledger->from + i + 1u, &ledger->rows[i]);
    }
    if (ledger->balance[0] != '\0') {
        ys_xw_start(xw, "tr");
        ys_xw_attr(xw, "class", ledger->balance_judged ? "fail" : NULL);
        ys_xw_start(xw, "th");
        ys_xw_attr(xw, "scope", "row");
        ys_xw_attr(xw, "colspan", "4");
        ys_xw_text(xw, ys_page_word(page, YS_WORD_LEDGER_BALANCE));
        ys_xw_end_full(xw);
        ys_xw_element(xw, "td", "amount", ledger->balance);
        write_judged(page, ledger->balance_judged);
        ys_xw_end_full(xw);
    }
    ys_page_table_end(page);
    ys_xw_end_full(xw);
}
