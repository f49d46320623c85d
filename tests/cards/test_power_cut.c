/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power goes at any moment: a process with a card in its hand is killed at 200 random points in
 * the middle of commands that change the card. What is found afterwards is the card before the
 * command or after it, never half of each, and nothing that was answered is taken back.
 */
#include "card_steps.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CUTS = 200, BODY = 600, LONGEST_US = 6000 };

static const char profile_text[] =
    "kind: card\natr: 3B8D80010081544353110000000001310AE2\ncity: \"110000\"\n"
    "transport: {extended: yes, chaining: yes}\ndirectories:\n"
    "  - fid: 3F00\n    name: 4D46\n    application: social\n"
    "    pin: {digits: \"123456\", tries: 3}\n    files:\n"
    "      - {fid: \"0001\", sfi: \"01\", read: free, update: free, bytes: ";

static void write_profile(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(profile_text, file);
    for (int i = 0; i < BODY; i++) {
        fputs("00", file);
    }
    fputs("}\n", file);
    fclose(file);
}

static struct vc_card *insert(const struct fixture *fixture)
{
    struct vc_defects defects = {{false}};
    struct vc_err err = {{0}};
    struct vc_card *card = vc_card_new(fixture->profile, fixture->state, NULL, &defects, &err);
    if (!card) {
        fail_msg("after a cut: %s", err.text);
    }
    vc_card_reset(card);
    return card;
}

/* The byte that fills the file; fails where two are found, which is half an update. */
static uint8_t whole_byte(struct vc_card *card)
{
    uint8_t response[VC_MAX_RESPONSE];
    const uint8_t command[] = {0x00, 0xB0, 0x81, 0x00, 0x00, 0x00, 0x00};
    size_t n = 0;
    assert_true(vc_card_transmit(card, command, sizeof command, response, &n));
    assert_int_equal(n, BODY + 2);
    for (size_t i = 1; i < BODY; i++) {
        assert_int_equal(response[i], response[0]);
    }
    return response[0];
}

static bool update(struct vc_card *card, uint8_t byte)
{
    uint8_t command[7 + BODY] = {0x00, 0xD6, 0x81, 0x00, 0x00, BODY >> 8, BODY & 0xFF};
    uint8_t response[VC_MAX_RESPONSE];
    size_t n = 0;
    memset(command + 7, byte, BODY);
    return vc_card_transmit(card, command, sizeof command, response, &n) && n == 2 &&
           response[0] == 0x90;
}

/* Updates without end; each byte that was answered goes through the pipe. */
static void work(struct vc_card *card, int acknowledged, uint8_t byte)
{
    for (;;) {
        byte++;
        if (!update(card, byte) || write(acknowledged, &byte, 1) != 1) {
            _exit(1);
        }
    }
}

static uint8_t last_answered(int acknowledged, uint8_t before)
{
    uint8_t bytes[256];
    ssize_t n = 0;
    while ((n = read(acknowledged, bytes, sizeof bytes)) > 0) {
        before = bytes[n - 1];
    }
    return before;
}

static void a_card_whose_power_goes_is_before_or_after_the_command(void **state)
{
    const struct fixture *fixture = *state;
    uint8_t byte = 0;
    uint32_t random = 20241030;
    write_profile(fixture->profile);
    for (int i = 0; i < CUTS; i++) {
        int ends[2];
        struct vc_card *card = insert(fixture);
        assert_int_equal(pipe(ends), 0);
        pid_t worker = fork();
        assert_true(worker >= 0);
        if (worker == 0) {
            close(ends[0]);
            work(card, ends[1], byte);
        }
        close(ends[1]);
        random = random * 1664525 + 1013904223;
        struct timespec pause = {.tv_nsec = (long)(random >> 8) % LONGEST_US * 1000L};
        nanosleep(&pause, NULL);
        assert_int_equal(kill(worker, SIGKILL), 0);
        int status = 0;
        assert_int_equal(waitpid(worker, &status, 0), worker);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        uint8_t answered = last_answered(ends[0], byte);
        close(ends[0]);
        vc_card_free(card);
        card = insert(fixture);
        byte = whole_byte(card);
        assert_true(byte == answered || byte == (uint8_t)(answered + 1));
        vc_card_free(card);
    }
    /* Cuts that came before any work would prove nothing. */
    assert_true(byte > 0);
}

/* A wrong PIN costs its try even when the power goes before the answer; a right one gives all back
 * or leaves the try spent. */
static void a_try_is_spent_before_the_pin_is_compared(void **state)
{
    const struct fixture *fixture = *state;
    write_profile(fixture->profile);
    unsigned left = 3;
    for (int i = 0; i < 40; i++) {
        struct vc_card *card = insert(fixture);
        pid_t worker = fork();
        assert_true(worker >= 0);
        if (worker == 0) {
            send_hex(card, i % 2 ? "0020000003123456" : "0020000003000000");
            kill(getpid(), SIGKILL);
        }
        struct timespec pause = {.tv_nsec = i * 40000L};
        nanosleep(&pause, NULL);
        kill(worker, SIGKILL);
        assert_int_equal(waitpid(worker, NULL, 0), worker);
        vc_card_free(card);
        card = insert(fixture);
        const char *answer = send_hex(card, "00200000");
        assert_memory_equal(answer, "63C", 3);
        unsigned now = (unsigned)(answer[3] - '0');
        assert_true(now == left || now == left - 1 || (i % 2 && now == 3));
        if (now < 3) {
            expect(card, "0020000003123456", "9000");
        }
        left = 3;
        vc_card_free(card);
    }
}

static int clear(void **state)
{
    const struct fixture *fixture = *state;
    char rest[128];
    snprintf(rest, sizeof rest, "%s.new", fixture->state);
    unlink(rest);
    return card_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_card_whose_power_goes_is_before_or_after_the_command,
                                        card_set_up, clear),
        cmocka_unit_test_setup_teardown(a_try_is_spent_before_the_pin_is_compared, card_set_up,
                                        clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
