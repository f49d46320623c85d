/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, the parser of options, and help made from the same tables. */
#include "ys_cli.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_json.h"
#include "ys_suggest.h"

static const struct ys_command *const COMMANDS[] = {
    &ys_command_run,
    &ys_command_check,
    &ys_command_init,
    &ys_command_doctor,
    &ys_command_try,
    &ys_command_list,
    &ys_command_trace,
    &ys_command_explain,
    &ys_command_report,
    &ys_command_verify,
    &ys_command_sign,
    &ys_command_attest,
    &ys_command_rejudge,
    &ys_command_merge,
    &ys_command_diff,
    &ys_command_gate,
    &ys_command_baseline,
    &ys_command_history,
    &ys_command_watch,
    &ys_command_coverage,
    &ys_command_schedule,
    &ys_command_sample,
    &ys_command_evaluate,
    &ys_command_filings,
    &ys_command_readers,
    &ys_command_apdu,
    &ys_command_reveal,
    &ys_command_help,
};
#define COMMAND_COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

/* Options that every command knows. */
static const struct ys_option COMMON[] = {
    {"json", 0, NULL, "machine-readable output"},
    {"lang", 0, "zh|en", "language of texts (default zh)"},
    {"quiet", 'q', NULL, "no progress"},
    {"no-color", 0, NULL, "no colours (also: the environment variable NO_COLOR)"},
    {"help", 'h', NULL, "this text"},
};
#define COMMON_COUNT (sizeof COMMON / sizeof COMMON[0])

static const char *const EXITS[] = {
    [YS_EXIT_GOOD] = "qualified, or all good",
    [YS_EXIT_FAIL] = "a mandatory clause fails",
    [YS_EXIT_USAGE] = "usage, or an invalid file",
    [YS_EXIT_UNDECIDED] = "undecided: nothing fails, something is pending or inconclusive",
    [YS_EXIT_HARNESS] = "the harness or its environment failed",
    [YS_EXIT_EVIDENCE] = "evidence does not verify, or shows what it must not",
};
#define EXIT_COUNT (sizeof EXITS / sizeof EXITS[0])

const struct ys_command *const *ys_cli_commands(size_t *ret_count)
{
    *ret_count = COMMAND_COUNT;
    return COMMANDS;
}

const struct ys_option *ys_cli_common_options(size_t *ret_count)
{
    *ret_count = COMMON_COUNT;
    return COMMON;
}

const char *ys_cli_exit_text(enum ys_exit status)
{
    return (size_t)status < EXIT_COUNT ? EXITS[status] : NULL;
}

static void print_options(const struct ys_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_option *option = &options[i];
        char left[64];
        int used = 0;
        if (option->letter) {
            used = snprintf(left, sizeof left, "-%c, ", option->letter);
        } else {
            used = snprintf(left, sizeof left, "    ");
        }
        snprintf(left + used, sizeof left - (size_t)used, "--%s%s%s", option->name,
                 option->value ? " " : "", option->value ? option->value : "");
        const char *doc = option->doc;
        const char *end = strchr(doc, '\n');
        if (strlen(left) > 26) {
            printf("  %s\n", left); /* its text begins below it */
            left[0] = '\0';
        }
        printf("  %-26s %.*s\n", left, end ? (int)(end - doc) : (int)strlen(doc), doc);
        while (end) {
            doc = end + 1;
            end = strchr(doc, '\n');
            printf("  %-26s %.*s\n", "", end ? (int)(end - doc) : (int)strlen(doc), doc);
        }
    }
}

static void print_help(void)
{
    printf("yanshou %s: runs a bureau's acceptance suites against a bank and judges each clause\n\n"
           "usage: yanshou COMMAND [OPTIONS] [OPERANDS]\n\ncommands:\n",
           YS_VERSION);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("  %-10s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    }
    printf("\nexit status:\n");
    for (size_t i = 0; i < EXIT_COUNT; i++) {
        printf("  %zu          %s\n", i, EXITS[i]);
    }
    printf("\n'yanshou COMMAND --help' explains a command; start with 'yanshou check' and"
           " 'yanshou doctor'.\n");
}

static void print_command_help(const struct ys_command *command)
{
    printf("usage: yanshou %s%s%s%s\n\n%s\n\noptions:\n", command->name,
           command->option_count ? " [OPTIONS]" : "", command->operands[0] ? " " : "",
           command->operands, command->about);
    print_options(command->options, command->option_count);
    print_options(COMMON, COMMON_COUNT);
}

void ys_cli_print_help(const struct ys_command *command)
{
    if (command) {
        print_command_help(command);
    } else {
        print_help();
    }
}

static const struct ys_option *find_option(const struct ys_option *options, size_t count,
                                           const char *name, size_t length, char letter)
{
    for (size_t i = 0; i < count; i++) {
        if (letter ? options[i].letter == letter
                   : (strlen(options[i].name) == length &&
                      memcmp(options[i].name, name, length) == 0)) {
            return &options[i];
        }
    }
    return NULL;
}

static const char *suggest_option(const struct ys_command *command, const char *name)
{
    const char *names[YS_OPTIONS_MAX + COMMON_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < command->option_count; i++) {
        names[count++] = command->options[i].name;
    }
    for (size_t i = 0; i < COMMON_COUNT; i++) {
        names[count++] = COMMON[i].name;
    }
    return ys_suggest(name, names, count);
}

/* Sets one of the options that every command knows. */
static void set_common(struct ys_arguments *arguments, const char *name, const char *value)
{
    if (strcmp(name, "json") == 0) {
        arguments->json = true;
    } else if (strcmp(name, "quiet") == 0) {
        arguments->quiet = true;
    } else if (strcmp(name, "no-color") == 0) {
        arguments->color = false;
    } else if (strcmp(name, "lang") == 0) {
        arguments->lang = value;
    } else if (strcmp(name, "help") == 0) {
        print_command_help(arguments->command);
        exit(YS_EXIT_GOOD);
    }
}

/* Takes argv[*index] as an option, and its value. */
static enum ys_exit parse_option(struct ys_arguments *arguments, int argc, char **argv, int *index)
{
    const struct ys_command *command = arguments->command;
    const char *word = argv[*index];
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(name, '=') : NULL;
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    char letter = is_long ? 0 : name[0];

    const struct ys_option *option =
        find_option(command->options, command->option_count, name, length, letter);
    bool common = !option;
    if (!option) {
        option = find_option(COMMON, COMMON_COUNT, name, length, letter);
    }
    if (!option || (!is_long && !option->value && name[1])) {
        const char *near = is_long ? suggest_option(command, name) : NULL;
        return ys_cli_usage(arguments, "unknown option '%s'%s%s%s", word,
                            near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
    }
    const char *value = "";
    if (!option->value && equals) {
        return ys_cli_usage(arguments, "--%s takes no value", option->name);
    }
    if (option->value) {
        if (equals) {
            value = equals + 1;
        } else if (!is_long && name[1]) {
            value = name + 1;
        } else if (*index + 1 < argc) {
            value = argv[++*index];
        } else {
            return ys_cli_usage(arguments, "--%s needs a value: %s", option->name, option->value);
        }
    }
    if (common) {
        set_common(arguments, option->name, value);
        return YS_EXIT_GOOD;
    }
    size_t at = (size_t)(option - command->options);
    if (arguments->options[at].count == YS_VALUES_MAX) {
        return ys_cli_usage(arguments, "--%s is given too often", option->name);
    }
    arguments->options[at].values[arguments->options[at].count++] = value;
    return YS_EXIT_GOOD;
}

static enum ys_exit parse(struct ys_arguments *arguments, int argc, char **argv)
{
    bool only_operands = false;
    for (int i = 2; i < argc; i++) {
        const char *word = argv[i];
        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && word[0] == '-' && word[1]) {
            enum ys_exit status = parse_option(arguments, argc, argv, &i);
            if (status != YS_EXIT_GOOD) {
                return status;
            }
        } else if (arguments->positional_count == YS_POSITIONALS_MAX) {
            return ys_cli_usage(arguments, "too many operands");
        } else {
            arguments->positionals[arguments->positional_count++] = word;
        }
    }
    const struct ys_command *command = arguments->command;
    if (arguments->positional_count < command->operands_min) {
        return ys_cli_usage(arguments, "%s is missing", command->operands);
    }
    if (arguments->positional_count > command->operands_max) {
        return ys_cli_usage(arguments, "'%s' is one operand too many",
                            arguments->positionals[command->operands_max]);
    }
    if (strcmp(arguments->lang, "zh") != 0 && strcmp(arguments->lang, "en") != 0) {
        return ys_cli_usage(arguments, "--lang is zh or en, not '%s'", arguments->lang);
    }
    return YS_EXIT_GOOD;
}

static void out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    static const char text[] = "yanshou: out of memory; what is recorded so far stays valid\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
}

const struct ys_command *ys_cli_find_command(const char *name)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i]->name, name) == 0) {
            return COMMANDS[i];
        }
        names[i] = COMMANDS[i]->name;
    }
    const char *near = ys_suggest(name, names, COMMAND_COUNT);
    fprintf(stderr, "yanshou: unknown command '%s'%s%s%s\n'yanshou --help' lists the commands\n",
            name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return NULL;
}

int ys_cli_main(int argc, char **argv)
{
    ys_mem_on_exhausted(out_of_memory);
    if (argc < 2) {
        print_help();
        return YS_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return YS_EXIT_GOOD;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("yanshou %s\n", YS_VERSION);
        return YS_EXIT_GOOD;
    }
    const struct ys_command *command = ys_cli_find_command(argv[1]);
    if (!command) {
        return YS_EXIT_USAGE;
    }
    struct ys_arena arena;
    ys_arena_init(&arena);
    struct ys_arguments *arguments = ys_arena_alloc(&arena, sizeof *arguments);
    arguments->command = command;
    arguments->arena = &arena;
    arguments->lang = "zh";
    arguments->color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    enum ys_exit status = parse(arguments, argc, argv);
    if (status == YS_EXIT_GOOD) {
        status = command->run(arguments);
    }
    if (fflush(stdout) != 0) {
        fprintf(stderr, "yanshou: standard output could not be written\n");
        status = YS_EXIT_HARNESS;
    }
    ys_arena_clear(&arena);
    return (int)status;
}

static size_t option_index(const struct ys_arguments *arguments, const char *name)
{
    const struct ys_command *command = arguments->command;
    for (size_t i = 0; i < command->option_count; i++) {
        if (strcmp(command->options[i].name, name) == 0) {
            return i;
        }
    }
    return YS_OPTIONS_MAX;
}

const char *ys_option_text(const struct ys_arguments *arguments, const char *name)
{
    size_t at = option_index(arguments, name);
    if (at == YS_OPTIONS_MAX || arguments->options[at].count == 0) {
        return NULL;
    }
    return arguments->options[at].values[arguments->options[at].count - 1];
}

bool ys_option_given(const struct ys_arguments *arguments, const char *name)
{
    return ys_option_text(arguments, name) != NULL;
}

size_t ys_option_values(const struct ys_arguments *arguments, const char *name,
                        const char *const **ret_values)
{
    size_t at = option_index(arguments, name);
    if (at == YS_OPTIONS_MAX) {
        *ret_values = NULL;
        return 0;
    }
    *ret_values = arguments->options[at].values;
    return arguments->options[at].count;
}

enum ys_exit ys_cli_fail(const struct ys_err *err)
{
    if (err->source[0] && err->line) {
        fprintf(stderr, "%s:%" PRIu32 ":%" PRIu32 ": ", err->source, err->line, err->column);
    } else if (err->source[0]) {
        fprintf(stderr, "%s: ", err->source);
    } else {
        fprintf(stderr, "yanshou: ");
    }
    fprintf(stderr, "%s\n", err->text[0] ? err->text : ys_status_text(err->status));
    switch ((int)err->status) {
    case YS_ERR_INVALID:
    case YS_ERR_SYNTAX:
    case YS_ERR_USAGE:
    case YS_ERR_ARGUMENT:
    case YS_ERR_NOT_FOUND:
        return YS_EXIT_USAGE;
    case YS_ERR_EVIDENCE_BROKEN:
    case YS_ERR_EVIDENCE_LEAK:
        return YS_EXIT_EVIDENCE;
    default:
        return YS_EXIT_HARNESS;
    }
}

enum ys_exit ys_cli_usage(const struct ys_arguments *arguments, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "yanshou %s: ", arguments->command->name);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\n'yanshou %s --help' explains\n", arguments->command->name);
    return YS_EXIT_USAGE;
}

void ys_cli_tell(const struct ys_arguments *arguments, const struct ys_diags *diags)
{
    (void)arguments;
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    for (size_t i = 0; i < diags->count; i++) {
        if (ys_diag_format(&diags->items[i], &buf) != YS_OK) {
            break;
        }
    }
    fputs(buf.bytes, stderr);
    if (diags->omitted) {
        fprintf(stderr, "… and %zu more\n", diags->omitted);
    }
    ys_buf_clear(&buf);
}

enum ys_exit ys_cli_verdict_exit(const struct ys_value *value)
{
    const char *verdict = ys_value_get_text(value, "verdict");
    if (verdict && strcmp(verdict, "pass") == 0) {
        return YS_EXIT_GOOD;
    }
    return verdict && strcmp(verdict, "fail") == 0 ? YS_EXIT_FAIL : YS_EXIT_UNDECIDED;
}

enum ys_exit ys_cli_print_json(const struct ys_value *value)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_RESULT_BYTES_MAX);
    enum ys_status status = ys_json_write_pretty(value, &buf);
    if (status == YS_OK) {
        fputs(buf.bytes, stdout);
    } else {
        fprintf(stderr, "yanshou: %s\n", ys_status_text(status));
    }
    ys_buf_clear(&buf);
    return status == YS_OK ? YS_EXIT_GOOD : YS_EXIT_HARNESS;
}

const char *ys_color(const struct ys_arguments *arguments, const char *sgr)
{
    if (!arguments->color) {
        return "";
    }
    static const struct {
        const char *sgr;
        const char *sequence;
    } table[] = {{YS_SGR_RED, "\x1b[31m"},
                 {YS_SGR_GREEN, "\x1b[32m"},
                 {YS_SGR_YELLOW, "\x1b[33m"},
                 {YS_SGR_BOLD, "\x1b[1m"},
                 {YS_SGR_OFF, "\x1b[0m"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].sgr, sgr) == 0) {
            return table[i].sequence;
        }
    }
    return "";
}

size_t ys_text_columns(const char *text)
{
    size_t columns = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if ((*p & 0xC0u) == 0x80u) {
            continue; /* a byte that continues a character */
        }
        /* Three-byte characters from U+2E80 on are East Asian and wide. */
        columns += (*p >= 0xE2u && !(p[0] == 0xE2u && p[1] < 0xBAu)) ? 2 : 1;
    }
    return columns;
}

void ys_print_padded(FILE *file, const char *text, size_t columns)
{
    fputs(text, file);
    for (size_t used = ys_text_columns(text); used < columns; used++) {
        fputc(' ', file);
    }
}
