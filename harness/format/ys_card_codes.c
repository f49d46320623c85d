/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_card_codes.h"

static const struct ys_card_bits BITS[] = {
#define YS_CARD_BITS(tag, byte, mask, value, name, zh, en) {tag, byte, mask, value, name, zh, en},
#include "ys_card_bits.def"
#undef YS_CARD_BITS
};

const struct ys_card_bits *ys_card_bits_next(uint32_t tag, const struct ys_card_bits *row)
{
    const struct ys_card_bits *end = BITS + sizeof BITS / sizeof BITS[0];
    uint32_t table = tag >= 0x9F0D && tag <= 0x9F0F ? 0x95 : tag;
    row = row ? row + 1 : BITS;
    while (row < end && row->tag != table) {
        row++;
    }
    return row < end ? row : NULL;
}

bool ys_card_bits_hold(const struct ys_card_bits *row, const uint8_t *bytes, size_t length)
{
    return row->byte <= length && (bytes[row->byte - 1] & row->mask) == row->value;
}

const struct ys_cvm_method *ys_cvm_method_of(uint8_t code)
{
    static const struct ys_cvm_method methods[] = {
        {0x00, "fail", "CVM 失败", "fail CVM processing"},
        {0x01, "offline-pin", "卡片明文 PIN 核对", "plaintext PIN checked by the card"},
        {0x02, "online-pin", "联机加密 PIN", "enciphered PIN, online"},
        {0x03, "offline-pin-and-signature", "卡片明文 PIN 核对并签名",
         "plaintext PIN checked by the card, and signature"},
        {0x04, "enciphered-offline-pin", "卡片密文 PIN 核对", "enciphered PIN checked by the card"},
        {0x05, "enciphered-offline-pin-and-signature", "卡片密文 PIN 核对并签名",
         "enciphered PIN checked by the card, and signature"},
        {0x1E, "signature", "签名", "signature"},
        {0x1F, "none", "无需 CVM", "no CVM"},
        {0x20, "document", "持卡人证件出示",
         "cardholder shows an identity document"}, /* JR/T 0025.5 */
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (methods[i].code == (code & 0x3F)) {
            return &methods[i];
        }
    }
    return NULL;
}
