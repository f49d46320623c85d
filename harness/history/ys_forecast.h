/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When will nothing be open? The trend of the numbers of open clauses by the Theil-Sen estimator
 * (the median of the slopes between all pairs of points: a bad week does not bend it), with the
 * 90 % interval that Kendall's statistic gives for it, in whole numbers throughout. From what is
 * open at the last point, the three slopes lead to three days.
 */
#ifndef YS_FORECAST_H
#define YS_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YS_FORECAST_POINTS_MIN 8   /* fewer say nothing of a trend */
#define YS_FORECAST_SPAN_DAYS 21   /* nor do more within three weeks */
#define YS_FORECAST_WINDOW_DAYS 91 /* what is older says little of the pace now */
#define YS_FORECAST_POINTS_MAX 400 /* the latest of these */

struct ys_forecast_point {
    int64_t day; /* strictly ascending */
    int64_t open;
};

enum ys_forecast_state {
    YS_FORECAST_GIVEN,
    YS_FORECAST_DONE,       /* nothing is open */
    YS_FORECAST_TOO_FEW,    /* too few points, or too short a time */
    YS_FORECAST_NO_PROGRESS /* the number does not fall */
};
const char *ys_forecast_state_name(enum ys_forecast_state state); /* "given", "done" … */

struct ys_forecast {
    enum ys_forecast_state state;
    size_t points; /* that were looked at */
    int64_t from;  /* day of the first of them */
    int64_t expected;
    int64_t earliest;
    int64_t latest;            /* -1: at the slowest pace of the interval, never */
    int64_t weekly_hundredths; /* clauses a week, in hundredths; negative: falling */
};

void ys_forecast(const struct ys_forecast_point *points, size_t count,
                 struct ys_forecast *ret_forecast);

#endif
