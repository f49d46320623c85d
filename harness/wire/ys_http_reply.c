/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP replies: their life, and their headers as received. */
#include "ys_http_reply.h"

#include <string.h>
#include <strings.h>

enum { HEADERS_AT_FIRST = 16 };

void ys_http_reply_init(struct ys_http_reply *reply)
{
    memset(reply, 0, sizeof *reply);
    ys_buf_init(&reply->body, YS_HTTP_BODY_BYTES_MAX);
    ys_arena_init(&reply->arena);
    reply->version = reply->remote = reply->tls_version = "";
    reply->tls_cipher = reply->peer_certificate = "";
}

void ys_http_reply_clear(struct ys_http_reply *reply)
{
    ys_buf_clear(&reply->body);
    ys_arena_clear(&reply->arena);
    ys_http_reply_init(reply);
}

void ys_http__reply_reset(struct ys_http_reply *reply)
{
    struct ys_buf body = reply->body;
    struct ys_arena arena = reply->arena;
    ys_http_reply_init(reply);
    reply->body = body;
    reply->arena = arena;
    ys_buf_reset(&reply->body);
    ys_arena_reset(&reply->arena);
}

const char *ys_http_reply_header(const struct ys_http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (strcasecmp(reply->headers[i].name, name) == 0) {
            return reply->headers[i].value;
        }
    }
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char *copy_trimmed(struct ys_arena *arena, const char *bytes, size_t length)
{
    while (length > 0 && is_blank(bytes[length - 1])) {
        length--;
    }
    while (length > 0 && is_blank(bytes[0])) {
        bytes++;
        length--;
    }
    return ys_arena_strndup(arena, bytes, length);
}

/* The array has room for 16, then 32, 64 …: full whenever the count is one of these. */
static struct ys_http_header *new_header(struct ys_http_reply *reply)
{
    size_t count = reply->header_count;
    if (count == 0 || (count >= HEADERS_AT_FIRST && (count & (count - 1)) == 0)) {
        size_t capacity = count ? count * 2 : HEADERS_AT_FIRST;
        struct ys_http_header *grown = ys_arena_calloc(&reply->arena, capacity, sizeof *grown);
        if (count > 0) {
            memcpy(grown, reply->headers, count * sizeof *grown);
        }
        reply->headers = grown;
    }
    reply->header_count++;
    return &reply->headers[count];
}

bool ys_http__reply_add_line(struct ys_http_reply *reply, const char *line, size_t length)
{
    struct ys_arena *arena = &reply->arena;
    if (length == 0 || line[0] == '\r' || line[0] == '\n') {
        return true;
    }
    if (is_blank(line[0]) && reply->header_count > 0) {
        struct ys_http_header *last = &reply->headers[reply->header_count - 1];
        const char *more = copy_trimmed(arena, line, length);
        last->value = ys_arena_printf(arena, "%s %s", last->value, more);
        return true;
    }
    if (reply->header_count == YS_HTTP_HEADERS_MAX) {
        return false;
    }
    const char *colon = memchr(line, ':', length);
    size_t name_length = colon ? (size_t)(colon - line) : length;
    size_t value_at = colon ? name_length + 1 : length;
    struct ys_http_header *header = new_header(reply);
    header->name = copy_trimmed(arena, line, name_length);
    header->value = copy_trimmed(arena, line + value_at, length - value_at);
    return true;
}
