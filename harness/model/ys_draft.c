/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_draft.h"

#include <string.h>

#include "ys_json.h"
#include "ys_model_private.h"
#include "ys_yaml.h"

struct writer {
    struct ys_arena *arena;
    const struct ys_pack *pack;
    const struct ys_draft *draft;
    struct ys_buf *text;
    enum ys_status status; /* of the first write that failed */
};

static void put(struct writer *writer, const char *text)
{
    if (writer->status == YS_OK) {
        writer->status = ys_buf_append_text(writer->text, text);
    }
}

/* A text as a YAML scalar: JSON's strings are among them. */
static const char *quoted(struct writer *writer, const char *text)
{
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_json_write(ys_value_string(writer->arena, text), &buf);
    const char *copy = status == YS_OK ? ys_arena_strdup(writer->arena, buf.bytes) : "\"\"";
    ys_buf_clear(&buf);
    return copy;
}

static void put_text(struct writer *writer, const char *before, const char *text, const char *after)
{
    put(writer, before);
    put(writer, quoted(writer, text));
    put(writer, after);
}

/* Each line of a text behind "# ", with two blanks before it. */
static void put_comment(struct writer *writer, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        put(writer, ys_arena_printf(writer->arena, "  # %.*s\n", (int)length, text));
        text += length + (text[length] == '\n');
    }
}

/* "https://bank.example:8443/api" has the host "bank.example". */
static const char *host_of(struct ys_arena *arena, const char *url)
{
    const char *begin = strstr(url, "://");
    begin = begin ? begin + 3 : url;
    size_t length = *begin == '[' ? strcspn(begin, "]") + 1 : strcspn(begin, ":/?#");
    return ys_arena_strndup(arena, begin, length < strlen(begin) ? length : strlen(begin));
}

static void put_who(struct writer *writer)
{
    const struct ys_draft *draft = writer->draft;
    put(writer, "# A first candidate file by 'yanshou init'. What is left to do is marked TODO.\n"
                "# yanshou check -c FILE     is it valid, and what stays undecided?\n"
                "# yanshou doctor -c FILE    can everything in it be reached?\n"
                "# yanshou try OPERATION -c FILE    one operation by hand\n");
    put_text(writer, "candidate: ", draft->id, "\n");
    put_text(writer, "name: ", draft->name ? draft->name : draft->id, "\n");
    put(writer, "# TODO the company that applies, as its business licence has it:\n"
                "# legal_entity: {name: …, code: …, contact: …}\n");
    put_text(writer, "regulation: ", writer->pack->regulation->id, "\nenvironment: test\n");
    if (draft->applied) {
        put_text(writer, "dates: {applied: ", draft->applied, "");
        if (draft->approved) {
            put_text(writer, ", approved: ", draft->approved, "");
        }
        put(writer, "}\n");
    } else {
        put(writer, "# TODO the statutory terms run from these days:\n"
                    "# dates: {applied: YYYY-MM-DD, approved: YYYY-MM-DD}\n");
    }
}

static void put_systems(struct writer *writer)
{
    const struct ys_draft *draft = writer->draft;
    put_text(writer, "endpoints:\n  api: {url: ", draft->url, "");
    if (draft->ca) {
        put_text(writer, ", ca: ", draft->ca, "");
    }
    put_text(writer, "}\nallowed_hosts: [", host_of(writer->arena, draft->url), "]\n");
    put(writer, "budget: {requests_per_second: 20, objects: 1000}\n");
    if (strcmp(draft->auth, "none") == 0) {
        put(writer,
            "# TODO when the bank wants credentials or signatures: secrets, auth, signing\n");
        return;
    }
    put_text(writer, "secrets:\n  client: {env: ", draft->secret_env, "}\n");
    if (strcmp(draft->auth, "bearer") == 0) {
        put(writer, "auth: {bearer: {secret: client}}\n");
        return;
    }
    if (strcmp(draft->auth, "basic") == 0) {
        put_text(writer, "auth: {basic: {user: ", draft->client_id, ", secret: client}}\n");
        return;
    }
    put_text(writer, "auth:\n  oauth2: {endpoint: api, token: ", draft->token_path, "");
    put_text(writer, ", client_id: ", draft->client_id, ", secret: client");
    if (draft->scope) {
        put_text(writer, ", scope: ", draft->scope, "");
    }
    put(writer, "}\n");
}

static void put_test_means(struct writer *writer)
{
    const struct ys_catalogue *catalogue = writer->pack->catalogue;
    put(writer, "# TODO readers by role, as 'yanshou readers' names them; cases with cards wait for"
                " them:\n"
                "# readers:\n#   card: {name: \"*\"}\n#   psam: {name: \"*\"}\n"
                "pin_tries_floor: 2\nconsent: {destructive: false}\n"
                "# TODO supplies, what the bank hands over for the tests:\n# supplies:\n");
    for (size_t i = 0; i < catalogue->supply_count; i++) {
        const struct ys_field *supply = &catalogue->supplies[i];
        const char *text = ys_text_in(&supply->text, "en");
        put(writer,
            ys_arena_printf(writer->arena, "#   %s: …   # %s\n", supply->name, text ? text : ""));
    }
    put(writer,
        "# TODO documents that the clauses want: see docs/candidate-file.md\n"
        "defaults:\n"
        "  endpoint: api\n"
        "  reply: json\n"
        "  # TODO is this how the bank says yes and no? 404 is left out: a wrong path is no "
        "refusal.\n"
        "  outcome: {from: status, map: {\"200\": accepted, \"201\": accepted, \"204\": accepted,"
        " \"403\": refused, \"409\": refused, \"422\": refused}}\n"
        "  # TODO where the bank's own code of a refusal stands:\n"
        "  # reason: $.code\n");
}

/* Whether a candidate with this binding alone is valid: a guess never makes a file that is not. */
static bool is_valid(struct writer *writer, const char *head, const struct ys_operation *operation,
                     const char *text)
{
    const struct ys_document *document = NULL;
    struct ys_diags diags;
    struct ys_err err;
    const char *whole =
        ys_arena_printf(writer->arena, "%sbindings:\n  %s:\n%s", head, operation->id, text);
    ys_diags_init(&diags, writer->arena);
    return ys_yaml_parse(writer->arena, "draft", whole, strlen(whole), &document, &err) == YS_OK &&
           ys_candidate_read(writer->arena, document, writer->pack, &diags) != NULL &&
           diags.errors == 0;
}

static void put_operation(struct writer *writer, const char *head,
                          const struct ys_operation *operation, struct ys_value *left)
{
    struct ys_arena *arena = writer->arena;
    struct ys_draft_binding binding = {.lack = "not bound yet"};
    if (writer->draft->openapi) {
        binding = ys_draft_bind(arena, writer->draft->openapi, operation);
    }
    if (binding.text && !binding.lack && !is_valid(writer, head, operation, binding.text)) {
        binding.lack = "it is not valid yet; 'yanshou check' says why";
    }
    const char *title = ys_text_in(&operation->title, "en");
    if (binding.text && !binding.lack) {
        put(writer, ys_arena_printf(arena, "  %s: # %s\n%s", operation->id, title, binding.text));
        return;
    }
    struct ys_value *row = ys_value_map(arena);
    ys_value_set_text(arena, row, "operation", operation->id);
    ys_value_set_text(arena, row, "reason", binding.lack);
    ys_value_append(arena, left, row);
    put_comment(writer,
                ys_arena_printf(arena, "TODO %s: %s (%s)", operation->id, binding.lack, title));
    if (binding.text) {
        put_comment(writer, ys_arena_printf(arena, "%s:\n%s", operation->id, binding.text));
    }
}

enum ys_status ys_draft_write(struct ys_arena *arena, const struct ys_pack *pack,
                              const struct ys_draft *draft, struct ys_buf *text,
                              const struct ys_value **ret_left)
{
    struct writer writer = {.arena = arena, .pack = pack, .draft = draft, .text = text};
    struct ys_value *left = ys_value_list(arena);
    put_who(&writer);
    put_systems(&writer);
    put_test_means(&writer);
    const char *head = ys_arena_strdup(arena, text->bytes);
    bool any = false;
    size_t begin = text->length;
    put(&writer, "bindings:\n");
    for (size_t i = 0; i < pack->catalogue->operation_count; i++) {
        put_operation(&writer, head, &pack->catalogue->operations[i], left);
    }
    any = ys_value_count(left) < pack->catalogue->operation_count;
    if (!any && writer.status == YS_OK) {
        /* A key without a value would be no map. */
        const char *bindings = ys_arena_strdup(arena, text->bytes + begin + strlen("bindings:\n"));
        ys_buf_reset(text);
        put(&writer, head);
        put(&writer, "bindings: {} # instead of {}: by operation, as below\n");
        put(&writer, bindings);
    }
    if (writer.status == YS_OK) {
        *ret_left = left;
    }
    return writer.status;
}
