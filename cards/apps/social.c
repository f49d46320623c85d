/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The social security application: its PIN, authentication between card and PSAM, and the blocking
 * of application and card. How a reload enciphers the PIN with SM4 is taken to be what it is with
 * DES, in one block of 16 bytes; LD/T 32.5 decides.
 */
#include "apps/app.h"

#include <string.h>

enum { PIN_SIZE = 3 }; /* six digits in BCD */

static uint16_t verify(struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    size_t df = vc_fs_find_pin(&card->profile.fs, card->df);
    if (df == card->profile.fs.dfs_n) {
        return VC_SW_REFERENCE;
    }
    /* Without a PIN it asks how things stand. */
    if (apdu->data_n == 0 && apdu->le == 0) {
        if (card->defects.on[VC_DEFECT_ASKING_COSTS_A_TRY]) {
            return vc_security_check_pin(card, df, (const uint8_t[PIN_SIZE]){0}, PIN_SIZE);
        }
        return card->pin_df == df ? VC_SW_OK
                                  : vc_security_tries(card->profile.fs.dfs[df].pin.tries);
    }
    const bool *on = card->defects.on;
    bool shorter = apdu->data_n < PIN_SIZE && on[VC_DEFECT_SHORT_PIN];
    bool longer = apdu->data_n > PIN_SIZE && on[VC_DEFECT_LONG_PIN];
    if (apdu->data_n != PIN_SIZE && !shorter && !longer) {
        return VC_SW_LENGTH;
    }
    return vc_security_check_pin(card, df, apdu->data, longer ? PIN_SIZE : apdu->data_n);
}

static bool is_pin(const uint8_t digits[PIN_SIZE])
{
    for (size_t i = 0; i < PIN_SIZE; i++) {
        if (digits[i] >> 4 > 9 || (digits[i] & 0x0F) > 9) {
            return false;
        }
    }
    return true;
}

/* 80 5E 01 00 07 <old> FF <new> */
static uint16_t change_pin(struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->p1 != 1 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    size_t df = vc_fs_find_pin(&card->profile.fs, card->df);
    if (df == card->profile.fs.dfs_n) {
        return VC_SW_REFERENCE;
    }
    struct vc_pin *pin = &card->profile.fs.dfs[df].pin;
    if (apdu->data_n != 2 * PIN_SIZE + 1) {
        return VC_SW_LENGTH;
    }
    const bool *on = card->defects.on;
    if (apdu->data[PIN_SIZE] != 0xFF ||
        (!is_pin(apdu->data + PIN_SIZE + 1) && !on[VC_DEFECT_PIN_OF_ANY_DIGITS])) {
        return VC_SW_DATA;
    }
    uint16_t sw = vc_security_check_pin(
        card, df, on[VC_DEFECT_CHANGE_PIN_WITHOUT_OLD] ? pin->value : apdu->data, PIN_SIZE);
    if ((sw & 0xFFF0) == VC_SW_TRIES && on[VC_DEFECT_CHANGE_PIN_FREE]) {
        pin->tries++;
        uint16_t kept = vc_card_keep(card);
        return kept == VC_SW_OK ? vc_security_tries(pin->tries) : kept;
    }
    if (sw != VC_SW_OK || on[VC_DEFECT_CHANGE_PIN_WITHOUT_EFFECT]) {
        return sw;
    }
    uint8_t before[PIN_SIZE];
    memcpy(before, pin->value, sizeof before);
    memcpy(pin->value, apdu->data + PIN_SIZE + 1, PIN_SIZE);
    sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        memcpy(pin->value, before, sizeof before);
    }
    return sw;
}

/* The key for MACs of a directory, or NULL. */
static struct vc_key *mac_key(struct vc_df *df)
{
    for (size_t i = 0; i < df->keys_n; i++) {
        if (df->keys[i].use == VC_KEY_MAC) {
            return &df->keys[i];
        }
    }
    return NULL;
}

/* The new PIN of a reload: 03 <PIN 3> 80 00… of one block, enciphered with the process key that
 * the MAC has, before the MAC. */
static uint16_t open_pin(const struct vc_key *key, const uint8_t challenge[VC_FACTOR_SIZE],
                         const struct vc_apdu *apdu, uint8_t ret_pin[PIN_SIZE])
{
    uint8_t process_key[VC_KEY_SIZE];
    uint8_t block[VC_KEY_SIZE];
    size_t size = vc_crypto_block(key->algorithm);
    if (!vc_crypto_process_key(key->algorithm, key->value, challenge, process_key) ||
        !vc_crypto_ecb(key->algorithm, process_key, false, apdu->data, size, block)) {
        return VC_SW_UNKNOWN;
    }
    if (block[0] != PIN_SIZE || block[1 + PIN_SIZE] != 0x80 || !is_pin(block + 1)) {
        return VC_SW_DATA;
    }
    memcpy(ret_pin, block + 1, PIN_SIZE);
    return VC_SW_OK;
}

/* 84 24 00 00 04 <MAC>: the tries come back; 84 24 00 01 Lc <new PIN enciphered> <MAC>: the PIN is
 * loaded anew. Both need what the profile says of `unblock`, and the MAC. */
static uint16_t unblock_pin(struct vc_card *card, const struct vc_apdu *apdu)
{
    const bool *on = card->defects.on;
    uint8_t challenge[VC_FACTOR_SIZE];
    uint8_t value[PIN_SIZE];
    bool reload = apdu->p2 == 1;
    if (apdu->p1 != 0 || apdu->p2 > 1) {
        return VC_SW_P1P2;
    }
    struct vc_df *df = vc_card_df(card);
    struct vc_pin *pin = &df->pin;
    if (!pin->present || !pin->mac) {
        return VC_SW_REFERENCE;
    }
    struct vc_key *key = &df->keys[pin->mac_key];
    size_t block = reload ? vc_crypto_block(key->algorithm) : 0;
    bool bare = reload && apdu->data_n == block && on[VC_DEFECT_RELOAD_WITHOUT_MAC];
    if (apdu->data_n != VC_MAC_SIZE + block && !bare) {
        return VC_SW_LENGTH;
    }
    if (!vc_security_allows(card, pin->unblock) && !on[VC_DEFECT_UNBLOCK_WITHOUT_KEY]) {
        return VC_SW_SECURITY;
    }
    memcpy(challenge, card->challenge, sizeof challenge);
    memcpy(value, pin->value, sizeof value);
    uint16_t sw = bare ? VC_SW_OK : vc_security_check_mac(card, apdu, key);
    if (sw == VC_SW_OK && reload) {
        sw = open_pin(key, challenge, apdu, value);
    }
    if (sw != VC_SW_OK || on[VC_DEFECT_UNBLOCK_WITHOUT_EFFECT]) {
        return sw;
    }
    struct vc_pin before = *pin;
    if (!on[VC_DEFECT_RELOAD_WITHOUT_EFFECT]) {
        memcpy(pin->value, value, sizeof value);
    }
    if (!reload || !on[VC_DEFECT_RELOAD_KEEPS_TRIES]) {
        pin->tries = pin->tries_limit;
    }
    sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        *pin = before;
    }
    return sw;
}

/* 84 1E 00 00|01 04 <MAC>: blocked until it is unblocked, or for ever. 84 18 00 00 04 <MAC>. */
uint16_t vc_social_block_application(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_df *df = vc_card_df(card);
    struct vc_key *key = mac_key(df);
    bool block = apdu->ins == 0x1E;
    if (apdu->p1 != 0 || apdu->p2 > (block ? 1 : 0)) {
        return VC_SW_P1P2;
    }
    if (!key) {
        return VC_SW_REFERENCE;
    }
    if (!block && df->life != VC_LIFE_BLOCKED) {
        return VC_SW_CONDITIONS;
    }
    uint16_t sw = vc_security_check_mac(card, apdu, key);
    if (sw != VC_SW_OK || (block && card->defects.on[VC_DEFECT_BLOCK_WITHOUT_EFFECT])) {
        return sw;
    }
    enum vc_life before = df->life;
    df->life = !block ? VC_LIFE_ACTIVE : apdu->p2 == 1 ? VC_LIFE_DEAD : VC_LIFE_BLOCKED;
    sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        df->life = before;
    }
    return sw;
}

/* 84 16 00 00 04 <MAC>: nothing is answered any more. */
static uint16_t block_card(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_key *key = mac_key(vc_card_df(card));
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (!key) {
        return VC_SW_REFERENCE;
    }
    uint16_t sw = vc_security_check_mac(card, apdu, key);
    if (sw != VC_SW_OK || card->defects.on[VC_DEFECT_CARD_BLOCK_WITHOUT_EFFECT]) {
        return sw;
    }
    card->profile.fs.card_blocked = true;
    sw = vc_card_keep(card);
    card->profile.fs.card_blocked = sw == VC_SW_OK;
    return sw;
}

/* The version of a key, where the data end with one. */
static uint8_t asked_version(const struct vc_card *card, const struct vc_apdu *apdu)
{
    bool given = apdu->data_n == 2 * VC_FACTOR_SIZE + 1;
    return given && !card->defects.on[VC_DEFECT_KEY_VERSION_IGNORED]
               ? apdu->data[2 * VC_FACTOR_SIZE]
               : 0;
}

/* 00 88 00 <key> 10 <random 8> <factor 8>, or 11 with the version of the key */
static uint16_t internal(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *df = vc_card_df(card);
    const bool *on = card->defects.on;
    uint8_t process_key[VC_KEY_SIZE];
    uint8_t factor[VC_FACTOR_SIZE] = {0};
    if (apdu->p1 != 0) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n != 2 * VC_FACTOR_SIZE && apdu->data_n != 2 * VC_FACTOR_SIZE + 1) {
        return VC_SW_LENGTH;
    }
    uint8_t version = asked_version(card, apdu);
    size_t place = vc_security_find_key(df, VC_KEY_INTERNAL, 0, apdu->p2, version);
    if (place == df->keys_n && on[VC_DEFECT_KEY_VERSION_INVENTED]) {
        place = vc_security_find_key(df, VC_KEY_INTERNAL, 0, apdu->p2, 0);
    }
    if (place == df->keys_n || (on[VC_DEFECT_KEY_VERSION_MISSING] && version == 3)) {
        return VC_SW_REFERENCE;
    }
    static const uint8_t no_key[VC_KEY_SIZE];
    const struct vc_key *key = &df->keys[place];
    const uint8_t *value = on[VC_DEFECT_NOT_GENUINE] ? no_key : key->value;
    if (!on[VC_DEFECT_CRYPTOGRAM_WITHOUT_FACTOR]) {
        memcpy(factor, apdu->data + VC_FACTOR_SIZE, sizeof factor);
    }
    if (!vc_crypto_process_key(key->algorithm, value, apdu->data, process_key) ||
        !vc_crypto_cryptogram(key->algorithm, process_key, factor, card->data)) {
        return VC_SW_UNKNOWN;
    }
    card->data_n = VC_FACTOR_SIZE;
    return VC_SW_OK;
}

/* Whether the cryptogram in the data is that of the challenge; the try was counted before. */
static uint16_t prove(struct vc_card *card, const struct vc_apdu *apdu, size_t place)
{
    struct vc_key *key = &vc_card_df(card)->keys[place];
    uint8_t process_key[VC_KEY_SIZE];
    uint8_t cryptogram[VC_FACTOR_SIZE];
    if (!vc_crypto_process_key(key->algorithm, key->value, card->challenge, process_key) ||
        !vc_crypto_cryptogram(key->algorithm, process_key, apdu->data + VC_FACTOR_SIZE,
                              cryptogram)) {
        return VC_SW_UNKNOWN;
    }
    bool proven = vc_crypto_equal(cryptogram, apdu->data, VC_FACTOR_SIZE) ||
                  card->defects.on[VC_DEFECT_AUTHENTICATION_ACCEPTS_ANYTHING];
    uint16_t sw = proven ? vc_security_trust_key(card, key) : VC_SW_OK;
    card->key_verified[place] = proven && sw == VC_SW_OK;
    if (sw != VC_SW_OK || proven) {
        return sw;
    }
    return key->tries_limit ? (uint16_t)(VC_SW_TRIES | key->tries) : VC_SW_AUTH_FAILED;
}

/* 00 82 00 <key> 10 <cryptogram 8> <factor 8>, after GET CHALLENGE of 8 bytes */
static uint16_t external(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_df *df = vc_card_df(card);
    size_t challenge_n = card->challenge_n;
    if (!card->defects.on[VC_DEFECT_CHALLENGE_REUSED]) {
        card->challenge_n = 0;
    }
    if (apdu->p1 != 0) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n != 2 * VC_FACTOR_SIZE) {
        return VC_SW_LENGTH;
    }
    size_t place = vc_security_find_key(df, VC_KEY_EXTERNAL, 0, apdu->p2, 0);
    if (place == df->keys_n) {
        return card->defects.on[VC_DEFECT_UNKNOWN_KEY_ACCEPTED] ? VC_SW_OK : VC_SW_REFERENCE;
    }
    if (challenge_n != VC_FACTOR_SIZE) {
        if (!card->defects.on[VC_DEFECT_CHALLENGE_NOT_NEEDED]) {
            return VC_SW_NO_CHALLENGE;
        }
        memset(card->challenge, 0, sizeof card->challenge);
    }
    uint16_t sw = vc_security_try_key(card, &df->keys[place]);
    return sw == VC_SW_OK ? prove(card, apdu, place) : sw;
}

static const struct vc_command commands[] = {
    {0x00, 0x20, verify},
    {0x80, 0x5E, change_pin},
    {0x84, 0x24, unblock_pin},
    {0x84, 0x1E, vc_social_block_application},
    {0x84, 0x18, vc_social_block_application},
    {0x84, 0x16, block_card},
    {0x00, 0x88, internal},
    {0x00, 0x82, external},
};

const struct vc_app vc_app_social = {
    .name = "social", .commands = commands, .commands_n = sizeof commands / sizeof commands[0]};
