#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shows that no verdict depends on the order of the cases, on what runs beside them, or on what
# earlier runs left in the bank.
#
#   sh tools/shuffle.sh [--short] [OUT]
#
# Runs all suites on one reference bank that is never started anew, eight cases at once in an order
# drawn from the seed: in each of the three dialects, twice with each of three seeds (--short: one
# dialect, one seed). Every run must seal, verify and give the same verdict on every case as the others
# of its dialect, and the dialects must agree; one that a busy machine left undecided runs once more,
# alone.
#
# Ends with a line such as `runs 18, verdicts that differ 0`. Exit status 1 where verdicts differ or
# a record is not whole, 4 where something could not be run. STAGE_BIN names the folder of the
# programs (default build/release/bin, made by tools/setup.sh).
set -u
cd "$(dirname "$0")/.." || exit 4

usage() {
    sed -n '3,${/^#/!q; s/^# \{0,1\}//; p}' "$0"
}

seeds='1 2 3'
dialects='refbank refbank-envelope refbank-esb'
out=build/shuffle
while [ $# -gt 0 ]; do
    case $1 in
    --short)
        seeds=1
        dialects=refbank
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
rm -rf "$out"
mkdir -p "$out"
bank_start "$out/bank" && cards_start "$out/cards" || exit 4

# once NAME CANDIDATE SEED: into $out/NAME; its verdicts are compared with those of the first run of
# the candidate, and those with the first dialect's.
once() {
    status=0
    "$STAGE_BIN/yanshou" run -c "fixtures/candidates/$2.yaml" -o "$out/$1" --quiet --no-vault \
        --jobs 8 --shuffle --seed "$3" >"$out/log-$1" 2>&1 || status=$?
    case $status in
    0 | 1 | 3) ;;
    *)
        stage_say "$1: status $status" >&2
        cat "$out/log-$1" >&2
        return 1
        ;;
    esac
    "$STAGE_BIN/yanshou" verify "$out/$1" >"$out/verify-$1" 2>&1 || {
        cat "$out/verify-$1" >&2
        return 1
    }
    stage_judged "$out/$1" "$2" "$out/judged-$1" || return 1
    jq -r '.cases[] | "\(.id) \(.verdict)"' "$out/judged-$1" >"$out/verdicts-$1"
    if [ -e "$out/first-$2" ]; then
        diff "$out/first-$2" "$out/verdicts-$1" | sed -n "s/^[<>]/$1 &/p"
    else
        cp "$out/verdicts-$1" "$out/first-$2"
        stage_disagreeing "$out/first-${dialects%% *}" "$out/first-$2" | sed "s/^/$1 /"
    fi
    jq -r --arg run "$1" 'def count(f): map(select(f)) | length; [.cases[].verdict]
        | "\($run): \(count(. == "pass")) of \(count(. != "not-applicable")) passed, \(count(. == "not-applicable")) not applicable"' \
        "$out/judged-$1" >&2
}

: >"$out/differences"
runs=0
for dialect in $dialects; do
    for seed in $seeds; do
        for time in first second; do
            runs=$((runs + 1))
            once "$dialect-$seed-$time" "$dialect" "$seed" >>"$out/differences" ||
                echo "$dialect-$seed-$time: no result" >>"$out/differences"
        done
    done
done
cat "$out/differences"
echo "runs $runs, verdicts that differ $(wc -l <"$out/differences")"
[ ! -s "$out/differences" ]
