/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_doctor.h"

#include <string.h>

#include "ys_crypto.h"
#include "ys_engine_private.h"
#include "ys_file.h"

#define EXPIRY_WARNING_US (INT64_C(30) * 24 * 3600 * 1000000)
#define CLOCK_OFFSET_MAX_S 60

struct doctor {
    const struct ys_pack *pack;
    const struct ys_candidate *candidate;
    const struct ys_card_port *cards;
    const char *cards_error;
    struct ys_engine engine;
    struct ys_worker worker;
    struct ys_arena arena;
    ys_symptom_fn *tell;
    void *context;
    size_t problems;
};

static void say(struct doctor *doctor, enum ys_symptom_level level, const char *subject,
                const char *text, const char *remedy)
{
    const struct ys_symptom symptom = {level, subject, text, remedy};
    doctor->problems += level == YS_SYMPTOM_PROBLEM;
    doctor->tell(doctor->context, &symptom);
}

/* ---- secrets and documents ---- */

static void look_at_secrets(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->candidate->secret_count; i++) {
        const struct ys_secret_ref *secret = &doctor->candidate->secrets[i];
        const char *subject = ys_arena_printf(&doctor->arena, "secret %s", secret->name);
        char *text = NULL;
        struct ys_err err;
        if (ys_candidate_secret(doctor->candidate, secret->name, &text, &err) != YS_OK) {
            say(doctor, YS_SYMPTOM_PROBLEM, subject, err.text,
                secret->env ? "set the environment variable" : "put the secret into that file");
            continue;
        }
        say(doctor, YS_SYMPTOM_OK, subject, "is there", "");
        ys_wipe(text, strlen(text));
        ys_free(text);
    }
}

static void look_at_documents(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->candidate->document_count; i++) {
        const struct ys_supplied *supplied = &doctor->candidate->documents[i];
        const char *subject =
            ys_arena_printf(&doctor->arena, "document %s of %s", supplied->path, supplied->clause);
        bool there = ys_file_exists(supplied->file);
        say(doctor, there ? YS_SYMPTOM_OK : YS_SYMPTOM_PROBLEM, subject,
            there ? "is there" : "is missing",
            there ? "" : "put the file there, or correct `documents` in the candidate file");
    }
}

/* ---- endpoints ---- */

static const char *remedy_of(enum ys_status status)
{
    static const struct {
        enum ys_status status;
        const char *remedy;
    } known[] = {
        {YS_ERR_HTTP_HOST, "add the host to `allowed_hosts`"},
        {YS_ERR_HTTP_RESOLVE, "is the host name right, and does this machine's DNS know it?"},
        {YS_ERR_HTTP_CONNECT, "is the bank's system running, and may this machine reach it?"},
        {YS_ERR_HTTP_TLS, "check `ca`, `client_certificate` and the bank's certificate"},
        {YS_ERR_HTTP_TIMEOUT, "is a firewall between, or is the system overloaded?"},
        {YS_ERR_NOT_FOUND, "put the file there, or correct its path"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status) {
            return known[i].remedy;
        }
    }
    return "see the text";
}

static void look_at_certificate(struct doctor *doctor, const char *subject)
{
    const char *pem = doctor->worker.reply.peer_certificate;
    struct ys_certificate certificate;
    if (!pem || !*pem || ys_certificate_read(&doctor->arena, pem, &certificate, NULL) != YS_OK) {
        return;
    }
    char until[YS_TIME_TEXT_MAX];
    ys_time_format_utc(certificate.not_after_us, until);
    int64_t left_us = certificate.not_after_us - ys_engine_wall(&doctor->engine);
    bool soon = left_us < EXPIRY_WARNING_US;
    say(doctor, soon ? YS_SYMPTOM_WARNING : YS_SYMPTOM_OK, subject,
        ys_arena_printf(&doctor->arena, "certificate of %s, valid until %.10s",
                        certificate.subject, until),
        soon ? "the bank must renew its certificate soon" : "");
}

static void look_at_clock(struct doctor *doctor, const char *subject)
{
    int64_t theirs_us = 0;
    if (!ys_time_parse_http(ys_http_reply_header(&doctor->worker.reply, "Date"), &theirs_us)) {
        return;
    }
    int64_t offset_s = (theirs_us - ys_engine_wall(&doctor->engine)) / 1000000;
    bool off = offset_s > CLOCK_OFFSET_MAX_S || offset_s < -CLOCK_OFFSET_MAX_S;
    say(doctor, off ? YS_SYMPTOM_WARNING : YS_SYMPTOM_OK, subject,
        ys_arena_printf(&doctor->arena, "its clock differs by %lld s", (long long)offset_s),
        off ? "set both clocks by NTP; signatures and tokens depend on them" : "");
}

static void look_at_endpoint(struct doctor *doctor, size_t index)
{
    const struct ys_endpoint *endpoint = &doctor->candidate->endpoints[index];
    const char *subject = ys_arena_printf(&doctor->arena, "endpoint %s", endpoint->name);
    const struct ys_http_config config = {
        .ca_file = endpoint->ca_file,
        .client_cert_file = endpoint->client_certificate,
        .client_key_file = endpoint->client_key,
        .allowed_hosts = doctor->candidate->allowed_hosts,
        .allowed_host_count = doctor->candidate->allowed_host_count,
        .user_agent = "yanshou/" YS_VERSION,
    };
    const struct ys_http_request request = {.method = "GET", .url = endpoint->url};
    struct ys_err err;
    enum ys_status status = ys_http_new(&config, &doctor->worker.http[index], &err);
    if (status == YS_OK) {
        status = ys_http_perform(doctor->worker.http[index], &request, &doctor->worker.reply, &err);
    }
    if (status != YS_OK) {
        say(doctor, YS_SYMPTOM_PROBLEM, subject, err.text, remedy_of(status));
        return;
    }
    const struct ys_http_reply *reply = &doctor->worker.reply;
    say(doctor, YS_SYMPTOM_OK, subject,
        ys_arena_printf(&doctor->arena, "%s answers (status %d%s%s, %lld ms)", endpoint->url,
                        reply->status, reply->tls_version && *reply->tls_version ? ", " : "",
                        reply->tls_version ? reply->tls_version : "",
                        (long long)(reply->timing.total_us / 1000)),
        "");
    look_at_certificate(doctor, subject);
    look_at_clock(doctor, subject);
}

/* ---- operations ---- */

static bool needs_input(const struct ys_operation *operation)
{
    for (size_t i = 0; i < operation->input_count; i++) {
        if (operation->inputs[i].required) {
            return true;
        }
    }
    return false;
}

static void call_operation(struct doctor *doctor, const struct ys_bound *bound)
{
    const struct ys_operation *operation = bound->binding->operation;
    const char *subject = ys_arena_printf(&doctor->arena, "operation %s", operation->id);
    struct ys_exec exec = {.engine = &doctor->engine, .worker = &doctor->worker};
    struct ys_outgoing outgoing;
    struct ys_trouble trouble;
    const struct ys_value *observation = NULL;
    const struct ys_value *reply = NULL;
    ys_arena_init(&exec.arena);
    const struct ys_value *inputs = ys_value_map(&exec.arena);
    bool good = ys_binding_request(&exec, bound, inputs, ys_value_get_int(bound->binding->pages,
                                                                        "start", 1),
                                   &outgoing, &trouble) &&
                ys_exchange(&exec, &outgoing, &trouble) &&
                ys_binding_reply(&exec, bound, &observation, &reply, &trouble);
    if (good) {
        const char *outcome = ys_value_get_text(observation, "outcome");
        bool accepted = strcmp(outcome, "accepted") == 0;
        say(doctor, accepted ? YS_SYMPTOM_OK : YS_SYMPTOM_WARNING, subject,
            ys_arena_printf(&doctor->arena, "answers: %s", outcome),
            accepted ? "" : "is the test user allowed to do this?");
    } else {
        say(doctor, YS_SYMPTOM_PROBLEM, subject,
            ys_arena_strdup(&doctor->arena, trouble.text),
            trouble.cause == YS_CAUSE_CONFIGURATION ? "correct the candidate file"
            : trouble.cause == YS_CAUSE_CANDIDATE   ? "ask the bank"
                                                    : "is the endpoint reachable?");
    }
    ys_arena_clear(&exec.arena);
}

static void look_at_operations(struct doctor *doctor)
{
    const struct ys_catalogue *catalogue = doctor->pack->catalogue;
    for (size_t i = 0; i < catalogue->operation_count; i++) {
        const struct ys_operation *operation = &catalogue->operations[i];
        if (!ys_candidate_binding(doctor->candidate, operation->id)) {
            say(doctor, YS_SYMPTOM_WARNING,
                ys_arena_printf(&doctor->arena, "operation %s", operation->id), "is not bound",
                "bind it in the candidate file, or its clauses stay undecided");
        }
    }
    for (size_t i = 0; i < doctor->candidate->binding_count; i++) {
        const struct ys_bound *bound = &doctor->engine.bound[i];
        if (bound->binding->operation->harmless && !needs_input(bound->binding->operation)) {
            call_operation(doctor, bound);
        }
    }
}

/* ---- readers ---- */

static void look_at_pin_pad(struct doctor *doctor, const char *subject, const char *reader)
{
    uint32_t features = 0;
    struct ys_err err;
    if (doctor->cards->driver->features(doctor->cards->context, reader, &features, &err) ==
            YS_OK &&
        features & (UINT32_C(1) << YS_READER_VERIFY_PIN | UINT32_C(1) << YS_READER_MODIFY_PIN)) {
        say(doctor, YS_SYMPTOM_OK, subject,
            "has a PIN pad; the harness sends PINs by itself and leaves it alone", "");
    }
}

static void look_at_card(struct doctor *doctor, const char *subject, const char *reader)
{
    struct ys_card_session *session = NULL;
    struct ys_err err;
    const struct ys_card_port *port = doctor->cards;
    const struct ys_catalogue *catalogue = doctor->pack->catalogue;
    if (port->driver->connect(port->context, reader, &session, &err) != YS_OK) {
        say(doctor, YS_SYMPTOM_PROBLEM, subject, err.text,
            "put the card in, and end other programs that hold it");
        return;
    }
    char atr[2 * YS_ATR_BYTES_MAX + 1];
    ys_hex_encode(session->atr, session->atr_length, atr);
    say(doctor, YS_SYMPTOM_OK, subject,
        ys_arena_printf(&doctor->arena, "%s: ATR %s%s", reader, atr,
                        ys_reader_is_virtual(reader) ? " (virtual)" : ""),
        "");
    for (size_t i = 0; i < catalogue->application_count; i++) {
        const struct ys_card_application *application = &catalogue->applications[i];
        struct ys_apdu select = {.ins = 0xA4, .p1 = 0x04, .data = application->aid,
                                 .data_length = application->aid_length};
        const uint8_t ask[] = {0x00, 0x20, 0x00, application->pin_reference};
        uint8_t *bytes = NULL;
        size_t length = 0;
        const uint8_t *data = NULL;
        uint16_t sw = 0;
        if (ys_apdu_encode(&doctor->arena, &select, &bytes, &length, &err) != YS_OK ||
            ys_card_transmit(session, &doctor->arena, bytes, length, &data, &length, &sw, &err) !=
                YS_OK ||
            sw != 0x9000 ||
            ys_card_transmit(session, &doctor->arena, ask, sizeof ask, &data, &length, &sw,
                             &err) != YS_OK ||
            (sw & 0xFFF0) != 0x63C0) {
            continue;
        }
        int64_t left = sw & 0x000F;
        bool few = left - 1 < doctor->candidate->pin_tries_floor;
        say(doctor, few ? YS_SYMPTOM_WARNING : YS_SYMPTOM_OK, subject,
            ys_arena_printf(&doctor->arena, "application %s: %lld PIN tries left",
                            application->name, (long long)left),
            few ? "cases that send a PIN will be refused; verify the right PIN by hand first" : "");
    }
    ys_card_disconnect(session);
}

static void look_at_readers(struct doctor *doctor)
{
    struct ys_reader_state *readers = NULL;
    size_t count = 0;
    struct ys_err err;
    if (doctor->candidate->reader_count == 0) {
        return;
    }
    if (!doctor->cards) {
        say(doctor, YS_SYMPTOM_PROBLEM, "readers",
            doctor->cards_error ? doctor->cards_error : "there is no PC/SC service",
            "start pcscd");
        return;
    }
    if (doctor->cards->driver->list(doctor->cards->context, &doctor->arena, &readers, &count,
                                    &err) != YS_OK) {
        say(doctor, YS_SYMPTOM_PROBLEM, "readers", err.text, "is pcscd running?");
        return;
    }
    for (size_t i = 0; i < doctor->candidate->reader_count; i++) {
        const struct ys_reader_role *role = &doctor->candidate->readers[i];
        const char *subject = ys_arena_printf(&doctor->arena, "reader %s", role->role);
        const struct ys_reader_state *found =
            ys_reader_find(readers, count, role->pattern, role->atr);
        if (!found) {
            say(doctor, YS_SYMPTOM_PROBLEM, subject,
                ys_arena_printf(&doctor->arena, "no reader fits; %zu are there", count),
                "plug it in, or correct `readers` (see `yanshou readers`)");
        } else if (!found->card_present) {
            say(doctor, YS_SYMPTOM_PROBLEM, subject, "there is no card in it", "put the card in");
        } else {
            look_at_card(doctor, subject, found->name);
            look_at_pin_pad(doctor, subject, found->name);
        }
    }
}

enum ys_status ys_doctor(const struct ys_pack *pack, const struct ys_candidate *candidate,
                         const struct ys_card_port *cards, const char *cards_error,
                         const struct ys_clock *clock, ys_symptom_fn *tell, void *context,
                         size_t *ret_problems, struct ys_err *reterr)
{
    const struct ys_run_options options = {
        .pack = pack, .candidate = candidate, .clock = clock, .cards = cards, .jobs = 1};
    struct doctor doctor = {.pack = pack,
                            .candidate = candidate,
                            .cards = cards,
                            .cards_error = cards_error,
                            .tell = tell,
                            .context = context};
    enum ys_status status = ys_engine_open(&doctor.engine, &options, reterr);
    if (status == YS_OK) {
        ys_arena_init(&doctor.arena);
        ys_worker_init(&doctor.worker, &doctor.engine);
        look_at_secrets(&doctor);
        look_at_documents(&doctor);
        for (size_t i = 0; i < candidate->endpoint_count; i++) {
            look_at_endpoint(&doctor, i);
        }
        look_at_operations(&doctor);
        look_at_readers(&doctor);
        ys_worker_clear(&doctor.worker);
        ys_arena_clear(&doctor.arena);
        *ret_problems = doctor.problems;
    }
    ys_engine_close(&doctor.engine);
    return status;
}
