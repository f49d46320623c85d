/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures, and the table of tamperings of a signed run: each is detected and rightly named.
 * Keys and certificates are made on the spot.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../support/certificates.h"
#include "ys_file.h"
#include "ys_signature.h"

enum { RECORDS = 5, RANDOM_TAMPERINGS = 4000, DAY_S = 86400 };

static char keys[] = "/tmp/ys-keys-XXXXXX";

#define NOW_S 1795425151LL

static int make_keys(void **state)
{
    const long long from = NOW_S - DAY_S;
    const long long until = NOW_S + DAY_S;
    (void)state;
    return mkdtemp(keys) && certificate_make_sm2(keys, "root", NULL, NULL, from, until) &&
                   certificate_make_sm2(keys, "middle", "root", NULL, from, until) &&
                   certificate_make_sm2(keys, "inspector", "middle", "digitalSignature", from,
                                        until) &&
                   certificate_make_sm2(keys, "bank", "root", "nonRepudiation", from, until) &&
                   certificate_make_sm2(keys, "expired", "root", "digitalSignature", from - DAY_S,
                                        NOW_S - 1) &&
                   certificate_make_sm2(keys, "cipher", "root", "keyEncipherment", from, until) &&
                   certificate_make_sm2(keys, "stranger", NULL, NULL, from, until) &&
                   certificate_make(keys, "p256", NULL, NULL, 30)
               ? 0
               : -1;
}

static int remove_keys(void **state)
{
    static const char *const names[] = {"root",    "middle", "inspector", "bank",
                                        "expired", "cipher", "stranger",  "p256"};
    char path[128];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s.key", keys, names[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/%s.pem", keys, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/chain.pem", keys);
    unlink(path);
    return rmdir(keys);
}

static const char *key_path(struct run *run, const char *name, const char *ending)
{
    return ys_arena_printf(&run->arena, "%s/%s.%s", keys, name, ending);
}

static const char *read_text(struct run *run, const char *path)
{
    struct ys_buf text;
    ys_buf_init(&text, 65536);
    assert_int_equal(ys_file_read(path, &text, NULL), YS_OK);
    const char *copy = ys_arena_strdup(&run->arena, text.bytes);
    ys_buf_clear(&text);
    return copy;
}

static enum ys_status open_signer(struct run *run, const char *name, struct ys_signer **ret_signer)
{
    const char *certificates = key_path(run, name, "pem");
    if (strcmp(name, "inspector") == 0) {
        const char *chain =
            ys_arena_printf(&run->arena, "%s%s", read_text(run, key_path(run, "middle", "pem")),
                            read_text(run, certificates));
        certificates = key_path(run, "chain", "pem");
        assert_int_equal(ys_file_write(certificates, chain, strlen(chain), NULL), YS_OK);
    }
    return ys_signer_open(key_path(run, name, "key"), certificates, NULL, NULL, ret_signer,
                          &run->err);
}

static enum ys_status sign(struct run *run, const char *name)
{
    struct ys_signer *signer = NULL;
    enum ys_status status = open_signer(run, name, &signer);
    if (status == YS_OK) {
        status = ys_signature_add(run->dir, signer, name, &run->clock, &run->err);
    }
    ys_signer_free(signer);
    return status;
}

static struct ys_verification verify(struct run *run, const char *root,
                                     struct ys_signatures *ret_signatures)
{
    struct ys_verification found;
    struct ys_signatures signatures;
    const char *anchors = root ? read_text(run, key_path(run, root, "pem")) : NULL;
    if (ys_run_verify(&run->arena, run->dir, anchors, &found, &signatures, &run->err) != YS_OK) {
        fail_msg("%s", run->err.text);
    }
    assert_non_null(found.file);
    assert_non_null(found.text);
    if (ret_signatures) {
        *ret_signatures = signatures;
    }
    return found;
}

static void expect(struct run *run, enum ys_fault fault, const char *file, int64_t record,
                   const char *what)
{
    struct ys_verification found = verify(run, "root", NULL);
    if (found.fault != fault || strcmp(found.file, file) != 0 || found.record != record) {
        fail_msg("%s: expected %s of %s %d, found %s of %s %d: %s", what, ys_fault_name(fault),
                 file, (int)record, ys_fault_name(found.fault), found.file, (int)found.record,
                 found.text);
    }
}

static void fill_and_sign(struct run *run)
{
    run_fill_and_seal(run, RECORDS);
    assert_int_equal(sign(run, "inspector"), YS_OK);
    if (sign(run, "bank") != YS_OK) {
        fail_msg("%s", run->err.text);
    }
}

static void two_signatures_verify_in_their_order(void **state)
{
    struct run *run = *state;
    struct ys_signatures signatures;
    fill_and_sign(run);
    assert_int_equal(verify(run, "root", &signatures).fault, YS_FAULT_NONE);
    assert_int_equal(signatures.count, 2);
    assert_string_equal(signatures.items[0].role, "inspector");
    assert_string_equal(signatures.items[0].certificate.subject, "CN=inspector");
    assert_string_equal(signatures.items[1].role, "bank");
    assert_int_equal(verify(run, NULL, NULL).fault, YS_FAULT_NONE);
}

static void unsigned_run_is_no_fault_and_has_no_signatures(void **state)
{
    struct run *run = *state;
    struct ys_signatures signatures;
    run_fill_and_seal(run, RECORDS);
    assert_int_equal(verify(run, "root", &signatures).fault, YS_FAULT_NONE);
    assert_int_equal(signatures.count, 0);
}

static void signer_signs_once(void **state)
{
    struct run *run = *state;
    fill_and_sign(run);
    assert_int_equal(sign(run, "inspector"), YS_ERR_EVIDENCE_STATE);
    assert_non_null(strstr(run->err.text, "signed already"));
}

static void broken_run_is_not_signed(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    run_write(run, "result.json", "{}\n", 3);
    assert_int_equal(sign(run, "inspector"), YS_ERR_EVIDENCE_BROKEN);
    assert_non_null(strstr(run->err.text, "result.json"));
}

static void certificate_holds_at_the_time_of_signing_only(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    assert_int_equal(sign(run, "expired"), YS_ERR_CRYPTO);
    assert_non_null(strstr(run->err.text, "expired"));
    /* It has expired now, and had not when it signed. */
    run->time.wall_us -= INT64_C(1000000) * DAY_S / 2;
    assert_int_equal(sign(run, "expired"), YS_OK);
    run->time.wall_us += INT64_C(1000000) * DAY_S * 3650;
    expect(run, YS_FAULT_NONE, "", 0, "long after");
    /* Later, none of these certificates may sign. */
    assert_int_equal(sign(run, "bank"), YS_ERR_CRYPTO);
}

static void certificate_for_encryption_does_not_sign(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    assert_int_equal(sign(run, "cipher"), YS_ERR_CRYPTO);
    assert_non_null(strstr(run->err.text, "key usage"));
}

static void stranger_is_found_out_by_a_trusted_root(void **state)
{
    struct run *run = *state;
    run_fill_and_seal(run, RECORDS);
    assert_int_equal(sign(run, "stranger"), YS_OK);
    assert_int_equal(verify(run, NULL, NULL).fault, YS_FAULT_NONE);
    expect(run, YS_FAULT_CERTIFICATE, "signature.json", 1, "stranger");
}

static void keys_that_cannot_be_used_are_told(void **state)
{
    struct run *run = *state;
    struct ys_signer *signer = NULL;
    assert_int_equal(open_signer(run, "p256", &signer), YS_ERR_CRYPTO);
    assert_non_null(strstr(run->err.text, "not SM2"));
    assert_int_equal(open_signer(run, "nobody", &signer), YS_ERR_CRYPTO);
    assert_int_equal(
        ys_signer_open(key_path(run, "bank", "key"), NULL, NULL, NULL, &signer, &run->err),
        YS_ERR_CRYPTO);
    assert_non_null(strstr(run->err.text, "no certificate"));
    assert_int_equal(ys_signer_open(key_path(run, "bank", "key"), key_path(run, "root", "pem"),
                                    NULL, NULL, &signer, &run->err),
                     YS_ERR_CRYPTO);
    assert_non_null(strstr(run->err.text, "belongs to the key"));
    assert_null(signer);
}

static void role_is_a_word(void **state)
{
    struct run *run = *state;
    struct ys_signer *signer = NULL;
    run_fill_and_seal(run, RECORDS);
    assert_int_equal(open_signer(run, "bank", &signer), YS_OK);
    assert_int_equal(ys_signature_add(run->dir, signer, "a bank", &run->clock, NULL),
                     YS_ERR_ARGUMENT);
    assert_int_equal(ys_signature_add(run->dir, signer, "", &run->clock, NULL), YS_ERR_ARGUMENT);
    ys_signer_free(signer);
}

/* --- the table ------------------------------------------------------------------------------ */

/* Replaces the `nth` (from 0) occurrence of `old` in a file by `new`. */
static void replace(struct run *run, const char *file, int nth, const char *old, const char *new)
{
    size_t size = 0;
    char *bytes = run_read(run, file, &size);
    char *at = strstr(bytes, old);
    while (at && nth-- > 0) {
        at = strstr(at + 1, old);
    }
    assert_non_null(at);
    size_t head = (size_t)(at - bytes);
    size_t tail = size - head - strlen(old);
    char *made = malloc(size + strlen(new) + 1u);
    memcpy(made, bytes, head);
    memcpy(made + head, new, strlen(new));
    memcpy(made + head + strlen(new), at + strlen(old), tail);
    run_write(run, file, made, head + strlen(new) + tail);
    free(made);
    free(bytes);
}

/* signature.json with its two entries in another number and order. */
static void rearrange_signatures(struct run *run, const char *order)
{
    size_t size = 0;
    char *text = run_read(run, "signature.json", &size);
    char *first = strchr(text, '[') + 1;
    char *second = strstr(first, "},{") + 2;
    char *end = text + size - 3; /* "]}\n" */
    char *made = malloc(4u * size);
    size_t length = (size_t)(first - text);
    memcpy(made, text, length);
    for (const char *at = order; *at; at++) {
        char *from = *at == '1' ? first : second;
        size_t part = *at == '1' ? (size_t)(second - 1 - first) : (size_t)(end - second);
        memcpy(made + length, from, part);
        length += part;
        made[length++] = at[1] ? ',' : ']';
    }
    memcpy(made + length, "}\n", 2);
    run_write(run, "signature.json", made, length + 2u);
    free(made);
    free(text);
}

static void reseal(struct run *run)
{
    struct ys_verification found;
    assert_int_equal(ys_seal_verify(&run->arena, run->dir, &found, NULL), YS_OK);
    assert_int_equal(ys_seal_write(run->dir, found.head, found.records, false, &run->err), YS_OK);
}

static void swap_signatures(struct run *run)
{
    rearrange_signatures(run, "21");
}

static void double_signature(struct run *run)
{
    rearrange_signatures(run, "122");
}

static void take_first_signature(struct run *run)
{
    rearrange_signatures(run, "2");
}

static void change_result_and_reseal(struct run *run)
{
    run_write(run, "result.json", "{\"conclusion\":\"unqualified\"}\n", 29);
    reseal(run);
}

static void add_attestation_and_reseal(struct run *run)
{
    run_write(run, "attestations/2.json", "{}\n", 3);
    reseal(run);
}

static void set_interrupted(struct run *run)
{
    replace(run, "seal.json", 0, "\"interrupted\":false", "\"interrupted\":true");
}

static void change_role(struct run *run)
{
    replace(run, "signature.json", 0, "inspector", "inspectox");
}

static void change_time(struct run *run)
{
    replace(run, "signature.json", 1, "\\\"time\\\":\\\"2", "\\\"time\\\":\\\"1");
}

static void exchange_certificate(struct run *run)
{
    const char *pem = read_text(run, key_path(run, "root", "pem"));
    char escaped[4096];
    size_t length = 0;
    for (const char *at = pem; *at; at++) {
        if (*at == '\n') {
            escaped[length++] = '\\';
        }
        escaped[length++] = *at == '\n' ? 'n' : *at;
    }
    escaped[length] = '\0';
    replace(run, "signature.json", 2, "-----BEGIN CERTIFICATE-----\\n",
            ys_arena_printf(&run->arena, "%s\",\"-----BEGIN CERTIFICATE-----\\n", escaped));
}

static void add_certificate(struct run *run)
{
    replace(run, "signature.json", 2, "-----END CERTIFICATE-----\\n\"",
            "-----END CERTIFICATE-----\\n\",\"more\"");
}

static void break_certificate(struct run *run)
{
    replace(run, "signature.json", 0, "CERTIFICATE-----\\nMII", "CERTIFICATE-----\\nNII");
}

static void break_base64(struct run *run)
{
    replace(run, "signature.json", 0, "\"signature\":\"ME", "\"signature\":\"M!");
}

static void break_schema(struct run *run)
{
    replace(run, "signature.json", 0, "yanshou-signatures-1", "yanshou-signatures-2");
}

static void empty_signatures(struct run *run)
{
    static const char text[] = "{\"schema\":\"yanshou-signatures-1\",\"signatures\":[]}\n";
    run_write(run, "signature.json", text, sizeof text - 1u);
}

static void truncate_signatures(struct run *run)
{
    size_t size = 0;
    char *text = run_read(run, "signature.json", &size);
    run_write(run, "signature.json", text, size - 1u);
    free(text);
}

static void change_attestation(struct run *run)
{
    run_write(run, "attestations/1.json", "{\"finding\":\"fail\"}\n", 19);
}

static void drop_attestation(struct run *run)
{
    run_remove(run, "attestations/1.json");
}

static void add_attestation(struct run *run)
{
    run_write(run, "attestations/2.json", "{}\n", 3);
}

static const struct {
    const char *what;
    void (*tamper)(struct run *run);
    enum ys_fault fault;
    const char *file;
    int64_t record;
} table[] = {
    {"signatures swapped", swap_signatures, YS_FAULT_SIGNATURE, "signature.json", 1},
    {"a signature doubled", double_signature, YS_FAULT_SIGNATURE, "signature.json", 3},
    {"the first signature taken away", take_first_signature, YS_FAULT_SIGNATURE, "signature.json",
     1},
    {"result changed, sealed without the key", change_result_and_reseal, YS_FAULT_SIGNATURE,
     "signature.json", 1},
    {"attestation added, sealed without the key", add_attestation_and_reseal, YS_FAULT_SIGNATURE,
     "signature.json", 1},
    {"seal says interrupted", set_interrupted, YS_FAULT_SIGNATURE, "signature.json", 1},
    {"role changed", change_role, YS_FAULT_SIGNATURE, "signature.json", 1},
    {"time changed", change_time, YS_FAULT_SIGNATURE, "signature.json", 2},
    {"signer's certificate exchanged", exchange_certificate, YS_FAULT_SIGNATURE, "signature.json",
     2},
    {"certificate added", add_certificate, YS_FAULT_CERTIFICATE, "signature.json", 2},
    {"certificate broken", break_certificate, YS_FAULT_CERTIFICATE, "signature.json", 1},
    {"signature not base64", break_base64, YS_FAULT_SIGNATURE, "signature.json", 1},
    {"schema unknown", break_schema, YS_FAULT_SYNTAX, "signature.json", 0},
    {"signatures emptied", empty_signatures, YS_FAULT_SYNTAX, "signature.json", 0},
    {"newline cut off", truncate_signatures, YS_FAULT_SYNTAX, "signature.json", 0},
    {"attestation changed", change_attestation, YS_FAULT_DIGEST, "attestations/1.json", 0},
    {"attestation dropped", drop_attestation, YS_FAULT_MISSING, "attestations/1.json", 0},
    {"attestation added", add_attestation, YS_FAULT_EXTRA, "attestations/2.json", 0},
};

static const char *const sealed[] = {"evidence.jsonl", "manifest.json",  "result.json",
                                     "seal.json",      "signature.json", "attestations/1.json"};
enum { SEALED = sizeof sealed / sizeof sealed[0] };

struct copy {
    char *bytes;
    size_t size;
};

static void keep(struct run *run, struct copy copies[SEALED])
{
    for (size_t i = 0; i < SEALED; i++) {
        copies[i].bytes = run_read(run, sealed[i], &copies[i].size);
    }
}

static void put_back(struct run *run, const struct copy copies[SEALED])
{
    for (size_t i = 0; i < SEALED; i++) {
        run_write(run, sealed[i], copies[i].bytes, copies[i].size);
    }
}

static void forget(struct copy copies[SEALED])
{
    for (size_t i = 0; i < SEALED; i++) {
        free(copies[i].bytes);
    }
}

static void make_attestation(struct run *run, const char *text)
{
    const char *folder = ys_path_join(&run->arena, run->dir, "attestations");
    assert_int_equal(ys_folder_make(folder, &run->err), YS_OK);
    run_write(run, "attestations/1.json", text, strlen(text));
}

static void remove_attestations(struct run *run)
{
    if (ys_file_exists(ys_path_join(&run->arena, run->dir, "attestations/2.json"))) {
        run_remove(run, "attestations/2.json");
    }
    if (ys_file_exists(ys_path_join(&run->arena, run->dir, "attestations/1.json"))) {
        run_remove(run, "attestations/1.json");
    }
    rmdir(ys_path_join(&run->arena, run->dir, "attestations"));
}

static void every_tampering_of_the_table_is_rightly_named(void **state)
{
    struct run *run = *state;
    struct copy copies[SEALED];
    make_attestation(run, "{\"finding\":\"pass\"}\n");
    fill_and_sign(run);
    keep(run, copies);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        table[i].tamper(run);
        expect(run, table[i].fault, table[i].file, table[i].record, table[i].what);
        if (ys_file_exists(ys_path_join(&run->arena, run->dir, "attestations/2.json"))) {
            run_remove(run, "attestations/2.json");
        }
        put_back(run, copies);
        expect(run, YS_FAULT_NONE, "", 0, table[i].what);
    }
    forget(copies);
    remove_attestations(run);
}

/* Each file of one signed run in the place of another's. */
static void files_exchanged_between_signed_runs_are_named(void **state)
{
    struct run *run = *state;
    static const struct {
        enum ys_fault fault;
        const char *file;
        int64_t record;
    } expected[SEALED] = {
        {YS_FAULT_DIGEST, "evidence.jsonl", RECORDS}, {YS_FAULT_DIGEST, "manifest.json", 0},
        {YS_FAULT_DIGEST, "result.json", 0},          {YS_FAULT_DIGEST, "evidence.jsonl", RECORDS},
        {YS_FAULT_SIGNATURE, "signature.json", 1},    {YS_FAULT_DIGEST, "attestations/1.json", 0},
    };
    struct copy ours[SEALED];
    struct copy theirs[SEALED];
    make_attestation(run, "{\"finding\":\"pass\"}\n");
    fill_and_sign(run);
    keep(run, theirs);
    run_remove(run, "evidence.jsonl");
    run_remove(run, "signature.json");
    run->time.wall_us += 1;
    make_attestation(run, "{\"finding\":\"fail\"}\n");
    run_fill_and_seal(run, RECORDS);
    run_write(run, "manifest.json", "{\"seed\":8}\n", 11);
    run_write(run, "result.json", "{\"conclusion\":\"unqualified\"}\n", 29);
    reseal(run);
    assert_int_equal(sign(run, "inspector"), YS_OK);
    keep(run, ours);
    for (size_t i = 0; i < SEALED; i++) {
        run_write(run, sealed[i], theirs[i].bytes, theirs[i].size);
        expect(run, expected[i].fault, expected[i].file, expected[i].record, sealed[i]);
        put_back(run, ours);
        expect(run, YS_FAULT_NONE, "", 0, sealed[i]);
    }
    forget(ours);
    forget(theirs);
    remove_attestations(run);
}

static void random_tampering_of_a_signed_run_never_passes(void **state)
{
    struct run *run = *state;
    uint32_t seed = 19000101u;
    int tried = 0;
    struct copy copies[SEALED];
    make_attestation(run, "{\"finding\":\"pass\"}\n");
    fill_and_sign(run);
    keep(run, copies);
    while (tried < RANDOM_TAMPERINGS) {
        size_t file = random_next(&seed) % SEALED;
        const struct copy *copy = &copies[file];
        char *made = malloc(2u * copy->size + 64u);
        size_t size = random_tamper(&seed, copy->bytes, copy->size, made);
        if (size != copy->size || memcmp(made, copy->bytes, size) != 0) {
            run_write(run, sealed[file], made, size);
            struct ys_verification found = verify(run, "root", NULL);
            /* A changed seal may be found out by what it no longer fits. */
            bool named = found.fault != YS_FAULT_NONE && (strcmp(sealed[file], "seal.json") == 0 ||
                                                          strcmp(found.file, sealed[file]) == 0);
            if (!named) {
                fail_msg("tampering %d of %s is said to be %s of %s", tried, sealed[file],
                         ys_fault_name(found.fault), found.file);
            }
            run_write(run, sealed[file], copy->bytes, copy->size);
            tried++;
            ys_arena_reset(&run->arena);
        }
        free(made);
    }
    expect(run, YS_FAULT_NONE, "", 0, "put back");
    forget(copies);
    remove_attestations(run);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_setup, run_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_signatures_verify_in_their_order),
        TEST(unsigned_run_is_no_fault_and_has_no_signatures),
        TEST(signer_signs_once),
        TEST(broken_run_is_not_signed),
        TEST(certificate_holds_at_the_time_of_signing_only),
        TEST(certificate_for_encryption_does_not_sign),
        TEST(stranger_is_found_out_by_a_trusted_root),
        TEST(keys_that_cannot_be_used_are_told),
        TEST(role_is_a_word),
        TEST(every_tampering_of_the_table_is_rightly_named),
        TEST(files_exchanged_between_signed_runs_are_named),
        TEST(random_tampering_of_a_signed_run_never_passes),
    };
    return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
