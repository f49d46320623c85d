/* SPDX-License-Identifier: Apache-2.0 */
/* CSV after RFC 4180, stricter than most readers: what is ambiguous is an error with its place. */
#include "ys_csv.h"

#include <string.h>

#include "ys_buf.h"
#include "ys_charset.h"
#include "ys_file.h"

struct reader {
    struct ys_arena *arena;
    const char *name;
    struct ys_err *reterr;
    const char *at;
    const char *end;
    uint32_t line;
    uint32_t column;
    struct ys_buf field; /* content of the cell being read */
};

static enum ys_status fail(struct reader *reader, enum ys_status status, uint32_t line,
                           uint32_t column, const char *text)
{
    return ys_err_at(reader->reterr, status, reader->name, line, column, "%s", text);
}

/* Moves over one byte; columns count characters, so not the later bytes of one. */
static char take(struct reader *reader)
{
    char byte = *reader->at++;
    if (byte == '\n') {
        reader->line++;
        reader->column = 1;
    } else if (((unsigned char)byte & 0xC0u) != 0x80u) {
        reader->column++;
    }
    return byte;
}

/* Behind the last cell of a row: the end of the text, LF or CRLF. */
static bool at_row_end(const struct reader *reader)
{
    return reader->at == reader->end || *reader->at == '\n' ||
           (*reader->at == '\r' && reader->end - reader->at > 1 && reader->at[1] == '\n');
}

static void take_row_end(struct reader *reader)
{
    while (reader->at < reader->end && take(reader) != '\n') {
    }
}

static enum ys_status keep(struct reader *reader, char byte)
{
    enum ys_status status = ys_buf_append_char(&reader->field, byte);
    return status == YS_OK ? YS_OK
                           : fail(reader, status, reader->line, reader->column,
                                  "the cell is too long (YS_FILE_BYTES_MAX)");
}

static enum ys_status read_quoted(struct reader *reader)
{
    uint32_t line = reader->line;
    uint32_t column = reader->column;
    take(reader);
    for (;;) {
        if (reader->at == reader->end) {
            return fail(reader, YS_ERR_SYNTAX, line, column, "the quote is never closed");
        }
        char byte = take(reader);
        if (byte == '"') {
            if (reader->at == reader->end || *reader->at != '"') {
                break;
            }
            take(reader); /* "" is one quote */
        }
        enum ys_status status = keep(reader, byte);
        if (status != YS_OK) {
            return status;
        }
    }
    if (!at_row_end(reader) && *reader->at != ',') {
        return fail(reader, YS_ERR_SYNTAX, reader->line, reader->column,
                    "only ',' or the end of the line may follow a closing quote");
    }
    return YS_OK;
}

static enum ys_status read_plain(struct reader *reader)
{
    while (!at_row_end(reader) && *reader->at != ',') {
        if (*reader->at == '"') {
            return fail(reader, YS_ERR_SYNTAX, reader->line, reader->column,
                        "a cell with a quote must be in quotes");
        }
        if (*reader->at == '\r') {
            return fail(reader, YS_ERR_SYNTAX, reader->line, reader->column,
                        "a carriage return without a line feed");
        }
        enum ys_status status = keep(reader, take(reader));
        if (status != YS_OK) {
            return status;
        }
    }
    return YS_OK;
}

static enum ys_status read_cell(struct reader *reader, const struct ys_value **ret_cell)
{
    uint32_t line = reader->line;
    uint32_t column = reader->column;

    ys_buf_reset(&reader->field);
    bool quoted = reader->at < reader->end && *reader->at == '"';
    enum ys_status status = quoted ? read_quoted(reader) : read_plain(reader);
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *cell =
        ys_value_string_n(reader->arena, reader->field.bytes, reader->field.length);
    cell->line = line;
    cell->column = column;
    *ret_cell = cell;
    return YS_OK;
}

/* One row with its line end, as a list of strings. */
static enum ys_status read_row(struct reader *reader, struct ys_value **ret_row)
{
    struct ys_value *row = ys_value_list(reader->arena);
    row->line = reader->line;
    row->column = reader->column;
    for (;;) {
        const struct ys_value *cell = NULL;
        enum ys_status status = read_cell(reader, &cell);
        if (status != YS_OK) {
            return status;
        }
        if (row->as.list.count == YS_CSV_COLUMNS_MAX) {
            return fail(reader, YS_ERR_LIMIT, cell->line, cell->column,
                        "too many columns (YS_CSV_COLUMNS_MAX)");
        }
        ys_value_append(reader->arena, row, cell);
        if (at_row_end(reader)) {
            take_row_end(reader);
            *ret_row = row;
            return YS_OK;
        }
        take(reader); /* ',' */
    }
}

static enum ys_status check_header(struct reader *reader, const struct ys_value *header)
{
    for (size_t i = 0; i < header->as.list.count; i++) {
        const struct ys_value *cell = header->as.list.items[i];
        if (cell->as.string.length == 0) {
            return fail(reader, YS_ERR_SYNTAX, cell->line, cell->column,
                        "a column without a name in the header row");
        }
        for (size_t j = 0; j < i; j++) {
            if (ys_value_equal(cell, header->as.list.items[j])) {
                return ys_err_at(reader->reterr, YS_ERR_SYNTAX, reader->name, cell->line,
                                 cell->column, "the column '%s' is already number %zu",
                                 cell->as.string.bytes, j + 1);
            }
        }
    }
    return YS_OK;
}

/* A row as a map whose names are shared with the header. */
static enum ys_status make_map(struct reader *reader, const struct ys_value *header,
                               const struct ys_value *row, const struct ys_value **ret_map)
{
    size_t count = header->as.list.count;
    if (row->as.list.count != count) {
        return ys_err_at(reader->reterr, YS_ERR_SYNTAX, reader->name, row->line, row->column,
                         "the row has %zu cells, the header %zu", row->as.list.count, count);
    }
    struct ys_value *map = ys_value_map(reader->arena);
    map->line = row->line;
    map->column = row->column;
    map->as.map.members = ys_arena_calloc(reader->arena, count, sizeof *map->as.map.members);
    map->as.map.count = count;
    map->as.map.capacity = count;
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *name = header->as.list.items[i];
        map->as.map.members[i] = (struct ys_member){.name = name->as.string.bytes,
                                                    .value = row->as.list.items[i],
                                                    .line = name->line,
                                                    .column = name->column};
    }
    *ret_map = map;
    return YS_OK;
}

/* Everything is text, so that bytes which are none must be met before they are part of a row. */
static enum ys_status check_text(struct reader *reader)
{
    struct reader ahead = *reader;
    while (ahead.at < ahead.end) {
        size_t size = ys_utf8_size(ahead.at, (size_t)(ahead.end - ahead.at));
        if (size == 0) {
            return fail(reader, YS_ERR_ENCODING, ahead.line, ahead.column,
                        "not UTF-8; save the file as \"CSV UTF-8\"");
        }
        if (*ahead.at == '\0') {
            return fail(reader, YS_ERR_ENCODING, ahead.line, ahead.column, "a NUL character");
        }
        for (size_t i = 0; i < size; i++) {
            take(&ahead);
        }
    }
    return YS_OK;
}

static enum ys_status read_rows(struct reader *reader, const struct ys_value **ret_rows)
{
    struct ys_value *header = NULL;
    struct ys_value *rows = ys_value_list(reader->arena);

    if (reader->at == reader->end) {
        return fail(reader, YS_ERR_SYNTAX, 1, 1, "the file is empty; it needs a header row");
    }
    enum ys_status status = check_text(reader);
    if (status == YS_OK) {
        status = read_row(reader, &header);
    }
    if (status == YS_OK) {
        status = check_header(reader, header);
    }
    while (status == YS_OK && reader->at < reader->end) {
        struct ys_value *row = NULL;
        const struct ys_value *map = NULL;
        if (rows->as.list.count == YS_CSV_ROWS_MAX) {
            return fail(reader, YS_ERR_LIMIT, reader->line, reader->column,
                        "too many rows (YS_CSV_ROWS_MAX)");
        }
        status = read_row(reader, &row);
        if (status == YS_OK) {
            status = make_map(reader, header, row, &map);
        }
        if (status == YS_OK) {
            ys_value_append(reader->arena, rows, map);
        }
    }
    if (status == YS_OK) {
        *ret_rows = rows;
    }
    return status;
}

enum ys_status ys_csv_parse(struct ys_arena *arena, const char *name, const char *text,
                            size_t length, const struct ys_value **ret_rows, struct ys_err *reterr)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    size_t skipped = length >= 3 && memcmp(text, byte_order_mark, 3) == 0 ? 3 : 0;
    struct reader reader = {
        .arena = arena,
        .name = name,
        .reterr = reterr,
        .at = text + skipped,
        .end = text + length,
        .line = 1,
        .column = 1,
    };
    ys_buf_init(&reader.field, YS_FILE_BYTES_MAX);
    enum ys_status status = read_rows(&reader, ret_rows);
    ys_buf_clear(&reader.field);
    return status;
}

enum ys_status ys_csv_load(struct ys_arena *arena, const char *path,
                           const struct ys_value **ret_rows, struct ys_err *reterr)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &buf, reterr);
    if (status == YS_OK) {
        status = ys_csv_parse(arena, path, buf.bytes, buf.length, ret_rows, reterr);
    }
    ys_buf_clear(&buf);
    return status;
}
