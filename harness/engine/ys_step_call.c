/* SPDX-License-Identifier: Apache-2.0 */
/* What call and http steps observe. */
#include "ys_engine_private.h"

#include <string.h>

#include "ys_charset.h"
#include "ys_json.h"
#include "ys_xml.h"

static const struct ys_bound *find_bound(const struct ys_engine *engine, const char *operation)
{
    for (size_t i = 0; i < engine->candidate->binding_count; i++) {
        if (strcmp(engine->bound[i].binding->operation->id, operation) == 0) {
            return &engine->bound[i];
        }
    }
    return NULL;
}

/* ---- calls ---- */

static bool count_object(struct ys_exec *exec, const struct ys_operation *operation,
                         struct ys_trouble *trouble)
{
    struct ys_engine *engine = exec->engine;
    int64_t most = engine->candidate->objects_max;
    if (!operation->creates || most <= 0 || exec->phase == YS_PHASE_FINALLY) {
        return true;
    }
    if (atomic_fetch_add(&engine->objects, 1) < most) {
        return true;
    }
    return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                          "the candidate's budget of %lld created objects is used up",
                          (long long)most);
}

/* One request and its reply as outputs. A token that the bank no longer takes is fetched anew,
 * once: a request refused as unauthenticated has had no effect. */
static bool exchange_page(struct ys_exec *exec, const struct ys_bound *bound,
                          const struct ys_value *inputs, int64_t page,
                          const struct ys_value **ret_observation,
                          const struct ys_value **ret_reply, struct ys_trouble *trouble)
{
    for (int tries = 0;; tries++) {
        struct ys_outgoing outgoing;
        if (!ys_binding_request(exec, bound, inputs, page, &outgoing, trouble)) {
            return false;
        }
        if (exec->has_effect && !ys_exec_announce(exec, trouble)) {
            return false;
        }
        if (!ys_exchange(exec, &outgoing, trouble)) {
            ys_exchange_record(exec, &outgoing, trouble);
            return false;
        }
        if (exec->worker->reply.status == 401 && tries == 0 && bound->binding->authenticated &&
            exec->engine->candidate->auth.kind == YS_AUTH_OAUTH2) {
            ys_exchange_record(exec, &outgoing, NULL);
            ys_trouble_set(trouble, YS_CAUSE_CANDIDATE,
                           "the bank no longer took the token (401); sent again with a new one");
            if (exec->run) {
                ys_attempt_note(exec, 1, NULL, trouble);
            }
            ys_token_forget(exec->engine);
            continue;
        }
        bool good = ys_binding_reply(exec, bound, ret_observation, ret_reply, trouble);
        if (good && exec->contract) {
            ys_contract_see(exec, &outgoing.request);
        }
        exec->answer = good && exec->has_effect && !exec->contract ? *ret_observation : NULL;
        return ys_exchange_record(exec, &outgoing, NULL) && good;
    }
}

/* Whether the page just read was the last. */
static bool is_last(struct ys_exec *exec, const struct ys_value *pages, int64_t page,
                    const struct ys_value *reply, size_t items, bool *ret_last,
                    struct ys_trouble *trouble)
{
    const struct ys_value *last = ys_value_get(pages, "last");
    *ret_last = items == 0;
    if (!last) {
        return true;
    }
    struct ys_scope scope;
    struct ys_err err;
    const struct ys_value *value = NULL;
    ys_scope_init(&scope, NULL, &exec->arena);
    ys_scope_set(&scope, "page", ys_value_int(&exec->arena, page));
    if (reply) {
        ys_scope_set(&scope, "reply", reply);
    }
    if (ys_template_expand(&exec->arena, last, ys_scope_lookup, &scope, &value, &err) != YS_OK) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "pages.last: %s", err.text);
    }
    if (value->kind != YS_KIND_BOOL) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                              "pages.last is neither true nor false");
    }
    *ret_last = value->as.boolean;
    return true;
}

static bool call_pages(struct ys_exec *exec, const struct ys_bound *bound,
                       const struct ys_value *inputs, const struct ys_value **ret_observation,
                       struct ys_trouble *trouble)
{
    const struct ys_value *pages = bound->binding->pages;
    const char *items = ys_value_get_text(pages, "items");
    int64_t start = ys_value_get_int(pages, "start", 1);
    int64_t most = ys_value_get_int(pages, "at_most", YS_PAGES_MAX);
    struct ys_value *all = ys_value_list(&exec->arena);
    for (int64_t page = start; page < start + most; page++) {
        const struct ys_value *observation = NULL;
        const struct ys_value *reply = NULL;
        bool last = true;
        if (!exchange_page(exec, bound, inputs, page, &observation, &reply, trouble)) {
            return false;
        }
        const struct ys_value *list = items ? ys_value_get(observation, items) : NULL;
        for (size_t i = 0; i < ys_value_count(list); i++) {
            ys_value_append(&exec->arena, all, ys_value_at(list, i));
        }
        const char *outcome = ys_value_get_text(observation, "outcome");
        bool accepted = outcome && strcmp(outcome, "accepted") == 0;
        if (accepted && !is_last(exec, pages, page, reply, ys_value_count(list), &last, trouble)) {
            return false;
        }
        if (last) {
            struct ys_value *whole = ys_value_map(&exec->arena);
            for (size_t i = 0; i < observation->as.map.count; i++) {
                const struct ys_member *member = &observation->as.map.members[i];
                ys_value_set(&exec->arena, whole, member->name, member->value);
            }
            if (items && accepted) {
                ys_value_set(&exec->arena, whole, items, all);
            }
            *ret_observation = whole;
            return true;
        }
    }
    return ys_trouble_set(trouble, YS_CAUSE_CANDIDATE, "the pages did not end within %lld",
                          (long long)most);
}

/* An input that the binding leaves out would be a question that the bank was never asked. */
static bool are_carried(const struct ys_bound *bound, const struct ys_value *inputs,
                        struct ys_trouble *trouble)
{
    const struct ys_operation *operation = bound->binding->operation;
    for (size_t i = 0; i < operation->input_count; i++) {
        const char *name = operation->inputs[i].name;
        if (!bound->carried[i] && ys_value_get(inputs, name)) {
            return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                                  "the binding of %s does not send the input '%s'", operation->id,
                                  name);
        }
    }
    return true;
}

bool ys_observe_call(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    struct ys_engine *engine = exec->engine;
    const struct ys_operation *operation =
        ys_catalogue_operation(engine->pack->catalogue, step->target);
    const struct ys_bound *bound = find_bound(engine, step->target);
    const struct ys_value *inputs = ys_value_map(&exec->arena);
    const struct ys_value *reply = NULL;
    if (!bound || !operation) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                              "the candidate file does not bind %s", step->target);
    }
    if ((step->with && !ys_exec_expand(exec, &exec->view, step->with, &inputs, trouble)) ||
        !are_carried(bound, inputs, trouble)) {
        return false;
    }
    const struct ys_type type = {
        .kind = YS_TYPE_OBJECT, .fields = operation->inputs, .field_count = operation->input_count};
    ys_learn(engine->redactor, &type, inputs);
    exec->inputs = inputs;
    ys_clear_sent(exec, &type, inputs);
    if (!count_object(exec, operation, trouble)) {
        return false;
    }
    exec->must_end = !operation->idempotent;
    exec->has_effect = !operation->harmless;
    bool good = bound->binding->pages
                    ? call_pages(exec, bound, inputs, ret_observation, trouble)
                    : exchange_page(exec, bound, inputs, 1, ret_observation, &reply, trouble);
    exec->must_end = false;
    exec->has_effect = false;
    return good;
}

/* ---- http ---- */

static const char *scalar(struct ys_exec *exec, const struct ys_value *value)
{
    return ys_value_text(value) ? ys_value_text(value) : ys_value_show(&exec->arena, value, 65536);
}

static const char *pairs(struct ys_exec *exec, const struct ys_value *map)
{
    const char *text = "";
    for (size_t i = 0; map && i < map->as.map.count; i++) {
        text = ys_arena_printf(
            &exec->arena, "%s%s%s=%s", text, *text ? "&" : "",
            ys_url_encode(&exec->arena, map->as.map.members[i].name),
            ys_url_encode(&exec->arena, scalar(exec, map->as.map.members[i].value)));
    }
    return text;
}

static bool set_body(struct ys_exec *exec, const struct ys_value *body, struct ys_outgoing *out,
                     struct ys_trouble *trouble)
{
    const struct ys_value *json = ys_value_get(body, "json");
    const struct ys_value *form = ys_value_get(body, "form");
    const struct ys_value *xml = ys_value_get(body, "xml");
    const struct ys_value *raw = ys_value_get(body, "body");
    const char *text = NULL;
    const char *type = NULL;
    struct ys_buf buf;
    struct ys_err err = {.status = YS_OK};
    enum ys_status status = YS_OK;
    ys_buf_init(&buf, YS_HTTP_BODY_BYTES_MAX);
    if (json) {
        status = ys_json_write(json, &buf);
        type = "application/json";
    } else if (xml) {
        status = ys_xml_write(xml, NULL, &buf, &err);
        type = "application/xml";
    } else if (form) {
        text = pairs(exec, form);
        type = "application/x-www-form-urlencoded";
    } else if (raw) {
        text = scalar(exec, raw);
    }
    if (json || xml) {
        text = ys_arena_strndup(&exec->arena, buf.bytes, buf.length);
    }
    ys_buf_clear(&buf);
    if (status != YS_OK) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "the body cannot be written: %s",
                              err.status ? err.text : ys_status_text(status));
    }
    if (text) {
        out->request.body = text;
        out->request.body_length = strlen(text);
    }
    if (type) {
        ys_outgoing_header(&exec->arena, out, "Content-Type", type);
    }
    return true;
}

static const struct ys_value *http_observation(struct ys_exec *exec)
{
    const struct ys_http_reply *reply = &exec->worker->reply;
    struct ys_arena *arena = &exec->arena;
    struct ys_value *map = ys_value_map(arena);
    struct ys_value *headers = ys_value_map(arena);
    const struct ys_value *json = NULL;
    ys_value_set_int(arena, map, "status", reply->status);
    for (size_t i = 0; i < reply->header_count; i++) {
        char *name = ys_arena_strdup(arena, reply->headers[i].name);
        for (char *at = name; *at; at++) {
            *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
        }
        ys_value_set_text(arena, headers, name, reply->headers[i].value);
    }
    ys_value_set(arena, map, "headers", headers);
    if (reply->body.length &&
        ys_json_parse(arena, reply->body.bytes, reply->body.length, &json, NULL) == YS_OK) {
        ys_value_set(arena, map, "json", json);
    }
    if (ys_utf8_is_valid(reply->body.bytes, reply->body.length)) {
        ys_value_set(arena, map, "body",
                     ys_value_string_n(arena, reply->body.bytes, reply->body.length));
    }
    ys_value_set_int(arena, map, "time_ms", reply->timing.total_us / 1000);
    if (reply->tls_version && *reply->tls_version) {
        struct ys_value *tls = ys_value_map(arena);
        ys_value_set_text(arena, tls, "version", reply->tls_version);
        ys_value_set_text(arena, tls, "cipher", reply->tls_cipher);
        ys_value_set(arena, map, "tls", tls);
    }
    return map;
}

/* The endpoint whose URL a full URL begins with, so that its certificates are used. */
static const char *endpoint_of(const struct ys_candidate *candidate, const char *url)
{
    for (size_t i = 0; url && i < candidate->endpoint_count; i++) {
        const struct ys_endpoint *endpoint = &candidate->endpoints[i];
        if (strncmp(endpoint->url, url, strlen(endpoint->url)) == 0) {
            return endpoint->name;
        }
    }
    return candidate->endpoint_count ? candidate->endpoints[0].name : NULL;
}

/* RFC 9110, 9.2.1. */
static bool is_safe(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           strcmp(method, "OPTIONS") == 0 || strcmp(method, "TRACE") == 0;
}

bool ys_observe_http(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    const struct ys_candidate *candidate = exec->engine->candidate;
    struct ys_arena *arena = &exec->arena;
    const struct ys_value *body = NULL;
    struct ys_outgoing out = {0};
    if (!ys_exec_expand(exec, &exec->view, step->body, &body, trouble)) {
        return false;
    }
    const char *url = ys_value_get_text(body, "url");
    const char *path = url ? url : ys_value_get_text(body, "path");
    const char *query = pairs(exec, ys_value_get(body, "query"));
    out.endpoint = ys_value_get_text(body, "endpoint");
    out.endpoint = out.endpoint ? out.endpoint : endpoint_of(candidate, url);
    out.request.method = ys_value_get_text(body, "method");
    out.request.method = out.request.method ? out.request.method : "GET";
    path = path ? path : "/";
    if (*query) {
        path = ys_arena_printf(arena, "%s%c%s", path, strchr(path, '?') ? '&' : '?', query);
    }
    out.path = path;
    out.query = query;
    out.request.url = ys_endpoint_url(arena, candidate, out.endpoint, path);
    if (!out.request.url) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "no endpoint '%s'",
                              out.endpoint ? out.endpoint : "");
    }
    if (!set_body(exec, body, &out, trouble)) {
        return false;
    }
    const struct ys_value *headers = ys_value_get(body, "headers");
    for (size_t i = 0; headers && i < headers->as.map.count; i++) {
        const struct ys_member *member = &headers->as.map.members[i];
        ys_outgoing_header(arena, &out, member->name, scalar(exec, member->value));
    }
    if ((ys_value_get_bool(body, "authenticate", false) && !ys_authenticate(exec, &out, trouble)) ||
        (ys_value_get_bool(body, "sign", false) && !ys_sign(exec, &out, trouble))) {
        return false;
    }
    bool safe = is_safe(out.request.method);
    if (!safe && !ys_exec_announce(exec, trouble)) {
        return false;
    }
    bool sent = ys_exchange(exec, &out, trouble);
    if (sent) {
        *ret_observation = http_observation(exec);
        ys_clear_http(exec, step, *ret_observation);
        exec->answer = safe ? NULL : *ret_observation;
    }
    return ys_exchange_record(exec, &out, sent ? NULL : trouble) && sent;
}
