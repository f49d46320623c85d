/* SPDX-License-Identifier: Apache-2.0 */
/* The baseline as a struct; ys_baseline_edit.c changes its text. */
#include "ys_baseline.h"

#include <string.h>

#include "ys_calendar.h"
#include "ys_model_private.h"

static const char *load_date(struct ys_loader *loader, const struct ys_value *value,
                             int64_t *ret_day)
{
    struct ys_err err;
    const char *text = ys_value_text(value);
    *ret_day = -1;
    if (!text || ys_day_parse(text, ret_day, &err) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "%s is no day",
                    ys_value_show(loader->arena, value, 60))
            ->expected = "a day that exists, as YYYY-MM-DD";
    }
    return text;
}

static void load_opened(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_known *known = object;
    known->opened = load_date(loader, value, &known->opened_day);
}

static void load_expires(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_known *known = object;
    known->expires = load_date(loader, value, &known->expires_day);
}

static void load_fingerprint(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_known *known = object;
    const char *text = ys_value_text(value);
    if (!text || strlen(text) != 17 || text[0] != 'f' || strspn(text, "0123456789abcdef") != 17) {
        ys_diag_add(loader->diags, loader->document, value, "%s is no fingerprint",
                    ys_value_show(loader->arena, value, 60))
            ->expected =
            "'fingerprint' of the case in result.json; 'yanshou baseline add' takes it";
        return;
    }
    known->fingerprint = text;
}

static void finish_known(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_known *known = object;
    const char *const texts[] = {known->reason, known->owner};
    static const char *const names[] = {"reason", "owner"};
    for (size_t i = 0; i < 2; i++) {
        if (texts[i] && !texts[i][strspn(texts[i], " \t\n")]) {
            ys_diag_add(loader->diags, loader->document, ys_value_get(value, names[i]),
                        "'%s' says nothing", names[i]);
        }
    }
    if (known->opened && known->expires && known->opened_day >= 0 && known->expires_day >= 0 &&
        known->expires_day < known->opened_day) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "expires"),
                    "expires before it was opened");
    }
}

#define AT(member) offsetof(struct ys_known, member)
static const struct ys_slot_spec KNOWN_SLOTS[] = {
    {.key = "case",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(case_id),
     .doc = "the case that fails"},
    {.key = "clause",
     .slot = YS_SLOT_ID,
     .required = true,
     .offset = AT(clause),
     .doc = "the clause under which it is known"},
    {.key = "reason",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(reason),
     .doc = "why it may stand for now"},
    {.key = "owner",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(owner),
     .doc = "who answers for it"},
    {.key = "opened",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_opened,
     .definition = "date",
     .doc = "the day on which it was taken in"},
    {.key = "expires",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_expires,
     .definition = "date",
     .doc = "the last day on which it stands, at most the end of the retrofit"},
    {.key = "fingerprint",
     .slot = YS_SLOT_CUSTOM,
     .required = true,
     .custom = load_fingerprint,
     .definition = "fingerprint",
     .doc = "of what fails; another failure is not covered"},
};
static const struct ys_shape KNOWN = {.name = "known failure",
                                      .doc = "one failure of a case under one clause",
                                      .size = sizeof(struct ys_known),
                                      .slots = KNOWN_SLOTS,
                                      .count = sizeof KNOWN_SLOTS / sizeof KNOWN_SLOTS[0],
                                      .name_offset = YS_SLOT_NOWHERE,
                                      .at_offset = AT(at),
                                      .finish = finish_known};
#undef AT

static void finish_baseline(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_baseline *baseline = object;
    (void)value;
    for (size_t i = 0; i < baseline->known_count; i++) {
        for (size_t k = 0; k < i; k++) {
            const struct ys_known *a = &baseline->known[i];
            const struct ys_known *b = &baseline->known[k];
            if (a->case_id && b->case_id && a->clause && b->clause &&
                strcmp(a->case_id, b->case_id) == 0 && strcmp(a->clause, b->clause) == 0) {
                ys_diag_add(loader->diags, loader->document, a->at,
                            "%s under clause %s is known twice, first in line %u", a->case_id,
                            a->clause, (unsigned)b->at->line);
            }
        }
    }
}

#define AT(member) offsetof(struct ys_baseline, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "baseline",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(candidate),
     .doc = "the candidate whose failures these are"},
    {.key = "ratchet",
     .slot = YS_SLOT_INT,
     .required = true,
     .offset = AT(ratchet),
     .doc = "at most so many entries; it goes down with them"},
    {.key = "known",
     .slot = YS_SLOT_LIST,
     .required = true,
     .offset = AT(known),
     .count_offset = AT(known_count),
     .shape = &KNOWN,
     .doc = "the failures that are known"},
};
const struct ys_shape ys_shape_baseline = {.name = "baseline",
                                           .doc = "Known failures of a candidate, for its gate",
                                           .size = sizeof(struct ys_baseline),
                                           .slots = SLOTS,
                                           .count = sizeof SLOTS / sizeof SLOTS[0],
                                           .name_offset = YS_SLOT_NOWHERE,
                                           .at_offset = AT(at),
                                           .finish = finish_baseline};
#undef AT

enum ys_status ys_baseline_read(struct ys_arena *arena, const struct ys_document *document,
                                struct ys_diags *diags, const struct ys_baseline **ret_baseline)
{
    size_t before = diags->errors;
    struct ys_loader loader = {arena, diags, document, NULL};
    struct ys_baseline *baseline = ys_arena_alloc(arena, sizeof *baseline);
    *baseline = (struct ys_baseline){.document = document};
    ys_shape_load(&loader, &ys_shape_baseline, document->root, baseline);
    if (diags->errors != before) {
        return YS_ERR_INVALID;
    }
    *ret_baseline = baseline;
    return YS_OK;
}

enum ys_status ys_baseline_load(struct ys_arena *arena, const char *path, struct ys_diags *diags,
                                const struct ys_baseline **ret_baseline)
{
    struct ys_err err;
    const struct ys_document *document = NULL;
    if (ys_yaml_load(arena, path, &document, &err) != YS_OK) {
        ys_diag_add_err(diags, NULL, &err);
        return YS_ERR_INVALID;
    }
    return ys_baseline_read(arena, document, diags, ret_baseline);
}

void ys_baseline_check_end(const struct ys_baseline *baseline, int64_t end, struct ys_diags *diags)
{
    char text[11];
    if (end >= 0) {
        ys_day_format(end, text);
    }
    for (size_t i = 0; i < baseline->known_count; i++) {
        const struct ys_known *known = &baseline->known[i];
        const struct ys_value *at = ys_value_get(known->at, "expires");
        if (end < 0) {
            ys_diag_add(diags, baseline->document, at,
                        "nobody knows when the retrofit ends, which no entry may outlast")
                ->expected = "'approved' under 'dates' of the candidate file";
            return;
        }
        if (known->expires_day > end) {
            struct ys_diag *diag =
                ys_diag_add(diags, baseline->document, at, "%s is after the end of the retrofit",
                            known->expires);
            diag->expected = ys_arena_printf(diags->arena, "%s at the latest", text);
        }
    }
}
