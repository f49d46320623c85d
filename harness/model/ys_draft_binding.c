/* SPDX-License-Identifier: Apache-2.0 */
/* Which call of an OpenAPI document is an operation of the catalogue, and how its fields fit. */
#include <ctype.h>
#include <string.h>

#include "ys_draft.h"

#define TOKEN_BYTES 64u
#define TOKENS_MAX 32u
#define DEPTH_MAX 4u /* objects in lists in objects */

struct tokens {
    char items[TOKENS_MAX][TOKEN_BYTES];
    size_t count;
};

struct fit {
    struct ys_arena *arena;
    const struct ys_openapi *openapi;
    const struct ys_operation *operation;
    const struct ys_openapi_call *call;
    const char *noun; /* "terminal" of terminal.get */
    const char *lack; /* the first thing that is missing */
};

/* ---- names ---- */

/* "X-Operator-Token", "operatorToken" and "operator_token" are "operatortoken". */
static void plain(const char *name, char ret_plain[TOKEN_BYTES])
{
    size_t used = 0;
    if ((name[0] == 'X' || name[0] == 'x') && name[1] == '-') {
        name += 2;
    }
    for (; *name && used + 1 < TOKEN_BYTES; name++) {
        if (isalnum((unsigned char)*name)) {
            ret_plain[used++] = (char)tolower((unsigned char)*name);
        }
    }
    ret_plain[used] = '\0';
}

static bool same_name(const char *ours, const char *theirs)
{
    static const char *const suffixes[] = {"", "id", "no", "number", "code"};
    char a[TOKEN_BYTES];
    char b[TOKEN_BYTES];
    plain(ours, a);
    plain(theirs, b);
    size_t length = strlen(a);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (length && strncmp(a, b, length) == 0 && strcmp(b + length, suffixes[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Words of "report-loss", "reportLoss", "report_loss"; those of parameters are left out. */
static void split(const char *text, struct tokens *tokens)
{
    char word[TOKEN_BYTES];
    size_t used = 0;
    bool parameter = false;
    for (const char *at = text;; at++) {
        bool upper = isupper((unsigned char)*at) && at > text && islower((unsigned char)at[-1]);
        if (!isalnum((unsigned char)*at) || upper) {
            word[used] = '\0';
            /* A version of the interface is no word. */
            bool version = word[0] == 'v' && isdigit((unsigned char)word[1]);
            if (used && !parameter && !version && tokens->count < TOKENS_MAX) {
                memcpy(tokens->items[tokens->count++], word, used + 1);
            }
            used = 0;
        }
        parameter = *at == '{' || (parameter && *at != '}');
        if (isalnum((unsigned char)*at) && used + 1 < TOKEN_BYTES) {
            word[used++] = (char)tolower((unsigned char)*at);
        }
        if (!*at) {
            return;
        }
    }
}

/* "branch" and "branches", "entry" and "entries", "withdraw" and "withdrawals" are the same word.
 */
static bool same_word(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] && a[i] == b[i]) {
        i++;
    }
    static const char *const endings[][2] = {{"", ""},   {"", "s"},   {"", "es"},   {"y", "ies"},
                                             {"", "al"}, {"", "als"}, {"", "ment"}, {"", "ments"}};
    for (size_t k = 0; i && k < sizeof endings / sizeof endings[0]; k++) {
        if ((strcmp(a + i, endings[k][0]) == 0 && strcmp(b + i, endings[k][1]) == 0) ||
            (strcmp(b + i, endings[k][0]) == 0 && strcmp(a + i, endings[k][1]) == 0)) {
            return true;
        }
    }
    return false;
}

static bool has_word(const struct tokens *tokens, const char *word)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (same_word(tokens->items[i], word)) {
            return true;
        }
    }
    return false;
}

/* A verb that the method says (RFC 9110, 9.3) and that no path need repeat. */
static bool method_says(const struct ys_openapi_call *call, const char *verb)
{
    static const char *const verbs[][2] = {
        {"get", "GET"},       {"list", "GET"},     {"create", "POST"}, {"register", "POST"},
        {"open", "POST"},     {"set", "PUT"},      {"update", "PUT"},  {"update", "PATCH"},
        {"status", "GET"},    {"query", "GET"},    {"apply", "POST"},  {"order", "POST"},
        {"remove", "DELETE"}, {"delete", "DELETE"}};
    size_t length = strlen(call->path);
    bool one = length && call->path[length - 1] == '}';
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verb, verbs[i][0]) == 0 && strcmp(call->method, verbs[i][1]) == 0) {
            return !(strcmp(verb, "list") == 0 && one);
        }
    }
    return false;
}

/* ---- fields ---- */

static const char *member_path(struct ys_arena *arena, const char *name)
{
    bool simple = isalpha((unsigned char)name[0]) || name[0] == '_';
    for (const char *at = name; *at; at++) {
        simple = simple && (isalnum((unsigned char)*at) || *at == '_');
        if (*at == '\'' || *at == '\\' || *at == '"' || (unsigned char)*at < 0x20) {
            return NULL; /* nobody names a field so */
        }
    }
    return simple ? ys_arena_printf(arena, "$.%s", name)
                  : ys_arena_printf(arena, "\"$['%s']\"", name);
}

static const struct ys_openapi_field *find_field(const struct ys_openapi_fields *fields,
                                                 const char *name, const char *noun)
{
    static const char *const keys[] = {"id", "number", "code"};
    for (size_t i = 0; i < fields->count; i++) {
        char a[TOKEN_BYTES];
        char b[TOKEN_BYTES];
        plain(name, a);
        plain(fields->items[i].name, b);
        if (strcmp(a, b) == 0) {
            return &fields->items[i];
        }
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (same_name(name, fields->items[i].name)) {
            return &fields->items[i];
        }
    }
    /* The thing itself stands as its own id: terminal ↔ id. */
    for (size_t k = 0; strcmp(name, noun) == 0 && k < sizeof keys / sizeof keys[0]; k++) {
        for (size_t i = 0; i < fields->count; i++) {
            if (strcmp(fields->items[i].name, keys[k]) == 0) {
                return &fields->items[i];
            }
        }
    }
    return NULL;
}

/* The name of an input that a field of the call carries, or NULL. */
static const char *find_input(const struct fit *fit, const struct ys_openapi_field *field)
{
    const struct ys_operation *operation = fit->operation;
    for (size_t i = 0; i < operation->input_count; i++) {
        if (same_name(operation->inputs[i].name, field->name)) {
            return operation->inputs[i].name;
        }
    }
    bool own = strcmp(field->in, "path") == 0 && strcmp(field->name, "id") == 0;
    return own && ys_fields_find(operation->inputs, operation->input_count, fit->noun) ? fit->noun
                                                                                       : NULL;
}

static void lacks(struct fit *fit, const char *before, const char *name, const char *after)
{
    if (!fit->lack) {
        fit->lack = ys_arena_printf(fit->arena, "%s%s%s", before, name, after);
    }
}

static bool is_kind(const struct ys_value *schema, const char *kind)
{
    const char *type = ys_value_get_text(schema, "type");
    return type && strcmp(type, kind) == 0;
}

static bool in_fen(const struct ys_openapi_field *field)
{
    const char *text = ys_value_get_text(field->schema, "description");
    return strstr(field->name, "fen") || strstr(field->name, "Fen") ||
           (text && (strstr(text, "fen") || strstr(text, "分")));
}

/* Whether every value of their enumeration is one of ours; true where they name none. */
static bool same_codes(const struct ys_type *type, const struct ys_value *schema)
{
    const struct ys_value *codes = ys_value_get(schema, "enum");
    for (size_t i = 0; i < ys_value_count(codes); i++) {
        const char *code = ys_value_text(ys_value_at(codes, i));
        bool known = false;
        for (size_t k = 0; code && k < type->value_count; k++) {
            known = known || strcmp(type->values[k], code) == 0;
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

static const char *rules_text(struct fit *fit, const struct ys_field *fields, size_t count,
                              const struct ys_value *schema, size_t depth);

/* How one output is found, as YAML; NULL where it is not. */
static const char *rule_text(struct fit *fit, const struct ys_field *field,
                             const struct ys_openapi_fields *theirs, size_t depth)
{
    const struct ys_type *type = field->type;
    const struct ys_openapi_field *found = find_field(theirs, field->name, fit->noun);
    bool list = type->kind == YS_TYPE_LIST;
    for (size_t i = 0; list && !found && i < theirs->count; i++) {
        found = is_kind(theirs->items[i].schema, "array") ? &theirs->items[i] : NULL;
    }
    const char *at = found ? member_path(fit->arena, found->name) : NULL;
    if (!at) {
        return NULL;
    }
    if (type->kind == YS_TYPE_ENUM && !same_codes(type, found->schema)) {
        lacks(fit, "the codes of the output ", field->name, " differ: it needs a map");
    }
    if (type->kind == YS_TYPE_MONEY && in_fen(found)) {
        return ys_arena_printf(fit->arena, "{at: %s, unit: fen}", at);
    }
    bool objects = list && type->item && type->item->kind == YS_TYPE_OBJECT;
    const struct ys_type *inner = objects ? type->item : type;
    if ((objects || type->kind == YS_TYPE_OBJECT) && depth < DEPTH_MAX) {
        const struct ys_value *schema =
            objects ? ys_openapi_resolve(fit->openapi, ys_value_get(found->schema, "items"))
                    : found->schema;
        return ys_arena_printf(
            fit->arena, "{at: %s, %s: {%s}}", at, objects ? "each" : "fields",
            rules_text(fit, inner->fields, inner->field_count, schema, depth + 1));
    }
    return at;
}

static const char *rules_text(struct fit *fit, const struct ys_field *fields, size_t count,
                              const struct ys_value *schema, size_t depth)
{
    struct ys_openapi_fields theirs = {0};
    const char *text = "";
    ys_openapi_properties(fit->arena, fit->openapi, schema, "reply", &theirs);
    for (size_t i = 0; i < count; i++) {
        if (depth == 0 &&
            (strcmp(fields[i].name, "outcome") == 0 || strcmp(fields[i].name, "reason") == 0)) {
            continue; /* they have keys of their own */
        }
        const char *rule = rule_text(fit, &fields[i], &theirs, depth);
        if (rule) {
            text = ys_arena_printf(fit->arena, "%s%s%s: %s", text, *text ? ", " : "",
                                   fields[i].name, rule);
        } else if (fields[i].required) {
            lacks(fit, "where is the output ", fields[i].name, " in the reply?");
        }
    }
    return text;
}

/* ---- the request ---- */

static const char *path_text(struct fit *fit)
{
    const char *text = "";
    for (const char *at = fit->call->path; *at;) {
        size_t length = strcspn(at, "{");
        text = ys_arena_printf(fit->arena, "%s%.*s", text, (int)length, at);
        at += length;
        if (*at == '{') {
            length = strcspn(at, "}");
            const struct ys_openapi_field field = {
                .name = ys_arena_strndup(fit->arena, at + 1, length ? length - 1 : 0),
                .in = "path"};
            const char *input = find_input(fit, &field);
            if (!input) {
                lacks(fit, "which input is {", field.name, "} of the path?");
                input = "TODO";
            }
            text = ys_arena_printf(fit->arena, "%s${in.%s}", text, input);
            at += length + (at[length] == '}');
        }
    }
    return text;
}

/* "{name: "${in.name}", …}" of the fields of one place, or "". */
static const char *place_text(struct fit *fit, const char *place)
{
    const char *text = "";
    for (size_t i = 0; i < fit->call->sent.count; i++) {
        const struct ys_openapi_field *field = &fit->call->sent.items[i];
        const char *input = strcmp(field->in, place) == 0 ? find_input(fit, field) : NULL;
        bool page = strcmp(field->in, "query") == 0 && strcmp(field->name, "page") == 0;
        if (strcmp(field->in, place) != 0 || strpbrk(field->name, "\"\\\n")) {
            continue;
        }
        if (page && !input) {
            text =
                ys_arena_printf(fit->arena, "%s%s\"page\": \"${page}\"", text, *text ? ", " : "");
        } else if (input) {
            text = ys_arena_printf(fit->arena, "%s%s\"%s\": \"${in.%s}\"", text, *text ? ", " : "",
                                   field->name, input);
        } else if (field->required) {
            lacks(fit, "what goes into the field ", field->name, " of the request?");
        }
    }
    return text;
}

static void check_inputs(struct fit *fit)
{
    const struct ys_operation *operation = fit->operation;
    for (size_t i = 0; i < operation->input_count; i++) {
        bool placed = false;
        for (size_t k = 0; k < fit->call->sent.count; k++) {
            const struct ys_openapi_field *field = &fit->call->sent.items[k];
            const char *input = find_input(fit, field);
            if (input && strcmp(input, operation->inputs[i].name) == 0) {
                placed = true;
                if (operation->inputs[i].type->kind == YS_TYPE_ENUM &&
                    !same_codes(operation->inputs[i].type, field->schema)) {
                    lacks(fit, "the codes of the input ", input, " differ: it needs a map");
                }
            }
        }
        if (!placed && operation->inputs[i].required) {
            lacks(fit, "where does the input ", operation->inputs[i].name, " go?");
        }
    }
}

static const char *pages_text(struct fit *fit)
{
    struct ys_openapi_fields reply = {0};
    const char *items = NULL;
    bool pages = false;
    bool parameter = false;
    for (size_t i = 0; i < fit->operation->output_count; i++) {
        items = fit->operation->outputs[i].type->kind == YS_TYPE_LIST
                    ? fit->operation->outputs[i].name
                    : items;
    }
    for (size_t i = 0; i < fit->call->sent.count; i++) {
        parameter = parameter || strcmp(fit->call->sent.items[i].name, "page") == 0;
    }
    ys_openapi_properties(fit->arena, fit->openapi, fit->call->reply, "reply", &reply);
    for (size_t i = 0; i < reply.count; i++) {
        pages = pages || strcmp(reply.items[i].name, "pages") == 0;
    }
    return items && parameter
               ? ys_arena_printf(fit->arena,
                                 "    pages: {parameter: page, start: 1, items: %s%s, at_most: "
                                 "1000}\n",
                                 items, pages ? ", last: \"${page >= reply.pages}\"" : "")
               : "";
}

static const char *map_line(struct ys_arena *arena, const char *key, const char *members)
{
    return *members ? ys_arena_printf(arena, "    %s: {%s}\n", key, members) : "";
}

/* What the defaults cannot say: an operation may have more outcomes than yes and no. */
static const char *outcome_text(struct fit *fit)
{
    const struct ys_field *outcome =
        ys_fields_find(fit->operation->outputs, fit->operation->output_count, "outcome");
    const char *text = "";
    for (size_t i = 0; outcome && i < outcome->type->value_count; i++) {
        const char *value = outcome->type->values[i];
        if (strcmp(value, "failed") == 0) {
            text = "    outcome: {map: {\"500\": failed}}\n"; /* an error of the bank's system */
        } else if (strcmp(value, "accepted") != 0 && strcmp(value, "refused") != 0) {
            lacks(fit, "how does the bank say that the outcome is ", value, "?");
        }
    }
    return text;
}

static const char *binding_text(struct fit *fit)
{
    const struct ys_operation *operation = fit->operation;
    struct ys_arena *arena = fit->arena;
    if (!fit->call->json) {
        lacks(fit, "the body of ", fit->call->path, " is not JSON");
    }
    check_inputs(fit);
    const char *path = path_text(fit);
    const char *query = map_line(arena, "query", place_text(fit, "query"));
    const char *headers = map_line(arena, "headers", place_text(fit, "header"));
    const char *json = map_line(arena, "json", place_text(fit, "body"));
    const char *outputs =
        map_line(arena, "outputs",
                 rules_text(fit, operation->outputs, operation->output_count, fit->call->reply, 0));
    return ys_arena_printf(arena, "    method: %s\n    path: \"%s\"\n%s%s%s%s%s%s",
                           fit->call->method, path, query, headers, json, outcome_text(fit),
                           outputs, pages_text(fit));
}

/* ---- which call ---- */

/* Below 0: it is not this one. */
static int score(struct fit *fit)
{
    struct tokens ours = {.count = 0};
    struct tokens theirs = {.count = 0};
    int points = 0;
    split(fit->operation->id, &ours);
    split(fit->call->path, &theirs);
    size_t in_path = theirs.count;
    split(fit->call->id, &theirs);
    for (size_t i = 0; i < ours.count; i++) {
        if (has_word(&theirs, ours.items[i])) {
            points += 10;
        } else if (method_says(fit->call, ours.items[i])) {
            points += 6;
        } else {
            return -1;
        }
    }
    for (size_t i = 0; i < in_path; i++) {
        points -= has_word(&ours, theirs.items[i]) || strcmp(theirs.items[i], "test") == 0 ? 0 : 3;
    }
    (void)binding_text(fit);
    return points > 0 ? points + (fit->lack ? 0 : 4) : -1;
}

struct ys_draft_binding ys_draft_bind(struct ys_arena *arena, const struct ys_openapi *openapi,
                                      const struct ys_operation *operation)
{
    struct ys_draft_binding binding = {.lack = "no call of the OpenAPI document has its words"};
    size_t length = strcspn(operation->id, ".");
    struct fit best = {.arena = arena};
    int most = -1;
    bool tie = false;
    for (size_t i = 0; i < openapi->count; i++) {
        struct fit fit = {.arena = arena,
                          .openapi = openapi,
                          .operation = operation,
                          .call = &openapi->calls[i],
                          .noun = ys_arena_strndup(arena, operation->id, length)};
        int points = score(&fit);
        if (points >= 0 && points >= most) {
            tie = points == most;
            best = points > most ? fit : best;
            most = points;
        }
    }
    if (most >= 0) {
        best.lack = NULL;
        binding.call = best.call;
        binding.text = binding_text(&best);
        binding.lack = tie ? "another call of the OpenAPI document fits as well" : best.lack;
    }
    return binding;
}
