/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_report_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ys_mem.h"

struct ys_report_file {
    char *path;
    char *part; /* what is written until it is complete; NULL in place */
    int fd;
    int error; /* errno of the first failed write */
};

static enum ys_status fail_errno(struct ys_err *reterr, int error, const char *path)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) {
        snprintf(reason, sizeof reason, "error %d", error);
    }
    return ys_err_set(reterr, YS_ERR_REPORT, "cannot write %s: %s", path, reason);
}

static void release(struct ys_report_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
    }
    ys_free(file->path);
    ys_free(file->part);
    ys_free(file);
}

enum ys_status ys_report_file_open(const char *path, struct ys_report_file **ret_file,
                                   struct ys_err *reterr)
{
    assert(path);
    struct stat old;
    /* Opened by name, a redirected standard output would be written from its start again. */
    bool is_stdout = strcmp(path, "/dev/stdout") == 0;
    bool in_place = is_stdout || (stat(path, &old) == 0 && !S_ISREG(old.st_mode));
    struct ys_report_file *file = ys_calloc(1, sizeof *file);
    file->path = ys_strdup(path);
    if (!in_place) {
        size_t size = strlen(path) + sizeof ".part";
        file->part = ys_alloc(size);
        snprintf(file->part, size, "%s.part", path);
    }
    int flags = O_WRONLY | O_CLOEXEC | (in_place ? 0 : O_CREAT | O_TRUNC);
    if (is_stdout) {
        fflush(stdout);
        file->fd = dup(STDOUT_FILENO);
    } else {
        file->fd = open(in_place ? path : file->part, flags, 0644);
    }
    if (file->fd < 0) {
        enum ys_status status = fail_errno(reterr, errno, path);
        release(file);
        return status;
    }
    *ret_file = file;
    return YS_OK;
}

void ys_report_file_write(struct ys_report_file *file, const char *bytes, size_t length)
{
    while (length > 0 && file->error == 0) {
        ssize_t written = write(file->fd, bytes, length);
        if (written < 0 && errno != EINTR) {
            file->error = errno;
        } else if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
}

enum ys_status ys_report_file_close(struct ys_report_file *file, struct ys_err *reterr)
{
    assert(file);
    int error = file->error;
    if (error == 0 && file->part && fsync(file->fd) != 0) {
        error = errno;
    }
    if (close(file->fd) != 0 && error == 0) {
        error = errno;
    }
    file->fd = -1;
    if (error == 0 && file->part && rename(file->part, file->path) != 0) {
        error = errno;
    }
    enum ys_status status = YS_OK;
    if (error != 0) {
        status = fail_errno(reterr, error, file->path);
        if (file->part) {
            unlink(file->part);
        }
    }
    release(file);
    return status;
}

void ys_report_file_abandon(struct ys_report_file *file)
{
    if (!file) {
        return;
    }
    if (file->part) {
        unlink(file->part);
    }
    release(file);
}
