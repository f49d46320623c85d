/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room that speak to OpenSSL share. */
#ifndef YS_CRYPTO_PRIVATE_H
#define YS_CRYPTO_PRIVATE_H

#include "ys_crypto.h"

struct evp_pkey_st; /* EVP_PKEY */
struct x509_st;     /* X509 */

/* GM/T 0009, 10: the user id where the parties agreed on none; certificates are signed with it too
 * (GM/T 0015, RFC 8998). */
#define YS_SM2_USER_ID "1234567812345678"

/* What was said with OpenSSL's last error, "" for nothing; gone once that is taken. */
const char *ys_crypto__told(void);
/* YS_ERR_CRYPTO with OpenSSL's own reason behind `what`; empties OpenSSL's error queue. */
enum ys_status ys_crypto__fail(struct ys_err *reterr, const char *what);
/* The first certificate of a text in PEM form, NULL where there is none; X509_free(). */
struct x509_st *ys_crypto__read_certificate(const char *pem);
/* The issuer's SM2 signature of a certificate covers the default user id, which OpenSSL does not
 * assume; certificates signed otherwise stay as they are. False without memory. */
bool ys_crypto__set_user_id(struct x509_st *certificate);
/* Signs with an SM2 key and the default user id. Arena-owned. */
YS_NODISCARD enum ys_status ys_crypto__sm2_sign(struct ys_arena *arena, struct evp_pkey_st *key,
                                                const void *bytes, size_t length,
                                                uint8_t **ret_signature, size_t *ret_length,
                                                struct ys_err *reterr);

#endif
