/* SPDX-License-Identifier: Apache-2.0 */
/* Files: whole reads, atomic writes under faults, folders. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ys_file.h"

/* The linker sends the calls of ys_file.c here (--wrap). */
ssize_t __real_write(int fd, const void *bytes, size_t size);
int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);

/* What fails next, with which errno, and how many faults were injected. */
static struct {
    int write_error;
    int fsync_error;
    int rename_error;
    size_t write_bytes_max; /* a short write; 0 = as asked */
    int injected;
    int fsyncs;
} fault;

static int inject(int error)
{
    fault.injected++;
    errno = error;
    return -1;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    if (fault.write_error == EINTR) {
        fault.write_error = 0;
        return inject(EINTR);
    }
    if (fault.write_error) {
        return inject(fault.write_error);
    }
    if (fault.write_bytes_max && size > fault.write_bytes_max) {
        fault.injected++;
        return __real_write(fd, bytes, fault.write_bytes_max);
    }
    return __real_write(fd, bytes, size);
}

int __wrap_fsync(int fd)
{
    fault.fsyncs++;
    return fault.fsync_error ? inject(fault.fsync_error) : __real_fsync(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    return fault.rename_error ? inject(fault.rename_error) : __real_rename(from, to);
}

struct place {
    struct ys_arena arena;
    char folder[64];
};

static int set_up(void **state)
{
    static struct place place;
    memset(&fault, 0, sizeof fault);
    ys_arena_init(&place.arena);
    snprintf(place.folder, sizeof place.folder, "/tmp/ys_file_XXXXXX");
    *state = &place;
    return mkdtemp(place.folder) ? 0 : -1;
}

static void remove_tree(struct ys_arena *arena, const char *folder)
{
    const char **names = NULL;
    size_t count = 0;
    assert_int_equal(ys_folder_list(arena, folder, NULL, &names, &count, NULL), YS_OK);
    for (size_t i = 0; i < count; i++) {
        const char *path = ys_path_join(arena, folder, names[i]);
        if (ys_folder_exists(path)) {
            remove_tree(arena, path);
        } else {
            assert_int_equal(unlink(path), 0);
        }
    }
    assert_int_equal(rmdir(folder), 0);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    remove_tree(&place->arena, place->folder);
    ys_arena_clear(&place->arena);
    return 0;
}

static const char *in(struct place *place, const char *name)
{
    return ys_path_join(&place->arena, place->folder, name);
}

static void assert_content(const char *path, const char *expected)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    assert_int_equal(ys_file_read(path, &buf, NULL), YS_OK);
    assert_string_equal(buf.bytes, expected);
    ys_buf_clear(&buf);
}

static size_t count_files(struct place *place)
{
    const char **names = NULL;
    size_t count = 0;
    assert_int_equal(ys_folder_list(&place->arena, place->folder, NULL, &names, &count, NULL),
                     YS_OK);
    return count;
}

static void a_file_is_read_back_as_it_was_written(void **state)
{
    const char *path = in(*state, "result.json");
    struct ys_buf buf;
    assert_int_equal(ys_file_write(path, "first", 5, NULL), YS_OK);
    assert_content(path, "first");
    assert_int_equal(ys_file_write(path, "second, longer", 14, NULL), YS_OK);
    assert_content(path, "second, longer");
    assert_int_equal(ys_file_write(path, NULL, 0, NULL), YS_OK);
    assert_content(path, "");
    assert_int_equal(count_files(*state), 1);

    /* More than one block, and NUL inside. */
    static char large[200000];
    memset(large, 'x', sizeof large);
    large[70000] = '\0';
    assert_int_equal(ys_file_write(path, large, sizeof large, NULL), YS_OK);
    ys_buf_init(&buf, sizeof large);
    assert_int_equal(ys_file_read(path, &buf, NULL), YS_OK);
    assert_int_equal(buf.length, sizeof large);
    assert_memory_equal(buf.bytes, large, sizeof large);
    ys_buf_clear(&buf);
}

static void a_file_beyond_the_cap_is_refused_by_name(void **state)
{
    const char *path = in(*state, "large");
    struct ys_err err;
    struct ys_buf buf;
    assert_int_equal(ys_file_write(path, "123456", 6, NULL), YS_OK);
    ys_buf_init(&buf, 5);
    assert_int_equal(ys_file_read(path, &buf, &err), YS_ERR_LIMIT);
    assert_non_null(strstr(err.text, "5 bytes"));
    ys_buf_clear(&buf);

    /* A hole of 64 MiB takes no disk. */
    assert_int_equal(truncate(path, (off_t)YS_FILE_BYTES_MAX + 1), 0);
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    assert_int_equal(ys_file_read(path, &buf, &err), YS_ERR_LIMIT);
    assert_non_null(strstr(err.text, "YS_FILE_BYTES_MAX"));
    ys_buf_clear(&buf);
}

static void errors_name_the_path_and_the_remedy(void **state)
{
    const char *path = in(*state, "missing/file");
    struct ys_err err;
    struct ys_buf buf;
    ys_buf_init(&buf, 5);
    assert_int_equal(ys_file_read(path, &buf, &err), YS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "spelt"));
    assert_int_equal(ys_file_write(path, "x", 1, &err), YS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(ys_file_read(in(*state, "."), &buf, &err), YS_ERR_IO);
    ys_buf_clear(&buf);
}

/* GB/T 32905-2016, A.1. */
static void a_file_has_its_digest_whatever_its_length(void **state)
{
    char digest[YS_SM3_HEX_MAX];
    char again[YS_SM3_HEX_MAX];
    struct ys_err err;
    const char *path = in(*state, "digested");
    assert_int_equal(ys_file_write(path, "abc", 3, NULL), YS_OK);
    assert_int_equal(ys_file_sm3(path, digest, NULL), YS_OK);
    assert_string_equal(digest, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    char *large = ys_alloc(300001);
    memset(large, 'y', 300001);
    assert_int_equal(ys_file_write(path, large, 300001, NULL), YS_OK);
    ys_sm3_hex(large, 300001, again);
    ys_free(large);
    assert_int_equal(ys_file_sm3(path, digest, NULL), YS_OK);
    assert_string_equal(digest, again);
    assert_int_equal(ys_file_sm3(in(*state, "none"), digest, &err), YS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "none"));
    assert_int_equal(ys_file_sm3(in(*state, "."), digest, &err), YS_ERR_IO);
}

static void a_full_device_is_an_error_and_stays_a_device(void **state)
{
    (void)state;
    struct ys_err err;
    assert_int_equal(ys_file_write("/dev/full", "x", 1, &err), YS_ERR_IO);
    assert_non_null(strstr(err.text, "/dev/full"));
    assert_non_null(strstr(err.text, "free some space"));
    struct stat info;
    assert_int_equal(stat("/dev/full", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

static void a_folder_that_cannot_be_written_is_an_error(void **state)
{
    struct ys_err err;
    const char *folder = in(*state, "locked");
    assert_int_equal(ys_folder_make(folder, NULL), YS_OK);
    assert_int_equal(chmod(folder, 0500), 0);
    const char *path = in(*state, "locked/file");
    if (geteuid() == 0) {
        /* Modes do not bind root, but the kernel's own folders do. */
        path = "/proc/self/file";
    }
    enum ys_status status = ys_file_write(path, "x", 1, &err);
    assert_true(status == YS_ERR_IO || status == YS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(chmod(folder, 0700), 0);
}

/* Each fault leaves the old content, no file beside it, and an error. */
static void every_fault_of_a_write_keeps_the_old_content(void **state)
{
    const char *path = in(*state, "kept");
    int *const faults[] = {&fault.write_error, &fault.fsync_error, &fault.rename_error};
    assert_int_equal(ys_file_write(path, "old", 3, NULL), YS_OK);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct ys_err err;
        memset(&fault, 0, sizeof fault);
        *faults[i] = i == 0 ? ENOSPC : EIO;
        assert_int_equal(ys_file_write(path, "new", 3, &err), YS_ERR_IO);
        assert_int_equal(fault.injected, 1);
        assert_non_null(strstr(err.text, path));
        assert_content(path, "old");
        assert_int_equal(count_files(*state), 1);
    }
}

static void short_and_interrupted_writes_go_on(void **state)
{
    const char *path = in(*state, "slow");
    fault.write_error = EINTR;
    fault.write_bytes_max = 2;
    assert_int_equal(ys_file_write(path, "seven b", 7, NULL), YS_OK);
    assert_true(fault.injected >= 4);
    assert_content(path, "seven b");
}

static void file_and_folder_are_both_made_durable(void **state)
{
    assert_int_equal(ys_file_write(in(*state, "durable"), "x", 1, NULL), YS_OK);
    assert_int_equal(fault.fsyncs, 2);
}

static void a_file_has_a_second_name_in_the_place_of_what_had_it(void **state)
{
    struct place *place = *state;
    const char *path = ys_path_join(&place->arena, place->folder, "one");
    const char *name = ys_path_join(&place->arena, place->folder, "two");
    struct ys_err err;
    assert_int_equal(ys_file_write(name, "old", 3, &err), YS_OK);
    assert_int_equal(ys_file_write(path, "first", 5, &err), YS_OK);
    assert_int_equal(ys_file_also(path, name, &err), YS_OK);
    assert_int_equal(ys_file_also(path, name, &err), YS_OK);
    assert_content(name, "first");
    /* A new content of one name is not the other's until it is asked for. */
    assert_int_equal(ys_file_write(path, "second", 6, &err), YS_OK);
    assert_content(name, "first");
    assert_int_equal(ys_file_also(path, name, &err), YS_OK);
    assert_content(name, "second");
    assert_int_equal(ys_file_also("/dev/shm/ys-none", name, &err), YS_ERR_NOT_FOUND);
    assert_content(name, "second");
    assert_false(ys_file_exists(ys_path_join(&place->arena, place->folder, "two.part")));
}

static void folders_are_made_with_their_parents(void **state)
{
    struct ys_err err;
    const char *deep = in(*state, "a/b//c/");
    assert_int_equal(ys_folder_make(deep, NULL), YS_OK);
    assert_int_equal(ys_folder_make(deep, NULL), YS_OK);
    assert_true(ys_folder_exists(deep));
    assert_false(ys_file_exists(deep));
    const char *file = in(*state, "file");
    assert_int_equal(ys_file_write(file, "x", 1, NULL), YS_OK);
    assert_true(ys_file_exists(file));
    assert_false(ys_folder_exists(file));
    assert_int_equal(ys_folder_make(file, &err), YS_ERR_IO);
    assert_int_equal(ys_folder_make(in(*state, "file/below"), &err), YS_ERR_IO);
}

static void names_are_listed_by_ending_in_order_of_bytes(void **state)
{
    struct place *place = *state;
    static const char *const made[] = {"b.yaml", "a.yaml", "c.json", "Z.yaml", "yaml"};
    const char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(ys_file_write(in(place, made[i]), "", 0, NULL), YS_OK);
    }
    assert_int_equal(ys_folder_list(&place->arena, place->folder, ".yaml", &names, &count, NULL),
                     YS_OK);
    assert_int_equal(count, 3);
    assert_string_equal(names[0], "Z.yaml");
    assert_string_equal(names[1], "a.yaml");
    assert_string_equal(names[2], "b.yaml");
    assert_int_equal(ys_folder_list(&place->arena, in(place, "none"), NULL, &names, &count, NULL),
                     YS_ERR_NOT_FOUND);
    assert_int_equal(count, 3);
}

static void paths_join(void **state)
{
    struct ys_arena *arena = &((struct place *)*state)->arena;
    assert_string_equal(ys_path_beside(arena, "a/b/suite.yaml", "rows.csv"), "a/b/rows.csv");
    assert_string_equal(ys_path_beside(arena, "suite.yaml", "rows.csv"), "rows.csv");
    assert_string_equal(ys_path_beside(arena, "/suite.yaml", "rows.csv"), "/rows.csv");
    assert_string_equal(ys_path_beside(arena, "a/suite.yaml", "/etc/x"), "/etc/x");
    assert_string_equal(ys_path_join(arena, "a", "b"), "a/b");
    assert_string_equal(ys_path_join(arena, "a/", "b"), "a/b");
    assert_string_equal(ys_path_join(arena, "", "b"), "b");
    assert_string_equal(ys_path_join(arena, "a", "/b"), "/b");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_back_as_it_was_written),
        TEST(a_file_beyond_the_cap_is_refused_by_name),
        TEST(errors_name_the_path_and_the_remedy),
        TEST(a_file_has_its_digest_whatever_its_length),
        TEST(a_full_device_is_an_error_and_stays_a_device),
        TEST(a_folder_that_cannot_be_written_is_an_error),
        TEST(every_fault_of_a_write_keeps_the_old_content),
        TEST(short_and_interrupted_writes_go_on),
        TEST(file_and_folder_are_both_made_durable),
        TEST(a_file_has_a_second_name_in_the_place_of_what_had_it),
        TEST(folders_are_made_with_their_parents),
        TEST(names_are_listed_by_ending_in_order_of_bytes),
        TEST(paths_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
