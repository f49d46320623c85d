/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known values replaced by keyed marks. Every form of a value carries the mark of the value, so a
 * name in GBK hexadecimal on the chip and in UTF-8 at the bank stay recognisably the same person.
 */
#include "ys_redact.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ys_charset.h"
#include "ys_crypto.h"
#include "ys_redact_forms.h"
#include "ys_redact_index.h"
#include "ys_vault.h"

/* 64 bits of tag: two of a million values of one run share one with odds below 1 to 10 million. */
#define TAG_BYTES 8u

struct ys_redactor {
    pthread_rwlock_t lock;
    struct ys_redact_index *index;
    struct ys_arena marks; /* lives as long as the index */
    struct ys_hmac *hmac;
    struct ys_vault *vault; /* or NULL */
};

struct ys_redactor *ys_redactor_new(const uint8_t key[YS_REDACT_KEY_BYTES])
{
    assert(key);
    struct ys_redactor *redactor = ys_calloc(1, sizeof *redactor);
    pthread_rwlock_init(&redactor->lock, NULL);
    redactor->index = ys_redact_index_new();
    ys_arena_init(&redactor->marks);
    redactor->hmac = ys_hmac_new(key, YS_REDACT_KEY_BYTES);
    return redactor;
}

void ys_redactor_free(struct ys_redactor *redactor)
{
    if (!redactor) {
        return;
    }
    ys_redact_index_free(redactor->index);
    ys_arena_clear(&redactor->marks);
    ys_hmac_free(redactor->hmac);
    pthread_rwlock_destroy(&redactor->lock);
    ys_free(redactor);
}

void ys_redactor_keep(struct ys_redactor *redactor, struct ys_vault *vault)
{
    redactor->vault = vault;
}

static const char *make_mark(const struct ys_redactor *redactor, struct ys_arena *arena,
                             const char *kind, const char *value)
{
    size_t kind_length = strlen(kind);
    size_t value_length = strlen(value);
    size_t length = kind_length + 1u + value_length;
    char *message = ys_alloc(length);
    memcpy(message, kind, kind_length + 1u);
    memcpy(message + kind_length + 1u, value, value_length);
    uint8_t tag[YS_SM3_BYTES];
    ys_hmac_tag(redactor->hmac, message, length, tag);
    ys_wipe(message, length);
    ys_free(message);
    char digits[2u * TAG_BYTES + 1u];
    ys_hex_encode_lower(tag, TAG_BYTES, digits);
    return ys_arena_printf(arena, "⟦%s:%s⟧", kind, digits);
}

const char *ys_redact_mark(struct ys_redactor *redactor, struct ys_arena *arena, const char *kind,
                           const char *value)
{
    assert(redactor);
    assert(kind);
    assert(value);
    const char *mark = make_mark(redactor, arena, kind, value);
    if (redactor->vault) {
        ys_vault_keep(redactor->vault, mark, value, false);
    }
    return mark;
}

struct learning {
    struct ys_redact_index *index;
    const char *mark;
};

static void learn_form(void *context, const char *bytes, size_t length)
{
    const struct learning *learning = context;
    ys_redact_index_add(learning->index, bytes, length, learning->mark, false);
}

static bool knows_value(const struct ys_redactor *redactor, const char *value, size_t length)
{
    bool is_value = false;
    const char *mark = ys_redact_index_get(redactor->index, value, length, &is_value);
    return mark && is_value;
}

static void learn(struct ys_redactor *redactor, const char *kind, const char *value, bool keep)
{
    assert(redactor);
    assert(kind);
    size_t length = value ? strlen(value) : 0;
    if (length < YS_REDACT_PATTERN_BYTES_MIN) {
        return;
    }
    pthread_rwlock_rdlock(&redactor->lock);
    bool known = knows_value(redactor, value, length);
    pthread_rwlock_unlock(&redactor->lock);
    if (known) {
        return;
    }
    struct ys_arena scratch;
    ys_arena_init(&scratch);
    pthread_rwlock_wrlock(&redactor->lock);
    if (!knows_value(redactor, value, length)) {
        struct learning learning = {.index = redactor->index,
                                    .mark = make_mark(redactor, &redactor->marks, kind, value)};
        if (keep && redactor->vault) {
            ys_vault_keep(redactor->vault, learning.mark, value, true);
        }
        ys_redact_index_add(redactor->index, value, length, learning.mark, true);
        ys_redact_forms(&scratch, value, length, learn_form, &learning);
    }
    pthread_rwlock_unlock(&redactor->lock);
    ys_arena_clear(&scratch);
}

void ys_redactor_learn(struct ys_redactor *redactor, const char *kind, const char *value)
{
    learn(redactor, kind, value, true);
}

void ys_redactor_learn_credential(struct ys_redactor *redactor, const char *kind,
                                  const char *value)
{
    learn(redactor, kind, value, false);
}

static bool is_continuation(char byte)
{
    return ((uint8_t)byte & 0xC0u) == 0x80u;
}

/* A text being searched. GBK forms can straddle the characters of UTF-8 text by accident; cutting
 * a character in two would make it invalid, so there a hit must lie between characters. */
struct search {
    const struct ys_redact_index *index;
    const char *text;
    size_t length;
    enum { UTF8_UNKNOWN, UTF8_YES, UTF8_NO } utf8;
    size_t least; /* a shorter hit is an accident */
};

/* A value as short as a PIN occurs in the digits of a time or a digest by accident, one in a
 * hundred runs, and blotted out there would take the record's own words away. */
#define SHORT_BYTES 8u

static bool is_digest(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length &&
           ((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'))) {
        i++;
    }
    return i == length && length == 2u * YS_SM3_BYTES;
}

/* A time of RFC 3339, of UTC or Beijing. */
static bool is_time(const char *text, size_t length)
{
    static const char time[] = "dddd-dd-ddTdd:dd:dd";
    size_t i = 0;
    for (; i < sizeof time - 1u; i++) {
        bool digit = i < length && text[i] >= '0' && text[i] <= '9';
        if (i == length || (time[i] == 'd' ? !digit : text[i] != time[i])) {
            return false;
        }
    }
    if (i < length && text[i] == '.') {
        for (i++; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        }
    }
    return (length - i == 1u && text[i] == 'Z') ||
           (length - i == 6u && memcmp(text + i, "+08:00", 6) == 0);
}

static size_t match_at(struct search *search, size_t at, const char **ret_mark)
{
    const char *mark = NULL;
    size_t size =
        ys_redact_index_match(search->index, search->text + at, search->length - at, &mark);
    if (size == 0 || size < search->least) {
        return 0;
    }
    size_t end = at + size;
    bool between = !is_continuation(search->text[at]) &&
                   (end == search->length || !is_continuation(search->text[end]));
    if (!between) {
        if (search->utf8 == UTF8_UNKNOWN) {
            search->utf8 = ys_utf8_is_valid(search->text, search->length) ? UTF8_YES : UTF8_NO;
        }
        if (search->utf8 == UTF8_YES) {
            return 0;
        }
    }
    *ret_mark = mark;
    return size;
}

/* The length of a mark ("⟦phone:0123456789abcdef⟧") that begins here; 0 where none does. A short
 * value may occur in its digits by accident, and must not be blotted out there. */
static size_t mark_at(const struct search *search, size_t at)
{
    static const char open[] = "⟦";
    static const char close[] = "⟧";
    size_t left = search->length - at;
    const char *text = search->text + at;
    size_t kind = sizeof open - 1u;
    if (left < kind || memcmp(text, open, kind) != 0) {
        return 0;
    }
    size_t i = kind;
    while (i < left && ((text[i] >= 'a' && text[i] <= 'z') || text[i] == '-')) {
        i++;
    }
    size_t end = i + 1u + 2u * TAG_BYTES + sizeof close - 1u;
    if (i == kind || end > left || text[i] != ':' ||
        memcmp(text + end - (sizeof close - 1u), close, sizeof close - 1u) != 0) {
        return 0;
    }
    for (i++; i < end - (sizeof close - 1u); i++) {
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'))) {
            return 0;
        }
    }
    return end;
}

/* The next stretch to blot out from *at on: a match, grown by every match that overlaps it, so
 * that no tail of a second value stays in clear. False at the end. */
static bool next_stretch(struct search *search, size_t *at, size_t *ret_end, const char **ret_mark)
{
    size_t start = *at;
    for (;; start++) {
        start = ys_redact_index_seek(search->index, search->text, search->length, start);
        if (start >= search->length) {
            return false;
        }
        size_t mark = mark_at(search, start);
        if (mark) {
            start += mark - 1u;
            continue;
        }
        size_t size = match_at(search, start, ret_mark);
        if (size == 0) {
            continue;
        }
        size_t end = start + size;
        for (size_t inner = start + 1u; inner < end; inner++) {
            const char *other = NULL;
            size_t inner_size = match_at(search, inner, &other);
            if (inner + inner_size > end) {
                end = inner + inner_size;
            }
        }
        *at = start;
        *ret_end = end;
        return true;
    }
}

/* `index` is locked for reading. */
static const char *redact_text(const struct ys_redact_index *index, struct ys_arena *arena,
                               const char *text, size_t length, size_t *ret_length)
{
    struct search search = {
        .index = index,
        .text = text,
        .length = length,
        .least = is_time(text, length) || is_digest(text, length) ? SHORT_BYTES : 0,
    };
    size_t start = 0;
    size_t end = 0;
    const char *mark = NULL;
    if (!next_stretch(&search, &start, &end, &mark)) {
        *ret_length = length;
        return text;
    }
    struct ys_buf out;
    ys_buf_init(&out, SIZE_MAX);
    size_t copied = 0;
    do {
        /* Without a cap an append cannot fail. */
        if (ys_buf_append(&out, text + copied, start - copied) != YS_OK ||
            ys_buf_append_text(&out, mark) != YS_OK) {
            abort();
        }
        copied = end;
        start = end;
    } while (next_stretch(&search, &start, &end, &mark));
    if (ys_buf_append(&out, text + copied, length - copied) != YS_OK) {
        abort();
    }
    *ret_length = out.length;
    char *redacted = ys_arena_strndup(arena, out.bytes, out.length);
    ys_buf_clear(&out);
    return redacted;
}

const char *ys_redact_text(struct ys_redactor *redactor, struct ys_arena *arena, const char *text,
                           size_t length, size_t *ret_length)
{
    assert(redactor);
    assert(ret_length);
    pthread_rwlock_rdlock(&redactor->lock);
    const char *redacted = redact_text(redactor->index, arena, text, length, ret_length);
    pthread_rwlock_unlock(&redactor->lock);
    return redacted;
}

bool ys_redact_find(struct ys_redactor *redactor, const char *text, size_t length, size_t *at,
                    size_t *ret_end, const char **ret_mark)
{
    assert(redactor);
    struct search search = {.index = redactor->index, .text = text, .length = length};
    pthread_rwlock_rdlock(&redactor->lock);
    bool found = next_stretch(&search, at, ret_end, ret_mark);
    pthread_rwlock_unlock(&redactor->lock);
    return found;
}

static const struct ys_value *redact_tree(const struct ys_redact_index *index,
                                          struct ys_arena *arena, const struct ys_value *value);

/* A number is replaced only as a whole: a telephone number sent without quotes. */
static const struct ys_value *redact_number(const struct ys_redact_index *index,
                                            struct ys_arena *arena, const struct ys_value *value)
{
    char text[YS_DECIMAL_TEXT_MAX];
    size_t length = ys_decimal_format(value->as.number, text);
    bool is_value = false;
    const char *mark = ys_redact_index_get(index, text, length, &is_value);
    return mark ? ys_value_string(arena, mark) : value;
}

static const struct ys_value *redact_list(const struct ys_redact_index *index,
                                          struct ys_arena *arena, const struct ys_value *list)
{
    struct ys_value *copy = NULL;
    for (size_t i = 0; i < list->as.list.count; i++) {
        const struct ys_value *item = list->as.list.items[i];
        const struct ys_value *redacted = redact_tree(index, arena, item);
        if (!copy && redacted != item) {
            copy = ys_value_list(arena);
            for (size_t before = 0; before < i; before++) {
                ys_value_append(arena, copy, list->as.list.items[before]);
            }
        }
        if (copy) {
            ys_value_append(arena, copy, redacted);
        }
    }
    return copy ? copy : list;
}

static const struct ys_value *redact_map(const struct ys_redact_index *index,
                                         struct ys_arena *arena, const struct ys_value *map)
{
    struct ys_value *copy = NULL;
    for (size_t i = 0; i < map->as.map.count; i++) {
        const struct ys_member *member = &map->as.map.members[i];
        size_t length = 0;
        const char *name = redact_text(index, arena, member->name, strlen(member->name), &length);
        const struct ys_value *redacted = redact_tree(index, arena, member->value);
        if (!copy && (name != member->name || redacted != member->value)) {
            copy = ys_value_map(arena);
            for (size_t before = 0; before < i; before++) {
                ys_value_set(arena, copy, map->as.map.members[before].name,
                             map->as.map.members[before].value);
            }
        }
        if (copy) {
            ys_value_set(arena, copy, name, redacted);
        }
    }
    return copy ? copy : map;
}

static const struct ys_value *redact_tree(const struct ys_redact_index *index,
                                          struct ys_arena *arena, const struct ys_value *value)
{
    switch (value->kind) {
    case YS_KIND_NULL:
    case YS_KIND_BOOL:
        return value;
    case YS_KIND_NUMBER:
        return redact_number(index, arena, value);
    case YS_KIND_STRING: {
        size_t length = 0;
        const char *text =
            redact_text(index, arena, value->as.string.bytes, value->as.string.length, &length);
        return text == value->as.string.bytes ? value : ys_value_string_n(arena, text, length);
    }
    case YS_KIND_LIST:
        return redact_list(index, arena, value);
    case YS_KIND_MAP:
        return redact_map(index, arena, value);
    }
    return value;
}

const struct ys_value *ys_redact_value(struct ys_redactor *redactor, struct ys_arena *arena,
                                       const struct ys_value *value)
{
    assert(redactor);
    assert(value);
    pthread_rwlock_rdlock(&redactor->lock);
    if (!ys_redact_index_is_empty(redactor->index)) {
        value = redact_tree(redactor->index, arena, value);
    }
    pthread_rwlock_unlock(&redactor->lock);
    return value;
}

static int compare_header(const void *name, const void *entry)
{
    return strcasecmp(name, *(const char *const *)entry);
}

bool ys_redact_header_is_clear(const char *name)
{
    /* Sorted. What a protocol needs and no person is in; everything else is hidden. */
    static const char *const clear[] = {"accept",
                                        "accept-charset",
                                        "accept-encoding",
                                        "accept-language",
                                        "accept-ranges",
                                        "age",
                                        "allow",
                                        "cache-control",
                                        "connection",
                                        "content-encoding",
                                        "content-language",
                                        "content-length",
                                        "content-type",
                                        "date",
                                        "expires",
                                        "host",
                                        "keep-alive",
                                        "last-modified",
                                        "pragma",
                                        "retry-after",
                                        "server",
                                        "strict-transport-security",
                                        "te",
                                        "trailer",
                                        "transfer-encoding",
                                        "upgrade",
                                        "user-agent",
                                        "vary",
                                        "x-content-type-options"};
    assert(name);
    return bsearch(name, clear, sizeof clear / sizeof clear[0], sizeof clear[0], compare_header) !=
           NULL;
}
