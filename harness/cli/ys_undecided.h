/* SPDX-License-Identifier: Apache-2.0 */
/* What a candidate leaves undecided, before anything runs. */
#ifndef YS_UNDECIDED_H
#define YS_UNDECIDED_H

#include "ys_pack.h"

/* Appends the ids of unbound operations that some case calls, and {clause, reason} for each clause
 * that has a case which cannot run with this candidate. */
void ys_undecided_clauses(struct ys_arena *arena, const struct ys_pack *pack,
                           const struct ys_candidate *candidate, struct ys_value *unbound,
                           struct ys_value *undecided);
/* Whether a case cites a clause. */
bool ys_case_cites(const struct ys_case *subject, const char *clause);

#endif
