/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal of a run directory and its verification.
 *
 * seal.json binds manifest.json, the chain head and count of evidence.jsonl, every blob and
 * result.json by SM3. Verification needs neither network nor suites; it names the first fault by
 * file, record, byte and kind.
 */
#ifndef YS_SEAL_H
#define YS_SEAL_H

#include "ys_value.h"

enum ys_fault {
    YS_FAULT_NONE,
    YS_FAULT_MISSING,   /* a file is not there */
    YS_FAULT_SYNTAX,    /* a line is not canonical JSON */
    YS_FAULT_CUT,       /* the last line has no end: the run was cut here */
    YS_FAULT_SEQUENCE,  /* a record is dropped, doubled or out of order */
    YS_FAULT_CHAIN,     /* a record's "prev" is not the digest of the line before */
    YS_FAULT_DIGEST,    /* a file's digest is not the sealed one */
    YS_FAULT_EXTRA,     /* a blob that no seal knows */
    YS_FAULT_UNSEALED,  /* there is no seal: the run did not end */
    YS_FAULT_SIGNATURE, /* a signature is not of this seal, of its certificate or at its place */
    YS_FAULT_CERTIFICATE /* a signer's certificates were not valid when it signed */
};

struct ys_verification {
    enum ys_fault fault;
    const char *file;    /* relative to the run directory */
    int64_t record;      /* sequence number, or that of a signature; 0 = none */
    int64_t offset;      /* byte in the file, -1 = none */
    const char *text;    /* a sentence for people */
    int64_t records;     /* valid records */
    char head[65];       /* digest of the last valid line */
};

const char *ys_fault_name(enum ys_fault fault); /* "chain" … */

/* Writes seal.json over what the run directory holds now. `interrupted` is recorded. */
YS_NODISCARD enum ys_status ys_seal_write(const char *run_dir, const char *chain_head,
                                          int64_t records, bool interrupted,
                                          struct ys_err *reterr);
/* YS_OK and a fault; an error status only when the directory cannot be read at all. Texts are
 * arena-owned. */
YS_NODISCARD enum ys_status ys_seal_verify(struct ys_arena *arena, const char *run_dir,
                                           struct ys_verification *ret_verification,
                                           struct ys_err *reterr);
/* The same where findings of persons are being taken in (ys_attestations.h): those added since the
 * seal must continue the sealed ones, and the result may be older than they are. So a session that
 * was killed can be ended. */
YS_NODISCARD enum ys_status ys_seal_verify_attesting(struct ys_arena *arena, const char *run_dir,
                                                     struct ys_verification *ret_verification,
                                                     struct ys_err *reterr);

#endif
