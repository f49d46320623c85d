#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The main job on this machine: sets up what is missing, starts the reference bank (HTTPS on
# loopback) and two virtual cards behind pcscd, runs the full suites with the bank's sample documents,
# takes in what two invented inspectors found, and writes the report; then once more with a seeded
# defect, to show it being caught.
#
#   sh tools/demo.sh [OUT] [--defect NAME] [--lang zh|en]
#
# Leaves run directories OUT/conforming and OUT/defective (default OUT: build/demo). Ends 0 when the
# conforming bank is qualified and the defect was caught.
set -eu
cd "$(dirname "$0")/.."

out=build/demo
defect=counter-at-four
lang=zh
while [ $# -gt 0 ]; do
    case $1 in
    --defect)
        defect=${2:?--defect needs a name; build/release/bin/refbank --list-defects lists them}
        shift 2
        ;;
    --lang)
        lang=${2:?--lang is zh or en}
        shift 2
        ;;
    -h | --help)
        sed -n '3,12s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    -*)
        echo "demo: unknown option $1; --help explains" >&2
        exit 2
        ;;
    *)
        out=$1
        shift
        ;;
    esac
done

sh tools/setup.sh
mkdir -p "$out"
out=$(cd "$out" && pwd)
for run in conforming defective; do
    if [ -e "$out/$run" ]; then
        previous=$out/$run.$(date +%Y%m%d-%H%M%S)
        echo "demo: keeping the earlier $out/$run as $previous"
        mv "$out/$run" "$previous"
    fi
done
stage=$(mktemp -d)

. tools/stage.sh
stage_begin
trap 'status=$?; trap - EXIT; stage_end; rm -rf "$stage"; exit $status' EXIT

echo "demo: starting two virtual cards behind pcscd"
cards_start "$stage/cards"

# run_against NAME [refbank options]: status of the run, with what inspectors found, in $status.
run_against() {
    name=$1
    shift
    echo "demo: starting the reference bank${*:+ with $*}"
    bank_start "$stage/$name" "$@"
    echo "demo: running the suites against it on $REFBANK_URL"
    status=0
    build/release/bin/yanshou run -c fixtures/candidates/refbank.yaml -o "$out/$name" \
        --inspector 测试检查员一 --lang "$lang" || status=$?
    bank_stop
    [ "$status" -le 3 ] || return 0
    echo "demo: taking in what two invented inspectors found"
    build/release/bin/yanshou attest "$out/$name" --list --json |
        python3 fixtures/attestations/fill.py "$stage/$name-found/found.yaml"
    status=0
    build/release/bin/yanshou attest "$out/$name" --from "$stage/$name-found/found.yaml" \
        --lang "$lang" || status=$?
}

run_against conforming
if [ "$status" -ne 0 ]; then
    echo "demo: the conforming bank should be qualified (status $status)" >&2
    exit 1
fi
echo "demo: the conforming bank is qualified"
build/release/bin/yanshou verify "$out/conforming"

echo
echo "demo: now a bank with the seeded defect $defect"
run_against defective --defect "$defect"
if [ "$status" -ne 1 ]; then
    echo "demo: the defect $defect was not caught (status $status)" >&2
    exit 1
fi
echo "demo: the defect $defect was caught"
echo "demo: reports are $out/conforming/report.html and $out/defective/report.html"
