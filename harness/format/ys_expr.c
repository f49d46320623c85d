/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parser and evaluation of "${…}" expressions: a recursive descent over the grammar
 *
 *     or   := and ("||" and)*            and  := equal ("&&" equal)*
 *     equal := order (("=="|"!=") order)*  order := sum (("<"|"<="|">"|">=") sum)*
 *     sum  := product (("+"|"-") product)* product := unary (("*"|"/"|"%") unary)*
 *     unary := ("-"|"!") unary | postfix   postfix := primary ("." name | "[" or "]")*
 *     primary := number | string | name | name "(" arguments ")" | "(" or ")"
 */
#include <string.h>

#include "ys_expr_private.h"
#include "ys_suggest.h"

struct parser {
    struct ys_arena *arena;
    const char *text;
    size_t length;
    size_t at;
    size_t depth;
    struct ys_err *reterr;
};

static enum ys_status parse_or(struct parser *parser, const struct ys_expr **ret_expr);

/* The character, from 1, at a byte of the expression. */
static uint32_t column_at(const struct parser *parser, size_t at)
{
    uint32_t column = 1;
    for (size_t i = 0; i < at; i++) {
        column += ((unsigned char)parser->text[i] & 0xC0u) != 0x80u;
    }
    return column;
}

static enum ys_status complain(struct parser *parser, const char *what)
{
    return ys_err_at(parser->reterr, YS_ERR_SYNTAX, NULL, 0, column_at(parser, parser->at), "%s",
                     what);
}

static void skip_blanks(struct parser *parser)
{
    while (parser->at < parser->length && memchr(" \t\r\n", parser->text[parser->at], 4)) {
        parser->at++;
    }
}

static char peek(struct parser *parser)
{
    skip_blanks(parser);
    return parser->at < parser->length ? parser->text[parser->at] : '\0';
}

static bool take(struct parser *parser, const char *token)
{
    size_t length = strlen(token);
    skip_blanks(parser);
    if (parser->length - parser->at < length ||
        memcmp(parser->text + parser->at, token, length) != 0) {
        return false;
    }
    parser->at += length;
    return true;
}

/* A node that begins at a byte of the expression. */
static struct ys_expr *node(struct parser *parser, enum ys_expr_kind kind, size_t start)
{
    struct ys_expr *expr = ys_arena_alloc(parser->arena, sizeof *expr);
    expr->kind = kind;
    expr->column = column_at(parser, start);
    return expr;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A name of letters, digits and '_'; '-' is an operator. NULL when there is none. */
static const char *parse_name(struct parser *parser)
{
    if (!is_letter(peek(parser))) {
        return NULL;
    }
    size_t start = parser->at;
    while (parser->at < parser->length &&
           (is_letter(parser->text[parser->at]) || is_digit(parser->text[parser->at]))) {
        parser->at++;
    }
    return ys_arena_strndup(parser->arena, parser->text + start, parser->at - start);
}

static enum ys_status parse_number(struct parser *parser, const struct ys_expr **ret_expr)
{
    size_t start = parser->at;
    while (parser->at < parser->length &&
           (is_digit(parser->text[parser->at]) || parser->text[parser->at] == '.')) {
        parser->at++;
    }
    struct ys_decimal number;
    if (ys_decimal_parse(parser->text + start, parser->at - start, &number, NULL) != YS_OK) {
        parser->at = start;
        return complain(parser, "not a number");
    }
    struct ys_expr *expr = node(parser, YS_EXPR_LITERAL, start);
    expr->literal = ys_value_number(parser->arena, number);
    *ret_expr = expr;
    return YS_OK;
}

/* A string between ' or "; a backslash takes the next character as it is, \n a new line. */
static enum ys_status parse_string(struct parser *parser, const struct ys_expr **ret_expr)
{
    char quote = parser->text[parser->at];
    struct ys_expr *expr = node(parser, YS_EXPR_LITERAL, parser->at);
    char *bytes = ys_arena_alloc(parser->arena, parser->length - parser->at + 1);
    size_t length = 0;
    parser->at++;
    while (parser->at < parser->length && parser->text[parser->at] != quote) {
        char c = parser->text[parser->at++];
        if (c == '\\' && parser->at < parser->length) {
            c = parser->text[parser->at++];
            c = c == 'n' ? '\n' : c;
        }
        bytes[length++] = c;
    }
    if (parser->at == parser->length) {
        return complain(parser, "the string has no end");
    }
    parser->at++;
    expr->literal = ys_value_string_n(parser->arena, bytes, length);
    *ret_expr = expr;
    return YS_OK;
}

static enum ys_status parse_arguments(struct parser *parser, struct ys_expr *call)
{
    if (take(parser, ")")) {
        return YS_OK;
    }
    do {
        if (call->argument_count == YS_EXPR_ARGUMENTS_MAX) {
            return complain(parser, "too many arguments");
        }
        enum ys_status status = parse_or(parser, &call->arguments[call->argument_count]);
        if (status != YS_OK) {
            return status;
        }
        call->argument_count++;
    } while (take(parser, ","));
    return take(parser, ")") ? YS_OK : complain(parser, "expected ',' or ')'");
}

static enum ys_status parse_call(struct parser *parser, const char *name, size_t start,
                                 const struct ys_expr **ret_expr)
{
    const char *near = NULL;
    struct ys_expr *call = node(parser, YS_EXPR_CALL, start);
    call->text = name;
    call->function = ys_expr__function(name, &near);
    if (!call->function) {
        return ys_err_at(parser->reterr, YS_ERR_UNDEFINED, NULL, 0, call->column,
                         "unknown function '%s'%s%s%s", name, near ? "; did you mean '" : "",
                         near ? near : "", near ? "'?" : "");
    }
    enum ys_status status = parse_arguments(parser, call);
    if (status != YS_OK) {
        return status;
    }
    const struct ys_expr_function_info *info = &call->function->info;
    if (call->argument_count < info->least || call->argument_count > info->most) {
        return ys_err_at(parser->reterr, YS_ERR_SYNTAX, NULL, 0, call->column,
                         "wrong number of arguments: %s", info->usage);
    }
    *ret_expr = call;
    return YS_OK;
}

static enum ys_status parse_primary(struct parser *parser, const struct ys_expr **ret_expr)
{
    char c = peek(parser);
    if (is_digit(c)) {
        return parse_number(parser, ret_expr);
    }
    if (c == '\'' || c == '"') {
        return parse_string(parser, ret_expr);
    }
    if (take(parser, "(")) {
        enum ys_status status = parse_or(parser, ret_expr);
        if (status == YS_OK && !take(parser, ")")) {
            status = complain(parser, "expected ')'");
        }
        return status;
    }
    size_t start = parser->at;
    const char *name = parse_name(parser);
    if (!name) {
        return complain(parser, c ? "expected a value" : "the expression ends too early");
    }
    if (take(parser, "(")) {
        return parse_call(parser, name, start, ret_expr);
    }
    struct ys_expr *expr = node(parser, YS_EXPR_LITERAL, start);
    if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0) {
        expr->literal = ys_value_bool(parser->arena, name[0] == 't');
    } else if (strcmp(name, "null") == 0) {
        expr->literal = ys_value_null(parser->arena);
    } else {
        expr->kind = YS_EXPR_NAME;
        expr->text = name;
    }
    *ret_expr = expr;
    return YS_OK;
}

static enum ys_status parse_postfix(struct parser *parser, const struct ys_expr **ret_expr)
{
    enum ys_status status = parse_primary(parser, ret_expr);
    while (status == YS_OK) {
        const struct ys_expr *left = *ret_expr;
        if (take(parser, ".")) {
            const char *name = parse_name(parser);
            struct ys_expr *member =
                node(parser, YS_EXPR_MEMBER, parser->at - (name ? strlen(name) : 0));
            member->left = left;
            member->text = name;
            if (!name) {
                return complain(parser, "expected a member's name behind '.'");
            }
            *ret_expr = member;
        } else if (take(parser, "[")) {
            struct ys_expr *index = node(parser, YS_EXPR_INDEX, parser->at - 1);
            index->left = left;
            status = parse_or(parser, &index->right);
            if (status == YS_OK && !take(parser, "]")) {
                status = complain(parser, "expected ']'");
            }
            *ret_expr = index;
        } else {
            break;
        }
    }
    return status;
}

static enum ys_status parse_unary(struct parser *parser, const struct ys_expr **ret_expr)
{
    if (++parser->depth > YS_EXPR_DEPTH_MAX) {
        return complain(parser, "nested deeper than YS_EXPR_DEPTH_MAX");
    }
    enum ys_status status = YS_OK;
    char c = peek(parser);
    bool is_not =
        c == '!' && !(parser->at + 1 < parser->length && parser->text[parser->at + 1] == '=');
    if (c == '-' || is_not) {
        struct ys_expr *expr = node(parser, c == '-' ? YS_EXPR_NEGATE : YS_EXPR_NOT, parser->at++);
        status = parse_unary(parser, &expr->left);
        *ret_expr = expr;
    } else {
        status = parse_postfix(parser, ret_expr);
    }
    parser->depth--;
    return status;
}

/* Binary operators by precedence, weakest first; longer tokens before their beginnings. */
static const struct {
    int level;
    const char *token;
    enum ys_expr_kind kind;
} OPERATORS[] = {
    {0, "||", YS_EXPR_OR},        {1, "&&", YS_EXPR_AND},     {2, "==", YS_EXPR_EQUAL},
    {2, "!=", YS_EXPR_NOT_EQUAL}, {3, "<=", YS_EXPR_AT_MOST}, {3, ">=", YS_EXPR_AT_LEAST},
    {3, "<", YS_EXPR_LESS},       {3, ">", YS_EXPR_GREATER},  {4, "+", YS_EXPR_ADD},
    {4, "-", YS_EXPR_SUBTRACT},   {5, "*", YS_EXPR_MULTIPLY}, {5, "/", YS_EXPR_DIVIDE},
    {5, "%", YS_EXPR_REMAINDER},
};
#define LEVELS 6

static enum ys_status parse_level(struct parser *parser, int level, const struct ys_expr **ret_expr)
{
    if (level == LEVELS) {
        return parse_unary(parser, ret_expr);
    }
    enum ys_status status = parse_level(parser, level + 1, ret_expr);
    while (status == YS_OK) {
        const struct ys_expr *left = *ret_expr;
        struct ys_expr *expr = NULL;
        for (size_t i = 0; !expr && i < sizeof OPERATORS / sizeof OPERATORS[0]; i++) {
            if (OPERATORS[i].level == level && take(parser, OPERATORS[i].token)) {
                expr = node(parser, OPERATORS[i].kind, parser->at - strlen(OPERATORS[i].token));
            }
        }
        if (!expr) {
            break;
        }
        expr->left = left;
        status = parse_level(parser, level + 1, &expr->right);
        *ret_expr = expr;
    }
    return status;
}

static enum ys_status parse_or(struct parser *parser, const struct ys_expr **ret_expr)
{
    if (++parser->depth > YS_EXPR_DEPTH_MAX) {
        return complain(parser, "nested deeper than YS_EXPR_DEPTH_MAX");
    }
    enum ys_status status = parse_level(parser, 0, ret_expr);
    parser->depth--;
    return status;
}

enum ys_status ys_expr_parse(struct ys_arena *arena, const char *text, size_t length,
                             const struct ys_expr **ret_expr, struct ys_err *reterr)
{
    struct parser parser = {.arena = arena, .text = text, .length = length, .reterr = reterr};
    const struct ys_expr *expr = NULL;
    if (length > YS_EXPR_BYTES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "an expression of over YS_EXPR_BYTES_MAX bytes");
    }
    enum ys_status status = parse_or(&parser, &expr);
    if (status == YS_OK && peek(&parser)) {
        status = complain(&parser, "expected an operator or the end");
    }
    if (status == YS_OK) {
        *ret_expr = expr;
    }
    return status;
}

/* The root name of a chain of constant members, else NULL. */
static const struct ys_expr *chain_root(const struct ys_expr *expr)
{
    while (expr->kind == YS_EXPR_MEMBER) {
        expr = expr->left;
    }
    return expr->kind == YS_EXPR_NAME ? expr : NULL;
}

/* Writes "holder.name" backwards, from the last member to the root. */
static void tell_chain(const struct ys_expr *root, const struct ys_expr *last, ys_name_fn *visit,
                       void *context)
{
    char path[YS_EXPR_BYTES_MAX + 1];
    size_t at = sizeof path - 1;
    path[at] = '\0';
    for (const struct ys_expr *expr = last;; expr = expr->left) {
        size_t length = strlen(expr->text);
        at -= length;
        memcpy(path + at, expr->text, length);
        if (expr == root) {
            break;
        }
        path[--at] = '.';
    }
    visit(context, root->text, path + at);
}

void ys_expr_names(const struct ys_expr *expr, ys_name_fn *visit, void *context)
{
    const struct ys_expr *root = expr ? chain_root(expr) : NULL;
    if (!expr) {
        return;
    }
    if (root) {
        tell_chain(root, expr, visit, context);
        return;
    }
    ys_expr_names(expr->left, visit, context);
    ys_expr_names(expr->right, visit, context);
    for (size_t i = 0; i < expr->argument_count; i++) {
        ys_expr_names(expr->arguments[i], visit, context);
    }
}

struct evaluation {
    struct ys_arena *arena;
    ys_lookup_fn *lookup;
    void *context;
    struct ys_err *reterr;
};

static enum ys_status evaluate(struct evaluation *evaluation, const struct ys_expr *expr,
                               const struct ys_value **ret_value);

static enum ys_status wrong_type(struct evaluation *evaluation, const struct ys_expr *expr,
                                 const char *what, const struct ys_value *value)
{
    return ys_err_at(evaluation->reterr, YS_ERR_TYPE, NULL, 0, expr->column, "%s, not a %s", what,
                     ys_kind_name(value->kind));
}

static enum ys_status no_member(struct evaluation *evaluation, const struct ys_expr *expr,
                                const struct ys_value *map)
{
    size_t count = map->as.map.count;
    const char **names = ys_arena_calloc(evaluation->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = map->as.map.members[i].name;
    }
    const char *near = ys_suggest(expr->text, names, count);
    return ys_err_at(evaluation->reterr, YS_ERR_UNDEFINED, NULL, 0, expr->column,
                     "there is no member '%s'%s%s%s", expr->text, near ? "; did you mean '" : "",
                     near ? near : "", near ? "'?" : "");
}

static enum ys_status evaluate_member(struct evaluation *evaluation, const struct ys_expr *expr,
                                      const struct ys_value **ret_value)
{
    const struct ys_value *left = NULL;
    enum ys_status status = evaluate(evaluation, expr->left, &left);
    if (status != YS_OK) {
        return status;
    }
    if (left->kind != YS_KIND_MAP) {
        return ys_err_at(evaluation->reterr, YS_ERR_TYPE, NULL, 0, expr->column,
                         "'.%s' needs a map, not a %s", expr->text, ys_kind_name(left->kind));
    }
    const struct ys_value *value = ys_value_get(left, expr->text);
    if (!value) {
        return no_member(evaluation, expr, left);
    }
    *ret_value = value;
    return YS_OK;
}

static enum ys_status evaluate_index(struct evaluation *evaluation, const struct ys_expr *expr,
                                     const struct ys_value **ret_value)
{
    const struct ys_value *left = NULL;
    const struct ys_value *right = NULL;
    enum ys_status status = evaluate(evaluation, expr->left, &left);
    if (status == YS_OK) {
        status = evaluate(evaluation, expr->right, &right);
    }
    if (status != YS_OK) {
        return status;
    }
    const struct ys_value *value = NULL;
    if (left->kind == YS_KIND_MAP && right->kind == YS_KIND_STRING) {
        value = ys_value_get(left, right->as.string.bytes);
    } else if (left->kind == YS_KIND_LIST && right->kind == YS_KIND_NUMBER) {
        int64_t index = 0;
        if (ys_decimal_to_int(right->as.number, &index) == YS_OK) {
            /* A negative index counts from the end, as in JSONPath. */
            index += index < 0 ? (int64_t)left->as.list.count : 0;
            value = index >= 0 ? ys_value_at(left, (size_t)index) : NULL;
        }
    } else {
        return ys_err_at(evaluation->reterr, YS_ERR_TYPE, NULL, 0, expr->column,
                         "[ ] needs a list with a number or a map with a text, not a %s with a %s",
                         ys_kind_name(left->kind), ys_kind_name(right->kind));
    }
    if (!value) {
        return ys_err_at(evaluation->reterr, YS_ERR_UNDEFINED, NULL, 0, expr->column,
                         "there is no item %s", ys_value_show(evaluation->arena, right, 80));
    }
    *ret_value = value;
    return YS_OK;
}

static enum ys_status arithmetic(struct evaluation *evaluation, const struct ys_expr *expr,
                                 const struct ys_value *left, const struct ys_value *right,
                                 const struct ys_value **ret_value)
{
    const struct ys_value *wrong = left->kind != YS_KIND_NUMBER ? left : right;
    if (wrong->kind != YS_KIND_NUMBER) {
        return wrong_type(evaluation, expr, "arithmetic needs numbers", wrong);
    }
    struct ys_decimal result = {0, 0};
    enum ys_status status = YS_OK;
    switch ((int)expr->kind) {
    case YS_EXPR_ADD:
        status = ys_decimal_add(left->as.number, right->as.number, &result);
        break;
    case YS_EXPR_NEGATE:
    case YS_EXPR_SUBTRACT:
        status = ys_decimal_subtract(left->as.number, right->as.number, &result);
        break;
    case YS_EXPR_MULTIPLY:
        status = ys_decimal_multiply(left->as.number, right->as.number, &result);
        break;
    case YS_EXPR_DIVIDE:
        status = ys_decimal_divide(left->as.number, right->as.number, &result);
        break;
    default:
        status = ys_decimal_remainder(left->as.number, right->as.number, &result);
        break;
    }
    if (status != YS_OK) {
        return ys_err_at(evaluation->reterr, YS_ERR_RANGE, NULL, 0, expr->column,
                         "the result has no exact decimal form; compare products instead");
    }
    *ret_value = ys_value_number(evaluation->arena, result);
    return YS_OK;
}

static enum ys_status compare(struct evaluation *evaluation, const struct ys_expr *expr,
                              const struct ys_value *left, const struct ys_value *right,
                              const struct ys_value **ret_value)
{
    int order = 0;
    if (left->kind == YS_KIND_NUMBER && right->kind == YS_KIND_NUMBER) {
        order = ys_decimal_compare(left->as.number, right->as.number);
    } else if (left->kind == YS_KIND_STRING && right->kind == YS_KIND_STRING) {
        order = ys_value_compare_text(left, right);
    } else {
        return wrong_type(evaluation, expr, "an order needs two numbers or two texts",
                          left->kind == right->kind ? left : right);
    }
    bool holds = expr->kind == YS_EXPR_LESS      ? order < 0
                 : expr->kind == YS_EXPR_AT_MOST ? order <= 0
                 : expr->kind == YS_EXPR_GREATER ? order > 0
                                                 : order >= 0;
    *ret_value = ys_value_bool(evaluation->arena, holds);
    return YS_OK;
}

/* && and || decide by the left side where it suffices. */
static enum ys_status logic(struct evaluation *evaluation, const struct ys_expr *expr,
                            const struct ys_value **ret_value)
{
    const struct ys_value *value = NULL;
    enum ys_status status = evaluate(evaluation, expr->left, &value);
    if (status != YS_OK) {
        return status;
    }
    if (value->kind != YS_KIND_BOOL) {
        return wrong_type(evaluation, expr, "a condition must be true or false", value);
    }
    if (expr->kind == YS_EXPR_NOT) {
        *ret_value = ys_value_bool(evaluation->arena, !value->as.boolean);
        return YS_OK;
    }
    if (value->as.boolean == (expr->kind == YS_EXPR_OR)) {
        *ret_value = value;
        return YS_OK;
    }
    status = evaluate(evaluation, expr->right, &value);
    if (status == YS_OK && value->kind != YS_KIND_BOOL) {
        return wrong_type(evaluation, expr, "a condition must be true or false", value);
    }
    if (status == YS_OK) {
        *ret_value = value;
    }
    return status;
}

static enum ys_status binary(struct evaluation *evaluation, const struct ys_expr *expr,
                             const struct ys_value **ret_value)
{
    const struct ys_value *left = NULL;
    const struct ys_value *right = NULL;
    enum ys_status status = evaluate(evaluation, expr->left, &left);
    if (status == YS_OK) {
        status = evaluate(evaluation, expr->right, &right);
    }
    if (status != YS_OK) {
        return status;
    }
    if (expr->kind == YS_EXPR_EQUAL || expr->kind == YS_EXPR_NOT_EQUAL) {
        *ret_value = ys_value_bool(evaluation->arena,
                                   ys_value_equal(left, right) == (expr->kind == YS_EXPR_EQUAL));
        return YS_OK;
    }
    if (expr->kind >= YS_EXPR_LESS && expr->kind <= YS_EXPR_AT_LEAST) {
        return compare(evaluation, expr, left, right, ret_value);
    }
    return arithmetic(evaluation, expr, left, right, ret_value);
}

static enum ys_status call(struct evaluation *evaluation, const struct ys_expr *expr,
                           const struct ys_value **ret_value)
{
    const struct ys_value *arguments[YS_EXPR_ARGUMENTS_MAX] = {NULL};
    for (size_t i = 0; i < expr->argument_count; i++) {
        enum ys_status status = evaluate(evaluation, expr->arguments[i], &arguments[i]);
        if (status != YS_OK) {
            return status;
        }
    }
    struct ys_err err;
    enum ys_status status =
        expr->function->apply(evaluation->arena, arguments, expr->argument_count, ret_value, &err);
    err.column = expr->column;
    return status == YS_OK ? YS_OK : ys_err_prefix(evaluation->reterr, &err, "%s", expr->text);
}

static enum ys_status negate(struct evaluation *evaluation, const struct ys_expr *expr,
                             const struct ys_value **ret_value)
{
    const struct ys_value *value = NULL;
    enum ys_status status = evaluate(evaluation, expr->left, &value);
    return status == YS_OK
               ? arithmetic(evaluation, expr, ys_value_int(evaluation->arena, 0), value, ret_value)
               : status;
}

static enum ys_status evaluate(struct evaluation *evaluation, const struct ys_expr *expr,
                               const struct ys_value **ret_value)
{
    switch (expr->kind) {
    case YS_EXPR_LITERAL:
        *ret_value = expr->literal;
        return YS_OK;
    case YS_EXPR_NAME: {
        const struct ys_value *value = evaluation->lookup(evaluation->context, expr->text);
        if (!value) {
            return ys_err_at(evaluation->reterr, YS_ERR_UNDEFINED, NULL, 0, expr->column,
                             "'%s' is not defined", expr->text);
        }
        *ret_value = value;
        return YS_OK;
    }
    case YS_EXPR_MEMBER:
        return evaluate_member(evaluation, expr, ret_value);
    case YS_EXPR_INDEX:
        return evaluate_index(evaluation, expr, ret_value);
    case YS_EXPR_CALL:
        return call(evaluation, expr, ret_value);
    case YS_EXPR_NEGATE:
        return negate(evaluation, expr, ret_value);
    case YS_EXPR_NOT:
    case YS_EXPR_AND:
    case YS_EXPR_OR:
        return logic(evaluation, expr, ret_value);
    case YS_EXPR_ADD:
    case YS_EXPR_SUBTRACT:
    case YS_EXPR_MULTIPLY:
    case YS_EXPR_DIVIDE:
    case YS_EXPR_REMAINDER:
    case YS_EXPR_LESS:
    case YS_EXPR_AT_MOST:
    case YS_EXPR_GREATER:
    case YS_EXPR_AT_LEAST:
    case YS_EXPR_EQUAL:
    case YS_EXPR_NOT_EQUAL:
        return binary(evaluation, expr, ret_value);
    }
    return YS_ERR_ARGUMENT;
}

enum ys_status ys_expr_eval(struct ys_arena *arena, const struct ys_expr *expr,
                            ys_lookup_fn *lookup, void *context, const struct ys_value **ret_value,
                            struct ys_err *reterr)
{
    struct evaluation evaluation = {arena, lookup, context, reterr};
    const struct ys_value *value = NULL;
    enum ys_status status = evaluate(&evaluation, expr, &value);
    if (status == YS_OK) {
        *ret_value = value;
    }
    return status;
}
