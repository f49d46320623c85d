/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a payment card may tell: the first byte chooses the algorithm, the rest is BER-TLV, of which
 * C0 holds the key of the CA, C1 the static data and C2 the dynamic signature.
 */
#include <string.h>

#include "fuzz.h"
#include "ys_emv.h"

static void each_object(struct ys_arena *arena, const struct ys_emv_object *object,
                        const struct ys_emv_objects *objects)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    if (ys_emv_dol_build(arena, object->bytes, object->length, objects, &bytes, &length, &err) ==
        YS_OK) {
        require(length <= 255);
    }
    (void)ys_emv_afl_value(arena, object->bytes, object->length);
    (void)ys_emv_cvm_value(arena, object->bytes, object->length);
    if (object->length >= 5) {
        (void)ys_emv_tvr_value(arena, object->bytes);
        (void)ys_emv_aip_value(arena, object->bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t exponent[] = {0x03};
    static const uint8_t today[3] = {0x26, 0x11, 0x24};
    struct ys_arena arena;
    const struct ys_tlv *list = NULL;
    size_t count = 0;
    if (size < 2) {
        return 0;
    }
    ys_arena_init(&arena);
    if (ys_tlv_parse(&arena, YS_TLV_BER, data + 1, size - 1, &list, &count, NULL) == YS_OK) {
        struct ys_emv_objects *objects = ys_arena_alloc(&arena, sizeof *objects);
        struct ys_emv_ca_key ca = {.sm2 = data[0] & 1, .exponent = exponent, .exponent_length = 1};
        struct ys_emv_oda_input input = {
            .objects = objects, .ca = &ca, .terminal = exponent, .terminal_length = 1};
        struct ys_emv_oda oda;
        objects->count = 0;
        memcpy(input.today, today, sizeof today);
        for (size_t i = 0; i < count; i++) {
            if (list[i].tag == 0xC0) {
                ca.key = list[i].bytes;
                ca.key_length = list[i].length;
            } else if (list[i].tag == 0xC1) {
                input.static_data = list[i].bytes;
                input.static_length = list[i].length;
            } else if (list[i].tag == 0xC2) {
                input.dynamic = list[i].bytes;
                input.dynamic_length = list[i].length;
            } else if (!list[i].constructed) {
                (void)ys_emv_add(objects, list[i].tag, list[i].bytes, list[i].length);
            }
        }
        for (size_t i = 0; i < objects->count; i++) {
            each_object(&arena, &objects->list[i], objects);
        }
        (void)ys_emv_data_value(&arena, objects);
        require(ys_emv_faults(&arena, objects, today) != NULL);
        ys_emv_oda_check(&arena, &input, &oda);
        require(oda.issuer != NULL);
    }
    ys_arena_clear(&arena);
    return 0;
}
