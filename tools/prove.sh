#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that the checks can fail, and that they do not fail for nothing.
#
#   sh tools/prove.sh [--short] [--seeds N] [OUT]
#   sh tools/prove.sh --only REGEX [OUT]     a part: defects whose line "PART NAME CLAUSE" matches,
#                                            as in 'card .* 4[.]1$' or 'document '; PART is bank,
#                                            card, document or attestation; 'conforming' is what
#                                            runs without defects
#
# Runs the cases of its clause once for each seeded defect of the reference bank, of its documents
# and of the virtual card: that clause must fail, with the candidate as its cause. A defect of the
# bank shows in the dialect that it names, so that is the candidate of its run. Then all suites on
# the bank and card without defects, in all three dialects and over 20 seeds (--short: one): nothing
# may fail, no guarded place may be taken, and the dialects must agree case by case, where a case
# may pass in one and not apply in another (signatures, which only two of them have); a case that the
# environment left undecided runs once more, and must then be decided. Each run is also judged again
# from its record, with the same verdicts. Every case must have been failed by some defect.
#
# Writes OUT/matrix.csv and OUT/matrix.json (defect, clause, verdict, cases that failed), and
# OUT/proof.json, from which `yanshou run --proof` tells how many of its cases are proven. Ends
# with a line such as `defects caught 27/27, cases proven 24/24, false alarms 0/3`. Exit status 1
# where any of these falls short, 4 where something could not be run. STAGE_BIN names the folder
# of the programs (default build/release/bin, made by tools/setup.sh), PROVE_JOBS how many banks run
# at once, and how many cases of a run without defects (default: one a processor, at most 8).
set -u
cd "$(dirname "$0")/.." || exit 4

usage() {
    sed -n '3,${/^#/!q; s/^# \{0,1\}//; p}' "$0"
}

seeds=20
out=
one=
part=
only=
while [ $# -gt 0 ]; do
    case $1 in
    --short) seeds=1 ;;
    --seeds)
        seeds=${2:?--seeds needs a number}
        case $seeds in
        *[!0-9]* | 0*)
            echo "prove.sh: --seeds is a whole number from 1 on, not '$seeds'" >&2
            exit 2
            ;;
        esac
        shift
        ;;
    --one)
        one=${2:?} out=${3:?}
        break
        ;;
    --part)
        part=${2:?} parts=${3:?} out=${4:?}
        break
        ;;
    --only)
        only=${2:?--only needs a regular expression}
        shift
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
for program in yanshou refbank virtual-card; do
    [ -x "$STAGE_BIN/$program" ] || {
        echo "prove.sh: $STAGE_BIN/$program is missing; build it first" >&2
        exit 4
    }
done
stage_begin || exit 4
: "${YS_READER_CARD:=none}" "${YS_READER_PSAM:=none}" "${YS_READER_SPARE:=}" "${YS_READER_REVOKED:=}"
export YS_READER_CARD YS_READER_PSAM YS_READER_SPARE YS_READER_REVOKED STAGE_BIN

jobs=${PROVE_JOBS:-$(nproc)}
[ "$jobs" -le 8 ] || jobs=8

# choose PART LIST: the defects to prove (NAME, tab, CLAUSE), into $out/PART-defects.
choose() {
    while IFS='	' read -r defect clause about; do
        [ -n "$only" ] && ! printf '%s %s %s\n' "$1" "$defect" "$clause" | grep -Eq -e "$only" ||
            printf '%s\t%s\n' "$defect" "$clause"
    done <"$2" >"$out/$1-defects"
}

# All lines of the matrix so far.
rows() {
    set -- "$out"/row-*
    [ ! -e "$1" ] || cat "$@"
}

# run NAME CANDIDATE [options]: into $out/run-NAME. A run that broke is not a verdict; one for
# whose clause there is no case has no result.
run() {
    name=$1
    candidate=$2
    shift 2
    status=0
    "$STAGE_BIN/yanshou" run -c "fixtures/candidates/$candidate.yaml" -o "$out/run-$name" --quiet --no-vault \
        "$@" >"$out/log-$name" 2>&1 || status=$?
    [ "$status" -ne 2 ] || ! grep -q 'no case judges' "$out/log-$name" || return 0
    [ "$status" -ne 2 ] && [ "$status" -lt 4 ] || {
        cat "$out/log-$name" >&2
        return 4
    }
}

# row PART DEFECT CLAUSE [RUN]: one line of the matrix, as JSON.
row() {
    result=${4:-$out/run-$1-$2}/result.json
    [ -e "$result" ] || {
        result=$out/none-$1-$2
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

# candidate_of DIALECT, as the bank names it; candidate_for DEFECT: where it shows.
candidate_of() {
    case $1 in
    rest) echo refbank ;;
    *) echo "refbank-$1" ;;
    esac
}
candidate_for() {
    candidate_of "$(awk -F '\t' -v defect="$1" '$1 == defect { print $4 }' "$out/bank-all")"
}

prove_bank() {
    bank_start "$out/bank-$1" --defect "$1" &&
        run "bank-$1" "$(candidate_for "$1")" --clause "$2" && row bank "$1" "$2"
}

# Cases that look at bank and chip together fail only with cards in the readers: those that nothing
# has failed so far meet the defects of the bank that break their clauses, until each has failed.
prove_together() {
    [ -n "$PCSC_READERS" ] && [ -n "$CARD_PID" ] || cards_start "$out/cards-together" || return 4
    while IFS='	' read -r defect clause; do
        rows | jq -r '.failed[]' | sort -u >"$out/failed"
        "$STAGE_BIN/yanshou" list --json |
            jq -r --arg clause "$clause" '.[] | select(.clauses | index($clause)) | .id' | sort -u |
            comm -13 "$out/failed" - >"$out/open"
        [ -s "$out/open" ] || continue
        set --
        while read -r id; do
            set -- "$@" --case "$id"
        done <"$out/open"
        bank_start "$out/bank-together-$defect" --defect "$defect" || return 4
        run "together-$defect" "$(candidate_for "$defect")" "$@" || return 4
        bank_stop
        row together "$defect" "$clause" || return 4
        jq -e .caught "$out/row-together-$defect" >/dev/null || rm "$out/row-together-$defect"
    done <"$out/bank-defects"
}

# One defect of the bank; several of these run side by side.
if [ -n "$one" ]; then
    prove_bank "${one%%	*}" "${one#*	}" || exit 4
    exit 0
fi

# Part I of N of the defects of the card, in readers of its own; several of these run side by
# side, each with a bank.
if [ -n "$part" ]; then
    PCSC_READERS=$PROVE_READERS VPCD_PORTS=$PROVE_PORTS
    bank_start "$out/bank-cards-$part" || exit 4
    awk -v part="$part" -v parts="$parts" 'NR % parts == part % parts' "$out/card-defects" >"$out/cards-$part"
    while IFS='	' read -r defect clause; do
        cards_start "$out/cards-$defect" --defect "$defect" || exit 4
        run "card-$defect" refbank --clause "$clause" || exit 4
        cards_stop
        row card "$defect" "$clause" || exit 4
    done <"$out/cards-$part"
    exit 0
fi

[ -n "$out" ] || out=build/proof
rm -rf "$out"
mkdir -p "$out"

# A `-` for a clause: a bank that keeps the regulation in another way, or trouble of which nobody
# can be held guilty.
"$STAGE_BIN/refbank" --list-defects >"$out/bank-all" && "$STAGE_BIN/virtual-card" --list-defects >"$out/card-all" || exit 4
grep -v '	-	' "$out/bank-all" >"$out/bank-list"
grep -v '	-	' "$out/card-all" >"$out/card-list"
choose bank "$out/bank-list"
choose card "$out/card-list"
choose document fixtures/documents/defects.tsv
choose attestation fixtures/attestations/defects.tsv
[ -z "$only" ] || printf 'conforming\n' | grep -Eq -e "$only" || seeds=0
[ "$seeds" -gt 0 ] || cat "$out"/*-defects | grep -q . || {
    echo "prove.sh: no defect matches '$only'" >&2
    exit 2
}
"$STAGE_BIN/yanshou" list --json >"$out/listed.json" || exit 4
count() {
    wc -l <"$out/$1-defects"
}
stage_say "proving $(count bank) defects of the bank and $(count card) of the card"

# Most bank defects show without a reader: several at a time, beside those of the card.
tr '\n' '\0' <"$out/bank-defects" |
    xargs -0 -r -n 1 -P "$jobs" sh -c 'sh "$0" --one "$2" "$1"' tools/prove.sh "$out" &
workers=$!
trap 'status=$?; trap - EXIT; kill $workers 2>/dev/null; stage_end; exit $status' EXIT
if [ -s "$out/card-defects" ]; then
    # Four readers each: card, PSAM, a card to be blocked for ever, a PSAM that was revoked. There are
    # at most sixteen.
    parts=$((jobs > 4 ? 4 : jobs))
    pcsc_start "$((4 * parts))" || exit 4
    each=4
    if [ "$(printf '%s\n' "$VPCD_PORTS" | wc -l)" -lt 4 ]; then
        parts=1 each=2
    fi
    for part in $(seq "$parts"); do
        lines=$((each * part - each + 1)),$((each * part))p
        PROVE_READERS=$(printf '%s\n' "$PCSC_READERS" | sed -n "$lines") \
        PROVE_PORTS=$(printf '%s\n' "$VPCD_PORTS" | sed -n "$lines") \
            sh tools/prove.sh --part "$part" "$parts" "$out" &
        workers="$workers $!"
    done
    # What runs here runs often, and a blocked card stays blocked.
    PCSC_READERS=$(printf '%s\n' "$PCSC_READERS" | sed -n 1,2p)
    VPCD_PORTS=$(printf '%s\n' "$VPCD_PORTS" | sed -n 1,2p)
fi
for worker in $workers; do
    wait "$worker" || exit 4
done

# The others with cards in the readers.
jq -r 'select(.caught | not) | "\(.defect)\t\(.clause)"' "$out"/row-bank-* 2>/dev/null >"$out/bank-missed"
[ ! -s "$out/bank-missed" ] || cards_start "$out/cards-bank" || exit 4
while IFS='	' read -r defect clause; do
    rm -rf "$out/run-bank-$defect" "$out/bank-$defect"
    prove_bank "$defect" "$clause" || exit 4
    bank_stop
done <"$out/bank-missed"
[ -n "$only" ] || prove_together || exit 4
cards_stop
YS_READER_CARD=none YS_READER_PSAM=none YS_READER_SPARE= YS_READER_REVOKED=

# Its documents: the same bank with other papers.
stage_say "proving $(count document) defects of documents and $(count attestation) findings of inspectors"
bank_start "$out/bank" || exit 4
while IFS='	' read -r defect clause; do
    STAGE_DOCUMENT_DEFECT=$defect documents_make "$REFBANK_DIR/documents" || exit 4
    run "document-$defect" refbank --clause "$clause" || exit 4
    row document "$defect" "$clause" || exit 4
done <"$out/document-defects"
documents_make "$REFBANK_DIR/documents" || exit 4

# What inspectors would find: on one run that looked at the documents, answered in as many ways.
set --
for clause in $(cut -f2 fixtures/documents/defects.tsv | sort -u); do
    set -- "$@" --clause "$clause"
done
[ ! -s "$out/attestation-defects" ] || run unattested refbank "$@" || exit 4
while IFS='	' read -r defect clause; do
    cp -r "$out/run-unattested" "$out/attested-$defect"
    "$STAGE_BIN/yanshou" attest "$out/attested-$defect" --list --json |
        python3 fixtures/attestations/fill.py "$out/found-$defect/found.yaml" --defect "$defect" || exit 4
    status=0
    "$STAGE_BIN/yanshou" attest "$out/attested-$defect" --from "$out/found-$defect/found.yaml" --quiet \
        >"$out/log-attested-$defect" 2>&1 || status=$?
    [ "$status" -eq 1 ] || cat "$out/log-attested-$defect" >&2
    row attestation "$defect" "$clause" "$out/attested-$defect" || exit 4
done <"$out/attestation-defects"

# Nothing fails without a defect.
: >"$out/alarms"
[ "$seeds" -eq 0 ] || {
    stage_say "running without defects: three dialects, $seeds seed(s)"
    cards_start "$out/cards" || exit 4
}
# Nothing fails with this candidate file and seed. What a busy machine left undecided is run once
# more, alone; what is undecided then is an alarm too.
prove_conforming() {
    name=$1-$2
    candidate=$1
    run "$name" "$candidate" --seed "$2" --jobs "$jobs" || return 4
    stage_judged "$out/run-$name" "$candidate" "$out/judged.json" || return 4
    jq -r --arg run "$name" '.cases[] | select(.verdict == "fail" or .cause == "candidate" or .cause == "environment")
        | "\($run) \(.id): \(.reason)"' "$out/judged.json" >>"$out/alarms"
    jq -r '.cases[] | "\(.id) \(.verdict)"' "$out/judged.json" >"$out/verdicts-$candidate"
    stage_disagreeing "$out/verdicts-refbank" "$out/verdicts-$candidate" >"$out/disagreeing"
    [ ! -s "$out/disagreeing" ] || {
        stage_say "the dialects disagree with $name:"
        cat "$out/disagreeing"
        echo "$name disagrees" >>"$out/alarms"
    }
}

seed=0
while [ "$seed" -lt "$seeds" ]; do
    seed=$((seed + 1))
    for dialect in rest envelope esb; do
        prove_conforming "$(candidate_of "$dialect")" "$seed" || exit 4
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
for variant in $(grep '	-	' "$out/bank-all" | cut -f1); do
    [ "$seeds" -gt 0 ] || continue
    stage_say "running with $variant"
    bank_start "$out/bank-$variant" --defect "$variant" || exit 4
    run "$variant" refbank --jobs "$jobs" || exit 4
    bank_stop
    runs=$((runs + 1))
    jq -r --arg run "$variant" '.cases[] | select(.verdict == "fail" or .cause == "candidate") | "\($run) \(.id): \(.reason)"' \
        "$out/run-$variant/result.json" >>"$out/alarms"
done

# The record alone must lead to the same verdicts. (attest has done that with its own.)
set -- "$out"/run-*/seal.json
stage_say "judging $# runs again"
printf '%s\0' "$@" | xargs -0 -r -n 1 -P "$jobs" sh -c '
    run=${1%/seal.json}
    "$STAGE_BIN/yanshou" rejudge "$run" >"$run.rejudged" 2>&1
    status=$?
    case $status in
    0 | 1 | 3) ;;
    *) echo "rejudge $run, status $status:" && cat "$run.rejudged" && exit 1 ;;
    esac' - >&2 || exit 4

# The commands that judge files outside a run.
[ -n "$only" ] || sh tools/prove_files.sh "$out" 2>>"$out/alarms"

rows | jq -s . >"$out/matrix.json"
jq -r '["part", "defect", "clause", "verdict", "cause", "cases"],
       (.[] | [.part, .defect, .clause, .verdict, .cause, (.failed | join(" "))]) | @csv' \
    "$out/matrix.json" >"$out/matrix.csv"
jq -r '.[] | "\(if .caught then "caught" else "MISSED" end)  \(.part) \(.defect)  \(.clause)  \(.failed | join(" "))"' \
    "$out/matrix.json"
jq -r '.[].failed[]' "$out/matrix.json" | sort -u >"$out/proven"
"$STAGE_BIN/yanshou" list --json | cmp -s - "$out/listed.json" || {
    echo "prove.sh: the suites changed meanwhile, so this proves nothing of them" >&2
    exit 4
}
jq -r '.[].id' "$out/listed.json" | sort -u >"$out/cases"
[ -z "$only" ] || cp "$out/proven" "$out/cases"
comm -13 "$out/proven" "$out/cases" | sed 's/^/UNPROVEN  /'
sed 's/^/FALSE ALARM  /' "$out/alarms"
jq -r '"defects caught \(map(select(.caught)) | length)/\(length), "' "$out/matrix.json" | tr -d '\n'
proven=$(comm -12 "$out/proven" "$out/cases" | wc -l)
cases=$(wc -l <"$out/cases")
alarms=$(wc -l <"$out/alarms")
set -- "$out"/run-*/result.json
jq -n --arg made "$(date -u +%F)" --argjson seeds "$seeds" --argjson runs "$runs" --argjson alarms "$alarms" \
    --slurpfile rows "$out/matrix.json" --slurpfile cases "$out/listed.json" --slurpfile run "$1" '
    $rows[0] as $rows
    | {proof: $run[0].regulation.id, tool: $run[0].tool.version, made: $made, seeds: $seeds,
       defects: ($rows | length), caught: ($rows | map(select(.caught)) | length),
       runs: $runs, false_alarms: $alarms,
       cases: [$cases[0] | sort_by(.id)[] | .id as $id
               | {case: $id, suite: .digest,
                  defects: [$rows[] | select(.failed | index($id)) | "\(.part) \(.defect)"]}
               | select(.defects | length > 0)]}' >"$out/proof.json" || exit 4
echo "cases proven $proven/$cases, false alarms $alarms/$runs"
[ "$proven" -eq "$cases" ] && [ "$alarms" -eq 0 ] && jq -e 'all(.caught)' "$out/matrix.json" >/dev/null
