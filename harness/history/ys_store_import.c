/* SPDX-License-Identifier: Apache-2.0 */
/* A run directory into the store, as a whole or not at all. */
#include <string.h>

#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_gate.h"
#include "ys_json.h"
#include "ys_json_stream.h"
#include "ys_seal.h"
#include "ys_store.h"

#define TEXT(value) ((struct ys_store_value){.text = (value)})
#define NUMBER(value) ((struct ys_store_value){.number = (value)})

static enum ys_status load_json(struct ys_arena *arena, const char *path, char *ret_digest,
                                const struct ys_value **ret_value, struct ys_err *reterr)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(path, &buf, reterr);
    if (status == YS_OK) {
        status = ys_json_parse(arena, buf.bytes, buf.length, ret_value, reterr);
    }
    if (status == YS_OK && ret_digest) {
        ys_sm3_hex(buf.bytes, buf.length, ret_digest);
    }
    ys_buf_clear(&buf);
    return status;
}

static enum ys_status add_run(struct ys_store *store, const struct ys_value *result,
                              const char *seal, const char *folder, int64_t *ret_id,
                              struct ys_err *reterr)
{
    const struct ys_value *candidate = ys_value_get(result, "candidate");
    const struct ys_value *name = ys_value_get(candidate, "name");
    const struct ys_store_value values[] = {
        TEXT(seal),
        TEXT(folder),
        TEXT(ys_value_word(result, "started")),
        NUMBER(ys_result_day(result)),
        TEXT(ys_value_word(result, "purpose")),
        TEXT(ys_value_word(candidate, "id")),
        TEXT(ys_value_word(name, "zh")),
        TEXT(ys_value_word(name, "en")),
        TEXT(ys_value_word(candidate, "build")),
        TEXT(ys_value_word(ys_value_get(result, "regulation"), "id")),
        TEXT(ys_value_word(result, "conclusion")),
        TEXT(ys_value_word(result, "readers")),
        NUMBER(ys_value_get_bool(result, "interrupted", false)),
        NUMBER(ys_result_retrofit_end(result)),
        NUMBER(ys_value_get_int(ys_value_get(result, "timing"), "duration_ms", 0)),
        NUMBER((int64_t)ys_value_count(ys_value_get(result, "cases")))};
    enum ys_status status = ys_store_do(
        store,
        "INSERT INTO run(seal, folder, started, day, purpose, candidate, name_zh, name_en, build,"
        " regulation, conclusion, readers, interrupted, retrofit_end, duration_ms, cases)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        values, sizeof values / sizeof values[0], reterr);
    *ret_id = ys_store_last_id(store);
    return status;
}

/* Whether documents or persons bear on a clause. */
static bool needs_person(const struct ys_value *clause)
{
    const struct ys_value *modes = ys_value_get(clause, "modes");
    bool person = false;
    for (size_t i = 0; i < ys_value_count(modes); i++) {
        const char *mode = ys_value_text(ys_value_at(modes, i));
        person = person || (mode && strcmp(mode, "A") != 0);
    }
    return person;
}

static enum ys_status add_clauses(struct ys_store *store, const struct ys_value *result,
                                  int64_t run, struct ys_err *reterr)
{
    const struct ys_value *clauses = ys_value_get(result, "clauses");
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < ys_value_count(clauses) && status == YS_OK; i++) {
        const struct ys_value *one = ys_value_at(clauses, i);
        const struct ys_value *title = ys_value_get(one, "title");
        const struct ys_store_value values[] = {NUMBER(run),
                                                NUMBER((int64_t)i),
                                                TEXT(ys_value_word(one, "id")),
                                                TEXT(ys_value_word(title, "zh")),
                                                TEXT(ys_value_word(title, "en")),
                                                TEXT(ys_value_word(one, "verdict")),
                                                TEXT(ys_value_word(one, "cause")),
                                                TEXT(ys_value_word(one, "reason")),
                                                NUMBER(ys_value_get_bool(one, "mandatory", false)),
                                                NUMBER(needs_person(one))};
        status = ys_store_do(store,
                             "INSERT INTO clause(run, pos, id, title_zh, title_en, verdict, cause,"
                             " reason, mandatory, person) VALUES(?,?,?,?,?,?,?,?,?,?)",
                             values, sizeof values / sizeof values[0], reterr);
    }
    return status;
}

static enum ys_status add_judges(struct ys_store *store, int64_t run, const struct ys_value *one,
                                 struct ys_err *reterr)
{
    const struct ys_value *clauses = ys_value_get(one, "clauses");
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < ys_value_count(clauses) && status == YS_OK; i++) {
        const char *clause = ys_value_text(ys_value_at(clauses, i));
        const struct ys_store_value values[] = {NUMBER(run), TEXT(ys_value_word(one, "id")),
                                                TEXT(clause ? clause : "")};
        status = ys_store_do(store, "INSERT OR IGNORE INTO judges(run, test, clause) VALUES(?,?,?)",
                             values, 3, reterr);
    }
    return status;
}

static enum ys_status add_cases(struct ys_store *store, const struct ys_value *result, int64_t run,
                                struct ys_err *reterr)
{
    const struct ys_value *cases = ys_value_get(result, "cases");
    const struct ys_value *left_out = ys_value_get(result, "not_selected");
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < ys_value_count(cases) && status == YS_OK; i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        const struct ys_value *inputs = ys_value_get(one, "inputs");
        const struct ys_store_value values[] = {NUMBER(run),
                                                NUMBER((int64_t)i),
                                                TEXT(ys_value_word(one, "id")),
                                                TEXT(ys_value_word(one, "verdict")),
                                                TEXT(ys_value_word(one, "cause")),
                                                TEXT(ys_value_word(one, "reason")),
                                                TEXT(ys_value_word(inputs, "suite")),
                                                TEXT(ys_value_word(inputs, "bindings")),
                                                NUMBER(ys_value_get_int(one, "duration_ms", 0)),
                                                TEXT(ys_value_word(one, "fingerprint"))};
        status = ys_store_do(store,
                             "INSERT INTO test(run, pos, id, verdict, cause, reason, suite,"
                             " bindings, duration_ms, fingerprint) VALUES(?,?,?,?,?,?,?,?,?,?)",
                             values, sizeof values / sizeof values[0], reterr);
        status = status == YS_OK ? add_judges(store, run, one, reterr) : status;
    }
    for (size_t i = 0; i < ys_value_count(left_out) && status == YS_OK; i++) {
        status = add_judges(store, run, ys_value_at(left_out, i), reterr);
    }
    return status;
}

/* What a gate decided of this very seal; another decision takes the place of an earlier one. */
static enum ys_status add_gate(struct ys_store *store, struct ys_arena *arena, const char *run_dir,
                               const char *seal, int64_t run, struct ys_err *reterr)
{
    const struct ys_value *gate = NULL;
    struct ys_err ignored;
    const char *path = ys_path_join(arena, run_dir, "gate.json");
    if (!ys_file_exists(path) || load_json(arena, path, NULL, &gate, &ignored) != YS_OK ||
        strcmp(ys_value_word(gate, "schema"), "yanshou-gate-1") != 0 ||
        strcmp(ys_value_word(gate, "seal"), seal) != 0) {
        return YS_OK;
    }
    const struct ys_store_value head[] = {TEXT(ys_value_word(gate, "decision")), NUMBER(run)};
    enum ys_status status =
        ys_store_do(store, "UPDATE run SET gate = ? WHERE id = ?", head, 2, reterr);
    if (status == YS_OK) {
        status = ys_store_do(store, "DELETE FROM known WHERE run = ?", head + 1, 1, reterr);
    }
    const struct ys_value *known = ys_value_get(gate, "known");
    for (size_t i = 0; i < ys_value_count(known) && status == YS_OK; i++) {
        const struct ys_value *one = ys_value_at(known, i);
        const struct ys_store_value values[] = {NUMBER(run),
                                                NUMBER((int64_t)i),
                                                TEXT(ys_value_word(one, "case")),
                                                TEXT(ys_value_word(one, "clause")),
                                                TEXT(ys_value_word(one, "owner")),
                                                TEXT(ys_value_word(one, "reason")),
                                                TEXT(ys_value_word(one, "expires")),
                                                TEXT(ys_value_word(one, "state"))};
        status = ys_store_do(store,
                             "INSERT INTO known(run, pos, test, clause, owner, reason, expires,"
                             " state) VALUES(?,?,?,?,?,?,?,?)",
                             values, sizeof values / sizeof values[0], reterr);
    }
    return status;
}

/* NULL and the result when the run may be taken in, else why not. */
static const char *why_refused(struct ys_arena *arena, const char *run_dir,
                               const struct ys_value **ret_result)
{
    struct ys_verification verification;
    struct ys_err err;
    if (ys_seal_verify(arena, run_dir, &verification, &err) != YS_OK) {
        return ys_arena_strdup(arena, err.text);
    }
    if (verification.fault != YS_FAULT_NONE) {
        return ys_arena_printf(arena, "%s: %s", ys_fault_name(verification.fault),
                               verification.text);
    }
    if (ys_json_stream_load(arena, ys_path_join(arena, run_dir, "result.json"), "cases",
                            YS_RESULT_BYTES_MAX, ret_result, &err) != YS_OK) {
        return ys_arena_strdup(arena, err.text);
    }
    if (strcmp(ys_value_word(*ret_result, "schema"), "yanshou-result-1") != 0 ||
        ys_result_day(*ret_result) < 0) {
        return "result.json is no result of this version";
    }
    return NULL;
}

static enum ys_status add_all(struct ys_store *store, struct ys_arena *arena, const char *run_dir,
                              const char *seal, const struct ys_value *result,
                              struct ys_err *reterr)
{
    int64_t run = 0;
    enum ys_status status = add_run(store, result, seal, run_dir, &run, reterr);
    status = status == YS_OK ? add_clauses(store, result, run, reterr) : status;
    status = status == YS_OK ? add_cases(store, result, run, reterr) : status;
    return status == YS_OK ? add_gate(store, arena, run_dir, seal, run, reterr) : status;
}

/* Ends the transaction by how the work in it went. */
static enum ys_status end(struct ys_store *store, enum ys_status status, struct ys_err *reterr)
{
    if (status == YS_OK) {
        return ys_store_do(store, "COMMIT", NULL, 0, reterr);
    }
    struct ys_err ignored;
    enum ys_status undone = ys_store_do(store, "ROLLBACK", NULL, 0, &ignored);
    (void)undone; /* the first error is the one to tell */
    return status;
}

enum ys_status ys_store_add(struct ys_store *store, struct ys_arena *arena, const char *run_dir,
                            enum ys_store_import *ret_import, const char **ret_why,
                            struct ys_err *reterr)
{
    char seal[YS_SM3_HEX_MAX];
    struct ys_err err;
    const struct ys_value *value = NULL;
    const struct ys_value *rows = NULL;
    if (load_json(arena, ys_path_join(arena, run_dir, "seal.json"), seal, &value, &err) != YS_OK) {
        *ret_import = YS_STORE_REFUSED;
        *ret_why = ys_arena_printf(arena, "not sealed: %s", err.text);
        return YS_OK;
    }
    enum ys_status status = ys_store_do(store, "BEGIN IMMEDIATE", NULL, 0, reterr);
    if (status != YS_OK) {
        return status;
    }
    status = ys_store_rows(store, arena, "SELECT id FROM run WHERE seal = ?",
                           &(struct ys_store_value){.text = seal}, 1, &rows, reterr);
    if (status == YS_OK && ys_value_count(rows)) {
        *ret_import = YS_STORE_KNOWN;
        status = add_gate(store, arena, run_dir, seal,
                          ys_value_get_int(ys_value_at(rows, 0), "id", 0), reterr);
        return end(store, status, reterr);
    }
    const char *why = status == YS_OK ? why_refused(arena, run_dir, &value) : NULL;
    if (why) {
        *ret_import = YS_STORE_REFUSED;
        *ret_why = why;
        return end(store, YS_OK, reterr);
    }
    if (status == YS_OK) {
        *ret_import = YS_STORE_ADDED;
        status = add_all(store, arena, run_dir, seal, value, reterr);
    }
    return end(store, status, reterr);
}
