/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report for signing and filing: WeasyPrint over the report's own HTML. PDF/A-3b, result.json
 * attached. Its only clock is SOURCE_DATE_EPOCH, the end of the run, so that the same record gives
 * the same bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "ys_clock.h"
#include "ys_file.h"
#include "ys_program.h"
#include "ys_report.h"

#define PDF_TIMEOUT_MS (15 * 60 * 1000) /* 100 pages take a minute on a slow machine */
#define PDF_SAYS_BYTES 65536u
#define US_IN_S INT64_C(1000000)

enum ys_status ys_report_pdf(struct ys_json_stream *result, const char *run_dir,
                             const struct ys_value *previous, enum ys_lang lang, const char *path,
                             struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_buf says;
    int64_t wall_us = 0;
    int code = 0;
    ys_arena_init(&arena);
    ys_buf_init(&says, PDF_SAYS_BYTES);
    const char *ended = ys_value_get_text(ys_json_stream_rest(result), "ended");
    if (!ended || ys_time_parse(ended, &wall_us, NULL) != YS_OK) {
        wall_us = 0;
    }
    const char *html = ys_arena_printf(&arena, "%s.html", path);
    const char *part = ys_arena_printf(&arena, "%s.part", path);
    const char *epoch = ys_arena_printf(&arena, "SOURCE_DATE_EPOCH=%" PRId64, wall_us / US_IN_S);
    const char *attached = ys_path_join(&arena, run_dir, "result.json");
    const char *const arguments[] = {"env", "TZ=UTC0", "PYTHONHASHSEED=0", epoch, "weasyprint",
                                     "--quiet", "--pdf-variant", "pdf/a-3b", "--attachment",
                                     attached, html, part, NULL};
    enum ys_status status = ys_report_html(result, run_dir, previous, lang, html, reterr);
    if (status == YS_OK) {
        status = ys_program_run(arguments, PDF_TIMEOUT_MS, &says, &code, reterr);
    }
    if (status == YS_OK && code == 127) {
        status = ys_err_set(reterr, YS_ERR_NOT_FOUND,
                            "weasyprint is not installed; apt-get install weasyprint");
    } else if (status == YS_OK && (code != 0 || !ys_file_exists(part))) {
        status = ys_err_set(reterr, YS_ERR_REPORT, "%s: weasyprint ended with %d", path, code);
    }
    if (status == YS_OK && rename(part, path) != 0) {
        status = ys_err_set(reterr, YS_ERR_REPORT, "%s: cannot be written", path);
    }
    if (status != YS_OK) {
        unlink(part);
    }
    unlink(html);
    ys_buf_clear(&says);
    ys_arena_clear(&arena);
    return status;
}
