/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command and response APDUs (ISO/IEC 7816-4, 5), status words and their masks, ATR
 * (ISO/IEC 7816-3, 8.2).
 */
#ifndef YS_APDU_H
#define YS_APDU_H

#include "ys_value.h"

struct ys_apdu {
    uint8_t cla;
    uint8_t ins;
    uint8_t p1;
    uint8_t p2;
    const uint8_t *data; /* NULL when Lc is absent */
    size_t data_length;
    bool has_le;
    uint32_t le; /* 1..65536; 256 is coded 00 */
};

/* Encodes in the shortest form (short, or extended where the lengths ask for it). */
YS_NODISCARD enum ys_status ys_apdu_encode(struct ys_arena *arena, const struct ys_apdu *apdu,
                                           uint8_t **ret_bytes, size_t *ret_length,
                                           struct ys_err *reterr);
/* Takes a raw command apart; YS_ERR_SYNTAX when the lengths do not agree. */
YS_NODISCARD enum ys_status ys_apdu_decode(const uint8_t *bytes, size_t length,
                                           struct ys_apdu *ret_apdu, struct ys_err *reterr);
/* "SELECT", "READ RECORD" …; NULL when unknown. */
const char *ys_apdu_command_name(uint8_t cla, uint8_t ins);

/* What a command may cost the card for good. */
enum ys_apdu_risk {
    YS_RISK_NONE,
    YS_RISK_PIN,    /* a wrong PIN lowers its tries */
    YS_RISK_KEY,    /* EXTERNAL AUTHENTICATE: a wrong cryptogram lowers the tries of the key */
    YS_RISK_FOREVER /* GENERATE AC, blocking, PUT DATA …: cannot be undone */
};
enum ys_apdu_risk ys_apdu_risk(const uint8_t *command, size_t length);
/* VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER with data (ISO/IEC 7816-4, 11.5);
 * RELOAD / CHANGE PIN (LD/T 32.5, JR/T 0025.5), which is of the proprietary class. */
bool ys_apdu_carries_pin(const uint8_t *command, size_t length);

/* A command that leaves the card as it was once the session ends: it may be sent again. */
bool ys_apdu_only_reads(const uint8_t *command, size_t length);

/* Status word masks: "9000", "61??", "63C?", alternatives by '|'. Digits and '?' only. */
YS_NODISCARD enum ys_status ys_sw_mask_check(const char *mask, struct ys_err *reterr);
bool ys_sw_matches(const char *mask, uint16_t sw);
/* What a status word says, by language ("zh" or "en"), e.g. "verification failed, 2 tries left".
 * Arena-owned; never NULL. */
const char *ys_sw_text(struct ys_arena *arena, uint16_t sw, const char *lang);

/* An ATR taken apart. YS_ERR_SYNTAX says what is wrong with it (TCK included). */
struct ys_atr {
    const uint8_t *historical; /* borrowed from the input */
    size_t historical_length;
    bool t0;
    bool t1;
    bool has_tck;
};
YS_NODISCARD enum ys_status ys_atr_parse(const uint8_t *bytes, size_t length,
                                         struct ys_atr *ret_atr, struct ys_err *reterr);
/* ATR masks: hexadecimal digits and '?' for any digit, blanks skipped, '*' at the end for any
 * rest. */
bool ys_atr_matches(const char *mask, const uint8_t *atr, size_t length);

#endif
