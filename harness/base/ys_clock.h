/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks, real and fake, and civil time in Beijing (Asia/Shanghai: UTC+8, no daylight saving
 * since 1992), computed without the C library's time zone so that no machine setting matters.
 */
#ifndef YS_CLOCK_H
#define YS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "ys_err.h"

/* Wall time in microseconds since 1970-01-01T00:00:00Z; monotonic time in nanoseconds. */
struct ys_clock {
    int64_t (*wall_us)(void *context);
    int64_t (*monotonic_ns)(void *context);
    void *context;
};

/* The machine's clocks. */
const struct ys_clock *ys_clock_real(void);

/* A clock for tests: stands still until it is set. */
struct ys_clock_fake {
    int64_t wall_us;
    int64_t monotonic_ns;
};
struct ys_clock ys_clock_from_fake(struct ys_clock_fake *fake);

struct ys_civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour;
    int minute;
    int second;
    int microsecond;
};

#define YS_BEIJING_OFFSET_S (8 * 3600)
#define YS_TIME_TEXT_MAX 40u /* bytes of the texts below, NUL included */

int64_t ys_civil_to_days(int year, int month, int day); /* days since 1970-01-01 */
struct ys_civil ys_civil_from_wall(int64_t wall_us, int offset_s);
int64_t ys_civil_to_wall(const struct ys_civil *civil, int offset_s);
bool ys_civil_date_exists(int year, int month, int day);

/* "2026-11-23T09:12:31.482913Z" and "2026-11-23T17:12:31.482913+08:00". */
void ys_time_format_utc(int64_t wall_us, char *text);
void ys_time_format_beijing(int64_t wall_us, char *text);
/* ISO 8601 with 'Z' or a numeric offset; the fraction is optional. YS_ERR_TIME. */
YS_NODISCARD enum ys_status ys_time_parse(const char *text, int64_t *ret_wall_us,
                                          struct ys_err *reterr);
/* The Date of HTTP (RFC 9110, 5.6.7), "Mon, 23 Nov 2026 17:12:31 GMT"; false where it is none. */
bool ys_time_parse_http(const char *text, int64_t *ret_wall_us);
/* "YYYY-MM-DD" that exists. YS_ERR_TIME. */
YS_NODISCARD enum ys_status ys_date_parse(const char *text, struct ys_civil *ret_date,
                                          struct ys_err *reterr);

/* Returns early when a signal arrives, so that Ctrl-C is seen at once. */
void ys_sleep_ms(int64_t ms);

#endif
