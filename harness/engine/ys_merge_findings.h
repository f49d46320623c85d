/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of persons that were taken in beside copies or parts of one run. Private to this room.
 */
#ifndef YS_MERGE_FINDINGS_H
#define YS_MERGE_FINDINGS_H

#include "ys_merge.h"

/* Adds the findings of `dirs` that the sealed run does not have yet, in the order in which they
 * were taken in, with their files; then computes its result anew and seals it. Nothing happens
 * where there are none. What two persons found stays theirs; `supersedes` keeps its meaning, since
 * findings have names of their own. */
YS_NODISCARD enum ys_status ys_merge_findings(const char *run_dir, const char *const *dirs,
                                              size_t count, const struct ys_pack *pack,
                                              const struct ys_clock *clock, struct ys_err *reterr);

#endif
