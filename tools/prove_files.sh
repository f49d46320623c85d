#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands that judge files outside a run: each seeded defect of yearly figures and of filings is
# told by the command of the clause that it breaks, and files without a defect pass.
#
#   sh tools/prove_files.sh OUT
#
# Writes OUT/row-figures-DEFECT and OUT/row-filings-DEFECT, rows of the matrix of tools/prove.sh.
# Exit status 1 where a defect is missed or a file without one does not pass. STAGE_BIN names the
# folder of the programs.
set -u
cd "$(dirname "$0")/.." || exit 4
out=$1
yanshou=$STAGE_BIN/yanshou
missed=0

# row PART COMMAND DEFECT CLAUSE CAUGHT
row() {
    [ "$5" = true ] || {
        echo "missed: $1 $3"
        missed=1
    }
    jq -cn --arg part "$1" --arg command "yanshou $2" --arg defect "$3" --arg clause "$4" --argjson caught "$5" '
        {part: $part, defect: $defect, clause: $clause, verdict: (if $caught then "fail" else "pass" end),
         cause: "candidate", caught: $caught, failed: (if $caught then [$command] else [] end)}' >"$out/row-$1-$3"
}

# filings SED_OF_AFTER SED_OF_FILINGS: the verdict and what fails, as one line.
filings() {
    sed -E "$1" fixtures/filings/after.csv >"$out/after.csv"
    sed -E "$2" fixtures/filings/filings.csv >"$out/filings.csv"
    "$yanshou" filings --before fixtures/filings/before.csv --after "$out/after.csv" --filings "$out/filings.csv" \
        --since 2025-01-01 --today 2025-05-30 --json |
        jq -r '"\(.verdict) \([.changes[] | select(.state != "in-time" and .state != "no-change") | "\(.branch) \(.state)"] | join(", "))"'
}

status=0
"$yanshou" evaluate fixtures/figures/conforming.yaml >"$out/figures.txt" || status=$?
[ "$status" -eq 0 ] || { echo "false alarm: figures" >&2 && missed=1; }
[ "$(filings '' '')" = "pass " ] || { echo "false alarm: filings" >&2 && missed=1; }

while IFS='	' read -r defect clause fact change; do
    sed -E "$change" fixtures/figures/conforming.yaml >"$out/figures.yaml"
    "$yanshou" evaluate "$out/figures.yaml" --json >"$out/figures.json"
    caught=$(jq --arg clause "$clause" --arg fact "$fact" '.verdict == "fail" and [$fact] ==
        if $clause == .ending.clause then [.ending.facts[] | .kind] else [.years[-1].factors[] | select(.verdict == "fail") | .id] end' "$out/figures.json")
    row figures evaluate "$defect" "$clause" "$caught"
done <fixtures/figures/defects.tsv

while IFS='	' read -r defect clause fact file change; do
    case $file in
    after) told=$(filings "$change" '') ;;
    *) told=$(filings '' "$change") ;;
    esac
    caught=false
    [ "$told" = "fail $fact" ] && caught=true
    row filings filings "$defect" "$clause" "$caught"
done <fixtures/filings/defects.tsv
exit "$missed"
