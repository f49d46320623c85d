/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_text.h"

#include <string.h>

const char *ys_text_in(const struct ys_text *text, const char *lang)
{
    const char *wanted = strcmp(lang, "en") == 0 ? text->en : text->zh;
    const char *other = strcmp(lang, "en") == 0 ? text->zh : text->en;
    return wanted ? wanted : other ? other : "";
}

struct ys_value *ys_text_value(struct ys_arena *arena, const struct ys_text *text)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "zh", ys_text_in(text, "zh"));
    ys_value_set_text(arena, map, "en", ys_text_in(text, "en"));
    return map;
}
