/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VC_CARD_IMPL_H
#define VC_CARD_IMPL_H

#include "card.h"

/* Status words; 63Cx and 61xx carry a number in their last digits. */
enum {
    VC_SW_OK = 0x9000,
    VC_SW_MORE = 0x6100,
    VC_SW_AUTH_FAILED = 0x6300,
    VC_SW_TRIES = 0x63C0,
    VC_SW_MEMORY = 0x6581,
    VC_SW_LENGTH = 0x6700,
    VC_SW_STRUCTURE = 0x6981,
    VC_SW_SECURITY = 0x6982,
    VC_SW_BLOCKED = 0x6983,
    VC_SW_NO_CHALLENGE = 0x6984,
    VC_SW_CONDITIONS = 0x6985,
    VC_SW_NO_FILE = 0x6986,
    VC_SW_DATA = 0x6A80,
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

/* A command taken apart. `le` is 0 where all there is may come. */
struct vc_apdu {
    uint8_t cla;
    uint8_t ins;
    uint8_t p1;
    uint8_t p2;
    const uint8_t *data;
    size_t data_n;
    bool has_le;
    size_t le;
};

struct vc_card {
    struct vc_profile profile;
    struct vc_defects defects;
    const char *state_path;
    size_t df;        /* the selected directory */
    struct vc_ef *ef; /* the selected file of it, or NULL */
    bool pin_verified;
    bool key_verified[VC_MAX_KEYS];
    uint8_t challenge[16];
    size_t challenge_n; /* 0: none, or used */
    uint8_t process_key[VC_KEY_SIZE];
    enum vc_algorithm process_algorithm;
    bool process_ready;
    uint8_t data[256]; /* the answer of the command, also what GET RESPONSE takes from */
    size_t data_n;
};

/* Each gives a status word and leaves its answer in card->data, card->data_n. */
uint16_t vc_file_select(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_read_record(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_read_binary(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_update_binary(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_file_update_record(struct vc_card *card, const struct vc_apdu *apdu);

uint16_t vc_auth_challenge(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_auth_verify(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_auth_change_pin(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_auth_internal(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_auth_external(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_auth_psam_init(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_auth_psam_crypt(struct vc_card *card, const struct vc_apdu *apdu);
/* Takes away what was verified. */
void vc_auth_forget(struct vc_card *card);
bool vc_auth_allows(const struct vc_card *card, struct vc_rule rule);

/* Writes the state file: before the reply, or an answer could promise what a crash takes back. */
uint16_t vc_card_keep(struct vc_card *card);

#endif
