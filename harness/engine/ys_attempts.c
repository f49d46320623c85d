/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts that a later one replaced: polls of a step that waits, and a request that was sent again
 * with a new token. The record has each; the result of the case lists them, so that a verdict
 * reached on a later attempt shows the earlier ones.
 */
#include "ys_engine_private.h"

#include <string.h>

static const struct ys_check *worst_of(const struct ys_judgement *judgement)
{
    for (size_t i = 0; i < judgement->count; i++) {
        if (judgement->checks[i].verdict == judgement->verdict) {
            return &judgement->checks[i];
        }
    }
    return NULL;
}

static struct ys_value *numbers_of(struct ys_arena *arena, int64_t seq)
{
    struct ys_value *list = ys_value_list(arena);
    if (seq > 0) {
        ys_value_append(arena, list, ys_value_int(arena, seq));
    }
    return list;
}

void ys_attempt_note(struct ys_exec *exec, int64_t number, const struct ys_judgement *judgement,
                     const struct ys_trouble *trouble)
{
    struct ys_planned *planned = exec->run->planned;
    struct ys_case_result *result = &planned->result;
    struct ys_arena *arena = &planned->arena;
    const struct ys_check *check = judgement ? worst_of(judgement) : NULL;
    char at[YS_TIME_TEXT_MAX];
    if (exec->phase == YS_PHASE_FINALLY) {
        return; /* undoing never changes a verdict; the record has it */
    }
    ys_time_format_utc(exec->clock_us, at);
    pthread_mutex_lock(&exec->run->mutex);
    result->earlier_count++;
    if (ys_value_count(result->earlier) < YS_ATTEMPTS_PER_CASE_MAX) {
        struct ys_value *map = ys_value_map(arena);
        enum ys_cause cause = check ? check->cause : trouble ? trouble->cause : YS_CAUSE_NONE;
        result->earlier = result->earlier ? result->earlier : ys_value_list(arena);
        ys_value_set_text(arena, map, "step", exec->path.bytes);
        ys_value_set_int(arena, map, "attempt", number);
        ys_value_set_text(arena, map, "at", at);
        ys_value_set_text(arena, map, "verdict",
                          ys_verdict_name(judgement ? judgement->verdict
                                                    : YS_VERDICT_INCONCLUSIVE));
        if (cause != YS_CAUSE_NONE) {
            ys_value_set_text(arena, map, "cause", ys_cause_name(cause));
        }
        if (check) {
            ys_value_set_text(arena, map, "target", check->target);
            ys_value_set_text(arena, map, "expected", check->expected);
            ys_value_set_text(arena, map, "observed", check->observed);
        }
        ys_value_set_text(arena, map, "reason",
                          check     ? check->reason
                          : trouble ? trouble->text
                                    : "");
        ys_value_set(arena, map, "evidence", numbers_of(arena, exec->seq));
        ys_value_append(arena, result->earlier,
                        ys_redact_value(exec->engine->redactor, arena, map));
    }
    pthread_mutex_unlock(&exec->run->mutex);
}

void ys_attempts_set(struct ys_arena *arena, struct ys_value *map,
                     const struct ys_case_result *result)
{
    ys_value_set_int(arena, map, "attempts", (int64_t)result->earlier_count + 1);
    if (result->earlier_count > 0) {
        ys_value_set(arena, map, "earlier_attempts", result->earlier);
        ys_value_set_int(arena, map, "earlier_attempts_omitted",
                         (int64_t)(result->earlier_count - ys_value_count(result->earlier)));
    }
}

void ys_attempts_take(struct ys_planned *planned, const struct ys_value *map, int64_t moved_by)
{
    struct ys_arena *arena = &planned->arena;
    struct ys_case_result *result = &planned->result;
    const struct ys_value *list = ys_value_get(map, "earlier_attempts");
    int64_t attempts = ys_value_get_int(map, "attempts", 1);
    result->earlier = ys_value_list(arena);
    result->earlier_count = attempts > 1 ? (size_t)attempts - 1u : 0;
    for (size_t i = 0; i < ys_value_count(list); i++) {
        struct ys_value *one = ys_value_copy(arena, ys_value_at(list, i));
        const struct ys_value *first = ys_value_at(ys_value_get(one, "evidence"), 0);
        int64_t seq = 0;
        if (first && first->kind == YS_KIND_NUMBER &&
            ys_decimal_to_int(first->as.number, &seq) == YS_OK) {
            ys_value_set(arena, one, "evidence", numbers_of(arena, seq + moved_by));
        }
        ys_value_append(arena, result->earlier, one);
    }
}
