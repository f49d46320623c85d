/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_binding.h"

#include <string.h>

#include "ys_expr.h"
#include "ys_suggest.h"

struct raw {
    struct ys_binding binding;
    const struct ys_value *json;
    const struct ys_value *form;
    const struct ys_value *xml;
    int reply;
    const struct ys_value *authenticated;
    const struct ys_value *signed_request;
};

static const char *const REPLIES[] = {"json", "xml", "none", NULL};

#define AT(member) offsetof(struct raw, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "endpoint", .slot = YS_SLOT_TEXT, .offset = AT(binding.endpoint),
     .doc = "name in `endpoints`"},
    {.key = "method", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(binding.method),
     .doc = "HTTP method"},
    {.key = "path", .slot = YS_SLOT_VALUE, .required = true, .offset = AT(binding.path),
     .doc = "template; what is put in is percent-encoded"},
    {.key = "query", .slot = YS_SLOT_MAP, .offset = AT(binding.query), .doc = "templates"},
    {.key = "headers", .slot = YS_SLOT_MAP, .offset = AT(binding.headers), .doc = "templates"},
    {.key = "json", .slot = YS_SLOT_VALUE, .offset = AT(json), .doc = "body template"},
    {.key = "form", .slot = YS_SLOT_MAP, .offset = AT(form), .doc = "body template"},
    {.key = "xml", .slot = YS_SLOT_MAP, .offset = AT(xml), .doc = "body template"},
    {.key = "envelope", .slot = YS_SLOT_VALUE, .offset = AT(binding.envelope),
     .doc = "template around the body, which is ${body}"},
    {.key = "charset", .slot = YS_SLOT_TEXT, .offset = AT(binding.charset),
     .doc = "UTF-8 or GB18030"},
    {.key = "reply", .slot = YS_SLOT_CHOICE, .offset = AT(reply), .choices = REPLIES,
     .doc = "json (default), xml or none"},
    {.key = "payload", .slot = YS_SLOT_TEXT, .offset = AT(binding.payload),
     .doc = "path of the operation's part of the reply"},
    {.key = "inputs", .slot = YS_SLOT_MAP, .offset = AT(binding.inputs),
     .doc = "conversions of inputs: {map, unit, format, decimals}"},
    {.key = "outcome", .slot = YS_SLOT_VALUE, .definition = "outcome", .required = true,
     .offset = AT(binding.outcome),
     .doc = "{from: status or path, map: {code: outcome}}, or a list of them tried in order"},
    {.key = "reason", .slot = YS_SLOT_VALUE, .offset = AT(binding.reason),
     .doc = "where the bank's refusal code stands"},
    {.key = "outputs", .slot = YS_SLOT_MAP, .offset = AT(binding.outputs),
     .doc = "name: path, or {at, map, unit, format, each, fields}"},
    {.key = "pages", .slot = YS_SLOT_MAP, .offset = AT(binding.pages),
     .doc = "{parameter, start, items, last or until_empty, at_most}"},
    {.key = "authenticated", .slot = YS_SLOT_VALUE, .offset = AT(authenticated),
     .definition = "flag",
     .doc = "true or false"},
    {.key = "signed", .slot = YS_SLOT_VALUE, .offset = AT(signed_request), .definition = "flag",
     .doc = "true or false"},
};
#undef AT

const struct ys_shape ys_shape_binding = {
    .name = "binding",
    .doc = "how one operation becomes a request",
    .size = sizeof(struct raw),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct raw, binding.at),
};

/* `over` on top of `under`: maps are merged, anything else replaces. */
static const struct ys_value *merge(struct ys_arena *arena, const struct ys_value *under,
                                    const struct ys_value *over)
{
    if (under->kind != YS_KIND_MAP || over->kind != YS_KIND_MAP) {
        return over;
    }
    struct ys_value *merged = ys_value_map(arena);
    merged->line = over->line;
    merged->column = over->column;
    for (size_t i = 0; i < under->as.map.count; i++) {
        const struct ys_member *member = &under->as.map.members[i];
        ys_value_add(arena, merged, member->name, member->value, member->line, member->column);
    }
    for (size_t i = 0; i < over->as.map.count; i++) {
        const struct ys_member *member = &over->as.map.members[i];
        const struct ys_value *below = ys_value_get(under, member->name);
        if (below) {
            ys_value_set(arena, merged, member->name, merge(arena, below, member->value));
        } else {
            ys_value_add(arena, merged, member->name, member->value, member->line,
                         member->column);
        }
    }
    return merged;
}

static bool flag(struct ys_loader *loader, const struct ys_value *value, bool otherwise)
{
    if (!value || !ys_shape_kind(loader, value, YS_KIND_BOOL, "this")) {
        return otherwise;
    }
    return value->as.boolean;
}

static void load_one(struct ys_loader *loader, const struct ys_value *value,
                     const struct ys_operation *operation, const struct ys_candidate *candidate,
                     struct ys_binding *ret_binding)
{
    struct raw raw = {0};
    ys_shape_load(loader, &ys_shape_binding, value, &raw);
    raw.binding.operation = operation;
    raw.binding.at = value;
    raw.binding.reply_kind = (enum ys_reply_kind)raw.reply;
    if ((raw.json != NULL) + (raw.form != NULL) + (raw.xml != NULL) > 1) {
        ys_diag_add(loader->diags, loader->document, value, "a request has one body")->expected =
            "one of: json, form, xml";
    }
    raw.binding.body = raw.json ? raw.json : raw.form ? raw.form : raw.xml;
    raw.binding.body_kind = raw.json   ? YS_BODY_JSON
                            : raw.form ? YS_BODY_FORM
                            : raw.xml  ? YS_BODY_XML
                                       : YS_BODY_NONE;
    if (!raw.binding.charset) {
        raw.binding.charset = "UTF-8";
    }
    raw.binding.authenticated =
        flag(loader, raw.authenticated, candidate->auth.kind != YS_AUTH_NONE);
    raw.binding.signed_request =
        flag(loader, raw.signed_request, candidate->signing.kind != YS_SIGN_NONE);
    if (!raw.binding.endpoint && candidate->endpoint_count == 1) {
        raw.binding.endpoint = candidate->endpoints[0].name;
    }
    *ret_binding = raw.binding;
}

void ys_bindings_load(struct ys_loader *loader, const struct ys_pack *pack,
                      const struct ys_value *defaults, const struct ys_value *bindings,
                      struct ys_candidate *candidate)
{
    const struct ys_catalogue *catalogue = pack->catalogue;
    size_t count = bindings->as.map.count;
    struct ys_binding *loaded = ys_arena_calloc(loader->arena, count + 1, sizeof *loaded);
    candidate->bindings = loaded;
    for (size_t i = 0; i < count; i++) {
        const struct ys_member *member = &bindings->as.map.members[i];
        const struct ys_operation *operation = ys_catalogue_operation(catalogue, member->name);
        if (!operation) {
            const char **names =
                ys_arena_calloc(loader->arena, catalogue->operation_count + 1, sizeof *names);
            for (size_t k = 0; k < catalogue->operation_count; k++) {
                names[k] = catalogue->operations[k].id;
            }
            struct ys_diag *diag =
                ys_diag_add_at(loader->diags, loader->document, member->line, member->column,
                               "unknown operation '%s'", member->name);
            diag->suggestion = ys_suggest(member->name, names, catalogue->operation_count);
            diag->expected = "an operation of operations.yaml";
            continue;
        }
        const struct ys_value *value =
            defaults ? merge(loader->arena, defaults, member->value) : member->value;
        load_one(loader, value, operation, candidate, &loaded[candidate->binding_count++]);
    }
}

/* ---- what a request carries ---- */

struct carried {
    const struct ys_operation *operation;
    bool *inputs;
};

static void see_input(void *context, const char *root, const char *path)
{
    struct carried *carried = context;
    bool whole = strcmp(root, "in") == 0 && strcmp(path, "in") == 0;
    size_t length = strncmp(path, "in.", 3) == 0 ? strcspn(path + 3, ".[") : 0;
    for (size_t i = 0; i < carried->operation->input_count; i++) {
        const char *name = carried->operation->inputs[i].name;
        if (whole || (strlen(name) == length && strncmp(name, path + 3, length) == 0)) {
            carried->inputs[i] = true;
        }
    }
}

const bool *ys_binding_carried(struct ys_arena *arena, const struct ys_binding *binding)
{
    const struct ys_operation *operation = binding->operation;
    const struct ys_value *const templates[] = {binding->path, binding->query, binding->headers,
                                                binding->body, binding->envelope};
    struct carried carried = {operation,
                              ys_arena_calloc(arena, operation->input_count + 1, sizeof(bool))};
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++) {
        /* A template that does not parse is told by lint. */
        if (templates[i] &&
            ys_template_names(arena, templates[i], see_input, &carried, NULL) != YS_OK) {
            break;
        }
    }
    return carried.inputs;
}
