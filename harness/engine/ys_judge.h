/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging: a pure function of an expectation, an observation and the variables known at that
 * moment. No clock, no network, no card; the same inputs give the same verdict for ever.
 *
 * An observation is the value that the evidence holds:
 *   call  {"outcome": …, outputs…}
 *   http  {"status": 200, "headers": {lower-case name: value}, "json": …, "xml", "body": texts,
 *          "time_ms": n, "tls": {"version", "cipher"}}
 *   card  {"sw": "9000", "data": HEX, "fields": {name: text}, "command": "read EF06"}
 *   coverage  what ys_roster_reconcile() gives; without `expect`, `decision: met`
 *   check the value itself
 *
 * The vacuity guard: `each`, `any`, `none`, `unique` over an empty list, or a path that matched
 * nothing where no matcher asks for existence or count, is inconclusive unless the matcher map
 * says `allow_empty: true`.
 */
#ifndef YS_JUDGE_H
#define YS_JUDGE_H

#include "ys_expr.h"
#include "ys_suite.h"
#include "ys_verdict.h"

struct ys_check {
    enum ys_verdict verdict; /* pass, inconclusive or fail */
    enum ys_cause cause;
    const struct ys_value *at; /* the expectation in the suite */
    const char *target;
    const char *expected;
    const char *observed;
    const char *reason;
};

struct ys_judgement {
    enum ys_verdict verdict; /* the worst check; pass when all hold */
    struct ys_check *checks; /* those that did not pass; arena-owned */
    size_t count;
    size_t omitted;
    size_t passed; /* number of checks that held */
};

/* `expect` NULL means the step's own contract (call: outcome accepted; contract: no faults either;
 * card: status word 9000). */
YS_NODISCARD enum ys_status ys_judge(struct ys_arena *arena, enum ys_step_kind kind,
                                     const struct ys_value *expect,
                                     const struct ys_value *observation, ys_lookup_fn *lookup,
                                     void *context, struct ys_judgement *ret_judgement,
                                     struct ys_err *reterr);

#endif
