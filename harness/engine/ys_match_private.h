/* SPDX-License-Identifier: Apache-2.0 */
/* Matching one matcher against one observed value; shared by ys_judge.c and ys_match.c. */
#ifndef YS_MATCH_PRIVATE_H
#define YS_MATCH_PRIVATE_H

#include "ys_judge.h"
#include "ys_matcher.h"

/* What one judgement carries. `checks` grows up to YS_FINDINGS_PER_CASE_MAX. */
struct ys_matching {
    struct ys_arena *arena;
    ys_lookup_fn *lookup;
    void *context;
    struct ys_judgement *judgement; /* what did not hold is noted here */
    size_t capacity;
};

/* One observation: a single node, or all nodes of a path that may select several. */
struct ys_observed {
    const struct ys_value *value; /* NULL: nothing was there */
    bool nodes;                   /* `value` is the list of nodes that a path selected */
};

/* Matches and notes. An error is one of the suite or the harness (an undefined name, say). */
YS_NODISCARD enum ys_status ys_match__apply(struct ys_matching *matching,
                                            const struct ys_value *matcher,
                                            struct ys_observed observed, const char *target,
                                            struct ys_err *reterr);
void ys_match__note(struct ys_matching *matching, const struct ys_check *check);

#endif
