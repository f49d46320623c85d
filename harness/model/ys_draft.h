/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A first candidate file, from a few answers and perhaps the bank's OpenAPI document. Bindings are
 * guessed by names alone: an operation is bound only where every word of its name, every required
 * input and every required output has its place, and no other call fits as well; else what is
 * known stands in comments, marked TODO with what is missing. What is bound passes `yanshou check`;
 * whether it means the same is for `yanshou try` and a person.
 */
#ifndef YS_DRAFT_H
#define YS_DRAFT_H

#include "ys_openapi.h"
#include "ys_pack.h"

/* NULL where there is no answer. */
struct ys_draft {
    const char *id;
    const char *name;
    const char *url;
    const char *ca;
    const char *auth; /* "none", "oauth2", "bearer" or "basic" */
    const char *token_path;
    const char *scope;
    const char *client_id;
    const char *secret_env;
    const char *applied;
    const char *approved;
    const struct ys_openapi *openapi;
};

/* The file's text, and the ids of the operations that it does not bind: {operation, reason}. */
YS_NODISCARD enum ys_status ys_draft_write(struct ys_arena *arena, const struct ys_pack *pack,
                                           const struct ys_draft *draft, struct ys_buf *text,
                                           const struct ys_value **ret_left);

/* ---- one binding (ys_draft_binding.c) ---- */

struct ys_draft_binding {
    const struct ys_openapi_call *call; /* NULL: none fits */
    const char *text; /* YAML lines below the operation's name, two blanks deep; or NULL */
    const char *lack; /* what is missing, or NULL: it is whole */
};
struct ys_draft_binding ys_draft_bind(struct ys_arena *arena, const struct ys_openapi *openapi,
                                      const struct ys_operation *operation);

#endif
