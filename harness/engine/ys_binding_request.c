/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an abstract call to a request of the bank: inputs are converted (code maps, units, date
 * formats), templates filled, the body written in the bank's notation and charset, the request
 * signed. A member whose input was not given is left out.
 */
#include "ys_engine_private.h"

#include <string.h>

#include "ys_charset.h"
#include "ys_crypto.h"
#include "ys_json.h"
#include "ys_xml.h"

#define BODY_BYTES_MAX YS_HTTP_BODY_BYTES_MAX
#define NONCE_BYTES 16u
#define WINDOW_MARGIN_US INT64_C(60000000)

/* What the templates of one request see. */
struct fill {
    struct ys_arena *arena;
    struct ys_scope scope;
    const struct ys_value *inputs; /* converted: to tell a missing one from a mistake */
    struct ys_trouble *trouble;
};

/* ---- conversions ---- */

/* Copies the digits of an ISO text that a format names; other characters stand for themselves. */
static const char FORMAT_LETTERS[] = "YMDhms";
static const size_t ISO_PLACES[] = {0, 5, 8, 11, 14, 17};

const char *ys_format_time(struct ys_arena *arena, const char *format, const char *iso)
{
    size_t iso_length = strlen(iso);
    char *text = ys_arena_strdup(arena, format);
    size_t used[sizeof FORMAT_LETTERS - 1] = {0};
    for (char *at = text; *at; at++) {
        const char *letter = strchr(FORMAT_LETTERS, *at);
        if (letter) {
            size_t part = (size_t)(letter - FORMAT_LETTERS);
            size_t place = ISO_PLACES[part] + used[part]++;
            if (place >= iso_length) {
                return NULL;
            }
            *at = iso[place];
        }
    }
    return text;
}

const char *ys_unformat_time(struct ys_arena *arena, const char *format, const char *text)
{
    char iso[] = "0000-00-00T00:00:00";
    size_t used[sizeof FORMAT_LETTERS - 1] = {0};
    size_t length = strlen(format);
    if (strlen(text) != length) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        const char *letter = strchr(FORMAT_LETTERS, format[i]);
        if (!letter) {
            if (text[i] != format[i]) {
                return NULL;
            }
            continue;
        }
        size_t part = (size_t)(letter - FORMAT_LETTERS);
        size_t place = ISO_PLACES[part] + used[part]++;
        if (text[i] < '0' || text[i] > '9' || place >= sizeof iso - 1) {
            return NULL;
        }
        iso[place] = text[i];
    }
    const char *zone = used[3] ? "+08:00" : "";
    size_t kept = used[3] ? 19 : used[2] ? 10 : 7;
    return ys_arena_printf(arena, "%.*s%s", (int)kept, iso, zone);
}

/* An amount in whole fen; NULL and a trouble where it has parts of one. */
static const struct ys_value *to_fen(struct ys_arena *arena, const char *name,
                                     struct ys_decimal yuan, struct ys_trouble *trouble)
{
    struct ys_decimal fen;
    if (ys_decimal_multiply(yuan, ys_decimal_from_int(100), &fen) == YS_OK &&
        ys_decimal_is_integer(fen)) {
        return ys_value_number(arena, fen);
    }
    ys_trouble_set(trouble, YS_CAUSE_HARNESS, "input %s is no whole number of fen", name);
    return NULL;
}

/* A scalar as it stands in a URL, a form or a map of codes. */
static const char *plain(struct ys_arena *arena, const struct ys_value *value)
{
    return ys_value_text(value) ? ys_value_text(value) : ys_value_show(arena, value, 4096);
}

static const struct ys_value *convert_input(struct ys_arena *arena, const struct ys_value *rule,
                                            const char *name, const struct ys_value *value,
                                            struct ys_trouble *trouble)
{
    const struct ys_value *map = ys_value_get(rule, "map");
    const char *unit = ys_value_get_text(rule, "unit");
    const char *format = ys_value_get_text(rule, "format");
    int64_t decimals = ys_value_get_int(rule, "decimals", -1);
    if (map) {
        const char *code = plain(arena, value);
        const struct ys_value *mapped = ys_value_get(map, code);
        if (!mapped) {
            ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                           "the candidate file maps no code for input %s = %s", name, code);
        }
        return mapped;
    }
    if (unit && strcmp(unit, "fen") == 0 && value->kind == YS_KIND_NUMBER) {
        return to_fen(arena, name, value->as.number, trouble);
    }
    if (decimals >= 0 && value->kind == YS_KIND_NUMBER) {
        char text[YS_DECIMAL_TEXT_MAX];
        ys_decimal_format_places(value->as.number, (unsigned)decimals, text);
        return ys_value_string(arena, ys_arena_strdup(arena, text));
    }
    if (format && ys_value_text(value)) {
        const char *text = ys_format_time(arena, format, ys_value_text(value));
        if (text) {
            return ys_value_string(arena, text);
        }
        ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "input %s = %s does not fill format %s",
                       name, ys_value_text(value), format);
        return NULL;
    }
    return value;
}

static const struct ys_value *convert_inputs(struct ys_arena *arena, const struct ys_value *rules,
                                             const struct ys_value *inputs,
                                             struct ys_trouble *trouble)
{
    struct ys_value *converted = ys_value_map(arena);
    for (size_t i = 0; inputs && i < inputs->as.map.count; i++) {
        const struct ys_member *member = &inputs->as.map.members[i];
        const struct ys_value *rule = rules ? ys_value_get(rules, member->name) : NULL;
        const struct ys_value *value =
            rule ? convert_input(arena, rule, member->name, member->value, trouble)
                 : member->value;
        if (!value) {
            return NULL;
        }
        ys_value_set(arena, converted, member->name, value);
    }
    return converted;
}

/* ---- templates ---- */

struct missing {
    const struct ys_value *inputs;
    bool found;
};

static void see_name(void *context, const char *root, const char *path)
{
    struct missing *missing = context;
    if (strcmp(root, "in") == 0 && strncmp(path, "in.", 3) == 0) {
        char name[128];
        size_t length = strcspn(path + 3, ".[");
        if (length < sizeof name) {
            memcpy(name, path + 3, length);
            name[length] = '\0';
            missing->found = missing->found || !ys_value_get(missing->inputs, name);
        }
    }
}

/* Expands a tree; *ret_value is NULL where an input that was not given stands alone. */
static bool expand(struct fill *fill, const struct ys_value *tree,
                   const struct ys_value **ret_value)
{
    *ret_value = NULL;
    if (tree->kind == YS_KIND_MAP || tree->kind == YS_KIND_LIST) {
        bool is_map = tree->kind == YS_KIND_MAP;
        struct ys_value *made = is_map ? ys_value_map(fill->arena) : ys_value_list(fill->arena);
        for (size_t i = 0; i < ys_value_count(tree); i++) {
            const struct ys_value *inner = NULL;
            if (!expand(fill, is_map ? tree->as.map.members[i].value : ys_value_at(tree, i),
                        &inner)) {
                return false;
            }
            if (inner && is_map) {
                ys_value_add(fill->arena, made, tree->as.map.members[i].name, inner, 0, 0);
            } else if (inner) {
                ys_value_append(fill->arena, made, inner);
            }
        }
        *ret_value = made;
        return true;
    }
    struct ys_err err;
    const struct ys_value *value = NULL;
    enum ys_status status =
        ys_template_expand(fill->arena, tree, ys_scope_lookup, &fill->scope, &value, &err);
    if (status == YS_OK) {
        *ret_value = value;
        return true;
    }
    struct missing missing = {fill->inputs, false};
    if (status == YS_ERR_UNDEFINED &&
        ys_template_names(fill->arena, tree, see_name, &missing, NULL) == YS_OK && missing.found) {
        return true;
    }
    return ys_trouble_set(fill->trouble, YS_CAUSE_CONFIGURATION, "the binding: %s", err.text);
}

static void bind_value(struct fill *fill, const char *name, const struct ys_value *value)
{
    ys_scope_set(&fill->scope, name, value);
}

/* A little more than the candidate's window allows, for clocks that are not quite the same. */
static int64_t time_off_us(const struct ys_exec *exec)
{
    int64_t off_us = exec->engine->candidate->signing.window_ms * 1000 + WINDOW_MARGIN_US;
    return exec->stranger == YS_STRANGER_LATECOMER    ? -off_us
           : exec->stranger == YS_STRANGER_FORERUNNER ? off_us
                                                      : 0;
}

static bool fill_start(struct ys_exec *exec, struct fill *fill, const struct ys_value *inputs,
                       int64_t page, struct ys_trouble *trouble)
{
    struct ys_arena *arena = &exec->arena;
    *fill = (struct fill){.arena = arena, .inputs = inputs, .trouble = trouble};
    ys_scope_init(&fill->scope, NULL, arena);
    uint8_t nonce[NONCE_BYTES];
    char hex[2 * NONCE_BYTES + 1];
    char time[YS_TIME_TEXT_MAX];
    if (ys_random(nonce, sizeof nonce) != YS_OK) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "no random numbers");
    }
    ys_hex_encode_lower(nonce, sizeof nonce, hex);
    int64_t wall_us = ys_engine_wall(exec->engine) + time_off_us(exec);
    ys_time_format_beijing(wall_us, time);
    bind_value(fill, "in", inputs);
    bind_value(fill, "nonce", ys_value_string(arena, hex));
    bind_value(fill, "time", ys_value_string(arena, time));
    bind_value(fill, "timestamp", ys_value_int(arena, wall_us / 1000000));
    bind_value(fill, "timestamp_ms", ys_value_int(arena, wall_us / 1000));
    bind_value(fill, "clock", ys_clock_value(arena, wall_us));
    bind_value(fill, "page", ys_value_int(arena, page));
    return true;
}

/* The path sees its inputs percent-encoded. */
static const char *fill_path(struct fill *fill, const struct ys_value *path)
{
    struct ys_arena *arena = fill->arena;
    struct ys_value *encoded = ys_value_map(arena);
    for (size_t i = 0; i < fill->inputs->as.map.count; i++) {
        const struct ys_member *member = &fill->inputs->as.map.members[i];
        const struct ys_value *value = member->value;
        if (ys_value_text(value)) {
            value = ys_value_string(arena, ys_url_encode(arena, ys_value_text(value)));
        }
        ys_value_set(arena, encoded, member->name, value);
    }
    struct fill inner = *fill;
    ys_scope_init(&inner.scope, &fill->scope, arena);
    bind_value(&inner, "in", encoded);
    const struct ys_value *value = NULL;
    if (!expand(&inner, path, &value)) {
        return NULL;
    }
    if (!value || !ys_value_text(value)) {
        ys_trouble_set(fill->trouble, YS_CAUSE_CONFIGURATION,
                       "the path of the binding needs an input that was not given");
        return NULL;
    }
    return ys_value_text(value);
}

/* "a=1&b=2", percent-encoded; NULL and a trouble on failure. */
static const char *fill_form(struct fill *fill, const struct ys_value *map)
{
    struct ys_arena *arena = fill->arena;
    const struct ys_value *members = NULL;
    if (!expand(fill, map, &members)) {
        return NULL;
    }
    const char *text = "";
    for (size_t i = 0; i < members->as.map.count; i++) {
        const struct ys_member *member = &members->as.map.members[i];
        text = ys_arena_printf(arena, "%s%s%s=%s", text, *text ? "&" : "",
                               ys_url_encode(arena, member->name),
                               ys_url_encode(arena, plain(arena, member->value)));
    }
    return text;
}

/* ---- bodies ---- */

static enum ys_status write_body(struct ys_arena *arena, const struct ys_binding *binding,
                                 const struct ys_value *tree, char **ret_bytes,
                                 size_t *ret_length, struct ys_err *reterr)
{
    struct ys_buf buf;
    ys_buf_init(&buf, BODY_BYTES_MAX);
    bool utf8 = strcmp(binding->charset, "UTF-8") == 0;
    enum ys_status status = YS_OK;
    if (binding->body_kind == YS_BODY_XML) {
        status = ys_xml_write(tree, binding->charset, &buf, reterr);
    } else if ((status = ys_json_write(tree, &buf)) != YS_OK) {
        ys_err_set(reterr, status, "the body passes YS_HTTP_BODY_BYTES_MAX");
    }
    if (status == YS_OK && (utf8 || binding->body_kind == YS_BODY_XML)) {
        *ret_bytes = ys_arena_strndup(arena, buf.bytes, buf.length);
        *ret_length = buf.length;
    } else if (status == YS_OK) {
        status = ys_charset_from_utf8(arena, binding->charset, buf.bytes, buf.length, ret_bytes,
                                      ret_length, reterr);
    }
    ys_buf_clear(&buf);
    return status;
}

static bool fill_body(struct fill *fill, const struct ys_binding *binding,
                      struct ys_outgoing *outgoing)
{
    struct ys_arena *arena = fill->arena;
    const struct ys_value *tree = NULL;
    char *bytes = NULL;
    size_t length = 0;
    struct ys_err err;
    if (binding->body_kind == YS_BODY_FORM) {
        const char *form = fill_form(fill, binding->body);
        if (!form) {
            return false;
        }
        outgoing->request.body = form;
        outgoing->request.body_length = strlen(form);
        ys_outgoing_header(arena, outgoing, "Content-Type", "application/x-www-form-urlencoded");
        return true;
    }
    if (!expand(fill, binding->body, &tree)) {
        return false;
    }
    if (binding->envelope) {
        bind_value(fill, "body", tree);
        if (!expand(fill, binding->envelope, &tree)) {
            return false;
        }
    }
    if (write_body(arena, binding, tree, &bytes, &length, &err) != YS_OK) {
        return ys_trouble_set(fill->trouble, YS_CAUSE_CONFIGURATION, "the body: %s", err.text);
    }
    outgoing->request.body = bytes;
    outgoing->request.body_length = length;
    ys_outgoing_header(arena, outgoing, "Content-Type",
                       ys_arena_printf(arena, "application/%s; charset=%s",
                                       binding->body_kind == YS_BODY_XML ? "xml" : "json",
                                       binding->charset));
    return true;
}

/* ---- signing ---- */

static char *signing_secret(struct ys_engine *engine, struct ys_trouble *trouble)
{
    char *secret = NULL;
    struct ys_err err;
    if (ys_candidate_secret(engine->candidate, engine->candidate->signing.secret, &secret, &err) !=
        YS_OK) {
        ys_trouble_err(trouble, &err);
        return NULL;
    }
    ys_redactor_learn_credential(engine->redactor, "secret", secret);
    return secret;
}

/* The key of the run, read when it is first needed; NULL after a trouble. */
static const struct ys_sm2_key *signing_key(struct ys_engine *engine, struct ys_trouble *trouble)
{
    struct ys_err err;
    pthread_mutex_lock(&engine->token_mutex);
    char *secret = engine->signing_key ? NULL : signing_secret(engine, trouble);
    if (secret) {
        if (ys_sm2_key_read(secret, &engine->signing_key, &err) != YS_OK) {
            ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "signing: %s", err.text);
        }
        ys_wipe(secret, strlen(secret));
        ys_free(secret);
    }
    const struct ys_sm2_key *key = engine->signing_key;
    pthread_mutex_unlock(&engine->token_mutex);
    return key;
}

/* Signs rightly in form, with a key that was made for it. */
static bool sign_as_impostor(struct ys_exec *exec, const char *canonical, uint8_t **ret_bytes,
                             size_t *ret_length, struct ys_trouble *trouble)
{
    struct ys_sm2_key *key = NULL;
    uint8_t secret[YS_SM3_BYTES];
    struct ys_err err;
    enum ys_status status = YS_OK;
    if (exec->engine->candidate->signing.kind == YS_SIGN_SM2) {
        status = ys_sm2_key_new(&key, &err);
        if (status == YS_OK) {
            status = ys_sm2_sign(&exec->arena, key, canonical, strlen(canonical), ret_bytes,
                                 ret_length, &err);
        }
        ys_sm2_key_free(key);
    } else if (ys_random(secret, sizeof secret) == YS_OK) {
        *ret_bytes = ys_arena_alloc(&exec->arena, YS_SM3_BYTES);
        *ret_length = YS_SM3_BYTES;
        ys_hmac_sm3(secret, sizeof secret, canonical, strlen(canonical), *ret_bytes);
    } else {
        status = ys_err_set(&err, YS_ERR_CRYPTO, "no random numbers");
    }
    return status == YS_OK ||
           ys_trouble_set(trouble, YS_CAUSE_HARNESS, "signing: %s", err.text);
}

static bool sign_text(struct ys_exec *exec, const char *canonical, uint8_t **ret_bytes,
                      size_t *ret_length, struct ys_trouble *trouble)
{
    struct ys_engine *engine = exec->engine;
    struct ys_err err;
    if (exec->stranger == YS_STRANGER_IMPOSTOR) {
        return sign_as_impostor(exec, canonical, ret_bytes, ret_length, trouble);
    }
    if (engine->candidate->signing.kind == YS_SIGN_SM2) {
        const struct ys_sm2_key *key = signing_key(engine, trouble);
        return key && (ys_sm2_sign(&exec->arena, key, canonical, strlen(canonical), ret_bytes,
                                   ret_length, &err) == YS_OK ||
                       ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "signing: %s", err.text));
    }
    char *secret = signing_secret(engine, trouble);
    if (!secret) {
        return false;
    }
    *ret_bytes = ys_arena_alloc(&exec->arena, YS_SM3_BYTES);
    *ret_length = YS_SM3_BYTES;
    ys_hmac_sm3(secret, strlen(secret), canonical, strlen(canonical), *ret_bytes);
    ys_wipe(secret, strlen(secret));
    ys_free(secret);
    return true;
}

static const char *signature_text(struct ys_exec *exec, const char *canonical,
                                  struct ys_trouble *trouble)
{
    const struct ys_signing *signing = &exec->engine->candidate->signing;
    struct ys_arena *arena = &exec->arena;
    uint8_t *bytes = NULL;
    size_t length = 0;
    if (!sign_text(exec, canonical, &bytes, &length, trouble)) {
        return NULL;
    }
    if (signing->base64) {
        return ys_base64_encode(arena, bytes, length);
    }
    char *hex = ys_arena_alloc(arena, 2 * length + 1);
    ys_hex_encode_lower(bytes, length, hex);
    return hex;
}

/* Of the same length and alphabet, and right nowhere near. */
static const char *forged(struct ys_arena *arena, const char *signature)
{
    char *text = ys_arena_strdup(arena, signature);
    size_t length = strlen(text);
    for (size_t i = 0; i + 1u < length; i += 2u) {
        char first = text[i];
        text[i] = text[i + 1u];
        text[i + 1u] = first;
    }
    return text;
}

static bool sign(struct ys_exec *exec, struct fill *fill, struct ys_outgoing *outgoing)
{
    const struct ys_signing *signing = &exec->engine->candidate->signing;
    const struct ys_outgoing *of = exec->signed_instead ? exec->signed_instead : outgoing;
    struct ys_arena *arena = fill->arena;
    const struct ys_value *canonical = NULL;
    if (signing->kind == YS_SIGN_NONE) {
        return true;
    }
    const char *body = of->request.body ? of->request.body : "";
    bind_value(fill, "method", ys_value_string(arena, of->request.method));
    bind_value(fill, "path", ys_value_string(arena, of->path));
    bind_value(fill, "query", ys_value_string(arena, of->query));
    bind_value(fill, "body", ys_value_string_n(arena, body, of->request.body_length));
    if (!expand(fill, signing->canonical, &canonical)) {
        return false;
    }
    const char *text = canonical ? ys_value_text(canonical) : NULL;
    const char *signature = text ? signature_text(exec, text, fill->trouble) : NULL;
    if (!signature) {
        return text ? false
                    : ys_trouble_set(fill->trouble, YS_CAUSE_CONFIGURATION,
                                     "signing.canonical gives no text");
    }
    if (exec->stranger == YS_STRANGER_FORGER) {
        signature = forged(arena, signature);
    }
    bind_value(fill, "signature", ys_value_string(arena, signature));
    const struct ys_value *headers = NULL;
    if (signing->headers && !expand(fill, signing->headers, &headers)) {
        return false;
    }
    for (size_t i = 0; headers && i < headers->as.map.count; i++) {
        const struct ys_member *member = &headers->as.map.members[i];
        ys_outgoing_header(arena, outgoing, member->name, plain(arena, member->value));
    }
    return true;
}

bool ys_sign(struct ys_exec *exec, struct ys_outgoing *outgoing, struct ys_trouble *trouble)
{
    struct fill fill;
    return fill_start(exec, &fill, ys_value_map(&exec->arena), 1, trouble) &&
           sign(exec, &fill, outgoing);
}

/* ---- the request ---- */

static bool fill_headers(struct fill *fill, const struct ys_binding *binding,
                         struct ys_outgoing *outgoing)
{
    static const char *const accepts[] = {"application/json", "application/xml", NULL};
    const char *accept = accepts[binding->reply_kind];
    const struct ys_value *headers = NULL;
    if (accept) {
        ys_outgoing_header(fill->arena, outgoing, "Accept", accept);
    }
    if (!binding->headers) {
        return true;
    }
    if (!expand(fill, binding->headers, &headers)) {
        return false;
    }
    for (size_t i = 0; i < headers->as.map.count; i++) {
        const struct ys_member *member = &headers->as.map.members[i];
        ys_outgoing_header(fill->arena, outgoing, member->name,
                           plain(fill->arena, member->value));
    }
    return true;
}

bool ys_binding_request(struct ys_exec *exec, const struct ys_bound *bound,
                        const struct ys_value *inputs, int64_t page,
                        struct ys_outgoing *ret_outgoing, struct ys_trouble *trouble)
{
    const struct ys_binding *binding = bound->binding;
    struct ys_arena *arena = &exec->arena;
    struct fill fill;
    const struct ys_value *converted = convert_inputs(arena, binding->inputs, inputs, trouble);
    if (!converted || !fill_start(exec, &fill, converted, page, trouble)) {
        return false;
    }
    struct ys_outgoing outgoing = {.endpoint = binding->endpoint};
    outgoing.request.method = binding->method;
    const char *path = fill_path(&fill, binding->path);
    const char *query = path && binding->query ? fill_form(&fill, binding->query) : "";
    if (!path || !query) {
        return false;
    }
    outgoing.path = path;
    outgoing.query = query;
    const char *whole =
        *query ? ys_arena_printf(arena, "%s%c%s", path, strchr(path, '?') ? '&' : '?', query)
               : path;
    outgoing.request.url =
        ys_endpoint_url(arena, exec->engine->candidate, binding->endpoint, whole);
    if (!outgoing.request.url) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                              "the binding of %s names no known endpoint", binding->operation->id);
    }
    if (binding->body && !fill_body(&fill, binding, &outgoing)) {
        return false;
    }
    if (exec->spoil) {
        ys_spoil_body(exec, &outgoing);
    }
    if (!fill_headers(&fill, binding, &outgoing) ||
        (binding->authenticated && exec->stranger != YS_STRANGER_NOBODY &&
         !ys_authenticate(exec, &outgoing, trouble)) ||
        (binding->signed_request && exec->stranger != YS_STRANGER_NOBODY &&
         !sign(exec, &fill, &outgoing))) {
        return false;
    }
    *ret_outgoing = outgoing;
    return true;
}
