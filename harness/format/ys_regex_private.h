/* SPDX-License-Identifier: Apache-2.0 */
/* The automaton of a pattern, shared by compiler and matching. */
#ifndef YS_REGEX_PRIVATE_H
#define YS_REGEX_PRIVATE_H

#include "ys_mem.h"
#include "ys_regex.h"

struct ys_regex_range {
    uint32_t first;
    uint32_t last;
};

/* A character class: ranges, categories, or all but these. */
struct ys_regex_set {
    bool negated;
    uint32_t categories; /* bits of ys_unicode.h */
    struct ys_regex_range *ranges;
    size_t count;
    size_t capacity; /* used while parsing */
};

enum ys_regex_op {
    YS_REGEX_CHARACTER, /* character, then next */
    YS_REGEX_SET,       /* one of set, then next */
    YS_REGEX_SPLIT,     /* next and other */
    YS_REGEX_JUMP,      /* next */
    YS_REGEX_MATCH
};

struct ys_regex_state {
    enum ys_regex_op op;
    uint32_t character;
    const struct ys_regex_set *set;
    size_t next;
    size_t other;
};

struct ys_regex_program {
    struct ys_regex_state *states; /* begins at 0, ends with the only YS_REGEX_MATCH */
    size_t count;
    size_t capacity;
};

enum ys_status ys_regex__compile(struct ys_arena *arena, const char *pattern,
                                 struct ys_regex_program *ret_program, struct ys_err *reterr);
/* The code point at the start of well-formed UTF-8 of `size` bytes. */
uint32_t ys_regex__decode(const char *bytes, size_t size);

#endif
