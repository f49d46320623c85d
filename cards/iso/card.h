/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_CARD_H
#define VC_CARD_H

#include "loader/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VC_MAX_ANSWER = VC_MAX_BODY, VC_MAX_RESPONSE = VC_MAX_ANSWER + 2 };

struct vc_card;

/* A card in the hand, without power. `state_path` may be NULL: then nothing survives; `settings`
 * may be NULL. The caller owns the card; NULL on failure. */
struct vc_card *vc_card_new(const char *profile_path, const char *state_path,
                            const struct vc_settings *settings, const struct vc_defects *defects,
                            struct vc_err *reterr);
/* Personalises the financial application of the profile with the keys of a folder (pboc.h), its
 * state beside that of the card. A profile without one is left as it is. */
bool vc_card_add_financial(struct vc_card *card, const char *profile_path, const char *keys_path,
                           struct vc_err *reterr);
void vc_card_free(struct vc_card *card);

const uint8_t *vc_card_atr(const struct vc_card *card, size_t *ret_n);
/* Power on, power off and reset: all rights are lost and the MF is selected. */
void vc_card_reset(struct vc_card *card);
/* One command as the protocol of the ATR carries it: T=1 where it is offered, else T=0. False
 * where the card stays mute. */
bool vc_card_transmit(struct vc_card *card, const uint8_t *command, size_t n,
                      uint8_t ret_response[VC_MAX_RESPONSE], size_t *ret_n);

#endif
