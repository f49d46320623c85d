/* SPDX-License-Identifier: Apache-2.0 */
/* Lint of suites: everything they name must exist, everything they expect must make sense. */
#include <search.h>
#include <string.h>

#include "ys_apdu.h"
#include "ys_jsonpath.h"
#include "ys_model_private.h"
#include "ys_regex.h"
#include "ys_suggest.h"
#include "ys_tlv.h"
#include "ys_xml.h"

#define NAMES_MAX 512u

struct lint {
    struct ys_arena *arena;
    const struct ys_pack *pack;
    const struct ys_suite *suite;
    struct ys_diags *diags;
    void **ids; /* the tree of tsearch() of those of all cases */
};

static struct ys_diag *complain(struct lint *lint, const struct ys_document *document,
                                const struct ys_value *at, const char *what, const char *name,
                                const char *const *names, size_t count)
{
    struct ys_diag *diag = ys_diag_add(lint->diags, document, at, "unknown %s '%s'", what, name);
    diag->suggestion = ys_suggest(name, names, count);
    return diag;
}

static void lint_clauses(struct lint *lint, const struct ys_case *subject)
{
    const struct ys_regulation *regulation = lint->pack->regulation;
    const struct ys_value *at = ys_value_get(subject->at, "clauses");
    for (size_t i = 0; i < subject->clause_count; i++) {
        if (ys_regulation_clause(regulation, subject->clauses[i])) {
            continue;
        }
        const char *names[NAMES_MAX];
        size_t count = 0;
        for (; count < regulation->clause_count && count < NAMES_MAX; count++) {
            names[count] = regulation->clauses[count].id ? regulation->clauses[count].id : "";
        }
        complain(lint, lint->suite->document, ys_value_at(at, i), "clause", subject->clauses[i],
                 names, count)
            ->expected = "a clause of regulation.yaml";
    }
}

static void lint_fragment_name(struct lint *lint, const struct ys_document *document,
                               const struct ys_value *at, const char *id)
{
    if (ys_pack_fragment(lint->pack, lint->suite, id)) {
        return;
    }
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t s = 0; s < lint->pack->suite_count; s++) {
        const struct ys_suite *suite = lint->pack->suites[s];
        for (size_t i = 0; i < suite->fragment_count && count < NAMES_MAX; i++) {
            if (suite == lint->suite || !suite->id) {
                names[count++] = suite->fragments[i].id;
            }
        }
    }
    complain(lint, document, at, "fragment", id, names, count);
}

static void unknown_field(struct lint *lint, const struct ys_document *document,
                          const struct ys_member *member, const char *what,
                          const struct ys_field *fields, size_t field_count)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (; count < field_count && count < NAMES_MAX; count++) {
        names[count] = fields[count].name;
    }
    struct ys_loader loader = {lint->arena, lint->diags, document, NULL};
    ys_shape_unknown(&loader, member, what, names, count);
}

static void lint_call(struct lint *lint, const struct ys_step *step)
{
    const struct ys_catalogue *catalogue = lint->pack->catalogue;
    const struct ys_operation *operation =
        step->target ? ys_catalogue_operation(catalogue, step->target) : NULL;
    if (!operation) {
        const char *names[NAMES_MAX];
        size_t count = 0;
        for (; count < catalogue->operation_count && count < NAMES_MAX; count++) {
            names[count] = catalogue->operations[count].id;
        }
        if (step->target) {
            complain(lint, step->document, step->body, "operation", step->target, names, count)
                ->expected = "an operation of operations.yaml";
        }
        return;
    }
    for (size_t i = 0; i < ys_value_count(step->with); i++) {
        const struct ys_member *member = &step->with->as.map.members[i];
        const struct ys_field *input =
            ys_fields_find(operation->inputs, operation->input_count, member->name);
        if (!input) {
            unknown_field(lint, step->document, member, "input", operation->inputs,
                          operation->input_count);
        } else {
            ys_lint_literal(lint->arena, step->document, member->value, input->type, input->name,
                            lint->diags);
        }
    }
    for (size_t i = 0; i < operation->input_count; i++) {
        const struct ys_field *input = &operation->inputs[i];
        if (input->required && !ys_value_get(step->with, input->name)) {
            ys_diag_add(lint->diags, step->document, step->at, "%s lacks its input '%s'",
                        operation->id, input->name);
        }
    }
    for (size_t i = 0; i < ys_value_count(step->expect); i++) {
        const struct ys_member *member = &step->expect->as.map.members[i];
        const struct ys_field *output =
            ys_fields_find(operation->outputs, operation->output_count, member->name);
        if (!output) {
            unknown_field(lint, step->document, member, "output", operation->outputs,
                          operation->output_count);
        } else {
            ys_lint_matcher(lint->arena, step->document, member->value, output->type, lint->diags);
        }
    }
}

/* Members of a map of paths to matchers; `check` says whether a path is well formed. */
static void lint_paths(struct lint *lint, const struct ys_step *step, const struct ys_value *paths,
                       enum ys_status (*check)(struct ys_arena *, const char *, struct ys_err *))
{
    if (paths->kind != YS_KIND_MAP) {
        ys_diag_add(lint->diags, step->document, paths, "not a map of paths to matchers");
        return;
    }
    for (size_t i = 0; i < paths->as.map.count; i++) {
        const struct ys_member *member = &paths->as.map.members[i];
        struct ys_err err;
        if (check && check(lint->arena, member->name, &err) != YS_OK) {
            ys_diag_add_at(lint->diags, step->document, member->line, member->column, "%s",
                           err.text);
        }
        ys_lint_matcher(lint->arena, step->document, member->value, NULL, lint->diags);
    }
}

static enum ys_status check_jsonpath(struct ys_arena *arena, const char *path,
                                     struct ys_err *reterr)
{
    const struct ys_jsonpath *parsed = NULL;
    return ys_jsonpath_parse(arena, path, &parsed, reterr);
}

static enum ys_status check_xpath(struct ys_arena *arena, const char *path, struct ys_err *reterr)
{
    (void)arena;
    return ys_xpath_check(path, reterr);
}

static enum ys_status check_tlv(struct ys_arena *arena, const char *path, struct ys_err *reterr)
{
    (void)arena;
    return ys_tlv_path_check(path, reterr);
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], name) != 0) {
        i++;
    }
    return i < count;
}

/* Of a step whose body is a map of known keys. */
static void lint_keys(struct lint *lint, const struct ys_step *step, const char *const *keys,
                      size_t count)
{
    struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
    for (size_t i = 0; i < ys_value_count(step->body); i++) {
        const struct ys_member *member = &step->body->as.map.members[i];
        if (!is_among(member->name, keys, count)) {
            ys_shape_unknown(&loader, member, "key", keys, count);
        }
    }
}

static void lint_http(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"method", "endpoint", "path", "url", "headers", "query",
                                       "json", "form", "xml", "body", "authenticate", "sign",
                                       "follow_redirects"};
    static const char *const targets[] = {"status", "headers", "json", "xml", "body", "time_ms",
                                          "tls"};
    struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
    lint_keys(lint, step, keys, sizeof keys / sizeof keys[0]);
    if (!ys_value_get(step->body, "method") ||
        !ys_value_get(step->body, "path") == !ys_value_get(step->body, "url")) {
        ys_diag_add(lint->diags, step->document, step->body,
                    "a request needs `method` and either `path` or `url`");
    }
    for (size_t i = 0; i < ys_value_count(step->expect); i++) {
        const struct ys_member *member = &step->expect->as.map.members[i];
        if (strcmp(member->name, "json") == 0) {
            lint_paths(lint, step, member->value, check_jsonpath);
        } else if (strcmp(member->name, "xml") == 0) {
            lint_paths(lint, step, member->value, check_xpath);
        } else if (strcmp(member->name, "headers") == 0 || strcmp(member->name, "tls") == 0) {
            lint_paths(lint, step, member->value, NULL);
        } else if (strcmp(member->name, "status") == 0 || strcmp(member->name, "body") == 0 ||
                   strcmp(member->name, "time_ms") == 0) {
            ys_lint_matcher(lint->arena, step->document, member->value, NULL, lint->diags);
        } else {
            ys_shape_unknown(&loader, member, "target", targets,
                             sizeof targets / sizeof targets[0]);
        }
    }
}

/* Of a step that observes a fixed map. */
static void lint_targets(struct lint *lint, const struct ys_step *step, const char *const *targets,
                         size_t count)
{
    struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
    for (size_t i = 0; i < ys_value_count(step->expect); i++) {
        const struct ys_member *member = &step->expect->as.map.members[i];
        if (is_among(member->name, targets, count)) {
            ys_lint_matcher(lint->arena, step->document, member->value, NULL, lint->diags);
        } else {
            ys_shape_unknown(&loader, member, "target", targets, count);
        }
    }
}

static void lint_tls(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"endpoint", "version", "ciphers", "client_certificate"};
    static const char *const versions[] = {"1.0", "1.1", "1.2", "1.3"};
    static const char *const targets[] = {"connected", "refusal", "version", "cipher", "subject",
                                          "issuer", "not_after", "hosts", "trusted", "fault",
                                          "named", "days_left", "key", "key_bits"};
    struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
    for (size_t i = 0; i < ys_value_count(step->body); i++) {
        const struct ys_member *member = &step->body->as.map.members[i];
        const char *text = ys_value_written(member->value);
        if (!is_among(member->name, keys, sizeof keys / sizeof keys[0])) {
            ys_shape_unknown(&loader, member, "key", keys, sizeof keys / sizeof keys[0]);
        } else if (strcmp(member->name, "version") == 0 && !ys_is_template(member->value) &&
                   !(text && is_among(text, versions, sizeof versions / sizeof versions[0]))) {
            ys_diag_add(lint->diags, step->document, member->value, "not a version of TLS")
                ->expected = "\"1.0\", \"1.1\", \"1.2\" or \"1.3\"";
        }
    }
    lint_targets(lint, step, targets, sizeof targets / sizeof targets[0]);
}

/* The call that a step makes by its body's `call` and `with`. */
static struct ys_step call_within(const struct ys_step *step)
{
    return (struct ys_step){.kind = YS_STEP_CALL,
                            .document = step->document,
                            .at = step->at,
                            .target = step->target,
                            .body = ys_value_get(step->body, "call"),
                            .with = ys_value_get(step->body, "with")};
}

static void lint_load_keys(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"call", "with", "rate", "for"};
    lint_keys(lint, step, keys, sizeof keys / sizeof keys[0]);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i], "with") != 0 && !ys_value_get(step->body, keys[i])) {
            ys_diag_add(lint->diags, step->document, step->at, "the load lacks '%s'", keys[i])
                ->expected = "load: {call: OPERATION, with: {…}, rate: 20, for: 10s}";
        }
    }
}

static void lint_load(struct lint *lint, const struct ys_step *step)
{
    static const char *const targets[] = {
        "sent",   "answered", "errors",     "errors_low_percent", "errors_high_percent", "p50_ms",
        "p95_ms", "p95_low_ms", "p95_high_ms", "slowest_ms",        "late_ms"};
    const struct ys_step call = call_within(step);
    const struct ys_operation *operation =
        step->target ? ys_catalogue_operation(lint->pack->catalogue, step->target) : NULL;
    lint_load_keys(lint, step);
    lint_call(lint, &call);
    if (operation && !operation->idempotent) {
        ys_diag_add(lint->diags, step->document, call.body, "%s changes something at every call",
                    operation->id)
            ->expected = "an operation that operations.yaml calls idempotent";
    }
    lint_targets(lint, step, targets, sizeof targets / sizeof targets[0]);
}

static void lint_contract(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"call", "with"};
    static const char *const targets[] = {"outcome", "faults", "exposed", "cacheable", "outputs"};
    const struct ys_step call = call_within(step);
    lint_keys(lint, step, keys, sizeof keys / sizeof keys[0]);
    if (!call.body) {
        ys_diag_add(lint->diags, step->document, step->at, "the contract lacks 'call'")->expected =
            "contract: {call: OPERATION, with: {…}}";
    } else {
        lint_call(lint, &call);
    }
    lint_targets(lint, step, targets, sizeof targets / sizeof targets[0]);
}

static void lint_operations(struct lint *lint, const struct ys_step *step, const char *key)
{
    const struct ys_value *list = ys_value_get(step->body, key);
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const char *id = ys_value_text(ys_value_at(list, i));
        size_t length = id ? strlen(id) : 0;
        bool family = length > 2u && strcmp(id + length - 2u, ".*") == 0;
        bool found = false;
        for (size_t k = 0; id && k < lint->pack->catalogue->operation_count; k++) {
            const char *known = lint->pack->catalogue->operations[k].id;
            found = found || (family ? strncmp(known, id, length - 1u) == 0
                                     : strcmp(known, id) == 0);
        }
        if (!found) {
            ys_diag_add(lint->diags, step->document, ys_value_at(list, i),
                        "no operation '%s' in operations.yaml", id ? id : "")
                ->expected = "an operation, or a family such as desk.*";
        }
    }
}

static void lint_input(struct lint *lint, const struct ys_step *step, const struct ys_value *at,
                       const char *name)
{
    const struct ys_catalogue *catalogue = lint->pack->catalogue;
    for (size_t i = 0; i < catalogue->operation_count; i++) {
        const struct ys_operation *operation = &catalogue->operations[i];
        if (name && ys_fields_find(operation->inputs, operation->input_count, name)) {
            return;
        }
    }
    ys_diag_add(lint->diags, step->document, at, "no operation has an input '%s'",
                name ? name : "");
}

static void lint_who(struct lint *lint, const struct ys_step *step)
{
    static const char *const names[] = {"nobody",    "forger",     "uncertified",
                                        "imitator",  "impostor",   "alterer",
                                        "latecomer", "forerunner", "replayer"};
    const size_t count = sizeof names / sizeof names[0];
    const struct ys_value *who = ys_value_get(step->body, "who");
    const char *text = who ? ys_value_text(who) : NULL;
    if (who && !ys_is_template(who) && !(text && is_among(text, names, count))) {
        ys_diag_add(lint->diags, step->document, who, "no stranger is called so")->expected =
            "nobody, forger, uncertified, imitator, impostor, alterer, latecomer, forerunner or "
            "replayer; left out: the bank's own client";
    }
}

static void lint_strangers(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"who", "with", "without", "having", "only", "except"};
    static const char *const targets[] = {"operations", "refused", "accepted", "alike",
                                          "otherwise"};
    lint_keys(lint, step, keys, sizeof keys / sizeof keys[0]);
    lint_who(lint, step);
    const struct ys_value *with = ys_value_get(step->body, "with");
    const struct ys_value *without = ys_value_get(step->body, "without");
    const struct ys_value *having = ys_value_get(step->body, "having");
    for (size_t i = 0; with && with->kind == YS_KIND_MAP && i < ys_value_count(with); i++) {
        lint_input(lint, step, with->as.map.members[i].value, with->as.map.members[i].name);
    }
    for (size_t i = 0; i < ys_value_count(without); i++) {
        lint_input(lint, step, ys_value_at(without, i), ys_value_text(ys_value_at(without, i)));
    }
    if (having) {
        lint_input(lint, step, having, ys_value_text(having));
    }
    lint_operations(lint, step, "only");
    lint_operations(lint, step, "except");
    lint_targets(lint, step, targets, sizeof targets / sizeof targets[0]);
}

static void lint_hostile(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"telling", "except"};
    static const char *const targets[] = {"operations", "sent",       "refused",  "accepted",
                                          "failed",     "unanswered", "unmapped", "telling"};
    struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
    for (size_t i = 0; i < ys_value_count(step->body); i++) {
        const struct ys_member *member = &step->body->as.map.members[i];
        if (!is_among(member->name, keys, sizeof keys / sizeof keys[0])) {
            ys_shape_unknown(&loader, member, "key", keys, sizeof keys / sizeof keys[0]);
        } else {
            ys_shape_kind(&loader, member->value, YS_KIND_LIST, member->name);
        }
    }
    const struct ys_value *patterns = ys_value_get(step->body, "telling");
    for (size_t i = 0; i < ys_value_count(patterns); i++) {
        struct ys_err err;
        const char *pattern = ys_value_text(ys_value_at(patterns, i));
        if (!pattern || ys_regex_check(pattern, &err) != YS_OK) {
            ys_diag_add(lint->diags, step->document, ys_value_at(patterns, i), "%s",
                        pattern ? err.text : "not a pattern");
        }
    }
    lint_targets(lint, step, targets, sizeof targets / sizeof targets[0]);
}

static void lint_coverage(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"roster",    "register", "instant", "city",
                                       "threshold", "sample",   "probes",  "within_minutes"};
    static const char *const needed[] = {"roster", "register", "city", "threshold"};
    static const char *const targets[] = {"decision", "claimed", "reconciled", "worst", "best",
                                          "differences", "near_duplicates", "excluded", "sample",
                                          "branches"};
    lint_keys(lint, step, keys, sizeof keys / sizeof keys[0]);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!ys_value_get(step->body, needed[i])) {
            ys_diag_add(lint->diags, step->document, step->at, "a coverage without '%s'",
                        needed[i]);
        }
    }
    lint_targets(lint, step, targets, sizeof targets / sizeof targets[0]);
}

static const char *file_name(const struct ys_value *read)
{
    return read->kind == YS_KIND_STRING ? read->as.string.bytes : ys_value_get_text(read, "file");
}

/* The file that a card step reads, by any application that has one of that name. */
static const struct ys_card_file *file_of(struct lint *lint, const struct ys_step *step)
{
    const struct ys_value *read = ys_value_get(step->body, "read");
    const char *name = read ? file_name(read) : NULL;
    for (size_t i = 0; name && i < lint->pack->catalogue->application_count; i++) {
        const struct ys_card_file *file =
            ys_card_file_find(&lint->pack->catalogue->applications[i], name);
        if (file) {
            return file;
        }
    }
    if (name && strcmp(name, "binary") != 0) {
        ys_diag_add(lint->diags, step->document, read, "unknown card file '%s'", name)->expected =
            "a file of card.yaml";
    }
    return NULL;
}

static void lint_card_target(struct lint *lint, const struct ys_step *step,
                             const struct ys_member *member, const struct ys_card_file *file)
{
    static const char *const results[] = {"selection", "aip",    "afl",      "objects",    "faults",
                                          "oda",       "cvm",    "tvr",      "tvr_words",  "stage",
                                          "issuer",    "second", "scripts",  "cryptogram", "log",
                                          "counters",  "counters_before", "pan_masked"};
    bool transaction = ys_value_get(step->body, "transaction") != NULL;
    struct ys_err err;
    if (strcmp(member->name, "sw") == 0) {
        const char *mask = ys_value_written(member->value);
        if (!ys_is_template(member->value) &&
            (!mask || ys_sw_mask_check(mask, &err) != YS_OK)) {
            ys_diag_add(lint->diags, step->document, member->value, "not a status word mask")
                ->expected = "\"9000\", \"61??\", \"6982|6985\"";
        }
    } else if (strcmp(member->name, "tlv") == 0) {
        lint_paths(lint, step, member->value, check_tlv);
    } else if (strcmp(member->name, "data") == 0) {
        ys_lint_matcher(lint->arena, step->document, member->value, NULL, lint->diags);
    } else if (strcmp(member->name, "fields") == 0) {
        lint_paths(lint, step, member->value, NULL);
    } else {
        const char *names[NAMES_MAX] = {"sw", "tlv", "data", "fields"};
        size_t count = 4;
        bool known = false;
        for (size_t i = 0; transaction && i < sizeof results / sizeof results[0]; i++) {
            names[count] = results[i];
            known = known || strcmp(names[count], member->name) == 0;
            count++;
        }
        for (size_t i = 0; file && i < file->item_count && count < NAMES_MAX; i++) {
            names[count] = file->items[i].name;
            known = known || strcmp(names[count], member->name) == 0;
            count++;
        }
        struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
        if (known) {
            ys_lint_matcher(lint->arena, step->document, member->value, NULL, lint->diags);
        } else {
            ys_shape_unknown(&loader, member, "target", names, count);
        }
    }
}

/* Words of a map's entry, unless it is computed. */
static void lint_word(struct lint *lint, const struct ys_step *step, const struct ys_value *map,
                      const char *key, const char *const *words, size_t count)
{
    const struct ys_value *value = ys_value_get(map, key);
    const char *word = ys_value_text(value);
    if (value && !ys_is_template(value) && !(word && is_among(word, words, count))) {
        complain(lint, step->document, value, key, word ? word : "", words, count);
    }
}

/* transaction: {…}: its keys, and the words that some of them take. */
static void lint_transaction(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {"aid",     "algorithm", "amount", "ca_keys",
                                       "keys",    "pin",       "request", "host",
                                       "arc",     "scripts",   "scripts_first"};
    static const char *const script_keys[] = {"command", "mac", "at", "value", "pin"};
    static const char *const algorithms[] = {"rsa", "sm2"};
    static const char *const requests[] = {"arqc", "tc", "aac"};
    static const char *const hosts[] = {"approve", "decline", "wrong", "silent"};
    static const char *const macs[] = {"right", "wrong", "missing"};
    static const char *const commands[] = {"application-block", "application-unblock",
                                           "pin-unblock",       "pin-change",
                                           "put-data",          "update-record"};
    struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
    const struct ys_value *transaction = ys_value_get(step->body, "transaction");
    for (size_t i = 0; i < ys_value_count(transaction); i++) {
        const struct ys_member *member = &transaction->as.map.members[i];
        if (!is_among(member->name, keys, sizeof keys / sizeof keys[0])) {
            ys_shape_unknown(&loader, member, "key", keys, sizeof keys / sizeof keys[0]);
        }
    }
    lint_word(lint, step, transaction, "algorithm", algorithms, 2);
    lint_word(lint, step, transaction, "request", requests, 3);
    lint_word(lint, step, transaction, "host", hosts, 4);
    const struct ys_value *scripts = ys_value_get(transaction, "scripts");
    for (size_t i = 0; i < ys_value_count(scripts); i++) {
        const struct ys_value *script = ys_value_at(scripts, i);
        for (size_t k = 0; k < ys_value_count(script); k++) {
            const struct ys_member *member = &script->as.map.members[k];
            if (!is_among(member->name, script_keys, sizeof script_keys / sizeof script_keys[0])) {
                ys_shape_unknown(&loader, member, "key", script_keys,
                                 sizeof script_keys / sizeof script_keys[0]);
            }
        }
        lint_word(lint, step, script, "command", commands, sizeof commands / sizeof commands[0]);
        lint_word(lint, step, script, "mac", macs, 3);
    }
}

static void lint_card(struct lint *lint, const struct ys_step *step)
{
    static const char *const keys[] = {
        "reader", "reset", "select", "authenticate", "verify", "challenge",
        "internal_authenticate", "external_authenticate", "read", "update", "apdu", "transaction"};
    lint_keys(lint, step, keys, sizeof keys / sizeof keys[0]);
    if (!ys_value_get_text(step->body, "reader") || ys_value_count(step->body) < 2) {
        ys_diag_add(lint->diags, step->document, step->body,
                    "a card step needs `reader` and at least one command");
    }
    const char *name = ys_value_get_text(step->body, "select");
    if (name && !ys_is_template(ys_value_get(step->body, "select")) &&
        strspn(name, "0123456789ABCDEFabcdef ") != strlen(name) &&
        !ys_catalogue_application(lint->pack->catalogue, name)) {
        const char *names[NAMES_MAX];
        size_t count = 0;
        for (; count < lint->pack->catalogue->application_count && count < NAMES_MAX; count++) {
            names[count] = lint->pack->catalogue->applications[count].name;
        }
        complain(lint, step->document, ys_value_get(step->body, "select"), "application", name,
                 names, count)
            ->expected = "an application of card.yaml, or a hexadecimal AID";
    }
    lint_transaction(lint, step);
    const struct ys_card_file *file = file_of(lint, step);
    for (size_t i = 0; i < ys_value_count(step->expect); i++) {
        lint_card_target(lint, step, &step->expect->as.map.members[i], file);
    }
}

static void lint_save(struct lint *lint, const struct ys_step *step)
{
    for (size_t i = 0; i < ys_value_count(step->save); i++) {
        const struct ys_member *member = &step->save->as.map.members[i];
        const char *path = ys_value_text(member->value);
        struct ys_err err;
        if (path && check_jsonpath(lint->arena, path, &err) != YS_OK) {
            ys_diag_add(lint->diags, step->document, member->value, "%s", err.text);
        } else if (!path && member->value->kind != YS_KIND_MAP) {
            ys_diag_add(lint->diags, step->document, member->value, "not a path")->expected =
                "a JSONPath such as $.id";
        }
    }
}

static void lint_use(struct lint *lint, const struct ys_step *step)
{
    if (!step->target) {
        return;
    }
    lint_fragment_name(lint, step->document, step->body, step->target);
    const struct ys_fragment *fragment = ys_pack_fragment(lint->pack, lint->suite, step->target);
    for (size_t i = 0; fragment && i < ys_value_count(step->with); i++) {
        const struct ys_member *member = &step->with->as.map.members[i];
        bool known = false;
        for (size_t k = 0; k < fragment->param_count; k++) {
            known = known || strcmp(fragment->params[k], member->name) == 0;
        }
        if (!known) {
            struct ys_loader loader = {lint->arena, lint->diags, step->document, NULL};
            ys_shape_unknown(&loader, member, "parameter", fragment->params,
                             fragment->param_count);
        }
    }
    for (size_t k = 0; fragment && k < fragment->param_count; k++) {
        if (!ys_value_get(step->with, fragment->params[k])) {
            ys_diag_add(lint->diags, step->document, step->at, "%s lacks its parameter '%s'",
                        fragment->id, fragment->params[k]);
        }
    }
}

static void lint_steps(struct lint *lint, const struct ys_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_step *step = &steps[i];
        if (!step->body) {
            continue; /* complained about when it was loaded */
        }
        switch (step->kind) {
        case YS_STEP_CALL:
            lint_call(lint, step);
            break;
        case YS_STEP_HTTP:
            lint_http(lint, step);
            break;
        case YS_STEP_CARD:
            lint_card(lint, step);
            break;
        case YS_STEP_TLS:
            lint_tls(lint, step);
            break;
        case YS_STEP_LOAD:
            lint_load(lint, step);
            break;
        case YS_STEP_CONTRACT:
            lint_contract(lint, step);
            break;
        case YS_STEP_STRANGERS:
            lint_strangers(lint, step);
            break;
        case YS_STEP_HOSTILE:
            lint_hostile(lint, step);
            break;
        case YS_STEP_COVERAGE:
            lint_coverage(lint, step);
            break;
        case YS_STEP_CHECK:
            if (step->expect) {
                ys_lint_matcher(lint->arena, step->document, step->expect, NULL, lint->diags);
            }
            break;
        case YS_STEP_USE:
            lint_use(lint, step);
            break;
        case YS_STEP_LET:
        case YS_STEP_REPEAT:
        case YS_STEP_EACH:
        case YS_STEP_PARALLEL:
            break;
        }
        lint_save(lint, step);
        lint_steps(lint, step->steps, step->step_count);
    }
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void lint_case(struct lint *lint, const struct ys_case *subject)
{
    lint_clauses(lint, subject);
    const struct ys_value *uses = ys_value_get(subject->at, "uses");
    for (size_t i = 0; i < subject->use_count; i++) {
        lint_fragment_name(lint, lint->suite->document, ys_value_at(uses, i), subject->uses[i]);
    }
    for (size_t i = 0; i < subject->need_count; i++) {
        if (strncmp(subject->needs[i], "reader.", 7) != 0) {
            ys_diag_add(lint->diags, lint->suite->document,
                        ys_value_at(ys_value_get(subject->at, "needs"), i), "unknown need '%s'",
                        subject->needs[i])
                ->expected = "reader.ROLE";
        }
    }
    lint_steps(lint, subject->given, subject->given_count);
    lint_steps(lint, subject->steps, subject->step_count);
    lint_steps(lint, subject->finally, subject->finally_count);
    if (subject->id &&
        *(const char *const *)tsearch(subject->id, lint->ids, compare_ids) != subject->id) {
        ys_diag_add(lint->diags, lint->suite->document, subject->at, "case '%s' stands twice",
                    subject->id);
    }
    ys_lint_variables(lint->arena, lint->pack, lint->suite, subject, lint->diags);
}

static bool reaches(struct lint *lint, const struct ys_fragment *from, const char *id,
                    size_t depth)
{
    for (size_t i = 0; i < from->use_count && depth < YS_STEP_DEPTH_MAX; i++) {
        const struct ys_fragment *next = ys_pack_fragment(lint->pack, lint->suite, from->uses[i]);
        if (strcmp(from->uses[i], id) == 0 || (next && reaches(lint, next, id, depth + 1))) {
            return true;
        }
    }
    return false;
}

void ys_lint_pack(struct ys_arena *arena, const struct ys_pack *pack, struct ys_diags *diags)
{
    void *ids = NULL;
    for (size_t s = 0; s < pack->suite_count; s++) {
        const struct ys_suite *suite = pack->suites[s];
        struct lint lint = {arena, pack, suite, diags, &ids};
        for (size_t i = 0; i < suite->fragment_count; i++) {
            const struct ys_fragment *fragment = &suite->fragments[i];
            for (size_t k = 0; k < fragment->use_count; k++) {
                lint_fragment_name(&lint, suite->document, fragment->at, fragment->uses[k]);
            }
            if (reaches(&lint, fragment, fragment->id, 0)) {
                ys_diag_add(diags, suite->document, fragment->at,
                            "fragment '%s' uses itself in a circle", fragment->id);
            }
            lint_steps(&lint, fragment->steps, fragment->step_count);
            lint_steps(&lint, fragment->finally, fragment->finally_count);
            ys_lint_fragment_variables(arena, pack, suite, fragment, diags);
        }
        for (size_t i = 0; i < suite->case_count; i++) {
            lint_case(&lint, &suite->cases[i]);
        }
    }
    while (ids) {
        tdelete(*(const char *const *)ids, &ids, compare_ids);
    }
}
