/* SPDX-License-Identifier: Apache-2.0 */
/* What the bank declared, which clauses each missing answer leaves out, and how codes are read. */
#include <string.h>

#include "ys_html.h"

#define MISSING_SHOWN_MAX 100u
#define CODE_SHOWN_MAX 80u

static const char *missing_word(const struct ys_page *page, const struct ys_value *missing)
{
    static const struct {
        const char *what;
        enum ys_word word;
    } known[] = {{"operation", YS_WORD_MISSING_OPERATION},
                 {"reader", YS_WORD_MISSING_READER},
                 {"consent", YS_WORD_MISSING_CONSENT},
                 {"listed", YS_WORD_MISSING_LISTED}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (ys_page_is(missing, "what", known[i].what)) {
            return ys_page_word(page, known[i].word);
        }
    }
    return ys_page_text(missing, "what");
}

static void write_answers(struct ys_page *page, const struct ys_value *declared)
{
    const struct ys_value *readers = ys_value_get(page->manifest, "readers");
    const char *listed = ys_word_list(&page->arena, ys_value_get(declared, "listed"), " ");
    const char *supplies = ys_word_list(&page->arena, ys_value_get(declared, "supplies"), " · ");
    struct ys_value *names = ys_value_list(&page->arena);
    for (size_t i = 0; i < ys_value_count(readers); i++) {
        ys_value_append(&page->arena, names, ys_value_get(ys_value_at(readers, i), "role"));
    }
    const char *roles = ys_word_list(&page->arena, names, page->lang == YS_LANG_EN ? ", " : "、");
    const char *none = ys_page_word(page, YS_WORD_NONE);
    ys_xw_start(page->xw, "dl");
    ys_xw_attr(page->xw, "class", "facts");
    ys_page_fact(page, YS_WORD_DECLARED_OPERATIONS,
                 ys_arena_printf(&page->arena, "%lld / %lld",
                                 (long long)ys_value_get_int(declared, "bound", 0),
                                 (long long)ys_value_get_int(declared, "operations", 0)));
    ys_page_fact(page, YS_WORD_DECLARED_LISTED, listed[0] ? listed : none);
    ys_page_fact(page, YS_WORD_DECLARED_READER, roles[0] ? roles : none);
    ys_page_fact(page, YS_WORD_DECLARED_SUPPLIES, supplies[0] ? supplies : none);
    ys_page_fact(page, YS_WORD_DECLARED_DOCUMENTS,
                 ys_arena_printf(&page->arena, "%lld",
                                 (long long)ys_value_get_int(declared, "documents", 0)));
    ys_page_fact(page, YS_WORD_DECLARED_CONSENT,
                 ys_page_word(page, ys_value_get_bool(declared, "destructive", false)
                                        ? YS_WORD_YES
                                        : YS_WORD_NO));
    ys_xw_end_full(page->xw);
}

static void write_missing(struct ys_page *page, const struct ys_value *missing)
{
    const struct ys_value *clauses = ys_value_get(missing, "clauses");
    ys_xw_start(page->xw, "tr");
    ys_xw_element(page->xw, "td", NULL, missing_word(page, missing));
    ys_xw_element(page->xw, "td", "id", ys_page_text(missing, "name"));
    ys_xw_start(page->xw, "td");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        ys_xw_text(page->xw, i > 0 ? " " : "");
        ys_page_clause_link(page, ys_value_text(ys_value_at(clauses, i)));
    }
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
}

/* What the bank says of its card where the city is unsure: an inspector must see both values. */
static void write_stated(struct ys_page *page, const struct ys_value *stated)
{
    static const enum ys_word heads[] = {YS_WORD_STATED_APPLICATION, YS_WORD_STATED_WHAT,
                                         YS_WORD_STATED_CITY, YS_WORD_STATED_BANK};
    const struct ys_value *facts = ys_value_get(stated, "facts");
    ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_STATED_NOTE));
    ys_xw_start(page->xw, "dl");
    ys_xw_attr(page->xw, "class", "facts");
    ys_page_fact(page, YS_WORD_STATED_FILE,
                 ys_arena_printf(&page->arena, "%s %s", ys_page_text(stated, "file"),
                                 ys_page_text(stated, "sm3")));
    ys_xw_end_full(page->xw);
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < ys_value_count(facts); i++) {
        const struct ys_value *fact = ys_value_at(facts, i);
        const char *application = ys_page_text(fact, "application");
        ys_xw_start(page->xw, "tr");
        ys_xw_element(page->xw, "td", "id",
                      *application ? application : ys_page_word(page, YS_WORD_STATED_EVERY));
        ys_xw_element(page->xw, "td", NULL, ys_page_text(fact, "what"));
        ys_xw_element(page->xw, "td", "id", ys_page_text(fact, "city"));
        ys_xw_element(page->xw, "td", "id", ys_page_text(fact, "stated"));
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
}

/* A line for each meaning: the codes that are read so. */
static void write_codes(struct ys_page *page, const struct ys_value *codes)
{
    bool *told = ys_arena_calloc(&page->arena, ys_value_count(codes) + 1, sizeof *told);
    for (size_t i = 0; i < ys_value_count(codes); i++) {
        const struct ys_value *meaning = codes->as.map.members[i].value;
        const char *text = ys_value_text(meaning);
        if (told[i]) {
            continue;
        }
        ys_xw_start(page->xw, "div");
        for (size_t k = i; k < ys_value_count(codes); k++) {
            if (ys_value_equal(codes->as.map.members[k].value, meaning)) {
                told[k] = true;
                ys_xw_element(page->xw, "code", NULL, codes->as.map.members[k].name);
                ys_xw_text(page->xw, " ");
            }
        }
        ys_xw_text(page->xw, "→ ");
        ys_xw_text(page->xw, text ? text : ys_value_show(&page->arena, meaning, CODE_SHOWN_MAX));
        ys_xw_end_full(page->xw);
    }
}

static void write_translated(struct ys_page *page, const struct ys_value *one)
{
    enum ys_word what = ys_page_is(one, "what", "outcome") ? YS_WORD_TRANSLATED_OUTCOME
                        : ys_page_is(one, "what", "input") ? YS_WORD_TRANSLATED_INPUT
                                                           : YS_WORD_TRANSLATED_OUTPUT;
    const char *at = ys_page_is(one, "at", "status") ? ys_page_word(page, YS_WORD_TRANSLATED_STATUS)
                                                     : ys_page_text(one, "at");
    ys_xw_start(page->xw, "tr");
    ys_xw_start(page->xw, "td");
    ys_xw_element(page->xw, "div", NULL, ys_page_word(page, what));
    if (what != YS_WORD_TRANSLATED_OUTCOME) {
        ys_xw_element(page->xw, "div", "id", ys_page_text(one, "name"));
    }
    ys_xw_element(page->xw, "div", "soft", at);
    ys_xw_end_full(page->xw);
    ys_xw_start(page->xw, "td");
    write_codes(page, ys_value_get(one, "codes"));
    ys_xw_end_full(page->xw);
    ys_xw_element(page->xw, "td", "id",
                  ys_word_list(&page->arena, ys_value_get(one, "operations"), " "));
    ys_xw_end_full(page->xw);
}

void ys_html_declared(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_MISSING_WHAT, YS_WORD_MISSING_NAME,
                                         YS_WORD_MISSING_CLAUSES};
    const struct ys_value *declared = ys_value_get(page->manifest, "declared");
    const struct ys_value *missing = ys_value_get(declared, "missing");
    const struct ys_value *stated = ys_value_get(ys_value_get(page->result, "candidate"), "card");
    size_t count = ys_value_count(missing);
    if (!declared) {
        return;
    }
    ys_page_section_start(page, "declared", YS_WORD_DECLARED);
    write_answers(page, declared);
    if (stated) {
        write_stated(page, stated);
    }
    if (count == 0) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_MISSING_NOTHING));
    } else {
        ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
        for (size_t i = 0; i < count && i < MISSING_SHOWN_MAX; i++) {
            write_missing(page, ys_value_at(missing, i));
        }
        ys_page_table_end(page);
    }
    if (count > MISSING_SHOWN_MAX) {
        ys_page_more(page, "soft", YS_WORD_MISSING_MORE, count - MISSING_SHOWN_MAX);
    }
    ys_page_section_end(page);
}

void ys_html_translated(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_TRANSLATED_FIELD, YS_WORD_TRANSLATED_CODES,
                                         YS_WORD_TRANSLATED_OPERATIONS};
    const struct ys_value *translated =
        ys_value_get(ys_value_get(page->manifest, "declared"), "translated");
    if (!translated) {
        return;
    }
    ys_page_section_start(page, "translated", YS_WORD_TRANSLATED);
    ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_TRANSLATED_NOTE));
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < ys_value_count(translated); i++) {
        write_translated(page, ys_value_at(translated, i));
    }
    ys_page_table_end(page);
    ys_page_section_end(page);
}
