/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ratio of instant-issuance branches, step by step: the sums, what differs between roster and
 * register, what is not counted, what may be listed twice, the sample, and each branch.
 */
#include <string.h>

#include "ys_html.h"

#define BRANCHES_SHOWN_MAX 5000u
#define PER_CENT 100

struct share {
    long long numerator, denominator;
};

/* A bar of instant branches over all, with the mark of the threshold; whole per cent, rounded
 * down, so that a bar never reaches a mark that the arithmetic does not. */
static void write_bar(struct ys_page *page, long long instant, long long branches,
                      const struct share *share)
{
    static const char *const classes[] = {"all", "some", "limit"};
    static const char *const fills[] = {"#d9d6cf", "#5b5852", "#b3131b"};
    struct ys_xw *xw = page->xw;
    long long percent = branches > 0 ? instant * PER_CENT / branches : 0;
    percent = percent > PER_CENT ? PER_CENT : percent;
    ys_xw_start(xw, "svg");
    ys_xw_attr(xw, "xmlns", "http://www.w3.org/2000/svg");
    ys_xw_attr(xw, "class", "bar");
    ys_xw_attr(xw, "role", "img");
    ys_xw_attr_printf(xw, "aria-label", "%lld / %lld", instant, branches);
    ys_xw_attr(xw, "viewBox", "0 0 100 12");
    ys_xw_attr(xw, "width", "110");
    ys_xw_attr(xw, "height", "13");
    const long long widths[] = {PER_CENT, percent, 1};
    for (size_t i = 0; i < 3; i++) {
        ys_xw_start(xw, "rect");
        ys_xw_attr(xw, "class", classes[i]);
        ys_xw_attr_printf(xw, "x", "%lld",
                          i == 2 ? share->numerator * PER_CENT / share->denominator : 0LL);
        ys_xw_attr(xw, "y", i == 2 ? "0" : "2");
        ys_xw_attr_printf(xw, "width", "%lld", widths[i]);
        ys_xw_attr(xw, "height", i == 2 ? "12" : "8");
        ys_xw_attr(xw, "fill", fills[i]);
        ys_xw_end(xw);
    }
    ys_xw_end_full(xw);
}

static void write_number(struct ys_page *page, long long number)
{
    ys_xw_start(page->xw, "td");
    ys_xw_attr(page->xw, "class", "amount");
    ys_xw_printf(page->xw, "%lld", number);
    ys_xw_end_full(page->xw);
}

static void write_sum(struct ys_page *page, enum ys_word name, const struct ys_value *sum,
                      const struct share *share)
{
    struct ys_xw *xw = page->xw;
    long long instant = (long long)ys_value_get_int(sum, "instant", 0);
    long long branches = (long long)ys_value_get_int(sum, "branches", 0);
    bool enough = branches > 0 && share->denominator * instant >= share->numerator * branches;
    if (!sum) {
        return;
    }
    ys_xw_start(xw, "tr");
    ys_xw_start(xw, "th");
    ys_xw_attr(xw, "scope", "row");
    ys_xw_text(xw, ys_page_word(page, name));
    ys_xw_end_full(xw);
    write_number(page, instant);
    write_number(page, branches);
    ys_xw_start(xw, "td");
    ys_xw_printf(xw, "%lld × %lld = %lld %s %lld × %lld = %lld", share->denominator, instant,
                 share->denominator * instant, enough ? "≥" : "<", share->numerator, branches,
                 share->numerator * branches);
    write_bar(page, instant, branches, share);
    ys_xw_end_full(xw);
    write_number(page, (long long)ys_value_get_int(sum, "missing", 0));
    ys_xw_start(xw, "td");
    ys_page_verdict(page, enough ? "pass" : "fail");
    ys_xw_end_full(xw);
    ys_xw_end_full(xw);
}

static void write_sums(struct ys_page *page, const struct ys_value *coverage,
                       const struct share *share)
{
    static const enum ys_word heads[] = {YS_WORD_COVERAGE_SET,      YS_WORD_COVERAGE_INSTANT,
                                         YS_WORD_COVERAGE_BRANCHES, YS_WORD_COVERAGE_SUM,
                                         YS_WORD_COVERAGE_MISSING,  YS_WORD_VERDICT};
    static const struct {
        const char *name;
        enum ys_word word;
    } sums[] = {{"claimed", YS_WORD_COVERAGE_CLAIMED},
                {"reconciled", YS_WORD_COVERAGE_RECONCILED},
                {"worst", YS_WORD_COVERAGE_WORST},
                {"best", YS_WORD_COVERAGE_BEST}};
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        write_sum(page, sums[i].word, ys_value_get(coverage, sums[i].name), share);
    }
    ys_page_table_end(page);
}

/* What was asked, and the answer in words. */
static void write_question(struct ys_page *page, const struct ys_value *coverage,
                           const struct share *share)
{
    const char *decision = ys_page_text(coverage, "decision");
    enum ys_word word = strcmp(decision, "met") == 0       ? YS_WORD_COVERAGE_MET
                        : strcmp(decision, "not-met") == 0 ? YS_WORD_COVERAGE_NOT_MET
                                                           : YS_WORD_COVERAGE_UNDECIDED;
    const char *reason = ys_word_of(page->lang, ys_value_get(coverage, "reason"));
    const char *city = ys_page_text(coverage, "city");
    ys_xw_start(page->xw, "p");
    ys_xw_printf(page->xw,
                 page->lang == YS_LANG_EN
                     ? "Branches that issue a card at once must be at least %lld in %lld of those "
                       "open in %s. "
                     : "即时制卡网点应不少于营业网点的 %lld/%lld（%s）。",
                 share->numerator, share->denominator, city);
    ys_xw_element(page->xw, "b", NULL, ys_page_word(page, word));
    ys_xw_text(page->xw, reason[0] && page->lang == YS_LANG_EN ? " " : "");
    ys_xw_text(page->xw, reason);
    ys_xw_end_full(page->xw);
}

/* The branch by its code and name, as the first two cells of a row that it begins. */
static void start_row(struct ys_page *page, const struct ys_value *item)
{
    ys_xw_start(page->xw, "tr");
    ys_xw_start(page->xw, "th");
    ys_xw_attr(page->xw, "scope", "row");
    ys_xw_attr(page->xw, "class", "id");
    ys_xw_text(page->xw, ys_page_text(item, "branch"));
    ys_xw_end_full(page->xw);
    ys_xw_element(page->xw, "td", NULL, ys_page_text(item, "name"));
}

static void write_texts(struct ys_page *page, const struct ys_value *item, const char *name)
{
    ys_xw_element(page->xw, "td", NULL, ys_word_of(page->lang, ys_value_get(item, name)));
}

/* A list of the result as a table under a title; nothing where it is empty. */
static void write_list(struct ys_page *page, enum ys_word title, const struct ys_value *list,
                       const enum ys_word *heads, size_t head_count,
                       void (*write_cells)(struct ys_page *page, const struct ys_value *item))
{
    size_t count = ys_value_count(list);
    if (count == 0) {
        return;
    }
    ys_xw_start(page->xw, "h3");
    ys_xw_printf(page->xw, page->lang == YS_LANG_EN ? "%s (%zu)" : "%s（%zu）",
                 ys_page_word(page, title), count);
    ys_xw_end_full(page->xw);
    ys_page_table_start(page, heads, head_count);
    for (size_t i = 0; i < count && i < BRANCHES_SHOWN_MAX; i++) {
        ys_xw_raw(page->xw, "\n");
        start_row(page, ys_value_at(list, i));
        write_cells(page, ys_value_at(list, i));
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
    if (count > BRANCHES_SHOWN_MAX) {
        ys_xw_start(page->xw, "p");
        ys_xw_attr(page->xw, "class", "soft");
        ys_xw_printf(page->xw, page->lang == YS_LANG_EN ? "%zu more stand in result.json."
                                                        : "另有 %zu 行，见 result.json。",
                     count - BRANCHES_SHOWN_MAX);
        ys_xw_end_full(page->xw);
    }
}

static void difference_cells(struct ys_page *page, const struct ys_value *item)
{
    write_texts(page, item, "reason");
    write_texts(page, item, "action");
}

static void duplicate_cells(struct ys_page *page, const struct ys_value *item)
{
    ys_xw_element(page->xw, "td", NULL, ys_page_text(item, "address"));
    ys_xw_start(page->xw, "td");
    ys_xw_element(page->xw, "span", "id", ys_page_text(item, "other_branch"));
    ys_xw_printf(page->xw, " %s", ys_page_text(item, "other_name"));
    ys_xw_element(page->xw, "div", NULL, ys_page_text(item, "other_address"));
    ys_xw_end_full(page->xw);
    write_texts(page, item, "reason");
}

static void excluded_cells(struct ys_page *page, const struct ys_value *item)
{
    write_texts(page, item, "reason");
}

static void branch_cells(struct ys_page *page, const struct ys_value *item)
{
    static const char *const flags[] = {"on_roster", "in_register", "claims_instant", "counts",
                                        "instant"};
    const char *probe = ys_page_text(item, "probe");
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        bool is_set = ys_value_get_bool(item, flags[i], false);
        ys_xw_element(page->xw, "td", NULL, ys_page_word(page, is_set ? YS_WORD_YES : YS_WORD_NO));
    }
    ys_xw_element(page->xw, "td", NULL,
                  strcmp(probe, "confirmed") == 0 ? ys_page_word(page, YS_WORD_PROBE_CONFIRMED)
                  : strcmp(probe, "refuted") == 0 ? ys_page_word(page, YS_WORD_PROBE_REFUTED)
                                                  : "");
}

static void write_sample(struct ys_page *page, const struct ys_value *sample)
{
    static const struct {
        const char *name;
        enum ys_word word;
    } facts[] = {{"population", YS_WORD_SAMPLE_POPULATION}, {"size", YS_WORD_SAMPLE_SIZE},
                 {"needed", YS_WORD_SAMPLE_NEEDED},         {"confirmed", YS_WORD_PROBE_CONFIRMED},
                 {"refuted", YS_WORD_PROBE_REFUTED},        {"lower_bound", YS_WORD_SAMPLE_BOUND}};
    if (!sample) {
        return;
    }
    ys_xw_element(page->xw, "h3", NULL, ys_page_word(page, YS_WORD_COVERAGE_SAMPLE));
    ys_xw_start(page->xw, "dl");
    ys_xw_attr(page->xw, "class", "facts");
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if (ys_value_get(sample, facts[i].name)) {
            long long number = (long long)ys_value_get_int(sample, facts[i].name, 0);
            ys_page_fact(page, facts[i].word, ys_arena_printf(&page->arena, "%lld", number));
        }
    }
    ys_page_fact(page, YS_WORD_SAMPLE_CONFIDENCE, ys_page_text(sample, "confidence"));
    ys_page_fact(page, YS_WORD_SEED, ys_page_text(sample, "seed"));
    ys_page_fact(page, YS_WORD_SAMPLE_METHOD, ys_page_text(sample, "method"));
    ys_page_fact(page, YS_WORD_SAMPLE_CHOSEN,
                 ys_word_list(&page->arena, ys_value_get(sample, "chosen"), " "));
    ys_xw_end_full(page->xw);
    ys_xw_element(page->xw, "p", "soft", ys_page_word(page, YS_WORD_SAMPLE_SAYS));
}

static void write_elsewhere(struct ys_page *page, const struct ys_value *list)
{
    if (ys_value_count(list) == 0) {
        return;
    }
    ys_xw_start(page->xw, "p");
    ys_xw_text(page->xw, ys_page_word(page, YS_WORD_COVERAGE_ELSEWHERE));
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const struct ys_value *item = ys_value_at(list, i);
        ys_xw_printf(page->xw, "%s%s %lld", i > 0 ? " · " : " ", ys_page_text(item, "city"),
                     (long long)ys_value_get_int(item, "points", 0));
    }
    ys_xw_end_full(page->xw);
}

static void write_lists(struct ys_page *page, const struct ys_value *coverage)
{
    static const enum ys_word differences[] = {YS_WORD_BRANCH, YS_WORD_BRANCH_NAME, YS_WORD_REASON,
                                               YS_WORD_ACTION};
    static const enum ys_word duplicates[] = {YS_WORD_BRANCH, YS_WORD_BRANCH_NAME,
                                              YS_WORD_BRANCH_ADDRESS, YS_WORD_BRANCH_OTHER,
                                              YS_WORD_REASON};
    static const enum ys_word excluded[] = {YS_WORD_BRANCH, YS_WORD_BRANCH_NAME, YS_WORD_REASON};
    static const enum ys_word branches[] = {
        YS_WORD_BRANCH,        YS_WORD_BRANCH_NAME,     YS_WORD_BRANCH_ROSTER,
        YS_WORD_BRANCH_REGISTER, YS_WORD_BRANCH_CLAIMS, YS_WORD_BRANCH_COUNTS,
        YS_WORD_BRANCH_INSTANT, YS_WORD_BRANCH_PROBE};
    write_list(page, YS_WORD_COVERAGE_DIFFERENCES, ys_value_get(coverage, "differences"),
               differences, sizeof differences / sizeof differences[0], difference_cells);
    write_list(page, YS_WORD_COVERAGE_DUPLICATES, ys_value_get(coverage, "near_duplicates"),
               duplicates, sizeof duplicates / sizeof duplicates[0], duplicate_cells);
    write_list(page, YS_WORD_COVERAGE_EXCLUDED, ys_value_get(coverage, "excluded"), excluded,
               sizeof excluded / sizeof excluded[0], excluded_cells);
    write_elsewhere(page, ys_value_get(coverage, "elsewhere"));
    write_sample(page, ys_value_get(coverage, "sample"));
    write_list(page, YS_WORD_COVERAGE_TABLE, ys_value_get(coverage, "branches"), branches,
               sizeof branches / sizeof branches[0], branch_cells);
}

void ys_html_coverage(struct ys_page *page)
{
    const struct ys_value *coverage = ys_value_get(page->result, "coverage");
    const struct ys_value *threshold = ys_value_get(coverage, "threshold");
    struct share share = {
        .numerator = (long long)ys_value_get_int(threshold, "numerator", 0),
        .denominator = (long long)ys_value_get_int(threshold, "denominator", 1)};
    if (!coverage || share.denominator <= 0) {
        return;
    }
    ys_page_section_start(page, "coverage", YS_WORD_COVERAGE);
    write_question(page, coverage, &share);
    write_sums(page, coverage, &share);
    write_lists(page, coverage);
    ys_page_section_end(page);
}
