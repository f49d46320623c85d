/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile steps: every bound operation gets requests that no bank may take, made from the
 * catalogue's types and the run's seed.
 *
 * Inputs are well formed and name nothing that is there, so that a request that is taken after
 * all finds nothing to change. With a body, the body is then spoilt so that it cannot be read;
 * without one, a text among the inputs is replaced by one of those that break careless code. Each
 * is authenticated and signed as usual: what is tried is the system behind the door.
 */
#include "ys_engine_private.h"

#include <stdlib.h>
#include <string.h>

#include "ys_json.h"
#include "ys_regex.h"
#include "ys_xml.h"

#define DEEP 20000u           /* levels of nesting */
#define HUGE (2u << 20)       /* bytes of a body that is too long */
#define HUGE_OPERATIONS 3u    /* so many operations get one, drawn from the seed */
#define TEXTS_PER_OPERATION 3 /* hostile texts for each operation without a body */
#define LISTED_MAX 100u       /* entries of each list of the observation */

/* What is done to a body. The order is that in which they are sent. */
enum spoil {
    SPOIL_CUT,
    SPOIL_SHAPE,
    SPOIL_NOTATION,
    SPOIL_ENCODING,
    SPOIL_DEEP,
    SPOIL_HUGE,
    SPOIL_COUNT
};
static const char *const SPOILS[SPOIL_COUNT] = {"body cut short",           "body of another shape",
                                                "body of another notation", "bytes of no text",
                                                "body nested deeply",       "body too long"};

/* Texts for identifiers and filters. */
static const char *const TEXTS[] = {
    "' OR '1'='1",
    "\"; DROP TABLE card; --",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "${jndi:ldap://127.0.0.1/a}",
    "%s%s%n%n",
    "{{7*7}}",
    "$(id)",
    "测试\xF0\x9F\x98\x80",
    "-9223372036854775809",
};
#define TEXT_COUNT (sizeof TEXTS / sizeof TEXTS[0])

struct hostile {
    struct ys_exec *exec; /* of the requests; its arena is that of one operation */
    struct ys_arena *lists;
    const struct ys_value *telling; /* patterns that no reply may match */
    const struct ys_value *except;
    uint64_t state; /* of the draw */
    size_t sent;
    size_t operations;
    size_t refused;
    struct ys_value *accepted; /* lists of texts */
    struct ys_value *failed;
    struct ys_value *unanswered;
    struct ys_value *unmapped;
    struct ys_value *told;
};

/* Inputs that name nothing; texts are `text` where it is given. */
static const struct ys_value *plausible_inputs(struct hostile *hostile,
                                               const struct ys_operation *operation,
                                               const char *text)
{
    return ys_plausible_object(&hostile->exec->arena, operation->inputs, operation->input_count,
                               text, &hostile->state);
}

/* ---- bodies ---- */

static void set_body(struct ys_outgoing *outgoing, const char *bytes, size_t length)
{
    outgoing->request.body = bytes;
    outgoing->request.body_length = length;
}

static char *filled(struct ys_arena *arena, const char *start, char with, size_t count)
{
    size_t length = strlen(start);
    char *text = ys_arena_alloc(arena, length + count + 1u);
    memcpy(text, start, length);
    memset(text + length, with, count);
    text[length + count] = '\0';
    return text;
}

void ys_spoil_body(struct ys_exec *exec, struct ys_outgoing *outgoing)
{
    struct ys_arena *arena = &exec->arena;
    const char *body = outgoing->request.body;
    size_t length = outgoing->request.body_length;
    bool is_xml = length > 0 && body[0] == '<';
    char *text = NULL;
    switch ((enum spoil)exec->spoil - 1) {
    case SPOIL_CUT:
        set_body(outgoing, body, length > 1u ? length - 1u - length / 4u : 0);
        break;
    case SPOIL_SHAPE:
        text = ys_arena_strdup(arena, is_xml ? "<a/>" : "[]");
        set_body(outgoing, text, strlen(text));
        break;
    case SPOIL_NOTATION:
        text = ys_arena_strdup(arena, is_xml ? "{\"a\": 1}" : "<a>1</a>");
        set_body(outgoing, text, strlen(text));
        break;
    case SPOIL_ENCODING:
        text = ys_arena_printf(arena, "%s\xC0\xAF\xFF\xFE%s", is_xml ? "<" : "{\"",
                               is_xml ? "/>" : "\": 1}");
        set_body(outgoing, text, strlen(text));
        break;
    case SPOIL_DEEP:
        text = filled(arena, is_xml ? "<a>" : "{\"a\": ", is_xml ? '<' : '[', DEEP);
        set_body(outgoing, text, strlen(text));
        break;
    case SPOIL_HUGE:
        text = filled(arena, is_xml ? "<a>" : "{\"a\": \"", 'x', HUGE);
        set_body(outgoing, text, strlen(text));
        break;
    case SPOIL_COUNT:
        break;
    }
}

/* ---- replies ---- */

static void list(struct hostile *hostile, struct ys_value *entries, const struct ys_bound *bound,
                 const char *what, const char *seen)
{
    if (ys_value_count(entries) < LISTED_MAX) {
        const char *text = ys_arena_printf(hostile->lists, "%s, %s: %s",
                                           bound->binding->operation->id, what, seen);
        ys_value_append(hostile->lists, entries, ys_value_string(hostile->lists, text));
    }
}

/* The pattern of the suite that the reply matches, or NULL. */
static const char *telling(const struct hostile *hostile, const struct ys_http_reply *reply)
{
    for (size_t i = 0; i < ys_value_count(hostile->telling); i++) {
        const char *pattern = ys_value_text(ys_value_at(hostile->telling, i));
        bool matches = false;
        if (pattern &&
            ys_regex_match(pattern, reply->body.bytes ? reply->body.bytes : "", reply->body.length,
                           false, &matches, NULL) == YS_OK &&
            matches) {
            return pattern;
        }
    }
    return NULL;
}

static bool is_in_notation(struct ys_exec *exec, const struct ys_binding *binding)
{
    const struct ys_http_reply *reply = &exec->worker->reply;
    const struct ys_value *json = NULL;
    struct ys_xml *xml = NULL;
    bool good = true;
    if (binding->reply_kind == YS_REPLY_JSON) {
        good = ys_json_parse(&exec->arena, reply->body.bytes, reply->body.length, &json, NULL) ==
               YS_OK;
    } else if (binding->reply_kind == YS_REPLY_XML) {
        good = ys_xml_parse(reply->body.bytes, reply->body.length, NULL, &xml, NULL) == YS_OK;
        ys_xml_free(xml);
    }
    return good;
}

/* `spoilt`: the body could not be read, so that taking it is a mistake in itself. */
static void judge_reply(struct hostile *hostile, const struct ys_bound *bound, const char *what,
                        bool spoilt)
{
    struct ys_exec *exec = hostile->exec;
    const struct ys_http_reply *reply = &exec->worker->reply;
    const struct ys_value *observation = NULL;
    const struct ys_value *json = NULL;
    struct ys_trouble ignored;
    const char *status = ys_arena_printf(&exec->arena, "HTTP %d", reply->status);
    bool mapped = ys_binding_reply(exec, bound, &observation, &json, &ignored);
    const char *outcome = mapped ? ys_value_get_text(observation, "outcome") : "";
    const char *pattern = telling(hostile, reply);
    if (pattern) {
        list(hostile, hostile->told, bound, what, pattern);
    }
    if (reply->status >= 500 || strcmp(outcome, "failed") == 0) {
        list(hostile, hostile->failed, bound, what, status);
    } else if (strcmp(outcome, "accepted") == 0 && spoilt) {
        list(hostile, hostile->accepted, bound, what, status);
    } else if (!mapped && !is_in_notation(exec, bound->binding)) {
        list(hostile, hostile->unmapped, bound, what, status);
    } else {
        hostile->refused++;
    }
}

/* Whether the bank still answers a harmless read. If not, it is gone, or the network is, and what
 * cut the connection was not this request alone. */
static bool still_answers(struct hostile *hostile)
{
    struct ys_exec *exec = hostile->exec;
    const struct ys_engine *engine = exec->engine;
    struct ys_outgoing outgoing;
    struct ys_trouble ignored;
    for (size_t i = 0; i < engine->candidate->binding_count; i++) {
        const struct ys_operation *operation = engine->bound[i].binding->operation;
        if (operation->harmless &&
            ys_binding_request(exec, &engine->bound[i],
                               plausible_inputs(hostile, operation, NULL),
                               1, &outgoing, &ignored)) {
            bool answered = ys_exchange(exec, &outgoing, &ignored);
            return ys_exchange_record(exec, &outgoing, answered ? NULL : &ignored) && answered;
        }
    }
    return false;
}

/* False: nothing can be said of the bank, `trouble` says why. */
static bool send_one(struct hostile *hostile, const struct ys_bound *bound,
                     const struct ys_value *inputs, const char *what, unsigned spoil,
                     struct ys_trouble *trouble)
{
    struct ys_exec *exec = hostile->exec;
    struct ys_outgoing outgoing;
    exec->spoil = spoil;
    bool made = ys_binding_request(exec, bound, inputs, 1, &outgoing, trouble);
    exec->spoil = 0;
    if (!made) {
        return true; /* an input that the binding itself cannot carry is not sent */
    }
    hostile->sent++;
    bool answered = ys_exchange(exec, &outgoing, trouble);
    if (answered) {
        judge_reply(hostile, bound, what, spoil > 0);
    }
    if (!ys_exchange_record(exec, &outgoing, answered ? NULL : trouble)) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "the evidence cannot be written");
    }
    if (!answered && !still_answers(hostile)) {
        return false;
    }
    if (!answered) {
        list(hostile, hostile->unanswered, bound, what, trouble->text);
    }
    return true;
}

/* ---- operations ---- */

static bool try_operation(struct hostile *hostile, const struct ys_bound *bound, bool huge,
                          struct ys_trouble *trouble)
{
    struct ys_exec *exec = hostile->exec;
    const struct ys_operation *operation = bound->binding->operation;
    const struct ys_value *inputs =
        plausible_inputs(hostile, operation, NULL);
    bool good = true;
    hostile->operations++;
    exec->operation = operation->id;
    if (bound->binding->body) {
        for (unsigned i = 0; good && i < (huge ? SPOIL_COUNT : SPOIL_HUGE); i++) {
            good = send_one(hostile, bound, inputs, SPOILS[i], i + 1u, trouble);
        }
    } else {
        for (int i = 0; good && i < TEXTS_PER_OPERATION; i++) {
            const char *text = TEXTS[ys_draw(&hostile->state) % TEXT_COUNT];
            inputs = plausible_inputs(hostile, operation, text);
            good = send_one(hostile, bound, inputs, text, 0, trouble);
        }
    }
    exec->operation = NULL;
    return good;
}

static bool is_excepted(const struct hostile *hostile, const char *operation)
{
    for (size_t i = 0; i < ys_value_count(hostile->except); i++) {
        const char *id = ys_value_text(ys_value_at(hostile->except, i));
        if (id && strcmp(id, operation) == 0) {
            return true;
        }
    }
    return false;
}

static const struct ys_value *observation(const struct hostile *hostile, struct ys_arena *arena)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_int(arena, map, "operations", (int64_t)hostile->operations);
    ys_value_set_int(arena, map, "sent", (int64_t)hostile->sent);
    ys_value_set_int(arena, map, "refused", (int64_t)hostile->refused);
    ys_value_set(arena, map, "accepted", hostile->accepted);
    ys_value_set(arena, map, "failed", hostile->failed);
    ys_value_set(arena, map, "unanswered", hostile->unanswered);
    ys_value_set(arena, map, "unmapped", hostile->unmapped);
    ys_value_set(arena, map, "telling", hostile->told);
    return map;
}

/* Every bound operation, each with the memory of one. */
static bool try_all(struct hostile *hostile, struct ys_trouble *trouble)
{
    const struct ys_engine *engine = hostile->exec->engine;
    size_t count = engine->candidate->binding_count;
    size_t first = count ? (size_t)(ys_draw(&hostile->state) % count) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct ys_bound *bound = &engine->bound[i];
        bool huge = (i + count - first) % count < HUGE_OPERATIONS;
        if (ys_engine_stopped(engine)) {
            return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT, "interrupted");
        }
        ys_arena_reset(&hostile->exec->arena);
        if (!is_excepted(hostile, bound->binding->operation->id) &&
            !try_operation(hostile, bound, huge, trouble)) {
            return false;
        }
    }
    return true;
}

bool ys_observe_hostile(struct ys_exec *exec, const struct ys_step *step,
                        const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    struct ys_arena *arena = &exec->arena;
    const struct ys_value *body = NULL;
    if (!ys_exec_expand(exec, &exec->view, step->body, &body, trouble)) {
        return false;
    }
    struct ys_exec inner;
    ys_exec_within(&inner, exec);
    struct hostile hostile = {
        .exec = &inner,
        .lists = arena,
        .telling = ys_value_get(body, "telling"),
        .except = ys_value_get(body, "except"),
        .state = exec->engine->options->seed,
        .accepted = ys_value_list(arena),
        .failed = ys_value_list(arena),
        .unanswered = ys_value_list(arena),
        .unmapped = ys_value_list(arena),
        .told = ys_value_list(arena),
    };
    bool good = try_all(&hostile, trouble);
    ys_exec_leave(exec, &inner);
    if (good) {
        *ret_observation = observation(&hostile, arena);
    }
    return good;
}
