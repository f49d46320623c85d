/* SPDX-License-Identifier: Apache-2.0 */
/* report_sample FOLDER [purpose]: the made-up run's reports, for the browser test and for eyes. */
#include <stdio.h>

#include "report_support.h"
#include "ys_file.h"

static int complain(const struct ys_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    return 1;
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
    if (!ys_file_exists(evidence) && report_evidence(argv[1], 40) != 0) {
        snprintf(err.text, sizeof err.text, "cannot write %s", evidence);
        return complain(&err);
    }
    if (ys_report_html(result, evidence, YS_LANG_ZH,
                       ys_path_join(&arena, argv[1], "report.html"), &err) != YS_OK ||
        ys_report_html(result, evidence, YS_LANG_EN,
                       ys_path_join(&arena, argv[1], "report.en.html"), &err) != YS_OK ||
        ys_report_junit(result, ys_path_join(&arena, argv[1], "junit.xml"), &err) != YS_OK ||
        ys_report_csv(result, YS_LANG_ZH, ys_path_join(&arena, argv[1], "clauses.csv"), &err) !=
            YS_OK) {
        ys_arena_clear(&arena);
        return complain(&err);
    }
    ys_arena_clear(&arena);
    return 0;
}
