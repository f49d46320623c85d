/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas, and how a process ends without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ys_mem.h"

static void objects_are_cleared_aligned_and_apart(void **state)
{
    (void)state;
    struct ys_arena arena;
    unsigned char *objects[500];
    ys_arena_init(&arena);
    for (size_t i = 0; i < 500; i++) {
        objects[i] = ys_arena_alloc(&arena, i);
        assert_int_equal((uintptr_t)objects[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < i; j++) {
            assert_int_equal(objects[i][j], 0);
        }
        memset(objects[i], (int)(i & 0xFF), i);
    }
    for (size_t i = 0; i < 500; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_equal(objects[i][j], i & 0xFF);
        }
    }
    ys_arena_clear(&arena);
}

static void a_large_object_does_not_end_the_chunk_in_use(void **state)
{
    (void)state;
    struct ys_arena arena;
    ys_arena_init(&arena);
    char *before = ys_arena_alloc(&arena, 16);
    char *large = ys_arena_alloc(&arena, (size_t)8 << 20);
    char *after = ys_arena_alloc(&arena, 16);
    memset(large, 1, (size_t)8 << 20);
    assert_ptr_equal(after, before + 16);
    assert_true(arena.used_bytes >= ((size_t)8 << 20) + 32);
    ys_arena_clear(&arena);
    assert_int_equal(arena.used_bytes, 0);
}

static void a_reset_arena_hands_out_cleared_memory_again(void **state)
{
    (void)state;
    struct ys_arena arena;
    ys_arena_init(&arena);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 200; i++) {
            unsigned char *object = ys_arena_alloc(&arena, 1000);
            assert_int_equal(object[0] | object[999], 0);
            memset(object, 0xA5, 1000);
        }
        ys_arena_reset(&arena);
        assert_int_equal(arena.used_bytes, 0);
        assert_non_null(arena.head);
    }
    ys_arena_clear(&arena);
    assert_null(arena.head);
    ys_arena_reset(&arena);
    assert_null(arena.head);
}

static void texts_are_copied_with_their_end(void **state)
{
    (void)state;
    struct ys_arena arena;
    ys_arena_init(&arena);
    assert_string_equal(ys_arena_strdup(&arena, "验收"), "验收");
    assert_string_equal(ys_arena_strndup(&arena, "abcdef", 3), "abc");
    assert_string_equal(ys_arena_strndup(&arena, NULL, 0), "");
    assert_string_equal(ys_arena_printf(&arena, "%d-%s", 5, "x"), "5-x");
    assert_string_equal(ys_arena_printf(&arena, "%s", ""), "");
    ys_arena_clear(&arena);
    char *copy = ys_strdup("heap");
    assert_string_equal(copy, "heap");
    copy = ys_realloc(copy, 100);
    assert_string_equal(copy, "heap");
    ys_free(copy);
    ys_free(NULL);
    ys_free(ys_alloc(0));
    ys_free(ys_calloc(0, 8));
}

static void wiped_memory_is_zero(void **state)
{
    (void)state;
    char secret[16] = "not for others";
    static const char zero[16];
    ys_wipe(secret, sizeof secret);
    assert_memory_equal(secret, zero, sizeof zero);
    ys_wipe(NULL, 0);
}

static int told_fd;

static void tell(size_t size_bytes)
{
    if (write(told_fd, &size_bytes, sizeof size_bytes) < 0) {
        _exit(99);
    }
}

static void exhaustion_calls_the_handler_once_and_ends_with_status_4(void **state)
{
    (void)state;
    int pipes[2];
    size_t told[2] = {0, 0};
    int status = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        told_fd = pipes[1];
        ys_mem_on_exhausted(tell);
        ys_calloc(SIZE_MAX / 2, 3);
        _exit(0);
    }
    close(pipes[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 4);
    assert_int_equal(read(pipes[0], told, sizeof told), sizeof told[0]);
    assert_true(told[0] == SIZE_MAX);
    close(pipes[0]);
}

static void an_arena_takes_over_the_objects_of_another(void **state)
{
    (void)state;
    struct ys_arena arena;
    struct ys_arena other;
    ys_arena_init(&arena);
    ys_arena_init(&other);
    ys_arena_adopt(&arena, &other); /* nothing by nothing */
    for (int round = 0; round < 3; round++) {
        char *own = ys_arena_strdup(&arena, "own");
        char *taken = ys_arena_strdup(&other, "taken");
        char *large = ys_arena_alloc(&other, 5000000);
        ys_arena_adopt(&arena, &other);
        assert_null(other.head);
        memset(large, 1, 5000000);
        char *next = ys_arena_strdup(&arena, "next");
        assert_string_equal(own, "own");
        assert_string_equal(taken, "taken");
        assert_string_equal(next, "next");
    }
    assert_true(arena.used_bytes > 15000000);
    ys_arena_clear(&arena);
    ys_arena_alloc(&other, 1);
    ys_arena_adopt(&arena, &other);
    ys_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_cleared_aligned_and_apart),
        cmocka_unit_test(a_large_object_does_not_end_the_chunk_in_use),
        cmocka_unit_test(a_reset_arena_hands_out_cleared_memory_again),
        cmocka_unit_test(texts_are_copied_with_their_end),
        cmocka_unit_test(wiped_memory_is_zero),
        cmocka_unit_test(an_arena_takes_over_the_objects_of_another),
        cmocka_unit_test(exhaustion_calls_the_handler_once_and_ends_with_status_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
