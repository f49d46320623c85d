/* SPDX-License-Identifier: Apache-2.0 */
/* What blocks acceptance, the clauses, what is undecided, attempts, environment. */
#include <stdlib.h>
#include <string.h>

#include "ys_html.h"

void ys_page_clause_link(struct ys_page *page, const char *id)
{
    ys_xw_start(page->xw, "a");
    ys_xw_attr_printf(page->xw, "href", "#clause-%s", id);
    ys_xw_text(page->xw, id);
    ys_xw_end_full(page->xw);
}

static void write_option(struct ys_page *page, const char *value, const char *text)
{
    ys_xw_start(page->xw, "option");
    ys_xw_attr(page->xw, "value", value);
    ys_xw_text(page->xw, text);
    ys_xw_end_full(page->xw);
}

static void write_select(struct ys_page *page, enum ys_word label, const char *name,
                         const char *const *values,
                         const char *(*word)(enum ys_lang lang, const char *name))
{
    ys_xw_start(page->xw, "label");
    ys_xw_text(page->xw, ys_page_word(page, label));
    ys_xw_start(page->xw, "select");
    ys_xw_attr(page->xw, "name", name);
    write_option(page, "", ys_page_word(page, YS_WORD_FILTER_ALL));
    for (size_t i = 0; values[i]; i++) {
        write_option(page, values[i], word(page->lang, values[i]));
    }
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
}

static void write_clause_select(struct ys_page *page)
{
    const struct ys_value *clauses = ys_value_get(page->result, "clauses");
    ys_xw_start(page->xw, "label");
    ys_xw_text(page->xw, ys_page_word(page, YS_WORD_CLAUSE));
    ys_xw_start(page->xw, "select");
    ys_xw_attr(page->xw, "name", "clause");
    write_option(page, "", ys_page_word(page, YS_WORD_FILTER_ALL));
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const char *id = ys_page_text(ys_value_at(clauses, i), "id");
        write_option(page, id, id);
    }
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
}

/* Hidden until the script shows it: without the script it would do nothing. */
static void write_filter(struct ys_page *page)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "form");
    ys_xw_attr(xw, "id", "filter");
    ys_xw_attr(xw, "class", "filter");
    ys_xw_attr(xw, "role", "search");
    ys_xw_attr(xw, "aria-label", ys_page_word(page, YS_WORD_FILTER));
    ys_xw_attr(xw, "hidden", "hidden");
    write_select(page, YS_WORD_VERDICT, "verdict", ys_verdict_names, ys_word_verdict);
    write_clause_select(page);
    write_select(page, YS_WORD_CAUSE, "cause", ys_cause_names, ys_word_cause);
    ys_xw_start(xw, "label");
    ys_xw_text(xw, ys_page_word(page, YS_WORD_FILTER_TEXT));
    ys_xw_start(xw, "input");
    ys_xw_attr(xw, "name", "text");
    ys_xw_attr(xw, "type", "search");
    ys_xw_attr(xw, "autocomplete", "off");
    ys_xw_end(xw);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "button");
    ys_xw_attr(xw, "type", "reset");
    ys_xw_text(xw, ys_page_word(page, YS_WORD_FILTER_RESET));
    ys_xw_end_full(xw);
    ys_xw_start(xw, "output");
    ys_xw_attr(xw, "aria-live", "polite");
    ys_xw_attr(xw, "data-words", ys_page_word(page, YS_WORD_FILTER_SHOWN));
    ys_xw_end_full(xw);
    ys_xw_element(xw, "p", NULL, ys_page_word(page, YS_WORD_FILTER_HINT));
    ys_xw_end_full(xw);
}

/* With places to break a line after each dot; the text itself stays as it is for copying. */
static void write_breakable(struct ys_xw *xw, struct ys_arena *arena, const char *text)
{
    const char *dot = strchr(text, '.');
    while (dot) {
        ys_xw_text(xw, ys_arena_strndup(arena, text, (size_t)(dot - text) + 1u));
        ys_xw_start(xw, "wbr");
        ys_xw_end(xw);
        text = dot + 1;
        dot = strchr(text, '.');
    }
    ys_xw_text(xw, text);
}

static int compare_id(const void *id, const void *item)
{
    return strcmp(id, *(const char *const *)item);
}

bool ys_page_shows(const struct ys_page *page, const char *case_id)
{
    return page->open_count > 0 &&
           bsearch(case_id, page->open_cases, page->open_count, sizeof(char *), compare_id);
}

static void write_cases(struct ys_page *page, const struct ys_value *cases)
{
    struct ys_xw *xw = page->xw;
    size_t count = ys_value_count(cases);
    size_t shown = count > YS_CASES_SHOWN_MAX ? YS_CASES_SHOWN_MAX : count;
    ys_xw_start(xw, "ul");
    ys_xw_attr(xw, "class", "plain id");
    for (size_t i = 0; i < shown; i++) {
        const char *id = ys_value_text(ys_value_at(cases, i));
        bool open = id && ys_page_shows(page, id);
        ys_xw_start(xw, "li");
        if (open) {
            ys_xw_start(xw, "a");
            ys_xw_attr_printf(xw, "href", "#case-%s", id);
        }
        write_breakable(xw, &page->arena, id ? id : "");
        if (open) {
            ys_xw_end_full(xw);
        }
        ys_html_address(page, id ? id : "");
        ys_xw_end_full(xw);
    }
    if (count > shown) {
        ys_xw_start(xw, "li");
        ys_xw_printf(xw, "… +%zu", count - shown);
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
}

static bool names_clause(const struct ys_value *list, const char *clause)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        if (ys_page_is(ys_value_at(list, i), "clause", clause)) {
            return true;
        }
    }
    return false;
}

/* What documents and persons say of a clause stands in a section of its own. */
static void write_persons(struct ys_page *page, const char *clause)
{
    if (names_clause(ys_value_get(page->result, "documents"), clause) ||
        names_clause(ys_value_get(page->result, "attestations"), clause)) {
        ys_xw_start(page->xw, "a");
        ys_xw_attr(page->xw, "class", "soft");
        ys_xw_attr(page->xw, "href", "#documents");
        ys_xw_text(page->xw, ys_page_word(page, YS_WORD_DOCUMENTS));
        ys_xw_end_full(page->xw);
    }
}

/* Where the official text was published, of an https URL; else NULL. */
static const char *official_text(const struct ys_page *page)
{
    const char *url =
        ys_page_text(ys_value_get(page->result, "regulation"), "official_text");
    return strncmp(url, "https://", 8) == 0 ? url : NULL;
}

static void write_article(struct ys_page *page, const char *article)
{
    const char *url = official_text(page);
    ys_xw_start(page->xw, "td");
    ys_xw_start(page->xw, url ? "a" : "span");
    if (url) {
        ys_xw_attr(page->xw, "href", url);
        ys_xw_attr(page->xw, "rel", "noreferrer");
    }
    ys_xw_text(page->xw, article);
    ys_xw_end_full(page->xw);
    ys_xw_end_full(page->xw);
}

/* Which text the articles are of, so that each can be looked up. */
static void write_official_text(struct ys_page *page)
{
    const struct ys_value *regulation = ys_value_get(page->result, "regulation");
    const char *number = ys_page_text(regulation, "number");
    const char *url = official_text(page);
    if (number[0] == '\0') {
        return;
    }
    ys_xw_start(page->xw, "p");
    ys_xw_attr(page->xw, "class", "soft");
    bool is_english = page->lang == YS_LANG_EN;
    const char *issuer = ys_word_of(page->lang, ys_value_get(regulation, "issuer"));
    ys_xw_printf(page->xw, is_english ? "%s: \"%s\", %s, %s%s%s" : "%s：《%s》（%s），%s%s%s",
                 ys_page_word(page, YS_WORD_OFFICIAL_TEXT),
                 ys_word_of(page->lang, ys_value_get(regulation, "title")), number, issuer,
                 issuer[0] == '\0' ? "" : is_english ? ", " : "，",
                 ys_page_text(regulation, "issued"));
    if (url) {
        ys_xw_text(page->xw, is_english ? ", " : "，");
        ys_xw_start(page->xw, "a");
        ys_xw_attr(page->xw, "href", url);
        ys_xw_attr(page->xw, "rel", "noreferrer");
        ys_xw_text(page->xw, url);
        ys_xw_end_full(page->xw);
    }
    ys_xw_text(page->xw, is_english ? ". " : "。");
    if (!url) {
        ys_xw_text(page->xw, ys_page_word(page, YS_WORD_OFFICIAL_TEXT_NONE));
    }
    ys_xw_end_full(page->xw);
}

static void write_clause(struct ys_page *page, const struct ys_value *clause)
{
    struct ys_xw *xw = page->xw;
    const char *verdict = ys_page_text(clause, "verdict");
    const char *cause = ys_page_text(clause, "cause");
    const char *id = ys_page_text(clause, "id");
    const struct ys_value *modes = ys_value_get(clause, "modes");
    ys_xw_raw(xw, "\n");
    ys_xw_start(xw, "tr");
    ys_xw_attr_printf(xw, "id", "clause-%s", id);
    ys_xw_attr(xw, "class", verdict);
    ys_xw_attr(xw, "data-verdict", verdict);
    ys_xw_attr(xw, "data-cause", cause);
    ys_xw_attr(xw, "data-clauses", id);
    ys_xw_start(xw, "th");
    ys_xw_attr(xw, "scope", "row");
    ys_xw_text(xw, id);
    ys_xw_end_full(xw);
    write_article(page, ys_page_text(clause, "article"));
    ys_xw_start(xw, "td");
    ys_xw_attr(xw, "class", "wide");
    ys_xw_text(xw, ys_word_of(page->lang, ys_value_get(clause, "title")));
    if (!ys_value_get_bool(clause, "mandatory", true)) {
        ys_xw_start(xw, "span");
        ys_xw_attr(xw, "class", "soft");
        ys_xw_printf(xw, " (%s)", ys_page_word(page, YS_WORD_OPTIONAL));
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    for (size_t i = 0; i < ys_value_count(modes); i++) {
        ys_xw_text(xw, i > 0 ? (page->lang == YS_LANG_EN ? ", " : "、") : "");
        ys_xw_element(xw, "span", "nowrap",
                      ys_word_mode(page->lang, ys_value_text(ys_value_at(modes, i))));
    }
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_page_verdict(page, verdict);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    write_cases(page, ys_value_get(clause, "cases"));
    write_persons(page, id);
    ys_xw_end_full(xw);
    ys_xw_start(xw, "td");
    ys_xw_attr(xw, "class", "wide");
    ys_xw_text(xw, ys_page_reason(page, clause));
    if (cause[0] != '\0') {
        ys_xw_start(xw, "div");
        ys_xw_attr(xw, "class", "soft");
        ys_xw_printf(xw, page->lang == YS_LANG_EN ? "%s: %s" : "%s：%s",
                     ys_page_word(page, YS_WORD_CAUSE), ys_word_cause(page->lang, cause));
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
}

void ys_html_clauses(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_CLAUSE, YS_WORD_ARTICLE, YS_WORD_REQUIREMENT,
                                         YS_WORD_MODE,   YS_WORD_VERDICT,
                                         YS_WORD_CASES_AND_EVIDENCE, YS_WORD_REASON};
    const struct ys_value *clauses = ys_value_get(page->result, "clauses");
    ys_page_section_start(page, "clauses", YS_WORD_CLAUSES);
    write_official_text(page);
    ys_xw_element(page->xw, "p", "soft", ys_page_word(page, YS_WORD_ADDRESS_SAYS));
    write_filter(page);
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        write_clause(page, ys_value_at(clauses, i));
    }
    ys_page_table_end(page);
    ys_page_section_end(page);
}

static void write_clocks(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_CLAUSE, YS_WORD_DUE, YS_WORD_DAY, YS_WORD_NOTE};
    const struct ys_value *clocks = ys_value_get(page->result, "clocks");
    struct ys_xw *xw = page->xw;
    if (ys_value_count(clocks) == 0) {
        return;
    }
    ys_xw_element(xw, "h3", NULL, ys_page_word(page, YS_WORD_CLOCKS));
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < ys_value_count(clocks); i++) {
        const struct ys_value *clock = ys_value_at(clocks, i);
        long long day = (long long)ys_value_get_int(clock, "day", 0);
        long long of = (long long)ys_value_get_int(clock, "of", 0);
        ys_xw_start(xw, "tr");
        ys_xw_element(xw, "th", NULL, ys_page_text(clock, "id"));
        ys_xw_element(xw, "td", "nowrap", ys_page_text(clock, "due"));
        ys_xw_start(xw, "td");
        if (of > 0) {
            ys_xw_printf(xw, page->lang == YS_LANG_EN ? "day %lld of %lld" : "第 %lld 天，共 %lld 天",
                         day, of);
        }
        ys_xw_end_full(xw);
        ys_xw_element(xw, "td", NULL, ys_word_of(page->lang, ys_value_get(clock, "note")));
        ys_xw_end_full(xw);
    }
    ys_page_table_end(page);
}

void ys_html_undecided(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_CLAUSE, YS_WORD_WHO, YS_WORD_DUE, YS_WORD_CAUSE,
                                         YS_WORD_REASON};
    const struct ys_value *undecided = ys_value_get(page->result, "undecided");
    struct ys_xw *xw = page->xw;
    ys_page_section_start(page, "undecided", YS_WORD_UNDECIDED);
    if (ys_value_count(undecided) == 0) {
        ys_xw_element(xw, "p", NULL, ys_page_word(page, YS_WORD_UNDECIDED_NONE));
        write_clocks(page);
        ys_page_section_end(page);
        return;
    }
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < ys_value_count(undecided); i++) {
        const struct ys_value *item = ys_value_at(undecided, i);
        ys_xw_start(xw, "tr");
        ys_xw_start(xw, "th");
        ys_xw_attr(xw, "scope", "row");
        ys_page_clause_link(page, ys_page_text(item, "clause"));
        ys_xw_end_full(xw);
        ys_xw_element(xw, "td", NULL, ys_page_owner(page, ys_page_text(item, "who"), NULL));
        ys_xw_element(xw, "td", NULL, ys_page_due(page, NULL));
        ys_xw_element(xw, "td", "nowrap", ys_word_cause(page->lang, ys_page_text(item, "cause")));
        ys_xw_element(xw, "td", NULL, ys_page_reason(page, item));
        ys_xw_end_full(xw);
    }
    ys_page_table_end(page);
    write_clocks(page);
    ys_page_section_end(page);
}

/* A row an attempt that a later one replaced: which, when, what was seen and where it stands. */
static void write_earlier(struct ys_page *page, const struct ys_value *test)
{
    const struct ys_value *earlier = ys_value_get(test, "earlier_attempts");
    struct ys_xw *xw = page->xw;
    for (size_t i = 0; i < ys_value_count(earlier); i++) {
        const struct ys_value *one = ys_value_at(earlier, i);
        const char *observed = ys_page_side(page, one, "observed");
        ys_xw_start(xw, "tr");
        ys_xw_element(xw, "td", "step", ys_page_text(one, "step"));
        ys_xw_start(xw, "td");
        ys_xw_printf(xw, "%lld", (long long)ys_value_get_int(one, "attempt", 1));
        ys_xw_end_full(xw);
        ys_xw_start(xw, "td");
        ys_page_verdict(page, ys_page_text(one, "verdict"));
        ys_xw_end_full(xw);
        ys_xw_start(xw, "td");
        ys_xw_printf(xw, "%s %s %s", ys_word_time(&page->arena, ys_page_text(one, "at")),
                     ys_page_reason(page, one), observed);
        ys_page_citations(page, ys_value_get(one, "evidence"));
        ys_xw_end_full(xw);
        ys_xw_end_full(xw);
    }
}

void ys_html_attempts(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_CASES, YS_WORD_ATTEMPTS_COUNT, YS_WORD_VERDICT,
                                         YS_WORD_REASON};
    struct ys_xw *xw = page->xw;
    bool any = false;
    ys_page_section_start(page, "attempts", YS_WORD_ATTEMPTS);
    for (size_t i = 0; i < ys_json_stream_count(page->cases); i++) {
        const struct ys_value *test = ys_json_stream_at(page->cases, i);
        long long attempts = (long long)ys_value_get_int(test, "attempts", 1);
        if (attempts <= 1) {
            continue;
        }
        if (!any) {
            ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
        }
        any = true;
        ys_xw_start(xw, "tr");
        ys_xw_element(xw, "th", "id", ys_page_text(test, "id"));
        ys_xw_start(xw, "td");
        ys_xw_printf(xw, "%lld", attempts);
        ys_xw_end_full(xw);
        ys_xw_start(xw, "td");
        ys_page_verdict(page, ys_page_text(test, "verdict"));
        ys_xw_end_full(xw);
        ys_xw_element(xw, "td", NULL, ys_page_reason(page, test));
        ys_xw_end_full(xw);
        write_earlier(page, test);
    }
    if (any) {
        ys_page_table_end(page);
    } else {
        ys_xw_element(xw, "p", NULL, ys_page_word(page, YS_WORD_ATTEMPTS_NONE));
    }
    ys_page_section_end(page);
}

static void write_number(struct ys_page *page, enum ys_word word, const struct ys_value *map,
                         const char *name)
{
    if (ys_value_get(map, name)) {
        ys_page_fact(page, word,
                     ys_arena_printf(&page->arena, "%lld",
                                     (long long)ys_value_get_int(map, name, 0)));
    }
}

/* Files and their digests, as the manifest has them. */
static void write_inputs(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_FILE_NAME, YS_WORD_DIGEST};
    const struct ys_value *inputs = ys_value_get(page->manifest, "inputs");
    if (ys_value_count(inputs) == 0) {
        return;
    }
    ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, YS_WORD_INPUTS));
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < ys_value_count(inputs); i++) {
        const struct ys_value *input = ys_value_at(inputs, i);
        ys_xw_start(page->xw, "tr");
        ys_xw_element(page->xw, "td", "id", ys_page_text(input, "file"));
        ys_xw_element(page->xw, "td", "id", ys_page_text(input, "sm3"));
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
}

/* A case that changed since the proof was made is not counted, so a proof of other suites proves
 * nothing here. */
static void write_proof(struct ys_page *page)
{
    const struct ys_value *proof = ys_value_get(page->result, "proof");
    const struct ys_value *unproven = ys_value_get(proof, "unproven");
    long long proven = (long long)ys_value_get_int(proof, "cases_proven", 0);
    if (!proof) {
        ys_page_fact(page, YS_WORD_PROOF, ys_page_word(page, YS_WORD_PROOF_NONE));
        return;
    }
    const char *text =
        ys_arena_printf(&page->arena, "%lld/%lld", proven,
                        (long long)ys_value_get_int(proof, "cases", 0));
    if (proven == 0) {
        ys_page_fact(page, YS_WORD_PROOF,
                     ys_arena_printf(&page->arena, "%s · %s", text,
                                     ys_page_word(page, YS_WORD_PROOF_OTHER)));
        return;
    }
    if (ys_value_count(unproven)) {
        text = ys_arena_printf(&page->arena, "%s · %s %zu", text,
                               ys_page_word(page, YS_WORD_PROOF_LEFT), ys_value_count(unproven));
    }
    ys_page_fact(page, YS_WORD_PROOF,
                 ys_arena_printf(&page->arena, "%s · %s %lld/%lld · %s %lld/%lld · %s", text,
                                 ys_page_word(page, YS_WORD_PROOF_DEFECTS),
                                 (long long)ys_value_get_int(proof, "caught", 0),
                                 (long long)ys_value_get_int(proof, "defects", 0),
                                 ys_page_word(page, YS_WORD_PROOF_ALARMS),
                                 (long long)ys_value_get_int(proof, "false_alarms", 0),
                                 (long long)ys_value_get_int(proof, "runs", 0),
                                 ys_page_text(proof, "made")));
}

static void write_trust(struct ys_page *page)
{
    const struct ys_value *clock = ys_value_get(page->result, "clock");
    const struct ys_value *readers = ys_value_get(page->manifest, "readers");
    const struct ys_value *cuts = ys_value_get(page->result, "cuts");
    for (size_t i = 0; i < ys_value_count(readers); i++) {
        const struct ys_value *reader = ys_value_at(readers, i);
        ys_page_fact(page, YS_WORD_READERS,
                     ys_arena_printf(&page->arena, "%s: %s %s", ys_page_text(reader, "role"),
                                     ys_page_text(reader, "name"), ys_page_text(reader, "atr")));
    }
    ys_page_fact(page, YS_WORD_SEED, ys_page_text(page->manifest, "seed"));
    if (clock) {
        ys_page_fact(page, YS_WORD_CLOCK_OFFSET,
                     ys_arena_printf(&page->arena, "%lld ms → %lld ms",
                                     (long long)ys_value_get_int(clock, "offset_ms_start", 0),
                                     (long long)ys_value_get_int(clock, "offset_ms_end", 0)));
    }
    write_proof(page);
    for (size_t i = 0; i < ys_value_count(cuts); i++) {
        const struct ys_value *cut = ys_value_at(cuts, i);
        ys_page_fact(page, YS_WORD_CUTS,
                     ys_arena_printf(&page->arena, "%s %lld · %s · %s",
                                     ys_page_word(page, YS_WORD_RECORD),
                                     (long long)ys_value_get_int(cut, "after", 0),
                                     ys_page_text(cut, "case"), ys_page_reason(page, cut)));
    }
}

void ys_html_environment(struct ys_page *page)
{
    const struct ys_value *tool = ys_value_get(page->result, "tool");
    const struct ys_value *timing = ys_value_get(page->result, "timing");
    ys_page_section_start(page, "environment", YS_WORD_ENVIRONMENT);
    ys_xw_start(page->xw, "dl");
    ys_xw_attr(page->xw, "class", "facts");
    ys_page_fact(page, YS_WORD_TOOL,
                 ys_arena_printf(&page->arena, "%s %s", ys_page_text(tool, "name"),
                                 ys_page_text(tool, "version")));
    const char *digest = ys_page_text(tool, "sm3");
    ys_page_fact(page, YS_WORD_TOOL_DIGEST,
                 digest[0] != '\0' ? digest : ys_page_word(page, YS_WORD_NOT_RECORDED));
    ys_page_fact(page, YS_WORD_SYSTEM, ys_page_text(page->manifest, "system"));
    ys_page_fact(page, YS_WORD_LIBRARIES,
                 ys_word_list(&page->arena, ys_value_get(tool, "libraries"), " · "));
    ys_page_fact(page, YS_WORD_REGULATION,
                 ys_page_text(ys_value_get(page->result, "regulation"), "id"));
    ys_page_fact(page, YS_WORD_CASE_COUNT,
                 ys_arena_printf(&page->arena, "%zu", ys_json_stream_count(page->cases)));
    if (timing) {
        long long ms = (long long)ys_value_get_int(timing, "duration_ms", 0);
        ys_page_fact(page, YS_WORD_DURATION,
                     ys_arena_printf(&page->arena, "%lld.%03lld s", ms / 1000, ms % 1000));
    }
    write_number(page, YS_WORD_REQUESTS, timing, "requests");
    write_number(page, YS_WORD_APDUS, timing, "apdus");
    write_trust(page);
    ys_xw_end_full(page->xw);
    ys_html_peers(page);
    write_inputs(page);
    ys_page_section_end(page);
}
