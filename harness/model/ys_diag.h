/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics of documents: all problems of a file in one pass, each with its place, the source
 * line with a caret, what was expected and the nearest known name.
 */
#ifndef YS_DIAG_H
#define YS_DIAG_H

#include <stdbool.h>

#include "ys_buf.h"
#include "ys_yaml.h"

struct ys_diag {
    const struct ys_document *document; /* NULL: not about a place in a file */
    uint32_t line;
    uint32_t column;
    bool warning;           /* told, but the document is usable */
    const char *text;       /* "unknown key 'expcet'" */
    const char *expected;   /* "one of call, http, card …" or NULL */
    const char *suggestion; /* "expect" or NULL */
};

struct ys_diags {
    struct ys_arena *arena;
    struct ys_diag *items;
    size_t count;
    size_t capacity;
    size_t errors;  /* those that are not warnings, further ones beyond the cap included */
    size_t omitted; /* beyond YS_DIAGNOSTICS_MAX */
};

void ys_diags_init(struct ys_diags *diags, struct ys_arena *arena);
/* Adds an error at a value (NULL: no place). */
struct ys_diag *ys_diag_add(struct ys_diags *diags, const struct ys_document *document,
                            const struct ys_value *at, const char *format, ...) YS_PRINTF(4, 5);
struct ys_diag *ys_diag_add_at(struct ys_diags *diags, const struct ys_document *document,
                               uint32_t line, uint32_t column, const char *format, ...)
    YS_PRINTF(5, 6);
/* Takes over an error of a lower room (a YAML syntax error, say). */
void ys_diag_add_err(struct ys_diags *diags, const struct ys_document *document,
                     const struct ys_err *err);
/* "file:line:column: error: …", the line, a caret, "expected …", "did you mean …?". */
YS_NODISCARD enum ys_status ys_diag_format(const struct ys_diag *diag, struct ys_buf *buf);

#endif
