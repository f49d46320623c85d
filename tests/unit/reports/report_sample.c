/* SPDX-License-Identifier: Apache-2.0 */
/* report_sample FOLDER [purpose [pdf]]: the made-up run's reports, for tests and for eyes. */
#include <stdio.h>

#include "report_support.h"
#include "ys_file.h"
#include "ys_json.h"

static int complain(const struct ys_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    return 1;
}

static enum ys_status write_pdf(struct ys_arena *arena, const char *folder,
                                const struct ys_value *result, struct ys_err *reterr)
{
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_json_write_pretty(result, &text);
    if (status == YS_OK) {
        status = ys_file_write(ys_path_join(arena, folder, "result.json"), text.bytes, text.length,
                               reterr);
    }
    ys_buf_clear(&text);
    if (status == YS_OK) {
        status = ys_report_pdf(report_stream(arena, result), folder, report_previous(arena),
                               YS_LANG_ZH, ys_path_join(arena, folder, "report.pdf"), reterr);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct ys_arena arena;
    struct ys_err err = {.text = "usage: report_sample FOLDER [purpose]"};
    if (argc < 2) {
        return complain(&err);
    }
    ys_arena_init(&arena);
    const char *evidence = ys_path_join(&arena, argv[1], "evidence.jsonl");
    struct ys_value *result = ys_value_copy(&arena, report_data(&arena));
    if (argc > 2) {
        ys_value_set_text(&arena, result, "purpose", argv[2]);
    }
    const struct ys_value *previous = report_previous(&arena);
    struct ys_json_stream *stream = report_stream(&arena, result);
    if (!ys_file_exists(evidence) && report_evidence(argv[1], 40) != 0) {
        snprintf(err.text, sizeof err.text, "cannot write %s", evidence);
        return complain(&err);
    }
    if (ys_report_html(stream, argv[1], previous, YS_LANG_ZH,
                       ys_path_join(&arena, argv[1], "report.html"), &err) != YS_OK ||
        ys_report_html(stream, argv[1], previous, YS_LANG_EN,
                       ys_path_join(&arena, argv[1], "report.en.html"), &err) != YS_OK ||
        ys_report_junit(stream, ys_path_join(&arena, argv[1], "junit.xml"), &err) != YS_OK ||
        ys_report_csv(stream, YS_LANG_ZH, ys_path_join(&arena, argv[1], "clauses.csv"), &err) !=
            YS_OK) {
        ys_arena_clear(&arena);
        return complain(&err);
    }
    if (argc > 3 && write_pdf(&arena, argv[1], result, &err) != YS_OK) {
        ys_arena_clear(&arena);
        return complain(&err);
    }
    ys_arena_clear(&arena);
    return 0;
}
