/* SPDX-License-Identifier: Apache-2.0 */
/* Lint of a candidate file against the catalogue. */
#include <string.h>

#include "ys_expr.h"
#include "ys_jsonpath.h"
#include "ys_model_private.h"
#include "ys_suggest.h"
#include "ys_supply.h"
#include "ys_xml.h"

#define NAMES_MAX 512u

struct lint {
    struct ys_arena *arena;
    const struct ys_pack *pack;
    const struct ys_candidate *candidate;
    const struct ys_binding *binding;
    struct ys_diags *diags;
    const struct ys_value *at;
};

static void complain(struct lint *lint, const struct ys_value *at, const char *what,
                     const char *name, const char *const *names, size_t count)
{
    struct ys_diag *diag = ys_diag_add(lint->diags, lint->candidate->document, at,
                                       "unknown %s '%s'", what, name);
    diag->suggestion = ys_suggest(name, names, count);
}

/* What a template of a binding may use. */
static const char *const KNOWN[] = {"in",    "time",  "timestamp", "timestamp_ms", "nonce",
                                    "clock", "page",  "body",      "reply",        "env",
                                    "signature", "method", "path", "query"};

static void visit(void *context, const char *root, const char *path)
{
    struct lint *lint = context;
    const struct ys_operation *operation = lint->binding->operation;
    bool known = false;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        known = known || strcmp(KNOWN[i], root) == 0;
    }
    if (!known) {
        complain(lint, lint->at, "name", root, KNOWN, sizeof KNOWN / sizeof KNOWN[0]);
        return;
    }
    if (strcmp(root, "in") != 0 || strncmp(path, "in.", 3) != 0) {
        return;
    }
    char input[128];
    snprintf(input, sizeof input, "%.*s", (int)strcspn(path + 3, "."), path + 3);
    if (!ys_fields_find(operation->inputs, operation->input_count, input)) {
        const char *names[NAMES_MAX];
        size_t count = 0;
        for (; count < operation->input_count && count < NAMES_MAX; count++) {
            names[count] = operation->inputs[count].name;
        }
        complain(lint, lint->at, "input", input, names, count);
    }
}

static void look(struct lint *lint, const struct ys_value *tree)
{
    struct ys_err err;
    if (!tree) {
        return;
    }
    if (tree->kind == YS_KIND_LIST) {
        for (size_t i = 0; i < tree->as.list.count; i++) {
            look(lint, tree->as.list.items[i]);
        }
    } else if (tree->kind == YS_KIND_MAP) {
        for (size_t i = 0; i < tree->as.map.count; i++) {
            look(lint, tree->as.map.members[i].value);
        }
    } else if (ys_is_template(tree)) {
        lint->at = tree;
        if (ys_template_names(lint->arena, tree, visit, lint, &err) != YS_OK) {
            ys_diag_add(lint->diags, lint->candidate->document, tree, "%s", err.text);
        }
    }
}

static void lint_path(struct lint *lint, const struct ys_value *value)
{
    struct ys_err err;
    const struct ys_jsonpath *path = NULL;
    const char *text = ys_value_text(value);
    if (!text) {
        ys_diag_add(lint->diags, lint->candidate->document, value, "not a path");
        return;
    }
    enum ys_status status = lint->binding->reply_kind == YS_REPLY_XML
                                ? ys_xpath_check(text, &err)
                                : ys_jsonpath_parse(lint->arena, text, &path, &err);
    if (status != YS_OK) {
        ys_diag_add(lint->diags, lint->candidate->document, value, "%s", err.text);
    }
}

/* The bank answers, not its candidate file. */
static void lint_answer(struct lint *lint, const struct ys_value *value)
{
    const char *text = ys_value_text(value);
    lint_path(lint, value);
    if (text && lint->binding->reply_kind == YS_REPLY_XML && ys_xpath_check(text, NULL) == YS_OK &&
        !ys_xpath_selects(text)) {
        ys_diag_add(lint->diags, lint->candidate->document, value,
                    "'%s' selects nothing of the reply", text)
            ->expected = "a path, as in /Service/Body/STATE: the answer is the bank's";
    }
}

static void lint_rule(struct lint *lint, const struct ys_value *rule, const struct ys_type *type);

static void lint_rule_fields(struct lint *lint, const struct ys_value *rules,
                             const struct ys_type *type)
{
    if (!type || type->kind != YS_TYPE_OBJECT || rules->kind != YS_KIND_MAP) {
        ys_diag_add(lint->diags, lint->candidate->document, rules,
                    "the catalogue has no object here");
        return;
    }
    for (size_t i = 0; i < rules->as.map.count; i++) {
        const struct ys_member *member = &rules->as.map.members[i];
        const struct ys_field *field =
            ys_fields_find(type->fields, type->field_count, member->name);
        if (!field) {
            const char *names[NAMES_MAX];
            size_t count = 0;
            for (; count < type->field_count && count < NAMES_MAX; count++) {
                names[count] = type->fields[count].name;
            }
            complain(lint, member->value, "field", member->name, names, count);
        } else {
            lint_rule(lint, member->value, field->type);
        }
    }
    for (size_t i = 0; i < type->field_count; i++) {
        if (type->fields[i].required && !ys_value_get(rules, type->fields[i].name)) {
            ys_diag_add(lint->diags, lint->candidate->document, rules, "the field '%s' is missing",
                        type->fields[i].name);
        }
    }
}

static void lint_map(struct lint *lint, const struct ys_value *map, const struct ys_type *type)
{
    if (map->kind != YS_KIND_MAP) {
        ys_diag_add(lint->diags, lint->candidate->document, map, "not a map of codes");
        return;
    }
    for (size_t i = 0; i < map->as.map.count && type && type->kind == YS_TYPE_ENUM; i++) {
        ys_lint_literal(lint->arena, lint->candidate->document, map->as.map.members[i].value, type,
                        "this", lint->diags);
    }
}

static void lint_unit(struct lint *lint, const struct ys_value *value)
{
    const char *unit = ys_value_text(value);
    if (!unit || (strcmp(unit, "fen") != 0 && strcmp(unit, "yuan") != 0)) {
        ys_diag_add(lint->diags, lint->candidate->document, value, "unknown unit")->expected =
            "fen or yuan";
    }
}

/* A bare path, or {at, map, unit, format, each, fields}. */
static void lint_rule(struct lint *lint, const struct ys_value *rule, const struct ys_type *type)
{
    static const char *const keys[] = {"at", "map", "unit", "format", "each", "fields"};
    if (rule->kind != YS_KIND_MAP) {
        lint_answer(lint, rule);
        return;
    }
    for (size_t i = 0; i < rule->as.map.count; i++) {
        const struct ys_member *member = &rule->as.map.members[i];
        if (strcmp(member->name, "at") == 0) {
            lint_answer(lint, member->value);
        } else if (strcmp(member->name, "map") == 0) {
            lint_map(lint, member->value, type);
        } else if (strcmp(member->name, "each") == 0) {
            lint_rule_fields(lint, member->value, type ? type->item : NULL);
        } else if (strcmp(member->name, "fields") == 0) {
            lint_rule_fields(lint, member->value, type);
        } else if (strcmp(member->name, "unit") == 0) {
            lint_unit(lint, member->value);
        } else if (strcmp(member->name, "format") != 0) {
            struct ys_loader loader = {lint->arena, lint->diags, lint->candidate->document, NULL};
            ys_shape_unknown(&loader, member, "key", keys, sizeof keys / sizeof keys[0]);
        }
    }
    if (!ys_value_get(rule, "at")) {
        ys_diag_add(lint->diags, lint->candidate->document, rule, "the rule lacks `at`");
    }
}

/* What a status of HTTP means is not the bank's to choose (RFC 9110, 15): an error of its own
 * system is no refusal, and what was done was not refused. */
static void lint_status_map(struct lint *lint, const struct ys_value *map)
{
    for (size_t i = 0; map->kind == YS_KIND_MAP && i < map->as.map.count; i++) {
        const struct ys_member *member = &map->as.map.members[i];
        const char *outcome = ys_value_text(member->value);
        size_t digits = strspn(member->name, "0123456789");
        char class = digits == 3 && !member->name[3] ? member->name[0] : '0';
        if (class < '1' || class > '5') {
            ys_diag_add(lint->diags, lint->candidate->document, member->value,
                        "'%s' is no HTTP status", member->name);
        } else if (outcome && strcmp(outcome, "accepted") == 0 && class != '2') {
            ys_diag_add(lint->diags, lint->candidate->document, member->value,
                        "'%s' is not accepted", member->name)
                ->expected = "accepted for 2xx only";
        } else if (outcome && strcmp(outcome, "refused") == 0 && class != '4') {
            ys_diag_add(lint->diags, lint->candidate->document, member->value,
                        "'%s' is no refusal", member->name)
                ->expected = "refused for 4xx only; or a code of the reply by its path: $.code";
        }
    }
}

static void lint_outcome(struct lint *lint, const struct ys_value *outcome)
{
    const struct ys_operation *operation = lint->binding->operation;
    if (outcome->kind == YS_KIND_LIST) {
        for (size_t i = 0; i < outcome->as.list.count; i++) {
            lint_outcome(lint, outcome->as.list.items[i]);
        }
        return;
    }
    const struct ys_value *from = ys_value_get(outcome, "from");
    const struct ys_value *map = ys_value_get(outcome, "map");
    if (!from || !map) {
        ys_diag_add(lint->diags, lint->candidate->document, outcome, "not an outcome rule")
            ->expected = "{from: status or path, map: {code: outcome}}";
        return;
    }
    if (!ys_value_text(from) || strcmp(ys_value_text(from), "status") != 0) {
        lint_answer(lint, from);
    } else {
        lint_status_map(lint, map);
    }
    lint_map(lint, map,
             ys_fields_find(operation->outputs, operation->output_count, "outcome")->type);
}

/* {ours: theirs} for an input: every value that a suite may give needs its code. */
static void lint_input_map(struct lint *lint, const struct ys_value *map,
                           const struct ys_type *type)
{
    if (map->kind != YS_KIND_MAP || type->kind != YS_TYPE_ENUM) {
        ys_diag_add(lint->diags, lint->candidate->document, map,
                    "a map of codes belongs to an input with an enumeration");
        return;
    }
    for (size_t i = 0; i < map->as.map.count; i++) {
        const struct ys_member *member = &map->as.map.members[i];
        bool known = false;
        for (size_t k = 0; k < type->value_count; k++) {
            known = known || strcmp(type->values[k], member->name) == 0;
        }
        if (!known) {
            complain(lint, member->value, "value", member->name, type->values, type->value_count);
        }
    }
    for (size_t k = 0; k < type->value_count; k++) {
        if (!ys_value_get(map, type->values[k])) {
            ys_diag_add(lint->diags, lint->candidate->document, map, "no code for the value '%s'",
                        type->values[k]);
        }
    }
}

/* {map} or {unit} or {format} or {decimals} */
static void lint_input_rule(struct lint *lint, const struct ys_value *rule,
                            const struct ys_type *type)
{
    static const char *const keys[] = {"map", "unit", "format", "decimals"};
    if (rule->kind != YS_KIND_MAP) {
        ys_diag_add(lint->diags, lint->candidate->document, rule, "not a conversion")->expected =
            "{map: …}, {unit: fen}, {format: YYYYMMDD} or {decimals: 2}";
        return;
    }
    for (size_t i = 0; i < rule->as.map.count; i++) {
        const struct ys_member *member = &rule->as.map.members[i];
        struct ys_decimal places;
        if (strcmp(member->name, "map") == 0) {
            lint_input_map(lint, member->value, type);
        } else if (strcmp(member->name, "unit") == 0) {
            lint_unit(lint, member->value);
        } else if (strcmp(member->name, "decimals") == 0) {
            places = member->value->kind == YS_KIND_NUMBER ? member->value->as.number
                                                           : ys_decimal_from_int(-1);
            if (!ys_decimal_is_integer(places) ||
                ys_decimal_compare(places, ys_decimal_from_int(0)) < 0 ||
                ys_decimal_compare(places, ys_decimal_from_int(9)) > 0) {
                ys_diag_add(lint->diags, lint->candidate->document, member->value,
                            "not a number of decimals")
                    ->expected = "a whole number from 0 to 9";
            }
        } else if (strcmp(member->name, "format") != 0) {
            struct ys_loader loader = {lint->arena, lint->diags, lint->candidate->document, NULL};
            ys_shape_unknown(&loader, member, "key", keys, sizeof keys / sizeof keys[0]);
        }
    }
}

static void lint_inputs(struct lint *lint)
{
    const struct ys_operation *operation = lint->binding->operation;
    for (size_t i = 0; i < ys_value_count(lint->binding->inputs); i++) {
        const struct ys_member *member = &lint->binding->inputs->as.map.members[i];
        const struct ys_field *input =
            ys_fields_find(operation->inputs, operation->input_count, member->name);
        if (input) {
            lint_input_rule(lint, member->value, input->type);
            continue;
        }
        const char *names[NAMES_MAX];
        size_t count = 0;
        for (; count < operation->input_count && count < NAMES_MAX; count++) {
            names[count] = operation->inputs[count].name;
        }
        complain(lint, member->value, "input", member->name, names, count);
    }
}

static void lint_outputs(struct lint *lint)
{
    const struct ys_binding *binding = lint->binding;
    const struct ys_operation *operation = binding->operation;
    for (size_t i = 0; i < ys_value_count(binding->outputs); i++) {
        const struct ys_member *member = &binding->outputs->as.map.members[i];
        const struct ys_field *output =
            ys_fields_find(operation->outputs, operation->output_count, member->name);
        if (!output) {
            const char *names[NAMES_MAX];
            size_t count = 0;
            for (; count < operation->output_count && count < NAMES_MAX; count++) {
                names[count] = operation->outputs[count].name;
            }
            complain(lint, member->value, "output", member->name, names, count);
        } else {
            lint_rule(lint, member->value, output->type);
        }
    }
    for (size_t i = 0; i < operation->output_count; i++) {
        const struct ys_field *output = &operation->outputs[i];
        if (output->required && strcmp(output->name, "outcome") != 0 &&
            !ys_value_get(binding->outputs, output->name)) {
            ys_diag_add(lint->diags, lint->candidate->document, binding->at,
                        "the binding of %s does not say where the output '%s' stands",
                        operation->id, output->name);
        }
    }
}

/* What a suite asks for must reach the bank. */
static void lint_carried(struct lint *lint)
{
    const struct ys_operation *operation = lint->binding->operation;
    const bool *carried = ys_binding_carried(lint->arena, lint->binding);
    for (size_t i = 0; i < operation->input_count; i++) {
        if (operation->inputs[i].required && !carried[i]) {
            ys_diag_add(lint->diags, lint->candidate->document, lint->binding->at,
                        "the binding of %s does not send the input '%s'", operation->id,
                        operation->inputs[i].name)
                ->expected = ys_arena_printf(lint->arena,
                                             "${in.%s} in its path, query, headers or body",
                                             operation->inputs[i].name);
        }
    }
}

static bool has_endpoint(const struct ys_candidate *candidate, const char *name)
{
    for (size_t i = 0; name && i < candidate->endpoint_count; i++) {
        if (strcmp(candidate->endpoints[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void lint_secret_name(struct lint *lint, const char *name, const struct ys_value *at)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (; count < lint->candidate->secret_count && count < NAMES_MAX; count++) {
        names[count] = lint->candidate->secrets[count].name;
        if (name && strcmp(names[count], name) == 0) {
            return;
        }
    }
    if (name) {
        complain(lint, at, "secret", name, names, count);
    }
}

/* `path` is "testcard.holder"; a secret and what a file gives are looked at elsewhere. */
static void lint_supply(struct lint *lint, const struct ys_value *value, const struct ys_type *type,
                        const char *path)
{
    const struct ys_catalogue *catalogue = lint->pack->catalogue;
    const struct ys_document *document = lint->candidate->document;
    bool is_list = type->kind == YS_TYPE_LIST || type->kind == YS_TYPE_ROWS;
    if (ys_value_count(value) == 1 && ys_value_get(value, "secret")) {
        return;
    }
    if ((is_list && value->kind != YS_KIND_LIST) ||
        (type->kind == YS_TYPE_OBJECT && value->kind != YS_KIND_MAP)) {
        ys_diag_add(lint->diags, document, value, "%s cannot be %s", path,
                    ys_value_show(lint->arena, value, 60))
            ->expected = ys_arena_printf(lint->arena, "for example %s",
                                         ys_supply_example(lint->arena, catalogue, path));
        return;
    }
    if (type->kind != YS_TYPE_OBJECT) {
        ys_lint_literal(lint->arena, document, value, type, path, lint->diags);
        return;
    }
    struct ys_loader loader = {lint->arena, lint->diags, document, NULL};
    const char **names = ys_arena_calloc(lint->arena, type->field_count + 1, sizeof *names);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct ys_field *field = &type->fields[i];
        const struct ys_value *given = ys_value_get(value, field->name);
        const char *inner = ys_arena_printf(lint->arena, "%s.%s", path, field->name);
        names[i] = field->name;
        if (given) {
            lint_supply(lint, given, field->type, inner);
        } else if (field->required) {
            ys_diag_add(lint->diags, document, value, "%s lacks %s", path, field->name)->expected =
                ys_arena_printf(lint->arena, "for example %s",
                                ys_supply_example(lint->arena, catalogue, inner));
        }
    }
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        if (!ys_fields_find(type->fields, type->field_count, member->name)) {
            ys_shape_unknown(&loader, member, ys_arena_printf(lint->arena, "member of %s", path),
                             names, type->field_count);
        }
    }
}

static void lint_supplies(struct lint *lint)
{
    const struct ys_catalogue *catalogue = lint->pack->catalogue;
    for (size_t i = 0; i < ys_value_count(lint->candidate->supplies); i++) {
        const struct ys_member *member = &lint->candidate->supplies->as.map.members[i];
        const struct ys_field *supply =
            ys_fields_find(catalogue->supplies, catalogue->supply_count, member->name);
        if (supply) {
            lint_supply(lint, member->value, supply->type, supply->name);
        } else {
            const char *names[NAMES_MAX];
            size_t count = 0;
            for (; count < catalogue->supply_count && count < NAMES_MAX; count++) {
                names[count] = catalogue->supplies[count].name;
            }
            struct ys_loader loader = {lint->arena, lint->diags, lint->candidate->document, NULL};
            ys_shape_unknown(&loader, member, "supply", names, count);
        }
        for (size_t k = 0; k < ys_value_count(member->value); k++) {
            const struct ys_value *inner = member->value->kind == YS_KIND_MAP
                                               ? member->value->as.map.members[k].value
                                               : NULL;
            const char *secret = inner ? ys_value_get_text(inner, "secret") : NULL;
            lint_secret_name(lint, secret, inner);
        }
    }
}

/* YYYY-MM-DD texts are in order where the days are. */
static void lint_dates(struct lint *lint)
{
    const struct ys_candidate *candidate = lint->candidate;
    const struct ys_value *dates = ys_value_get(candidate->document->root, "dates");
    const char *const days[] = {candidate->applied, candidate->approved,
                                candidate->retrofit_finished};
    for (size_t i = 0; i + 1 < sizeof days / sizeof days[0]; i++) {
        for (size_t k = i + 1; k < sizeof days / sizeof days[0]; k++) {
            if (days[i] && days[k] && strcmp(days[k], days[i]) < 0) {
                ys_diag_add(lint->diags, candidate->document, dates, "%s comes before %s", days[k],
                            days[i])
                    ->expected = "applied, approved and retrofit_finished in this order";
            }
        }
    }
}

/* Each document is one that a clause wants, and stands once. */
static void lint_document(struct lint *lint, const struct ys_supplied *supplied)
{
    const struct ys_document *document = supplied->in;
    const struct ys_clause *clause =
        ys_regulation_clause(lint->pack->regulation, supplied->clause);
    if (!clause || clause->paper_count == 0) {
        ys_diag_add(lint->diags, document, supplied->at, "clause %s wants no document",
                    supplied->clause);
        return;
    }
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (; count < clause->paper_count && count < NAMES_MAX; count++) {
        names[count] = clause->papers[count].id;
    }
    if (!supplied->paper && clause->paper_count > 1) {
        ys_diag_add(lint->diags, document, supplied->at, "clause %s wants several documents",
                    supplied->clause)
            ->expected = "document: which of them this is";
    } else if (supplied->paper && !ys_clause_paper(clause, supplied->paper)) {
        ys_diag_add(lint->diags, document, supplied->at, "unknown document '%s'", supplied->paper)
            ->suggestion = ys_suggest(supplied->paper, names, count);
    }
    for (size_t i = 0; i < clause->paper_count; i++) {
        const struct ys_supplied *first =
            ys_candidate_document(lint->candidate, clause, &clause->papers[i]);
        bool same = supplied->paper ? strcmp(supplied->paper, clause->papers[i].id) == 0
                                    : clause->paper_count == 1;
        if (same && first && first != supplied) {
            ys_diag_add(lint->diags, document, supplied->at, "this document stands twice");
        }
    }
}

void ys_lint_candidate(struct ys_arena *arena, const struct ys_pack *pack,
                       const struct ys_candidate *candidate, struct ys_diags *diags)
{
    struct lint lint = {arena, pack, candidate, NULL, diags, NULL};
    const struct ys_value *root = candidate->document->root;
    lint_secret_name(&lint, candidate->auth.secret, ys_value_get(root, "auth"));
    lint_secret_name(&lint, candidate->signing.secret, ys_value_get(root, "signing"));
    lint_supplies(&lint);
    lint_dates(&lint);
    for (size_t i = 0; i < candidate->document_count; i++) {
        if (candidate->documents[i].clause) {
            lint_document(&lint, &candidate->documents[i]);
        }
    }
    for (size_t i = 0; i < candidate->binding_count; i++) {
        const struct ys_binding *binding = &candidate->bindings[i];
        lint.binding = binding;
        if (!has_endpoint(candidate, binding->endpoint)) {
            ys_diag_add(diags, candidate->document, binding->at,
                        "the binding of %s names no endpoint", binding->operation->id)
                ->expected = "endpoint: a name in `endpoints`";
        }
        look(&lint, binding->path);
        look(&lint, binding->query);
        look(&lint, binding->headers);
        look(&lint, binding->body);
        look(&lint, binding->envelope);
        if (binding->outcome) {
            lint_outcome(&lint, binding->outcome);
        }
        lint_inputs(&lint);
        lint_carried(&lint);
        lint_outputs(&lint);
    }
}
