/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_json_writer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ys_json.h"

#define FLUSH_BYTES 65536u

struct ys_jw {
    ys_jw_write_fn write;
    void *to;
    struct ys_buf buf;
    enum ys_status status; /* of what went into the buffer */
    unsigned depth;
    struct {
        char closing;
        bool is_used;
    } levels[YS_JSON_DEPTH_MAX + 1];
};

struct ys_jw *ys_jw_new(ys_jw_write_fn write, void *to)
{
    assert(write);
    struct ys_jw *jw = ys_calloc(1, sizeof *jw);
    jw->write = write;
    jw->to = to;
    ys_buf_init(&jw->buf, SIZE_MAX);
    return jw;
}

enum ys_status ys_jw_finish(struct ys_jw *jw, struct ys_err *reterr)
{
    assert(jw->depth == 0);
    enum ys_status status = jw->status;
    if (status == YS_OK) {
        jw->write(jw->to, jw->buf.bytes, jw->buf.length);
        jw->write(jw->to, "\n", 1);
    } else {
        ys_err_set(reterr, status, "what is written nests deeper than YS_JSON_DEPTH_MAX");
    }
    ys_buf_clear(&jw->buf);
    ys_free(jw);
    return status;
}

static void append(struct ys_jw *jw, const char *text)
{
    if (jw->status == YS_OK) {
        jw->status = ys_buf_append_text(&jw->buf, text);
    }
}

static void append_string(struct ys_jw *jw, const char *bytes, size_t length)
{
    if (jw->status == YS_OK) {
        jw->status = ys_json_write_string(bytes, length, &jw->buf);
    }
}

static void append_line(struct ys_jw *jw)
{
    if (jw->status == YS_OK) {
        jw->status = ys_buf_printf(&jw->buf, "\n%*s", (int)jw->depth * 2, "");
    }
}

/* The comma behind the item before, the line, the name. */
static void begin(struct ys_jw *jw, const char *name)
{
    if (jw->buf.length > FLUSH_BYTES) {
        jw->write(jw->to, jw->buf.bytes, jw->buf.length);
        ys_buf_reset(&jw->buf);
    }
    if (jw->depth > 0) {
        if (jw->levels[jw->depth].is_used) {
            append(jw, ",");
        }
        jw->levels[jw->depth].is_used = true;
        append_line(jw);
    }
    if (name) {
        append_string(jw, name, strlen(name));
        append(jw, ": ");
    }
}

static void enter(struct ys_jw *jw, const char *name, const char *opening, char closing)
{
    begin(jw, name);
    append(jw, opening);
    if (jw->depth == YS_JSON_DEPTH_MAX) {
        jw->status = YS_ERR_LIMIT;
        return;
    }
    jw->depth++;
    jw->levels[jw->depth].closing = closing;
    jw->levels[jw->depth].is_used = false;
}

void ys_jw_map(struct ys_jw *jw, const char *name)
{
    enter(jw, name, "{", '}');
}

void ys_jw_list(struct ys_jw *jw, const char *name)
{
    enter(jw, name, "[", ']');
}

void ys_jw_end(struct ys_jw *jw)
{
    assert(jw->depth > 0);
    char closing[] = {jw->levels[jw->depth].closing, '\0'};
    bool is_used = jw->levels[jw->depth].is_used;
    jw->depth--;
    if (is_used) {
        append_line(jw);
    }
    append(jw, closing);
}

void ys_jw_text(struct ys_jw *jw, const char *name, const char *text)
{
    if (text) {
        begin(jw, name);
        append_string(jw, text, strlen(text));
    }
}

void ys_jw_printf(struct ys_jw *jw, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        return;
    }
    char *text = ys_alloc((size_t)length + 1u);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1u, format, args);
    va_end(args);
    ys_jw_text(jw, name, text);
    ys_free(text);
}

void ys_jw_int(struct ys_jw *jw, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    begin(jw, name);
    append(jw, text);
}

void ys_jw_bool(struct ys_jw *jw, const char *name, bool boolean)
{
    begin(jw, name);
    append(jw, boolean ? "true" : "false");
}

void ys_jw_value(struct ys_jw *jw, const char *name, const struct ys_value *value)
{
    if (!value || jw->status != YS_OK) {
        return;
    }
    if (value->kind == YS_KIND_MAP) {
        ys_jw_map(jw, name);
        for (size_t i = 0; i < value->as.map.count && jw->status == YS_OK; i++) {
            ys_jw_value(jw, value->as.map.members[i].name, value->as.map.members[i].value);
        }
    } else if (value->kind == YS_KIND_LIST) {
        ys_jw_list(jw, name);
        for (size_t i = 0; i < value->as.list.count && jw->status == YS_OK; i++) {
            ys_jw_value(jw, NULL, value->as.list.items[i]);
        }
    } else {
        begin(jw, name);
        jw->status = ys_json_write_line(value, &jw->buf);
        return;
    }
    if (jw->status == YS_OK) {
        ys_jw_end(jw);
    } else if (jw->depth > 0) {
        jw->depth--; /* the fault is kept; closing frees */
    }
}
