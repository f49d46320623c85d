/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GENERATE AC over the card's risk management, EXTERNAL AUTHENTICATE and the issuer's scripts
 * (JR/T 0025.5, 8 to 14; JR/T 0025.7). The issuer application data are of format 01: key index,
 * cryptogram version 01, CVR, and which algorithm made the cryptogram.
 */
#include "apps/app.h"

#include <string.h>

enum { TAG_CDOL1 = 0x8C, TAG_CDOL2 = 0x8D, TAG_LOG_FORMAT = 0x9F4F };
enum { TYPE_AAC = 0x00, TYPE_TC = 0x40, TYPE_ARQC = 0x80, TYPE_MASK = 0xC0 };
enum { MAC_SIZE = 4, INPUT_MAX = 300 };

static enum vc_algorithm algorithm_of(const struct vc_pboc *pboc)
{
    return pboc->session.family == VC_PBOC_SM ? VC_ALGORITHM_SM4 : VC_ALGORITHM_3DES;
}

static bool key_of(const struct vc_pboc *pboc, enum vc_pboc_use use, uint8_t ret_key[VC_KEY_SIZE])
{
    enum vc_algorithm algorithm = algorithm_of(pboc);
    const uint8_t *key = pboc->keys[algorithm == VC_ALGORITHM_SM4][use];
    if (use == VC_PBOC_KEY_AC && pboc->defects->on[VC_DEFECT_CRYPTOGRAM_WITHOUT_SESSION_KEY]) {
        memcpy(ret_key, key, VC_KEY_SIZE);
        return true;
    }
    return vc_pboc_session_key(algorithm, key, pboc->state.atc, ret_key);
}

/* The card verification results (JR/T 0025.5, annex A). */
static void put_cvr(const struct vc_pboc *pboc, uint8_t type, bool second, uint8_t ret_cvr[4])
{
    const struct vc_pboc_session *session = &pboc->session;
    uint8_t first_type = second ? TYPE_ARQC : type;
    uint8_t second_type = second ? type : 0x80;
    ret_cvr[0] = 0x03;
    ret_cvr[1] = (uint8_t)(second_type | first_type >> 2);
    ret_cvr[1] |= session->issuer == VC_PBOC_ISSUER_FAILED ? 0x08 : 0;
    ret_cvr[1] |= session->pin_tried ? 0x04 : 0;
    ret_cvr[1] |= session->pin_tried && !session->pin_verified ? 0x02 : 0;
    ret_cvr[2] = pboc->state.tries == 0 ? 0x40 : 0;
    ret_cvr[2] |= pboc->state.last_online_atc == 0 ? 0x10 : 0;
    ret_cvr[3] = (uint8_t)(session->scripts_n << 4);
    ret_cvr[3] |= session->script_failed ? 0x08 : 0;
    ret_cvr[3] |= session->dynamic ? 0x02 : 0;
}

/* Amounts, country, TVR, currency, date, type, random; then AIP, ATC and CVR. */
static bool make_cryptogram(struct vc_pboc *pboc, const struct vc_object *dol, const uint8_t *data,
                            const uint8_t cvr[4], uint8_t ret_ac[VC_PBOC_AC_SIZE])
{
    static const uint16_t tags[] = {0x9F02, 0x9F03, 0x9F1A, 0x95, 0x5F2A, 0x9A, 0x9C, 0x9F37};
    const struct vc_object *aip = vc_pboc_find(pboc, 0x82, VC_PBOC_ANY);
    uint8_t input[INPUT_MAX];
    uint8_t key[VC_KEY_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        const uint8_t *value = NULL;
        size_t value_n = 0;
        if (vc_pboc_dol_find(dol, data, tags[i], &value, &value_n)) {
            memcpy(input + n, value, value_n);
            n += value_n;
        }
    }
    if (pboc->defects->on[VC_DEFECT_CRYPTOGRAM_WITHOUT_AMOUNT]) {
        memset(input, 0, 6);
    }
    memcpy(input + n, aip->bytes, 2);
    input[n + 2] = (uint8_t)(pboc->state.atc >> 8);
    input[n + 3] = (uint8_t)pboc->state.atc;
    memcpy(input + n + 4, cvr, 4);
    enum vc_algorithm algorithm = algorithm_of(pboc);
    if (pboc->defects->on[VC_DEFECT_SM4_CRYPTOGRAM_BY_DES]) {
        algorithm = VC_ALGORITHM_3DES;
    }
    return key_of(pboc, VC_PBOC_KEY_AC, key) && vc_pboc_mac(algorithm, key, input, n + 8, ret_ac);
}

/* 80 0x: type, counter, cryptogram, issuer application data */
static uint16_t answer(struct vc_card *card, const struct vc_object *dol, const uint8_t *data,
                       uint8_t type, bool second)
{
    struct vc_pboc *pboc = card->pboc;
    uint8_t iad[] = {0x07, 0x01, 0x01, 0, 0, 0, 0, 0};
    uint8_t body[3 + VC_PBOC_AC_SIZE + sizeof iad];
    put_cvr(pboc, type, second, iad + 3);
    iad[7] = algorithm_of(pboc) == VC_ALGORITHM_SM4 ? 0x04 : 0x01;
    if (!make_cryptogram(pboc, dol, data, iad + 3, pboc->session.ac)) {
        return VC_SW_UNKNOWN;
    }
    body[0] = type;
    body[1] = (uint8_t)(pboc->state.atc >> 8);
    body[2] = (uint8_t)pboc->state.atc;
    memcpy(body + 3, pboc->session.ac, VC_PBOC_AC_SIZE);
    memcpy(body + 3 + VC_PBOC_AC_SIZE, iad, sizeof iad);
    card->data_n = 0;
    return vc_pboc_put(card->data, &card->data_n, 0x80, body, sizeof body) ? VC_SW_OK
                                                                           : VC_SW_UNKNOWN;
}

/* An approved transaction goes into the log, the newest in its first record. */
static void keep_log(struct vc_pboc *pboc, const struct vc_object *dol, const uint8_t *data)
{
    const struct vc_object *format = vc_pboc_find(pboc, TAG_LOG_FORMAT, VC_PBOC_ANY);
    struct vc_pboc_state *state = &pboc->state;
    uint8_t record[VC_PBOC_LOG_RECORD] = {0};
    size_t n = 0;
    if (!format || vc_pboc_dol_length(format) > sizeof record ||
        pboc->defects->on[VC_DEFECT_LOG_MISSING]) {
        return;
    }
    uint16_t tag = 0;
    size_t wanted = 0;
    for (size_t at = 0; vc_pboc_dol_next(format, &at, &tag, &wanted);) {
        const uint8_t atc[] = {(uint8_t)(state->atc >> 8), (uint8_t)state->atc};
        const uint8_t *value = atc;
        size_t value_n = sizeof atc;
        bool found = tag == 0x9F36 || vc_pboc_dol_find(dol, data, tag, &value, &value_n);
        if (found && value_n == wanted &&
            !(tag == 0x9F02 && pboc->defects->on[VC_DEFECT_LOG_WITHOUT_AMOUNT])) {
            memcpy(record + n, value, wanted);
        }
        n += wanted;
    }
    memmove(state->log[1], state->log[0], sizeof state->log - sizeof state->log[0]);
    memcpy(state->log[0], record, sizeof record);
    state->log_n += state->log_n < VC_PBOC_LOG_SIZE;
}

/* What the card makes of the terminal's wish: online is asked for by a new card, by one that was
 * offline too often, and where the PIN is blocked. */
static uint8_t decide(const struct vc_pboc *pboc, uint8_t wish)
{
    const struct vc_pboc_state *state = &pboc->state;
    const bool *on = pboc->defects->on;
    /* A blocked application answers, and declines (EMV Book 3, 6.5.1). */
    if (state->blocked && !on[VC_DEFECT_BLOCKED_STILL_SELECTABLE]) {
        return TYPE_AAC;
    }
    if (wish == TYPE_AAC) {
        return on[VC_DEFECT_DECLINE_BECOMES_APPROVAL] ? TYPE_TC : TYPE_AAC;
    }
    if (on[VC_DEFECT_NEVER_ONLINE]) {
        return TYPE_TC;
    }
    bool online = state->last_online_atc == 0 || state->tries == 0 ||
                  state->atc - state->last_online_atc > pboc->offline_limit;
    return wish == TYPE_ARQC || online ? TYPE_ARQC : TYPE_TC;
}

static uint16_t first_ac(struct vc_card *card, const struct vc_apdu *apdu, uint8_t wish)
{
    struct vc_pboc *pboc = card->pboc;
    const struct vc_object *dol = vc_pboc_find(pboc, TAG_CDOL1, VC_PBOC_ANY);
    if (apdu->data_n != vc_pboc_dol_length(dol)) {
        return VC_SW_LENGTH;
    }
    uint8_t type = decide(pboc, wish);
    uint16_t sw = answer(card, dol, apdu->data, type, false);
    if (sw != VC_SW_OK) {
        return sw;
    }
    pboc->session.scripts_open = true;
    pboc->session.step = type == TYPE_ARQC ? VC_PBOC_ONLINE : VC_PBOC_DONE;
    if (type == TYPE_TC) {
        keep_log(pboc, dol, apdu->data);
        return vc_pboc_keep(card);
    }
    return VC_SW_OK;
}

static uint16_t second_ac(struct vc_card *card, const struct vc_apdu *apdu, uint8_t wish)
{
    struct vc_pboc *pboc = card->pboc;
    struct vc_pboc_session *session = &pboc->session;
    const struct vc_object *dol = vc_pboc_find(pboc, TAG_CDOL2, VC_PBOC_ANY);
    if (apdu->data_n != vc_pboc_dol_length(dol)) {
        return VC_SW_LENGTH;
    }
    if (wish == TYPE_ARQC) {
        return VC_SW_CONDITIONS;
    }
    bool good = session->issuer == VC_PBOC_ISSUER_GOOD;
    uint8_t type = wish == TYPE_TC && good ? TYPE_TC : TYPE_AAC;
    uint16_t sw = answer(card, dol, apdu->data, type, true);
    if (sw != VC_SW_OK) {
        return sw;
    }
    session->step = VC_PBOC_DONE;
    if (good && !card->defects.on[VC_DEFECT_LAST_ONLINE_ATC_STAYS]) {
        pboc->state.last_online_atc = pboc->state.atc;
    }
    if (type == TYPE_TC) {
        keep_log(pboc, dol, apdu->data);
    }
    return vc_pboc_keep(card);
}

/* 80 AE <type> 00 Lc <CDOL data> */
uint16_t vc_pboc_generate_ac(struct vc_card *card, const struct vc_apdu *apdu)
{
    uint8_t wish = apdu->p1 & TYPE_MASK;
    if (apdu->p2 != 0 || (apdu->p1 & ~TYPE_MASK) != 0 || wish == TYPE_MASK) {
        return VC_SW_P1P2;
    }
    switch (card->pboc->session.step) {
    case VC_PBOC_INITIATED:
        return first_ac(card, apdu, wish);
    case VC_PBOC_ONLINE:
        return second_ac(card, apdu, wish);
    case VC_PBOC_IDLE:
    case VC_PBOC_DONE:
        break;
    }
    return VC_SW_CONDITIONS;
}

/* 00 82 00 00 0A <ARPC 8> <ARC 2>, once after an ARQC */
uint16_t vc_pboc_external_authenticate(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    struct vc_pboc_session *session = &pboc->session;
    uint8_t key[VC_KEY_SIZE];
    uint8_t arpc[VC_PBOC_AC_SIZE];
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n != VC_PBOC_AC_SIZE + 2) {
        return VC_SW_LENGTH;
    }
    if (session->step != VC_PBOC_ONLINE || session->issuer != VC_PBOC_ISSUER_UNKNOWN) {
        return VC_SW_CONDITIONS;
    }
    if (!key_of(pboc, VC_PBOC_KEY_AC, key) ||
        !vc_pboc_arpc(algorithm_of(pboc), key, session->ac, apdu->data + VC_PBOC_AC_SIZE, arpc)) {
        return VC_SW_UNKNOWN;
    }
    bool good = vc_crypto_equal(arpc, apdu->data, sizeof arpc);
    good = (good && !card->defects.on[VC_DEFECT_ARPC_REFUSED]) ||
           card->defects.on[VC_DEFECT_ARPC_NOT_CHECKED];
    session->issuer = good ? VC_PBOC_ISSUER_GOOD : VC_PBOC_ISSUER_FAILED;
    return good ? VC_SW_OK : VC_SW_AUTH_FAILED;
}

/* ---- scripts ---- */

/* The MAC is over the header, the counter, the cryptogram and the data before it. */
static uint16_t check_mac(const struct vc_pboc *pboc, const struct vc_apdu *apdu, size_t *ret_n)
{
    const bool *on = pboc->defects->on;
    uint8_t input[INPUT_MAX];
    uint8_t key[VC_KEY_SIZE];
    uint8_t mac[VC_PBOC_AC_SIZE];
    *ret_n = apdu->data_n >= MAC_SIZE ? apdu->data_n - MAC_SIZE : 0;
    if (apdu->data_n < MAC_SIZE) {
        return on[VC_DEFECT_SCRIPT_WITHOUT_MAC] ? VC_SW_OK : VC_SW_LENGTH;
    }
    if (on[VC_DEFECT_SCRIPT_MAC_UNCHECKED]) {
        return VC_SW_OK;
    }
    const uint8_t head[] = {apdu->cla,
                            apdu->ins,
                            apdu->p1,
                            apdu->p2,
                            (uint8_t)apdu->data_n,
                            (uint8_t)(pboc->state.atc >> 8),
                            (uint8_t)pboc->state.atc};
    memcpy(input, head, sizeof head);
    memcpy(input + sizeof head, pboc->session.ac, VC_PBOC_AC_SIZE);
    memcpy(input + sizeof head + VC_PBOC_AC_SIZE, apdu->data, *ret_n);
    if (!key_of(pboc, VC_PBOC_KEY_MAC, key) ||
        !vc_pboc_mac(algorithm_of(pboc), key, input, sizeof head + VC_PBOC_AC_SIZE + *ret_n, mac)) {
        return VC_SW_UNKNOWN;
    }
    return vc_crypto_equal(mac, apdu->data + *ret_n, MAC_SIZE) ? VC_SW_OK : VC_SW_MAC_WRONG;
}

/* 84 24 00 00: the tries; 84 24 00 02: a new PIN, enciphered 08 <block> 80 00 …, the block of
 * format 2 whose last four bytes are masked by those of the card's AC key. */
static uint16_t change_pin(struct vc_pboc *pboc, const struct vc_apdu *apdu, size_t n)
{
    uint8_t key[VC_KEY_SIZE];
    uint8_t block[16];
    const uint8_t *mask = pboc->keys[algorithm_of(pboc) == VC_ALGORITHM_SM4][VC_PBOC_KEY_AC] + 4;
    if (apdu->p1 != 0 || (apdu->p2 != 0 && apdu->p2 != 2)) {
        return VC_SW_P1P2;
    }
    if (n != (apdu->p2 ? sizeof block : 0)) {
        return VC_SW_LENGTH;
    }
    if (apdu->p2 == 2) {
        if (!key_of(pboc, VC_PBOC_KEY_ENC, key) ||
            !vc_pboc_decrypt(algorithm_of(pboc), key, apdu->data, block)) {
            return VC_SW_UNKNOWN;
        }
        for (size_t i = 0; i < 4; i++) {
            block[5 + i] ^= mask[i];
        }
        if (block[0] != 8 || (block[1] & 0xF0) != 0x20 || block[9] != 0x80) {
            return VC_SW_DATA;
        }
        memcpy(pboc->state.pin, block + 1, sizeof pboc->state.pin);
    }
    pboc->state.tries = pboc->tries_limit;
    return VC_SW_OK;
}

/* 04 DA <tag> Lc <value> <MAC> */
static uint16_t put_data(struct vc_pboc *pboc, const struct vc_apdu *apdu, size_t n)
{
    struct vc_object *object =
        vc_pboc_find(pboc, (uint16_t)(apdu->p1 << 8 | apdu->p2), VC_PBOC_ANY);
    if (!object || !object->by_get_data) {
        return VC_SW_REFERENCE;
    }
    if (object->n != n) {
        return VC_SW_LENGTH;
    }
    memcpy(object->bytes, apdu->data, n);
    object->updated = true;
    return VC_SW_OK;
}

/* 04 DC <number> <SFI << 3 | 4> Lc <record> <MAC>: other values in the same objects, and none
 * that a certificate signs. */
static uint16_t update_record(struct vc_pboc *pboc, const struct vc_apdu *apdu, size_t n)
{
    uint8_t body[VC_MAX_RECORD + 1];
    size_t body_n = 0;
    const struct vc_pboc_record *record = NULL;
    for (size_t i = 0; i < pboc->records_n; i++) {
        bool this =
            pboc->records[i].sfi << 3 == (apdu->p2 & 0xF8) && pboc->records[i].number == apdu->p1;
        record = this ? &pboc->records[i] : record;
    }
    if (!record || (apdu->p2 & 0x07) != 4) {
        return record ? VC_SW_P1P2 : VC_SW_RECORD_NOT_FOUND;
    }
    if (record->is_signed || record->family != VC_PBOC_ANY || record->tags_n != 1) {
        return VC_SW_SECURITY;
    }
    struct vc_object *object = vc_pboc_find(pboc, record->tags[0], VC_PBOC_ANY);
    if (!vc_pboc_compose(pboc, record, body, &body_n) || n != body_n + 2) {
        return VC_SW_LENGTH;
    }
    size_t head = body_n - object->n;
    if (apdu->data[0] != 0x70 || apdu->data[1] != body_n ||
        memcmp(apdu->data + 2, body, head) != 0) {
        return VC_SW_DATA;
    }
    memcpy(object->bytes, apdu->data + 2 + head, object->n);
    object->updated = true;
    return VC_SW_OK;
}

static uint16_t apply(struct vc_pboc *pboc, const struct vc_apdu *apdu, size_t n)
{
    if (pboc->defects->on[VC_DEFECT_SCRIPT_WITHOUT_EFFECT]) {
        return VC_SW_OK;
    }
    switch (apdu->ins) {
    case 0x1E:
    case 0x18:
        if (n != 0) {
            return VC_SW_LENGTH;
        }
        pboc->state.blocked = apdu->ins == 0x1E;
        return VC_SW_OK;
    case 0x24:
        return change_pin(pboc, apdu, n);
    case 0xDC:
        return update_record(pboc, apdu, n);
    default:
        return put_data(pboc, apdu, n);
    }
}

uint16_t vc_pboc_script(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    size_t n = 0;
    if (!pboc->session.scripts_open && !card->defects.on[VC_DEFECT_SCRIPT_AT_ANY_TIME]) {
        return VC_SW_CONDITIONS;
    }
    uint16_t sw = check_mac(pboc, apdu, &n);
    if (sw == VC_SW_OK) {
        sw = apply(pboc, apdu, n);
    }
    if (sw == VC_SW_OK) {
        sw = vc_pboc_keep(card);
    }
    pboc->session.script_failed = pboc->session.script_failed || sw != VC_SW_OK;
    pboc->session.scripts_n = (uint8_t)((pboc->session.scripts_n + 1) & 0x0F);
    return sw;
}
