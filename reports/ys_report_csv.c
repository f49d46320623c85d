/* SPDX-License-Identifier: Apache-2.0 */
/* The table of clauses for spreadsheets: RFC 4180, and a byte order mark to say UTF-8. */
#include <assert.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_report.h"
#include "ys_report_file.h"
#include "ys_report_words.h"

#define FLUSH_BYTES 65536u

/* What is being written; faults of the file stick to it, those of the buffer to `status`. */
struct table {
    struct ys_report_file *file;
    struct ys_buf csv;
    enum ys_status status;
    bool is_inside; /* of a row: a comma comes first */
};

static void append(struct table *table, const char *text)
{
    if (table->status == YS_OK) {
        table->status = ys_buf_append_text(&table->csv, text);
    }
    if (table->csv.length > FLUSH_BYTES) {
        ys_report_file_write(table->file, table->csv.bytes, table->csv.length);
        ys_buf_reset(&table->csv);
    }
}

/* Within the quotes of a cell. */
static void append_quoted(struct table *table, const char *text)
{
    const char *quote = strchr(text, '"');
    while (quote && table->status == YS_OK) {
        table->status = ys_buf_append(&table->csv, text, (size_t)(quote - text));
        append(table, "\"\"");
        text = quote + 1;
        quote = strchr(text, '"');
    }
    append(table, text);
}

/* A leading formula sign would make a spreadsheet compute what a bank has sent. */
static void start_cell(struct table *table, const char *text)
{
    append(table, table->is_inside ? ",\"" : "\"");
    table->is_inside = true;
    if (text[0] != '\0' && strchr("=+-@\t\r", text[0])) {
        append(table, "'");
    }
    append_quoted(table, text);
}

static void write_cell(struct table *table, const char *text)
{
    start_cell(table, text);
    append(table, "\"");
}

static void end_row(struct table *table)
{
    append(table, "\r\n");
    table->is_inside = false;
}

/* A clause may name every case of a run. */
static void write_list_cell(struct table *table, const struct ys_value *list)
{
    bool is_first = true;
    for (size_t i = 0; i < ys_value_count(list); i++) {
        const char *item = ys_value_text(ys_value_at(list, i));
        if (item && is_first) {
            start_cell(table, item);
            is_first = false;
        } else if (item) {
            append(table, " ");
            append_quoted(table, item);
        }
    }
    if (is_first) {
        start_cell(table, "");
    }
    append(table, "\"");
}

static const char *text_or_empty(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

static void write_clause(struct table *table, const struct ys_value *clause, enum ys_lang lang)
{
    bool mandatory = ys_value_get_bool(clause, "mandatory", true);
    write_cell(table, text_or_empty(clause, "id"));
    write_cell(table, text_or_empty(clause, "article"));
    write_cell(table, ys_word_of(lang, ys_value_get(clause, "title")));
    write_cell(table, ys_word(lang, mandatory ? YS_WORD_YES : YS_WORD_NO));
    write_list_cell(table, ys_value_get(clause, "modes"));
    write_cell(table, ys_word_verdict(lang, ys_value_get_text(clause, "verdict")));
    write_cell(table, ys_word_cause(lang, ys_value_get_text(clause, "cause")));
    write_list_cell(table, ys_value_get(clause, "cases"));
    write_cell(table, text_or_empty(clause, "reason"));
    end_row(table);
}

enum ys_status ys_report_csv(struct ys_json_stream *result, enum ys_lang lang, const char *path,
                             struct ys_err *reterr)
{
    static const enum ys_word heads[] = {YS_WORD_CLAUSE,    YS_WORD_ARTICLE, YS_WORD_REQUIREMENT,
                                         YS_WORD_MANDATORY, YS_WORD_MODE,    YS_WORD_VERDICT,
                                         YS_WORD_CAUSE,     YS_WORD_CASES,   YS_WORD_REASON};
    assert(result);
    assert(path);
    struct table table = {.status = YS_OK};
    enum ys_status status = ys_report_file_open(path, &table.file, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_buf_init(&table.csv, YS_FILE_BYTES_MAX);
    append(&table, "\xEF\xBB\xBF");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        write_cell(&table, ys_word(lang, heads[i]));
    }
    end_row(&table);
    const struct ys_value *clauses = ys_value_get(ys_json_stream_rest(result), "clauses");
    for (size_t i = 0; i < ys_value_count(clauses); i++) {
        write_clause(&table, ys_value_at(clauses, i), lang);
    }
    status = table.status;
    if (status == YS_OK) {
        ys_report_file_write(table.file, table.csv.bytes, table.csv.length);
        status = ys_report_file_close(table.file, reterr);
    } else {
        ys_report_file_abandon(table.file);
        ys_err_set(reterr, status, "%s: a cell passes YS_FILE_BYTES_MAX", path);
    }
    ys_buf_clear(&table.csv);
    return status;
}
