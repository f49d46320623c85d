/* SPDX-License-Identifier: Apache-2.0 */
/* Any YAML as a suite: complaints, never a fault. */
#include <string.h>

#include "fuzz.h"
#include "ys_model_private.h"
#include "ys_pack.h"
#include "ys_yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err;
    struct ys_diags diags;
    const struct ys_document *document = NULL;
    ys_arena_init(&arena);
    ys_diags_init(&diags, &arena);
    if (ys_yaml_parse(&arena, "suite.yaml", (const char *)data, size, &document, &err) == YS_OK) {
        static const struct ys_clause clause = {.id = "1.1"};
        const struct ys_regulation regulation = {.clauses = &clause, .clause_count = 1};
        struct ys_catalogue *catalogue = ys_catalogue_load(&arena, document, &diags);
        const struct ys_suite *suite = ys_suite_load(&arena, document, &diags);
        const struct ys_pack pack = {
            .regulation = &regulation, .catalogue = catalogue, .suites = &suite, .suite_count = 1};
        ys_catalogue_load_card(&arena, document, &diags, catalogue);
        ys_regulation_load(&arena, document, &diags);
        ys_lint_pack(&arena, &pack, &diags);
        struct ys_buf buf;
        ys_buf_init(&buf, 8u << 20);
        for (size_t i = 0; i < diags.count; i++) {
            require(ys_diag_format(&diags.items[i], &buf) == YS_OK);
        }
        ys_buf_clear(&buf);
    }
    ys_arena_clear(&arena);
    return 0;
}
