/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as result.json, whose list "cases" is read item by item: what is accepted is what is
 * accepted as a whole, and is the same value.
 */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "ys_json.h"
#include "ys_json_stream.h"

static void check_same(struct ys_arena *arena, struct ys_json_stream *stream,
                       const struct ys_value *whole)
{
    const struct ys_value *cases = ys_value_get(whole, "cases");
    struct ys_value *joined = ys_value_copy(arena, ys_json_stream_rest(stream));
    size_t count = ys_json_stream_count(stream);
    if (cases && cases->kind == YS_KIND_LIST) {
        struct ys_value *items = ys_value_list(arena);
        for (size_t i = 0; i < count; i++) {
            const struct ys_value *item = ys_json_stream_at(stream, count - 1u - i);
            require(item && ys_value_equal(item, ys_value_at(cases, count - 1u - i)));
            ys_value_append(arena, items, ys_value_at(cases, i));
        }
        ys_value_set(arena, joined, "cases", items);
    }
    require(ys_value_equal(joined, whole));
    require(ys_json_stream_at(stream, count) == NULL);
    require(ys_json_stream_status(stream, NULL) == YS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    struct ys_err whole_err = {.status = YS_OK};
    const struct ys_value *whole = NULL;
    struct ys_json_stream *stream = NULL;
    char path[] = "/tmp/fuzz_json_stream.XXXXXX";
    int fd = mkstemp(path);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
    ys_arena_init(&arena);
    bool is_whole = ys_json_parse(&arena, (const char *)data, size, &whole, &whole_err) == YS_OK;
    if (ys_json_stream_open(path, "cases", YS_RESULT_BYTES_MAX, &stream, &err) == YS_OK) {
        /* An item may nest as deeply as a whole text. */
        require(is_whole || whole_err.status == YS_ERR_LIMIT);
        if (is_whole) {
            check_same(&arena, stream, whole);
        }
    } else {
        require(!is_whole || whole->kind != YS_KIND_MAP);
        require(err.status != YS_OK && err.text[0] != '\0');
    }
    ys_json_stream_close(stream);
    ys_arena_clear(&arena);
    unlink(path);
    return 0;
}
