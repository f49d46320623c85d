/* SPDX-License-Identifier: Apache-2.0 */
/* What a result says in English, told in Chinese: any text has a telling, and English stays. */
#include <string.h>

#include "fuzz.h"
#include "ys_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    const char *text = ys_arena_strndup(&arena, (const char *)data, size);
    require(ys_side_in(&arena, YS_LANG_ZH, text) != NULL);
    require(ys_reason_in(&arena, YS_LANG_ZH, text) != NULL);
    require(strcmp(ys_side_in(&arena, YS_LANG_EN, text), text) == 0);
    ys_arena_clear(&arena);
    return 0;
}
