/* SPDX-License-Identifier: Apache-2.0 */
/* Any YAML as a proof: what is taken has each case once, in order, with a digest and a defect. */
#include <string.h>

#include "fuzz.h"
#include "ys_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err;
    struct ys_diags diags;
    const struct ys_document *document = NULL;
    const struct ys_proof *proof = NULL;
    ys_arena_init(&arena);
    ys_diags_init(&diags, &arena);
    if (ys_yaml_parse(&arena, "proof.json", (const char *)data, size, &document, &err) == YS_OK &&
        ys_proof_read(&arena, document, &diags, &proof) == YS_OK) {
        require(proof->regulation && proof->tool && proof->made &&
                proof->caught <= proof->defects);
        for (size_t i = 0; i < proof->case_count; i++) {
            const struct ys_proven *one = &proof->cases[i];
            require(one->case_id && strlen(one->suite) == 64 && one->defect_count > 0);
            require(i == 0 || strcmp(proof->cases[i - 1u].case_id, one->case_id) < 0);
        }
    }
    ys_arena_clear(&arena);
    return 0;
}
