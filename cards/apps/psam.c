/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security module of a terminal: masters that become a card's keys for one process key. A
 * revoked module is one whose directory is blocked (84 1E, with the MAC of its own key): it answers
 * selection and challenges, and computes nothing.
 */
#include "apps/app.h"

#include <string.h>

enum { CRYPT_ENCIPHER = 0x00, CRYPT_MAC = 0x05 };

/* A defect takes the first key of that number, whatever it is for. */
static size_t find_key(const struct vc_card *card, const struct vc_df *df, uint8_t usage,
                       uint8_t index)
{
    size_t place = vc_security_find_key(df, VC_KEY_PSAM, usage, index, 0);
    for (size_t i = 0;
         place == df->keys_n && card->defects.on[VC_DEFECT_PSAM_USAGE_IGNORED] && i < df->keys_n;
         i++) {
        place = df->keys[i].index == index ? i : place;
    }
    return place;
}

/* BF DE <usage> <key> Lc <factor 8>… <random 8>: as many factors as the usage has levels */
static uint16_t init_for_descrypt(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *df = vc_card_df(card);
    size_t levels = apdu->p1 >> 5;
    uint8_t key[VC_KEY_SIZE];
    card->process_ready = false;
    size_t place = find_key(card, df, apdu->p1, apdu->p2);
    if (place == df->keys_n) {
        return VC_SW_REFERENCE;
    }
    if (apdu->data_n != (levels + 1) * VC_FACTOR_SIZE) {
        return VC_SW_LENGTH;
    }
    memcpy(key, df->keys[place].value, sizeof key);
    card->process_algorithm = df->keys[place].algorithm;
    for (size_t i = 0; i < levels; i++) {
        if (i > 0 && card->defects.on[VC_DEFECT_PSAM_ONE_LEVEL]) {
            break;
        }
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

/* The cryptogram of a factor, or whole blocks enciphered. */
static uint16_t encipher(struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->data_n == VC_FACTOR_SIZE) {
        card->data_n = VC_FACTOR_SIZE;
        return vc_crypto_cryptogram(card->process_algorithm, card->process_key, apdu->data,
                                    card->data)
                   ? VC_SW_OK
                   : VC_SW_UNKNOWN;
    }
    if (apdu->data_n == 0 || apdu->data_n % vc_crypto_block(card->process_algorithm) != 0) {
        return VC_SW_LENGTH;
    }
    card->data_n = apdu->data_n;
    return vc_crypto_ecb(card->process_algorithm, card->process_key, true, apdu->data, apdu->data_n,
                         card->data)
               ? VC_SW_OK
               : VC_SW_UNKNOWN;
}

/* 80 FA 00 00 Lc <factor 8, or blocks>; 80 FA 05 00 Lc <initial value> <padded blocks>: their MAC
 * of four bytes. The process key stays. */
static uint16_t des_crypt(struct vc_card *card, const struct vc_apdu *apdu)
{
    size_t block = vc_crypto_block(card->process_algorithm);
    if ((apdu->p1 != CRYPT_ENCIPHER && apdu->p1 != CRYPT_MAC) || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (!card->process_ready && !card->defects.on[VC_DEFECT_PSAM_COMPUTES_UNASKED]) {
        return VC_SW_CONDITIONS;
    }
    if (apdu->p1 == CRYPT_ENCIPHER) {
        return encipher(card, apdu);
    }
    if (apdu->data_n < 2 * block || apdu->data_n % block != 0) {
        return VC_SW_LENGTH;
    }
    card->data_n = VC_MAC_SIZE;
    return vc_crypto_mac_blocks(card->process_algorithm, card->process_key, apdu->data,
                                apdu->data + block, apdu->data_n - block, card->data)
               ? VC_SW_OK
               : VC_SW_UNKNOWN;
}

static void forget(struct vc_card *card, struct vc_df *df)
{
    (void)df;
    card->process_ready = false;
}

static const struct vc_command commands[] = {
    {0xBF, 0xDE, init_for_descrypt},
    {0x80, 0xFA, des_crypt},
    {0x84, 0x1E, vc_social_block_application},
    {0x84, 0x18, vc_social_block_application},
};

const struct vc_app vc_app_psam = {.name = "psam",
                                   .commands = commands,
                                   .commands_n = sizeof commands / sizeof commands[0],
                                   .reset = forget};
