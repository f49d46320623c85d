/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_VPCD_H
#define VC_VPCD_H

#include "iso/card.h"

enum { VC_MAX_SLOTS = 16 };

/* A card and the port that its reader listens on. The card is borrowed. */
struct vc_slot {
    struct vc_card *card;
    uint16_t port;
};

/*
 * Puts each card into the virtual reader at its port and serves them all until their readers are
 * gone or a signal takes them out. False where a reader cannot be reached.
 */
bool vc_vpcd_run(const char *host, const struct vc_slot *slots, size_t slots_n, bool trace,
                 struct vc_err *reterr);

#endif
