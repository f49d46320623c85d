/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bits and codes of payment objects mean: one table for what suites judge (ys_emv.h) and for
 * what people read (ys_card_words.h). EMV Book 3, annex C; JR/T 0025.5.
 */
#ifndef YS_CARD_CODES_H
#define YS_CARD_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ys_card_bits {
    uint32_t tag;
    uint8_t byte; /* from 1 */
    uint8_t mask;
    uint8_t value;
    const char *name; /* for suites; "" for what they do not ask */
    const char *zh;
    const char *en;
};

/* The next row of a tag's table after `row` (NULL: the first), or NULL. The action codes 9F0D to
 * 9F0F have the table of the TVR. */
const struct ys_card_bits *ys_card_bits_next(uint32_t tag, const struct ys_card_bits *row);
bool ys_card_bits_hold(const struct ys_card_bits *row, const uint8_t *bytes, size_t length);

struct ys_cvm_method {
    uint8_t code;
    const char *name; /* "offline-pin" */
    const char *zh;
    const char *en;
};

/* By the code of a rule (EMV Book 3, C.3), whatever its bit "go on" is; NULL: not known. */
const struct ys_cvm_method *ys_cvm_method_of(uint8_t code);

#endif
