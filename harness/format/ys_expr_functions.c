/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of "${…}": one table; each is pure. */
#include <stdlib.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_expr_private.h"
#include "ys_jsonpath.h"
#include "ys_suggest.h"

typedef const struct ys_value *const *arguments_t;

static enum ys_status need(const struct ys_value *value, enum ys_kind kind, struct ys_err *reterr)
{
    if (value->kind == kind) {
        return YS_OK;
    }
    return ys_err_set(reterr, YS_ERR_TYPE, "needs a %s, not a %s", ys_kind_name(kind),
                      ys_kind_name(value->kind));
}

static enum ys_status need_index(const struct ys_value *value, int64_t *ret_index,
                                 struct ys_err *reterr)
{
    enum ys_status status = need(value, YS_KIND_NUMBER, reterr);
    if (status == YS_OK && ys_decimal_to_int(value->as.number, ret_index) != YS_OK) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "needs a whole number");
    }
    return status;
}

/* Bytes of the UTF-8 character at `text`. */
static size_t character_bytes(const char *text)
{
    size_t n = 1;
    while (((unsigned char)text[n] & 0xC0u) == 0x80u) {
        n++;
    }
    return n;
}

static size_t count_characters(const struct ys_value *text)
{
    size_t count = 0;
    for (const char *p = text->as.string.bytes; *p; p += character_bytes(p)) {
        count++;
    }
    return count;
}

static enum ys_status apply_length(struct ys_arena *arena, arguments_t in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    if (in[0]->kind == YS_KIND_STRING) {
        *ret_value = ys_value_int(arena, (int64_t)count_characters(in[0]));
    } else if (in[0]->kind == YS_KIND_LIST || in[0]->kind == YS_KIND_MAP) {
        *ret_value = ys_value_int(arena, (int64_t)ys_value_count(in[0]));
    } else {
        return need(in[0], YS_KIND_LIST, reterr);
    }
    return YS_OK;
}

/* The numbers of the arguments, or of the one list among them. */
static enum ys_status fold(arguments_t in, size_t count, int mode, struct ys_decimal *ret_number,
                           struct ys_err *reterr)
{
    bool is_list = count == 1 && in[0]->kind == YS_KIND_LIST;
    size_t total = is_list ? in[0]->as.list.count : count;
    struct ys_decimal result = {0, 0};
    if (total == 0 && mode != 0) {
        return ys_err_set(reterr, YS_ERR_RANGE, "needs at least one number");
    }
    for (size_t i = 0; i < total; i++) {
        const struct ys_value *value = is_list ? in[0]->as.list.items[i] : in[i];
        enum ys_status status = need(value, YS_KIND_NUMBER, reterr);
        if (status != YS_OK) {
            return status;
        }
        if (mode == 0) {
            if (ys_decimal_add(result, value->as.number, &result) != YS_OK) {
                return ys_err_set(reterr, YS_ERR_RANGE, "the sum is out of range");
            }
        } else if (i == 0 || ys_decimal_compare(value->as.number, result) * mode > 0) {
            result = value->as.number;
        }
    }
    *ret_number = result;
    return YS_OK;
}

static enum ys_status apply_sum(struct ys_arena *arena, arguments_t in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_decimal number;
    enum ys_status status = fold(in, count, 0, &number, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_min(struct ys_arena *arena, arguments_t in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_decimal number;
    enum ys_status status = fold(in, count, -1, &number, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_max(struct ys_arena *arena, arguments_t in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_decimal number;
    enum ys_status status = fold(in, count, 1, &number, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_select(struct ys_arena *arena, arguments_t in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    const struct ys_jsonpath *path = NULL;
    enum ys_status status = need(in[1], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        status = ys_jsonpath_parse(arena, in[1]->as.string.bytes, &path, reterr);
    }
    return status == YS_OK ? ys_jsonpath_select(arena, path, in[0], ret_value, reterr) : status;
}

/*
 * Sets of values. Each item is hashed by its kind and text, so that 20,000 items against 20,000
 * stay linear; equality is ys_value_equal's.
 */
struct set {
    const struct ys_value **slots;
    size_t size; /* a power of two, at least twice the items */
};

static uint64_t hash_value(const struct ys_value *value)
{
    const char *bytes = "";
    size_t length = 0;
    char number[YS_DECIMAL_TEXT_MAX];
    if (value->kind == YS_KIND_STRING) {
        bytes = value->as.string.bytes;
        length = value->as.string.length;
    } else if (value->kind == YS_KIND_NUMBER) {
        length = ys_decimal_format(value->as.number, number);
        bytes = number;
    }
    uint64_t hash = 14695981039346656037u + (uint64_t)value->kind + ys_value_count(value);
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
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

static enum ys_status apply_unique(struct ys_arena *arena, arguments_t in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = need(in[0], YS_KIND_LIST, reterr);
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
static enum ys_status filter(struct ys_arena *arena, arguments_t in, bool keep_common,
                             const struct ys_value **ret_value, struct ys_err *reterr)
{
    enum ys_status status = need(in[0], YS_KIND_LIST, reterr);
    if (status == YS_OK) {
        status = need(in[1], YS_KIND_LIST, reterr);
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

static enum ys_status apply_intersection(struct ys_arena *arena, arguments_t in, size_t count,
                                         const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return filter(arena, in, true, ret_value, reterr);
}

static enum ys_status apply_difference(struct ys_arena *arena, arguments_t in, size_t count,
                                       const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return filter(arena, in, false, ret_value, reterr);
}

static enum ys_status apply_concat(struct ys_arena *arena, arguments_t in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        enum ys_status status = need(in[i], YS_KIND_LIST, reterr);
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

/*
 * A sample without replacement by a seed, the same on every machine: Fisher-Yates over
 * splitmix64, published by Vigna. Draws beyond the largest multiple are thrown away, so no item
 * is favoured.
 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static enum ys_status apply_sample(struct ys_arena *arena, arguments_t in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    int64_t wanted = 0;
    int64_t seed = 0;
    enum ys_status status = need(in[0], YS_KIND_LIST, reterr);
    status = status == YS_OK ? need_index(in[1], &wanted, reterr) : status;
    status = status == YS_OK ? need_index(in[2], &seed, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    size_t total = in[0]->as.list.count;
    const struct ys_value **items = ys_arena_calloc(arena, total + 1, sizeof *items);
    if (total) {
        memcpy(items, in[0]->as.list.items, total * sizeof *items);
    }
    struct ys_value *list = ys_value_list(arena);
    uint64_t state = (uint64_t)seed;
    for (size_t i = 0; i < total && (int64_t)i < wanted; i++) {
        uint64_t left = total - i;
        uint64_t draw = next_random(&state);
        while (draw >= UINT64_MAX - UINT64_MAX % left) {
            draw = next_random(&state);
        }
        size_t at = i + (size_t)(draw % left);
        const struct ys_value *chosen = items[at];
        items[at] = items[i];
        items[i] = chosen;
        ys_value_append(arena, list, chosen);
    }
    *ret_value = list;
    return YS_OK;
}

static enum ys_status apply_slice(struct ys_arena *arena, arguments_t in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    int64_t from = 0;
    int64_t to = 0;
    enum ys_status status = need(in[0], YS_KIND_STRING, reterr);
    status = status == YS_OK ? need_index(in[1], &from, reterr) : status;
    status = status == YS_OK ? need_index(in[2], &to, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    const char *start = NULL;
    const char *p = in[0]->as.string.bytes;
    int64_t at = 0;
    for (; *p && at < to; p += character_bytes(p), at++) {
        start = at == from ? p : start;
    }
    *ret_value =
        start ? ys_value_string_n(arena, start, (size_t)(p - start)) : ys_value_string(arena, "");
    return YS_OK;
}

static enum ys_status apply_split(struct ys_arena *arena, arguments_t in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = need(in[0], YS_KIND_STRING, reterr);
    status = status == YS_OK ? need(in[1], YS_KIND_STRING, reterr) : status;
    if (status != YS_OK || in[1]->as.string.length == 0) {
        return status != YS_OK ? status : ys_err_set(reterr, YS_ERR_ARGUMENT, "an empty separator");
    }
    struct ys_value *list = ys_value_list(arena);
    const char *text = in[0]->as.string.bytes;
    const char *found = strstr(text, in[1]->as.string.bytes);
    while (found) {
        ys_value_append(arena, list, ys_value_string_n(arena, text, (size_t)(found - text)));
        text = found + in[1]->as.string.length;
        found = strstr(text, in[1]->as.string.bytes);
    }
    ys_value_append(arena, list, ys_value_string(arena, text));
    *ret_value = list;
    return YS_OK;
}

static enum ys_status apply_join(struct ys_arena *arena, arguments_t in, size_t count,
                                 const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = need(in[0], YS_KIND_LIST, reterr);
    status = status == YS_OK ? need(in[1], YS_KIND_STRING, reterr) : status;
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    for (size_t i = 0; status == YS_OK && i < in[0]->as.list.count; i++) {
        const struct ys_value *item = in[0]->as.list.items[i];
        status = need(item, YS_KIND_STRING, reterr);
        if (status == YS_OK && i) {
            status = ys_buf_append(&buf, in[1]->as.string.bytes, in[1]->as.string.length);
        }
        if (status == YS_OK) {
            status = ys_buf_append(&buf, item->as.string.bytes, item->as.string.length);
        }
    }
    if (status == YS_OK) {
        *ret_value = ys_value_string_n(arena, buf.bytes, buf.length);
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_status apply_contains(struct ys_arena *arena, arguments_t in, size_t count,
                                     const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    bool found = false;
    if (in[0]->kind == YS_KIND_LIST) {
        for (size_t i = 0; !found && i < in[0]->as.list.count; i++) {
            found = ys_value_equal(in[0]->as.list.items[i], in[1]);
        }
    } else {
        enum ys_status status = need(in[0], YS_KIND_STRING, reterr);
        status = status == YS_OK ? need(in[1], YS_KIND_STRING, reterr) : status;
        if (status != YS_OK) {
            return status;
        }
        found = strstr(in[0]->as.string.bytes, in[1]->as.string.bytes) != NULL;
    }
    *ret_value = ys_value_bool(arena, found);
    return YS_OK;
}

static enum ys_status change_case(struct ys_arena *arena, const struct ys_value *in, char first,
                                  int shift, const struct ys_value **ret_value,
                                  struct ys_err *reterr)
{
    enum ys_status status = need(in, YS_KIND_STRING, reterr);
    if (status != YS_OK) {
        return status;
    }
    char *text = ys_arena_strndup(arena, in->as.string.bytes, in->as.string.length);
    for (char *p = text; *p; p++) {
        if (*p >= first && *p < first + 26) {
            *p = (char)(*p + shift);
        }
    }
    *ret_value = ys_value_string_n(arena, text, in->as.string.length);
    return YS_OK;
}

static enum ys_status apply_upper(struct ys_arena *arena, arguments_t in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return change_case(arena, in[0], 'a', 'A' - 'a', ret_value, reterr);
}

static enum ys_status apply_lower(struct ys_arena *arena, arguments_t in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return change_case(arena, in[0], 'A', 'a' - 'A', ret_value, reterr);
}

static enum ys_status apply_string(struct ys_arena *arena, arguments_t in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    (void)reterr;
    *ret_value = in[0]->kind == YS_KIND_STRING
                     ? in[0]
                     : ys_value_string(arena, ys_value_show(arena, in[0], YS_EXPR_BYTES_MAX));
    return YS_OK;
}

static enum ys_status apply_number(struct ys_arena *arena, arguments_t in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    if (in[0]->kind == YS_KIND_NUMBER) {
        *ret_value = in[0];
        return YS_OK;
    }
    struct ys_decimal number;
    enum ys_status status = need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        /* "007" is a number to a person, and what cards and banks write. */
        const char *text = in[0]->as.string.bytes;
        while (text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
            text++;
        }
        status = ys_decimal_parse(text, strlen(text), &number, reterr);
    }
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_money(struct ys_arena *arena, arguments_t in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    char text[YS_DECIMAL_TEXT_MAX];
    enum ys_status status = need(in[0], YS_KIND_NUMBER, reterr);
    if (status == YS_OK) {
        ys_decimal_format_places(in[0]->as.number, 2, text);
        *ret_value = ys_value_string(arena, text);
    }
    return status;
}

static enum ys_status apply_hex(struct ys_arena *arena, arguments_t in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        char *hex = ys_arena_alloc(arena, 2 * in[0]->as.string.length + 1);
        ys_hex_encode(in[0]->as.string.bytes, in[0]->as.string.length, hex);
        *ret_value = ys_value_string(arena, hex);
    }
    return status;
}

static enum ys_status apply_sm3(struct ys_arena *arena, arguments_t in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    char hex[YS_SM3_HEX_MAX];
    enum ys_status status = need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        ys_sm3_hex(in[0]->as.string.bytes, in[0]->as.string.length, hex);
        *ret_value = ys_value_string(arena, hex);
    }
    return status;
}

/* The Beijing day of a date or date-time text. */
static enum ys_status civil_of(const struct ys_value *value, struct ys_civil *ret_civil,
                               struct ys_err *reterr)
{
    int64_t wall_us = 0;
    enum ys_status status = need(value, YS_KIND_STRING, reterr);
    if (status == YS_OK && value->as.string.length == 10) {
        return ys_date_parse(value->as.string.bytes, ret_civil, reterr);
    }
    status = status == YS_OK ? ys_time_parse(value->as.string.bytes, &wall_us, reterr) : status;
    if (status == YS_OK) {
        *ret_civil = ys_civil_from_wall(wall_us, YS_BEIJING_OFFSET_S);
    }
    return status;
}

static const struct ys_value *date_value(struct ys_arena *arena, const struct ys_civil *civil)
{
    return ys_value_printf(arena, "%04d-%02d-%02d", civil->year, civil->month, civil->day);
}

static enum ys_status apply_date(struct ys_arena *arena, arguments_t in, size_t count,
                                 const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    if (status == YS_OK) {
        *ret_value = date_value(arena, &civil);
    }
    return status;
}

static enum ys_status apply_month(struct ys_arena *arena, arguments_t in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_printf(arena, "%04d-%02d", civil.year, civil.month);
    }
    return status;
}

#define DAY_US (INT64_C(86400) * 1000000)
#define DAYS_MAX 1000000

static enum ys_status apply_add_days(struct ys_arena *arena, arguments_t in, size_t count,
                                     const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    int64_t days = 0;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    status = status == YS_OK ? need_index(in[1], &days, reterr) : status;
    if (status == YS_OK && (days > DAYS_MAX || days < -DAYS_MAX)) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "too many days");
    }
    if (status == YS_OK) {
        int64_t day = ys_civil_to_days(civil.year, civil.month, civil.day) + days;
        civil = ys_civil_from_wall(day * DAY_US, 0);
        *ret_value = date_value(arena, &civil);
    }
    return status;
}

/* A month that has no such day ends on its last day: 31 August + 6 months is 28 February. */
static enum ys_status apply_add_months(struct ys_arena *arena, arguments_t in, size_t count,
                                       const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    int64_t months = 0;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    status = status == YS_OK ? need_index(in[1], &months, reterr) : status;
    if (status == YS_OK && (months > 12000 || months < -12000)) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "too many months");
    }
    if (status == YS_OK) {
        int64_t month = (int64_t)civil.year * 12 + civil.month - 1 + months;
        civil.year = (int)(month / 12);
        civil.month = (int)(month % 12) + 1;
        while (!ys_civil_date_exists(civil.year, civil.month, civil.day)) {
            civil.day--;
        }
        *ret_value = date_value(arena, &civil);
    }
    return status;
}

/*
 * An 18-digit identity number for an invented person: area, date of birth, sequence and the check
 * digit of GB 11643-1999 (ISO 7064, MOD 11-2).
 */
static enum ys_status apply_resident_id(struct ys_arena *arena, arguments_t in, size_t count,
                                        const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    struct ys_civil birth;
    int64_t sequence = 0;
    enum ys_status status = need(in[0], YS_KIND_STRING, reterr);
    status = status == YS_OK ? civil_of(in[1], &birth, reterr) : status;
    status = status == YS_OK ? need_index(in[2], &sequence, reterr) : status;
    if (status == YS_OK && (in[0]->as.string.length != 6 || sequence < 0 || sequence > 999 ||
                            strspn(in[0]->as.string.bytes, "0123456789") != 6)) {
        status = ys_err_set(reterr, YS_ERR_RANGE,
                            "needs an area of six digits and a sequence from 0 to 999");
    }
    if (status != YS_OK) {
        return status;
    }
    char text[32];
    snprintf(text, sizeof text, "%s%04d%02d%02d%03d", in[0]->as.string.bytes, birth.year % 10000,
             birth.month, birth.day, (int)sequence);
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += weights[i] * (text[i] - '0');
    }
    *ret_value = ys_value_printf(arena, "%.17s%c", text, "10X98765432"[sum % 11]);
    return YS_OK;
}

static const struct ys_expr_function FUNCTIONS[] = {
    {{"add_days", 2, 2, "add_days(date, n)", "the date n days later"}, apply_add_days},
    {{"add_months", 2, 2, "add_months(date, n)",
      "the date n months later, or the last day of a shorter month"},
     apply_add_months},
    {{"concat", 1, YS_EXPR_ARGUMENTS_MAX, "concat(list, …)", "the items of all lists in order"},
     apply_concat},
    {{"contains", 2, 2, "contains(text or list, part)", "whether the part occurs"}, apply_contains},
    {{"date", 1, 1, "date(time)", "YYYY-MM-DD in Beijing"}, apply_date},
    {{"difference", 2, 2, "difference(a, b)", "items of a that are not in b"}, apply_difference},
    {{"hex", 1, 1, "hex(text)", "the bytes of the text in hexadecimal"}, apply_hex},
    {{"intersection", 2, 2, "intersection(a, b)", "items of a that are in b"}, apply_intersection},
    {{"join", 2, 2, "join(list, separator)", "one text of the texts of a list"}, apply_join},
    {{"length", 1, 1, "length(value)", "characters of a text, items of a list"}, apply_length},
    {{"lower", 1, 1, "lower(text)", "a–z for A–Z"}, apply_lower},
    {{"max", 1, YS_EXPR_ARGUMENTS_MAX, "max(list) or max(a, b, …)", "the greatest number"},
     apply_max},
    {{"min", 1, YS_EXPR_ARGUMENTS_MAX, "min(list) or min(a, b, …)", "the least number"}, apply_min},
    {{"money", 1, 1, "money(number)", "a text with two places"}, apply_money},
    {{"month", 1, 1, "month(time)", "YYYY-MM in Beijing"}, apply_month},
    {{"number", 1, 1, "number(text)", "the number that the text writes"}, apply_number},
    {{"resident_id", 3, 3, "resident_id(area, birth, sequence)",
      "an identity number with its check digit (GB 11643), for invented persons"},
     apply_resident_id},
    {{"sample", 3, 3, "sample(list, n, seed)", "n items drawn without replacement by the seed"},
     apply_sample},
    {{"select", 2, 2, "select(value, '$path')", "the nodes that a JSONPath selects, as a list"},
     apply_select},
    {{"slice", 3, 3, "slice(text, from, to)", "characters from … to-1, counted from 0"},
     apply_slice},
    {{"sm3", 1, 1, "sm3(text)", "SM3 of the text's bytes, hexadecimal"}, apply_sm3},
    {{"split", 2, 2, "split(text, separator)", "the parts between separators"}, apply_split},
    {{"string", 1, 1, "string(value)", "the value as text"}, apply_string},
    {{"sum", 1, YS_EXPR_ARGUMENTS_MAX, "sum(list) or sum(a, b, …)", "the sum of the numbers"},
     apply_sum},
    {{"unique", 1, 1, "unique(list)", "each item once, in the order of first sight"}, apply_unique},
    {{"upper", 1, 1, "upper(text)", "A–Z for a–z"}, apply_upper},
};
#define FUNCTION_COUNT (sizeof FUNCTIONS / sizeof FUNCTIONS[0])

const struct ys_expr_function_info *ys_expr_function_at(size_t index)
{
    return index < FUNCTION_COUNT ? &FUNCTIONS[index].info : NULL;
}

const struct ys_expr_function *ys_expr__function(const char *name, const char **ret_near)
{
    const char *names[FUNCTION_COUNT];
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        if (strcmp(FUNCTIONS[i].info.name, name) == 0) {
            return &FUNCTIONS[i];
        }
        names[i] = FUNCTIONS[i].info.name;
    }
    *ret_near = ys_suggest(name, names, FUNCTION_COUNT);
    return NULL;
}
