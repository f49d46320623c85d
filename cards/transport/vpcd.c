/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of vpcd, the virtual reader of vsmartcard. Messages are a length of two bytes, high
 * byte first, and that many bytes. One byte is control: 0 power off, 1 power on, 2 reset (none of
 * them is answered), 4 asks for the ATR; anything else is a command for the card.
 *
 * Signals are blocked except while waiting for the reader, so none is lost between a look at the
 * flag and the wait, and no command is left half done.
 */
#define _DEFAULT_SOURCE 1 /* TCP_QUICKACK */
#include "transport/vpcd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECT_TRIES = 200, CONNECT_STEP_MS = 50, MAX_MESSAGE = 65535 };
enum { CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_ATR = 4 };
enum outcome { GOT_ALL, READER_GONE, STOPPED };

static volatile sig_atomic_t stop;

struct link {
    int fd;
    bool trace;
    bool announced;
    sigset_t waiting; /* the signals that stay blocked while waiting */
    struct vc_card *card;
    uint8_t message[MAX_MESSAGE];
};

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

static void catch_signals(struct link *link)
{
    sigset_t blocked;
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, &link->waiting);
    sigdelset(&link->waiting, SIGTERM);
    sigdelset(&link->waiting, SIGINT);
}

static void show(const struct link *link, const char *mark, const uint8_t *bytes, size_t n)
{
    if (!link->trace) {
        return;
    }
    fputs(mark, stderr);
    for (size_t i = 0; i < n; i++) {
        fprintf(stderr, " %02X", bytes[i]);
    }
    fputc('\n', stderr);
}

/* Returns the socket, or -1 with errno of the last try; `stop` ends the wait for the port. */
static int connect_reader(const struct link *link, const struct sockaddr_in *address)
{
    struct timespec step = {.tv_nsec = CONNECT_STEP_MS * 1000000L};
    int on = 1;
    int problem = 0;
    for (int i = 0; i < CONNECT_TRIES && !stop; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return fd;
        }
        problem = errno;
        if (fd >= 0) {
            close(fd);
        }
        pselect(0, NULL, NULL, NULL, &step, &link->waiting);
    }
    errno = problem;
    return -1;
}

static enum outcome receive(const struct link *link, uint8_t *ret_bytes, size_t n)
{
    size_t have = 0;
    while (have < n) {
        int on = 1;
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(link->fd, &readable);
        if (pselect(link->fd + 1, &readable, NULL, NULL, NULL, &link->waiting) < 0) {
            if (stop) {
                return STOPPED;
            }
            continue;
        }
        /* The kernel forgets it after each use; without it vpcd's second write waits 40 ms. */
        setsockopt(link->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
        ssize_t got = recv(link->fd, ret_bytes + have, n - have, 0);
        if (got <= 0) {
            return READER_GONE;
        }
        have += (size_t)got;
    }
    return GOT_ALL;
}

static bool reply(const struct link *link, const uint8_t *bytes, size_t n)
{
    uint8_t message[2 + VC_MAX_RESPONSE];
    size_t sent = 0;
    message[0] = (uint8_t)(n >> 8);
    message[1] = (uint8_t)n;
    memcpy(message + 2, bytes, n);
    while (sent < n + 2) {
        ssize_t done = send(link->fd, message + sent, n + 2 - sent, 0);
        if (done < 0) {
            return false;
        }
        sent += (size_t)done;
    }
    return true;
}

static void announce(struct link *link)
{
    size_t n = 0;
    const uint8_t *atr = vc_card_atr(link->card, &n);
    if (link->announced) {
        return;
    }
    link->announced = true;
    printf("virtual-card: inserted, ATR");
    for (size_t i = 0; i < n; i++) {
        printf(" %02X", atr[i]);
    }
    putchar('\n');
    fflush(stdout);
}

/* False where the connection is gone. */
static bool control(struct link *link, uint8_t what)
{
    size_t n = 0;
    const uint8_t *atr = vc_card_atr(link->card, &n);
    switch (what) {
    case CONTROL_ATR:
        return reply(link, atr, n);
    case CONTROL_ON:
        vc_card_reset(link->card);
        announce(link);
        return true;
    case CONTROL_OFF:
    case CONTROL_RESET:
        vc_card_reset(link->card);
        return true;
    default:
        return true;
    }
}

static bool command(struct link *link, size_t n)
{
    uint8_t response[VC_MAX_RESPONSE];
    size_t response_n = 0;
    if (!vc_card_transmit(link->card, link->message, n, response, &response_n)) {
        return true; /* a mute card */
    }
    show(link, "<", response, response_n);
    return reply(link, response, response_n);
}

static void serve(struct link *link)
{
    uint8_t head[2];
    for (;;) {
        if (receive(link, head, sizeof head) != GOT_ALL) {
            return;
        }
        size_t n = (size_t)(head[0] << 8 | head[1]);
        if (receive(link, link->message, n) != GOT_ALL) {
            return;
        }
        /* The ATR is asked for several times a second: that is how a reader looks for a card. */
        if (n != 1 || link->message[0] != CONTROL_ATR) {
            show(link, ">", link->message, n);
        }
        if (n == 1 ? !control(link, link->message[0]) : n > 0 && !command(link, n)) {
            return;
        }
    }
}

bool vc_transport_run(const char *host, uint16_t port, struct vc_card *card, bool trace,
                      struct vc_err *reterr)
{
    static struct link link;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        snprintf(reterr->text, sizeof reterr->text, "%s is not an IPv4 address", host);
        return false;
    }
    link = (struct link){.fd = -1, .trace = trace, .card = card};
    catch_signals(&link);
    link.fd = connect_reader(&link, &address);
    if (link.fd < 0) {
        snprintf(reterr->text, sizeof reterr->text,
                 "no reader listens on %s port %u: %s; is pcscd running with vsmartcard-vpcd?",
                 host, port, strerror(errno));
        return stop != 0;
    }
    serve(&link);
    close(link.fd);
    return true;
}
