/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ys_clock.h"
#include "ys_mem.h"

#define READ_BYTES 65536u
#define TIMES_NS_IN_MS 1000000

static int64_t now_ms(void)
{
    const struct ys_clock *clock = ys_clock_real();
    return clock->monotonic_ns(clock->context) / TIMES_NS_IN_MS;
}

static const char *search_path(void)
{
    const char *wanted = getenv("PATH");
    return wanted ? wanted : "/usr/local/bin:/usr/bin:/bin";
}

/* Whether there is such a program. What posix_spawnp() says of it does not hold everywhere: POSIX
 * lets it succeed and the child end with 127, and so it does under valgrind. */
static bool is_there(const char *name)
{
    bool found = strchr(name, '/') && access(name, X_OK) == 0;
    for (const char *at = search_path(); !strchr(name, '/') && !found && at; at = strchr(at, ':')) {
        at += *at == ':';
        size_t folder = strcspn(at, ":");
        size_t size = folder + strlen(name) + sizeof "./";
        char *path = ys_alloc(size);
        snprintf(path, size, "%.*s/%s", folder ? (int)folder : 1, folder ? at : ".", name);
        found = access(path, X_OK) == 0;
        ys_free(path);
    }
    return found;
}

/* In a group of its own, so that what it starts ends with it. */
static int start(const char *const *arguments, int output, pid_t *ret_pid)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    if (!is_there(arguments[0])) {
        return ENOENT;
    }
    const char *wanted = search_path();
    size_t size = strlen(wanted) + sizeof "PATH=";
    char *path = ys_alloc(size);
    snprintf(path, size, "PATH=%s", wanted);
    char *environment[] = {path, locale, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    /* POSIX lets the strings be written to and never does. */
    union {
        const char *const *given;
        char *const *taken;
    } list = {.given = arguments};
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    int error = posix_spawnp(ret_pid, arguments[0], &files, &attributes, list.taken, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    ys_free(path);
    return error;
}

static enum ys_status collect(const char *name, int fd, int64_t end_ms, struct ys_buf *output,
                              struct ys_err *reterr)
{
    char *block = ys_alloc(READ_BYTES);
    enum ys_status status = YS_OK;
    bool ended = false;
    while (status == YS_OK && !ended) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int64_t left = end_ms - now_ms();
        int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
        if (ready == 0) {
            status = ys_err_set(reterr, YS_ERR_LIMIT, "%s did not end in time", name);
        } else if (ready > 0) {
            ssize_t got = read(fd, block, READ_BYTES);
            ended = got == 0;
            if (got > 0 && ys_buf_append(output, block, (size_t)got) != YS_OK) {
                status = ys_err_set(reterr, YS_ERR_LIMIT, "%s printed more than %zu bytes", name,
                                    output->max);
            } else if (got < 0 && errno != EINTR) {
                status = ys_err_set(reterr, YS_ERR_IO, "cannot read what %s prints", name);
            }
        } else if (errno != EINTR) {
            status = ys_err_set(reterr, YS_ERR_IO, "cannot wait for %s", name);
        }
    }
    ys_free(block);
    return status;
}

enum ys_status ys_program_run(const char *const *arguments, int timeout_ms,
                              struct ys_buf *ret_output, int *ret_exit, struct ys_err *reterr)
{
    int ends[2];
    pid_t pid = 0;
    int told = 0;
    if (pipe(ends) != 0) {
        return ys_err_set(reterr, YS_ERR_IO, "no pipe for %s", arguments[0]);
    }
    /* No other program that starts meanwhile may keep them open. */
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    int error = start(arguments, ends[1], &pid);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return ys_err_set(reterr, error == ENOENT ? YS_ERR_NOT_FOUND : YS_ERR_IO,
                          "cannot start %s; is it installed?", arguments[0]);
    }
    enum ys_status status =
        collect(arguments[0], ends[0], now_ms() + timeout_ms, ret_output, reterr);
    close(ends[0]);
    if (status != YS_OK) {
        kill(-pid, SIGKILL);
    }
    while (waitpid(pid, &told, 0) < 0 && errno == EINTR) {
    }
    if (status == YS_OK) {
        *ret_exit = WIFEXITED(told) ? WEXITSTATUS(told) : 128 + WTERMSIG(told);
    }
    return status;
}
