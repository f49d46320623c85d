/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_attestations.h"

#include <assert.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_seal_parts.h"

static enum ys_status read_text(struct ys_arena *arena, const char *run_dir, struct ys_buf *text,
                                struct ys_err *reterr)
{
    struct ys_err err;
    enum ys_status status =
        ys_file_read(ys_path_join(arena, run_dir, YS_ATTESTATIONS_FILE), text, &err);
    if (status != YS_OK && status != YS_ERR_NOT_FOUND && reterr) {
        *reterr = err;
    }
    return status == YS_ERR_NOT_FOUND ? YS_OK : status;
}

enum ys_status ys_attestations_read(struct ys_arena *arena, const char *run_dir,
                                    const struct ys_value **ret_records, struct ys_err *reterr)
{
    struct ys_value *list = ys_value_list(arena);
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = read_text(arena, run_dir, &text, reterr);
    for (const char *at = text.bytes; status == YS_OK && *at;) {
        const char *end = strchr(at, '\n');
        const struct ys_value *record = NULL;
        struct ys_err err;
        size_t length = end ? (size_t)(end - at) : strlen(at);
        status = ys_json_parse(arena, at, length, &record, &err);
        if (status != YS_OK) {
            status = ys_err_prefix(reterr, &err, "%s", YS_ATTESTATIONS_FILE);
        } else if (ys_value_count(list) >= YS_ATTESTATIONS_MAX) {
            status = ys_err_set(reterr, YS_ERR_LIMIT,
                                "%s has more than %u records (YS_ATTESTATIONS_MAX)",
                                YS_ATTESTATIONS_FILE, YS_ATTESTATIONS_MAX);
        } else {
            ys_value_append(arena, list, record);
        }
        at += length + (end ? 1u : 0u);
    }
    ys_buf_clear(&text);
    if (status == YS_OK) {
        *ret_records = list;
    }
    return status;
}

/* The digest of the last line and how many there are. */
static int64_t last_link(const struct ys_buf *text, const char *head,
                         char ret_prev[YS_SM3_HEX_MAX])
{
    int64_t count = 0;
    memcpy(ret_prev, head, YS_SM3_HEX_MAX);
    for (const char *at = text->bytes; *at; count++) {
        const char *end = strchr(at, '\n');
        size_t length = end ? (size_t)(end - at) : strlen(at);
        ys_sm3_hex(at, length, ret_prev);
        at += length + (end ? 1u : 0u);
    }
    return count;
}

enum ys_status ys_attestations_append(const char *run_dir, const char *head,
                                      const struct ys_value *record, const struct ys_clock *clock,
                                      struct ys_err *reterr)
{
    assert(head && strlen(head) == YS_SM3_HEX_MAX - 1u);
    struct ys_arena arena;
    struct ys_buf text;
    char prev[YS_SM3_HEX_MAX];
    char time[YS_TIME_TEXT_MAX];
    ys_arena_init(&arena);
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = read_text(&arena, run_dir, &text, reterr);
    if (status == YS_OK) {
        status = ys_folder_make(ys_path_join(&arena, run_dir, YS_ATTESTATIONS), reterr);
    }
    if (status == YS_OK) {
        int64_t now_us = clock->wall_us(clock->context);
        struct ys_value *line = ys_value_copy(&arena, record);
        ys_value_set_int(&arena, line, "seq", last_link(&text, head, prev) + 1);
        ys_value_set_text(&arena, line, "prev", prev);
        ys_time_format_utc(now_us, time);
        ys_value_set_text(&arena, line, "time", time);
        ys_time_format_beijing(now_us, time);
        ys_value_set_text(&arena, line, "beijing", time);
        if (ys_json_write(line, &text) != YS_OK || ys_buf_append_char(&text, '\n') != YS_OK) {
            status = ys_err_set(reterr, YS_ERR_LIMIT, "%s passes YS_FILE_BYTES_MAX",
                                YS_ATTESTATIONS_FILE);
        }
    }
    if (status == YS_OK) {
        status = ys_file_write(ys_path_join(&arena, run_dir, YS_ATTESTATIONS_FILE), text.bytes,
                               text.length, reterr);
    }
    ys_buf_clear(&text);
    ys_arena_clear(&arena);
    return status;
}

enum ys_status ys_attestations_keep(const char *run_dir, const char *bytes, size_t length,
                                    char ret_sm3[YS_SM3_HEX_MAX], struct ys_err *reterr)
{
    struct ys_arena arena;
    char digest[YS_SM3_HEX_MAX];
    ys_arena_init(&arena);
    ys_sm3_hex(bytes, length, digest);
    const char *folder = ys_path_join(&arena, run_dir, YS_ATTESTATIONS);
    enum ys_status status = ys_folder_make(folder, reterr);
    if (status == YS_OK) {
        status = ys_file_write(ys_path_join(&arena, folder, digest), bytes, length, reterr);
    }
    if (status == YS_OK) {
        memcpy(ret_sm3, digest, sizeof digest);
    }
    ys_arena_clear(&arena);
    return status;
}
