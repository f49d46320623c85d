/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures by libpng: the only file that includes its header. */
#include "ys_thumbnail.h"

#include <string.h>

#include <png.h>

#include "ys_mem.h"

static enum ys_status refuse(png_image *image, struct ys_err *reterr)
{
    enum ys_status status =
        ys_err_set(reterr, YS_ERR_SYNTAX, "the picture cannot be decoded: %s", image->message);
    png_image_free(image);
    return status;
}

enum ys_status ys_thumbnail_of_png(const char *bytes, size_t length,
                                   struct ys_thumbnail *ret_thumbnail, struct ys_err *reterr)
{
    static const png_color paper = {255, 255, 255}; /* behind what is transparent */
    png_image image;
    struct ys_shrinker shrinker;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, bytes, length)) {
        return refuse(&image, reterr);
    }
    if ((uint64_t)image.width * image.height > YS_PICTURE_WHOLE_PIXELS_MAX ||
        image.width > 65535u || image.height > 65535u) {
        png_image_free(&image);
        return ys_err_set(reterr, YS_ERR_LIMIT,
                          "the picture has too many pixels (YS_PICTURE_WHOLE_PIXELS_MAX)");
    }
    image.format = PNG_FORMAT_RGB;
    unsigned char *pixels = ys_alloc(PNG_IMAGE_SIZE(image));
    if (!png_image_finish_read(&image, &paper, pixels, 0, NULL)) {
        ys_free(pixels);
        return refuse(&image, reterr);
    }
    ys_shrinker_begin(&shrinker, image.width, image.height, ret_thumbnail);
    for (unsigned y = 0; y < image.height; y++) {
        ys_shrinker_add(&shrinker, pixels + (size_t)y * image.width * 3u);
    }
    ys_free(pixels);
    png_image_free(&image);
    return YS_OK;
}
