/* SPDX-License-Identifier: Apache-2.0 */
/* Figures against thresholds: facts, factor by factor and year by year; see ys_evaluation.h. */
#include <string.h>

#include "ys_calendar.h"
#include "ys_clock.h"
#include "ys_evaluation.h"
#include "ys_verdict.h"

struct judging {
    struct ys_arena *arena;
    const struct ys_evaluation *evaluation;
    const struct ys_figures *figures;
    const struct ys_figure_year *year;
};

/* In this order a later one is worse; words for a year, a factor, a rule and the ending alike. */
static const char *state_name(enum ys_verdict verdict)
{
    return verdict == YS_VERDICT_PASS ? "pass" : verdict == YS_VERDICT_FAIL ? "fail" : "undecided";
}

static void set_both(struct judging *judging, struct ys_value *map, const char *name,
                     const char *zh, const char *en)
{
    struct ys_text text = {zh, en};
    ys_value_set(judging->arena, map, name, ys_text_value(judging->arena, &text));
}

static const struct ys_figure *find(const struct judging *judging, const char *id)
{
    for (size_t i = 0; i < judging->year->figure_count; i++) {
        if (strcmp(judging->year->figures[i].id, id) == 0) {
            return &judging->year->figures[i];
        }
    }
    return NULL;
}

/* Why a figure cannot be used; false where it can. What is counted over a year is known when the
 * year is over; whether something holds (a flag) may be written down earlier. */
static bool is_unusable(struct judging *judging, const char *id, struct ys_value *rule)
{
    const struct ys_figure *figure = find(judging, id);
    const struct ys_figure_spec *spec = ys_evaluation_figure(judging->evaluation, id);
    struct ys_arena *arena = judging->arena;
    const char *zh = ys_text_in(&spec->title, "zh");
    const char *en = ys_text_in(&spec->title, "en");
    if (!figure) {
        set_both(judging, rule, "reason", ys_arena_printf(arena, "缺少数据：%s", zh),
                 ys_arena_printf(arena, "no figure: %s", en));
        return true;
    }
    int64_t last = ys_civil_to_days((int)judging->year->year, 12, 31);
    if (spec->kind != YS_FIGURE_FLAG && figure->source.day < last) {
        set_both(judging, rule, "reason",
                 ys_arena_printf(arena, "%s：来源日期 %s 早于当年年底，不含全年", zh,
                                 figure->source.date),
                 ys_arena_printf(arena, "%s: its source of %s was written before the year was over",
                                 en, figure->source.date));
        return true;
    }
    return false;
}

/* Of figures that is_unusable() let through. */
static struct ys_decimal number_of(const struct judging *judging, const char *id)
{
    const struct ys_figure *figure = find(judging, id);
    return figure ? figure->value->as.number : ys_decimal_from_int(0);
}

static bool flag_of(const struct judging *judging, const char *id)
{
    const struct ys_figure *figure = find(judging, id);
    return figure && figure->value->as.boolean;
}

static int64_t count_of(const struct judging *judging, const char *id)
{
    int64_t count = 0;
    return ys_decimal_to_int(number_of(judging, id), &count) == YS_OK ? count : 0;
}

/* -1 below, 0 at, 1 above the bound. Counts and fractions are small enough (see the loaders). */
static int against(const struct judging *judging, const struct ys_factor_rule *rule,
                   const struct ys_threshold *bound)
{
    if (!rule->per) {
        return ys_decimal_compare(number_of(judging, rule->figure), bound->number);
    }
    int64_t left = count_of(judging, rule->figure) * bound->denominator;
    int64_t right = count_of(judging, rule->per) * bound->numerator;
    return (left > right) - (left < right);
}

/* "满意件数 90 / 回访件数 100，不少于 85/100" */
static void set_text(struct judging *judging, struct ys_value *map,
                     const struct ys_factor_rule *rule)
{
    struct ys_arena *arena = judging->arena;
    const char *texts[2];
    for (int i = 0; i < 2; i++) {
        const char *lang = i == 0 ? "zh" : "en";
        const char *ids[] = {rule->figure, rule->per};
        const char *text = "";
        for (int k = 0; k < 2 && ids[k]; k++) {
            const struct ys_figure *figure = find(judging, ids[k]);
            const struct ys_figure_spec *spec = ys_evaluation_figure(judging->evaluation, ids[k]);
            text = ys_arena_printf(arena, "%s%s%s %s", text, k ? " / " : "",
                                   ys_text_in(&spec->title, lang),
                                   figure ? ys_value_show(arena, figure->value, 40) : "?");
        }
        if (rule->at_least.text) {
            text = ys_arena_printf(arena, i == 0 ? "%s，不少于 %s" : "%s, at least %s", text,
                                   rule->at_least.text);
        }
        if (rule->at_most.text) {
            text = ys_arena_printf(arena, i == 0 ? "%s，不多于 %s" : "%s, at most %s", text,
                                   rule->at_most.text);
        }
        texts[i] = text;
    }
    set_both(judging, map, "text", texts[0], texts[1]);
}

static enum ys_verdict judge_rule(struct judging *judging, const struct ys_factor_rule *rule,
                                  struct ys_value *map)
{
    enum ys_verdict verdict = YS_VERDICT_PASS;
    set_text(judging, map, rule);
    if (is_unusable(judging, rule->figure, map) ||
        (rule->per && is_unusable(judging, rule->per, map))) {
        return YS_VERDICT_INCONCLUSIVE;
    }
    if (rule->is_true) {
        return flag_of(judging, rule->figure) ? YS_VERDICT_PASS : YS_VERDICT_FAIL;
    }
    if (rule->per && count_of(judging, rule->per) == 0) {
        if (rule->none_passes) {
            return YS_VERDICT_PASS;
        }
        set_both(judging, map, "reason", "分母为 0，无从比较", "a share of nothing");
        return YS_VERDICT_INCONCLUSIVE;
    }
    if ((rule->at_least.text && against(judging, rule, &rule->at_least) < 0) ||
        (rule->at_most.text && against(judging, rule, &rule->at_most) > 0)) {
        verdict = YS_VERDICT_FAIL;
    }
    return verdict;
}

static struct ys_value *source_value(struct ys_arena *arena, const struct ys_source *source)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "document", source->document);
    ys_value_set_text(arena, map, "date", source->date);
    ys_value_set_text(arena, map, "by", source->by);
    return map;
}

static enum ys_verdict judge_factor(struct judging *judging, const struct ys_factor *factor,
                                    struct ys_value *map)
{
    struct ys_arena *arena = judging->arena;
    struct ys_value *rules = ys_value_list(arena);
    struct ys_value *figures = ys_value_list(arena);
    enum ys_verdict verdict = YS_VERDICT_PASS;
    for (size_t i = 0; i < factor->rule_count; i++) {
        struct ys_value *rule = ys_value_map(arena);
        enum ys_verdict one = judge_rule(judging, &factor->rules[i], rule);
        ys_value_set_text(arena, rule, "verdict", state_name(one));
        ys_value_append(arena, rules, rule);
        verdict = ys_verdict_worse(verdict, one);
    }
    for (size_t i = 0; i < factor->figure_count; i++) {
        const struct ys_figure *figure = find(judging, factor->figures[i].id);
        if (figure) {
            struct ys_value *row = ys_value_map(arena);
            ys_value_set_text(arena, row, "id", figure->id);
            ys_value_set(arena, row, "value", figure->value);
            ys_value_set(arena, row, "source", source_value(arena, &figure->source));
            ys_value_append(arena, figures, row);
        }
    }
    ys_value_set_text(arena, map, "id", factor->id);
    ys_value_set(arena, map, "title", ys_text_value(arena, &factor->title));
    ys_value_set_text(arena, map, "verdict", state_name(verdict));
    ys_value_set(arena, map, "rules", rules);
    ys_value_set(arena, map, "figures", figures);
    return verdict;
}

/* Whether the evaluation itself was in time: a fact about the bureau, no verdict on the bank. */
static void set_timeliness(struct judging *judging, struct ys_value *map)
{
    const struct ys_figure_year *year = judging->year;
    const char *due = judging->evaluation->due;
    int64_t last = 0;
    if (!year->evaluated) {
        return;
    }
    ys_value_set_text(judging->arena, map, "evaluated", year->evaluated);
    if (due) {
        const char *text =
            ys_arena_printf(judging->arena, "%lld-%s", (long long)year->year + 1, due);
        if (ys_day_parse(text, &last, NULL) == YS_OK) {
            ys_value_set_text(judging->arena, map, "due", text);
            ys_value_set_bool(judging->arena, map, "in_time", year->evaluated_day <= last);
        }
    }
}

static enum ys_verdict judge_year(struct judging *judging, struct ys_value *map)
{
    struct ys_arena *arena = judging->arena;
    const struct ys_evaluation *evaluation = judging->evaluation;
    struct ys_value *factors = ys_value_list(arena);
    int64_t failed = 0;
    int64_t undecided = 0;
    for (size_t i = 0; i < evaluation->factor_count; i++) {
        struct ys_value *factor = ys_value_map(arena);
        enum ys_verdict verdict = judge_factor(judging, &evaluation->factors[i], factor);
        failed += verdict == YS_VERDICT_FAIL;
        undecided += verdict == YS_VERDICT_INCONCLUSIVE;
        ys_value_append(arena, factors, factor);
    }
    enum ys_verdict verdict = failed >= evaluation->fails_at ? YS_VERDICT_FAIL
                              : undecided                    ? YS_VERDICT_INCONCLUSIVE
                                                             : YS_VERDICT_PASS;
    ys_value_set_int(arena, map, "year", judging->year->year);
    ys_value_set_text(arena, map, "verdict", state_name(verdict));
    ys_value_set_bool(arena, map, "summons", verdict == YS_VERDICT_FAIL);
    set_timeliness(judging, map);
    ys_value_set(arena, map, "factors", factors);
    return verdict;
}

/* ---- the ending ---- */

/* Failed years in a row: surely (`verdicts` of undecided and missing years read as passed), or
 * possibly. A year that is missing between two others is undecided. */
static int64_t longest(const struct ys_figures *figures, const enum ys_verdict *verdicts,
                       bool possibly)
{
    int64_t row = 0;
    int64_t best = 0;
    for (size_t i = 0; i < figures->year_count; i++) {
        int64_t gap = i ? figures->years[i].year - figures->years[i - 1].year - 1 : 0;
        if (gap) {
            row = possibly ? row + gap : 0;
        }
        best = row > best ? row : best;
        bool counts =
            verdicts[i] == YS_VERDICT_FAIL || (possibly && verdicts[i] == YS_VERDICT_INCONCLUSIVE);
        row = counts ? row + 1 : 0;
        best = row > best ? row : best;
    }
    return best;
}

static enum ys_verdict judge_years_in_a_row(struct judging *judging,
                                            const enum ys_verdict *verdicts, struct ys_value *facts)
{
    struct ys_arena *arena = judging->arena;
    int64_t wanted = judging->evaluation->ending.failed_years;
    int64_t surely = longest(judging->figures, verdicts, false);
    int64_t possibly = longest(judging->figures, verdicts, true);
    struct ys_value *fact = ys_value_map(arena);
    if (possibly < wanted) {
        return YS_VERDICT_PASS;
    }
    ys_value_set_text(arena, fact, "kind", "failed-years");
    if (surely >= wanted) {
        set_both(judging, fact, "text",
                 ys_arena_printf(arena, "连续 %lld 年评估不合格", (long long)surely),
                 ys_arena_printf(arena, "%lld failed years in a row", (long long)surely));
    } else {
        set_both(judging, fact, "text",
                 ys_arena_printf(arena, "未判定或缺少的年度若不合格，则连续 %lld 年不合格",
                                 (long long)possibly),
                 ys_arena_printf(arena,
                                 "%lld failed years in a row if those undecided or missing failed",
                                 (long long)possibly));
    }
    ys_value_append(arena, facts, fact);
    return surely >= wanted ? YS_VERDICT_FAIL : YS_VERDICT_INCONCLUSIVE;
}

static void set_event(struct judging *judging, const struct ys_event *event, struct ys_value *facts)
{
    struct ys_arena *arena = judging->arena;
    const struct ys_ending *ending = &judging->evaluation->ending;
    struct ys_value *fact = ys_value_map(arena);
    struct ys_text title = {event->kind, event->kind};
    for (size_t i = 0; i < ending->event_count; i++) {
        title = strcmp(ending->events[i].id, event->kind) == 0 ? ending->events[i].title : title;
    }
    ys_value_set_text(arena, fact, "kind", event->kind);
    ys_value_set_text(arena, fact, "date", event->date);
    set_both(
        judging, fact, "text",
        ys_arena_printf(arena, "%s %s：%s", event->date, ys_text_in(&title, "zh"), event->what),
        ys_arena_printf(arena, "%s %s: %s", event->date, ys_text_in(&title, "en"), event->what));
    ys_value_set(arena, fact, "source", source_value(arena, &event->source));
    ys_value_append(arena, facts, fact);
}

/* ---- all of it ---- */

static enum ys_verdict judge_ending(struct judging *judging, const enum ys_verdict *verdicts,
                                    struct ys_value *map)
{
    struct ys_value *facts = ys_value_list(judging->arena);
    enum ys_verdict verdict = judge_years_in_a_row(judging, verdicts, facts);
    for (size_t i = 0; i < judging->figures->event_count; i++) {
        set_event(judging, &judging->figures->events[i], facts);
        verdict = YS_VERDICT_FAIL;
    }
    ys_value_set_text(judging->arena, map, "clause", judging->evaluation->ending.clause);
    ys_value_set_text(judging->arena, map, "state",
                      verdict == YS_VERDICT_FAIL   ? "triggered"
                      : verdict == YS_VERDICT_PASS ? "not-triggered"
                                                   : "undecided");
    ys_value_set(judging->arena, map, "facts", facts);
    return verdict;
}

const struct ys_value *ys_evaluation_judge(struct ys_arena *arena,
                                           const struct ys_evaluation *evaluation,
                                           const struct ys_figures *figures)
{
    struct judging judging = {arena, evaluation, figures, NULL};
    struct ys_value *root = ys_value_map(arena);
    struct ys_value *years = ys_value_list(arena);
    struct ys_value *ending = ys_value_map(arena);
    enum ys_verdict *verdicts = ys_arena_calloc(arena, figures->year_count + 1, sizeof *verdicts);
    enum ys_verdict all = YS_VERDICT_PASS;
    for (size_t i = 0; i < figures->year_count; i++) {
        struct ys_value *year = ys_value_map(arena);
        judging.year = &figures->years[i];
        verdicts[i] = judge_year(&judging, year);
        ys_value_append(arena, years, year);
        /* An earlier failed year had its summons; the latest one, and what may end it, decide. */
        bool decides = i + 1 == figures->year_count || verdicts[i] == YS_VERDICT_INCONCLUSIVE;
        all = decides ? ys_verdict_worse(all, verdicts[i]) : all;
    }
    all = ys_verdict_worse(all, judge_ending(&judging, verdicts, ending));
    ys_value_set_text(arena, root, "schema", "yanshou-evaluation-1");
    ys_value_set_text(arena, root, "bank", figures->bank);
    ys_value_set_text(arena, root, "regulation", evaluation->regulation);
    ys_value_set_text(arena, root, "clause", evaluation->clause);
    ys_value_set_text(arena, root, "verdict", state_name(all));
    ys_value_set(arena, root, "years", years);
    ys_value_set(arena, root, "ending", ending);
    set_both(&judging, root, "note", "以上为事实；是否约谈、是否终止合作，由主管部门决定。",
             "These are facts; whether to summon the bank or to end the agreement is the bureau's "
             "decision.");
    return root;
}
