/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of each clause and case since an earlier run: what newly fails, what is put right,
 * what fails still. Unlike a diff (ys_diff.h) it tells of what fails in both, counts what is the
 * same, and never takes what was not decided, or not tested, for put right. Cases are read one at a
 * time; of the earlier ones id, verdict and fingerprint are held (about 100 bytes each).
 */
#ifndef YS_COMPARE_H
#define YS_COMPARE_H

#include "ys_json_stream.h"

/* Entries that a group tells; the rest is counted. */
#define YS_COMPARE_LISTED_MAX 200u

/*
 * A map of `clauses`, `cases`, each with the groups
 *   new        fails now, and did not then
 *   fixed      failed then, and passes now or does not apply
 *   still      fails in both
 *   unsettled  failed then, and is undecided or not tested now
 *   undecided  passed then, and is undecided or not tested now
 *   decided    passes now, and did not pass then for not being decided or tested
 *   unchanged  the rest: of no consequence
 * A group is {`count`, `entries` of {id, title, was, is, again}}: verdicts, NULL values where a run
 * has no such case, and `again` of a case that fails still: whether in the same way. `unchanged`
 * has no entries. `retried` {was, is}: cases that took more than one attempt. Arena-owned.
 * YS_ERR_INVALID for a value that is no result, and what reading the cases finds.
 */
YS_NODISCARD enum ys_status ys_compare_results(struct ys_arena *arena, struct ys_json_stream *was,
                                               struct ys_json_stream *is,
                                               const struct ys_value **ret_comparison,
                                               struct ys_err *reterr);

#endif
