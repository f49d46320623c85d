/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_try.h"

#include <string.h>

#include "ys_charset.h"
#include "ys_engine_private.h"

/* Headers by name; those that carry a credential as marks. */
static struct ys_value *headers_told(struct ys_exec *exec, const struct ys_http_header *headers,
                                     size_t count)
{
    static const char *const credentials[] = {"authorization", "proxy-authorization", "cookie",
                                              "set-cookie"};
    struct ys_value *map = ys_value_map(&exec->arena);
    for (size_t i = 0; i < count; i++) {
        char *name = ys_arena_strdup(&exec->arena, headers[i].name);
        const char *value = headers[i].value;
        for (char *at = name; *at; at++) {
            *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
        }
        for (size_t k = 0; k < sizeof credentials / sizeof credentials[0]; k++) {
            if (strcmp(name, credentials[k]) == 0) {
                value = ys_redact_mark(exec->engine->redactor, &exec->arena, "header", value);
            }
        }
        ys_value_set_text(&exec->arena, map, name, value);
    }
    return map;
}

/* The body as a text, from the binding's charset where it is not UTF-8. */
static void set_body(struct ys_exec *exec, struct ys_value *map, const char *charset,
                     const char *bytes, size_t length)
{
    char *text = NULL;
    if (length == 0) {
        return;
    }
    if (ys_utf8_is_valid(bytes, length)) {
        ys_value_set(&exec->arena, map, "body", ys_value_string_n(&exec->arena, bytes, length));
    } else if (ys_charset_to_utf8(&exec->arena, charset, bytes, length, &text, &length, NULL) ==
               YS_OK) {
        ys_value_set(&exec->arena, map, "body", ys_value_string_n(&exec->arena, text, length));
    } else {
        ys_value_set(&exec->arena, map, "body",
                     ys_value_printf(&exec->arena, "(%zu bytes that are no text)", length));
    }
}

static struct ys_value *request_told(struct ys_exec *exec, const struct ys_outgoing *outgoing,
                                     const char *charset)
{
    struct ys_value *map = ys_value_map(&exec->arena);
    ys_value_set_text(&exec->arena, map, "method", outgoing->request.method);
    ys_value_set_text(&exec->arena, map, "url", outgoing->request.url);
    ys_value_set(&exec->arena, map, "headers",
                 headers_told(exec, outgoing->request.headers, outgoing->request.header_count));
    set_body(exec, map, charset, outgoing->request.body, outgoing->request.body_length);
    return map;
}

static struct ys_value *reply_told(struct ys_exec *exec, const char *charset)
{
    const struct ys_http_reply *reply = &exec->worker->reply;
    struct ys_value *map = ys_value_map(&exec->arena);
    ys_value_set_int(&exec->arena, map, "status", reply->status);
    if (reply->tls_version && *reply->tls_version) {
        ys_value_set_text(&exec->arena, map, "tls", reply->tls_version);
    }
    ys_value_set_int(&exec->arena, map, "time_ms", reply->timing.total_us / 1000);
    ys_value_set(&exec->arena, map, "headers",
                 headers_told(exec, reply->headers, reply->header_count));
    set_body(exec, map, charset, reply->body.bytes, reply->body.length);
    return map;
}

/* The inputs with their expressions worked out; what is personal in them is learnt. */
static enum ys_status expand_inputs(struct ys_exec *exec, const struct ys_operation *operation,
                                    const struct ys_value *inputs,
                                    const struct ys_value **ret_inputs, struct ys_err *reterr)
{
    const struct ys_type type = {
        .kind = YS_TYPE_OBJECT, .fields = operation->inputs, .field_count = operation->input_count};
    struct ys_scope scope;
    ys_scope_init(&scope, NULL, &exec->arena);
    scope.engine = exec->engine;
    ys_scope_set(&scope, "clock", ys_clock_value(&exec->arena, ys_engine_wall(exec->engine)));
    enum ys_status status =
        ys_template_expand(&exec->arena, inputs, ys_scope_lookup, &scope, ret_inputs, reterr);
    if (status == YS_OK) {
        ys_learn(exec->engine->redactor, &type, *ret_inputs);
    }
    return status;
}

/* Sends and reads; false with the trouble that stopped it. */
static bool call(struct ys_exec *exec, const struct ys_bound *bound, const struct ys_value *inputs,
                 struct ys_value *told, struct ys_trouble *trouble)
{
    const struct ys_binding *binding = bound->binding;
    struct ys_outgoing outgoing;
    const struct ys_value *observation = NULL;
    const struct ys_value *reply = NULL;
    if (!ys_binding_request(exec, bound, inputs, ys_value_get_int(binding->pages, "start", 1),
                            &outgoing, trouble)) {
        return false;
    }
    ys_value_set(&exec->arena, told, "request", request_told(exec, &outgoing, binding->charset));
    if (!ys_exchange(exec, &outgoing, trouble)) {
        return false;
    }
    ys_value_set(&exec->arena, told, "reply", reply_told(exec, binding->charset));
    bool good = ys_binding_reply(exec, bound, &observation, &reply, trouble);
    ys_value_set(&exec->arena, told, "fields", exec->found);
    if (good) {
        ys_value_set(&exec->arena, told, "observation", observation);
    }
    return good;
}

static enum ys_status try_bound(struct ys_engine *engine, struct ys_arena *arena,
                                const struct ys_bound *bound, const struct ys_value *inputs,
                                const struct ys_value **ret_told, struct ys_err *reterr)
{
    const struct ys_operation *operation = bound->binding->operation;
    struct ys_worker worker;
    struct ys_exec exec = {.engine = engine, .worker = &worker};
    struct ys_trouble trouble;
    ys_worker_init(&worker, engine);
    ys_arena_init(&exec.arena);
    exec.found = ys_value_list(&exec.arena);
    exec.operation = operation->id;
    enum ys_status status = expand_inputs(&exec, operation, inputs, &inputs, reterr);
    if (status == YS_OK) {
        struct ys_value *told = ys_value_map(&exec.arena);
        ys_value_set_text(&exec.arena, told, "operation", operation->id);
        if (!call(&exec, bound, inputs, told, &trouble)) {
            struct ys_value *map = ys_value_map(&exec.arena);
            ys_value_set_text(&exec.arena, map, "cause", ys_cause_name(trouble.cause));
            ys_value_set_text(&exec.arena, map, "text", trouble.text);
            ys_value_set(&exec.arena, told, "trouble", map);
        }
        *ret_told = ys_value_copy(arena, ys_redact_value(engine->redactor, &exec.arena, told));
    }
    ys_arena_clear(&exec.arena);
    ys_worker_clear(&worker);
    return status;
}

enum ys_status ys_try(struct ys_arena *arena, const struct ys_pack *pack,
                      const struct ys_candidate *candidate, const struct ys_clock *clock,
                      const char *operation, const struct ys_value *inputs,
                      const struct ys_value **ret_told, struct ys_err *reterr)
{
    const struct ys_run_options options = {
        .pack = pack, .candidate = candidate, .clock = clock, .jobs = 1};
    struct ys_engine engine;
    enum ys_status status = ys_engine_open(&engine, &options, reterr);
    const struct ys_bound *bound = NULL;
    for (size_t i = 0; status == YS_OK && i < candidate->binding_count; i++) {
        if (strcmp(candidate->bindings[i].operation->id, operation) == 0) {
            bound = &engine.bound[i];
        }
    }
    if (status == YS_OK) {
        status = bound ? try_bound(&engine, arena, bound, inputs, ret_told, reterr)
                       : ys_err_set(reterr, YS_ERR_NOT_FOUND, "the candidate file does not bind %s",
                                    operation);
    }
    ys_engine_close(&engine);
    return status;
}

static enum ys_status observe(struct ys_engine *engine, struct ys_arena *arena,
                              const char *operation, const struct ys_value **ret_observation,
                              struct ys_err *reterr)
{
    const struct ys_step step = {.kind = YS_STEP_CALL, .target = operation};
    const struct ys_value *seen = NULL;
    struct ys_worker worker;
    struct ys_exec exec = {.engine = engine, .worker = &worker, .operation = operation};
    struct ys_trouble trouble;
    ys_worker_init(&worker, engine);
    ys_arena_init(&exec.arena);
    enum ys_status status = YS_OK;
    if (ys_observe_call(&exec, &step, &seen, &trouble)) {
        *ret_observation = ys_value_copy(arena, seen);
    } else {
        status = ys_err_set(reterr, YS_ERR_HTTP_OTHER, "%s: %s (%s)", operation, trouble.text,
                            ys_cause_name(trouble.cause));
    }
    ys_arena_clear(&exec.arena);
    ys_worker_clear(&worker);
    return status;
}

enum ys_status ys_try_pages(struct ys_arena *arena, const struct ys_pack *pack,
                            const struct ys_candidate *candidate, const struct ys_clock *clock,
                            const char *operation, const struct ys_value **ret_observation,
                            struct ys_err *reterr)
{
    const struct ys_run_options options = {
        .pack = pack, .candidate = candidate, .clock = clock, .jobs = 1};
    struct ys_engine engine;
    enum ys_status status = ys_engine_open(&engine, &options, reterr);
    if (status == YS_OK) {
        status = observe(&engine, arena, operation, ret_observation, reterr);
    }
    ys_engine_close(&engine);
    return status;
}
