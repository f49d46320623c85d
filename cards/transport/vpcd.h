/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_VPCD_H
#define VC_VPCD_H

#include "iso/card.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Puts the card into the reader that listens on host and port, and answers until the reader goes or
 * SIGTERM or SIGINT comes. Waits up to 10 s for the port. `trace` shows each message on stderr.
 */
bool vc_transport_run(const char *host, uint16_t port, struct vc_card *card, bool trace,
                      struct vc_err *reterr);

#endif
