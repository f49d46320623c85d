/* SPDX-License-Identifier: Apache-2.0 */
/* Making signatures; ys_signature_verify.c reads them back. */
#include "ys_signature.h"

#include <assert.h>
#include <string.h>

#include "ys_buf.h"
#include "ys_file.h"
#include "ys_json.h"
#include "ys_seal_parts.h"

static enum ys_status refuse_fault(const struct ys_verification *found, struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_EVIDENCE_BROKEN,
                      "it does not verify and is not signed: %s: %s: %s",
                      ys_fault_name(found->fault), found->file, found->text);
}

/* A certificate that is not valid now makes a signature that never verifies. */
static enum ys_status check_signer(struct ys_arena *arena, const struct ys_signer *signer,
                                   const struct ys_signatures *before, int64_t now_us,
                                   struct ys_err *reterr)
{
    struct ys_chain chain;
    struct ys_certificate own;
    size_t count = 0;
    const char *const *certificates = ys_signer_certificates(signer, &count);
    enum ys_status status =
        ys_chain_judge(arena, certificates, count, NULL, now_us, &chain, reterr);
    if (status == YS_OK && !chain.is_valid) {
        return ys_err_set(reterr, YS_ERR_CRYPTO, "the certificate cannot sign now: %s", chain.why);
    }
    if (status == YS_OK) {
        status = ys_certificate_read(arena, certificates[0], &own, reterr);
    }
    for (size_t i = 0; status == YS_OK && i < before->count; i++) {
        if (strcmp(before->items[i].certificate.fingerprint, own.fingerprint) == 0) {
            return ys_err_set(reterr, YS_ERR_EVIDENCE_STATE, "%s has signed already, on %s",
                              own.subject, before->items[i].time);
        }
    }
    return status;
}

/* The text that is signed. */
static enum ys_status write_statement(struct ys_arena *arena, const char *run_dir, const char *role,
                                      const char *certificates, const char *previous,
                                      int64_t now_us, struct ys_buf *text, struct ys_err *reterr)
{
    char seal[YS_SM3_HEX_MAX];
    char time[YS_TIME_TEXT_MAX];
    enum ys_status status =
        ys_file_sm3(ys_path_join(arena, run_dir, YS_SEAL_FILE), seal, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_time_format_utc(now_us, time);
    struct ys_value *statement = ys_value_map(arena);
    ys_value_set_text(arena, statement, "certificates", certificates);
    ys_value_set_text(arena, statement, "previous", previous);
    ys_value_set_text(arena, statement, "role", role);
    ys_value_set_text(arena, statement, "schema", YS_STATEMENT_SCHEMA);
    ys_value_set_text(arena, statement, "seal", seal);
    ys_value_set_text(arena, statement, "time", time);
    return ys_json_write(statement, text);
}

static const struct ys_value *make_entry(struct ys_arena *arena, const struct ys_signer *signer,
                                         const char *statement, const uint8_t *signature,
                                         size_t length)
{
    size_t count = 0;
    const char *const *certificates = ys_signer_certificates(signer, &count);
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        ys_value_append(arena, list, ys_value_string(arena, certificates[i]));
    }
    struct ys_value *entry = ys_value_map(arena);
    ys_value_set(arena, entry, "certificates", list);
    ys_value_set_text(arena, entry, "signature", ys_base64_encode(arena, signature, length));
    ys_value_set_text(arena, entry, "statement", statement);
    return entry;
}

static enum ys_status write_file(struct ys_arena *arena, const char *path,
                                 const struct ys_value *before, const struct ys_value *entry,
                                 struct ys_err *reterr)
{
    struct ys_buf text;
    struct ys_value *list = ys_value_list(arena);
    struct ys_value *file = ys_value_map(arena);
    for (size_t i = 0; i < ys_value_count(before); i++) {
        ys_value_append(arena, list, ys_value_at(before, i));
    }
    ys_value_append(arena, list, entry);
    ys_value_set_text(arena, file, "schema", YS_SIGNATURE_SCHEMA);
    ys_value_set(arena, file, "signatures", list);
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_json_write(file, &text);
    if (status == YS_OK) {
        status = ys_buf_append_char(&text, '\n');
    }
    status = status == YS_OK
                 ? ys_file_write(path, text.bytes, text.length, reterr)
                 : ys_err_set(reterr, status, "the signatures are too long (YS_FILE_BYTES_MAX)");
    ys_buf_clear(&text);
    return status;
}

/* The list of entries so far, an empty one where there is no file; it has been verified. */
static enum ys_status read_entries(struct ys_arena *arena, const char *run_dir,
                                   const struct ys_value **ret_entries, struct ys_err *reterr)
{
    const struct ys_value *file = NULL;
    struct ys_verification found = {0};
    enum ys_status status = ys_seal_read(arena, run_dir, YS_SIGNATURE_FILE, &found, &file, reterr);
    if (status == YS_OK && found.fault != YS_FAULT_NONE) {
        return refuse_fault(&found, reterr);
    }
    if (status == YS_OK) {
        *ret_entries = file ? ys_value_get(file, "signatures") : ys_value_list(arena);
    }
    return status;
}

static bool is_role(const char *role)
{
    return role[0] != '\0' && strlen(role) <= 64u &&
           strspn(role, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
               strlen(role);
}

static enum ys_status add(struct ys_arena *arena, const char *run_dir,
                          const struct ys_signer *signer, const char *role, int64_t now_us,
                          struct ys_err *reterr)
{
    struct ys_verification found;
    struct ys_signatures signatures;
    enum ys_status status = ys_run_verify(arena, run_dir, NULL, &found, &signatures, reterr);
    if (status == YS_OK && found.fault != YS_FAULT_NONE) {
        return refuse_fault(&found, reterr);
    }
    if (status == YS_OK && signatures.count == YS_SIGNATURES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "a run has at most %u signatures",
                          YS_SIGNATURES_MAX);
    }
    if (status == YS_OK) {
        status = check_signer(arena, signer, &signatures, now_us, reterr);
    }
    const char *path = ys_path_join(arena, run_dir, YS_SIGNATURE_FILE);
    const struct ys_value *before = NULL;
    if (status == YS_OK) {
        status = read_entries(arena, run_dir, &before, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    size_t count = 0;
    uint8_t *signature = NULL;
    size_t length = 0;
    char certificates[YS_SM3_HEX_MAX];
    char previous[YS_SM3_HEX_MAX];
    struct ys_buf statement;
    const char *const *pems = ys_signer_certificates(signer, &count);
    ys_signature_certificates(pems, count, certificates);
    ys_signature_previous(before, ys_value_count(before), previous);
    ys_buf_init(&statement, YS_RECORD_BYTES_MAX);
    status =
        write_statement(arena, run_dir, role, certificates, previous, now_us, &statement, reterr);
    if (status == YS_OK) {
        status = ys_signer_sign(signer, arena, statement.bytes, statement.length, &signature,
                                &length, reterr);
    }
    if (status == YS_OK) {
        const struct ys_value *entry =
            make_entry(arena, signer, statement.bytes, signature, length);
        status = write_file(arena, path, before, entry, reterr);
    }
    ys_buf_clear(&statement);
    return status;
}

enum ys_status ys_signature_add(const char *run_dir, const struct ys_signer *signer,
                                const char *role, const struct ys_clock *clock,
                                struct ys_err *reterr)
{
    assert(run_dir);
    assert(signer);
    assert(clock);
    struct ys_arena arena;
    if (!is_role(role)) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT,
                          "a role is of letters, digits and hyphens, such as inspector, not '%s'",
                          role);
    }
    ys_arena_init(&arena);
    enum ys_status status =
        add(&arena, run_dir, signer, role, clock->wall_us(clock->context), reterr);
    ys_arena_clear(&arena);
    return status;
}
