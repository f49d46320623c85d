/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The issuer's host of a transaction: it verifies the cryptogram with the issuer's test masters,
 * answers, and sends scripts (JR/T 0025.5, 0025.7; .17 where the card used SM4).
 */
#include <string.h>

#include "ys_crypto.h"
#include "ys_transaction_private.h"

#define SW_OK 0x9000
#define MAC_BYTES 4u
#define MASTERS_BYTES 48u /* AC, MAC, ENC */
#define IAD_BYTES 8u

/* Cryptogram version 01: amounts, country, TVR, currency, date, type, random, AIP, ATC, CVR. */
static size_t cryptogram_input(struct ys_transaction *t, const uint8_t cvr[4],
                               uint8_t ret_input[64])
{
    static const struct {
        uint32_t tag;
        size_t length;
    } parts[] = {{0x9F02, 6}, {0x9F03, 6}, {0x9F1A, 2}, {0x95, 5},
                 {0x5F2A, 2}, {0x9A, 3},   {0x9C, 1},   {0x9F37, 4}};
    size_t length = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct ys_emv_object *object = ys_emv_find(&t->terminal, parts[i].tag);
        memcpy(ret_input + length, object->bytes, parts[i].length);
        length += parts[i].length;
    }
    memcpy(ret_input + length, t->aip, 2);
    ret_input[length + 2] = (uint8_t)(t->atc >> 8);
    ret_input[length + 3] = (uint8_t)(t->atc & 0xFF);
    memcpy(ret_input + length + 4, cvr, 4);
    return length + 8;
}

/* The card's keys of the algorithm that it used. */
static bool load_keys(struct ys_transaction *t)
{
    const struct ys_value *keys = ys_value_get(t->argument, "keys");
    const char *text = ys_value_get_text(keys, t->algorithm == YS_EMV_SM4 ? "sm4" : "des");
    const struct ys_emv_object *sequence = ys_emv_find(&t->card, 0x5F34);
    uint8_t *masters = NULL;
    size_t length = 0;
    struct ys_err err;
    t->keys_known = false;
    if (!text || !t->pan) {
        return true;
    }
    if (ys_hex_decode(t->arena, text, &masters, &length, &err) != YS_OK ||
        length != MASTERS_BYTES) {
        return ys_trouble_set(
            t->work->trouble, YS_CAUSE_CONFIGURATION,
            "the issuer's test masters are 48 bytes in hexadecimal: AC, MAC, ENC");
    }
    uint8_t number = sequence && sequence->length == 1 ? sequence->bytes[0] : 0;
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < 3 && status == YS_OK; i++) {
        status = ys_emv_card_key(t->algorithm, masters + i * YS_EMV_KEY_BYTES, t->pan, number,
                                 t->card_keys[i], &err);
    }
    ys_wipe(masters, length);
    t->keys_known = status == YS_OK;
    return true;
}

bool ys_transaction__keys(struct ys_transaction *t)
{
    const struct ys_value *counters = ys_value_get(t->fields, "counters");
    t->algorithm = t->sm2 ? YS_EMV_SM4 : YS_EMV_3DES;
    t->atc = (uint16_t)ys_value_get_int(counters, "atc", 0);
    return load_keys(t);
}

/* False: trouble. A card that tells no number or no sound 9F10 is at fault itself. */
static bool may_answer(struct ys_transaction *t, bool *ret_may)
{
    *ret_may = t->keys_known;
    if (!ys_value_get(t->argument, "keys")) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_CONFIGURATION,
                              "without the issuer's test masters (`keys`) the host cannot answer");
    }
    if (!t->keys_known) {
        ys_transaction__fault(t, "the host cannot answer: the card's keys cannot be derived");
    }
    return true;
}

static bool session_key(struct ys_transaction *t, enum ys_transaction_key which,
                        uint8_t ret_key[YS_EMV_KEY_BYTES])
{
    struct ys_err err;
    return ys_emv_session_key(t->algorithm, t->card_keys[which], t->atc, ret_key, &err) == YS_OK ||
           ys_trouble_err(t->work->trouble, &err);
}

static const struct ys_value *verified(struct ys_transaction *t, const uint8_t *iad)
{
    uint8_t input[64];
    uint8_t key[YS_EMV_KEY_BYTES];
    uint8_t ac[YS_EMV_AC_BYTES];
    struct ys_err err;
    if (!t->keys_known || !t->aip) {
        return ys_value_null(t->arena);
    }
    size_t length = cryptogram_input(t, iad + 3, input);
    bool equal =
        ys_emv_session_key(t->algorithm, t->card_keys[YS_KEY_AC], t->atc, key, &err) == YS_OK &&
        ys_emv_mac(t->algorithm, key, input, length, ac, &err) == YS_OK &&
        memcmp(ac, t->ac, sizeof ac) == 0;
    ys_wipe(key, sizeof key);
    return ys_value_bool(t->arena, equal);
}

static const char *type_name(uint8_t cid)
{
    static const char *const names[] = {"AAC", "TC", "ARQC", "other"};
    return names[cid >> 6];
}

/* The reply's four parts: of a template 80 in a row, of a 77 by their tags. */
static bool take_apart(struct ys_transaction *t, uint8_t *ret_cid, const uint8_t **ret_iad,
                       size_t *ret_length)
{
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    struct ys_err err;
    if (ys_tlv_parse(t->arena, YS_TLV_BER, t->work->data, t->work->length, &objects, &count,
                     &err) != YS_OK ||
        count != 1) {
        return false;
    }
    if (objects[0].tag == 0x80 && objects[0].length >= 11) {
        const uint8_t *bytes = objects[0].bytes;
        *ret_cid = bytes[0];
        t->atc = (uint16_t)(bytes[1] << 8 | bytes[2]);
        memcpy(t->ac, bytes + 3, sizeof t->ac);
        *ret_iad = bytes + 11;
        *ret_length = objects[0].length - 11;
        return true;
    }
    const struct ys_tlv *cid = ys_tlv_find(objects, count, "77/9F27");
    const struct ys_tlv *atc = ys_tlv_find(objects, count, "77/9F36");
    const struct ys_tlv *ac = ys_tlv_find(objects, count, "77/9F26");
    const struct ys_tlv *iad = ys_tlv_find(objects, count, "77/9F10");
    if (!cid || !atc || !ac || !iad || cid->length != 1 || atc->length != 2 || ac->length != 8) {
        return false;
    }
    *ret_cid = cid->bytes[0];
    t->atc = (uint16_t)(atc->bytes[0] << 8 | atc->bytes[1]);
    memcpy(t->ac, ac->bytes, sizeof t->ac);
    *ret_iad = iad->bytes;
    *ret_length = iad->length;
    return true;
}

bool ys_transaction__cryptogram(struct ys_transaction *t, const char *name)
{
    struct ys_value *map = ys_value_map(t->arena);
    const uint8_t *iad = NULL;
    size_t length = 0;
    uint8_t cid = 0;
    if (!take_apart(t, &cid, &iad, &length)) {
        ys_transaction__fault(t, "the reply to GENERATE AC is no template 80 or 77 of its parts");
        ys_value_set(t->arena, t->fields, name, map);
        return true;
    }
    ys_value_set_text(t->arena, map, "type", type_name(cid));
    ys_value_set_int(t->arena, map, "atc", t->atc);
    ys_value_set_text(t->arena, map, "cryptogram", ys_transaction__hex(t, t->ac, sizeof t->ac));
    ys_value_set_text(t->arena, map, "issuer_data", ys_transaction__hex(t, iad, length));
    /* Length, key index, version 01, CVR, algorithm: 01 is 3DES and 04 SM4. */
    bool known = length >= IAD_BYTES && iad[0] + 1u == length && iad[2] == 0x01;
    if (known) {
        t->algorithm = iad[7] == 0x04 ? YS_EMV_SM4 : YS_EMV_3DES;
        ys_value_set_text(t->arena, map, "cvr", ys_transaction__hex(t, iad + 3, 4));
        ys_value_set_text(t->arena, map, "algorithm",
                          iad[7] == 0x04   ? "sm4"
                          : iad[7] == 0x01 ? "3des"
                                           : "other");
        if (!load_keys(t)) {
            return false;
        }
    } else {
        ys_transaction__fault(t, "9F10 is not of the form of cryptogram version 01");
    }
    ys_value_set(t->arena, map, "verified", known ? verified(t, iad) : ys_value_null(t->arena));
    ys_value_set(t->arena, t->fields, name, map);
    return true;
}

bool ys_transaction__answer(struct ys_transaction *t, const char *host)
{
    uint8_t key[YS_EMV_KEY_BYTES];
    uint8_t command[YS_EMV_AC_BYTES + 2];
    struct ys_err err;
    struct ys_value *map = ys_value_map(t->arena);
    bool may = false;
    if (!may_answer(t, &may)) {
        return false;
    }
    if (!may) {
        return true;
    }
    if (!session_key(t, YS_KEY_AC, key)) {
        return false;
    }
    if (ys_emv_arpc(t->algorithm, key, t->ac, t->arc, command, &err) != YS_OK) {
        return ys_trouble_err(t->work->trouble, &err);
    }
    ys_wipe(key, sizeof key);
    memcpy(command + YS_EMV_AC_BYTES, t->arc, 2);
    if (strcmp(host, "wrong") == 0) {
        command[0] ^= 0x01;
    }
    if (!ys_transaction__send(t, 0x00820000, command, sizeof command, false)) {
        return false;
    }
    ys_value_set_text(t->arena, map, "sw", ys_arena_printf(t->arena, "%04X", t->work->sw));
    ys_value_set_bool(t->arena, map, "accepted", t->work->sw == SW_OK);
    ys_value_set(t->arena, t->fields, "issuer", map);
    t->tvr[4] |= t->work->sw == SW_OK ? 0 : 0x40;
    t->work->sw = SW_OK; /* the card's refusal is what the step observes */
    return true;
}

/* ---- scripts ---- */

static const struct {
    const char *name;
    uint32_t header;
} SCRIPTS[] = {
    {"application-block", 0x841E0000}, {"application-unblock", 0x84180000},
    {"pin-unblock", 0x84240000},       {"pin-change", 0x84240002},
    {"put-data", 0x04DA0000},          {"update-record", 0x04DC0000},
};

/* 08 ‖ PIN block of format 2 ‖ 80 00 …, the block's last four bytes masked by bytes 5 to 8 of the
 * card's AC key, enciphered with the session key for data. */
static bool pin_data(struct ys_transaction *t, const char *pin, uint8_t ret_data[16])
{
    uint8_t block[16] = {0x08, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80};
    uint8_t key[YS_EMV_KEY_BYTES];
    struct ys_err err;
    size_t length = pin ? strlen(pin) : 0;
    if (length < 4 || length > 12 || strspn(pin, "0123456789") != length) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS, "a PIN has 4 to 12 digits");
    }
    if (!session_key(t, YS_KEY_ENC, key)) {
        return false;
    }
    block[1] |= (uint8_t)length;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(pin[i] - '0');
        uint8_t *place = &block[2 + i / 2];
        *place = (uint8_t)(i % 2 ? (*place & 0xF0u) | digit : digit << 4 | (*place & 0x0Fu));
    }
    for (size_t i = 0; i < 4; i++) {
        block[5 + i] ^= t->card_keys[YS_KEY_AC][4 + i];
    }
    enum ys_status status =
        ys_block_encrypt(t->algorithm == YS_EMV_SM4 ? YS_CIPHER_SM4 : YS_CIPHER_3DES, key, block,
                         sizeof block, ret_data, &err);
    ys_wipe(key, sizeof key);
    ys_wipe(block, sizeof block);
    return status == YS_OK || ys_trouble_err(t->work->trouble, &err);
}

/* What stands before the MAC: given bytes, or a new PIN. */
static bool script_data(struct ys_transaction *t, const struct ys_value *script, uint32_t *header,
                        uint8_t **ret_data, size_t *ret_length)
{
    const struct ys_value *value = ys_value_get(script, "value");
    const char *place = ys_value_get_text(script, "at"); /* P1 P2 of PUT DATA and UPDATE RECORD */
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    *ret_length = 0;
    *ret_data = ys_arena_alloc(t->arena, 256);
    if (*header == 0x84240002) {
        *ret_length = 16;
        return pin_data(t, ys_value_written(ys_value_get(script, "pin")), *ret_data);
    }
    if (place && (ys_hex_decode(t->arena, place, &bytes, &length, &err) != YS_OK || length != 2)) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS, "`at` is two bytes: P1 and P2");
    }
    *header |= place ? (uint32_t)(bytes[0] << 8 | bytes[1]) : 0;
    const char *text = value ? ys_value_written(value) : "";
    if (ys_hex_decode(t->arena, text ? text : "?", &bytes, &length, &err) != YS_OK ||
        length > 200) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS, "`value` is up to 200 bytes");
    }
    if (length > 0) {
        memcpy(*ret_data, bytes, length);
    }
    *ret_length = length;
    return true;
}

/* Over the header with the whole length, the counter, the cryptogram and the data. */
static bool add_mac(struct ys_transaction *t, uint32_t header, uint8_t *data, size_t *length,
                    bool spoil)
{
    uint8_t input[300];
    uint8_t key[YS_EMV_KEY_BYTES];
    uint8_t mac[YS_EMV_AC_BYTES];
    struct ys_err err;
    const uint8_t head[] = {(uint8_t)(header >> 24),        (uint8_t)(header >> 16),
                            (uint8_t)(header >> 8),         (uint8_t)header,
                            (uint8_t)(*length + MAC_BYTES), (uint8_t)(t->atc >> 8),
                            (uint8_t)(t->atc & 0xFF)};
    if (!session_key(t, YS_KEY_MAC, key)) {
        return false;
    }
    memcpy(input, head, sizeof head);
    memcpy(input + sizeof head, t->ac, sizeof t->ac);
    memcpy(input + sizeof head + sizeof t->ac, data, *length);
    enum ys_status status =
        ys_emv_mac(t->algorithm, key, input, sizeof head + sizeof t->ac + *length, mac, &err);
    ys_wipe(key, sizeof key);
    mac[0] ^= spoil ? 0x01 : 0x00;
    memcpy(data + *length, mac, MAC_BYTES);
    *length += MAC_BYTES;
    return status == YS_OK || ys_trouble_err(t->work->trouble, &err);
}

static bool run_script(struct ys_transaction *t, const struct ys_value *script,
                       struct ys_value *results)
{
    const char *command = ys_value_get_text(script, "command");
    const char *mac = ys_value_get_text(script, "mac");
    uint32_t header = 0;
    uint8_t *data = NULL;
    size_t length = 0;
    for (size_t i = 0; command && i < sizeof SCRIPTS / sizeof SCRIPTS[0]; i++) {
        header = strcmp(SCRIPTS[i].name, command) == 0 ? SCRIPTS[i].header : header;
    }
    if (header == 0) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS, "unknown script '%s'",
                              command ? command : "");
    }
    bool missing = mac && strcmp(mac, "missing") == 0;
    bool wrong = mac && strcmp(mac, "wrong") == 0;
    if (!script_data(t, script, &header, &data, &length) ||
        (!missing && !add_mac(t, header, data, &length, wrong)) ||
        !ys_transaction__send(t, header, data, length, false)) {
        return false;
    }
    struct ys_value *result = ys_value_map(t->arena);
    ys_value_set_text(t->arena, result, "command", command);
    ys_value_set_text(t->arena, result, "sw", ys_arena_printf(t->arena, "%04X", t->work->sw));
    ys_value_set_bool(t->arena, result, "applied", t->work->sw == SW_OK);
    ys_value_append(t->arena, results, result);
    t->work->sw = SW_OK;
    return true;
}

bool ys_transaction__scripts(struct ys_transaction *t)
{
    const struct ys_value *scripts = ys_value_get(t->argument, "scripts");
    struct ys_value *results = ys_value_list(t->arena);
    bool may = false;
    if (!may_answer(t, &may)) {
        return false;
    }
    for (size_t i = 0; may && i < ys_value_count(scripts); i++) {
        if (!run_script(t, ys_value_at(scripts, i), results)) {
            return false;
        }
    }
    ys_value_set(t->arena, t->fields, "scripts", results);
    return true;
}
