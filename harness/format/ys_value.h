/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one tree type of the harness: what YAML, JSON, CSV, XML and TLV readers produce, what
 * expressions compute, what matchers judge and what evidence records hold.
 *
 * Values are immutable once built and live in an arena. Numbers are exact decimals. A value that
 * was read from YAML or JSON text knows its line and column (from 1; 0 = none), so that every
 * complaint can point at it. Map members keep the order of the document; names are unique.
 */
#ifndef YS_VALUE_H
#define YS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ys_decimal.h"
#include "ys_mem.h"

enum ys_kind {
    YS_KIND_NULL,
    YS_KIND_BOOL,
    YS_KIND_NUMBER,
    YS_KIND_STRING,
    YS_KIND_LIST,
    YS_KIND_MAP
};

struct ys_value;

struct ys_member {
    const char *name; /* NUL-terminated UTF-8 */
    const struct ys_value *value;
    uint32_t line; /* of the name, for "unknown key" */
    uint32_t column;
};

struct ys_value {
    enum ys_kind kind;
    uint32_t line;
    uint32_t column;
    /* A plain number or truth value of a YAML text, as it is written there ("5.10", "100.00");
     * else NULL. For schemas that want a text where the notation shows a number: clause ids. */
    const char *text;
    union {
        bool boolean;
        struct ys_decimal number;
        struct {
            const char *bytes; /* UTF-8, NUL behind the last byte */
            size_t length;
        } string;
        struct {
            const struct ys_value **items;
            size_t count;
            size_t capacity; /* used while building */
        } list;
        struct {
            struct ys_member *members;
            size_t count;
            size_t capacity; /* used while building */
        } map;
    } as;
};

/* Builders. All memory is the arena's; texts are copied. */
struct ys_value *ys_value_null(struct ys_arena *arena);
struct ys_value *ys_value_bool(struct ys_arena *arena, bool boolean);
struct ys_value *ys_value_int(struct ys_arena *arena, int64_t number);
struct ys_value *ys_value_number(struct ys_arena *arena, struct ys_decimal number);
struct ys_value *ys_value_string(struct ys_arena *arena, const char *text);
struct ys_value *ys_value_string_n(struct ys_arena *arena, const char *bytes, size_t length);
struct ys_value *ys_value_printf(struct ys_arena *arena, const char *format, ...) YS_PRINTF(2, 3);
struct ys_value *ys_value_list(struct ys_arena *arena);
void ys_value_append(struct ys_arena *arena, struct ys_value *list, const struct ys_value *item);
struct ys_value *ys_value_map(struct ys_arena *arena);
/* Adds, or replaces the member of that name. */
void ys_value_set(struct ys_arena *arena, struct ys_value *map, const char *name,
                  const struct ys_value *value);
/* Adds a member whose name the caller knows to be new; line and column are those of the name. */
void ys_value_add(struct ys_arena *arena, struct ys_value *map, const char *name,
                  const struct ys_value *value, uint32_t line, uint32_t column);
/* Shorthands of ys_value_set. */
void ys_value_set_text(struct ys_arena *arena, struct ys_value *map, const char *name,
                       const char *text); /* NULL text: nothing is set */
void ys_value_set_int(struct ys_arena *arena, struct ys_value *map, const char *name,
                      int64_t number);
void ys_value_set_bool(struct ys_arena *arena, struct ys_value *map, const char *name,
                       bool boolean);
/* A deep copy into another arena. */
struct ys_value *ys_value_copy(struct ys_arena *arena, const struct ys_value *value);

/* Readers. NULL where the value is not of that kind or has no such member. Borrowed. */
const struct ys_value *ys_value_get(const struct ys_value *map, const char *name);
const char *ys_value_text(const struct ys_value *value); /* of a string, else NULL */
/* Of a string, or of a number or truth value as YAML wrote it; else NULL. */
const char *ys_value_written(const struct ys_value *value);
const char *ys_value_get_text(const struct ys_value *map, const char *name);
/* The same, for what is shown or compared: "" where there is none. */
const char *ys_value_word(const struct ys_value *map, const char *name);
int64_t ys_value_get_int(const struct ys_value *map, const char *name, int64_t otherwise);
bool ys_value_get_bool(const struct ys_value *map, const char *name, bool otherwise);
size_t ys_value_count(const struct ys_value *value); /* items or members, else 0 */
const struct ys_value *ys_value_at(const struct ys_value *list, size_t index);
/* The map of a list whose `id` is the given one, or NULL. The search begins behind *at, where the
 * last one was found, and goes round: two lists in one order cost a look an item. Start with 0. */
const struct ys_value *ys_value_with_id(const struct ys_value *list, const char *id, size_t *at);

/* Typed equality: numbers as numbers, strings as strings, lists in order, maps in any order. */
bool ys_value_equal(const struct ys_value *a, const struct ys_value *b);
/* Two strings by Unicode code points, as bytes of UTF-8 sort: below 0, 0, above 0. */
int ys_value_compare_text(const struct ys_value *a, const struct ys_value *b);
const char *ys_kind_name(enum ys_kind kind); /* "number" … */
/* One line for people: JSON with the members of maps by name, cut at `max` bytes, of which "…" is
 * then the end. Arena-owned. */
const char *ys_value_show(struct ys_arena *arena, const struct ys_value *value, size_t max);

#endif
