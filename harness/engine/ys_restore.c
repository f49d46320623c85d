/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run as its directory tells it, back in the engine: the candidate and the options as far as
 * judging needs them, and the cases with their verdicts. So what is added to a sealed run, or
 * joined from several, is rolled up by the code that rolled up the run.
 */
#include "ys_engine_private.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(struct ys_arena *arena, const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? ys_arena_strdup(arena, text) : "";
}

const char **ys_restore_texts(struct ys_arena *arena, const struct ys_value *list,
                              const char *member, size_t *ret_count)
{
    size_t count = ys_value_count(list);
    const char **texts = ys_arena_calloc(arena, count + 1u, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *item = ys_value_at(list, i);
        const char *text = member ? ys_value_get_text(item, member) : ys_value_text(item);
        texts[i] = text ? text : "";
    }
    *ret_count = count;
    return texts;
}

void ys_restore_candidate(struct ys_arena *arena, const struct ys_value *start,
                          const struct ys_value *result, const struct ys_pack *pack,
                          struct ys_candidate *ret_candidate)
{
    const struct ys_value *known = ys_value_get(result, "candidate");
    const struct ys_value *name = ys_value_get(known, "name");
    const struct ys_value *entity = ys_value_get(known, "legal_entity");
    const struct ys_value *entity_name = ys_value_get(entity, "name");
    *ret_candidate = (struct ys_candidate){
        .id = text_of(arena, known, "id"),
        .name = {.zh = ys_value_get_text(name, "zh"), .en = ys_value_get_text(name, "en")},
        .legal_entity = {.name = {.zh = ys_value_get_text(entity_name, "zh"),
                                  .en = ys_value_get_text(entity_name, "en")},
                         .code = ys_value_get_text(entity, "code"),
                         .contact = ys_value_get_text(entity, "contact")},
        .regulation = pack->regulation->id,
        .reference_bank = ys_value_get_bool(start, "reference_bank", false),
    };
    ret_candidate->listed_clauses = ys_restore_texts(arena, ys_value_get(start, "listed"), NULL,
                                                     &ret_candidate->listed_clause_count);
}

void ys_restore_options(struct ys_arena *arena, const struct ys_value *manifest,
                        const struct ys_value *result, struct ys_run_options *ret_options)
{
    const char *seed = ys_value_get_text(manifest, "seed");
    const struct ys_value *shard = ys_value_get(result, "shard");
    struct ys_run_options options = {
        .jobs = 1,
        .allow_virtual = ys_value_get_bool(manifest, "allow_virtual", false),
        .build = ys_value_get_text(manifest, "build"),
        .inspector = ys_value_get_text(manifest, "inspector"),
        .proof = ys_value_get(manifest, "proof"),
        .shard = {.index = (unsigned)ys_value_get_int(shard, "index", 0),
                  .count = (unsigned)ys_value_get_int(shard, "of", 0)},
    };
    if (seed && ys_parse_u64(seed, strlen(seed), &options.seed) != YS_OK) {
        options.seed = 0;
    }
    options.case_globs =
        ys_restore_texts(arena, ys_value_get(result, "cases"), "id", &options.case_glob_count);
    if (options.case_glob_count == 0) {
        /* A run that looked at documents alone: none, not all. */
        static const char *const none[] = {""};
        options.case_globs = none;
        options.case_glob_count = 1;
    }
    (void)ys_purpose_named(ys_value_get_text(manifest, "purpose"), &options.purpose);
    *ret_options = options;
}

enum ys_status ys_restore_pack(struct ys_arena *arena, const struct ys_value *manifest,
                               const struct ys_pack *pack, const struct ys_pack **ret_pack,
                               struct ys_err *reterr)
{
    const struct ys_value *stated = ys_value_get(ys_value_get(manifest, "declared"), "card");
    const struct ys_value *says = ys_value_get(stated, "says");
    const struct ys_document *document = NULL;
    struct ys_diags diags;
    if (!ys_value_text(says)) {
        *ret_pack = pack;
        return YS_OK;
    }
    ys_diags_init(&diags, arena);
    enum ys_status status = ys_yaml_parse(arena, text_of(arena, stated, "file"),
                                          says->as.string.bytes, says->as.string.length, &document,
                                          reterr);
    if (status == YS_OK && ys_pack_state(arena, pack, document, &diags, ret_pack) != YS_OK) {
        status = ys_err_set(reterr, YS_ERR_USAGE,
                            "%s states facts of the card that these suites do not let be stated: "
                            "%s; name the suites of the run with -s",
                            document->name, diags.count ? diags.items[0].text : "");
    }
    return status;
}

enum ys_verdict ys_restore_verdict(const struct ys_value *map)
{
    enum ys_verdict verdict = YS_VERDICT_INCONCLUSIVE;
    (void)ys_verdict_named(ys_value_get_text(map, "verdict"), &verdict);
    return verdict;
}

enum ys_cause ys_restore_cause(const struct ys_value *map)
{
    enum ys_cause cause = YS_CAUSE_NONE;
    (void)ys_cause_named(ys_value_get_text(map, "cause"), &cause);
    return cause;
}

static struct ys_finding finding_of(struct ys_arena *arena, const struct ys_value *value,
                                    int64_t moved_by)
{
    int64_t seq = 0;
    const struct ys_value *first = ys_value_at(ys_value_get(value, "evidence"), 0);
    if (!first || first->kind != YS_KIND_NUMBER ||
        ys_decimal_to_int(first->as.number, &seq) != YS_OK) {
        seq = 0;
    }
    return (struct ys_finding){
        .verdict = ys_restore_verdict(value),
        .cause = ys_restore_cause(value),
        .step = text_of(arena, value, "step"),
        .file = text_of(arena, value, "file"),
        .line = (uint32_t)ys_value_get_int(value, "line", 0),
        .target = text_of(arena, value, "target"),
        .expected = text_of(arena, value, "expected"),
        .observed = text_of(arena, value, "observed"),
        .reason = text_of(arena, value, "reason"),
        .reproduce = text_of(arena, value, "reproduce"),
        .evidence = seq ? seq + moved_by : 0,
        .fingerprint = text_of(arena, value, "fingerprint"),
    };
}

static int64_t time_of(const struct ys_value *map, const char *name)
{
    int64_t wall_us = 0;
    const char *text = ys_value_get_text(map, name);
    return text && ys_time_parse(text, &wall_us, NULL) == YS_OK ? wall_us : 0;
}

void ys_restore_times(struct ys_planned *planned, const struct ys_value *told)
{
    planned->result.started_us = time_of(told, "started");
    planned->result.duration_ms = ys_value_get_int(told, "duration_ms", 0);
}

void ys_restore_span(struct ys_engine *engine, const struct ys_value *result)
{
    engine->started_us = time_of(result, "started");
    engine->ended_us = time_of(result, "ended");
}

static bool is_same_finding(const struct ys_value *a, const struct ys_value *b)
{
    static const char *const names[] = {"step", "target", "expected", "observed", "reason"};
    bool same = true;
    for (size_t i = 0; same && i < sizeof names / sizeof names[0]; i++) {
        const char *x = ys_value_get_text(a, names[i]);
        const char *y = ys_value_get_text(b, names[i]);
        same = strcmp(x ? x : "", y ? y : "") == 0;
    }
    return same;
}

/* Findings with how to see them again, which a record has no requests for. */
static const struct ys_value *restore_reproductions(struct ys_arena *arena,
                                                    const struct ys_value *made,
                                                    const struct ys_value *told)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < ys_value_count(made); i++) {
        struct ys_value *one = ys_value_copy(arena, ys_value_at(made, i));
        const char *known = ys_value_get_text(one, "reproduce");
        for (size_t k = 0; (!known || !*known) && k < ys_value_count(told); k++) {
            if (is_same_finding(one, ys_value_at(told, k))) {
                known = ys_value_get_text(ys_value_at(told, k), "reproduce");
                ys_value_set_text(arena, one, "reproduce", known);
                break;
            }
        }
        ys_value_append(arena, list, one);
    }
    return list;
}

/* A made case with what only the run could know: the digests of the candidate's bindings, how
 * often it was tried, which records are its own and how a failure is seen again. All else follows
 * from the record. */
static const struct ys_value *
restore_members_of(struct ys_arena *arena, const struct ys_value *made, const struct ys_value *told)
{
    static const char *const names[] = {"inputs", "attempts", "earlier_attempts",
                                        "earlier_attempts_omitted"};
    struct ys_value *copy = ys_value_copy(arena, made);
    if (ys_value_count(ys_value_get(made, "evidence")) == 0 && ys_value_get(told, "evidence")) {
        ys_value_set(arena, copy, "evidence", ys_value_get(told, "evidence"));
        ys_value_set_int(arena, copy, "evidence_omitted",
                         ys_value_get_int(told, "evidence_omitted", 0));
    }
    if (ys_value_count(ys_value_get(made, "findings"))) {
        ys_value_set(arena, copy, "findings",
                     restore_reproductions(arena, ys_value_get(made, "findings"),
                                           ys_value_get(told, "findings")));
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct ys_value *then = ys_value_get(told, names[i]);
        if (then) {
            ys_value_set(arena, copy, names[i], then);
        }
    }
    return copy;
}

/* Cases by their ids: a part has few of a plan's, and to look for the others in all is too slow. */
struct named {
    const char *id;
    const struct ys_value *value;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a;
    const struct named *y = b;
    return strcmp(x->id, y->id);
}

/* The caller frees it. */
static struct named *sort_by_id(const struct ys_value *cases)
{
    size_t count = ys_value_count(cases);
    struct named *sorted = ys_calloc(count + 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        sorted[i] = (struct named){ys_value_word(one, "id"), one};
    }
    qsort(sorted, count, sizeof *sorted, compare_named);
    return sorted;
}

static const struct ys_value *with_id(const struct named *sorted, size_t count, const char *id)
{
    const struct named wanted = {id, NULL};
    const struct named *found = bsearch(&wanted, sorted, count, sizeof *sorted, compare_named);
    return found ? found->value : NULL;
}

static const struct ys_value *restore_cases_members(struct ys_arena *arena,
                                                    const struct ys_value *made,
                                                    const struct ys_value *told)
{
    struct ys_value *list = ys_value_list(arena);
    struct named *sorted = sort_by_id(told);
    for (size_t i = 0; i < ys_value_count(made); i++) {
        const struct ys_value *one = ys_value_at(made, i);
        const struct ys_value *then =
            with_id(sorted, ys_value_count(told), ys_value_word(one, "id"));
        ys_value_append(arena, list, then ? restore_members_of(arena, one, then) : one);
    }
    ys_free(sorted);
    return list;
}

const struct ys_value *ys_restore_members(struct ys_arena *arena, const struct ys_value *made,
                                          const struct ys_value *told)
{
    struct ys_value *result = ys_value_copy(arena, made);
    for (size_t i = 0; told && i < told->as.map.count; i++) {
        const struct ys_member *member = &told->as.map.members[i];
        bool of_the_day = strcmp(member->name, "clocks") == 0 || strcmp(member->name, "tool") == 0;
        bool of_the_part = strcmp(member->name, "shard") == 0 || strcmp(member->name, "run") == 0;
        if (strcmp(member->name, "cases") == 0) {
            ys_value_set(
                arena, result, "cases",
                restore_cases_members(arena, ys_value_get(result, "cases"), member->value));
        } else if (of_the_day || (!of_the_part && !ys_value_get(result, member->name))) {
            ys_value_set(arena, result, member->name, member->value);
        }
    }
    return result;
}

static void restore_evidence(struct ys_planned *planned, const struct ys_value *list,
                             int64_t moved_by)
{
    size_t count = ys_value_count(list);
    struct ys_case_result *result = &planned->result;
    result->evidence = ys_arena_calloc(&planned->arena, count + 1u, sizeof *result->evidence);
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *number = ys_value_at(list, i);
        int64_t seq = 0;
        if (number->kind == YS_KIND_NUMBER && ys_decimal_to_int(number->as.number, &seq) == YS_OK) {
            result->evidence[result->evidence_count++] = seq + moved_by;
        }
    }
}

void ys_restore_findings(struct ys_planned *planned, const struct ys_value *list, int64_t moved_by)
{
    size_t count = ys_value_count(list);
    struct ys_finding *findings = ys_arena_calloc(&planned->arena, count + 1u, sizeof *findings);
    for (size_t i = 0; i < count; i++) {
        findings[i] = finding_of(&planned->arena, ys_value_at(list, i), moved_by);
    }
    planned->result.findings = findings;
    planned->result.finding_count = count;
}

static void restore_case(struct ys_planned *planned, const struct ys_value *value, int64_t moved_by)
{
    struct ys_arena *arena = &planned->arena;
    planned->state = YS_DONE;
    planned->result = (struct ys_case_result){
        .subject = planned->subject,
        .verdict = ys_restore_verdict(value),
        .cause = ys_restore_cause(value),
        .reason = text_of(arena, value, "reason"),
        .started_us = time_of(value, "started"),
        .duration_ms = ys_value_get_int(value, "duration_ms", 0),
        .evidence_omitted = (size_t)ys_value_get_int(value, "evidence_omitted", 0),
        .findings_omitted = (size_t)ys_value_get_int(value, "findings_omitted", 0),
    };
    ys_restore_findings(planned, ys_value_get(value, "findings"), moved_by);
    ys_attempts_take(planned, value, moved_by);
    restore_evidence(planned, ys_value_get(value, "evidence"), moved_by);
}

size_t ys_plan_restore(struct ys_engine *engine, const struct ys_value *cases, int64_t moved_by)
{
    size_t restored = 0;
    struct named *sorted = sort_by_id(cases);
    for (size_t i = 0; i < engine->planned_count; i++) {
        struct ys_planned *planned = &engine->planned[i];
        const struct ys_value *value = with_id(sorted, ys_value_count(cases), planned->subject->id);
        if (value && planned->state != YS_DONE) {
            restore_case(planned, value, moved_by);
            restored++;
        }
    }
    ys_free(sorted);
    return restored;
}
