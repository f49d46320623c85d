/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions with cards, their exchanges in the evidence, and the encodings of card data. */
#include "ys_card_private.h"

#include <string.h>

#include "ys_charset.h"
#include "ys_crypto.h"
#include "ys_recording.h"

static void note_reader(struct ys_engine *engine, const char *name)
{
    pthread_mutex_lock(&engine->mutex);
    if (engine->options->replay_cards) {
        engine->replayed_reader = true;
    } else if (ys_reader_is_virtual(name)) {
        engine->virtual_reader = true;
    } else {
        engine->physical_reader = true;
    }
    pthread_mutex_unlock(&engine->mutex);
}

static const char *find_reader(struct ys_exec *exec, const struct ys_reader_role *role,
                               struct ys_trouble *trouble)
{
    const struct ys_card_port *port = ys_recording_port(exec->run, trouble);
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    struct ys_err err;
    if (!port) {
        return NULL;
    }
    if (exec->engine->options->replay_cards) {
        return role->role; /* so its reader is called in a recording */
    }
    if (port->driver->list(port->context, &exec->arena, &readers, &count, &err) != YS_OK) {
        ys_trouble_err(trouble, &err);
        return NULL;
    }
    const struct ys_reader_state *found = ys_reader_find(readers, count, role->pattern, role->atr);
    if (found) {
        return found->name;
    }
    ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "no reader fits role %s (%s%s); %zu readers "
                   "are there", role->role, role->pattern ? role->pattern : "",
                   role->atr ? role->atr : "", count);
    return NULL;
}

/* ---- exchanges ---- */

struct tap {
    struct ys_card_work *work;
    struct ys_card_slot *slot;
};

/* A PIN is a mark, whatever its digits are. */
static const char *command_text(struct ys_exec *exec, const uint8_t *command, size_t length)
{
    char *hex = ys_arena_alloc(&exec->arena, 2 * length + 1);
    ys_hex_encode(command, length, hex);
    if (ys_apdu_carries_pin(command, length)) {
        const char *mark = ys_redact_mark(exec->engine->redactor, &exec->arena, "pin", hex + 10);
        return ys_arena_printf(&exec->arena, "%.10s%s", hex, mark);
    }
    return hex;
}

static void listen_card(void *context, const uint8_t *command, size_t command_length,
                        const uint8_t *reply, size_t reply_length, int64_t duration_us)
{
    const struct tap *tap = context;
    struct ys_exec *exec = tap->work->exec;
    struct ys_arena *arena = &exec->arena;
    struct ys_value *record = ys_exec_new_record(exec, "card");
    char *hex = ys_arena_alloc(arena, 2 * reply_length + 1);
    ys_hex_encode(reply, reply_length, hex);
    ys_value_set_text(arena, record, "reader", tap->slot->role);
    ys_value_set_text(arena, record, "command", command_text(exec, command, command_length));
    ys_value_set_text(arena, record, "reply", hex);
    ys_value_set_int(arena, record, "time_us", duration_us);
    if (!tap->slot->is_told) {
        const struct ys_card_session *session = tap->slot->session;
        char *atr = ys_arena_alloc(arena, 2 * session->atr_length + 1);
        ys_hex_encode(session->atr, session->atr_length, atr);
        ys_value_set_text(arena, record, "atr", atr);
        tap->slot->is_told = true;
    }
    ys_value_append(arena, tap->work->exchanges, record);
    atomic_fetch_add(&exec->engine->apdus, 1);
}

/* The guard may have to find out which card it is; what it sends is evidence like the rest. */
static enum ys_status open_slot(struct ys_card_work *work, struct ys_card_slot *slot,
                                const char *reader, struct ys_err *reterr)
{
    struct ys_engine *engine = work->exec->engine;
    const struct ys_card_port *port = ys_recording_port(work->exec->run, work->trouble);
    struct tap tap = {work, slot};
    enum ys_status status = port->driver->connect(port->context, reader, &slot->session, reterr);
    if (status != YS_OK) {
        return status;
    }
    slot->session->listener = listen_card;
    slot->session->listener_context = &tap;
    status = ys_card_guard_join(engine->guard, slot->session, reader, reterr);
    slot->session->listener = NULL;
    slot->session->listener_context = NULL;
    /* Recorded from here: a replay finds no card that it had to identify. */
    slot->session->tap = ys_recording_tap(work->exec->run, slot->role);
    if (status == YS_OK && slot->session->tap) {
        status = ys_card_record_power(slot->session->tap, slot->session);
    }
    if (status != YS_OK) {
        ys_card_disconnect(slot->session);
    }
    return status;
}

struct ys_card_slot *ys_card__slot(struct ys_card_work *work, const char *role)
{
    struct ys_exec *exec = work->exec;
    struct ys_trouble *trouble = work->trouble;
    struct ys_case_run *run = exec->run;
    for (size_t i = 0; i < run->card_count; i++) {
        if (strcmp(run->cards[i].role, role) == 0) {
            return &run->cards[i];
        }
    }
    const struct ys_reader_role *wanted = ys_candidate_reader(exec->engine->candidate, role);
    if (!wanted || run->card_count == YS_READERS_MAX) {
        ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "the candidate file has no reader '%s'",
                       role);
        return NULL;
    }
    const char *reader = find_reader(exec, wanted, trouble);
    if (!reader) {
        return NULL;
    }
    for (size_t i = 0; i < run->card_count; i++) {
        if (strcmp(run->cards[i].reader, reader) == 0) {
            ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                           "the roles %s and %s are the same reader, %s", run->cards[i].role, role,
                           reader);
            return NULL;
        }
    }
    struct ys_card_slot slot = {.role = wanted->role};
    struct ys_err err;
    if (open_slot(work, &slot, reader, &err) != YS_OK) {
        ys_trouble_err(trouble, &err);
        return NULL;
    }
    note_reader(exec->engine, reader);
    slot.reader = ys_arena_strdup(&run->arena, reader);
    run->cards[run->card_count] = slot;
    return &run->cards[run->card_count++];
}

void ys_cards_close(struct ys_case_run *run)
{
    for (size_t i = 0; i < run->card_count; i++) {
        ys_card_disconnect(run->cards[i].session);
    }
    run->card_count = 0;
}

/* What cannot be undone: the suite says so, and the candidate consents. */
static bool may_destroy(struct ys_card_work *work, const uint8_t *command)
{
    const struct ys_exec *exec = work->exec;
    const char *name = ys_apdu_command_name(command[0], command[1]);
    if (!exec->run->subject->destructive) {
        return ys_trouble_set(work->trouble, YS_CAUSE_CONFIGURATION,
                              "refused to protect the card: %s cannot be undone, and the case does "
                              "not say destructive: true",
                              name ? name : "the command");
    }
    if (!exec->engine->candidate->consents_destructive) {
        return ys_trouble_set(work->trouble, YS_CAUSE_CONFIGURATION,
                              "refused to protect the card: %s cannot be undone, and the candidate "
                              "file does not consent",
                              name ? name : "the command");
    }
    return true;
}

bool ys_card__send_raw(struct ys_card_work *work, struct ys_card_slot *slot, const uint8_t *bytes,
                       size_t length)
{
    struct tap tap = {work, slot};
    struct ys_err err;
    if (ys_apdu_risk(bytes, length) == YS_RISK_FOREVER && !may_destroy(work, bytes)) {
        return false;
    }
    slot->session->listener = listen_card;
    slot->session->listener_context = &tap;
    enum ys_status status = ys_card_transmit(slot->session, &work->exec->arena, bytes, length,
                                             &work->data, &work->length, &work->sw, &err);
    slot->session->listener = NULL;
    slot->session->listener_context = NULL;
    work->violated = status == YS_ERR_CARD_PROTOCOL;
    return status == YS_OK || ys_trouble_err(work->trouble, &err);
}

bool ys_card__send(struct ys_card_work *work, const struct ys_apdu *apdu)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    if (ys_apdu_encode(&work->exec->arena, apdu, &bytes, &length, &err) != YS_OK) {
        return ys_trouble_err(work->trouble, &err);
    }
    return ys_card__send_raw(work, work->slot, bytes, length);
}

bool ys_card__record(struct ys_card_work *work)
{
    const struct ys_value *exchanges = work->exchanges;
    for (size_t i = 0; i < exchanges->as.list.count; i++) {
        struct ys_value *record = ys_value_map(&work->exec->arena);
        *record = *exchanges->as.list.items[i];
        if (work->exec->sent_seq) {
            ys_value_set_int(&work->exec->arena, record, "sent", work->exec->sent_seq);
            work->exec->sent_seq = 0;
        }
        if (!ys_exec_record(work->exec, record)) {
            return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS,
                                  "the evidence cannot be written");
        }
    }
    work->exchanges = ys_value_list(&work->exec->arena);
    return true;
}

/* ---- encodings ---- */

const char *ys_card__decode(struct ys_arena *arena, const struct ys_card_item *item,
                            const uint8_t *bytes, size_t length)
{
    const char *encoding = item->encoding ? item->encoding : "binary";
    char *text = NULL;
    size_t text_length = 0;
    if (strcmp(encoding, "ascii") == 0 || strcmp(encoding, "gbk") == 0) {
        while (length && (bytes[length - 1] == 0x00 || bytes[length - 1] == 0xFF ||
                          bytes[length - 1] == ' ')) {
            length--;
        }
        const char *raw = ys_arena_strndup(arena, (const char *)bytes, length);
        if (strcmp(encoding, "ascii") == 0 && ys_utf8_is_valid(raw, length)) {
            return raw;
        }
        if (ys_charset_to_utf8(arena, "GB18030", raw, length, &text, &text_length, NULL) ==
            YS_OK) {
            return text;
        }
    }
    text = ys_arena_alloc(arena, 2 * length + 1);
    ys_hex_encode(bytes, length, text);
    if (strcmp(encoding, "bcd") == 0) {
        text_length = strlen(text);
        while (text_length && text[text_length - 1] == 'F') {
            text[--text_length] = '\0';
        }
    }
    return text;
}

enum ys_status ys_card__encode(struct ys_arena *arena, const struct ys_card_item *item,
                               const char *text, uint8_t **ret_bytes, size_t *ret_length,
                               struct ys_err *reterr)
{
    const char *encoding = item->encoding ? item->encoding : "binary";
    bool digits = strcmp(encoding, "bcd") == 0;
    const void *bytes = text;
    size_t length = strlen(text);
    char *converted = NULL;
    uint8_t *decoded = NULL;
    enum ys_status status = YS_OK;
    if (strcmp(encoding, "gbk") == 0) {
        status = ys_charset_from_utf8(arena, "GB18030", text, length, &converted, &length, reterr);
        bytes = converted;
    } else if (digits || strcmp(encoding, "binary") == 0) {
        const char *even = digits && length % 2 ? ys_arena_printf(arena, "%sF", text) : text;
        status = ys_hex_decode(arena, even, &decoded, &length, reterr);
        bytes = decoded;
    }
    if (status != YS_OK) {
        return status;
    }
    size_t wanted = item->length ? item->length : length;
    if (length > wanted) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "%s holds %zu bytes, not %zu", item->name, wanted,
                          length);
    }
    uint8_t *padded = ys_arena_alloc(arena, wanted + 1);
    memset(padded, digits ? 0xFF : 0x00, wanted);
    memcpy(padded, bytes, length);
    *ret_bytes = padded;
    *ret_length = wanted;
    return YS_OK;
}
