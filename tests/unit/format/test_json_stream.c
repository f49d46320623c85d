/* SPDX-License-Identifier: Apache-2.0 */
/* A long list read item by item; tests/fuzz/fuzz_json_stream.c holds it to the whole reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ys_file.h"
#include "ys_json.h"
#include "ys_json_stream.h"

struct bench {
    char path[64];
    struct ys_err err;
    struct ys_json_stream *stream;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    strcpy(bench->path, "/tmp/ys-stream-XXXXXX");
    int fd = mkstemp(bench->path);
    if (fd < 0) {
        return -1;
    }
    close(fd);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    ys_json_stream_close(bench->stream);
    unlink(bench->path);
    free(bench);
    return 0;
}

static enum ys_status open_text(struct bench *bench, const char *text, size_t max)
{
    assert_int_equal(ys_file_write(bench->path, text, strlen(text), &bench->err), YS_OK);
    return ys_json_stream_open(bench->path, "cases", max, &bench->stream, &bench->err);
}

static void items_come_in_any_order_and_the_rest_is_a_value(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(
        open_text(bench, "{\"a\": 1, \"cases\": [{\"id\": \"x]\"}, {\"id\": \"y\"}]}", 100), YS_OK);
    const struct ys_value *rest = ys_json_stream_rest(bench->stream);
    assert_int_equal(ys_json_stream_count(bench->stream), 2);
    assert_int_equal(ys_value_get_int(rest, "a", 0), 1);
    assert_int_equal(ys_value_count(ys_value_get(rest, "cases")), 0);
    assert_string_equal(ys_value_get_text(ys_json_stream_at(bench->stream, 1), "id"), "y");
    assert_string_equal(ys_value_get_text(ys_json_stream_at(bench->stream, 0), "id"), "x]");
    assert_null(ys_json_stream_at(bench->stream, 2));
    assert_int_equal(ys_json_stream_status(bench->stream, &bench->err), YS_OK);
}

/* Loaded as a whole it is what ys_json_parse() makes of it, and outlives the file. */
static void the_whole_is_one_value(void **state)
{
    static const char *const texts[] = {
        "{\"a\": 1, \"cases\": [{\"id\": \"x]\"}, {\"id\": \"y\", \"n\": 0.10}], \"b\": [1]}",
        "{\"cases\": [], \"b\": {}}",
        "{\"cases\": {\"id\": 1}}",
        "{}",
    };
    struct bench *bench = *state;
    struct ys_arena arena;
    ys_arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct ys_value *whole = NULL;
        const struct ys_value *parsed = NULL;
        assert_int_equal(ys_file_write(bench->path, texts[i], strlen(texts[i]), NULL), YS_OK);
        assert_int_equal(
            ys_json_stream_load(&arena, bench->path, "cases", 100, &whole, &bench->err), YS_OK);
        assert_int_equal(ys_file_write(bench->path, "x", 1, NULL), YS_OK);
        assert_int_equal(ys_json_parse(&arena, texts[i], strlen(texts[i]), &parsed, NULL), YS_OK);
        assert_true(ys_value_equal(whole, parsed));
        assert_int_equal(
            ys_json_stream_load(&arena, bench->path, "cases", 100, &whole, &bench->err),
            YS_ERR_SYNTAX);
    }
    ys_arena_clear(&arena);
}

static void a_fault_names_its_line(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(open_text(bench, "{\n \"cases\": [\n  {},\n  {\"id\": nul}\n]}\n", 100),
                     YS_ERR_SYNTAX);
    assert_int_equal(bench->err.line, 4);
    assert_string_equal(bench->err.source, bench->path);
    assert_int_equal(open_text(bench, "{\"cases\": [1 2]}", 100), YS_ERR_SYNTAX);
    assert_string_equal(bench->err.text, "expected , or ]");
    assert_int_equal(bench->err.column, 14);
    assert_int_equal(open_text(bench, "{\"cases\": [1, 2]}", 10), YS_ERR_LIMIT);
    unlink(bench->path);
    assert_int_equal(ys_json_stream_open(bench->path, "cases", 10, &bench->stream, &bench->err),
                     YS_ERR_NOT_FOUND);
}

static void a_file_that_changes_meanwhile_is_told(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(open_text(bench, "{\"cases\": [1, 2]}", 100), YS_OK);
    assert_int_equal(truncate(bench->path, 14), 0);
    assert_non_null(ys_json_stream_at(bench->stream, 0));
    assert_null(ys_json_stream_at(bench->stream, 1));
    assert_null(ys_json_stream_at(bench->stream, 0));
    assert_int_equal(ys_json_stream_status(bench->stream, &bench->err), YS_ERR_IO);
    assert_non_null(strstr(bench->err.text, bench->path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(items_come_in_any_order_and_the_rest_is_a_value, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_whole_is_one_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fault_names_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_changes_meanwhile_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("json stream", tests, NULL, NULL);
}
