/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_STATE_H
#define VC_STATE_H

#include "iso/fs.h"

#include <stdio.h>

/*
 * The state file holds what survives the card being taken out: PINs and tries, life cycle, updated
 * files and the values of applications. It is replaced as a whole, so whoever reads it, whenever
 * the power goes, finds the old one or the new one. Loading a file that does not exist leaves the
 * file system as it is.
 */
bool vc_state_load(struct vc_fs *fs, const char *path, struct vc_err *reterr);
bool vc_state_save(const struct vc_fs *fs, const char *path);

/* Replaces a file as a whole by what `write` puts into it, as above. False where it stays as it
 * was. */
bool vc_state_replace(const char *path, void (*write)(const void *what, FILE *file),
                      const void *what);
/* The bytes in hexadecimal, as state files hold them. */
void vc_state_write_hex(FILE *file, const uint8_t *bytes, size_t n);

#endif
