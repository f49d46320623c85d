/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_previous.h"

#include <string.h>

#include "ys_cli_summary.h"
#include "ys_compare.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_signature.h"

#define KEPT_FOLDER "previous"

struct previous {
    struct ys_json_stream *result;
    char seal[YS_SM3_HEX_MAX];
    struct ys_signatures signatures;
};

static const char *id_of(const struct ys_value *result, const char *name)
{
    return ys_value_word(ys_value_get(result, name), "id");
}

/* A run directory, or the `is_kept` part of one. */
static enum ys_status verify(struct ys_arena *arena, const char *dir, bool is_kept,
                             struct previous *previous, struct ys_err *reterr)
{
    struct ys_verification found;
    if (!ys_folder_exists(dir)) {
        return ys_err_set(reterr, YS_ERR_USAGE, "there is no run directory %s", dir);
    }
    enum ys_status status =
        is_kept ? ys_result_verify(arena, dir, &found, &previous->signatures, reterr)
                : ys_run_verify(arena, dir, NULL, &found, &previous->signatures, reterr);
    if (status == YS_OK && found.fault != YS_FAULT_NONE) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN,
                          "%s does not verify (%s: %s: %s), so nothing is compared with it%s", dir,
                          ys_fault_name(found.fault), found.file, found.text,
                          is_kept ? "; name the whole run with 'report --previous', or remove "
                                    "this folder"
                                  : "");
    }
    if (status == YS_OK && previous->signatures.count == 0) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "%s is not signed, so nothing is compared with it; 'yanshou sign' signs",
                          dir);
    }
    return status == YS_OK
               ? ys_file_sm3(ys_path_join(arena, dir, "seal.json"), previous->seal, reterr)
               : status;
}

static enum ys_status check_same(const char *dir, const char *what, const char *was, const char *is,
                                 struct ys_err *reterr)
{
    return strcmp(was, is) == 0
               ? YS_OK
               : ys_err_set(reterr, YS_ERR_USAGE, "%s is a run of the %s '%s', this one is of '%s'",
                            dir, what, was, is);
}

/* Verifies, opens, and refuses a run of another bank or regulation. */
static enum ys_status open_previous(struct ys_arena *arena, const char *dir, bool is_kept,
                                    const char *candidate, const char *regulation,
                                    struct previous *ret_previous, struct ys_err *reterr)
{
    struct previous previous = {.result = NULL};
    enum ys_status status = verify(arena, dir, is_kept, &previous, reterr);
    if (status == YS_OK) {
        status = ys_summary_open(arena, dir, &previous.result, reterr);
    }
    if (status == YS_OK) {
        const struct ys_value *result = ys_json_stream_rest(previous.result);
        status = check_same(dir, "candidate", id_of(result, "candidate"), candidate, reterr);
        if (status == YS_OK) {
            status = check_same(dir, "regulation", id_of(result, "regulation"), regulation, reterr);
        }
    }
    if (status != YS_OK) {
        ys_json_stream_close(previous.result);
        return status;
    }
    *ret_previous = previous;
    return YS_OK;
}

enum ys_status ys_previous_name(struct ys_arena *arena, const char *previous_dir,
                                const char *candidate, const char *regulation,
                                const struct ys_value **ret_name, struct ys_err *reterr)
{
    struct previous previous;
    enum ys_status status =
        open_previous(arena, previous_dir, false, candidate, regulation, &previous, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *name = ys_value_map(arena);
    ys_value_set_text(arena, name, "run",
                      ys_value_get_text(ys_json_stream_rest(previous.result), "run"));
    ys_value_set_text(arena, name, "seal", previous.seal);
    ys_json_stream_close(previous.result);
    *ret_name = name;
    return YS_OK;
}

enum ys_status ys_previous_keep(struct ys_arena *arena, const char *previous_dir,
                                const char *run_dir, struct ys_err *reterr)
{
    static const char *const names[] = {"seal.json", YS_SIGNATURE_FILE, "result.json"};
    const char *kept = ys_path_join(arena, run_dir, KEPT_FOLDER);
    ys_folder_remove(kept);
    enum ys_status status = ys_folder_make(kept, reterr);
    for (size_t i = 0; status == YS_OK && i < sizeof names / sizeof names[0]; i++) {
        status = ys_file_copy(ys_path_join(arena, previous_dir, names[i]),
                              ys_path_join(arena, kept, names[i]), reterr);
    }
    return status;
}

static enum ys_status read_manifest(struct ys_arena *arena, const char *run_dir,
                                    const struct ys_value **ret_manifest, struct ys_err *reterr)
{
    struct ys_buf text;
    const char *path = ys_path_join(arena, run_dir, "manifest.json");
    if (!ys_file_exists(path)) {
        *ret_manifest = NULL;
        return YS_OK;
    }
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &text, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(arena, text.bytes, text.length, ret_manifest, reterr);
    }
    ys_buf_clear(&text);
    return status;
}

/* A run that says which one it follows is compared with no other, or who reports could choose. */
static enum ys_status check_follows(struct ys_arena *arena, const char *previous_dir,
                                    const char *run_dir, const struct ys_value *result,
                                    const struct previous *previous, struct ys_err *reterr)
{
    const struct ys_value *manifest = NULL;
    enum ys_status status = read_manifest(arena, run_dir, &manifest, reterr);
    if (status != YS_OK) {
        return status;
    }
    const char *wanted = ys_value_word(ys_value_get(manifest, "previous"), "seal");
    const struct ys_value *then = ys_json_stream_rest(previous->result);
    if (wanted[0] != '\0' && strcmp(wanted, previous->seal) != 0) {
        return ys_err_set(reterr, YS_ERR_USAGE,
                          "the manifest says that this run follows the one with the seal %s; that "
                          "of %s is %s",
                          wanted, previous_dir, previous->seal);
    }
    /* Times of results are in one form, so that their order is that of their bytes. */
    if (strcmp(ys_value_word(then, "started"), ys_value_word(result, "started")) >= 0) {
        return ys_err_set(reterr, YS_ERR_USAGE, "%s began at %s, which is not before this run, %s",
                          previous_dir, ys_value_word(then, "started"),
                          ys_value_word(result, "started"));
    }
    return YS_OK;
}

static struct ys_value *signatures_value(struct ys_arena *arena,
                                         const struct ys_signatures *signatures)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < signatures->count; i++) {
        const struct ys_signature *one = &signatures->items[i];
        struct ys_value *item = ys_value_map(arena);
        ys_value_set_text(arena, item, "role", one->role);
        ys_value_set_text(arena, item, "time", one->time);
        ys_value_set_text(arena, item, "subject", one->certificate.subject);
        ys_value_set_text(arena, item, "fingerprint", one->certificate.fingerprint);
        ys_value_append(arena, list, item);
    }
    return list;
}

static const struct ys_value *comparison_value(struct ys_arena *arena,
                                               const struct previous *previous,
                                               const struct ys_value *comparison)
{
    static const char *const names[] = {"run", "conclusion", "purpose", "started", "ended"};
    const struct ys_value *result = ys_json_stream_rest(previous->result);
    struct ys_value *whole = ys_value_copy(arena, comparison);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = ys_value_get_text(result, names[i]);
        ys_value_set_text(arena, whole, names[i], text ? ys_arena_strdup(arena, text) : NULL);
    }
    const char *build = ys_value_get_text(ys_value_get(result, "candidate"), "build");
    ys_value_set_text(arena, whole, "build", build ? ys_arena_strdup(arena, build) : NULL);
    ys_value_set_text(arena, whole, "seal", previous->seal);
    ys_value_set(arena, whole, "signatures", signatures_value(arena, &previous->signatures));
    return whole;
}

enum ys_status ys_previous_compare(struct ys_arena *arena, const char *previous_dir,
                                   const char *run_dir, struct ys_json_stream *result,
                                   const struct ys_value **ret_comparison, struct ys_err *reterr)
{
    const struct ys_value *rest = ys_json_stream_rest(result);
    const struct ys_value *comparison = NULL;
    struct previous previous;
    bool is_kept = !previous_dir;
    previous_dir = is_kept ? ys_path_join(arena, run_dir, KEPT_FOLDER) : previous_dir;
    if (is_kept && !ys_folder_exists(previous_dir)) {
        *ret_comparison = NULL;
        return YS_OK;
    }
    enum ys_status status = open_previous(arena, previous_dir, is_kept, id_of(rest, "candidate"),
                                          id_of(rest, "regulation"), &previous, reterr);
    if (status != YS_OK) {
        return status;
    }
    status = check_follows(arena, previous_dir, run_dir, rest, &previous, reterr);
    if (status == YS_OK) {
        status = ys_compare_results(arena, previous.result, result, &comparison, reterr);
    }
    if (status == YS_OK) {
        *ret_comparison = comparison_value(arena, &previous, comparison);
    }
    ys_json_stream_close(previous.result);
    return status;
}
