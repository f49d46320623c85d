/* SPDX-License-Identifier: Apache-2.0 */
/* Programs without a shell, with bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ys_program.h"

static void gives_output_and_status(void **state)
{
    (void)state;
    const char *const echo[] = {"printf", "%s", "$(no shell) *", NULL};
    const char *const fails[] = {"sh", "-c", "echo out; echo complaint >&2; exit 3", NULL};
    struct ys_buf output;
    int exit = -1;
    ys_buf_init(&output, 1000);
    assert_int_equal(ys_program_run(echo, 10000, &output, &exit, NULL), YS_OK);
    assert_string_equal(output.bytes, "$(no shell) *");
    assert_int_equal(exit, 0);
    ys_buf_reset(&output);
    assert_int_equal(ys_program_run(fails, 10000, &output, &exit, NULL), YS_OK);
    assert_string_equal(output.bytes, "out\n");
    assert_int_equal(exit, 3);
    ys_buf_clear(&output);
}

static void ends_what_takes_too_long_or_says_too_much(void **state)
{
    (void)state;
    const char *const sleeps[] = {"sh", "-c", "sleep 600 & sleep 600", NULL};
    const char *const floods[] = {"yes", NULL};
    struct ys_buf output;
    struct ys_err err;
    int exit = -1;
    ys_buf_init(&output, 1000);
    assert_int_equal(ys_program_run(sleeps, 50, &output, &exit, &err), YS_ERR_LIMIT);
    assert_non_null(strstr(err.text, "in time"));
    assert_int_equal(ys_program_run(floods, 10000, &output, &exit, &err), YS_ERR_LIMIT);
    assert_non_null(strstr(err.text, "1000 bytes"));
    assert_int_equal(exit, -1);
    ys_buf_clear(&output);
}

static void says_that_a_program_is_not_there(void **state)
{
    (void)state;
    const char *const none[] = {"no-such-program-of-any-kind", NULL};
    struct ys_buf output;
    struct ys_err err;
    int exit = -1;
    ys_buf_init(&output, 1000);
    assert_int_equal(ys_program_run(none, 1000, &output, &exit, &err), YS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "no-such-program"));
    ys_buf_clear(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_output_and_status),
        cmocka_unit_test(ends_what_takes_too_long_or_says_too_much),
        cmocka_unit_test(says_that_a_program_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
