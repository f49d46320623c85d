/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou apdu: talk to a card by hand, play a script of commands, record and replay. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_apdu.h"
#include "ys_apdu_talk.h"
#include "ys_crypto.h"
#include "ys_decimal.h"
#include "ys_file.h"
#include "ys_line_editor.h"

#define TRIES_FLOOR 2 /* as in a candidate file that does not say */

static const char HELP[] =
    "  00 A4 04 00 …   a command in hexadecimal, blanks as you like\n"
    "  reset           a warm reset; what was selected and verified is lost\n"
    "  atr             the answer to reset and the protocol\n"
    "  help            this\n"
    "  quit            or Ctrl-D: ends the dialogue and resets the card\n"
    "Arrow keys edit the line and fetch earlier ones; lines with a PIN are not kept.\n";

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

/* ---- by terminal ---- */

static bool holds_pin(const char *line)
{
    struct ys_arena arena;
    uint8_t *bytes = NULL;
    size_t length = 0;
    ys_arena_init(&arena);
    bool holds = ys_hex_decode(&arena, line, &bytes, &length, NULL) == YS_OK && length > 4 &&
                 ys_apdu_carries_pin(bytes, length);
    ys_arena_clear(&arena);
    return holds;
}

/* What a person can mend ends nothing; a lost card does. */
static bool goes_on(enum ys_status status)
{
    return status == YS_OK || status == YS_ERR_SYNTAX || status == YS_ERR_GUARD ||
           status == YS_ERR_CARD_PROTOCOL || status == YS_ERR_ARGUMENT;
}

static enum ys_exit converse(struct ys_talk *talk)
{
    struct ys_arena arena;
    enum ys_exit exit_status = YS_EXIT_GOOD;
    const char *folder = ys_card_guard_folder(talk->arguments->arena);
    bool keeps = folder && ys_folder_make(folder, NULL) == YS_OK;
    ys_line_editor_open(
        keeps ? ys_path_join(talk->arguments->arena, folder, "apdu-history") : NULL);
    fprintf(stderr, "'help' says what can be typed\n");
    ys_arena_init(&arena);
    while (exit_status == YS_EXIT_GOOD) {
        ys_arena_reset(&arena);
        const char *typed = ys_line_editor_read(&arena, "apdu> ");
        char *line = typed ? clean(ys_arena_strdup(&arena, typed)) : NULL;
        if (!line || strcmp(line, "quit") == 0 || strcmp(line, "exit") == 0) {
            break;
        }
        if (strcmp(line, "help") == 0 || strcmp(line, "?") == 0) {
            fputs(HELP, stdout);
            continue;
        }
        if (line[0] && !holds_pin(line)) {
            ys_line_editor_keep(line);
        }
        struct ys_err err;
        enum ys_status status = line[0] ? ys_talk_send(talk, line, &err) : YS_OK;
        if (!goes_on(status)) {
            exit_status = ys_cli_fail(&err);
        } else if (status != YS_OK) {
            fprintf(stderr, "%s\n", err.text);
        }
    }
    ys_line_editor_close();
    ys_arena_clear(&arena);
    return exit_status;
}

/* ---- by script ---- */

/* A line of a script or a transcript; what a transcript holds of other readers is passed over. */
static enum ys_status play_line(struct ys_talk *talk, const char *line, bool *here, bool *powered,
                                struct ys_err *reterr)
{
    if (line[0] == '@') {
        const char *name = line + 1 + strspn(line + 1, " \t");
        *here = !talk->recorded || strcmp(name, talk->reader) == 0;
        return YS_OK;
    }
    if (!*here || line[0] == '\0') {
        return YS_OK;
    }
    if (line[0] == '!' && !*powered) {
        *powered = true; /* the session began with it */
        return YS_OK;
    }
    return strchr("<>!-", line[0]) ? ys_talk_repeat(talk, line, reterr)
                                   : ys_talk_send(talk, line, reterr);
}

static enum ys_exit play(struct ys_talk *talk, FILE *file, const char *name)
{
    enum ys_exit exit_status = YS_EXIT_GOOD;
    char *line = NULL;
    size_t capacity = 0;
    size_t number = 0;
    bool here = true;
    bool powered = false;
    while (exit_status == YS_EXIT_GOOD && getline(&line, &capacity, file) >= 0) {
        struct ys_err err;
        number++;
        if (play_line(talk, clean(line), &here, &powered, &err) != YS_OK) {
            fprintf(stderr, "%s:%zu: ", name, number);
            exit_status = err.status == YS_ERR_SYNTAX ? YS_EXIT_USAGE : YS_EXIT_HARNESS;
            fprintf(stderr, "%s\n", err.text);
        }
    }
    free(line); /* getline's own */
    return exit_status;
}

static enum ys_exit play_file(struct ys_talk *talk, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        return ys_cli_usage(talk->arguments, "%s cannot be read", path);
    }
    enum ys_exit exit_status = play(talk, file, path);
    fclose(file);
    return exit_status;
}

static enum ys_exit talk_all(struct ys_talk *talk)
{
    const struct ys_arguments *arguments = talk->arguments;
    const char *script = ys_option_text(arguments, "script");
    enum ys_exit exit_status = YS_EXIT_GOOD;
    if (script) {
        return play_file(talk, script);
    }
    for (size_t i = 0; i < arguments->positional_count && exit_status == YS_EXIT_GOOD; i++) {
        struct ys_err err;
        if (ys_talk_send(talk, arguments->positionals[i], &err) != YS_OK) {
            exit_status = ys_cli_fail(&err);
        }
    }
    if (arguments->positional_count) {
        return exit_status;
    }
    if (talk->recorded) {
        return play_file(talk, ys_option_text(arguments, "replay"));
    }
    return isatty(STDIN_FILENO) ? converse(talk) : play(talk, stdin, "standard input");
}

/* ---- the card ---- */

/* The role's reader where the candidate file has that role, else the reader of that name; without a
 * name the role `card`, else the first reader with a card. */
static const char *choose_reader(const struct ys_arguments *arguments,
                                 const struct ys_candidate *candidate, struct ys_card_port *port,
                                 struct ys_err *reterr)
{
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    const char *wanted = ys_option_text(arguments, "reader");
    const struct ys_reader_role *role =
        candidate && !ys_option_given(arguments, "replay") /* its readers have names of their own */
            ? ys_candidate_reader(candidate, wanted ? wanted : "card")
            : NULL;
    if (port->driver->list(port->context, arguments->arena, &readers, &count, reterr) != YS_OK) {
        return NULL;
    }
    if (role) {
        const struct ys_reader_state *found =
            ys_reader_find(readers, count, role->pattern, role->atr);
        ys_err_set(reterr, YS_ERR_CARD_READER,
                   "no reader fits role %s of the candidate file; 'yanshou readers' lists them",
                   role->role);
        return found ? found->name : NULL;
    }
    for (size_t i = 0; i < count; i++) {
        bool fits = wanted ? fnmatch(wanted, readers[i].name, 0) == 0 : readers[i].card_present;
        if (fits) {
            return readers[i].name;
        }
    }
    ys_err_set(reterr, YS_ERR_CARD_READER, "no reader %s%s; 'yanshou readers' lists them",
               wanted ? "is called " : "has a card", wanted ? wanted : "");
    return NULL;
}

static enum ys_status open_port(const struct ys_arguments *arguments, struct ys_card_port *port,
                                struct ys_err *reterr)
{
    const char *replay = ys_option_text(arguments, "replay");
    struct ys_buf text;
    if (!replay) {
        return ys_card_port_pcsc(port, reterr);
    }
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(replay, &text, reterr);
    if (status == YS_OK) {
        status = ys_card_port_replay(replay, text.bytes, text.length, port, reterr);
    }
    ys_buf_clear(&text);
    return status;
}

static enum ys_exit finish(struct ys_talk *talk, enum ys_exit exit_status)
{
    const char *record = ys_option_text(talk->arguments, "record");
    struct ys_err err;
    if (record && ys_file_write(record, talk->recorder.text.bytes, talk->recorder.text.length,
                                &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (talk->rows) {
        enum ys_exit printed = ys_cli_print_json(talk->rows);
        exit_status = exit_status == YS_EXIT_GOOD ? printed : exit_status;
    }
    return exit_status == YS_EXIT_GOOD && talk->failed ? YS_EXIT_FAIL : exit_status;
}

static enum ys_exit hold(struct ys_talk *talk, const struct ys_candidate *candidate,
                         struct ys_card_port *port, int64_t floor)
{
    const struct ys_arguments *arguments = talk->arguments;
    struct ys_err err;
    talk->reader = choose_reader(arguments, candidate, port, &err);
    if (!talk->reader ||
        port->driver->connect(port->context, talk->reader, &talk->session, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    /* A recording needs no protection, and its own questions are part of it. */
    struct ys_card_guard *guard = ys_card_guard_new(
        talk->recorded ? NULL : ys_card_guard_folder(arguments->arena), floor);
    enum ys_exit exit_status = YS_EXIT_HARNESS;
    if (ys_card_guard_join(guard, talk->session, talk->reader, &err) != YS_OK) {
        exit_status = ys_cli_fail(&err);
    } else {
        ys_talk_power(talk);
        exit_status = finish(talk, talk_all(talk));
    }
    ys_card_disconnect(talk->session);
    ys_card_guard_free(guard);
    return exit_status;
}

/* The floor of --tries-floor, of the candidate file, or the default. */
static bool read_floor(const struct ys_arguments *arguments, const struct ys_candidate *candidate,
                       int64_t *ret_floor)
{
    uint64_t floor = candidate ? (uint64_t)candidate->pin_tries_floor : TRIES_FLOOR;
    const char *text = ys_option_text(arguments, "tries-floor");
    if (text && (ys_parse_u64(text, strlen(text), &floor) != YS_OK || floor > 15)) {
        ys_cli_usage(arguments, "--tries-floor is a number from 0 to 15, not '%s'", text);
        return false;
    }
    *ret_floor = (int64_t)floor;
    return true;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_card_port port;
    struct ys_talk talk;
    struct ys_inputs inputs = {0};
    int64_t floor = TRIES_FLOOR;
    const char *mask = ys_option_text(arguments, "expect-sw");
    bool destructive = ys_option_given(arguments, "destructive");
    if (mask && ys_sw_mask_check(mask, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    if (ys_option_given(arguments, "candidate") && ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (!read_floor(arguments, inputs.candidate, &floor)) {
        return YS_EXIT_USAGE;
    }
    if (destructive && inputs.candidate && !inputs.candidate->consents_destructive) {
        return ys_cli_usage(arguments, "the candidate file does not consent to --destructive "
                                       "(consent: {destructive: true})");
    }
    if (open_port(arguments, &port, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    ys_talk_init(&talk, arguments);
    talk.expect_sw = mask;
    talk.recorded = ys_option_given(arguments, "replay");
    talk.allows_forever = talk.recorded || destructive;
    enum ys_exit exit_status = hold(&talk, inputs.candidate, &port, floor);
    ys_talk_clear(&talk);
    ys_card_port_free(&port);
    return exit_status;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE",
     "a candidate file: its readers by role, its floor of tries,\n"
     "its consent"},
    {"suites", 's', "FOLDER", "the regulation folder of that file"},
    {"reader", 'r', "NAME",
     "reader, '*' and '?' allowed, or a role of the candidate file\n"
     "(default: the role card, else the first with a card)"},
    {"script", 0, "FILE",
     "commands from a file: hex lines, 'reset', '#' comments,\n"
     "or the '>' lines of a recording"},
    {"expect-sw", 0, "MASK", "exit status 1 when a status word differs, e.g. 9000 or 61??"},
    {"record", 0, "FILE", "write what crosses the contacts; a PIN stands there as '?'"},
    {"replay", 0, "FILE",
     "a recording in the place of a card; without commands it\n"
     "is told from its beginning to its end"},
    {"tries-floor", 0, "N",
     "send no PIN that could leave fewer tries (default: that of\n"
     "the candidate file, else 2; 0 allows the last one)"},
    {"destructive", 0, NULL,
     "allow what cannot be undone: GENERATE AC, blocking, PUT DATA …;\n"
     "a candidate file must consent too"},
};

const struct ys_command ys_command_apdu = {
    .name = "apdu",
    .summary = "talk to a card by hand; record and replay",
    .operands = "[HEX…]",
    .about =
        "Sends command APDUs, given as operands, from a script, from standard input, or typed at\n"
        "a terminal (with line editing and history; 'help' there). Prints what crossed the\n"
        "contacts, and in comments what it means: the command, the data objects, the status\n"
        "word. GET RESPONSE and repeated Le are sent as ISO/IEC 7816-3 asks. What is printed is\n"
        "a recording that replays.\n"
        "\n"
        "A card is protected as in a run: a PIN is sent only when enough tries are left, and\n"
        "what cannot be undone only with --destructive.\n"
        "\n"
        "  yanshou apdu '00A404000E 315041592E5359532E4444463031'   select the PSE\n"
        "  yanshou apdu -c bank.yaml -r psam '00B0960006'           the module of that bank\n"
        "  yanshou apdu --script read.apdu --record card.apdu --expect-sw '9000|61?\?'\n"
        "  yanshou apdu --replay card.apdu                          the same without the card",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_max = YS_POSITIONALS_MAX,
    .run = run,
};
