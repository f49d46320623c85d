/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A deadline for calls that libpcsclite leaves without one. Private to the room.
 *
 * pcscd answers SCardTransmit only when the card does, so a mute card would hold its caller for
 * ever. The call stays in the caller's thread (handing it to another would cost a tenth of an
 * exchange); a watcher thread looks at the deadline a few times a second and, when it has passed,
 * shuts the connection to pcscd down, on which the call returns. The session is then lost.
 */
#ifndef YS_CARD_WATCH_H
#define YS_CARD_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct ys_card_watch;

/* Watches calls on socket `fd` (borrowed). NULL when no thread can be had. */
struct ys_card_watch *ys_card__watch_new(int fd);
void ys_card__watch_free(struct ys_card_watch *watch);
void ys_card__watch_begin(struct ys_card_watch *watch, uint32_t at_most_ms);
/* True when the watcher had to cut the call; it stays true. */
bool ys_card__watch_end(struct ys_card_watch *watch);

/* The process's connections to the PC/SC service: fills `fds`, returns how many. */
enum { YS_CARD_SOCKETS_MAX = 256 };
unsigned ys_card__service_sockets(int fds[YS_CARD_SOCKETS_MAX]);

#endif
