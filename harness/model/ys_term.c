/* SPDX-License-Identifier: Apache-2.0 */
/* Statutory terms from the candidate's dates; see ys_term.h. */
#include "ys_term.h"

#include <string.h>

/* The day of an event by its name in the candidate file; -1 where it has none. */
static int64_t day_of(const struct ys_candidate *candidate, const char *event)
{
    const struct {
        const char *name;
        const char *date;
    } events[] = {{"applied", candidate->applied},
                  {"approved", candidate->approved},
                  {"retrofit_finished", candidate->retrofit_finished}};
    int64_t day = -1;
    for (size_t i = 0; event && i < sizeof events / sizeof events[0]; i++) {
        if (strcmp(events[i].name, event) == 0 && events[i].date &&
            ys_day_parse(events[i].date, &day, NULL) != YS_OK) {
            day = -1;
        }
    }
    return day;
}

static enum ys_status measure(const struct ys_calendar *calendar, const struct ys_clause *clause,
                              int64_t today, struct ys_term_status *term)
{
    const struct ys_term *rule = &clause->term;
    enum ys_status status = YS_OK;
    int64_t until = term->done >= 0 ? term->done : today;
    if (rule->months) {
        term->in_months = true;
        term->due = ys_day_add_months(term->started, rule->months);
        term->warned = term->due - YS_TERM_ENDING_DAYS;
        term->of = term->due - term->started;
        term->day = until > term->started ? until - term->started : 0;
        term->left = term->due - until;
        return YS_OK;
    }
    term->of = rule->working_days;
    status = ys_calendar_after(calendar, term->started, rule->working_days, &term->due, &term->err);
    if (status == YS_OK) {
        int64_t quiet = rule->working_days - YS_TERM_ENDING_WORKING_DAYS;
        status = ys_calendar_after(calendar, term->started, quiet > 1 ? quiet : 1, &term->warned,
                                   &term->err);
    }
    if (status == YS_OK) {
        status = ys_calendar_count(calendar, term->started, until, &term->day, &term->err);
    }
    term->left = term->of - term->day;
    return status;
}

static enum ys_term_state judge(const struct ys_term_status *term, int64_t today)
{
    int64_t little = term->in_months ? YS_TERM_ENDING_DAYS : YS_TERM_ENDING_WORKING_DAYS;
    if (term->done >= 0) {
        return term->done <= term->due ? YS_TERM_KEPT : YS_TERM_MISSED;
    }
    if (today > term->due) {
        return YS_TERM_OVERDUE;
    }
    return term->left <= little ? YS_TERM_ENDING : YS_TERM_RUNNING;
}

void ys_terms(struct ys_arena *arena, const struct ys_regulation *regulation,
              const struct ys_calendar *calendar, const struct ys_candidate *candidate,
              int64_t today, struct ys_term_status **ret_terms, size_t *ret_count)
{
    struct ys_term_status *terms =
        ys_arena_calloc(arena, regulation->clause_count + 1, sizeof *terms);
    size_t count = 0;
    for (size_t i = 0; i < regulation->clause_count; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        if (!clause->term.from) {
            continue;
        }
        struct ys_term_status *term = &terms[count++];
        *term = (struct ys_term_status){.clause = clause,
                                        .due = -1,
                                        .warned = -1,
                                        .day = -1,
                                        .of = -1,
                                        .left = -1};
        term->started = day_of(candidate, clause->term.from);
        term->done = day_of(candidate, clause->term.to);
        if (term->started >= 0 && measure(calendar, clause, today, term) == YS_OK) {
            term->state = judge(term, today);
        }
    }
    *ret_terms = terms;
    *ret_count = count;
}

const char *ys_term_state_name(enum ys_term_state state)
{
    static const char *const names[] = {"not-started", "running", "ending",
                                        "overdue",     "kept",    "missed"};
    return names[state];
}

static const char *note_zh(struct ys_arena *arena, const struct ys_term_status *term)
{
    const char *unit = term->in_months ? "天" : "个工作日";
    switch (term->state) {
    case YS_TERM_NOT_STARTED:
        return "尚未起算";
    case YS_TERM_RUNNING:
    case YS_TERM_ENDING:
        return ys_arena_printf(arena, "第 %lld %s，共 %lld %s，还剩 %lld %s%s",
                               (long long)term->day, unit, (long long)term->of, unit,
                               (long long)term->left, unit,
                               term->state == YS_TERM_ENDING ? "，即将到期" : "");
    case YS_TERM_OVERDUE:
        return "已逾期，尚未完成";
    case YS_TERM_KEPT:
        return ys_arena_printf(arena, "按期完成（第 %lld %s）", (long long)term->day, unit);
    case YS_TERM_MISSED:
        return "逾期完成";
    }
    return "";
}

static const char *note_en(struct ys_arena *arena, const struct ys_term_status *term)
{
    const char *unit = term->in_months ? "days" : "working days";
    switch (term->state) {
    case YS_TERM_NOT_STARTED:
        return "has not begun";
    case YS_TERM_RUNNING:
    case YS_TERM_ENDING:
        return ys_arena_printf(arena, "day %lld of %lld %s, %lld left%s", (long long)term->day,
                               (long long)term->of, unit, (long long)term->left,
                               term->state == YS_TERM_ENDING ? "; due soon" : "");
    case YS_TERM_OVERDUE:
        return "overdue and not done";
    case YS_TERM_KEPT:
        return ys_arena_printf(arena, "done in time, on day %lld of %lld %s", (long long)term->day,
                               (long long)term->of, unit);
    case YS_TERM_MISSED:
        return "done late";
    }
    return "";
}

const char *ys_term_note(struct ys_arena *arena, const struct ys_term_status *term,
                         const char *lang)
{
    if (term->err.status != YS_OK) {
        return ys_arena_strdup(arena, term->err.text);
    }
    return strcmp(lang, "zh") == 0 ? note_zh(arena, term) : note_en(arena, term);
}
