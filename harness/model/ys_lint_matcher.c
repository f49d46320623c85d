/* SPDX-License-Identifier: Apache-2.0 */
/* Lint of matchers and literals against the catalogue's types. */
#include <string.h>

#include "ys_clock.h"
#include "ys_matcher.h"
#include "ys_model_private.h"
#include "ys_regex.h"
#include "ys_suggest.h"

#define NAMES_MAX 256u

bool ys_is_template(const struct ys_value *value)
{
    return value->kind == YS_KIND_STRING && strstr(value->as.string.bytes, "${") != NULL;
}

static void wrong_literal(struct ys_arena *arena, const struct ys_document *document,
                          const struct ys_value *value, const char *what, const char *expected,
                          struct ys_diags *diags)
{
    ys_diag_add(diags, document, value, "%s cannot be %s", what, ys_value_show(arena, value, 60))
        ->expected = expected;
}

static void lint_enum(struct ys_arena *arena, const struct ys_document *document,
                      const struct ys_value *value, const struct ys_type *type, const char *what,
                      struct ys_diags *diags)
{
    const char *text = ys_value_written(value);
    for (size_t i = 0; text && i < type->value_count; i++) {
        if (strcmp(type->values[i], text) == 0) {
            return;
        }
    }
    struct ys_diag *diag = ys_diag_add(diags, document, value, "%s cannot be %s", what,
                                       ys_value_show(arena, value, 60));
    diag->suggestion = text ? ys_suggest(text, type->values, type->value_count) : NULL;
    struct ys_buf buf;
    ys_buf_init(&buf, YS_ERR_TEXT_MAX);
    bool fits = ys_buf_append_text(&buf, "one of:") == YS_OK;
    for (size_t i = 0; fits && i < type->value_count; i++) {
        fits = ys_buf_printf(&buf, "%s %s", i ? "," : "", type->values[i]) == YS_OK;
    }
    diag->expected = ys_arena_strdup(arena, buf.bytes);
    ys_buf_clear(&buf);
}

void ys_lint_literal(struct ys_arena *arena, const struct ys_document *document,
                     const struct ys_value *value, const struct ys_type *type, const char *what,
                     struct ys_diags *diags)
{
    if (ys_is_template(value) || !type) {
        return;
    }
    const char *text = ys_value_text(value);
    int64_t wall_us = 0;
    struct ys_civil date;
    switch (type->kind) {
    case YS_TYPE_MONEY:
    case YS_TYPE_INTEGER:
        if (value->kind != YS_KIND_NUMBER ||
            (type->kind == YS_TYPE_INTEGER && !ys_decimal_is_integer(value->as.number))) {
            wrong_literal(arena, document, value, what,
                          type->kind == YS_TYPE_MONEY ? "a number" : "a whole number", diags);
        }
        break;
    case YS_TYPE_BOOLEAN:
        if (value->kind != YS_KIND_BOOL) {
            wrong_literal(arena, document, value, what, "true or false", diags);
        }
        break;
    case YS_TYPE_STRING:
    case YS_TYPE_SECRET:
        if (value->kind != YS_KIND_STRING) {
            wrong_literal(arena, document, value, what, "a text (in quotes)", diags);
        }
        break;
    case YS_TYPE_DATE:
        if (!text || ys_date_parse(text, &date, NULL) != YS_OK) {
            wrong_literal(arena, document, value, what, "YYYY-MM-DD", diags);
        }
        break;
    case YS_TYPE_MONTH:
        if (!text || strlen(text) != 7) {
            wrong_literal(arena, document, value, what, "YYYY-MM", diags);
        }
        break;
    case YS_TYPE_DATETIME:
        if (!text || ys_time_parse(text, &wall_us, NULL) != YS_OK) {
            wrong_literal(arena, document, value, what, "ISO 8601 with an offset", diags);
        }
        break;
    case YS_TYPE_ENUM:
        lint_enum(arena, document, value, type, what, diags);
        break;
    case YS_TYPE_OBJECT:
    case YS_TYPE_LIST:
    case YS_TYPE_ROWS:
    case YS_TYPE_ANY:
        break;
    }
}

static void lint_ordered(struct ys_arena *arena, const struct ys_document *document,
                         const struct ys_value *value, const char *name, struct ys_diags *diags)
{
    if (value->kind != YS_KIND_NUMBER && value->kind != YS_KIND_STRING) {
        wrong_literal(arena, document, value, name, "a number, date or text", diags);
    }
}

static void lint_argument(struct ys_arena *arena, const struct ys_document *document,
                          const struct ys_matcher_info *info, const struct ys_value *value,
                          const struct ys_type *type, struct ys_diags *diags)
{
    static const char *const types[] = {"null", "boolean", "number", "integer",
                                        "string", "list", "map"};
    struct ys_err err;
    const char *text = ys_value_text(value);
    bool item = info->matcher == YS_MATCH_EACH || info->matcher == YS_MATCH_ANY ||
                info->matcher == YS_MATCH_NONE;
    switch (info->argument) {
    case YS_ARGUMENT_VALUE:
        if (info->matcher == YS_MATCH_EQUALS) {
            ys_lint_literal(arena, document, value, type, "this", diags);
        }
        break;
    case YS_ARGUMENT_ORDERED:
        lint_ordered(arena, document, value, info->name, diags);
        break;
    case YS_ARGUMENT_PAIR:
        if (value->kind != YS_KIND_LIST || value->as.list.count != 2) {
            wrong_literal(arena, document, value, info->name, "[low, high]", diags);
        }
        break;
    case YS_ARGUMENT_LIST:
        if (value->kind != YS_KIND_LIST && !ys_is_template(value)) {
            wrong_literal(arena, document, value, info->name, "a list", diags);
        }
        for (size_t i = 0; info->matcher == YS_MATCH_IN && value->kind == YS_KIND_LIST &&
                           i < value->as.list.count;
             i++) {
            ys_lint_literal(arena, document, value->as.list.items[i], type, "this", diags);
        }
        break;
    case YS_ARGUMENT_PATTERN:
        if (!text || (!ys_is_template(value) && ys_regex_check(text, &err) != YS_OK)) {
            wrong_literal(arena, document, value, info->name, "a regular expression (RFC 9485)",
                          diags);
        }
        break;
    case YS_ARGUMENT_TEXT:
        if (!text) {
            wrong_literal(arena, document, value, info->name, "a text", diags);
        }
        break;
    case YS_ARGUMENT_MATCHER:
        ys_lint_matcher(arena, document, value,
                        item                              ? (type ? type->item : NULL)
                        : info->matcher == YS_MATCH_NOT   ? type
                                                          : NULL,
                        diags);
        break;
    case YS_ARGUMENT_FIELDS:
        for (size_t i = 0; i < ys_value_count(value) && value->kind == YS_KIND_MAP; i++) {
            ys_lint_matcher(arena, document, value->as.map.members[i].value, NULL, diags);
        }
        if (value->kind != YS_KIND_MAP) {
            wrong_literal(arena, document, value, info->name, "a map of fields", diags);
        }
        break;
    case YS_ARGUMENT_TYPE:
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            if (text && strcmp(text, types[i]) == 0) {
                return;
            }
        }
        wrong_literal(arena, document, value, info->name,
                      "null, boolean, number, integer, string, list or map", diags);
        break;
    case YS_ARGUMENT_TRUE:
        if (value->kind != YS_KIND_BOOL || !value->as.boolean) {
            wrong_literal(arena, document, value, info->name, "true", diags);
        }
        break;
    }
}

void ys_lint_matcher(struct ys_arena *arena, const struct ys_document *document,
                     const struct ys_value *matcher, const struct ys_type *type,
                     struct ys_diags *diags)
{
    if (matcher->kind != YS_KIND_MAP) {
        ys_lint_literal(arena, document, matcher, type, "this", diags);
        return;
    }
    const struct ys_field *fields = type && type->kind == YS_TYPE_OBJECT ? type->fields : NULL;
    size_t field_count = fields ? type->field_count : 0;
    for (size_t i = 0; i < matcher->as.map.count; i++) {
        const struct ys_member *member = &matcher->as.map.members[i];
        const struct ys_matcher_info *info = ys_matcher_find(member->name);
        const struct ys_field *field = ys_fields_find(fields, field_count, member->name);
        if (info) {
            lint_argument(arena, document, info, member->value, type, diags);
        } else if (field) {
            ys_lint_matcher(arena, document, member->value, field->type, diags);
        } else {
            const char *names[NAMES_MAX];
            size_t count = 0;
            for (; count < YS_MATCHER_COUNT; count++) {
                names[count] = ys_matcher_table()[count].name;
            }
            for (size_t k = 0; k < field_count && count < NAMES_MAX; k++) {
                names[count++] = fields[k].name;
            }
            struct ys_loader loader = {arena, diags, document, NULL};
            ys_shape_unknown(&loader, member, "matcher", names, count);
        }
    }
}
