/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which cases a run takes: --case, --clause, --failed-of and --changed-since narrow one another.
 * A choice that matches nothing is an error, since nothing would be tested and nobody told.
 */
#ifndef YS_SELECTION_H
#define YS_SELECTION_H

#include "ys_cli.h"
#include "ys_run.h"

/* Rows for the table of a command that runs cases. */
#define YS_SELECTION_OPTIONS                                                                       \
    {"case", 0, "GLOB", "only cases whose id matches, e.g. 'fees.*' (repeatable)"},                \
        {"clause", 0, "ID", "only cases that judge this clause (repeatable)"},                     \
        {"failed-of", 0, "RUN", "only cases that did not pass in RUN, a run directory"},           \
    {                                                                                              \
        "changed-since", 0, "RUN",                                                                 \
            "only cases whose text, fragments, operations or bindings\ndiffer from those of RUN"   \
    }

/* Fills the selection of *options. YS_ERR_USAGE when it would be empty. */
YS_NODISCARD enum ys_status ys_selection_make(const struct ys_arguments *arguments,
                                              const struct ys_inputs *inputs,
                                              struct ys_run_options *options,
                                              struct ys_err *reterr);

#endif
