/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS facts by OpenSSL; the only file with openssl/ssl.h. libcurl keeps the handshake and its
 * checks; this file only looks on.
 */
#include "ys_tls.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "ys_crypto.h"

static int index_of_verdict;

static void make_index(void)
{
    index_of_verdict = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

static int verdict_index(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_index);
    return index_of_verdict;
}

static void format_name(const X509_NAME *name, char text[YS_TLS_NAME_MAX])
{
    text[0] = '\0';
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio) {
        return;
    }
    /* Names of Chinese banks are UTF-8 and must stay readable. */
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    int length = BIO_read(bio, text, (int)YS_TLS_NAME_MAX - 1);
    text[length > 0 ? length : 0] = '\0';
    BIO_free(bio);
}

static void format_time(const ASN1_TIME *time, char text[32])
{
    struct tm tm;
    text[0] = '\0';
    if (ASN1_TIME_to_tm(time, &tm) == 1) {
        snprintf(text, 32, "%04d-%02d-%02d %02d:%02d:%02d UTC", (tm.tm_year + 1900) % 10000,
                 (tm.tm_mon + 1) % 100, tm.tm_mday % 100, tm.tm_hour % 100, tm.tm_min % 100,
                 tm.tm_sec % 100);
    }
}

static void add_host(char hosts[YS_TLS_NAME_MAX], const char *bytes, int length)
{
    size_t used = strlen(hosts);
    snprintf(hosts + used, YS_TLS_NAME_MAX - used, "%s%.*s", used ? ", " : "", length, bytes);
}

/* DNS names and addresses of the subjectAltName (RFC 6125 looks nowhere else). */
static void format_hosts(const X509 *leaf, char hosts[YS_TLS_NAME_MAX])
{
    hosts[0] = '\0';
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS) {
            add_host(hosts, (const char *)ASN1_STRING_get0_data(name->d.dNSName),
                     ASN1_STRING_length(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            char address[INET6_ADDRSTRLEN];
            int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;
            if (inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), address,
                          sizeof address)) {
                add_host(hosts, address, (int)strlen(address));
            }
        }
    }
    GENERAL_NAMES_free(names);
}

static enum ys_tls_fault fault_of(int error)
{
    switch (error) {
    case X509_V_OK:
        return YS_TLS_SOUND;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return YS_TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return YS_TLS_NOT_YET_VALID;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return YS_TLS_UNKNOWN_ISSUER;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return YS_TLS_SELF_SIGNED;
    default:
        return YS_TLS_OTHER_FAULT;
    }
}

static int verify_and_record(X509_STORE_CTX *store, void *context)
{
    struct ys_tls_verdict *verdict = context;
    int accepted = X509_verify_cert(store);
    int error = X509_STORE_CTX_get_error(store);
    const X509 *leaf = X509_STORE_CTX_get0_cert(store);
    const X509 *blamed = error == X509_V_OK ? leaf : X509_STORE_CTX_get_current_cert(store);

    memset(verdict, 0, sizeof *verdict);
    verdict->fault = fault_of(error);
    snprintf(verdict->reason, sizeof verdict->reason, "%s", X509_verify_cert_error_string(error));
    blamed = blamed ? blamed : leaf;
    if (blamed) {
        format_name(X509_get_subject_name(blamed), verdict->subject);
        format_name(X509_get_issuer_name(blamed), verdict->issuer);
        format_time(X509_get0_notBefore(blamed), verdict->not_before);
        format_time(X509_get0_notAfter(blamed), verdict->not_after);
    }
    if (leaf) {
        format_hosts(leaf, verdict->hosts);
    }
    return accepted;
}

/* OpenSSL asks for a certificate only where none was configured that fits. */
static int note_client_wanted(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    struct ys_tls_verdict *verdict = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), verdict_index());
    (void)certificate, (void)key;
    if (verdict) {
        verdict->client_wanted = true;
    }
    return 0;
}

void ys_tls__watch(void *ssl_ctx, struct ys_tls_verdict *verdict)
{
    verdict->client_wanted = false;
    SSL_CTX_set_ex_data(ssl_ctx, verdict_index(), verdict);
    SSL_CTX_set_client_cert_cb(ssl_ctx, note_client_wanted);
    SSL_CTX_set_cert_verify_callback(ssl_ctx, verify_and_record, verdict);
}

static const char *leaf_pem(struct ys_arena *arena, const SSL *ssl)
{
    const char *pem = "";
    unsigned char *der = NULL;
    X509 *leaf = SSL_get0_peer_certificate(ssl);
    int length = leaf ? i2d_X509(leaf, &der) : 0;

    if (length > 0) {
        /* RFC 7468: lines of 64 characters. */
        const char *text = ys_base64_encode(arena, der, (size_t)length);
        pem = "-----BEGIN CERTIFICATE-----\n";
        for (size_t at = 0, size = strlen(text); at < size; at += 64) {
            pem = ys_arena_printf(arena, "%s%.64s\n", pem, text + at);
        }
        pem = ys_arena_printf(arena, "%s-----END CERTIFICATE-----\n", pem);
    }
    OPENSSL_free(der);
    return pem;
}

struct ys_tls_facts ys_tls__describe(struct ys_arena *arena, const void *ssl)
{
    struct ys_tls_facts facts = {
        .version = SSL_get_version(ssl),
        .cipher = SSL_get_cipher_name(ssl),
        .peer_certificate = leaf_pem(arena, ssl),
    };
    facts.version = ys_arena_strdup(arena, facts.version);
    facts.cipher = ys_arena_strdup(arena, facts.cipher);
    return facts;
}
