/* SPDX-License-Identifier: Apache-2.0 */
/* Small pictures of attached ones: upright, small, without metadata, the same each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ys_file.h"
#include "ys_photo.h"
#include "ys_thumbnail.h"

#define CORPUS YS_TEST_CORPUS "/thumbnail/"

static void read_picture(const char *path, struct ys_buf *ret_bytes)
{
    ys_buf_init(ret_bytes, 1000000);
    assert_int_equal(ys_file_read(path, ret_bytes, NULL), YS_OK);
}

/* Red, green or blue leads by far, or red and green do. */
static void assert_colour(const struct ys_thumbnail *picture, unsigned x, unsigned y, char colour)
{
    const unsigned char *rgb = &picture->rgb[(y * picture->width + x) * 3u];
    char found = rgb[2] > 150                   ? (rgb[0] > 150 ? 'w' : 'b')
                 : rgb[0] > 150 && rgb[1] > 150 ? 'y'
                 : rgb[0] > 150                 ? 'r'
                                                : 'g';
    if (found != colour) {
        fail_msg("at %u,%u: %c, not %c", x, y, found, colour);
    }
}

static void make(const char *path, struct ys_thumbnail *ret_seen, struct ys_buf *ret_jpeg)
{
    struct ys_buf bytes;
    struct ys_err err = {.text = ""};
    unsigned width = 0;
    unsigned height = 0;
    read_picture(path, &bytes);
    ys_buf_init(ret_jpeg, 100000);
    if (ys_thumbnail_make(bytes.bytes, bytes.length, ret_jpeg, &width, &height, &err) != YS_OK) {
        fail_msg("%s: %s", path, err.text);
    }
    assert_int_equal(ys_thumbnail_of_jpeg(ret_jpeg->bytes, ret_jpeg->length, ret_seen, NULL),
                     YS_OK);
    assert_int_equal(ret_seen->width, width);
    assert_int_equal(ret_seen->height, height);
    ys_buf_clear(&bytes);
}

static void picture_stands_upright_without_its_exif(void **state)
{
    (void)state;
    struct ys_thumbnail seen;
    struct ys_buf jpeg;
    struct ys_buf again;
    make(CORPUS "turned.jpg", &seen, &jpeg);
    /* 480 by 320, to be turned clockwise: what was left below comes up left. */
    assert_int_equal(seen.width, 106);
    assert_int_equal(seen.height, 160);
    assert_colour(&seen, 10, 10, 'b');
    assert_colour(&seen, 95, 10, 'r');
    assert_colour(&seen, 10, 150, 'y');
    assert_colour(&seen, 95, 150, 'g');
    struct ys_buf clean;
    ys_buf_init(&clean, 100000);
    assert_int_equal(ys_photo_clean(jpeg.bytes, jpeg.length, &clean, NULL), YS_OK);
    assert_int_equal(clean.length, jpeg.length); /* there was nothing to take out */
    ys_buf_clear(&clean);
    assert_true(jpeg.length < 5000);
    make(CORPUS "turned.jpg", &seen, &again);
    assert_int_equal(jpeg.length, again.length);
    assert_memory_equal(jpeg.bytes, again.bytes, jpeg.length);
    ys_buf_clear(&jpeg);
    ys_buf_clear(&again);
}

static void progressive_and_transparent_pictures_are_made_small(void **state)
{
    (void)state;
    struct ys_thumbnail seen;
    struct ys_buf jpeg;
    make(CORPUS "progressive.jpg", &seen, &jpeg);
    assert_int_equal(seen.width, 160);
    assert_int_equal(seen.height, 106);
    assert_colour(&seen, 10, 10, 'r');
    assert_colour(&seen, 150, 95, 'y');
    ys_buf_clear(&jpeg);
    make(CORPUS "transparent.png", &seen, &jpeg);
    assert_int_equal(seen.width, 160);
    assert_int_equal(seen.height, 40);
    assert_colour(&seen, 10, 5, 'w');
    assert_colour(&seen, 10, 35, 'b');
    ys_buf_clear(&jpeg);
    make(CORPUS "tiny.png", &seen, &jpeg);
    assert_int_equal(seen.width, 3);
    assert_int_equal(seen.height, 1);
    ys_buf_clear(&jpeg);
}

static void pictures_that_cannot_be_shown_are_refused(void **state)
{
    static const struct {
        const char *path;
        enum ys_status status;
    } rows[] = {{CORPUS "cmyk.jpg", YS_ERR_SYNTAX},
                {CORPUS "cut.png", YS_ERR_SYNTAX},
                {CORPUS "huge.jpg", YS_ERR_LIMIT},
                {CORPUS "huge.png", YS_ERR_LIMIT},
                {CORPUS "empty", YS_ERR_TYPE}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ys_buf bytes;
        struct ys_buf jpeg;
        struct ys_err err = {.text = ""};
        unsigned width = 0;
        unsigned height = 0;
        read_picture(rows[i].path, &bytes);
        ys_buf_init(&jpeg, 100000);
        enum ys_status status =
            ys_thumbnail_make(bytes.bytes, bytes.length, &jpeg, &width, &height, &err);
        if (status != rows[i].status || !err.text[0]) {
            fail_msg("%s: %d, %s", rows[i].path, status, err.text);
        }
        ys_buf_clear(&bytes);
        ys_buf_clear(&jpeg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_stands_upright_without_its_exif),
        cmocka_unit_test(progressive_and_transparent_pictures_are_made_small),
        cmocka_unit_test(pictures_that_cannot_be_shown_are_refused),
    };
    return cmocka_run_group_tests_name("small pictures", tests, NULL, NULL);
}
