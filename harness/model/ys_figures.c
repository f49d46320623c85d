/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of a bank's years, each with its source; see ys_evaluation.h. */
#include <string.h>

#include "ys_clock.h"
#include "ys_evaluation.h"
#include "ys_model_private.h"
#include "ys_suggest.h"

#define COUNT_MAX INT64_C(1000000000000)
#define FIGURES_MAX 256u

static const char *load_date(struct ys_loader *loader, const struct ys_value *value,
                             int64_t *ret_day)
{
    const char *text = ys_value_text(value);
    *ret_day = -1;
    if (!text || ys_day_parse(text, ret_day, NULL) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "%s is no day",
                    ys_value_show(loader->arena, value, 60))
            ->expected = "a day that exists, as YYYY-MM-DD";
    }
    return text;
}

static void load_source_date(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_source *source = object;
    source->date = load_date(loader, value, &source->day);
}

static void load_event_date(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_event *event = object;
    event->date = load_date(loader, value, &event->day);
}

static void load_evaluated(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_figure_year *year = object;
    year->evaluated = load_date(loader, value, &year->evaluated_day);
}

/* A source that says nothing is none. */
static void finish_source(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_source *source = object;
    const char *const texts[] = {source->document, source->by};
    static const char *const names[] = {"document", "by"};
    for (size_t i = 0; i < 2; i++) {
        if (texts[i] && !texts[i][strspn(texts[i], " \t\n")]) {
            ys_diag_add(loader->diags, loader->document, ys_value_get(value, names[i]),
                        "'%s' says nothing", names[i]);
        }
    }
}

static void suggest_figure(struct ys_loader *loader, const struct ys_figure *figure)
{
    const struct ys_evaluation *evaluation = loader->context;
    const char *names[FIGURES_MAX];
    const char *all = "";
    size_t count = 0;
    for (size_t i = 0; i < evaluation->factor_count; i++) {
        for (size_t k = 0; k < evaluation->factors[i].figure_count && count < FIGURES_MAX; k++) {
            names[count] = evaluation->factors[i].figures[k].id;
            all = ys_arena_printf(loader->arena, "%s%s%s", all, count ? ", " : "", names[count]);
            count++;
        }
    }
    struct ys_diag *diag =
        ys_diag_add(loader->diags, loader->document, figure->at, "unknown figure '%s'", figure->id);
    diag->expected = ys_arena_printf(loader->arena, "one of %s", all);
    diag->suggestion = ys_suggest(figure->id, names, count);
}

static void finish_figure(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    static const char *const expected[] = {"a whole number from 0 to 1000000000000",
                                           "a number, 0 or more", "true or false"};
    struct ys_figure *figure = object;
    const struct ys_figure_spec *spec = ys_evaluation_figure(loader->context, figure->id);
    const struct ys_value *given = figure->value;
    int64_t whole = 0;
    bool fits = false;
    if (!spec) {
        suggest_figure(loader, figure);
        return;
    }
    if (!given) {
        return; /* the shape complained */
    }
    switch (spec->kind) {
    case YS_FIGURE_COUNT:
        fits = given->kind == YS_KIND_NUMBER &&
               ys_decimal_to_int(given->as.number, &whole) == YS_OK && whole >= 0 &&
               whole <= COUNT_MAX;
        break;
    case YS_FIGURE_DECIMAL:
        fits = given->kind == YS_KIND_NUMBER && given->as.number.coefficient >= 0;
        break;
    default:
        fits = given->kind == YS_KIND_BOOL;
        break;
    }
    if (!fits) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "value"), "%s is %s",
                    figure->id, ys_value_show(loader->arena, given, 60))
            ->expected = expected[spec->kind];
    }
}

static const struct ys_figure *figure_of(const struct ys_figure_year *year, const char *id)
{
    for (size_t i = 0; i < year->figure_count; i++) {
        if (strcmp(year->figures[i].id, id) == 0) {
            return &year->figures[i];
        }
    }
    return NULL;
}

/* A part that is larger than its whole is a mistake of whoever wrote it down. */
static void check_parts(struct ys_loader *loader, const struct ys_figure_year *year)
{
    const struct ys_evaluation *evaluation = loader->context;
    for (size_t i = 0; i < evaluation->factor_count; i++) {
        for (size_t k = 0; k < evaluation->factors[i].rule_count; k++) {
            const struct ys_factor_rule *rule = &evaluation->factors[i].rules[k];
            const struct ys_figure *part = rule->within ? figure_of(year, rule->figure) : NULL;
            const struct ys_figure *whole = part ? figure_of(year, rule->per) : NULL;
            if (whole && part->value && whole->value && part->value->kind == YS_KIND_NUMBER &&
                whole->value->kind == YS_KIND_NUMBER &&
                ys_decimal_compare(part->value->as.number, whole->value->as.number) > 0) {
                ys_diag_add(loader->diags, loader->document, part->value,
                            "%s is more than %s, of which it is a part", part->id, whole->id);
            }
        }
    }
}

static void finish_year(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_figure_year *year = object;
    check_parts(loader, year);
    if (year->year < 2000 || year->year > 2999) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "year"), "no year")
            ->expected = "the year that is evaluated, such as 2025";
        return;
    }
    if (year->evaluated && year->evaluated_day >= 0 &&
        year->evaluated_day < ys_civil_to_days((int)year->year + 1, 1, 1)) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "evaluated"),
                    "%lld was evaluated before it was over", (long long)year->year);
    }
    for (size_t i = 0; i < year->figure_count; i++) {
        const struct ys_figure *figure = &year->figures[i];
        if (year->evaluated && year->evaluated_day >= 0 &&
            figure->source.day > year->evaluated_day) {
            ys_diag_add(loader->diags, loader->document, figure->at,
                        "the source of %s was written after the evaluation", figure->id);
        }
    }
}

static void finish_event(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_event *event = object;
    const struct ys_evaluation *evaluation = loader->context;
    for (size_t i = 0; event->kind && i < evaluation->ending.event_count; i++) {
        const char *id = evaluation->ending.events[i].id;
        if (id && strcmp(id, event->kind) == 0) {
            return;
        }
    }
    ys_diag_add(loader->diags, loader->document, value, "unknown kind of event")->expected =
        "a kind of 'ending' in evaluation.yaml";
}

static void finish_figures(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_figures *figures = object;
    const struct ys_evaluation *evaluation = loader->context;
    if (!figures->year_count && ys_value_get(value, "years")) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "years"),
                    "no year, and so nothing to evaluate");
    }
    if (figures->regulation && evaluation->regulation &&
        strcmp(figures->regulation, evaluation->regulation) != 0) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "regulation"),
                    "these figures are for '%s', the factors for '%s'", figures->regulation,
                    evaluation->regulation);
    }
    for (size_t i = 1; i < figures->year_count; i++) {
        if (figures->years[i].year <= figures->years[i - 1].year) {
            ys_diag_add(loader->diags, loader->document, figures->years[i].at,
                        "years stand in order, each once");
        }
    }
}

#define AT(member) offsetof(struct ys_source, member)
static const struct ys_slot_spec SOURCE_SLOTS[] = {
    {.key = "document",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(document),
     .doc = "the document that the fact stands in"},
    {.key = "date",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_source_date,
     .offset = YS_SLOT_NOWHERE,
     .definition = "date",
     .doc = "the day of that document"},
    {.key = "by",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(by),
     .doc = "who supplied it"},
};
#undef AT
static const struct ys_shape SOURCE = {.name = "source",
                                       .doc = "where a fact comes from",
                                       .size = sizeof(struct ys_source),
                                       .slots = SOURCE_SLOTS,
                                       .count = sizeof SOURCE_SLOTS / sizeof SOURCE_SLOTS[0],
                                       .name_offset = YS_SLOT_NOWHERE,
                                       .at_offset = YS_SLOT_NOWHERE,
                                       .finish = finish_source};

#define AT(member) offsetof(struct ys_figure, member)
static const struct ys_slot_spec VALUE_SLOTS[] = {
    {.key = "value",
     .slot = YS_SLOT_VALUE,
     .required = true,
     .offset = AT(value),
     .doc = "the figure: a whole number, a decimal, or true or false"},
    {.key = "source",
     .slot = YS_SLOT_OBJECT,
     .required = true,
     .offset = AT(source),
     .shape = &SOURCE,
     .doc = "where it comes from"},
};
static const struct ys_shape VALUE = {.name = "value",
                                      .doc = "one figure of a year",
                                      .size = sizeof(struct ys_figure),
                                      .slots = VALUE_SLOTS,
                                      .count = sizeof VALUE_SLOTS / sizeof VALUE_SLOTS[0],
                                      .name_offset = AT(id),
                                      .at_offset = AT(at),
                                      .finish = finish_figure};
#undef AT

#define AT(member) offsetof(struct ys_figure_year, member)
static const struct ys_slot_spec YEAR_SLOTS[] = {
    {.key = "year",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(year),
     .doc = "the year that is evaluated"},
    {.key = "evaluated",
     .slot = YS_SLOT_CUSTOM,
     .custom = load_evaluated,
     .offset = YS_SLOT_NOWHERE,
     .definition = "date",
     .doc = "the day of the evaluation"},
    {.key = "figures",
     .slot = YS_SLOT_ENTRIES,
     .required = true,
     .offset = AT(figures),
     .count_offset = AT(figure_count),
     .shape = &VALUE,
     .doc = "by the ids of evaluation.yaml; one that is missing leaves its factor undecided"},
};
static const struct ys_shape YEAR = {.name = "year",
                                     .doc = "the figures of one year",
                                     .size = sizeof(struct ys_figure_year),
                                     .slots = YEAR_SLOTS,
                                     .count = sizeof YEAR_SLOTS / sizeof YEAR_SLOTS[0],
                                     .name_offset = YS_SLOT_NOWHERE,
                                     .at_offset = AT(at),
                                     .finish = finish_year};
#undef AT

#define AT(member) offsetof(struct ys_event, member)
static const struct ys_slot_spec EVENT_SLOTS[] = {
    {.key = "kind",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(kind),
     .doc = "a kind of 'ending' in evaluation.yaml"},
    {.key = "date",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_event_date,
     .offset = YS_SLOT_NOWHERE,
     .definition = "date",
     .doc = "the day it was established"},
    {.key = "what",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(what),
     .doc = "what happened"},
    {.key = "source",
     .slot = YS_SLOT_OBJECT,
     .required = true,
     .offset = AT(source),
     .shape = &SOURCE,
     .doc = "where it is recorded"},
};
static const struct ys_shape EVENT = {.name = "event",
                                      .doc = "what may end the agreement by itself",
                                      .size = sizeof(struct ys_event),
                                      .slots = EVENT_SLOTS,
                                      .count = sizeof EVENT_SLOTS / sizeof EVENT_SLOTS[0],
                                      .name_offset = YS_SLOT_NOWHERE,
                                      .at_offset = AT(at),
                                      .finish = finish_event};
#undef AT

#define AT(member) offsetof(struct ys_figures, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "figures",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(bank),
     .doc = "the bank whose figures these are"},
    {.key = "regulation",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(regulation),
     .doc = "id of the regulation"},
    {.key = "years",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(years),
     .count_offset = AT(year_count),
     .shape = &YEAR,
     .doc = "the years in order, each once"},
    {.key = "events",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(events),
     .count_offset = AT(event_count),
     .shape = &EVENT,
     .doc = "breaches and other major risks on record; [] says that there are none"},
};
#undef AT
const struct ys_shape ys_shape_figures = {.name = "figures",
                                          .doc = "A bank's yearly figures, each with its source",
                                          .size = sizeof(struct ys_figures),
                                          .slots = SLOTS,
                                          .count = sizeof SLOTS / sizeof SLOTS[0],
                                          .name_offset = YS_SLOT_NOWHERE,
                                          .at_offset = YS_SLOT_NOWHERE,
                                          .finish = finish_figures};

enum ys_status ys_figures_read(struct ys_arena *arena, const struct ys_document *document,
                               const struct ys_evaluation *evaluation, struct ys_diags *diags,
                               const struct ys_figures **ret_figures)
{
    size_t before = diags->errors;
    struct ys_loader loader = {arena, diags, document, (void *)(uintptr_t)evaluation};
    struct ys_figures *figures = ys_arena_alloc(arena, sizeof *figures);
    *figures = (struct ys_figures){.document = document};
    ys_shape_load(&loader, &ys_shape_figures, document->root, figures);
    if (diags->errors != before) {
        return YS_ERR_INVALID;
    }
    *ret_figures = figures;
    return YS_OK;
}

enum ys_status ys_figures_load(struct ys_arena *arena, const char *path,
                               const struct ys_evaluation *evaluation, struct ys_diags *diags,
                               const struct ys_figures **ret_figures)
{
    struct ys_err err;
    const struct ys_document *document = NULL;
    if (ys_yaml_load(arena, path, &document, &err) != YS_OK) {
        ys_diag_add_err(diags, NULL, &err);
        return YS_ERR_INVALID;
    }
    return ys_figures_read(arena, document, evaluation, diags, ret_figures);
}
