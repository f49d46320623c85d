/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all card drivers share: T=0's procedure of 61xx and 6Cxx, and telling the listener each raw
 * exchange.
 */
#include "ys_card_guard.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "ys_clock.h"
#include "ys_crypto.h"

enum {
    HEADER_BYTES = 4,
    SHORT_DATA_AT = 5,    /* CLA INS P1 P2 Lc */
    EXTENDED_DATA_AT = 7, /* CLA INS P1 P2 00 Lc Lc */
    SW_BYTES = 2,
    SW1_MORE = 0x61,
    SW1_WRONG_LE = 0x6C,
    INS_GET_RESPONSE = 0xC0,
    CLA_CHANNEL = 0x03
};

void ys_card_port_free(struct ys_card_port *port)
{
    if (port && port->driver) {
        port->driver->free(port->context);
        memset(port, 0, sizeof *port);
    }
}

void ys_card_disconnect(struct ys_card_session *session)
{
    if (session) {
        ys_free(session->watched);
        session->driver->disconnect(session);
    }
}

const struct ys_reader_state *ys_reader_find(const struct ys_reader_state *readers, size_t count,
                                             const char *pattern, const char *atr)
{
    for (size_t i = 0; i < count; i++) {
        bool named = !pattern || fnmatch(pattern, readers[i].name, 0) == 0;
        if (named && (!atr || ys_atr_matches(atr, readers[i].atr, readers[i].atr_length))) {
            return &readers[i];
        }
    }
    return NULL;
}

bool ys_reader_is_virtual(const char *name)
{
    static const char *const marks[] = {"virtual", "vpcd", "vicc", "simul", "replay"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t length = strlen(marks[i]);
        for (const char *at = name; *at; at++) {
            if (strncasecmp(at, marks[i], length) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Bytes of the Le field at the end of a command (ISO/IEC 7816-3, 12.1.3), 0 where there is none. */
static size_t le_bytes(const uint8_t *command, size_t length)
{
    if (length <= HEADER_BYTES) {
        return 0;
    }
    size_t lc = command[HEADER_BYTES];
    if (lc != 0 || length == SHORT_DATA_AT) {
        return length == SHORT_DATA_AT || length == SHORT_DATA_AT + lc + 1 ? 1 : 0;
    }
    if (length == EXTENDED_DATA_AT) {
        return 2;
    }
    lc = length > EXTENDED_DATA_AT ? (size_t)command[5] << 8 | command[6] : 0;
    return lc > 0 && length == EXTENDED_DATA_AT + lc + 2 ? 2 : 0;
}

/* One command on its way to a final status word. */
struct dialogue {
    struct ys_card_session *session;
    uint8_t command[YS_APDU_BYTES_MAX];
    size_t command_length;
    uint8_t reply[YS_APDU_BYTES_MAX];
    size_t reply_length; /* status word included */
};

/* The most data that a command allows (ISO/IEC 7816-4, 5.3.2); SIZE_MAX: it does not say. */
static size_t most_data(const uint8_t *command, size_t length)
{
    size_t bytes = le_bytes(command, length);
    if (bytes == 0) {
        return SIZE_MAX;
    }
    size_t le = command[length - 1] | (bytes == 2 ? (size_t)command[length - 2] << 8 : 0);
    return le ? le : bytes == 1 ? 256 : 65536;
}

static enum ys_status check_reply(const struct dialogue *d, struct ys_err *reterr)
{
    uint8_t sw1 = d->reply[d->reply_length - 2];
    uint8_t sw2 = d->reply[d->reply_length - 1];
    size_t data = d->reply_length - SW_BYTES;
    size_t most = most_data(d->command, d->command_length);
    if (sw1 == 0x60 || ((sw1 & 0xF0) != 0x60 && (sw1 & 0xF0) != 0x90)) {
        return ys_err_set(reterr, YS_ERR_CARD_PROTOCOL,
                          "the card answered the status word %02X%02X, which no card may send "
                          "(ISO/IEC 7816-4, 5.6)",
                          sw1, sw2);
    }
    if (data > most) {
        return ys_err_set(reterr, YS_ERR_CARD_PROTOCOL,
                          "the card answered %zu bytes of data where Le allows %zu "
                          "(ISO/IEC 7816-4, 5.3.2)",
                          data, most);
    }
    return YS_OK;
}

static enum ys_status exchange(struct dialogue *d, struct ys_err *reterr)
{
    struct ys_card_session *session = d->session;
    const struct ys_clock *clock = ys_clock_real();
    int64_t begun_ns = clock->monotonic_ns(clock->context);
    enum ys_status status = session->driver->transmit(session, d->command, d->command_length,
                                                      d->reply, &d->reply_length, reterr);
    int64_t ended_ns = clock->monotonic_ns(clock->context);

    if (session->tap) {
        ys_card__record_end(session->tap, status, d->command, d->command_length, d->reply,
                            d->reply_length);
    }
    if (status != YS_OK) {
        return status;
    }
    if (session->listener) {
        session->listener(session->listener_context, d->command, d->command_length, d->reply,
                          d->reply_length, (ended_ns - begun_ns) / 1000);
    }
    /* No card can send that: a driver that lost the card's reply says it. */
    if (d->reply_length == 0) {
        return ys_err_set(reterr, YS_ERR_CARD_MUTE,
                          "the reader hands over no byte of the card's reply, not even a status "
                          "word; clean the contacts, or try another reader or driver");
    }
    if (d->reply_length < SW_BYTES) {
        return ys_err_set(reterr, YS_ERR_CARD_PROTOCOL,
                          "the card answered one byte, which is less than a status word");
    }
    return check_reply(d, reterr);
}

static uint8_t sw1_of(const struct dialogue *d)
{
    return d->reply[d->reply_length - 2];
}

static uint8_t sw2_of(const struct dialogue *d)
{
    return d->reply[d->reply_length - 1];
}

/* Prepares the command that the status word asks for; false when it is final. */
static bool prepare_next(struct dialogue *d, size_t le_length)
{
    if (sw1_of(d) == SW1_MORE) {
        const uint8_t get_response[] = {d->command[0] & CLA_CHANNEL, INS_GET_RESPONSE, 0, 0,
                                        sw2_of(d)};
        memcpy(d->command, get_response, sizeof get_response);
        d->command_length = sizeof get_response;
        return true;
    }
    if (sw1_of(d) == SW1_WRONG_LE && le_length > 0) {
        if (le_length == 2) {
            d->command[d->command_length - 2] = sw2_of(d) == 0;
        }
        d->command[d->command_length - 1] = sw2_of(d);
        return true;
    }
    return false;
}

static enum ys_status resolve(struct dialogue *d, struct ys_buf *data, struct ys_err *reterr)
{
    for (unsigned repeated = 0;; repeated++) {
        enum ys_status status = exchange(d, reterr);
        if (status != YS_OK) {
            return status;
        }
        size_t le_length = le_bytes(d->command, d->command_length);
        if (ys_buf_append(data, d->reply, d->reply_length - SW_BYTES) != YS_OK) {
            return ys_err_set(reterr, YS_ERR_CARD_PROTOCOL,
                              "the card has more than %u bytes for one command "
                              "(YS_APDU_BYTES_MAX)",
                              YS_APDU_BYTES_MAX);
        }
        if (!prepare_next(d, le_length)) {
            return YS_OK;
        }
        if (repeated == YS_GET_RESPONSE_MAX) {
            return ys_err_set(reterr, YS_ERR_CARD_PROTOCOL,
                              "the card asked to go on %u times (%02X%02X) and never ended "
                              "(YS_GET_RESPONSE_MAX)",
                              YS_GET_RESPONSE_MAX, sw1_of(d), sw2_of(d));
        }
    }
}

enum ys_status ys_card_transmit(struct ys_card_session *session, struct ys_arena *arena,
                                const uint8_t *command, size_t command_length,
                                const uint8_t **ret_data, size_t *ret_length, uint16_t *ret_sw,
                                struct ys_err *reterr)
{
    struct dialogue d;
    struct ys_buf data;

    if (command_length < HEADER_BYTES || command_length > sizeof d.command) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "a command has 4 to %u bytes, not %zu",
                          YS_APDU_BYTES_MAX, command_length);
    }
    d.session = session;
    d.command_length = command_length;
    memcpy(d.command, command, command_length);
    /* T=0 cannot carry Le behind data (ISO/IEC 7816-3, 12.2.5): the card announces with 61xx. */
    if (session->protocol == 0 && command_length > SHORT_DATA_AT &&
        le_bytes(command, command_length) == 1) {
        d.command_length--;
    }
    if (session->watched) {
        enum ys_status allowed =
            ys_card__guard_before(session, command, command_length, reterr);
        if (allowed != YS_OK) {
            return allowed;
        }
    }
    ys_buf_init(&data, YS_APDU_BYTES_MAX);
    enum ys_status status = resolve(&d, &data, reterr);
    if (status == YS_OK) {
        *ret_data = (const uint8_t *)ys_arena_strndup(arena, data.bytes, data.length);
        *ret_length = data.length;
        *ret_sw = (uint16_t)(sw1_of(&d) << 8 | sw2_of(&d));
        if (session->watched) {
            ys_card__guard_after(session, command, command_length, *ret_sw);
        }
    }
    ys_buf_clear(&data);
    return status;
}
