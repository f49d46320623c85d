/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads evidence.jsonl (or any file of lines) one line at a time in flat memory.
 *
 *     struct ys_lines *lines = NULL;
 *     status = ys_lines_open(path, &lines, reterr);
 *     while (status == YS_OK && (status = ys_lines_next(lines, &line, reterr)) == YS_OK &&
 *            line.text) { … }
 *     ys_lines_free(lines);
 */
#ifndef YS_LINES_H
#define YS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ys_err.h"

#define YS_LINES_BYTES_MAX (YS_RECORD_BYTES_MAX + 4096u) /* a record and what the log adds */

struct ys_lines;

struct ys_lines_line {
    const char *text; /* without the newline, NUL behind it; NULL at the end of the file */
    size_t length;
    int64_t offset; /* of its first byte in the file */
    bool is_whole;  /* a newline ends it */
};

/* YS_ERR_NOT_FOUND, YS_ERR_IO. */
YS_NODISCARD enum ys_status ys_lines_open(const char *path, struct ys_lines **ret_lines,
                                          struct ys_err *reterr);
/* The text is valid until the next call. YS_ERR_LIMIT for a line beyond YS_LINES_BYTES_MAX. */
YS_NODISCARD enum ys_status ys_lines_next(struct ys_lines *lines, struct ys_lines_line *ret_line,
                                          struct ys_err *reterr);
void ys_lines_free(struct ys_lines *lines);

#endif
