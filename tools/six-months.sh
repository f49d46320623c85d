#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Six months of a retrofit on the reference bank: a run a week of the clauses that need no card, with
# mistakes that are mended and come back, operations that are bound late, known failures with owners,
# and in one week two nodes that do not agree. Each run is a real one; only the day is another, for
# the harness and for the bank alike (yanshou-at and refbank-at of the tests).
#
#   sh tools/six-months.sh FOLDER [--short]     runs in FOLDER/runs, pages beside them
#
# --short: three clauses on fees alone. STAGE_BIN as in tools/stage.sh.
set -eu
cd "$(dirname "$0")/.."
folder=${1:?usage: six-months.sh FOLDER [--short]}
short=${2:-}
. tools/stage.sh
. tests/integration/lib.sh
stage_begin
at=$(cd "$STAGE_BIN/../tests" && pwd)/yanshou-at
mkdir -p "$folder/runs" "$folder/bin"
for program in "$(cd "$STAGE_BIN" && pwd)"/*; do
    ln -sf "$program" "$folder/bin/"
done
ln -sf "$(cd "$STAGE_BIN/../tests" && pwd)/refbank-at" "$folder/bin/refbank"
STAGE_BIN=$folder/bin
work=$folder
known=$folder/known.yaml

candidate_without_readers
set -- -j 4
clauses="5.5.1 5.5.5 5.5.6"
[ -n "$short" ] || clauses="4.2.2 5.1 5.4.1 5.4.3 5.4.2.2 5.4.2.3 5.4.2.4 5.4.2.5 5.4.2.6 5.4.2.7 5.4.2.8 5.4.2.10 5.4.4 5.4.5 \
5.5.1 5.5.2 5.5.3 5.5.4 5.5.5 5.5.6 5.6.4 5.7.1 5.7.2 5.8.5"
for clause in $clauses; do
    set -- "$@" --clause "$clause"
done
sed -i 's/^dates:.*/dates: {applied: 2026-01-05, approved: 2026-01-12}/' "$folder/candidate.yaml"

# What the bank had not bound yet: whole entries of the candidate file are left out.
bound() {
    awk -v without="$1" '
        /^[^ ]/ { skip = 0 }
        /^  [a-z_]+\.[a-z_]+:/ { skip = without != "" && $1 ~ without }
        !skip { print }
    ' "$folder/candidate.yaml" >"$folder/week.yaml"
}

# week DAY BUILD UNBOUND BANK_DEFECTS [NAME HOUR]
week() {
    day=$1 build=$2 unbound=$3 defects=$4 name=${5:-$1} hour=${6:-10}
    run=$folder/runs/$name
    options=
    for defect in $defects; do
        options="$options --defect $defect"
    done
    rm -rf "$folder/bank"
    STAGE_TODAY=$day
    REFBANK_SHIFT_S=$(($(date -d "${day}T$hour:00:00+08:00" +%s) - $(date +%s)))
    export REFBANK_SHIFT_S
    # shellcheck disable=SC2086
    bank_start "$folder/bank" --build "$build" $options
    bound "$unbound"
    purpose="--purpose selftest"
    [ ! -e "$known" ] || purpose="--purpose gate --baseline $known"
    status=0
    # shellcheck disable=SC2086
    "$at" "$(date -u -d "@$(($(date +%s) + REFBANK_SHIFT_S))" +%FT%TZ)" run -c "$folder/week.yaml" -o "$run" --quiet \
        $purpose $selection >"$folder/told-$name" 2>&1 || status=$?
    echo "$day $build: exit $status, $(jq -r '"\(.summary.fail) fail, \(.summary.pass) pass"' "$run/result.json")"
    bank_stop
}
accept_known() {
    "$at" "$1T03:00:00Z" baseline add "$known" "$folder/runs/$1" --quiet --raise-ratchet \
        --owner "$2" --reason "$3" --expires "$4" --case "$5"
}
prune_known() {
    "$at" "$1T03:00:00Z" baseline prune "$known" "$folder/runs/$1" --quiet
}
selection=$*

fees="counter-at-four card-cost-charged"
rest="move-stops-service details-not-kept cancelled-card-pays exchange-keeps-old \
annual-fee-charged small-balance-fee-charged payroll-fee courier-fee \
holder-unmasked login-tells-operator batch-late roster-drops-suburbs"
late='^(terminal|desk|audit)[.]'
later='^(audit)[.]'
week 2026-01-20 0.9.0 "$late" "$fees $rest"
week 2026-01-27 0.9.1 "$late" "$fees $rest"
week 2026-02-03 0.9.2 "$late" "$fees ${rest#move-stops-service }"
week 2026-02-10 0.9.4 "$later" "$fees ${rest#move-stops-service }"
rest="cancelled-card-pays exchange-keeps-old annual-fee-charged payroll-fee courier-fee \
holder-unmasked login-tells-operator batch-late"
week 2026-02-24 1.0.0 "$later" "$fees $rest"
week 2026-03-03 1.0.1 "" "$fees $rest"
week 2026-03-10 1.0.3 "" "counter-at-four ${rest#cancelled-card-pays }"
rest="annual-fee-charged courier-fee holder-unmasked login-tells-operator"
week 2026-03-17 1.1.0 "" "counter-at-four $rest"
accept_known 2026-03-17 "费用组 王五" "计数器在 1.3 版改正" 2026-05-29 fees.withdrawal.fifth-free-sixth-may-cost
week 2026-03-24 1.1.1 "" "counter-at-four ${rest#annual-fee-charged }"
# A repaired clause breaks again.
week 2026-03-31 1.1.2 "" "counter-at-four card-cost-charged holder-unmasked"
week 2026-04-07 1.2.0 "" "counter-at-four holder-unmasked"
# Two nodes of one build do not agree.
week 2026-04-14 1.2.1 "" "counter-at-four holder-unmasked"
week 2026-04-14 1.2.1 "" "counter-at-four holder-unmasked courier-fee" 2026-04-14-node-b 15
week 2026-04-21 1.2.2 "" "counter-at-four holder-unmasked"
week 2026-04-28 1.2.4 "" "counter-at-four"
"$at" 2026-04-29T02:00:00Z history "$folder/runs" --html "$folder/history-april.html" --quiet >"$folder/april.txt"
"$at" 2026-04-29T02:00:00Z history "$folder/runs" --html "$folder/history-april-en.html" --lang en --quiet >"$folder/april-en.txt"
week 2026-05-12 1.3.0 "" ""
prune_known 2026-05-12
week 2026-05-26 1.3.1 "" ""
week 2026-06-09 1.3.2 "" ""
week 2026-06-23 1.3.2 "" ""
"$at" 2026-06-24T02:00:00Z history "$folder/runs" --html "$folder/history.html"
