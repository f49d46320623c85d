/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load steps: one operation called at a fixed rate for a time, and what that shows of the bank.
 *
 * Calls begin at times fixed beforehand, however long replies take (an open model): a slow bank is
 * not spared by a harness that waits for it. The time of a reply counts from the moment at which
 * its call was due. The observation says how many samples there are and between which values the
 * 95th percentile and the share of errors lie with 95 % confidence; a bound that the sample is too
 * small to give is null.
 */
#include "ys_engine_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ys_binomial.h"

#define LOAD_THREADS 32u /* calls that may wait for their replies at once */
#define P95 9500u
#define UNANSWERED (-1)

struct load {
    struct ys_exec *exec;
    struct ys_step call;
    size_t count;
    int64_t interval_ns;
    int64_t started_ns;
    int64_t *took_ms; /* of each call, or UNANSWERED */
    bool *accepted;
    int64_t late_ms;       /* most that a call began after its time because this machine was busy */
    pthread_mutex_t mutex; /* of late_ms and last_error */
    struct ys_trouble last_error;
    atomic_size_t next;
};

static void sleep_until(const struct ys_engine *engine, int64_t due_ns)
{
    int64_t left_ns = due_ns - ys_engine_monotonic(engine);
    if (left_ns > 0) {
        const struct timespec wait = {.tv_sec = left_ns / 1000000000,
                                      .tv_nsec = left_ns % 1000000000};
        nanosleep(&wait, NULL);
    }
}

static void call_once(struct load *load, struct ys_exec *exec, size_t index)
{
    struct ys_engine *engine = exec->engine;
    int64_t due_ns = load->started_ns + (int64_t)index * load->interval_ns;
    const struct ys_value *observation = NULL;
    struct ys_trouble trouble = {.text = ""};
    /* Who comes after the time was held up by the bank; who slept too long, by this machine. */
    bool early = ys_engine_monotonic(engine) < due_ns;
    sleep_until(engine, due_ns);
    int64_t late_ms = early ? (ys_engine_monotonic(engine) - due_ns) / 1000000 : 0;
    ys_arena_reset(&exec->arena);
    ys_scope_init(&exec->view, exec->scope, &exec->arena);
    bool answered = ys_observe_call(exec, &load->call, &observation, &trouble);
    load->took_ms[index] = answered ? (ys_engine_monotonic(engine) - due_ns) / 1000000 : UNANSWERED;
    const char *outcome = ys_value_get_text(observation, "outcome");
    load->accepted[index] = answered && outcome && strcmp(outcome, "accepted") == 0;
    pthread_mutex_lock(&load->mutex);
    load->late_ms = late_ms > load->late_ms ? late_ms : load->late_ms;
    if (!answered) {
        load->last_error = trouble;
    }
    pthread_mutex_unlock(&load->mutex);
}

static void *run_thread(void *context)
{
    struct load *load = context;
    const struct ys_exec *parent = load->exec;
    struct ys_worker worker;
    struct ys_exec exec;
    ys_exec_beside(&exec, &worker, parent);
    exec.operation = load->call.target;
    for (;;) {
        size_t index = atomic_fetch_add(&load->next, 1);
        if (index >= load->count || ys_engine_stopped(exec.engine) ||
            atomic_load(&exec.engine->broken)) {
            break;
        }
        ys_buf_reset(&exec.path);
        enum ys_status status = ys_buf_printf(&exec.path, "%s[%zu]", parent->path.bytes, index);
        (void)status; /* a path over its cap is cut */
        call_once(load, &exec, index);
    }
    ys_exec_end(&exec);
    return NULL;
}

static bool run_threads(struct load *load, struct ys_trouble *trouble)
{
    pthread_t threads[LOAD_THREADS];
    size_t wanted = load->count < LOAD_THREADS ? load->count : LOAD_THREADS;
    size_t made = 0;
    load->started_ns = ys_engine_monotonic(load->exec->engine);
    while (made < wanted && pthread_create(&threads[made], NULL, run_thread, load) == 0) {
        made++;
    }
    for (size_t i = 0; i < made; i++) {
        pthread_join(threads[i], NULL);
    }
    if (made < wanted) {
        return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                              "only %zu of %zu threads could be started", made, wanted);
    }
    return ys_engine_stopped(load->exec->engine)
               ? ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT, "interrupted")
               : true;
}

/* ---- what it shows ---- */

static int by_time(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void set_rank(struct ys_arena *arena, struct ys_value *map, const char *name,
                     const int64_t *sorted, uint64_t rank)
{
    ys_value_set(arena, map, name,
                 rank ? ys_value_int(arena, sorted[rank - 1u]) : ys_value_null(arena));
}

/* A share in percent with two decimals. */
static void set_share(struct ys_arena *arena, struct ys_value *map, const char *name,
                      uint32_t ten_thousandths)
{
    struct ys_decimal decimal;
    const char *text =
        ys_arena_printf(arena, "%u.%02u", ten_thousandths / 100u, ten_thousandths % 100u);
    if (ys_decimal_parse(text, strlen(text), &decimal, NULL) == YS_OK) {
        ys_value_set(arena, map, name, ys_value_number(arena, decimal));
    }
}

static const struct ys_value *observation(struct load *load, struct ys_arena *arena)
{
    struct ys_value *map = ys_value_map(arena);
    int64_t *sorted = ys_arena_calloc(arena, load->count + 1u, sizeof *sorted);
    size_t answered = 0;
    uint64_t errors = 0;
    uint64_t low = 0;
    uint64_t high = 0;
    uint32_t least = 0;
    uint32_t most = 0;
    for (size_t i = 0; i < load->count; i++) {
        errors += !load->accepted[i];
        if (load->took_ms[i] >= 0) {
            sorted[answered++] = load->took_ms[i];
        }
    }
    qsort(sorted, answered, sizeof *sorted, by_time);
    ys_quantile_ranks(answered, P95, &low, &high);
    ys_share_bounds(errors, load->count, &least, &most);
    ys_value_set_int(arena, map, "sent", (int64_t)load->count);
    ys_value_set_int(arena, map, "answered", (int64_t)answered);
    ys_value_set_int(arena, map, "errors", (int64_t)errors);
    set_share(arena, map, "errors_low_percent", least);
    set_share(arena, map, "errors_high_percent", most);
    set_rank(arena, map, "p50_ms", sorted, (answered + 1u) / 2u);
    set_rank(arena, map, "p95_ms", sorted, (answered * 95u + 99u) / 100u);
    set_rank(arena, map, "p95_low_ms", sorted, low);
    set_rank(arena, map, "p95_high_ms", sorted, high);
    set_rank(arena, map, "slowest_ms", sorted, answered);
    ys_value_set_int(arena, map, "late_ms", load->late_ms);
    if (answered < load->count) {
        ys_value_set_text(arena, map, "last_error", load->last_error.text);
    }
    return map;
}

/* ---- the step ---- */

static bool read_load(struct ys_exec *exec, const struct ys_step *step, struct load *load,
                      struct ys_trouble *trouble)
{
    const struct ys_value *body = NULL;
    struct ys_err err;
    int64_t rate = 0;
    int64_t time_ms = 0;
    if (!ys_exec_expand(exec, &exec->view, step->body, &body, trouble)) {
        return false;
    }
    const char *time = ys_value_get_text(body, "for");
    rate = ys_value_get_int(body, "rate", 0);
    if (!time || ys_parse_duration(time, &time_ms, &err) != YS_OK || rate < 1 || time_ms < 1 ||
        rate > (int64_t)YS_LOAD_CALLS_MAX || time_ms > (int64_t)YS_UNTIL_MS_MAX ||
        rate * time_ms / 1000 < 1 || rate * time_ms / 1000 > (int64_t)YS_LOAD_CALLS_MAX) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS,
                              "rate × for is not from 1 to YS_LOAD_CALLS_MAX calls");
    }
    int64_t allowed = exec->engine->candidate->requests_per_second;
    if (allowed && rate > allowed) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                              "the candidate file allows %lld requests a second and this case "
                              "needs %lld",
                              (long long)allowed, (long long)rate);
    }
    load->count = (size_t)(rate * time_ms / 1000);
    load->interval_ns = 1000000000 / rate;
    load->call = (struct ys_step){
        .kind = YS_STEP_CALL,
        .document = step->document,
        .at = step->at,
        .target = ys_value_get_text(body, "call"),
        .with = ys_value_get(body, "with"),
    };
    exec->inputs = load->call.with;
    return true;
}

bool ys_observe_load(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    struct load load = {.exec = exec};
    if (!read_load(exec, step, &load, trouble)) {
        return false;
    }
    pthread_mutex_init(&load.mutex, NULL);
    load.took_ms = ys_arena_calloc(&exec->arena, load.count, sizeof *load.took_ms);
    load.accepted = ys_arena_calloc(&exec->arena, load.count, sizeof *load.accepted);
    bool good = run_threads(&load, trouble);
    if (good) {
        *ret_observation = observation(&load, &exec->arena);
    }
    pthread_mutex_destroy(&load.mutex);
    return good;
}
