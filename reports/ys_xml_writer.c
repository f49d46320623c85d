/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_xml_writer.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <libxml/xmlwriter.h>

#include "ys_buf.h"
#include "ys_mem.h"
#include "ys_report_file.h"

struct ys_xw {
    xmlTextWriterPtr writer;
    struct ys_report_file *file;
    char *path; /* for complaints */
    bool failed;
    struct ys_buf scratch;
};

/* The file keeps its first error; telling libxml2 would make it print on standard error. */
static int write_bytes(void *context, const char *bytes, int length)
{
    struct ys_xw *xw = context;
    if (length > 0) {
        ys_report_file_write(xw->file, bytes, (size_t)length);
    }
    return length;
}

static int close_nothing(void *context)
{
    (void)context;
    return 0;
}

static void release(struct ys_xw *xw)
{
    if (xw->writer) {
        xmlFreeTextWriter(xw->writer);
    }
    ys_report_file_abandon(xw->file);
    ys_buf_clear(&xw->scratch);
    ys_free(xw->path);
    ys_free(xw);
}

enum ys_status ys_xw_open(const char *path, bool indent, struct ys_xw **ret_xw,
                          struct ys_err *reterr)
{
    assert(path);
    struct ys_report_file *file = NULL;
    enum ys_status status = ys_report_file_open(path, &file, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_xw *xw = ys_calloc(1, sizeof *xw);
    xw->file = file;
    xw->path = ys_strdup(path);
    ys_buf_init(&xw->scratch, SIZE_MAX);
    xmlOutputBufferPtr out = xmlOutputBufferCreateIO(write_bytes, close_nothing, xw, NULL);
    xw->writer = out ? xmlNewTextWriter(out) : NULL;
    if (!xw->writer) {
        release(xw);
        return ys_err_set(reterr, YS_ERR_REPORT, "cannot write %s: out of memory", path);
    }
    if (indent) {
        xmlTextWriterSetIndent(xw->writer, 1);
        xmlTextWriterSetIndentString(xw->writer, (const xmlChar *)"  ");
    }
    *ret_xw = xw;
    return YS_OK;
}

enum ys_status ys_xw_close(struct ys_xw *xw, struct ys_err *reterr)
{
    assert(xw);
    enum ys_status status = YS_OK;
    bool failed = xw->failed || xmlTextWriterEndDocument(xw->writer) < 0;
    xmlFreeTextWriter(xw->writer); /* flushes */
    xw->writer = NULL;
    if (failed) {
        status = ys_err_set(reterr, YS_ERR_REPORT, "cannot write %s: the text is not UTF-8",
                            xw->path);
    } else {
        status = ys_report_file_close(xw->file, reterr);
        xw->file = NULL;
    }
    release(xw);
    return status;
}

void ys_xw_abandon(struct ys_xw *xw)
{
    if (xw) {
        release(xw);
    }
}

static void note(struct ys_xw *xw, int result)
{
    xw->failed = xw->failed || result < 0;
}

/* The bytes with control characters and the two non-characters of XML made visible. */
static const char *clean(struct ys_xw *xw, const char *text)
{
    size_t length = strlen(text);
    bool is_clean = true;
    for (size_t i = 0; i < length && is_clean; i++) {
        uint8_t byte = (uint8_t)text[i];
        is_clean = (byte >= 0x20 && byte != 0x7F && byte != 0xEF) || byte == '\n' || byte == '\t';
    }
    if (is_clean) {
        return text;
    }
    ys_buf_reset(&xw->scratch);
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        char picture[4] = {'\xE2', '\x90', (char)(0x80 + byte), '\0'};
        enum ys_status status = YS_OK;
        if (byte == 0x7F) {
            status = ys_buf_append_text(&xw->scratch, "\xE2\x90\xA1");
        } else if (byte < 0x20 && byte != '\n' && byte != '\t') {
            status = ys_buf_append_text(&xw->scratch, picture);
        } else if (i + 2 < length && memcmp(text + i, "\xEF\xBF", 2) == 0 &&
                   ((uint8_t)text[i + 2] == 0xBE || (uint8_t)text[i + 2] == 0xBF)) {
            status = ys_buf_append_text(&xw->scratch, "\xEF\xBF\xBD");
            i += 2;
        } else {
            status = ys_buf_append_char(&xw->scratch, text[i]);
        }
        xw->failed = xw->failed || status != YS_OK;
    }
    return xw->scratch.bytes;
}

void ys_xw_declare_xml(struct ys_xw *xw)
{
    note(xw, xmlTextWriterStartDocument(xw->writer, NULL, "UTF-8", NULL));
}

void ys_xw_declare_html(struct ys_xw *xw)
{
    note(xw, xmlTextWriterWriteRaw(xw->writer, (const xmlChar *)"<!DOCTYPE html>\n"));
}

void ys_xw_start(struct ys_xw *xw, const char *element)
{
    note(xw, xmlTextWriterStartElement(xw->writer, (const xmlChar *)element));
}

void ys_xw_attr(struct ys_xw *xw, const char *name, const char *value)
{
    if (value) {
        note(xw, xmlTextWriterWriteAttribute(xw->writer, (const xmlChar *)name,
                                             (const xmlChar *)clean(xw, value)));
    }
}

YS_PRINTF(1, 0) static char *format_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        return NULL;
    }
    char *text = ys_alloc((size_t)length + 1u);
    vsnprintf(text, (size_t)length + 1u, format, args);
    return text;
}

void ys_xw_attr_printf(struct ys_xw *xw, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    ys_xw_attr(xw, name, text);
    ys_free(text);
}

void ys_xw_text(struct ys_xw *xw, const char *text)
{
    if (text && text[0] != '\0') {
        note(xw, xmlTextWriterWriteString(xw->writer, (const xmlChar *)clean(xw, text)));
    }
}

void ys_xw_printf(struct ys_xw *xw, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    ys_xw_text(xw, text);
    ys_free(text);
}

void ys_xw_raw(struct ys_xw *xw, const char *markup)
{
    note(xw, xmlTextWriterWriteRaw(xw->writer, (const xmlChar *)markup));
}

void ys_xw_end(struct ys_xw *xw)
{
    note(xw, xmlTextWriterEndElement(xw->writer));
}

void ys_xw_end_full(struct ys_xw *xw)
{
    note(xw, xmlTextWriterFullEndElement(xw->writer));
}

void ys_xw_element(struct ys_xw *xw, const char *element, const char *class_name,
                   const char *text)
{
    ys_xw_start(xw, element);
    ys_xw_attr(xw, "class", class_name);
    ys_xw_text(xw, text);
    ys_xw_end_full(xw);
}
