/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group commit. Callers canonicalise on their own time and put a line into the queue under the
 * lock, which fixes its number and time; the committer thread takes the whole queue, chains and
 * hashes its lines, writes them with one call, makes them durable with one fdatasync and wakes
 * whoever waits. While nobody waits it lets a batch grow for a moment. What has been queued leaves
 * in the order of its numbers, so a kill leaves a prefix of the log.
 */
#include "ys_log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ys_buf.h"
#include "ys_charset.h"
#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_seal_parts.h"
#include "ys_vault.h"

#define COMMIT_BYTES (256u << 10) /* a batch of this size is written at once */
#define COMMIT_DELAY_NS 50000000L /* longest wait of a record that nobody waits for */
#define OWN_MEMBERS 4u

/* What the log itself puts into each record, in canonical order. */
static const char *const own_members[OWN_MEMBERS] = {"beijing", "prev", "seq", "time"};
/* As they stand in a line, behind another member: what is in front of the value, and behind it. */
static const char *const own_labels[OWN_MEMBERS] = {",\"beijing\":\"", ",\"prev\":\"",
                                                    ",\"seq\":", ",\"time\":\""};
static const char *const own_ends[OWN_MEMBERS] = {"\"", "\"", "", "\""};

static const char zero_digest[YS_SM3_HEX_MAX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* Where a line lies in a batch and where its "prev" is to be filled in. */
struct queued {
    size_t start;
    size_t length; /* without the newline */
    size_t prev_at;
};

struct batch {
    struct ys_buf bytes;
    struct queued *lines;
    size_t count;
    size_t capacity;
};

struct ys_log {
    const struct ys_clock *clock;
    struct ys_redactor *redactor;
    struct ys_vault *vault; /* or NULL */
    char *path;
    char *blobs;
    int fd;
    pthread_mutex_t blob_lock;
    pthread_t committer;
    char head[YS_SM3_HEX_MAX]; /* the committer's while it runs */

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t work;
    pthread_cond_t done;
    struct batch queue;
    int64_t seq;     /* last number given */
    int64_t last_us; /* its time */
    int64_t durable; /* last number on disk */
    int64_t wanted;  /* last number that somebody waits for */
    bool closing;
    bool closed;
    struct ys_err failure; /* YS_OK while all is well */
};

static enum ys_status fail_errno(struct ys_err *reterr, int error, const char *verb,
                                 const char *path)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) {
        snprintf(reason, sizeof reason, "error %d", error);
    }
    return ys_err_set(reterr, YS_ERR_IO, "cannot %s %s: %s; nothing is judged that is not on disk",
                      verb, path, reason);
}

static void batch_clear(struct batch *batch)
{
    ys_buf_clear(&batch->bytes);
    ys_free(batch->lines);
    *batch = (struct batch){0};
    ys_buf_init(&batch->bytes, 2u * YS_LOG_QUEUE_BYTES_MAX);
}

static enum ys_status write_all(const struct ys_log *log, const char *bytes, size_t length,
                                struct ys_err *reterr)
{
    while (length > 0) {
        ssize_t written = write(log->fd, bytes, length);
        if (written < 0 && errno != EINTR) {
            return fail_errno(reterr, errno, "write", log->path);
        }
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return YS_OK;
}

static enum ys_status commit(struct ys_log *log, struct batch *batch, struct ys_err *reterr)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct queued *line = &batch->lines[i];
        char *text = batch->bytes.bytes + line->start;
        memcpy(text + line->prev_at, log->head, YS_SM3_HEX_MAX - 1u);
        ys_sm3_hex(text, line->length, log->head);
    }
    enum ys_status status = log->vault ? ys_vault_sync(log->vault, reterr) : YS_OK;
    if (status == YS_OK) {
        status = write_all(log, batch->bytes.bytes, batch->bytes.length, reterr);
    }
    if (status == YS_OK && fdatasync(log->fd) != 0) {
        status = fail_errno(reterr, errno, "make durable", log->path);
    }
    ys_buf_reset(&batch->bytes);
    batch->count = 0;
    return status;
}

/* Waits until there is a batch to write: somebody wants it, it is large or old enough, or the log
 * is being closed. False when all is written and the log is closing. Under the lock. */
static bool wait_for_batch(struct ys_log *log)
{
    while (log->queue.count == 0) {
        if (log->closing) {
            return false;
        }
        pthread_cond_wait(&log->work, &log->lock);
    }
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_nsec += COMMIT_DELAY_NS;
    if (deadline.tv_nsec >= 1000000000L) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000L;
    }
    int waited = 0;
    while (waited == 0 && !log->closing && log->wanted <= log->durable &&
           log->queue.bytes.length < COMMIT_BYTES) {
        waited = pthread_cond_timedwait(&log->work, &log->lock, &deadline);
    }
    return true;
}

static void *commit_loop(void *context)
{
    struct ys_log *log = context;
    struct batch batch = {0};
    struct ys_err err = {.status = YS_OK};
    batch_clear(&batch);
    pthread_mutex_lock(&log->lock);
    while (wait_for_batch(log)) {
        struct batch full = log->queue;
        log->queue = batch;
        batch = full;
        int64_t last = log->seq;
        pthread_mutex_unlock(&log->lock);
        enum ys_status status = commit(log, &batch, &err);
        pthread_mutex_lock(&log->lock);
        if (status == YS_OK) {
            log->durable = last;
        } else {
            log->failure = err;
        }
        pthread_cond_broadcast(&log->done);
        if (status != YS_OK) {
            break;
        }
    }
    pthread_mutex_unlock(&log->lock);
    batch_clear(&batch);
    return NULL;
}

/* Signals stay with the threads of the program: the committer must not run their handlers. */
static int start_committer(struct ys_log *log)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&log->committer, NULL, commit_loop, log);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void destroy(struct ys_log *log)
{
    if (log->fd >= 0) {
        close(log->fd);
    }
    pthread_cond_destroy(&log->done);
    pthread_cond_destroy(&log->work);
    pthread_mutex_destroy(&log->lock);
    pthread_mutex_destroy(&log->blob_lock);
    batch_clear(&log->queue);
    ys_free(log->path);
    ys_free(log->blobs);
    ys_free(log);
}

/* The name of a new file is durable when its folder is. */
static enum ys_status sync_folder(const char *folder, struct ys_err *reterr)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return fail_errno(reterr, errno, "open", folder);
    }
    int error = fsync(fd) != 0 && errno != EINVAL ? errno : 0;
    close(fd);
    return error ? fail_errno(reterr, error, "make durable", folder) : YS_OK;
}

/* One process writes a log. The lock goes with the process, however it ends. */
static enum ys_status lock_file(const struct ys_log *log, struct ys_err *reterr)
{
    if (flock(log->fd, LOCK_EX | LOCK_NB) == 0) {
        return YS_OK;
    }
    if (errno == EWOULDBLOCK) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "%s is being written by another process: the run goes on there",
                          log->path);
    }
    return fail_errno(reterr, errno, "lock", log->path);
}

static enum ys_status open_files(struct ys_log *log, const char *run_dir, struct ys_err *reterr)
{
    enum ys_status status = ys_folder_make(log->blobs, reterr);
    if (status != YS_OK) {
        return status;
    }
    log->fd = open(log->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (log->fd < 0 && errno == EEXIST) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "%s exists: a log is never written twice; choose another run directory",
                          log->path);
    }
    if (log->fd < 0) {
        return fail_errno(reterr, errno, "create", log->path);
    }
    status = lock_file(log, reterr);
    return status == YS_OK ? sync_folder(run_dir, reterr) : status;
}

/* ---- taking up a log again ---- */

/* What a killed process left half written beside a blob (ys_file_write). */
static enum ys_status remove_half_blobs(const struct ys_log *log, struct ys_err *reterr)
{
    struct ys_arena arena;
    const char **names = NULL;
    size_t count = 0;
    ys_arena_init(&arena);
    enum ys_status status = ys_folder_list(&arena, log->blobs, NULL, &names, &count, reterr);
    for (size_t i = 0; status == YS_OK && i < count; i++) {
        bool is_blob = strlen(names[i]) == YS_SM3_HEX_MAX - 1u &&
                       strspn(names[i], "0123456789abcdef") == YS_SM3_HEX_MAX - 1u;
        if (!is_blob && unlink(ys_path_join(&arena, log->blobs, names[i])) != 0) {
            status = fail_errno(reterr, errno, "remove", names[i]);
        }
    }
    ys_arena_clear(&arena);
    return status;
}

/* Cuts off what follows `offset`, and says how much and what it was. */
static enum ys_status cut_off(struct ys_log *log, int64_t offset, struct ys_log_cut *cut,
                              struct ys_err *reterr)
{
    struct stat now;
    if (fstat(log->fd, &now) != 0) {
        return fail_errno(reterr, errno, "look at", log->path);
    }
    cut->dropped = (int64_t)now.st_size - offset;
    if (cut->dropped == 0) {
        return YS_OK;
    }
    char *bytes = ys_alloc((size_t)cut->dropped);
    enum ys_status status = YS_OK;
    if (pread(log->fd, bytes, (size_t)cut->dropped, (off_t)offset) != (ssize_t)cut->dropped) {
        status = fail_errno(reterr, errno, "read", log->path);
    } else if (ftruncate(log->fd, (off_t)offset) != 0 || fdatasync(log->fd) != 0) {
        status = fail_errno(reterr, errno, "cut", log->path);
    } else {
        ys_sm3_hex(bytes, (size_t)cut->dropped, cut->dropped_sm3);
    }
    ys_free(bytes);
    return status;
}

/* The chain is read before anything is changed; the lock is held meanwhile. */
static enum ys_status reopen_files(struct ys_log *log, const char *run_dir, struct ys_arena *arena,
                                   struct ys_log_cut *ret_cut, struct ys_err *reterr)
{
    struct ys_verification found;
    struct stat now;
    log->fd = open(log->path, O_RDWR | O_APPEND | O_CLOEXEC);
    if (log->fd < 0) {
        return fail_errno(reterr, errno, "open", log->path);
    }
    enum ys_status status = lock_file(log, reterr);
    if (status == YS_OK) {
        status = ys_seal_verify(arena, run_dir, &found, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    if (ys_file_exists(ys_path_join(arena, run_dir, YS_SEAL_FILE))) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE,
                          "%s is sealed: the run has ended, and nothing can be added to it",
                          run_dir);
    }
    if (found.fault != YS_FAULT_CUT && found.fault != YS_FAULT_UNSEALED) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN, "%s does not verify: %s", run_dir,
                          found.text);
    }
    if (fstat(log->fd, &now) != 0) {
        return fail_errno(reterr, errno, "look at", log->path);
    }
    log->seq = found.records;
    log->durable = found.records;
    log->wanted = found.records;
    memcpy(log->head, found.head, sizeof log->head);
    *ret_cut = (struct ys_log_cut){.after = found.records};
    status = cut_off(log, found.fault == YS_FAULT_CUT ? found.offset : (int64_t)now.st_size,
                     ret_cut, reterr);
    if (status == YS_OK) {
        status = ys_folder_make(log->blobs, reterr);
    }
    return status == YS_OK ? remove_half_blobs(log, reterr) : status;
}

static struct ys_log *log_new(const char *run_dir, const struct ys_clock *clock,
                              struct ys_redactor *redactor)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    struct ys_log *log = ys_calloc(1, sizeof *log);
    log->clock = clock;
    log->redactor = redactor;
    log->fd = -1;
    log->path = ys_strdup(ys_path_join(&arena, run_dir, "evidence.jsonl"));
    log->blobs = ys_strdup(ys_path_join(&arena, run_dir, "blobs"));
    memcpy(log->head, zero_digest, sizeof log->head);
    batch_clear(&log->queue);
    pthread_mutex_init(&log->blob_lock, NULL);
    pthread_mutex_init(&log->lock, NULL);
    pthread_cond_init(&log->done, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&log->work, &monotonic);
    pthread_condattr_destroy(&monotonic);
    ys_arena_clear(&arena);
    return log;
}

/* Starts the committer of a log whose files are open; else frees it. */
static enum ys_status begin(struct ys_log *log, enum ys_status status, struct ys_log **ret_log,
                            struct ys_err *reterr)
{
    if (status == YS_OK) {
        int error = start_committer(log);
        status = error ? fail_errno(reterr, error, "start the writer of", log->path) : YS_OK;
    }
    if (status == YS_OK) {
        *ret_log = log;
    } else {
        destroy(log);
    }
    return status;
}

enum ys_status ys_log_create(const char *run_dir, const struct ys_clock *clock,
                             struct ys_redactor *redactor, struct ys_log **ret_log,
                             struct ys_err *reterr)
{
    assert(run_dir);
    assert(clock);
    assert(redactor);
    struct ys_log *log = log_new(run_dir, clock, redactor);
    return begin(log, open_files(log, run_dir, reterr), ret_log, reterr);
}

enum ys_status ys_log_resume(const char *run_dir, const struct ys_clock *clock,
                             struct ys_redactor *redactor, struct ys_log **ret_log,
                             struct ys_log_cut *ret_cut, struct ys_err *reterr)
{
    assert(run_dir);
    assert(clock);
    assert(redactor);
    struct ys_arena arena;
    ys_arena_init(&arena);
    struct ys_log *log = log_new(run_dir, clock, redactor);
    enum ys_status status = reopen_files(log, run_dir, &arena, ret_cut, reterr);
    ys_arena_clear(&arena);
    return begin(log, status, ret_log, reterr);
}

void ys_log_keep(struct ys_log *log, struct ys_vault *vault)
{
    log->vault = vault;
}

/* A record's members in canonical form, split where the log's own members belong. */
struct parts {
    struct ys_buf bytes;
    size_t end[OWN_MEMBERS + 1u];
};

static size_t part_of(const char *name)
{
    size_t part = 0;
    /* Against ASCII names the order of bytes is the order of UTF-16 code units. */
    while (part < OWN_MEMBERS && strcmp(name, own_members[part]) > 0) {
        part++;
    }
    return part;
}

static enum ys_status write_parts(struct parts *parts, struct ys_arena *arena,
                                  const struct ys_value *record)
{
    size_t count = record->as.map.count;
    struct ys_member *members = ys_arena_calloc(arena, count + 1u, sizeof *members);
    size_t *part_by_member = ys_arena_calloc(arena, count + 1u, sizeof *part_by_member);
    for (size_t i = 0; i < count; i++) {
        part_by_member[i] = part_of(record->as.map.members[i].name);
    }
    for (size_t part = 0; part <= OWN_MEMBERS; part++) {
        struct ys_value some = {.kind = YS_KIND_MAP};
        some.as.map.members = members;
        for (size_t i = 0; i < count; i++) {
            if (part_by_member[i] == part) {
                members[some.as.map.count++] = record->as.map.members[i];
            }
        }
        if (some.as.map.count > 0) {
            size_t start = parts->bytes.length;
            enum ys_status status = ys_json_write(&some, &parts->bytes);
            if (status != YS_OK) {
                return status;
            }
            /* The braces go: the members join those of the log. */
            parts->bytes.length -= 1u;
            memmove(parts->bytes.bytes + start, parts->bytes.bytes + start + 1u,
                    parts->bytes.length - start);
            parts->bytes.length -= 1u;
        }
        parts->end[part] = parts->bytes.length;
    }
    return YS_OK;
}

static enum ys_status check_record(const struct ys_value *record, struct ys_err *reterr)
{
    if (!record || record->kind != YS_KIND_MAP) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "a record of the evidence is a map");
    }
    for (size_t i = 0; i < OWN_MEMBERS; i++) {
        if (ys_value_get(record, own_members[i])) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT,
                              "\"%s\" of a record is set by the log, not by the caller",
                              own_members[i]);
        }
    }
    return YS_OK;
}

/* The whole line with an empty place for "prev". Under the lock; the queue has room. */
static enum ys_status queue_line(struct ys_log *log, const struct parts *parts)
{
    struct batch *queue = &log->queue;
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity ? queue->capacity * 2u : 256u;
        queue->lines = ys_realloc(queue->lines, queue->capacity * sizeof *queue->lines);
    }
    int64_t now_us = log->clock->wall_us(log->clock->context);
    char utc[YS_TIME_TEXT_MAX];
    char beijing[YS_TIME_TEXT_MAX];
    char seq[YS_DECIMAL_TEXT_MAX];
    const char *const values[OWN_MEMBERS] = {beijing, zero_digest, seq, utc};
    ys_time_format_utc(now_us, utc);
    ys_time_format_beijing(now_us, beijing);
    ys_decimal_format((struct ys_decimal){.coefficient = log->seq + 1}, seq);

    struct queued line = {.start = queue->bytes.length};
    enum ys_status status = ys_buf_append_char(&queue->bytes, '{');
    size_t from = 0;
    for (size_t i = 0; i <= OWN_MEMBERS && status == YS_OK; i++) {
        if (parts->end[i] > from) {
            status = i > 0 ? ys_buf_append_char(&queue->bytes, ',') : YS_OK;
            if (status == YS_OK) {
                status = ys_buf_append(&queue->bytes, parts->bytes.bytes + from,
                                       parts->end[i] - from);
            }
            from = parts->end[i];
        }
        if (i < OWN_MEMBERS && status == YS_OK) {
            status = ys_buf_append_text(&queue->bytes, own_labels[i] + (i == 0 && from == 0));
            line.prev_at = i == 1 ? queue->bytes.length - line.start : line.prev_at;
            status = status == YS_OK ? ys_buf_append_text(&queue->bytes, values[i]) : status;
            status = status == YS_OK ? ys_buf_append_text(&queue->bytes, own_ends[i]) : status;
        }
    }
    if (status == YS_OK) {
        status = ys_buf_append(&queue->bytes, "}\n", 2);
    }
    if (status == YS_OK) {
        line.length = queue->bytes.length - line.start - 1u;
        queue->lines[queue->count++] = line;
        log->seq++;
        log->last_us = now_us > log->last_us ? now_us : log->last_us;
    }
    return status;
}

/* The error that stands in the way of every further call, YS_OK when there is none. Locked. */
static enum ys_status check_open(const struct ys_log *log, struct ys_err *reterr)
{
    if (log->failure.status != YS_OK) {
        if (reterr) {
            *reterr = log->failure;
        }
        return log->failure.status;
    }
    if (log->closing) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE, "%s is closed", log->path);
    }
    return YS_OK;
}

/* Records tell the order of things by their time too. What a clock is corrected by as it runs is
 * less than YS_CLOCK_BACK_MS. Locked. */
static enum ys_status check_clock(struct ys_log *log)
{
    int64_t back_us = log->last_us - log->clock->wall_us(log->clock->context);
    if (log->seq > 0 && back_us > (int64_t)YS_CLOCK_BACK_MS * 1000) {
        ys_err_set(&log->failure, YS_ERR_EVIDENCE_STATE,
                   "the clock of this machine was set back by %lld ms during the run: its records "
                   "would tell a wrong order; set the clock right and go on with 'yanshou run "
                   "--resume'",
                   (long long)(back_us / 1000));
    }
    return log->failure.status;
}

static enum ys_status append_parts(struct ys_log *log, const struct parts *parts,
                                   int64_t *ret_seq, struct ys_err *reterr)
{
    pthread_mutex_lock(&log->lock);
    enum ys_status status = check_open(log, reterr);
    while (status == YS_OK && log->queue.bytes.length > YS_LOG_QUEUE_BYTES_MAX) {
        pthread_cond_wait(&log->done, &log->lock);
        status = check_open(log, reterr);
    }
    if (status == YS_OK && check_clock(log) != YS_OK) {
        status = check_open(log, reterr);
    }
    if (status == YS_OK) {
        size_t before = log->queue.bytes.length;
        status = queue_line(log, parts);
        assert(status == YS_OK);
        if (ret_seq) {
            *ret_seq = log->seq;
        }
        if (before == 0 || (before < COMMIT_BYTES && log->queue.bytes.length >= COMMIT_BYTES)) {
            pthread_cond_signal(&log->work);
        }
    }
    pthread_mutex_unlock(&log->lock);
    return status;
}

enum ys_status ys_log_append(struct ys_log *log, const struct ys_value *record, int64_t *ret_seq,
                             struct ys_err *reterr)
{
    assert(log);
    enum ys_status status = check_record(record, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_arena scratch;
    struct parts parts = {0};
    ys_arena_init(&scratch);
    ys_buf_init(&parts.bytes, YS_RECORD_BYTES_MAX);
    status = write_parts(&parts, &scratch, ys_redact_value(log->redactor, &scratch, record));
    if (status != YS_OK) {
        ys_err_set(reterr, status, "a record of the evidence is longer than %u bytes "
                   "(YS_RECORD_BYTES_MAX)", YS_RECORD_BYTES_MAX);
    } else {
        status = append_parts(log, &parts, ret_seq, reterr);
    }
    ys_buf_clear(&parts.bytes);
    ys_arena_clear(&scratch);
    return status;
}

enum ys_status ys_log_sync(struct ys_log *log, int64_t seq, struct ys_err *reterr)
{
    assert(log);
    pthread_mutex_lock(&log->lock);
    enum ys_status status = check_open(log, reterr);
    if (status == YS_OK && seq > log->seq) {
        status = ys_err_set(reterr, YS_ERR_ARGUMENT, "record %lld has not been appended",
                            (long long)seq);
    }
    if (status == YS_OK && seq > log->durable && seq > log->wanted) {
        log->wanted = seq;
        pthread_cond_signal(&log->work);
    }
    while (status == YS_OK && log->durable < seq) {
        pthread_cond_wait(&log->done, &log->lock);
        /* A log that is being closed still writes what it holds. */
        status = log->failure.status != YS_OK ? check_open(log, reterr) : YS_OK;
    }
    pthread_mutex_unlock(&log->lock);
    return status;
}

void ys_log_hurry(struct ys_log *log, int64_t seq)
{
    pthread_mutex_lock(&log->lock);
    if (seq > log->durable && seq > log->wanted && seq <= log->seq) {
        log->wanted = seq;
        pthread_cond_signal(&log->work);
    }
    pthread_mutex_unlock(&log->lock);
}

static bool fits_inline(const char *bytes, size_t length)
{
    return length <= YS_INLINE_BODY_BYTES_MAX && !memchr(bytes, '\0', length) &&
           ys_utf8_is_valid(bytes, length);
}

enum ys_status ys_log_body(struct ys_log *log, struct ys_arena *arena, const char *bytes,
                           size_t length, const struct ys_value **ret_value,
                           struct ys_err *reterr)
{
    assert(log);
    assert(bytes || length == 0);
    bytes = length ? bytes : "";
    size_t redacted_length = 0;
    const char *redacted = ys_redact_text(log->redactor, arena, bytes, length, &redacted_length);
    if (fits_inline(redacted, redacted_length)) {
        *ret_value = ys_value_string_n(arena, redacted, redacted_length);
        return YS_OK;
    }
    pthread_mutex_lock(&log->lock);
    enum ys_status status = check_open(log, reterr);
    pthread_mutex_unlock(&log->lock);
    char digest[YS_SM3_HEX_MAX];
    ys_sm3_hex(redacted, redacted_length, digest);
    const char *path = ys_path_join(arena, log->blobs, digest);
    pthread_mutex_lock(&log->blob_lock);
    if (status == YS_OK && !ys_file_exists(path)) {
        status = ys_file_write(path, redacted, redacted_length, reterr);
    }
    pthread_mutex_unlock(&log->blob_lock);
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *value = ys_value_map(arena);
    ys_value_set_text(arena, value, "blob", digest);
    ys_value_set_int(arena, value, "length", (int64_t)redacted_length);
    *ret_value = value;
    return YS_OK;
}

static void stop(struct ys_log *log)
{
    pthread_mutex_lock(&log->lock);
    log->closing = true;
    pthread_cond_signal(&log->work);
    pthread_mutex_unlock(&log->lock);
    pthread_join(log->committer, NULL);
    log->closed = true;
}

enum ys_status ys_log_close(struct ys_log *log, char ret_head[65], int64_t *ret_count,
                            struct ys_err *reterr)
{
    assert(log);
    if (log->closed) {
        return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE, "%s is closed", log->path);
    }
    stop(log);
    if (log->failure.status != YS_OK) {
        if (reterr) {
            *reterr = log->failure;
        }
        return log->failure.status;
    }
    int fd = log->fd;
    log->fd = -1;
    if (close(fd) != 0) {
        return fail_errno(reterr, errno, "close", log->path);
    }
    memcpy(ret_head, log->head, sizeof log->head);
    *ret_count = log->seq;
    return YS_OK;
}

void ys_log_free(struct ys_log *log)
{
    if (!log) {
        return;
    }
    if (!log->closed) {
        stop(log);
    }
    destroy(log);
}
