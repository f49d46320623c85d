/* SPDX-License-Identifier: Apache-2.0 */
/* A small picture fits its square, and is a picture of which a small one can be made. */

#include "fuzz.h"
#include "ys_thumbnail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_err err = {.status = YS_OK};
    struct ys_buf once;
    struct ys_buf twice;
    unsigned width = 0;
    unsigned height = 0;
    ys_buf_init(&once, YS_DOCUMENT_BYTES_MAX);
    ys_buf_init(&twice, YS_DOCUMENT_BYTES_MAX);
    if (ys_thumbnail_make((const char *)data, size, &once, &width, &height, &err) == YS_OK) {
        require(width > 0 && width <= YS_THUMBNAIL_SIDE);
        require(height > 0 && height <= YS_THUMBNAIL_SIDE);
        require(ys_thumbnail_make(once.bytes, once.length, &twice, &width, &height, &err) == YS_OK);
    } else {
        require(err.text[0] != '\0' && once.length == 0);
    }
    ys_buf_clear(&once);
    ys_buf_clear(&twice);
    return 0;
}
