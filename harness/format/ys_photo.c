/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_photo.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "ys_media.h"

struct bytes {
    const unsigned char *at;
    size_t length;
};

static enum ys_status damaged(struct ys_err *reterr, const char *what, size_t offset)
{
    return ys_err_set(reterr, YS_ERR_SYNTAX, "the picture is damaged: %s at byte %zu", what,
                      offset);
}

static bool begins(struct bytes bytes, const char *with, size_t length)
{
    return bytes.length >= length && memcmp(bytes.at, with, length) == 0;
}

/* ---- Exif ---- */

#define EXIF_TIME_BYTES 20u /* "2026:11:23 17:12:31" in CIPA's form, with its NUL */

struct exif {
    struct bytes tiff;
    bool little;
    unsigned orientation; /* 1 to 8, 0: not told */
    bool has_time;
    unsigned char time[EXIF_TIME_BYTES];
};

/* A number of 2 or 4 bytes; 0 beyond the end. */
static uint32_t number(const struct exif *exif, size_t at, size_t size)
{
    uint32_t value = 0;
    if (at > exif->tiff.length || exif->tiff.length - at < size) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | exif->tiff.at[at + (exif->little ? size - 1u - i : i)];
    }
    return value;
}

/* Where the entry of a tag stands in the directory at `directory`; 0: nowhere. */
static size_t find_tag(const struct exif *exif, size_t directory, unsigned tag)
{
    size_t count = number(exif, directory, 2);
    for (size_t i = 0; directory && i < count; i++) {
        size_t at = directory + 2u + i * 12u;
        if (at >= exif->tiff.length || exif->tiff.length - at < 12) {
            return 0;
        }
        if (number(exif, at, 2) == tag) {
            return at;
        }
    }
    return 0;
}

/* Nothing but digits, so that nothing else can be carried in it. */
static bool is_time(const unsigned char *text)
{
    static const char form[] = "0000:00:00 00:00:00";
    for (size_t i = 0; i < EXIF_TIME_BYTES; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !digit : text[i] != (unsigned char)form[i]) {
            return false;
        }
    }
    return true;
}

static void read_exif(struct bytes tiff, struct exif *exif)
{
    *exif = (struct exif){.tiff = tiff, .little = begins(tiff, "II", 2)};
    if (tiff.length < 8 || (!exif->little && !begins(tiff, "MM", 2)) || number(exif, 2, 2) != 42) {
        return;
    }
    size_t first = number(exif, 4, 4);
    size_t at = find_tag(exif, first, 0x0112);
    uint32_t orientation = at ? number(exif, at + 8u, 2) : 0;
    exif->orientation = orientation <= 8 ? orientation : 0;
    at = find_tag(exif, first, 0x8769);
    at = at ? find_tag(exif, number(exif, at + 8u, 4), 0x9003) : 0;
    at = at && number(exif, at + 4u, 4) == EXIF_TIME_BYTES ? number(exif, at + 8u, 4) : 0;
    if (at && at < tiff.length && tiff.length - at >= EXIF_TIME_BYTES && is_time(tiff.at + at)) {
        memcpy(exif->time, tiff.at + at, EXIF_TIME_BYTES);
        exif->has_time = true;
    }
}

static size_t put(unsigned char *to, size_t at, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[at + i] = (unsigned char)(value >> (8u * (size - 1u - i)));
    }
    return at + size;
}

static size_t put_entry(unsigned char *to, size_t at, unsigned tag, unsigned type, uint32_t count,
                        uint32_t value)
{
    at = put(to, at, tag, 2);
    at = put(to, at, type, 2);
    at = put(to, at, count, 4);
    return put(to, at, value, 4);
}

/* A new APP1 segment with what may stay; nothing where nothing does. */
static enum ys_status write_exif(const struct exif *exif, struct ys_buf *out)
{
    enum { TIFF = 10, SHORT = 3, LONG = 4, ASCII = 2 };
    unsigned char segment[128] = "\xFF\xE1\0\0Exif\0\0MM\0\x2A\0\0\0\x08";
    unsigned entries = (exif->orientation ? 1u : 0u) + (exif->has_time ? 1u : 0u);
    if (entries == 0) {
        return YS_OK;
    }
    size_t at = put(segment, TIFF + 8u, entries, 2);
    size_t second = 8u + 2u + 12u * entries + 4u; /* from the header of TIFF */
    if (exif->orientation) {
        at = put_entry(segment, at, 0x0112, SHORT, 1, (uint32_t)exif->orientation << 16);
    }
    if (exif->has_time) {
        at = put_entry(segment, at, 0x8769, LONG, 1, (uint32_t)second);
    }
    at = put(segment, at, 0, 4);
    if (exif->has_time) {
        at = put(segment, at, 1, 2);
        at = put_entry(segment, at, 0x9003, ASCII, EXIF_TIME_BYTES, (uint32_t)second + 18u);
        at = put(segment, at, 0, 4);
        memcpy(segment + at, exif->time, EXIF_TIME_BYTES);
        at += EXIF_TIME_BYTES;
    }
    put(segment, 2, (uint32_t)at - 2u, 2);
    return ys_buf_append(out, segment, at);
}

/* ---- JPEG ---- */

/* What follows the marker of a scan: bytes up to the next marker that is neither a stuffed byte
 * nor a restart. */
static size_t scan_end(struct bytes jpeg, size_t at)
{
    while (at + 1u < jpeg.length) {
        unsigned char next = jpeg.at[at + 1u];
        if (jpeg.at[at] == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
            return at;
        }
        at++;
    }
    return jpeg.length;
}

/* Tables, frames and scans make the picture; of the application's segments these three matter to
 * its colours. */
static bool stays(unsigned marker, struct bytes body)
{
    return (marker >= 0xC0 && marker <= 0xCF) || (marker >= 0xDA && marker <= 0xDF) ||
           (marker == 0xE0 && begins(body, "JFIF\0", 5)) ||
           (marker == 0xE2 && begins(body, "ICC_PROFILE\0", 12)) ||
           (marker == 0xEE && begins(body, "Adobe", 5));
}

/* The first of its kind only: a second cannot carry anything past. */
static enum ys_status copy_segment(unsigned marker, struct bytes whole, bool *had_exif,
                                   struct ys_buf *out)
{
    struct bytes body = {whole.at + 4, whole.length - 4u};
    struct exif exif;
    if (marker == 0xE1 && begins(body, "Exif\0", 5) && body.length > 6 && !*had_exif) {
        *had_exif = true;
        read_exif((struct bytes){body.at + 6, body.length - 6u}, &exif);
        return write_exif(&exif, out);
    }
    return stays(marker, body) ? ys_buf_append(out, whole.at, whole.length) : YS_OK;
}

static enum ys_status clean_jpeg(struct bytes jpeg, struct ys_buf *out, struct ys_err *reterr)
{
    size_t at = 2;
    bool had_exif = false;
    enum ys_status status = ys_buf_append(out, jpeg.at, 2);
    while (status == YS_OK) {
        while (at + 1u < jpeg.length && jpeg.at[at] == 0xFF && jpeg.at[at + 1u] == 0xFF) {
            at++; /* ISO/IEC 10918-1, B.1.1.2: fill bytes */
        }
        if (at + 2u > jpeg.length || jpeg.at[at] != 0xFF) {
            return damaged(reterr, "no marker", at);
        }
        unsigned marker = jpeg.at[at + 1u];
        if (marker == 0xD9) {
            return ys_buf_append(out, jpeg.at + at, 2);
        }
        if (at + 4u > jpeg.length) {
            return damaged(reterr, "a segment without a length", at);
        }
        size_t size = 2u + (size_t)jpeg.at[at + 2u] * 256u + jpeg.at[at + 3u];
        if (size < 4 || jpeg.length - at < size) {
            return damaged(reterr, "a segment beyond its end", at);
        }
        status = copy_segment(marker, (struct bytes){jpeg.at + at, size}, &had_exif, out);
        at += size;
        if (status == YS_OK && marker == 0xDA) {
            size_t end = scan_end(jpeg, at);
            status = ys_buf_append(out, jpeg.at + at, end - at);
            at = end;
        }
    }
    return status;
}

unsigned ys_photo_orientation(const char *bytes, size_t length)
{
    const struct bytes jpeg = {(const unsigned char *)bytes, length};
    size_t at = 2;
    while (begins(jpeg, "\xFF\xD8", 2) && at + 4u <= length && jpeg.at[at] == 0xFF &&
           jpeg.at[at + 1u] != 0xDA) {
        struct bytes body = {jpeg.at + at + 4u, length - at - 4u};
        size_t size = 2u + (size_t)jpeg.at[at + 2u] * 256u + jpeg.at[at + 3u];
        if (jpeg.at[at + 1u] == 0xE1 && begins(body, "Exif\0", 5) && body.length > 6) {
            struct exif exif;
            read_exif((struct bytes){body.at + 6, body.length - 6u}, &exif);
            return exif.orientation ? exif.orientation : 1u;
        }
        at += size;
    }
    return 1;
}

/* ---- PNG ---- */

static enum ys_status clean_png(struct bytes png, struct ys_buf *out, struct ys_err *reterr)
{
    static const char kept[][5] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA",
                                   "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs"};
    size_t at = 8;
    enum ys_status status = ys_buf_append(out, png.at, 8);
    while (status == YS_OK) {
        if (png.length - at < 12) {
            return damaged(reterr, "a chunk without an end", at);
        }
        const struct exif view = {.tiff = png};
        size_t size = 12u + (size_t)number(&view, at, 4);
        if (png.length - at < size) {
            return damaged(reterr, "a chunk beyond its end", at);
        }
        struct bytes type = {png.at + at + 4u, 4};
        bool stay = false;
        for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
            stay = stay || begins(type, kept[i], 4);
        }
        status = stay ? ys_buf_append(out, png.at + at, size) : YS_OK;
        at += size;
        if (begins(type, "IEND", 4)) {
            return status;
        }
    }
    return status;
}

enum ys_status ys_photo_clean(const char *bytes, size_t length, struct ys_buf *ret_picture,
                              struct ys_err *reterr)
{
    const struct bytes picture = {(const unsigned char *)bytes, length};
    enum ys_status status = YS_ERR_TYPE;
    switch (ys_media_of(bytes, length)) {
    case YS_MEDIA_JPEG:
        status = clean_jpeg(picture, ret_picture, reterr);
        break;
    case YS_MEDIA_PNG:
        status = clean_png(picture, ret_picture, reterr);
        break;
    case YS_MEDIA_UNKNOWN:
    case YS_MEDIA_PDF:
    case YS_MEDIA_DOCX:
    case YS_MEDIA_ODT:
        return ys_err_set(reterr, YS_ERR_TYPE, "it is neither a JPEG nor a PNG picture");
    }
    return status == YS_ERR_LIMIT
               ? ys_err_set(reterr, status, "the picture passes its limit")
               : status;
}
