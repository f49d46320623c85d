/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_shape.h"

#include <string.h>

#include "ys_suggest.h"

#define NAMES_MAX 128u

static const char *names_text(struct ys_arena *arena, const char *const *names, size_t count)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_ERR_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        if (ys_buf_printf(&buf, "%s%s", i ? ", " : "", names[i]) != YS_OK) {
            break;
        }
    }
    const char *text = ys_arena_printf(arena, "one of: %s", buf.bytes);
    ys_buf_clear(&buf);
    return text;
}

void ys_shape_unknown(struct ys_loader *loader, const struct ys_member *member, const char *what,
                      const char *const *names, size_t count)
{
    struct ys_diag *diag = ys_diag_add_at(loader->diags, loader->document, member->line,
                                          member->column, "unknown %s '%s'", what, member->name);
    diag->suggestion = ys_suggest(member->name, names, count);
    diag->expected = names_text(loader->arena, names, count);
}

bool ys_shape_kind(struct ys_loader *loader, const struct ys_value *value, enum ys_kind kind,
                   const char *what)
{
    if (value->kind == kind) {
        return true;
    }
    struct ys_diag *diag = ys_diag_add(loader->diags, loader->document, value, "%s is a %s", what,
                                       ys_kind_name(value->kind));
    diag->expected = ys_arena_printf(loader->arena, "a %s", ys_kind_name(kind));
    return false;
}

const char *const *ys_shape_ids(struct ys_loader *loader, const struct ys_value *value,
                                size_t *ret_count)
{
    *ret_count = 0;
    if (!ys_shape_kind(loader, value, YS_KIND_LIST, "this")) {
        return NULL;
    }
    const char **ids = ys_arena_calloc(loader->arena, value->as.list.count + 1, sizeof *ids);
    for (size_t i = 0; i < value->as.list.count; i++) {
        const char *id = ys_value_written(value->as.list.items[i]);
        if (id) {
            ids[(*ret_count)++] = id;
        } else {
            ys_shape_kind(loader, value->as.list.items[i], YS_KIND_STRING, "an item");
        }
    }
    return ids;
}

static void load_texts(struct ys_loader *loader, const struct ys_slot_spec *slot,
                       const struct ys_value *value, struct ys_text *ret_text)
{
    static const char *const names[] = {"zh", "en"};
    if (value->kind == YS_KIND_STRING) {
        ret_text->zh = value->as.string.bytes;
        ret_text->en = value->as.string.bytes;
        return;
    }
    if (value->kind != YS_KIND_MAP) {
        ys_diag_add(loader->diags, loader->document, value, "'%s' is a %s", slot->key,
                    ys_kind_name(value->kind))
            ->expected = "a text or {zh: …, en: …}";
        return;
    }
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        const char **place = strcmp(member->name, "zh") == 0   ? &ret_text->zh
                             : strcmp(member->name, "en") == 0 ? &ret_text->en
                                                               : NULL;
        if (!place) {
            ys_shape_unknown(loader, member, "language", names, 2);
        } else if (ys_shape_kind(loader, member->value, YS_KIND_STRING, "a text")) {
            *place = ys_value_text(member->value);
        }
    }
}

static void load_choice(struct ys_loader *loader, const struct ys_slot_spec *slot,
                        const struct ys_value *value, int *ret_choice)
{
    const char *text = ys_value_written(value);
    size_t count = 0;
    for (; slot->choices[count]; count++) {
        if (text && strcmp(slot->choices[count], text) == 0) {
            *ret_choice = (int)count;
            return;
        }
    }
    struct ys_diag *diag =
        ys_diag_add(loader->diags, loader->document, value, "'%s' cannot be %s", slot->key,
                    ys_value_show(loader->arena, value, 60));
    diag->expected = names_text(loader->arena, slot->choices, count);
    diag->suggestion = text ? ys_suggest(text, slot->choices, count) : NULL;
}

static void load_int(struct ys_loader *loader, const struct ys_slot_spec *slot,
                     const struct ys_value *value, int64_t *ret_number)
{
    int64_t number = 0;
    if (value->kind != YS_KIND_NUMBER || ys_decimal_to_int(value->as.number, &number) != YS_OK ||
        number < 0) {
        ys_diag_add(loader->diags, loader->document, value, "'%s' is %s", slot->key,
                    ys_value_show(loader->arena, value, 60))
            ->expected = "a whole number";
        return;
    }
    *ret_number = number;
}

static void load_duration(struct ys_loader *loader, const struct ys_slot_spec *slot,
                          const struct ys_value *value, int64_t *ret_ms)
{
    const char *text = ys_value_written(value);
    if (!text || ys_parse_duration(text, ret_ms, NULL) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "'%s' is %s", slot->key,
                    ys_value_show(loader->arena, value, 60))
            ->expected = "a duration such as 200ms, 5s, 2m or 1h";
    }
}

/* An array of structs from a list or from the members of a map. */
static void load_array(struct ys_loader *loader, const struct ys_slot_spec *slot,
                       const struct ys_value *value, char *object)
{
    bool entries = slot->slot == YS_SLOT_ENTRIES;
    if (!ys_shape_kind(loader, value, entries ? YS_KIND_MAP : YS_KIND_LIST, slot->key)) {
        return;
    }
    size_t count = ys_value_count(value);
    const struct ys_shape *shape = slot->shape;
    char *array = ys_arena_calloc(loader->arena, count + 1, shape->size);
    for (size_t i = 0; i < count; i++) {
        char *item = array + i * shape->size;
        if (entries && shape->name_offset != YS_SLOT_NOWHERE) {
            const char *name = value->as.map.members[i].name;
            memcpy(item + shape->name_offset, &name, sizeof name);
        }
        ys_shape_load(loader, shape,
                      entries ? value->as.map.members[i].value : value->as.list.items[i], item);
    }
    const void *pointer = array;
    memcpy(object + slot->offset, &pointer, sizeof pointer);
    memcpy(object + slot->count_offset, &count, sizeof count);
}

static void load_slot(struct ys_loader *loader, const struct ys_slot_spec *slot,
                      const struct ys_value *value, char *object)
{
    void *place = slot->offset == YS_SLOT_NOWHERE ? NULL : object + slot->offset;
    const char *text = NULL;
    bool boolean = false;
    switch (slot->slot) {
    case YS_SLOT_ID:
        text = ys_value_written(value);
        if (!text) {
            ys_shape_kind(loader, value, YS_KIND_STRING, slot->key);
        } else if (place) {
            memcpy(place, &text, sizeof text);
        }
        break;
    case YS_SLOT_TEXT:
        text = ys_value_text(value);
        if (ys_shape_kind(loader, value, YS_KIND_STRING, slot->key) && place) {
            memcpy(place, &text, sizeof text);
        }
        break;
    case YS_SLOT_TEXTS:
        load_texts(loader, slot, value, place);
        break;
    case YS_SLOT_BOOL:
        if (ys_shape_kind(loader, value, YS_KIND_BOOL, slot->key) && place) {
            boolean = value->as.boolean;
            memcpy(place, &boolean, sizeof boolean);
        }
        break;
    case YS_SLOT_INT:
        load_int(loader, slot, value, place);
        break;
    case YS_SLOT_DURATION:
        load_duration(loader, slot, value, place);
        break;
    case YS_SLOT_CHOICE:
        load_choice(loader, slot, value, place);
        break;
    case YS_SLOT_IDS: {
        size_t count = 0;
        const char *const *ids = ys_shape_ids(loader, value, &count);
        memcpy(place, &ids, sizeof ids);
        memcpy(object + slot->count_offset, &count, sizeof count);
        break;
    }
    case YS_SLOT_MAP:
        if (!ys_shape_kind(loader, value, YS_KIND_MAP, slot->key)) {
            break;
        }
        memcpy(place, &value, sizeof value);
        break;
    case YS_SLOT_VALUE:
        if (place) {
            memcpy(place, &value, sizeof value);
        }
        break;
    case YS_SLOT_OBJECT:
        ys_shape_load(loader, slot->shape, value, place);
        break;
    case YS_SLOT_LIST:
    case YS_SLOT_ENTRIES:
        load_array(loader, slot, value, object);
        break;
    case YS_SLOT_CUSTOM:
        slot->custom(loader, value, object);
        break;
    }
}

static const struct ys_slot_spec *find_slot(const struct ys_shape *shape, const char *key)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->slots[i].key, key) == 0) {
            return &shape->slots[i];
        }
    }
    return NULL;
}

void ys_shape_load(struct ys_loader *loader, const struct ys_shape *shape,
                   const struct ys_value *value, void *object)
{
    if (!ys_shape_kind(loader, value, YS_KIND_MAP, shape->name)) {
        return;
    }
    if (shape->at_offset != YS_SLOT_NOWHERE) {
        memcpy((char *)object + shape->at_offset, &value, sizeof value);
    }
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        const struct ys_slot_spec *slot = find_slot(shape, member->name);
        if (slot) {
            load_slot(loader, slot, member->value, object);
            continue;
        }
        const char *names[NAMES_MAX];
        size_t count = 0;
        for (; count < shape->count && count < NAMES_MAX; count++) {
            names[count] = shape->slots[count].key;
        }
        ys_shape_unknown(loader, member, "key", names, count);
    }
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->slots[i].required && !ys_value_get(value, shape->slots[i].key)) {
            ys_diag_add(loader->diags, loader->document, value, "%s lacks '%s'", shape->name,
                        shape->slots[i].key)
                ->expected = shape->slots[i].doc;
        }
    }
    if (shape->finish) {
        shape->finish(loader, value, object);
    }
}
