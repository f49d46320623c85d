/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The weights of a binomial distribution are taken relative to its mode, as whole numbers, by the
 * ratio of neighbours; what falls below 2^-44 of the mode counts nothing.
 */
#include "ys_binomial.h"

#include <assert.h>

__extension__ typedef unsigned __int128 weight;

#define MODE_WEIGHT ((weight)1 << 44)
#define TAIL_PARTS 40u /* a tail of 1/40 is 2.5 % */

static weight up(weight w, uint64_t k, uint64_t n, uint32_t p)
{
    return w * (n - k) * p / ((weight)(k + 1u) * (YS_BINOMIAL_WHOLE - p));
}

static weight down(weight w, uint64_t k, uint64_t n, uint32_t p)
{
    return w * k * (YS_BINOMIAL_WHOLE - p) / ((weight)(n - k + 1u) * p);
}

/* Whether at most 2.5 % lie at or below `k` of n draws that hit with p. */
static int is_low_tail(uint64_t k, uint64_t n, uint32_t p)
{
    if (p == 0) {
        return 0; /* all draws miss: the whole distribution is at 0 */
    }
    if (p == YS_BINOMIAL_WHOLE) {
        return k < n;
    }
    uint64_t mode = (n + 1u) * p / YS_BINOMIAL_WHOLE;
    mode = mode > n ? n : mode;
    weight total = MODE_WEIGHT;
    weight tail = mode <= k ? MODE_WEIGHT : 0;
    weight w = MODE_WEIGHT;
    for (uint64_t i = mode; i < n && w; i++) {
        w = up(w, i, n, p);
        total += w;
        tail += i + 1u <= k ? w : 0;
    }
    w = MODE_WEIGHT;
    for (uint64_t i = mode; i > 0 && w; i--) {
        w = down(w, i, n, p);
        total += w;
        tail += i - 1u <= k ? w : 0;
    }
    return tail * TAIL_PARTS <= total;
}

/* The smallest share that makes so few hits unlikely. */
static uint32_t high_bound(uint64_t hits, uint64_t size)
{
    uint32_t low = 0;
    uint32_t high = YS_BINOMIAL_WHOLE;
    while (hits < size && high - low > 1u) {
        uint32_t middle = low + (high - low) / 2u;
        if (is_low_tail(hits, size, middle)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

void ys_share_bounds(uint64_t hits, uint64_t size, uint32_t *ret_low, uint32_t *ret_high)
{
    assert(hits <= size && size <= YS_BINOMIAL_SIZE_MAX);
    if (size == 0) {
        *ret_low = 0;
        *ret_high = YS_BINOMIAL_WHOLE;
        return;
    }
    *ret_high = high_bound(hits, size);
    /* Hits are the misses of the other side. */
    *ret_low = YS_BINOMIAL_WHOLE - high_bound(size - hits, size);
}

void ys_quantile_ranks(uint64_t size, uint32_t quantile, uint64_t *ret_low, uint64_t *ret_high)
{
    assert(size <= YS_BINOMIAL_SIZE_MAX && quantile > 0 && quantile < YS_BINOMIAL_WHOLE);
    uint64_t low = 0;
    uint64_t high = 0;
    /* Values at or below the quantile are binomial: rank r lies above it when fewer than r are. */
    for (uint64_t step = size; step > 0; step /= 2u) {
        while (low + step <= size && is_low_tail(low + step - 1u, size, quantile)) {
            low += step;
        }
    }
    /* And rank r lies at or above it unless r or more are: the same from the other end. */
    for (uint64_t step = size; step > 0; step /= 2u) {
        while (high + step <= size &&
               is_low_tail(high + step - 1u, size, YS_BINOMIAL_WHOLE - quantile)) {
            high += step;
        }
    }
    *ret_low = low;
    *ret_high = high ? size - high + 1u : 0;
}
