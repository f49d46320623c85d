/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_tlv.h"

#include <string.h>

#include "ys_crypto.h"

struct reader {
    struct ys_arena *arena;
    enum ys_tlv_form form;
    const uint8_t *start; /* of the whole input, for offsets in messages */
    size_t nodes;
    size_t depth;
    struct ys_err *reterr;
};

static enum ys_status complain(struct reader *reader, const uint8_t *at, const char *what)
{
    return ys_err_set(reader->reterr, YS_ERR_SYNTAX, "TLV at byte %zu: %s",
                      (size_t)(at - reader->start), what);
}

/* ISO/IEC 7816-4, 5.2.2.1: one to three bytes of tag. */
static enum ys_status read_tag(struct reader *reader, const uint8_t **at, const uint8_t *end,
                               struct ys_tlv *object)
{
    const uint8_t *start = *at;
    object->tag = *(*at)++;
    if (reader->form == YS_TLV_SIMPLE) {
        return YS_OK;
    }
    object->constructed = (object->tag & 0x20u) != 0;
    if ((object->tag & 0x1Fu) != 0x1Fu) {
        return YS_OK;
    }
    uint8_t byte = 0x80;
    for (int i = 0; (byte & 0x80u) && i < 2; i++) {
        if (*at == end) {
            return complain(reader, start, "the tag ends too early");
        }
        byte = *(*at)++;
        object->tag = object->tag << 8 | byte;
    }
    return byte & 0x80u ? complain(reader, start, "a tag of over three bytes") : YS_OK;
}

/* ISO/IEC 7816-4, 5.2.2.2: short form, or 81 … 84 and the bytes of the length. */
static enum ys_status read_length(struct reader *reader, const uint8_t **at, const uint8_t *end,
                                  struct ys_tlv *object)
{
    const uint8_t *start = *at;
    if (*at == end) {
        return complain(reader, start, "there is no length");
    }
    size_t length = *(*at)++;
    if (reader->form == YS_TLV_BER && length > 0x7F) {
        size_t count = length & 0x7Fu;
        length = 0;
        if (count == 0 || count > 4 || (size_t)(end - *at) < count) {
            return complain(reader, start, "the length is malformed");
        }
        while (count--) {
            length = length << 8 | *(*at)++;
        }
    }
    if (length > (size_t)(end - *at)) {
        return complain(reader, start, "the value ends too early");
    }
    object->length = length;
    return YS_OK;
}

static enum ys_status read_objects(struct reader *reader, const uint8_t *at, const uint8_t *end,
                                   const struct ys_tlv **ret_objects, size_t *ret_count)
{
    size_t capacity = 8;
    size_t count = 0;
    struct ys_tlv *objects = ys_arena_calloc(reader->arena, capacity, sizeof *objects);
    if (++reader->depth > YS_TLV_DEPTH_MAX) {
        return complain(reader, at, "nested deeper than YS_TLV_DEPTH_MAX");
    }
    while (at < end) {
        if (reader->form == YS_TLV_BER && (*at == 0x00 || *at == 0xFF)) {
            at++; /* ISO/IEC 7816-4, 5.2.2: padding before, between or after data objects */
            continue;
        }
        if (++reader->nodes > YS_TLV_NODES_MAX) {
            return complain(reader, at, "more than YS_TLV_NODES_MAX data objects");
        }
        struct ys_tlv object = {0};
        enum ys_status status = read_tag(reader, &at, end, &object);
        if (status == YS_OK) {
            status = read_length(reader, &at, end, &object);
        }
        object.bytes = at;
        if (status == YS_OK && object.constructed) {
            status = read_objects(reader, at, at + object.length, &object.children,
                                  &object.child_count);
        }
        if (status != YS_OK) {
            return status;
        }
        at += object.length;
        if (count == capacity) {
            struct ys_tlv *grown =
                ys_arena_calloc(reader->arena, 2 * capacity, sizeof *objects);
            memcpy(grown, objects, count * sizeof *objects);
            objects = grown;
            capacity *= 2;
        }
        objects[count++] = object;
    }
    reader->depth--;
    *ret_objects = objects;
    *ret_count = count;
    return YS_OK;
}

enum ys_status ys_tlv_parse(struct ys_arena *arena, enum ys_tlv_form form, const uint8_t *bytes,
                            size_t length, const struct ys_tlv **ret_objects, size_t *ret_count,
                            struct ys_err *reterr)
{
    struct reader reader = {.arena = arena, .form = form, .start = bytes, .reterr = reterr};
    return read_objects(&reader, bytes, bytes + length, ret_objects, ret_count);
}

/* One hexadecimal tag of a path; *at moves behind it and its '/'. False when malformed. */
static bool next_tag(const char **at, uint32_t *ret_tag)
{
    uint32_t tag = 0;
    int digits = 0;
    for (; **at && **at != '/'; (*at)++, digits++) {
        char c = **at;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                                                : 16;
        if (digit == 16 || digits == 6) {
            return false;
        }
        tag = tag << 4 | digit;
    }
    bool more = **at == '/';
    *at += more;
    *ret_tag = tag;
    return digits >= 2 && digits % 2 == 0 && (!more || **at);
}

enum ys_status ys_tlv_path_check(const char *path, struct ys_err *reterr)
{
    const char *at = path;
    uint32_t tag = 0;
    do {
        if (!next_tag(&at, &tag)) {
            return ys_err_set(reterr, YS_ERR_SYNTAX,
                              "'%s' is no TLV path; write hexadecimal tags such as 6F/A5/88", path);
        }
    } while (*at);
    return YS_OK;
}

const struct ys_tlv *ys_tlv_find(const struct ys_tlv *objects, size_t count, const char *path)
{
    const struct ys_tlv *found = NULL;
    uint32_t tag = 0;
    do {
        if (!next_tag(&path, &tag)) {
            return NULL;
        }
        found = NULL;
        for (size_t i = 0; i < count && !found; i++) {
            found = objects[i].tag == tag ? &objects[i] : NULL;
        }
        if (found) {
            objects = found->children;
            count = found->child_count;
        }
    } while (found && *path);
    return found;
}

struct ys_value *ys_tlv_to_value(struct ys_arena *arena, const struct ys_tlv *objects, size_t count)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct ys_value *map = ys_value_map(arena);
        const char *name = ys_tlv_tag_name(objects[i].tag, "en");
        ys_value_set(arena, map, "tag", ys_value_printf(arena, "%02X", objects[i].tag));
        ys_value_set_text(arena, map, "name", name);
        if (objects[i].constructed) {
            ys_value_set(arena, map, "children",
                         ys_tlv_to_value(arena, objects[i].children, objects[i].child_count));
        } else {
            char *hex = ys_arena_alloc(arena, 2 * objects[i].length + 1);
            ys_hex_encode(objects[i].bytes, objects[i].length, hex);
            ys_value_set_text(arena, map, "value", hex);
        }
        ys_value_append(arena, list, map);
    }
    return list;
}

static const struct {
    uint32_t tag;
    const char *zh;
    const char *en;
} NAMES[] = {
#define YS_TLV_TAG(tag, form, zh, en) {tag, zh, en},
#include "ys_tlv_tags.def"
#undef YS_TLV_TAG
};

const char *ys_tlv_tag_name(uint32_t tag, const char *lang)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (NAMES[i].tag == tag) {
            return strcmp(lang, "zh") == 0 ? NAMES[i].zh : NAMES[i].en;
        }
    }
    return NULL;
}
