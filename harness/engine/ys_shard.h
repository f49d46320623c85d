/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One plan on several machines: which cases belong to part I of N. Every part computes the same
 * division from the same plan, so that the parts need not speak to each other; `yanshou merge`
 * puts their sealed run directories together again.
 */
#ifndef YS_SHARD_H
#define YS_SHARD_H

#include "ys_value.h"

#define YS_SHARDS_MAX 1000u

struct ys_shard {
    unsigned index; /* from 1 */
    unsigned count; /* 0: the plan is not divided */
};

/* "2/5", "auto" or "auto/5". `auto` takes the first that is there of
 *   YANSHOU_SHARD                    "2/5", for a matrix of any kind
 *   CI_NODE_INDEX, CI_NODE_TOTAL     GitLab's `parallel:`, from 1
 *   JOB_COMPLETION_INDEX             Kubernetes Indexed Jobs, from 0; N from "auto/N"
 * YS_ERR_USAGE says what is wrong or missing. */
YS_NODISCARD enum ys_status ys_shard_parse(const char *text, struct ys_shard *ret_shard,
                                           struct ys_err *reterr);

/* Divides `count` cases: ret_parts[i] is the part of case i, from 1. The longest case comes first
 * and goes to the part that has the least to do so far; equal ones in the order of the plan.
 * durations_ms[i] is negative where it is not known: such a case counts as the median. */
void ys_shard_divide(const int64_t *durations_ms, size_t count, unsigned parts,
                     unsigned *ret_parts);

#endif
