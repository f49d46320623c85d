/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that was cut goes on: cases that have a verdict keep it; a case that was cut takes from
 * its record what it did, and goes on behind it. Private to this room.
 *
 * What has an effect at the bank or on a card is announced in the record before it is sent, so
 * that three things can be told apart: it was not sent (it is sent now); its reply is recorded (it
 * is not sent again); it was sent and no reply is recorded (it may or may not have happened: the
 * step is undecided, cause environment). The exact values come from the vault (ys_vault.h).
 */
#ifndef YS_RESUME_H
#define YS_RESUME_H

#include "ys_replay.h"

/* Reads the record, opens the vault, takes over key, id and start of the run. After it the
 * redactor knows what it knew. */
YS_NODISCARD enum ys_status ys_resume_open(struct ys_engine *engine, struct ys_err *reterr);
/* After planning: refuses where suites, candidate, seed, plan or supplies are not those of the
 * manifest, and says which. */
YS_NODISCARD enum ys_status ys_resume_check(struct ys_engine *engine, struct ys_err *reterr);
/* Takes over verdicts, marks the cut cases, and records where the run was cut and goes on. */
YS_NODISCARD enum ys_status ys_resume_prepare(struct ys_engine *engine,
                                              const struct ys_log_cut *cut, struct ys_err *reterr);

/* What follows is of one step of a cut case. */

/* A step that the record has: as it was observed, before redaction. */
bool ys_resume_observe(struct ys_exec *exec, const struct ys_step *step,
                       const struct ys_value **ret_observation, struct ys_check *ret_check,
                       struct ys_trouble *trouble);
/* The first step that the record does not have as a whole. True: it is done now, or, with
 * *ret_known, its reply was recorded and is in *ret_observation. False: undecided. */
bool ys_resume_next(struct ys_exec *exec, const struct ys_step *step, bool *ret_known,
                    const struct ys_value **ret_observation, struct ys_trouble *trouble);
/* A step that waits, where the record has attempts of it: the time is what was left of it then. */
bool ys_resume_wait(struct ys_exec *exec, const struct ys_step *step, int64_t *end_ns);
/* Whether the attempt just taken from the record was the last that there was time for. */
bool ys_resume_waited(const struct ys_exec *exec, const struct ys_step *step);

#endif
