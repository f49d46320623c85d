/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of a case that was cut: from its record as far as it goes, then live. */
#include "ys_resume.h"

#include <string.h>

#include "ys_json.h"

/* The value that the vault keeps for a record, NULL where there is none. */
static const struct ys_value *kept_answer(struct ys_exec *exec, const struct ys_value *record)
{
    const char *mark = ys_value_get_text(record, "answer");
    const char *text = mark ? ys_vault_value(exec->engine->vault, mark) : NULL;
    const struct ys_value *value = NULL;
    return text && ys_json_parse(&exec->arena, text, strlen(text), &value, NULL) == YS_OK ? value
                                                                                          : NULL;
}

/* Whether all commands of a card step may be given again to a card that granted them. */
static bool is_repeatable(const struct ys_value *body, const struct ys_value *observed)
{
    const char *sw = ys_value_get_text(observed, "sw");
    return !ys_value_get(body, "update") && !ys_value_get(body, "apdu") &&
           !ys_value_get(body, "external_authenticate") && sw && strcmp(sw, "9000") == 0;
}

/*
 * The session with the card ended with the process. What granted it rights, and only read, is done
 * again; where that cannot be, or is answered otherwise, later steps of the session are undecided.
 */
static void restore_card(struct ys_exec *exec, const struct ys_step *step,
                         const struct ys_value *observed)
{
    struct ys_check check = {.verdict = YS_VERDICT_PASS};
    struct ys_trouble trouble;
    const struct ys_value *now = NULL;
    int64_t seq = exec->seq;
    if (!is_repeatable(step->body, observed)) {
        exec->run->card_lost = exec->run->card_lost || !ys_value_get(step->body, "update") ||
                               ys_value_count(step->body) > 2;
    } else {
        bool same = ys_observe_card(exec, step, &now, &check, &trouble) &&
                    check.verdict == YS_VERDICT_PASS && ys_value_equal(now, observed);
        bool fresh = ys_value_get(step->body, "reset") || ys_value_get(step->body, "select");
        exec->run->card_lost = !same || (exec->run->card_lost && !fresh);
    }
    exec->sent_seq = 0;
    exec->seq = seq;
}

bool ys_resume_observe(struct ys_exec *exec, const struct ys_step *step,
                       const struct ys_value **ret_observation, struct ys_check *ret_check,
                       struct ys_trouble *trouble)
{
    if (!ys_replay_observe(exec, step, ret_observation, ret_check, trouble)) {
        return false;
    }
    const struct ys_value *answer = kept_answer(exec, exec->record);
    if (answer) {
        *ret_observation = answer;
    } else if (ys_value_get(exec->record, "answer")) {
        return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                              "the run was cut after this step, and what it saw is not in the "
                              "vault");
    }
    if (step->kind == YS_STEP_CARD) {
        restore_card(exec, step, *ret_observation);
    }
    return true;
}

static const char *what_was_sent(const struct ys_exec *exec, const struct ys_step *step)
{
    return exec->operation             ? exec->operation
           : step->kind == YS_STEP_CARD ? "a command to the card"
                                        : "the request";
}

/* A reply that is in the record although the step's judgement is not. */
static bool take_reply(struct ys_exec *exec, const struct ys_step *step, int64_t seq,
                       bool *ret_known, const struct ys_value **ret_observation,
                       struct ys_trouble *trouble)
{
    const struct ys_value *record = ys_replay_record(exec->engine->replay, &exec->arena, seq);
    const struct ys_value *answer = kept_answer(exec, record);
    int64_t status = ys_value_get_int(ys_value_get(record, "reply"), "status", 0);
    if (answer) {
        exec->seq = seq;
        *ret_observation = answer;
        *ret_known = true;
        return true;
    }
    if (status == 401) {
        return true; /* refused as unauthenticated: it had no effect, and is sent anew */
    }
    return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                          "the run was cut between the reply to %s and its judgement",
                          what_was_sent(exec, step));
}

/* What undoes, and what has the same effect however often it is sent. */
static bool may_repeat(const struct ys_exec *exec, const struct ys_step *step)
{
    const struct ys_operation *operation =
        step->kind == YS_STEP_CALL || step->kind == YS_STEP_CONTRACT
            ? ys_catalogue_operation(exec->engine->pack->catalogue, step->target)
            : NULL;
    return exec->phase == YS_PHASE_FINALLY || (operation && operation->idempotent);
}

bool ys_resume_next(struct ys_exec *exec, const struct ys_step *step, bool *ret_known,
                    const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    if (step->kind == YS_STEP_CHECK || step->kind == YS_STEP_COVERAGE) {
        return true;
    }
    if (exec->cut_parallel) {
        return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                              "the run was cut within a parallel step: what would have come of "
                              "all branches at once cannot be told");
    }
    int64_t announcement = ys_replay_last(exec, YS_REPLAY_ANNOUNCED);
    int64_t reply = ys_replay_last(exec, YS_REPLAY_ANSWERED);
    if (announcement > reply && !may_repeat(exec, step)) {
        return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                              "the run was cut after %s was sent and before its reply was "
                              "recorded: it may or may not have happened",
                              what_was_sent(exec, step));
    }
    if (reply > announcement && reply > ys_replay_last(exec, "")) {
        return take_reply(exec, step, reply, ret_known, ret_observation, trouble);
    }
    bool fresh = ys_value_get(step->body, "reset") || ys_value_get(step->body, "select");
    if (step->kind == YS_STEP_CARD && exec->run->card_lost && !fresh) {
        return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                              "the run was cut within a session with the card, which cannot be "
                              "brought back to where it stood");
    }
    if (step->kind == YS_STEP_CARD && fresh) {
        exec->run->card_lost = false;
    }
    return true;
}

/* ---- waiting ---- */

bool ys_resume_wait(struct ys_exec *exec, const struct ys_step *step, int64_t *end_ns)
{
    if (!ys_replay_has_more(exec)) {
        return false;
    }
    exec->wait_end_us = ys_replay_wall(exec) + step->at_most_ms * 1000;
    int64_t left_us = exec->wait_end_us - ys_engine_wall(exec->engine);
    *end_ns = ys_engine_monotonic(exec->engine) + (left_us > 0 ? left_us * 1000 : 0);
    return true;
}

bool ys_resume_waited(const struct ys_exec *exec, const struct ys_step *step)
{
    int64_t recorded_us = 0;
    const char *time = ys_value_get_text(exec->record, "time");
    if (time && ys_time_parse(time, &recorded_us, NULL) == YS_OK &&
        recorded_us + step->every_ms * 1000 > exec->wait_end_us) {
        return true;
    }
    /* The case went on behind it. */
    return !exec->parallel && exec->seq < exec->run->planned->cut_after;
}
