#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one case of this folder: CASE/cmd is a script that finds the stage set up by what it asks
# for (bank_start, cards_start …), $yanshou, and $work, a folder of its own.
#
#   CASE/cmd    the script; what it prints is looked at
#   CASE/exit   the exit status it must end with (default 0)
#   CASE/out    one extended regular expression a line; each must be found in its output
#   CASE/not    the same; none may be found
#
#   run_case.sh CASE_FOLDER PROGRAM_FOLDER
set -u
case_dir=$(cd "$1" && pwd)
STAGE_BIN=$2
cd "$(dirname "$0")/../.." || exit 4
work=$(mktemp -d)
yanshou=$STAGE_BIN/yanshou
export NO_COLOR=1
export XDG_STATE_HOME=$work/.state

. tools/stage.sh
stage_begin
trap 'status=$?; trap - EXIT; stage_end; rm -rf "$work"; exit $status' EXIT

if [ -e "$case_dir/../lib.sh" ]; then
    . "$case_dir/../lib.sh"
fi
status=0
. "$case_dir/cmd" >"$work/.out" 2>&1 || status=$?

failed=0
expected=$(cat "$case_dir/exit" 2>/dev/null || echo 0)
if [ "$status" -ne "$expected" ]; then
    echo "exit status $status, expected $expected"
    failed=1
fi
if [ -e "$case_dir/out" ]; then
    while IFS= read -r pattern; do
        grep -qE -- "$pattern" "$work/.out" || {
            echo "not found in the output: $pattern"
            failed=1
        }
    done <"$case_dir/out"
fi
if [ -e "$case_dir/not" ]; then
    while IFS= read -r pattern; do
        if grep -qE -- "$pattern" "$work/.out"; then
            echo "found in the output, but must not be: $pattern"
            failed=1
        fi
    done <"$case_dir/not"
fi
if [ "$failed" -ne 0 ]; then
    echo "--- output"
    cat "$work/.out"
fi
exit "$failed"
