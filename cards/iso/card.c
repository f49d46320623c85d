/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card as the reader sees it: commands are chained, dispatched to the selected application and
 * answered in the way of the protocol. With T=0, a command with data whose answer has data says
 * 61xx, and GET RESPONSE fetches it; a command that asks for another number of bytes than there are
 * is told the right one by 6Cxx. With both data and Le (which T=0 cannot carry, but readers may
 * pass on), and with T=1, the answer comes at once.
 */
#include "apps/app.h"

#include "iso/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What every directory has. */
static const struct vc_command basic[] = {
    {0x00, 0xA4, vc_file_select},        {0x00, 0xB0, vc_file_read_binary},
    {0x00, 0xB2, vc_file_read_record},   {0x00, 0x84, vc_security_challenge},
    {0x00, 0xD6, vc_file_update_binary}, {0x00, 0xDC, vc_file_update_record},
    {0x04, 0xD6, vc_file_update_binary}, {0x04, 0xDC, vc_file_update_record},
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
        (state_path && !vc_state_load(&card->profile.fs, state_path, reterr))) {
        vc_card_free(card);
        return NULL;
    }
    if (defects->on[VC_DEFECT_WRONG_TCK] && card->profile.atr_length < VC_MAX_ATR) {
        card->profile.atr[card->profile.atr_length++] = 0x5A;
    }
    return card;
}

bool vc_card_add_financial(struct vc_card *card, const char *profile_path, const char *keys_path,
                           struct vc_err *reterr)
{
    reterr->text[0] = '\0';
    card->pboc = vc_pboc_load(profile_path, keys_path, &card->defects, reterr);
    return card->pboc ? vc_pboc_restore(card->pboc, card->state_path, reterr)
                      : reterr->text[0] == '\0';
}

void vc_card_free(struct vc_card *card)
{
    if (card) {
        vc_pboc_free(card->pboc);
        vc_fs_free(&card->profile.fs);
        free(card);
    }
}

const uint8_t *vc_card_atr(const struct vc_card *card, size_t *ret_n)
{
    *ret_n = card->profile.atr_length;
    return card->profile.atr;
}

void vc_card_reset(struct vc_card *card)
{
    vc_security_forget(card);
    vc_pboc_reset(card);
    if (card->defects.on[VC_DEFECT_ATR_CHANGES]) {
        card->profile.atr[5] ^= 0x01;
    }
    card->df = 0;
    card->ef = NULL;
    card->challenge_n = 0;
    card->process_ready = false;
    card->data_n = 0;
    card->chain.open = false;
    for (size_t i = 0; i < card->profile.fs.dfs_n; i++) {
        struct vc_df *df = &card->profile.fs.dfs[i];
        if (card->defects.on[VC_DEFECT_TRIES_RESET_BY_POWER_OFF]) {
            df->pin.tries = df->pin.tries_limit;
        }
        for (size_t k = 0;
             card->defects.on[VC_DEFECT_KEY_TRIES_RESET_BY_POWER_OFF] && k < df->keys_n; k++) {
            df->keys[k].tries = df->keys[k].tries_limit;
        }
        if (df->app && df->app->reset) {
            df->app->reset(card, df);
        }
    }
}

void vc_card_put(struct vc_card *card, const uint8_t *bytes, size_t n)
{
    memcpy(card->data + card->data_n, bytes, n);
    card->data_n += n;
}

struct vc_df *vc_card_df(struct vc_card *card)
{
    return &card->profile.fs.dfs[card->df];
}

uint16_t vc_card_keep(struct vc_card *card)
{
    card->changed = false;
    if (card->state_path && !vc_state_save(&card->profile.fs, card->state_path)) {
        return VC_SW_MEMORY;
    }
    return VC_SW_OK;
}

static uint16_t get_response(const struct vc_card *card, const struct vc_apdu *apdu)
{
    if (apdu->data_n > 0) {
        return VC_SW_LENGTH;
    }
    if (card->data_n == 0) {
        return card->defects.on[VC_DEFECT_NOTHING_FETCHED] ? VC_SW_OK : VC_SW_CONDITIONS;
    }
    if (apdu->le > card->data_n) {
        return (uint16_t)(VC_SW_EXACT | (card->data_n & 0xFF));
    }
    return VC_SW_OK;
}

static const struct vc_command *find_command(const struct vc_card *card,
                                             const struct vc_command *commands, size_t n,
                                             const struct vc_apdu *apdu, bool *ret_class_known)
{
    for (size_t i = 0; i < n; i++) {
        bool of_class = commands[i].cla == apdu->cla || card->defects.on[VC_DEFECT_CLASS_IGNORED];
        *ret_class_known = *ret_class_known || of_class;
        if (of_class && commands[i].ins == apdu->ins) {
            return &commands[i];
        }
    }
    return NULL;
}

/* Where the directory or one above is blocked, only selection, challenges and unblocking go on. */
static bool is_blocked(const struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_df *dfs = card->profile.fs.dfs;
    bool blocked = dfs[0].life != VC_LIFE_ACTIVE;
    for (size_t df = card->df; df != 0; df = dfs[df].parent) {
        blocked = blocked || dfs[df].life != VC_LIFE_ACTIVE;
    }
    bool goes_on = apdu->ins == 0xA4 || apdu->ins == 0x84 ||
                   ((apdu->cla & 0x80) != 0 && (apdu->ins == 0x18 || apdu->ins == 0x1E));
    bool computes = dfs[card->df].app == &vc_app_psam &&
                    card->defects.on[VC_DEFECT_PSAM_REVOKED_COMPUTES];
    return blocked && !goes_on && !computes &&
           !card->defects.on[VC_DEFECT_BLOCKED_APPLICATION_ANSWERS];
}

static uint16_t dispatch(struct vc_card *card, const struct vc_apdu *apdu)
{
    bool class_known = false;
    const struct vc_command *command = NULL;
    const struct vc_app *app = vc_card_df(card)->app;
    if (vc_pboc_answers(card, apdu)) {
        return vc_pboc_dispatch(card, apdu);
    }
    if (app) {
        command = find_command(card, app->commands, app->commands_n, apdu, &class_known);
    }
    if (!command) {
        command = find_command(card, basic, sizeof basic / sizeof basic[0], apdu, &class_known);
    }
    if (command && is_blocked(card, apdu)) {
        return VC_SW_CONDITIONS;
    }
    if (command) {
        uint16_t sw = command->run(card, apdu);
        uint16_t kept = card->changed ? vc_card_keep(card) : VC_SW_OK;
        return kept == VC_SW_OK ? sw : kept;
    }
    if (card->defects.on[VC_DEFECT_UNKNOWN_COMMAND_ANSWERED]) {
        return VC_SW_OK;
    }
    return class_known ? VC_SW_INS : VC_SW_CLA;
}

/* Takes one command of a chain. True where it is the last, or none: then the command is whole. */
static bool chain(struct vc_card *card, struct vc_apdu *apdu, uint16_t *ret_sw)
{
    struct vc_chain *chain = &card->chain;
    bool more = (apdu->cla & 0x10) != 0 && apdu->cla < 0x20;
    const uint8_t header[4] = {(uint8_t)(apdu->cla & ~0x10), apdu->ins, apdu->p1, apdu->p2};
    *ret_sw = VC_SW_OK;
    if (more && card->defects.on[VC_DEFECT_CHAIN_NOT_AWAITED]) {
        apdu->cla = header[0];
        return true;
    }
    if (more && !card->profile.chaining) {
        *ret_sw = VC_SW_NO_CHAINING;
        return false;
    }
    if (chain->open && memcmp(chain->header, header, sizeof header) != 0) {
        chain->open = false;
        if (more) {
            *ret_sw = VC_SW_LAST_OF_CHAIN;
            return false;
        }
    }
    if (!more && !chain->open) {
        return true;
    }
    if (!chain->open) {
        memcpy(chain->header, header, sizeof header);
        chain->data_n = 0;
    }
    chain->open = more;
    if (chain->data_n + apdu->data_n > sizeof chain->data) {
        chain->open = false;
        *ret_sw = VC_SW_LENGTH;
        return false;
    }
    if (apdu->data_n > 0) {
        memcpy(chain->data + chain->data_n, apdu->data, apdu->data_n);
        chain->data_n += apdu->data_n;
    }
    apdu->data = chain->data;
    apdu->data_n = chain->data_n;
    return !more;
}

/* What 61xx and 6Cxx say of a number of bytes: 00 stands for 256 and more. */
static uint16_t with_length(uint16_t sw, size_t n)
{
    return (uint16_t)(sw | (n < 256 ? n : 0));
}

/* Decides how much of the answer goes with the status word; the rest waits for GET RESPONSE. */
static uint16_t deliver(struct vc_card *card, const struct vc_apdu *apdu, bool from_response,
                        uint16_t sw, size_t *ret_n)
{
    size_t n = card->data_n;
    size_t most = apdu->is_long ? VC_MAX_ANSWER : 256;
    size_t asked = apdu->le ? apdu->le : most;
    *ret_n = 0;
    if (from_response) {
        *ret_n = asked < n ? asked : n;
        if (card->defects.on[VC_DEFECT_ENDLESS_61XX]) {
            *ret_n = 0;
            return with_length(VC_SW_MORE, n);
        }
        return n > *ret_n ? with_length(VC_SW_MORE, n - *ret_n) : sw;
    }
    if (apdu->data_n > 0 && !apdu->has_le) {
        /* A warning takes the place of 61xx; GET RESPONSE fetches the data all the same (EMV Book
         * 1, 9.3.1.2). */
        return n && sw == VC_SW_OK ? with_length(VC_SW_MORE, n) : sw;
    }
    bool other = card->profile.t1 ? apdu->le < n : apdu->le != n;
    if (n > 0 && apdu->data_n == 0 && apdu->le != 0 && other) {
        if (card->defects.on[VC_DEFECT_WRONG_LENGTH_ANSWERED]) {
            *ret_n = apdu->le < n ? apdu->le : n;
            return sw;
        }
        card->data_n = 0;
        return with_length(VC_SW_EXACT, n);
    }
    *ret_n = n < most ? n : most;
    return n > *ret_n ? with_length(VC_SW_MORE, n - *ret_n) : sw;
}

/* Where the standards give several status words for one refusal, the ones that this card does not
 * say without being told so. */
static uint16_t other_word(const struct vc_apdu *apdu, uint16_t sw)
{
    static const struct {
        uint8_t ins;
        uint16_t sw;
        uint16_t other;
    } words[] = {
        {0x5E, 0x6A80, 0x6984}, {0x20, 0x6700, 0x6A80}, {0x82, 0x6A88, 0x6A86},
        {0x88, 0x6A88, 0x6A86}, {0x84, 0x6A86, 0x6B00}, {0xB0, 0x6981, 0x6986},
        {0xC0, 0x6985, 0x6F00}, {0x24, 0x6982, 0x6985}, {0x24, 0x6988, 0x9302},
        {0x1E, 0x6988, 0x9302}, {0x18, 0x6988, 0x9302}, {0x16, 0x6988, 0x9302},
        {0xDC, 0x6988, 0x9302}, {0xA8, 0x6A80, 0x6700},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].ins == apdu->ins && words[i].sw == sw) {
            return words[i].other;
        }
    }
    return apdu->ins == 0xB2 && sw >> 8 == 0x6C ? VC_SW_LENGTH : sw;
}

/* Whether a status word comes with an answer. */
static bool has_answer(uint16_t sw)
{
    return sw == VC_SW_OK || sw >> 8 == 0x62;
}

/* A blocked card answers nothing; a defect spares the financial application. */
static bool is_shut(const struct vc_card *card, const struct vc_apdu *apdu)
{
    bool financial = vc_pboc_answers(card, apdu) ||
                     (apdu->ins == 0xA4 && apdu->data_n > 0 && apdu->data[0] == 0xA0);
    return card->profile.fs.card_blocked &&
           !(financial && card->defects.on[VC_DEFECT_CARD_BLOCK_SPARES_FINANCIAL]);
}

bool vc_card_transmit(struct vc_card *card, const uint8_t *command, size_t n,
                      uint8_t ret_response[VC_MAX_RESPONSE], size_t *ret_n)
{
    struct vc_apdu apdu;
    uint16_t sw = VC_SW_LENGTH;
    size_t sent = 0;
    if (vc_apdu_parse(command, n, card->profile.extended, &apdu)) {
        bool from_response = apdu.cla == 0x00 && apdu.ins == 0xC0;
        if (card->defects.on[VC_DEFECT_HANG] && apdu.ins == 0xB2) {
            return false;
        }
        if (!from_response) {
            card->data_n = 0;
        }
        if (from_response) {
            sw = get_response(card, &apdu);
        } else if (chain(card, &apdu, &sw)) {
            sw = is_shut(card, &apdu) ? VC_SW_NOT_SUPPORTED : dispatch(card, &apdu);
        }
        if (has_answer(sw)) {
            sw = deliver(card, &apdu, from_response, sw, &sent);
        } else if (!from_response) {
            card->data_n = 0;
        }
        if (card->defects.on[VC_DEFECT_OTHER_STATUS_WORDS]) {
            sw = other_word(&apdu, sw);
        }
    }
    memcpy(ret_response, card->data, sent);
    ret_response[sent] = (uint8_t)(sw >> 8);
    ret_response[sent + 1] = (uint8_t)(sw & 0xFF);
    *ret_n = sent + 2;
    bool waits = (sw & 0xFF00) == VC_SW_MORE || (sw & 0xFF00) == VC_SW_EXACT ||
                 (sw >> 8 == 0x62 && sent == 0);
    if (!waits && !card->defects.on[VC_DEFECT_ANSWER_FETCHED_TWICE]) {
        card->data_n = 0;
    } else if (sent > 0 && sent < card->data_n) {
        card->data_n -= sent;
        memmove(card->data, card->data + sent, card->data_n);
    }
    return true;
}
