/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a history: one file, made from the history's value alone (schema
 * yanshou-history-1). */
#include <assert.h>
#include <string.h>

#include "ys_clock.h"
#include "ys_history_page.h"
#include "ys_report_assets.h"

const char *ys_hp_text(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

const char *ys_hp_word(const struct ys_history_page *page, const char *name)
{
    return ys_history_word(page->lang, name);
}

int64_t ys_hp_day(const struct ys_value *map, const char *name)
{
    struct ys_civil civil;
    const char *text = ys_value_get_text(map, name);
    return text && ys_date_parse(text, &civil, NULL) == YS_OK
               ? ys_civil_to_days(civil.year, civil.month, civil.day)
               : -1;
}

const char *ys_hp_in(const struct ys_history_page *page, const struct ys_value *texts)
{
    const char *zh = ys_hp_text(texts, "zh");
    const char *en = ys_hp_text(texts, "en");
    return page->lang == YS_LANG_ZH ? (*zh ? zh : en) : (*en ? en : zh);
}

/* ---- the tiles ---- */

static void write_tile(struct ys_history_page *page, const char *class_name, const char *label,
                       const char *figure, const char *note)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "div");
    ys_xw_attr_printf(xw, "class", "tile %s", class_name);
    ys_xw_element(xw, "dt", NULL, label);
    ys_xw_element(xw, "dd", "figure", figure);
    ys_xw_element(xw, "dd", "note", note);
    ys_xw_end_full(xw);
}

static const char *number(struct ys_history_page *page, int64_t value)
{
    return ys_arena_printf(page->arena, "%lld", (long long)value);
}

static void write_days_left(struct ys_history_page *page)
{
    const char *end = ys_value_get_text(page->history, "retrofit_ends");
    int64_t left = ys_value_get_int(page->history, "days_left", 0);
    if (!end) {
        write_tile(page, "none", ys_hp_word(page, "retrofit-ends"), "–",
                   ys_hp_word(page, "unknown-end"));
        return;
    }
    write_tile(page,
               left < 0    ? "bad"
               : left < 30 ? "soon"
                           : "good",
               ys_hp_word(page, left < 0 ? "days-over" : "days-left"),
               number(page, left < 0 ? -left : left),
               ys_arena_printf(page->arena, "%s %s", ys_hp_word(page, "retrofit-ends"), end));
}

/* The last point that is four weeks older than the last one, or NULL. */
static const struct ys_value *four_weeks_ago(const struct ys_value *points)
{
    size_t count = ys_value_count(points);
    int64_t last = ys_hp_day(ys_value_at(points, count - 1), "day");
    const struct ys_value *found = NULL;
    for (size_t i = 0; i < count; i++) {
        found =
            ys_hp_day(ys_value_at(points, i), "day") <= last - 28 ? ys_value_at(points, i) : found;
    }
    return found;
}

static void write_tiles(struct ys_history_page *page)
{
    struct ys_arena *arena = page->arena;
    const struct ys_value *points = ys_value_get(page->history, "points");
    const struct ys_value *last = ys_value_at(points, ys_value_count(points) - 1);
    const struct ys_value *before = four_weeks_ago(points);
    const struct ys_value *forecast = ys_value_get(page->history, "forecast");
    const char *expected = ys_hp_text(forecast, "expected");
    const char *outlook = ys_hp_text(forecast, "outlook");
    int64_t open = ys_value_get_int(last, "open", 0);
    size_t total = ys_value_count(ys_value_get(page->history, "clauses"));
    ys_xw_raw(page->xw, "<dl class='tiles'>");
    write_days_left(page);
    const char *of = ys_arena_printf(arena, "%s %zu", ys_hp_word(page, "of"), total);
    write_tile(page, open ? "bad" : "good", ys_hp_word(page, "open-clauses"), number(page, open),
               before ? ys_arena_printf(arena, "%s · %s %lld", of, ys_hp_word(page, "four-weeks"),
                                        (long long)ys_value_get_int(before, "open", 0))
                      : of);
    const char *state = ys_hp_text(forecast, "state");
    const char *shown = *outlook ? outlook : state;
    write_tile(page,
               strcmp(shown, "in-time") == 0 || strcmp(shown, "done") == 0 ? "good"
               : strcmp(shown, "late") == 0                                ? "bad"
                                                                           : "soon",
               ys_hp_word(page, "forecast"), *expected ? expected : ys_hp_word(page, state),
               *expected ? ys_arena_printf(
                               arena, "%s – %s%s%s", ys_hp_text(forecast, "earliest"),
                               *ys_hp_text(forecast, "latest") ? ys_hp_text(forecast, "latest")
                                                               : ys_hp_word(page, "never"),
                               *outlook ? " · " : "", *outlook ? ys_hp_word(page, outlook) : "")
                         : "");
    write_tile(page, "wait", ys_hp_word(page, "waiting"),
               number(page, ys_value_get_int(last, "waits", 0)), ys_hp_word(page, "clauses"));
    ys_xw_raw(page->xw, "</dl>");
}

/* ---- the page ---- */

/* Patterns, so that no state is told by its colour alone. */
static const char PATTERNS[] =
    "<svg width='0' height='0' class='defs' aria-hidden='true'><defs>"
    "<pattern id='p-undecided' width='7' height='7' patternUnits='userSpaceOnUse' "
    "patternTransform='rotate(45)'><rect width='7' height='7' class='undecided-bg'/>"
    "<rect width='3' height='7' class='undecided-ink'/></pattern>"
    "<pattern id='p-untested' width='7' height='7' patternUnits='userSpaceOnUse'>"
    "<rect width='7' height='7' class='untested-bg'/><circle cx='3.5' cy='3.5' r='1.4' "
    "class='untested-ink'/></pattern>"
    "<pattern id='p-waits' width='7' height='7' patternUnits='userSpaceOnUse'>"
    "<rect width='7' height='7' class='waits-bg'/><rect y='3' width='7' height='1' "
    "class='waits-ink'/></pattern></defs></svg>";

static void write_head(struct ys_history_page *page)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *candidate = ys_value_get(page->history, "candidate");
    const char *name = ys_hp_in(page, ys_value_get(candidate, "name"));
    name = *name ? name : ys_hp_text(candidate, "id");
    ys_xw_declare_html(xw);
    ys_xw_start(xw, "html");
    ys_xw_attr(xw, "lang", page->lang == YS_LANG_ZH ? "zh-CN" : "en");
    ys_xw_raw(xw, "<head><meta charset='utf-8'/><meta name='viewport' "
                  "content='width=device-width, initial-scale=1'/><meta name='color-scheme' "
                  "content='light dark'/><title>");
    ys_xw_printf(xw, "%s · %s", name, ys_hp_word(page, "title"));
    ys_xw_raw(xw, "</title><style>");
    ys_xw_raw(xw, ys_asset_history_css);
    ys_xw_raw(xw, "</style></head><body><a class='skip' href='#main'>");
    ys_xw_text(xw, ys_hp_word(page, "skip"));
    ys_xw_raw(xw, "</a>");
    ys_xw_raw(xw, PATTERNS);
    ys_xw_raw(xw, "<header><p class='eyebrow'>");
    ys_xw_text(xw, ys_hp_word(page, "title"));
    ys_xw_raw(xw, "</p>");
    ys_xw_element(xw, "h1", NULL, name);
    ys_xw_raw(xw, "<p class='meta'>");
    ys_xw_printf(xw, "%s %s · %s", ys_hp_word(page, "as-of"), ys_hp_text(page->history, "today"),
                 ys_hp_text(page->history, "regulation"));
    if (*ys_hp_text(candidate, "build")) {
        ys_xw_printf(xw, " · %s %s", ys_hp_word(page, "build"), ys_hp_text(candidate, "build"));
    }
    ys_xw_printf(xw, " · %s %zu", ys_hp_word(page, "runs"),
                 ys_value_count(ys_value_get(page->history, "runs")));
    ys_xw_raw(xw, "</p></header>");
}

enum ys_status ys_report_history(const struct ys_value *history, enum ys_lang lang,
                                 const char *path, struct ys_err *reterr)
{
    assert(history);
    assert(path);
    struct ys_arena arena;
    struct ys_history_page page = {.arena = &arena, .history = history, .lang = lang};
    enum ys_status status = ys_xw_open(path, false, &page.xw, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_arena_init(&arena);
    write_head(&page);
    ys_xw_raw(page.xw, "<main id='main'>");
    write_tiles(&page);
    ys_history_burndown(&page);
    ys_history_blockers(&page);
    ys_history_timeline(&page);
    ys_history_tables(&page);
    ys_xw_raw(page.xw, "</main><footer><p>");
    ys_xw_text(page.xw, ys_hp_word(&page, "method"));
    ys_xw_raw(page.xw, "</p></footer></body>");
    ys_xw_end_full(page.xw);
    status = ys_xw_close(page.xw, reterr);
    ys_arena_clear(&arena);
    return status;
}
