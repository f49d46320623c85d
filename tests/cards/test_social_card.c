/* SPDX-License-Identifier: Apache-2.0 */
/* What a card of the social security does beyond reading: unblocking, blocking, secure messaging,
 * versions of keys, directories, certificates; and the transport of T=1. */
#include "card_steps.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *profile;
    const char *puk;
    const char *stk;
} generations[] = {{"ssc-v3", "4805", "4806"}, {"ssc-v2", "4705", "4706"}};

static void a_blocked_pin_comes_back_with_its_key_and_its_mac(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct vc_card *card = card_of(generations[i].profile, NULL, NULL);
        struct vc_card *psam = card_of("psam", NULL, NULL);
        expect(card, SELECT_SSSE, "6118");
        for (int k = 0; k < 3; k++) {
            send_hex(card, "0020000003000000");
        }
        expect(card, "0020000003123456", "6983");
        send_with_mac(card, psam, generations[i].stk, "8424000004", "6982");
        authenticate(card, psam, generations[i].puk, "05", "9000");
        expect(card, "842400000400000000", "6984");
        send_with_mac(card, psam, generations[i].puk, "8424000004", "6988");
        send_with_mac(card, psam, generations[i].stk, "8424000004", "9000");
        expect(card, "0020000003123456", "9000");
        vc_card_free(card);
        vc_card_free(psam);
    }
}

static void an_application_is_blocked_and_comes_back_and_a_card_does_not(void **state)
{
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < 2; i++) {
        struct vc_card *card = card_of(generations[i].profile, fixture->state, NULL);
        struct vc_card *psam = card_of("psam", NULL, NULL);
        expect(card, SELECT_SSSE, "6118");
        expect(card, "841E00000400000000", "6984");
        send_with_mac(card, psam, generations[i].stk, "841E000004", "9000");
        expect(card, "00B2012C00", "6985");
        vc_card_free(card);
        card = card_of(generations[i].profile, fixture->state, NULL);
        expect(card, SELECT_SSSE, "6283");
        expect(card, "00B2012C00", "6985");
        expect(card, "00A4040006D15600000500", "610A");
        expect(card, "0088008810 1122334455667788 " CHALLENGE_FACTOR, "6985");
        expect(card, SELECT_SSSE, "6283");
        send_with_mac(card, psam, generations[i].stk, "8418000004", "9000");
        expect(card, SELECT_SSSE, "6118");
        send_with_mac(card, psam, generations[i].stk, "8416000004", "9000");
        expect(card, SELECT_SSSE, "6A81");
        vc_card_free(card);
        card = card_of(generations[i].profile, fixture->state, NULL);
        expect(card, SELECT_SSSE, "6A81");
        vc_card_free(card);
        vc_card_free(psam);
        unlink(fixture->state);
    }
}

static void an_update_with_secure_messaging_needs_its_mac_each_time(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    struct vc_card *psam = card_of("psam", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00A4040006D15600000501", "610A");
    authenticate(card, psam, "4845", "84", "9000");
    expect(card, "00DC0334054D03110101", "6987");
    expect(card, "04DC0334094D0311010100000000", "6984");
    send_with_mac(card, psam, "48F2", "04DC0334094D03110101", "9000");
    send_with_mac(card, psam, "4806", "04DC0334094D03110101", "6988");
    expect(card, "04DC033409", "6987");
    vc_card_free(card);
    vc_card_free(psam);
}

static void the_versions_of_a_key_are_told_apart(void **state)
{
    (void)state;
    static const char *const keys[] = {"4801", "4821", "4831"};
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    struct vc_card *psam = card_of("psam", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    for (unsigned i = 0; i < 3; i++) {
        char command[200];
        char cryptogram[2 * 10 + 1];
        snprintf(command, sizeof command, "0088000011 1122334455667788 " CHALLENGE_FACTOR "%02X08",
                 i + 1);
        snprintf(cryptogram, sizeof cryptogram, "%s", send_hex(card, command));
        snprintf(command, sizeof command, "BFDE%s18" FACTORS "1122334455667788", keys[i]);
        expect(psam, command, "9000");
        expect(psam, "80FA000008" CHALLENGE_FACTOR "08", cryptogram);
    }
    expect(card, "0088000011 1122334455667788 " CHALLENGE_FACTOR "0408", "6A88");
    vc_card_free(card);
    vc_card_free(psam);
}

static void a_revoked_psam_computes_nothing(void **state)
{
    (void)state;
    struct vc_card *psam = card_of("psam-revoked", NULL, NULL);
    expect(psam, "BFDE480A18 " FACTORS "0000000000000000", "6985");
    expect(psam, "80FA000008" CHALLENGE_FACTOR, "6985");
    expect(psam, "00A40000023F00", "6283");
    vc_card_free(psam);
}

static void the_directories_keep_their_rights_apart(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    struct vc_card *psam = card_of("psam", NULL, NULL);
    expect(card, SELECT_SSSE, "6118");
    expect(card, "0020000003123456", "9000");
    expect(card, "00A4000002DF02", "610A");
    expect(card, "00B2013400", "6982");
    expect(card, "00200000", "9000");
    authenticate(card, psam, "4845", "84", "9000");
    expect(card, "00B2013400", "6982");
    expect(card, "00A4000002DF04", "610A");
    expect(card, "00B2012C00", "6982");
    expect(card, SELECT_SSSE, "6118");
    expect(card, "00200000", "63C3");
    vc_card_free(card);
    vc_card_free(psam);
}

static void the_card_signs_after_the_pin_of_its_certificates(void **state)
{
    (void)state;
    uint8_t challenge[16];
    uint8_t digest[VC_SM3_SIZE];
    uint8_t proof[16];
    char command[200] = "0020018110";
    size_t n = 0;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, "00A404000C504B492EC9E7BBE1B1A3D5CF", "6110");
    expect(card, "00A404000C53532E434552542E41444631", "6110");
    vc_card_free(card);
    card = card_of("ssc-v3", NULL, NULL);
    expect(card, "00A404000C53532E434552542E41444631", "6110");
    expect(card, "00A40200020012", "6106");
    assert_string_equal(send_hex(card, "00B0000042") + 2 * 66, "9000");
    expect(card, "00A40200020014", "6106");
    expect(card, "00B0000020", "6982");
    expect(card, "002A9E9A20 0000000000000000000000000000000000000000000000000000000000000000",
           "6982");
    char text[40];
    snprintf(text, sizeof text, "%.32s", send_hex(card, "0084000010"));
    assert_true(vc_hex_parse(text, challenge, sizeof challenge, &n));
    assert_true(vc_sm3((const uint8_t *)"123456", 6, digest));
    assert_true(vc_crypto_ecb(VC_ALGORITHM_SM4, digest, true, challenge, 16, proof));
    for (size_t i = 0; i < sizeof proof; i++) {
        snprintf(command + 10 + 2 * i, 3, "%02X", proof[i]);
    }
    expect(card, command, "9000");
    expect(card, command, "6984");
    expect(card, "002A9E9A20 0000000000000000000000000000000000000000000000000000000000000000",
           "6140");
    expect(card, "0020018100", "9000");
    vc_card_free(card);
}

static void a_card_of_t1_answers_at_once_takes_chains_and_long_commands(void **state)
{
    const struct fixture *fixture = *state;
    struct vc_defects defects = {{false}};
    struct vc_err err = {{0}};
    FILE *file = fopen(fixture->profile, "w");
    assert_non_null(file);
    fputs("kind: psam\natr: 3B8180014545\ntransport: {extended: yes, chaining: yes}\n"
          "directories:\n  - fid: 3F00\n    name: 4D46\n    fci: 88011E\n    files:\n"
          "      - {fid: \"0001\", sfi: \"01\", read: free, update: free, bytes: ",
          file);
    for (int i = 0; i < 600; i++) {
        fputs("5A", file);
    }
    fputs("}\n", file);
    fclose(file);
    struct vc_card *card = vc_card_new(fixture->profile, NULL, NULL, &defects, &err);
    if (!card) {
        fail_msg("%s", err.text);
    }
    vc_card_reset(card);
    expect(card, "00A40400024D4600", "6F0984024D46A50388011E9000");
    assert_int_equal(strlen(send_hex(card, "00B08100000000")), 2 * 602);
    assert_int_equal(strlen(send_hex(card, "00B0810000")), 2 * 258);
    expect(card, "10D6810001AA", "9000");
    expect(card, "00D6810002BBCC", "9000");
    expect(card, "00B0810004", "AABBCC5A9000");
    expect(card, "00D681000000021122", "9000");
    expect(card, "00B0810003", "1122CC9000");
    expect(card, "10D6810001AA", "9000");
    expect(card, "10D6820001AA", "6883");
    vc_card_free(card);
    struct vc_card *plain = card_of("ssc-v3", NULL, NULL);
    expect(plain, "10A4000002DDF1", "6884");
    vc_card_free(plain);
}

static void the_asymmetric_primitives_give_published_values(void **state)
{
    (void)state;
    /* GM/T 0004, A.1 */
    static const char abc[] = "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0";
    /* GM/T 0003.5, A.2: the key pair of the example */
    static const char d[] = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
    static const char xy[] = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                             "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
    uint8_t digest[VC_SM3_SIZE];
    uint8_t key[VC_SM2_PRIVATE];
    uint8_t expected[VC_SM2_PUBLIC];
    uint8_t public[VC_SM2_PUBLIC];
    size_t n = 0;
    assert_true(vc_sm3((const uint8_t *)"abc", 3, digest));
    assert_true(vc_hex_parse(abc, expected, sizeof expected, &n));
    assert_memory_equal(digest, expected, VC_SM3_SIZE);
    assert_true(vc_hex_parse(d, key, sizeof key, &n));
    assert_true(vc_hex_parse(xy, expected, sizeof expected, &n));
    assert_true(vc_sm2_public(key, public));
    assert_memory_equal(public, expected, sizeof expected);
    memset(key, 0xFF, sizeof key);
    assert_false(vc_sm2_public(key, public));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blocked_pin_comes_back_with_its_key_and_its_mac),
        cmocka_unit_test_setup_teardown(
            an_application_is_blocked_and_comes_back_and_a_card_does_not, card_set_up,
            card_tear_down),
        cmocka_unit_test(an_update_with_secure_messaging_needs_its_mac_each_time),
        cmocka_unit_test(the_versions_of_a_key_are_told_apart),
        cmocka_unit_test(a_revoked_psam_computes_nothing),
        cmocka_unit_test(the_directories_keep_their_rights_apart),
        cmocka_unit_test(the_card_signs_after_the_pin_of_its_certificates),
        cmocka_unit_test(the_asymmetric_primitives_give_published_values),
        cmocka_unit_test_setup_teardown(a_card_of_t1_answers_at_once_takes_chains_and_long_commands,
                                        card_set_up, card_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
