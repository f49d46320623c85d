/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a bank's OpenAPI 3 document helps to bind operations: its calls with their parameters,
 * bodies and replies, and how one authenticates. References inside the document are followed,
 * others are not. Nothing is contacted.
 */
#ifndef YS_OPENAPI_H
#define YS_OPENAPI_H

#include <stdbool.h>

#include "ys_err.h"
#include "ys_value.h"

struct ys_openapi_field { /* a parameter, or a property of a JSON body or reply */
    const char *name;
    const char *in; /* "path", "query", "header", "body" or "reply" */
    bool required;
    const struct ys_value *schema; /* resolved; may be NULL */
};

struct ys_openapi_fields {
    struct ys_openapi_field *items;
    size_t count;
    size_t capacity;
};

struct ys_openapi_call {
    const char *method;  /* "POST" */
    const char *path;    /* "/v1/cards/{card}" */
    const char *id;      /* operationId or "" */
    const char *summary; /* or "" */
    bool json;           /* its body, where it has one, is JSON */
    struct ys_openapi_fields sent;
    const struct ys_value *reply;   /* schema of the first good reply in JSON, or NULL */
    const struct ys_value *replies; /* by status */
};

struct ys_openapi {
    const struct ys_value *root;
    const char *server;    /* first URL without variables, or NULL */
    const char *auth;      /* "oauth2", "bearer", "basic" or "none" */
    const char *token_url; /* of oauth2 with client credentials, or NULL */
    const char *scope;     /* all scopes, separated by blanks, or NULL */
    struct ys_openapi_call *calls;
    size_t count;
};

/* YS_ERR_INVALID when it is no OpenAPI 3 document. Borrows from `root`. */
YS_NODISCARD enum ys_status ys_openapi_read(struct ys_arena *arena, const struct ys_value *root,
                                            const struct ys_openapi **ret_openapi,
                                            struct ys_err *reterr);
/* The schema behind references and with the members of its allOf; NULL: none. */
const struct ys_value *ys_openapi_resolve(const struct ys_openapi *openapi,
                                          const struct ys_value *schema);
/* The properties of a schema of an object, those of allOf too. */
void ys_openapi_properties(struct ys_arena *arena, const struct ys_openapi *openapi,
                           const struct ys_value *schema, const char *in,
                           struct ys_openapi_fields *fields);

#endif
