/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cards of a run said, kept so that the run can be made again without them: a folder with
 * one transcript a case (ys_card_port_replay(); a reader is called by its role) and recording.json,
 * which names the run: its id, number and seed stand in commands.
 *
 * Transcripts hold personal data in clear, as the cards gave them; only a PIN is '?'. So the folder
 * is never in a run directory, and only its owner can read it.
 */
#ifndef YS_RECORDING_H
#define YS_RECORDING_H

#include "ys_engine_private.h"

/* Makes the folder for a run that is recorded; nothing for others. YS_ERR_USAGE: it has a recording
 * already, or stands in the run directory. */
YS_NODISCARD enum ys_status ys_recording_begin(struct ys_engine *engine, struct ys_err *reterr);
/* The port of a case: its transcript's where the run replays, else that of the run. NULL:
 * trouble. */
const struct ys_card_port *ys_recording_port(struct ys_case_run *run, struct ys_trouble *trouble);
/* The tap of a new session; NULL where nothing is recorded. */
struct ys_card_tap *ys_recording_tap(struct ys_case_run *run, const char *role);
/* Writes the transcript of a case that is recorded, and frees what it held. */
void ys_recording_end(struct ys_case_run *run);

#endif
