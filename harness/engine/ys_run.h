/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run: plan the cases, execute their steps against the candidate, record every exchange, judge,
 * roll up to clauses, write result.json and seal the run directory.
 *
 * The engine never prints. It tells a struct ys_run_events what happens; the command line shows
 * it. Judging is a function of recorded observations (ys_judge.h).
 */
#ifndef YS_RUN_H
#define YS_RUN_H

#include "ys_card.h"
#include "ys_clock.h"
#include "ys_http.h"
#include "ys_pack.h"
#include "ys_proof.h"
#include "ys_shard.h"
#include "ys_verdict.h"

enum ys_purpose { YS_PURPOSE_SELFTEST, YS_PURPOSE_ACCEPTANCE, YS_PURPOSE_GATE };
const char *ys_purpose_name(enum ys_purpose purpose);
/* False, and nothing set, for NULL or a word that is no purpose. */
bool ys_purpose_named(const char *name, enum ys_purpose *ret_purpose);

/* One thing that was expected and not found, or could not be decided. */
struct ys_finding {
    enum ys_verdict verdict;
    enum ys_cause cause;
    const char *step;     /* "steps[0].repeat[4].call atm.withdraw" */
    const char *file;
    uint32_t line;
    const char *target;   /* "fee", "json $.fee", "tlv 6F/84", "" */
    const char *expected; /* "equals 0" */
    const char *observed; /* "2" */
    const char *reason;   /* one sentence */
    const char *reproduce; /* a command, placeholders for secrets; "" when there is none */
    int64_t evidence;      /* sequence number of the observation, 0 = none */
    const char *fingerprint; /* digest of what failed, without what changes from run to run */
};

struct ys_case_result {
    const struct ys_case *subject;
    enum ys_verdict verdict;
    enum ys_cause cause;
    const char *reason; /* "" when passed */
    int64_t started_us; /* wall */
    int64_t duration_ms;
    int64_t *evidence; /* sequence numbers of its records, ascending; the last one always */
    size_t evidence_count;
    size_t evidence_omitted; /* beyond YS_EVIDENCE_PER_CASE_MAX; they carry the case's id too */
    const struct ys_finding *findings;
    size_t finding_count;
    size_t findings_omitted;
    size_t earlier_count; /* attempts that a later one replaced */
    struct ys_value *earlier; /* the first of them, YS_ATTEMPTS_PER_CASE_MAX; NULL: none */
};

/* What a person or a bar may want to see. Calls are serialised. */
struct ys_run_events {
    void *context;
    void (*planned)(void *context, size_t case_count);
    void (*case_started)(void *context, const struct ys_case *subject);
    void (*case_ended)(void *context, const struct ys_case_result *result);
    /* "waits for card in reader card", "polls until …"; NULL: no longer. */
    void (*waiting)(void *context, const char *what);
};

struct ys_run_options {
    const struct ys_pack *pack;
    const struct ys_candidate *candidate;
    const char *run_dir;
    bool resume;      /* run_dir holds a run that was cut: go on with it */
    bool keeps_vault; /* key and vault of the run are kept (ys_vault.h) */
    enum ys_purpose purpose;
    bool allow_virtual;
    const char *const *case_globs; /* run only cases that match one; none: all */
    size_t case_glob_count;
    const char *const *clause_ids; /* run only cases of these clauses; none: all */
    size_t clause_id_count;
    struct ys_shard shard;         /* the part of the plan that this run does; count 0: all */
    const struct ys_value *durations; /* {case: ms} of earlier runs, to balance parts; or NULL */
    bool shuffle;                  /* cases start in an order drawn from the seed */
    const char *const *case_ids; /* run only these of them; NULL: all */
    size_t case_id_count;
    unsigned jobs;  /* cases at once, at least 1 */
    uint64_t seed;
    const char *build;             /* the candidate's build id or NULL */
    const char *inspector;         /* who answers for the run by name, or NULL */
    const struct ys_value *previous; /* {run, seal} of the signed run before, or NULL */
    const struct ys_value *proof;  /* as the manifest keeps it (ys_proof_value), or NULL: none */
    const volatile int *stop;      /* becomes non-zero on Ctrl-C; finally steps still run */
    const struct ys_clock *clock;
    const struct ys_card_port *cards; /* NULL: none; opened lazily by the caller */
    const char *record_cards; /* a folder to make with what the cards say, or NULL */
    const char *replay_cards; /* such a folder in the place of cards and readers, or NULL */
    const struct ys_value *recorded_run; /* {id, number} of the run recorded; NULL: drawn */
    const char *tries_folder; /* where the tries of cards are remembered (ys_card_guard.h); NULL:
                                 by nobody */
    const struct ys_run_events *events;
};

/* Of a folder that a run left with `record_cards`: sets replay_cards, recorded_run and seed, so
 * that the same commands are sent. YS_ERR_NOT_FOUND, YS_ERR_SYNTAX. */
YS_NODISCARD enum ys_status ys_recording_read(struct ys_arena *arena, const char *folder,
                                              struct ys_run_options *options,
                                              struct ys_err *reterr);

/* A proof as the manifest keeps it: what the file says, with its name and digest. Shares what it
 * says with the proof. */
const struct ys_value *ys_proof_value(struct ys_arena *arena, const struct ys_proof *proof);

struct ys_run_summary {
    enum ys_conclusion conclusion;
    bool interrupted;
    size_t counts[YS_VERDICT_COUNT]; /* of cases */
    size_t clause_counts[YS_VERDICT_COUNT];
    size_t mandatory_failing;
    int64_t duration_ms;
    int64_t requests;
    int64_t apdus;
};

/* Executes the plan. YS_OK when a result was written and sealed, whatever it says about the
 * bank; an error when the harness could not do its work. */
YS_NODISCARD enum ys_status ys_run(const struct ys_run_options *options,
                                   struct ys_run_summary *ret_summary, struct ys_err *reterr);

#endif
