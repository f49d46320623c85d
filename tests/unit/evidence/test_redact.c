/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ys_charset.h"
#include "ys_crypto.h"

static const char *redact(struct run *run, const char *text)
{
    size_t length = 0;
    return ys_redact_text(run->redactor, &run->arena, text, strlen(text), &length);
}

static void unknown_text_comes_back_as_it_is(void **state)
{
    struct run *run = *state;
    static const char text[] = "nothing to hide";
    assert_ptr_equal(redact(run, text), text);
    ys_redactor_learn(run->redactor, "pin", "918273");
    assert_ptr_equal(redact(run, text), text);
}

static void equal_values_get_equal_marks_and_others_do_not(void **state)
{
    struct run *run = *state;
    ys_redactor_learn(run->redactor, "name", "测试一");
    ys_redactor_learn(run->redactor, "name", "测试二");
    const char *mark = ys_redact_mark(run->redactor, &run->arena, "name", "测试一");
    const char *other = ys_redact_mark(run->redactor, &run->arena, "name", "测试二");
    assert_string_not_equal(mark, other);
    assert_string_not_equal(mark, ys_redact_mark(run->redactor, &run->arena, "pin", "测试一"));
    char expected[256];
    snprintf(expected, sizeof expected, "姓名%s，%s", mark, other);
    assert_string_equal(redact(run, "姓名测试一，测试二"), expected);
    snprintf(expected, sizeof expected, "%s%s%s", mark, mark, mark);
    assert_string_equal(redact(run, "测试一测试一测试一"), expected);
}

static void marks_depend_on_the_key_of_the_run(void **state)
{
    struct run *run = *state;
    static const uint8_t key[YS_REDACT_KEY_BYTES] = "another key, of another run ....";
    struct ys_redactor *other = ys_redactor_new(key);
    assert_string_not_equal(ys_redact_mark(run->redactor, &run->arena, "pin", "918273"),
                            ys_redact_mark(other, &run->arena, "pin", "918273"));
    ys_redactor_free(other);
}

static void very_short_values_are_not_learned(void **state)
{
    struct run *run = *state;
    ys_redactor_learn(run->redactor, "pin", "12");
    ys_redactor_learn(run->redactor, "pin", "");
    ys_redactor_learn(run->redactor, "pin", NULL);
    assert_string_equal(redact(run, "12 and 12"), "12 and 12");
}

static void every_derived_form_is_found(void **state)
{
    struct run *run = *state;
    static const char *const values[] = {"测试一", "pa&ss \"wörd\"/<1>", "110101190001010010",
                                         "hunter-2", "北京市东城区测试路1号"};
    for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
        const char *value = values[v];
        size_t length = strlen(value);
        char hex[256];
        char line[1024];
        ys_redactor_learn(run->redactor, "secret", value);
        ys_hex_encode(value, length, hex);
        assert_null(strstr(redact(run, hex), hex));
        ys_hex_encode_lower(value, length, hex);
        assert_null(strstr(redact(run, hex), hex));
        assert_non_null(strstr(redact(run, hex), "⟦secret:"));
        /* Base64 of the value in the middle of a longer text, at each alignment. */
        for (unsigned before = 0; before < 4; before++) {
            snprintf(line, sizeof line, "%.*s%s:tail", (int)before, "user", value);
            const char *code = ys_base64_encode(&run->arena, line, strlen(line));
            assert_non_null(strstr(redact(run, code), "⟦secret:"));
        }
        char *gbk = NULL;
        size_t gbk_length = 0;
        assert_int_equal(ys_charset_from_utf8(&run->arena, "GB18030", value, length, &gbk,
                                              &gbk_length, NULL),
                         YS_OK);
        size_t redacted = 0;
        const char *hidden =
            ys_redact_text(run->redactor, &run->arena, gbk, gbk_length, &redacted);
        assert_memory_equal(hidden, "⟦secret:", strlen("⟦secret:"));
        ys_hex_encode(gbk, gbk_length, hex);
        assert_non_null(strstr(redact(run, hex), "⟦secret:"));
    }
    assert_non_null(strstr(redact(run, "n=%E6%B5%8B%E8%AF%95%E4%B8%80"), "n=⟦secret:"));
    assert_non_null(strstr(redact(run, "n=%e6%b5%8b%e8%af%95%e4%b8%80"), "n=⟦secret:"));
    assert_non_null(strstr(redact(run, "\"\\u6d4b\\u8bd5\\u4e00\""), "\"⟦secret:"));
    assert_non_null(strstr(redact(run, "\"\\u6D4B\\u8BD5\\u4E00\""), "\"⟦secret:"));
    assert_non_null(strstr(redact(run, "<p>pa&amp;ss &quot;wörd&quot;/&lt;1&gt;</p>"), "<p>⟦"));
    assert_non_null(strstr(redact(run, "{\"p\":\"pa&ss \\\"wörd\\\"\\/<1>\"}"), ":\"⟦secret:"));
}

static void overlapping_values_leave_no_tail_in_clear(void **state)
{
    struct run *run = *state;
    ys_redactor_learn(run->redactor, "a", "abcdef");
    ys_redactor_learn(run->redactor, "b", "defghi");
    ys_redactor_learn(run->redactor, "c", "abc");
    const char *text = redact(run, "xxabcdefghixx");
    assert_null(strstr(text, "ghi"));
    assert_memory_equal(text, "xx⟦a:", strlen("xx⟦a:"));
    assert_string_equal(text + strlen(text) - 5u, "⟧xx");
}

static void gbk_form_never_cuts_a_character_of_utf8_text(void **state)
{
    struct run *run = *state;
    /* U+6D4B U+8BD5 is E6 B5 8B E8 AF 95: its inner bytes are the GBK form of other text. */
    char *other = NULL;
    size_t length = 0;
    assert_int_equal(ys_charset_to_utf8(&run->arena, "GB18030", "\xB5\x8B\xE8\xAF", 4, &other,
                                        &length, NULL),
                     YS_OK);
    ys_redactor_learn(run->redactor, "name", other);
    assert_string_equal(redact(run, "测试"), "测试");
    const char *gbk = redact(run, "\xFF\xB5\x8B\xE8\xAF");
    assert_memory_equal(gbk + 1, "⟦name:", strlen("⟦name:"));
}

static void trees_are_redacted_in_values_names_and_whole_numbers(void **state)
{
    struct run *run = *state;
    struct ys_arena *arena = &run->arena;
    struct ys_value *list = ys_value_list(arena);
    struct ys_value *map = ys_value_map(arena);
    struct ys_value *tree = ys_value_map(arena);
    ys_value_append(arena, list, ys_value_int(arena, 7));
    ys_value_append(arena, list, ys_value_int(arena, INT64_C(13800000000)));
    ys_value_set_text(arena, map, "by-13800000000", "x");
    ys_value_set(arena, tree, "clear", ys_value_string(arena, "x"));
    ys_value_set(arena, tree, "list", list);
    ys_value_set(arena, tree, "map", map);
    assert_ptr_equal(ys_redact_value(run->redactor, arena, tree), tree);
    ys_redactor_learn(run->redactor, "phone", "13800000000");
    const struct ys_value *redacted = ys_redact_value(run->redactor, arena, tree);
    assert_ptr_not_equal(redacted, tree);
    const char *shown = ys_value_show(arena, redacted, 4096);
    assert_null(strstr(shown, "13800000000"));
    assert_non_null(strstr(shown, "by-⟦phone:"));
    assert_int_equal(ys_value_at(ys_value_get(redacted, "list"), 0)->kind, YS_KIND_NUMBER);
    assert_int_equal(ys_value_at(ys_value_get(redacted, "list"), 1)->kind, YS_KIND_STRING);
}

static void only_listed_headers_are_clear(void **state)
{
    (void)state;
    static const char *const clear[] = {"Accept", "content-type", "Date", "VARY", "Retry-After",
                                        "x-content-type-options", "te"};
    static const char *const hidden[] = {"Authorization", "Cookie", "Set-Cookie", "X-Api-Key",
                                         "Location", "", "X-Anything", "dat", "dates"};
    for (size_t i = 0; i < sizeof clear / sizeof clear[0]; i++) {
        assert_true(ys_redact_header_is_clear(clear[i]));
    }
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        assert_false(ys_redact_header_is_clear(hidden[i]));
    }
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void ten_thousand_values_stay_fast(void **state)
{
    struct run *run = *state;
    enum { VALUES = 10000, TEXT = 1 << 20 };
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < VALUES; i++) {
        char value[32];
        snprintf(value, sizeof value, "11010119000101%04dX", i);
        ys_redactor_learn(run->redactor, "id-number", value);
    }
    double to_learn = seconds_since(&start);
    char *text = malloc(TEXT);
    for (int i = 0; i < TEXT; i++) {
        text[i] = "{\"id\":\"1101011900010\",\"balance\":100.00}"[i % 39];
    }
    memcpy(text + TEXT / 2, "110101190001017777X", 19);
    clock_gettime(CLOCK_MONOTONIC, &start);
    size_t length = 0;
    const char *redacted = ys_redact_text(run->redactor, &run->arena, text, TEXT, &length);
    double to_redact = seconds_since(&start);
    assert_ptr_not_equal(redacted, text);
    assert_memory_equal(redacted + TEXT / 2, "⟦id-number:", strlen("⟦id-number:"));
    print_message("%d values learned in %.0f ms, 1 MiB searched in %.1f ms\n", VALUES,
                  to_learn * 1e3, to_redact * 1e3);
    assert_true(to_redact < 2.0);
    free(text);
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, run_setup, run_teardown)

/* A short value may occur in the digits of a mark; blotting it out there would make the mark
 * depend on what was learnt in between. */
static void marks_are_not_searched(void **state)
{
    struct run *run = *state;
    ys_redactor_learn(run->redactor, "phone", "abc");
    static const char marked[] = "a ⟦name:00abc00000000000⟧ b";
    assert_string_equal(redact(run, marked), marked);
    static const char *const others[] = {"⟦name:00abc0⟧", "⟦NAME:00abc00000000000⟧",
                                         "⟦name:00abc0000000000g⟧", "⟦:00abc00000000000⟧",
                                         "abc⟦name:0000000000000000⟧"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_null(strstr(redact(run, others[i]), "abc"));
    }
}

/* So may it in those of a time and of a digest. A longer one, or a form of one, is no accident. */
static void times_and_digests_are_not_blotted_by_accident(void **state)
{
    struct run *run = *state;
    static const char *const made[] = {
        "2026-11-25T00:07:41.975311Z", "2026-11-25T08:07:41.197531+08:00",
        "00000000000000000000000000000000000000000000000000000000abc97531"};
    static const char *const others[] = {
        "97531",
        "2026-11-25T00:07:41.97531 Z",
        "2026-11-25T00:07:41.975311Z 97531",
        "2026-11-25 97531",
        "0000000000000000000000000000000000000000000000000000000abc97531",
        "00000000000000000000000000000000000000000000000000000000ABC97531"};
    ys_redactor_learn(run->redactor, "pin", "97531");
    ys_redactor_learn(run->redactor, "phone", "13000000001");
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        assert_ptr_equal(redact(run, made[i]), made[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_non_null(strstr(redact(run, others[i]), "⟦pin:"));
    }
    static const char longer[] =
        "00000000000000000000000000000000000000000000000000000"
        "13000000001";
    assert_non_null(strstr(redact(run, longer), "⟦phone:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(unknown_text_comes_back_as_it_is),
        RUN_TEST(equal_values_get_equal_marks_and_others_do_not),
        RUN_TEST(marks_depend_on_the_key_of_the_run),
        RUN_TEST(very_short_values_are_not_learned),
        RUN_TEST(every_derived_form_is_found),
        RUN_TEST(marks_are_not_searched),
        RUN_TEST(times_and_digests_are_not_blotted_by_accident),
        RUN_TEST(overlapping_values_leave_no_tail_in_clear),
        RUN_TEST(gbk_form_never_cuts_a_character_of_utf8_text),
        RUN_TEST(trees_are_redacted_in_values_names_and_whole_numbers),
        RUN_TEST(only_listed_headers_are_clear),
        RUN_TEST(ten_thousand_values_stay_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
