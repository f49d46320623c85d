/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking in what persons found about a sealed run: which questions there are, an answer at a time,
 * and at the end the result computed anew from record and findings, and sealed.
 *
 *     status = ys_attest_open(&arena, run_dir, pack, clock, &attest, reterr);
 *     status = ys_attest_take(attest, &answer, false, &outcome, reterr);      (any number of times)
 *     status = ys_attest_finish(attest, &result, reterr);
 *
 * Each answer is durable when ys_attest_take() returns. Between the first answer and the end the
 * run does not verify; a session that was killed there is ended by the next one. Nothing is ever
 * overwritten: an answer of the same person to the same question supersedes the earlier one, and
 * nobody can supersede another's.
 */
#ifndef YS_ATTEST_H
#define YS_ATTEST_H

#include "ys_answers.h"
#include "ys_clock.h"
#include "ys_pack.h"

struct ys_attest;

enum ys_taken {
    YS_TAKEN_NEW,
    YS_TAKEN_INSTEAD, /* supersedes an earlier answer of the same person */
    YS_TAKEN_ALREADY  /* the same person has said the same: nothing was added */
};

/* The run must verify, but for findings of a session that did not end; and the suites must be
 * those of the run. YS_ERR_EVIDENCE_BROKEN, YS_ERR_EVIDENCE_STATE. */
YS_NODISCARD enum ys_status ys_attest_open(struct ys_arena *arena, const char *run_dir,
                                           const struct ys_pack *pack,
                                           const struct ys_clock *clock,
                                           struct ys_attest **ret_attest, struct ys_err *reterr);

/* The questions: maps with clause, mode, question, requirement, ask, todo (texts), branch,
 * branch_name, people, files, valid_days, verdict and reason (of the finding as it was when the
 * session began), found (what persons found then and still stands: id, who, role, seen, verdict,
 * answer), and for a document `document`, `checks` and `stands`. */
const struct ys_value *ys_attest_asked(const struct ys_attest *attest);
/* Whether somebody must still answer a question of the list; this session's answers count. */
bool ys_attest_is_open(const struct ys_attest *attest, const struct ys_value *asked);
/* What this person last said to it, a record; NULL: nothing, or it has expired. */
const struct ys_value *ys_attest_said(const struct ys_attest *attest, const struct ys_value *asked,
                                      const char *who);
/* The latest finding of another person to it that stands, for this one to confirm; or NULL. */
const struct ys_value *ys_attest_confirmable(const struct ys_attest *attest,
                                             const struct ys_value *asked, const char *who);
/* The id of the finding that the last ys_attest_take() took in, or found to be there already. */
const char *ys_attest_last_id(const struct ys_attest *attest);
/* Findings of an earlier session that did not end. */
bool ys_attest_is_unfinished(const struct ys_attest *attest);
bool ys_attest_is_signed(const struct ys_attest *attest);

/* Whether an answer can be taken; changes nothing. YS_ERR_ARGUMENT says what is wrong with it. */
YS_NODISCARD enum ys_status ys_attest_check(struct ys_attest *attest,
                                            const struct ys_answer *answer, struct ys_err *reterr);
/* Takes it in. Pictures lose what they tell besides the picture unless `keep_position`. */
YS_NODISCARD enum ys_status ys_attest_take(struct ys_attest *attest,
                                           const struct ys_answer *answer, bool keep_position,
                                           enum ys_taken *ret_taken, struct ys_err *reterr);
/* Computes the result anew and seals the run, where something was taken in. The result as it is
 * now. */
YS_NODISCARD enum ys_status ys_attest_finish(struct ys_attest *attest,
                                             const struct ys_value **ret_result,
                                             struct ys_err *reterr);

#endif
