/* SPDX-License-Identifier: Apache-2.0 */
/* The profile of a yearly evaluation: factors, figures, thresholds; see ys_evaluation.h. */
#include "ys_evaluation.h"

#include <string.h>

#include "ys_model_private.h"

/* Counts reach 10^12 (ys_figures.c): a product with one of these stays a 64-bit number. */
#define FRACTION_MAX 1000000u

static const char *const KINDS[] = {"count", "decimal", "flag", NULL};

static void load_threshold(struct ys_loader *loader, const struct ys_value *value,
                           struct ys_threshold *threshold)
{
    const char *text = ys_value_text(value);
    const char *slash = text ? strchr(text, '/') : NULL;
    uint64_t numerator = 0;
    uint64_t denominator = 0;
    if (value->kind == YS_KIND_NUMBER && value->as.number.coefficient >= 0) {
        threshold->number = value->as.number;
        threshold->text = ys_value_written(value);
    } else if (slash && ys_parse_u64(text, (size_t)(slash - text), &numerator) == YS_OK &&
               ys_parse_u64(slash + 1, strlen(slash + 1), &denominator) == YS_OK && denominator &&
               numerator <= FRACTION_MAX && denominator <= FRACTION_MAX) {
        threshold->numerator = (int64_t)numerator;
        threshold->denominator = (int64_t)denominator;
        threshold->text = text;
    } else {
        ys_diag_add(loader->diags, loader->document, value, "%s is no bound",
                    ys_value_show(loader->arena, value, 60))
            ->expected = "a number, or a fraction such as 85/100 with 'per'";
    }
}

static void load_at_least(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    load_threshold(loader, value, &((struct ys_factor_rule *)object)->at_least);
}

static void load_at_most(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    load_threshold(loader, value, &((struct ys_factor_rule *)object)->at_most);
}

static void load_due(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const char *text = ys_value_text(value);
    const char *date = text ? ys_arena_printf(loader->arena, "2025-%s", text) : NULL;
    int64_t day = 0;
    if (!date || strlen(text) != 5 || ys_day_parse(date, &day, NULL) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "%s is no day of a year",
                    ys_value_show(loader->arena, value, 60))
            ->expected = "MM-DD";
        return;
    }
    ((struct ys_evaluation *)object)->due = text;
}

/* ---- what can be checked of a rule ---- */

static void complain(struct ys_loader *loader, const struct ys_factor_rule *rule, const char *about,
                     const char *expected)
{
    ys_diag_add(loader->diags, loader->document, rule->at, "%s", about)->expected = expected;
}

static void check_rule(struct ys_loader *loader, const struct ys_evaluation *evaluation,
                       const struct ys_factor_rule *rule)
{
    const struct ys_figure_spec *figure =
        rule->figure ? ys_evaluation_figure(evaluation, rule->figure) : NULL;
    const struct ys_figure_spec *per =
        rule->per ? ys_evaluation_figure(evaluation, rule->per) : NULL;
    bool bounded = rule->at_least.text || rule->at_most.text;
    bool fraction = rule->at_least.denominator || rule->at_most.denominator;
    bool plain = (rule->at_least.text && !rule->at_least.denominator) ||
                 (rule->at_most.text && !rule->at_most.denominator);
    if ((rule->figure && !figure) || (rule->per && !per)) {
        complain(loader, rule, "a rule about a figure that no factor has",
                 "the id of one under 'figures'");
        return;
    }
    if (!figure) {
        return; /* the shape complained */
    }
    if (figure->kind == YS_FIGURE_FLAG) {
        if (!rule->is_true || bounded || per) {
            complain(loader, rule, "a flag is only compared with true", "is_true: true");
        }
        return;
    }
    if (!bounded || rule->is_true) {
        complain(loader, rule, "a rule that bounds nothing", "at_least or at_most");
    } else if (per && (plain || figure->kind != YS_FIGURE_COUNT || per->kind != YS_FIGURE_COUNT)) {
        complain(loader, rule, "'per' compares two counts", "bounds such as 85/100");
    } else if (!per && (fraction || rule->within || rule->none_passes)) {
        complain(loader, rule, "a fraction of nothing", "'per', the count that it is a part of");
    }
}

static bool is_used(const struct ys_evaluation *evaluation, const char *id)
{
    for (size_t i = 0; i < evaluation->factor_count; i++) {
        for (size_t k = 0; k < evaluation->factors[i].rule_count; k++) {
            const struct ys_factor_rule *rule = &evaluation->factors[i].rules[k];
            if ((rule->figure && strcmp(rule->figure, id) == 0) ||
                (rule->per && strcmp(rule->per, id) == 0)) {
                return true;
            }
        }
    }
    return false;
}

static void finish_evaluation(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_evaluation *evaluation = object;
    if (!evaluation->factor_count || evaluation->fails_at < 1 ||
        evaluation->ending.failed_years < 1) {
        ys_diag_add(loader->diags, loader->document, value, "an evaluation that nothing can fail")
            ->expected = "factors, and fails_at and failed_years of at least 1";
    }
    for (size_t i = 0; i < evaluation->factor_count; i++) {
        const struct ys_factor *factor = &evaluation->factors[i];
        if (!factor->rule_count) {
            ys_diag_add(loader->diags, loader->document, factor->at,
                        "a factor without a rule passes always");
        }
        for (size_t k = 0; k < factor->rule_count; k++) {
            check_rule(loader, evaluation, &factor->rules[k]);
        }
        for (size_t k = 0; k < factor->figure_count; k++) {
            const struct ys_figure_spec *figure = &factor->figures[k];
            if (figure->id && ys_evaluation_figure(evaluation, figure->id) != figure) {
                ys_diag_add(loader->diags, loader->document, figure->at, "'%s' stands twice",
                            figure->id);
            } else if (figure->id && !is_used(evaluation, figure->id)) {
                ys_diag_add(loader->diags, loader->document, figure->at, "no rule looks at '%s'",
                            figure->id);
            }
        }
    }
}

/* ---- tables ---- */

#define AT(member) offsetof(struct ys_figure_spec, member)
static const struct ys_slot_spec FIGURE_SLOTS[] = {
    {.key = "id",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(id),
     .doc = "its name in files of figures"},
    {.key = "kind",
     .slot = YS_SLOT_CHOICE,
     .required = true,
     .offset = AT(kind),
     .choices = KINDS,
     .doc = "count (a whole number), decimal or flag"},
    {.key = "title",
     .slot = YS_SLOT_TEXTS,
     .required = true,
     .offset = AT(title),
     .doc = "what is counted, with its unit"},
};
static const struct ys_shape FIGURE = {.name = "figure",
                                       .doc = "a figure that is supplied for each year",
                                       .size = sizeof(struct ys_figure_spec),
                                       .slots = FIGURE_SLOTS,
                                       .count = sizeof FIGURE_SLOTS / sizeof FIGURE_SLOTS[0],
                                       .name_offset = YS_SLOT_NOWHERE,
                                       .at_offset = AT(at)};
#undef AT

#define AT(member) offsetof(struct ys_factor_rule, member)
static const struct ys_slot_spec RULE_SLOTS[] = {
    {.key = "figure",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(figure),
     .doc = "the figure that is bounded"},
    {.key = "per",
     .slot = YS_SLOT_ID,
     .offset = AT(per),
     .doc = "the count that it is divided by; the bounds are fractions then"},
    {.key = "at_least",
     .slot = YS_SLOT_CUSTOM,
     .custom = load_at_least,
     .offset = YS_SLOT_NOWHERE,
     .doc = "lower bound, itself allowed"},
    {.key = "at_most",
     .slot = YS_SLOT_CUSTOM,
     .custom = load_at_most,
     .offset = YS_SLOT_NOWHERE,
     .doc = "upper bound, itself allowed"},
    {.key = "is_true", .slot = YS_SLOT_BOOL, .offset = AT(is_true), .doc = "of a flag: it holds"},
    {.key = "none_passes",
     .slot = YS_SLOT_BOOL,
     .offset = AT(none_passes),
     .doc = "a 'per' of 0 keeps the rule (no complaint, none settled late); else it is undecided"},
    {.key = "within",
     .slot = YS_SLOT_BOOL,
     .offset = AT(within),
     .doc = "the figure is a part of 'per': a larger one is a mistake of the file"},
};
static const struct ys_shape RULE = {.name = "rule",
                                     .doc = "what a figure must keep",
                                     .size = sizeof(struct ys_factor_rule),
                                     .slots = RULE_SLOTS,
                                     .count = sizeof RULE_SLOTS / sizeof RULE_SLOTS[0],
                                     .name_offset = YS_SLOT_NOWHERE,
                                     .at_offset = AT(at)};
#undef AT

#define AT(member) offsetof(struct ys_factor, member)
static const struct ys_slot_spec FACTOR_SLOTS[] = {
    {.key = "id", .slot = YS_SLOT_ID, .required = true, .offset = AT(id), .doc = "its name"},
    {.key = "title",
     .slot = YS_SLOT_TEXTS,
     .required = true,
     .offset = AT(title),
     .doc = "what is evaluated"},
    {.key = "figures",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(figures),
     .count_offset = AT(figure_count),
     .shape = &FIGURE,
     .doc = "what is supplied for it"},
    {.key = "rules",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(rules),
     .count_offset = AT(rule_count),
     .shape = &RULE,
     .doc = "all of them must hold"},
};
static const struct ys_shape FACTOR = {.name = "factor",
                                       .doc = "one factor of the evaluation",
                                       .size = sizeof(struct ys_factor),
                                       .slots = FACTOR_SLOTS,
                                       .count = sizeof FACTOR_SLOTS / sizeof FACTOR_SLOTS[0],
                                       .name_offset = YS_SLOT_NOWHERE,
                                       .at_offset = AT(at)};
#undef AT

#define AT(member) offsetof(struct ys_trigger, member)
static const struct ys_slot_spec TRIGGER_SLOTS[] = {
    {.key = "id",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(id),
     .doc = "its name in files of figures"},
    {.key = "title",
     .slot = YS_SLOT_TEXTS,
     .required = true,
     .offset = AT(title),
     .doc = "what it is"},
};
#undef AT
static const struct ys_shape TRIGGER = {.name = "trigger",
                                        .doc = "an event that may end the agreement",
                                        .size = sizeof(struct ys_trigger),
                                        .slots = TRIGGER_SLOTS,
                                        .count = sizeof TRIGGER_SLOTS / sizeof TRIGGER_SLOTS[0],
                                        .name_offset = YS_SLOT_NOWHERE,
                                        .at_offset = YS_SLOT_NOWHERE};

#define AT(member) offsetof(struct ys_ending, member)
static const struct ys_slot_spec ENDING_SLOTS[] = {
    {.key = "clause",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(clause),
     .doc = "clause of the regulation"},
    {.key = "failed_years",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(failed_years),
     .doc = "so many failed years in a row"},
    {.key = "events",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(events),
     .count_offset = AT(event_count),
     .shape = &TRIGGER,
     .doc = "events that do it alone"},
};
#undef AT
static const struct ys_shape ENDING = {.name = "ending",
                                       .doc = "what lets the bureau end the agreement",
                                       .size = sizeof(struct ys_ending),
                                       .slots = ENDING_SLOTS,
                                       .count = sizeof ENDING_SLOTS / sizeof ENDING_SLOTS[0],
                                       .name_offset = YS_SLOT_NOWHERE,
                                       .at_offset = YS_SLOT_NOWHERE};

#define AT(member) offsetof(struct ys_evaluation, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "evaluation",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(regulation),
     .doc = "id of the regulation"},
    {.key = "clause",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(clause),
     .doc = "clause of the yearly evaluation"},
    {.key = "due",
     .slot = YS_SLOT_CUSTOM,
     .custom = load_due,
     .offset = YS_SLOT_NOWHERE,
     .doc = "last day, MM-DD, of the next year by which a year is evaluated"},
    {.key = "fails_at",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(fails_at),
     .doc = "so many failed factors make a failed year"},
    {.key = "factors",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(factors),
     .count_offset = AT(factor_count),
     .shape = &FACTOR,
     .doc = "what is evaluated"},
    {.key = "ending",
     .slot = YS_SLOT_OBJECT,
     .required = true,
     .offset = AT(ending),
     .shape = &ENDING,
     .doc = "what lets the bureau end the agreement"},
};
#undef AT
const struct ys_shape ys_shape_evaluation = {.name = "evaluation",
                                             .doc = "Factors and thresholds of the yearly "
                                                    "evaluation, and what may end the agreement",
                                             .size = sizeof(struct ys_evaluation),
                                             .slots = SLOTS,
                                             .count = sizeof SLOTS / sizeof SLOTS[0],
                                             .name_offset = YS_SLOT_NOWHERE,
                                             .at_offset = YS_SLOT_NOWHERE,
                                             .finish = finish_evaluation};

const struct ys_figure_spec *ys_evaluation_figure(const struct ys_evaluation *evaluation,
                                                  const char *id)
{
    for (size_t i = 0; i < evaluation->factor_count; i++) {
        for (size_t k = 0; k < evaluation->factors[i].figure_count; k++) {
            const struct ys_figure_spec *figure = &evaluation->factors[i].figures[k];
            if (figure->id && strcmp(figure->id, id) == 0) {
                return figure;
            }
        }
    }
    return NULL;
}

const struct ys_evaluation *ys_evaluation_load(struct ys_arena *arena,
                                               const struct ys_document *document,
                                               const struct ys_regulation *regulation,
                                               struct ys_diags *diags)
{
    struct ys_loader loader = {arena, diags, document, NULL};
    struct ys_evaluation *evaluation = ys_arena_alloc(arena, sizeof *evaluation);
    *evaluation = (struct ys_evaluation){.document = document};
    ys_shape_load(&loader, &ys_shape_evaluation, document->root, evaluation);
    const char *const clauses[] = {evaluation->clause, evaluation->ending.clause};
    for (size_t i = 0; regulation && i < 2; i++) {
        if (clauses[i] && !ys_regulation_clause(regulation, clauses[i])) {
            ys_diag_add(diags, document, document->root, "unknown clause '%s'", clauses[i])
                ->expected = "a clause of regulation.yaml";
        }
    }
    return evaluation;
}
