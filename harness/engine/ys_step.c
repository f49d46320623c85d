/* SPDX-License-Identifier: Apache-2.0 */
/* Steps: one after the other, each observed, judged, recorded and its values saved. */
#include "ys_replay.h"
#include "ys_resume.h"

#include <string.h>

#include "ys_crypto.h"
#include "ys_json.h"
#include "ys_tlv.h"
#include "ys_xml.h"

#define OBSERVED_BYTES_MAX YS_INLINE_BODY_BYTES_MAX

struct ys_value *ys_exec_new_record(struct ys_exec *exec, const char *kind)
{
    struct ys_value *record = ys_value_map(&exec->arena);
    ys_value_set_text(&exec->arena, record, "kind", kind);
    ys_value_set_text(&exec->arena, record, "case", exec->run->subject->id);
    ys_value_set_text(&exec->arena, record, "step", exec->path.bytes);
    return record;
}

void ys_exec_within(struct ys_exec *ret_inner, const struct ys_exec *exec)
{
    *ret_inner = (struct ys_exec){
        .engine = exec->engine,
        .worker = exec->worker,
        .run = exec->run,
        .scope = exec->scope,
        .phase = exec->phase,
        .parallel = exec->parallel,
        .path = exec->path,
    };
    ys_arena_init(&ret_inner->arena);
}

void ys_exec_leave(struct ys_exec *exec, struct ys_exec *inner)
{
    exec->seq = inner->seq;
    ys_arena_clear(&inner->arena);
}

void ys_exec_beside(struct ys_exec *ret_branch, struct ys_worker *worker,
                    const struct ys_exec *exec)
{
    *ret_branch = (struct ys_exec){
        .engine = exec->engine,
        .worker = worker,
        .run = exec->run,
        .scope = exec->scope,
        .phase = exec->phase,
        .parallel = true,
    };
    ys_worker_init(worker, exec->engine);
    ys_arena_init(&ret_branch->arena);
    ys_buf_init(&ret_branch->path, exec->path.max);
    enum ys_status status = ys_buf_append_text(&ret_branch->path, exec->path.bytes);
    (void)status; /* it fitted a buffer of the same cap */
}

void ys_exec_end(struct ys_exec *branch)
{
    ys_buf_clear(&branch->path);
    ys_arena_clear(&branch->arena);
    ys_worker_clear(branch->worker);
}

/* Branches of a case may come in another order than the log gave. */
void ys_evidence_note(struct ys_planned *planned, int64_t seq)
{
    struct ys_case_result *result = &planned->result;
    size_t count = result->evidence_count;
    if (count == YS_EVIDENCE_PER_CASE_MAX) {
        result->evidence_omitted++;
        result->evidence[count - 1] =
            seq > result->evidence[count - 1] ? seq : result->evidence[count - 1];
        return;
    }
    if ((count & (count - 1)) == 0) { /* full: the room doubles at 1, 2, 4 … */
        int64_t *grown = ys_arena_calloc(&planned->arena, count ? 2 * count : 1, sizeof *grown);
        if (count) {
            memcpy(grown, result->evidence, count * sizeof *grown);
        }
        result->evidence = grown;
    }
    size_t at = count;
    for (; at > 0 && result->evidence[at - 1] > seq; at--) {
        result->evidence[at] = result->evidence[at - 1];
    }
    result->evidence[at] = seq;
    result->evidence_count++;
}

bool ys_exec_record(struct ys_exec *exec, struct ys_value *record)
{
    struct ys_err err;
    int64_t seq = 0;
    if (!exec->engine->log) {
        return true; /* a replay adds nothing to the record */
    }
    if (ys_log_append(exec->engine->log, record, &seq, &err) != YS_OK) {
        ys_engine_break(exec->engine, &err);
        return false;
    }
    exec->seq = seq;
    pthread_mutex_lock(&exec->run->mutex);
    ys_evidence_note(exec->run->planned, seq);
    pthread_mutex_unlock(&exec->run->mutex);
    return true;
}

static const char *keep(struct ys_exec *exec, const char *text)
{
    struct ys_arena *arena = &exec->run->planned->arena;
    size_t length = 0;
    if (!text || !*text) {
        return "";
    }
    text = ys_redact_text(exec->engine->redactor, arena, text, strlen(text), &length);
    return ys_arena_strndup(arena, text, length);
}

void ys_exec_finding(struct ys_exec *exec, const struct ys_step *step, enum ys_verdict verdict,
                     enum ys_cause cause, const struct ys_check *check)
{
    struct ys_case_run *run = exec->run;
    struct ys_case_result *result = &run->planned->result;
    if (exec->phase == YS_PHASE_FINALLY) {
        return; /* undoing never changes a verdict; the record has it */
    }
    pthread_mutex_lock(&run->mutex);
    /* A case is passed until it shows otherwise; what comes first may also show that it is not
     * for this candidate. */
    bool first = result->finding_count == 0 && !result->reason;
    enum ys_verdict worst = first ? verdict : ys_verdict_worse(result->verdict, verdict);
    if (worst != result->verdict || !result->reason) {
        result->verdict = worst;
        result->cause = cause;
        result->reason = keep(exec, check->reason);
    }
    if (result->finding_count == YS_FINDINGS_PER_CASE_MAX) {
        result->findings_omitted++;
    } else {
        const struct ys_value *at = check->at && check->at->line ? check->at : step->at;
        run->findings[result->finding_count++] = (struct ys_finding){
            .verdict = verdict,
            .cause = cause,
            .step = keep(exec, exec->path.bytes),
            .file = step->document->name,
            .line = at ? at->line : 0,
            .target = keep(exec, check->target),
            .expected = keep(exec, check->expected),
            .observed = keep(exec, check->observed),
            .reason = keep(exec, check->reason),
            .reproduce = ys_reproduce(exec, &run->planned->arena),
            .evidence = exec->seq,
            .fingerprint = ys_fingerprint_finding(&run->planned->arena, exec->path.bytes, check),
        };
    }
    pthread_mutex_unlock(&run->mutex);
}

bool ys_exec_trouble(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_trouble *trouble)
{
    const struct ys_check check = {
        .target = "", .expected = "", .observed = "", .reason = trouble->text};
    struct ys_value *record =
        ys_exec_new_record(exec, exec->phase == YS_PHASE_FINALLY ? "cleanup" : "check");
    ys_value_set_text(&exec->arena, record, "verdict", "inconclusive");
    ys_value_set_text(&exec->arena, record, "cause", ys_cause_name(trouble->cause));
    ys_value_set_text(&exec->arena, record, "reason", trouble->text);
    bool stands = exec->told || (exec->run->cut && ys_replay_spend(exec));
    exec->told = false;
    if (!stands && !ys_exec_record(exec, record)) {
        return false;
    }
    ys_exec_finding(exec, step, YS_VERDICT_INCONCLUSIVE, trouble->cause, &check);
    return step->soft || exec->phase == YS_PHASE_FINALLY;
}

/* Small values stand in the record; a roster of 20,000 rows goes to a blob. */
bool ys_engine_record_value(struct ys_engine *engine, struct ys_arena *arena,
                            struct ys_value *record, const char *name, const struct ys_value *value)
{
    struct ys_buf text;
    struct ys_err err;
    bool good = true;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    if (ys_json_write(value, &text) == YS_OK && text.length > OBSERVED_BYTES_MAX) {
        good = ys_log_body(engine->log, arena, text.bytes, text.length, &value, &err) == YS_OK;
    }
    ys_buf_clear(&text);
    if (!good) {
        ys_engine_break(engine, &err);
        return false;
    }
    ys_value_set(arena, record, name, value);
    return true;
}

void ys_exec_keep_answer(struct ys_exec *exec, struct ys_value *record,
                         const struct ys_value *answer)
{
    struct ys_buf text;
    if (!exec->engine->vault) {
        return;
    }
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    if (ys_json_write(answer, &text) == YS_OK) {
        const char *json = ys_arena_strndup(&exec->arena, text.bytes, text.length);
        ys_value_set_text(&exec->arena, record, "answer",
                          ys_redact_mark(exec->engine->redactor, &exec->arena, "answer", json));
    }
    ys_buf_clear(&text);
}

/* What judging the record again needs and a value of it does not say: the time that the step saw,
 * and which of its inputs the record hides. */
static void set_context(struct ys_exec *exec, struct ys_value *record)
{
    char clock[YS_TIME_TEXT_MAX];
    if (exec->clock_seen) {
        ys_time_format_beijing(exec->clock_us, clock);
        ys_value_set_text(&exec->arena, record, "clock", clock);
    }
    if (exec->inputs) {
        const struct ys_value *hidden =
            ys_redact_value(exec->engine->redactor, &exec->arena, exec->inputs);
        if (hidden != exec->inputs) {
            ys_value_set(&exec->arena, record, "with", hidden);
        }
    }
}

/* The record of a judgement. What http steps observed is in the exchange's record already. */
static bool record_judgement(struct ys_exec *exec, const struct ys_step *step,
                             const struct ys_value *observation,
                             const struct ys_judgement *judgement)
{
    struct ys_arena *arena = &exec->arena;
    if (exec->from_record) {
        return true;
    }
    struct ys_value *record =
        ys_exec_new_record(exec, exec->phase == YS_PHASE_FINALLY ? "cleanup" : "check");
    set_context(exec, record);
    if (step->kind == YS_STEP_HTTP ||
        ys_redact_value(exec->engine->redactor, arena, observation) != observation) {
        ys_exec_keep_answer(exec, record, observation);
    }
    if (exec->seq) {
        ys_value_set_int(arena, record, "of", exec->seq);
    }
    ys_value_set_int(arena, record, "line", step->at ? step->at->line : 0);
    ys_value_set_text(arena, record, "verdict", ys_verdict_name(judgement->verdict));
    ys_value_set_int(arena, record, "passed", (int64_t)judgement->passed);
    if (step->kind != YS_STEP_HTTP &&
        !ys_engine_record_value(exec->engine, arena, record, "observed", observation)) {
        return false;
    }
    struct ys_value *failed = ys_value_list(arena);
    for (size_t i = 0; i < judgement->count; i++) {
        const struct ys_check *check = &judgement->checks[i];
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "verdict", ys_verdict_name(check->verdict));
        ys_value_set_text(arena, one, "target", check->target);
        ys_value_set_text(arena, one, "expected", check->expected);
        ys_value_set_text(arena, one, "observed", check->observed);
        ys_value_set_text(arena, one, "reason", check->reason);
        ys_value_append(arena, failed, one);
    }
    if (judgement->count) {
        ys_value_set(arena, record, "failed", failed);
    }
    return ys_exec_record(exec, record);
}

/* ---- one attempt ---- */

static bool observe(struct ys_exec *exec, const struct ys_step *step,
                    const struct ys_value **ret_observation, struct ys_check *ret_check,
                    struct ys_trouble *trouble)
{
    if (exec->from_record) {
        return ys_engine_rejudges(exec->engine)
                   ? ys_replay_observe(exec, step, ret_observation, ret_check, trouble)
                   : ys_resume_observe(exec, step, ret_observation, ret_check, trouble);
    }
    if (exec->run->cut) {
        bool known = false;
        if (!ys_resume_next(exec, step, &known, ret_observation, trouble) || known) {
            return known;
        }
    }
    switch (step->kind) {
    case YS_STEP_CALL:
        return ys_observe_call(exec, step, ret_observation, trouble);
    case YS_STEP_HTTP:
        return ys_observe_http(exec, step, ret_observation, trouble);
    case YS_STEP_CARD:
        return ys_observe_card(exec, step, ret_observation, ret_check, trouble);
    case YS_STEP_TLS:
        return ys_observe_tls(exec, step, ret_observation, trouble);
    case YS_STEP_LOAD:
        return ys_observe_load(exec, step, ret_observation, trouble);
    case YS_STEP_CONTRACT:
        return ys_observe_contract(exec, step, ret_observation, trouble);
    case YS_STEP_STRANGERS:
        return ys_observe_strangers(exec, step, ret_observation, trouble);
    case YS_STEP_HOSTILE:
        return ys_observe_hostile(exec, step, ret_observation, trouble);
    case YS_STEP_COVERAGE:
        return ys_observe_coverage(exec, step, ret_observation, trouble);
    case YS_STEP_CHECK:
        return ys_exec_expand(exec, &exec->view, step->body, ret_observation, trouble);
    case YS_STEP_LET:
    case YS_STEP_USE:
    case YS_STEP_REPEAT:
    case YS_STEP_EACH:
    case YS_STEP_PARALLEL:
        break;
    }
    return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "this kind of step observes nothing");
}

static void begin_attempt(struct ys_exec *exec)
{
    ys_arena_reset(&exec->arena);
    ys_scope_init(&exec->view, exec->scope, &exec->arena);
    /* Bound without a copy: it lives as long as the step. */
    exec->view.names = ys_arena_calloc(&exec->arena, 1, sizeof *exec->view.names);
    exec->view.names[0].name = "clock";
    exec->from_record = ys_engine_rejudges(exec->engine) ||
                        (exec->run->cut && ys_replay_has_more(exec));
    exec->told = false;
    exec->answer = NULL;
    exec->clock_us = exec->from_record ? ys_replay_wall(exec) : ys_engine_wall(exec->engine);
    exec->view.names[0].value = ys_clock_value(&exec->arena, exec->clock_us);
    exec->view.count = 1;
    exec->view.capacity = 1;
    exec->view.seen = &exec->clock_seen;
    exec->clock_seen = false;
    exec->inputs = NULL;
    exec->sent = NULL;
    exec->record = NULL;
    exec->request = NULL;
    exec->dialogue = NULL;
    exec->repeat = NULL;
    exec->seq = 0;
}

static bool attempt(struct ys_exec *exec, const struct ys_step *step,
                    const struct ys_value **ret_observation, struct ys_judgement *ret_judgement,
                    struct ys_trouble *trouble)
{
    struct ys_err err;
    struct ys_check check = {.verdict = YS_VERDICT_PASS};
    begin_attempt(exec);
    if (!observe(exec, step, ret_observation, &check, trouble)) {
        return false;
    }
    if (check.verdict != YS_VERDICT_PASS) {
        struct ys_check *one = ys_arena_alloc(&exec->arena, sizeof *one);
        *one = check;
        *ret_judgement = (struct ys_judgement){check.verdict, one, 1, 0, 0};
        return true;
    }
    if (ys_engine_rejudges(exec->engine)) {
        return ys_replay_judge(exec, step, *ret_observation, ret_judgement, trouble);
    }
    if (ys_judge(&exec->arena, step->kind, step->expect, *ret_observation, ys_scope_lookup,
                 &exec->view, ret_judgement, &err) != YS_OK) {
        return ys_exec_undefined(exec, step->expect, &err, trouble);
    }
    return true;
}

/* ---- saving ---- */

static bool save_path(struct ys_exec *exec, const char *name, const char *query,
                      const struct ys_value *observation, const struct ys_value **ret_value,
                      struct ys_trouble *trouble)
{
    const struct ys_jsonpath *path = NULL;
    const struct ys_value *nodes = NULL;
    struct ys_err err;
    if (ys_jsonpath_parse(&exec->arena, query, &path, &err) != YS_OK ||
        ys_jsonpath_select(&exec->arena, path, observation, &nodes, &err) != YS_OK) {
        return ys_trouble_err(trouble, &err);
    }
    *ret_value = ys_jsonpath_is_singular(path) ? ys_value_at(nodes, 0) : nodes;
    return *ret_value
               ? true
               : ys_trouble_set(trouble, YS_CAUSE_CANDIDATE,
                                "nothing to save as %s: the reply has nothing at %s", name, query);
}

static const struct ys_value *saved_xml(struct ys_exec *exec, const char *xpath, const char *body)
{
    struct ys_xml *xml = NULL;
    const struct ys_value *nodes = NULL;
    struct ys_err err;
    if (!body || ys_xml_parse(body, strlen(body), NULL, &xml, &err) != YS_OK) {
        return NULL;
    }
    if (ys_xml_select(&exec->arena, xml, xpath, &nodes, &err) != YS_OK) {
        nodes = NULL;
    }
    ys_xml_free(xml);
    return ys_value_at(nodes, 0);
}

static const struct ys_value *saved_tlv(struct ys_exec *exec, const char *path, const char *data)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    size_t count = 0;
    const struct ys_tlv *objects = NULL;
    struct ys_err err;
    if (!data || ys_hex_decode(&exec->arena, data, &bytes, &length, &err) != YS_OK ||
        ys_tlv_parse(&exec->arena, YS_TLV_BER, bytes, length, &objects, &count, &err) != YS_OK) {
        return NULL;
    }
    const struct ys_tlv *object = ys_tlv_find(objects, count, path);
    if (!object) {
        return NULL;
    }
    char *hex = ys_arena_alloc(&exec->arena, 2 * object->length + 1);
    ys_hex_encode(object->bytes, object->length, hex);
    return ys_value_string(&exec->arena, hex);
}

/* {xml: …}, {header: …} or {tlv: …}. */
static bool save_special(struct ys_exec *exec, const char *name, const struct ys_value *query,
                         const struct ys_value *observation, const struct ys_value **ret_value,
                         struct ys_trouble *trouble)
{
    const char *xml = ys_value_get_text(query, "xml");
    const char *header = ys_value_get_text(query, "header");
    const char *tlv = ys_value_get_text(query, "tlv");
    if (xml) {
        *ret_value = saved_xml(exec, xml, ys_value_get_text(observation, "body"));
    } else if (header) {
        char *lower = ys_arena_strdup(&exec->arena, header);
        for (char *at = lower; *at; at++) {
            *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
        }
        *ret_value = ys_value_get(ys_value_get(observation, "headers"), lower);
    } else if (tlv) {
        *ret_value = saved_tlv(exec, tlv, ys_value_get_text(observation, "data"));
    }
    return *ret_value ? true
                      : ys_trouble_set(trouble, YS_CAUSE_CANDIDATE,
                                       "nothing to save as %s: the reply does not have it", name);
}

static bool save(struct ys_exec *exec, const struct ys_step *step,
                 const struct ys_value *observation, struct ys_trouble *trouble)
{
    for (size_t i = 0; step->save && i < step->save->as.map.count; i++) {
        const struct ys_member *member = &step->save->as.map.members[i];
        const struct ys_value *value = NULL;
        const char *query = ys_value_text(member->value);
        bool good =
            query ? save_path(exec, member->name, query, observation, &value, trouble)
                  : save_special(exec, member->name, member->value, observation, &value, trouble);
        if (!good) {
            return false;
        }
        ys_scope_set(exec->scope, member->name, value);
    }
    return true;
}

/* ---- judged steps ---- */

static void wait_told(struct ys_exec *exec, const char *what)
{
    const struct ys_run_events *events = exec->engine->options->events;
    if (events && events->waiting) {
        pthread_mutex_lock(&exec->engine->events_mutex);
        events->waiting(events->context, what);
        pthread_mutex_unlock(&exec->engine->events_mutex);
    }
}

/* Whether a step that waits waits no longer. */
static bool is_over(struct ys_exec *exec, const struct ys_step *step, bool passed, int64_t end_ns)
{
    if (!step->has_until || passed || atomic_load(&exec->engine->broken)) {
        return true;
    }
    bool more = exec->from_record && ys_replay_has_more(exec);
    if (ys_engine_rejudges(exec->engine) || more) {
        return !more;
    }
    /* A recorded attempt that had time left is followed by one of now, however late. */
    return ys_engine_stopped(exec->engine) ||
           (exec->from_record
                ? ys_resume_waited(exec, step)
                : ys_engine_monotonic(exec->engine) + step->every_ms * 1000000 > end_ns);
}

/* Repeats until the expectation holds or the time is over; every attempt is recorded. */
static bool poll(struct ys_exec *exec, const struct ys_step *step,
                 const struct ys_value **ret_observation, struct ys_judgement *ret_judgement,
                 struct ys_trouble *trouble)
{
    int64_t end_ns =
        ys_engine_monotonic(exec->engine) + (step->has_until ? step->at_most_ms * 1000000 : 0);
    bool cut = step->has_until && exec->run->cut && ys_resume_wait(exec, step, &end_ns);
    bool told = false;
    for (int64_t number = 1;; number++) {
        bool decided = attempt(exec, step, ret_observation, ret_judgement, trouble);
        bool passed = decided && ret_judgement->verdict == YS_VERDICT_PASS;
        ys_trust_note(exec);
        if (cut && passed && !exec->from_record && ys_engine_monotonic(exec->engine) > end_ns) {
            return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                                  "the run was cut while it waited here, so whether this came in "
                                  "time cannot be told");
        }
        if (decided && !record_judgement(exec, step, *ret_observation, ret_judgement)) {
            return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "the evidence cannot be written");
        }
        if (is_over(exec, step, passed, end_ns)) {
            if (told) {
                wait_told(exec, NULL);
            }
            return decided;
        }
        ys_attempt_note(exec, number, decided ? ret_judgement : NULL, decided ? NULL : trouble);
        wait_told(exec, exec->path.bytes);
        told = true;
        if (!exec->from_record) {
            ys_sleep_ms(step->every_ms);
        }
    }
}

/* What a check that fails makes of the case, where that is not a failure. */
static void soften(struct ys_exec *exec, const struct ys_step *step, struct ys_check *check)
{
    if (check->verdict != YS_VERDICT_FAIL) {
        return;
    }
    if (step->otherwise == YS_OTHERWISE_NOT_APPLICABLE) {
        check->verdict = YS_VERDICT_NOT_APPLICABLE;
        check->cause = YS_CAUSE_NONE;
        const char *plain = strncmp(check->expected, "equals ", 7) == 0 ? check->expected + 7
                                                                        : check->expected;
        check->reason = ys_arena_printf(
            &exec->arena, "not applicable: this is %s, the case is for %s", check->observed, plain);
    } else if (step->otherwise == YS_OTHERWISE_INCONCLUSIVE) {
        check->verdict = YS_VERDICT_INCONCLUSIVE;
        check->cause = YS_CAUSE_ENVIRONMENT;
        check->reason = ys_arena_printf(&exec->arena, "not decided: %s", check->reason);
    } else if (exec->phase == YS_PHASE_GIVEN) {
        check->verdict = YS_VERDICT_INCONCLUSIVE;
        check->reason = ys_arena_printf(&exec->arena, "preparation: %s", check->reason);
    }
}

static bool run_judged(struct ys_exec *exec, const struct ys_step *step)
{
    const struct ys_value *observation = NULL;
    struct ys_judgement judgement = {.verdict = YS_VERDICT_PASS};
    struct ys_trouble trouble;
    exec->operation = step->kind == YS_STEP_CALL ? step->target : NULL;
    bool decided = poll(exec, step, &observation, &judgement, &trouble);
    exec->operation = NULL;
    if (atomic_load(&exec->engine->broken)) {
        return false;
    }
    if (!decided) {
        return ys_exec_trouble(exec, step, &trouble);
    }
    for (size_t i = 0; i < judgement.count; i++) {
        struct ys_check check = judgement.checks[i];
        soften(exec, step, &check);
        ys_exec_finding(exec, step, check.verdict, check.cause, &check);
    }
    if (judgement.omitted && exec->phase != YS_PHASE_FINALLY) {
        pthread_mutex_lock(&exec->run->mutex);
        exec->run->planned->result.findings_omitted += judgement.omitted;
        pthread_mutex_unlock(&exec->run->mutex);
    }
    bool passed = judgement.verdict == YS_VERDICT_PASS;
    /* What a contract step made is undone by what it saved, whether the reply fits or not. */
    bool saved = (passed || step->kind == YS_STEP_CONTRACT) &&
                 save(exec, step, observation, &trouble);
    if (!passed) {
        return step->soft || exec->phase == YS_PHASE_FINALLY;
    }
    return saved || ys_exec_trouble(exec, step, &trouble);
}

static bool run_let(struct ys_exec *exec, const struct ys_step *step)
{
    struct ys_trouble trouble;
    begin_attempt(exec);
    for (size_t i = 0; i < step->body->as.map.count; i++) {
        const struct ys_member *member = &step->body->as.map.members[i];
        const struct ys_value *value = NULL;
        if (!ys_exec_expand(exec, &exec->view, member->value, &value, &trouble)) {
            return ys_exec_trouble(exec, step, &trouble);
        }
        ys_scope_set(exec->scope, member->name, value);
    }
    ys_trust_note(exec);
    if (exec->from_record) {
        ys_replay_spend_let(exec);
        return true;
    }
    if (!exec->clock_seen) {
        return true;
    }
    struct ys_value *record = ys_exec_new_record(exec, "let");
    set_context(exec, record);
    return ys_exec_record(exec, record);
}

static bool run_one(struct ys_exec *exec, const struct ys_step *step)
{
    switch (step->kind) {
    case YS_STEP_CALL:
    case YS_STEP_HTTP:
    case YS_STEP_CARD:
    case YS_STEP_TLS:
    case YS_STEP_LOAD:
    case YS_STEP_CONTRACT:
    case YS_STEP_STRANGERS:
    case YS_STEP_HOSTILE:
    case YS_STEP_COVERAGE:
    case YS_STEP_CHECK:
        return run_judged(exec, step);
    case YS_STEP_LET:
        return run_let(exec, step);
    case YS_STEP_USE:
        return ys_fragment_use(exec, step);
    case YS_STEP_REPEAT:
    case YS_STEP_EACH:
    case YS_STEP_PARALLEL:
        return ys_loop_run(exec, step);
    }
    return false;
}

/* Cuts a path back to what it was. */
static void path_cut(struct ys_buf *path, size_t length)
{
    path->length = length;
    path->bytes[length] = '\0';
}

bool ys_steps_run(struct ys_exec *exec, const struct ys_step *steps, size_t count)
{
    static const char *const phases[] = {"given", "steps", "finally"};
    size_t length = exec->path.length;
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < count; i++) {
        const struct ys_step *step = &steps[i];
        if (atomic_load(&exec->engine->broken)) {
            return false;
        }
        enum ys_status status = ys_buf_printf(
            &exec->path, "%s%s[%zu].%s%s%s", length ? "." : "", phases[exec->phase], i,
            ys_step_kind_name(step->kind), step->target ? " " : "",
            step->target ? step->target : "");
        (void)status; /* a path over its cap is cut; records still carry the line */
        if (exec->phase != YS_PHASE_FINALLY &&
            (ys_engine_rejudges(exec->engine)
                 ? ys_replay_is_stopped(exec)
                 : ys_engine_stopped(exec->engine) &&
                       !(exec->run->cut && ys_replay_has_more(exec)))) {
            struct ys_trouble trouble;
            ys_trouble_set(&trouble, YS_CAUSE_ENVIRONMENT, "interrupted");
            begin_attempt(exec);
            ys_exec_trouble(exec, step, &trouble);
            goes_on = false;
        } else {
            goes_on = run_one(exec, step);
        }
        path_cut(&exec->path, length);
    }
    return goes_on;
}
