/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_recording.h"

#include <string.h>
#include <sys/stat.h>

#include "ys_file.h"
#include "ys_json.h"

#define RECORDING_FILE "recording.json"
#define RECORDING_SCHEMA "yanshou-card-recording-1"

static const char *transcript_path(struct ys_arena *arena, const char *folder,
                                   const struct ys_case *subject)
{
    return ys_path_join(arena, folder, ys_arena_printf(arena, "%s.apdu", subject->id));
}

/* ---- the folder ---- */

static enum ys_status write_about(struct ys_engine *engine, const char *path,
                                  struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_buf text;
    char seed[32];
    ys_arena_init(&arena);
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)engine->options->seed);
    struct ys_value *root = ys_value_map(&arena);
    ys_value_set_text(&arena, root, "schema", RECORDING_SCHEMA);
    ys_value_set_text(&arena, root, "regulation", engine->pack->regulation->id);
    ys_value_set_text(&arena, root, "candidate", engine->candidate->id);
    ys_value_set(&arena, root, "run", engine->run_value);
    ys_value_set_text(&arena, root, "seed", seed);
    enum ys_status status = ys_json_write_pretty(root, &text);
    if (status == YS_OK) {
        status = ys_file_write(path, text.bytes, text.length, reterr);
    }
    ys_buf_clear(&text);
    ys_arena_clear(&arena);
    return status;
}

enum ys_status ys_recording_begin(struct ys_engine *engine, struct ys_err *reterr)
{
    const char *folder = engine->options->record_cards;
    if (!folder) {
        return YS_OK;
    }
    const char *path = ys_path_join(&engine->arena, folder, RECORDING_FILE);
    size_t length = strlen(engine->options->run_dir);
    if (strncmp(folder, engine->options->run_dir, length) == 0 &&
        (folder[length] == '/' || folder[length] == '\0')) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "the recording holds what the cards said in clear, so it cannot stand in "
                          "the run directory %s",
                          engine->options->run_dir);
    }
    if (ys_file_exists(path)) {
        return ys_err_set(reterr, YS_ERR_USAGE, "%s holds a recording already", folder);
    }
    enum ys_status status = ys_folder_make(folder, reterr);
    if (status == YS_OK && chmod(folder, 0700) != 0) {
        return ys_err_set(reterr, YS_ERR_IO, "%s cannot be kept from others", folder);
    }
    return status == YS_OK ? write_about(engine, path, reterr) : status;
}

enum ys_status ys_recording_read(struct ys_arena *arena, const char *folder,
                                 struct ys_run_options *options, struct ys_err *reterr)
{
    const char *path = ys_path_join(arena, folder, RECORDING_FILE);
    const struct ys_value *root = NULL;
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &text, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(arena, text.bytes, text.length, &root, reterr);
    }
    ys_buf_clear(&text);
    if (status != YS_OK) {
        return status;
    }
    const char *schema = ys_value_get_text(root, "schema");
    const char *seed = ys_value_get_text(root, "seed");
    const struct ys_value *run = ys_value_get(root, "run");
    uint64_t number = 0;
    if (!schema || strcmp(schema, RECORDING_SCHEMA) != 0 || !ys_value_get_text(run, "id") ||
        ys_value_get_int(run, "number", -1) < 0 || !seed ||
        ys_parse_u64(seed, strlen(seed), &number) != YS_OK) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "%s is not a " RECORDING_SCHEMA, path);
    }
    options->replay_cards = folder;
    options->recorded_run = run;
    options->seed = number;
    return YS_OK;
}

/* ---- a case ---- */

static bool open_transcript(struct ys_case_run *run, struct ys_trouble *trouble)
{
    const char *path =
        transcript_path(&run->arena, run->engine->options->replay_cards, run->subject);
    struct ys_buf text;
    struct ys_err err;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &text, &err);
    if (status == YS_OK) {
        status = ys_card_port_replay(path, text.bytes, text.length, &run->recorded, &err);
    }
    ys_buf_clear(&text);
    if (status == YS_ERR_NOT_FOUND) {
        return ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                              "the recording of the cards does not have this case");
    }
    return status == YS_OK || ys_trouble_err(trouble, &err);
}

const struct ys_card_port *ys_recording_port(struct ys_case_run *run, struct ys_trouble *trouble)
{
    const struct ys_run_options *options = run->engine->options;
    if (!options->replay_cards) {
        if (!options->cards) {
            ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                           "there is no PC/SC service; is pcscd running?");
        }
        return options->cards;
    }
    if (!run->recorded.driver && !open_transcript(run, trouble)) {
        return NULL;
    }
    return &run->recorded;
}

struct ys_card_tap *ys_recording_tap(struct ys_case_run *run, const char *role)
{
    if (!run->engine->options->record_cards) {
        return NULL;
    }
    if (!run->recorder) {
        run->recorder = ys_arena_alloc(&run->arena, sizeof *run->recorder);
        ys_card_recorder_init(run->recorder);
    }
    struct ys_card_tap *tap = ys_arena_alloc(&run->arena, sizeof *tap);
    *tap = (struct ys_card_tap){.recorder = run->recorder, .reader = role};
    return tap;
}

void ys_recording_end(struct ys_case_run *run)
{
    struct ys_card_recorder *recorder = run->recorder;
    struct ys_err err;
    ys_card_port_free(&run->recorded);
    if (!recorder) {
        return;
    }
    const char *path =
        transcript_path(&run->arena, run->engine->options->record_cards, run->subject);
    if (ys_file_write(path, recorder->text.bytes, recorder->text.length, &err) != YS_OK) {
        ys_engine_break(run->engine, &err);
    }
    ys_card_recorder_clear(recorder);
}
