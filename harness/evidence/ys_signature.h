/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures over the seal of a run directory, in the order in which they were made.
 *
 * signature.json holds, for each, the certificates, the statement that was signed, byte for byte,
 * and its SM2 signature. A statement names the seal, the certificates, the time, the role and the
 * signature before it; so a seal written anew, an exchanged certificate and a changed order are
 * all seen. Whether somebody took the last signature away cannot be seen from inside: a reader
 * who expects a number of them says so.
 */
#ifndef YS_SIGNATURE_H
#define YS_SIGNATURE_H

#include "ys_clock.h"
#include "ys_seal.h"
#include "ys_signer.h"

#define YS_SIGNATURE_FILE "signature.json"

struct ys_signature {
    const char *role;
    const char *time; /* "2026-11-23T09:12:31.482913Z", as the signer's clock said */
    struct ys_certificate certificate;
};

struct ys_signatures {
    const struct ys_signature *items;
    size_t count;
};

/* Adds a signature; `role` is a word of letters, digits and hyphens ("inspector", "bank").
 * The run must verify, the certificate be valid now, and not have signed before.
 * YS_ERR_EVIDENCE_BROKEN, YS_ERR_EVIDENCE_STATE, YS_ERR_ARGUMENT, YS_ERR_CRYPTO. */
YS_NODISCARD enum ys_status ys_signature_add(const char *run_dir, const struct ys_signer *signer,
                                             const char *role, const struct ys_clock *clock,
                                             struct ys_err *reterr);

/* Checks everything: what ys_seal_verify() checks, then each signature and its certificates at
 * the time of signing. `anchors` is PEM text of trusted roots, NULL: chains need only be coherent.
 * No signature is no fault. Texts are arena-owned. */
YS_NODISCARD enum ys_status ys_run_verify(struct ys_arena *arena, const char *run_dir,
                                          const char *anchors,
                                          struct ys_verification *ret_verification,
                                          struct ys_signatures *ret_signatures,
                                          struct ys_err *reterr);

/* The same of a folder that has seal.json, signature.json and result.json of a run alone: that the
 * signatures are over that seal and that it binds that result. The record is not there. */
YS_NODISCARD enum ys_status ys_result_verify(struct ys_arena *arena, const char *folder,
                                             struct ys_verification *ret_verification,
                                             struct ys_signatures *ret_signatures,
                                             struct ys_err *reterr);

#endif
