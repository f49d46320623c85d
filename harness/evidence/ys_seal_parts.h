/* SPDX-License-Identifier: Apache-2.0 */
/* What the writer of the seal and its verifier share. Private to this room. */
#ifndef YS_SEAL_PARTS_H
#define YS_SEAL_PARTS_H

#include <stdbool.h>

#include "ys_crypto.h"
#include "ys_err.h"
#include "ys_seal.h"

#define YS_SEAL_FILE "seal.json"
#define YS_SEAL_SCHEMA "yanshou-seal-1"
#define YS_SEAL_FILES 2u
#define YS_SIGNATURE_SCHEMA "yanshou-signatures-1"
#define YS_STATEMENT_SCHEMA "yanshou-statement-1"

/* The files beside the log that a seal binds. */
extern const char *const ys_seal_files[YS_SEAL_FILES];

/* A folder of files that are sealed one by one, those of attestations. */
#define YS_ATTESTATIONS "attestations"
/* Their names relative to the run directory, sorted. Arena-owned. */
YS_NODISCARD enum ys_status ys_seal_attestations(struct ys_arena *arena, const char *run_dir,
                                                 const char ***ret_names, size_t *ret_count,
                                                 struct ys_err *reterr);

/* Whether the seal of a folder binds the result.json beside it; nothing else need be there. */
YS_NODISCARD enum ys_status ys_seal_verify_result(struct ys_arena *arena, const char *folder,
                                                  struct ys_verification *ret_verification,
                                                  struct ys_err *reterr);

bool ys_seal_is_digest(const char *text); /* 64 lower-case hexadecimal digits */
/* Reads a canonical JSON object with a newline behind it. YS_OK: *ret_value, or a fault in *found,
 * or neither when the file is not there. */
YS_NODISCARD enum ys_status ys_seal_read(struct ys_arena *arena, const char *run_dir,
                                         const char *name, struct ys_verification *found,
                                         const struct ys_value **ret_value, struct ys_err *reterr);

/* What a statement says of its certificates: SM3 of their PEM texts one behind the other. */
void ys_signature_certificates(const char *const *pems, size_t count,
                               char ret_hex[YS_SM3_HEX_MAX]);
/* SM3 of the base64 text of the signature before `index`; zeros for the first. */
void ys_signature_previous(const struct ys_value *entries, size_t index,
                           char ret_hex[YS_SM3_HEX_MAX]);

#endif
