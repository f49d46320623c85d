/* SPDX-License-Identifier: Apache-2.0 */
/* What a card's objects say to people, and what about them breaks JR/T 0025.5. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ys_card_codes.h"
#include "ys_crypto.h"
#include "ys_emv.h"

enum form { TEXT, DIGITS, HEX };

static const struct {
    uint32_t tag;
    const char *name;
    enum form form;
    size_t least;
    size_t most;
    bool mandatory;
} OBJECTS[] = {
#define YS_EMV_OBJECT(tag, name, form, least, most, mandatory)                                     \
    {tag, name, form, least, most, mandatory},
#include "ys_emv_objects.def"
#undef YS_EMV_OBJECT
};
#define OBJECT_COUNT (sizeof OBJECTS / sizeof OBJECTS[0])

static char *hex_of(struct ys_arena *arena, const uint8_t *bytes, size_t length)
{
    char *hex = ys_arena_alloc(arena, 2 * length + 1);
    ys_hex_encode(bytes, length, hex);
    return hex;
}

struct ys_value *ys_emv_aip_value(struct ys_arena *arena, const uint8_t aip[2])
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "hex", hex_of(arena, aip, 2));
    for (const struct ys_card_bits *row = ys_card_bits_next(0x82, NULL); row;
         row = ys_card_bits_next(0x82, row)) {
        ys_value_set_bool(arena, map, row->name, ys_card_bits_hold(row, aip, 2));
    }
    return map;
}

struct ys_value *ys_emv_afl_value(struct ys_arena *arena, const uint8_t *afl, size_t length)
{
    struct ys_value *list = ys_value_list(arena);
    bool seen[32] = {false};
    if (length == 0 || length % 4 != 0 || length > 252) {
        return NULL;
    }
    for (const uint8_t *at = afl; at < afl + length; at += 4) {
        uint8_t sfi = at[0] >> 3;
        if ((at[0] & 0x07) != 0 || sfi == 0 || sfi == 31 || seen[sfi] || at[1] == 0 ||
            at[2] < at[1] || at[3] > at[2] - at[1] + 1) {
            return NULL;
        }
        seen[sfi] = true;
        struct ys_value *entry = ys_value_map(arena);
        ys_value_set_int(arena, entry, "sfi", sfi);
        ys_value_set_int(arena, entry, "first", at[1]);
        ys_value_set_int(arena, entry, "last", at[2]);
        ys_value_set_int(arena, entry, "signed", at[3]);
        ys_value_append(arena, list, entry);
    }
    return list;
}

struct ys_value *ys_emv_cvm_value(struct ys_arena *arena, const uint8_t *bytes, size_t length)
{
    struct ys_value *list = ys_value_list(arena);
    if (length < 10 || length % 2 != 0) {
        return NULL;
    }
    for (const uint8_t *at = bytes + 8; at < bytes + length; at += 2) {
        struct ys_value *rule = ys_value_map(arena);
        const struct ys_cvm_method *method = ys_cvm_method_of(at[0]);
        ys_value_set_text(arena, rule, "method", method ? method->name : "other");
        ys_value_set_text(arena, rule, "code", hex_of(arena, at, 1));
        ys_value_set_text(arena, rule, "condition", hex_of(arena, at + 1, 1));
        ys_value_set_bool(arena, rule, "go_on", (at[0] & 0x40) != 0);
        ys_value_append(arena, list, rule);
    }
    return list;
}

struct ys_value *ys_emv_tvr_value(struct ys_arena *arena, const uint8_t tvr[5])
{
    struct ys_value *list = ys_value_list(arena);
    for (const struct ys_card_bits *row = ys_card_bits_next(0x95, NULL); row;
         row = ys_card_bits_next(0x95, row)) {
        if (ys_card_bits_hold(row, tvr, 5)) {
            ys_value_append(arena, list, ys_value_string(arena, row->en));
        }
    }
    return list;
}

struct ys_value *ys_emv_data_value(struct ys_arena *arena, const struct ys_emv_objects *objects)
{
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < OBJECT_COUNT; i++) {
        const struct ys_emv_object *object = ys_emv_find(objects, OBJECTS[i].tag);
        if (!object) {
            continue;
        }
        char *text = hex_of(arena, object->bytes, object->length);
        if (OBJECTS[i].form == DIGITS) {
            text[strcspn(text, "F")] = '\0';
        }
        bool printable = OBJECTS[i].form == TEXT;
        for (size_t k = 0; printable && k < object->length; k++) {
            printable = object->bytes[k] >= 0x20 && object->bytes[k] < 0x7F;
        }
        ys_value_set_text(arena, map, OBJECTS[i].name,
                          printable
                              ? ys_arena_strndup(arena, (const char *)object->bytes, object->length)
                              : text);
    }
    return map;
}

/* ---- faults ---- */

struct judge {
    struct ys_arena *arena;
    const struct ys_emv_objects *objects;
    struct ys_value *faults;
};

static void fault(struct judge *judge, const char *format, ...) YS_PRINTF(2, 3);
static void fault(struct judge *judge, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ys_value_append(judge->arena, judge->faults, ys_value_string(judge->arena, text));
}

static void check_lengths(struct judge *judge)
{
    for (size_t i = 0; i < OBJECT_COUNT; i++) {
        const struct ys_emv_object *object = ys_emv_find(judge->objects, OBJECTS[i].tag);
        if (!object && OBJECTS[i].mandatory) {
            fault(judge, "%X (%s) is missing", OBJECTS[i].tag, OBJECTS[i].name);
        } else if (object &&
                   (object->length < OBJECTS[i].least || object->length > OBJECTS[i].most)) {
            fault(judge, "%X (%s) has %zu bytes, not %zu to %zu", OBJECTS[i].tag, OBJECTS[i].name,
                  object->length, OBJECTS[i].least, OBJECTS[i].most);
        }
    }
}

/* `wanted` must be asked for. */
static void check_dol(struct judge *judge, uint32_t tag, const uint32_t *wanted, size_t count)
{
    const struct ys_emv_object *dol = ys_emv_find(judge->objects, tag);
    bool found[8] = {false};
    bool sound = true;
    size_t at = 0;
    uint32_t entry = 0;
    size_t length = 0;
    while (dol && ys_emv_dol_next(dol->bytes, dol->length, &at, &entry, &length, &sound)) {
        for (size_t i = 0; i < count; i++) {
            found[i] = found[i] || entry == wanted[i];
        }
    }
    if (dol && !sound) {
        fault(judge, "%X is no data object list: it ends within an entry", tag);
    }
    for (size_t i = 0; dol && sound && i < count; i++) {
        if (!found[i]) {
            fault(judge, "%X does not ask for %X", tag, wanted[i]);
        }
    }
}

static bool luhn_holds(const char *digits)
{
    unsigned sum = 0;
    size_t length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(digits[length - 1 - i] - '0');
        digit = i % 2 ? digit * 2 : digit;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

static void check_number(struct judge *judge)
{
    const struct ys_emv_object *pan = ys_emv_find(judge->objects, 0x5A);
    const struct ys_emv_object *track = ys_emv_find(judge->objects, 0x57);
    const struct ys_emv_object *expires = ys_emv_find(judge->objects, 0x5F24);
    if (!pan) {
        return;
    }
    char *digits = hex_of(judge->arena, pan->bytes, pan->length);
    digits[strcspn(digits, "F")] = '\0';
    if (strspn(digits, "0123456789") != strlen(digits) || strlen(digits) < 12 ||
        !luhn_holds(digits)) {
        fault(judge, "5A is no card number with its check digit (ISO/IEC 7812-1)");
    }
    if (!track || !expires) {
        return;
    }
    const char *second = hex_of(judge->arena, track->bytes, track->length);
    const char *date = hex_of(judge->arena, expires->bytes, expires->length);
    size_t separator = strcspn(second, "D");
    if (separator != strlen(digits) || strncmp(second, digits, separator) != 0) {
        fault(judge, "57 holds another card number than 5A");
    } else if (strlen(second) < separator + 8 || strncmp(second + separator + 1, date, 4) != 0) {
        fault(judge, "57 expires at another time than 5F24");
    }
}

static void check_dates(struct judge *judge, const uint8_t today[3])
{
    const struct ys_emv_object *expires = ys_emv_find(judge->objects, 0x5F24);
    const struct ys_emv_object *effective = ys_emv_find(judge->objects, 0x5F25);
    if (!expires || expires->length != 3) {
        return;
    }
    if (memcmp(expires->bytes, today, 3) < 0) {
        fault(judge, "the application has expired (5F24)");
    }
    if (effective && effective->length == 3) {
        if (memcmp(expires->bytes, effective->bytes, 3) < 0) {
            fault(judge, "5F24 (expires) is before 5F25 (effective)");
        }
        if (memcmp(effective->bytes, today, 3) > 0) {
            fault(judge, "the application is not yet effective (5F25)");
        }
    }
}

static void check_equal(struct judge *judge, uint32_t a, uint32_t b)
{
    const struct ys_emv_object *first = ys_emv_find(judge->objects, a);
    const struct ys_emv_object *second = ys_emv_find(judge->objects, b);
    if (first && second &&
        (first->length != second->length ||
         memcmp(first->bytes, second->bytes, first->length) != 0)) {
        fault(judge, "%X and %X differ", a, b);
    }
}

struct ys_value *ys_emv_faults(struct ys_arena *arena, const struct ys_emv_objects *objects,
                               const uint8_t today[3])
{
    static const uint32_t cdol1[] = {0x9F02, 0x95, 0x9A, 0x9C, 0x9F37};
    static const uint32_t cdol2[] = {0x8A, 0x95, 0x9F37};
    static const uint32_t ddol[] = {0x9F37};
    struct judge judge = {arena, objects, ys_value_list(arena)};
    check_lengths(&judge);
    check_dol(&judge, 0x8C, cdol1, sizeof cdol1 / sizeof cdol1[0]);
    check_dol(&judge, 0x8D, cdol2, sizeof cdol2 / sizeof cdol2[0]);
    check_dol(&judge, 0x9F49, ddol, 1);
    check_dol(&judge, 0x9F38, NULL, 0);
    check_number(&judge);
    check_dates(&judge, today);
    check_equal(&judge, 0x5F28, 0x9F57);
    check_equal(&judge, 0x9F42, 0x9F51);
    const struct ys_emv_object *cvm = ys_emv_find(objects, 0x8E);
    const struct ys_value *rules = cvm ? ys_emv_cvm_value(arena, cvm->bytes, cvm->length) : NULL;
    if (cvm && !rules) {
        fault(&judge, "8E is no CVM list: it ends within a rule");
    }
    for (size_t i = 0; i < ys_value_count(rules); i++) {
        const char *method = ys_value_get_text(ys_value_at(rules, i), "method");
        if (strstr(method, "offline-pin") && !ys_emv_find(objects, 0x9F17)) {
            fault(&judge, "8E has an offline PIN and GET DATA does not tell its tries (9F17)");
            break;
        }
    }
    return judge.faults;
}
