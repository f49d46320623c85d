/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_media.h"

#include <string.h>

#include "ys_program.h"
#include "ys_xml.h"
#include "ys_unicode.h"

static bool begins(const char *bytes, size_t length, const char *with, size_t with_length)
{
    return length >= with_length && memcmp(bytes, with, with_length) == 0;
}

static bool holds(const char *bytes, size_t length, const char *text)
{
    size_t wanted = strlen(text);
    for (size_t i = 0; i + wanted <= length; i++) {
        const char *at = memchr(bytes + i, text[0], length - wanted - i + 1u);
        if (!at) {
            return false;
        }
        if (memcmp(at, text, wanted) == 0) {
            return true;
        }
        i = (size_t)(at - bytes);
    }
    return false;
}

enum ys_media ys_media_of(const char *bytes, size_t length)
{
    /* ISO/IEC 26300-3, 3.3: the first entry, stored, tells the type behind a header of 30 bytes
     * and the name of the entry. */
    static const char odt[] = "mimetypeapplication/vnd.oasis.opendocument.text";
    if (begins(bytes, length, "%PDF-", 5)) {
        return YS_MEDIA_PDF;
    }
    if (begins(bytes, length, "\xFF\xD8\xFF", 3)) {
        return YS_MEDIA_JPEG;
    }
    if (begins(bytes, length, "\x89PNG\r\n\x1A\n", 8)) {
        return YS_MEDIA_PNG;
    }
    if (begins(bytes, length, "PK\x03\x04", 4)) {
        if (length > 30 && begins(bytes + 30, length - 30, odt, sizeof odt - 1u)) {
            return YS_MEDIA_ODT;
        }
        /* Names of entries stand in clear. */
        if (holds(bytes, length, "word/document.xml") &&
            holds(bytes, length, "[Content_Types].xml")) {
            return YS_MEDIA_DOCX;
        }
    }
    return YS_MEDIA_UNKNOWN;
}

const char *ys_media_type(enum ys_media media)
{
    switch (media) {
    case YS_MEDIA_UNKNOWN:
        return "application/octet-stream";
    case YS_MEDIA_PDF:
        return "application/pdf";
    case YS_MEDIA_DOCX:
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    case YS_MEDIA_ODT:
        return "application/vnd.oasis.opendocument.text";
    case YS_MEDIA_JPEG:
        return "image/jpeg";
    case YS_MEDIA_PNG:
        return "image/png";
    }
    return "application/octet-stream";
}

const char *ys_media_word(enum ys_media media)
{
    switch (media) {
    case YS_MEDIA_UNKNOWN:
        return "unknown";
    case YS_MEDIA_PDF:
        return "pdf";
    case YS_MEDIA_DOCX:
        return "docx";
    case YS_MEDIA_ODT:
        return "odt";
    case YS_MEDIA_JPEG:
        return "jpeg";
    case YS_MEDIA_PNG:
        return "png";
    }
    return "unknown";
}

/* ---- text ---- */

static enum ys_status run(const char *const *arguments, struct ys_buf *output,
                          struct ys_err *reterr)
{
    int exit = 0;
    enum ys_status status =
        ys_program_run(arguments, YS_DOCUMENT_TEXT_MS, output, &exit, reterr);
    if (status == YS_OK && exit != 0) {
        return ys_err_set(reterr, YS_ERR_SYNTAX,
                          "%s cannot read it (status %d): it is damaged, or locked by a password",
                          arguments[0], exit);
    }
    return status;
}

/* The texts of one XML entry of the archive, a line each. */
static enum ys_status archive_text(struct ys_arena *arena, const char *path, const char *entry,
                                   const char *xpath, struct ys_buf *ret_text,
                                   struct ys_err *reterr)
{
    const char *const arguments[] = {"unzip", "-p", path, entry, NULL};
    struct ys_buf bytes;
    struct ys_xml *xml = NULL;
    const struct ys_value *texts = NULL;
    ys_buf_init(&bytes, YS_DOCUMENT_TEXT_BYTES_MAX);
    enum ys_status status = run(arguments, &bytes, reterr);
    if (status == YS_OK) {
        status = ys_xml_parse(bytes.bytes, bytes.length, NULL, &xml, reterr);
    }
    if (status == YS_OK) {
        status = ys_xml_select(arena, xml, xpath, &texts, reterr);
    }
    for (size_t i = 0; status == YS_OK && i < ys_value_count(texts); i++) {
        const struct ys_value *text = ys_value_at(texts, i);
        status = ys_buf_append(ret_text, text->as.string.bytes, text->as.string.length);
        status = status == YS_OK ? ys_buf_append_char(ret_text, '\n') : status;
    }
    ys_xml_free(xml);
    ys_buf_clear(&bytes);
    return status;
}

enum ys_status ys_media_text(struct ys_arena *arena, const char *path, enum ys_media media,
                             struct ys_buf *ret_text, struct ys_err *reterr)
{
    /* A name that begins with a hyphen is no option. */
    const char *file = path[0] == '-' ? ys_arena_printf(arena, "./%s", path) : path;
    const char *const pdf[] = {"pdftotext", "-q", "-enc", "UTF-8", file, "-", NULL};
    switch (media) {
    case YS_MEDIA_PDF:
        return run(pdf, ret_text, reterr);
    case YS_MEDIA_DOCX:
        /* Runs of text, not what a tracked change took away (w:delText). */
        return archive_text(arena, file, "word/document.xml", "//*[local-name()='t']", ret_text,
                            reterr);
    case YS_MEDIA_ODT:
        return archive_text(arena, file, "content.xml",
                            "//*[local-name()='p' or local-name()='h']"
                            "[not(ancestor::*[local-name()='tracked-changes'])]",
                            ret_text, reterr);
    case YS_MEDIA_UNKNOWN:
    case YS_MEDIA_JPEG:
    case YS_MEDIA_PNG:
        break;
    }
    return ys_err_set(reterr, YS_ERR_TYPE, "a file of this kind has no text");
}

const char *ys_media_squeeze(struct ys_arena *arena, const char *text, size_t length)
{
    char *squeezed = ys_arena_alloc(arena, length + 1u);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        size_t left = length - i;
        if (byte <= ' ' || byte == 0x7F) {
            continue;
        }
        /* U+00A0, U+3000 and U+FEFF are blanks of three kinds. */
        if (left >= 2 && memcmp(text + i, "\xC2\xA0", 2) == 0) {
            i += 1;
        } else if (left >= 3 && (memcmp(text + i, "\xE3\x80\x80", 3) == 0 ||
                                 memcmp(text + i, "\xEF\xBB\xBF", 3) == 0)) {
            i += 2;
        } else if (left >= 3 && byte == 0xEF &&
                   ((unsigned char)text[i + 1] == 0xBC || (unsigned char)text[i + 1] == 0xBD)) {
            /* U+FF01 to U+FF5E are '!' to '~' in full width. */
            unsigned code = (unsigned)((unsigned char)text[i + 1] - 0xBC) * 64u +
                            ((unsigned char)text[i + 2] & 0x3Fu);
            if (code >= 1 && code <= 0x5E) {
                squeezed[used++] = (char)(code + 0x20u);
            } else {
                memcpy(squeezed + used, text + i, 3);
                used += 3;
            }
            i += 2;
        } else {
            squeezed[used++] = text[i];
        }
    }
    squeezed[used] = '\0';
    return squeezed;
}

/* The character at `text` in UTF-8 and its bytes; a byte that begins none stands for itself. */
static uint32_t character_at(const unsigned char *text, size_t *ret_bytes)
{
    size_t more = text[0] >= 0xF0 ? 3 : text[0] >= 0xE0 ? 2 : text[0] >= 0xC0 ? 1 : 0;
    uint32_t code = more ? text[0] & (0x3Fu >> more) : text[0];
    for (size_t i = 1; i <= more; i++) {
        if ((text[i] & 0xC0u) != 0x80u) {
            *ret_bytes = 1;
            return text[0];
        }
        code = code << 6 | (text[i] & 0x3Fu);
    }
    *ret_bytes = more + 1u;
    return code;
}

const char *ys_media_name(struct ys_arena *arena, const char *name)
{
    uint32_t unseen = ys_unicode_categories("P", 1) | ys_unicode_categories("Z", 1) |
                      ys_unicode_categories("C", 1);
    char *text = ys_arena_strdup(arena, ys_media_squeeze(arena, name, strlen(name)));
    size_t used = 0;
    for (size_t at = 0, bytes = 0; text[at]; at += bytes) {
        uint32_t code = character_at((const unsigned char *)text + at, &bytes);
        bool is_seen = code >= 0x80 || (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z');
        if (code >= 'A' && code <= 'Z') {
            text[used++] = (char)(code - 'A' + 'a');
        } else if (is_seen && (bytes == 1 || !(ys_unicode_category(code) & unseen))) {
            memmove(text + used, text + at, bytes);
            used += bytes;
        }
    }
    text[used] = '\0';
    return text;
}
