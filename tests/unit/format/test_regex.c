/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: RFC 9485, the classes of XML Schema, and a bound on the time whatever is matched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ys_mem.h"
#include "ys_regex.h"

struct row {
    const char *pattern;
    const char *text;
    bool matches;
};

static void check(const struct row *rows, size_t count, bool whole)
{
    for (size_t i = 0; i < count; i++) {
        struct ys_err err;
        bool matches = !rows[i].matches;
        if (ys_regex_match(rows[i].pattern, rows[i].text, strlen(rows[i].text), whole, &matches,
                           &err) != YS_OK) {
            fail_msg("%s: %s", rows[i].pattern, err.text);
        }
        if (matches != rows[i].matches) {
            fail_msg("'%s' %s '%s'", rows[i].pattern, matches ? "matches" : "does not match",
                     rows[i].text);
        }
    }
}

static void atoms_branches_and_counts_match_whole_texts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", "", true},
        {"", "a", false},
        {"abc", "abc", true},
        {"abc", "ab", false},
        {"abc", "abcd", false},
        {"a|bc|", "a", true},
        {"a|bc|", "bc", true},
        {"a|bc|", "", true},
        {"a|bc|", "ab", false},
        {"a(b|c)d", "acd", true},
        {"a()b", "ab", true},
        {"a*", "", true},
        {"a*", "aaaa", true},
        {"a+", "", false},
        {"a+", "aa", true},
        {"ab?c", "ac", true},
        {"ab?c", "abbc", false},
        {"a{3}", "aaa", true},
        {"a{3}", "aa", false},
        {"a{0}", "", true},
        {"a{0}b", "b", true},
        {"a{2,}", "a", false},
        {"a{2,}", "aaaaa", true},
        {"a{1,3}", "aaa", true},
        {"a{1,3}", "aaaa", false},
        {"(a?){3}a{3}", "aaa", true},
        {"(a{1,3}){2}", "aaaaaa", true},
        {"(a{1,3}){2}", "aaaaaaa", false},
        {"(ab{2}|c){2,3}", "abbcabb", true},
        {"(ab{2}|c){2,3}", "abcabb", false},
        {"(a*)*", "aaaa", true},
        {"(a*)+b", "aaab", true},
        {"(()){7}", "", true},
        {"(|a)+", "aaa", true},
        {"((a|b)c){2}", "acbc", true},
        {"(19|20)[0-9]{2}(0[1-9]|1[0-2])", "190001", true},
        {"(19|20)[0-9]{2}(0[1-9]|1[0-2])", "190013", false},
    };
    check(rows, sizeof rows / sizeof rows[0], true);
}

static void a_part_may_match_anywhere(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"b", "abc", true},      {"", "", true},          {"", "abc", true},
        {"d", "abc", false},     {"bc", "abc", true},     {"cb", "abc", false},
        {"a{2}", "baab", true},  {"a{2}", "abab", false}, {"b", "a\nb", true},
        {"a.c", "xa\nc", false},
    };
    check(rows, sizeof rows / sizeof rows[0], false);
    /* Two halves that only a careless wrapping would join. */
    bool matches = false;
    assert_int_equal(ys_regex_match("a)|(b", "a", 1, false, &matches, NULL), YS_ERR_SYNTAX);
}

static void classes_and_escapes_are_those_of_the_rfc(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {".", "a", true},
        {".", "中", true},
        {".", "\xF0\x9F\x98\x80", true},
        {".", "\n", false},
        {".", "\r", false},
        {"[abc]", "b", true},
        {"[^abc]", "b", false},
        {"[^abc]", "\n", true},
        {"[a-c]+", "abc", true},
        {"[a-c-]", "-", true},
        {"[-a]", "-", true},
        {"[^-a]", "-", false},
        {"[-]", "-", true},
        {"[一-龥]{2,4}", "测试一", true},
        {"[一-龥]{2,4}", "test", false},
        {"[.*+?(){}|^$]+", ".*+?(){}|^$", true},
        {"[\\[\\]\\\\\\-\\^]+", "[]\\-^", true},
        {"\\(\\)\\*\\+\\-\\.\\?\\[\\\\\\]\\^\\{\\|\\}", "()*+-.?[\\]^{|}", true},
        {"\\n\\r\\t", "\n\r\t", true},
        {"^a$", "^a$", true},
        {"^a$", "a", false},
        {"a-b", "a-b", true},
        {"/\",:", "/\",:", true},
        {"\\p{L}+", "测试一aÉ한𠀁", true},
        {"\\p{Lo}", "测", true},
        {"\\p{Lu}\\p{Ll}", "Āā", true},
        {"\\p{Lu}", "ā", false},
        {"\\p{Ll}", "Ā", false},
        {"\\P{L}", "测", false},
        {"\\P{L}", "1", true},
        {"[\\p{Nd}x]+", "1x９", true},
        {"[^\\p{Nd}x]+", "ab", true},
        {"[\\P{Nd}]", "1", false},
        {"\\p{Cn}", "\xF4\x8F\xBF\xBF", true},
        {"\\p{Co}", "\xEE\x80\x80", true},
        {"\\p{Sc}", "¥", true},
        {"\\p{Zs}", "\xE3\x80\x80", true},
        {"\\d{6}", "110101", true},
        {"\\D", "1", false},
        {"\\s\\S", " x", true},
        {"\\S", "\n", false},
        {"[\\s]", "\t", true},
        {"[^\\s]", "x", true},
        {"\\w+", "测试_1", false},
        {"\\w+", "测试1", true},
        {"\\W", "，", true},
    };
    check(rows, sizeof rows / sizeof rows[0], true);
}

static void nul_and_bytes_that_are_no_text_count_as_characters(void **state)
{
    (void)state;
    bool matches = true;
    assert_int_equal(ys_regex_match("abc", "abc\0x", 5, true, &matches, NULL), YS_OK);
    assert_false(matches);
    assert_int_equal(ys_regex_match("abc.x", "abc\0x", 5, true, &matches, NULL), YS_OK);
    assert_true(matches);
    assert_int_equal(ys_regex_match("a..", "a\xFF\xFE", 3, true, &matches, NULL), YS_OK);
    assert_true(matches);
    assert_int_equal(ys_regex_match("a", "ab", 1, true, &matches, NULL), YS_OK);
    assert_true(matches);
}

static void what_is_no_pattern_is_an_error_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        unsigned column;
        const char *part;
    } rows[] = {
        {"(a", 3, "'(' has no ')'"},
        {"中)", 2, "')' has no '('"},
        {"*a", 1, "needs a '\\' here"},
        {"a**", 3, "needs a '\\' here"},
        {"a|+", 3, "needs a '\\' here"},
        {"a]", 2, "needs a '\\' here"},
        {"a}", 2, "needs a '\\' here"},
        {"{1}", 1, "needs a '\\' here"},
        {"a{", 3, "expected a number"},
        {"a{,2}", 3, "expected a number"},
        {"a{x}", 3, "expected a number"},
        {"a{1", 4, "expected '}'"},
        {"a{1,2", 6, "expected '}'"},
        {"a{2,1}", 7, "the greater count stands first"},
        {"a{99999}", 7, "YS_REGEX_STATES_MAX"},
        {"[", 2, "'[' has no ']'"},
        {"[a", 3, "'[' has no ']'"},
        {"[]", 2, "an empty class"},
        {"[^]", 3, "an empty class"},
        {"[b-a]", 5, "the range ends before it begins"},
        {"[a-", 4, "'[' has no ']'"},
        {"[a-b-c]", 5, "need a '\\' here"},
        {"[a-z-[aeiou]]", 5, "need a '\\' here"},
        {"[a[]", 3, "need a '\\' here"},
        {"[a-\\d]", 5, "unknown escape"},
        {"\\", 2, "unknown escape"},
        {"a\\q", 3, "unknown escape"},
        {"\\p", 2, "unknown escape"},
        {"\\p{", 2, "unknown escape"},
        {"\\p{}", 2, "unknown escape"},
        {"\\p{Lx}", 2, "unknown escape"},
        {"\\p{Latin}", 2, "unknown escape"},
        {"[\\", 3, "unknown escape"},
        {"[\\q]", 3, "unknown escape"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ys_err err = {.status = YS_OK};
        if (ys_regex_check(rows[i].pattern, &err) != YS_ERR_SYNTAX ||
            err.column != rows[i].column || !strstr(err.text, rows[i].part)) {
            fail_msg("'%s' at %u: %s", rows[i].pattern, err.column, err.text);
        }
    }
    struct ys_err err;
    assert_int_equal(ys_regex_check("\xFF", &err), YS_ERR_SYNTAX);
    assert_non_null(strstr(err.text, "not UTF-8"));
}

static void anchors_are_explained_to_the_author_of_a_suite(void **state)
{
    (void)state;
    struct ys_err err;
    assert_int_equal(ys_regex_check("^[0-9]{6}$", &err), YS_ERR_SYNTAX);
    assert_non_null(strstr(err.text, "leave them out"));
    assert_int_equal(ys_regex_check("[0-9]{6}$", &err), YS_ERR_SYNTAX);
    assert_int_equal(ys_regex_check("[0-9]{6}", &err), YS_OK);
    assert_int_equal(ys_regex_check("\\^[^a][$]", &err), YS_OK);
}

static char *repeat(char c, size_t times)
{
    char *text = ys_alloc(times + 1);
    memset(text, c, times);
    text[times] = '\0';
    return text;
}

/* Each of these takes a backtracking matcher longer than the age of the universe. */
static void no_pattern_takes_more_than_linear_time(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "(a*)*b", "(a|aa)*c", "(a|a)*b", "(a+)+[bc]", "(.*)(.*)(.*)(.*)(.*)b", "(a?){50}a{50}b"};
    char *text = repeat('a', 20000);
    clock_t start = clock();
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        bool matches = true;
        assert_int_equal(ys_regex_match(patterns[i], text, 20000, true, &matches, NULL), YS_OK);
        assert_false(matches);
        assert_int_equal(ys_regex_match(patterns[i], text, 20000, false, &matches, NULL), YS_OK);
        assert_false(matches);
    }
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
    ys_free(text);
}

static void size_and_nesting_have_caps(void **state)
{
    (void)state;
    struct ys_err err;
    static const char *const large[] = {"(a{1000}){1000}", "((a{0,99}){0,99}){0,99}",
                                        "((){0,9999}){0,9999}", "(a{150}){150}"};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        assert_int_equal(ys_regex_check(large[i], &err), YS_ERR_LIMIT);
        assert_non_null(strstr(err.text, "YS_REGEX_STATES_MAX"));
    }
    assert_int_equal(ys_regex_check("(a{100}){100}", &err), YS_OK);
    assert_int_equal(ys_regex_check("(((((){9999}){9999}){9999}){9999}){9999}", &err), YS_OK);
    char *text = repeat('(', 1000);
    assert_int_equal(ys_regex_check(text, &err), YS_ERR_SYNTAX);
    assert_non_null(strstr(err.text, "YS_REGEX_DEPTH_MAX"));
    ys_free(text);
    text = repeat('a', YS_REGEX_BYTES_MAX + 1);
    assert_int_equal(ys_regex_check(text, &err), YS_ERR_LIMIT);
    assert_non_null(strstr(err.text, "YS_REGEX_BYTES_MAX"));
    ys_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms_branches_and_counts_match_whole_texts),
        cmocka_unit_test(a_part_may_match_anywhere),
        cmocka_unit_test(classes_and_escapes_are_those_of_the_rfc),
        cmocka_unit_test(nul_and_bytes_that_are_no_text_count_as_characters),
        cmocka_unit_test(what_is_no_pattern_is_an_error_with_its_place),
        cmocka_unit_test(anchors_are_explained_to_the_author_of_a_suite),
        cmocka_unit_test(no_pattern_takes_more_than_linear_time),
        cmocka_unit_test(size_and_nesting_have_caps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
