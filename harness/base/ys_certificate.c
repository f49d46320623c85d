/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of certificates, and files of several. */
#include "ys_crypto_private.h"

#include <openssl/x509.h>
#include <string.h>
#include <time.h>

bool ys_crypto__set_user_id(X509 *certificate)
{
    if (X509_get_signature_nid(certificate) != NID_SM2_with_SM3) {
        return true;
    }
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    if (!id || ASN1_OCTET_STRING_set(id, (const unsigned char *)YS_SM2_USER_ID,
                                     (int)sizeof YS_SM2_USER_ID - 1) != 1) {
        ASN1_OCTET_STRING_free(id);
        return false;
    }
    X509_set0_distinguishing_id(certificate, id);
    return true;
}

/* NULL: good; else what is wrong. */
static const char *chain_fault(X509 *certificate, STACK_OF(X509) *authorities, int64_t at_us)
{
    for (int i = 0; i < sk_X509_num(authorities); i++) {
        if (X509_cmp(sk_X509_value(authorities, i), certificate) == 0) {
            return "the certificate is named as its own authority";
        }
    }
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    const char *fault = "no room for the chain";
    if (context && X509_STORE_CTX_init(context, NULL, certificate, NULL) == 1) {
        X509_STORE_CTX_set0_trusted_stack(context, authorities);
        /* An authority need not be a root: it is named, and therefore trusted. */
        X509_STORE_CTX_set_flags(context, X509_V_FLAG_PARTIAL_CHAIN);
        X509_STORE_CTX_set_time(context, 0, (time_t)(at_us / 1000000));
        bool good = X509_verify_cert(context) == 1;
        fault = good ? NULL : X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
    }
    X509_STORE_CTX_free(context);
    return fault;
}

enum ys_status ys_certificate_chain(const char *pem, const char *const *authorities, size_t count,
                                    int64_t at_us, const char **ret_fault, struct ys_err *reterr)
{
    if (count > YS_CERTIFICATES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "more authorities than YS_CERTIFICATES_MAX");
    }
    enum ys_status status = YS_OK;
    X509 *certificate = ys_crypto__read_certificate(pem);
    STACK_OF(X509) *trusted = sk_X509_new_null();
    bool good = certificate && trusted && ys_crypto__set_user_id(certificate);
    for (size_t i = 0; good && i < count; i++) {
        X509 *authority = ys_crypto__read_certificate(authorities[i]);
        good = authority && ys_crypto__set_user_id(authority);
        if (authority && sk_X509_push(trusted, authority) <= 0) {
            good = false;
            X509_free(authority);
        }
    }
    if (!good) {
        status = ys_crypto__fail(reterr, "a certificate cannot be read (PEM)");
        goto out;
    }
    *ret_fault = chain_fault(certificate, trusted, at_us);
out:
    sk_X509_pop_free(trusted, X509_free);
    X509_free(certificate);
    (void)ys_crypto_take_error();
    return status;
}

enum ys_status ys_certificates_split(struct ys_arena *arena, const char *pem, const char **ret_hex,
                                     size_t *ret_count, struct ys_err *reterr)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    enum ys_status status = YS_OK;
    size_t count = 0;
    const char *at = strstr(pem, begin);
    for (; at && status == YS_OK; at = strstr(at + sizeof begin - 1, begin)) {
        unsigned char *der = NULL;
        X509 *certificate = count < YS_CERTIFICATES_MAX ? ys_crypto__read_certificate(at) : NULL;
        int length = certificate ? i2d_X509(certificate, &der) : 0;
        if (count == YS_CERTIFICATES_MAX) {
            status = ys_err_set(reterr, YS_ERR_LIMIT, "more certificates than YS_CERTIFICATES_MAX");
        } else if (length <= 0) {
            status = ys_crypto__fail(reterr, "a certificate cannot be read (PEM)");
        } else {
            char *hex = ys_arena_alloc(arena, 2 * (size_t)length + 1);
            ys_hex_encode(der, (size_t)length, hex);
            ret_hex[count++] = hex;
        }
        OPENSSL_free(der);
        X509_free(certificate);
    }
    (void)ys_crypto_take_error();
    if (status != YS_OK || count == 0) {
        return status != YS_OK ? status
                               : ys_err_set(reterr, YS_ERR_CRYPTO,
                                            "holds no certificate in PEM form");
    }
    *ret_count = count;
    return YS_OK;
}
