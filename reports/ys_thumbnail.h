/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small pictures of those that persons attached: upright, without anything that the picture does
 * not show. The pictures come from outside. Private to the reports.
 */
#ifndef YS_THUMBNAIL_H
#define YS_THUMBNAIL_H

#include <stdbool.h>

#include "ys_buf.h"

#define YS_THUMBNAIL_SIDE 160u /* pixels of the longer side, at most */

struct ys_thumbnail {
    unsigned width, height;
    unsigned char rgb[YS_THUMBNAIL_SIDE * YS_THUMBNAIL_SIDE * 3u]; /* rows of `width` */
};

/* Appends a JPEG (ISO/IEC 10918-1, baseline, no Exif) of a JPEG or PNG, and its size in pixels.
 * YS_ERR_TYPE: it is neither; YS_ERR_SYNTAX: it is damaged; YS_ERR_LIMIT: it has too many pixels
 * (YS_PICTURE_PIXELS_MAX, YS_PICTURE_WHOLE_PIXELS_MAX). */
YS_NODISCARD enum ys_status ys_thumbnail_make(const char *bytes, size_t length,
                                              struct ys_buf *ret_jpeg, unsigned *ret_width,
                                              unsigned *ret_height, struct ys_err *reterr);

/* ---- what makes one from rows of pixels (ys_thumbnail.c) ---- */

struct ys_shrinker {
    unsigned width, height; /* of what comes in */
    struct ys_thumbnail *out;
    uint32_t sums[YS_THUMBNAIL_SIDE * 3u];
    uint32_t counts[YS_THUMBNAIL_SIDE];
    unsigned row; /* next to come in */
};
/* `width` and `height` are at least 1 and at most 65,535. */
void ys_shrinker_begin(struct ys_shrinker *shrinker, unsigned width, unsigned height,
                       struct ys_thumbnail *ret_thumbnail);
/* Takes the next row of red, green and blue. */
void ys_shrinker_add(struct ys_shrinker *shrinker, const unsigned char *rgb);

/* ---- the libraries ---- */

YS_NODISCARD enum ys_status ys_thumbnail_of_jpeg(const char *bytes, size_t length,
                                                 struct ys_thumbnail *ret_thumbnail,
                                                 struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_thumbnail_of_png(const char *bytes, size_t length,
                                                struct ys_thumbnail *ret_thumbnail,
                                                struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_thumbnail_write_jpeg(const struct ys_thumbnail *thumbnail,
                                                    struct ys_buf *ret_jpeg, struct ys_err *reterr);

#endif
