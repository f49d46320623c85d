/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doctor tries everything a run needs and judges nothing: names, connections, TLS chains and
 * their expiry, the clock offset from the Date header, credentials, one harmless call a binding,
 * readers, ATR, PIN tries left, documents. Every problem comes in one pass with its remedy.
 */
#ifndef YS_DOCTOR_H
#define YS_DOCTOR_H

#include "ys_run.h"

enum ys_symptom_level { YS_SYMPTOM_OK, YS_SYMPTOM_WARNING, YS_SYMPTOM_PROBLEM };

struct ys_symptom {
    enum ys_symptom_level level;
    const char *subject; /* "endpoint api", "reader card", "operation branch.list" */
    const char *text;    /* what was found */
    const char *remedy;  /* what to do, "" when all is well */
};

typedef void ys_symptom_fn(void *context, const struct ys_symptom *symptom);

/* YS_OK whatever it finds; *ret_problems counts them. */
YS_NODISCARD enum ys_status ys_doctor(const struct ys_pack *pack,
                                      const struct ys_candidate *candidate,
                                      const struct ys_card_port *cards, const char *cards_error,
                                      const struct ys_clock *clock, ys_symptom_fn *tell,
                                      void *context, size_t *ret_problems,
                                      struct ys_err *reterr);

#endif
