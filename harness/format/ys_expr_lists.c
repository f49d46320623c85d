/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of "${…}" that take lists: parts, sets and samples. */
#include <string.h>

#include "ys_expr_private.h"
#include "ys_jsonpath.h"
#include "ys_sample.h"

static enum ys_status apply_count(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_LIST, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_int(arena, (int64_t)in[0]->as.list.count);
    }
    return status;
}

/* The item at one end of a list. */
static enum ys_status item_at_end(const struct ys_value *list, bool last,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    enum ys_status status = ys_expr__need(list, YS_KIND_LIST, reterr);
    if (status == YS_OK && list->as.list.count == 0) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "the list is empty");
    }
    if (status == YS_OK) {
        *ret_value = list->as.list.items[last ? list->as.list.count - 1 : 0];
    }
    return status;
}

static enum ys_status apply_first(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)arena;
    (void)count;
    return item_at_end(in[0], false, ret_value, reterr);
}

static enum ys_status apply_last(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                 const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)arena;
    (void)count;
    return item_at_end(in[0], true, ret_value, reterr);
}

static enum ys_status apply_select(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    const struct ys_jsonpath *path = NULL;
    enum ys_status status = ys_expr__need(in[1], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        status = ys_jsonpath_parse(arena, in[1]->as.string.bytes, &path, reterr);
    }
    return status == YS_OK ? ys_jsonpath_select(arena, path, in[0], ret_value, reterr) : status;
}

/*
 * Sets of values by hashing, so that 20,000 items against 20,000 stay linear; equality is
 * ys_value_equal's, and equal values have equal hashes: members of a map count in any order.
 */
struct set {
    const struct ys_value **slots;
    size_t size; /* a power of two, at least twice the items */
};

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ p[i]) * 1099511628211u; /* FNV-1a */
    }
    return hash;
}

static uint64_t hash_value(const struct ys_value *value)
{
    char number[YS_DECIMAL_TEXT_MAX];
    uint64_t hash = 14695981039346656037u + (uint64_t)value->kind;
    switch (value->kind) {
    case YS_KIND_NULL:
        break;
    case YS_KIND_BOOL:
        hash += value->as.boolean ? 16 : 0;
        break;
    case YS_KIND_NUMBER:
        return hash_bytes(hash, number, ys_decimal_format(value->as.number, number));
    case YS_KIND_STRING:
        return hash_bytes(hash, value->as.string.bytes, value->as.string.length);
    case YS_KIND_LIST:
        for (size_t i = 0; i < value->as.list.count; i++) {
            uint64_t item = hash_value(value->as.list.items[i]);
            hash = hash_bytes(hash, &item, sizeof item);
        }
        break;
    case YS_KIND_MAP:
        for (size_t i = 0; i < value->as.map.count; i++) {
            const struct ys_member *member = &value->as.map.members[i];
            hash += hash_bytes(hash_value(member->value), member->name, strlen(member->name));
        }
        break;
    }
    return hash;
}

static void set_init(struct set *set, struct ys_arena *arena, size_t items)
{
    set->size = 16;
    while (set->size < 2 * items + 2) {
        set->size *= 2;
    }
    set->slots = ys_arena_calloc(arena, set->size, sizeof *set->slots);
}

/* The slot where a value is or would be. */
static const struct ys_value **set_slot(struct set *set, const struct ys_value *value)
{
    size_t at = (size_t)hash_value(value) & (set->size - 1);
    while (set->slots[at] && !ys_value_equal(set->slots[at], value)) {
        at = (at + 1) & (set->size - 1);
    }
    return &set->slots[at];
}

static void set_fill(struct set *set, struct ys_arena *arena, const struct ys_value *list)
{
    set_init(set, arena, list->as.list.count);
    for (size_t i = 0; i < list->as.list.count; i++) {
        *set_slot(set, list->as.list.items[i]) = list->as.list.items[i];
    }
}

static enum ys_status apply_unique(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_LIST, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct set seen;
    struct ys_value *list = ys_value_list(arena);
    set_init(&seen, arena, in[0]->as.list.count);
    for (size_t i = 0; i < in[0]->as.list.count; i++) {
        const struct ys_value **slot = set_slot(&seen, in[0]->as.list.items[i]);
        if (!*slot) {
            *slot = in[0]->as.list.items[i];
            ys_value_append(arena, list, *slot);
        }
    }
    *ret_value = list;
    return YS_OK;
}

/* The items of the first list that are, or are not, in the second. */
static enum ys_status filter(struct ys_arena *arena, ys_expr_arguments in, bool keep_common,
                             const struct ys_value **ret_value, struct ys_err *reterr)
{
    enum ys_status status = ys_expr__need(in[0], YS_KIND_LIST, reterr);
    if (status == YS_OK) {
        status = ys_expr__need(in[1], YS_KIND_LIST, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    struct set other;
    struct ys_value *list = ys_value_list(arena);
    set_fill(&other, arena, in[1]);
    for (size_t i = 0; i < in[0]->as.list.count; i++) {
        const struct ys_value *item = in[0]->as.list.items[i];
        if ((*set_slot(&other, item) != NULL) == keep_common) {
            ys_value_append(arena, list, item);
        }
    }
    *ret_value = list;
    return YS_OK;
}

static enum ys_status apply_intersection(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                         const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return filter(arena, in, true, ret_value, reterr);
}

static enum ys_status apply_difference(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                       const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return filter(arena, in, false, ret_value, reterr);
}

static enum ys_status apply_concat(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        enum ys_status status = ys_expr__need(in[i], YS_KIND_LIST, reterr);
        if (status != YS_OK) {
            return status;
        }
        for (size_t k = 0; k < in[i]->as.list.count; k++) {
            ys_value_append(arena, list, in[i]->as.list.items[k]);
        }
    }
    *ret_value = list;
    return YS_OK;
}

/* The first of the items in the order of their texts' digests (ys_sample.h). */
static enum ys_status apply_sample(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    int64_t wanted = 0;
    int64_t seed = 0;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_LIST, reterr);
    status = status == YS_OK ? ys_expr__need_index(in[1], &wanted, reterr) : status;
    status = status == YS_OK ? ys_expr__need_index(in[2], &seed, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    size_t total = in[0]->as.list.count;
    const char **keys = ys_arena_calloc(arena, total + 1, sizeof *keys);
    for (size_t i = 0; i < total; i++) {
        const struct ys_value *text = NULL;
        status = ys_expr__text(arena, in[0]->as.list.items[i], &text, reterr);
        if (status != YS_OK) {
            return status;
        }
        keys[i] = ys_value_text(text);
    }
    const char *digits = ys_arena_printf(arena, "%lld", (long long)seed);
    const size_t *order = ys_sample_order(arena, digits, keys, total);
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < total && (int64_t)i < wanted; i++) {
        ys_value_append(arena, list, in[0]->as.list.items[order[i]]);
    }
    *ret_value = list;
    return YS_OK;
}

const struct ys_expr_function YS_EXPR__LISTS[] = {
    {{"concat", 1, YS_EXPR_ARGUMENTS_MAX, "concat(list, …)", "the items of all lists in order"},
     apply_concat},
    {{"count", 1, 1, "count(list)", "items of a list"}, apply_count},
    {{"difference", 2, 2, "difference(a, b)", "items of a that are not in b"}, apply_difference},
    {{"first", 1, 1, "first(list)", "the first item of a list that has one"}, apply_first},
    {{"intersection", 2, 2, "intersection(a, b)", "items of a that are in b"}, apply_intersection},
    {{"last", 1, 1, "last(list)", "the last item of a list that has one"}, apply_last},
    {{"sample", 3, 3, "sample(list, n, seed)",
      "the first n items in the order of SM3 by the seed, as `yanshou sample` draws"},
     apply_sample},
    {{"select", 2, 2, "select(value, '$path')", "the nodes that a JSONPath selects, as a list"},
     apply_select},
    {{"unique", 1, 1, "unique(list)", "each item once, in the order of first sight"}, apply_unique},
    {.apply = NULL},
};
