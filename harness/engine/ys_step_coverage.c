/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage steps: the 70 % question over rosters and probes that earlier steps saw. */
#include "ys_engine_private.h"

#include "ys_roster.h"

bool ys_observe_coverage(struct ys_exec *exec, const struct ys_step *step,
                         const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    const struct ys_value *input = NULL;
    struct ys_err err;
    if (!ys_exec_expand(exec, &exec->view, step->body, &input, trouble)) {
        return false;
    }
    if (ys_roster_reconcile(&exec->arena, input, ret_observation, &err) != YS_OK) {
        return ys_trouble_err(trouble, &err);
    }
    struct ys_planned *planned = exec->run->planned;
    pthread_mutex_lock(&exec->run->mutex);
    planned->coverage = ys_value_copy(&planned->arena, *ret_observation);
    pthread_mutex_unlock(&exec->run->mutex);
    return true;
}
