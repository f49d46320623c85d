/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides of a finding in Chinese: every matcher has its wording, whatever it is nested in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <string.h>

#include "test_arena.h"
#include "ys_judge.h"
#include "ys_matcher.h"
#include "ys_report.h"
#include "ys_yaml.h"

static const char *chinese(const char *side)
{
    return ys_side_in(&test_arena, YS_LANG_ZH, side);
}

/* No word of ASCII letters outside of quotation marks: what stands in them is data. */
static void assert_no_english(const char *english, const char *told)
{
    bool is_quoted = false;
    size_t letters = 0;
    for (const char *at = told; *at; at++) {
        is_quoted = *at == '"' ? !is_quoted : is_quoted;
        letters = !is_quoted && (isalpha((unsigned char)*at) || *at == '_') ? letters + 1 : 0;
        if (letters > 1) {
            fail_msg("%s is told as %s", english, told);
        }
    }
}

static const char *argument_of(enum ys_matcher_argument argument)
{
    switch (argument) {
    case YS_ARGUMENT_VALUE:
    case YS_ARGUMENT_MATCHER:
    case YS_ARGUMENT_ORDERED:
        return "7";
    case YS_ARGUMENT_PAIR:
    case YS_ARGUMENT_LIST:
        return "[1,2]";
    case YS_ARGUMENT_PATTERN:
    case YS_ARGUMENT_TEXT:
        return "\"abc\"";
    case YS_ARGUMENT_FIELDS:
        return "{\"n\":7}";
    case YS_ARGUMENT_TYPE:
        return "\"integer\"";
    case YS_ARGUMENT_TRUE:
        return "true";
    }
    return "7";
}

static void every_matcher_has_its_wording(void **state)
{
    (void)state;
    for (size_t i = 0; i < YS_MATCHER_COUNT; i++) {
        const struct ys_matcher_info *info = &ys_matcher_table()[i];
        const char *argument = argument_of(info->argument);
        const char *plain = ys_arena_printf(&test_arena, "%s %s", info->name, argument);
        const char *nested = ys_arena_printf(&test_arena, "each {\"%s\":%s}", info->name, argument);
        const char *deep =
            ys_arena_printf(&test_arena, "not {\"any\":{\"%s\":%s}}", info->name, argument);
        const char *cut = ys_arena_printf(&test_arena, "none {\"%s\":%s,\"n\":{\"in\":[1,…",
                                          info->name, argument);
        assert_no_english(plain, chinese(plain));
        assert_no_english(nested, chinese(nested));
        assert_no_english(deep, chinese(deep));
        assert_null(strstr(chinese(cut), ys_arena_printf(&test_arena, "\"%s\"", info->name)));
        assert_null(strstr(chinese(cut), "none"));
        assert_string_equal(ys_side_in(&test_arena, YS_LANG_EN, plain), plain);
    }
}

static const struct ys_value *yaml(const char *text)
{
    const struct ys_document *document = NULL;
    assert_int_equal(ys_yaml_parse(&test_arena, "test", text, strlen(text), &document, NULL),
                     YS_OK);
    return document->root;
}

static const struct ys_value *nothing(void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

/* As the judge tells them, so that neither side can change without the other. */
static void what_the_judge_says_is_told(void **state)
{
    static const struct {
        const char *expect, *value, *expected, *observed;
    } table[] = {
        {"0", "2", "等于 0", "2"},
        {"5", "\"5\"", "等于 5（数）", "\"5\"（文本）"},
        {"{not: 5}", "5", "不等于 5", "5"},
        {"{not: {in: [1, 2]}}", "2", "不得是 [1, 2] 之一", "2"},
        {"{less: 5}", "5", "小于 5", "5"},
        {"{at_least: 5}", "x", "不小于 5（数）", "\"x\"（文本）"},
        {"{between: [1, 3]}", "4", "介于 [1, 3] 之间（含两端）", "4"},
        {"{contains: 3}", "7", "含有 3（列表或文本）", "7（数）"},
        {"{length: 2}", "测", "等于 2", "1"},
        {"{any: {kind: {not: 4}, at_most: 5}}", "[9]", "至少一项不大于 5，且字段 kind 不等于 4",
         "[9]"},
        {"{none: 2}", "[1, 2]", "没有任何一项等于 2", "第 1 项：2"},
        {"{unique: true}", "[1, 1]", "各项互不相同", "重复出现：[1]"},
        {"{subset_of: [1, 2]}", "[3, 1]", "各项都在 [1, 2] 之内", "不在列表中：[3]"},
        {"{superset_of: [1, 2]}", "[3, 1]", "含有 [1, 2] 的全部各项", "缺少：[2]"},
        {"{type: integer}", "5.5", "类型为整数", "5.5"},
        {"{like: [1]}", "[x]", "结构和类型与示例 [1] 相同", "[\"x\"]"},
        {"{fields: {n: 1}}", "{n: 2}", "等于 1", "2"},
        {"{absent: true}", "1", "没有内容", "1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct ys_judgement judgement;
        assert_int_equal(ys_judge(&test_arena, YS_STEP_CHECK, yaml(table[i].expect),
                                  yaml(table[i].value), nothing, NULL, &judgement, NULL),
                         YS_OK);
        assert_int_equal(judgement.count, 1);
        assert_string_equal(chinese(judgement.checks[0].expected), table[i].expected);
        assert_string_equal(chinese(judgement.checks[0].observed), table[i].observed);
        assert_no_english(judgement.checks[0].reason,
                          ys_reason_in(&test_arena, YS_LANG_ZH, judgement.checks[0].reason));
    }
}

static void other_sides_are_told_or_stay(void **state)
{
    static const struct {
        const char *side, *told;
    } table[] = {
        {"nothing", "没有内容"},
        {"9000", "9000"},
        {"", ""},
        {"not-met", "未达到比例"},
        {"\"nothing\"", "\"nothing\""},
        {"equals \"in {\\\"each\\\":1}\"", "等于 \"in {\\\"each\\\":1}\""},
        {"equals {\"in\":1}", "等于 {\"in\":1}"},
        {"processing", "processing"},
        {"the card answered the status word 1234, which no card may send (ISO/IEC 7816-4, 5.6)",
         "卡片应答了标准不允许的状态字 1234（ISO/IEC 7816-4 第 5.6 条）"},
        {"missing (the first of them): [1]", "缺少（仅列前几项）：[1]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_string_equal(chinese(table[i].side), table[i].told);
    }
    assert_null(chinese(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_matcher_has_its_wording, set_up_arena,
                                        tear_down_arena),
        cmocka_unit_test_setup_teardown(what_the_judge_says_is_told, set_up_arena, tear_down_arena),
        cmocka_unit_test_setup_teardown(other_sides_are_told_or_stay, set_up_arena,
                                        tear_down_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
