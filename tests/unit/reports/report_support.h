/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up result and a log that fits it, for the tests of the reports. */
#ifndef YS_TEST_REPORT_SUPPORT_H
#define YS_TEST_REPORT_SUPPORT_H

#include "ys_buf.h"
#include "ys_report.h"

/* What a test works on: a folder of its own and a copy of data/result.json that it may change. */
struct bench {
    char dir[64];
    struct ys_arena arena;
    struct ys_value *result;
    const char *evidence, *report; /* where the folder has, or may have, them */
    struct ys_err err;
};

/* For cmocka's set-up and tear-down; the tests find the bench in *state. */
int report_bench(void **state);
int report_bench_end(void **state);

/* data/result.json. Exits the program when it cannot be read: nothing can be tested then. */
const struct ys_value *report_data(struct ys_arena *arena);
/* data/previous.json: a comparison with the previous signed run. The same. */
const struct ys_value *report_previous(struct ys_arena *arena);
/* A result as the reports read it. */
struct ys_json_stream *report_stream(struct ys_arena *arena, const struct ys_value *result);
/* Writes evidence.jsonl with `count` records into the folder, always the same bytes. */
int report_evidence(const char *folder, int count);
int report_read(const char *path, struct ys_buf *ret_text);

#endif
