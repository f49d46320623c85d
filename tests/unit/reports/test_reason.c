/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons in Chinese: what is known is put in Chinese as a whole, what is not stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "ys_report.h"

static void known_reasons_are_told_in_chinese(void **state)
{
    static const struct {
        const char *english;
        const char *chinese;
    } cases[] = {
        {"", ""},
        {"fee differs", "fee 与预期不符"},
        {"the value differs", "数值与预期不符"},
        {"fees.card.no-cost: balance is out of bounds", "fees.card.no-cost: balance 超出范围"},
        {"preparation: the candidate file does not bind clock.set",
         "准备阶段：候选文件未绑定操作 clock.set"},
        {"refused to protect the card: GENERATE AC cannot be undone, and the case does not say "
         "destructive: true",
         "为保护卡片未发送 GENERATE AC：该命令不可恢复，而用例未声明 destructive: true"},
        {"the card was taken out of R 00 and a card put in again in mid-case; leave it in until "
         "the case ends",
         "用例进行中 R 00 里的卡片被取出后又插入；请在用例结束前保持卡片不动"},
        {"the card was taken out of R 00", "卡片已从 R 00 取出"},
        {"the card answered the status word 1234, which no card may send (ISO/IEC 7816-4, 5.6)",
         "卡片应答了标准不允许的状态字 1234（ISO/IEC 7816-4 第 5.6 条）"},
        {"chip.holder: the card answered 6982: security status not satisfied",
         "chip.holder: 卡片应答 6982：不满足安全状态"},
        {"outcome differs; the bank's reason: CARD_CLOSED",
         "outcome 与预期不符；银行返回的原因：CARD_CLOSED"},
        {"2 item(s) too many", "多出 2 项"},
        {"something nobody thought of", "something nobody thought of"},
        {"a: b", "a: b"},
    };
    struct ys_arena arena;
    (void)state;
    ys_arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(ys_reason_in(&arena, YS_LANG_ZH, cases[i].english), cases[i].chinese);
        assert_string_equal(ys_reason_in(&arena, YS_LANG_EN, cases[i].english), cases[i].english);
    }
    ys_arena_clear(&arena);
}

/* What a check's own words tell is reworded in both languages. */
static void words_of_a_check_are_put_plainly(void **state)
{
    static const struct {
        const char *reason;
        const char *english;
        const char *chinese;
    } cases[] = {
        {"not applicable: this is \"reader spare: false\", the case is for \"reader spare: true\"",
         "not applicable: the candidate file has no reader of the role “spare” (readers.spare)",
         "不适用：候选文件没有读卡器角色“spare”（readers.spare）"},
        {"not applicable: this is \"LD/T 32 3.00\", the case is for \"LD/T 32 2.00\"",
         "not applicable: the card in the reader is of LD/T 32 3.00, the case is for cards of 2.00",
         "不适用：读卡器中的卡按 LD/T 32 3.00 版制作，本用例适用于 2.00 版"},
        {"not applicable: this is \"signed requests: false\", the case is for \"signed requests: "
         "true\"",
         "not applicable: the candidate file states no signing of requests (signing)",
         "不适用：候选文件未写明请求签名（signing）"},
        {"a.b: not applicable: this is 1, the case is for 2",
         "a.b: not applicable: it is 1 here, and the case is for 2",
         "a.b: 不适用：实际为 1，本用例适用于 2"},
    };
    struct ys_arena arena;
    (void)state;
    ys_arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(ys_reason_in(&arena, YS_LANG_EN, cases[i].reason), cases[i].english);
        assert_string_equal(ys_reason_in(&arena, YS_LANG_ZH, cases[i].reason), cases[i].chinese);
    }
    ys_arena_clear(&arena);
}

/* A bank chooses what stands behind "the bank's reason": no choice may hold the report up. */
static void a_hostile_reason_takes_no_longer(void **state)
{
    enum { REPEATED = 20000 };
    static const char *const parts[] = {"x of ", "y: ", "z was expected at ", "u, the bank sen"};
    struct ys_arena arena;
    (void)state;
    ys_arena_init(&arena);
    char *text = ys_arena_alloc(&arena, 4 * REPEATED * sizeof "z was expected at ");
    char *at = text;
    for (size_t part = 0; part < 4; part++) {
        for (int i = 0; i < REPEATED; i++) {
            memcpy(at, parts[part], strlen(parts[part]));
            at += strlen(parts[part]);
        }
    }
    *at = '\0';
    clock_t start = clock();
    assert_string_equal(ys_reason_in(&arena, YS_LANG_ZH, text), text);
    assert_true((clock() - start) / CLOCKS_PER_SEC < 5);
    ys_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_reasons_are_told_in_chinese),
                                       cmocka_unit_test(words_of_a_check_are_put_plainly),
                                       cmocka_unit_test(a_hostile_reason_takes_no_longer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
