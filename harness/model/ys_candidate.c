/* SPDX-License-Identifier: Apache-2.0 */
/* The candidate file as a struct. What it names is checked by ys_lint_candidate.c. */
#include "ys_candidate.h"

#include <stdlib.h>
#include <string.h>

#include "ys_binding.h"
#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_csv.h"
#include "ys_expr.h"
#include "ys_file.h"
#include "ys_model_private.h"

/* What stands in the file before environment variables and relative paths are resolved. */
struct raw {
    struct ys_candidate candidate;
    const struct ys_pack *pack;
    const struct ys_value *defaults;
    const struct ys_value *bindings;
    const struct ys_value *budget;
};

/*
 * Puts ${env.NAME} in. Only environment variables are known here; the text lives in the arena.
 * NULL after a complaint.
 */
static const struct ys_value *lookup_env(void *context, const char *name)
{
    return strcmp(name, "env") == 0 ? context : NULL;
}

struct env_names {
    struct ys_loader *loader;
    struct ys_value *map;
    const struct ys_value *at;
};

static void collect_env(void *context, const char *root, const char *path)
{
    struct env_names *names = context;
    if (strcmp(root, "env") != 0 || strncmp(path, "env.", 4) != 0) {
        ys_diag_add(names->loader->diags, names->loader->document, names->at,
                    "'%s' is not known here", path)
            ->expected = "${env.NAME}";
        return;
    }
    const char *value = getenv(path + 4);
    if (!value) {
        ys_diag_add(names->loader->diags, names->loader->document, names->at,
                    "the environment variable %s is not set", path + 4);
    }
    ys_value_set_text(names->loader->arena, names->map, path + 4, value ? value : "");
}

static const char *resolve_env(struct ys_loader *loader, const struct ys_value *value)
{
    struct ys_err err;
    struct env_names names = {loader, ys_value_map(loader->arena), value};
    const struct ys_value *expanded = NULL;
    if (!ys_shape_kind(loader, value, YS_KIND_STRING, "this")) {
        return NULL;
    }
    if (ys_template_names(loader->arena, value, collect_env, &names, &err) != YS_OK ||
        ys_template_expand(loader->arena, value, lookup_env, names.map, &expanded, &err) !=
            YS_OK) {
        ys_diag_add_err(loader->diags, loader->document, &err);
        return NULL;
    }
    return ys_value_text(expanded);
}

/* A path beside the candidate file. */
static const char *resolve_path(struct ys_loader *loader, const struct ys_value *value)
{
    const char *text = resolve_env(loader, value);
    return text ? ys_path_beside(loader->arena, loader->document->name, text) : NULL;
}

#define RESOLVED(name, type, member, resolve)                                                      \
    static void name(struct ys_loader *loader, const struct ys_value *value, void *object)         \
    {                                                                                              \
        ((struct type *)object)->member = resolve(loader, value);                                  \
    }
RESOLVED(load_url, ys_endpoint, url, resolve_env)
RESOLVED(load_ca, ys_endpoint, ca_file, resolve_path)
RESOLVED(load_client_certificate, ys_endpoint, client_certificate, resolve_path)
RESOLVED(load_client_key, ys_endpoint, client_key, resolve_path)
RESOLVED(load_secret_file, ys_secret_ref, file, resolve_path)
RESOLVED(load_reader_name, ys_reader_role, pattern, resolve_env)

#define AT(member) offsetof(struct ys_endpoint, member)
static const struct ys_slot_spec ENDPOINT_SLOTS[] = {
    {.key = "url", .slot = YS_SLOT_CUSTOM, .required = true, .custom = load_url,
     .definition = "text", .doc = "base URL; ${env.NAME} may stand in it"},
    {.key = "ca", .slot = YS_SLOT_CUSTOM, .custom = load_ca, .definition = "text",
     .doc = "CA certificates, PEM"},
    {.key = "client_certificate", .slot = YS_SLOT_CUSTOM, .custom = load_client_certificate,
     .definition = "text", .doc = "the certificate that the endpoint requires of clients, PEM"},
    {.key = "client_key", .slot = YS_SLOT_CUSTOM, .custom = load_client_key,
     .definition = "text", .doc = "its private key, PEM"},
};
static const struct ys_shape ENDPOINT = {
    .name = "endpoint", .doc = "one base URL", .size = sizeof(struct ys_endpoint),
    .slots = ENDPOINT_SLOTS, .count = sizeof ENDPOINT_SLOTS / sizeof ENDPOINT_SLOTS[0],
    .name_offset = AT(name), .at_offset = AT(at)};
#undef AT

static void finish_secret(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_secret_ref *secret = object;
    if (!secret->env == !secret->file) {
        ys_diag_add(loader->diags, loader->document, value,
                    "a secret is a reference to exactly one place")
            ->expected = "{env: NAME} or {file: PATH}, never the value itself";
    }
}

#define AT(member) offsetof(struct ys_secret_ref, member)
static const struct ys_slot_spec SECRET_SLOTS[] = {
    {.key = "env", .slot = YS_SLOT_TEXT, .offset = AT(env), .doc = "an environment variable"},
    {.key = "file", .slot = YS_SLOT_CUSTOM, .custom = load_secret_file, .definition = "text",
     .doc = "a file; a final newline is not part of the secret"},
};
static const struct ys_shape SECRET = {
    .name = "secret", .doc = "where a secret is kept", .size = sizeof(struct ys_secret_ref),
    .slots = SECRET_SLOTS, .count = sizeof SECRET_SLOTS / sizeof SECRET_SLOTS[0],
    .name_offset = AT(name), .at_offset = AT(at), .finish = finish_secret};
#undef AT

static void finish_reader(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_reader_role *reader = object;
    if (!reader->pattern && !reader->atr) {
        ys_diag_add(loader->diags, loader->document, value, "a reader without name or ATR mask")
            ->expected = "{name: PATTERN} or {atr: MASK}";
    }
}

#define AT(member) offsetof(struct ys_reader_role, member)
static const struct ys_slot_spec READER_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_CUSTOM, .custom = load_reader_name, .definition = "text",
     .doc = "reader name with * and ?"},
    {.key = "atr", .slot = YS_SLOT_TEXT, .offset = AT(atr), .doc = "ATR mask with ? and *"},
};
static const struct ys_shape READER = {
    .name = "reader", .doc = "how the reader of a role is found",
    .size = sizeof(struct ys_reader_role), .slots = READER_SLOTS,
    .count = sizeof READER_SLOTS / sizeof READER_SLOTS[0], .name_offset = AT(role),
    .at_offset = AT(at), .finish = finish_reader};
#undef AT

#define AT(member) offsetof(struct ys_auth, member)
static const struct ys_slot_spec AUTH_SLOTS[] = {
    {.key = "endpoint", .slot = YS_SLOT_TEXT, .offset = AT(endpoint), .doc = "endpoint"},
    {.key = "token", .slot = YS_SLOT_TEXT, .offset = AT(token_path), .doc = "token path"},
    {.key = "client_id", .slot = YS_SLOT_TEXT, .offset = AT(client_id), .doc = "client id"},
    {.key = "user", .slot = YS_SLOT_TEXT, .offset = AT(client_id), .doc = "user name"},
    {.key = "secret", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(secret),
     .doc = "name in `secrets`"},
    {.key = "scope", .slot = YS_SLOT_TEXT, .offset = AT(scope), .doc = "scope"},
};
static const struct ys_shape AUTH = {
    .name = "auth", .doc = "authentication", .size = sizeof(struct ys_auth), .slots = AUTH_SLOTS,
    .count = sizeof AUTH_SLOTS / sizeof AUTH_SLOTS[0], .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE};
#undef AT

static const char *const ENCODINGS[] = {"hex", "base64", NULL};
#define WINDOW_DEFAULT_MS (24 * INT64_C(3600000))
struct raw_signing {
    struct ys_signing signing;
    int encoding;
};
#define AT(member) offsetof(struct raw_signing, member)
static const struct ys_slot_spec SIGNING_SLOTS[] = {
    {.key = "secret", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(signing.secret),
     .doc = "name in `secrets`: HMAC key, or SM2 private key in PEM"},
    {.key = "canonical", .slot = YS_SLOT_VALUE, .required = true,
     .offset = AT(signing.canonical), .doc = "the text that is signed, a template"},
    {.key = "headers", .slot = YS_SLOT_MAP, .required = true, .offset = AT(signing.headers),
     .doc = "headers that carry it; ${signature} is known here"},
    {.key = "encoding", .slot = YS_SLOT_CHOICE, .offset = AT(encoding), .choices = ENCODINGS,
     .doc = "hex (default) or base64"},
    {.key = "window", .slot = YS_SLOT_DURATION, .offset = AT(signing.window_ms),
     .doc = "how far the time of a request may be off the bank's clock (default 24h)"},
};
static const struct ys_shape SIGNING = {
    .name = "signing", .doc = "request signing", .size = sizeof(struct raw_signing),
    .slots = SIGNING_SLOTS, .count = sizeof SIGNING_SLOTS / sizeof SIGNING_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE, .at_offset = YS_SLOT_NOWHERE};
#undef AT

/* {oauth2: …}, {bearer: …} or {basic: …}: one member, whose name is the kind. */
static const struct ys_value *one_kind(struct ys_loader *loader, const struct ys_value *value,
                                       const char *const *names, size_t count, int *ret_kind)
{
    if (!ys_shape_kind(loader, value, YS_KIND_MAP, "this")) {
        return NULL;
    }
    if (value->as.map.count != 1) {
        ys_diag_add(loader->diags, loader->document, value, "exactly one kind stands here");
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(value->as.map.members[0].name, names[i]) == 0) {
            *ret_kind = (int)i + 1;
            return value->as.map.members[0].value;
        }
    }
    ys_shape_unknown(loader, &value->as.map.members[0], "kind", names, count);
    return NULL;
}

static const char *const AUTH_KINDS[] = {"oauth2", "bearer", "basic", NULL};
static const char *const SIGN_KINDS[] = {"hmac-sm3", "sm2", NULL};

static void load_auth(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw *raw = object;
    int kind = 0;
    const struct ys_value *body = one_kind(loader, value, AUTH_KINDS, 3, &kind);
    if (body) {
        ys_shape_load(loader, &AUTH, body, &raw->candidate.auth);
        raw->candidate.auth.kind = (enum ys_auth_kind)kind;
    }
}

static void load_signing(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw *raw = object;
    struct raw_signing signing = {.signing.window_ms = WINDOW_DEFAULT_MS};
    int kind = 0;
    const struct ys_value *body = one_kind(loader, value, SIGN_KINDS, 2, &kind);
    if (body) {
        ys_shape_load(loader, &SIGNING, body, &signing);
        raw->candidate.signing = signing.signing;
        raw->candidate.signing.base64 = signing.encoding == 1;
        raw->candidate.signing.kind = (enum ys_sign_kind)kind;
    }
}

/* What it states is laid over card.yaml when all else is known (ys_pack_state). */
static void load_card(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_candidate *candidate = &((struct raw *)object)->candidate;
    const char *path = resolve_path(loader, value);
    struct ys_err err;
    if (path && ys_yaml_load(loader->arena, path, &candidate->card, &err) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "%s", err.text);
    }
}

/* ---- documents ---- */

static void load_document_file(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_supplied *supplied = object;
    supplied->path = ys_value_text(value);
    supplied->file = resolve_path(loader, value);
}

static const char *date_of(struct ys_loader *loader, const struct ys_value *value)
{
    const char *text = ys_value_written(value);
    struct ys_civil date;
    if (!text || ys_date_parse(text, &date, NULL) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, value, "not a date")->expected = "YYYY-MM-DD";
        return NULL;
    }
    return text;
}

RESOLVED(load_dated, ys_supplied, dated, date_of)
RESOLVED(load_valid_until, ys_supplied, valid_until, date_of)

static void finish_document(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_supplied *supplied = object;
    supplied->in = loader->document;
    if (supplied->sm3 && (strlen(supplied->sm3) != 64 ||
                          strspn(supplied->sm3, "0123456789abcdef") != 64)) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "sm3"),
                    "not an SM3 digest")
            ->expected = "64 lower-case hexadecimal digits, as 'openssl dgst -sm3 FILE' prints";
    }
}

#define AT(member) offsetof(struct ys_supplied, member)
static const struct ys_slot_spec DOCUMENT_SLOTS[] = {
    {.key = "clause", .slot = YS_SLOT_ID, .required = true, .offset = AT(clause),
     .doc = "the clause that wants it"},
    {.key = "document", .slot = YS_SLOT_ID, .offset = AT(paper),
     .doc = "which of the documents that the clause wants; needed where it wants several"},
    {.key = "path", .slot = YS_SLOT_CUSTOM, .required = true, .custom = load_document_file,
     .definition = "text", .doc = "the file, beside the candidate file"},
    {.key = "dated", .slot = YS_SLOT_CUSTOM, .custom = load_dated, .definition = "text",
     .doc = "the date it bears, YYYY-MM-DD"},
    {.key = "valid_until", .slot = YS_SLOT_CUSTOM, .custom = load_valid_until,
     .definition = "text", .doc = "the last day on which it holds, YYYY-MM-DD"},
    {.key = "signatory", .slot = YS_SLOT_TEXT, .offset = AT(signatory),
     .doc = "who signed it, as its text names the person"},
    {.key = "sm3", .slot = YS_SLOT_TEXT, .offset = AT(sm3), .doc = "the SM3 digest of the file"},
};
#undef AT
static const struct ys_shape DOCUMENT = {
    .name = "document", .doc = "a document that a clause wants",
    .size = sizeof(struct ys_supplied), .slots = DOCUMENT_SLOTS,
    .count = sizeof DOCUMENT_SLOTS / sizeof DOCUMENT_SLOTS[0], .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct ys_supplied, at), .finish = finish_document};

struct document_list {
    const struct ys_supplied *items;
    size_t count;
};
static const struct ys_slot_spec DOCUMENT_LIST_SLOTS[] = {
    {.key = "documents", .slot = YS_SLOT_LIST, .required = true,
     .offset = offsetof(struct document_list, items),
     .count_offset = offsetof(struct document_list, count), .shape = &DOCUMENT,
     .doc = "what the clauses want of documents"},
};
static const struct ys_shape DOCUMENT_LIST = {
    .name = "document list", .doc = "what the clauses want of documents",
    .size = sizeof(struct document_list), .slots = DOCUMENT_LIST_SLOTS, .count = 1,
    .name_offset = YS_SLOT_NOWHERE, .at_offset = YS_SLOT_NOWHERE};

/* The list itself, or the file that has it: {documents: [...]}, whose paths stand beside it. */
static void load_documents(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_candidate *candidate = &((struct raw *)object)->candidate;
    struct document_list list = {0};
    struct ys_loader inner = *loader;
    struct ys_err err;
    if (value->kind == YS_KIND_STRING) {
        const char *path = resolve_path(loader, value);
        if (!path || ys_yaml_load(loader->arena, path, &candidate->document_list, &err) != YS_OK) {
            if (path) {
                ys_diag_add(loader->diags, loader->document, value, "%s", err.text);
            }
            return;
        }
        inner.document = candidate->document_list;
        value = candidate->document_list->root;
    } else {
        struct ys_value *map = ys_value_map(loader->arena);
        ys_value_set(loader->arena, map, "documents", value);
        value = map;
    }
    ys_shape_load(&inner, &DOCUMENT_LIST, value, &list);
    candidate->documents = list.items;
    candidate->document_count = list.count;
}

/* The certificates of a PEM file as a list of texts, DER in hexadecimal. */
static const struct ys_value *certificates(struct ys_loader *loader, const struct ys_value *pem)
{
    const char *found[YS_CERTIFICATES_MAX];
    struct ys_value *list = ys_value_list(loader->arena);
    const char *path = resolve_path(loader, pem);
    size_t count = 0;
    struct ys_err err;
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    if (path && (ys_file_read(path, &text, &err) != YS_OK ||
                 ys_certificates_split(loader->arena, text.bytes, found, &count, &err) != YS_OK)) {
        ys_diag_add(loader->diags, loader->document, pem, "%s: %s", path, err.text)->expected =
            "certificates in PEM form; of DER: openssl x509 -inform DER -in FILE -out FILE.pem";
    }
    for (size_t i = 0; i < count; i++) {
        ys_value_append(loader->arena, list, ys_value_string(loader->arena, found[i]));
    }
    ys_buf_clear(&text);
    return list;
}

/* Replaces {csv: FILE} by its rows and {pem: FILE} by its certificates; {secret: NAME} stays, since
 * secrets are read when needed. */
static const struct ys_value *supply(struct ys_loader *loader, const struct ys_value *value)
{
    const struct ys_value *csv = ys_value_get(value, "csv");
    const struct ys_value *pem = ys_value_get(value, "pem");
    if (pem && value->as.map.count == 1) {
        return certificates(loader, pem);
    }
    if (!csv || value->as.map.count != 1) {
        return value;
    }
    struct ys_err err;
    const struct ys_value *rows = NULL;
    const char *path = resolve_path(loader, csv);
    if (path && ys_csv_load(loader->arena, path, &rows, &err) != YS_OK) {
        ys_diag_add(loader->diags, loader->document, csv, "%s", err.text);
    }
    return rows ? rows : ys_value_list(loader->arena);
}

static void load_supplies(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw *raw = object;
    if (!ys_shape_kind(loader, value, YS_KIND_MAP, "supplies")) {
        return;
    }
    struct ys_value *map = ys_value_map(loader->arena);
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        ys_value_add(loader->arena, map, member->name, supply(loader, member->value),
                     member->line, member->column);
    }
    raw->candidate.supplies = map;
}

static const char *const DATE_NAMES[] = {"applied", "approved", "retrofit_finished"};

static void load_dates(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_candidate *candidate = &((struct raw *)object)->candidate;
    const char **places[] = {&candidate->applied, &candidate->approved,
                             &candidate->retrofit_finished};
    if (!ys_shape_kind(loader, value, YS_KIND_MAP, "dates")) {
        return;
    }
    for (size_t i = 0; i < value->as.map.count; i++) {
        const struct ys_member *member = &value->as.map.members[i];
        const char *text = ys_value_written(member->value);
        struct ys_civil date;
        struct ys_err err;
        size_t k = 0;
        while (k < 3 && strcmp(DATE_NAMES[k], member->name) != 0) {
            k++;
        }
        if (k == 3) {
            ys_shape_unknown(loader, member, "key", DATE_NAMES, 3);
        } else if (!text || ys_date_parse(text, &date, &err) != YS_OK) {
            ys_diag_add(loader->diags, loader->document, member->value, "not a date")->expected =
                "YYYY-MM-DD";
        } else {
            *places[k] = text;
        }
    }
}

static const struct ys_slot_spec BUDGET_SLOTS[] = {
    {.key = "requests_per_second", .slot = YS_SLOT_INT,
     .offset = offsetof(struct ys_candidate, requests_per_second), .doc = "at most"},
    {.key = "objects", .slot = YS_SLOT_INT, .offset = offsetof(struct ys_candidate, objects_max),
     .doc = "that one run may create"},
};
static const struct ys_shape BUDGET = {
    .name = "budget", .doc = "what a run may cost the bank", .size = sizeof(struct ys_candidate),
    .slots = BUDGET_SLOTS, .count = 2, .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE};

static const struct ys_slot_spec CONSENT_SLOTS[] = {
    {.key = "destructive", .slot = YS_SLOT_BOOL,
     .offset = offsetof(struct ys_candidate, consents_destructive),
     .doc = "cases may use up or block the cards in these readers (default false)"},
};
static const struct ys_shape CONSENT = {
    .name = "consent", .doc = "what a run may do that cannot be undone",
    .size = sizeof(struct ys_candidate), .slots = CONSENT_SLOTS, .count = 1,
    .name_offset = YS_SLOT_NOWHERE, .at_offset = YS_SLOT_NOWHERE};

/* ---- the legal entity ---- */

bool ys_credit_code_holds(const char *code)
{
    static const char digits[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    unsigned sum = 0;
    unsigned weight = 1;
    if (strlen(code) != YS_CREDIT_CODE_LENGTH) {
        return false;
    }
    for (size_t i = 0; i < YS_CREDIT_CODE_LENGTH; i++) {
        const char *at = strchr(digits, code[i]);
        if (!at) {
            return false;
        }
        /* The weights are the powers of 3; the check character makes the sum a multiple. */
        sum += (unsigned)(at - digits) * (i + 1u < YS_CREDIT_CODE_LENGTH ? weight : 1u);
        weight = weight * 3u % 31u;
    }
    return sum % 31u == 0;
}

static void finish_legal_entity(struct ys_loader *loader, const struct ys_value *value,
                                void *object)
{
    const struct ys_legal_entity *entity = object;
    if (entity->code && !ys_credit_code_holds(entity->code)) {
        ys_diag_add(loader->diags, loader->document, ys_value_get(value, "code"),
                    "not a unified social credit code: its check character does not hold")
            ->expected = "the 18 characters of the business licence (GB 32100), as in "
                         "91110000YANHANG003";
    }
}

#define AT(member) offsetof(struct ys_legal_entity, member)
static const struct ys_slot_spec LEGAL_ENTITY_SLOTS[] = {
    {.key = "name", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(name),
     .doc = "its full name, as the business licence has it"},
    {.key = "code", .slot = YS_SLOT_ID, .required = true, .offset = AT(code),
     .doc = "its unified social credit code (GB 32100)"},
    {.key = "contact", .slot = YS_SLOT_TEXT, .offset = AT(contact),
     .doc = "who there answers for what is open: an office or a post, not a person's number"},
};
#undef AT
static const struct ys_shape LEGAL_ENTITY = {
    .name = "legal entity", .doc = "the company that applies",
    .size = sizeof(struct ys_legal_entity), .slots = LEGAL_ENTITY_SLOTS,
    .count = sizeof LEGAL_ENTITY_SLOTS / sizeof LEGAL_ENTITY_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE, .at_offset = offsetof(struct ys_legal_entity, at),
    .finish = finish_legal_entity};

#define AT(member) offsetof(struct raw, candidate.member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "candidate", .slot = YS_SLOT_ID, .required = true, .offset = AT(id),
     .doc = "id of the bank in file names and reports"},
    {.key = "name", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(name),
     .doc = "name of the bank"},
    {.key = "legal_entity", .slot = YS_SLOT_OBJECT, .offset = AT(legal_entity),
     .shape = &LEGAL_ENTITY, .doc = "the company that applies: name, code, contact"},
    {.key = "regulation", .slot = YS_SLOT_ID, .required = true, .offset = AT(regulation),
     .doc = "folder of the suites"},
    {.key = "environment", .slot = YS_SLOT_ID, .offset = AT(environment),
     .doc = "which of the bank's environments"},
    {.key = "reference_bank", .slot = YS_SLOT_BOOL, .offset = AT(reference_bank),
     .doc = "only for the project's own bank"},
    {.key = "dates", .slot = YS_SLOT_CUSTOM, .custom = load_dates, .definition = "dates",
     .doc = "applied, approved, retrofit_finished"},
    {.key = "endpoints", .slot = YS_SLOT_ENTRIES, .required = true, .offset = AT(endpoints),
     .count_offset = AT(endpoint_count), .shape = &ENDPOINT, .doc = "base URLs by name"},
    {.key = "allowed_hosts", .slot = YS_SLOT_IDS, .required = true, .offset = AT(allowed_hosts),
     .count_offset = AT(allowed_host_count), .doc = "the harness contacts no other host"},
    {.key = "budget", .slot = YS_SLOT_OBJECT, .offset = offsetof(struct raw, candidate),
     .shape = &BUDGET, .doc = "requests_per_second, objects"},
    {.key = "secrets", .slot = YS_SLOT_ENTRIES, .offset = AT(secrets),
     .count_offset = AT(secret_count), .shape = &SECRET, .doc = "references by name"},
    {.key = "auth", .slot = YS_SLOT_CUSTOM, .custom = load_auth, .choices = AUTH_KINDS,
     .shape = &AUTH,
     .doc = "{oauth2: …}, {bearer: …} or {basic: …}"},
    {.key = "signing", .slot = YS_SLOT_CUSTOM, .custom = load_signing, .choices = SIGN_KINDS,
     .shape = &SIGNING,
     .doc = "{hmac-sm3: …} or {sm2: …}"},
    {.key = "readers", .slot = YS_SLOT_ENTRIES, .offset = AT(readers),
     .count_offset = AT(reader_count), .shape = &READER, .doc = "readers by role"},
    {.key = "pin_tries_floor", .slot = YS_SLOT_INT, .offset = AT(pin_tries_floor),
     .doc = "VERIFY is refused when fewer tries could be left (default 2)"},
    {.key = "consent", .slot = YS_SLOT_OBJECT, .offset = offsetof(struct raw, candidate),
     .shape = &CONSENT, .doc = "what a run may do that cannot be undone"},
    {.key = "card", .slot = YS_SLOT_CUSTOM, .custom = load_card, .definition = "text",
     .doc = "the file of what it states of the card where the city's card.yaml is unsure"},
    {.key = "supplies", .slot = YS_SLOT_CUSTOM, .custom = load_supplies, .definition = "map",
     .doc = "what the catalogue asks for"},
    {.key = "documents", .slot = YS_SLOT_CUSTOM, .custom = load_documents,
     .definition = "documents",
     .doc = "what the clauses want of documents: a list, or the path of a file with it"},
    {.key = "listed_clauses", .slot = YS_SLOT_IDS, .offset = AT(listed_clauses),
     .count_offset = AT(listed_clause_count), .doc = "clauses that apply where listed"},
    {.key = "defaults", .slot = YS_SLOT_MAP, .shape = &ys_shape_binding,
     .offset = offsetof(struct raw, defaults),
     .doc = "any key of a binding"},
    {.key = "bindings", .slot = YS_SLOT_MAP, .definition = "part-of-binding",
     .offset = offsetof(struct raw, bindings),
     .doc = "operations and their requests"},
};
#undef AT

const struct ys_shape ys_shape_candidate = {
    .name = "candidate",
    .doc = "A candidate bank: where its systems are and how operations become its requests",
    .size = sizeof(struct raw),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

/* A reader whose name is empty, as of a variable that names none, is not there. */
static void drop_unnamed_readers(struct ys_arena *arena, struct ys_candidate *candidate)
{
    struct ys_reader_role *named =
        ys_arena_calloc(arena, candidate->reader_count + 1, sizeof *named);
    size_t count = 0;
    for (size_t i = 0; i < candidate->reader_count; i++) {
        const struct ys_reader_role *reader = &candidate->readers[i];
        if (reader->atr || !reader->pattern || reader->pattern[0]) {
            named[count++] = *reader;
        }
    }
    candidate->readers = named;
    candidate->reader_count = count;
}

const struct ys_candidate *ys_candidate_read(struct ys_arena *arena,
                                             const struct ys_document *document,
                                             const struct ys_pack *pack, struct ys_diags *diags)
{
    struct raw *raw = ys_arena_alloc(arena, sizeof *raw);
    struct ys_loader loader = {arena, diags, document, NULL};
    raw->candidate.document = document;
    raw->candidate.pin_tries_floor = 2;
    raw->pack = pack;
    ys_shape_load(&loader, &ys_shape_candidate, document->root, raw);
    if (raw->bindings) {
        ys_bindings_load(&loader, pack, raw->defaults, raw->bindings, &raw->candidate);
    }
    drop_unnamed_readers(arena, &raw->candidate);
    ys_lint_candidate(arena, pack, &raw->candidate, diags);
    return &raw->candidate;
}

enum ys_status ys_candidate_load(struct ys_arena *arena, const char *path,
                                 const struct ys_pack *pack, struct ys_diags *diags,
                                 const struct ys_candidate **ret_candidate)
{
    struct ys_err err;
    const struct ys_document *document = NULL;
    if (ys_yaml_load(arena, path, &document, &err) != YS_OK) {
        ys_diag_add_err(diags, NULL, &err);
        return YS_ERR_INVALID;
    }
    size_t before = diags->errors;
    *ret_candidate = ys_candidate_read(arena, document, pack, diags);
    return diags->errors == before ? YS_OK : YS_ERR_INVALID;
}

const struct ys_binding *ys_candidate_binding(const struct ys_candidate *candidate,
                                              const char *operation)
{
    for (size_t i = 0; i < candidate->binding_count; i++) {
        const struct ys_binding *binding = &candidate->bindings[i];
        if (binding->operation && strcmp(binding->operation->id, operation) == 0) {
            return binding;
        }
    }
    return NULL;
}

const struct ys_reader_role *ys_candidate_reader(const struct ys_candidate *candidate,
                                                 const char *role)
{
    for (size_t i = 0; i < candidate->reader_count; i++) {
        if (strcmp(candidate->readers[i].role, role) == 0) {
            return &candidate->readers[i];
        }
    }
    return NULL;
}

const struct ys_supplied *ys_candidate_document(const struct ys_candidate *candidate,
                                                const struct ys_clause *clause,
                                                const struct ys_paper *paper)
{
    for (size_t i = 0; i < candidate->document_count; i++) {
        const struct ys_supplied *supplied = &candidate->documents[i];
        if (supplied->clause && strcmp(supplied->clause, clause->id) == 0 &&
            (supplied->paper ? strcmp(supplied->paper, paper->id) == 0
                             : clause->paper_count == 1)) {
            return supplied;
        }
    }
    return NULL;
}

enum ys_status ys_candidate_secret(const struct ys_candidate *candidate, const char *name,
                                   char **ret_secret, struct ys_err *reterr)
{
    const struct ys_secret_ref *secret = NULL;
    for (size_t i = 0; i < candidate->secret_count; i++) {
        if (strcmp(candidate->secrets[i].name, name) == 0) {
            secret = &candidate->secrets[i];
        }
    }
    if (!secret) {
        return ys_err_set(reterr, YS_ERR_SECRET, "there is no secret '%s'", name);
    }
    if (secret->env) {
        const char *value = getenv(secret->env);
        if (!value || !value[0]) {
            return ys_err_set(reterr, YS_ERR_SECRET,
                              "secret '%s': the environment variable %s is not set", name,
                              secret->env);
        }
        *ret_secret = ys_strdup(value);
        return YS_OK;
    }
    struct ys_buf buf;
    struct ys_err err;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_file_read(secret->file, &buf, &err);
    if (status != YS_OK) {
        status = ys_err_set(reterr, YS_ERR_SECRET, "secret '%s': %s", name, err.text);
    } else {
        while (buf.length && strchr("\r\n", buf.bytes[buf.length - 1])) {
            buf.bytes[--buf.length] = '\0';
        }
        *ret_secret = ys_strdup(buf.bytes);
        ys_wipe(buf.bytes, buf.length);
    }
    ys_buf_clear(&buf);
    return status;
}
