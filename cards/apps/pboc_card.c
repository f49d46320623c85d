/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selection, GET PROCESSING OPTIONS, records, GET DATA, VERIFY and INTERNAL AUTHENTICATE of the
 * financial application (JR/T 0025.5; EMV Books 1 and 3).
 */
#include "apps/app.h"

#include <string.h>

enum {
    TAG_PDOL = 0x9F38,
    TAG_DDOL = 0x9F49,
    LOG_SFI = 0x0B,
    DIRECTORY_SFI = 0x01,
    NEXT = 0x02 /* P2 of SELECT */
};

static const uint8_t pse[] = "1PAY.SYS.DDF01";
static const uint8_t ppse[] = "2PAY.SYS.DDF01";

bool vc_pboc_answers(const struct vc_card *card, const struct vc_apdu *apdu)
{
    bool select = apdu->cla == 0x00 && apdu->ins == 0xA4;
    bool leak = apdu->ins == 0xCA && card->defects.on[VC_DEFECT_FINANCIAL_ANSWERS_OUTSIDE];
    return card->pboc && ((card->pboc->session.selected != VC_PBOC_NOTHING && !select) || leak);
}

uint16_t vc_pboc_keep(struct vc_card *card)
{
    bool kept = !card->state_path || vc_pboc_save(card->pboc, card->state_path);
    return kept ? VC_SW_OK : VC_SW_MEMORY;
}

void vc_pboc_deselect(struct vc_card *card)
{
    if (card->pboc) {
        card->pboc->session = (struct vc_pboc_session){.selected = VC_PBOC_NOTHING};
    }
}

void vc_pboc_reset(struct vc_card *card)
{
    vc_pboc_deselect(card);
    if (!card->pboc) {
        return;
    }
    if (card->defects.on[VC_DEFECT_ATC_RESET_BY_POWER_OFF]) {
        card->pboc->state.atc = 0;
    }
    if (card->defects.on[VC_DEFECT_FINANCIAL_TRIES_RESET]) {
        card->pboc->state.tries = card->pboc->tries_limit;
    }
}

/* ---- selection ---- */

/* Puts a template around what stands in `body`. */
static bool wrap(uint8_t *body, size_t *n, uint16_t tag)
{
    uint8_t inner[VC_MAX_RECORD + 1];
    size_t inner_n = *n;
    memcpy(inner, body, inner_n);
    *n = 0;
    return vc_pboc_put(body, n, tag, inner, inner_n);
}

static bool put_object(struct vc_pboc *pboc, uint8_t *body, size_t *n, uint16_t tag)
{
    const struct vc_object *object = vc_pboc_find(pboc, tag, VC_PBOC_ANY);
    return !object || vc_pboc_put(body, n, tag, object->bytes, object->n);
}

/* 61 { 4F, 50 }: an application for transport, which this card has not. */
static bool put_transport(uint8_t *body, size_t *n)
{
    static const uint8_t aid[] = {0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x05};
    static const uint8_t label[] = {'M', 'O', 'T'};
    return vc_pboc_put(body, n, 0x4F, aid, sizeof aid) &&
           vc_pboc_put(body, n, 0x50, label, sizeof label) && wrap(body, n, 0x61);
}

/* 61 { 4F, 50, 9F12, 87 }: how the directories name the application. */
static bool put_own_entry(struct vc_pboc *pboc, uint8_t *body, size_t *n)
{
    uint8_t aid[VC_MAX_DF_NAME];
    memcpy(aid, pboc->aid, pboc->aid_n);
    if (pboc->defects->on[VC_DEFECT_DIRECTORY_NAMES_ANOTHER]) {
        aid[pboc->aid_n - 1] = 0x7F;
    }
    *n = 0;
    return vc_pboc_put(body, n, 0x4F, aid, pboc->aid_n) && put_object(pboc, body, n, 0x50) &&
           put_object(pboc, body, n, 0x9F12) && put_object(pboc, body, n, 0x87) &&
           wrap(body, n, 0x61);
}

static bool put_entry(struct vc_pboc *pboc, uint8_t *body, size_t *n)
{
    uint8_t own[VC_MAX_RECORD + 1];
    size_t own_n = 0;
    bool ok = !pboc->defects->on[VC_DEFECT_TRANSPORT_LISTED_FIRST] || put_transport(body, n);
    ok = ok && put_own_entry(pboc, own, &own_n) && *n + own_n <= VC_MAX_RECORD;
    if (ok) {
        memcpy(body + *n, own, own_n);
        *n += own_n;
    }
    return ok;
}

static bool put_fci(struct vc_pboc *pboc, enum vc_pboc_selected what, uint8_t *body, size_t *n)
{
    uint8_t inner[VC_MAX_RECORD + 1];
    uint8_t more[VC_MAX_RECORD + 1];
    size_t inner_n = 0;
    size_t more_n = 0;
    const uint8_t sfi = DIRECTORY_SFI;
    const bool *on = pboc->defects->on;
    bool ok = true;
    if (what == VC_PBOC_PSE) {
        ok = vc_pboc_put(inner, &inner_n, 0x88, &sfi, 1) &&
             put_object(pboc, inner, &inner_n, 0x5F2D) && put_object(pboc, inner, &inner_n, 0x9F11);
    } else if (what == VC_PBOC_PPSE) {
        ok = put_entry(pboc, inner, &inner_n) && wrap(inner, &inner_n, 0xBF0C);
    } else {
        ok = (on[VC_DEFECT_FCI_WITHOUT_LABEL] || put_object(pboc, inner, &inner_n, 0x50)) &&
             put_object(pboc, inner, &inner_n, 0x87) &&
             put_object(pboc, inner, &inner_n, TAG_PDOL) &&
             put_object(pboc, inner, &inner_n, 0x5F2D) &&
             put_object(pboc, inner, &inner_n, 0x9F11) &&
             put_object(pboc, inner, &inner_n, 0x9F12) && put_object(pboc, more, &more_n, 0x9F4D) &&
             vc_pboc_put(inner, &inner_n, 0xBF0C, more, more_n);
    }
    *n = 0;
    return ok &&
           (what == VC_PBOC_APPLICATION ? vc_pboc_put(body, n, 0x84, pboc->aid, pboc->aid_n)
            : what == VC_PBOC_PSE       ? vc_pboc_put(body, n, 0x84, pse, sizeof pse - 1)
                                        : vc_pboc_put(body, n, 0x84, ppse, sizeof ppse - 1)) &&
           vc_pboc_put(body, n, 0xA5, inner, inner_n) && wrap(body, n, 0x6F);
}

static bool is_pse(const struct vc_apdu *apdu)
{
    return apdu->data_n == sizeof pse - 1 && memcmp(apdu->data, pse, sizeof pse - 1) == 0;
}

/* Names that are not complete match, so that a terminal finds what it knows the beginning of. */
static enum vc_pboc_selected matching(const struct vc_pboc *pboc, const struct vc_apdu *apdu)
{
    const bool *on = pboc->defects->on;
    if (is_pse(apdu)) {
        return on[VC_DEFECT_PSE_ABSENT] ? VC_PBOC_NOTHING : VC_PBOC_PSE;
    }
    if (apdu->data_n == sizeof ppse - 1 && memcmp(apdu->data, ppse, sizeof ppse - 1) == 0) {
        return on[VC_DEFECT_PPSE_MISSING] ? VC_PBOC_NOTHING : VC_PBOC_PPSE;
    }
    size_t least = on[VC_DEFECT_WHOLE_NAMES_ONLY] ? pboc->aid_n : 5;
    bool is_prefix = apdu->data_n >= least && apdu->data_n <= pboc->aid_n &&
                     memcmp(apdu->data, pboc->aid, apdu->data_n) == 0;
    if (is_prefix && apdu->data_n < pboc->aid_n && on[VC_DEFECT_PARTIAL_NAME_MISLEADS]) {
        return VC_PBOC_PSE;
    }
    return is_prefix && !on[VC_DEFECT_FINANCIAL_MISSING] ? VC_PBOC_APPLICATION : VC_PBOC_NOTHING;
}

uint16_t vc_pboc_select(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    if (!pboc || apdu->p1 != 0x04 || (apdu->p2 & ~NEXT) != 0 || apdu->data_n == 0) {
        return 0;
    }
    const bool *on = card->defects.on;
    enum vc_pboc_selected found = matching(pboc, apdu);
    if (found == VC_PBOC_NOTHING) {
        bool known = apdu->data_n >= 5 && memcmp(apdu->data, pboc->aid, 5) == 0;
        known = known || is_pse(apdu); /* nor is the MF selected by that name */
        return known || apdu->p2 == NEXT ? VC_SW_FILE_NOT_FOUND : 0;
    }
    /* There is one application: after it comes nothing. */
    if (apdu->p2 == NEXT && pboc->session.selected == VC_PBOC_APPLICATION &&
        !on[VC_DEFECT_NEXT_REPEATS]) {
        return VC_SW_FILE_NOT_FOUND;
    }
    if (!put_fci(pboc, found, card->data, &card->data_n)) {
        return VC_SW_UNKNOWN;
    }
    vc_security_forget(card);
    card->df = 0;
    card->ef = NULL;
    pboc->session = (struct vc_pboc_session){.selected = found};
    bool tells = pboc->state.blocked && found == VC_PBOC_APPLICATION &&
                 !on[VC_DEFECT_BLOCKED_STILL_SELECTABLE];
    return tells ? VC_SW_DEACTIVATED : VC_SW_OK;
}

/* ---- processing options, records ---- */

static void put_afl(struct vc_pboc *pboc)
{
    struct vc_pboc_session *session = &pboc->session;
    session->afl_n = 0;
    for (size_t i = 0; i < pboc->records_n; i++) {
        const struct vc_pboc_record *record = &pboc->records[i];
        uint8_t *entry = session->afl + session->afl_n - 4;
        if (record->family != VC_PBOC_ANY && record->family != session->family) {
            continue;
        }
        if (session->afl_n == 0 || entry[0] != record->sfi << 3) {
            entry += 4;
            session->afl_n += 4;
            entry[0] = (uint8_t)(record->sfi << 3);
            entry[1] = record->number;
            entry[3] = 0;
        }
        entry[2] = record->number;
        entry[3] = (uint8_t)(entry[3] + (record->is_signed ? 1 : 0));
    }
    if (pboc->defects->on[VC_DEFECT_AFL_BEYOND_RECORDS] && session->afl_n) {
        session->afl[session->afl_n - 2]++;
    }
}

/* 80 A8 00 00 Lc 83 L <PDOL data>: the counter is written before anything is promised. */
static uint16_t get_processing_options(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    struct vc_pboc_session *session = &pboc->session;
    const struct vc_object *pdol = vc_pboc_find(pboc, TAG_PDOL, VC_PBOC_ANY);
    const struct vc_object *aip = vc_pboc_find(pboc, 0x82, VC_PBOC_ANY);
    const uint8_t *value = NULL;
    size_t n = 0;
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (session->step != VC_PBOC_IDLE) {
        return VC_SW_CONDITIONS;
    }
    size_t wanted = vc_pboc_dol_length(pdol);
    bool any = card->defects.on[VC_DEFECT_PDOL_LENGTH_UNCHECKED];
    if (apdu->data_n < 2 || apdu->data[0] != 0x83 || apdu->data[1] != apdu->data_n - 2) {
        return VC_SW_DATA;
    }
    if (apdu->data[1] != wanted && !any) {
        return VC_SW_LENGTH;
    }
    bool given = apdu->data[1] == wanted &&
                 vc_pboc_dol_find(pdol, apdu->data + 2, pboc->family_tag, &value, &n) && n == 1;
    session->family = given && value[0] == 0x01 ? VC_PBOC_SM : VC_PBOC_RSA;
    if (pboc->state.atc == 0xFFFF) {
        return VC_SW_CONDITIONS;
    }
    if (!card->defects.on[VC_DEFECT_ATC_REPEATS] || pboc->state.atc == 0) {
        pboc->state.atc++;
    }
    uint16_t sw = vc_pboc_keep(card);
    if (sw != VC_SW_OK) {
        return sw;
    }
    put_afl(pboc);
    session->step = VC_PBOC_INITIATED;
    memcpy(card->data, aip->bytes, 2);
    memcpy(card->data + 2, session->afl, session->afl_n);
    card->data_n = 2 + session->afl_n;
    return wrap(card->data, &card->data_n, 0x80) ? VC_SW_OK : VC_SW_UNKNOWN;
}

static uint16_t read_log(struct vc_card *card, uint8_t number)
{
    const struct vc_pboc_state *state = &card->pboc->state;
    const struct vc_object *format = vc_pboc_find(card->pboc, 0x9F4F, VC_PBOC_ANY);
    size_t n = vc_pboc_dol_length(format);
    if (number == 0 || number > state->log_n || n > VC_PBOC_LOG_RECORD) {
        return VC_SW_RECORD_NOT_FOUND;
    }
    memcpy(card->data, state->log[number - 1], n);
    card->data_n = n;
    return VC_SW_OK;
}

/* What a missing wall between applications would show. */
static uint16_t read_social(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_fs *fs = &card->profile.fs;
    size_t df = 0;
    while (df < fs->dfs_n && fs->dfs[df].app != &vc_app_social) {
        df++;
    }
    if (df == fs->dfs_n) {
        return VC_SW_FILE_NOT_FOUND;
    }
    card->df = df;
    uint16_t sw = vc_file_read_record(card, apdu);
    card->df = 0;
    card->ef = NULL;
    return sw;
}

/* 00 B2 <number> <SFI << 3 | 4> */
static uint16_t read_record(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    uint8_t sfi = apdu->p2 >> 3;
    bool any_file = false;
    if (apdu->data_n > 0 || !apdu->has_le) {
        return VC_SW_LENGTH;
    }
    if ((apdu->p2 & 0x07) != 4 || sfi == 0 || sfi == 31) {
        return VC_SW_P1P2;
    }
    if (pboc->session.selected == VC_PBOC_PSE) {
        if (sfi != DIRECTORY_SFI) {
            return VC_SW_FILE_NOT_FOUND;
        }
        return apdu->p1 != 1 ? VC_SW_RECORD_NOT_FOUND
               : put_entry(pboc, card->data, &card->data_n) && wrap(card->data, &card->data_n, 0x70)
                   ? VC_SW_OK
                   : VC_SW_UNKNOWN;
    }
    if (pboc->session.selected != VC_PBOC_APPLICATION) {
        return VC_SW_FILE_NOT_FOUND;
    }
    if (sfi == LOG_SFI) {
        return read_log(card, apdu->p1);
    }
    for (size_t i = 0; i < pboc->records_n; i++) {
        const struct vc_pboc_record *record = &pboc->records[i];
        any_file = any_file || record->sfi == sfi;
        if (record->sfi == sfi && record->number == apdu->p1) {
            return vc_pboc_compose(pboc, record, card->data, &card->data_n) &&
                           wrap(card->data, &card->data_n, 0x70)
                       ? VC_SW_OK
                       : VC_SW_UNKNOWN;
        }
    }
    if (!any_file && card->defects.on[VC_DEFECT_SOCIAL_FILES_IN_FINANCIAL]) {
        return read_social(card, apdu);
    }
    return any_file ? VC_SW_RECORD_NOT_FOUND : VC_SW_FILE_NOT_FOUND;
}

/* ---- objects, PIN, dynamic authentication ---- */

/* 80 CA <tag> */
uint16_t vc_pboc_get_data(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    const struct vc_pboc_state *state = &pboc->state;
    uint16_t tag = (uint16_t)(apdu->p1 << 8 | apdu->p2);
    const uint8_t atc[] = {(uint8_t)(state->atc >> 8), (uint8_t)state->atc};
    const uint8_t last[] = {(uint8_t)(state->last_online_atc >> 8),
                            (uint8_t)state->last_online_atc};
    const struct vc_object *object = vc_pboc_find(pboc, tag, VC_PBOC_ANY);
    bool ok = false;
    if (apdu->data_n > 0) {
        return VC_SW_LENGTH;
    }
    card->data_n = 0;
    if (tag == 0x9F36 && !card->defects.on[VC_DEFECT_ATC_NOT_TOLD]) {
        ok = vc_pboc_put(card->data, &card->data_n, tag, atc, sizeof atc);
    } else if (tag == 0x9F13) {
        ok = vc_pboc_put(card->data, &card->data_n, tag, last, sizeof last);
    } else if (tag == 0x9F17 && !card->defects.on[VC_DEFECT_TRIES_NOT_TOLD]) {
        ok = vc_pboc_put(card->data, &card->data_n, tag, &state->tries, 1);
    } else if (object && object->by_get_data) {
        ok = vc_pboc_put(card->data, &card->data_n, tag, object->bytes, object->n);
    }
    return ok ? VC_SW_OK : VC_SW_REFERENCE;
}

/* 00 20 00 80 08 <PIN block of format 2>; without data it asks how things stand */
static uint16_t verify(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    struct vc_pboc_state *state = &pboc->state;
    if (apdu->p1 != 0 || apdu->p2 != 0x80) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n == 0 && apdu->le == 0) {
        return pboc->session.pin_verified ? VC_SW_OK
               : state->tries             ? (uint16_t)(VC_SW_TRIES | state->tries)
                                          : VC_SW_BLOCKED;
    }
    if (apdu->data_n != VC_PBOC_PIN_BLOCK) {
        return VC_SW_LENGTH;
    }
    if (state->tries == 0) {
        return VC_SW_BLOCKED;
    }
    pboc->session.pin_tried = true;
    pboc->session.pin_verified = false;
    if (!card->defects.on[VC_DEFECT_FINANCIAL_TRIES_DO_NOT_FALL]) {
        state->tries--;
    }
    uint16_t sw = vc_pboc_keep(card);
    if (sw != VC_SW_OK) {
        return sw;
    }
    if (!vc_crypto_equal(state->pin, apdu->data, sizeof state->pin)) {
        return (uint16_t)(VC_SW_TRIES | state->tries);
    }
    state->tries = pboc->tries_limit;
    sw = vc_pboc_keep(card);
    pboc->session.pin_verified = sw == VC_SW_OK;
    return sw;
}

/* 00 88 00 00 Lc <DDOL data> */
static uint16_t internal_authenticate(struct vc_card *card, const struct vc_apdu *apdu)
{
    struct vc_pboc *pboc = card->pboc;
    size_t n = 0;
    if (apdu->p1 != 0 || apdu->p2 != 0) {
        return VC_SW_P1P2;
    }
    if (pboc->session.step != VC_PBOC_INITIATED) {
        return VC_SW_CONDITIONS;
    }
    if (apdu->data_n != vc_pboc_dol_length(vc_pboc_find(pboc, TAG_DDOL, VC_PBOC_ANY))) {
        return VC_SW_LENGTH;
    }
    if (!vc_pboc_sign_dynamic(pboc, pboc->session.family, apdu->data, apdu->data_n, card->data,
                              VC_MAX_RECORD - 4, &n)) {
        return VC_SW_UNKNOWN;
    }
    pboc->session.dynamic = true;
    card->data_n = n;
    return wrap(card->data, &card->data_n, 0x80) ? VC_SW_OK : VC_SW_UNKNOWN;
}

static const struct {
    uint8_t cla;
    uint8_t ins;
    uint16_t (*run)(struct vc_card *card, const struct vc_apdu *apdu);
} commands[] = {
    {0x80, 0xA8, get_processing_options}, {0x00, 0xB2, read_record},
    {0x80, 0xCA, vc_pboc_get_data},       {0x00, 0x20, verify},
    {0x00, 0x84, vc_security_challenge},  {0x00, 0x88, internal_authenticate},
    {0x80, 0xAE, vc_pboc_generate_ac},    {0x00, 0x82, vc_pboc_external_authenticate},
    {0x84, 0x1E, vc_pboc_script},         {0x84, 0x18, vc_pboc_script},
    {0x84, 0x24, vc_pboc_script},         {0x04, 0xDA, vc_pboc_script},
    {0x04, 0xDC, vc_pboc_script},
};

uint16_t vc_pboc_dispatch(struct vc_card *card, const struct vc_apdu *apdu)
{
    bool class_known = false;
    bool selected = card->pboc->session.selected == VC_PBOC_APPLICATION;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        class_known = class_known || commands[i].cla == apdu->cla;
        if (commands[i].cla == apdu->cla && commands[i].ins == apdu->ins &&
            (selected || apdu->ins == 0xB2 ||
             card->defects.on[VC_DEFECT_FINANCIAL_ANSWERS_OUTSIDE])) {
            return commands[i].run(card, apdu);
        }
    }
    return class_known ? VC_SW_INS : VC_SW_CLA;
}
