/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal is a small canonical JSON file of digests; ys_verify.c reads it back. It proves that
 * nothing changed since it was written, not who wrote it: that is the signature's work.
 */
#include "ys_seal.h"

#include <assert.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_seal_parts.h"

const char *const ys_seal_files[YS_SEAL_FILES] = {"manifest.json", "result.json"};

const char *ys_fault_name(enum ys_fault fault)
{
    switch (fault) {
    case YS_FAULT_NONE:
        return "none";
    case YS_FAULT_MISSING:
        return "missing";
    case YS_FAULT_SYNTAX:
        return "syntax";
    case YS_FAULT_CUT:
        return "cut";
    case YS_FAULT_SEQUENCE:
        return "sequence";
    case YS_FAULT_CHAIN:
        return "chain";
    case YS_FAULT_DIGEST:
        return "digest";
    case YS_FAULT_EXTRA:
        return "extra";
    case YS_FAULT_UNSEALED:
        return "unsealed";
    case YS_FAULT_SIGNATURE:
        return "signature";
    case YS_FAULT_CERTIFICATE:
        return "certificate";
    }
    return "unknown";
}

bool ys_seal_is_digest(const char *text)
{
    return strlen(text) == YS_SM3_HEX_MAX - 1u &&
           strspn(text, "0123456789abcdef") == YS_SM3_HEX_MAX - 1u;
}

static enum ys_status list_blobs(struct ys_arena *arena, const char *run_dir,
                                 struct ys_value *ret_list, struct ys_err *reterr)
{
    const char *folder = ys_path_join(arena, run_dir, "blobs");
    if (!ys_folder_exists(folder)) {
        return YS_OK;
    }
    const char **names = NULL;
    size_t count = 0;
    enum ys_status status = ys_folder_list(arena, folder, NULL, &names, &count, reterr);
    for (size_t i = 0; i < count && status == YS_OK; i++) {
        if (!ys_seal_is_digest(names[i])) {
            return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                              "%s/%s is no blob of this run; move it out of the run directory",
                              folder, names[i]);
        }
        ys_value_append(arena, ret_list, ys_value_string(arena, names[i]));
    }
    return status;
}

static enum ys_status digest_file(struct ys_arena *arena, const char *run_dir, const char *name,
                                  struct ys_value *ret_map, struct ys_err *reterr)
{
    char digest[YS_SM3_HEX_MAX];
    enum ys_status status = ys_file_sm3(ys_path_join(arena, run_dir, name), digest, reterr);
    if (status == YS_OK) {
        ys_value_set_text(arena, ret_map, name, digest);
    }
    return status;
}

enum ys_status ys_seal_attestations(struct ys_arena *arena, const char *run_dir,
                                    const char ***ret_names, size_t *ret_count,
                                    struct ys_err *reterr)
{
    const char **names = NULL;
    size_t count = 0;
    const char *folder = ys_path_join(arena, run_dir, YS_ATTESTATIONS);
    if (ys_folder_exists(folder)) {
        enum ys_status status = ys_folder_list(arena, folder, NULL, &names, &count, reterr);
        if (status != YS_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = ys_path_join(arena, YS_ATTESTATIONS, names[i]);
    }
    *ret_names = names;
    *ret_count = count;
    return YS_OK;
}

static enum ys_status digest_files(struct ys_arena *arena, const char *run_dir,
                                   struct ys_value *ret_map, struct ys_err *reterr)
{
    const char **attestations = NULL;
    size_t count = 0;
    enum ys_status status = ys_seal_attestations(arena, run_dir, &attestations, &count, reterr);
    for (size_t i = 0; i < YS_SEAL_FILES && status == YS_OK; i++) {
        if (ys_file_exists(ys_path_join(arena, run_dir, ys_seal_files[i]))) {
            status = digest_file(arena, run_dir, ys_seal_files[i], ret_map, reterr);
        }
    }
    for (size_t i = 0; i < count && status == YS_OK; i++) {
        status = digest_file(arena, run_dir, attestations[i], ret_map, reterr);
    }
    return status;
}

enum ys_status ys_seal_write(const char *run_dir, const char *chain_head, int64_t records,
                             bool interrupted, struct ys_err *reterr)
{
    assert(run_dir);
    assert(chain_head);
    struct ys_arena arena;
    struct ys_buf text;
    ys_arena_init(&arena);
    ys_buf_init(&text, YS_FILE_BYTES_MAX);

    struct ys_value *evidence = ys_value_map(&arena);
    ys_value_set_text(&arena, evidence, "head", chain_head);
    ys_value_set_int(&arena, evidence, "records", records);
    struct ys_value *blobs = ys_value_list(&arena);
    struct ys_value *files = ys_value_map(&arena);
    struct ys_value *seal = ys_value_map(&arena);
    ys_value_set_text(&arena, seal, "schema", YS_SEAL_SCHEMA);
    ys_value_set_bool(&arena, seal, "interrupted", interrupted);
    ys_value_set(&arena, seal, "evidence", evidence);
    ys_value_set(&arena, seal, "files", files);
    ys_value_set(&arena, seal, "blobs", blobs);

    enum ys_status status = list_blobs(&arena, run_dir, blobs, reterr);
    if (status == YS_OK) {
        status = digest_files(&arena, run_dir, files, reterr);
    }
    if (status == YS_OK &&
        (ys_json_write(seal, &text) != YS_OK || ys_buf_append_char(&text, '\n') != YS_OK)) {
        status = ys_err_set(reterr, YS_ERR_LIMIT,
                            "the seal of %s is longer than %u bytes (YS_FILE_BYTES_MAX)", run_dir,
                            YS_FILE_BYTES_MAX);
    }
    if (status == YS_OK) {
        const char *path = ys_path_join(&arena, run_dir, YS_SEAL_FILE);
        status = ys_file_write(path, text.bytes, text.length, reterr);
    }
    ys_buf_clear(&text);
    ys_arena_clear(&arena);
    return status;
}
