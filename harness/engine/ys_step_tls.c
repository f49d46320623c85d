/* SPDX-License-Identifier: Apache-2.0 */
/* TLS steps: one handshake with an endpoint of the candidate, within given limits. */
#include "ys_engine_private.h"

#include <string.h>

#include "ys_tls_probe.h"

#define HANDSHAKE_MS 5000u

static const struct ys_endpoint *find_endpoint(const struct ys_candidate *candidate,
                                               const char *name)
{
    for (size_t i = 0; i < candidate->endpoint_count; i++) {
        if (!name || strcmp(candidate->endpoints[i].name, name) == 0) {
            return &candidate->endpoints[i];
        }
    }
    return NULL;
}

static const struct ys_value *observation(struct ys_arena *arena, const struct ys_tls_seen *seen)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set(arena, map, "connected", ys_value_bool(arena, seen->connected));
    if (!seen->connected) {
        ys_value_set_text(arena, map, "refusal", seen->refusal);
        return map;
    }
    ys_value_set_text(arena, map, "version", seen->version);
    ys_value_set_text(arena, map, "cipher", seen->cipher);
    ys_value_set_text(arena, map, "subject", seen->subject);
    ys_value_set_text(arena, map, "issuer", seen->issuer);
    ys_value_set_text(arena, map, "not_after", seen->not_after);
    ys_value_set_text(arena, map, "hosts", seen->hosts);
    ys_value_set(arena, map, "trusted", ys_value_bool(arena, seen->trusted));
    ys_value_set_text(arena, map, "fault", seen->fault);
    ys_value_set(arena, map, "named", ys_value_bool(arena, seen->named));
    ys_value_set_int(arena, map, "days_left", seen->days_left);
    ys_value_set_text(arena, map, "key", seen->key);
    ys_value_set_int(arena, map, "key_bits", seen->key_bits);
    return map;
}

/* OpenSSL's own client, with the same offer. */
static const char *openssl_command(struct ys_arena *arena, const struct ys_tls_probe *probe)
{
    const char *version = "";
    const char *ciphers = "";
    if (probe->version) {
        bool first = strcmp(probe->version, "1.0") == 0;
        version = first ? " -tls1" : ys_arena_printf(arena, " -tls1_%s", probe->version + 2);
    }
    if (probe->ciphers) {
        ciphers = ys_arena_printf(arena, " -tls1_2 -cipher '%s:@SECLEVEL=0'", probe->ciphers);
    } else if (probe->version) {
        ciphers = " -cipher 'ALL:@SECLEVEL=0'";
    }
    return ys_arena_printf(arena, "openssl s_client -connect %s:%u%s%s%s%s", probe->host,
                           probe->port, version, ciphers, probe->ca_file ? " -CAfile " : "",
                           probe->ca_file ? probe->ca_file : "");
}

static bool record(struct ys_exec *exec, const struct ys_value *body,
                   const struct ys_endpoint *endpoint, const struct ys_value *seen,
                   const struct ys_trouble *trouble)
{
    struct ys_arena *arena = &exec->arena;
    struct ys_value *map = ys_exec_new_record(exec, "tls");
    const struct ys_value *offer = body;
    ys_value_set_text(arena, map, "url", endpoint->url);
    ys_value_set(arena, map, "offered", offer);
    if (seen) {
        ys_value_set(arena, map, "seen", seen);
    } else {
        ys_value_set_text(arena, map, "error", trouble->text);
    }
    return ys_exec_record(exec, map);
}

bool ys_observe_tls(struct ys_exec *exec, const struct ys_step *step,
                    const struct ys_value **ret_observation, struct ys_trouble *trouble)
{
    const struct ys_candidate *candidate = exec->engine->candidate;
    struct ys_arena *arena = &exec->arena;
    const struct ys_value *body = NULL;
    struct ys_err err;
    if (!ys_exec_expand(exec, &exec->view, step->body, &body, trouble)) {
        return false;
    }
    const struct ys_endpoint *endpoint =
        find_endpoint(candidate, ys_value_get_text(body, "endpoint"));
    if (!endpoint) {
        return ys_trouble_set(trouble, YS_CAUSE_CONFIGURATION, "no endpoint '%s'",
                              ys_value_get_text(body, "endpoint"));
    }
    bool certificate = ys_value_get_bool(body, "client_certificate", true);
    const struct ys_value *version = ys_value_get(body, "version");
    struct ys_tls_probe probe = {
        .allowed_hosts = candidate->allowed_hosts,
        .allowed_host_count = candidate->allowed_host_count,
        .ca_file = endpoint->ca_file,
        .client_cert_file = certificate ? endpoint->client_certificate : NULL,
        .client_key_file = certificate ? endpoint->client_key : NULL,
        .version = version ? ys_value_written(version) : NULL,
        .ciphers = ys_value_get_text(body, "ciphers"),
        .timeout_ms = HANDSHAKE_MS,
    };
    struct ys_tls_seen seen;
    bool good = ys_url_host(arena, endpoint->url, &probe.host, &probe.port, &err) == YS_OK &&
                ys_tls_probe(arena, &probe, &seen, &err) == YS_OK;
    if (probe.host) {
        exec->repeat = openssl_command(arena, &probe);
    }
    if (good) {
        *ret_observation = observation(arena, &seen);
    } else {
        ys_trouble_err(trouble, &err);
    }
    return record(exec, body, endpoint, good ? *ret_observation : NULL, trouble) && good;
}
