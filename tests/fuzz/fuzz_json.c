/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a bank's reply: what is accepted has one canonical form that reads back as itself.
 */
#include <string.h>

#include "fuzz.h"
#include "ys_json.h"

static void check_value(struct ys_arena *arena, const struct ys_value *value)
{
    const struct ys_value *again = NULL;
    struct ys_buf first;
    struct ys_buf second;

    ys_buf_init(&first, 8u << 20);
    ys_buf_init(&second, 8u << 20);
    require(ys_json_write(value, &first) == YS_OK);
    require(ys_json_parse(arena, first.bytes, first.length, &again, NULL) == YS_OK);
    require(ys_value_equal(value, again));
    require(ys_json_write(again, &second) == YS_OK);
    require(strcmp(first.bytes, second.bytes) == 0);

    ys_buf_reset(&second);
    require(ys_json_write_pretty(value, &second) == YS_OK);
    require(ys_json_parse(arena, second.bytes, second.length, &again, NULL) == YS_OK);
    require(ys_value_equal(value, again));
    ys_buf_clear(&first);
    ys_buf_clear(&second);
}

/* Members that are picked are those of the whole, read with it; of any bytes some may be. */
static void check_picked(struct ys_arena *arena, const char *text, size_t size,
                         const struct ys_value *whole)
{
    static const char *const names[] = {"a", "b", "name", "id"};
    const struct ys_value *map = NULL;
    enum ys_status status = ys_json_pick(arena, text, size, names, 4, &map, NULL);
    if (!whole || whole->kind != YS_KIND_MAP) {
        return;
    }
    require(status == YS_OK || status == YS_ERR_LIMIT);
    for (size_t i = 0; status == YS_OK && i < ys_value_count(map); i++) {
        const struct ys_member *member = &map->as.map.members[i];
        require(member->value->kind == YS_KIND_MAP ||
                ys_value_equal(member->value, ys_value_get(whole, member->name)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    const struct ys_value *value = NULL;

    ys_arena_init(&arena);
    if (ys_json_parse(&arena, (const char *)data, size, &value, &err) == YS_OK) {
        check_value(&arena, value);
    } else {
        require(err.status != YS_OK && err.text[0] != '\0');
    }
    check_picked(&arena, (const char *)data, size, value);
    ys_arena_clear(&arena);
    return 0;
}
