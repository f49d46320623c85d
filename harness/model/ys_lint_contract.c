/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where suites hold replies to the catalogue, they hold those of every operation: one that is
 * added later is not forgotten.
 */
#include <string.h>

#include "ys_model_private.h"

/* A contract step whose expectation lets faults pass does not hold the reply to the catalogue. */
static bool holds(const struct ys_step *step, const char *id)
{
    return step->kind == YS_STEP_CONTRACT && step->target &&
           (!id || strcmp(step->target, id) == 0) &&
           (!step->expect || ys_value_get(step->expect, "faults"));
}

/* Whether any of the steps holds the replies of an operation, of any where `id` is NULL. */
static bool steps_hold(const struct ys_step *steps, size_t count, const char *id)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        found = holds(&steps[i], id) || steps_hold(steps[i].steps, steps[i].step_count, id);
    }
    return found;
}

/* What is undone or prepared is not judged, so only the steps of cases count. */
static bool pack_holds(const struct ys_pack *pack, const char *id)
{
    bool found = false;
    for (size_t s = 0; s < pack->suite_count && !found; s++) {
        const struct ys_suite *suite = pack->suites[s];
        for (size_t i = 0; i < suite->case_count && !found; i++) {
            found = steps_hold(suite->cases[i].steps, suite->cases[i].step_count, id);
        }
    }
    return found;
}

void ys_lint_contracts(const struct ys_pack *pack, struct ys_diags *diags)
{
    const struct ys_catalogue *catalogue = pack->catalogue;
    bool wanted = pack_holds(pack, NULL);
    for (size_t i = 0; i < catalogue->operation_count && wanted; i++) {
        const struct ys_operation *operation = &catalogue->operations[i];
        if (operation->id && !pack_holds(pack, operation->id)) {
            ys_diag_add(diags, catalogue->document, operation->at,
                        "no case holds the replies of %s to this catalogue", operation->id)
                ->expected = "a step contract: {call: OPERATION, with: {…}} among those of a case";
        }
    }
}
