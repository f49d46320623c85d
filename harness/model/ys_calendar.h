/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Working days: Monday to Friday but for public holidays, and the weekend days that are worked in
 * exchange (调休), after the State Council's yearly notices. A year is a file CALENDAR/YEAR.yaml of
 * the regulation's folder; a day of a year without one is an error that says how to add it.
 *
 * Days are numbers since 1970-01-01 (ys_civil_to_days); all are days in Beijing.
 */
#ifndef YS_CALENDAR_H
#define YS_CALENDAR_H

#include "ys_diag.h"
#include "ys_text.h"

struct ys_calendar_year {
    int64_t year;
    struct ys_text source;
    const int64_t *days_off; /* weekdays, in the order of the file */
    size_t off_count;
    const int64_t *days_worked; /* Saturdays and Sundays */
    size_t worked_count;
    const struct ys_value *at;
};

struct ys_calendar {
    const char *folder;
    const struct ys_calendar_year *years;
    size_t year_count;
};

/* The years of the documents of a folder, which is named where one is missing. */
const struct ys_calendar *ys_calendar_load(struct ys_arena *arena, const char *folder,
                                           const struct ys_document *const *documents, size_t count,
                                           struct ys_diags *diags);

/* YS_ERR_NOT_FOUND: no calendar for the year, with the remedy. */
YS_NODISCARD enum ys_status ys_calendar_is_working(const struct ys_calendar *calendar, int64_t day,
                                                   bool *ret_working, struct ys_err *reterr);
/* The n-th working day after `day`, which is itself not counted; n is at least 1. */
YS_NODISCARD enum ys_status ys_calendar_after(const struct ys_calendar *calendar, int64_t day,
                                              int64_t n, int64_t *ret_day, struct ys_err *reterr);
/* How many working days lie after `from`, up to and including `to`; 0 where `to` is not later. */
YS_NODISCARD enum ys_status ys_calendar_count(const struct ys_calendar *calendar, int64_t from,
                                              int64_t to, int64_t *ret_count,
                                              struct ys_err *reterr);

/* The same day n months later, or the last day of a month that has no such day. */
int64_t ys_day_add_months(int64_t day, int64_t months);
/* "2026-02-28"; `text` holds 11 bytes. */
void ys_day_format(int64_t day, char *text);
YS_NODISCARD enum ys_status ys_day_parse(const char *text, int64_t *ret_day, struct ys_err *reterr);

#endif
