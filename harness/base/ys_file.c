/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders by POSIX calls. */
#include "ys_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 65536 };

/* What a person can do about it; "" where the system's own words say it all. */
static const char *remedy_of(int error)
{
    switch (error) {
    case ENOENT:
        return "; is the path spelt right?";
    case EACCES:
    case EPERM:
        return "; check the owner and mode of the file and its folder";
    case EROFS:
        return "; choose a folder on a writable disk";
    case ENOSPC:
    case EDQUOT:
        return "; free some space and try again";
    case EMFILE:
    case ENFILE:
        return "; raise the limit of open files (ulimit -n)";
    default:
        return "";
    }
}

static enum ys_status fail(struct ys_err *reterr, int error, const char *verb, const char *path)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) {
        snprintf(reason, sizeof reason, "error %d", error);
    }
    return ys_err_set(reterr, error == ENOENT ? YS_ERR_NOT_FOUND : YS_ERR_IO, "cannot %s %s: %s%s",
                      verb, path, reason, remedy_of(error));
}

static enum ys_status read_all(int fd, const char *path, struct ys_buf *buf, struct ys_err *reterr)
{
    char *block = ys_alloc(READ_BYTES);
    enum ys_status status = YS_OK;

    while (status == YS_OK) {
        ssize_t got = read(fd, block, READ_BYTES);
        if (got == 0) {
            break;
        }
        if (got < 0) {
            status = errno == EINTR ? YS_OK : fail(reterr, errno, "read", path);
            continue;
        }
        status = ys_buf_append(buf, block, (size_t)got);
        if (status != YS_OK) {
            ys_err_set(reterr, status, "%s is longer than the limit of %zu bytes%s", path, buf->max,
                       buf->max == YS_FILE_BYTES_MAX ? " (YS_FILE_BYTES_MAX)" : "");
        }
    }
    ys_free(block);
    return status;
}

enum ys_status ys_file_read(const char *path, struct ys_buf *buf, struct ys_err *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(reterr, errno, "open", path);
    }
    enum ys_status status = read_all(fd, path, buf, reterr);
    close(fd);
    return status;
}

enum ys_status ys_file_sm3(const char *path, char ret_hex[YS_SM3_HEX_MAX], struct ys_err *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(reterr, errno, "open", path);
    }
    struct ys_sm3 *sm3 = ys_sm3_new();
    char *block = ys_alloc(READ_BYTES);
    uint8_t digest[YS_SM3_BYTES];
    ssize_t got = 0;
    do {
        got = read(fd, block, READ_BYTES);
        if (got > 0) {
            ys_sm3_update(sm3, block, (size_t)got);
        }
    } while (got > 0 || (got < 0 && errno == EINTR));
    int error = errno;
    ys_sm3_final(sm3, digest);
    ys_sm3_free(sm3);
    ys_free(block);
    close(fd);
    if (got < 0) {
        return fail(reterr, error, "read", path);
    }
    ys_hex_encode_lower(digest, sizeof digest, ret_hex);
    return YS_OK;
}

/* 0 or an errno. */
static int write_all(int fd, const void *bytes, size_t length)
{
    const char *rest = bytes;
    while (length > 0) {
        ssize_t written = write(fd, rest, length);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            rest += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

static int close_checked(int fd, int error)
{
    if (close(fd) != 0 && error == 0) {
        return errno;
    }
    return error;
}

/* A rename is durable when its folder is. */
static int sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    char *folder = ys_alloc(length + 2);

    memcpy(folder, path, length);
    folder[length] = '\0';
    if (length == 0) {
        memcpy(folder, slash ? "/" : ".", 2);
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ys_free(folder);
    if (fd < 0) {
        return errno;
    }
    /* Some file systems cannot sync a folder and say EINVAL; they order renames themselves. */
    int error = fsync(fd) != 0 && errno != EINVAL ? errno : 0;
    return close_checked(fd, error);
}

struct ys_file_part {
    char *path;
    char *beside; /* NULL: in place */
    int fd;
    int error; /* errno of the first failed write */
};

static void part_free(struct ys_file_part *part)
{
    ys_free(part->path);
    ys_free(part->beside);
    ys_free(part);
}

enum ys_status ys_file_part_open(const char *path, struct ys_file_part **ret_part,
                                 struct ys_err *reterr)
{
    static atomic_uint counter;
    struct stat info;
    struct ys_file_part *part = ys_calloc(1, sizeof *part);
    part->path = ys_strdup(path);
    /* A pipe, terminal or device has no old content to keep and must not be replaced by a file. */
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        part->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        /* The folder of `path` itself, because a rename does not cross file systems. */
        size_t size = strlen(path) + 48;
        part->beside = ys_alloc(size);
        snprintf(part->beside, size, "%s.%ld-%u.tmp", path, (long)getpid(),
                 atomic_fetch_add(&counter, 1));
        part->fd = open(part->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (part->fd < 0) {
        enum ys_status status = fail(reterr, errno, part->beside ? "create" : "open", path);
        part_free(part);
        return status;
    }
    *ret_part = part;
    return YS_OK;
}

void ys_file_part_write(struct ys_file_part *part, const void *bytes, size_t length)
{
    if (part->error == 0) {
        part->error = write_all(part->fd, bytes, length);
    }
}

enum ys_status ys_file_part_end(struct ys_file_part *part, struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    int error = part->error;
    if (error == 0 && part->beside && fsync(part->fd) != 0) {
        error = errno;
    }
    error = close_checked(part->fd, error);
    if (error == 0 && part->beside && rename(part->beside, part->path) != 0) {
        error = errno;
    }
    if (error != 0) {
        status = fail(reterr, error, "write", part->path);
        if (part->beside) {
            unlink(part->beside);
        }
    } else if (part->beside) {
        error = sync_folder_of(part->path);
        status = error ? fail(reterr, error, "make durable", part->path) : YS_OK;
    }
    part_free(part);
    return status;
}

void ys_file_part_abandon(struct ys_file_part *part)
{
    if (part) {
        close(part->fd);
        if (part->beside) {
            unlink(part->beside);
        }
        part_free(part);
    }
}

enum ys_status ys_file_write(const char *path, const void *bytes, size_t length,
                             struct ys_err *reterr)
{
    struct ys_file_part *part = NULL;
    enum ys_status status = ys_file_part_open(path, &part, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_file_part_write(part, bytes, length);
    return ys_file_part_end(part, reterr);
}

static enum ys_status make_one(const char *path, struct ys_err *reterr)
{
    if (mkdir(path, 0777) == 0) {
        return YS_OK;
    }
    int error = errno;
    if (ys_folder_exists(path)) {
        return YS_OK;
    }
    return fail(reterr, error, "make the folder", path);
}

/* 0 or an errno. */
static int copy_file(const char *path, const char *copy)
{
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = from < 0 ? -1 : open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int error = to < 0 ? errno : 0;
    char *block = ys_alloc(READ_BYTES);
    ssize_t got = 1;
    while (error == 0 && got != 0) {
        got = read(from, block, READ_BYTES);
        if (got > 0) {
            error = write_all(to, block, (size_t)got);
        } else if (got < 0 && errno != EINTR) {
            error = errno;
        }
    }
    ys_free(block);
    if (to >= 0) {
        error = close_checked(to, error);
    }
    if (from >= 0) {
        close(from);
    }
    return error;
}

enum ys_status ys_file_also(const char *path, const char *name, struct ys_err *reterr)
{
    size_t size = strlen(name) + sizeof ".part";
    char *part = ys_alloc(size);
    snprintf(part, size, "%s.part", name);
    unlink(part);
    int error = link(path, part) == 0 ? 0 : copy_file(path, part);
    if (error == 0 && rename(part, name) != 0) {
        error = errno;
    }
    unlink(part); /* a rename between two names of one file does nothing */
    ys_free(part);
    return error ? fail(reterr, error, "write", name) : YS_OK;
}

enum ys_status ys_folder_make(const char *path, struct ys_err *reterr)
{
    char *prefix = ys_strdup(path);
    enum ys_status status = YS_OK;

    for (char *at = prefix; *at != '\0' && status == YS_OK; at++) {
        if (*at == '/' && at > prefix) {
            *at = '\0';
            status = make_one(prefix, reterr);
            *at = '/';
        }
    }
    if (status == YS_OK) {
        status = make_one(path, reterr);
    }
    ys_free(prefix);
    return status;
}

bool ys_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

bool ys_folder_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_listed(const char *name, const char *ending)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return false;
    }
    size_t length = strlen(name);
    size_t ending_length = ending ? strlen(ending) : 0;
    return length >= ending_length &&
           (!ending || strcmp(name + length - ending_length, ending) == 0);
}

static int compare_names(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

/* Appends the names to *ret_names, a heap block that the caller frees in any case. */
static enum ys_status read_names(struct ys_arena *arena, DIR *dir, const char *path,
                                 const char *ending, const char ***ret_names, size_t *ret_count,
                                 struct ys_err *reterr)
{
    size_t capacity = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            return errno ? fail(reterr, errno, "list", path) : YS_OK;
        }
        if (!is_listed(entry->d_name, ending)) {
            continue;
        }
        if (*ret_count >= YS_FOLDER_ENTRIES_MAX) {
            return ys_err_set(reterr, YS_ERR_LIMIT,
                              "%s has more than %u entries (YS_FOLDER_ENTRIES_MAX)", path,
                              YS_FOLDER_ENTRIES_MAX);
        }
        if (*ret_count == capacity) {
            capacity = capacity ? capacity * 2 : 32;
            *ret_names = ys_realloc(*ret_names, capacity * sizeof **ret_names);
        }
        (*ret_names)[(*ret_count)++] = ys_arena_strdup(arena, entry->d_name);
    }
}

enum ys_status ys_folder_list(struct ys_arena *arena, const char *path, const char *ending,
                              const char ***ret_names, size_t *ret_count, struct ys_err *reterr)
{
    const char **found = NULL;
    size_t count = 0;
    DIR *dir = opendir(path);
    if (!dir) {
        return fail(reterr, errno, "open the folder", path);
    }
    enum ys_status status = read_names(arena, dir, path, ending, &found, &count, reterr);
    closedir(dir);
    if (status == YS_OK) {
        const char **names = ys_arena_calloc(arena, count, sizeof *names);
        for (size_t i = 0; i < count; i++) {
            names[i] = found[i];
        }
        qsort(names, count, sizeof *names, compare_names);
        *ret_names = names;
        *ret_count = count;
    }
    ys_free(found);
    return status;
}

const char *ys_path_beside(struct ys_arena *arena, const char *base_file, const char *name)
{
    const char *slash = strrchr(base_file, '/');
    if (name[0] == '/' || !slash) {
        return ys_arena_strdup(arena, name);
    }
    size_t folder_length = (size_t)(slash - base_file) + 1;
    return ys_arena_printf(arena, "%.*s%s", (int)folder_length, base_file, name);
}

const char *ys_path_join(struct ys_arena *arena, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    if (name[0] == '/' || length == 0) {
        return ys_arena_strdup(arena, name);
    }
    return ys_arena_printf(arena, "%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", name);
}

enum ys_status ys_file_copy(const char *from, const char *to, struct ys_err *reterr)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        return ys_err_set(reterr, errno == ENOENT ? YS_ERR_NOT_FOUND : YS_ERR_IO,
                          "cannot open %s: %s", from, strerror(errno));
    }
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int error = out < 0 ? errno : 0;
    char *block = ys_alloc(READ_BYTES);
    ssize_t got = 1;
    while (error == 0 && got != 0) {
        got = read(in, block, READ_BYTES);
        if (got > 0) {
            error = write_all(out, block, (size_t)got);
        } else if (got < 0 && errno != EINTR) {
            error = errno;
        }
    }
    if (error == 0 && fsync(out) != 0) {
        error = errno;
    }
    error = out >= 0 ? close_checked(out, error) : error;
    ys_free(block);
    close(in);
    return error == 0 ? YS_OK
                      : ys_err_set(reterr, YS_ERR_IO, "cannot copy %s to %s: %s%s", from, to,
                                   strerror(error), remedy_of(error));
}

void ys_folder_remove(const char *path)
{
    struct ys_arena arena;
    const char **names = NULL;
    size_t count = 0;
    ys_arena_init(&arena);
    if (ys_folder_list(&arena, path, NULL, &names, &count, NULL) == YS_OK) {
        for (size_t i = 0; i < count; i++) {
            const char *inner = ys_path_join(&arena, path, names[i]);
            struct stat status;
            if (lstat(inner, &status) == 0 && S_ISDIR(status.st_mode)) {
                ys_folder_remove(inner);
            } else {
                (void)unlink(inner);
            }
        }
    }
    (void)rmdir(path);
    ys_arena_clear(&arena);
}
