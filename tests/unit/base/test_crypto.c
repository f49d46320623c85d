/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cryptography against published vectors: GM/T 0002 (SM4), GM/T 0003.5 (SM2), GM/T 0004 (SM3),
 * FIPS 46-3 and SP 800-67 (DES, 3DES), RFC 4648 (base64). The key pair below is the example of the
 * SM2 standard and protects nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_clock.h"
#include "ys_crypto.h"

static const char sm2_private_pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgOUUgj3shRLE/NuOK\n"
    "xtOflYiTk2koYLUaQvuB7033xbihRANCAAQJ+d8xHlQhoVDdfRYeS8XGchefrRgz\n"
    "/AdrsI/zVvNQIMzqSQziZ3WlLcbqcYzBqmAK7QX7814ISmYy9gctqa0T\n"
    "-----END PRIVATE KEY-----\n";

static const char sm2_private_sec1[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIDlFII97IUSxPzbjisbTn5WIk5NpKGC1GkL7ge9N98W4oAoGCCqBHM9V\n"
    "AYItoUQDQgAECfnfMR5UIaFQ3X0WHkvFxnIXn60YM/wHa7CP81bzUCDM6kkM4md1\n"
    "pS3G6nGMwapgCu0F+/NeCEpmMvYHLamtEw==\n"
    "-----END EC PRIVATE KEY-----\n";

/* The same key under the passphrase "x". */
static const char sm2_private_locked[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhwnvMX4BrXHgICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENjVnR3GZL/+YksHMcmyY20EgZCD\n"
    "EkfcywbZZadIspR+WLb98P1JzC4ve1/sbDRPMowrMOpm6ueG+Uefco2YIoPVkGsE\n"
    "R2+/DDVX32MHZnXiHiXw/zLsprfxq0DQRZXOUqUmgBiIZk3YKMe26qeaUgWjA7WS\n"
    "cRs4O1O+qVTGp7A5dYTvXd+b84LY+FQIlZqPQ66vU9GFP1JdxAhbstOlWsP8ZEE=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static const char sm2_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAECfnfMR5UIaFQ3X0WHkvFxnIXn60Y\n"
    "M/wHa7CP81bzUCDM6kkM4md1pS3G6nGMwapgCu0F+/NeCEpmMvYHLamtEw==\n"
    "-----END PUBLIC KEY-----\n";

/* Of the same key; subject "测试银行". */
static const char sm2_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBuTCCAWCgAwIBAgIDAQKrMAoGCCqBHM9VAYN1MDsxCzAJBgNVBAYTAkNOMRUw\n"
    "EwYDVQQKDAzmtYvor5Xpk7booYwxFTATBgNVBAMMDHNlYWwuaW52YWxpZDAeFw0y\n"
    "NjExMjMxNjU4NTVaFw0zNjExMjAxNjU4NTVaMDsxCzAJBgNVBAYTAkNOMRUwEwYD\n"
    "VQQKDAzmtYvor5Xpk7booYwxFTATBgNVBAMMDHNlYWwuaW52YWxpZDBZMBMGByqG\n"
    "SM49AgEGCCqBHM9VAYItA0IABAn53zEeVCGhUN19Fh5LxcZyF5+tGDP8B2uwj/NW\n"
    "81AgzOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prROjUzBRMB0GA1UdDgQW\n"
    "BBT54lFhTC8OnoCRP/2jCOR8AaJBtDAfBgNVHSMEGDAWgBT54lFhTC8OnoCRP/2j\n"
    "COR8AaJBtDAPBgNVHRMBAf8EBTADAQH/MAoGCCqBHM9VAYN1A0cAMEQCIDfdl3NQ\n"
    "fwCXY2rjuS0/PlNsbUMTp3a64g3nDR78tk1ZAiBl1uM6LRBHskodvofPjqqrUOtk\n"
    "+S1my/Znai6/XwgQTQ==\n"
    "-----END CERTIFICATE-----\n";

static const char p256_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBcTCCARagAwIBAgIBBzAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxiYW5rLmlu\n"
    "dmFsaWQwHhcNMjYxMTIzMTY1ODU1WhcNMjYxMjIzMTY1ODU1WjAXMRUwEwYDVQQD\n"
    "DAxiYW5rLmludmFsaWQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARdV0So+aMI\n"
    "49fsSKPXq0R7xSC/QBp+Mx14XHQBbabNRtT3nz+6XJg7CzzptP1IwTZnQBIr9cnW\n"
    "zPpAbeaWUKcbo1MwUTAdBgNVHQ4EFgQU/3uSISXykdcMM+SLY9yLhYtzXDowHwYD\n"
    "VR0jBBgwFoAU/3uSISXykdcMM+SLY9yLhYtzXDowDwYDVR0TAQH/BAUwAwEB/zAK\n"
    "BggqhkjOPQQDAgNJADBGAiEA70JJfv3lHPMxmsWkUiq2UPoFllGzuw2XAB/2yAFI\n"
    "/vMCIQD0vdrx7ecKW8MfHqqa272Qs9HYU0SNduYNTqqfWVImBQ==\n"
    "-----END CERTIFICATE-----\n";

static const uint8_t *bytes_of(struct ys_arena *arena, const char *hex, size_t *ret_length)
{
    uint8_t *bytes = NULL;
    assert_int_equal(ys_hex_decode(arena, hex, &bytes, ret_length, NULL), YS_OK);
    return bytes;
}

static void assert_hex(const uint8_t *bytes, size_t length, const char *expected)
{
    char hex[129];
    assert_true(length <= 64);
    ys_hex_encode_lower(bytes, length, hex);
    assert_string_equal(hex, expected);
}

/* GM/T 0004, annex A. */
static void sm3_agrees_with_the_standard(void **state)
{
    (void)state;
    static const char empty[] = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";
    static const char abc[] = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    static const char abcd16[] = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
    uint8_t digest[YS_SM3_BYTES];
    char hex[YS_SM3_HEX_MAX];

    ys_sm3_hex("", 0, hex);
    assert_string_equal(hex, empty);
    ys_sm3_hex("abc", 3, hex);
    assert_string_equal(hex, abc);

    struct ys_sm3 *sm3 = ys_sm3_new();
    for (int i = 0; i < 16; i++) {
        ys_sm3_update(sm3, "abcd", 4);
    }
    ys_sm3_final(sm3, digest);
    assert_hex(digest, sizeof digest, abcd16);
    /* Ready for the next message. */
    ys_sm3_update(sm3, "abc", 3);
    ys_sm3_final(sm3, digest);
    assert_hex(digest, sizeof digest, abc);
    ys_sm3_final(sm3, digest);
    assert_hex(digest, sizeof digest, empty);
    ys_sm3_free(sm3);
    ys_sm3_free(NULL);
}

/* RFC 2104 from the digest alone: H(K ^ opad, H(K ^ ipad, text)). */
static void hmac_is_the_construction_over_sm3(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "", "key", "a key of more than sixty-four bytes, one block, which is digested at first"};
    static const char text[] = "canonical string";
    for (size_t k = 0; k < 3; k++) {
        uint8_t block[64] = {0};
        uint8_t inner[64 + sizeof text - 1];
        uint8_t outer[64 + YS_SM3_BYTES];
        uint8_t expected[YS_SM3_BYTES];
        uint8_t tag[YS_SM3_BYTES];
        size_t length = strlen(keys[k]);
        if (length > sizeof block) {
            ys_sm3_digest(keys[k], length, block);
        } else {
            memcpy(block, keys[k], length);
        }
        for (size_t i = 0; i < 64; i++) {
            inner[i] = block[i] ^ 0x36;
            outer[i] = block[i] ^ 0x5C;
        }
        memcpy(inner + 64, text, sizeof text - 1);
        ys_sm3_digest(inner, sizeof inner, outer + 64);
        ys_sm3_digest(outer, sizeof outer, expected);
        struct ys_hmac *hmac = ys_hmac_new(keys[k], length);
        ys_hmac_tag(hmac, "another", 7, tag);
        ys_hmac_tag(hmac, text, sizeof text - 1, tag);
        ys_hmac_free(hmac);
        assert_memory_equal(tag, expected, sizeof tag);
        ys_hmac_sm3(keys[k], length, text, sizeof text - 1, tag);
        assert_memory_equal(tag, expected, sizeof tag);
    }
}

static void assert_cipher(struct ys_arena *arena, enum ys_block_cipher cipher, const char *key,
                          const char *plain, const char *expected)
{
    uint8_t output[64];
    size_t length = 0;
    size_t key_length = 0;
    const uint8_t *input = bytes_of(arena, plain, &length);
    assert_int_equal(
        ys_block_encrypt(cipher, bytes_of(arena, key, &key_length), input, length, output, NULL),
        YS_OK);
    assert_hex(output, length, expected);
}

static void block_ciphers_agree_with_their_standards(void **state)
{
    static const char sm4_key[] = "0123456789abcdeffedcba9876543210";
    /* GM/T 0002, annex A.1. */
    assert_cipher(*state, YS_CIPHER_SM4, sm4_key, sm4_key, "681edf34d206965e86b3e94f536e4246");
    /* Two classic examples of FIPS 46. */
    assert_cipher(*state, YS_CIPHER_DES, "133457799BBCDFF1", "0123456789ABCDEF",
                  "85e813540f0ab405");
    assert_cipher(*state, YS_CIPHER_DES, "0123456789ABCDEF", "4E6F77206973207468652074696D6520",
                  "3fa40e8a984d48156a271787ab8883f9");
    /* Two equal halves make single DES of 3DES. */
    assert_cipher(*state, YS_CIPHER_3DES, "133457799BBCDFF1133457799BBCDFF1", "0123456789ABCDEF",
                  "85e813540f0ab405");
    /* The same as `openssl enc -des-ede` computes, which knows two-key 3DES by itself. */
    assert_cipher(*state, YS_CIPHER_3DES, "0123456789ABCDEFFEDCBA9876543210", "0011223344556677",
                  "31a7364cac91ca39");

    struct ys_err err;
    uint8_t block[32] = {0};
    assert_int_equal(ys_block_encrypt(YS_CIPHER_SM4, block, block, 15, block, &err),
                     YS_ERR_ARGUMENT);
    assert_int_equal(ys_block_encrypt(YS_CIPHER_DES, block, block, 4, block, &err),
                     YS_ERR_ARGUMENT);
}

/* GM/T 0003.5, the signature example: the message "message digest" and the default user id. */
static void the_published_sm2_signature_verifies(void **state)
{
    static const char message[] = "message digest";
    size_t length = 0;
    bool valid = false;
    const uint8_t *signature =
        bytes_of(*state,
                 "3046"
                 "022100F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
                 "022100B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
                 &length);
    assert_int_equal(
        ys_sm2_verify(sm2_public, message, sizeof message - 1, signature, length, &valid, NULL),
        YS_OK);
    assert_true(valid);
    assert_int_equal(ys_sm2_verify(sm2_certificate, message, sizeof message - 1, signature, length,
                                   &valid, NULL),
                     YS_OK);
    assert_true(valid);
    assert_int_equal(
        ys_sm2_verify(sm2_public, "Message digest", 14, signature, length, &valid, NULL), YS_OK);
    assert_false(valid);
}

static void a_new_sm2_key_signs_for_nobody_else(void **state)
{
    static const char text[] = "message";
    struct ys_sm2_key *key = NULL;
    uint8_t *signature = NULL;
    size_t length = 0;
    bool valid = true;
    assert_int_equal(ys_sm2_key_new(&key, NULL), YS_OK);
    assert_int_equal(ys_sm2_sign(*state, key, text, sizeof text - 1, &signature, &length, NULL),
                     YS_OK);
    ys_sm2_key_free(key);
    assert_int_equal(
        ys_sm2_verify(sm2_public, text, sizeof text - 1, signature, length, &valid, NULL), YS_OK);
    assert_false(valid);
    assert_int_equal(signature[0], 0x30);
}

static void an_own_sm2_signature_verifies_and_a_changed_one_does_not(void **state)
{
    static const char *const keys[] = {sm2_private_pkcs8, sm2_private_sec1};
    static const char text[] = "seal of a run";
    for (size_t k = 0; k < 2; k++) {
        uint8_t *signature = NULL;
        size_t length = 0;
        bool valid = false;
        struct ys_sm2_key *key = NULL;
        assert_int_equal(ys_sm2_key_read(keys[k], &key, NULL), YS_OK);
        assert_int_equal(ys_sm2_sign(*state, key, text, sizeof text - 1, &signature, &length, NULL),
                         YS_OK);
        ys_sm2_key_free(key);
        assert_int_equal(
            ys_sm2_verify(sm2_public, text, sizeof text - 1, signature, length, &valid, NULL),
            YS_OK);
        assert_true(valid);
        for (size_t i = 0; i < length; i++) {
            signature[i] ^= 0x01;
            assert_int_equal(
                ys_sm2_verify(sm2_public, text, sizeof text - 1, signature, length, &valid, NULL),
                YS_OK);
            assert_false(valid);
            signature[i] ^= 0x01;
        }
        assert_int_equal(
            ys_sm2_verify(sm2_public, text, sizeof text - 1, signature, length - 1, &valid, NULL),
            YS_OK);
        assert_false(valid);
    }
}

static void unusable_keys_are_errors_and_no_verdict(void **state)
{
    struct ys_err err;
    struct ys_sm2_key *key = NULL;
    bool valid = true;
    (void)state;
    assert_int_equal(ys_sm2_key_read("no key", &key, &err), YS_ERR_CRYPTO);
    assert_non_null(strstr(err.text, "private key cannot be read"));
    /* Does not ask for the passphrase on the terminal. */
    assert_int_equal(ys_sm2_key_read(sm2_private_locked, &key, &err), YS_ERR_CRYPTO);
    assert_null(key);
    assert_int_equal(ys_sm2_verify("no key", "x", 1, (const uint8_t *)"y", 1, &valid, &err),
                     YS_ERR_CRYPTO);
    assert_int_equal(ys_sm2_verify(p256_certificate, "x", 1, (const uint8_t *)"y", 1, &valid, &err),
                     YS_ERR_CRYPTO);
    assert_non_null(strstr(err.text, "type EC, not SM2"));
    assert_true(valid);
}

static void a_certificate_tells_its_facts(void **state)
{
    struct ys_certificate facts;
    char text[YS_TIME_TEXT_MAX];
    assert_int_equal(ys_certificate_read(*state, sm2_certificate, &facts, NULL), YS_OK);
    assert_string_equal(facts.subject, "CN=seal.invalid,O=测试银行,C=CN");
    assert_string_equal(facts.issuer, facts.subject);
    assert_string_equal(facts.serial, "0102AB");
    assert_string_equal(facts.key, "SM2");
    assert_string_equal(facts.fingerprint,
                        "df6e84e57b807b4dc0fe4f6c00cfd39f6a82340b00c445924f5a056b131b7794");
    ys_time_format_utc(facts.not_before_us, text);
    assert_string_equal(text, "2026-11-23T16:58:55.000000Z");
    ys_time_format_utc(facts.not_after_us, text);
    assert_string_equal(text, "2036-11-20T16:58:55.000000Z");

    assert_int_equal(ys_certificate_read(*state, p256_certificate, &facts, NULL), YS_OK);
    assert_string_equal(facts.key, "EC prime256v1");
    assert_string_equal(facts.serial, "07");
    assert_int_equal(ys_certificate_read(*state, sm2_public, &facts, NULL), YS_ERR_CRYPTO);
    assert_string_equal(facts.serial, "07");
}

static void hexadecimal_goes_both_ways(void **state)
{
    char hex[9];
    uint8_t *bytes = NULL;
    size_t length = 77;
    ys_hex_encode("\x00\xA4\xff\x0c", 4, hex);
    assert_string_equal(hex, "00A4FF0C");
    assert_int_equal(ys_hex_decode(*state, " 00:a4 FF\n0C ", &bytes, &length, NULL), YS_OK);
    assert_int_equal(length, 4);
    assert_memory_equal(bytes, "\x00\xA4\xff\x0c", 4);
    assert_int_equal(ys_hex_decode(*state, "", &bytes, &length, NULL), YS_OK);
    assert_int_equal(length, 0);
    struct ys_err err;
    assert_int_equal(ys_hex_decode(*state, "00A", &bytes, &length, &err), YS_ERR_SYNTAX);
    assert_int_equal(ys_hex_decode(*state, "00G0", &bytes, &length, &err), YS_ERR_SYNTAX);
    assert_non_null(strstr(err.text, "character 3"));
}

/* RFC 4648, 10. */
static void base64_goes_both_ways_and_is_strict(void **state)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xfe\xfd", "//79"}};
    static const char *const bad[] = {"Z",        "Zg",   "Zg=",  "Zh==",   "Zm9=", "=Zg=",
                                      "Zg==Zg==", "====", "Z===", "Zm9v\n", "Zm-v", "Z g="};
    uint8_t *bytes = NULL;
    size_t length = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t size = strlen(pairs[i][0]);
        assert_string_equal(ys_base64_encode(*state, pairs[i][0], size), pairs[i][1]);
        assert_int_equal(
            ys_base64_decode(*state, pairs[i][1], strlen(pairs[i][1]), &bytes, &length, NULL),
            YS_OK);
        assert_int_equal(length, size);
        assert_memory_equal(bytes, pairs[i][0], size + 1);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ys_base64_decode(*state, bad[i], strlen(bad[i]), &bytes, &length, NULL),
                         YS_ERR_SYNTAX);
    }
}

static void random_bytes_differ(void **state)
{
    (void)state;
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    assert_int_equal(ys_random(a, sizeof a), YS_OK);
    assert_int_equal(ys_random(b, sizeof b), YS_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_non_null(strstr(ys_crypto_version(), "OpenSSL 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sm3_agrees_with_the_standard),
        cmocka_unit_test(hmac_is_the_construction_over_sm3),
        cmocka_unit_test(block_ciphers_agree_with_their_standards),
        cmocka_unit_test(the_published_sm2_signature_verifies),
        cmocka_unit_test(a_new_sm2_key_signs_for_nobody_else),
        cmocka_unit_test(an_own_sm2_signature_verifies_and_a_changed_one_does_not),
        cmocka_unit_test(unusable_keys_are_errors_and_no_verdict),
        cmocka_unit_test(a_certificate_tells_its_facts),
        cmocka_unit_test(hexadecimal_goes_both_ways),
        cmocka_unit_test(base64_goes_both_ways_and_is_strict),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
