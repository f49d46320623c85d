/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed between two results (result.json as values, see docs/result-format.md).
 *
 * A pass and a not-applicable rank alike: neither is better than the other, and going from one to
 * the other is a change. A case whose id is gone is looked for by its fingerprint, which is its
 * title and its clauses; only a fingerprint that one case alone has on each side is trusted.
 * All values live in the caller's arena and borrow from both results.
 */
#ifndef YS_DIFF_H
#define YS_DIFF_H

#include "ys_err.h"
#include "ys_value.h"

/* In the order in which people want to read them. */
enum ys_change {
    YS_CHANGE_WORSE,
    YS_CHANGE_NEW,
    YS_CHANGE_GONE,
    YS_CHANGE_CHANGED, /* the same rank for another verdict, cause or reason */
    YS_CHANGE_BETTER,
    YS_CHANGE_RENAMED, /* of a case, which is else the same */
    YS_CHANGE_NONE
};
#define YS_CHANGE_COUNT 7

/*
 * An entry is a map: `change`, `id`, `was_id` (where a case was renamed), `was` and `is` (null, or
 * `verdict`, `cause`, `reason` and `observation`). The observation is the first finding in which
 * both sides differ: `step`, `target`, `expected`, `observed`. Entries come by change, then in the
 * order of the new result, the gone ones in that of the old.
 */
struct ys_diff {
    const struct ys_value *clauses;
    const struct ys_value *cases;
    size_t counts[YS_CHANGE_COUNT]; /* of clauses and cases together */
    /* Something got worse, or something new fails. */
    bool worse;
};

const char *ys_change_name(enum ys_change change); /* "worse" … */

/* YS_ERR_INVALID for a value that is no result. */
YS_NODISCARD enum ys_status ys_diff_results(struct ys_arena *arena, const struct ys_value *was,
                                            const struct ys_value *is, struct ys_diff *ret_diff,
                                            struct ys_err *reterr);

#endif
