/* SPDX-License-Identifier: Apache-2.0 */
/* Any YAML as a baseline: what can be read can be edited or is refused; what is edited reads as
 * it was meant (the edit itself compares), and what was added can be removed again. */

#include "fuzz.h"
#include "ys_baseline.h"

static void edit(struct ys_arena *arena, const struct ys_baseline *baseline)
{
    static const struct ys_known one = {.case_id = "a.case",
                                        .clause = "1.1",
                                        .reason = "- \"#\": \n",
                                        .owner = "[",
                                        .opened = "2026-01-02",
                                        .expires = "2026-01-03",
                                        .fingerprint = "f0123456789abcdef"};
    struct ys_err err;
    struct ys_buf buf;
    bool *marked = ys_arena_calloc(arena, baseline->known_count + 1, sizeof *marked);
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    if (ys_baseline_add(arena, baseline, &one, 1, 0, &buf, &err) == YS_OK) {
        struct ys_diags diags;
        const struct ys_document *document = NULL;
        const struct ys_baseline *grown = NULL;
        struct ys_buf back;
        ys_diags_init(&diags, arena);
        ys_buf_init(&back, YS_FILE_BYTES_MAX);
        require(ys_yaml_parse(arena, "b", buf.bytes, buf.length, &document, &err) == YS_OK);
        require(ys_baseline_read(arena, document, &diags, &grown) == YS_OK);
        marked[baseline->known_count] = true;
        require(ys_baseline_remove(arena, grown, marked, &back, &err) == YS_OK);
        ys_buf_clear(&back);
    }
    ys_buf_clear(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err;
    struct ys_diags diags;
    const struct ys_document *document = NULL;
    const struct ys_baseline *baseline = NULL;
    ys_arena_init(&arena);
    ys_diags_init(&diags, &arena);
    if (ys_yaml_parse(&arena, "known.yaml", (const char *)data, size, &document, &err) == YS_OK &&
        ys_baseline_read(&arena, document, &diags, &baseline) == YS_OK) {
        edit(&arena, baseline);
    }
    ys_arena_clear(&arena);
    return 0;
}
