/* SPDX-License-Identifier: Apache-2.0 */
/* Names for the misspelt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ys_suggest.h"

static const char *const names[] = {"equals", "contains", "matches",      "between", "length",
                                    "unique", "exists",   "greater-than", "in"};

static const char *suggest(const char *name)
{
    return ys_suggest(name, names, sizeof names / sizeof names[0]);
}

static void the_nearest_name_is_found(void **state)
{
    (void)state;
    assert_string_equal(suggest("equal"), "equals");
    assert_string_equal(suggest("eqauls"), "equals");
    assert_string_equal(suggest("contain"), "contains");
    assert_string_equal(suggest("mathces"), "matches");
    assert_string_equal(suggest("gretaer_thn"), "greater-than");
    assert_string_equal(suggest("lenght"), "length");
    assert_string_equal(suggest("ni"), "in");
}

static void what_resembles_nothing_has_no_suggestion(void **state)
{
    (void)state;
    char long_name[500];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_null(suggest("temperature"));
    assert_null(suggest(""));
    assert_null(suggest("x"));
    assert_null(suggest(long_name));
    assert_null(ys_suggest("equals", names, 0));
    /* Three edits in six letters are one too many. */
    assert_null(suggest("eqabcs"));
}

static void a_swap_of_neighbours_is_one_edit(void **state)
{
    (void)state;
    static const char *const pair[] = {"abdd", "abc"};
    static const char *const swapped[] = {"axcd", "acbd"};
    assert_string_equal(ys_suggest("abcd", pair, 2), "abdd");
    assert_string_equal(ys_suggest("abcd", swapped, 2), "axcd");
    assert_string_equal(ys_suggest("abcd", &swapped[1], 1), "acbd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(what_resembles_nothing_has_no_suggestion),
        cmocka_unit_test(a_swap_of_neighbours_is_one_edit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
