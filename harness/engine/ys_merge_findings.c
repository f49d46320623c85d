/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_merge_findings.h"

#include <stdlib.h>
#include <string.h>

#include "ys_attest.h"
#include "ys_attestations.h"
#include "ys_file.h"
#include "ys_value.h"

struct finding {
    const struct ys_value *record;
    const char *dir;
};

static int by_time(const void *a, const void *b)
{
    const struct finding *x = a;
    const struct finding *y = b;
    int order = strcmp(ys_value_word(x->record, "at"), ys_value_word(y->record, "at"));
    return order ? order : strcmp(ys_value_word(x->record, "id"), ys_value_word(y->record, "id"));
}

static bool is_known(const struct ys_value *records, const struct finding *list, size_t count,
                     const char *id)
{
    for (size_t i = 0; i < ys_value_count(records); i++) {
        if (strcmp(ys_value_word(ys_value_at(records, i), "id"), id) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(ys_value_word(list[i].record, "id"), id) == 0) {
            return true;
        }
    }
    return false;
}

/* What the copies have and the run has not. */
static enum ys_status gather(struct ys_arena *arena, const struct ys_value *present,
                             const char *const *dirs, size_t count, struct finding **ret_list,
                             size_t *ret_count, struct ys_err *reterr)
{
    struct finding *list = ys_arena_calloc(arena, YS_ATTESTATIONS_MAX + 1u, sizeof *list);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ys_value *records = NULL;
        enum ys_status status = ys_attestations_read(arena, dirs[i], &records, reterr);
        if (status != YS_OK) {
            return status;
        }
        for (size_t k = 0; k < ys_value_count(records); k++) {
            const struct ys_value *record = ys_value_at(records, k);
            if (is_known(present, list, found, ys_value_word(record, "id"))) {
                continue;
            }
            if (found + ys_value_count(present) == YS_ATTESTATIONS_MAX) {
                return ys_err_set(reterr, YS_ERR_LIMIT,
                                  "together there are more than %u findings (YS_ATTESTATIONS_MAX)",
                                  YS_ATTESTATIONS_MAX);
            }
            list[found++] = (struct finding){record, dirs[i]};
        }
    }
    qsort(list, found, sizeof *list, by_time);
    *ret_list = list;
    *ret_count = found;
    return YS_OK;
}

static enum ys_status keep_files(struct ys_arena *arena, const char *run_dir,
                                 const struct finding *finding, struct ys_err *reterr)
{
    const struct ys_value *files = ys_value_get(finding->record, "files");
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < ys_value_count(files); i++) {
        const char *sm3 = ys_value_word(ys_value_at(files, i), "sm3");
        char digest[YS_SM3_HEX_MAX];
        struct ys_buf bytes;
        ys_buf_init(&bytes, YS_FILE_BYTES_MAX);
        status = ys_file_read(ys_arena_printf(arena, "%s/attestations/%s", finding->dir, sm3),
                              &bytes, reterr);
        if (status == YS_OK) {
            status = ys_attestations_keep(run_dir, bytes.bytes, bytes.length, digest, reterr);
        }
        ys_buf_clear(&bytes);
    }
    return status;
}

/* The result with the findings, by the code that takes them in singly. */
static enum ys_status finish(struct ys_arena *arena, const char *run_dir,
                             const struct ys_pack *pack, const struct ys_clock *clock,
                             struct ys_err *reterr)
{
    struct ys_attest *attest = NULL;
    const struct ys_value *result = NULL;
    enum ys_status status = ys_attest_open(arena, run_dir, pack, clock, &attest, reterr);
    return status == YS_OK ? ys_attest_finish(attest, &result, reterr) : status;
}

enum ys_status ys_merge_findings(const char *run_dir, const char *const *dirs, size_t count,
                                 const struct ys_pack *pack, const struct ys_clock *clock,
                                 struct ys_err *reterr)
{
    struct ys_arena arena;
    struct ys_verification found;
    const struct ys_value *present = NULL;
    struct finding *list = NULL;
    size_t more = 0;
    ys_arena_init(&arena);
    enum ys_status status = ys_seal_verify(&arena, run_dir, &found, reterr);
    status = status == YS_OK ? ys_attestations_read(&arena, run_dir, &present, reterr) : status;
    status = status == YS_OK ? gather(&arena, present, dirs, count, &list, &more, reterr) : status;
    for (size_t i = 0; status == YS_OK && i < more; i++) {
        status = keep_files(&arena, run_dir, &list[i], reterr);
        if (status == YS_OK) {
            status = ys_attestations_append(run_dir, found.head, list[i].record, clock, reterr);
        }
    }
    if (status == YS_OK && more) {
        status = finish(&arena, run_dir, pack, clock, reterr);
    }
    ys_arena_clear(&arena);
    return status;
}
