/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual card in the process: commands in hexadecimal, answers in hexadecimal. */
#include "card_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void the_application_is_selected_by_its_name_and_says_what_it_is(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00C0000018", "6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000");
    expect(card, "00A40000023F00", "6112");
    expect(card, "00A4000002DDF1", "6118");
    expect(card, "00A4040005A000000003", "6A82");
    vc_card_free(card);
}

static void the_answer_is_fetched_in_parts_and_only_once(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00C0000004", "6F16840F6114");
    expect(card, "00C0000015", "6C14");
    expect(card, "00C0000014", "7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000");
    expect(card, "00C0000001", "6985");
    vc_card_free(card);
}

static void issuer_data_are_read_by_number_by_tag_and_all_at_once(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, "00B2012C00", "6A82");
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00B2010400", "6986");
    expect(card, "00B2012C00", "0110110000D156000005B00000131000000A9000");
    expect(card, "00B2030406", "0304332E30309000");
    expect(card, "00B2070000", "07094230303030303133319000");
    expect(card, "00B2060500", "06042034022807094230303030303133319000");
    expect(card, "00B2072C09", "6C0B");
    expect(card, "00B2082C00", "6A83");
    expect(card, "00B2017400", "6A82");
    expect(card, "00B2012E00", "6A86");
    expect(card, "00B0850000", "6981");
    vc_card_free(card);
}

static void holder_data_need_the_key_on_version_three_and_nothing_on_version_two(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00B2013400", "6982");
    expect(card, "00B2633400", "6982");
    vc_card_free(card);
    card = card_of("ssc-v2", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00B2013400", "08123131303130313139303030313031303031349000");
    vc_card_free(card);
}

static void the_psam_opens_the_holder_data_until_the_next_selection(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    struct vc_card *psam = card_of("psam", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    authenticate(card, psam, "480A", "0A", "9000");
    expect(card, "00B2023400",
           "091EB2E2CAD4D2BB0000000000000000000000000000000000000000000000009000");
    expect(card, "00B2043400", "0A01319000");
    expect(card, "00B2050400", "0B01019000");
    expect(card, "00B2060400", "0C031101019000");
    expect(card, "00B2070400", "0D04190001019000");
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00B2023400", "6982");
    authenticate(card, psam, "480A", "0A", "9000");
    vc_card_reset(card);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00B2023400", "6982");
    /* The key for writing does not open for reading. */
    authenticate(card, psam, "4812", "04", "9000");
    expect(card, "00B2023400", "6982");
    authenticate(card, psam, "480A", "04", "63C9");
    vc_card_free(card);
    vc_card_free(psam);
}

static void a_challenge_serves_once_and_only_with_eight_bytes(void **state)
{
    (void)state;
    const char *external = "0082000A10 0000000000000000 0000000000000000";
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, external, "6984");
    assert_int_equal(strlen(send_hex(card, "0084000008")), 20);
    expect(card, external, "63C9");
    expect(card, external, "6984");
    assert_int_equal(strlen(send_hex(card, "0084000010")), 36);
    expect(card, external, "6984");
    expect(card, "0084000007", "6700");
    expect(card, "0082007710 0000000000000000 0000000000000000", "6A88");
    vc_card_free(card);
}

static void the_card_proves_itself_to_the_psam(void **state)
{
    (void)state;
    static const char *const cards[][2] = {{"ssc-v3", "4801"}, {"ssc-v2", "4701"}};
    for (size_t i = 0; i < 2; i++) {
        char command[200];
        char cryptogram[2 * 10 + 1];
        struct vc_card *card = card_of(cards[i][0], NULL, NULL);
        struct vc_card *psam = card_of("psam", NULL, NULL);
        expect(card, SELECT_SSSE, "6118");
        expect(card, "0088000010 1122334455667788 " CHALLENGE_FACTOR, "6108");
        snprintf(cryptogram, sizeof cryptogram, "%s", send_hex(card, "00C0000008"));
        snprintf(command, sizeof command, "BFDE%s18" FACTORS "1122334455667788", cards[i][1]);
        expect(psam, "80FA000008" CHALLENGE_FACTOR, "6985");
        expect(psam, command, "9000");
        expect(psam, "80FA000008" CHALLENGE_FACTOR "08", cryptogram);
        expect(psam, "BFDE480110 0000000000000000 0000000000000000", "6700");
        expect(psam, "BFDE480218 " FACTORS "0000000000000000", "6A88");
        expect(psam, "00B0960006", "1100000000019000");
        vc_card_free(card);
        vc_card_free(psam);
    }
}

static void wrong_pins_use_up_the_tries_and_the_right_one_restores_them(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, "0020000003123456", "6D00");
    expect(card, SELECT_SSSE, "6118");
    expect(card, "0020000000", "63C3");
    expect(card, "0020000003000000", "63C2");
    expect(card, "0020000003123456", "9000");
    expect(card, "00200000", "9000");
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00200000", "63C3");
    expect(card, "0020000003000000", "63C2");
    expect(card, "0020000003000000", "63C1");
    expect(card, "0020000003000000", "63C0");
    expect(card, "0020000003123456", "6983");
    expect(card, "00200000", "6983");
    expect(card, "0020000002 1234", "6700");
    vc_card_free(card);
}

static void a_changed_pin_and_its_tries_outlive_the_card_in_the_reader(void **state)
{
    const struct fixture *fixture = *state;
    struct vc_card *card = card_of("ssc-v3", fixture->state, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "805E010007 123456 FF 65432A", "6A80");
    expect(card, "805E010007 000000 FF 654321", "63C2");
    expect(card, "805E010007 123456 FF 654321", "9000");
    expect(card, "0020000003123456", "63C2");
    vc_card_free(card);
    card = card_of("ssc-v3", fixture->state, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00200000", "63C2");
    expect(card, "0020000003654321", "9000");
    vc_card_free(card);
}

static void an_updated_record_outlives_the_card_in_the_reader(void **state)
{
    const struct fixture *fixture = *state;
    struct vc_card *card = card_of("ssc-v3", fixture->state, NULL);
    struct vc_card *psam = card_of("psam", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00DC062C060604 20351231", "6982");
    authenticate(card, psam, "4812", "04", "9000");
    expect(card, "00DC062C060604 20351231", "9000");
    expect(card, "00DC062C060704 20351231", "6A80");
    expect(card, "00DC062C0506 04 203512", "6700");
    expect(card, "00DC082C060604 20351231", "6A83");
    vc_card_free(card);
    card = card_of("ssc-v3", fixture->state, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00B2062C00", "0604203512319000");
    vc_card_free(card);
    vc_card_free(psam);
}

static void a_state_that_cannot_be_written_is_not_promised(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", "/nonexistent/folder/state", NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "0020000003123456", "6581");
    expect(card, "00200000", "63C2");
    vc_card_free(card);
}

static void malformed_commands_are_refused(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, "00A4", "6700");
    expect(card, "00A40400FF7378", "6700");
    expect(card, "00A4040000 00", "6700");
    expect(card, "00FF000000", "6D00");
    expect(card, "A0A4000000", "6E00");
    expect(card, "BFDE480A18 " FACTORS "0000000000000000", "6E00");
    expect(card, "00A4090000", "6A86");
    expect(card, "00A4000001 3F", "6700");
    vc_card_free(card);
}

static void no_sequence_of_commands_breaks_the_card_or_opens_the_holder_data(void **state)
{
    (void)state;
    static const uint8_t classes[] = {0x00, 0x80, 0xBF, 0x04};
    static const uint8_t instructions[] = {0xA4, 0xC0, 0xB2, 0xB0, 0xDC, 0x20,
                                           0x5E, 0x84, 0x88, 0x82, 0xDE, 0xFA};
    uint32_t random = 1;
    struct vc_card *cards[] = {card_of("ssc-v3", NULL, NULL), card_of("psam", NULL, NULL)};
    for (int i = 0; i < 200000; i++) {
        uint8_t command[300];
        uint8_t response[VC_MAX_RESPONSE];
        for (size_t k = 0; k < sizeof command; k++) {
            random = random * 1664525 + 1013904223;
            command[k] = (uint8_t)(random >> 24);
        }
        size_t n = command[200] % 4 ? command[201] % 8 : command[201];
        command[0] = classes[command[0] % sizeof classes];
        command[1] = instructions[command[1] % sizeof instructions];
        command[4] = command[202] % 4 ? (uint8_t)(n > 5 ? n - 5 : 0) : command[4];
        struct vc_card *card = cards[i % 2];
        if (i % 16 == 0) {
            send_hex(card, SELECT_SSSE);
        }
        assert_true(vc_card_transmit(card, command, n, response, &n));
        assert_in_range(n, 2, VC_MAX_RESPONSE);
        assert_true(n < 4 || response[0] != 0x08 || response[1] != 0x12);
    }
    vc_card_free(cards[0]);
    vc_card_free(cards[1]);
}

/* Defects by one command whose answer they change, after `before` commands without notice. That
 * the others change something is shown where the suites find each defect (tools/prove.sh). */
static const struct {
    const char *name;
    const char *before[4];
    const char *command;
    const char *right;
    const char *wrong;
    bool version_2; /* its holder data are read without authentication */
} mistakes[] = {
    {"ef06-free", {SELECT_SSSE}, "00B2043400", "6982", "0A01319000", false},
    {"name-in-utf8",
     {SELECT_SSSE},
     "00B2023400",
     "091EB2E2CAD4D2BB0000000000000000000000000000000000000000000000009000",
     "091EE6B58BE8AF95E4B8800000000000000000000000000000000000000000009000",
     true},
    {"name-differs",
     {SELECT_SSSE},
     "00B2023400",
     "091EB2E2CAD4D2BB0000000000000000000000000000000000000000000000009000",
     "091EB2E2CAD4B6FE0000000000000000000000000000000000000000000000009000",
     true},
    {"id-number-differs",
     {SELECT_SSSE},
     "00B2013400",
     "08123131303130313139303030313031303031349000",
     "08123131303130313139303030313031303033309000",
     true},
    {"sex-against-id", {SELECT_SSSE}, "00B2043400", "0A01319000", "0A01329000", true},
    {"tries-do-not-fall", {SELECT_SSSE}, "0020000003000000", "63C2", "63C3", false},
    {"wrong-version", {SELECT_SSSE}, "00B2032C00", "0304332E30309000", "0304312E30309000", false},
    {"expired-card", {SELECT_SSSE}, "00B2062C00", "0604203402289000", "0604202001019000", false},
    {"empty-data-with-9000", {SELECT_SSSE}, "00B2022C00", "0201339000", "9000", false},
    {"endless-61xx", {SELECT_SSSE, "00C0000018"}, "00C0000018", "6985", "6118", false},
    {"hang", {SELECT_SSSE}, "00B2022C00", "0201339000", "mute", false},
    {"authentication-accepts-anything",
     {SELECT_SSSE, "0084000008"},
     "0082000A10 0000000000000000 0000000000000000",
     "63C9",
     "9000",
     false},
    {"authentication-survives-selection",
     {SELECT_SSSE, "0020000003123456", SELECT_SSSE},
     "00200000",
     "63C3",
     "9000",
     false},
    {"challenge-reused",
     {SELECT_SSSE, "0084000008", "0082000A10 0000000000000000 0000000000000000"},
     "0082000A10 0000000000000000 0000000000000000",
     "6984",
     "63C8",
     false},
    {"application-missing", {NULL}, SELECT_SSSE, "6118", "6A82", false},
    {"card-number-differs",
     {SELECT_SSSE},
     "00B2072C00",
     "07094230303030303133319000",
     "07094230303030303134589000",
     false},
};

static void defects_change_what_the_card_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        for (int broken = 0; broken < 2; broken++) {
            struct vc_card *card = card_of(mistakes[i].version_2 ? "ssc-v2" : "ssc-v3", NULL,
                                           broken ? mistakes[i].name : NULL);
            for (size_t k = 0; mistakes[i].before[k]; k++) {
                send_hex(card, mistakes[i].before[k]);
            }
            expect(card, mistakes[i].command, broken ? mistakes[i].wrong : mistakes[i].right);
            vc_card_free(card);
        }
    }
    /* And the one that needs a power-off. */
    struct vc_card *card = card_of("ssc-v3", NULL, "tries-reset-by-power-off");
    expect(card, SELECT_SSSE, "6118");
    expect(card, "0020000003000000", "63C2");
    vc_card_reset(card);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00200000", "63C3");
    vc_card_free(card);
    /* And the one that is seen before any command. */
    size_t right = 0;
    size_t wrong = 0;
    card = card_of("ssc-v3", NULL, NULL);
    vc_card_atr(card, &right);
    vc_card_free(card);
    card = card_of("ssc-v3", NULL, "wrong-tck");
    vc_card_atr(card, &wrong);
    vc_card_free(card);
    assert_int_equal(wrong, right + 1);
}

static void the_primitives_give_published_values(void **state)
{
    (void)state;
    /* GB/T 32907, example 1: SM4 of a block under itself; here the block is F || ~F. */
    uint8_t key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                       0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10};
    const uint8_t factor[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF};
    const uint8_t sm4[16] = {0x68, 0x1E, 0xDF, 0x34, 0xD2, 0x06, 0x96, 0x5E,
                             0x86, 0xB3, 0xE9, 0x4F, 0x53, 0x6E, 0x42, 0x46};
    uint8_t process[16];
    assert_true(vc_crypto_process_key(VC_ALGORITHM_SM4, key, factor, process));
    assert_memory_equal(process, sm4, sizeof sm4);
    assert_true(vc_crypto_diversify(VC_ALGORITHM_SM4, key, factor));
    assert_memory_equal(key, sm4, sizeof sm4);
    /* The DES example of the textbooks: equal halves make single DES of 3DES. */
    const uint8_t des_key[16] = {0x13, 0x34, 0x57, 0x79, 0x9B, 0xBC, 0xDF, 0xF1,
                                 0x13, 0x34, 0x57, 0x79, 0x9B, 0xBC, 0xDF, 0xF1};
    const uint8_t des[8] = {0x85, 0xE8, 0x13, 0x54, 0x0F, 0x0A, 0xB4, 0x05};
    uint8_t cryptogram[8];
    assert_true(vc_crypto_cryptogram(VC_ALGORITHM_3DES, des_key, factor, cryptogram));
    assert_memory_equal(cryptogram, des, sizeof des);
}

static void a_broken_profile_is_refused_with_its_line(void **state)
{
    const struct fixture *fixture = *state;
    static const char head[] = "kind: card\natr: 3B6D00000081544353110000000001310A\n"
                               "city: \"110000\"\ndirectories:\n  - fid: 3F00\n    name: 4D46\n";
    static const struct {
        const char *tail;
        const char *message;
    } cases[] = {
        {"    files:\n      - {fid: EF05, read: fre, update: never}\n", ":8: \"read\" must be"},
        {"    files:\n      - {fid: EF05, read: key:NONE, update: never}\n",
         ":8: \"read\" must be"},
        {"    fils: []\n", ":7: unknown entry \"fils\""},
        {"    fid: 3F00\n", ":7: \"fid\" stands here twice"},
        {"    keys:\n      - {name: A, use: external, index: 0A, algorithm: sm4, master: 00}\n",
         ":8: \"master\" must be 16"},
        {"    pin: {digits: \"12345\", tries: 3}\n", ":7: a PIN has an even number"},
        {"    files:\n      - fid: EF05\n        read: free\n        update: never\n"
         "        records:\n          - {tag: \"09\", length: 2, gbk: 测试一}\n",
         ":12: the text is not gbk"},
        {"  - [\n", ":8: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vc_defects defects = {{false}};
        struct vc_err err = {{0}};
        FILE *file = fopen(fixture->profile, "w");
        assert_non_null(file);
        fprintf(file, "%s%s", head, cases[i].tail);
        fclose(file);
        assert_null(vc_card_new(fixture->profile, NULL, NULL, &defects, &err));
        if (!strstr(err.text, cases[i].message)) {
            fail_msg("\"%s\" is not in \"%s\"", cases[i].message, err.text);
        }
    }
}

static const char joined_rules[] =
    "kind: card\natr: 3B6D00000081544353110000000001310A\ncity: \"110000\"\ndirectories:\n"
    "  - fid: 3F00\n    name: 4D46\n    application: social\n"
    "    pin: {digits: \"123456\", tries: 3}\n    keys:\n"
    "      - {name: RK, use: external, index: 0A, algorithm: sm4, "
    "master: 54455354 524B5353 010203040506070A}\n"
    "    files:\n"
    "      - {fid: \"0001\", sfi: \"01\", read: free, update: pin, bytes: 01020304}\n"
    "      - {fid: \"0002\", sfi: \"02\", read: pin|key:RK, update: never, bytes: 05}\n"
    "      - {fid: \"0003\", sfi: \"03\", read: pin+key:RK, update: never, bytes: 06}\n";

static void two_conditions_are_joined_and_a_transparent_file_is_updated(void **state)
{
    const struct fixture *fixture = *state;
    struct vc_defects defects = {{false}};
    struct vc_err err = {{0}};
    FILE *file = fopen(fixture->profile, "w");
    assert_non_null(file);
    fputs(joined_rules, file);
    fclose(file);
    struct vc_card *card = vc_card_new(fixture->profile, fixture->state, NULL, &defects, &err);
    assert_non_null(card);
    struct vc_card *psam = card_of("psam", NULL, NULL);
    vc_card_reset(card);
    expect(card, "00B0820000", "6982");
    expect(card, "00D6810102AABB", "6982");
    expect(card, "0020000003123456", "9000");
    expect(card, "00B0820000", "059000");
    expect(card, "00B0830000", "6982");
    expect(card, "00D6810102AABB", "9000");
    expect(card, "00D6810302AABB", "6700");
    expect(card, "00D6810401AA", "6B00");
    authenticate(card, psam, "480A", "0A", "9000");
    expect(card, "00B0830000", "069000");
    vc_card_reset(card);
    authenticate(card, psam, "480A", "0A", "9000");
    expect(card, "00B0820000", "059000");
    expect(card, "00B0830000", "6982");
    vc_card_free(card);
    card = vc_card_new(fixture->profile, fixture->state, NULL, &defects, &err);
    assert_non_null(card);
    vc_card_reset(card);
    expect(card, "00B0810000", "01AABB049000");
    vc_card_free(card);
    vc_card_free(psam);
}

static void a_setting_changes_a_record_and_needs_a_tag_of_the_card(void **state)
{
    (void)state;
    char path[512];
    struct vc_defects defects = {{false}};
    struct vc_err err = {{0}};
    struct vc_settings settings = {.list = {{0x02, "1"}}, .n = 1};
    snprintf(path, sizeof path, "%s/cards/profiles/ssc-v3.yaml", getenv("YS_SOURCE_DIR"));
    struct vc_card *card = vc_card_new(path, NULL, &settings, &defects, &err);
    assert_non_null(card);
    vc_card_reset(card);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00B2022C00", "0201319000");
    vc_card_free(card);
    settings.list[0].text = "12";
    assert_null(vc_card_new(path, NULL, &settings, &defects, &err));
    assert_non_null(strstr(err.text, "the text is not ascii"));
    settings.list[0].tag = 0xFE;
    assert_null(vc_card_new(path, NULL, &settings, &defects, &err));
    assert_non_null(strstr(err.text, "no record of this card has the tag FE"));
}

static void a_foreign_state_file_is_refused_with_its_line(void **state)
{
    const struct fixture *fixture = *state;
    static const char *const contents[] = {"", "something else\n",
                                           "virtual-card-state 2\npin DDF1 1Z 3\n",
                                           "virtual-card-state 2\npin DDF1 123456 4\n",
                                           "virtual-card-state 2\nrecord DDF1 EF05 6 00\n"};
    char profile[512];
    snprintf(profile, sizeof profile, "%s/cards/profiles/ssc-v3.yaml", getenv("YS_SOURCE_DIR"));
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        struct vc_defects defects = {{false}};
        struct vc_err err = {{0}};
        FILE *file = fopen(fixture->state, "w");
        assert_non_null(file);
        fputs(contents[i], file);
        fclose(file);
        assert_null(vc_card_new(profile, fixture->state, NULL, &defects, &err));
        assert_non_null(strstr(err.text, "not the state of a card"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_application_is_selected_by_its_name_and_says_what_it_is),
        cmocka_unit_test(the_answer_is_fetched_in_parts_and_only_once),
        cmocka_unit_test(issuer_data_are_read_by_number_by_tag_and_all_at_once),
        cmocka_unit_test(holder_data_need_the_key_on_version_three_and_nothing_on_version_two),
        cmocka_unit_test(the_psam_opens_the_holder_data_until_the_next_selection),
        cmocka_unit_test(a_challenge_serves_once_and_only_with_eight_bytes),
        cmocka_unit_test(the_card_proves_itself_to_the_psam),
        cmocka_unit_test(wrong_pins_use_up_the_tries_and_the_right_one_restores_them),
        cmocka_unit_test_setup_teardown(a_changed_pin_and_its_tries_outlive_the_card_in_the_reader,
                                        card_set_up, card_tear_down),
        cmocka_unit_test_setup_teardown(an_updated_record_outlives_the_card_in_the_reader,
                                        card_set_up, card_tear_down),
        cmocka_unit_test(a_state_that_cannot_be_written_is_not_promised),
        cmocka_unit_test(malformed_commands_are_refused),
        cmocka_unit_test(no_sequence_of_commands_breaks_the_card_or_opens_the_holder_data),
        cmocka_unit_test(defects_change_what_the_card_answers),
        cmocka_unit_test(the_primitives_give_published_values),
        cmocka_unit_test_setup_teardown(a_broken_profile_is_refused_with_its_line, card_set_up,
                                        card_tear_down),
        cmocka_unit_test_setup_teardown(two_conditions_are_joined_and_a_transparent_file_is_updated,
                                        card_set_up, card_tear_down),
        cmocka_unit_test(a_setting_changes_a_record_and_needs_a_tag_of_the_card),
        cmocka_unit_test_setup_teardown(a_foreign_state_file_is_refused_with_its_line, card_set_up,
                                        card_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
