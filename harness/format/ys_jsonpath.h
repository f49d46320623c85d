/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSONPath, RFC 9535 complete: names, wildcards, indices, slices, filters with comparisons and
 * the functions length, count, match, search, value; descendants; well-typedness checks.
 * match and search take I-Regexp (RFC 9485).
 */
#ifndef YS_JSONPATH_H
#define YS_JSONPATH_H

#include <stdbool.h>

#include "ys_value.h"

struct ys_jsonpath; /* a parsed query, arena-owned */

/* YS_ERR_SYNTAX with the column in the query. */
YS_NODISCARD enum ys_status ys_jsonpath_parse(struct ys_arena *arena, const char *query,
                                              const struct ys_jsonpath **ret_path,
                                              struct ys_err *reterr);
/* A singular query selects one node at most. */
bool ys_jsonpath_is_singular(const struct ys_jsonpath *path);
/* The selected nodes as a list (possibly empty), in the order of the RFC. */
YS_NODISCARD enum ys_status ys_jsonpath_select(struct ys_arena *arena,
                                               const struct ys_jsonpath *path,
                                               const struct ys_value *root,
                                               const struct ys_value **ret_nodes,
                                               struct ys_err *reterr);

#endif
