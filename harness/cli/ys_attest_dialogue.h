/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of a run to a person at a terminal, one at a time. */
#ifndef YS_ATTEST_DIALOGUE_H
#define YS_ATTEST_DIALOGUE_H

#include "ys_attest.h"
#include "ys_cli.h"

/* Asks until everything is answered, the person leaves, or the input ends. What was answered is
 * kept; the caller ends the session. Only what keeps answers from being written is an error. */
YS_NODISCARD enum ys_status ys_attest_dialogue(const struct ys_arguments *arguments,
                                               struct ys_attest *attest, struct ys_err *reterr);
/* A question in words: what is to be found out, what to do, who must act. */
void ys_attest_print_question(const struct ys_arguments *arguments,
                              const struct ys_attest *attest, const struct ys_value *asked);

/* What was found of it when the session began, with the ids by which it can be confirmed. */
void ys_attest_print_found(const struct ys_arguments *arguments, const struct ys_value *asked);

#endif
