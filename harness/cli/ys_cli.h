/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: one table entry and one file a subcommand. Options are described once, in the
 * command's table; parsing, --help and usage errors read that table.
 *
 * Results go to standard output, progress and complaints to standard error, so that output pipes.
 */
#ifndef YS_CLI_H
#define YS_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "ys_diag.h"
#include "ys_err.h"
#include "ys_mem.h"
#include "ys_pack.h"

/* Exit statuses; others' scripts rely on them. */
enum ys_exit {
    YS_EXIT_GOOD = 0,      /* qualified, or all good */
    YS_EXIT_FAIL = 1,      /* a mandatory clause fails */
    YS_EXIT_USAGE = 2,     /* usage, or an invalid file */
    YS_EXIT_UNDECIDED = 3, /* nothing fails, something is pending or inconclusive */
    YS_EXIT_HARNESS = 4,   /* the harness or its environment failed */
    YS_EXIT_EVIDENCE = 5   /* evidence does not verify, or must not be published */
};

struct ys_option {
    const char *name;  /* "candidate" for --candidate */
    char letter;       /* 'c', or 0 */
    const char *value; /* "FILE": takes a value; NULL: a switch */
    const char *doc;   /* one or two lines; '\n' separates them */
};

#define YS_OPTIONS_MAX 24u
#define YS_VALUES_MAX 64u
#define YS_POSITIONALS_MAX 256u

struct ys_command;

struct ys_arguments {
    const struct ys_command *command;
    struct ys_arena *arena; /* lives as long as the command */
    struct {
        const char *values[YS_VALUES_MAX];
        size_t count; /* how often it was given */
    } options[YS_OPTIONS_MAX];
    const char *positionals[YS_POSITIONALS_MAX];
    size_t positional_count;
    bool json;
    bool quiet;
    bool color;
    const char *lang; /* "zh" or "en" */
};

struct ys_command {
    const char *name;
    const char *summary;  /* for the list of commands */
    const char *operands; /* "RUNDIR", "FILE…" or "" */
    const char *about;    /* paragraphs of --help */
    const struct ys_option *options;
    size_t option_count;
    size_t operands_min;
    size_t operands_max;
    enum ys_exit (*run)(const struct ys_arguments *arguments);
};

extern const struct ys_command ys_command_run;
extern const struct ys_command ys_command_check;
extern const struct ys_command ys_command_doctor;
extern const struct ys_command ys_command_list;
extern const struct ys_command ys_command_trace;
extern const struct ys_command ys_command_coverage;
extern const struct ys_command ys_command_explain;
extern const struct ys_command ys_command_report;
extern const struct ys_command ys_command_verify;
extern const struct ys_command ys_command_sign;
extern const struct ys_command ys_command_attest;
extern const struct ys_command ys_command_rejudge;
extern const struct ys_command ys_command_merge;
extern const struct ys_command ys_command_reveal;
extern const struct ys_command ys_command_diff;
extern const struct ys_command ys_command_gate;
extern const struct ys_command ys_command_baseline;
extern const struct ys_command ys_command_history;
extern const struct ys_command ys_command_watch;
extern const struct ys_command ys_command_schedule;
extern const struct ys_command ys_command_sample;
extern const struct ys_command ys_command_evaluate;
extern const struct ys_command ys_command_filings;
extern const struct ys_command ys_command_readers;
extern const struct ys_command ys_command_apdu;
extern const struct ys_command ys_command_init;
extern const struct ys_command ys_command_try;
extern const struct ys_command ys_command_help;

/* What help, the manual page and the completions are made of: all commands, the options that each
 * of them knows, and the exit statuses. */
const struct ys_command *const *ys_cli_commands(size_t *ret_count);
const struct ys_option *ys_cli_common_options(size_t *ret_count);
const char *ys_cli_exit_text(enum ys_exit status); /* NULL behind the last */
/* NULL for a name that is none; suggests the nearest on standard error. */
const struct ys_command *ys_cli_find_command(const char *name);
/* Help on standard output, of one command or (NULL) of all. */
void ys_cli_print_help(const struct ys_command *command);

/* Parses argv and runs the command; the exit status of the process. */
int ys_cli_main(int argc, char **argv);

/* The last value of an option, or NULL; whether a switch was given; all values. */
const char *ys_option_text(const struct ys_arguments *arguments, const char *name);
bool ys_option_given(const struct ys_arguments *arguments, const char *name);
size_t ys_option_values(const struct ys_arguments *arguments, const char *name,
                        const char *const **ret_values);

/* Tells an error of the harness on standard error and returns the fitting exit status. */
enum ys_exit ys_cli_fail(const struct ys_err *err);
/* A usage error: the complaint and how to get help. */
enum ys_exit ys_cli_usage(const struct ys_arguments *arguments, const char *format, ...)
    YS_PRINTF(2, 3);
/* Prints all diagnostics to standard error. */
void ys_cli_tell(const struct ys_arguments *arguments, const struct ys_diags *diags);
/* The exit status of a computed value by its `verdict`: good, fail, and else undecided. */
enum ys_exit ys_cli_verdict_exit(const struct ys_value *value);
/* Prints a value as indented JSON to standard output. */
enum ys_exit ys_cli_print_json(const struct ys_value *value);

/* The pack and candidate that -s and -c name (see ys_cli_pack.c). A NULL *ret_candidate is fine
 * when the command has no candidate. Diagnostics are told; YS_ERR_INVALID after them. */
struct ys_inputs {
    const struct ys_pack *pack;
    const struct ys_candidate *candidate;
    struct ys_diags diags;
};
YS_NODISCARD enum ys_status ys_cli_load(const struct ys_arguments *arguments,
                                        struct ys_inputs *ret_inputs, struct ys_err *reterr);

/* Terminal colours, empty where none are wanted. */
const char *ys_color(const struct ys_arguments *arguments, const char *sgr);
#define YS_SGR_RED "31"
#define YS_SGR_GREEN "32"
#define YS_SGR_YELLOW "33"
#define YS_SGR_BOLD "1"
#define YS_SGR_OFF "0"

/* Columns that a text takes in a terminal: two for a wide East Asian character. */
size_t ys_text_columns(const char *text);
/* Prints a text and pads it with blanks to a width in columns. */
void ys_print_padded(FILE *file, const char *text, size_t columns);

#endif
