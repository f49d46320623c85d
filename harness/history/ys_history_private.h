/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: the clauses of a candidate through its runs. */
#ifndef YS_HISTORY_PRIVATE_H
#define YS_HISTORY_PRIVATE_H

#include "ys_history.h"

/* From good to bad. */
enum ys_clause_state {
    YS_STATE_PASS,
    YS_STATE_WAITS,     /* its cases pass; a person has yet to look */
    YS_STATE_UNTESTED,  /* some case of it never ran */
    YS_STATE_UNDECIDED, /* some case could not be decided */
    YS_STATE_FAIL
};
#define YS_STATE_COUNT 5
const char *ys_clause_state_name(enum ys_clause_state state);

struct ys_test_track {
    const char *id;
    const char *verdict; /* the last one, or NULL: it never ran */
    const char *cause;
    const char *reason;
};

struct ys_clause_track {
    const struct ys_value *row; /* of the last run */
    const char *id;
    size_t *tests; /* places in `tests` below */
    size_t test_count;
    /* What documents and persons said of it in the last run that looked at all of it and in which
     * its cases passed; NULL before there is one. */
    const char *verdict;
    const char *cause;
    const char *reason;
    enum ys_clause_state *states; /* one a day */
};

struct ys_tracks {
    struct ys_arena *arena;
    struct ys_test_track *tests;
    size_t test_count;
    struct ys_clause_track *clauses; /* the mandatory ones */
    size_t clause_count;
    int64_t *days;
    size_t day_count;
};

/* Follows the clauses through `runs` (rows with id, day, interrupted; ascending). */
YS_NODISCARD enum ys_status ys_tracks_make(struct ys_store *store, struct ys_arena *arena,
                                           const struct ys_value *runs,
                                           struct ys_tracks *ret_tracks, struct ys_err *reterr);
/* The parts of the history that come from them. */
struct ys_value *ys_tracks_points(const struct ys_tracks *tracks);
struct ys_value *ys_tracks_clauses(const struct ys_tracks *tracks);
struct ys_value *ys_tracks_blockers(const struct ys_tracks *tracks);
struct ys_value *ys_tracks_forecast(const struct ys_tracks *tracks, int64_t retrofit_end);

void ys_history_set_day(struct ys_arena *arena, struct ys_value *map, const char *name,
                        int64_t day); /* nothing for -1 */

#endif
