/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payment cards. Vectors: the example of GM/T 0003.5 (SM2), Visa's published test CA key 94 with a
 * test certificate under it (as in emv-utils, tests/emv_rsa_test.c), the card key that pyemv's
 * documentation shows, and cryptograms that OpenSSL's own commands give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_crypto.h"
#include "ys_emv.h"

#define MASTER "0123456789ABCDEFFEDCBA9876543210"
#define PAN "6228480010123456781"
#define AC_INPUT "00000000010000000000000001560000000000015626010100123456787C00000103A0B000"
#define VISA_94                                                                                    \
    "ACD2B12302EE644F3F835ABD1FC7A6F62CCE48FFEC622AA8EF062BEF6FB8BA8BC68BBF6AB5870EED579BC3973E12" \
    "1303D34841A796D6DCBC41DBF9E52C4609795C0CCF7EE86FA1D5CB041071ED2C51D2202F63F1156C58A92D38BC60" \
    "BDF424E1776E2BC9648078A03B36FB554375FC53D57C73F5160EA59F3AFC5398EC7B67758D65C9BFF7828B6B82D4" \
    "BE124A416AB7301914311EA462C19F771F31B3B57336000DFF732D3B83DE07052D730354D297BEC72871DCCF0E19" \
    "3F171ABA27EE464C6A97690943D59BDABB2A27EB71CEEBDAFA1176046478FD62FEC452D5CA393296530AA3F41927" \
    "ADFE434A2DF2AE3054F8840657A26E0FC617"
#define VISA_ISSUER                                                                                \
    "665CD65C20DEAE638C7320EA011E5E2B33FC5070FF7D153D74FE9A01ABFF0B9587B3779C524577F8A57C19923B39" \
    "CD3F5CCDD457D360DC2619CDBB94328777BB905E1CB79E280458F60C8C5593EFD22D6385512B11B7F2EAFE1184CF" \
    "9066B9B47A0BF832045066359AE465473D31B9F830A6DE7D88E969CB456033F8073BEC512205920E3DEA773D3E36" \
    "E1F46C2E8BDDC423FB675CA1710A3D0A06E9C7570919735190BD6ED65BD5EF92C0416BFE4094EA96A218013838EF" \
    "337151A8BE7222DCF0717399553C4DDA16EBABB2DD386A07BDF313D970C1324CAAB885067691E3EE5E5D8B912799" \
    "BD53C8E1830237E9EC0A9254D80B2BD3622C"

static const uint8_t today[3] = {0x26, 0x11, 0x24};

static const uint8_t *bytes_of(const char *hex, size_t *ret_length)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    assert_int_equal(ys_hex_decode(&test_arena, hex, &bytes, &length, NULL), YS_OK);
    if (ret_length) {
        *ret_length = length;
    }
    return bytes;
}

static void expect_hex(const uint8_t *bytes, size_t length, const char *hex)
{
    char text[128];
    ys_hex_encode(bytes, length, text);
    assert_string_equal(text, hex);
}

static void add(struct ys_emv_objects *objects, uint32_t tag, const char *hex)
{
    size_t length = 0;
    const uint8_t *bytes = bytes_of(hex, &length);
    assert_true(ys_emv_add(objects, tag, bytes, length));
}

static void keys_and_cryptograms(void **state)
{
    static const struct {
        enum ys_emv_algorithm algorithm;
        const char *card;
        const char *session;
        const char *arqc;
        const char *arpc;
    } rows[] = {
        {YS_EMV_3DES, "37256D16CE231C40DC161CB08F587AA4", "A802323D97F1973B206838BCBA62AE94",
         "6A3FD0084DA5D959", "A210A6619ACAA068"},
        {YS_EMV_SM4, "55DC4AEBFA90883DC9084562F3A71C17", "393C322DC3BE8AAA270FA696AE157BA3",
         "77691BFEC6A9FAA4", "A632297F2D842A73"},
    };
    struct ys_err err;
    size_t length = 0;
    const uint8_t *input = bytes_of(AC_INPUT, &length);
    const uint8_t *master = bytes_of(MASTER, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t card[YS_EMV_KEY_BYTES];
        uint8_t session[YS_EMV_KEY_BYTES];
        uint8_t mac[YS_EMV_AC_BYTES];
        assert_int_equal(ys_emv_card_key(rows[i].algorithm, master, PAN, 0x01, card, &err), YS_OK);
        assert_int_equal(ys_emv_session_key(rows[i].algorithm, card, 1, session, &err), YS_OK);
        assert_int_equal(ys_emv_mac(rows[i].algorithm, session, input, length, mac, &err), YS_OK);
        if (rows[i].algorithm == YS_EMV_SM4) {
            expect_hex(card, sizeof card, rows[i].card);
            expect_hex(session, sizeof session, rows[i].session);
        }
        expect_hex(mac, sizeof mac, rows[i].arqc);
        assert_int_equal(
            ys_emv_arpc(rows[i].algorithm, session, mac, (const uint8_t *)"00", mac, &err), YS_OK);
        expect_hex(mac, sizeof mac, rows[i].arpc);
    }
    /* Parity bits are not set, since no cipher looks at them: pyemv's key with its even bits. */
    uint8_t key[YS_EMV_KEY_BYTES];
    assert_int_equal(ys_emv_card_key(YS_EMV_3DES, master, "99012345678901234", 0x45, key, &err),
                     YS_OK);
    const uint8_t *published = bytes_of("67F8292358083E5EA7AB7FDA58D53B6B", NULL);
    for (size_t i = 0; i < sizeof key; i++) {
        assert_int_equal(key[i] & 0xFE, published[i] & 0xFE);
    }
}

static void sm2_of_bare_numbers(void **state)
{
    uint8_t point[YS_SM2_POINT_BYTES];
    uint8_t signature[YS_SM2_POINT_BYTES];
    struct ys_err err;
    bool valid = false;
    (void)state;
    memcpy(point,
           bytes_of("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
                    NULL),
           sizeof point);
    memcpy(signature,
           bytes_of("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
                    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
                    NULL),
           sizeof signature);
    assert_int_equal(ys_sm2_verify_raw(point, "message digest", 14, signature, &valid, &err),
                     YS_OK);
    assert_true(valid);
    assert_int_equal(ys_sm2_verify_raw(point, "message digesu", 14, signature, &valid, &err),
                     YS_OK);
    assert_false(valid);
    point[0] ^= 0x01; /* off the curve */
    assert_int_equal(ys_sm2_verify_raw(point, "message digest", 14, signature, &valid, &err),
                     YS_OK);
    assert_false(valid);
    memset(signature, 0, sizeof signature);
    assert_int_equal(ys_sm2_verify_raw(point, "message digest", 14, signature, &valid, &err),
                     YS_OK);
    assert_false(valid);
}

static struct ys_emv_oda check_visa(const char *pan, const char *certificate, const uint8_t now[3])
{
    static const uint8_t exponent = 0x03;
    struct ys_emv_objects *objects = ys_arena_alloc(&test_arena, sizeof *objects);
    struct ys_emv_ca_key ca = {.exponent = &exponent, .exponent_length = 1};
    struct ys_emv_oda oda;
    objects->count = 0;
    ca.key = bytes_of(VISA_94, &ca.key_length);
    add(objects, 0x5A, pan);
    add(objects, 0x92, "");
    add(objects, 0x9F32, "03");
    add(objects, 0x90, certificate);
    struct ys_emv_oda_input input = {.objects = objects, .ca = &ca};
    memcpy(input.today, now, sizeof input.today);
    ys_emv_oda_check(&test_arena, &input, &oda);
    return oda;
}

static void issuer_certificate(void **state)
{
    static const uint8_t january_2032[3] = {0x32, 0x01, 0x01};
    static const uint8_t december_2031[3] = {0x31, 0x12, 0x31};
    char spoilt[] = VISA_ISSUER;
    (void)state;
    struct ys_emv_oda oda = check_visa("4761739001010119", VISA_ISSUER, today);
    assert_string_equal(oda.issuer, "");
    assert_string_equal(oda.issuer_expires, "3112");
    assert_null(oda.card);
    assert_null(oda.static_data);
    assert_string_equal(check_visa("4761739001010119", VISA_ISSUER, december_2031).issuer, "");
    assert_string_equal(check_visa("4761739001010119", VISA_ISSUER, january_2032).issuer,
                        "the certificate expired (month 2031-12)");
    assert_string_equal(check_visa("4761749001010119", VISA_ISSUER, today).issuer,
                        "it is of another issuer than the card number");
    spoilt[sizeof spoilt - 2] = 'D';
    assert_string_equal(check_visa("4761739001010119", spoilt, today).issuer,
                        "it does not open: not signed with this key");
}

static void data_object_lists(void **state)
{
    struct ys_emv_objects terminal = {.count = 0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    (void)state;
    add(&terminal, 0x9F02, "000000001234");
    add(&terminal, 0x9F37, "AABBCCDD");
    size_t list_length = 0;
    const uint8_t *list = bytes_of("9F0204 9F0208 9F3702 9F3706 DF6901", &list_length);
    assert_int_equal(
        ys_emv_dol_build(&test_arena, list, list_length, &terminal, &bytes, &length, &err), YS_OK);
    /* Numbers are cut and filled on the left, others on the right; the unknown is zero. */
    expect_hex(bytes, length, "000012340000000000001234AABBAABBCCDD000000");
    static const char *const broken[] = {"9F02", "9F", "DF8181", "9F0280"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        list = bytes_of(broken[i], &list_length);
        assert_int_equal(
            ys_emv_dol_build(&test_arena, list, list_length, &terminal, &bytes, &length, &err),
            YS_ERR_SYNTAX);
    }
    list = bytes_of("9F027F 9F027F 9F027F", &list_length);
    assert_int_equal(
        ys_emv_dol_build(&test_arena, list, list_length, &terminal, &bytes, &length, &err),
        YS_ERR_LIMIT);
}

static void locators_and_rules(void **state)
{
    static const struct {
        const char *afl;
        size_t entries; /* 0: none */
    } rows[] = {{"08010100 10010301", 2}, {"", 0},         {"080101", 0},
                {"09010100", 0},          {"00010100", 0}, {"F8010100", 0},
                {"08000100", 0},          {"08020100", 0}, {"08010203", 0},
                {"08010100 08020200", 0}, {"F0010101", 1}};
    size_t length = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint8_t *afl = bytes_of(rows[i].afl, &length);
        const struct ys_value *value = ys_emv_afl_value(&test_arena, afl, length);
        assert_int_equal(ys_value_count(value), rows[i].entries);
    }
    const uint8_t *list = bytes_of("0000000000000000 4103 4203 1E03 1F00", &length);
    const struct ys_value *rules = ys_emv_cvm_value(&test_arena, list, length);
    assert_int_equal(ys_value_count(rules), 4);
    assert_string_equal(ys_value_get_text(ys_value_at(rules, 0), "method"), "offline-pin");
    assert_true(ys_value_get_bool(ys_value_at(rules, 0), "go_on", false));
    assert_null(ys_emv_cvm_value(&test_arena, list, length - 1));
    assert_null(ys_emv_cvm_value(&test_arena, list, 8));
}

static void complete_card(struct ys_emv_objects *objects)
{
    objects->count = 0;
    add(objects, 0x50, "50424F43");
    add(objects, 0x57, "6200001100000000130D34022200000000000F");
    add(objects, 0x5A, "6200001100000000130F");
    add(objects, 0x5F24, "340228");
    add(objects, 0x8C, "9F0206 9505 9A03 9C01 9F3704");
    add(objects, 0x8D, "8A02 9505 9F3704");
    add(objects, 0x8E, "0000000000000000 1E03 1F00");
    add(objects, 0x9F08, "0030");
}

static void faults_of_a_card(void **state)
{
    static const struct {
        uint32_t tag;
        const char *hex; /* NULL: missing */
        const char *fault;
    } rows[] = {
        {0x5A, NULL, "5A (pan) is missing"},
        {0x5A, "6200001100000000131F",
         "5A is no card number with its check digit (ISO/IEC 7812-1)"},
        {0x57, "6200001100000000130D35022200000000000F", "57 expires at another time than 5F24"},
        {0x57, "6200001100000000140D34022200000000000F", "57 holds another card number than 5A"},
        {0x5F24, "261123", "the application has expired (5F24)"},
        {0x9F08, "003000", "9F08 (version) has 3 bytes, not 2 to 2"},
        {0x8C, "9F0206 9505 9A03 9C01", "8C does not ask for 9F37"},
        {0x8D, "8A02 9505 9F37", "8D is no data object list: it ends within an entry"},
        {0x8E, "0000000000000000 1E", "8E (cvm_list) has 9 bytes, not 10 to 252"},
        {0x8E, "0000000000000000 1E03 1F", "8E is no CVM list: it ends within a rule"},
        {0x8E, "0000000000000000 0103",
         "8E has an offline PIN and GET DATA does not tell its tries (9F17)"},
    };
    struct ys_emv_objects objects;
    (void)state;
    complete_card(&objects);
    assert_int_equal(ys_value_count(ys_emv_faults(&test_arena, &objects, today)), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool found = false;
        complete_card(&objects);
        for (size_t k = 0; k < objects.count; k++) {
            if (objects.list[k].tag == rows[i].tag && rows[i].hex) {
                objects.list[k].bytes = bytes_of(rows[i].hex, &objects.list[k].length);
            } else if (objects.list[k].tag == rows[i].tag) {
                objects.list[k].tag = 0xDF01;
            }
        }
        const struct ys_value *faults = ys_emv_faults(&test_arena, &objects, today);
        for (size_t k = 0; k < ys_value_count(faults); k++) {
            found = found || strcmp(ys_value_text(ys_value_at(faults, k)), rows[i].fault) == 0;
        }
        if (!found) {
            fail_msg("not told: %s", rows[i].fault);
        }
    }
    add(&objects, 0x5F28, "0156");
    add(&objects, 0x9F57, "0840");
    const struct ys_value *faults = ys_emv_faults(&test_arena, &objects, today);
    assert_string_equal(ys_value_text(ys_value_at(faults, 0)), "5F28 and 9F57 differ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_and_cryptograms, set_up_arena, tear_down_arena),
        cmocka_unit_test_setup_teardown(sm2_of_bare_numbers, set_up_arena, tear_down_arena),
        cmocka_unit_test_setup_teardown(issuer_certificate, set_up_arena, tear_down_arena),
        cmocka_unit_test_setup_teardown(data_object_lists, set_up_arena, tear_down_arena),
        cmocka_unit_test_setup_teardown(locators_and_rules, set_up_arena, tear_down_arena),
        cmocka_unit_test_setup_teardown(faults_of_a_card, set_up_arena, tear_down_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
