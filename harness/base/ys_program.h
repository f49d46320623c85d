/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another program, run without a shell: its arguments as they are, a small fixed environment, no
 * input, and bounds on its time and on what it prints.
 */
#ifndef YS_PROGRAM_H
#define YS_PROGRAM_H

#include "ys_buf.h"

/* Appends what `arguments[0]`, found by PATH, prints; `arguments` ends with NULL. Its
 * complaints are thrown away. The exit status, or 128 plus the signal that ended it, goes to
 * *ret_exit. YS_ERR_NOT_FOUND: it is not installed. YS_ERR_LIMIT: it took longer than `timeout_ms`,
 * or printed more than the buffer holds; it was ended then. */
YS_NODISCARD enum ys_status ys_program_run(const char *const *arguments, int timeout_ms,
                                           struct ys_buf *ret_output, int *ret_exit,
                                           struct ys_err *reterr);

#endif
