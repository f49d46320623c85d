/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: reading (RFC 8259) and the canonical form (RFC 8785). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_json.h"

static const struct ys_value *parse(struct ys_arena *arena, const char *text)
{
    const struct ys_value *value = NULL;
    assert_int_equal(ys_json_parse(arena, text, strlen(text), &value, NULL), YS_OK);
    return value;
}

typedef enum ys_status (*write_fn)(const struct ys_value *value, struct ys_buf *buf);

static void assert_written(write_fn write, const struct ys_value *value, const char *expected)
{
    struct ys_buf buf;
    ys_buf_init(&buf, 10000);
    assert_int_equal(write(value, &buf), YS_OK);
    assert_string_equal(buf.bytes, expected);
    ys_buf_clear(&buf);
}

static void assert_refused(struct ys_arena *arena, const char *text, size_t length,
                           enum ys_status expected, const char *part)
{
    struct ys_err err;
    const struct ys_value *value = NULL;
    assert_int_equal(ys_json_parse(arena, text, length, &value, &err), expected);
    assert_null(value);
    assert_non_null(strstr(err.text, part));
}

/* RFC 8785, 3.2.2: its example, less the two numbers that no decimal of ours holds. */
static void the_example_of_rfc_8785_has_its_canonical_form(void **state)
{
    const struct ys_value *value = parse(
        *state, "{\n  \"numbers\": [333333333.33333329, 4.50, 2e-3],\n"
                "  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
                "  \"literals\": [null, true, false]\n}");
    assert_written(ys_json_write, value,
                   "{\"literals\":[null,true,false],\"numbers\":[333333333.333333,4.5,0.002],"
                   "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

/* RFC 8785, 3.2.3: names in the order of their UTF-16 code units. */
static void names_sort_by_utf16_code_units(void **state)
{
    const struct ys_value *value =
        parse(*state, "{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\","
                      "\"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\", \"1\": \"One\","
                      "\"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\","
                      "\"\\u00f6\": \"Latin Small Letter O With Diaeresis\"}");
    assert_written(
        ys_json_write, value,
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\","
        "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
        "\"😀\":\"Emoji: Grinning Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
    assert_written(ys_json_write, parse(*state, "{\"ab\":1,\"a\":2,\"\":3,\"B\":4}"),
                   "{\"\":3,\"B\":4,\"a\":2,\"ab\":1}");
}

/* RFC 8785, annex B, where a decimal holds the value. */
static void numbers_have_the_form_of_ecmascript(void **state)
{
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.0", "0"},
        {"9007199254740992", "9007199254740992"},
        {"-9007199254740992", "-9007199254740992"},
        {"9007199254740993", "9007199254740993"}, /* all digits, unlike ECMAScript */
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"333333333.3333333", "333333333.333333"},
        {"0.000001", "0.000001"},
        {"0.0000001", "1e-7"},
        {"-0.00000125", "-0.00000125"},
        {"-0.000000125", "-1.25e-7"},
        {"1e-18", "1e-18"},
        {"1E3", "1000"},
        {"100.00", "100"},
        {"0.1", "0.1"},
        {"0.30000000000000004", "0.3"},
        {NULL, NULL},
    };
    for (size_t i = 0; pairs[i][1]; i++) {
        assert_written(ys_json_write, parse(*state, pairs[i][0]), pairs[i][1]);
    }
}

static void a_number_that_no_decimal_holds_is_named_by_its_place(void **state)
{
    static const char deep[] = "{\"data\":{\"items\":[0,{\"fee\":1e30}]}}";
    assert_refused(*state, deep, strlen(deep), YS_ERR_RANGE, "$.data.items[1].fee");
    assert_refused(*state, "1e-30", 5, YS_ERR_RANGE, "$: the number is out of range");
    assert_refused(*state, "9223372036854775808", 19, YS_ERR_RANGE, "integer");
    assert_refused(*state, "1e400", 5, YS_ERR_RANGE, "overflow");
}

static void what_is_not_json_is_an_error_with_its_place(void **state)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "{\"a\":1,}",
                                      "[1 2]",
                                      "{'a':1}",
                                      "01",
                                      "+1",
                                      "nul",
                                      "[1] []",
                                      "\"\\ud800\"",
                                      "\"\n\"",
                                      "{1:2}",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\\u0000\":1}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ys_err err;
        const struct ys_value *value = NULL;
        assert_int_equal(ys_json_parse(*state, bad[i], strlen(bad[i]), &value, &err),
                         YS_ERR_SYNTAX);
        assert_null(value);
        assert_true(err.line > 0 && err.text[0] != '\0');
    }
    struct ys_err err;
    const struct ys_value *value = NULL;
    static const char second_line[] = "{\"a\": 1,\n \"b\": x}";
    assert_int_equal(ys_json_parse(*state, second_line, strlen(second_line), &value, &err),
                     YS_ERR_SYNTAX);
    assert_int_equal(err.line, 2);
    assert_refused(*state, "\"\xff\"", 3, YS_ERR_ENCODING, "0xff");
    assert_refused(*state, "[1]\0", 4, YS_ERR_SYNTAX, "end of file");
}

static void nesting_has_a_cap_that_is_named(void **state)
{
    char text[2 * YS_JSON_DEPTH_MAX + 2];
    const struct ys_value *value = NULL;
    memset(text, '[', YS_JSON_DEPTH_MAX + 1);
    memset(text + YS_JSON_DEPTH_MAX + 1, ']', YS_JSON_DEPTH_MAX + 1);
    assert_int_equal(ys_json_parse(*state, text + 1, (size_t)2 * YS_JSON_DEPTH_MAX, &value, NULL),
                     YS_OK);
    assert_refused(*state, text, sizeof text, YS_ERR_LIMIT, "YS_JSON_DEPTH_MAX");
}

static void strings_keep_nul_and_escape_only_what_they_must(void **state)
{
    const struct ys_value *value = parse(*state, "\"a\\u0000b\\u001f\\u007f\\b\\t\\f\\r\\/\"");
    assert_int_equal(value->as.string.length, 10);
    assert_written(ys_json_write, value, "\"a\\u0000b\\u001f\x7f\\b\\t\\f\\r/\"");
}

static void bytes_that_are_no_text_become_replacement_characters(void **state)
{
    assert_written(ys_json_write, ys_value_string(*state, "a\xff\xc0\x80z\xe4\xb8"),
                   "\"a\uFFFD\uFFFD\uFFFDz\uFFFD\uFFFD\"");
}

static void people_get_lines_and_levels(void **state)
{
    const struct ys_value *value = parse(*state, "{\"b\":[1,{\"c\":[]}],\"a\":{}}");
    assert_written(ys_json_write_pretty, value,
                   "{\n  \"b\": [\n    1,\n    {\n      \"c\": []\n    }\n  ],\n  \"a\": {}\n}\n");
    assert_written(ys_json_write_line, value, "{\"b\": [1, {\"c\": []}], \"a\": {}}");
    assert_written(ys_json_write, value, "{\"a\":{},\"b\":[1,{\"c\":[]}]}");
}

static void a_full_buffer_stops_every_writer(void **state)
{
    const struct ys_value *value =
        parse(*state, "{\"name\":[1,-2.5e-8,\"x\\ny\",null,true,false]}");
    static const write_fn writers[] = {ys_json_write, ys_json_write_line, ys_json_write_pretty};
    for (size_t w = 0; w < 3; w++) {
        struct ys_buf whole;
        ys_buf_init(&whole, 1000);
        assert_int_equal(writers[w](value, &whole), YS_OK);
        for (size_t max = 0; max < whole.length; max++) {
            struct ys_buf buf;
            ys_buf_init(&buf, max);
            assert_int_equal(writers[w](value, &buf), YS_ERR_LIMIT);
            assert_memory_equal(buf.bytes, whole.bytes, buf.length);
            ys_buf_clear(&buf);
        }
        ys_buf_clear(&whole);
    }
}

static enum ys_status pick(struct ys_arena *arena, const char *text,
                           const struct ys_value **ret_map)
{
    static const char *const names[] = {"a", "b", "deep"};
    return ys_json_pick(arena, text, strlen(text), names, 3, ret_map, NULL);
}

static void named_members_are_picked_at_every_depth_and_the_rest_is_passed_over(void **state)
{
    const struct ys_value *map = NULL;
    assert_int_equal(pick(*state,
                          "{\"x\":{\"a\":\"}\\\"],{\"},\"a\":\"1\\n\\u20ac\", "
                          "\"ab\":[[{}]],\"deep\":{\"b\":-2.50,"
                          "\"a\\u0062\":true,\"y\":null,\"a\":[{\"z\":1}]},\"b\":\"\xE2\x82\xAC\"}",
                          &map),
                     YS_OK);
    assert_written(ys_json_write, map,
                   "{\"a\":\"1\\n€\",\"b\":\"€\",\"deep\":{\"a\":[{\"z\":1}],\"b\":-2.5}}");
    assert_int_equal(pick(*state, "{}", &map), YS_OK);
    assert_int_equal(ys_value_count(map), 0);
}

static void what_cannot_be_passed_over_is_no_json(void **state)
{
    static const char *const texts[] = {"",
                                        "[]",
                                        "{",
                                        "{\"a\"",
                                        "{\"a\":",
                                        "{\"a\":1",
                                        "{\"x\":}",
                                        "{\"x\":\"}",
                                        "{\"x\":\"\\",
                                        "{\"x\":[}",
                                        "{\"x\":1,}",
                                        "{\"a\":wrong}",
                                        "{\"a\":1}x",
                                        "{\"a\" 1}",
                                        "{\"a\":\"\xFF\"}",
                                        "{x:1}",
                                        "{\"deep\":{\"a\":1}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct ys_value *map = NULL;
        assert_int_not_equal(pick(*state, texts[i], &map), YS_OK);
        assert_null(map);
    }
    struct ys_buf deep;
    ys_buf_init(&deep, 100000);
    const struct ys_value *map = NULL;
    for (unsigned i = 0; i <= YS_JSON_DEPTH_MAX; i++) {
        assert_int_equal(ys_buf_append_text(&deep, "{\"deep\":"), YS_OK);
    }
    assert_int_equal(pick(*state, deep.bytes, &map), YS_ERR_LIMIT);
    ys_buf_clear(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_rfc_8785_has_its_canonical_form),
        cmocka_unit_test(names_sort_by_utf16_code_units),
        cmocka_unit_test(numbers_have_the_form_of_ecmascript),
        cmocka_unit_test(a_number_that_no_decimal_holds_is_named_by_its_place),
        cmocka_unit_test(what_is_not_json_is_an_error_with_its_place),
        cmocka_unit_test(nesting_has_a_cap_that_is_named),
        cmocka_unit_test(strings_keep_nul_and_escape_only_what_they_must),
        cmocka_unit_test(bytes_that_are_no_text_become_replacement_characters),
        cmocka_unit_test(people_get_lines_and_levels),
        cmocka_unit_test(a_full_buffer_stops_every_writer),
        cmocka_unit_test(named_members_are_picked_at_every_depth_and_the_rest_is_passed_over),
        cmocka_unit_test(what_cannot_be_passed_over_is_no_json),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
