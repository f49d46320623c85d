/* SPDX-License-Identifier: Apache-2.0 */
/* Civil time, and times as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ys_clock.h"

static void every_day_of_eight_centuries_counts_on_by_one(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t expected = ys_civil_to_days(1600, 1, 1);
    assert_int_equal(ys_civil_to_days(1970, 1, 1), 0);
    assert_int_equal(expected, -135140);
    for (int year = 1600; year < 2400; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int last = lengths[month - 1] + (leap && month == 2);
            for (int day = 1; day <= last; day++, expected++) {
                struct ys_civil civil =
                    ys_civil_from_wall(expected * INT64_C(86400000000) + 86399999999, 0);
                assert_int_equal(ys_civil_to_days(year, month, day), expected);
                assert_true(civil.year == year && civil.month == month && civil.day == day);
            }
            assert_true(ys_civil_date_exists(year, month, last));
            assert_false(ys_civil_date_exists(year, month, last + 1));
        }
    }
    assert_false(ys_civil_date_exists(2026, 13, 1));
    assert_false(ys_civil_date_exists(2026, 0, 1));
    assert_false(ys_civil_date_exists(2026, 1, 0));
}

static void a_time_has_its_utc_and_its_beijing_text(void **state)
{
    (void)state;
    char text[YS_TIME_TEXT_MAX];
    int64_t wall_us = 0;
    assert_int_equal(ys_time_parse("2026-11-23T17:12:31.482913+08:00", &wall_us, NULL), YS_OK);
    ys_time_format_utc(wall_us, text);
    assert_string_equal(text, "2026-11-23T09:12:31.482913Z");
    ys_time_format_beijing(wall_us, text);
    assert_string_equal(text, "2026-11-23T17:12:31.482913+08:00");
    ys_time_format_utc(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    /* Midnight of Beijing lies on the day before in UTC. */
    assert_int_equal(ys_time_parse("2024-03-01T00:00:00+08:00", &wall_us, NULL), YS_OK);
    ys_time_format_utc(wall_us, text);
    assert_string_equal(text, "2024-02-29T16:00:00.000000Z");
}

static void only_whole_existing_times_are_read(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026-11-23",
        "2026-11-23T17:12:31",
        "2026-11-23 17:12:31Z",
        "2026-02-29T00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T23:60:00Z",
        "2026-11-23T23:59:60Z",
        "2026-11-23T17:12:31.Z",
        "2026-11-23T17:12:31+0800",
        "2026-11-23T17:12:31+24:00",
        "2026-11-23T17:12:31Zx",
        "26-11-23T17:12:31Z",
        "2026-11-2",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ys_err err;
        int64_t wall_us = 77;
        assert_int_equal(ys_time_parse(bad[i], &wall_us, &err), YS_ERR_TIME);
        assert_int_equal(wall_us, 77);
        assert_non_null(strstr(err.text, "is not a time"));
    }
    int64_t a = 0;
    int64_t b = 0;
    assert_int_equal(ys_time_parse("2026-11-23T17:12:31.5Z", &a, NULL), YS_OK);
    assert_int_equal(ys_time_parse("2026-11-23T12:12:31.5000009-05:00", &b, NULL), YS_OK);
    assert_true(a == b);
    assert_int_equal(a % 1000000, 500000);
}

static void only_existing_dates_are_read(void **state)
{
    (void)state;
    struct ys_civil date;
    assert_int_equal(ys_date_parse("2024-02-29", &date, NULL), YS_OK);
    assert_true(date.year == 2024 && date.month == 2 && date.day == 29 && date.hour == 0);
    assert_int_equal(ys_date_parse("2023-02-29", &date, NULL), YS_ERR_TIME);
    assert_int_equal(ys_date_parse("2024-2-29", &date, NULL), YS_ERR_TIME);
    assert_int_equal(ys_date_parse("2024-02-29x", &date, NULL), YS_ERR_TIME);
    assert_int_equal(ys_date_parse("0000-01-01", &date, NULL), YS_ERR_TIME);
    assert_int_equal(date.year, 2024);
}

static void a_fake_clock_moves_only_by_hand(void **state)
{
    (void)state;
    struct ys_clock_fake fake = {.wall_us = 5, .monotonic_ns = 7};
    struct ys_clock clock = ys_clock_from_fake(&fake);
    assert_int_equal(clock.wall_us(clock.context), 5);
    fake.wall_us = 6;
    assert_int_equal(clock.wall_us(clock.context), 6);
    assert_int_equal(clock.monotonic_ns(clock.context), 7);
}

static void the_real_clock_runs_while_one_sleeps(void **state)
{
    (void)state;
    const struct ys_clock *clock = ys_clock_real();
    int64_t before_ns = clock->monotonic_ns(clock->context);
    ys_sleep_ms(20);
    assert_true(clock->monotonic_ns(clock->context) - before_ns >= 20000000);
    ys_sleep_ms(-1);
    /* Later than this file was written. */
    assert_true(clock->wall_us(clock->context) > INT64_C(1700000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_eight_centuries_counts_on_by_one),
        cmocka_unit_test(a_time_has_its_utc_and_its_beijing_text),
        cmocka_unit_test(only_whole_existing_times_are_read),
        cmocka_unit_test(only_existing_dates_are_read),
        cmocka_unit_test(a_fake_clock_moves_only_by_hand),
        cmocka_unit_test(the_real_clock_runs_while_one_sleeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
