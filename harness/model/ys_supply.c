/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_supply.h"

#include <string.h>

#include "ys_expr.h"

struct search {
    struct ys_arena *arena;
    const struct ys_catalogue *catalogue;
    const struct ys_value *supplies;
    const char *missing;
};

/* The name that a path begins with. */
static const char *first_name(struct ys_arena *arena, const char *path)
{
    return ys_arena_strndup(arena, path, strcspn(path, "."));
}

/* Where the path leaves what is given, as long as the catalogue knows it; NULL: it does not. */
static const char *leaves(struct search *search, const char *path)
{
    const struct ys_field *fields = search->catalogue->supplies;
    size_t count = search->catalogue->supply_count;
    const struct ys_value *given = search->supplies;
    for (const char *at = path;;) {
        const char *name = first_name(search->arena, at);
        const struct ys_field *field = ys_fields_find(fields, count, name);
        const char *end = at + strlen(name);
        if (!field) {
            return NULL;
        }
        given = given ? ys_value_get(given, name) : NULL;
        if (!given) {
            return ys_arena_strndup(search->arena, path, (size_t)(end - path));
        }
        if (*end == '\0' || field->type->kind != YS_TYPE_OBJECT) {
            return NULL;
        }
        fields = field->type->fields;
        count = field->type->field_count;
        at = end + 1;
    }
}

static void visit(void *context, const char *root, const char *path)
{
    struct search *search = context;
    (void)root;
    if (!search->missing) {
        search->missing = leaves(search, path);
    }
}

const char *ys_supply_missing(struct ys_arena *arena, const struct ys_catalogue *catalogue,
                              const struct ys_value *supplies, const struct ys_value *tree)
{
    struct search search = {.arena = arena, .catalogue = catalogue, .supplies = supplies};
    return tree && ys_template_names(arena, tree, visit, &search, NULL) == YS_OK ? search.missing
                                                                                 : NULL;
}

static bool wants_any(const struct ys_type *type)
{
    for (size_t i = 0; i < type->field_count; i++) {
        if (type->fields[i].required) {
            return true;
        }
    }
    return false;
}

static const char *example_of(struct ys_arena *arena, const struct ys_type *type)
{
    const char *text = "";
    switch (type->kind) {
    case YS_TYPE_INTEGER:
        return "5";
    case YS_TYPE_MONEY:
        return "100.00";
    case YS_TYPE_BOOLEAN:
        return "true";
    case YS_TYPE_DATE:
        return "2026-01-31";
    case YS_TYPE_MONTH:
        return "2026-01";
    case YS_TYPE_DATETIME:
        return "\"2026-01-31T09:00:00+08:00\"";
    case YS_TYPE_ENUM:
        return type->values[0];
    case YS_TYPE_SECRET:
        return "{secret: NAME}";
    case YS_TYPE_LIST:
        return type->item->kind == YS_TYPE_OBJECT ? "{csv: FILE.csv}" : "[TEXT]";
    case YS_TYPE_ROWS:
        return "{csv: FILE.csv}";
    case YS_TYPE_OBJECT:
        for (size_t i = 0; i < type->field_count; i++) {
            const struct ys_field *field = &type->fields[i];
            if (field->required || !wants_any(type)) {
                text = ys_arena_printf(arena, "%s%s%s: %s", text, *text ? ", " : "", field->name,
                                       example_of(arena, field->type));
            }
        }
        return ys_arena_printf(arena, "{%s}", text);
    case YS_TYPE_STRING:
    case YS_TYPE_ANY:
        break;
    }
    return "TEXT";
}

const char *ys_supply_example(struct ys_arena *arena, const struct ys_catalogue *catalogue,
                              const char *path)
{
    const struct ys_field *fields = catalogue->supplies;
    size_t count = catalogue->supply_count;
    const char *open = "supplies: {";
    const char *close = "}";
    for (const char *at = path;;) {
        const char *name = first_name(arena, at);
        const struct ys_field *field = ys_fields_find(fields, count, name);
        const char *end = at + strlen(name);
        if (!field || *end == '\0' || field->type->kind != YS_TYPE_OBJECT) {
            return ys_arena_printf(arena, "%s%s: %s%s", open, name,
                                   field ? example_of(arena, field->type) : "…", close);
        }
        open = ys_arena_printf(arena, "%s%s: {", open, name);
        close = ys_arena_printf(arena, "}%s", close);
        fields = field->type->fields;
        count = field->type->field_count;
        at = end + 1;
    }
}
