/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of runs: a SQLite file that holds what `history` asks of them. It is a cache of sealed
 * run directories and can be deleted; a run is taken in once, by the digest of its seal, and only
 * when its evidence verifies. ys_store.c is the only source of the harness with sqlite3.h.
 */
#ifndef YS_STORE_H
#define YS_STORE_H

#include "ys_err.h"
#include "ys_value.h"

struct ys_store;

/* Makes the file where there is none. YS_ERR_IO; YS_ERR_INVALID for a file that is no store of this
 * version (delete it, and the runs are taken in again). */
YS_NODISCARD enum ys_status ys_store_open(const char *path, struct ys_store **ret_store,
                                          struct ys_err *reterr);
void ys_store_close(struct ys_store *store);

enum ys_store_import { YS_STORE_ADDED, YS_STORE_KNOWN, YS_STORE_REFUSED };

/* Takes one run directory in. Refused (with a sentence in *ret_why, arena-owned) when it is not
 * sealed, does not verify or holds no result; an error only when the store fails. What a gate
 * decided (gate.json) is taken in where it names this seal, also for a run that is known. */
YS_NODISCARD enum ys_status ys_store_add(struct ys_store *store, struct ys_arena *arena,
                                         const char *run_dir, enum ys_store_import *ret_import,
                                         const char **ret_why, struct ys_err *reterr);

/* A parameter of a statement: a text, or a number where `text` is NULL. */
struct ys_store_value {
    const char *text;
    int64_t number;
};

/* Rows of a query as a list of maps, numbers as numbers and NULL left out. Arena-owned. */
YS_NODISCARD enum ys_status ys_store_rows(struct ys_store *store, struct ys_arena *arena,
                                          const char *sql, const struct ys_store_value *values,
                                          size_t count, const struct ys_value **ret_rows,
                                          struct ys_err *reterr);
/* A statement without rows. */
YS_NODISCARD enum ys_status ys_store_do(struct ys_store *store, const char *sql,
                                        const struct ys_store_value *values, size_t count,
                                        struct ys_err *reterr);
int64_t ys_store_last_id(const struct ys_store *store); /* of the last INSERT */

#endif
