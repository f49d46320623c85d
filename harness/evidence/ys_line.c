/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_line.h"

#include <assert.h>
#include <string.h>

#include "ys_limits.h"

#define SEQ_DIGITS_MAX 18u
#define DIGEST_DIGITS 64u

struct scan {
    const char *text;
    size_t length;
    size_t at;
    unsigned depth;
    const char *why; /* what is wrong at `at` */
    struct ys_line *line;
};

static bool bad(struct scan *scan, const char *why)
{
    if (!scan->why) {
        scan->why = why;
    }
    return false;
}

static bool sees(const struct scan *scan, char byte)
{
    return scan->at < scan->length && scan->text[scan->at] == byte;
}

static bool take(struct scan *scan, char byte, const char *why)
{
    if (!sees(scan, byte)) {
        return bad(scan, why);
    }
    scan->at++;
    return true;
}

/* The size of the well-formed UTF-8 character at the position, 0 when it is none (RFC 3629). */
static size_t character_size(const struct scan *scan)
{
    const uint8_t *bytes = (const uint8_t *)scan->text + scan->at;
    size_t left = scan->length - scan->at;
    uint8_t lead = bytes[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3
                  : lead < 0xF5 ? 4 : 0;
    if (size == 0 || size > left) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0u) != 0x80u) {
            return 0;
        }
    }
    bool overlong = (lead == 0xE0 && bytes[1] < 0xA0) || (lead == 0xF0 && bytes[1] < 0x90);
    bool surrogate = lead == 0xED && bytes[1] >= 0xA0;
    bool beyond = lead == 0xF4 && bytes[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : size;
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* RFC 8785, 3.2.2.2: two-byte escapes where there are any, else \u00 and lower-case digits. */
static bool read_escape(struct scan *scan)
{
    size_t left = scan->length - scan->at;
    const char *text = scan->text + scan->at;
    if (left >= 2 && memchr("\"\\bfnrt", text[1], 7)) {
        scan->at += 2;
        return true;
    }
    if (left < 6 || memcmp(text, "\\u00", 4) != 0) {
        return bad(scan, "an escape that is not canonical");
    }
    int high = hex_digit(text[4]);
    int low = hex_digit(text[5]);
    int code = high * 16 + low;
    if (high < 0 || high > 1 || low < 0 || code == '\b' || code == '\f' || code == '\n' ||
        code == '\r' || code == '\t') {
        return bad(scan, "an escape that is not canonical");
    }
    scan->at += 6;
    return true;
}

static bool read_string(struct scan *scan)
{
    if (!take(scan, '"', "a string is expected")) {
        return false;
    }
    while (scan->at < scan->length) {
        char byte = scan->text[scan->at];
        if (byte == '"') {
            scan->at++;
            return true;
        }
        if (byte == '\\') {
            if (!read_escape(scan)) {
                return false;
            }
            continue;
        }
        size_t size = (uint8_t)byte < 0x20 ? 0 : character_size(scan);
        if (size == 0) {
            return bad(scan, "a byte that is neither text nor an escape");
        }
        scan->at += size;
    }
    return bad(scan, "a string without an end");
}

static bool is_digit(const struct scan *scan)
{
    return scan->at < scan->length && scan->text[scan->at] >= '0' && scan->text[scan->at] <= '9';
}

static size_t skip_digits(struct scan *scan)
{
    size_t start = scan->at;
    while (is_digit(scan)) {
        scan->at++;
    }
    return scan->at - start;
}

/* The shape of ECMAScript's numbers: no leading and no trailing zeros, no negative zero. */
static bool read_number(struct scan *scan)
{
    bool negative = sees(scan, '-');
    scan->at += negative ? 1u : 0u;
    size_t start = scan->at;
    bool zero_first = sees(scan, '0');
    size_t whole = skip_digits(scan);
    if (whole == 0 || (zero_first && whole > 1)) {
        scan->at = start;
        return bad(scan, "a value is expected");
    }
    bool fraction = sees(scan, '.');
    if (fraction) {
        scan->at++;
        if (skip_digits(scan) == 0 || scan->text[scan->at - 1u] == '0') {
            return bad(scan, "a number that is not canonical");
        }
    }
    if (sees(scan, 'e')) {
        scan->at++;
        if (!sees(scan, '-') && !sees(scan, '+')) {
            return bad(scan, "a number that is not canonical");
        }
        scan->at++;
        bool padded = sees(scan, '0');
        if (padded || skip_digits(scan) == 0) {
            return bad(scan, "a number that is not canonical");
        }
    } else if (negative && zero_first && !fraction) {
        scan->at = start;
        return bad(scan, "a number that is not canonical");
    }
    return true;
}

static bool read_word(struct scan *scan, const char *word)
{
    size_t size = strlen(word);
    if (scan->length - scan->at < size || memcmp(scan->text + scan->at, word, size) != 0) {
        return bad(scan, "a value is expected");
    }
    scan->at += size;
    return true;
}

/* A string literal read as UTF-16 code units. */
struct units {
    const char *at;      /* behind the opening quote */
    uint32_t low;        /* second half of a pair that is due, 0 = none */
};

/* 0 at the closing quote; the literal has been checked. No name holds NUL as a plain byte, and
 * an escaped one is told apart by adding one to every unit. */
static uint32_t next_unit(struct units *units)
{
    if (units->low != 0) {
        uint32_t low = units->low;
        units->low = 0;
        return low + 1u;
    }
    const uint8_t *bytes = (const uint8_t *)units->at;
    if (bytes[0] == '"') {
        return 0;
    }
    if (bytes[0] == '\\') {
        static const char letters[] = "\"\\bfnrt";
        static const char plain[] = "\"\\\b\f\n\r\t";
        if (bytes[1] == 'u') {
            units->at += 6;
            return (uint32_t)(hex_digit((char)bytes[4]) * 16 + hex_digit((char)bytes[5])) + 1u;
        }
        units->at += 2;
        const char *letter = memchr(letters, bytes[1], sizeof letters - 1u);
        return (uint32_t)plain[letter - letters] + 1u;
    }
    size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    uint32_t code = size == 1 ? bytes[0] : bytes[0] & (0xFFu >> (size + 1u));
    for (size_t i = 1; i < size; i++) {
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    units->at += size;
    if (code >= 0x10000) {
        units->low = 0xDC00u + ((code - 0x10000u) & 0x3FFu);
        code = 0xD800u + ((code - 0x10000u) >> 10);
    }
    return code + 1u;
}

static bool name_is_before(const char *a, const char *b)
{
    struct units left = {.at = a + 1};
    struct units right = {.at = b + 1};
    for (;;) {
        uint32_t left_unit = next_unit(&left);
        uint32_t right_unit = next_unit(&right);
        if (left_unit != right_unit) {
            return left_unit < right_unit;
        }
        if (left_unit == 0) {
            return false;
        }
    }
}

static bool read_value(struct scan *scan);

static void note_member(struct scan *scan, const char *name, size_t name_size, size_t value_at)
{
    const char *value = scan->text + value_at;
    size_t size = scan->at - value_at;
    if (name_size == 5 && memcmp(name, "\"seq\"", 5) == 0 && size <= SEQ_DIGITS_MAX) {
        int64_t seq = 0;
        for (size_t i = 0; i < size; i++) {
            if (value[i] < '0' || value[i] > '9') {
                return;
            }
            seq = seq * 10 + (value[i] - '0');
        }
        scan->line->seq = seq;
        scan->line->seq_at = value_at;
    } else if (name_size == 6 && memcmp(name, "\"prev\"", 6) == 0 &&
               size == DIGEST_DIGITS + 2u && value[0] == '"') {
        for (size_t i = 1; i <= DIGEST_DIGITS; i++) {
            if (hex_digit(value[i]) < 0) {
                return;
            }
        }
        scan->line->prev = value + 1;
        scan->line->prev_at = value_at;
    }
}

static bool read_map(struct scan *scan)
{
    bool top = scan->depth == 1;
    const char *before = NULL;
    scan->at++;
    if (sees(scan, '}')) {
        scan->at++;
        return true;
    }
    for (;;) {
        size_t name_at = scan->at;
        if (!read_string(scan)) {
            return false;
        }
        size_t name_size = scan->at - name_at;
        if (before && !name_is_before(before, scan->text + name_at)) {
            scan->at = name_at;
            return bad(scan, "members out of order or doubled");
        }
        before = scan->text + name_at;
        if (!take(scan, ':', "':' is expected")) {
            return false;
        }
        size_t value_at = scan->at;
        if (!read_value(scan)) {
            return false;
        }
        if (top) {
            note_member(scan, before, name_size, value_at);
        }
        if (sees(scan, '}')) {
            scan->at++;
            return true;
        }
        if (!take(scan, ',', "',' or '}' is expected")) {
            return false;
        }
    }
}

static bool read_list(struct scan *scan)
{
    scan->at++;
    if (sees(scan, ']')) {
        scan->at++;
        return true;
    }
    for (;;) {
        if (!read_value(scan)) {
            return false;
        }
        if (sees(scan, ']')) {
            scan->at++;
            return true;
        }
        if (!take(scan, ',', "',' or ']' is expected")) {
            return false;
        }
    }
}

static bool read_value(struct scan *scan)
{
    if (scan->at >= scan->length) {
        return bad(scan, "a value is expected");
    }
    char byte = scan->text[scan->at];
    if (byte == '"') {
        return read_string(scan);
    }
    if (byte == '{' || byte == '[') {
        if (scan->depth == YS_JSON_DEPTH_MAX) {
            return bad(scan, "nesting beyond YS_JSON_DEPTH_MAX");
        }
        scan->depth++;
        bool good = byte == '{' ? read_map(scan) : read_list(scan);
        scan->depth--;
        return good;
    }
    if (byte == 't' || byte == 'f' || byte == 'n') {
        return read_word(scan, byte == 't' ? "true" : byte == 'f' ? "false" : "null");
    }
    return read_number(scan);
}

bool ys_line_read(const char *text, size_t length, struct ys_line *ret_line, size_t *ret_bad_at,
                  const char **ret_why)
{
    assert(text);
    assert(ret_line);
    struct ys_line line = {0};
    struct scan scan = {.text = text, .length = length, .line = &line};
    bool good = sees(&scan, '{') ? read_value(&scan) : bad(&scan, "'{' is expected");
    if (good && scan.at < length) {
        good = bad(&scan, "bytes behind the object");
    }
    if (!good) {
        *ret_bad_at = scan.at;
        *ret_why = scan.why;
        return false;
    }
    *ret_line = line;
    return true;
}
