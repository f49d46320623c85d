/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "ys_calendar.h"
#include "ys_forecast.h"
#include "ys_history_private.h"

const char *ys_clause_state_name(enum ys_clause_state state)
{
    static const char *const names[YS_STATE_COUNT] = {"pass", "waits", "untested", "undecided",
                                                      "fail"};
    return names[state];
}

void ys_history_set_day(struct ys_arena *arena, struct ys_value *map, const char *name, int64_t day)
{
    char text[11];
    if (day >= 0) {
        ys_day_format(day, text);
        ys_value_set_text(arena, map, name, text);
    }
}

static bool same(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

/* ---- through the runs ---- */

static int by_id(const void *a, const void *b)
{
    const struct ys_test_track *x = a;
    const struct ys_test_track *y = b;
    return strcmp(x->id, y->id);
}

/* The tests stand in the order of their ids, as the store gave them. */
static struct ys_test_track *test_of(struct ys_tracks *tracks, const char *id)
{
    const struct ys_test_track wanted = {.id = id};
    return bsearch(&wanted, tracks->tests, tracks->test_count, sizeof wanted, by_id);
}

static struct ys_clause_track *clause_of(struct ys_tracks *tracks, const char *id)
{
    for (size_t i = 0; i < tracks->clause_count; i++) {
        if (strcmp(tracks->clauses[i].id, id) == 0) {
            return &tracks->clauses[i];
        }
    }
    return NULL;
}

static enum ys_status load_clauses(struct ys_store *store, struct ys_tracks *tracks, int64_t run,
                                   size_t days, struct ys_err *reterr)
{
    struct ys_arena *arena = tracks->arena;
    const struct ys_store_value value = {.number = run};
    const struct ys_value *rows = NULL;
    const struct ys_value *judges = NULL;
    enum ys_status status = ys_store_rows(
        store, arena, "SELECT * FROM clause WHERE run = ? AND mandatory = 1 ORDER BY pos", &value,
        1, &rows, reterr);
    if (status == YS_OK) {
        status = ys_store_rows(store, arena,
                               "SELECT test, clause FROM judges WHERE run = ? ORDER BY test",
                               &value, 1, &judges, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    size_t pairs = ys_value_count(judges);
    tracks->clauses = ys_arena_calloc(arena, ys_value_count(rows) + 1, sizeof *tracks->clauses);
    tracks->tests = ys_arena_calloc(arena, pairs + 1, sizeof *tracks->tests);
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        struct ys_clause_track *clause = &tracks->clauses[tracks->clause_count++];
        clause->row = ys_value_at(rows, i);
        clause->id = ys_value_word(clause->row, "id");
        clause->tests = ys_arena_calloc(arena, pairs + 1, sizeof *clause->tests);
        clause->states = ys_arena_calloc(arena, days + 1, sizeof *clause->states);
    }
    for (size_t i = 0; i < pairs; i++) {
        const struct ys_value *pair = ys_value_at(judges, i);
        struct ys_clause_track *clause = clause_of(tracks, ys_value_word(pair, "clause"));
        struct ys_test_track *test = test_of(tracks, ys_value_word(pair, "test"));
        if (!test) {
            test = &tracks->tests[tracks->test_count++];
            test->id = ys_value_word(pair, "test");
        }
        if (clause) {
            clause->tests[clause->test_count++] = (size_t)(test - tracks->tests);
        }
    }
    return YS_OK;
}

static enum ys_clause_state state_of_test(const struct ys_test_track *test)
{
    return !test->verdict                        ? YS_STATE_UNTESTED
           : same(test->verdict, "fail")         ? YS_STATE_FAIL
           : same(test->verdict, "inconclusive") ? YS_STATE_UNDECIDED
           : same(test->verdict, "pending")      ? YS_STATE_WAITS
                                                 : YS_STATE_PASS;
}

static enum ys_clause_state state_of_tests(const struct ys_tracks *tracks,
                                           const struct ys_clause_track *clause)
{
    enum ys_clause_state worst = YS_STATE_PASS;
    for (size_t i = 0; i < clause->test_count; i++) {
        enum ys_clause_state state = state_of_test(&tracks->tests[clause->tests[i]]);
        worst = state > worst ? state : worst;
    }
    return worst;
}

/* Not where the run left out a part: its cases count, the clause's verdict does not. */
static bool looked_at_all(const struct ys_value *clause)
{
    static const char *const parts[] = {"cases of this clause were not selected",
                                        "cases of this clause are in other parts",
                                        "documents of this clause were not looked at"};
    const char *reason = ys_value_word(clause, "reason");
    bool all = true;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        all = all && !strstr(reason, parts[i]);
    }
    return all;
}

static enum ys_status take_run(struct ys_store *store, struct ys_tracks *tracks, int64_t run,
                               struct ys_err *reterr)
{
    const struct ys_store_value value = {.number = run};
    const struct ys_value *tests = NULL;
    const struct ys_value *clauses = NULL;
    enum ys_status status = ys_store_rows(
        store, tracks->arena, "SELECT id, verdict, cause, reason FROM test WHERE run = ?", &value,
        1, &tests, reterr);
    if (status == YS_OK) {
        status = ys_store_rows(store, tracks->arena,
                               "SELECT id, verdict, cause, reason FROM clause WHERE run = ?",
                               &value, 1, &clauses, reterr);
    }
    for (size_t i = 0; status == YS_OK && i < ys_value_count(tests); i++) {
        const struct ys_value *row = ys_value_at(tests, i);
        struct ys_test_track *test = test_of(tracks, ys_value_word(row, "id"));
        if (test) {
            test->verdict = ys_value_word(row, "verdict");
            test->cause = ys_value_word(row, "cause");
            test->reason = ys_value_word(row, "reason");
        }
    }
    for (size_t i = 0; status == YS_OK && i < ys_value_count(clauses); i++) {
        const struct ys_value *row = ys_value_at(clauses, i);
        struct ys_clause_track *clause = clause_of(tracks, ys_value_word(row, "id"));
        /* Where a case fails, it hides what documents and persons say. */
        if (clause && looked_at_all(row) && state_of_tests(tracks, clause) <= YS_STATE_WAITS) {
            clause->verdict = ys_value_word(row, "verdict");
            clause->cause = ys_value_word(row, "cause");
            clause->reason = ys_value_word(row, "reason");
        }
    }
    return status;
}

/* The worst of its cases; where they pass, what persons and documents say. */
static enum ys_clause_state state_of(const struct ys_tracks *tracks,
                                     const struct ys_clause_track *clause)
{
    enum ys_clause_state worst = state_of_tests(tracks, clause);
    if (worst > YS_STATE_WAITS) {
        return worst;
    }
    if (!clause->verdict) { /* no run looked at all of it */
        return clause->test_count == 0                      ? YS_STATE_UNTESTED
               : ys_value_get_int(clause->row, "person", 0) ? YS_STATE_WAITS
                                                            : worst;
    }
    return same(clause->verdict, "fail")           ? YS_STATE_FAIL
           : same(clause->verdict, "inconclusive") ? YS_STATE_UNDECIDED
           : same(clause->verdict, "pending")      ? YS_STATE_WAITS
                                                   : worst;
}

static void end_day(struct ys_tracks *tracks, int64_t day)
{
    for (size_t i = 0; i < tracks->clause_count; i++) {
        struct ys_clause_track *clause = &tracks->clauses[i];
        clause->states[tracks->day_count] = state_of(tracks, clause);
    }
    tracks->days[tracks->day_count++] = day;
}

enum ys_status ys_tracks_make(struct ys_store *store, struct ys_arena *arena,
                              const struct ys_value *runs, struct ys_tracks *ret_tracks,
                              struct ys_err *reterr)
{
    struct ys_tracks tracks = {.arena = arena};
    size_t count = ys_value_count(runs);
    int64_t last = ys_value_get_int(ys_value_at(runs, count - 1), "id", 0);
    enum ys_status status = load_clauses(store, &tracks, last, count, reterr);
    tracks.days = ys_arena_calloc(arena, count + 1, sizeof *tracks.days);
    bool any = false;
    for (size_t i = 0; i < count && status == YS_OK; i++) {
        const struct ys_value *run = ys_value_at(runs, i);
        int64_t day = ys_value_get_int(run, "day", -1);
        if (!ys_value_get_int(run, "interrupted", 0)) {
            status = take_run(store, &tracks, ys_value_get_int(run, "id", 0), reterr);
            any = true;
        }
        bool day_ends =
            i + 1 == count || ys_value_get_int(ys_value_at(runs, i + 1), "day", -1) != day;
        if (any && day_ends && tracks.day_count == YS_HISTORY_DAYS_MAX) {
            return ys_err_set(reterr, YS_ERR_LIMIT,
                              "there are runs on more than %u days (YS_HISTORY_DAYS_MAX)",
                              YS_HISTORY_DAYS_MAX);
        }
        if (any && day_ends) {
            end_day(&tracks, day);
        }
    }
    if (status == YS_OK && !any) {
        return ys_err_set(reterr, YS_ERR_NOT_FOUND, "every run was interrupted");
    }
    if (status == YS_OK) {
        *ret_tracks = tracks;
    }
    return status;
}

/* ---- what they say ---- */

static bool is_open(enum ys_clause_state state)
{
    return state > YS_STATE_WAITS;
}

static int64_t open_on(const struct ys_tracks *tracks, size_t day)
{
    int64_t open = 0;
    for (size_t i = 0; i < tracks->clause_count; i++) {
        open += is_open(tracks->clauses[i].states[day]);
    }
    return open;
}

struct ys_value *ys_tracks_points(const struct ys_tracks *tracks)
{
    struct ys_arena *arena = tracks->arena;
    struct ys_value *list = ys_value_list(arena);
    for (size_t d = 0; d < tracks->day_count; d++) {
        struct ys_value *one = ys_value_map(arena);
        ys_history_set_day(arena, one, "day", tracks->days[d]);
        for (size_t s = 0; s < YS_STATE_COUNT; s++) {
            int64_t count = 0;
            for (size_t i = 0; i < tracks->clause_count; i++) {
                count += tracks->clauses[i].states[d] == s;
            }
            ys_value_set_int(arena, one, ys_clause_state_name((enum ys_clause_state)s), count);
        }
        ys_value_set_int(arena, one, "open", open_on(tracks, d));
        ys_value_append(arena, list, one);
    }
    return list;
}

/* Who must act on a cause, as result.json has it for clauses. */
static const char *who_acts(const char *cause)
{
    return same(cause, "configuration") || same(cause, "environment") ? "operator"
           : same(cause, "harness")                                   ? "bureau"
           : same(cause, "person")                                    ? "inspector"
                                                                      : "bank";
}

/* Cause, who and reason of a clause that does not pass on the last day. */
static void set_blame(const struct ys_tracks *tracks, const struct ys_clause_track *clause,
                      enum ys_clause_state state, struct ys_value *map)
{
    struct ys_arena *arena = tracks->arena;
    size_t same_state = 0;
    const struct ys_test_track *first = NULL;
    for (size_t i = 0; i < clause->test_count; i++) {
        const struct ys_test_track *test = &tracks->tests[clause->tests[i]];
        if (state_of_test(test) == state) {
            first = first ? first : test;
            same_state++;
        }
    }
    const char *seen = first ? first->cause : clause->cause;
    const char *cause = state == YS_STATE_WAITS      ? "person"
                        : state == YS_STATE_UNTESTED ? "configuration"
                        : seen && *seen              ? seen
                                                     : "candidate";
    ys_value_set_text(arena, map, "cause", cause);
    ys_value_set_text(arena, map, "who", who_acts(cause));
    ys_value_set_int(arena, map, "cases", (int64_t)same_state);
    ys_value_set_text(arena, map, "case", first ? first->id : NULL);
    const char *reason = first ? first->reason : clause->reason;
    if (state == YS_STATE_UNTESTED) {
        reason = "was never run";
    }
    ys_value_set_text(arena, map, "reason", reason ? reason : "");
}

static struct ys_value *title_of(struct ys_arena *arena, const struct ys_value *row)
{
    struct ys_value *title = ys_value_map(arena);
    ys_value_set_text(arena, title, "zh", ys_value_word(row, "title_zh"));
    ys_value_set_text(arena, title, "en", ys_value_word(row, "title_en"));
    return title;
}

static struct ys_value *day_text(struct ys_arena *arena, int64_t day)
{
    char text[11];
    ys_day_format(day, text);
    return ys_value_string(arena, text);
}

static struct ys_value *clause_value(const struct ys_tracks *tracks,
                                     const struct ys_clause_track *clause)
{
    struct ys_arena *arena = tracks->arena;
    struct ys_value *map = ys_value_map(arena);
    struct ys_value *states = ys_value_list(arena);
    struct ys_value *regressions = ys_value_list(arena);
    int64_t first_pass = -1;
    int64_t since = -1;
    for (size_t d = 0; d < tracks->day_count; d++) {
        enum ys_clause_state state = clause->states[d];
        enum ys_clause_state before = d ? clause->states[d - 1] : state;
        if (!is_open(state) && first_pass < 0) {
            first_pass = tracks->days[d];
        }
        if (d && !is_open(before) && state == YS_STATE_FAIL) {
            ys_value_append(arena, regressions, day_text(arena, tracks->days[d]));
        }
        since = d == 0 || before != state ? tracks->days[d] : since;
        ys_value_append(arena, states, ys_value_string(arena, ys_clause_state_name(state)));
    }
    enum ys_clause_state now = clause->states[tracks->day_count - 1];
    ys_value_set_text(arena, map, "id", clause->id);
    ys_value_set(arena, map, "title", title_of(arena, clause->row));
    ys_value_set_text(arena, map, "state", ys_clause_state_name(now));
    ys_history_set_day(arena, map, "since", since);
    ys_history_set_day(arena, map, "first_pass", first_pass);
    ys_value_set(arena, map, "regressions", regressions);
    if (now != YS_STATE_PASS) {
        set_blame(tracks, clause, now, map);
    }
    ys_value_set(arena, map, "states", states);
    return map;
}

struct ys_value *ys_tracks_clauses(const struct ys_tracks *tracks)
{
    struct ys_value *list = ys_value_list(tracks->arena);
    for (size_t i = 0; i < tracks->clause_count; i++) {
        ys_value_append(tracks->arena, list, clause_value(tracks, &tracks->clauses[i]));
    }
    return list;
}

/* Clauses that do not pass, by who must act and why, the bank first. */
struct ys_value *ys_tracks_blockers(const struct ys_tracks *tracks)
{
    static const char *const order[][2] = {
        {"bank", "candidate"}, {"operator", "configuration"}, {"operator", "environment"},
        {"bureau", "harness"}, {"inspector", "person"},       {"bank", ""}};
    struct ys_arena *arena = tracks->arena;
    struct ys_value *groups = ys_value_list(arena);
    for (size_t g = 0; g < sizeof order / sizeof order[0]; g++) {
        struct ys_value *clauses = ys_value_list(arena);
        for (size_t i = 0; i < tracks->clause_count; i++) {
            const struct ys_clause_track *clause = &tracks->clauses[i];
            enum ys_clause_state state = clause->states[tracks->day_count - 1];
            struct ys_value *one = ys_value_map(arena);
            if (state == YS_STATE_PASS) {
                continue;
            }
            ys_value_set_text(arena, one, "id", clause->id);
            ys_value_set(arena, one, "title", title_of(arena, clause->row));
            ys_value_set_text(arena, one, "state", ys_clause_state_name(state));
            set_blame(tracks, clause, state, one);
            if (strcmp(ys_value_word(one, "who"), order[g][0]) == 0 &&
                strcmp(ys_value_word(one, "cause"), order[g][1]) == 0) {
                ys_value_append(arena, clauses, one);
            }
        }
        if (ys_value_count(clauses)) {
            struct ys_value *group = ys_value_map(arena);
            ys_value_set_text(arena, group, "who", order[g][0]);
            ys_value_set_text(arena, group, "cause", order[g][1]);
            ys_value_set(arena, group, "clauses", clauses);
            ys_value_append(arena, groups, group);
        }
    }
    return groups;
}

struct ys_value *ys_tracks_forecast(const struct ys_tracks *tracks, int64_t retrofit_end)
{
    struct ys_arena *arena = tracks->arena;
    struct ys_forecast forecast;
    struct ys_forecast_point *points =
        ys_arena_calloc(arena, tracks->day_count + 1, sizeof *points);
    for (size_t d = 0; d < tracks->day_count; d++) {
        points[d] = (struct ys_forecast_point){tracks->days[d], open_on(tracks, d)};
    }
    ys_forecast(points, tracks->day_count, &forecast);
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "state", ys_forecast_state_name(forecast.state));
    ys_value_set_text(arena, map, "method", "theil-sen");
    ys_value_set_int(arena, map, "confidence_percent", 90);
    ys_value_set_int(arena, map, "points", (int64_t)forecast.points);
    ys_value_set_int(arena, map, "points_needed", YS_FORECAST_POINTS_MIN);
    ys_value_set_int(arena, map, "days_needed", YS_FORECAST_SPAN_DAYS);
    ys_history_set_day(arena, map, "from", forecast.from);
    if (forecast.state == YS_FORECAST_GIVEN || forecast.state == YS_FORECAST_NO_PROGRESS) {
        ys_value_set_int(arena, map, "weekly_hundredths", forecast.weekly_hundredths);
    }
    ys_history_set_day(arena, map, "expected", forecast.expected);
    ys_history_set_day(arena, map, "earliest", forecast.earliest);
    ys_history_set_day(arena, map, "latest", forecast.latest);
    if (forecast.state == YS_FORECAST_GIVEN && retrofit_end >= 0) {
        ys_value_set_text(arena, map, "outlook",
                          forecast.earliest > retrofit_end                        ? "late"
                          : forecast.latest < 0 || forecast.latest > retrofit_end ? "at-risk"
                                                                                  : "in-time");
    }
    return map;
}
