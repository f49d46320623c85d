/* SPDX-License-Identifier: Apache-2.0 */
/* The tree type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_json.h"
#include "ys_value.h"

static const struct ys_value *json(struct ys_arena *arena, const char *text)
{
    const struct ys_value *value = NULL;
    assert_int_equal(ys_json_parse(arena, text, strlen(text), &value, NULL), YS_OK);
    return value;
}

static void members_keep_their_order_and_are_replaced_in_place(void **state)
{
    struct ys_value *map = ys_value_map(*state);
    for (int i = 0; i < 100; i++) {
        char name[2] = {(char)('a' + i % 26), '\0'};
        ys_value_set_int(*state, map, name, i);
    }
    assert_int_equal(ys_value_count(map), 26);
    assert_string_equal(map->as.map.members[0].name, "a");
    assert_string_equal(map->as.map.members[25].name, "z");
    assert_int_equal(ys_value_get_int(map, "a", -1), 78);
    ys_value_set_text(*state, map, "none", NULL);
    assert_null(ys_value_get(map, "none"));
}

static void readers_answer_for_what_is_not_there(void **state)
{
    const struct ys_value *map =
        json(*state, "{\"n\":1.5,\"i\":7,\"s\":\"x\",\"b\":true,\"l\":[1]}");
    assert_null(ys_value_get(map, "none"));
    assert_null(ys_value_get(NULL, "n"));
    assert_null(ys_value_get(ys_value_get(map, "l"), "n"));
    assert_int_equal(ys_value_get_int(map, "n", -1), -1);
    assert_int_equal(ys_value_get_int(map, "i", -1), 7);
    assert_int_equal(ys_value_get_int(map, "s", -1), -1);
    assert_string_equal(ys_value_get_text(map, "s"), "x");
    assert_null(ys_value_get_text(map, "i"));
    assert_true(ys_value_get_bool(map, "b", false));
    assert_true(ys_value_get_bool(map, "i", true));
    assert_int_equal(ys_value_count(ys_value_get(map, "l")), 1);
    assert_int_equal(ys_value_count(ys_value_get(map, "s")), 0);
    assert_int_equal(ys_value_count(NULL), 0);
    assert_null(ys_value_at(ys_value_get(map, "l"), 1));
    assert_null(ys_value_at(map, 0));
    assert_null(ys_value_written(NULL));
    assert_null(ys_value_written(ys_value_get(map, "i")));
    assert_string_equal(ys_value_written(ys_value_get(map, "s")), "x");
}

static void equality_is_typed(void **state)
{
    static const char *const equal[][2] = {
        {"100", "100.00"},
        {"{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1}"},
        {"\"x\"", "\"\\u0078\""},
        {"null", "null"},
        {"[]", "[]"},
    };
    static const char *const different[] = {"1",         "\"1\"",     "true",  "null",
                                            "[]",        "{}",        "[1]",   "[1,2]",
                                            "[2,1]",     "{\"a\":1}", "\"a\"", "\"a\\u0000b\"",
                                            "{\"b\":1}", "{\"a\":2}", "false", "{\"a\":1,\"b\":1}",
                                            "\"\"",      "0",         "1.5"};
    for (size_t i = 0; i < sizeof equal / sizeof equal[0]; i++) {
        assert_true(ys_value_equal(json(*state, equal[i][0]), json(*state, equal[i][1])));
    }
    for (size_t i = 0; i < sizeof different / sizeof different[0]; i++) {
        for (size_t j = 0; j < sizeof different / sizeof different[0]; j++) {
            assert_int_equal(ys_value_equal(json(*state, different[i]), json(*state, different[j])),
                             i == j);
        }
    }
    assert_false(ys_value_equal(NULL, json(*state, "null")));
    assert_true(ys_value_equal(NULL, NULL));
}

static void a_copy_outlives_its_original(void **state)
{
    struct ys_arena other;
    ys_arena_init(&other);
    struct ys_value *original =
        ys_value_copy(&other, json(&other, "{\"a\":[1,true,null,\"x\\u0000y\",{\"b\":2.5}]}"));
    original->line = 7;
    struct ys_value *copy = ys_value_copy(*state, original);
    assert_true(ys_value_equal(copy, original));
    ys_arena_clear(&other);
    assert_int_equal(copy->line, 7);
    assert_true(
        ys_value_equal(copy, json(*state, "{\"a\":[1,true,null,\"x\\u0000y\",{\"b\":2.5}]}")));
}

static void shown_values_fit_and_are_cut_between_characters(void **state)
{
    const struct ys_value *value = json(*state, "{\"b\":1,\"a\":[\"验收测试\",null]}");
    assert_string_equal(ys_value_show(*state, value, 100),
                        "{\"a\": [\"验收测试\", null], \"b\": 1}");
    for (size_t max = 3; max < 60; max++) {
        const char *shown = ys_value_show(*state, value, max);
        assert_true(strlen(shown) <= max);
        struct ys_value *text = ys_value_string(*state, shown);
        struct ys_buf buf;
        /* No replacement character: the cut text is still UTF-8. */
        ys_buf_init(&buf, 1000);
        assert_int_equal(ys_json_write(text, &buf), YS_OK);
        assert_null(strstr(buf.bytes, "\xEF\xBF\xBD"));
        ys_buf_clear(&buf);
    }
    value = json(*state, "{\"b\":22,\"a\":1}");
    assert_string_equal(ys_value_show(*state, value, 12), "{\"a\": 1, …");
    assert_string_equal(ys_value_show(*state, NULL, 20), "nothing");
    assert_string_equal(ys_value_show(*state, ys_value_printf(*state, "%d%%", 70), 20), "\"70%\"");
}

static void an_item_is_found_by_its_id_wherever_the_search_begins(void **state)
{
    const struct ys_value *list =
        json(*state, "[{\"id\":\"a\"},7,{\"id\":\"b\"},{\"n\":1},{\"id\":\"c\"}]");
    size_t at = 0;
    assert_ptr_equal(ys_value_with_id(list, "a", &at), ys_value_at(list, 0));
    assert_int_equal(at, 1);
    assert_ptr_equal(ys_value_with_id(list, "c", &at), ys_value_at(list, 4));
    assert_int_equal(at, 5);
    assert_ptr_equal(ys_value_with_id(list, "b", &at), ys_value_at(list, 2));
    assert_null(ys_value_with_id(list, "d", &at));
    assert_null(ys_value_with_id(list, NULL, &at));
    assert_int_equal(at, 3);
    assert_null(ys_value_with_id(json(*state, "[]"), "a", &at));
    assert_null(ys_value_with_id(NULL, "a", &at));
}

static void every_kind_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(ys_kind_name(YS_KIND_NULL), "null");
    assert_string_equal(ys_kind_name(YS_KIND_BOOL), "boolean");
    assert_string_equal(ys_kind_name(YS_KIND_NUMBER), "number");
    assert_string_equal(ys_kind_name(YS_KIND_STRING), "string");
    assert_string_equal(ys_kind_name(YS_KIND_LIST), "list");
    assert_string_equal(ys_kind_name(YS_KIND_MAP), "map");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_keep_their_order_and_are_replaced_in_place),
        cmocka_unit_test(readers_answer_for_what_is_not_there),
        cmocka_unit_test(equality_is_typed),
        cmocka_unit_test(a_copy_outlives_its_original),
        cmocka_unit_test(shown_values_fit_and_are_cut_between_characters),
        cmocka_unit_test(an_item_is_found_by_its_id_wherever_the_search_begins),
        cmocka_unit_test(every_kind_has_a_name),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
