/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks and civil time in the proleptic Gregorian calendar. */
#include "ys_clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define US_PER_S INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)
#define S_PER_DAY INT64_C(86400)
#define DAYS_PER_ERA 146097      /* 400 years, after which the calendar repeats */
#define DAYS_0000_TO_1970 719468 /* from 0000-03-01, where the shifted year starts */

static int64_t real_wall_us(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static int64_t real_monotonic_ns(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

const struct ys_clock *ys_clock_real(void)
{
    static const struct ys_clock real = {real_wall_us, real_monotonic_ns, NULL};
    return &real;
}

static int64_t fake_wall_us(void *context)
{
    const struct ys_clock_fake *fake = context;
    return fake->wall_us;
}

static int64_t fake_monotonic_ns(void *context)
{
    const struct ys_clock_fake *fake = context;
    return fake->monotonic_ns;
}

struct ys_clock ys_clock_from_fake(struct ys_clock_fake *fake)
{
    return (struct ys_clock){fake_wall_us, fake_monotonic_ns, fake};
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years are counted from March, so that the leap day comes last. */
int64_t ys_civil_to_days(int year, int month, int day)
{
    int64_t shifted = (int64_t)year - (month <= 2);
    int64_t era = floor_divide(shifted, 400);
    int64_t year_of_era = shifted - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_0000_TO_1970;
}

static void civil_from_days(int64_t days, struct ys_civil *ret_civil)
{
    int64_t shifted = days + DAYS_0000_TO_1970;
    int64_t era = floor_divide(shifted, DAYS_PER_ERA);
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* 0 = March */
    ret_civil->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    ret_civil->month = (int)(month < 10 ? month + 3 : month - 9);
    ret_civil->year = (int)(year_of_era + era * 400 + (ret_civil->month <= 2));
}

struct ys_civil ys_civil_from_wall(int64_t wall_us, int offset_s)
{
    struct ys_civil civil;
    int64_t seconds = floor_divide(wall_us, US_PER_S);
    int64_t microsecond = wall_us - seconds * US_PER_S;
    seconds += offset_s;
    int64_t days = floor_divide(seconds, S_PER_DAY);
    int64_t second_of_day = seconds - days * S_PER_DAY;

    civil_from_days(days, &civil);
    civil.hour = (int)(second_of_day / 3600);
    civil.minute = (int)(second_of_day / 60 % 60);
    civil.second = (int)(second_of_day % 60);
    civil.microsecond = (int)microsecond;
    return civil;
}

int64_t ys_civil_to_wall(const struct ys_civil *civil, int offset_s)
{
    int64_t days = ys_civil_to_days(civil->year, civil->month, civil->day);
    int64_t seconds = days * S_PER_DAY + civil->hour * INT64_C(3600) + civil->minute * INT64_C(60) +
                      civil->second - offset_s;
    return seconds * US_PER_S + civil->microsecond;
}

bool ys_civil_date_exists(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (month == 2 && leap);
}

/* Not by printf: every record of the evidence has two times. */
static char *put_digits(char *at, int number, int count, char end)
{
    for (int i = count; i-- > 0; number /= 10) {
        at[i] = (char)('0' + number % 10);
    }
    at[count] = end;
    return at + count + 1;
}

static void format_time(int64_t wall_us, int offset_s, const char *zone, char *text)
{
    struct ys_civil c = ys_civil_from_wall(wall_us, offset_s);
    text = put_digits(text, c.year, 4, '-');
    text = put_digits(text, c.month, 2, '-');
    text = put_digits(text, c.day, 2, 'T');
    text = put_digits(text, c.hour, 2, ':');
    text = put_digits(text, c.minute, 2, ':');
    text = put_digits(text, c.second, 2, '.');
    text = put_digits(text, c.microsecond, 6, '\0') - 1;
    memcpy(text, zone, strlen(zone) + 1);
}

void ys_time_format_utc(int64_t wall_us, char *text)
{
    format_time(wall_us, 0, "Z", text);
}

void ys_time_format_beijing(int64_t wall_us, char *text)
{
    format_time(wall_us, YS_BEIJING_OFFSET_S, "+08:00", text);
}

/* Reads exactly `count` digits and moves the cursor behind them. */
static bool take_digits(const char **cursor, int count, int *ret_number)
{
    int number = 0;
    for (int i = 0; i < count; i++) {
        char digit = (*cursor)[i];
        if (digit < '0' || digit > '9') {
            return false;
        }
        number = number * 10 + (digit - '0');
    }
    *cursor += count;
    *ret_number = number;
    return true;
}

static bool take_char(const char **cursor, char expected)
{
    if (**cursor != expected) {
        return false;
    }
    (*cursor)++;
    return true;
}

static bool take_date(const char **cursor, struct ys_civil *civil)
{
    return take_digits(cursor, 4, &civil->year) && take_char(cursor, '-') &&
           take_digits(cursor, 2, &civil->month) && take_char(cursor, '-') &&
           take_digits(cursor, 2, &civil->day) &&
           ys_civil_date_exists(civil->year, civil->month, civil->day);
}

/* ".482913": at least one digit; digits below a microsecond are cut. */
static bool take_fraction(const char **cursor, int *ret_microsecond)
{
    int microsecond = 0;
    int digits = 0;
    while (**cursor >= '0' && **cursor <= '9') {
        if (digits < 6) {
            microsecond = microsecond * 10 + (**cursor - '0');
        }
        digits++;
        (*cursor)++;
    }
    for (int i = digits; i < 6; i++) {
        microsecond *= 10;
    }
    *ret_microsecond = microsecond;
    return digits > 0;
}

static bool take_time(const char **cursor, struct ys_civil *civil)
{
    bool whole = take_digits(cursor, 2, &civil->hour) && take_char(cursor, ':') &&
                 take_digits(cursor, 2, &civil->minute) && take_char(cursor, ':') &&
                 take_digits(cursor, 2, &civil->second);
    if (!whole || civil->hour > 23 || civil->minute > 59 || civil->second > 59) {
        return false;
    }
    return !take_char(cursor, '.') || take_fraction(cursor, &civil->microsecond);
}

static bool take_zone(const char **cursor, int *ret_offset_s)
{
    int hours = 0;
    int minutes = 0;
    if (take_char(cursor, 'Z')) {
        *ret_offset_s = 0;
        return true;
    }
    int sign = **cursor == '-' ? -1 : 1;
    if (!take_char(cursor, '+') && !take_char(cursor, '-')) {
        return false;
    }
    if (!take_digits(cursor, 2, &hours) || !take_char(cursor, ':') ||
        !take_digits(cursor, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *ret_offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

enum ys_status ys_time_parse(const char *text, int64_t *ret_wall_us, struct ys_err *reterr)
{
    struct ys_civil civil = {0};
    int offset_s = 0;
    const char *cursor = text;

    if (!take_date(&cursor, &civil) || !take_char(&cursor, 'T') || !take_time(&cursor, &civil) ||
        !take_zone(&cursor, &offset_s) || *cursor != '\0') {
        return ys_err_set(reterr, YS_ERR_TIME,
                          "'%s' is not a time such as 2026-11-23T17:12:31+08:00", text);
    }
    *ret_wall_us = ys_civil_to_wall(&civil, offset_s);
    return YS_OK;
}

enum ys_status ys_date_parse(const char *text, struct ys_civil *ret_date, struct ys_err *reterr)
{
    struct ys_civil civil = {0};
    const char *cursor = text;

    if (!take_date(&cursor, &civil) || *cursor != '\0') {
        return ys_err_set(reterr, YS_ERR_TIME, "'%s' is not a date such as 2026-11-23", text);
    }
    *ret_date = civil;
    return YS_OK;
}

void ys_sleep_ms(int64_t ms)
{
    if (ms <= 0) {
        return;
    }
    struct timespec wait = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&wait, NULL);
}

bool ys_time_parse_http(const char *text, int64_t *ret_wall_us)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4];
    struct ys_civil civil = {0};
    if (!text || sscanf(text, "%*3s, %2d %3s %4d %2d:%2d:%2d", &civil.day, month, &civil.year,
                        &civil.hour, &civil.minute, &civil.second) != 6) {
        return false;
    }
    const char *at = strstr(months, month);
    if (!at || strlen(month) != 3) {
        return false;
    }
    civil.month = (int)((at - months) / 3) + 1;
    *ret_wall_us = ys_civil_to_wall(&civil, 0);
    return true;
}
