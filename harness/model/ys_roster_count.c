/* SPDX-License-Identifier: Apache-2.0 */
/* Sums, the sample, the probes, and the decision. */
#include <string.h>

#include "ys_bound.h"
#include "ys_roster_private.h"
#include "ys_sample.h"

struct sum {
    int64_t instant;
    int64_t branches;
};

struct counted {
    struct sum claimed;
    struct sum now;
    struct sum worst;
    struct sum best;
    struct ys_point **population; /* they count as instant before any probe */
    size_t population_count;
    int64_t confirmed;
    int64_t refuted;
    bool drawn; /* the probed ones are the first of the sample's order, or all */
    int64_t bound;
    struct ys_value *sample;
};

/* denominator · instant - numerator · branches: met where it is not negative. */
static int64_t margin(const struct ys_roster_work *work, const struct sum *sum)
{
    return work->denominator * sum->instant - work->numerator * sum->branches;
}

/* How many branches more would have to issue at once. */
static int64_t missing(const struct ys_roster_work *work, const struct sum *sum)
{
    int64_t lack = -margin(work, sum);
    return lack <= 0 ? 0 : (lack + work->denominator - 1) / work->denominator;
}

static struct ys_value *sum_value(const struct ys_roster_work *work, const struct sum *sum)
{
    struct ys_value *map = ys_value_map(work->arena);
    ys_value_set_int(work->arena, map, "instant", sum->instant);
    ys_value_set_int(work->arena, map, "branches", sum->branches);
    ys_value_set_int(work->arena, map, "missing", missing(work, sum));
    return map;
}

static void add(struct sum *sum, struct ys_share share)
{
    sum->instant += share.instant;
    sum->branches += share.branches;
}

static void add_points(struct counted *counted,
                       const struct ys_points *points)
{
    for (size_t i = 0; i < points->count; i++) {
        const struct ys_point *point = &points->at[i];
        add(&counted->now, point->now);
        add(&counted->worst, point->worst);
        add(&counted->best, point->best);
        if (point->listed && point->here && point->open && point->staffed) {
            add(&counted->claimed, (struct ys_share){point->instant || point->unsure, 1});
        }
    }
}

/* ---- probes ---- */

static struct ys_point *shown(struct ys_point *point)
{
    return point->match && !point->listed ? point->match : point;
}

static void find_population(struct ys_roster_work *work, struct counted *counted)
{
    counted->population =
        ys_arena_calloc(work->arena, work->licensed.count + 1, sizeof(struct ys_point *));
    for (size_t i = 0; i < work->licensed.count; i++) {
        if (work->licensed.at[i].now.instant) {
            counted->population[counted->population_count++] = &work->licensed.at[i];
        }
    }
}

static void refute(struct ys_roster_work *work, struct ys_point *point, const char *zh,
                   const char *en)
{
    struct ys_value *one = ys_value_map(work->arena);
    point->probe = "refuted";
    point->now.instant = point->worst.instant = point->best.instant = 0;
    ys_value_set_text(work->arena, one, "kind", "probe-refused");
    ys_value_set_text(work->arena, one, "branch", shown(point)->code);
    ys_value_set_text(work->arena, one, "name", shown(point)->name);
    ys_value_set(work->arena, one, "reason", ys_roster__texts(work->arena, zh, en));
    ys_value_set(work->arena, one, "action",
                 ys_roster__texts(work->arena, "请银行恢复该网点即时制卡或更正名录",
                                  "the bank restores the service or corrects its roster"));
    ys_value_append(work->arena, work->differences, one);
}

static bool minutes_of(const struct ys_value *value, struct ys_decimal *ret)
{
    if (value->kind == YS_KIND_NUMBER) {
        *ret = value->as.number;
        return true;
    }
    const char *text = ys_value_text(value);
    return text && ys_decimal_parse(text, strlen(text), ret, NULL) == YS_OK;
}

static enum ys_status take_probes(struct ys_roster_work *work, struct counted *counted,
                                  struct ys_err *reterr)
{
    for (size_t i = 0; i < ys_value_count(work->probes); i++) {
        const struct ys_value *probe = ys_value_at(work->probes, i);
        const char *code = ys_value_get_text(probe, "branch");
        const struct ys_value *inner = ys_value_get(probe, "answer");
        const struct ys_value *answer = inner ? inner : probe;
        const char *outcome = ys_value_get_text(answer, "outcome");
        struct ys_point *point = NULL;
        for (size_t k = 0; code && k < counted->population_count && !point; k++) {
            bool same = strcmp(shown(counted->population[k])->code, code) == 0;
            point = same ? counted->population[k] : NULL;
        }
        bool accepted = outcome && strcmp(outcome, "accepted") == 0;
        if (!outcome || (!accepted && strcmp(outcome, "refused") != 0)) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT,
                              "probe %zu: outcome is accepted or refused, not %s", i + 1,
                              ys_value_show(work->arena, answer, 100));
        }
        if (!point || point->probe) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "probe %zu: '%s' %s", i + 1,
                              code ? code : "",
                              point ? "was probed already" : "is no branch that counts as instant");
        }
        const struct ys_value *minutes = ys_value_get(answer, "ready_minutes");
        struct ys_decimal waited = {0, 0};
        if (accepted && minutes && !minutes_of(minutes, &waited)) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "probe %zu: ready_minutes is a number",
                              i + 1);
        }
        bool late =
            ys_decimal_compare(waited, ys_decimal_from_int(work->within_minutes)) > 0;
        if (late) {
            refute(work, point, "抽查下单，不能立等可取", "the probe's card was not made at once");
        } else if (!accepted) {
            refute(work, point, "声明即时制卡，抽查下单被拒",
                   "claims instant issuance, and refused the probe's order");
        } else {
            point->probe = "confirmed";
        }
        counted->confirmed += point->probe[0] == 'c';
        counted->refuted += point->probe[0] == 'r';
    }
    return YS_OK;
}

/* The seed as text; a number is written in decimal. */
static const char *seed_text(struct ys_arena *arena, const struct ys_value *sample)
{
    const struct ys_value *seed = ys_value_get(sample, "seed");
    if (seed && seed->kind == YS_KIND_NUMBER) {
        char *text = ys_arena_alloc(arena, YS_DECIMAL_TEXT_MAX);
        ys_decimal_format(seed->as.number, text);
        return text;
    }
    return seed ? ys_value_text(seed) : NULL;
}

static enum ys_status confidence_of(const struct ys_value *sample, struct ys_decimal *ret,
                                    struct ys_err *reterr)
{
    const struct ys_value *value = ys_value_get(sample, "confidence");
    if (value && value->kind == YS_KIND_NUMBER) {
        *ret = value->as.number;
        return YS_OK;
    }
    const char *text = value ? ys_value_text(value) : "0.95";
    if (!text) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "sample.confidence is a number such as 0.95");
    }
    return ys_decimal_parse(text, strlen(text), ret, reterr);
}

static enum ys_status draw(struct ys_roster_work *work, struct counted *counted, const char *seed,
                           struct ys_decimal confidence, struct ys_err *reterr)
{
    struct ys_arena *arena = work->arena;
    size_t count = counted->population_count;
    const char **codes = ys_arena_calloc(arena, count + 1, sizeof *codes);
    for (size_t i = 0; i < count; i++) {
        codes[i] = shown(counted->population[i])->code;
    }
    const size_t *order = ys_sample_order(arena, seed, codes, count);
    /* So many false claims the share would bear. */
    int64_t spare = margin(work, &counted->worst) / work->denominator;
    int64_t population = (int64_t)count;
    int64_t needed = population;
    enum ys_status status = YS_OK;
    if (margin(work, &counted->worst) >= 0) {
        status = ys_bound_sample_size(population, population - spare, confidence, &needed, reterr);
    }
    int64_t size = ys_value_get_int(work->sample, "size", needed);
    size = size > population ? population : size;
    status = status == YS_OK ? take_probes(work, counted, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    int64_t probed = counted->confirmed + counted->refuted;
    struct ys_value *chosen = ys_value_list(arena);
    counted->drawn = true;
    for (int64_t i = 0; i < population; i++) {
        if (i < size) {
            ys_value_append(arena, chosen, ys_value_string(arena, codes[order[i]]));
        }
        counted->drawn = counted->drawn && (i >= probed || counted->population[order[i]]->probe);
    }
    /* Probes that nobody drew prove what they found, and no more. */
    counted->bound = counted->confirmed;
    if (counted->drawn && probed) {
        status = ys_bound_lower(population, probed, counted->confirmed, confidence,
                                &counted->bound, reterr);
    }
    struct ys_value *map = ys_value_map(arena);
    char text[YS_DECIMAL_TEXT_MAX];
    ys_decimal_format(confidence, text);
    ys_value_set_text(arena, map, "seed", seed);
    ys_value_set_text(arena, map, "method", YS_SAMPLE_METHOD);
    ys_value_set_int(arena, map, "population", population);
    ys_value_set_int(arena, map, "size", probed ? probed : size);
    ys_value_set_int(arena, map, "needed", needed);
    ys_value_set_text(arena, map, "confidence", text);
    ys_value_set_int(arena, map, "confirmed", counted->confirmed);
    ys_value_set_int(arena, map, "refuted", counted->refuted);
    ys_value_set_int(arena, map, "lower_bound", counted->bound);
    ys_value_set(arena, map, "chosen", chosen);
    counted->sample = map;
    return status;
}

static enum ys_status sample(struct ys_roster_work *work, struct counted *counted,
                             struct ys_err *reterr)
{
    struct ys_decimal confidence = {0, 0};
    const char *seed = seed_text(work->arena, work->sample);
    if (!work->sample) {
        return ys_value_count(work->probes) == 0
                   ? YS_OK
                   : ys_err_set(reterr, YS_ERR_ARGUMENT, "probes need the sample they belong to");
    }
    if (!seed || !*seed) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "a sample needs a seed");
    }
    enum ys_status status = confidence_of(work->sample, &confidence, reterr);
    return status == YS_OK ? draw(work, counted, seed, confidence, reterr) : status;
}

/* ---- the decision ---- */

static void decide(const struct ys_roster_work *work, const struct counted *counted,
                   struct ys_value *root)
{
    struct ys_arena *arena = work->arena;
    const char *decision = "met";
    struct ys_value *reason = ys_roster__texts(arena, "", "");
    int64_t probed = counted->confirmed + counted->refuted;
    struct sum proven = counted->worst;
    if (probed) {
        proven.instant -=
            (int64_t)counted->population_count - counted->refuted - counted->bound;
    }
    if (counted->best.branches == 0) {
        decision = "undecided";
        reason = ys_roster__texts(arena, "没有在营网点", "there is no open branch");
    } else if (margin(work, &counted->best) < 0) {
        decision = "not-met";
        reason = ys_roster__texts(
            arena,
            ys_arena_printf(arena, "核对后 %lld 个网点中 %lld 个即时制卡，还差 %lld 个",
                            (long long)counted->now.branches, (long long)counted->now.instant,
                            (long long)missing(work, &counted->now)),
            ys_arena_printf(arena,
                            "after reconciliation %lld of %lld branches issue at once; %lld are "
                            "missing",
                            (long long)counted->now.instant, (long long)counted->now.branches,
                            (long long)missing(work, &counted->now)));
    } else if (margin(work, &counted->worst) < 0) {
        decision = "undecided";
        reason = ys_roster__texts(arena, "差异裁定之前不能判定",
                                  "the differences decide it, and a person must settle them");
    } else if (margin(work, &proven) < 0) {
        decision = "undecided";
        reason = ys_roster__texts(
            arena,
            ys_arena_printf(arena, "声明达标，但抽查只能证明 %lld 个网点即时制卡",
                            (long long)proven.instant),
            ys_arena_printf(arena, "the claim reaches the share, the probes prove %lld branches",
                            (long long)proven.instant));
    }
    ys_value_set_text(arena, root, "decision", decision);
    ys_value_set(arena, root, "reason", reason);
}

static void append_rows(const struct ys_roster_work *work, const struct ys_points *points,
                        struct ys_value *rows)
{
    struct ys_arena *arena = work->arena;
    for (size_t i = 0; i < points->count; i++) {
        const struct ys_point *point = &points->at[i];
        if (!point->counted || (point->listed && !point->here)) {
            continue;
        }
        const struct ys_point *face = shown(&points->at[i]);
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "branch", face->code);
        ys_value_set_text(arena, one, "name", face->name);
        ys_value_set_bool(arena, one, "on_roster", point->listed || point->match);
        ys_value_set_bool(arena, one, "in_register", !point->listed);
        ys_value_set_bool(arena, one, "claims_instant", face->listed && face->instant);
        ys_value_set_bool(arena, one, "counts", point->now.branches == 1);
        ys_value_set_bool(arena, one, "instant", point->now.instant == 1);
        ys_value_set_text(arena, one, "probe", point->probe);
        ys_value_append(arena, rows, one);
    }
}

/* Points that the roster itself places in other cities, by city in the order of the roster. */
static struct ys_value *elsewhere(const struct ys_roster_work *work)
{
    struct ys_arena *arena = work->arena;
    struct ys_value *cities = ys_value_map(arena);
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < work->roster.count; i++) {
        const struct ys_point *point = &work->roster.at[i];
        if (!point->here) {
            ys_value_set_int(arena, cities, point->city,
                             ys_value_get_int(cities, point->city, 0) + 1);
        }
    }
    for (size_t i = 0; i < ys_value_count(cities); i++) {
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "city", cities->as.map.members[i].name);
        ys_value_set(arena, one, "points", cities->as.map.members[i].value);
        ys_value_append(arena, list, one);
    }
    return list;
}

enum ys_status ys_roster__count(struct ys_roster_work *work, const struct ys_value **ret_coverage,
                                struct ys_err *reterr)
{
    struct ys_arena *arena = work->arena;
    struct counted counted = {.drawn = false};
    find_population(work, &counted);
    add_points(&counted, &work->licensed);
    add_points(&counted, &work->roster);
    enum ys_status status = sample(work, &counted, reterr);
    if (status != YS_OK) {
        return status;
    }
    counted.now = counted.worst = counted.best = counted.claimed = (struct sum){0, 0};
    add_points(&counted, &work->licensed); /* without what the probes refuted */
    add_points(&counted, &work->roster);
    struct ys_value *root = ys_value_map(arena);
    struct ys_value *threshold = ys_value_map(arena);
    struct ys_value *rows = ys_value_list(arena);
    ys_value_set_int(arena, threshold, "numerator", work->numerator);
    ys_value_set_int(arena, threshold, "denominator", work->denominator);
    append_rows(work, &work->licensed, rows);
    append_rows(work, &work->roster, rows);
    ys_value_set_text(arena, root, "city", work->city);
    ys_value_set(arena, root, "threshold", threshold);
    decide(work, &counted, root);
    ys_value_set(arena, root, "claimed", sum_value(work, &counted.claimed));
    ys_value_set(arena, root, "reconciled", sum_value(work, &counted.now));
    ys_value_set(arena, root, "worst", sum_value(work, &counted.worst));
    ys_value_set(arena, root, "best", sum_value(work, &counted.best));
    ys_value_set(arena, root, "differences", work->differences);
    ys_value_set(arena, root, "near_duplicates", work->near_duplicates);
    ys_value_set(arena, root, "excluded", work->excluded);
    ys_value_set(arena, root, "elsewhere", elsewhere(work));
    if (counted.sample) {
        ys_value_set(arena, root, "sample", counted.sample);
    }
    ys_value_set(arena, root, "branches", rows);
    *ret_coverage = root;
    return YS_OK;
}
