/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs that keep the catalogue's types and name nothing that is there. */
#include "ys_engine_private.h"

/* splitmix64, published by Vigna: the same on every machine. */
uint64_t ys_draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

const struct ys_value *ys_plausible_object(struct ys_arena *arena, const struct ys_field *fields,
                                           size_t count, const char *text, uint64_t *state)
{
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < count; i++) {
        ys_value_set(arena, map, fields[i].name, ys_plausible(arena, fields[i].type, text, state));
    }
    return map;
}

const struct ys_value *ys_plausible(struct ys_arena *arena, const struct ys_type *type,
                                    const char *text, uint64_t *state)
{
    struct ys_value *list = NULL;
    switch (type->kind) {
    case YS_TYPE_INTEGER:
    case YS_TYPE_MONEY:
        return ys_value_int(arena, 1);
    case YS_TYPE_BOOLEAN:
        return ys_value_bool(arena, false);
    case YS_TYPE_DATE: /* no invented person was born on it */
        return ys_value_string(arena, "2001-01-01");
    case YS_TYPE_MONTH:
        return ys_value_string(arena, "2001-01");
    case YS_TYPE_DATETIME:
        return ys_value_string(arena, "2001-01-01T00:00:00+08:00");
    case YS_TYPE_ENUM:
        return ys_value_string(arena, type->values[0]);
    case YS_TYPE_OBJECT:
        return ys_plausible_object(arena, type->fields, type->field_count, text, state);
    case YS_TYPE_LIST:
        list = ys_value_list(arena);
        ys_value_append(arena, list, ys_plausible(arena, type->item, text, state));
        return list;
    case YS_TYPE_STRING:
    case YS_TYPE_SECRET:
    case YS_TYPE_ROWS:
    case YS_TYPE_ANY:
        break;
    }
    if (text) {
        return ys_value_string(arena, text);
    }
    /* What is hidden in the record is no text that another input has in clear. */
    bool is_hidden = type->kind == YS_TYPE_SECRET || type->personal;
    return ys_value_string(arena,
                           ys_arena_printf(arena, is_hidden ? "HIDE-%016llX" : "NONE-%016llX",
                                           (unsigned long long)ys_draw(state)));
}
