/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou run: execute the suites, judge, write the run directory, say the conclusion. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ys_cli.h"
#include "ys_cli_gate.h"
#include "ys_cli_run.h"
#include "ys_cli_summary.h"
#include "ys_clock.h"
#include "ys_file.h"
#include "ys_previous.h"
#include "ys_proof.h"
#include "ys_report.h"
#include "ys_resume_arguments.h"
#include "ys_run.h"
#include "ys_selection.h"

#define SHARD_SEED 1u /* parts of one plan must agree without speaking to each other */

static enum ys_exit parse_purpose(const struct ys_arguments *arguments,
                                  enum ys_purpose *ret_purpose)
{
    const char *text = ys_option_text(arguments, "purpose");
    if (!text) {
        return YS_EXIT_GOOD;
    }
    if (ys_purpose_named(text, ret_purpose)) {
        return YS_EXIT_GOOD;
    }
    return ys_cli_usage(arguments, "--purpose is acceptance, selftest or gate, not '%s'", text);
}

static enum ys_exit parse_number(const struct ys_arguments *arguments, const char *name,
                                 uint64_t least, uint64_t most, uint64_t *ret_number)
{
    const char *text = ys_option_text(arguments, name);
    uint64_t number = 0;
    if (!text) {
        return YS_EXIT_GOOD;
    }
    if (ys_parse_u64(text, strlen(text), &number) != YS_OK || number < least || number > most) {
        return ys_cli_usage(arguments,
                            "--%s is a whole number from %" PRIu64 " to %" PRIu64 ", not '%s'",
                            name, least, most, text);
    }
    *ret_number = number;
    return YS_EXIT_GOOD;
}

/* --shard and --durations: what the parts of one plan share. */
static enum ys_exit parse_parts(const struct ys_arguments *arguments,
                                struct ys_run_options *options)
{
    const char *shard = ys_option_text(arguments, "shard");
    const char *durations = ys_option_text(arguments, "durations");
    struct ys_err err;
    if (shard && ys_shard_parse(shard, &options->shard, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    if (shard && options->purpose == YS_PURPOSE_ACCEPTANCE && !ys_option_given(arguments, "seed")) {
        return ys_cli_usage(arguments, "the parts of an acceptance run must draw the same samples: "
                                       "give each the same --seed");
    }
    if (shard && !ys_option_given(arguments, "seed")) {
        options->seed = SHARD_SEED;
    }
    if (durations &&
        ys_summary_durations(arguments->arena, durations, &options->durations, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    return YS_EXIT_GOOD;
}

/* --record-cards and --replay-cards; a replay sends what was sent then. */
static enum ys_exit parse_recording(const struct ys_arguments *arguments,
                                    struct ys_run_options *options)
{
    const char *replay = ys_option_text(arguments, "replay-cards");
    struct ys_err err;
    options->record_cards = ys_option_text(arguments, "record-cards");
    if (replay && options->record_cards) {
        return ys_cli_usage(arguments, "a run records cards or replays them, not both");
    }
    if (replay && ys_option_given(arguments, "seed")) {
        return ys_cli_usage(arguments, "--seed has no place beside --replay-cards: it is that of "
                                       "the recording");
    }
    if (replay &&
        ys_recording_read(arguments->arena, replay, options, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    return YS_EXIT_GOOD;
}

/* --proof, or what lies beside the regulation. One of other suites is taken: it counts for none of
 * these cases, and the result says so. */
static enum ys_exit load_proof(const struct ys_arguments *arguments, struct ys_run_options *options)
{
    const char *path = ys_option_text(arguments, "proof");
    const struct ys_proof *proof = NULL;
    struct ys_diags diags;
    if (!path) {
        path = ys_path_join(arguments->arena, options->pack->folder, "proof.json");
        if (!ys_file_exists(path)) {
            return YS_EXIT_GOOD;
        }
    }
    ys_diags_init(&diags, arguments->arena);
    enum ys_status status = ys_proof_load(arguments->arena, path, &diags, &proof);
    ys_cli_tell(arguments, &diags);
    if (status != YS_OK) {
        return YS_EXIT_USAGE;
    }
    options->proof = ys_proof_value(arguments->arena, proof);
    return YS_EXIT_GOOD;
}

/* --previous is verified before the run, so that hours of work do not end with its refusal. */
static enum ys_status name_previous(const struct ys_arguments *arguments,
                                    struct ys_run_options *options, struct ys_err *reterr)
{
    const char *previous = ys_option_text(arguments, "previous");
    if (!previous) {
        return YS_OK;
    }
    if (options->purpose == YS_PURPOSE_GATE || options->shard.count > 1) {
        return ys_err_set(reterr, YS_ERR_USAGE, "--previous is for the report of a whole run; %s",
                          options->shard.count > 1 ? "merge the parts, then 'report --previous'"
                                                   : "a gate compares with its --baseline");
    }
    return ys_previous_name(arguments->arena, previous, options->candidate->id,
                            options->pack->regulation->id, &options->previous, reterr);
}

static enum ys_exit conclude(const struct ys_arguments *arguments,
                             const struct ys_run_options *options,
                             const struct ys_gate_files *gate)
{
    const char *run_dir = options->run_dir;
    struct ys_err err;
    const struct ys_value *result = NULL;
    if (options->purpose != YS_PURPOSE_GATE || options->shard.count > 1) {
        return ys_summary_conclude(arguments, run_dir, ys_option_text(arguments, "previous"));
    }
    if (ys_summary_load(arguments->arena, run_dir, &result, &err) != YS_OK ||
        ys_summary_reports(arguments, run_dir, ys_json_stream_of(arguments->arena, result, "cases"),
                           NULL, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    return ys_cli_gate_conclude(arguments, run_dir, result, gate);
}

static enum ys_exit execute(const struct ys_arguments *arguments, const struct ys_inputs *inputs,
                            struct ys_run_options *options, const struct ys_gate_files *gate)
{
    struct ys_err err;
    struct ys_run_summary summary;
    enum ys_status status = ys_cli_run(arguments, options, &summary, &err);
    if (status == YS_ERR_USAGE && options->purpose == YS_PURPOSE_GATE) {
        return ys_cli_gate_refuse(arguments, options->run_dir, inputs->candidate->id, &err);
    }
    return status == YS_OK ? conclude(arguments, options, gate) : ys_cli_fail(&err);
}

static enum ys_exit parse_options(const struct ys_arguments *arguments,
                                  struct ys_run_options *options)
{
    uint64_t jobs = 1;
    enum ys_exit status = parse_purpose(arguments, &options->purpose);
    if (status == YS_EXIT_GOOD) {
        status = parse_number(arguments, "jobs", 1, YS_PARALLEL_MAX, &jobs);
    }
    if (status == YS_EXIT_GOOD) {
        options->seed = (uint64_t)ys_clock_real()->wall_us(ys_clock_real()->context);
        status = parse_number(arguments, "seed", 0, UINT64_MAX, &options->seed);
    }
    if (status == YS_EXIT_GOOD) {
        status = parse_parts(arguments, options);
    }
    if (status == YS_EXIT_GOOD) {
        status = parse_recording(arguments, options);
    }
    options->jobs = (unsigned)jobs;
    options->keeps_vault = !ys_option_given(arguments, "no-vault") && !options->replay_cards;
    options->allow_virtual = ys_option_given(arguments, "allow-virtual");
    options->shuffle = ys_option_given(arguments, "shuffle");
    options->build = ys_option_text(arguments, "build");
    options->inspector = ys_option_text(arguments, "inspector");
    options->run_dir = ys_option_text(arguments, "output");
    return status;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    struct ys_gate_files gate = {NULL, NULL};
    struct ys_run_options options = {.purpose = YS_PURPOSE_SELFTEST, .jobs = 1};
    struct ys_arguments resumed;
    const char *run_dir = ys_option_text(arguments, "resume");
    enum ys_exit status = parse_options(arguments, &options);
    if (status == YS_EXIT_GOOD && run_dir) {
        status = ys_resume_arguments(arguments, run_dir, &resumed, &options);
        arguments = &resumed;
    }
    if (status != YS_EXIT_GOOD) {
        return status;
    }
    if (options.purpose != YS_PURPOSE_GATE && ys_cli_gate_wanted(arguments)) {
        return ys_cli_usage(arguments, "--baseline and --gate are for --purpose gate; a run for %s "
                                       "excuses nothing",
                            ys_purpose_name(options.purpose));
    }
    if (options.shard.count > 1 && ys_cli_gate_wanted(arguments)) {
        return ys_cli_usage(arguments,
                            "a part decides nothing: merge the parts, then 'yanshou gate'");
    }
    if (!ys_option_given(arguments, "candidate")) {
        return ys_cli_usage(arguments, "-c CANDIDATE is missing");
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    options.pack = inputs.pack;
    options.candidate = inputs.candidate;
    if (!options.run_dir) {
        options.run_dir = ys_cli_run_dir(arguments->arena, inputs.candidate);
    }
    if (!options.resume && load_proof(arguments, &options) != YS_EXIT_GOOD) {
        return YS_EXIT_USAGE;
    }
    if (name_previous(arguments, &options, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (ys_cli_gate_load(arguments, ys_cli_retrofit_end(arguments->arena, &inputs), &gate, &err) !=
        YS_OK) {
        return ys_cli_fail(&err);
    }
    enum ys_status selected =
        run_dir ? YS_OK : ys_selection_make(arguments, &inputs, &options, &err);
    if (selected == YS_ERR_USAGE && options.purpose == YS_PURPOSE_GATE) {
        return ys_cli_gate_refuse(arguments, options.run_dir, inputs.candidate->id, &err);
    }
    return selected == YS_OK ? execute(arguments, &inputs, &options, &gate) : ys_cli_fail(&err);
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "the candidate file (required)"},
    {"suites", 's', "PATH",
     "a regulation folder, or a further suite file (repeatable);\n"
     "default: the folder that the candidate file names"},
    {"output", 'o', "RUNDIR", "the run directory to make (default runs/CANDIDATE-TIME)"},
    {"resume", 0, "RUNDIR",
     "go on with a run that was cut (killed, power, full disk); what it was given is\n"
     "taken from its manifest: no other option is needed but --jobs and --durations"},
    {"purpose", 0, "acceptance|selftest|gate", "what the run is for (default selftest)"},
    YS_SELECTION_OPTIONS,
    YS_GATE_OPTIONS,
    {"jobs", 'j', "N", "cases at once (default 1); readers and named locks are respected"},
    {"shuffle", 0, NULL,
     "start the cases in an order drawn from the seed; results do not depend on it"},
    {"shard", 0, "I/N",
     "only part I of N of the plan; 'auto' takes it from YANSHOU_SHARD, from\n"
     "CI_NODE_INDEX and CI_NODE_TOTAL, or ('auto/N') from JOB_COMPLETION_INDEX;\n"
     "'yanshou merge' joins the parts"},
    {"durations", 0, "RUN",
     "balance the parts by the durations of an earlier run (RUNDIR or result.json)"},
    {"seed", 0, "N", "seed of samples, so that a run can be made again"},
    {"build", 0, "ID",
     "the candidate's build or release id, for the record (default: what the bank names\n"
     "where release.get is bound)"},
    {"inspector", 0, "NAME", "who answers for the run; stands on the cover of the report"},
    {"previous", 0, "RUNDIR",
     "the previous signed run of this bank: the report tells what changed since. It must\n"
     "verify; the manifest names its seal, so that no other can be compared later"},
    {"proof", 0, "FILE",
     "which seeded defects the cases catch, proof.json of tools/prove.sh: the report says how\n"
     "many are proven able to fail (default: proof.json beside the regulation, if it is there)"},
    {"no-vault", 0, NULL,
     "forget the key of the marks at the end: no value of the run can be opened by 'reveal',\n"
     "and a run that is cut cannot be resumed"},
    {"record-cards", 0, "DIR",
     "keep in DIR what the cards say, a transcript a case: personal data stand there in\n"
     "clear, a PIN as '?'"},
    {"replay-cards", 0, "DIR",
     "cards and readers from such a recording; no PC/SC service is needed. The result says\n"
     "so, and no acceptance can rest on it"},
    {"allow-virtual", 0, NULL, "accept virtual readers in an acceptance run; the report says so"},
};

const struct ys_command ys_command_run = {
    .name = "run",
    .summary = "run the suites against a candidate, judge each clause, write the report",
    .operands = "",
    .about = "Runs every case of the suites against the candidate's endpoints and card readers, "
             "records\n"
             "each exchange in a hash-chained log, judges, and leaves a run directory with "
             "result.json,\n"
             "report.html and junit.xml, of an acceptance report.pdf as well. Ctrl-C ends it "
             "cleanly:\n"
             "what was made is undone, and the run is sealed as interrupted. A run that was killed "
             "goes\n"
             "on with --resume RUNDIR: verdicts stay, and nothing that the record shows as done is "
             "done\n"
             "again.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .run = run,
};
