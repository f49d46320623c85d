#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A case is a pair NAME.yaml and NAME.expected: `yanshou check` must refuse the file, and each line
# of the second, an extended regular expression, must be found in what it says.
#
#   test_check.sh YANSHOU SOURCE_DIR
set -eu
yanshou=$1
source_dir=$2
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export BANK_URL=https://127.0.0.1:1
failed=0
count=0
for file in *.yaml; do
    count=$((count + 1))
    status=0
    "$yanshou" check -s "$source_dir/suites/beijing-2024" "$file" >"$scratch/out" 2>&1 || status=$?
    if [ "$status" -ne 2 ]; then
        echo "$file: status $status, expected 2"
        failed=1
    fi
    while IFS= read -r pattern; do
        grep -qE -- "$pattern" "$scratch/out" || {
            echo "$file: not said: $pattern"
            failed=1
        }
    done <"${file%.yaml}.expected"
    [ "$failed" -eq 0 ] || cat "$scratch/out"
done
echo "checked $count files"
[ "$count" -ge 15 ] || failed=1
exit $failed
