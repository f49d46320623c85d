/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A regulation folder (suites/beijing-2024): regulation.yaml, operations.yaml, card.yaml,
 * evaluation.yaml, and one file a suite or fragments; loaded, cross-checked and linted as a whole.
 */
#ifndef YS_PACK_H
#define YS_PACK_H

#include "ys_calendar.h"
#include "ys_candidate.h"
#include "ys_catalogue.h"
#include "ys_evaluation.h"
#include "ys_regulation.h"
#include "ys_suite.h"

struct ys_pack {
    const char *folder;
    const struct ys_regulation *regulation;
    const struct ys_catalogue *catalogue;
    const struct ys_suite *const *suites;
    size_t suite_count;
    const struct ys_document *const *documents; /* every file read, for the manifest */
    size_t document_count;
    const struct ys_calendar *calendar; /* never NULL; may have no year */
    const struct ys_evaluation *evaluation; /* NULL where the folder has no evaluation.yaml */
    /* What a candidate states of the card otherwise than card.yaml, where that is unsure: {file,
     * sm3, says, facts: [{application, what, city, stated}]}, where `says` is the text of the file;
     * NULL where it states nothing. */
    const struct ys_value *stated;
};

/* Loads a folder. `extra_suites` (may be NULL) are further suite files judged against the same
 * regulation. Problems go to `diags`; YS_ERR_INVALID when there is any error. A pack is returned
 * in that case too, as far as it could be loaded: `check` then looks at the candidate. */
YS_NODISCARD enum ys_status ys_pack_load(struct ys_arena *arena, const char *folder,
                                         const char *const *extra_suites, size_t extra_count,
                                         struct ys_diags *diags, const struct ys_pack **ret_pack);
/* Loads one candidate file against a pack's catalogue. YS_ERR_INVALID when there is an error. */
YS_NODISCARD enum ys_status ys_candidate_load(struct ys_arena *arena, const char *path,
                                              const struct ys_pack *pack, struct ys_diags *diags,
                                              const struct ys_candidate **ret_candidate);

/* The pack as it is where a candidate states facts of the card: each value that `document` gives
 * stands in the place of that of card.yaml. Only what card.yaml marks as unsure can be stated;
 * all else is a problem for `diags`, and YS_ERR_INVALID. *ret_pack shares all else with `pack`. */
YS_NODISCARD enum ys_status ys_pack_state(struct ys_arena *arena, const struct ys_pack *pack,
                                          const struct ys_document *document,
                                          struct ys_diags *diags, const struct ys_pack **ret_pack);

const struct ys_fragment *ys_pack_fragment(const struct ys_pack *pack,
                                           const struct ys_suite *suite, const char *id);
const struct ys_case *ys_pack_case(const struct ys_pack *pack, const char *id);
/* What a case is made of, fragments of fragments included, each once. Arena-owned. */
struct ys_case_parts {
    const struct ys_fragment **fragments;
    size_t fragment_count;
    bool cards; /* some step talks to a card */
};
void ys_case_parts(struct ys_arena *arena, const struct ys_pack *pack,
                   const struct ys_case *subject, struct ys_case_parts *ret_parts);
/* Whether a case may stand on a fact of the card that the candidate states (`stated`): it talks to
 * a card, and selects the application or names its part of the dictionary. A fact above the
 * applications bears on every card. */
bool ys_case_uses_stated(const struct ys_pack *pack, const struct ys_case *subject);
/* Digests (SM3, hexadecimal) of what decides a case: `suite` of its text, its fragments, the
 * operations it calls and the card's files; `bindings` of the candidate's bindings of those
 * operations and of what every request shares ("" where a record is judged without a candidate
 * file). Equal digests: the same case, asked the same way. */
struct ys_case_digests {
    char suite[65];
    char bindings[65];
};
void ys_case_digest(struct ys_arena *arena, const struct ys_pack *pack,
                    const struct ys_candidate *candidate, const struct ys_case *subject,
                    struct ys_case_digests *ret_digests);
/* Operations that a case calls, fragments included, each once. Arena-owned. */
YS_NODISCARD enum ys_status ys_case_operations(struct ys_arena *arena, const struct ys_pack *pack,
                                               const struct ys_case *subject,
                                               const char ***ret_ids, size_t *ret_count);

/* JSON Schema (2020-12) made from the same tables that load: "suite", "candidate", "regulation",
 * "operations", "card", "facts". */
YS_NODISCARD enum ys_status ys_schema_write(const char *document_kind, struct ys_buf *buf);

#endif
