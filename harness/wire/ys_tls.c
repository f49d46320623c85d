/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS facts by OpenSSL; the only file with openssl/ssl.h. Of requests libcurl keeps the handshake
 * and its checks, and this file only looks on; probes are handshakes of its own.
 */
#include "ys_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ys_crypto.h"
#include "ys_http.h"
#include "ys_http_failure.h"
#include "ys_tls_probe.h"

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

/* ---- an imitation of a client's certificate ---- */

#define IMITATION_SECONDS 86400L
#define IMITATION_SERIAL 1

/* RFC 5280: subject, issuer and extended key usage are as before, and only the key that signs is
 * another one. */
static bool fill_imitation(X509 *imitation, const X509 *original, EVP_PKEY *key, EVP_PKEY *signer)
{
    int at = X509_get_ext_by_NID(original, NID_ext_key_usage, -1);
    X509_EXTENSION *use = at >= 0 ? X509_get_ext(original, at) : NULL;
    return X509_set_version(imitation, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set(X509_get_serialNumber(imitation), IMITATION_SERIAL) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(imitation), -IMITATION_SECONDS) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(imitation), IMITATION_SECONDS) != NULL &&
           X509_set_subject_name(imitation, X509_get_subject_name(original)) == 1 &&
           X509_set_issuer_name(imitation, X509_get_issuer_name(original)) == 1 &&
           X509_set_pubkey(imitation, key) == 1 &&
           (!use || X509_add_ext(imitation, use, -1) == 1) &&
           X509_sign(imitation, signer, EVP_sha256()) != 0;
}

bool ys_tls__imitate(void *ssl_ctx, const char *certificate_file)
{
    int loaded = SSL_CTX_use_certificate_file(ssl_ctx, certificate_file, SSL_FILETYPE_PEM);
    const X509 *original = loaded == 1 ? SSL_CTX_get0_certificate(ssl_ctx) : NULL;
    X509 *imitation = X509_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    EVP_PKEY *signer = EVP_EC_gen("P-256");
    bool good = original && imitation && key && signer &&
                fill_imitation(imitation, original, key, signer) &&
                SSL_CTX_use_certificate(ssl_ctx, imitation) == 1 &&
                SSL_CTX_use_PrivateKey(ssl_ctx, key) == 1;
    X509_free(imitation);
    EVP_PKEY_free(key);
    EVP_PKEY_free(signer);
    return good;
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

/* ---- probes ---- */

static int protocol_of(const char *version)
{
    static const struct {
        const char *name;
        int protocol;
    } protocols[] = {{"1.0", TLS1_VERSION},
                     {"1.1", TLS1_1_VERSION},
                     {"1.2", TLS1_2_VERSION},
                     {"1.3", TLS1_3_VERSION}};
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        if (strcmp(protocols[i].name, version) == 0) {
            return protocols[i].protocol;
        }
    }
    return -1;
}

/* Level 0 lets OpenSSL offer what is too weak for anything but a probe. */
static SSL_CTX *probe_context(const struct ys_tls_probe *probe)
{
    int protocol = probe->version ? protocol_of(probe->version) : 0;
    const char *ciphers = probe->ciphers ? probe->ciphers : "ALL:COMPLEMENTOFALL";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    bool good = context != NULL && protocol >= 0;
    if (good) {
        SSL_CTX_set_security_level(context, 0);
        good = SSL_CTX_set_min_proto_version(context, protocol ? protocol : TLS1_VERSION) == 1 &&
               SSL_CTX_set_max_proto_version(context, protocol) == 1 &&
               SSL_CTX_set_cipher_list(context, ciphers) == 1 &&
               (probe->ca_file ? SSL_CTX_load_verify_locations(context, probe->ca_file, NULL)
                               : SSL_CTX_set_default_verify_paths(context)) == 1;
    }
    if (good && probe->client_cert_file) {
        good = SSL_CTX_use_certificate_chain_file(context, probe->client_cert_file) == 1 &&
               SSL_CTX_use_PrivateKey_file(context,
                                           probe->client_key_file ? probe->client_key_file
                                                                  : probe->client_cert_file,
                                           SSL_FILETYPE_PEM) == 1;
    }
    if (good && probe->ciphers) {
        /* The ciphers of 1.3 have a list of their own, which must not save the handshake. */
        good = SSL_CTX_set_max_proto_version(context, protocol ? protocol : TLS1_2_VERSION) == 1;
    }
    if (!good) {
        SSL_CTX_free(context);
        context = NULL;
    }
    return context;
}

/* A connected socket whose waits are bounded; -1 and an error otherwise. */
static int probe_socket(const struct ys_tls_probe *probe, struct ys_err *reterr)
{
    char port[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct timeval wait = {.tv_sec = probe->timeout_ms / 1000,
                           .tv_usec = (suseconds_t)(probe->timeout_ms % 1000) * 1000};
    int fd = -1;
    int problem = 0;
    snprintf(port, sizeof port, "%u", probe->port);
    if (getaddrinfo(probe->host, port, &hints, &found) != 0) {
        ys_err_set(reterr, YS_ERR_HTTP_RESOLVE, "%s has no address", probe->host);
        return -1;
    }
    for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (fd >= 0) {
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        }
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            problem = errno;
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0) {
        ys_err_set(reterr, YS_ERR_HTTP_CONNECT, "no connection to %s:%u: %s", probe->host,
                   probe->port, strerror(problem));
    }
    return fd;
}

static bool is_named(X509 *leaf, const char *host)
{
    unsigned char address[16];
    bool numeric =
        inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
    return numeric
               ? X509_check_ip_asc(leaf, host, 0) == 1
               : X509_check_host(leaf, host, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

static void see(struct ys_arena *arena, const SSL *ssl, const char *host, struct ys_tls_seen *seen)
{
    char text[YS_TLS_NAME_MAX];
    int days = 0;
    int seconds = 0;
    long verified = SSL_get_verify_result(ssl);
    X509 *leaf = SSL_get0_peer_certificate(ssl);
    seen->version = ys_arena_strdup(arena, SSL_get_version(ssl));
    seen->cipher = ys_arena_strdup(arena, SSL_get_cipher_name(ssl));
    if (!leaf) {
        seen->fault = "the server has no certificate";
        return;
    }
    seen->trusted = verified == X509_V_OK;
    seen->fault =
        seen->trusted ? "" : ys_arena_strdup(arena, X509_verify_cert_error_string(verified));
    seen->named = is_named(leaf, host);
    format_name(X509_get_subject_name(leaf), text);
    seen->subject = ys_arena_strdup(arena, text);
    format_name(X509_get_issuer_name(leaf), text);
    seen->issuer = ys_arena_strdup(arena, text);
    format_hosts(leaf, text);
    seen->hosts = ys_arena_strdup(arena, text);
    format_time(X509_get0_notAfter(leaf), text);
    seen->not_after = ys_arena_strdup(arena, text);
    if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(leaf)) == 1) {
        seen->days_left = seconds < 0 ? days - 1 : days;
    }
    EVP_PKEY *key = X509_get0_pubkey(leaf);
    seen->key = key && EVP_PKEY_get0_type_name(key)
                    ? ys_arena_strdup(arena, EVP_PKEY_get0_type_name(key))
                    : "";
    seen->key_bits = key ? EVP_PKEY_get_bits(key) : 0;
}

/* Refused by the server, or never tried: a refusal counts only after a ClientHello went out. */
static enum ys_status shake_hands(struct ys_arena *arena, SSL *ssl,
                                  const struct ys_tls_probe *probe, struct ys_tls_seen *seen,
                                  struct ys_err *reterr)
{
    ys_crypto_take_error();
    errno = 0;
    int done = SSL_connect(ssl);
    int problem = errno;
    if (done == 1) {
        seen->connected = true;
        seen->refusal = "";
        see(arena, ssl, probe->host, seen);
        return YS_OK;
    }
    const char *words = ys_crypto_take_error();
    if (BIO_number_written(SSL_get_wbio(ssl)) == 0) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "this OpenSSL cannot offer that: %s",
                          words ? words : "no reason given");
    }
    if (!words && (problem == EAGAIN || problem == EWOULDBLOCK || problem == EINPROGRESS)) {
        return ys_err_set(reterr, YS_ERR_HTTP_TIMEOUT,
                          "%s:%u did not answer the handshake within "
                          "%u ms",
                          probe->host, probe->port, probe->timeout_ms);
    }
    seen->refusal = ys_arena_strdup(arena, words ? words : "the connection was closed");
    return YS_OK;
}

enum ys_status ys_tls_probe(struct ys_arena *arena, const struct ys_tls_probe *probe,
                            struct ys_tls_seen *ret_seen, struct ys_err *reterr)
{
    struct ys_tls_seen seen = {.refusal = "",
                               .version = "",
                               .cipher = "",
                               .subject = "",
                               .issuer = "",
                               .not_after = "",
                               .hosts = "",
                               .fault = "",
                               .key = ""};
    const struct ys_http_config allowed = {.allowed_hosts = probe->allowed_hosts,
                                           .allowed_host_count = probe->allowed_host_count};
    if (!ys_http__host_allowed(&allowed, probe->host, probe->port)) {
        return ys_err_set(reterr, YS_ERR_HTTP_HOST, "%s:%u is not among the allowed hosts",
                          probe->host, probe->port);
    }
    SSL_CTX *context = probe_context(probe);
    SSL *ssl = context ? SSL_new(context) : NULL;
    enum ys_status status = YS_OK;
    if (!ssl) {
        SSL_CTX_free(context);
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "this OpenSSL cannot offer version %s with ciphers %s, or a certificate "
                          "file cannot be read",
                          probe->version ? probe->version : "any",
                          probe->ciphers ? probe->ciphers : "any");
    }
    int fd = probe_socket(probe, reterr);
    if (fd < 0) {
        status = YS_ERR_HTTP_CONNECT;
    } else {
        SSL_set_fd(ssl, fd);
        /* OpenSSL's macro takes the const away from its argument; it copies the name. */
        char *name = ys_arena_strdup(arena, probe->host);
        SSL_set_tlsext_host_name(ssl, name);
        status = shake_hands(arena, ssl, probe, &seen, reterr);
        SSL_shutdown(ssl);
        close(fd);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (status == YS_OK) {
        *ret_seen = seen;
    }
    return status;
}
