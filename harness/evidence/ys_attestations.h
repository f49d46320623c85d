/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings of persons beside the record of a run: attestations/records.jsonl, canonical JSON in an
 * SM3 chain of its own, whose first link is the head of the evidence. So a finding belongs to one
 * run, and none can be changed, moved or dropped. Its files lie beside it, named by their SM3.
 * Records are only ever appended; what a record says is the engine's matter (ys_attest.h).
 */
#ifndef YS_ATTESTATIONS_H
#define YS_ATTESTATIONS_H

#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_seal.h"

#define YS_ATTESTATIONS_FILE "attestations/records.jsonl"

/* The records in order, an empty list where there are none. Arena-owned. The chain is not checked
 * here; ys_seal_verify() does. */
YS_NODISCARD enum ys_status ys_attestations_read(struct ys_arena *arena, const char *run_dir,
                                                 const struct ys_value **ret_records,
                                                 struct ys_err *reterr);
/* Appends a map durably; "seq", "prev", "time" and "beijing" are added. `head` is that of the
 * evidence. Readers see the file before or after, never half a record. The run must be sealed anew
 * afterwards. */
YS_NODISCARD enum ys_status ys_attestations_append(const char *run_dir, const char *head,
                                                   const struct ys_value *record,
                                                   const struct ys_clock *clock,
                                                   struct ys_err *reterr);
/* Keeps the bytes of a file under their digest. */
YS_NODISCARD enum ys_status ys_attestations_keep(const char *run_dir, const char *bytes,
                                                 size_t length, char ret_sm3[YS_SM3_HEX_MAX],
                                                 struct ys_err *reterr);

#endif
