/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_cli_docs.h"

#include <string.h>

#include "ys_cli.h"
#include "ys_manual.h"
#include "ys_roff.h"

/* What may follow an option, or stand as an operand. */
enum word_kind { WORD_FREE, WORD_FILE, WORD_CHOICE };

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += length) {
        bool begins = at == text || !(at[-1] >= 'A' && at[-1] <= 'Z');
        if (begins && !(at[length] >= 'A' && at[length] <= 'Z')) {
            return true;
        }
    }
    return false;
}

static enum word_kind kind_of(const char *value)
{
    static const char *const files[] = {"FILE", "PATH", "RUNDIR", "RUN", "DIR",
                                        "KEY",  "OLD",  "NEW",    "PART"};
    if (value && strchr(value, '|')) {
        return WORD_CHOICE;
    }
    for (size_t i = 0; value && i < sizeof files / sizeof files[0]; i++) {
        if (has_word(value, files[i])) {
            return WORD_FILE;
        }
    }
    return WORD_FREE;
}

/* The words of "list|add|prune FILE", separated by blanks. */
static void print_choices(const char *value)
{
    for (const char *p = value; *p && *p != ' '; p++) {
        putchar(*p == '|' ? ' ' : *p);
    }
}

/* Text between single quotes of a shell; `special` are characters that get a backslash. */
static void print_quoted(const char *text, const char *special)
{
    putchar('\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'') {
            fputs("'\\''", stdout);
        } else if (*p == '\n') {
            putchar(' ');
        } else {
            if (strchr(special, *p)) {
                putchar('\\');
            }
            putchar(*p);
        }
    }
    putchar('\'');
}

/* All options of a command, the common ones behind its own; NULL behind the last. */
static const struct ys_option *option_at(const struct ys_command *command, size_t index)
{
    size_t common_count = 0;
    const struct ys_option *common = ys_cli_common_options(&common_count);
    if (index < command->option_count) {
        return &command->options[index];
    }
    index -= command->option_count;
    return index < common_count ? &common[index] : NULL;
}

static void print_command_names(void)
{
    size_t count = 0;
    const struct ys_command *const *commands = ys_cli_commands(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%s%s", i ? " " : "", commands[i]->name);
    }
}

static void manual_options(const struct ys_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(".TP\n", stdout);
        if (options[i].letter) {
            char letter[3] = {'-', options[i].letter, '\0'};
            ys_roff_bold(stdout, letter);
            fputs(", ", stdout);
        }
        ys_roff_bold(stdout, "--");
        ys_roff_bold(stdout, options[i].name);
        if (options[i].value) {
            putchar(' ');
            ys_roff_italic(stdout, options[i].value);
        }
        putchar('\n');
        ys_roff_lines(stdout, options[i].doc);
    }
}

static void manual_commands(void)
{
    size_t count = 0;
    const struct ys_command *const *commands = ys_cli_commands(&count);
    fputs(".SH COMMANDS\n", stdout);
    for (size_t i = 0; i < count; i++) {
        printf(".SS yanshou %s%s%s%s\n", commands[i]->name,
               commands[i]->option_count ? " [OPTIONS]" : "", commands[i]->operands[0] ? " " : "",
               commands[i]->operands);
        ys_roff_line(stdout, commands[i]->summary);
        fputs(".PP\n", stdout);
        ys_roff_lines(stdout, commands[i]->about);
        manual_options(commands[i]->options, commands[i]->option_count);
    }
}

static void manual_environment(void)
{
    static const struct {
        const char *name;
        const char *doc;
    } rows[] = {
        {"NO_COLOR", "when it is set, no output is coloured"},
        {"YS_DATA_DIR", "the folder with suites/REGULATION, in the place of the installed one"},
        {"XDG_STATE_HOME",
         "yanshou/ in it keeps the keys of marks and the tries of PINs (default ~/.local/state)"},
        {"YANSHOU_SHARD", "I/N, for run --shard auto; CI_NODE_INDEX with CI_NODE_TOTAL and "
                          "JOB_COMPLETION_INDEX are known too"},
        {"PCSCLITE_CSOCK_NAME", "the socket of pcscd"},
    };
    fputs(".SH ENVIRONMENT\n", stdout);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fputs(".TP\n", stdout);
        ys_roff_bold(stdout, rows[i].name);
        putchar('\n');
        ys_roff_line(stdout, rows[i].doc);
    }
    ys_roff_line(stdout, "A candidate file may name more, as ${env.NAME}.");
}

static void write_program_manual(void)
{
    size_t count = 0;
    const struct ys_option *common = ys_cli_common_options(&count);
    ys_roff_title(stdout, "yanshou", 1, YS_RELEASE_DAY, YS_VERSION);
    fputs(".SH NAME\nyanshou \\- acceptance tests of banks that issue social security cards\n"
          ".SH SYNOPSIS\n.B yanshou\n.I COMMAND\n[OPTIONS] [OPERANDS]\n"
          ".SH DESCRIPTION\n",
          stdout);
    ys_roff_lines(
        stdout,
        "Runs a bureau's acceptance suites against a bank: its HTTP endpoints and its\n"
        "cards in readers. Judges every clause of the regulation, keeps the evidence in a\n"
        "hash-chained record that can be verified and judged again, and writes the report.\n"
        "\n"
        "Results go to standard output, progress and complaints to standard error.");
    manual_commands();
    fputs(".SH OPTIONS OF EVERY COMMAND\n", stdout);
    manual_options(common, count);
    fputs(".SH EXIT STATUS\n", stdout);
    for (int i = 0; ys_cli_exit_text((enum ys_exit)i); i++) {
        printf(".TP\n.B %d\n", i);
        ys_roff_line(stdout, ys_cli_exit_text((enum ys_exit)i));
    }
    manual_environment();
    fputs(".SH SEE ALSO\n", stdout);
    for (size_t i = 0; ys_manual_name(i); i++) {
        printf(".BR %s (5),\n", ys_manual_name(i));
    }
    fputs(".BR pcscd (8)\n", stdout);
}

enum ys_status ys_cli_write_manual(const char *page)
{
    if (strcmp(page, "yanshou") == 0) {
        write_program_manual();
        return YS_OK;
    }
    return ys_manual_write(stdout, page, YS_RELEASE_DAY, YS_VERSION);
}

/* Arms of the case over COMMAND:OPTION that say what follows an option. */
static void bash_values(const struct ys_command *command)
{
    const struct ys_option *option = NULL;
    for (size_t i = 0; (option = option_at(command, i)) != NULL; i++) {
        if (!option->value) {
            continue;
        }
        printf("        %s:--%s", command->name, option->name);
        if (option->letter) {
            printf(" | %s:-%c", command->name, option->letter);
        }
        switch (kind_of(option->value)) {
        case WORD_CHOICE:
            printf(") kind=words words='");
            print_choices(option->value);
            printf("' ;;\n");
            break;
        case WORD_FILE:
            printf(") kind=files ;;\n");
            break;
        case WORD_FREE:
            printf(") kind=free ;;\n");
            break;
        }
    }
}

/* What a command takes where no option waits for its value. */
static void bash_words(const struct ys_command *command)
{
    const struct ys_option *option = NULL;
    printf("        %s) options='", command->name);
    for (size_t i = 0; (option = option_at(command, i)) != NULL; i++) {
        printf("%s--%s", i ? " " : "", option->name);
        if (option->letter) {
            printf(" -%c", option->letter);
        }
    }
    printf("'");
    if (kind_of(command->operands) == WORD_CHOICE) {
        printf(" words='");
        print_choices(command->operands);
        printf("'");
    } else if (strstr(command->operands, "COMMAND")) {
        printf(" words=$commands");
    }
    bool files = kind_of(command->operands) == WORD_FILE || has_word(command->operands, "FILE");
    printf(" kind=%s ;;\n", files ? "files" : "words");
}

static void write_bash(void)
{
    size_t count = 0;
    const struct ys_command *const *commands = ys_cli_commands(&count);
    fputs("# bash completion for yanshou; made by 'yanshou help --completion bash'\n"
          "_yanshou()\n{\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local command=${COMP_WORDS[1]} kind= words= options=\n"
          "    local commands='",
          stdout);
    print_command_names();
    fputs("'\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$commands --help --version\" -- "
          "\"$current\")\n"
          "        return\n"
          "    fi\n"
          "    # --option=value arrives as three words\n"
          "    if [ \"$previous\" = = ]; then\n"
          "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    elif [ \"$current\" = = ]; then\n"
          "        current=\n"
          "    fi\n"
          "    case $command:$previous in\n",
          stdout);
    for (size_t i = 0; i < count; i++) {
        bash_values(commands[i]);
    }
    fputs("    esac\n"
          "    if [ -z \"$kind\" ]; then\n"
          "        case $command in\n",
          stdout);
    for (size_t i = 0; i < count; i++) {
        bash_words(commands[i]);
    }
    fputs("        esac\n"
          "        case $current in\n"
          "        -*) kind=words words=$options ;;\n"
          "        esac\n"
          "    fi\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
          "    if [ \"$kind\" = files ]; then\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$current\")\n"
          "    fi\n"
          "}\n"
          "complete -F _yanshou yanshou\n",
          stdout);
}

static void zsh_action(const char *value)
{
    switch (kind_of(value)) {
    case WORD_CHOICE:
        printf("'(");
        print_choices(value);
        printf(")'");
        break;
    case WORD_FILE:
        printf("_files");
        break;
    case WORD_FREE:
        printf("' '");
        break;
    }
}

static void zsh_option(const struct ys_option *option)
{
    char name[64];
    snprintf(name, sizeof name, "%s", option->name);
    for (int form = option->letter ? 0 : 1; form < 2; form++) {
        printf(" \\\n            ");
        if (option->value) {
            printf("'*'"); /* repeatable, or the last one counts */
        }
        if (form == 0) {
            printf("-%c%s", option->letter, option->value ? "+" : "");
        } else {
            printf("--%s%s", name, option->value ? "=" : "");
        }
        printf("'['");
        print_quoted(option->doc, "[]:\\");
        printf("']'");
        if (option->value) {
            printf(":value:");
            zsh_action(option->value);
        }
    }
}

static void write_zsh(void)
{
    size_t count = 0;
    const struct ys_command *const *commands = ys_cli_commands(&count);
    fputs("#compdef yanshou\n"
          "# zsh completion for yanshou; made by 'yanshou help --completion zsh'\n"
          "_yanshou() {\n"
          "    local -a commands\n"
          "    commands=(\n",
          stdout);
    for (size_t i = 0; i < count; i++) {
        printf("        %s:", commands[i]->name);
        print_quoted(commands[i]->summary, ":\\");
        putchar('\n');
    }
    fputs("    )\n"
          "    if (( CURRENT == 2 )); then\n"
          "        _describe command commands\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $words[1] in\n",
          stdout);
    for (size_t i = 0; i < count; i++) {
        printf("        %s)\n            _arguments -s -S", commands[i]->name);
        const struct ys_option *option = NULL;
        for (size_t k = 0; (option = option_at(commands[i], k)) != NULL; k++) {
            zsh_option(option);
        }
        if (strstr(commands[i]->operands, "COMMAND")) {
            fputs(" \\\n            '1:command:(", stdout);
            print_command_names();
            fputs(")'", stdout);
        } else if (kind_of(commands[i]->operands) == WORD_CHOICE) {
            fputs(" \\\n            '1:what:(", stdout);
            print_choices(commands[i]->operands);
            fputs(")' '*:file:_files'", stdout);
        } else if (kind_of(commands[i]->operands) == WORD_FILE) {
            fputs(" \\\n            '*:file:_files'", stdout);
        }
        fputs(" ;;\n", stdout);
    }
    fputs("    esac\n}\n"
          "if [ \"$funcstack[1]\" = _yanshou ]; then\n"
          "    _yanshou \"$@\"\n"
          "elif (( $+functions[compdef] )); then\n"
          "    compdef _yanshou yanshou\n"
          "fi\n",
          stdout);
}

static void fish_option(const struct ys_command *command, const struct ys_option *option)
{
    printf("complete -c yanshou -n '__yanshou_command %s' -l %s", command->name, option->name);
    if (option->letter) {
        printf(" -s %c", option->letter);
    }
    switch (option->value ? kind_of(option->value) : WORD_FREE) {
    case WORD_CHOICE:
        printf(" -x -a '");
        print_choices(option->value);
        printf("'");
        break;
    case WORD_FILE:
        printf(" -r -F");
        break;
    case WORD_FREE:
        printf("%s", option->value ? " -x" : "");
        break;
    }
    printf(" -d ");
    print_quoted(option->doc, "\\");
    putchar('\n');
}

static void write_fish(void)
{
    size_t count = 0;
    const struct ys_command *const *commands = ys_cli_commands(&count);
    fputs("# fish completion for yanshou; made by 'yanshou help --completion fish'\n"
          "function __yanshou_command\n"
          "    set -l words (commandline -opc)\n"
          "    if test (count $argv) -eq 0\n"
          "        test (count $words) -eq 1\n"
          "    else\n"
          "        test (count $words) -gt 1; and test $words[2] = $argv[1]\n"
          "    end\n"
          "end\n"
          "complete -c yanshou -f\n",
          stdout);
    for (size_t i = 0; i < count; i++) {
        const struct ys_command *command = commands[i];
        printf("complete -c yanshou -n __yanshou_command -a %s -d ", command->name);
        print_quoted(command->summary, "\\");
        putchar('\n');
        const struct ys_option *option = NULL;
        for (size_t k = 0; (option = option_at(command, k)) != NULL; k++) {
            fish_option(command, option);
        }
        if (strstr(command->operands, "COMMAND")) {
            printf("complete -c yanshou -n '__yanshou_command %s' -a '", command->name);
            print_command_names();
            printf("'\n");
        } else if (kind_of(command->operands) == WORD_CHOICE) {
            printf("complete -c yanshou -n '__yanshou_command %s' -F -a '", command->name);
            print_choices(command->operands);
            printf("'\n");
        } else if (kind_of(command->operands) == WORD_FILE) {
            printf("complete -c yanshou -n '__yanshou_command %s' -F\n", command->name);
        }
    }
}

enum ys_status ys_cli_write_completion(const char *shell)
{
    static const struct {
        const char *shell;
        void (*write)(void);
    } table[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].shell, shell) == 0) {
            table[i].write();
            return YS_OK;
        }
    }
    return YS_ERR_NOT_FOUND;
}
