/* SPDX-License-Identifier: Apache-2.0 */
/* A query that parses selects from a small document without fault; others say why not. */
#include <string.h>

#include "fuzz.h"
#include "ys_json.h"
#include "ys_jsonpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] =
        "{\"a\":[1,2,{\"b\":\"x\",\"c\":null}],\"d\":{\"e\":[[],{},true,-1.5]}}";
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    const struct ys_jsonpath *path = NULL;
    const struct ys_value *root = NULL;
    const struct ys_value *nodes = NULL;
    ys_arena_init(&arena);
    const char *query = ys_arena_strndup(&arena, (const char *)data, size);
    require(ys_json_parse(&arena, text, strlen(text), &root, NULL) == YS_OK);
    if (ys_jsonpath_parse(&arena, query, &path, &err) != YS_OK) {
        require(err.status != YS_OK && err.text[0] != '\0');
    } else if (ys_jsonpath_select(&arena, path, root, &nodes, &err) == YS_OK) {
        require(!ys_jsonpath_is_singular(path) || ys_value_count(nodes) <= 1);
    }
    ys_arena_clear(&arena);
    return 0;
}
