/* SPDX-License-Identifier: Apache-2.0 */
/* What of a reply reaches the record in clear: nothing but what was read and is not personal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ys_engine_private.h"
#include "ys_json.h"

struct world {
    struct ys_engine engine;
    struct ys_exec exec;
};

static const uint8_t test_key[YS_REDACT_KEY_BYTES] = "a key that only the tests know..";

static int setup(void **state)
{
    static struct world world;
    memset(&world, 0, sizeof world);
    world.engine.redactor = ys_redactor_new(test_key);
    world.exec.engine = &world.engine;
    ys_arena_init(&world.exec.arena);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    ys_redactor_free(world->engine.redactor);
    ys_arena_clear(&world->exec.arena);
    return 0;
}

static const char *shown(struct world *world, const char *body)
{
    size_t length = 0;
    const char *text = ys_clear_apply(&world->exec, body, strlen(body), &length);
    assert_int_equal(strlen(text), length);
    return text;
}

/* Parses and lets the values at these paths be clear. */
static const char *shown_with(struct world *world, const char *body, const char *const *paths)
{
    const struct ys_value *json = NULL;
    ys_clear_reset(&world->exec.clear);
    assert_int_equal(ys_json_parse(&world->exec.arena, body, strlen(body), &json, NULL), YS_OK);
    world->exec.clear.json = json;
    for (size_t i = 0; paths[i]; i++) {
        const struct ys_jsonpath *path = NULL;
        const struct ys_value *nodes = NULL;
        assert_int_equal(ys_jsonpath_parse(&world->exec.arena, paths[i], &path, NULL), YS_OK);
        assert_int_equal(ys_jsonpath_select(&world->exec.arena, path, json, &nodes, NULL), YS_OK);
        for (size_t k = 0; k < ys_value_count(nodes); k++) {
            ys_clear_value(&world->exec, ys_value_at(nodes, k));
        }
    }
    return shown(world, body);
}

static void unmapped_members_become_marks_and_the_form_stays(void **state)
{
    const char *const paths[] = {"$.fee", "$.list[0]", NULL};
    const char *text =
        shown_with(*state,
                   "{ \"fee\": 0.00, \"holder\": {\"name\": \"\\u6d4b\\u8bd5一\", \"ok\": true},\n"
                   "  \"phone\": 13800000000, \"none\": null, \"list\": [\"a\\\"b\", \"c\"] }",
                   paths);
    assert_non_null(strstr(text, "{ \"fee\": 0.00, \"holder\": {\"name\": \"⟦unmapped:"));
    assert_non_null(strstr(text, "\"ok\": true}"));
    assert_non_null(strstr(text, "\"phone\": \"⟦unmapped:"));
    assert_non_null(strstr(text, "\"none\": null, \"list\": [\"a\\\"b\", \"⟦unmapped:"));
    assert_null(strstr(text, "13800000000"));
    assert_null(strstr(text, "6d4b"));
}

static void reply_that_nothing_was_read_from_shows_no_value(void **state)
{
    struct world *world = *state;
    const char *text = shown(world, "[{\"id_number\":\"110101190001010014\"},17,\"x\"]");
    assert_null(strstr(text, "110101"));
    assert_null(strstr(text, "17,"));
    assert_non_null(strstr(text, "\"id_number\""));
}

static void text_that_is_no_json_is_hidden_as_a_whole(void **state)
{
    struct world *world = *state;
    const char *const texts[] = {"<html>测试一</html>", "测试一", "{\"a\":1,\"a\":2}", "{\"a\":"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(strncmp(shown(world, texts[i]), "⟦unmapped:", strlen("⟦unmapped:")), 0);
    }
    size_t length = 0;
    const char *text = ys_clear_apply(&world->exec, "\xB2\xE2\0x", 4, &length);
    assert_int_equal(strncmp(text, "⟦unmapped:", strlen("⟦unmapped:")), 0);
}

static void known_person_keeps_the_mark_of_its_kind(void **state)
{
    struct world *world = *state;
    ys_redactor_learn(world->engine.redactor, "name", "测试一");
    assert_non_null(strstr(shown(world, "{\"x\":\"测试一\"}"), "⟦name:"));
}

static void value_that_was_sent_in_clear_may_come_back_in_clear(void **state)
{
    struct world *world = *state;
    static const struct ys_type text = {.kind = YS_TYPE_STRING};
    static const struct ys_type name = {.kind = YS_TYPE_STRING, .personal = "name"};
    const struct ys_field fields[] = {{.name = "branch", .type = &text},
                                      {.name = "name", .type = &name}};
    const struct ys_type inputs = {.kind = YS_TYPE_OBJECT, .fields = fields, .field_count = 2};
    struct ys_value *sent = ys_value_map(&world->exec.arena);
    ys_value_set_text(&world->exec.arena, sent, "branch", "B0001");
    ys_value_set_text(&world->exec.arena, sent, "name", "测试二");
    ys_clear_sent(&world->exec, &inputs, sent);
    const char *shown_text = shown(world, "{\"at\":\"B0001\",\"by\":\"测试二\",\"in\":\"B00012\"}");
    assert_non_null(strstr(shown_text, "\"at\":\"B0001\""));
    assert_null(strstr(shown_text, "测试二"));
    assert_null(strstr(shown_text, "B00012"));
}

static void personal_members_of_a_mapped_object_stay_hidden(void **state)
{
    struct world *world = *state;
    static const struct ys_type text = {.kind = YS_TYPE_STRING};
    static const struct ys_type name = {.kind = YS_TYPE_STRING, .personal = "name"};
    static const struct ys_field fields[] = {{.name = "state", .type = &text},
                                             {.name = "name", .type = &name}};
    static const struct ys_type person = {
        .kind = YS_TYPE_OBJECT, .fields = fields, .field_count = 2};
    static const struct ys_type people = {.kind = YS_TYPE_LIST, .item = &person};
    const char body[] = "[{\"state\":\"open\",\"name\":\"测试一\",\"more\":\"x1\"}]";
    const struct ys_value *json = NULL;
    assert_int_equal(ys_json_parse(&world->exec.arena, body, strlen(body), &json, NULL), YS_OK);
    world->exec.clear.json = json;
    ys_clear_typed(&world->exec, &people, json);
    const char *shown_text = shown(world, body);
    assert_non_null(strstr(shown_text, "\"state\":\"open\""));
    assert_null(strstr(shown_text, "测试一"));
    assert_null(strstr(shown_text, "x1"));
}

static void xml_shows_what_was_read_and_hides_texts_attributes_and_comments(void **state)
{
    struct world *world = *state;
    world->exec.clear.xml = true;
    ys_clear_value(&world->exec, ys_value_string(&world->exec.arena, "0.00"));
    ys_clear_value(&world->exec, ys_value_string(&world->exec.arena, "A1"));
    const char *text = shown(
        world, "<?xml version=\"1.0\"?><r xmlns:b=\"urn:b\" id='A1' no=\"B2\"><!-- 测试一 -->"
               "<fee> 0.00 </fee><b:name>测试一</b:name><c><![CDATA[13800000000]]></c><e/></r>");
    assert_non_null(strstr(text, "<?xml version=\"1.0\"?><r xmlns:b=\"urn:b\" id='A1' no=\"⟦"));
    assert_non_null(strstr(text, "<fee> 0.00 </fee><b:name>⟦unmapped:"));
    assert_non_null(strstr(text, "<e/></r>"));
    assert_null(strstr(text, "测试一"));
    assert_null(strstr(text, "13800000000"));
    assert_null(strstr(text, "B2"));
}

static void body_that_the_suite_judges_as_text_is_clear(void **state)
{
    struct world *world = *state;
    world->exec.clear.all = true;
    assert_string_equal(shown(world, "pong"), "pong");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unmapped_members_become_marks_and_the_form_stays),
        TEST(reply_that_nothing_was_read_from_shows_no_value),
        TEST(text_that_is_no_json_is_hidden_as_a_whole),
        TEST(known_person_keeps_the_mark_of_its_kind),
        TEST(value_that_was_sent_in_clear_may_come_back_in_clear),
        TEST(personal_members_of_a_mapped_object_stay_hidden),
        TEST(xml_shows_what_was_read_and_hides_texts_attributes_and_comments),
        TEST(body_that_the_suite_judges_as_text_is_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
