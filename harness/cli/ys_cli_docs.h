/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manual pages and the completions of the shells, on standard output, from the table of
 * commands that is parsed. What can follow an option is told by its value: 'a|b' are the words
 * themselves, FILE, PATH, RUNDIR, RUN, DIR and KEY are names of files, all else is free.
 */
#ifndef YS_CLI_DOCS_H
#define YS_CLI_DOCS_H

#include "ys_err.h"

/* "yanshou", or a page of the documents (ys_manual.h). YS_ERR_NOT_FOUND for another. */
YS_NODISCARD enum ys_status ys_cli_write_manual(const char *page);
/* "bash", "zsh" or "fish". YS_ERR_NOT_FOUND for another. */
YS_NODISCARD enum ys_status ys_cli_write_completion(const char *shell);

#endif
