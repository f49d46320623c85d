/* SPDX-License-Identifier: Apache-2.0 */
/* operations.yaml: types, supplies and operations. */
#include <string.h>

#include "ys_matcher.h"
#include "ys_model_private.h"
#include "ys_suggest.h"

#define TYPE_DEPTH_MAX 16u
#define SUPPLIES_SUGGESTED 64u

static const struct {
    const char *name;
    enum ys_type_kind kind;
} SCALARS[] = {
    {"string", YS_TYPE_STRING},   {"integer", YS_TYPE_INTEGER}, {"money", YS_TYPE_MONEY},
    {"boolean", YS_TYPE_BOOLEAN}, {"date", YS_TYPE_DATE},       {"month", YS_TYPE_MONTH},
    {"datetime", YS_TYPE_DATETIME}, {"secret", YS_TYPE_SECRET}, {"rows", YS_TYPE_ROWS},
    {"any", YS_TYPE_ANY},
};
#define SCALAR_COUNT (sizeof SCALARS / sizeof SCALARS[0])

static const struct ys_type *resolve(struct ys_loader *loader, const struct ys_value *value);

static const struct ys_type *unknown_type(struct ys_loader *loader, const struct ys_value *value,
                                          const char *name)
{
    struct ys_type_table *table = loader->context;
    const char *names[SCALAR_COUNT + 256];
    size_t count = 0;
    for (; count < SCALAR_COUNT; count++) {
        names[count] = SCALARS[count].name;
    }
    for (size_t i = 0; i < ys_value_count(table->definitions) && count < SCALAR_COUNT + 256; i++) {
        names[count++] = table->definitions->as.map.members[i].name;
    }
    struct ys_diag *diag =
        ys_diag_add(loader->diags, loader->document, value, "unknown type '%s'", name);
    diag->suggestion = ys_suggest(name, names, count);
    diag->expected = "a scalar type, one of `types`, or {enum: …}, {list: …}, {object: …}";
    return ys_arena_alloc(loader->arena, sizeof(struct ys_type));
}

/* A type by its name; named ones are loaded once. */
static const struct ys_type *named_type(struct ys_loader *loader, const struct ys_value *value,
                                        const char *name)
{
    struct ys_type_table *table = loader->context;
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->known[i].name, name) == 0) {
            return table->known[i].type;
        }
    }
    struct ys_type *type = NULL;
    for (size_t i = 0; i < SCALAR_COUNT && !type; i++) {
        if (strcmp(SCALARS[i].name, name) == 0) {
            type = ys_arena_alloc(loader->arena, sizeof *type);
            type->kind = SCALARS[i].kind;
        }
    }
    const struct ys_value *definition =
        type || !table->definitions ? NULL : ys_value_get(table->definitions, name);
    if (!type && !definition) {
        return unknown_type(loader, value, name);
    }
    if (!type) {
        type = ys_arena_alloc(loader->arena, sizeof *type);
        *type = *resolve(loader, definition);
    }
    type->name = name;
    if (table->count == table->capacity) {
        size_t capacity = table->capacity ? 2 * table->capacity : 64;
        void *grown = ys_arena_calloc(loader->arena, capacity, sizeof *table->known);
        if (table->count) {
            memcpy(grown, table->known, table->count * sizeof *table->known);
        }
        table->known = grown;
        table->capacity = capacity;
    }
    table->known[table->count].name = name;
    table->known[table->count++].type = type;
    return type;
}

static const struct ys_field *load_fields(struct ys_loader *loader, const struct ys_value *value,
                                          size_t *ret_count)
{
    static const char *const names[] = {"type", "required", "text"};
    *ret_count = 0;
    if (!ys_shape_kind(loader, value, YS_KIND_MAP, "this")) {
        return NULL;
    }
    struct ys_field *fields =
        ys_arena_calloc(loader->arena, value->as.map.count + 1, sizeof *fields);
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        struct ys_field *field = &fields[i];
        field->name = member->name;
        field->at = member->value;
        const struct ys_value *type = ys_value_get(member->value, "type");
        bool described = type != NULL;
        field->type = resolve(loader, described ? type : member->value);
        for (size_t k = 0; described && k < member->value->as.map.count; k++) {
            const struct ys_member *part = &member->value->as.map.members[k];
            if (strcmp(part->name, "required") == 0 &&
                ys_shape_kind(loader, part->value, YS_KIND_BOOL, "required")) {
                field->required = part->value->as.boolean;
            } else if (strcmp(part->name, "text") == 0) {
                field->text.zh = ys_value_get_text(part->value, "zh");
                field->text.en = ys_value_get_text(part->value, "en");
            } else if (strcmp(part->name, "type") != 0 && strcmp(part->name, "required") != 0) {
                ys_shape_unknown(loader, part, "key", names, 3);
            }
        }
        if (ys_matcher_find(field->name)) {
            ys_diag_add_at(loader->diags, loader->document, member->line, member->column,
                           "a field cannot be called '%s': that is a matcher", field->name);
        }
    }
    *ret_count = value->as.map.count;
    return fields;
}

/* {enum: …}, {list: …}, {object: …} or {type: …}, each with an optional `personal`. */
static const struct ys_type *inline_type(struct ys_loader *loader, const struct ys_value *value)
{
    static const char *const names[] = {"type", "enum", "list", "object", "personal"};
    struct ys_type *type = ys_arena_alloc(loader->arena, sizeof *type);
    size_t kinds = 0;
    type->kind = YS_TYPE_ANY;
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        const char *personal = type->personal;
        if (strcmp(member->name, "personal") == 0) {
            type->personal = ys_value_text(member->value);
            continue;
        }
        kinds++;
        if (strcmp(member->name, "type") == 0) {
            *type = *resolve(loader, member->value);
            type->personal = personal ? personal : type->personal;
        } else if (strcmp(member->name, "enum") == 0) {
            type->kind = YS_TYPE_ENUM;
            type->values = ys_shape_ids(loader, member->value, &type->value_count);
        } else if (strcmp(member->name, "list") == 0) {
            type->kind = YS_TYPE_LIST;
            type->item = resolve(loader, member->value);
        } else if (strcmp(member->name, "object") == 0) {
            type->kind = YS_TYPE_OBJECT;
            type->fields = load_fields(loader, member->value, &type->field_count);
        } else {
            ys_shape_unknown(loader, member, "key of a type", names, 5);
        }
    }
    if (kinds != 1) {
        ys_diag_add(loader->diags, loader->document, value, "a type is exactly one thing")
            ->expected = "one of: type, enum, list, object";
    }
    return type;
}

static const struct ys_type *resolve(struct ys_loader *loader, const struct ys_value *value)
{
    struct ys_type_table *table = loader->context;
    const struct ys_type *type = NULL;
    if (++table->depth > TYPE_DEPTH_MAX) {
        ys_diag_add(loader->diags, loader->document, value,
                    "types refer to each other in a circle");
        type = ys_arena_alloc(loader->arena, sizeof *type);
    } else if (value->kind == YS_KIND_STRING) {
        type = named_type(loader, value, value->as.string.bytes);
    } else if (ys_shape_kind(loader, value, YS_KIND_MAP, "a type")) {
        type = inline_type(loader, value);
    } else {
        type = ys_arena_alloc(loader->arena, sizeof *type);
    }
    table->depth--;
    return type;
}

static void load_inputs(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_operation *operation = object;
    operation->inputs = load_fields(loader, value, &operation->input_count);
}

static void load_outputs(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_operation *operation = object;
    operation->outputs = load_fields(loader, value, &operation->output_count);
}

static void load_supplies(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_catalogue *catalogue = object;
    catalogue->supplies = load_fields(loader, value, &catalogue->supply_count);
}

/* Types are resolved where they are used; here only their names are looked at. */
static void check_types(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    (void)object;
    if (ys_shape_kind(loader, value, YS_KIND_MAP, "types")) {
        for (size_t i = 0; i < value->as.map.count; i++) {
            named_type(loader, value, value->as.map.members[i].name);
        }
    }
}

static void finish_operation(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_operation *operation = object;
    const struct ys_field *outcome =
        ys_fields_find(operation->outputs, operation->output_count, "outcome");
    bool accepted = false;
    for (size_t i = 0; outcome && i < outcome->type->value_count; i++) {
        accepted = accepted || strcmp(outcome->type->values[i], "accepted") == 0;
    }
    if (!accepted) {
        ys_diag_add(loader->diags, loader->document, value,
                    "operation '%s' has no output 'outcome' that can be accepted",
                    operation->id ? operation->id : "?")
            ->expected = "outcome: {enum: [accepted, refused]}";
    }
}

#define AT(member) offsetof(struct ys_operation, member)
static const struct ys_slot_spec OPERATION_SLOTS[] = {
    {.key = "id", .slot = YS_SLOT_ID, .required = true, .offset = AT(id), .doc = "its name"},
    {.key = "title", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(title),
     .doc = "title"},
    {.key = "meaning", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(meaning),
     .doc = "what it does, for the bank's engineer who binds it"},
    {.key = "idempotent", .slot = YS_SLOT_BOOL, .offset = AT(idempotent),
     .doc = "may be repeated without a further effect"},
    {.key = "creates", .slot = YS_SLOT_BOOL, .offset = AT(creates),
     .doc = "counts towards the candidate's budget of objects"},
    {.key = "harmless", .slot = YS_SLOT_BOOL, .offset = AT(harmless),
     .doc = "a read without any effect, counted nowhere and noted nowhere"},
    {.key = "locks", .slot = YS_SLOT_IDS, .offset = AT(locks), .count_offset = AT(lock_count),
     .filled = true, .doc = "what a case that calls it holds; no other case that does runs beside"},
    {.key = "inputs", .slot = YS_SLOT_CUSTOM, .custom = load_inputs, .definition = "fields",
     .doc = "inputs by name"},
    {.key = "outputs", .slot = YS_SLOT_CUSTOM, .required = true, .custom = load_outputs,
     .definition = "fields", .doc = "outputs by name; `outcome` is one of them"},
};
#undef AT

static const struct ys_shape OPERATION = {
    .name = "operation",
    .doc = "one abstract operation",
    .size = sizeof(struct ys_operation),
    .slots = OPERATION_SLOTS,
    .count = sizeof OPERATION_SLOTS / sizeof OPERATION_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct ys_operation, at),
    .finish = finish_operation,
};

#define AT(member) offsetof(struct ys_catalogue, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "catalogue", .slot = YS_SLOT_ID, .required = true, .offset = YS_SLOT_NOWHERE,
     .doc = "the regulation that it belongs to"},
    {.key = "types", .slot = YS_SLOT_CUSTOM, .custom = check_types, .definition = "types",
     .doc = "named types"},
    {.key = "supplies", .slot = YS_SLOT_CUSTOM, .custom = load_supplies, .definition = "fields",
     .doc = "what a candidate supplies; each is a variable of the suites"},
    {.key = "exclusive", .slot = YS_SLOT_IDS, .offset = AT(exclusive),
     .count_offset = AT(exclusive_count), .filled = true,
     .doc = "supplies that are one thing (a card, an account): no two cases use one at once"},
    {.key = "release", .slot = YS_SLOT_ID, .offset = YS_SLOT_NOWHERE,
     .doc = "the operation whose output `build` names what the bank runs"},
    {.key = "operations", .slot = YS_SLOT_LIST, .required = true, .offset = AT(operations),
     .count_offset = AT(operation_count), .shape = &OPERATION, .doc = "the operations"},
};
#undef AT

const struct ys_shape ys_shape_catalogue = {
    .name = "catalogue",
    .doc = "The operation catalogue: what suites may call and what candidates bind",
    .size = sizeof(struct ys_catalogue),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

static void check_exclusive(struct ys_loader *loader, const struct ys_catalogue *catalogue,
                            const struct ys_value *list)
{
    const char *names[SUPPLIES_SUGGESTED];
    size_t count = 0;
    while (count < catalogue->supply_count && count < SUPPLIES_SUGGESTED) {
        names[count] = catalogue->supplies[count].name;
        count++;
    }
    for (size_t i = 0; i < catalogue->exclusive_count; i++) {
        const char *name = catalogue->exclusive[i];
        if (!ys_fields_find(catalogue->supplies, catalogue->supply_count, name)) {
            ys_diag_add(loader->diags, loader->document, list, "there is no supply '%s'", name)
                ->suggestion = ys_suggest(name, names, count);
        }
    }
}

/* The operation that `release` names must tell a build. */
static void find_release(struct ys_loader *loader, struct ys_catalogue *catalogue,
                         const struct ys_value *named)
{
    const char *id = named ? ys_value_written(named) : NULL;
    const struct ys_operation *operation = id ? ys_catalogue_operation(catalogue, id) : NULL;
    const struct ys_field *build =
        operation ? ys_fields_find(operation->outputs, operation->output_count, "build") : NULL;
    if (named && !(build && build->required && build->type->kind == YS_TYPE_STRING)) {
        ys_diag_add(loader->diags, loader->document, named,
                    "`release` names no operation that tells a build")
            ->expected = "an operation with the output build: {type: string, required: true}";
    } else {
        catalogue->release = operation;
    }
}

struct ys_catalogue *ys_catalogue_load(struct ys_arena *arena, const struct ys_document *document,
                                       struct ys_diags *diags)
{
    struct ys_type_table table = {.definitions = ys_value_get(document->root, "types")};
    struct ys_loader loader = {arena, diags, document, &table};
    struct ys_catalogue *catalogue = ys_arena_alloc(arena, sizeof *catalogue);
    catalogue->document = document;
    ys_shape_load(&loader, &ys_shape_catalogue, document->root, catalogue);
    check_exclusive(&loader, catalogue, ys_value_get(document->root, "exclusive"));
    find_release(&loader, catalogue, ys_value_get(document->root, "release"));
    for (size_t i = 0; i < catalogue->operation_count; i++) {
        const struct ys_operation *operation = &catalogue->operations[i];
        if (operation->id && ys_catalogue_operation(catalogue, operation->id) != operation) {
            ys_diag_add(diags, document, operation->at, "operation '%s' stands twice",
                        operation->id);
        }
    }
    return catalogue;
}

const struct ys_operation *ys_catalogue_operation(const struct ys_catalogue *catalogue,
                                                  const char *id)
{
    for (size_t i = 0; i < catalogue->operation_count; i++) {
        const struct ys_operation *operation = &catalogue->operations[i];
        if (operation->id && strcmp(operation->id, id) == 0) {
            return operation;
        }
    }
    return NULL;
}

const struct ys_field *ys_fields_find(const struct ys_field *fields, size_t count,
                                      const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].name, name) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}
