/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision of a gate: may a release candidate of the bank go on?
 *
 * It is a function of a gate run's result (docs/result-format.md), a baseline of known failures and
 * conditions beyond that; the day is that of the run, so that the same record decides the same for
 * ever. It changes no verdict and no report. docs/gate.md has the reasons and the format.
 */
#ifndef YS_GATE_H
#define YS_GATE_H

#include "ys_baseline.h"

enum ys_gate_inconclusive { YS_GATE_UNDECIDED, YS_GATE_RED_TOO, YS_GATE_ALLOW };

#define YS_GATE_WARN_DAYS 14 /* an entry that expires in less is warned of */

struct ys_gate_conditions {
    const struct ys_document *document;
    const char *candidate;
    int inconclusive; /* enum ys_gate_inconclusive: what a case that could not be decided does */
    int64_t warn_days;
    const char *const *must_pass; /* clauses whose cases must all pass, known failures or not */
    size_t must_pass_count;
    const struct ys_value *at;
};

YS_NODISCARD enum ys_status ys_gate_conditions_load(struct ys_arena *arena, const char *path,
                                                    struct ys_diags *diags,
                                                    const struct ys_gate_conditions **ret_gate);

enum ys_gate_decision { YS_GATE_GREEN, YS_GATE_RED, YS_GATE_OPEN };
const char *ys_gate_decision_name(enum ys_gate_decision decision); /* "green", "red", "undecided" */

/* What became of an entry of the baseline. */
enum ys_known_state {
    YS_KNOWN_STANDS,
    YS_KNOWN_EXPIRED,
    YS_KNOWN_FIXED,      /* its case passed */
    YS_KNOWN_OTHERWISE,  /* its case fails in another way */
    YS_KNOWN_NOT_TESTED, /* its case did not run or could not be decided */
    YS_KNOWN_UNMATCHED   /* no such case, or the case does not judge the clause */
};
const char *ys_known_state_name(enum ys_known_state state); /* "stands" … */
/* By the result alone; `day` as in ys_calendar.h. `ret_case` (may be NULL) is the case or NULL. */
enum ys_known_state ys_known_state_of(const struct ys_known *known, const struct ys_value *result,
                                      int64_t day, const struct ys_value **ret_case);

/* The run's day in Beijing, and the last day of the retrofit; -1 where the result has none. */
int64_t ys_result_day(const struct ys_value *result);
int64_t ys_result_retrofit_end(const struct ys_value *result);

struct ys_gate_verdict {
    enum ys_gate_decision decision;
    size_t reason_count;
    size_t warning_count;
    size_t standing;        /* entries of the baseline that stand */
    struct ys_value *value; /* gate.json, schema yanshou-gate-1; arena-owned */
};

/* `baseline` and `conditions` may be NULL. YS_ERR_USAGE for a run of another purpose,
 * YS_ERR_INVALID for a value that is no result, or of another candidate than the files. */
YS_NODISCARD enum ys_status ys_gate_decide(struct ys_arena *arena, const struct ys_value *result,
                                           const struct ys_baseline *baseline,
                                           const struct ys_gate_conditions *conditions,
                                           struct ys_gate_verdict *ret_verdict,
                                           struct ys_err *reterr);
/* A gate.json that is red because nothing was run: the selection is empty, as `why` says. */
struct ys_value *ys_gate_refuse(struct ys_arena *arena, const char *candidate, const char *why);

#endif
