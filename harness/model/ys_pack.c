/* SPDX-License-Identifier: Apache-2.0 */
/* A regulation folder loaded as a whole. */
#include "ys_pack.h"

#include <string.h>

#include "ys_file.h"
#include "ys_model_private.h"

#define DOCUMENTS_MAX 512u

struct loading {
    struct ys_arena *arena;
    struct ys_diags *diags;
    struct ys_pack *pack;
    const struct ys_suite *suites[DOCUMENTS_MAX];
    const struct ys_document *documents[DOCUMENTS_MAX];
    struct ys_yaml_file *files; /* of the folder, read ahead */
    size_t file_count;
};

/* Documents are read at once and looked at one by one, in an order that does not depend on it. */
static void read_ahead(struct loading *loading, const char *const *folders, size_t folder_count)
{
    struct ys_arena *arena = loading->arena;
    loading->files = ys_arena_calloc(arena, DOCUMENTS_MAX, sizeof *loading->files);
    for (size_t f = 0; f < folder_count; f++) {
        const char **names = NULL;
        size_t count = 0;
        if (!ys_folder_exists(folders[f]) ||
            ys_folder_list(arena, folders[f], ".yaml", &names, &count, NULL) != YS_OK) {
            continue; /* whoever needs the folder complains */
        }
        for (size_t i = 0; i < count && loading->file_count < DOCUMENTS_MAX; i++) {
            loading->files[loading->file_count++].path = ys_path_join(arena, folders[f], names[i]);
        }
    }
    ys_yaml_load_all(arena, loading->files, loading->file_count);
}

static const struct ys_document *load(struct loading *loading, const char *path,
                                      struct ys_err *reterr)
{
    const struct ys_document *document = NULL;
    for (size_t i = 0; i < loading->file_count; i++) {
        const struct ys_yaml_file *file = &loading->files[i];
        if (strcmp(file->path, path) == 0) {
            if (file->err) {
                *reterr = *file->err;
            }
            return file->document;
        }
    }
    return ys_yaml_load(loading->arena, path, &document, reterr) == YS_OK ? document : NULL;
}

static const struct ys_document *read_document(struct loading *loading, const char *path)
{
    struct ys_err err;
    const struct ys_document *document = load(loading, path, &err);
    if (!document) {
        ys_diag_add_err(loading->diags, NULL, &err);
        return NULL;
    }
    if (loading->pack->document_count < DOCUMENTS_MAX) {
        loading->documents[loading->pack->document_count++] = document;
    }
    return document;
}

static void read_suite(struct loading *loading, const char *path)
{
    const struct ys_document *document = read_document(loading, path);
    if (document && loading->pack->suite_count < DOCUMENTS_MAX) {
        loading->suites[loading->pack->suite_count++] =
            ys_suite_load(loading->arena, document, loading->diags);
    }
}

static bool is_suite_file(const char *name)
{
    return strcmp(name, "regulation.yaml") != 0 && strcmp(name, "operations.yaml") != 0 &&
           strcmp(name, "card.yaml") != 0 && strcmp(name, "evaluation.yaml") != 0;
}

static void read_calendar(struct loading *loading, const char *folder)
{
    struct ys_err err;
    const char **names = NULL;
    size_t count = 0;
    size_t first = loading->pack->document_count;
    if (ys_folder_exists(folder) &&
        ys_folder_list(loading->arena, folder, ".yaml", &names, &count, &err) != YS_OK) {
        ys_diag_add_err(loading->diags, NULL, &err);
    }
    for (size_t i = 0; i < count; i++) {
        read_document(loading, ys_path_join(loading->arena, folder, names[i]));
    }
    loading->pack->calendar =
        ys_calendar_load(loading->arena, folder, loading->documents + first,
                         loading->pack->document_count - first, loading->diags);
}

static void read_folder(struct loading *loading, const char *folder)
{
    struct ys_err err;
    const char **names = NULL;
    size_t count = 0;
    const char *calendar = ys_path_join(loading->arena, folder, "calendar");
    const char *const folders[] = {folder, calendar};
    read_ahead(loading, folders, 2);
    const struct ys_document *document =
        read_document(loading, ys_path_join(loading->arena, folder, "regulation.yaml"));
    if (document) {
        loading->pack->regulation =
            ys_regulation_load(loading->arena, document, loading->diags);
    }
    document = read_document(loading, ys_path_join(loading->arena, folder, "operations.yaml"));
    struct ys_catalogue *catalogue =
        document ? ys_catalogue_load(loading->arena, document, loading->diags) : NULL;
    const char *card = ys_path_join(loading->arena, folder, "card.yaml");
    if (catalogue && ys_file_exists(card)) {
        document = read_document(loading, card);
        if (document) {
            ys_catalogue_load_card(loading->arena, document, loading->diags, catalogue);
        }
    }
    loading->pack->catalogue = catalogue;
    const char *evaluation = ys_path_join(loading->arena, folder, "evaluation.yaml");
    document = ys_file_exists(evaluation) ? read_document(loading, evaluation) : NULL;
    if (document) {
        loading->pack->evaluation = ys_evaluation_load(
            loading->arena, document, loading->pack->regulation, loading->diags);
    }
    read_calendar(loading, calendar);
    if (ys_folder_list(loading->arena, folder, ".yaml", &names, &count, &err) != YS_OK) {
        ys_diag_add_err(loading->diags, NULL, &err);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_suite_file(names[i])) {
            read_suite(loading, ys_path_join(loading->arena, folder, names[i]));
        }
    }
}

enum ys_status ys_pack_load(struct ys_arena *arena, const char *folder,
                            const char *const *extra_suites, size_t extra_count,
                            struct ys_diags *diags, const struct ys_pack **ret_pack)
{
    size_t before = diags->errors;
    struct ys_pack *pack = ys_arena_alloc(arena, sizeof *pack);
    struct loading *loading = ys_arena_alloc(arena, sizeof *loading);
    loading->arena = arena;
    loading->diags = diags;
    loading->pack = pack;
    pack->folder = folder;
    read_folder(loading, folder);
    for (size_t i = 0; i < extra_count; i++) {
        read_suite(loading, extra_suites[i]);
    }
    pack->suites = loading->suites;
    pack->documents = loading->documents;
    if (pack->regulation && pack->catalogue) {
        ys_lint_pack(arena, pack, diags);
        ys_lint_contracts(pack, diags);
        *ret_pack = pack;
    }
    return diags->errors == before ? YS_OK : YS_ERR_INVALID;
}

static const struct ys_fragment *find_fragment(const struct ys_suite *suite, const char *id)
{
    for (size_t i = 0; i < suite->fragment_count; i++) {
        if (strcmp(suite->fragments[i].id, id) == 0) {
            return &suite->fragments[i];
        }
    }
    return NULL;
}

const struct ys_fragment *ys_pack_fragment(const struct ys_pack *pack, const struct ys_suite *suite,
                                           const char *id)
{
    const struct ys_fragment *fragment = suite ? find_fragment(suite, id) : NULL;
    for (size_t i = 0; !fragment && i < pack->suite_count; i++) {
        /* Files without a suite of their own share their fragments with all. */
        if (!pack->suites[i]->id) {
            fragment = find_fragment(pack->suites[i], id);
        }
    }
    return fragment;
}

const struct ys_case *ys_pack_case(const struct ys_pack *pack, const char *id)
{
    for (size_t s = 0; s < pack->suite_count; s++) {
        for (size_t c = 0; c < pack->suites[s]->case_count; c++) {
            const struct ys_case *subject = &pack->suites[s]->cases[c];
            if (subject->id && strcmp(subject->id, id) == 0) {
                return subject;
            }
        }
    }
    return NULL;
}

#define CALLS_MAX 1024u

struct calls {
    const struct ys_pack *pack;
    const struct ys_suite *suite;
    const char *ids[CALLS_MAX];
    size_t count;
    const struct ys_fragment *fragments[CALLS_MAX];
    size_t fragment_count;
    bool cards;
    size_t depth;
};

static void calls_of_fragment(struct calls *calls, const char *id);

static void calls_of(struct calls *calls, const struct ys_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].kind == YS_STEP_USE && steps[i].target) {
            calls_of_fragment(calls, steps[i].target);
        } else if ((steps[i].kind == YS_STEP_CALL || steps[i].kind == YS_STEP_LOAD ||
                    steps[i].kind == YS_STEP_CONTRACT) &&
                   steps[i].target) {
            size_t k = 0;
            while (k < calls->count && strcmp(calls->ids[k], steps[i].target) != 0) {
                k++;
            }
            if (k == calls->count && k < CALLS_MAX) {
                calls->ids[calls->count++] = steps[i].target;
            }
        }
        calls->cards = calls->cards || steps[i].kind == YS_STEP_CARD;
        calls_of(calls, steps[i].steps, steps[i].step_count);
    }
}

static void note_fragment(struct calls *calls, const struct ys_fragment *fragment)
{
    for (size_t i = 0; i < calls->fragment_count; i++) {
        if (calls->fragments[i] == fragment) {
            return;
        }
    }
    if (calls->fragment_count < CALLS_MAX) {
        calls->fragments[calls->fragment_count++] = fragment;
    }
}

static void calls_of_fragment(struct calls *calls, const char *id)
{
    const struct ys_fragment *fragment = ys_pack_fragment(calls->pack, calls->suite, id);
    if (!fragment || ++calls->depth > YS_STEP_DEPTH_MAX) {
        return;
    }
    note_fragment(calls, fragment);
    for (size_t i = 0; i < fragment->use_count; i++) {
        calls_of_fragment(calls, fragment->uses[i]);
    }
    calls_of(calls, fragment->steps, fragment->step_count);
    calls_of(calls, fragment->finally, fragment->finally_count);
    calls->depth--;
}

static void calls_of_case(struct calls *calls, const struct ys_pack *pack,
                          const struct ys_case *subject)
{
    calls->pack = pack;
    calls->suite = subject->suite;
    calls->count = 0;
    calls->fragment_count = 0;
    calls->cards = false;
    calls->depth = 0;
    for (size_t i = 0; i < subject->use_count; i++) {
        calls_of_fragment(calls, subject->uses[i]);
    }
    calls_of(calls, subject->given, subject->given_count);
    calls_of(calls, subject->steps, subject->step_count);
    calls_of(calls, subject->finally, subject->finally_count);
}

/* As many as there are: cases are many, and each has few. */
static void *keep(struct ys_arena *arena, const void *items, size_t count, size_t size)
{
    void *kept = ys_arena_calloc(arena, count, size);
    if (count > 0) {
        memcpy(kept, items, count * size);
    }
    return kept;
}

enum ys_status ys_case_operations(struct ys_arena *arena, const struct ys_pack *pack,
                                  const struct ys_case *subject, const char ***ret_ids,
                                  size_t *ret_count)
{
    struct calls calls;
    calls_of_case(&calls, pack, subject);
    *ret_ids = keep(arena, calls.ids, calls.count, sizeof *calls.ids);
    *ret_count = calls.count;
    return YS_OK;
}

void ys_case_parts(struct ys_arena *arena, const struct ys_pack *pack,
                   const struct ys_case *subject, struct ys_case_parts *ret_parts)
{
    struct calls calls;
    calls_of_case(&calls, pack, subject);
    *ret_parts = (struct ys_case_parts){
        keep(arena, calls.fragments, calls.fragment_count, sizeof(struct ys_fragment *)),
        calls.fragment_count, calls.cards};
}
