/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a clause needs besides cases: documents, and findings of named persons. Private to this
 * room.
 *
 * Documents are looked at in the run and recorded (kind `document`): what they are, and which of
 * the wanted headings occur in them. Findings of persons come afterwards (ys_attestations.h). Both
 * are judged from what is recorded, by one set of functions for a run, for rejudge and for attest.
 */
#ifndef YS_PERSONS_H
#define YS_PERSONS_H

#include "ys_engine_private.h"

/* One thing that a clause's verdict combines. */
struct ys_ruling {
    enum ys_verdict verdict;
    enum ys_cause cause;
    const char *reason;
    const char *who; /* who must act: "bank", "inspector", "operator" … */
};

/* Looks at the documents that the run's clauses want and the record does not have yet. Only a
 * failing log is an error. */
YS_NODISCARD enum ys_status ys_documents_look(struct ys_engine *engine, struct ys_err *reterr);
/* Whether the run has documents to look at, or has looked at some. */
bool ys_documents_are_wanted(const struct ys_engine *engine);
/* Takes a `document` record of an earlier run, and the findings beside it. */
void ys_documents_take(struct ys_engine *engine, const struct ys_value *record);
YS_NODISCARD enum ys_status ys_findings_load(struct ys_engine *engine, struct ys_err *reterr);

/* The finding that `record` confirms, where that stands: of another person about the same question
 * with the same verdict, not superseded, and no confirmation itself. NULL: it confirms nothing, or
 * nothing that stands. */
const struct ys_value *ys_finding_confirmed(struct ys_arena *arena, const struct ys_value *records,
                                            const struct ys_value *record);
/* Whether two names are one person's, however they are written. */
bool ys_finding_same_person(struct ys_arena *arena, const char *name, const char *other);

/* Which branches a question is asked at: rows of the regulation's supply, drawn by the seed; an
 * empty list where there is no supply. */
const struct ys_value *ys_question_branches(struct ys_engine *engine, struct ys_arena *arena,
                                            const struct ys_question *question);
/* What the persons found of one question; `branch` NULL where it is asked once. */
struct ys_ruling ys_finding_rule(struct ys_engine *engine, struct ys_arena *arena,
                                 const struct ys_clause *clause,
                                 const struct ys_question *question, const char *branch);
/* What is known of a document: clause, id, title, path, sm3 … */
const struct ys_value *ys_document_value(struct ys_engine *engine, struct ys_arena *arena,
                                         const struct ys_clause *clause,
                                         const struct ys_paper *paper);
/* The checks of one document, as result.json has them, with its finding; and their worst. */
const struct ys_value *ys_document_judge(struct ys_engine *engine, struct ys_arena *arena,
                                         const struct ys_clause *clause,
                                         const struct ys_paper *paper, struct ys_ruling *ret_worst);
/* Everything of modes D and S that a clause needs. Arena-owned. */
const struct ys_ruling *ys_persons_rule(struct ys_engine *engine, struct ys_arena *arena,
                                        const struct ys_clause *clause, size_t *ret_count);
/* Whether a clause is judged for this candidate (ys_result.c). */
bool ys_clause_applies(const struct ys_engine *engine, const struct ys_clause *clause);

/* `documents` and `attestations` of result.json. */
const struct ys_value *ys_documents_value(struct ys_engine *engine, struct ys_arena *arena);
const struct ys_value *ys_attestations_value(struct ys_engine *engine, struct ys_arena *arena);
/* What is to be asked, a map each (ys_attest.h), and the ids of all branches it may be about. */
const struct ys_value *ys_asked_value(struct ys_engine *engine, struct ys_arena *arena);
const struct ys_value *ys_branch_ids(struct ys_engine *engine, struct ys_arena *arena);

#endif
