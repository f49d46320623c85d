/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scripted card in a virtual reader: a thread that speaks the protocol of vsmartcard's vpcd
 * (16-bit length, then control byte or APDU) and answers from a table.
 */
#ifndef VPCD_CARD_H
#define VPCD_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One exchange. `reply` NULL: the card is mute from here on; "-": it is taken out. Hexadecimal. */
struct vpcd_exchange {
    const char *command;
    const char *reply;
};

struct vpcd_card;

/* Inserts a card. The table is played in order, the last entry for ever; another command than
 * the expected one is answered 6F01. Borrowed until removal. NULL: no reader listens there. */
struct vpcd_card *vpcd_card_insert(uint16_t port, const char *atr,
                                   const struct vpcd_exchange *exchanges, size_t count);
void vpcd_card_remove(struct vpcd_card *card); /* NULL is fine */

#endif
