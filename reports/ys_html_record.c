/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the record as a whole tells, and what was left out of it: timing, peers, cards, cleanup,
 * what redaction hid, known failures of a gate, scope.
 */
#include <stdlib.h>
#include <string.h>

#include "ys_html.h"
#include "ys_html_tally.h"

#define US_IN_MS 1000
#define FINE_US 10000      /* below it, two decimals of a millisecond */
#define SLOWEST_SHOWN 10u
#define SCOPE_SHOWN_MAX 200u /* cases that were not chosen or do not apply */
#define HALF 50
#define MOST 95

static const char *time_text(struct ys_page *page, int64_t time_us)
{
    long long ms = (long long)(time_us / US_IN_MS);
    long long rest = (long long)(time_us % US_IN_MS) / 10;
    return time_us < FINE_US ? ys_arena_printf(&page->arena, "%lld.%02lld ms", ms, rest)
                             : ys_arena_printf(&page->arena, "%lld ms", ms);
}

static void write_cell(struct ys_page *page, const char *class_name, const char *text)
{
    ys_xw_element(page->xw, "td", class_name, text);
}

static void write_count(struct ys_page *page, int64_t count)
{
    write_cell(page, "amount", ys_arena_printf(&page->arena, "%lld", (long long)count));
}

/* Nothing for none: in a long table the others are seen at once. */
static void write_some(struct ys_page *page, int64_t count)
{
    if (count != 0) {
        write_count(page, count);
    } else {
        write_cell(page, NULL, "");
    }
}

static void write_row_head(struct ys_page *page, const char *class_name, const char *text)
{
    ys_xw_start(page->xw, "tr");
    ys_xw_start(page->xw, "th");
    ys_xw_attr(page->xw, "scope", "row");
    ys_xw_attr(page->xw, "class", class_name);
    ys_xw_text(page->xw, text);
    ys_xw_end_full(page->xw);
}

/* ---- timing ---- */

struct slow {
    int64_t ms;
    size_t place;
};

static int compare_slow(const void *a, const void *b)
{
    const struct slow *left = a;
    const struct slow *right = b;
    int order = (left->ms < right->ms) - (left->ms > right->ms);
    return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
}

/* Nearest rank, of times sorted from the slowest on. */
static int64_t percentile(const struct slow *slow, size_t count, size_t percent)
{
    size_t rank = (count * percent + 99u) / 100u;
    return count > 0 && rank > 0 ? slow[count - rank].ms : 0;
}

static void write_slowest(struct ys_page *page, const struct slow *slow, size_t count)
{
    static const enum ys_word heads[] = {YS_WORD_SLOWEST, YS_WORD_DURATION, YS_WORD_VERDICT};
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count && i < SLOWEST_SHOWN; i++) {
        const struct ys_value *test = ys_json_stream_at(page->cases, slow[i].place);
        write_row_head(page, "id", ys_page_text(test, "id"));
        write_cell(page, "amount", time_text(page, slow[i].ms * US_IN_MS));
        ys_xw_start(page->xw, "td");
        ys_page_verdict(page, ys_page_text(test, "verdict"));
        ys_xw_end_full(page->xw);
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
}

static void write_case_times(struct ys_page *page)
{
    size_t count = ys_json_stream_count(page->cases);
    if (count == 0) {
        return;
    }
    struct slow *slow = ys_alloc(count * sizeof *slow);
    for (size_t i = 0; i < count; i++) {
        slow[i].ms = ys_value_get_int(ys_json_stream_at(page->cases, i), "duration_ms", 0);
        slow[i].place = i;
    }
    qsort(slow, count, sizeof *slow, compare_slow);
    ys_xw_start(page->xw, "p");
    ys_xw_printf(page->xw,
                 page->lang == YS_LANG_EN
                     ? "%zu cases: half took at most %lld ms, 95 of 100 at most %lld ms, the "
                       "slowest %lld ms."
                     : "用例 %zu 个：一半不超过 %lld 毫秒，95%% 不超过 %lld 毫秒，最慢 %lld 毫秒。",
                 count, (long long)percentile(slow, count, HALF),
                 (long long)percentile(slow, count, MOST), (long long)slow[0].ms);
    ys_xw_end_full(page->xw);
    write_slowest(page, slow, count);
    ys_free(slow);
}

static int compare_operations(const void *a, const void *b)
{
    const struct ys_tally_operation *left = a;
    const struct ys_tally_operation *right = b;
    int order = (int)left->is_card - (int)right->is_card;
    return order != 0 ? order : strcmp(left->name, right->name);
}

static void write_operation_head(struct ys_page *page, const struct ys_tally_operation *one)
{
    write_row_head(page, "id",
                   one->is_card ? ys_arena_printf(&page->arena, "%s · %s",
                                                  ys_page_word(page, YS_WORD_CARD), one->name)
                                : one->name);
}

static void write_operation_times(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_OPERATION, YS_WORD_TIMES, YS_WORD_HALF,
                                         YS_WORD_MOST, YS_WORD_SLOWEST};
    const struct ys_tally *tally = page->tally;
    ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, YS_WORD_TIMING_OPERATIONS));
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < tally->operation_count; i++) {
        const struct ys_tally_operation *one = &tally->operations[i];
        if (one->times.count == 0) {
            continue;
        }
        write_operation_head(page, one);
        write_count(page, one->times.count);
        write_cell(page, "amount", time_text(page, ys_spread_percentile(&one->times, HALF)));
        write_cell(page, "amount", time_text(page, ys_spread_percentile(&one->times, MOST)));
        write_cell(page, "amount", time_text(page, one->times.max_us));
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
    ys_xw_element(page->xw, "p", "soft", ys_page_word(page, YS_WORD_TIMING_SAYS));
}

void ys_html_timing(struct ys_page *page)
{
    ys_page_section_start(page, "timing", YS_WORD_TIMING);
    write_case_times(page);
    if (page->tally && page->tally->operation_count > 0) {
        qsort(page->tally->operations, page->tally->operation_count,
              sizeof *page->tally->operations, compare_operations);
        write_operation_times(page);
    }
    ys_page_section_end(page);
}

/* ---- peers and cards ---- */

static void write_certificate(struct ys_page *page, const char *origin)
{
    const struct ys_tally *tally = page->tally;
    ys_xw_start(page->xw, "td");
    for (size_t i = 0; i < tally->certificate_count; i++) {
        const struct ys_tally_certificate *one = &tally->certificates[i];
        if (strcmp(one->origin, origin) != 0) {
            continue;
        }
        ys_xw_element(page->xw, "div", NULL, one->subject);
        ys_xw_start(page->xw, "div");
        ys_xw_attr(page->xw, "class", "soft");
        ys_xw_printf(page->xw, "%s %s · %s %lld · %s %s", ys_page_word(page, YS_WORD_ISSUER),
                     one->issuer, one->key, (long long)one->key_bits,
                     ys_page_word(page, YS_WORD_VALID_UNTIL), one->not_after);
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

void ys_html_peers(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_PEER, YS_WORD_TLS, YS_WORD_REQUESTS,
                                         YS_WORD_CERTIFICATE};
    static const enum ys_word cards[] = {YS_WORD_READERS, YS_WORD_ATR};
    const struct ys_tally *tally = page->tally;
    if (tally && tally->peer_count > 0) {
        ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, YS_WORD_PEERS));
        ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
        for (size_t i = 0; i < tally->peer_count; i++) {
            const struct ys_tally_peer *peer = &tally->peers[i];
            write_row_head(page, "id", peer->origin);
            write_cell(page, "id", peer->version[0]
                                       ? ys_arena_printf(&page->arena, "%s %s", peer->version,
                                                         peer->cipher)
                                       : ys_page_word(page, YS_WORD_NONE));
            write_count(page, peer->requests);
            write_certificate(page, peer->origin);
            ys_xw_end_full(page->xw);
        }
        ys_page_table_end(page);
    }
    if (tally && tally->card_count > 0) {
        ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, YS_WORD_CARDS));
        ys_page_table_start(page, cards, sizeof cards / sizeof cards[0]);
        for (size_t i = 0; i < tally->card_count; i++) {
            write_row_head(page, NULL, tally->cards[i].reader);
            write_cell(page, "id", tally->cards[i].atr);
            ys_xw_end_full(page->xw);
        }
        ys_page_table_end(page);
    }
    if (tally && tally->pan_count > 0) {
        ys_xw_start(page->xw, "p");
        ys_xw_printf(page->xw, page->lang == YS_LANG_EN ? "%s:" : "%s：",
                     ys_page_word(page, YS_WORD_PANS));
        for (size_t i = 0; i < tally->pan_count; i++) {
            ys_xw_text(page->xw, " ");
            ys_xw_element(page->xw, "code", NULL, tally->pans[i]);
        }
        ys_xw_end_full(page->xw);
    }
}

/* ---- cleanup ---- */

static void write_lefts(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_CASES, YS_WORD_STEP, YS_WORD_REASON,
                                         YS_WORD_EVIDENCE};
    const struct ys_tally *tally = page->tally;
    if (tally->left_total == 0) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_CLEANUP_ALL));
        return;
    }
    ys_xw_start(page->xw, "h3");
    ys_xw_printf(page->xw, page->lang == YS_LANG_EN ? "%s (%lld)" : "%s（%lld）",
                 ys_page_word(page, YS_WORD_CLEANUP_LEFT), (long long)tally->left_total);
    ys_xw_end_full(page->xw);
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < tally->left_count; i++) {
        const struct ys_tally_left *left = &tally->lefts[i];
        write_row_head(page, "id", left->case_id);
        write_cell(page, "id", left->step);
        write_cell(page, NULL, ys_reason_in(&page->arena, page->lang, left->reason));
        ys_xw_start(page->xw, "td");
        ys_xw_printf(page->xw, "%s %lld", ys_page_word(page, YS_WORD_RECORD),
                     (long long)left->seq);
        ys_xw_end_full(page->xw);
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
}

static void write_effects(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_OPERATION, YS_WORD_EFFECTS, YS_WORD_UNDONE,
                                         YS_WORD_NOT_UNDONE};
    const struct ys_tally *tally = page->tally;
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < tally->operation_count; i++) {
        const struct ys_tally_operation *one = &tally->operations[i];
        if (one->effects + one->undone + one->left == 0) {
            continue;
        }
        write_operation_head(page, one);
        write_some(page, one->effects);
        write_some(page, one->undone);
        write_some(page, one->left);
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
}

void ys_html_cleanup(struct ys_page *page)
{
    if (!page->tally) {
        return;
    }
    ys_page_section_start(page, "cleanup", YS_WORD_CLEANUP);
    ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_CLEANUP_SAYS));
    write_effects(page);
    write_lefts(page);
    ys_xw_start(page->xw, "p");
    ys_xw_printf(page->xw,
                 page->lang == YS_LANG_EN ? "At most %lld requests and commands in one second."
                                          : "一秒内最多发出 %lld 个请求和指令。",
                 (long long)page->tally->peak);
    ys_xw_end_full(page->xw);
    ys_page_section_end(page);
}

/* ---- what redaction hid ---- */

static const char *mark_word(const struct ys_page *page, const char *kind)
{
    static const struct {
        const char *kind;
        enum ys_word word;
    } known[] = {{"id-number", YS_WORD_MARK_ID_NUMBER}, {"name", YS_WORD_MARK_NAME},
                 {"phone", YS_WORD_MARK_PHONE},         {"address", YS_WORD_MARK_ADDRESS},
                 {"birth-date", YS_WORD_MARK_BIRTH},    {"pan", YS_WORD_MARK_PAN},
                 {"pin", YS_WORD_MARK_PIN},             {"secret", YS_WORD_MARK_SECRET},
                 {"token", YS_WORD_MARK_TOKEN},         {"header", YS_WORD_MARK_HEADER},
                 {"unmapped", YS_WORD_MARK_UNMAPPED}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].kind, kind) == 0) {
            return ys_page_word(page, known[i].word);
        }
    }
    return "";
}

static int compare_marks(const void *a, const void *b)
{
    const struct ys_tally_mark *left = a;
    const struct ys_tally_mark *right = b;
    return strcmp(left->kind, right->kind);
}

void ys_html_redaction(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_MARK, YS_WORD_MARK_WHAT, YS_WORD_MARK_PLACES};
    struct ys_tally *tally = page->tally;
    if (!tally) {
        return;
    }
    ys_page_section_start(page, "redaction", YS_WORD_REDACTION);
    if (tally->mark_count == 0) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_REDACTION_NONE));
    } else {
        qsort(tally->marks, tally->mark_count, sizeof *tally->marks, compare_marks);
        ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
        for (size_t i = 0; i < tally->mark_count; i++) {
            write_row_head(page, "id", tally->marks[i].kind);
            write_cell(page, NULL, mark_word(page, tally->marks[i].kind));
            write_count(page, tally->marks[i].count);
            ys_xw_end_full(page->xw);
        }
        ys_page_table_end(page);
    }
    if (page->root[0] != '\0') {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_LEAK_GATE));
    }
    ys_page_section_end(page);
}

/* ---- the gate's known failures ---- */

static const char *known_word(const struct ys_page *page, const char *state)
{
    static const struct {
        const char *state;
        enum ys_word word;
    } known[] = {{"stands", YS_WORD_KNOWN_STANDS},         {"expired", YS_WORD_KNOWN_EXPIRED},
                 {"fixed", YS_WORD_KNOWN_FIXED},           {"otherwise", YS_WORD_KNOWN_OTHERWISE},
                 {"not-tested", YS_WORD_KNOWN_NOT_TESTED}, {"unmatched", YS_WORD_KNOWN_UNMATCHED}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].state, state) == 0) {
            return ys_page_word(page, known[i].word);
        }
    }
    return state;
}

static void write_known(struct ys_page *page, const struct ys_value *known)
{
    const char *state = ys_page_text(known, "state");
    bool stands = strcmp(state, "stands") == 0;
    ys_xw_start(page->xw, "tr");
    ys_xw_attr(page->xw, "class", stands ? NULL : "fail");
    ys_xw_start(page->xw, "th");
    ys_page_clause_link(page, ys_page_text(known, "clause"));
    ys_xw_element(page->xw, "div", "id", ys_page_text(known, "case"));
    ys_xw_end_full(page->xw);
    write_cell(page, NULL, ys_page_text(known, "reason"));
    write_cell(page, NULL, ys_page_text(known, "owner"));
    ys_xw_start(page->xw, "td");
    ys_xw_printf(page->xw, "%s → %s", ys_page_text(known, "opened"),
                 ys_page_text(known, "expires"));
    ys_xw_end_full(page->xw);
    write_count(page, ys_value_get_int(known, "days_left", 0));
    ys_xw_start(page->xw, "td");
    ys_xw_printf(page->xw, "%s %s", stands ? "✓" : "✕", known_word(page, state));
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
}

static void write_reasons(struct ys_page *page, const struct ys_value *list)
{
    if (ys_value_count(list) == 0) {
        return;
    }
    ys_xw_start(page->xw, "ul");
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const struct ys_value *one = ys_value_at(list, i);
        ys_xw_start(page->xw, "li");
        ys_xw_element(page->xw, "code", NULL, ys_page_text(one, "kind"));
        ys_xw_printf(page->xw, " %s ", ys_page_text(one, "clause"));
        ys_xw_element(page->xw, "span", "id", ys_page_text(one, "case"));
        ys_xw_printf(page->xw, " %s", ys_word_of(page->lang, ys_value_get(one, "text")));
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

void ys_html_gate(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_CLAUSE, YS_WORD_REASON,    YS_WORD_OWNER,
                                         YS_WORD_TERM,   YS_WORD_DAYS_LEFT, YS_WORD_STATE};
    const struct ys_value *known = ys_value_get(page->gate, "known");
    const char *decision = ys_page_text(page->gate, "decision");
    if (!page->gate) {
        return;
    }
    ys_page_section_start(page, "waivers", YS_WORD_WAIVERS);
    ys_xw_start(page->xw, "p");
    ys_xw_text(page->xw, ys_page_word(page, YS_WORD_GATE_DECISION));
    ys_xw_element(page->xw, "b", NULL,
                  ys_page_word(page, strcmp(decision, "green") == 0 ? YS_WORD_GATE_GREEN
                                     : strcmp(decision, "red") == 0 ? YS_WORD_GATE_RED
                                                                    : YS_WORD_GATE_UNDECIDED));
    ys_xw_end_full(page->xw);
    write_reasons(page, ys_value_get(page->gate, "reasons"));
    write_reasons(page, ys_value_get(page->gate, "warnings"));
    if (ys_value_count(known) > 0) {
        ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
        for (size_t i = 0; i < ys_value_count(known); i++) {
            write_known(page, ys_value_at(known, i));
        }
        ys_page_table_end(page);
    } else {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_WAIVERS_NONE));
    }
    ys_page_section_end(page);
}

/* ---- scope ---- */

/* A clause or a case to which a rule says that the candidate is not subject. */
static void write_outside(struct ys_page *page, const struct ys_value *item, bool is_clause)
{
    const struct ys_value *finding = ys_value_at(ys_value_get(item, "findings"), 0);
    ys_xw_start(page->xw, "tr");
    ys_xw_start(page->xw, "th");
    if (is_clause) {
        ys_page_clause_link(page, ys_page_text(item, "id"));
    } else {
        ys_xw_text(page->xw, ys_page_text(item, "id"));
    }
    ys_xw_end_full(page->xw);
    write_cell(page, NULL, ys_word_of(page->lang, ys_value_get(item, "title")));
    ys_xw_start(page->xw, "td");
    ys_xw_printf(page->xw, "%s  ", ys_page_reason(page, item));
    ys_page_citations(page, ys_value_get(finding, "evidence"));
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
}

static void write_outsiders(struct ys_page *page, enum ys_word name)
{
    const enum ys_word heads[] = {name, YS_WORD_REQUIREMENT, YS_WORD_RULE};
    const struct ys_value *clauses = ys_value_get(page->result, "clauses");
    bool of_clauses = name == YS_WORD_CLAUSE;
    size_t count = of_clauses ? ys_value_count(clauses) : ys_json_stream_count(page->cases);
    size_t shown = 0;
    for (size_t i = 0; i < count && shown < SCOPE_SHOWN_MAX; i++) {
        const struct ys_value *item =
            of_clauses ? ys_value_at(clauses, i) : ys_json_stream_at(page->cases, i);
        if (!ys_page_is(item, "verdict", "not-applicable")) {
            continue;
        }
        if (shown == 0) {
            ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
        }
        write_outside(page, item, of_clauses);
        shown++;
    }
    if (shown > 0) {
        ys_page_table_end(page);
    }
    if (shown == SCOPE_SHOWN_MAX) {
        ys_xw_element(page->xw, "p", NULL, "…");
    }
}

void ys_html_scope(struct ys_page *page)
{
    const struct ys_value *left_out = ys_value_get(page->result, "not_selected");
    ys_page_section_start(page, "scope", YS_WORD_SCOPE);
    write_outsiders(page, YS_WORD_CLAUSE);
    write_outsiders(page, YS_WORD_CASES);
    size_t count = ys_value_count(left_out);
    ys_xw_start(page->xw, "p");
    ys_xw_printf(page->xw, page->lang == YS_LANG_EN ? "Cases that this run left out: %zu."
                                                    : "本次运行未选择的用例：%zu 个。",
                 count);
    ys_xw_end_full(page->xw);
    if (count > 0) {
        ys_xw_start(page->xw, "p");
        ys_xw_attr(page->xw, "class", "id");
        for (size_t i = 0; i < count && i < SCOPE_SHOWN_MAX; i++) {
            ys_xw_printf(page->xw, "%s ", ys_page_text(ys_value_at(left_out, i), "id"));
        }
        ys_xw_text(page->xw, count > SCOPE_SHOWN_MAX ? "…" : "");
        ys_xw_end_full(page->xw);
    }
    ys_page_section_end(page);
}
