/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_parts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ys_buf.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_json_stream.h"
#include "ys_lines.h"
#include "ys_seal_parts.h"
#include "ys_signature.h"

#define LOG_FILE "evidence.jsonl"

/* The files of a part that are kept as blobs; the last is there when it was signed. */
static const char *const part_files[] = {"manifest.json", "result.json", YS_SEAL_FILE,
                                         YS_SIGNATURE_FILE};
#define PART_FILES (sizeof part_files / sizeof part_files[0])

/* A record with its line numbers moved by `by` and another link. Arena-owned. */
static const struct ys_value *moved(struct ys_arena *arena, const struct ys_value *record,
                                    int64_t by, const char *prev)
{
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < record->as.map.count; i++) {
        const struct ys_member *member = &record->as.map.members[i];
        if (strcmp(member->name, "seq") == 0 || strcmp(member->name, "of") == 0) {
            ys_value_set_int(arena, map, member->name,
                             ys_value_get_int(record, member->name, 0) + by);
        } else if (strcmp(member->name, "prev") == 0) {
            ys_value_set_text(arena, map, "prev", prev);
        } else {
            ys_value_set(arena, map, member->name, member->value);
        }
    }
    return map;
}

/* The canonical line (without its newline) of a record moved on, in `ret_line`; its digest becomes
 * the new `head`. */
static enum ys_status move_line(struct ys_arena *arena, const struct ys_lines_line *line,
                                int64_t by, char head[YS_SM3_HEX_MAX], struct ys_buf *ret_line,
                                struct ys_err *reterr)
{
    const struct ys_value *record = NULL;
    ys_arena_reset(arena);
    enum ys_status status = ys_json_parse(arena, line->text, line->length, &record, reterr);
    if (status == YS_OK && record->kind != YS_KIND_MAP) {
        status = ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN, "a record is no object");
    }
    if (status == YS_OK) {
        ys_buf_reset(ret_line);
        status = ys_json_write(moved(arena, record, by, head), ret_line);
        ys_sm3_hex(ret_line->bytes, ret_line->length, head);
    }
    return status;
}

/* ---- reading ---- */

static bool part_has_shape(const struct ys_value *part, int64_t first)
{
    const struct ys_value *files = ys_value_get(part, "files");
    bool good = files && files->kind == YS_KIND_MAP &&
                ys_value_get_int(part, "first", 0) == first &&
                ys_value_get_int(part, "records", 0) > 0;
    for (size_t i = 0; good && i < PART_FILES; i++) {
        const char *digest = ys_value_get_text(files, part_files[i]);
        good = digest ? ys_seal_is_digest(digest) : strcmp(part_files[i], YS_SIGNATURE_FILE) == 0;
    }
    return good;
}

static enum ys_status read_parts(struct ys_arena *arena, const struct ys_value *record,
                                 const struct ys_part **ret_parts, size_t *ret_count,
                                 struct ys_err *reterr)
{
    const struct ys_value *list = ys_value_get(record, "parts");
    size_t count = ys_value_count(list);
    struct ys_part *parts = ys_arena_calloc(arena, count + 1u, sizeof *parts);
    int64_t first = 2;
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *part = ys_value_at(list, i);
        if (!part_has_shape(part, first)) {
            return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN,
                              "part %zu in the first record lacks a member, or has one of the "
                              "wrong type",
                              i + 1u);
        }
        parts[i] = (struct ys_part){.first = first,
                                    .records = ys_value_get_int(part, "records", 0),
                                    .files = ys_value_get(part, "files")};
        first += parts[i].records;
    }
    *ret_parts = parts;
    *ret_count = count;
    return YS_OK;
}

enum ys_status ys_parts_read(struct ys_arena *arena, const char *run_dir,
                             const struct ys_part **ret_parts, size_t *ret_count,
                             struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    const struct ys_value *record = NULL;
    enum ys_status status = ys_lines_open(ys_path_join(arena, run_dir, LOG_FILE), &lines, reterr);
    if (status == YS_OK) {
        status = ys_lines_next(lines, &line, reterr);
    }
    if (status == YS_OK && line.text) {
        status = ys_json_parse(arena, line.text, line.length, &record, reterr);
    }
    const char *kind = ys_value_get_text(record, "kind");
    if (status == YS_OK && kind && strcmp(kind, "merge") == 0) {
        status = read_parts(arena, record, ret_parts, ret_count, reterr);
    } else if (status == YS_OK) {
        *ret_parts = NULL;
        *ret_count = 0;
    }
    ys_lines_free(lines);
    return status;
}

enum ys_status ys_part_file(struct ys_arena *arena, const char *run_dir, const struct ys_part *part,
                            const char *name, const struct ys_value **ret_value,
                            struct ys_err *reterr)
{
    const char *digest = ys_value_get_text(part->files, name);
    return digest
               ? ys_json_stream_load(arena, ys_arena_printf(arena, "%s/blobs/%s", run_dir, digest),
                                     "cases", YS_RESULT_BYTES_MAX, ret_value, reterr)
               : ys_err_set(reterr, YS_ERR_NOT_FOUND, "the part has no %s", name);
}

/* ---- joining ---- */

static enum ys_status copy_blob(struct ys_arena *arena, const char *path, const char *run_dir,
                                struct ys_value *ret_files, const char *name, struct ys_err *reterr)
{
    char digest[YS_SM3_HEX_MAX];
    struct ys_buf bytes;
    ys_buf_init(&bytes, YS_RESULT_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &bytes, reterr);
    if (status == YS_OK) {
        ys_sm3_hex(bytes.bytes, bytes.length, digest);
        const char *blob = ys_arena_printf(arena, "%s/blobs/%s", run_dir, digest);
        status =
            ys_file_exists(blob) ? YS_OK : ys_file_write(blob, bytes.bytes, bytes.length, reterr);
    }
    if (status == YS_OK && ret_files) {
        ys_value_set_text(arena, ret_files, name, digest);
    }
    ys_buf_clear(&bytes);
    return status;
}

static enum ys_status copy_blobs(struct ys_arena *arena, const char *part_dir, const char *run_dir,
                                 struct ys_err *reterr)
{
    const char *folder = ys_path_join(arena, part_dir, "blobs");
    const char **names = NULL;
    size_t count = 0;
    enum ys_status status = ys_folder_exists(folder)
                                ? ys_folder_list(arena, folder, NULL, &names, &count, reterr)
                                : YS_OK;
    for (size_t i = 0; status == YS_OK && i < count; i++) {
        status =
            copy_blob(arena, ys_path_join(arena, folder, names[i]), run_dir, NULL, NULL, reterr);
    }
    return status;
}

/* The entry of a part in the first record; its files and blobs are copied. */
static enum ys_status enter_part(struct ys_arena *arena, const char *part_dir, const char *run_dir,
                                 int64_t first, struct ys_value *ret_list, int64_t *ret_records,
                                 struct ys_err *reterr)
{
    struct ys_verification found;
    struct ys_value *part = ys_value_map(arena);
    struct ys_value *files = ys_value_map(arena);
    enum ys_status status = ys_seal_verify(arena, part_dir, &found, reterr);
    if (status == YS_OK && found.fault != YS_FAULT_NONE) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN, "%s/%s: %s: %s", part_dir, found.file,
                          ys_fault_name(found.fault), found.text);
    }
    for (size_t i = 0; status == YS_OK && i < PART_FILES; i++) {
        const char *path = ys_path_join(arena, part_dir, part_files[i]);
        if (ys_file_exists(path)) {
            status = copy_blob(arena, path, run_dir, files, part_files[i], reterr);
        }
    }
    status = status == YS_OK ? copy_blobs(arena, part_dir, run_dir, reterr) : status;
    ys_value_set(arena, part, "files", files);
    ys_value_set_int(arena, part, "first", first);
    ys_value_set_int(arena, part, "records", found.records);
    ys_value_append(arena, ret_list, part);
    *ret_records = found.records;
    return status;
}

static enum ys_status append_line(FILE *log, const struct ys_buf *line, struct ys_err *reterr)
{
    if (fwrite(line->bytes, 1, line->length, log) != line->length || fputc('\n', log) == EOF) {
        return ys_err_set(reterr, YS_ERR_IO, "the joined evidence.jsonl could not be written");
    }
    return YS_OK;
}

static enum ys_status append_part(FILE *log, const char *part_dir, int64_t by,
                                  char head[YS_SM3_HEX_MAX], struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    struct ys_buf text;
    ys_arena_init(&arena);
    ys_buf_init(&text, YS_LINES_BYTES_MAX);
    enum ys_status status = ys_lines_open(ys_path_join(&arena, part_dir, LOG_FILE), &lines, reterr);
    while (status == YS_OK && (status = ys_lines_next(lines, &line, reterr)) == YS_OK &&
           line.text) {
        status = move_line(&arena, &line, by, head, &text, reterr);
        status = status == YS_OK ? append_line(log, &text, reterr) : status;
    }
    ys_lines_free(lines);
    ys_buf_clear(&text);
    ys_arena_clear(&arena);
    return status;
}

static enum ys_status append_first(FILE *log, struct ys_arena *arena, const struct ys_value *parts,
                                   const struct ys_clock *clock, char head[YS_SM3_HEX_MAX],
                                   struct ys_err *reterr)
{
    char utc[YS_TIME_TEXT_MAX];
    char beijing[YS_TIME_TEXT_MAX];
    struct ys_buf text;
    ys_buf_init(&text, YS_LINES_BYTES_MAX);
    int64_t now_us = clock->wall_us(clock->context);
    ys_time_format_utc(now_us, utc);
    ys_time_format_beijing(now_us, beijing);
    struct ys_value *record = ys_value_map(arena);
    ys_value_set_text(arena, record, "kind", "merge");
    ys_value_set(arena, record, "parts", parts);
    ys_value_set_int(arena, record, "seq", 1);
    ys_value_set_text(arena, record, "prev", head);
    ys_value_set_text(arena, record, "time", utc);
    ys_value_set_text(arena, record, "beijing", beijing);
    enum ys_status status = ys_json_write(record, &text);
    if (status != YS_OK) {
        ys_err_set(reterr, status, "the record of the parts passes YS_LINES_BYTES_MAX");
    } else {
        ys_sm3_hex(text.bytes, text.length, head);
        status = append_line(log, &text, reterr);
    }
    ys_buf_clear(&text);
    return status;
}

enum ys_status ys_parts_join(const char *run_dir, const char *const *part_dirs, size_t count,
                             const struct ys_clock *clock, char ret_head[65], int64_t *ret_records,
                             struct ys_err *reterr)
{
    struct ys_arena arena;
    char head[YS_SM3_HEX_MAX];
    int64_t records = 1;
    FILE *log = NULL;
    ys_arena_init(&arena);
    memset(head, '0', sizeof head - 1u);
    head[sizeof head - 1u] = '\0';
    struct ys_value *parts = ys_value_list(&arena);
    int64_t *by = ys_arena_calloc(&arena, count + 1u, sizeof *by);
    enum ys_status status = ys_folder_make(ys_path_join(&arena, run_dir, "blobs"), reterr);
    for (size_t i = 0; status == YS_OK && i < count; i++) {
        int64_t more = 0;
        by[i] = records;
        status = enter_part(&arena, part_dirs[i], run_dir, records + 1, parts, &more, reterr);
        records += more;
    }
    if (status == YS_OK) {
        const char *path = ys_path_join(&arena, run_dir, LOG_FILE);
        log = fopen(path, "wx");
        status = log ? append_first(log, &arena, parts, clock, head, reterr)
                     : ys_err_set(reterr, YS_ERR_IO, "cannot make %s", path);
    }
    for (size_t i = 0; status == YS_OK && i < count; i++) {
        status = append_part(log, part_dirs[i], by[i], head, reterr);
    }
    bool durable = log && fflush(log) == 0 && fdatasync(fileno(log)) == 0;
    if (log && (fclose(log) != 0 || !durable) && status == YS_OK) {
        status = ys_err_set(reterr, YS_ERR_IO, "the joined evidence.jsonl could not be written");
    }
    if (status == YS_OK) {
        memcpy(ret_head, head, sizeof head);
        *ret_records = records;
    }
    ys_arena_clear(&arena);
    return status;
}

/* ---- verifying ---- */

static void fault(struct ys_arena *arena, struct ys_verification *found, enum ys_fault kind,
                  const struct ys_part *part, size_t number, const char *text)
{
    found->fault = kind;
    found->file = LOG_FILE;
    found->record = part->first;
    found->offset = -1;
    found->text =
        ys_arena_printf(arena, "part %zu (records %lld to %lld): %s", number,
                        (long long)part->first, (long long)(part->first + part->records - 1), text);
}

/* The files that the part's seal binds are those that the first record cites. */
static bool files_agree(const struct ys_part *part, const struct ys_value *seal)
{
    const struct ys_value *sealed = ys_value_get(seal, "files");
    bool agree = sealed != NULL;
    for (size_t i = 0; agree && i < YS_SEAL_FILES; i++) {
        const char *digest = ys_value_get_text(sealed, ys_seal_files[i]);
        const char *kept = ys_value_get_text(part->files, ys_seal_files[i]);
        agree = digest && kept && strcmp(digest, kept) == 0;
    }
    return agree;
}

static enum ys_status check_end(struct ys_arena *arena, const char *run_dir,
                                const struct ys_part *part, size_t number, const char *head,
                                struct ys_verification *found, struct ys_err *reterr)
{
    const struct ys_value *seal = NULL;
    enum ys_status status = ys_part_file(arena, run_dir, part, YS_SEAL_FILE, &seal, reterr);
    const struct ys_value *evidence = ys_value_get(seal, "evidence");
    const char *sealed = ys_value_get_text(evidence, "head");
    if (status != YS_OK) {
        return status;
    }
    if (ys_value_get_int(evidence, "records", -1) != part->records || !sealed ||
        strcmp(sealed, head) != 0) {
        fault(
            arena, found, YS_FAULT_CHAIN, part, number,
            "its records do not lead to the head that its own seal names: one of them was changed "
            "after the part was sealed, or the seal is of another run");
    } else if (!files_agree(part, seal)) {
        fault(arena, found, YS_FAULT_DIGEST, part, number,
              "its manifest or result is not the one that its own seal names");
    }
    return YS_OK;
}

static bool is_inner(const struct ys_part *part, int64_t number)
{
    return number >= part->first && number < part->first + part->records;
}

enum ys_status ys_parts_verify(struct ys_arena *arena, const char *run_dir,
                               struct ys_verification *found, struct ys_err *reterr)
{
    const struct ys_part *parts = NULL;
    size_t count = 0;
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    struct ys_arena scratch;
    struct ys_buf text;
    char head[YS_SM3_HEX_MAX];
    struct ys_err err;
    enum ys_status status = ys_parts_read(arena, run_dir, &parts, &count, &err);
    if (status == YS_ERR_EVIDENCE_BROKEN) {
        *found = (struct ys_verification){.fault = YS_FAULT_SYNTAX,
                                          .file = LOG_FILE,
                                          .record = 1,
                                          .offset = -1,
                                          .text = ys_arena_strdup(arena, err.text)};
        return YS_OK;
    }
    if (status != YS_OK || count == 0) {
        return status == YS_OK ? YS_OK : ys_err_prefix(reterr, &err, "%s", run_dir);
    }
    ys_arena_init(&scratch);
    ys_buf_init(&text, YS_LINES_BYTES_MAX);
    status = ys_lines_open(ys_path_join(arena, run_dir, LOG_FILE), &lines, reterr);
    size_t at = 0;
    for (int64_t number = 1; status == YS_OK && at < count && found->fault == YS_FAULT_NONE;
         number++) {
        status = ys_lines_next(lines, &line, reterr);
        if (status != YS_OK || !line.text) {
            break;
        }
        if (number == parts[at].first) {
            memset(head, '0', sizeof head - 1u);
            head[sizeof head - 1u] = '\0';
        }
        if (is_inner(&parts[at], number)) {
            status = move_line(&scratch, &line, 1 - parts[at].first, head, &text, reterr);
        }
        if (status == YS_OK && number == parts[at].first + parts[at].records - 1) {
            status = check_end(arena, run_dir, &parts[at], at + 1u, head, found, reterr);
            at++;
        }
    }
    if (status == YS_OK && found->fault == YS_FAULT_NONE && at < count) {
        fault(arena, found, YS_FAULT_SEQUENCE, &parts[at], at + 1u, "records are missing");
    }
    ys_lines_free(lines);
    ys_buf_clear(&text);
    ys_arena_clear(&scratch);
    return status;
}
