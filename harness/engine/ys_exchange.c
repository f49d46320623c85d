/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request and its reply: the budget, the rest that an endpoint gets after failures, the
 * candidate's authentication, the record, and the command that repeats it.
 */
#include "ys_engine_private.h"

#include <inttypes.h>
#include <string.h>

#include "ys_crypto.h"
#include "ys_json.h"

#define TOKEN_DEFAULT_S 300
#define REPRODUCE_BYTES_MAX 16384u

void ys_worker_init(struct ys_worker *worker, struct ys_engine *engine)
{
    worker->engine = engine;
    worker->http = ys_calloc(engine->candidate->endpoint_count + 1, sizeof *worker->http);
    ys_http_reply_init(&worker->reply);
}

void ys_worker_clear(struct ys_worker *worker)
{
    for (size_t i = 0; i < worker->engine->candidate->endpoint_count; i++) {
        ys_http_free(worker->http[i]);
    }
    ys_free(worker->http);
    ys_http_reply_clear(&worker->reply);
}

static size_t endpoint_index(const struct ys_candidate *candidate, const char *name)
{
    size_t i = 0;
    while (i < candidate->endpoint_count &&
           (!name || strcmp(candidate->endpoints[i].name, name) != 0)) {
        i++;
    }
    return !name && candidate->endpoint_count == 1 ? 0 : i;
}

const char *ys_endpoint_url(struct ys_arena *arena, const struct ys_candidate *candidate,
                            const char *endpoint, const char *path)
{
    if (strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0) {
        return path;
    }
    size_t index = endpoint_index(candidate, endpoint);
    if (index >= candidate->endpoint_count) {
        return NULL;
    }
    const char *base = candidate->endpoints[index].url;
    size_t length = strlen(base);
    while (length && base[length - 1] == '/') {
        length--;
    }
    return ys_arena_printf(arena, "%.*s%s%s", (int)length, base, *path == '/' ? "" : "/", path);
}

void ys_outgoing_header(struct ys_arena *arena, struct ys_outgoing *outgoing, const char *name,
                        const char *value)
{
    if (outgoing->header_count == outgoing->header_capacity) {
        size_t capacity = outgoing->header_capacity ? 2 * outgoing->header_capacity : 8;
        struct ys_http_header *grown = ys_arena_calloc(arena, capacity, sizeof *grown);
        if (outgoing->header_count) {
            memcpy(grown, outgoing->headers, outgoing->header_count * sizeof *grown);
        }
        outgoing->headers = grown;
        outgoing->header_capacity = capacity;
    }
    outgoing->headers[outgoing->header_count++] = (struct ys_http_header){name, value};
    outgoing->request.headers = outgoing->headers;
    outgoing->request.header_count = outgoing->header_count;
}

/* Spaces requests evenly; each takes the next place in time and waits for it. */
static void wait_for_budget(struct ys_engine *engine)
{
    int64_t rate = engine->candidate->requests_per_second;
    if (rate <= 0) {
        return;
    }
    int64_t step = INT64_C(1000000000) / rate;
    int64_t now = ys_engine_monotonic(engine);
    pthread_mutex_lock(&engine->mutex);
    /* What was not used of the last 100 ms may be used at once. */
    if (engine->bucket_ns < now - INT64_C(100000000)) {
        engine->bucket_ns = now - INT64_C(100000000);
    }
    engine->bucket_ns += step;
    int64_t wait_ms = (engine->bucket_ns - now) / 1000000;
    pthread_mutex_unlock(&engine->mutex);
    if (wait_ms > 0) {
        ys_sleep_ms(wait_ms);
    }
}

static bool endpoint_rests(struct ys_engine *engine, size_t index, struct ys_trouble *trouble)
{
    pthread_mutex_lock(&engine->mutex);
    const struct ys_endpoint_state *state = &engine->endpoints[index];
    bool rests = state->failures >= YS_BREAKER_FAILURES &&
                 ys_engine_monotonic(engine) / 1000 < state->rest_until_us;
    int failures = state->failures;
    pthread_mutex_unlock(&engine->mutex);
    if (rests) {
        ys_trouble_set(trouble, YS_CAUSE_ENVIRONMENT,
                       "endpoint %s did not answer %d times in a row and is left alone for a "
                       "moment",
                       engine->candidate->endpoints[index].name, failures);
    }
    return rests;
}

static void count_failure(struct ys_engine *engine, size_t index, enum ys_status status)
{
    bool no_connection = status == YS_ERR_HTTP_CONNECT || status == YS_ERR_HTTP_RESOLVE ||
                         status == YS_ERR_HTTP_TIMEOUT;
    pthread_mutex_lock(&engine->mutex);
    struct ys_endpoint_state *state = &engine->endpoints[index];
    state->failures = no_connection ? state->failures + 1 : 0;
    state->rest_until_us = ys_engine_monotonic(engine) / 1000 + YS_BREAKER_REST_US;
    pthread_mutex_unlock(&engine->mutex);
}

bool ys_stranger_by_certificate(enum ys_stranger who)
{
    return who == YS_STRANGER_UNCERTIFIED || who == YS_STRANGER_IMITATOR;
}

bool ys_stranger_by_signature(enum ys_stranger who)
{
    return who >= YS_STRANGER_IMPOSTOR && who <= YS_STRANGER_REPLAYER;
}

static enum ys_status open_http(const struct ys_candidate *candidate, size_t index,
                                enum ys_stranger who, struct ys_http **ret_http,
                                struct ys_err *reterr)
{
    const struct ys_endpoint *endpoint = &candidate->endpoints[index];
    bool bare = who == YS_STRANGER_UNCERTIFIED;
    const struct ys_http_config config = {
        .ca_file = endpoint->ca_file,
        .client_cert_file = bare ? NULL : endpoint->client_certificate,
        .client_key_file = bare ? NULL : endpoint->client_key,
        .imitates_client = who == YS_STRANGER_IMITATOR,
        .allowed_hosts = candidate->allowed_hosts,
        .allowed_host_count = candidate->allowed_host_count,
        .user_agent = "yanshou/" YS_VERSION,
    };
    return ys_http_new(&config, ret_http, reterr);
}

/* Strangers by their certificate come over a connection of their own. */
static enum ys_status perform(struct ys_exec *exec, size_t index,
                              const struct ys_http_request *request, struct ys_err *reterr)
{
    struct ys_engine *engine = exec->engine;
    struct ys_worker *worker = exec->worker;
    bool apart = ys_stranger_by_certificate(exec->stranger);
    struct ys_http *http = apart ? NULL : worker->http[index];
    enum ys_status status = YS_OK;
    if (!http) {
        status = open_http(engine->candidate, index, exec->stranger, &http, reterr);
    }
    if (status != YS_OK) {
        return status;
    }
    if (!apart) {
        worker->http[index] = http;
    }
    /* What undoes, and what would have to be undone, goes through although the run was stopped. */
    bool must_end = exec->must_end || exec->phase == YS_PHASE_FINALLY;
    ys_http_set_stop(http, must_end ? NULL : engine->options->stop);
    wait_for_budget(engine);
    atomic_fetch_add(&engine->requests, 1);
    int64_t sent_us = ys_engine_wall(engine);
    status = ys_http_perform(http, request, &worker->reply, reterr);
    count_failure(engine, index, status);
    if (status == YS_OK) {
        ys_trust_date(engine, index, &worker->reply, sent_us);
    }
    if (apart) {
        ys_http_free(http);
    }
    return status;
}

bool ys_exchange(struct ys_exec *exec, struct ys_outgoing *outgoing, struct ys_trouble *trouble)
{
    struct ys_engine *engine = exec->engine;
    struct ys_err err;
    size_t index = endpoint_index(engine->candidate, outgoing->endpoint);
    struct ys_http_request *request = ys_arena_alloc(&exec->arena, sizeof *request);
    *request = outgoing->request;
    exec->request = request;
    ys_clear_reset(&exec->clear);
    if (index >= engine->candidate->endpoint_count) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                              "no endpoint '%s' in the candidate "
                              "file",
                              outgoing->endpoint ? outgoing->endpoint : "");
    }
    if (endpoint_rests(engine, index, trouble)) {
        return false;
    }
    enum ys_status status = perform(exec, index, &outgoing->request, &err);
    if (ys_stranger_by_certificate(exec->stranger)) {
        exec->turned_away = status == YS_ERR_HTTP_TLS || status == YS_ERR_HTTP_CUT;
    }
    if (status == YS_ERR_LIMIT) {
        return ys_trouble_set(trouble, YS_CAUSE_CANDIDATE, "%s", err.text);
    }
    return status == YS_OK || ys_trouble_err(trouble, &err);
}

static struct ys_value *headers_value(struct ys_exec *exec, const struct ys_http_header *headers,
                                      size_t count, bool of_reply)
{
    struct ys_value *map = ys_value_map(&exec->arena);
    for (size_t i = 0; i < count; i++) {
        char *name = ys_arena_strdup(&exec->arena, headers[i].name);
        for (char *at = name; *at; at++) {
            *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
        }
        const char *value = headers[i].value;
        if (!(of_reply ? ys_clear_header(exec, name) : ys_redact_header_is_clear(name))) {
            value = ys_redact_mark(exec->engine->redactor, &exec->arena, "header", value);
        }
        ys_value_set_text(&exec->arena, map, name, value);
    }
    return map;
}

static bool record_body(struct ys_exec *exec, struct ys_value *map, const char *bytes,
                        size_t length)
{
    const struct ys_value *body = NULL;
    struct ys_err err;
    if (length == 0) {
        return true;
    }
    if (ys_log_body(exec->engine->log, &exec->arena, bytes, length, &body, &err) != YS_OK) {
        ys_engine_break(exec->engine, &err);
        return false;
    }
    ys_value_set(&exec->arena, map, "body", body);
    return true;
}

bool ys_exec_announce(struct ys_exec *exec, struct ys_trouble *trouble)
{
    struct ys_err err;
    if (!exec->engine->log) {
        return true; /* the doctor keeps no evidence */
    }
    struct ys_value *record = ys_exec_new_record(exec, "sending");
    ys_value_set_text(&exec->arena, record, "operation", exec->operation);
    if (!ys_exec_record(exec, record)) {
        return ys_trouble_set(trouble, YS_CAUSE_HARNESS, "the evidence cannot be written");
    }
    exec->sent_seq = exec->seq;
    if (ys_log_sync(exec->engine->log, exec->seq, &err) != YS_OK) {
        ys_engine_break(exec->engine, &err);
        return ys_trouble_err(trouble, &err);
    }
    return true;
}

bool ys_exchange_record(struct ys_exec *exec, const struct ys_outgoing *outgoing,
                        const struct ys_trouble *trouble)
{
    struct ys_arena *arena = &exec->arena;
    if (!exec->engine->log) {
        return true; /* the doctor keeps no evidence */
    }
    const struct ys_http_request *sent = &outgoing->request;
    const struct ys_http_reply *got = &exec->worker->reply;
    struct ys_value *record = ys_exec_new_record(exec, "http");
    ys_value_set_text(arena, record, "operation", exec->operation);
    int64_t sent_seq = exec->sent_seq;
    exec->sent_seq = 0;
    if (sent_seq) {
        ys_value_set_int(arena, record, "sent", sent_seq);
    }
    if (exec->answer) {
        ys_exec_keep_answer(exec, record, exec->answer);
        exec->answer = NULL;
    }
    struct ys_value *request = ys_value_map(arena);
    ys_value_set_text(arena, request, "method", sent->method);
    ys_value_set_text(arena, request, "url", sent->url);
    if (ys_stranger_by_certificate(exec->stranger)) {
        ys_value_set_text(arena, request, "client_certificate",
                          exec->stranger == YS_STRANGER_UNCERTIFIED ? "none" : "imitation");
    }
    ys_value_set(arena, request, "headers",
                 headers_value(exec, sent->headers, sent->header_count, false));
    bool good = record_body(exec, request, sent->body, sent->body_length);
    ys_value_set(arena, record, "request", request);
    if (trouble) {
        ys_value_set_text(arena, record, "error", trouble->text);
    } else {
        struct ys_value *reply = ys_value_map(arena);
        ys_value_set_int(arena, reply, "status", got->status);
        ys_value_set_text(arena, reply, "version", got->version);
        ys_value_set(arena, reply, "headers",
                     headers_value(exec, got->headers, got->header_count, true));
        size_t length = 0;
        const char *body = ys_clear_apply(exec, got->body.bytes, got->body.length, &length);
        good = good && record_body(exec, reply, body, length);
        if (got->tls_version && *got->tls_version) {
            ys_value_set_text(arena, reply, "tls", got->tls_version);
            ys_value_set_text(arena, reply, "cipher", got->tls_cipher);
        }
        ys_value_set_text(arena, reply, "remote", got->remote);
        ys_value_set_int(arena, reply, "time_us", got->timing.total_us);
        ys_value_set(arena, record, "reply", reply);
    }
    good = good && ys_exec_record(exec, record);
    if (good && sent_seq) {
        ys_log_hurry(exec->engine->log, exec->seq);
    }
    return good;
}

/* ---- authentication ---- */

void ys_token_forget(struct ys_engine *engine)
{
    pthread_mutex_lock(&engine->token_mutex);
    engine->token_expires_us = 0;
    pthread_mutex_unlock(&engine->token_mutex);
}

static const char *secret_text(struct ys_exec *exec, const char *name, struct ys_trouble *trouble)
{
    char *secret = NULL;
    struct ys_err err;
    if (ys_candidate_secret(exec->engine->candidate, name, &secret, &err) != YS_OK) {
        ys_trouble_err(trouble, &err);
        return NULL;
    }
    ys_redactor_learn_credential(exec->engine->redactor, "secret", secret);
    const char *copy = ys_arena_strdup(&exec->arena, secret);
    ys_wipe(secret, strlen(secret));
    ys_free(secret);
    return copy;
}

static bool read_token(struct ys_exec *exec, struct ys_trouble *trouble)
{
    struct ys_engine *engine = exec->engine;
    const struct ys_http_reply *reply = &exec->worker->reply;
    const struct ys_value *root = NULL;
    struct ys_err err;
    if (reply->status != 200 ||
        ys_json_parse(&exec->arena, reply->body.bytes, reply->body.length, &root, &err) != YS_OK ||
        !ys_value_get_text(root, "access_token")) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION,
                              "no token: the token endpoint answered %d%s", reply->status,
                              reply->status == 200 ? " without an access_token"
                                                   : "; are client_id and secret right?");
    }
    /* RFC 6749, 5.1: what is not the token itself. */
    exec->clear.json = root;
    ys_clear_value(exec, ys_value_get(root, "token_type"));
    ys_clear_value(exec, ys_value_get(root, "expires_in"));
    const char *token = ys_value_get_text(root, "access_token");
    ys_redactor_learn_credential(engine->redactor, "token", token);
    ys_free(engine->token);
    engine->token = ys_strdup(token);
    /* Fetched anew when a tenth of its life is left. */
    engine->token_expires_us =
        ys_engine_wall(engine) + ys_value_get_int(root, "expires_in", TOKEN_DEFAULT_S) * 900000;
    return true;
}

/* With the token mutex held: one thread fetches, the others wait for its token. */
static bool fetch_token(struct ys_exec *exec, struct ys_trouble *trouble)
{
    const struct ys_auth *auth = &exec->engine->candidate->auth;
    struct ys_arena *arena = &exec->arena;
    const char *secret = secret_text(exec, auth->secret, trouble);
    if (!secret) {
        return false;
    }
    struct ys_outgoing outgoing = {.endpoint = auth->endpoint};
    const char *scope = auth->scope ? ys_url_encode(arena, auth->scope) : "";
    char *body =
        ys_arena_printf(arena, "grant_type=client_credentials&client_id=%s&client_secret=%s%s%s",
                        ys_url_encode(arena, auth->client_id), ys_url_encode(arena, secret),
                        *scope ? "&scope=" : "", scope);
    outgoing.request.method = "POST";
    outgoing.request.url =
        ys_endpoint_url(arena, exec->engine->candidate, auth->endpoint, auth->token_path);
    outgoing.request.body = body;
    outgoing.request.body_length = strlen(body);
    ys_outgoing_header(arena, &outgoing, "Content-Type", "application/x-www-form-urlencoded");
    ys_outgoing_header(arena, &outgoing, "Accept", "application/json");
    if (!outgoing.request.url) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "auth names no known endpoint");
    }
    const char *operation = exec->operation;
    exec->operation = NULL;
    bool sent = ys_exchange(exec, &outgoing, trouble);
    bool good = sent && read_token(exec, trouble);
    bool recorded = ys_exchange_record(exec, &outgoing, sent ? NULL : trouble);
    exec->operation = operation;
    return good && recorded;
}

static bool bearer_token(struct ys_exec *exec, const char **ret_header, struct ys_trouble *trouble)
{
    struct ys_engine *engine = exec->engine;
    pthread_mutex_lock(&engine->token_mutex);
    bool good = engine->token && ys_engine_wall(engine) < engine->token_expires_us;
    if (!good) {
        good = fetch_token(exec, trouble);
    }
    if (good) {
        *ret_header = ys_arena_printf(&exec->arena, "Bearer %s", engine->token);
    }
    pthread_mutex_unlock(&engine->token_mutex);
    return good;
}

/* The scheme with credentials that have the form of right ones: their letters in reverse. */
static const char *forged(struct ys_arena *arena, const char *header)
{
    char *text = ys_arena_strdup(arena, header);
    char *first = strchr(text, ' ');
    char *last = text + strlen(text);
    for (first = first ? first + 1 : text; first + 1 < last; first++) {
        char letter = *first;
        *first = *--last;
        *last = letter;
    }
    return text;
}

bool ys_authenticate(struct ys_exec *exec, struct ys_outgoing *outgoing, struct ys_trouble *trouble)
{
    const struct ys_auth *auth = &exec->engine->candidate->auth;
    struct ys_arena *arena = &exec->arena;
    const char *header = NULL;
    const char *secret = NULL;
    switch (auth->kind) {
    case YS_AUTH_NONE:
        return true;
    case YS_AUTH_OAUTH2:
        if (!bearer_token(exec, &header, trouble)) {
            return false;
        }
        break;
    case YS_AUTH_BEARER:
        secret = secret_text(exec, auth->secret, trouble);
        header = secret ? ys_arena_printf(arena, "Bearer %s", secret) : NULL;
        break;
    case YS_AUTH_BASIC:
        secret = secret_text(exec, auth->secret, trouble);
        if (secret) {
            const char *pair =
                ys_arena_printf(arena, "%s:%s", auth->client_id ? auth->client_id : "", secret);
            header =
                ys_arena_printf(arena, "Basic %s", ys_base64_encode(arena, pair, strlen(pair)));
        }
        break;
    }
    if (!header) {
        return false;
    }
    if (exec->stranger == YS_STRANGER_FORGER) {
        header = forged(arena, header);
    }
    ys_outgoing_header(arena, outgoing, "Authorization", header);
    return true;
}

/* ---- reproduction ---- */

/* 'text' for a POSIX shell. */
static enum ys_status quote(struct ys_buf *buf, const char *text, size_t length)
{
    enum ys_status status = ys_buf_append_char(buf, '\'');
    for (size_t i = 0; status == YS_OK && i < length; i++) {
        status =
            text[i] == '\'' ? ys_buf_append_text(buf, "'\\''") : ys_buf_append_char(buf, text[i]);
    }
    return status == YS_OK ? ys_buf_append_char(buf, '\'') : status;
}

static enum ys_status write_curl(struct ys_buf *buf, const struct ys_http_request *request)
{
    enum ys_status status = ys_buf_printf(buf, "curl -sS -X %s ", request->method);
    for (size_t i = 0; status == YS_OK && i < request->header_count; i++) {
        const struct ys_http_header *header = &request->headers[i];
        bool authorization = strcmp(header->name, "Authorization") == 0;
        if (authorization || !ys_redact_header_is_clear(header->name)) {
            status = ys_buf_printf(buf, "-H \"%s: $%s\" ", header->name,
                                   authorization ? "AUTHORIZATION" : "VALUE");
            continue;
        }
        status = ys_buf_printf(buf, "-H '%s: %s' ", header->name, header->value);
    }
    if (status == YS_OK && request->body_length) {
        status = ys_buf_append_text(buf, "--data-binary ");
        status = status == YS_OK ? quote(buf, request->body, request->body_length) : status;
        status = status == YS_OK ? ys_buf_append_char(buf, ' ') : status;
    }
    return status == YS_OK ? quote(buf, request->url, strlen(request->url)) : status;
}

/*
 * The commands to the card itself, without those to a PSAM; a PIN is a placeholder. `yanshou apdu`
 * sends GET RESPONSE by itself.
 */
static enum ys_status write_apdu(struct ys_buf *buf, const struct ys_exec *exec)
{
    static const char mark[] = "⟦";
    const char *role = NULL;
    enum ys_status status = ys_buf_append_text(buf, "yanshou apdu -r ");
    status = status == YS_OK ? quote(buf, exec->reader, strlen(exec->reader)) : status;
    for (size_t i = ys_value_count(exec->dialogue); i-- > 0 && !role;) {
        role = ys_value_get_text(ys_value_at(exec->dialogue, i), "reader");
    }
    for (size_t i = 0; status == YS_OK && i < ys_value_count(exec->dialogue); i++) {
        const struct ys_value *record = ys_value_at(exec->dialogue, i);
        const char *command = ys_value_get_text(record, "command");
        const char *secret = strstr(command, mark);
        if (strcmp(ys_value_get_text(record, "reader"), role) != 0 ||
            strncmp(command + 2, "C0", 2) == 0) {
            continue;
        }
        status = secret ? ys_buf_printf(buf, " \"%.*s$PIN\"", (int)(secret - command), command)
                        : ys_buf_printf(buf, " %s", command);
    }
    return status;
}

const char *ys_reproduce(struct ys_exec *exec, struct ys_arena *arena)
{
    if (!exec->request && !exec->dialogue) {
        return exec->repeat ? ys_arena_strdup(arena, exec->repeat) : "";
    }
    struct ys_buf buf;
    ys_buf_init(&buf, REPRODUCE_BYTES_MAX);
    const char *text = "";
    if ((exec->request ? write_curl(&buf, exec->request) : write_apdu(&buf, exec)) == YS_OK) {
        size_t length = 0;
        text = ys_redact_text(exec->engine->redactor, arena, buf.bytes, buf.length, &length);
        text = ys_arena_strndup(arena, text, length);
    }
    ys_buf_clear(&buf);
    return text;
}
