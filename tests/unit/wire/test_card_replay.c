/* SPDX-License-Identifier: Apache-2.0 */
/* Transcripts: their grammar, and that nothing but the recorded dialogue plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "ys_card.h"

#define POWERED "@ Desk 00 00\n! 3B00\n"

static enum ys_status open_text(const char *text, struct ys_card_port *port, struct ys_err *err)
{
    memset(port, 0, sizeof *port);
    memset(err, 0, sizeof *err);
    return ys_card_port_replay("desk.apdu", text, strlen(text), port, err);
}

static void a_faulty_line_is_named(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
        const char *says;
    } cases[] = {
        {"? 00\n", 1, "a line begins with"},
        {"@\n", 1, "followed by a reader's name"},
        {"# fine\n\n> 00A40400\n", 3, "comes first"},
        {POWERED "< 9000\n", 3, "without a command"},
        {POWERED "> 00A40400\n< 9000\n< 9000\n", 5, "without a command"},
        {POWERED "> 00A404\n", 3, "4 to 65544 bytes, not 3"},
        {POWERED "> 00A4040G\n", 3, ""},
        {POWERED "=\n", 3, "what was brought has 1 to 65544 bytes, not 0"},
        {"@ Desk\n! 3B\n", 2, "2 to 33 bytes, not 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ys_card_port port;
        struct ys_err err;
        assert_int_equal(open_text(cases[i].text, &port, &err), YS_ERR_SYNTAX);
        assert_int_equal(err.line, cases[i].line);
        assert_string_equal(err.source, "desk.apdu");
        if (!strstr(err.text, cases[i].says)) {
            fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].says);
        }
    }
}

static void more_readers_than_the_limit_are_refused(void **state)
{
    struct ys_card_port port;
    struct ys_err err;
    struct ys_buf text;
    (void)state;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    for (unsigned i = 0; i <= YS_READERS_MAX; i++) {
        assert_int_equal(ys_buf_printf(&text, "@ Desk %u\n", i), YS_OK);
    }
    assert_int_equal(open_text(text.bytes, &port, &err), YS_ERR_LIMIT);
    assert_int_equal(err.line, YS_READERS_MAX + 1);
    ys_buf_clear(&text);
}

static enum ys_status exchange(struct ys_card_session *session, const uint8_t *command,
                               size_t length, struct ys_err *err)
{
    uint8_t reply[YS_APDU_BYTES_MAX];
    size_t reply_length = 0;
    return session->driver->transmit(session, command, length, reply, &reply_length, err);
}

static void another_command_names_line_expected_and_got(void **state)
{
    static const uint8_t wrong[] = {0x00, 0xB0, 0x00, 0x00, 0x02};
    static const uint8_t right[] = {0x00, 0xB0, 0x00, 0x00, 0x01};
    struct ys_card_session *session = NULL;
    struct ys_card_port port;
    struct ys_err err;
    (void)state;
    assert_int_equal(open_text(POWERED "> 00 B0 00 00 01\n< 9000\n", &port, &err), YS_OK);
    assert_int_equal(port.driver->connect(port.context, "Desk 00 00", &session, &err), YS_OK);
    assert_int_equal(exchange(session, wrong, sizeof wrong, &err), YS_ERR_CARD_REPLAY);
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.text, "00B0000001"));
    assert_non_null(strstr(err.text, "00B0000002"));
    /* The place is kept: the right command still plays, and then it is over. */
    assert_int_equal(exchange(session, right, sizeof right, &err), YS_OK);
    assert_int_equal(exchange(session, right, sizeof right, &err), YS_ERR_CARD_REPLAY);
    assert_non_null(strstr(err.text, "its end"));
    assert_int_equal(session->driver->reset(session, &err), YS_ERR_CARD_REPLAY);
    assert_non_null(strstr(err.text, "a reset"));
    session->driver->disconnect(session);
    ys_card_port_free(&port);
}

static void readers_have_dialogues_of_their_own(void **state)
{
    static const uint8_t first[] = {0x00, 0x84, 0x00, 0x00, 0x01};
    static const uint8_t second[] = {0x00, 0x84, 0x00, 0x00, 0x02};
    struct ys_card_session *a = NULL;
    struct ys_card_session *b = NULL;
    struct ys_card_port port;
    struct ys_err err;
    (void)state;
    assert_int_equal(open_text("@ A\n! 3B00\n@ B\n! 3B8001\n@ A\n> 0084000001\n< 9000\n"
                               "@ B\n> 0084000002\n< 9000\n",
                               &port, &err),
                     YS_OK);
    assert_int_equal(port.driver->connect(port.context, "A", &a, &err), YS_OK);
    assert_int_equal(port.driver->connect(port.context, "B", &b, &err), YS_OK);
    assert_int_equal(a->protocol, 0);
    assert_int_equal(b->protocol, 1);
    assert_int_equal(exchange(b, second, sizeof second, &err), YS_OK);
    assert_int_equal(exchange(a, first, sizeof first, &err), YS_OK);
    a->driver->disconnect(a);
    b->driver->disconnect(b);
    ys_card_port_free(&port);
}

static void a_recorded_power_up_is_not_skipped(void **state)
{
    static const uint8_t command[] = {0x00, 0x84, 0x00, 0x00, 0x01};
    struct ys_card_session *session = NULL;
    struct ys_card_port port;
    struct ys_err err;
    (void)state;
    assert_int_equal(open_text(POWERED "! 3B01AA\n> 0084000001\n< 9000\n", &port, &err), YS_OK);
    assert_int_equal(port.driver->connect(port.context, "Desk 00 00", &session, &err), YS_OK);
    assert_int_equal(exchange(session, command, sizeof command, &err), YS_ERR_CARD_REPLAY);
    assert_non_null(strstr(err.text, "power-up"));
    assert_int_equal(session->driver->reset(session, &err), YS_OK);
    assert_int_equal(session->atr_length, 3);
    assert_int_equal(exchange(session, command, sizeof command, &err), YS_OK);
    session->driver->disconnect(session);
    ys_card_port_free(&port);
}

/* What plays is what a tap would write of it: commands, clock, a mute card, a removal. */
static void what_was_brought_is_brought_again(void **state)
{
    static const char text[] = POWERED "= 261124101500\n> 00840000\n< 9000\n> 00840000\n-\n";
    struct ys_card_session *session = NULL;
    struct ys_card_recorder recorder;
    struct ys_card_tap tap = {&recorder, "Desk 00 00"};
    struct ys_card_port port;
    struct ys_arena arena;
    struct ys_err err;
    const uint8_t command[] = {0x00, 0x84, 0x00, 0x00};
    const uint8_t then[] = {0x26, 0x11, 0x24, 0x10, 0x15, 0x00};
    uint8_t brought[sizeof then] = {0};
    const uint8_t *data = NULL;
    size_t length = 0;
    uint16_t sw = 0;
    (void)state;
    ys_arena_init(&arena);
    ys_card_recorder_init(&recorder);
    assert_int_equal(open_text(text, &port, &err), YS_OK);
    assert_int_equal(port.driver->connect(port.context, "Desk 00 00", &session, &err), YS_OK);
    session->tap = &tap;
    assert_int_equal(ys_card_record_power(&tap, session), YS_OK);
    assert_int_equal(ys_card_bring(session, brought, 2, &err), YS_ERR_CARD_REPLAY);
    assert_int_equal(ys_card_bring(session, brought, sizeof brought, &err), YS_OK);
    assert_memory_equal(brought, then, sizeof then);
    const enum ys_status ends[] = {YS_OK, YS_ERR_CARD_MUTE, YS_ERR_CARD_REMOVED};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        assert_int_equal(ys_card_transmit(session, &arena, command, sizeof command, &data, &length,
                                          &sw, &err),
                         ends[i]);
    }
    assert_int_equal(recorder.text.length, sizeof text - 1);
    assert_memory_equal(recorder.text.bytes, text, recorder.text.length);
    ys_card_disconnect(session);
    ys_card_port_free(&port);
    ys_card_recorder_clear(&recorder);
    ys_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_faulty_line_is_named),
        cmocka_unit_test(more_readers_than_the_limit_are_refused),
        cmocka_unit_test(another_command_names_line_expected_and_got),
        cmocka_unit_test(readers_have_dialogues_of_their_own),
        cmocka_unit_test(a_recorded_power_up_is_not_skipped),
        cmocka_unit_test(what_was_brought_is_brought_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
