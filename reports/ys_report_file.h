/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that a report is written into. Errors stick: writes after one do nothing, and closing
 * tells it. The file appears under its name only when it is complete; a device, a pipe and
 * /dev/stdout are written in place. Private to the reports.
 */
#ifndef YS_REPORT_FILE_H
#define YS_REPORT_FILE_H

#include <stddef.h>

#include "ys_err.h"

struct ys_report_file;

/* YS_ERR_REPORT. */
YS_NODISCARD enum ys_status ys_report_file_open(const char *path, struct ys_report_file **ret_file,
                                                struct ys_err *reterr);
void ys_report_file_write(struct ys_report_file *file, const char *bytes, size_t length);
/* Makes the file durable and gives it its name; frees in any case. YS_ERR_REPORT. */
YS_NODISCARD enum ys_status ys_report_file_close(struct ys_report_file *file,
                                                 struct ys_err *reterr);
/* Frees and leaves no file; NULL is fine. */
void ys_report_file_abandon(struct ys_report_file *file);

#endif
