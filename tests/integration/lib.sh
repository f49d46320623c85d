# SPDX-License-Identifier: Apache-2.0
# Helpers of the integration cases.

# The candidate file without its readers, for cases that need no card.
candidate_without_readers() {
    sed -e '/^readers:/,/^pin_tries_floor/{/^pin_tries_floor/!d}' \
        -e "s|testcard-\([a-z-]*\).txt|$stage_root/fixtures/candidates/testcard-\1.txt|" \
        fixtures/candidates/refbank.yaml >"$work/candidate.yaml"
}

# Verdict and cause of a case in a run directory: "fail candidate".
verdict_of() {
    jq -r --arg id "$2" '.cases[] | select(.id == $id) | "\(.verdict) \(.cause)"' "$1/result.json"
}

# clause_verdict RUNDIR ID
clause_verdict() {
    jq -r --arg id "$2" '.clauses[] | select(.id == $id) | .verdict' "$1/result.json"
}
