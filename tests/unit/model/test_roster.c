/* SPDX-License-Identifier: Apache-2.0 */
/* The 70 % question: spellings, every kind of difference, the edges of the ratio, the sample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ys_bound.h"
#include "ys_place.h"
#include "ys_roster.h"
#include "ys_sample.h"

#define CITY "北京市"

static struct ys_arena arena;
static struct ys_value *roster;
static struct ys_value *licensed;
static struct ys_value *input;

static int begin(void **state)
{
    (void)state;
    ys_arena_init(&arena);
    struct ys_value *threshold = ys_value_map(&arena);
    ys_value_set_int(&arena, threshold, "numerator", 7);
    ys_value_set_int(&arena, threshold, "denominator", 10);
    roster = ys_value_list(&arena);
    licensed = ys_value_list(&arena);
    input = ys_value_map(&arena);
    ys_value_set(&arena, input, "roster", roster);
    ys_value_set(&arena, input, "register", licensed);
    ys_value_set(&arena, input, "threshold", threshold);
    ys_value_set_text(&arena, input, "city", CITY);
    return 0;
}

static int end(void **state)
{
    (void)state;
    ys_arena_clear(&arena);
    return 0;
}

static struct ys_value *add(struct ys_value *list, const char *code, const char *name,
                            const char *address, bool instant)
{
    struct ys_value *row = ys_value_map(&arena);
    ys_value_set_text(&arena, row, "code", code);
    ys_value_set_text(&arena, row, "name", name);
    ys_value_set_text(&arena, row, "address", address);
    ys_value_set_text(&arena, row, "status", "open");
    ys_value_set_bool(&arena, row, "instant_issuance", instant);
    ys_value_append(&arena, list, row);
    return row;
}

/* `count` branches in both lists, the first `instant` of them instant. */
static void fill(int count, int instant)
{
    for (int i = 0; i < count; i++) {
        const char *code = ys_arena_printf(&arena, "B%03d", i);
        const char *name = ys_arena_printf(&arena, "示例银行东城第%d支行", i + 1);
        const char *address = ys_arena_printf(&arena, "北京市东城区和平街%d号", i + 1);
        add(roster, code, name, address, i < instant);
        add(licensed, code, name, address, false);
    }
}

static const struct ys_value *answer(void)
{
    const struct ys_value *coverage = NULL;
    struct ys_err err;
    enum ys_status status = ys_roster_reconcile(&arena, input, &coverage, &err);
    if (status != YS_OK) {
        print_message("%s\n", err.text);
    }
    assert_int_equal(status, YS_OK);
    return coverage;
}

static void expect(const char *decision, int instant, int branches, const char *difference)
{
    const struct ys_value *coverage = answer();
    const struct ys_value *now = ys_value_get(coverage, "reconciled");
    const struct ys_value *differences = ys_value_get(coverage, "differences");
    bool found = difference == NULL && ys_value_count(differences) == 0;
    for (size_t i = 0; difference && i < ys_value_count(differences); i++) {
        found = found ||
                strcmp(ys_value_get_text(ys_value_at(differences, i), "kind"), difference) == 0;
    }
    assert_string_equal(ys_value_get_text(coverage, "decision"), decision);
    assert_int_equal(ys_value_get_int(now, "instant", -1), instant);
    assert_int_equal(ys_value_get_int(now, "branches", -1), branches);
    assert_true(found);
}

static void test_edges(void **state)
{
    static const struct {
        int branches;
        int instant;
        int missing;
        const char *decision;
    } rows[] = {{10, 7, 0, "met"},  {10, 6, 1, "not-met"}, {99, 69, 1, "not-met"},
                {99, 70, 0, "met"}, {100, 70, 0, "met"},   {100, 69, 1, "not-met"},
                {1, 1, 0, "met"},   {3, 0, 3, "not-met"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        end(state);
        begin(state);
        fill(rows[i].branches, rows[i].instant);
        expect(rows[i].decision, rows[i].instant, rows[i].branches, NULL);
        assert_int_equal(
            ys_value_get_int(ys_value_get(answer(), "reconciled"), "missing", -1), rows[i].missing);
    }
}

static void test_left_out(void **state)
{
    (void)state;
    fill(10, 7);
    add(licensed, "B900", "示例银行朝阳支行", "北京市朝阳区人民路1号", false);
    expect("not-met", 7, 11, "not-on-roster");
    assert_int_equal(ys_value_get_int(ys_value_get(answer(), "claimed"), "missing", -1), 0);
}

static void test_another_spelling(void **state)
{
    (void)state;
    fill(10, 6);
    for (int i = 0; i < 4; i++) {
        add(roster, ys_arena_printf(&arena, "X%d", i),
            ys_arena_printf(&arena, "示例銀行股份有限公司北京東城第%s支行（營業部）",
                            (const char *[]){"一", "二", "三", "四"}[i]),
            ys_arena_printf(&arena, "北京　東城區和平街%s號",
                            (const char *[]){"１", "２", "三", "四"}[i]),
            true);
    }
    expect("not-met", 6, 10, "another-spelling");
    assert_int_equal(ys_value_count(ys_value_get(answer(), "near_duplicates")), 4);
    assert_int_equal(ys_value_get_int(ys_value_get(answer(), "claimed"), "missing", -1), 0);
}

static void test_excluded(void **state)
{
    (void)state;
    fill(10, 6);
    add(licensed, "C1", "示例银行丰台支行", "北京市丰台区人民路1号", false);
    ys_value_set_text(&arena, (struct ys_value *)(uintptr_t)ys_value_at(licensed, 10), "status",
                      "closed");
    add(roster, "C1", "示例银行丰台支行", "北京市丰台区人民路1号", true);
    expect("not-met", 6, 10, "closed-in-register");
    add(roster, "S1", "示例银行海淀自助服务点", "北京市海淀区人民路1号", true);
    expect("not-met", 6, 10, "self-service");
    add(roster, "T1", "示例银行和平支行", "天津市和平区人民路1号", true);
    expect("not-met", 6, 10, "other-city");
    ys_value_set_text(&arena, add(roster, "T2", "示例银行南开支行", "", true), "city", "天津市");
    assert_int_equal(ys_value_count(ys_value_get(answer(), "excluded")), 3);
    assert_int_equal(ys_value_count(ys_value_get(answer(), "elsewhere")), 1);
}

static void test_a_person_settles(void **state)
{
    (void)state;
    fill(10, 6);
    /* Not licensed as far as the register goes: read both ways, and it would decide. */
    add(roster, "N1", "示例银行新开支行", "北京市朝阳区新街5号", true);
    add(roster, "N2", "示例银行再开支行", "北京市朝阳区新街9号", true);
    add(roster, "N3", "示例银行又开支行", "北京市朝阳区新街11号", true);
    add(roster, "N4", "示例银行四开支行", "北京市朝阳区新街13号", true);
    expect("undecided", 6, 10, "not-in-register");
}

static void test_closed_on_roster_is_not_believed(void **state)
{
    (void)state;
    fill(10, 7);
    ys_value_set_text(&arena, (struct ys_value *)(uintptr_t)ys_value_at(roster, 0), "status",
                      "closed");
    expect("not-met", 6, 10, "closed-on-roster");
    /* 7 of 10 and one claimed closed: 7 of 11 or 7 of 10. */
    end(state);
    begin(state);
    fill(11, 7);
    ys_value_set_text(&arena, (struct ys_value *)(uintptr_t)ys_value_at(roster, 10), "status",
                      "closed");
    expect("undecided", 7, 11, "closed-on-roster");
}

static void test_same_code_twice(void **state)
{
    (void)state;
    fill(10, 6);
    add(roster, "B000", "示例银行东城第1支行", "北京市东城区和平街1号", true);
    expect("not-met", 6, 10, "code-twice");
}

static void test_probes(void **state)
{
    (void)state;
    fill(120, 100);
    struct ys_value *sample = ys_value_map(&arena);
    struct ys_value *probes = ys_value_list(&arena);
    ys_value_set_text(&arena, sample, "seed", "7");
    ys_value_set(&arena, input, "sample", sample);
    const struct ys_value *chosen = ys_value_get(ys_value_get(answer(), "sample"), "chosen");
    assert_int_equal(ys_value_count(chosen), 15);
    for (size_t i = 0; i < 15; i++) {
        struct ys_value *probe = ys_value_map(&arena);
        ys_value_set(&arena, probe, "branch", ys_value_at(chosen, i));
        ys_value_set_text(&arena, probe, "outcome", "accepted");
        ys_value_set_text(&arena, probe, "ready_minutes", "120");
        ys_value_append(&arena, probes, probe);
    }
    ys_value_set(&arena, input, "probes", probes);
    assert_string_equal(ys_value_get_text(answer(), "decision"), "met");
    assert_int_equal(ys_value_get_int(ys_value_get(answer(), "sample"), "lower_bound", 0), 84);
    /* Late by a minute: the claim still reaches the share, what is proven does not. */
    ys_value_set_text(&arena, (struct ys_value *)(uintptr_t)ys_value_at(probes, 3),
                      "ready_minutes", "121");
    expect("undecided", 99, 120, "probe-refused");
    /* Branches that nobody drew prove only themselves. */
    ys_value_set_text(&arena, (struct ys_value *)(uintptr_t)ys_value_at(probes, 3),
                      "ready_minutes", "5");
    ys_value_set_text(&arena, sample, "seed", "8");
    assert_int_equal(ys_value_get_int(ys_value_get(answer(), "sample"), "lower_bound", 0), 15);
    assert_string_equal(ys_value_get_text(answer(), "decision"), "undecided");
}

static void test_bad_lists(void **state)
{
    (void)state;
    const struct ys_value *coverage = NULL;
    struct ys_err err;
    assert_int_equal(ys_roster_reconcile(&arena, input, &coverage, &err), YS_ERR_ARGUMENT);
    assert_string_equal(err.text, "the roster has no rows");
    fill(3, 3);
    ys_value_set_text(&arena, (struct ys_value *)(uintptr_t)ys_value_at(licensed, 1), "status",
                      "opne");
    assert_int_equal(ys_roster_reconcile(&arena, input, &coverage, &err), YS_ERR_ARGUMENT);
    assert_string_equal(err.text, "register, row 2: status is 'opne'; write open or closed");
    ys_value_set_text(&arena, input, "rooster", "x");
    assert_int_equal(ys_roster_reconcile(&arena, input, &coverage, &err), YS_ERR_ARGUMENT);
}

/* Computed beforehand with exact fractions in another language. */
static void test_bound(void **state)
{
    (void)state;
    static const struct {
        int population, size, good;
        struct ys_decimal confidence;
        int bound;
    } rows[] = {{100, 20, 20, {95, 2}, 88},  {100, 20, 19, {95, 2}, 81}, {100, 15, 15, {95, 2}, 84},
                {100, 14, 14, {95, 2}, 83},  {2000, 300, 290, {99, 2}, 1873},
                {10, 5, 0, {9, 1}, 0},       {10, 9, 9, {95, 2}, 9},
                {1000, 59, 59, {95, 2}, 952},
                {70, 70, 69, {95, 2}, 69}};
    struct ys_err err;
    int64_t bound = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(ys_bound_lower(rows[i].population, rows[i].size, rows[i].good,
                                        rows[i].confidence, &bound, &err),
                         YS_OK);
        assert_int_equal(bound, rows[i].bound);
    }
    assert_int_equal(ys_bound_sample_size(100, 84, rows[0].confidence, &bound, &err), YS_OK);
    assert_int_equal(bound, 15);
    assert_int_equal(ys_bound_sample_size(100, 100, rows[0].confidence, &bound, &err), YS_OK);
    assert_int_equal(bound, 100);
    assert_int_equal(ys_bound_lower(10, 5, 6, rows[0].confidence, &bound, &err), YS_ERR_ARGUMENT);
    assert_int_equal(ys_bound_lower(10, 5, 5, (struct ys_decimal){1, 0}, &bound, &err),
                     YS_ERR_ARGUMENT);
}

/* openssl dgst -sm3 over "yanshou-sample-1\n42\nA" … */
static void test_sample_order(void **state)
{
    (void)state;
    static const char *const keys[] = {"A", "B", "C", "D"};
    static const size_t drawn[] = {1, 0, 3, 2};
    const size_t *order = ys_sample_order(&arena, "42", keys, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(order[i], drawn[i]);
    }
}

static void test_spellings(void **state)
{
    (void)state;
    assert_string_equal(ys_place_name_key(&arena, "示例銀行（北京）東城支行", CITY, false),
                        ys_place_name_key(&arena, "示例银行东城支行", CITY, false));
    assert_string_equal(ys_place_address_key(&arena, "北京市東城區和平街十二號", CITY, false),
                        ys_place_address_key(&arena, "东城区 和平街１２号", CITY, false));
    assert_string_equal(ys_place_address_key(&arena, "海淀区五道口28号院二层", CITY, false),
                        "海淀区五道口28号院2层");
    assert_string_not_equal(ys_place_name_key(&arena, "示例银行东城支行", CITY, false),
                            ys_place_name_key(&arena, "示例银行东城支行营业部", CITY, false));
    assert_true(ys_place_is_elsewhere("河北省廊坊市广阳道1号", CITY));
    assert_true(ys_place_is_elsewhere("内蒙古自治区呼和浩特", CITY));
    assert_false(ys_place_is_elsewhere("朝阳区城市广场1号", CITY));
    assert_false(ys_place_is_elsewhere("北京朝阳区天津路1号", CITY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_edges, begin, end),
        cmocka_unit_test_setup_teardown(test_left_out, begin, end),
        cmocka_unit_test_setup_teardown(test_another_spelling, begin, end),
        cmocka_unit_test_setup_teardown(test_excluded, begin, end),
        cmocka_unit_test_setup_teardown(test_a_person_settles, begin, end),
        cmocka_unit_test_setup_teardown(test_closed_on_roster_is_not_believed, begin, end),
        cmocka_unit_test_setup_teardown(test_same_code_twice, begin, end),
        cmocka_unit_test_setup_teardown(test_probes, begin, end),
        cmocka_unit_test_setup_teardown(test_bad_lists, begin, end),
        cmocka_unit_test_setup_teardown(test_bound, begin, end),
        cmocka_unit_test_setup_teardown(test_sample_order, begin, end),
        cmocka_unit_test_setup_teardown(test_spellings, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
