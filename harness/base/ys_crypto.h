/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cryptography on OpenSSL 3; no primitive is our own. SM3 (GM/T 0004), SM2 signatures
 * (GM/T 0003.2, default user id "1234567812345678"), SM4 (GM/T 0002), 3DES, HMAC, X.509.
 */
#ifndef YS_CRYPTO_H
#define YS_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ys_err.h"
#include "ys_mem.h"

#define YS_SM3_BYTES 32u
#define YS_SM4_BYTES 16u   /* of a key and of a block */
#define YS_SM3_HEX_MAX 65u /* 64 digits and NUL */

struct ys_sm3; /* a running digest */
struct ys_sm3 *ys_sm3_new(void);
void ys_sm3_update(struct ys_sm3 *sm3, const void *bytes, size_t length);
/* Digest of all bytes so far; the object is then ready for a new message. */
void ys_sm3_final(struct ys_sm3 *sm3, uint8_t ret_digest[YS_SM3_BYTES]);
void ys_sm3_free(struct ys_sm3 *sm3);
void ys_sm3_digest(const void *bytes, size_t length, uint8_t ret_digest[YS_SM3_BYTES]);
void ys_sm3_hex(const void *bytes, size_t length, char ret_hex[YS_SM3_HEX_MAX]);
void ys_hmac_sm3(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t ret_tag[YS_SM3_BYTES]);
struct ys_hmac; /* a key of HMAC-SM3, made ready once for many tags; thread-safe */
struct ys_hmac *ys_hmac_new(const void *key, size_t key_length);
void ys_hmac_tag(const struct ys_hmac *hmac, const void *bytes, size_t length,
                 uint8_t ret_tag[YS_SM3_BYTES]);
void ys_hmac_free(struct ys_hmac *hmac); /* wipes the key; NULL is fine */
YS_NODISCARD enum ys_status ys_random(void *bytes, size_t length);

/* Block ciphers in ECB, whole blocks only. SM4: 16-byte key and blocks; 3DES: 16-byte key
 * (K1 K2 K1), 8-byte blocks; DES: 8-byte key. */
enum ys_block_cipher { YS_CIPHER_SM4, YS_CIPHER_3DES, YS_CIPHER_DES };
YS_NODISCARD enum ys_status ys_block_encrypt(enum ys_block_cipher cipher, const uint8_t *key,
                                             const uint8_t *input, size_t length, uint8_t *ret,
                                             struct ys_err *reterr);

/* SM4 in counter mode from a 16-byte initial counter, in both directions. `ret` may be `input`. */
YS_NODISCARD enum ys_status ys_sm4_ctr(const uint8_t key[YS_SM4_BYTES],
                                       const uint8_t counter[YS_SM4_BYTES], const uint8_t *input,
                                       size_t length, uint8_t *ret, struct ys_err *reterr);

/* A private key, read once: that takes longer than a signature. Threads may sign with it side by
 * side. The PEM is PKCS#8 or SEC1. */
struct ys_sm2_key;
YS_NODISCARD enum ys_status ys_sm2_key_read(const char *pem, struct ys_sm2_key **ret_key,
                                            struct ys_err *reterr);
/* A key that nobody has had. */
YS_NODISCARD enum ys_status ys_sm2_key_new(struct ys_sm2_key **ret_key, struct ys_err *reterr);
void ys_sm2_key_free(struct ys_sm2_key *key);
/* SM2 signature with SM3, DER-encoded. Arena-owned. */
YS_NODISCARD enum ys_status ys_sm2_sign(struct ys_arena *arena, const struct ys_sm2_key *key,
                                        const void *bytes, size_t length, uint8_t **ret_signature,
                                        size_t *ret_length, struct ys_err *reterr);
/* `public_pem` is a public key or a certificate. YS_OK and *ret_valid tells. */
YS_NODISCARD enum ys_status ys_sm2_verify(const char *public_pem, const void *bytes, size_t length,
                                          const uint8_t *signature, size_t signature_length,
                                          bool *ret_valid, struct ys_err *reterr);

/* Payment cards (EMV Book 2, annex A2.1; JR/T 0025.17): keys are bare numbers there. */
#define YS_SHA1_BYTES 20u
#define YS_SM2_POINT_BYTES 64u    /* X ‖ Y, and r ‖ s */
#define YS_RSA_CARD_BYTES_MAX 248u
struct ys_rsa_key {
    const uint8_t *modulus;
    size_t modulus_length;
    const uint8_t *exponent;
    size_t exponent_length;
};
/* What stands under a signature with message recovery; both are as long as the modulus.
 * YS_ERR_CRYPTO, YS_ERR_LIMIT. */
YS_NODISCARD enum ys_status ys_rsa_recover(const struct ys_rsa_key *public,
                                           const uint8_t *signature, uint8_t *ret_block,
                                           struct ys_err *reterr);
void ys_sha1_digest(const void *bytes, size_t length, uint8_t ret_digest[YS_SHA1_BYTES]);
YS_NODISCARD enum ys_status ys_sm2_verify_raw(const uint8_t point[YS_SM2_POINT_BYTES],
                                              const void *bytes, size_t length,
                                              const uint8_t signature[YS_SM2_POINT_BYTES],
                                              bool *ret_valid, struct ys_err *reterr);

/* What a person wants to know of a certificate. Times in microseconds since 1970. */
struct ys_certificate {
    const char *subject;
    const char *issuer;
    const char *serial;      /* hexadecimal */
    const char *fingerprint; /* SM3 of the DER form, hexadecimal */
    const char *key;         /* "EC prime256v1", "RSA 2048", "SM2" … */
    int64_t not_before_us;
    int64_t not_after_us;
};
YS_NODISCARD enum ys_status ys_certificate_read(struct ys_arena *arena, const char *pem,
                                                struct ys_certificate *ret_certificate,
                                                struct ys_err *reterr);

#define YS_CERTIFICATES_MAX 64u /* of one file, or in one chain with what may be in it */
/* Whether `pem` was issued by one of the authorities, directly or through others of them, and all
 * are in force at that time (RFC 5280, 6; GM/T 0015, whose signatures are SM2 with SM3). *ret_fault
 * is NULL where it was, or says in words why not. Revocation is not looked at. YS_ERR_CRYPTO where
 * one of them is no certificate, YS_ERR_LIMIT. */
YS_NODISCARD enum ys_status ys_certificate_chain(const char *pem, const char *const *authorities,
                                                 size_t count, int64_t at_us,
                                                 const char **ret_fault, struct ys_err *reterr);
/* The certificates of a file in PEM form one after the other, each as hexadecimal DER.
 * YS_ERR_CRYPTO where there is none or one cannot be read, YS_ERR_LIMIT. Arena-owned. */
YS_NODISCARD enum ys_status ys_certificates_split(struct ys_arena *arena, const char *pem,
                                                  const char **ret_hex, size_t *ret_count,
                                                  struct ys_err *reterr);

/* Hexadecimal: `ret_hex` holds 2·length + 1 bytes. Upper case, as card people write it. */
void ys_hex_encode(const void *bytes, size_t length, char *ret_hex);
void ys_hex_encode_lower(const void *bytes, size_t length, char *ret_hex);
/* Blanks and colons are skipped. YS_ERR_SYNTAX. Arena-owned. */
YS_NODISCARD enum ys_status ys_hex_decode(struct ys_arena *arena, const char *text,
                                          uint8_t **ret_bytes, size_t *ret_length,
                                          struct ys_err *reterr);
/* RFC 4648 base64 with padding. Arena-owned, NUL-terminated. */
char *ys_base64_encode(struct ys_arena *arena, const void *bytes, size_t length);
YS_NODISCARD enum ys_status ys_base64_decode(struct ys_arena *arena, const char *text,
                                             size_t length, uint8_t **ret_bytes, size_t *ret_length,
                                             struct ys_err *reterr);

/* OpenSSL's words for the last error of this thread, which is forgotten; NULL: there is none. */
const char *ys_crypto_take_error(void);

/* "OpenSSL 3.0.17 …": recorded with each run. */
const char *ys_crypto_version(void);

#endif
