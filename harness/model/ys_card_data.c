/* SPDX-License-Identifier: Apache-2.0 */
/* card.yaml: the card's data dictionary. */
#include <string.h>

#include "ys_crypto.h"
#include "ys_model_private.h"

static const char *const ENCODINGS[] = {"ascii", "gbk", "bcd", "binary", NULL};

struct raw_item {
    struct ys_card_item item;
    int64_t record;
    int64_t length;
    int encoding;
};

static bool parse_hex(struct ys_loader *loader, const struct ys_value *value, uint64_t most,
                      uint64_t *ret_number)
{
    struct ys_err err;
    const char *text = ys_value_written(value);
    uint8_t *bytes = NULL;
    size_t length = 0;
    uint64_t number = 0;
    if (text && ys_hex_decode(loader->arena, text, &bytes, &length, &err) == YS_OK && length <= 4) {
        for (size_t i = 0; i < length; i++) {
            number = number << 8 | bytes[i];
        }
        if (length && number <= most) {
            *ret_number = number;
            return true;
        }
    }
    ys_diag_add(loader->diags, loader->document, value, "%s is not hexadecimal here",
                ys_value_show(loader->arena, value, 40))
        ->expected = "hexadecimal digits in quotes, such as \"4E\"";
    return false;
}

static void load_tag(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    uint64_t tag = 0;
    if (parse_hex(loader, value, 0xFFFFFFFFu, &tag)) {
        ((struct raw_item *)object)->item.tag = (uint32_t)tag;
    }
}

static void finish_item(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    (void)loader;
    (void)value;
    struct raw_item *raw = object;
    raw->item.record = (uint8_t)raw->record;
    raw->item.length = (size_t)raw->length;
    raw->item.encoding = ENCODINGS[raw->encoding];
}

#define AT(member) offsetof(struct raw_item, member)
static const struct ys_slot_spec ITEM_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(item.name),
     .doc = "the name that expectations use"},
    {.key = "record", .slot = YS_SLOT_INT, .required = true, .offset = AT(record),
     .doc = "record number from 1"},
    {.key = "tag", .slot = YS_SLOT_CUSTOM, .required = true, .custom = load_tag,
     .definition = "hexadecimal", .doc = "tag, hexadecimal"},
    {.key = "length", .slot = YS_SLOT_INT, .required = true, .offset = AT(length),
     .doc = "declared length in bytes"},
    {.key = "encoding", .slot = YS_SLOT_CHOICE, .required = true, .offset = AT(encoding),
     .choices = ENCODINGS, .doc = "ascii, gbk, bcd or binary"},
    {.key = "personal", .slot = YS_SLOT_TEXT, .offset = AT(item.personal),
     .doc = "kind of personal data: written only as a mark"},
    {.key = "text", .slot = YS_SLOT_TEXTS, .offset = AT(item.text), .doc = "what it is"},
};
#undef AT
static const struct ys_shape ITEM = {
    .name = "item",
    .doc = "one data item of a file",
    .size = sizeof(struct raw_item),
    .slots = ITEM_SLOTS,
    .count = sizeof ITEM_SLOTS / sizeof ITEM_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_item,
};

struct raw_file {
    struct ys_card_file file;
    const struct raw_item *items;
    size_t item_count;
    int64_t sfi;
};

static void load_fid(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    uint64_t fid = 0;
    if (parse_hex(loader, value, 0xFFFFu, &fid)) {
        ((struct raw_file *)object)->file.fid = (uint16_t)fid;
    }
}

static void finish_file(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw_file *raw = object;
    struct ys_card_item *items =
        ys_arena_calloc(loader->arena, raw->item_count + 1, sizeof *items);
    for (size_t i = 0; i < raw->item_count; i++) {
        items[i] = raw->items[i].item;
    }
    raw->file.items = items;
    raw->file.item_count = raw->item_count;
    if (raw->sfi > 30) {
        ys_diag_add(loader->diags, loader->document, value,
                    "a short file identifier is at most 30 (ISO/IEC 7816-4, 7.3.2)");
    }
    raw->file.sfi = (uint8_t)raw->sfi;
}

#define AT(member) offsetof(struct raw_file, member)
static const struct ys_slot_spec FILE_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(file.name),
     .doc = "such as EF05"},
    {.key = "text", .slot = YS_SLOT_VALUE, .offset = YS_SLOT_NOWHERE, .doc = "what it holds"},
    {.key = "sfi", .slot = YS_SLOT_INT, .offset = AT(sfi), .doc = "short file identifier"},
    {.key = "fid", .slot = YS_SLOT_CUSTOM, .custom = load_fid, .definition = "hexadecimal",
     .doc = "file identifier, hexadecimal, where there is no short one"},
    {.key = "transparent", .slot = YS_SLOT_BOOL, .offset = AT(file.transparent),
     .doc = "a transparent file instead of records"},
    {.key = "items", .slot = YS_SLOT_LIST, .required = true, .offset = AT(items),
     .count_offset = AT(item_count), .shape = &ITEM, .doc = "data items"},
};
#undef AT
static const struct ys_shape FILE_SHAPE = {
    .name = "file",
    .doc = "one elementary file",
    .size = sizeof(struct raw_file),
    .slots = FILE_SLOTS,
    .count = sizeof FILE_SLOTS / sizeof FILE_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_file,
};

struct raw_application {
    struct ys_card_application application;
    const struct raw_file *files;
    size_t file_count;
    int64_t pin_reference;
};

static void load_aid(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw_application *raw = object;
    struct ys_err err;
    uint8_t *aid = NULL;
    size_t length = 0;
    const char *text = ys_value_text(value);
    if (!text || ys_hex_decode(loader->arena, text, &aid, &length, &err) != YS_OK || length < 1 ||
        length > 16) {
        ys_diag_add(loader->diags, loader->document, value, "not a DF name")->expected =
            "1 to 16 bytes in hexadecimal (ISO/IEC 7816-4, 8.2.1.2)";
        return;
    }
    raw->application.aid = aid;
    raw->application.aid_length = length;
}

static void finish_application(struct ys_loader *loader, const struct ys_value *value,
                               void *object)
{
    (void)value;
    struct raw_application *raw = object;
    struct ys_card_file *files =
        ys_arena_calloc(loader->arena, raw->file_count + 1, sizeof *files);
    for (size_t i = 0; i < raw->file_count; i++) {
        files[i] = raw->files[i].file;
    }
    raw->application.files = files;
    raw->application.file_count = raw->file_count;
    raw->application.pin_reference = (uint8_t)raw->pin_reference;
}

#define AT(member) offsetof(struct raw_application, member)
static const struct ys_slot_spec APPLICATION_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(application.name),
     .doc = "the name that suites select"},
    {.key = "text", .slot = YS_SLOT_TEXTS, .offset = AT(application.text), .doc = "what it is"},
    {.key = "aid", .slot = YS_SLOT_CUSTOM, .required = true, .custom = load_aid,
     .definition = "hexadecimal", .doc = "DF name or AID, hexadecimal"},
    {.key = "pin_reference", .slot = YS_SLOT_INT, .offset = AT(pin_reference),
     .doc = "P2 of VERIFY"},
    {.key = "authentication", .slot = YS_SLOT_MAP, .offset = AT(application.authentication),
     .doc = "recipe of the external authentication with a PSAM"},
    {.key = "files", .slot = YS_SLOT_LIST, .required = true, .offset = AT(files),
     .count_offset = AT(file_count), .shape = &FILE_SHAPE, .doc = "its files"},
};
#undef AT
static const struct ys_shape APPLICATION = {
    .name = "application",
    .doc = "one application of the card",
    .size = sizeof(struct raw_application),
    .slots = APPLICATION_SLOTS,
    .count = sizeof APPLICATION_SLOTS / sizeof APPLICATION_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_application,
};

struct raw_card {
    const struct raw_application *applications;
    size_t application_count;
};

static const struct ys_slot_spec SLOTS[] = {
    {.key = "applications", .slot = YS_SLOT_LIST, .required = true,
     .offset = offsetof(struct raw_card, applications),
     .count_offset = offsetof(struct raw_card, application_count), .shape = &APPLICATION,
     .doc = "the applications"},
};

const struct ys_shape ys_shape_card = {
    .name = "card",
    .doc = "The card's data dictionary: applications, files and data items",
    .size = sizeof(struct raw_card),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

void ys_catalogue_load_card(struct ys_arena *arena, const struct ys_document *document,
                            struct ys_diags *diags, struct ys_catalogue *catalogue)
{
    struct ys_loader loader = {arena, diags, document, NULL};
    struct raw_card raw = {NULL, 0};
    ys_shape_load(&loader, &ys_shape_card, document->root, &raw);
    struct ys_card_application *applications =
        ys_arena_calloc(arena, raw.application_count + 1, sizeof *applications);
    for (size_t i = 0; i < raw.application_count; i++) {
        applications[i] = raw.applications[i].application;
    }
    catalogue->applications = applications;
    catalogue->application_count = raw.application_count;
}

const struct ys_card_application *ys_catalogue_application(const struct ys_catalogue *catalogue,
                                                           const char *name)
{
    for (size_t i = 0; i < catalogue->application_count; i++) {
        const char *known = catalogue->applications[i].name;
        if (known && strcmp(known, name) == 0) {
            return &catalogue->applications[i];
        }
    }
    return NULL;
}

const struct ys_card_file *ys_card_file_find(const struct ys_card_application *application,
                                             const char *name)
{
    for (size_t i = 0; i < application->file_count; i++) {
        const char *known = application->files[i].name;
        if (known && strcmp(known, name) == 0) {
            return &application->files[i];
        }
    }
    return NULL;
}
