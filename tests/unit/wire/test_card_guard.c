/* SPDX-License-Identifier: Apache-2.0 */
/* The guard of PIN and key tries, over recordings: what is not recorded may not be sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_card_guard.h"
#include "ys_crypto.h"
#include "ys_file.h"

#define ATR "3B6500005953303031"
#define SSSE "7378312E73682EC9E7BBE1B1A3D5CF"
/* The identification code of a card (LD/T 32.6, EF05). */
#define CODE "11000000D156000005000000133A05F2E3"
#define IDENTIFY                                                                                   \
    "! " ATR "\n> 00A404000F" SSSE "\n< 9000\n> 00B2012C00\n< 0110" CODE "9000\n! " ATR "\n"

struct world {
    char folder[64];
    struct ys_arena arena;
    struct ys_card_guard *guard;
    struct ys_card_port port;
    struct ys_card_session *session;
};

static int begin(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    snprintf(world->folder, sizeof world->folder, "/tmp/yanshou-guard-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    ys_arena_init(&world->arena);
    *state = world;
    return 0;
}

static void finish(struct world *world)
{
    ys_card_disconnect(world->session);
    ys_card_port_free(&world->port);
    ys_card_guard_free(world->guard);
    world->session = NULL;
    world->guard = NULL;
}

static int end(void **state)
{
    struct world *world = *state;
    const char **names = NULL;
    size_t count = 0;
    finish(world);
    assert_int_equal(ys_folder_list(&world->arena, world->folder, NULL, &names, &count, NULL),
                     YS_OK);
    for (size_t i = 0; i < count; i++) {
        unlink(ys_path_join(&world->arena, world->folder, names[i]));
    }
    rmdir(world->folder);
    ys_arena_clear(&world->arena);
    free(world);
    return 0;
}

/* A run of its own: a guard, a port, a session. */
static void start(struct world *world, const char *dialogue)
{
    struct ys_err err;
    const char *text = ys_arena_printf(&world->arena, "@ R\n" IDENTIFY "%s", dialogue);
    world->guard = ys_card_guard_new(world->folder, 2);
    if (ys_card_port_replay("made", text, strlen(text), &world->port, &err) != YS_OK ||
        world->port.driver->connect(world->port.context, "R", &world->session, &err) != YS_OK ||
        ys_card_guard_join(world->guard, world->session, "R", &err) != YS_OK) {
        fail_msg("%s", err.text);
    }
}

static void expect(struct world *world, const char *command, enum ys_status expected,
                   uint16_t expected_sw, const char *says)
{
    uint8_t *bytes = NULL;
    const uint8_t *data = NULL;
    size_t length = 0;
    uint16_t sw = 0;
    struct ys_err err = {.text = ""};
    assert_int_equal(ys_hex_decode(&world->arena, command, &bytes, &length, &err), YS_OK);
    enum ys_status status = ys_card_transmit(world->session, &world->arena, bytes, length, &data,
                                             &length, &sw, &err);
    if (status != expected || (status == YS_OK && sw != expected_sw) ||
        (says && !strstr(err.text, says))) {
        fail_msg("%s: %s %04X \"%s\"", command, ys_status_name(status), sw, err.text);
    }
}

static const char *memory(struct world *world)
{
    const char **names = NULL;
    size_t count = 0;
    struct ys_buf text;
    assert_int_equal(ys_folder_list(&world->arena, world->folder, ".json", &names, &count, NULL),
                     YS_OK);
    assert_int_equal(count, 1);
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    assert_int_equal(
        ys_file_read(ys_path_join(&world->arena, world->folder, names[0]), &text, NULL), YS_OK);
    const char *copy = ys_arena_printf(&world->arena, "%s %s", names[0], text.bytes);
    ys_buf_clear(&text);
    return copy;
}

static void a_card_that_tells_its_tries_is_believed(void **state)
{
    start(*state, "> 00200000\n< 63C3\n> 0020000003111111\n< 63C2\n> 00200000\n< 63C2\n");
    expect(*state, "0020000003111111", YS_OK, 0x63C2, NULL);
    expect(*state, "0020000003111111", YS_ERR_GUARD, 0, "2 PIN tries are left");
}

static void each_command_that_tries_a_pin_is_asked_about(void **state)
{
    start(*state, "> 00200001\n< 63C2\n> 00200000\n< 63C1\n> 00200000\n< 6983\n");
    expect(*state, "0024000106111111222222", YS_ERR_GUARD, 0, "2 PIN tries are left");
    expect(*state, "805E010007111111FF222222", YS_ERR_GUARD, 0, "1 PIN tries are left");
    expect(*state, "0420000003111111", YS_ERR_GUARD, 0, "0 PIN tries are left");
}

static void a_pin_whose_tries_nobody_knows_is_not_sent(void **state)
{
    start(*state, "> 00200000\n< 6700\n");
    expect(*state, "0020000003111111", YS_ERR_GUARD, 0, "does not tell its PIN tries (6700)");
}

static void a_verified_pin_may_be_sent_again(void **state)
{
    start(*state, "> 00200000\n< 9000\n> 0020000003123456\n< 9000\n");
    expect(*state, "0020000003123456", YS_OK, 0x9000, NULL);
}

static void the_tries_of_a_key_are_remembered_over_runs(void **state)
{
    struct world *world = *state;
    start(world, "> 00A4040002D156\n< 9000\n> 0082000A020102\n< 63C2\n");
    expect(world, "00A4040002D156", YS_OK, 0x9000, NULL);
    expect(world, "0082000A020102", YS_OK, 0x63C2, NULL);
    finish(world);
    /* The code is not in the file, nor in its name. */
    assert_non_null(strstr(memory(world), "\"D156/key 0A\": 2"));
    assert_null(strstr(memory(world), "D15600000500"));

    /* Another directory has another key of that number. */
    start(world, "> 00A4040002D256\n< 9000\n> 0082000A020102\n< 6300\n"
                 "> 00A4040002D156\n< 9000\n> 0082000A020102\n< 63C1\n");
    expect(world, "00A4040002D256", YS_OK, 0x9000, NULL);
    expect(world, "0082000A020102", YS_OK, 0x6300, NULL);
    expect(world, "00A4040002D156", YS_OK, 0x9000, NULL);
    expect(world, "0082000A020102", YS_OK, 0x63C1, NULL);
    finish(world);

    start(world, "> 00A4040002D156\n< 9000\n");
    expect(world, "00A4040002D156", YS_OK, 0x9000, NULL);
    expect(world, "0082000A020102", YS_ERR_GUARD, 0, "1 tries of a key are left (key 0A)");
    finish(world);
    assert_non_null(strstr(memory(world), "\"D156/key 0A\": 1"));
}

static void a_right_key_gives_all_tries_back(void **state)
{
    struct world *world = *state;
    start(world, "> 00820004020102\n< 63C2\n> 00820004020103\n< 9000\n");
    expect(world, "00820004020102", YS_OK, 0x63C2, NULL);
    expect(world, "00820004020103", YS_OK, 0x9000, NULL);
    finish(world);
    assert_null(strstr(memory(world), "key 04"));
}

/* The run is killed between the command and its reply: the try counts as used. */
static void a_try_is_written_down_before_it_is_sent(void **state)
{
    struct world *world = *state;
    start(world, "> 00820004020102\n< 63C3\n> 00820004020102\n");
    expect(world, "00820004020102", YS_OK, 0x63C3, NULL);
    expect(world, "00820004020102", YS_ERR_CARD_MUTE, 0, NULL);
    finish(world);
    assert_non_null(strstr(memory(world), "key 04\": 2"));
}

static void memory_that_cannot_be_read_stops_the_run(void **state)
{
    struct world *world = *state;
    struct ys_err err;
    start(world, "> 00820004020102\n< 63C3\n");
    expect(world, "00820004020102", YS_OK, 0x63C3, NULL);
    finish(world);
    const char *name = memory(world);
    const char *path = ys_path_join(&world->arena, world->folder,
                                    ys_arena_strndup(&world->arena, name, strcspn(name, " ")));
    assert_int_equal(ys_file_write(path, "{", 1, &err), YS_OK);

    const char *text = "@ R\n" IDENTIFY;
    world->guard = ys_card_guard_new(world->folder, 2);
    assert_int_equal(ys_card_port_replay("made", text, strlen(text), &world->port, &err), YS_OK);
    assert_int_equal(world->port.driver->connect(world->port.context, "R", &world->session, &err),
                     YS_OK);
    assert_int_equal(ys_card_guard_join(world->guard, world->session, "R", &err), YS_ERR_GUARD);
    assert_non_null(strstr(err.text, path));
}

static void what_no_card_may_answer_is_a_protocol_error(void **state)
{
    start(*state, "> 0084000008\n< 010203040506070809009000\n> 0084000008\n< 1234\n"
                  "> 0084000008\n< 6000\n> 0084000008\n< 90\n> 0084000008\n<\n"
                  "> 0084000008\n< 01029000\n");
    expect(*state, "0084000008", YS_ERR_CARD_PROTOCOL, 0, "10 bytes of data where Le allows 8");
    expect(*state, "0084000008", YS_ERR_CARD_PROTOCOL, 0, "status word 1234");
    expect(*state, "0084000008", YS_ERR_CARD_PROTOCOL, 0, "status word 6000");
    expect(*state, "0084000008", YS_ERR_CARD_PROTOCOL, 0, "less than a status word");
    expect(*state, "0084000008", YS_ERR_CARD_MUTE, 0, "no byte");
    expect(*state, "0084000008", YS_OK, 0x9000, NULL);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        EACH(a_card_that_tells_its_tries_is_believed),
        EACH(each_command_that_tries_a_pin_is_asked_about),
        EACH(a_pin_whose_tries_nobody_knows_is_not_sent),
        EACH(a_verified_pin_may_be_sent_again),
        EACH(the_tries_of_a_key_are_remembered_over_runs),
        EACH(a_right_key_gives_all_tries_back),
        EACH(a_try_is_written_down_before_it_is_sent),
        EACH(memory_that_cannot_be_read_stops_the_run),
        EACH(what_no_card_may_answer_is_a_protocol_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
