/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_redact_forms.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "ys_charset.h"
#include "ys_crypto.h"

/* A piece of base64 from inside a longer text that is shorter than this says too little. */
#define INNER_BASE64_MIN 6u

struct forms {
    struct ys_arena *arena;
    ys_redact_form_fn found;
    void *context;
};

static void give(const struct forms *forms, const char *bytes, size_t length)
{
    forms->found(forms->context, bytes, length);
}

static void give_hex(const struct forms *forms, const char *bytes, size_t length)
{
    char *hex = ys_arena_alloc(forms->arena, 2u * length + 1u);
    ys_hex_encode(bytes, length, hex);
    give(forms, hex, 2u * length);
    hex = ys_arena_alloc(forms->arena, 2u * length + 1u);
    ys_hex_encode_lower(bytes, length, hex);
    give(forms, hex, 2u * length);
}

/* With the standard and the URL alphabet (RFC 4648, 5). */
static void give_base64_text(const struct forms *forms, char *text, size_t length)
{
    give(forms, text, length);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '+') {
            text[i] = '-';
        } else if (text[i] == '/') {
            text[i] = '_';
        }
    }
    give(forms, text, length);
}

/* Alone, and behind 0, 1 or 2 bytes of another text: only digits that depend on nothing but the
 * value are looked for, so a PIN is found inside the credentials of Basic authentication too. */
static void give_base64(const struct forms *forms, const char *bytes, size_t length)
{
    char *alone = ys_base64_encode(forms->arena, bytes, length);
    give_base64_text(forms, alone, strlen(alone));
    for (size_t before = 0; before < 3; before++) {
        char *padded = ys_arena_alloc(forms->arena, before + length);
        memcpy(padded + before, bytes, length);
        char *text = ys_base64_encode(forms->arena, padded, before + length);
        size_t first = (before * 8u + 5u) / 6u;
        size_t end = (before + length) * 8u / 6u;
        if (end - first >= INNER_BASE64_MIN) {
            give_base64_text(forms, text + first, end - first);
        }
    }
}

static bool is_unreserved(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' ||
           byte == '~';
}

static void give_percent_with(const struct forms *forms, const char *bytes, size_t length,
                              const char *digits, bool plus_for_blank)
{
    char *text = ys_arena_alloc(forms->arena, 3u * length + 1u);
    size_t end = 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)bytes[i];
        if (is_unreserved(byte)) {
            text[end++] = bytes[i];
        } else if (byte == ' ' && plus_for_blank) {
            text[end++] = '+';
        } else {
            text[end++] = '%';
            text[end++] = digits[byte >> 4];
            text[end++] = digits[byte & 15u];
        }
    }
    give(forms, text, end);
}

static void give_percent(const struct forms *forms, const char *bytes, size_t length)
{
    give_percent_with(forms, bytes, length, "0123456789ABCDEF", false);
    give_percent_with(forms, bytes, length, "0123456789abcdef", false);
    if (memchr(bytes, ' ', length)) {
        give_percent_with(forms, bytes, length, "0123456789ABCDEF", true);
    }
}

static size_t put_unicode_escape(char *text, uint32_t unit, const char *digits)
{
    text[0] = '\\';
    text[1] = 'u';
    for (unsigned i = 0; i < 4; i++) {
        text[2u + i] = digits[unit >> (12u - 4u * i) & 15u];
    }
    return 6;
}

/* One code point of valid UTF-8; *ret_size bytes of it. */
static uint32_t code_point(const char *text, size_t *ret_size)
{
    uint8_t lead = (uint8_t)text[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t code = size == 1 ? lead : lead & (0xFFu >> (size + 1u));
    for (size_t i = 1; i < size; i++) {
        code = code << 6 | ((uint8_t)text[i] & 0x3Fu);
    }
    *ret_size = size;
    return code;
}

static size_t put_ascii_escape(char *text, uint32_t code, bool slash, const char *digits)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *at = code != 0 ? strchr(plain, (int)code) : NULL;
    if (at || (slash && code == '/')) {
        text[0] = '\\';
        text[1] = at ? letters[at - plain] : '/';
        return 2;
    }
    if (code < 0x20) {
        return put_unicode_escape(text, code, digits);
    }
    text[0] = (char)code;
    return 1;
}

/* `ascii` writes everything else as \uXXXX too, as many JSON libraries do. */
static void give_json_with(const struct forms *forms, const char *bytes, size_t length, bool ascii,
                           bool slash, const char *digits)
{
    char *text = ys_arena_alloc(forms->arena, 6u * length + 1u);
    size_t end = 0;
    size_t size = 1;
    for (size_t i = 0; i < length; i += size) {
        uint32_t code = code_point(bytes + i, &size);
        if (code < 0x80) {
            end += put_ascii_escape(text + end, code, slash, digits);
        } else if (!ascii) {
            memcpy(text + end, bytes + i, size);
            end += size;
        } else if (code < 0x10000) {
            end += put_unicode_escape(text + end, code, digits);
        } else {
            uint32_t offset = code - 0x10000u;
            end += put_unicode_escape(text + end, 0xD800u + (offset >> 10), digits);
            end += put_unicode_escape(text + end, 0xDC00u + (offset & 0x3FFu), digits);
        }
    }
    give(forms, text, end);
}

static void give_json(const struct forms *forms, const char *bytes, size_t length)
{
    static const char lower[] = "0123456789abcdef";
    static const char upper[] = "0123456789ABCDEF";
    for (unsigned slash = 0; slash < 2; slash++) {
        give_json_with(forms, bytes, length, false, slash != 0, lower);
        give_json_with(forms, bytes, length, true, slash != 0, lower);
        give_json_with(forms, bytes, length, true, slash != 0, upper);
    }
}

static void give_xml(const struct forms *forms, const char *bytes, size_t length)
{
    char *text = ys_arena_alloc(forms->arena, 6u * length + 1u);
    size_t end = 0;
    for (size_t i = 0; i < length; i++) {
        const char *entity = bytes[i] == '&'    ? "&amp;"
                             : bytes[i] == '<'  ? "&lt;"
                             : bytes[i] == '>'  ? "&gt;"
                             : bytes[i] == '"'  ? "&quot;"
                             : bytes[i] == '\'' ? "&apos;"
                                                : NULL;
        size_t size = entity ? strlen(entity) : 1u;
        memcpy(text + end, entity ? entity : bytes + i, size);
        end += size;
    }
    give(forms, text, end);
}

void ys_redact_forms(struct ys_arena *arena, const char *value, size_t length,
                     ys_redact_form_fn found, void *context)
{
    struct forms forms = {.arena = arena, .found = found, .context = context};
    give_hex(&forms, value, length);
    give_base64(&forms, value, length);
    give_percent(&forms, value, length);
    if (ys_utf8_is_valid(value, length)) {
        give_json(&forms, value, length);
    }
    give_xml(&forms, value, length);

    char *gbk = NULL;
    size_t gbk_length = 0;
    if (ys_charset_from_utf8(arena, "GB18030", value, length, &gbk, &gbk_length, NULL) != YS_OK ||
        (gbk_length == length && memcmp(gbk, value, length) == 0)) {
        return;
    }
    give(&forms, gbk, gbk_length);
    give_hex(&forms, gbk, gbk_length);
    give_base64(&forms, gbk, gbk_length);
    give_percent(&forms, gbk, gbk_length);
}
