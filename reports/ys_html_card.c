/* SPDX-License-Identifier: Apache-2.0 */
/* What a card was told and answered, in words: beside the record, and where a finding differs. */
#include <string.h>

#include "ys_apdu.h"
#include "ys_card_words.h"
#include "ys_crypto.h"
#include "ys_html.h"

static const char *lang_of(const struct ys_page *page)
{
    return page->lang == YS_LANG_EN ? "en" : "zh";
}

/* False where a mark stands in the place of personal data: then there is nothing to decode. */
static bool bytes_of(struct ys_arena *arena, const char *hex, uint8_t **ret_bytes,
                     size_t *ret_length)
{
    return hex && *hex && ys_hex_decode(arena, hex, ret_bytes, ret_length, NULL) == YS_OK;
}

static void write_words(struct ys_page *page, const struct ys_words *words,
                        const struct ys_words *other)
{
    struct ys_xw *xw = page->xw;
    ys_xw_start(xw, "ul");
    ys_xw_attr(xw, "class", "card-words");
    for (size_t i = 0; i < words->count; i++) {
        const struct ys_words_line *line = &words->lines[i];
        bool differs = other && !ys_words_has(other, line);
        ys_xw_start(xw, "li");
        ys_xw_attr_printf(xw, "style", "margin-left:%uem", line->depth);
        ys_xw_start(xw, differs ? "mark" : "span");
        ys_xw_printf(xw, "%s%s%s", line->subject, line->subject[0] && line->text[0] ? " " : "",
                     line->text);
        ys_xw_end_full(xw);
        ys_xw_end_full(xw);
    }
    ys_xw_end_full(xw);
}

static void write_reply(struct ys_page *page, struct ys_arena *arena, const uint8_t *command,
                        size_t command_length, const uint8_t *reply, size_t reply_length)
{
    struct ys_words words;
    if (reply_length < 2) {
        return;
    }
    uint16_t sw = (uint16_t)(reply[reply_length - 2] << 8 | reply[reply_length - 1]);
    ys_words_init(&words, arena, lang_of(page));
    ys_words_data(&words, command, command_length, reply, reply_length - 2);
    if (words.count) {
        write_words(page, &words, NULL);
    }
    ys_xw_element(page->xw, "p", NULL,
                  ys_arena_printf(arena, "%04X %s", sw, ys_sw_text(arena, sw, lang_of(page))));
}

void ys_html_card_record(struct ys_page *page, const struct ys_value *record)
{
    struct ys_arena arena;
    uint8_t *command = NULL;
    uint8_t *reply = NULL;
    size_t command_length = 0;
    size_t reply_length = 0;
    const struct ys_value *observed = ys_value_get(record, "observed");
    const char *sw = ys_value_get_text(observed, "sw");
    ys_arena_init(&arena);
    if (ys_page_is(record, "kind", "card")) {
        if (bytes_of(&arena, ys_page_text(record, "command"), &command, &command_length)) {
            ys_xw_element(page->xw, "p", NULL,
                          ys_words_command(&arena, command, command_length, lang_of(page)));
        }
        if (bytes_of(&arena, ys_page_text(record, "reply"), &reply, &reply_length)) {
            write_reply(page, &arena, command, command_length, reply, reply_length);
        }
    } else if (sw && ys_value_get_text(observed, "command")) {
        const char *data = ys_page_text(observed, "data");
        ys_xw_element(page->xw, "p", NULL, ys_page_text(observed, "command"));
        if (bytes_of(&arena, ys_arena_printf(&arena, "%s%s", data, sw), &reply, &reply_length) ||
            bytes_of(&arena, sw, &reply, &reply_length)) {
            write_reply(page, &arena, NULL, 0, reply, reply_length);
        }
    }
    ys_arena_clear(&arena);
}

/* The tag at the end of a target such as "tlv 6F/A5/88"; 0: it is none. */
static uint32_t tag_of(const char *target)
{
    uint32_t tag = 0;
    if (strncmp(target, "tlv ", 4) != 0) {
        return 0;
    }
    const char *at = strrchr(target, '/') ? strrchr(target, '/') + 1 : target + 4;
    for (; strchr("0123456789ABCDEFabcdef", *at) && *at; at++) {
        uint32_t digit = (uint32_t)(*at <= '9' ? *at - '0' : (*at | 0x20) - 'a' + 10);
        tag = tag << 4 | digit;
    }
    return *at ? 0 : tag;
}

/* The one value in hexadecimal that a side names: "equals \"40\"" is 40. */
static bool value_of(struct ys_arena *arena, const char *side, uint8_t **ret_bytes,
                     size_t *ret_length)
{
    const char *text = strncmp(side, "equals ", 7) == 0 ? side + 7 : side;
    size_t length = strlen(text);
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
        text = ys_arena_strndup(arena, text + 1, length - 2);
    }
    return bytes_of(arena, text, ret_bytes, ret_length);
}

static void tell_side(struct ys_words *words, const char *target, const uint8_t *bytes,
                      size_t length)
{
    uint32_t tag = tag_of(target);
    if (strcmp(target, "sw") == 0 && length == 2) {
        uint16_t sw = (uint16_t)(bytes[0] << 8 | bytes[1]);
        struct ys_words_line *one = ys_arena_alloc(words->arena, sizeof *one);
        one->subject = ys_arena_printf(words->arena, "%04X", sw);
        one->text = ys_sw_text(words->arena, sw, words->lang);
        words->lines = one;
        words->count = 1;
    } else if (tag) {
        ys_words_object(words, tag, bytes, length, 0);
    } else if (strcmp(target, "data") == 0) {
        ys_words_data(words, NULL, 0, bytes, length);
    }
}

void ys_html_card_side(struct ys_page *page, const struct ys_value *finding, const char *side,
                       const char *other_side)
{
    struct ys_arena arena;
    struct ys_words words[2];
    const char *target = ys_page_text(finding, "target");
    const char *const sides[] = {side, other_side};
    ys_arena_init(&arena);
    for (size_t i = 0; i < 2; i++) {
        uint8_t *bytes = NULL;
        size_t length = 0;
        ys_words_init(&words[i], &arena, lang_of(page));
        if (value_of(&arena, ys_page_text(finding, sides[i]), &bytes, &length)) {
            tell_side(&words[i], target, bytes, length);
        }
    }
    if (words[0].count) {
        write_words(page, &words[0], words[1].count ? &words[1] : NULL);
    }
    ys_arena_clear(&arena);
}
