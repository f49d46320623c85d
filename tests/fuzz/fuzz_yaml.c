/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a suite: either a value that can be written as JSON and read back, or an error
 * with a place inside the text. */
#include <string.h>

#include "fuzz.h"
#include "ys_json.h"
#include "ys_yaml.h"

static void check_value(struct ys_arena *arena, const struct ys_document *document)
{
    const struct ys_value *again = NULL;
    struct ys_buf buf;
    ys_buf_init(&buf, 1u << 20);
    /* Aliases make a small text a large value: a buffer that is full is no fault. */
    enum ys_status status = ys_json_write(document->root, &buf);
    require(status == YS_OK || status == YS_ERR_LIMIT);
    if (status == YS_OK) {
        require(ys_json_parse(arena, buf.bytes, buf.length, &again, NULL) == YS_OK);
        require(again->kind == document->root->kind);
        require(ys_value_count(again) == ys_value_count(document->root));
        require(ys_value_equal(document->root, ys_value_copy(arena, document->root)));
    }
    ys_buf_clear(&buf);
    require(document->root->line > 0 && document->root->column > 0);
    require(strlen(ys_value_show(arena, document->root, 80)) <= 80);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    const struct ys_document *document = NULL;

    ys_arena_init(&arena);
    if (ys_yaml_parse(&arena, "input.yaml", (const char *)data, size, &document, &err) == YS_OK) {
        check_value(&arena, document);
    } else {
        require(err.status != YS_OK && err.line > 0 && err.text[0] != '\0');
    }
    ys_arena_clear(&arena);
    return 0;
}
