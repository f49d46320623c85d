/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou reveal: what one mark of a run stands for, opened with the key of the run. */
#include <string.h>
#include <unistd.h>

#include "ys_cli.h"
#include "ys_clock.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_lines.h"
#include "ys_vault.h"

#define REASON_BYTES_MAX 4096u

/* The id of a run stands in the first record of its log. */
static enum ys_status run_id(struct ys_arena *arena, const char *run_dir, const char **ret_id,
                             struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    const struct ys_value *record = NULL;
    const char *path = ys_path_join(arena, run_dir, "evidence.jsonl");
    enum ys_status status = ys_lines_open(path, &lines, reterr);
    if (status == YS_OK) {
        status = ys_lines_next(lines, &line, reterr);
    }
    if (status == YS_OK && line.text) {
        status = ys_json_parse(arena, line.text, line.length, &record, reterr);
    }
    const char *id = ys_value_get_text(ys_value_get(record, "run"), "id");
    if (status == YS_OK && !id) {
        status = ys_err_set(reterr, YS_ERR_EVIDENCE_STATE, "%s does not begin with a run", path);
    }
    ys_lines_free(lines);
    if (status == YS_OK) {
        *ret_id = id;
    }
    return status;
}

/* "⟦name:0123456789abcdef⟧"; the brackets may be left out, which are hard to type. */
static const char *whole_mark(const struct ys_arguments *arguments, const char *text)
{
    return strncmp(text, YS_MARK_BEGIN, strlen(YS_MARK_BEGIN)) == 0
               ? text
               : ys_arena_printf(arguments->arena, YS_MARK_BEGIN "%s" YS_MARK_END, text);
}

/* Noted before the value is shown. */
static enum ys_status note(const struct ys_arguments *arguments, const char *id, const char *mark,
                           const char **ret_path, struct ys_err *reterr)
{
    struct ys_arena *arena = arguments->arena;
    const struct ys_clock *clock = ys_clock_real();
    struct ys_value *record = ys_value_map(arena);
    char time[YS_TIME_TEXT_MAX];
    ys_time_format_utc(clock->wall_us(clock->context), time);
    ys_value_set_text(arena, record, "time", time);
    ys_value_set_text(arena, record, "run", id);
    ys_value_set_text(arena, record, "run_dir", arguments->positionals[0]);
    ys_value_set_text(arena, record, "mark", mark);
    ys_value_set_text(arena, record, "by", ys_option_text(arguments, "by"));
    ys_value_set_text(arena, record, "why", ys_option_text(arguments, "why"));
    ys_value_set_int(arena, record, "uid", (int64_t)getuid());
    return ys_vault_log_reveal(arena, record, ret_path, reterr);
}

static void print(const struct ys_arguments *arguments, const char *mark, const char *value,
                  const char *path)
{
    if (arguments->json) {
        struct ys_value *out = ys_value_map(arguments->arena);
        ys_value_set_text(arguments->arena, out, "mark", mark);
        ys_value_set_text(arguments->arena, out, "value", value);
        ys_value_set_text(arguments->arena, out, "noted", path);
        ys_cli_print_json(out);
    } else {
        printf("%s\n", value);
        if (!arguments->quiet) {
            fprintf(stderr, "yanshou: noted in %s\n", path);
        }
    }
}

static enum ys_exit open_mark(const struct ys_arguments *arguments, const char *id,
                              const char *mark)
{
    struct ys_vault *vault = NULL;
    struct ys_err err;
    const char *path = NULL;
    enum ys_exit result = YS_EXIT_GOOD;
    enum ys_status status = ys_vault_open(id, &vault, &err);
    if (status == YS_ERR_NOT_FOUND) {
        fprintf(stderr,
                "yanshou: the key of run %s is not on this machine, and nothing else opens its "
                "marks: %s\n",
                id, err.text);
        return YS_EXIT_HARNESS;
    }
    if (status != YS_OK) {
        return ys_cli_fail(&err);
    }
    const char *value = ys_vault_value(vault, mark);
    if (!value) {
        result = ys_cli_usage(arguments,
                              "run %s knows no mark %s; credentials of the candidate and tokens "
                              "are never kept",
                              id, mark);
    } else if (note(arguments, id, mark, &path, &err) != YS_OK) {
        result = ys_cli_fail(&err);
    } else {
        print(arguments, mark, value, path);
    }
    ys_vault_free(vault);
    return result;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    const char *id = NULL;
    const char *const needed[] = {"by", "why"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        const char *text = ys_option_text(arguments, needed[i]);
        if (!text || !text[0] || strlen(text) > REASON_BYTES_MAX) {
            return ys_cli_usage(arguments,
                                "--by and --why are missing: who opens a value, and why, is noted");
        }
    }
    if (!ys_folder_exists(arguments->positionals[0])) {
        return ys_cli_usage(arguments, "there is no run directory %s", arguments->positionals[0]);
    }
    if (run_id(arguments->arena, arguments->positionals[0], &id, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    return open_mark(arguments, id, whole_mark(arguments, arguments->positionals[1]));
}

static const struct ys_option OPTIONS[] = {
    {"by", 0, "NAME", "who opens the value (required)"},
    {"why", 0, "REASON", "why, e.g. the number of the dispute (required)"},
};

const struct ys_command ys_command_reveal = {
    .name = "reveal",
    .summary = "open one hidden value of a run with the key of the run, for a dispute",
    .operands = "RUNDIR MARK",
    .about = "Prints what a mark of a record or report, such as ⟦name:3f9a01b2c3d4e5f6⟧, stands "
             "for; the\n"
             "brackets may be left out. It needs the key of the run, which lies below\n"
             "$XDG_STATE_HOME/yanshou on the machine of the run and never in the run directory. "
             "Who\n"
             "opened what, when and why is noted in reveals.jsonl beside the keys, before the "
             "value\n"
             "is shown. Credentials of the candidate and tokens cannot be opened.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
