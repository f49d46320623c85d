/* SPDX-License-Identifier: Apache-2.0 */
/* Character encodings by iconv: UTF-8 inside, GB18030 (and GBK, its subset) outside. */
#ifndef YS_CHARSET_H
#define YS_CHARSET_H

#include <stdbool.h>

#include "ys_err.h"
#include "ys_mem.h"

/* Bytes of the UTF-8 character at `bytes`, 0 where there is none that is well formed. */
size_t ys_utf8_size(const char *bytes, size_t length);
bool ys_utf8_is_valid(const char *bytes, size_t length);
/* The length of a text that is cut to at most `max` bytes, never inside a character. */
size_t ys_utf8_cut(const char *bytes, size_t length, size_t max);
/* `charset` is a name that iconv knows. YS_ERR_ENCODING names the place of the first bad
 * byte, from 1. Arena-owned, NUL-terminated. */
YS_NODISCARD enum ys_status ys_charset_to_utf8(struct ys_arena *arena, const char *charset,
                                               const char *bytes, size_t length, char **ret_text,
                                               size_t *ret_length, struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_charset_from_utf8(struct ys_arena *arena, const char *charset,
                                                 const char *text, size_t length, char **ret_bytes,
                                                 size_t *ret_length, struct ys_err *reterr);

#endif
