/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a failed request tells a person: which end, what happened, what to do. Private to the room
 * and free of libcurl, so that the sentences can be tested one by one.
 */
#ifndef YS_HTTP_FAILURE_H
#define YS_HTTP_FAILURE_H

#include "ys_http.h"
#include "ys_tls.h"

enum ys_http_failure {
    YS_HTTP_SOUND,
    YS_HTTP_HEADERS_TOO_LONG,
    YS_HTTP_HEADERS_TOO_MANY,
    YS_HTTP_BODY_TOO_LONG,
    YS_HTTP_STOPPED,
    YS_HTTP_NOT_REPEATED, /* a kept connection died under a request that may not be sent twice */
    YS_HTTP_RESOLVE,
    YS_HTTP_CONNECT,
    YS_HTTP_TIMED_OUT,
    YS_HTTP_CUT,
    YS_HTTP_GARBAGE,
    YS_HTTP_ENCODING, /* Content-Encoding and body do not agree */
    YS_HTTP_TLS_PEER, /* the peer's certificate was refused */
    YS_HTTP_TLS_CA_FILE,
    YS_HTTP_TLS_CLIENT_FILE,
    YS_HTTP_TLS_CLIENT_WANTED, /* the peer wants a client certificate */
    YS_HTTP_TLS_CLIENT_REFUSED,
    YS_HTTP_TLS_HANDSHAKE,
    YS_HTTP_OTHER
};

struct ys_http_complaint {
    enum ys_http_failure failure;
    const struct ys_http_config *config;
    const char *scheme;
    const char *host;
    unsigned port;
    const char *words;                    /* libcurl's own, may be "" */
    const struct ys_tls_verdict *verdict; /* of the last chain check */
    const struct ys_http_timing *timing;
    bool sent;          /* so there was a connection */
    bool tls_begun;     /* the host was reached and the handshake with it begun */
    uint32_t total_ms;  /* that was allowed */
    size_t body_length; /* that had arrived */
};

enum ys_status ys_http__complain(const struct ys_http_complaint *complaint, struct ys_err *reterr);

/* Whether the list names this host, or this host with this port; letter case does not matter. */
bool ys_http__host_allowed(const struct ys_http_config *config, const char *host, unsigned port);

#endif
