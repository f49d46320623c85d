/* SPDX-License-Identifier: Apache-2.0 */
#include "certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

enum { DAY_S = 86400, PATH_MAX_BYTES = 512 };

static FILE *open_part(const char *folder, const char *name, const char *ending, const char *mode)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    return fopen(path, mode);
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool load_issuer(const char *folder, const char *issuer, X509 **ret_certificate,
                        EVP_PKEY **ret_key)
{
    FILE *file = open_part(folder, issuer, "pem", "r");
    *ret_certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file) {
        fclose(file);
    }
    file = open_part(folder, issuer, "key", "r");
    *ret_key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file) {
        fclose(file);
    }
    return *ret_certificate && *ret_key;
}

static bool write_parts(const char *folder, const char *name, X509 *certificate, EVP_PKEY *key)
{
    FILE *file = open_part(folder, name, "pem", "w");
    bool written = file && PEM_write_X509(file, certificate) == 1;
    written = file && fclose(file) == 0 && written;
    file = open_part(folder, name, "key", "w");
    written = file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 && written;
    return file && fclose(file) == 0 && written;
}

bool certificate_make(const char *folder, const char *name, const char *issuer, const char *hosts,
                      int days)
{
    static long serial = 1;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509 *issuer_certificate = NULL;
    EVP_PKEY *issuer_key = NULL;
    bool made = key && certificate;

    if (made && issuer) {
        made = load_issuer(folder, issuer, &issuer_certificate, &issuer_key);
    }
    if (made) {
        X509_NAME *subject = X509_get_subject_name(certificate);
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
        X509_gmtime_adj(X509_getm_notBefore(certificate),
                        (days < 0 ? days - 30 : -1) * (long)DAY_S);
        X509_gmtime_adj(X509_getm_notAfter(certificate), days * (long)DAY_S);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                   -1, 0);
        X509_set_issuer_name(certificate,
                             issuer ? X509_get_subject_name(issuer_certificate) : subject);
        X509_set_pubkey(certificate, key);
        made = add_extension(certificate, issuer ? issuer_certificate : certificate,
                             NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE") &&
               (!hosts ||
                add_extension(certificate, issuer_certificate, NID_subject_alt_name, hosts)) &&
               X509_sign(certificate, issuer ? issuer_key : key, EVP_sha256()) > 0 &&
               write_parts(folder, name, certificate, key);
    }
    X509_free(issuer_certificate);
    EVP_PKEY_free(issuer_key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}

/* GM/T 0009, 10: what an issuer signs begins with the default user id. */
static bool sign_sm2(X509 *certificate, EVP_PKEY *key)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    bool made = context && EVP_DigestSignInit(context, &parameters, EVP_sm3(), NULL, key) == 1 &&
                EVP_PKEY_CTX_set1_id(parameters, "1234567812345678", 16) == 1 &&
                X509_sign_ctx(certificate, context) > 0;
    EVP_MD_CTX_free(context);
    return made;
}

bool certificate_make_sm2(const char *folder, const char *name, const char *issuer,
                          const char *usage, long long from, long long until)
{
    static long serial = 1000;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    X509 *certificate = X509_new();
    X509 *issuer_certificate = NULL;
    EVP_PKEY *issuer_key = NULL;
    bool made = key && certificate &&
                (!issuer || load_issuer(folder, issuer, &issuer_certificate, &issuer_key));
    if (made) {
        X509_NAME *subject = X509_get_subject_name(certificate);
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
        ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)from);
        ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)until);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                   -1, 0);
        X509_set_issuer_name(certificate,
                             issuer ? X509_get_subject_name(issuer_certificate) : subject);
        X509_set_pubkey(certificate, key);
        X509 *above = issuer ? issuer_certificate : certificate;
        made = add_extension(certificate, above, NID_basic_constraints,
                             usage ? "CA:FALSE" : "critical,CA:TRUE") &&
               (!usage || add_extension(certificate, above, NID_key_usage, usage)) &&
               sign_sm2(certificate, issuer ? issuer_key : key) &&
               write_parts(folder, name, certificate, key);
    }
    X509_free(issuer_certificate);
    EVP_PKEY_free(issuer_key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}
