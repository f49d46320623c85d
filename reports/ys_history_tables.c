/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the history's page: what is left, known failures, flaky and slow cases, runs. */
#include <string.h>

#include "ys_history_page.h"

static void begin(struct ys_history_page *page, const char *id, const char *about)
{
    ys_xw_start(page->xw, "section");
    ys_xw_attr(page->xw, "aria-labelledby", id);
    ys_xw_start(page->xw, "h2");
    ys_xw_attr(page->xw, "id", id);
    ys_xw_text(page->xw, ys_hp_word(page, id));
    ys_xw_end_full(page->xw);
    if (about) {
        ys_xw_element(page->xw, "p", "about", ys_hp_word(page, about));
    }
}

static void begin_table(struct ys_history_page *page, const char *const *columns, size_t count)
{
    ys_xw_raw(page->xw, "<div class='scroll'><table><thead><tr>");
    for (size_t i = 0; i < count; i++) {
        ys_xw_start(page->xw, "th");
        ys_xw_attr(page->xw, "scope", "col");
        ys_xw_text(page->xw, ys_hp_word(page, columns[i]));
        ys_xw_end_full(page->xw);
    }
    ys_xw_raw(page->xw, "</tr></thead><tbody>");
}

static void end_table(struct ys_history_page *page)
{
    ys_xw_raw(page->xw, "</tbody></table></div>");
}

static void cell(struct ys_history_page *page, const char *class_name, const char *text)
{
    ys_xw_start(page->xw, "td");
    ys_xw_attr(page->xw, "class", class_name);
    ys_xw_text(page->xw, text);
    ys_xw_end_full(page->xw);
}

static void number_cell(struct ys_history_page *page, int64_t number, const char *unit)
{
    cell(page, "number", ys_arena_printf(page->arena, "%lld%s", (long long)number, unit));
}

/* A bar beside its number; `most` is the whole width. */
static void bar_cell(struct ys_history_page *page, int64_t number, int64_t most,
                     const char *class_name)
{
    long long width = most > 0 && number > 0 ? (long long)(number * 100 / most) : 0;
    ys_xw_raw(page->xw, "<td><svg class='bar' viewBox='0 0 100 8' preserveAspectRatio='none' "
                        "aria-hidden='true'><rect width='100' height='8' class='rail'/>");
    ys_xw_start(page->xw, "rect");
    ys_xw_attr_printf(page->xw, "width", "%lld", width > 100 ? 100 : width);
    ys_xw_attr(page->xw, "height", "8");
    ys_xw_attr(page->xw, "class", class_name);
    ys_xw_end(page->xw);
    ys_xw_raw(page->xw, "</svg></td>");
}

/* ---- what is left ---- */

static void write_group(struct ys_history_page *page, const struct ys_value *group)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *clauses = ys_value_get(group, "clauses");
    ys_xw_start(xw, "div");
    ys_xw_attr_printf(xw, "class", "group %s", ys_hp_text(group, "who"));
    ys_xw_raw(xw, "<h3>");
    ys_xw_text(xw, ys_hp_word(page, ys_hp_text(group, "who")));
    ys_xw_raw(xw, " <small>");
    ys_xw_text(xw, ys_hp_word(page, ys_hp_text(group, "cause")));
    ys_xw_raw(xw, "</small> <b>");
    ys_xw_printf(xw, "%zu", ys_value_count(clauses));
    ys_xw_raw(xw, "</b></h3><ul>");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *one = ys_value_at(clauses, i);
        const char *test = ys_hp_text(one, "case");
        const char *reason = ys_reason_in(page->arena, page->lang, ys_hp_text(one, "reason"));
        ys_xw_start(xw, "li");
        ys_xw_element(xw, "b", NULL, ys_hp_text(one, "id"));
        ys_xw_printf(xw, " %s", ys_hp_in(page, ys_value_get(one, "title")));
        if (*test || *reason) {
            ys_xw_raw(xw, "<span class='why'>");
            if (*test) {
                ys_xw_element(xw, "code", NULL, test);
            }
            ys_xw_printf(xw, "%s%s", *test && *reason ? " " : "", reason);
            ys_xw_raw(xw, "</span>");
        }
        ys_xw_end_full(xw);
    }
    ys_xw_raw(xw, "</ul>");
    ys_xw_end_full(xw);
}

void ys_history_blockers(struct ys_history_page *page)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *groups = ys_value_get(page->history, "blockers");
    const struct ys_value *remarks = ys_value_get(page->history, "remarks");
    begin(page, "blockers", NULL);
    if (ys_value_count(groups) == 0) {
        ys_xw_element(xw, "p", NULL, ys_hp_word(page, "nothing-left"));
    }
    ys_xw_raw(xw, "<div class='groups'>");
    for (size_t i = 0; i < ys_value_count(groups); i++) {
        write_group(page, ys_value_at(groups, i));
    }
    ys_xw_raw(xw, "</div>");
    if (ys_value_count(remarks)) {
        ys_xw_raw(xw, "<ul class='remarks'>");
        for (size_t i = 0; i < ys_value_count(remarks); i++) {
            ys_xw_element(xw, "li", NULL, ys_hp_in(page, ys_value_at(remarks, i)));
        }
        ys_xw_raw(xw, "</ul>");
    }
    ys_xw_raw(xw, "");
    ys_xw_end_full(xw);
}

/* ---- known failures ---- */

static void write_known(struct ys_history_page *page)
{
    static const char *const columns[] = {"clause",  "case",      "owner", "reason",
                                          "expires", "days-left", "",      "state-now"};
    const struct ys_value *known = ys_value_get(page->history, "known");
    if (ys_value_count(known) == 0) {
        return;
    }
    begin(page, "known", NULL);
    begin_table(page, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < ys_value_count(known); i++) {
        const struct ys_value *one = ys_value_at(known, i);
        int64_t left = ys_value_get_int(one, "days_left", 0);
        ys_xw_start(page->xw, "tr");
        cell(page, NULL, ys_hp_text(one, "clause"));
        cell(page, "code", ys_hp_text(one, "case"));
        cell(page, NULL, ys_hp_text(one, "owner"));
        cell(page, NULL, ys_hp_text(one, "reason"));
        cell(page, "date", ys_hp_text(one, "expires"));
        number_cell(page, left, "");
        bar_cell(page, left, 90, left < 14 ? "fill fail" : "fill waits-ink");
        cell(page, NULL, ys_hp_word(page, ys_hp_text(one, "state")));
        ys_xw_end_full(page->xw);
    }
    end_table(page);
    ys_xw_end_full(page->xw);
}

/* ---- cases ---- */

static void write_flaky(struct ys_history_page *page)
{
    static const char *const columns[] = {"case", "day", "build", "passed", "failed"};
    const struct ys_value *flaky = ys_value_get(page->history, "flaky");
    begin(page, "flaky", "flaky-about");
    if (ys_value_count(flaky) == 0) {
        ys_xw_element(page->xw, "p", NULL, ys_hp_word(page, "no-flaky"));
        ys_xw_end_full(page->xw);
        return;
    }
    begin_table(page, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < ys_value_count(flaky); i++) {
        const struct ys_value *one = ys_value_at(flaky, i);
        ys_xw_start(page->xw, "tr");
        cell(page, "code", ys_hp_text(one, "case"));
        cell(page, "date", ys_hp_text(one, "day"));
        cell(page, NULL, ys_hp_text(one, "build"));
        number_cell(page, ys_value_get_int(one, "passed", 0), "");
        number_cell(page, ys_value_get_int(one, "failed", 0), "");
        ys_xw_end_full(page->xw);
    }
    end_table(page);
    ys_xw_end_full(page->xw);
}

static void write_slowest(struct ys_history_page *page)
{
    static const char *const columns[] = {"case", "mean", "", "longest"};
    const struct ys_value *slowest = ys_value_get(page->history, "slowest");
    int64_t most = ys_value_get_int(ys_value_at(slowest, 0), "mean_ms", 1);
    begin(page, "slowest", NULL);
    begin_table(page, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < ys_value_count(slowest); i++) {
        const struct ys_value *one = ys_value_at(slowest, i);
        ys_xw_start(page->xw, "tr");
        cell(page, "code", ys_hp_text(one, "case"));
        number_cell(page, ys_value_get_int(one, "mean_ms", 0), " ms");
        bar_cell(page, ys_value_get_int(one, "mean_ms", 0), most, "fill waits-ink");
        number_cell(page, ys_value_get_int(one, "longest_ms", 0), " ms");
        ys_xw_end_full(page->xw);
    }
    end_table(page);
    ys_xw_end_full(page->xw);
}

static void write_runs(struct ys_history_page *page)
{
    static const char *const columns[] = {"day",  "purpose",    "build",
                                          "case", "conclusion", "gate-word"};
    const struct ys_value *runs = ys_value_get(page->history, "runs");
    begin(page, "runs", NULL);
    ys_xw_raw(page->xw, "<details><summary>");
    ys_xw_printf(page->xw, "%zu", ys_value_count(runs));
    ys_xw_raw(page->xw, "</summary>");
    begin_table(page, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = ys_value_count(runs); i-- > 0;) {
        const struct ys_value *one = ys_value_at(runs, i);
        ys_xw_start(page->xw, "tr");
        cell(page, "date", ys_hp_text(one, "day"));
        cell(page, NULL, ys_hp_word(page, ys_hp_text(one, "purpose")));
        cell(page, NULL, ys_hp_text(one, "build"));
        number_cell(page, ys_value_get_int(one, "cases", 0), "");
        cell(page, NULL, ys_hp_word(page, ys_hp_text(one, "conclusion")));
        cell(page, NULL, ys_hp_word(page, ys_hp_text(one, "gate")));
        ys_xw_end_full(page->xw);
    }
    end_table(page);
    ys_xw_raw(page->xw, "</details>");
    ys_xw_end_full(page->xw);
}

void ys_history_tables(struct ys_history_page *page)
{
    write_known(page);
    ys_xw_raw(page->xw, "<div class='pair'>");
    write_flaky(page);
    write_slowest(page);
    ys_xw_raw(page->xw, "</div>");
    write_runs(page);
}
