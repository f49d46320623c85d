/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a case holds while it runs, so that no other case touches it: the readers of its card steps,
 * the supplies it uses that are one thing (a test card, an account), what the operations that it
 * calls hold, and the names that the suite gives. All of it is found before the run, in fragments
 * too: the order in which cases start cannot change what they hold.
 */
#include "ys_engine_private.h"

#include <string.h>

#define CASE_LOCKS_MAX 64u

struct holding {
    struct ys_engine *engine;
    struct ys_planned *planned;
};

static void add_lock(struct ys_planned *planned, const char *name)
{
    for (size_t i = 0; i < planned->lock_count; i++) {
        if (strcmp(planned->locks[i], name) == 0) {
            return;
        }
    }
    if (planned->lock_count < CASE_LOCKS_MAX) {
        planned->locks[planned->lock_count++] = name;
    }
}

/* A role is held, and with it the reader that it is: two roles may be one reader, whose card no two
 * cases may touch at once. */
static void add_reader(struct holding *holding, const char *role)
{
    struct ys_engine *engine = holding->engine;
    const struct ys_reader_role *known = ys_candidate_reader(engine->candidate, role);
    const struct ys_reader_state *reader =
        known ? ys_reader_find(engine->readers, engine->reader_count, known->pattern, known->atr)
              : NULL;
    add_lock(holding->planned, ys_arena_printf(&engine->arena, "reader.%s", role));
    if (reader) {
        add_lock(holding->planned, ys_arena_printf(&engine->arena, "reader at %s", reader->name));
    }
}

static void add_readers_of(struct holding *holding, const struct ys_value *body)
{
    const char *reader = ys_value_get_text(body, "reader");
    const struct ys_value *psam = ys_value_get(body, "authenticate");
    add_reader(holding, reader ? reader : "card");
    if (psam) {
        const char *role =
            ys_value_text(psam) ? ys_value_text(psam) : ys_value_get_text(psam, "reader");
        add_reader(holding, role ? role : "psam");
    }
}

static void add_operation(struct holding *holding, const char *id)
{
    const struct ys_operation *operation =
        id ? ys_catalogue_operation(holding->engine->pack->catalogue, id) : NULL;
    for (size_t i = 0; operation && i < operation->lock_count; i++) {
        add_lock(holding->planned, operation->locks[i]);
    }
}

static void add_supply(void *context, const char *root, const char *path)
{
    (void)path;
    struct holding *holding = context;
    const struct ys_catalogue *catalogue = holding->engine->pack->catalogue;
    for (size_t i = 0; i < catalogue->exclusive_count; i++) {
        if (strcmp(catalogue->exclusive[i], root) == 0) {
            add_lock(holding->planned,
                     ys_arena_printf(&holding->engine->arena, "supply.%s", root));
        }
    }
}

/* What cannot be read as expressions, lint has refused. */
static void add_supplies_in(struct holding *holding, const struct ys_value *tree)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    if (tree) {
        (void)!ys_template_names(&arena, tree, add_supply, holding, NULL);
    }
    ys_arena_clear(&arena);
}

static void scan_steps(struct holding *holding, const struct ys_step *steps, size_t count,
                       unsigned depth);

static void scan_fragment(struct holding *holding, const char *id, unsigned depth)
{
    const struct ys_fragment *fragment =
        ys_pack_fragment(holding->engine->pack, holding->planned->subject->suite, id);
    if (!fragment || depth > YS_STEP_DEPTH_MAX) {
        return;
    }
    for (size_t i = 0; i < fragment->use_count; i++) {
        scan_fragment(holding, fragment->uses[i], depth + 1);
    }
    scan_steps(holding, fragment->steps, fragment->step_count, depth + 1);
    scan_steps(holding, fragment->finally, fragment->finally_count, depth + 1);
    add_supplies_in(holding, fragment->gives);
}

static void scan_steps(struct holding *holding, const struct ys_step *steps, size_t count,
                       unsigned depth)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_step *step = &steps[i];
        if (step->kind == YS_STEP_CARD) {
            add_readers_of(holding, step->body);
        } else if (step->kind == YS_STEP_CALL) {
            add_operation(holding, step->target);
        } else if (step->kind == YS_STEP_CONTRACT || step->kind == YS_STEP_LOAD) {
            add_operation(holding, ys_value_get_text(step->body, "call"));
        } else if (step->kind == YS_STEP_USE) {
            scan_fragment(holding, step->target, depth);
        }
        if (!step->steps) { /* the steps of a loop are looked at by themselves */
            add_supplies_in(holding, step->body);
        }
        add_supplies_in(holding, step->of);
        add_supplies_in(holding, step->times);
        add_supplies_in(holding, step->with);
        add_supplies_in(holding, step->expect);
        if (depth <= YS_STEP_DEPTH_MAX) {
            scan_steps(holding, step->steps, step->step_count, depth + 1);
        }
    }
}

void ys_locks_find(struct ys_engine *engine, struct ys_planned *planned)
{
    const struct ys_case *subject = planned->subject;
    struct holding holding = {engine, planned};
    planned->locks = ys_arena_calloc(&engine->arena, CASE_LOCKS_MAX, sizeof *planned->locks);
    for (size_t i = 0; i < subject->lock_count; i++) {
        add_lock(planned, subject->locks[i]);
    }
    for (size_t i = 0; i < subject->need_count; i++) {
        if (strncmp(subject->needs[i], "reader.", 7) == 0) {
            add_reader(&holding, subject->needs[i] + 7);
        }
    }
    for (size_t i = 0; i < subject->use_count; i++) {
        scan_fragment(&holding, subject->uses[i], 0);
    }
    scan_steps(&holding, subject->given, subject->given_count, 0);
    scan_steps(&holding, subject->steps, subject->step_count, 0);
    scan_steps(&holding, subject->finally, subject->finally_count, 0);
}

/* A lock that every case takes: what measures time is not to be measured beside others. */
static bool is_alone(const struct ys_planned *planned)
{
    for (size_t i = 0; i < planned->lock_count; i++) {
        if (strcmp(planned->locks[i], "everything") == 0) {
            return true;
        }
    }
    return false;
}

bool ys_locks_shared(const struct ys_planned *a, const struct ys_planned *b)
{
    if (is_alone(a) || is_alone(b)) {
        return true;
    }
    for (size_t i = 0; i < a->lock_count; i++) {
        for (size_t k = 0; k < b->lock_count; k++) {
            if (strcmp(a->locks[i], b->locks[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}
