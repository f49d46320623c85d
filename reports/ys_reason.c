/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reasons for people who read Chinese. Runs record them in English, so that a record does not
 * depend on the language of whoever ran it; a report puts them in Chinese by a table of patterns.
 * A reason without a row stays as it is. Those that only a check's own words tell are reworded in
 * English as well.
 */
#include <string.h>

#include "ys_report.h"

#define HOLES_MAX 8u
#define NESTED_MAX 4u

static const struct {
    const char *english;
    const char *plain; /* in English; NULL: as it is */
    const char *chinese;
} reasons[] = {
#define YS_REASON(english, chinese) {english, NULL, chinese},
#define YS_REWORDED(english, plain, chinese) {english, plain, chinese},
#include "reasons.def"
#undef YS_REWORDED
#undef YS_REASON
};

struct hole {
    const char *bytes;
    size_t length;
};

/* Where the literal is first in the text; NULL: nowhere. */
static const char *find(const char *text, const char *end, const char *literal, size_t length)
{
    for (; (size_t)(end - text) >= length; text++) {
        if (memcmp(text, literal, length) == 0) {
            return text;
        }
    }
    return NULL;
}

/* Does the text fit the pattern as a whole? A hole takes one byte or more, and as little as the
 * rest allows: since the next hole can take what this one leaves, the first place of each literal
 * will do, and the time stays linear for a text that a bank chose. */
static bool fits(const char *pattern, const char *text, size_t length, struct hole *holes)
{
    const char *end = text + length;
    const char *hole = strstr(pattern, "{}");
    size_t literal = hole ? (size_t)(hole - pattern) : strlen(pattern);
    if (length < literal || memcmp(text, pattern, literal) != 0) {
        return false;
    }
    text += literal;
    for (size_t count = 0; hole; count++) {
        pattern = hole + 2;
        hole = strstr(pattern, "{}");
        literal = hole ? (size_t)(hole - pattern) : strlen(pattern);
        const char *from = text + 1;
        if (count == HOLES_MAX || from > end || (size_t)(end - from) < literal) {
            return false;
        }
        const char *at = find(hole ? from : end - literal, end, pattern, literal);
        if (!at) {
            return false;
        }
        holes[count] = (struct hole){text, (size_t)(at - text)};
        text = at + literal;
    }
    return text == end;
}

static const char *translate(struct ys_arena *arena, enum ys_lang lang, const char *text,
                             size_t length, unsigned depth);

static const char *fill(struct ys_arena *arena, enum ys_lang lang, const char *words,
                        const struct hole *holes, unsigned depth)
{
    const char *result = "";
    while (*words) {
        size_t plain = strcspn(words, "{");
        result = ys_arena_printf(arena, "%s%.*s", result, (int)plain, words);
        words += plain;
        if (*words) {
            const struct hole *hole = &holes[words[1] - '1'];
            result = ys_arena_printf(arena, "%s%s", result,
                                     translate(arena, lang, hole->bytes, hole->length, depth + 1));
            words += strlen("{1}");
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

static const char *translate(struct ys_arena *arena, enum ys_lang lang, const char *text,
                             size_t length, unsigned depth)
{
    struct hole holes[HOLES_MAX];
    size_t prefix = case_prefix(text, length);
    if (prefix) {
        return ys_arena_printf(arena, "%.*s%s", (int)prefix, text,
                               translate(arena, lang, text + prefix, length - prefix, depth));
    }
    for (size_t i = 0; depth < NESTED_MAX && i < sizeof reasons / sizeof reasons[0]; i++) {
        const char *words = lang == YS_LANG_ZH ? reasons[i].chinese : reasons[i].plain;
        if (words && fits(reasons[i].english, text, length, holes)) {
            return fill(arena, lang, words, holes, depth);
        }
    }
    return ys_arena_strndup(arena, text, length);
}

const char *ys_reason_in(struct ys_arena *arena, enum ys_lang lang, const char *reason)
{
    return reason ? translate(arena, lang, reason, strlen(reason), 0) : NULL;
}
