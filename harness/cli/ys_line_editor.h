/* SPDX-License-Identifier: Apache-2.0 */
/* Lines typed at a terminal, with editing and a history; the source is the only file that includes
 * libedit's readline.h. */
#ifndef YS_LINE_EDITOR_H
#define YS_LINE_EDITOR_H

#include <stdbool.h>

#include "ys_mem.h"

/* Reads the history; NULL: none is kept. One editor a process. */
void ys_line_editor_open(const char *history_path);
/* The next line without its end, arena-owned; NULL at the end of input. */
const char *ys_line_editor_read(struct ys_arena *arena, const char *prompt);
/* Puts a line into the history. Lines with a PIN do not belong there. */
void ys_line_editor_keep(const char *line);
void ys_line_editor_close(void);

#endif
