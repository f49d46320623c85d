/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SELECT; READ and UPDATE of records and of transparent files. Access is asked before a record is
 * looked for, so a refusal does not tell what is in the file.
 */
#include "card_impl.h"

#include <string.h>

enum { SELECT_FID = 0x00, SELECT_DF = 0x01, SELECT_EF = 0x02, SELECT_NAME = 0x04 };

static void put(struct vc_card *card, const uint8_t *bytes, size_t n)
{
    memcpy(card->data + card->data_n, bytes, n);
    card->data_n += n;
}

/* 6F { 84 name, A5 proprietary } */
static void put_fci(struct vc_card *card, const struct vc_df *df)
{
    size_t inner = df->proprietary_length ? 2 + df->proprietary_length : 0;
    bool named = !card->defects.on[VC_DEFECT_FCI_WITHOUT_NAME];
    size_t outer = inner + (named ? 2 + df->name_length : 0);
    put(card, (uint8_t[]){0x6F, (uint8_t)outer}, 2);
    if (named) {
        put(card, (uint8_t[]){0x84, (uint8_t)df->name_length}, 2);
        put(card, df->name, df->name_length);
    }
    if (inner) {
        put(card, (uint8_t[]){0xA5, (uint8_t)df->proprietary_length}, 2);
        put(card, df->proprietary, df->proprietary_length);
    }
}

static uint16_t select_df(struct vc_card *card, size_t df, bool with_fci)
{
    const struct vc_fs *fs = &card->profile.fs;
    if (df == fs->dfs_n) {
        return VC_SW_FILE_NOT_FOUND;
    }
    if (card->defects.on[VC_DEFECT_APPLICATION_MISSING] && fs->pin.present && df == fs->pin.df) {
        return VC_SW_FILE_NOT_FOUND;
    }
    if (!card->defects.on[VC_DEFECT_AUTHENTICATION_SURVIVES_SELECTION]) {
        vc_auth_forget(card);
    }
    card->df = df;
    card->ef = NULL;
    if (with_fci) {
        put_fci(card, &fs->dfs[df]);
    }
    return VC_SW_OK;
}

static uint16_t select_ef(struct vc_card *card, uint16_t fid, bool with_fci)
{
    struct vc_ef *ef = vc_df_find_fid(&card->profile.fs.dfs[card->df], fid);
    if (!ef) {
        return VC_SW_FILE_NOT_FOUND;
    }
    card->ef = ef;
    if (with_fci) {
        put(card, (uint8_t[]){0x6F, 4, 0x83, 2, (uint8_t)(fid >> 8), (uint8_t)fid}, 6);
    }
    return VC_SW_OK;
}

uint16_t vc_file_select(struct vc_card *card, const struct vc_apdu *apdu)
{
    const struct vc_fs *fs = &card->profile.fs;
    bool with_fci = apdu->p2 != 0x0C;
    if (apdu->p2 != 0x00 && apdu->p2 != 0x0C) {
        return VC_SW_P1P2;
    }
    if (apdu->p1 == SELECT_NAME) {
        size_t found = vc_fs_find_name(fs, apdu->data, apdu->data_n);
        if (found == fs->dfs_n && card->defects.on[VC_DEFECT_ANY_NAME_SELECTED]) {
            found = fs->pin.df;
        }
        return select_df(card, found, with_fci);
    }
    if (apdu->p1 == SELECT_FID && apdu->data_n == 0) {
        return select_df(card, 0, with_fci);
    }
    if (apdu->p1 > SELECT_EF) {
        return VC_SW_P1P2;
    }
    if (apdu->data_n != 2) {
        return VC_SW_LENGTH;
    }
    uint16_t fid = (uint16_t)(apdu->data[0] << 8 | apdu->data[1]);
    size_t df = vc_fs_find_fid(fs, fid);
    if (apdu->p1 != SELECT_EF && df < fs->dfs_n) {
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

/* The defects that let the selected file be read or written where its rule says no. */
static bool is_open_by_mistake(const struct vc_card *card, bool to_update)
{
    const bool *on = card->defects.on;
    if (to_update) {
        return on[VC_DEFECT_UPDATE_FREE] ||
               (on[VC_DEFECT_READ_KEY_WRITES] && any_key_verified(card));
    }
    return card->ef->fid == 0xEF06 &&
           (on[VC_DEFECT_EF06_FREE] || (on[VC_DEFECT_PIN_OPENS_EF06] && card->pin_verified));
}

/* The file a command is about: by short identifier, which selects it, or the selected one. */
static uint16_t open_file(struct vc_card *card, uint8_t sfi, bool transparent, bool to_update)
{
    if (sfi != 0) {
        struct vc_ef *ef = vc_df_find_sfi(&card->profile.fs.dfs[card->df], sfi);
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
    return vc_auth_allows(card, to_update ? card->ef->update : card->ef->read) ? VC_SW_OK
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
    if ((mode != 4 && mode != 0 && mode != 5) || apdu->p2 >> 3 == 31) {
        return VC_SW_P1P2;
    }
    const bool *on = card->defects.on;
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
        return on[VC_DEFECT_UNKNOWN_RECORD_ANSWERED] ? VC_SW_OK : VC_SW_RECORD_NOT_FOUND;
    }
    if (card->defects.on[VC_DEFECT_EMPTY_DATA_WITH_9000]) {
        return VC_SW_OK;
    }
    const struct vc_record *end = mode == 5 ? card->ef->records + card->ef->records_n : record + 1;
    for (; record < end && card->data_n + record->length <= sizeof card->data; record++) {
        put(card, record->bytes, record->length);
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
    if (sw != VC_SW_OK) {
        return sw;
    }
    const struct vc_record *body = &card->ef->records[0];
    if (offset >= body->length) {
        return VC_SW_OFFSET;
    }
    size_t left = body->length - offset;
    put(card, body->bytes + offset, apdu->le && apdu->le < left ? apdu->le : left);
    return VC_SW_OK;
}

/* Writes `n` bytes over those at `offset`, and keeps them or leaves all as it was. */
static uint16_t overwrite(struct vc_card *card, struct vc_record *record, size_t offset,
                          const uint8_t *bytes, size_t n)
{
    struct vc_record before = *record;
    memcpy(record->bytes + offset, bytes, n);
    record->updated = true;
    uint16_t sw = vc_card_keep(card);
    if (sw != VC_SW_OK) {
        *record = before;
    }
    return sw;
}

uint16_t vc_file_update_binary(struct vc_card *card, const struct vc_apdu *apdu)
{
    bool by_sfi = (apdu->p1 & 0x80) != 0;
    size_t offset = by_sfi ? apdu->p2 : (size_t)(apdu->p1 << 8 | apdu->p2);
    if (apdu->data_n == 0) {
        return VC_SW_LENGTH;
    }
    uint16_t sw = open_file(card, by_sfi ? apdu->p1 & 0x1F : 0, true, true);
    if (sw != VC_SW_OK) {
        return sw;
    }
    struct vc_record *body = &card->ef->records[0];
    if (offset >= body->length) {
        return VC_SW_OFFSET;
    }
    if (apdu->data_n > body->length - offset) {
        return VC_SW_LENGTH;
    }
    return overwrite(card, body, offset, apdu->data, apdu->data_n);
}

uint16_t vc_file_update_record(struct vc_card *card, const struct vc_apdu *apdu)
{
    if ((apdu->p2 & 0x07) != 4 || apdu->p2 >> 3 == 31) {
        return VC_SW_P1P2;
    }
    uint16_t sw = open_file(card, apdu->p2 >> 3, false, true);
    if (sw != VC_SW_OK) {
        return sw;
    }
    if (apdu->p1 == 0 || apdu->p1 > card->ef->records_n) {
        return VC_SW_RECORD_NOT_FOUND;
    }
    struct vc_record *record = &card->ef->records[apdu->p1 - 1];
    if (apdu->data_n != record->length) {
        return VC_SW_LENGTH;
    }
    if (memcmp(apdu->data, record->bytes, 2) != 0) {
        return VC_SW_DATA;
    }
    return overwrite(card, record, 0, apdu->data, apdu->data_n);
}
