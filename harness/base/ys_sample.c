/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_sample.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ys_crypto.h"

struct drawn {
    uint8_t digest[YS_SM3_BYTES];
    size_t index;
};

static int by_digest(const void *left, const void *right)
{
    const struct drawn *l = left;
    const struct drawn *r = right;
    int order = memcmp(l->digest, r->digest, sizeof l->digest);
    return order ? order : (l->index > r->index) - (l->index < r->index);
}

size_t *ys_sample_order(struct ys_arena *arena, const char *seed, const char *const *keys,
                        size_t count)
{
    static const char head[] = "yanshou-sample-1\n";
    struct drawn *drawn = ys_arena_calloc(arena, count + 1, sizeof *drawn);
    size_t *order = ys_arena_calloc(arena, count + 1, sizeof *order);
    struct ys_sm3 *sm3 = ys_sm3_new();
    for (size_t i = 0; i < count; i++) {
        ys_sm3_update(sm3, head, sizeof head - 1);
        ys_sm3_update(sm3, seed, strlen(seed));
        ys_sm3_update(sm3, "\n", 1);
        ys_sm3_update(sm3, keys[i], strlen(keys[i]));
        ys_sm3_final(sm3, drawn[i].digest);
        drawn[i].index = i;
    }
    ys_sm3_free(sm3);
    qsort(drawn, count, sizeof *drawn, by_digest);
    for (size_t i = 0; i < count; i++) {
        order[i] = drawn[i].index;
    }
    return order;
}
