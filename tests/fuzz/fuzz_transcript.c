/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a recording: either a syntax error with a line, or readers that can be played. */
#include <stdlib.h>

#include "fuzz.h"
#include "ys_card.h"

static void play(const struct ys_card_port *port, const char *reader)
{
    static const uint8_t command[] = {0x00, 0xA4, 0x04, 0x00, 0x00};
    struct ys_card_session *session = NULL;
    struct ys_arena arena;
    struct ys_err err;
    const uint8_t *reply = NULL;
    size_t length = 0;
    uint16_t sw = 0;

    if (port->driver->connect(port->context, reader, &session, &err) != YS_OK) {
        return;
    }
    ys_arena_init(&arena);
    if (ys_card_transmit(session, &arena, command, sizeof command, &reply, &length, &sw, &err) ==
            YS_OK &&
        length > YS_APDU_BYTES_MAX) {
        abort();
    }
    if (session->driver->reset(session, &err) == YS_OK && session->atr_length < 2) {
        abort();
    }
    ys_arena_clear(&arena);
    session->driver->disconnect(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_card_port port;
    struct ys_reader_state *readers = NULL;
    struct ys_arena arena;
    struct ys_err err;
    size_t count = 0;

    if (ys_card_port_replay("fuzz", (const char *)data, size, &port, &err) != YS_OK) {
        if (err.line == 0) {
            abort();
        }
        return 0;
    }
    ys_arena_init(&arena);
    if (port.driver->list(port.context, &arena, &readers, &count, &err) == YS_OK) {
        for (size_t i = 0; i < count; i++) {
            play(&port, readers[i].name);
        }
    }
    ys_arena_clear(&arena);
    ys_card_port_free(&port);
    return 0;
}
