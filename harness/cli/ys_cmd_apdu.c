/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou apdu: talk to a card by hand, or play a script of commands. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_apdu.h"
#include "ys_card.h"
#include "ys_cli.h"
#include "ys_crypto.h"
#include "ys_file.h"
#include "ys_tlv.h"

struct dialogue {
    const struct ys_arguments *arguments;
    struct ys_card_session *session;
    const char *expect_sw; /* mask or NULL */
    size_t line;           /* of the script, 0: none */
    bool failed;           /* a status word was not the expected one */
};

static void print_tlv(const struct ys_tlv *objects, size_t count, int depth)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = ys_tlv_tag_name(objects[i].tag);
        printf("    %*s%02X  %s", 2 * depth, "", objects[i].tag, name ? name : "");
        if (!objects[i].constructed) {
            char *hex = ys_alloc(2 * objects[i].length + 1);
            ys_hex_encode(objects[i].bytes, objects[i].length, hex);
            printf("  %s", hex);
            ys_free(hex);
        }
        printf("\n");
        print_tlv(objects[i].children, objects[i].child_count, depth + 1);
    }
}

static void on_exchange(void *context, const uint8_t *command, size_t command_length,
                        const uint8_t *reply, size_t reply_length, int64_t duration_us)
{
    (void)context;
    char *hex = ys_alloc(2 * (command_length > reply_length ? command_length : reply_length) + 1);
    ys_hex_encode(command, command_length, hex);
    const char *name = command_length >= 2 ? ys_apdu_command_name(command[0], command[1]) : NULL;
    printf("> %s%s%s\n", hex, name ? "    # " : "", name ? name : "");
    ys_hex_encode(reply, reply_length, hex);
    printf("< %s    # %lld µs\n", hex, (long long)duration_us);
    ys_free(hex);
}

/* One command: hexadecimal bytes, "reset", or nothing. Only a lost card ends the dialogue. */
static enum ys_status send_line(struct dialogue *dialogue, const char *line, struct ys_err *reterr)
{
    struct ys_arena arena;
    ys_arena_init(&arena);
    uint8_t *command = NULL;
    const uint8_t *data = NULL;
    size_t command_length = 0;
    size_t length = 0;
    uint16_t sw = 0;
    enum ys_status status = YS_OK;
    if (strcmp(line, "reset") == 0) {
        status = dialogue->session->driver->reset(dialogue->session, reterr);
        goto out;
    }
    status = ys_hex_decode(&arena, line, &command, &command_length, reterr);
    if (status != YS_OK || command_length == 0) {
        goto out;
    }
    status = ys_card_transmit(dialogue->session, &arena, command, command_length, &data, &length,
                              &sw, reterr);
    if (status != YS_OK) {
        goto out;
    }
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    if (length && ys_tlv_parse(&arena, YS_TLV_BER, data, length, &objects, &count, NULL) == YS_OK) {
        print_tlv(objects, count, 0);
    }
    printf("  %04X %s\n", sw, ys_sw_text(&arena, sw, dialogue->arguments->lang));
    if (dialogue->expect_sw && !ys_sw_matches(dialogue->expect_sw, sw)) {
        printf("  expected %s\n", dialogue->expect_sw);
        dialogue->failed = true;
    }
out:
    ys_arena_clear(&arena);
    return status;
}

/* Cuts comments and blanks; the result points into `line`. */
static char *clean(char *line)
{
    line[strcspn(line, "#\r\n")] = '\0';
    while (*line == ' ' || *line == '\t') {
        line++;
    }
    size_t length = strlen(line);
    while (length && (line[length - 1] == ' ' || line[length - 1] == '\t')) {
        line[--length] = '\0';
    }
    return line;
}

static enum ys_exit converse(struct dialogue *dialogue, FILE *file, bool script)
{
    enum ys_exit exit_status = YS_EXIT_GOOD;
    char *line = NULL;
    size_t capacity = 0;
    bool prompt = !script && isatty(STDIN_FILENO);
    while (exit_status == YS_EXIT_GOOD) {
        if (prompt) {
            fputs("apdu> ", stdout);
            fflush(stdout);
        }
        if (getline(&line, &capacity, file) < 0) {
            break;
        }
        dialogue->line++;
        char *text = clean(line);
        /* A transcript replays: its commands stand behind '>', its replies are skipped. */
        if (text[0] == '<' || text[0] == '!' || text[0] == '@') {
            continue;
        }
        text = text[0] == '>' ? clean(text + 1) : text;
        struct ys_err err;
        enum ys_status status = text[0] ? send_line(dialogue, text, &err) : YS_OK;
        if (status == YS_ERR_SYNTAX && prompt) {
            fprintf(stderr, "%s\n", err.text);
        } else if (status != YS_OK) {
            fprintf(stderr, "line %zu: ", dialogue->line);
            exit_status = ys_cli_fail(&err);
        }
    }
    free(line); /* getline's own */
    return exit_status;
}

static const char *choose_reader(const struct ys_arguments *arguments, struct ys_card_port *port,
                                 struct ys_err *reterr)
{
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    const char *pattern = ys_option_text(arguments, "reader");
    if (port->driver->list(port->context, arguments->arena, &readers, &count, reterr) != YS_OK) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        bool wanted = pattern ? fnmatch(pattern, readers[i].name, 0) == 0 : readers[i].card_present;
        if (wanted) {
            return readers[i].name;
        }
    }
    ys_err_set(reterr, YS_ERR_CARD_READER, "no reader %s%s; 'yanshou readers' lists them",
               pattern ? "is called " : "has a card", pattern ? pattern : "");
    return NULL;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_card_port port;
    struct dialogue dialogue = {.arguments = arguments,
                                .expect_sw = ys_option_text(arguments, "expect-sw")};
    enum ys_exit exit_status = YS_EXIT_HARNESS;
    FILE *file = stdin;
    if (dialogue.expect_sw && ys_sw_mask_check(dialogue.expect_sw, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    const char *script = ys_option_text(arguments, "script");
    if (script) {
        file = fopen(script, "r");
        if (!file) {
            return ys_cli_usage(arguments, "%s cannot be read", script);
        }
    }
    if (ys_card_port_pcsc(&port, &err) != YS_OK) {
        exit_status = ys_cli_fail(&err);
        goto out_file;
    }
    const char *reader = choose_reader(arguments, &port, &err);
    if (!reader || port.driver->connect(port.context, reader, &dialogue.session, &err) != YS_OK) {
        exit_status = ys_cli_fail(&err);
        goto out_port;
    }
    char atr[2 * YS_ATR_BYTES_MAX + 1];
    ys_hex_encode(dialogue.session->atr, dialogue.session->atr_length, atr);
    printf("@ %s\n! %s\n", reader, atr);
    dialogue.session->listener = on_exchange;
    if (arguments->positional_count) {
        exit_status = YS_EXIT_GOOD;
        for (size_t i = 0; i < arguments->positional_count && exit_status == YS_EXIT_GOOD; i++) {
            if (send_line(&dialogue, arguments->positionals[i], &err) != YS_OK) {
                exit_status = ys_cli_fail(&err);
            }
        }
    } else {
        exit_status = converse(&dialogue, file, script != NULL);
    }
    dialogue.session->driver->disconnect(dialogue.session);
    if (exit_status == YS_EXIT_GOOD && dialogue.failed) {
        exit_status = YS_EXIT_FAIL;
    }
out_port:
    ys_card_port_free(&port);
out_file:
    if (script) {
        fclose(file);
    }
    return exit_status;
}

static const struct ys_option OPTIONS[] = {
    {"reader", 'r', "NAME", "reader, '*' and '?' allowed (default: the first with a card)"},
    {"script", 0, "FILE",
     "commands from a file: hex lines, 'reset', '#' comments;\n"
     "a saved transcript of this command replays"},
    {"expect-sw", 0, "MASK", "exit status 1 when a status word differs, e.g. 9000 or 61??"},
};

const struct ys_command ys_command_apdu = {
    .name = "apdu",
    .summary = "talk to a card by hand",
    .operands = "[HEX…]",
    .about =
        "Sends command APDUs, given as operands, from a script, or typed line by line, and prints\n"
        "what crossed the contacts, the data objects and the status word in words. GET RESPONSE "
        "and\n"
        "repeated Le are sent as ISO/IEC 7816-3 asks. The output is a transcript that replays.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_max = YS_POSITIONALS_MAX,
    .run = run,
};
