/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of evidence.jsonl, checked byte by byte without building a tree. Private to this room.
 *
 * A line must be a JSON object in canonical form (RFC 8785): no blanks, members sorted by UTF-16
 * code units and unique, the shortest escapes, valid UTF-8. So a line has one way to be written,
 * and a changed byte either breaks the form or the chain.
 */
#ifndef YS_LINE_H
#define YS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ys_line {
    int64_t seq;      /* 0 = none */
    const char *prev; /* 64 lower-case hexadecimal digits within the line, NULL = none */
    size_t seq_at;    /* offset of the value of "seq" */
    size_t prev_at;   /* offset of the value of "prev" */
};

/* False with the offset of the first wrong byte and what is wrong (a static text). */
bool ys_line_read(const char *text, size_t length, struct ys_line *ret_line, size_t *ret_bad_at,
                  const char **ret_why);

#endif
