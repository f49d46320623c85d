/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou help: the table of commands and options as help, JSON, manual pages and completions. */
#include <string.h>

#include "ys_cli.h"
#include "ys_cli_docs.h"

static struct ys_value *options_value(struct ys_arena *arena, const struct ys_option *options,
                                      size_t count)
{
    struct ys_value *rows = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct ys_value *row = ys_value_map(arena);
        ys_value_set_text(arena, row, "name", options[i].name);
        if (options[i].letter) {
            ys_value_set(arena, row, "letter", ys_value_printf(arena, "%c", options[i].letter));
        }
        if (options[i].value) {
            ys_value_set_text(arena, row, "value", options[i].value);
        }
        ys_value_set_text(arena, row, "text", options[i].doc);
        ys_value_append(arena, rows, row);
    }
    return rows;
}

static struct ys_value *command_value(struct ys_arena *arena, const struct ys_command *command)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "name", command->name);
    ys_value_set_text(arena, map, "summary", command->summary);
    ys_value_set_text(arena, map, "operands", command->operands);
    ys_value_set_text(arena, map, "about", command->about);
    ys_value_set(arena, map, "options",
                 options_value(arena, command->options, command->option_count));
    return map;
}

static enum ys_exit print_json(const struct ys_arguments *arguments,
                               const struct ys_command *command)
{
    struct ys_arena *arena = arguments->arena;
    size_t count = 0;
    const struct ys_command *const *commands = ys_cli_commands(&count);
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        if (!command || command == commands[i]) {
            ys_value_append(arena, list, command_value(arena, commands[i]));
        }
    }
    struct ys_value *out = ys_value_map(arena);
    ys_value_set_text(arena, out, "version", YS_VERSION);
    ys_value_set(arena, out, "commands", list);
    const struct ys_option *common = ys_cli_common_options(&count);
    ys_value_set(arena, out, "common", options_value(arena, common, count));
    return ys_cli_print_json(out);
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    const char *page = ys_option_text(arguments, "man");
    const char *shell = ys_option_text(arguments, "completion");
    const struct ys_command *command = NULL;
    if (page && ys_cli_write_manual(page) != YS_OK) {
        return ys_cli_usage(arguments, "there is no manual page '%s'", page);
    }
    if (shell && ys_cli_write_completion(shell) != YS_OK) {
        return ys_cli_usage(arguments, "there are no completions for '%s'", shell);
    }
    if (page || shell) {
        return YS_EXIT_GOOD;
    }
    if (arguments->positional_count) {
        command = ys_cli_find_command(arguments->positionals[0]);
        if (!command) {
            return YS_EXIT_USAGE;
        }
    }
    if (arguments->json) {
        return print_json(arguments, command);
    }
    ys_cli_print_help(command);
    return YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"man", 0, "yanshou|yanshou-suite|yanshou-candidate",
     "a manual page: yanshou help --man yanshou | man -l -"},
    {"completion", 0, "bash|zsh|fish", "the shell's completions for yanshou"},
};

const struct ys_command ys_command_help = {
    .name = "help",
    .summary = "explain a command; manual pages and completions",
    .operands = "[COMMAND]",
    .about =
        "Without options the same as 'yanshou COMMAND --help'. Manual pages and completions\n"
        "are made from the table of options that the program itself reads; a package installs\n"
        "them. In a shell without the package:\n"
        "\n"
        "  source <(yanshou help --completion bash)",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_max = 1,
    .run = run,
};
