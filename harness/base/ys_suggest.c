/* SPDX-License-Identifier: Apache-2.0 */
/* Edit distance after Damerau and Levenshtein, in its restricted form (no edit inside a swap). */
#include "ys_suggest.h"

#include <string.h>

enum { NAME_BYTES_MAX = 96 }; /* longer names are no misspelt keys */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Both lengths at most NAME_BYTES_MAX. Three rows of the table suffice. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NAME_BYTES_MAX + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];

    memset(rows, 0, sizeof rows);
    for (size_t j = 0; j <= b_length; j++) {
        above[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = smaller(change, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = smaller(row[j], before[j - 2] + 1);
            }
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b_length];
}

const char *ys_suggest(const char *name, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t length = strlen(name);
    size_t allowed = length / 3 > 2 ? length / 3 : 2;

    if (length == 0 || length > NAME_BYTES_MAX) {
        return NULL;
    }
    /* A name of which nothing would remain is no misspelling. */
    size_t nearest = smaller(allowed + 1, length);
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(names[i]);
        if (other > NAME_BYTES_MAX || other + allowed < length || length + allowed < other) {
            continue;
        }
        size_t distance = edit_distance(name, length, names[i], other);
        if (distance < nearest) {
            nearest = distance;
            best = names[i];
        }
    }
    return best;
}
