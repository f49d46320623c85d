/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples by a seed that another program can draw again: keys are put in the order of
 * SM3("yanshou-sample-1\n" SEED "\n" KEY), as bytes, and the first n of them are the sample. SEED
 * is the decimal number without leading zeros; equal keys keep their order. By hand:
 *     printf 'yanshou-sample-1\n%s\n%s' "$seed" "$key" | openssl dgst -sm3
 */
#ifndef YS_SAMPLE_H
#define YS_SAMPLE_H

#include "ys_mem.h"

#define YS_SAMPLE_METHOD "sm3-order-1"

/* The positions of the keys in their drawn order. Arena-owned. */
size_t *ys_sample_order(struct ys_arena *arena, const char *seed, const char *const *keys,
                        size_t count);

#endif
