/* SPDX-License-Identifier: Apache-2.0 */
/* What the writer of the seal and its verifier share. Private to this room. */
#ifndef YS_SEAL_PARTS_H
#define YS_SEAL_PARTS_H

#include <stdbool.h>

#include "ys_crypto.h"
#include "ys_err.h"

#define YS_SEAL_FILE "seal.json"
#define YS_SEAL_SCHEMA "yanshou-seal-1"
#define YS_SEAL_FILES 2u

/* The files beside the log that a seal binds. */
extern const char *const ys_seal_files[YS_SEAL_FILES];

bool ys_seal_is_digest(const char *text); /* 64 lower-case hexadecimal digits */
/* SM3 of a file, read in pieces. YS_ERR_NOT_FOUND, YS_ERR_IO. */
YS_NODISCARD enum ys_status ys_seal_digest(const char *path, char ret_hex[YS_SM3_HEX_MAX],
                                           struct ys_err *reterr);

#endif
