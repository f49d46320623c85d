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

# An operation that no case holds to the catalogue is named.
cp -r "$source_dir/suites/beijing-2024" "$scratch/beijing-2024"
grep -v 'contract: {call: clock.set, ' "$source_dir/suites/beijing-2024/contract.yaml" >"$scratch/beijing-2024/contract.yaml"
status=0
"$yanshou" check -s "$scratch/beijing-2024" >"$scratch/out" 2>&1 || status=$?
if [ "$status" -ne 2 ] || ! grep -q 'operations.yaml:.*no case holds the replies of clock.set' "$scratch/out"; then
    echo "an operation without a contract step: status $status"
    cat "$scratch/out"
    failed=1
fi
echo "checked $count files"
[ "$count" -ge 15 ] || failed=1
exit $failed
