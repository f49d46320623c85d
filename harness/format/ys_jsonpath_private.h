/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a JSONPath query (RFC 9535), shared by parser and evaluation. */
#ifndef YS_JSONPATH_PRIVATE_H
#define YS_JSONPATH_PRIVATE_H

#include "ys_jsonpath.h"

enum ys_selector_kind {
    YS_SELECTOR_NAME,
    YS_SELECTOR_WILDCARD,
    YS_SELECTOR_INDEX,
    YS_SELECTOR_SLICE,
    YS_SELECTOR_FILTER
};

enum ys_filter_kind {
    YS_FILTER_OR,
    YS_FILTER_AND,
    YS_FILTER_NOT,
    YS_FILTER_EXISTS,  /* query */
    YS_FILTER_COMPARE, /* left op right */
    YS_FILTER_TEST     /* a function of LogicalType */
};

enum ys_comparison { YS_EQ, YS_NE, YS_LT, YS_LE, YS_GT, YS_GE };

/* Types of RFC 9535, 2.4.1. */
enum ys_path_type { YS_PATH_VALUE, YS_PATH_LOGICAL, YS_PATH_NODES };

enum ys_path_function { YS_FN_LENGTH, YS_FN_COUNT, YS_FN_MATCH, YS_FN_SEARCH, YS_FN_VALUE };

enum ys_operand_kind { YS_OPERAND_LITERAL, YS_OPERAND_QUERY, YS_OPERAND_FUNCTION };

struct ys_operand {
    enum ys_operand_kind kind;
    const struct ys_value *literal;
    const struct ys_jsonpath *query;
    enum ys_path_function function;
    const struct ys_operand *arguments[2];
    size_t argument_count;
};

struct ys_filter {
    enum ys_filter_kind kind;
    const struct ys_filter *left;
    const struct ys_filter *right;
    enum ys_comparison comparison;
    const struct ys_operand *a;
    const struct ys_operand *b;
};

struct ys_selector {
    enum ys_selector_kind kind;
    const char *name; /* NULL where it holds a NUL: no member of ours has such a name */
    int64_t start;    /* also the index */
    int64_t end;
    int64_t step;
    bool has_start;
    bool has_end;
    const struct ys_filter *filter;
    struct ys_selector *next;
};

struct ys_segment {
    bool descendant;
    struct ys_selector *selectors;
    struct ys_segment *next;
};

struct ys_jsonpath {
    bool relative; /* begins with @ */
    struct ys_segment *segments;
};

#endif
