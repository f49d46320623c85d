/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Schema (2020-12) from the tables that load. What only lint can know (names of operations,
 * clauses, variables) is left to `yanshou check`; keys, types, enumerations, matchers and kinds of
 * steps are in the schema, so that an editor helps while a person writes.
 */
#include <string.h>

#include "ys_binding.h"
#include "ys_json.h"
#include "ys_matcher.h"
#include "ys_model_private.h"

struct schema {
    struct ys_arena *arena;
    struct ys_value *definitions; /* $defs */
};

static struct ys_value *typed(struct schema *schema, const char *type)
{
    struct ys_value *map = ys_value_map(schema->arena);
    ys_value_set_text(schema->arena, map, "type", type);
    return map;
}

static struct ys_value *reference(struct schema *schema, const char *name)
{
    struct ys_value *map = ys_value_map(schema->arena);
    ys_value_set(schema->arena, map, "$ref", ys_value_printf(schema->arena, "#/$defs/%s", name));
    return map;
}

static struct ys_value *list_of(struct schema *schema, const struct ys_value *items)
{
    struct ys_value *map = typed(schema, "array");
    ys_value_set(schema->arena, map, "items", items);
    return map;
}

static struct ys_value *map_of(struct schema *schema, const struct ys_value *values)
{
    struct ys_value *map = typed(schema, "object");
    ys_value_set(schema->arena, map, "additionalProperties", values);
    return map;
}

/* A scalar as it is written: 5.1 and "5.1" are both fine. */
static struct ys_value *scalar(struct schema *schema)
{
    struct ys_value *map = ys_value_map(schema->arena);
    struct ys_value *types = ys_value_list(schema->arena);
    static const char *const names[] = {"string", "number", "boolean"};
    for (size_t i = 0; i < 3; i++) {
        ys_value_append(schema->arena, types, ys_value_string(schema->arena, names[i]));
    }
    ys_value_set(schema->arena, map, "type", types);
    return map;
}

static void define(struct schema *schema, const char *name, const struct ys_value *value)
{
    ys_value_set(schema->arena, schema->definitions, name, value);
}

static struct ys_value *shape_schema(struct schema *schema, const struct ys_shape *shape);

static struct ys_value *slots_schema(struct schema *schema, const struct ys_slot_spec *slots,
                                     size_t count);

/* A part of a shape: what it requires may stand elsewhere. */
static struct ys_value *part_schema(struct schema *schema, const struct ys_shape *shape)
{
    const struct ys_value *whole = slots_schema(schema, shape->slots, shape->count);
    struct ys_value *part = ys_value_map(schema->arena);
    for (size_t i = 0; i < whole->as.map.count; i++) {
        const struct ys_member *member = &whole->as.map.members[i];
        if (strcmp(member->name, "required") != 0) {
            ys_value_set(schema->arena, part, member->name, member->value);
        }
    }
    return part;
}

static struct ys_value *map_schema(struct schema *schema, const struct ys_slot_spec *slot)
{
    if (slot->shape) {
        return part_schema(schema, slot->shape);
    }
    return slot->definition ? map_of(schema, reference(schema, slot->definition))
                            : typed(schema, "object");
}

/* {oauth2: …}: one member, whose name is the kind. */
static struct ys_value *kind_schema(struct schema *schema, const struct ys_slot_spec *slot)
{
    struct ys_value *map = typed(schema, "object");
    struct ys_value *properties = ys_value_map(schema->arena);
    for (size_t i = 0; slot->choices[i]; i++) {
        ys_value_set(schema->arena, properties, slot->choices[i],
                     shape_schema(schema, slot->shape));
    }
    ys_value_set(schema->arena, map, "properties", properties);
    ys_value_set_bool(schema->arena, map, "additionalProperties", false);
    ys_value_set_int(schema->arena, map, "minProperties", 1);
    ys_value_set_int(schema->arena, map, "maxProperties", 1);
    return map;
}

static struct ys_value *custom_schema(struct schema *schema, const struct ys_slot_spec *slot)
{
    if (slot->choices && slot->shape) {
        return kind_schema(schema, slot);
    }
    return slot->definition ? reference(schema, slot->definition) : ys_value_map(schema->arena);
}

static struct ys_value *slot_schema(struct schema *schema, const struct ys_slot_spec *slot)
{
    struct ys_value *map = NULL;
    switch (slot->slot) {
    case YS_SLOT_ID:
        map = scalar(schema);
        break;
    case YS_SLOT_TEXT:
        map = typed(schema, "string");
        break;
    case YS_SLOT_TEXTS:
        map = reference(schema, "texts");
        break;
    case YS_SLOT_BOOL:
        map = typed(schema, "boolean");
        break;
    case YS_SLOT_INT:
        map = typed(schema, "integer");
        ys_value_set_int(schema->arena, map, "minimum", 0);
        break;
    case YS_SLOT_DURATION:
        map = reference(schema, "duration");
        break;
    case YS_SLOT_CHOICE: {
        struct ys_value *choices = ys_value_list(schema->arena);
        for (size_t i = 0; slot->choices[i]; i++) {
            ys_value_append(schema->arena, choices,
                            ys_value_string(schema->arena, slot->choices[i]));
        }
        map = ys_value_map(schema->arena);
        ys_value_set(schema->arena, map, "enum", choices);
        break;
    }
    case YS_SLOT_IDS:
        map = list_of(schema, scalar(schema));
        if (slot->filled) {
            ys_value_set_int(schema->arena, map, "minItems", 1);
        }
        break;
    case YS_SLOT_VALUE:
        map = slot->definition ? reference(schema, slot->definition)
                               : ys_value_map(schema->arena);
        break;
    case YS_SLOT_MAP:
        map = map_schema(schema, slot);
        break;
    case YS_SLOT_OBJECT:
        map = shape_schema(schema, slot->shape);
        break;
    case YS_SLOT_LIST:
        map = list_of(schema, shape_schema(schema, slot->shape));
        break;
    case YS_SLOT_ENTRIES:
        map = map_of(schema, shape_schema(schema, slot->shape));
        break;
    case YS_SLOT_CUSTOM:
        map = custom_schema(schema, slot);
        break;
    }
    ys_value_set_text(schema->arena, map, "description", slot->doc);
    return map;
}

static struct ys_value *slots_schema(struct schema *schema, const struct ys_slot_spec *slots,
                                     size_t count)
{
    struct ys_value *map = typed(schema, "object");
    struct ys_value *properties = ys_value_map(schema->arena);
    struct ys_value *required = ys_value_list(schema->arena);
    for (size_t i = 0; i < count; i++) {
        ys_value_set(schema->arena, properties, slots[i].key, slot_schema(schema, &slots[i]));
        if (slots[i].required) {
            ys_value_append(schema->arena, required, ys_value_string(schema->arena, slots[i].key));
        }
    }
    ys_value_set(schema->arena, map, "properties", properties);
    if (ys_value_count(required)) {
        ys_value_set(schema->arena, map, "required", required);
    }
    ys_value_set_bool(schema->arena, map, "additionalProperties", false);
    return map;
}

static struct ys_value *shape_schema(struct schema *schema, const struct ys_shape *shape)
{
    struct ys_value *map = slots_schema(schema, shape->slots, shape->count);
    ys_value_set_text(schema->arena, map, "description", shape->doc);
    return map;
}

static void define_texts(struct schema *schema)
{
    struct ys_arena *arena = schema->arena;
    struct ys_value *both = ys_value_map(arena);
    struct ys_value *choices = ys_value_list(arena);
    struct ys_value *map = typed(schema, "object");
    struct ys_value *properties = ys_value_map(arena);
    ys_value_set(arena, properties, "zh", typed(schema, "string"));
    ys_value_set(arena, properties, "en", typed(schema, "string"));
    ys_value_set(arena, map, "properties", properties);
    ys_value_set_bool(arena, map, "additionalProperties", false);
    ys_value_append(arena, choices, typed(schema, "string"));
    ys_value_append(arena, choices, map);
    ys_value_set(arena, both, "anyOf", choices);
    define(schema, "texts", both);
    struct ys_value *duration = typed(schema, "string");
    ys_value_set_text(arena, duration, "pattern", "^[0-9]+(ms|s|m|h)$");
    define(schema, "duration", duration);
}

/* What stands under the key of a kind of step. */
static struct ys_value *step_body(struct schema *schema, const struct ys_step_info *info)
{
    struct ys_value *body = ys_value_map(schema->arena);
    switch ((int)info->kind) {
    case YS_STEP_CALL:
    case YS_STEP_USE:
        body = typed(schema, "string");
        break;
    case YS_STEP_LET:
    case YS_STEP_REPEAT:
    case YS_STEP_EACH:
    case YS_STEP_PARALLEL:
        body = typed(schema, "object");
        break;
    default:
        break; /* lint knows their keys */
    }
    ys_value_set_text(schema->arena, body, "description", info->doc);
    return body;
}

/* A loop needs its steps. */
static struct ys_value *loop_needs(struct schema *schema)
{
    static const char *const loops[] = {"repeat", "each", "parallel"};
    struct ys_value *map = ys_value_map(schema->arena);
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        struct ys_value *needs = ys_value_list(schema->arena);
        ys_value_append(schema->arena, needs, ys_value_string(schema->arena, "steps"));
        ys_value_set(schema->arena, map, loops[i], needs);
    }
    return map;
}

static void define_steps(struct schema *schema)
{
    struct ys_arena *arena = schema->arena;
    size_t kinds = 0;
    const struct ys_step_info *info = ys_step_table(&kinds);
    struct ys_value *kind_list = ys_value_list(arena);
    size_t count = 0;
    const struct ys_slot_spec *slots = ys_step_slots(&count);
    struct ys_value *step = slots_schema(schema, slots, count);
    struct ys_value *properties = ys_value_map(arena);
    const struct ys_value *common = ys_value_get(step, "properties");
    for (size_t i = 0; i < ys_value_count(common); i++) {
        ys_value_set(arena, properties, common->as.map.members[i].name,
                     common->as.map.members[i].value);
    }
    for (size_t i = 0; i < kinds; i++) {
        struct ys_value *body = step_body(schema, &info[i]);
        struct ys_value *need = ys_value_map(arena);
        struct ys_value *keys = ys_value_list(arena);
        ys_value_set(arena, properties, info[i].key, body);
        ys_value_append(arena, keys, ys_value_string(arena, info[i].key));
        ys_value_set(arena, need, "required", keys);
        ys_value_append(arena, kind_list, need);
    }
    ys_value_set(arena, step, "properties", properties);
    ys_value_set(arena, step, "oneOf", kind_list);
    ys_value_set(arena, step, "dependentRequired", loop_needs(schema));
    define(schema, "step", step);
    define(schema, "steps", list_of(schema, reference(schema, "step")));
    struct ys_value *until = typed(schema, "object");
    struct ys_value *bounds = ys_value_map(arena);
    ys_value_set(arena, bounds, "every", reference(schema, "duration"));
    ys_value_set(arena, bounds, "at_most", reference(schema, "duration"));
    struct ys_value *required = ys_value_list(arena);
    ys_value_append(arena, required, ys_value_string(arena, "every"));
    ys_value_append(arena, required, ys_value_string(arena, "at_most"));
    ys_value_set(arena, until, "properties", bounds);
    ys_value_set(arena, until, "required", required);
    ys_value_set_bool(arena, until, "additionalProperties", false);
    define(schema, "until", until);
    struct ys_value *expect = ys_value_map(arena);
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_buf_append_text(&buf, "targets and their matchers;");
    for (size_t i = 0; status == YS_OK && i < YS_MATCHER_COUNT; i++) {
        status = ys_buf_printf(&buf, " %s: %s.", ys_matcher_table()[i].name,
                               ys_matcher_table()[i].doc);
    }
    ys_value_set_text(arena, expect, "description", buf.bytes);
    ys_buf_clear(&buf);
    define(schema, "expect", expect);
}

static void define_others(struct schema *schema)
{
    static const char *const objects[] = {"fields", "types", "map"};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        define(schema, objects[i], typed(schema, "object"));
    }
    struct ys_value *modes = list_of(schema, ys_value_map(schema->arena));
    define(schema, "modes", modes);
    define(schema, "hexadecimal", scalar(schema));
    define(schema, "flag", typed(schema, "boolean"));
    struct ys_value *saved = ys_value_map(schema->arena);
    struct ys_value *kinds = ys_value_list(schema->arena);
    ys_value_append(schema->arena, kinds, ys_value_string(schema->arena, "string"));
    ys_value_append(schema->arena, kinds, ys_value_string(schema->arena, "object"));
    ys_value_set(schema->arena, saved, "type", kinds);
    define(schema, "saved", saved);
    struct ys_value *outcomes = ys_value_list(schema->arena);
    struct ys_value *outcome = ys_value_map(schema->arena);
    struct ys_value *rule = typed(schema, "object");
    struct ys_value *keys = ys_value_map(schema->arena);
    ys_value_set(schema->arena, keys, "from", typed(schema, "string"));
    ys_value_set(schema->arena, keys, "map", typed(schema, "object"));
    ys_value_set(schema->arena, rule, "properties", keys);
    ys_value_append(schema->arena, outcomes, rule);
    ys_value_append(schema->arena, outcomes, list_of(schema, rule));
    ys_value_set(schema->arena, outcome, "anyOf", outcomes);
    define(schema, "outcome", outcome);
    define(schema, "text", typed(schema, "string"));
    static const char *const patterns[][2] = {{"date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                                              {"byte", "^[0-9A-Fa-f]{2}$"},
                                              {"factor", "^[0-9A-F]{16}$"},
                                              {"padding", "^([0-9A-F]{2}){1,28}$"},
                                              {"df-name", "^([0-9A-Fa-f]{2} ?){1,16}$"},
                                              {"digest", "^[0-9a-f]{64}$"},
                                              {"fingerprint", "^f[0-9a-f]{16}$"}};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct ys_value *text = typed(schema, "string");
        ys_value_set_text(schema->arena, text, "pattern", patterns[i][1]);
        define(schema, patterns[i][0], text);
    }
    static const char *const days[] = {"applied", "approved", "retrofit_finished"};
    struct ys_value *dates = typed(schema, "object");
    struct ys_value *properties = ys_value_map(schema->arena);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        ys_value_set(schema->arena, properties, days[i], reference(schema, "date"));
    }
    ys_value_set(schema->arena, dates, "properties", properties);
    ys_value_set_bool(schema->arena, dates, "additionalProperties", false);
    define(schema, "dates", dates);
    struct ys_value *path_or_list = ys_value_list(schema->arena);
    ys_value_append(schema->arena, path_or_list, typed(schema, "string"));
    ys_value_append(schema->arena, path_or_list, list_of(schema, typed(schema, "object")));
    struct ys_value *documents = ys_value_map(schema->arena);
    ys_value_set(schema->arena, documents, "anyOf", path_or_list);
    define(schema, "documents", documents);
}

static const struct {
    const char *kind;
    const struct ys_shape *shape;
} DOCUMENTS[] = {
    {"suite", &ys_shape_suite},           {"candidate", &ys_shape_candidate},
    {"regulation", &ys_shape_regulation}, {"calendar", &ys_shape_calendar},
    {"operations", &ys_shape_catalogue},
    {"card", &ys_shape_card},             {"facts", &ys_shape_stated},
    {"baseline", &ys_shape_baseline},     {"gate", &ys_shape_gate},
    {"attestations", &ys_shape_answers},  {"proof", &ys_shape_proof},
    {"evaluation", &ys_shape_evaluation}, {"figures", &ys_shape_figures},
};

enum ys_status ys_schema_write(const char *document_kind, struct ys_buf *buf)
{
    const struct ys_shape *shape = NULL;
    for (size_t i = 0; i < sizeof DOCUMENTS / sizeof DOCUMENTS[0]; i++) {
        if (strcmp(DOCUMENTS[i].kind, document_kind) == 0) {
            shape = DOCUMENTS[i].shape;
        }
    }
    if (!shape) {
        return YS_ERR_NOT_FOUND;
    }
    struct ys_arena arena;
    ys_arena_init(&arena);
    struct schema schema = {&arena, ys_value_map(&arena)};
    struct ys_value *root = ys_value_map(&arena);
    ys_value_set_text(&arena, root, "$schema", "https://json-schema.org/draft/2020-12/schema");
    ys_value_set(&arena, root, "title", ys_value_printf(&arena, "yanshou %s", document_kind));
    define_texts(&schema);
    define_others(&schema);
    define_steps(&schema);
    define(&schema, "part-of-binding", part_schema(&schema, &ys_shape_binding));
    const struct ys_value *body = shape_schema(&schema, shape);
    for (size_t i = 0; i < body->as.map.count; i++) {
        ys_value_set(&arena, root, body->as.map.members[i].name, body->as.map.members[i].value);
    }
    ys_value_set(&arena, root, "$defs", schema.definitions);
    enum ys_status status = ys_json_write_pretty(root, buf);
    ys_arena_clear(&arena);
    return status;
}
