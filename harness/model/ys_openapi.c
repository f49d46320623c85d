/* SPDX-License-Identifier: Apache-2.0 */
/* OpenAPI 3.0 and 3.1, as far as bindings need it. */
#include "ys_openapi.h"

#include <stdlib.h>
#include <string.h>

#define REFERENCES_MAX 16u /* references to references */
#define DEPTH_MAX 3u       /* allOf in allOf */
#define CALLS_MAX 4096u
#define FIELDS_MAX 512u

/* RFC 6901: the next token of a JSON pointer, "~1" is '/' and "~0" is '~'. */
static const char *pointer_token(const char *at, char *ret_token, size_t size)
{
    size_t used = 0;
    for (; *at && *at != '/'; at++) {
        char c = *at;
        if (c == '~' && (at[1] == '0' || at[1] == '1')) {
            c = *++at == '1' ? '/' : '~';
        }
        if (used + 1 < size) {
            ret_token[used++] = c;
        }
    }
    ret_token[used] = '\0';
    return at;
}

const struct ys_value *ys_openapi_resolve(const struct ys_openapi *openapi,
                                          const struct ys_value *schema)
{
    for (size_t i = 0; schema && i < REFERENCES_MAX; i++) {
        const char *reference = ys_value_get_text(schema, "$ref");
        if (!reference) {
            return schema;
        }
        if (strncmp(reference, "#/", 2) != 0) {
            return NULL;
        }
        const struct ys_value *target = openapi->root;
        for (const char *at = reference + 1; target && *at == '/';) {
            char token[256];
            at = pointer_token(at + 1, token, sizeof token);
            target = ys_value_get(target, token);
        }
        schema = target;
    }
    return NULL;
}

static struct ys_openapi_field *add_field(struct ys_arena *arena, struct ys_openapi_fields *fields)
{
    if (fields->count == FIELDS_MAX) {
        return NULL;
    }
    if (fields->count == fields->capacity) {
        size_t capacity = fields->capacity ? 2 * fields->capacity : 8;
        struct ys_openapi_field *grown = ys_arena_calloc(arena, capacity, sizeof *grown);
        if (fields->count) {
            memcpy(grown, fields->items, fields->count * sizeof *grown);
        }
        fields->items = grown;
        fields->capacity = capacity;
    }
    return &fields->items[fields->count++];
}

static bool lists(const struct ys_value *names, const char *name)
{
    for (size_t i = 0; i < ys_value_count(names); i++) {
        const char *text = ys_value_text(ys_value_at(names, i));
        if (text && strcmp(text, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_properties(struct ys_arena *arena, const struct ys_openapi *openapi,
                           const struct ys_value *schema, const char *in, size_t depth,
                           struct ys_openapi_fields *fields)
{
    schema = ys_openapi_resolve(openapi, schema);
    const struct ys_value *properties = ys_value_get(schema, "properties");
    const struct ys_value *all = ys_value_get(schema, "allOf");
    for (size_t i = 0;
         properties && properties->kind == YS_KIND_MAP && i < properties->as.map.count; i++) {
        const struct ys_member *member = &properties->as.map.members[i];
        struct ys_openapi_field *field = add_field(arena, fields);
        if (field) {
            *field = (struct ys_openapi_field){
                .name = member->name,
                .in = in,
                .required = lists(ys_value_get(schema, "required"), member->name),
                .schema = ys_openapi_resolve(openapi, member->value)};
        }
    }
    for (size_t i = 0; depth < DEPTH_MAX && i < ys_value_count(all); i++) {
        add_properties(arena, openapi, ys_value_at(all, i), in, depth + 1, fields);
    }
}

void ys_openapi_properties(struct ys_arena *arena, const struct ys_openapi *openapi,
                           const struct ys_value *schema, const char *in,
                           struct ys_openapi_fields *fields)
{
    add_properties(arena, openapi, schema, in, 0, fields);
}

static void add_parameters(struct ys_arena *arena, const struct ys_openapi *openapi,
                           const struct ys_value *parameters, struct ys_openapi_fields *fields)
{
    for (size_t i = 0; i < ys_value_count(parameters); i++) {
        const struct ys_value *parameter = ys_openapi_resolve(openapi, ys_value_at(parameters, i));
        const char *name = ys_value_get_text(parameter, "name");
        const char *in = ys_value_get_text(parameter, "in");
        struct ys_openapi_field *field = name && in ? add_field(arena, fields) : NULL;
        if (field) {
            *field = (struct ys_openapi_field){
                .name = name,
                .in = in,
                .required = ys_value_get_bool(parameter, "required", false),
                .schema = ys_openapi_resolve(openapi, ys_value_get(parameter, "schema"))};
        }
    }
}

static const struct ys_value *json_schema(const struct ys_openapi *openapi,
                                          const struct ys_value *holder)
{
    const struct ys_value *content = ys_value_get(ys_openapi_resolve(openapi, holder), "content");
    return ys_openapi_resolve(openapi,
                              ys_value_get(ys_value_get(content, "application/json"), "schema"));
}

static void read_call(struct ys_arena *arena, const struct ys_openapi *openapi,
                      const struct ys_value *item, const struct ys_value *operation,
                      struct ys_openapi_call *call)
{
    const char *id = ys_value_get_text(operation, "operationId");
    const char *summary = ys_value_get_text(operation, "summary");
    call->id = id ? id : "";
    call->summary = summary ? summary : "";
    add_parameters(arena, openapi, ys_value_get(item, "parameters"), &call->sent);
    add_parameters(arena, openapi, ys_value_get(operation, "parameters"), &call->sent);
    const struct ys_value *body = json_schema(openapi, ys_value_get(operation, "requestBody"));
    call->json = body || !ys_value_get(operation, "requestBody");
    ys_openapi_properties(arena, openapi, body, "body", &call->sent);
    call->replies = ys_value_get(operation, "responses");
    for (size_t i = 0; call->replies && call->replies->kind == YS_KIND_MAP && !call->reply &&
                       i < call->replies->as.map.count;
         i++) {
        const struct ys_member *reply = &call->replies->as.map.members[i];
        if (reply->name[0] == '2') {
            call->reply = json_schema(openapi, reply->value);
        }
    }
}

static void read_calls(struct ys_arena *arena, struct ys_openapi *openapi)
{
    static const char *const methods[][2] = {
        {"get", "GET"}, {"post", "POST"}, {"put", "PUT"}, {"patch", "PATCH"}, {"delete", "DELETE"}};
    const struct ys_value *paths = ys_value_get(openapi->root, "paths");
    size_t count = ys_value_count(paths);
    size_t most = count < CALLS_MAX ? count : CALLS_MAX;
    size_t kinds = sizeof methods / sizeof methods[0];
    openapi->calls = ys_arena_calloc(arena, most * kinds + 1, sizeof *openapi->calls);
    for (size_t i = 0; i < most; i++) {
        const struct ys_member *path = &paths->as.map.members[i];
        const struct ys_value *item = ys_openapi_resolve(openapi, path->value);
        for (size_t k = 0; k < kinds; k++) {
            const struct ys_value *operation = ys_value_get(item, methods[k][0]);
            if (operation && operation->kind == YS_KIND_MAP) {
                struct ys_openapi_call *call = &openapi->calls[openapi->count++];
                call->method = methods[k][1];
                call->path = path->name;
                read_call(arena, openapi, item, operation, call);
            }
        }
    }
}

/* The first scheme that the harness knows. */
static void read_security(struct ys_arena *arena, struct ys_openapi *openapi)
{
    const struct ys_value *schemes =
        ys_value_get(ys_value_get(openapi->root, "components"), "securitySchemes");
    openapi->auth = "none";
    for (size_t i = 0; schemes && schemes->kind == YS_KIND_MAP && i < schemes->as.map.count; i++) {
        const struct ys_value *scheme =
            ys_openapi_resolve(openapi, schemes->as.map.members[i].value);
        const char *type = ys_value_get_text(scheme, "type");
        const char *kind = ys_value_get_text(scheme, "scheme");
        const struct ys_value *flow =
            ys_value_get(ys_value_get(scheme, "flows"), "clientCredentials");
        if (type && strcmp(type, "oauth2") == 0 && flow) {
            const struct ys_value *scopes = ys_value_get(flow, "scopes");
            openapi->auth = "oauth2";
            openapi->token_url = ys_value_get_text(flow, "tokenUrl");
            for (size_t k = 0; scopes && scopes->kind == YS_KIND_MAP && k < scopes->as.map.count;
                 k++) {
                openapi->scope = ys_arena_printf(arena, "%s%s%s", k ? openapi->scope : "",
                                                 k ? " " : "", scopes->as.map.members[k].name);
            }
            return;
        }
        if (type && kind && strcmp(type, "http") == 0 &&
            (strcmp(kind, "bearer") == 0 || strcmp(kind, "basic") == 0)) {
            openapi->auth = kind;
            return;
        }
    }
}

enum ys_status ys_openapi_read(struct ys_arena *arena, const struct ys_value *root,
                               const struct ys_openapi **ret_openapi, struct ys_err *reterr)
{
    struct ys_openapi *openapi = ys_arena_calloc(arena, 1, sizeof *openapi);
    const char *version = ys_value_get_text(root, "openapi");
    const struct ys_value *paths = ys_value_get(root, "paths");
    if (!version || strncmp(version, "3.", 2) != 0 || !paths || paths->kind != YS_KIND_MAP) {
        return ys_err_set(reterr, YS_ERR_INVALID,
                          "not an OpenAPI 3 document: it needs `openapi: 3.…` and `paths`");
    }
    openapi->root = root;
    const char *server = ys_value_get_text(ys_value_at(ys_value_get(root, "servers"), 0), "url");
    if (server && !strchr(server, '{') && strncmp(server, "http", 4) == 0) {
        openapi->server = server;
    }
    read_security(arena, openapi);
    read_calls(arena, openapi);
    *ret_openapi = openapi;
    return YS_OK;
}
