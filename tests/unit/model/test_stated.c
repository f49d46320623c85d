/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the card that a candidate states: what is laid over card.yaml, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_pack.h"
#include "ys_yaml.h"

/* The pack with these facts; NULL where they are refused, with complaints in `diags`. */
static const struct ys_pack *state_text(struct world *world, const char *text)
{
    const struct ys_document *document = NULL;
    const struct ys_pack *stated = NULL;
    struct ys_err err;
    ys_diags_init(&world->diags, &world->arena);
    assert_int_equal(
        ys_yaml_parse(&world->arena, "facts.yaml", text, strlen(text), &document, &err), YS_OK);
    enum ys_status status =
        ys_pack_state(&world->arena, world->pack, document, &world->diags, &stated);
    assert_int_equal(status, stated ? YS_OK : YS_ERR_INVALID);
    assert_int_equal(world->diags.errors == 0, stated != NULL);
    return stated;
}

static const struct ys_card_item *item_of(const struct ys_pack *pack, const char *application,
                                          const char *file, size_t number)
{
    const struct ys_card_application *known =
        ys_catalogue_application(pack->catalogue, application);
    assert_non_null(known);
    const struct ys_card_file *found = ys_card_file_find(known, file);
    assert_non_null(found);
    assert_true(number < found->item_count);
    return &found->items[number];
}

static const struct ys_value *of_dictionary(const struct ys_pack *pack, const char *application,
                                            const char *key)
{
    const struct ys_value *one = ys_value_get(pack->catalogue->dictionary, application);
    return ys_value_get(ys_value_get(one, "keys"), key);
}

static void what_is_stated_stands_in_the_place_of_the_citys_value(void **state)
{
    struct world *world = *state;
    const struct ys_pack *stated =
        state_text(world, "factors: {f2: \"3131303030307379\"}\n"
                          "applications:\n"
                          "  - name: df01\n"
                          "    keys: {read: {index: \"89\"}}\n"
                          "    files: [{name: EF05, items: [{name: tag_21, length: 60}]}]\n");
    assert_non_null(stated);
    assert_int_equal(item_of(stated, "df01", "EF05", 1)->length, 60);
    assert_int_equal(item_of(stated, "df01", "EF05", 1)->tag, 0x21);
    assert_int_equal(item_of(stated, "df01", "EF05", 0)->length, 2);
    assert_int_equal(item_of(world->pack, "df01", "EF05", 1)->length, 80);
    const struct ys_value *key = of_dictionary(stated, "df01", "read");
    assert_string_equal(ys_value_get_text(key, "index"), "89");
    assert_string_equal(ys_value_get_text(key, "number"), "2E");
    const struct ys_value *records =
        ys_value_get(ys_value_get(stated->catalogue->dictionary, "df01"), "records");
    assert_string_equal(ys_value_get_text(ys_value_at(records, 1), "address"), "022C");
    assert_string_equal(ys_value_get_text(ys_value_at(records, 1), "header"), "213C");
    assert_int_equal(stated->catalogue->application_count,
                     world->pack->catalogue->application_count);
    const struct ys_value *facts = ys_value_get(stated->stated, "facts");
    assert_int_equal(ys_value_count(facts), 3);
    assert_string_equal(ys_value_get_text(ys_value_at(facts, 0), "what"), "factors f2");
    assert_string_equal(ys_value_get_text(ys_value_at(facts, 1), "what"), "keys read index");
    assert_string_equal(ys_value_get_text(ys_value_at(facts, 1), "city"), "88");
    assert_string_equal(ys_value_get_text(ys_value_at(facts, 2), "what"), "EF05 tag_21 length");
    assert_string_equal(ys_value_get_text(ys_value_at(facts, 2), "stated"), "60");
    assert_int_equal(stated->document_count, world->pack->document_count + 1);
}

static void the_citys_own_value_is_not_stated(void **state)
{
    struct world *world = *state;
    const struct ys_pack *stated =
        state_text(world, "applications:\n"
                          "  - name: ssse\n"
                          "    aid: \"73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF\"\n"
                          "  - {name: df01, keys: {read: {number: 2E}}}\n");
    assert_non_null(stated);
    assert_null(stated->stated);
}

static void what_is_sure_and_what_is_not_there_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } rows[] = {
        {"applications: [{name: ssse, aid: \"7378\"}]", "ssse aid is not for a candidate to state"},
        {"applications: [{name: df01, aid: D15600000501}]",
         "df01 aid is not for a candidate to state"},
        {"applications: [{name: ssse, files: [{name: EF06, items: [{name: name, length: 20}]}]}]",
         "ssse EF06 name length is not for a candidate to state"},
        {"applications: [{name: debit, aid: A000000333010102}]",
         "debit aid is not for a candidate to state"},
        {"applications: [{name: df09}]", "has no 'df09' under applications"},
        {"applications: [{name: df01, files: [{name: EF99}]}]", "has no 'EF99' under files"},
        {"applications: [{name: df01, files: [{name: EF05, items: [{name: tag_99, length: 1}]}]}]",
         "has no 'tag_99' under items"},
        {"applications: [{name: df01, keys: {write: {index: \"81\"}}}]",
         "unknown fact of the city's card.yaml 'write'"},
        {"factors: {f9: \"3131303030307379\"}", "unknown fact of the city's card.yaml 'f9'"},
        {"applications: [{name: ssse, keys: {maintain: {index: \"06\"}}}]",
         "unknown fact of the city's card.yaml 'index'"},
        {"applications: [{name: df01, pin_reference: 1}]", "unknown key 'pin_reference'"},
        {"applications: [{name: df01, authentication: {commands: []}}]",
         "unknown key 'authentication'"},
        {"applications: [{name: df01, unsure: [aid]}]", "unknown key 'unsure'"},
        {"unsure: [factors]", "unknown key 'unsure'"},
        {"applications: [{name: df01, files: [{name: EF05, items: [{name: tag_21, tag: \"22\", "
         "length: 80}]}]}]",
         "unknown key 'tag'"},
        {"applications: [{name: df01}, {name: df01}]", "'df01' stands twice"},
        {"applications: [{name: df01, keys: {read: {index: 88}}}]", "88 is not one byte"},
        {"factors: {f2: \"31\"}", "not a factor"},
        {"reload: {\"3.00\": \"8\"}", "not a padding"},
        {"f1_at: 8", "F1 would end behind the historical bytes"},
        {"card_number: none", "'card_number' cannot be"},
        {"applications: [{name: df01, files: [{name: EF05, items: [{name: tag_21, length: "
         "256}]}]}]",
         "at most 255 bytes"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool told = false;
        assert_null(state_text(world, rows[i].text));
        for (size_t k = 0; k < world->diags.count; k++) {
            told = told || strstr(world->diags.items[k].text, rows[i].complaint);
        }
        if (!told) {
            fail_msg("%s: not told: %s", rows[i].text, rows[i].complaint);
        }
    }
}

static void only_cases_that_use_a_fact_stand_on_it(void **state)
{
    struct world *world = *state;
    const struct ys_pack *directory =
        state_text(world, "applications: [{name: df01, keys: {read: {index: \"89\"}}}]");
    const struct ys_pack *every = state_text(world, "factors: {f2: \"3131303030307379\"}");
    static const struct {
        const char *id;
        bool directory;
        bool every;
    } rows[] = {
        {"card.df01-record.files", true, true},
        {"card.df02-record.files", false, true},
        {"card.ssse-record.issuer-file", false, true},
        {"fees.card.no-cost", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ys_case *subject = ys_pack_case(world->pack, rows[i].id);
        if (!subject) {
            fail_msg("there is no case %s", rows[i].id);
            return;
        }
        assert_false(ys_case_uses_stated(world->pack, subject));
        assert_int_equal(ys_case_uses_stated(directory, subject), rows[i].directory);
        assert_int_equal(ys_case_uses_stated(every, subject), rows[i].every);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stated_stands_in_the_place_of_the_citys_value),
        cmocka_unit_test(the_citys_own_value_is_not_stated),
        cmocka_unit_test(what_is_sure_and_what_is_not_there_is_refused),
        cmocka_unit_test(only_cases_that_use_a_fact_stand_on_it),
    };
    return cmocka_run_group_tests(tests, set_up_pack, tear_down_pack);
}
