/* SPDX-License-Identifier: Apache-2.0 */
/* What reading, matching (ys_roster.c) and counting share. */
#ifndef YS_ROSTER_PRIVATE_H
#define YS_ROSTER_PRIVATE_H

#include "ys_roster.h"

/* What a point adds to the count in one reading. */
struct ys_share {
    int instant;
    int branches;
};

struct ys_point {
    const char *code;
    const char *name;
    const char *address;
    const char *city;
    const char *licence;
    bool here;    /* in the city, by the list */
    bool open;
    bool staffed; /* a business branch, no self-service point */
    bool instant; /* as claimed */
    bool unsure;  /* the roster and the list of instant branches say different things */
    bool listed;  /* a row of the roster, not of the register */
    bool again;   /* its code stands before it in the same list */
    const char *name_key;
    const char *address_key;
    const char *loose_name;
    const char *loose_address;
    struct ys_point *match; /* the same branch in the other list */
    struct ys_point *twin;  /* another spelling of it, for a person */
    /* What it counts: as reconciled, at worst, at best. Of a pair, the register's row counts. */
    bool counted;
    struct ys_share now;
    struct ys_share worst;
    struct ys_share best;
    const char *probe; /* "confirmed", "refuted" or NULL */
};

struct ys_points {
    struct ys_point *at;
    size_t count;
};

struct ys_roster_work {
    struct ys_arena *arena;
    const char *city;
    int64_t numerator;
    int64_t denominator;
    int64_t within_minutes;
    struct ys_points roster;
    struct ys_points licensed;
    const struct ys_value *sample;
    const struct ys_value *probes;
    struct ys_value *differences;
    struct ys_value *near_duplicates;
    struct ys_value *excluded;
};

YS_NODISCARD enum ys_status ys_roster__read(struct ys_roster_work *work,
                                            const struct ys_value *input, struct ys_err *reterr);
/* Points in the order of one of their texts, for searches. `offset` is that of a const char *. */
struct ys_point **ys_roster__sorted(struct ys_arena *arena, const struct ys_points *points,
                                    size_t offset);
/* The first point with that text; `*ret_count` says how many follow one another. */
size_t ys_roster__find(struct ys_point *const *sorted, size_t count, size_t offset,
                       const char *text, size_t *ret_count);
struct ys_value *ys_roster__texts(struct ys_arena *arena, const char *zh, const char *en);
YS_NODISCARD enum ys_status ys_roster__count(struct ys_roster_work *work,
                                             const struct ys_value **ret_coverage,
                                             struct ys_err *reterr);

#endif
