/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a roster: every row has the columns of the header, or there is an error's place. */
#include <string.h>

#include "fuzz.h"
#include "ys_csv.h"

static void check_rows(const struct ys_value *rows)
{
    const struct ys_value *first = ys_value_at(rows, 0);
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        const struct ys_value *row = ys_value_at(rows, i);
        require(ys_value_count(row) == ys_value_count(first) && row->line > i);
        for (size_t j = 0; j < ys_value_count(row); j++) {
            const struct ys_member *member = &row->as.map.members[j];
            require(ys_value_get(row, member->name) == member->value);
            require(ys_value_text(member->value) != NULL);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    const struct ys_value *rows = NULL;

    ys_arena_init(&arena);
    if (ys_csv_parse(&arena, "input.csv", (const char *)data, size, &rows, &err) == YS_OK) {
        check_rows(rows);
    } else {
        require(err.status != YS_OK && err.line > 0 && err.column > 0 && err.text[0] != '\0');
    }
    ys_arena_clear(&arena);
    return 0;
}
