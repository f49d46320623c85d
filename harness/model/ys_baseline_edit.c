/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits of a baseline's text. An entry's lines go from its dash to its last line that is indented
 * deeper; comments and blank lines behind that are not its own. What comes out is read again and
 * compared with what was meant, so that a notation not thought of here is refused, never spoilt.
 */
#include <string.h>

#include "ys_baseline.h"
#include "ys_json.h"

struct text {
    const char *bytes;
    size_t length;
};

static size_t next_line(struct text text, size_t at)
{
    while (at < text.length && text.bytes[at] != '\n') {
        at++;
    }
    return at < text.length ? at + 1 : at;
}

static size_t line_start(struct text text, size_t at)
{
    while (at > 0 && text.bytes[at - 1] != '\n') {
        at--;
    }
    return at;
}

/* The offset of a place; columns count characters. */
static size_t offset_of(struct text text, uint32_t line, uint32_t column)
{
    size_t at = 0;
    for (uint32_t i = 1; i < line; i++) {
        at = next_line(text, at);
    }
    if (at == 0 && text.length >= 3 && memcmp(text.bytes, "\xEF\xBB\xBF", 3) == 0) {
        at = 3; /* a byte order mark is no column */
    }
    for (uint32_t i = 1; i < column && at < text.length; i++) {
        at++;
        while (at < text.length && ((unsigned char)text.bytes[at] & 0xC0u) == 0x80u) {
            at++;
        }
    }
    return at;
}

static size_t indent_of(struct text text, size_t line)
{
    size_t at = line;
    while (at < text.length && text.bytes[at] == ' ') {
        at++;
    }
    return at - line;
}

static bool is_empty_line(struct text text, size_t line)
{
    size_t at = line + indent_of(text, line);
    return at >= text.length || text.bytes[at] == '\n' || text.bytes[at] == '\r';
}

struct span {
    size_t start;
    size_t end;
    size_t indent; /* of the dash */
};

static enum ys_status span_of(const struct ys_baseline *baseline, const struct ys_known *known,
                              struct span *ret_span, struct ys_err *reterr)
{
    struct text text = {baseline->document->text, baseline->document->length};
    size_t at = offset_of(text, known->at->line, known->at->column);
    while (at > 0 && strchr(" \t\r\n", text.bytes[at - 1])) {
        at--;
    }
    size_t start = at ? line_start(text, at - 1) : 0;
    if (!at || text.bytes[at - 1] != '-' || start + indent_of(text, start) != at - 1) {
        return ys_err_at(reterr, YS_ERR_INVALID, baseline->document->name, known->at->line,
                         known->at->column,
                         "this entry is not in block style ('- case: ...' on lines of its own); "
                         "edit the file by hand");
    }
    size_t indent = at - 1 - start;
    size_t end = next_line(text, at);
    for (size_t line = end; line < text.length; line = next_line(text, line)) {
        if (!is_empty_line(text, line) && indent_of(text, line) <= indent) {
            if (text.bytes[line + indent_of(text, line)] == '#') {
                continue; /* the entry may go on behind it */
            }
            break;
        }
        if (!is_empty_line(text, line)) {
            end = next_line(text, line);
        }
    }
    *ret_span = (struct span){start, end, indent};
    return YS_OK;
}

/* ---- pieces of text ---- */

struct writer {
    struct ys_buf *buf;
    enum ys_status status;
};

static void put(struct writer *writer, const char *bytes, size_t length)
{
    if (writer->status == YS_OK) {
        writer->status = ys_buf_append(writer->buf, bytes, length);
    }
}

static void put_entry(struct writer *writer, const struct ys_known *known, size_t indent,
                      const char *newline)
{
    const struct {
        const char *key;
        const char *value;
        bool quoted;
    } lines[] = {{"case", known->case_id, true},
                 {"clause", known->clause, false},
                 {"reason", known->reason, true},
                 {"owner", known->owner, true},
                 {"opened", known->opened, false},
                 {"expires", known->expires, false},
                 {"fingerprint", known->fingerprint, false}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0] && writer->status == YS_OK; i++) {
        writer->status =
            ys_buf_printf(writer->buf, "%*s%s%s: ", (int)indent, "", i ? "  " : "- ", lines[i].key);
        bool plain =
            !lines[i].quoted || strspn(lines[i].value, "abcdefghijklmnopqrstuvwxyz.-0123456789") ==
                                    strlen(lines[i].value);
        if (writer->status == YS_OK && !plain) {
            writer->status =
                ys_json_write_string(lines[i].value, strlen(lines[i].value), writer->buf);
        } else {
            put(writer, lines[i].value, strlen(lines[i].value));
        }
        put(writer, newline, strlen(newline));
    }
}

/* The text with the number under `ratchet` replaced; positions behind it are no longer those of
 * the document, so that this is done last. */
static enum ys_status with_ratchet(struct ys_arena *arena, const struct ys_document *document,
                                   int64_t ratchet, struct ys_buf *buf, struct ys_err *reterr)
{
    const struct ys_value *value = ys_value_get(document->root, "ratchet");
    struct text text = {document->text, document->length};
    size_t at = offset_of(text, value->line, value->column);
    size_t end = at;
    while (end < text.length && text.bytes[end] >= '0' && text.bytes[end] <= '9') {
        end++;
    }
    if (end == at) {
        return ys_err_at(reterr, YS_ERR_INVALID, document->name, value->line, value->column,
                         "the ratchet is not a plain number here; edit the file by hand");
    }
    struct writer writer = {buf, YS_OK};
    const char *number = ys_arena_printf(arena, "%lld", (long long)ratchet);
    put(&writer, text.bytes, at);
    put(&writer, number, strlen(number));
    put(&writer, text.bytes + end, text.length - end);
    return writer.status;
}

/* ---- reading again ---- */

static bool same_entry(const struct ys_known *a, const struct ys_known *b)
{
    return strcmp(a->case_id, b->case_id) == 0 && strcmp(a->clause, b->clause) == 0 &&
           strcmp(a->reason, b->reason) == 0 && strcmp(a->owner, b->owner) == 0 &&
           strcmp(a->opened, b->opened) == 0 && strcmp(a->expires, b->expires) == 0 &&
           strcmp(a->fingerprint, b->fingerprint) == 0;
}

struct wanted {
    const struct ys_known **entries;
    size_t count;
    int64_t ratchet;
};

/* Sets the ratchet in `text`, reads the whole again and compares it with what was meant. */
static enum ys_status finish(struct ys_arena *arena, const struct ys_baseline *baseline,
                             const struct ys_buf *text, const struct wanted *wanted,
                             struct ys_buf *buf, struct ys_err *reterr)
{
    const char *name = baseline->document->name;
    struct ys_diags diags;
    const struct ys_document *document = NULL;
    const struct ys_baseline *again = NULL;
    ys_diags_init(&diags, arena);
    enum ys_status status =
        ys_yaml_parse(arena, name, text->bytes, text->length, &document, reterr);
    if (status == YS_OK) {
        status = with_ratchet(arena, document, wanted->ratchet, buf, reterr);
    }
    if (status == YS_OK) {
        status = ys_yaml_parse(arena, name, buf->bytes, buf->length, &document, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    status = ys_baseline_read(arena, document, &diags, &again);
    bool same =
        status == YS_OK && again->known_count == wanted->count && again->ratchet == wanted->ratchet;
    for (size_t i = 0; same && i < wanted->count; i++) {
        same = same_entry(&again->known[i], wanted->entries[i]);
    }
    return same ? YS_OK
                : ys_err_set(reterr, YS_ERR_INVALID,
                             "%s is written in a way that cannot be edited safely; nothing was "
                             "changed, edit it by hand",
                             name);
}

static const char *newline_of(struct text text)
{
    size_t end = next_line(text, 0);
    return end >= 2 && text.bytes[end - 2] == '\r' ? "\r\n" : "\n";
}

/* An empty list "[]" gives way to the first entry; what stands behind it stays. */
static enum ys_status put_first(struct writer *writer, const struct ys_baseline *baseline,
                                const struct ys_known *entries, size_t count, struct ys_err *reterr)
{
    struct text text = {baseline->document->text, baseline->document->length};
    const struct ys_value *list = ys_value_get(baseline->document->root, "known");
    size_t at = offset_of(text, list->line, list->column);
    size_t end = at + 1;
    while (end < text.length && text.bytes[end] == ' ') {
        end++;
    }
    if (at >= text.length || text.bytes[at] != '[' || end >= text.length ||
        text.bytes[end] != ']') {
        return ys_err_at(reterr, YS_ERR_INVALID, baseline->document->name, list->line, list->column,
                         "the empty list is not '[]' here; edit the file by hand");
    }
    end++;
    const char *newline = newline_of(text);
    size_t line_end = end;
    while (line_end < text.length && text.bytes[line_end] != '\n' && text.bytes[line_end] != '\r') {
        line_end++;
    }
    while (at > 0 && text.bytes[at - 1] == ' ') {
        at--;
    }
    put(writer, text.bytes, at);
    put(writer, text.bytes + end, line_end - end);
    put(writer, newline, strlen(newline));
    for (size_t i = 0; i < count; i++) {
        put_entry(writer, &entries[i], 2, newline);
    }
    size_t rest = next_line(text, line_end);
    put(writer, text.bytes + rest, text.length - rest);
    return writer->status;
}

enum ys_status ys_baseline_add(struct ys_arena *arena, const struct ys_baseline *baseline,
                               const struct ys_known *entries, size_t count, int64_t ratchet,
                               struct ys_buf *buf, struct ys_err *reterr)
{
    struct text text = {baseline->document->text, baseline->document->length};
    struct ys_buf edited;
    enum ys_status status = YS_OK;
    ys_buf_init(&edited, YS_FILE_BYTES_MAX);
    struct writer writer = {&edited, YS_OK};
    struct wanted wanted = {.ratchet = ratchet ? ratchet : baseline->ratchet};
    wanted.entries =
        ys_arena_calloc(arena, baseline->known_count + count + 1, sizeof *wanted.entries);
    for (size_t i = 0; i < baseline->known_count; i++) {
        wanted.entries[wanted.count++] = &baseline->known[i];
    }
    for (size_t i = 0; i < count; i++) {
        wanted.entries[wanted.count++] = &entries[i];
    }
    if (baseline->known_count == 0) {
        status = put_first(&writer, baseline, entries, count, reterr);
    } else {
        struct span last;
        status = span_of(baseline, &baseline->known[baseline->known_count - 1], &last, reterr);
        if (status == YS_OK) {
            const char *newline = newline_of(text);
            put(&writer, text.bytes, last.end);
            if (text.bytes[last.end - 1] != '\n') {
                put(&writer, newline, strlen(newline));
            }
            for (size_t i = 0; i < count; i++) {
                put_entry(&writer, &entries[i], last.indent, newline);
            }
            put(&writer, text.bytes + last.end, text.length - last.end);
            status = writer.status;
        }
    }
    if (status == YS_OK) {
        status = finish(arena, baseline, &edited, &wanted, buf, reterr);
    }
    ys_buf_clear(&edited);
    return status;
}

/* Where the list becomes empty, "[]" stands behind "known:". */
static void put_empty_list(struct writer *writer, const struct ys_baseline *baseline)
{
    struct text text = {baseline->document->text, baseline->document->length};
    const struct ys_value *root = baseline->document->root;
    for (size_t i = 0; i < root->as.map.count; i++) {
        const struct ys_member *member = &root->as.map.members[i];
        if (strcmp(member->name, "known") == 0) {
            size_t at = offset_of(text, member->line, member->column);
            const char *colon = memchr(text.bytes + at, ':', text.length - at);
            size_t end = colon ? (size_t)(colon - text.bytes) + 1 : at;
            put(writer, text.bytes, end);
            put(writer, " []", 3);
        }
    }
}

enum ys_status ys_baseline_remove(struct ys_arena *arena, const struct ys_baseline *baseline,
                                  const bool *marked, struct ys_buf *buf, struct ys_err *reterr)
{
    struct text text = {baseline->document->text, baseline->document->length};
    struct ys_buf edited;
    enum ys_status status = YS_OK;
    ys_buf_init(&edited, YS_FILE_BYTES_MAX);
    struct writer writer = {&edited, YS_OK};
    struct wanted wanted = {.ratchet = baseline->ratchet};
    wanted.entries = ys_arena_calloc(arena, baseline->known_count + 1, sizeof *wanted.entries);
    for (size_t i = 0; i < baseline->known_count; i++) {
        if (!marked[i]) {
            wanted.entries[wanted.count++] = &baseline->known[i];
        }
    }
    if (wanted.ratchet > (int64_t)wanted.count) {
        wanted.ratchet = (int64_t)wanted.count;
    }
    size_t at = 0;
    if (wanted.count == 0 && baseline->known_count) {
        put_empty_list(&writer, baseline);
        at = edited.length >= 3 ? edited.length - 3 : 0;
    }
    for (size_t i = 0; i < baseline->known_count && status == YS_OK; i++) {
        struct span span;
        status = marked[i] ? span_of(baseline, &baseline->known[i], &span, reterr) : YS_OK;
        if (status == YS_OK && marked[i]) {
            put(&writer, text.bytes + at, span.start - at);
            at = span.end;
        }
    }
    put(&writer, text.bytes + at, text.length - at);
    status = status == YS_OK ? writer.status : status;
    if (status == YS_OK) {
        status = finish(arena, baseline, &edited, &wanted, buf, reterr);
    }
    ys_buf_clear(&edited);
    return status;
}

enum ys_status ys_baseline_new(const char *candidate, struct ys_buf *buf)
{
    enum ys_status status = ys_buf_append_text(
        buf, "# Failures that are known and may stand for a while; see 'yanshou baseline --help'.\n"
             "baseline: ");
    if (status == YS_OK) {
        status = ys_json_write_string(candidate, strlen(candidate), buf);
    }
    return status == YS_OK ? ys_buf_append_text(buf, "\nratchet: 0\nknown: []\n") : status;
}
