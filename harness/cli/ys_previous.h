/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed run that a report compares with. It is verified before it is believed: one that is not
 * sealed, not signed, of another bank or regulation, or not earlier is refused.
 */
#ifndef YS_PREVIOUS_H
#define YS_PREVIOUS_H

#include "ys_json_stream.h"

/* {run, seal} of a run directory, for the manifest of the run that follows it.
 * YS_ERR_EVIDENCE_BROKEN, YS_ERR_USAGE (not signed, or of another bank or regulation), and what
 * reading finds. */
YS_NODISCARD enum ys_status ys_previous_name(struct ys_arena *arena, const char *previous_dir,
                                             const char *candidate, const char *regulation,
                                             const struct ys_value **ret_name,
                                             struct ys_err *reterr);
/* Keeps of a signed run what a later report of `run_dir` needs to compare with it: its seal,
 * signatures and result, in RUNDIR/previous, in place of those that were kept. So the comparison
 * stays when the report is written again and the other run directory is gone. */
YS_NODISCARD enum ys_status ys_previous_keep(struct ys_arena *arena, const char *previous_dir,
                                             const char *run_dir, struct ys_err *reterr);
/* `previous_dir` NULL: what was kept; *ret_comparison is NULL then where nothing was.
 * What became of each clause and case since (ys_compare.h), with `run`, `seal`, `signatures`
 * [{role, time, subject, fingerprint}], `conclusion`, `purpose`, `build`, `started` and `ended` of
 * the previous run: what ys_report_html() takes. The manifest of `run_dir` may name which run it
 * follows; another one is refused then. Errors as above. */
YS_NODISCARD enum ys_status ys_previous_compare(struct ys_arena *arena, const char *previous_dir,
                                                const char *run_dir, struct ys_json_stream *result,
                                                const struct ys_value **ret_comparison,
                                                struct ys_err *reterr);

#endif
