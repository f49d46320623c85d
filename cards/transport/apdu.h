/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_APDU_H
#define VC_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A command taken apart. `le` is 0 where all there is may come. */
struct vc_apdu {
    uint8_t cla;
    uint8_t ins;
    uint8_t p1;
    uint8_t p2;
    const uint8_t *data;
    size_t data_n;
    bool has_le;
    size_t le;
    bool is_long; /* of extended length */
};

/* The cases of ISO/IEC 7816-4, 5.1: the four short ones, and the three long ones where `extended`.
 * The data point into the command. False where the length of the command is none of theirs. */
bool vc_apdu_parse(const uint8_t *command, size_t n, bool extended, struct vc_apdu *ret_apdu);

/* Whether an ATR of at most 33 bytes is one after ISO/IEC 7816-3, 8.2: its interface and
 * historical bytes fill it, and TCK ends it where another protocol than T=0 is offered. Where the
 * result is false, `ret_problem` says why. */
bool vc_atr_parse(const uint8_t *atr, size_t n, bool *ret_t1, bool *ret_tck,
                  const char **ret_problem);

#endif
