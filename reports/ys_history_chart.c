/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The charts of the history: the burn-down with its forecast, and a strip a clause. Inline SVG in
 * whole numbers; each state has a pattern beside its colour, each chart a text and a table.
 */
#include <string.h>

#include "ys_buf.h"
#include "ys_clock.h"
#include "ys_history_page.h"

#define WIDTH 1000
#define HEIGHT 360
#define LEFT 44
#define RIGHT 16
#define TOP 28
#define BOTTOM 34
#define STRIP_WIDTH 600
#define STRIP_HEIGHT 18

static const char *const OPEN_STATES[] = {"fail", "undecided", "untested", "waits"};
#define OPEN_STATE_COUNT (sizeof OPEN_STATES / sizeof OPEN_STATES[0])

struct axes {
    int64_t first;
    int64_t last;
    int64_t total; /* clauses */
};

static long long x_of(const struct axes *axes, int64_t day)
{
    int64_t span = axes->last > axes->first ? axes->last - axes->first : 1;
    day = day > axes->last ? axes->last : day;
    return (long long)(LEFT + (day - axes->first) * (WIDTH - LEFT - RIGHT) / span);
}

static long long y_of(const struct axes *axes, int64_t count)
{
    int64_t total = axes->total ? axes->total : 1;
    return (long long)(HEIGHT - BOTTOM - count * (HEIGHT - TOP - BOTTOM) / total);
}

static struct axes axes_of(const struct ys_value *history)
{
    const struct ys_value *points = ys_value_get(history, "points");
    const struct ys_value *forecast = ys_value_get(history, "forecast");
    struct axes axes = {.first = ys_hp_day(ys_value_at(points, 0), "day"),
                        .last = ys_hp_day(history, "today"),
                        .total = (int64_t)ys_value_count(ys_value_get(history, "clauses"))};
    int64_t end = ys_hp_day(history, "retrofit_ends");
    int64_t expected = ys_hp_day(forecast, "expected");
    int64_t most = axes.last + (axes.last - axes.first) + 30; /* a far forecast is cut off */
    axes.last = end > axes.last && end < most ? end : axes.last;
    axes.last = expected > axes.last && expected < most ? expected : axes.last;
    axes.last += (axes.last - axes.first) / 40 + 1;
    return axes;
}

static void text_at(struct ys_history_page *page, long long x, long long y, const char *class_name,
                    const char *anchor, const char *text)
{
    ys_xw_start(page->xw, "text");
    ys_xw_attr_printf(page->xw, "x", "%lld", x);
    ys_xw_attr_printf(page->xw, "y", "%lld", y);
    ys_xw_attr(page->xw, "class", class_name);
    ys_xw_attr(page->xw, "text-anchor", anchor);
    ys_xw_text(page->xw, text);
    ys_xw_end_full(page->xw);
}

static void line_at(struct ys_history_page *page, long long x1, long long y1, long long x2,
                    long long y2, const char *class_name)
{
    ys_xw_start(page->xw, "line");
    ys_xw_attr_printf(page->xw, "x1", "%lld", x1);
    ys_xw_attr_printf(page->xw, "y1", "%lld", y1);
    ys_xw_attr_printf(page->xw, "x2", "%lld", x2);
    ys_xw_attr_printf(page->xw, "y2", "%lld", y2);
    ys_xw_attr(page->xw, "class", class_name);
    ys_xw_end(page->xw);
}

static void draw_grid(struct ys_history_page *page, const struct axes *axes)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t step = axes->total / 4 > 0 ? (axes->total + 3) / 4 : 1;
    for (int64_t n = 0; n <= axes->total; n += step) {
        line_at(page, LEFT, y_of(axes, n), WIDTH - RIGHT, y_of(axes, n), "grid");
        text_at(page, LEFT - 8, y_of(axes, n) + 4, "tick", "end",
                ys_arena_printf(page->arena, "%lld", (long long)n));
    }
    int64_t every = (axes->last - axes->first) / 420 + 1;
    for (int64_t day = axes->first; day <= axes->last; day++) {
        struct ys_civil civil = ys_civil_from_wall(day * 86400000000, 0);
        if (civil.day != 1 || (civil.month - 1) % every != 0) {
            continue;
        }
        const char *label = page->lang == YS_LANG_ZH
                                ? ys_arena_printf(page->arena, "%d月", civil.month)
                                : months[civil.month - 1];
        line_at(page, x_of(axes, day), HEIGHT - BOTTOM, x_of(axes, day), HEIGHT - BOTTOM + 5,
                "axis");
        text_at(page, x_of(axes, day) + 3, HEIGHT - BOTTOM + 20, "tick", "start",
                civil.month == 1 ? ys_arena_printf(page->arena, "%s %d", label, civil.year)
                                 : label);
    }
    line_at(page, LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "axis");
}

static int64_t below(const struct ys_value *point, size_t state)
{
    int64_t sum = 0;
    for (size_t i = 0; i < state; i++) {
        sum += ys_value_get_int(point, OPEN_STATES[i], 0);
    }
    return sum;
}

/* One state as a band of steps upon the states below it. */
static void draw_band(struct ys_history_page *page, const struct axes *axes, size_t state)
{
    const struct ys_value *points = ys_value_get(page->history, "points");
    size_t count = ys_value_count(points);
    struct ys_buf path;
    ys_buf_init(&path, YS_FILE_BYTES_MAX);
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < count && status == YS_OK; i++) {
        const struct ys_value *point = ys_value_at(points, i);
        long long x = x_of(axes, ys_hp_day(point, "day"));
        long long y = y_of(axes, below(point, state + 1));
        status =
            i ? ys_buf_printf(&path, "H%lldV%lld", x, y) : ys_buf_printf(&path, "M%lld %lld", x, y);
    }
    if (status == YS_OK) {
        status = ys_buf_printf(&path, "H%lld", x_of(axes, ys_hp_day(page->history, "today")));
    }
    for (size_t i = count; i-- > 0 && status == YS_OK;) {
        const struct ys_value *point = ys_value_at(points, i);
        status = ys_buf_printf(&path, "V%lldH%lld", y_of(axes, below(point, state)),
                               x_of(axes, ys_hp_day(point, "day")));
    }
    if (status == YS_OK) {
        ys_xw_start(page->xw, "path");
        ys_xw_attr_printf(page->xw, "class", "band %s", OPEN_STATES[state]);
        ys_xw_attr_printf(page->xw, "d", "%sZ", path.bytes);
        ys_xw_end(page->xw);
    }
    ys_buf_clear(&path);
}

/* Where the line to zero at `zero` is at the right edge, so that the cone ends there. */
static void end_of(const struct axes *axes, int64_t day, int64_t open, int64_t zero,
                   long long *ret_x, long long *ret_y)
{
    if (zero >= 0 && zero <= axes->last) {
        *ret_x = x_of(axes, zero);
        *ret_y = y_of(axes, 0);
        return;
    }
    int64_t left = zero < 0 ? open : open - open * (axes->last - day) / (zero - day);
    *ret_x = x_of(axes, axes->last);
    *ret_y = y_of(axes, left);
}

static void draw_forecast(struct ys_history_page *page, const struct axes *axes)
{
    const struct ys_value *forecast = ys_value_get(page->history, "forecast");
    const struct ys_value *points = ys_value_get(page->history, "points");
    const struct ys_value *last = ys_value_at(points, ys_value_count(points) - 1);
    if (strcmp(ys_hp_text(forecast, "state"), "given") != 0) {
        return;
    }
    int64_t day = ys_hp_day(last, "day");
    int64_t open = ys_value_get_int(last, "open", 0);
    long long x[3] = {0};
    long long y[3] = {0};
    end_of(axes, day, open, ys_hp_day(forecast, "earliest"), &x[0], &y[0]);
    end_of(axes, day, open, ys_hp_day(forecast, "expected"), &x[1], &y[1]);
    end_of(axes, day, open, ys_hp_day(forecast, "latest"), &x[2], &y[2]);
    bool corner = y[0] == y_of(axes, 0) && y[2] != y[0]; /* the cone meets zero and the edge */
    ys_xw_start(page->xw, "path");
    ys_xw_attr(page->xw, "class", "cone");
    ys_xw_attr_printf(page->xw, "d", "M%lld %lldL%lld %lld%sL%lld %lldZ", x_of(axes, day),
                      y_of(axes, open), x[0], y[0],
                      corner ? ys_arena_printf(page->arena, "H%lld", x[2]) : "", x[2], y[2]);
    ys_xw_end(page->xw);
    line_at(page, x_of(axes, day), y_of(axes, open), x[1], y[1], "expected");
}

static void draw_marks(struct ys_history_page *page, const struct axes *axes)
{
    int64_t today = ys_hp_day(page->history, "today");
    int64_t end = ys_hp_day(page->history, "retrofit_ends");
    line_at(page, x_of(axes, today), TOP, x_of(axes, today), HEIGHT - BOTTOM, "today");
    text_at(page, x_of(axes, today), TOP - 10, "mark", "middle", ys_hp_word(page, "today"));
    if (end >= axes->first && end <= axes->last) {
        line_at(page, x_of(axes, end), TOP, x_of(axes, end), HEIGHT - BOTTOM, "deadline");
        bool near = x_of(axes, end) - x_of(axes, today) < 150;
        text_at(page, x_of(axes, end), near ? TOP + 10 : TOP - 10, "mark deadline-text", "end",
                ys_arena_printf(page->arena, "%s %s", ys_hp_word(page, "retrofit-ends"),
                                ys_hp_text(page->history, "retrofit_ends")));
    }
}

static void write_legend(struct ys_history_page *page)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "ul");
    ys_xw_attr(xw, "class", "legend");
    for (size_t i = 0; i < OPEN_STATE_COUNT; i++) {
        ys_xw_start(xw, "li");
        ys_xw_raw(xw, "<svg width='22' height='14' aria-hidden='true'><rect width='22' "
                      "height='14' rx='2' class='band ");
        ys_xw_raw(xw, OPEN_STATES[i]);
        ys_xw_raw(xw, "'/></svg>");
        ys_xw_text(xw, ys_hp_word(page, OPEN_STATES[i]));
        ys_xw_end(xw);
    }
    ys_xw_start(xw, "li");
    ys_xw_raw(xw, "<svg width='22' height='14' aria-hidden='true'><rect width='22' height='14' "
                  "class='cone'/><line x1='0' y1='2' x2='22' y2='12' class='expected'/></svg>");
    ys_xw_text(xw, ys_hp_word(page, "forecast"));
    ys_xw_end(xw);
    ys_xw_end_full(xw);
}

/* The same numbers for those who do not see the chart. */
static void write_data(struct ys_history_page *page)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *points = ys_value_get(page->history, "points");
    static const char *const columns[] = {"fail", "undecided", "untested", "waits", "pass"};
    ys_xw_start(xw, "details");
    ys_xw_element(xw, "summary", NULL, ys_hp_word(page, "data"));
    ys_xw_raw(xw, "<div class='scroll'><table><thead><tr>");
    ys_xw_element(xw, "th", NULL, ys_hp_word(page, "day"));
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        ys_xw_element(xw, "th", "number", ys_hp_word(page, columns[i]));
    }
    ys_xw_raw(xw, "</tr></thead><tbody>");
    for (size_t i = 0; i < ys_value_count(points); i++) {
        const struct ys_value *point = ys_value_at(points, i);
        ys_xw_start(xw, "tr");
        ys_xw_raw(xw, "<th scope='row'>");
        ys_xw_text(xw, ys_hp_text(point, "day"));
        ys_xw_raw(xw, "</th>");
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
            ys_xw_raw(xw, "<td class='number'>");
            ys_xw_printf(xw, "%lld", (long long)ys_value_get_int(point, columns[k], 0));
            ys_xw_raw(xw, "</td>");
        }
        ys_xw_end_full(xw);
    }
    ys_xw_raw(xw, "</tbody></table></div>");
    ys_xw_end_full(xw);
}

void ys_history_burndown(struct ys_history_page *page)
{
    struct ys_xw *xw = page->xw;
    struct axes axes = axes_of(page->history);
    ys_xw_raw(xw, "<section aria-labelledby='burn-down'><h2 id='burn-down'>");
    ys_xw_text(xw, ys_hp_word(page, "burn-down"));
    ys_xw_raw(xw, "</h2>");
    ys_xw_element(xw, "p", "about", ys_hp_word(page, "burn-down-about"));
    write_legend(page);
    ys_xw_start(xw, "svg");
    ys_xw_attr(xw, "class", "chart");
    ys_xw_attr_printf(xw, "viewBox", "0 0 %d %d", WIDTH, HEIGHT);
    ys_xw_attr(xw, "role", "img");
    ys_xw_attr(xw, "aria-labelledby", "burn-down burn-down-text");
    ys_xw_start(xw, "desc");
    ys_xw_attr(xw, "id", "burn-down-text");
    ys_xw_text(
        xw, ys_history_forecast(page->arena, page->lang, ys_value_get(page->history, "forecast")));
    ys_xw_end_full(xw);
    draw_grid(page, &axes);
    for (size_t i = 0; i < OPEN_STATE_COUNT; i++) {
        draw_band(page, &axes, i);
    }
    draw_forecast(page, &axes);
    draw_marks(page, &axes);
    ys_xw_end_full(xw);
    write_data(page);
    ys_xw_raw(xw, "</section>");
}

/* ---- a strip a clause ---- */

static void draw_strip(struct ys_history_page *page, const struct ys_value *clause)
{
    struct ys_xw *xw = page->xw;
    const struct ys_value *points = ys_value_get(page->history, "points");
    const struct ys_value *states = ys_value_get(clause, "states");
    size_t count = ys_value_count(points);
    int64_t first = ys_hp_day(ys_value_at(points, 0), "day");
    int64_t last = ys_hp_day(page->history, "today");
    int64_t span = last > first ? last - first : 1;
    ys_xw_start(xw, "svg");
    ys_xw_attr(xw, "class", "strip");
    ys_xw_attr_printf(xw, "viewBox", "0 0 %d %d", STRIP_WIDTH, STRIP_HEIGHT);
    ys_xw_attr(xw, "preserveAspectRatio", "none");
    ys_xw_attr(xw, "aria-hidden", "true");
    for (size_t i = 0; i < count;) {
        const char *state = ys_value_text(ys_value_at(states, i));
        size_t k = i + 1;
        while (k < count && strcmp(ys_value_text(ys_value_at(states, k)), state) == 0) {
            k++;
        }
        int64_t from = ys_hp_day(ys_value_at(points, i), "day") - first;
        int64_t until = k < count ? ys_hp_day(ys_value_at(points, k), "day") - first : span;
        ys_xw_start(xw, "rect");
        ys_xw_attr_printf(xw, "class", "band %s", state);
        ys_xw_attr_printf(xw, "x", "%lld", (long long)(from * STRIP_WIDTH / span));
        ys_xw_attr_printf(xw, "width", "%lld", (long long)((until - from) * STRIP_WIDTH / span));
        ys_xw_attr_printf(xw, "height", "%d", STRIP_HEIGHT);
        ys_xw_start(xw, "title");
        ys_xw_printf(xw, "%s %s", ys_hp_text(ys_value_at(points, i), "day"),
                     ys_hp_word(page, state));
        ys_xw_end_full(xw);
        ys_xw_end_full(xw);
        i = k;
    }
    ys_xw_end_full(xw);
}

static void write_days(struct ys_history_page *page, const struct ys_value *days)
{
    if (ys_value_count(days) == 0) {
        ys_xw_text(page->xw, "–");
    }
    for (size_t i = 0; i < ys_value_count(days); i++) {
        ys_xw_printf(page->xw, "%s%s", i ? ", " : "", ys_value_text(ys_value_at(days, i)));
    }
}

void ys_history_timeline(struct ys_history_page *page)
{
    struct ys_xw *xw = page->xw;
    static const char *const columns[] = {"clause", "timeline", "first-pass", "regression",
                                          "state-now"};
    const struct ys_value *clauses = ys_value_get(page->history, "clauses");
    ys_xw_raw(xw, "<section aria-labelledby='timeline'><h2 id='timeline'>");
    ys_xw_text(xw, ys_hp_word(page, "timeline"));
    ys_xw_raw(xw, "</h2><div class='scroll'><table class='timeline'><thead><tr>");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        ys_xw_element(xw, "th", columns[i], ys_hp_word(page, columns[i]));
    }
    ys_xw_raw(xw, "</tr></thead><tbody>");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *one = ys_value_at(clauses, i);
        const char *first = ys_hp_text(one, "first_pass");
        const char *state = ys_hp_text(one, "state");
        ys_xw_start(xw, "tr");
        ys_xw_raw(xw, "<th scope='row'>");
        ys_xw_element(xw, "b", NULL, ys_hp_text(one, "id"));
        ys_xw_element(xw, "span", NULL, ys_hp_in(page, ys_value_get(one, "title")));
        ys_xw_raw(xw, "</th><td>");
        draw_strip(page, one);
        ys_xw_raw(xw, "</td>");
        ys_xw_element(xw, "td", "date", *first ? first : "–");
        ys_xw_raw(xw, "<td class='date'>");
        write_days(page, ys_value_get(one, "regressions"));
        ys_xw_raw(xw, "</td><td>");
        ys_xw_start(xw, "span");
        ys_xw_attr_printf(xw, "class", "chip %s", state);
        ys_xw_text(xw, ys_hp_word(page, state));
        ys_xw_end_full(xw);
        ys_xw_raw(xw, "</td>");
        ys_xw_end_full(xw);
    }
    ys_xw_raw(xw, "</tbody></table></div></section>");
}
