/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou list: the cases of a pack. */
#include <string.h>

#include "ys_cli.h"

static struct ys_value *case_value(struct ys_arena *arena, const struct ys_pack *pack,
                                   const struct ys_case *subject)
{
    const struct ys_candidate nobody = {.id = ""};
    struct ys_case_digests digests;
    ys_case_digest(arena, pack, &nobody, subject, &digests);
    struct ys_value *row = ys_value_map(arena);
    struct ys_value *clauses = ys_value_list(arena);
    for (size_t i = 0; i < subject->clause_count; i++) {
        ys_value_append(arena, clauses, ys_value_string(arena, subject->clauses[i]));
    }
    ys_value_set_text(arena, row, "id", subject->id);
    ys_value_set_text(arena, row, "suite", subject->suite->id);
    ys_value_set(arena, row, "clauses", clauses);
    ys_value_set(arena, row, "title", ys_text_value(arena, &subject->title));
    ys_value_set_text(arena, row, "file", subject->suite->document->name);
    ys_value_set_int(arena, row, "line", subject->at->line);
    ys_value_set_text(arena, row, "digest", digests.suite);
    return row;
}

static void print_case(const struct ys_arguments *arguments, const struct ys_case *subject)
{
    char clauses[128] = "";
    for (size_t i = 0; i < subject->clause_count; i++) {
        size_t used = strlen(clauses);
        snprintf(clauses + used, sizeof clauses - used, "%s%s", i ? "," : "", subject->clauses[i]);
    }
    ys_print_padded(stdout, subject->id, 48);
    printf(" ");
    ys_print_padded(stdout, clauses, 14);
    printf(" %s\n", ys_text_in(&subject->title, arguments->lang));
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    struct ys_value *rows = ys_value_list(arguments->arena);
    for (size_t s = 0; s < inputs.pack->suite_count; s++) {
        const struct ys_suite *suite = inputs.pack->suites[s];
        for (size_t c = 0; c < suite->case_count; c++) {
            if (arguments->json) {
                ys_value_append(arguments->arena, rows,
                                case_value(arguments->arena, inputs.pack, &suite->cases[c]));
            } else {
                print_case(arguments, &suite->cases[c]);
            }
        }
    }
    return arguments->json ? ys_cli_print_json(rows) : YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "a candidate file, for the regulation that it names"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
};

const struct ys_command ys_command_list = {
    .name = "list",
    .summary = "the cases, their clauses and titles",
    .operands = "",
    .about = "Lists every case of the suites: id, clauses, title.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
