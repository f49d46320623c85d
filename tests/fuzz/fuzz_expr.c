/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as an expression and as a template: no crash, and every refusal says why. */
#include <string.h>

#include "fuzz.h"
#include "ys_expr.h"
#include "ys_json.h"

static const struct ys_value *lookup(void *context, const char *name)
{
    return ys_value_get(context, name);
}

/* A root that an expression names is a beginning of the path it tells. */
static void see_name(void *context, const char *root, const char *path)
{
    (void)context;
    require(strncmp(root, path, strlen(root)) == 0);
}

static void check_error(enum ys_status status, const struct ys_err *err)
{
    require(status == err->status && err->text[0] != '\0');
}

static void check_expression(struct ys_arena *arena, const char *text, size_t length,
                             struct ys_value *scope)
{
    struct ys_err err;
    const struct ys_expr *expr = NULL;
    const struct ys_value *value = NULL;
    enum ys_status status = ys_expr_parse(arena, text, length, &expr, &err);
    if (status != YS_OK) {
        check_error(status, &err);
        return;
    }
    ys_expr_names(expr, see_name, NULL);
    status = ys_expr_eval(arena, expr, lookup, scope, &value, &err);
    if (status != YS_OK) {
        check_error(status, &err);
        require(err.column >= 1 && err.column <= length);
        return;
    }
    require(value != NULL);
}

static void check_template(struct ys_arena *arena, const char *text, size_t length,
                           struct ys_value *scope)
{
    struct ys_err err;
    const struct ys_value *tree = ys_value_string_n(arena, text, length);
    const struct ys_value *value = NULL;
    enum ys_status status = ys_template_expand(arena, tree, lookup, scope, &value, &err);
    if (status != YS_OK) {
        check_error(status, &err);
    } else if (!strstr(tree->as.string.bytes, "${") && strlen(text) == length) {
        require(value == tree);
    }
    if (ys_template_names(arena, tree, see_name, NULL, &err) != YS_OK) {
        require(status != YS_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char scope_text[] = "{\"a\":[1,2.5,-3],\"h\":{\"name\":\"测试一\",\"n\":\"007\"},"
                                     "\"r\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"t\":true,\"e\":[],"
                                     "\"d\":\"2024-02-29\",\"z\":null}";
    struct ys_arena arena;
    const struct ys_value *scope = NULL;

    if (size > 5000) {
        return 0;
    }
    ys_arena_init(&arena);
    require(ys_json_parse(&arena, scope_text, strlen(scope_text), &scope, NULL) == YS_OK);
    char *text = ys_arena_strndup(&arena, (const char *)data, size);
    check_expression(&arena, text, size, ys_value_copy(&arena, scope));
    check_template(&arena, text, size, ys_value_copy(&arena, scope));
    ys_arena_clear(&arena);
    return 0;
}
