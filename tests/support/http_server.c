/* SPDX-License-Identifier: Apache-2.0 */
#include "http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 65536, TICK_MS = 20 };

struct http_server {
    const struct http_script *script;
    size_t count;
    SSL_CTX *tls;
    int listener;
    uint16_t port;
    pthread_t thread;
    atomic_bool ended;
    atomic_uint requests;
    atomic_uint connections;
    int fd; /* of the one connection; -1: none */
    SSL *ssl;
    char incoming[REQUEST_MAX];
    pthread_mutex_t lock; /* of `last` */
    char last[REQUEST_MAX];
    char shown[REQUEST_MAX]; /* what the test looks at */
};

static void drop(struct http_server *server)
{
    if (server->ssl) {
        SSL_free(server->ssl);
        server->ssl = NULL;
    }
    if (server->fd >= 0) {
        close(server->fd);
        server->fd = -1;
    }
}

static bool readable(int fd)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    return poll(&poller, 1, TICK_MS) > 0;
}

static int receive_some(struct http_server *server, char *bytes, size_t length)
{
    while (!(server->ssl && SSL_pending(server->ssl) > 0) && !readable(server->fd)) {
        if (atomic_load(&server->ended)) {
            return 0;
        }
    }
    return server->ssl ? SSL_read(server->ssl, bytes, (int)length)
                       : (int)recv(server->fd, bytes, length, 0);
}

static size_t body_length_of(const char *head)
{
    const char *at = strstr(head, "Content-Length: ");
    return at ? (size_t)strtoul(at + 16, NULL, 10) : 0;
}

/* Reads one request into `last`. */
static bool receive_request(struct http_server *server)
{
    size_t length = 0;
    for (;;) {
        int got =
            receive_some(server, server->incoming + length, sizeof server->incoming - length - 1);
        if (got <= 0) {
            return false;
        }
        length += (size_t)got;
        server->incoming[length] = '\0';
        const char *end = strstr(server->incoming, "\r\n\r\n");
        if (end &&
            length >= (size_t)(end + 4 - server->incoming) + body_length_of(server->incoming)) {
            pthread_mutex_lock(&server->lock);
            memcpy(server->last, server->incoming, length + 1);
            pthread_mutex_unlock(&server->lock);
            return true;
        }
        if (length + 1 == sizeof server->incoming) {
            return false;
        }
    }
}

static void send_all(struct http_server *server, const char *bytes, size_t length)
{
    while (length > 0 && !atomic_load(&server->ended)) {
        int sent = server->ssl ? SSL_write(server->ssl, bytes, (int)length)
                               : (int)send(server->fd, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
}

static void answer(struct http_server *server)
{
    if (!receive_request(server)) {
        drop(server);
        return;
    }
    unsigned number = atomic_fetch_add(&server->requests, 1);
    const struct http_script *entry =
        &server->script[number < server->count ? number : server->count - 1];
    if (entry->reply) {
        send_all(server, entry->reply, entry->length ? entry->length : strlen(entry->reply));
    }
    if (entry->after == HTTP_STALL) {
        while (!atomic_load(&server->ended) && !readable(server->fd)) {
        }
    }
    if (entry->after != HTTP_KEEP) {
        drop(server);
    }
}

static void accept_one(struct http_server *server)
{
    drop(server);
    server->fd = accept(server->listener, NULL, NULL);
    if (server->fd < 0) {
        return;
    }
    atomic_fetch_add(&server->connections, 1);
    if (server->tls) {
        server->ssl = SSL_new(server->tls);
        SSL_set_fd(server->ssl, server->fd);
        if (SSL_accept(server->ssl) != 1) {
            drop(server);
        }
    }
}

static void *serve(void *context)
{
    struct http_server *server = context;
    while (!atomic_load(&server->ended)) {
        struct pollfd pollers[2] = {{.fd = server->listener, .events = POLLIN},
                                    {.fd = server->fd, .events = POLLIN}};
        if (poll(pollers, 2, TICK_MS) <= 0) {
            continue;
        }
        if (pollers[1].revents) {
            answer(server);
        } else if (pollers[0].revents) {
            accept_one(server);
        }
    }
    drop(server);
    return NULL;
}

static SSL_CTX *make_tls(const struct http_server_tls *tls)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(ctx, tls->certificate_file) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, tls->key_file, SSL_FILETYPE_PEM) != 1 ||
        (tls->client_ca_file &&
         SSL_CTX_load_verify_locations(ctx, tls->client_ca_file, NULL) != 1)) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    if (tls->client_ca_file) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return ctx;
}

struct http_server *http_server_start(const struct http_script *script, size_t count,
                                      const struct http_server_tls *tls)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    struct http_server *server = calloc(1, sizeof *server);
    if (!server) {
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN); /* SSL_write has no MSG_NOSIGNAL */
    pthread_mutex_init(&server->lock, NULL);
    server->script = script;
    server->count = count;
    server->fd = -1;
    server->tls = tls && tls->certificate_file ? make_tls(tls) : NULL;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if ((tls && tls->certificate_file && !server->tls) ||
        bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listener, 16) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0) {
        close(server->listener);
        SSL_CTX_free(server->tls);
        free(server);
        return NULL;
    }
    server->port = ntohs(address.sin_port);
    if (pthread_create(&server->thread, NULL, serve, server) != 0) {
        abort();
    }
    return server;
}

void http_server_stop(struct http_server *server)
{
    if (!server) {
        return;
    }
    atomic_store(&server->ended, true);
    pthread_join(server->thread, NULL);
    close(server->listener);
    SSL_CTX_free(server->tls);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

unsigned http_server_requests(struct http_server *server)
{
    return atomic_load(&server->requests);
}

unsigned http_server_connections(struct http_server *server)
{
    return atomic_load(&server->connections);
}

const char *http_server_last(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    memcpy(server->shown, server->last, sizeof server->shown);
    pthread_mutex_unlock(&server->lock);
    return server->shown;
}
