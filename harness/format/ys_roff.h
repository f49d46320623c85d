/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notation of manual pages: the man(7) macros that both groff and mandoc know. Only written,
 * never read. Writing goes to a stream whose errors its owner checks.
 */
#ifndef YS_ROFF_H
#define YS_ROFF_H

#include <stdio.h>

/* ".TH" of a page: "yanshou-suite" 5, the day of the release, the version. */
void ys_roff_title(FILE *file, const char *name, int section, const char *day, const char *version);
/* One line of running text or the argument of a macro; blanks and '-' stay what they are. */
void ys_roff_line(FILE *file, const char *text);
/* Several lines: an empty one begins a paragraph, indented ones are shown as they stand. */
void ys_roff_lines(FILE *file, const char *text);
/* The text in bold, or in italics, within a line. */
void ys_roff_bold(FILE *file, const char *text);
void ys_roff_italic(FILE *file, const char *text);

#endif
