/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents and pictures that people supply: what kind they are by their content, never by their
 * name, and the text of a document.
 */
#ifndef YS_MEDIA_H
#define YS_MEDIA_H

#include "ys_buf.h"
#include "ys_mem.h"

enum ys_media {
    YS_MEDIA_UNKNOWN,
    YS_MEDIA_PDF,  /* ISO 32000 */
    YS_MEDIA_DOCX, /* ECMA-376 */
    YS_MEDIA_ODT,  /* ISO/IEC 26300 */
    YS_MEDIA_JPEG,
    YS_MEDIA_PNG
};

enum ys_media ys_media_of(const char *bytes, size_t length);
const char *ys_media_type(enum ys_media media); /* "application/pdf"; "application/octet-stream" */
const char *ys_media_word(enum ys_media media); /* "pdf", "docx", "odt", "jpeg", "png", "unknown" */

/* Appends the text of a document file in UTF-8, by pdftotext, or by unzip and its XML; bounded in
 * time and size. Nothing is appended where it has none (a scan). YS_ERR_NOT_FOUND: the program is
 * not installed; YS_ERR_SYNTAX: it is damaged or locked; YS_ERR_LIMIT; YS_ERR_TYPE: a picture. */
YS_NODISCARD enum ys_status ys_media_text(struct ys_arena *arena, const char *path,
                                          enum ys_media media, struct ys_buf *ret_text,
                                          struct ys_err *reterr);

/* A text without blanks of any kind, and with full-width letters, digits and signs as the plain
 * ones: two texts that a reader takes for the same are equal then. Arena-owned. */
const char *ys_media_squeeze(struct ys_arena *arena, const char *text, size_t length);

/* A person's name as far as it tells persons apart: squeezed, ASCII letters in lower case, without
 * punctuation, blanks and characters that are not seen. Arena-owned. */
const char *ys_media_name(struct ys_arena *arena, const char *name);

#endif
