/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of an expression, shared by parser, evaluation and functions. */
#ifndef YS_EXPR_PRIVATE_H
#define YS_EXPR_PRIVATE_H

#include "ys_expr.h"

enum ys_expr_kind {
    YS_EXPR_LITERAL,
    YS_EXPR_NAME,   /* text */
    YS_EXPR_MEMBER, /* left . text */
    YS_EXPR_INDEX,  /* left [ right ] */
    YS_EXPR_CALL,   /* function ( arguments ) */
    YS_EXPR_NEGATE,
    YS_EXPR_NOT,
    YS_EXPR_ADD,
    YS_EXPR_SUBTRACT,
    YS_EXPR_MULTIPLY,
    YS_EXPR_DIVIDE,
    YS_EXPR_REMAINDER,
    YS_EXPR_LESS,
    YS_EXPR_AT_MOST,
    YS_EXPR_GREATER,
    YS_EXPR_AT_LEAST,
    YS_EXPR_EQUAL,
    YS_EXPR_NOT_EQUAL,
    YS_EXPR_AND,
    YS_EXPR_OR
};

#define YS_EXPR_ARGUMENTS_MAX 8u

struct ys_expr_function;

struct ys_expr {
    enum ys_expr_kind kind;
    uint32_t column; /* in the expression, from 1 */
    const char *text;
    const struct ys_value *literal;
    const struct ys_expr *left;
    const struct ys_expr *right;
    const struct ys_expr_function *function;
    const struct ys_expr *arguments[YS_EXPR_ARGUMENTS_MAX];
    size_t argument_count;
};

#define YS_EXPR_FUNCTIONS_MAX 64u

typedef const struct ys_value *const *ys_expr_arguments;
typedef enum ys_status ys_expr_apply_fn(struct ys_arena *arena, ys_expr_arguments arguments,
                                        size_t count, const struct ys_value **ret_value,
                                        struct ys_err *reterr);

struct ys_expr_function {
    struct ys_expr_function_info info;
    ys_expr_apply_fn *apply;
};

/* Tables by topic, each ended by a row without `apply`. */
extern const struct ys_expr_function YS_EXPR__CARDS[];
extern const struct ys_expr_function YS_EXPR__LISTS[];
extern const struct ys_expr_function YS_EXPR__TEXTS[];

/* YS_ERR_TYPE, YS_ERR_RANGE. */
enum ys_status ys_expr__need(const struct ys_value *value, enum ys_kind kind,
                             struct ys_err *reterr);
enum ys_status ys_expr__need_index(const struct ys_value *value, int64_t *ret_index,
                                   struct ys_err *reterr);

/* A value as text: its own, a number in decimal, anything else as canonical JSON. YS_ERR_LIMIT. */
enum ys_status ys_expr__text(struct ys_arena *arena, const struct ys_value *value,
                             const struct ys_value **ret_text, struct ys_err *reterr);

/* NULL when there is none of that name; *ret_near is then the nearest name or NULL. */
const struct ys_expr_function *ys_expr__function(const char *name, const char **ret_near);

#endif
