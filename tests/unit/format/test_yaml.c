/* SPDX-License-Identifier: Apache-2.0 */
/* YAML: scalars, places, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_yaml.h"

static const struct ys_document *load(struct ys_arena *arena, const char *text)
{
    struct ys_err err = {.text = ""};
    const struct ys_document *document = NULL;
    if (ys_yaml_parse(arena, "file.yaml", text, strlen(text), &document, &err) != YS_OK) {
        fail_msg("%u:%u: %s", err.line, err.column, err.text);
    }
    return document;
}

static const struct ys_value *root(struct ys_arena *arena, const char *text)
{
    return load(arena, text)->root;
}

static void assert_json(const struct ys_value *value, const char *expected)
{
    struct ys_buf buf;
    ys_buf_init(&buf, 10000);
    assert_int_equal(ys_json_write(value, &buf), YS_OK);
    assert_string_equal(buf.bytes, expected);
    ys_buf_clear(&buf);
}

static void assert_refused(struct ys_arena *arena, const char *text, enum ys_status status,
                           uint32_t line, uint32_t column, const char *part)
{
    struct ys_err err;
    const struct ys_document *document = NULL;
    assert_int_equal(ys_yaml_parse(arena, "file.yaml", text, strlen(text), &document, &err),
                     status);
    assert_null(document);
    assert_string_equal(err.source, "file.yaml");
    if (!strstr(err.text, part)) {
        fail_msg("'%s' is not in '%s'", part, err.text);
    }
    if (err.line != line || err.column != column) {
        fail_msg("%u:%u instead of %u:%u: %s", err.line, err.column, line, column, err.text);
    }
}

static void plain_scalars_are_typed_narrowly(void **state)
{
    static const char *const pairs[][2] = {
        {"true", "true"},
        {"false", "false"},
        {"null", "null"},
        {"~", "null"},
        {"", "null"},
        {"5", "5"},
        {"-5", "-5"},
        {"0", "0"},
        {"-0", "0"},
        {"5.10", "5.1"},
        {"-0.5", "-0.5"},
        {"100.00", "100"},
        {"yes", "\"yes\""},
        {"no", "\"no\""},
        {"on", "\"on\""},
        {"True", "\"True\""},
        {"NULL", "\"NULL\""},
        {"0123", "\"0123\""},
        {"00", "\"00\""},
        {"+86", "\"+86\""},
        {"1e3", "\"1e3\""},
        {"0x1F", "\"0x1F\""},
        {"0o17", "\"0o17\""},
        {".5", "\".5\""},
        {"5.", "\"5.\""},
        {".inf", "\".inf\""},
        {"2026-01-01", "\"2026-01-01\""},
        {"5.4.1", "\"5.4.1\""},
        {"12:30", "\"12:30\""},
        {"1_000", "\"1_000\""},
        {"-", "[null]"},
        {"\"5\"", "\"5\""},
        {"'true'", "\"true\""},
        {"\"\"", "\"\""},
        {"|\n  5", "\"5\""},
        {">\n  a\n  b\n", "\"a b\\n\""},
        {"\"\\u4e2d\\0x\"", "\"中\\u0000x\""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char text[64];
        if (pairs[i][0][0] != '\0') {
            assert_json(root(*state, pairs[i][0]), pairs[i][1]);
        }
        snprintf(text, sizeof text, "a: %s", pairs[i][0]);
        if (strcmp(pairs[i][0], "-") != 0) {
            assert_json(ys_value_get(root(*state, text), "a"), pairs[i][1]);
        }
    }
}

static void numbers_remember_how_they_were_written(void **state)
{
    const struct ys_value *list = root(*state, "[5.10, 5.1, 100.00, true, ~, 5.4.1, \"7.1\", x]");
    static const char *const written[] = {"5.10", "5.1",   "100.00", "true",
                                          NULL,   "5.4.1", "7.1",    "x"};
    for (size_t i = 0; i < 8; i++) {
        const char *text = ys_value_written(ys_value_at(list, i));
        if (written[i]) {
            assert_string_equal(text, written[i]);
        } else {
            assert_null(text);
        }
    }
    assert_true(ys_value_equal(ys_value_at(list, 0), ys_value_at(list, 1)));
    struct ys_value *copy = ys_value_copy(*state, ys_value_at(list, 0));
    assert_string_equal(ys_value_written(copy), "5.10");
}

static void every_node_and_name_has_its_place(void **state)
{
    const struct ys_value *map =
        root(*state, "# 说明\nid: x\n费用:\n  - {时间: 1, b: [2]}\n  - \"y\"\n");
    assert_int_equal(map->line, 2);
    assert_int_equal(map->column, 1);
    const struct ys_member *fees = &map->as.map.members[1];
    assert_true(fees->line == 3 && fees->column == 1);
    const struct ys_value *first = ys_value_at(fees->value, 0);
    assert_true(fees->value->line == 4 && fees->value->column == 3);
    assert_true(first->line == 4 && first->column == 5);
    /* Columns count characters, not bytes. */
    assert_true(first->as.map.members[1].line == 4 && first->as.map.members[1].column == 13);
    const struct ys_value *number = ys_value_at(ys_value_get(first, "b"), 0);
    assert_true(number->line == 4 && number->column == 17);
    const struct ys_value *last = ys_value_at(fees->value, 1);
    assert_true(last->line == 5 && last->column == 5);
}

static void syntax_errors_say_where_and_what_was_expected(void **state)
{
    assert_refused(*state, "a: 1\nb:\n  - [1, 2\nc: 3\n", YS_ERR_SYNTAX, 4, 2,
                   "did not find expected ',' or ']'");
    assert_refused(*state, "a: [1\n", YS_ERR_SYNTAX, 2, 1, "while parsing a flow sequence");
    assert_refused(*state, "a:\n\tb: 1\n", YS_ERR_SYNTAX, 2, 1, "cannot start any token");
    assert_refused(*state, "a: \"x\n", YS_ERR_SYNTAX, 2, 1, "unexpected end of stream");
    assert_refused(*state, "a: b: c\n", YS_ERR_SYNTAX, 1, 5, "mapping values are not allowed");
    assert_refused(*state, "x: 1\ny: \"中\xff\"\n", YS_ERR_ENCODING, 2, 6, "UTF-8");
    assert_refused(*state, "a: \x01\n", YS_ERR_ENCODING, 1, 4, "control characters");
}

static void the_notation_is_kept_small(void **state)
{
    assert_refused(*state, "", YS_ERR_SYNTAX, 1, 1, "empty");
    assert_refused(*state, "# only a comment\n", YS_ERR_SYNTAX, 2, 1, "empty");
    assert_refused(*state, "a: 1\n---\nb: 2\n", YS_ERR_SYNTAX, 2, 1, "second document");
    assert_refused(*state, "a: !!str 5\n", YS_ERR_SYNTAX, 1, 4, "tags");
    assert_refused(*state, "a: ! 5\n", YS_ERR_SYNTAX, 1, 4, "tags");
    assert_refused(*state, "a: !x [5]\n", YS_ERR_SYNTAX, 1, 4, "tags");
    assert_refused(*state, "a: !!map {}\n", YS_ERR_SYNTAX, 1, 4, "tags");
    assert_refused(*state, "b: &x {c: 1}\na:\n  <<: *x\n", YS_ERR_SYNTAX, 3, 3, "merge keys");
    assert_refused(*state, "5.1: x\n", YS_ERR_SYNTAX, 1, 1, "write \"5.1\" in quotes");
    assert_refused(*state, "true: x\n", YS_ERR_SYNTAX, 1, 1, "quotes");
    assert_refused(*state, "~: x\n", YS_ERR_SYNTAX, 1, 1, "quotes");
    assert_refused(*state, "[a]: x\n", YS_ERR_SYNTAX, 1, 1, "must be a text");
    assert_refused(*state, "\"a\\0b\": x\n", YS_ERR_SYNTAX, 1, 1, "NUL");
    assert_refused(*state, "n: 12345678901234567890\n", YS_ERR_RANGE, 1, 4, "in quotes");
    assert_json(root(*state, "\"5.1\": x\n'true': y\non: z\n5.4.1: w\n"),
                "{\"5.1\":\"x\",\"5.4.1\":\"w\",\"on\":\"z\",\"true\":\"y\"}");
}

static void a_second_key_of_one_name_is_refused_where_it_stands(void **state)
{
    assert_refused(*state, "a: 1\nb: 2\na: 3\n", YS_ERR_SYNTAX, 3, 1, "'a' is already in line 1");
    assert_refused(*state, "x: {c: 1, b: 2, \"c\": 3, b: 4}\n", YS_ERR_SYNTAX, 1, 17, "'c'");
    assert_json(root(*state, "x: {c: 1}\ny: {c: 1}\n"), "{\"x\":{\"c\":1},\"y\":{\"c\":1}}");
}

static void an_alias_is_the_value_of_its_anchor(void **state)
{
    assert_json(root(*state, "a: &x [1, {b: 2}]\nc: *x\nd: &x 3\ne: *x\n"),
                "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}],\"d\":3,\"e\":3}");
    assert_refused(*state, "a: *x\nb: &x 1\n", YS_ERR_UNDEFINED, 1, 4, "&x");
    assert_refused(*state, "a: &x [*x]\n", YS_ERR_UNDEFINED, 1, 8, "&x");
}

static void aliases_cannot_multiply_without_end(void **state)
{
    static const char laughs[] = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                                 "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                                 "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                                 "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                                 "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                                 "f: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    assert_refused(*state, laughs, YS_ERR_LIMIT, 6, 26, "YS_YAML_NODES_MAX");

    struct ys_buf buf;
    ys_buf_init(&buf, 100000);
    for (unsigned i = 0; i <= YS_YAML_ANCHORS_MAX; i++) {
        assert_int_equal(ys_buf_printf(&buf, "- &a%u x\n", i), YS_OK);
    }
    assert_refused(*state, buf.bytes, YS_ERR_LIMIT, YS_YAML_ANCHORS_MAX + 1, 3,
                   "YS_YAML_ANCHORS_MAX");
    ys_buf_clear(&buf);
}

static void nesting_has_a_cap_also_through_aliases(void **state)
{
    char text[4 * YS_YAML_DEPTH_MAX];
    memset(text, '[', YS_YAML_DEPTH_MAX);
    memset(text + YS_YAML_DEPTH_MAX, ']', YS_YAML_DEPTH_MAX);
    text[2 * YS_YAML_DEPTH_MAX] = '\0';
    assert_int_equal(root(*state, text)->kind, YS_KIND_LIST);
    memset(text, '[', YS_YAML_DEPTH_MAX + 1);
    memset(text + YS_YAML_DEPTH_MAX + 1, ']', YS_YAML_DEPTH_MAX + 1);
    text[2 * YS_YAML_DEPTH_MAX + 2] = '\0';
    assert_refused(*state, text, YS_ERR_LIMIT, 1, YS_YAML_DEPTH_MAX + 1, "YS_YAML_DEPTH_MAX");

    /* 1 + 40 levels of &x fit, 1 + 30 + 40 do not. */
    struct ys_buf buf;
    ys_buf_init(&buf, 1000);
    assert_int_equal(ys_buf_printf(&buf, "a: &x %.40s%.40s\nb: *x\n",
                                   "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                                   "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
                     YS_OK);
    assert_int_equal(ys_value_count(root(*state, buf.bytes)), 2);
    assert_int_equal(ys_buf_printf(&buf, "c: %.30s*x%.30s\n", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                                   "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
                     YS_OK);
    assert_refused(*state, buf.bytes, YS_ERR_LIMIT, 3, 34, "YS_YAML_DEPTH_MAX");
    ys_buf_clear(&buf);
}

static void json_is_read_too(void **state)
{
    assert_json(root(*state, "{\"b\": [1, 2.5, \"x\", null, true], \"a\": {}}"),
                "{\"a\":{},\"b\":[1,2.5,\"x\",null,true]}");
}

static void a_document_keeps_its_text_and_digest(void **state)
{
    static const char text[] = "\xEF\xBB\xBF"
                               "a: 1\r\nb: 中\n\nc: 3";
    char digest[YS_SM3_HEX_MAX];
    const struct ys_document *document = load(*state, text);
    ys_sm3_hex(text, strlen(text), digest);
    assert_string_equal(document->digest, digest);
    assert_string_equal(document->name, "file.yaml");
    assert_int_equal(document->root->column, 1);
    assert_string_equal(ys_document_line(*state, document, 1), "a: 1");
    assert_string_equal(ys_document_line(*state, document, 2), "b: 中");
    assert_string_equal(ys_document_line(*state, document, 3), "");
    assert_string_equal(ys_document_line(*state, document, 4), "c: 3");
    assert_string_equal(ys_document_line(*state, document, 5), "");
    assert_string_equal(ys_document_line(*state, document, 0), "");
}

static void a_file_is_read_under_its_own_name(void **state)
{
    char path[] = "/tmp/ys_yaml_XXXXXX";
    struct ys_err err;
    const struct ys_document *document = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(ys_file_write(path, "a: [1", 5, NULL), YS_OK);
    assert_int_equal(ys_yaml_load(*state, path, &document, &err), YS_ERR_SYNTAX);
    assert_string_equal(err.source, path);
    assert_int_equal(ys_file_write(path, "a: [1]", 6, NULL), YS_OK);
    assert_int_equal(ys_yaml_load(*state, path, &document, &err), YS_OK);
    assert_string_equal(document->name, path);
    assert_json(document->root, "{\"a\":[1]}");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(ys_yaml_load(*state, path, &document, &err), YS_ERR_NOT_FOUND);
}

static void many_files_are_read_each_with_its_document_or_its_error(void **state)
{
    struct ys_arena *arena = *state;
    char folder[] = "/tmp/ys_yaml_XXXXXX";
    struct ys_yaml_file files[60] = {{0}};
    size_t count = sizeof files / sizeof files[0];
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < count; i++) {
        /* Every tenth is broken, and the last was never written. */
        const char *text = ys_arena_printf(arena, i % 10 ? "{\"a\":%zu}" : "{\"a\":%zu", i);
        files[i].path = ys_arena_printf(arena, "%s/%zu.yaml", folder, i);
        if (i + 1 < count) {
            assert_int_equal(ys_file_write(files[i].path, text, strlen(text), NULL), YS_OK);
        }
    }
    ys_yaml_load_all(arena, files, count);
    for (size_t i = 0; i < count; i++) {
        bool is_good = i % 10 != 0 && i + 1 < count;
        assert_true(is_good == (files[i].document != NULL));
        assert_true(is_good == (files[i].err == NULL));
        if (is_good) {
            assert_string_equal(files[i].document->name, files[i].path);
            assert_json(files[i].document->root, ys_arena_printf(arena, "{\"a\":%zu}", i));
        } else {
            assert_int_equal(files[i].err->status,
                             i + 1 < count ? YS_ERR_SYNTAX : YS_ERR_NOT_FOUND);
        }
    }
    ys_folder_remove(folder);
    ys_yaml_load_all(arena, files, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_are_typed_narrowly),
        cmocka_unit_test(numbers_remember_how_they_were_written),
        cmocka_unit_test(every_node_and_name_has_its_place),
        cmocka_unit_test(syntax_errors_say_where_and_what_was_expected),
        cmocka_unit_test(the_notation_is_kept_small),
        cmocka_unit_test(a_second_key_of_one_name_is_refused_where_it_stands),
        cmocka_unit_test(an_alias_is_the_value_of_its_anchor),
        cmocka_unit_test(aliases_cannot_multiply_without_end),
        cmocka_unit_test(nesting_has_a_cap_also_through_aliases),
        cmocka_unit_test(json_is_read_too),
        cmocka_unit_test(a_document_keeps_its_text_and_digest),
        cmocka_unit_test(a_file_is_read_under_its_own_name),
        cmocka_unit_test(many_files_are_read_each_with_its_document_or_its_error),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
