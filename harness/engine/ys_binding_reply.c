/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a reply of the bank to an operation's outputs. Rules are compiled once a run. What does
 * not fit says whether the bank or the candidate file is to be looked at.
 */
#include "ys_engine_private.h"

#include <string.h>

#include "ys_charset.h"
#include "ys_clock.h"
#include "ys_json.h"
#include "ys_xml.h"

/* ---- rules, compiled ---- */

static enum ys_status compile(struct ys_arena *arena, const struct ys_binding *binding,
                              const char *name, const struct ys_value *value,
                              const struct ys_type *type, struct ys_rule *ret_rule,
                              struct ys_err *reterr);

static enum ys_status compile_members(struct ys_arena *arena, const struct ys_binding *binding,
                                      const struct ys_value *map, const struct ys_type *object,
                                      const struct ys_rule **ret_rules, size_t *ret_count,
                                      struct ys_err *reterr)
{
    struct ys_rule *rules = ys_arena_calloc(arena, ys_value_count(map) + 1, sizeof *rules);
    for (size_t i = 0; i < ys_value_count(map); i++) {
        const struct ys_member *member = &map->as.map.members[i];
        const struct ys_field *field =
            object ? ys_fields_find(object->fields, object->field_count, member->name) : NULL;
        enum ys_status status = compile(arena, binding, member->name, member->value,
                                        field ? field->type : NULL, &rules[i], reterr);
        if (status != YS_OK) {
            return status;
        }
        rules[i].required = field && field->required;
    }
    *ret_rules = rules;
    *ret_count = ys_value_count(map);
    return YS_OK;
}

static enum ys_status compile(struct ys_arena *arena, const struct ys_binding *binding,
                              const char *name, const struct ys_value *value,
                              const struct ys_type *type, struct ys_rule *ret_rule,
                              struct ys_err *reterr)
{
    struct ys_rule rule = {.name = name, .type = type};
    const char *unit = ys_value_get_text(value, "unit");
    rule.at = ys_value_text(value) ? ys_value_text(value) : ys_value_get_text(value, "at");
    rule.map = ys_value_get(value, "map");
    rule.fen = unit && strcmp(unit, "fen") == 0;
    rule.format = ys_value_get_text(value, "format");
    const struct ys_value *each = ys_value_get(value, "each");
    const struct ys_value *fields = ys_value_get(value, "fields");
    enum ys_status status = YS_OK;
    if (rule.at && binding->reply_kind == YS_REPLY_JSON) {
        status = ys_jsonpath_parse(arena, rule.at, &rule.path, reterr);
        rule.singular = status == YS_OK && ys_jsonpath_is_singular(rule.path);
    }
    if (status == YS_OK && each) {
        status = compile_members(arena, binding, each, type ? type->item : NULL, &rule.each,
                                 &rule.member_count, reterr);
    } else if (status == YS_OK && fields) {
        status = compile_members(arena, binding, fields, type, &rule.fields, &rule.member_count,
                                 reterr);
    }
    if (status == YS_OK) {
        *ret_rule = rule;
    }
    return status;
}

/* {from: status|path, map}, or a list of them. */
static enum ys_status compile_outcomes(struct ys_arena *arena, const struct ys_binding *binding,
                                       struct ys_bound *bound, struct ys_err *reterr)
{
    bool list = binding->outcome->kind == YS_KIND_LIST;
    size_t count = list ? ys_value_count(binding->outcome) : 1;
    struct ys_rule *rules = ys_arena_calloc(arena, count + 1, sizeof *rules);
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *value = list ? ys_value_at(binding->outcome, i) : binding->outcome;
        const char *from = ys_value_get_text(value, "from");
        rules[i] = (struct ys_rule){.name = "outcome", .map = ys_value_get(value, "map")};
        if (from && strcmp(from, "status") != 0) {
            rules[i].at = from;
            if (binding->reply_kind == YS_REPLY_JSON) {
                enum ys_status status = ys_jsonpath_parse(arena, from, &rules[i].path, reterr);
                if (status != YS_OK) {
                    return status;
                }
            }
        }
    }
    bound->outcomes = rules;
    bound->outcome_count = count;
    return YS_OK;
}

static enum ys_status prepare(struct ys_arena *arena, const struct ys_binding *binding,
                              struct ys_bound *bound, struct ys_err *reterr)
{
    const struct ys_operation *operation = binding->operation;
    const struct ys_type outputs = {.kind = YS_TYPE_OBJECT,
                                    .fields = operation->outputs,
                                    .field_count = operation->output_count};
    bound->binding = binding;
    bound->carried = ys_binding_carried(arena, binding);
    enum ys_status status = compile_outcomes(arena, binding, bound, reterr);
    if (status == YS_OK && binding->payload && binding->reply_kind == YS_REPLY_JSON) {
        status = ys_jsonpath_parse(arena, binding->payload, &bound->payload, reterr);
    }
    if (status == YS_OK && binding->reason) {
        struct ys_rule *reason = ys_arena_alloc(arena, sizeof *reason);
        status = compile(arena, binding, "reason", binding->reason, NULL, reason, reterr);
        bound->reason = reason;
    }
    if (status == YS_OK && binding->outputs) {
        status = compile_members(arena, binding, binding->outputs, &outputs, &bound->outputs,
                                 &bound->output_count, reterr);
    }
    return status;
}

enum ys_status ys_bindings_prepare(struct ys_engine *engine, struct ys_err *reterr)
{
    const struct ys_candidate *candidate = engine->candidate;
    struct ys_bound *bound =
        ys_arena_calloc(&engine->arena, candidate->binding_count + 1, sizeof *bound);
    for (size_t i = 0; i < candidate->binding_count; i++) {
        struct ys_err err;
        if (prepare(&engine->arena, &candidate->bindings[i], &bound[i], &err) != YS_OK) {
            return ys_err_prefix(reterr, &err, "binding of %s",
                                 candidate->bindings[i].operation->id);
        }
    }
    engine->bound = bound;
    return YS_OK;
}

/* ---- a reply ---- */

/* Where paths look: a JSON value, or an XML document from a node on (NULL: the document). */
struct source {
    struct ys_exec *exec;
    struct ys_arena *arena;
    const struct ys_value *json;
    struct ys_xml *xml;
    const struct ys_xml_node *node;
    bool nowhere; /* the payload is missing: relative paths find nothing */
    const char *operation;
    const char *within; /* "terminals[0]." before the names that are told; NULL: none is told */
    struct ys_trouble *trouble;
};

/* For who wants to know how an output was found: its rule, and what stood there and became of it.
 * What is personal is learnt, so that it is not shown. */
static void tell_found(const struct source *source, const struct ys_rule *rule,
                       const struct ys_value *raw, const struct ys_value *value)
{
    struct ys_arena *arena = source->arena;
    if (!source->exec->found || !source->within) {
        return;
    }
    struct ys_value *row = ys_value_map(arena);
    ys_value_set(arena, row, "name", ys_value_printf(arena, "%s%s", source->within, rule->name));
    ys_value_set_text(arena, row, "at", rule->at ? rule->at : "status");
    if (raw) {
        ys_value_set(arena, row, "raw", raw);
    }
    if (value) {
        ys_value_set(arena, row, "value", value);
    }
    if (rule->type && ys_value_text(raw)) {
        ys_learn(source->exec->engine->redactor, rule->type, raw);
    }
    ys_value_append(arena, source->exec->found, row);
}

/* The names inside an output, "terminals[0]."; of a list only those of the first item are told. */
static const char *inside(const struct source *source, const struct ys_rule *rule,
                          const char *suffix)
{
    return source->within ? ys_arena_printf(source->arena, "%s%s%s", source->within, rule->name,
                                            suffix)
                          : NULL;
}

/* What a rule reads is mapped, and in clear in the record unless it is personal. */
static void note_clear(const struct source *source, const struct ys_rule *rule,
                       const struct ys_value *value)
{
    ys_clear_typed(source->exec, rule->type, value);
}

static bool select_nodes(const struct source *source, const struct ys_rule *rule,
                         const struct ys_value **ret_nodes)
{
    struct ys_err err;
    enum ys_status status = YS_OK;
    *ret_nodes = NULL;
    if (source->xml) {
        if (source->nowhere && *rule->at != '/') {
            return true;
        }
        status = ys_xml_select_from(source->arena, source->xml, source->node, rule->at, ret_nodes,
                                    &err);
    } else if (source->json && rule->path) {
        status = ys_jsonpath_select(source->arena, rule->path, source->json, ret_nodes, &err);
    }
    return status == YS_OK || ys_trouble_set(source->trouble, YS_CAUSE_CONFIGURATION,
                                             "%s of %s: %s", rule->name, source->operation,
                                             err.text);
}

static bool wrong(const struct source *source, const struct ys_rule *rule,
                  const struct ys_value *value, const char *wanted)
{
    bool is_personal =
        rule->type && (rule->type->personal || rule->type->kind == YS_TYPE_SECRET);
    return ys_trouble_set(source->trouble, YS_CAUSE_CANDIDATE,
                          "%s of %s: %s was expected at %s, the bank sent %s", rule->name,
                          source->operation, wanted, rule->at ? rule->at : "the reply",
                          is_personal ? "something else, which is personal"
                                      : ys_value_show(source->arena, value, 120));
}

/* Numbers may come as texts: always in XML, often in JSON. */
static bool to_number(const struct source *source, const struct ys_rule *rule,
                      const struct ys_value *value, const struct ys_value **ret_value)
{
    struct ys_decimal number;
    if (value->kind == YS_KIND_NUMBER) {
        number = value->as.number;
    } else if (!ys_value_text(value) ||
               ys_decimal_parse(value->as.string.bytes, value->as.string.length, &number, NULL) !=
                   YS_OK) {
        return wrong(source, rule, value, "a number");
    }
    struct ys_decimal fen;
    if (rule->fen) {
        if (ys_decimal_divide(number, ys_decimal_from_int(100), &fen) != YS_OK) {
            return wrong(source, rule, value, "an amount in fen");
        }
        number = fen;
    }
    if (rule->type && rule->type->kind == YS_TYPE_INTEGER && !ys_decimal_is_integer(number)) {
        return wrong(source, rule, value, "a whole number");
    }
    *ret_value = ys_value_number(source->arena, number);
    return true;
}

static bool to_boolean(const struct source *source, const struct ys_rule *rule,
                       const struct ys_value *value, const struct ys_value **ret_value)
{
    const char *text = ys_value_text(value);
    *ret_value = value;
    if (value->kind == YS_KIND_BOOL) {
        return true;
    }
    if (source->xml && text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        *ret_value = ys_value_bool(source->arena, *text == 't');
        return true;
    }
    return wrong(source, rule, value, "true or false");
}

static bool to_enum(const struct source *source, const struct ys_rule *rule,
                    const struct ys_value *value, const struct ys_value **ret_value)
{
    const char *text = ys_value_text(value);
    for (size_t i = 0; text && i < rule->type->value_count; i++) {
        if (strcmp(rule->type->values[i], text) == 0) {
            *ret_value = value;
            return true;
        }
    }
    return wrong(source, rule, value, "a value of the enumeration");
}

static bool mapped(const struct source *source, const struct ys_rule *rule,
                   const struct ys_value *value, const struct ys_value **ret_value)
{
    const char *code = ys_value_text(value) ? ys_value_text(value)
                                            : ys_value_show(source->arena, value, 120);
    *ret_value = ys_value_get(rule->map, code);
    return *ret_value ? true
                      : ys_trouble_set(source->trouble, YS_CAUSE_CANDIDATE,
                                       "%s of %s: the candidate file maps no code '%s'",
                                       rule->name, source->operation, code);
}

static bool convert(const struct source *source, const struct ys_rule *rule,
                    const struct ys_value *value, const struct ys_value **ret_value)
{
    if (rule->map && !mapped(source, rule, value, &value)) {
        return false;
    }
    if (rule->format) {
        const char *text = ys_value_text(value)
                               ? ys_value_text(value)
                               : ys_value_show(source->arena, value, 64);
        const char *iso = ys_unformat_time(source->arena, rule->format, text);
        if (!iso) {
            return wrong(source, rule, value, rule->format);
        }
        value = ys_value_string(source->arena, iso);
    }
    *ret_value = value;
    if (!rule->type) {
        return true;
    }
    switch (rule->type->kind) {
    case YS_TYPE_INTEGER:
    case YS_TYPE_MONEY:
        return to_number(source, rule, value, ret_value);
    case YS_TYPE_BOOLEAN:
        return to_boolean(source, rule, value, ret_value);
    case YS_TYPE_ENUM:
        return to_enum(source, rule, value, ret_value);
    case YS_TYPE_STRING:
    case YS_TYPE_DATE:
    case YS_TYPE_MONTH:
    case YS_TYPE_DATETIME:
    case YS_TYPE_SECRET:
        return ys_value_text(value) ? true : wrong(source, rule, value, "a text");
    case YS_TYPE_LIST:
        return value->kind == YS_KIND_LIST ? true : wrong(source, rule, value, "a list");
    case YS_TYPE_OBJECT:
        return value->kind == YS_KIND_MAP ? true : wrong(source, rule, value, "an object");
    case YS_TYPE_ROWS:
    case YS_TYPE_ANY:
        return true;
    }
    return true;
}

static bool extract(const struct source *source, const struct ys_rule *rule,
                    const struct ys_value **ret_value);

/* ISO 8601, as the types of the catalogue say. */
static bool has_form(const struct source *source, const struct ys_rule *rule, const char *text)
{
    struct ys_civil date;
    int64_t wall_us = 0;
    enum ys_type_kind kind = rule->type->kind;
    if (kind == YS_TYPE_MONTH) {
        text = ys_arena_printf(source->arena, "%s-01", text);
    }
    return kind == YS_TYPE_DATETIME ? ys_time_parse(text, &wall_us, NULL) == YS_OK
                                    : (kind != YS_TYPE_DATE && kind != YS_TYPE_MONTH) ||
                                          ys_date_parse(text, &date, NULL) == YS_OK;
}

/* What is of another type and still names what was made, as an identifier that is a number does;
 * what is personal is learnt from texts only. */
static const struct ys_value *named_still(const struct ys_rule *rule, const struct ys_value *value)
{
    return rule->type && rule->type->kind == YS_TYPE_STRING && !rule->type->personal && value &&
                   value->kind == YS_KIND_NUMBER
               ? value
               : NULL;
}

/* A member that does not fit: noted where a contract step asks, otherwise the end. */
static bool extract_member(const struct source *source, const struct ys_rule *rule,
                           const struct ys_value **ret_value)
{
    struct ys_exec *exec = source->exec;
    *ret_value = NULL;
    if (!extract(source, rule, ret_value)) {
        *ret_value = named_still(rule, *ret_value);
        return source->trouble->cause == YS_CAUSE_CANDIDATE &&
               ys_contract_fault(exec, source->trouble->text);
    }
    if (!*ret_value && rule->required) {
        ys_trouble_set(source->trouble, YS_CAUSE_CONFIGURATION,
                       "%s of %s is required; the reply has nothing at %s", rule->name,
                       source->operation, rule->at ? rule->at : "(no path)");
        return ys_contract_fault(exec, source->trouble->text);
    }
    if (*ret_value && rule->type && exec->contract && ys_value_text(*ret_value) &&
        !has_form(source, rule, ys_value_text(*ret_value))) {
        wrong(source, rule, *ret_value, "a date or time of ISO 8601");
        ys_contract_fault(exec, source->trouble->text);
    }
    return true;
}

static bool extract_members(const struct source *source, const struct ys_rule *rules, size_t count,
                            struct ys_value *map)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *value = NULL;
        if (!extract_member(source, &rules[i], &value)) {
            return false;
        }
        if (value) {
            ys_value_add(source->arena, map, rules[i].name, value, 0, 0);
        }
    }
    return true;
}

/* Moves the source to the first node of a path. */
static bool enter_node(struct source *source, const char *path)
{
    const struct ys_xml_node *const *nodes = NULL;
    size_t count = 0;
    struct ys_err err;
    if (ys_xml_nodes(source->arena, source->xml, source->node, path, &nodes, &count, &err) !=
        YS_OK) {
        return ys_trouble_set(source->trouble, YS_CAUSE_CONFIGURATION, "%s: %s", path, err.text);
    }
    source->nowhere = count == 0;
    source->node = count ? nodes[0] : NULL;
    return true;
}

static bool extract_each(const struct source *source, const struct ys_rule *rule,
                         const struct ys_value *nodes, const struct ys_value **ret_value)
{
    const struct ys_value *items = nodes;
    const struct ys_xml_node *const *elements = NULL;
    size_t element_count = 0;
    struct ys_err err;
    if (source->xml && ys_xml_nodes(source->arena, source->xml, source->node, rule->at, &elements,
                                    &element_count, &err) != YS_OK) {
        return ys_trouble_set(source->trouble, YS_CAUSE_CONFIGURATION, "%s: %s", rule->name,
                              err.text);
    }
    if (!source->xml && rule->singular) {
        items = ys_value_at(nodes, 0);
        if (items->kind != YS_KIND_LIST) {
            return wrong(source, rule, items, "a list");
        }
    }
    struct ys_value *list = ys_value_list(source->arena);
    size_t count = source->xml ? element_count : ys_value_count(items);
    tell_found(source, rule,
               ys_value_printf(source->arena, "%zu item%s", count, count == 1 ? "" : "s"), NULL);
    for (size_t i = 0; i < count; i++) {
        struct source inner = *source;
        inner.within = i == 0 ? inside(source, rule, "[0].") : NULL;
        if (source->xml) {
            inner.node = elements[i];
        } else {
            inner.json = ys_value_at(items, i);
        }
        struct ys_value *map = ys_value_map(source->arena);
        if (!extract_members(&inner, rule->each, rule->member_count, map)) {
            return false;
        }
        ys_value_append(source->arena, list, map);
    }
    *ret_value = list;
    return true;
}

/* *ret_value stays NULL where the path finds nothing. */
static bool extract(const struct source *source, const struct ys_rule *rule,
                    const struct ys_value **ret_value)
{
    const struct ys_value *nodes = NULL;
    if (!rule->at) {
        if (rule->fields) {
            struct ys_value *map = ys_value_map(source->arena);
            struct source inner = *source;
            inner.within = inside(source, rule, ".");
            *ret_value = map;
            return extract_members(&inner, rule->fields, rule->member_count, map);
        }
        return true;
    }
    if (!select_nodes(source, rule, &nodes)) {
        return false;
    }
    if (ys_value_count(nodes) == 0) {
        bool list = rule->each || (rule->type && rule->type->kind == YS_TYPE_LIST);
        tell_found(source, rule, NULL, NULL);
        if (list && !rule->singular) {
            *ret_value = ys_value_list(source->arena);
        }
        return true;
    }
    if (rule->each) {
        return extract_each(source, rule, nodes, ret_value);
    }
    const struct ys_value *first = ys_value_at(nodes, 0);
    if (rule->fields) {
        struct source inner = *source;
        inner.within = inside(source, rule, ".");
        inner.json = first;
        if (source->xml && !enter_node(&inner, rule->at)) {
            return false;
        }
        struct ys_value *map = ys_value_map(source->arena);
        *ret_value = map;
        return extract_members(&inner, rule->fields, rule->member_count, map);
    }
    if (first->kind == YS_KIND_NULL) {
        tell_found(source, rule, first, NULL);
        return true; /* a null says that there is none */
    }
    bool list = rule->type && rule->type->kind == YS_TYPE_LIST && !rule->singular;
    const struct ys_value *raw = list ? nodes : first;
    note_clear(source, rule, raw);
    bool good = convert(source, rule, raw, ret_value);
    tell_found(source, rule, raw, good ? *ret_value : NULL);
    return good;
}

static const char *known_codes(struct ys_arena *arena, const struct ys_bound *bound)
{
    const char *text = "";
    for (size_t i = 0; i < bound->outcome_count; i++) {
        const struct ys_value *map = bound->outcomes[i].map;
        for (size_t k = 0; k < ys_value_count(map); k++) {
            text = ys_arena_printf(arena, "%s%s%s", text, *text ? ", " : "",
                                   map->as.map.members[k].name);
        }
    }
    return text;
}

static bool find_outcome(struct ys_exec *exec, const struct ys_bound *bound,
                         const struct source *whole, const char **ret_outcome)
{
    int status = exec->worker->reply.status;
    const char *seen = ys_arena_printf(&exec->arena, "%d", status);
    for (size_t i = 0; i < bound->outcome_count; i++) {
        const struct ys_rule *rule = &bound->outcomes[i];
        const char *code = ys_arena_printf(&exec->arena, "%d", status);
        if (rule->at) {
            const struct ys_value *nodes = NULL;
            if (!select_nodes(whole, rule, &nodes)) {
                return false;
            }
            const struct ys_value *node = ys_value_at(nodes, 0);
            if (!node) {
                continue;
            }
            note_clear(whole, rule, node);
            code = ys_value_text(node) ? ys_value_text(node)
                                       : ys_value_show(&exec->arena, node, 64);
            seen = ys_arena_printf(&exec->arena, "%d with %s", status, code);
        }
        const char *outcome = ys_value_get_text(rule->map, code);
        tell_found(whole, rule, ys_value_string(&exec->arena, code),
                   outcome ? ys_value_string(&exec->arena, outcome) : NULL);
        if (outcome) {
            *ret_outcome = outcome;
            return true;
        }
    }
    return ys_trouble_set(whole->trouble,
                          status >= 500 ? YS_CAUSE_CANDIDATE : YS_CAUSE_CONFIGURATION,
                          "outcome of %s: the candidate file maps %s; the bank answered %s",
                          whole->operation, known_codes(&exec->arena, bound), seen);
}

/* The body in the notation of the binding. An empty one is nothing, not a mistake. */
static bool parse_body(struct ys_exec *exec, const struct ys_bound *bound, struct source *source)
{
    const struct ys_http_reply *reply = &exec->worker->reply;
    const struct ys_binding *binding = bound->binding;
    const char *text = reply->body.bytes;
    size_t length = reply->body.length;
    char *converted = NULL;
    struct ys_err err = {.status = YS_OK};
    enum ys_status status = YS_OK;
    if (length == 0 || binding->reply_kind == YS_REPLY_NONE) {
        return true;
    }
    if (!ys_utf8_is_valid(text, length) &&
        ys_charset_to_utf8(source->arena, binding->charset, text, length, &converted,
                           &exec->clear.text_length, NULL) == YS_OK) {
        exec->clear.text = converted;
    }
    if (binding->reply_kind == YS_REPLY_XML) {
        exec->clear.xml = true;
        status = ys_xml_parse(text, length, NULL, &source->xml, &err);
    } else {
        if (strcmp(binding->charset, "UTF-8") != 0 && !ys_utf8_is_valid(text, length)) {
            status = ys_charset_to_utf8(source->arena, binding->charset, text, length, &converted,
                                        &length, &err);
            text = converted;
        }
        if (status == YS_OK) {
            status = ys_json_parse(source->arena, text, length, &source->json, &err);
            exec->clear.json = source->json;
        }
    }
    if (status != YS_OK && reply->status < 500) {
        return ys_trouble_set(source->trouble, YS_CAUSE_CANDIDATE,
                              "the reply of %s (status %d) is not %s: %s", source->operation,
                              reply->status,
                              binding->reply_kind == YS_REPLY_XML ? "XML" : "JSON", err.text);
    }
    return true;
}

/* Moves the source to the payload. */
static bool enter_payload(const struct ys_bound *bound, struct source *source)
{
    struct ys_err err;
    if (source->xml && bound->binding->payload) {
        return enter_node(source, bound->binding->payload);
    }
    if (bound->payload && source->json) {
        const struct ys_value *nodes = NULL;
        if (ys_jsonpath_select(source->arena, bound->payload, source->json, &nodes, &err) !=
            YS_OK) {
            return ys_trouble_set(source->trouble, YS_CAUSE_CONFIGURATION, "payload: %s",
                                  err.text);
        }
        source->json = ys_value_at(nodes, 0);
    }
    return true;
}

/* Where a rule reads it, extract_member has told already that it is not there. */
static bool is_ruled(const struct ys_bound *bound, const char *name)
{
    for (size_t i = 0; i < bound->output_count; i++) {
        if (strcmp(bound->outputs[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_outputs(const struct ys_bound *bound, const struct source *source,
                         struct ys_value *observation)
{
    const struct ys_operation *operation = bound->binding->operation;
    if (!extract_members(source, bound->outputs, bound->output_count, observation)) {
        return false;
    }
    for (size_t i = 0; i < operation->output_count; i++) {
        const struct ys_field *field = &operation->outputs[i];
        if (field->required && strcmp(field->name, "outcome") != 0 &&
            !ys_value_get(observation, field->name) && !is_ruled(bound, field->name)) {
            return ys_trouble_set(source->trouble, YS_CAUSE_CONFIGURATION,
                                  "the binding of %s says nothing about the required output %s",
                                  operation->id, field->name);
        }
    }
    return true;
}

bool ys_binding_reply(struct ys_exec *exec, const struct ys_bound *bound,
                      const struct ys_value **ret_observation, const struct ys_value **ret_reply,
                      struct ys_trouble *trouble)
{
    const struct ys_operation *operation = bound->binding->operation;
    const struct ys_type outputs = {.kind = YS_TYPE_OBJECT,
                                    .fields = operation->outputs,
                                    .field_count = operation->output_count};
    struct source source = {
        .exec = exec, .arena = &exec->arena, .operation = operation->id, .within = "",
        .trouble = trouble};
    const char *outcome = NULL;
    struct ys_value *observation = ys_value_map(&exec->arena);
    if (!parse_body(exec, bound, &source)) {
        *ret_observation = observation; /* of which nothing can be told */
        return ys_contract_fault(exec, trouble->text);
    }
    bool good = find_outcome(exec, bound, &source, &outcome);
    if (good) {
        struct ys_trouble ignored;
        struct source reasons = source;
        const struct ys_value *reason = NULL;
        reasons.trouble = &ignored;
        ys_value_set_text(&exec->arena, observation, "outcome", outcome);
        if (bound->reason && extract(&reasons, bound->reason, &reason) && reason) {
            const char *text = ys_value_text(reason) ? ys_value_text(reason)
                                                     : ys_value_show(&exec->arena, reason, 200);
            ys_value_set_text(&exec->arena, observation, "reason", text);
        }
        good = enter_payload(bound, &source);
    }
    if (good && strcmp(outcome, "accepted") == 0) {
        good = read_outputs(bound, &source, observation);
    }
    /* What is personal is learnt before anything of this reply is written. */
    ys_learn(exec->engine->redactor, &outputs, observation);
    if (good) {
        *ret_observation = observation;
        *ret_reply = source.json;
        if (source.xml) {
            struct ys_err err;
            if (ys_xml_to_value(&exec->arena, source.xml, ret_reply, &err) != YS_OK) {
                *ret_reply = NULL;
            }
        }
    }
    ys_xml_free(source.xml);
    return good;
}
