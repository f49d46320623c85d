/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_card_words.h"

#include <string.h>

#include "ys_apdu.h"
#include "ys_card_codes.h"
#include "ys_charset.h"
#include "ys_crypto.h"

static bool is_zh(const struct ys_words *words)
{
    return strcmp(words->lang, "zh") == 0;
}

static const char *say(const struct ys_words *words, const char *zh, const char *en)
{
    return is_zh(words) ? zh : en;
}

void ys_words_init(struct ys_words *words, struct ys_arena *arena, const char *lang)
{
    *words = (struct ys_words){.arena = arena, .lang = lang};
}

static void add(struct ys_words *words, unsigned depth, const char *subject, const char *text)
{
    if (words->count == words->capacity) {
        size_t capacity = words->capacity ? 2 * words->capacity : 16;
        struct ys_words_line *grown = ys_arena_calloc(words->arena, capacity, sizeof *grown);
        if (words->count) {
            memcpy(grown, words->lines, words->count * sizeof *grown);
        }
        words->lines = grown;
        words->capacity = capacity;
    }
    words->lines[words->count++] = (struct ys_words_line){depth, subject, text};
}

static char *hex(struct ys_arena *arena, const uint8_t *bytes, size_t length)
{
    char *text = ys_arena_alloc(arena, 2 * length + 1);
    ys_hex_encode(bytes, length, text);
    return text;
}

/* ---- values by form ---- */

enum form { FORM_HEX, FORM_TEXT, FORM_NAME, FORM_DATE, FORM_NUMBER, FORM_BITS, FORM_AFL, FORM_CVM,
            FORM_DOL };

static enum form form_of(uint32_t tag)
{
    static const struct {
        uint32_t tag;
        enum form form;
    } forms[] = {
#define YS_TLV_TAG(tag, form, zh, en) {tag, FORM_##form},
#include "ys_tlv_tags.def"
#undef YS_TLV_TAG
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].tag == tag) {
            return forms[i].form;
        }
    }
    return FORM_HEX;
}

/* GBK as cards have it, padding cut; hexadecimal where it is no text. */
static const char *text_of(struct ys_arena *arena, const uint8_t *bytes, size_t length)
{
    const char *raw = hex(arena, bytes, length);
    char *text = NULL;
    size_t text_length = 0;
    while (length && (bytes[length - 1] == 0x00 || bytes[length - 1] == 0xFF ||
                      bytes[length - 1] == ' ')) {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] < 0x20 || bytes[i] == 0x7F) {
            return raw;
        }
    }
    if (ys_charset_to_utf8(arena, "GB18030", (const char *)bytes, length, &text, &text_length,
                           NULL) != YS_OK) {
        return raw;
    }
    return ys_arena_printf(arena, "\"%s\"", text);
}

/* YYMMDD or YYYYMMDD in BCD; EMV's years 00 to 49 are of this century (Book 4, 6.7.3). */
static const char *date_of(struct ys_arena *arena, const uint8_t *bytes, size_t length)
{
    const char *digits = hex(arena, bytes, length);
    if (strspn(digits, "0123456789") != 2 * length || (length != 3 && length != 4)) {
        return digits;
    }
    const char *century = length == 4 ? "" : digits[0] < '5' ? "20" : "19";
    const char *rest = digits + (length == 4 ? 4 : 2);
    return ys_arena_printf(arena, "%s%.*s-%.2s-%.2s", century, length == 4 ? 4 : 2, digits, rest,
                           rest + 2);
}

static const char *number_of(struct ys_arena *arena, const uint8_t *bytes, size_t length)
{
    unsigned long long number = 0;
    if (length == 0 || length > 8) {
        return hex(arena, bytes, length);
    }
    for (size_t i = 0; i < length; i++) {
        number = number << 8 | bytes[i];
    }
    return ys_arena_printf(arena, "%llu", number);
}

static void add_bits(struct ys_words *words, uint32_t tag, const uint8_t *bytes, size_t length,
                     unsigned depth)
{
    size_t told = 0;
    for (const struct ys_card_bits *row = ys_card_bits_next(tag, NULL); row;
         row = ys_card_bits_next(tag, row)) {
        if (ys_card_bits_hold(row, bytes, length)) {
            add(words, depth, "", say(words, row->zh, row->en));
            told++;
        }
    }
    if (told == 0) {
        add(words, depth, "", say(words, "（均未置位）", "(no bit is set)"));
    }
}

/* EMV Book 3, 10.2: SFI, first and last record, how many are authenticated offline. */
static void add_afl(struct ys_words *words, const uint8_t *bytes, size_t length, unsigned depth)
{
    for (size_t i = 0; i + 4 <= length; i += 4) {
        add(words, depth, "",
            ys_arena_printf(words->arena,
                            is_zh(words) ? "文件 SFI %d：记录 %d 至 %d，其中 %d 条参与脱机数据认证"
                                         : "file %d (SFI): records %d to %d, %d of them "
                                           "authenticated offline",
                            bytes[i] >> 3, bytes[i + 1], bytes[i + 2], bytes[i + 3]));
    }
    if (length % 4) {
        add(words, depth, "",
            say(words, "（长度不是 4 的倍数）", "(not a multiple of four bytes)"));
    }
}

static const char *cvm_method(const struct ys_words *words, uint8_t code)
{
    const struct ys_cvm_method *method = ys_cvm_method_of(code);
    return method ? say(words, method->zh, method->en) : say(words, "未知方法", "an unknown method");
}

static const char *cvm_condition(const struct ys_words *words, uint8_t code)
{
    static const char *const zh[] = {
        "总是", "无人值守现金", "非无人值守现金、非人工现金、非返现消费", "终端支持该 CVM",
        "人工现金", "返现消费", "应用货币且金额小于 X", "应用货币且金额大于 X",
        "应用货币且金额小于 Y", "应用货币且金额大于 Y"};
    static const char *const en[] = {
        "always", "unattended cash", "neither cash nor purchase with cashback",
        "the terminal supports it", "manual cash", "purchase with cashback",
        "in the application currency and under X", "in the application currency and over X",
        "in the application currency and under Y", "in the application currency and over Y"};
    if (code >= sizeof zh / sizeof zh[0]) {
        return say(words, "未知条件", "an unknown condition");
    }
    return say(words, zh[code], en[code]);
}

/* EMV Book 3, 10.5 and C.3: amounts X and Y, then rules. */
static void add_cvm(struct ys_words *words, const uint8_t *bytes, size_t length, unsigned depth)
{
    if (length < 8 || length % 2) {
        add(words, depth, "", say(words, "（不是 CVM 列表）", "(no CVM list)"));
        return;
    }
    add(words, depth, "",
        ys_arena_printf(words->arena, "X = %s, Y = %s", number_of(words->arena, bytes, 4),
                        number_of(words->arena, bytes + 4, 4)));
    for (size_t i = 8; i < length; i += 2) {
        add(words, depth, "",
            ys_arena_printf(words->arena, is_zh(words) ? "%s；条件：%s；失败时%s" : "%s; when: %s; else %s",
                            cvm_method(words, bytes[i]), cvm_condition(words, bytes[i + 1]),
                            bytes[i] & 0x40 ? say(words, "继续下一条", "the next rule")
                                            : say(words, "终止", "it has failed")));
    }
}

/* Tags and lengths without values (EMV Book 3, 5.4). */
static void add_dol(struct ys_words *words, const uint8_t *bytes, size_t length, unsigned depth)
{
    size_t at = 0;
    while (at < length) {
        uint32_t tag = bytes[at++];
        if ((tag & 0x1F) == 0x1F) {
            do {
                tag = at < length && tag < 0x10000 ? tag << 8 | bytes[at] : 0;
            } while (tag && (bytes[at++] & 0x80));
        }
        if (tag == 0 || at == length) {
            add(words, depth, "", say(words, "（列表不完整）", "(the list is cut off)"));
            return;
        }
        const char *name = ys_tlv_tag_name(tag, words->lang);
        add(words, depth, ys_arena_printf(words->arena, "%02X %s", tag, name ? name : ""),
            ys_arena_printf(words->arena, is_zh(words) ? "%d 字节" : "%d bytes", bytes[at++]));
    }
}

void ys_words_object(struct ys_words *words, uint32_t tag, const uint8_t *bytes, size_t length,
                     unsigned depth)
{
    struct ys_arena *arena = words->arena;
    const char *name = ys_tlv_tag_name(tag, words->lang);
    const char *subject =
        ys_arena_printf(arena, "%02X%s%s", tag, name ? " " : "", name ? name : "");
    const char *raw = hex(arena, bytes, length);
    switch (form_of(tag)) {
    case FORM_HEX:
        add(words, depth, subject, raw);
        break;
    case FORM_TEXT:
        add(words, depth, subject, text_of(arena, bytes, length));
        break;
    case FORM_NAME:
        add(words, depth, subject,
            ys_arena_printf(arena, "%s %s", raw, text_of(arena, bytes, length)));
        break;
    case FORM_DATE:
        add(words, depth, subject, date_of(arena, bytes, length));
        break;
    case FORM_NUMBER:
        add(words, depth, subject, number_of(arena, bytes, length));
        break;
    case FORM_BITS:
        add(words, depth, subject, raw);
        add_bits(words, tag, bytes, length, depth + 1);
        break;
    case FORM_AFL:
        add(words, depth, subject, raw);
        add_afl(words, bytes, length, depth + 1);
        break;
    case FORM_CVM:
        add(words, depth, subject, raw);
        add_cvm(words, bytes, length, depth + 1);
        break;
    case FORM_DOL:
        add(words, depth, subject, raw);
        add_dol(words, bytes, length, depth + 1);
        break;
    }
}

/* ---- replies ---- */

/* Response format 1 is values without tags: GET PROCESSING OPTIONS (EMV Book 3, 6.5.8.4) and
 * GENERATE AC (6.5.5.4). */
static void add_format_1(struct ys_words *words, uint8_t ins, const uint8_t *bytes, size_t length,
                         unsigned depth)
{
    if (ins == 0xA8 && length >= 2) {
        ys_words_object(words, 0x82, bytes, 2, depth);
        ys_words_object(words, 0x94, bytes + 2, length - 2, depth);
    } else if (ins == 0xAE && length >= 11) {
        ys_words_object(words, 0x9F27, bytes, 1, depth);
        ys_words_object(words, 0x9F36, bytes + 1, 2, depth);
        ys_words_object(words, 0x9F26, bytes + 3, 8, depth);
        if (length > 11) {
            ys_words_object(words, 0x9F10, bytes + 11, length - 11, depth);
        }
    }
}

static void add_tree(struct ys_words *words, uint8_t ins, const struct ys_tlv *objects,
                     size_t count, unsigned depth)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_tlv *object = &objects[i];
        if (object->constructed) {
            const char *name = ys_tlv_tag_name(object->tag, words->lang);
            add(words, depth,
                ys_arena_printf(words->arena, "%02X%s%s", object->tag, name ? " " : "",
                                name ? name : ""),
                "");
            add_tree(words, ins, object->children, object->child_count, depth + 1);
        } else {
            ys_words_object(words, object->tag, object->bytes, object->length, depth);
            if (object->tag == 0x80) {
                add_format_1(words, ins, object->bytes, object->length, depth + 1);
            }
        }
    }
}

void ys_words_data(struct ys_words *words, const uint8_t *command, size_t command_length,
                   const uint8_t *data, size_t length)
{
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    uint8_t ins = command_length >= 2 ? command[1] : 0;
    /* What these answer is no data object, though it may look like one. */
    bool opaque = ins == 0x84 || ins == 0x88 || ins == 0xFA;
    if (length && !opaque &&
        ys_tlv_parse(words->arena, YS_TLV_BER, data, length, &objects, &count, NULL) == YS_OK) {
        add_tree(words, ins, objects, count, 0);
    }
}

/* ---- commands ---- */

static const char *command_detail(const struct ys_words *words, const uint8_t *command,
                                  const struct ys_apdu *apdu)
{
    struct ys_arena *arena = words->arena;
    bool by_sfi = (command[3] & 0x07) == 4 && command[3] >> 3;
    switch (apdu->ins) {
    case 0xA4:
        return apdu->data ? text_of(arena, apdu->data, apdu->data_length) : "";
    case 0xB2:
    case 0xDC:
        if (by_sfi) {
            return ys_arena_printf(arena,
                                   is_zh(words) ? "文件 SFI %d 的记录 %d" : "file %d (SFI), record %d",
                                   command[3] >> 3, command[2]);
        }
        return ys_arena_printf(
            arena, is_zh(words) ? "当前文件的记录 %d" : "record %d of the current file", command[2]);
    case 0x82:
    case 0x88:
        return ys_arena_printf(arena, is_zh(words) ? "密钥 %02X" : "key %02X", command[3]);
    case 0x20:
        return apdu->data ? "" : say(words, "询问剩余次数", "asks for the tries left");
    case 0xCA: {
        uint32_t tag = command[2] ? (uint32_t)command[2] << 8 | command[3] : command[3];
        const char *name = ys_tlv_tag_name(tag, words->lang);
        return ys_arena_printf(arena, "%02X %s", tag, name ? name : "");
    }
    case 0xAE: /* P1: the cryptogram asked for, coded as in the CID */
        return (apdu->p1 & 0xC0) == 0x80   ? "ARQC"
               : (apdu->p1 & 0xC0) == 0x40 ? "TC"
                                           : "AAC";
    default:
        return "";
    }
}

const char *ys_words_command(struct ys_arena *arena, const uint8_t *command, size_t length,
                             const char *lang)
{
    struct ys_words words;
    struct ys_apdu apdu;
    ys_words_init(&words, arena, lang);
    if (length < 4 || ys_apdu_decode(command, length, &apdu, NULL) != YS_OK) {
        return say(&words, "不是命令", "no command");
    }
    const char *name = ys_apdu_command_name(apdu.cla, apdu.ins);
    if (!name) {
        return ys_arena_printf(arena, is_zh(&words) ? "未知命令 %02X" : "unknown command %02X",
                               apdu.ins);
    }
    const char *detail = command_detail(&words, command, &apdu);
    return *detail ? ys_arena_printf(arena, "%s%s%s", name, say(&words, "：", ": "), detail) : name;
}

bool ys_words_has(const struct ys_words *words, const struct ys_words_line *line)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->lines[i].subject, line->subject) == 0 &&
            strcmp(words->lines[i].text, line->text) == 0) {
            return true;
        }
    }
    return false;
}
