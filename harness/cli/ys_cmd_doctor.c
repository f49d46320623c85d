/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou doctor: try everything that a run needs, judge nothing. */
#include "ys_cli.h"
#include "ys_doctor.h"

struct telling {
    const struct ys_arguments *arguments;
    struct ys_value *rows;
};

static void tell(void *context, const struct ys_symptom *symptom)
{
    struct telling *telling = context;
    static const char *const names[] = {"ok", "warning", "problem"};
    static const char *const marks[] = {"✓", "!", "✗"};
    static const char *const colors[] = {YS_SGR_GREEN, YS_SGR_YELLOW, YS_SGR_RED};
    const struct ys_arguments *arguments = telling->arguments;
    if (arguments->json) {
        struct ys_value *row = ys_value_map(arguments->arena);
        ys_value_set_text(arguments->arena, row, "level", names[symptom->level]);
        ys_value_set_text(arguments->arena, row, "subject", symptom->subject);
        ys_value_set_text(arguments->arena, row, "text", symptom->text);
        ys_value_set_text(arguments->arena, row, "remedy", symptom->remedy);
        ys_value_append(arguments->arena, telling->rows, row);
        return;
    }
    printf("%s%s%s ", ys_color(arguments, colors[symptom->level]), marks[symptom->level],
           ys_color(arguments, YS_SGR_OFF));
    ys_print_padded(stdout, symptom->subject, 30);
    printf(" %s\n", symptom->text);
    if (symptom->remedy && symptom->remedy[0]) {
        printf("  %-30s → %s\n", "", symptom->remedy);
    }
    fflush(stdout);
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    if (!ys_option_given(arguments, "candidate")) {
        return ys_cli_usage(arguments, "-c CANDIDATE is missing");
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    struct ys_card_port port;
    struct ys_err no_cards = {.text = ""};
    bool has_port = ys_card_port_pcsc(&port, &no_cards) == YS_OK;
    struct telling telling = {arguments, ys_value_list(arguments->arena)};
    size_t problems = 0;
    enum ys_status status =
        ys_doctor(inputs.pack, inputs.candidate, has_port ? &port : NULL, no_cards.text,
                  ys_clock_real(), tell, &telling, &problems, &err);
    if (has_port) {
        ys_card_port_free(&port);
    }
    if (status != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (arguments->json) {
        ys_cli_print_json(telling.rows);
    } else {
        printf("%zu problem%s\n", problems, problems == 1 ? "" : "s");
    }
    return problems ? YS_EXIT_HARNESS : YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "the candidate file (required)"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
};

const struct ys_command ys_command_doctor = {
    .name = "doctor",
    .summary = "try everything that a run needs; judge nothing",
    .operands = "",
    .about =
        "Tries names, connections, TLS chains and their expiry, the clock offset, credentials, "
        "one\n"
        "harmless call for each binding that has one, readers, cards, PIN tries and documents. "
        "Lists\n"
        "every problem in one pass with its remedy. Judges nothing. Exit status 4 with a problem.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
