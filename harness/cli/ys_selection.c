/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_selection.h"

#include <fnmatch.h>
#include <string.h>

#include "ys_cli_summary.h"

static const struct ys_value *case_of(const struct ys_value *result, const char *id)
{
    const struct ys_value *cases = ys_value_get(result, "cases");
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        if (strcmp(ys_value_word(ys_value_at(cases, i), "id"), id) == 0) {
            return ys_value_at(cases, i);
        }
    }
    return NULL;
}

/* ---- each choice matches something ---- */

static bool judges(const struct ys_case *subject, const char *clause)
{
    for (size_t i = 0; i < subject->clause_count; i++) {
        if (strcmp(subject->clauses[i], clause) == 0) {
            return true;
        }
    }
    return false;
}

static bool matches_any(const struct ys_pack *pack, const char *glob, const char *clause)
{
    for (size_t i = 0; i < pack->suite_count; i++) {
        for (size_t k = 0; k < pack->suites[i]->case_count; k++) {
            const struct ys_case *subject = &pack->suites[i]->cases[k];
            if (glob ? fnmatch(glob, subject->id, 0) == 0 : judges(subject, clause)) {
                return true;
            }
        }
    }
    return false;
}

static enum ys_status check_choices(const struct ys_pack *pack,
                                    const struct ys_run_options *options, struct ys_err *reterr)
{
    for (size_t i = 0; i < options->case_glob_count; i++) {
        if (!matches_any(pack, options->case_globs[i], NULL)) {
            return ys_err_set(reterr, YS_ERR_USAGE,
                              "--case '%s' matches no case; 'yanshou list' shows them",
                              options->case_globs[i]);
        }
    }
    for (size_t i = 0; i < options->clause_id_count; i++) {
        const char *id = options->clause_ids[i];
        const struct ys_clause *clause = ys_regulation_clause(pack->regulation, id);
        /* Documents and persons judge some clauses alone. */
        bool judged = clause && (clause->modes & ~YS_MODE_AUTOMATIC);
        if (!judged && !matches_any(pack, NULL, id)) {
            return ys_err_set(reterr, YS_ERR_USAGE, "--clause %s: %s", id,
                              clause ? "no case judges this clause"
                                     : "the regulation has no such clause");
        }
    }
    return YS_OK;
}

/* ---- by an earlier run ---- */

static bool did_not_pass(const struct ys_value *then)
{
    const char *verdict = ys_value_word(then, "verdict");
    return then && strcmp(verdict, "pass") != 0 && strcmp(verdict, "not-applicable") != 0;
}

static bool has_changed(struct ys_arena *arena, const struct ys_inputs *inputs,
                        const struct ys_case *subject, const struct ys_value *then)
{
    struct ys_case_digests digests;
    const struct ys_value *recorded = ys_value_get(then, "inputs");
    ys_case_digest(arena, inputs->pack, inputs->candidate, subject, &digests);
    return strcmp(ys_value_word(recorded, "suite"), digests.suite) != 0 ||
           strcmp(ys_value_word(recorded, "bindings"), digests.bindings) != 0;
}

static enum ys_status load_run(struct ys_arena *arena, const char *option, const char *path,
                               const struct ys_value **ret_result, struct ys_err *reterr)
{
    struct ys_err err;
    if (ys_summary_load(arena, path, ret_result, &err) != YS_OK) {
        return ys_err_prefix(reterr, &err, "--%s", option);
    }
    if (strcmp(ys_value_word(*ret_result, "schema"), "yanshou-result-1") != 0) {
        return ys_err_set(reterr, YS_ERR_INVALID, "--%s: %s/result.json is no result", option,
                          path);
    }
    return YS_OK;
}

struct earlier {
    const struct ys_value *failed; /* result of --failed-of, or NULL */
    const struct ys_value *since;  /* result of --changed-since, or NULL */
};

static enum ys_status narrow(const struct ys_arguments *arguments, const struct ys_inputs *inputs,
                             const struct earlier *earlier, struct ys_run_options *options,
                             struct ys_err *reterr)
{
    struct ys_arena *arena = arguments->arena;
    size_t total = 0;
    for (size_t i = 0; i < inputs->pack->suite_count; i++) {
        total += inputs->pack->suites[i]->case_count;
    }
    const char **ids = ys_arena_calloc(arena, total + 1, sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; i < inputs->pack->suite_count; i++) {
        for (size_t k = 0; k < inputs->pack->suites[i]->case_count; k++) {
            const struct ys_case *subject = &inputs->pack->suites[i]->cases[k];
            bool chosen = !earlier->failed || did_not_pass(case_of(earlier->failed, subject->id));
            chosen = chosen &&
                     (!earlier->since ||
                      has_changed(arena, inputs, subject, case_of(earlier->since, subject->id)));
            if (chosen) {
                ids[count++] = subject->id;
            }
        }
    }
    if (!count) {
        return ys_err_set(reterr, YS_ERR_USAGE, "nothing is selected: %s%s",
                          earlier->failed ? "every case that ran there passed" : "",
                          !earlier->failed ? "no case differs from that run's"
                          : earlier->since ? ", or none of the others differs"
                                           : "");
    }
    options->case_ids = ids;
    options->case_id_count = count;
    return YS_OK;
}

/* What failed there and has no case of that name here any more must not vanish unseen. */
static void tell_gone(const struct ys_inputs *inputs, const struct ys_value *failed)
{
    const struct ys_value *cases = ys_value_get(failed, "cases");
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        if (did_not_pass(one) && !ys_pack_case(inputs->pack, ys_value_word(one, "id"))) {
            fprintf(stderr,
                    "yanshou: %s did not pass in that run and is no case of the suites now\n",
                    ys_value_word(one, "id"));
        }
    }
}

enum ys_status ys_selection_make(const struct ys_arguments *arguments,
                                 const struct ys_inputs *inputs, struct ys_run_options *options,
                                 struct ys_err *reterr)
{
    struct earlier earlier = {NULL, NULL};
    const char *failed_of = ys_option_text(arguments, "failed-of");
    const char *since = ys_option_text(arguments, "changed-since");
    options->case_glob_count = ys_option_values(arguments, "case", &options->case_globs);
    options->clause_id_count = ys_option_values(arguments, "clause", &options->clause_ids);
    enum ys_status status = check_choices(inputs->pack, options, reterr);
    if (status == YS_OK && failed_of) {
        status = load_run(arguments->arena, "failed-of", failed_of, &earlier.failed, reterr);
    }
    if (status == YS_OK && since) {
        status = load_run(arguments->arena, "changed-since", since, &earlier.since, reterr);
    }
    if (status != YS_OK || (!failed_of && !since)) {
        return status;
    }
    if (earlier.failed) {
        tell_gone(inputs, earlier.failed);
    }
    return narrow(arguments, inputs, &earlier, options, reterr);
}
