/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status codes and error details.
 *
 * A fallible function returns an enum ys_status and takes, as its last parameter, a
 * struct ys_err owned by the caller (or NULL). Outputs are untouched on failure, the error is
 * untouched on success. A lower error is passed up unchanged; a caller may put context in front.
 * There is no global or thread-local error state.
 *
 *     struct ys_err err;
 *     if (ys_yaml_load(arena, path, &doc, &err) != YS_OK) {
 *         return ys_err_prefix(reterr, &err, "candidate file");
 *     }
 */
#ifndef YS_ERR_H
#define YS_ERR_H

#include <stddef.h>
#include <stdint.h>

#include "ys_limits.h"

#define YS_NODISCARD __attribute__((warn_unused_result))
#define YS_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))

enum ys_status {
    YS_OK = 0,
#define YS_STATUS(name, number, text) name = number,
#include "ys_err.def"
#undef YS_STATUS
};

/* Where and why. `source` is a file name or "", `line` and `column` count from 1, 0 = unknown. */
struct ys_err {
    enum ys_status status;
    uint32_t line;
    uint32_t column;
    char source[YS_ERR_SOURCE_MAX];
    char text[YS_ERR_TEXT_MAX];
};

/* Fills *reterr (where it is not NULL) and returns `status`. A too long text is cut. */
enum ys_status ys_err_set(struct ys_err *reterr, enum ys_status status, const char *format, ...)
    YS_PRINTF(3, 4);

/* The same with a place. `source` may be NULL. */
enum ys_status ys_err_at(struct ys_err *reterr, enum ys_status status, const char *source,
                         uint32_t line, uint32_t column, const char *format, ...) YS_PRINTF(6, 7);

/* Copies `lower` to *reterr with "context: " in front and returns its status. They may be one. */
enum ys_status ys_err_prefix(struct ys_err *reterr, const struct ys_err *lower, const char *format,
                             ...) YS_PRINTF(3, 4);

/* The symbol ("YS_ERR_IO") and the sentence of a status. Static strings. */
const char *ys_status_name(enum ys_status status);
const char *ys_status_text(enum ys_status status);

#endif
