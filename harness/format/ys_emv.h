/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payment cards: data object lists, decodings for people, symmetric keys and cryptograms, and
 * offline data authentication, as functions of bytes alone. EMV 4.3 Books 2 and 3; PBOC 3.0: JR/T
 * 0025.5 (objects, commands), .7 (security), .17 (SM2, SM3, SM4).
 */
#ifndef YS_EMV_H
#define YS_EMV_H

#include "ys_tlv.h"

#define YS_EMV_OBJECTS_MAX 160u /* data objects of one application */
#define YS_EMV_STATIC_MAX 4096u /* bytes of static data to be authenticated */
#define YS_EMV_KEY_BYTES 16u
#define YS_EMV_AC_BYTES 8u

/* ---- data objects ---- */

struct ys_emv_object {
    uint32_t tag;
    const uint8_t *bytes; /* borrowed */
    size_t length;
};
/* What a card told, in order; the first of a tag counts. */
struct ys_emv_objects {
    struct ys_emv_object list[YS_EMV_OBJECTS_MAX];
    size_t count;
};
const struct ys_emv_object *ys_emv_find(const struct ys_emv_objects *objects, uint32_t tag);
/* False where the tag is there already or there is no room: both are faults of the card. */
bool ys_emv_add(struct ys_emv_objects *objects, uint32_t tag, const uint8_t *bytes, size_t length);

/* One entry of a data object list from *at on, which is moved; false at the end, and with
 * *ret_sound false where the list ends within an entry (EMV Book 3, 5.4). */
bool ys_emv_dol_next(const uint8_t *dol, size_t dol_length, size_t *at, uint32_t *ret_tag,
                     size_t *ret_length, bool *ret_sound);
/* Builds the data that a list asks for: numbers are cut and filled on the left, others on the
 * right, unknown objects are zeros. YS_ERR_SYNTAX, YS_ERR_LIMIT (over 255 bytes). Arena-owned. */
YS_NODISCARD enum ys_status ys_emv_dol_build(struct ys_arena *arena, const uint8_t *dol,
                                             size_t dol_length,
                                             const struct ys_emv_objects *terminal,
                                             uint8_t **ret_bytes, size_t *ret_length,
                                             struct ys_err *reterr);

/* ---- for people ---- */

/* {hex, sda, dda, cvm, risk_management, issuer_authentication, cda} */
struct ys_value *ys_emv_aip_value(struct ys_arena *arena, const uint8_t aip[2]);
/* [{sfi, first, last, signed}]; NULL where it is no AFL (EMV Book 3, 10.2). */
struct ys_value *ys_emv_afl_value(struct ys_arena *arena, const uint8_t *afl, size_t length);
/* [{method, code, condition, go_on}]; NULL where it is no CVM list (EMV Book 3, 10.5). */
struct ys_value *ys_emv_cvm_value(struct ys_arena *arena, const uint8_t *list, size_t length);
/* Names of the bits that are set in a TVR (EMV Book 3, annex C5). */
struct ys_value *ys_emv_tvr_value(struct ys_arena *arena, const uint8_t tvr[5]);
/* {object name: text} of the objects that people ask for: pan, expires, version … */
struct ys_value *ys_emv_data_value(struct ys_arena *arena, const struct ys_emv_objects *objects);
/* Texts about what breaks JR/T 0025.5: an object that is missing, too long or short, or contradicts
 * another. `today` is YYMMDD, as three bytes of BCD. */
struct ys_value *ys_emv_faults(struct ys_arena *arena, const struct ys_emv_objects *objects,
                               const uint8_t today[3]);

/* ---- symmetric keys and cryptograms (JR/T 0025.7; .17 with SM4) ---- */

enum ys_emv_algorithm { YS_EMV_3DES, YS_EMV_SM4 };

/* The card's key: by the last 16 digits of card number and sequence (EMV Book 2, A1.4.1). */
YS_NODISCARD enum ys_status ys_emv_card_key(enum ys_emv_algorithm algorithm,
                                            const uint8_t master[YS_EMV_KEY_BYTES], const char *pan,
                                            uint8_t sequence, uint8_t ret_key[YS_EMV_KEY_BYTES],
                                            struct ys_err *reterr);
/* 00…00 ‖ ATC and its complement under the card's key. */
YS_NODISCARD enum ys_status ys_emv_session_key(enum ys_emv_algorithm algorithm,
                                               const uint8_t key[YS_EMV_KEY_BYTES], uint16_t atc,
                                               uint8_t ret_key[YS_EMV_KEY_BYTES],
                                               struct ys_err *reterr);
/* First 8 bytes: ISO/IEC 9797-1 algorithm 3 with DES, CBC-MAC with SM4; padding method 2. */
YS_NODISCARD enum ys_status ys_emv_mac(enum ys_emv_algorithm algorithm,
                                       const uint8_t key[YS_EMV_KEY_BYTES], const uint8_t *bytes,
                                       size_t length, uint8_t ret_mac[YS_EMV_AC_BYTES],
                                       struct ys_err *reterr);
/* Method 1: the response code over the cryptogram, enciphered. */
YS_NODISCARD enum ys_status ys_emv_arpc(enum ys_emv_algorithm algorithm,
                                        const uint8_t key[YS_EMV_KEY_BYTES],
                                        const uint8_t ac[YS_EMV_AC_BYTES], const uint8_t arc[2],
                                        uint8_t ret_arpc[YS_EMV_AC_BYTES], struct ys_err *reterr);

/* ---- offline data authentication (ys_emv_oda.c) ---- */

struct ys_emv_ca_key {
    const uint8_t *key; /* modulus, or the point X ‖ Y */
    size_t key_length;
    const uint8_t *exponent; /* RSA */
    size_t exponent_length;
    bool sm2;
};

struct ys_emv_oda_input {
    const struct ys_emv_objects *objects; /* 5A, 8F, 90, 92, 93, 9F32, 9F46, 9F47, 9F48, 5F24 … */
    const struct ys_emv_ca_key *ca;
    const uint8_t *static_data; /* of the signed records; AIP goes behind it where 9F4A says so */
    size_t static_length;
    const uint8_t *terminal; /* what INTERNAL AUTHENTICATE sent; NULL: no dynamic signature */
    size_t terminal_length;
    const uint8_t *dynamic; /* 9F4B */
    size_t dynamic_length;
    uint8_t today[3]; /* YYMMDD */
};

/* Each is "" where it holds and else what is wrong; NULL where it was not tried. */
struct ys_emv_oda {
    const char *issuer;
    const char *card;
    const char *static_data;
    const char *dynamic;
    const char *issuer_expires; /* YYMM or NULL */
    const char *card_expires;
};
/* Any bytes may come: what cannot be read is a fault. Texts are arena-owned. */
void ys_emv_oda_check(struct ys_arena *arena, const struct ys_emv_oda_input *input,
                      struct ys_emv_oda *ret_oda);

#endif
