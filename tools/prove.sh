#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that the checks can fail, and that they do not fail for nothing.
#
#   sh tools/prove.sh [--short] [OUT]
#
# Runs the suites once for each seeded defect of the reference bank, of its documents and of the
# virtual card: the clause that it breaks must fail, with the candidate as its cause. Then on the bank
# and card without defects, in all three dialects and over some seeds (--short: one): nothing may
# fail, no guarded place may be taken, and the dialects must agree case by case. Each run is also
# judged again from its record, with the same verdicts. Every case must have been failed by some
# defect.
#
# Writes OUT/matrix.csv and OUT/matrix.json (defect, clause, verdict, cases that failed), and ends
# with a line such as `defects caught 27/27, cases proven 24/24, false alarms 0/3`. Exit status 1
# where any of these falls short, 4 where something could not be run. STAGE_BIN names the folder
# of the programs (default build/release/bin, made by tools/setup.sh).
set -u
cd "$(dirname "$0")/.." || exit 4

usage() {
    sed -n 's/^# \{0,1\}//; 4,17p' "$0"
}

seeds=20
out=
one=
while [ $# -gt 0 ]; do
    case $1 in
    --short) seeds=1 ;;
    --one)
        one=$2
        out=$3
        break
        ;;
    --help) usage && exit 0 ;;
    -*) usage >&2 && exit 2 ;;
    *) out=$1 ;;
    esac
    shift
done
if [ -z "${STAGE_BIN:-}" ]; then
    sh tools/setup.sh || exit 4
fi
. tools/stage.sh
stage_begin
: "${YS_READER_CARD:=none}" "${YS_READER_PSAM:=none}"
export YS_READER_CARD YS_READER_PSAM STAGE_BIN

# run NAME CANDIDATE [options]: into $out/run-NAME. A run that broke is not a verdict; one for
# whose clause there is no case has no result.
run() {
    name=$1
    candidate=$2
    shift 2
    status=0
    "$STAGE_BIN/yanshou" run -c "fixtures/candidates/$candidate.yaml" -o "$out/run-$name" --quiet --no-vault \
        "$@" >"$out/log-$name" 2>&1 || status=$?
    [ "$status" -ne 2 ] || ! grep -q 'matches no case' "$out/log-$name" || return 0
    [ "$status" -ne 2 ] && [ "$status" -lt 4 ] || {
        cat "$out/log-$name" >&2
        return 4
    }
    # The record alone must lead to the same verdicts.
    [ ! -e "$out/run-$name/result.json" ] && return 0
    status=0
    "$STAGE_BIN/yanshou" rejudge "$out/run-$name" >"$out/rejudge-$name" 2>&1 || status=$?
    case $status in
    0 | 1 | 3) ;;
    *)
        echo "rejudge $name, status $status:" >&2
        cat "$out/rejudge-$name" >&2
        return 4
        ;;
    esac
}

# row PART DEFECT CLAUSE: one line of the matrix, as JSON.
row() {
    result=$out/run-$2/result.json
    [ -e "$result" ] || {
        result=$out/none-$2
        echo '{"clauses":[{"id":"'"$3"'","verdict":"no case"}],"cases":[]}' >"$result"
    }
    jq -c --arg part "$1" --arg defect "$2" --arg clause "$3" '
        (.clauses[] | select(.id == $clause)) as $c
        | {part: $part, defect: $defect, clause: $clause, verdict: $c.verdict, cause: $c.cause,
           caught: ($c.verdict == "fail" and $c.cause == "candidate"),
           failed: [.cases[] | select((.verdict == "fail" or .verdict == "inconclusive")
                                      and .cause == "candidate") | .id]}' \
        "$result" >"$out/row-$1-$2"
}

prove_bank() {
    bank_start "$out/bank-$1" --defect "$1" && run "$1" refbank --clause "$2" && row bank "$1" "$2"
}

# One defect of the bank; several of these run side by side.
if [ -n "$one" ]; then
    prove_bank "${one%%	*}" "${one#*	}" || exit 4
    exit 0
fi

[ -n "$out" ] || out=build/proof
rm -rf "$out"
mkdir -p "$out"

# Most bank defects show without a reader: two at a time.
"$STAGE_BIN/refbank" --list-defects | cut -f1,2 | grep -v '	-$' >"$out/bank-defects"
stage_say "proving $(wc -l <"$out/bank-defects") defects of the bank"
tr '\n' '\0' <"$out/bank-defects" |
    xargs -0 -n 1 -P "${PROVE_JOBS:-2}" sh -c 'sh "$0" --one "$2" "$1"' tools/prove.sh "$out" || exit 4

# The others with cards in the readers.
cards_start "$out/cards-bank" || exit 4
for missed in $(jq -r 'select(.caught | not) | "\(.defect)=\(.clause)"' "$out"/row-bank-*); do
    rm -rf "$out/run-${missed%=*}" "$out/bank-${missed%=*}"
    prove_bank "${missed%=*}" "${missed#*=}" || exit 4
    bank_stop
done
cards_stop
YS_READER_CARD=none YS_READER_PSAM=none

# A `-` for a clause is trouble of which nobody can be held guilty.
"$STAGE_BIN/virtual-card" --list-defects | cut -f1,2 | grep -v '	-$' >"$out/card-defects"
stage_say "proving $(wc -l <"$out/card-defects") defects of the card"
bank_start "$out/bank" || exit 4
while IFS='	' read -r defect clause; do
    cards_start "$out/cards-$defect" --defect "$defect" || exit 4
    run "$defect" refbank --clause "$clause" || exit 4
    cards_stop
    row card "$defect" "$clause" || exit 4
done <"$out/card-defects"

# Its documents: the same bank with other papers.
stage_say "proving $(wc -l <fixtures/documents/defects.tsv) defects of documents"
while IFS='	' read -r defect clause how about; do
    STAGE_DOCUMENT_DEFECT=$defect documents_make "$REFBANK_DIR/documents" || exit 4
    run "$defect" refbank --clause "$clause" || exit 4
    row document "$defect" "$clause" || exit 4
done <fixtures/documents/defects.tsv
documents_make "$REFBANK_DIR/documents" || exit 4

# What inspectors would find: on one run that looked at the documents, answered in as many ways.
stage_say "proving $(wc -l <fixtures/attestations/defects.tsv) findings of inspectors"
set --
for clause in $(cut -f2 fixtures/documents/defects.tsv | sort -u); do
    set -- "$@" --clause "$clause"
done
run unattested refbank "$@" || exit 4
while IFS='	' read -r defect clause question text; do
    cp -r "$out/run-unattested" "$out/run-$defect"
    "$STAGE_BIN/yanshou" attest "$out/run-$defect" --list --json |
        python3 fixtures/attestations/fill.py "$out/found-$defect/found.yaml" --defect "$defect" || exit 4
    status=0
    "$STAGE_BIN/yanshou" attest "$out/run-$defect" --from "$out/found-$defect/found.yaml" --quiet \
        >"$out/log-$defect" 2>&1 || status=$?
    [ "$status" -eq 1 ] || cat "$out/log-$defect" >&2
    row attestation "$defect" "$clause" || exit 4
done <fixtures/attestations/defects.tsv

# Nothing fails without a defect.
stage_say "running without defects: three dialects, $seeds seed(s)"
cards_start "$out/cards" || exit 4
seed=0
: >"$out/alarms"
while [ "$seed" -lt "$seeds" ]; do
    seed=$((seed + 1))
    for candidate in refbank refbank-envelope refbank-esb; do
        run "$candidate-$seed" "$candidate" --seed "$seed" || exit 4
        jq -r --arg run "$candidate-$seed" '.cases[] | select(.verdict == "fail" or .cause == "candidate")
            | "\($run) \(.id): \(.reason)"' "$out/run-$candidate-$seed/result.json" >>"$out/alarms"
        jq -r '.cases[] | "\(.id) \(.verdict)"' "$out/run-$candidate-$seed/result.json" \
            >"$out/verdicts-$candidate"
        cmp -s "$out/verdicts-refbank" "$out/verdicts-$candidate" || {
            stage_say "the dialects disagree with seed $seed:"
            diff "$out/verdicts-refbank" "$out/verdicts-$candidate"
            echo "$candidate-$seed disagrees" >>"$out/alarms"
        }
    done
done
cards_stop
token=$(curl -s --cacert "$REFBANK_DIR/ca.pem" -d grant_type=client_credentials \
    -u "bureau-tester:$(cat "$REFBANK_DIR/client-secret.txt")" "$REFBANK_URL/oauth/token" | jq -r .access_token)
curl -s --cacert "$REFBANK_DIR/ca.pem" -H "Authorization: Bearer $token" \
    "$REFBANK_URL/test/defects-taken" >"$out/guards.json"
jq -r '.defects[] | select(.taken > 0) | "guarded place taken: \(.name)"' "$out/guards.json" >>"$out/alarms"
curl -s --cacert "$REFBANK_DIR/ca.pem" -H "Authorization: Bearer $token" "$REFBANK_URL/test/ledger" |
    jq -r 'select(.unbalanced + .wrong_balances > 0) | "the ledger does not balance: \(.)"' >>"$out/alarms"
bank_stop

# Nor in a bank that keeps the regulation in another way.
runs=$((3 * seeds))
for variant in $("$STAGE_BIN/refbank" --list-defects | grep '	-	' | cut -f1); do
    stage_say "running with $variant"
    bank_start "$out/bank-$variant" --defect "$variant" || exit 4
    run "$variant" refbank --case 'fees.*' || exit 4
    bank_stop
    runs=$((runs + 1))
    jq -r --arg run "$variant" '.cases[] | select(.verdict != "pass") | "\($run) \(.id): \(.reason)"' \
        "$out/run-$variant/result.json" >>"$out/alarms"
done

cat "$out"/row-* | jq -s . >"$out/matrix.json"
jq -r '["part", "defect", "clause", "verdict", "cause", "cases"],
       (.[] | [.part, .defect, .clause, .verdict, .cause, (.failed | join(" "))]) | @csv' \
    "$out/matrix.json" >"$out/matrix.csv"
jq -r '.[] | "\(if .caught then "caught" else "MISSED" end)  \(.part) \(.defect)  \(.clause)  \(.failed | join(" "))"' \
    "$out/matrix.json"
jq -r '.[].failed[]' "$out/matrix.json" | sort -u >"$out/proven"
"$STAGE_BIN/yanshou" list --json | jq -r '.[].id' | sort -u >"$out/cases"
comm -13 "$out/proven" "$out/cases" | sed 's/^/UNPROVEN  /'
sed 's/^/FALSE ALARM  /' "$out/alarms"
jq -r '"defects caught \(map(select(.caught)) | length)/\(length), "' "$out/matrix.json" | tr -d '\n'
proven=$(comm -12 "$out/proven" "$out/cases" | wc -l)
cases=$(wc -l <"$out/cases")
alarms=$(wc -l <"$out/alarms")
echo "cases proven $proven/$cases, false alarms $alarms/$runs"
[ "$proven" -eq "$cases" ] && [ "$alarms" -eq 0 ] && jq -e 'all(.caught)' "$out/matrix.json" >/dev/null
