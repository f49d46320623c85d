/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts and causes. A verdict is data about the candidate; the harness's own failure is a
 * status (ys_err.h) and reaches a verdict only as `inconclusive` with its cause.
 */
#ifndef YS_VERDICT_H
#define YS_VERDICT_H

#include <stdbool.h>

#include "ys_err.h"

/* In the order in which they combine: a result only gets worse. */
enum ys_verdict {
    YS_VERDICT_NOT_APPLICABLE,
    YS_VERDICT_PASS,
    YS_VERDICT_PENDING,      /* waits for a person or a document */
    YS_VERDICT_INCONCLUSIVE, /* tried, could not be decided */
    YS_VERDICT_FAIL
};
#define YS_VERDICT_COUNT 5

/* Who must act on a verdict that is not pass. */
enum ys_cause {
    YS_CAUSE_NONE,
    YS_CAUSE_CANDIDATE,
    YS_CAUSE_CONFIGURATION,
    YS_CAUSE_ENVIRONMENT,
    YS_CAUSE_HARNESS,
    YS_CAUSE_PERSON
};
#define YS_CAUSE_COUNT 6

enum ys_conclusion {
    YS_CONCLUSION_QUALIFIED,
    YS_CONCLUSION_UNQUALIFIED,
    YS_CONCLUSION_INCOMPLETE
};

enum ys_verdict ys_verdict_worse(enum ys_verdict a, enum ys_verdict b);
const char *ys_verdict_name(enum ys_verdict verdict);          /* "not-applicable" … */
const char *ys_cause_name(enum ys_cause cause);                /* "" for none */
/* The other way round; false, and nothing set, for NULL or a word that is none of them. */
bool ys_verdict_named(const char *name, enum ys_verdict *ret_verdict);
bool ys_cause_named(const char *name, enum ys_cause *ret_cause);
const char *ys_conclusion_name(enum ys_conclusion conclusion); /* "qualified" … */
const char *ys_conclusion_text(enum ys_conclusion conclusion, const char *lang); /* 合格 … */

#endif
