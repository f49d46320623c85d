/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <editline/readline.h>

#include "ys_line_editor.h"

#include <stdlib.h>

#define HISTORY_LINES 1000

static const char *history_file;

void ys_line_editor_open(const char *history_path)
{
    rl_initialize();
    using_history();
    stifle_history(HISTORY_LINES);
    history_file = history_path;
    if (history_path) {
        (void)read_history(history_path); /* there may be none yet */
    }
}

const char *ys_line_editor_read(struct ys_arena *arena, const char *prompt)
{
    char *line = readline(prompt);
    const char *copy = line ? ys_arena_strdup(arena, line) : NULL;
    free(line); /* libedit's own */
    return copy;
}

void ys_line_editor_keep(const char *line)
{
    add_history(line);
}

void ys_line_editor_close(void)
{
    if (history_file) {
        (void)write_history(history_file);
    }
    clear_history();
}
