/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a candidate supplies for the tests, by path as expressions name it ("safeguards.exports"):
 * what is missing of it, and how to write it down.
 */
#ifndef YS_SUPPLY_H
#define YS_SUPPLY_H

#include "ys_catalogue.h"

/* The first supply, or member of one, that the expressions of a tree name and `supplies` (may be
 * NULL) does not have; NULL: none. What lies behind an item of a list is not looked at. */
const char *ys_supply_missing(struct ys_arena *arena, const struct ys_catalogue *catalogue,
                              const struct ys_value *supplies, const struct ys_value *tree);
/* How the candidate file says it: "supplies: {safeguards: {exports: true}}". Arena-owned. */
const char *ys_supply_example(struct ys_arena *arena, const struct ys_catalogue *catalogue,
                              const char *path);

/* The reason of both, a path and an example, wherever it is told. */
#define YS_SUPPLY_MISSING                                                                          \
    "the candidate file does not say supplies.%s; write in it, for example, %s"

#endif
