/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of vpcd, the virtual reader of vsmartcard. Messages are a length of two bytes, high
 * byte first, and that many bytes. One byte is control: 0 power off, 1 power on, 2 reset (none of
 * them is answered), 4 asks for the ATR; anything else is a command for the card.
 *
 * A reader looks for a card several times a second by asking for the ATR, and powers up one that is
 * new. It takes a card that follows another sooner than it looks for the last one: asked for the
 * ATR without ever being powered up, a card is taken out and put in again.
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
enum { LOOKS_UNPOWERED = 3, TIMES_AGAIN = 5, OUT_MS = 1000 };
enum { CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_ATR = 4 };
static volatile sig_atomic_t stop;

/* One card in its reader. Messages come in parts, so that no reader keeps the others waiting. */
struct link {
    int fd; /* -1 when the reader is gone, or the card out */
    uint16_t port;
    bool trace;
    bool announced;
    int looks;     /* for the card before it was powered up */
    int again;     /* times that it may still be put in again */
    bool out;      /* until `in_at` */
    int64_t in_at; /* ms, as now_ms() counts */
    struct vc_card *card;
    uint8_t message[2 + MAX_MESSAGE];
    size_t message_n;
};

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

/* `ret_waiting` are the signals that stay blocked while waiting. */
static void catch_signals(sigset_t *ret_waiting)
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
    sigprocmask(SIG_BLOCK, &blocked, ret_waiting);
    sigdelset(ret_waiting, SIGTERM);
    sigdelset(ret_waiting, SIGINT);
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
static int connect_reader(const sigset_t *waiting, const struct sockaddr_in *address)
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
        pselect(0, NULL, NULL, NULL, &step, waiting);
    }
    errno = problem;
    return -1;
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

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void take_out(struct link *link)
{
    link->looks = 0;
    link->again--;
    link->out = true;
    link->in_at = now_ms() + OUT_MS;
}

/* False where the connection is gone. */
static bool control(struct link *link, uint8_t what)
{
    size_t n = 0;
    const uint8_t *atr = vc_card_atr(link->card, &n);
    switch (what) {
    case CONTROL_ATR:
        if (!link->announced && link->again > 0 && ++link->looks > LOOKS_UNPOWERED) {
            take_out(link);
            return false;
        }
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

static bool command(struct link *link, const uint8_t *bytes, size_t n)
{
    uint8_t response[VC_MAX_RESPONSE];
    size_t response_n = 0;
    if (!vc_card_transmit(link->card, bytes, n, response, &response_n)) {
        return true; /* a mute card */
    }
    show(link, "<", response, response_n);
    return reply(link, response, response_n);
}

/* One whole message. False where the connection is gone. */
static bool obey(struct link *link, const uint8_t *bytes, size_t n)
{
    /* The ATR is asked for several times a second: that is how a reader looks for a card. */
    if (n != 1 || bytes[0] != CONTROL_ATR) {
        show(link, ">", bytes, n);
    }
    if (n == 1) {
        return control(link, bytes[0]);
    }
    return n == 0 || command(link, bytes, n);
}

/* What is there to be read, and the messages that it makes whole. */
static bool receive(struct link *link)
{
    int on = 1;
    /* The kernel forgets it after each use; without it vpcd's second write waits 40 ms. */
    setsockopt(link->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    ssize_t got =
        recv(link->fd, link->message + link->message_n, sizeof link->message - link->message_n, 0);
    if (got <= 0) {
        return false;
    }
    link->message_n += (size_t)got;
    while (link->message_n >= 2) {
        size_t whole = 2 + (size_t)(link->message[0] << 8 | link->message[1]);
        if (link->message_n < whole) {
            break;
        }
        if (!obey(link, link->message + 2, whole - 2)) {
            return false;
        }
        link->message_n -= whole;
        memmove(link->message, link->message + whole, link->message_n);
    }
    return true;
}

/* Puts the cards in again whose time has come. Returns the ms until the next one's; -1 for none. */
static int64_t put_in(struct link *links, size_t n, const sigset_t *waiting,
                      struct sockaddr_in address)
{
    int64_t next = -1;
    for (size_t i = 0; i < n; i++) {
        int64_t left = links[i].in_at - now_ms();
        if (!links[i].out) {
            continue;
        }
        if (left > 0) {
            next = next < 0 || left < next ? left : next;
            continue;
        }
        links[i].out = false;
        address.sin_port = htons(links[i].port);
        links[i].fd = connect_reader(waiting, &address);
    }
    return next;
}

/* Until all readers are gone, or a signal. */
static void serve(struct link *links, size_t n, const sigset_t *waiting,
                  const struct sockaddr_in *address)
{
    while (!stop) {
        int last = -1;
        int64_t wait_ms = put_in(links, n, waiting, *address);
        struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
        fd_set readable;
        FD_ZERO(&readable);
        for (size_t i = 0; i < n; i++) {
            if (links[i].fd >= 0) {
                FD_SET(links[i].fd, &readable);
                last = links[i].fd > last ? links[i].fd : last;
            }
        }
        if (last < 0 && wait_ms < 0) {
            return;
        }
        if (pselect(last + 1, &readable, NULL, NULL, wait_ms < 0 ? NULL : &wait, waiting) < 0) {
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            if (links[i].fd >= 0 && FD_ISSET(links[i].fd, &readable) && !receive(&links[i])) {
                close(links[i].fd);
                links[i].fd = -1;
                links[i].message_n = 0;
            }
        }
    }
}

bool vc_vpcd_run(const char *host, const struct vc_slot *slots, size_t slots_n, bool trace,
                 struct vc_err *reterr)
{
    static struct link links[VC_MAX_SLOTS];
    struct sockaddr_in address = {.sin_family = AF_INET};
    sigset_t waiting;
    bool ok = true;
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        snprintf(reterr->text, sizeof reterr->text, "%s is not an IPv4 address", host);
        return false;
    }
    catch_signals(&waiting);
    size_t n = 0;
    while (ok && n < slots_n) {
        links[n] = (struct link){
            .trace = trace, .card = slots[n].card, .port = slots[n].port, .again = TIMES_AGAIN};
        address.sin_port = htons(slots[n].port);
        links[n].fd = connect_reader(&waiting, &address);
        if (links[n].fd >= 0) {
            n++;
            continue;
        }
        snprintf(reterr->text, sizeof reterr->text,
                 "no reader listens on %s port %u: %s; is pcscd running with vsmartcard-vpcd?",
                 host, slots[n].port, strerror(errno));
        ok = false;
    }
    if (ok) {
        serve(links, n, &waiting, &address);
    }
    for (size_t i = 0; i < n; i++) {
        if (links[i].fd >= 0) {
            close(links[i].fd);
        }
    }
    return ok || stop != 0;
}
