/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repeat, each and parallel. Every iteration has a scope and an arena of its own, cleared at its
 * end; what `collect` names is copied out. Iterations of a parallel step run in threads with
 * connections of their own and only read what lies outside them.
 */
#include "ys_replay.h"

#include <string.h>

#include "ys_csv.h"
#include "ys_file.h"

struct loop {
    struct ys_exec *exec;
    const struct ys_step *step;
    const struct ys_value *items; /* NULL: counts */
    size_t count;
    const char *name;
    const struct ys_value ***collected; /* [name][iteration], in `arena` */
    struct ys_arena arena;
    pthread_mutex_t mutex; /* of the arena */
    atomic_size_t next;
    atomic_bool ended; /* an iteration ended the case */
};

static void collect(struct loop *loop, struct ys_exec *exec, size_t index)
{
    const struct ys_value *wanted = loop->step->collect;
    for (size_t i = 0; wanted && i < wanted->as.map.count; i++) {
        const struct ys_value *value = NULL;
        struct ys_trouble trouble;
        if (!ys_exec_expand(exec, exec->scope, wanted->as.map.members[i].value, &value, &trouble)) {
            if (!ys_exec_trouble(exec, loop->step, &trouble)) {
                atomic_store(&loop->ended, true);
            }
            continue;
        }
        pthread_mutex_lock(&loop->mutex);
        loop->collected[i][index] = ys_value_copy(&loop->arena, value);
        pthread_mutex_unlock(&loop->mutex);
    }
}

/* One iteration in `exec`, whose path and scope are restored. */
static bool iterate(struct loop *loop, struct ys_exec *exec, size_t index, struct ys_arena *arena)
{
    struct ys_scope scope;
    struct ys_scope *outer = exec->scope;
    size_t length = exec->path.length;
    ys_scope_init(&scope, outer, arena);
    if (loop->name) {
        ys_scope_set(&scope, loop->name,
                     loop->items ? ys_value_at(loop->items, index)
                                 : ys_value_int(arena, (int64_t)index + 1));
    }
    if (ys_buf_printf(&exec->path, "[%zu]", index) != YS_OK) {
        exec->path.length = length;
    }
    exec->scope = &scope;
    bool goes_on = ys_steps_run(exec, loop->step->steps, loop->step->step_count);
    if (goes_on) {
        collect(loop, exec, index);
    }
    exec->scope = outer;
    exec->path.length = length;
    exec->path.bytes[length] = '\0';
    return goes_on;
}

static bool run_in_order(struct loop *loop)
{
    struct ys_arena arena;
    bool goes_on = true;
    ys_arena_init(&arena);
    for (size_t i = 0; goes_on && i < loop->count; i++) {
        goes_on = iterate(loop, loop->exec, i, &arena) && !atomic_load(&loop->ended);
        ys_arena_reset(&arena);
    }
    ys_arena_clear(&arena);
    return goes_on;
}

static void *run_thread(void *context)
{
    struct loop *loop = context;
    struct ys_worker worker;
    struct ys_arena arena;
    struct ys_exec exec;
    ys_exec_beside(&exec, &worker, loop->exec);
    ys_arena_init(&arena);
    for (;;) {
        size_t index = atomic_fetch_add(&loop->next, 1);
        if (index >= loop->count || atomic_load(&loop->ended)) {
            break;
        }
        if (!iterate(loop, &exec, index, &arena)) {
            atomic_store(&loop->ended, true);
        }
        ys_arena_reset(&arena);
    }
    ys_exec_end(&exec);
    ys_arena_clear(&arena);
    return NULL;
}

static bool run_in_parallel(struct loop *loop)
{
    pthread_t threads[YS_PARALLEL_MAX];
    size_t wanted = loop->count < YS_PARALLEL_MAX ? loop->count : YS_PARALLEL_MAX;
    size_t made = 0;
    while (made < wanted && pthread_create(&threads[made], NULL, run_thread, loop) == 0) {
        made++;
    }
    for (size_t i = 0; i < made; i++) {
        pthread_join(threads[i], NULL);
    }
    if (made < wanted) {
        struct ys_trouble trouble;
        ys_trouble_set(&trouble, YS_CAUSE_ENVIRONMENT,
                       "only %zu of %zu threads could be started", made, wanted);
        return ys_exec_trouble(loop->exec, loop->step, &trouble) && !atomic_load(&loop->ended);
    }
    return !atomic_load(&loop->ended);
}

/* Branches that had begun when another ended the case went on, so they are replayed first. */
static bool replay_parallel(struct loop *loop)
{
    struct ys_exec *exec = loop->exec;
    struct ys_arena arena;
    bool outer = exec->parallel;
    bool outer_cut = exec->cut_parallel;
    ys_arena_init(&arena);
    exec->parallel = true;
    exec->cut_parallel = exec->run->cut;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < loop->count; i++) {
            bool begun = ys_replay_was_begun(exec, i);
            if (begun != (pass == 0) || (!begun && atomic_load(&loop->ended))) {
                continue;
            }
            if (!iterate(loop, exec, i, &arena)) {
                atomic_store(&loop->ended, true);
            }
            ys_arena_reset(&arena);
        }
    }
    exec->parallel = outer;
    exec->cut_parallel = outer_cut;
    ys_arena_clear(&arena);
    return !atomic_load(&loop->ended);
}

/* Whether the record has a part of a parallel step. */
static bool was_begun(const struct loop *loop)
{
    struct ys_exec *exec = loop->exec;
    bool begun = ys_engine_rejudges(exec->engine);
    for (size_t i = 0; !begun && exec->run->cut && i < loop->count; i++) {
        begun = ys_replay_was_begun(exec, i);
    }
    return begun;
}

/* ---- over what ---- */

static bool read_items(struct ys_exec *exec, const struct ys_step *step,
                       const struct ys_value **ret_items, struct ys_trouble *trouble)
{
    struct ys_err err;
    const struct ys_value *items = NULL;
    const char *csv = ys_value_get_text(step->of, "csv");
    if (csv) {
        const char *path = ys_path_beside(&exec->arena, step->document->name, csv);
        if (ys_csv_load(&exec->arena, path, &items, &err) != YS_OK) {
            return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "%s", err.text);
        }
    } else if (!ys_exec_expand(exec, exec->scope, step->of, &items, trouble)) {
        return false;
    }
    if (items->kind != YS_KIND_LIST) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "a loop over a %s, which is no list",
                              ys_kind_name(items->kind));
    }
    *ret_items = items;
    return true;
}

static bool read_count(struct ys_exec *exec, const struct ys_step *step, size_t *ret_count,
                       struct ys_trouble *trouble)
{
    const struct ys_value *times = NULL;
    int64_t count = 0;
    if (!ys_exec_expand(exec, exec->scope, step->times, &times, trouble)) {
        return false;
    }
    if (times->kind != YS_KIND_NUMBER || ys_decimal_to_int(times->as.number, &count) != YS_OK ||
        count < 0 || count > (int64_t)YS_REPEAT_TIMES_MAX) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS,
                              "times is %s, not a whole number up to YS_REPEAT_TIMES_MAX",
                              ys_value_show(&exec->arena, times, 60));
    }
    *ret_count = (size_t)count;
    return true;
}

static void publish(struct loop *loop)
{
    const struct ys_value *wanted = loop->step->collect;
    for (size_t i = 0; wanted && i < wanted->as.map.count; i++) {
        struct ys_value *list = ys_value_list(&loop->arena);
        for (size_t k = 0; k < loop->count; k++) {
            if (loop->collected[i][k]) {
                ys_value_append(&loop->arena, list, loop->collected[i][k]);
            }
        }
        ys_scope_set(loop->exec->scope, wanted->as.map.members[i].name, list);
    }
}

bool ys_loop_run(struct ys_exec *exec, const struct ys_step *step)
{
    struct loop loop = {.exec = exec, .step = step, .name = step->as};
    struct ys_trouble trouble;
    const struct ys_value *items = NULL;
    ys_arena_reset(&exec->arena);
    exec->request = NULL;
    exec->dialogue = NULL;
    exec->repeat = NULL;
    exec->seq = 0;
    if (step->of ? !read_items(exec, step, &items, &trouble)
                 : !read_count(exec, step, &loop.count, &trouble)) {
        return ys_exec_trouble(exec, step, &trouble);
    }
    if (step->of) {
        loop.count = ys_value_count(items);
    }
    if (loop.count == 0 && !step->allow_empty) {
        ys_trouble_set(&trouble, YS_CAUSE_CANDIDATE,
                       "a loop over nothing, so nothing was tried");
        return ys_exec_trouble(exec, step, &trouble);
    }
    ys_arena_init(&loop.arena);
    pthread_mutex_init(&loop.mutex, NULL);
    /* The step's arena is used by the steps inside: the items move to the loop's own. */
    loop.items = items ? ys_value_copy(&loop.arena, items) : NULL;
    size_t names = ys_value_count(step->collect);
    loop.collected = ys_arena_calloc(&loop.arena, names + 1, sizeof *loop.collected);
    for (size_t i = 0; i < names; i++) {
        loop.collected[i] =
            ys_arena_calloc(&loop.arena, loop.count + 1, sizeof *loop.collected[i]);
    }
    bool goes_on = step->kind != YS_STEP_PARALLEL ? run_in_order(&loop)
                   : was_begun(&loop)             ? replay_parallel(&loop)
                                                  : run_in_parallel(&loop);
    if (goes_on) {
        publish(&loop);
    }
    pthread_mutex_destroy(&loop.mutex);
    ys_arena_clear(&loop.arena);
    return goes_on;
}
