/* SPDX-License-Identifier: Apache-2.0 */
/* vpcd sends length and body apart: acknowledging at once (TCP_QUICKACK) saves 40 ms an APDU. */
#define _DEFAULT_SOURCE 1
#include "vpcd_card.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_MAX = 65600, CONTROL_ATR = 4, ATR_MAX = 64 };

struct vpcd_card {
    int fd;
    pthread_t thread;
    uint8_t atr[ATR_MAX];
    size_t atr_length;
    const struct vpcd_exchange *exchanges;
    size_t count;
    size_t next;
};

static int digit_of(char c)
{
    const char *digits = "0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t length = 0;
    for (; digit_of(hex[0]) >= 0 && digit_of(hex[1]) >= 0; hex += 2) {
        bytes[length++] = (uint8_t)(digit_of(hex[0]) << 4 | digit_of(hex[1]));
    }
    return length;
}

static bool receive_all(int fd, uint8_t *bytes, size_t length)
{
    while (length > 0) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
        ssize_t got = recv(fd, bytes, length, 0);
        if (got <= 0) {
            return false;
        }
        bytes += got;
        length -= (size_t)got;
    }
    return true;
}

static bool send_message(int fd, const uint8_t *bytes, size_t length)
{
    static _Thread_local uint8_t message[MESSAGE_MAX + 2];
    message[0] = (uint8_t)(length >> 8);
    message[1] = (uint8_t)length;
    memcpy(message + 2, bytes, length);
    return send(fd, message, length + 2, MSG_NOSIGNAL) == (ssize_t)(length + 2);
}

/* False: the card is gone. */
static bool answer(struct vpcd_card *card, const uint8_t *command, size_t length)
{
    static _Thread_local uint8_t expected[MESSAGE_MAX];
    static _Thread_local uint8_t reply[MESSAGE_MAX];
    const uint8_t refusal[] = {0x6F, 0x01};
    if (card->count == 0) {
        return send_message(card->fd, refusal, sizeof refusal);
    }
    const struct vpcd_exchange *exchange = &card->exchanges[card->next];
    size_t expected_length = from_hex(exchange->command, expected);

    if (expected_length != length || memcmp(expected, command, length) != 0) {
        return send_message(card->fd, refusal, sizeof refusal);
    }
    card->next += card->next + 1 < card->count ? 1 : 0;
    if (!exchange->reply) {
        return true;
    }
    if (exchange->reply[0] == '-') {
        return false;
    }
    return send_message(card->fd, reply, from_hex(exchange->reply, reply));
}

static void *play(void *context)
{
    struct vpcd_card *card = context;
    static _Thread_local uint8_t message[MESSAGE_MAX];
    uint8_t prefix[2];
    bool alive = true;

    while (alive && receive_all(card->fd, prefix, sizeof prefix)) {
        size_t length = (size_t)(prefix[0] << 8 | prefix[1]);
        alive = receive_all(card->fd, message, length);
        if (alive && length == 1 && message[0] == CONTROL_ATR) {
            alive = send_message(card->fd, card->atr, card->atr_length);
        } else if (alive && length > 1) {
            alive = answer(card, message, length);
        }
    }
    shutdown(card->fd, SHUT_RDWR);
    return NULL;
}

struct vpcd_card *vpcd_card_insert(uint16_t port, const char *atr,
                                   const struct vpcd_exchange *exchanges, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct vpcd_card *card = calloc(1, sizeof *card);
    if (!card) {
        close(fd);
        return NULL;
    }
    card->fd = fd;
    card->atr_length = from_hex(atr, card->atr);
    card->exchanges = exchanges;
    card->count = count;
    if (pthread_create(&card->thread, NULL, play, card) != 0) {
        close(fd);
        free(card);
        return NULL;
    }
    return card;
}

void vpcd_card_remove(struct vpcd_card *card)
{
    if (!card) {
        return;
    }
    shutdown(card->fd, SHUT_RDWR);
    pthread_join(card->thread, NULL);
    close(card->fd);
    free(card);
}
