/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share.
 *
 * Lifetimes, longest first: the run (struct ys_engine), a worker thread with its connections
 * (struct ys_worker), a case (struct ys_case_run), a thread of execution inside a case
 * (struct ys_exec; parallel steps make more of them), a scope of variables, a step. Each has its
 * own arena, so that a loop of 100,000 steps needs the memory of one.
 *
 * What undecides a step is a struct ys_trouble: who must act, and one sentence. A failing log is
 * none: it ends the run, because nothing may be judged that is not on disk.
 */
#ifndef YS_ENGINE_PRIVATE_H
#define YS_ENGINE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "ys_crypto.h"
#include "ys_card_guard.h"
#include "ys_expr.h"
#include "ys_jsonpath.h"
#include "ys_judge.h"
#include "ys_log.h"
#include "ys_run.h"
#include "ys_vault.h"

#define YS_TROUBLE_TEXT_MAX 1200u
#define YS_BREAKER_FAILURES 3      /* connection failures in a row before an endpoint rests */
#define YS_BREAKER_REST_US 2000000 /* how long it is then not tried */
#define YS_SCOPE_NAMES_MAX 512u    /* variables of one scope */

struct ys_trouble {
    enum ys_cause cause;
    char text[YS_TROUBLE_TEXT_MAX];
};
/* Always false, so that a function of bool can end with it. */
bool ys_trouble_set(struct ys_trouble *trouble, enum ys_cause cause, const char *format, ...)
    YS_PRINTF(3, 4);
/* The cause by the kind of error. */
bool ys_trouble_err(struct ys_trouble *trouble, const struct ys_err *err);

/* ---- variables (ys_scope.c) ---- */

struct ys_exec;
struct ys_scope;
/* Expands a tree for a step; of a supply that the candidate file does not give, the trouble says
 * where and how to write it. */
bool ys_exec_expand(struct ys_exec *exec, struct ys_scope *scope, const struct ys_value *tree,
                    const struct ys_value **ret_value, struct ys_trouble *trouble);
/* The same words for an error that the expansion of a tree ended in; always false. */
bool ys_exec_undefined(struct ys_exec *exec, const struct ys_value *tree, const struct ys_err *err,
                       struct ys_trouble *trouble);

struct ys_scope {
    bool *seen; /* set when a name of this very scope is looked up; NULL: nobody asks */
    const struct ys_scope *parent;
    struct ys_arena *arena; /* owns the values; of this scope alone */
    struct ys_engine *engine; /* in the outermost: run, seed, supplies */
    struct {
        const char *name;
        const struct ys_value *value;
    } *names;
    size_t count;
    size_t capacity;
};
void ys_scope_init(struct ys_scope *scope, const struct ys_scope *parent, struct ys_arena *arena);
/* Copies name and value into the scope's arena. */
void ys_scope_set(struct ys_scope *scope, const char *name, const struct ys_value *value);
/* A ys_lookup_fn: context is a struct ys_scope. */
const struct ys_value *ys_scope_lookup(void *scope, const char *name);
/* {now, today, month, day} in Beijing. */
const struct ys_value *ys_clock_value(struct ys_arena *arena, int64_t wall_us);
/* {requests, time}: whether any binding signs its requests, and whether these tell their time. */
struct ys_value *ys_signing_value(struct ys_arena *arena, const struct ys_candidate *candidate);
/* Tells the redactor what a type calls personal or secret. */
void ys_learn(struct ys_redactor *redactor, const struct ys_type *type,
              const struct ys_value *value);
/* The candidate's supplies with their secrets read; learnt. Arena-owned. */
YS_NODISCARD enum ys_status ys_supplies_resolve(struct ys_arena *arena,
                                                const struct ys_pack *pack,
                                                const struct ys_candidate *candidate,
                                                struct ys_redactor *redactor,
                                                const struct ys_value **ret_supplies,
                                                struct ys_err *reterr);

/* ---- the run ---- */

/* How an output is found in a reply: a binding's rule, compiled once. */
struct ys_rule {
    const char *name;
    const char *at;
    const struct ys_jsonpath *path; /* NULL: XPath */
    bool singular;
    bool required;
    const struct ys_type *type;   /* NULL: as it comes */
    const struct ys_value *map;   /* code → value or NULL */
    bool fen;
    const char *format;           /* "YYYYMMDD" or NULL */
    const struct ys_rule *each;   /* of a list of objects */
    const struct ys_rule *fields; /* of an object */
    size_t member_count;          /* of each or fields */
};

struct ys_bound { /* a binding made ready */
    const struct ys_binding *binding;
    const bool *carried;               /* by input of the operation: a template sends it */
    const struct ys_jsonpath *payload; /* JSON; NULL: the whole reply */
    const struct ys_rule *outcomes;    /* at NULL: the HTTP status */
    size_t outcome_count;
    const struct ys_rule *reason;
    const struct ys_rule *outputs;
    size_t output_count;
};

struct ys_endpoint_state {
    int failures; /* connections in a row */
    int64_t rest_until_us;
    /* The bank's Date less the machine's time, as its replies gave it. */
    bool dated;
    int64_t first_offset_us;
    int64_t last_offset_us;
    int64_t least_offset_us;
    int64_t most_offset_us;
};

struct ys_planned {
    const struct ys_case *subject;
    const char **locks;
    size_t lock_count;
    int64_t number; /* from 1 */
    enum { YS_WAITING, YS_RUNNING, YS_DONE } state;
    bool time_based;   /* it used the clock */
    bool cut;          /* begun before the run was cut */
    int64_t cut_after; /* last record it had then */
    struct ys_case_result result;
    const struct ys_value *coverage; /* what its last coverage step saw; or NULL */
    struct ys_arena arena; /* of the result's texts */
};

struct ys_engine {
    const struct ys_run_options *options;
    const struct ys_pack *pack;
    const struct ys_candidate *candidate;
    const struct ys_clock *clock;
    struct ys_redactor *redactor;
    struct ys_vault *vault; /* what the marks stand for, or NULL */
    struct ys_log *log;
    struct ys_card_guard *guard;
    /* The record of an earlier run in the place of the bank, or, where there is a log too, the part
     * of this run before it was cut (ys_replay.h); or NULL. */
    struct ys_replay *replay;
    const struct ys_value *clock_value; /* how far clocks can be trusted, for the result; or NULL */
    int64_t opened_us;                  /* wall time at which this process began */
    struct ys_value *cuts; /* where the run was cut, for the result; NULL: nowhere */
    struct ys_arena arena;
    const struct ys_value *supplies;
    struct ys_value *documents;        /* `document` records, or NULL */
    const struct ys_value *findings;   /* of persons, in order (ys_attestations.h), or NULL */
    const char *run_day;               /* of a run that is judged again: "2026-11-23"; else NULL */
    struct ys_value *run_value; /* {id, number} */
    struct ys_value *seed_value;
    struct ys_value *endpoints_value; /* names */
    struct ys_value *client_endpoints_value; /* names of those with a client certificate */
    struct ys_value *signing_value; /* {requests, time}: booleans (ys_scope.c) */
    struct ys_value *readers_value;          /* roles that the candidate has a reader for */
    const struct ys_bound *bound;
    int64_t started_us;
    int64_t ended_us; /* of a run that is told again; 0: now */
    int64_t started_ns;
    atomic_llong requests;
    atomic_llong apdus;
    atomic_llong objects;
    bool told_again;    /* a run of the past: its cases are the plan, divided or not */
    atomic_bool broken; /* the log failed: `fatal` says how */
    struct ys_err fatal;
    struct ys_reader_state *readers; /* as the run began: which roles are one reader */
    size_t reader_count;
    bool virtual_reader;
    bool physical_reader;
    bool replayed_reader; /* a recording in the place of cards */

    pthread_mutex_t mutex; /* of what follows, and of `fatal` */
    struct ys_endpoint_state *endpoints;
    int64_t bucket_ns; /* when the next request may go */

    pthread_mutex_t token_mutex; /* and of what else a request is signed with */
    char *token;
    struct ys_sm2_key *signing_key; /* or NULL, until a request was signed with it */
    int64_t token_expires_us;

    pthread_mutex_t plan_mutex;
    pthread_cond_t plan_changed;
    struct ys_planned *planned;
    size_t planned_count;
    size_t *order;                  /* in which planned cases start */
    size_t settled;                 /* so many of that order have ended, without a gap */
    size_t begun;                   /* from here on in that order none has begun */
    size_t plan_cases;              /* of all parts */
    char plan_digest[YS_SM3_HEX_MAX]; /* of what all parts of one plan have in common */
    pthread_mutex_t events_mutex;
};
/* Whether an earlier run is judged again: no bank, no log. */
bool ys_engine_rejudges(const struct ys_engine *engine);
bool ys_engine_stopped(const struct ys_engine *engine);
void ys_engine_break(struct ys_engine *engine, const struct ys_err *err);
int64_t ys_engine_wall(const struct ys_engine *engine);
int64_t ys_engine_monotonic(const struct ys_engine *engine);
YS_NODISCARD enum ys_status ys_engine_open(struct ys_engine *engine,
                                           const struct ys_run_options *options,
                                           struct ys_err *reterr);
void ys_engine_close(struct ys_engine *engine);

/* What failed, without what changes from run to run (ys_fingerprint.c). Arena-owned. */
const char *ys_fingerprint_finding(struct ys_arena *arena, const char *step,
                                   const struct ys_check *check);
const char *ys_fingerprint_case(struct ys_arena *arena, const struct ys_case_result *result);
/* How many of the planned cases the proof of the run's options covers; it must have one. */
const struct ys_value *ys_proven_value(struct ys_engine *engine, struct ys_arena *arena);

/* A thread's own connections, one an endpoint. */
struct ys_worker {
    struct ys_engine *engine;
    struct ys_http **http;
    struct ys_http_reply reply; /* of the last exchange */
};
void ys_worker_init(struct ys_worker *worker, struct ys_engine *engine);
void ys_worker_clear(struct ys_worker *worker);

/* ---- a case ---- */

struct ys_card_slot {
    const char *role;
    const char *reader;
    struct ys_card_session *session;
    const struct ys_card_application *application; /* selected */
    bool is_told; /* what card it is stands in the record */
};

struct ys_undo {
    const struct ys_fragment *fragment;
    struct ys_scope *scope;
};

struct ys_case_run {
    struct ys_engine *engine;
    struct ys_planned *planned;
    const struct ys_case *subject;
    bool cut;       /* begun before the run was cut: goes on behind its record */
    bool card_lost; /* the card may not stand where the record left it */
    struct ys_arena arena;
    struct ys_scope scope;
    const char **used; /* fragments that ran for `uses` */
    size_t used_count;
    struct ys_undo *undo;
    size_t undo_count;
    size_t undo_capacity;
    struct ys_finding *findings;
    struct ys_card_slot cards[YS_READERS_MAX];
    size_t card_count;
    struct ys_card_port recorded;      /* where the run replays; driver NULL: not opened */
    struct ys_card_recorder *recorder; /* where it is recorded and a card spoke, or NULL */
    pthread_mutex_t mutex;      /* of findings, undo, evidence and the arena */
    pthread_mutex_t card_mutex; /* of the sessions */
};

/* What of the reply in work may stand in the record (ys_clear.c). */
struct ys_clear {
    bool all; /* the suite judges the body as a text */
    const struct ys_step *step; /* whose expectations name headers; or NULL */
    bool xml;
    const struct ys_value *json; /* as parsed; `items` are values of it */
    const char *text;            /* the body in UTF-8 where it came in another encoding */
    size_t text_length;
    const void **items; /* values (struct ys_value) that are clear, all below them too */
    size_t count;
    size_t capacity;
};

enum ys_phase { YS_PHASE_GIVEN, YS_PHASE_STEPS, YS_PHASE_FINALLY };

/* Who calls (ys_step_strangers.c). */
enum ys_stranger {
    YS_STRANGER_CALLER, /* the candidate file's own client */
    YS_STRANGER_NOBODY, /* without credentials and signature */
    YS_STRANGER_FORGER, /* with ones that were made up */
    YS_STRANGER_UNCERTIFIED,   /* with all but the client certificate that the endpoint requires */
    YS_STRANGER_IMITATOR, /* with an imitation of that certificate by another authority */
    YS_STRANGER_IMPOSTOR, /* signs with another key than the client's */
    YS_STRANGER_ALTERER, /* sends a request that is not the one that was signed */
    YS_STRANGER_LATECOMER, /* signs rightly, at a time before the candidate's window */
    YS_STRANGER_FORERUNNER, /* signs rightly, at a time after it */
    YS_STRANGER_REPLAYER /* sends the request before once more, byte for byte */
};

bool ys_stranger_by_certificate(enum ys_stranger who);
/* Whether the signature alone, or the time that is signed, tells this one from the client. */
bool ys_stranger_by_signature(enum ys_stranger who);

/* What a contract step notes of its call (ys_step_contract.c). */
struct ys_contract {
    const char *operation;
    struct ys_value *faults; /* lists of texts */
    struct ys_value *exposed;
    struct ys_value *cacheable;
};

struct ys_exec {
    struct ys_engine *engine;
    struct ys_worker *worker;
    struct ys_case_run *run;
    struct ys_scope *scope; /* where `save` and `let` put their values */
    struct ys_scope view;   /* what a step sees: `scope`, and the clock as it began */
    struct ys_arena arena;  /* of one step */
    struct ys_buf path;    /* "steps[0].repeat[4]" */
    enum ys_phase phase;
    bool parallel;
    struct ys_clear clear; /* of the last reply */
    struct ys_value *found; /* is told how each output was found (ys_try.h); or NULL */
    const struct ys_value *sent; /* texts that a reply may repeat in clear; or NULL */
    bool has_effect;       /* the call in work is announced before it is sent */
    unsigned spoil;        /* how the next body is spoilt (ys_step_hostile.c); 0: not */
    enum ys_stranger stranger; /* who the next request is from */
    const struct ys_outgoing *signed_instead; /* what an alterer's signature is of; or NULL */
    bool turned_away; /* the last request of a stranger by certificate ended in the handshake, or
                         in a connection that was closed without a reply */
    struct ys_contract *contract; /* of a contract step in work, or NULL */
    bool must_end;         /* the request in work is not to be cut off by Ctrl-C */
    int64_t seq;           /* of the last record */
    bool clock_seen;       /* the step used the clock: its record says which */
    int64_t clock_us;
    const struct ys_value *inputs; /* what it sent, as the suite gave it; or NULL */
    const struct ys_value *record; /* of a replay: the record that was observed */
    bool from_record; /* the attempt in work is taken from the record */
    bool told;        /* what undecides it stands in the record already */
    bool cut_parallel; /* a branch of a parallel step in which the run was cut */
    int64_t wait_end_us; /* of a step that waited when the run was cut */
    int64_t sent_seq;  /* record that announced the request in work, 0 = none */
    const struct ys_value *answer; /* what its reply says, for the vault */
    const char *operation; /* of the call in work, or NULL */
    /* What the step did last, for the command that repeats it; all NULL before. */
    const struct ys_http_request *request;
    const struct ys_value *dialogue; /* records of the card's exchanges */
    const char *reader;              /* in which the card is */
    const char *repeat;              /* the command itself */
};

/* Runs steps in order; false: the case ends here. */
bool ys_steps_run(struct ys_exec *exec, const struct ys_step *steps, size_t count);
bool ys_loop_run(struct ys_exec *exec, const struct ys_step *step);
bool ys_fragment_use(struct ys_exec *exec, const struct ys_step *step);
/* What a case found, as result.json has it. */
struct ys_value *ys_findings_value(struct ys_arena *arena, const struct ys_case_result *result);
void ys_case_execute(struct ys_worker *worker, struct ys_planned *planned);
/* For a step of many exchanges: their memory is apart from the step's, whose arena its observation
 * needs. What the last of them left in the record is the step's when it leaves. */
void ys_exec_within(struct ys_exec *ret_inner, const struct ys_exec *exec);
void ys_exec_leave(struct ys_exec *exec, struct ys_exec *inner);
/* A branch of the case on another thread, with a worker of its own; ys_exec_end() ends it. */
void ys_exec_beside(struct ys_exec *ret_branch, struct ys_worker *worker,
                    const struct ys_exec *exec);
void ys_exec_end(struct ys_exec *branch);
/* Notes what undecides a step. Returns whether the case goes on. */
bool ys_exec_trouble(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_trouble *trouble);
/* An attempt of the step in work that will be made again, its `number` from 1. Without a judgement
 * it was not decided, and `trouble` says why. */
void ys_attempt_note(struct ys_exec *exec, int64_t number, const struct ys_judgement *judgement,
                     const struct ys_trouble *trouble);
/* `attempts` and, where there are any, `earlier_attempts` of a case; and back. */
void ys_attempts_set(struct ys_arena *arena, struct ys_value *map,
                     const struct ys_case_result *result);
void ys_attempts_take(struct ys_planned *planned, const struct ys_value *map, int64_t moved_by);
void ys_exec_finding(struct ys_exec *exec, const struct ys_step *step, enum ys_verdict verdict,
                     enum ys_cause cause, const struct ys_check *check);
/* Appends a record with case and step; false: the log is broken. */
bool ys_exec_record(struct ys_exec *exec, struct ys_value *record);
/* Sets a member of a record, or a reference to a blob where the value is long; false: the log is
 * broken. */
bool ys_engine_record_value(struct ys_engine *engine, struct ys_arena *arena,
                            struct ys_value *record, const char *name,
                            const struct ys_value *value);
/* A value's mark in a record: "answer" where the vault keeps the value as it was before redaction,
 * so that a run that is cut can go on. Nothing where there is no vault. */
void ys_exec_keep_answer(struct ys_exec *exec, struct ys_value *record,
                         const struct ys_value *answer);
/* Says in the record, durably, that something with an effect is about to be sent. */
bool ys_exec_announce(struct ys_exec *exec, struct ys_trouble *trouble);
/* Adds a record's number to those that a case cites. */
void ys_evidence_note(struct ys_planned *planned, int64_t seq);
/* A record of one kind, to be filled. */
struct ys_value *ys_exec_new_record(struct ys_exec *exec, const char *kind);

struct ys_outgoing;

/* Observations. False: undecided, trouble says why. */
bool ys_observe_call(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_trouble *trouble);
/* The 70 % question over what earlier steps saw; kept for the result. */
bool ys_observe_coverage(struct ys_exec *exec, const struct ys_step *step,
                         const struct ys_value **ret_observation, struct ys_trouble *trouble);
bool ys_observe_tls(struct ys_exec *exec, const struct ys_step *step,
                    const struct ys_value **ret_observation, struct ys_trouble *trouble);
bool ys_observe_hostile(struct ys_exec *exec, const struct ys_step *step,
                        const struct ys_value **ret_observation, struct ys_trouble *trouble);
/* Makes the body of a request unreadable, as exec->spoil says; before it is signed. */
void ys_spoil_body(struct ys_exec *exec, struct ys_outgoing *outgoing);
bool ys_observe_strangers(struct ys_exec *exec, const struct ys_step *step,
                          const struct ys_value **ret_observation, struct ys_trouble *trouble);
/* Values that keep a type and name nothing that is there; every text is `text` where it is given,
 * else it is drawn. */
const struct ys_value *ys_plausible(struct ys_arena *arena, const struct ys_type *type,
                                    const char *text, uint64_t *state);
const struct ys_value *ys_plausible_object(struct ys_arena *arena, const struct ys_field *fields,
                                           size_t count, const char *text, uint64_t *state);
uint64_t ys_draw(uint64_t *state);
bool ys_observe_contract(struct ys_exec *exec, const struct ys_step *step,
                         const struct ys_value **ret_observation, struct ys_trouble *trouble);
/* Notes what of a reply does not fit; false where no contract step asks for it. */
bool ys_contract_fault(struct ys_exec *exec, const char *text);
/* Notes what of the last exchange may not stand there; within a contract step. */
void ys_contract_see(struct ys_exec *exec, const struct ys_http_request *request);
bool ys_observe_load(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_trouble *trouble);
bool ys_observe_http(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_trouble *trouble);
/* A failing command before the last one is a check of its own, noted in *ret_check. */
bool ys_observe_card(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_check *ret_check,
                     struct ys_trouble *trouble);
void ys_cards_close(struct ys_case_run *run);

/* ---- exchanges (ys_exchange.c) ---- */

struct ys_outgoing {
    const char *endpoint;
    struct ys_http_request request;
    struct ys_http_header *headers; /* those of the request, being built */
    size_t header_count;
    size_t header_capacity;
    const char *path; /* as a signature covers them */
    const char *query;
};
void ys_outgoing_header(struct ys_arena *arena, struct ys_outgoing *outgoing, const char *name,
                        const char *value);
/* Full URL of a path below an endpoint; NULL when there is no such endpoint. */
const char *ys_endpoint_url(struct ys_arena *arena, const struct ys_candidate *candidate,
                            const char *endpoint, const char *path);
/* Sends within the budget and waits for the whole reply, which is then in the worker. */
bool ys_exchange(struct ys_exec *exec, struct ys_outgoing *outgoing, struct ys_trouble *trouble);
/* Records the last exchange; `trouble` NULL where a reply came. */
bool ys_exchange_record(struct ys_exec *exec, const struct ys_outgoing *outgoing,
                        const struct ys_trouble *trouble);
/* Puts the candidate's authentication on a request. */
bool ys_authenticate(struct ys_exec *exec, struct ys_outgoing *outgoing,
                     struct ys_trouble *trouble);
void ys_token_forget(struct ys_engine *engine);
/* "curl …", secrets as placeholders. */
const char *ys_reproduce(struct ys_exec *exec, struct ys_arena *arena);

/* ---- what of a reply is recorded in clear (ys_clear.c) ---- */

void ys_clear_reset(struct ys_clear *clear);
/* A value of the parsed reply, or, in XML, the text that was read. */
void ys_clear_value(struct ys_exec *exec, const struct ys_value *value);
/* The same unless its type is personal; members of an object one by one. */
void ys_clear_typed(struct ys_exec *exec, const struct ys_type *type,
                    const struct ys_value *value);
/* Tells what a call sends, by the types of its inputs. */
void ys_clear_sent(struct ys_exec *exec, const struct ys_type *inputs,
                   const struct ys_value *sent);
/* What the expectations and saves of an http step name of its reply. */
void ys_clear_http(struct ys_exec *exec, const struct ys_step *step,
                   const struct ys_value *observation);
/* Whether a header of the reply is recorded in clear. */
bool ys_clear_header(const struct ys_exec *exec, const char *name);
/* The body with everything else as marks. Arena-owned, or `bytes` itself. */
const char *ys_clear_apply(struct ys_exec *exec, const char *bytes, size_t length,
                           size_t *ret_length);

/* ---- bindings ---- */

YS_NODISCARD enum ys_status ys_bindings_prepare(struct ys_engine *engine, struct ys_err *reterr);
/* Builds the request of a page. `inputs` are the abstract ones. */
bool ys_binding_request(struct ys_exec *exec, const struct ys_bound *bound,
                        const struct ys_value *inputs, int64_t page,
                        struct ys_outgoing *ret_outgoing, struct ys_trouble *trouble);
/* Puts the candidate's signature on a complete request, its path and query included. */
bool ys_sign(struct ys_exec *exec, struct ys_outgoing *outgoing, struct ys_trouble *trouble);
/* The worker's reply as {"outcome": …, outputs…}; `ret_reply` is the payload, for paging. */
bool ys_binding_reply(struct ys_exec *exec, const struct ys_bound *bound,
                      const struct ys_value **ret_observation, const struct ys_value **ret_reply,
                      struct ys_trouble *trouble);
/* A date or time in a bank's format, and back: "2026-11-23" by "YYYYMMDD" is "20261123". */
const char *ys_format_time(struct ys_arena *arena, const char *format, const char *iso);
const char *ys_unformat_time(struct ys_arena *arena, const char *format, const char *text);

/* ---- how far clocks can be trusted (ys_trust.c) ---- */

/* Compares the Date of a reply with the time between sending and receiving it. */
void ys_trust_date(struct ys_engine *engine, size_t endpoint, const struct ys_http_reply *reply,
                   int64_t sent_us);
/* Notes that a case depends on the time. */
void ys_trust_note(struct ys_exec *exec);
/* {offset_ms_start, offset_ms_end, drift_ms, trusted}; offsets where a bank sent its Date. */
void ys_trust_measure(struct ys_engine *engine);
/* Cases that depend on the time are undecided where clocks cannot be trusted. */
void ys_trust_apply(struct ys_engine *engine, struct ys_arena *arena);

/* ---- plan and result ---- */

YS_NODISCARD enum ys_status ys_plan_make(struct ys_engine *engine, struct ys_err *reterr);
void ys_plan_run(struct ys_engine *engine);
/* Fills in what the case holds while it runs; arena of the engine. */
void ys_locks_find(struct ys_engine *engine, struct ys_planned *planned);
/* Whether two cases must not run at once. */
bool ys_locks_shared(const struct ys_planned *a, const struct ys_planned *b);

/* What a run directory tells (ys_restore.c); borrowed from the values or arena-owned. `start` is
 * the record with which the run began. Options lack pack, candidate and run directory; they
 * select the cases of the result, of whose division they tell. */
const char **ys_restore_texts(struct ys_arena *arena, const struct ys_value *list,
                              const char *member, size_t *ret_count);
void ys_restore_candidate(struct ys_arena *arena, const struct ys_value *start,
                          const struct ys_value *result, const struct ys_pack *pack,
                          struct ys_candidate *ret_candidate);
void ys_restore_options(struct ys_arena *arena, const struct ys_value *manifest,
                        const struct ys_value *result, struct ys_run_options *ret_options);
/* The pack with what the candidate stated of the card in the run, if it did. */
YS_NODISCARD enum ys_status ys_restore_pack(struct ys_arena *arena, const struct ys_value *manifest,
                                            const struct ys_pack *pack,
                                            const struct ys_pack **ret_pack,
                                            struct ys_err *reterr);
/* The verdict and cause of a case or finding; inconclusive and none where it has no such word. */
enum ys_verdict ys_restore_verdict(const struct ys_value *map);
enum ys_cause ys_restore_cause(const struct ys_value *map);
/* Findings as ys_findings_value() wrote them. */
void ys_restore_findings(struct ys_planned *planned, const struct ys_value *list,
                         int64_t moved_by);
void ys_restore_times(struct ys_planned *planned, const struct ys_value *told);
void ys_restore_span(struct ys_engine *engine, const struct ys_value *result);
/* A result made anew, with the members of the run's own that only the run could know. */
const struct ys_value *ys_restore_members(struct ys_arena *arena, const struct ys_value *made,
                                          const struct ys_value *told);
/* Ends planned cases with the verdicts that a result's `cases` have; sequence numbers are moved by
 * so many. How many were found in the plan and had not ended. */
size_t ys_plan_restore(struct ys_engine *engine, const struct ys_value *cases, int64_t moved_by);

/* What the candidate file declared and what it left out; and the machine's system. Arena-owned. */
const struct ys_value *ys_declared_value(struct ys_engine *engine, struct ys_arena *arena);
/* How the candidate file reads codes: [{what, name, at, codes, operations}]. Arena-owned, but for
 * the codes, which are the candidate's. */
const struct ys_value *ys_translated_value(const struct ys_candidate *candidate,
                                           struct ys_arena *arena);
const char *ys_system_version(struct ys_arena *arena);
/* SM3 of this program's file; NULL where it cannot be read. From one thread only. */
const char *ys_tool_digest(void);
YS_NODISCARD enum ys_status ys_manifest_write(struct ys_engine *engine, struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_result_write(struct ys_engine *engine,
                                            struct ys_run_summary *summary,
                                            struct ys_err *reterr);
/* The result itself. Arena-owned. */
const struct ys_value *ys_result_make(struct ys_engine *engine, struct ys_arena *arena,
                                      struct ys_run_summary *summary);

#endif
