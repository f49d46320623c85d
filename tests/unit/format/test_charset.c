/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 and GB18030. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "test_arena.h"
#include "ys_charset.h"

/* Counts by Unicode 15, table 3-7, computed from code points instead of from the table. */
static void exactly_the_scalar_values_are_characters(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x120000; point++) {
        char bytes[4];
        size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        static const unsigned leads[] = {0x00, 0x00, 0xC0, 0xE0, 0xF0};
        uint32_t rest = point;
        for (size_t i = size; i > 1; i--) {
            bytes[i - 1] = (char)(unsigned char)(0x80 | (rest & 0x3F));
            rest >>= 6;
        }
        bytes[0] = (char)(unsigned char)(leads[size] | rest);
        bool scalar = point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);
        assert_int_equal(ys_utf8_size(bytes, size), scalar ? size : 0);
        assert_int_equal(ys_utf8_is_valid(bytes, size), scalar);
        if (size > 1) {
            assert_int_equal(ys_utf8_size(bytes, size - 1), 0);
        }
    }
}

static void malformed_utf8_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80",
        "\xFF", "\xFE",     "\xE4\xB8", "ok\xE4",       "\xC3(",        "\xF5\x80\x80\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(ys_utf8_is_valid(bad[i], strlen(bad[i])));
    }
    assert_true(ys_utf8_is_valid("", 0));
    assert_true(ys_utf8_is_valid("a\0b", 3));
}

static void gb18030_goes_both_ways(void **state)
{
    /* Two-byte characters, one of four bytes (U+1F600) and ASCII. */
    static const char utf8[] = "北京abc\xF0\x9F\x98\x80";
    static const char gb18030[] = "\xB1\xB1\xBE\xA9"
                                  "abc\x94\x39\xFC\x36";
    char *text = NULL;
    size_t length = 0;
    assert_int_equal(
        ys_charset_from_utf8(*state, "GB18030", utf8, strlen(utf8), &text, &length, NULL), YS_OK);
    assert_int_equal(length, sizeof gb18030 - 1);
    assert_memory_equal(text, gb18030, length);
    assert_int_equal(
        ys_charset_to_utf8(*state, "GB18030", gb18030, sizeof gb18030 - 1, &text, &length, NULL),
        YS_OK);
    assert_string_equal(text, utf8);
    assert_int_equal(length, strlen(utf8));
    assert_int_equal(ys_charset_to_utf8(*state, "GBK", "", 0, &text, &length, NULL), YS_OK);
    assert_string_equal(text, "");
}

static void a_long_text_is_converted_whole(void **state)
{
    static char gb18030[20000];
    char *text = NULL;
    size_t length = 0;
    for (size_t i = 0; i < sizeof gb18030; i += 2) {
        gb18030[i] = '\xB1';
        gb18030[i + 1] = '\xB1';
    }
    assert_int_equal(
        ys_charset_to_utf8(*state, "GB18030", gb18030, sizeof gb18030, &text, &length, NULL),
        YS_OK);
    assert_int_equal(length, sizeof gb18030 / 2 * 3);
    assert_memory_equal(text + length - 3, "北", 4);
}

static void bad_bytes_are_named_by_their_place(void **state)
{
    struct ys_err err;
    char *text = NULL;
    size_t length = 77;
    assert_int_equal(
        ys_charset_to_utf8(*state, "GB18030", "ab\xB1\xB1\xFFz", 6, &text, &length, &err),
        YS_ERR_ENCODING);
    assert_non_null(strstr(err.text, "byte 5"));
    assert_int_equal(ys_charset_to_utf8(*state, "GB18030", "a\xB1", 2, &text, &length, &err),
                     YS_ERR_ENCODING);
    assert_non_null(strstr(err.text, "byte 2"));
    assert_int_equal(
        ys_charset_from_utf8(*state, "GBK", "a\xF0\x9F\x98\x80", 5, &text, &length, &err),
        YS_ERR_ENCODING);
    assert_non_null(strstr(err.text, "byte 2"));
    assert_int_equal(ys_charset_to_utf8(*state, "NO-SUCH", "a", 1, &text, &length, &err),
                     YS_ERR_ENCODING);
    assert_non_null(strstr(err.text, "NO-SUCH"));
    assert_null(text);
    assert_int_equal(length, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_the_scalar_values_are_characters),
        cmocka_unit_test(malformed_utf8_is_refused),
        cmocka_unit_test(gb18030_goes_both_ways),
        cmocka_unit_test(a_long_text_is_converted_whole),
        cmocka_unit_test(bad_bytes_are_named_by_their_place),
    };
    return cmocka_run_group_tests(tests, set_up_arena, tear_down_arena);
}
