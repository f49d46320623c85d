/* SPDX-License-Identifier: Apache-2.0 */
/* A cut run as a whole: what it must have in common with this one, and what is taken over. */
#include "ys_resume.h"

#include <stdlib.h>
#include <string.h>

#include "ys_file.h"
#include "ys_persons.h"
#include "ys_json.h"
#include "ys_lines.h"
#include "ys_seal.h"

/* ---- opening ---- */

static enum ys_status check_state(const struct ys_engine *engine, struct ys_arena *arena,
                                  struct ys_err *reterr)
{
    struct ys_verification found;
    const char *run_dir = engine->options->run_dir;
    enum ys_status status = ys_seal_verify(arena, run_dir, &found, reterr);
    if (status != YS_OK) {
        return status;
    }
    if (found.fault == YS_FAULT_NONE) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "%s is sealed: the run has ended, and nothing can be added to it",
                          run_dir);
    }
    if (found.fault != YS_FAULT_CUT && found.fault != YS_FAULT_UNSEALED) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN, "%s does not verify: %s", run_dir,
                          found.text);
    }
    if (found.records == 0 || !ys_file_exists(ys_path_join(arena, run_dir, "manifest.json"))) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "%s was cut before its first case: there is nothing to go on with; start "
                          "a new run",
                          run_dir);
    }
    return YS_OK;
}

enum ys_status ys_resume_open(struct ys_engine *engine, struct ys_err *reterr)
{
    struct ys_err err;
    enum ys_status status = check_state(engine, &engine->arena, reterr);
    if (status == YS_OK) {
        status = ys_replay_open(engine->options->run_dir, &engine->replay, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    const struct ys_value *start = ys_replay_start(engine->replay);
    const struct ys_value *run = ys_value_get(start, "run");
    const char *id = ys_value_get_text(run, "id");
    const char *time = ys_value_get_text(start, "time");
    if (!id || !time || ys_time_parse(time, &engine->started_us, NULL) != YS_OK) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE, "%s does not begin with a run",
                          engine->options->run_dir);
    }
    engine->run_value = ys_value_copy(&engine->arena, run);
    for (size_t i = 0; i < ys_value_count(ys_replay_documents(engine->replay)); i++) {
        ys_documents_take(engine, ys_value_at(ys_replay_documents(engine->replay), i));
    }
    status = ys_vault_open(id, &engine->vault, &err);
    if (status != YS_OK) {
        return ys_err_prefix(reterr, &err,
                             "the key and the vault of run %s are needed to go on with it", id);
    }
    engine->redactor = ys_redactor_new(ys_vault_key(engine->vault));
    ys_vault_teach(engine->vault, engine->redactor);
    ys_redactor_keep(engine->redactor, engine->vault);
    return YS_OK;
}

/* ---- what must be the same ---- */

static const struct ys_value *load_manifest(const struct ys_engine *engine, struct ys_arena *arena,
                                            struct ys_err *reterr)
{
    struct ys_buf text;
    const struct ys_value *manifest = NULL;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    const char *path = ys_path_join(arena, engine->options->run_dir, "manifest.json");
    if (ys_file_read(path, &text, reterr) == YS_OK &&
        ys_json_parse(arena, text.bytes, text.length, &manifest, reterr) != YS_OK) {
        manifest = NULL;
    }
    ys_buf_clear(&text);
    return manifest;
}

static enum ys_status differs(struct ys_err *reterr, const char *what, const char *was,
                              const char *is)
{
    return ys_err_set(reterr, YS_ERR_USAGE,
                      "the run cannot go on, because %s is not that of its manifest: was %s, is %s",
                      what, was ? was : "none", is ? is : "none");
}

static size_t input_count(const struct ys_engine *engine)
{
    return engine->pack->document_count + (engine->candidate->document_list ? 2u : 1u);
}

/* The file of these inputs whose digest the manifest does not have, or NULL. */
static const char *changed_input(const struct ys_engine *engine, const struct ys_value *inputs)
{
    size_t count = engine->pack->document_count;
    for (size_t i = 0; i < input_count(engine); i++) {
        const struct ys_document *document = i < count    ? engine->pack->documents[i]
                                             : i == count ? engine->candidate->document
                                                          : engine->candidate->document_list;
        bool known = false;
        for (size_t k = 0; !known && k < ys_value_count(inputs); k++) {
            const char *digest = ys_value_get_text(ys_value_at(inputs, k), "sm3");
            known = digest && strcmp(digest, document->digest) == 0;
        }
        if (!known) {
            return document->name;
        }
    }
    return NULL;
}

/* What the candidate supplies, secrets and environment read, must be what it was. */
static enum ys_status check_supplies(struct ys_engine *engine, struct ys_arena *arena,
                                     struct ys_err *reterr)
{
    const struct ys_value *recorded = ys_value_get(ys_replay_start(engine->replay), "supplies");
    const struct ys_value *was = NULL;
    enum ys_status status = ys_replay_value(engine->replay, arena, recorded, &was, reterr);
    if (status == YS_OK && ys_value_text(was)) {
        status = ys_json_parse(arena, was->as.string.bytes, was->as.string.length, &was, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    const struct ys_value *is = ys_redact_value(engine->redactor, arena, engine->supplies);
    if (!ys_value_equal(was, is)) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "the run cannot go on, because what the candidate supplies (secrets and "
                          "files of its 'supplies') is not what it was when the run began");
    }
    return YS_OK;
}

/* What comes now must not seem to have been before. */
static enum ys_status check_clock(struct ys_engine *engine, struct ys_arena *arena,
                                  struct ys_err *reterr)
{
    int64_t last_us = 0;
    int64_t now_us = ys_engine_wall(engine);
    const char *time = ys_value_get_text(ys_replay_end(engine->replay, arena), "time");
    if (time && ys_time_parse(time, &last_us, NULL) == YS_OK &&
        last_us - now_us > (int64_t)YS_CLOCK_BACK_MS * 1000) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "the last record of the run is of %s, and the clock of this machine is "
                          "%lld ms behind it: set the clock right before the run goes on",
                          time, (long long)((last_us - now_us) / 1000));
    }
    return YS_OK;
}

enum ys_status ys_resume_check(struct ys_engine *engine, struct ys_err *reterr)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    const struct ys_value *manifest = load_manifest(engine, &arena, reterr);
    const struct ys_value *inputs = ys_value_get(manifest, "inputs");
    const char *seed = ys_value_get_text(manifest, "seed");
    const char *candidate = ys_value_get_text(manifest, "candidate");
    const char *plan = ys_value_get_text(ys_value_get(manifest, "plan"), "sm3");
    const char *now = ys_arena_printf(&arena, "%llu", (unsigned long long)engine->options->seed);
    enum ys_status status = manifest ? YS_OK : YS_ERR_EVIDENCE_STATE;
    const char *changed = manifest ? changed_input(engine, inputs) : NULL;
    /* The proof is taken from the manifest itself. */
    size_t files = input_count(engine) + (ys_value_get(manifest, "proof") ? 1u : 0u);
    if (status != YS_OK) {
        ys_err_set(reterr, status, "%s: its manifest.json cannot be read",
                   engine->options->run_dir);
    } else if (!candidate || strcmp(candidate, engine->candidate->id) != 0) {
        status = differs(reterr, "the candidate", candidate, engine->candidate->id);
    } else if (changed) {
        status = ys_err_set(reterr, YS_ERR_USAGE,
                            "the run cannot go on, because %s was changed since it began; put it "
                            "back, or start a new run",
                            changed);
    } else if (ys_value_count(inputs) != files) {
        status = differs(reterr, "the number of suites and other inputs",
                         ys_arena_printf(&arena, "%zu", ys_value_count(inputs)),
                         ys_arena_printf(&arena, "%zu", files));
    } else if (!seed || strcmp(seed, now) != 0) {
        status = differs(reterr, "the seed", seed, now);
    } else if (!plan || strcmp(plan, engine->plan_digest) != 0 ||
               ys_value_get_int(manifest, "cases", -1) != (int64_t)engine->planned_count) {
        status = differs(reterr, "the plan (--case, --clause, --shard, --durations)", plan,
                         engine->plan_digest);
    } else {
        status = check_supplies(engine, &arena, reterr);
        status = status == YS_OK ? check_clock(engine, &arena, reterr) : status;
    }
    ys_arena_clear(&arena);
    return status;
}

/* ---- what is taken over ---- */

/* What the record says of a planned case. */
struct begun {
    struct ys_planned *planned;
    int64_t open; /* record that announced what was never answered, 0 = none */
    char *open_what;
    char *place; /* of the last record */
};

struct takeover {
    struct ys_engine *engine;
    struct ys_arena arena; /* of one record */
    struct begun *cases;   /* sorted by id */
    struct ys_value *cuts;
    int64_t requests;
    int64_t apdus;
    int64_t objects;
};

static int compare_begun(const void *a, const void *b)
{
    const struct begun *x = a;
    const struct begun *y = b;
    return strcmp(x->planned->subject->id, y->planned->subject->id);
}

static struct begun *find_begun(const struct takeover *work, const char *id)
{
    size_t low = 0;
    size_t high = work->engine->planned_count;
    while (id && low < high) {
        size_t middle = low + (high - low) / 2u;
        int order = strcmp(work->cases[middle].planned->subject->id, id);
        if (order == 0) {
            return &work->cases[middle];
        }
        low = order < 0 ? middle + 1u : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static const char *text_of(struct ys_arena *arena, const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? ys_arena_strdup(arena, text) : "";
}

/* A verdict counts as it was recorded. */
static enum ys_status take_verdict(struct takeover *work, struct ys_planned *planned,
                                   const struct ys_value *record, struct ys_err *reterr)
{
    const struct ys_value *findings = ys_value_get(record, "findings");
    const char *started = ys_value_get_text(record, "started");
    struct ys_case_result *result = &planned->result;
    enum ys_status status =
        findings ? ys_replay_value(work->engine->replay, &work->arena, findings, &findings, reterr)
                 : YS_OK;
    if (status == YS_OK && ys_value_text(findings)) {
        status = ys_json_parse(&work->arena, findings->as.string.bytes, findings->as.string.length,
                               &findings, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    planned->state = YS_DONE;
    planned->time_based = ys_value_get_bool(record, "time_based", false);
    planned->cut = false;
    result->verdict = ys_restore_verdict(record);
    result->cause = ys_restore_cause(record);
    result->reason = text_of(&planned->arena, record, "reason");
    result->duration_ms = ys_value_get_int(record, "duration_ms", 0);
    result->findings_omitted = (size_t)ys_value_get_int(record, "findings_omitted", 0);
    if (!started || ys_time_parse(started, &result->started_us, NULL) != YS_OK) {
        result->started_us = work->engine->started_us;
    }
    ys_restore_findings(planned, findings, 0);
    ys_attempts_take(planned, record, 0);
    return YS_OK;
}

/* Earlier cuts of this run, as they were recorded. */
static void take_cuts(struct takeover *work, const struct ys_value *record)
{
    const struct ys_value *cuts = ys_value_get(record, "cuts");
    struct ys_arena *arena = &work->engine->arena;
    for (size_t i = 0; i < ys_value_count(cuts); i++) {
        struct ys_value *one = ys_value_copy(arena, ys_value_at(cuts, i));
        ys_value_set(arena, one, "after",
                     ys_value_int(arena, ys_value_get_int(record, "after", 0)));
        ys_value_set_text(arena, one, "resumed", ys_value_get_text(record, "time"));
        ys_value_append(arena, work->cuts, one);
    }
}

static void count_record(struct takeover *work, const char *kind, const struct ys_value *record)
{
    const char *name = ys_value_get_text(record, "operation");
    const struct ys_operation *operation =
        name ? ys_catalogue_operation(work->engine->pack->catalogue, name) : NULL;
    work->requests += strcmp(kind, "http") == 0;
    work->apdus += strcmp(kind, "card") == 0;
    work->objects += strcmp(kind, "sending") == 0 && operation && operation->creates;
}

static enum ys_status take_record(struct takeover *work, const struct ys_value *record,
                                  struct ys_err *reterr)
{
    struct ys_engine *engine = work->engine;
    const char *kind = ys_value_get_text(record, "kind");
    struct begun *begun = find_begun(work, ys_value_get_text(record, "case"));
    if (!kind) {
        return YS_OK;
    }
    count_record(work, kind, record);
    if (strcmp(kind, "run") == 0) {
        take_cuts(work, record);
    }
    if (!begun) {
        return YS_OK;
    }
    struct ys_planned *planned = begun->planned;
    int64_t seq = ys_value_get_int(record, "seq", 0);
    ys_evidence_note(planned, seq);
    planned->cut_after = seq;
    if (strcmp(kind, "case") == 0) {
        planned->cut = true;
        planned->number = ys_value_get_int(record, "number", planned->number);
        const char *time = ys_value_get_text(record, "time");
        if (!ys_value_get_bool(record, "resumed", false) &&
            ys_time_parse(time ? time : "", &planned->result.started_us, NULL) != YS_OK) {
            planned->result.started_us = engine->started_us;
        }
    } else if (strcmp(kind, "verdict") == 0) {
        return take_verdict(work, planned, record, reterr);
    } else if (strcmp(kind, "sending") == 0) {
        const char *what = ys_value_get_text(record, "operation");
        begun->open = seq;
        begun->open_what = ys_arena_strdup(&engine->arena, what ? what : "something");
    } else if (ys_value_get_int(record, "sent", 0) == begun->open) {
        begun->open = 0;
    }
    const char *step = ys_value_get_text(record, "step");
    if (step && *step) {
        begun->place = ys_arena_strdup(&engine->arena, step);
    }
    return YS_OK;
}

static enum ys_status read_record(struct takeover *work, struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    const char *path =
        ys_path_join(&work->engine->arena, work->engine->options->run_dir, "evidence.jsonl");
    enum ys_status status = ys_lines_open(path, &lines, reterr);
    while (status == YS_OK && (status = ys_lines_next(lines, &line, reterr)) == YS_OK &&
           line.text && line.is_whole) {
        const struct ys_value *record = NULL;
        ys_arena_reset(&work->arena);
        status = ys_json_parse(&work->arena, line.text, line.length, &record, reterr);
        if (status == YS_OK) {
            status = take_record(work, record, reterr);
        }
    }
    ys_lines_free(lines);
    return status;
}

/* {case, reason} of each case that was cut; one without a case where none was in work. */
static struct ys_value *list_cuts(const struct takeover *work, struct ys_arena *arena)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < work->engine->planned_count; i++) {
        const struct begun *begun = find_begun(work, work->engine->planned[i].subject->id);
        if (!begun->planned->cut) {
            continue;
        }
        struct ys_value *one = ys_value_map(arena);
        const char *place = begun->place ? begun->place : "its beginning";
        ys_value_set_text(arena, one, "case", begun->planned->subject->id);
        ys_value_set_text(arena, one, "reason",
                          begun->open
                              ? ys_arena_printf(arena,
                                                "cut at %s after %s was sent and before its reply "
                                                "was recorded",
                                                place, begun->open_what)
                              : ys_arena_printf(arena, "cut behind %s; nothing that was done is "
                                                       "done again",
                                                place));
        ys_value_append(arena, list, one);
    }
    if (ys_value_count(list) == 0) {
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "case", "");
        ys_value_set_text(arena, one, "reason", "cut between two cases");
        ys_value_append(arena, list, one);
    }
    return list;
}

static enum ys_status record_cut(struct takeover *work, const struct ys_log_cut *cut,
                                 struct ys_err *reterr)
{
    struct ys_arena *arena = &work->engine->arena;
    struct ys_value *record = ys_value_map(arena);
    char time[YS_TIME_TEXT_MAX];
    int64_t seq = 0;
    ys_value_set_text(arena, record, "kind", "run");
    ys_value_set_text(arena, record, "state", "resumed");
    ys_value_set_int(arena, record, "after", cut->after);
    ys_value_set_int(arena, record, "dropped", cut->dropped);
    if (cut->dropped) {
        ys_value_set_text(arena, record, "dropped_sm3", cut->dropped_sm3);
    }
    ys_value_set(arena, record, "cuts", list_cuts(work, arena));
    ys_time_format_utc(ys_engine_wall(work->engine), time);
    enum ys_status status = ys_log_append(work->engine->log, record, &seq, reterr);
    if (status == YS_OK) {
        status = ys_log_sync(work->engine->log, seq, reterr);
    }
    ys_value_set_text(arena, record, "time", time);
    take_cuts(work, record);
    return status;
}

enum ys_status ys_resume_prepare(struct ys_engine *engine, const struct ys_log_cut *cut,
                                 struct ys_err *reterr)
{
    struct takeover work = {.engine = engine, .cuts = ys_value_list(&engine->arena)};
    ys_arena_init(&work.arena);
    work.cases = ys_calloc(engine->planned_count + 1u, sizeof *work.cases);
    for (size_t i = 0; i < engine->planned_count; i++) {
        work.cases[i].planned = &engine->planned[i];
        engine->planned[i].result.subject = engine->planned[i].subject;
    }
    qsort(work.cases, engine->planned_count, sizeof *work.cases, compare_begun);
    enum ys_status status = read_record(&work, reterr);
    if (status == YS_OK) {
        status = record_cut(&work, cut, reterr);
    }
    engine->cuts = work.cuts;
    atomic_store(&engine->requests, work.requests);
    atomic_store(&engine->apdus, work.apdus);
    atomic_store(&engine->objects, work.objects);
    ys_free(work.cases);
    ys_arena_clear(&work.arena);
    return status;
}
