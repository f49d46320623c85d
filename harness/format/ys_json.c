/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: read through jansson, written by hand because RFC 8785 fixes every byte. */
#include "ys_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ys_charset.h"

/* Where in the text a value stands: jansson keeps no lines, so complaints name a path. */
struct place {
    const struct place *parent;
    const char *name; /* of a member, else NULL */
    size_t index;
};

struct reader {
    struct ys_arena *arena;
    struct ys_err *reterr;
    unsigned depth;
};

static enum ys_status append_place(const struct place *place, struct ys_buf *buf)
{
    if (!place->parent) {
        return ys_buf_append_char(buf, '$');
    }
    enum ys_status status = append_place(place->parent, buf);
    if (status != YS_OK) {
        return status;
    }
    return place->name ? ys_buf_printf(buf, ".%s", place->name)
                       : ys_buf_printf(buf, "[%zu]", place->index);
}

static enum ys_status fail_at(struct reader *reader, enum ys_status status,
                              const struct place *place, const char *what)
{
    struct ys_buf path;
    ys_buf_init(&path, YS_ERR_TEXT_MAX / 2);
    /* A path too long for a text ends where it fitted. */
    bool whole = append_place(place, &path) == YS_OK;
    ys_err_set(reader->reterr, status, "%s%s: %s", path.bytes, whole ? "" : "…", what);
    ys_buf_clear(&path);
    return status;
}

static enum ys_status read_value(struct reader *reader, const json_t *json,
                                 const struct place *place, const struct ys_value **ret_value);

static enum ys_status read_real(struct reader *reader, const json_t *json,
                                const struct place *place, const struct ys_value **ret_value)
{
    char text[40];
    struct ys_decimal number;
    int length = snprintf(text, sizeof text, "%.15g", json_real_value(json));
    enum ys_status status = ys_decimal_parse(text, (size_t)length, &number, NULL);
    if (status != YS_OK) {
        return fail_at(reader, YS_ERR_RANGE, place, "the number is out of range");
    }
    *ret_value = ys_value_number(reader->arena, number);
    return YS_OK;
}

static enum ys_status read_list(struct reader *reader, const json_t *json,
                                const struct place *place, const struct ys_value **ret_value)
{
    struct ys_value *list = ys_value_list(reader->arena);
    list->as.list.capacity = json_array_size(json);
    list->as.list.items =
        ys_arena_calloc(reader->arena, list->as.list.capacity, sizeof *list->as.list.items);
    for (size_t i = 0; i < json_array_size(json); i++) {
        const struct ys_value *item = NULL;
        struct place here = {.parent = place, .index = i};
        enum ys_status status = read_value(reader, json_array_get(json, i), &here, &item);
        if (status != YS_OK) {
            return status;
        }
        ys_value_append(reader->arena, list, item);
    }
    *ret_value = list;
    return YS_OK;
}

static enum ys_status read_map(struct reader *reader, json_t *json, const struct place *place,
                               const struct ys_value **ret_value)
{
    struct ys_value *map = ys_value_map(reader->arena);
    map->as.map.capacity = json_object_size(json);
    map->as.map.members =
        ys_arena_calloc(reader->arena, map->as.map.capacity, sizeof *map->as.map.members);
    const char *name = NULL;
    json_t *member = NULL;
    json_object_foreach(json, name, member)
    {
        const struct ys_value *value = NULL;
        struct place here = {.parent = place, .name = name};
        enum ys_status status = read_value(reader, member, &here, &value);
        if (status != YS_OK) {
            return status;
        }
        ys_value_add(reader->arena, map, name, value, 0, 0);
    }
    *ret_value = map;
    return YS_OK;
}

/* A list or map, one level deeper. */
static enum ys_status read_nested(struct reader *reader, json_t *json, const struct place *place,
                                  const struct ys_value **ret_value)
{
    if (reader->depth >= YS_JSON_DEPTH_MAX) {
        return fail_at(reader, YS_ERR_LIMIT, place, "nested too deeply (YS_JSON_DEPTH_MAX)");
    }
    reader->depth++;
    enum ys_status status = json_is_array(json) ? read_list(reader, json, place, ret_value)
                                                : read_map(reader, json, place, ret_value);
    reader->depth--;
    return status;
}

static enum ys_status read_value(struct reader *reader, const json_t *json,
                                 const struct place *place, const struct ys_value **ret_value)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        /* jansson's iterator of objects wants a pointer that is not const. */
        return read_nested(reader, (json_t *)(uintptr_t)json, place, ret_value);
    case JSON_STRING:
        *ret_value =
            ys_value_string_n(reader->arena, json_string_value(json), json_string_length(json));
        return YS_OK;
    case JSON_INTEGER:
        *ret_value = ys_value_int(reader->arena, json_integer_value(json));
        return YS_OK;
    case JSON_REAL:
        return read_real(reader, json, place, ret_value);
    case JSON_TRUE:
    case JSON_FALSE:
        *ret_value = ys_value_bool(reader->arena, json_is_true(json));
        return YS_OK;
    case JSON_NULL:
        *ret_value = ys_value_null(reader->arena);
        return YS_OK;
    }
    return fail_at(reader, YS_ERR_TYPE, place, "a value of an unknown type");
}

static enum ys_status fail_jansson(struct ys_err *reterr, const json_error_t *error)
{
    enum ys_status status = YS_ERR_SYNTAX;
    enum json_error_code code = json_error_code(error);
    if (code == json_error_numeric_overflow) {
        status = YS_ERR_RANGE;
    } else if (code == json_error_invalid_utf8) {
        status = YS_ERR_ENCODING;
    }
    return ys_err_at(reterr, status, NULL, error->line > 0 ? (uint32_t)error->line : 0,
                     error->column > 0 ? (uint32_t)error->column : 0, "%s", error->text);
}

enum ys_status ys_json_parse(struct ys_arena *arena, const char *text, size_t length,
                             const struct ys_value **ret_value, struct ys_err *reterr)
{
    json_error_t error;
    struct reader reader = {.arena = arena, .reterr = reterr};
    struct place root = {.parent = NULL};
    json_t *json =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!json) {
        return fail_jansson(reterr, &error);
    }
    enum ys_status status = read_value(&reader, json, &root, ret_value);
    json_decref(json);
    return status;
}

enum { MEMBERS_FEW = 16 };
enum style { STYLE_CANONICAL, STYLE_LINE, STYLE_PRETTY };

struct writer {
    struct ys_buf *buf;
    enum style style;
    unsigned level;
};

static enum ys_status write_value(struct writer *writer, const struct ys_value *value);

/* Appends what fits and then fails, so that a cut text shows as much as possible. */
static enum ys_status append_fitting(struct ys_buf *buf, const char *bytes, size_t length)
{
    size_t room = buf->max - buf->length;
    size_t fitting = length < room ? length : room;
    enum ys_status status = ys_buf_append(buf, bytes, fitting);
    return status == YS_OK && fitting < length ? YS_ERR_LIMIT : status;
}

/* RFC 8785, 3.2.2.2: the short escapes, \u00xx for other controls, anything else as it is. */
static const char *escape_of(unsigned char byte, char hex[8])
{
    switch (byte) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\t':
        return "\\t";
    case '\n':
        return "\\n";
    case '\f':
        return "\\f";
    case '\r':
        return "\\r";
    default:
        break;
    }
    if (byte < 0x20) {
        snprintf(hex, 8, "\\u%04x", (unsigned)byte);
        return hex;
    }
    return NULL;
}

enum ys_status ys_json_write_string(const char *bytes, size_t length, struct ys_buf *buf)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    char hex[8];
    size_t run = 0; /* start of the bytes not yet written */
    size_t at = 0;

    enum ys_status status = ys_buf_append_char(buf, '"');
    while (at < length && status == YS_OK) {
        unsigned char byte = (unsigned char)bytes[at];
        size_t size = byte < 0x80 ? 1 : ys_utf8_size(bytes + at, length - at);
        const char *instead = size == 0 ? replacement : escape_of(byte, hex);
        if (!instead) {
            at += size;
            continue;
        }
        status = append_fitting(buf, bytes + run, at - run);
        if (status == YS_OK) {
            status = append_fitting(buf, instead, strlen(instead));
        }
        at++;
        run = at;
    }
    if (status == YS_OK) {
        status = append_fitting(buf, bytes + run, length - run);
    }
    return status == YS_OK ? ys_buf_append_char(buf, '"') : status;
}

/* ECMAScript's Number::toString (RFC 8785, 3.2.2.3): plain, but exponential below 10^-6. The
 * decimals end far below 10^21, where it would turn exponential again. */
static enum ys_status write_number(struct ys_decimal number, struct ys_buf *buf)
{
    char text[YS_DECIMAL_TEXT_MAX];
    struct ys_decimal digits = {.coefficient = number.coefficient, .scale = 0};
    size_t length = ys_decimal_format(digits, text);
    size_t sign = number.coefficient < 0 ? 1 : 0;
    int exponent = (int)(length - sign) - 1 - number.scale; /* of the first digit */

    if (exponent >= -6) {
        length = ys_decimal_format(number, text);
        return append_fitting(buf, text, length);
    }
    const char *rest = text + sign + 1;
    return ys_buf_printf(buf, "%.*s%s%se%d", (int)(sign + 1), text, *rest ? "." : "", rest,
                         exponent);
}

static enum ys_status write_break(struct writer *writer)
{
    if (writer->style != STYLE_PRETTY) {
        return YS_OK;
    }
    return ys_buf_printf(writer->buf, "\n%*s", (int)writer->level * 2, "");
}

static enum ys_status write_comma(struct writer *writer)
{
    return append_fitting(writer->buf, ", ", writer->style == STYLE_LINE ? 2 : 1);
}

/* In front of an item: the comma behind the one before, and its line. */
static enum ys_status write_before(struct writer *writer, size_t index)
{
    enum ys_status status = index > 0 ? write_comma(writer) : YS_OK;
    return status == YS_OK ? write_break(writer) : status;
}

static enum ys_status write_list(struct writer *writer, const struct ys_value *list)
{
    enum ys_status status = ys_buf_append_char(writer->buf, '[');
    writer->level++;
    for (size_t i = 0; i < list->as.list.count && status == YS_OK; i++) {
        status = write_before(writer, i);
        if (status == YS_OK) {
            status = write_value(writer, list->as.list.items[i]);
        }
    }
    writer->level--;
    if (status == YS_OK && list->as.list.count > 0) {
        status = write_break(writer);
    }
    return status == YS_OK ? ys_buf_append_char(writer->buf, ']') : status;
}

/* RFC 8785, 3.2.3: by UTF-16 code units. Bytes of UTF-8 sort like code points; the two orders
 * differ only in that the surrogates of U+10000 and above (leads F0…F4) come before U+E000…U+FFFF
 * (leads EE and EF). */
static int compare_utf16(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    unsigned char x = (unsigned char)*a;
    unsigned char y = (unsigned char)*b;
    if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0)) {
        return x >= 0xF0 ? -1 : 1;
    }
    return (x > y) - (x < y);
}

static int compare_members(const void *a, const void *b)
{
    const struct ys_member *const *x = a;
    const struct ys_member *const *y = b;
    return compare_utf16((*x)->name, (*y)->name);
}

static enum ys_status write_member(struct writer *writer, const struct ys_member *member)
{
    enum ys_status status = ys_json_write_string(member->name, strlen(member->name), writer->buf);
    if (status == YS_OK) {
        status = append_fitting(writer->buf, ": ", writer->style == STYLE_CANONICAL ? 1 : 2);
    }
    return status == YS_OK ? write_value(writer, member->value) : status;
}

static enum ys_status write_map(struct writer *writer, const struct ys_value *map)
{
    size_t count = map->as.map.count;
    const struct ys_member *few[MEMBERS_FEW]; /* as most maps have */
    const struct ys_member **members =
        count <= MEMBERS_FEW ? few : ys_calloc(count, sizeof *members);
    for (size_t i = 0; i < count; i++) {
        members[i] = &map->as.map.members[i];
    }
    if (writer->style == STYLE_CANONICAL) {
        qsort(members, count, sizeof *members, compare_members);
    }
    enum ys_status status = ys_buf_append_char(writer->buf, '{');
    writer->level++;
    for (size_t i = 0; i < count && status == YS_OK; i++) {
        status = write_before(writer, i);
        if (status == YS_OK) {
            status = write_member(writer, members[i]);
        }
    }
    writer->level--;
    if (members != few) {
        ys_free(members);
    }
    if (status == YS_OK && count > 0) {
        status = write_break(writer);
    }
    return status == YS_OK ? ys_buf_append_char(writer->buf, '}') : status;
}

static enum ys_status write_value(struct writer *writer, const struct ys_value *value)
{
    switch (value->kind) {
    case YS_KIND_NULL:
        return append_fitting(writer->buf, "null", 4);
    case YS_KIND_BOOL:
        return value->as.boolean ? append_fitting(writer->buf, "true", 4)
                                 : append_fitting(writer->buf, "false", 5);
    case YS_KIND_NUMBER:
        return write_number(value->as.number, writer->buf);
    case YS_KIND_STRING:
        return ys_json_write_string(value->as.string.bytes, value->as.string.length, writer->buf);
    case YS_KIND_LIST:
        return write_list(writer, value);
    case YS_KIND_MAP:
        return write_map(writer, value);
    }
    return YS_ERR_TYPE;
}

enum ys_status ys_json_write(const struct ys_value *value, struct ys_buf *buf)
{
    struct writer writer = {.buf = buf, .style = STYLE_CANONICAL};
    return write_value(&writer, value);
}

enum ys_status ys_json_write_line(const struct ys_value *value, struct ys_buf *buf)
{
    struct writer writer = {.buf = buf, .style = STYLE_LINE};
    return write_value(&writer, value);
}

enum ys_status ys_json_write_pretty(const struct ys_value *value, struct ys_buf *buf)
{
    struct writer writer = {.buf = buf, .style = STYLE_PRETTY};
    enum ys_status status = write_value(&writer, value);
    return status == YS_OK ? ys_buf_append_char(buf, '\n') : status;
}
