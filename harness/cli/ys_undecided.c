/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_undecided.h"

#include <string.h>

#include "ys_expr.h"
#include "ys_supply.h"

bool ys_case_cites(const struct ys_case *subject, const char *clause)
{
    for (size_t i = 0; i < subject->clause_count; i++) {
        if (strcmp(subject->clauses[i], clause) == 0) {
            return true;
        }
    }
    return false;
}

static bool contains(const struct ys_value *list, const char *text)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        if (strcmp(ys_value_text(ys_value_at(list, i)), text) == 0) {
            return true;
        }
    }
    return false;
}

struct declared {
    const struct ys_candidate *by;
};

static const struct ys_value *lookup_supply(void *context, const char *name)
{
    const struct declared *declared = context;
    return ys_value_get(declared->by->supplies, name);
}

/* Whether a step asks what the candidate declares, and its answer leaves the case out. */
static bool leaves_out(struct ys_arena *arena, const struct ys_candidate *candidate,
                       const struct ys_step *step)
{
    const struct ys_value *answer = NULL;
    struct declared declared = {candidate};
    return step->kind == YS_STEP_CHECK && step->otherwise == YS_OTHERWISE_NOT_APPLICABLE &&
           ys_value_text(step->expect) &&
           ys_template_expand(arena, step->body, lookup_supply, &declared, &answer, NULL) ==
               YS_OK &&
           !ys_value_equal(answer, step->expect);
}

/* Whether a case is for banks that declare otherwise: what it begins with says so. */
static bool is_for_another(struct ys_arena *arena, const struct ys_pack *pack,
                           const struct ys_candidate *candidate, const struct ys_case *subject)
{
    struct ys_case_parts parts;
    ys_case_parts(arena, pack, subject, &parts);
    bool out = subject->step_count > 0 && leaves_out(arena, candidate, &subject->steps[0]);
    for (size_t i = 0; i < parts.fragment_count; i++) {
        out = out || (parts.fragments[i]->step_count > 0 &&
                      leaves_out(arena, candidate, &parts.fragments[i]->steps[0]));
    }
    return out;
}

/* What the case, or what it begins with, asks for and the candidate does not supply; or NULL. */
static const char *not_supplied(struct ys_arena *arena, const struct ys_pack *pack,
                                const struct ys_candidate *candidate, const struct ys_case *subject)
{
    struct ys_case_parts parts;
    const struct ys_catalogue *catalogue = pack->catalogue;
    ys_case_parts(arena, pack, subject, &parts);
    const char *path = ys_supply_missing(arena, catalogue, candidate->supplies, subject->at);
    for (size_t i = 0; i < parts.fragment_count && !path; i++) {
        path = ys_supply_missing(arena, catalogue, candidate->supplies, parts.fragments[i]->at);
    }
    return path ? ys_arena_printf(arena, "%s: " YS_SUPPLY_MISSING, subject->id, path,
                                  ys_supply_example(arena, catalogue, path))
                : NULL;
}

/* Why a case cannot run with this candidate, or NULL. Collects the unbound operations it calls. */
static const char *obstacle(struct ys_arena *arena, const struct ys_pack *pack,
                            const struct ys_candidate *candidate, const struct ys_case *subject,
                            struct ys_value *unbound)
{
    const char *reason = NULL;
    const char **ids = NULL;
    size_t count = 0;
    if (is_for_another(arena, pack, candidate, subject)) {
        return NULL;
    }
    if (ys_case_operations(arena, pack, subject, &ids, &count) != YS_OK) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (ys_candidate_binding(candidate, ids[i])) {
            continue;
        }
        reason = ys_arena_printf(arena, "%s needs %s, which is not bound", subject->id, ids[i]);
        if (!contains(unbound, ids[i])) {
            ys_value_append(arena, unbound, ys_value_string(arena, ids[i]));
        }
    }
    for (size_t i = 0; !reason && i < subject->need_count; i++) {
        const char *need = subject->needs[i];
        const char *role = strncmp(need, "reader.", 7) == 0 ? need + 7 : need;
        if (!ys_candidate_reader(candidate, role)) {
            reason = ys_arena_printf(arena, "%s needs a reader for the role %s", subject->id, role);
        }
    }
    if (!reason && subject->destructive && !candidate->consents_destructive) {
        reason = ys_arena_printf(arena, "%s needs consent: {destructive: true}", subject->id);
    }
    return reason ? reason : not_supplied(arena, pack, candidate, subject);
}

void ys_undecided_clauses(struct ys_arena *arena, const struct ys_pack *pack,
                          const struct ys_candidate *candidate, struct ys_value *unbound,
                          struct ys_value *undecided)
{
    const struct ys_regulation *regulation = pack->regulation;
    const char **reasons = ys_arena_calloc(arena, regulation->clause_count, sizeof *reasons);
    for (size_t s = 0; s < pack->suite_count; s++) {
        for (size_t c = 0; c < pack->suites[s]->case_count; c++) {
            const struct ys_case *subject = &pack->suites[s]->cases[c];
            const char *reason = obstacle(arena, pack, candidate, subject, unbound);
            for (size_t i = 0; reason && i < regulation->clause_count; i++) {
                if (!reasons[i] && ys_case_cites(subject, regulation->clauses[i].id)) {
                    reasons[i] = reason;
                }
            }
        }
    }
    for (size_t i = 0; i < regulation->clause_count; i++) {
        if (reasons[i]) {
            struct ys_value *row = ys_value_map(arena);
            ys_value_set_text(arena, row, "clause", regulation->clauses[i].id);
            ys_value_set_text(arena, row, "reason", reasons[i]);
            ys_value_append(arena, undecided, row);
        }
    }
}
