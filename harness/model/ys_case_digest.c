/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of what decides a case; see ys_pack.h. */
#include "ys_crypto.h"
#include "ys_json.h"
#include "ys_pack.h"

/* Keys of a candidate file that bear on every request. */
static const char *const SHARED[] = {"endpoints", "auth",    "signing",         "defaults",
                                     "supplies",  "readers", "pin_tries_floor", "regulation",
                                     "documents", "secrets"};

static void digest_value(const struct ys_value *value, char ret_hex[65])
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    /* A document that was read is far below the cap once it stands here in canonical form. */
    if (ys_json_write(value, &buf) != YS_OK) {
        ys_buf_reset(&buf);
    }
    ys_sm3_hex(buf.bytes, buf.length, ret_hex);
    ys_buf_clear(&buf);
}

void ys_case_digest(struct ys_arena *arena, const struct ys_pack *pack,
                    const struct ys_candidate *candidate, const struct ys_case *subject,
                    struct ys_case_digests *ret_digests)
{
    const char **operations = NULL;
    size_t count = 0;
    struct ys_case_parts parts;
    struct ys_value *suite = ys_value_map(arena);
    struct ys_value *bindings = ys_value_map(arena);
    struct ys_value *shared = ys_value_map(arena);
    ys_value_set(arena, suite, "case", subject->at);
    ys_case_parts(arena, pack, subject, &parts);
    for (size_t i = 0; i < parts.fragment_count; i++) {
        ys_value_set(arena, suite, ys_arena_printf(arena, "use %s", parts.fragments[i]->id),
                     parts.fragments[i]->at);
    }
    if (parts.cards && pack->catalogue->card) {
        ys_value_set_text(arena, suite, "card", pack->catalogue->card->digest);
    }
    if (ys_case_uses_stated(pack, subject)) {
        ys_value_set(arena, bindings, "card", ys_value_get(pack->stated, "facts"));
    }
    if (ys_case_operations(arena, pack, subject, &operations, &count) != YS_OK) {
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ys_operation *operation =
            ys_catalogue_operation(pack->catalogue, operations[i]);
        const struct ys_binding *binding = ys_candidate_binding(candidate, operations[i]);
        if (operation && operation->at) {
            ys_value_set(arena, suite, ys_arena_printf(arena, "call %s", operations[i]),
                         operation->at);
        }
        if (binding && binding->at) {
            ys_value_set(arena, bindings, operations[i], binding->at);
        }
    }
    for (size_t i = 0; candidate->document && i < sizeof SHARED / sizeof SHARED[0]; i++) {
        const struct ys_value *value = ys_value_get(candidate->document->root, SHARED[i]);
        if (value) {
            ys_value_set(arena, shared, SHARED[i], value);
        }
    }
    ys_value_set(arena, bindings, "", shared);
    digest_value(suite, ret_digests->suite);
    ret_digests->bindings[0] = '\0';
    if (candidate->document) {
        digest_value(bindings, ret_digests->bindings);
    }
}
