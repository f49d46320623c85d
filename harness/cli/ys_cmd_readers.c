/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou readers: what PC/SC shows. */
#include <string.h>

#include "ys_card.h"
#include "ys_cli.h"
#include "ys_crypto.h"

enum { PAD_UNKNOWN = 1 }; /* no feature has this bit: tags begin with 1 */

static uint32_t pin_pad(const struct ys_card_port *port, const char *reader)
{
    uint32_t features = 0;
    struct ys_err err;
    return port->driver->features(port->context, reader, &features, &err) == YS_OK ? features
                                                                                   : PAD_UNKNOWN;
}

static bool has(uint32_t features, enum ys_reader_feature feature)
{
    return (features >> feature & 1) != 0;
}

static const struct ys_value *pad_value(struct ys_arena *arena, uint32_t features)
{
    static const struct {
        enum ys_reader_feature feature;
        const char *name;
    } names[] = {
        {YS_READER_VERIFY_PIN, "verify"},
        {YS_READER_MODIFY_PIN, "modify"},
        {YS_READER_PIN_PROPERTIES, "properties"},
    };
    if (features == PAD_UNKNOWN) {
        return ys_value_null(arena);
    }
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (has(features, names[i].feature)) {
            ys_value_append(arena, list, ys_value_string(arena, names[i].name));
        }
    }
    return list;
}

static void print_pad(uint32_t features, bool zh)
{
    bool verifies = has(features, YS_READER_VERIFY_PIN);
    bool modifies = has(features, YS_READER_MODIFY_PIN);
    if (features == PAD_UNKNOWN) {
        printf("  %s\n", zh ? "被其他程序占用，无法查询密码键盘"
                            : "held by another program; whether it has a PIN pad is not known");
    } else if (verifies || modifies) {
        printf("  %s%s%s%s\n", zh ? "带密码键盘：" : "PIN pad: ",
               verifies ? (zh ? "校验" : "verify") : "",
               verifies && modifies ? (zh ? "、" : ", ") : "",
               modifies ? (zh ? "修改" : "change") : "");
    }
}

static void print_row(const struct ys_arguments *arguments, const struct ys_reader_state *reader,
                      const char *atr, uint32_t features)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    printf("%s%s\n", reader->name,
           ys_reader_is_virtual(reader->name) ? (zh ? "（虚拟）" : " (virtual)") : "");
    if (reader->card_present) {
        printf("  %s%s\n", zh ? "有卡，ATR " : "card, ATR ", atr);
    } else {
        printf("  %s\n", zh ? "无卡" : "no card");
    }
    print_pad(features, zh);
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_card_port port;
    struct ys_arena *arena = arguments->arena;
    if (ys_card_port_pcsc(&port, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    if (port.driver->list(port.context, arena, &readers, &count, &err) != YS_OK) {
        ys_card_port_free(&port);
        return ys_cli_fail(&err);
    }
    struct ys_value *rows = ys_value_list(arena);
    for (size_t i = 0; i < count; i++) {
        char atr[2 * YS_ATR_BYTES_MAX + 1] = "";
        uint32_t features = pin_pad(&port, readers[i].name);
        ys_hex_encode(readers[i].atr, readers[i].atr_length, atr);
        if (arguments->json) {
            struct ys_value *row = ys_value_map(arena);
            ys_value_set_text(arena, row, "name", readers[i].name);
            ys_value_set_bool(arena, row, "virtual", ys_reader_is_virtual(readers[i].name));
            ys_value_set_bool(arena, row, "card", readers[i].card_present);
            ys_value_set_text(arena, row, "atr", atr);
            ys_value_set(arena, row, "pin_pad", pad_value(arena, features));
            ys_value_append(arena, rows, row);
        } else {
            print_row(arguments, &readers[i], atr, features);
        }
    }
    ys_card_port_free(&port);
    if (arguments->json) {
        return ys_cli_print_json(rows);
    }
    if (count == 0) {
        printf("%s\n", strcmp(arguments->lang, "zh") == 0 ? "没有连接读卡器"
                                                         : "no reader is connected");
    }
    return YS_EXIT_GOOD;
}

const struct ys_command ys_command_readers = {
    .name = "readers",
    .summary = "the card readers, the cards in them and their ATR",
    .operands = "",
    .about =
        "Lists the readers that PC/SC shows, whether a card is in each, its ATR, and whether the\n"
        "reader has a PIN pad (PC/SC part 10).",
    .run = run,
};
