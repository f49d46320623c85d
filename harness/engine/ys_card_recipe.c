/* SPDX-License-Identifier: Apache-2.0 */
/*
 * External authentication with a PSAM, by the recipe of card.yaml. The recipe is data, because
 * key numbers, factors and usages differ from city to city:
 *
 *     authentication:
 *       let: {f1: "${slice(card.historical, 2 * f1_at, 2 * f1_at + 16)}", x: "0102030405060708"}
 *       commands:
 *         - {to: card, apdu: "00 84 00 00 08", save: challenge}
 *         - {to: psam, apdu: "BF DE ${keys.read.usage} ${keys.read.number} 18 ${f1} ${factors.f2}
 *                             ${challenge}"}
 *         - {to: psam, apdu: "80 FA 00 00 08 ${x}", save: cryptogram}
 *         - {to: card, apdu: "00 82 00 ${keys.read.index} 10 ${cryptogram} ${x}"}
 *
 * Known are card.atr, card.historical, psam.atr, psam.historical (hexadecimal), the keys of the
 * application, factors, usages_2 and f1_at of card.yaml, and what was saved.
 * A step may name a key, such as the version of the card: `keys` has a list of commands for each
 * that needs other ones, and an empty list where nothing is to be proven.
 */
#include "ys_card_private.h"

#include <string.h>

#include "ys_crypto.h"

static const struct ys_value *card_value(struct ys_arena *arena,
                                         const struct ys_card_session *session)
{
    struct ys_value *map = ys_value_map(arena);
    struct ys_atr atr;
    char *hex = ys_arena_alloc(arena, 2 * session->atr_length + 1);
    ys_hex_encode(session->atr, session->atr_length, hex);
    ys_value_set_text(arena, map, "atr", hex);
    if (ys_atr_parse(session->atr, session->atr_length, &atr, NULL) == YS_OK) {
        char *historical = ys_arena_alloc(arena, 2 * atr.historical_length + 1);
        ys_hex_encode(atr.historical, atr.historical_length, historical);
        ys_value_set_text(arena, map, "historical", historical);
    }
    return map;
}

static bool expand(struct ys_card_work *work, struct ys_scope *scope, const struct ys_value *tree,
                   const struct ys_value **ret_value)
{
    struct ys_err err;
    return ys_template_expand(&work->exec->arena, tree, ys_scope_lookup, scope, ret_value, &err) ==
               YS_OK ||
           ys_trouble_set(work->trouble, YS_CAUSE_HARNESS, "the recipe in card.yaml: %s",
                          err.text);
}

bool ys_card__psam_refuses(struct ys_card_work *work, const struct ys_card_slot *slot,
                           const char *command)
{
    /* Locked (6985, or 9303 of PBOC), selected while locked, no function at all, its key locked. */
    static const uint16_t words[] = {0x6985, 0x9303, 0x6283, 0x6A81, 0x6983};
    if (strcmp(slot->role, "psam") != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (work->sw == words[i]) {
            ys_trouble_set(work->trouble, YS_CAUSE_CONFIGURATION,
                           "the PSAM in %s answered %04X, as one that is revoked or locked does; "
                           "put one in that is in service", slot->reader, work->sw);
            return true;
        }
    }
    if (work->sw == 0x6A88) {
        ys_trouble_set(work->trouble, YS_CAUSE_CONFIGURATION,
                       "the PSAM answered %04X to %s: has it this key?", work->sw, command);
        return true;
    }
    return false;
}

/* False: trouble. What the card itself answered stands in work->sw. */
static bool run_command(struct ys_card_work *work, struct ys_card_slot *psam,
                        struct ys_scope *scope, const struct ys_value *command)
{
    const struct ys_value *text = NULL;
    const char *to = ys_value_get_text(command, "to");
    const char *save = ys_value_get_text(command, "save");
    const struct ys_value *apdu = ys_value_get(command, "apdu");
    struct ys_card_slot *slot = strcmp(to, "psam") == 0 ? psam : work->slot;
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    if (!apdu || !to) {
        return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS,
                              "the recipe in card.yaml: a command needs `to` and `apdu`");
    }
    if (!expand(work, scope, apdu, &text)) {
        return false;
    }
    if (!ys_value_text(text) ||
        ys_hex_decode(&work->exec->arena, ys_value_text(text), &bytes, &length, &err) != YS_OK) {
        return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS,
                              "the recipe in card.yaml: an apdu is not hexadecimal");
    }
    if (!ys_card__send_raw(work, slot, bytes, length)) {
        return false;
    }
    if (slot == psam && ys_card__psam_refuses(work, slot, ys_value_text(text))) {
        return false;
    }
    if (slot == psam && work->sw != 0x9000) {
        return ys_trouble_set(work->trouble, YS_CAUSE_CONFIGURATION,
                              "the PSAM answered %04X to %s: has it this key?", work->sw,
                              ys_value_text(text));
    }
    if (save) {
        char *hex = ys_arena_alloc(&work->exec->arena, 2 * work->length + 1);
        ys_hex_encode(work->data, work->length, hex);
        ys_scope_set(scope, save, ys_value_string(&work->exec->arena, hex));
    }
    return true;
}

static void set_dictionary(struct ys_card_work *work, struct ys_scope *scope,
                           const struct ys_card_application *application)
{
    static const char *const shared[] = {"factors", "usages_2", "f1_at"};
    const struct ys_value *dictionary = work->exec->engine->pack->catalogue->dictionary;
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        const struct ys_value *value = ys_value_get(dictionary, shared[i]);
        if (value) {
            ys_scope_set(scope, shared[i], value);
        }
    }
    ys_scope_set(scope, "keys", ys_value_get(ys_value_get(dictionary, application->name), "keys"));
}

bool ys_card__authenticate(struct ys_card_work *work, const char *psam_role, const char *key)
{
    struct ys_arena *arena = &work->exec->arena;
    const struct ys_card_application *application = work->slot->application;
    const struct ys_value *recipe = application ? application->authentication : NULL;
    const struct ys_value *commands = ys_value_get(recipe, "commands");
    if (key && ys_value_get(ys_value_get(recipe, "keys"), key)) {
        commands = ys_value_get(ys_value_get(recipe, "keys"), key);
    }
    if (!commands) {
        return ys_trouble_set(work->trouble, YS_CAUSE_HARNESS,
                              "card.yaml has no authentication recipe for the selected "
                              "application");
    }
    struct ys_card_slot *card = work->slot;
    struct ys_card_slot *psam = ys_card__slot(work, psam_role);
    if (!psam) {
        return false;
    }
    struct ys_scope scope;
    ys_scope_init(&scope, NULL, arena);
    ys_scope_set(&scope, "card", card_value(arena, card->session));
    ys_scope_set(&scope, "psam", card_value(arena, psam->session));
    set_dictionary(work, &scope, application);
    const struct ys_value *let = ys_value_get(recipe, "let");
    for (size_t i = 0; let && i < let->as.map.count; i++) {
        const struct ys_value *value = NULL;
        if (!expand(work, &scope, let->as.map.members[i].value, &value)) {
            return false;
        }
        ys_scope_set(&scope, let->as.map.members[i].name, value);
    }
    work->sw = 0x9000;
    for (size_t i = 0; i < ys_value_count(commands) && work->sw == 0x9000; i++) {
        if (!run_command(work, psam, &scope, ys_value_at(commands, i))) {
            return false;
        }
    }
    return true;
}
