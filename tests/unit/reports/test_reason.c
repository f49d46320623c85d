/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons in Chinese: what is known is put in Chinese as a whole, what is not stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_reasons_are_told_in_chinese)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
