/* SPDX-License-Identifier: Apache-2.0 */
#include "report_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ys_file.h"
#include "ys_json.h"
#include "ys_log.h"

int report_bench(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench) {
        return -1;
    }
    snprintf(bench->dir, sizeof bench->dir, "/tmp/ys-report-XXXXXX");
    if (!mkdtemp(bench->dir)) {
        free(bench);
        return -1;
    }
    ys_arena_init(&bench->arena);
    bench->result = ys_value_copy(&bench->arena, report_data(&bench->arena));
    bench->evidence = ys_path_join(&bench->arena, bench->dir, "evidence.jsonl");
    bench->report = ys_path_join(&bench->arena, bench->dir, "report.html");
    *state = bench;
    return 0;
}

int report_bench_end(void **state)
{
    struct bench *bench = *state;
    ys_folder_remove(bench->dir);
    ys_arena_clear(&bench->arena);
    free(bench);
    return 0;
}

int report_read(const char *path, struct ys_buf *ret_text)
{
    ys_buf_init(ret_text, YS_FILE_BYTES_MAX);
    return ys_file_read(path, ret_text, NULL) == YS_OK ? 0 : -1;
}

static const struct ys_value *data_file(struct ys_arena *arena, const char *name)
{
    const char *root = getenv("YS_SOURCE_DIR");
    const char *folder = ys_path_join(arena, root ? root : ".", "tests/unit/reports/data");
    const char *path = ys_path_join(arena, folder, name);
    struct ys_buf text;
    struct ys_err err = {.text = "cannot be read"};
    const struct ys_value *result = NULL;
    if (report_read(path, &text) != 0 ||
        ys_json_parse(arena, text.bytes, text.length, &result, &err) != YS_OK) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    ys_buf_clear(&text);
    return result;
}

const struct ys_value *report_data(struct ys_arena *arena)
{
    return data_file(arena, "result.json");
}

const struct ys_value *report_previous(struct ys_arena *arena)
{
    return data_file(arena, "previous.json");
}

struct ys_json_stream *report_stream(struct ys_arena *arena, const struct ys_value *result)
{
    return ys_json_stream_of(arena, result, "cases");
}

static void fill_record(struct ys_arena *arena, struct ys_value *record, int number)
{
    ys_value_set_text(arena, record, "case", "fees.withdrawal.fifth-free");
    if (number % 4 == 3) {
        ys_value_set_text(arena, record, "kind", "apdu");
        ys_value_set_text(arena, record, "command", "00A404000E7378312E73682EC9E7BBE1B1A3D5CF");
        ys_value_set_text(arena, record, "reply", "6F108408A00000000386980701A5049F6501FF9000");
        return;
    }
    struct ys_value *request = ys_value_map(arena);
    struct ys_value *reply = ys_value_map(arena);
    ys_value_set_text(arena, record, "kind", "http");
    ys_value_set_text(arena, request, "method", "POST");
    ys_value_set_text(arena, request, "url", "https://127.0.0.1:8443/atm/withdrawals");
    ys_value_set_text(arena, request, "body", "{\"amount\":\"100.00\",\"network\":\"other-bank\"}");
    ys_value_set_int(arena, reply, "status", 200);
    ys_value_set_text(arena, reply, "body",
                      "{\"outcome\":\"accepted\",\"fee\":2,\"note\":\"<b>手续费 & 税</b>\"}");
    ys_value_set(arena, record, "request", request);
    ys_value_set(arena, record, "reply", reply);
}

int report_evidence(const char *folder, int count)
{
    static const uint8_t key[YS_REDACT_KEY_BYTES] = "a key that only the tests know..";
    struct ys_clock_fake time = {.wall_us = INT64_C(1795425151482913)};
    struct ys_clock clock = ys_clock_from_fake(&time);
    struct ys_redactor *redactor = ys_redactor_new(key);
    struct ys_log *log = NULL;
    struct ys_arena arena;
    ys_arena_init(&arena);
    enum ys_status status = ys_log_create(folder, &clock, redactor, &log, NULL);
    for (int i = 1; i <= count && status == YS_OK; i++) {
        struct ys_value *record = ys_value_map(&arena);
        fill_record(&arena, record, i);
        status = ys_log_append(log, record, NULL, NULL);
        ys_arena_reset(&arena);
    }
    char head[65];
    int64_t records = 0;
    if (status == YS_OK) {
        status = ys_log_close(log, head, &records, NULL);
    }
    ys_log_free(log);
    ys_redactor_free(redactor);
    ys_arena_clear(&arena);
    return status == YS_OK ? 0 : -1;
}
