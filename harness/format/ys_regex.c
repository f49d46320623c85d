/* SPDX-License-Identifier: Apache-2.0 */
/* Matching: the set of states that the text so far can lead to, one character at a time
 * (Thompson, 1968). */
#include <string.h>

#include "ys_charset.h"
#include "ys_regex_private.h"
#include "ys_unicode.h"

struct matching {
    const struct ys_regex_program *program;
    size_t *here; /* states before the character */
    size_t *next; /* states behind it */
    size_t here_count;
    size_t next_count;
    size_t *seen; /* the step, from 1, in which each state was last added */
    size_t *stack;
    size_t step;
};

/* Adds a state to `next` with all that it leads to without a character. Each state enters the
 * stack once a step, so the stack holds them all. */
static void enter(struct matching *matching, size_t state)
{
    size_t depth = 0;
    matching->stack[depth++] = state;
    matching->seen[state] = matching->step;
    while (depth) {
        const struct ys_regex_state *s = &matching->program->states[matching->stack[--depth]];
        if (s->op != YS_REGEX_SPLIT && s->op != YS_REGEX_JUMP) {
            matching->next[matching->next_count++] = (size_t)(s - matching->program->states);
            continue;
        }
        size_t ways[2] = {s->next, s->op == YS_REGEX_SPLIT ? s->other : s->next};
        for (size_t i = 0; i < 2; i++) {
            if (matching->seen[ways[i]] != matching->step) {
                matching->seen[ways[i]] = matching->step;
                matching->stack[depth++] = ways[i];
            }
        }
    }
}

static bool set_holds(const struct ys_regex_set *set, uint32_t character)
{
    bool holds = set->categories && (ys_unicode_category(character) & set->categories);
    for (size_t i = 0; !holds && i < set->count; i++) {
        holds = character >= set->ranges[i].first && character <= set->ranges[i].last;
    }
    return holds != set->negated;
}

static void advance(struct matching *matching, uint32_t character)
{
    for (size_t i = 0; i < matching->here_count; i++) {
        const struct ys_regex_state *s = &matching->program->states[matching->here[i]];
        bool takes = s->op == YS_REGEX_SET
                         ? set_holds(s->set, character)
                         : s->op == YS_REGEX_CHARACTER && s->character == character;
        if (takes && matching->seen[s->next] != matching->step) {
            enter(matching, s->next);
        }
    }
}

/* Makes the states behind a character those before the next one. */
static void turn(struct matching *matching)
{
    size_t *here = matching->here;
    matching->here = matching->next;
    matching->here_count = matching->next_count;
    matching->next = here;
    matching->next_count = 0;
    matching->step++;
}

static bool run(struct matching *matching, const char *text, size_t length, bool whole)
{
    size_t match = matching->program->count - 1;
    size_t at = 0;
    matching->step = 1;
    enter(matching, 0);
    while (at < length && (whole || matching->seen[match] == 0)) {
        size_t size = ys_utf8_size(text + at, length - at);
        uint32_t character = size ? ys_regex__decode(text + at, size) : 0xFFFD;
        turn(matching);
        if (matching->here_count == 0) {
            return false;
        }
        advance(matching, character);
        if (!whole && matching->seen[0] != matching->step) {
            enter(matching, 0);
        }
        at += size ? size : 1;
    }
    return matching->seen[match] == matching->step;
}

enum ys_status ys_regex_match(const char *pattern, const char *text, size_t length, bool whole,
                              bool *ret_matches, struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_regex_program program;
    ys_arena_init(&arena);
    enum ys_status status = ys_regex__compile(&arena, pattern, &program, reterr);
    if (status == YS_OK) {
        size_t *memory = ys_arena_calloc(&arena, program.count, 4 * sizeof *memory);
        struct matching matching = {.program = &program,
                                    .here = memory,
                                    .next = memory + program.count,
                                    .seen = memory + 2 * program.count,
                                    .stack = memory + 3 * program.count};
        *ret_matches = run(&matching, text, length, whole);
    }
    ys_arena_clear(&arena);
    return status;
}

enum ys_status ys_regex_check(const char *pattern, struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_regex_program program;
    size_t length = strlen(pattern);
    if (pattern[0] == '^' || (length && pattern[length - 1] == '$')) {
        return ys_err_set(reterr, YS_ERR_SYNTAX,
                          "a pattern matches the whole text, and '^' and '$' are characters in it; "
                          "leave them out, or write \\^ and [$] if the text has them");
    }
    ys_arena_init(&arena);
    enum ys_status status = ys_regex__compile(&arena, pattern, &program, reterr);
    ys_arena_clear(&arena);
    return status;
}
