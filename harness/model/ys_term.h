/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The regulation's terms ("within 10 working days of the application") for one candidate and one
 * day. Which terms there are is data: the `term` of a clause of kind clock.
 */
#ifndef YS_TERM_H
#define YS_TERM_H

#include "ys_calendar.h"
#include "ys_candidate.h"
#include "ys_regulation.h"

enum ys_term_state {
    YS_TERM_NOT_STARTED, /* the event that starts it has no date */
    YS_TERM_RUNNING,
    YS_TERM_ENDING,  /* running, and little is left (YS_TERM_ENDING_*) */
    YS_TERM_OVERDUE, /* not done, and its due day is over */
    YS_TERM_KEPT,    /* done by its due day */
    YS_TERM_MISSED   /* done later */
};
#define YS_TERM_ENDING_WORKING_DAYS 2
#define YS_TERM_ENDING_DAYS 14

/* Days as in ys_calendar.h; what is not known is -1. */
struct ys_term_status {
    const struct ys_clause *clause;
    enum ys_term_state state;
    int64_t started;
    int64_t due;
    int64_t warned;    /* the first day on which little is left, for a reminder */
    int64_t done;
    int64_t day;       /* which working day (or day of the months) today is, counted from 1 */
    int64_t of;        /* of how many */
    int64_t left;      /* days of the same kind until it is due; negative afterwards */
    bool in_months;    /* counted in calendar days of the months, not in working days */
    struct ys_err err; /* YS_OK, or why it cannot be computed: no calendar for a year */
};

/* The terms of the regulation in its order. Arena-owned. */
void ys_terms(struct ys_arena *arena, const struct ys_regulation *regulation,
              const struct ys_calendar *calendar, const struct ys_candidate *candidate,
              int64_t today, struct ys_term_status **ret_terms, size_t *ret_count);

/* "running", "overdue" …, and a sentence for people. Arena-owned. */
const char *ys_term_state_name(enum ys_term_state state);
const char *ys_term_note(struct ys_arena *arena, const struct ys_term_status *term,
                         const char *lang);

#endif
