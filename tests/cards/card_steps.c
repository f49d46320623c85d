/* SPDX-License-Identifier: Apache-2.0 */
#include "card_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int card_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) {
        return -1;
    }
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/yanshou-card-XXXXXX");
    if (!mkdtemp(fixture->folder)) {
        free(fixture);
        return -1;
    }
    snprintf(fixture->state, sizeof fixture->state, "%s/state", fixture->folder);
    snprintf(fixture->profile, sizeof fixture->profile, "%s/profile.yaml", fixture->folder);
    *state = fixture;
    return 0;
}

int card_tear_down(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->state);
    unlink(fixture->profile);
    int result = rmdir(fixture->folder);
    free(fixture);
    return result;
}

struct vc_card *card_of(const char *profile, const char *state, const char *defect)
{
    char path[512];
    struct vc_err err = {{0}};
    struct vc_defects defects = {{false}};
    const char *root = getenv("YS_SOURCE_DIR");
    assert_non_null(root);
    snprintf(path, sizeof path, "%s/cards/profiles/%s.yaml", root, profile);
    assert_true(!defect || vc_defects_enable(&defects, defect));
    struct vc_card *card = vc_card_new(path, state, NULL, &defects, &err);
    if (!card) {
        fail_msg("%s", err.text);
    }
    vc_card_reset(card);
    return card;
}

const char *send_hex(struct vc_card *card, const char *command)
{
    static char text[2 * VC_MAX_RESPONSE + 1];
    uint8_t bytes[300];
    uint8_t response[VC_MAX_RESPONSE];
    size_t n = 0;
    assert_true(vc_hex_parse(command, bytes, sizeof bytes, &n));
    if (!vc_card_transmit(card, bytes, n, response, &n)) {
        return "mute";
    }
    for (size_t i = 0; i < n; i++) {
        snprintf(text + 2 * i, 3, "%02X", response[i]);
    }
    return text;
}

void expect(struct vc_card *card, const char *command, const char *answer)
{
    assert_string_equal(send_hex(card, command), answer);
}

void authenticate(struct vc_card *card, struct vc_card *psam, const char *usage_and_key,
                  const char *key, const char *answer)
{
    char challenge[2 * 8 + 1];
    char cryptogram[2 * 8 + 1];
    char command[200];
    snprintf(challenge, sizeof challenge, "%.16s", send_hex(card, "0084000008"));
    snprintf(command, sizeof command, "BFDE%s18" FACTORS "%s", usage_and_key, challenge);
    expect(psam, command, "9000");
    expect(psam, "80FA000008" CHALLENGE_FACTOR, "6108");
    snprintf(cryptogram, sizeof cryptogram, "%.16s", send_hex(psam, "00C0000008"));
    snprintf(command, sizeof command, "008200%s10%s" CHALLENGE_FACTOR, key, cryptogram);
    expect(card, command, answer);
}

void send_with_mac(struct vc_card *card, struct vc_card *psam, const char *usage_and_key,
                   const char *message, const char *answer)
{
    char challenge[2 * 8 + 1];
    char command[600];
    uint8_t bytes[300] = {0};
    size_t n = 0;
    bool sm4 = strncmp(usage_and_key, "48", 2) == 0;
    size_t block = sm4 ? 16 : 8;
    snprintf(challenge, sizeof challenge, "%.16s", send_hex(card, "0084000008"));
    snprintf(command, sizeof command, "BFDE%s18" FACTORS "%s", usage_and_key, challenge);
    expect(psam, command, "9000");
    assert_true(vc_hex_parse(message, bytes + block, 200, &n));
    bytes[block + n] = 0x80;
    size_t all = block + (n / block + 1) * block;
    int at = snprintf(command, sizeof command, "80FA0500%02zX", all);
    for (size_t i = 0; i < all; i++) {
        at += snprintf(command + at, sizeof command - (size_t)at, "%02X", bytes[i]);
    }
    expect(psam, command, "6104");
    snprintf(command, sizeof command, "%s%.8s", message, send_hex(psam, "00C0000004"));
    expect(card, command, answer);
}
