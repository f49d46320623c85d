/* SPDX-License-Identifier: Apache-2.0 */
/* A forecast follows the trend, tells how sure it is, and refuses where nothing can be said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ys_forecast.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void a_straight_line_ends_where_it_meets_zero(void **state)
{
    (void)state;
    struct ys_forecast forecast;
    struct ys_forecast_point points[10];
    for (size_t i = 0; i < COUNT(points); i++) {
        points[i] = (struct ys_forecast_point){100 + 7 * (int64_t)i, 40 - 2 * (int64_t)i};
    }
    ys_forecast(points, COUNT(points), &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_GIVEN);
    assert_int_equal(forecast.weekly_hundredths, -200);
    /* 22 are open on day 163; two a week take eleven weeks. */
    assert_int_equal(forecast.expected, 163 + 77);
    assert_int_equal(forecast.earliest, forecast.expected);
    assert_int_equal(forecast.latest, forecast.expected);
}

static void one_bad_week_widens_the_interval_and_keeps_the_pace(void **state)
{
    (void)state;
    struct ys_forecast forecast;
    const struct ys_forecast_point points[] = {{0, 30},  {7, 28},  {14, 26}, {21, 38}, {28, 22},
                                               {35, 20}, {42, 18}, {49, 16}, {56, 14}, {63, 12}};
    ys_forecast(points, COUNT(points), &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_GIVEN);
    assert_int_equal(forecast.weekly_hundredths, -200);
    assert_int_equal(forecast.expected, 63 + 42);
    assert_true(forecast.earliest <= forecast.expected);
    assert_true(forecast.latest < 0 || forecast.latest >= forecast.expected);
}

static void what_goes_up_and_down_has_no_latest_day(void **state)
{
    (void)state;
    struct ys_forecast forecast;
    const struct ys_forecast_point points[] = {{0, 20},  {7, 18},  {14, 20}, {21, 17}, {28, 20},
                                               {35, 18}, {42, 19}, {49, 17}, {56, 19}};
    ys_forecast(points, COUNT(points), &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_GIVEN);
    assert_int_equal(forecast.latest, -1);
}

static void too_little_is_refused(void **state)
{
    (void)state;
    struct ys_forecast forecast;
    struct ys_forecast_point points[8];
    for (size_t i = 0; i < COUNT(points); i++) {
        points[i] = (struct ys_forecast_point){(int64_t)i, 40 - (int64_t)i};
    }
    ys_forecast(points, COUNT(points), &forecast); /* eight days within three weeks */
    assert_int_equal(forecast.state, YS_FORECAST_TOO_FEW);
    points[7].day = 30;
    ys_forecast(points, 7, &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_TOO_FEW);
    ys_forecast(points, COUNT(points), &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_GIVEN);
    ys_forecast(points, 0, &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_TOO_FEW);
    points[0].day = 30 - YS_FORECAST_WINDOW_DAYS - 1; /* too old to tell the pace */
    ys_forecast(points, COUNT(points), &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_TOO_FEW);
}

static void no_progress_is_said(void **state)
{
    (void)state;
    struct ys_forecast forecast;
    struct ys_forecast_point points[9];
    for (size_t i = 0; i < COUNT(points); i++) {
        points[i] = (struct ys_forecast_point){7 * (int64_t)i, 12};
    }
    ys_forecast(points, COUNT(points), &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_NO_PROGRESS);
    points[8].open = 0;
    ys_forecast(points, COUNT(points), &forecast);
    assert_int_equal(forecast.state, YS_FORECAST_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_straight_line_ends_where_it_meets_zero),
        cmocka_unit_test(one_bad_week_widens_the_interval_and_keeps_the_pace),
        cmocka_unit_test(what_goes_up_and_down_has_no_latest_day),
        cmocka_unit_test(too_little_is_refused),
        cmocka_unit_test(no_progress_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
