/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card steps: named commands turned into APDUs by the catalogue's card data. All but the last
 * must succeed; the last is what the step observes. What may lower the tries of a PIN or a key
 * passes the guard of the card port (ys_card_guard.h).
 */
#include "ys_transaction_private.h"

#include <string.h>

#include "ys_crypto.h"
#include "ys_tlv.h"

#define SW_OK 0x9000

typedef bool command_fn(struct ys_card_work *work, const struct ys_value *argument);

static const char *written(struct ys_card_work *work, const struct ys_value *value)
{
    const char *text = ys_value_written(value);
    return text ? text : ys_value_show(&work->exec->arena, value, 4096);
}

static bool hex_of(struct ys_card_work *work, const char *text, uint8_t **ret_bytes,
                   size_t *ret_length)
{
    struct ys_err err;
    return ys_hex_decode(&work->exec->arena, text ? text : "", ret_bytes, ret_length, &err) ==
               YS_OK ||
           ys_trouble_set(work->trouble, YS_CAUSE_HARNESS, "'%s' is not hexadecimal",
                          text ? text : "");
}

/* What the answer to reset is, and what is wrong with it (ISO/IEC 7816-3, 8.2). */
static const struct ys_value *atr_fields(struct ys_arena *arena,
                                         const struct ys_card_session *session)
{
    struct ys_atr atr = {0};
    struct ys_err err = {.text = ""};
    struct ys_value *fields = ys_value_map(arena);
    bool sound = ys_atr_parse(session->atr, session->atr_length, &atr, &err) == YS_OK;
    char *hex = ys_arena_alloc(arena, 2 * session->atr_length + 1);
    ys_hex_encode(session->atr, session->atr_length, hex);
    ys_value_set_text(arena, fields, "atr", hex);
    ys_value_set_text(arena, fields, "atr_fault", sound ? "" : ys_arena_strdup(arena, err.text));
    if (sound) {
        char *historical = ys_arena_alloc(arena, 2 * atr.historical_length + 1);
        ys_hex_encode(atr.historical, atr.historical_length, historical);
        ys_value_set_text(arena, fields, "historical", historical);
    }
    return fields;
}

static bool do_reset(struct ys_card_work *work, const struct ys_value *argument)
{
    struct ys_err err;
    struct ys_card_session *session = work->slot->session;
    work->sw = SW_OK;
    work->slot->application = NULL;
    if (argument->kind == YS_KIND_BOOL && !argument->as.boolean) {
        return true;
    }
    if (session->driver->reset(session, &err) != YS_OK) {
        return ys_trouble_err(work->trouble, &err);
    }
    if (session->tap && ys_card_record_power(session->tap, session) != YS_OK) {
        return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS, "the recording is too long");
    }
    work->fields = atr_fields(&work->exec->arena, session);
    return true;
}

static bool do_select(struct ys_card_work *work, const struct ys_value *argument)
{
    const char *name = written(work, argument);
    const struct ys_card_application *application =
        ys_catalogue_application(work->exec->engine->pack->catalogue, name);
    struct ys_apdu apdu = {.cla = 0x00, .ins = 0xA4, .p1 = 0x04};
    uint8_t *aid = NULL;
    if (application) {
        apdu.data = application->aid;
        apdu.data_length = application->aid_length;
    } else {
        if (!hex_of(work, name, &aid, &apdu.data_length)) {
            return false;
        }
        apdu.data = aid;
    }
    apdu.has_le = work->slot->session->protocol == 1;
    apdu.le = 256;
    work->slot->application = application;
    return ys_card__send(work, &apdu);
}

static bool do_authenticate(struct ys_card_work *work, const struct ys_value *argument)
{
    const char *role = ys_value_text(argument);
    const char *key = NULL;
    if (!role) {
        role = ys_value_get_text(argument, "reader");
        key = ys_value_get_text(argument, "key");
    }
    return ys_card__authenticate(work, role ? role : "psam", key);
}

static uint8_t pin_reference(const struct ys_card_work *work)
{
    return work->slot->application ? work->slot->application->pin_reference : 0;
}

static bool do_verify(struct ys_card_work *work, const struct ys_value *argument)
{
    const char *digits = written(work, argument);
    const char *even = strlen(digits) % 2 ? ys_arena_printf(&work->exec->arena, "%sF", digits)
                                          : digits;
    uint8_t *pin = NULL;
    size_t length = 0;
    if (!hex_of(work, even, &pin, &length)) {
        return false;
    }
    const struct ys_apdu apdu = {
        .ins = 0x20, .p2 = pin_reference(work), .data = pin, .data_length = length};
    bool sent = ys_card__send(work, &apdu);
    ys_wipe(pin, length);
    return sent;
}

static bool do_challenge(struct ys_card_work *work, const struct ys_value *argument)
{
    int64_t length = 8;
    if (argument->kind != YS_KIND_NUMBER ||
        ys_decimal_to_int(argument->as.number, &length) != YS_OK || length < 1 || length > 255) {
        return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS, "challenge is a length in bytes");
    }
    const struct ys_apdu apdu = {.ins = 0x84, .has_le = true, .le = (uint32_t)length};
    return ys_card__send(work, &apdu);
}

/* {key, data} of INTERNAL and EXTERNAL AUTHENTICATE. */
static bool authenticate_raw(struct ys_card_work *work, const struct ys_value *argument,
                             uint8_t ins)
{
    const struct ys_value *key = ys_value_get(argument, "key");
    const struct ys_value *data = ys_value_get(argument, "data");
    uint8_t *reference = NULL;
    uint8_t *bytes = NULL;
    size_t reference_length = 0;
    size_t length = 0;
    if (!key || !data || !hex_of(work, written(work, key), &reference, &reference_length) ||
        reference_length != 1 || !hex_of(work, written(work, data), &bytes, &length)) {
        return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS,
                              "key is one byte and data are bytes, in hexadecimal");
    }
    const struct ys_apdu apdu = {.ins = ins,
                                 .p2 = reference[0],
                                 .data = bytes,
                                 .data_length = length,
                                 .has_le = ins == 0x88 && work->slot->session->protocol == 1,
                                 .le = 256};
    return ys_card__send(work, &apdu);
}

static bool do_internal(struct ys_card_work *work, const struct ys_value *argument)
{
    return authenticate_raw(work, argument, 0x88);
}

static bool do_external(struct ys_card_work *work, const struct ys_value *argument)
{
    return authenticate_raw(work, argument, 0x82);
}

/* ---- files ---- */

static const struct ys_card_file *find_file(struct ys_card_work *work, const char *name)
{
    const struct ys_catalogue *catalogue = work->exec->engine->pack->catalogue;
    const struct ys_card_application *application = work->slot->application;
    const struct ys_card_file *file =
        application && name ? ys_card_file_find(application, name) : NULL;
    for (size_t i = 0; name && !file && !application && i < catalogue->application_count; i++) {
        file = ys_card_file_find(&catalogue->applications[i], name);
    }
    if (!file) {
        ys_trouble_set(work->trouble, YS_CAUSE_HARNESS, "card.yaml knows no file '%s' in the "
                       "selected application", name ? name : "");
    }
    return file;
}

/* A record is tag, length and value; its item becomes a field. */
static void take_item(struct ys_card_work *work, const struct ys_card_file *file, uint8_t record)
{
    struct ys_exec *exec = work->exec;
    for (size_t i = 0; i < file->item_count; i++) {
        const struct ys_card_item *item = &file->items[i];
        if (item->record != record || work->length < 2 || work->data[0] != item->tag ||
            work->data[1] > work->length - 2) {
            continue;
        }
        const char *text = ys_card__decode(&exec->arena, item, work->data + 2, work->data[1]);
        if (item->personal) {
            ys_redactor_learn(exec->engine->redactor, item->personal, text);
        }
        ys_value_set_text(&exec->arena, work->items, item->name, text);
    }
}

static bool read_record(struct ys_card_work *work, const struct ys_card_file *file, uint8_t record)
{
    const struct ys_apdu apdu = {.ins = 0xB2,
                                 .p1 = record,
                                 .p2 = (uint8_t)(file->sfi << 3 | 4),
                                 .has_le = true,
                                 .le = 256};
    if (!ys_card__send(work, &apdu)) {
        return false;
    }
    if (work->sw == SW_OK) {
        take_item(work, file, record);
    }
    return true;
}

static bool read_binary(struct ys_card_work *work, const struct ys_value *binary)
{
    int64_t sfi = ys_value_get_int(binary, "sfi", 0);
    int64_t offset = ys_value_get_int(binary, "offset", 0);
    int64_t length = ys_value_get_int(binary, "length", 256);
    bool by_sfi = sfi > 0 && sfi < 31 && offset >= 0 && offset < 256;
    bool current = sfi == 0 && offset >= 0 && offset < 0x8000;
    if ((!by_sfi && !current) || length < 1 || length > 65536) {
        return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS,
                              "binary takes sfi 1..30 with an offset up to 255, or none");
    }
    const struct ys_apdu apdu = {.ins = 0xB0,
                                 .p1 = (uint8_t)(by_sfi ? 0x80 | sfi : offset >> 8),
                                 .p2 = (uint8_t)(offset & 0xFF),
                                 .has_le = true,
                                 .le = (uint32_t)length};
    return ys_card__send(work, &apdu);
}

static bool do_read(struct ys_card_work *work, const struct ys_value *argument)
{
    const struct ys_value *binary = ys_value_get(argument, "binary");
    const char *name =
        ys_value_text(argument) ? ys_value_text(argument) : ys_value_get_text(argument, "file");
    int64_t record = ys_value_get_int(argument, "record", 0);
    if (binary) {
        return read_binary(work, binary);
    }
    const struct ys_card_file *file = find_file(work, name);
    if (!file || record < 0 || record > 254) {
        return false;
    }
    work->items = ys_value_map(&work->exec->arena);
    work->fields = work->items;
    if (record) {
        return read_record(work, file, (uint8_t)record);
    }
    uint8_t last = 0;
    work->sw = SW_OK;
    for (size_t i = 0; i < file->item_count && work->sw == SW_OK; i++) {
        if (file->items[i].record != last) {
            last = file->items[i].record;
            if (!read_record(work, file, last)) {
                return false;
            }
        }
    }
    return true;
}

static bool do_update(struct ys_card_work *work, const struct ys_value *argument)
{
    const struct ys_card_file *file = find_file(work, ys_value_get_text(argument, "file"));
    const char *name = ys_value_get_text(argument, "item");
    const struct ys_value *value = ys_value_get(argument, "value");
    const struct ys_card_item *item = NULL;
    for (size_t i = 0; file && name && i < file->item_count; i++) {
        item = strcmp(file->items[i].name, name) == 0 ? &file->items[i] : item;
    }
    if (!item || !value) {
        return file && ys_trouble_set(work->trouble, YS_CAUSE_HARNESS,
                                      "update needs file, an item of it and a value");
    }
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    const char *text = written(work, value);
    if (item->personal) {
        ys_redactor_learn(work->exec->engine->redactor, item->personal, text);
    }
    if (ys_card__encode(&work->exec->arena, item, text, &bytes, &length, &err) != YS_OK) {
        return ys_trouble_err(work->trouble, &err);
    }
    uint8_t *record = ys_arena_alloc(&work->exec->arena, length + 2);
    record[0] = (uint8_t)item->tag;
    record[1] = (uint8_t)length;
    memcpy(record + 2, bytes, length);
    const struct ys_apdu apdu = {.ins = 0xDC,
                                 .p1 = item->record,
                                 .p2 = (uint8_t)(file->sfi << 3 | 4),
                                 .data = record,
                                 .data_length = length + 2};
    return ys_card__send(work, &apdu);
}

static bool do_apdu(struct ys_card_work *work, const struct ys_value *argument)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    if (!hex_of(work, written(work, argument), &bytes, &length)) {
        return false;
    }
    return ys_card__send_raw(work, work->slot, bytes, length);
}

/* ---- the step ---- */

static const struct {
    const char *name;
    command_fn *run;
} COMMANDS[] = {
    {"reset", do_reset},       {"select", do_select},
    {"authenticate", do_authenticate}, {"verify", do_verify},
    {"challenge", do_challenge}, {"internal_authenticate", do_internal},
    {"external_authenticate", do_external}, {"read", do_read},
    {"update", do_update},     {"apdu", do_apdu},
    {"transaction", ys_card__transaction},
};
#define COMMAND_COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

static const char *command_name(struct ys_card_work *work, const char *name,
                                const struct ys_value *argument)
{
    const char *detail = strcmp(name, "verify") == 0 ? NULL : ys_value_text(argument);
    return detail ? ys_arena_printf(&work->exec->arena, "%s %s", name, detail) : name;
}

static void unsuccessful(struct ys_card_work *work, const char *name, struct ys_check *ret_check)
{
    struct ys_arena *arena = &work->exec->arena;
    *ret_check = (struct ys_check){
        .verdict = YS_VERDICT_FAIL,
        .cause = YS_CAUSE_CANDIDATE,
        .target = name,
        .expected = "9000",
        .observed = ys_arena_printf(arena, "%04X", work->sw),
        .reason = ys_arena_printf(arena, "%s was answered %04X: %s", name, work->sw,
                                  ys_sw_text(arena, work->sw, "en")),
    };
}

/* A reply that no card may give is a failing of the card, not trouble of the harness. */
static void violation(struct ys_card_work *work, const char *name,
                      const struct ys_value **ret_observation, struct ys_check *ret_check)
{
    struct ys_arena *arena = &work->exec->arena;
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "command", name);
    ys_value_set_text(arena, map, "violation", work->trouble->text);
    *ret_observation = map;
    *ret_check = (struct ys_check){
        .verdict = YS_VERDICT_FAIL,
        .cause = YS_CAUSE_CANDIDATE,
        .target = name,
        .expected = "a reply by ISO/IEC 7816-3 and 7816-4",
        .observed = ys_arena_strdup(arena, work->trouble->text),
        .reason = ys_arena_strdup(arena, work->trouble->text),
    };
}

static const struct ys_value *observation(struct ys_card_work *work, const char *command)
{
    struct ys_arena *arena = &work->exec->arena;
    struct ys_value *map = ys_value_map(arena);
    char *hex = ys_arena_alloc(arena, 2 * work->length + 1);
    ys_hex_encode(work->data, work->length, hex);
    ys_value_set_text(arena, map, "command", command);
    ys_value_set_text(arena, map, "sw", ys_arena_printf(arena, "%04X", work->sw));
    ys_value_set_text(arena, map, "data", hex);
    if (work->fields) {
        ys_value_set(arena, map, "fields", work->fields);
    }
    return map;
}

static bool run_commands(struct ys_card_work *work, const struct ys_value *body,
                         const struct ys_value **ret_observation, struct ys_check *ret_check)
{
    size_t last = 0;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        last = ys_value_get(body, COMMANDS[i].name) ? i : last;
    }
    for (size_t i = 0; i <= last; i++) {
        const struct ys_value *argument = ys_value_get(body, COMMANDS[i].name);
        if (!argument) {
            continue;
        }
        const char *name = command_name(work, COMMANDS[i].name, argument);
        work->data = NULL;
        work->length = 0;
        work->fields = NULL;
        if (!COMMANDS[i].run(work, argument)) {
            if (work->violated) {
                violation(work, name, ret_observation, ret_check);
            }
            return work->violated;
        }
        *ret_observation = observation(work, name);
        if (i < last && work->sw != SW_OK) {
            unsuccessful(work, name, ret_check);
            return true;
        }
    }
    return *ret_observation != NULL ||
           ys_trouble_set(work->trouble, YS_CAUSE_HARNESS, "a card step without a command");
}

/* Whether a step may change the card or use up tries; of most raw commands nobody knows. */
static bool has_effect(struct ys_arena *arena, const struct ys_value *body)
{
    static const char *const names[] = {"verify", "external_authenticate", "update"};
    const struct ys_value *raw = ys_value_get(body, "apdu");
    const char *hex = ys_value_written(raw);
    uint8_t *bytes = NULL;
    size_t length = 0;
    bool found = raw && (!hex || ys_hex_decode(arena, hex, &bytes, &length, NULL) != YS_OK ||
                         !ys_apdu_only_reads(bytes, length));
    for (size_t i = 0; !found && i < sizeof names / sizeof names[0]; i++) {
        found = ys_value_get(body, names[i]) != NULL;
    }
    return found;
}

/* The terminal's own module refuses, and the step does not look at the status word. */
static bool module_refuses(struct ys_card_work *work, const struct ys_step *step,
                           const struct ys_value *body)
{
    const char *command = ys_value_written(ys_value_get(body, "apdu"));
    return !work->violated && !ys_value_get(step->expect, "sw") &&
           ys_card__psam_refuses(work, work->slot, command ? command : "the step");
}

bool ys_observe_card(struct ys_exec *exec, const struct ys_step *step,
                     const struct ys_value **ret_observation, struct ys_check *ret_check,
                     struct ys_trouble *trouble)
{
    const struct ys_value *body = NULL;
    if (!ys_exec_expand(exec, &exec->view, step->body, &body, trouble)) {
        return false;
    }
    exec->inputs = body;
    const char *role = ys_value_get_text(body, "reader");
    if (has_effect(&exec->arena, body) && !ys_exec_announce(exec, trouble)) {
        return false;
    }
    struct ys_card_work work = {
        .exec = exec, .exchanges = ys_value_list(&exec->arena), .trouble = trouble};
    pthread_mutex_lock(&exec->run->card_mutex);
    work.slot = ys_card__slot(&work, role ? role : "card");
    bool good = work.slot && run_commands(&work, body, ret_observation, ret_check);
    good = good && !module_refuses(&work, step, body);
    exec->dialogue = work.slot && ys_value_count(work.exchanges) ? work.exchanges : NULL;
    exec->reader = work.slot ? work.slot->reader : NULL;
    struct ys_trouble unwritten;
    work.trouble = good ? trouble : &unwritten;
    bool recorded = ys_card__record(&work);
    pthread_mutex_unlock(&exec->run->card_mutex);
    return good && recorded;
}
