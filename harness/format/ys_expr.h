/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small pure arithmetic of "${…}".
 *
 * Grammar: decimals, 'strings' or "strings", true, false, null, names, a.b, a[0], a["b"],
 * unary -, * / %, + -, < <= > >= == !=, && || !, parentheses and functions (their one table is in
 * ys_expr_functions.c; ys_expr_function_at() lists it). No assignment, no loops, no input or
 * output, no chance: the same variables give the same value.
 *
 * A string that is exactly one "${…}" keeps the type of its value; inside other text the value is
 * shown (numbers in plain form, lists and maps refused). "$${" stands for a literal "${".
 */
#ifndef YS_EXPR_H
#define YS_EXPR_H

#include "ys_value.h"

struct ys_expr; /* parsed, arena-owned */

/* The functions, for documentation, --help and suggestions. */
struct ys_expr_function_info {
    const char *name;
    size_t least; /* arguments */
    size_t most;
    const char *usage; /* "slice(text, from, to)" */
    const char *doc;   /* one line */
};
/* Row `index` of the table, NULL behind the last. */
const struct ys_expr_function_info *ys_expr_function_at(size_t index);

/* Gives a root variable, or NULL when it is not defined. */
typedef const struct ys_value *ys_lookup_fn(void *context, const char *name);
/* Told each root name that an expression uses, with the members that follow it as a dotted path
 * ("holder.name"), as far as they are constant. */
typedef void ys_name_fn(void *context, const char *root, const char *path);

/* Errors of parsing and evaluation carry the character of the expression, from 1, in `column`. */
YS_NODISCARD enum ys_status ys_expr_parse(struct ys_arena *arena, const char *text, size_t length,
                                          const struct ys_expr **ret_expr, struct ys_err *reterr);
void ys_expr_names(const struct ys_expr *expr, ys_name_fn *visit, void *context);
/* YS_ERR_UNDEFINED names the missing variable or member; YS_ERR_TYPE, YS_ERR_RANGE and what a
 * function says. */
YS_NODISCARD enum ys_status ys_expr_eval(struct ys_arena *arena, const struct ys_expr *expr,
                                         ys_lookup_fn *lookup, void *context,
                                         const struct ys_value **ret_value, struct ys_err *reterr);

/* Expands every "${…}" in the strings of a tree (map names are left alone). A tree without one is
 * returned as it is. Errors carry the line and column of the string, and in their text the
 * character of the expression. */
YS_NODISCARD enum ys_status ys_template_expand(struct ys_arena *arena, const struct ys_value *tree,
                                               ys_lookup_fn *lookup, void *context,
                                               const struct ys_value **ret_value,
                                               struct ys_err *reterr);
/* Parses all expressions of a tree and tells their names: for lint. The first syntax error is
 * returned with its place. */
YS_NODISCARD enum ys_status ys_template_names(struct ys_arena *arena, const struct ys_value *tree,
                                              ys_name_fn *visit, void *context,
                                              struct ys_err *reterr);

#endif
