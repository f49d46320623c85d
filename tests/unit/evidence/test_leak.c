/* SPDX-License-Identifier: Apache-2.0 */
/* The gate before the seal: secrets seeded in every encoding are found where they stand. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ys_leak.h"

#define SECRET "correct horse/battery+9"

static struct ys_leak expect_leak(struct run *run, const char *text, size_t length)
{
    struct ys_leak leak = {0};
    if (!ys_leak_in_text(&run->arena, run->redactor, text, length, &leak)) {
        fail_msg("nothing found in: %s", text);
    }
    assert_non_null(leak.what);
    assert_null(strstr(leak.what, "horse"));
    return leak;
}

static bool is_clean(struct run *run, const char *text)
{
    struct ys_leak leak;
    return !ys_leak_in_text(&run->arena, run->redactor, text, strlen(text), &leak);
}

static void known_secret_is_found_in_every_encoding(void **state)
{
    struct run *run = *state;
    static const char *const forms[] = {
        "correct horse/battery+9",
        "Y29ycmVjdCBob3JzZS9iYXR0ZXJ5Kzk=",               /* base64 */
        "636f727265637420686f7273652f626174746572792b39", /* hexadecimal */
        "636F727265637420686F7273652F626174746572792B39",
        "correct%20horse%2Fbattery%2B9", /* percent */
        "correct+horse%2Fbattery%2B9",
        "correct horse\\/battery+9",                     /* JSON */
        "ｃｏｒｒｅｃｔ ｈｏｒｓｅ／ｂａｔｔｅｒｙ＋９", /* full-width */
        "%63%6f%72%72%65%63%74%20%68%6F%72%73%65%2f%62%61%74%74%65%72%79%2b%39", /* every byte */
        "\\u0063orrect \\u0068orse\\u002fbattery\\u002B9",
        "corr%65ct h\\u006frse%0A/batt\\u000aery+9",
        "correct ho\nrse/battery+9",                     /* broken over lines */
        "correct ho\\nrse/batt\\r\\nery+9",
        "Y29ycmVjdCBob3JzZS9i\r\nYXR0ZXJ5Kzk=",
        "636f727265637420686f727365\n2f626174746572792b39",
    };
    ys_redactor_learn(run->redactor, "secret", SECRET);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const char *text = ys_arena_printf(&run->arena, "测试 {\"x\":\"%s\"} end", forms[i]);
        struct ys_leak leak = expect_leak(run, text, strlen(text));
        assert_int_equal(leak.offset, strstr(text, forms[i]) - text);
        assert_non_null(strstr(leak.what, "⟦secret:"));
    }
}

static void known_name_is_found_in_gbk_and_as_escapes(void **state)
{
    struct run *run = *state;
    static const char gbk[] = "x\0=\xB2\xE2\xCA\xD4\xD2\xBB\xFF";
    ys_redactor_learn(run->redactor, "name", "测试一");
    assert_int_equal(expect_leak(run, gbk, sizeof gbk - 1u).offset, 3);
    expect_leak(run, "{\"n\":\"\\u6d4b\\u8bd5\\u4e00\"}", 28);
    expect_leak(run, "测\n试\n一", strlen("测\n试\n一"));
    expect_leak(run, "\\u6d4b%E8%af%95一", strlen("\\u6d4b%E8%af%95一"));
    assert_true(is_clean(run, "测试二 ⟦name:0123456789abcdef⟧"));
}

static void short_value_counts_only_as_a_word(void **state)
{
    struct run *run = *state;
    ys_redactor_learn(run->redactor, "pin", "482913");
    assert_true(is_clean(run, "{\"prev\":\"ab482913cd\",\"time\":\"T09:12:31.482913Z\"}"));
    assert_true(is_clean(run, "{\"beijing\":\"2026-11-23T17:12:31.482913+08:00\",\"case\":1}"));
    assert_true(is_clean(run, "{\"seq\":482913,\"reply\":{\"time_us\":482913}}"));
    assert_false(is_clean(run, "{\"pin\":482913}"));
    assert_false(is_clean(run, "{\"body\":\"{\\\"time_us\\\":482913}\"}"));
    /* The result is written for readers, and tells records by their numbers. */
    assert_true(is_clean(run, "{\n  \"duration_ms\": 482913,\n  \"evidence\": [\n    7,\n    "
                              "482913,\n    482914\n  ]\n}"));
    assert_true(is_clean(run, "{\"evidence\":[482913,482914],\"sent\":482913}"));
    assert_false(is_clean(run, "{\n  \"tries\": [\n    482913\n  ]\n}"));
    assert_false(is_clean(run, "{\"evidence\":[7],\"tries\":[482913]}"));
    assert_false(is_clean(run, "{\"body\":\"{\\\"evidence\\\":[482913]}\"}"));
    /* A birth date, as a bank writes the time of a day long ago. */
    ys_redactor_learn(run->redactor, "birth-date", "19000101");
    assert_true(is_clean(run, "<SENT>19000101000000</SENT>"));
    assert_true(is_clean(run, "{\"prev\":\"ab19000101cd\"}"));
    assert_false(is_clean(run, "<BORN>19000101</BORN>"));
    assert_false(is_clean(run, "{\"born\":19000101}"));
    expect_leak(run, "{\"pin\":\"482913\"}", 16);
    expect_leak(run, "{\"pin\":482913}", 14);
}

/* What a card said and was told is hexadecimal: a tag, a length, a date and 9000 may have no
 * letters and a right Luhn digit, as may a cryptogram. */
static void what_a_card_said_is_no_number_at_large(void **state)
{
    struct run *run = *state;
    static const char *const clean[] = {
        "{\"a\":1,\"data\":\"4111111111111111\"}",
        "{\"kind\":\"card\",\"reply\":\"3904202403079000\"}",
        "{\"reply\":\"7081⟦name:0123456789abcdef⟧4111111111111111\"}",
        "{\"observed\":{\"command\":\"apdu 00 88 00 00 11 4111111111111111 01 7F\"}}",
        "{\"second\":{\"cryptogram\":\"4111111111111111\",\"issuer_data\":\"4111111111111111\"}}",
        "{\"command\":\"110101190001010014\"}",
    };
    static const char *const found[] = {
        "{\"a\":1,\"date\":\"4111111111111111\"}",
        "{\"body\":\"{\\\"data\\\":\\\"4111111111111111\\\"}\"}",
        "{\"reply\":{\"body\":\"4111111111111111\"}}",
        "{\"reply\":\"9000\",\"holder\":\"110101190001010014\"}",
        "{\"the_reply\":\"4111111111111111\"}",
    };
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++) {
        if (!is_clean(run, clean[i])) {
            fail_msg("found in %s", clean[i]);
        }
    }
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        expect_leak(run, found[i], strlen(found[i]));
    }
}

/* A card's log of payments has the time and the amount side by side: 04:06:13 and 12.34 are the
 * digits of a telephone number that some case invented. */
static void round_number_is_no_finding_within_what_a_card_said(void **state)
{
    struct run *run = *state;
    ys_redactor_learn(run->redactor, "phone", "130000000012");
    ys_redactor_learn(run->redactor, "phone", "13012345678");
    ys_redactor_learn(run->redactor, "pan", "6217000000001234");
    assert_true(is_clean(run, "{\"reply\":\"26112504061300000000123400000000000001569000\"}"));
    assert_true(is_clean(run, "{\"data\":\"2611250406130000000012340000\"}"));
    assert_false(is_clean(run, "{\"reply\":\"130000000012\"}"));
    assert_false(is_clean(run, "{\"body\":\"86130000000012\"}"));
    assert_false(is_clean(run, "{\"body\":\"{\\\"reply\\\":\\\"86130000000012\\\"}\"}"));
    assert_false(is_clean(run, "{\"reply\":\"04061301234567800009000\"}"));
    assert_false(is_clean(run, "{\"reply\":\"5A0862170000000012349000\"}"));
    assert_false(is_clean(run, "{\"reply\":\"0C313330303030303030303132\"}")); /* its text */
}

static void unknown_identity_and_card_numbers_are_found_by_their_digits(void **state)
{
    struct run *run = *state;
    struct ys_leak leak = expect_leak(run, "id=110101190001010014;", 22);
    assert_int_equal(leak.offset, 3);
    assert_string_equal(leak.what, "an identity number");
    expect_leak(run, "11010119000101009X", 18);
    leak = expect_leak(run, "pan 6222020000000000000", 23);
    assert_string_equal(leak.what, "a card number");
    expect_leak(run, "６２２２０２００００００００００００0",
                strlen("６２２２０２００００００００００００0"));
    assert_true(is_clean(run, "110101190001010015"));          /* another check digit */
    assert_true(is_clean(run, "110101190013010014"));          /* no such month */
    assert_true(is_clean(run, "6222020000000000009"));         /* Luhn */
    assert_true(is_clean(run, "⟦unmapped:4595262563585057⟧")); /* a tag of digits alone */
    assert_true(is_clean(run, "a110101190001010014"));         /* of a longer word */
    assert_true(is_clean(run, "1101011900010100143"));
    assert_true(is_clean(run, "1795463021418416 20261123171231 "));
}

static void file_and_offset_of_a_leak_are_told(void **state)
{
    struct run *run = *state;
    struct ys_leak leak;
    bool found = true;
    run_fill_and_seal(run, 3);
    assert_int_equal(ys_leak_scan(&run->arena, run->dir, run->redactor, &found, &leak, &run->err),
                     YS_OK);
    assert_false(found);
    static const char *const files[] = {"manifest.json", "result.json", "evidence.jsonl", "blobs/x",
                                        "report.html"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t size = 0;
        bool old = strcmp(files[i], "blobs/x") != 0 && strcmp(files[i], "report.html") != 0;
        char *bytes = old ? run_read(run, files[i], &size) : NULL;
        char *made = malloc(size + 64u);
        if (bytes) {
            memcpy(made, bytes, size);
        }
        memcpy(made + size, "x\n11010119000101009X\n", 21);
        run_write(run, files[i], made, size + 21u);
        assert_int_equal(
            ys_leak_scan(&run->arena, run->dir, run->redactor, &found, &leak, &run->err), YS_OK);
        assert_true(found);
        assert_string_equal(leak.file, files[i]);
        assert_int_equal(leak.offset, size + 2u);
        if (bytes) {
            run_write(run, files[i], bytes, size);
        } else {
            run_remove(run, files[i]);
        }
        free(made);
        free(bytes);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_setup, run_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(known_secret_is_found_in_every_encoding),
        TEST(known_name_is_found_in_gbk_and_as_escapes),
        TEST(short_value_counts_only_as_a_word),
        TEST(unknown_identity_and_card_numbers_are_found_by_their_digits),
        TEST(what_a_card_said_is_no_number_at_large),
        TEST(round_number_is_no_finding_within_what_a_card_said),
        TEST(file_and_offset_of_a_leak_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
