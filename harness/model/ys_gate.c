/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_gate.h"

#include <stdarg.h>
#include <string.h>

#include "ys_calendar.h"
#include "ys_clock.h"
#include "ys_model_private.h"

static bool is(const struct ys_value *map, const char *name, const char *wanted)
{
    return strcmp(ys_value_word(map, name), wanted) == 0;
}

static bool lists(const struct ys_value *list, const char *id)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const char *item = ys_value_text(ys_value_at(list, i));
        if (item && strcmp(item, id) == 0) {
            return true;
        }
    }
    return false;
}

static const struct ys_value *find_id(const struct ys_value *list, const char *id)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        if (is(ys_value_at(list, i), "id", id)) {
            return ys_value_at(list, i);
        }
    }
    return NULL;
}

/* ---- gate.yaml ---- */

static const char *const INCONCLUSIVE[] = {"undecided", "red", "allow", NULL};

#define AT(member) offsetof(struct ys_gate_conditions, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "gate",
     .slot = YS_SLOT_TEXT,
     .required = true,
     .offset = AT(candidate),
     .doc = "the candidate"},
    {.key = "inconclusive",
     .slot = YS_SLOT_CHOICE,
     .offset = AT(inconclusive),
     .choices = INCONCLUSIVE,
     .doc = "what a case that could not be decided does to the gate (default undecided)"},
    {.key = "warn_days",
     .slot = YS_SLOT_INT,
     .offset = AT(warn_days),
     .doc = "warn of a known failure that expires in less than so many days (default 14)"},
    {.key = "must_pass",
     .slot = YS_SLOT_IDS,
     .offset = AT(must_pass),
     .count_offset = AT(must_pass_count),
     .doc = "clauses whose cases must all run and pass, known failures or not"},
};
const struct ys_shape ys_shape_gate = {
    .name = "gate",
    .doc = "Conditions of a gate beyond its baseline",
    .size = sizeof(struct ys_gate_conditions),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = AT(at),
};
#undef AT

enum ys_status ys_gate_conditions_load(struct ys_arena *arena, const char *path,
                                       struct ys_diags *diags,
                                       const struct ys_gate_conditions **ret_gate)
{
    struct ys_err err;
    const struct ys_document *document = NULL;
    size_t before = diags->errors;
    if (ys_yaml_load(arena, path, &document, &err) != YS_OK) {
        ys_diag_add_err(diags, NULL, &err);
        return YS_ERR_INVALID;
    }
    struct ys_loader loader = {arena, diags, document, NULL};
    struct ys_gate_conditions *gate = ys_arena_alloc(arena, sizeof *gate);
    *gate = (struct ys_gate_conditions){.document = document, .warn_days = YS_GATE_WARN_DAYS};
    ys_shape_load(&loader, &ys_shape_gate, document->root, gate);
    if (diags->errors != before) {
        return YS_ERR_INVALID;
    }
    *ret_gate = gate;
    return YS_OK;
}

/* ---- what a result says ---- */

const char *ys_gate_decision_name(enum ys_gate_decision decision)
{
    static const char *const names[] = {"green", "red", "undecided"};
    return names[decision];
}

const char *ys_known_state_name(enum ys_known_state state)
{
    static const char *const names[] = {"stands",    "expired",    "fixed",
                                        "otherwise", "not-tested", "unmatched"};
    return names[state];
}

int64_t ys_result_day(const struct ys_value *result)
{
    int64_t wall_us = 0;
    if (ys_time_parse(ys_value_word(result, "started"), &wall_us, NULL) != YS_OK) {
        return -1;
    }
    struct ys_civil day = ys_civil_from_wall(wall_us, YS_BEIJING_OFFSET_S);
    return ys_civil_to_days(day.year, day.month, day.day);
}

int64_t ys_result_retrofit_end(const struct ys_value *result)
{
    const struct ys_value *clocks = ys_value_get(result, "clocks");
    int64_t day = -1;
    for (size_t i = 0; i < ys_value_count(clocks); i++) {
        const struct ys_value *clock = ys_value_at(clocks, i);
        if (is(clock, "to", "retrofit_finished") &&
            ys_day_parse(ys_value_word(clock, "due"), &day, NULL) == YS_OK) {
            return day;
        }
    }
    return -1;
}

enum ys_known_state ys_known_state_of(const struct ys_known *known, const struct ys_value *result,
                                      int64_t day, const struct ys_value **ret_case)
{
    const struct ys_value *one = find_id(ys_value_get(result, "cases"), known->case_id);
    const struct ys_value *left_out = find_id(ys_value_get(result, "not_selected"), known->case_id);
    if (ret_case) {
        *ret_case = one;
    }
    if (!lists(ys_value_get(one ? one : left_out, "clauses"), known->clause)) {
        return YS_KNOWN_UNMATCHED;
    }
    if (is(one, "verdict", "pass")) {
        return YS_KNOWN_FIXED;
    }
    if (!is(one, "verdict", "fail")) {
        return YS_KNOWN_NOT_TESTED;
    }
    if (!is(one, "fingerprint", known->fingerprint)) {
        return YS_KNOWN_OTHERWISE;
    }
    return day > known->expires_day ? YS_KNOWN_EXPIRED : YS_KNOWN_STANDS;
}

/* ---- the decision ---- */

struct decision {
    struct ys_arena *arena;
    const struct ys_value *result;
    const struct ys_baseline *baseline;
    const struct ys_gate_conditions *conditions;
    int64_t day;
    struct ys_value *reasons;
    struct ys_value *warnings;
    struct ys_value *known;
    size_t standing;
    size_t undecided;
};

/* "kind", where it is about one `case` and `clause`, and a sentence in both languages. */
static struct ys_value *entry(struct decision *d, struct ys_value *list, const char *kind,
                              const char *case_id, const char *clause, const char *zh,
                              const char *en)
{
    struct ys_value *one = ys_value_map(d->arena);
    struct ys_value *text = ys_value_map(d->arena);
    ys_value_set_text(d->arena, one, "kind", kind);
    ys_value_set_text(d->arena, one, "case", case_id);
    ys_value_set_text(d->arena, one, "clause", clause);
    ys_value_set_text(d->arena, text, "zh", zh);
    ys_value_set_text(d->arena, text, "en", en);
    ys_value_set(d->arena, one, "text", text);
    ys_value_append(d->arena, list, one);
    return one;
}

static const struct ys_known *known_of(const struct ys_baseline *baseline, const char *case_id,
                                       const char *clause)
{
    for (size_t i = 0; baseline && i < baseline->known_count; i++) {
        if (strcmp(baseline->known[i].case_id, case_id) == 0 &&
            strcmp(baseline->known[i].clause, clause) == 0) {
            return &baseline->known[i];
        }
    }
    return NULL;
}

static void judge_failure(struct decision *d, const struct ys_value *one, const char *clause)
{
    const char *id = ys_value_word(one, "id");
    const char *print = ys_value_word(one, "fingerprint");
    const char *why = ys_value_word(one, "reason");
    const struct ys_known *known = known_of(d->baseline, id, clause);
    struct ys_value *reason = NULL;
    if (!known) {
        reason = entry(d, d->reasons, "new-failure", id, clause,
                       ys_arena_printf(d->arena, "新的失败：%s", why),
                       ys_arena_printf(d->arena, "a new failure: %s", why));
    } else if (strcmp(known->fingerprint, print) != 0) {
        reason = entry(d, d->reasons, "other-failure", id, clause,
                       ys_arena_printf(d->arena, "以另一种方式失败（已知的是 %s）：%s",
                                       known->fingerprint, why),
                       ys_arena_printf(d->arena, "fails in another way than is known (%s): %s",
                                       known->fingerprint, why));
    }
    if (reason) {
        ys_value_set_text(d->arena, reason, "fingerprint", print);
    }
}

static void judge_cases(struct decision *d)
{
    const struct ys_value *cases = ys_value_get(d->result, "cases");
    if (ys_value_count(cases) == 0) {
        entry(d, d->reasons, "empty-selection", NULL, NULL, "没有运行任何用例", "no case was run");
    }
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        const struct ys_value *clauses = ys_value_get(one, "clauses");
        for (size_t k = 0; is(one, "verdict", "fail") && k < ys_value_count(clauses); k++) {
            judge_failure(d, one, ys_value_text(ys_value_at(clauses, k)));
        }
        if (!is(one, "verdict", "inconclusive")) {
            continue;
        }
        int rule = d->conditions ? d->conditions->inconclusive : YS_GATE_UNDECIDED;
        d->undecided += rule == YS_GATE_UNDECIDED;
        entry(d, rule == YS_GATE_RED_TOO ? d->reasons : d->warnings, "inconclusive",
              ys_value_word(one, "id"), NULL,
              ys_arena_printf(d->arena, "未能判定：%s", ys_value_word(one, "reason")),
              ys_arena_printf(d->arena, "could not be decided: %s", ys_value_word(one, "reason")));
    }
}

static void tell_state(struct decision *d, const struct ys_known *known, enum ys_known_state state)
{
    static const struct {
        enum ys_known_state state;
        const char *kind;
        const char *zh;
        const char *en;
    } told[] = {
        {YS_KNOWN_FIXED, "did-not-happen", "已知失败没有出现：用例已通过，请删除条目",
         "the known failure did not happen: the case passes; prune the entry"},
        {YS_KNOWN_NOT_TESTED, "not-tested", "已知失败没有出现：用例未运行或未能判定",
         "the known failure did not happen: the case was not run or could not be decided"},
        {YS_KNOWN_UNMATCHED, "matches-nothing", "条目不对应任何用例，或该用例不判定此条款",
         "the entry matches nothing: there is no such case, or it does not judge the clause"},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (told[i].state == state) {
            entry(d, d->reasons, told[i].kind, known->case_id, known->clause, told[i].zh,
                  told[i].en);
        }
    }
    if (state == YS_KNOWN_EXPIRED) {
        entry(
            d, d->reasons, "expired", known->case_id, known->clause,
            ys_arena_printf(d->arena, "条目已于 %s 到期，负责人 %s", known->expires, known->owner),
            ys_arena_printf(d->arena, "the entry expired on %s; owner %s", known->expires,
                            known->owner));
    }
    int64_t left = known->expires_day - d->day;
    int64_t warn = d->conditions ? d->conditions->warn_days : YS_GATE_WARN_DAYS;
    if (state == YS_KNOWN_STANDS && left < warn) {
        entry(d, d->warnings, "expires-soon", known->case_id, known->clause,
              ys_arena_printf(d->arena, "条目将于 %s 到期（还剩 %lld 天），负责人 %s",
                              known->expires, (long long)left, known->owner),
              ys_arena_printf(d->arena, "the entry expires on %s, in %lld days; owner %s",
                              known->expires, (long long)left, known->owner));
    }
}

static void judge_baseline(struct decision *d)
{
    const struct ys_baseline *baseline = d->baseline;
    for (size_t i = 0; baseline && i < baseline->known_count; i++) {
        const struct ys_known *known = &baseline->known[i];
        enum ys_known_state state = ys_known_state_of(known, d->result, d->day, NULL);
        struct ys_value *one = ys_value_map(d->arena);
        ys_value_set_text(d->arena, one, "case", known->case_id);
        ys_value_set_text(d->arena, one, "clause", known->clause);
        ys_value_set_text(d->arena, one, "state", ys_known_state_name(state));
        ys_value_set_text(d->arena, one, "reason", known->reason);
        ys_value_set_text(d->arena, one, "owner", known->owner);
        ys_value_set_text(d->arena, one, "opened", known->opened);
        ys_value_set_text(d->arena, one, "expires", known->expires);
        ys_value_set_int(d->arena, one, "days_left", known->expires_day - d->day);
        ys_value_set_text(d->arena, one, "fingerprint", known->fingerprint);
        ys_value_append(d->arena, d->known, one);
        d->standing += state == YS_KNOWN_STANDS;
        tell_state(d, known, state);
    }
    if (baseline && (int64_t)baseline->known_count > baseline->ratchet) {
        entry(d, d->reasons, "over-ratchet", NULL, NULL,
              ys_arena_printf(d->arena, "基线有 %zu 条，棘轮只允许 %lld 条", baseline->known_count,
                              (long long)baseline->ratchet),
              ys_arena_printf(d->arena, "the baseline has %zu entries, the ratchet allows %lld",
                              baseline->known_count, (long long)baseline->ratchet));
    }
}

/* All cases of the clause ran and passed; what waits for a person is another matter. */
static const char *why_not_passed(const struct decision *d, const char *clause)
{
    const struct ys_value *cases = ys_value_get(d->result, "cases");
    const struct ys_value *left_out = ys_value_get(d->result, "not_selected");
    size_t passed = 0;
    for (size_t i = 0; i < ys_value_count(left_out); i++) {
        if (lists(ys_value_get(ys_value_at(left_out, i), "clauses"), clause)) {
            return ys_value_word(ys_value_at(left_out, i), "id");
        }
    }
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        if (!lists(ys_value_get(one, "clauses"), clause)) {
            continue;
        }
        if (!is(one, "verdict", "pass")) {
            return ys_value_word(one, "id");
        }
        passed++;
    }
    return passed ? NULL : "";
}

static void judge_conditions(struct decision *d)
{
    const struct ys_gate_conditions *conditions = d->conditions;
    for (size_t i = 0; conditions && i < conditions->must_pass_count; i++) {
        const char *clause = conditions->must_pass[i];
        const char *id = why_not_passed(d, clause);
        if (id) {
            entry(d, d->reasons, "must-pass", *id ? id : NULL, clause,
                  *id ? "必须通过的条款有用例未通过或未运行" : "必须通过的条款没有用例",
                  *id ? "a clause that must pass has a case that did not pass or did not run"
                      : "a clause that must pass has no case");
        }
    }
    if (ys_value_get_bool(d->result, "interrupted", false)) {
        entry(d, d->reasons, "interrupted", NULL, NULL, "运行被中断", "the run was interrupted");
    }
}

static void set_file(struct ys_arena *arena, struct ys_value *root, const char *name,
                     const struct ys_document *document)
{
    if (document) {
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "file", document->name);
        ys_value_set_text(arena, one, "sm3", document->digest);
        ys_value_set(arena, root, name, one);
    }
}

static struct ys_value *value_of(struct decision *d, enum ys_gate_decision decision)
{
    struct ys_arena *arena = d->arena;
    struct ys_value *root = ys_value_map(arena);
    char day[11];
    int64_t end = ys_result_retrofit_end(d->result);
    const struct ys_value *candidate = ys_value_get(d->result, "candidate");
    ys_value_set_text(arena, root, "schema", "yanshou-gate-1");
    ys_value_set_text(arena, root, "decision", ys_gate_decision_name(decision));
    ys_value_set_text(arena, root, "candidate", ys_value_word(candidate, "id"));
    ys_value_set_text(arena, root, "build", ys_value_get_text(candidate, "build"));
    ys_value_set_text(arena, root, "started", ys_value_word(d->result, "started"));
    ys_day_format(d->day, day);
    ys_value_set_text(arena, root, "day", day);
    if (end >= 0) {
        ys_day_format(end, day);
        ys_value_set_text(arena, root, "retrofit_ends", day);
        ys_value_set_int(arena, root, "days_left", end - d->day);
    }
    set_file(arena, root, "baseline", d->baseline ? d->baseline->document : NULL);
    set_file(arena, root, "conditions", d->conditions ? d->conditions->document : NULL);
    if (d->baseline) {
        ys_value_set_int(arena, root, "ratchet", d->baseline->ratchet);
    }
    ys_value_set_int(arena, root, "cases",
                     (int64_t)ys_value_count(ys_value_get(d->result, "cases")));
    ys_value_set_int(arena, root, "standing", (int64_t)d->standing);
    ys_value_set(arena, root, "reasons", d->reasons);
    ys_value_set(arena, root, "warnings", d->warnings);
    ys_value_set(arena, root, "known", d->known);
    return root;
}

static enum ys_status check_inputs(const struct decision *d, struct ys_err *reterr)
{
    const char *purpose = ys_value_word(d->result, "purpose");
    const char *id = ys_value_word(ys_value_get(d->result, "candidate"), "id");
    const struct ys_value *cases = ys_value_get(d->result, "cases");
    if (!is(d->result, "schema", "yanshou-result-1") || d->day < 0) {
        return ys_err_set(reterr, YS_ERR_INVALID, "this is no result of a run");
    }
    if (strcmp(purpose, "gate") != 0) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "a gate decides on a run with --purpose gate; this is one for %s",
                          purpose);
    }
    if (d->baseline && strcmp(d->baseline->candidate, id) != 0) {
        return ys_err_set(reterr, YS_ERR_INVALID, "%s is the baseline of '%s', the run of '%s'",
                          d->baseline->document->name, d->baseline->candidate, id);
    }
    if (d->conditions && strcmp(d->conditions->candidate, id) != 0) {
        return ys_err_set(reterr, YS_ERR_INVALID, "%s is the gate of '%s', the run of '%s'",
                          d->conditions->document->name, d->conditions->candidate, id);
    }
    for (size_t i = 0; d->conditions && i < d->conditions->must_pass_count; i++) {
        if (!find_id(ys_value_get(d->result, "clauses"), d->conditions->must_pass[i])) {
            const struct ys_value *at =
                ys_value_at(ys_value_get(d->conditions->at, "must_pass"), i);
            return ys_err_at(reterr, YS_ERR_INVALID, d->conditions->document->name, at->line,
                             at->column, "the regulation of this run has no clause %s",
                             d->conditions->must_pass[i]);
        }
    }
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        if (is(one, "verdict", "fail") && !ys_value_get_text(one, "fingerprint")) {
            return ys_err_set(reterr, YS_ERR_INVALID,
                              "%s has no fingerprint; the run was made by an older version",
                              ys_value_word(one, "id"));
        }
    }
    return YS_OK;
}

enum ys_status ys_gate_decide(struct ys_arena *arena, const struct ys_value *result,
                              const struct ys_baseline *baseline,
                              const struct ys_gate_conditions *conditions,
                              struct ys_gate_verdict *ret_verdict, struct ys_err *reterr)
{
    struct decision d = {.arena = arena,
                         .result = result,
                         .baseline = baseline,
                         .conditions = conditions,
                         .day = ys_result_day(result),
                         .reasons = ys_value_list(arena),
                         .warnings = ys_value_list(arena),
                         .known = ys_value_list(arena)};
    enum ys_status status = check_inputs(&d, reterr);
    if (status != YS_OK) {
        return status;
    }
    judge_cases(&d);
    judge_baseline(&d);
    judge_conditions(&d);
    enum ys_gate_decision decision = ys_value_count(d.reasons) ? YS_GATE_RED
                                     : d.undecided             ? YS_GATE_OPEN
                                                               : YS_GATE_GREEN;
    *ret_verdict = (struct ys_gate_verdict){
        .decision = decision,
        .reason_count = ys_value_count(d.reasons),
        .warning_count = ys_value_count(d.warnings),
        .standing = d.standing,
        .value = value_of(&d, decision),
    };
    return YS_OK;
}

struct ys_value *ys_gate_refuse(struct ys_arena *arena, const char *candidate, const char *why)
{
    struct ys_value *root = ys_value_map(arena);
    struct decision d = {.arena = arena, .reasons = ys_value_list(arena)};
    entry(&d, d.reasons, "empty-selection", NULL, NULL,
          ys_arena_printf(arena, "没有选中任何用例：%s", why),
          ys_arena_printf(arena, "no case is selected: %s", why));
    ys_value_set_text(arena, root, "schema", "yanshou-gate-1");
    ys_value_set_text(arena, root, "decision", ys_gate_decision_name(YS_GATE_RED));
    ys_value_set_text(arena, root, "candidate", candidate);
    ys_value_set_int(arena, root, "cases", 0);
    ys_value_set_int(arena, root, "standing", 0);
    ys_value_set(arena, root, "reasons", d.reasons);
    ys_value_set(arena, root, "warnings", ys_value_list(arena));
    ys_value_set(arena, root, "known", ys_value_list(arena));
    return root;
}
