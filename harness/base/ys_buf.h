/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded byte buffer. Always NUL-terminated behind its last byte, so bytes can be read as text.
 *
 *     struct ys_buf body;
 *     ys_buf_init(&body, YS_HTTP_BODY_BYTES_MAX);
 *     status = ys_buf_append(&body, data, size);
 *     ys_buf_clear(&body);
 */
#ifndef YS_BUF_H
#define YS_BUF_H

#include <stddef.h>

#include "ys_err.h"

struct ys_buf {
    char *bytes; /* never NULL after init; bytes[length] is NUL */
    size_t length;
    size_t capacity;
    size_t max;
};

void ys_buf_init(struct ys_buf *buf, size_t max);
void ys_buf_clear(struct ys_buf *buf); /* frees; usable again with the same max */
void ys_buf_reset(struct ys_buf *buf); /* empties, keeps the memory */
/* YS_ERR_LIMIT when the content would pass max; the content is then unchanged. */
YS_NODISCARD enum ys_status ys_buf_append(struct ys_buf *buf, const void *bytes, size_t length);
YS_NODISCARD enum ys_status ys_buf_append_text(struct ys_buf *buf, const char *text);
YS_NODISCARD enum ys_status ys_buf_append_char(struct ys_buf *buf, char byte);
YS_NODISCARD enum ys_status ys_buf_printf(struct ys_buf *buf, const char *format, ...)
    YS_PRINTF(2, 3);
/* Ownership leaves the buffer; free with ys_free(). */
char *ys_buf_take(struct ys_buf *buf);

#endif
