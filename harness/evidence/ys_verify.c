/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification: the chain first, line by line, then the seal and what it binds. The first fault
 * ends it. Nothing that is read here is trusted.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_attestations.h"
#include "ys_buf.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_json_stream.h"
#include "ys_line.h"
#include "ys_lines.h"
#include "ys_parts.h"
#include "ys_seal.h"
#include "ys_seal_parts.h"

#define LOG_FILE "evidence.jsonl"
#define READ_BYTES 65536u

struct check {
    struct ys_arena *arena;
    const char *run_dir;
    struct ys_verification *result;
    bool attesting; /* findings may have been added since the seal, see ys_seal_verify_attesting */
};

/* A chain while it is read: the log, or the findings of persons that hang on its end. */
struct chain {
    const char *file;
    int64_t records;
    char head[YS_SM3_HEX_MAX];
};

static void fault(struct check *check, enum ys_fault kind, const char *file, int64_t record,
                  int64_t offset, const char *text)
{
    check->result->fault = kind;
    check->result->file = file;
    check->result->record = record;
    check->result->offset = offset;
    check->result->text = text;
}

static bool is_faulty(const struct check *check)
{
    return check->result->fault != YS_FAULT_NONE;
}

/* One whole line: its form, its number, its link to the line before. */
static void check_line(struct check *check, struct chain *chain, const struct ys_lines_line *line)
{
    int64_t number = chain->records + 1;
    struct ys_line record;
    size_t bad_at = 0;
    const char *why = NULL;
    if (!ys_line_read(line->text, line->length, &record, &bad_at, &why)) {
        fault(check, YS_FAULT_SYNTAX, chain->file, number, line->offset + (int64_t)bad_at,
              ys_arena_printf(check->arena, "line %lld is not canonical JSON: %s",
                              (long long)number, why));
        return;
    }
    if (record.seq == 0 || !record.prev) {
        fault(check, YS_FAULT_SYNTAX, chain->file, number, line->offset,
              ys_arena_printf(check->arena, "line %lld has no usable \"%s\"", (long long)number,
                              record.seq == 0 ? "seq" : "prev"));
        return;
    }
    if (record.seq != number) {
        fault(check, YS_FAULT_SEQUENCE, chain->file, number, line->offset + (int64_t)record.seq_at,
              ys_arena_printf(check->arena,
                              "record %lld is expected here and record %lld stands here: a "
                              "record was dropped, doubled or moved",
                              (long long)number, (long long)record.seq));
        return;
    }
    if (memcmp(record.prev, chain->head, YS_SM3_HEX_MAX - 1u) != 0) {
        fault(check, YS_FAULT_CHAIN, chain->file, number, line->offset + (int64_t)record.prev_at,
              number == 1
                  ? "the first record does not begin the chain of this run"
                  : ys_arena_printf(check->arena,
                                    "record %lld does not continue record %lld: one of the two "
                                    "was changed after it was written",
                                    (long long)number, (long long)number - 1));
        return;
    }
    ys_sm3_hex(line->text, line->length, chain->head);
    chain->records = number;
}

/* Every line of a file; *ret_is_there. */
static enum ys_status check_chain(struct check *check, struct chain *chain, bool *ret_is_there,
                                  struct ys_err *reterr)
{
    const char *path = ys_path_join(check->arena, check->run_dir, chain->file);
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    struct ys_err err;
    enum ys_status status = ys_lines_open(path, &lines, &err);
    *ret_is_there = status != YS_ERR_NOT_FOUND;
    if (status == YS_ERR_NOT_FOUND) {
        return YS_OK;
    }
    while (status == YS_OK && !is_faulty(check)) {
        status = ys_lines_next(lines, &line, &err);
        if (status != YS_OK || !line.text) {
            break;
        }
        if (line.is_whole) {
            check_line(check, chain, &line);
        } else {
            fault(check, YS_FAULT_CUT, chain->file, chain->records + 1, line.offset,
                  ys_arena_printf(check->arena,
                                  "line %lld has no end: the run was cut here; the %lld records "
                                  "before it are whole",
                                  (long long)chain->records + 1,
                                  (long long)chain->records));
        }
    }
    ys_lines_free(lines);
    if (status == YS_ERR_LIMIT) {
        fault(check, YS_FAULT_SYNTAX, chain->file, chain->records + 1, -1,
              "a line is longer than any record may be (YS_RECORD_BYTES_MAX)");
        return YS_OK;
    }
    if (status != YS_OK && reterr) {
        *reterr = err;
    }
    return status;
}

static enum ys_status check_log(struct check *check, struct ys_err *reterr)
{
    struct chain chain = {.file = LOG_FILE};
    bool is_there = false;
    memset(chain.head, '0', sizeof chain.head - 1u);
    enum ys_status status = check_chain(check, &chain, &is_there, reterr);
    if (status == YS_OK && !is_there) {
        fault(check, YS_FAULT_MISSING, LOG_FILE, 0, -1, "there is no evidence.jsonl");
    }
    check->result->records = chain.records;
    memcpy(check->result->head, chain.head, sizeof chain.head);
    return status;
}

enum ys_status ys_seal_read(struct ys_arena *arena, const char *run_dir, const char *name,
                            struct ys_verification *found, const struct ys_value **ret_value,
                            struct ys_err *reterr)
{
    struct check check = {.arena = arena, .run_dir = run_dir, .result = found};
    const char *path = ys_path_join(arena, run_dir, name);
    struct ys_buf text;
    struct ys_err err;
    struct ys_line line;
    size_t bad_at = 0;
    const char *why = "no newline at the end";
    const struct ys_value *value = NULL;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &text, &err);
    if (status == YS_ERR_NOT_FOUND) {
        status = YS_OK;
    } else if (status == YS_ERR_LIMIT) {
        fault(&check, YS_FAULT_SYNTAX, name, 0, -1, "the file is too long (YS_FILE_BYTES_MAX)");
        status = YS_OK;
    } else if (status != YS_OK) {
        if (reterr) {
            *reterr = err;
        }
    } else {
        bad_at = text.length > 0 ? text.length - 1u : 0;
        bool ended = text.length > 0 && text.bytes[text.length - 1u] == '\n';
        if (!ended || !ys_line_read(text.bytes, text.length - 1u, &line, &bad_at, &why) ||
            ys_json_parse(arena, text.bytes, text.length, &value, NULL) != YS_OK) {
            fault(&check, YS_FAULT_SYNTAX, name, 0, (int64_t)bad_at,
                  ys_arena_printf(arena, "%s is not canonical JSON: %s", name, why));
        } else {
            *ret_value = value;
        }
    }
    ys_buf_clear(&text);
    return status;
}

/* Names within the run directory only. */
static bool is_safe_name(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && !strstr(name, "..");
}

static bool is_digest_value(const struct ys_value *value)
{
    const char *text = ys_value_text(value);
    return text && ys_seal_is_digest(text);
}

/* Whether the seal has its members, with their types, and no other. */
static bool seal_has_shape(const struct ys_value *seal)
{
    const char *schema = ys_value_get_text(seal, "schema");
    const struct ys_value *evidence = ys_value_get(seal, "evidence");
    const struct ys_value *files = ys_value_get(seal, "files");
    const struct ys_value *blobs = ys_value_get(seal, "blobs");
    const struct ys_value *interrupted = ys_value_get(seal, "interrupted");
    if (!schema || strcmp(schema, YS_SEAL_SCHEMA) != 0 || !evidence || !files || !blobs ||
        seal->as.map.count != 5 || evidence->kind != YS_KIND_MAP || evidence->as.map.count != 2 ||
        !interrupted || interrupted->kind != YS_KIND_BOOL || files->kind != YS_KIND_MAP ||
        blobs->kind != YS_KIND_LIST || !is_digest_value(ys_value_get(evidence, "head")) ||
        ys_value_get_int(evidence, "records", -1) < 0) {
        return false;
    }
    for (size_t i = 0; i < files->as.map.count; i++) {
        if (!is_safe_name(files->as.map.members[i].name) ||
            !is_digest_value(files->as.map.members[i].value)) {
            return false;
        }
    }
    for (size_t i = 0; i < ys_value_count(blobs); i++) {
        const struct ys_value *blob = ys_value_at(blobs, i);
        const char *before = i > 0 ? ys_value_text(ys_value_at(blobs, i - 1u)) : "";
        if (!is_digest_value(blob) || strcmp(before, ys_value_text(blob)) >= 0) {
            return false;
        }
    }
    return true;
}

static void check_count(struct check *check, const struct ys_value *seal)
{
    const struct ys_value *evidence = ys_value_get(seal, "evidence");
    int64_t sealed = ys_value_get_int(evidence, "records", -1);
    int64_t found = check->result->records;
    if (sealed != found) {
        fault(check, YS_FAULT_SEQUENCE, LOG_FILE, sealed < found ? sealed + 1 : found + 1, -1,
              ys_arena_printf(check->arena, "the seal knows %lld records and %lld are here",
                              (long long)sealed, (long long)found));
    } else if (strcmp(ys_value_get_text(evidence, "head"), check->result->head) != 0) {
        fault(check, YS_FAULT_DIGEST, LOG_FILE, found, -1,
              "the last record is not the sealed one: it was changed, or the log or the seal "
              "belongs to another run");
    }
}

static enum ys_status check_file(struct check *check, const char *name, const char *sealed,
                                 struct ys_err *reterr)
{
    char digest[YS_SM3_HEX_MAX];
    struct ys_err err;
    const char *path = ys_path_join(check->arena, check->run_dir, name);
    enum ys_status status = ys_file_sm3(path, digest, &err);
    if (status == YS_ERR_NOT_FOUND) {
        fault(check, YS_FAULT_MISSING, name, 0, -1,
              ys_arena_printf(check->arena, "%s is sealed and is not here", name));
        return YS_OK;
    }
    if (status != YS_OK) {
        if (reterr) {
            *reterr = err;
        }
        return status;
    }
    if (strcmp(digest, sealed) != 0) {
        fault(check, YS_FAULT_DIGEST, name, 0, -1,
              ys_arena_printf(check->arena,
                              "%s is not the sealed one: its SM3 is %s and the seal "
                              "says %s",
                              name, digest, sealed));
    }
    return YS_OK;
}

/* ---- findings of persons ---- */

/* The files that findings cite. */
static enum ys_status check_cited(struct check *check, struct ys_err *reterr)
{
    const struct ys_value *records = NULL;
    enum ys_status status = ys_attestations_read(check->arena, check->run_dir, &records, reterr);
    for (size_t i = 0; status == YS_OK && i < ys_value_count(records); i++) {
        const struct ys_value *files = ys_value_get(ys_value_at(records, i), "files");
        for (size_t k = 0; status == YS_OK && k < ys_value_count(files) && !is_faulty(check); k++) {
            const struct ys_value *digest = ys_value_get(ys_value_at(files, k), "sm3");
            if (!is_digest_value(digest)) {
                fault(check, YS_FAULT_SYNTAX, YS_ATTESTATIONS_FILE, (int64_t)i + 1, -1,
                      "a file of the finding has no digest");
            } else {
                status = check_file(check,
                                    ys_path_join(check->arena, YS_ATTESTATIONS,
                                                 ys_value_text(digest)),
                                    ys_value_text(digest), reterr);
            }
        }
    }
    return status;
}

/* The chain that hangs on the end of the log. */
static enum ys_status check_attestations(struct check *check, struct ys_err *reterr)
{
    struct chain chain = {.file = YS_ATTESTATIONS_FILE};
    bool is_there = false;
    memcpy(chain.head, check->result->head, sizeof chain.head);
    enum ys_status status = check_chain(check, &chain, &is_there, reterr);
    return status == YS_OK && is_there && !is_faulty(check) ? check_cited(check, reterr) : status;
}

/* Whether what was sealed of the findings is how they begin now: nothing sealed was changed. */
static enum ys_status check_begins(struct check *check, const char *sealed, struct ys_err *reterr)
{
    struct ys_buf text;
    char digest[YS_SM3_HEX_MAX] = "";
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(
        ys_path_join(check->arena, check->run_dir, YS_ATTESTATIONS_FILE), &text, reterr);
    bool same = false;
    for (size_t from = 0; status == YS_OK && !same && from < text.length;) {
        const char *end = memchr(text.bytes + from, '\n', text.length - from);
        size_t to = end ? (size_t)(end - text.bytes) + 1u : text.length;
        ys_sm3_hex(text.bytes, to, digest);
        same = strcmp(digest, sealed) == 0;
        from = to;
    }
    ys_buf_clear(&text);
    if (status == YS_OK && !same) {
        fault(check, YS_FAULT_DIGEST, YS_ATTESTATIONS_FILE, 0, -1,
              "it does not begin with the findings that were sealed");
    }
    return status;
}

static enum ys_status check_sealed(struct check *check, const char *name, const char *sealed,
                                   struct ys_err *reterr)
{
    if (check->attesting && strcmp(name, YS_ATTESTATIONS_FILE) == 0) {
        return check_begins(check, sealed, reterr);
    }
    if (check->attesting && strcmp(name, "result.json") == 0) {
        return YS_OK; /* made of the others, and about to be made again */
    }
    return check_file(check, name, sealed, reterr);
}

static enum ys_status check_files(struct check *check, const struct ys_value *seal,
                                  struct ys_err *reterr)
{
    const struct ys_value *files = ys_value_get(seal, "files");
    const struct ys_value *blobs = ys_value_get(seal, "blobs");
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < files->as.map.count && status == YS_OK && !is_faulty(check); i++) {
        const struct ys_member *member = &files->as.map.members[i];
        status = check_sealed(check, member->name, ys_value_text(member->value), reterr);
    }
    for (size_t i = 0; i < ys_value_count(blobs) && status == YS_OK && !is_faulty(check); i++) {
        const char *digest = ys_value_text(ys_value_at(blobs, i));
        status = check_file(check, ys_path_join(check->arena, "blobs", digest), digest, reterr);
    }
    return status;
}

static void check_known(struct check *check, const struct ys_value *files, const char *name)
{
    if (!is_faulty(check) && !ys_value_get(files, name)) {
        fault(check, YS_FAULT_EXTRA, name, 0, -1,
              ys_arena_printf(check->arena, "%s was added after the run was sealed", name));
    }
}

static enum ys_status check_extra_files(struct check *check, const struct ys_value *seal,
                                        struct ys_err *reterr)
{
    const struct ys_value *files = ys_value_get(seal, "files");
    const char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < YS_SEAL_FILES; i++) {
        if (ys_file_exists(ys_path_join(check->arena, check->run_dir, ys_seal_files[i]))) {
            check_known(check, files, ys_seal_files[i]);
        }
    }
    enum ys_status status =
        ys_seal_attestations(check->arena, check->run_dir, &names, &count, reterr);
    /* Those that no finding cites and no seal knows are found when the seal is made anew. */
    for (size_t i = 0; status == YS_OK && i < count && !check->attesting; i++) {
        check_known(check, files, names[i]);
    }
    return status;
}

/* The run that the log says it is of: its first record tells. NULL: it does not (parts joined). */
static const char *run_of_log(struct check *check)
{
    const char *path = ys_path_join(check->arena, check->run_dir, LOG_FILE);
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    const struct ys_value *record = NULL;
    const char *id = NULL;
    if (ys_lines_open(path, &lines, NULL) != YS_OK) {
        return NULL;
    }
    if (ys_lines_next(lines, &line, NULL) == YS_OK && line.text &&
        ys_json_parse(check->arena, line.text, line.length, &record, NULL) == YS_OK) {
        id = ys_value_get_text(ys_value_get(record, "run"), "id");
    }
    ys_lines_free(lines);
    return id;
}

/* A seal over the result of another run is a seal all the same, where nobody signed. */
static void check_result(struct check *check)
{
    struct ys_json_stream *stream = NULL;
    const char *path = ys_path_join(check->arena, check->run_dir, "result.json");
    const char *run = run_of_log(check);
    if (!run ||
        ys_json_stream_open(path, "cases", YS_RESULT_BYTES_MAX, &stream, NULL) != YS_OK) {
        return;
    }
    const char *told = ys_value_get_text(ys_json_stream_rest(stream), "run");
    if (told && strcmp(told, run) != 0) {
        fault(check, YS_FAULT_DIGEST, "result.json", 0, -1,
              ys_arena_printf(check->arena, "result.json is of run %s, and the log is of run %s",
                              told, run));
    }
    ys_json_stream_close(stream);
}

static int compare_names(const void *name, const void *item)
{
    const struct ys_value *const *blob = item;
    return strcmp(name, ys_value_text(*blob));
}

static enum ys_status check_extra_blobs(struct check *check, const struct ys_value *seal,
                                        struct ys_err *reterr)
{
    const struct ys_value *blobs = ys_value_get(seal, "blobs");
    const char *folder = ys_path_join(check->arena, check->run_dir, "blobs");
    const char **names = NULL;
    size_t count = 0;
    if (!ys_folder_exists(folder)) {
        return YS_OK;
    }
    enum ys_status status = ys_folder_list(check->arena, folder, NULL, &names, &count, reterr);
    for (size_t i = 0; i < count && status == YS_OK && !is_faulty(check); i++) {
        const struct ys_value *const *items = blobs->as.list.items;
        if (blobs->as.list.count == 0 ||
            !bsearch(names[i], items, blobs->as.list.count, sizeof *items, compare_names)) {
            const char *file = ys_path_join(check->arena, "blobs", names[i]);
            fault(check, YS_FAULT_EXTRA, file, 0, -1,
                  ys_arena_printf(check->arena, "%s is not among the sealed blobs", file));
        }
    }
    return status;
}

static enum ys_status verify(struct ys_arena *arena, const char *run_dir, bool attesting,
                             struct ys_verification *ret_verification, struct ys_err *reterr)
{
    assert(run_dir);
    assert(ret_verification);
    struct ys_verification result = {.fault = YS_FAULT_NONE, .file = "", .offset = -1, .text = ""};
    struct check check = {
        .arena = arena, .run_dir = run_dir, .result = &result, .attesting = attesting};
    const struct ys_value *seal = NULL;
    if (!ys_folder_exists(run_dir)) {
        return ys_err_set(reterr, YS_ERR_NOT_FOUND, "%s is not a run directory", run_dir);
    }
    enum ys_status status = check_log(&check, reterr);
    if (status == YS_OK && !is_faulty(&check)) {
        status = ys_seal_read(arena, run_dir, YS_SEAL_FILE, &result, &seal, reterr);
    }
    if (status == YS_OK && !is_faulty(&check) && !seal) {
        fault(&check, YS_FAULT_UNSEALED, YS_SEAL_FILE, 0, -1,
              "there is no seal: the run did not end, or its seal was taken away");
    }
    if (seal && !seal_has_shape(seal)) {
        fault(&check, YS_FAULT_SYNTAX, YS_SEAL_FILE, 0, -1,
              "the seal lacks a member or has one of the wrong type");
    }
    if (seal && !is_faulty(&check)) {
        check_count(&check, seal);
    }
    if (seal && !is_faulty(&check)) {
        status = check_attestations(&check, reterr);
    }
    if (seal && status == YS_OK && !is_faulty(&check)) {
        status = check_files(&check, seal, reterr);
    }
    if (seal && status == YS_OK && !is_faulty(&check)) {
        status = check_extra_files(&check, seal, reterr);
    }
    if (seal && status == YS_OK && !is_faulty(&check)) {
        check_result(&check);
    }
    if (seal && status == YS_OK && !is_faulty(&check)) {
        status = check_extra_blobs(&check, seal, reterr);
    }
    if (seal && status == YS_OK && !is_faulty(&check)) {
        status = ys_parts_verify(arena, run_dir, &result, reterr);
    }
    if (status == YS_OK) {
        *ret_verification = result;
    }
    return status;
}

enum ys_status ys_seal_verify_result(struct ys_arena *arena, const char *folder,
                                     struct ys_verification *ret_verification,
                                     struct ys_err *reterr)
{
    struct ys_verification result = {.fault = YS_FAULT_NONE, .file = "", .offset = -1, .text = ""};
    struct check check = {.arena = arena, .run_dir = folder, .result = &result};
    const struct ys_value *seal = NULL;
    enum ys_status status = ys_seal_read(arena, folder, YS_SEAL_FILE, &result, &seal, reterr);
    const char *sealed = seal && seal_has_shape(seal)
                             ? ys_value_get_text(ys_value_get(seal, "files"), "result.json")
                             : NULL;
    if (status == YS_OK && sealed) {
        status = check_file(&check, "result.json", sealed, reterr);
    } else if (status == YS_OK && !is_faulty(&check)) {
        fault(&check, YS_FAULT_UNSEALED, YS_SEAL_FILE, 0, -1, "there is no seal over a result");
    }
    if (status == YS_OK) {
        *ret_verification = result;
    }
    return status;
}

enum ys_status ys_seal_verify(struct ys_arena *arena, const char *run_dir,
                              struct ys_verification *ret_verification, struct ys_err *reterr)
{
    return verify(arena, run_dir, false, ret_verification, reterr);
}

enum ys_status ys_seal_verify_attesting(struct ys_arena *arena, const char *run_dir,
                                        struct ys_verification *ret_verification,
                                        struct ys_err *reterr)
{
    return verify(arena, run_dir, true, ret_verification, reterr);
}
