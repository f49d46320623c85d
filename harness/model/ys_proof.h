/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof that the cases of a regulation's suites can fail, as tools/prove.sh writes it: which
 * seeded defects each case catches, and what the case was then. JSON, of which YAML is a superset:
 *
 *     {"proof": "beijing-2024", "tool": "0.1.0", "made": "2026-11-24", "seeds": 20,
 *      "defects": 540, "caught": 540, "runs": 63, "false_alarms": 0,
 *      "cases": [{"case": "fees.card.no-cost", "suite": "<SM3>", "defects": ["bank card-fee"]}]}
 *
 * `suite` is the digest of ys_case_digest(): a case that is not what it was then is not proven.
 */
#ifndef YS_PROOF_H
#define YS_PROOF_H

#include "ys_diag.h"

/* A case that failed, with the candidate as the cause, for each of these defects. */
struct ys_proven {
    const char *case_id;
    const char *suite; /* SM3 in hexadecimal */
    const char *const *defects;
    size_t defect_count;
    const struct ys_value *at;
};

struct ys_proof {
    const struct ys_document *document;
    const char *regulation;
    const char *tool; /* version of the program that judged */
    const char *made; /* "YYYY-MM-DD" */
    int64_t seeds;    /* runs without defects had so many seeds, in each dialect */
    int64_t defects;
    int64_t caught;
    int64_t runs; /* without defects */
    int64_t false_alarms;
    const struct ys_proven *cases; /* by id, ascending */
    size_t case_count;
};

/* Problems go to `diags`; YS_ERR_INVALID when there is any error. */
YS_NODISCARD enum ys_status ys_proof_read(struct ys_arena *arena,
                                          const struct ys_document *document,
                                          struct ys_diags *diags,
                                          const struct ys_proof **ret_proof);
YS_NODISCARD enum ys_status ys_proof_load(struct ys_arena *arena, const char *path,
                                          struct ys_diags *diags,
                                          const struct ys_proof **ret_proof);

#endif
