/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of branches against the branch-change forms that were filed (7.1): a pure function of two
 * rosters and the record of filings.
 *
 * Rows of a roster: code, name, and address, status (open or closed; open where it is left out).
 * Rows of the record: branch, change (opened, closed, moved, renamed), day (it took effect), filed,
 * published (both may be empty). Spellings of one name or address are no change (ys_place.h).
 *
 * The output is the object of docs/result-format.md ("Filings of branches"). YS_ERR_ARGUMENT names
 * list, row and remedy; YS_ERR_NOT_FOUND: no calendar for a year.
 */
#ifndef YS_FILINGS_H
#define YS_FILINGS_H

#include "ys_calendar.h"

struct ys_filings_question {
    const struct ys_value *before; /* rows of the earlier roster, and of the later */
    const struct ys_value *after;
    const struct ys_value *record;
    const char *city; /* as rosters write it */
    int64_t within;   /* working days from the day of a change to filing and to publication */
    int64_t since;    /* the day of the earlier roster, or -1: older filings are left out */
    int64_t today;    /* with `since`: what may still be filed in time is undecided */
    const struct ys_calendar *calendar;
};

YS_NODISCARD enum ys_status ys_filings_compare(struct ys_arena *arena,
                                               const struct ys_filings_question *question,
                                               const struct ys_value **ret_comparison,
                                               struct ys_err *reterr);

#endif
