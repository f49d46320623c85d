/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ys_buf.h"
#include "ys_mem.h"

static void content_grows_and_ends_with_nul(void **state)
{
    (void)state;
    struct ys_buf buf;
    ys_buf_init(&buf, 100000);
    assert_string_equal(buf.bytes, "");
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(ys_buf_printf(&buf, "%04d,", i), YS_OK);
    }
    assert_int_equal(buf.length, 50000);
    assert_int_equal(strlen(buf.bytes), 50000);
    assert_memory_equal(buf.bytes + 49995, "9999,", 6);
    assert_int_equal(ys_buf_append(&buf, "\0x", 2), YS_OK);
    assert_int_equal(buf.length, 50002);
    assert_int_equal(buf.bytes[50001], 'x');
    ys_buf_clear(&buf);
    assert_string_equal(buf.bytes, "");
}

static void the_cap_is_exact_and_a_refused_append_changes_nothing(void **state)
{
    (void)state;
    struct ys_buf buf;
    ys_buf_init(&buf, 5);
    assert_int_equal(ys_buf_append_text(&buf, "123456"), YS_ERR_LIMIT);
    assert_int_equal(ys_buf_append_text(&buf, "12345"), YS_OK);
    assert_int_equal(ys_buf_append_char(&buf, '6'), YS_ERR_LIMIT);
    assert_int_equal(ys_buf_printf(&buf, "%d", 6), YS_ERR_LIMIT);
    assert_int_equal(ys_buf_append(&buf, NULL, 0), YS_OK);
    assert_string_equal(buf.bytes, "12345");
    ys_buf_reset(&buf);
    assert_int_equal(buf.length, 0);
    assert_string_equal(buf.bytes, "");
    assert_int_equal(ys_buf_append_text(&buf, "abcde"), YS_OK);
    ys_buf_clear(&buf);
    assert_int_equal(buf.max, 5);
}

static void taken_bytes_belong_to_the_taker(void **state)
{
    (void)state;
    struct ys_buf buf;
    ys_buf_init(&buf, 10);
    char *empty = ys_buf_take(&buf);
    assert_string_equal(empty, "");
    assert_int_equal(ys_buf_append_text(&buf, "mine"), YS_OK);
    char *taken = ys_buf_take(&buf);
    assert_string_equal(taken, "mine");
    assert_int_equal(buf.length, 0);
    ys_free(empty);
    ys_free(taken);
    ys_buf_clear(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_grows_and_ends_with_nul),
        cmocka_unit_test(the_cap_is_exact_and_a_refused_append_changes_nothing),
        cmocka_unit_test(taken_bytes_belong_to_the_taker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
