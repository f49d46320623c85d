/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runs of a candidate say together: the value that `yanshou history` prints and that the
 * page of reports is made from (schema yanshou-history-1, docs/history.md).
 *
 * On each day the state of a clause follows from the last verdict of each of its cases until then,
 * so that runs of a part of the cases add up; what ran in a run that was interrupted is left out.
 */
#ifndef YS_HISTORY_H
#define YS_HISTORY_H

#include "ys_store.h"

#define YS_HISTORY_DAYS_MAX 4000u /* days with runs; some ten years of nightly ones */

/* Takes in what stands below `folder`: run directories, and those one folder deeper. `ret_refused`
 * lists {folder, why}. Arena-owned. */
struct ys_history_import {
    size_t added;
    size_t known;
    struct ys_value *refused;
};
YS_NODISCARD enum ys_status ys_history_import(struct ys_store *store, struct ys_arena *arena,
                                              const char *folder,
                                              struct ys_history_import *ret_import,
                                              struct ys_err *reterr);

/* `candidate` NULL: the only one of the store. Runs after `today` (as in ys_calendar.h) are left
 * out. YS_ERR_NOT_FOUND when there is no run, YS_ERR_USAGE when the candidate must be named. */
YS_NODISCARD enum ys_status ys_history_make(struct ys_store *store, struct ys_arena *arena,
                                            const char *candidate, int64_t today,
                                            const struct ys_history_import *import,
                                            const struct ys_value **ret_history,
                                            struct ys_err *reterr);

#endif
