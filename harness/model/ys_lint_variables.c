/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scopes of variables: a name may be used where it has been given before. Names from a loop's
 * body end with the loop; what it collects stays.
 */
#include <string.h>

#include "ys_expr.h"
#include "ys_model_private.h"
#include "ys_suggest.h"

#define NAMES_MAX 512u

/* What the runner itself gives; see docs/suite-language.md. */
static const char *const ROOTS[] = {"clock", "run", "case", "seed", "endpoints",
                                    "client_endpoints", "signing", "readers", "dictionary"};

struct scope {
    struct ys_arena *arena;
    const struct ys_pack *pack;
    const struct ys_suite *suite;
    const struct ys_document *document;
    struct ys_diags *diags;
    const char *names[NAMES_MAX];
    size_t count;
    const struct ys_value *at; /* the tree being looked at */
};

static void give(struct scope *scope, const char *name)
{
    if (name && scope->count < NAMES_MAX) {
        scope->names[scope->count++] = name;
    }
}

static void visit(void *context, const char *root, const char *path)
{
    (void)path;
    struct scope *scope = context;
    for (size_t i = 0; i < scope->count; i++) {
        if (strcmp(scope->names[i], root) == 0) {
            return;
        }
    }
    struct ys_diag *diag = ys_diag_add(scope->diags, scope->document, scope->at,
                                       "'%s' is not defined here", root);
    diag->suggestion = ys_suggest(root, scope->names, scope->count);
    diag->expected = "a name that a fragment, `save`, `let` or a loop gave before";
}

/* Every string is visited by itself, so that a complaint points at it. */
static void look(struct scope *scope, const struct ys_value *tree)
{
    struct ys_err err;
    if (!tree) {
        return;
    }
    if (tree->kind == YS_KIND_LIST) {
        for (size_t i = 0; i < tree->as.list.count; i++) {
            look(scope, tree->as.list.items[i]);
        }
    } else if (tree->kind == YS_KIND_MAP) {
        for (size_t i = 0; i < tree->as.map.count; i++) {
            look(scope, tree->as.map.members[i].value);
        }
    } else if (ys_is_template(tree)) {
        scope->at = tree;
        if (ys_template_names(scope->arena, tree, visit, scope, &err) != YS_OK) {
            ys_diag_add(scope->diags, scope->document, tree, "%s", err.text);
        }
    }
}

static void look_steps(struct scope *scope, const struct ys_step *steps, size_t count);

static void look_loop(struct scope *scope, const struct ys_step *step)
{
    look(scope, step->times);
    look(scope, step->of);
    size_t outside = scope->count;
    give(scope, step->as);
    look_steps(scope, step->steps, step->step_count);
    look(scope, step->collect);
    scope->count = outside;
    for (size_t i = 0; i < ys_value_count(step->collect); i++) {
        give(scope, step->collect->as.map.members[i].name);
    }
}

static void look_steps(struct scope *scope, const struct ys_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_step *step = &steps[i];
        if (!step->body) {
            continue;
        }
        if (step->kind == YS_STEP_REPEAT || step->kind == YS_STEP_EACH ||
            step->kind == YS_STEP_PARALLEL) {
            look_loop(scope, step);
            continue;
        }
        if (step->kind == YS_STEP_LET) {
            /* Each value may use the names before it. */
            for (size_t k = 0; k < ys_value_count(step->body); k++) {
                look(scope, step->body->as.map.members[k].value);
                give(scope, step->body->as.map.members[k].name);
            }
            continue;
        }
        look(scope, step->body);
        look(scope, step->with);
        look(scope, step->expect);
        for (size_t k = 0; k < ys_value_count(step->save); k++) {
            give(scope, step->save->as.map.members[k].name);
        }
        if (step->kind == YS_STEP_USE) {
            give(scope, step->as);
        }
    }
}

static void give_roots(struct scope *scope)
{
    for (size_t i = 0; i < sizeof ROOTS / sizeof ROOTS[0]; i++) {
        give(scope, ROOTS[i]);
    }
    for (size_t i = 0; i < scope->pack->catalogue->supply_count; i++) {
        give(scope, scope->pack->catalogue->supplies[i].name);
    }
}

/* A fragment that stands gives its name, and the names of those that it uses. */
static void give_uses(struct scope *scope, const char *const *uses, size_t count, size_t depth)
{
    for (size_t i = 0; i < count && depth < YS_STEP_DEPTH_MAX; i++) {
        const struct ys_fragment *fragment =
            ys_pack_fragment(scope->pack, scope->suite, uses[i]);
        if (fragment) {
            give_uses(scope, fragment->uses, fragment->use_count, depth + 1);
        }
        give(scope, uses[i]);
    }
}

void ys_lint_variables(struct ys_arena *arena, const struct ys_pack *pack,
                       const struct ys_suite *suite, const struct ys_case *subject,
                       struct ys_diags *diags)
{
    struct scope *scope = ys_arena_alloc(arena, sizeof *scope);
    *scope = (struct scope){.arena = arena, .pack = pack, .suite = suite,
                            .document = suite->document, .diags = diags};
    give_roots(scope);
    give_uses(scope, subject->uses, subject->use_count, 0);
    look_steps(scope, subject->given, subject->given_count);
    look_steps(scope, subject->steps, subject->step_count);
    look_steps(scope, subject->finally, subject->finally_count);
}

void ys_lint_fragment_variables(struct ys_arena *arena, const struct ys_pack *pack,
                                const struct ys_suite *suite, const struct ys_fragment *fragment,
                                struct ys_diags *diags)
{
    struct scope *scope = ys_arena_alloc(arena, sizeof *scope);
    *scope = (struct scope){.arena = arena, .pack = pack, .suite = suite,
                            .document = suite->document, .diags = diags};
    give_roots(scope);
    give_uses(scope, fragment->uses, fragment->use_count, 0);
    for (size_t i = 0; i < fragment->param_count; i++) {
        give(scope, fragment->params[i]);
    }
    look_steps(scope, fragment->steps, fragment->step_count);
    look_steps(scope, fragment->finally, fragment->finally_count);
    look(scope, fragment->gives);
}
