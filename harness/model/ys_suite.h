/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A suite as loaded: cases, steps and fragments. Expectations and templates stay values; the
 * loader has checked their keys, so that the engine may read them without surprises.
 */
#ifndef YS_SUITE_H
#define YS_SUITE_H

#include <stdbool.h>

#include "ys_diag.h"
#include "ys_text.h"

enum ys_step_kind {
    YS_STEP_CALL,     /* call: operation, with: inputs */
    YS_STEP_HTTP,     /* http: {method, path|url, endpoint, headers, query, json|form|xml|body} */
    YS_STEP_CARD,     /* card: {reader, reset, select, authenticate, verify, read, update, … } */
    YS_STEP_TLS,      /* tls: {endpoint, version, ciphers, client_certificate} */
    YS_STEP_LOAD,     /* load: {call, with, rate, for} */
    YS_STEP_CONTRACT, /* contract: {call, with} */
    YS_STEP_STRANGERS, /* strangers: {who, with, without, having, only, except} */
    YS_STEP_HOSTILE,  /* hostile: {telling, except} */
    YS_STEP_COVERAGE, /* coverage: {roster, register, city, threshold, sample, probes, …} */
    YS_STEP_CHECK,    /* check: value, expect: matcher */
    YS_STEP_LET,      /* let: {name: value} */
    YS_STEP_USE,      /* use: fragment, with: parameters, as: name */
    YS_STEP_REPEAT,   /* repeat: {times, as}, steps */
    YS_STEP_EACH,     /* each: {of, as}, steps */
    YS_STEP_PARALLEL  /* parallel: {times|of, as}, steps */
};

enum ys_otherwise {
    YS_OTHERWISE_FAIL,
    YS_OTHERWISE_INCONCLUSIVE,
    YS_OTHERWISE_NOT_APPLICABLE /* of a check: it says for what the case is */
};

struct ys_step {
    enum ys_step_kind kind;
    const struct ys_document *document;
    const struct ys_value *at;     /* the step's map: line and column */
    struct ys_text title;          /* may be empty */
    const char *target;            /* operation of call, fragment of use */
    const struct ys_value *body;   /* the value under the kind's key */
    const struct ys_value *with;   /* inputs or parameters, or NULL */
    const struct ys_value *expect; /* or NULL: the operation's or command's own contract */
    const struct ys_value *save;   /* {name: query} or NULL */
    const struct ys_value *collect; /* loops: {name: expression} gathered over iterations */
    const char *as;                /* loop variable or name of a fragment's result; or NULL */
    int otherwise;                 /* `else`: what a failing check makes of the case */
    bool soft;                     /* a failing check does not end the case */
    bool allow_empty;              /* a loop over nothing is no vacuity */
    bool has_until;                /* poll until `expect` holds */
    int64_t every_ms;
    int64_t at_most_ms;
    const struct ys_value *times;  /* repeat, parallel: number or expression; or NULL */
    const struct ys_value *of;     /* each, parallel: list, expression or {csv: path}; or NULL */
    const struct ys_step *steps;   /* of a loop */
    size_t step_count;
};

/* The key of a kind of step in a suite: "call", "http" … */
const char *ys_step_kind_name(enum ys_step_kind kind);

struct ys_fragment {
    const char *id;
    const struct ys_document *document;
    const struct ys_value *at;
    struct ys_text title;
    const char *const *params;
    size_t param_count;
    const char *const *uses; /* fragments that must stand before this one */
    size_t use_count;
    const struct ys_step *steps;
    size_t step_count;
    const struct ys_step *finally;
    size_t finally_count;
    const struct ys_value *gives; /* the value of the variable named like the fragment */
};

struct ys_case {
    const char *id;
    const struct ys_suite *suite;
    const struct ys_value *at;
    struct ys_text title;
    struct ys_text description; /* may be empty */
    const char *const *clauses;
    size_t clause_count;
    bool negative;              /* what must be refused */
    bool destructive;           /* uses up or blocks a card: only with the candidate's consent */
    const char *const *uses;    /* fragments, in order */
    size_t use_count;
    const char *const *needs;   /* "reader.card" … */
    size_t need_count;
    const char *const *locks;   /* names of things that two cases must not touch at once */
    size_t lock_count;
    const struct ys_step *given; /* preparation: a failing check here leaves the case undecided */
    size_t given_count;
    const struct ys_step *steps;
    size_t step_count;
    const struct ys_step *finally; /* always runs; never changes a verdict */
    size_t finally_count;
};

struct ys_suite {
    const char *id;
    const struct ys_document *document;
    struct ys_text title;
    const struct ys_case *cases;
    size_t case_count;
    const struct ys_fragment *fragments;
    size_t fragment_count;
};

#endif
