/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_judge.h"

#include <string.h>

#include "ys_apdu.h"
#include "ys_crypto.h"
#include "ys_jsonpath.h"
#include "ys_match_private.h"
#include "ys_tlv.h"
#include "ys_xml.h"

static void undecided(struct ys_matching *m, const struct ys_value *at, const char *target,
                      const char *expected, const char *observed, const char *reason)
{
    const struct ys_check check = {
        .verdict = YS_VERDICT_INCONCLUSIVE,
        .cause = YS_CAUSE_CANDIDATE,
        .at = at,
        .target = target,
        .expected = expected,
        .observed = observed,
        .reason = reason,
    };
    ys_match__note(m, &check);
}

static enum ys_status judge_call(struct ys_matching *m, const struct ys_value *expect,
                                 const struct ys_value *observation, struct ys_err *reterr)
{
    const struct ys_value *outcome = ys_value_get(observation, "outcome");
    struct ys_judgement *judgement = m->judgement;
    const struct ys_value *wanted = expect ? ys_value_get(expect, "outcome") : NULL;
    if (!wanted) {
        struct ys_value *accepted = ys_value_string(m->arena, "accepted");
        accepted->line = expect ? expect->line : 0;
        wanted = accepted;
    }
    enum ys_status status = ys_match__apply(m, wanted, (struct ys_observed){outcome, false},
                                            "outcome", reterr);
    bool decided = status == YS_OK && judgement->verdict != YS_VERDICT_PASS;
    const char *reason = ys_value_get_text(observation, "reason");
    if (decided && reason && judgement->count) {
        struct ys_check *check = &judgement->checks[judgement->count - 1];
        check->reason = ys_arena_printf(m->arena, "%s; the bank's reason: %s", check->reason,
                                        reason);
    }
    /* Outputs come with the outcome that was expected; without it they say nothing more. */
    for (size_t i = 0; !decided && status == YS_OK && expect && i < expect->as.map.count; i++) {
        const struct ys_member *member = &expect->as.map.members[i];
        if (strcmp(member->name, "outcome") != 0) {
            const struct ys_observed output = {ys_value_get(observation, member->name), false};
            status = ys_match__apply(m, member->value, output, member->name, reterr);
        }
    }
    return status;
}

/* One map of paths: json or xml. */
static enum ys_status judge_json(struct ys_matching *m, const struct ys_value *paths,
                                 const struct ys_value *json, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < paths->as.map.count; i++) {
        const struct ys_member *member = &paths->as.map.members[i];
        const char *target = ys_arena_printf(m->arena, "json %s", member->name);
        const struct ys_jsonpath *path = NULL;
        const struct ys_value *nodes = NULL;
        if (!json) {
            undecided(m, member->value, target, "a JSON body", "no JSON",
                      "the body of the reply is not JSON");
            continue;
        }
        status = ys_jsonpath_parse(m->arena, member->name, &path, reterr);
        if (status == YS_OK) {
            status = ys_jsonpath_select(m->arena, path, json, &nodes, reterr);
        }
        if (status == YS_OK) {
            bool single = ys_jsonpath_is_singular(path);
            const struct ys_observed observed = {single ? ys_value_at(nodes, 0) : nodes, !single};
            status = ys_match__apply(m, member->value, observed, target, reterr);
        }
    }
    return status;
}

static enum ys_status judge_xml(struct ys_matching *m, const struct ys_value *paths,
                                const char *body, struct ys_err *reterr)
{
    struct ys_xml *xml = NULL;
    struct ys_err err;
    if (!body || ys_xml_parse(body, strlen(body), NULL, &xml, &err) != YS_OK) {
        undecided(m, paths, "xml", "an XML body", "no XML", "the body of the reply is not XML");
        return YS_OK;
    }
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < paths->as.map.count; i++) {
        const struct ys_member *member = &paths->as.map.members[i];
        const char *target = ys_arena_printf(m->arena, "xml %s", member->name);
        const struct ys_value *nodes = NULL;
        status = ys_xml_select(m->arena, xml, member->name, &nodes, reterr);
        if (status == YS_OK) {
            bool single = ys_value_count(nodes) == 1;
            const struct ys_observed observed = {single ? ys_value_at(nodes, 0) : nodes, !single};
            status = ys_match__apply(m, member->value, observed, target, reterr);
        }
    }
    ys_xml_free(xml);
    return status;
}

/* Header names are compared without regard to case; observations hold them in lower case. */
static enum ys_status judge_headers(struct ys_matching *m, const struct ys_value *expected,
                                    const struct ys_value *headers, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < expected->as.map.count; i++) {
        const struct ys_member *member = &expected->as.map.members[i];
        char *name = ys_arena_strdup(m->arena, member->name);
        for (char *at = name; *at; at++) {
            *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
        }
        const struct ys_observed header = {ys_value_get(headers, name), false};
        status = ys_match__apply(m, member->value, header,
                                 ys_arena_printf(m->arena, "header %s", member->name), reterr);
    }
    return status;
}

static enum ys_status judge_members(struct ys_matching *m, const struct ys_value *expect,
                                    const struct ys_value *observation, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < expect->as.map.count; i++) {
        const struct ys_member *member = &expect->as.map.members[i];
        const struct ys_observed observed = {ys_value_get(observation, member->name), false};
        status = ys_match__apply(m, member->value, observed, member->name, reterr);
    }
    return status;
}

/* Without `expect` an accepted outcome and a reply without faults are expected. */
static enum ys_status judge_contract(struct ys_matching *m, const struct ys_value *expect,
                                     const struct ys_value *observation, struct ys_err *reterr)
{
    struct ys_value *own = ys_value_map(m->arena);
    if (!expect) {
        struct ys_value *none = ys_value_map(m->arena);
        ys_value_set(m->arena, none, "equals", ys_value_list(m->arena));
        ys_value_set_text(m->arena, own, "outcome", "accepted");
        ys_value_set(m->arena, own, "faults", none);
    }
    return judge_members(m, expect ? expect : own, observation, reterr);
}

/* Without `expect` the share must be met. What a person must settle first is undecided. */
static enum ys_status judge_coverage(struct ys_matching *m, const struct ys_value *expect,
                                     const struct ys_value *observation, struct ys_err *reterr)
{
    if (expect) {
        return judge_members(m, expect, observation, reterr);
    }
    const char *decision = ys_value_get_text(observation, "decision");
    bool open = strcmp(decision, "undecided") == 0;
    if (strcmp(decision, "met") == 0) {
        m->judgement->passed++;
        return YS_OK;
    }
    const struct ys_check check = {
        .verdict = open ? YS_VERDICT_INCONCLUSIVE : YS_VERDICT_FAIL,
        .cause = open ? YS_CAUSE_PERSON : YS_CAUSE_CANDIDATE,
        .target = "decision",
        .expected = "met",
        .observed = decision,
        .reason = ys_value_get_text(ys_value_get(observation, "reason"), "en"),
    };
    ys_match__note(m, &check);
    return YS_OK;
}

static enum ys_status judge_http(struct ys_matching *m, const struct ys_value *expect,
                                 const struct ys_value *observation, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < expect->as.map.count; i++) {
        const char *name = expect->as.map.members[i].name;
        const struct ys_value *matcher = expect->as.map.members[i].value;
        const struct ys_value *value = ys_value_get(observation, name);
        if (strcmp(name, "json") == 0) {
            status = judge_json(m, matcher, value, reterr);
        } else if (strcmp(name, "xml") == 0) {
            status = judge_xml(m, matcher, ys_value_get_text(observation, "body"), reterr);
        } else if (strcmp(name, "headers") == 0) {
            status = judge_headers(m, matcher, value, reterr);
        } else {
            status = ys_match__apply(m, matcher, (struct ys_observed){value, false}, name, reterr);
        }
    }
    return status;
}

static enum ys_status judge_tlv(struct ys_matching *m, const struct ys_value *paths,
                                const struct ys_value *observation, struct ys_err *reterr)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    const char *data = ys_value_get_text(observation, "data");
    struct ys_err err;
    if (!data || ys_hex_decode(m->arena, data, &bytes, &length, &err) != YS_OK ||
        ys_tlv_parse(m->arena, YS_TLV_BER, bytes, length, &objects, &count, &err) != YS_OK) {
        undecided(m, paths, "tlv", "BER-TLV", data ? data : "no data",
                  "the data of the reply are not BER-TLV");
        return YS_OK;
    }
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < paths->as.map.count; i++) {
        const struct ys_member *member = &paths->as.map.members[i];
        const struct ys_tlv *object = ys_tlv_find(objects, count, member->name);
        struct ys_observed observed = {NULL, false};
        if (object) {
            char *hex = ys_arena_alloc(m->arena, 2 * object->length + 1);
            ys_hex_encode(object->bytes, object->length, hex);
            observed.value = ys_value_string(m->arena, hex);
        }
        status = ys_match__apply(m, member->value, observed,
                                 ys_arena_printf(m->arena, "tlv %s", member->name), reterr);
    }
    return status;
}

/* A status word is a mask, so that "63C?" needs no pattern. */
static enum ys_status judge_sw(struct ys_matching *m, const struct ys_value *matcher,
                               const struct ys_value *observation, struct ys_err *reterr)
{
    const struct ys_value *observed = ys_value_get(observation, "sw");
    const struct ys_value *mask = matcher;
    if (matcher && matcher->kind == YS_KIND_MAP) {
        return ys_match__apply(m, matcher, (struct ys_observed){observed, false}, "sw", reterr);
    }
    if (matcher) {
        enum ys_status status =
            ys_template_expand(m->arena, matcher, m->lookup, m->context, &mask, reterr);
        if (status != YS_OK) {
            return status;
        }
    }
    const char *text = mask ? ys_value_written(mask) : "9000";
    const char *sw = ys_value_text(observed);
    if (!text || !sw) {
        undecided(m, matcher, "sw", text ? text : "a status word", sw ? sw : "nothing",
                  "there is no status word to compare");
        return YS_OK;
    }
    uint16_t number = 0;
    for (const char *at = sw; *at; at++) {
        number = (uint16_t)(number << 4 | (*at <= '9' ? *at - '0' : (*at | 0x20) - 'a' + 10));
    }
    bool holds = ys_sw_matches(text, number);
    const struct ys_check check = {
        .verdict = holds ? YS_VERDICT_PASS : YS_VERDICT_FAIL,
        .cause = holds ? YS_CAUSE_NONE : YS_CAUSE_CANDIDATE,
        .at = matcher,
        .target = "sw",
        .expected = text,
        .observed = sw,
        .reason = holds ? "" : ys_arena_printf(m->arena, "the card answered %s: %s", sw,
                                               ys_sw_text(m->arena, number, "en")),
    };
    ys_match__note(m, &check);
    return YS_OK;
}

static enum ys_status judge_card(struct ys_matching *m, const struct ys_value *expect,
                                 const struct ys_value *observation, struct ys_err *reterr)
{
    enum ys_status status =
        judge_sw(m, expect ? ys_value_get(expect, "sw") : NULL, observation, reterr);
    if (m->judgement->verdict != YS_VERDICT_PASS) {
        return status; /* without the command's success its data say nothing */
    }
    const struct ys_value *fields = ys_value_get(observation, "fields");
    for (size_t i = 0; status == YS_OK && expect && i < expect->as.map.count; i++) {
        const char *name = expect->as.map.members[i].name;
        const struct ys_value *matcher = expect->as.map.members[i].value;
        if (strcmp(name, "sw") == 0) {
            continue;
        }
        if (strcmp(name, "tlv") == 0) {
            status = judge_tlv(m, matcher, observation, reterr);
        } else if (strcmp(name, "data") == 0) {
            const struct ys_observed data = {ys_value_get(observation, "data"), false};
            status = ys_match__apply(m, matcher, data, "data", reterr);
        } else if (strcmp(name, "fields") == 0 && matcher->kind == YS_KIND_MAP) {
            for (size_t k = 0; status == YS_OK && k < matcher->as.map.count; k++) {
                const struct ys_member *member = &matcher->as.map.members[k];
                const struct ys_observed field = {ys_value_get(fields, member->name), false};
                status = ys_match__apply(m, member->value, field, member->name, reterr);
            }
        } else {
            const struct ys_observed field = {ys_value_get(fields, name), false};
            status = ys_match__apply(m, matcher, field, name, reterr);
        }
    }
    return status;
}

enum ys_status ys_judge(struct ys_arena *arena, enum ys_step_kind kind,
                        const struct ys_value *expect, const struct ys_value *observation,
                        ys_lookup_fn *lookup, void *context, struct ys_judgement *ret_judgement,
                        struct ys_err *reterr)
{
    struct ys_judgement judgement = {.verdict = YS_VERDICT_PASS};
    struct ys_matching matching = {arena, lookup, context, &judgement, 0};
    enum ys_status status = YS_OK;
    switch (kind) {
    case YS_STEP_CALL:
        status = judge_call(&matching, expect, observation, reterr);
        break;
    case YS_STEP_HTTP:
        status = judge_http(&matching, expect, observation, reterr);
        break;
    case YS_STEP_CARD:
        status = judge_card(&matching, expect, observation, reterr);
        break;
    case YS_STEP_TLS:
    case YS_STEP_LOAD:
    case YS_STEP_STRANGERS:
    case YS_STEP_HOSTILE:
        status = judge_members(&matching, expect, observation, reterr);
        break;
    case YS_STEP_CONTRACT:
        status = judge_contract(&matching, expect, observation, reterr);
        break;
    case YS_STEP_COVERAGE:
        status = judge_coverage(&matching, expect, observation, reterr);
        break;
    case YS_STEP_CHECK:
        status = ys_match__apply(&matching, expect, (struct ys_observed){observation, false}, "",
                                 reterr);
        break;
    case YS_STEP_LET:
    case YS_STEP_USE:
    case YS_STEP_REPEAT:
    case YS_STEP_EACH:
    case YS_STEP_PARALLEL:
        status = ys_err_set(reterr, YS_ERR_ARGUMENT, "this kind of step has nothing to judge");
        break;
    }
    if (status == YS_OK) {
        *ret_judgement = judgement;
    }
    return status;
}
