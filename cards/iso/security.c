/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security state: what was verified, challenges, tries. A challenge serves once. Tries are
 * written down before a PIN or a cryptogram is compared, so that taking the card out at the right
 * moment wins nothing.
 */
#include "iso/card_impl.h"

#include <string.h>

void vc_security_forget(struct vc_card *card)
{
    card->pin_df = VC_MAX_DFS;
    memset(card->key_verified, 0, sizeof card->key_verified);
}

static bool holds(const struct vc_card *card, struct vc_condition condition)
{
    switch (condition.kind) {
    case VC_CONDITION_FREE:
        return true;
    case VC_CONDITION_PIN:
        return card->pin_df == vc_fs_find_pin(&card->profile.fs, card->df);
    case VC_CONDITION_KEY:
        return card->key_verified[condition.key];
    case VC_CONDITION_NEVER:
        return false;
    }
    return false;
}

bool vc_security_allows(const struct vc_card *card, struct vc_rule rule)
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

uint16_t vc_security_challenge(struct vc_card *card, const struct vc_apdu *apdu)
{
    if ((apdu->p1 != 0 || apdu->p2 != 0) && !card->defects.on[VC_DEFECT_PARAMETERS_IGNORED]) {
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
    vc_card_put(card, card->challenge, apdu->le);
    return VC_SW_OK;
}

uint16_t vc_security_tries(uint8_t tries)
{
    return tries ? (uint16_t)(VC_SW_TRIES | tries) : VC_SW_BLOCKED;
}

uint16_t vc_security_check_pin(struct vc_card *card, size_t df, const uint8_t *value, size_t n)
{
    struct vc_pin *pin = &card->profile.fs.dfs[df].pin;
    uint8_t before = pin->tries;
    if (pin->tries == 0) {
        return VC_SW_BLOCKED;
    }
    card->pin_df = VC_MAX_DFS;
    if (!card->defects.on[VC_DEFECT_TRIES_DO_NOT_FALL]) {
        pin->tries--;
    }
    uint16_t sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        return sw;
    }
    if (!vc_crypto_equal(pin->value, value, n)) {
        return (uint16_t)(VC_SW_TRIES | pin->tries);
    }
    pin->tries = card->defects.on[VC_DEFECT_TRIES_NOT_RESTORED] ? before : pin->tries_limit;
    sw = vc_card_keep(card);
    card->pin_df = sw == VC_SW_OK ? df : VC_MAX_DFS;
    return sw;
}

size_t vc_security_find_key(const struct vc_df *df, enum vc_key_use use, uint8_t usage,
                            uint8_t index, uint8_t version)
{
    size_t i = 0;
    while (i < df->keys_n &&
           (df->keys[i].use != use || df->keys[i].usage != usage || df->keys[i].index != index ||
            (version != 0 && df->keys[i].version != version))) {
        i++;
    }
    return i;
}

uint16_t vc_security_try_key(struct vc_card *card, struct vc_key *key)
{
    if (key->tries_limit == 0) {
        return VC_SW_OK;
    }
    if (key->tries == 0) {
        return VC_SW_BLOCKED;
    }
    if (!card->defects.on[VC_DEFECT_KEY_TRIES_DO_NOT_FALL]) {
        key->tries--;
    }
    return vc_card_keep(card);
}

uint16_t vc_security_trust_key(struct vc_card *card, struct vc_key *key)
{
    if (key->tries == key->tries_limit || card->defects.on[VC_DEFECT_KEY_TRIES_NOT_RESTORED]) {
        return VC_SW_OK;
    }
    key->tries = key->tries_limit;
    return vc_card_keep(card);
}

/* The defects that let a command pass whatever its MAC is. */
static bool is_unchecked(const struct vc_card *card, const struct vc_apdu *apdu)
{
    const bool *on = card->defects.on;
    switch (apdu->ins) {
    case 0x16:
        return on[VC_DEFECT_CARD_BLOCK_UNCHECKED];
    case 0x18:
        return on[VC_DEFECT_APPLICATION_BLOCK_UNCHECKED] ||
               on[VC_DEFECT_APPLICATION_UNBLOCK_UNCHECKED];
    case 0x1E:
        return on[VC_DEFECT_APPLICATION_BLOCK_UNCHECKED];
    case 0x24:
        return on[VC_DEFECT_UNBLOCK_UNCHECKED] || (apdu->p2 == 1 && on[VC_DEFECT_RELOAD_UNCHECKED]);
    default:
        return on[VC_DEFECT_MAC_UNCHECKED];
    }
}

uint16_t vc_security_check_mac(struct vc_card *card, const struct vc_apdu *apdu, struct vc_key *key)
{
    uint8_t process_key[VC_KEY_SIZE];
    uint8_t mac[VC_MAC_SIZE];
    uint8_t message[5 + 255] = {apdu->cla, apdu->ins, apdu->p1, apdu->p2, (uint8_t)apdu->data_n};
    size_t challenge_n = card->challenge_n;
    size_t from = card->defects.on[VC_DEFECT_MAC_WITHOUT_HEADER] ? 5 : 0;
    bool reload = apdu->ins == 0x24 && apdu->p2 == 1;
    if (!card->defects.on[VC_DEFECT_MAC_REPLAYED] &&
        !(reload && card->defects.on[VC_DEFECT_RELOAD_REPLAYED])) {
        card->challenge_n = 0;
    }
    if (apdu->data_n < VC_MAC_SIZE || apdu->data_n > 255) {
        return VC_SW_MAC_MISSING;
    }
    if (is_unchecked(card, apdu)) {
        return VC_SW_OK;
    }
    if (challenge_n != VC_FACTOR_SIZE) {
        return VC_SW_NO_CHALLENGE;
    }
    uint16_t sw = vc_security_try_key(card, key);
    if (sw != VC_SW_OK) {
        return sw;
    }
    size_t n = apdu->data_n - VC_MAC_SIZE;
    memcpy(message + 5, apdu->data, n);
    if (!vc_crypto_process_key(key->algorithm, key->value, card->challenge, process_key) ||
        !vc_crypto_mac(key->algorithm, process_key, message + from, 5 + n - from, mac)) {
        return VC_SW_UNKNOWN;
    }
    if (!vc_crypto_equal(mac, apdu->data + n, VC_MAC_SIZE)) {
        return VC_SW_MAC_WRONG;
    }
    return vc_security_trust_key(card, key);
}
