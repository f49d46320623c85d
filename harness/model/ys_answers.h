/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of findings that persons collected away from the run (`yanshou attest --from`). What the
 * file says once above the list holds for every entry that does not say it.
 */
#ifndef YS_ANSWERS_H
#define YS_ANSWERS_H

#include "ys_diag.h"

/* A second person who found the same. */
struct ys_confirmation {
    const char *who; /* NULL: nobody */
    const char *role;
    const char *seen;   /* NULL: as the first */
    const char *answer; /* NULL: as the first */
    const struct ys_value *at;
};

/* One finding as a person gives it. */
struct ys_answer {
    const char *clause;
    const char *mode;     /* "D", "S", or NULL: the only one that has the question */
    const char *question; /* NULL: the only one */
    const char *branch;   /* NULL where it is asked once */
    const char *verdict;  /* "pass", "fail", "inconclusive" */
    const char *answer;   /* what was seen, in words */
    const char *who;
    const char *role; /* "inspector" where it is not given */
    const char *seen; /* the day of the look, "2026-11-24"; NULL: today */
    const char *const *files; /* paths, as they open */
    size_t file_count;
    const char *confirms; /* id of the finding of another person that this one confirms; or NULL */
    struct ys_confirmation confirmed_by;
    const struct ys_value *at; /* in the file, or NULL */
};

struct ys_answers {
    const struct ys_document *document;
    const struct ys_answer *items;
    size_t count;
};

/* What the second person of an answer says; `id` is that of the first's finding, or NULL. */
struct ys_answer ys_answer_confirming(const struct ys_answer *answer, const char *id);

/* Loads a file; paths of files stand beside it. Problems go to `diags`; YS_ERR_INVALID then. */
YS_NODISCARD enum ys_status ys_answers_load(struct ys_arena *arena, const char *path,
                                            struct ys_diags *diags,
                                            const struct ys_answers **ret_answers);

#endif
