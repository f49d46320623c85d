/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One bound operation by hand: what is sent, what comes back, and how each output is found in it.
 * Judges nothing and records nothing. Credentials, tokens, and what the catalogue calls secret or
 * personal are marks in what is told; the rest of a reply is told as the bank sent it.
 */
#ifndef YS_TRY_H
#define YS_TRY_H

#include "ys_run.h"

/*
 * `inputs` are those of the operation; `${…}` in them sees the candidate's supplies and the clock.
 * *ret_told, owned by the arena:
 *
 *     {operation, request: {method, url, headers, body}, reply: {status, tls, time_ms, headers,
 *      body}, fields: [{name, at, raw, value}], observation: {outcome, …},
 *      trouble: {cause, text}}
 *
 * `reply` is there where one came; `observation` or `trouble`, never both. YS_OK whatever the bank
 * answers; an error when nothing could be tried: inputs that do not fit, secrets that are missing.
 */
YS_NODISCARD enum ys_status ys_try(struct ys_arena *arena, const struct ys_pack *pack,
                                   const struct ys_candidate *candidate,
                                   const struct ys_clock *clock, const char *operation,
                                   const struct ys_value *inputs, const struct ys_value **ret_told,
                                   struct ys_err *reterr);

/*
 * An operation that needs no input, with all its pages: *ret_observation, owned by the arena, is
 * what a step would observe. Judges nothing and records nothing. Where the bank does not answer or
 * the answer cannot be read, the error says so.
 */
YS_NODISCARD enum ys_status ys_try_pages(struct ys_arena *arena, const struct ys_pack *pack,
                                         const struct ys_candidate *candidate,
                                         const struct ys_clock *clock, const char *operation,
                                         const struct ys_value **ret_observation,
                                         struct ys_err *reterr);

#endif
