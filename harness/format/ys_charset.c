/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings: UTF-8 is checked here, everything else is iconv's. */
#include "ys_charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "ys_buf.h"

enum { BLOCK_BYTES = 4096 };

/* The well-formed sequences of Unicode, table 3-7: no overlong form, no surrogate, no more than
 * U+10FFFF. The second byte decides; further ones are 80…BF. */
size_t ys_utf8_size(const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t size = 0;

    if (length == 0) {
        return 0;
    }
    if (s[0] < 0x80) {
        return 1;
    }
    if (s[0] >= 0xC2 && s[0] <= 0xDF) {
        size = 2;
    } else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
        size = 3;
        low = s[0] == 0xE0 ? 0xA0 : low;
        high = s[0] == 0xED ? 0x9F : high;
    } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
        size = 4;
        low = s[0] == 0xF0 ? 0x90 : low;
        high = s[0] == 0xF4 ? 0x8F : high;
    }
    if (size == 0 || size > length || s[1] < low || s[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if ((s[i] & 0xC0u) != 0x80u) {
            return 0;
        }
    }
    return size;
}

size_t ys_utf8_cut(const char *bytes, size_t length, size_t max)
{
    if (length <= max) {
        return length;
    }
    while (max > 0 && ((unsigned char)bytes[max] & 0xC0u) == 0x80u) {
        max--;
    }
    return max;
}

bool ys_utf8_is_valid(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t size = ys_utf8_size(bytes + at, length - at);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

/* One way of iconv over the whole text. Converts into `buf`. */
static enum ys_status convert(iconv_t converter, const char *from, const char *to,
                              const char *bytes, size_t length, struct ys_buf *buf,
                              struct ys_err *reterr)
{
    char block[BLOCK_BYTES];
    /* iconv's prototype lacks a const; it does not write its input. */
    char *rest = (char *)(uintptr_t)bytes;
    size_t left = length;
    bool flushing = false;

    for (;;) {
        char *out = block;
        size_t room = sizeof block;
        size_t done = flushing ? iconv(converter, NULL, NULL, &out, &room)
                               : iconv(converter, &rest, &left, &out, &room);
        int error = done == (size_t)-1 ? errno : 0;
        enum ys_status status = ys_buf_append(buf, block, (size_t)(out - block));
        if (status != YS_OK) {
            return ys_err_set(reterr, status, "the converted text is longer than %zu bytes",
                              buf->max);
        }
        if (error == E2BIG) {
            continue;
        }
        if (error != 0) {
            return ys_err_set(reterr, YS_ERR_ENCODING,
                              "the %s text cannot be read as %s: bad character at byte %zu", from,
                              to, length - left + 1);
        }
        if (flushing) {
            return YS_OK;
        }
        flushing = true;
    }
}

static enum ys_status convert_text(struct ys_arena *arena, const char *from, const char *to,
                                   const char *bytes, size_t length, char **ret_text,
                                   size_t *ret_length, struct ys_err *reterr)
{
    struct ys_buf buf;
    iconv_t converter = iconv_open(to, from);
    if (converter == (iconv_t)-1) {
        return ys_err_set(reterr, YS_ERR_ENCODING, "no conversion from %s to %s", from, to);
    }
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = convert(converter, from, to, bytes, length, &buf, reterr);
    if (status == YS_OK) {
        *ret_text = ys_arena_strndup(arena, buf.bytes, buf.length);
        *ret_length = buf.length;
    }
    ys_buf_clear(&buf);
    iconv_close(converter);
    return status;
}

enum ys_status ys_charset_to_utf8(struct ys_arena *arena, const char *charset, const char *bytes,
                                  size_t length, char **ret_text, size_t *ret_length,
                                  struct ys_err *reterr)
{
    return convert_text(arena, charset, "UTF-8", bytes, length, ret_text, ret_length, reterr);
}

enum ys_status ys_charset_from_utf8(struct ys_arena *arena, const char *charset, const char *text,
                                    size_t length, char **ret_bytes, size_t *ret_length,
                                    struct ys_err *reterr)
{
    return convert_text(arena, "UTF-8", charset, text, length, ret_bytes, ret_length, reterr);
}
