/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions of suites and of JSONPath: I-Regexp (RFC 9485) and, from XML Schema, the
 * classes \d \D \s \S \w \W. Characters are Unicode code points; '.' is any but a line end; '^' and
 * '$' are characters like others.
 *
 * A pattern becomes an automaton all of whose states advance together, so the time is bounded by
 * the pattern's size times the text's whatever both are: no reply of a bank can hang a run.
 */
#ifndef YS_REGEX_H
#define YS_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "ys_err.h"

/* Whether a suite's pattern compiles; one that begins with '^' or ends with '$' is refused with
 * an explanation, since it would match nothing its author means. YS_ERR_SYNTAX, YS_ERR_LIMIT. */
YS_NODISCARD enum ys_status ys_regex_check(const char *pattern, struct ys_err *reterr);
/* Matches the whole text, or with `whole` false any part of it. */
YS_NODISCARD enum ys_status ys_regex_match(const char *pattern, const char *text, size_t length,
                                           bool whole, bool *ret_matches, struct ys_err *reterr);

#endif
