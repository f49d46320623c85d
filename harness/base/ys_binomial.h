/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sample proves, in whole numbers: exact confidence bounds of a share (Clopper and Pearson,
 * 1934) and of a quantile (by order statistics). Confidence is one-sided 97.5 % at each end, so
 * that both ends together hold with 95 %.
 */
#ifndef YS_BINOMIAL_H
#define YS_BINOMIAL_H

#include <stddef.h>
#include <stdint.h>

#define YS_BINOMIAL_SIZE_MAX 100000u
#define YS_BINOMIAL_WHOLE 10000u /* shares are in ten-thousandths */

/* Bounds of the share of which `hits` of `size` were seen. */
void ys_share_bounds(uint64_t hits, uint64_t size, uint32_t *ret_low, uint32_t *ret_high);

/* Ranks (from 1) in a sorted sample between which the quantile lies; 0: the sample is too small to
 * bound it on that side. `quantile` in ten-thousandths: 9500 for the 95th percentile. */
void ys_quantile_ranks(uint64_t size, uint32_t quantile, uint64_t *ret_low, uint64_t *ret_high);

#endif
