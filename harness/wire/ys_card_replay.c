/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards from a recording, and the recorder. Each reader has its own part of the transcript and its
 * own place in it, which a session goes on from. Nothing is searched for or skipped: the next
 * recorded event is the only one that may happen.
 */
#include <pthread.h>
#include <string.h>

#include "ys_card.h"
#include "ys_crypto.h"

enum event_kind { EVENT_POWER, EVENT_EXCHANGE, EVENT_BROUGHT, EVENT_REMOVED };

struct event {
    struct event *next; /* of the same reader */
    enum event_kind kind;
    uint32_t line;
    const uint8_t *bytes; /* ATR, command, or what the terminal brought */
    const uint8_t *any;   /* of a command with '?': F where a half byte may be any; or NULL */
    size_t length;
    const uint8_t *reply; /* NULL: the card was mute */
    size_t reply_length;
};

struct replay_reader {
    const char *name;
    struct event *first;
    struct event *last;
    struct event *next;        /* what happens next */
    const struct event *power; /* the ATR that counts; NULL: no card */
    bool held;
};

struct replay {
    pthread_mutex_t lock; /* of all readers' places */
    struct ys_arena arena;
    const char *name;
    struct replay_reader readers[YS_READERS_MAX];
    size_t reader_count;
};

struct replay_session {
    struct ys_card_session base;
    struct replay *replay;
    struct replay_reader *reader;
};

static const struct ys_card_driver replay_driver;

/* Parsing. */

static struct replay_reader *find_reader(struct replay *replay, const char *name)
{
    for (size_t i = 0; i < replay->reader_count; i++) {
        if (strcmp(replay->readers[i].name, name) == 0) {
            return &replay->readers[i];
        }
    }
    return NULL;
}

static enum ys_status enter_reader(struct replay *replay, const char *name, uint32_t line,
                                   struct replay_reader **ret_reader, struct ys_err *reterr)
{
    struct replay_reader *reader = find_reader(replay, name);
    if (!reader && replay->reader_count == YS_READERS_MAX) {
        return ys_err_at(reterr, YS_ERR_LIMIT, replay->name, line, 1,
                         "more than %u readers (YS_READERS_MAX)", YS_READERS_MAX);
    }
    if (!reader) {
        reader = &replay->readers[replay->reader_count++];
        reader->name = name;
    }
    *ret_reader = reader;
    return YS_OK;
}

static enum ys_status parse_hex(struct replay *replay, const char *text, uint32_t line,
                                const uint8_t **ret_bytes, size_t *ret_length,
                                struct ys_err *reterr)
{
    uint8_t *bytes = NULL;
    struct ys_err err;
    enum ys_status status = ys_hex_decode(&replay->arena, text, &bytes, ret_length, &err);
    if (status != YS_OK) {
        return ys_err_at(reterr, YS_ERR_SYNTAX, replay->name, line, 3, "%s", err.text);
    }
    *ret_bytes = bytes;
    return YS_OK;
}

/* A digit '?' stands for any: the recording does not tell a PIN. */
static enum ys_status parse_pattern(struct replay *replay, const char *text, uint32_t line,
                                    struct event *event, struct ys_err *reterr)
{
    char *digits = ys_arena_strdup(&replay->arena, text);
    char *wild = ys_arena_strdup(&replay->arena, text);
    for (size_t i = 0; text[i]; i++) {
        digits[i] = text[i] == '?' ? '0' : text[i];
        wild[i] = text[i] == '?' ? 'F' : text[i] == ' ' ? ' ' : '0';
    }
    enum ys_status status =
        parse_hex(replay, digits, line, &event->bytes, &event->length, reterr);
    if (status == YS_OK) {
        size_t length = 0;
        status = parse_hex(replay, wild, line, &event->any, &length, reterr);
    }
    return status;
}

static bool fits(const struct event *event, const uint8_t *command, size_t length)
{
    bool same = event->length == length;
    for (size_t i = 0; same && i < length; i++) {
        uint8_t counts = event->any ? (uint8_t)~event->any[i] : 0xFF;
        same = (event->bytes[i] & counts) == (command[i] & counts);
    }
    return same;
}

static enum ys_status check_length(const struct replay *replay, const char *what, size_t length,
                                   size_t least, size_t most, uint32_t line, struct ys_err *reterr)
{
    if (length < least || length > most) {
        return ys_err_at(reterr, YS_ERR_SYNTAX, replay->name, line, 3,
                         "%s has %zu to %zu bytes, not %zu", what, least, most, length);
    }
    return YS_OK;
}

static struct event *add_event(struct replay *replay, struct replay_reader *reader,
                               enum event_kind kind, uint32_t line)
{
    struct event *event = ys_arena_alloc(&replay->arena, sizeof *event);
    event->kind = kind;
    event->line = line;
    if (reader->last) {
        reader->last->next = event;
    } else {
        reader->first = reader->next = event;
    }
    reader->last = event;
    return event;
}

/* `text` is what follows the mark. */
static enum ys_status parse_event(struct replay *replay, struct replay_reader *reader, char mark,
                                  const char *text, uint32_t line, struct ys_err *reterr)
{
    const uint8_t *bytes = NULL;
    size_t length = 0;
    enum ys_status status = YS_OK;

    if (mark == '-') {
        add_event(replay, reader, EVENT_REMOVED, line);
        return YS_OK;
    }
    struct event pattern = {0};
    if (mark == '>' && strchr(text, '?')) {
        status = parse_pattern(replay, text, line, &pattern, reterr);
        bytes = pattern.bytes;
        length = pattern.length;
    } else {
        status = parse_hex(replay, text, line, &bytes, &length, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    if (mark == '<') {
        struct event *last = reader->last;
        if (!last || last->kind != EVENT_EXCHANGE || last->reply) {
            return ys_err_at(reterr, YS_ERR_SYNTAX, replay->name, line, 1,
                             "a reply without a command before it");
        }
        status = check_length(replay, "a reply", length, 0, YS_APDU_BYTES_MAX, line, reterr);
        last->reply = bytes;
        last->reply_length = length;
        return status;
    }
    static const struct {
        enum event_kind kind;
        const char *what;
        size_t least;
        size_t most;
    } marks[] = {{EVENT_POWER, "an ATR", 2, YS_ATR_BYTES_MAX},
                 {EVENT_EXCHANGE, "a command", 4, YS_APDU_BYTES_MAX},
                 {EVENT_BROUGHT, "what was brought", 1, YS_APDU_BYTES_MAX}};
    size_t row = mark == '!' ? 0 : mark == '>' ? 1 : 2;
    status = check_length(replay, marks[row].what, length, marks[row].least, marks[row].most, line,
                          reterr);
    if (status == YS_OK) {
        struct event *event = add_event(replay, reader, marks[row].kind, line);
        event->bytes = bytes;
        event->any = pattern.any;
        event->length = length;
    }
    return status;
}

static enum ys_status parse_line(struct replay *replay, struct replay_reader **reader,
                                 const char *text, uint32_t line, struct ys_err *reterr)
{
    char mark = text[0];
    const char *rest = mark ? text + 1 + strspn(text + 1, " \t") : text;

    if (mark == '\0' || mark == '#') {
        return YS_OK;
    }
    if (mark == '@' && rest[0] != '\0') {
        return enter_reader(replay, rest, line, reader, reterr);
    }
    if (mark == '@' || !strchr("!><=-", mark)) {
        return ys_err_at(reterr, YS_ERR_SYNTAX, replay->name, line, 1,
                         "a line begins with # @ ! > < = or -, and @ is followed by a reader's "
                         "name");
    }
    if (!*reader) {
        return ys_err_at(reterr, YS_ERR_SYNTAX, replay->name, line, 1,
                         "an \"@ reader name\" line comes first");
    }
    return parse_event(replay, *reader, mark, rest, line, reterr);
}

static enum ys_status parse(struct replay *replay, const char *text, size_t length,
                            struct ys_err *reterr)
{
    struct replay_reader *reader = NULL;
    const char *end = text + length;

    for (uint32_t line = 1; text < end; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t line_length = (size_t)((newline ? newline : end) - text);
        size_t trimmed = line_length;
        while (trimmed > 0 && strchr(" \t\r", text[trimmed - 1]) && text[trimmed - 1] != '\0') {
            trimmed--;
        }
        if (memchr(text, '\0', trimmed)) {
            return ys_err_at(reterr, YS_ERR_SYNTAX, replay->name, line, 1, "a NUL byte");
        }
        const char *copy = ys_arena_strndup(&replay->arena, text, trimmed);
        enum ys_status status = parse_line(replay, &reader, copy, line, reterr);
        if (status != YS_OK) {
            return status;
        }
        text += line_length + (newline ? 1 : 0);
    }
    return YS_OK;
}

/* Playing. Each function below is called with the lock held. */

static bool next_is(const struct replay_reader *reader, enum event_kind kind)
{
    return reader->next && reader->next->kind == kind;
}

/* The first protocol that the ATR offers: TD1's low half (ISO/IEC 7816-3, 8.2.3), T=0 without. */
static int protocol_of(const uint8_t *atr, size_t length)
{
    size_t at = 2;
    uint8_t indicator = atr[1];
    if (!(indicator & 0x80)) {
        return 0;
    }
    at += (size_t)((indicator >> 4) & 1) + ((indicator >> 5) & 1) + ((indicator >> 6) & 1);
    return at < length && (atr[at] & 0x0F) == 1 ? 1 : 0;
}

/* Who plays the commands alone asks for nothing that was brought. */
static void pass_brought(struct replay_reader *reader)
{
    while (next_is(reader, EVENT_BROUGHT)) {
        reader->next = reader->next->next;
    }
}

static void play_power(struct replay_session *session)
{
    struct replay_reader *reader = session->reader;
    struct ys_card_session *base = &session->base;

    reader->power = reader->next;
    reader->next = reader->next->next;
    base->atr_length = reader->power->length;
    memcpy(base->atr, reader->power->bytes, base->atr_length);
    base->protocol = protocol_of(base->atr, base->atr_length);
}

/* What the recording has next, for a complaint. */
static const char *show_next(struct ys_arena *arena, const struct event *event)
{
    if (!event) {
        return "its end";
    }
    if (event->kind == EVENT_REMOVED) {
        return "the removal of the card";
    }
    char *hex = ys_arena_alloc(arena, event->length * 2 + 1);
    ys_hex_encode(event->bytes, event->length, hex);
    return ys_arena_printf(arena, "%s %.300s",
                           event->kind == EVENT_POWER      ? "power-up"
                           : event->kind == EVENT_EXCHANGE ? "command"
                                                           : "what the terminal brought,",
                           hex);
}

static enum ys_status fail_replay(struct replay_session *session, const char *got,
                                  struct ys_err *reterr)
{
    const struct replay_reader *reader = session->reader;
    const struct event *at = reader->next ? reader->next : reader->last;
    struct ys_arena arena;

    ys_arena_init(&arena);
    ys_err_at(reterr, YS_ERR_CARD_REPLAY, session->replay->name, at ? at->line : 0, 1,
              "the recording of %s has %s here, but came %.300s", reader->name,
              show_next(&arena, reader->next), got);
    ys_arena_clear(&arena);
    return YS_ERR_CARD_REPLAY;
}

static enum ys_status play_exchange(struct replay_session *session, const uint8_t *command,
                                    size_t command_length, uint8_t *reply, size_t *ret_length,
                                    struct ys_err *reterr)
{
    struct replay_reader *reader = session->reader;

    pass_brought(reader);
    const struct event *event = reader->next;
    if (next_is(reader, EVENT_REMOVED)) {
        reader->power = NULL;
        reader->next = reader->next->next;
    }
    if (!reader->power) {
        return ys_err_set(reterr, YS_ERR_CARD_REMOVED, "the card was taken out of %s",
                          reader->name);
    }
    if (!next_is(reader, EVENT_EXCHANGE) || !fits(event, command, command_length)) {
        struct ys_arena arena;
        ys_arena_init(&arena);
        char *hex = ys_arena_alloc(&arena, command_length * 2 + 1);
        ys_hex_encode(command, command_length, hex);
        fail_replay(session, ys_arena_printf(&arena, "command %s", hex), reterr);
        ys_arena_clear(&arena);
        return YS_ERR_CARD_REPLAY;
    }
    reader->next = reader->next->next;
    if (!event->reply) {
        return ys_err_set(reterr, YS_ERR_CARD_MUTE, "the card in %s does not answer", reader->name);
    }
    memcpy(reply, event->reply, event->reply_length);
    *ret_length = event->reply_length;
    return YS_OK;
}

/* The driver. */

static enum ys_status replay_list(void *context, struct ys_arena *arena,
                                  struct ys_reader_state **ret_readers, size_t *ret_count,
                                  struct ys_err *reterr)
{
    struct replay *replay = context;
    struct ys_reader_state *readers = ys_arena_calloc(arena, replay->reader_count, sizeof *readers);
    (void)reterr;

    pthread_mutex_lock(&replay->lock);
    for (size_t i = 0; i < replay->reader_count; i++) {
        const struct replay_reader *reader = &replay->readers[i];
        const struct event *power = next_is(reader, EVENT_POWER) ? reader->next : reader->power;
        readers[i].name = ys_arena_strdup(arena, reader->name);
        readers[i].card_present = power != NULL;
        readers[i].atr_length = power ? power->length : 0;
        if (power) {
            memcpy(readers[i].atr, power->bytes, power->length);
        }
    }
    pthread_mutex_unlock(&replay->lock);
    *ret_readers = readers;
    *ret_count = replay->reader_count;
    return YS_OK;
}

/* A recording has no keys to press. */
static enum ys_status replay_features(void *context, const char *name, uint32_t *ret_features,
                                      struct ys_err *reterr)
{
    struct replay *replay = context;
    if (!find_reader(replay, name)) {
        return ys_err_set(reterr, YS_ERR_CARD_READER, "there is no reader \"%s\" in %s", name,
                          replay->name);
    }
    *ret_features = 0;
    return YS_OK;
}

static enum ys_status open_session(struct replay_session *session, struct ys_err *reterr)
{
    struct replay_reader *reader = session->reader;

    if (reader->held) {
        return ys_err_set(reterr, YS_ERR_CARD_SHARED, "a session already holds the card in %s",
                          reader->name);
    }
    if (next_is(reader, EVENT_POWER)) {
        play_power(session);
    } else if (!reader->power) {
        return ys_err_set(reterr, YS_ERR_CARD_ABSENT, "there is no card in %s", reader->name);
    } else {
        return fail_replay(session, "a new session", reterr);
    }
    reader->held = true;
    return YS_OK;
}

static enum ys_status replay_connect(void *context, const char *name,
                                     struct ys_card_session **ret_session, struct ys_err *reterr)
{
    struct replay *replay = context;
    struct replay_reader *reader = find_reader(replay, name);
    if (!reader) {
        return ys_err_set(reterr, YS_ERR_CARD_READER, "there is no reader \"%s\" in %s", name,
                          replay->name);
    }
    struct replay_session *session = ys_calloc(1, sizeof *session);
    session->base.driver = &replay_driver;
    session->replay = replay;
    session->reader = reader;
    pthread_mutex_lock(&replay->lock);
    enum ys_status status = open_session(session, reterr);
    pthread_mutex_unlock(&replay->lock);
    if (status != YS_OK) {
        ys_free(session);
        return status;
    }
    *ret_session = &session->base;
    return YS_OK;
}

static enum ys_status replay_transmit(struct ys_card_session *base, const uint8_t *command,
                                      size_t command_length, uint8_t *reply, size_t *ret_length,
                                      struct ys_err *reterr)
{
    struct replay_session *session = (struct replay_session *)base;
    pthread_mutex_lock(&session->replay->lock);
    enum ys_status status =
        play_exchange(session, command, command_length, reply, ret_length, reterr);
    pthread_mutex_unlock(&session->replay->lock);
    return status;
}

static enum ys_status replay_reset(struct ys_card_session *base, struct ys_err *reterr)
{
    struct replay_session *session = (struct replay_session *)base;
    enum ys_status status = YS_OK;

    pthread_mutex_lock(&session->replay->lock);
    pass_brought(session->reader);
    if (next_is(session->reader, EVENT_POWER)) {
        play_power(session);
    } else {
        status = fail_replay(session, "a reset", reterr);
    }
    pthread_mutex_unlock(&session->replay->lock);
    return status;
}

static void replay_disconnect(struct ys_card_session *base)
{
    if (!base) {
        return;
    }
    struct replay_session *session = (struct replay_session *)base;
    pthread_mutex_lock(&session->replay->lock);
    session->reader->held = false;
    pthread_mutex_unlock(&session->replay->lock);
    ys_free(session);
}

/* No time passes in a recording: either it happens next or it does not happen. */
static enum ys_status replay_wait(void *context, const char *name, bool want_present,
                                  int64_t at_most_ms, bool *ret_reached, struct ys_err *reterr)
{
    struct replay *replay = context;
    struct replay_reader *reader = find_reader(replay, name);
    (void)at_most_ms;

    if (!reader) {
        return ys_err_set(reterr, YS_ERR_CARD_READER, "there is no reader \"%s\" in %s", name,
                          replay->name);
    }
    pthread_mutex_lock(&replay->lock);
    pass_brought(reader);
    if (next_is(reader, EVENT_REMOVED)) {
        reader->power = NULL;
        reader->next = reader->next->next;
    }
    *ret_reached = (reader->power || next_is(reader, EVENT_POWER)) == want_present;
    pthread_mutex_unlock(&replay->lock);
    return YS_OK;
}

static enum ys_status replay_bring(struct ys_card_session *base, uint8_t *bytes, size_t length,
                                   struct ys_err *reterr)
{
    struct replay_session *session = (struct replay_session *)base;
    struct replay_reader *reader = session->reader;
    enum ys_status status = YS_OK;

    pthread_mutex_lock(&session->replay->lock);
    if (next_is(reader, EVENT_BROUGHT) && reader->next->length == length) {
        memcpy(bytes, reader->next->bytes, length);
        reader->next = reader->next->next;
    } else {
        status = fail_replay(session, "what the terminal brings", reterr);
    }
    pthread_mutex_unlock(&session->replay->lock);
    return status;
}

static void replay_free(void *context)
{
    struct replay *replay = context;
    pthread_mutex_destroy(&replay->lock);
    ys_arena_clear(&replay->arena);
    ys_free(replay);
}

static const struct ys_card_driver replay_driver = {
    .name = "replay",
    .list = replay_list,
    .features = replay_features,
    .connect = replay_connect,
    .transmit = replay_transmit,
    .reset = replay_reset,
    .disconnect = replay_disconnect,
    .wait = replay_wait,
    .bring = replay_bring,
    .free = replay_free,
};

enum ys_status ys_card_port_replay(const char *name, const char *recording, size_t length,
                                   struct ys_card_port *ret_port, struct ys_err *reterr)
{
    struct replay *replay = ys_calloc(1, sizeof *replay);
    ys_arena_init(&replay->arena);
    pthread_mutex_init(&replay->lock, NULL);
    replay->name = ys_arena_strdup(&replay->arena, name);
    enum ys_status status = parse(replay, recording, length, reterr);
    if (status != YS_OK) {
        replay_free(replay);
        return status;
    }
    ret_port->driver = &replay_driver;
    ret_port->context = replay;
    return YS_OK;
}

/* Recording. */

void ys_card_recorder_init(struct ys_card_recorder *recorder)
{
    ys_buf_init(&recorder->text, YS_FILE_BYTES_MAX);
    recorder->reader = NULL;
}

void ys_card_recorder_clear(struct ys_card_recorder *recorder)
{
    ys_buf_clear(&recorder->text);
    recorder->reader = NULL;
}

const char *ys_card_recorded_command(struct ys_arena *arena, const uint8_t *command, size_t length)
{
    char *hex = ys_arena_alloc(arena, length * 2 + 1);
    ys_hex_encode(command, length, hex);
    if (ys_apdu_carries_pin(command, length)) {
        memset(hex + 10, '?', length * 2 - 10);
    }
    return hex;
}

static enum ys_status write_line(struct ys_card_tap *tap, char mark, const uint8_t *bytes,
                                 size_t length)
{
    struct ys_card_recorder *recorder = tap->recorder;
    struct ys_buf *text = &recorder->text;
    enum ys_status status = YS_OK;

    if (!recorder->reader || strcmp(recorder->reader, tap->reader) != 0) {
        status = ys_buf_printf(text, "@ %s\n", tap->reader);
        recorder->reader = tap->reader;
    }
    struct ys_arena arena;
    ys_arena_init(&arena);
    char *hex = ys_arena_alloc(&arena, length * 2 + 1);
    ys_hex_encode(bytes, length, hex);
    if (status == YS_OK) {
        status = ys_buf_printf(text, "%c%s%s\n", mark, length ? " " : "",
                               mark == '>' ? ys_card_recorded_command(&arena, bytes, length) : hex);
    }
    ys_arena_clear(&arena);
    return status;
}

enum ys_status ys_card_record_power(struct ys_card_tap *tap, const struct ys_card_session *session)
{
    return write_line(tap, '!', session->atr, session->atr_length);
}

enum ys_status ys_card_bring(struct ys_card_session *session, uint8_t *bytes, size_t length,
                             struct ys_err *reterr)
{
    enum ys_status status = YS_OK;
    if (session->driver->bring) {
        status = session->driver->bring(session, bytes, length, reterr);
    }
    if (status == YS_OK && session->tap) {
        status = write_line(session->tap, '=', bytes, length);
    }
    return status;
}

void ys_card__record_end(struct ys_card_tap *tap, enum ys_status status, const uint8_t *command,
                         size_t command_length, const uint8_t *reply, size_t reply_length)
{
    enum ys_status written = YS_OK;
    if (status == YS_OK) {
        ys_card_record_exchange(tap, command, command_length, reply, reply_length, 0);
    } else if (status == YS_ERR_CARD_MUTE) {
        written = write_line(tap, '>', command, command_length);
    } else if (status == YS_ERR_CARD_REMOVED) {
        written = write_line(tap, '-', NULL, 0);
    }
    (void)written; /* what no longer fits plays as the end of the recording */
}

void ys_card_record_exchange(void *context, const uint8_t *command, size_t command_length,
                             const uint8_t *reply, size_t reply_length, int64_t duration_us)
{
    struct ys_card_tap *tap = context;
    (void)duration_us;
    if (write_line(tap, '>', command, command_length) == YS_OK) {
        /* A command whose reply no longer fits replays as a mute card, never as another reply. */
        enum ys_status status = write_line(tap, '<', reply, reply_length);
        (void)status;
    }
}
