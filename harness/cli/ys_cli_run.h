/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run as the command line makes it: readers, progress, Ctrl-C. Shared by `run` and `watch`.
 */
#ifndef YS_CLI_RUN_H
#define YS_CLI_RUN_H

#include "ys_cli.h"
#include "ys_run.h"

/* Non-zero once Ctrl-C (or SIGTERM) came; a second one ends the process at once. */
bool ys_cli_stopped(void);
void ys_cli_catch_signals(void);
/* runs/CANDIDATE-TIME, with a number behind it where that is taken. Arena-owned. */
const char *ys_cli_run_dir(struct ys_arena *arena, const struct ys_candidate *candidate);
/* Fills in readers, events, clock and the stop flag of *options, and runs. */
YS_NODISCARD enum ys_status ys_cli_run(const struct ys_arguments *arguments,
                                       struct ys_run_options *options,
                                       struct ys_run_summary *ret_summary, struct ys_err *reterr);

#endif
