/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou attest: what named persons found of documents and on site, beside the record of a run. */
#include <string.h>

#include "ys_attest.h"
#include "ys_attest_dialogue.h"
#include "ys_cli.h"
#include "ys_cli_summary.h"
#include "ys_file.h"

/* ---- the list ---- */

static enum ys_exit list(const struct ys_arguments *arguments, const struct ys_attest *attest)
{
    const struct ys_value *all = ys_attest_asked(attest);
    bool every = ys_option_given(arguments, "all");
    struct ys_value *out = ys_value_list(arguments->arena);
    size_t count = 0;
    for (size_t i = 0; i < ys_value_count(all); i++) {
        const struct ys_value *asked = ys_value_at(all, i);
        bool open = ys_attest_is_open(attest, asked);
        if (!open && !every) {
            continue;
        }
        count++;
        if (arguments->json) {
            struct ys_value *one = ys_value_copy(arguments->arena, asked);
            ys_value_set_bool(arguments->arena, one, "open", open);
            ys_value_append(arguments->arena, out, one);
        } else {
            ys_attest_print_question(arguments, attest, asked);
            ys_attest_print_found(arguments, asked);
            printf("\n");
        }
    }
    if (arguments->json) {
        return ys_cli_print_json(out);
    }
    printf(strcmp(arguments->lang, "en") == 0 ? "%zu question(s)\n" : "共 %zu 个问题\n", count);
    return YS_EXIT_GOOD;
}

/* ---- from a file ---- */

/* All of them can be taken in, or none is. */
static enum ys_status check_all(struct ys_attest *attest, const struct ys_answers *answers,
                                struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < answers->count && status == YS_OK; i++) {
        struct ys_err err;
        status = ys_attest_check(attest, &answers->items[i], &err);
        if (status != YS_OK) {
            status = ys_err_at(reterr, status, answers->document->name,
                               answers->items[i].at ? answers->items[i].at->line : 0,
                               answers->items[i].at ? answers->items[i].at->column : 0, "%s",
                               err.text);
        }
    }
    return status;
}

/* What one person found, and behind it what a second one confirms. */
static enum ys_status take_one(const struct ys_arguments *arguments, struct ys_attest *attest,
                               const struct ys_answer *answer, size_t counts[3],
                               struct ys_err *reterr)
{
    enum ys_taken taken = YS_TAKEN_NEW;
    enum ys_status status = ys_attest_take(
        attest, answer, ys_option_given(arguments, "keep-position"), &taken, reterr);
    counts[taken] += status == YS_OK;
    if (status == YS_OK && answer->confirmed_by.who) {
        struct ys_answer second = ys_answer_confirming(answer, ys_attest_last_id(attest));
        status = ys_attest_take(attest, &second, false, &taken, reterr);
        counts[taken] += status == YS_OK;
    }
    return status;
}

static enum ys_status take_all(const struct ys_arguments *arguments, struct ys_attest *attest,
                               const char *path, struct ys_err *reterr)
{
    struct ys_diags diags;
    const struct ys_answers *answers = NULL;
    size_t counts[3] = {0};
    ys_diags_init(&diags, arguments->arena);
    enum ys_status status = ys_answers_load(arguments->arena, path, &diags, &answers);
    ys_cli_tell(arguments, &diags);
    if (status != YS_OK) {
        return ys_err_set(reterr, status, "%s is not usable; nothing was taken in", path);
    }
    status = check_all(attest, answers, reterr);
    for (size_t i = 0; i < answers->count && status == YS_OK; i++) {
        status = take_one(arguments, attest, &answers->items[i], counts, reterr);
    }
    if (status == YS_OK && !arguments->json) {
        printf(strcmp(arguments->lang, "en") == 0
                   ? "taken in: %zu new, %zu instead of earlier ones; %zu were there already\n"
                   : "已记录：新认定 %zu 项，取代原认定 %zu 项；已有相同认定 %zu 项\n",
               counts[YS_TAKEN_NEW], counts[YS_TAKEN_INSTEAD], counts[YS_TAKEN_ALREADY]);
    }
    return status;
}

/* ---- the command ---- */

static enum ys_exit conclude(const struct ys_arguments *arguments, const char *run_dir,
                             struct ys_attest *attest)
{
    struct ys_err err;
    const struct ys_value *result = NULL;
    return ys_attest_finish(attest, &result, &err) == YS_OK
               ? ys_summary_conclude(arguments, run_dir, NULL)
               : ys_cli_fail(&err);
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    const char *run_dir = arguments->positionals[0];
    const char *from = ys_option_text(arguments, "from");
    bool lists = ys_option_given(arguments, "list") || ys_option_given(arguments, "all");
    struct ys_err err;
    struct ys_inputs inputs;
    struct ys_attest *attest = NULL;
    if (!ys_folder_exists(run_dir)) {
        return ys_cli_usage(arguments, "there is no run directory %s", run_dir);
    }
    if (from && lists) {
        return ys_cli_usage(arguments, "--list shows and --from takes in; one at a time");
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK ||
        ys_attest_open(arguments->arena, run_dir, inputs.pack, ys_clock_real(), &attest, &err) !=
            YS_OK) {
        return ys_cli_fail(&err);
    }
    if (ys_attest_is_unfinished(attest)) {
        fprintf(stderr, "yanshou: an earlier session did not end; what it took in stands\n");
    }
    if (lists) {
        return list(arguments, attest);
    }
    if (ys_attest_is_signed(attest)) {
        ys_err_set(&err, YS_ERR_EVIDENCE_STATE,
                   "the run is signed, and a signature says that nothing is added: attest a copy "
                   "of the folder without its signature.json, and have that signed; --list "
                   "still shows the questions");
        return ys_cli_fail(&err);
    }
    enum ys_status status = from ? take_all(arguments, attest, from, &err)
                                 : ys_attest_dialogue(arguments, attest, &err);
    if (status != YS_OK) {
        ys_cli_fail(&err);
        /* What was taken in before stands and is sealed. */
        const struct ys_value *result = NULL;
        struct ys_err later;
        if (ys_attest_finish(attest, &result, &later) != YS_OK) {
            return ys_cli_fail(&later);
        }
        return status == YS_ERR_INVALID || status == YS_ERR_ARGUMENT ? YS_EXIT_USAGE
                                                                     : YS_EXIT_HARNESS;
    }
    return conclude(arguments, run_dir, attest);
}

static const struct ys_option OPTIONS[] = {
    {"from", 0, "FILE",
     "findings collected before, in YAML (suites/schema/attestations.schema.json);\n"
     "all are taken in or none"},
    {"list", 0, NULL, "show the questions that wait for a person, and end"},
    {"all", 0, NULL, "show every question, and end"},
    {"who", 0, "NAME", "who answers; asked for when it is not given"},
    {"role", 0, "WORD", "as whom: inspector (default), witness …"},
    {"seen", 0, "DATE", "the day of the look, YYYY-MM-DD (default today)"},
    {"keep-position", 0, NULL,
     "keep all that pictures tell; else only picture, orientation and time stay"},
    {"suites", 's', "PATH", "the regulation folder of the run; default: as installed"},
};

const struct ys_command ys_command_attest = {
    .name = "attest",
    .summary = "take in what named persons found of documents and on site",
    .operands = "RUNDIR",
    .about =
        "Asks, one at a time, what the regulation wants persons to find out: about each document\n"
        "that stood its checks, and on site at branches that the run's seed drew. Each answer is\n"
        "kept at once with name, day and files (pictures, PDF; by their SM3), in a chain of its\n"
        "own beside the record; `b` goes back, `q` ends, and nothing is lost. An answer given\n"
        "again supersedes your earlier one, which stays in the history. At the end the result is\n"
        "computed anew and sealed; the exit status is that of the conclusion. A finding expires,\n"
        "and never passes by default; where two persons are wanted, the second answers alone, or\n"
        "with `c` confirms what the first found (in a file: confirmed_by, or confirms with the\n"
        "id). Nobody confirms their own finding, however the name is written.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
