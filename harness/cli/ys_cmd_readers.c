/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou readers: what PC/SC shows. */
#include "ys_card.h"
#include "ys_cli.h"
#include "ys_crypto.h"

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_card_port port;
    if (ys_card_port_pcsc(&port, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    enum ys_status status =
        port.driver->list(port.context, arguments->arena, &readers, &count, &err);
    ys_card_port_free(&port);
    if (status != YS_OK) {
        return ys_cli_fail(&err);
    }
    struct ys_value *rows = ys_value_list(arguments->arena);
    for (size_t i = 0; i < count; i++) {
        char atr[2 * YS_ATR_BYTES_MAX + 1] = "";
        ys_hex_encode(readers[i].atr, readers[i].atr_length, atr);
        if (arguments->json) {
            struct ys_value *row = ys_value_map(arguments->arena);
            ys_value_set_text(arguments->arena, row, "name", readers[i].name);
            ys_value_set_bool(arguments->arena, row, "card", readers[i].card_present);
            ys_value_set_text(arguments->arena, row, "atr", atr);
            ys_value_append(arguments->arena, rows, row);
        } else {
            printf("%s\n  %s%s\n", readers[i].name,
                   readers[i].card_present ? "card, ATR " : "no card", atr);
        }
    }
    if (arguments->json) {
        return ys_cli_print_json(rows);
    }
    if (count == 0) {
        printf("no reader is connected\n");
    }
    return YS_EXIT_GOOD;
}

const struct ys_command ys_command_readers = {
    .name = "readers",
    .summary = "the card readers, the cards in them and their ATR",
    .operands = "",
    .about = "Lists the readers that PC/SC shows, whether a card is in each, and its ATR.",
    .run = run,
};
