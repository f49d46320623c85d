/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract of the card port, run over every driver. One table of exchanges makes both worlds:
 * a scripted card in a virtual reader behind a real pcscd, and a transcript.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pcscd.h"
#include "vpcd_card.h"
#include "ys_card.h"
#include "ys_card_pcsc.h"
#include "ys_clock.h"
#include "ys_crypto.h"

#define ATR_T0 "3B6500005953303031"
#define ATR_T1 "3B8501595330303121"
#define REPLAY_READER "Replay 00 00"

enum { SETTLE_MS = 30000, PATIENCE_MS = 600, EXCHANGES_MAX = 512 };

enum driver { PCSC, REPLAY };

struct world {
    enum driver driver;
    struct pcscd pcscd;
    struct vpcd_card *card;
    struct ys_card_port port;
    struct ys_arena arena;
    const char *reader;
};

/* Set-up for one driver; insert() makes the card and the port. */
static int begin(void **state, enum driver driver)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    *state = world;
    world->driver = driver;
    ys_arena_init(&world->arena);
    if (driver == PCSC) {
        const char *problem = pcscd_start(&world->pcscd);
        if (problem) {
            fail_msg("%s", problem);
        }
    }
    return 0;
}

static int begin_pcsc(void **state)
{
    return begin(state, PCSC);
}

static int begin_replay(void **state)
{
    return begin(state, REPLAY);
}

static int end(void **state)
{
    struct world *world = *state;
    vpcd_card_remove(world->card);
    ys_card_port_free(&world->port);
    if (world->driver == PCSC) {
        pcscd_stop(&world->pcscd);
    }
    ys_arena_clear(&world->arena);
    free(world);
    return 0;
}

static void make_replay(struct world *world, const char *atr, const struct vpcd_exchange *exchanges,
                        size_t count, bool with_reset)
{
    struct ys_buf text;
    struct ys_err err;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    assert_int_equal(ys_buf_printf(&text, "# made by the test\n@ %s\n! %s\n", REPLAY_READER, atr),
                     YS_OK);
    if (with_reset) {
        assert_int_equal(ys_buf_printf(&text, "! %s\n", atr), YS_OK);
    }
    for (size_t i = 0; i < count; i++) {
        const char *reply = exchanges[i].reply;
        if (reply && reply[0] == '-') {
            assert_int_equal(ys_buf_printf(&text, "-\n"), YS_OK);
            continue;
        }
        assert_int_equal(ys_buf_printf(&text, "> %s\n", exchanges[i].command), YS_OK);
        if (reply) {
            assert_int_equal(ys_buf_printf(&text, "< %s\n", reply), YS_OK);
        }
    }
    if (ys_card_port_replay("made.apdu", text.bytes, text.length, &world->port, &err) != YS_OK) {
        fail_msg("%u: %s", err.line, err.text);
    }
    ys_buf_clear(&text);
    world->reader = REPLAY_READER;
}

static void insert(struct world *world, const char *atr, const struct vpcd_exchange *exchanges,
                   size_t count, bool with_reset)
{
    struct ys_err err;
    bool reached = false;
    struct ys_reader_state *readers = NULL;
    size_t reader_count = 0;

    if (world->driver == REPLAY) {
        make_replay(world, atr, exchanges, count, with_reset);
        return;
    }
    if (ys_card_port_pcsc(&world->port, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    ys_card__pcsc_set_patience(&world->port, PATIENCE_MS);
    world->card = vpcd_card_insert(world->pcscd.port, atr, exchanges, count);
    assert_non_null(world->card);
    assert_int_equal(
        world->port.driver->list(world->port.context, &world->arena, &readers, &reader_count, &err),
        YS_OK);
    assert_true(reader_count > 0);
    world->reader = readers[0].name;
    assert_int_equal(world->port.driver->wait(world->port.context, world->reader, true, SETTLE_MS,
                                              &reached, &err),
                     YS_OK);
    assert_true(reached);
}

static struct ys_card_session *open_session(struct world *world)
{
    struct ys_card_session *session = NULL;
    struct ys_err err;
    if (world->port.driver->connect(world->port.context, world->reader, &session, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    return session;
}

static void close_session(struct ys_card_session *session)
{
    session->driver->disconnect(session);
}

/* Sends hexadecimal, answers data and status word as one hexadecimal text. */
static enum ys_status send_hex(struct world *world, struct ys_card_session *session,
                               const char *command, const char **ret_reply, struct ys_err *err)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    const uint8_t *data = NULL;
    size_t data_length = 0;
    uint16_t sw = 0;

    assert_int_equal(ys_hex_decode(&world->arena, command, &bytes, &length, err), YS_OK);
    enum ys_status status =
        ys_card_transmit(session, &world->arena, bytes, length, &data, &data_length, &sw, err);
    if (status == YS_OK) {
        char *hex = ys_arena_alloc(&world->arena, data_length * 2 + 5);
        ys_hex_encode(data, data_length, hex);
        snprintf(hex + data_length * 2, 5, "%04X", sw);
        *ret_reply = hex;
    }
    return status;
}

static void expect_reply(struct world *world, struct ys_card_session *session, const char *command,
                         const char *expected)
{
    const char *reply = NULL;
    struct ys_err err;
    if (send_hex(world, session, command, &reply, &err) != YS_OK) {
        fail_msg("%s: %s", command, err.text);
    }
    assert_string_equal(reply, expected);
}

static void expect_failure(struct world *world, struct ys_card_session *session,
                           const char *command, enum ys_status expected, const char *says)
{
    const char *reply = NULL;
    struct ys_err err;
    enum ys_status status = send_hex(world, session, command, &reply, &err);
    if (status != expected) {
        fail_msg("%s: %s instead of %s (%s)", command, ys_status_name(status),
                 ys_status_name(expected), status == YS_OK ? reply : err.text);
    }
    assert_int_equal(err.status, expected);
    if (!strstr(err.text, says)) {
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    }
}

static void a_reader_is_listed_with_its_card(void **state)
{
    struct world *world = *state;
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    struct ys_err err;

    insert(world, ATR_T0, NULL, 0, false);
    assert_int_equal(
        world->port.driver->list(world->port.context, &world->arena, &readers, &count, &err),
        YS_OK);
    assert_true(count >= 1);
    assert_true(readers[0].card_present);
    assert_int_equal(readers[0].atr_length, 9);
    assert_int_equal(readers[0].atr[1], 0x65);
}

static void a_session_knows_atr_and_protocol(void **state)
{
    struct world *world = *state;
    insert(world, ATR_T1, NULL, 0, false);
    struct ys_card_session *session = open_session(world);
    assert_int_equal(session->atr_length, 9);
    assert_int_equal(session->atr[1], 0x85);
    assert_int_equal(session->protocol, 1);
    close_session(session);
}

struct heard {
    unsigned count;
    uint8_t last_command[16];
    size_t last_length;
};

static void hear(void *context, const uint8_t *command, size_t command_length, const uint8_t *reply,
                 size_t reply_length, int64_t duration_us)
{
    struct heard *heard = context;
    heard->count++;
    heard->last_length = command_length;
    memcpy(heard->last_command, command, command_length < 16 ? command_length : 16);
    assert_true(reply_length >= 2);
    assert_true(reply[0] != 0);
    assert_true(duration_us >= 0);
}

static void a_chain_of_61xx_is_fetched_and_told_as_it_happened(void **state)
{
    static const struct vpcd_exchange exchanges[] = {
        {"00A4040003D15600", "6103"},
        {"00C0000003", "6F01846102"},
        {"00C0000002", "01029000"},
    };
    struct world *world = *state;
    struct heard heard = {0};

    insert(world, ATR_T0, exchanges, 3, false);
    struct ys_card_session *session = open_session(world);
    session->listener = hear;
    session->listener_context = &heard;
    /* T=0 carries no Le behind data. */
    expect_reply(world, session, "00A4040003D1560000", "6F018401029000");
    assert_int_equal(heard.count, 3);
    assert_int_equal(heard.last_length, 5);
    assert_int_equal(heard.last_command[1], 0xC0);
    close_session(session);
}

static void a_wrong_le_is_repeated_with_the_right_one(void **state)
{
    static const struct vpcd_exchange exchanges[] = {
        {"00B0950000", "6C04"},
        {"00B0950004", "010203049000"},
        {"00A4000002EF05", "6A82"},
    };
    struct world *world = *state;
    insert(world, ATR_T0, exchanges, 3, false);
    struct ys_card_session *session = open_session(world);
    expect_reply(world, session, "00B0950000", "010203049000");
    expect_reply(world, session, "00A4000002EF05", "6A82");
    close_session(session);
}

static void an_endless_chain_is_the_cards_fault(void **state)
{
    static struct vpcd_exchange exchanges[EXCHANGES_MAX];
    struct world *world = *state;
    exchanges[0] = (struct vpcd_exchange){"00B0000000", "6101"};
    for (size_t i = 1; i < EXCHANGES_MAX; i++) {
        exchanges[i] = (struct vpcd_exchange){"00C0000001", "AA6101"};
    }
    insert(world, ATR_T0, exchanges, EXCHANGES_MAX, false);
    struct ys_card_session *session = open_session(world);
    expect_failure(world, session, "00B0000000", YS_ERR_CARD_PROTOCOL, "YS_GET_RESPONSE_MAX");
    close_session(session);
}

static void a_mute_card_is_said_to_be_mute(void **state)
{
    static const struct vpcd_exchange exchanges[] = {
        {"0084000008", "01020304050607089000"},
        {"00B0000001", NULL},
    };
    struct world *world = *state;
    insert(world, ATR_T0, exchanges, 2, false);
    struct ys_card_session *session = open_session(world);
    expect_reply(world, session, "0084000008", "01020304050607089000");
    expect_failure(world, session, "00B0000001", YS_ERR_CARD_MUTE, "does not answer");
    close_session(session);
}

/* A driver may call it a success that nothing came: of the card that says nothing. */
static void a_reply_of_no_byte_is_trouble_of_the_reader(void **state)
{
    static const struct vpcd_exchange exchanges[] = {
        {"0084000008", ""},
        {"0084000008", "01020304050607089000"},
    };
    struct world *world = *state;
    insert(world, ATR_T0, exchanges, 2, false);
    struct ys_card_session *session = open_session(world);
    expect_failure(world, session, "0084000008", YS_ERR_CARD_MUTE, "");
    close_session(session);
}

static void a_card_that_is_taken_out_is_missed(void **state)
{
    static const struct vpcd_exchange exchanges[] = {
        {"0084000008", "01020304050607089000"},
        {"00B0000001", "-"},
    };
    struct world *world = *state;
    struct ys_err err;
    bool reached = false;

    insert(world, ATR_T0, exchanges, 2, false);
    struct ys_card_session *session = open_session(world);
    expect_reply(world, session, "0084000008", "01020304050607089000");
    expect_failure(world, session, "00B0000001", YS_ERR_CARD_REMOVED, "taken out");
    expect_failure(world, session, "00B0000001", YS_ERR_CARD_REMOVED, "taken out");
    close_session(session);
    assert_int_equal(world->port.driver->wait(world->port.context, world->reader, false, SETTLE_MS,
                                              &reached, &err),
                     YS_OK);
    assert_true(reached);
    assert_int_equal(
        world->port.driver->connect(world->port.context, world->reader, &session, &err),
        YS_ERR_CARD_ABSENT);
}

static void waiting_for_a_card_that_never_comes_ends(void **state)
{
    static const struct vpcd_exchange exchanges[] = {{"00B0000001", "-"}};
    struct world *world = *state;
    struct ys_err err;
    bool reached = true;

    insert(world, ATR_T0, exchanges, 1, false);
    struct ys_card_session *session = open_session(world);
    expect_failure(world, session, "00B0000001", YS_ERR_CARD_REMOVED, "taken out");
    close_session(session);
    assert_int_equal(
        world->port.driver->wait(world->port.context, world->reader, true, 300, &reached, &err),
        YS_OK);
    assert_false(reached);
}

static void a_held_card_is_nobody_elses(void **state)
{
    struct world *world = *state;
    struct ys_card_session *second = NULL;
    struct ys_err err;
    insert(world, ATR_T0, NULL, 0, false);
    struct ys_card_session *session = open_session(world);
    assert_int_equal(world->port.driver->connect(world->port.context, world->reader, &second, &err),
                     YS_ERR_CARD_SHARED);
    assert_null(second);
    close_session(session);
}

static void a_session_goes_on_after_a_reset(void **state)
{
    static const struct vpcd_exchange exchanges[] = {{"0084000002", "01029000"}};
    struct world *world = *state;
    struct ys_err err;
    insert(world, ATR_T0, exchanges, 1, true);
    struct ys_card_session *session = open_session(world);
    if (session->driver->reset(session, &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(session->atr_length, 9);
    expect_reply(world, session, "0084000002", "01029000");
    close_session(session);
}

static void an_unknown_reader_is_named(void **state)
{
    struct world *world = *state;
    struct ys_card_session *session = NULL;
    struct ys_err err;
    insert(world, ATR_T0, NULL, 0, false);
    assert_int_equal(
        world->port.driver->connect(world->port.context, "No Such Reader", &session, &err),
        YS_ERR_CARD_READER);
    assert_non_null(strstr(err.text, "No Such Reader"));
}

static void a_recording_replays(void **state)
{
    static const struct vpcd_exchange exchanges[] = {
        {"00B0950000", "6C04"},
        {"00B0950004", "010203049000"},
    };
    struct world *world = *state;
    struct ys_card_recorder recorder;
    struct ys_err err;

    insert(world, ATR_T0, exchanges, 2, false);
    struct ys_card_tap tap = {.recorder = &recorder, .reader = world->reader};
    ys_card_recorder_init(&recorder);
    struct ys_card_session *session = open_session(world);
    assert_int_equal(ys_card_record_power(&tap, session), YS_OK);
    session->listener = ys_card_record_exchange;
    session->listener_context = &tap;
    expect_reply(world, session, "00B0950000", "010203049000");
    close_session(session);

    struct world again = {.driver = REPLAY, .reader = world->reader};
    ys_arena_init(&again.arena);
    assert_int_equal(ys_card_port_replay("recorded", recorder.text.bytes, recorder.text.length,
                                         &again.port, &err),
                     YS_OK);
    session = open_session(&again);
    expect_reply(&again, session, "00B0950000", "010203049000");
    expect_failure(&again, session, "00B0950000", YS_ERR_CARD_REPLAY, "its end");
    close_session(session);
    ys_card_port_free(&again.port);
    ys_arena_clear(&again.arena);
    ys_card_recorder_clear(&recorder);
}

static void a_reply_that_no_card_may_give_is_its_fault(void **state)
{
    static const struct vpcd_exchange exchanges[] = {
        {"0084000004", "01020304059000"}, {"0084000004", "01021234"},   {"0084000004", "60006000"},
        {"0084000004", "90"},             {"0084000004", "010203049000"},
    };
    struct world *world = *state;
    insert(world, ATR_T0, exchanges, 5, false);
    struct ys_card_session *session = open_session(world);
    expect_failure(world, session, "0084000004", YS_ERR_CARD_PROTOCOL, "5 bytes of data where Le");
    expect_failure(world, session, "0084000004", YS_ERR_CARD_PROTOCOL, "status word 1234");
    expect_failure(world, session, "0084000004", YS_ERR_CARD_PROTOCOL, "status word 6000");
    expect_failure(world, session, "0084000004", YS_ERR_CARD_PROTOCOL, "less than a status word");
    expect_reply(world, session, "0084000004", "010203049000");
    close_session(session);
}

/* The rest is asked of PC/SC alone. */

static void wait_for(struct world *world, bool present)
{
    struct ys_err err;
    bool reached = false;
    assert_int_equal(world->port.driver->wait(world->port.context, world->reader, present,
                                              SETTLE_MS, &reached, &err),
                     YS_OK);
    assert_true(reached);
}

static void swap(struct world *world, const char *atr)
{
    vpcd_card_remove(world->card);
    world->card = NULL;
    wait_for(world, false);
    world->card = vpcd_card_insert(world->pcscd.port, atr, NULL, 0);
    assert_non_null(world->card);
    wait_for(world, true);
}

static void another_card_in_the_reader_is_noticed(void **state)
{
    struct world *world = *state;
    struct ys_err err;
    insert(world, ATR_T0, NULL, 0, false);
    struct ys_card_session *session = open_session(world);
    uint32_t first = session->insertion;
    expect_reply(world, session, "0084000004", "6F01");
    swap(world, ATR_T1);
    expect_failure(world, session, "0084000004", YS_ERR_CARD_SWAPPED, "another card");
    assert_int_equal(session->driver->reset(session, &err), YS_ERR_CARD_SWAPPED);
    close_session(session);
    session = open_session(world);
    assert_int_not_equal(session->insertion, first);
    expect_reply(world, session, "0084000004", "6F01");
    swap(world, ATR_T1);
    expect_failure(world, session, "0084000004", YS_ERR_CARD_SWAPPED, "put in again");
    close_session(session);
}

static void a_mute_card_frees_its_reader_when_it_is_changed(void **state)
{
    static const struct vpcd_exchange exchanges[] = {{"00B0000001", NULL}};
    struct world *world = *state;
    struct ys_card_session *session = NULL;
    struct ys_err err;
    insert(world, ATR_T0, exchanges, 1, false);
    session = open_session(world);
    expect_failure(world, session, "00B0000001", YS_ERR_CARD_MUTE, "does not answer");
    close_session(session);
    assert_int_equal(
        world->port.driver->connect(world->port.context, world->reader, &session, &err),
        YS_ERR_CARD_MUTE);
    swap(world, ATR_T0);
    session = open_session(world);
    expect_reply(world, session, "0084000004", "6F01");
    close_session(session);
}

static void a_service_may_stop_and_come_back(void **state)
{
    struct world *world = *state;
    struct ys_card_session *session = NULL;
    struct ys_err err;
    insert(world, ATR_T0, NULL, 0, false);
    session = open_session(world);
    pcscd_stop(&world->pcscd);
    expect_failure(world, session, "0084000004", YS_ERR_CARD_SERVICE, "systemctl start pcscd");
    close_session(session);
    assert_int_equal(
        world->port.driver->connect(world->port.context, world->reader, &session, &err),
        YS_ERR_CARD_SERVICE);
    vpcd_card_remove(world->card);
    const char *problem = pcscd_start(&world->pcscd);
    if (problem) {
        fail_msg("%s", problem);
    }
    world->card = vpcd_card_insert(world->pcscd.port, ATR_T0, NULL, 0);
    assert_non_null(world->card);
    wait_for(world, true);
    session = open_session(world);
    expect_reply(world, session, "0084000004", "6F01");
    close_session(session);
}

/* A reader with a PIN pad and a card, beside the virtual one. */
static int begin_pinpad(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct ys_err err;
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    assert_non_null(world);
    *state = world;
    ys_arena_init(&world->arena);
    world->pcscd.pinpad = IFD_PINPAD;
    const char *problem = pcscd_start(&world->pcscd);
    if (problem) {
        fail_msg("%s", problem);
    }
    assert_int_equal(ys_card_port_pcsc(&world->port, &err), YS_OK);
    assert_int_equal(
        world->port.driver->list(world->port.context, &world->arena, &readers, &count, &err),
        YS_OK);
    for (size_t i = 0; i < count; i++) {
        world->reader = strstr(readers[i].name, "PIN pad") ? readers[i].name : world->reader;
    }
    assert_non_null(world->reader);
    return 0;
}

static void a_pin_pad_is_recognised(void **state)
{
    struct world *world = *state;
    struct ys_err err;
    uint32_t features = 0;
    assert_int_equal(
        world->port.driver->features(world->port.context, world->reader, &features, &err), YS_OK);
    assert_int_equal(features, 1u << YS_READER_VERIFY_PIN | 1u << YS_READER_MODIFY_PIN |
                                   1u << YS_READER_PIN_PROPERTIES);
    assert_int_equal(world->port.driver->features(world->port.context, "No Such Reader", &features,
                                                  &err),
                     YS_ERR_CARD_READER);
}

static void a_reader_without_a_pin_pad_has_no_features(void **state)
{
    struct world *world = *state;
    struct ys_err err;
    uint32_t features = 1;
    insert(world, ATR_T0, NULL, 0, false);
    assert_int_equal(
        world->port.driver->features(world->port.context, world->reader, &features, &err), YS_OK);
    assert_int_equal(features, 0);
}

/* What hot-plugging does next, pcscd does for USB readers alone: the reader is no longer listed. */
static void a_reader_may_be_unplugged(void **state)
{
    struct world *world = *state;
    struct ys_card_session *session = open_session(world);
    expect_reply(world, session, "0084000004", "9000");
    pcscd_unplug(&world->pcscd);
    expect_failure(world, session, "0084000004", YS_ERR_CARD_UNPLUGGED, "was unplugged");
    close_session(session);
}

/* A recording needs no service, so this is asked of PC/SC alone. */
static void no_service_says_how_to_start_it(void **state)
{
    struct world *world = *state;
    struct ys_err err;
    pcscd_stop(&world->pcscd);
    assert_int_equal(ys_card_port_pcsc(&world->port, &err), YS_ERR_CARD_SERVICE);
    assert_non_null(strstr(err.text, "systemctl start pcscd"));
}

#define OVER_BOTH(test)                                                                            \
    {#test " (pcsc)", test, begin_pcsc, end, NULL},                                                \
    {                                                                                              \
#test " (replay)", test, begin_replay, end, NULL                                           \
    }

#define PCSC_ALONE(test) {#test, test, begin_pcsc, end, NULL}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER_BOTH(a_reader_is_listed_with_its_card),
        OVER_BOTH(a_session_knows_atr_and_protocol),
        OVER_BOTH(a_chain_of_61xx_is_fetched_and_told_as_it_happened),
        OVER_BOTH(a_wrong_le_is_repeated_with_the_right_one),
        OVER_BOTH(an_endless_chain_is_the_cards_fault),
        OVER_BOTH(a_mute_card_is_said_to_be_mute),
        OVER_BOTH(a_reply_of_no_byte_is_trouble_of_the_reader),
        OVER_BOTH(a_card_that_is_taken_out_is_missed),
        OVER_BOTH(waiting_for_a_card_that_never_comes_ends),
        OVER_BOTH(a_held_card_is_nobody_elses),
        OVER_BOTH(a_session_goes_on_after_a_reset),
        OVER_BOTH(an_unknown_reader_is_named),
        OVER_BOTH(a_recording_replays),
        OVER_BOTH(a_reply_that_no_card_may_give_is_its_fault),
        PCSC_ALONE(another_card_in_the_reader_is_noticed),
        PCSC_ALONE(a_mute_card_frees_its_reader_when_it_is_changed),
        PCSC_ALONE(a_service_may_stop_and_come_back),
        {"a_pin_pad_is_recognised", a_pin_pad_is_recognised, begin_pinpad, end, NULL},
        {"a_reader_may_be_unplugged", a_reader_may_be_unplugged, begin_pinpad, end, NULL},
        OVER_BOTH(a_reader_without_a_pin_pad_has_no_features),
        {"no_service_says_how_to_start_it", no_service_says_how_to_start_it, begin_pcsc, end, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
