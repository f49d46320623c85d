/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many cases of a run are proven able to fail. The manifest keeps the proof, so that a record
 * that is judged again with other suites counts again: a case that is not what it was when the
 * proof was made is not proven.
 */
#include "ys_engine_private.h"

#include <string.h>

#include "ys_proof.h"

const struct ys_value *ys_proof_value(struct ys_arena *arena, const struct ys_proof *proof)
{
    const struct ys_value *told = proof->document->root;
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "file", proof->document->name);
    ys_value_set_text(arena, map, "sm3", proof->document->digest);
    for (size_t i = 0; i < told->as.map.count; i++) {
        ys_value_set(arena, map, told->as.map.members[i].name, told->as.map.members[i].value);
    }
    return map;
}

/* The entry of a case, or NULL. Entries stand in the order of their ids. */
static const struct ys_value *find(const struct ys_value *cases, const char *id)
{
    size_t low = 0;
    size_t high = ys_value_count(cases);
    while (low < high) {
        size_t middle = low + (high - low) / 2u;
        const struct ys_value *one = ys_value_at(cases, middle);
        const char *name = ys_value_get_text(one, "case");
        int order = strcmp(id, name ? name : "");
        if (order == 0) {
            return one;
        }
        low = order > 0 ? middle + 1u : low;
        high = order < 0 ? middle : high;
    }
    return NULL;
}

/* What keeps a case from being proven, or NULL. */
static const char *doubt(const struct ys_engine *engine, const struct ys_case *subject,
                         const struct ys_value *entry)
{
    struct ys_case_digests digests;
    struct ys_arena scratch;
    if (!entry) {
        return "absent";
    }
    const char *then = ys_value_get_text(entry, "suite");
    ys_arena_init(&scratch);
    ys_case_digest(&scratch, engine->pack, engine->candidate, subject, &digests);
    ys_arena_clear(&scratch);
    return then && strcmp(then, digests.suite) == 0 ? NULL : "changed";
}

const struct ys_value *ys_proven_value(struct ys_engine *engine, struct ys_arena *arena)
{
    static const char *const names[] = {"sm3",    "tool",   "made", "seeds",
                                        "defects", "caught", "runs", "false_alarms"};
    const struct ys_value *proof = engine->options->proof;
    const struct ys_value *entries = ys_value_get(proof, "cases");
    struct ys_value *map = ys_value_map(arena);
    struct ys_value *unproven = ys_value_list(arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ys_value_set(arena, map, names[i], ys_value_get(proof, names[i]));
    }
    for (size_t i = 0; i < engine->planned_count; i++) {
        const struct ys_case *subject = engine->planned[i].subject;
        const char *why = doubt(engine, subject, find(entries, subject->id));
        if (why) {
            struct ys_value *one = ys_value_map(arena);
            ys_value_set_text(arena, one, "id", subject->id);
            ys_value_set_text(arena, one, "why", why);
            ys_value_append(arena, unproven, one);
        }
    }
    ys_value_set_int(arena, map, "cases", (int64_t)engine->planned_count);
    ys_value_set_int(arena, map, "cases_proven",
                     (int64_t)(engine->planned_count - ys_value_count(unproven)));
    ys_value_set(arena, map, "unproven", unproven);
    return map;
}
