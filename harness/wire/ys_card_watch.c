/* SPDX-License-Identifier: Apache-2.0 */
/* The watcher of card calls, by POSIX threads and sockets alone. */
#include "ys_card_watch.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "ys_clock.h"
#include "ys_decimal.h"
#include "ys_mem.h"

enum { TICK_MS = 250, NS_PER_MS = 1000000 };

struct ys_card_watch {
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended_changed;
    bool ended;
    atomic_int_fast64_t deadline_ns; /* 0: no call under way */
    atomic_bool cut;
};

static int64_t now_ns(void)
{
    const struct ys_clock *clock = ys_clock_real();
    return clock->monotonic_ns(clock->context);
}

static void cut_when_late(struct ys_card_watch *watch)
{
    int_fast64_t deadline_ns = atomic_load(&watch->deadline_ns);
    /* The exchange fails when the call ended meanwhile: then there is nothing to cut. */
    if (deadline_ns != 0 && now_ns() > deadline_ns &&
        atomic_compare_exchange_strong(&watch->deadline_ns, &deadline_ns, 0)) {
        atomic_store(&watch->cut, true);
        shutdown(watch->fd, SHUT_RDWR);
    }
}

static void *watch_calls(void *context)
{
    struct ys_card_watch *watch = context;

    pthread_mutex_lock(&watch->lock);
    while (!watch->ended) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += (long)TICK_MS * NS_PER_MS;
        if (until.tv_nsec >= 1000L * NS_PER_MS) {
            until.tv_nsec -= 1000L * NS_PER_MS;
            until.tv_sec++;
        }
        pthread_cond_timedwait(&watch->ended_changed, &watch->lock, &until);
        cut_when_late(watch);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

struct ys_card_watch *ys_card__watch_new(int fd)
{
    struct ys_card_watch *watch = ys_calloc(1, sizeof *watch);
    pthread_condattr_t attributes;

    watch->fd = fd;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->ended_changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&watch->thread, NULL, watch_calls, watch) != 0) {
        pthread_cond_destroy(&watch->ended_changed);
        pthread_mutex_destroy(&watch->lock);
        ys_free(watch);
        return NULL;
    }
    return watch;
}

void ys_card__watch_free(struct ys_card_watch *watch)
{
    if (!watch) {
        return;
    }
    pthread_mutex_lock(&watch->lock);
    watch->ended = true;
    pthread_cond_signal(&watch->ended_changed);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    pthread_cond_destroy(&watch->ended_changed);
    pthread_mutex_destroy(&watch->lock);
    ys_free(watch);
}

void ys_card__watch_begin(struct ys_card_watch *watch, uint32_t at_most_ms)
{
    if (watch) {
        atomic_store(&watch->deadline_ns, now_ns() + (int64_t)at_most_ms * NS_PER_MS);
    }
}

bool ys_card__watch_end(struct ys_card_watch *watch)
{
    if (!watch) {
        return false;
    }
    atomic_store(&watch->deadline_ns, 0);
    return atomic_load(&watch->cut);
}

static bool is_service_socket(int fd)
{
    const char *path = getenv("PCSCLITE_CSOCK_NAME"); /* as libpcsclite itself looks it up */
    struct sockaddr_un peer;
    socklen_t length = sizeof peer;

    memset(&peer, 0, sizeof peer);
    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.sun_family == AF_UNIX &&
           strncmp(peer.sun_path, path ? path : "/run/pcscd/pcscd.comm", sizeof peer.sun_path) == 0;
}

unsigned ys_card__service_sockets(int fds[YS_CARD_SOCKETS_MAX])
{
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir) {
        return 0;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        uint64_t fd = 0;
        if (count < YS_CARD_SOCKETS_MAX &&
            ys_parse_u64(entry->d_name, strlen(entry->d_name), &fd) == YS_OK &&
            is_service_socket((int)fd)) {
            fds[count++] = (int)fd;
        }
    }
    closedir(dir);
    return count;
}
