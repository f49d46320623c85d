/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sm2.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { POINT_SIZE = 1 + VC_SM2_PUBLIC };

bool vc_sm3(const uint8_t *bytes, size_t n, uint8_t ret_digest[VC_SM3_SIZE])
{
    return EVP_Digest(bytes, n, ret_digest, NULL, EVP_sm3(), NULL) == 1;
}

/* 04 || X || Y */
static bool point_of(const uint8_t key[VC_SM2_PRIVATE], uint8_t ret_point[POINT_SIZE])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    BIGNUM *d = BN_bin2bn(key, VC_SM2_PRIVATE, NULL);
    EC_POINT *point = group ? EC_POINT_new(group) : NULL;
    bool ok = point && d && !BN_is_zero(d) && BN_cmp(d, EC_GROUP_get0_order(group)) < 0 &&
              EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1 &&
              EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret_point, POINT_SIZE,
                                 NULL) == POINT_SIZE;
    EC_POINT_free(point);
    BN_clear_free(d);
    EC_GROUP_free(group);
    return ok;
}

bool vc_sm2_public(const uint8_t key[VC_SM2_PRIVATE], uint8_t ret_public[VC_SM2_PUBLIC])
{
    uint8_t point[POINT_SIZE];
    if (!point_of(key, point)) {
        return false;
    }
    memcpy(ret_public, point + 1, VC_SM2_PUBLIC);
    return true;
}

/* NULL where the key is none. */
static EVP_PKEY *pair_of(const uint8_t key[VC_SM2_PRIVATE])
{
    uint8_t point[POINT_SIZE];
    EVP_PKEY *pair = NULL;
    OSSL_PARAM *params = NULL;
    BIGNUM *d = BN_bin2bn(key, VC_SM2_PRIVATE, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    if (!d || !builder || !context || !point_of(key, point) ||
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) !=
            1) {
        goto out;
    }
    params = OSSL_PARAM_BLD_to_param(builder);
    if (!params || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pair, EVP_PKEY_KEYPAIR, params) != 1) {
        pair = NULL;
    }
out:
    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(d);
    return pair;
}

/* A context that signs in the way of GM/T 0009. NULL where the key cannot. */
static EVP_MD_CTX *signing_with(EVP_PKEY *key)
{
    static const char id[] = "1234567812345678";
    EVP_PKEY_CTX *parameters = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context && EVP_DigestSignInit(context, &parameters, EVP_sm3(), NULL, key) == 1 &&
        EVP_PKEY_CTX_set1_id(parameters, id, sizeof id - 1) == 1) {
        return context;
    }
    EVP_MD_CTX_free(context);
    return NULL;
}

bool vc_sm2_sign(const uint8_t key[VC_SM2_PRIVATE], const uint8_t *message, size_t n,
                 uint8_t ret_signature[VC_SM2_SIGNATURE])
{
    uint8_t der[80];
    size_t length = sizeof der;
    const uint8_t *at = der;
    ECDSA_SIG *pair = NULL;
    EVP_PKEY *signer = pair_of(key);
    EVP_MD_CTX *context = signer ? signing_with(signer) : NULL;
    bool ok = context && EVP_DigestSign(context, der, &length, message, n) == 1;
    if (ok) {
        pair = d2i_ECDSA_SIG(NULL, &at, (long)length);
        ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), ret_signature, 32) == 32 &&
             BN_bn2binpad(ECDSA_SIG_get0_s(pair), ret_signature + 32, 32) == 32;
    }
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(signer);
    return ok;
}

static bool set_name(X509_NAME *name, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, "C", MBSTRING_UTF8, (const unsigned char *)"CN", -1, -1,
                                      0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1,
                                      -1, 0) == 1;
}

static bool set_days(X509 *x509, const struct vc_certificate *certificate)
{
    char from[16];
    char to[16];
    snprintf(from, sizeof from, "%.8s000000Z", certificate->from);
    snprintf(to, sizeof to, "%.8s235959Z", certificate->to);
    return ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), from) == 1 &&
           ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), to) == 1;
}

static bool set_usage(X509 *x509, bool for_signing)
{
    X509_EXTENSION *extension =
        X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage,
                            for_signing ? "critical,digitalSignature,nonRepudiation"
                                        : "critical,keyEncipherment,dataEncipherment,keyAgreement");
    bool ok = extension && X509_add_ext(x509, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static bool sign(X509 *x509, EVP_PKEY *authority)
{
    EVP_MD_CTX *context = signing_with(authority);
    bool ok = context && X509_sign_ctx(x509, context) > 0;
    EVP_MD_CTX_free(context);
    return ok;
}

bool vc_sm2_certify(const struct vc_certificate *certificate, uint8_t *ret_der, size_t cap,
                    size_t *ret_n)
{
    EVP_PKEY *subject = pair_of(certificate->key);
    EVP_PKEY *authority = pair_of(certificate->authority);
    X509 *x509 = X509_new();
    bool ok = false;
    if (subject && authority && x509 && X509_set_version(x509, 2) == 1 &&
        ASN1_INTEGER_set(X509_get_serialNumber(x509), certificate->serial) == 1 &&
        set_name(X509_get_subject_name(x509), certificate->subject) &&
        set_name(X509_get_issuer_name(x509), certificate->issuer) && set_days(x509, certificate) &&
        X509_set_pubkey(x509, subject) == 1 && set_usage(x509, certificate->for_signing) &&
        sign(x509, authority)) {
        int n = i2d_X509(x509, NULL);
        ok = n > 0 && (size_t)n <= cap && i2d_X509(x509, &ret_der) == n;
        *ret_n = ok ? (size_t)n : 0;
    }
    X509_free(x509);
    EVP_PKEY_free(authority);
    EVP_PKEY_free(subject);
    return ok;
}
