/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_engine_private.h"

#include <stdarg.h>
#include <string.h>

#include "ys_supply.h"

bool ys_trouble_set(struct ys_trouble *trouble, enum ys_cause cause, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    trouble->cause = cause;
    vsnprintf(trouble->text, sizeof trouble->text, format, arguments);
    va_end(arguments);
    return false;
}

bool ys_trouble_err(struct ys_trouble *trouble, const struct ys_err *err)
{
    enum ys_cause cause = YS_CAUSE_HARNESS;
    int band = -(int)err->status;
    if (err->status == YS_ERR_HTTP_HOST || err->status == YS_ERR_SECRET ||
        err->status == YS_ERR_UNBOUND || err->status == YS_ERR_BUDGET ||
        err->status == YS_ERR_CARD_READER || err->status == YS_ERR_NOT_FOUND ||
        err->status == YS_ERR_UNDEFINED) { /* a supply: lint knows every other name */
        cause = YS_CAUSE_CONFIGURATION;
    } else if ((band >= 400 && band < 500) || err->status == YS_ERR_GUARD ||
               err->status == YS_ERR_INTERRUPTED) {
        cause = YS_CAUSE_ENVIRONMENT;
    }
    return ys_trouble_set(trouble, cause, "%s", err->text);
}

void ys_scope_init(struct ys_scope *scope, const struct ys_scope *parent, struct ys_arena *arena)
{
    *scope = (struct ys_scope){.parent = parent, .arena = arena};
}

void ys_scope_set(struct ys_scope *scope, const char *name, const struct ys_value *value)
{
    const struct ys_value *copy = ys_value_copy(scope->arena, value);
    for (size_t i = 0; i < scope->count; i++) {
        if (strcmp(scope->names[i].name, name) == 0) {
            scope->names[i].value = copy;
            return;
        }
    }
    if (scope->count == scope->capacity) {
        size_t capacity = scope->capacity ? 2 * scope->capacity : 8;
        void *grown = ys_arena_calloc(scope->arena, capacity, sizeof *scope->names);
        if (scope->count) {
            memcpy(grown, scope->names, scope->count * sizeof *scope->names);
        }
        scope->names = grown;
        scope->capacity = capacity;
    }
    scope->names[scope->count].name = ys_arena_strdup(scope->arena, name);
    scope->names[scope->count++].value = copy;
}

const struct ys_value *ys_clock_value(struct ys_arena *arena, int64_t wall_us)
{
    char text[YS_TIME_TEXT_MAX];
    ys_time_format_beijing(wall_us, text);
    struct ys_value *clock = ys_value_map(arena);
    ys_value_set_text(arena, clock, "now", text);
    ys_value_set(arena, clock, "today", ys_value_string_n(arena, text, 10));
    ys_value_set(arena, clock, "month", ys_value_string_n(arena, text, 7));
    ys_value_set_int(arena, clock, "day", (text[8] - '0') * 10 + text[9] - '0');
    return clock;
}

static void see_time(void *context, const char *root, const char *path)
{
    (void)path;
    bool *seen = context;
    *seen = *seen || strcmp(root, "time") == 0 || strcmp(root, "timestamp") == 0 ||
            strcmp(root, "timestamp_ms") == 0 || strcmp(root, "clock") == 0;
}

static bool tells_time(struct ys_arena *arena, const struct ys_value *tree)
{
    bool seen = false;
    return tree && ys_template_names(arena, tree, see_time, &seen, NULL) == YS_OK && seen;
}

struct ys_value *ys_signing_value(struct ys_arena *arena, const struct ys_candidate *candidate)
{
    bool requests = false;
    bool time = false;
    for (size_t i = 0; i < candidate->binding_count; i++) {
        const struct ys_binding *binding = &candidate->bindings[i];
        const struct ys_value *const trees[] = {
            candidate->signing.canonical, candidate->signing.headers, binding->query,
            binding->headers,             binding->body,              binding->envelope};
        requests = requests || binding->signed_request;
        for (size_t j = 0; binding->signed_request && j < sizeof trees / sizeof trees[0]; j++) {
            time = time || tells_time(arena, trees[j]);
        }
    }
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_bool(arena, map, "requests", requests);
    ys_value_set_bool(arena, map, "time", time);
    return map;
}

const struct ys_value *ys_scope_lookup(void *context, const char *name)
{
    const struct ys_scope *scope = context;
    for (;; scope = scope->parent) {
        for (size_t i = scope->count; i-- > 0;) {
            if (strcmp(scope->names[i].name, name) == 0) {
                if (scope->seen) {
                    *scope->seen = true;
                }
                return scope->names[i].value;
            }
        }
        if (!scope->parent) {
            break;
        }
    }
    if (!scope->engine) {
        return NULL;
    }
    const struct ys_value *supply = ys_value_get(scope->engine->supplies, name);
    return supply                      ? supply
           : strcmp(name, "run") == 0  ? scope->engine->run_value
           : strcmp(name, "seed") == 0 ? scope->engine->seed_value
           : strcmp(name, "endpoints") == 0 ? scope->engine->endpoints_value
           : strcmp(name, "client_endpoints") == 0 ? scope->engine->client_endpoints_value
           : strcmp(name, "signing") == 0          ? scope->engine->signing_value
           : strcmp(name, "readers") == 0          ? scope->engine->readers_value
           : strcmp(name, "dictionary") == 0       ? scope->engine->pack->catalogue->dictionary
                                                   : NULL;
}

bool ys_exec_undefined(struct ys_exec *exec, const struct ys_value *tree, const struct ys_err *err,
                       struct ys_trouble *trouble)
{
    const struct ys_engine *engine = exec->engine;
    const char *path =
        err->status == YS_ERR_UNDEFINED
            ? ys_supply_missing(&exec->arena, engine->pack->catalogue, engine->supplies, tree)
            : NULL;
    return path ? ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, YS_SUPPLY_MISSING, path,
                                 ys_supply_example(&exec->arena, engine->pack->catalogue, path))
                : ys_trouble_err(trouble, err);
}

bool ys_exec_expand(struct ys_exec *exec, struct ys_scope *scope, const struct ys_value *tree,
                    const struct ys_value **ret_value, struct ys_trouble *trouble)
{
    struct ys_err err;
    return ys_template_expand(&exec->arena, tree, ys_scope_lookup, scope, ret_value, &err) ==
               YS_OK ||
           ys_exec_undefined(exec, tree, &err, trouble);
}

void ys_learn(struct ys_redactor *redactor, const struct ys_type *type,
              const struct ys_value *value)
{
    if (!type || !value) {
        return;
    }
    const char *kind = type->kind == YS_TYPE_SECRET ? "secret" : type->personal;
    if (kind && ys_value_text(value)) {
        ys_redactor_learn(redactor, kind, ys_value_text(value));
    } else if (value->kind == YS_KIND_LIST) {
        for (size_t i = 0; i < value->as.list.count; i++) {
            ys_learn(redactor, type->item, value->as.list.items[i]);
        }
    } else if (value->kind == YS_KIND_MAP) {
        for (size_t i = 0; i < type->field_count; i++) {
            ys_learn(redactor, type->fields[i].type, ys_value_get(value, type->fields[i].name));
        }
    }
}

/* {secret: name} becomes its text; other values stay. */
static enum ys_status resolve(struct ys_arena *arena, const struct ys_candidate *candidate,
                              const struct ys_value *value, struct ys_redactor *redactor,
                              const struct ys_value **ret_value, struct ys_err *reterr)
{
    if (value->kind != YS_KIND_MAP) {
        *ret_value = value;
        return YS_OK;
    }
    const char *name = ys_value_get_text(value, "secret");
    if (name && ys_value_count(value) == 1) {
        char *secret = NULL;
        enum ys_status status = ys_candidate_secret(candidate, name, &secret, reterr);
        if (status == YS_OK) {
            ys_redactor_learn_credential(redactor, "secret", secret);
            *ret_value = ys_value_string(arena, secret);
            ys_wipe(secret, strlen(secret));
            ys_free(secret);
        }
        return status;
    }
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        const struct ys_value *inner = NULL;
        struct ys_err err;
        enum ys_status status = resolve(arena, candidate, member->value, redactor, &inner, &err);
        if (status == YS_ERR_SECRET) {
            continue; /* the steps that use it are undecided, and say which name is missing */
        }
        if (status != YS_OK) {
            return ys_err_prefix(reterr, &err, "%s", member->name);
        }
        ys_value_set(arena, map, member->name, inner);
    }
    *ret_value = map;
    return YS_OK;
}

enum ys_status ys_supplies_resolve(struct ys_arena *arena, const struct ys_pack *pack,
                                   const struct ys_candidate *candidate,
                                   struct ys_redactor *redactor,
                                   const struct ys_value **ret_supplies, struct ys_err *reterr)
{
    const struct ys_value *supplies = ys_value_map(arena);
    if (candidate->supplies) {
        enum ys_status status =
            resolve(arena, candidate, candidate->supplies, redactor, &supplies, reterr);
        if (status != YS_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < pack->catalogue->supply_count; i++) {
        const struct ys_field *field = &pack->catalogue->supplies[i];
        ys_learn(redactor, field->type, ys_value_get(supplies, field->name));
    }
    *ret_supplies = supplies;
    return YS_OK;
}
