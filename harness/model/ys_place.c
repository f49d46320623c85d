/* SPDX-License-Identifier: Apache-2.0 */
/* Names and addresses made comparable; see ys_place.h. */
#include "ys_place.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ys_charset.h"
#include "ys_limits.h"

struct plain {
    uint32_t at[YS_PLACE_CHARACTERS_MAX];
    size_t count;
};

struct pair {
    uint32_t from;
    uint32_t to;
};
static const struct pair PAIRS[] = {
#define YS_PLACE(from, to) {from, to},
#include "ys_place.def"
#undef YS_PLACE
};

static int by_from(const void *key, const void *pair)
{
    uint32_t wanted = *(const uint32_t *)key;
    uint32_t from = ((const struct pair *)pair)->from;
    return (wanted > from) - (wanted < from);
}

static uint32_t decode(const char *bytes, size_t size)
{
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t character = (unsigned char)bytes[0] & masks[size];
    for (size_t i = 1; i < size; i++) {
        character = character << 6 | ((unsigned char)bytes[i] & 0x3Fu);
    }
    return character;
}

/* 0: the character says nothing here (blanks, brackets, marks). */
static uint32_t fold(uint32_t character)
{
    static const uint32_t dashes[] = {0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212};
    if (character >= 0xFF01 && character <= 0xFF5E) {
        character -= 0xFEE0; /* full width */
    }
    for (size_t i = 0; i < sizeof dashes / sizeof dashes[0]; i++) {
        character = character == dashes[i] ? '-' : character;
    }
    if (character < 0x80) {
        bool letter = (character >= 'a' && character <= 'z') ||
                      (character >= '0' && character <= '9') || character == '-';
        return character >= 'A' && character <= 'Z' ? character + 32 : letter ? character : 0;
    }
    if (character < 0x3007 || (character > 0x3007 && character <= 0x303F) ||
        character == 0xB7 || character == 0x30FB) {
        return 0;
    }
    const struct pair *pair =
        bsearch(&character, PAIRS, sizeof PAIRS / sizeof PAIRS[0], sizeof PAIRS[0], by_from);
    return pair ? pair->to : character;
}

static int digit_of(uint32_t character)
{
    static const uint32_t digits[] = {0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                      0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    for (int i = 0; i < 10; i++) {
        if (digits[i] == character) {
            return i;
        }
    }
    return character == 0x3007 ? 0 : character == 0x5341 ? 10 : character == 0x767E ? 100 : -1;
}

/* What a run of numerals counts: 十二, 二十, 一百零五, or digit by digit 二〇三. */
static uint32_t value_of(const uint32_t *at, size_t count)
{
    uint32_t sum = 0;
    uint32_t last = 0;
    bool units = false;
    for (size_t i = 0; i < count; i++) {
        units = units || digit_of(at[i]) >= 10;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t digit = (uint32_t)digit_of(at[i]);
        if (!units) {
            sum = sum * 10 + digit;
        } else if (digit < 10) {
            last = digit;
        } else {
            sum += (last ? last : 1) * digit;
            last = 0;
        }
    }
    return sum + last;
}

/* Numerals that count something become digits; those of a name (五道口) stay. */
static void numerals(struct plain *plain)
{
    static const uint32_t behind[] = {0x53F7, 0x697C, 0x5C42, 0x5BA4, 0x5EA7, 0x5E62,
                                      0x680B, 0x9662, 0x95E8, 0x5F04};
    struct plain out = {.count = 0};
    for (size_t i = 0; i < plain->count;) {
        size_t end = i;
        while (end < plain->count && end - i < 6 && digit_of(plain->at[end]) >= 0) {
            end++;
        }
        bool counts = end > i && i > 0 && plain->at[i - 1] == 0x7B2C; /* 第 */
        for (size_t k = 0; end > i && end < plain->count && k < sizeof behind / sizeof behind[0];
             k++) {
            counts = counts || plain->at[end] == behind[k];
        }
        if (!counts) {
            end = end > i ? end : i + 1;
            while (i < end && out.count < YS_PLACE_CHARACTERS_MAX) {
                out.at[out.count++] = plain->at[i++];
            }
            i = end;
            continue;
        }
        uint32_t value = value_of(plain->at + i, end - i);
        uint32_t digits[10];
        size_t length = 0;
        do {
            digits[length++] = '0' + value % 10;
            value /= 10;
        } while (value);
        while (length && out.count < YS_PLACE_CHARACTERS_MAX) {
            out.at[out.count++] = digits[--length];
        }
        i = end;
    }
    *plain = out;
}

static struct plain plain_of(const char *text)
{
    struct plain plain = {.count = 0};
    size_t left = strlen(text);
    while (left && plain.count < YS_PLACE_CHARACTERS_MAX) {
        size_t size = ys_utf8_size(text, left);
        uint32_t character = size ? fold(decode(text, size)) : 0;
        size = size ? size : 1;
        text += size;
        left -= size;
        if (character) {
            plain.at[plain.count++] = character;
        }
    }
    numerals(&plain);
    return plain;
}

static const char *text_of(struct ys_arena *arena, const struct plain *plain)
{
    char *text = ys_arena_alloc(arena, 3 * plain->count + 1); /* the BMP; others are cut to it */
    char *at = text;
    for (size_t i = 0; i < plain->count; i++) {
        uint32_t character = plain->at[i];
        if (character < 0x80) {
            *at++ = (char)character;
        } else if (character < 0x800) {
            *at++ = (char)(0xC0 | character >> 6);
            *at++ = (char)(0x80 | (character & 0x3F));
        } else {
            character = character > 0xFFFF ? 0xFFFD : character;
            *at++ = (char)(0xE0 | character >> 12);
            *at++ = (char)(0x80 | (character >> 6 & 0x3F));
            *at++ = (char)(0x80 | (character & 0x3F));
        }
    }
    *at = '\0';
    return text;
}

static bool has_at(const struct plain *plain, size_t at, const struct plain *word)
{
    return word->count && at + word->count <= plain->count &&
           memcmp(plain->at + at, word->at, word->count * sizeof word->at[0]) == 0;
}

static void cut(struct plain *plain, size_t at, size_t count)
{
    memmove(plain->at + at, plain->at + at + count,
            (plain->count - at - count) * sizeof plain->at[0]);
    plain->count -= count;
}

static bool cut_word(struct plain *plain, size_t at, const char *text)
{
    struct plain word = plain_of(text);
    bool found = has_at(plain, at, &word);
    if (found) {
        cut(plain, at, word.count);
    }
    return found;
}

/* 北京市 or 北京, where it stands at a place. */
static void cut_city(struct plain *plain, size_t at, const char *city)
{
    struct plain word = plain_of(city);
    if (has_at(plain, at, &word)) {
        cut(plain, at, word.count);
        return;
    }
    if (word.count > 2) {
        word.count--;
        if (has_at(plain, at, &word)) {
            cut(plain, at, word.count);
        }
    }
}

const char *ys_place_name_key(struct ys_arena *arena, const char *name, const char *city,
                              bool loose)
{
    static const char *const company[] = {"股份有限公司", "有限责任公司", "有限公司"};
    static const char *const kinds[] = {"支行",   "营业部", "营业室", "营业所",
                                        "分理处", "储蓄所", "网点",   "分行"};
    struct plain plain = plain_of(name);
    struct plain bank = plain_of("银行");
    for (size_t i = 0; i < plain.count; i++) {
        for (size_t k = 0; k < sizeof company / sizeof company[0]; k++) {
            cut_word(&plain, i, company[k]);
        }
    }
    for (size_t i = 1; i < plain.count; i++) {
        if (has_at(&plain, i, &bank)) {
            cut_city(&plain, i + bank.count, city);
            if (plain.count > i + bank.count + 2) {
                cut_word(&plain, i + bank.count, "分行");
            }
            break;
        }
    }
    for (bool again = loose; again;) {
        again = false;
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            size_t length = strlen(kinds[k]) / 3; /* each character has three bytes */
            bool longer = plain.count > length + 2;
            again = (longer && cut_word(&plain, plain.count - length, kinds[k])) || again;
        }
    }
    return text_of(arena, &plain);
}

const char *ys_place_address_key(struct ys_arena *arena, const char *address, const char *city,
                                 bool loose)
{
    struct plain plain = plain_of(address);
    cut_city(&plain, 0, city);
    cut_word(&plain, 0, "市辖区");
    for (size_t i = 1; loose && i < plain.count; i++) {
        bool digit = plain.at[i - 1] >= '0' && plain.at[i - 1] <= '9';
        if (plain.at[i] == 0x53F7 && digit) { /* 号: what follows is inside the house */
            plain.count = i + 1;
        }
    }
    return text_of(arena, &plain);
}

bool ys_place_is_elsewhere(const char *address, const char *city)
{
    struct plain plain = plain_of(address);
    size_t before = plain.count;
    cut_city(&plain, 0, city);
    if (plain.count < before) {
        return false;
    }
    /* 天津市…, 河北省…, 内蒙古自治区…; a district or road in front says that the city is left out. */
    for (size_t i = 0; i < plain.count && i < 9; i++) {
        uint32_t character = plain.at[i];
        if (character == 0x7701 || character == 0x5E02) { /* 省 市 */
            return i >= 2;
        }
        if (character == 0x533A) { /* 区 */
            return i >= 3 && plain.at[i - 1] == 0x6CBB && plain.at[i - 2] == 0x81EA;
        }
        if (character == 0x53BF || character == 0x8DEF || character == 0x8857 ||
            character == 0x53F7 || character == 0x9547 || character == 0x4E61) { /* 县路街号镇乡 */
            return false;
        }
    }
    return false;
}

bool ys_place_is_self_service(const char *name)
{
    static const char *const words[] = {"自助", "atm", "离行"};
    struct plain plain = plain_of(name);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        struct plain word = plain_of(words[k]);
        for (size_t i = 0; i < plain.count; i++) {
            if (has_at(&plain, i, &word)) {
                return true;
            }
        }
    }
    return false;
}
