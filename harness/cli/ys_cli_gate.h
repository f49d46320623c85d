/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `run --purpose gate` and `gate` share: the files, the decision, and its three outputs
 * beside the run's own (gate.json, gate-junit.xml and lines for people). The run is sealed before
 * the decision is made; gate.json names the seal's digest, so that one can see which run it is of.
 */
#ifndef YS_CLI_GATE_H
#define YS_CLI_GATE_H

#include "ys_cli.h"
#include "ys_gate.h"

/* Rows for the table of a command that decides. */
#define YS_GATE_OPTIONS                                                                            \
    {"baseline", 0, "FILE", "known failures that may stand (gate runs only); see 'baseline'"},     \
    {                                                                                              \
        "gate", 0, "FILE", "conditions beyond the baseline (gate runs only)"                       \
    }

struct ys_gate_files {
    const struct ys_baseline *baseline;
    const struct ys_gate_conditions *conditions;
};

bool ys_cli_gate_wanted(const struct ys_arguments *arguments); /* --baseline or --gate is given */
/* Loads what the options name, checked against the last day of the retrofit (-1: not known).
 * Diagnostics are told; YS_ERR_INVALID after them. */
YS_NODISCARD enum ys_status ys_cli_gate_load(const struct ys_arguments *arguments, int64_t end,
                                             struct ys_gate_files *ret_files,
                                             struct ys_err *reterr);
/* The last day of the retrofit by the candidate's dates; -1: not known. */
int64_t ys_cli_retrofit_end(struct ys_arena *arena, const struct ys_inputs *inputs);

enum ys_exit ys_cli_gate_conclude(const struct ys_arguments *arguments, const char *run_dir,
                                  const struct ys_value *result, const struct ys_gate_files *files);
/* A gate whose selection is empty (`err` says why) is red, and leaves that on record. */
enum ys_exit ys_cli_gate_refuse(const struct ys_arguments *arguments, const char *run_dir,
                                const char *candidate, const struct ys_err *err);

#endif
