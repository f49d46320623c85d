/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies that nobody mapped: of JSON, the form must stay and every text and number be a mark; of
 * anything else, nothing may be read beyond its end.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "ys_engine_private.h"
#include "ys_json.h"

static bool is_hidden(const struct ys_value *was, const struct ys_value *is)
{
    const char *text = ys_value_text(is);
    switch (was->kind) {
    case YS_KIND_NULL:
    case YS_KIND_BOOL:
        return ys_value_equal(was, is);
    case YS_KIND_NUMBER:
    case YS_KIND_STRING:
        return text && strncmp(text, "⟦unmapped:", strlen("⟦unmapped:")) == 0;
    case YS_KIND_LIST:
    case YS_KIND_MAP:
        break;
    }
    if (was->kind != is->kind || ys_value_count(was) != ys_value_count(is)) {
        return false;
    }
    for (size_t i = 0; i < ys_value_count(was); i++) {
        bool is_map = was->kind == YS_KIND_MAP;
        if (is_map && strcmp(was->as.map.members[i].name, is->as.map.members[i].name) != 0) {
            return false;
        }
        if (!is_hidden(is_map ? was->as.map.members[i].value : was->as.list.items[i],
                       is_map ? is->as.map.members[i].value : is->as.list.items[i])) {
            return false;
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[YS_REDACT_KEY_BYTES] = "a key that only the tests know..";
    static struct ys_redactor *redactor; /* one for all: its tables are large */
    redactor = redactor ? redactor : ys_redactor_new(key);
    struct ys_engine engine = {.redactor = redactor};
    struct ys_exec exec = {.engine = &engine};
    const struct ys_value *was = NULL;
    const struct ys_value *is = NULL;
    size_t length = 0;
    if (size == 0) {
        return 0;
    }
    ys_arena_init(&exec.arena);
    exec.clear.xml = data[0] == '<';
    char *body = ys_arena_strndup(&exec.arena, (const char *)data, size);
    const char *shown = ys_clear_apply(&exec, body, size, &length);
    if (ys_json_parse(&exec.arena, body, size, &was, NULL) == YS_OK && !memchr(body, '\0', size)) {
        /* Depth, size and numbers were accepted once: they are not worse now. */
        if (ys_json_parse(&exec.arena, shown, length, &is, NULL) != YS_OK || !is_hidden(was, is)) {
            abort();
        }
    }
    ys_arena_clear(&exec.arena);
    return 0;
}
