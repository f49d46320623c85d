/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PIN, challenges and authentication. A challenge serves once. The tries of the PIN are written
 * down before the PIN is compared, so that taking the card out at the right moment wins nothing.
 */
#include "card_impl.h"

#include <string.h>

void vc_auth_forget(struct vc_card *card)
{
    card->pin_verified = false;
    memset(card->key_verified, 0, sizeof card->key_verified);
}

static bool holds(const struct vc_card *card, struct vc_condition condition)
{
    switch (condition.kind) {
    case VC_CONDITION_FREE:
        return true;
    case VC_CONDITION_PIN:
        return card->pin_verified;
    case VC_CONDITION_KEY:
        return card->key_verified[condition.key];
    case VC_CONDITION_NEVER:
        return false;
    }
    return false;
}

bool vc_auth_allows(const struct vc_card *card, struct vc_rule rule)
{
    bool first = holds(card, rule.first);
    switch (rule.join) {
    case VC_JOIN_NONE:
        return first;
    case VC_JOIN_OR:
        return first || holds(card, rule.second);
    case VC_JOIN_AND:
        return first && holds(card, rule.second);
    }
    return false;
}

uint16_t vc_auth_challenge(struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n > 0 || (apdu->le != 4 && apdu->le != 8 && apdu->le != 16)) {
        return VC_SW_LENGTH;
    }
    if (!vc_crypto_random(card->challenge, apdu->le)) {
        return VC_SW_UNKNOWN;
    }
    if (card->defects.on[VC_DEFECT_CHALLENGE_CONSTANT]) {
        memset(card->challenge, 0x5A, apdu->le);
    }
    card->challenge_n = apdu->le;
    memcpy(card->data, card->challenge, apdu->le);
    card->data_n = apdu->le;
    return VC_SW_OK;
}

static uint16_t tries_left(const struct vc_pin *pin)
{
    return pin->tries ? (uint16_t)(VC_SW_TRIES | pin->tries) : VC_SW_BLOCKED;
}

/* `n` bytes of the PIN: all of them, unless a defect lets its beginning pass. */
static uint16_t check_pin(struct vc_card *card, const uint8_t *digits, size_t n)
{
    struct vc_pin *pin = &card->profile.fs.pin;
    uint8_t before = pin->tries;
    if (pin->tries == 0) {
        return VC_SW_BLOCKED;
    }
    card->pin_verified = false;
    if (!card->defects.on[VC_DEFECT_TRIES_DO_NOT_FALL]) {
        pin->tries--;
    }
    uint16_t sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        return sw;
    }
    if (!vc_crypto_equal(pin->digits, digits, n)) {
        return (uint16_t)(VC_SW_TRIES | pin->tries);
    }
    pin->tries = card->defects.on[VC_DEFECT_TRIES_NOT_RESTORED] ? before : pin->tries_limit;
    sw = vc_card_keep(card);
    card->pin_verified = sw == VC_SW_OK;
    return sw;
}

static bool pin_is_here(const struct vc_card *card)
{
    return card->profile.fs.pin.present && card->profile.fs.pin.df == card->df;
}

uint16_t vc_auth_verify(struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (!pin_is_here(card)) {
        return VC_SW_REFERENCE;
    }
    /* Without a PIN it asks how things stand. */
    if (apdu->data_n == 0 && apdu->le == 0) {
        return card->pin_verified ? VC_SW_OK : tries_left(&card->profile.fs.pin);
    }
    bool shorter = apdu->data_n < VC_PIN_SIZE && card->defects.on[VC_DEFECT_SHORT_PIN];
    if (apdu->data_n != VC_PIN_SIZE && !shorter) {
        return VC_SW_LENGTH;
    }
    return check_pin(card, apdu->data, apdu->data_n);
}

static bool is_pin(const uint8_t digits[VC_PIN_SIZE])
{
    for (size_t i = 0; i < VC_PIN_SIZE; i++) {
        if (digits[i] >> 4 > 9 || (digits[i] & 0x0F) > 9) {
            return false;
        }
    }
    return true;
}

/* 80 5E 01 00 07 <old> FF <new> */
uint16_t vc_auth_change_pin(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pin *pin = &card->profile.fs.pin;
    if (apdu->p1 != 1 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (!pin_is_here(card)) {
        return VC_SW_REFERENCE;
    }
    if (apdu->data_n != 2 * VC_PIN_SIZE + 1) {
        return VC_SW_LENGTH;
    }
    const bool *on = card->defects.on;
    if (apdu->data[VC_PIN_SIZE] != 0xFF ||
        (!is_pin(apdu->data + VC_PIN_SIZE + 1) && !on[VC_DEFECT_PIN_OF_ANY_DIGITS])) {
        return VC_SW_DATA;
    }
    uint16_t sw = check_pin(card, on[VC_DEFECT_CHANGE_PIN_WITHOUT_OLD] ? pin->digits : apdu->data,
                            VC_PIN_SIZE);
    if (sw != VC_SW_OK || on[VC_DEFECT_CHANGE_PIN_WITHOUT_EFFECT]) {
        return sw;
    }
    uint8_t before[VC_PIN_SIZE];
    memcpy(before, pin->digits, sizeof before);
    memcpy(pin->digits, apdu->data + VC_PIN_SIZE + 1, VC_PIN_SIZE);
    sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        memcpy(pin->digits, before, sizeof before);
    }
    return sw;
}

/* The place of a key in the selected directory, or keys_n. */
static size_t find_key(const struct vc_df *df, enum vc_key_use use, uint8_t usage, uint8_t index)
{
    size_t i = 0;
    while (i < df->keys_n &&
           (df->keys[i].use != use || df->keys[i].usage != usage || df->keys[i].index != index)) {
        i++;
    }
    return i;
}

/* 00 88 00 <key> 10 <random 8> <factor 8> */
uint16_t vc_auth_internal(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *df = &card->profile.fs.dfs[card->df];
    uint8_t process_key[VC_KEY_SIZE];
    if (apdu->p1 != 0) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n != 2 * VC_FACTOR_SIZE) {
        return VC_SW_LENGTH;
    }
    size_t place = find_key(df, VC_KEY_INTERNAL, 0, apdu->p2);
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
uint16_t vc_auth_external(struct vc_card *card, const struct vc_apdu *apdu)
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
    size_t place = find_key(df, VC_KEY_EXTERNAL, 0, apdu->p2);
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

/* BF DE <usage> <key> Lc <factor 8>… <random 8>: as many factors as the usage has levels */
uint16_t vc_auth_psam_init(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *df = &card->profile.fs.dfs[card->df];
    size_t levels = apdu->p1 >> 5;
    uint8_t key[VC_KEY_SIZE];
    card->process_ready = false;
    size_t place = find_key(df, VC_KEY_PSAM, apdu->p1, apdu->p2);
    if (place == df->keys_n) {
        return VC_SW_REFERENCE;
    }
    if (apdu->data_n != (levels + 1) * VC_FACTOR_SIZE) {
        return VC_SW_LENGTH;
    }
    memcpy(key, df->keys[place].value, sizeof key);
    card->process_algorithm = df->keys[place].algorithm;
    for (size_t i = 0; i < levels; i++) {
        if (!vc_crypto_diversify(card->process_algorithm, key, apdu->data + i * VC_FACTOR_SIZE)) {
            return VC_SW_UNKNOWN;
        }
    }
    if (!vc_crypto_process_key(card->process_algorithm, key, apdu->data + levels * VC_FACTOR_SIZE,
                               card->process_key)) {
        return VC_SW_UNKNOWN;
    }
    card->process_ready = true;
    return VC_SW_OK;
}

/* 80 FA 00 00 08 <factor 8>: the cryptogram of the factor; the process key stays */
uint16_t vc_auth_psam_crypt(struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n != VC_FACTOR_SIZE) {
        return VC_SW_LENGTH;
    }
    if (!card->process_ready) {
        return VC_SW_CONDITIONS;
    }
    if (!vc_crypto_cryptogram(card->process_algorithm, card->process_key, apdu->data, card->data)) {
        return VC_SW_UNKNOWN;
    }
    card->data_n = VC_FACTOR_SIZE;
    return VC_SW_OK;
}
