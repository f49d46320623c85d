/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou gate: the decision of a gate on a run that is there. */
#include "ys_cli_gate.h"
#include "ys_cli_summary.h"
#include "ys_seal.h"

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_verification verification;
    struct ys_gate_files files;
    const struct ys_value *result = NULL;
    const char *run_dir = arguments->positionals[0];
    if (ys_seal_verify(arguments->arena, run_dir, &verification, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (verification.fault != YS_FAULT_NONE) {
        ys_err_set(&err, YS_ERR_EVIDENCE_BROKEN, "%s does not verify: %s: %s", run_dir,
                   ys_fault_name(verification.fault), verification.text);
        return ys_cli_fail(&err);
    }
    if (ys_summary_load(arguments->arena, run_dir, &result, &err) != YS_OK ||
        ys_cli_gate_load(arguments, ys_result_retrofit_end(result), &files, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    return ys_cli_gate_conclude(arguments, run_dir, result, &files);
}

static const struct ys_option OPTIONS[] = {YS_GATE_OPTIONS};

const struct ys_command ys_command_gate = {
    .name = "gate",
    .summary = "decide whether a release candidate may go on, by a gate run that is there",
    .operands = "RUNDIR",
    .about =
        "RUNDIR is a sealed run with --purpose gate, perhaps merged from parts. Decides as 'run\n"
        "--purpose gate' does at its end, and leaves gate.json and gate-junit.xml in RUNDIR; the\n"
        "run and its report stay as they are. Exit status: 0 green, 1 red, 3 undecided.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
