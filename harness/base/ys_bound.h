/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sample without replacement proves: the one-sided lower confidence bound of a
 * hypergeometric count, in whole numbers of any length, so that no rounding can turn a verdict.
 */
#ifndef YS_BOUND_H
#define YS_BOUND_H

#include "ys_decimal.h"
#include "ys_mem.h"

#define YS_BOUND_CONFIDENCE_SCALE_MAX 6u /* digits behind the point of a confidence */

/*
 * Of `population` things, `size` were drawn and `good` of them found good. The smallest number of
 * good things in the population for which so many in the sample have a chance of more than
 * 1 - confidence: with that confidence there are at least so many. The whole population drawn:
 * `good` itself. YS_ERR_ARGUMENT: numbers that do not fit, a confidence outside (0, 1);
 * YS_ERR_LIMIT: YS_BOUND_POPULATION_MAX, YS_BOUND_SAMPLE_MAX.
 */
YS_NODISCARD enum ys_status ys_bound_lower(int64_t population, int64_t size, int64_t good,
                                           struct ys_decimal confidence, int64_t *ret_bound,
                                           struct ys_err *reterr);
/* The smallest sample that, all of it good, proves `target` good things; at most the population. */
YS_NODISCARD enum ys_status ys_bound_sample_size(int64_t population, int64_t target,
                                                 struct ys_decimal confidence, int64_t *ret_size,
                                                 struct ys_err *reterr);

#endif
