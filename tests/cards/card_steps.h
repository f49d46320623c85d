/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual card in the process: commands in hexadecimal, answers in hexadecimal. */
#ifndef VC_CARD_STEPS_H
#define VC_CARD_STEPS_H

#include "crypto/sm2.h"
#include "iso/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SELECT_SSSE "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
#define FACTORS "11000000 0001310A 313130303030 7378"
#define CHALLENGE_FACTOR "0102030405060708"

/* A folder of its own for a test: paths of a state file and of a profile, which it may make. */
struct fixture {
    char folder[64];
    char state[96];
    char profile[96];
};

int card_set_up(void **state);
int card_tear_down(void **state);

/* A card of a profile in cards/profiles, with power; state and defect may be NULL. */
struct vc_card *card_of(const char *profile, const char *state, const char *defect);
/* Sends one command and gives the answer, status word last, in a buffer that the next call reuses.
 */
const char *send_hex(struct vc_card *card, const char *command);
void expect(struct vc_card *card, const char *command, const char *answer);
/* GET CHALLENGE, the PSAM's cryptogram, EXTERNAL AUTHENTICATE. */
void authenticate(struct vc_card *card, struct vc_card *psam, const char *usage_and_key,
                  const char *key, const char *answer);
/* Sends header and data with the MAC that the PSAM makes for a challenge of the card; Lc is as it
 * is with the MAC. */
void send_with_mac(struct vc_card *card, struct vc_card *psam, const char *usage_and_key,
                   const char *message, const char *answer);

#endif
