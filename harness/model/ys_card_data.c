/* SPDX-License-Identifier: Apache-2.0 */
/* card.yaml: the card's data dictionary. */
#include <string.h>

#include "ys_crypto.h"
#include "ys_model_private.h"
#include "ys_suggest.h"

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

static void check_length(struct ys_loader *loader, const struct ys_value *value, int64_t length)
{
    if (length > 255) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "length"),
                    "a record has at most 255 bytes: its length is one byte");
    }
}

static void finish_item(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw_item *raw = object;
    check_length(loader, value, raw->length);
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

static const struct ys_slot_spec STATED_ITEM_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_TEXT, .required = true,
     .offset = offsetof(struct raw_item, item.name), .doc = "which item"},
    {.key = "length", .slot = YS_SLOT_INT, .required = true,
     .offset = offsetof(struct raw_item, length), .doc = "declared length in bytes"},
};
static const struct ys_shape STATED_ITEM = {
    .name = "stated item",
    .doc = "what is stated of a data item",
    .size = sizeof(struct raw_item),
    .slots = STATED_ITEM_SLOTS,
    .count = sizeof STATED_ITEM_SLOTS / sizeof STATED_ITEM_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

struct raw_file {
    struct ys_card_file file;
    const struct raw_item *items;
    size_t item_count;
    int64_t sfi;
    int64_t length;
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
    check_length(loader, value, raw->length);
    raw->file.length = (size_t)raw->length;
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
    {.key = "length", .slot = YS_SLOT_INT, .offset = AT(length),
     .doc = "bytes of each record, where the file is cyclic and its records have no tags"},
    {.key = "items", .slot = YS_SLOT_LIST, .required = true, .offset = AT(items),
     .count_offset = AT(item_count), .shape = &ITEM, .doc = "data items"},
};
#undef AT
static const struct ys_slot_spec STATED_FILE_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_TEXT, .required = true,
     .offset = offsetof(struct raw_file, file.name), .doc = "which file"},
    {.key = "length", .slot = YS_SLOT_INT, .offset = offsetof(struct raw_file, length),
     .doc = "bytes of each record of a cyclic file"},
    {.key = "items", .slot = YS_SLOT_LIST, .offset = offsetof(struct raw_file, items),
     .count_offset = offsetof(struct raw_file, item_count), .shape = &STATED_ITEM,
     .doc = "data items whose length is another"},
};
static const struct ys_shape STATED_FILE = {
    .name = "stated file",
    .doc = "what is stated of a file",
    .size = sizeof(struct raw_file),
    .slots = STATED_FILE_SLOTS,
    .count = sizeof STATED_FILE_SLOTS / sizeof STATED_FILE_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

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

/* ---- keys ---- */

struct raw_key {
    const char *name;
    uint8_t usage;
    uint8_t number;
    uint8_t index;
};

static bool parse_byte(struct ys_loader *loader, const struct ys_value *value, uint8_t *ret_byte)
{
    uint64_t number = 0;
    const char *text = ys_value_text(value);
    if (!text || strlen(text) != 2) {
        ys_diag_add(loader->diags, loader->document, value, "%s is not one byte",
                    ys_value_show(loader->arena, value, 40))
            ->expected = "two hexadecimal digits in quotes, such as \"0A\"";
        return false;
    }
    if (!parse_hex(loader, value, 0xFFu, &number)) {
        return false;
    }
    *ret_byte = (uint8_t)number;
    return true;
}

#define BYTE(member)                                                                               \
    static void load_##member(struct ys_loader *loader, const struct ys_value *value,              \
                              void *object)                                                        \
    {                                                                                              \
        parse_byte(loader, value, &((struct raw_key *)object)->member);                            \
    }
BYTE(usage)
BYTE(number)
BYTE(index)

#define KEY_SLOTS(needed)                                                                          \
    {.key = "usage", .slot = YS_SLOT_CUSTOM, .required = needed, .custom = load_usage,             \
     .definition = "byte", .doc = "usage under which the PSAM has it, hexadecimal"},               \
    {.key = "number", .slot = YS_SLOT_CUSTOM, .required = needed, .custom = load_number,           \
     .definition = "byte", .doc = "its number in the PSAM, hexadecimal"},                          \
    {.key = "index", .slot = YS_SLOT_CUSTOM, .custom = load_index, .definition = "byte",           \
     .doc = "its index on the card, hexadecimal"}
static const struct ys_slot_spec WHOLE_KEY_SLOTS[] = {KEY_SLOTS(true)};
static const struct ys_slot_spec STATED_KEY_SLOTS[] = {KEY_SLOTS(false)};

static const struct ys_shape KEY = {
    .name = "key",
    .doc = "a key of the card and of the PSAM",
    .size = sizeof(struct raw_key),
    .slots = WHOLE_KEY_SLOTS,
    .count = sizeof WHOLE_KEY_SLOTS / sizeof WHOLE_KEY_SLOTS[0],
    .name_offset = offsetof(struct raw_key, name),
    .at_offset = YS_SLOT_NOWHERE,
};
static const struct ys_shape STATED_KEY = {
    .name = "stated key",
    .doc = "what is stated of a key",
    .size = sizeof(struct raw_key),
    .slots = STATED_KEY_SLOTS,
    .count = sizeof STATED_KEY_SLOTS / sizeof STATED_KEY_SLOTS[0],
    .name_offset = offsetof(struct raw_key, name),
    .at_offset = YS_SLOT_NOWHERE,
};

/* ---- applications ---- */

struct raw_application {
    struct ys_card_application application;
    const struct raw_key *keys;
    size_t key_count;
    const char *const *unsure;
    size_t unsure_count;
    const struct raw_file *files;
    size_t file_count;
    int64_t pin_reference;
};

/* What stands under `unsure` are facts that can be. */
static void check_unsure(struct ys_loader *loader, const struct ys_value *value,
                         const char *const *known, size_t count, const char *expected)
{
    const struct ys_value *unsure = ys_value_get(value, "unsure");
    for (size_t i = 0; i < ys_value_count(unsure); i++) {
        const struct ys_value *one = ys_value_at(unsure, i);
        const char *name = ys_value_written(one);
        size_t k = 0;
        while (name && k < count && strcmp(known[k], name) != 0) {
            k++;
        }
        if (name && k == count) {
            struct ys_diag *diag = ys_diag_add(loader->diags, loader->document, one,
                                               "'%s' cannot be unsure here", name);
            diag->suggestion = ys_suggest(name, known, count);
            diag->expected = expected;
        }
    }
}

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
    static const char *const facts[] = {"aid", "keys", "length"};
    struct raw_application *raw = object;
    check_unsure(loader, value, facts, sizeof facts / sizeof facts[0], "aid, keys or length");
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
     .definition = "df-name", .doc = "DF name or AID, hexadecimal"},
    {.key = "pin_reference", .slot = YS_SLOT_INT, .offset = AT(pin_reference),
     .doc = "P2 of VERIFY"},
    {.key = "unsure", .slot = YS_SLOT_IDS, .offset = AT(unsure), .count_offset = AT(unsure_count),
     .doc = "what a candidate may state otherwise: aid, keys, length (of items)"},
    {.key = "keys", .slot = YS_SLOT_ENTRIES, .offset = AT(keys), .count_offset = AT(key_count),
     .shape = &KEY, .doc = "keys by name"},
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

static const struct ys_slot_spec STATED_APPLICATION_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_TEXT, .required = true,
     .offset = offsetof(struct raw_application, application.name), .doc = "which application"},
    {.key = "aid", .slot = YS_SLOT_CUSTOM, .custom = load_aid, .definition = "df-name",
     .doc = "DF name or AID, hexadecimal"},
    {.key = "keys", .slot = YS_SLOT_ENTRIES, .offset = offsetof(struct raw_application, keys),
     .count_offset = offsetof(struct raw_application, key_count), .shape = &STATED_KEY,
     .doc = "keys by name"},
    {.key = "files", .slot = YS_SLOT_LIST, .offset = offsetof(struct raw_application, files),
     .count_offset = offsetof(struct raw_application, file_count), .shape = &STATED_FILE,
     .doc = "files whose lengths are others"},
};
static const struct ys_shape STATED_APPLICATION = {
    .name = "stated application",
    .doc = "what is stated of an application",
    .size = sizeof(struct raw_application),
    .slots = STATED_APPLICATION_SLOTS,
    .count = sizeof STATED_APPLICATION_SLOTS / sizeof STATED_APPLICATION_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

/* ---- the document ---- */

struct raw_card {
    const char *const *unsure;
    size_t unsure_count;
    const struct ys_value *factors;
    const struct ys_value *usages_2;
    int64_t f1_at;
    int card_number;
    const struct ys_value *reload;
    const struct raw_application *applications;
    size_t application_count;
};

/* F1 is 8 of at most 15 historical bytes (ISO/IEC 7816-3, 8.2.1). */
#define F1_AT_MAX 7
/* With length and PIN, two blocks of SM4. */
#define PADDING_DIGITS_MAX 56

static void check_padding(struct ys_loader *loader, const struct ys_value *reload)
{
    for (size_t i = 0; i < ys_value_count(reload); i++) {
        const struct ys_value *padding = reload->as.map.members[i].value;
        const char *text = ys_value_text(padding);
        size_t length = text ? strspn(text, "0123456789ABCDEF") : 0;
        if (length == 0 || text[length] != '\0' || length % 2 != 0 || length > PADDING_DIGITS_MAX) {
            ys_diag_add(loader->diags, loader->document, padding, "not a padding")->expected =
                "1 to 28 bytes: hexadecimal digits in quotes";
        }
    }
}

static void finish_card(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    static const char *const facts[] = {"factors", "usages_2", "f1_at", "card_number", "reload"};
    const struct raw_card *raw = object;
    check_unsure(loader, value, facts, sizeof facts / sizeof facts[0],
                 "factors, usages_2, f1_at, card_number or reload");
    if (raw->f1_at > F1_AT_MAX) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "f1_at"),
                    "F1 would end behind the historical bytes")
            ->expected = "0 to 7: F1 is 8 of at most 15 bytes";
    }
    for (size_t i = 0; raw->factors && i < raw->factors->as.map.count; i++) {
        const struct ys_value *factor = raw->factors->as.map.members[i].value;
        const char *text = ys_value_text(factor);
        if (!text || strlen(text) != 16 || strspn(text, "0123456789ABCDEF") != 16) {
            ys_diag_add(loader->diags, loader->document, factor, "not a factor")->expected =
                "8 bytes: 16 hexadecimal digits in quotes";
        }
    }
    for (size_t i = 0; raw->usages_2 && i < raw->usages_2->as.map.count; i++) {
        uint8_t usage = 0;
        parse_byte(loader, raw->usages_2->as.map.members[i].value, &usage);
    }
    check_padding(loader, raw->reload);
}

#define AT(member) offsetof(struct raw_card, member)
static const char *const CARD_NUMBERS[] = {"national9", "free", NULL};
#define CARD_SLOTS(needed, one)                                                                    \
    {.key = "factors",                                                                             \
     .slot = YS_SLOT_MAP,                                                                          \
     .offset = AT(factors),                                                                        \
     .definition = "factor",                                                                       \
     .doc = "what the PSAM is told beside a key, by name: 8 bytes each"},                          \
        {.key = "usages_2",                                                                        \
         .slot = YS_SLOT_MAP,                                                                      \
         .offset = AT(usages_2),                                                                   \
         .definition = "byte",                                                                     \
         .doc = "usages of the PSAM for cards of version 2.00, by those of 3.00"},                 \
        {.key = "f1_at",                                                                           \
         .slot = YS_SLOT_INT,                                                                      \
         .offset = AT(f1_at),                                                                      \
         .doc = "where F1 begins in the historical bytes, which it is 8 of"},                      \
        {.key = "card_number",                                                                     \
         .slot = YS_SLOT_CHOICE,                                                                   \
         .offset = AT(card_number),                                                                \
         .choices = CARD_NUMBERS,                                                                  \
         .doc = "national9: 8 characters and a check character; or free"},                         \
        {.key = "reload",                                                                          \
         .slot = YS_SLOT_MAP,                                                                      \
         .offset = AT(reload),                                                                     \
         .definition = "padding",                                                                  \
         .doc = "what follows 03 and the PIN in what a reload enciphers, by version of the card"}, \
    {                                                                                              \
        .key = "applications", .slot = YS_SLOT_LIST, .required = needed,                           \
        .offset = AT(applications), .count_offset = AT(application_count), .shape = one,           \
        .doc = "the applications"                                                                  \
    }
static const struct ys_slot_spec SLOTS[] = {
    {.key = "unsure",
     .slot = YS_SLOT_IDS,
     .offset = AT(unsure),
     .count_offset = AT(unsure_count),
     .doc = "what a candidate may state otherwise: factors, usages_2, f1_at, card_number, reload"},
    CARD_SLOTS(true, &APPLICATION),
};
static const struct ys_slot_spec STATED_SLOTS[] = {CARD_SLOTS(false, &STATED_APPLICATION)};
#undef AT

const struct ys_shape ys_shape_card = {
    .name = "card",
    .doc = "The card's data dictionary: applications, keys, files and data items",
    .size = sizeof(struct raw_card),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_card,
};

const struct ys_shape ys_shape_stated = {
    .name = "stated card",
    .doc = "What a candidate states of the card where the city's card.yaml is unsure",
    .size = sizeof(struct raw_card),
    .slots = STATED_SLOTS,
    .count = sizeof STATED_SLOTS / sizeof STATED_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_card,
};

void ys_stated_check(struct ys_loader *loader, const struct ys_value *root)
{
    struct raw_card raw = {0};
    ys_shape_load(loader, &ys_shape_stated, root, &raw);
}

void ys_card_read(struct ys_loader *loader, const struct ys_value *root,
                  struct ys_catalogue *catalogue)
{
    struct raw_card raw = {0};
    ys_shape_load(loader, &ys_shape_card, root, &raw);
    struct ys_card_application *applications =
        ys_arena_calloc(loader->arena, raw.application_count + 1, sizeof *applications);
    for (size_t i = 0; i < raw.application_count; i++) {
        applications[i] = raw.applications[i].application;
    }
    catalogue->applications = applications;
    catalogue->application_count = raw.application_count;
    catalogue->dictionary = ys_card_dictionary(loader->arena, root, catalogue);
}

void ys_catalogue_load_card(struct ys_arena *arena, const struct ys_document *document,
                            struct ys_diags *diags, struct ys_catalogue *catalogue)
{
    struct ys_loader loader = {arena, diags, document, NULL};
    catalogue->card = document;
    ys_card_read(&loader, document->root, catalogue);
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
