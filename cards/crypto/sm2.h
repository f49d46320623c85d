/* SPDX-License-Identifier: Apache-2.0 */
/* SM2 (GM/T 0003): key pairs, signatures, and certificates of a test authority. */
#ifndef VC_SM2_H
#define VC_SM2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VC_SM2_PRIVATE = 32, VC_SM2_PUBLIC = 64, VC_SM2_SIGNATURE = 64, VC_SM3_SIZE = 32 };

bool vc_sm3(const uint8_t *bytes, size_t n, uint8_t ret_digest[VC_SM3_SIZE]);
/* X || Y of a private key. False where it is none. */
bool vc_sm2_public(const uint8_t key[VC_SM2_PRIVATE], uint8_t ret_public[VC_SM2_PUBLIC]);
/* r || s over a message, with SM3 and the default identifier 1234567812345678. */
bool vc_sm2_sign(const uint8_t key[VC_SM2_PRIVATE], const uint8_t *message, size_t n,
                 uint8_t ret_signature[VC_SM2_SIGNATURE]);

struct vc_certificate {
    const char *subject; /* common names, UTF-8 */
    const char *issuer;
    const char *from; /* YYYYMMDD; both days inclusive, UTC */
    const char *to;
    long serial;
    bool for_signing; /* else for encryption */
    uint8_t key[VC_SM2_PRIVATE];
    uint8_t authority[VC_SM2_PRIVATE]; /* signs it in the same way */
};

/* An X.509 version 3 certificate after GM/T 0015, in DER, of at most `cap` bytes. */
bool vc_sm2_certify(const struct vc_certificate *certificate, uint8_t *ret_der, size_t cap,
                    size_t *ret_n);

#endif
