/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou history: the six months of a candidate, from its sealed runs. */
#include <string.h>

#include "ys_calendar.h"
#include "ys_cli.h"
#include "ys_clock.h"
#include "ys_file.h"
#include "ys_history.h"
#include "ys_report.h"

#define BAR_COLUMNS 40
#define SHOWN_POINTS 26

static enum ys_lang lang_of(const struct ys_arguments *arguments)
{
    return strcmp(arguments->lang, "zh") == 0 ? YS_LANG_ZH : YS_LANG_EN;
}

static const char *word(const struct ys_arguments *arguments, const char *name)
{
    return ys_history_word(lang_of(arguments), name);
}

static void heading(const struct ys_arguments *arguments, const char *name)
{
    printf("\n%s%s%s\n", ys_color(arguments, YS_SGR_BOLD), word(arguments, name),
           ys_color(arguments, YS_SGR_OFF));
}

/* ---- the burn-down ---- */

static void print_bar(const struct ys_arguments *arguments, const struct ys_value *point,
                      int64_t total)
{
    static const struct {
        const char *state;
        const char *mark;
        const char *sgr;
    } parts[] = {{"fail", "█", YS_SGR_RED},
                 {"undecided", "▒", YS_SGR_YELLOW},
                 {"untested", "░", YS_SGR_YELLOW},
                 {"waits", "·", YS_SGR_OFF},
                 {"pass", " ", YS_SGR_OFF}};
    int64_t before = 0;
    int64_t drawn = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        before += ys_value_get_int(point, parts[i].state, 0);
        int64_t until = total ? before * BAR_COLUMNS / total : 0;
        printf("%s", ys_color(arguments, parts[i].sgr));
        for (; drawn < until; drawn++) {
            printf("%s", parts[i].mark);
        }
    }
    printf("%s", ys_color(arguments, YS_SGR_OFF));
}

static void print_points(const struct ys_arguments *arguments, const struct ys_value *history)
{
    const struct ys_value *points = ys_value_get(history, "points");
    int64_t total = (int64_t)ys_value_count(ys_value_get(history, "clauses"));
    size_t count = ys_value_count(points);
    heading(arguments, "burn-down");
    for (size_t i = count > SHOWN_POINTS ? count - SHOWN_POINTS : 0; i < count; i++) {
        const struct ys_value *point = ys_value_at(points, i);
        printf("  %s %3lld ", ys_value_word(point, "day"),
               (long long)ys_value_get_int(point, "open", 0));
        print_bar(arguments, point, total);
        printf("\n");
    }
    printf("  █ %s  ▒ %s  ░ %s  · %s\n", word(arguments, "fail"), word(arguments, "undecided"),
           word(arguments, "untested"), word(arguments, "waits"));
}

/* ---- the lists ---- */

static void print_blockers(const struct ys_arguments *arguments, const struct ys_value *history)
{
    const struct ys_value *groups = ys_value_get(history, "blockers");
    const struct ys_value *remarks = ys_value_get(history, "remarks");
    heading(arguments, "blockers");
    for (size_t i = 0; i < ys_value_count(groups); i++) {
        const struct ys_value *group = ys_value_at(groups, i);
        const struct ys_value *clauses = ys_value_get(group, "clauses");
        printf("  %s · %s (%zu)\n", word(arguments, ys_value_word(group, "who")),
               word(arguments, ys_value_word(group, "cause")), ys_value_count(clauses));
        for (size_t k = 0; k < ys_value_count(clauses); k++) {
            const struct ys_value *one = ys_value_at(clauses, k);
            printf("    ");
            ys_print_padded(stdout, ys_value_word(one, "id"), 9);
            ys_print_padded(stdout, word(arguments, ys_value_word(one, "state")), 12);
            printf(
                "%s%s%s\n", ys_value_word(one, "case"), *ys_value_word(one, "case") ? ": " : "",
                ys_reason_in(arguments->arena, lang_of(arguments), ys_value_word(one, "reason")));
        }
    }
    for (size_t i = 0; i < ys_value_count(remarks); i++) {
        printf("  %s\n", ys_value_word(ys_value_at(remarks, i), arguments->lang));
    }
}

static void print_known(const struct ys_arguments *arguments, const struct ys_value *history)
{
    const struct ys_value *known = ys_value_get(history, "known");
    if (ys_value_count(known)) {
        heading(arguments, "known");
    }
    for (size_t i = 0; i < ys_value_count(known); i++) {
        const struct ys_value *one = ys_value_at(known, i);
        int64_t left = ys_value_get_int(one, "days_left", 0);
        printf("  %s %s%4lld%s  %s  %s  %s\n", ys_value_word(one, "expires"),
               ys_color(arguments, left < 0    ? YS_SGR_RED
                                   : left < 14 ? YS_SGR_YELLOW
                                               : YS_SGR_OFF),
               (long long)left, ys_color(arguments, YS_SGR_OFF), ys_value_word(one, "clause"),
               ys_value_word(one, "case"), ys_value_word(one, "owner"));
    }
}

static void print_clauses(const struct ys_arguments *arguments, const struct ys_value *history)
{
    const struct ys_value *clauses = ys_value_get(history, "clauses");
    heading(arguments, "timeline");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        const struct ys_value *one = ys_value_at(clauses, i);
        const struct ys_value *days = ys_value_get(one, "regressions");
        const char *first = ys_value_word(one, "first_pass");
        printf("  ");
        ys_print_padded(stdout, ys_value_word(one, "id"), 9);
        ys_print_padded(stdout, word(arguments, ys_value_word(one, "state")), 12);
        printf("%s %s", word(arguments, "first-pass"), *first ? first : "-");
        for (size_t k = 0; k < ys_value_count(days); k++) {
            printf("%s %s", k ? "," : "", k ? "" : word(arguments, "regression"));
            printf(" %s", ys_value_text(ys_value_at(days, k)));
        }
        printf("\n");
    }
}

static void print_cases(const struct ys_arguments *arguments, const struct ys_value *history)
{
    const struct ys_value *flaky = ys_value_get(history, "flaky");
    const struct ys_value *slowest = ys_value_get(history, "slowest");
    if (ys_value_count(flaky)) {
        heading(arguments, "flaky");
    }
    for (size_t i = 0; i < ys_value_count(flaky); i++) {
        const struct ys_value *one = ys_value_at(flaky, i);
        printf(
            "  %s  %s  %s  %lld/%lld\n", ys_value_word(one, "day"), ys_value_word(one, "build"),
            ys_value_word(one, "case"), (long long)ys_value_get_int(one, "passed", 0),
            (long long)(ys_value_get_int(one, "passed", 0) + ys_value_get_int(one, "failed", 0)));
    }
    heading(arguments, "slowest");
    for (size_t i = 0; i < ys_value_count(slowest); i++) {
        const struct ys_value *one = ys_value_at(slowest, i);
        printf("  %6lld ms  %s\n", (long long)ys_value_get_int(one, "mean_ms", 0),
               ys_value_word(one, "case"));
    }
}

static void print_history(const struct ys_arguments *arguments, const struct ys_value *history)
{
    const struct ys_value *name = ys_value_get(ys_value_get(history, "candidate"), "name");
    const char *end = ys_value_get_text(history, "retrofit_ends");
    printf("%s%s%s  %s", ys_color(arguments, YS_SGR_BOLD), ys_value_word(name, arguments->lang),
           ys_color(arguments, YS_SGR_OFF), ys_value_word(history, "today"));
    if (end) {
        printf("  %s %s (%lld %s)", word(arguments, "retrofit-ends"), end,
               (long long)ys_value_get_int(history, "days_left", 0), word(arguments, "days-left"));
    }
    printf("\n");
    print_points(arguments, history);
    heading(arguments, "forecast");
    printf("  %s\n", ys_history_forecast(arguments->arena, lang_of(arguments),
                                         ys_value_get(history, "forecast")));
    print_blockers(arguments, history);
    print_known(arguments, history);
    print_clauses(arguments, history);
    print_cases(arguments, history);
}

static void tell_import(const struct ys_arguments *arguments,
                        const struct ys_history_import *import)
{
    if (!arguments->quiet) {
        fprintf(stderr, "yanshou: %zu runs taken in, %zu known, %zu refused\n", import->added,
                import->known, ys_value_count(import->refused));
    }
    for (size_t i = 0; i < ys_value_count(import->refused); i++) {
        const struct ys_value *one = ys_value_at(import->refused, i);
        fprintf(stderr, "yanshou: refused: %s: %s\n", ys_value_word(one, "folder"),
                ys_value_word(one, "why"));
    }
}

static enum ys_status today_of(const struct ys_arguments *arguments, int64_t *ret_day,
                               struct ys_err *reterr)
{
    const char *text = ys_option_text(arguments, "today");
    if (text) {
        struct ys_err err;
        return ys_day_parse(text, ret_day, &err) == YS_OK
                   ? YS_OK
                   : ys_err_set(reterr, YS_ERR_USAGE, "--today: %s", err.text);
    }
    struct ys_civil now =
        ys_civil_from_wall(ys_clock_real()->wall_us(ys_clock_real()->context), YS_BEIJING_OFFSET_S);
    *ret_day = ys_civil_to_days(now.year, now.month, now.day);
    return YS_OK;
}

static enum ys_status work(const struct ys_arguments *arguments, struct ys_store *store,
                           const struct ys_value **ret_history, struct ys_err *reterr)
{
    struct ys_history_import import;
    int64_t today = 0;
    enum ys_status status = today_of(arguments, &today, reterr);
    if (status == YS_OK) {
        status =
            ys_history_import(store, arguments->arena, arguments->positionals[0], &import, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    tell_import(arguments, &import);
    return ys_history_make(store, arguments->arena, ys_option_text(arguments, "candidate"), today,
                           &import, ret_history, reterr);
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_store *store = NULL;
    const struct ys_value *history = NULL;
    const char *folder = arguments->positionals[0];
    const char *path = ys_option_text(arguments, "store");
    const char *html = ys_option_text(arguments, "html");
    if (!ys_folder_exists(folder)) {
        return ys_cli_usage(arguments, "there is no folder %s", folder);
    }
    path = path ? path : ys_path_join(arguments->arena, folder, "history.sqlite");
    if (ys_store_open(path, &store, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    enum ys_status status = work(arguments, store, &history, &err);
    ys_store_close(store);
    if (status == YS_OK && html) {
        status = ys_report_history(history, lang_of(arguments), html, &err);
    }
    if (status != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (arguments->json) {
        return ys_cli_print_json(history);
    }
    print_history(arguments, history);
    return YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"html", 0, "FILE", "also write the page: one file, with charts, that needs no network"},
    {"candidate", 0, "ID", "the candidate, where the folder has runs of several"},
    {"store", 0, "FILE", "where runs are kept (default DIR/history.sqlite)"},
    {"today", 0, "DATE", "the day to count to (default: today in Beijing)"},
};

const struct ys_command ys_command_history = {
    .name = "history",
    .summary = "the six months of a candidate: burn-down, regressions, forecast, what is left",
    .operands = "DIR",
    .about =
        "Takes in the run directories below DIR that are sealed and verify, each once, and shows\n"
        "what they say together: open clauses over time with the days left, first passes and\n"
        "regressions, known failures and when they expire, flaky and slowest cases, a forecast\n"
        "with its uncertainty, and what stands between today and acceptance, by who must act.\n"
        "The store can be deleted; the runs are then taken in again. See docs/history.md.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
