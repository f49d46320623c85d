/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One PBOC transaction in work: the terminal (ys_transaction.c, ys_transaction_read.c) and the
 * issuer's host that it simulates (ys_transaction_host.c).
 */
#ifndef YS_TRANSACTION_PRIVATE_H
#define YS_TRANSACTION_PRIVATE_H

#include "ys_card_private.h"
#include "ys_emv.h"

struct ys_transaction {
    struct ys_card_work *work;
    const struct ys_value *argument;
    struct ys_arena *arena;
    struct ys_value *fields;
    struct ys_value *faults; /* texts about the card's data */
    struct ys_emv_objects card;
    struct ys_emv_objects terminal;
    bool sm2; /* what the terminal says that it has */
    uint8_t *static_data;
    size_t static_length;
    uint8_t today[3];
    uint8_t tvr[5];
    uint8_t random[4];
    uint8_t amount[6];
    uint8_t date[3];
    uint8_t time[3];
    uint8_t arc[2];
    const uint8_t *aip;
    const char *pan;
    uint16_t atc;
    uint8_t ac[YS_EMV_AC_BYTES]; /* the last cryptogram */
    enum ys_emv_algorithm algorithm;
    bool keys_known;
    uint8_t card_keys[3][YS_EMV_KEY_BYTES]; /* AC, MAC, ENC of the algorithm of the cryptogram */
};

enum ys_transaction_key { YS_KEY_AC, YS_KEY_MAC, YS_KEY_ENC };

/* Each sends what its name says. False: trouble. What the card answered stands in work->sw. */
bool ys_transaction__send(struct ys_transaction *t, uint32_t header, const uint8_t *data,
                          size_t length, bool answers);
bool ys_transaction__select(struct ys_transaction *t);
bool ys_transaction__options(struct ys_transaction *t);
bool ys_transaction__records(struct ys_transaction *t);
bool ys_transaction__get_data(struct ys_transaction *t);
bool ys_transaction__log(struct ys_transaction *t);
/* Builds a list of the card's with the terminal's objects; a bad list is a fault of the card. */
bool ys_transaction__build(struct ys_transaction *t, uint32_t tag, uint8_t **ret_bytes,
                           size_t *ret_length);
const char *ys_transaction__hex(struct ys_transaction *t, const uint8_t *bytes, size_t length);
void ys_transaction__fault(struct ys_transaction *t, const char *format, ...) YS_PRINTF(2, 3);

/* Takes a reply of GENERATE AC apart and holds its cryptogram against the issuer's keys. */
bool ys_transaction__cryptogram(struct ys_transaction *t, const char *name);
/* The keys before there is a cryptogram: by the terminal's choice and the counter as told. */
bool ys_transaction__keys(struct ys_transaction *t);
/* EXTERNAL AUTHENTICATE with the host's answer. */
bool ys_transaction__answer(struct ys_transaction *t, const char *host);
bool ys_transaction__scripts(struct ys_transaction *t);

/* The command `transaction` of a card step. */
bool ys_card__transaction(struct ys_card_work *work, const struct ys_value *argument);

#endif
