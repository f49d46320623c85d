/* SPDX-License-Identifier: Apache-2.0 */
/* The tree type. Lists and maps grow by doubling inside the arena while they are built. */
#include "ys_value.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_json.h"

enum { CAPACITY_MIN = 4 };

static struct ys_value *value_new(struct ys_arena *arena, enum ys_kind kind)
{
    struct ys_value *value = ys_arena_alloc(arena, sizeof *value);
    value->kind = kind;
    return value;
}

struct ys_value *ys_value_null(struct ys_arena *arena)
{
    return value_new(arena, YS_KIND_NULL);
}

struct ys_value *ys_value_bool(struct ys_arena *arena, bool boolean)
{
    struct ys_value *value = value_new(arena, YS_KIND_BOOL);
    value->as.boolean = boolean;
    return value;
}

struct ys_value *ys_value_int(struct ys_arena *arena, int64_t number)
{
    return ys_value_number(arena, ys_decimal_from_int(number));
}

struct ys_value *ys_value_number(struct ys_arena *arena, struct ys_decimal number)
{
    struct ys_value *value = value_new(arena, YS_KIND_NUMBER);
    value->as.number = number;
    return value;
}

struct ys_value *ys_value_string(struct ys_arena *arena, const char *text)
{
    return ys_value_string_n(arena, text, strlen(text));
}

struct ys_value *ys_value_string_n(struct ys_arena *arena, const char *bytes, size_t length)
{
    struct ys_value *value = value_new(arena, YS_KIND_STRING);
    value->as.string.bytes = ys_arena_strndup(arena, bytes, length);
    value->as.string.length = length;
    return value;
}

struct ys_value *ys_value_printf(struct ys_arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int needed = vsnprintf(NULL, 0, format, args);
    size_t length = needed > 0 ? (size_t)needed : 0;
    char *text = ys_arena_alloc(arena, length + 1);
    vsnprintf(text, length + 1, format, again);
    va_end(again);
    va_end(args);

    struct ys_value *value = value_new(arena, YS_KIND_STRING);
    value->as.string.bytes = text;
    value->as.string.length = length;
    return value;
}

struct ys_value *ys_value_list(struct ys_arena *arena)
{
    return value_new(arena, YS_KIND_LIST);
}

/* A larger copy of an array of the arena. */
static void *grow(struct ys_arena *arena, const void *items, size_t count, size_t size,
                  size_t *capacity)
{
    size_t grown = *capacity ? *capacity * 2 : CAPACITY_MIN;
    void *moved = ys_arena_calloc(arena, grown, size);
    if (count > 0) {
        memcpy(moved, items, count * size);
    }
    *capacity = grown;
    return moved;
}

void ys_value_append(struct ys_arena *arena, struct ys_value *list, const struct ys_value *item)
{
    if (list->as.list.count == list->as.list.capacity) {
        list->as.list.items = grow(arena, list->as.list.items, list->as.list.count,
                                   sizeof *list->as.list.items, &list->as.list.capacity);
    }
    list->as.list.items[list->as.list.count++] = item;
}

struct ys_value *ys_value_map(struct ys_arena *arena)
{
    return value_new(arena, YS_KIND_MAP);
}

void ys_value_add(struct ys_arena *arena, struct ys_value *map, const char *name,
                  const struct ys_value *value, uint32_t line, uint32_t column)
{
    if (map->as.map.count == map->as.map.capacity) {
        map->as.map.members = grow(arena, map->as.map.members, map->as.map.count,
                                   sizeof *map->as.map.members, &map->as.map.capacity);
    }
    map->as.map.members[map->as.map.count++] = (struct ys_member){
        .name = ys_arena_strdup(arena, name), .value = value, .line = line, .column = column};
}

static struct ys_member *find_member(const struct ys_value *map, const char *name)
{
    if (!map || map->kind != YS_KIND_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->as.map.count; i++) {
        if (strcmp(map->as.map.members[i].name, name) == 0) {
            return &map->as.map.members[i];
        }
    }
    return NULL;
}

void ys_value_set(struct ys_arena *arena, struct ys_value *map, const char *name,
                  const struct ys_value *value)
{
    struct ys_member *member = find_member(map, name);
    if (member) {
        member->value = value;
    } else {
        ys_value_add(arena, map, name, value, 0, 0);
    }
}

void ys_value_set_text(struct ys_arena *arena, struct ys_value *map, const char *name,
                       const char *text)
{
    if (text) {
        ys_value_set(arena, map, name, ys_value_string(arena, text));
    }
}

void ys_value_set_int(struct ys_arena *arena, struct ys_value *map, const char *name,
                      int64_t number)
{
    ys_value_set(arena, map, name, ys_value_int(arena, number));
}

void ys_value_set_bool(struct ys_arena *arena, struct ys_value *map, const char *name, bool boolean)
{
    ys_value_set(arena, map, name, ys_value_bool(arena, boolean));
}

struct ys_value *ys_value_copy(struct ys_arena *arena, const struct ys_value *value)
{
    struct ys_value *copy = value_new(arena, value->kind);
    copy->line = value->line;
    copy->column = value->column;
    copy->text = value->text ? ys_arena_strdup(arena, value->text) : NULL;
    switch (value->kind) {
    case YS_KIND_NULL:
        break;
    case YS_KIND_BOOL:
        copy->as.boolean = value->as.boolean;
        break;
    case YS_KIND_NUMBER:
        copy->as.number = value->as.number;
        break;
    case YS_KIND_STRING:
        copy->as.string.bytes =
            ys_arena_strndup(arena, value->as.string.bytes, value->as.string.length);
        copy->as.string.length = value->as.string.length;
        break;
    case YS_KIND_LIST:
        for (size_t i = 0; i < value->as.list.count; i++) {
            ys_value_append(arena, copy, ys_value_copy(arena, value->as.list.items[i]));
        }
        break;
    case YS_KIND_MAP:
        for (size_t i = 0; i < value->as.map.count; i++) {
            const struct ys_member *member = &value->as.map.members[i];
            ys_value_add(arena, copy, member->name, ys_value_copy(arena, member->value),
                         member->line, member->column);
        }
        break;
    }
    return copy;
}

const struct ys_value *ys_value_get(const struct ys_value *map, const char *name)
{
    const struct ys_member *member = find_member(map, name);
    return member ? member->value : NULL;
}

const char *ys_value_text(const struct ys_value *value)
{
    return value && value->kind == YS_KIND_STRING ? value->as.string.bytes : NULL;
}

const char *ys_value_written(const struct ys_value *value)
{
    if (!value) {
        return NULL;
    }
    return value->kind == YS_KIND_STRING ? value->as.string.bytes : value->text;
}

const char *ys_value_get_text(const struct ys_value *map, const char *name)
{
    return ys_value_text(ys_value_get(map, name));
}

const char *ys_value_word(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

int64_t ys_value_get_int(const struct ys_value *map, const char *name, int64_t otherwise)
{
    const struct ys_value *value = ys_value_get(map, name);
    int64_t number = 0;
    if (!value || value->kind != YS_KIND_NUMBER ||
        ys_decimal_to_int(value->as.number, &number) != YS_OK) {
        return otherwise;
    }
    return number;
}

bool ys_value_get_bool(const struct ys_value *map, const char *name, bool otherwise)
{
    const struct ys_value *value = ys_value_get(map, name);
    return value && value->kind == YS_KIND_BOOL ? value->as.boolean : otherwise;
}

size_t ys_value_count(const struct ys_value *value)
{
    if (value && value->kind == YS_KIND_LIST) {
        return value->as.list.count;
    }
    return value && value->kind == YS_KIND_MAP ? value->as.map.count : 0;
}

const struct ys_value *ys_value_at(const struct ys_value *list, size_t index)
{
    if (!list || list->kind != YS_KIND_LIST || index >= list->as.list.count) {
        return NULL;
    }
    return list->as.list.items[index];
}

const struct ys_value *ys_value_with_id(const struct ys_value *list, const char *id, size_t *at)
{
    size_t count = id ? ys_value_count(list) : 0;
    for (size_t i = 0; i < count; i++) {
        size_t index = (*at + i) % count;
        const char *name = ys_value_get_text(ys_value_at(list, index), "id");
        if (name && strcmp(name, id) == 0) {
            *at = index + 1u;
            return ys_value_at(list, index);
        }
    }
    return NULL;
}

static bool lists_equal(const struct ys_value *a, const struct ys_value *b)
{
    if (a->as.list.count != b->as.list.count) {
        return false;
    }
    for (size_t i = 0; i < a->as.list.count; i++) {
        if (!ys_value_equal(a->as.list.items[i], b->as.list.items[i])) {
            return false;
        }
    }
    return true;
}

/* Names are unique, so equal counts and a partner for each member of `a` suffice. Most pairs have
 * one order, so the partner is first looked for at the same place. */
static bool maps_equal(const struct ys_value *a, const struct ys_value *b)
{
    if (a->as.map.count != b->as.map.count) {
        return false;
    }
    for (size_t i = 0; i < a->as.map.count; i++) {
        const struct ys_member *member = &a->as.map.members[i];
        const struct ys_member *partner = &b->as.map.members[i];
        if (strcmp(member->name, partner->name) != 0) {
            partner = find_member(b, member->name);
        }
        if (!partner || !ys_value_equal(member->value, partner->value)) {
            return false;
        }
    }
    return true;
}

bool ys_value_equal(const struct ys_value *a, const struct ys_value *b)
{
    if (a == b) {
        return true;
    }
    if (!a || !b || a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case YS_KIND_NULL:
        return true;
    case YS_KIND_BOOL:
        return a->as.boolean == b->as.boolean;
    case YS_KIND_NUMBER:
        return ys_decimal_compare(a->as.number, b->as.number) == 0;
    case YS_KIND_STRING:
        return a->as.string.length == b->as.string.length &&
               memcmp(a->as.string.bytes, b->as.string.bytes, a->as.string.length) == 0;
    case YS_KIND_LIST:
        return lists_equal(a, b);
    case YS_KIND_MAP:
        return maps_equal(a, b);
    }
    return false;
}

int ys_value_compare_text(const struct ys_value *a, const struct ys_value *b)
{
    size_t a_length = a->as.string.length;
    size_t b_length = b->as.string.length;
    int order =
        memcmp(a->as.string.bytes, b->as.string.bytes, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

const char *ys_kind_name(enum ys_kind kind)
{
    switch (kind) {
    case YS_KIND_NULL:
        return "null";
    case YS_KIND_BOOL:
        return "boolean";
    case YS_KIND_NUMBER:
        return "number";
    case YS_KIND_STRING:
        return "string";
    case YS_KIND_LIST:
        return "list";
    case YS_KIND_MAP:
        return "map";
    }
    return "unknown";
}

static int by_name(const void *a, const void *b)
{
    const struct ys_member *const *x = a;
    const struct ys_member *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* The same with the members of every map by name: a record keeps no other order, and what is shown
 * of a value must be the same when it is judged again. */
static const struct ys_value *in_order(struct ys_arena *arena, const struct ys_value *value)
{
    if (value->kind == YS_KIND_LIST) {
        struct ys_value *list = ys_value_list(arena);
        for (size_t i = 0; i < value->as.list.count; i++) {
            ys_value_append(arena, list, in_order(arena, value->as.list.items[i]));
        }
        return list;
    }
    if (value->kind != YS_KIND_MAP) {
        return value;
    }
    const struct ys_member **members =
        ys_arena_calloc(arena, value->as.map.count + 1u, sizeof *members);
    for (size_t i = 0; i < value->as.map.count; i++) {
        members[i] = &value->as.map.members[i];
    }
    qsort(members, value->as.map.count, sizeof *members, by_name);
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < value->as.map.count; i++) {
        ys_value_add(arena, map, members[i]->name, in_order(arena, members[i]->value), 0, 0);
    }
    return map;
}

const char *ys_value_show(struct ys_arena *arena, const struct ys_value *value, size_t max)
{
    static const char ellipsis[] = "…";
    struct ys_buf buf;
    if (!value) {
        return "nothing";
    }
    ys_buf_init(&buf, max);
    bool cut = ys_json_write_line(in_order(arena, value), &buf) != YS_OK;
    size_t length = buf.length;
    if (cut) {
        size_t room = max > sizeof ellipsis - 1 ? max - (sizeof ellipsis - 1) : 0;
        length = length > room ? room : length;
        /* Back to the start of a character. */
        while (length > 0 && ((unsigned char)buf.bytes[length] & 0xC0u) == 0x80u) {
            length--;
        }
    }
    const char *shown =
        ys_arena_printf(arena, "%.*s%s", (int)length, buf.bytes, cut ? ellipsis : "");
    ys_buf_clear(&buf);
    return shown;
}
