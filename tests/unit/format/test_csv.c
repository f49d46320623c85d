/* SPDX-License-Identifier: Apache-2.0 */
/* CSV: RFC 4180, and what it leaves ambiguous. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_csv.h"
#include "ys_file.h"
#include "ys_json.h"

static const struct ys_value *rows_of(struct ys_arena *arena, const char *text)
{
    const struct ys_value *rows = NULL;
    assert_int_equal(ys_csv_parse(arena, "roster.csv", text, strlen(text), &rows, NULL), YS_OK);
    return rows;
}

static void assert_rows(struct ys_arena *arena, const char *text, const char *expected)
{
    struct ys_buf buf;
    ys_buf_init(&buf, 10000);
    assert_int_equal(ys_json_write(rows_of(arena, text), &buf), YS_OK);
    assert_string_equal(buf.bytes, expected);
    ys_buf_clear(&buf);
}

static void rows_become_maps_of_texts(void **state)
{
    assert_rows(*state, "支行,区\n测试一,东城\n测试二,\n",
                "[{\"区\":\"东城\",\"支行\":\"测试一\"},{\"区\":\"\",\"支行\":\"测试二\"}]");
    assert_rows(*state, "n\r\n007\r\n1.50\r\n", "[{\"n\":\"007\"},{\"n\":\"1.50\"}]");
    assert_rows(*state, "a,b\n1,2", "[{\"a\":\"1\",\"b\":\"2\"}]");
    assert_rows(*state,
                "\xEF\xBB\xBF"
                "a\n1\n",
                "[{\"a\":\"1\"}]");
    assert_rows(*state, "a,b\n", "[]");
    assert_rows(*state, "a,b", "[]");
    assert_rows(*state, "a\n\n x \n", "[{\"a\":\"\"},{\"a\":\" x \"}]");
}

static void quotes_hold_commas_lines_and_quotes(void **state)
{
    assert_rows(*state, "\"a\",b\n\"x, \"\"y\"\"\",\"one\r\ntwo\"\n\"\",\"\"\"\"\n",
                "[{\"a\":\"x, \\\"y\\\"\",\"b\":\"one\\r\\ntwo\"},{\"a\":\"\",\"b\":\"\\\"\"}]");
}

static void rows_and_cells_know_their_place(void **state)
{
    const struct ys_value *rows = rows_of(*state, "a,b\n\"x\ny\",中\n中,\"z\"\n");
    const struct ys_value *last = ys_value_at(rows, 1);
    assert_int_equal(ys_value_at(rows, 0)->line, 2);
    assert_int_equal(last->line, 4);
    assert_int_equal(ys_value_get(last, "b")->line, 4);
    assert_int_equal(ys_value_get(last, "b")->column, 3);
    assert_int_equal(last->as.map.members[1].line, 1);
    assert_int_equal(last->as.map.members[1].column, 3);
}

static void assert_refused(struct ys_arena *arena, const char *text, size_t length,
                           enum ys_status status, uint32_t line, uint32_t column, const char *part)
{
    struct ys_err err;
    const struct ys_value *rows = NULL;
    assert_int_equal(ys_csv_parse(arena, "roster.csv", text, length, &rows, &err), status);
    assert_null(rows);
    assert_string_equal(err.source, "roster.csv");
    assert_int_equal(err.line, line);
    assert_int_equal(err.column, column);
    assert_non_null(strstr(err.text, part));
}

static void what_is_ambiguous_is_an_error_with_its_place(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
        uint32_t column;
        const char *part;
    } bad[] = {
        {"", 1, 1, "empty"},
        {"a,b\n1\n", 2, 1, "1 cells, the header 2"},
        {"a,b\n1,2\n1,2,3\n", 3, 1, "3 cells, the header 2"},
        {"a,b\n\n", 2, 1, "1 cells, the header 2"},
        {"a\n\"x\n\n", 2, 1, "never closed"},
        {"a,b\n中\"x,1\n", 2, 2, "must be in quotes"},
        {"a\n\"x\"y\n", 2, 4, "closing quote"},
        {"a\rb\n", 1, 2, "carriage return"},
        {"a,b,a\n", 1, 5, "'a' is already number 1"},
        {"a,,b\n", 1, 3, "without a name"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_refused(*state, bad[i].text, strlen(bad[i].text), YS_ERR_SYNTAX, bad[i].line,
                       bad[i].column, bad[i].part);
    }
    assert_refused(*state, "a\n\xB1\xB1\n", 5, YS_ERR_ENCODING, 2, 1, "CSV UTF-8");
    assert_refused(*state, "a\nx\0\n", 5, YS_ERR_ENCODING, 2, 2, "NUL");
}

static void too_many_columns_are_refused_by_name(void **state)
{
    char text[2 * (YS_CSV_COLUMNS_MAX + 1)];
    for (size_t i = 0; i < sizeof text; i += 2) {
        text[i] = 'c';
        text[i + 1] = ',';
    }
    assert_refused(*state, text, sizeof text, YS_ERR_LIMIT, 1, 2 * YS_CSV_COLUMNS_MAX + 1,
                   "YS_CSV_COLUMNS_MAX");
}

static void a_file_of_twenty_thousand_rows_is_read(void **state)
{
    char path[] = "/tmp/ys_csv_XXXXXX";
    struct ys_buf buf;
    const struct ys_value *rows = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    assert_int_equal(ys_buf_append_text(&buf, "id,name\n"), YS_OK);
    for (int i = 0; i < 20000; i++) {
        assert_int_equal(ys_buf_printf(&buf, "%d,支行%d\n", i, i), YS_OK);
    }
    assert_int_equal(ys_file_write(path, buf.bytes, buf.length, NULL), YS_OK);
    assert_int_equal(ys_csv_load(*state, path, &rows, NULL), YS_OK);
    assert_int_equal(ys_value_count(rows), 20000);
    assert_string_equal(ys_value_get_text(ys_value_at(rows, 19999), "name"), "支行19999");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(ys_csv_load(*state, path, &rows, NULL), YS_ERR_NOT_FOUND);
    ys_buf_clear(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_maps_of_texts),
        cmocka_unit_test(quotes_hold_commas_lines_and_quotes),
        cmocka_unit_test(rows_and_cells_know_their_place),
        cmocka_unit_test(what_is_ambiguous_is_an_error_with_its_place),
        cmocka_unit_test(too_many_columns_are_refused_by_name),
        cmocka_unit_test(a_file_of_twenty_thousand_rows_is_read),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
