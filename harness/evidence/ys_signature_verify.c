/* SPDX-License-Identifier: Apache-2.0 */
/* Verification of signatures. Nothing that is read here is trusted. */
#include <assert.h>
#include <string.h>

#include "ys_file.h"
#include "ys_json.h"
#include "ys_line.h"
#include "ys_seal_parts.h"
#include "ys_signature.h"

struct check {
    struct ys_arena *arena;
    const char *anchors;
    const char *seal; /* digest of seal.json */
    struct ys_verification *found;
};

struct entry {
    const struct ys_value *certificates;
    const char *const *pems;
    size_t pem_count;
    const char *signature;
    const char *statement;
};

static void fault(struct check *check, enum ys_fault kind, size_t index, const char *text)
{
    check->found->fault = kind;
    check->found->file = YS_SIGNATURE_FILE;
    check->found->record = (int64_t)index + 1;
    check->found->offset = -1;
    check->found->text = ys_arena_printf(check->arena, "signature %zu %s", index + 1u, text);
}

void ys_signature_certificates(const char *const *pems, size_t count, char ret_hex[YS_SM3_HEX_MAX])
{
    uint8_t digest[YS_SM3_BYTES];
    struct ys_sm3 *sm3 = ys_sm3_new();
    for (size_t i = 0; i < count; i++) {
        ys_sm3_update(sm3, pems[i], strlen(pems[i]));
    }
    ys_sm3_final(sm3, digest);
    ys_sm3_free(sm3);
    ys_hex_encode_lower(digest, sizeof digest, ret_hex);
}

void ys_signature_previous(const struct ys_value *entries, size_t index,
                           char ret_hex[YS_SM3_HEX_MAX])
{
    const char *before =
        index > 0 ? ys_value_get_text(ys_value_at(entries, index - 1u), "signature") : NULL;
    if (before) {
        ys_sm3_hex(before, strlen(before), ret_hex);
    } else {
        memset(ret_hex, '0', YS_SM3_HEX_MAX - 1u);
        ret_hex[YS_SM3_HEX_MAX - 1u] = '\0';
    }
}

static bool read_entry(struct ys_arena *arena, const struct ys_value *value, struct entry *entry)
{
    entry->certificates = ys_value_get(value, "certificates");
    entry->signature = ys_value_get_text(value, "signature");
    entry->statement = ys_value_get_text(value, "statement");
    if (!entry->certificates || !entry->signature || !entry->statement ||
        value->as.map.count != 3 || entry->certificates->kind != YS_KIND_LIST ||
        ys_value_count(entry->certificates) == 0) {
        return false;
    }
    entry->pem_count = ys_value_count(entry->certificates);
    const char **pems = ys_arena_calloc(arena, entry->pem_count, sizeof *pems);
    for (size_t i = 0; i < entry->pem_count; i++) {
        pems[i] = ys_value_text(ys_value_at(entry->certificates, i));
        if (!pems[i]) {
            return false;
        }
    }
    entry->pems = pems;
    return true;
}

/* NULL when it is not a statement in canonical form with the members that this version writes. */
static const struct ys_value *read_statement(struct ys_arena *arena, const char *text)
{
    static const char *const members[] = {"certificates", "previous", "role",
                                          "schema",       "seal",     "time"};
    const size_t count = sizeof members / sizeof members[0];
    const struct ys_value *value = NULL;
    struct ys_line line;
    size_t bad_at = 0;
    const char *why = NULL;
    if (!ys_line_read(text, strlen(text), &line, &bad_at, &why) ||
        ys_json_parse(arena, text, strlen(text), &value, NULL) != YS_OK ||
        value->as.map.count != count) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!ys_value_get_text(value, members[i])) {
            return NULL;
        }
    }
    return strcmp(ys_value_get_text(value, "schema"), YS_STATEMENT_SCHEMA) == 0 ? value : NULL;
}

/* Whether the first certificate made the signature over the statement. */
static bool check_signed(struct check *check, size_t index, const struct entry *entry)
{
    struct ys_err err;
    uint8_t *signature = NULL;
    size_t length = 0;
    bool valid = false;
    if (ys_base64_decode(check->arena, entry->signature, strlen(entry->signature), &signature,
                         &length, NULL) != YS_OK) {
        fault(check, YS_FAULT_SIGNATURE, index, "is not base64");
        return false;
    }
    if (ys_sm2_verify(entry->pems[0], entry->statement, strlen(entry->statement), signature, length,
                      &valid, &err) != YS_OK) {
        fault(check, YS_FAULT_CERTIFICATE, index,
              ys_arena_printf(check->arena, "has no usable certificate: %s", err.text));
        return false;
    }
    if (!valid) {
        fault(check, YS_FAULT_SIGNATURE, index,
              "was not made over its statement with the key of its certificate");
    }
    return valid;
}

/* Whether what was signed is this seal, at this place, with these certificates. */
static bool check_statement(struct check *check, size_t index, const struct entry *entry,
                            const struct ys_value *statement, const struct ys_value *entries)
{
    char digest[YS_SM3_HEX_MAX];
    if (strcmp(ys_value_get_text(statement, "seal"), check->seal) != 0) {
        fault(check, YS_FAULT_SIGNATURE, index,
              "is over another seal: the run was sealed anew after it was signed, or the "
              "signature belongs to another run");
        return false;
    }
    ys_signature_previous(entries, index, digest);
    if (strcmp(ys_value_get_text(statement, "previous"), digest) != 0) {
        fault(check, YS_FAULT_SIGNATURE, index,
              "stands at another place than it was made for: signatures were swapped, doubled or "
              "taken away");
        return false;
    }
    ys_signature_certificates(entry->pems, entry->pem_count, digest);
    if (strcmp(ys_value_get_text(statement, "certificates"), digest) != 0) {
        fault(check, YS_FAULT_CERTIFICATE, index, "has other certificates than it was made with");
        return false;
    }
    return true;
}

static enum ys_status check_chain(struct check *check, size_t index, const struct entry *entry,
                                  const struct ys_value *statement, struct ys_signature *ret,
                                  struct ys_err *reterr)
{
    int64_t at_us = 0;
    struct ys_chain chain;
    struct ys_signature signature = {.role = ys_value_get_text(statement, "role"),
                                     .time = ys_value_get_text(statement, "time")};
    if (ys_time_parse(signature.time, &at_us, NULL) != YS_OK) {
        fault(check, YS_FAULT_SIGNATURE, index, "does not say when it was made");
        return YS_OK;
    }
    enum ys_status status = ys_chain_judge(check->arena, entry->pems, entry->pem_count,
                                           check->anchors, at_us, &chain, reterr);
    if (status == YS_OK && chain.is_valid) {
        status = ys_certificate_read(check->arena, entry->pems[0], &signature.certificate, reterr);
    } else if (status == YS_OK) {
        fault(check, YS_FAULT_CERTIFICATE, index,
              ys_arena_printf(check->arena,
                              "was made on %s with a certificate that does not hold: "
                              "%s",
                              signature.time, chain.why));
    }
    *ret = signature;
    return status;
}

static enum ys_status check_one(struct check *check, const struct ys_value *entries, size_t index,
                                struct ys_signature *ret, struct ys_err *reterr)
{
    struct entry entry;
    if (!read_entry(check->arena, ys_value_at(entries, index), &entry)) {
        fault(check, YS_FAULT_SYNTAX, index, "lacks a member or has one of the wrong type");
        return YS_OK;
    }
    if (!check_signed(check, index, &entry)) {
        return YS_OK;
    }
    const struct ys_value *statement = read_statement(check->arena, entry.statement);
    if (!statement) {
        fault(check, YS_FAULT_SIGNATURE, index, "is over something else than a statement");
        return YS_OK;
    }
    if (!check_statement(check, index, &entry, statement, entries)) {
        return YS_OK;
    }
    return check_chain(check, index, &entry, statement, ret, reterr);
}

/* The list of entries; NULL where there is no file or it is at fault. */
static enum ys_status read_entries(struct check *check, const char *run_dir,
                                   const struct ys_value **ret_entries, struct ys_err *reterr)
{
    const struct ys_value *file = NULL;
    enum ys_status status =
        ys_seal_read(check->arena, run_dir, YS_SIGNATURE_FILE, check->found, &file, reterr);
    if (status != YS_OK || !file) {
        return status;
    }
    const char *schema = ys_value_get_text(file, "schema");
    const struct ys_value *entries = ys_value_get(file, "signatures");
    if (!schema || strcmp(schema, YS_SIGNATURE_SCHEMA) != 0 || !entries ||
        file->as.map.count != 2 || entries->kind != YS_KIND_LIST || ys_value_count(entries) == 0 ||
        ys_value_count(entries) > YS_SIGNATURES_MAX) {
        check->found->fault = YS_FAULT_SYNTAX;
        check->found->file = YS_SIGNATURE_FILE;
        check->found->text = "the file lacks a member or has one of the wrong type";
        return YS_OK;
    }
    *ret_entries = entries;
    return YS_OK;
}

/* The signatures, behind what the seal's own check found. */
static enum ys_status check_signatures(struct ys_arena *arena, const char *run_dir,
                                       const char *anchors, struct ys_verification found,
                                       struct ys_verification *ret_verification,
                                       struct ys_signatures *ret_signatures, struct ys_err *reterr)
{
    char seal[YS_SM3_HEX_MAX];
    struct check check = {.arena = arena, .anchors = anchors, .seal = seal, .found = &found};
    const struct ys_value *entries = NULL;
    struct ys_signature *items = NULL;
    size_t count = 0;
    enum ys_status status = YS_OK;
    if (found.fault == YS_FAULT_NONE) {
        status = ys_file_sm3(ys_path_join(arena, run_dir, YS_SEAL_FILE), seal, reterr);
    }
    if (status == YS_OK && found.fault == YS_FAULT_NONE) {
        status = read_entries(&check, run_dir, &entries, reterr);
    }
    if (status == YS_OK && entries) {
        items = ys_arena_calloc(arena, ys_value_count(entries), sizeof *items);
        while (status == YS_OK && found.fault == YS_FAULT_NONE && count < ys_value_count(entries)) {
            status = check_one(&check, entries, count, &items[count], reterr);
            count++;
        }
    }
    if (status == YS_OK) {
        *ret_verification = found;
        *ret_signatures = (struct ys_signatures){.items = items,
                                                 .count = found.fault == YS_FAULT_NONE ? count : 0};
    }
    return status;
}

enum ys_status ys_run_verify(struct ys_arena *arena, const char *run_dir, const char *anchors,
                             struct ys_verification *ret_verification,
                             struct ys_signatures *ret_signatures, struct ys_err *reterr)
{
    assert(ret_verification);
    assert(ret_signatures);
    struct ys_verification found;
    enum ys_status status = ys_seal_verify(arena, run_dir, &found, reterr);
    return status == YS_OK ? check_signatures(arena, run_dir, anchors, found, ret_verification,
                                              ret_signatures, reterr)
                           : status;
}

enum ys_status ys_result_verify(struct ys_arena *arena, const char *folder,
                                struct ys_verification *ret_verification,
                                struct ys_signatures *ret_signatures, struct ys_err *reterr)
{
    assert(ret_verification);
    assert(ret_signatures);
    struct ys_verification found;
    enum ys_status status = ys_seal_verify_result(arena, folder, &found, reterr);
    return status == YS_OK ? check_signatures(arena, folder, NULL, found, ret_verification,
                                              ret_signatures, reterr)
                           : status;
}
