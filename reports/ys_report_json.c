/* SPDX-License-Identifier: Apache-2.0 */
/* The result as it is. */
#include <string.h>

#include "ys_export.h"

static void write_cases(struct ys_export *export)
{
    ys_jw_list(export->jw, ys_json_stream_list(export->cases));
    for (size_t i = 0; i < ys_json_stream_count(export->cases); i++) {
        ys_jw_value(export->jw, NULL, ys_json_stream_at(export->cases, i));
    }
    ys_jw_end(export->jw);
}

enum ys_status ys_report_json(struct ys_json_stream *result, const char *path,
                              struct ys_err *reterr)
{
    struct ys_export export;
    enum ys_status status = ys_export_open(&export, result, YS_LANG_ZH, path, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_jw_map(export.jw, NULL);
    for (size_t i = 0; i < ys_value_count(export.result); i++) {
        const struct ys_member *member = &export.result->as.map.members[i];
        if (member->value->kind == YS_KIND_LIST &&
            strcmp(member->name, ys_json_stream_list(result)) == 0) {
            write_cases(&export);
        } else {
            ys_jw_value(export.jw, member->name, member->value);
        }
    }
    ys_jw_end(export.jw);
    return ys_export_close(&export, reterr);
}
