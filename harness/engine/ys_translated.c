/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the candidate file reads the bank's codes, for manifest.json. The bank says itself what its
 * codes mean, so a person must be able to see what was read as what.
 */
#include "ys_engine_private.h"

#include <string.h>

/* One map of codes, and the operations that read it alike. */
struct reading {
    const char *what; /* outcome, input or output */
    const char *name; /* of the field; a member of a list or an object after a point */
    const char *at;   /* status or a path; "" for an input */
    const struct ys_value *codes;
    struct ys_value *operations;
    struct reading *next;
};

struct readings {
    struct ys_arena *arena;
    const char *operation; /* whose binding is read */
    const char *what;
    struct reading *first;
    struct reading **end;
};

static void add(struct readings *to, const char *name, const char *at, const struct ys_value *codes)
{
    struct reading *reading = to->first;
    while (reading && (strcmp(reading->what, to->what) != 0 || strcmp(reading->name, name) != 0 ||
                       strcmp(reading->at, at) != 0 || !ys_value_equal(reading->codes, codes))) {
        reading = reading->next;
    }
    if (!reading) {
        reading = ys_arena_alloc(to->arena, sizeof *reading);
        *reading = (struct reading){to->what, name, at, codes, ys_value_list(to->arena), NULL};
        *to->end = reading;
        to->end = &reading->next;
    }
    ys_value_append(to->arena, reading->operations, ys_value_string(to->arena, to->operation));
}

/* {from, map}, or a list of them. */
static void add_outcomes(struct readings *to, const struct ys_value *outcome)
{
    to->what = "outcome";
    if (outcome->kind == YS_KIND_MAP) {
        add(to, "outcome", ys_value_get_text(outcome, "from"), ys_value_get(outcome, "map"));
    }
    for (size_t i = 0; outcome->kind == YS_KIND_LIST && i < ys_value_count(outcome); i++) {
        add_outcomes(to, ys_value_at(outcome, i));
    }
}

/* Rules by name; those of the members of a list or an object stand within. */
static void add_rules(struct readings *to, const char *prefix, const struct ys_value *rules)
{
    for (size_t i = 0; i < ys_value_count(rules); i++) {
        const struct ys_member *member = &rules->as.map.members[i];
        const char *name = ys_arena_printf(to->arena, "%s%s", prefix, member->name);
        const char *inner = ys_arena_printf(to->arena, "%s.", name);
        const char *at = ys_value_get_text(member->value, "at");
        const struct ys_value *map = ys_value_get(member->value, "map");
        if (map) {
            add(to, name, at ? at : "", map);
        }
        add_rules(to, inner, ys_value_get(member->value, "each"));
        add_rules(to, inner, ys_value_get(member->value, "fields"));
    }
}

const struct ys_value *ys_translated_value(const struct ys_candidate *candidate,
                                           struct ys_arena *arena)
{
    struct readings readings = {.arena = arena, .end = &readings.first};
    for (size_t i = 0; i < candidate->binding_count; i++) {
        const struct ys_binding *binding = &candidate->bindings[i];
        readings.operation = binding->operation->id;
        add_outcomes(&readings, binding->outcome);
        readings.what = "input";
        add_rules(&readings, "", binding->inputs);
        readings.what = "output";
        add_rules(&readings, "", binding->outputs);
    }
    struct ys_value *list = ys_value_list(arena);
    for (const struct reading *reading = readings.first; reading; reading = reading->next) {
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "what", reading->what);
        ys_value_set_text(arena, one, "name", reading->name);
        ys_value_set_text(arena, one, "at", reading->at);
        ys_value_set(arena, one, "codes", reading->codes);
        ys_value_set(arena, one, "operations", reading->operations);
        ys_value_append(arena, list, one);
    }
    return list;
}
