/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"

enum { THREADS = 8, RECORDS_PER_THREAD = 500, KILLS = 60, SPEED_RECORDS = 50000 };

/* The system calls of the log go through these, so that a test can make one fail. */
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

static struct {
    bool armed;
    size_t bytes_left; /* written before the disk is full */
    int injected;
    bool fail_sync;
    bool read_only;
} disk;

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    if (!disk.armed || fd <= 2) {
        return __real_write(fd, bytes, length);
    }
    if (length > disk.bytes_left) {
        if (disk.bytes_left == 0) {
            /* The kernel's own refusal, not one that the test makes up. */
            int full = __real_open("/dev/full", O_WRONLY);
            ssize_t written = __real_write(full, bytes, length);
            int error = errno;
            close(full);
            errno = error;
            disk.injected++;
            return written;
        }
        length = disk.bytes_left;
    }
    disk.bytes_left -= length;
    return __real_write(fd, bytes, length);
}

int __wrap_fdatasync(int fd)
{
    if (disk.armed && disk.fail_sync) {
        disk.injected++;
        errno = EIO;
        return -1;
    }
    return __real_fdatasync(fd);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? (mode_t)va_arg(args, int) : 0;
    va_end(args);
    if (disk.armed && disk.read_only && (flags & O_CREAT) != 0) {
        disk.injected++;
        errno = EROFS;
        return -1;
    }
    return __real_open(path, flags, mode);
}

static int log_teardown(void **state)
{
    memset(&disk, 0, sizeof disk);
    return run_teardown(state);
}

static void records_are_canonical_numbered_and_timed(void **state)
{
    struct run *run = *state;
    struct ys_log *log = run_open(run);
    assert_int_equal(run_append(run, log, 1), 1);
    assert_int_equal(run_append(run, log, 2), 2);
    assert_int_equal(ys_log_sync(log, 2, &run->err), YS_OK);
    size_t size = 0;
    char *text = run_read(run, "evidence.jsonl", &size);
    static const char first[] =
        "{\"beijing\":\"2026-11-23T17:12:31.482913+08:00\","
        "\"case\":\"fees.withdrawal.fifth-free\",\"kind\":\"http\",\"number\":1,"
        "\"observed\":\"余额 \\\"100\\\"\\n\",\"prev\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"seq\":1,"
        "\"time\":\"2026-11-23T09:12:31.482913Z\"}\n";
    assert_memory_equal(text, first, sizeof first - 1u);
    char digest[YS_SM3_HEX_MAX];
    ys_sm3_hex(first, sizeof first - 2u, digest);
    assert_non_null(strstr(text + sizeof first - 1u, digest));
    assert_non_null(strstr(text + sizeof first - 1u, "\"seq\":2,"));
    free(text);
    ys_log_free(log);
}

static void members_on_every_side_of_the_own_ones_stay_sorted(void **state)
{
    struct run *run = *state;
    static const char *const names[] = {"zz", "a", "prez", "", "sep", "timf", "bf", "中", "q"};
    struct ys_log *log = run_open(run);
    for (size_t count = 0; count <= sizeof names / sizeof names[0]; count++) {
        struct ys_value *record = ys_value_map(&run->arena);
        for (size_t i = 0; i < count; i++) {
            ys_value_set_text(&run->arena, record, names[i], "x");
        }
        assert_int_equal(ys_log_append(log, record, NULL, &run->err), YS_OK);
    }
    ys_log_free(log);
    assert_int_equal(run_verify(run, NULL), YS_FAULT_UNSEALED);
}

static void record_that_sets_what_the_log_sets_is_refused(void **state)
{
    struct run *run = *state;
    static const char *const names[] = {"seq", "prev", "time", "beijing"};
    struct ys_log *log = run_open(run);
    for (size_t i = 0; i < 4; i++) {
        struct ys_value *record = ys_value_map(&run->arena);
        ys_value_set_text(&run->arena, record, names[i], "1");
        assert_int_equal(ys_log_append(log, record, NULL, &run->err), YS_ERR_ARGUMENT);
        assert_non_null(strstr(run->err.text, names[i]));
    }
    assert_int_equal(ys_log_append(log, ys_value_list(&run->arena), NULL, NULL), YS_ERR_ARGUMENT);
    ys_log_free(log);
}

static void second_log_in_one_folder_is_refused(void **state)
{
    struct run *run = *state;
    struct ys_log *second = NULL;
    ys_log_free(run_open(run));
    assert_int_equal(
        ys_log_create(run->dir, &run->clock, run->redactor, &second, &run->err),
        YS_ERR_EVIDENCE_STATE);
    assert_null(second);
}

static void closed_log_takes_no_record(void **state)
{
    struct run *run = *state;
    char head[65];
    int64_t count = 0;
    struct ys_log *log = run_open(run);
    run_append(run, log, 1);
    assert_int_equal(ys_log_close(log, head, &count, &run->err), YS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ys_log_append(log, ys_value_map(&run->arena), NULL, NULL),
                     YS_ERR_EVIDENCE_STATE);
    assert_int_equal(ys_log_close(log, head, &count, NULL), YS_ERR_EVIDENCE_STATE);
    ys_log_free(log);
}

static void sync_of_a_record_that_is_not_there_is_refused(void **state)
{
    struct run *run = *state;
    struct ys_log *log = run_open(run);
    assert_int_equal(ys_log_sync(log, 1, NULL), YS_ERR_ARGUMENT);
    assert_int_equal(ys_log_sync(log, 0, NULL), YS_OK);
    ys_log_free(log);
}

static void too_long_record_is_refused_and_names_the_limit(void **state)
{
    struct run *run = *state;
    size_t size = YS_RECORD_BYTES_MAX + 1u;
    char *text = malloc(size);
    memset(text, 'x', size);
    struct ys_log *log = run_open(run);
    struct ys_value *record = ys_value_map(&run->arena);
    ys_value_set(&run->arena, record, "body", ys_value_string_n(&run->arena, text, size));
    assert_int_equal(ys_log_append(log, record, NULL, &run->err), YS_ERR_LIMIT);
    assert_non_null(strstr(run->err.text, "YS_RECORD_BYTES_MAX"));
    assert_int_equal(run_append(run, log, 1), 1);
    ys_log_free(log);
    free(text);
    assert_int_equal(run_verify(run, NULL), YS_FAULT_UNSEALED);
}

static void secrets_are_gone_before_anything_is_written(void **state)
{
    struct run *run = *state;
    const struct ys_value *body = NULL;
    struct ys_log *log = run_open(run);
    ys_redactor_learn(run->redactor, "pin", "918273");
    struct ys_value *record = ys_value_map(&run->arena);
    ys_value_set_text(&run->arena, record, "request", "pin=918273&x=1");
    static const char reply[] = "\x01 pin 918273\0 and more";
    assert_int_equal(ys_log_body(log, &run->arena, reply, sizeof reply, &body, NULL), YS_OK);
    ys_value_set(&run->arena, record, "body", body);
    int64_t seq = 0;
    assert_int_equal(ys_log_append(log, record, &seq, NULL), YS_OK);
    assert_int_equal(ys_log_sync(log, seq, NULL), YS_OK);
    size_t size = 0;
    char *text = run_read(run, "evidence.jsonl", &size);
    assert_null(strstr(text, "918273"));
    assert_non_null(strstr(text, "⟦pin:"));
    free(text);
    char name[128];
    snprintf(name, sizeof name, "blobs/%s", ys_value_get_text(body, "blob"));
    text = run_read(run, name, &size);
    assert_int_equal(ys_value_get_int(body, "length", 0), (int64_t)size);
    for (size_t i = 0; i + 6 <= size; i++) {
        assert_memory_not_equal(text + i, "918273", 6);
    }
    free(text);
    ys_log_free(log);
}

static void short_text_stays_inline_and_the_rest_becomes_a_blob(void **state)
{
    struct run *run = *state;
    const struct ys_value *value = NULL;
    struct ys_log *log = run_open(run);
    assert_int_equal(ys_log_body(log, &run->arena, "{\"ok\":1}", 8, &value, NULL), YS_OK);
    assert_string_equal(ys_value_text(value), "{\"ok\":1}");
    assert_int_equal(ys_log_body(log, &run->arena, NULL, 0, &value, NULL), YS_OK);
    assert_string_equal(ys_value_text(value), "");
    char *large = malloc(YS_INLINE_BODY_BYTES_MAX + 1u);
    memset(large, 'a', YS_INLINE_BODY_BYTES_MAX + 1u);
    for (int twice = 0; twice < 2; twice++) {
        assert_int_equal(ys_log_body(log, &run->arena, large, YS_INLINE_BODY_BYTES_MAX + 1u,
                                     &value, NULL),
                         YS_OK);
        assert_int_equal(strlen(ys_value_get_text(value, "blob")), 64);
    }
    free(large);
    ys_log_free(log);
}

struct worker {
    struct run *run;
    struct ys_log *log;
    int id;
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct ys_arena arena;
    ys_arena_init(&arena);
    int64_t last = 0;
    for (int i = 0; i < RECORDS_PER_THREAD; i++) {
        char name[32];
        int64_t seq = 0;
        struct ys_value *record = ys_value_map(&arena);
        snprintf(name, sizeof name, "secret-%d-%d", worker->id, i);
        ys_redactor_learn(worker->run->redactor, "token", name);
        ys_value_set_text(&arena, record, "token", name);
        if (ys_log_append(worker->log, record, &seq, NULL) != YS_OK || seq <= last ||
            (i % 50 == 0 && ys_log_sync(worker->log, seq, NULL) != YS_OK)) {
            ys_arena_clear(&arena);
            return worker;
        }
        last = seq;
        ys_arena_reset(&arena);
    }
    ys_arena_clear(&arena);
    return NULL;
}

static void many_threads_make_one_chain(void **state)
{
    struct run *run = *state;
    struct ys_log *log = run_open(run);
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.run = run, .log = log, .id = i};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    ys_log_free(log);
    struct ys_verification verification;
    assert_int_equal(run_verify(run, &verification), YS_FAULT_UNSEALED);
    assert_int_equal(verification.records, THREADS * RECORDS_PER_THREAD);
    size_t size = 0;
    char *text = run_read(run, "evidence.jsonl", &size);
    assert_null(strstr(text, "secret-"));
    free(text);
}

static void full_disk_stops_every_later_call_and_leaves_whole_records(void **state)
{
    struct run *run = *state;
    struct ys_log *log = run_open(run);
    int64_t seq = run_append(run, log, 1);
    assert_int_equal(ys_log_sync(log, seq, NULL), YS_OK);
    disk.armed = true;
    disk.bytes_left = 100;
    seq = run_append(run, log, 2);
    assert_int_equal(ys_log_sync(log, seq, &run->err), YS_ERR_IO);
    assert_true(disk.injected > 0);
    assert_non_null(strstr(run->err.text, "evidence.jsonl"));
    assert_non_null(strstr(run->err.text, strerror(ENOSPC)));
    disk.armed = false;

    struct ys_value *record = ys_value_map(&run->arena);
    const struct ys_value *body = NULL;
    char head[65];
    int64_t count = 0;
    assert_int_equal(ys_log_append(log, record, &seq, NULL), YS_ERR_IO);
    assert_int_equal(ys_log_sync(log, 1, NULL), YS_ERR_IO);
    assert_int_equal(ys_log_body(log, &run->arena, "\0", 1, &body, NULL), YS_ERR_IO);
    assert_int_equal(ys_log_close(log, head, &count, &run->err), YS_ERR_IO);
    ys_log_free(log);
    struct ys_verification verification;
    assert_int_equal(run_verify(run, &verification), YS_FAULT_CUT);
    assert_int_equal(verification.records, 1);
}

static void failing_sync_is_no_success(void **state)
{
    struct run *run = *state;
    struct ys_log *log = run_open(run);
    disk.armed = true;
    disk.bytes_left = SIZE_MAX;
    disk.fail_sync = true;
    int64_t seq = run_append(run, log, 1);
    assert_int_equal(ys_log_sync(log, seq, &run->err), YS_ERR_IO);
    assert_int_equal(disk.injected, 1);
    disk.armed = false;
    ys_log_free(log);
}

static void read_only_folder_is_a_clear_stop(void **state)
{
    struct run *run = *state;
    struct ys_log *log = NULL;
    disk.armed = true;
    disk.read_only = true;
    assert_int_equal(ys_log_create(run->dir, &run->clock, run->redactor, &log, &run->err),
                     YS_ERR_IO);
    disk.armed = false;
    assert_int_equal(disk.injected, 1);
    assert_null(log);
    assert_non_null(strstr(run->err.text, strerror(EROFS)));
}

static void child_appends_until_it_dies(struct run *run)
{
    struct ys_log *log = NULL;
    if (ys_log_create(run->dir, ys_clock_real(), run->redactor, &log, NULL) != YS_OK) {
        _exit(1);
    }
    for (int i = 0;; i++) {
        struct ys_arena arena;
        int64_t seq = 0;
        ys_arena_init(&arena);
        struct ys_value *record = ys_value_map(&arena);
        ys_value_set_int(&arena, record, "number", i);
        if (ys_log_append(log, record, &seq, NULL) != YS_OK ||
            (i % 7 == 0 && ys_log_sync(log, seq, NULL) != YS_OK)) {
            _exit(1);
        }
        ys_arena_clear(&arena);
    }
}

static void kill_at_any_instant_leaves_a_valid_chain(void **state)
{
    struct run *run = *state;
    unsigned seed = 7u;
    int64_t most = 0;
    for (int i = 0; i < KILLS; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            child_appends_until_it_dies(run);
        }
        seed = seed * 1103515245u + 12345u;
        struct timespec wait = {.tv_nsec = (long)(seed / 65536u % 20000u) * 1000L + 1000000L};
        nanosleep(&wait, NULL);
        int status = 0;
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        if (!ys_file_exists(ys_path_join(&run->arena, run->dir, "evidence.jsonl"))) {
            continue; /* killed before the log was there */
        }
        struct ys_verification verification;
        enum ys_fault found = run_verify(run, &verification);
        assert_true(found == YS_FAULT_CUT || found == YS_FAULT_UNSEALED);
        most = verification.records > most ? verification.records : most;
        run_remove(run, "evidence.jsonl");
    }
    assert_true(most > 0);
}

static void appending_is_fast(void **state)
{
    struct run *run = *state;
    struct timespec start;
    struct timespec appended;
    struct timespec durable;
    char head[65];
    int64_t count = 0;
    struct ys_log *log = run_open(run);
    struct ys_value *record = ys_value_map(&run->arena);
    ys_value_set_text(&run->arena, record, "case", "fees.withdrawal.fifth-free");
    ys_value_set_text(&run->arena, record, "kind", "http");
    ys_value_set_text(&run->arena, record, "step", "steps[0].repeat[4].call atm.withdraw");
    ys_value_set_int(&run->arena, record, "status", 200);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < SPEED_RECORDS; i++) {
        assert_int_equal(ys_log_append(log, record, NULL, NULL), YS_OK);
    }
    clock_gettime(CLOCK_MONOTONIC, &appended);
    assert_int_equal(ys_log_close(log, head, &count, NULL), YS_OK);
    clock_gettime(CLOCK_MONOTONIC, &durable);
    ys_log_free(log);
    double to_append = (double)(appended.tv_sec - start.tv_sec) +
                       (double)(appended.tv_nsec - start.tv_nsec) / 1e9;
    double to_disk = (double)(durable.tv_sec - start.tv_sec) +
                     (double)(durable.tv_nsec - start.tv_nsec) / 1e9;
    print_message("%.1f us an append, %.0f records a second durable\n",
                  to_append / SPEED_RECORDS * 1e6, SPEED_RECORDS / to_disk);
    struct ys_verification verification;
    struct timespec verified;
    clock_gettime(CLOCK_MONOTONIC, &durable);
    assert_int_equal(run_verify(run, &verification), YS_FAULT_UNSEALED);
    clock_gettime(CLOCK_MONOTONIC, &verified);
    assert_int_equal(verification.records, SPEED_RECORDS);
    assert_string_equal(verification.head, head);
    print_message("verified in %.0f ms\n",
                  (double)(verified.tv_sec - durable.tv_sec) * 1e3 +
                      (double)(verified.tv_nsec - durable.tv_nsec) / 1e6);
    /* Far below what an optimised build does; catches a sync or a copy a record. */
    assert_true(SPEED_RECORDS / to_disk > 2000.0);
}

/* A correction of less than a second is what clocks do; a step back is a clear stop. */
static void clock_set_back_is_a_clear_stop(void **state)
{
    struct run *run = *state;
    struct ys_log *log = run_open(run);
    char head[65];
    int64_t count = 0;
    run_append(run, log, 1);
    run->time.wall_us -= 900000;
    run_append(run, log, 2);
    run->time.wall_us -= 3600 * INT64_C(1000000);
    struct ys_value *record = ys_value_map(&run->arena);
    assert_int_equal(ys_log_append(log, record, NULL, &run->err), YS_ERR_EVIDENCE_STATE);
    assert_non_null(strstr(run->err.text, "set back by 3600900 ms"));
    run->time.wall_us += 3600 * INT64_C(1000000);
    assert_int_equal(ys_log_append(log, record, NULL, &run->err), YS_ERR_EVIDENCE_STATE);
    assert_int_equal(ys_log_close(log, head, &count, &run->err), YS_ERR_EVIDENCE_STATE);
    ys_log_free(log);
    struct ys_verification found;
    assert_int_equal(run_verify(run, &found), YS_FAULT_UNSEALED);
    assert_int_equal(found.records, 2);
}

static void log_goes_on_behind_its_last_whole_record(void **state)
{
    struct run *run = *state;
    struct ys_log *log = run_open(run);
    struct ys_log *second = NULL;
    struct ys_log_cut cut;
    char head[65];
    int64_t count = 0;
    run_append(run, log, 1);
    run_append(run, log, 2);
    assert_int_equal(ys_log_sync(log, 2, &run->err), YS_OK);
    assert_int_equal(ys_log_resume(run->dir, &run->clock, run->redactor, &second, &cut, &run->err),
                     YS_ERR_EVIDENCE_STATE);
    assert_non_null(strstr(run->err.text, "another process"));
    assert_int_equal(ys_log_close(log, head, &count, &run->err), YS_OK);
    ys_log_free(log);

    size_t size = 0;
    char *bytes = run_read(run, "evidence.jsonl", &size);
    run_write(run, "evidence.jsonl", bytes, size - 7);
    free(bytes);
    run_write(run, "blobs/half.123-1.tmp", "half", 4);
    assert_int_equal(ys_log_resume(run->dir, &run->clock, run->redactor, &log, &cut, &run->err),
                     YS_OK);
    assert_int_equal(cut.after, 1);
    assert_true(cut.dropped > 0);
    assert_int_equal(strlen(cut.dropped_sm3), 64);
    assert_int_equal(run_append(run, log, 3), 2);
    assert_int_equal(ys_log_close(log, head, &count, &run->err), YS_OK);
    ys_log_free(log);
    struct ys_verification found;
    assert_int_equal(run_verify(run, &found), YS_FAULT_UNSEALED);
    assert_int_equal(found.records, 2);
    assert_int_equal(ys_seal_write(run->dir, head, count, false, &run->err), YS_OK);
    assert_int_equal(ys_log_resume(run->dir, &run->clock, run->redactor, &log, &cut, &run->err),
                     YS_ERR_EVIDENCE_STATE);
    assert_non_null(strstr(run->err.text, "is sealed"));
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, run_setup, log_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(records_are_canonical_numbered_and_timed),
        RUN_TEST(members_on_every_side_of_the_own_ones_stay_sorted),
        RUN_TEST(record_that_sets_what_the_log_sets_is_refused),
        RUN_TEST(second_log_in_one_folder_is_refused),
        RUN_TEST(closed_log_takes_no_record),
        RUN_TEST(sync_of_a_record_that_is_not_there_is_refused),
        RUN_TEST(too_long_record_is_refused_and_names_the_limit),
        RUN_TEST(secrets_are_gone_before_anything_is_written),
        RUN_TEST(short_text_stays_inline_and_the_rest_becomes_a_blob),
        RUN_TEST(many_threads_make_one_chain),
        RUN_TEST(full_disk_stops_every_later_call_and_leaves_whole_records),
        RUN_TEST(failing_sync_is_no_success),
        RUN_TEST(read_only_folder_is_a_clear_stop),
        RUN_TEST(clock_set_back_is_a_clear_stop),
        RUN_TEST(log_goes_on_behind_its_last_whole_record),
        RUN_TEST(kill_at_any_instant_leaves_a_valid_chain),
        RUN_TEST(appending_is_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
