/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures by libjpeg: the only file that includes its header. */
#include "ys_thumbnail.h"

#include <setjmp.h>

#include <jpeglib.h>

#include "ys_mem.h"

#define QUALITY 72
#define JPEG_BYTES_MAX (512u * 1024u) /* of the small one; it has never more than 150 KiB */
#define SCANS_MAX 100                 /* of a progressive picture: each costs a pass over all */

/* The library leaves by longjmp() where it finds a fault; it must not end the program. */
struct fault {
    struct jpeg_error_mgr base;
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

static void leave(j_common_ptr info)
{
    struct fault *fault = (struct fault *)info->err;
    fault->base.format_message(info, fault->text);
    longjmp(fault->back, 1);
}

static void say_nothing(j_common_ptr info)
{
    (void)info;
}

/* A picture that is merely cut short is shown as far as it goes; a warning is no fault. */
static void count_warnings(j_common_ptr info, int level)
{
    info->err->num_warnings += level < 0;
}

struct decoding {
    struct fault fault;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct info;
    struct ys_shrinker shrinker;
    unsigned char *row;
    const char *refused; /* passes a limit */
};

static void stop_at_many_scans(j_common_ptr info)
{
    struct jpeg_decompress_struct *decompress = (struct jpeg_decompress_struct *)info;
    if (decompress->input_scan_number > SCANS_MAX) {
        longjmp(((struct fault *)info->err)->back, 1);
    }
}

/* Whether the size is within the limits; sets `refused`. */
static bool is_small_enough(struct decoding *work)
{
    struct jpeg_decompress_struct *info = &work->info;
    uint64_t pixels = (uint64_t)info->image_width * info->image_height;
    if (pixels > YS_PICTURE_PIXELS_MAX) {
        work->refused = "the picture has too many pixels (YS_PICTURE_PIXELS_MAX)";
    } else if (jpeg_has_multiple_scans(info) && pixels > YS_PICTURE_WHOLE_PIXELS_MAX) {
        work->refused = "the progressive picture has too many pixels "
                        "(YS_PICTURE_WHOLE_PIXELS_MAX)";
    }
    return !work->refused;
}

static void decode(struct decoding *work, const char *bytes, size_t length,
                   struct ys_thumbnail *ret_thumbnail)
{
    struct jpeg_decompress_struct *info = &work->info;
    jpeg_create_decompress(info);
    work->progress.progress_monitor = stop_at_many_scans;
    info->progress = &work->progress;
    jpeg_mem_src(info, (const unsigned char *)bytes, length);
    jpeg_read_header(info, TRUE);
    if (!is_small_enough(work)) {
        return;
    }
    info->out_color_space = JCS_RGB;
    info->dct_method = JDCT_ISLOW;
    info->scale_num = 1;
    info->scale_denom = 8;
    while (info->scale_denom > 1 && (info->image_width / info->scale_denom < YS_THUMBNAIL_SIDE ||
                                     info->image_height / info->scale_denom < YS_THUMBNAIL_SIDE)) {
        info->scale_denom /= 2;
    }
    jpeg_start_decompress(info);
    ys_shrinker_begin(&work->shrinker, info->output_width, info->output_height, ret_thumbnail);
    work->row = ys_alloc((size_t)info->output_width * 3u);
    while (info->output_scanline < info->output_height) {
        JSAMPROW rows[1] = {work->row};
        jpeg_read_scanlines(info, rows, 1);
        ys_shrinker_add(&work->shrinker, work->row);
    }
    jpeg_finish_decompress(info);
}

enum ys_status ys_thumbnail_of_jpeg(const char *bytes, size_t length,
                                    struct ys_thumbnail *ret_thumbnail, struct ys_err *reterr)
{
    struct decoding *work = ys_alloc(sizeof *work);
    *work = (struct decoding){.row = NULL};
    work->info.err = jpeg_std_error(&work->fault.base);
    work->fault.base.error_exit = leave;
    work->fault.base.output_message = say_nothing;
    work->fault.base.emit_message = count_warnings;
    enum ys_status status = YS_OK;
    if (setjmp(work->fault.back) == 0) {
        decode(work, bytes, length, ret_thumbnail);
    } else {
        status = YS_ERR_SYNTAX;
        ys_err_set(reterr, status, "the picture cannot be decoded: %s", work->fault.text);
    }
    if (work->refused) {
        status = ys_err_set(reterr, YS_ERR_LIMIT, "%s", work->refused);
    }
    jpeg_destroy_decompress(&work->info);
    ys_free(work->row);
    ys_free(work);
    return status;
}

/* ---- the small one ---- */

struct encoding {
    struct fault fault;
    struct jpeg_compress_struct info;
    unsigned char *bytes;
    unsigned long length;
};

static void encode(struct encoding *work, const struct ys_thumbnail *thumbnail)
{
    struct jpeg_compress_struct *info = &work->info;
    jpeg_create_compress(info);
    jpeg_mem_dest(info, &work->bytes, &work->length);
    info->image_width = thumbnail->width;
    info->image_height = thumbnail->height;
    info->input_components = 3;
    info->in_color_space = JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, QUALITY, TRUE);
    info->dct_method = JDCT_ISLOW;
    info->optimize_coding = TRUE;
    jpeg_start_compress(info, TRUE);
    for (unsigned y = 0; y < thumbnail->height; y++) {
        unsigned char row[YS_THUMBNAIL_SIDE * 3u];
        JSAMPROW rows[1] = {row};
        for (unsigned i = 0; i < thumbnail->width * 3u; i++) {
            row[i] = thumbnail->rgb[y * thumbnail->width * 3u + i];
        }
        jpeg_write_scanlines(info, rows, 1);
    }
    jpeg_finish_compress(info);
}

enum ys_status ys_thumbnail_write_jpeg(const struct ys_thumbnail *thumbnail,
                                       struct ys_buf *ret_jpeg, struct ys_err *reterr)
{
    struct encoding *work = ys_alloc(sizeof *work);
    unsigned char *room = ys_alloc(JPEG_BYTES_MAX);
    *work = (struct encoding){.bytes = room, .length = JPEG_BYTES_MAX};
    work->info.err = jpeg_std_error(&work->fault.base);
    work->fault.base.error_exit = leave;
    work->fault.base.output_message = say_nothing;
    enum ys_status status = YS_OK;
    if (setjmp(work->fault.back) == 0) {
        encode(work, thumbnail);
        status = work->bytes == room ? ys_buf_append(ret_jpeg, room, work->length) : YS_ERR_LIMIT;
    } else {
        status = YS_ERR_LIMIT;
    }
    if (status != YS_OK) {
        ys_err_set(reterr, status, "the small picture cannot be made %s", work->fault.text);
    }
    jpeg_destroy_compress(&work->info);
    ys_free(room);
    ys_free(work);
    return status;
}
