/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The candidate file: who the bank is, where its systems are, and how each abstract operation
 * becomes one of its requests. Secrets are references (an environment variable or a file), never
 * values.
 */
#ifndef YS_CANDIDATE_H
#define YS_CANDIDATE_H

#include "ys_catalogue.h"
#include "ys_diag.h"
#include "ys_regulation.h"
#include "ys_suite.h"
#include "ys_text.h"

struct ys_secret_ref {
    const char *name;
    const char *env;  /* or NULL */
    const char *file; /* or NULL; relative to the candidate file */
    const struct ys_value *at;
};

struct ys_endpoint {
    const char *name; /* "api" */
    const char *url;  /* after ${env.NAME} was put in */
    const char *ca_file;
    const char *client_certificate;
    const char *client_key;
    const struct ys_value *at;
};

struct ys_reader_role {
    const char *role;    /* "card", "psam" */
    const char *pattern; /* reader name with * and ?, or NULL */
    const char *atr;     /* ATR mask (ys_apdu.h), or NULL */
    const struct ys_value *at;
};

/* A document that the candidate supplies for a clause. Dates are "2026-03-02" or NULL. */
struct ys_supplied {
    const char *clause;
    const char *paper; /* which of the clause's documents; NULL: its only one */
    const char *path;  /* as the file gives it */
    const char *file;  /* the same, beside the candidate file */
    const char *dated;
    const char *valid_until;
    const char *signatory; /* who signed it, or NULL */
    const char *sm3;       /* digest of the file, or NULL */
    const struct ys_document *in; /* the file that says so */
    const struct ys_value *at;
};

enum ys_auth_kind { YS_AUTH_NONE, YS_AUTH_OAUTH2, YS_AUTH_BEARER, YS_AUTH_BASIC };
enum ys_sign_kind { YS_SIGN_NONE, YS_SIGN_HMAC_SM3, YS_SIGN_SM2 };
enum ys_body_kind { YS_BODY_NONE, YS_BODY_JSON, YS_BODY_FORM, YS_BODY_XML };
enum ys_reply_kind { YS_REPLY_JSON, YS_REPLY_XML, YS_REPLY_NONE };

struct ys_auth {
    enum ys_auth_kind kind;
    const char *token_path; /* oauth2: path or URL */
    const char *endpoint;
    const char *client_id;
    const char *secret; /* name in `secrets` */
    const char *scope;
};

struct ys_signing {
    enum ys_sign_kind kind;
    const char *secret;                /* name in `secrets`: HMAC key, or SM2 private key in PEM */
    const struct ys_value *canonical;  /* template over method, path, query, body, time, nonce */
    const struct ys_value *headers;    /* {name: template}; "${signature}" is known here */
    bool base64;                       /* else lower-case hexadecimal */
    int64_t window_ms;                 /* how far a request's time may be off the bank's */
};

/* How an output is found in the reply: {at: path, map: {code: value}, unit: fen, format: …,
 * each: {field: …}}; a bare string is the path. Kept as a value; see docs/candidate-file.md. */
struct ys_binding {
    const struct ys_operation *operation;
    const struct ys_value *at;
    const char *endpoint;
    const char *method;
    const struct ys_value *path;    /* template over in.* */
    const struct ys_value *query;   /* map of templates or NULL */
    const struct ys_value *headers; /* map of templates or NULL */
    enum ys_body_kind body_kind;
    const struct ys_value *body;     /* template or NULL */
    const struct ys_value *envelope; /* template around the body ("${body}") or NULL */
    const char *charset;             /* "UTF-8" or "GB18030" */
    enum ys_reply_kind reply_kind;
    const char *payload;             /* path of the operation's part of the reply, or NULL */
    const struct ys_value *inputs;   /* conversions of inputs: {name: {map, unit, format}} */
    const struct ys_value *outcome;  /* {from: status|path, map: {code: outcome}} */
    const struct ys_value *reason;   /* like an output: {at, map} or NULL */
    const struct ys_value *outputs;  /* {name: rule} */
    const struct ys_value *pages;    /* paging or NULL */
    bool authenticated;              /* carries the candidate's authentication */
    bool signed_request;
};

/* The company that applies; the statement of an acceptance is about it. */
struct ys_legal_entity {
    struct ys_text name;
    const char *code;    /* unified social credit code, GB 32100: 18 characters */
    const char *contact; /* who there answers for what is open: an office or a post; or NULL */
    const struct ys_value *at;
};

struct ys_candidate {
    const struct ys_document *document;
    const char *id;
    struct ys_text name;
    struct ys_legal_entity legal_entity; /* code NULL: it is not given */
    const char *regulation;
    const char *environment;
    bool reference_bank; /* the project's own: may conclude on virtual readers */
    const char *applied; /* dates or NULL */
    const char *approved;
    const char *retrofit_finished;
    const struct ys_endpoint *endpoints;
    size_t endpoint_count;
    const struct ys_secret_ref *secrets;
    size_t secret_count;
    struct ys_auth auth;
    struct ys_signing signing;
    const char *const *allowed_hosts;
    size_t allowed_host_count;
    int64_t requests_per_second; /* 0: no limit given */
    int64_t objects_max;         /* 0: no limit given */
    int64_t pin_tries_floor;     /* VERIFY is refused when fewer would be left; default 2 */
    bool consents_destructive;   /* cases may use up or block the cards in its readers */
    const struct ys_reader_role *readers;
    size_t reader_count;
    const struct ys_document *card; /* facts of the card that it states (ys_pack_state), or NULL */
    const struct ys_value *supplies; /* map name → value; {csv: path} was read into rows */
    const struct ys_supplied *documents;
    size_t document_count;
    const struct ys_document *document_list; /* the file that lists them, or NULL */
    const char *const *listed_clauses; /* "where listed" clauses that apply (5.9) */
    size_t listed_clause_count;
    const struct ys_binding *bindings;
    size_t binding_count;
};

#define YS_CREDIT_CODE_LENGTH 18u
/* Whether a unified social credit code has its check character (GB 32100-2015, annex A). */
bool ys_credit_code_holds(const char *code);

const struct ys_binding *ys_candidate_binding(const struct ys_candidate *candidate,
                                              const char *operation);
/* One flag for each input of the operation: whether a template of the binding sends it. */
const bool *ys_binding_carried(struct ys_arena *arena, const struct ys_binding *binding);
const struct ys_reader_role *ys_candidate_reader(const struct ys_candidate *candidate,
                                                 const char *role);
/* NULL: it is not supplied. */
const struct ys_supplied *ys_candidate_document(const struct ys_candidate *candidate,
                                                const struct ys_clause *clause,
                                                const struct ys_paper *paper);
/* Reads a secret now. The caller wipes and frees with ys_wipe() and ys_free(). YS_ERR_SECRET says
 * which variable or file is missing. */
YS_NODISCARD enum ys_status ys_candidate_secret(const struct ys_candidate *candidate,
                                                const char *name, char **ret_secret,
                                                struct ys_err *reterr);

#endif
