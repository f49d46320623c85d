/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What blocks acceptance, on one page. Failures that share a root (the same operation, target and
 * reason) are one finding; clauses that wait for the same thing are one line.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "ys_html.h"

#define LINES_SHOWN_MAX 10u   /* of each kind, so that it stays a page */
#define SEEN_BYTES_MAX 160u /* of each side */
#define CLAUSES_SHOWN_MAX 24u /* of one line */

struct line {
    const char *key; /* what those that share a line have in common */
    size_t place;    /* of a case or a clause in its list */
};

/* The mandatory clauses by id, sorted, and which of them a failing case is about. */
struct mandatory {
    const char **ids;
    bool *told;
    size_t count;
};

struct lines {
    struct line *items;
    size_t count, capacity;
    void *keys; /* the tree of tsearch() that keeps each key once */
};

static int compare_lines(const void *a, const void *b)
{
    const struct line *left = a;
    const struct line *right = b;
    int order = strcmp(left->key, right->key);
    return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "…steps[0].call atm.withdraw" → "atm.withdraw"; "steps[1].card" → "card". */
static const char *operation_of(const struct ys_value *finding)
{
    const char *step = ys_page_text(finding, "step");
    const char *blank = strrchr(step, ' ');
    const char *dot = strrchr(step, '.');
    return blank ? blank + 1 : dot ? dot + 1 : step;
}

static const char *root_of(struct ys_arena *arena, const struct ys_value *test)
{
    const struct ys_value *finding = ys_value_at(ys_value_get(test, "findings"), 0);
    return ys_arena_printf(arena, "%s\n%s\n%s\n%s", ys_page_text(test, "cause"),
                           operation_of(finding), ys_page_text(finding, "target"),
                           ys_page_text(finding ? finding : test, "reason"));
}

static const struct ys_value *item_at(struct ys_page *page, bool of_cases, size_t place)
{
    return of_cases ? ys_json_stream_at(page->cases, place)
                    : ys_value_at(ys_value_get(page->result, "clauses"), place);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Many cases have few roots, so equal keys are one. */
static void add_line(struct ys_page *page, struct lines *lines, const char *key, size_t place)
{
    const char *const *known = tfind(key, &lines->keys, compare_keys);
    if (!known) {
        known = tsearch(ys_arena_strdup(&page->arena, key), &lines->keys, compare_keys);
    }
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity ? lines->capacity * 2u : 64u;
        lines->items = ys_realloc(lines->items, lines->capacity * sizeof *lines->items);
    }
    lines->items[lines->count++] = (struct line){.key = known ? *known : "", .place = place};
}

static void free_lines(struct lines *lines)
{
    while (lines->keys) {
        tdelete(*(const char *const *)lines->keys, &lines->keys, compare_keys);
    }
    ys_free(lines->items);
}

static struct mandatory mandatory_clauses(const struct ys_page *page)
{
    const struct ys_value *clauses = ys_value_get(page->result, "clauses");
    size_t all = ys_value_count(clauses) + 1u;
    struct mandatory found = {.ids = ys_alloc(all * sizeof(char *)),
                              .told = ys_alloc(all * sizeof(bool))};
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *clause = ys_value_at(clauses, i);
        if (ys_value_get_bool(clause, "mandatory", true)) {
            found.told[found.count] = false;
            found.ids[found.count++] = ys_page_text(clause, "id");
        }
    }
    if (found.count > 0) {
        qsort(found.ids, found.count, sizeof *found.ids, compare_texts);
    }
    return found;
}

static void free_mandatory(struct mandatory *mandatory)
{
    ys_free(mandatory->ids);
    ys_free(mandatory->told);
}

static bool *told_of(const struct mandatory *mandatory, const char *id)
{
    const char **at = id && mandatory->count > 0
                          ? bsearch(&id, mandatory->ids, mandatory->count, sizeof *mandatory->ids,
                                    compare_texts)
                          : NULL;
    return at ? &mandatory->told[at - mandatory->ids] : NULL;
}

/* Whether a failing case is about a mandatory clause; it tells those then. */
static bool blocks(struct mandatory *mandatory, const struct ys_value *test)
{
    const struct ys_value *of = ys_value_get(test, "clauses");
    bool any = false;
    for (size_t i = 0; i < ys_value_count(of); i++) {
        bool *told = told_of(mandatory, ys_value_text(ys_value_at(of, i)));
        if (told) {
            *told = true;
            any = true;
        }
    }
    return any;
}

/* A clause that fails though no case about it does was failed by documents or persons. */
static bool is_a_line(const struct mandatory *mandatory, const struct ys_value *clause)
{
    const bool *told = told_of(mandatory, ys_page_text(clause, "id"));
    return told && !*told;
}

/* Of the cases or of the clauses: sorted by key, those of one key in the order of the result. */
static struct lines collect(struct ys_page *page, const char *verdict, bool of_cases,
                            struct mandatory *mandatory)
{
    size_t count = of_cases ? ys_json_stream_count(page->cases)
                            : ys_value_count(ys_value_get(page->result, "clauses"));
    struct lines lines = {.items = NULL};
    struct ys_arena arena;
    ys_arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *item = item_at(page, of_cases, i);
        if (!ys_page_is(item, "verdict", verdict) ||
            (of_cases ? !blocks(mandatory, item) : !is_a_line(mandatory, item))) {
            continue;
        }
        add_line(page, &lines,
                 of_cases ? root_of(&arena, item)
                          : ys_arena_printf(&arena, "%s\n%s", ys_page_text(item, "cause"),
                                            ys_page_text(item, "reason")),
                 i);
        ys_arena_reset(&arena);
    }
    ys_arena_clear(&arena);
    if (lines.count > 0) {
        qsort(lines.items, lines.count, sizeof *lines.items, compare_lines);
    }
    return lines;
}

void ys_page_more(struct ys_page *page, const char *class_name, enum ys_word word, size_t more)
{
    const char *text = ys_page_word(page, word);
    const char *mark = strstr(text, "{more}");
    ys_xw_start(page->xw, "p");
    ys_xw_attr(page->xw, "class", class_name);
    if (mark) {
        ys_xw_printf(page->xw, "%.*s%zu%s", (int)(mark - text), text, more, mark + 6);
    } else {
        ys_xw_text(page->xw, text);
    }
    ys_xw_end_full(page->xw);
}

struct named {
    const char *ids[CLAUSES_SHOWN_MAX];
    size_t count;
};

static bool is_named(const struct named *named, const char *id)
{
    for (size_t i = 0; i < named->count; i++) {
        if (strcmp(named->ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

static void name_clause(struct ys_page *page, struct named *named, const char *id)
{
    if (id && named->count < CLAUSES_SHOWN_MAX && !is_named(named, id)) {
        ys_page_clause_link(page, id);
        ys_xw_text(page->xw, " ");
        named->ids[named->count++] = ys_arena_strdup(&page->arena, id);
    }
}

static void write_clauses_of(struct ys_page *page, bool of_cases, const struct line *lines,
                             size_t count)
{
    struct named named = {.count = 0};
    ys_xw_start(page->xw, "p");
    ys_xw_attr(page->xw, "class", "which");
    for (size_t i = 0; i < count && named.count < CLAUSES_SHOWN_MAX; i++) {
        const struct ys_value *item = item_at(page, of_cases, lines[i].place);
        const struct ys_value *list = ys_value_get(item, "clauses");
        if (!list) {
            name_clause(page, &named, ys_page_text(item, "id"));
        }
        for (size_t j = 0; j < ys_value_count(list); j++) {
            name_clause(page, &named, ys_value_text(ys_value_at(list, j)));
        }
    }
    ys_xw_end_full(page->xw);
}

static const char *short_side(struct ys_page *page, const struct ys_value *finding,
                              const char *side)
{
    const char *text = ys_page_side(page, finding, side);
    size_t length = strlen(text);
    if (length <= SEEN_BYTES_MAX) {
        return text;
    }
    length = SEEN_BYTES_MAX;
    while (((unsigned char)text[length] & 0xC0u) == 0x80u) {
        length--; /* not within a character */
    }
    return ys_arena_printf(&page->arena, "%.*s…", (int)length, text);
}

static void write_seen(struct ys_page *page, const struct ys_value *finding)
{
    if (!ys_value_get(finding, "expected")) {
        return;
    }
    ys_xw_start(page->xw, "p");
    ys_xw_attr(page->xw, "class", "seen");
    ys_xw_printf(page->xw, page->lang == YS_LANG_EN ? "%s: %s; %s: " : "%s：%s；%s：",
                 ys_page_word(page, YS_WORD_EXPECTED), short_side(page, finding, "expected"),
                 ys_page_word(page, YS_WORD_OBSERVED));
    ys_xw_element(page->xw, "b", NULL, short_side(page, finding, "observed"));
    ys_xw_end_full(page->xw);
}

static void write_root(struct ys_page *page, const struct ys_value *test, size_t count)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *finding = ys_value_at(ys_value_get(test, "findings"), 0);
    ys_xw_start(xw, "p");
    ys_xw_attr(xw, "class", "what");
    bool is_shown = ys_page_shows(page, ys_page_text(test, "id"));
    ys_xw_start(xw, is_shown ? "a" : "span");
    if (is_shown) {
        ys_xw_attr_printf(xw, "href", "#case-%s", ys_page_text(test, "id"));
    }
    ys_xw_text(xw, ys_word_of(page->lang, ys_value_get(test, "title")));
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "p");
    if (finding) {
        ys_xw_element(xw, "code", NULL, operation_of(finding));
        ys_xw_text(xw, page->lang == YS_LANG_EN ? ": " : "：");
    }
    ys_xw_text(xw, finding ? ys_page_reason(page, finding) : ys_page_reason(page, test));
    ys_xw_end_full(xw);
    write_seen(page, finding);
    ys_page_more(page, "follow", count > 1 ? YS_WORD_ROOT_FIX : YS_WORD_ROOT_ONE, count - 1u);
}

/* As the result says of a clause that is undecided, else by the cause. */
static const char *who_acts(const struct ys_page *page, const struct ys_value *item, bool is_case)
{
    const struct ys_value *undecided = ys_value_get(page->result, "undecided");
    for (size_t i = 0; i < ys_value_count(undecided) && !is_case; i++) {
        const struct ys_value *one = ys_value_at(undecided, i);
        if (ys_page_is(one, "clause", ys_page_text(item, "id")) && ys_value_get(one, "who")) {
            return ys_page_text(one, "who");
        }
    }
    return ys_page_who_by_cause(ys_page_text(item, "cause"));
}

/* Whose matter it is, who must act, and until when. */
static void write_owner(struct ys_page *page, const struct ys_value *item, bool is_case)
{
    const char *case_id = is_case ? ys_page_text(item, "id") : NULL;
    ys_xw_start(page->xw, "p");
    ys_xw_attr(page->xw, "class", "soft");
    ys_xw_printf(page->xw,
                 page->lang == YS_LANG_EN ? "%s: %s · %s: %s · %s: %s"
                                          : "%s：%s · %s：%s · %s：%s",
                 ys_page_word(page, YS_WORD_CAUSE),
                 ys_word_cause(page->lang, ys_page_text(item, "cause")),
                 ys_page_word(page, YS_WORD_WHO),
                 ys_page_owner(page, who_acts(page, item, is_case), case_id),
                 ys_page_word(page, YS_WORD_DUE), ys_page_due(page, case_id));
    ys_xw_end_full(page->xw);
}

static void write_line(struct ys_page *page, bool of_cases, const struct line *lines, size_t count)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "li");
    write_clauses_of(page, of_cases, lines, count);
    const struct ys_value *item = item_at(page, of_cases, lines[0].place);
    ys_xw_start(xw, "div");
    if (of_cases) {
        write_root(page, item, count);
    } else {
        ys_xw_element(xw, "p", "what", ys_page_reason(page, item));
        if (count == 1) {
            ys_xw_element(xw, "p", NULL, ys_word_of(page->lang, ys_value_get(item, "title")));
        }
    }
    write_owner(page, item, of_cases);
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
}

/* As many lines as there is room for beside those `before`; how many there are. */
static size_t write_lines(struct ys_page *page, bool of_cases, const struct lines *lines,
                          size_t before)
{
    size_t groups = 0;
    for (size_t i = 0; i < lines->count;) {
        size_t end = i + 1u;
        while (end < lines->count && strcmp(lines->items[end].key, lines->items[i].key) == 0) {
            end++;
        }
        if (before + ++groups <= LINES_SHOWN_MAX) {
            write_line(page, of_cases, &lines->items[i], end - i);
        }
        i = end;
    }
    return groups;
}

static bool write_kind(struct ys_page *page, const char *verdict, enum ys_word title)
{
    struct mandatory mandatory = mandatory_clauses(page);
    struct lines cases = {.items = NULL};
    if (strcmp(verdict, "fail") == 0) {
        cases = collect(page, verdict, true, &mandatory);
    }
    struct lines clauses = collect(page, verdict, false, &mandatory);
    bool any = cases.count + clauses.count > 0;
    if (any) {
        ys_xw_start(page->xw, "h3");
        ys_page_verdict(page, verdict);
        ys_xw_element(page->xw, "span", NULL, ys_page_word(page, title));
        ys_xw_end_full(page->xw);
        ys_xw_start(page->xw, "ul");
        ys_xw_attr(page->xw, "class", "blocking");
    }
    size_t groups = write_lines(page, true, &cases, 0);
    groups += write_lines(page, false, &clauses, groups);
    if (any) {
        ys_xw_end_full(page->xw);
    }
    if (groups > LINES_SHOWN_MAX) {
        ys_page_more(page, "soft", YS_WORD_BLOCKING_MORE, groups - LINES_SHOWN_MAX);
    }
    free_lines(&cases);
    free_lines(&clauses);
    free_mandatory(&mandatory);
    return any;
}

void ys_html_blocking(struct ys_page *page)
{
    ys_page_section_start(page, "blocking", YS_WORD_BLOCKING);
    bool any = write_kind(page, "fail", YS_WORD_BLOCKING_FAIL);
    any = write_kind(page, "inconclusive", YS_WORD_BLOCKING_INCONCLUSIVE) || any;
    any = write_kind(page, "pending", YS_WORD_BLOCKING_PENDING) || any;
    if (!any) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_BLOCKING_NONE));
    }
    ys_page_section_end(page);
}
