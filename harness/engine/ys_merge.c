/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_merge.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ys_engine_private.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_json_stream.h"
#include "ys_merge_findings.h"
#include "ys_parts.h"
#include "ys_replay.h"
#include "ys_signature.h"

struct part {
    const char *dir;
    const struct ys_value *manifest;
    const struct ys_value *result;
    const char *head; /* of its evidence */
    size_t signatures;
};

struct merge {
    const struct ys_merge_options *options;
    struct ys_arena arena;
    struct part *parts;   /* in the order of the division */
    bool copies;          /* they are one run, each with findings of its own */
    const char *work_dir; /* becomes the run directory when all is done */
    const struct ys_part *joined;
    char head[65];
    int64_t records;
};

static const struct ys_value *plan_of(const struct part *part)
{
    return ys_value_get(part->manifest, "plan");
}

static int64_t shard_of(const struct part *part, const char *name)
{
    return ys_value_get_int(ys_value_get(plan_of(part), "shard"), name, 0);
}

/* ---- the parts belong together ---- */

static enum ys_status load(struct merge *merge, const char *dir, const char *name,
                           const struct ys_value **ret_value, struct ys_err *reterr)
{
    return ys_json_stream_load(&merge->arena, ys_path_join(&merge->arena, dir, name), "cases",
                               YS_RESULT_BYTES_MAX, ret_value, reterr);
}

static enum ys_status load_part(struct merge *merge, const char *dir, struct part *ret_part,
                                struct ys_err *reterr)
{
    struct ys_verification found;
    struct ys_signatures signatures;
    struct part part = {.dir = dir};
    enum ys_status status = ys_run_verify(&merge->arena, dir, NULL, &found, &signatures, reterr);
    if (status == YS_OK && found.fault != YS_FAULT_NONE) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN, "%s/%s: %s: %s", dir, found.file,
                          ys_fault_name(found.fault), found.text);
    }
    status = status == YS_OK ? load(merge, dir, "manifest.json", &part.manifest, reterr) : status;
    status = status == YS_OK ? load(merge, dir, "result.json", &part.result, reterr) : status;
    if (status == YS_OK) {
        part.signatures = signatures.count;
        part.head = ys_arena_strdup(&merge->arena, found.head);
        *ret_part = part;
    }
    return status;
}

/* Copies of one run, or parts of a plan; nothing else. */
static enum ys_status check_kind(struct merge *merge, const struct part *parts, size_t count,
                                 struct ys_err *reterr)
{
    merge->copies = count > 1 && shard_of(&parts[0], "of") < 2;
    for (size_t i = 1; i < count && merge->copies; i++) {
        merge->copies = strcmp(parts[0].head, parts[i].head) == 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (merge->copies && parts[i].signatures) {
            return ys_err_set(reterr, YS_ERR_USAGE,
                              "%s is signed, and a signature is over the findings that were there "
                              "then: join the copies first and sign what comes out",
                              parts[i].dir);
        }
        if (!merge->copies && shard_of(&parts[i], "of") < 2) {
            return ys_err_set(reterr, YS_ERR_USAGE,
                              "%s is neither a part of a divided plan (run --shard) nor a copy of "
                              "the same run as the others",
                              parts[i].dir);
        }
    }
    return YS_OK;
}

/* The first input file that two manifests do not have alike, or NULL. */
static const char *other_input(const struct part *a, const struct part *b)
{
    const struct ys_value *x = ys_value_get(a->manifest, "inputs");
    const struct ys_value *y = ys_value_get(b->manifest, "inputs");
    size_t count = ys_value_count(x);
    for (size_t i = 0; i < count || i < ys_value_count(y); i++) {
        const struct ys_value *one = i < count ? ys_value_at(x, i) : NULL;
        const struct ys_value *other = ys_value_at(y, i);
        if (!one || !other || strcmp(ys_value_word(one, "sm3"), ys_value_word(other, "sm3")) != 0) {
            return ys_value_word(one ? one : other, "file");
        }
    }
    return NULL;
}

/* What keeps two parts from being of one plan, as a sentence, or NULL. */
static const char *difference(struct merge *merge, const struct part *a, const struct part *b)
{
    static const char *const members[] = {"candidate", "environment", "build", "seed", "purpose"};
    struct ys_arena *arena = &merge->arena;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const char *x = ys_value_word(a->manifest, members[i]);
        const char *y = ys_value_word(b->manifest, members[i]);
        if (strcmp(x, y) != 0) {
            return ys_arena_printf(arena, "the %s is '%s' and '%s'", members[i], x, y);
        }
    }
    const char *file = other_input(a, b);
    if (file) {
        return ys_arena_printf(arena, "they read %s with different contents", file);
    }
    if (shard_of(a, "of") != shard_of(b, "of")) {
        return ys_arena_printf(arena, "one is of %lld parts and the other of %lld",
                               (long long)shard_of(a, "of"), (long long)shard_of(b, "of"));
    }
    if (strcmp(ys_value_word(plan_of(a), "sm3"), ys_value_word(plan_of(b), "sm3")) != 0) {
        return "they select different cases or are balanced by different durations";
    }
    return NULL;
}

/* Each part of one plan at its place. */
static enum ys_status order_parts(struct merge *merge, const struct part *parts, size_t count,
                                  struct ys_err *reterr)
{
    for (size_t i = 1; i < count; i++) {
        const char *why = difference(merge, &parts[0], &parts[i]);
        if (why) {
            return ys_err_set(reterr, YS_ERR_USAGE, "%s and %s are not parts of one plan: %s",
                              parts[0].dir, parts[i].dir, why);
        }
    }
    size_t of = (size_t)shard_of(&parts[0], "of");
    merge->parts = ys_arena_calloc(&merge->arena, of + 1u, sizeof *merge->parts);
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)shard_of(&parts[i], "index") - 1u;
        if (at < of && merge->parts[at].dir) {
            return ys_err_set(reterr, YS_ERR_USAGE, "part %zu of %zu is there twice: %s and %s",
                              at + 1u, of, merge->parts[at].dir, parts[i].dir);
        }
        merge->parts[at < of ? at : of] = parts[i];
    }
    for (size_t i = 0; i < of; i++) {
        if (!merge->parts[i].dir) {
            return ys_err_set(reterr, YS_ERR_USAGE, "part %zu of %zu is missing", i + 1u, of);
        }
    }
    return YS_OK;
}

static enum ys_status load_parts(struct merge *merge, struct ys_err *reterr)
{
    const struct ys_merge_options *options = merge->options;
    size_t count = options->part_count;
    struct part *parts = ys_arena_calloc(&merge->arena, count + 1u, sizeof *parts);
    for (size_t i = 0; i < count; i++) {
        struct part part;
        enum ys_status status = load_part(merge, options->part_dirs[i], &part, reterr);
        if (status != YS_OK) {
            return status;
        }
        parts[i] = part;
    }
    enum ys_status status = check_kind(merge, parts, count, reterr);
    if (status == YS_OK && !merge->copies) {
        status = order_parts(merge, parts, count, reterr);
    } else {
        merge->parts = parts;
    }
    return status;
}

/* The suites that roll up are those of the parts. */
static enum ys_status check_pack(const struct merge *merge, struct ys_err *reterr)
{
    const struct ys_pack *pack = merge->options->pack;
    const struct ys_value *inputs = ys_value_get(merge->parts[0].manifest, "inputs");
    for (size_t i = 0; i < pack->document_count; i++) {
        bool known = false;
        for (size_t k = 0; k < ys_value_count(inputs) && !known; k++) {
            known = strcmp(ys_value_word(ys_value_at(inputs, k), "sm3"),
                           pack->documents[i]->digest) == 0;
        }
        if (!known) {
            return ys_err_set(reterr, YS_ERR_USAGE,
                              "%s is not the file that the parts were run with; name their suites "
                              "with -s",
                              pack->documents[i]->name);
        }
    }
    return YS_OK;
}

/* ---- the joined run ---- */

static enum ys_status write_value(const char *path, const struct ys_value *value,
                                  struct ys_err *reterr)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_RESULT_BYTES_MAX);
    enum ys_status status = ys_json_write_pretty(value, &text);
    status = status == YS_OK ? ys_file_write(path, text.bytes, text.length, reterr)
                             : ys_err_set(reterr, status, "%s passes YS_RESULT_BYTES_MAX", path);
    ys_buf_clear(&text);
    return status;
}

/* The manifest of the first part, with the plan undivided and the parts named. */
static enum ys_status write_manifest(struct merge *merge, struct ys_err *reterr)
{
    struct ys_arena *arena = &merge->arena;
    struct ys_value *root = ys_value_copy(arena, merge->parts[0].manifest);
    struct ys_value *plan = ys_value_map(arena);
    struct ys_value *list = ys_value_list(arena);
    ys_value_set(arena, plan, "sm3", ys_value_get(plan_of(&merge->parts[0]), "sm3"));
    ys_value_set(arena, plan, "cases", ys_value_get(plan_of(&merge->parts[0]), "cases"));
    for (size_t i = 0; i < merge->options->part_count; i++) {
        const struct part *part = &merge->parts[i];
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_int(arena, one, "index", (int64_t)i + 1);
        ys_value_set(arena, one, "seal", ys_value_get(merge->joined[i].files, "seal.json"));
        ys_value_set_int(arena, one, "signatures", (int64_t)part->signatures);
        ys_value_set(arena, one, "started", ys_value_get(part->manifest, "started"));
        ys_value_set(arena, one, "tool", ys_value_get(part->manifest, "tool"));
        ys_value_set(arena, one, "readers", ys_value_get(part->manifest, "readers"));
        ys_value_append(arena, list, one);
    }
    ys_value_set(arena, root, "cases", ys_value_get(plan, "cases"));
    ys_value_set(arena, root, "plan", plan);
    ys_value_set(arena, root, "parts", list);
    return write_value(ys_path_join(arena, merge->work_dir, "manifest.json"), root, reterr);
}

/* From the first start to the last end, and the sums. */
static void restore_spans(struct merge *merge, struct ys_engine *engine,
                          struct ys_run_summary *summary)
{
    int64_t started_us = 0;
    int64_t ended_us = 0;
    for (size_t i = 0; i < merge->options->part_count; i++) {
        const struct ys_value *result = merge->parts[i].result;
        const struct ys_value *timing = ys_value_get(result, "timing");
        const char *readers = ys_value_word(result, "readers");
        ys_restore_span(engine, result);
        started_us = i == 0 || engine->started_us < started_us ? engine->started_us : started_us;
        ended_us = engine->ended_us > ended_us ? engine->ended_us : ended_us;
        summary->interrupted |= ys_value_get_bool(result, "interrupted", false);
        summary->duration_ms += ys_value_get_int(timing, "duration_ms", 0);
        summary->requests += ys_value_get_int(timing, "requests", 0);
        summary->apdus += ys_value_get_int(timing, "apdus", 0);
        engine->virtual_reader |= strcmp(readers, "virtual") == 0;
        engine->replayed_reader |= strcmp(readers, "replay") == 0;
        engine->physical_reader |= strcmp(readers, "physical") == 0;
    }
    engine->started_us = started_us;
    engine->ended_us = ended_us;
}

/* Every case of the plan, from the part that did it. */
static enum ys_status restore_cases(struct merge *merge, struct ys_engine *engine,
                                    struct ys_err *reterr)
{
    int64_t planned = ys_value_get_int(plan_of(&merge->parts[0]), "cases", 0);
    size_t total = 0;
    for (size_t i = 0; i < merge->options->part_count; i++) {
        const struct ys_value *cases = ys_value_get(merge->parts[i].result, "cases");
        size_t restored = ys_plan_restore(engine, cases, merge->joined[i].first - 1);
        if (restored != ys_value_count(cases)) {
            return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                              "%s has %zu cases of which %zu are in an earlier part too",
                              merge->parts[i].dir, ys_value_count(cases),
                              ys_value_count(cases) - restored);
        }
        total += restored;
    }
    if ((int64_t)total != planned) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "the plan has %lld cases and the parts have %zu", (long long)planned,
                          total);
    }
    return YS_OK;
}

/* A result of all parts' cases, for the selection of the plan. */
static const struct ys_value *all_cases(struct merge *merge)
{
    struct ys_value *cases = ys_value_list(&merge->arena);
    struct ys_value *result = ys_value_copy(&merge->arena, merge->parts[0].result);
    for (size_t i = 0; i < merge->options->part_count; i++) {
        const struct ys_value *list = ys_value_get(merge->parts[i].result, "cases");
        for (size_t k = 0; k < ys_value_count(list); k++) {
            ys_value_append(&merge->arena, cases, ys_value_at(list, k));
        }
    }
    ys_value_set(&merge->arena, result, "cases", cases);
    return result;
}

/* The start of the first part, where the record says what the candidate file said. */
static enum ys_status read_start(struct merge *merge, const struct ys_value *told,
                                 struct ys_candidate *ret_candidate, struct ys_err *reterr)
{
    struct ys_replay *replay = NULL;
    enum ys_status status =
        ys_replay_open_part(merge->work_dir, &merge->joined[0], &replay, reterr);
    if (status == YS_OK) {
        const struct ys_value *start = ys_value_copy(&merge->arena, ys_replay_start(replay));
        ys_restore_candidate(&merge->arena, start, told, merge->options->pack, ret_candidate);
    }
    ys_replay_free(replay);
    return status;
}

static enum ys_status write_result(struct merge *merge, struct ys_err *reterr)
{
    struct ys_engine engine;
    struct ys_run_options options;
    struct ys_candidate candidate;
    struct ys_run_summary summary = {.conclusion = YS_CONCLUSION_INCOMPLETE};
    const struct ys_value *told = all_cases(merge);
    enum ys_status status = read_start(merge, told, &candidate, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_restore_options(&merge->arena, merge->parts[0].manifest, told, &options);
    status = ys_restore_pack(&merge->arena, merge->parts[0].manifest, merge->options->pack,
                             &options.pack, reterr);
    if (status != YS_OK) {
        return status;
    }
    options.candidate = &candidate;
    options.run_dir = merge->work_dir;
    options.shard = (struct ys_shard){0};
    status = ys_engine_open(&engine, &options, reterr);
    engine.told_again = true;
    status = status == YS_OK ? ys_plan_make(&engine, reterr) : status;
    status = status == YS_OK ? restore_cases(merge, &engine, reterr) : status;
    if (status == YS_OK) {
        restore_spans(merge, &engine, &summary);
        const struct ys_value *made = ys_result_make(&engine, &merge->arena, &summary);
        for (size_t i = 0; i < merge->options->part_count; i++) {
            made = ys_restore_members(&merge->arena, made, merge->parts[i].result);
        }
        status =
            write_value(ys_path_join(&merge->arena, merge->work_dir, "result.json"), made, reterr);
    }
    ys_engine_close(&engine);
    return status;
}

/* ---- copies of one run ---- */

static enum ys_status copy_folder(struct merge *merge, const char *name, struct ys_err *reterr)
{
    const char *from = ys_path_join(&merge->arena, merge->parts[0].dir, name);
    const char *to = ys_path_join(&merge->arena, merge->work_dir, name);
    const char **names = NULL;
    size_t count = 0;
    if (!ys_folder_exists(from)) {
        return YS_OK;
    }
    enum ys_status status = ys_folder_make(to, reterr);
    if (status == YS_OK) {
        status = ys_folder_list(&merge->arena, from, NULL, &names, &count, reterr);
    }
    for (size_t i = 0; status == YS_OK && i < count; i++) {
        status = ys_file_copy(ys_path_join(&merge->arena, from, names[i]),
                              ys_path_join(&merge->arena, to, names[i]), reterr);
    }
    return status;
}

/* The first copy as it is; the findings of the others come after. */
static enum ys_status copy_run(struct merge *merge, struct ys_err *reterr)
{
    static const char *const files[] = {"manifest.json", "evidence.jsonl", "result.json",
                                        "seal.json"};
    enum ys_status status = ys_folder_make(merge->work_dir, reterr);
    for (size_t i = 0; status == YS_OK && i < sizeof files / sizeof files[0]; i++) {
        status = ys_file_copy(ys_path_join(&merge->arena, merge->parts[0].dir, files[i]),
                              ys_path_join(&merge->arena, merge->work_dir, files[i]), reterr);
    }
    status = status == YS_OK ? copy_folder(merge, "blobs", reterr) : status;
    status = status == YS_OK ? copy_folder(merge, "previous", reterr) : status;
    return status == YS_OK ? copy_folder(merge, "attestations", reterr) : status;
}

/* ---- all of it ---- */

static enum ys_status join_parts(struct merge *merge, struct ys_err *reterr)
{
    const struct ys_merge_options *options = merge->options;
    const char **dirs = ys_arena_calloc(&merge->arena, options->part_count + 1u, sizeof *dirs);
    size_t count = 0;
    for (size_t i = 0; i < options->part_count; i++) {
        dirs[i] = merge->parts[i].dir;
    }
    enum ys_status status = ys_folder_make(merge->work_dir, reterr);
    if (status == YS_OK) {
        status = ys_parts_join(merge->work_dir, dirs, options->part_count, options->clock,
                               merge->head, &merge->records, reterr);
    }
    if (status == YS_OK) {
        status = ys_parts_read(&merge->arena, merge->work_dir, &merge->joined, &count, reterr);
    }
    status = status == YS_OK ? write_manifest(merge, reterr) : status;
    status = status == YS_OK ? write_result(merge, reterr) : status;
    if (status == YS_OK) {
        bool interrupted = false;
        for (size_t i = 0; i < options->part_count; i++) {
            interrupted |= ys_value_get_bool(merge->parts[i].result, "interrupted", false);
        }
        status = ys_seal_write(merge->work_dir, merge->head, merge->records, interrupted, reterr);
    }
    return status;
}

static enum ys_status make_run(struct merge *merge, struct ys_err *reterr)
{
    const struct ys_merge_options *options = merge->options;
    const char **dirs = ys_arena_calloc(&merge->arena, options->part_count + 1u, sizeof *dirs);
    for (size_t i = 0; i < options->part_count; i++) {
        dirs[i] = merge->parts[i].dir;
    }
    enum ys_status status = merge->copies ? copy_run(merge, reterr) : join_parts(merge, reterr);
    if (status == YS_OK) {
        status = ys_merge_findings(merge->work_dir, dirs, options->part_count, options->pack,
                                   options->clock, reterr);
    }
    return status;
}

enum ys_status ys_merge(const struct ys_merge_options *options, struct ys_err *reterr)
{
    struct merge merge = {.options = options};
    ys_arena_init(&merge.arena);
    enum ys_status status = YS_OK;
    if (ys_folder_exists(options->run_dir) || ys_file_exists(options->run_dir)) {
        status = ys_err_set(reterr, YS_ERR_USAGE, "%s is there already", options->run_dir);
    }
    merge.work_dir = ys_arena_printf(&merge.arena, "%s.unfinished", options->run_dir);
    status = status == YS_OK ? load_parts(&merge, reterr) : status;
    status = status == YS_OK ? check_pack(&merge, reterr) : status;
    if (status == YS_OK) {
        status = make_run(&merge, reterr);
        if (status == YS_OK && rename(merge.work_dir, options->run_dir) != 0) {
            status = ys_err_set(reterr, YS_ERR_IO, "%s cannot be renamed to %s", merge.work_dir,
                                options->run_dir);
        }
        if (status != YS_OK) {
            ys_folder_remove(merge.work_dir);
        }
    }
    ys_arena_clear(&merge.arena);
    return status;
}
