/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A streaming XML and HTML writer on libxml2's xmlTextWriter. Private to the reports; its source
 * is the only file that includes xmlwriter.h.
 *
 * Errors stick: calls after one do nothing, and ys_xw_close() tells it. The file appears under
 * its name only when it is complete; a device or pipe is written in place. Characters that XML
 * cannot hold are shown by their control pictures (U+2400 …).
 */
#ifndef YS_XML_WRITER_H
#define YS_XML_WRITER_H

#include <stdbool.h>

#include "ys_err.h"

struct ys_xw;

/* `indent` is for XML that machines read; HTML is written as given. */
YS_NODISCARD enum ys_status ys_xw_open(const char *path, bool indent, struct ys_xw **ret_xw,
                                       struct ys_err *reterr);
/* Completes the file and frees the writer in any case. YS_ERR_REPORT. */
YS_NODISCARD enum ys_status ys_xw_close(struct ys_xw *xw, struct ys_err *reterr);
/* Frees the writer and leaves no file. */
void ys_xw_abandon(struct ys_xw *xw);

void ys_xw_declare_xml(struct ys_xw *xw);
void ys_xw_declare_html(struct ys_xw *xw);
void ys_xw_start(struct ys_xw *xw, const char *element);
void ys_xw_attr(struct ys_xw *xw, const char *name, const char *value); /* NULL value: nothing */
void ys_xw_attr_printf(struct ys_xw *xw, const char *name, const char *format, ...)
    YS_PRINTF(3, 4);
void ys_xw_text(struct ys_xw *xw, const char *text); /* NULL: nothing */
void ys_xw_printf(struct ys_xw *xw, const char *format, ...) YS_PRINTF(2, 3);
void ys_xw_raw(struct ys_xw *xw, const char *markup); /* ours only, never data */
void ys_xw_end(struct ys_xw *xw);                     /* <br/> where empty */
void ys_xw_end_full(struct ys_xw *xw);                /* <td></td> where empty */
/* <element class="class">text</element>; class and text may be NULL. */
void ys_xw_element(struct ys_xw *xw, const char *element, const char *class_name,
                   const char *text);

#endif
