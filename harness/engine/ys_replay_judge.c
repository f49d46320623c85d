/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging again what a record shows. What it hides cannot be computed anew: there the verdict of
 * then stands, as long as the suite is that of the run.
 */
#include "ys_replay.h"

#include <string.h>

#include "ys_expr.h"
#include "ys_redact.h"

#define HIDDEN_AND_CHANGED                                                                         \
    "the record hides what is judged here, and the suite is not the one of the run"

struct judging {
    struct ys_exec *exec;
    const struct ys_value *observation;
    bool hidden; /* an expression used a value that the record hides */
};

static bool has_text(const struct ys_value *value, const char *part)
{
    const char *text = ys_value_text(value);
    if (text) {
        return strstr(text, part) != NULL;
    }
    bool is_map = value && value->kind == YS_KIND_MAP;
    for (size_t i = 0; i < ys_value_count(value); i++) {
        if (has_text(is_map ? value->as.map.members[i].value : ys_value_at(value, i), part)) {
            return true;
        }
    }
    return false;
}

/* Names become what the record shows of their values. */
static const struct ys_value *lookup_marked(void *context, const char *name)
{
    struct judging *judging = context;
    struct ys_exec *exec = judging->exec;
    const struct ys_value *value =
        ys_replay_mark(exec->engine->replay, &exec->arena, ys_scope_lookup(&exec->view, name));
    judging->hidden = judging->hidden || has_text(value, YS_MARK_BEGIN);
    return value;
}

/* Whether a check measures a text in which a mark stands: "length of data" shows a number. */
static bool measures_mark(const struct judging *judging, const struct ys_check *check)
{
    static const char before[] = "length of ";
    if (strncmp(check->target, before, sizeof before - 1u) != 0) {
        return false;
    }
    const char *path = check->target + sizeof before - 1u;
    const char *member = ys_arena_strndup(&judging->exec->arena, path, strcspn(path, ".["));
    return has_text(ys_value_get(judging->observation, member), YS_MARK_BEGIN);
}

/* Whether a check is about something that the record hides: it shows or measures a mark, or its
 * expectation was computed, perhaps from one ("the seventeenth digit of the number"). */
static bool is_hidden(const struct judging *judging, const struct ys_check *check)
{
    return strstr(check->observed, YS_MARK_BEGIN) || strstr(check->expected, YS_MARK_BEGIN) ||
           measures_mark(judging, check) || (judging->hidden && has_text(check->at, "${"));
}

/* The recorded failure of a target, or NULL. */
static const struct ys_value *recorded_failure(const struct ys_value *record, const char *target)
{
    const struct ys_value *failed = ys_value_get(record, "failed");
    for (size_t i = 0; i < ys_value_count(failed); i++) {
        const char *name = ys_value_get_text(ys_value_at(failed, i), "target");
        if (name && strcmp(name, target) == 0) {
            return ys_value_at(failed, i);
        }
    }
    return NULL;
}

static struct ys_check check_of(const struct ys_value *failed)
{
    bool undecided = strcmp(ys_value_word(failed, "verdict"), "inconclusive") == 0;
    return (struct ys_check){
        .verdict = undecided ? YS_VERDICT_INCONCLUSIVE : YS_VERDICT_FAIL,
        .cause = YS_CAUSE_CANDIDATE,
        .target = ys_value_word(failed, "target"),
        .expected = ys_value_word(failed, "expected"),
        .observed = ys_value_word(failed, "observed"),
        .reason = ys_value_word(failed, "reason"),
    };
}

/* All that was noted then, where nothing could be computed now. */
static void take_all(struct ys_exec *exec, struct ys_judgement *judgement)
{
    const struct ys_value *failed = ys_value_get(exec->record, "failed");
    *judgement = (struct ys_judgement){.verdict = YS_VERDICT_PASS};
    judgement->passed = (size_t)ys_value_get_int(exec->record, "passed", 0);
    judgement->checks =
        ys_arena_calloc(&exec->arena, ys_value_count(failed) + 1u, sizeof *judgement->checks);
    for (size_t i = 0; i < ys_value_count(failed); i++) {
        const struct ys_check check = check_of(ys_value_at(failed, i));
        judgement->verdict = ys_verdict_worse(judgement->verdict, check.verdict);
        judgement->checks[judgement->count++] = check;
    }
}

/* Replaces checks about hidden values by what was noted then. Returns how many. */
static size_t take_hidden(const struct judging *judging, bool same, struct ys_judgement *judgement)
{
    struct ys_exec *exec = judging->exec;
    const struct ys_value *failed = ys_value_get(exec->record, "failed");
    const struct ys_judgement now = *judgement;
    size_t taken = 0;
    judgement->verdict = YS_VERDICT_PASS;
    judgement->count = 0;
    judgement->checks = ys_arena_calloc(&exec->arena, now.count + ys_value_count(failed) + 1u,
                                        sizeof *judgement->checks);
    for (size_t i = 0; i < now.count; i++) {
        struct ys_check check = now.checks[i];
        if (is_hidden(judging, &check)) {
            const struct ys_value *then = recorded_failure(exec->record, check.target);
            taken++;
            if (same && !then) {
                judgement->passed++;
                continue;
            }
            if (!same) {
                check.verdict = YS_VERDICT_INCONCLUSIVE;
                check.cause = YS_CAUSE_HARNESS;
                check.reason =
                    ys_arena_printf(&exec->arena, HIDDEN_AND_CHANGED ": %s", check.reason);
            } else {
                check = check_of(then);
            }
        }
        judgement->verdict = ys_verdict_worse(judgement->verdict, check.verdict);
        judgement->checks[judgement->count++] = check;
    }
    /* What failed then and seems to hold now that it is hidden. */
    for (size_t i = 0; same && i < ys_value_count(failed); i++) {
        const struct ys_check then = check_of(ys_value_at(failed, i));
        bool known = false;
        for (size_t k = 0; k < judgement->count && !known; k++) {
            known = strcmp(judgement->checks[k].target, then.target) == 0;
        }
        if (!known && (judging->hidden || is_hidden(judging, &then))) {
            taken++;
            judgement->verdict = ys_verdict_worse(judgement->verdict, then.verdict);
            judgement->checks[judgement->count++] = then;
        }
    }
    return taken;
}

/* What an expression of a check's body names, as the record shows it. */
static void see_hidden(void *context, const char *root, const char *path)
{
    struct judging *judging = context;
    struct ys_exec *exec = judging->exec;
    const struct ys_value *value =
        ys_replay_mark(exec->engine->replay, &exec->arena, ys_scope_lookup(&exec->view, root));
    const char *at = path + strcspn(path, ".");
    while (*at && value && value->kind == YS_KIND_MAP) {
        size_t length = strcspn(at + 1, ".");
        value = ys_value_get(value, ys_arena_strndup(&exec->arena, at + 1, length));
        at += 1 + length;
    }
    judging->hidden = judging->hidden || has_text(value, YS_MARK_BEGIN);
}

/* Whether something plain was computed from what the record hides, as the length of a name is: from
 * marks it comes out as something else. */
static bool is_guess(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value *observation)
{
    struct judging body = {.exec = exec};
    return step->kind == YS_STEP_CHECK &&
           ys_template_names(&exec->arena, step->body, see_hidden, &body, NULL) == YS_OK &&
           body.hidden && !has_text(observation, YS_MARK_BEGIN);
}

bool ys_replay_judge(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value *observation, struct ys_judgement *ret_judgement,
                     struct ys_trouble *trouble)
{
    struct ys_replay *replay = exec->engine->replay;
    struct ys_err err;
    struct judging judging = {.exec = exec, .observation = observation};
    bool same = ys_replay_has_suite(replay, step->document->digest);
    bool noted = ys_value_get(exec->record, "passed") != NULL;
    size_t taken = 0;
    const struct ys_value *expect = ys_replay_mark(replay, &exec->arena, step->expect);
    if (is_guess(exec, step, observation)) {
        if (!same || !noted) {
            return ys_trouble_set(trouble, YS_CAUSE_HARNESS, HIDDEN_AND_CHANGED);
        }
        take_all(exec, ret_judgement);
        taken = 1;
    } else if (ys_judge(&exec->arena, step->kind, expect, observation, lookup_marked, &judging,
                        ret_judgement, &err) == YS_OK) {
        taken = take_hidden(&judging, same, ret_judgement);
    } else if (same && noted) {
        take_all(exec, ret_judgement);
        taken = 1;
    } else {
        return ys_trouble_err(trouble, &err);
    }
    ys_replay_take(replay, taken);
    return true;
}
