/* SPDX-License-Identifier: Apache-2.0 */
/* A clean picture is no longer than what came in and one new Exif segment, and stays as it is when
 * it is cleaned again. */
#include <string.h>

#include "fuzz.h"
#include "ys_media.h"
#include "ys_photo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_err err = {.status = YS_OK};
    struct ys_buf once;
    struct ys_buf twice;
    struct ys_arena arena;
    ys_arena_init(&arena);
    ys_buf_init(&once, YS_DOCUMENT_BYTES_MAX);
    ys_buf_init(&twice, YS_DOCUMENT_BYTES_MAX);
    const char *bytes = (const char *)data;
    if (ys_photo_clean(bytes, size, &once, &err) == YS_OK) {
        require(once.length <= size + 128);
        require(ys_photo_clean(once.bytes, once.length, &twice, &err) == YS_OK);
        require(once.length == twice.length &&
                memcmp(once.bytes, twice.bytes, once.length) == 0);
    } else {
        require(err.text[0] != '\0');
    }
    require(strlen(ys_media_squeeze(&arena, bytes, size)) <= size);
    ys_buf_clear(&once);
    ys_buf_clear(&twice);
    ys_arena_clear(&arena);
    return 0;
}
