/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text is searched as it is and folded: full-width characters as ASCII ones, percent and JSON
 * escapes as what they stand for, line ends and what stands for them left out. Offsets are always
 * those of the file.
 */
#include "ys_leak.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "ys_clock.h"
#include "ys_file.h"
#include "ys_lines.h"

/* A value as short as a PIN is no finding inside a longer word or number; nor is one of as few
 * digits as a birth date, which a bank may write in front of a time, or a digest may have. */
#define SHORT_BYTES 8u
#define SHORT_DIGITS 8u
/* A number with fewer digits than this, its longest run of zeros left out, may be a time and an
 * amount that stand side by side in a card's log: 04:06:13 and 12.34 have 130000000012. */
#define ROUND_DIGITS 6u
#define ID_DIGITS 18u
#define PAN_DIGITS_MIN 16u
#define PAN_DIGITS_MAX 19u

/* ---- folding ---- */

/* Bytes at `text` that fold to nothing; 0 where there are none. */
static size_t dropped(const char *text, size_t length)
{
    if (text[0] == '\n' || text[0] == '\r') {
        return 1;
    }
    if (length > 1 && text[0] == '\\' && (text[1] == 'n' || text[1] == 'r')) {
        return 2;
    }
    return 0;
}

/* U+FF01 to U+FF5E are the ASCII characters in full width: EF BC 81 to EF BD 9E. */
static char narrow(const char *text, size_t length)
{
    if (length < 3 || (uint8_t)text[0] != 0xEFu) {
        return 0;
    }
    unsigned second = (uint8_t)text[1];
    unsigned third = (uint8_t)text[2];
    if (second == 0xBCu && third >= 0x81u && third <= 0xBFu) {
        return (char)(third - 0x81u + 0x21u);
    }
    if (second == 0xBDu && third >= 0x80u && third <= 0x9Eu) {
        return (char)(third - 0x80u + 0x60u);
    }
    return 0;
}

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit ? strchr(digits, tolower((unsigned char)digit)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The number that `count` hexadecimal digits stand for; -1 where there are not so many. */
static int hex_number(const char *text, size_t length, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = i < length ? hex_value(text[i]) : -1;
        if (digit < 0) {
            return -1;
        }
        number = number * 16 + digit;
    }
    return number;
}

/* One character of the text as it folds: `size` bytes of it become `count` bytes, which may be
 * none. %41 and \u0041 are A, however needless (RFC 3986, 2.1; RFC 8259, 7). */
struct folded {
    size_t size;
    size_t count;
    char bytes[3];
};

static struct folded fold_one(const char *text, size_t length)
{
    size_t drop = dropped(text, length);
    char ascii = narrow(text, length);
    int byte = text[0] == '%' ? hex_number(text + 1, length - 1u, 2) : -1;
    int unit = text[0] == '\\' && length > 1 && text[1] == 'u'
                   ? hex_number(text + 2, length - 2u, 4)
                   : -1;
    struct folded one = {.size = 1, .count = 1, .bytes = {text[0]}};
    if (drop) {
        one = (struct folded){.size = drop};
    } else if (ascii) {
        one = (struct folded){.size = 3, .count = 1, .bytes = {ascii}};
    } else if (byte >= 0) {
        one = (struct folded){.size = 3, .count = 1, .bytes = {(char)byte}};
    } else if (unit >= 0x800) {
        one = (struct folded){.size = 6, .count = 3, .bytes = {(char)(0xE0 | unit >> 12),
                              (char)(0x80 | (unit >> 6 & 0x3F)), (char)(0x80 | (unit & 0x3F))}};
    } else if (unit >= 0x80) {
        one = (struct folded){.size = 6, .count = 2, .bytes = {(char)(0xC0 | unit >> 6),
                              (char)(0x80 | (unit & 0x3F))}};
    } else if (unit >= 0) {
        one = (struct folded){.size = 6, .count = 1, .bytes = {(char)unit}};
    }
    if (one.count == 1 && (one.bytes[0] == '\n' || one.bytes[0] == '\r')) {
        one.count = 0;
    }
    return one;
}

/* Whether any of the text folds: what does, becomes shorter. */
static bool folds(const char *text, size_t length)
{
    static const bool may_fold[UINT8_MAX + 1] = {
        ['\n'] = true, ['\r'] = true, ['\\'] = true, ['%'] = true, [0xEF] = true};
    for (size_t at = 0; at < length; at++) {
        if (may_fold[(uint8_t)text[at]]) {
            struct folded one = fold_one(text + at, length - at);
            if (one.count < one.size) {
                return true;
            }
        }
    }
    return false;
}

/* Folds into `folded` (NULL: only counts) and stops before the character that has folded byte
 * `until`. Returns the offset in the text that was reached; *ret_length is how much was folded. */
static size_t fold(const char *text, size_t length, size_t until, char *folded, size_t *ret_length)
{
    size_t at = 0;
    size_t end = 0;
    while (at < length) {
        struct folded one = fold_one(text + at, length - at);
        if (one.count > 0 && end + one.count > until) {
            break;
        }
        if (folded) {
            memcpy(folded + end, one.bytes, one.count);
        }
        end += one.count;
        at += one.size;
    }
    *ret_length = end;
    return at;
}

/* ---- numbers at large ---- */

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

static int two(const char *digits)
{
    return (digits[0] - '0') * 10 + digits[1] - '0';
}

/* GB 11643-1999, 4.2 and 4.3: birth date and the check digit of ISO 7064, MOD 11-2. */
static bool is_id_number(const char *text)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char checks[] = "10X98765432";
    int sum = 0;
    for (size_t i = 0; i < 17; i++) {
        sum += (text[i] - '0') * weights[i];
    }
    int year = two(text + 6) * 100 + two(text + 8);
    return text[0] != '0' && year >= 1850 && year <= 2150 &&
           ys_civil_date_exists(year, two(text + 10), two(text + 12)) &&
           toupper((unsigned char)text[17]) == checks[sum % 11];
}

/* ISO/IEC 7812-1, annex B; banks and card schemes begin with 3 to 6. */
static bool is_pan(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned)(digits[count - 1u - i] - '0');
        digit *= i % 2u ? 2u : 1u;
        sum += digit > 9u ? digit - 9u : digit;
    }
    return count >= PAN_DIGITS_MIN && count <= PAN_DIGITS_MAX && digits[0] >= '3' &&
           digits[0] <= '6' && sum % 10u == 0;
}

/* The tag of a mark may have no letters. */
static bool is_tag(const char *text, size_t length, size_t at, size_t end)
{
    static const char closing[] = YS_MARK_END;
    return at > 0 && text[at - 1u] == ':' && length - end >= sizeof closing - 1u &&
           memcmp(text + end, closing, sizeof closing - 1u) == 0;
}

/* Whether what ends here is the name of a member of a record or result, as in `"reply":` and
 * `"reply": `. Within a body a quote is escaped, so names there are none. */
static bool is_named(const char *text, size_t end, const char *name)
{
    size_t length = strlen(name);
    end -= end > 0 && text[end - 1u] == ' ';
    return end >= length + 4u && text[end - 1u] == ':' && text[end - 2u] == '"' &&
           memcmp(text + end - 2u - length, name, length) == 0 && text[end - 3u - length] == '"' &&
           text[end - 4u - length] != '\\';
}

static bool is_named_any(const char *text, size_t end, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_named(text, end, names[i])) {
            return true;
        }
    }
    return false;
}

/* What a card was told and answered is hexadecimal, and may have no letters: a challenge, a
 * cryptogram, or a tag, its length, a date and the status word. A number of the card's account is
 * found there where it is known. */
static bool is_card_data(const char *text, size_t at)
{
    static const char *const names[] = {"command", "cryptogram", "data", "issuer_data", "reply"};
    while (at > 0 && text[at - 1u] != '"' && text[at - 1u] != '\\') {
        at--;
    }
    return at > 0 && text[at - 1u] == '"' &&
           is_named_any(text, at - 1u, names, sizeof names / sizeof names[0]);
}

static const char *number_at(const char *text, size_t length, size_t *ret_at)
{
    for (size_t at = 0; at < length;) {
        size_t count = 0;
        while (at + count < length && isdigit((unsigned char)text[at + count])) {
            count++;
        }
        if (count < PAN_DIGITS_MIN) {
            at += count + 1u;
            continue;
        }
        bool starts = at == 0 || !is_word(text[at - 1u]);
        size_t end = at + count;
        bool has_x =
            count == ID_DIGITS - 1u && end < length && (text[end] == 'X' || text[end] == 'x');
        bool ends = end + has_x >= length || !is_word(text[end + has_x]);
        *ret_at = at;
        const char *what = NULL;
        if (starts && ends && count + has_x == ID_DIGITS && is_id_number(text + at)) {
            what = "an identity number";
        } else if (starts && ends && !has_x && is_pan(text + at, count) &&
                   !is_tag(text, length, at, end)) {
            what = "a card number";
        }
        if (what && !is_card_data(text, at)) {
            return what;
        }
        at = end + 1u;
    }
    return NULL;
}

/* ---- known values ---- */

/* Times of records are written by the log itself, after redaction. */
static bool is_of_time(const char *text, size_t at)
{
    static const char label[] = "\"beijing\":\"2026-11-23T17:12:31.";
    size_t before = sizeof label - 1u;
    return at >= before && memcmp(text + at - before, label, 11) == 0;
}

/* Numbers that the harness counts and measures: a PIN of five digits is sure to be among the
 * durations of ten thousand requests. */
static bool is_of_measure(const char *text, size_t at)
{
    static const char *const names[] = {"time_us",     "seq",      "of",     "line",
                                        "passed",      "status",   "length", "sent",
                                        "duration_ms", "requests", "apdus"};
    return is_named_any(text, at, names, sizeof names / sizeof names[0]);
}

/* One of the numbers of records that a case stands on: `"evidence":[7,482913]`. */
static bool is_of_evidence(const char *text, size_t at)
{
    while (at > 0 && (isdigit((unsigned char)text[at - 1u]) || text[at - 1u] == ',' ||
                      isspace((unsigned char)text[at - 1u]))) {
        at--;
    }
    return at > 0 && text[at - 1u] == '[' && is_named(text, at - 1u, "evidence");
}

static bool is_short(const char *value, size_t length)
{
    size_t digits = 0;
    while (digits < length && isdigit((unsigned char)value[digits])) {
        digits++;
    }
    return length < SHORT_BYTES || (digits == length && length <= SHORT_DIGITS);
}

static bool is_round(const char *value, size_t length)
{
    size_t zeros = 0;
    size_t longest = 0;
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)value[i])) {
            return false;
        }
        zeros = value[i] == '0' ? zeros + 1u : 0;
        longest = zeros > longest ? zeros : longest;
    }
    return length - longest < ROUND_DIGITS;
}

static const char *known_at(struct ys_redactor *redactor, const char *text, size_t length,
                            size_t *ret_at)
{
    size_t at = 0;
    size_t end = 0;
    const char *mark = NULL;
    while (ys_redact_find(redactor, text, length, &at, &end, &mark)) {
        bool within = (at > 0 && is_word(text[at - 1u]) && is_word(text[at])) ||
                      (end < length && is_word(text[end]) && is_word(text[end - 1u]));
        bool is_chance = is_short(text + at, end - at)
                             ? within || is_of_time(text, at) || is_of_measure(text, at) ||
                                   is_of_evidence(text, at)
                             : within && is_round(text + at, end - at) && is_card_data(text, at);
        if (!is_chance) {
            *ret_at = at;
            return mark;
        }
        at = end;
    }
    return NULL;
}

static const char *find(struct ys_redactor *redactor, const char *text, size_t length,
                        size_t *ret_at)
{
    const char *what = known_at(redactor, text, length, ret_at);
    return what ? what : number_at(text, length, ret_at);
}

bool ys_leak_in_text(struct ys_arena *arena, struct ys_redactor *redactor, const char *text,
                     size_t length, struct ys_leak *ret_leak)
{
    assert(redactor);
    assert(ret_leak);
    size_t at = 0;
    const char *what = find(redactor, text, length, &at);
    if (!what && folds(text, length)) {
        size_t folded_length = 0;
        char *folded = ys_alloc(length + 1u);
        fold(text, length, SIZE_MAX, folded, &folded_length);
        what = find(redactor, folded, folded_length, &at);
        at = what ? fold(text, length, at, NULL, &folded_length) : 0;
        ys_free(folded);
    }
    if (what) {
        *ret_leak = (struct ys_leak){.offset = (int64_t)at, .what = ys_arena_strdup(arena, what)};
    }
    return what != NULL;
}

/* ---- files ---- */

struct scan {
    struct ys_arena *arena;
    const char *run_dir;
    struct ys_redactor *redactor;
    struct ys_leak *leak;
    bool found;
};

/* A long log is looked through line by line. */
static enum ys_status scan_lines(struct scan *scan, const char *path, struct ys_err *reterr)
{
    struct ys_lines *lines = NULL;
    struct ys_lines_line line = {0};
    enum ys_status status = ys_lines_open(path, &lines, reterr);
    while (status == YS_OK && !scan->found &&
           (status = ys_lines_next(lines, &line, reterr)) == YS_OK && line.text) {
        scan->found =
            ys_leak_in_text(scan->arena, scan->redactor, line.text, line.length, scan->leak);
        scan->leak->offset += scan->found ? line.offset : 0;
    }
    ys_lines_free(lines);
    return status;
}

static enum ys_status scan_file(struct scan *scan, const char *name, struct ys_err *reterr)
{
    const char *path = ys_path_join(scan->arena, scan->run_dir, name);
    struct ys_buf text;
    enum ys_status status = YS_OK;
    if (strcmp(name, "evidence.jsonl") == 0) {
        status = scan_lines(scan, path, reterr);
    } else {
        ys_buf_init(&text, YS_RESULT_BYTES_MAX);
        status = ys_file_read(path, &text, reterr);
        if (status == YS_OK) {
            scan->found =
                ys_leak_in_text(scan->arena, scan->redactor, text.bytes, text.length, scan->leak);
        }
        ys_buf_clear(&text);
    }
    if (scan->found) {
        scan->leak->file = name;
    }
    return status;
}

static enum ys_status scan_folder(struct scan *scan, const char *folder, struct ys_err *reterr)
{
    const char **names = NULL;
    size_t count = 0;
    const char *path = ys_path_join(scan->arena, scan->run_dir, folder);
    enum ys_status status = ys_folder_list(scan->arena, path, NULL, &names, &count, reterr);
    for (size_t i = 0; i < count && status == YS_OK && !scan->found; i++) {
        const char *name = *folder ? ys_path_join(scan->arena, folder, names[i]) : names[i];
        if (!ys_folder_exists(ys_path_join(scan->arena, scan->run_dir, name))) {
            status = scan_file(scan, name, reterr);
        } else if (!*folder) {
            status = scan_folder(scan, name, reterr);
        }
    }
    return status;
}

enum ys_status ys_leak_scan(struct ys_arena *arena, const char *run_dir,
                            struct ys_redactor *redactor, bool *ret_found, struct ys_leak *ret_leak,
                            struct ys_err *reterr)
{
    struct ys_leak leak = {0};
    struct scan scan = {.arena = arena, .run_dir = run_dir, .redactor = redactor, .leak = &leak};
    enum ys_status status = scan_folder(&scan, "", reterr);
    if (status == YS_OK) {
        *ret_found = scan.found;
        *ret_leak = leak;
    }
    return status;
}
