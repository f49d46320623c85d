/* SPDX-License-Identifier: Apache-2.0 */
/* The financial application in the process: selection, counters, PIN and scripts as a terminal
 * without keys sees them, and what a power cut leaves. */
#include "card_steps.h"

#include "apps/pboc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SELECT_DEBIT "00A4040008A00000033301010100"
#define GPO_SM2 "80A800000D830B015601560000000012340100"
#define GPO_RSA "80A800000D830B015601560000000012340000"
#define VERIFY_RIGHT "0020008008 26654321FFFFFFFF"
#define VERIFY_WRONG "0020008008 26000000FFFFFFFF"
#define CDOL_DATA                                                                                  \
    "000000001234 000000000000 0156 0000000000 0156 261124 00 12345678 120000 "                    \
    "0000000000000000000000000000000000000000"

static char keys[128];

static struct vc_card *card_with_keys(const char *profile, const char *state, const char *defect)
{
    char path[512];
    struct vc_err err = {{0}};
    snprintf(path, sizeof path, "%s/cards/profiles/%s.yaml", getenv("YS_SOURCE_DIR"), profile);
    struct vc_card *card = card_of(profile, state, defect);
    if (!vc_card_add_financial(card, path, keys, &err)) {
        fail_msg("%s", err.text);
    }
    vc_card_reset(card);
    return card;
}

static struct vc_card *payment_card(const char *state, const char *defect)
{
    return card_with_keys("ssc-v3", state, defect);
}

static void begins(struct vc_card *card, const char *command, const char *answer)
{
    const char *whole = send_hex(card, command);
    if (strncmp(whole, answer, strlen(answer)) != 0) {
        fail_msg("%s was answered %s", command, whole);
    }
}

static void ends(struct vc_card *card, const char *command, const char *answer)
{
    const char *whole = send_hex(card, command);
    if (strlen(whole) < 4 || strcmp(whole + strlen(whole) - 4, answer) != 0) {
        fail_msg("%s was answered %s", command, whole);
    }
}

static void keys_make_the_application(void **state)
{
    (void)state;
    struct vc_card *card = card_of("ssc-v3", NULL, NULL);
    expect(card, SELECT_DEBIT, "6A82");
    vc_card_free(card);
    card = payment_card(NULL, NULL);
    begins(card, SELECT_DEBIT, "6F");
    ends(card, SELECT_DEBIT, "9000");
    begins(card, "00A4040005A00000033300", "6F");
    expect(card, "00A4040205A00000033300", "6A82");
    expect(card, "00A404000AA000000333010101FFFF00", "6A82");
    vc_card_free(card);
    card = card_with_keys("ssc-v2", NULL, NULL);
    ends(card, SELECT_DEBIT, "9000");
    ends(card, GPO_RSA, "9000");
    vc_card_free(card);
}

static void terminal_chooses_algorithms(void **state)
{
    (void)state;
    struct vc_card *card = payment_card(NULL, NULL);
    ends(card, SELECT_DEBIT, "9000");
    begins(card, GPO_SM2, "80127C0008010100100102012001030038010100");
    vc_card_free(card);
}

static void remove_state(const struct fixture *fixture)
{
    char file[160];
    snprintf(file, sizeof file, "%s.financial", fixture->state);
    unlink(file);
}

static void counter_survives(void **state)
{
    struct fixture *fixture = *state;
    struct vc_card *card = payment_card(fixture->state, NULL);
    ends(card, SELECT_DEBIT, "9000");
    expect(card, "80CA9F3600", "9F360200009000");
    ends(card, GPO_RSA, "9000");
    expect(card, GPO_RSA, "6985");
    expect(card, "80CA9F3600", "9F360200019000");
    expect(card, VERIFY_WRONG, "63C2");
    vc_card_free(card);
    /* The power went; another process is the card now. */
    card = payment_card(fixture->state, NULL);
    ends(card, SELECT_DEBIT, "9000");
    expect(card, "80CA9F3600", "9F360200019000");
    expect(card, "80CA9F1700", "9F1701029000");
    expect(card, VERIFY_RIGHT, "9000");
    expect(card, "80CA9F1700", "9F1701039000");
    vc_card_free(card);
    remove_state(fixture);
}

static void pin_is_blocked(void **state)
{
    (void)state;
    struct vc_card *card = payment_card(NULL, NULL);
    ends(card, SELECT_DEBIT, "9000");
    expect(card, VERIFY_WRONG, "63C2");
    expect(card, VERIFY_WRONG, "63C1");
    expect(card, VERIFY_WRONG, "63C0");
    expect(card, VERIFY_RIGHT, "6983");
    expect(card, "0020008007 26654321FFFFFF", "6700");
    expect(card, "0020000008 26654321FFFFFFFF", "6A86");
    vc_card_free(card);
}

static void cryptogram_once(void **state)
{
    (void)state;
    struct vc_card *card = payment_card(NULL, NULL);
    ends(card, SELECT_DEBIT, "9000");
    expect(card, "80AE800034" CDOL_DATA, "6985");
    ends(card, GPO_SM2, "9000");
    expect(card, "80AE80000100", "6700");
    expect(card, "80AEC00034" CDOL_DATA, "6A86");
    expect(card, "80AE800034" CDOL_DATA, "6115");
    begins(card, "00C0000015", "801380");
    /* No ARPC was right, so nothing is approved. */
    expect(card, "008200000A 0000000000000000 3030", "6300");
    expect(card, "008200000A 0000000000000000 3030", "6985");
    expect(card, "80AE400036 3030" CDOL_DATA, "6115");
    begins(card, "00C0000015", "801300");
    expect(card, "80AE400036 3030" CDOL_DATA, "6985");
    expect(card, "00B2015C00", "6A83");
    vc_card_free(card);
}

static void scripts_need_a_mac(void **state)
{
    static const char *const scripts[] = {"841E000004 00000000", "8418000004 00000000",
                                          "8424000004 00000000", "04DA9F5905 3C 00000000",
                                          ("04DC013C19 70139F6310 "
                                           "000102030405060708090A0B0C0D0E0F 00000000")};
    (void)state;
    struct vc_card *card = payment_card(NULL, NULL);
    ends(card, SELECT_DEBIT, "9000");
    ends(card, GPO_SM2, "9000");
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        expect(card, scripts[i], "6985");
    }
    expect(card, "80AE800034" CDOL_DATA, "6115");
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        expect(card, scripts[i], "6988");
    }
    expect(card, "841E0000", "6700");
    ends(card, SELECT_DEBIT, "9000");
    expect(card, "80CA9F5900", "9F59010A9000");
    vc_card_free(card);
    /* With its mistake the card takes a record that nobody signed. */
    card = payment_card(NULL, "script-mac-unchecked");
    ends(card, SELECT_DEBIT, "9000");
    ends(card, GPO_SM2, "9000");
    expect(card, "80AE800034" CDOL_DATA, "6115");
    expect(card, scripts[4], "9000");
    expect(card, "00B2013C00", "70139F6310000102030405060708090A0B0C0D0E0F9000");
    expect(card, "04DC011419 70139F6310 000102030405060708090A0B0C0D0E0F 00000000", "6982");
    expect(card, "841E000004 00000000", "9000");
    expect(card, "00A4040008A000000333010101", "6283");
    vc_card_free(card);
}

static void applications_are_apart(void **state)
{
    (void)state;
    struct vc_card *card = payment_card(NULL, NULL);
    ends(card, SELECT_DEBIT, "9000");
    expect(card, "00B2072C00", "6A82");
    expect(card, "805E010007 123456 FF 654321", "6D00");
    expect(card, SELECT_SSSE, "6118");
    expect(card, "80CA9F3600", "6D00");
    expect(card, VERIFY_RIGHT, "6A86");
    vc_card_free(card);
}

static void bad_state_and_keys(void **state)
{
    struct fixture *fixture = *state;
    char path[512];
    char file[160];
    struct vc_err err;
    snprintf(path, sizeof path, "%s/cards/profiles/ssc-v3.yaml", getenv("YS_SOURCE_DIR"));
    snprintf(file, sizeof file, "%s.financial", fixture->state);
    FILE *out = fopen(file, "we");
    assert_non_null(out);
    fputs("financial 1 0 9 0 26654321FFFFFFFF\n", out);
    fclose(out);
    struct vc_card *card = card_of("ssc-v3", fixture->state, NULL);
    assert_false(vc_card_add_financial(card, path, keys, &err));
    assert_non_null(strstr(err.text, "not the state"));
    vc_card_free(card);
    unlink(file);
    card = card_of("ssc-v3", NULL, NULL);
    assert_false(vc_card_add_financial(card, path, fixture->folder, &err));
    assert_non_null(strstr(err.text, "--make-keys"));
    vc_card_free(card);
}

static int make_keys(void **state)
{
    struct vc_err err;
    (void)state;
    snprintf(keys, sizeof keys, "/tmp/financial-keys-%ld", (long)getpid());
    return vc_pboc_keys_make(keys, &err) && vc_pboc_keys_make(keys, &err) ? 0 : -1;
}

static int remove_keys(void **state)
{
    char command[160];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", keys);
    return system(command); /* NOLINT: the path is our own */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_make_the_application),
        cmocka_unit_test(terminal_chooses_algorithms),
        cmocka_unit_test_setup_teardown(counter_survives, card_set_up, card_tear_down),
        cmocka_unit_test(pin_is_blocked),
        cmocka_unit_test(cryptogram_once),
        cmocka_unit_test(scripts_need_a_mac),
        cmocka_unit_test(applications_are_apart),
        cmocka_unit_test_setup_teardown(bad_state_and_keys, card_set_up, card_tear_down),
    };
    return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
