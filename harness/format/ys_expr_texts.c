/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of "${…}" that read or make texts: characters, encodings, dates, numbers of
 * invented persons. */
#include <string.h>

#include "ys_buf.h"
#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_expr_private.h"
#include "ys_json.h"

/* Whether a byte of UTF-8 begins a character. */
static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0u) != 0x80u;
}

static size_t count_characters(const struct ys_value *text)
{
    size_t count = 0;
    for (size_t i = 0; i < text->as.string.length; i++) {
        count += begins_character(text->as.string.bytes[i]);
    }
    return count;
}

static const char *text_end(const struct ys_value *text)
{
    return text->as.string.bytes + text->as.string.length;
}

/* The first place of `part` in [from, end), NULL when there is none; NUL is a byte like others. */
static const char *find_text(const char *from, const char *end, const struct ys_value *part)
{
    size_t length = part->as.string.length;
    if (length == 0) {
        return from;
    }
    for (; (size_t)(end - from) >= length; from++) {
        from = memchr(from, part->as.string.bytes[0], (size_t)(end - from) - length + 1);
        if (!from || memcmp(from, part->as.string.bytes, length) == 0) {
            return from;
        }
    }
    return NULL;
}

static enum ys_status apply_length(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    if (in[0]->kind == YS_KIND_STRING) {
        *ret_value = ys_value_int(arena, (int64_t)count_characters(in[0]));
    } else if (in[0]->kind == YS_KIND_LIST || in[0]->kind == YS_KIND_MAP) {
        *ret_value = ys_value_int(arena, (int64_t)ys_value_count(in[0]));
    } else {
        return ys_expr__need(in[0], YS_KIND_LIST, reterr);
    }
    return YS_OK;
}

static enum ys_status apply_slice(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    int64_t from = 0;
    int64_t to = 0;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    status = status == YS_OK ? ys_expr__need_index(in[1], &from, reterr) : status;
    status = status == YS_OK ? ys_expr__need_index(in[2], &to, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    const char *end = text_end(in[0]);
    const char *start = end;
    const char *p = in[0]->as.string.bytes;
    int64_t at = -1; /* the character that p is in */
    for (; p < end; p++) {
        at += begins_character(*p);
        if (begins_character(*p) && at == to) {
            break;
        }
        start = begins_character(*p) && at == from ? p : start;
    }
    *ret_value = ys_value_string_n(arena, start, start < p ? (size_t)(p - start) : 0);
    return YS_OK;
}

static enum ys_status apply_split(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    status = status == YS_OK ? ys_expr__need(in[1], YS_KIND_STRING, reterr) : status;
    if (status != YS_OK || in[1]->as.string.length == 0) {
        return status != YS_OK ? status : ys_err_set(reterr, YS_ERR_ARGUMENT, "an empty separator");
    }
    struct ys_value *list = ys_value_list(arena);
    const char *text = in[0]->as.string.bytes;
    const char *end = text_end(in[0]);
    const char *found = find_text(text, end, in[1]);
    while (found) {
        ys_value_append(arena, list, ys_value_string_n(arena, text, (size_t)(found - text)));
        text = found + in[1]->as.string.length;
        found = find_text(text, end, in[1]);
    }
    ys_value_append(arena, list, ys_value_string_n(arena, text, (size_t)(end - text)));
    *ret_value = list;
    return YS_OK;
}

static enum ys_status apply_join(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                 const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_LIST, reterr);
    status = status == YS_OK ? ys_expr__need(in[1], YS_KIND_STRING, reterr) : status;
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    for (size_t i = 0; status == YS_OK && i < in[0]->as.list.count; i++) {
        const struct ys_value *item = in[0]->as.list.items[i];
        status = ys_expr__need(item, YS_KIND_STRING, reterr);
        if (status == YS_OK && i) {
            status = ys_buf_append(&buf, in[1]->as.string.bytes, in[1]->as.string.length);
        }
        if (status == YS_OK) {
            status = ys_buf_append(&buf, item->as.string.bytes, item->as.string.length);
        }
    }
    if (status == YS_OK) {
        *ret_value = ys_value_string_n(arena, buf.bytes, buf.length);
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_status apply_contains(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                     const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    bool found = false;
    if (in[0]->kind == YS_KIND_LIST) {
        for (size_t i = 0; !found && i < in[0]->as.list.count; i++) {
            found = ys_value_equal(in[0]->as.list.items[i], in[1]);
        }
    } else {
        enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
        status = status == YS_OK ? ys_expr__need(in[1], YS_KIND_STRING, reterr) : status;
        if (status != YS_OK) {
            return status;
        }
        found = find_text(in[0]->as.string.bytes, text_end(in[0]), in[1]) != NULL;
    }
    *ret_value = ys_value_bool(arena, found);
    return YS_OK;
}

static enum ys_status change_case(struct ys_arena *arena, const struct ys_value *in, char first,
                                  int shift, const struct ys_value **ret_value,
                                  struct ys_err *reterr)
{
    enum ys_status status = ys_expr__need(in, YS_KIND_STRING, reterr);
    if (status != YS_OK) {
        return status;
    }
    char *text = ys_arena_strndup(arena, in->as.string.bytes, in->as.string.length);
    for (size_t i = 0; i < in->as.string.length; i++) {
        if (text[i] >= first && text[i] < first + 26) {
            text[i] = (char)(text[i] + shift);
        }
    }
    *ret_value = ys_value_string_n(arena, text, in->as.string.length);
    return YS_OK;
}

static enum ys_status apply_upper(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return change_case(arena, in[0], 'a', 'A' - 'a', ret_value, reterr);
}

static enum ys_status apply_lower(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return change_case(arena, in[0], 'A', 'a' - 'A', ret_value, reterr);
}

enum ys_status ys_expr__text(struct ys_arena *arena, const struct ys_value *value,
                             const struct ys_value **ret_text, struct ys_err *reterr)
{
    char number[YS_DECIMAL_TEXT_MAX];
    struct ys_buf buf;
    enum ys_status status = YS_OK;
    if (value->kind == YS_KIND_STRING) {
        *ret_text = value;
        return YS_OK;
    }
    if (value->kind == YS_KIND_NUMBER) {
        ys_decimal_format(value->as.number, number);
        *ret_text = ys_value_string(arena, number);
        return YS_OK;
    }
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    status = ys_json_write(value, &buf);
    if (status == YS_OK) {
        *ret_text = ys_value_string_n(arena, buf.bytes, buf.length);
    } else {
        ys_err_set(reterr, status, "the text grows over YS_FILE_BYTES_MAX");
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_status apply_string(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    return ys_expr__text(arena, in[0], ret_value, reterr);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum ys_status apply_trim(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                 const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    if (status != YS_OK) {
        return status;
    }
    const char *start = in[0]->as.string.bytes;
    const char *end = text_end(in[0]);
    while (start < end && is_blank(*start)) {
        start++;
    }
    while (end > start && is_blank(end[-1])) {
        end--;
    }
    *ret_value = ys_value_string_n(arena, start, (size_t)(end - start));
    return YS_OK;
}

static enum ys_status apply_starts_with(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                        const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    status = status == YS_OK ? ys_expr__need(in[1], YS_KIND_STRING, reterr) : status;
    if (status == YS_OK) {
        size_t length = in[1]->as.string.length;
        bool starts = in[0]->as.string.length >= length &&
                      memcmp(in[0]->as.string.bytes, in[1]->as.string.bytes, length) == 0;
        *ret_value = ys_value_bool(arena, starts);
    }
    return status;
}

static enum ys_status apply_digits(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        char *digits = ys_arena_alloc(arena, in[0]->as.string.length + 1);
        size_t length = 0;
        for (const char *p = in[0]->as.string.bytes; p < text_end(in[0]); p++) {
            if (*p >= '0' && *p <= '9') {
                digits[length++] = *p;
            }
        }
        *ret_value = ys_value_string_n(arena, digits, length);
    }
    return status;
}

static enum ys_status apply_number(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                   const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    if (in[0]->kind == YS_KIND_NUMBER) {
        *ret_value = in[0];
        return YS_OK;
    }
    struct ys_decimal number;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        /* "007" is a number to a person, and what cards and banks write. */
        const char *text = in[0]->as.string.bytes;
        while (text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
            text++;
        }
        status = ys_decimal_parse(text, (size_t)(text_end(in[0]) - text), &number, reterr);
    }
    if (status == YS_OK) {
        *ret_value = ys_value_number(arena, number);
    }
    return status;
}

static enum ys_status apply_money(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    char text[YS_DECIMAL_TEXT_MAX];
    enum ys_status status = ys_expr__need(in[0], YS_KIND_NUMBER, reterr);
    if (status == YS_OK && in[0]->as.number.scale > 2) {
        /* Which way a third place goes is the suite's to say. */
        status = ys_err_set(reterr, YS_ERR_RANGE, "the number has over two places; round() it");
    }
    if (status == YS_OK) {
        ys_decimal_format_places(in[0]->as.number, 2, text);
        *ret_value = ys_value_string(arena, text);
    }
    return status;
}

static enum ys_status apply_hex(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        char *hex = ys_arena_alloc(arena, 2 * in[0]->as.string.length + 1);
        ys_hex_encode(in[0]->as.string.bytes, in[0]->as.string.length, hex);
        *ret_value = ys_value_string(arena, hex);
    }
    return status;
}

static enum ys_status apply_sm3(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    char hex[YS_SM3_HEX_MAX];
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK) {
        ys_sm3_hex(in[0]->as.string.bytes, in[0]->as.string.length, hex);
        *ret_value = ys_value_string(arena, hex);
    }
    return status;
}

static enum ys_status check_year(const struct ys_civil *civil, struct ys_err *reterr)
{
    if (civil->year < 1 || civil->year > 9999) {
        return ys_err_set(reterr, YS_ERR_RANGE, "the year is not within 0001 … 9999");
    }
    return YS_OK;
}

/* The Beijing day of a date or date-time text. */
static enum ys_status civil_of(const struct ys_value *value, struct ys_civil *ret_civil,
                               struct ys_err *reterr)
{
    int64_t wall_us = 0;
    enum ys_status status = ys_expr__need(value, YS_KIND_STRING, reterr);
    if (status == YS_OK && value->as.string.length == 10) {
        return ys_date_parse(value->as.string.bytes, ret_civil, reterr);
    }
    status = status == YS_OK ? ys_time_parse(value->as.string.bytes, &wall_us, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    struct ys_civil civil = ys_civil_from_wall(wall_us, YS_BEIJING_OFFSET_S);
    status = check_year(&civil, reterr);
    if (status == YS_OK) {
        *ret_civil = civil;
    }
    return status;
}

static const struct ys_value *date_value(struct ys_arena *arena, const struct ys_civil *civil)
{
    return ys_value_printf(arena, "%04d-%02d-%02d", civil->year, civil->month, civil->day);
}

static enum ys_status apply_date(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                 const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    if (status == YS_OK) {
        *ret_value = date_value(arena, &civil);
    }
    return status;
}

static enum ys_status apply_month(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                  const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    if (status == YS_OK) {
        *ret_value = ys_value_printf(arena, "%04d-%02d", civil.year, civil.month);
    }
    return status;
}

#define DAY_US (INT64_C(86400) * 1000000)
#define DAYS_MAX 1000000

static enum ys_status apply_add_days(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                     const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    int64_t days = 0;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    status = status == YS_OK ? ys_expr__need_index(in[1], &days, reterr) : status;
    if (status == YS_OK && (days > DAYS_MAX || days < -DAYS_MAX)) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "too many days");
    }
    if (status == YS_OK) {
        int64_t day = ys_civil_to_days(civil.year, civil.month, civil.day) + days;
        civil = ys_civil_from_wall(day * DAY_US, 0);
        status = check_year(&civil, reterr);
    }
    if (status == YS_OK) {
        *ret_value = date_value(arena, &civil);
    }
    return status;
}

/* A month that has no such day ends on its last day: 31 August + 6 months is 28 February. */
static enum ys_status apply_add_months(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                       const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil civil;
    int64_t months = 0;
    enum ys_status status = civil_of(in[0], &civil, reterr);
    status = status == YS_OK ? ys_expr__need_index(in[1], &months, reterr) : status;
    if (status != YS_OK) {
        return status;
    }
    int64_t first = (int64_t)civil.year * 12 + civil.month - 1;
    if (months < 12 - first || months > INT64_C(9999) * 12 + 11 - first) {
        return ys_err_set(reterr, YS_ERR_RANGE, "the year is not within 0001 … 9999");
    }
    civil.year = (int)((first + months) / 12);
    civil.month = (int)((first + months) % 12) + 1;
    while (!ys_civil_date_exists(civil.year, civil.month, civil.day)) {
        civil.day--;
    }
    *ret_value = date_value(arena, &civil);
    return YS_OK;
}

/* The check digit of GB 11643-1999 (ISO 7064, MOD 11-2) over 17 digits. */
static char id_check_digit(const char digits[17])
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += weights[i] * (digits[i] - '0');
    }
    return "10X98765432"[sum % 11];
}

static enum ys_status apply_id_check_digit(struct ys_arena *arena, ys_expr_arguments in,
                                           size_t count, const struct ys_value **ret_value,
                                           struct ys_err *reterr)
{
    (void)count;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    if (status == YS_OK && strspn(in[0]->as.string.bytes, "0123456789") < 17) {
        status = ys_err_set(reterr, YS_ERR_RANGE, "needs 17 digits");
    }
    if (status == YS_OK) {
        *ret_value = ys_value_printf(arena, "%c", id_check_digit(in[0]->as.string.bytes));
    }
    return status;
}

/* An identity number for an invented person: area, date of birth, sequence, check digit. */
static enum ys_status apply_resident_id(struct ys_arena *arena, ys_expr_arguments in, size_t count,
                                        const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)count;
    struct ys_civil birth;
    int64_t sequence = 0;
    enum ys_status status = ys_expr__need(in[0], YS_KIND_STRING, reterr);
    status = status == YS_OK ? civil_of(in[1], &birth, reterr) : status;
    status = status == YS_OK ? ys_expr__need_index(in[2], &sequence, reterr) : status;
    if (status == YS_OK && (in[0]->as.string.length != 6 || sequence < 0 || sequence > 999 ||
                            strspn(in[0]->as.string.bytes, "0123456789") != 6)) {
        status = ys_err_set(reterr, YS_ERR_RANGE,
                            "needs an area of six digits and a sequence from 0 to 999");
    }
    if (status != YS_OK) {
        return status;
    }
    char text[32];
    snprintf(text, sizeof text, "%s%04d%02d%02d%03d", in[0]->as.string.bytes, birth.year % 10000,
             birth.month, birth.day, (int)sequence);
    *ret_value = ys_value_printf(arena, "%.17s%c", text, id_check_digit(text));
    return YS_OK;
}

const struct ys_expr_function YS_EXPR__TEXTS[] = {
    {{"add_days", 2, 2, "add_days(date, n)", "the date n days later"}, apply_add_days},
    {{"add_months", 2, 2, "add_months(date, n)",
      "the date n months later, or the last day of a shorter month"},
     apply_add_months},
    {{"contains", 2, 2, "contains(text or list, part)", "whether the part occurs"}, apply_contains},
    {{"date", 1, 1, "date(time)", "YYYY-MM-DD in Beijing"}, apply_date},
    {{"digits", 1, 1, "digits(text)", "the digits 0–9 of a text"}, apply_digits},
    {{"hex", 1, 1, "hex(text)", "the bytes of the text in hexadecimal"}, apply_hex},
    {{"id_check_digit", 1, 1, "id_check_digit(text)",
      "the check digit of an identity number (GB 11643) by its first 17 digits"},
     apply_id_check_digit},
    {{"join", 2, 2, "join(list, separator)", "one text of the texts of a list"}, apply_join},
    {{"length", 1, 1, "length(value)", "characters of a text, items of a list, members of a map"},
     apply_length},
    {{"lower", 1, 1, "lower(text)", "a–z for A–Z"}, apply_lower},
    {{"money", 1, 1, "money(number)", "an amount as text with two places"}, apply_money},
    {{"month", 1, 1, "month(time)", "YYYY-MM in Beijing"}, apply_month},
    {{"number", 1, 1, "number(text)", "the number that the text writes"}, apply_number},
    {{"resident_id", 3, 3, "resident_id(area, birth, sequence)",
      "an identity number with its check digit (GB 11643), for invented persons"},
     apply_resident_id},
    {{"slice", 3, 3, "slice(text, from, to)", "characters from … to-1, counted from 0"},
     apply_slice},
    {{"sm3", 1, 1, "sm3(text)", "SM3 of the text's bytes, hexadecimal"}, apply_sm3},
    {{"split", 2, 2, "split(text, separator)", "the parts between separators"}, apply_split},
    {{"starts_with", 2, 2, "starts_with(text, part)", "whether a text begins with the part"},
     apply_starts_with},
    {{"string", 1, 1, "string(value)", "the value as text; lists and maps as canonical JSON"},
     apply_string},
    {{"trim", 1, 1, "trim(text)", "without blanks and line ends around it"}, apply_trim},
    {{"upper", 1, 1, "upper(text)", "A–Z for a–z"}, apply_upper},
    {.apply = NULL},
};
