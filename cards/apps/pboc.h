/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The financial application after PBOC 3.0 (JR/T 0025-2013): PSE and PPSE, debit and credit (.5),
 * offline data authentication by RSA (.7, EMV Book 2) and by SM2 (.17). The terminal chooses the
 * algorithms by an indicator in the PDOL.
 */
#ifndef VC_PBOC_H
#define VC_PBOC_H

#include "crypto/symmetric.h"
#include "defects.h"
#include "iso/fs.h"

#include <stdio.h>

enum {
    VC_PBOC_MAX_OBJECTS = 64,
    VC_PBOC_MAX_RECORDS = 16,
    VC_PBOC_MAX_TAGS = 16,
    VC_PBOC_MAX_DOL = 64,
    VC_PBOC_LOG_SIZE = 10,
    VC_PBOC_LOG_RECORD = 64,
    VC_PBOC_PIN_BLOCK = 8,
    VC_PBOC_AC_SIZE = 8
};

/* By which algorithms a record or an object is meant. */
enum vc_pboc_family { VC_PBOC_ANY, VC_PBOC_RSA, VC_PBOC_SM };

enum vc_pboc_use { VC_PBOC_KEY_AC, VC_PBOC_KEY_MAC, VC_PBOC_KEY_ENC, VC_PBOC_KEYS };

struct vc_object {
    uint16_t tag;
    enum vc_pboc_family family;
    bool by_get_data;
    bool updated; /* by PUT DATA: part of the state file */
    size_t n;
    uint8_t bytes[VC_MAX_RECORD];
};

struct vc_pboc_record {
    uint8_t sfi;
    uint8_t number;
    bool is_signed;
    enum vc_pboc_family family;
    uint16_t tags[VC_PBOC_MAX_TAGS];
    size_t tags_n;
};

struct vc_pboc_keys; /* of the test CA, the issuer and the card (pboc_keys.c) */

/* What survives the card being taken out. */
struct vc_pboc_state {
    uint16_t atc;
    uint16_t last_online_atc;
    uint8_t tries;
    bool blocked;
    uint8_t pin[VC_PBOC_PIN_BLOCK];                    /* format 2 of ISO 9564-1 */
    uint8_t log[VC_PBOC_LOG_SIZE][VC_PBOC_LOG_RECORD]; /* the newest first */
    size_t log_n;
};

enum vc_pboc_selected { VC_PBOC_NOTHING, VC_PBOC_PSE, VC_PBOC_PPSE, VC_PBOC_APPLICATION };
enum vc_pboc_step { VC_PBOC_IDLE, VC_PBOC_INITIATED, VC_PBOC_ONLINE, VC_PBOC_DONE };
enum vc_pboc_issuer { VC_PBOC_ISSUER_UNKNOWN, VC_PBOC_ISSUER_FAILED, VC_PBOC_ISSUER_GOOD };

/* What a selection or a reset ends. */
struct vc_pboc_session {
    enum vc_pboc_selected selected;
    enum vc_pboc_step step;
    enum vc_pboc_family family;
    enum vc_pboc_issuer issuer;
    bool scripts_open;
    bool script_failed;
    uint8_t scripts_n;
    bool pin_tried;
    bool pin_verified;
    bool dynamic; /* INTERNAL AUTHENTICATE was done */
    uint8_t afl[4 * VC_PBOC_MAX_RECORDS];
    size_t afl_n;
    uint8_t ac[VC_PBOC_AC_SIZE]; /* the last cryptogram */
};

struct vc_pboc {
    const struct vc_defects *defects;
    uint8_t aid[VC_MAX_DF_NAME];
    size_t aid_n;
    uint8_t tries_limit;
    uint8_t offline_limit;         /* transactions in a row before the card asks for the issuer */
    uint16_t family_tag;           /* of the PDOL: 01 asks for SM2, SM3 and SM4 */
    uint8_t certificate_expiry[2]; /* MMYY */
    struct vc_object objects[VC_PBOC_MAX_OBJECTS];
    size_t objects_n;
    struct vc_pboc_record records[VC_PBOC_MAX_RECORDS];
    size_t records_n;
    uint8_t keys[2][VC_PBOC_KEYS][VC_KEY_SIZE]; /* of the card, by enum vc_algorithm */
    struct vc_pboc_keys *pki;
    struct vc_pboc_state state;
    struct vc_pboc_session session;
};

/* ---- profile (pboc_profile.c) ---- */

/* Reads the part `financial` of a profile and personalises it with the keys of a folder that
 * vc_pboc_keys_make() made. NULL and an error that names the file; NULL without error where the
 * profile has no such part. The caller owns it. */
struct vc_pboc *vc_pboc_load(const char *profile_path, const char *keys_path,
                             const struct vc_defects *defects, struct vc_err *reterr);
void vc_pboc_free(struct vc_pboc *pboc);

struct vc_object *vc_pboc_find(struct vc_pboc *pboc, uint16_t tag, enum vc_pboc_family family);
/* Replaces or adds. False where the table is full or the value too long. */
bool vc_pboc_set(struct vc_pboc *pboc, uint16_t tag, enum vc_pboc_family family,
                 const uint8_t *bytes, size_t n);
/* Appends an object as BER-TLV to a buffer of VC_MAX_RECORD + 1 bytes. False: no room. */
bool vc_pboc_put(uint8_t *buffer, size_t *n, uint16_t tag, const uint8_t *bytes, size_t bytes_n);
/* The contents of a record, without its template 70. */
bool vc_pboc_compose(struct vc_pboc *pboc, const struct vc_pboc_record *record, uint8_t *buffer,
                     size_t *ret_n);
/* One entry of a DOL at *at, which is moved on; false at its end. */
bool vc_pboc_dol_next(const struct vc_object *dol, size_t *at, uint16_t *ret_tag, size_t *ret_n);
/* The place and length of a tag in data that follow a DOL; false where it is not there. */
bool vc_pboc_dol_find(const struct vc_object *dol, const uint8_t *data, uint16_t tag,
                      const uint8_t **ret_bytes, size_t *ret_n);
/* How many bytes a DOL asks for. */
size_t vc_pboc_dol_length(const struct vc_object *dol);

/* ---- keys and certificates (pboc_keys.c) ---- */

/* Makes a test CA (index 80), an issuer and a card, RSA and SM2, and issuer masters, as PEM and
 * hexadecimal text; ca-keys.csv has what a terminal needs. An existing folder is kept. */
bool vc_pboc_keys_make(const char *folder, struct vc_err *reterr);
struct vc_pboc_keys *vc_pboc_keys_load(const char *folder, struct vc_err *reterr);
void vc_pboc_keys_free(struct vc_pboc_keys *keys);
/* The issuer's masters, AC, MAC, ENC. */
const uint8_t *vc_pboc_master(const struct vc_pboc_keys *keys, enum vc_algorithm algorithm,
                              enum vc_pboc_use use);
/* Issues the certificates and the static signature over `data` (JR/T 0025.7, 5; .17). */
bool vc_pboc_certify(struct vc_pboc *pboc, const uint8_t *data, size_t n);
/* Signed dynamic application data over what the terminal sent (JR/T 0025.7, 5.4; .17). */
bool vc_pboc_sign_dynamic(const struct vc_pboc *pboc, enum vc_pboc_family family,
                          const uint8_t *terminal, size_t terminal_n, uint8_t *ret_bytes,
                          size_t cap, size_t *ret_n);

/* ---- symmetric cryptography (pboc_crypto.c) ---- */

bool vc_pboc_session_key(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE], uint16_t atc,
                         uint8_t ret_key[VC_KEY_SIZE]);
/* First 8 bytes: ISO/IEC 9797-1 algorithm 3 with DES, CBC-MAC with SM4; padded 80 00 … */
bool vc_pboc_mac(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE], const uint8_t *bytes,
                 size_t n, uint8_t ret_mac[VC_PBOC_AC_SIZE]);
/* Method 1: ARC over the cryptogram. */
bool vc_pboc_arpc(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                  const uint8_t ac[VC_PBOC_AC_SIZE], const uint8_t arc[2],
                  uint8_t ret_arpc[VC_PBOC_AC_SIZE]);
/* ECB of two DES blocks or one SM4 block. */
bool vc_pboc_decrypt(enum vc_algorithm algorithm, const uint8_t key[VC_KEY_SIZE],
                     const uint8_t block[16], uint8_t ret_block[16]);

/* ---- state file (pboc_objects.c) ---- */

/* Beside the state of the card, with `.financial` behind its name. No file leaves all as it is. */
bool vc_pboc_restore(struct vc_pboc *pboc, const char *state_path, struct vc_err *reterr);
bool vc_pboc_save(const struct vc_pboc *pboc, const char *state_path);

/* ---- commands (pboc_card.c, pboc_ac.c) ---- */

struct vc_card;
struct vc_apdu;

/* SELECT by name: a status word, or 0 where the name is not of this application. */
uint16_t vc_pboc_select(struct vc_card *card, const struct vc_apdu *apdu);
void vc_pboc_deselect(struct vc_card *card);
/* Whether the command is for the selected financial application. */
bool vc_pboc_answers(const struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_pboc_dispatch(struct vc_card *card, const struct vc_apdu *apdu);
void vc_pboc_reset(struct vc_card *card);

/* Writes the state file before the reply. */
uint16_t vc_pboc_keep(struct vc_card *card);
uint16_t vc_pboc_get_data(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_pboc_generate_ac(struct vc_card *card, const struct vc_apdu *apdu);
uint16_t vc_pboc_external_authenticate(struct vc_card *card, const struct vc_apdu *apdu);
/* APPLICATION BLOCK and UNBLOCK, PIN CHANGE/UNBLOCK, PUT DATA, UPDATE RECORD. */
uint16_t vc_pboc_script(struct vc_card *card, const struct vc_apdu *apdu);

#endif
