/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259) by jansson, the only file that includes it, and canonical output (RFC 8785).
 * Reals are read with 15 significant digits, which is exact for every amount of money.
 *
 * Writers: numbers have the form of ECMAScript ("1e-7", "100"), but keep all their digits beyond
 * 2^53 too. Bytes that are no UTF-8 become U+FFFD, so that the output is JSON whatever came in.
 * YS_ERR_LIMIT is the only failure; the buffer then holds the part that fitted.
 */
#ifndef YS_JSON_H
#define YS_JSON_H

#include "ys_buf.h"
#include "ys_value.h"

/* Duplicate names and trailing bytes are errors with line and column. YS_ERR_SYNTAX,
 * YS_ERR_ENCODING, YS_ERR_RANGE (a number that no decimal holds), YS_ERR_LIMIT (depth). */
YS_NODISCARD enum ys_status ys_json_parse(struct ys_arena *arena, const char *text, size_t length,
                                          const struct ys_value **ret_value, struct ys_err *reterr);
/* The members of these names alone, of the map and of those among them that are maps; the rest is
 * passed over by its brackets and strings, at a fraction of the cost. For what is known to be JSON:
 * not all that is none is noticed. YS_ERR_SYNTAX and those of reading what was picked. */
YS_NODISCARD enum ys_status ys_json_pick(struct ys_arena *arena, const char *text, size_t length,
                                         const char *const *names, size_t count,
                                         const struct ys_value **ret_map, struct ys_err *reterr);
/* Canonical form: no blanks, members sorted by UTF-16 code units, minimal escapes. */
YS_NODISCARD enum ys_status ys_json_write(const struct ys_value *value, struct ys_buf *buf);
/* For people: one line, members in their order, a blank behind each ',' and ':'. */
YS_NODISCARD enum ys_status ys_json_write_line(const struct ys_value *value, struct ys_buf *buf);
/* For people: two blanks a level, members in their order, a newline at the end. */
YS_NODISCARD enum ys_status ys_json_write_pretty(const struct ys_value *value, struct ys_buf *buf);
/* Appends a JSON string literal with its quotes. */
YS_NODISCARD enum ys_status ys_json_write_string(const char *bytes, size_t length,
                                                 struct ys_buf *buf);

#endif
