/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_proof.h"

#include <string.h>

#include "ys_calendar.h"
#include "ys_model_private.h"

static void load_suite(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_proven *proven = object;
    const char *text = ys_value_text(value);
    if (!text || strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64) {
        ys_diag_add(loader->diags, loader->document, value, "%s is no digest",
                    ys_value_show(loader->arena, value, 80))
            ->expected = "SM3 in 64 hexadecimal digits, 'digest' of yanshou list --json";
        return;
    }
    proven->suite = text;
}

static void load_made(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_proof *proof = object;
    const char *text = ys_value_text(value);
    int64_t day = 0;
    struct ys_err err;
    if (!text || ys_day_parse(text, &day, &err) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "%s is no day",
                    ys_value_show(loader->arena, value, 60))
            ->expected = "a day that exists, as YYYY-MM-DD";
        return;
    }
    proof->made = text;
}

static void finish_proven(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_proven *proven = object;
    if (proven->defects && proven->defect_count == 0) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "defects"),
                    "a case that caught no defect is not proven");
    }
}

#define AT(member) offsetof(struct ys_proven, member)
static const struct ys_slot_spec PROVEN_SLOTS[] = {
    {.key = "case",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(case_id),
     .doc = "the case"},
    {.key = "suite",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_suite,
     .definition = "digest",
     .doc = "digest of what it was: its text, fragments, operations and card files"},
    {.key = "defects",
     .slot = YS_SLOT_IDS,
     .required = true,
     .offset = AT(defects),
     .count_offset = AT(defect_count),
     .filled = true,
     .doc = "seeded defects that it caught, each after its part"},
};
static const struct ys_shape PROVEN = {.name = "proven case",
                                       .doc = "a case that seeded defects made fail",
                                       .size = sizeof(struct ys_proven),
                                       .slots = PROVEN_SLOTS,
                                       .count = sizeof PROVEN_SLOTS / sizeof PROVEN_SLOTS[0],
                                       .name_offset = YS_SLOT_NOWHERE,
                                       .at_offset = AT(at),
                                       .finish = finish_proven};
#undef AT

/* A case is looked up by its place in the order. */
static void finish_proof(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_proof *proof = object;
    if (proof->caught > proof->defects) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "caught"),
                    "more defects caught than there are");
    }
    for (size_t i = 1; i < proof->case_count; i++) {
        const char *before = proof->cases[i - 1u].case_id;
        const char *id = proof->cases[i].case_id;
        if (before && id && strcmp(before, id) >= 0) {
            ys_diag_add(loader->diags, loader->document, proof->cases[i].at,
                        "%s stands behind %s: cases stand in the order of their ids, each once", id,
                        before);
        }
    }
}

#define AT(member) offsetof(struct ys_proof, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "proof",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(regulation),
     .doc = "the regulation whose suites these are"},
    {.key = "tool",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(tool),
     .doc = "version of the program that judged"},
    {.key = "made",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_made,
     .definition = "date",
     .doc = "the day on which it was made"},
    {.key = "seeds",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(seeds),
     .doc = "seeds of the runs without defects"},
    {.key = "defects",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(defects),
     .doc = "seeded defects that were tried"},
    {.key = "caught",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(caught),
     .doc = "so many of them failed the clause that they break"},
    {.key = "runs",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(runs),
     .doc = "runs without defects"},
    {.key = "false_alarms",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(false_alarms),
     .doc = "what failed in them"},
    {.key = "cases",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(cases),
     .count_offset = AT(case_count),
     .shape = &PROVEN,
     .doc = "the cases that are proven, in the order of their ids"},
};
const struct ys_shape ys_shape_proof = {.name = "proof",
                                        .doc = "Which seeded defects each case catches",
                                        .size = sizeof(struct ys_proof),
                                        .slots = SLOTS,
                                        .count = sizeof SLOTS / sizeof SLOTS[0],
                                        .name_offset = YS_SLOT_NOWHERE,
                                        .at_offset = YS_SLOT_NOWHERE,
                                        .finish = finish_proof};
#undef AT

enum ys_status ys_proof_read(struct ys_arena *arena, const struct ys_document *document,
                             struct ys_diags *diags, const struct ys_proof **ret_proof)
{
    size_t before = diags->errors;
    struct ys_loader loader = {arena, diags, document, NULL};
    struct ys_proof *proof = ys_arena_alloc(arena, sizeof *proof);
    *proof = (struct ys_proof){.document = document};
    ys_shape_load(&loader, &ys_shape_proof, document->root, proof);
    if (diags->errors != before) {
        return YS_ERR_INVALID;
    }
    *ret_proof = proof;
    return YS_OK;
}

enum ys_status ys_proof_load(struct ys_arena *arena, const char *path, struct ys_diags *diags,
                             const struct ys_proof **ret_proof)
{
    struct ys_err err;
    const struct ys_document *document = NULL;
    if (ys_yaml_load(arena, path, &document, &err) != YS_OK) {
        ys_diag_add_err(diags, NULL, &err);
        return YS_ERR_INVALID;
    }
    return ys_proof_read(arena, document, diags, ret_proof);
}
