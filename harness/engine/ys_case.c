/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case: its fragments, preparation and steps, and then, whatever happened, everything that
 * undoes. Its verdict counts only when its records are on disk.
 */
#include "ys_recording.h"
#include "ys_replay.h"

#include <string.h>

#define PATH_BYTES_MAX 2048u

static void pass_reason(struct ys_case_result *result)
{
    if (!result->reason) {
        result->reason = "";
    }
}

/* Called with exec's thread owning the case: not inside parallel steps. */
static void remember_undo(struct ys_case_run *run, const struct ys_fragment *fragment,
                          struct ys_scope *scope)
{
    pthread_mutex_lock(&run->mutex);
    if (run->undo_count == run->undo_capacity) {
        size_t capacity = run->undo_capacity ? 2 * run->undo_capacity : 8;
        run->undo = ys_realloc(run->undo, capacity * sizeof *run->undo);
        run->undo_capacity = capacity;
    }
    run->undo[run->undo_count++] = (struct ys_undo){fragment, scope};
    pthread_mutex_unlock(&run->mutex);
}

/* A scope with an arena of its own, alive until the case's end: `finally` still needs it. */
static struct ys_scope *lasting_scope(struct ys_case_run *run)
{
    struct ys_scope *scope = ys_calloc(1, sizeof *scope);
    struct ys_arena *arena = ys_calloc(1, sizeof *arena);
    ys_arena_init(arena);
    ys_scope_init(scope, &run->scope, arena);
    return scope;
}

static void free_lasting(struct ys_scope *scope)
{
    ys_arena_clear(scope->arena);
    ys_free(scope->arena);
    ys_free(scope);
}

/* Sets `name` in `target` to what the fragment gives. */
static bool give(struct ys_exec *exec, const struct ys_fragment *fragment, struct ys_scope *inner,
                 struct ys_scope *target, const char *name, struct ys_trouble *trouble)
{
    const struct ys_value *value = NULL;
    if (!fragment->gives) {
        return true;
    }
    if (!ys_exec_expand(exec, inner, fragment->gives, &value, trouble)) {
        return false;
    }
    ys_scope_set(target, name, value);
    return true;
}

static bool is_used(const struct ys_case_run *run, const char *id)
{
    for (size_t i = 0; i < run->used_count; i++) {
        if (strcmp(run->used[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* Runs a fragment's steps in `inner`. */
static bool run_fragment(struct ys_exec *exec, const struct ys_fragment *fragment,
                         struct ys_scope *inner)
{
    struct ys_scope *outer = exec->scope;
    size_t length = exec->path.length;
    if (ys_buf_printf(&exec->path, "%s%s", length ? "." : "", fragment->id) != YS_OK) {
        exec->path.length = length;
    }
    exec->scope = inner;
    bool goes_on = ys_steps_run(exec, fragment->steps, fragment->step_count);
    exec->scope = outer;
    exec->path.length = length;
    exec->path.bytes[length] = '\0';
    return goes_on;
}

/* A fragment of `uses`, after those it needs itself; once a case. */
static bool ensure_used(struct ys_exec *exec, const char *id)
{
    struct ys_case_run *run = exec->run;
    const struct ys_suite *suite = run->subject->suite;
    if (is_used(run, id)) {
        return true;
    }
    const struct ys_fragment *fragment = ys_pack_fragment(exec->engine->pack, suite, id);
    if (!fragment || run->used_count == YS_STEP_DEPTH_MAX * 4) {
        return false;
    }
    for (size_t i = 0; i < fragment->use_count; i++) {
        if (!ensure_used(exec, fragment->uses[i])) {
            return false;
        }
    }
    run->used[run->used_count++] = fragment->id;
    struct ys_scope *inner = lasting_scope(run);
    remember_undo(run, fragment, inner);
    if (!run_fragment(exec, fragment, inner)) {
        return false;
    }
    struct ys_trouble trouble;
    const struct ys_step place = {.document = fragment->document, .at = fragment->at};
    return give(exec, fragment, inner, &run->scope, fragment->id, &trouble) ||
           ys_exec_trouble(exec, &place, &trouble);
}

static bool set_params(struct ys_exec *exec, const struct ys_step *step, struct ys_scope *inner,
                       struct ys_trouble *trouble)
{
    for (size_t i = 0; step->with && i < step->with->as.map.count; i++) {
        const struct ys_member *member = &step->with->as.map.members[i];
        const struct ys_value *value = NULL;
        if (!ys_exec_expand(exec, exec->scope, member->value, &value, trouble)) {
            return false;
        }
        ys_scope_set(inner, member->name, value);
    }
    return true;
}

bool ys_fragment_use(struct ys_exec *exec, const struct ys_step *step)
{
    struct ys_case_run *run = exec->run;
    struct ys_trouble trouble;
    const struct ys_fragment *fragment =
        ys_pack_fragment(exec->engine->pack, run->subject->suite, step->target);
    ys_arena_reset(&exec->arena);
    exec->request = NULL;
    exec->dialogue = NULL;
    exec->repeat = NULL;
    exec->seq = 0;
    if (!fragment) {
        ys_trouble_set(&trouble, YS_CAUSE_HARNESS, "no fragment '%s'", step->target);
        return ys_exec_trouble(exec, step, &trouble);
    }
    for (size_t i = 0; !exec->parallel && i < fragment->use_count; i++) {
        if (!ensure_used(exec, fragment->uses[i])) {
            return false;
        }
    }
    bool lasting = fragment->finally_count > 0;
    struct ys_arena arena;
    struct ys_scope local;
    ys_arena_init(&arena);
    ys_scope_init(&local, &run->scope, &arena);
    struct ys_scope *inner = lasting ? lasting_scope(run) : &local;
    if (lasting) {
        remember_undo(run, fragment, inner);
    }
    bool good = set_params(exec, step, inner, &trouble);
    bool goes_on = good && run_fragment(exec, fragment, inner);
    if (goes_on) {
        good = give(exec, fragment, inner, exec->scope, step->as ? step->as : fragment->id,
                    &trouble);
    }
    if (!good) {
        goes_on = ys_exec_trouble(exec, step, &trouble);
    }
    ys_arena_clear(&arena);
    return goes_on;
}

/* ---- the case ---- */

static void run_body(struct ys_exec *exec)
{
    const struct ys_case *subject = exec->run->subject;
    exec->phase = YS_PHASE_GIVEN;
    for (size_t i = 0; i < subject->use_count; i++) {
        if (!ensure_used(exec, subject->uses[i])) {
            return;
        }
    }
    if (!ys_steps_run(exec, subject->given, subject->given_count)) {
        return;
    }
    exec->phase = YS_PHASE_STEPS;
    ys_steps_run(exec, subject->steps, subject->step_count);
}

static void run_undo(struct ys_exec *exec)
{
    struct ys_case_run *run = exec->run;
    exec->phase = YS_PHASE_FINALLY;
    ys_steps_run(exec, run->subject->finally, run->subject->finally_count);
    while (run->undo_count > 0) {
        const struct ys_undo undo = run->undo[--run->undo_count];
        exec->scope = undo.scope;
        ys_steps_run(exec, undo.fragment->finally, undo.fragment->finally_count);
        exec->scope = &run->scope;
        free_lasting(undo.scope);
    }
}

static const char *started_text(struct ys_exec *exec, const struct ys_case_result *result)
{
    char text[YS_TIME_TEXT_MAX];
    ys_time_format_utc(result->started_us, text);
    return ys_arena_strdup(&exec->arena, text);
}

/* The verdict's own record, durable before it counts; a run that is cut takes it over whole. */
static void record_verdict(struct ys_exec *exec)
{
    struct ys_case_result *result = &exec->run->planned->result;
    struct ys_err err;
    ys_arena_reset(&exec->arena);
    struct ys_value *record = ys_exec_new_record(exec, "verdict");
    ys_value_set_text(&exec->arena, record, "verdict", ys_verdict_name(result->verdict));
    ys_value_set_text(&exec->arena, record, "cause", ys_cause_name(result->cause));
    ys_value_set_text(&exec->arena, record, "reason", result->reason);
    ys_value_set_text(&exec->arena, record, "started", started_text(exec, result));
    ys_value_set_int(&exec->arena, record, "duration_ms", result->duration_ms);
    ys_value_set_bool(&exec->arena, record, "time_based", exec->run->planned->time_based);
    ys_value_set_int(&exec->arena, record, "findings_omitted", (int64_t)result->findings_omitted);
    if (result->earlier_count > 0) {
        ys_attempts_set(&exec->arena, record, result);
    }
    if (exec->engine->log && result->finding_count &&
        !ys_engine_record_value(exec->engine, &exec->arena, record, "findings",
                                ys_findings_value(&exec->arena, result))) {
        return;
    }
    if (ys_exec_record(exec, record) && exec->engine->log &&
        ys_log_sync(exec->engine->log, exec->seq, &err) != YS_OK) {
        ys_engine_break(exec->engine, &err);
    }
}

static void record_start(struct ys_exec *exec)
{
    struct ys_value *record = ys_exec_new_record(exec, "case");
    struct ys_value *clauses = ys_value_list(&exec->arena);
    for (size_t i = 0; i < exec->run->subject->clause_count; i++) {
        ys_value_append(&exec->arena, clauses,
                        ys_value_string(&exec->arena, exec->run->subject->clauses[i]));
    }
    ys_value_set(&exec->arena, record, "clauses", clauses);
    ys_value_set_int(&exec->arena, record, "number", exec->run->planned->number);
    if (exec->run->cut) {
        ys_value_set_bool(&exec->arena, record, "resumed", true);
    }
    (void)ys_exec_record(exec, record);
}

/* "reader.card" must be in the candidate file, and consent where a card may be used up. */
static bool needs_met(struct ys_exec *exec, struct ys_trouble *trouble)
{
    const struct ys_case *subject = exec->run->subject;
    if (ys_engine_rejudges(exec->engine)) {
        /* What a case lacked then stands where its first step would. */
        const struct ys_value *nothing = NULL;
        const struct ys_step place = {.kind = YS_STEP_CALL};
        struct ys_check check = {.verdict = YS_VERDICT_PASS};
        return !ys_replay_has_more(exec) ||
               ys_replay_observe(exec, &place, &nothing, &check, trouble);
    }
    for (size_t i = 0; i < subject->need_count; i++) {
        const char *need = subject->needs[i];
        if (strncmp(need, "reader.", 7) == 0 &&
            !ys_candidate_reader(exec->engine->candidate, need + 7)) {
            return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                                  "the candidate file has no reader '%s'", need + 7);
        }
    }
    if (subject->destructive && !exec->engine->candidate->consents_destructive) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                              "the case may use up or block the card, and the candidate file does "
                              "not consent; put a test card in and write consent: {destructive: "
                              "true}");
    }
    return true;
}

static void tell(struct ys_engine *engine, const struct ys_case *subject,
                 const struct ys_case_result *result)
{
    const struct ys_run_events *events = engine->options->events;
    if (!events) {
        return;
    }
    pthread_mutex_lock(&engine->events_mutex);
    if (result && events->case_ended) {
        events->case_ended(events->context, result);
    } else if (!result && events->case_started) {
        events->case_started(events->context, subject);
    }
    pthread_mutex_unlock(&engine->events_mutex);
}

static void run_init(struct ys_case_run *run, struct ys_worker *worker, struct ys_planned *planned)
{
    *run = (struct ys_case_run){
        .engine = worker->engine,
        .planned = planned,
        .subject = planned->subject,
        .cut = planned->cut};
    ys_arena_init(&run->arena);
    pthread_mutex_init(&run->mutex, NULL);
    pthread_mutex_init(&run->card_mutex, NULL);
    ys_scope_init(&run->scope, NULL, &run->arena);
    run->scope.engine = worker->engine;
    run->used = ys_arena_calloc(&run->arena, YS_STEP_DEPTH_MAX * 4, sizeof *run->used);
    run->findings = ys_arena_calloc(&run->arena, YS_FINDINGS_PER_CASE_MAX, sizeof *run->findings);
    struct ys_value *number = ys_value_map(&run->arena);
    ys_value_set_int(&run->arena, number, "number", planned->number);
    ys_scope_set(&run->scope, "case", number);
}

/* Few cases have any, so that room for the most is not kept with each. */
static void keep_findings(struct ys_planned *planned)
{
    struct ys_case_result *result = &planned->result;
    struct ys_finding *kept = ys_arena_calloc(&planned->arena, result->finding_count, sizeof *kept);
    if (result->finding_count > 0) {
        memcpy(kept, result->findings, result->finding_count * sizeof *kept);
    }
    result->findings = kept;
}

void ys_case_execute(struct ys_worker *worker, struct ys_planned *planned)
{
    struct ys_engine *engine = worker->engine;
    struct ys_case_run run;
    run_init(&run, worker, planned);
    struct ys_exec exec = {.engine = engine, .worker = worker, .run = &run, .scope = &run.scope};
    ys_arena_init(&exec.arena);
    ys_buf_init(&exec.path, PATH_BYTES_MAX);
    /* What a cut case cites of its record stays. */
    planned->result.subject = planned->subject;
    planned->result.verdict = YS_VERDICT_PASS;
    planned->result.started_us = run.cut ? planned->result.started_us : ys_engine_wall(engine);
    planned->result.findings = run.findings;
    int64_t started_ns = ys_engine_monotonic(engine);
    tell(engine, planned->subject, NULL);
    record_start(&exec);
    struct ys_trouble trouble;
    if (needs_met(&exec, &trouble)) {
        run_body(&exec);
        run_undo(&exec);
    } else {
        const struct ys_step place = {.document = planned->subject->suite->document,
                                      .at = planned->subject->at};
        ys_exec_trouble(&exec, &place, &trouble);
    }
    ys_cards_close(&run);
    ys_recording_end(&run);
    pass_reason(&planned->result);
    planned->result.duration_ms = (ys_engine_monotonic(engine) - started_ns) / 1000000;
    record_verdict(&exec);
    keep_findings(planned);
    tell(engine, planned->subject, &planned->result);
    ys_buf_clear(&exec.path);
    ys_arena_clear(&exec.arena);
    ys_free(run.undo);
    pthread_mutex_destroy(&run.mutex);
    pthread_mutex_destroy(&run.card_mutex);
    ys_arena_clear(&run.arena);
}
