/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card as the reader sees it: commands are taken apart, dispatched, and answered in the way of
 * T=0. A command with data whose answer has data says 61xx, and GET RESPONSE fetches it; a command
 * that asks for another number of bytes than there are is told the right one by 6Cxx. With both
 * data and Le (which T=0 cannot carry, but readers may pass on) the answer comes at once.
 */
#include "card_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint16_t (*vc_command_fn)(struct vc_card *card, const struct vc_apdu *apdu);

static const struct {
    uint8_t cla;
    uint8_t ins;
    enum vc_kind kind; /* VC_KIND_CARD: commands of a card; both kinds have the first ones */
    bool both;
    vc_command_fn run;
} commands[] = {
    {0x00, 0xA4, VC_KIND_CARD, true, vc_file_select},
    {0x00, 0xB0, VC_KIND_CARD, true, vc_file_read_binary},
    {0x00, 0xB2, VC_KIND_CARD, true, vc_file_read_record},
    {0x00, 0x84, VC_KIND_CARD, true, vc_auth_challenge},
    {0x00, 0xD6, VC_KIND_CARD, true, vc_file_update_binary},
    {0x00, 0xDC, VC_KIND_CARD, false, vc_file_update_record},
    {0x00, 0x20, VC_KIND_CARD, false, vc_auth_verify},
    {0x80, 0x5E, VC_KIND_CARD, false, vc_auth_change_pin},
    {0x00, 0x88, VC_KIND_CARD, false, vc_auth_internal},
    {0x00, 0x82, VC_KIND_CARD, false, vc_auth_external},
    {0xBF, 0xDE, VC_KIND_PSAM, false, vc_auth_psam_init},
    {0x80, 0xFA, VC_KIND_PSAM, false, vc_auth_psam_crypt},
};

struct vc_card *vc_card_new(const char *profile_path, const char *state_path,
                            const struct vc_settings *settings, const struct vc_defects *defects,
                            struct vc_err *reterr)
{
    struct vc_card *card = calloc(1, sizeof *card);
    if (!card) {
        snprintf(reterr->text, sizeof reterr->text, "no memory");
        return NULL;
    }
    card->defects = *defects;
    card->state_path = state_path;
    if (!vc_profile_load(profile_path, settings, defects, &card->profile, reterr) ||
        (state_path && !vc_fs_load(&card->profile.fs, state_path, reterr))) {
        vc_card_free(card);
        return NULL;
    }
    if (defects->on[VC_DEFECT_WRONG_TCK] && card->profile.atr_length < VC_MAX_ATR) {
        card->profile.atr[card->profile.atr_length++] = 0x5A;
    }
    return card;
}

void vc_card_free(struct vc_card *card)
{
    free(card);
}

const uint8_t *vc_card_atr(const struct vc_card *card, size_t *ret_n)
{
    *ret_n = card->profile.atr_length;
    return card->profile.atr;
}

void vc_card_reset(struct vc_card *card)
{
    vc_auth_forget(card);
    if (card->defects.on[VC_DEFECT_ATR_CHANGES]) {
        card->profile.atr[5] ^= 0x01;
    }
    card->df = 0;
    card->ef = NULL;
    card->challenge_n = 0;
    card->process_ready = false;
    card->data_n = 0;
    if (card->defects.on[VC_DEFECT_TRIES_RESET_BY_POWER_OFF]) {
        card->profile.fs.pin.tries = card->profile.fs.pin.tries_limit;
    }
}

uint16_t vc_card_keep(struct vc_card *card)
{
    if (card->state_path && !vc_fs_save(&card->profile.fs, card->state_path)) {
        return VC_SW_MEMORY;
    }
    return VC_SW_OK;
}

/* The four short cases of ISO/IEC 7816-4. */
static bool parse(const uint8_t *command, size_t n, struct vc_apdu *ret_apdu)
{
    if (n < 4) {
        return false;
    }
    *ret_apdu =
        (struct vc_apdu){.cla = command[0], .ins = command[1], .p1 = command[2], .p2 = command[3]};
    if (n == 5) {
        ret_apdu->has_le = true;
        ret_apdu->le = command[4];
    } else if (n > 5) {
        ret_apdu->data = command + 5;
        ret_apdu->data_n = command[4];
        ret_apdu->has_le = n == 6 + ret_apdu->data_n;
        ret_apdu->le = ret_apdu->has_le ? command[n - 1] : 0;
        return ret_apdu->data_n > 0 && (ret_apdu->has_le || n == 5 + ret_apdu->data_n);
    }
    return true;
}

static uint16_t get_response(const struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->data_n > 0) {
        return VC_SW_LENGTH;
    }
    if (card->data_n == 0) {
        return VC_SW_CONDITIONS;
    }
    if (apdu->le > card->data_n) {
        return (uint16_t)(VC_SW_EXACT | (card->data_n & 0xFF));
    }
    return VC_SW_OK;
}

static uint16_t dispatch(struct vc_card *card, const struct vc_apdu *apdu)
{
    bool class_known = false;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].kind != card->profile.kind && !commands[i].both) {
            continue;
        }
        bool of_class =
            commands[i].cla == apdu->cla || card->defects.on[VC_DEFECT_CLASS_IGNORED];
        class_known = class_known || of_class;
        if (of_class && commands[i].ins == apdu->ins) {
            return commands[i].run(card, apdu);
        }
    }
    if (card->defects.on[VC_DEFECT_UNKNOWN_COMMAND_ANSWERED]) {
        return VC_SW_OK;
    }
    return class_known ? VC_SW_INS : VC_SW_CLA;
}

/* Decides how much of the answer goes with the status word; the rest waits for GET RESPONSE. */
static uint16_t deliver(struct vc_card *card, const struct vc_apdu *apdu, bool from_response,
                        size_t *ret_n)
{
    size_t n = card->data_n;
    *ret_n = 0;
    if (from_response) {
        *ret_n = apdu->le && apdu->le < n ? apdu->le : n;
        if (card->defects.on[VC_DEFECT_ENDLESS_61XX]) {
            *ret_n = 0;
            return (uint16_t)(VC_SW_MORE | (n & 0xFF));
        }
        return n > *ret_n ? (uint16_t)(VC_SW_MORE | ((n - *ret_n) & 0xFF)) : VC_SW_OK;
    }
    if (apdu->data_n > 0 && !apdu->has_le) {
        return n ? (uint16_t)(VC_SW_MORE | (n & 0xFF)) : VC_SW_OK;
    }
    if (n > 0 && apdu->data_n == 0 && apdu->le != 0 && apdu->le != n) {
        card->data_n = 0;
        return (uint16_t)(VC_SW_EXACT | (n & 0xFF));
    }
    *ret_n = n;
    return VC_SW_OK;
}

bool vc_card_transmit(struct vc_card *card, const uint8_t *command, size_t n,
                      uint8_t ret_response[VC_MAX_RESPONSE], size_t *ret_n)
{
    struct vc_apdu apdu;
    uint16_t sw = VC_SW_LENGTH;
    size_t sent = 0;
    if (parse(command, n, &apdu)) {
        bool from_response = apdu.cla == 0x00 && apdu.ins == 0xC0;
        if (card->defects.on[VC_DEFECT_HANG] && apdu.ins == 0xB2) {
            return false;
        }
        if (!from_response) {
            card->data_n = 0;
        }
        sw = from_response ? get_response(card, &apdu) : dispatch(card, &apdu);
        if (sw == VC_SW_OK) {
            sw = deliver(card, &apdu, from_response, &sent);
        } else if (!from_response) {
            card->data_n = 0;
        }
    }
    memcpy(ret_response, card->data, sent);
    ret_response[sent] = (uint8_t)(sw >> 8);
    ret_response[sent + 1] = (uint8_t)(sw & 0xFF);
    *ret_n = sent + 2;
    if ((sw & 0xFF00) != VC_SW_MORE && (sw & 0xFF00) != VC_SW_EXACT) {
        card->data_n = 0;
    } else if (sent > 0) {
        card->data_n -= sent;
        memmove(card->data, card->data + sent, card->data_n);
    }
    return true;
}
