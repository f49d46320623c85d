/* SPDX-License-Identifier: Apache-2.0 */
/* Any YAML as a candidate file of a small catalogue: complaints, never a fault. */
#include <string.h>

#include "fuzz.h"
#include "ys_model_private.h"
#include "ys_pack.h"
#include "ys_yaml.h"

static const char catalogue_text[] =
    "catalogue: small\n"
    "types:\n"
    "  result: {enum: [accepted, refused]}\n"
    "  entry: {object: {id: {type: string, required: true}, amount: {type: money, required: "
    "true}}}\n"
    "supplies:\n"
    "  testcard: {type: {object: {number: {type: string, required: true}, pin: secret}}}\n"
    "operations:\n"
    "  - id: atm.withdraw\n"
    "    title: {zh: 取现, en: Withdraw}\n"
    "    meaning: {zh: 取现, en: Withdraw}\n"
    "    inputs: {account: {type: string, required: true}, amount: {type: money, required: true},\n"
    "             network: {type: {enum: [own-bank, other-bank]}}, day: date}\n"
    "    outputs: {outcome: result, reason: string, fee: {type: money, required: true},\n"
    "              entries: {type: {list: entry}}}\n";

static const char card_text[] =
    "unsure: [factors, usages_2]\n"
    "factors: {f2: \"3131303030307378\"}\n"
    "usages_2: {\"67\": \"66\"}\n"
    "applications:\n"
    "  - name: df01\n"
    "    aid: D15600000500\n"
    "    unsure: [keys, length]\n"
    "    keys: {read: {usage: \"67\", number: 2E, index: \"88\"}}\n"
    "    files:\n"
    "      - {name: EF05, items: [{name: a, record: 1, tag: \"20\", length: 2, encoding: ascii}]}\n"
    "      - {name: EF07, length: 85, items: []}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err;
    struct ys_diags diags;
    const struct ys_document *document = NULL;
    const struct ys_document *operations = NULL;
    const struct ys_document *card = NULL;
    const struct ys_pack *stated = NULL;
    ys_arena_init(&arena);
    ys_diags_init(&diags, &arena);
    require(ys_yaml_parse(&arena, "operations.yaml", catalogue_text, strlen(catalogue_text),
                          &operations, &err) == YS_OK);
    require(ys_yaml_parse(&arena, "card.yaml", card_text, strlen(card_text), &card, &err) == YS_OK);
    struct ys_catalogue *catalogue = ys_catalogue_load(&arena, operations, &diags);
    ys_catalogue_load_card(&arena, card, &diags, catalogue);
    struct ys_pack pack = {.catalogue = catalogue, .documents = &card, .document_count = 1};
    require(diags.errors == 0);
    if (ys_yaml_parse(&arena, "candidate.yaml", (const char *)data, size, &document, &err) ==
        YS_OK) {
        struct ys_buf buf;
        ys_candidate_read(&arena, document, &pack, &diags);
        /* The same bytes as what the candidate states of the card. */
        if (ys_pack_state(&arena, &pack, document, &diags, &stated) == YS_OK) {
            require(stated->catalogue->application_count == 1 &&
                    stated->catalogue->applications[0].file_count == 2 &&
                    stated->catalogue->applications[0].files[0].item_count == 1 &&
                    stated->catalogue->applications[0].files[0].items[0].tag == 0x20);
        }
        ys_buf_init(&buf, 8u << 20);
        for (size_t i = 0; i < diags.count; i++) {
            require(ys_diag_format(&diags.items[i], &buf) == YS_OK);
        }
        ys_buf_clear(&buf);
    }
    ys_arena_clear(&arena);
    return 0;
}
