/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal reads of a payment card: selection, processing options, records, GET DATA and
 * the transaction log (EMV Books 1 and 3; JR/T 0025.5, 0025.6). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ys_crypto.h"
#include "ys_transaction_private.h"

#define SW_OK 0x9000
#define SW_INVALIDATED 0x6283
#define LOG_RECORDS 2 /* the newest ones */

const char *ys_transaction__hex(struct ys_transaction *t, const uint8_t *bytes, size_t length)
{
    char *hex = ys_arena_alloc(t->arena, 2 * length + 1);
    ys_hex_encode(bytes, length, hex);
    return hex;
}

void ys_transaction__fault(struct ys_transaction *t, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ys_value_append(t->arena, t->faults, ys_value_string(t->arena, text));
}

bool ys_transaction__send(struct ys_transaction *t, uint32_t header, const uint8_t *data,
                          size_t length, bool answers)
{
    bool with_le = length == 0 ? answers : answers && t->work->slot->session->protocol == 1;
    const struct ys_apdu apdu = {.cla = (uint8_t)(header >> 24),
                                 .ins = (uint8_t)(header >> 16),
                                 .p1 = (uint8_t)(header >> 8),
                                 .p2 = (uint8_t)header,
                                 .data = length ? data : NULL,
                                 .data_length = length,
                                 .has_le = with_le,
                                 .le = 256};
    return ys_card__send(t->work, &apdu);
}

static void learn(struct ys_transaction *t, const char *kind, const char *text)
{
    ys_redactor_learn(t->work->exec->engine->redactor, kind, text);
}

/* Who the card belongs to is written as marks only. */
static void learn_object(struct ys_transaction *t, uint32_t tag, const uint8_t *bytes,
                         size_t length)
{
    if (tag == 0x5A || tag == 0x57) {
        char *digits = ys_arena_strdup(t->arena, ys_transaction__hex(t, bytes, length));
        digits[strcspn(digits, "DF")] = '\0';
        learn(t, "pan", digits);
    } else if (tag == 0x5F20 || tag == 0x9F0B) {
        learn(t, "name", ys_arena_strndup(t->arena, (const char *)bytes, length));
    } else if (tag == 0x9F61) {
        learn(t, "id-number", ys_arena_strndup(t->arena, (const char *)bytes, length));
    }
}

/* All primitive objects below; what stands in two places is a fault. */
static void take(struct ys_transaction *t, const struct ys_tlv *objects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_tlv *object = &objects[i];
        if (object->constructed) {
            take(t, object->children, object->child_count);
            continue;
        }
        uint8_t *bytes = ys_arena_alloc(t->arena, object->length + 1);
        memcpy(bytes, object->bytes, object->length);
        learn_object(t, object->tag, bytes, object->length);
        if (!ys_emv_add(&t->card, object->tag, bytes, object->length)) {
            ys_transaction__fault(t, "%X stands in two places", object->tag);
        }
    }
}

static bool parse(struct ys_transaction *t, const char *what, const struct ys_tlv **ret_objects,
                  size_t *ret_count)
{
    struct ys_err err;
    if (ys_tlv_parse(t->arena, YS_TLV_BER, t->work->data, t->work->length, ret_objects, ret_count,
                     &err) == YS_OK &&
        *ret_count > 0) {
        return true;
    }
    ys_transaction__fault(t, "%s is no BER-TLV", what);
    return false;
}

bool ys_transaction__build(struct ys_transaction *t, uint32_t tag, uint8_t **ret_bytes,
                           size_t *ret_length)
{
    const struct ys_emv_object *list = ys_emv_find(&t->card, tag);
    struct ys_err err;
    if (ys_emv_dol_build(t->arena, list ? list->bytes : NULL, list ? list->length : 0, &t->terminal,
                         ret_bytes, ret_length, &err) == YS_OK) {
        return true;
    }
    ys_transaction__fault(t, "%X: %s", tag, err.text);
    return false;
}

bool ys_transaction__select(struct ys_transaction *t)
{
    const char *aid = ys_value_get_text(t->argument, "aid");
    const struct ys_card_application *known =
        ys_catalogue_application(t->work->exec->engine->pack->catalogue, aid ? aid : "debit");
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    if (known) {
        bytes = ys_arena_alloc(t->arena, known->aid_length + 1);
        memcpy(bytes, known->aid, known->aid_length);
        length = known->aid_length;
    } else if (ys_hex_decode(t->arena, aid ? aid : "", &bytes, &length, &err) != YS_OK ||
               length < 5 || length > 16) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS,
                              "aid is an application of card.yaml or 5 to 16 bytes");
    }
    if (!ys_transaction__send(t, 0x00A40400, bytes, length, true)) {
        return false;
    }
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    ys_value_set_text(t->arena, t->fields, "selection",
                      ys_arena_printf(t->arena, "%04X", t->work->sw));
    if (t->work->sw == SW_INVALIDATED) {
        /* A blocked application answers, and declines. With T=0 its FCI waits behind the warning
         * (EMV Book 1, 9.3.1.2). */
        if (t->work->length == 0 && !ys_transaction__send(t, 0x00C00000, NULL, 0, true)) {
            return false;
        }
        t->work->sw = SW_OK;
    }
    if (t->work->sw == SW_OK && t->work->length && parse(t, "the FCI", &objects, &count)) {
        take(t, objects, count);
    }
    return true;
}

/* 80 AIP AFL, or 77 with 82 and 94 (EMV Book 3, 6.5.8). */
static void take_options(struct ys_transaction *t)
{
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    if (!parse(t, "the reply to GET PROCESSING OPTIONS", &objects, &count)) {
        return;
    }
    if (objects[0].tag == 0x80 && objects[0].length >= 2) {
        uint8_t *bytes = ys_arena_alloc(t->arena, objects[0].length);
        memcpy(bytes, objects[0].bytes, objects[0].length);
        (void)ys_emv_add(&t->card, 0x82, bytes, 2);
        (void)ys_emv_add(&t->card, 0x94, bytes + 2, objects[0].length - 2);
    } else if (objects[0].tag == 0x77) {
        take(t, objects, count);
    }
}

bool ys_transaction__options(struct ys_transaction *t)
{
    uint8_t *data = NULL;
    size_t length = 0;
    uint8_t command[258] = {0x83};
    if (!ys_transaction__build(t, 0x9F38, &data, &length) || length > 250) {
        length = 0;
    }
    command[1] = (uint8_t)length;
    if (length > 0) {
        memcpy(command + 2, data, length);
    }
    if (!ys_transaction__send(t, 0x80A80000, command, length + 2, true)) {
        return false;
    }
    if (t->work->sw != SW_OK) {
        return true;
    }
    take_options(t);
    const struct ys_emv_object *aip = ys_emv_find(&t->card, 0x82);
    const struct ys_emv_object *afl = ys_emv_find(&t->card, 0x94);
    struct ys_value *entries = afl ? ys_emv_afl_value(t->arena, afl->bytes, afl->length) : NULL;
    if (!aip || aip->length != 2 || !entries) {
        ys_transaction__fault(t, "the reply to GET PROCESSING OPTIONS has no sound AIP and AFL");
        return true;
    }
    t->aip = aip->bytes;
    ys_value_set(t->arena, t->fields, "aip", ys_emv_aip_value(t->arena, aip->bytes));
    ys_value_set(t->arena, t->fields, "afl", entries);
    return true;
}

/* The data to be signed are those inside the template, in the files of the payment system. */
static void take_record(struct ys_transaction *t, uint8_t sfi, bool is_signed)
{
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    if (!parse(t, "a record", &objects, &count)) {
        return;
    }
    if (objects[0].tag != 0x70 || count != 1) {
        ys_transaction__fault(t, "a record in file %u is not one template 70", sfi);
        return;
    }
    take(t, objects, count);
    bool inside = sfi <= 10;
    const uint8_t *bytes = inside ? objects[0].bytes : t->work->data;
    size_t length = inside ? objects[0].length : t->work->length;
    if (is_signed && t->static_length + length <= YS_EMV_STATIC_MAX) {
        memcpy(t->static_data + t->static_length, bytes, length);
        t->static_length += length;
    }
}

bool ys_transaction__records(struct ys_transaction *t)
{
    const struct ys_value *afl = ys_value_get(t->fields, "afl");
    t->static_data = ys_arena_alloc(t->arena, YS_EMV_STATIC_MAX);
    for (size_t i = 0; i < ys_value_count(afl); i++) {
        const struct ys_value *entry = ys_value_at(afl, i);
        int64_t sfi = ys_value_get_int(entry, "sfi", 0);
        int64_t first = ys_value_get_int(entry, "first", 0);
        int64_t last = ys_value_get_int(entry, "last", 0);
        int64_t end = first + ys_value_get_int(entry, "signed", 0);
        for (int64_t number = first; number <= last; number++) {
            uint32_t header = 0x00B20000u | (uint32_t)number << 8 | (uint32_t)(sfi << 3 | 4);
            if (!ys_transaction__send(t, header, NULL, 0, true)) {
                return false;
            }
            if (t->work->sw != SW_OK) {
                return true;
            }
            take_record(t, (uint8_t)sfi, number < end);
        }
    }
    return true;
}

/* ---- GET DATA, counters, log ---- */

static bool get_data(struct ys_transaction *t, uint32_t tag, const uint8_t **ret_bytes,
                     size_t *ret_length)
{
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    *ret_bytes = NULL;
    *ret_length = 0;
    if (!ys_transaction__send(t, 0x80CA0000u | tag, NULL, 0, true)) {
        return false;
    }
    if (t->work->sw == SW_OK && parse(t, "a reply to GET DATA", &objects, &count)) {
        if (objects[0].tag != tag) {
            ys_transaction__fault(t, "GET DATA of %X gave %X", tag, objects[0].tag);
        } else {
            uint8_t *bytes = ys_arena_alloc(t->arena, objects[0].length + 1);
            memcpy(bytes, objects[0].bytes, objects[0].length);
            *ret_bytes = bytes;
            *ret_length = objects[0].length;
        }
    }
    t->work->sw = SW_OK; /* an object that a card need not have is no failing of the step */
    return true;
}

static const struct ys_value *number_of(struct ys_transaction *t, const uint8_t *bytes,
                                        size_t length)
{
    int64_t number = 0;
    if (!bytes || length == 0 || length > 4) {
        return ys_value_null(t->arena);
    }
    for (size_t i = 0; i < length; i++) {
        number = number << 8 | bytes[i];
    }
    return ys_value_int(t->arena, number);
}

bool ys_transaction__get_data(struct ys_transaction *t)
{
    static const struct {
        uint32_t tag;
        const char *counter;
    } tags[] = {{0x9F36, "atc"},       {0x9F13, "last_online_atc"},
                {0x9F17, "pin_tries"}, {0x9F4F, NULL},
                {0x9F51, NULL},        {0x9F57, NULL}};
    struct ys_value *counters = ys_value_map(t->arena);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        const uint8_t *bytes = NULL;
        size_t length = 0;
        if (!get_data(t, tags[i].tag, &bytes, &length)) {
            return false;
        }
        if (bytes) {
            (void)ys_emv_add(&t->card, tags[i].tag, bytes, length);
        }
        if (tags[i].counter) {
            ys_value_set(t->arena, counters, tags[i].counter, number_of(t, bytes, length));
        }
    }
    ys_value_set(t->arena, t->fields, "counters", counters);
    return true;
}

static struct ys_value *log_value(struct ys_transaction *t, const struct ys_emv_object *format)
{
    static const struct {
        uint32_t tag;
        const char *name;
    } names[] = {{0x9A, "date"},       {0x9F21, "time"},    {0x9F02, "amount"},
                 {0x9F03, "other"},    {0x9F1A, "country"}, {0x5F2A, "currency"},
                 {0x9F4E, "merchant"}, {0x9C, "type"},      {0x9F36, "atc"}};
    struct ys_value *map = ys_value_map(t->arena);
    size_t at = 0;
    size_t place = 0;
    uint32_t tag = 0;
    size_t length = 0;
    bool sound = true;
    while (ys_emv_dol_next(format->bytes, format->length, &at, &tag, &length, &sound) &&
           place + length <= t->work->length) {
        const uint8_t *bytes = t->work->data + place;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (names[i].tag == tag && tag == 0x9F36) {
                ys_value_set(t->arena, map, names[i].name, number_of(t, bytes, length));
            } else if (names[i].tag == tag) {
                ys_value_set_text(t->arena, map, names[i].name,
                                  ys_transaction__hex(t, bytes, length));
            }
        }
        place += length;
    }
    if (place != t->work->length || !sound) {
        ys_transaction__fault(t, "a record of the log is not as 9F4F says");
    }
    return map;
}

bool ys_transaction__log(struct ys_transaction *t)
{
    const struct ys_emv_object *entry = ys_emv_find(&t->card, 0x9F4D);
    const struct ys_emv_object *format = ys_emv_find(&t->card, 0x9F4F);
    struct ys_value *log = ys_value_list(t->arena);
    ys_value_set(t->arena, t->fields, "log", log);
    if (!entry || entry->length != 2 || !format) {
        ys_transaction__fault(t, "there is no log: 9F4D or 9F4F is missing");
        return true;
    }
    for (uint32_t number = 1; number <= LOG_RECORDS && number <= entry->bytes[1]; number++) {
        uint32_t header = 0x00B20000u | number << 8 | (uint32_t)(entry->bytes[0] << 3 & 0xF8) | 4;
        if (!ys_transaction__send(t, header, NULL, 0, true)) {
            return false;
        }
        if (t->work->sw != SW_OK) {
            break;
        }
        ys_value_append(t->arena, log, log_value(t, format));
    }
    t->work->sw = SW_OK;
    return true;
}
