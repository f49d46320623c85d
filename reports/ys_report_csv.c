/* SPDX-License-Identifier: Apache-2.0 */
/* The table of clauses for spreadsheets: RFC 4180, and a byte order mark to say UTF-8. */
#include <assert.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_report.h"
#include "ys_report_file.h"
#include "ys_report_words.h"

enum { COLUMNS = 9 };

/* A leading formula sign would make a spreadsheet compute what a bank has sent. */
static enum ys_status write_cell(struct ys_buf *csv, const char *text)
{
    enum ys_status status = ys_buf_append_char(csv, '"');
    if (status == YS_OK && text[0] != '\0' && strchr("=+-@\t\r", text[0])) {
        status = ys_buf_append_char(csv, '\'');
    }
    for (; *text != '\0' && status == YS_OK; text++) {
        status = *text == '"' ? ys_buf_append_text(csv, "\"\"") : ys_buf_append_char(csv, *text);
    }
    return status == YS_OK ? ys_buf_append_char(csv, '"') : status;
}

static enum ys_status write_row(struct ys_buf *csv, const char *const cells[COLUMNS])
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < COLUMNS && status == YS_OK; i++) {
        status = i > 0 ? ys_buf_append_char(csv, ',') : YS_OK;
        status = status == YS_OK ? write_cell(csv, cells[i]) : status;
    }
    return status == YS_OK ? ys_buf_append_text(csv, "\r\n") : status;
}

static const char *text_or_empty(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

static enum ys_status write_clause(struct ys_buf *csv, struct ys_arena *arena,
                                   const struct ys_value *clause, enum ys_lang lang)
{
    bool mandatory = ys_value_get_bool(clause, "mandatory", true);
    const char *const cells[COLUMNS] = {
        text_or_empty(clause, "id"),
        text_or_empty(clause, "article"),
        ys_word_of(lang, ys_value_get(clause, "title")),
        ys_word(lang, mandatory ? YS_WORD_YES : YS_WORD_NO),
        ys_word_list(arena, ys_value_get(clause, "modes"), " "),
        ys_word_verdict(lang, ys_value_get_text(clause, "verdict")),
        ys_word_cause(lang, ys_value_get_text(clause, "cause")),
        ys_word_list(arena, ys_value_get(clause, "cases"), " "),
        text_or_empty(clause, "reason")};
    return write_row(csv, cells);
}

enum ys_status ys_report_csv(const struct ys_value *result, enum ys_lang lang, const char *path,
                             struct ys_err *reterr)
{
    assert(result);
    assert(path);
    struct ys_report_file *file = NULL;
    enum ys_status status = ys_report_file_open(path, &file, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_buf csv;
    struct ys_arena arena;
    ys_buf_init(&csv, YS_FILE_BYTES_MAX);
    ys_arena_init(&arena);
    const char *const head[COLUMNS] = {
        ys_word(lang, YS_WORD_CLAUSE),    ys_word(lang, YS_WORD_ARTICLE),
        ys_word(lang, YS_WORD_REQUIREMENT), ys_word(lang, YS_WORD_MANDATORY),
        ys_word(lang, YS_WORD_MODE),      ys_word(lang, YS_WORD_VERDICT),
        ys_word(lang, YS_WORD_CAUSE),     ys_word(lang, YS_WORD_CASES),
        ys_word(lang, YS_WORD_REASON)};
    status = ys_buf_append_text(&csv, "\xEF\xBB\xBF");
    status = status == YS_OK ? write_row(&csv, head) : status;
    const struct ys_value *clauses = ys_value_get(result, "clauses");
    for (size_t i = 0; i < ys_value_count(clauses) && status == YS_OK; i++) {
        status = write_clause(&csv, &arena, ys_value_at(clauses, i), lang);
        ys_report_file_write(file, csv.bytes, csv.length);
        ys_buf_reset(&csv);
        ys_arena_reset(&arena);
    }
    if (status == YS_OK) {
        ys_report_file_write(file, csv.bytes, csv.length);
        status = ys_report_file_close(file, reterr);
    } else {
        ys_report_file_abandon(file);
        ys_err_set(reterr, status, "%s: a row passes YS_FILE_BYTES_MAX", path);
    }
    ys_arena_clear(&arena);
    ys_buf_clear(&csv);
    return status;
}
