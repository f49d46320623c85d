/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou filings: two rosters against the branch-change forms that were filed (7.1). */
#include <string.h>

#include "ys_cli.h"
#include "ys_clock.h"
#include "ys_csv.h"
#include "ys_filings.h"

#define WITHIN_DEFAULT 10
#define WITHIN_MAX 250

/* Files may come from anywhere: no control character reaches the terminal. */
static void put(const char *text)
{
    for (const char *at = text ? text : ""; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        putchar(byte < 0x20 || byte == 0x7F ? ' ' : *at);
    }
}

static void print_table(const struct ys_arguments *arguments, const struct ys_value *root)
{
    static const char *const words[][3] = {{"opened", "新设", "opened"},
                                           {"closed", "停业", "closed"},
                                           {"moved", "迁址", "moved"},
                                           {"renamed", "更名", "renamed"}};
    const struct ys_value *changes = ys_value_get(root, "changes");
    bool chinese = strcmp(arguments->lang, "zh") == 0;
    printf(chinese ? "名录 %lld → %lld 个网点，变更与备案 %zu 项\n"
                   : "rosters of %lld and %lld branches, changes and filings: %zu\n",
           (long long)ys_value_get_int(root, "before", 0),
           (long long)ys_value_get_int(root, "after", 0), ys_value_count(changes));
    for (size_t i = 0; i < ys_value_count(changes); i++) {
        const struct ys_value *row = ys_value_at(changes, i);
        printf("  ");
        put(ys_value_get_text(row, "branch"));
        printf(" ");
        put(ys_value_get_text(row, "name"));
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            if (strcmp(words[k][0], ys_value_get_text(row, "change")) == 0) {
                printf(" %s: ", words[k][chinese ? 1 : 2]);
            }
        }
        printf("%s\n", ys_value_get_text(ys_value_get(row, "text"), arguments->lang));
    }
}

static enum ys_status read_day(const struct ys_arguments *arguments, const char *option,
                               int64_t *day, struct ys_err *reterr)
{
    const char *text = ys_option_text(arguments, option);
    return text ? ys_day_parse(text, day, reterr) : YS_OK;
}

static enum ys_status read_question(const struct ys_arguments *arguments,
                                    struct ys_filings_question *ask, struct ys_err *reterr)
{
    const struct {
        const char *option;
        const struct ys_value **rows;
    } lists[] = {{"before", &ask->before}, {"after", &ask->after}, {"filings", &ask->record}};
    const char *within = ys_option_text(arguments, "within");
    uint64_t number = WITHIN_DEFAULT;
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < sizeof lists / sizeof lists[0]; i++) {
        const char *path = ys_option_text(arguments, lists[i].option);
        status = path ? ys_csv_load(arguments->arena, path, lists[i].rows, reterr)
                      : ys_err_set(reterr, YS_ERR_ARGUMENT,
                                   "name all three lists: --before FILE --after FILE --filings "
                                   "FILE");
    }
    if (status == YS_OK && within &&
        (ys_parse_u64(within, strlen(within), &number) != YS_OK || number < 1 ||
         number > WITHIN_MAX)) {
        status =
            ys_err_set(reterr, YS_ERR_ARGUMENT, "--within is 1 to %d working days", WITHIN_MAX);
    }
    ask->within = (int64_t)number;
    status = status == YS_OK ? read_day(arguments, "since", &ask->since, reterr) : status;
    return status == YS_OK ? read_day(arguments, "today", &ask->today, reterr) : status;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    const struct ys_clock *clock = ys_clock_real();
    struct ys_civil now = ys_civil_from_wall(clock->wall_us(clock->context), YS_BEIJING_OFFSET_S);
    const char *city = ys_option_text(arguments, "city");
    const struct ys_value *root = NULL;
    struct ys_filings_question ask = {.city = city ? city : "北京市", .since = -1};
    ask.today = ys_civil_to_days(now.year, now.month, now.day);
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    ask.calendar = inputs.pack->calendar;
    if (read_question(arguments, &ask, &err) != YS_OK ||
        ys_filings_compare(arguments->arena, &ask, &root, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    if (arguments->json) {
        ys_cli_print_json(root);
    } else {
        print_table(arguments, root);
    }
    return ys_cli_verdict_exit(root);
}

static const struct ys_option OPTIONS[] = {
    {"before", 0, "FILE", "the earlier roster (CSV): code, name, address, status"},
    {"after", 0, "FILE", "the later roster (CSV)"},
    {"filings", 0, "FILE",
     "the record of branch-change forms (CSV): branch, change, day,\nfiled, published"},
    {"within", 0, "N", "working days allowed to file and to publish (default 10)"},
    {"since", 0, "DATE", "the day of the earlier roster: older filings are left out"},
    {"today", 0, "DATE", "the day to count to (default: today in Beijing)"},
    {"city", 0, "NAME", "the city (default 北京市)"},
    {"suites", 's', "PATH", "a regulation folder, for its calendars"},
};

const struct ys_command ys_command_filings = {
    .name = "filings",
    .summary = "two rosters: was each change of a branch filed and published in time?",
    .operands = "",
    .about =
        "Compares two rosters of a bank and looks for the branch-change form of each change:\n"
        "opened, closed, moved, renamed. Another spelling of a name or address is no change. The\n"
        "regulation sets no number of days; --within is what the agreement says. With --since,\n"
        "what may still be filed in time is undecided. A run asks the same of the bank's systems\n"
        "(run --clause 7.1). Exit status 0 all in time, 1 not, 3 undecided, 2 a list cannot be\n"
        "read or a year has no calendar.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
