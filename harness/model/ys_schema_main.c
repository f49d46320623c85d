/* SPDX-License-Identifier: Apache-2.0 */
/* ys-schema FOLDER: writes the JSON Schemas of suites and candidates from the loading tables. */
#include <stdio.h>

#include "ys_file.h"
#include "ys_pack.h"

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"suite", "candidate", "regulation", "calendar",
                                        "operations", "card", "facts", "baseline", "gate",
                                        "attestations", "evaluation", "figures", "proof"};
    if (argc != 2) {
        fprintf(stderr, "usage: ys-schema FOLDER\n");
        return 2;
    }
    struct ys_arena arena;
    ys_arena_init(&arena);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct ys_err err = {.text = "the schema could not be made"};
        struct ys_buf buf;
        ys_buf_init(&buf, YS_FILE_BYTES_MAX);
        const char *path = ys_arena_printf(&arena, "%s/%s.schema.json", argv[1], kinds[i]);
        enum ys_status status = ys_schema_write(kinds[i], &buf);
        if (status == YS_OK) {
            status = ys_file_write(path, buf.bytes, buf.length, &err);
        }
        ys_buf_clear(&buf);
        if (status != YS_OK) {
            fprintf(stderr, "ys-schema: %s: %s\n", path, err.text);
            return 4;
        }
    }
    ys_arena_clear(&arena);
    return 0;
}
