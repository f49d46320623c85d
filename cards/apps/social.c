/* SPDX-License-Identifier: Apache-2.0 */
/* The social security application: its PIN, and authentication between card and PSAM. */
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
        return card->pin_df == df ? VC_SW_OK
                                  : vc_security_tries(card->profile.fs.dfs[df].pin.tries);
    }
    bool shorter = apdu->data_n < PIN_SIZE && card->defects.on[VC_DEFECT_SHORT_PIN];
    if (apdu->data_n != PIN_SIZE && !shorter) {
        return VC_SW_LENGTH;
    }
    return vc_security_check_pin(card, df, apdu->data, apdu->data_n);
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

/* 00 88 00 <key> 10 <random 8> <factor 8> */
static uint16_t internal(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *df = &card->profile.fs.dfs[card->df];
    uint8_t process_key[VC_KEY_SIZE];
    if (apdu->p1 != 0) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n != 2 * VC_FACTOR_SIZE) {
        return VC_SW_LENGTH;
    }
    size_t place = vc_security_find_key(df, VC_KEY_INTERNAL, 0, apdu->p2, 0);
    if (place == df->keys_n) {
        return VC_SW_REFERENCE;
    }
    static const uint8_t no_key[VC_KEY_SIZE];
    const struct vc_key *key = &df->keys[place];
    const uint8_t *value = card->defects.on[VC_DEFECT_NOT_GENUINE] ? no_key : key->value;
    if (!vc_crypto_process_key(key->algorithm, value, apdu->data, process_key) ||
        !vc_crypto_cryptogram(key->algorithm, process_key, apdu->data + VC_FACTOR_SIZE,
                              card->data)) {
        return VC_SW_UNKNOWN;
    }
    card->data_n = VC_FACTOR_SIZE;
    return VC_SW_OK;
}

/* 00 82 00 <key> 10 <cryptogram 8> <factor 8>, after GET CHALLENGE of 8 bytes */
static uint16_t external(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *df = &card->profile.fs.dfs[card->df];
    uint8_t process_key[VC_KEY_SIZE];
    uint8_t cryptogram[VC_FACTOR_SIZE];
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
    const struct vc_key *key = &df->keys[place];
    if (!vc_crypto_process_key(key->algorithm, key->value, card->challenge, process_key) ||
        !vc_crypto_cryptogram(key->algorithm, process_key, apdu->data + VC_FACTOR_SIZE,
                              cryptogram)) {
        return VC_SW_UNKNOWN;
    }
    card->key_verified[place] = vc_crypto_equal(cryptogram, apdu->data, VC_FACTOR_SIZE) ||
                                card->defects.on[VC_DEFECT_AUTHENTICATION_ACCEPTS_ANYTHING];
    return card->key_verified[place] ? VC_SW_OK : VC_SW_AUTH_FAILED;
}

static const struct vc_command commands[] = {
    {0x00, 0x20, verify},
    {0x80, 0x5E, change_pin},
    {0x00, 0x88, internal},
    {0x00, 0x82, external},
};

const struct vc_app vc_app_social = {
    .name = "social", .commands = commands, .commands_n = sizeof commands / sizeof commands[0]};
