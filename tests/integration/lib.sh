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

# A signer: root.pem, and key.pem with cert.pem, which holds the root too, in $work.
signer_make() {
    {
        openssl genpkey -algorithm SM2 -out "$work/root.key"
        openssl req -x509 -new -key "$work/root.key" -sm3 -sigopt distid:1234567812345678 -subj /CN=test-root \
            -days 30 -out "$work/root.pem"
        openssl genpkey -algorithm SM2 -out "$work/key.pem"
        openssl req -new -key "$work/key.pem" -sm3 -sigopt distid:1234567812345678 -subj "/CN=inspector one" |
            openssl x509 -req -CA "$work/root.pem" -CAkey "$work/root.key" -CAcreateserial -days 30 -sm3 \
                -sigopt distid:1234567812345678 -vfyopt distid:1234567812345678 -out "$work/cert.pem"
        cat "$work/root.pem" >>"$work/cert.pem"
    } >/dev/null 2>&1
}

# Waits, at most a minute, until the record of a run has N lines with a text. For what must happen in
# mid-run: how fast a run comes that far is the machine's affair.
wait_records() {
    left=1200
    while [ "$(grep -s -- "$3" "$1/evidence.jsonl" | wc -l)" -lt "$2" ] && [ "$left" -gt 0 ]; do
        left=$((left - 1))
        sleep 0.05
    done
}
