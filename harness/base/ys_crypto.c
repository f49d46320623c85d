/* SPDX-License-Identifier: Apache-2.0 */
/* Cryptography: the primitives. Keys of files and tokens are in ys_signer.c. */
#include "ys_crypto_private.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ys_clock.h"

const char *ys_crypto_take_error(void)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return reason;
}

const char *ys_crypto__told(void)
{
    const char *told = NULL;
    int flags = 0;
    unsigned long code = ERR_peek_last_error_all(NULL, NULL, NULL, &told, &flags);
    return code && told && (flags & ERR_TXT_STRING) ? told : "";
}

enum ys_status ys_crypto__fail(struct ys_err *reterr, const char *what)
{
    const char *reason = ys_crypto_take_error();
    return ys_err_set(reterr, YS_ERR_CRYPTO, "%s%s%s", what, reason ? ": " : "",
                      reason ? reason : "");
}

/* A digest cannot fail for its input: only for want of memory, or of SM3 in OpenSSL itself. There
 * is no evidence without it, so the process ends as when memory is exhausted. */
static void require(bool done)
{
    if (!done) {
        fputs("OpenSSL cannot compute SM3: out of memory, or built without SM3\n", stderr);
        _Exit(4);
    }
}

static EVP_MD *sm3_method;
static pthread_once_t sm3_once = PTHREAD_ONCE_INIT;

/* Fetched once: a fetch for each digest would cost more than a short digest itself. */
static void sm3_fetch(void)
{
    sm3_method = EVP_MD_fetch(NULL, "SM3", NULL);
}

struct ys_sm3 {
    EVP_MD_CTX *context;
};

static void sm3_start(struct ys_sm3 *sm3)
{
    require(EVP_DigestInit_ex2(sm3->context, sm3_method, NULL) == 1);
}

struct ys_sm3 *ys_sm3_new(void)
{
    pthread_once(&sm3_once, sm3_fetch);
    struct ys_sm3 *sm3 = ys_calloc(1, sizeof *sm3);
    sm3->context = EVP_MD_CTX_new();
    require(sm3->context && sm3_method);
    sm3_start(sm3);
    return sm3;
}

void ys_sm3_update(struct ys_sm3 *sm3, const void *bytes, size_t length)
{
    require(EVP_DigestUpdate(sm3->context, bytes, length) == 1);
}

void ys_sm3_final(struct ys_sm3 *sm3, uint8_t ret_digest[YS_SM3_BYTES])
{
    require(EVP_DigestFinal_ex(sm3->context, ret_digest, NULL) == 1);
    sm3_start(sm3);
}

void ys_sm3_free(struct ys_sm3 *sm3)
{
    if (sm3) {
        EVP_MD_CTX_free(sm3->context);
        ys_free(sm3);
    }
}

void ys_sm3_digest(const void *bytes, size_t length, uint8_t ret_digest[YS_SM3_BYTES])
{
    pthread_once(&sm3_once, sm3_fetch);
    require(sm3_method && EVP_Digest(bytes, length, ret_digest, NULL, sm3_method, NULL) == 1);
}

void ys_sm3_hex(const void *bytes, size_t length, char ret_hex[YS_SM3_HEX_MAX])
{
    uint8_t digest[YS_SM3_BYTES];
    ys_sm3_digest(bytes, length, digest);
    ys_hex_encode_lower(digest, sizeof digest, ret_hex);
}

struct ys_hmac {
    EVP_MAC_CTX *keyed;
};

struct ys_hmac *ys_hmac_new(const void *key, size_t key_length)
{
    static const char digest[] = "SM3";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)digest, 0),
        OSSL_PARAM_END};
    /* A NULL key would mean "as before", also for length 0. */
    const void *used_key = key_length ? key : "";
    struct ys_hmac *hmac = ys_calloc(1, sizeof *hmac);
    EVP_MAC *method = EVP_MAC_fetch(NULL, "HMAC", NULL);
    hmac->keyed = EVP_MAC_CTX_new(method);
    EVP_MAC_free(method);
    require(hmac->keyed && EVP_MAC_init(hmac->keyed, used_key, key_length, params) == 1);
    return hmac;
}

void ys_hmac_tag(const struct ys_hmac *hmac, const void *bytes, size_t length,
                 uint8_t ret_tag[YS_SM3_BYTES])
{
    size_t tag_length = 0;
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(hmac->keyed);
    require(context && EVP_MAC_update(context, bytes, length) == 1 &&
            EVP_MAC_final(context, ret_tag, &tag_length, YS_SM3_BYTES) == 1 &&
            tag_length == YS_SM3_BYTES);
    EVP_MAC_CTX_free(context);
}

void ys_hmac_free(struct ys_hmac *hmac)
{
    if (hmac) {
        EVP_MAC_CTX_free(hmac->keyed);
        ys_free(hmac);
    }
}

void ys_hmac_sm3(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t ret_tag[YS_SM3_BYTES])
{
    struct ys_hmac *hmac = ys_hmac_new(key, key_length);
    ys_hmac_tag(hmac, bytes, length, ret_tag);
    ys_hmac_free(hmac);
}

enum ys_status ys_random(void *bytes, size_t length)
{
    if (length > INT_MAX || RAND_bytes(bytes, (int)length) != 1) {
        ERR_clear_error();
        return YS_ERR_CRYPTO;
    }
    return YS_OK;
}

/* Single DES lives in the legacy provider, which need not be installed; DES is 3DES with one key
 * three times, and two-key 3DES is K1 K2 K1. */
static size_t expand_des_key(enum ys_block_cipher cipher, const uint8_t *key, uint8_t expanded[24])
{
    size_t second = cipher == YS_CIPHER_3DES ? 8 : 0;
    memcpy(expanded, key, 8);
    memcpy(expanded + 8, key + second, 8);
    memcpy(expanded + 16, key, 8);
    return 24;
}

enum ys_status ys_block_encrypt(enum ys_block_cipher cipher, const uint8_t *key,
                                const uint8_t *input, size_t length, uint8_t *ret,
                                struct ys_err *reterr)
{
    uint8_t used_key[24];
    bool is_sm4 = cipher == YS_CIPHER_SM4;
    size_t block = is_sm4 ? 16 : 8;
    size_t key_length = 16;
    int written = 0;
    enum ys_status status = YS_OK;

    if (length > INT_MAX || length % block != 0) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "%zu bytes are not a whole number of %zu-byte blocks", length, block);
    }
    if (is_sm4) {
        memcpy(used_key, key, 16);
    } else {
        key_length = expand_des_key(cipher, key, used_key);
    }
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *method = is_sm4 ? EVP_sm4_ecb() : EVP_des_ede3_ecb();
    if (!context || EVP_EncryptInit_ex2(context, method, used_key, NULL, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(context, 0) != 1 ||
        EVP_EncryptUpdate(context, ret, &written, input, (int)length) != 1 ||
        (size_t)written != length) {
        status = ys_crypto__fail(reterr, "the block cipher failed");
    }
    EVP_CIPHER_CTX_free(context);
    ys_wipe(used_key, key_length);
    return status;
}

enum ys_status ys_sm4_ctr(const uint8_t key[YS_SM4_BYTES], const uint8_t counter[YS_SM4_BYTES],
                          const uint8_t *input, size_t length, uint8_t *ret, struct ys_err *reterr)
{
    int written = 0;
    if (length > INT_MAX) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "%zu bytes are too many at once", length);
    }
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context && EVP_EncryptInit_ex2(context, EVP_sm4_ctr(), key, counter, NULL) == 1 &&
                EVP_EncryptUpdate(context, ret, &written, input, (int)length) == 1 &&
                (size_t)written == length;
    EVP_CIPHER_CTX_free(context);
    return done ? YS_OK : ys_crypto__fail(reterr, "SM4 failed");
}

/* A key under a passphrase is refused: OpenSSL would otherwise ask on the terminal. */
static int no_passphrase(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static BIO *open_pem(const char *pem)
{
    size_t length = strlen(pem);
    return length > INT_MAX ? NULL : BIO_new_mem_buf(pem, (int)length);
}

static EVP_PKEY *read_private_key(const char *pem)
{
    BIO *bio = open_pem(pem);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    return key;
}

X509 *ys_crypto__read_certificate(const char *pem)
{
    BIO *bio = open_pem(pem);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

static EVP_PKEY *read_public_key(const char *pem)
{
    if (strstr(pem, "-----BEGIN CERTIFICATE-----")) {
        X509 *certificate = ys_crypto__read_certificate(pem);
        EVP_PKEY *key = certificate ? X509_get_pubkey(certificate) : NULL;
        X509_free(certificate);
        return key;
    }
    BIO *bio = open_pem(pem);
    EVP_PKEY *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    return key;
}

enum ys_status ys_crypto__sm2_sign(struct ys_arena *arena, EVP_PKEY *key, const void *bytes,
                                   size_t length, uint8_t **ret_signature, size_t *ret_length,
                                   struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL; /* the context's own */
    size_t signature_length = 0;

    if (!context || EVP_DigestSignInit(context, &parameters, EVP_sm3(), NULL, key) != 1 ||
        EVP_PKEY_CTX_set1_id(parameters, YS_SM2_USER_ID, sizeof YS_SM2_USER_ID - 1) != 1 ||
        EVP_DigestSignUpdate(context, bytes, length) != 1 ||
        EVP_DigestSignFinal(context, NULL, &signature_length) != 1) {
        status = ys_crypto__fail(reterr, "the SM2 signature failed");
        goto out;
    }
    uint8_t *signature = ys_arena_alloc(arena, signature_length);
    /* OpenSSL would finish a copy, and a token cannot copy a signature that it has begun. */
    EVP_MD_CTX_set_flags(context, EVP_MD_CTX_FLAG_FINALISE);
    if (EVP_DigestSignFinal(context, signature, &signature_length) != 1) {
        status = ys_crypto__fail(reterr, "the SM2 signature failed");
        goto out;
    }
    *ret_signature = signature;
    *ret_length = signature_length;
out:
    EVP_MD_CTX_free(context);
    return status;
}

struct ys_sm2_key {
    EVP_PKEY *pkey;
};

enum ys_status ys_sm2_key_read(const char *pem, struct ys_sm2_key **ret_key, struct ys_err *reterr)
{
    EVP_PKEY *pkey = read_private_key(pem);
    if (!pkey) {
        return ys_crypto__fail(reterr,
                               "the private key cannot be read (PEM without a passphrase)");
    }
    if (!EVP_PKEY_is_a(pkey, "SM2")) {
        enum ys_status status =
            ys_err_set(reterr, YS_ERR_CRYPTO, "the private key is of type %s, not SM2",
                       EVP_PKEY_get0_type_name(pkey));
        EVP_PKEY_free(pkey);
        return status;
    }
    struct ys_sm2_key *key = ys_alloc(sizeof *key);
    key->pkey = pkey;
    *ret_key = key;
    return YS_OK;
}

enum ys_status ys_sm2_key_new(struct ys_sm2_key **ret_key, struct ys_err *reterr)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    if (!pkey) {
        return ys_crypto__fail(reterr, "no SM2 key could be made");
    }
    struct ys_sm2_key *key = ys_alloc(sizeof *key);
    key->pkey = pkey;
    *ret_key = key;
    return YS_OK;
}

void ys_sm2_key_free(struct ys_sm2_key *key)
{
    if (key) {
        EVP_PKEY_free(key->pkey);
        ys_free(key);
    }
}

enum ys_status ys_sm2_sign(struct ys_arena *arena, const struct ys_sm2_key *key, const void *bytes,
                           size_t length, uint8_t **ret_signature, size_t *ret_length,
                           struct ys_err *reterr)
{
    return ys_crypto__sm2_sign(arena, key->pkey, bytes, length, ret_signature, ret_length, reterr);
}

static enum ys_status verify_sm2(EVP_PKEY *key, const void *bytes, size_t length,
                                 const uint8_t *signature, size_t signature_length,
                                 bool *ret_valid, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL; /* the context's own */

    if (!context || EVP_DigestVerifyInit(context, &parameters, EVP_sm3(), NULL, key) != 1 ||
        EVP_PKEY_CTX_set1_id(parameters, YS_SM2_USER_ID, sizeof YS_SM2_USER_ID - 1) != 1 ||
        EVP_DigestVerifyUpdate(context, bytes, length) != 1) {
        status = ys_crypto__fail(reterr, "the SM2 verification failed");
        goto out;
    }
    /* Below zero is a signature that is no DER: as invalid as a wrong one. */
    *ret_valid = EVP_DigestVerifyFinal(context, signature, signature_length) == 1;
    ERR_clear_error();
out:
    EVP_MD_CTX_free(context);
    return status;
}

enum ys_status ys_sm2_verify(const char *public_pem, const void *bytes, size_t length,
                             const uint8_t *signature, size_t signature_length, bool *ret_valid,
                             struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    EVP_PKEY *key = read_public_key(public_pem);

    if (!key) {
        status = ys_crypto__fail(reterr, "the public key or certificate cannot be read (PEM)");
    } else if (!EVP_PKEY_is_a(key, "SM2")) {
        status = ys_err_set(reterr, YS_ERR_CRYPTO, "the public key is of type %s, not SM2",
                            EVP_PKEY_get0_type_name(key));
    } else {
        status = verify_sm2(key, bytes, length, signature, signature_length, ret_valid, reterr);
    }
    EVP_PKEY_free(key);
    return status;
}

/* ---- payment cards ---- */

#define POINT_BYTES 64u
#define HALF_BYTES 32u

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *build)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!parameters || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

static EVP_PKEY *rsa_key(const struct ys_rsa_key *public)
{
    EVP_PKEY *key = NULL;
    BIGNUM *modulus = BN_bin2bn(public->modulus, (int)public->modulus_length, NULL);
    BIGNUM *exponent = BN_bin2bn(public->exponent, (int)public->exponent_length, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (modulus && exponent && build &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1) {
        key = key_from("RSA", build);
    }
    OSSL_PARAM_BLD_free(build);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

enum ys_status ys_rsa_recover(const struct ys_rsa_key *public, const uint8_t *signature,
                              uint8_t *ret_block, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    size_t length = public->modulus_length;
    if (length == 0 || length > YS_RSA_CARD_BYTES_MAX || public->exponent_length == 0 ||
        public->exponent_length > length) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "an RSA key of a card has up to %u bytes",
                          YS_RSA_CARD_BYTES_MAX);
    }
    EVP_PKEY *key = rsa_key(public);
    EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    uint8_t block[YS_RSA_CARD_BYTES_MAX];
    size_t block_length = sizeof block;
    if (!context || EVP_PKEY_verify_recover_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) != 1 ||
        EVP_PKEY_verify_recover(context, block, &block_length, signature, length) != 1 ||
        block_length > length) {
        status = ys_crypto__fail(reterr, "the RSA signature cannot be opened");
    } else {
        /* Leading zeros belong to the block. */
        memset(ret_block, 0, length - block_length);
        memcpy(ret_block + length - block_length, block, block_length);
    }
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return status;
}

void ys_sha1_digest(const void *bytes, size_t length, uint8_t ret_digest[YS_SHA1_BYTES])
{
    unsigned digest_length = 0;
    if (EVP_Digest(bytes, length, ret_digest, &digest_length, EVP_sha1(), NULL) != 1) {
        memset(ret_digest, 0, YS_SHA1_BYTES);
    }
}

static EVP_PKEY *sm2_key(const uint8_t point[YS_SM2_POINT_BYTES])
{
    EVP_PKEY *key = NULL;
    uint8_t encoded[1 + POINT_BYTES] = {0x04}; /* not compressed */
    memcpy(encoded + 1, point, POINT_BYTES);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, encoded,
                                         sizeof encoded) == 1) {
        key = key_from("SM2", build);
    }
    OSSL_PARAM_BLD_free(build);
    return key;
}

/* INTEGER of DER: no needless zeros, and one where the top bit is set. */
static size_t put_integer(uint8_t *der, const uint8_t half[HALF_BYTES])
{
    size_t skip = 0;
    while (skip < HALF_BYTES - 1 && half[skip] == 0) {
        skip++;
    }
    size_t sign = half[skip] >> 7;
    size_t length = HALF_BYTES - skip + sign;
    der[0] = 0x02;
    der[1] = (uint8_t)length;
    der[2] = 0;
    memcpy(der + 2 + sign, half + skip, HALF_BYTES - skip);
    return 2 + length;
}

enum ys_status ys_sm2_verify_raw(const uint8_t point[YS_SM2_POINT_BYTES], const void *bytes,
                                 size_t length, const uint8_t signature[YS_SM2_POINT_BYTES],
                                 bool *ret_valid, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    uint8_t der[2 + 2 * (3 + HALF_BYTES)] = {0x30};
    size_t der_length = put_integer(der + 2, signature);
    der_length += put_integer(der + 2 + der_length, signature + HALF_BYTES);
    der[1] = (uint8_t)der_length;
    EVP_PKEY *key = sm2_key(point);
    if (!key) {
        /* A point off the curve: no key, and nothing that it signed. */
        (void)ys_crypto_take_error();
        *ret_valid = false;
        return YS_OK;
    }
    status = verify_sm2(key, bytes, length, der, der_length + 2, ret_valid, reterr);
    EVP_PKEY_free(key);
    return status;
}

/* ---- certificates ---- */

/* RFC 2253 order, with characters beyond ASCII as they are. NULL on failure. */
static const char *name_text(struct ys_arena *arena, const X509_NAME *name)
{
    const char *text = NULL;
    char *bytes = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;

    if (bio && X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
        long length = BIO_get_mem_data(bio, &bytes);
        text = ys_arena_strndup(arena, bytes, length > 0 ? (size_t)length : 0);
    }
    BIO_free(bio);
    return text;
}

static const char *serial_text(struct ys_arena *arena, const X509 *certificate)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *hex = number ? BN_bn2hex(number) : NULL;
    const char *text = hex ? ys_arena_strdup(arena, hex) : NULL;
    OPENSSL_free(hex);
    BN_free(number);
    return text;
}

static const char *fingerprint_text(struct ys_arena *arena, const X509 *certificate)
{
    unsigned char *der = NULL;
    int length = i2d_X509(certificate, &der);
    if (length < 0) {
        return NULL;
    }
    char *hex = ys_arena_alloc(arena, YS_SM3_HEX_MAX);
    ys_sm3_hex(der, (size_t)length, hex);
    OPENSSL_free(der);
    return hex;
}

static const char *key_text(struct ys_arena *arena, const X509 *certificate)
{
    char group[64] = "";
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    if (!key) {
        return NULL;
    }
    if (EVP_PKEY_is_a(key, "SM2")) {
        return "SM2";
    }
    const char *type = EVP_PKEY_get0_type_name(key);
    if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1) {
        return ys_arena_printf(arena, "%s %s", type, group);
    }
    return ys_arena_printf(arena, "%s %d", type, EVP_PKEY_get_bits(key));
}

static bool time_us(const ASN1_TIME *time, int64_t *ret_us)
{
    struct tm tm;
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1) {
        return false;
    }
    struct ys_civil civil = {
        .year = tm.tm_year + 1900,
        .month = tm.tm_mon + 1,
        .day = tm.tm_mday,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec,
    };
    *ret_us = ys_civil_to_wall(&civil, 0);
    return true;
}

enum ys_status ys_certificate_read(struct ys_arena *arena, const char *pem,
                                   struct ys_certificate *ret_certificate, struct ys_err *reterr)
{
    X509 *certificate = ys_crypto__read_certificate(pem);
    if (!certificate) {
        return ys_crypto__fail(reterr, "the certificate cannot be read (PEM)");
    }
    enum ys_status status = YS_OK;
    struct ys_certificate read = {
        .subject = name_text(arena, X509_get_subject_name(certificate)),
        .issuer = name_text(arena, X509_get_issuer_name(certificate)),
        .serial = serial_text(arena, certificate),
        .fingerprint = fingerprint_text(arena, certificate),
        .key = key_text(arena, certificate),
    };
    bool dated = time_us(X509_get0_notBefore(certificate), &read.not_before_us) &&
                 time_us(X509_get0_notAfter(certificate), &read.not_after_us);
    if (!dated || !read.subject || !read.issuer || !read.serial || !read.fingerprint || !read.key) {
        status = ys_crypto__fail(reterr, "a field of the certificate cannot be read");
        goto out;
    }
    *ret_certificate = read;
out:
    X509_free(certificate);
    ERR_clear_error();
    return status;
}

static void hex_encode(const void *bytes, size_t length, const char *digits, char *ret_hex)
{
    const uint8_t *octets = bytes;
    for (size_t i = 0; i < length; i++) {
        ret_hex[2 * i] = digits[octets[i] >> 4];
        ret_hex[2 * i + 1] = digits[octets[i] & 0x0Fu];
    }
    ret_hex[2 * length] = '\0';
}

void ys_hex_encode(const void *bytes, size_t length, char *ret_hex)
{
    hex_encode(bytes, length, "0123456789ABCDEF", ret_hex);
}

void ys_hex_encode_lower(const void *bytes, size_t length, char *ret_hex)
{
    hex_encode(bytes, length, "0123456789abcdef", ret_hex);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return -1;
}

enum ys_status ys_hex_decode(struct ys_arena *arena, const char *text, uint8_t **ret_bytes,
                             size_t *ret_length, struct ys_err *reterr)
{
    uint8_t *bytes = ys_arena_alloc(arena, strlen(text) / 2 + 1);
    size_t digits = 0;

    for (const char *at = text; *at != '\0'; at++) {
        int digit = hex_digit(*at);
        if (digit < 0 && strchr(" \t\r\n:", *at)) {
            continue;
        }
        if (digit < 0) {
            return ys_err_set(reterr, YS_ERR_SYNTAX, "character %zu is not a hexadecimal digit",
                              (size_t)(at - text) + 1);
        }
        bytes[digits / 2] = (uint8_t)(bytes[digits / 2] << 4 | digit);
        digits++;
    }
    if (digits % 2 != 0) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "an odd number of hexadecimal digits (%zu)",
                          digits);
    }
    *ret_bytes = bytes;
    *ret_length = digits / 2;
    return YS_OK;
}

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *ys_base64_encode(struct ys_arena *arena, const void *bytes, size_t length)
{
    const uint8_t *octets = bytes;
    char *text = ys_arena_alloc(arena, (length + 2) / 3 * 4 + 1);
    char *out = text;

    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)octets[i] << 16;
        group |= left > 1 ? (uint32_t)octets[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)octets[i + 2] : 0;
        *out++ = base64_alphabet[group >> 18];
        *out++ = base64_alphabet[group >> 12 & 63u];
        *out++ = left > 1 ? base64_alphabet[group >> 6 & 63u] : '=';
        *out++ = left > 2 ? base64_alphabet[group & 63u] : '=';
    }
    return text;
}

enum ys_status ys_base64_decode(struct ys_arena *arena, const char *text, size_t length,
                                uint8_t **ret_bytes, size_t *ret_length, struct ys_err *reterr)
{
    size_t padding = 0;
    size_t count = 0;
    uint32_t group = 0;
    uint8_t *bytes = ys_arena_alloc(arena, length / 4 * 3 + 1);

    while (padding < 2 && padding < length && text[length - 1 - padding] == '=') {
        padding++;
    }
    if (length % 4 != 0) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "base64 of %zu characters, not a multiple of four",
                          length);
    }
    for (size_t i = 0; i < length; i++) {
        bool padded = i >= length - padding;
        const char *found = text[i] ? strchr(base64_alphabet, text[i]) : NULL;
        if (!found && !padded) {
            return ys_err_set(reterr, YS_ERR_SYNTAX, "character %zu is not of base64", i + 1);
        }
        group = group << 6 | (found ? (uint32_t)(found - base64_alphabet) : 0);
        if (i % 4 == 3) {
            bytes[count++] = (uint8_t)(group >> 16 & 0xFFu);
            bytes[count++] = (uint8_t)(group >> 8 & 0xFFu);
            bytes[count++] = (uint8_t)(group & 0xFFu);
            group = 0;
        }
    }
    count -= padding;
    /* RFC 4648, 3.5: bits behind the last byte must be zero, so that a text has one meaning only.
     */
    if (padding > 0 && (bytes[count] != 0 || (padding == 2 && bytes[count + 1] != 0))) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "base64 with bits behind its last byte");
    }
    bytes[count] = 0;
    *ret_bytes = bytes;
    *ret_length = count;
    return YS_OK;
}

const char *ys_crypto_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
