/* SPDX-License-Identifier: Apache-2.0 */
/* "${…}" inside the strings of a tree: expansion, and the names for lint. */
#include <string.h>

#include "ys_buf.h"
#include "ys_charset.h"
#include "ys_expr.h"

enum { SHOWN_BYTES = 200 }; /* of an expression in an error */

struct expansion {
    struct ys_arena *arena;
    ys_lookup_fn *lookup;
    void *context;
    ys_name_fn *visit; /* lint: tell names instead of evaluating */
    struct ys_err *reterr;
};

/* The next "${" of a text, NULL when there is none. Strings end with a NUL, so text[1] is there. */
static const char *next_expression(const char *text, const char *end)
{
    while (text < end && (text = memchr(text, '$', (size_t)(end - text))) != NULL) {
        if (text[1] == '{') {
            return text;
        }
        text++;
    }
    return NULL;
}

static bool has_expression(const struct ys_value *value)
{
    const char *text = value->as.string.bytes;
    return next_expression(text, text + value->as.string.length) != NULL;
}

/* The '}' that ends the expression at `text`, outside of strings; NULL when there is none. */
static const char *expression_end(const char *text, const char *end)
{
    char quote = '\0';
    for (; text < end; text++) {
        if (quote && *text == '\\' && text + 1 < end) {
            text++;
        } else if (quote) {
            quote = *text == quote ? '\0' : quote;
        } else if (*text == '\'' || *text == '"') {
            quote = *text;
        } else if (*text == '}') {
            return text;
        }
    }
    return NULL;
}

/* Gives an error the place of the string it is about. */
static enum ys_status at_place(struct expansion *expansion, const struct ys_err *err,
                               const struct ys_value *value)
{
    if (!expansion->reterr) {
        return err->status;
    }
    *expansion->reterr = *err;
    expansion->reterr->line = value->line;
    expansion->reterr->column = value->column;
    return err->status;
}

static enum ys_status evaluate(struct expansion *expansion, const char *text, size_t length,
                               const struct ys_value **ret_value, struct ys_err *reterr)
{
    const struct ys_expr *expr = NULL;
    struct ys_err err;
    enum ys_status status = ys_expr_parse(expansion->arena, text, length, &expr, &err);
    if (status == YS_OK && expansion->visit) {
        ys_expr_names(expr, expansion->visit, expansion->context);
        *ret_value = NULL;
    } else if (status == YS_OK) {
        status = ys_expr_eval(expansion->arena, expr, expansion->lookup, expansion->context,
                              ret_value, &err);
    }
    if (status == YS_OK || err.column == 0) {
        return status == YS_OK ? YS_OK : ys_err_prefix(reterr, &err, "'${…}'");
    }
    /* Long expressions are shown from their beginning; the number says where in them. */
    return ys_err_prefix(reterr, &err, "'${%.*s}' at character %u",
                         (int)ys_utf8_cut(text, length, SHOWN_BYTES), text, err.column);
}

/* Appends a value as it stands inside other text. */
static enum ys_status append_shown(struct ys_buf *buf, const struct ys_value *value,
                                   struct ys_err *reterr)
{
    char number[YS_DECIMAL_TEXT_MAX];
    switch (value->kind) {
    case YS_KIND_STRING:
        return ys_buf_append(buf, value->as.string.bytes, value->as.string.length);
    case YS_KIND_NUMBER:
        return ys_buf_append(buf, number, ys_decimal_format(value->as.number, number));
    case YS_KIND_BOOL:
        return ys_buf_append_text(buf, value->as.boolean ? "true" : "false");
    case YS_KIND_NULL:
    case YS_KIND_LIST:
    case YS_KIND_MAP:
        break;
    }
    return ys_err_set(reterr, YS_ERR_TYPE, "a %s cannot stand inside a text",
                      ys_kind_name(value->kind));
}

static enum ys_status expand_text(struct expansion *expansion, const struct ys_value *value,
                                  struct ys_buf *buf, struct ys_err *reterr)
{
    const char *text = value->as.string.bytes;
    const char *end = text + value->as.string.length;
    enum ys_status status = YS_OK;
    while (status == YS_OK && text < end) {
        const char *found = next_expression(text, end);
        size_t plain = (size_t)((found ? found : end) - text);
        if (found && plain && found[-1] == '$') {
            /* "$${": one '$' less, and no expression. */
            status = ys_buf_append(buf, text, plain);
            status = status == YS_OK ? ys_buf_append_char(buf, '{') : status;
            text = found + 2;
            continue;
        }
        status = ys_buf_append(buf, text, plain);
        text += plain;
        if (status != YS_OK || !found) {
            continue;
        }
        const char *last = expression_end(text + 2, end);
        const struct ys_value *part = NULL;
        if (!last) {
            return ys_err_set(reterr, YS_ERR_SYNTAX, "'${' has no '}'");
        }
        status = evaluate(expansion, text + 2, (size_t)(last - text - 2), &part, reterr);
        if (status == YS_OK && part) {
            status = append_shown(buf, part, reterr);
        }
        text = last + 1;
    }
    if (status == YS_ERR_LIMIT) {
        return ys_err_set(reterr, status, "the text grows over YS_FILE_BYTES_MAX");
    }
    return status;
}

static enum ys_status expand_string(struct expansion *expansion, const struct ys_value *value,
                                    const struct ys_value **ret_value)
{
    struct ys_err err;
    const char *text = value->as.string.bytes;
    enum ys_status status = YS_OK;
    const char *end = text + value->as.string.length;
    if (strncmp(text, "${", 2) == 0) {
        const char *last = expression_end(text + 2, end);
        if (last && last + 1 == end) {
            /* Exactly one expression: its value keeps its type. */
            status = evaluate(expansion, text + 2, (size_t)(last - text - 2), ret_value, &err);
            return status == YS_OK ? YS_OK : at_place(expansion, &err, value);
        }
    }
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    status = expand_text(expansion, value, &buf, &err);
    if (status == YS_OK) {
        struct ys_value *expanded = ys_value_string_n(expansion->arena, buf.bytes, buf.length);
        expanded->line = value->line;
        expanded->column = value->column;
        *ret_value = expanded;
    } else {
        status = at_place(expansion, &err, value);
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_status expand(struct expansion *expansion, const struct ys_value *tree,
                             const struct ys_value **ret_value);

static enum ys_status expand_list(struct expansion *expansion, const struct ys_value *tree,
                                  const struct ys_value **ret_value)
{
    struct ys_value *copy = NULL;
    for (size_t i = 0; i < tree->as.list.count; i++) {
        const struct ys_value *item = tree->as.list.items[i];
        const struct ys_value *expanded = item;
        enum ys_status status = expand(expansion, item, &expanded);
        if (status != YS_OK) {
            return status;
        }
        if (!copy && expanded != item && !expansion->visit) {
            copy = ys_value_list(expansion->arena);
            copy->line = tree->line;
            copy->column = tree->column;
            for (size_t k = 0; k < i; k++) {
                ys_value_append(expansion->arena, copy, tree->as.list.items[k]);
            }
        }
        if (copy) {
            ys_value_append(expansion->arena, copy, expanded);
        }
    }
    *ret_value = copy ? copy : tree;
    return YS_OK;
}

static enum ys_status expand_map(struct expansion *expansion, const struct ys_value *tree,
                                 const struct ys_value **ret_value)
{
    struct ys_value *copy = NULL;
    for (size_t i = 0; i < tree->as.map.count; i++) {
        const struct ys_member *member = &tree->as.map.members[i];
        const struct ys_value *expanded = member->value;
        enum ys_status status = expand(expansion, member->value, &expanded);
        if (status != YS_OK) {
            return status;
        }
        if (!copy && expanded != member->value && !expansion->visit) {
            copy = ys_value_map(expansion->arena);
            copy->line = tree->line;
            copy->column = tree->column;
            for (size_t k = 0; k < i; k++) {
                const struct ys_member *before = &tree->as.map.members[k];
                ys_value_add(expansion->arena, copy, before->name, before->value, before->line,
                             before->column);
            }
        }
        if (copy) {
            ys_value_add(expansion->arena, copy, member->name, expanded, member->line,
                         member->column);
        }
    }
    *ret_value = copy ? copy : tree;
    return YS_OK;
}

static enum ys_status expand(struct expansion *expansion, const struct ys_value *tree,
                             const struct ys_value **ret_value)
{
    switch (tree->kind) {
    case YS_KIND_STRING:
        if (has_expression(tree)) {
            return expand_string(expansion, tree, ret_value);
        }
        break;
    case YS_KIND_LIST:
        return expand_list(expansion, tree, ret_value);
    case YS_KIND_MAP:
        return expand_map(expansion, tree, ret_value);
    case YS_KIND_NULL:
    case YS_KIND_BOOL:
    case YS_KIND_NUMBER:
        break;
    }
    *ret_value = tree;
    return YS_OK;
}

enum ys_status ys_template_expand(struct ys_arena *arena, const struct ys_value *tree,
                                  ys_lookup_fn *lookup, void *context,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct expansion expansion = {
        .arena = arena, .lookup = lookup, .context = context, .reterr = reterr};
    const struct ys_value *expanded = NULL;
    enum ys_status status = expand(&expansion, tree, &expanded);
    if (status == YS_OK) {
        *ret_value = expanded;
    }
    return status;
}

enum ys_status ys_template_names(struct ys_arena *arena, const struct ys_value *tree,
                                 ys_name_fn *visit, void *context, struct ys_err *reterr)
{
    struct expansion expansion = {
        .arena = arena, .context = context, .visit = visit, .reterr = reterr};
    const struct ys_value *ignored = NULL;
    return expand(&expansion, tree, &ignored);
}
