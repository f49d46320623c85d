/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_compare.h"

#include <stdlib.h>
#include <string.h>

#include "ys_verdict.h"

enum group { NEW, FIXED, STILL, UNSETTLED, UNDECIDED, DECIDED, UNCHANGED, GROUP_COUNT };

static const char *const names[GROUP_COUNT] = {"new",       "fixed",   "still",    "unsettled",
                                               "undecided", "decided", "unchanged"};

/* One clause or case of the earlier run. */
struct earlier {
    const char *id;
    const char *fingerprint; /* "" for none */
    size_t place;
    enum ys_verdict verdict;
    bool is_met; /* the later run has it too */
};

struct work {
    struct ys_arena *arena;
    struct ys_json_stream *was, *is;
    struct earlier *earlier; /* by id */
    size_t count;
    struct ys_value *entries[GROUP_COUNT];
    int64_t counts[GROUP_COUNT];
};

static int compare_ids(const void *a, const void *b)
{
    const struct earlier *left = a;
    const struct earlier *right = b;
    int order = strcmp(left->id, right->id);
    return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
}

static int compare_id(const void *id, const void *item)
{
    return strcmp(id, ((const struct earlier *)item)->id);
}

static enum ys_status read_verdict(const struct ys_value *one, enum ys_verdict *ret_verdict,
                                   struct ys_err *reterr)
{
    if (!ys_value_get_text(one, "id") ||
        !ys_verdict_named(ys_value_get_text(one, "verdict"), ret_verdict)) {
        return ys_err_set(reterr, YS_ERR_INVALID,
                          "an entry of the result has no id or no known verdict");
    }
    return YS_OK;
}

static enum ys_status take_earlier(struct work *work, struct ys_err *reterr)
{
    work->count = ys_json_stream_count(work->was);
    work->earlier = ys_arena_calloc(work->arena, work->count + 1u, sizeof *work->earlier);
    for (size_t i = 0; i < work->count; i++) {
        const struct ys_value *one = ys_json_stream_at(work->was, i);
        struct earlier *earlier = &work->earlier[i];
        enum ys_status status = read_verdict(one, &earlier->verdict, reterr);
        if (status != YS_OK) {
            return status;
        }
        earlier->id = ys_arena_strdup(work->arena, ys_value_word(one, "id"));
        earlier->fingerprint = ys_arena_strdup(work->arena, ys_value_word(one, "fingerprint"));
        earlier->place = i;
    }
    if (work->count > 0) {
        qsort(work->earlier, work->count, sizeof *work->earlier, compare_ids);
    }
    return YS_OK;
}

static bool is_good(enum ys_verdict verdict)
{
    return verdict == YS_VERDICT_PASS || verdict == YS_VERDICT_NOT_APPLICABLE;
}

/* NULL: that run has none. */
static enum group group_of(const enum ys_verdict *was, const enum ys_verdict *is)
{
    bool failed = was && *was == YS_VERDICT_FAIL;
    bool was_good = was && is_good(*was);
    if (is && *is == YS_VERDICT_FAIL) {
        return failed ? STILL : NEW;
    }
    if (is && is_good(*is)) {
        return failed ? FIXED : was_good ? UNCHANGED : DECIDED;
    }
    return failed ? UNSETTLED : was_good ? UNDECIDED : UNCHANGED;
}

static void set_verdict(struct ys_arena *arena, struct ys_value *entry, const char *name,
                        const enum ys_verdict *verdict)
{
    ys_value_set(arena, entry, name,
                 verdict ? ys_value_string(arena, ys_verdict_name(*verdict))
                         : ys_value_null(arena));
}

static void note(struct work *work, const struct earlier *was, const struct ys_value *is,
                 const enum ys_verdict *verdict)
{
    enum group group = group_of(was ? &was->verdict : NULL, verdict);
    if (++work->counts[group] > YS_COMPARE_LISTED_MAX || group == UNCHANGED) {
        return;
    }
    const struct ys_value *told = is ? is : ys_json_stream_at(work->was, was->place);
    const struct ys_value *title = ys_value_get(told, "title");
    struct ys_value *entry = ys_value_map(work->arena);
    ys_value_set_text(work->arena, entry, "id", ys_value_word(told, "id"));
    if (title) {
        ys_value_set(work->arena, entry, "title", ys_value_copy(work->arena, title));
    }
    set_verdict(work->arena, entry, "was", was ? &was->verdict : NULL);
    set_verdict(work->arena, entry, "is", verdict);
    if (group == STILL && was->fingerprint[0] != '\0') {
        ys_value_set_bool(work->arena, entry, "again",
                          strcmp(was->fingerprint, ys_value_word(is, "fingerprint")) == 0);
    }
    ys_value_append(work->arena, work->entries[group], entry);
}

static struct earlier *find(const struct work *work, const char *id)
{
    return work->count == 0
               ? NULL
               : bsearch(id, work->earlier, work->count, sizeof *work->earlier, compare_id);
}

static enum ys_status compare_lists(struct work *work, struct ys_value *ret_groups,
                                    struct ys_err *reterr)
{
    enum ys_status status = take_earlier(work, reterr);
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        work->entries[i] = ys_value_list(work->arena);
    }
    for (size_t i = 0; status == YS_OK && i < ys_json_stream_count(work->is); i++) {
        const struct ys_value *one = ys_json_stream_at(work->is, i);
        enum ys_verdict verdict = YS_VERDICT_PASS;
        status = read_verdict(one, &verdict, reterr);
        if (status == YS_OK) {
            struct earlier *was = find(work, ys_value_word(one, "id"));
            note(work, was, one, &verdict);
            if (was) {
                was->is_met = true;
            }
        }
    }
    for (size_t i = 0; status == YS_OK && i < work->count; i++) {
        if (!work->earlier[i].is_met) {
            note(work, &work->earlier[i], NULL, NULL);
        }
    }
    for (size_t i = 0; status == YS_OK && i < GROUP_COUNT; i++) {
        struct ys_value *group = ys_value_map(work->arena);
        ys_value_set_int(work->arena, group, "count", work->counts[i]);
        ys_value_set(work->arena, group, "entries", work->entries[i]);
        ys_value_set(work->arena, ret_groups, names[i], group);
    }
    return status;
}

static int64_t retried(struct ys_json_stream *cases)
{
    int64_t count = 0;
    for (size_t i = 0; i < ys_json_stream_count(cases); i++) {
        count += ys_value_get_int(ys_json_stream_at(cases, i), "attempts", 1) > 1;
    }
    return count;
}

enum ys_status ys_compare_results(struct ys_arena *arena, struct ys_json_stream *was,
                                  struct ys_json_stream *is, const struct ys_value **ret_comparison,
                                  struct ys_err *reterr)
{
    struct ys_value *comparison = ys_value_map(arena);
    struct ys_value *clauses = ys_value_map(arena);
    struct ys_value *cases = ys_value_map(arena);
    struct ys_value *attempts = ys_value_map(arena);
    struct work of_clauses = {.arena = arena,
                              .was = ys_json_stream_of(arena, ys_json_stream_rest(was), "clauses"),
                              .is = ys_json_stream_of(arena, ys_json_stream_rest(is), "clauses")};
    struct work of_cases = {.arena = arena, .was = was, .is = is};
    enum ys_status status = compare_lists(&of_clauses, clauses, reterr);
    if (status == YS_OK) {
        status = compare_lists(&of_cases, cases, reterr);
    }
    if (status == YS_OK) {
        ys_value_set_int(arena, attempts, "was", retried(was));
        ys_value_set_int(arena, attempts, "is", retried(is));
        ys_value_set(arena, comparison, "clauses", clauses);
        ys_value_set(arena, comparison, "cases", cases);
        ys_value_set(arena, comparison, "retried", attempts);
        status = ys_json_stream_status(was, reterr);
    }
    if (status == YS_OK) {
        status = ys_json_stream_status(is, reterr);
    }
    if (status == YS_OK) {
        *ret_comparison = comparison;
    }
    return status;
}
