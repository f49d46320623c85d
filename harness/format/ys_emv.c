/* SPDX-License-Identifier: Apache-2.0 */
/* Data object lists; symmetric keys and cryptograms. */
#include "ys_emv.h"

#include <string.h>

#include "ys_crypto.h"

const struct ys_emv_object *ys_emv_find(const struct ys_emv_objects *objects, uint32_t tag)
{
    for (size_t i = 0; i < objects->count; i++) {
        if (objects->list[i].tag == tag) {
            return &objects->list[i];
        }
    }
    return NULL;
}

bool ys_emv_add(struct ys_emv_objects *objects, uint32_t tag, const uint8_t *bytes, size_t length)
{
    if (objects->count == YS_EMV_OBJECTS_MAX || ys_emv_find(objects, tag)) {
        return false;
    }
    objects->list[objects->count++] = (struct ys_emv_object){tag, bytes, length};
    return true;
}

bool ys_emv_dol_next(const uint8_t *dol, size_t dol_length, size_t *at, uint32_t *ret_tag,
                     size_t *ret_length, bool *ret_sound)
{
    size_t i = *at;
    if (i >= dol_length) {
        return false;
    }
    uint32_t tag = dol[i++];
    if ((tag & 0x1F) == 0x1F) {
        do {
            if (i == dol_length || tag > 0xFFFF) {
                *ret_sound = false;
                return false;
            }
            tag = tag << 8 | dol[i];
        } while (dol[i++] & 0x80);
    }
    if (i == dol_length || dol[i] > 0x7F) {
        *ret_sound = false;
        return false;
    }
    *ret_tag = tag;
    *ret_length = dol[i];
    *at = i + 1;
    return true;
}

/* Amounts, codes and dates are numbers; the others begin on the left (EMV Book 3, 5.4). */
static bool is_number(uint32_t tag)
{
    static const uint32_t numbers[] = {0x9F02, 0x9F03, 0x9F1A, 0x5F2A, 0x9A, 0x9C, 0x9F21};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i] == tag) {
            return true;
        }
    }
    return false;
}

enum ys_status ys_emv_dol_build(struct ys_arena *arena, const uint8_t *dol, size_t dol_length,
                                const struct ys_emv_objects *terminal, uint8_t **ret_bytes,
                                size_t *ret_length, struct ys_err *reterr)
{
    uint8_t *bytes = ys_arena_alloc(arena, 256);
    size_t filled = 0;
    size_t at = 0;
    uint32_t tag = 0;
    size_t length = 0;
    bool sound = true;
    memset(bytes, 0, 256);
    while (ys_emv_dol_next(dol, dol_length, &at, &tag, &length, &sound)) {
        const struct ys_emv_object *object = ys_emv_find(terminal, tag);
        if (filled + length > 255) {
            return ys_err_set(reterr, YS_ERR_LIMIT, "a data object list asks for over 255 bytes");
        }
        if (object) {
            size_t taken = object->length < length ? object->length : length;
            bool number = is_number(tag);
            const uint8_t *from = number ? object->bytes + object->length - taken : object->bytes;
            memcpy(bytes + filled + (number ? length - taken : 0), from, taken);
        }
        filled += length;
    }
    if (!sound) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "a data object list ends within an entry");
    }
    *ret_bytes = bytes;
    *ret_length = filled;
    return YS_OK;
}

/* ---- keys ---- */

static enum ys_block_cipher cipher_of(enum ys_emv_algorithm algorithm)
{
    return algorithm == YS_EMV_SM4 ? YS_CIPHER_SM4 : YS_CIPHER_3DES;
}

/* Two DES blocks, or one of SM4: eight bytes and their complement. */
static enum ys_status derive(enum ys_emv_algorithm algorithm, const uint8_t *key,
                             const uint8_t half[8], uint8_t *ret_key, struct ys_err *reterr)
{
    uint8_t block[YS_EMV_KEY_BYTES];
    for (size_t i = 0; i < 8; i++) {
        block[i] = half[i];
        block[8 + i] = (uint8_t)~half[i];
    }
    return ys_block_encrypt(cipher_of(algorithm), key, block, sizeof block, ret_key, reterr);
}

enum ys_status ys_emv_card_key(enum ys_emv_algorithm algorithm,
                               const uint8_t master[YS_EMV_KEY_BYTES], const char *pan,
                               uint8_t sequence, uint8_t ret_key[YS_EMV_KEY_BYTES],
                               struct ys_err *reterr)
{
    char digits[16];
    uint8_t half[8];
    size_t length = strlen(pan);
    if (length < 12 || length > 19 || strspn(pan, "0123456789") != length) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "a card number has 12 to 19 digits");
    }
    memset(digits, '0', sizeof digits);
    size_t taken = length < 14 ? length : 14;
    memcpy(digits + 14 - taken, pan + length - taken, taken);
    digits[14] = (char)('0' + (sequence >> 4));
    digits[15] = (char)('0' + (sequence & 0x0F));
    for (size_t i = 0; i < sizeof half; i++) {
        half[i] = (uint8_t)((digits[2 * i] - '0') << 4 | (digits[2 * i + 1] - '0'));
    }
    return derive(algorithm, master, half, ret_key, reterr);
}

enum ys_status ys_emv_session_key(enum ys_emv_algorithm algorithm,
                                  const uint8_t key[YS_EMV_KEY_BYTES], uint16_t atc,
                                  uint8_t ret_key[YS_EMV_KEY_BYTES], struct ys_err *reterr)
{
    /* Zeros stand before the counter in both halves: only the counter is complemented. */
    uint8_t block[YS_EMV_KEY_BYTES] = {0};
    block[6] = (uint8_t)(atc >> 8);
    block[7] = (uint8_t)(atc & 0xFF);
    block[14] = (uint8_t)~block[6];
    block[15] = (uint8_t)~block[7];
    return ys_block_encrypt(cipher_of(algorithm), key, block, sizeof block, ret_key, reterr);
}

enum ys_status ys_emv_mac(enum ys_emv_algorithm algorithm, const uint8_t key[YS_EMV_KEY_BYTES],
                          const uint8_t *bytes, size_t length, uint8_t ret_mac[YS_EMV_AC_BYTES],
                          struct ys_err *reterr)
{
    bool des = algorithm == YS_EMV_3DES;
    size_t block = des ? 8 : 16;
    size_t blocks = length / block + 1;
    uint8_t chain[16] = {0};
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < blocks && status == YS_OK; i++) {
        for (size_t k = 0; k < block; k++) {
            size_t at = i * block + k;
            chain[k] ^= at < length ? bytes[at] : at == length ? 0x80 : 0x00;
        }
        bool last = i + 1 == blocks;
        status = ys_block_encrypt(des && !last ? YS_CIPHER_DES : cipher_of(algorithm), key, chain,
                                  block, chain, reterr);
    }
    memcpy(ret_mac, chain, YS_EMV_AC_BYTES);
    return status;
}

enum ys_status ys_emv_arpc(enum ys_emv_algorithm algorithm, const uint8_t key[YS_EMV_KEY_BYTES],
                           const uint8_t ac[YS_EMV_AC_BYTES], const uint8_t arc[2],
                           uint8_t ret_arpc[YS_EMV_AC_BYTES], struct ys_err *reterr)
{
    uint8_t block[16] = {0};
    uint8_t result[16];
    memcpy(block, ac, YS_EMV_AC_BYTES);
    block[0] ^= arc[0];
    block[1] ^= arc[1];
    enum ys_status status = ys_block_encrypt(cipher_of(algorithm), key, block,
                                             algorithm == YS_EMV_SM4 ? 16 : 8, result, reterr);
    if (status == YS_OK) {
        memcpy(ret_arpc, result, YS_EMV_AC_BYTES);
    }
    return status;
}
