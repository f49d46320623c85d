/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_apdu_talk.h"

#include <string.h>

#include "ys_apdu.h"
#include "ys_card_words.h"
#include "ys_crypto.h"

void ys_talk_init(struct ys_talk *talk, const struct ys_arguments *arguments)
{
    *talk = (struct ys_talk){.arguments = arguments};
    ys_card_recorder_init(&talk->recorder);
    ys_buf_init(&talk->chain, YS_FILE_BYTES_MAX);
    talk->rows = arguments->json ? ys_value_list(arguments->arena) : NULL;
}

void ys_talk_clear(struct ys_talk *talk)
{
    ys_card_recorder_clear(&talk->recorder);
    ys_buf_clear(&talk->chain);
}

/* ---- telling ---- */

static void print_words(const struct ys_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct ys_words_line *line = &words->lines[i];
        printf("#   %*s%s%s%s\n", (int)(2 * line->depth), "", line->subject,
               line->subject[0] && line->text[0] ? "  " : "", line->text);
    }
}

static struct ys_value *words_value(struct ys_arena *arena, const struct ys_words *words)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; i < words->count; i++) {
        struct ys_value *line = ys_value_map(arena);
        ys_value_set_int(arena, line, "depth", words->lines[i].depth);
        ys_value_set_text(arena, line, "subject", words->lines[i].subject);
        ys_value_set_text(arena, line, "text", words->lines[i].text);
        ys_value_append(arena, list, line);
    }
    return list;
}

static void tell_row(struct ys_talk *talk, const char *command, const char *says,
                     const struct ys_words *words, const char *reply, const char *sw,
                     const char *sw_says, int64_t duration_us)
{
    struct ys_arena *arena = talk->arguments->arena;
    struct ys_value *row = ys_value_map(arena);
    ys_value_set_text(arena, row, "command", command);
    ys_value_set_text(arena, row, "says", says);
    ys_value_set_text(arena, row, "reply", reply);
    ys_value_set_text(arena, row, "sw", sw);
    ys_value_set_text(arena, row, "sw_says", sw_says);
    ys_value_set(arena, row, "objects", words_value(arena, words));
    ys_value_set_int(arena, row, "time_us", duration_us);
    ys_value_append(arena, talk->rows, row);
}

/* The status word at the end of a reply; 0 where there is none. */
static uint16_t sw_of(const uint8_t *reply, size_t length)
{
    if (length < 2) {
        return 0;
    }
    return (uint16_t)((unsigned)reply[length - 2] << 8 | reply[length - 1]);
}

/* A reply that is too short for a status word has none, and is not called one. */
static const char *says_of(struct ys_arena *arena, const uint8_t *reply, size_t length,
                           const char *lang)
{
    bool zh = strcmp(lang, "zh") == 0;
    if (length >= 2) {
        return ys_sw_text(arena, sw_of(reply, length), lang);
    }
    return length == 0 ? (zh ? "没有应答，没有状态字" : "no reply, no status word")
                       : (zh ? "应答只有一个字节，不足一个状态字"
                             : "a reply of one byte, less than a status word");
}

static void tell_exchange(struct ys_talk *talk, const uint8_t *command, size_t command_length,
                          const uint8_t *reply, size_t reply_length, int64_t duration_us)
{
    struct ys_arena local;
    ys_arena_init(&local);
    struct ys_arena *arena = talk->rows ? talk->arguments->arena : &local;
    const char *lang = talk->arguments->lang;
    char *hex = ys_arena_alloc(arena, 2 * reply_length + 1);
    ys_hex_encode(reply, reply_length, hex);
    const char *sent = ys_card_recorded_command(arena, command, command_length);
    const char *says = ys_words_command(arena, command, command_length, lang);
    bool has_sw = reply_length >= 2;
    const char *sw = has_sw ? ys_arena_printf(arena, "%04X", sw_of(reply, reply_length)) : "";
    const char *sw_says = says_of(arena, reply, reply_length, lang);
    struct ys_words words;
    ys_words_init(&words, arena, lang);
    ys_words_data(&words, command, command_length, reply, has_sw ? reply_length - 2 : 0);
    if (talk->rows) {
        tell_row(talk, sent, says, &words, hex, sw, sw_says, duration_us);
    } else {
        printf("> %s\n#   %s\n< %s\n", sent, says, hex);
        print_words(&words);
        printf("#   %s%s%s    %lld µs\n", sw, has_sw ? " " : "", sw_says, (long long)duration_us);
    }
    ys_arena_clear(&local);
}

static void on_exchange(void *context, const uint8_t *command, size_t command_length,
                        const uint8_t *reply, size_t reply_length, int64_t duration_us)
{
    struct ys_talk *talk = context;
    struct ys_card_tap tap = {&talk->recorder, talk->reader};
    tell_exchange(talk, command, command_length, reply, reply_length, duration_us);
    ys_card_record_exchange(&tap, command, command_length, reply, reply_length, duration_us);
    if (talk->own_seen) {
        char *hex = ys_alloc(2 * command_length + 1);
        ys_hex_encode(command, command_length, hex);
        enum ys_status status = ys_buf_printf(&talk->chain, "%s\n", hex);
        (void)status; /* over its cap, a chain of a transcript is sent again */
        ys_free(hex);
    }
    /* A guard's question comes before: VERIFY without data. */
    talk->own_seen = talk->own_seen || command_length > 4 || command[1] != 0x20;
}

void ys_talk_power(struct ys_talk *talk)
{
    char atr[2 * YS_ATR_BYTES_MAX + 1];
    struct ys_card_tap tap = {&talk->recorder, talk->reader};
    ys_hex_encode(talk->session->atr, talk->session->atr_length, atr);
    if (!talk->rows) {
        printf("@ %s\n! %s\n#   T=%d\n", talk->reader, atr, talk->session->protocol);
    }
    enum ys_status status = ys_card_record_power(&tap, talk->session);
    (void)status; /* over its cap a recording ends; it never holds something else */
    talk->session->listener = on_exchange;
    talk->session->listener_context = talk;
}

/* ---- sending ---- */

static enum ys_status reset(struct ys_talk *talk, struct ys_err *reterr)
{
    enum ys_status status = talk->session->driver->reset(talk->session, reterr);
    if (status == YS_OK) {
        ys_talk_power(talk);
    }
    return status;
}

static enum ys_status send_bytes(struct ys_talk *talk, struct ys_arena *arena,
                                 const uint8_t *command, size_t length, struct ys_err *reterr)
{
    const uint8_t *data = NULL;
    size_t data_length = 0;
    uint16_t sw = 0;
    if (ys_apdu_risk(command, length) == YS_RISK_FOREVER && !talk->allows_forever) {
        const char *name = ys_apdu_command_name(command[0], command[1]);
        return ys_err_set(reterr, YS_ERR_GUARD,
                          "refused to protect the card: %s cannot be undone; with a test card that "
                          "you can spare say --destructive",
                          name ? name : "this command");
    }
    ys_buf_reset(&talk->chain);
    talk->chain_at = 0;
    talk->own_seen = false;
    enum ys_status status = ys_card_transmit(talk->session, arena, command, length, &data,
                                             &data_length, &sw, reterr);
    if (status == YS_OK && talk->expect_sw && !ys_sw_matches(talk->expect_sw, sw)) {
        fprintf(stderr, "yanshou: %04X (%s), expected %s\n", sw,
                ys_sw_text(arena, sw, talk->arguments->lang), talk->expect_sw);
        talk->failed = true;
    }
    return status;
}

enum ys_status ys_talk_send(struct ys_talk *talk, const char *line, struct ys_err *reterr)
{
    struct ys_arena arena;
    uint8_t *command = NULL;
    size_t length = 0;
    if (strcmp(line, "reset") == 0) {
        return reset(talk, reterr);
    }
    if (strcmp(line, "atr") == 0) {
        char atr[2 * YS_ATR_BYTES_MAX + 1];
        ys_hex_encode(talk->session->atr, talk->session->atr_length, atr);
        printf("#   ATR %s, T=%d\n", atr, talk->session->protocol);
        return YS_OK;
    }
    ys_arena_init(&arena);
    enum ys_status status = ys_hex_decode(&arena, line, &command, &length, reterr);
    if (status == YS_OK && length > 0 && length < 4) {
        status = ys_err_set(reterr, YS_ERR_SYNTAX, "a command has at least four bytes, not %zu",
                            length);
    }
    if (status == YS_OK && length > 0) {
        status = send_bytes(talk, &arena, command, length, reterr);
        ys_wipe(command, length);
    }
    ys_arena_clear(&arena);
    return status;
}

/* ---- transcripts ---- */

/* What T=0 asks for was sent by itself when its command was (61xx, 6Cxx); a transcript lists it. */
static bool was_sent(struct ys_talk *talk, const char *hex)
{
    size_t length = strlen(hex);
    if (talk->chain.length - talk->chain_at <= length) {
        return false;
    }
    const char *next = talk->chain.bytes + talk->chain_at;
    bool same = strncmp(next, hex, length) == 0 && next[length] == '\n';
    talk->chain_at += same ? length + 1 : 0;
    return same;
}

/* Each exchange of a recording as it stands there, its own chains and questions too. */
static enum ys_status play_raw(struct ys_talk *talk, const char *hex, struct ys_err *reterr)
{
    static uint8_t reply[YS_APDU_BYTES_MAX];
    struct ys_arena arena;
    uint8_t *command = NULL;
    size_t length = 0;
    size_t reply_length = 0;
    ys_arena_init(&arena);
    char *digits = ys_arena_strdup(&arena, hex);
    for (char *at = digits; *at; at++) {
        *at = *at == '?' ? '0' : *at;
    }
    enum ys_status status = ys_hex_decode(&arena, digits, &command, &length, reterr);
    if (status == YS_OK) {
        status = talk->session->driver->transmit(talk->session, command, length, reply,
                                                 &reply_length, reterr);
    }
    if (status == YS_OK) {
        on_exchange(talk, command, length, reply, reply_length, 0);
        uint16_t sw = sw_of(reply, reply_length);
        if (talk->expect_sw && !ys_sw_matches(talk->expect_sw, sw)) {
            talk->failed = true;
        }
    }
    ys_arena_clear(&arena);
    return status;
}

enum ys_status ys_talk_repeat(struct ys_talk *talk, const char *line, struct ys_err *reterr)
{
    const char *rest = line + 1 + strspn(line + 1, " \t");
    if (line[0] == '!') {
        return reset(talk, reterr);
    }
    if (line[0] != '>') {
        return YS_OK; /* replies are compared by who looks at them; '@' and '-' happened there */
    }
    if (talk->recorded) {
        return play_raw(talk, rest, reterr);
    }
    if (strchr(rest, '?')) {
        return ys_err_set(reterr, YS_ERR_SYNTAX,
                          "a recording holds no PIN; write it in the place of the '?'");
    }
    return was_sent(talk, rest) ? YS_OK : ys_talk_send(talk, rest, reterr);
}
