/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_forecast.h"

#include <stdlib.h>

#include "ys_mem.h"

const char *ys_forecast_state_name(enum ys_forecast_state state)
{
    static const char *const names[] = {"given", "done", "too-few", "no-progress"};
    return names[state];
}

struct slope {
    int64_t rise;
    int64_t run; /* positive */
};

static int by_slope(const void *a, const void *b)
{
    const struct slope *left = a;
    const struct slope *right = b;
    int64_t x = left->rise * right->run;
    int64_t y = right->rise * left->run;
    return (x > y) - (x < y);
}

static int64_t root_of(int64_t square)
{
    int64_t root = 0;
    while ((root + 1) * (root + 1) <= square) {
        root++;
    }
    return root;
}

/* Half the width of the 90 % interval among sorted slopes: z = 1.645 times the deviation of
 * Kendall's S, whose variance for n points without ties is n(n-1)(2n+5)/18. */
static int64_t half_width(int64_t n)
{
    int64_t variance_18 = n * (n - 1) * (2 * n + 5);
    return root_of(1645 * 1645 * (variance_18 / 18)) / 1000;
}

/* Days until `open` are gone at this slope, rounded up; -1: never. */
static int64_t days_at(const struct slope *slope, int64_t open)
{
    if (slope->rise >= 0) {
        return -1;
    }
    int64_t fall = -slope->rise;
    return (open * slope->run + fall - 1) / fall;
}

static void fill(const struct slope *slopes, size_t count, int64_t points, int64_t day,
                 int64_t open, struct ys_forecast *forecast)
{
    int64_t width = half_width(points);
    int64_t low = ((int64_t)count - width) / 2;
    int64_t high = ((int64_t)count + width) / 2;
    const struct slope *middle = &slopes[count / 2];
    const struct slope *steep = &slopes[low < 0 ? 0 : low];
    const struct slope *flat = &slopes[high >= (int64_t)count ? (int64_t)count - 1 : high];
    forecast->weekly_hundredths = 700 * middle->rise / middle->run;
    if (middle->rise >= 0) {
        forecast->state = YS_FORECAST_NO_PROGRESS;
        return;
    }
    int64_t late = days_at(flat, open);
    forecast->state = YS_FORECAST_GIVEN;
    forecast->expected = day + days_at(middle, open);
    forecast->earliest = day + days_at(steep, open);
    forecast->latest = late < 0 ? -1 : day + late;
}

void ys_forecast(const struct ys_forecast_point *points, size_t count,
                 struct ys_forecast *ret_forecast)
{
    struct ys_forecast forecast = {
        .state = YS_FORECAST_TOO_FEW, .expected = -1, .earliest = -1, .latest = -1};
    size_t first = 0;
    const struct ys_forecast_point *last = count ? &points[count - 1] : NULL;
    while (first < count && (points[first].day < last->day - YS_FORECAST_WINDOW_DAYS ||
                             count - first > YS_FORECAST_POINTS_MAX)) {
        first++;
    }
    size_t used = count - first;
    forecast.points = used;
    forecast.from = used ? points[first].day : -1;
    if (last && last->open == 0) {
        forecast.state = YS_FORECAST_DONE;
    } else if (used >= YS_FORECAST_POINTS_MIN &&
               last->day - points[first].day >= YS_FORECAST_SPAN_DAYS) {
        struct slope *slopes = ys_calloc(used * (used - 1) / 2, sizeof *slopes);
        size_t n = 0;
        for (size_t i = first; i < count; i++) {
            for (size_t k = i + 1; k < count; k++) {
                slopes[n++] =
                    (struct slope){points[k].open - points[i].open, points[k].day - points[i].day};
            }
        }
        qsort(slopes, n, sizeof *slopes, by_slope);
        fill(slopes, n, (int64_t)used, last->day, last->open, &forecast);
        ys_free(slopes);
    }
    *ret_forecast = forecast;
}
