/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_lines.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ys_buf.h"
#include "ys_mem.h"

#define READ_BYTES 65536u

struct ys_lines {
    char *path;
    int fd;
    bool at_end;
    size_t from; /* start of what has not been given out */
    size_t length;
    size_t capacity;
    char *bytes;
    int64_t offset; /* of `from` in the file */
};

static enum ys_status fail_errno(struct ys_err *reterr, int error, const char *verb,
                                 const char *path)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) {
        snprintf(reason, sizeof reason, "error %d", error);
    }
    return ys_err_set(reterr, error == ENOENT ? YS_ERR_NOT_FOUND : YS_ERR_IO,
                      "cannot %s %s: %s", verb, path, reason);
}

enum ys_status ys_lines_open(const char *path, struct ys_lines **ret_lines, struct ys_err *reterr)
{
    assert(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail_errno(reterr, errno, "open", path);
    }
    struct ys_lines *lines = ys_calloc(1, sizeof *lines);
    lines->path = ys_strdup(path);
    lines->fd = fd;
    lines->capacity = READ_BYTES;
    lines->bytes = ys_alloc(lines->capacity + 1u);
    *ret_lines = lines;
    return YS_OK;
}

static enum ys_status fill(struct ys_lines *lines, struct ys_err *reterr)
{
    if (lines->from > 0) {
        memmove(lines->bytes, lines->bytes + lines->from, lines->length - lines->from);
        lines->length -= lines->from;
        lines->from = 0;
    }
    if (lines->length > YS_LINES_BYTES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT,
                          "a line of %s is longer than %u bytes (YS_RECORD_BYTES_MAX)",
                          lines->path, YS_LINES_BYTES_MAX);
    }
    if (lines->length == lines->capacity) {
        lines->capacity *= 2u;
        lines->bytes = ys_realloc(lines->bytes, lines->capacity + 1u);
    }
    ssize_t got = 0;
    do {
        got = read(lines->fd, lines->bytes + lines->length, lines->capacity - lines->length);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return fail_errno(reterr, errno, "read", lines->path);
    }
    lines->at_end = got == 0;
    lines->length += (size_t)got;
    return YS_OK;
}

enum ys_status ys_lines_next(struct ys_lines *lines, struct ys_lines_line *ret_line,
                             struct ys_err *reterr)
{
    assert(lines);
    size_t searched = 0;
    char *end = NULL;
    for (;;) {
        size_t left = lines->length - lines->from;
        end = memchr(lines->bytes + lines->from + searched, '\n', left - searched);
        if (end || lines->at_end) {
            break;
        }
        searched = left;
        enum ys_status status = fill(lines, reterr);
        if (status != YS_OK) {
            return status;
        }
    }
    char *text = lines->bytes + lines->from;
    size_t length = end ? (size_t)(end - text) : lines->length - lines->from;
    struct ys_lines_line line = {.offset = lines->offset};
    if (end || length > 0) {
        line.text = text;
        line.length = length;
        line.is_whole = end != NULL;
        text[length] = '\0';
        lines->from += length + (end ? 1u : 0u);
        lines->offset += (int64_t)length + (end ? 1 : 0);
    }
    *ret_line = line;
    return YS_OK;
}

void ys_lines_free(struct ys_lines *lines)
{
    if (!lines) {
        return;
    }
    close(lines->fd);
    ys_free(lines->bytes);
    ys_free(lines->path);
    ys_free(lines);
}
