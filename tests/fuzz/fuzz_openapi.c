/* SPDX-License-Identifier: Apache-2.0 */
/* Any YAML as a bank's OpenAPI document: the candidate file drafted from it is always valid. */
#include <string.h>

#include "fuzz.h"
#include "ys_draft.h"
#include "ys_model_private.h"
#include "ys_yaml.h"

static const char catalogue_text[] =
    "catalogue: small\n"
    "types:\n"
    "  result: {enum: [accepted, refused]}\n"
    "  entry: {object: {id: {type: string, required: true}, amount: {type: money, required: "
    "true}}}\n"
    "operations:\n"
    "  - id: card.list\n"
    "    title: {zh: 卡, en: Cards}\n"
    "    meaning: {zh: 卡, en: Cards}\n"
    "    inputs: {account: {type: string, required: true}, day: date}\n"
    "    outputs: {outcome: result, entries: {type: {list: entry}, required: true}}\n"
    "  - id: card.status\n"
    "    title: {zh: 卡, en: Card}\n"
    "    meaning: {zh: 卡, en: Card}\n"
    "    inputs: {card: {type: string, required: true}}\n"
    "    outputs: {outcome: result, state: {type: {enum: [active, lost]}, required: true},\n"
    "              balance: money, holder: {type: {object: {name: string}}}}\n";

static void draft(struct ys_arena *arena, const struct ys_pack *pack,
                  const struct ys_openapi *openapi)
{
    const struct ys_draft answers = {.id = "b",
                                     .url = "https://127.0.0.1:1",
                                     .auth = openapi->auth,
                                     .token_path = openapi->token_url ? openapi->token_url : "/t",
                                     .scope = openapi->scope,
                                     .client_id = "c",
                                     .secret_env = "S",
                                     .openapi = openapi};
    const struct ys_value *left = NULL;
    const struct ys_document *document = NULL;
    struct ys_diags diags;
    struct ys_buf text;
    struct ys_err err;
    ys_buf_init(&text, 8u << 20);
    ys_diags_init(&diags, arena);
    if (ys_draft_write(arena, pack, &answers, &text, &left) == YS_OK) {
        require(ys_yaml_parse(arena, "bank.yaml", text.bytes, text.length, &document, &err) ==
                YS_OK);
        ys_candidate_read(arena, document, pack, &diags);
        require(diags.errors == 0);
    }
    ys_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err;
    struct ys_diags diags;
    const struct ys_document *document = NULL;
    const struct ys_document *operations = NULL;
    const struct ys_openapi *openapi = NULL;
    ys_arena_init(&arena);
    ys_diags_init(&diags, &arena);
    require(ys_yaml_parse(&arena, "operations.yaml", catalogue_text, strlen(catalogue_text),
                          &operations, &err) == YS_OK);
    const struct ys_regulation regulation = {.id = "small"};
    struct ys_pack pack = {.catalogue = ys_catalogue_load(&arena, operations, &diags),
                           .regulation = &regulation};
    require(diags.errors == 0);
    if (ys_yaml_parse(&arena, "openapi.yaml", (const char *)data, size, &document, &err) == YS_OK &&
        ys_openapi_read(&arena, document->root, &openapi, &err) == YS_OK) {
        draft(&arena, &pack, openapi);
    }
    ys_arena_clear(&arena);
    return 0;
}
