/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 70 % question (5.4.5): a pure function of three lists and of what probes found.
 *
 * Input, a map:
 *   roster    rows {code, name, address, city, kind branch|self-service, status open|closed,
 *             instant_issuance, licence}; code and name must be there, the rest may be left out
 *   register  rows {code, name, address, licence, status}: the inspector's licensed branches
 *   instant   rows {code}: a list of instant-issuance branches beside the roster; optional
 *   city      "北京市"
 *   threshold {numerator, denominator}: whole numbers
 *   sample    {seed, size, confidence}; size left out: the smallest that could prove the share
 *   probes    rows {branch, outcome accepted|refused, ready_minutes}, or {branch, answer} with
 *             these two in the answer; within_minutes: what still is "at once" (120)
 * Truth values and numbers may be texts, as CSV has them.
 *
 * Whole numbers throughout: the share is met when denominator · instant >= numerator · branches.
 * The register says which branches there are, the roster which of them issue at once. Where one
 * list contradicts the other and a person must settle it, the point is read both ways: the
 * decision is `met` when the share holds in the worst reading and, where branches were probed, for
 * no more good ones than the probes prove; `not-met` when it fails in the best; else `undecided`.
 *
 * Output: the `coverage` of docs/result-format.md. YS_ERR_ARGUMENT names list, row and remedy.
 */
#ifndef YS_ROSTER_H
#define YS_ROSTER_H

#include "ys_value.h"

YS_NODISCARD enum ys_status ys_roster_reconcile(struct ys_arena *arena,
                                                const struct ys_value *input,
                                                const struct ys_value **ret_coverage,
                                                struct ys_err *reterr);

#endif
