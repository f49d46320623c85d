/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean …?": the nearest known name by edit distance. */
#ifndef YS_SUGGEST_H
#define YS_SUGGEST_H

#include <stddef.h>

/* The nearest of `count` names within a third of the length of `name` (at least two edits),
 * or NULL. Transposed neighbours count as one edit. Borrowed from `names`. */
const char *ys_suggest(const char *name, const char *const *names, size_t count);

#endif
