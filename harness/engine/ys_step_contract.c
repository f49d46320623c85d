/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contract steps: one call, of which the whole reply is held against what the catalogue says of
 * the operation's outputs, and the exchange against what may not stand in it.
 *
 * An ordinary call stops at the first thing that does not fit and is undecided. Here each is
 * noted with operation and field, and judging is the suite's. What the reply told is observed all
 * the same, so that what the call made can be saved and undone.
 */
#include "ys_engine_private.h"

#include <string.h>

#include "ys_redact.h"

#define LISTED_MAX 100u

static void list(struct ys_arena *arena, struct ys_value *entries, const char *text)
{
    for (size_t i = 0; i < ys_value_count(entries); i++) {
        if (strcmp(ys_value_text(ys_value_at(entries, i)), text) == 0) {
            return; /* each once: a list may have the same fault in every row */
        }
    }
    if (ys_value_count(entries) < LISTED_MAX) {
        ys_value_append(arena, entries, ys_value_string(arena, text));
    }
}

bool ys_contract_fault(struct ys_exec *exec, const char *text)
{
    if (exec->contract) {
        list(&exec->arena, exec->contract->faults, text);
    }
    return exec->contract != NULL;
}

/* Kinds of what the run knows to be personal or secret in a text: "id-number in `where`". */
static void list_exposed(struct ys_exec *exec, const char *text, const char *where)
{
    const char *mark = NULL;
    size_t at = 0;
    size_t end = 0;
    while (ys_redact_find(exec->engine->redactor, text, strlen(text), &at, &end, &mark)) {
        const char *kind = mark + sizeof YS_MARK_BEGIN - 1u;
        list(&exec->arena, exec->contract->exposed,
             ys_arena_printf(&exec->arena, "%s: %.*s in %s", exec->contract->operation,
                             (int)strcspn(kind, ":"), kind, where));
        at = end;
    }
}

void ys_contract_see(struct ys_exec *exec, const struct ys_http_request *request)
{
    const struct ys_http_reply *reply = &exec->worker->reply;
    struct ys_contract *contract = exec->contract;
    const char *cache = ys_http_reply_header(reply, "Cache-Control");
    list_exposed(exec, request->url, "the URL");
    for (size_t i = 0; i < reply->header_count; i++) {
        list_exposed(exec, reply->headers[i].value,
                     ys_arena_printf(&exec->arena, "header %s", reply->headers[i].name));
    }
    /* RFC 9111, 5.2.2.5. */
    if (!cache || !strstr(cache, "no-store")) {
        list(&exec->arena, contract->cacheable,
             ys_arena_printf(&exec->arena, "%s: Cache-Control %s", contract->operation,
                             cache ? cache : "is missing"));
    }
}

bool ys_observe_contract(struct ys_exec *exec, const struct ys_step *step,
                         const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    struct ys_arena *arena = &exec->arena;
    const struct ys_value *seen = NULL;
    const struct ys_step call = {
        .kind = YS_STEP_CALL,
        .document = step->document,
        .at = step->at,
        .target = step->target,
        .with = ys_value_get(step->body, "with"),
    };
    struct ys_contract contract = {
        .operation = step->target,
        .faults = ys_value_list(arena),
        .exposed = ys_value_list(arena),
        .cacheable = ys_value_list(arena),
    };
    exec->contract = &contract;
    exec->operation = step->target;
    bool good = ys_observe_call(exec, &call, &seen, trouble);
    exec->contract = NULL;
    if (good) {
        struct ys_value *map = ys_value_map(arena);
        const char *outcome = ys_value_get_text(seen, "outcome");
        ys_value_set_text(arena, map, "outcome", outcome ? outcome : "unreadable");
        ys_value_set(arena, map, "faults", contract.faults);
        ys_value_set(arena, map, "exposed", contract.exposed);
        ys_value_set(arena, map, "cacheable", contract.cacheable);
        ys_value_set(arena, map, "outputs", seen);
        *ret_observation = map;
    }
    return good;
}
