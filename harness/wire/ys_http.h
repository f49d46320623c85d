/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP over TLS by libcurl, the only file that includes it.
 *
 * One struct ys_http a thread: it keeps its handle and connections, so that a second request to
 * the same host costs no handshake. Redirects are off unless asked for. Hosts that the candidate
 * does not allow are refused before anything is resolved. Replies are bounded (ys_limits.h); a
 * reply over a cap is YS_ERR_LIMIT, never a cut body.
 */
#ifndef YS_HTTP_H
#define YS_HTTP_H

#include "ys_buf.h"
#include "ys_value.h"

struct ys_http;

struct ys_http_config {
    const char *ca_file;          /* PEM; NULL: the system's */
    const char *client_cert_file; /* PEM; NULL: none */
    const char *client_key_file;  /* PEM */
    const char *client_key_passphrase;
    /* Sends, instead of that certificate, one with its subject and the name of its issuer that
     * this process signed with a key of its own (a check of what the peer verifies). */
    bool imitates_client;
    const char *const *allowed_hosts; /* "127.0.0.1", "api.bank.test", "host:port" */
    size_t allowed_host_count;
    uint32_t connect_ms; /* 0: the defaults of ys_limits.h */
    uint32_t total_ms;
    uint32_t stall_ms;
    const char *user_agent; /* "yanshou/0.1.0" */
};

struct ys_http_header {
    const char *name;
    const char *value;
};

struct ys_http_request {
    const char *method;
    const char *url;
    const struct ys_http_header *headers;
    size_t header_count;
    const void *body; /* NULL: none */
    size_t body_length;
    uint32_t total_ms; /* 0: as configured */
    bool follow_redirects;
};

struct ys_http_timing { /* microseconds from the start of the request */
    int64_t resolved_us;
    int64_t connected_us;
    int64_t tls_us;
    int64_t first_byte_us;
    int64_t total_us;
};

/* Owned by the caller: init once, reuse, clear at the end. All texts live until the next
 * perform or clear. */
struct ys_http_reply {
    int status;                     /* 200 … */
    const char *version;            /* "1.1", "2" */
    struct ys_http_header *headers; /* in the order received, names as received */
    size_t header_count;
    struct ys_buf body;
    struct ys_http_timing timing;
    bool new_connection;
    const char *remote;      /* "127.0.0.1:8443" */
    const char *tls_version; /* "TLSv1.3", "" on plain HTTP */
    const char *tls_cipher;
    const char *peer_certificate; /* PEM of the leaf, "" when not known */
    struct ys_arena arena;        /* the texts above */
};

/* YS_ERR_ARGUMENT, YS_ERR_NOT_FOUND when a named file is missing. The config's texts are copied. */
YS_NODISCARD enum ys_status ys_http_new(const struct ys_http_config *config,
                                        struct ys_http **ret_http, struct ys_err *reterr);
void ys_http_free(struct ys_http *http);

void ys_http_reply_init(struct ys_http_reply *reply);
void ys_http_reply_clear(struct ys_http_reply *reply);
const char *ys_http_reply_header(const struct ys_http_reply *reply, const char *name);

/* YS_OK means that a whole HTTP reply arrived, whatever its status. YS_ERR_HTTP_*, YS_ERR_LIMIT;
 * the timing of a failed request is filled as far as it went. */
YS_NODISCARD enum ys_status ys_http_perform(struct ys_http *http,
                                            const struct ys_http_request *request,
                                            struct ys_http_reply *reply, struct ys_err *reterr);
/* Stops a perform that is under way in another thread within a second (Ctrl-C). `flag` is polled.
 */
void ys_http_set_stop(struct ys_http *http, const volatile int *flag);

/* "libcurl/7.88.1 OpenSSL/3.0.17": recorded with each run. */
const char *ys_http_version(void);
/* Percent-encodes for a path segment or a query value (RFC 3986 unreserved stay). Arena-owned. */
char *ys_url_encode(struct ys_arena *arena, const char *text);
/* The host ("api.bank.test") and port of a URL; YS_ERR_ARGUMENT when it is no http(s) URL. */
YS_NODISCARD enum ys_status ys_url_host(struct ys_arena *arena, const char *url,
                                        const char **ret_host, uint16_t *ret_port,
                                        struct ys_err *reterr);

#endif
