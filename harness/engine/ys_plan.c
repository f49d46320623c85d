/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: which cases run, in the order of the suites, and the threads that run them. A case
 * starts when all its locks (ys_locks.c) are free; they are taken together, so that
 * no two cases can wait for each other. Results stand in the order of the plan, whatever the order
 * in which the cases started.
 */
#include "ys_persons.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* The patterns of the options: a run that is judged or joined again names each of its cases. */
struct selection {
    const char **names; /* without a wildcard, sorted */
    size_t name_count;
    const char **patterns;
    size_t pattern_count;
};

static int compare_texts(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

static struct selection read_selection(struct ys_arena *arena, const struct ys_run_options *options)
{
    size_t count = options->case_glob_count;
    struct selection selection = {
        .names = ys_arena_calloc(arena, count + 1, sizeof *selection.names),
        .patterns = ys_arena_calloc(arena, count + 1, sizeof *selection.patterns)};
    for (size_t i = 0; i < count; i++) {
        const char *glob = options->case_globs[i];
        if (glob[strcspn(glob, "*?[\\")] == '\0') {
            selection.names[selection.name_count++] = glob;
        } else {
            selection.patterns[selection.pattern_count++] = glob;
        }
    }
    qsort(selection.names, selection.name_count, sizeof *selection.names, compare_texts);
    return selection;
}

static bool is_selected(const struct ys_run_options *options, const struct selection *selection,
                        const struct ys_case *subject)
{
    bool selected = options->case_glob_count == 0 ||
                    bsearch(&subject->id, selection->names, selection->name_count,
                            sizeof *selection->names, compare_texts) != NULL;
    for (size_t i = 0; i < selection->pattern_count && !selected; i++) {
        selected = fnmatch(selection->patterns[i], subject->id, 0) == 0;
    }
    bool judged = options->clause_id_count == 0;
    for (size_t i = 0; i < options->clause_id_count && !judged; i++) {
        for (size_t k = 0; k < subject->clause_count && !judged; k++) {
            judged = strcmp(options->clause_ids[i], subject->clauses[k]) == 0;
        }
    }
    bool listed = !options->case_ids;
    for (size_t i = 0; i < options->case_id_count && !listed; i++) {
        listed = strcmp(options->case_ids[i], subject->id) == 0;
    }
    return selected && judged && listed;
}

/* ---- parts ---- */

static void digest_text(struct ys_sm3 *sm3, const char *text)
{
    ys_sm3_update(sm3, text, strlen(text) + 1u);
}

/* What the parts of one plan must have in common: inputs, seed, division and every case. */
static void digest_plan(struct ys_engine *engine)
{
    const struct ys_run_options *options = engine->options;
    struct ys_sm3 *sm3 = ys_sm3_new();
    uint8_t digest[YS_SM3_BYTES];
    char numbers[64];
    snprintf(numbers, sizeof numbers, "%llu %u", (unsigned long long)options->seed,
             options->shard.count);
    digest_text(sm3, numbers);
    digest_text(sm3, ys_purpose_name(options->purpose));
    digest_text(sm3, options->build ? options->build : "");
    for (size_t i = 0; i < engine->pack->document_count; i++) {
        digest_text(sm3, engine->pack->documents[i]->digest);
    }
    if (engine->candidate->document) {
        digest_text(sm3, engine->candidate->document->digest);
    }
    for (size_t i = 0; i < engine->planned_count; i++) {
        const char *id = engine->planned[i].subject->id;
        snprintf(numbers, sizeof numbers, "%lld",
                 (long long)ys_value_get_int(options->durations, id, -1));
        digest_text(sm3, id);
        digest_text(sm3, numbers);
    }
    ys_sm3_final(sm3, digest);
    ys_sm3_free(sm3);
    ys_hex_encode_lower(digest, sizeof digest, engine->plan_digest);
}

/* Keeps the cases of this part; they have the numbers that they have in the whole plan. */
static void keep_part(struct ys_engine *engine)
{
    const struct ys_run_options *options = engine->options;
    if (options->shard.count < 2 || engine->told_again) {
        return;
    }
    size_t count = engine->planned_count;
    int64_t *durations = ys_calloc(count + 1u, sizeof *durations);
    unsigned *parts = ys_calloc(count + 1u, sizeof *parts);
    for (size_t i = 0; i < count; i++) {
        durations[i] = ys_value_get_int(options->durations, engine->planned[i].subject->id, -1);
    }
    ys_shard_divide(durations, count, options->shard.count, parts);
    engine->planned_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i] == options->shard.index) {
            engine->planned[engine->planned_count++] = engine->planned[i];
        }
    }
    ys_free(durations);
    ys_free(parts);
}

struct drawn {
    uint8_t key[YS_SM3_BYTES];
    size_t at;
};

static int by_key(const void *a, const void *b)
{
    const struct drawn *x = a;
    const struct drawn *y = b;
    return memcmp(x->key, y->key, sizeof x->key);
}

/* The order in which cases start: that of the plan, or by SM3(seed, id), the same on every
 * machine. */
static void make_order(struct ys_engine *engine)
{
    size_t count = engine->planned_count;
    struct drawn *drawn = ys_calloc(count + 1u, sizeof *drawn);
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)engine->options->seed);
    engine->order = ys_arena_calloc(&engine->arena, count + 1u, sizeof *engine->order);
    for (size_t i = 0; i < count; i++) {
        struct ys_sm3 *sm3 = ys_sm3_new();
        digest_text(sm3, seed);
        digest_text(sm3, engine->planned[i].subject->id);
        ys_sm3_final(sm3, drawn[i].key);
        ys_sm3_free(sm3);
        drawn[i].at = i;
    }
    if (engine->options->shuffle) {
        qsort(drawn, count, sizeof *drawn, by_key);
    }
    for (size_t i = 0; i < count; i++) {
        engine->order[i] = drawn[i].at;
    }
    ys_free(drawn);
}

/* Where the readers cannot be listed, the cases say so. */
static void list_readers(struct ys_engine *engine)
{
    const struct ys_card_port *port = engine->options->cards;
    if (port && port->driver->list(port->context, &engine->arena, &engine->readers,
                                   &engine->reader_count, NULL) != YS_OK) {
        engine->reader_count = 0;
    }
}

static void init_planned(struct ys_engine *engine)
{
    list_readers(engine);
    for (size_t i = 0; i < engine->planned_count; i++) {
        ys_arena_init(&engine->planned[i].arena);
        ys_locks_find(engine, &engine->planned[i]);
    }
}

enum ys_status ys_plan_make(struct ys_engine *engine, struct ys_err *reterr)
{
    const struct ys_pack *pack = engine->pack;
    const struct selection selection = read_selection(&engine->arena, engine->options);
    size_t total = 0;
    for (size_t i = 0; i < pack->suite_count; i++) {
        total += pack->suites[i]->case_count;
    }
    engine->planned = ys_calloc(total + 1, sizeof *engine->planned);
    for (size_t i = 0; i < pack->suite_count; i++) {
        for (size_t k = 0; k < pack->suites[i]->case_count; k++) {
            const struct ys_case *subject = &pack->suites[i]->cases[k];
            if (is_selected(engine->options, &selection, subject)) {
                struct ys_planned *planned = &engine->planned[engine->planned_count++];
                planned->subject = subject;
                planned->number = (int64_t)engine->planned_count;
                planned->state = YS_WAITING;
            }
        }
    }
    if (engine->planned_count == 0 && !engine->told_again && !ys_documents_are_wanted(engine)) {
        return ys_err_set(reterr, YS_ERR_USAGE, "the selection matches no case");
    }
    engine->plan_cases = engine->planned_count;
    digest_plan(engine);
    keep_part(engine);
    make_order(engine);
    init_planned(engine);
    return YS_OK;
}

/* ---- running ---- */

/* The first waiting case whose locks are free, or NULL; with the plan's mutex held. */
static struct ys_planned *next_case(struct ys_engine *engine, bool *ret_waiting)
{
    *ret_waiting = false;
    while (engine->settled < engine->begun &&
           engine->planned[engine->order[engine->settled]].state == YS_DONE) {
        engine->settled++;
    }
    for (size_t i = engine->settled; i < engine->planned_count; i++) {
        struct ys_planned *planned = &engine->planned[engine->order[i]];
        if (planned->state != YS_WAITING) {
            continue;
        }
        *ret_waiting = true;
        bool free = true;
        for (size_t k = engine->settled; k < engine->begun && free; k++) {
            const struct ys_planned *other = &engine->planned[engine->order[k]];
            free = other->state != YS_RUNNING || !ys_locks_shared(planned, other);
        }
        if (free) {
            engine->begun = i < engine->begun ? engine->begun : i + 1u;
            return planned;
        }
    }
    return NULL;
}

static void *work(void *context)
{
    struct ys_engine *engine = context;
    struct ys_worker worker;
    ys_worker_init(&worker, engine);
    pthread_mutex_lock(&engine->plan_mutex);
    for (;;) {
        bool waiting = false;
        struct ys_planned *planned = next_case(engine, &waiting);
        if (!waiting || ys_engine_stopped(engine) || atomic_load(&engine->broken)) {
            break;
        }
        if (!planned) {
            pthread_cond_wait(&engine->plan_changed, &engine->plan_mutex);
            continue;
        }
        planned->state = YS_RUNNING;
        pthread_mutex_unlock(&engine->plan_mutex);
        ys_case_execute(&worker, planned);
        pthread_mutex_lock(&engine->plan_mutex);
        planned->state = YS_DONE;
        pthread_cond_broadcast(&engine->plan_changed);
    }
    pthread_cond_broadcast(&engine->plan_changed);
    pthread_mutex_unlock(&engine->plan_mutex);
    ys_worker_clear(&worker);
    return NULL;
}

void ys_plan_run(struct ys_engine *engine)
{
    pthread_t threads[YS_PARALLEL_MAX];
    unsigned jobs = engine->options->jobs < 1 ? 1 : engine->options->jobs;
    jobs = jobs > YS_PARALLEL_MAX ? YS_PARALLEL_MAX : jobs;
    unsigned made = 0;
    /* A joined run is judged again part by part: each has its own cases waiting. */
    engine->settled = 0;
    engine->begun = 0;
    while (made + 1 < jobs && pthread_create(&threads[made], NULL, work, engine) == 0) {
        made++;
    }
    work(engine);
    for (unsigned i = 0; i < made; i++) {
        pthread_join(threads[i], NULL);
    }
    for (size_t i = 0; i < engine->planned_count; i++) {
        struct ys_planned *planned = &engine->planned[i];
        if (planned->state == YS_WAITING) {
            planned->result = (struct ys_case_result){
                .subject = planned->subject,
                .verdict = YS_VERDICT_INCONCLUSIVE,
                .cause = YS_CAUSE_ENVIRONMENT,
                .reason = "interrupted",
                .started_us = ys_engine_wall(engine),
            };
        }
    }
}
