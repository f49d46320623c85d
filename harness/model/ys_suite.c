/* SPDX-License-Identifier: Apache-2.0 */
/* Suites and fragments: cases and steps as structs. What they name is checked by ys_lint.c. */
#include <string.h>

#include "ys_model_private.h"
#include "ys_suggest.h"

static const struct ys_step_info STEPS[] = {
    {YS_STEP_CALL, "call", "calls a catalogue operation: call: OPERATION, with: {…}"},
    {YS_STEP_HTTP, "http", "sends a raw request: {method, endpoint, path, …}"},
    {YS_STEP_CARD, "card", "talks to a card: {reader, select, read, …}"},
    {YS_STEP_TLS, "tls", "tries one TLS handshake: {endpoint, version, ciphers}"},
    {YS_STEP_LOAD, "load", "calls an operation at a rate: {call, with, rate: 20, for: 10s}"},
    {YS_STEP_CONTRACT, "contract",
     "holds the whole reply of a call against the catalogue: {call, with}"},
    {YS_STEP_STRANGERS, "strangers",
     "calls bound operations as one who may not: {who: nobody, with: {…}, having: INPUT}"},
    {YS_STEP_HOSTILE, "hostile",
     "sends every bound operation what no bank may take: {telling: [PATTERN…], "
     "except: [OPERATION…]}"},
    {YS_STEP_COVERAGE, "coverage", "reconciles a roster with a register: the 70 % question"},
    {YS_STEP_CHECK, "check", "judges a computed value"},
    {YS_STEP_LET, "let", "names computed values: {name: value}"},
    {YS_STEP_USE, "use", "runs a fragment: use: FRAGMENT, with: {…}, as: name"},
    {YS_STEP_REPEAT, "repeat", "runs steps N times: {times: N, as: n}"},
    {YS_STEP_EACH, "each", "runs steps for each item: {of: LIST, as: row}"},
    {YS_STEP_PARALLEL, "parallel", "runs steps at once: {times: N, as: n} or {of: LIST, as: x}"},
};
#define STEP_KINDS (sizeof STEPS / sizeof STEPS[0])

const struct ys_step_info *ys_step_table(size_t *ret_count)
{
    *ret_count = STEP_KINDS;
    return STEPS;
}

const char *ys_step_kind_name(enum ys_step_kind kind)
{
    return STEPS[kind].key; /* the table is in the order of the enumeration */
}

static const struct ys_step *load_steps(struct ys_loader *loader, const struct ys_value *value,
                                        size_t *ret_count);

/* Depth of nested steps; lives in the loader's context while a suite is loaded. */
struct depth {
    size_t now;
};

/* The loop's head: a map, or for `parallel` a bare number or expression. */
static void load_loop(struct ys_loader *loader, const struct ys_value *value, struct ys_step *step)
{
    static const char *const names[] = {"times", "of", "as"};
    if (value->kind != YS_KIND_MAP) {
        step->times = value;
        return;
    }
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        if (strcmp(member->name, "times") == 0) {
            step->times = member->value;
        } else if (strcmp(member->name, "of") == 0) {
            step->of = member->value;
        } else if (strcmp(member->name, "as") == 0) {
            step->as = ys_value_text(member->value);
        } else {
            ys_shape_unknown(loader, member, "key", names, 3);
        }
    }
    if (step->kind == YS_STEP_REPEAT ? !step->times || step->of
                                     : step->kind == YS_STEP_EACH ? !step->of || step->times
                                                                  : !step->times == !step->of) {
        ys_diag_add(loader->diags, loader->document, value, "the loop does not say over what")
            ->expected = step->kind == YS_STEP_REPEAT ? "times: N"
                         : step->kind == YS_STEP_EACH ? "of: LIST"
                                                      : "either times: N or of: LIST";
    }
}

static void load_until(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    static const char *const names[] = {"every", "at_most"};
    struct ys_step *step = object;
    step->has_until = true;
    step->every_ms = -1;
    step->at_most_ms = -1;
    if (!ys_shape_kind(loader, value, YS_KIND_MAP, "until")) {
        return;
    }
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        int64_t *place = strcmp(member->name, "every") == 0     ? &step->every_ms
                         : strcmp(member->name, "at_most") == 0 ? &step->at_most_ms
                                                                : NULL;
        const char *text = ys_value_written(member->value);
        if (!place) {
            ys_shape_unknown(loader, member, "key", names, 2);
        } else if (!text || ys_parse_duration(text, place, NULL) != YS_OK) {
            ys_diag_add(loader->diags, loader->document, member->value, "not a duration")
                ->expected = "a duration such as 200ms, 5s, 2m or 1h";
        }
    }
    if (step->at_most_ms < 0 || step->every_ms <= 0) {
        ys_diag_add(loader->diags, loader->document, value, "a wait without a bound")->expected =
            "until: {every: 200ms, at_most: 10s}";
    } else if (step->at_most_ms > (int64_t)YS_UNTIL_MS_MAX) {
        ys_diag_add(loader->diags, loader->document, value, "a wait over YS_UNTIL_MS_MAX");
    }
}

static void load_nested(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_step *step = object;
    step->steps = load_steps(loader, value, &step->step_count);
}

static const char *const OTHERWISE[] = {"fail", "inconclusive", "not-applicable", NULL};

#define AT(member) offsetof(struct ys_step, member)
/* Keys that go with the kind's own key. */
static const struct ys_slot_spec STEP_SLOTS[] = {
    {.key = "title", .slot = YS_SLOT_TEXTS, .offset = AT(title), .doc = "for people"},
    {.key = "with", .slot = YS_SLOT_MAP, .offset = AT(with),
     .doc = "inputs of a call, parameters of a fragment"},
    {.key = "expect", .slot = YS_SLOT_VALUE, .offset = AT(expect), .definition = "expect",
     .doc = "targets and their matchers"},
    {.key = "save", .slot = YS_SLOT_MAP, .offset = AT(save), .definition = "saved",
     .doc = "name: JSONPath"},
    {.key = "collect", .slot = YS_SLOT_MAP, .offset = AT(collect),
     .doc = "of a loop: name: expression, a list over the iterations"},
    {.key = "as", .slot = YS_SLOT_TEXT, .offset = AT(as),
     .doc = "of use: the variable that holds what the fragment gives"},
    {.key = "else", .slot = YS_SLOT_CHOICE, .offset = AT(otherwise), .choices = OTHERWISE,
     .doc = "what a failing check makes of the case: fail (default), inconclusive where it shows "
            "that a sample is too small to decide, or, of a `check`, not-applicable where it says "
            "for what the case is"},
    {.key = "soft", .slot = YS_SLOT_BOOL, .offset = AT(soft),
     .doc = "a failing check does not end the case"},
    {.key = "allow_empty", .slot = YS_SLOT_BOOL, .offset = AT(allow_empty),
     .doc = "a loop over nothing is no vacuity"},
    {.key = "until", .slot = YS_SLOT_CUSTOM, .custom = load_until, .definition = "until",
     .doc = "repeat until expect holds: {every, at_most}"},
    {.key = "steps", .slot = YS_SLOT_CUSTOM, .custom = load_nested, .definition = "steps",
     .doc = "steps of a loop"},
};
#undef AT
#define STEP_SLOT_COUNT (sizeof STEP_SLOTS / sizeof STEP_SLOTS[0])

const struct ys_slot_spec *ys_step_slots(size_t *ret_count)
{
    *ret_count = STEP_SLOT_COUNT;
    return STEP_SLOTS;
}

/* "exactly one of: call, http, …" */
static const char *kinds_listed(struct ys_arena *arena)
{
    const char *text = "exactly one of:";
    for (size_t k = 0; k < STEP_KINDS; k++) {
        text = ys_arena_printf(arena, "%s%s %s", text, k ? "," : "", STEPS[k].key);
    }
    return text;
}

/* Finds the kind's key and takes it out, so that the rest is an ordinary shape. */
static bool load_kind(struct ys_loader *loader, const struct ys_value *value, struct ys_step *step)
{
    size_t found = 0;
    for (size_t k = 0; k < STEP_KINDS; k++) {
        const struct ys_value *body = ys_value_get(value, STEPS[k].key);
        if (body) {
            step->kind = STEPS[k].kind;
            step->body = body;
            found++;
        }
    }
    if (found == 1) {
        return true;
    }
    const char *names[STEP_KINDS];
    for (size_t k = 0; k < STEP_KINDS; k++) {
        names[k] = STEPS[k].key;
    }
    struct ys_diag *diag =
        ys_diag_add(loader->diags, loader->document, value,
                    found ? "a step of several kinds at once" : "a step without a kind");
    diag->expected = kinds_listed(loader->arena);
    for (size_t i = 0; !found && i < value->as.map.count && !diag->suggestion; i++) {
        diag->suggestion = ys_suggest(value->as.map.members[i].name, names, STEP_KINDS);
    }
    return false;
}

static void check_keys(struct ys_loader *loader, const struct ys_value *value,
                       const struct ys_step *step)
{
    bool loop = step->kind == YS_STEP_REPEAT || step->kind == YS_STEP_EACH ||
                step->kind == YS_STEP_PARALLEL;
    bool observes = !loop && step->kind != YS_STEP_LET && step->kind != YS_STEP_USE;
    const struct {
        const char *key;
        bool fits;
    } rules[] = {
        {"with", step->kind == YS_STEP_CALL || step->kind == YS_STEP_USE},
        {"expect", observes},
        {"save", observes && step->kind != YS_STEP_CHECK},
        {"until", observes && step->kind != YS_STEP_LOAD && step->kind != YS_STEP_HOSTILE &&
                      step->kind != YS_STEP_STRANGERS},
        {"else", observes},
        {"collect", loop},
        {"steps", loop},
        {"allow_empty", loop},
        {"as", step->kind == YS_STEP_USE},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct ys_value *given = ys_value_get(value, rules[i].key);
        if (given && !rules[i].fits) {
            ys_diag_add(loader->diags, loader->document, given,
                        "'%s' has no meaning in this kind of step", rules[i].key);
        }
    }
    if (step->otherwise == YS_OTHERWISE_NOT_APPLICABLE && step->kind != YS_STEP_CHECK) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "else"),
                    "what the candidate answers cannot make a case not applicable")
            ->expected = "a `check` of what was saved before";
    }
    if (loop && step->step_count == 0) {
        ys_diag_add(loader->diags, loader->document, value, "a loop without steps")->expected =
            "steps: […] beside the loop's key";
    }
    bool has_contract = step->kind == YS_STEP_CALL || step->kind == YS_STEP_CARD ||
                        step->kind == YS_STEP_CONTRACT || step->kind == YS_STEP_COVERAGE;
    if (observes && !has_contract && !step->expect) {
        ys_diag_add(loader->diags, loader->document, value,
                    "a step that expects nothing proves nothing")
            ->expected = "expect: {…}";
    }
}

static void load_step(struct ys_loader *loader, const struct ys_value *value, struct ys_step *step)
{
    step->document = loader->document;
    step->at = value;
    if (!ys_shape_kind(loader, value, YS_KIND_MAP, "a step") || !load_kind(loader, value, step)) {
        return;
    }
    /* The shape of this one step: the common keys and the key of its kind. */
    struct ys_slot_spec slots[STEP_SLOT_COUNT + 1];
    memcpy(slots, STEP_SLOTS, sizeof STEP_SLOTS);
    const char *key = STEPS[step->kind].key;
    slots[STEP_SLOT_COUNT] = (struct ys_slot_spec){
        .key = key, .slot = YS_SLOT_VALUE, .offset = offsetof(struct ys_step, body), .doc = key};
    const struct ys_shape shape = {
        .name = "step",
        .size = sizeof *step,
        .slots = slots,
        .count = STEP_SLOT_COUNT + 1,
        .name_offset = YS_SLOT_NOWHERE,
        .at_offset = YS_SLOT_NOWHERE,
    };
    ys_shape_load(loader, &shape, value, step);
    if (step->kind == YS_STEP_LOAD || step->kind == YS_STEP_CONTRACT) {
        step->target = ys_value_get_text(step->body, "call");
    }
    if (step->kind == YS_STEP_CALL || step->kind == YS_STEP_USE) {
        step->target = ys_value_text(step->body);
        ys_shape_kind(loader, step->body, YS_KIND_STRING, key);
    } else if (step->kind == YS_STEP_REPEAT || step->kind == YS_STEP_EACH ||
               step->kind == YS_STEP_PARALLEL) {
        load_loop(loader, step->body, step);
    } else if (step->kind != YS_STEP_CHECK) {
        ys_shape_kind(loader, step->body, YS_KIND_MAP, key);
    }
    check_keys(loader, value, step);
}

static const struct ys_step *load_steps(struct ys_loader *loader, const struct ys_value *value,
                                        size_t *ret_count)
{
    struct depth *depth = loader->context;
    *ret_count = 0;
    if (!ys_shape_kind(loader, value, YS_KIND_LIST, "steps")) {
        return NULL;
    }
    if (++depth->now > YS_STEP_DEPTH_MAX) {
        ys_diag_add(loader->diags, loader->document, value,
                    "steps nested deeper than YS_STEP_DEPTH_MAX");
        depth->now--;
        return NULL;
    }
    struct ys_step *steps = ys_arena_calloc(loader->arena, value->as.list.count + 1, sizeof *steps);
    for (size_t i = 0; i < value->as.list.count; i++) {
        load_step(loader, value->as.list.items[i], &steps[i]);
    }
    depth->now--;
    *ret_count = value->as.list.count;
    return steps;
}

#define CASE_STEPS(name, member, counter)                                                          \
    static void name(struct ys_loader *loader, const struct ys_value *value, void *object)         \
    {                                                                                              \
        struct ys_case *subject = object;                                                          \
        subject->member = load_steps(loader, value, &subject->counter);                            \
    }
CASE_STEPS(load_given, given, given_count)
CASE_STEPS(load_case_steps, steps, step_count)
CASE_STEPS(load_case_finally, finally, finally_count)

static void finish_case(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_case *subject = object;
    if (ys_value_get(value, "clauses") && subject->clause_count == 0) {
        ys_diag_add(loader->diags, loader->document, value, "a case without a clause")->expected =
            "clauses: [ID, …] from regulation.yaml";
    }
    if (ys_value_get(value, "steps") && subject->step_count == 0) {
        ys_diag_add(loader->diags, loader->document, value, "a case without steps");
    }
}

#define AT(member) offsetof(struct ys_case, member)
static const struct ys_slot_spec CASE_SLOTS[] = {
    {.key = "id", .slot = YS_SLOT_ID, .required = true, .offset = AT(id),
     .doc = "unique over all suites"},
    {.key = "clauses", .slot = YS_SLOT_IDS, .required = true, .filled = true, .offset = AT(clauses),
     .count_offset = AT(clause_count), .doc = "clauses of regulation.yaml that it judges"},
    {.key = "title", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(title),
     .doc = "what it shows"},
    {.key = "description", .slot = YS_SLOT_TEXTS, .offset = AT(description),
     .doc = "more about it"},
    {.key = "negative", .slot = YS_SLOT_BOOL, .offset = AT(negative),
     .doc = "shows that something is refused"},
    {.key = "destructive", .slot = YS_SLOT_BOOL, .offset = AT(destructive),
     .doc = "may use up or block a card: runs only with consent in the candidate file"},
    {.key = "uses", .slot = YS_SLOT_IDS, .offset = AT(uses), .count_offset = AT(use_count),
     .doc = "fragments that build what it needs"},
    {.key = "needs", .slot = YS_SLOT_IDS, .offset = AT(needs), .count_offset = AT(need_count),
     .doc = "readers: reader.ROLE"},
    {.key = "locks", .slot = YS_SLOT_IDS, .offset = AT(locks), .count_offset = AT(lock_count),
     .doc = "things that two cases must not touch at once"},
    {.key = "given", .slot = YS_SLOT_CUSTOM, .custom = load_given, .definition = "steps",
     .doc = "preparation; a failure there leaves the case undecided"},
    {.key = "steps", .slot = YS_SLOT_CUSTOM, .required = true, .custom = load_case_steps,
     .definition = "steps", .doc = "what is judged"},
    {.key = "finally", .slot = YS_SLOT_CUSTOM, .custom = load_case_finally,
     .definition = "steps", .doc = "always runs; never changes a verdict"},
};
#undef AT
static const struct ys_shape CASE = {
    .name = "case",
    .doc = "one case",
    .size = sizeof(struct ys_case),
    .slots = CASE_SLOTS,
    .count = sizeof CASE_SLOTS / sizeof CASE_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct ys_case, at),
    .finish = finish_case,
};

static void load_fragment_steps(struct ys_loader *loader, const struct ys_value *value,
                                void *object)
{
    struct ys_fragment *fragment = object;
    fragment->steps = load_steps(loader, value, &fragment->step_count);
}

static void load_fragment_finally(struct ys_loader *loader, const struct ys_value *value,
                                  void *object)
{
    struct ys_fragment *fragment = object;
    fragment->finally = load_steps(loader, value, &fragment->finally_count);
}

static void finish_fragment(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    (void)value;
    ((struct ys_fragment *)object)->document = loader->document;
}

#define AT(member) offsetof(struct ys_fragment, member)
static const struct ys_slot_spec FRAGMENT_SLOTS[] = {
    {.key = "title", .slot = YS_SLOT_TEXTS, .offset = AT(title), .doc = "what it builds"},
    {.key = "params", .slot = YS_SLOT_IDS, .offset = AT(params), .count_offset = AT(param_count),
     .doc = "parameters that a `use` step must give"},
    {.key = "uses", .slot = YS_SLOT_IDS, .offset = AT(uses), .count_offset = AT(use_count),
     .doc = "fragments that must stand before it"},
    {.key = "steps", .slot = YS_SLOT_CUSTOM, .required = true, .custom = load_fragment_steps,
     .definition = "steps", .doc = "its steps"},
    {.key = "finally", .slot = YS_SLOT_CUSTOM, .custom = load_fragment_finally,
     .definition = "steps", .doc = "undoes what it made, at the end of the case"},
    {.key = "gives", .slot = YS_SLOT_VALUE, .offset = AT(gives),
     .doc = "the value of the variable called like the fragment"},
};
#undef AT
static const struct ys_shape FRAGMENT = {
    .name = "fragment",
    .doc = "steps that several cases share",
    .size = sizeof(struct ys_fragment),
    .slots = FRAGMENT_SLOTS,
    .count = sizeof FRAGMENT_SLOTS / sizeof FRAGMENT_SLOTS[0],
    .name_offset = offsetof(struct ys_fragment, id),
    .at_offset = offsetof(struct ys_fragment, at),
    .finish = finish_fragment,
};

static void finish_suite(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_suite *suite = object;
    if (suite->id && (!ys_value_get(value, "cases") || !ys_value_get(value, "title"))) {
        ys_diag_add(loader->diags, loader->document, value, "a suite without %s",
                    ys_value_get(value, "cases") ? "'title'" : "'cases'");
    }
    if (!suite->id && !suite->fragments) {
        ys_diag_add(loader->diags, loader->document, value,
                    "neither a suite nor fragments stand in this file")
            ->expected = "suite: ID with cases, or fragments";
    }
}

#define AT(member) offsetof(struct ys_suite, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "suite", .slot = YS_SLOT_ID, .offset = AT(id), .doc = "id of the suite"},
    {.key = "title", .slot = YS_SLOT_TEXTS, .offset = AT(title), .doc = "title"},
    {.key = "fragments", .slot = YS_SLOT_ENTRIES, .offset = AT(fragments),
     .count_offset = AT(fragment_count), .shape = &FRAGMENT, .doc = "shared steps by name"},
    {.key = "cases", .slot = YS_SLOT_LIST, .offset = AT(cases), .count_offset = AT(case_count),
     .shape = &CASE, .doc = "the cases"},
};
#undef AT

const struct ys_shape ys_shape_suite = {
    .name = "suite",
    .doc = "A suite of cases, or fragments that suites share; see docs/suite-language.md",
    .size = sizeof(struct ys_suite),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_suite,
};

const struct ys_suite *ys_suite_load(struct ys_arena *arena, const struct ys_document *document,
                                     struct ys_diags *diags)
{
    struct depth depth = {0};
    struct ys_loader loader = {arena, diags, document, &depth};
    struct ys_suite *suite = ys_arena_alloc(arena, sizeof *suite);
    suite->document = document;
    ys_shape_load(&loader, &ys_shape_suite, document->root, suite);
    struct ys_case *cases = ys_arena_calloc(arena, suite->case_count + 1, sizeof *cases);
    for (size_t i = 0; i < suite->case_count; i++) {
        cases[i] = suite->cases[i];
        cases[i].suite = suite;
    }
    suite->cases = cases;
    return suite;
}
