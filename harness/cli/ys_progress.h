/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress of a run: one live line on a terminal (done/total, failing so far, what it waits for),
 * plain lines elsewhere. Failures are told as they happen, with everything needed to act.
 */
#ifndef YS_PROGRESS_H
#define YS_PROGRESS_H

#include "ys_cli.h"
#include "ys_run.h"

struct ys_progress;

struct ys_progress *ys_progress_new(const struct ys_arguments *arguments);
void ys_progress_free(struct ys_progress *progress);
/* Fills the callbacks that drive it. */
void ys_progress_events(struct ys_progress *progress, struct ys_run_events *ret_events);

#endif
