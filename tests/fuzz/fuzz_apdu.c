/* SPDX-License-Identifier: Apache-2.0 */
/* Commands and ATRs: what decodes encodes again to a command that decodes the same. */
#include <string.h>

#include "fuzz.h"
#include "ys_apdu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    struct ys_apdu apdu;
    struct ys_atr atr;
    ys_arena_init(&arena);
    if (ys_apdu_decode(data, size, &apdu, &err) == YS_OK) {
        uint8_t *bytes = NULL;
        size_t length = 0;
        struct ys_apdu again;
        require(ys_apdu_encode(&arena, &apdu, &bytes, &length, &err) == YS_OK);
        require(ys_apdu_decode(bytes, length, &again, &err) == YS_OK);
        require(again.ins == apdu.ins && again.data_length == apdu.data_length &&
                again.has_le == apdu.has_le && (!apdu.has_le || again.le == apdu.le));
    }
    if (ys_atr_parse(data, size, &atr, &err) == YS_OK) {
        require(atr.historical + atr.historical_length + atr.has_tck == data + size);
    }
    const char *mask = ys_arena_strndup(&arena, (const char *)data, size);
    if (ys_sw_mask_check(mask, &err) == YS_OK) {
        ys_sw_matches(mask, 0x9000);
    }
    ys_atr_matches(mask, data, size);
    ys_arena_clear(&arena);
    return 0;
}
