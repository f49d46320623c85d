/* SPDX-License-Identifier: Apache-2.0 */
/*
 * P(X >= k) = sum over x of C(K,x) C(N-K,n-x) / C(N,n). Numerators follow one another by exact
 * products and quotients of small numbers: t(x+1) = t(x) (K-x)(n-x) / ((x+1)(N-K-n+x+1)).
 */
#include "ys_bound.h"

#include <string.h>

#include "ys_limits.h"

#define LIMBS_MAX 4096u /* of 32 bits: C(100000, 2000) has 14,300 bits, and room for the scale */

struct big {
    size_t count;
    uint32_t limbs[LIMBS_MAX];
};

static void big_set(struct big *big, uint32_t value)
{
    big->count = value ? 1 : 0;
    big->limbs[0] = value;
}

static void big_multiply(struct big *big, uint32_t factor)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < big->count; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry && big->count < LIMBS_MAX) {
        big->limbs[big->count++] = (uint32_t)carry;
    }
    while (big->count && big->limbs[big->count - 1] == 0) {
        big->count--;
    }
}

static void big_divide(struct big *big, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = big->count; i-- > 0;) {
        rest = (rest << 32) | big->limbs[i];
        big->limbs[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (big->count && big->limbs[big->count - 1] == 0) {
        big->count--;
    }
}

static void big_add(struct big *sum, const struct big *other)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < other->count || carry; i++) {
        if (i == sum->count) {
            if (sum->count == LIMBS_MAX) {
                return; /* the caps keep every number far below */
            }
            sum->limbs[sum->count++] = 0;
        }
        carry += (uint64_t)sum->limbs[i] + (i < other->count ? other->limbs[i] : 0);
        sum->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (size_t i = a->count; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
        }
    }
    return 0;
}

/* big · C(n, k) */
static void big_choose(struct big *big, int64_t n, int64_t k)
{
    k = k > n - k ? n - k : k;
    for (int64_t i = 1; i <= k; i++) {
        big_multiply(big, (uint32_t)(n - k + i));
        big_divide(big, (uint32_t)i);
    }
}

struct question {
    int64_t population; /* N */
    int64_t size;       /* n */
    int64_t good;       /* k */
    uint32_t scale;     /* the chance is chance / scale */
    uint32_t chance;
    struct big total; /* C(N, n) · chance */
    struct big term;
    struct big tail;
};

/* Whether P(X >= k) with `all` good ones in the population is above the chance. */
static bool is_likely(struct question *q, int64_t all)
{
    int64_t bad = q->population - all;
    int64_t last = q->size < all ? q->size : all;
    int64_t x = q->good > q->size - bad ? q->good : q->size - bad;
    big_set(&q->tail, 0);
    if (x > last) {
        return false;
    }
    big_set(&q->term, 1);
    big_choose(&q->term, bad, q->size - x);
    big_choose(&q->term, all, x);
    big_add(&q->tail, &q->term);
    for (; x < last; x++) {
        big_multiply(&q->term, (uint32_t)(all - x));
        big_multiply(&q->term, (uint32_t)(q->size - x));
        big_divide(&q->term, (uint32_t)(x + 1));
        big_divide(&q->term, (uint32_t)(bad - q->size + x + 1));
        big_add(&q->tail, &q->term);
    }
    big_multiply(&q->tail, q->scale);
    return big_compare(&q->tail, &q->total) > 0;
}

static enum ys_status prepare(struct question *q, struct ys_decimal confidence,
                              struct ys_err *reterr)
{
    if (confidence.scale == 0 || confidence.scale > YS_BOUND_CONFIDENCE_SCALE_MAX ||
        confidence.coefficient <= 0) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "a confidence lies between 0 and 1 and has at most %u digits, such as "
                          "0.95", YS_BOUND_CONFIDENCE_SCALE_MAX);
    }
    q->scale = 1;
    for (unsigned i = 0; i < confidence.scale; i++) {
        q->scale *= 10;
    }
    if (confidence.coefficient >= (int64_t)q->scale) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "a confidence lies between 0 and 1");
    }
    q->chance = q->scale - (uint32_t)confidence.coefficient;
    if (q->population > (int64_t)YS_BOUND_POPULATION_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "a population over YS_BOUND_POPULATION_MAX");
    }
    return YS_OK;
}

static void set_total(struct question *q)
{
    big_set(&q->total, q->chance);
    big_choose(&q->total, q->population, q->size);
}

enum ys_status ys_bound_lower(int64_t population, int64_t size, int64_t good,
                              struct ys_decimal confidence, int64_t *ret_bound,
                              struct ys_err *reterr)
{
    if (good < 0 || size < good || population < size) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "%lld good of %lld drawn from %lld",
                          (long long)good, (long long)size, (long long)population);
    }
    struct question *q = ys_calloc(1, sizeof *q);
    q->population = population;
    q->size = size;
    q->good = good;
    enum ys_status status = prepare(q, confidence, reterr);
    int64_t low = good;
    if (status != YS_OK || size == population || good == 0) {
        goto out;
    }
    if (size > (int64_t)YS_BOUND_SAMPLE_MAX) {
        status = ys_err_set(reterr, YS_ERR_LIMIT, "a sample over YS_BOUND_SAMPLE_MAX");
        goto out;
    }
    set_total(q);
    /* The chance grows with the number of good ones; at the greatest possible it is 1. */
    for (int64_t high = population - (size - good); low < high;) {
        int64_t middle = low + (high - low) / 2;
        if (is_likely(q, middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
out:
    ys_free(q);
    if (status == YS_OK) {
        *ret_bound = low;
    }
    return status;
}

enum ys_status ys_bound_sample_size(int64_t population, int64_t target,
                                    struct ys_decimal confidence, int64_t *ret_size,
                                    struct ys_err *reterr)
{
    struct question *q = ys_calloc(1, sizeof *q);
    q->population = population;
    enum ys_status status = prepare(q, confidence, reterr);
    int64_t most =
        population < (int64_t)YS_BOUND_SAMPLE_MAX ? population : (int64_t)YS_BOUND_SAMPLE_MAX;
    int64_t low = target > 0 ? 1 : 0;
    if (status == YS_OK && target >= population) {
        low = population; /* only all of them prove all of them */
    } else if (status == YS_OK && target > 0) {
        for (int64_t high = most + 1; low < high;) {
            int64_t middle = low + (high - low) / 2;
            q->size = middle;
            q->good = middle;
            set_total(q);
            if (is_likely(q, target - 1)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low = low > most ? population : low;
    }
    ys_free(q);
    if (status == YS_OK) {
        *ret_size = low;
    }
    return status;
}
