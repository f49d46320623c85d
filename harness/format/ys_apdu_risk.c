/* SPDX-License-Identifier: Apache-2.0 */
/* What a command may cost the card for good. */
#include "ys_apdu.h"

/* ISO/IEC 7816-4, 5.4.1: bit 8 of CLA; below it, channels and secure messaging. */
static bool is_proprietary(const uint8_t *command)
{
    return (command[0] & 0x80) != 0;
}

bool ys_apdu_carries_pin(const uint8_t *command, size_t length)
{
    if (length <= 5) {
        return false;
    }
    uint8_t ins = command[1];
    /* VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER; RELOAD / CHANGE PIN */
    return is_proprietary(command) ? ins == 0x5E : ins == 0x20 || ins == 0x24 || ins == 0x2C;
}

static bool is_destructive(const uint8_t *command)
{
    static const uint8_t proprietary[] = {
        0xAE, /* GENERATE AC: the transaction counter never comes back */
        0x16, /* CARD BLOCK */
        0x18, /* APPLICATION UNBLOCK: a wrong MAC is counted */
        0x1E, /* APPLICATION BLOCK */
        0x24, /* PIN CHANGE/UNBLOCK */
        0xDA, /* PUT DATA */
        0xE2, /* STORE DATA, APPEND RECORD under secure messaging */
        0xE4, /* DELETE */
        0xF0, /* SET STATUS */
    };
    static const uint8_t standard[] = {
        0x04, /* DEACTIVATE FILE (ISO/IEC 7816-9) */
        0x0C, 0x0E, 0x0F, /* ERASE RECORD, ERASE BINARY */
        0xDA, 0xDB, /* PUT DATA */
        0xE0, 0xE4, /* CREATE FILE, DELETE FILE */
        0xE6, 0xE8, 0xFE, /* TERMINATE DF, TERMINATE EF, TERMINATE CARD USAGE */
    };
    bool own = is_proprietary(command);
    const uint8_t *table = own ? proprietary : standard;
    size_t count = own ? sizeof proprietary : sizeof standard;
    for (size_t i = 0; i < count; i++) {
        if (table[i] == command[1]) {
            return true;
        }
    }
    return false;
}

bool ys_apdu_only_reads(const uint8_t *command, size_t length)
{
    static const uint8_t reading[] = {
        0x84,       /* GET CHALLENGE */
        0xA4,       /* SELECT */
        0xB0, 0xB1, /* READ BINARY */
        0xB2, 0xB3, /* READ RECORD */
        0xC0,       /* GET RESPONSE */
        0xCA, 0xCB, /* GET DATA */
    };
    if (length < 4) {
        return false;
    }
    if (is_proprietary(command)) {
        return command[0] == 0x80 && command[1] == 0xCA; /* GET DATA of EMV */
    }
    for (size_t i = 0; i < sizeof reading; i++) {
        if (command[1] == reading[i]) {
            return true;
        }
    }
    return false;
}

enum ys_apdu_risk ys_apdu_risk(const uint8_t *command, size_t length)
{
    if (length < 4) {
        return YS_RISK_NONE;
    }
    if (is_destructive(command)) {
        return YS_RISK_FOREVER;
    }
    if (ys_apdu_carries_pin(command, length)) {
        return YS_RISK_PIN;
    }
    return !is_proprietary(command) && command[1] == 0x82 && length > 5 ? YS_RISK_KEY
                                                                        : YS_RISK_NONE;
}
