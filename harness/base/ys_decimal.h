/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact decimal numbers for money and ratios: coefficient · 10^-scale, never floating point.
 * Kept normalised: no trailing zero in the fraction, zero has scale 0.
 */
#ifndef YS_DECIMAL_H
#define YS_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ys_err.h"

#define YS_DECIMAL_SCALE_MAX 18u
#define YS_DECIMAL_TEXT_MAX 48u /* bytes of the longest text form, NUL included */

struct ys_decimal {
    int64_t coefficient;
    uint8_t scale;
};

struct ys_decimal ys_decimal_from_int(int64_t value);
/* Grammar of JSON numbers, with an optional leading '+'; the whole text must match. YS_ERR_NUMBER,
 * YS_ERR_RANGE. */
YS_NODISCARD enum ys_status ys_decimal_parse(const char *text, size_t length,
                                             struct ys_decimal *ret_value, struct ys_err *reterr);
/* The shortest plain form ("-12.5", "100"). `text` holds YS_DECIMAL_TEXT_MAX bytes. */
size_t ys_decimal_format(struct ys_decimal value, char *text);
/* At least `places` digits behind the point ("100.00"). */
size_t ys_decimal_format_places(struct ys_decimal value, unsigned places, char *text);
/* -1, 0, 1. Never fails: compares by value whatever the scales. */
int ys_decimal_compare(struct ys_decimal a, struct ys_decimal b);
bool ys_decimal_is_integer(struct ys_decimal value);
/* YS_ERR_RANGE when there is a fraction. */
YS_NODISCARD enum ys_status ys_decimal_to_int(struct ys_decimal value, int64_t *ret_value);

/* Exact arithmetic; YS_ERR_RANGE on overflow. Division that does not end within
 * YS_DECIMAL_SCALE_MAX digits, or by zero, is YS_ERR_RANGE: a suite compares products instead. */
YS_NODISCARD enum ys_status ys_decimal_add(struct ys_decimal a, struct ys_decimal b,
                                           struct ys_decimal *ret);
YS_NODISCARD enum ys_status ys_decimal_subtract(struct ys_decimal a, struct ys_decimal b,
                                                struct ys_decimal *ret);
YS_NODISCARD enum ys_status ys_decimal_multiply(struct ys_decimal a, struct ys_decimal b,
                                                struct ys_decimal *ret);
YS_NODISCARD enum ys_status ys_decimal_divide(struct ys_decimal a, struct ys_decimal b,
                                              struct ys_decimal *ret);
/* a - b·floor(a/b), integers only. */
YS_NODISCARD enum ys_status ys_decimal_remainder(struct ys_decimal a, struct ys_decimal b,
                                                 struct ys_decimal *ret);

/* Strict whole numbers: decimal digits only, the whole text, within range. */
YS_NODISCARD enum ys_status ys_parse_u64(const char *text, size_t length, uint64_t *ret_value);
/* "200ms", "5s", "2m", "1h" → milliseconds. */
YS_NODISCARD enum ys_status ys_parse_duration(const char *text, int64_t *ret_ms,
                                              struct ys_err *reterr);

#endif
