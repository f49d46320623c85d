/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any commands to a card fresh from its profile. The first byte chooses the profile, the last one
 * with the financial application; then come
 * commands, each a byte of length and its bytes, where FF means a reset. Every answer ends with a
 * status word, and the holder's identity number never comes from a version 3.00 card: no input
 * holds a cryptogram of the challenge that the card has just drawn.
 */
#include "apps/pboc.h"
#include "fuzz.h"
#include "iso/card.h"

#include <string.h>

enum { FINANCIAL = 3 };

static bool shows(const uint8_t *bytes, size_t n, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= n; i++) {
        if (memcmp(bytes + i, text, length) == 0) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const profiles[] = {YS_CARD_PROFILES "/ssc-v3.yaml",
                                           YS_CARD_PROFILES "/ssc-v2.yaml",
                                           YS_CARD_PROFILES "/psam.yaml",
                                           YS_CARD_PROFILES "/ssc-v3.yaml"};
    if (size == 0) {
        return 0;
    }
    size_t which = data[0] % 4;
    struct vc_defects defects = {{false}};
    struct vc_err err;
    struct vc_card *card = vc_card_new(profiles[which], NULL, NULL, &defects, &err);
    require(card != NULL);
    require(which != FINANCIAL ||
            (vc_pboc_keys_make(YS_CARD_KEYS, &err) &&
             vc_card_add_financial(card, profiles[which], YS_CARD_KEYS, &err)));
    vc_card_reset(card);
    for (size_t at = 1; at < size;) {
        uint8_t response[VC_MAX_RESPONSE];
        size_t response_n = 0;
        size_t n = data[at++];
        if (n == 0xFF) {
            vc_card_reset(card);
            continue;
        }
        n = n < size - at ? n : size - at;
        require(vc_card_transmit(card, data + at, n, response, &response_n));
        require(response_n >= 2 && response_n <= sizeof response);
        uint8_t sw1 = response[response_n - 2];
        require(sw1 == 0x90 || (sw1 >= 0x61 && sw1 <= 0x6F));
        require(which != 0 || !shows(response, response_n, "110101190001010014"));
        at += n;
    }
    vc_card_free(card);
    return 0;
}
