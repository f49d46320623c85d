/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SELECT; READ and UPDATE of records and of transparent files. Access is asked before a record is
 * looked for, so a refusal does not tell what is in the file.
 */
#include "apps/app.h"

#include <string.h>

enum { SELECT_FID = 0x00, SELECT_DF = 0x01, SELECT_EF = 0x02, SELECT_NAME = 0x04 };

/* 6F { 84 name, A5 proprietary } */
static void put_fci(struct vc_card *card, const struct vc_df *df)
{
    size_t inner = df->proprietary_length ? 2 + df->proprietary_length : 0;
    bool named = !card->defects.on[VC_DEFECT_FCI_WITHOUT_NAME];
    size_t outer = inner + (named ? 2 + df->name_length : 0);
    vc_card_put(card, (uint8_t[]){0x6F, (uint8_t)outer}, 2);
    if (named) {
        vc_card_put(card, (uint8_t[]){0x84, (uint8_t)df->name_length}, 2);
        vc_card_put(card, df->name, df->name_length);
    }
    if (inner) {
        vc_card_put(card, (uint8_t[]){0xA5, (uint8_t)df->proprietary_length}, 2);
        vc_card_put(card, df->proprietary, df->proprietary_length);
    }
}

/* Keys are verified in a directory; the PIN also holds in those below the one that has it. */
static void change_rights(struct vc_card *card, size_t df)
{
    const bool *on = card->defects.on;
    const struct vc_fs *fs = &card->profile.fs;
    size_t pin_df = card->pin_df;
    bool siblings = df != card->df && fs->dfs[df].parent == fs->dfs[card->df].parent;
    if (on[VC_DEFECT_AUTHENTICATION_SURVIVES_SELECTION] ||
        (siblings && on[VC_DEFECT_RIGHTS_CROSS_DIRECTORIES])) {
        return;
    }
    bool same = df == pin_df && on[VC_DEFECT_PIN_SURVIVES_SELECTION];
    bool below = df != pin_df && vc_fs_find_pin(fs, df) == pin_df && !on[VC_DEFECT_PIN_LOST_BELOW];
    vc_security_forget(card);
    if (same || below) {
        card->pin_df = pin_df;
    }
}

/* Directories that a defect hides. */
static bool is_hidden(const struct vc_card *card, const struct vc_df *df)
{
    static const struct {
        uint16_t fid;
        enum vc_defect defect;
    } hidden[] = {{0xDF01, VC_DEFECT_DF01_MISSING},        {0xDF02, VC_DEFECT_DF02_MISSING},
                  {0xDF03, VC_DEFECT_DF03_MISSING},        {0xDF04, VC_DEFECT_DF04_MISSING},
                  {0xDF05, VC_DEFECT_DF05_MISSING},        {0xDF07, VC_DEFECT_DF07_MISSING},
                  {0xDDF1, VC_DEFECT_APPLICATION_MISSING},
                  {0xDDF2, VC_DEFECT_CERTIFICATES_MISSING}};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (hidden[i].fid == df->fid && card->defects.on[hidden[i].defect]) {
            return true;
        }
    }
    return false;
}

static uint16_t not_found(struct vc_card *card)
{
    if (card->defects.on[VC_DEFECT_FAILED_SELECTION_DESELECTS]) {
        card->df = 0;
        vc_security_forget(card);
    }
    return VC_SW_FILE_NOT_FOUND;
}

static uint16_t select_df(struct vc_card *card, size_t place, bool with_fci)
{
    const bool *on = card->defects.on;
    struct vc_fs *fs = &card->profile.fs;
    if (place == fs->dfs_n || is_hidden(card, &fs->dfs[place])) {
        return not_found(card);
    }
    struct vc_df *df = &fs->dfs[place];
    change_rights(card, place);
    vc_pboc_deselect(card);
    card->df = place;
    if (!on[VC_DEFECT_SELECTION_KEEPS_FILE]) {
        card->ef = NULL;
    }
    if (with_fci) {
        put_fci(card, on[VC_DEFECT_FCI_OF_PARENT] ? &fs->dfs[df->parent] : df);
    }
    if (df->life == VC_LIFE_DEAD) {
        return VC_SW_NOT_SUPPORTED;
    }
    if (df->app && df->app->selected) {
        uint16_t sw = df->app->selected(card, df);
        if (sw != VC_SW_OK) {
            return sw;
        }
    }
    bool shown = df->life == VC_LIFE_BLOCKED && !on[VC_DEFECT_BLOCKED_APPLICATION_SELECTED];
    return shown ? VC_SW_DEACTIVATED : VC_SW_OK;
}

/* The environment of the social security application. */
static size_t find_social(const struct vc_fs *fs)
{
    size_t i = 0;
    while (i < fs->dfs_n && (fs->dfs[i].app != &vc_app_social || fs->dfs[i].parent != 0)) {
        i++;
    }
    return i;
}

static uint16_t select_ef(struct vc_card *card, uint16_t fid, bool with_fci)
{
    struct vc_ef *ef = vc_df_find_fid(&card->profile.fs.dfs[card->df], fid);
    if (!ef) {
        return not_found(card);
    }
    card->ef = ef;
    if (with_fci) {
        vc_card_put(card, (uint8_t[]){0x6F, 4, 0x83, 2, (uint8_t)(fid >> 8), (uint8_t)fid}, 6);
    }
    return VC_SW_OK;
}

uint16_t vc_file_select(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_fs *fs = &card->profile.fs;
    bool with_fci = apdu->p2 != 0x0C;
    uint16_t financial = vc_pboc_select(card, apdu);
    if (financial) {
        return financial;
    }
    if (apdu->p2 != 0x00 && apdu->p2 != 0x0C) {
        return VC_SW_P1P2;
    }
    if (apdu->p1 == SELECT_NAME) {
        size_t found = vc_fs_find_name(fs, apdu->data, apdu->data_n);
        if (found == fs->dfs_n && card->defects.on[VC_DEFECT_ANY_NAME_SELECTED]) {
            found = find_social(fs);
        }
        return select_df(card, found, with_fci);
    }
    if (apdu->p1 == SELECT_FID && apdu->data_n == 0) {
        return select_df(card, 0, with_fci);
    }
    if (apdu->p1 > SELECT_EF) {
        return VC_SW_P1P2;
    }
    bool longer = apdu->data_n > 2 && card->defects.on[VC_DEFECT_LENGTH_IGNORED];
    if (apdu->data_n != 2 && !longer) {
        return VC_SW_LENGTH;
    }
    uint16_t fid = (uint16_t)(apdu->data[0] << 8 | apdu->data[1]);
    size_t df = vc_fs_find_fid(fs, fid);
    bool found = df < fs->dfs_n && (df == 0 || fs->dfs[df].parent == 0 ||
                                    !card->defects.on[VC_DEFECT_IDENTIFIER_SELECTS_NOTHING]);
    if (apdu->p1 != SELECT_EF && found) {
        return select_df(card, df, with_fci);
    }
    return apdu->p1 == SELECT_DF ? VC_SW_FILE_NOT_FOUND : select_ef(card, fid, with_fci);
}

static bool any_key_verified(const struct vc_card *card)
{
    for (size_t i = 0; i < VC_MAX_KEYS; i++) {
        if (card->key_verified[i]) {
            return true;
        }
    }
    return false;
}

/* The defects that let a file of the environment itself be read. */
static bool is_free_above(const struct vc_card *card)
{
    const bool *on = card->defects.on;
    return card->ef->fid == 0xEF06 &&
           (on[VC_DEFECT_EF06_FREE] || on[VC_DEFECT_SHEDS_VERSION_3] ||
            (on[VC_DEFECT_PIN_OPENS_EF06] && card->pin_df < VC_MAX_DFS));
}

/* The defects that let the selected file be read or written where its rule says no. */
static bool is_open_by_mistake(const struct vc_card *card, bool to_update)
{
    static const struct {
        uint16_t fid;
        enum vc_defect defect;
    } open[] = {{0xDF01, VC_DEFECT_DF01_FREE},
                {0xDF02, VC_DEFECT_DF02_FREE},
                {0xDF03, VC_DEFECT_DF03_FREE},
                {0xDF04, VC_DEFECT_DF04_FREE},
                {0xDF05, VC_DEFECT_DF05_FREE},
                {0xDF07, VC_DEFECT_DF07_FREE}};
    const bool *on = card->defects.on;
    const struct vc_df *df = &card->profile.fs.dfs[card->df];
    bool below = df->parent != 0;
    if (to_update && card->ef->transparent) {
        return on[VC_DEFECT_CERTIFICATE_UPDATE_FREE];
    }
    if (to_update) {
        return on[below ? VC_DEFECT_DIRECTORY_UPDATE_FREE : VC_DEFECT_UPDATE_FREE] ||
               (on[VC_DEFECT_READ_KEY_WRITES] && any_key_verified(card));
    }
    if (card->ef->fid == 0x0014 && on[VC_DEFECT_PRIVATE_KEY_READABLE]) {
        return true;
    }
    if (!below) {
        return is_free_above(card);
    }
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        if (open[i].fid == df->fid && on[open[i].defect]) {
            return true;
        }
    }
    if (df->fid == 0xDF07 && on[VC_DEFECT_DF07_ANY_KEY]) {
        return any_key_verified(card);
    }
    return df->fid == 0xDF04 && ((on[VC_DEFECT_DF04_WITHOUT_PIN] && any_key_verified(card)) ||
                                 (on[VC_DEFECT_DF04_WITHOUT_KEY] && card->pin_df < VC_MAX_DFS));
}

/* The file of that identifier in the selected directory, or where a defect looks further. */
static struct vc_ef *find_file(struct vc_card *card, uint8_t sfi)
{
    struct vc_ef *ef = vc_df_find_sfi(vc_card_df(card), sfi);
    for (size_t i = 0;
         !ef && card->defects.on[VC_DEFECT_FIREWALL_OPEN] && i < card->profile.fs.dfs_n; i++) {
        ef = vc_df_find_sfi(&card->profile.fs.dfs[i], sfi);
    }
    return ef;
}

/* The file a command is about: by short identifier, which selects it, or the selected one. */
static uint16_t open_file(struct vc_card *card, uint8_t sfi, bool transparent, bool to_update)
{
    if (sfi != 0) {
        struct vc_ef *ef = find_file(card, sfi);
        if (!ef) {
            return VC_SW_FILE_NOT_FOUND;
        }
        card->ef = ef;
    }
    if (!card->ef) {
        return VC_SW_NO_FILE;
    }
    if (card->ef->transparent != transparent) {
        return VC_SW_STRUCTURE;
    }
    if (is_open_by_mistake(card, to_update)) {
        return VC_SW_OK;
    }
    return vc_security_allows(card, to_update ? card->ef->update : card->ef->read) ? VC_SW_OK
                                                                                   : VC_SW_SECURITY;
}

static const struct vc_record *find_record(const struct vc_ef *ef, uint8_t p1, bool by_tag)
{
    if (!by_tag) {
        return p1 > 0 && p1 <= ef->records_n ? &ef->records[p1 - 1] : NULL;
    }
    for (size_t i = 0; i < ef->records_n; i++) {
        if (ef->records[i].bytes[0] == p1) {
            return &ef->records[i];
        }
    }
    return NULL;
}

uint16_t vc_file_read_record(struct vc_card *card, const struct vc_apdu *apdu)
{
    uint8_t mode = apdu->p2 & 0x07;
    if (apdu->data_n > 0 || !apdu->has_le) {
        return VC_SW_LENGTH;
    }
    /* 4: the record P1; 0: the first one with the tag P1; 5: all from P1 on. */
    const bool *on = card->defects.on;
    if ((mode != 4 && mode != 0 && mode != 5) || apdu->p2 >> 3 == 31) {
        return VC_SW_P1P2;
    }
    uint16_t sw = open_file(card, apdu->p2 >> 3, false, false);
    if (sw == VC_SW_FILE_NOT_FOUND && on[VC_DEFECT_UNKNOWN_FILE_ANSWERED]) {
        return VC_SW_OK;
    }
    bool unasked = sw == VC_SW_SECURITY && mode == 0 && on[VC_DEFECT_EF06_FREE_BY_TAG];
    if (sw != VC_SW_OK && !unasked) {
        return sw;
    }
    const struct vc_record *record = find_record(card->ef, apdu->p1, mode == 0);
    if (!record) {
        bool answered =
            on[apdu->p1 ? VC_DEFECT_UNKNOWN_RECORD_ANSWERED : VC_DEFECT_RECORD_ZERO_ANSWERED];
        return answered ? VC_SW_OK : VC_SW_RECORD_NOT_FOUND;
    }
    if (card->defects.on[VC_DEFECT_EMPTY_DATA_WITH_9000]) {
        return VC_SW_OK;
    }
    const struct vc_record *end = mode == 5 ? card->ef->records + card->ef->records_n : record + 1;
    for (; record < end && card->data_n + record->length <= sizeof card->data; record++) {
        vc_card_put(card, record->bytes, record->length);
    }
    return VC_SW_OK;
}

uint16_t vc_file_read_binary(struct vc_card *card, const struct vc_apdu *apdu)
{
    bool by_sfi = (apdu->p1 & 0x80) != 0;
    size_t offset = by_sfi ? apdu->p2 : (size_t)(apdu->p1 << 8 | apdu->p2);
    if (apdu->data_n > 0 || !apdu->has_le) {
        return VC_SW_LENGTH;
    }
    uint16_t sw = open_file(card, by_sfi ? apdu->p1 & 0x1F : 0, true, false);
    if (sw == VC_SW_STRUCTURE && card->defects.on[VC_DEFECT_STRUCTURE_IGNORED]) {
        return VC_SW_OK;
    }
    if (sw != VC_SW_OK) {
        return sw;
    }
    const struct vc_ef *ef = card->ef;
    if (offset >= ef->body_n) {
        return card->defects.on[VC_DEFECT_OFFSET_IGNORED] ? VC_SW_OK : VC_SW_OFFSET;
    }
    size_t left = ef->body_n - offset;
    size_t asked = apdu->le ? apdu->le : apdu->is_long ? left : 256;
    vc_card_put(card, ef->body + offset, asked < left ? asked : left);
    return VC_SW_OK;
}

/* The data of an update without their MAC, where the class says that it is there. */
static uint16_t open_message(struct vc_card *card, const struct vc_apdu *apdu, size_t *ret_n)
{
    struct vc_df *df = vc_card_df(card);
    *ret_n = apdu->data_n;
    if (apdu->cla != 0x04) {
        bool missing = card->ef->update_mac && !card->defects.on[VC_DEFECT_MAC_NOT_NEEDED];
        return missing ? VC_SW_MAC_MISSING : VC_SW_OK;
    }
    if (!card->ef->update_mac) {
        return VC_SW_NO_SECURE_MESSAGING;
    }
    uint16_t sw = vc_security_check_mac(card, apdu, &df->keys[card->ef->mac_key]);
    *ret_n = sw == VC_SW_OK ? apdu->data_n - VC_MAC_SIZE : 0;
    return sw;
}

uint16_t vc_file_update_binary(struct vc_card *card, const struct vc_apdu *apdu)
{
    bool by_sfi = (apdu->p1 & 0x80) != 0;
    size_t offset = by_sfi ? apdu->p2 : (size_t)(apdu->p1 << 8 | apdu->p2);
    size_t n = 0;
    if (apdu->data_n == 0) {
        return VC_SW_LENGTH;
    }
    uint16_t sw = open_file(card, by_sfi ? apdu->p1 & 0x1F : 0, true, true);
    if (sw == VC_SW_OK) {
        sw = open_message(card, apdu, &n);
    }
    if (sw != VC_SW_OK) {
        return sw;
    }
    struct vc_ef *ef = card->ef;
    if (offset >= ef->body_n) {
        return VC_SW_OFFSET;
    }
    if (n == 0 || n > ef->body_n - offset) {
        return VC_SW_LENGTH;
    }
    uint8_t before[VC_MAX_CHAIN];
    memcpy(before, ef->body + offset, n);
    memcpy(ef->body + offset, apdu->data, n);
    ef->body_updated = true;
    sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        memcpy(ef->body + offset, before, n);
    }
    return sw;
}

uint16_t vc_file_update_record(struct vc_card *card, const struct vc_apdu *apdu)
{
    size_t n = 0;
    if ((apdu->p2 & 0x07) != 4 || apdu->p2 >> 3 == 31) {
        return VC_SW_P1P2;
    }
    uint16_t sw = open_file(card, apdu->p2 >> 3, false, true);
    if (sw == VC_SW_OK) {
        sw = open_message(card, apdu, &n);
    }
    if (sw != VC_SW_OK) {
        return sw;
    }
    if (apdu->p1 == 0 || apdu->p1 > card->ef->records_n) {
        return VC_SW_RECORD_NOT_FOUND;
    }
    struct vc_record *record = &card->ef->records[apdu->p1 - 1];
    if (n != record->length) {
        return VC_SW_LENGTH;
    }
    if (memcmp(apdu->data, record->bytes, 2) != 0) {
        return VC_SW_DATA;
    }
    if (card->defects.on[VC_DEFECT_UPDATE_WITHOUT_EFFECT]) {
        return VC_SW_OK;
    }
    struct vc_record before = *record;
    memcpy(record->bytes, apdu->data, n);
    record->updated = true;
    sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        *record = before;
    }
    return sw;
}
