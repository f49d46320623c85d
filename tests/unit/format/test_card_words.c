/* SPDX-License-Identifier: Apache-2.0 */
/* What crosses a card's contacts, in words. Values by EMV Book 3, annexes A to C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "ys_apdu.h"
#include "ys_card_words.h"
#include "ys_crypto.h"

static uint8_t *bytes_of(struct ys_arena *arena, const char *hex, size_t *ret_length)
{
    uint8_t *bytes = NULL;
    assert_int_equal(ys_hex_decode(arena, hex, &bytes, ret_length, NULL), YS_OK);
    return bytes;
}

/* "subject|text" of all lines, each behind as many dots as it is deep. */
static const char *told(struct ys_arena *arena, const struct ys_words *words)
{
    const char *all = "";
    for (size_t i = 0; i < words->count; i++) {
        all = ys_arena_printf(arena, "%s%.*s%s|%s\n", all, (int)words->lines[i].depth, "....",
                              words->lines[i].subject, words->lines[i].text);
    }
    return all;
}

static void objects_are_told_by_their_form(void **state)
{
    static const struct {
        uint32_t tag;
        const char *value;
        const char *lang;
        const char *told;
    } cases[] = {
        {0x82, "7C00", "en",
         "82 AIP, application interchange profile|7C00\n.|SDA is supported\n.|DDA is supported\n"
         ".|cardholder verification is supported\n.|terminal risk management is to be performed\n"
         ".|issuer authentication is supported\n"},
        {0x82, "0000", "zh", "82 应用交互特征（AIP）|0000\n.|（均未置位）\n"},
        {0x94, "0801020110030500", "en",
         "94 AFL, application file locator|0801020110030500\n"
         ".|file 1 (SFI): records 1 to 2, 1 of them authenticated offline\n"
         ".|file 2 (SFI): records 3 to 5, 0 of them authenticated offline\n"},
        {0x8E, "000000640000000042031F00", "en",
         "8E CVM list|000000640000000042031F00\n.|X = 100, Y = 0\n"
         ".|enciphered PIN, online; when: the terminal supports it; else the next rule\n"
         ".|no CVM; when: always; else it has failed\n"},
        {0x8E, "00000000000000002000", "zh",
         "8E 持卡人验证方法列表（CVM）|00000000000000002000\n.|X = 0, Y = 0\n"
         ".|持卡人证件出示；条件：总是；失败时终止\n"},
        {0x95, "8000048000", "en",
         "95 TVR, terminal verification results|8000048000\n"
         ".|offline data authentication was not performed\n.|an online PIN was entered\n"
         ".|the transaction exceeds the floor limit\n"},
        {0x9F0D, "8000000000", "zh", "9F0D 发卡行行为代码－缺省|8000000000\n.|未进行脱机数据认证\n"},
        {0x9B, "E800", "zh",
         "9B 交易状态信息（TSI）|E800\n.|已进行脱机数据认证\n.|已进行持卡人验证\n.|已进行卡片风险管理\n"
         ".|已进行终端风险管理\n"},
        {0x9F27, "80", "zh", "9F27 密文信息数据（CID）|80\n.|ARQC：请求联机授权\n"},
        {0x9F27, "0B", "en",
         "9F27 CID, cryptogram information data|0B\n.|AAC: declined\n.|an advice is required\n"
         ".|reason: issuer authentication failed\n"},
        {0x8C, "9F02069F03069505", "en",
         "8C CDOL1|9F02069F03069505\n.9F02 amount authorised|6 bytes\n"
         ".9F03 amount other|6 bytes\n.95 TVR, terminal verification results|5 bytes\n"},
        {0x8C, "9F", "en", "8C CDOL1|9F\n.|(the list is cut off)\n"},
        {0x5F24, "311231", "en", "5F24 application expiration date|2031-12-31\n"},
        {0x05, "20240301", "zh", "05 发卡日期|2024-03-01\n"},
        {0x9F36, "0102", "en", "9F36 ATC, application transaction counter|258\n"},
        {0x09, "B2E2CAD4D2BB0000", "zh", "09 姓名|\"测试一\"\n"},
        {0x50, "01", "zh", "50 应用标签|01\n"},
        {0xDF01, "AB", "en", "DF01|AB\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ys_arena arena;
        struct ys_words words;
        size_t length = 0;
        ys_arena_init(&arena);
        ys_words_init(&words, &arena, cases[i].lang);
        const uint8_t *value = bytes_of(&arena, cases[i].value, &length);
        ys_words_object(&words, cases[i].tag, value, length, 0);
        assert_string_equal(told(&arena, &words), cases[i].told);
        ys_arena_clear(&arena);
    }
}

static void a_reply_is_told_by_its_command(void **state)
{
    static const struct {
        const char *command;
        const char *data;
        const char *told;
    } cases[] = {
        {"80A8000002830000", "8006200008010100",
         "80 response template format 1|200008010100\n"
         ".82 AIP, application interchange profile|2000\n..|DDA is supported\n"
         ".94 AFL, application file locator|08010100\n"
         "..|file 1 (SFI): records 1 to 1, 0 of them authenticated offline\n"},
        {"80AE4000", "800B4000011122334455667788",
         "80 response template format 1|4000011122334455667788\n"
         ".9F27 CID, cryptogram information data|40\n..|TC: approved offline\n"
         ".9F36 ATC, application transaction counter|1\n"
         ".9F26 application cryptogram|1122334455667788\n"},
        {"00B2010C", "7004820240005A", ""}, /* cut off: no data objects */
        {"0084000008", "8206112233445566", ""}, /* a challenge is no data object */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ys_arena arena;
        struct ys_words words;
        size_t command_length = 0;
        size_t length = 0;
        ys_arena_init(&arena);
        ys_words_init(&words, &arena, "en");
        const uint8_t *command = bytes_of(&arena, cases[i].command, &command_length);
        const uint8_t *data = bytes_of(&arena, cases[i].data, &length);
        ys_words_data(&words, command, command_length, data, length);
        assert_string_equal(told(&arena, &words), cases[i].told);
        ys_arena_clear(&arena);
    }
}

static void commands_and_status_words_are_told(void **state)
{
    static const struct {
        const char *command;
        const char *zh;
        const char *en;
    } commands[] = {
        {"00A404000E315041592E5359532E4444463031", "SELECT：\"1PAY.SYS.DDF01\"",
         "SELECT: \"1PAY.SYS.DDF01\""},
        {"00B2030C00", "READ RECORD：文件 SFI 1 的记录 3", "READ RECORD: file 1 (SFI), record 3"},
        {"00200000", "VERIFY：询问剩余次数", "VERIFY: asks for the tries left"},
        {"0020000003111111", "VERIFY", "VERIFY"},
        {"80CA9F1700", "GET DATA：9F17 PIN 尝试计数器", "GET DATA: 9F17 PIN try counter"},
        {"80AE800000", "GENERATE AC：ARQC", "GENERATE AC: ARQC"},
        {"00F8000000", "未知命令 F8", "unknown command F8"},
        {"00A4", "不是命令", "no command"},
    };
    static const struct {
        uint16_t sw;
        const char *zh;
        const char *en;
    } words[] = {
        {0x9000, "成功", "success"},
        {0x63C2, "验证失败，剩余 2 次", "verification failed, 2 tries left"},
        {0x6A82, "文件未找到", "file not found"},
        {0x6A7F, "参数 P1 P2 错误", "wrong parameters P1 P2"},
        {0x9199, "发卡机构自定义的状态字", "a status word of the issuer's own"},
        {0x1234, "标准之外的状态字", "a status word outside the standard"},
    };
    struct ys_arena arena;
    (void)state;
    ys_arena_init(&arena);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t length = 0;
        const uint8_t *command = bytes_of(&arena, commands[i].command, &length);
        assert_string_equal(ys_words_command(&arena, command, length, "zh"), commands[i].zh);
        assert_string_equal(ys_words_command(&arena, command, length, "en"), commands[i].en);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_string_equal(ys_sw_text(&arena, words[i].sw, "zh"), words[i].zh);
        assert_string_equal(ys_sw_text(&arena, words[i].sw, "en"), words[i].en);
    }
    ys_arena_clear(&arena);
}

static void what_a_command_may_cost_is_known(void **state)
{
    static const struct {
        const char *command;
        enum ys_apdu_risk risk;
    } cases[] = {
        {"00200000", YS_RISK_NONE},         {"0020000003111111", YS_RISK_PIN},
        {"0C20000003111111", YS_RISK_PIN},  {"0024000006111111222222", YS_RISK_PIN},
        {"805E010007111111FF222222", YS_RISK_PIN}, {"00820004020102", YS_RISK_KEY},
        {"0088000002", YS_RISK_NONE},       {"0084000008", YS_RISK_NONE},
        {"80AE400000", YS_RISK_FOREVER},    {"841E000004AABBCCDD", YS_RISK_FOREVER},
        {"8416000004AABBCCDD", YS_RISK_FOREVER}, {"04DA9F5801AA", YS_RISK_FOREVER},
        {"00E6000000", YS_RISK_FOREVER},    {"00FE000000", YS_RISK_FOREVER},
        {"00DC010401AA", YS_RISK_NONE},     {"00B2010C00", YS_RISK_NONE},
    };
    struct ys_arena arena;
    (void)state;
    ys_arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = 0;
        const uint8_t *command = bytes_of(&arena, cases[i].command, &length);
        if (ys_apdu_risk(command, length) != cases[i].risk) {
            fail_msg("%s", cases[i].command);
        }
    }
    ys_arena_clear(&arena);
}

static void a_command_that_only_reads_is_known(void **state)
{
    static const char *const reading[] = {"00A4040000", "00B2010C00", "00B0850000", "0084000008",
                                          "00C0000008", "80CA9F3600", "04B2010C00"};
    static const char *const others[] = {"0020000003111111", "00820004020102", "00DC010401AA",
                                         "80AE400000", "84B2010C00", "0088000002", "A4"};
    struct ys_arena arena;
    size_t length = 0;
    (void)state;
    ys_arena_init(&arena);
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++) {
        const uint8_t *command = bytes_of(&arena, reading[i], &length);
        assert_true(ys_apdu_only_reads(command, length));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const uint8_t *command = bytes_of(&arena, others[i], &length);
        assert_false(ys_apdu_only_reads(command, length));
    }
    ys_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_that_only_reads_is_known),
        cmocka_unit_test(objects_are_told_by_their_form),
        cmocka_unit_test(a_reply_is_told_by_its_command),
        cmocka_unit_test(commands_and_status_words_are_told),
        cmocka_unit_test(what_a_command_may_cost_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
