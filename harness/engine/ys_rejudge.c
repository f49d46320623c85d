/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_rejudge.h"

#include <string.h>

#include "ys_file.h"
#include "ys_json.h"
#include "ys_json_stream.h"
#include "ys_persons.h"
#include "ys_replay.h"

struct rejudge {
    struct ys_arena *arena;
    const char *run_dir;
    const struct ys_pack *pack;
    const struct ys_value *manifest;
    const struct ys_value *before; /* result.json of the run */
    const struct ys_part *parts;   /* of a joined run */
    size_t part_count;
    struct ys_replay *replay; /* of the record in work */
    size_t taken;
    struct ys_candidate candidate;
    struct ys_run_options options;
};

static enum ys_status load(struct rejudge *work, const char *name,
                           const struct ys_value **ret_value, struct ys_err *reterr)
{
    return ys_json_stream_load(work->arena, ys_path_join(work->arena, work->run_dir, name), "cases",
                               YS_RESULT_BYTES_MAX, ret_value, reterr);
}

/* What the steps may name, as it was then. */
static enum ys_status set_variables(struct rejudge *work, struct ys_engine *engine,
                                    struct ys_err *reterr)
{
    const struct ys_value *start = ys_replay_start(work->replay);
    const struct ys_value *supplies = ys_value_get(start, "supplies");
    const struct ys_value *run = ys_value_get(start, "run");
    const struct ys_value *endpoints = ys_value_get(start, "endpoints");
    const struct ys_value *seed = ys_value_get(start, "seed");
    const char *readers = ys_value_get_text(work->before, "readers");
    if (!supplies || !run || !endpoints || !seed) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "the record was written by an older version and lacks what judging "
                          "needs of the candidate");
    }
    enum ys_status status =
        ys_replay_value(work->replay, &engine->arena, supplies, &supplies, reterr);
    if (status == YS_OK && ys_value_text(supplies)) {
        status = ys_json_parse(&engine->arena, supplies->as.string.bytes,
                               supplies->as.string.length, &supplies, reterr);
    }
    /* It outlives the record that is judged. */
    engine->supplies = ys_value_copy(&engine->arena, supplies);
    engine->run_value = ys_value_copy(&engine->arena, run);
    engine->endpoints_value = ys_value_copy(&engine->arena, endpoints);
    const struct ys_value *client_endpoints = ys_value_get(start, "client_endpoints");
    engine->client_endpoints_value = client_endpoints
                                         ? ys_value_copy(&engine->arena, client_endpoints)
                                         : ys_value_list(&engine->arena);
    const struct ys_value *signing = ys_value_get(start, "signing");
    engine->signing_value = signing ? ys_value_copy(&engine->arena, signing) : NULL;
    const struct ys_value *roles = ys_value_get(start, "readers");
    engine->readers_value =
        roles ? ys_value_copy(&engine->arena, roles) : ys_value_list(&engine->arena);
    engine->seed_value = ys_value_copy(&engine->arena, seed);
    engine->clock_value = ys_value_get(work->before, "clock");
    engine->virtual_reader = readers && strcmp(readers, "virtual") == 0;
    engine->replayed_reader = readers && strcmp(readers, "replay") == 0;
    engine->physical_reader = readers && strcmp(readers, "physical") == 0;
    return status;
}

/* What was seen of documents, and the day of the run. */
static void set_documents(struct rejudge *work, struct ys_engine *engine)
{
    const struct ys_value *documents = ys_replay_documents(work->replay);
    const char *began = ys_value_get_text(ys_replay_start(work->replay), "beijing");
    if (began && strlen(began) > 10) {
        engine->run_day = ys_arena_strndup(&engine->arena, began, 10);
    }
    for (size_t i = 0; i < ys_value_count(documents); i++) {
        ys_documents_take(engine, ys_value_at(documents, i));
    }
}

/* Begins the cases that this record has, with the numbers that they had; the others rest. */
static void set_plan(struct ys_engine *engine)
{
    for (size_t i = 0; i < engine->planned_count; i++) {
        struct ys_planned *planned = &engine->planned[i];
        if (planned->number == 0) {
            planned->number = ys_replay_case(engine->replay, planned->subject->id);
            planned->state = planned->number ? YS_WAITING : YS_DONE;
        }
    }
}

/* Cases that no record has were not begun; the others took the time that they took then. */
static void end_plan(struct rejudge *work, struct ys_engine *engine)
{
    const struct ys_value *cases = ys_value_get(work->before, "cases");
    size_t at = 0;
    for (size_t i = 0; i < engine->planned_count; i++) {
        struct ys_planned *planned = &engine->planned[i];
        if (planned->number == 0) {
            planned->result = (struct ys_case_result){.subject = planned->subject,
                                                      .verdict = YS_VERDICT_INCONCLUSIVE,
                                                      .cause = YS_CAUSE_ENVIRONMENT,
                                                      .reason = "interrupted"};
        }
        ys_restore_times(planned, ys_value_with_id(cases, planned->subject->id, &at));
    }
}

/* ---- differences ---- */

static bool same_text(const struct ys_value *a, const struct ys_value *b, const char *name)
{
    const char *x = ys_value_get_text(a, name);
    const char *y = ys_value_get_text(b, name);
    return strcmp(x ? x : "", y ? y : "") == 0;
}

static bool same_finding(const struct ys_value *a, const struct ys_value *b)
{
    static const char *const members[] = {"verdict",  "cause",    "step",  "target",
                                          "expected", "observed", "reason"};
    bool same = true;
    for (size_t i = 0; same && i < sizeof members / sizeof members[0]; i++) {
        same = same_text(a, b, members[i]);
    }
    return same;
}

/* Branches of a parallel step end in any order, and so their findings come in any; a case gives
 * the reason of the first. */
static bool same_findings(const struct ys_value *a, const struct ys_value *b)
{
    const struct ys_value *x = ys_value_get(a, "findings");
    const struct ys_value *y = ys_value_get(b, "findings");
    int64_t omitted = ys_value_get_int(a, "findings_omitted", 0);
    bool same = ys_value_count(x) == ys_value_count(y) &&
                omitted == ys_value_get_int(b, "findings_omitted", 0);
    /* Which of too many were kept is chance too. */
    for (size_t i = 0; same && omitted == 0 && i < ys_value_count(x); i++) {
        same = false;
        for (size_t k = 0; !same && k < ys_value_count(y); k++) {
            same = same_finding(ys_value_at(x, i), ys_value_at(y, k));
        }
    }
    return same && (ys_value_count(x) > 1 || same_text(a, b, "reason"));
}

/* {verdict, cause, reason, findings} of one side; an absent one is NULL. */
static const struct ys_value *side(struct ys_arena *arena, const struct ys_value *value)
{
    static const char *const members[] = {"verdict", "cause", "reason", "findings"};
    struct ys_value *map = ys_value_map(arena);
    if (!value) {
        return ys_value_null(arena);
    }
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (ys_value_get(value, members[i])) {
            ys_value_set(arena, map, members[i], ys_value_get(value, members[i]));
        }
    }
    return map;
}

static void add_difference(struct ys_arena *arena, struct ys_value *list, const char *what,
                           const char *id, const struct ys_value *was, const struct ys_value *is)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "what", what);
    ys_value_set_text(arena, map, "id", id);
    ys_value_set(arena, map, "was", side(arena, was));
    ys_value_set(arena, map, "is", side(arena, is));
    ys_value_append(arena, list, map);
}

static bool same_verdict(const struct ys_value *was, const struct ys_value *is)
{
    return is && same_text(was, is, "verdict") && same_text(was, is, "cause");
}

static bool is_listed(const struct ys_value *differences, const struct ys_value *cases)
{
    size_t at = 0;
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const char *id = ys_value_text(ys_value_at(cases, i));
        if (ys_value_with_id(differences, id, &at)) {
            return true;
        }
    }
    return false;
}

static void compare_cases(struct ys_arena *arena, struct ys_value *ret_list,
                          const struct ys_value *before, const struct ys_value *after)
{
    size_t at = 0;
    for (size_t i = 0; i < ys_value_count(before); i++) {
        const struct ys_value *was = ys_value_at(before, i);
        const char *id = ys_value_get_text(was, "id");
        const struct ys_value *is = ys_value_with_id(after, id, &at);
        if (id && (!same_verdict(was, is) || !same_findings(was, is))) {
            add_difference(arena, ret_list, "case", id, was, is);
        }
    }
}

/* A clause's reason is that of one of its cases. */
static void compare_clauses(struct ys_arena *arena, struct ys_value *ret_list,
                            const struct ys_value *before, const struct ys_value *after,
                            const struct ys_value *cases)
{
    size_t at = 0;
    for (size_t i = 0; i < ys_value_count(before); i++) {
        const struct ys_value *was = ys_value_at(before, i);
        const char *id = ys_value_get_text(was, "id");
        const struct ys_value *is = ys_value_with_id(after, id, &at);
        if (id && (!same_verdict(was, is) ||
                   (!same_text(was, is, "reason") &&
                    (is_listed(cases, ys_value_get(was, "cases")) ||
                     is_listed(cases, ys_value_get(is, "cases")) ||
                     !ys_value_equal(ys_value_get(was, "cases"), ys_value_get(is, "cases")))))) {
            add_difference(arena, ret_list, "clause", id, was, is);
        }
    }
    for (size_t i = 0; i < ys_value_count(after); i++) {
        const struct ys_value *is = ys_value_at(after, i);
        const char *id = ys_value_get_text(is, "id");
        if (id && !ys_value_with_id(before, id, &at)) {
            add_difference(arena, ret_list, "clause", id, NULL, is);
        }
    }
}

static const struct ys_value *compare_results(const struct rejudge *work,
                                              const struct ys_value *after)
{
    struct ys_arena *arena = work->arena;
    struct ys_value *list = ys_value_list(arena);
    struct ys_value *cases = ys_value_list(arena);
    if (!same_text(work->before, after, "conclusion")) {
        struct ys_value *map = ys_value_map(arena);
        ys_value_set_text(arena, map, "what", "conclusion");
        ys_value_set(arena, map, "was", ys_value_get(work->before, "conclusion"));
        ys_value_set(arena, map, "is", ys_value_get(after, "conclusion"));
        ys_value_append(arena, list, map);
    }
    compare_cases(arena, cases, ys_value_get(work->before, "cases"), ys_value_get(after, "cases"));
    compare_clauses(arena, list, ys_value_get(work->before, "clauses"),
                    ys_value_get(after, "clauses"), cases);
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        ys_value_append(arena, list, ys_value_at(cases, i));
    }
    return list;
}

static const struct ys_value *changed_files(const struct rejudge *work, const char *const *digests,
                                            size_t count)
{
    struct ys_value *list = ys_value_list(work->arena);
    for (size_t i = 0; i < work->pack->document_count; i++) {
        const struct ys_document *document = work->pack->documents[i];
        bool known = false;
        for (size_t k = 0; k < count && !known; k++) {
            known = strcmp(digests[k], document->digest) == 0;
        }
        if (!known) {
            ys_value_append(work->arena, list, ys_value_string(work->arena, document->name));
        }
    }
    return list;
}

/* ---- the work ---- */

/* Judges what one record has: the whole log, or a part of a joined one. */
static enum ys_status run_record(struct rejudge *work, struct ys_engine *engine,
                                 const struct ys_part *part, const char *const *digests,
                                 size_t digest_count, struct ys_err *reterr)
{
    enum ys_status status = ys_replay_open_part(work->run_dir, part, &work->replay, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_replay_suites(work->replay, digests, digest_count);
    engine->replay = work->replay;
    status = set_variables(work, engine, reterr);
    if (status == YS_OK) {
        set_documents(work, engine);
        set_plan(engine);
        ys_plan_run(engine);
        work->taken += ys_replay_taken_count(work->replay);
    }
    engine->replay = NULL;
    ys_replay_free(work->replay);
    work->replay = NULL;
    return status;
}

static void make_result(struct rejudge *work, struct ys_engine *engine,
                        struct ys_rejudgement *rejudgement)
{
    struct ys_run_summary summary = {.conclusion = YS_CONCLUSION_INCOMPLETE,
                                     .interrupted =
                                         ys_value_get_bool(work->before, "interrupted", false)};
    const struct ys_value *timing = ys_value_get(work->before, "timing");
    summary.duration_ms = ys_value_get_int(timing, "duration_ms", 0);
    summary.requests = ys_value_get_int(timing, "requests", 0);
    summary.apdus = ys_value_get_int(timing, "apdus", 0);
    end_plan(work, engine);
    if (work->part_count > 1) {
        engine->run_value = NULL; /* each part was a run of its own */
    }
    const struct ys_value *made = ys_result_make(engine, work->arena, &summary);
    /* The engine's memory goes with it. */
    rejudgement->result =
        ys_value_copy(work->arena, ys_restore_members(work->arena, made, work->before));
    rejudgement->asked = ys_value_copy(work->arena, ys_asked_value(engine, work->arena));
    rejudgement->branches = ys_value_copy(work->arena, ys_branch_ids(engine, work->arena));
    rejudgement->conclusion = summary.conclusion;
    rejudgement->taken = work->taken;
    rejudgement->differences = compare_results(work, rejudgement->result);
}

static enum ys_status run_engine(struct rejudge *work, const char *const *digests,
                                 size_t digest_count, struct ys_rejudgement *rejudgement,
                                 struct ys_err *reterr)
{
    struct ys_engine engine;
    enum ys_status status = ys_engine_open(&engine, &work->options, reterr);
    engine.told_again = true;
    ys_restore_span(&engine, work->before);
    status = status == YS_OK ? ys_plan_make(&engine, reterr) : status;
    for (size_t i = 0; i < engine.planned_count; i++) {
        engine.planned[i].number = 0;
    }
    size_t count = work->part_count ? work->part_count : 1u;
    for (size_t i = 0; status == YS_OK && i < count; i++) {
        const struct ys_part *part = work->part_count ? &work->parts[i] : NULL;
        status = run_record(work, &engine, part, digests, digest_count, reterr);
    }
    if (status == YS_OK) {
        status = ys_findings_load(&engine, reterr);
    }
    if (status == YS_OK) {
        make_result(work, &engine, rejudgement);
    }
    ys_engine_close(&engine);
    return status;
}

/* What the candidate file said then, from the record of the (first) run. */
static enum ys_status read_candidate(struct rejudge *work, struct ys_err *reterr)
{
    const struct ys_part *part = work->part_count ? work->parts : NULL;
    enum ys_status status = ys_replay_open_part(work->run_dir, part, &work->replay, reterr);
    if (status == YS_OK) {
        ys_restore_candidate(work->arena, ys_replay_start(work->replay), work->before, work->pack,
                             &work->candidate);
        ys_restore_options(work->arena, work->manifest, work->before, &work->options);
        work->options.pack = work->pack;
        work->options.candidate = &work->candidate;
        work->options.run_dir = work->run_dir;
    }
    ys_replay_free(work->replay);
    work->replay = NULL;
    return status;
}

enum ys_status ys_rejudge(struct ys_arena *arena, const char *run_dir, const struct ys_pack *pack,
                          struct ys_rejudgement *ret_rejudgement, struct ys_err *reterr)
{
    struct rejudge work = {.arena = arena, .run_dir = run_dir, .pack = pack};
    struct ys_rejudgement rejudgement = {0};
    const char *const *digests = NULL;
    size_t digest_count = 0;
    enum ys_status status = load(&work, "manifest.json", &work.manifest, reterr);
    if (status == YS_OK) {
        status = load(&work, "result.json", &work.before, reterr);
    }
    if (status == YS_OK) {
        status = ys_parts_read(arena, run_dir, &work.parts, &work.part_count, reterr);
    }
    if (status == YS_OK) {
        status = ys_restore_pack(arena, work.manifest, pack, &work.pack, reterr);
    }
    status = status == YS_OK ? read_candidate(&work, reterr) : status;
    if (status == YS_OK) {
        digests =
            ys_restore_texts(arena, ys_value_get(work.manifest, "inputs"), "sm3", &digest_count);
        rejudgement.changed = changed_files(&work, digests, digest_count);
        status = run_engine(&work, digests, digest_count, &rejudgement, reterr);
    }
    if (status == YS_OK) {
        *ret_rejudgement = rejudgement;
    }
    return status;
}
