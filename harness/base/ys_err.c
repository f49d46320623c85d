/* SPDX-License-Identifier: Apache-2.0 */
/* Error details: plain copies into the caller's struct, cut at a character boundary. */
#include "ys_err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Ends `text` of `size` bytes before the UTF-8 character that the cut at its end went through. */
static void trim_cut_character(char *text, size_t size)
{
    size_t length = strnlen(text, size - 1);
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0u) == 0x80u) {
        start--;
    }
    if (start == 0 || (unsigned char)text[start - 1] < 0xC0u) {
        return;
    }
    unsigned char lead = (unsigned char)text[start - 1];
    size_t expected = lead >= 0xF0u ? 4 : lead >= 0xE0u ? 3 : 2;
    if (length - (start - 1) < expected) {
        text[start - 1] = '\0';
    }
}

static void copy_cut(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);
    memmove(to, from, length);
    to[length] = '\0';
    trim_cut_character(to, size);
}

static enum ys_status set_va(struct ys_err *reterr, enum ys_status status, const char *source,
                             uint32_t line, uint32_t column, const char *format, va_list args)
    YS_PRINTF(6, 0);

static enum ys_status set_va(struct ys_err *reterr, enum ys_status status, const char *source,
                             uint32_t line, uint32_t column, const char *format, va_list args)
{
    if (!reterr) {
        return status;
    }
    /* Arguments may point into *reterr, so it changes only when the text is made. */
    char text[YS_ERR_TEXT_MAX];
    int length = vsnprintf(text, sizeof text, format, args);
    if (length < 0) {
        text[0] = '\0';
    }
    copy_cut(reterr->source, sizeof reterr->source, source ? source : "");
    copy_cut(reterr->text, sizeof reterr->text, text);
    reterr->status = status;
    reterr->line = line;
    reterr->column = column;
    return status;
}

enum ys_status ys_err_set(struct ys_err *reterr, enum ys_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_va(reterr, status, NULL, 0, 0, format, args);
    va_end(args);
    return status;
}

enum ys_status ys_err_at(struct ys_err *reterr, enum ys_status status, const char *source,
                         uint32_t line, uint32_t column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_va(reterr, status, source, line, column, format, args);
    va_end(args);
    return status;
}

enum ys_status ys_err_prefix(struct ys_err *reterr, const struct ys_err *lower, const char *format,
                             ...)
{
    enum ys_status status = lower->status;
    if (!reterr) {
        return status;
    }
    char context[YS_ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(context, sizeof context, format, args);
    va_end(args);
    return ys_err_at(reterr, status, lower->source, lower->line, lower->column, "%s: %s",
                     length < 0 ? "" : context, lower->text);
}

const char *ys_status_name(enum ys_status status)
{
    switch (status) {
    case YS_OK:
        return "YS_OK";
#define YS_STATUS(name, number, text)                                                              \
    case name:                                                                                     \
        return #name;
#include "ys_err.def"
#undef YS_STATUS
    }
    return "unknown status";
}

const char *ys_status_text(enum ys_status status)
{
    switch (status) {
    case YS_OK:
        return "no error";
#define YS_STATUS(name, number, text)                                                              \
    case name:                                                                                     \
        return text;
#include "ys_err.def"
#undef YS_STATUS
    }
    return "unknown status";
}
