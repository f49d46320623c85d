/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou report: reports again from the record. */
#include <string.h>

#include "ys_cli.h"
#include "ys_cli_summary.h"
#include "ys_previous.h"

static enum ys_exit write_kinds(const struct ys_arguments *arguments, struct ys_json_stream *result,
                                const struct ys_value *previous, const char *const *kinds,
                                size_t count, bool is_every)
{
    const char *run_dir = arguments->positionals[0];
    const char *path = ys_option_text(arguments, "output");
    struct ys_value *files = ys_value_list(arguments->arena);
    struct ys_err err;
    bool told = !arguments->json; /* as JSON: a list of the files, unless one of them is here */
    for (size_t i = 0; i < count; i++) {
        const char *written = NULL;
        enum ys_status status =
            ys_summary_report(arguments, run_dir, result, previous, kinds[i], path, &written, &err);
        if (status == YS_ERR_NOT_FOUND && is_every && strcmp(kinds[i], "pdf") == 0) {
            fprintf(stderr, "yanshou: no report.pdf: %s\n", err.text);
            continue;
        }
        if (status != YS_OK) {
            return ys_cli_fail(&err);
        }
        if (strcmp(written, "/dev/stdout") == 0) {
            told = true;
        } else if (arguments->json) {
            ys_value_append(arguments->arena, files, ys_value_string(arguments->arena, written));
        } else if (!arguments->quiet) {
            printf("%s\n", written);
        }
    }
    if (!told) {
        ys_cli_print_json(files);
    }
    return YS_EXIT_GOOD;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    static const char *const every[] = {"html", "junit", "csv", "pdf"};
    const char *run_dir = arguments->positionals[0];
    const char *path = ys_option_text(arguments, "output");
    const char *previous_dir = ys_option_text(arguments, "previous");
    const char *const *kinds = NULL;
    size_t count = ys_option_values(arguments, "format", &kinds);
    if (count == 0) {
        kinds = every;
        count = sizeof every / sizeof every[0];
    }
    if (path && count != 1) {
        return ys_cli_usage(arguments, "-o needs exactly one --format");
    }
    struct ys_err err;
    struct ys_json_stream *result = NULL;
    if (ys_summary_open(arguments->arena, run_dir, &result, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_value *previous = NULL;
    enum ys_status status =
        ys_previous_compare(arguments->arena, previous_dir, run_dir, result, &previous, &err);
    if (status == YS_OK && previous_dir && !path) {
        status = ys_previous_keep(arguments->arena, previous_dir, run_dir, &err);
    }
    enum ys_exit ended =
        status == YS_OK ? write_kinds(arguments, result, previous, kinds, count, kinds == every)
                        : ys_cli_fail(&err);
    ys_json_stream_close(result);
    return ended;
}

static const struct ys_option OPTIONS[] = {
    {"format", 'f', "html|pdf|junit|csv|ctrf|sarif|oscal|json",
     "repeatable; default html, junit, csv and pdf"},
    {"previous", 0, "RUNDIR",
     "the previous signed run of this bank: html and pdf tell what changed since. It must\n"
     "verify, and be the one that the run names where it names one. Without -o it is kept in\n"
     "RUNDIR/previous, for reports that are written later"},
    {"output", 'o', "FILE", "where to write it (default: its place in the run directory)"},
};

const struct ys_command ys_command_report = {
    .name = "report",
    .summary = "write html, pdf, junit, csv and exports for other tools from the record",
    .operands = "RUNDIR",
    .about = "Writes reports from RUNDIR/result.json, in Chinese or with --lang en in English.\n"
             "The PDF is made by WeasyPrint (Debian: weasyprint), takes a minute or more, and has\n"
             "result.json attached; where WeasyPrint is missing, that is said.\n"
             "For other tools: ctrf (ctrf.json, dashboards of CI servers), sarif (report.sarif,\n"
             "code scanning), oscal (assessment-results.json, audits); docs/reports.md has what\n"
             "each cannot say. -o /dev/stdout pipes any of them.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
