/* SPDX-License-Identifier: Apache-2.0 */
/* What the exports for other tools (CTRF, SARIF, OSCAL) share. Private to the reports. */
#ifndef YS_EXPORT_H
#define YS_EXPORT_H

#include "ys_buf.h"
#include "ys_json_writer.h"
#include "ys_report.h"

enum { YS_UUID_TEXT = 37 };

struct ys_export {
    const struct ys_value *result; /* but for its cases */
    struct ys_json_stream *cases;
    enum ys_lang lang;
    struct ys_report_file *file;
    struct ys_jw *jw;
    struct ys_arena arena;  /* of one case, clause … */
    char run[YS_UUID_TEXT]; /* names this run: candidate, regulation and start */
};

YS_NODISCARD enum ys_status ys_export_open(struct ys_export *export, struct ys_json_stream *cases,
                                           enum ys_lang lang, const char *path,
                                           struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_export_close(struct ys_export *export, struct ys_err *reterr);

/* A name-based UUID (RFC 9562, 5.5): the same run and name give the same one. */
void ys_export_uuid(const struct ys_export *export, const char *kind, const char *name,
                    char ret_uuid[YS_UUID_TEXT]);
const char *ys_export_text(const struct ys_value *map, const char *name); /* "" for none */
bool ys_export_is(const struct ys_value *map, const char *name, const char *text);
/* Milliseconds since 1970 of a time; 0 where there is none. */
int64_t ys_export_ms(const struct ys_value *map, const char *name);
/* A relative or file URI reference (RFC 3986) of a path. Arena-owned. */
const char *ys_export_uri(struct ys_export *export, const char *path);
/* Sequence numbers of records, "17, 18, 19"; "" for none. Arena-owned. */
const char *ys_export_records(struct ys_export *export, const struct ys_value *evidence);
/* One sentence: the reason in the reader's language, else the verdict's word. */
const char *ys_export_reason(struct ys_export *export, const struct ys_value *map);
/* A finding in lines: place, target, expected, observed, reason, how to repeat. Arena-owned. */
const char *ys_export_finding(struct ys_export *export, const struct ys_value *finding);
/* These members of a map, as they are, where it has them. NULL at the end. */
void ys_export_members(struct ys_export *export, const struct ys_value *map,
                       const char *const *names);

#endif
