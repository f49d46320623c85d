/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier's parser of lines. What it calls canonical must be JSON to the real parser too:
 * else a record could pass verification that nobody can read.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "ys_json.h"
#include "ys_line.h"

static int has_escaped_nul(const char *text, size_t size)
{
    for (size_t i = 0; i + 6 <= size; i++) {
        if (memcmp(text + i, "\\u0000", 6) == 0) {
            return 1;
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_line line;
    size_t bad_at = 0;
    const char *why = NULL;
    const char *text = (const char *)data;
    if (!ys_line_read(text, size, &line, &bad_at, &why)) {
        if (bad_at > size || !why || strlen(why) == 0) {
            abort();
        }
        return 0;
    }
    if (line.prev && (line.prev < text || line.prev + 64 > text + size)) {
        abort();
    }
    struct ys_arena arena;
    struct ys_err err;
    const struct ys_value *value = NULL;
    ys_arena_init(&arena);
    enum ys_status status = ys_json_parse(&arena, text, size, &value, &err);
    /* A number may be beyond what the harness computes with, or a text hold NUL. */
    if (status != YS_OK && status != YS_ERR_RANGE && status != YS_ERR_LIMIT &&
        !has_escaped_nul(text, size)) {
        abort();
    }
    ys_arena_clear(&arena);
    return 0;
}
