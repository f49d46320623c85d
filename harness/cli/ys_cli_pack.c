/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and loads what -s and -c name: the regulation folder, further suites, the candidate. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_cli.h"
#include "ys_file.h"
#include "ys_yaml.h"

/*
 * The folder that holds the regulation folders: $YS_DATA_DIR/suites, else beside the program
 * (BIN/../share/yanshou/suites), else the source tree this build came from.
 */
static const char *find_suites_folder(struct ys_arena *arena)
{
    const char *data = getenv("YS_DATA_DIR");
    if (data && data[0]) {
        return ys_path_join(arena, data, "suites");
    }
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = '\0';
        const char *installed = ys_path_beside(arena, program, "../share/yanshou/suites");
        if (ys_folder_exists(installed)) {
            return installed;
        }
    }
    return YS_SOURCE_SUITES;
}

/* The same folder as seen from the working directory, where it lies below it: shorter to read. */
static const char *from_here(struct ys_arena *arena, const char *path)
{
    char here[4096];
    if (!getcwd(here, sizeof here)) {
        return path;
    }
    size_t length = strlen(here);
    bool below = strncmp(path, here, length) == 0 && path[length] == '/' && path[length + 1];
    return below ? ys_arena_strdup(arena, path + length + 1) : path;
}

/* The regulation that a candidate file names, before it is loaded as a whole. */
static const char *candidate_regulation(struct ys_arena *arena, const char *path)
{
    const struct ys_document *document = NULL;
    const char *regulation = NULL;
    if (path && ys_yaml_load(arena, path, &document, NULL) == YS_OK) {
        regulation = ys_value_get_text(document->root, "regulation");
    }
    return regulation ? regulation : "beijing-2024";
}

enum ys_status ys_cli_load(const struct ys_arguments *arguments, struct ys_inputs *ret_inputs,
                           struct ys_err *reterr)
{
    struct ys_arena *arena = arguments->arena;
    struct ys_inputs inputs = {0};
    ys_diags_init(&inputs.diags, arena);

    const char *candidate_path = ys_option_text(arguments, "candidate");
    const char *const *given = NULL;
    size_t given_count = ys_option_values(arguments, "suites", &given);
    const char *extra[YS_VALUES_MAX];
    size_t extra_count = 0;
    const char *folder = NULL;
    for (size_t i = 0; i < given_count; i++) {
        if (!ys_folder_exists(given[i])) {
            extra[extra_count++] = given[i];
        } else if (folder) {
            return ys_err_set(reterr, YS_ERR_USAGE,
                              "-s names two folders, '%s' and '%s'; a run has one regulation",
                              folder, given[i]);
        } else {
            folder = given[i];
        }
    }
    if (!folder) {
        folder = ys_path_join(arena, from_here(arena, find_suites_folder(arena)),
                              candidate_regulation(arena, candidate_path));
    }
    if (!ys_folder_exists(folder)) {
        return ys_err_set(reterr, YS_ERR_NOT_FOUND,
                          "there is no regulation folder %s; name one with -s", folder);
    }
    enum ys_status status =
        ys_pack_load(arena, folder, extra, extra_count, &inputs.diags, &inputs.pack);
    if (inputs.pack && candidate_path) {
        enum ys_status loaded =
            ys_candidate_load(arena, candidate_path, inputs.pack, &inputs.diags, &inputs.candidate);
        status = status == YS_OK ? loaded : status;
        if (inputs.candidate && inputs.candidate->card) {
            loaded = ys_pack_state(arena, inputs.pack, inputs.candidate->card, &inputs.diags,
                                   &inputs.pack);
            status = status == YS_OK ? loaded : status;
        }
    }
    ys_cli_tell(arguments, &inputs.diags);
    *ret_inputs = inputs;
    if (status == YS_ERR_INVALID || (status == YS_OK && inputs.diags.errors)) {
        return ys_err_set(reterr, YS_ERR_INVALID, "%zu problem%s; nothing was run",
                          inputs.diags.errors, inputs.diags.errors == 1 ? "" : "s");
    }
    return status == YS_OK ? YS_OK : ys_err_set(reterr, status, "%s", ys_status_text(status));
}
