/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_diag.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void ys_diags_init(struct ys_diags *diags, struct ys_arena *arena)
{
    *diags = (struct ys_diags){.arena = arena};
}

static struct ys_diag overflow; /* what lies beyond the cap is counted, not kept */

static YS_PRINTF(5, 0) struct ys_diag *add(struct ys_diags *diags,
                                           const struct ys_document *document, uint32_t line,
                                           uint32_t column, const char *format, va_list list)
{
    diags->errors++;
    if (diags->count == YS_DIAGNOSTICS_MAX) {
        diags->omitted++;
        overflow = (struct ys_diag){.text = ""};
        return &overflow;
    }
    if (!diags->items) {
        diags->capacity = YS_DIAGNOSTICS_MAX;
        diags->items = ys_arena_calloc(diags->arena, diags->capacity, sizeof *diags->items);
    }
    char text[YS_ERR_TEXT_MAX];
    vsnprintf(text, sizeof text, format, list);
    struct ys_diag *diag = &diags->items[diags->count++];
    *diag = (struct ys_diag){.document = document,
                             .line = line,
                             .column = column,
                             .text = ys_arena_strdup(diags->arena, text)};
    return diag;
}

struct ys_diag *ys_diag_add(struct ys_diags *diags, const struct ys_document *document,
                            const struct ys_value *at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    struct ys_diag *diag =
        add(diags, document, at ? at->line : 0, at ? at->column : 0, format, list);
    va_end(list);
    return diag;
}

struct ys_diag *ys_diag_add_at(struct ys_diags *diags, const struct ys_document *document,
                               uint32_t line, uint32_t column, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    struct ys_diag *diag = add(diags, document, line, column, format, list);
    va_end(list);
    return diag;
}

void ys_diag_add_err(struct ys_diags *diags, const struct ys_document *document,
                     const struct ys_err *err)
{
    const char *text = err->text[0] ? err->text : ys_status_text(err->status);
    if (document || !err->source[0]) {
        ys_diag_add_at(diags, document, err->line, err->column, "%s", text);
    } else {
        /* A file that could not be read at all has no text to show. */
        struct ys_document *named = ys_arena_alloc(diags->arena, sizeof *named);
        named->name = ys_arena_strdup(diags->arena, err->source);
        named->text = "";
        ys_diag_add_at(diags, named, err->line, err->column, "%s", text);
    }
}

/* The line and a caret under its column; tabs stay tabs so that the caret stands right. */
static enum ys_status append_source(const struct ys_diag *diag, struct ys_buf *buf)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    const char *line = ys_document_line(&arena, diag->document, diag->line);
    enum ys_status status = YS_OK;
    if (line[0]) {
        status = ys_buf_printf(buf, "    %s\n    ", line);
        const char *p = line;
        for (uint32_t column = 1; status == YS_OK && column < diag->column && *p; column++) {
            /* Wide characters take two cells. */
            bool wide = (unsigned char)*p >= 0xE3u;
            status = ys_buf_append_text(buf, *p == '\t' ? "\t" : wide ? "  " : " ");
            do {
                p++;
            } while (((unsigned char)*p & 0xC0u) == 0x80u);
        }
        if (status == YS_OK) {
            status = ys_buf_append_text(buf, "^\n");
        }
    }
    ys_arena_clear(&arena);
    return status;
}

enum ys_status ys_diag_format(const struct ys_diag *diag, struct ys_buf *buf)
{
    enum ys_status status = YS_OK;
    if (diag->document && diag->line) {
        status = ys_buf_printf(buf, "%s:%" PRIu32 ":%" PRIu32 ": ", diag->document->name,
                               diag->line, diag->column);
    } else if (diag->document) {
        status = ys_buf_printf(buf, "%s: ", diag->document->name);
    }
    if (status == YS_OK) {
        status =
            ys_buf_printf(buf, "%s: %s\n", diag->warning ? "warning" : "error", diag->text);
    }
    if (status == YS_OK && diag->document && diag->line) {
        status = append_source(diag, buf);
    }
    if (status == YS_OK && diag->expected) {
        status = ys_buf_printf(buf, "    expected %s\n", diag->expected);
    }
    if (status == YS_OK && diag->suggestion) {
        status = ys_buf_printf(buf, "    did you mean '%s'?\n", diag->suggestion);
    }
    return status;
}
