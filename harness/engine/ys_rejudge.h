/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging the record of a run again, without the bank: the steps of the suites run over what was
 * observed then. On the suites of the run nothing may differ; on others, what differs is listed.
 */
#ifndef YS_REJUDGE_H
#define YS_REJUDGE_H

#include "ys_pack.h"
#include "ys_verdict.h"

struct ys_rejudgement {
    const struct ys_value *result;      /* as result.json */
    const struct ys_value *differences; /* list of {what, id, was, is}; see docs */
    const struct ys_value *changed;     /* list of the suites' files that the run did not use */
    const struct ys_value *asked;       /* what persons are asked, see ys_attest.h */
    const struct ys_value *branches;    /* ids of all branches that may be looked at */
    enum ys_conclusion conclusion;
    size_t taken; /* checks about hidden values whose verdicts were taken over */
};

/* The run directory must verify. Arena-owned. YS_ERR_EVIDENCE_STATE when its record was written
 * by a version that did not record what judging needs, or has no result. */
YS_NODISCARD enum ys_status ys_rejudge(struct ys_arena *arena, const char *run_dir,
                                       const struct ys_pack *pack,
                                       struct ys_rejudgement *ret_rejudgement,
                                       struct ys_err *reterr);

#endif
