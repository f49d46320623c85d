/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_store.h"

#include <sqlite3.h>
#include <string.h>

#define STORE_VERSION 1
#define BUSY_MS 10000 /* another history of the same folder is at work */

struct ys_store {
    sqlite3 *db;
    const char *path; /* for complaints; owned */
};

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS run("
    " id INTEGER PRIMARY KEY, seal TEXT NOT NULL UNIQUE, folder TEXT NOT NULL,"
    " started TEXT NOT NULL, day INTEGER NOT NULL, purpose TEXT NOT NULL, candidate TEXT NOT NULL,"
    " name_zh TEXT, name_en TEXT, build TEXT, regulation TEXT, conclusion TEXT NOT NULL,"
    " readers TEXT, interrupted INTEGER NOT NULL, retrofit_end INTEGER, duration_ms INTEGER,"
    " cases INTEGER NOT NULL, gate TEXT);"
    "CREATE TABLE IF NOT EXISTS clause("
    " run INTEGER NOT NULL REFERENCES run(id), pos INTEGER NOT NULL, id TEXT NOT NULL,"
    " title_zh TEXT, title_en TEXT, verdict TEXT NOT NULL, cause TEXT, reason TEXT,"
    " mandatory INTEGER NOT NULL, person INTEGER NOT NULL, PRIMARY KEY(run, id));"
    "CREATE TABLE IF NOT EXISTS test("
    " run INTEGER NOT NULL REFERENCES run(id), pos INTEGER NOT NULL, id TEXT NOT NULL,"
    " verdict TEXT NOT NULL, cause TEXT, reason TEXT, suite TEXT, bindings TEXT,"
    " duration_ms INTEGER, fingerprint TEXT, PRIMARY KEY(run, id));"
    "CREATE TABLE IF NOT EXISTS judges("
    " run INTEGER NOT NULL REFERENCES run(id), test TEXT NOT NULL, clause TEXT NOT NULL,"
    " PRIMARY KEY(run, test, clause));"
    "CREATE TABLE IF NOT EXISTS known("
    " run INTEGER NOT NULL REFERENCES run(id), pos INTEGER NOT NULL, test TEXT NOT NULL,"
    " clause TEXT NOT NULL, owner TEXT, reason TEXT, expires TEXT, state TEXT);";

static enum ys_status failed(const struct ys_store *store, struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_IO, "%s: %s", store->path, sqlite3_errmsg(store->db));
}

static enum ys_status check_version(struct ys_store *store, struct ys_err *reterr)
{
    struct ys_arena arena;
    const struct ys_value *rows = NULL;
    ys_arena_init(&arena);
    enum ys_status status =
        ys_store_rows(store, &arena, "PRAGMA user_version", NULL, 0, &rows, reterr);
    int64_t version =
        status == YS_OK ? ys_value_get_int(ys_value_at(rows, 0), "user_version", -1) : -1;
    ys_arena_clear(&arena);
    if (status != YS_OK) {
        return status;
    }
    if (version != 0 && version != STORE_VERSION) {
        return ys_err_set(reterr, YS_ERR_INVALID,
                          "%s is a store of version %lld, this is %d; delete it, and the runs are "
                          "taken in again",
                          store->path, (long long)version, STORE_VERSION);
    }
    return YS_OK;
}

enum ys_status ys_store_open(const char *path, struct ys_store **ret_store, struct ys_err *reterr)
{
    struct ys_store *store = ys_calloc(1, sizeof *store);
    store->path = ys_strdup(path);
    enum ys_status status = YS_OK;
    if (sqlite3_open(path, &store->db) != SQLITE_OK) {
        status = failed(store, reterr);
    }
    if (status == YS_OK) {
        sqlite3_busy_timeout(store->db, BUSY_MS);
        status = check_version(store, reterr);
    }
    if (status == YS_OK &&
        (sqlite3_exec(store->db, SCHEMA, NULL, NULL, NULL) != SQLITE_OK ||
         sqlite3_exec(store->db, "PRAGMA user_version = 1", NULL, NULL, NULL) != SQLITE_OK)) {
        status = failed(store, reterr);
    }
    if (status != YS_OK) {
        ys_store_close(store);
        return status;
    }
    *ret_store = store;
    return YS_OK;
}

void ys_store_close(struct ys_store *store)
{
    if (store) {
        sqlite3_close(store->db);
        ys_free((void *)(uintptr_t)store->path);
        ys_free(store);
    }
}

static enum ys_status prepare(struct ys_store *store, const char *sql,
                              const struct ys_store_value *values, size_t count,
                              sqlite3_stmt **ret_statement, struct ys_err *reterr)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        return failed(store, reterr);
    }
    for (size_t i = 0; i < count; i++) {
        int at = (int)i + 1;
        int bound = values[i].text
                        ? sqlite3_bind_text(statement, at, values[i].text, -1, SQLITE_TRANSIENT)
                        : sqlite3_bind_int64(statement, at, values[i].number);
        if (bound != SQLITE_OK) {
            sqlite3_finalize(statement);
            return failed(store, reterr);
        }
    }
    *ret_statement = statement;
    return YS_OK;
}

static struct ys_value *row_of(struct ys_arena *arena, sqlite3_stmt *statement)
{
    struct ys_value *row = ys_value_map(arena);
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        const char *name = sqlite3_column_name(statement, i);
        int type = sqlite3_column_type(statement, i);
        if (type == SQLITE_INTEGER) {
            ys_value_set_int(arena, row, name, sqlite3_column_int64(statement, i));
        } else if (type == SQLITE_TEXT) {
            ys_value_set_text(arena, row, name, (const char *)sqlite3_column_text(statement, i));
        }
    }
    return row;
}

enum ys_status ys_store_rows(struct ys_store *store, struct ys_arena *arena, const char *sql,
                             const struct ys_store_value *values, size_t count,
                             const struct ys_value **ret_rows, struct ys_err *reterr)
{
    sqlite3_stmt *statement = NULL;
    enum ys_status status = prepare(store, sql, values, count, &statement, reterr);
    if (status != YS_OK) {
        return status;
    }
    struct ys_value *rows = ys_value_list(arena);
    int step = sqlite3_step(statement);
    for (; step == SQLITE_ROW; step = sqlite3_step(statement)) {
        ys_value_append(arena, rows, row_of(arena, statement));
    }
    status = step == SQLITE_DONE ? YS_OK : failed(store, reterr);
    sqlite3_finalize(statement);
    if (status == YS_OK) {
        *ret_rows = rows;
    }
    return status;
}

enum ys_status ys_store_do(struct ys_store *store, const char *sql,
                           const struct ys_store_value *values, size_t count, struct ys_err *reterr)
{
    sqlite3_stmt *statement = NULL;
    enum ys_status status = prepare(store, sql, values, count, &statement, reterr);
    if (status == YS_OK) {
        status = sqlite3_step(statement) == SQLITE_DONE ? YS_OK : failed(store, reterr);
        sqlite3_finalize(statement);
    }
    return status;
}

int64_t ys_store_last_id(const struct ys_store *store)
{
    return sqlite3_last_insert_rowid(store->db);
}
