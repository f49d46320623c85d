/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manual pages of the documents, from the tables that load them: yanshou-suite(5) and
 * yanshou-candidate(5). What a table cannot say stands in a few sentences beside it.
 */
#ifndef YS_MANUAL_H
#define YS_MANUAL_H

#include <stddef.h>
#include <stdio.h>

#include "ys_err.h"

/* Name of page `index` ("yanshou-suite"), NULL behind the last. */
const char *ys_manual_name(size_t index);
/* YS_ERR_NOT_FOUND for another name. `day` is that of the release, "2026-11-24". */
YS_NODISCARD enum ys_status ys_manual_write(FILE *file, const char *name, const char *day,
                                            const char *version);

#endif
