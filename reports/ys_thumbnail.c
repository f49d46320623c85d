/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_thumbnail.h"

#include <assert.h>
#include <string.h>

#include "ys_media.h"
#include "ys_mem.h"
#include "ys_photo.h"

/* Each pixel of the small picture is the mean of those that fall into it. */
void ys_shrinker_begin(struct ys_shrinker *shrinker, unsigned width, unsigned height,
                       struct ys_thumbnail *ret_thumbnail)
{
    unsigned longer = width > height ? width : height;
    unsigned side = longer < YS_THUMBNAIL_SIDE ? longer : YS_THUMBNAIL_SIDE;
    assert(width > 0 && height > 0 && longer <= 65535u);
    *shrinker = (struct ys_shrinker){.width = width, .height = height, .out = ret_thumbnail};
    ret_thumbnail->width = width * side / longer;
    ret_thumbnail->height = height * side / longer;
    ret_thumbnail->width += ret_thumbnail->width == 0;
    ret_thumbnail->height += ret_thumbnail->height == 0;
}

static void end_row(struct ys_shrinker *shrinker, unsigned to)
{
    struct ys_thumbnail *out = shrinker->out;
    for (unsigned x = 0; x < out->width; x++) {
        for (unsigned c = 0; c < 3; c++) {
            out->rgb[(to * out->width + x) * 3u + c] =
                (unsigned char)(shrinker->sums[x * 3u + c] / shrinker->counts[x]);
        }
    }
    memset(shrinker->sums, 0, sizeof shrinker->sums);
    memset(shrinker->counts, 0, sizeof shrinker->counts);
}

void ys_shrinker_add(struct ys_shrinker *shrinker, const unsigned char *rgb)
{
    const struct ys_thumbnail *out = shrinker->out;
    unsigned to = shrinker->row * out->height / shrinker->height;
    if (shrinker->row >= shrinker->height) {
        return;
    }
    for (unsigned x = 0; x < shrinker->width; x++) {
        unsigned at = x * out->width / shrinker->width;
        for (unsigned c = 0; c < 3; c++) {
            shrinker->sums[at * 3u + c] += rgb[x * 3u + c];
        }
        shrinker->counts[at]++;
    }
    shrinker->row++;
    if (shrinker->row == shrinker->height || shrinker->row * out->height / shrinker->height != to) {
        end_row(shrinker, to);
    }
}

/* Turned as Exif says (CIPA DC-008, tag 0112): from 5 on, rows become columns. */
static void turn(struct ys_thumbnail *picture, unsigned orientation)
{
    struct ys_thumbnail *from = ys_alloc(sizeof *from);
    bool swaps = orientation >= 5;
    *from = *picture;
    picture->width = swaps ? from->height : from->width;
    picture->height = swaps ? from->width : from->height;
    for (unsigned y = 0; y < picture->height; y++) {
        for (unsigned x = 0; x < picture->width; x++) {
            unsigned column = swaps ? y : x;
            unsigned row = swaps ? x : y;
            bool mirrors_x =
                orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
            bool mirrors_y =
                orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
            column = mirrors_x ? from->width - 1u - column : column;
            row = mirrors_y ? from->height - 1u - row : row;
            memcpy(&picture->rgb[(y * picture->width + x) * 3u],
                   &from->rgb[(row * from->width + column) * 3u], 3);
        }
    }
    ys_free(from);
}

enum ys_status ys_thumbnail_make(const char *bytes, size_t length, struct ys_buf *ret_jpeg,
                                 unsigned *ret_width, unsigned *ret_height, struct ys_err *reterr)
{
    struct ys_thumbnail *picture = ys_alloc(sizeof *picture);
    enum ys_status status = YS_ERR_TYPE;
    enum ys_media media = ys_media_of(bytes, length);
    if (media == YS_MEDIA_JPEG) {
        status = ys_thumbnail_of_jpeg(bytes, length, picture, reterr);
    } else if (media == YS_MEDIA_PNG) {
        status = ys_thumbnail_of_png(bytes, length, picture, reterr);
    } else {
        ys_err_set(reterr, status, "it is neither a JPEG nor a PNG picture");
    }
    unsigned orientation =
        status == YS_OK && media == YS_MEDIA_JPEG ? ys_photo_orientation(bytes, length) : 1u;
    if (orientation > 1) {
        turn(picture, orientation);
    }
    if (status == YS_OK) {
        status = ys_thumbnail_write_jpeg(picture, ret_jpeg, reterr);
    }
    if (status == YS_OK) {
        *ret_width = picture->width;
        *ret_height = picture->height;
    }
    ys_free(picture);
    return status;
}
