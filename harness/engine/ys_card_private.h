/* SPDX-License-Identifier: Apache-2.0 */
/* Card sessions, commands and the data dictionary; shared by ys_step_card.c and ys_card_io.c. */
#ifndef YS_CARD_PRIVATE_H
#define YS_CARD_PRIVATE_H

#include "ys_engine_private.h"

/* One card step in work. */
struct ys_card_work {
    struct ys_exec *exec;
    struct ys_card_slot *slot;
    struct ys_value *exchanges; /* raw, kept back until what is personal in them is known */
    struct ys_trouble *trouble;
    uint16_t sw;                /* of the last command */
    const uint8_t *data;
    size_t length;
    struct ys_value *items;         /* read from a file, or NULL */
    const struct ys_value *fields;  /* those items, or what a reset told; or NULL */
    bool violated;                  /* the last reply broke the transport rules of ISO/IEC 7816 */
};

/* The session of a role, connected where it is not yet. NULL: trouble. */
struct ys_card_slot *ys_card__slot(struct ys_card_work *work, const char *role);
/* Sends a command; what came stands in `work`. */
bool ys_card__send(struct ys_card_work *work, const struct ys_apdu *apdu);
bool ys_card__send_raw(struct ys_card_work *work, struct ys_card_slot *slot, const uint8_t *bytes,
                       size_t length);
/* Writes the exchanges kept back to the evidence. */
bool ys_card__record(struct ys_card_work *work);
/* Bytes of a record's value as text, by its encoding. Arena-owned. */
const char *ys_card__decode(struct ys_arena *arena, const struct ys_card_item *item,
                            const uint8_t *bytes, size_t length);
/* The reverse, padded to the declared length. YS_ERR_ENCODING, YS_ERR_LIMIT. */
YS_NODISCARD enum ys_status ys_card__encode(struct ys_arena *arena,
                                            const struct ys_card_item *item, const char *text,
                                            uint8_t **ret_bytes, size_t *ret_length,
                                            struct ys_err *reterr);
/* Whether the last reply is that of a module that is revoked, locked or without the key. It proves
 * nothing about the card, and the module is the inspector's to change: true, trouble. */
bool ys_card__psam_refuses(struct ys_card_work *work, const struct ys_card_slot *slot,
                           const char *command);
/* External authentication by the recipe of card.yaml. */
bool ys_card__authenticate(struct ys_card_work *work, const char *psam_role, const char *key);

#endif
