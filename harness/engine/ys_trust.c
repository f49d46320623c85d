/* SPDX-License-Identifier: Apache-2.0 */
/* How far the clocks of bank and machine can be trusted over a run. */
#include "ys_engine_private.h"

#include <string.h>

#define DATE_RESOLUTION_US 1000000 /* an HTTP Date is cut to the second */

void ys_trust_date(struct ys_engine *engine, size_t endpoint, const struct ys_http_reply *reply,
                   int64_t sent_us)
{
    int64_t theirs_us = 0;
    int64_t now_us = ys_engine_wall(engine);
    /* A slow reply does not say when it was dated. */
    if (now_us - sent_us > DATE_RESOLUTION_US ||
        !ys_time_parse_http(ys_http_reply_header(reply, "Date"), &theirs_us)) {
        return;
    }
    int64_t offset_us = theirs_us + DATE_RESOLUTION_US / 2 - (sent_us + now_us) / 2;
    pthread_mutex_lock(&engine->mutex);
    struct ys_endpoint_state *state = &engine->endpoints[endpoint];
    if (!state->dated) {
        state->first_offset_us = state->least_offset_us = state->most_offset_us = offset_us;
    }
    state->dated = true;
    state->last_offset_us = offset_us;
    state->least_offset_us =
        offset_us < state->least_offset_us ? offset_us : state->least_offset_us;
    state->most_offset_us = offset_us > state->most_offset_us ? offset_us : state->most_offset_us;
    pthread_mutex_unlock(&engine->mutex);
}

void ys_trust_note(struct ys_exec *exec)
{
    bool clock = exec->operation && strncmp(exec->operation, "clock.", 6) == 0;
    if (exec->clock_seen || clock) {
        pthread_mutex_lock(&exec->run->mutex);
        exec->run->planned->time_based = true;
        pthread_mutex_unlock(&exec->run->mutex);
    }
}

void ys_trust_measure(struct ys_engine *engine)
{
    const struct ys_endpoint_state *worst = NULL;
    int64_t wall_us = ys_engine_wall(engine) - engine->opened_us;
    int64_t own_us = wall_us - (ys_engine_monotonic(engine) - engine->started_ns) / 1000;
    int64_t drift_us = own_us < 0 ? -own_us : own_us;
    for (size_t i = 0; i < engine->candidate->endpoint_count; i++) {
        const struct ys_endpoint_state *state = &engine->endpoints[i];
        int64_t spread_us = state->most_offset_us - state->least_offset_us;
        if (state->dated && (!worst || spread_us > drift_us)) {
            worst = state;
            drift_us = spread_us > drift_us ? spread_us : drift_us;
        }
    }
    struct ys_value *clock = ys_value_map(&engine->arena);
    if (worst) {
        ys_value_set_int(&engine->arena, clock, "offset_ms_start", worst->first_offset_us / 1000);
        ys_value_set_int(&engine->arena, clock, "offset_ms_end", worst->last_offset_us / 1000);
    }
    ys_value_set_int(&engine->arena, clock, "drift_ms", drift_us / 1000);
    ys_value_set_bool(&engine->arena, clock, "trusted",
                      drift_us <= (int64_t)YS_CLOCK_DRIFT_MS * 1000);
    engine->clock_value = clock;
}

void ys_trust_apply(struct ys_engine *engine, struct ys_arena *arena)
{
    if (!engine->clock_value || ys_value_get_bool(engine->clock_value, "trusted", true)) {
        return;
    }
    const char *reason = ys_arena_printf(
        arena,
        "the clocks of the bank and of this machine moved apart by %lld ms during the run, and "
        "this case depends on the time",
        (long long)ys_value_get_int(engine->clock_value, "drift_ms", 0));
    for (size_t i = 0; i < engine->planned_count; i++) {
        struct ys_case_result *result = &engine->planned[i].result;
        if (engine->planned[i].time_based &&
            (result->verdict == YS_VERDICT_PASS || result->verdict == YS_VERDICT_FAIL)) {
            result->verdict = YS_VERDICT_INCONCLUSIVE;
            result->cause = YS_CAUSE_ENVIRONMENT;
            result->reason = reason;
        }
    }
}
