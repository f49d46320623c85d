/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line as a pattern, the rest as a text. What matches as a whole matches in part too,
 * and a group around a pattern, or a count of one behind it, changes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "ys_mem.h"
#include "ys_regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    const uint8_t *end = size && size < 2000 ? memchr(data, '\n', size) : NULL;
    bool whole = false;
    bool part = false;
    bool grouped = false;

    if (!end) {
        return 0;
    }
    ys_arena_init(&arena);
    const char *text = (const char *)end + 1;
    size_t length = size - (size_t)(end - data) - 1;
    const char *pattern = ys_arena_strndup(&arena, (const char *)data, (size_t)(end - data));
    const char *group = ys_arena_printf(&arena, "(%s){1}", pattern);
    enum ys_status status = ys_regex_match(pattern, text, length, true, &whole, &err);
    if (status == YS_OK) {
        require(ys_regex_match(pattern, text, length, false, &part, NULL) == YS_OK);
        require(part || !whole);
        /* The group may be one too many for the caps; it is never a syntax of its own. */
        if (ys_regex_match(group, text, length, true, &grouped, &err) == YS_OK) {
            require(grouped == whole);
        } else {
            require(strstr(err.text, "YS_REGEX_") != NULL);
        }
    } else {
        require(err.status == status && err.text[0] != '\0');
    }
    ys_arena_clear(&arena);
    return 0;
}
