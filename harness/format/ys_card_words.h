/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What crosses a card's contacts, in words: commands, data objects, status words. Chinese or
 * English ("zh", "en"). By ISO/IEC 7816-4; EMV Book 3, annexes A to C; JR/T 0025.5; LD/T 32.6.
 */
#ifndef YS_CARD_WORDS_H
#define YS_CARD_WORDS_H

#include "ys_mem.h"
#include "ys_tlv.h"

struct ys_words_line {
    unsigned depth;      /* of nesting, from 0 */
    const char *subject; /* "82 AIP"; "" for what only has a text */
    const char *text;    /* "DDA is supported"; "" for a template */
};

struct ys_words {
    struct ys_arena *arena; /* owns the texts */
    const char *lang;
    struct ys_words_line *lines;
    size_t count;
    size_t capacity;
};

void ys_words_init(struct ys_words *words, struct ys_arena *arena, const char *lang);
/* The data of a reply: the tree of its BER-TLV objects, those of response format 1 taken apart by
 * the command (NULL: not known). Nothing where they are no data objects. */
void ys_words_data(struct ys_words *words, const uint8_t *command, size_t command_length,
                   const uint8_t *data, size_t length);
/* The value of one data object, by its tag. */
void ys_words_object(struct ys_words *words, uint32_t tag, const uint8_t *bytes, size_t length,
                     unsigned depth);
/* "READ RECORD: file 5 (SFI), record 1"; never NULL. */
const char *ys_words_command(struct ys_arena *arena, const uint8_t *command, size_t length,
                             const char *lang);
/* Whether the same line stands in the other: what differs is what a report points at. */
bool ys_words_has(const struct ys_words *words, const struct ys_words_line *line);

#endif
