/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check expected and what it saw, in the reader's language. A result tells both as the judge
 * wrote them ("each {\"at_most\":5}", "item 3: 7"); expectations.def has them in Chinese.
 */
#include <string.h>

#include "ys_json.h"
#include "ys_report.h"

#define SHOWN_BYTES_MAX 300u
#define SIDE_BYTES_MAX 4096u /* a judge writes far less; what is longer stays as it is */
#define NESTED_MAX 8u
#define HOLE "{}"

struct wording {
    const char *name, *of_value, *of_matchers;
};

static const struct wording matchers[] = {
#define YS_EXPECTATION(name, of_value, of_matchers) {name, of_value, of_matchers},
#include "expectations.def"
#undef YS_EXPECTATION
};

static const struct wording sides[] = {
#define YS_SIDE(english, chinese) {english, chinese, ""},
#include "expectations.def"
#undef YS_SIDE
};

static const struct wording kinds[] = {
#define YS_KIND_WORD(kind, chinese) {kind, chinese, ""},
#include "expectations.def"
#undef YS_KIND_WORD
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct wording *find(const struct wording *table, size_t count, const char *name,
                                  size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

static const struct wording *find_matcher(const char *name)
{
    return find(matchers, COUNT(matchers), name, strlen(name));
}

static const char *fill(struct ys_arena *arena, const char *pattern, const char *text)
{
    const char *hole = strstr(pattern, HOLE);
    return hole ? ys_arena_printf(arena, "%.*s%s%s", (int)(hole - pattern), pattern, text,
                                  hole + strlen(HOLE))
                : pattern;
}

static const char *tell_matchers(struct ys_arena *arena, const struct ys_value *value,
                                 unsigned depth);

/* One matcher with its argument; a member that is none is a field of the object. */
static const char *tell_member(struct ys_arena *arena, const char *name,
                               const struct ys_value *argument, unsigned depth)
{
    const struct wording *wording = find_matcher(name);
    if (!wording) {
        return ys_arena_printf(arena, "字段 %s %s", name,
                               tell_matchers(arena, argument, depth + 1u));
    }
    if (argument->kind == YS_KIND_MAP && wording->of_matchers[0] != '\0') {
        return fill(arena, wording->of_matchers, tell_matchers(arena, argument, depth + 1u));
    }
    const char *text = ys_value_text(argument);
    const struct wording *kind = strcmp(name, "type") == 0 && text
                                     ? find(kinds, COUNT(kinds), text, strlen(text))
                                     : NULL;
    return fill(arena, wording->of_value,
                kind ? kind->of_value : ys_value_show(arena, argument, SHOWN_BYTES_MAX));
}

static const char *tell_matchers(struct ys_arena *arena, const struct ys_value *value,
                                 unsigned depth)
{
    if (value->kind != YS_KIND_MAP || depth > NESTED_MAX) {
        return ys_arena_printf(arena, "等于 %s", ys_value_show(arena, value, SHOWN_BYTES_MAX));
    }
    const char *told = "";
    for (size_t i = 0; i < ys_value_count(value); i++) {
        const struct ys_member *member = &value->as.map.members[i];
        told = ys_arena_printf(arena, "%s%s%s", told, i > 0 ? "，且" : "",
                               tell_member(arena, member->name, member->value, depth));
    }
    return told;
}

/* A text that was cut cannot be read as a value: its names are put in Chinese where they stand. */
static const char *tell_cut(struct ys_arena *arena, const char *text)
{
    const char *told = "";
    while (*text != '\0') {
        size_t length = strcspn(text + 1, "\"") + 1u;
        const struct wording *wording = NULL;
        if (*text == '"' && strncmp(text + length, "\":", 2) == 0) {
            wording = find(matchers, COUNT(matchers), text + 1, length - 1u);
        }
        if (wording) {
            told = ys_arena_printf(arena, "%s“%s”", told, fill(arena, wording->of_value, "…"));
            text += length + 1u;
        } else {
            length = *text == '"' ? 1u : strcspn(text, "\"");
            told = ys_arena_printf(arena, "%s%.*s", told, (int)length, text);
            text += length;
        }
    }
    return told;
}

/* The length of `text` without " (string)" behind it, and that kind in Chinese. */
static size_t without_kind(const char *text, const char **ret_kind)
{
    size_t length = strlen(text);
    const char *open = length > 0 && text[length - 1u] == ')' ? strrchr(text, '(') : NULL;
    if (open > text + 1 && open[-1] == ' ') {
        const struct wording *kind =
            find(kinds, COUNT(kinds), open + 1, strlen(open + 1) - 1u);
        if (kind) {
            *ret_kind = kind->of_value;
            return (size_t)(open - text) - 1u;
        }
    }
    return length;
}

static const char *tell_argument(struct ys_arena *arena, const struct wording *wording,
                                 const char *text, size_t length)
{
    const struct ys_value *value = NULL;
    if (ys_json_parse(arena, text, length, &value, NULL) == YS_OK) {
        bool is_nested = value->kind == YS_KIND_MAP && wording->of_matchers[0] != '\0';
        return is_nested || strcmp(wording->name, "type") == 0
                   ? tell_member(arena, wording->name, value, 0)
                   : fill(arena, wording->of_value, ys_arena_strndup(arena, text, length));
    }
    bool is_map = *text == '{' && wording->of_matchers[0] != '\0';
    return fill(arena, is_map ? wording->of_matchers : wording->of_value,
                tell_cut(arena, ys_arena_strndup(arena, text, length)));
}

static const char *tell(struct ys_arena *arena, const char *text, size_t length)
{
    size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
    const struct wording *wording =
        name < length && text[name] == ' ' ? find(matchers, COUNT(matchers), text, name) : NULL;
    for (size_t i = 0; i < COUNT(sides); i++) {
        size_t start = strlen(sides[i].name);
        bool is_open = strstr(sides[i].of_value, HOLE) != NULL;
        if (strncmp(text, sides[i].name, start) == 0 && (is_open || start == length)) {
            return fill(arena, sides[i].of_value,
                        ys_arena_strndup(arena, text + start, length - start));
        }
    }
    if (strncmp(text, "item ", 5) == 0 && strstr(text, ": ")) {
        size_t number = strcspn(text + 5, ":");
        return ys_arena_printf(arena, "第 %.*s 项：%s", (int)number, text + 5,
                               text + 5 + number + 2);
    }
    if (wording) {
        return tell_argument(arena, wording, text + name + 1u, length - name - 1u);
    }
    return ys_reason_in(arena, YS_LANG_ZH, ys_arena_strndup(arena, text, length));
}

const char *ys_side_in(struct ys_arena *arena, enum ys_lang lang, const char *side)
{
    const char *kind = NULL;
    if (lang != YS_LANG_ZH || !side || strlen(side) > SIDE_BYTES_MAX) {
        return side;
    }
    size_t length = without_kind(side, &kind);
    const char *told = tell(arena, side, length);
    return kind ? ys_arena_printf(arena, "%s（%s）", told, kind) : told;
}
