/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV (RFC 4180) with a header row, UTF-8 (a byte order mark is skipped). Rows become maps of
 * strings; a row of another width is an error with its line. YS_ERR_SYNTAX, YS_ERR_ENCODING,
 * YS_ERR_LIMIT, each with the place.
 */
#ifndef YS_CSV_H
#define YS_CSV_H

#include "ys_value.h"

YS_NODISCARD enum ys_status ys_csv_parse(struct ys_arena *arena, const char *name, const char *text,
                                         size_t length, const struct ys_value **ret_rows,
                                         struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_csv_load(struct ys_arena *arena, const char *path,
                                        const struct ys_value **ret_rows, struct ys_err *reterr);

#endif
