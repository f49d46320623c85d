/* SPDX-License-Identifier: Apache-2.0 */
/* What `run --resume` takes from the manifest of the run that was cut. */
#ifndef YS_RESUME_ARGUMENTS_H
#define YS_RESUME_ARGUMENTS_H

#include "ys_cli.h"
#include "ys_run.h"

/* Arguments with the candidate and suites that the manifest names where none were given, and
 * options with its purpose, seed, selection, order and part of the plan. Options that were given
 * and say otherwise are told as a usage error. Borrows from `arguments`. */
enum ys_exit ys_resume_arguments(const struct ys_arguments *arguments, const char *run_dir,
                                 struct ys_arguments *ret_arguments,
                                 struct ys_run_options *options);

#endif
