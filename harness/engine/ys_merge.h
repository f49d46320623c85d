/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed parts of one plan put together into one run directory: their records joined in one
 * log (ys_parts.h), their cases rolled up to clauses as if one run had done them all, sealed. Or
 * copies of one run, whose findings several persons took in apart from each other: the run with
 * the findings of all.
 */
#ifndef YS_MERGE_H
#define YS_MERGE_H

#include "ys_clock.h"
#include "ys_pack.h"

struct ys_merge_options {
    const struct ys_pack *pack; /* the suites of the parts, by digest */
    const char *const *part_dirs;
    size_t part_count;
    const char *run_dir; /* must not exist */
    const struct ys_clock *clock;
};

/* Refused are: a part that does not verify (YS_ERR_EVIDENCE_BROKEN); one that is no part, parts of
 * different plans, suites, candidates or builds, one that is missing, one that is there twice, a
 * signed copy (YS_ERR_USAGE, with what differs and where). Nothing is left behind then. */
YS_NODISCARD enum ys_status ys_merge(const struct ys_merge_options *options,
                                     struct ys_err *reterr);

#endif
