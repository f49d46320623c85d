/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of JSONPath, RFC 9535, section 2 and its grammar (appendix A), with well-typedness. */
#include <string.h>

#include "ys_charset.h"
#include "ys_jsonpath_private.h"
#include "ys_suggest.h"

#define INDEX_MAX INT64_C(9007199254740991) /* 2^53 - 1, RFC 9535, 2.1 */
#define SHOWN_BYTES 200u                    /* of a query in an error */

struct parser {
    struct ys_arena *arena;
    const char *text;
    size_t at;
    size_t depth;
    struct ys_err *reterr;
};

static enum ys_status parse_query(struct parser *parser, const struct ys_jsonpath **ret_path);
static enum ys_status parse_or(struct parser *parser, const struct ys_filter **ret_filter);

static enum ys_status complain(struct parser *parser, const char *what)
{
    uint32_t column = 1;
    for (size_t i = 0; i < parser->at; i++) {
        column += ((unsigned char)parser->text[i] & 0xC0u) != 0x80u;
    }
    return ys_err_at(parser->reterr, YS_ERR_SYNTAX, NULL, 0, column,
                     "JSONPath '%.*s' at character %u: %s",
                     (int)ys_utf8_cut(parser->text, strlen(parser->text), SHOWN_BYTES),
                     parser->text, column, what);
}

static char now(const struct parser *parser)
{
    return parser->text[parser->at];
}

static void skip_blanks(struct parser *parser)
{
    while (now(parser) && strchr(" \t\n\r", now(parser))) {
        parser->at++;
    }
}

static bool take(struct parser *parser, const char *token)
{
    size_t length = strlen(token);
    if (strncmp(parser->text + parser->at, token, length) != 0) {
        return false;
    }
    parser->at += length;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_first(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80u;
}

static const char *parse_member_name(struct parser *parser)
{
    size_t start = parser->at;
    if (!is_name_first(now(parser))) {
        return NULL;
    }
    while (is_name_first(now(parser)) || is_digit(now(parser))) {
        parser->at++;
    }
    return ys_arena_strndup(parser->arena, parser->text + start, parser->at - start);
}

/* Four hexadecimal digits; -1 when they are not. */
static int32_t parse_hex4(struct parser *parser)
{
    int32_t code = 0;
    for (int i = 0; i < 4; i++) {
        char c = now(parser);
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        code = code << 4 | digit;
        parser->at++;
    }
    return code;
}

static size_t put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint32_t lead[] = {0, 0xC0, 0xE0, 0xF0};
    for (size_t i = extra; i > 0; i--) {
        to[i] = (char)(0x80u | (code & 0x3Fu));
        code >>= 6;
    }
    to[0] = (char)(lead[extra] | code);
    return extra + 1;
}

static enum ys_status parse_escape(struct parser *parser, char quote, char *to, size_t *length)
{
    static const char from[] = "bfnrt/\\";
    static const char meaning[] = "\b\f\n\r\t/\\";
    char c = now(parser);
    const char *found = c ? strchr(from, c) : NULL;
    if (found || c == quote) {
        to[(*length)++] = found ? meaning[found - from] : quote;
        parser->at++;
        return YS_OK;
    }
    if (c != 'u') {
        return complain(parser, "unknown escape");
    }
    parser->at++;
    int32_t code = parse_hex4(parser);
    if (code >= 0xD800 && code < 0xDC00) {
        if (!take(parser, "\\u")) {
            return complain(parser, "half of a surrogate pair");
        }
        int32_t low = parse_hex4(parser);
        code =
            low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : -1;
    } else if (code >= 0xDC00 && code < 0xE000) {
        code = -1;
    }
    if (code < 0) {
        return complain(parser, "not a Unicode escape");
    }
    *length += put_utf8(to + *length, (uint32_t)code);
    return YS_OK;
}

static enum ys_status parse_string(struct parser *parser, const struct ys_value **ret_string)
{
    char quote = now(parser);
    char *bytes = ys_arena_alloc(parser->arena, strlen(parser->text + parser->at) + 4);
    size_t length = 0;
    parser->at++;
    while (now(parser) != quote) {
        unsigned char c = (unsigned char)now(parser);
        if (c == 0) {
            return complain(parser, "the string has no end");
        }
        if (c < 0x20) {
            return complain(parser, "a control character in a string");
        }
        parser->at++;
        if (c != '\\') {
            bytes[length++] = (char)c;
            continue;
        }
        enum ys_status status = parse_escape(parser, quote, bytes, &length);
        if (status != YS_OK) {
            return status;
        }
    }
    parser->at++;
    *ret_string = ys_value_string_n(parser->arena, bytes, length);
    return YS_OK;
}

/* An integer without leading zeros and without "-0". */
static enum ys_status parse_int(struct parser *parser, int64_t *ret_number)
{
    bool negative = take(parser, "-");
    int64_t number = 0;
    if (!is_digit(now(parser)) || (negative && now(parser) == '0')) {
        return complain(parser, "expected a whole number");
    }
    if (now(parser) == '0' && is_digit(parser->text[parser->at + 1])) {
        return complain(parser, "a leading zero");
    }
    while (is_digit(now(parser))) {
        number = number * 10 + (now(parser) - '0');
        if (number > INDEX_MAX) {
            return complain(parser, "a number beyond 2^53 - 1");
        }
        parser->at++;
    }
    *ret_number = negative ? -number : number;
    return YS_OK;
}

static bool at_int(const struct parser *parser)
{
    return is_digit(now(parser)) || now(parser) == '-';
}

static enum ys_status parse_index_or_slice(struct parser *parser, struct ys_selector *selector)
{
    enum ys_status status = YS_OK;
    selector->kind = YS_SELECTOR_INDEX;
    if (at_int(parser)) {
        status = parse_int(parser, &selector->start);
        selector->has_start = true;
    }
    size_t behind = parser->at;
    skip_blanks(parser);
    if (status != YS_OK || now(parser) != ':') {
        parser->at = behind;
        return status;
    }
    selector->kind = YS_SELECTOR_SLICE;
    selector->step = 1;
    parser->at++;
    skip_blanks(parser);
    if (at_int(parser)) {
        status = parse_int(parser, &selector->end);
        selector->has_end = true;
        skip_blanks(parser);
    }
    if (status == YS_OK && take(parser, ":")) {
        skip_blanks(parser);
        if (at_int(parser)) {
            status = parse_int(parser, &selector->step);
        }
    }
    return status;
}

static enum ys_status parse_selector(struct parser *parser, struct ys_selector *selector)
{
    const struct ys_value *string = NULL;
    char c = now(parser);
    if (c == '\'' || c == '"') {
        selector->kind = YS_SELECTOR_NAME;
        enum ys_status status = parse_string(parser, &string);
        if (status == YS_OK && strlen(string->as.string.bytes) == string->as.string.length) {
            selector->name = string->as.string.bytes;
        }
        return status;
    }
    if (take(parser, "*")) {
        selector->kind = YS_SELECTOR_WILDCARD;
        return YS_OK;
    }
    if (take(parser, "?")) {
        selector->kind = YS_SELECTOR_FILTER;
        skip_blanks(parser);
        return parse_or(parser, &selector->filter);
    }
    if (at_int(parser) || c == ':') {
        return parse_index_or_slice(parser, selector);
    }
    return complain(parser, "expected a selector");
}

static enum ys_status parse_brackets(struct parser *parser, struct ys_segment *segment)
{
    struct ys_selector **place = &segment->selectors;
    do {
        skip_blanks(parser);
        *place = ys_arena_alloc(parser->arena, sizeof **place);
        enum ys_status status = parse_selector(parser, *place);
        if (status != YS_OK) {
            return status;
        }
        place = &(*place)->next;
        skip_blanks(parser);
    } while (take(parser, ","));
    return take(parser, "]") ? YS_OK : complain(parser, "expected ',' or ']'");
}

static enum ys_status parse_segment(struct parser *parser, struct ys_segment *segment)
{
    segment->descendant = take(parser, "..");
    bool dot = !segment->descendant && take(parser, ".");
    if (!dot && take(parser, "[")) {
        return parse_brackets(parser, segment);
    }
    segment->selectors = ys_arena_alloc(parser->arena, sizeof *segment->selectors);
    if (take(parser, "*")) {
        segment->selectors->kind = YS_SELECTOR_WILDCARD;
        return YS_OK;
    }
    segment->selectors->kind = YS_SELECTOR_NAME;
    segment->selectors->name = parse_member_name(parser);
    return segment->selectors->name ? YS_OK : complain(parser, "expected a name, '*' or '['");
}

/* Segments behind $ or @. */
static enum ys_status parse_segments(struct parser *parser, struct ys_segment **place)
{
    while (true) {
        size_t start = parser->at;
        skip_blanks(parser);
        if (now(parser) != '.' && now(parser) != '[') {
            parser->at = start;
            return YS_OK;
        }
        *place = ys_arena_alloc(parser->arena, sizeof **place);
        enum ys_status status = parse_segment(parser, *place);
        if (status != YS_OK) {
            return status;
        }
        place = &(*place)->next;
    }
}

static enum ys_status parse_query(struct parser *parser, const struct ys_jsonpath **ret_path)
{
    struct ys_jsonpath *path = ys_arena_alloc(parser->arena, sizeof *path);
    path->relative = now(parser) == '@';
    parser->at++;
    enum ys_status status = parse_segments(parser, &path->segments);
    *ret_path = path;
    return status;
}

static const struct {
    const char *name;
    size_t arguments;
    enum ys_path_type argument; /* of every argument */
    enum ys_path_type result;
} FUNCTIONS[] = {
    [YS_FN_LENGTH] = {"length", 1, YS_PATH_VALUE, YS_PATH_VALUE},
    [YS_FN_COUNT] = {"count", 1, YS_PATH_NODES, YS_PATH_VALUE},
    [YS_FN_MATCH] = {"match", 2, YS_PATH_VALUE, YS_PATH_LOGICAL},
    [YS_FN_SEARCH] = {"search", 2, YS_PATH_VALUE, YS_PATH_LOGICAL},
    [YS_FN_VALUE] = {"value", 1, YS_PATH_NODES, YS_PATH_VALUE},
};

static enum ys_status parse_operand(struct parser *parser, const struct ys_operand **ret_operand);

/* RFC 9535, 2.4.3: an argument must have, or convert to, the declared type. */
static bool fits(const struct ys_operand *operand, enum ys_path_type type)
{
    if (operand->kind == YS_OPERAND_QUERY) {
        return type == YS_PATH_NODES || ys_jsonpath_is_singular(operand->query);
    }
    if (operand->kind == YS_OPERAND_FUNCTION) {
        return FUNCTIONS[operand->function].result == type;
    }
    return type == YS_PATH_VALUE;
}

/* A name with '(' behind it, and no function of it is known. */
static enum ys_status complain_function(struct parser *parser, size_t length)
{
    const char *names[sizeof FUNCTIONS / sizeof FUNCTIONS[0]];
    for (size_t f = 0; f < sizeof names / sizeof names[0]; f++) {
        names[f] = FUNCTIONS[f].name;
    }
    const char *name = ys_arena_strndup(parser->arena, parser->text + parser->at, length);
    const char *near = ys_suggest(name, names, sizeof names / sizeof names[0]);
    return complain(parser, ys_arena_printf(parser->arena, "unknown function '%s'%s%s%s", name,
                                            near ? "; did you mean '" : "", near ? near : "",
                                            near ? "'?" : ""));
}

static enum ys_status parse_function(struct parser *parser, struct ys_operand *operand)
{
    size_t start = parser->at;
    size_t length = 0;
    while ((parser->text[start + length] >= 'a' && parser->text[start + length] <= 'z') ||
           parser->text[start + length] == '_' || is_digit(parser->text[start + length])) {
        length++;
    }
    size_t f = 0;
    size_t count = sizeof FUNCTIONS / sizeof FUNCTIONS[0];
    while (f < count && (strlen(FUNCTIONS[f].name) != length ||
                         memcmp(FUNCTIONS[f].name, parser->text + start, length) != 0)) {
        f++;
    }
    if (length == 0 || parser->text[start + length] != '(') {
        return complain(parser, "expected a query, a literal or a function");
    }
    if (f == count) {
        return complain_function(parser, length);
    }
    operand->kind = YS_OPERAND_FUNCTION;
    operand->function = (enum ys_path_function)f;
    parser->at += length + 1;
    for (size_t i = 0; i < FUNCTIONS[f].arguments; i++) {
        skip_blanks(parser);
        enum ys_status status = parse_operand(parser, &operand->arguments[i]);
        if (status != YS_OK) {
            return status;
        }
        if (!fits(operand->arguments[i], FUNCTIONS[f].argument)) {
            return complain(parser, "the argument has the wrong type");
        }
        skip_blanks(parser);
        if (i + 1 < FUNCTIONS[f].arguments && !take(parser, ",")) {
            return complain(parser, "expected ','");
        }
    }
    operand->argument_count = FUNCTIONS[f].arguments;
    return take(parser, ")") ? YS_OK : complain(parser, "expected ')'");
}

static bool take_word(struct parser *parser, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(parser->text + parser->at, word, length) != 0) {
        return false;
    }
    char behind = parser->text[parser->at + length];
    if (is_name_first(behind) || is_digit(behind) || behind == '(') {
        return false;
    }
    parser->at += length;
    return true;
}

static enum ys_status parse_operand(struct parser *parser, const struct ys_operand **ret_operand)
{
    struct ys_operand *operand = ys_arena_alloc(parser->arena, sizeof *operand);
    char c = now(parser);
    *ret_operand = operand;
    if (c == '@' || c == '$') {
        operand->kind = YS_OPERAND_QUERY;
        return parse_query(parser, &operand->query);
    }
    if (c == '\'' || c == '"') {
        return parse_string(parser, &operand->literal);
    }
    if (at_int(parser)) {
        size_t length = strspn(parser->text + parser->at, "+-.0123456789eE");
        struct ys_decimal number;
        if (ys_decimal_parse(parser->text + parser->at, length, &number, NULL) != YS_OK) {
            return complain(parser, "not a number");
        }
        parser->at += length;
        operand->literal = ys_value_number(parser->arena, number);
        return YS_OK;
    }
    if (take_word(parser, "true")) {
        operand->literal = ys_value_bool(parser->arena, true);
        return YS_OK;
    }
    if (take_word(parser, "false")) {
        operand->literal = ys_value_bool(parser->arena, false);
        return YS_OK;
    }
    if (take_word(parser, "null")) {
        operand->literal = ys_value_null(parser->arena);
        return YS_OK;
    }
    return parse_function(parser, operand);
}

static bool parse_comparison(struct parser *parser, enum ys_comparison *ret_comparison)
{
    static const struct {
        const char *token;
        enum ys_comparison comparison;
    } table[] = {{"==", YS_EQ}, {"!=", YS_NE}, {"<=", YS_LE},
                 {">=", YS_GE}, {"<", YS_LT},  {">", YS_GT}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (take(parser, table[i].token)) {
            *ret_comparison = table[i].comparison;
            return true;
        }
    }
    return false;
}

static enum ys_status parse_test(struct parser *parser, struct ys_filter *filter)
{
    enum ys_status status = parse_operand(parser, &filter->a);
    if (status != YS_OK) {
        return status;
    }
    size_t behind = parser->at;
    skip_blanks(parser);
    if (parse_comparison(parser, &filter->comparison)) {
        filter->kind = YS_FILTER_COMPARE;
        skip_blanks(parser);
        status = parse_operand(parser, &filter->b);
        if (status == YS_OK &&
            (!fits(filter->a, YS_PATH_VALUE) || !fits(filter->b, YS_PATH_VALUE))) {
            status = complain(parser, "only singular queries and values can be compared");
        }
        return status;
    }
    parser->at = behind;
    if (filter->a->kind == YS_OPERAND_QUERY) {
        filter->kind = YS_FILTER_EXISTS;
    } else if (filter->a->kind == YS_OPERAND_FUNCTION &&
               FUNCTIONS[filter->a->function].result == YS_PATH_LOGICAL) {
        filter->kind = YS_FILTER_TEST;
    } else {
        return complain(parser, "a value alone is no condition");
    }
    return YS_OK;
}

static enum ys_status parse_basic(struct parser *parser, const struct ys_filter **ret_filter)
{
    struct ys_filter *filter = ys_arena_alloc(parser->arena, sizeof *filter);
    *ret_filter = filter;
    bool negated = now(parser) == '!' && parser->text[parser->at + 1] != '=';
    if (negated) {
        parser->at++;
        skip_blanks(parser);
        filter->kind = YS_FILTER_NOT;
        struct ys_filter *inner = ys_arena_alloc(parser->arena, sizeof *inner);
        filter->left = inner;
        if (now(parser) != '(') {
            enum ys_status status = parse_test(parser, inner);
            if (status == YS_OK && inner->kind == YS_FILTER_COMPARE) {
                status = complain(parser, "'!' before a comparison needs parentheses");
            }
            return status;
        }
    }
    if (take(parser, "(")) {
        skip_blanks(parser);
        const struct ys_filter **place = negated ? &filter->left : ret_filter;
        enum ys_status status = parse_or(parser, place);
        skip_blanks(parser);
        return status == YS_OK && !take(parser, ")") ? complain(parser, "expected ')'") : status;
    }
    return parse_test(parser, filter);
}

static enum ys_status
parse_chain(struct parser *parser, const char *token, enum ys_filter_kind kind,
            enum ys_status (*part)(struct parser *, const struct ys_filter **),
            const struct ys_filter **ret_filter)
{
    enum ys_status status = part(parser, ret_filter);
    while (status == YS_OK) {
        size_t behind = parser->at;
        skip_blanks(parser);
        if (!take(parser, token)) {
            parser->at = behind;
            break;
        }
        skip_blanks(parser);
        struct ys_filter *filter = ys_arena_alloc(parser->arena, sizeof *filter);
        filter->kind = kind;
        filter->left = *ret_filter;
        status = part(parser, &filter->right);
        *ret_filter = filter;
    }
    return status;
}

static enum ys_status parse_and(struct parser *parser, const struct ys_filter **ret_filter)
{
    return parse_chain(parser, "&&", YS_FILTER_AND, parse_basic, ret_filter);
}

static enum ys_status parse_or(struct parser *parser, const struct ys_filter **ret_filter)
{
    if (++parser->depth > YS_JSONPATH_DEPTH_MAX) {
        return complain(parser, "nested deeper than YS_JSONPATH_DEPTH_MAX");
    }
    enum ys_status status = parse_chain(parser, "||", YS_FILTER_OR, parse_and, ret_filter);
    parser->depth--;
    return status;
}

enum ys_status ys_jsonpath_parse(struct ys_arena *arena, const char *query,
                                 const struct ys_jsonpath **ret_path, struct ys_err *reterr)
{
    struct parser parser = {.arena = arena, .text = query, .reterr = reterr};
    const struct ys_jsonpath *path = NULL;
    size_t length = strlen(query);
    if (length > YS_JSONPATH_BYTES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "a JSONPath of over YS_JSONPATH_BYTES_MAX bytes");
    }
    if (!ys_utf8_is_valid(query, length)) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "a JSONPath that is not UTF-8");
    }
    if (query[0] != '$') {
        return complain(&parser, "a query begins with '$'");
    }
    enum ys_status status = parse_query(&parser, &path);
    if (status == YS_OK && now(&parser)) {
        status = complain(&parser, "expected '.', '[' or the end");
    }
    if (status == YS_OK) {
        *ret_path = path;
    }
    return status;
}

bool ys_jsonpath_is_singular(const struct ys_jsonpath *path)
{
    for (const struct ys_segment *segment = path->segments; segment; segment = segment->next) {
        const struct ys_selector *selector = segment->selectors;
        if (segment->descendant || selector->next ||
            (selector->kind != YS_SELECTOR_NAME && selector->kind != YS_SELECTOR_INDEX)) {
            return false;
        }
    }
    return true;
}
