/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou merge: the parts of a divided plan, or copies of one run, as one run. */
#include "ys_cli.h"
#include "ys_cli_summary.h"
#include "ys_clock.h"
#include "ys_merge.h"

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    const char *run_dir = ys_option_text(arguments, "output");
    if (!run_dir) {
        return ys_cli_usage(arguments, "-o RUNDIR is missing: the run directory to make");
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_merge_options options = {
        .pack = inputs.pack,
        .part_dirs = arguments->positionals,
        .part_count = arguments->positional_count,
        .run_dir = run_dir,
        .clock = ys_clock_real(),
    };
    if (ys_merge(&options, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    return ys_summary_conclude(arguments, run_dir, NULL);
}

static const struct ys_option OPTIONS[] = {
    {"output", 'o', "RUNDIR", "the run directory to make (required); it must not exist"},
    {"candidate", 'c', "FILE", "the candidate file of the parts; names the suites"},
    {"suites", 's', "PATH",
     "the regulation folder that the parts were run with (repeatable for further\n"
     "suite files); default: the folder that the candidate file names, or as installed"},
};

const struct ys_command ys_command_merge = {
    .name = "merge",
    .summary = "join the parts of one plan, or the findings beside copies of one run",
    .operands = "PART…",
    .about = "Joins run directories made by 'run --shard I/N'. Each part must verify, and all must "
             "be of one\n"
             "plan: same suites, candidate, seed, selection and build, none missing, none twice. "
             "The record of\n"
             "each part goes into the new run whole, so that 'verify' can show that it is what was "
             "sealed; the\n"
             "clauses are judged as if one run had done all cases. The parts are not changed. The "
             "exit status is\n"
             "that of the conclusion, as with run.\n\n"
             "Or joins unsigned copies of one run, to which several persons attested apart: the "
             "run with the\n"
             "findings of all.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = YS_POSITIONALS_MAX,
    .run = run,
};
