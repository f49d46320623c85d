/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PBOC transaction as a command of a card step (JR/T 0025.6; EMV Book 3, 10): selection,
 * processing options, records, offline data authentication, cardholder verification, GENERATE AC,
 * the issuer's answer, scripts, log. What the card decides is observed, not judged: the step ends
 * early only where a command that a terminal cannot do without is answered with an error.
 */
#include <stdio.h>
#include <string.h>

#include "ys_crypto.h"
#include "ys_transaction_private.h"

#define SW_OK 0x9000
#define TAG_SM_INDICATOR 0xDF69 /* JR/T 0025.17: 01 where the terminal has SM2, SM3 and SM4 */

static void set_terminal(struct ys_transaction *t, uint32_t tag, const uint8_t *bytes,
                         size_t length)
{
    (void)ys_emv_add(&t->terminal, tag, bytes, length);
}

/* 100.00 as twelve digits of fen. */
static bool take_amount(struct ys_transaction *t)
{
    const struct ys_value *value = ys_value_get(t->argument, "amount");
    struct ys_decimal fen = ys_decimal_from_int(0);
    int64_t number = 0;
    if (value &&
        (value->kind != YS_KIND_NUMBER ||
         ys_decimal_multiply(value->as.number, ys_decimal_from_int(100), &fen) != YS_OK ||
         ys_decimal_to_int(fen, &number) != YS_OK || number < 0 || number > 999999999999)) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS, "amount is yuan, at least 0");
    }
    for (size_t i = 0; i < sizeof t->amount; i++) {
        t->amount[sizeof t->amount - 1 - i] = (uint8_t)(number / 10 % 10 << 4 | number % 10);
        number /= 100;
    }
    return true;
}

/* YYMMDD of the day in Beijing and a time, what the terminal's clock shows, and its random number;
 * of a recording, those of then. */
static bool take_clock(struct ys_transaction *t)
{
    const struct ys_value *clock = ys_clock_value(t->arena, ys_engine_wall(t->work->exec->engine));
    const char *today = ys_value_get_text(clock, "today");
    const char *now = ys_value_get_text(clock, "now");
    for (size_t i = 0; today && i < 3; i++) {
        const char *at = today + 2 + 3 * i;
        t->date[i] = (uint8_t)((at[0] - '0') << 4 | (at[1] - '0'));
    }
    for (size_t i = 0; now && strlen(now) >= 19 && i < 3; i++) {
        const char *at = now + 11 + 3 * i;
        t->time[i] = (uint8_t)((at[0] - '0') << 4 | (at[1] - '0'));
    }
    uint8_t brought[sizeof t->date + sizeof t->time + sizeof t->random];
    struct ys_err err;
    memcpy(brought, t->date, sizeof t->date);
    memcpy(brought + sizeof t->date, t->time, sizeof t->time);
    if (ys_random(brought + sizeof t->date + sizeof t->time, sizeof t->random) != YS_OK) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS, "no random numbers");
    }
    if (ys_card_bring(t->work->slot->session, brought, sizeof brought, &err) != YS_OK) {
        return ys_trouble_err(t->work->trouble, &err);
    }
    memcpy(t->date, brought, sizeof t->date);
    memcpy(t->time, brought + sizeof t->date, sizeof t->time);
    memcpy(t->random, brought + sizeof t->date + sizeof t->time, sizeof t->random);
    memcpy(t->today, t->date, sizeof t->today);
    return true;
}

static bool begin(struct ys_transaction *t)
{
    static const uint8_t china[] = {0x01, 0x56};
    static const uint8_t zeros[6];
    static const uint8_t purchase[] = {0x00};
    static const uint8_t yes[] = {0x01};
    static const uint8_t merchant[] = "YANSHOU TEST";
    const char *algorithm = ys_value_get_text(t->argument, "algorithm");
    t->sm2 = !algorithm || strcmp(algorithm, "sm2") == 0;
    t->faults = ys_value_list(t->arena);
    t->fields = ys_value_map(t->arena);
    if (!take_amount(t) || !take_clock(t)) {
        return false;
    }
    set_terminal(t, 0x9F02, t->amount, sizeof t->amount);
    set_terminal(t, 0x9F03, zeros, sizeof zeros);
    set_terminal(t, 0x9F1A, china, sizeof china);
    set_terminal(t, 0x5F2A, china, sizeof china);
    set_terminal(t, 0x95, t->tvr, sizeof t->tvr);
    set_terminal(t, 0x9A, t->date, sizeof t->date);
    set_terminal(t, 0x9F21, t->time, sizeof t->time);
    set_terminal(t, 0x9C, purchase, sizeof purchase);
    set_terminal(t, 0x9F37, t->random, sizeof t->random);
    set_terminal(t, 0x9F4E, merchant, sizeof merchant - 1);
    set_terminal(t, 0x8A, t->arc, sizeof t->arc);
    if (t->sm2) {
        set_terminal(t, TAG_SM_INDICATOR, yes, sizeof yes);
    }
    return true;
}

/* ---- offline data authentication ---- */

/* {rid, index, algorithm, key, exponent}, the one that 8F names. NULL: not among them. */
static struct ys_emv_ca_key *find_ca_key(struct ys_transaction *t)
{
    const struct ys_value *keys = ys_value_get(t->argument, "ca_keys");
    const struct ys_emv_object *index = ys_emv_find(&t->card, 0x8F);
    struct ys_emv_ca_key *found = ys_arena_alloc(t->arena, sizeof *found);
    struct ys_err err;
    for (size_t i = 0; index && index->length == 1 && i < ys_value_count(keys); i++) {
        const struct ys_value *row = ys_value_at(keys, i);
        const char *number = ys_value_written(ys_value_get(row, "index"));
        const char *algorithm = ys_value_get_text(row, "algorithm");
        const char *key = ys_value_written(ys_value_get(row, "key"));
        const char *exponent = ys_value_written(ys_value_get(row, "exponent"));
        uint8_t *bytes = NULL;
        uint8_t *power = NULL;
        if (!number || !algorithm || !key ||
            strcmp(number, ys_transaction__hex(t, index->bytes, 1)) != 0) {
            continue;
        }
        *found = (struct ys_emv_ca_key){.sm2 = strcmp(algorithm, "sm2") == 0};
        if (ys_hex_decode(t->arena, key, &bytes, &found->key_length, &err) == YS_OK &&
            ys_hex_decode(t->arena, exponent ? exponent : "", &power, &found->exponent_length,
                          &err) == YS_OK) {
            found->key = bytes;
            found->exponent = power;
            return found;
        }
    }
    return NULL;
}

/* What INTERNAL AUTHENTICATE gives: a template 80, or 77 with 9F4B. */
static bool sign_dynamic(struct ys_transaction *t, struct ys_emv_oda_input *input)
{
    uint8_t *data = NULL;
    size_t length = 0;
    const struct ys_tlv *objects = NULL;
    size_t count = 0;
    if (!ys_emv_find(&t->card, 0x9F49) || !ys_transaction__build(t, 0x9F49, &data, &length)) {
        ys_transaction__fault(t, "the AIP promises DDA and there is no DDOL (9F49)");
        return true;
    }
    if (!ys_transaction__send(t, 0x00880000, data, length, true)) {
        return false;
    }
    input->terminal = data;
    input->terminal_length = length;
    if (t->work->sw == SW_OK && ys_tlv_parse(t->arena, YS_TLV_BER, t->work->data, t->work->length,
                                             &objects, &count, NULL) == YS_OK) {
        const struct ys_tlv *signature = ys_tlv_find(objects, count, "80");
        signature = signature ? signature : ys_tlv_find(objects, count, "77/9F4B");
        input->dynamic = signature ? signature->bytes : NULL;
        input->dynamic_length = signature ? signature->length : 0;
    }
    t->work->sw = SW_OK; /* a refusal is a signature that is not there */
    return true;
}

static void set_result(struct ys_transaction *t, struct ys_value *map, const char *name,
                       const char *result)
{
    if (result) {
        ys_value_set_text(t->arena, map, name, *result ? result : "good");
    } else {
        ys_value_set(t->arena, map, name, ys_value_null(t->arena));
    }
}

static bool holds(const char *result)
{
    return result && !*result;
}

static bool authenticate(struct ys_transaction *t)
{
    struct ys_value *map = ys_value_map(t->arena);
    struct ys_emv_oda oda = {.issuer = "the terminal has no key of the CA with this index (8F)"};
    struct ys_emv_oda_input input = {.objects = &t->card,
                                     .ca = find_ca_key(t),
                                     .static_data = t->static_data,
                                     .static_length = t->static_length};
    memcpy(input.today, t->today, sizeof input.today);
    bool dda = (t->aip[0] & 0x20) != 0;
    bool sda = (t->aip[0] & 0x40) != 0;
    if (!dda && !sda) {
        t->tvr[0] |= 0x80;
        oda.issuer = "the AIP promises no offline data authentication";
    } else {
        if (dda && !sign_dynamic(t, &input)) {
            return false;
        }
        if (input.ca) {
            ys_emv_oda_check(t->arena, &input, &oda);
            ys_value_set_text(t->arena, map, "algorithm", input.ca->sm2 ? "sm2" : "rsa");
        }
        t->tvr[0] |=
            dda && !(holds(oda.issuer) && holds(oda.card) && holds(oda.dynamic)) ? 0x08 : 0;
        t->tvr[0] |= !dda && !(holds(oda.issuer) && holds(oda.static_data)) ? 0x40 : 0;
    }
    set_result(t, map, "issuer", oda.issuer);
    set_result(t, map, "card", oda.card);
    set_result(t, map, "static", oda.static_data);
    set_result(t, map, "dynamic", oda.dynamic);
    if (oda.issuer_expires) {
        ys_value_set_text(t->arena, map, "issuer_expires", oda.issuer_expires);
    }
    if (oda.card_expires) {
        ys_value_set_text(t->arena, map, "card_expires", oda.card_expires);
    }
    ys_value_set(t->arena, t->fields, "oda", map);
    return true;
}

/* ---- restrictions, cardholder ---- */

static void restrict_processing(struct ys_transaction *t)
{
    const struct ys_emv_object *expires = ys_emv_find(&t->card, 0x5F24);
    const struct ys_emv_object *effective = ys_emv_find(&t->card, 0x5F25);
    const struct ys_emv_object *last = ys_emv_find(&t->card, 0x9F13);
    bool dates = expires && expires->length == 3 && memcmp(expires->bytes, t->today, 3) < 0;
    t->tvr[1] |= dates ? 0x40 : 0;
    dates = effective && effective->length == 3 && memcmp(effective->bytes, t->today, 3) > 0;
    t->tvr[1] |= dates ? 0x20 : 0;
    t->tvr[1] |= last && last->length == 2 && last->bytes[0] == 0 && last->bytes[1] == 0 ? 0x08 : 0;
}

/* A plain PIN by the block of format 2 (EMV Book 3, 6.5.12); the guard of the card port decides
 * whether it may be sent. */
static bool verify_pin(struct ys_transaction *t, const char *pin, struct ys_value *map)
{
    uint8_t block[8] = {0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    size_t length = strlen(pin);
    if (length < 4 || length > 12 || strspn(pin, "0123456789") != length) {
        return ys_trouble_set(t->work->trouble, YS_CAUSE_HARNESS, "a PIN has 4 to 12 digits");
    }
    block[0] |= (uint8_t)length;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(pin[i] - '0');
        uint8_t *place = &block[1 + i / 2];
        *place = (uint8_t)(i % 2 ? (*place & 0xF0u) | digit : digit << 4 | (*place & 0x0Fu));
    }
    bool sent = ys_transaction__send(t, 0x00200080, block, sizeof block, false);
    ys_wipe(block, sizeof block);
    if (!sent) {
        return false;
    }
    ys_value_set_text(t->arena, map, "method", "offline-pin");
    ys_value_set_text(t->arena, map, "sw", ys_arena_printf(t->arena, "%04X", t->work->sw));
    t->tvr[2] |= t->work->sw == SW_OK ? 0 : 0x80;
    t->work->sw = SW_OK;
    return true;
}

/* Without a PIN of the suite's the first method is taken that a terminal without PIN pad has. */
static bool verify_cardholder(struct ys_transaction *t)
{
    struct ys_value *map = ys_value_map(t->arena);
    const char *pin = ys_value_written(ys_value_get(t->argument, "pin"));
    const struct ys_emv_object *list = ys_emv_find(&t->card, 0x8E);
    const struct ys_value *rules =
        list ? ys_emv_cvm_value(t->arena, list->bytes, list->length) : NULL;
    ys_value_set(t->arena, t->fields, "cvm", map);
    if (rules) {
        ys_value_set(t->arena, map, "rules", rules);
    }
    if (pin) {
        return verify_pin(t, pin, map);
    }
    for (size_t i = 0; i < ys_value_count(rules); i++) {
        const char *method = ys_value_get_text(ys_value_at(rules, i), "method");
        if (strcmp(method, "signature") == 0 || strcmp(method, "none") == 0) {
            ys_value_set_text(t->arena, map, "method", method);
            return true;
        }
    }
    t->tvr[2] |= 0x80;
    return true;
}

/* ---- cryptograms ---- */

static bool generate(struct ys_transaction *t, uint8_t type, uint32_t list, const char *name)
{
    uint8_t *data = NULL;
    size_t length = 0;
    if (!ys_transaction__build(t, list, &data, &length)) {
        length = 0;
    }
    if (!ys_transaction__send(t, 0x80AE0000u | (uint32_t)type << 8, data, length, true)) {
        return false;
    }
    return t->work->sw != SW_OK || ys_transaction__cryptogram(t, name);
}

static bool is_arqc(const struct ys_transaction *t)
{
    const char *type = ys_value_get_text(ys_value_get(t->fields, "cryptogram"), "type");
    return type && strcmp(type, "ARQC") == 0;
}

static bool decide(struct ys_transaction *t)
{
    const char *request = ys_value_get_text(t->argument, "request");
    const char *host = ys_value_get_text(t->argument, "host");
    const char *arc = ys_value_get_text(t->argument, "arc");
    bool scripts_first = ys_value_get_bool(t->argument, "scripts_first", false);
    if (!request) {
        return true;
    }
    host = host ? host : "approve";
    bool decline = strcmp(host, "decline") == 0;
    bool silent = strcmp(host, "silent") == 0;
    memcpy(t->arc, arc && strlen(arc) == 2 ? arc : silent ? "Z3" : decline ? "05" : "00", 2);
    if (scripts_first && !(ys_transaction__keys(t) && ys_transaction__scripts(t))) {
        return false;
    }
    uint8_t type = strcmp(request, "arqc") == 0 ? 0x80 : strcmp(request, "tc") == 0 ? 0x40 : 0x00;
    if (!generate(t, type, 0x8C, "cryptogram") || t->work->sw != SW_OK) {
        return t->work->sw != SW_OK;
    }
    if (is_arqc(t)) {
        bool authenticates = t->aip && (t->aip[0] & 0x04) != 0;
        if ((authenticates && !silent && !ys_transaction__answer(t, host)) ||
            !generate(t, decline || silent ? 0x00 : 0x40, 0x8D, "second")) {
            return false;
        }
        if (t->work->sw != SW_OK) {
            return true;
        }
    }
    return scripts_first || !ys_value_get(t->argument, "scripts") || ys_transaction__scripts(t);
}

/* ---- the command ---- */

typedef bool stage_fn(struct ys_transaction *t);

/* What of a card number may be shown (PCI DSS 3.4): whose card it is and its last four digits. */
static const char *masked(struct ys_arena *arena, const char *digits)
{
    size_t length = strlen(digits);
    return length < 12 ? NULL
                       : ys_arena_printf(arena, "%.6s******%s", digits, digits + length - 4u);
}

static bool conclude_reading(struct ys_transaction *t)
{
    const struct ys_emv_object *pan = ys_emv_find(&t->card, 0x5A);
    if (pan) {
        char *digits = ys_arena_strdup(t->arena, ys_transaction__hex(t, pan->bytes, pan->length));
        digits[strcspn(digits, "F")] = '\0';
        t->pan = digits;
        ys_value_set_text(t->arena, t->fields, "pan_masked", masked(t->arena, digits));
    }
    ys_value_set(t->arena, t->fields, "counters_before", ys_value_get(t->fields, "counters"));
    ys_value_set(t->arena, t->fields, "objects", ys_emv_data_value(t->arena, &t->card));
    const struct ys_value *faults = ys_emv_faults(t->arena, &t->card, t->today);
    for (size_t i = 0; i < ys_value_count(faults); i++) {
        ys_value_append(t->arena, t->faults, ys_value_at(faults, i));
    }
    if (t->aip) {
        restrict_processing(t);
        return authenticate(t);
    }
    return true;
}

static bool end_reading(struct ys_transaction *t)
{
    return ys_transaction__log(t) && ys_transaction__get_data(t);
}

/* Members by name, as the record has them: what is shown of an observation is the same when it is
 * judged again. */
static const struct ys_value *in_order(struct ys_arena *arena, const struct ys_value *value)
{
    struct ys_value *ordered = NULL;
    if (value->kind == YS_KIND_LIST) {
        ordered = ys_value_list(arena);
        for (size_t i = 0; i < ys_value_count(value); i++) {
            ys_value_append(arena, ordered, in_order(arena, ys_value_at(value, i)));
        }
        return ordered;
    }
    if (value->kind != YS_KIND_MAP) {
        return value;
    }
    ordered = ys_value_map(arena);
    const char *last = "";
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *next = NULL;
        for (size_t k = 0; k < value->as.map.count; k++) {
            const struct ys_member *member = &value->as.map.members[k];
            if (strcmp(member->name, last) > 0 && (!next || strcmp(member->name, next->name) < 0)) {
                next = member;
            }
        }
        if (next) {
            ys_value_set(arena, ordered, next->name, in_order(arena, next->value));
            last = next->name;
        }
    }
    return ordered;
}

bool ys_card__transaction(struct ys_card_work *work, const struct ys_value *argument)
{
    static const struct {
        const char *name;
        stage_fn *run;
    } stages[] = {{"selection", ys_transaction__select},
                  {"processing options", ys_transaction__options},
                  {"records", ys_transaction__records},
                  {"get data", ys_transaction__get_data},
                  {"data authentication", conclude_reading},
                  {"cardholder verification", verify_cardholder},
                  {"cryptograms", decide},
                  {"log", end_reading}};
    struct ys_transaction *t = ys_arena_alloc(&work->exec->arena, sizeof *t);
    memset(t, 0, sizeof *t);
    t->work = work;
    t->argument = argument;
    t->arena = &work->exec->arena;
    if (!begin(t)) {
        return false;
    }
    work->slot->application = NULL;
    work->sw = SW_OK;
    bool good = true;
    for (size_t i = 0; good && work->sw == SW_OK && i < sizeof stages / sizeof stages[0]; i++) {
        ys_value_set_text(t->arena, t->fields, "stage", stages[i].name);
        good = stages[i].run(t);
    }
    if (work->sw == SW_OK) {
        ys_value_set_text(t->arena, t->fields, "stage", "complete");
    }
    ys_value_set(t->arena, t->fields, "faults", t->faults);
    ys_value_set_text(t->arena, t->fields, "tvr", ys_transaction__hex(t, t->tvr, sizeof t->tvr));
    ys_value_set(t->arena, t->fields, "tvr_words", ys_emv_tvr_value(t->arena, t->tvr));
    ys_wipe(t->card_keys, sizeof t->card_keys);
    work->fields = in_order(t->arena, t->fields);
    work->data = NULL;
    work->length = 0;
    return good;
}
