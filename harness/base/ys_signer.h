/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who signs, and whether a certificate is to be believed.
 *
 * A signer is an SM2 private key with its certificate and those above it. It is read from whatever
 * OpenSSL's store reads: a PEM or PKCS#12 file, or, where a provider for it is set up, a
 * "pkcs11:…" URI of a token. The key never leaves the object.
 *
 *     struct ys_signer *signer = NULL;
 *     status = ys_signer_open("inspector.p12", NULL, ask, NULL, &signer, reterr);
 *     …
 *     ys_signer_free(signer);
 */
#ifndef YS_SIGNER_H
#define YS_SIGNER_H

#include "ys_crypto.h"

#define YS_PASSPHRASE_MAX 1024u

struct ys_signer;

/* Gives the passphrase of a locked key, NUL-terminated, in at most YS_PASSPHRASE_MAX bytes; false
 * when there is none. Called only when something is locked. */
typedef bool (*ys_passphrase_fn)(void *context, char ret_passphrase[YS_PASSPHRASE_MAX]);

/* `certificates` names where the certificates are when they are not beside the key, or is NULL.
 * YS_ERR_NOT_FOUND; YS_ERR_CRYPTO: no key, a wrong passphrase, a key other than SM2, no
 * certificate of this key. */
YS_NODISCARD enum ys_status ys_signer_open(const char *key, const char *certificates,
                                           ys_passphrase_fn passphrase, void *context,
                                           struct ys_signer **ret_signer, struct ys_err *reterr);
void ys_signer_free(struct ys_signer *signer);
/* The certificates in PEM, that of the key first. Borrowed from the signer. */
const char *const *ys_signer_certificates(const struct ys_signer *signer, size_t *ret_count);
/* SM2 with SM3 and the default user id, DER-encoded. Arena-owned. */
YS_NODISCARD enum ys_status ys_signer_sign(const struct ys_signer *signer, struct ys_arena *arena,
                                           const void *bytes, size_t length,
                                           uint8_t **ret_signature, size_t *ret_length,
                                           struct ys_err *reterr);

/* Certificates below one another, as judged for one instant. */
struct ys_chain {
    bool is_valid;
    const char *why; /* what is wrong, with the subject of the certificate at fault; else NULL */
};
/*
 * Judges a chain in PEM, the signing certificate first, for the instant `at_us`: signatures,
 * validity, constraints, and that the first may sign. `anchors` is PEM text of the roots that are
 * believed; NULL: whatever stands at the top of the chain is, so that only its coherence is
 * judged. YS_ERR_CRYPTO when `anchors` holds no certificate. Texts are arena-owned.
 */
YS_NODISCARD enum ys_status ys_chain_judge(struct ys_arena *arena, const char *const *chain,
                                           size_t count, const char *anchors, int64_t at_us,
                                           struct ys_chain *ret_chain, struct ys_err *reterr);

#endif
