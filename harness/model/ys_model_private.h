/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and helpers that the files of this room share. */
#ifndef YS_MODEL_PRIVATE_H
#define YS_MODEL_PRIVATE_H

#include "ys_pack.h"
#include "ys_shape.h"

extern const struct ys_shape ys_shape_regulation;
extern const struct ys_shape ys_shape_answers;
extern const struct ys_shape ys_shape_calendar;
extern const struct ys_shape ys_shape_catalogue;
extern const struct ys_shape ys_shape_card;
extern const struct ys_shape ys_shape_stated;
extern const struct ys_shape ys_shape_suite;
extern const struct ys_shape ys_shape_candidate;
extern const struct ys_shape ys_shape_baseline;
extern const struct ys_shape ys_shape_gate;
extern const struct ys_shape ys_shape_proof;
extern const struct ys_shape ys_shape_evaluation;
extern const struct ys_shape ys_shape_figures;

/* The kinds of steps: key and what stands under it, for the loader, lint and schema. */
struct ys_step_info {
    enum ys_step_kind kind;
    const char *key;
    const char *doc;
};
const struct ys_step_info *ys_step_table(size_t *ret_count);
/* The keys that stand beside a step's kind. */
const struct ys_slot_spec *ys_step_slots(size_t *ret_count);

/* Types of the catalogue while it is loaded: the scalar names and `types`. */
struct ys_type_table {
    const struct ys_value *definitions; /* `types`, or NULL */
    struct {
        const char *name;
        struct ys_type *type;
    } *known;
    size_t count;
    size_t capacity;
    size_t depth;
};

/* The suite as a struct, whatever its kind; nothing is checked against other documents. */
const struct ys_suite *ys_suite_load(struct ys_arena *arena, const struct ys_document *document,
                                     struct ys_diags *diags);
/* The candidate of a document, checked against the pack. */
const struct ys_candidate *ys_candidate_read(struct ys_arena *arena,
                                             const struct ys_document *document,
                                             const struct ys_pack *pack, struct ys_diags *diags);
const struct ys_regulation *ys_regulation_load(struct ys_arena *arena,
                                               const struct ys_document *document,
                                               struct ys_diags *diags);
struct ys_catalogue *ys_catalogue_load(struct ys_arena *arena, const struct ys_document *document,
                                       struct ys_diags *diags);
/* Adds card.yaml's applications to a catalogue. */
void ys_catalogue_load_card(struct ys_arena *arena, const struct ys_document *document,
                            struct ys_diags *diags, struct ys_catalogue *catalogue);

/* The applications and the dictionary of a root in the form of card.yaml. */
void ys_card_read(struct ys_loader *loader, const struct ys_value *root,
                  struct ys_catalogue *catalogue);
const struct ys_value *ys_card_dictionary(struct ys_arena *arena, const struct ys_value *root,
                                          const struct ys_catalogue *catalogue);
/* Complains of what cannot stand in a document that states facts of the card. */
void ys_stated_check(struct ys_loader *loader, const struct ys_value *root);

/* Cross-checks; see ys_lint.c, ys_lint_variables.c and ys_lint_contract.c. */
void ys_lint_pack(struct ys_arena *arena, const struct ys_pack *pack, struct ys_diags *diags);
void ys_lint_variables(struct ys_arena *arena, const struct ys_pack *pack,
                       const struct ys_suite *suite, const struct ys_case *subject,
                       struct ys_diags *diags);
void ys_lint_fragment_variables(struct ys_arena *arena, const struct ys_pack *pack,
                                const struct ys_suite *suite, const struct ys_fragment *fragment,
                                struct ys_diags *diags);
/* Operations whose replies no case holds to the catalogue, where any are held to it. */
void ys_lint_contracts(const struct ys_pack *pack, struct ys_diags *diags);
void ys_lint_candidate(struct ys_arena *arena, const struct ys_pack *pack,
                       const struct ys_candidate *candidate, struct ys_diags *diags);
/* A matcher position: `type` NULL where the catalogue does not know. */
void ys_lint_matcher(struct ys_arena *arena, const struct ys_document *document,
                     const struct ys_value *matcher, const struct ys_type *type,
                     struct ys_diags *diags);
/* Whether a literal fits a type; complains otherwise. Expressions always fit. */
void ys_lint_literal(struct ys_arena *arena, const struct ys_document *document,
                     const struct ys_value *value, const struct ys_type *type, const char *what,
                     struct ys_diags *diags);
/* Whether a string holds an expression. */
bool ys_is_template(const struct ys_value *value);

#endif
