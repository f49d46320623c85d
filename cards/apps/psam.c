/* SPDX-License-Identifier: Apache-2.0 */
/* The security module of a terminal: masters that become a card's keys for one process key. */
#include "apps/app.h"

#include <string.h>

/* BF DE <usage> <key> Lc <factor 8>… <random 8>: as many factors as the usage has levels */
static uint16_t init_for_descrypt(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *df = vc_card_df(card);
    size_t levels = apdu->p1 >> 5;
    uint8_t key[VC_KEY_SIZE];
    card->process_ready = false;
    size_t place = vc_security_find_key(df, VC_KEY_PSAM, apdu->p1, apdu->p2, 0);
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
static uint16_t des_crypt(struct vc_card *card, const struct vc_apdu *apdu)
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

static void forget(struct vc_card *card, struct vc_df *df)
{
    (void)df;
    card->process_ready = false;
}

static const struct vc_command commands[] = {
    {0xBF, 0xDE, init_for_descrypt},
    {0x80, 0xFA, des_crypt},
};

const struct vc_app vc_app_psam = {.name = "psam",
                                   .commands = commands,
                                   .commands_n = sizeof commands / sizeof commands[0],
                                   .reset = forget};
