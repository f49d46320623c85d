/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the members that are asked for by brackets and strings alone; what they hold is read by
 * ys_json_parse().
 */
#include <assert.h>
#include <string.h>

#include "ys_json.h"

#define INT_DIGITS 18u /* that any int64_t has room for */

struct picker {
    struct ys_arena *arena;
    const char *at;
    const char *end;
    const char *const *names;
    size_t count;
    unsigned depth;
    struct ys_err *reterr;
};

static enum ys_status refuse(const struct picker *picker, const char *wanted)
{
    return ys_err_set(picker->reterr, YS_ERR_SYNTAX, "expected %s", wanted);
}

/* The byte that comes next behind blanks; NUL at the end. */
static char peek(struct picker *picker)
{
    while (picker->at < picker->end && (*picker->at == ' ' || *picker->at == '\t' ||
                                        *picker->at == '\r' || *picker->at == '\n')) {
        picker->at++;
    }
    return picker->at < picker->end ? *picker->at : '\0';
}

static bool take(struct picker *picker, char wanted)
{
    bool is_there = peek(picker) == wanted;
    picker->at += is_there;
    return is_there;
}

/* Over the string whose quote comes next. */
static bool pass_string(struct picker *picker)
{
    for (picker->at++; picker->at < picker->end; picker->at++) {
        if (*picker->at == '"') {
            picker->at++;
            return true;
        }
        picker->at += *picker->at == '\\';
    }
    return false;
}

/* Over the value that comes next. */
static bool pass_value(struct picker *picker)
{
    const char *start = picker->at;
    unsigned depth = 0;
    while (picker->at < picker->end) {
        switch (*picker->at) {
        case '"':
            if (!pass_string(picker)) {
                return false;
            }
            break;
        case '{':
        case '[':
            depth++;
            picker->at++;
            break;
        case '}':
        case ']':
        case ',':
            if (depth == 0) {
                return picker->at > start;
            }
            depth -= *picker->at != ',';
            picker->at++;
            break;
        default:
            picker->at++;
            break;
        }
    }
    return depth == 0;
}

/* The name among those asked for that is written between `at` and `end`; NULL for another. */
static const char *name_of(const struct picker *picker, const char *at, const char *end)
{
    size_t length = (size_t)(end - at);
    for (size_t i = 0; i < picker->count; i++) {
        const char *name = picker->names[i];
        if (*name == *at && strlen(name) == length && memcmp(name, at, length) == 0) {
            return name;
        }
    }
    return NULL;
}

/* A string whose bytes are what it says. */
static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 1; i + 1 < length; i++) {
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7E || text[i] == '\\') {
            return false;
        }
    }
    return length >= 2 && text[0] == '"' && text[length - 1] == '"';
}

static enum ys_status pick_map(struct picker *picker, const struct ys_value **ret_map);

static enum ys_status pick_value(struct picker *picker, const struct ys_value **ret_value)
{
    if (peek(picker) == '{') {
        return pick_map(picker, ret_value);
    }
    const char *start = picker->at;
    if (!pass_value(picker)) {
        return refuse(picker, "a value");
    }
    size_t length = (size_t)(picker->at - start);
    uint64_t number = 0;
    if (is_plain(start, length)) {
        *ret_value = ys_value_string_n(picker->arena, start + 1, length - 2);
        return YS_OK;
    }
    if (length <= INT_DIGITS && ys_parse_u64(start, length, &number) == YS_OK) {
        *ret_value = ys_value_int(picker->arena, (int64_t)number);
        return YS_OK;
    }
    return ys_json_parse(picker->arena, start, length, ret_value, picker->reterr);
}

static enum ys_status pick_member(struct picker *picker, struct ys_value *map)
{
    if (peek(picker) != '"') {
        return refuse(picker, "a name");
    }
    const char *start = picker->at + 1;
    if (!pass_string(picker)) {
        return refuse(picker, "the end of a name");
    }
    const char *name = name_of(picker, start, picker->at - 1);
    if (!take(picker, ':')) {
        return refuse(picker, ":");
    }
    if (!name) {
        return pass_value(picker) ? YS_OK : refuse(picker, "a value");
    }
    const struct ys_value *value = NULL;
    enum ys_status status = pick_value(picker, &value);
    if (status == YS_OK) {
        ys_value_add(picker->arena, map, name, value, 0, 0);
    }
    return status;
}

static enum ys_status pick_map(struct picker *picker, const struct ys_value **ret_map)
{
    struct ys_value *map = ys_value_map(picker->arena);
    if (++picker->depth > YS_JSON_DEPTH_MAX) {
        return ys_err_set(picker->reterr, YS_ERR_LIMIT, "nested too deeply (YS_JSON_DEPTH_MAX)");
    }
    bool is_open = take(picker, '{');
    bool is_more = is_open && peek(picker) != '}';
    while (is_more) {
        enum ys_status status = pick_member(picker, map);
        if (status != YS_OK) {
            return status;
        }
        is_more = take(picker, ',');
    }
    picker->depth--;
    *ret_map = map;
    return is_open && take(picker, '}') ? YS_OK : refuse(picker, "{, a comma or }");
}

enum ys_status ys_json_pick(struct ys_arena *arena, const char *text, size_t length,
                            const char *const *names, size_t count, const struct ys_value **ret_map,
                            struct ys_err *reterr)
{
    assert(text);
    assert(names);
    const struct ys_value *map = NULL;
    struct picker picker = {.arena = arena,
                            .at = text,
                            .end = text + length,
                            .names = names,
                            .count = count,
                            .reterr = reterr};
    enum ys_status status = pick_map(&picker, &map);
    if (status == YS_OK && peek(&picker) != '\0') {
        status = refuse(&picker, "the end of the text");
    }
    if (status == YS_OK) {
        *ret_map = map;
    }
    return status;
}
