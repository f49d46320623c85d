/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the card and its applications share. */
#ifndef VC_CARD_IMPL_H
#define VC_CARD_IMPL_H

#include "apps/pboc.h"
#include "iso/card.h"
#include "transport/apdu.h"

/* Status words of ISO/IEC 7816-4; 63Cx and 61xx carry a number in their last digits. */
enum {
    VC_SW_OK = 0x9000,
    VC_SW_MORE = 0x6100,
    VC_SW_DEACTIVATED = 0x6283,
    VC_SW_AUTH_FAILED = 0x6300,
    VC_SW_TRIES = 0x63C0,
    VC_SW_MEMORY = 0x6581,
    VC_SW_LENGTH = 0x6700,
    VC_SW_NO_SECURE_MESSAGING = 0x6882,
    VC_SW_LAST_OF_CHAIN = 0x6883,
    VC_SW_NO_CHAINING = 0x6884,
    VC_SW_STRUCTURE = 0x6981,
    VC_SW_SECURITY = 0x6982,
    VC_SW_BLOCKED = 0x6983,
    VC_SW_NO_CHALLENGE = 0x6984,
    VC_SW_CONDITIONS = 0x6985,
    VC_SW_NO_FILE = 0x6986,
    VC_SW_MAC_MISSING = 0x6987,
    VC_SW_MAC_WRONG = 0x6988,
    VC_SW_DATA = 0x6A80,
    VC_SW_NOT_SUPPORTED = 0x6A81,
    VC_SW_FILE_NOT_FOUND = 0x6A82,
    VC_SW_RECORD_NOT_FOUND = 0x6A83,
    VC_SW_P1P2 = 0x6A86,
    VC_SW_REFERENCE = 0x6A88,
    VC_SW_OFFSET = 0x6B00,
    VC_SW_EXACT = 0x6C00,
    VC_SW_INS = 0x6D00,
    VC_SW_CLA = 0x6E00,
    VC_SW_UNKNOWN = 0x6F00
};

enum { VC_MAX_CHAIN = 2048 };

/* Commands of one header whose data came so far, each but the last with bit 5 of the class. */
struct vc_chain {
    bool open;
    uint8_t header[4];
    uint8_t data[VC_MAX_CHAIN];
    size_t data_n;
};

struct vc_card {
    struct vc_profile profile;
    struct vc_defects defects;
    struct vc_pboc *pboc; /* the financial application, or NULL */
    const char *state_path;
    size_t df;        /* the selected directory */
    struct vc_ef *ef; /* the selected file of it, or NULL */
    size_t pin_df;    /* the directory whose PIN was verified, or VC_MAX_DFS */
    bool key_verified[VC_MAX_KEYS];
    uint8_t challenge[16];
    size_t challenge_n; /* 0: none, or used */
    uint8_t process_key[VC_KEY_SIZE];
    enum vc_algorithm process_algorithm;
    bool process_ready;
    bool changed;                /* something that the state file holds; saved before the answer */
    uint8_t data[VC_MAX_ANSWER]; /* the answer, also what GET RESPONSE takes from */
    size_t data_n;
    struct vc_chain chain;
};

/* Appends to the answer. */
void vc_card_put(struct vc_card *card, const uint8_t *bytes, size_t n);
/* Writes the state file: before the reply, or an answer could promise what a crash takes back. */
uint16_t vc_card_keep(struct vc_card *card);
/* The selected directory. */
struct vc_df *vc_card_df(struct vc_card *card);

/* Each command gives a status word and leaves its answer in card->data, card->data_n. */
uint16_t vc_file_select(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_read_record(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_read_binary(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_update_binary(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_update_record(struct vc_card *card, const struct vc_apdu *apdu);

uint16_t vc_security_challenge(struct vc_card *card, const struct vc_apdu *apdu);
/* Takes away what was verified. */
void vc_security_forget(struct vc_card *card);
bool vc_security_allows(const struct vc_card *card, struct vc_rule rule);
/* The place of a key in a directory, or keys_n. Version 0 takes the first of several. */
size_t vc_security_find_key(const struct vc_df *df, enum vc_key_use use, uint8_t usage,
                            uint8_t index, uint8_t version);
/* Compares a PIN with that of the directory `df`; the tries are lowered and kept before. */
uint16_t vc_security_check_pin(struct vc_card *card, size_t df, const uint8_t *value, size_t n);
/* 63Cx, or 6983 where none is left. */
uint16_t vc_security_tries(uint8_t tries);
/* Counts a try of a key before it is used, and gives it back after it was used rightly. */
uint16_t vc_security_try_key(struct vc_card *card, struct vc_key *key);
uint16_t vc_security_trust_key(struct vc_card *card, struct vc_key *key);
/* Whether the last four bytes of the data are the MAC of header and data under the process key
 * that `key` makes of the challenge, which is used up. Gives VC_SW_OK or why not. */
uint16_t vc_security_check_mac(struct vc_card *card, const struct vc_apdu *apdu,
                               struct vc_key *key);

#endif
