/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a TLS handshake showed, for evidence and for people who must repair it. Private to the
 * room: libcurl's OpenSSL objects come in as void pointers, so that openssl/ssl.h stays in one
 * source file.
 */
#ifndef YS_TLS_H
#define YS_TLS_H

#include <stdbool.h>

#include "ys_mem.h"

#define YS_TLS_NAME_MAX 256u /* bytes of a name below, longer ones are cut */

/* Why the peer's chain was refused. */
enum ys_tls_fault {
    YS_TLS_SOUND,
    YS_TLS_EXPIRED,
    YS_TLS_NOT_YET_VALID,
    YS_TLS_UNKNOWN_ISSUER, /* no way up to a trusted root */
    YS_TLS_SELF_SIGNED,
    YS_TLS_OTHER_FAULT
};

/* The outcome of the last handshake that checked a chain. */
struct ys_tls_verdict {
    enum ys_tls_fault fault;
    bool client_wanted; /* the peer asked for a client certificate and there was none to send */
    char subject[YS_TLS_NAME_MAX]; /* of the refused certificate, or of the leaf */
    char issuer[YS_TLS_NAME_MAX];
    char not_before[32]; /* "2026-11-23 09:12:31 UTC" */
    char not_after[32];
    char hosts[YS_TLS_NAME_MAX];  /* names of the leaf: "bank.test, 127.0.0.1" */
    char reason[YS_TLS_NAME_MAX]; /* OpenSSL's words */
};

/* Puts a recorder around the chain check of an SSL_CTX; what is accepted does not change.
 * `verdict` lives as long as the SSL_CTX. */
void ys_tls__watch(void *ssl_ctx, struct ys_tls_verdict *verdict);

/* Puts an imitation of a certificate (PEM file) into an SSL_CTX: its subject and the name of its
 * issuer, with keys made here. false: the file cannot be read or the keys cannot be made. */
bool ys_tls__imitate(void *ssl_ctx, const char *certificate_file);

/* Facts of a live SSL. Arena-owned; "" where unknown. */
struct ys_tls_facts {
    const char *version;
    const char *cipher;
    const char *peer_certificate; /* PEM */
};
struct ys_tls_facts ys_tls__describe(struct ys_arena *arena, const void *ssl);

#endif
