/* SPDX-License-Identifier: Apache-2.0 */
/* Any YAML as the figures of a bank and as a profile: what is taken can be judged, a year that
 * lacks a figure never passes, and no year without a failed factor fails. */
#include <string.h>

#include "fuzz.h"
#include "ys_evaluation.h"

static const char PROFILE[] =
    "{evaluation: city, clause: 9.2, due: 03-31, fails_at: 1, factors: [{id: f, title: t, figures: "
    "[{id: a, kind: count, title: a}, {id: b, kind: count, title: b}, {id: c, kind: decimal, "
    "title: c}, {id: d, kind: flag, title: d}], rules: [{figure: a, per: b, at_least: 5/10, "
    "within: true}, {figure: c, at_most: 9.5}, {figure: d, is_true: true}]}], ending: {clause: "
    "10.1, failed_years: 2, events: [{id: breach, title: b}]}}";

static void judge(struct ys_arena *arena, const struct ys_evaluation *evaluation,
                  const struct ys_document *document)
{
    struct ys_diags diags;
    const struct ys_figures *figures = NULL;
    ys_diags_init(&diags, arena);
    if (ys_figures_read(arena, document, evaluation, &diags, &figures) != YS_OK) {
        require(diags.errors > 0);
        return;
    }
    const struct ys_value *root = ys_evaluation_judge(arena, evaluation, figures);
    const struct ys_value *years = ys_value_get(root, "years");
    require(ys_value_count(years) == figures->year_count);
    for (size_t i = 0; i < figures->year_count; i++) {
        const struct ys_value *year = ys_value_at(years, i);
        const struct ys_value *factor = ys_value_at(ys_value_get(year, "factors"), 0);
        const char *verdict = ys_value_get_text(year, "verdict");
        require(strcmp(verdict, ys_value_get_text(factor, "verdict")) == 0);
        require(figures->years[i].figure_count >= 4 || strcmp(verdict, "pass") != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err;
    struct ys_diags diags;
    const struct ys_document *profile = NULL;
    const struct ys_document *document = NULL;
    ys_arena_init(&arena);
    ys_diags_init(&diags, &arena);
    require(ys_yaml_parse(&arena, "profile", PROFILE, sizeof PROFILE - 1, &profile, &err) == YS_OK);
    const struct ys_evaluation *evaluation = ys_evaluation_load(&arena, profile, NULL, &diags);
    require(diags.errors == 0);
    if (ys_yaml_parse(&arena, "figures.yaml", (const char *)data, size, &document, &err) == YS_OK) {
        judge(&arena, evaluation, document);
        ys_evaluation_load(&arena, document, NULL, &diags);
    }
    ys_arena_clear(&arena);
    return 0;
}
