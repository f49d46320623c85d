/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds where the members of the outermost map, and the items of its lists, begin and end; what is
 * between is read by ys_json_parse(). Brackets and strings are all that this must know of JSON: a
 * text that it cuts wrongly is none.
 */
#include "ys_json_stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ys_buf.h"
#include "ys_json.h"

enum { WINDOW_BYTES = 65536 };

struct span {
    uint64_t offset;
    size_t length;
};

struct ys_json_stream {
    int fd; /* -1: the list is in memory, and all is of the caller's arena */
    const char *path;
    const char *name;
    size_t max;
    const struct ys_value *rest;
    const struct ys_value *items; /* in memory */
    struct span *spans;
    size_t count, capacity;
    struct ys_arena kept;  /* of the rest */
    struct ys_arena arena; /* of the item read last */
    const struct ys_value *last; /* this item; NULL for none yet */
    size_t last_index;
    struct ys_buf text;    /* the same as text */
    enum ys_status status;
    struct ys_err err;
};

/* Where the file is being looked at. */
struct scanner {
    struct ys_json_stream *stream;
    struct ys_err *reterr;
    char *window;
    size_t at, end;  /* within the window */
    uint64_t offset; /* of the window in the file */
    uint32_t line, column;
    enum ys_status status;
};

static enum ys_status fail_read(const char *path, int error, struct ys_err *reterr)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) {
        snprintf(reason, sizeof reason, "error %d", error);
    }
    return ys_err_set(reterr, error == ENOENT ? YS_ERR_NOT_FOUND : YS_ERR_IO,
                      "cannot read %s: %s%s", path, reason,
                      error == ENOENT ? "; is the path spelt right?" : "");
}

/* The next byte, which stays; -1 at the end and after a fault. */
static int peek(struct scanner *s)
{
    if (s->at < s->end) {
        return (unsigned char)s->window[s->at];
    }
    if (s->status != YS_OK) {
        return -1;
    }
    s->offset += s->end;
    s->at = 0;
    s->end = 0;
    ssize_t got = -1;
    do {
        got = pread(s->stream->fd, s->window, WINDOW_BYTES, (off_t)s->offset);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        s->status = fail_read(s->stream->path, errno, s->reterr);
        return -1;
    }
    s->end = (size_t)got;
    if (s->offset + s->end > s->stream->max) {
        s->status = ys_err_set(s->reterr, YS_ERR_LIMIT, "%s is longer than the limit of %zu bytes",
                               s->stream->path, s->stream->max);
        return -1;
    }
    return got > 0 ? (unsigned char)s->window[0] : -1;
}

static int take(struct scanner *s)
{
    int byte = peek(s);
    if (byte >= 0) {
        s->at++;
        s->line += byte == '\n';
        s->column = byte == '\n' ? 0 : s->column + 1u;
    }
    return byte;
}

static bool is_blank(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static int peek_word(struct scanner *s)
{
    while (is_blank(peek(s))) {
        take(s);
    }
    return peek(s);
}

static void refuse(struct scanner *s, const char *wanted)
{
    if (s->status == YS_OK) {
        s->status = ys_err_at(s->reterr, YS_ERR_SYNTAX, s->stream->path, s->line, s->column + 1u,
                              "expected %s", wanted);
    }
}

static bool expect(struct scanner *s, char wanted, const char *told)
{
    if (peek_word(s) != wanted) {
        refuse(s, told);
        return false;
    }
    take(s);
    return true;
}

/* Whether a value that is no text, list or map ends in front of this byte. */
static bool ends_word(int byte)
{
    return byte < 0 || is_blank(byte) || byte == ',' || byte == ':' || byte == ']' || byte == '}';
}

/* Copies one value into the text of the stream. */
static void take_value(struct scanner *s)
{
    struct ys_buf *text = &s->stream->text;
    unsigned depth = 0;
    bool in_string = false;
    bool is_escaped = false;
    ys_buf_reset(text);
    if (ends_word(peek(s))) {
        refuse(s, "a value");
    }
    bool is_word = !strchr("\"[{", peek(s));
    while (s->status == YS_OK && !(is_word && ends_word(peek(s)))) {
        int byte = take(s);
        if (byte < 0) {
            refuse(s, "the end of a value");
            return;
        }
        s->status = ys_buf_append_char(text, (char)byte);
        if (in_string) {
            in_string = is_escaped || byte != '"';
            is_escaped = !is_escaped && byte == '\\';
        } else {
            in_string = byte == '"' && !is_word;
            depth += byte == '[' || byte == '{';
            depth -= (byte == ']' || byte == '}') && depth > 0;
        }
        if (!is_word && !in_string && depth == 0) {
            return;
        }
    }
}

/* The value that comes next, and where it lies; NULL after a fault. */
static const struct ys_value *read_value(struct scanner *s, struct ys_arena *arena,
                                         struct span *ret_span)
{
    const struct ys_value *value = NULL;
    struct ys_err err;
    peek_word(s);
    uint32_t line = s->line;
    uint32_t column = s->column;
    uint64_t offset = s->offset + s->at;
    take_value(s);
    if (s->status != YS_OK) {
        return NULL;
    }
    const struct ys_buf *text = &s->stream->text;
    enum ys_status status = ys_json_parse(arena, text->bytes, text->length, &value, &err);
    if (status != YS_OK) {
        s->status =
            ys_err_at(s->reterr, status, s->stream->path, line + (err.line ? err.line - 1u : 0),
                      err.line == 1 ? column + err.column : err.column, "%s", err.text);
        return NULL;
    }
    *ret_span = (struct span){.offset = offset, .length = text->length};
    return value;
}

static void keep_span(struct ys_json_stream *stream, struct span span)
{
    if (stream->count == stream->capacity) {
        stream->capacity = stream->capacity ? stream->capacity * 2u : 256u;
        stream->spans = ys_realloc(stream->spans, stream->capacity * sizeof *stream->spans);
    }
    stream->spans[stream->count++] = span;
}

/* A list of the outermost map, item by item; the one that stays in the file is empty here. */
static const struct ys_value *read_list(struct scanner *s, bool stays)
{
    struct ys_json_stream *stream = s->stream;
    struct ys_value *list = ys_value_list(&stream->kept);
    expect(s, '[', "[");
    bool is_first = true;
    while (s->status == YS_OK && (peek_word(s) != ']' || !is_first)) {
        struct span span = {0};
        const struct ys_value *item = read_value(s, stays ? &stream->arena : &stream->kept, &span);
        if (item && stays) {
            keep_span(stream, span);
            ys_arena_reset(&stream->arena);
        } else if (item) {
            ys_value_append(&stream->kept, list, item);
        }
        is_first = false;
        if (s->status == YS_OK && peek_word(s) == ']') {
            break;
        }
        expect(s, ',', ", or ]");
    }
    expect(s, ']', "]");
    return list;
}

static void read_member(struct scanner *s, struct ys_value *root)
{
    struct ys_json_stream *stream = s->stream;
    struct span span = {0};
    if (peek_word(s) != '"') {
        refuse(s, "a name");
        return;
    }
    const struct ys_value *text = read_value(s, &stream->kept, &span);
    const char *name = ys_value_text(text);
    if (!name || !expect(s, ':', ":")) {
        return;
    }
    if (ys_value_get(root, name) || strlen(name) != text->as.string.length) {
        refuse(s, "another name");
        return;
    }
    const struct ys_value *value = peek_word(s) == '['
                                       ? read_list(s, strcmp(name, stream->name) == 0)
                                       : read_value(s, &stream->kept, &span);
    if (value) {
        ys_value_add(&stream->kept, root, name, value, 0, 0);
    }
}

static enum ys_status read_root(struct scanner *s)
{
    struct ys_value *root = ys_value_map(&s->stream->kept);
    bool is_first = true;
    expect(s, '{', "{");
    while (s->status == YS_OK && (peek_word(s) != '}' || !is_first)) {
        read_member(s, root);
        is_first = false;
        if (s->status == YS_OK && peek_word(s) == '}') {
            break;
        }
        expect(s, ',', ", or }");
    }
    expect(s, '}', "}");
    if (s->status == YS_OK && peek_word(s) >= 0) {
        refuse(s, "the end of the file");
    }
    s->stream->rest = root;
    return s->status;
}

enum ys_status ys_json_stream_open(const char *path, const char *list, size_t max,
                                   struct ys_json_stream **ret_stream, struct ys_err *reterr)
{
    assert(path);
    assert(list);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail_read(path, errno, reterr);
    }
    struct ys_json_stream *stream = ys_calloc(1, sizeof *stream);
    stream->fd = fd;
    stream->max = max;
    ys_arena_init(&stream->kept);
    ys_arena_init(&stream->arena);
    ys_buf_init(&stream->text, SIZE_MAX);
    stream->path = ys_arena_strdup(&stream->kept, path);
    stream->name = ys_arena_strdup(&stream->kept, list);
    struct scanner scanner = {.stream = stream, .reterr = reterr, .line = 1};
    scanner.window = ys_alloc(WINDOW_BYTES);
    enum ys_status status = read_root(&scanner);
    ys_free(scanner.window);
    if (status != YS_OK) {
        ys_json_stream_close(stream);
        return status;
    }
    *ret_stream = stream;
    return YS_OK;
}

struct ys_json_stream *ys_json_stream_of(struct ys_arena *arena, const struct ys_value *value,
                                         const char *list)
{
    assert(value);
    assert(list);
    struct ys_json_stream *stream = ys_arena_alloc(arena, sizeof *stream);
    stream->fd = -1;
    stream->name = list;
    const struct ys_value *items = ys_value_get(value, list);
    stream->rest = value;
    stream->items = items && items->kind == YS_KIND_LIST ? items : NULL;
    stream->count = ys_value_count(stream->items);
    return stream;
}

void ys_json_stream_close(struct ys_json_stream *stream)
{
    if (!stream || stream->fd < 0) {
        return;
    }
    close(stream->fd);
    ys_buf_clear(&stream->text);
    ys_arena_clear(&stream->arena);
    ys_arena_clear(&stream->kept);
    ys_free(stream->spans);
    ys_free(stream);
}

const struct ys_value *ys_json_stream_rest(const struct ys_json_stream *stream)
{
    return stream->rest;
}

const char *ys_json_stream_list(const struct ys_json_stream *stream)
{
    return stream->name;
}

size_t ys_json_stream_count(const struct ys_json_stream *stream)
{
    return stream->count;
}

/* The bytes of an item, as they were found when the file was opened. */
static enum ys_status read_span(struct ys_json_stream *stream, struct span span)
{
    char window[4096];
    ys_buf_reset(&stream->text);
    while (stream->text.length < span.length) {
        size_t wanted = span.length - stream->text.length;
        ssize_t got = pread(stream->fd, window, wanted < sizeof window ? wanted : sizeof window,
                            (off_t)(span.offset + stream->text.length));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail_read(stream->path, got < 0 ? errno : EIO, &stream->err);
        }
        enum ys_status status = ys_buf_append(&stream->text, window, (size_t)got);
        if (status != YS_OK) {
            return ys_err_set(&stream->err, status, "%s: an item is too long", stream->path);
        }
    }
    return YS_OK;
}

const struct ys_value *ys_json_stream_at(struct ys_json_stream *stream, size_t index)
{
    const struct ys_value *value = NULL;
    struct ys_err err;
    if (index >= stream->count || stream->status != YS_OK) {
        return NULL;
    }
    if (stream->fd < 0) {
        return ys_value_at(stream->items, index);
    }
    if (stream->last && stream->last_index == index) {
        return stream->last;
    }
    ys_arena_reset(&stream->arena);
    stream->status = read_span(stream, stream->spans[index]);
    if (stream->status == YS_OK && ys_json_parse(&stream->arena, stream->text.bytes,
                                                 stream->text.length, &value, &err) != YS_OK) {
        stream->status = ys_err_set(&stream->err, YS_ERR_IO, "%s has changed while it was read: %s",
                                    stream->path, err.text);
    }
    stream->last = value;
    stream->last_index = index;
    return value;
}

enum ys_status ys_json_stream_status(const struct ys_json_stream *stream, struct ys_err *reterr)
{
    return stream->status == YS_OK ? YS_OK
                                   : ys_err_set(reterr, stream->status, "%s", stream->err.text);
}

static const struct ys_value *copy_items(struct ys_arena *arena, struct ys_json_stream *stream)
{
    struct ys_value *items = ys_value_list(arena);
    for (size_t i = 0; i < ys_json_stream_count(stream); i++) {
        const struct ys_value *item = ys_json_stream_at(stream, i);
        if (item) {
            ys_value_append(arena, items, ys_value_copy(arena, item));
        }
    }
    return items;
}

enum ys_status ys_json_stream_load(struct ys_arena *arena, const char *path, const char *list,
                                   size_t max, const struct ys_value **ret_value,
                                   struct ys_err *reterr)
{
    struct ys_json_stream *stream = NULL;
    enum ys_status status = ys_json_stream_open(path, list, max, &stream, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *whole = ys_value_map(arena);
    const struct ys_value *rest = ys_json_stream_rest(stream);
    for (size_t i = 0; i < ys_value_count(rest); i++) {
        const struct ys_member *member = &rest->as.map.members[i];
        bool is_list = stream->count > 0 && strcmp(member->name, list) == 0;
        ys_value_set(arena, whole, member->name,
                     is_list ? copy_items(arena, stream) : ys_value_copy(arena, member->value));
    }
    status = ys_json_stream_status(stream, reterr);
    ys_json_stream_close(stream);
    if (status == YS_OK) {
        *ret_value = whole;
    }
    return status;
}
