/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stranger steps: bound operations are called by one who may not, and none may be done.
 *
 * A stranger has no credentials, forged ones, or the bank's own with inputs that give no right (a
 * token of another role, none at all); or all that it takes but the client certificate that the
 * endpoint requires, or an imitation of it; or all but a signature of this request, by the client's
 * key, made now and for the first time. Inputs are those that the suite gives, by name; others
 * keep their types and name nothing. An operation that only reads is also called by one who may
 * where the stranger lacks credentials: an answer like that one shows that nobody looked at who
 * asks. A bank that refuses everything in the same words, strangers too where it serves the client,
 * shows nothing by them; such answers are not alike, they may have another reason.
 *
 * A replayer lets the bank's own client go first, and sends the same bytes again. What is done
 * then is done, so only operations that read are tried, and others that the suite names.
 *
 * Operations that read come first. How they refuse strangers tells a refusal of the person from
 * one of the matter ("already active"), which proves nothing about other operations.
 */
#include "ys_engine_private.h"

#include <string.h>

#define LISTED_MAX 100u
#define REFUSALS_MAX 8u

struct strangers {
    struct ys_exec *exec; /* of the requests; its arena is that of one operation */
    struct ys_arena *lists;
    const struct ys_value *body;
    enum ys_stranger who;
    uint64_t state;                     /* of the draw */
    struct ys_outgoing last;            /* the request that was sent, for a replayer */
    const char *refusals[REFUSALS_MAX]; /* answers that refuse the person */
    const char *bodies[REFUSALS_MAX];   /* whole replies of these */
    size_t refusal_count;
    const char *turned[REFUSALS_MAX]; /* those to a stranger where the client was served */
    size_t turned_count;
    struct {
        const struct ys_operation *operation;
        const char *answer;
    } same[LISTED_MAX]; /* stranger and client were answered so */
    size_t same_count;
    size_t operations;
    size_t refused;
    struct ys_value *accepted; /* lists of texts */
    struct ys_value *alike;
    struct ys_value *otherwise;
};

static bool in_list(const struct ys_value *list, const char *operation)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const char *id = ys_value_text(ys_value_at(list, i));
        size_t length = id ? strlen(id) : 0;
        if (length > 2u && strcmp(id + length - 2u, ".*") == 0
                ? strncmp(id, operation, length - 1u) == 0
                : id && strcmp(id, operation) == 0) {
            return true;
        }
    }
    return false;
}

static const struct ys_field *input_named(const struct ys_operation *operation, const char *name)
{
    return ys_fields_find(operation->inputs, operation->input_count, name);
}

static bool requires_certificate(const struct ys_candidate *candidate,
                                 const struct ys_binding *binding)
{
    for (size_t i = 0; i < candidate->endpoint_count; i++) {
        if (strcmp(candidate->endpoints[i].name, binding->endpoint) == 0) {
            return candidate->endpoints[i].client_certificate != NULL;
        }
    }
    return false;
}

static bool is_meant(const struct strangers *strangers, const struct ys_bound *bound)
{
    const struct ys_operation *operation = bound->binding->operation;
    const struct ys_value *only = ys_value_get(strangers->body, "only");
    const char *having = ys_value_get_text(strangers->body, "having");
    if (ys_stranger_by_signature(strangers->who)) {
        if (!bound->binding->signed_request ||
            (strangers->who == YS_STRANGER_REPLAYER && !only && !operation->harmless)) {
            return false;
        }
    } else if (ys_stranger_by_certificate(strangers->who)) {
        if (!requires_certificate(strangers->exec->engine->candidate, bound->binding)) {
            return false;
        }
    } else if (strangers->who != YS_STRANGER_CALLER && !bound->binding->authenticated &&
               !bound->binding->signed_request) {
        return false;
    }
    return (!only || in_list(only, operation->id)) &&
           !in_list(ys_value_get(strangers->body, "except"), operation->id) &&
           (!having || input_named(operation, having));
}

/* `given`: what the suite gives, by name; or NULL. */
static const struct ys_value *inputs_of(struct strangers *strangers,
                                        const struct ys_operation *operation,
                                        const struct ys_value *given)
{
    struct ys_arena *arena = &strangers->exec->arena;
    const struct ys_value *without = ys_value_get(strangers->body, "without");
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < operation->input_count; i++) {
        const struct ys_field *field = &operation->inputs[i];
        const struct ys_value *value = ys_value_get(given, field->name);
        if (in_list(without, field->name)) {
            continue;
        }
        if (!value && field->required) {
            value = ys_plausible(arena, field->type, NULL, &strangers->state);
        }
        if (value) {
            ys_value_set(arena, map, field->name, value);
        }
    }
    const struct ys_type type = {
        .kind = YS_TYPE_OBJECT, .fields = operation->inputs, .field_count = operation->input_count};
    ys_learn(strangers->exec->engine->redactor, &type, map);
    return map;
}

/* Sends a request, and reads the reply by the binding; NULL where it is not in its notation. */
static bool exchange(struct ys_exec *exec, const struct ys_bound *bound,
                     const struct ys_outgoing *outgoing, const struct ys_value **ret_observation,
                     struct ys_trouble *trouble)
{
    struct ys_outgoing request = *outgoing;
    const struct ys_value *reply = NULL;
    struct ys_trouble ignored;
    *ret_observation = NULL;
    exec->turned_away = false;
    bool sent = ys_exchange(exec, &request, trouble);
    if (sent && !ys_binding_reply(exec, bound, ret_observation, &reply, &ignored)) {
        *ret_observation = NULL;
    }
    if (!ys_exchange_record(exec, &request, sent ? NULL : trouble)) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "the evidence cannot be written");
    }
    return sent || exec->turned_away;
}

/* Builds strangers->last; a replayer's is there already. */
static bool build(struct strangers *strangers, const struct ys_bound *bound,
                  const struct ys_value *inputs, enum ys_stranger who, struct ys_trouble *trouble)
{
    struct ys_exec *exec = strangers->exec;
    struct ys_outgoing other;
    if (who == YS_STRANGER_REPLAYER) {
        return true;
    }
    if (who == YS_STRANGER_ALTERER) {
        const struct ys_value *none = inputs_of(strangers, bound->binding->operation, NULL);
        if (!ys_binding_request(exec, bound, none, 1, &other, trouble)) {
            return false;
        }
        exec->signed_instead = &other;
    }
    /* Who lacks nothing but the certificate signs and is let in as the bank's own client. */
    exec->stranger = ys_stranger_by_certificate(who) ? YS_STRANGER_CALLER : who;
    bool good = ys_binding_request(exec, bound, inputs, 1, &strangers->last, trouble);
    exec->stranger = YS_STRANGER_CALLER;
    exec->signed_instead = NULL;
    return good;
}

/* The reply as a text, empty where there was none. */
static const char *body_of(struct strangers *strangers)
{
    const struct ys_http_reply *reply = &strangers->exec->worker->reply;
    return strangers->exec->turned_away || !reply->body.bytes
               ? ""
               : ys_arena_strndup(strangers->lists, reply->body.bytes, reply->body.length);
}

/* One request. *ret_answer tells answers apart: status, outcome and the bank's reason. */
static bool ask(struct strangers *strangers, const struct ys_bound *bound,
                const struct ys_value *inputs, enum ys_stranger who, const char **ret_answer,
                bool *ret_accepted, struct ys_trouble *trouble)
{
    struct ys_exec *exec = strangers->exec;
    const struct ys_value *seen = NULL;
    if (!build(strangers, bound, inputs, who, trouble)) {
        return false;
    }
    exec->stranger = ys_stranger_by_certificate(who) ? who : YS_STRANGER_CALLER;
    bool good = exchange(exec, bound, &strangers->last, &seen, trouble);
    exec->stranger = YS_STRANGER_CALLER;
    if (!good) {
        return false;
    }
    if (exec->turned_away) {
        *ret_answer = "no reply, the handshake was refused";
        *ret_accepted = false;
        return true;
    }
    const char *outcome = seen ? ys_value_get_text(seen, "outcome") : "not mapped";
    const char *reason = seen ? ys_value_get_text(seen, "reason") : NULL;
    *ret_answer = ys_arena_printf(strangers->lists, "HTTP %d, %s%s%s", exec->worker->reply.status,
                                  outcome, reason ? ", " : "", reason ? reason : "");
    *ret_accepted = strcmp(outcome, "accepted") == 0;
    return true;
}

static void list(struct strangers *strangers, struct ys_value *entries,
                 const struct ys_operation *operation, const char *answer)
{
    if (ys_value_count(entries) < LISTED_MAX) {
        const char *text = ys_arena_printf(strangers->lists, "%s: %s", operation->id, answer);
        ys_value_append(strangers->lists, entries, ys_value_string(strangers->lists, text));
    }
}

static bool is_among(const char *const *answers, size_t count, const char *answer)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(answers[i], answer) == 0) {
            return true;
        }
    }
    return false;
}

/* What of a reply is its reason is the binding's choice, operation by operation; the same words
 * are the same refusal. */
static bool is_known(const struct strangers *strangers, const char *answer, const char *body)
{
    return is_among(strangers->refusals, strangers->refusal_count, answer) ||
           (*body && is_among(strangers->bodies, strangers->refusal_count, body));
}

/* The answers of one operation, to the stranger and to one who may, where that is asked. */
struct answers {
    const char *stranger;
    const char *body; /* the whole reply to the stranger */
    const char *usual;
    bool accepted; /* the stranger */
    bool may;
};

static void judge(struct strangers *strangers, const struct ys_operation *operation,
                  const struct answers *answers)
{
    /* What the client is refused as well is refused for another reason than a replay. */
    bool replays = strangers->who == YS_STRANGER_REPLAYER;
    bool teaches = operation->harmless && (answers->may || !replays);
    const char *answer = answers->stranger;
    if (answers->may && !answers->accepted && strangers->turned_count < REFUSALS_MAX &&
        !is_among(strangers->turned, strangers->turned_count, answer)) {
        strangers->turned[strangers->turned_count++] = answer;
    }
    if (answers->accepted) {
        list(strangers, strangers->accepted, operation, answer);
    } else if (!replays && strcmp(answer, answers->usual) == 0) {
        if (strangers->same_count < LISTED_MAX) {
            strangers->same[strangers->same_count].operation = operation;
            strangers->same[strangers->same_count++].answer = answer;
        }
    } else if (teaches && !is_known(strangers, answer, answers->body) &&
               strangers->refusal_count < REFUSALS_MAX) {
        strangers->bodies[strangers->refusal_count] = answers->body;
        strangers->refusals[strangers->refusal_count++] = answer;
        strangers->refused++;
    } else if (strangers->refusal_count > 0 && !is_known(strangers, answer, answers->body)) {
        list(strangers, strangers->otherwise, operation, answer);
    } else {
        strangers->refused++;
    }
}

/* A replay follows what it repeats, and what that does is announced. */
static bool ask_both(struct strangers *strangers, const struct ys_bound *bound,
                     const struct ys_value *inputs, struct answers *answers,
                     struct ys_trouble *trouble)
{
    const struct ys_operation *operation = bound->binding->operation;
    bool replays = strangers->who == YS_STRANGER_REPLAYER;
    if (replays && ((!operation->harmless && !ys_exec_announce(strangers->exec, trouble)) ||
                    !ask(strangers, bound, inputs, YS_STRANGER_CALLER, &answers->usual,
                         &answers->may, trouble))) {
        return false;
    }
    if (!ask(strangers, bound, inputs, strangers->who, &answers->stranger, &answers->accepted,
             trouble)) {
        return false;
    }
    answers->body = answers->accepted ? "" : body_of(strangers);
    return replays || !operation->harmless || strangers->who == YS_STRANGER_CALLER ||
           ask(strangers, bound, inputs, YS_STRANGER_CALLER, &answers->usual, &answers->may,
               trouble);
}

static bool try_operation(struct strangers *strangers, const struct ys_bound *bound,
                          struct ys_trouble *trouble)
{
    const struct ys_operation *operation = bound->binding->operation;
    const struct ys_value *inputs =
        inputs_of(strangers, operation, ys_value_get(strangers->body, "with"));
    struct answers answers = {.usual = ""};
    if (strangers->who == YS_STRANGER_ALTERER && ys_value_count(inputs) == 0) {
        return true; /* one request of this operation is like another */
    }
    strangers->operations++;
    strangers->exec->operation = operation->id;
    bool good = ask_both(strangers, bound, inputs, &answers, trouble);
    strangers->exec->operation = NULL;
    if (good) {
        judge(strangers, operation, &answers);
    }
    return good;
}

static bool try_all(struct strangers *strangers, struct ys_trouble *trouble)
{
    const struct ys_engine *engine = strangers->exec->engine;
    for (int reading = 1; reading >= 0; reading--) {
        for (size_t i = 0; i < engine->candidate->binding_count; i++) {
            const struct ys_bound *bound = &engine->bound[i];
            if (bound->binding->operation->harmless != (reading == 1) ||
                !is_meant(strangers, bound)) {
                continue;
            }
            if (ys_engine_stopped(engine)) {
                return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT, "interrupted");
            }
            ys_arena_reset(&strangers->exec->arena);
            if (!try_operation(strangers, bound, trouble)) {
                return false;
            }
        }
    }
    return true;
}

/* Which answers that strangers and client had in common tell something is known at the end. */
static void list_same(struct strangers *strangers)
{
    for (size_t i = 0; i < strangers->same_count; i++) {
        const char *answer = strangers->same[i].answer;
        bool tells = !is_among(strangers->turned, strangers->turned_count, answer);
        list(strangers, tells ? strangers->alike : strangers->otherwise,
             strangers->same[i].operation, answer);
    }
}

/* NULL is the bank's own client. */
static bool stranger_named(const char *name, enum ys_stranger *ret_who)
{
    static const char *const names[] = {[YS_STRANGER_NOBODY] = "nobody",
                                        [YS_STRANGER_FORGER] = "forger",
                                        [YS_STRANGER_UNCERTIFIED] = "uncertified",
                                        [YS_STRANGER_IMITATOR] = "imitator",
                                        [YS_STRANGER_IMPOSTOR] = "impostor",
                                        [YS_STRANGER_ALTERER] = "alterer",
                                        [YS_STRANGER_LATECOMER] = "latecomer",
                                        [YS_STRANGER_FORERUNNER] = "forerunner",
                                        [YS_STRANGER_REPLAYER] = "replayer"};
    for (size_t i = 1; name && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_who = (enum ys_stranger)i;
            return true;
        }
    }
    *ret_who = YS_STRANGER_CALLER;
    return name == NULL;
}

bool ys_observe_strangers(struct ys_exec *exec, const struct ys_step *step,
                          const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    struct ys_arena *arena = &exec->arena;
    const struct ys_value *body = NULL;
    if (!ys_exec_expand(exec, &exec->view, step->body, &body, trouble)) {
        return false;
    }
    const char *name = ys_value_get_text(body, "who");
    enum ys_stranger who = YS_STRANGER_CALLER;
    if (!stranger_named(name, &who)) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "no stranger is called '%s'", name);
    }
    struct ys_exec inner;
    ys_exec_within(&inner, exec);
    struct strangers strangers = {
        .exec = &inner,
        .lists = arena,
        .body = body,
        .who = who,
        .state = ~exec->engine->options->seed, /* no text of a hostile step */
        .accepted = ys_value_list(arena),
        .alike = ys_value_list(arena),
        .otherwise = ys_value_list(arena),
    };
    bool good = try_all(&strangers, trouble);
    ys_exec_leave(exec, &inner);
    list_same(&strangers);
    if (good) {
        struct ys_value *map = ys_value_map(arena);
        ys_value_set_int(arena, map, "operations", (int64_t)strangers.operations);
        ys_value_set_int(arena, map, "refused", (int64_t)strangers.refused);
        ys_value_set(arena, map, "accepted", strangers.accepted);
        ys_value_set(arena, map, "alike", strangers.alike);
        ys_value_set(arena, map, "otherwise", strangers.otherwise);
        *ret_observation = map;
    }
    return good;
}
