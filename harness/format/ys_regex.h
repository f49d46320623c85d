/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions by libxml2's automata (XML Schema syntax, of which I-Regexp, RFC 9485, is a
 * subset): no backtracking, so no pattern can hang a run.
 */
#ifndef YS_REGEX_H
#define YS_REGEX_H

#include <stdbool.h>

#include "ys_err.h"

/* Whether a pattern compiles. YS_ERR_SYNTAX. */
YS_NODISCARD enum ys_status ys_regex_check(const char *pattern, struct ys_err *reterr);
/* Matches the whole text, or with `whole` false any part of it. */
YS_NODISCARD enum ys_status ys_regex_match(const char *pattern, const char *text, bool whole,
                                           bool *ret_matches, struct ys_err *reterr);

#endif
