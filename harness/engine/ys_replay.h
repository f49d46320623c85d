/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of an earlier run in the place of the bank: what steps observed then, they observe
 * again. Used by ys_rejudge.c; private to this room.
 *
 * Observations are found by case and path of the step, in the order of the log. Texts of the
 * suites that the record shows only as marks ("⟦name:…⟧") become those marks, so that what was
 * equal is equal again.
 */
#ifndef YS_REPLAY_H
#define YS_REPLAY_H

#include "ys_engine_private.h"
#include "ys_parts.h"

struct ys_replay;

/* Reads evidence.jsonl of a run directory that verifies. YS_ERR_EVIDENCE_STATE when it lacks what
 * judging needs. */
YS_NODISCARD enum ys_status ys_replay_open(const char *run_dir, struct ys_replay **ret_replay,
                                           struct ys_err *reterr);
/* The same for one part of a joined run (ys_parts.h): only its records are looked at. */
YS_NODISCARD enum ys_status ys_replay_open_part(const char *run_dir, const struct ys_part *part,
                                                struct ys_replay **ret_replay,
                                                struct ys_err *reterr);
void ys_replay_free(struct ys_replay *replay);
/* Digests of the suites that the run used; borrowed. */
void ys_replay_suites(struct ys_replay *replay, const char *const *digests, size_t count);
/* The record with which the run began; lives as long as the replay. */
const struct ys_value *ys_replay_start(const struct ys_replay *replay);
/* The records of documents, in order. */
const struct ys_value *ys_replay_documents(const struct ys_replay *replay);
/* A value of a record, read from its blob where it is one. Arena-owned. */
YS_NODISCARD enum ys_status ys_replay_value(const struct ys_replay *replay, struct ys_arena *arena,
                                            const struct ys_value *value,
                                            const struct ys_value **ret_value,
                                            struct ys_err *reterr);
/* One record, NULL where it cannot be read. Arena-owned. */
const struct ys_value *ys_replay_record(const struct ys_replay *replay, struct ys_arena *arena,
                                        int64_t seq);
/* The last record. Arena-owned. */
const struct ys_value *ys_replay_end(const struct ys_replay *replay, struct ys_arena *arena);
/* The number that a case had, 0 when it was not begun. */
int64_t ys_replay_case(struct ys_replay *replay, const char *id);

/* What follows is of one step of one case, named by the exec. */

/* Whether the next record at this place says that the run was stopped here. */
bool ys_replay_is_stopped(struct ys_exec *exec);
/* Whether there is a further record at this place. */
bool ys_replay_has_more(struct ys_exec *exec);
/* Passes over the next record at this place; whether there was one. */
bool ys_replay_spend(struct ys_exec *exec);
/* The last record of one sort at this place, 0 where there is none: of what was observed (""), of
 * announcements that something is sent, of replies to them. */
#define YS_REPLAY_ANNOUNCED "|announced"
#define YS_REPLAY_ANSWERED "|answered"
int64_t ys_replay_last(struct ys_exec *exec, const char *sort);
/* Whether the iteration of the loop in work left a record. */
bool ys_replay_was_begun(struct ys_exec *exec, size_t index);
/* The clock that the next attempt saw. */
int64_t ys_replay_wall(struct ys_exec *exec);
/* What was observed: as ys_observe_*(). `ret_judgement` is set, with a verdict other than pass,
 * where the step ended before there was something to judge. */
bool ys_replay_observe(struct ys_exec *exec, const struct ys_step *step,
                       const struct ys_value **ret_observation, struct ys_check *ret_check,
                       struct ys_trouble *trouble);
/* Judges an observation of the record. Where it hides what the expectation is about, the verdict of
 * then is taken over, if the suite is still the same; else the check is undecided. */
bool ys_replay_judge(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value *observation, struct ys_judgement *ret_judgement,
                     struct ys_trouble *trouble);
/* Marks the record of a `let` as used. */
void ys_replay_spend_let(struct ys_exec *exec);
/* A value with the texts that the record hides replaced by their marks. */
const struct ys_value *ys_replay_mark(struct ys_replay *replay, struct ys_arena *arena,
                                      const struct ys_value *value);

/* Whether a document with this digest is one of the run's. */
bool ys_replay_has_suite(const struct ys_replay *replay, const char *digest);
/* Counts checks that stood on hidden values and were taken over as they were judged then. */
void ys_replay_take(struct ys_replay *replay, size_t count);
/* How many checks stood on hidden values and were taken over as they were judged then. */
size_t ys_replay_taken_count(const struct ys_replay *replay);

#endif
