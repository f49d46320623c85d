/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences for failed requests, the allowed hosts, and percent-encoding. */
#include "ys_http_failure.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Length of the host in an entry "host", "host:port", "[v6]", "[v6]:port" or a bare v6 address. */
static size_t entry_host_length(const char *entry)
{
    const char *end = entry[0] == '[' ? strchr(entry, ']') : NULL;
    if (end) {
        return (size_t)(end - entry) + 1;
    }
    const char *colon = strchr(entry, ':');
    return colon && !strchr(colon + 1, ':') ? (size_t)(colon - entry) : strlen(entry);
}

static bool is_entry_for(const char *entry, const char *host, unsigned port)
{
    size_t length = entry_host_length(entry);
    const char *bare = host;
    size_t bare_length = strlen(host);

    if (host[0] == '[' && entry[0] != '[') {
        bare = host + 1;
        bare_length -= 2;
    }
    if (length != bare_length || strncasecmp(entry, bare, length) != 0) {
        return false;
    }
    if (entry[length] == '\0') {
        return true;
    }
    uint64_t number = 0;
    const char *digits = entry + length + 1;
    return entry[length] == ':' && ys_parse_u64(digits, strlen(digits), &number) == YS_OK &&
           number == port;
}

bool ys_http__host_allowed(const struct ys_http_config *config, const char *host, unsigned port)
{
    for (size_t i = 0; i < config->allowed_host_count; i++) {
        if (is_entry_for(config->allowed_hosts[i], host, port)) {
            return true;
        }
    }
    return false;
}

static enum ys_status complain_peer(const struct ys_http_complaint *c, struct ys_err *reterr)
{
    const struct ys_tls_verdict *v = c->verdict;
    switch (v->fault) {
    case YS_TLS_EXPIRED:
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "the certificate %s of %s:%u expired at %s; the bank must renew it (or "
                          "the clock of this machine is wrong)",
                          v->subject, c->host, c->port, v->not_after);
    case YS_TLS_NOT_YET_VALID:
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "the certificate %s of %s:%u is valid only from %s; check the clock of "
                          "this machine and the certificate",
                          v->subject, c->host, c->port, v->not_before);
    case YS_TLS_SELF_SIGNED:
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "the certificate %s of %s:%u is signed by itself and not trusted; if it "
                          "is the bank's own root, name its PEM file as `ca` of the endpoint in "
                          "the candidate file",
                          v->subject, c->host, c->port);
    case YS_TLS_UNKNOWN_ISSUER:
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "the certificate %s of %s:%u is issued by %s, which is not known; name "
                          "the issuer's root (PEM) as `ca` of the endpoint in the candidate file, "
                          "and have the bank send its intermediate certificates",
                          v->subject, c->host, c->port, v->issuer);
    case YS_TLS_SOUND:
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "the certificate %s of %s:%u is made for %s, not for %s; use a host name "
                          "that it names, or have it issued again",
                          v->subject, c->host, c->port,
                          v->hosts[0] ? v->hosts : "no host (it has no subjectAltName)", c->host);
    case YS_TLS_OTHER_FAULT:
        break;
    }
    return ys_err_set(reterr, YS_ERR_HTTP_TLS, "the certificate %s of %s:%u was refused: %s",
                      v->subject, c->host, c->port, v->reason);
}

static enum ys_status complain_client(const struct ys_http_complaint *c, struct ys_err *reterr)
{
    const char *file = c->config->client_cert_file;
    if (c->failure == YS_HTTP_TLS_CLIENT_FILE) {
        return ys_err_set(
            reterr, YS_ERR_HTTP_TLS,
            "the client certificate %s (key %s) cannot be used: %s; both must be PEM, "
            "belong together, and an encrypted key needs its passphrase",
            file ? file : "",
            c->config->client_key_file ? c->config->client_key_file : "in the same file", c->words);
    }
    if (!file) {
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "%s:%u asks for a client certificate; name `client_certificate` and "
                          "`client_key` of the endpoint in the candidate file",
                          c->host, c->port);
    }
    return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                      "%s:%u refused the client certificate %s (%s); the bank must trust its "
                      "issuer, and it must not have expired",
                      c->host, c->port, file, c->words);
}

static enum ys_status complain_timeout(const struct ys_http_complaint *c, struct ys_err *reterr)
{
    long long elapsed_ms = c->timing->total_us / 1000;

    if (!c->sent && c->tls_begun) {
        return ys_err_set(reterr, YS_ERR_HTTP_TIMEOUT,
                          "%s:%u: no TLS handshake within %lld ms; does this port speak TLS?",
                          c->host, c->port, elapsed_ms);
    }
    if (!c->sent) {
        return ys_err_set(reterr, YS_ERR_HTTP_TIMEOUT,
                          "%s:%u: no connection within %lld ms; is a firewall in between?", c->host,
                          c->port, elapsed_ms);
    }
    /* libcurl's words are all that tells its stall timeout from the total one. */
    if (strstr(c->words, "too slow")) {
        return ys_err_set(reterr, YS_ERR_HTTP_TIMEOUT,
                          "%s:%u went silent: no byte for %u ms, given up after %lld ms with %zu "
                          "bytes of the body",
                          c->host, c->port, c->config->stall_ms, elapsed_ms, c->body_length);
    }
    return ys_err_set(reterr, YS_ERR_HTTP_TIMEOUT,
                      "%s:%u: the reply was not complete after %lld ms (%zu bytes of the body had "
                      "arrived)",
                      c->host, c->port, elapsed_ms, c->body_length);
}

static enum ys_status complain_limit(const struct ys_http_complaint *c, struct ys_err *reterr)
{
    if (c->failure == YS_HTTP_BODY_TOO_LONG) {
        return ys_err_set(reterr, YS_ERR_LIMIT,
                          "the body of the reply of %s:%u is longer than %u bytes after "
                          "decompression (YS_HTTP_BODY_BYTES_MAX)",
                          c->host, c->port, YS_HTTP_BODY_BYTES_MAX);
    }
    if (c->failure == YS_HTTP_HEADERS_TOO_MANY) {
        return ys_err_set(reterr, YS_ERR_LIMIT,
                          "the reply of %s:%u has more than %u headers (YS_HTTP_HEADERS_MAX)",
                          c->host, c->port, YS_HTTP_HEADERS_MAX);
    }
    return ys_err_set(reterr, YS_ERR_LIMIT,
                      "the headers of the reply of %s:%u are longer than %u bytes "
                      "(YS_HTTP_HEADER_BYTES_MAX)",
                      c->host, c->port, YS_HTTP_HEADER_BYTES_MAX);
}

enum ys_status ys_http__complain(const struct ys_http_complaint *c, struct ys_err *reterr)
{
    switch (c->failure) {
    case YS_HTTP_SOUND:
        return YS_OK;
    case YS_HTTP_HEADERS_TOO_LONG:
    case YS_HTTP_HEADERS_TOO_MANY:
    case YS_HTTP_BODY_TOO_LONG:
        return complain_limit(c, reterr);
    case YS_HTTP_STOPPED:
        return ys_err_set(reterr, YS_ERR_INTERRUPTED, "the request to %s:%u was stopped", c->host,
                          c->port);
    case YS_HTTP_NOT_REPEATED:
        return ys_err_set(reterr, YS_ERR_HTTP_CUT,
                          "%s:%u closed the connection without a reply; the request may have been "
                          "executed and was not sent again",
                          c->host, c->port);
    case YS_HTTP_RESOLVE:
        return ys_err_set(reterr, YS_ERR_HTTP_RESOLVE,
                          "the host name %s could not be resolved; is it spelt right, and does the "
                          "name server of this machine know it?",
                          c->host);
    case YS_HTTP_CONNECT:
        return ys_err_set(reterr, YS_ERR_HTTP_CONNECT,
                          "no connection to %s:%u: %s; is the bank's system running and the port "
                          "right?",
                          c->host, c->port, c->words);
    case YS_HTTP_TIMED_OUT:
        return complain_timeout(c, reterr);
    case YS_HTTP_CUT:
        return ys_err_set(reterr, YS_ERR_HTTP_CUT,
                          "%s:%u ended the connection before the reply was complete (%zu bytes of "
                          "the body had arrived): %s",
                          c->host, c->port, c->body_length, c->words);
    case YS_HTTP_GARBAGE:
        return ys_err_set(reterr, YS_ERR_HTTP_PROTOCOL,
                          "what %s:%u sent is not HTTP: %s; is %s the right scheme for this port?",
                          c->host, c->port, c->words, c->scheme);
    case YS_HTTP_ENCODING:
        return ys_err_set(reterr, YS_ERR_HTTP_PROTOCOL,
                          "the body that %s:%u sent does not fit its Content-Encoding: %s", c->host,
                          c->port, c->words);
    case YS_HTTP_TLS_PEER:
        return complain_peer(c, reterr);
    case YS_HTTP_TLS_CA_FILE:
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "the roots in %s cannot be used: %s; the file must hold PEM certificates",
                          c->config->ca_file ? c->config->ca_file : "the system's store", c->words);
    case YS_HTTP_TLS_CLIENT_FILE:
    case YS_HTTP_TLS_CLIENT_WANTED:
    case YS_HTTP_TLS_CLIENT_REFUSED:
        return complain_client(c, reterr);
    case YS_HTTP_TLS_HANDSHAKE:
        return ys_err_set(reterr, YS_ERR_HTTP_TLS,
                          "the TLS handshake with %s:%u failed: %s; does this port speak TLS?",
                          c->host, c->port, c->words);
    case YS_HTTP_OTHER:
        break;
    }
    return ys_err_set(reterr, YS_ERR_HTTP_OTHER, "the request to %s:%u failed: %s", c->host,
                      c->port, c->words);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c));
}

char *ys_url_encode(struct ys_arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = ys_arena_alloc(arena, strlen(text) * 3 + 1);
    char *to = encoded;
    for (; *text; text++) {
        if (is_unreserved(*text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[(unsigned char)*text >> 4];
            *to++ = digits[(unsigned char)*text & 15];
        }
    }
    *to = '\0';
    return encoded;
}
