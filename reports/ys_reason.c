/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reasons for people who read Chinese. Runs record them in English, so that a record does not
 * depend on the language of whoever ran it; a report puts them in Chinese by a table of patterns.
 * A reason without a row stays as it is.
 */
#include <string.h>

#include "ys_report.h"

#define HOLES_MAX 8u
#define NESTED_MAX 4u

static const struct {
    const char *english;
    const char *chinese;
} reasons[] = {
#define YS_REASON(english, chinese) {english, chinese},
#include "reasons.def"
#undef YS_REASON
};

struct hole {
    const char *bytes;
    size_t length;
};

/* Does the text fit the pattern as a whole? A hole takes as little as the rest allows. */
static bool fits(const char *pattern, const char *text, size_t length, struct hole *holes,
                 size_t count)
{
    const char *end = text + length;
    while (*pattern) {
        if (strncmp(pattern, "{}", 2) != 0) {
            if (text == end || *pattern++ != *text++) {
                return false;
            }
            continue;
        }
        if (count == HOLES_MAX) {
            return false;
        }
        pattern += 2;
        for (const char *rest = text + 1; rest <= end; rest++) {
            holes[count] = (struct hole){text, (size_t)(rest - text)};
            if (fits(pattern, rest, (size_t)(end - rest), holes, count + 1)) {
                return true;
            }
        }
        return false;
    }
    return text == end;
}

static const char *translate(struct ys_arena *arena, const char *text, size_t length,
                             unsigned depth);

static const char *fill(struct ys_arena *arena, const char *chinese, const struct hole *holes,
                        unsigned depth)
{
    const char *result = "";
    while (*chinese) {
        size_t plain = strcspn(chinese, "{");
        result = ys_arena_printf(arena, "%s%.*s", result, (int)plain, chinese);
        chinese += plain;
        if (*chinese) {
            const struct hole *hole = &holes[chinese[1] - '1'];
            result = ys_arena_printf(arena, "%s%s", result,
                                     translate(arena, hole->bytes, hole->length, depth + 1));
            chinese += strlen("{1}");
        }
    }
    return result;
}

/* The length of "fees.card.no-cost: " before the reason of a case; 0 where there is none. */
static size_t case_prefix(const char *text, size_t length)
{
    bool dot = false;
    for (size_t i = 0; i + 1 < length; i++) {
        if (text[i] == ':' && text[i + 1] == ' ') {
            return dot ? i + 2 : 0;
        }
        if (text[i] == ' ') {
            return 0;
        }
        dot = dot || text[i] == '.';
    }
    return 0;
}

static const char *translate(struct ys_arena *arena, const char *text, size_t length,
                             unsigned depth)
{
    struct hole holes[HOLES_MAX];
    size_t prefix = case_prefix(text, length);
    if (prefix) {
        return ys_arena_printf(arena, "%.*s%s", (int)prefix, text,
                               translate(arena, text + prefix, length - prefix, depth));
    }
    for (size_t i = 0; depth < NESTED_MAX && i < sizeof reasons / sizeof reasons[0]; i++) {
        if (fits(reasons[i].english, text, length, holes, 0)) {
            return fill(arena, reasons[i].chinese, holes, depth);
        }
    }
    return ys_arena_strndup(arena, text, length);
}

const char *ys_reason_in(struct ys_arena *arena, enum ys_lang lang, const char *reason)
{
    return lang == YS_LANG_ZH && reason ? translate(arena, reason, strlen(reason), 0) : reason;
}
