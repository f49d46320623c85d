/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matchers of the suite language, as a table that lint, JSON Schema, documentation and the
 * judge share. A map of several matchers means all of them.
 */
#ifndef YS_MATCHER_H
#define YS_MATCHER_H

#include <stddef.h>

enum ys_matcher {
    YS_MATCH_EQUALS,
    YS_MATCH_NOT,
    YS_MATCH_LESS,
    YS_MATCH_AT_MOST,
    YS_MATCH_GREATER,
    YS_MATCH_AT_LEAST,
    YS_MATCH_BETWEEN,
    YS_MATCH_IN,
    YS_MATCH_MATCHES,
    YS_MATCH_CONTAINS,
    YS_MATCH_STARTS_WITH,
    YS_MATCH_ENDS_WITH,
    YS_MATCH_LENGTH,
    YS_MATCH_COUNT,
    YS_MATCH_EACH,
    YS_MATCH_ANY,
    YS_MATCH_NONE,
    YS_MATCH_UNIQUE,
    YS_MATCH_SUBSET_OF,
    YS_MATCH_SUPERSET_OF,
    YS_MATCH_TYPE,
    YS_MATCH_EXISTS,
    YS_MATCH_ABSENT,
    YS_MATCH_LIKE,       /* schema by example: same shape and types as the example */
    YS_MATCH_FIELDS,     /* a map of field names to matchers */
    YS_MATCH_ALLOW_EMPTY /* lifts the vacuity guard of its siblings */
};
#define YS_MATCHER_COUNT 26

enum ys_matcher_argument {
    YS_ARGUMENT_VALUE,   /* any value, expressions allowed */
    YS_ARGUMENT_ORDERED, /* a number, date or string */
    YS_ARGUMENT_PAIR,    /* [low, high], both included */
    YS_ARGUMENT_LIST,    /* a list, or an expression that gives one */
    YS_ARGUMENT_PATTERN, /* a regular expression over the whole text */
    YS_ARGUMENT_TEXT,
    YS_ARGUMENT_MATCHER, /* a matcher map or a value to equal */
    YS_ARGUMENT_FIELDS,  /* field names to matchers */
    YS_ARGUMENT_TYPE,    /* null, boolean, number, integer, string, list, map */
    YS_ARGUMENT_TRUE     /* only `true` */
};

struct ys_matcher_info {
    enum ys_matcher matcher;
    const char *name;
    enum ys_matcher_argument argument;
    const char *doc; /* one line for docs, schema and errors */
};

const struct ys_matcher_info *ys_matcher_table(void); /* YS_MATCHER_COUNT rows */
const struct ys_matcher_info *ys_matcher_find(const char *name); /* NULL when unknown */

#endif
