/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_resume_arguments.h"

#include <string.h>

#include "ys_file.h"
#include "ys_json.h"

static enum ys_status load_manifest(struct ys_arena *arena, const char *run_dir,
                                    const struct ys_value **ret_manifest, struct ys_err *reterr)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    const char *path = ys_path_join(arena, run_dir, "manifest.json");
    enum ys_status status = ys_file_read(path, &text, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(arena, text.bytes, text.length, ret_manifest, reterr);
    }
    ys_buf_clear(&text);
    return status;
}

static void set_default(struct ys_arguments *arguments, const char *name, const char *value)
{
    for (size_t i = 0; value && i < arguments->command->option_count; i++) {
        if (strcmp(arguments->command->options[i].name, name) == 0 &&
            arguments->options[i].count < YS_VALUES_MAX) {
            arguments->options[i].values[arguments->options[i].count++] = value;
        }
    }
}

/* The candidate, and suites that were given besides those of the folder: they stand before it. */
static void set_inputs(struct ys_arguments *arguments, const struct ys_value *manifest)
{
    const struct ys_value *inputs = ys_value_get(manifest, "inputs");
    const char *folder = ys_value_get_text(manifest, "suites");
    size_t count = ys_value_count(inputs);
    const char *candidate = ys_value_get_text(manifest, "candidate_file");
    if (!ys_option_given(arguments, "candidate")) {
        set_default(arguments, "candidate", candidate);
    }
    if (ys_option_given(arguments, "suites") || !folder) {
        return;
    }
    set_default(arguments, "suites", folder);
    for (size_t i = 0; i < count; i++) {
        const char *file = ys_value_get_text(ys_value_at(inputs, i), "file");
        size_t length = strlen(folder);
        if (file && candidate && strcmp(file, candidate) == 0) {
            break;
        }
        if (file && (strncmp(file, folder, length) != 0 || file[length] != '/')) {
            set_default(arguments, "suites", file);
        }
    }
}

static const char *const *texts_of(struct ys_arena *arena, const struct ys_value *list,
                                   size_t *ret_count)
{
    size_t count = ys_value_count(list);
    const char **texts = ys_arena_calloc(arena, count + 1u, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        const char *text = ys_value_text(ys_value_at(list, i));
        texts[i] = text ? text : "";
    }
    *ret_count = count;
    return texts;
}

/* Options of the run itself cannot be given anew: they would make it another run. */
static enum ys_exit refuse_given(const struct ys_arguments *arguments)
{
    static const char *const names[] = {"output",       "purpose",       "case",    "clause",
                                        "failed-of",    "changed-since", "shuffle", "shard",
                                        "no-vault",     "allow-virtual", "build",   "inspector",
                                        "record-cards", "replay-cards",  "proof",   "previous"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (ys_option_given(arguments, names[i])) {
            return ys_cli_usage(arguments,
                                "--%s has no place beside --resume: it is as the manifest says",
                                names[i]);
        }
    }
    return YS_EXIT_GOOD;
}

static enum ys_exit set_options(const struct ys_arguments *arguments,
                                const struct ys_value *manifest, struct ys_run_options *options)
{
    const char *seed = ys_value_get_text(manifest, "seed");
    const struct ys_value *selection = ys_value_get(manifest, "selection");
    const struct ys_value *plan = ys_value_get(manifest, "plan");
    const struct ys_value *shard = ys_value_get(plan, "shard");
    uint64_t number = 0;
    if (!selection || !plan || !seed || ys_parse_u64(seed, strlen(seed), &number) != YS_OK) {
        fprintf(stderr, "yanshou: the manifest was written by an older version and lacks what "
                        "going on needs\n");
        return YS_EXIT_HARNESS;
    }
    (void)ys_purpose_named(ys_value_get_text(manifest, "purpose"), &options->purpose);
    if (!ys_option_given(arguments, "seed")) {
        options->seed = number;
    }
    options->resume = true;
    options->keeps_vault = true;
    options->allow_virtual = ys_value_get_bool(manifest, "allow_virtual", false);
    options->shuffle = ys_value_get_bool(plan, "shuffled", false);
    options->build = ys_value_get_text(manifest, "build");
    options->inspector = ys_value_get_text(manifest, "inspector");
    options->proof = ys_value_get(manifest, "proof");
    options->previous = ys_value_get(manifest, "previous");
    options->case_globs = texts_of(arguments->arena, ys_value_get(selection, "cases"),
                                   &options->case_glob_count);
    options->clause_ids = texts_of(arguments->arena, ys_value_get(selection, "clauses"),
                                   &options->clause_id_count);
    if (ys_value_get(selection, "ids")) {
        options->case_ids = texts_of(arguments->arena, ys_value_get(selection, "ids"),
                                     &options->case_id_count);
    }
    options->shard.index = (unsigned)ys_value_get_int(shard, "index", 0);
    options->shard.count = (unsigned)ys_value_get_int(shard, "of", 0);
    if (!ys_option_given(arguments, "jobs")) {
        options->jobs = (unsigned)ys_value_get_int(manifest, "jobs", 1);
    }
    return YS_EXIT_GOOD;
}

enum ys_exit ys_resume_arguments(const struct ys_arguments *arguments, const char *run_dir,
                                 struct ys_arguments *ret_arguments,
                                 struct ys_run_options *options)
{
    struct ys_err err;
    const struct ys_value *manifest = NULL;
    *ret_arguments = *arguments;
    enum ys_exit status = refuse_given(arguments);
    if (status != YS_EXIT_GOOD) {
        return status;
    }
    if (!ys_folder_exists(run_dir)) {
        return ys_cli_usage(arguments, "there is no run directory %s", run_dir);
    }
    if (load_manifest(arguments->arena, run_dir, &manifest, &err) != YS_OK) {
        fprintf(stderr,
                "yanshou: %s was cut before its first case: there is nothing to go on with; start "
                "a new run (%s)\n",
                run_dir, err.text);
        return YS_EXIT_HARNESS;
    }
    options->run_dir = run_dir;
    set_inputs(ret_arguments, manifest);
    return set_options(arguments, manifest, options);
}
