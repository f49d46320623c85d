/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_match_private.h"

#include <string.h>

#include "ys_charset.h"
#include "ys_clock.h"
#include "ys_regex.h"

#define SHOW_BYTES_MAX 300u
#define NAMED_ITEMS_MAX 10u /* differing items that a text of a set matcher names */

/* One matcher of a map in work. */
struct subject {
    struct ys_matching *m;
    const struct ys_value *at;
    const struct ys_matcher_info *info;
    const struct ys_value *argument; /* expanded */
    const struct ys_value *value;    /* observed; NULL: nothing */
    const char *target;
};

static enum ys_status match_all(struct ys_matching *m, const struct ys_value *matcher,
                                struct ys_observed observed, const char *target,
                                struct ys_err *reterr);

static const char *show(struct ys_arena *arena, const struct ys_value *value)
{
    return value ? ys_value_show(arena, value, SHOW_BYTES_MAX) : "nothing";
}

void ys_match__note(struct ys_matching *m, const struct ys_check *check)
{
    struct ys_judgement *judgement = m->judgement;
    judgement->verdict = ys_verdict_worse(judgement->verdict, check->verdict);
    if (check->verdict == YS_VERDICT_PASS) {
        judgement->passed++;
        return;
    }
    if (judgement->count >= YS_FINDINGS_PER_CASE_MAX) {
        judgement->omitted++;
        return;
    }
    if (judgement->count == m->capacity) {
        size_t capacity = m->capacity ? 2 * m->capacity : 4;
        struct ys_check *grown = ys_arena_calloc(m->arena, capacity, sizeof *grown);
        if (judgement->count) {
            memcpy(grown, judgement->checks, judgement->count * sizeof *grown);
        }
        judgement->checks = grown;
        m->capacity = capacity;
    }
    judgement->checks[judgement->count++] = *check;
}

static void note(const struct subject *s, enum ys_verdict verdict, const char *expected,
                 const char *observed, const char *reason)
{
    const struct ys_check check = {
        .verdict = verdict,
        .cause = verdict == YS_VERDICT_PASS ? YS_CAUSE_NONE : YS_CAUSE_CANDIDATE,
        .at = s->at,
        .target = s->target,
        .expected = expected,
        .observed = observed,
        .reason = reason,
    };
    ys_match__note(s->m, &check);
}

static void passed(const struct subject *s)
{
    note(s, YS_VERDICT_PASS, "", "", "");
}

static const char *named(const struct subject *s)
{
    return ys_arena_printf(s->m->arena, "%s %s", s->info->name, show(s->m->arena, s->argument));
}

/* "2", or "\"2\" (string)" where the types are the point. */
static void failed(const struct subject *s, const char *reason)
{
    note(s, YS_VERDICT_FAIL, named(s), show(s->m->arena, s->value), reason);
}

static void failed_types(const struct subject *s, const char *wanted)
{
    struct ys_arena *arena = s->m->arena;
    note(s, YS_VERDICT_FAIL,
         ys_arena_printf(arena, "%s (%s)", named(s), wanted),
         ys_arena_printf(arena, "%s (%s)", show(arena, s->value), ys_kind_name(s->value->kind)),
         ys_arena_printf(arena, "%s is of another type", *s->target ? s->target : "the value"));
}

static void vacuous(const struct subject *s, const char *reason)
{
    note(s, YS_VERDICT_INCONCLUSIVE, named(s), show(s->m->arena, s->value), reason);
}

static void verdict_of(const struct subject *s, bool holds, const char *what)
{
    if (holds) {
        passed(s);
    } else {
        failed(s, ys_arena_printf(s->m->arena, "%s %s", *s->target ? s->target : "the value",
                                  what));
    }
}

/* Runs a matcher without noting anything: for not, any and none. */
static enum ys_status try_match(struct ys_matching *m, const struct ys_value *matcher,
                                const struct ys_value *value, enum ys_verdict *ret_verdict,
                                struct ys_err *reterr)
{
    struct ys_judgement judgement = {.verdict = YS_VERDICT_PASS};
    struct ys_matching quiet = {m->arena, m->lookup, m->context, &judgement, 0};
    const struct ys_observed observed = {value, false};
    enum ys_status status = match_all(&quiet, matcher, observed, "", reterr);
    if (status == YS_OK) {
        *ret_verdict = judgement.verdict;
    }
    return status;
}

static void match_equals(const struct subject *s)
{
    if (ys_value_equal(s->value, s->argument)) {
        passed(s);
    } else if (s->value->kind != s->argument->kind) {
        failed_types(s, ys_kind_name(s->argument->kind));
    } else {
        failed(s, ys_arena_printf(s->m->arena, "%s differs",
                                  *s->target ? s->target : "the value"));
    }
}

/* Numbers by value, instants as instants, other texts by bytes (which orders ISO dates). */
static bool compare(const struct ys_value *a, const struct ys_value *b, int *ret_order)
{
    if (a->kind == YS_KIND_NUMBER && b->kind == YS_KIND_NUMBER) {
        *ret_order = ys_decimal_compare(a->as.number, b->as.number);
        return true;
    }
    if (a->kind != YS_KIND_STRING || b->kind != YS_KIND_STRING) {
        return false;
    }
    int64_t instant_a = 0;
    int64_t instant_b = 0;
    if (a->as.string.length > 10 && b->as.string.length > 10 &&
        ys_time_parse(a->as.string.bytes, &instant_a, NULL) == YS_OK &&
        ys_time_parse(b->as.string.bytes, &instant_b, NULL) == YS_OK) {
        *ret_order = instant_a < instant_b ? -1 : instant_a > instant_b;
    } else {
        *ret_order = strcmp(a->as.string.bytes, b->as.string.bytes);
    }
    return true;
}

static void match_ordered(const struct subject *s)
{
    int order = 0;
    if (!compare(s->value, s->argument, &order)) {
        failed_types(s, ys_kind_name(s->argument->kind));
        return;
    }
    enum ys_matcher matcher = s->info->matcher;
    bool holds = matcher == YS_MATCH_LESS       ? order < 0
                 : matcher == YS_MATCH_AT_MOST  ? order <= 0
                 : matcher == YS_MATCH_GREATER  ? order > 0
                                                : order >= 0;
    verdict_of(s, holds, "is out of bounds");
}

static void match_between(const struct subject *s)
{
    const struct ys_value *low = ys_value_at(s->argument, 0);
    const struct ys_value *high = ys_value_at(s->argument, 1);
    int below = 0;
    int above = 0;
    if (!low || !high || !compare(s->value, low, &below) || !compare(s->value, high, &above)) {
        failed_types(s, low ? ys_kind_name(low->kind) : "a pair");
        return;
    }
    verdict_of(s, below >= 0 && above <= 0, "is out of bounds");
}

static bool holds_item(const struct ys_value *list, const struct ys_value *item)
{
    for (size_t i = 0; i < list->as.list.count; i++) {
        if (ys_value_equal(list->as.list.items[i], item)) {
            return true;
        }
    }
    return false;
}

static enum ys_status match_pattern(const struct subject *s, struct ys_err *reterr)
{
    const char *pattern = ys_value_text(s->argument);
    if (s->value->kind != YS_KIND_STRING || !pattern) {
        failed_types(s, "string");
        return YS_OK;
    }
    bool matches = false;
    enum ys_status status =
        ys_regex_match(pattern, s->value->as.string.bytes,
                                           s->value->as.string.length, true, &matches, reterr);
    if (status == YS_OK) {
        verdict_of(s, matches, "does not match the pattern");
    }
    return status;
}

static void match_contains(const struct subject *s)
{
    if (s->value->kind == YS_KIND_LIST) {
        verdict_of(s, holds_item(s->value, s->argument), "lacks the item");
    } else if (s->value->kind == YS_KIND_STRING && s->argument->kind == YS_KIND_STRING) {
        verdict_of(s, strstr(s->value->as.string.bytes, s->argument->as.string.bytes) != NULL,
                   "lacks the part");
    } else {
        failed_types(s, "list or string");
    }
}

static void match_edge(const struct subject *s)
{
    if (s->value->kind != YS_KIND_STRING || s->argument->kind != YS_KIND_STRING) {
        failed_types(s, "string");
        return;
    }
    size_t length = s->argument->as.string.length;
    bool holds = s->value->as.string.length >= length;
    if (holds) {
        const char *at = s->value->as.string.bytes;
        at += s->info->matcher == YS_MATCH_ENDS_WITH ? s->value->as.string.length - length : 0;
        holds = memcmp(at, s->argument->as.string.bytes, length) == 0;
    }
    verdict_of(s, holds, s->info->matcher == YS_MATCH_ENDS_WITH ? "ends otherwise"
                                                                : "begins otherwise");
}

static int64_t characters(const struct ys_value *value)
{
    if (value->kind != YS_KIND_STRING) {
        return (int64_t)ys_value_count(value);
    }
    int64_t count = 0;
    size_t length = value->as.string.length;
    for (size_t i = 0; i < length; count++) {
        size_t size = ys_utf8_size(value->as.string.bytes + i, length - i);
        i += size ? size : 1;
    }
    return count;
}

/* length and count: the number is matched in place of the value. */
static enum ys_status match_number_of(const struct subject *s, int64_t number,
                                      struct ys_err *reterr)
{
    struct ys_arena *arena = s->m->arena;
    const struct ys_observed observed = {ys_value_int(arena, number), false};
    const char *target =
        ys_arena_printf(arena, "%s%s%s", s->info->name, *s->target ? " of " : "", s->target);
    return match_all(s->m, s->argument, observed, target, reterr);
}

static enum ys_status match_each(const struct subject *s, struct ys_err *reterr)
{
    for (size_t i = 0; i < s->value->as.list.count; i++) {
        const struct ys_observed item = {s->value->as.list.items[i], false};
        const char *target = ys_arena_printf(s->m->arena, "%s[%zu]", s->target, i);
        enum ys_status status = match_all(s->m, s->argument, item, target, reterr);
        if (status != YS_OK) {
            return status;
        }
    }
    return YS_OK;
}

/* any and none. An item that cannot be decided makes neither true. */
static enum ys_status match_some(const struct subject *s, struct ys_err *reterr)
{
    bool want = s->info->matcher == YS_MATCH_ANY;
    bool undecided = false;
    for (size_t i = 0; i < s->value->as.list.count; i++) {
        enum ys_verdict verdict = YS_VERDICT_PASS;
        const struct ys_value *item = s->value->as.list.items[i];
        enum ys_status status = try_match(s->m, s->argument, item, &verdict, reterr);
        if (status != YS_OK) {
            return status;
        }
        if (verdict == YS_VERDICT_PASS) {
            if (want) {
                passed(s);
            } else {
                note(s, YS_VERDICT_FAIL, named(s),
                     ys_arena_printf(s->m->arena, "item %zu: %s", i, show(s->m->arena, item)),
                     "an item matches that must not");
            }
            return YS_OK;
        }
        undecided = undecided || verdict == YS_VERDICT_INCONCLUSIVE;
    }
    if (undecided) {
        vacuous(s, "an item could not be decided");
    } else {
        verdict_of(s, !want, "has no item that matches");
    }
    return YS_OK;
}

/* A hash of what ys_value_equal() compares, so that lists of 20,000 items stay quick. */
static uint64_t hash(const struct ys_value *value, uint64_t seed)
{
    uint64_t h = seed ^ (0x9E3779B97F4A7C15u * ((uint64_t)value->kind + 1));
    switch (value->kind) {
    case YS_KIND_NULL:
        break;
    case YS_KIND_BOOL:
        h += value->as.boolean;
        break;
    case YS_KIND_NUMBER:
        h ^= (uint64_t)value->as.number.coefficient * 31 + value->as.number.scale;
        break;
    case YS_KIND_STRING:
        for (size_t i = 0; i < value->as.string.length; i++) {
            h = (h ^ (uint8_t)value->as.string.bytes[i]) * 0x100000001B3u;
        }
        break;
    case YS_KIND_LIST:
        for (size_t i = 0; i < value->as.list.count; i++) {
            h = hash(value->as.list.items[i], h * 31);
        }
        break;
    case YS_KIND_MAP:
        for (size_t i = 0; i < value->as.map.count; i++) {
            h += hash(value->as.map.members[i].value, 7);
        }
        break;
    }
    h ^= h >> 29;
    return h * 0xBF58476D1CE4E5B9u;
}

struct set {
    const struct ys_value **slots;
    size_t mask;
};

static struct set set_new(struct ys_arena *arena, size_t count)
{
    size_t size = 16;
    while (size < 2 * count) {
        size *= 2;
    }
    return (struct set){ys_arena_calloc(arena, size, sizeof(const struct ys_value *)), size - 1};
}

/* The place of an equal item, or of the free slot. */
static size_t set_find(const struct set *set, const struct ys_value *item)
{
    size_t at = (size_t)hash(item, 0) & set->mask;
    while (set->slots[at] && !ys_value_equal(set->slots[at], item)) {
        at = (at + 1) & set->mask;
    }
    return at;
}

static struct set set_of(struct ys_arena *arena, const struct ys_value *list)
{
    struct set set = set_new(arena, list->as.list.count);
    for (size_t i = 0; i < list->as.list.count; i++) {
        set.slots[set_find(&set, list->as.list.items[i])] = list->as.list.items[i];
    }
    return set;
}

static void match_unique(const struct subject *s)
{
    struct ys_arena *arena = s->m->arena;
    struct ys_value *twice = ys_value_list(arena);
    struct set set = set_new(arena, s->value->as.list.count);
    for (size_t i = 0; i < s->value->as.list.count; i++) {
        const struct ys_value *item = s->value->as.list.items[i];
        size_t at = set_find(&set, item);
        if (set.slots[at]) {
            ys_value_append(arena, twice, item);
        }
        set.slots[at] = item;
    }
    if (ys_value_count(twice) == 0) {
        passed(s);
    } else {
        note(s, YS_VERDICT_FAIL, "no two equal items",
             ys_arena_printf(arena, "more than once: %s", show(arena, twice)),
             ys_arena_printf(arena, "%zu item(s) stand in it more than once",
                             ys_value_count(twice)));
    }
}

static void match_set(const struct subject *s)
{
    struct ys_arena *arena = s->m->arena;
    if (s->value->kind != YS_KIND_LIST || s->argument->kind != YS_KIND_LIST) {
        failed_types(s, "list");
        return;
    }
    bool subset = s->info->matcher == YS_MATCH_SUBSET_OF;
    const struct ys_value *inner = subset ? s->value : s->argument;
    const struct set outer = set_of(arena, subset ? s->argument : s->value);
    struct ys_value *strangers = ys_value_list(arena);
    size_t count = 0;
    for (size_t i = 0; i < inner->as.list.count; i++) {
        const struct ys_value *item = inner->as.list.items[i];
        if (!outer.slots[set_find(&outer, item)] && count++ < NAMED_ITEMS_MAX) {
            ys_value_append(arena, strangers, item);
        }
    }
    if (count == 0) {
        passed(s);
        return;
    }
    note(s, YS_VERDICT_FAIL, named(s),
         ys_arena_printf(arena, "%s%s: %s", subset ? "not in the list" : "missing",
                         count > NAMED_ITEMS_MAX ? " (the first of them)" : "",
                         show(arena, strangers)),
         ys_arena_printf(arena, "%zu item(s) %s", count, subset ? "too many" : "missing"));
}

static bool kind_fits(const struct ys_value *value, const char *type)
{
    if (strcmp(type, "integer") == 0) {
        return value->kind == YS_KIND_NUMBER && ys_decimal_is_integer(value->as.number);
    }
    if (strcmp(type, "boolean") == 0) {
        return value->kind == YS_KIND_BOOL;
    }
    return strcmp(type, ys_kind_name(value->kind)) == 0;
}

/* Same structure and types as an example; the first difference, or NULL. */
static const char *unlike(struct ys_arena *arena, const struct ys_value *value,
                          const struct ys_value *example, const char *at)
{
    if (value->kind != example->kind) {
        return ys_arena_printf(arena, "%s is a %s, the example a %s", at,
                               ys_kind_name(value->kind), ys_kind_name(example->kind));
    }
    if (example->kind == YS_KIND_LIST && ys_value_count(example)) {
        for (size_t i = 0; i < ys_value_count(value); i++) {
            const char *difference = unlike(arena, ys_value_at(value, i), ys_value_at(example, 0),
                                            ys_arena_printf(arena, "%s[%zu]", at, i));
            if (difference) {
                return difference;
            }
        }
    }
    for (size_t i = 0; example->kind == YS_KIND_MAP && i < example->as.map.count; i++) {
        const struct ys_member *member = &example->as.map.members[i];
        const struct ys_value *there = ys_value_get(value, member->name);
        const char *path = ys_arena_printf(arena, "%s.%s", at, member->name);
        const char *difference = there ? unlike(arena, there, member->value, path)
                                       : ys_arena_printf(arena, "%s is missing", path);
        if (difference) {
            return difference;
        }
    }
    return NULL;
}

static enum ys_status match_not(const struct subject *s, struct ys_err *reterr)
{
    enum ys_verdict verdict = YS_VERDICT_PASS;
    enum ys_status status = try_match(s->m, s->argument, s->value, &verdict, reterr);
    if (status == YS_OK && verdict == YS_VERDICT_INCONCLUSIVE) {
        vacuous(s, "what is denied could not be decided");
    } else if (status == YS_OK) {
        verdict_of(s, verdict == YS_VERDICT_FAIL, "is what it must not be");
    }
    return status;
}

static enum ys_status match_field(struct ys_matching *m, const struct ys_value *matcher,
                                  const struct ys_value *map, const char *name,
                                  const char *target, struct ys_err *reterr)
{
    const struct ys_observed member = {ys_value_get(map, name), false};
    const char *path = *target ? ys_arena_printf(m->arena, "%s.%s", target, name) : name;
    return match_all(m, matcher, member, path, reterr);
}

static enum ys_status match_fields(const struct subject *s, struct ys_err *reterr)
{
    if (s->value->kind != YS_KIND_MAP || s->argument->kind != YS_KIND_MAP) {
        failed_types(s, "map");
        return YS_OK;
    }
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < s->argument->as.map.count; i++) {
        const struct ys_member *member = &s->argument->as.map.members[i];
        status = match_field(s->m, member->value, s->value, member->name, s->target, reterr);
    }
    return status;
}

/* A matcher over items: a list that holds some, or the guard speaks. */
static bool has_items(const struct subject *s, bool allow_empty)
{
    if (s->value->kind != YS_KIND_LIST) {
        failed_types(s, "list");
        return false;
    }
    if (ys_value_count(s->value) == 0) {
        if (allow_empty) {
            passed(s);
        } else {
            vacuous(s, "the list is empty, so nothing was tried");
        }
        return false;
    }
    return true;
}

static enum ys_status match_value(const struct subject *s, bool allow_empty,
                                  struct ys_err *reterr)
{
    struct ys_arena *arena = s->m->arena;
    const char *difference = NULL;
    switch (s->info->matcher) {
    case YS_MATCH_EQUALS:
        match_equals(s);
        return YS_OK;
    case YS_MATCH_NOT:
        return match_not(s, reterr);
    case YS_MATCH_LESS:
    case YS_MATCH_AT_MOST:
    case YS_MATCH_GREATER:
    case YS_MATCH_AT_LEAST:
        match_ordered(s);
        return YS_OK;
    case YS_MATCH_BETWEEN:
        match_between(s);
        return YS_OK;
    case YS_MATCH_IN:
        if (s->argument->kind != YS_KIND_LIST) {
            return ys_err_at(reterr, YS_ERR_TYPE, NULL, s->at->line, s->at->column,
                             "'in' needs a list");
        }
        verdict_of(s, holds_item(s->argument, s->value), "is none of the list");
        return YS_OK;
    case YS_MATCH_MATCHES:
        return match_pattern(s, reterr);
    case YS_MATCH_CONTAINS:
        match_contains(s);
        return YS_OK;
    case YS_MATCH_STARTS_WITH:
    case YS_MATCH_ENDS_WITH:
        match_edge(s);
        return YS_OK;
    case YS_MATCH_LENGTH:
    case YS_MATCH_COUNT:
        return match_number_of(s, characters(s->value), reterr);
    case YS_MATCH_EACH:
        return has_items(s, allow_empty) ? match_each(s, reterr) : YS_OK;
    case YS_MATCH_ANY:
    case YS_MATCH_NONE:
        return has_items(s, allow_empty) ? match_some(s, reterr) : YS_OK;
    case YS_MATCH_UNIQUE:
        if (has_items(s, allow_empty)) {
            match_unique(s);
        }
        return YS_OK;
    case YS_MATCH_SUBSET_OF:
    case YS_MATCH_SUPERSET_OF:
        match_set(s);
        return YS_OK;
    case YS_MATCH_TYPE:
        verdict_of(s, ys_value_text(s->argument) && kind_fits(s->value, ys_value_text(s->argument)),
                   ys_arena_printf(arena, "is a %s", ys_kind_name(s->value->kind)));
        return YS_OK;
    case YS_MATCH_EXISTS:
    case YS_MATCH_ALLOW_EMPTY:
        passed(s);
        return YS_OK;
    case YS_MATCH_ABSENT:
        failed(s, "something is there that must not be");
        return YS_OK;
    case YS_MATCH_LIKE:
        difference = unlike(arena, s->value, s->argument, *s->target ? s->target : "the value");
        if (difference) {
            failed(s, difference);
        } else {
            passed(s);
        }
        return YS_OK;
    case YS_MATCH_FIELDS:
        return match_fields(s, reterr);
    }
    return YS_OK;
}

/* Nothing was there: only what asks for existence or number can be decided. */
static enum ys_status match_nothing(const struct subject *s, bool allow_empty,
                                    struct ys_err *reterr)
{
    if (s->info->matcher == YS_MATCH_ABSENT || allow_empty) {
        passed(s);
    } else if (s->info->matcher == YS_MATCH_EXISTS) {
        failed(s, "nothing is there");
    } else if (s->info->matcher == YS_MATCH_COUNT) {
        return match_number_of(s, 0, reterr);
    } else {
        vacuous(s, "nothing was there to compare");
    }
    return YS_OK;
}

static bool argument_is_lazy(const struct ys_matcher_info *info)
{
    return info->argument == YS_ARGUMENT_MATCHER || info->argument == YS_ARGUMENT_FIELDS;
}

static enum ys_status match_one(struct subject *s, struct ys_observed observed,
                                const struct ys_value *argument, bool allow_empty,
                                struct ys_err *reterr)
{
    s->argument = argument;
    if (!argument_is_lazy(s->info)) {
        enum ys_status status = ys_template_expand(s->m->arena, argument, s->m->lookup,
                                                   s->m->context, &s->argument, reterr);
        if (status != YS_OK) {
            return status;
        }
    }
    if (observed.nodes && s->info->matcher == YS_MATCH_COUNT) {
        return match_number_of(s, (int64_t)ys_value_count(observed.value), reterr);
    }
    bool nothing = !observed.value || (observed.nodes && ys_value_count(observed.value) == 0);
    s->value = observed.value;
    return nothing ? match_nothing(s, allow_empty, reterr) : match_value(s, allow_empty, reterr);
}

static enum ys_status match_all(struct ys_matching *m, const struct ys_value *matcher,
                                struct ys_observed observed, const char *target,
                                struct ys_err *reterr)
{
    struct subject s = {.m = m, .at = matcher, .target = target};
    if (matcher->kind != YS_KIND_MAP) {
        s.info = ys_matcher_find("equals");
        return match_one(&s, observed, matcher, false, reterr);
    }
    bool allow_empty = ys_value_get_bool(matcher, "allow_empty", false);
    for (size_t i = 0; i < matcher->as.map.count; i++) {
        const struct ys_member *member = &matcher->as.map.members[i];
        enum ys_status status = YS_OK;
        s.info = ys_matcher_find(member->name);
        s.at = member->value;
        s.target = target;
        if (!s.info) { /* by example: a field of the observed object */
            status = match_field(m, member->value, observed.value, member->name, target, reterr);
        } else if (s.info->matcher != YS_MATCH_ALLOW_EMPTY) {
            status = match_one(&s, observed, member->value, allow_empty, reterr);
        }
        if (status != YS_OK) {
            return status;
        }
    }
    return YS_OK;
}

enum ys_status ys_match__apply(struct ys_matching *matching, const struct ys_value *matcher,
                               struct ys_observed observed, const char *target,
                               struct ys_err *reterr)
{
    return match_all(matching, matcher, observed, target, reterr);
}
