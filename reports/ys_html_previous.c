/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each clause and case since the previous signed run (ys_previous_compare()). */
#include <string.h>

#include "ys_html.h"

static const struct group {
    const char *name;
    enum ys_word word;
} groups[] = {{"new", YS_WORD_SINCE_NEW},
              {"still", YS_WORD_SINCE_STILL},
              {"unsettled", YS_WORD_SINCE_UNSETTLED},
              {"undecided", YS_WORD_SINCE_UNDECIDED},
              {"fixed", YS_WORD_SINCE_FIXED},
              {"decided", YS_WORD_SINCE_DECIDED},
              {"unchanged", YS_WORD_SINCE_UNCHANGED}};

static const char *conclusion_of(const struct ys_page *page, const struct ys_value *map)
{
    const struct ys_wording *wording = ys_wording_conclusion(ys_page_text(map, "conclusion"));
    return wording ? ys_page_word(page, wording->word) : "";
}

static void write_facts(struct ys_page *page)
{
    const struct ys_value *previous = page->previous;
    const struct ys_value *signatures = ys_value_get(previous, "signatures");
    const struct ys_value *retried = ys_value_get(previous, "retried");
    struct ys_arena *arena = &page->arena;
    ys_xw_start(page->xw, "dl");
    ys_xw_attr(page->xw, "class", "facts");
    ys_page_fact(page, YS_WORD_SINCE_RUN, ys_page_text(previous, "run"));
    ys_page_fact(page, YS_WORD_BUILD, ys_page_text(previous, "build"));
    ys_page_fact(page, YS_WORD_STARTED, ys_word_time(arena, ys_page_text(previous, "started")));
    ys_page_fact(page, YS_WORD_CONCLUSION,
                 ys_arena_printf(arena, "%s → %s", conclusion_of(page, previous),
                                 conclusion_of(page, page->result)));
    ys_page_fact(page, YS_WORD_ROOT_DIGEST, ys_page_text(previous, "seal"));
    for (size_t i = 0; i < ys_value_count(signatures); i++) {
        const struct ys_value *one = ys_value_at(signatures, i);
        ys_page_fact(page, YS_WORD_SIGNED_BY,
                     ys_arena_printf(arena, "%s · %s · %s · SM3 %s",
                                     ys_page_role(page, ys_page_text(one, "role")),
                                     ys_page_text(one, "subject"),
                                     ys_word_time(arena, ys_page_text(one, "time")),
                                     ys_page_text(one, "fingerprint")));
    }
    ys_page_fact(page, YS_WORD_SINCE_RETRIED,
                 ys_arena_printf(arena, "%lld → %lld",
                                 (long long)ys_value_get_int(retried, "was", 0),
                                 (long long)ys_value_get_int(retried, "is", 0)));
    ys_xw_end_full(page->xw);
}

static void write_count(struct ys_page *page, const char *of, const char *group)
{
    const struct ys_value *of_kind = ys_value_get(page->previous, of);
    ys_xw_element(
        page->xw, "td", "amount",
        ys_arena_printf(&page->arena, "%lld",
                        (long long)ys_value_get_int(ys_value_get(of_kind, group), "count", 0)));
}

static void write_counts(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_SINCE, YS_WORD_CLAUSE, YS_WORD_CASES};
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        ys_xw_start(page->xw, "tr");
        ys_xw_start(page->xw, "th");
        ys_xw_attr(page->xw, "scope", "row");
        ys_xw_text(page->xw, ys_page_word(page, groups[i].word));
        ys_xw_end_full(page->xw);
        write_count(page, "clauses", groups[i].name);
        write_count(page, "cases", groups[i].name);
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
}

static void write_verdict(struct ys_page *page, const struct ys_value *entry, const char *side)
{
    const char *verdict = ys_value_get_text(entry, side);
    ys_xw_start(page->xw, "td");
    if (verdict) {
        ys_page_verdict(page, verdict);
    } else {
        ys_xw_text(page->xw, ys_page_word(page, YS_WORD_SINCE_ABSENT));
    }
    ys_xw_end_full(page->xw);
}

static void write_id(struct ys_page *page, const struct ys_value *entry, bool is_clause)
{
    const char *id = ys_page_text(entry, "id");
    bool is_linked = ys_value_get_text(entry, "is") && (is_clause || ys_page_shows(page, id));
    ys_xw_start(page->xw, "th");
    ys_xw_attr(page->xw, "scope", "row");
    ys_xw_attr(page->xw, "class", "id");
    if (is_linked) {
        ys_xw_start(page->xw, "a");
        ys_xw_attr_printf(page->xw, "href", is_clause ? "#clause-%s" : "#case-%s", id);
    }
    ys_xw_text(page->xw, id);
    if (is_linked) {
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

static void write_entry(struct ys_page *page, const struct ys_value *entry, bool is_clause)
{
    const struct ys_value *again = ys_value_get(entry, "again");
    ys_xw_start(page->xw, "tr");
    write_id(page, entry, is_clause);
    ys_xw_start(page->xw, "td");
    ys_xw_attr(page->xw, "class", "wide");
    ys_xw_text(page->xw, ys_word_of(page->lang, ys_value_get(entry, "title")));
    if (again) {
        ys_xw_element(page->xw, "div", "soft",
                      ys_page_word(page, ys_value_get_bool(entry, "again", false)
                                             ? YS_WORD_SINCE_AGAIN
                                             : YS_WORD_SINCE_OTHERWISE));
    }
    ys_xw_end_full(page->xw);
    write_verdict(page, entry, "was");
    write_verdict(page, entry, "is");
    ys_xw_end_full(page->xw);
}

/* The entries of a group, of clauses first. */
static void write_group(struct ys_page *page, const struct group *group)
{
    static const char *const kinds[] = {"clauses", "cases"};
    static const enum ys_word heads[2][4] = {
        {YS_WORD_CLAUSE, YS_WORD_REQUIREMENT, YS_WORD_SINCE_WAS, YS_WORD_SINCE_IS},
        {YS_WORD_CASES, YS_WORD_REQUIREMENT, YS_WORD_SINCE_WAS, YS_WORD_SINCE_IS}};
    bool any = false;
    for (size_t k = 0; k < 2; k++) {
        const struct ys_value *of_kind = ys_value_get(page->previous, kinds[k]);
        const struct ys_value *of = ys_value_get(of_kind, group->name);
        const struct ys_value *entries = ys_value_get(of, "entries");
        size_t shown = ys_value_count(entries);
        size_t count = (size_t)ys_value_get_int(of, "count", 0);
        if (shown == 0) {
            continue;
        }
        if (!any) {
            ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, group->word));
        }
        any = true;
        ys_page_table_start(page, heads[k], 4);
        for (size_t i = 0; i < shown; i++) {
            write_entry(page, ys_value_at(entries, i), k == 0);
        }
        ys_page_table_end(page);
        if (count > shown) {
            ys_page_more(page, "soft", YS_WORD_SINCE_MORE, count - shown);
        }
    }
}

void ys_html_previous(struct ys_page *page)
{
    const struct ys_value *named = ys_value_get(page->manifest, "previous");
    ys_page_section_start(page, "previous", YS_WORD_PREVIOUS);
    if (page->previous) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_PREVIOUS_SAYS));
        write_facts(page);
        ys_xw_element(page->xw, "p", "soft", ys_page_word(page, YS_WORD_SIGNED_ROOT));
        write_counts(page);
        for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
            write_group(page, &groups[i]);
        }
    } else if (named) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_PREVIOUS_NAMED));
        ys_xw_start(page->xw, "dl");
        ys_xw_attr(page->xw, "class", "facts");
        ys_page_fact(page, YS_WORD_SINCE_RUN, ys_page_text(named, "run"));
        ys_page_fact(page, YS_WORD_ROOT_DIGEST, ys_page_text(named, "seal"));
        ys_xw_end_full(page->xw);
    } else {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_PREVIOUS_NONE));
    }
    ys_page_section_end(page);
}
