/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A photograph without what it tells besides the picture. A list says what stays: the picture
 * itself, its colours, and of Exif the orientation and the time at which it was taken. Position,
 * owner, serial numbers, thumbnails, comments and whatever hangs behind the picture's end go.
 */
#ifndef YS_PHOTO_H
#define YS_PHOTO_H

#include "ys_buf.h"

/* Appends the picture of a JPEG (ISO/IEC 10918-1; Exif: CIPA DC-008) or PNG (ISO/IEC 15948) to
 * `ret_picture`. YS_ERR_SYNTAX: it is damaged; YS_ERR_TYPE: it is neither; YS_ERR_LIMIT. */
YS_NODISCARD enum ys_status ys_photo_clean(const char *bytes, size_t length,
                                           struct ys_buf *ret_picture, struct ys_err *reterr);

/* How the picture of a JPEG is to be turned to stand upright, as Exif counts: 1 (not at all) to 8.
 * 1 where it does not say so, or is no JPEG. */
unsigned ys_photo_orientation(const char *bytes, size_t length);

#endif
