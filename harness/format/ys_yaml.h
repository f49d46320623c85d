/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML by libyaml, the only file that includes it, read into ys_value with positions.
 *
 * Scalars follow the YAML 1.2 core schema, narrowed: plain true/false, null/~, integers without
 * leading zeros and decimals are typed; everything else (yes, no, on, 0123, 1e3, 2026-01-01,
 * 5.4.1) is a string. Quoted scalars are strings. Duplicate keys, non-string keys, tags, merge
 * keys, several documents and too much aliasing are errors. Also reads JSON.
 *
 * YS_ERR_SYNTAX, YS_ERR_ENCODING, YS_ERR_RANGE (a number of too many digits), YS_ERR_UNDEFINED (an
 * alias), YS_ERR_LIMIT; each with the place. A byte order mark is skipped.
 */
#ifndef YS_YAML_H
#define YS_YAML_H

#include "ys_value.h"

/* A document keeps its text, so that a complaint can show the line. Arena-owned. */
struct ys_document {
    const char *name; /* the path as given */
    const char *text;
    size_t length;
    const struct ys_value *root;
    char digest[65]; /* SM3 of the bytes, hexadecimal */
};

YS_NODISCARD enum ys_status ys_yaml_parse(struct ys_arena *arena, const char *name,
                                          const char *text, size_t length,
                                          const struct ys_document **ret_document,
                                          struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_yaml_load(struct ys_arena *arena, const char *path,
                                         const struct ys_document **ret_document,
                                         struct ys_err *reterr);
/* Loads many files, on as many threads as there are processors. Each has its document or the error
 * of ys_yaml_load(), the other is NULL; both are arena-owned. */
struct ys_yaml_file {
    const char *path;
    const struct ys_document *document;
    const struct ys_err *err;
};
void ys_yaml_load_all(struct ys_arena *arena, struct ys_yaml_file *files, size_t count);
/* Line `line` of the text without its newline; "" when there is none. Arena-owned. */
const char *ys_document_line(struct ys_arena *arena, const struct ys_document *document,
                             uint32_t line);

#endif
