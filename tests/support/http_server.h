/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP(S) server on loopback that answers from a script, one entry a request. */
#ifndef TEST_HTTP_SERVER_H
#define TEST_HTTP_SERVER_H

#include <stddef.h>
#include <stdint.h>

enum http_after {
    HTTP_KEEP,  /* the connection */
    HTTP_CLOSE, /* at once */
    HTTP_STALL  /* send nothing more until the client goes */
};

struct http_script {
    const char *reply; /* sent as it is; NULL: nothing */
    size_t length;     /* 0: strlen(reply) */
    enum http_after after;
};

struct http_server_tls {
    const char *certificate_file; /* NULL: plain HTTP */
    const char *key_file;
    const char *client_ca_file; /* NULL: no client certificate is asked for */
};

struct http_server;

/* The last entry answers all further requests. The script is borrowed. */
struct http_server *http_server_start(const struct http_script *script, size_t count,
                                      const struct http_server_tls *tls);
void http_server_stop(struct http_server *server); /* NULL is fine */
uint16_t http_server_port(const struct http_server *server);
unsigned http_server_requests(struct http_server *server);
unsigned http_server_connections(struct http_server *server);
/* Head and body of the last whole request. Valid until the next call. */
const char *http_server_last(struct http_server *server);

#endif
