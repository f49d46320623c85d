/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_run.h"

#include <string.h>

#include "ys_crypto.h"
#include "ys_engine_private.h"
#include "ys_file.h"
#include "ys_leak.h"
#include "ys_persons.h"
#include "ys_recording.h"
#include "ys_resume.h"
#include "ys_seal.h"

#define RUN_ID_BYTES 6u
#define RUN_NUMBERS 36000u /* run.number: distinct from run to run for some while */

const char *ys_purpose_name(enum ys_purpose purpose)
{
    switch (purpose) {
    case YS_PURPOSE_SELFTEST:
        return "selftest";
    case YS_PURPOSE_ACCEPTANCE:
        return "acceptance";
    case YS_PURPOSE_GATE:
        return "gate";
    }
    return "";
}

bool ys_engine_rejudges(const struct ys_engine *engine)
{
    return engine->replay && !engine->log;
}

bool ys_purpose_named(const char *name, enum ys_purpose *ret_purpose)
{
    static const enum ys_purpose purposes[] = {YS_PURPOSE_SELFTEST, YS_PURPOSE_ACCEPTANCE,
                                               YS_PURPOSE_GATE};
    for (size_t i = 0; name && i < sizeof purposes / sizeof purposes[0]; i++) {
        if (strcmp(ys_purpose_name(purposes[i]), name) == 0) {
            *ret_purpose = purposes[i];
            return true;
        }
    }
    return false;
}

bool ys_engine_stopped(const struct ys_engine *engine)
{
    return engine->options->stop && *engine->options->stop;
}

void ys_engine_break(struct ys_engine *engine, const struct ys_err *err)
{
    pthread_mutex_lock(&engine->mutex);
    if (!atomic_exchange(&engine->broken, true)) {
        engine->fatal = *err;
    }
    pthread_mutex_unlock(&engine->mutex);
}

int64_t ys_engine_wall(const struct ys_engine *engine)
{
    return engine->clock->wall_us(engine->clock->context);
}

int64_t ys_engine_monotonic(const struct ys_engine *engine)
{
    return engine->clock->monotonic_ns(engine->clock->context);
}

static enum ys_status make_variables(struct ys_engine *engine, struct ys_err *reterr)
{
    uint8_t bytes[RUN_ID_BYTES];
    char id[2 * RUN_ID_BYTES + 1];
    if (ys_random(bytes, sizeof bytes) != YS_OK) {
        return ys_err_set(reterr, YS_ERR_CRYPTO, "no random numbers");
    }
    ys_hex_encode_lower(bytes, sizeof bytes, id);
    const struct ys_value *recorded = engine->options->recorded_run;
    unsigned number = ((unsigned)bytes[0] << 16 | (unsigned)bytes[1] << 8 | bytes[2]) % RUN_NUMBERS;
    engine->run_value = ys_value_map(&engine->arena);
    ys_value_set_text(&engine->arena, engine->run_value, "id",
                      recorded ? ys_value_get_text(recorded, "id") : id);
    ys_value_set_int(&engine->arena, engine->run_value, "number",
                     ys_value_get_int(recorded, "number", (int64_t)number));
    ys_value_set_int(&engine->arena, engine->run_value, "pin_tries_floor",
                     engine->candidate->pin_tries_floor);
    engine->endpoints_value = ys_value_list(&engine->arena);
    engine->client_endpoints_value = ys_value_list(&engine->arena);
    for (size_t i = 0; i < engine->candidate->endpoint_count; i++) {
        const struct ys_endpoint *endpoint = &engine->candidate->endpoints[i];
        struct ys_value *name = ys_value_string(&engine->arena, endpoint->name);
        ys_value_append(&engine->arena, engine->endpoints_value, name);
        if (endpoint->client_certificate) {
            ys_value_append(&engine->arena, engine->client_endpoints_value, name);
        }
    }
    engine->signing_value = ys_signing_value(&engine->arena, engine->candidate);
    engine->readers_value = ys_value_list(&engine->arena);
    for (size_t i = 0; i < engine->candidate->reader_count; i++) {
        ys_value_append(&engine->arena, engine->readers_value,
                        ys_value_string(&engine->arena, engine->candidate->readers[i].role));
    }
    engine->seed_value =
        ys_value_int(&engine->arena, (int64_t)(engine->options->seed & INT64_MAX));
    return YS_OK;
}

/* The key of the marks: kept with the vault, or forgotten at the end. */
static enum ys_status open_redactor(struct ys_engine *engine, struct ys_err *reterr)
{
    uint8_t key[YS_REDACT_KEY_BYTES];
    if (engine->options->keeps_vault) {
        const char *id = ys_value_get_text(engine->run_value, "id");
        enum ys_status status = ys_vault_create(id, &engine->vault, reterr);
        if (status != YS_OK) {
            return status;
        }
        memcpy(key, ys_vault_key(engine->vault), sizeof key);
    } else if (ys_random(key, sizeof key) != YS_OK) {
        return ys_err_set(reterr, YS_ERR_CRYPTO, "no random numbers");
    }
    engine->redactor = ys_redactor_new(key);
    ys_redactor_keep(engine->redactor, engine->vault);
    ys_wipe(key, sizeof key);
    return YS_OK;
}

enum ys_status ys_engine_open(struct ys_engine *engine, const struct ys_run_options *options,
                              struct ys_err *reterr)
{
    *engine = (struct ys_engine){
        .options = options,
        .pack = options->pack,
        .candidate = options->candidate,
        .clock = options->clock ? options->clock : ys_clock_real(),
    };
    ys_arena_init(&engine->arena);
    pthread_mutex_init(&engine->mutex, NULL);
    pthread_mutex_init(&engine->token_mutex, NULL);
    pthread_mutex_init(&engine->plan_mutex, NULL);
    pthread_mutex_init(&engine->events_mutex, NULL);
    pthread_cond_init(&engine->plan_changed, NULL);
    engine->started_us = ys_engine_wall(engine);
    engine->opened_us = engine->started_us;
    engine->started_ns = ys_engine_monotonic(engine);
    engine->endpoints = ys_arena_calloc(&engine->arena, engine->candidate->endpoint_count + 1,
                                        sizeof *engine->endpoints);
    engine->guard =
        ys_card_guard_new(options->tries_folder, engine->candidate->pin_tries_floor);
    enum ys_status status = make_variables(engine, reterr);
    if (status == YS_OK) {
        status = options->resume ? ys_resume_open(engine, reterr) : open_redactor(engine, reterr);
    }
    if (status == YS_OK) {
        status = ys_supplies_resolve(&engine->arena, engine->pack, engine->candidate,
                                     engine->redactor, &engine->supplies, reterr);
    }
    return status == YS_OK ? ys_bindings_prepare(engine, reterr) : status;
}

void ys_engine_close(struct ys_engine *engine)
{
    bool begun = engine->log || engine->options->resume;
    ys_log_free(engine->log);
    if (begun) {
        ys_vault_free(engine->vault);
    } else {
        ys_vault_discard(engine->vault);
    }
    ys_redactor_free(engine->redactor);
    ys_sm2_key_free(engine->signing_key);
    ys_card_guard_free(engine->guard);
    if (engine->token) {
        ys_wipe(engine->token, strlen(engine->token));
        ys_free(engine->token);
    }
    for (size_t i = 0; i < engine->planned_count; i++) {
        ys_arena_clear(&engine->planned[i].arena);
    }
    ys_free(engine->planned);
    ys_arena_clear(&engine->arena);
    pthread_mutex_destroy(&engine->mutex);
    pthread_mutex_destroy(&engine->token_mutex);
    pthread_mutex_destroy(&engine->plan_mutex);
    pthread_mutex_destroy(&engine->events_mutex);
    pthread_cond_destroy(&engine->plan_changed);
}

/* What judging needs to know of the candidate, so that the record can be judged again alone. */
static bool record_inputs(struct ys_engine *engine, struct ys_arena *arena,
                          struct ys_value *record)
{
    struct ys_value *listed = ys_value_list(arena);
    for (size_t i = 0; i < engine->candidate->listed_clause_count; i++) {
        ys_value_append(arena, listed,
                        ys_value_string(arena, engine->candidate->listed_clauses[i]));
    }
    ys_value_set(arena, record, "endpoints", engine->endpoints_value);
    ys_value_set(arena, record, "client_endpoints", engine->client_endpoints_value);
    ys_value_set(arena, record, "signing", engine->signing_value);
    ys_value_set(arena, record, "readers", engine->readers_value);
    ys_value_set(arena, record, "listed", listed);
    ys_value_set_bool(arena, record, "reference_bank", engine->candidate->reference_bank);
    ys_value_set(arena, record, "seed", engine->seed_value);
    return ys_engine_record_value(engine, arena, record, "supplies", engine->supplies);
}

static enum ys_status record_run(struct ys_engine *engine, const char *state,
                                 struct ys_err *reterr)
{
    bool starts = strcmp(state, "started") == 0;
    struct ys_arena arena;
    int64_t seq = 0;
    ys_arena_init(&arena);
    struct ys_value *record = ys_value_map(&arena);
    ys_value_set_text(&arena, record, "kind", "run");
    ys_value_set_text(&arena, record, "state", state);
    ys_value_set_text(&arena, record, "candidate", engine->candidate->id);
    ys_value_set_text(&arena, record, "regulation", engine->pack->regulation->id);
    ys_value_set(&arena, record, "run", engine->run_value);
    ys_value_set_int(&arena, record, "cases", (int64_t)engine->planned_count);
    if (engine->clock_value) {
        ys_value_set(&arena, record, "clock_trust", engine->clock_value);
    }
    if (starts && !record_inputs(engine, &arena, record)) {
        ys_arena_clear(&arena);
        if (reterr) {
            *reterr = engine->fatal;
        }
        return engine->fatal.status;
    }
    enum ys_status status = ys_log_append(engine->log, record, &seq, reterr);
    if (status == YS_OK) {
        status = ys_log_sync(engine->log, seq, reterr);
    }
    ys_arena_clear(&arena);
    return status;
}

/* Nothing is sealed that would show what it must not. */
static enum ys_status check_leaks(struct ys_engine *engine, struct ys_err *reterr)
{
    struct ys_leak leak;
    bool found = false;
    enum ys_status status = ys_leak_scan(&engine->arena, engine->options->run_dir,
                                         engine->redactor, &found, &leak, reterr);
    if (status == YS_OK && found) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_LEAK,
                          "%s/%s, byte %lld: %s stands here in clear, so the run is not sealed and "
                          "must not be passed on",
                          engine->options->run_dir, leak.file, (long long)leak.offset, leak.what);
    }
    return status;
}

static enum ys_status finish(struct ys_engine *engine, struct ys_run_summary *summary,
                             struct ys_err *reterr)
{
    char head[65];
    int64_t records = 0;
    summary->interrupted = ys_engine_stopped(engine);
    ys_trust_measure(engine);
    enum ys_status status =
        record_run(engine, summary->interrupted ? "interrupted" : "ended", reterr);
    if (status != YS_OK) {
        return status;
    }
    summary->requests = atomic_load(&engine->requests);
    summary->apdus = atomic_load(&engine->apdus);
    summary->duration_ms = (ys_engine_monotonic(engine) - engine->started_ns) / 1000000;
    status = ys_log_close(engine->log, head, &records, reterr);
    if (status == YS_OK) {
        status = ys_result_write(engine, summary, reterr);
    }
    if (status == YS_OK) {
        status = check_leaks(engine, reterr);
    }
    if (status == YS_OK) {
        status = ys_seal_write(engine->options->run_dir, head, records, summary->interrupted,
                               reterr);
    }
    return status;
}

/* A new run directory, with its manifest and first record. */
static enum ys_status begin(struct ys_engine *engine, struct ys_err *reterr)
{
    const char *run_dir = engine->options->run_dir;
    enum ys_status status = ys_folder_make(run_dir, reterr);
    if (status == YS_OK) {
        status = ys_log_create(run_dir, engine->clock, engine->redactor, &engine->log, reterr);
    }
    if (status == YS_OK) {
        ys_log_keep(engine->log, engine->vault);
        status = ys_manifest_write(engine, reterr);
    }
    return status == YS_OK ? record_run(engine, "started", reterr) : status;
}

/* One that was cut, behind its last whole record. */
static enum ys_status resume(struct ys_engine *engine, struct ys_err *reterr)
{
    struct ys_log_cut cut;
    enum ys_status status = ys_resume_check(engine, reterr);
    if (status == YS_OK) {
        status = ys_log_resume(engine->options->run_dir, engine->clock, engine->redactor,
                               &engine->log, &cut, reterr);
    }
    if (status == YS_OK) {
        ys_log_keep(engine->log, engine->vault);
        status = ys_resume_prepare(engine, &cut, reterr);
    }
    return status;
}

static enum ys_status execute(struct ys_engine *engine, struct ys_run_summary *summary,
                              struct ys_err *reterr)
{
    const struct ys_run_options *options = engine->options;
    enum ys_status status = ys_plan_make(engine, reterr);
    if (status == YS_OK) {
        status = options->resume ? resume(engine, reterr) : begin(engine, reterr);
    }
    if (status == YS_OK) {
        status = ys_recording_begin(engine, reterr);
    }
    if (status == YS_OK) {
        status = ys_documents_look(engine, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    if (options->events && options->events->planned) {
        options->events->planned(options->events->context, engine->planned_count);
    }
    ys_plan_run(engine);
    if (atomic_load(&engine->broken)) {
        if (reterr) {
            *reterr = engine->fatal;
        }
        return engine->fatal.status;
    }
    return finish(engine, summary, reterr);
}

enum ys_status ys_run(const struct ys_run_options *options, struct ys_run_summary *ret_summary,
                      struct ys_err *reterr)
{
    struct ys_engine engine;
    struct ys_run_summary summary = {.conclusion = YS_CONCLUSION_INCOMPLETE};
    enum ys_status status = ys_engine_open(&engine, options, reterr);
    if (status == YS_OK) {
        status = execute(&engine, &summary, reterr);
    }
    struct ys_replay *replay = engine.replay;
    ys_engine_close(&engine);
    ys_replay_free(replay);
    if (status == YS_OK) {
        *ret_summary = summary;
    }
    return status;
}
