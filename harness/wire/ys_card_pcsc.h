/* SPDX-License-Identifier: Apache-2.0 */
/* The PC/SC driver's one setting. Private to the room and its tests. */
#ifndef YS_CARD_PCSC_H
#define YS_CARD_PCSC_H

#include "ys_card.h"

/* Another patience than YS_CARD_TRANSMIT_MS for sessions that are opened from now on. */
void ys_card__pcsc_set_patience(const struct ys_card_port *port, uint32_t transmit_ms);

#endif
