/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML: libyaml's events, read by recursive descent into values. An alias shares the value of its
 * anchor (values never change), but counts all its nodes: whoever walks the tree meets them all.
 */
#include "ys_yaml.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "ys_buf.h"
#include "ys_crypto.h"
#include "ys_file.h"

enum { WORKERS_MAX = 8 };

struct anchor {
    const char *name;
    const struct ys_value *value;
    size_t nodes;    /* of its value, aliases expanded */
    unsigned height; /* levels of its value, likewise */
};

struct reader {
    struct ys_arena *arena;
    const struct ys_document *document;
    struct ys_err *reterr;
    yaml_parser_t parser;
    unsigned depth;
    unsigned deepest; /* depth reached within the node being read, aliases expanded */
    size_t nodes;     /* so far, aliases expanded */
    struct anchor *anchors;
    size_t anchor_count;
};

static enum ys_status read_node(struct reader *reader, yaml_event_t *event,
                                const struct ys_value **ret_value);

/* A place in the terms of the file; libyaml counts from 0. */
static uint32_t from_one(size_t position)
{
    return position < UINT32_MAX ? (uint32_t)position + 1 : UINT32_MAX;
}

static enum ys_status fail(struct reader *reader, enum ys_status status, const yaml_mark_t *mark,
                           const char *text)
{
    return ys_err_at(reader->reterr, status, reader->document->name, from_one(mark->line),
                     from_one(mark->column), "%s", text);
}

/* Bad bytes come with an offset only. */
static enum ys_status fail_bytes(struct reader *reader)
{
    const char *text = reader->document->text;
    size_t offset = reader->parser.problem_offset;
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < reader->document->length; i++) {
        mark.column += ((unsigned char)text[i] & 0xC0u) != 0x80u;
        if (text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return fail(reader, YS_ERR_ENCODING, &mark, reader->parser.problem);
}

static enum ys_status fail_libyaml(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "not readable as YAML";
    if (parser->error == YAML_READER_ERROR && parser->problem) {
        return fail_bytes(reader);
    }
    uint32_t line = from_one(parser->problem_mark.line);
    uint32_t column = from_one(parser->problem_mark.column);
    if (!parser->context || parser->context_mark.line == parser->problem_mark.line) {
        return ys_err_at(reader->reterr, YS_ERR_SYNTAX, reader->document->name, line, column,
                         "%s%s%s", problem, parser->context ? ", " : "",
                         parser->context ? parser->context : "");
    }
    return ys_err_at(reader->reterr, YS_ERR_SYNTAX, reader->document->name, line, column,
                     "%s, %s from line %u", problem, parser->context,
                     from_one(parser->context_mark.line));
}

/* The caller deletes the event. */
static enum ys_status next_event(struct reader *reader, yaml_event_t *event)
{
    return yaml_parser_parse(&reader->parser, event) ? YS_OK : fail_libyaml(reader);
}

static enum ys_status count_nodes(struct reader *reader, size_t nodes, const yaml_mark_t *mark)
{
    reader->nodes += nodes;
    if (reader->nodes > YS_YAML_NODES_MAX) {
        return fail(reader, YS_ERR_LIMIT, mark,
                    "too many nodes, aliases expanded (YS_YAML_NODES_MAX)");
    }
    return YS_OK;
}

/* A value of `height` levels starts here. */
static enum ys_status count_levels(struct reader *reader, unsigned height, const yaml_mark_t *mark)
{
    if (reader->depth + height > YS_YAML_DEPTH_MAX) {
        return fail(reader, YS_ERR_LIMIT, mark, "nested too deeply (YS_YAML_DEPTH_MAX)");
    }
    if (reader->depth + height > reader->deepest) {
        reader->deepest = reader->depth + height;
    }
    return YS_OK;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?: what a person means as a number. Exponents, signs '+' and leading
 * zeros are left to texts: codes and telephone numbers look like that. */
static bool looks_like_number(const char *text)
{
    const char *at = text + (*text == '-');
    size_t whole = strspn(at, "0123456789");
    if (whole == 0 || (whole > 1 && *at == '0')) {
        return false;
    }
    at += whole;
    if (*at == '.') {
        size_t places = strspn(at + 1, "0123456789");
        at += places > 0 ? places + 1 : 0;
    }
    return *at == '\0';
}

static enum ys_status read_plain(struct reader *reader, const yaml_event_t *event,
                                 struct ys_value **ret_value)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    struct ys_decimal number;

    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        *ret_value = ys_value_bool(reader->arena, text[0] == 't');
        (*ret_value)->text = text[0] == 't' ? "true" : "false";
    } else if (length == 0 || strcmp(text, "null") == 0 || strcmp(text, "~") == 0) {
        *ret_value = ys_value_null(reader->arena);
    } else if (looks_like_number(text)) {
        if (ys_decimal_parse(text, length, &number, NULL) != YS_OK) {
            return fail(reader, YS_ERR_RANGE, &event->start_mark,
                        "the number has too many digits; put it in quotes if it is a text");
        }
        *ret_value = ys_value_number(reader->arena, number);
        (*ret_value)->text = ys_arena_strndup(reader->arena, text, length);
    } else {
        *ret_value = ys_value_string_n(reader->arena, text, length);
    }
    return YS_OK;
}

static enum ys_status read_scalar(struct reader *reader, const yaml_event_t *event,
                                  struct ys_value **ret_value)
{
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        return read_plain(reader, event, ret_value);
    }
    *ret_value = ys_value_string_n(reader->arena, (const char *)event->data.scalar.value,
                                   event->data.scalar.length);
    return YS_OK;
}

static enum ys_status read_list(struct reader *reader, struct ys_value **ret_value)
{
    struct ys_value *list = ys_value_list(reader->arena);
    for (;;) {
        yaml_event_t event;
        const struct ys_value *item = NULL;
        enum ys_status status = next_event(reader, &event);
        if (status != YS_OK) {
            return status;
        }
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            *ret_value = list;
            return YS_OK;
        }
        status = read_node(reader, &event, &item);
        yaml_event_delete(&event);
        if (status != YS_OK) {
            return status;
        }
        ys_value_append(reader->arena, list, item);
    }
}

/* The name of a member: a scalar that is a text, plain or in quotes. */
static enum ys_status check_name(struct reader *reader, const yaml_event_t *event)
{
    const yaml_mark_t *mark = &event->start_mark;
    if (event->type != YAML_SCALAR_EVENT) {
        return fail(reader, YS_ERR_SYNTAX, mark, "a key must be a text");
    }
    const char *name = (const char *)event->data.scalar.value;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (event->data.scalar.tag || event->data.scalar.anchor) {
        return fail(reader, YS_ERR_SYNTAX, mark, "a key has no tag and no anchor");
    }
    if (plain && strcmp(name, "<<") == 0) {
        return fail(reader, YS_ERR_SYNTAX, mark, "merge keys (<<) are not part of this notation");
    }
    if (strlen(name) != event->data.scalar.length) {
        return fail(reader, YS_ERR_SYNTAX, mark, "a key may not hold the character NUL");
    }
    if (plain &&
        (name[0] == '\0' || strcmp(name, "~") == 0 || strcmp(name, "null") == 0 ||
         strcmp(name, "true") == 0 || strcmp(name, "false") == 0 || looks_like_number(name))) {
        return ys_err_at(reader->reterr, YS_ERR_SYNTAX, reader->document->name,
                         from_one(mark->line), from_one(mark->column),
                         "a key must be a text; write \"%s\" in quotes", name);
    }
    return YS_OK;
}

static enum ys_status read_member(struct reader *reader, const yaml_event_t *name_event,
                                  struct ys_value *map)
{
    yaml_event_t event;
    const struct ys_value *value = NULL;
    const yaml_mark_t *mark = &name_event->start_mark;

    enum ys_status status = check_name(reader, name_event);
    if (status == YS_OK) {
        status = count_nodes(reader, 1, mark);
    }
    if (status != YS_OK) {
        return status;
    }
    status = next_event(reader, &event);
    if (status != YS_OK) {
        return status;
    }
    status = read_node(reader, &event, &value);
    yaml_event_delete(&event);
    if (status == YS_OK) {
        ys_value_add(reader->arena, map, (const char *)name_event->data.scalar.value, value,
                     from_one(mark->line), from_one(mark->column));
    }
    return status;
}

static int compare_members(const void *a, const void *b)
{
    const struct ys_member *const *x = a;
    const struct ys_member *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);
    /* Members of one array: the later one is the duplicate. */
    return order ? order : (*x > *y) - (*x < *y);
}

/* By sorting, because documents may have maps of very many members. */
static enum ys_status check_unique(struct reader *reader, const struct ys_value *map)
{
    size_t count = map->as.map.count;
    const struct ys_member *duplicate = NULL;
    const struct ys_member *first = NULL;
    const struct ys_member **sorted = ys_calloc(count, sizeof *sorted);

    for (size_t i = 0; i < count; i++) {
        sorted[i] = &map->as.map.members[i];
    }
    qsort(sorted, count, sizeof *sorted, compare_members);
    for (size_t i = 1; i < count; i++) {
        bool same = strcmp(sorted[i - 1]->name, sorted[i]->name) == 0;
        if (same && (!duplicate || sorted[i] < duplicate)) {
            duplicate = sorted[i];
            first = sorted[i - 1];
        }
    }
    ys_free(sorted);
    if (!duplicate) {
        return YS_OK;
    }
    return ys_err_at(reader->reterr, YS_ERR_SYNTAX, reader->document->name, duplicate->line,
                     duplicate->column, "the key '%s' is already in line %u", duplicate->name,
                     first->line);
}

static enum ys_status read_map(struct reader *reader, struct ys_value **ret_value)
{
    struct ys_value *map = ys_value_map(reader->arena);
    for (;;) {
        yaml_event_t event;
        enum ys_status status = next_event(reader, &event);
        if (status != YS_OK) {
            return status;
        }
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            *ret_value = map;
            return check_unique(reader, map);
        }
        status = read_member(reader, &event, map);
        yaml_event_delete(&event);
        if (status != YS_OK) {
            return status;
        }
    }
}

static enum ys_status read_alias(struct reader *reader, const yaml_event_t *event,
                                 const struct ys_value **ret_value)
{
    const char *name = (const char *)event->data.alias.anchor;
    /* The newest first: an anchor may be defined again. */
    for (size_t i = reader->anchor_count; i > 0; i--) {
        const struct anchor *anchor = &reader->anchors[i - 1];
        if (strcmp(anchor->name, name) == 0) {
            *ret_value = anchor->value;
            enum ys_status status = count_nodes(reader, anchor->nodes, &event->start_mark);
            return status == YS_OK ? count_levels(reader, anchor->height, &event->start_mark)
                                   : status;
        }
    }
    return ys_err_at(reader->reterr, YS_ERR_UNDEFINED, reader->document->name,
                     from_one(event->start_mark.line), from_one(event->start_mark.column),
                     "there is no finished anchor &%s above", name);
}

static enum ys_status keep_anchor(struct reader *reader, const char *name,
                                  const struct ys_value *value, size_t nodes, unsigned height,
                                  const yaml_mark_t *mark)
{
    if (reader->anchor_count == YS_YAML_ANCHORS_MAX) {
        return fail(reader, YS_ERR_LIMIT, mark, "too many anchors (YS_YAML_ANCHORS_MAX)");
    }
    if (!reader->anchors) {
        reader->anchors =
            ys_arena_calloc(reader->arena, YS_YAML_ANCHORS_MAX, sizeof *reader->anchors);
    }
    reader->anchors[reader->anchor_count++] = (struct anchor){
        .name = ys_arena_strdup(reader->arena, name),
        .value = value,
        .nodes = nodes,
        .height = height,
    };
    return YS_OK;
}

/* A list or map, one level deeper. */
static enum ys_status read_nested(struct reader *reader, const yaml_event_t *event,
                                  struct ys_value **ret_value)
{
    enum ys_status status = count_levels(reader, 1, &event->start_mark);
    if (status != YS_OK) {
        return status;
    }
    reader->depth++;
    status = event->type == YAML_SEQUENCE_START_EVENT ? read_list(reader, ret_value)
                                                      : read_map(reader, ret_value);
    reader->depth--;
    return status;
}

/* The value that starts with `event`; reads on up to its end. */
static enum ys_status read_node(struct reader *reader, yaml_event_t *event,
                                const struct ys_value **ret_value)
{
    const yaml_mark_t *mark = &event->start_mark;
    const yaml_char_t *name = NULL;
    const yaml_char_t *tag = NULL;
    struct ys_value *value = NULL;
    size_t nodes_before = reader->nodes;
    unsigned deepest_before = reader->deepest;

    if (event->type == YAML_ALIAS_EVENT) {
        return read_alias(reader, event, ret_value);
    }
    reader->deepest = reader->depth;
    enum ys_status status = count_nodes(reader, 1, mark);
    if (event->type == YAML_SCALAR_EVENT) {
        name = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        name = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else {
        name = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (tag) {
        return fail(reader, YS_ERR_SYNTAX, mark, "tags are not part of this notation");
    }
    if (status == YS_OK) {
        status = event->type == YAML_SCALAR_EVENT ? read_scalar(reader, event, &value)
                                                  : read_nested(reader, event, &value);
    }
    if (status != YS_OK) {
        return status;
    }
    value->line = from_one(mark->line);
    value->column = from_one(mark->column);
    if (name) {
        status = keep_anchor(reader, (const char *)name, value, reader->nodes - nodes_before,
                             reader->deepest - reader->depth, mark);
    }
    if (deepest_before > reader->deepest) {
        reader->deepest = deepest_before;
    }
    if (status == YS_OK) {
        *ret_value = value;
    }
    return status;
}

/* Takes an event that carries nothing. */
static enum ys_status skip_event(struct reader *reader, yaml_event_type_t *ret_type,
                                 yaml_mark_t *ret_mark)
{
    yaml_event_t event;
    enum ys_status status = next_event(reader, &event);
    if (status == YS_OK) {
        *ret_type = event.type;
        *ret_mark = event.start_mark;
        yaml_event_delete(&event);
    }
    return status;
}

/* STREAM-START DOCUMENT-START node DOCUMENT-END STREAM-END */
static enum ys_status read_stream(struct reader *reader, const struct ys_value **ret_root)
{
    yaml_event_t event;
    yaml_event_type_t type = YAML_NO_EVENT;
    yaml_mark_t mark = {0};
    const struct ys_value *root = NULL;

    enum ys_status status = skip_event(reader, &type, &mark);
    if (status == YS_OK) {
        status = skip_event(reader, &type, &mark);
    }
    if (status == YS_OK && type == YAML_STREAM_END_EVENT) {
        status = fail(reader, YS_ERR_SYNTAX, &mark, "the document is empty");
    }
    if (status == YS_OK) {
        status = next_event(reader, &event);
    }
    if (status != YS_OK) {
        return status;
    }
    status = read_node(reader, &event, &root);
    yaml_event_delete(&event);
    if (status == YS_OK) {
        status = skip_event(reader, &type, &mark);
    }
    if (status == YS_OK) {
        status = skip_event(reader, &type, &mark);
    }
    if (status == YS_OK && type != YAML_STREAM_END_EVENT) {
        status = fail(reader, YS_ERR_SYNTAX, &mark, "a second document; one file is one document");
    }
    if (status == YS_OK) {
        *ret_root = root;
    }
    return status;
}

enum ys_status ys_yaml_parse(struct ys_arena *arena, const char *name, const char *text,
                             size_t length, const struct ys_document **ret_document,
                             struct ys_err *reterr)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    size_t skipped = length >= 3 && memcmp(text, byte_order_mark, 3) == 0 ? 3 : 0;
    struct ys_document *document = ys_arena_alloc(arena, sizeof *document);
    struct reader reader = {.arena = arena, .document = document, .reterr = reterr};

    document->name = ys_arena_strdup(arena, name);
    document->text = ys_arena_strndup(arena, text + skipped, length - skipped);
    document->length = length - skipped;
    ys_sm3_hex(text, length, document->digest);

    if (!yaml_parser_initialize(&reader.parser)) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "no memory for a YAML parser");
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)document->text,
                                 document->length);
    enum ys_status status = read_stream(&reader, &document->root);
    yaml_parser_delete(&reader.parser);
    if (status == YS_OK) {
        *ret_document = document;
    }
    return status;
}

enum ys_status ys_yaml_load(struct ys_arena *arena, const char *path,
                            const struct ys_document **ret_document, struct ys_err *reterr)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &buf, reterr);
    if (status == YS_OK) {
        status = ys_yaml_parse(arena, path, buf.bytes, buf.length, ret_document, reterr);
    }
    ys_buf_clear(&buf);
    return status;
}

struct crew {
    struct ys_yaml_file *files;
    size_t count;
    atomic_size_t next;
};

struct worker {
    struct crew *crew;
    struct ys_arena arena;
    pthread_t thread;
    bool is_running;
};

static void *load_next(void *context)
{
    struct worker *worker = context;
    struct crew *crew = worker->crew;
    for (size_t i = atomic_fetch_add(&crew->next, 1); i < crew->count;
         i = atomic_fetch_add(&crew->next, 1)) {
        struct ys_yaml_file *file = &crew->files[i];
        struct ys_err err;
        if (ys_yaml_load(&worker->arena, file->path, &file->document, &err) != YS_OK) {
            struct ys_err *kept = ys_arena_alloc(&worker->arena, sizeof *kept);
            *kept = err;
            file->err = kept;
        }
    }
    return NULL;
}

void ys_yaml_load_all(struct ys_arena *arena, struct ys_yaml_file *files, size_t count)
{
    struct worker workers[WORKERS_MAX];
    struct crew crew = {.files = files, .count = count};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t most = processors > 0 && processors < WORKERS_MAX ? (size_t)processors : WORKERS_MAX;
    size_t used = most < count ? most : count;
    /* The first is this thread; it does the work of those that cannot be started. */
    for (size_t i = 0; i < used; i++) {
        workers[i].crew = &crew;
        ys_arena_init(&workers[i].arena);
        workers[i].is_running =
            i > 0 && pthread_create(&workers[i].thread, NULL, load_next, &workers[i]) == 0;
    }
    for (size_t i = 0; i < used; i++) {
        if (i == 0) {
            load_next(&workers[i]);
        } else if (workers[i].is_running) {
            pthread_join(workers[i].thread, NULL);
        }
        ys_arena_adopt(arena, &workers[i].arena);
    }
}

const char *ys_document_line(struct ys_arena *arena, const struct ys_document *document,
                             uint32_t line)
{
    const char *at = document->text;
    const char *end = at + document->length;
    for (uint32_t current = 1; current < line && at < end; current++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    if (line == 0 || at == end) {
        return "";
    }
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    size_t length = (size_t)((newline ? newline : end) - at);
    if (length > 0 && at[length - 1] == '\r') {
        length--;
    }
    return ys_arena_strndup(arena, at, length);
}
