/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TLS handshake with given limits, to learn what a server accepts. Nothing is sent over it.
 *
 * Unlike a request it goes on with a certificate that cannot be trusted, and says so; it offers
 * what libcurl never would (TLS 1.0, ciphers without encryption), where this OpenSSL has it.
 */
#ifndef YS_TLS_PROBE_H
#define YS_TLS_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ys_err.h"
#include "ys_mem.h"

struct ys_tls_probe {
    const char *host; /* a name, or an address; must be among the allowed hosts */
    uint16_t port;
    const char *const *allowed_hosts; /* as in struct ys_http_config */
    size_t allowed_host_count;
    const char *ca_file;          /* PEM; NULL: the system's authorities */
    const char *client_cert_file; /* PEM; NULL: none */
    const char *client_key_file;
    const char *version; /* the only one offered: "1.0", "1.1", "1.2", "1.3"; NULL: all */
    const char *ciphers; /* the only ones offered up to 1.2, an OpenSSL cipher list; or NULL */
    uint32_t timeout_ms; /* to connect, and for each answer */
};

/* Texts are arena-owned, "" where unknown; all but `refusal` are "" where not connected. */
struct ys_tls_seen {
    bool connected;      /* the handshake was completed */
    const char *refusal; /* why not, OpenSSL's words */
    const char *version; /* "TLSv1.3" */
    const char *cipher;
    const char *subject;
    const char *issuer;
    const char *not_after; /* "2026-11-23 09:12:31 UTC" */
    const char *hosts;     /* names of the certificate */
    const char *fault;     /* why the chain cannot be trusted; "" where it can */
    const char *key;       /* "RSA", "EC", "SM2" … */
    int key_bits;
    int days_left; /* whole days until the certificate ends; negative afterwards */
    bool trusted;  /* the chain leads to a known authority and is within its dates */
    bool named;    /* the certificate is for this host */
};

/*
 * YS_OK where the server completed or refused the handshake. YS_ERR_HTTP_HOST, _RESOLVE, _CONNECT
 * and _TIMEOUT as for requests; YS_ERR_ARGUMENT where this OpenSSL cannot offer what is asked for.
 */
YS_NODISCARD enum ys_status ys_tls_probe(struct ys_arena *arena, const struct ys_tls_probe *probe,
                                         struct ys_tls_seen *ret_seen, struct ys_err *reterr);

#endif
