/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ys_model_private.h"

static void load_modes(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_clause *clause = object;
    size_t count = 0;
    const char *const *modes = ys_shape_ids(loader, value, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(modes[i], "A") == 0) {
            clause->modes |= YS_MODE_AUTOMATIC;
        } else if (strcmp(modes[i], "D") == 0) {
            clause->modes |= YS_MODE_DOCUMENTARY;
        } else if (strcmp(modes[i], "S") == 0) {
            clause->modes |= YS_MODE_ON_SITE;
        } else {
            ys_diag_add(loader->diags, loader->document, ys_value_at(value, i),
                        "unknown mode '%s'", modes[i])
                ->expected = "A automatic, D documentary or S on site";
        }
    }
}

static void finish_clause(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_clause *clause = object;
    if (clause->kind == YS_CLAUSE_REQUIREMENT && !clause->modes) {
        ys_diag_add(loader->diags, loader->document, value, "a requirement without 'modes'")
            ->expected = "modes: [A], [D], [S] or several";
    }
}

static const char *const KINDS[] = {"requirement", "clock", "record", NULL};

#define AT(member) offsetof(struct ys_term, member)
static const struct ys_slot_spec TERM_SLOTS[] = {
    {.key = "from", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(from),
     .doc = "the date of the candidate file that starts it"},
    {.key = "to", .slot = YS_SLOT_TEXT, .offset = AT(to), .doc = "the date that ends it"},
    {.key = "working_days", .slot = YS_SLOT_INT, .offset = AT(working_days),
     .doc = "working days after the day of the event"},
    {.key = "months", .slot = YS_SLOT_INT, .offset = AT(months),
     .doc = "months after the event; the last day of a month that has no such day"},
};
#undef AT

static void finish_term(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_term *term = object;
    if (!term->working_days == !term->months) {
        ys_diag_add(loader->diags, loader->document, value, "a term without a length")->expected =
            "either working_days or months";
    }
}

static const struct ys_shape TERM = {
    .name = "term",
    .doc = "a statutory term",
    .size = sizeof(struct ys_term),
    .slots = TERM_SLOTS,
    .count = sizeof TERM_SLOTS / sizeof TERM_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_term,
};

#define AT(member) offsetof(struct ys_clause, member)
static const struct ys_slot_spec CLAUSE_SLOTS[] = {
    {.key = "id", .slot = YS_SLOT_ID, .required = true, .offset = AT(id),
     .doc = "the id that suites and reports cite"},
    {.key = "article", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(article),
     .doc = "article of the regulation"},
    {.key = "text", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(text),
     .doc = "the requirement, paraphrased"},
    {.key = "kind", .slot = YS_SLOT_CHOICE, .offset = AT(kind), .choices = KINDS,
     .doc = "requirement (default), clock or record"},
    {.key = "modes", .slot = YS_SLOT_CUSTOM, .custom = load_modes, .definition = "modes",
     .doc = "how it is judged: A automatic, D documentary, S on site"},
    {.key = "mandatory", .slot = YS_SLOT_BOOL, .required = true, .offset = AT(mandatory),
     .doc = "whether acceptance depends on it"},
    {.key = "after_acceptance", .slot = YS_SLOT_BOOL, .offset = AT(after_acceptance),
     .doc = "not part of an acceptance run"},
    {.key = "term", .slot = YS_SLOT_OBJECT, .offset = AT(term), .shape = &TERM,
     .doc = "of a clock: the term that runs"},
    {.key = "where_listed", .slot = YS_SLOT_BOOL, .offset = AT(where_listed),
     .doc = "applies only where the candidate file lists it"},
};
#undef AT

static const struct ys_shape CLAUSE = {
    .name = "clause",
    .doc = "one requirement",
    .size = sizeof(struct ys_clause),
    .slots = CLAUSE_SLOTS,
    .count = sizeof CLAUSE_SLOTS / sizeof CLAUSE_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct ys_clause, at),
    .finish = finish_clause,
};

#define AT(member) offsetof(struct ys_regulation, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "regulation", .slot = YS_SLOT_ID, .required = true, .offset = AT(id),
     .doc = "id of the regulation, the name of its folder"},
    {.key = "title", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(title),
     .doc = "title"},
    {.key = "number", .slot = YS_SLOT_ID, .required = true, .offset = AT(number),
     .doc = "document number"},
    {.key = "issued", .slot = YS_SLOT_ID, .required = true, .offset = AT(issued),
     .doc = "date of issue, YYYY-MM-DD"},
    {.key = "clauses", .slot = YS_SLOT_LIST, .required = true, .offset = AT(clauses),
     .count_offset = AT(clause_count), .shape = &CLAUSE, .doc = "every requirement"},
};
#undef AT

const struct ys_shape ys_shape_regulation = {
    .name = "regulation",
    .doc = "A regulation as data: its clauses and how each is judged",
    .size = sizeof(struct ys_regulation),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

const struct ys_regulation *ys_regulation_load(struct ys_arena *arena,
                                               const struct ys_document *document,
                                               struct ys_diags *diags)
{
    struct ys_loader loader = {arena, diags, document, NULL};
    struct ys_regulation *regulation = ys_arena_alloc(arena, sizeof *regulation);
    regulation->document = document;
    ys_shape_load(&loader, &ys_shape_regulation, document->root, regulation);
    for (size_t i = 0; i < regulation->clause_count; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        const struct ys_clause *first =
            clause->id ? ys_regulation_clause(regulation, clause->id) : clause;
        if (first != clause) {
            ys_diag_add(diags, document, clause->at, "clause '%s' stands twice", clause->id);
        }
    }
    return regulation;
}

const struct ys_clause *ys_regulation_clause(const struct ys_regulation *regulation,
                                             const char *id)
{
    for (size_t i = 0; i < regulation->clause_count; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        if (clause->id && strcmp(clause->id, id) == 0) {
            return clause;
        }
    }
    return NULL;
}
