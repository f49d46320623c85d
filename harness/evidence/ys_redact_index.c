/* SPDX-License-Identifier: Apache-2.0 */
/* Two open-addressed tables: three-byte beginnings with their lengths, and whole patterns. */
#include "ys_redact_index.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ys_mem.h"
#include "ys_redact.h"

#define FILTER_BITS (1u << 18)
#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)
#define SLOTS_FIRST 64u

struct pattern {
    uint64_t hash;
    char *bytes;
    size_t length;
    const char *mark;
    bool is_value;
};

/* The patterns that share their first three bytes. */
struct beginning {
    uint32_t key; /* three bytes, plus one so that 0 is an empty slot */
    uint32_t count;
    uint32_t capacity;
    uint32_t *lengths; /* ascending, each once */
};

struct ys_redact_index {
    uint8_t filter[FILTER_BITS / 8u];
    struct pattern *patterns;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* position in patterns plus one */
    size_t slot_count;
    struct beginning *beginnings;
    size_t beginning_count;
    size_t beginning_slots;
};

static uint32_t key_of(const char *text)
{
    return ((uint32_t)(uint8_t)text[0] << 16 | (uint32_t)(uint8_t)text[1] << 8 |
            (uint32_t)(uint8_t)text[2]) +
           1u;
}

static uint32_t mix(uint32_t key)
{
    return (key * UINT32_C(2654435761)) >> 8;
}

static bool may_begin(const struct ys_redact_index *index, uint32_t key)
{
    uint32_t bit = mix(key) & (FILTER_BITS - 1u);
    return ((unsigned)index->filter[bit >> 3] & 1u << (bit & 7u)) != 0;
}

static void note_beginning(struct ys_redact_index *index, uint32_t key)
{
    uint32_t bit = mix(key) & (FILTER_BITS - 1u);
    index->filter[bit >> 3] = (uint8_t)(index->filter[bit >> 3] | 1u << (bit & 7u));
}

static uint64_t hash_step(uint64_t hash, char byte)
{
    return (hash ^ (uint8_t)byte) * FNV_PRIME;
}

static uint64_t hash_of(const char *bytes, size_t length)
{
    uint64_t hash = FNV_OFFSET;
    for (size_t i = 0; i < length; i++) {
        hash = hash_step(hash, bytes[i]);
    }
    return hash;
}

/* The multiplication leaves the low bits of FNV weak; the high half repairs them. */
static size_t slot_of(uint64_t hash, size_t slot_count)
{
    return (size_t)(hash ^ (hash >> 32)) & (slot_count - 1u);
}

struct ys_redact_index *ys_redact_index_new(void)
{
    struct ys_redact_index *index = ys_calloc(1, sizeof *index);
    index->slot_count = SLOTS_FIRST;
    index->slots = ys_calloc(index->slot_count, sizeof *index->slots);
    index->beginning_slots = SLOTS_FIRST;
    index->beginnings = ys_calloc(index->beginning_slots, sizeof *index->beginnings);
    note_beginning(index, key_of(YS_MARK_BEGIN)); /* so that a seek stops there too */
    return index;
}

void ys_redact_index_free(struct ys_redact_index *index)
{
    if (!index) {
        return;
    }
    for (size_t i = 0; i < index->count; i++) {
        ys_wipe(index->patterns[i].bytes, index->patterns[i].length);
        ys_free(index->patterns[i].bytes);
    }
    for (size_t i = 0; i < index->beginning_slots; i++) {
        ys_free(index->beginnings[i].lengths);
    }
    ys_free(index->patterns);
    ys_free(index->slots);
    ys_free(index->beginnings);
    ys_free(index);
}

bool ys_redact_index_is_empty(const struct ys_redact_index *index)
{
    return index->count == 0;
}

static struct pattern *find_pattern(const struct ys_redact_index *index, uint64_t hash,
                                    const char *bytes, size_t length)
{
    size_t slot = slot_of(hash, index->slot_count);
    while (index->slots[slot] != 0) {
        struct pattern *pattern = &index->patterns[index->slots[slot] - 1u];
        if (pattern->hash == hash && pattern->length == length &&
            memcmp(pattern->bytes, bytes, length) == 0) {
            return pattern;
        }
        slot = (slot + 1u) & (index->slot_count - 1u);
    }
    return NULL;
}

static void put_slot(struct ys_redact_index *index, size_t position)
{
    size_t slot = slot_of(index->patterns[position].hash, index->slot_count);
    while (index->slots[slot] != 0) {
        slot = (slot + 1u) & (index->slot_count - 1u);
    }
    index->slots[slot] = (uint32_t)position + 1u;
}

static void grow_patterns(struct ys_redact_index *index)
{
    if (index->count == index->capacity) {
        index->capacity = index->capacity ? index->capacity * 2u : SLOTS_FIRST;
        index->patterns = ys_realloc(index->patterns, index->capacity * sizeof *index->patterns);
    }
    if ((index->count + 1u) * 2u > index->slot_count) {
        ys_free(index->slots);
        index->slot_count *= 2u;
        index->slots = ys_calloc(index->slot_count, sizeof *index->slots);
        for (size_t i = 0; i < index->count; i++) {
            put_slot(index, i);
        }
    }
}

/* The slot of a beginning: its own, or the empty one where it belongs. */
static struct beginning *find_beginning(struct beginning *table, size_t slots, uint32_t key)
{
    size_t slot = mix(key) & (slots - 1u);
    while (table[slot].key != 0 && table[slot].key != key) {
        slot = (slot + 1u) & (slots - 1u);
    }
    return &table[slot];
}

static void grow_beginnings(struct ys_redact_index *index)
{
    if ((index->beginning_count + 1u) * 2u <= index->beginning_slots) {
        return;
    }
    size_t slots = index->beginning_slots * 2u;
    struct beginning *table = ys_calloc(slots, sizeof *table);
    for (size_t i = 0; i < index->beginning_slots; i++) {
        if (index->beginnings[i].key != 0) {
            *find_beginning(table, slots, index->beginnings[i].key) = index->beginnings[i];
        }
    }
    ys_free(index->beginnings);
    index->beginnings = table;
    index->beginning_slots = slots;
}

static void add_length(struct ys_redact_index *index, const char *bytes, uint32_t length)
{
    grow_beginnings(index);
    uint32_t key = key_of(bytes);
    struct beginning *beginning =
        find_beginning(index->beginnings, index->beginning_slots, key);
    if (beginning->key == 0) {
        beginning->key = key;
        index->beginning_count++;
    }
    uint32_t at = 0;
    while (at < beginning->count && beginning->lengths[at] < length) {
        at++;
    }
    if (at < beginning->count && beginning->lengths[at] == length) {
        return;
    }
    if (beginning->count == beginning->capacity) {
        beginning->capacity = beginning->capacity ? beginning->capacity * 2u : 4u;
        beginning->lengths =
            ys_realloc(beginning->lengths, beginning->capacity * sizeof *beginning->lengths);
    }
    memmove(&beginning->lengths[at + 1u], &beginning->lengths[at],
            (beginning->count - at) * sizeof *beginning->lengths);
    beginning->lengths[at] = length;
    beginning->count++;
}

void ys_redact_index_add(struct ys_redact_index *index, const char *bytes, size_t length,
                         const char *mark, bool is_value)
{
    assert(mark);
    if (length < YS_REDACT_PATTERN_BYTES_MIN || length > UINT32_MAX) {
        return;
    }
    uint64_t hash = hash_of(bytes, length);
    struct pattern *known = find_pattern(index, hash, bytes, length);
    if (known) {
        known->is_value = known->is_value || is_value;
        return;
    }
    grow_patterns(index);
    char *copy = ys_alloc(length);
    memcpy(copy, bytes, length);
    index->patterns[index->count] = (struct pattern){
        .hash = hash, .bytes = copy, .length = length, .mark = mark, .is_value = is_value};
    put_slot(index, index->count);
    index->count++;
    add_length(index, bytes, (uint32_t)length);
    note_beginning(index, key_of(bytes));
}

size_t ys_redact_index_seek(const struct ys_redact_index *index, const char *text, size_t length,
                            size_t at)
{
    const size_t ahead = YS_REDACT_PATTERN_BYTES_MIN - 1u;
    if (at + ahead >= length) {
        return length;
    }
    uint32_t three = (uint32_t)(uint8_t)text[at] << 8 | (uint8_t)text[at + 1u];
    for (; at + ahead < length; at++) {
        three = (three << 8 | (uint8_t)text[at + ahead]) & 0xFFFFFFu;
        if (may_begin(index, three + 1u)) {
            return at;
        }
    }
    return length;
}

size_t ys_redact_index_match(const struct ys_redact_index *index, const char *text, size_t length,
                             const char **ret_mark)
{
    if (length < YS_REDACT_PATTERN_BYTES_MIN) {
        return 0;
    }
    uint32_t key = key_of(text);
    if (!may_begin(index, key)) {
        return 0;
    }
    const struct beginning *beginning =
        find_beginning(index->beginnings, index->beginning_slots, key);
    uint64_t hash = FNV_OFFSET;
    size_t hashed = 0;
    size_t longest = 0;
    for (uint32_t i = 0; i < beginning->count && beginning->lengths[i] <= length; i++) {
        for (; hashed < beginning->lengths[i]; hashed++) {
            hash = hash_step(hash, text[hashed]);
        }
        const struct pattern *pattern = find_pattern(index, hash, text, hashed);
        if (pattern) {
            longest = hashed;
            *ret_mark = pattern->mark;
        }
    }
    return longest;
}

const char *ys_redact_index_get(const struct ys_redact_index *index, const char *bytes,
                                size_t length, bool *ret_is_value)
{
    const struct pattern *pattern = find_pattern(index, hash_of(bytes, length), bytes, length);
    if (!pattern) {
        return NULL;
    }
    *ret_is_value = pattern->is_value;
    return pattern->mark;
}
