/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ys_verdict.h"

static const char *const NAMES[YS_CHANGE_COUNT] = {"worse",  "new",     "gone", "changed",
                                                   "better", "renamed", "none"};

const char *ys_change_name(enum ys_change change)
{
    return NAMES[change];
}

/* The verdict's place from good to bad; -1 for a word that is no verdict. */
static int rank_of(const struct ys_value *one)
{
    enum ys_verdict verdict = YS_VERDICT_PASS;
    if (!ys_verdict_named(ys_value_get_text(one, "verdict"), &verdict)) {
        return -1;
    }
    return verdict == YS_VERDICT_NOT_APPLICABLE ? (int)YS_VERDICT_PASS : (int)verdict;
}

static enum ys_status check_list(const struct ys_value *result, const char *name,
                                 struct ys_err *reterr)
{
    const struct ys_value *list = ys_value_get(result, name);
    if (!list || list->kind != YS_KIND_LIST) {
        return ys_err_set(reterr, YS_ERR_INVALID, "a result has a list '%s'; this has none", name);
    }
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const struct ys_value *one = ys_value_at(list, i);
        if (!ys_value_get_text(one, "id") || rank_of(one) < 0) {
            return ys_err_set(reterr, YS_ERR_INVALID, "%s[%zu] has no id or no known verdict", name,
                              i);
        }
    }
    return YS_OK;
}

static enum ys_status check_result(const struct ys_value *result, struct ys_err *reterr)
{
    const char *schema = ys_value_word(result, "schema");
    if (strcmp(schema, "yanshou-result-1") != 0) {
        return ys_err_set(reterr, YS_ERR_INVALID,
                          "'schema' of a result is yanshou-result-1, here it is '%s'", schema);
    }
    enum ys_status status = check_list(result, "clauses", reterr);
    return status == YS_OK ? check_list(result, "cases", reterr) : status;
}

static bool same_text(const struct ys_value *a, const struct ys_value *b, const char *name)
{
    return strcmp(ys_value_word(a, name), ys_value_word(b, name)) == 0;
}

static bool same_finding(const struct ys_value *a, const struct ys_value *b)
{
    return a && b && same_text(a, b, "target") && same_text(a, b, "expected") &&
           same_text(a, b, "observed") && same_text(a, b, "reason");
}

static const struct ys_value *observation_of(struct ys_arena *arena, const struct ys_value *finding)
{
    static const char *const names[] = {"step", "target", "expected", "observed"};
    struct ys_value *out = ys_value_map(arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ys_value_set_text(arena, out, names[i], ys_value_get_text(finding, names[i]));
    }
    return out;
}

/* One side of an entry; `at` is the first finding in which the sides differ. */
static const struct ys_value *side_of(struct ys_arena *arena, const struct ys_value *one, size_t at)
{
    if (!one) {
        return ys_value_null(arena);
    }
    struct ys_value *out = ys_value_map(arena);
    ys_value_set_text(arena, out, "verdict", ys_value_word(one, "verdict"));
    ys_value_set_text(arena, out, "cause", ys_value_word(one, "cause"));
    ys_value_set_text(arena, out, "reason", ys_value_word(one, "reason"));
    const struct ys_value *finding = ys_value_at(ys_value_get(one, "findings"), at);
    if (finding) {
        ys_value_set(arena, out, "observation", observation_of(arena, finding));
    }
    return out;
}

static const struct ys_value *entry_of(struct ys_arena *arena, enum ys_change change,
                                       const struct ys_value *was, const struct ys_value *is)
{
    const struct ys_value *old_findings = ys_value_get(was, "findings");
    const struct ys_value *new_findings = ys_value_get(is, "findings");
    size_t at = 0;
    while (at < ys_value_count(old_findings) && at < ys_value_count(new_findings) &&
           same_finding(ys_value_at(old_findings, at), ys_value_at(new_findings, at))) {
        at++;
    }
    struct ys_value *out = ys_value_map(arena);
    ys_value_set_text(arena, out, "change", ys_change_name(change));
    ys_value_set_text(arena, out, "id", ys_value_word(is ? is : was, "id"));
    if (was && is && !same_text(was, is, "id")) {
        ys_value_set_text(arena, out, "was_id", ys_value_word(was, "id"));
    }
    ys_value_set(arena, out, "was", side_of(arena, was, at));
    ys_value_set(arena, out, "is", side_of(arena, is, at));
    return out;
}

static enum ys_change change_of(const struct ys_value *was, const struct ys_value *is)
{
    if (!was || !is) {
        return was ? YS_CHANGE_GONE : YS_CHANGE_NEW;
    }
    int before = rank_of(was);
    int now = rank_of(is);
    if (before != now) {
        return now > before ? YS_CHANGE_WORSE : YS_CHANGE_BETTER;
    }
    if (!same_text(was, is, "verdict") || !same_text(was, is, "cause") ||
        !same_text(was, is, "reason")) {
        return YS_CHANGE_CHANGED;
    }
    return same_text(was, is, "id") ? YS_CHANGE_NONE : YS_CHANGE_RENAMED;
}

/* Both lists and who is whose partner: an index into the other list, or NOBODY. */
#define NOBODY ((size_t)-1)
struct pairing {
    const struct ys_value *old_list;
    const struct ys_value *new_list;
    size_t *partner_of_old;
    size_t *partner_of_new;
};

/* An entry by what pairs it; sorted, so that pairing takes time that hardly grows beyond the lists.
 */
struct keyed {
    const char *key;
    size_t place;
};

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *left = a;
    const struct keyed *right = b;
    int order = strcmp(left->key, right->key);
    return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
}

static const char *id_of(struct ys_arena *arena, const struct ys_value *one)
{
    (void)arena;
    return ys_value_word(one, "id");
}

/* Title and clauses; NULL where it lacks one of them. */
static const char *fingerprint_of(struct ys_arena *arena, const struct ys_value *one)
{
    const struct ys_value *title = ys_value_get(one, "title");
    const struct ys_value *clauses = ys_value_get(one, "clauses");
    return title && clauses
               ? ys_arena_printf(arena, "%s\n%s", ys_value_show(arena, title, SIZE_MAX),
                                 ys_value_show(arena, clauses, SIZE_MAX))
               : NULL;
}

/* Those without a partner, by their key. */
static struct keyed *
sort_keyed(struct ys_arena *arena, const struct ys_value *list, const size_t *partners,
           const char *(*key_of)(struct ys_arena *arena, const struct ys_value *one),
           size_t *ret_count)
{
    size_t count = 0;
    struct keyed *sorted = ys_arena_calloc(arena, ys_value_count(list) + 1u, sizeof *sorted);
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const char *key = partners[i] == NOBODY ? key_of(arena, ys_value_at(list, i)) : NULL;
        if (key) {
            sorted[count++] = (struct keyed){.key = key, .place = i};
        }
    }
    if (count > 0) {
        qsort(sorted, count, sizeof *sorted, compare_keyed);
    }
    *ret_count = count;
    return sorted;
}

static size_t run_of(const struct keyed *sorted, size_t at, size_t count)
{
    size_t end = at + 1u;
    while (end < count && strcmp(sorted[end].key, sorted[at].key) == 0) {
        end++;
    }
    return end - at;
}

/* Of several with one id, the first with the first; of several with one fingerprint none, since
 * nothing tells which is which. */
static void pair_by(struct ys_arena *arena, struct pairing *pairs, bool only_single,
                    const char *(*key_of)(struct ys_arena *arena, const struct ys_value *one))
{
    size_t old_count = 0;
    size_t new_count = 0;
    const struct keyed *old_sorted =
        sort_keyed(arena, pairs->old_list, pairs->partner_of_old, key_of, &old_count);
    const struct keyed *new_sorted =
        sort_keyed(arena, pairs->new_list, pairs->partner_of_new, key_of, &new_count);
    for (size_t k = 0, i = 0; k < old_count && i < new_count;) {
        int order = strcmp(old_sorted[k].key, new_sorted[i].key);
        size_t olds = order <= 0 ? run_of(old_sorted, k, old_count) : 0;
        size_t news = order >= 0 ? run_of(new_sorted, i, new_count) : 0;
        size_t both = olds < news ? olds : news;
        for (size_t at = 0; at < both && (!only_single || (olds == 1 && news == 1)); at++) {
            pairs->partner_of_old[old_sorted[k + at].place] = new_sorted[i + at].place;
            pairs->partner_of_new[new_sorted[i + at].place] = old_sorted[k + at].place;
        }
        k += olds;
        i += news;
    }
}

static size_t *nobodies(struct ys_arena *arena, size_t count)
{
    size_t *out = ys_arena_calloc(arena, count + 1, sizeof *out);
    for (size_t i = 0; i < count; i++) {
        out[i] = NOBODY;
    }
    return out;
}

static void note(struct ys_arena *arena, struct ys_value *out, enum ys_change wanted,
                 const struct ys_value *was, const struct ys_value *is, struct ys_diff *diff)
{
    if (change_of(was, is) != wanted) {
        return;
    }
    diff->counts[wanted]++;
    diff->worse = diff->worse || wanted == YS_CHANGE_WORSE ||
                  (wanted == YS_CHANGE_NEW && rank_of(is) == YS_VERDICT_FAIL);
    ys_value_append(arena, out, entry_of(arena, wanted, was, is));
}

static const struct ys_value *diff_lists(struct ys_arena *arena, struct pairing *pairs,
                                         bool by_fingerprint, struct ys_diff *diff)
{
    size_t old_count = ys_value_count(pairs->old_list);
    size_t new_count = ys_value_count(pairs->new_list);
    pairs->partner_of_old = nobodies(arena, old_count);
    pairs->partner_of_new = nobodies(arena, new_count);
    pair_by(arena, pairs, false, id_of);
    if (by_fingerprint) {
        pair_by(arena, pairs, true, fingerprint_of);
    }
    struct ys_value *out = ys_value_list(arena);
    for (int change = 0; change < YS_CHANGE_NONE; change++) {
        for (size_t i = 0; i < new_count; i++) {
            size_t k = pairs->partner_of_new[i];
            note(arena, out, (enum ys_change)change,
                 k == NOBODY ? NULL : ys_value_at(pairs->old_list, k),
                 ys_value_at(pairs->new_list, i), diff);
        }
        for (size_t k = 0; k < old_count; k++) {
            if (pairs->partner_of_old[k] == NOBODY) {
                note(arena, out, (enum ys_change)change, ys_value_at(pairs->old_list, k), NULL,
                     diff);
            }
        }
    }
    return out;
}

enum ys_status ys_diff_results(struct ys_arena *arena, const struct ys_value *was,
                               const struct ys_value *is, struct ys_diff *ret_diff,
                               struct ys_err *reterr)
{
    struct ys_err err;
    struct ys_diff diff = {0};
    enum ys_status status = check_result(was, &err);
    if (status != YS_OK) {
        return ys_err_prefix(reterr, &err, "the old result");
    }
    status = check_result(is, &err);
    if (status != YS_OK) {
        return ys_err_prefix(reterr, &err, "the new result");
    }
    struct pairing clauses = {.old_list = ys_value_get(was, "clauses"),
                              .new_list = ys_value_get(is, "clauses")};
    struct pairing cases = {.old_list = ys_value_get(was, "cases"),
                            .new_list = ys_value_get(is, "cases")};
    diff.clauses = diff_lists(arena, &clauses, false, &diff);
    diff.cases = diff_lists(arena, &cases, true, &diff);
    *ret_diff = diff;
    return YS_OK;
}
