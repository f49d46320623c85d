/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou check: validate suites, catalogue and candidate; say what stays undecided. */
#include <string.h>

#include "ys_cli.h"
#include "ys_expr.h"
#include "ys_file.h"
#include "ys_gate.h"
#include "ys_proof.h"
#include "ys_undecided.h"
#include "ys_yaml.h"

/* What kind of file this is, by its first key. */
static bool has_key(struct ys_arena *arena, const char *path, const char *key)
{
    const struct ys_document *document = NULL;
    return !ys_folder_exists(path) && ys_yaml_load(arena, path, &document, NULL) == YS_OK &&
           ys_value_get(document->root, key) != NULL;
}

/* Files of a gate and a proof stand alone: complains of each, and counts them. */
static enum ys_exit check_lone_files(const struct ys_arguments *arguments, size_t *ret_count)
{
    struct ys_diags diags;
    size_t count = 0;
    ys_diags_init(&diags, arguments->arena);
    for (size_t i = 0; i < arguments->positional_count; i++) {
        const char *path = arguments->positionals[i];
        const struct ys_baseline *baseline = NULL;
        const struct ys_gate_conditions *gate = NULL;
        const struct ys_proof *proof = NULL;
        enum ys_status status = YS_OK;
        if (has_key(arguments->arena, path, "baseline")) {
            status = ys_baseline_load(arguments->arena, path, &diags, &baseline);
        } else if (has_key(arguments->arena, path, "gate")) {
            status = ys_gate_conditions_load(arguments->arena, path, &diags, &gate);
        } else if (has_key(arguments->arena, path, "proof")) {
            status = ys_proof_load(arguments->arena, path, &diags, &proof);
        } else {
            continue;
        }
        count++;
        if (status == YS_OK && !arguments->json) {
            printf("valid: %s %s\n",
                   baseline ? "baseline of"
                   : gate   ? "gate of"
                            : "proof of",
                   baseline ? baseline->candidate
                   : gate   ? gate->candidate
                            : proof->regulation);
        }
    }
    ys_cli_tell(arguments, &diags);
    *ret_count = count;
    return diags.errors ? YS_EXIT_USAGE : YS_EXIT_GOOD;
}

static void print_undecided(const struct ys_arguments *arguments, const struct ys_value *unbound,
                            const struct ys_value *undecided)
{
    if (arguments->json) {
        struct ys_value *out = ys_value_map(arguments->arena);
        ys_value_set_text(arguments->arena, out, "status", "valid");
        ys_value_set(arguments->arena, out, "unbound", unbound);
        ys_value_set(arguments->arena, out, "undecided", undecided);
        ys_cli_print_json(out);
        return;
    }
    if (ys_value_count(unbound)) {
        printf("operations that are not bound:\n");
    }
    for (size_t i = 0; i < ys_value_count(unbound); i++) {
        printf("  %s\n", ys_value_text(ys_value_at(unbound, i)));
    }
    if (ys_value_count(undecided)) {
        printf("clauses that this leaves undecided:\n");
    }
    for (size_t i = 0; i < ys_value_count(undecided); i++) {
        const struct ys_value *row = ys_value_at(undecided, i);
        printf("  %-9s %s\n", ys_value_get_text(row, "clause"), ys_value_get_text(row, "reason"));
    }
}

/* Figures for a yearly evaluation, against the regulation's factors. */
static enum ys_exit check_figures(const struct ys_arguments *arguments,
                                  const struct ys_inputs *inputs)
{
    struct ys_diags diags;
    ys_diags_init(&diags, arguments->arena);
    for (size_t i = 0; i < arguments->positional_count; i++) {
        const char *path = arguments->positionals[i];
        const struct ys_figures *figures = NULL;
        if (!has_key(arguments->arena, path, "figures")) {
            continue;
        }
        if (!inputs->pack->evaluation) {
            return ys_cli_usage(arguments, "%s: the regulation has no evaluation.yaml", path);
        }
        if (ys_figures_load(arguments->arena, path, inputs->pack->evaluation, &diags, &figures) ==
                YS_OK &&
            !arguments->json) {
            printf("valid: figures of %zu year%s\n", figures->year_count,
                   figures->year_count == 1 ? "" : "s");
        }
    }
    ys_cli_tell(arguments, &diags);
    return diags.errors ? YS_EXIT_USAGE : YS_EXIT_GOOD;
}

static enum ys_exit print_functions(void)
{
    const struct ys_expr_function_info *function = NULL;
    for (size_t i = 0; (function = ys_expr_function_at(i)) != NULL; i++) {
        ys_print_padded(stdout, function->usage, 36);
        printf(" %s\n", function->doc);
    }
    return YS_EXIT_GOOD;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    if (ys_option_given(arguments, "functions")) {
        return print_functions();
    }
    size_t lone_files = 0;
    enum ys_exit status = check_lone_files(arguments, &lone_files);
    if (status != YS_EXIT_GOOD || (lone_files && lone_files == arguments->positional_count)) {
        return status;
    }
    struct ys_arguments all = *arguments;
    size_t candidate_at = 0;
    size_t suites_at = 1;
    /* Operands are sorted into the two options by what the files are. */
    for (size_t i = 0; i < arguments->positional_count; i++) {
        const char *path = arguments->positionals[i];
        if (!ys_file_exists(path) && !ys_folder_exists(path)) {
            return ys_cli_usage(arguments, "there is no file %s", path);
        }
        if (has_key(arguments->arena, path, "baseline") ||
            has_key(arguments->arena, path, "gate") ||
            has_key(arguments->arena, path, "proof") ||
            has_key(arguments->arena, path, "figures")) {
            continue;
        }
        size_t at = has_key(arguments->arena, path, "candidate") ? candidate_at : suites_at;
        if (at == candidate_at && all.options[at].count) {
            return ys_cli_usage(arguments, "one candidate file at a time, not %s too", path);
        }
        if (all.options[at].count == YS_VALUES_MAX) {
            return ys_cli_usage(arguments, "too many files");
        }
        all.options[at].values[all.options[at].count++] = path;
    }
    if (ys_cli_load(&all, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    status = check_figures(arguments, &inputs);
    if (status != YS_EXIT_GOOD) {
        return status;
    }
    size_t cases = 0;
    for (size_t i = 0; i < inputs.pack->suite_count; i++) {
        cases += inputs.pack->suites[i]->case_count;
    }
    if (!arguments->json) {
        printf("valid: regulation %s with %zu clauses, %zu operations, %zu suites, %zu cases%s%s\n",
               inputs.pack->regulation->id, inputs.pack->regulation->clause_count,
               inputs.pack->catalogue->operation_count, inputs.pack->suite_count, cases,
               inputs.candidate ? ", candidate " : "",
               inputs.candidate ? inputs.candidate->id : "");
    }
    struct ys_value *unbound = ys_value_list(arguments->arena);
    struct ys_value *undecided = ys_value_list(arguments->arena);
    if (inputs.candidate) {
        ys_undecided_clauses(arguments->arena, inputs.pack, inputs.candidate, unbound, undecided);
    }
    print_undecided(arguments, unbound, undecided);
    return YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "a candidate file"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
    {"functions", 0, NULL, "list the functions of ${…} and end"},
};

const struct ys_command ys_command_check = {
    .name = "check",
    .summary = "validate suites, catalogue and candidate: file:line:column, what, did you mean",
    .operands = "[FILE…]",
    .about =
        "Validates a regulation folder, suite files and a candidate file as a whole, and files\n"
        "of a gate, a proof or a yearly evaluation, without contacting anything. Prints every\n"
        "problem with its place and the nearest known name, then the operations that the\n"
        "candidate does not bind and the clauses that this leaves undecided.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_max = YS_POSITIONALS_MAX,
    .run = run,
};
