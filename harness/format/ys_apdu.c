/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_apdu.h"

#include <string.h>


enum ys_status ys_apdu_encode(struct ys_arena *arena, const struct ys_apdu *apdu,
                              uint8_t **ret_bytes, size_t *ret_length, struct ys_err *reterr)
{
    size_t data_length = apdu->data ? apdu->data_length : 0;
    if (data_length > 65535 || (apdu->has_le && (apdu->le < 1 || apdu->le > 65536))) {
        return ys_err_set(reterr, YS_ERR_RANGE, "a length that no APDU can carry");
    }
    bool extended = data_length > 255 || (apdu->has_le && apdu->le > 256);
    uint8_t *bytes = ys_arena_alloc(arena, data_length + 12);
    size_t at = 0;
    bytes[at++] = apdu->cla;
    bytes[at++] = apdu->ins;
    bytes[at++] = apdu->p1;
    bytes[at++] = apdu->p2;
    if (extended) {
        bytes[at++] = 0;
    }
    if (data_length) {
        if (extended) {
            bytes[at++] = (uint8_t)(data_length >> 8);
        }
        bytes[at++] = (uint8_t)data_length;
        memcpy(bytes + at, apdu->data, data_length);
        at += data_length;
    }
    if (apdu->has_le) {
        if (extended) {
            bytes[at++] = (uint8_t)(apdu->le >> 8);
        }
        bytes[at++] = (uint8_t)apdu->le; /* 256 and 65536 are coded as zeros */
    }
    *ret_bytes = bytes;
    *ret_length = at;
    return YS_OK;
}

/* ISO/IEC 7816-4, 5.1: cases 1 to 4, short and extended. */
enum ys_status ys_apdu_decode(const uint8_t *bytes, size_t length, struct ys_apdu *ret_apdu,
                              struct ys_err *reterr)
{
    if (length < 4) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "a command has at least four bytes");
    }
    struct ys_apdu apdu = {
        .cla = bytes[0], .ins = bytes[1], .p1 = bytes[2], .p2 = bytes[3]};
    size_t body = length - 4;
    const uint8_t *p = bytes + 4;
    bool extended = body > 1 && p[0] == 0 && body >= 3;
    size_t width = extended ? 2 : 1;
    if (extended) {
        p++;
        body--;
    }
    if (body > width) {
        size_t lc = extended ? (size_t)p[0] << 8 | p[1] : p[0];
        if (lc == 0 || (body != width + lc && body != width + lc + width)) {
            return ys_err_set(reterr, YS_ERR_SYNTAX,
                              "Lc says %zu bytes, the command has %zu behind it", lc,
                              body - width);
        }
        apdu.data = p + width;
        apdu.data_length = lc;
        p += width + lc;
        body -= width + lc;
    }
    if (body == width) {
        uint32_t le = extended ? (uint32_t)p[0] << 8 | p[1] : p[0];
        apdu.has_le = true;
        apdu.le = le ? le : extended ? 65536 : 256;
    } else if (body) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "the lengths of the command do not agree");
    }
    *ret_apdu = apdu;
    return YS_OK;
}

const char *ys_apdu_command_name(uint8_t cla, uint8_t ins)
{
    static const struct {
        int cla; /* -1: any */
        uint8_t ins;
        const char *name;
    } table[] = {
        {0x80, 0xFA, "DES CRYPT"},
        {0xBF, 0xDE, "INIT FOR DESCRYPT"},
        {0x80, 0x1A, "INIT FOR DESCRYPT"},
        {0x80, 0x5E, "CHANGE PIN"},
        {0x84, 0x5E, "CHANGE PIN"},
        {0x84, 0x24, "PIN CHANGE/UNBLOCK"},
        {0x84, 0x1E, "APPLICATION BLOCK"},
        {0x84, 0x18, "APPLICATION UNBLOCK"},
        {0x84, 0x16, "CARD BLOCK"},
        {0x80, 0xAE, "GENERATE AC"},
        {0x80, 0xA8, "GET PROCESSING OPTIONS"},
        {0x80, 0xCA, "GET DATA"},
        {-1, 0xA4, "SELECT"},
        {-1, 0xB0, "READ BINARY"},
        {-1, 0xB2, "READ RECORD"},
        {-1, 0xC0, "GET RESPONSE"},
        {-1, 0x84, "GET CHALLENGE"},
        {-1, 0x82, "EXTERNAL AUTHENTICATE"},
        {-1, 0x88, "INTERNAL AUTHENTICATE"},
        {-1, 0x20, "VERIFY"},
        {-1, 0xD6, "UPDATE BINARY"},
        {-1, 0xDC, "UPDATE RECORD"},
        {-1, 0xE2, "APPEND RECORD"},
        {-1, 0xDA, "PUT DATA"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].ins == ins && (table[i].cla < 0 || table[i].cla == cla)) {
            return table[i].name;
        }
    }
    return NULL;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

enum ys_status ys_sw_mask_check(const char *mask, struct ys_err *reterr)
{
    const char *at = mask;
    while (true) {
        for (int i = 0; i < 4; i++, at++) {
            if (!is_hex(*at) && *at != '?') {
                return ys_err_set(reterr, YS_ERR_SYNTAX,
                                  "'%s' is no status word mask; write four digits or '?', "
                                  "alternatives with '|'",
                                  mask);
            }
        }
        if (*at == '\0') {
            return YS_OK;
        }
        if (*at++ != '|') {
            return ys_err_set(reterr, YS_ERR_SYNTAX, "'%s' has more than four digits", mask);
        }
    }
}

bool ys_sw_matches(const char *mask, uint16_t sw)
{
    char text[5];
    snprintf(text, sizeof text, "%04X", sw);
    while (true) {
        bool matches = true;
        for (int i = 0; i < 4 && matches; i++) {
            char c = mask[i];
            c = c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
            matches = c == '?' || c == text[i];
        }
        if (matches) {
            return true;
        }
        const char *next = strchr(mask, '|');
        if (!next) {
            return false;
        }
        mask = next + 1;
    }
}

const char *ys_sw_text(struct ys_arena *arena, uint16_t sw, const char *lang)
{
    static const struct {
        uint16_t sw;
        const char *zh;
        const char *en;
    } table[] = {
#define YS_SW(sw, zh, en) {sw, zh, en},
#include "ys_sw.def"
#undef YS_SW
    };
    bool zh = strcmp(lang, "zh") == 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].sw == sw) {
            return zh ? table[i].zh : table[i].en;
        }
    }
    if ((sw & 0xFFF0u) == 0x63C0u) {
        return zh ? ys_arena_printf(arena, "验证失败，剩余 %d 次", sw & 0xF)
                  : ys_arena_printf(arena, "verification failed, %d tries left", sw & 0xF);
    }
    if ((sw & 0xFF00u) == 0x6100u) {
        return zh ? ys_arena_printf(arena, "还有 %d 字节应答", sw & 0xFF)
                  : ys_arena_printf(arena, "%d bytes of response wait", sw & 0xFF);
    }
    if ((sw & 0xFF00u) == 0x6C00u) {
        return zh ? ys_arena_printf(arena, "Le 错误，应为 %d", sw & 0xFF)
                  : ys_arena_printf(arena, "wrong Le, %d is right", sw & 0xFF);
    }
    static const struct {
        uint8_t sw1;
        const char *zh;
        const char *en;
    } classes[] = {
        {0x62, "警告，状态未改变", "warning, state unchanged"},
        {0x63, "警告，状态已改变", "warning, state changed"},
        {0x64, "执行错误，状态未改变", "execution error, state unchanged"},
        {0x65, "执行错误，状态已改变", "execution error, state changed"},
        {0x66, "与安全有关的问题", "security-related issue"},
        {0x68, "不支持 CLA 中的功能", "a function in CLA is not supported"},
        {0x69, "命令不允许", "command not allowed"},
        {0x6A, "参数 P1 P2 错误", "wrong parameters P1 P2"},
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (classes[i].sw1 == sw >> 8) {
            return zh ? classes[i].zh : classes[i].en;
        }
    }
    return (sw & 0xF000u) == 0x9000u || (sw & 0xF000u) == 0x6000u
               ? (zh ? "发卡机构自定义的状态字" : "a status word of the issuer's own")
               : (zh ? "标准之外的状态字" : "a status word outside the standard");
}

/* ISO/IEC 7816-3, 8.2: TS, T0, interface bytes, historical bytes, TCK. */
enum ys_status ys_atr_parse(const uint8_t *bytes, size_t length, struct ys_atr *ret_atr,
                            struct ys_err *reterr)
{
    if (length < 2 || length > YS_ATR_BYTES_MAX) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "an ATR has 2 to 33 bytes, not %zu", length);
    }
    if (bytes[0] != 0x3B && bytes[0] != 0x3F) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "TS is %02X, not 3B or 3F", bytes[0]);
    }
    struct ys_atr atr = {.historical_length = bytes[1] & 0x0Fu};
    size_t at = 2;
    unsigned present = bytes[1] >> 4;
    bool only_t0 = true;
    bool any_td = false;
    while (present) {
        size_t count = (present & 1u) + (present >> 1 & 1u) + (present >> 2 & 1u);
        bool has_td = (present & 8u) != 0;
        if (at + count + has_td > length) {
            return ys_err_set(reterr, YS_ERR_SYNTAX, "the interface bytes end too early");
        }
        at += count;
        present = 0;
        if (has_td) {
            unsigned protocol = bytes[at] & 0x0Fu;
            present = bytes[at++] >> 4;
            any_td = true;
            atr.t0 = atr.t0 || protocol == 0;
            atr.t1 = atr.t1 || protocol == 1;
            only_t0 = only_t0 && protocol == 0;
        }
    }
    atr.t0 = atr.t0 || !any_td;
    atr.has_tck = !only_t0;
    atr.historical = bytes + at;
    if (at + atr.historical_length + atr.has_tck != length) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "T0 and TD announce %zu bytes, the ATR has %zu",
                          at + atr.historical_length + atr.has_tck, length);
    }
    uint8_t check = 0;
    for (size_t i = 1; atr.has_tck && i < length; i++) {
        check ^= bytes[i];
    }
    if (check) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "TCK is wrong");
    }
    *ret_atr = atr;
    return YS_OK;
}

bool ys_atr_matches(const char *mask, const uint8_t *atr, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t at = 0;
    for (; *mask; mask++) {
        if (*mask == ' ') {
            continue;
        }
        if (*mask == '*') {
            return true;
        }
        if (at == 2 * length) {
            return false;
        }
        char digit = digits[at % 2 ? atr[at / 2] & 0x0Fu : atr[at / 2] >> 4];
        char wanted = *mask >= 'a' && *mask <= 'f' ? (char)(*mask - 'a' + 'A') : *mask;
        if (wanted != '?' && wanted != digit) {
            return false;
        }
        at++;
    }
    return at == 2 * length;
}
