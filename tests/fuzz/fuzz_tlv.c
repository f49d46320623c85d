/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the form; every value lies inside the input. */
#include <string.h>

#include "fuzz.h"
#include "ys_tlv.h"

static void inside(const struct ys_tlv *objects, size_t count, const uint8_t *start,
                   const uint8_t *end)
{
    for (size_t i = 0; i < count; i++) {
        require(objects[i].bytes >= start && objects[i].length <= (size_t)(end - objects[i].bytes));
        inside(objects[i].children, objects[i].child_count, objects[i].bytes,
               objects[i].bytes + objects[i].length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    if (size == 0) {
        return 0;
    }
    ys_arena_init(&arena);
    enum ys_tlv_form form = data[0] & 1 ? YS_TLV_SIMPLE : YS_TLV_BER;
    if (ys_tlv_parse(&arena, form, data + 1, size - 1, &objects, &count, &err) == YS_OK) {
        inside(objects, count, data + 1, data + size);
        ys_tlv_to_value(&arena, objects, count);
        ys_tlv_find(objects, count, "6F/A5/88");
    } else {
        require(err.text[0] != '\0');
    }
    ys_arena_clear(&arena);
    return 0;
}
