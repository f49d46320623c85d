/* SPDX-License-Identifier: Apache-2.0 */
/* Photographs lose what they tell besides the picture; kinds of files are told by content. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ys_file.h"
#include "ys_media.h"
#include "ys_photo.h"

#define CORPUS YS_TEST_CORPUS "/photo/"

static bool holds(const struct ys_buf *buf, const char *text, size_t length)
{
    for (size_t i = 0; i + length <= buf->length; i++) {
        if (memcmp(buf->bytes + i, text, length) == 0) {
            return true;
        }
    }
    return false;
}
#define HOLDS(buf, text) holds((buf), (text), sizeof(text) - 1u)

static void clean(const char *path, struct ys_buf *ret_picture)
{
    struct ys_buf bytes;
    ys_buf_init(&bytes, 100000);
    ys_buf_init(ret_picture, 100000);
    assert_int_equal(ys_file_read(path, &bytes, NULL), YS_OK);
    assert_int_equal(ys_photo_clean(bytes.bytes, bytes.length, ret_picture, NULL), YS_OK);
    ys_buf_clear(&bytes);
}

static void keeps_picture_and_time_only(const char *path)
{
    struct ys_buf picture;
    clean(path, &picture);
    assert_true(HOLDS(&picture, "2026:11:23 17:12:31"));
    assert_true(HOLDS(&picture, "\x01\x12\0\x03\0\0\0\x01\0\x06")); /* orientation 6 */
    assert_true(HOLDS(&picture, "JFIF"));
    assert_true(HOLDS(&picture, "ICC_PROFILE"));
    assert_true(HOLDS(&picture, "\x12\xff\x00\x34\xff\xd0\x56\xff\xff\xd9"));
    assert_false(HOLDS(&picture, "\x88\x25"));
    assert_false(HOLDS(&picture, "\x25\x88"));
    assert_false(HOLDS(&picture, "Maker"));
    assert_false(HOLDS(&picture, "GPSLatitude"));
    assert_false(HOLDS(&picture, "MPF"));
    assert_false(HOLDS(&picture, "Photoshop"));
    assert_false(HOLDS(&picture, "comment"));
    assert_false(HOLDS(&picture, "behind the end"));
    assert_int_equal(picture.bytes[picture.length - 1u], (char)0xD9);
    ys_buf_clear(&picture);
}

static void jpeg_loses_its_position_in_either_byte_order(void **state)
{
    (void)state;
    keeps_picture_and_time_only(CORPUS "exif-mm.jpg");
    keeps_picture_and_time_only(CORPUS "exif-ii.jpg");
}

static void exif_that_lies_about_its_places_goes_whole(void **state)
{
    (void)state;
    struct ys_buf picture;
    clean(CORPUS "exif-far-offset.jpg", &picture);
    assert_false(HOLDS(&picture, "Exif"));
    assert_true(HOLDS(&picture, "JFIF"));
    ys_buf_clear(&picture);
}

static void png_loses_its_texts(void **state)
{
    (void)state;
    struct ys_buf picture;
    clean(CORPUS "exif.png", &picture);
    assert_true(HOLDS(&picture, "IHDR"));
    assert_true(HOLDS(&picture, "IDAT"));
    assert_false(HOLDS(&picture, "eXIf"));
    assert_false(HOLDS(&picture, "tEXt"));
    assert_false(HOLDS(&picture, "iTXt"));
    assert_false(HOLDS(&picture, "tail"));
    ys_buf_clear(&picture);
}

static void a_cut_picture_is_refused(void **state)
{
    (void)state;
    struct ys_buf bytes;
    struct ys_buf picture;
    struct ys_err err;
    ys_buf_init(&bytes, 100000);
    ys_buf_init(&picture, 100000);
    assert_int_equal(ys_file_read(CORPUS "cut.jpg", &bytes, NULL), YS_OK);
    assert_int_equal(ys_photo_clean(bytes.bytes, bytes.length, &picture, &err), YS_ERR_SYNTAX);
    assert_non_null(strstr(err.text, "damaged"));
    assert_int_equal(ys_photo_clean("no picture", 10, &picture, &err), YS_ERR_TYPE);
    ys_buf_clear(&bytes);
    ys_buf_clear(&picture);
}

static void kinds_are_told_by_content(void **state)
{
    (void)state;
    static const char odt[] = "PK\x03\x04......................."
                              "...mimetypeapplication/vnd.oasis.opendocument.text";
    static const char docx[] = "PK\x03\x04 [Content_Types].xml word/document.xml";
    static const char zip[] = "PK\x03\x04 a.txt";
    assert_int_equal(ys_media_of("%PDF-1.7", 8), YS_MEDIA_PDF);
    assert_int_equal(ys_media_of("%PDF", 4), YS_MEDIA_UNKNOWN);
    assert_int_equal(ys_media_of(odt, sizeof odt - 1u), YS_MEDIA_ODT);
    assert_int_equal(ys_media_of(docx, sizeof docx - 1u), YS_MEDIA_DOCX);
    assert_int_equal(ys_media_of(zip, sizeof zip - 1u), YS_MEDIA_UNKNOWN);
    assert_int_equal(ys_media_of("", 0), YS_MEDIA_UNKNOWN);
}

static void squeezing_makes_alike_what_reads_alike(void **state)
{
    (void)state;
    struct ys_arena arena;
    ys_arena_init(&arena);
    static const char text[] = " 一、 职　责\n（ＡＢ１）\xC2\xA0x\t";
    assert_string_equal(ys_media_squeeze(&arena, text, sizeof text - 1u), "一、职责(AB1)x");
    /* Cut in the middle of a character: what is there stays. */
    assert_string_equal(ys_media_squeeze(&arena, "a\xEF\xBC", 3), "a\xEF\xBC");
    ys_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpeg_loses_its_position_in_either_byte_order),
        cmocka_unit_test(exif_that_lies_about_its_places_goes_whole),
        cmocka_unit_test(png_loses_its_texts),
        cmocka_unit_test(a_cut_picture_is_refused),
        cmocka_unit_test(kinds_are_told_by_content),
        cmocka_unit_test(squeezing_makes_alike_what_reads_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
