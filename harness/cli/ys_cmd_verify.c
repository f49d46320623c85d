/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou verify: chain, blobs and seal of a run directory; the first fault is named. */
#include <inttypes.h>

#include "ys_cli.h"
#include "ys_file.h"
#include "ys_seal.h"

static enum ys_exit run(const struct ys_arguments *arguments)
{
    const char *run_dir = arguments->positionals[0];
    struct ys_err err;
    struct ys_verification found;
    if (!ys_folder_exists(run_dir)) {
        return ys_cli_usage(arguments, "there is no run directory %s", run_dir);
    }
    if (ys_seal_verify(arguments->arena, run_dir, &found, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    bool good = found.fault == YS_FAULT_NONE;
    if (arguments->json) {
        struct ys_value *out = ys_value_map(arguments->arena);
        ys_value_set_bool(arguments->arena, out, "verifies", good);
        ys_value_set_int(arguments->arena, out, "records", found.records);
        ys_value_set_text(arguments->arena, out, "head", found.head);
        if (!good) {
            ys_value_set_text(arguments->arena, out, "fault", ys_fault_name(found.fault));
            ys_value_set_text(arguments->arena, out, "file", found.file);
            ys_value_set_int(arguments->arena, out, "record", found.record);
            ys_value_set_int(arguments->arena, out, "offset", found.offset);
            ys_value_set_text(arguments->arena, out, "text", found.text);
        }
        ys_cli_print_json(out);
    } else if (good) {
        printf("verifies: %" PRId64 " records, chain head %s\n", found.records, found.head);
    } else {
        printf("does not verify: %s: %s", ys_fault_name(found.fault), found.file ? found.file : "");
        if (found.record > 0) {
            printf(", record %" PRId64, found.record);
        }
        if (found.offset >= 0) {
            printf(", byte %" PRId64, found.offset);
        }
        printf("\n  %s\n  %" PRId64 " records before it are in order\n", found.text, found.records);
    }
    return good ? YS_EXIT_GOOD : YS_EXIT_EVIDENCE;
}

const struct ys_command ys_command_verify = {
    .name = "verify",
    .summary = "check chain, blobs and seal of a run directory; name the first fault",
    .operands = "RUNDIR",
    .about = "Checks the evidence chain, every blob and the seal. Needs no network and no suites.\n"
             "Exit status 5 and the first fault by file, record and byte when it does not verify.",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
