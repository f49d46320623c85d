/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns to automata: the grammar of RFC 9485, section 3, is parsed to branches of pieces, from
 * which states are made. A counted piece is copied as often as it counts, so the number of states
 * has a cap.
 */
#include <string.h>

#include "ys_charset.h"
#include "ys_regex_private.h"
#include "ys_unicode.h"

#define UNBOUNDED UINT32_MAX
#define SHOWN_BYTES 200u /* of a pattern in an error */

struct branch;

struct piece {
    const struct ys_regex_set *set; /* a class, else */
    const struct branch *group;     /* a group, else */
    uint32_t character;             /* a character */
    uint32_t least;
    uint32_t most;
    struct piece *next;
};

struct branch {
    struct piece *pieces;
    struct branch *next;
};

struct compiler {
    struct ys_arena *arena;
    const char *text;
    size_t length;
    size_t at;
    size_t depth;
    struct ys_regex_program program;
    struct ys_err *reterr;
};

static enum ys_status complain(struct compiler *compiler, const char *what)
{
    uint32_t column = 1;
    for (size_t i = 0; i < compiler->at; i++) {
        column += ((unsigned char)compiler->text[i] & 0xC0u) != 0x80u;
    }
    return ys_err_at(compiler->reterr, YS_ERR_SYNTAX, NULL, 0, column,
                     "the pattern '%.*s' at character %u: %s",
                     (int)ys_utf8_cut(compiler->text, compiler->length, SHOWN_BYTES),
                     compiler->text, column, what);
}

/* The byte at hand; NUL at the end. */
static char now(const struct compiler *compiler)
{
    return compiler->text[compiler->at];
}

static bool take(struct compiler *compiler, char c)
{
    bool there = now(compiler) == c;
    compiler->at += there;
    return there;
}

uint32_t ys_regex__decode(const char *bytes, size_t size)
{
    static const unsigned char lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)bytes[0] & lead[size];
    for (size_t i = 1; i < size; i++) {
        code = code << 6 | ((unsigned char)bytes[i] & 0x3Fu);
    }
    return code;
}

static uint32_t take_character(struct compiler *compiler)
{
    const char *bytes = compiler->text + compiler->at;
    size_t size = ys_utf8_size(bytes, compiler->length - compiler->at);
    compiler->at += size;
    return ys_regex__decode(bytes, size);
}

static void add_range(struct compiler *compiler, struct ys_regex_set *set, uint32_t first,
                      uint32_t last)
{
    if (set->count == set->capacity) {
        size_t capacity = set->capacity ? 2 * set->capacity : 4;
        struct ys_regex_range *ranges = ys_arena_calloc(compiler->arena, capacity, sizeof *ranges);
        if (set->count) {
            memcpy(ranges, set->ranges, set->count * sizeof *ranges);
        }
        set->ranges = ranges;
        set->capacity = capacity;
    }
    set->ranges[set->count++] = (struct ys_regex_range){first, last};
}

/* What stands behind a backslash for a set: "p{Lu}", "d" … False when it is none of these. */
static bool add_class(struct compiler *compiler, struct ys_regex_set *set)
{
    const char *text = compiler->text + compiler->at;
    uint32_t categories = 0;
    switch (text[0]) {
    case 'p':
    case 'P': {
        const char *end = text[1] == '{' ? strchr(text, '}') : NULL;
        categories = end ? ys_unicode_categories(text + 2, (uint32_t)(end - text - 2)) : 0;
        if (categories == 0) {
            return false;
        }
        set->categories |= text[0] == 'p' ? categories : ~categories;
        compiler->at += (size_t)(end - text) + 1;
        return true;
    }
    case 'd':
    case 'D':
        categories = ys_unicode_categories("Nd", 2);
        set->categories |= text[0] == 'd' ? categories : ~categories;
        break;
    case 'w':
    case 'W':
        categories = ys_unicode_categories("P", 1) | ys_unicode_categories("Z", 1) |
                     ys_unicode_categories("C", 1);
        set->categories |= text[0] == 'W' ? categories : ~categories;
        break;
    case 's':
        add_range(compiler, set, '\t', '\n');
        add_range(compiler, set, '\r', '\r');
        add_range(compiler, set, ' ', ' ');
        break;
    case 'S':
        add_range(compiler, set, 0, '\t' - 1);
        add_range(compiler, set, '\n' + 1, '\r' - 1);
        add_range(compiler, set, '\r' + 1, ' ' - 1);
        add_range(compiler, set, ' ' + 1, 0x10FFFF);
        break;
    default:
        return false;
    }
    compiler->at++;
    return true;
}

/* The character that stands behind a backslash: SingleCharEsc. */
static bool take_escaped(struct compiler *compiler, uint32_t *ret_character)
{
    static const char letters[] = "nrt";
    static const char meanings[] = "\n\r\t";
    char c = now(compiler);
    const char *letter = c ? strchr(letters, c) : NULL;
    if (!c || (!letter && !strchr("()*+-.?[\\]^{|}", c))) {
        return false;
    }
    compiler->at++;
    *ret_character = (uint32_t)(unsigned char)(letter ? meanings[letter - letters] : c);
    return true;
}

/* CCchar, escaped or not; '-', '[' and ']' need the backslash. */
static enum ys_status take_class_character(struct compiler *compiler, uint32_t *ret_character)
{
    if (take(compiler, '\\')) {
        return take_escaped(compiler, ret_character) ? YS_OK : complain(compiler, "unknown escape");
    }
    if (!now(compiler) || strchr("-[]", now(compiler))) {
        return complain(compiler,
                        now(compiler) ? "'-', '[' and ']' need a '\\' here" : "'[' has no ']'");
    }
    *ret_character = take_character(compiler);
    return YS_OK;
}

static enum ys_status parse_class_item(struct compiler *compiler, struct ys_regex_set *set)
{
    uint32_t first = 0;
    if (now(compiler) == '\\') {
        compiler->at++;
        if (add_class(compiler, set)) {
            return YS_OK;
        }
        compiler->at--;
    }
    enum ys_status status = take_class_character(compiler, &first);
    uint32_t last = first;
    if (status == YS_OK && now(compiler) == '-' && compiler->text[compiler->at + 1] != ']') {
        compiler->at++;
        status = take_class_character(compiler, &last);
        if (status == YS_OK && last < first) {
            status = complain(compiler, "the range ends before it begins");
        }
    }
    if (status == YS_OK) {
        add_range(compiler, set, first, last);
    }
    return status;
}

/* Behind '[': a '-' stands for itself as the first or last item. */
static enum ys_status parse_class(struct compiler *compiler, struct ys_regex_set *set)
{
    set->negated = take(compiler, '^');
    if (take(compiler, '-')) {
        add_range(compiler, set, '-', '-');
    } else if (now(compiler) == ']') {
        return complain(compiler, "an empty class");
    }
    while (!take(compiler, ']')) {
        if (now(compiler) == '-' && compiler->text[compiler->at + 1] == ']') {
            compiler->at++;
            add_range(compiler, set, '-', '-');
            continue;
        }
        enum ys_status status = parse_class_item(compiler, set);
        if (status != YS_OK) {
            return status;
        }
    }
    return YS_OK;
}

static enum ys_status parse_number(struct compiler *compiler, uint32_t *ret_number)
{
    uint32_t number = 0;
    if (now(compiler) < '0' || now(compiler) > '9') {
        return complain(compiler, "expected a number");
    }
    while (now(compiler) >= '0' && now(compiler) <= '9') {
        number = number * 10 + (uint32_t)(now(compiler) - '0');
        if (number > YS_REGEX_STATES_MAX) {
            return complain(compiler, "a count beyond YS_REGEX_STATES_MAX");
        }
        compiler->at++;
    }
    *ret_number = number;
    return YS_OK;
}

static enum ys_status parse_quantifier(struct compiler *compiler, struct piece *piece)
{
    piece->least = 1;
    piece->most = 1;
    if (take(compiler, '*')) {
        piece->least = 0;
        piece->most = UNBOUNDED;
    } else if (take(compiler, '+')) {
        piece->most = UNBOUNDED;
    } else if (take(compiler, '?')) {
        piece->least = 0;
    } else if (take(compiler, '{')) {
        enum ys_status status = parse_number(compiler, &piece->least);
        piece->most = piece->least;
        if (status == YS_OK && take(compiler, ',')) {
            piece->most = UNBOUNDED;
            if (now(compiler) != '}') {
                status = parse_number(compiler, &piece->most);
            }
        }
        if (status != YS_OK) {
            return status;
        }
        if (!take(compiler, '}')) {
            return complain(compiler, "expected '}'");
        }
        if (piece->most < piece->least) {
            return complain(compiler, "the greater count stands first");
        }
    }
    return YS_OK;
}

static enum ys_status parse_branches(struct compiler *compiler, const struct branch **ret_branch);

static enum ys_status parse_atom(struct compiler *compiler, struct piece *piece)
{
    struct ys_regex_set *set = NULL;
    char c = now(compiler);
    if (c == '(') {
        compiler->at++;
        enum ys_status status = parse_branches(compiler, &piece->group);
        return status != YS_OK || take(compiler, ')') ? status
                                                      : complain(compiler, "'(' has no ')'");
    }
    if (strchr("*+?{}]", c)) {
        return complain(compiler, "this character needs a '\\' here");
    }
    if (c != '.' && c != '[' && c != '\\') {
        piece->character = take_character(compiler);
        return YS_OK;
    }
    compiler->at++;
    set = ys_arena_alloc(compiler->arena, sizeof *set);
    if (c == '\\') {
        if (take_escaped(compiler, &piece->character)) {
            return YS_OK;
        }
        piece->set = set;
        return add_class(compiler, set) ? YS_OK : complain(compiler, "unknown escape");
    }
    piece->set = set;
    if (c == '[') {
        return parse_class(compiler, set);
    }
    set->negated = true;
    add_range(compiler, set, '\n', '\n');
    add_range(compiler, set, '\r', '\r');
    return YS_OK;
}

static enum ys_status parse_branches(struct compiler *compiler, const struct branch **ret_branch)
{
    if (++compiler->depth > YS_REGEX_DEPTH_MAX) {
        return complain(compiler, "nested deeper than YS_REGEX_DEPTH_MAX");
    }
    struct branch *first = ys_arena_alloc(compiler->arena, sizeof *first);
    struct branch *branch = first;
    while (true) {
        struct piece **place = &branch->pieces;
        while (now(compiler) && now(compiler) != '|' && now(compiler) != ')') {
            *place = ys_arena_alloc(compiler->arena, sizeof **place);
            enum ys_status status = parse_atom(compiler, *place);
            status = status == YS_OK ? parse_quantifier(compiler, *place) : status;
            if (status != YS_OK) {
                return status;
            }
            place = &(*place)->next;
        }
        if (!take(compiler, '|')) {
            break;
        }
        branch->next = ys_arena_alloc(compiler->arena, sizeof *branch->next);
        branch = branch->next;
    }
    compiler->depth--;
    *ret_branch = first;
    return YS_OK;
}

/* Adds a state whose successor is the one behind it. It stays where it is until the next one. */
static struct ys_regex_state *add_state(struct compiler *compiler, enum ys_regex_op op)
{
    struct ys_regex_program *program = &compiler->program;
    if (program->count == program->capacity) {
        size_t capacity = program->capacity ? 2 * program->capacity : 32;
        struct ys_regex_state *states = ys_arena_calloc(compiler->arena, capacity, sizeof *states);
        if (program->count) {
            memcpy(states, program->states, program->count * sizeof *states);
        }
        program->states = states;
        program->capacity = capacity;
    }
    struct ys_regex_state *state = &program->states[program->count++];
    state->op = op;
    state->next = program->count;
    return state;
}

static bool is_full(const struct compiler *compiler)
{
    return compiler->program.count > YS_REGEX_STATES_MAX;
}

static void emit_branches(struct compiler *compiler, const struct branch *branch);

static void emit_atom(struct compiler *compiler, const struct piece *piece)
{
    if (piece->group) {
        emit_branches(compiler, piece->group);
    } else if (piece->set) {
        add_state(compiler, YS_REGEX_SET)->set = piece->set;
    } else {
        add_state(compiler, YS_REGEX_CHARACTER)->character = piece->character;
    }
}

static void emit_piece(struct compiler *compiler, const struct piece *piece)
{
    struct ys_regex_program *program = &compiler->program;
    size_t start = program->count;
    for (uint32_t i = 0; i < piece->least && !is_full(compiler); i++) {
        emit_atom(compiler, piece);
        if (program->count == start) {
            return; /* an empty group, however often */
        }
    }
    size_t skips = program->count; /* the first of the splits that may leave the piece */
    size_t body = 0;
    for (uint32_t i = piece->least; i < piece->most && !is_full(compiler); i++) {
        size_t split = program->count;
        add_state(compiler, YS_REGEX_SPLIT);
        emit_atom(compiler, piece);
        body = program->count - split;
        if (piece->most == UNBOUNDED) {
            add_state(compiler, YS_REGEX_JUMP)->next = split;
            body++;
            break;
        }
    }
    for (size_t split = skips; body && split < program->count; split += body) {
        program->states[split].other = program->count;
    }
}

static void emit_branches(struct compiler *compiler, const struct branch *branch)
{
    struct ys_regex_program *program = &compiler->program;
    size_t jumps = SIZE_MAX; /* to the end, each one naming the one before in `next` */
    for (; branch && !is_full(compiler); branch = branch->next) {
        size_t split = program->count;
        if (branch->next) {
            add_state(compiler, YS_REGEX_SPLIT);
        }
        for (const struct piece *piece = branch->pieces; piece; piece = piece->next) {
            emit_piece(compiler, piece);
        }
        if (branch->next) {
            add_state(compiler, YS_REGEX_JUMP)->next = jumps;
            jumps = program->count - 1;
            program->states[split].other = program->count;
        }
    }
    while (jumps != SIZE_MAX) {
        size_t before = program->states[jumps].next;
        program->states[jumps].next = program->count;
        jumps = before;
    }
}

enum ys_status ys_regex__compile(struct ys_arena *arena, const char *pattern,
                                 struct ys_regex_program *ret_program, struct ys_err *reterr)
{
    struct compiler compiler = {
        .arena = arena, .text = pattern, .length = strlen(pattern), .reterr = reterr};
    const struct branch *branch = NULL;
    if (compiler.length > YS_REGEX_BYTES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "a pattern of over YS_REGEX_BYTES_MAX bytes");
    }
    if (!ys_utf8_is_valid(pattern, compiler.length)) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "a pattern that is not UTF-8");
    }
    enum ys_status status = parse_branches(&compiler, &branch);
    if (status == YS_OK && now(&compiler)) {
        status = complain(&compiler, "')' has no '('");
    }
    if (status != YS_OK) {
        return status;
    }
    emit_branches(&compiler, branch);
    add_state(&compiler, YS_REGEX_MATCH);
    if (is_full(&compiler)) {
        return ys_err_set(reterr, YS_ERR_LIMIT,
                          "the pattern '%.*s' needs more than YS_REGEX_STATES_MAX states",
                          (int)ys_utf8_cut(pattern, compiler.length, SHOWN_BYTES), pattern);
    }
    *ret_program = compiler.program;
    return YS_OK;
}
