/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A streaming JSON writer in the form of ys_json_write_pretty(), for texts of any length in flat
 * memory.
 *
 * `name` is that of a member, NULL in a list. A NULL text is no member at all. Errors stick, and
 * ys_jw_finish() tells them. Maps and lists nest up to YS_JSON_DEPTH_MAX.
 */
#ifndef YS_JSON_WRITER_H
#define YS_JSON_WRITER_H

#include "ys_value.h"

struct ys_jw;

/* Takes the text piece by piece; what fails there is kept there. */
typedef void (*ys_jw_write_fn)(void *to, const char *bytes, size_t length);

struct ys_jw *ys_jw_new(ys_jw_write_fn write, void *to);
/* Writes what is left, and frees in any case. YS_ERR_LIMIT (depth). */
YS_NODISCARD enum ys_status ys_jw_finish(struct ys_jw *jw, struct ys_err *reterr);

void ys_jw_map(struct ys_jw *jw, const char *name);
void ys_jw_list(struct ys_jw *jw, const char *name);
void ys_jw_end(struct ys_jw *jw); /* of the innermost map or list */
void ys_jw_text(struct ys_jw *jw, const char *name, const char *text);
void ys_jw_printf(struct ys_jw *jw, const char *name, const char *format, ...) YS_PRINTF(3, 4);
void ys_jw_int(struct ys_jw *jw, const char *name, int64_t number);
void ys_jw_bool(struct ys_jw *jw, const char *name, bool boolean);
void ys_jw_value(struct ys_jw *jw, const char *name, const struct ys_value *value); /* or NULL */

#endif
