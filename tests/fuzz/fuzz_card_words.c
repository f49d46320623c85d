/* SPDX-License-Identifier: Apache-2.0 */
/* Telling what a card answered: a length of the command, the command, the data of the reply. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "ys_card_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_words words;
    if (size == 0 || (size_t)data[0] + 1 > size) {
        return 0;
    }
    size_t command_length = data[0];
    const uint8_t *command = data + 1;
    const uint8_t *reply = command + command_length;
    size_t reply_length = size - 1 - command_length;
    ys_arena_init(&arena);
    ys_words_init(&words, &arena, size % 2 ? "zh" : "en");
    if (strlen(ys_words_command(&arena, command, command_length, words.lang)) == 0) {
        abort();
    }
    ys_words_data(&words, command, command_length, reply, reply_length);
    for (uint32_t tag = 0x82; tag <= 0x95; tag++) {
        ys_words_object(&words, tag, reply, reply_length, 0);
    }
    for (size_t i = 0; i < words.count; i++) {
        if (!ys_words_has(&words, &words.lines[i])) {
            abort();
        }
    }
    ys_arena_clear(&arena);
    return 0;
}
