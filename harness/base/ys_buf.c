/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded buffers. `capacity` counts the NUL; 0 means that `bytes` is the shared empty text. */
#include "ys_buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ys_mem.h"

enum { CAPACITY_MIN = 64 };

/* What empty buffers point at, so that `bytes` is never NULL. Never written. */
static char empty_text[1];

void ys_buf_init(struct ys_buf *buf, size_t max)
{
    buf->bytes = empty_text;
    buf->length = 0;
    buf->capacity = 0;
    buf->max = max;
}

void ys_buf_clear(struct ys_buf *buf)
{
    if (buf->capacity > 0) {
        ys_free(buf->bytes);
    }
    ys_buf_init(buf, buf->max);
}

void ys_buf_reset(struct ys_buf *buf)
{
    buf->length = 0;
    if (buf->capacity > 0) {
        buf->bytes[0] = '\0';
    }
}

static enum ys_status grow(struct ys_buf *buf, size_t length)
{
    if (length > buf->max - buf->length) {
        return YS_ERR_LIMIT;
    }
    size_t needed = buf->length + length + 1;
    size_t grown = buf->capacity ? buf->capacity : CAPACITY_MIN;
    while (grown < needed) {
        grown *= 2;
    }
    if (grown - 1 > buf->max) {
        grown = buf->max + 1;
    }
    buf->bytes = ys_realloc(buf->capacity ? buf->bytes : NULL, grown);
    buf->capacity = grown;
    return YS_OK;
}

/* Makes room for `length` more bytes and the NUL; never beyond the max, as the capacity is not. */
static inline enum ys_status reserve(struct ys_buf *buf, size_t length)
{
    return length < buf->capacity - buf->length ? YS_OK : grow(buf, length);
}

enum ys_status ys_buf_append(struct ys_buf *buf, const void *bytes, size_t length)
{
    enum ys_status status = reserve(buf, length);
    if (status != YS_OK) {
        return status;
    }
    if (length > 0) {
        memcpy(buf->bytes + buf->length, bytes, length);
    }
    buf->length += length;
    buf->bytes[buf->length] = '\0';
    return YS_OK;
}

enum ys_status ys_buf_append_text(struct ys_buf *buf, const char *text)
{
    return ys_buf_append(buf, text, strlen(text));
}

enum ys_status ys_buf_append_char(struct ys_buf *buf, char byte)
{
    enum ys_status status = reserve(buf, 1);
    if (status == YS_OK) {
        buf->bytes[buf->length++] = byte;
        buf->bytes[buf->length] = '\0';
    }
    return status;
}

enum ys_status ys_buf_printf(struct ys_buf *buf, const char *format, ...)
{
    enum ys_status status = YS_ERR_ENCODING;
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0) {
        goto out;
    }
    status = reserve(buf, (size_t)length);
    if (status != YS_OK) {
        goto out;
    }
    vsnprintf(buf->bytes + buf->length, (size_t)length + 1, format, again);
    buf->length += (size_t)length;
out:
    va_end(again);
    va_end(args);
    return status;
}

char *ys_buf_take(struct ys_buf *buf)
{
    char *bytes = buf->capacity ? buf->bytes : ys_strdup("");
    ys_buf_init(buf, buf->max);
    return bytes;
}
