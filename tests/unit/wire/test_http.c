/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP against a scripted server on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certificates.h"
#include "http_server.h"
#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_http.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Case: Kept\r\n\r\nok"

struct world {
    struct http_server *server;
    struct ys_http *http;
    struct ys_http_reply reply;
    struct ys_http_config config;
    char folder[64];
    char url[128];
};

static int begin(void **state)
{
    static const char *const hosts[] = {"127.0.0.1"};
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    ys_http_reply_init(&world->reply);
    world->config.allowed_hosts = hosts;
    world->config.allowed_host_count = 1;
    world->config.user_agent = "yanshou/test";
    *state = world;
    return 0;
}

static void remove_part(const struct world *world, const char *name, const char *ending)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s.%s", world->folder, name, ending);
    unlink(path);
}

static int end(void **state)
{
    struct world *world = *state;
    ys_http_reply_clear(&world->reply);
    ys_http_free(world->http);
    http_server_stop(world->server);
    if (world->folder[0]) {
        const char *names[] = {"root", "stranger", "bank", "client"};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            remove_part(world, names[i], "pem");
            remove_part(world, names[i], "key");
        }
        rmdir(world->folder);
    }
    free(world);
    return 0;
}

static void open_http(struct world *world)
{
    struct ys_err err;
    if (ys_http_new(&world->config, &world->http, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
}

static void serve(struct world *world, const struct http_script *script, size_t count)
{
    world->server = http_server_start(script, count, NULL);
    assert_non_null(world->server);
    snprintf(world->url, sizeof world->url, "http://127.0.0.1:%u/",
             http_server_port(world->server));
    open_http(world);
}

static enum ys_status send_request(struct world *world, const struct ys_http_request *request,
                                   struct ys_err *err)
{
    memset(err, 0, sizeof *err);
    return ys_http_perform(world->http, request, &world->reply, err);
}

static enum ys_status get(struct world *world, struct ys_err *err)
{
    struct ys_http_request request = {.method = "GET", .url = world->url};
    return send_request(world, &request, err);
}

static void get_ok(struct world *world)
{
    struct ys_err err;
    if (get(world, &err) != YS_OK) {
        fail_msg("%s: %s", ys_status_name(err.status), err.text);
    }
}

static void expect(enum ys_status status, enum ys_status expected, const struct ys_err *err,
                   const char *says)
{
    if (status != expected || err->status != expected) {
        fail_msg("%s instead of %s: %s", ys_status_name(status), ys_status_name(expected),
                 err->text);
    }
    if (!strstr(err->text, says)) {
        fail_msg("\"%s\" does not say \"%s\"", err->text, says);
    }
}

static void get_fails(struct world *world, enum ys_status expected, const char *says)
{
    struct ys_err err;
    enum ys_status status = get(world, &err);
    expect(status, expected, &err, says);
}

static void a_reply_has_status_headers_body_and_timing(void **state)
{
    static const struct http_script script[] = {{OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    serve(world, script, 1);
    get_ok(world);
    assert_int_equal(world->reply.status, 200);
    assert_string_equal(world->reply.version, "1.1");
    assert_string_equal(world->reply.body.bytes, "ok");
    assert_int_equal(world->reply.header_count, 2);
    assert_string_equal(world->reply.headers[1].name, "X-Case");
    assert_string_equal(ys_http_reply_header(&world->reply, "x-case"), "Kept");
    assert_null(ys_http_reply_header(&world->reply, "absent"));
    assert_true(world->reply.timing.total_us > 0);
    assert_true(world->reply.timing.first_byte_us <= world->reply.timing.total_us);
    assert_string_equal(world->reply.tls_version, "");
    assert_non_null(strstr(world->reply.remote, "127.0.0.1:"));
    assert_non_null(strstr(http_server_last(world->server), "User-Agent: yanshou/test\r\n"));
}

static void a_second_request_keeps_the_connection(void **state)
{
    static const struct http_script script[] = {{OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    serve(world, script, 1);
    get_ok(world);
    assert_true(world->reply.new_connection);
    get_ok(world);
    assert_false(world->reply.new_connection);
    assert_string_equal(world->reply.body.bytes, "ok");
    assert_int_equal(http_server_connections(world->server), 1);
}

static void a_body_is_sent_with_the_callers_headers_only(void **state)
{
    static const struct http_script script[] = {{OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    struct ys_err err;
    serve(world, script, 1);
    struct ys_http_header headers[] = {{"X-Trace", "1"}, {"X-Empty", ""}};
    struct ys_http_request request = {.method = "POST",
                                      .url = world->url,
                                      .headers = headers,
                                      .header_count = 2,
                                      .body = "a=1\0b",
                                      .body_length = 5};
    assert_int_equal(send_request(world, &request, &err), YS_OK);
    const char *sent = http_server_last(world->server);
    assert_non_null(strstr(sent, "POST / HTTP/1.1\r\n"));
    assert_non_null(strstr(sent, "Content-Length: 5\r\n"));
    assert_non_null(strstr(sent, "X-Trace: 1\r\n"));
    assert_non_null(strstr(sent, "X-Empty:"));
    assert_null(strstr(sent, "Content-Type"));
    assert_null(strstr(sent, "Expect"));
    assert_memory_equal(strstr(sent, "\r\n\r\n") + 4, "a=1\0b", 5);
    /* The next request carries none of it. */
    get_ok(world);
    sent = http_server_last(world->server);
    assert_non_null(strstr(sent, "GET / HTTP/1.1\r\n"));
    assert_null(strstr(sent, "X-Trace"));
    assert_null(strstr(sent, "Content-Length"));
}

static void a_head_request_waits_for_no_body(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", 0, HTTP_KEEP}, {OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    struct ys_err err;
    serve(world, script, 2);
    struct ys_http_request request = {.method = "HEAD", .url = world->url};
    assert_int_equal(send_request(world, &request, &err), YS_OK);
    assert_int_equal(world->reply.body.length, 0);
    get_ok(world);
    assert_string_equal(world->reply.body.bytes, "ok");
}

static void a_host_that_is_not_allowed_is_never_contacted(void **state)
{
    static const struct http_script script[] = {{OK_REPLY, 0, HTTP_KEEP}};
    static const char *const hosts[] = {"bank.test", "127.0.0.1:1"};
    struct world *world = *state;
    world->config.allowed_hosts = hosts;
    world->config.allowed_host_count = 2;
    serve(world, script, 1);
    get_fails(world, YS_ERR_HTTP_HOST, "allowed_hosts");
    snprintf(world->url, sizeof world->url, "http://bank.test.evil.test/");
    get_fails(world, YS_ERR_HTTP_HOST, "bank.test.evil.test:80");
    assert_int_equal(http_server_connections(world->server), 0);
}

static void urls_that_mislead_are_refused(void **state)
{
    static const struct http_script script[] = {{OK_REPLY, 0, HTTP_KEEP}};
    static const char *const urls[] = {"http://127.0.0.1@evil.test/", "ftp://127.0.0.1/",
                                       "file:///etc/passwd", "127.0.0.1", ""};
    struct world *world = *state;
    serve(world, script, 1);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct ys_err err;
        struct ys_http_request request = {.method = "GET", .url = urls[i]};
        enum ys_status status = send_request(world, &request, &err);
        if (status != YS_ERR_ARGUMENT) {
            fail_msg("%s: %s", urls[i], ys_status_name(status));
        }
    }
    struct ys_err err;
    struct ys_http_header split = {"X-A", "1\r\nX-B: 2"};
    struct ys_http_request request = {
        .method = "GET", .url = world->url, .headers = &split, .header_count = 1};
    assert_int_equal(send_request(world, &request, &err), YS_ERR_ARGUMENT);
    request = (struct ys_http_request){.method = "GET /x", .url = world->url};
    assert_int_equal(send_request(world, &request, &err), YS_ERR_ARGUMENT);
    assert_int_equal(http_server_connections(world->server), 0);
}

static void a_redirect_is_a_reply_unless_asked_for(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n", 0, HTTP_KEEP},
        {"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n", 0, HTTP_KEEP},
        {OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    struct ys_err err;
    serve(world, script, 3);
    get_ok(world);
    assert_int_equal(world->reply.status, 302);
    struct ys_http_request request = {.method = "POST",
                                      .url = world->url,
                                      .body = "x",
                                      .body_length = 1,
                                      .follow_redirects = true};
    assert_int_equal(send_request(world, &request, &err), YS_OK);
    assert_int_equal(world->reply.status, 200);
    assert_non_null(strstr(http_server_last(world->server), "GET /next HTTP/1.1\r\n"));
    assert_int_equal(http_server_requests(world->server), 3);
}

static void a_redirect_to_a_host_that_is_not_allowed_is_refused(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n", 0,
         HTTP_KEEP}};
    struct world *world = *state;
    struct ys_err err;
    serve(world, script, 1);
    struct ys_http_request request = {.method = "GET", .url = world->url, .follow_redirects = true};
    enum ys_status status = send_request(world, &request, &err);
    expect(status, YS_ERR_HTTP_HOST, &err, "evil.test:80");
}

static void redirects_without_end_are_cut(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 307 Again\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 0, HTTP_KEEP}};
    struct world *world = *state;
    struct ys_err err;
    serve(world, script, 1);
    struct ys_http_request request = {.method = "GET", .url = world->url, .follow_redirects = true};
    enum ys_status status = send_request(world, &request, &err);
    expect(status, YS_ERR_LIMIT, &err, "YS_HTTP_REDIRECTS_MAX");
    assert_int_equal(http_server_requests(world->server), YS_HTTP_REDIRECTS_MAX + 1);
}

static void credentials_do_not_follow_to_another_origin(void **state)
{
    static const struct http_script second[] = {{OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    struct ys_err err;
    char redirect[160];
    struct http_server *other = http_server_start(second, 1, NULL);
    assert_non_null(other);
    snprintf(redirect, sizeof redirect,
             "HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\n\r\n",
             http_server_port(other));
    struct http_script script[] = {{redirect, 0, HTTP_KEEP}};
    serve(world, script, 1);
    struct ys_http_header headers[] = {{"Authorization", "Bearer secret"}, {"X-Trace", "1"}};
    struct ys_http_request request = {.method = "GET",
                                      .url = world->url,
                                      .headers = headers,
                                      .header_count = 2,
                                      .follow_redirects = true};
    assert_int_equal(send_request(world, &request, &err), YS_OK);
    assert_non_null(strstr(http_server_last(world->server), "Bearer secret"));
    assert_null(strstr(http_server_last(other), "Bearer secret"));
    assert_non_null(strstr(http_server_last(other), "X-Trace: 1"));
    http_server_stop(other);
}

static void a_cut_body_is_never_a_reply(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 0, HTTP_CLOSE}};
    struct world *world = *state;
    serve(world, script, 1);
    get_fails(world, YS_ERR_HTTP_CUT, "3 bytes of the body");
}

static void a_cut_chunk_is_never_a_reply(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 0, HTTP_CLOSE}};
    struct world *world = *state;
    serve(world, script, 1);
    get_fails(world, YS_ERR_HTTP_CUT, "127.0.0.1:");
}

static void a_connection_closed_without_a_reply_is_said(void **state)
{
    static const struct http_script script[] = {{NULL, 0, HTTP_CLOSE}};
    struct world *world = *state;
    serve(world, script, 1);
    get_fails(world, YS_ERR_HTTP_CUT, "0 bytes of the body");
}

static void a_post_on_a_dying_connection_is_not_sent_twice(void **state)
{
    static const struct http_script script[] = {
        {OK_REPLY, 0, HTTP_KEEP}, {NULL, 0, HTTP_CLOSE}, {OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    struct ys_err err;
    serve(world, script, 3);
    get_ok(world);
    struct ys_http_request request = {
        .method = "POST", .url = world->url, .body = "x", .body_length = 1};
    enum ys_status status = send_request(world, &request, &err);
    expect(status, YS_ERR_HTTP_CUT, &err, "not sent again");
    assert_int_equal(http_server_requests(world->server), 2);
}

static void a_get_on_a_dying_connection_is_sent_again(void **state)
{
    static const struct http_script script[] = {
        {OK_REPLY, 0, HTTP_KEEP}, {NULL, 0, HTTP_CLOSE}, {OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    serve(world, script, 3);
    get_ok(world);
    get_ok(world);
    assert_int_equal(http_server_requests(world->server), 3);
}

static void garbage_is_not_http(void **state)
{
    static const struct http_script script[] = {{"SSH-2.0-OpenSSH_9.2\r\n", 0, HTTP_CLOSE}};
    struct world *world = *state;
    serve(world, script, 1);
    get_fails(world, YS_ERR_HTTP_PROTOCOL, "is not HTTP");
}

static void too_many_headers_reach_the_limit(void **state)
{
    static char text[16384] = "HTTP/1.1 200 OK\r\n";
    static struct http_script script[] = {{text, 0, HTTP_CLOSE}};
    struct world *world = *state;
    size_t length = strlen(text);
    for (unsigned i = 0; i <= YS_HTTP_HEADERS_MAX; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "X-%u: 1\r\n", i);
    }
    snprintf(text + length, sizeof text - length, "\r\n");
    serve(world, script, 1);
    get_fails(world, YS_ERR_LIMIT, "YS_HTTP_HEADERS_MAX");
}

static void too_long_headers_reach_the_limit(void **state)
{
    enum { LINE = 60000, LINES = 6 };
    static char text[LINE * LINES + 100];
    static struct http_script script[] = {{text, 0, HTTP_CLOSE}};
    struct world *world = *state;
    size_t length = (size_t)snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n");
    for (unsigned i = 0; i < LINES; i++) {
        memset(text + length, 'a', LINE);
        text[length + 1] = ':';
        text[length + LINE - 2] = '\r';
        text[length + LINE - 1] = '\n';
        length += LINE;
    }
    snprintf(text + length, sizeof text - length, "\r\n");
    serve(world, script, 1);
    get_fails(world, YS_ERR_LIMIT, "YS_HTTP_HEADER_BYTES_MAX");
}

/* A gzip stream of `count` · 258 + 1 letters "a" (RFC 1951, 3.2.6), without a right trailer. */
static size_t make_bomb(uint8_t *bytes, size_t count)
{
    const uint8_t head[] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3};
    size_t bit = sizeof head * 8;
    memcpy(bytes, head, sizeof head);
    /* One literal 'a' (00110000 + 61h = 10010001b, first bit first) in a final fixed block. */
    const char *start = "110"
                        "10010001";
    const char *repeat = "11000101"
                         "00000";
    for (const char *c = start; *c; c++, bit++) {
        bytes[bit / 8] |= (uint8_t)((*c - '0') << (bit % 8));
    }
    for (size_t i = 0; i < count; i++) {
        for (const char *c = repeat; *c; c++, bit++) {
            bytes[bit / 8] |= (uint8_t)((*c - '0') << (bit % 8));
        }
    }
    bit += 7; /* end of block: 0000000 */
    return (bit + 7) / 8;
}

static void a_small_body_that_unpacks_beyond_the_cap_is_stopped(void **state)
{
    enum { REPEATS = 70000, ROOM = 200000 };
    static char text[ROOM];
    static uint8_t packed[ROOM];
    static struct http_script script[] = {{text, 0, HTTP_CLOSE}};
    struct world *world = *state;
    memset(packed, 0, sizeof packed);
    size_t packed_length = make_bomb(packed, REPEATS);
    assert_true((size_t)REPEATS * 258 > YS_HTTP_BODY_BYTES_MAX);
    size_t length = (size_t)snprintf(text, sizeof text,
                                     "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                                     "Content-Length: %zu\r\n\r\n",
                                     packed_length);
    memcpy(text + length, packed, packed_length);
    script[0].length = length + packed_length;
    serve(world, script, 1);
    get_fails(world, YS_ERR_LIMIT, "YS_HTTP_BODY_BYTES_MAX");
}

static void an_announced_body_beyond_the_cap_is_not_awaited(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", 0, HTTP_STALL}};
    struct world *world = *state;
    serve(world, script, 1);
    get_fails(world, YS_ERR_LIMIT, "YS_HTTP_BODY_BYTES_MAX");
}

static void a_body_that_does_not_fit_its_encoding_is_refused(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", 0,
         HTTP_CLOSE}};
    struct world *world = *state;
    serve(world, script, 1);
    get_fails(world, YS_ERR_HTTP_PROTOCOL, "Content-Encoding");
}

static void silence_ends_at_the_stall_timeout(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 0, HTTP_STALL}};
    struct world *world = *state;
    world->config.stall_ms = 1000;
    serve(world, script, 1);
    get_fails(world, YS_ERR_HTTP_TIMEOUT, "went silent");
    assert_true(world->reply.timing.total_us < 15000000);
}

static void slowness_ends_at_the_total_timeout(void **state)
{
    static const struct http_script script[] = {{NULL, 0, HTTP_STALL}};
    struct world *world = *state;
    struct ys_err err;
    serve(world, script, 1);
    struct ys_http_request request = {.method = "GET", .url = world->url, .total_ms = 300};
    enum ys_status status = send_request(world, &request, &err);
    expect(status, YS_ERR_HTTP_TIMEOUT, &err, "not complete after");
    assert_true(world->reply.timing.total_us >= 290000);
}

static void a_refused_connection_names_host_and_port(void **state)
{
    static const struct http_script script[] = {{OK_REPLY, 0, HTTP_KEEP}};
    struct world *world = *state;
    char place[40];
    serve(world, script, 1);
    snprintf(place, sizeof place, "127.0.0.1:%u", http_server_port(world->server));
    http_server_stop(world->server);
    world->server = NULL;
    get_fails(world, YS_ERR_HTTP_CONNECT, place);
}

static void an_unknown_name_is_said_to_be_unknown(void **state)
{
    static const char *const hosts[] = {"no-such-host.invalid"};
    struct world *world = *state;
    world->config.allowed_hosts = hosts;
    open_http(world);
    snprintf(world->url, sizeof world->url, "http://no-such-host.invalid/");
    get_fails(world, YS_ERR_HTTP_RESOLVE, "no-such-host.invalid");
}

static void *raise_flag(void *flag)
{
    volatile int *stop = flag;
    ys_sleep_ms(200);
    __atomic_store_n(stop, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void a_stop_ends_a_request_under_way(void **state)
{
    static const struct http_script script[] = {{NULL, 0, HTTP_STALL}};
    static volatile int stop;
    struct world *world = *state;
    pthread_t thread;
    serve(world, script, 1);
    ys_http_set_stop(world->http, &stop);
    void *flag = (void *)(uintptr_t)&stop;
    assert_int_equal(pthread_create(&thread, NULL, raise_flag, flag), 0);
    get_fails(world, YS_ERR_INTERRUPTED, "stopped");
    assert_true(world->reply.timing.total_us < 2000000);
    pthread_join(thread, NULL);
    get_fails(world, YS_ERR_INTERRUPTED, "before");
}

/* TLS. */

static const char *part(const struct world *world, char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", world->folder, name);
    return path;
}

/* A root, a bank whose certificate is made for `hosts`, and a client, served over TLS. */
static void serve_tls(struct world *world, const char *hosts, int days, const char *trusted,
                      bool ask_client)
{
    static const struct http_script script[] = {{OK_REPLY, 0, HTTP_KEEP}};
    char certificate[128];
    char key[128];
    char root[128];
    char ca[128];

    snprintf(world->folder, sizeof world->folder, "/tmp/yanshou-tls-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    assert_true(certificate_make(world->folder, "root", NULL, NULL, 30));
    assert_true(certificate_make(world->folder, "stranger", NULL, NULL, 30));
    assert_true(certificate_make(world->folder, "bank", "root", hosts, days));
    assert_true(certificate_make(world->folder, "client", "root", NULL, 30));
    struct http_server_tls tls = {
        .certificate_file = part(world, certificate, "bank.pem"),
        .key_file = part(world, key, "bank.key"),
        .client_ca_file = ask_client ? part(world, root, "root.pem") : NULL,
    };
    world->server = http_server_start(script, 1, &tls);
    assert_non_null(world->server);
    world->config.ca_file = part(world, ca, trusted);
    open_http(world);
    snprintf(world->url, sizeof world->url, "https://127.0.0.1:%u/",
             http_server_port(world->server));
}

static void tls_facts_are_known_on_kept_connections_too(void **state)
{
    struct world *world = *state;
    struct ys_certificate certificate;
    struct ys_err err;
    serve_tls(world, "DNS:localhost,IP:127.0.0.1", 30, "root.pem", false);
    for (int i = 0; i < 2; i++) {
        get_ok(world);
        assert_int_equal(world->reply.new_connection, i == 0);
        assert_string_equal(world->reply.tls_version, "TLSv1.3");
        assert_non_null(strstr(world->reply.tls_cipher, "TLS_"));
        assert_int_equal(ys_certificate_read(&world->reply.arena, world->reply.peer_certificate,
                                             &certificate, &err),
                         YS_OK);
        assert_string_equal(certificate.subject, "CN=bank");
        assert_true(i == 1 || world->reply.timing.tls_us > 0);
    }
}

static void an_unknown_issuer_is_named_with_the_remedy(void **state)
{
    struct world *world = *state;
    serve_tls(world, "IP:127.0.0.1", 30, "stranger.pem", false);
    get_fails(world, YS_ERR_HTTP_TLS, "issued by CN=root, which is not known");
    assert_int_equal(http_server_requests(world->server), 0);
}

static void an_expired_certificate_tells_since_when(void **state)
{
    struct world *world = *state;
    serve_tls(world, "IP:127.0.0.1", -3, "root.pem", false);
    get_fails(world, YS_ERR_HTTP_TLS, "CN=bank of 127.0.0.1:");
    get_fails(world, YS_ERR_HTTP_TLS, " expired at 20");
    assert_int_equal(http_server_requests(world->server), 0);
}

static void a_certificate_for_another_host_tells_for_which(void **state)
{
    struct world *world = *state;
    serve_tls(world, "DNS:api.bank.test,IP:127.0.0.9", 30, "root.pem", false);
    get_fails(world, YS_ERR_HTTP_TLS, "is made for api.bank.test, 127.0.0.9, not for 127.0.0.1");
    assert_int_equal(http_server_requests(world->server), 0);
}

static void a_missing_client_certificate_is_asked_for(void **state)
{
    struct world *world = *state;
    serve_tls(world, "IP:127.0.0.1", 30, "root.pem", true);
    get_fails(world, YS_ERR_HTTP_TLS, "`client_certificate`");
    assert_int_equal(http_server_requests(world->server), 0);
}

static void a_client_certificate_opens_the_door(void **state)
{
    struct world *world = *state;
    char certificate[128];
    char key[128];
    serve_tls(world, "IP:127.0.0.1", 30, "root.pem", true);
    char ca[128];
    world->config.ca_file = part(world, ca, "root.pem");
    world->config.client_cert_file = part(world, certificate, "client.pem");
    world->config.client_key_file = part(world, key, "client.key");
    ys_http_free(world->http);
    open_http(world);
    get_ok(world);
    assert_int_equal(world->reply.status, 200);
}

static void a_client_key_of_another_certificate_is_named(void **state)
{
    struct world *world = *state;
    char certificate[128];
    char key[128];
    char ca[128];
    serve_tls(world, "IP:127.0.0.1", 30, "root.pem", true);
    world->config.ca_file = part(world, ca, "root.pem");
    world->config.client_cert_file = part(world, certificate, "client.pem");
    world->config.client_key_file = part(world, key, "stranger.key");
    ys_http_free(world->http);
    open_http(world);
    get_fails(world, YS_ERR_HTTP_TLS, "client.pem");
}

static void plain_http_on_a_tls_port_is_explained(void **state)
{
    static const struct http_script script[] = {
        {"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", 0, HTTP_CLOSE}};
    struct world *world = *state;
    serve(world, script, 1);
    snprintf(world->url, sizeof world->url, "https://127.0.0.1:%u/",
             http_server_port(world->server));
    world->config.total_ms = 1000;
    ys_http_free(world->http);
    open_http(world);
    struct ys_err err;
    enum ys_status status = get(world, &err);
    expect(status, YS_ERR_HTTP_TIMEOUT, &err, "no TLS handshake within");
}

static void a_missing_file_is_told_before_any_request(void **state)
{
    struct world *world = *state;
    struct ys_err err;
    world->config.ca_file = "/nonexistent/root.pem";
    assert_int_equal(ys_http_new(&world->config, &world->http, &err), YS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "/nonexistent/root.pem"));
    assert_null(world->http);
}

static void texts_are_encoded_for_urls(void **state)
{
    struct ys_arena arena;
    (void)state;
    ys_arena_init(&arena);
    assert_string_equal(ys_url_encode(&arena, "aZ0-._~"), "aZ0-._~");
    assert_string_equal(ys_url_encode(&arena, "a b/\xE6\xB5\x8B&"), "a%20b%2F%E6%B5%8B%26");
    assert_string_equal(ys_url_encode(&arena, ""), "");
    ys_arena_clear(&arena);
}

static void a_url_has_host_and_port(void **state)
{
    struct ys_arena arena;
    struct ys_err err;
    const char *host = NULL;
    uint16_t port = 0;
    (void)state;
    ys_arena_init(&arena);
    assert_int_equal(ys_url_host(&arena, "https://api.bank.test/x?y", &host, &port, &err), YS_OK);
    assert_string_equal(host, "api.bank.test");
    assert_int_equal(port, 443);
    assert_int_equal(ys_url_host(&arena, "http://[::1]:8080", &host, &port, &err), YS_OK);
    assert_int_equal(port, 8080);
    assert_int_equal(ys_url_host(&arena, "mailto:x", &host, &port, &err), YS_ERR_ARGUMENT);
    assert_int_equal(port, 8080);
    ys_arena_clear(&arena);
}

#define OVER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER(a_reply_has_status_headers_body_and_timing),
        OVER(a_second_request_keeps_the_connection),
        OVER(a_body_is_sent_with_the_callers_headers_only),
        OVER(a_head_request_waits_for_no_body),
        OVER(a_host_that_is_not_allowed_is_never_contacted),
        OVER(urls_that_mislead_are_refused),
        OVER(a_redirect_is_a_reply_unless_asked_for),
        OVER(a_redirect_to_a_host_that_is_not_allowed_is_refused),
        OVER(redirects_without_end_are_cut),
        OVER(credentials_do_not_follow_to_another_origin),
        OVER(a_cut_body_is_never_a_reply),
        OVER(a_cut_chunk_is_never_a_reply),
        OVER(a_connection_closed_without_a_reply_is_said),
        OVER(a_post_on_a_dying_connection_is_not_sent_twice),
        OVER(a_get_on_a_dying_connection_is_sent_again),
        OVER(garbage_is_not_http),
        OVER(too_many_headers_reach_the_limit),
        OVER(too_long_headers_reach_the_limit),
        OVER(a_small_body_that_unpacks_beyond_the_cap_is_stopped),
        OVER(an_announced_body_beyond_the_cap_is_not_awaited),
        OVER(a_body_that_does_not_fit_its_encoding_is_refused),
        OVER(silence_ends_at_the_stall_timeout),
        OVER(slowness_ends_at_the_total_timeout),
        OVER(a_refused_connection_names_host_and_port),
        OVER(an_unknown_name_is_said_to_be_unknown),
        OVER(a_stop_ends_a_request_under_way),
        OVER(tls_facts_are_known_on_kept_connections_too),
        OVER(an_unknown_issuer_is_named_with_the_remedy),
        OVER(an_expired_certificate_tells_since_when),
        OVER(a_certificate_for_another_host_tells_for_which),
        OVER(a_missing_client_certificate_is_asked_for),
        OVER(a_client_certificate_opens_the_door),
        OVER(a_client_key_of_another_certificate_is_named),
        OVER(plain_http_on_a_tls_port_is_explained),
        OVER(a_missing_file_is_told_before_any_request),
        cmocka_unit_test(texts_are_encoded_for_urls),
        cmocka_unit_test(a_url_has_host_and_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
