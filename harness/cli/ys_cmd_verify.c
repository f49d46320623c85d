/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou verify: chain, blobs, seal and signatures of a run directory; the first fault is named.
 */
#include <inttypes.h>
#include <string.h>

#include "ys_cli.h"
#include "ys_file.h"
#include "ys_signature.h"

static void print_json(const struct ys_arguments *arguments, const struct ys_verification *found,
                       const struct ys_signatures *signatures, bool anchored)
{
    struct ys_arena *arena = arguments->arena;
    bool good = found->fault == YS_FAULT_NONE;
    struct ys_value *out = ys_value_map(arena);
    ys_value_set_bool(arena, out, "verifies", good);
    ys_value_set_int(arena, out, "records", found->records);
    ys_value_set_text(arena, out, "head", found->head);
    if (!good) {
        ys_value_set_text(arena, out, "fault", ys_fault_name(found->fault));
        ys_value_set_text(arena, out, "file", found->file);
        ys_value_set_int(arena, out, "record", found->record);
        ys_value_set_int(arena, out, "offset", found->offset);
        ys_value_set_text(arena, out, "text", found->text);
    }
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < signatures->count; i++) {
        const struct ys_signature *signature = &signatures->items[i];
        struct ys_value *item = ys_value_map(arena);
        ys_value_set_text(arena, item, "role", signature->role);
        ys_value_set_text(arena, item, "time", signature->time);
        ys_value_set_text(arena, item, "subject", signature->certificate.subject);
        ys_value_set_text(arena, item, "issuer", signature->certificate.issuer);
        ys_value_set_text(arena, item, "serial", signature->certificate.serial);
        ys_value_set_text(arena, item, "fingerprint", signature->certificate.fingerprint);
        ys_value_set_bool(arena, item, "trusted", anchored);
        ys_value_append(arena, list, item);
    }
    ys_value_set(arena, out, "signatures", list);
    ys_cli_print_json(out);
}

static void print_text(const struct ys_verification *found, const struct ys_signatures *signatures,
                       bool anchored)
{
    if (found->fault != YS_FAULT_NONE) {
        printf("does not verify: %s: %s", ys_fault_name(found->fault), found->file);
        if (found->record > 0) {
            printf(", %s %" PRId64,
                   strcmp(found->file, YS_SIGNATURE_FILE) == 0 ? "signature" : "record",
                   found->record);
        }
        if (found->offset >= 0) {
            printf(", byte %" PRId64, found->offset);
        }
        printf("\n  %s\n  %" PRId64 " records are in order\n", found->text, found->records);
        return;
    }
    printf("verifies: %" PRId64 " records, chain head %s\n", found->records, found->head);
    for (size_t i = 0; i < signatures->count; i++) {
        const struct ys_signature *signature = &signatures->items[i];
        printf("signature %zu: %s, %s, %s\n", i + 1u, signature->role,
               signature->certificate.subject, signature->time);
    }
    if (signatures->count == 0) {
        printf("not signed: whoever could write here could also have made the seal\n");
    } else if (!anchored) {
        printf("the signers' certificates are coherent; whose they are, a trusted root must say "
               "(--ca FILE)\n");
    }
}

/* Signatures that a reader expects and that are not there. */
static void require_signatures(const struct ys_arguments *arguments, uint64_t least,
                               const struct ys_signatures *signatures,
                               struct ys_verification *found)
{
    if (found->fault == YS_FAULT_NONE && signatures->count < least) {
        found->fault = YS_FAULT_MISSING;
        found->file = YS_SIGNATURE_FILE;
        found->record = (int64_t)signatures->count + 1;
        found->text = ys_arena_printf(arguments->arena,
                                      "%" PRIu64 " signatures are expected and %zu are here", least,
                                      signatures->count);
    }
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    const char *run_dir = arguments->positionals[0];
    const char *anchors_path = ys_option_text(arguments, "ca");
    const char *least_text = ys_option_text(arguments, "signed");
    struct ys_err err;
    struct ys_verification found;
    struct ys_signatures signatures;
    struct ys_buf anchors;
    uint64_t least = 0;
    if (least_text && ys_parse_u64(least_text, strlen(least_text), &least) != YS_OK) {
        return ys_cli_usage(arguments, "--signed is a whole number, not '%s'", least_text);
    }
    if (!ys_folder_exists(run_dir)) {
        return ys_cli_usage(arguments, "there is no run directory %s", run_dir);
    }
    ys_buf_init(&anchors, YS_FILE_BYTES_MAX);
    enum ys_status status = anchors_path ? ys_file_read(anchors_path, &anchors, &err) : YS_OK;
    if (status == YS_OK) {
        status = ys_run_verify(arguments->arena, run_dir, anchors_path ? anchors.bytes : NULL,
                               &found, &signatures, &err);
    }
    ys_buf_clear(&anchors);
    if (status != YS_OK) {
        return ys_cli_fail(&err);
    }
    require_signatures(arguments, least, &signatures, &found);
    if (arguments->json) {
        print_json(arguments, &found, &signatures, anchors_path != NULL);
    } else {
        print_text(&found, &signatures, anchors_path != NULL);
    }
    return found.fault == YS_FAULT_NONE ? YS_EXIT_GOOD : YS_EXIT_EVIDENCE;
}

static const struct ys_option OPTIONS[] = {
    {"ca", 0, "FILE", "the roots that are trusted for signatures, PEM"},
    {"signed", 0, "N", "demand at least N signatures"},
};

const struct ys_command ys_command_verify = {
    .name = "verify",
    .summary = "check chain, blobs, seal and signatures of a run; name the first fault",
    .operands = "RUNDIR",
    .about =
        "Checks the evidence chain, the seal, every sealed file, and each signature with its\n"
        "certificates at the time of signing. Needs no network and no suites. Exit status 5 and\n"
        "the first fault by file, record and byte when it does not verify.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
