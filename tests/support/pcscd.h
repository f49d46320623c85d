/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pcscd of the test's own with one virtual reader on a free port. PC/SC-Lite's socket has a
 * fixed name, so there can be only one on a machine: where another one answers, the start waits
 * for its end and then fails.
 */
#ifndef TEST_PCSCD_H
#define TEST_PCSCD_H

#include <stdint.h>
#include <sys/types.h>

struct pcscd {
    pid_t pid;
    uint16_t port; /* the first slot of the virtual reader */
    char folder[64];
    const char *pinpad; /* driver of a further reader with a PIN pad and a card (ifd_pinpad.c), or
                           NULL; set before the start */
};

/* NULL on success, else what went wrong. */
const char *pcscd_start(struct pcscd *pcscd);
/* Takes the reader with the PIN pad away; the service goes on. */
void pcscd_unplug(const struct pcscd *pcscd);
void pcscd_stop(struct pcscd *pcscd);

#endif
