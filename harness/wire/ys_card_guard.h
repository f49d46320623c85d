/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keeps a card from being locked by tests: no command that a wrong PIN or key would count
 * is sent when too few tries could be left. It stands in ys_card_transmit(); no path passes it.
 *
 * A card that tells the tries of its PIN (an empty VERIFY uses none, ISO/IEC 7816-4, 11.5.6) is
 * believed. For one that does not, and for keys, whose tries no command asks for, the guard
 * remembers what the card answered last (63Cx, 6983), over runs: one file a card in a folder. Each
 * try is written there before it is sent, so that a run that is killed has not forgotten it. A try
 * that succeeds gives all tries back and is forgotten.
 *
 * A card's file is named by the SM3 of what identifies it: its ATR and, where the card has the
 * social security environment, its identification code (LD/T 32.3: SSSE, EF05, record 1). Neither
 * stands in the file.
 */
#ifndef YS_CARD_GUARD_H
#define YS_CARD_GUARD_H

#include "ys_card.h"

/* A key is never tried when that would use its last try, whatever the floor of the PIN is. */
#define YS_CARD_KEY_FLOOR 1

struct ys_card_guard;

/* `folder` NULL: nothing is remembered beyond this guard, and cards are known by their ATR alone.
 * `floor`: how many tries of the PIN a wrong one must leave. */
struct ys_card_guard *ys_card_guard_new(const char *folder, int64_t floor);
void ys_card_guard_free(struct ys_card_guard *guard);
/* "$YANSHOU_STATE_DIR", else "$XDG_STATE_HOME/yanshou", else "~/.local/state/yanshou"; and in it
 * "cards". NULL where no home is known. Arena-owned. */
const char *ys_card_guard_folder(struct ys_arena *arena);
/* From now on the guard watches this session. Where cards are remembered, a card that is new in
 * its reader is identified: SELECT, READ RECORD and a reset, told to the session's listener. The
 * errors are those of a transmit. */
YS_NODISCARD enum ys_status ys_card_guard_join(struct ys_card_guard *guard,
                                               struct ys_card_session *session, const char *reader,
                                               struct ys_err *reterr);

/* For ys_card.c: before a command (YS_ERR_GUARD: not to be sent) and after its final reply. */
YS_NODISCARD enum ys_status ys_card__guard_before(struct ys_card_session *session,
                                                  const uint8_t *command, size_t length,
                                                  struct ys_err *reterr);
void ys_card__guard_after(struct ys_card_session *session, const uint8_t *command, size_t length,
                          uint16_t sw);

#endif
