/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The baseline of a gate: failures of a candidate that are known, each with a person who answers
 * for it and a day on which the excuse ends. It bears on gate runs alone (ys_gate.h).
 *
 *     baseline: refbank             # the candidate
 *     ratchet: 1                    # at most so many entries
 *     known:
 *       - case: fees.withdrawal.refused-uses-none
 *         clause: 5.5.6
 *         reason: "..."
 *         owner: "..."
 *         opened: 2026-02-02
 *         expires: 2026-04-30       # at most the end of the retrofit
 *         fingerprint: f1415f90b53f02032
 */
#ifndef YS_BASELINE_H
#define YS_BASELINE_H

#include "ys_diag.h"

/* One failure of a case under one clause. `fingerprint` is that of result.json. */
struct ys_known {
    const char *case_id;
    const char *clause;
    const char *reason;
    const char *owner;
    const char *opened; /* "YYYY-MM-DD" */
    const char *expires;
    const char *fingerprint;
    int64_t opened_day;  /* as in ys_calendar.h; -1 after a complaint */
    int64_t expires_day; /* the last day on which it stands */
    const struct ys_value *at;
};

struct ys_baseline {
    const struct ys_document *document;
    const char *candidate;
    int64_t ratchet;
    const struct ys_known *known;
    size_t known_count;
    const struct ys_value *at;
};

/* Problems go to `diags`; YS_ERR_INVALID when there is any error. */
YS_NODISCARD enum ys_status ys_baseline_read(struct ys_arena *arena,
                                             const struct ys_document *document,
                                             struct ys_diags *diags,
                                             const struct ys_baseline **ret_baseline);
YS_NODISCARD enum ys_status ys_baseline_load(struct ys_arena *arena, const char *path,
                                             struct ys_diags *diags,
                                             const struct ys_baseline **ret_baseline);
/* Complains of each entry that lasts longer than the retrofit; `end` -1: nobody knows how long
 * that is, which no entry may rest on. */
void ys_baseline_check_end(const struct ys_baseline *baseline, int64_t end, struct ys_diags *diags);

/*
 * Edits by the positions of nodes: every line that is not of an entry that goes stays as it is,
 * comments included. The new text is read again before it is given out; YS_ERR_INVALID when it
 * would not say what was meant (a file in flow style), with the place.
 */
/* Adds entries at the end and raises the ratchet to `ratchet` (0: leaves it). */
YS_NODISCARD enum ys_status ys_baseline_add(struct ys_arena *arena,
                                            const struct ys_baseline *baseline,
                                            const struct ys_known *entries, size_t count,
                                            int64_t ratchet, struct ys_buf *buf,
                                            struct ys_err *reterr);
/* Removes the entries that are marked and lowers the ratchet to those left. */
YS_NODISCARD enum ys_status ys_baseline_remove(struct ys_arena *arena,
                                               const struct ys_baseline *baseline,
                                               const bool *marked, struct ys_buf *buf,
                                               struct ys_err *reterr);
/* The text of a baseline without entries, to begin with. */
YS_NODISCARD enum ys_status ys_baseline_new(const char *candidate, struct ys_buf *buf);

#endif
