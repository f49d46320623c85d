/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou schedule: the regulation's terms from the dates of a candidate. */
#include <string.h>

#include "ys_cli.h"
#include "ys_clock.h"
#include "ys_term.h"

/* Dates given on the command line come before those of the candidate file. */
static enum ys_status take_dates(const struct ys_arguments *arguments,
                                 struct ys_candidate *candidate, struct ys_err *reterr)
{
    const struct {
        const char *option;
        const char **place;
    } dates[] = {{"applied", &candidate->applied},
                 {"approved", &candidate->approved},
                 {"retrofit-finished", &candidate->retrofit_finished}};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        const char *text = ys_option_text(arguments, dates[i].option);
        int64_t day = 0;
        if (text && ys_day_parse(text, &day, reterr) != YS_OK) {
            return YS_ERR_ARGUMENT;
        }
        *dates[i].place = text ? text : *dates[i].place;
    }
    return YS_OK;
}

static enum ys_status today(const struct ys_arguments *arguments, int64_t *ret_day,
                            struct ys_err *reterr)
{
    const char *text = ys_option_text(arguments, "today");
    if (text) {
        return ys_day_parse(text, ret_day, reterr);
    }
    const struct ys_clock *clock = ys_clock_real();
    struct ys_civil date = ys_civil_from_wall(clock->wall_us(clock->context), YS_BEIJING_OFFSET_S);
    *ret_day = ys_civil_to_days(date.year, date.month, date.day);
    return YS_OK;
}

static void set_day(struct ys_arena *arena, struct ys_value *map, const char *name, int64_t day)
{
    char text[11];
    if (day >= 0) {
        ys_day_format(day, text);
        ys_value_set_text(arena, map, name, ys_arena_strdup(arena, text));
    }
}

static struct ys_value *term_value(struct ys_arena *arena, const struct ys_term_status *term)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "id", term->clause->id);
    ys_value_set_text(arena, map, "state", ys_term_state_name(term->state));
    set_day(arena, map, "started", term->started);
    set_day(arena, map, "due", term->due);
    set_day(arena, map, "warned", term->warned);
    set_day(arena, map, "done", term->done);
    if (term->due >= 0) {
        ys_value_set_int(arena, map, "day", term->day);
        ys_value_set_int(arena, map, "of", term->of);
        ys_value_set_int(arena, map, "left", term->left);
        ys_value_set_text(arena, map, "unit", term->in_months ? "days" : "working-days");
    }
    ys_value_set_text(arena, map, "note", ys_term_note(arena, term, "en"));
    return map;
}

static void print_term(const struct ys_arguments *arguments, const struct ys_term_status *term)
{
    char started[11] = "-";
    char due[11] = "-";
    bool alarm = term->err.status != YS_OK || term->state == YS_TERM_OVERDUE ||
                 term->state == YS_TERM_MISSED;
    if (term->started >= 0) {
        ys_day_format(term->started, started);
    }
    if (term->due >= 0) {
        ys_day_format(term->due, due);
    }
    ys_print_padded(stdout, term->clause->id, 6);
    printf("%-11s %-11s %s%s%s\n", started, due,
           ys_color(arguments, alarm                           ? YS_SGR_RED
                               : term->state == YS_TERM_ENDING ? YS_SGR_YELLOW
                                                               : YS_SGR_OFF),
           ys_term_note(arguments->arena, term, arguments->lang), ys_color(arguments, YS_SGR_OFF));
    printf("      %s", ys_text_in(&term->clause->text, arguments->lang));
    if (term->state == YS_TERM_RUNNING) {
        ys_day_format(term->warned, due);
        printf(strcmp(arguments->lang, "zh") == 0 ? "（%s 起预警）" : " (warns from %s)", due);
    }
    printf("\n");
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    struct ys_candidate candidate = {0};
    struct ys_term_status *terms = NULL;
    size_t count = 0;
    int64_t day = 0;
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (inputs.candidate) {
        candidate = *inputs.candidate;
    }
    if (take_dates(arguments, &candidate, &err) != YS_OK || today(arguments, &day, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    ys_terms(arguments->arena, inputs.pack->regulation, inputs.pack->calendar, &candidate, day,
             &terms, &count);
    struct ys_value *rows = ys_value_list(arguments->arena);
    enum ys_exit exit = YS_EXIT_GOOD;
    for (size_t i = 0; i < count; i++) {
        if (terms[i].err.status != YS_OK) {
            exit = YS_EXIT_USAGE; /* a calendar is missing */
        } else if (exit == YS_EXIT_GOOD &&
                   (terms[i].state == YS_TERM_OVERDUE || terms[i].state == YS_TERM_MISSED)) {
            exit = YS_EXIT_FAIL;
        }
        if (arguments->json) {
            ys_value_append(arguments->arena, rows, term_value(arguments->arena, &terms[i]));
        } else {
            print_term(arguments, &terms[i]);
        }
    }
    if (arguments->json) {
        ys_cli_print_json(rows);
    }
    return exit;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "a candidate file with its dates"},
    {"suites", 's', "PATH", "a regulation folder"},
    {"applied", 0, "DATE", "the day of the written application"},
    {"approved", 0, "DATE", "the day of the bureau's answer"},
    {"retrofit-finished", 0, "DATE", "the day the bank's retrofit was finished"},
    {"today", 0, "DATE", "the day to count to (default: today in Beijing)"},
};

const struct ys_command ys_command_schedule = {
    .name = "schedule",
    .summary = "the regulation's terms: due days, and which working day today is",
    .operands = "",
    .about = "Counts the regulation's terms from the candidate's dates, or from those given here.\n"
             "The day of the event is not counted; working days follow the calendars of the\n"
             "regulation's folder. Exit status: 0 in time, 1 overdue or late, 2 no calendar.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
