#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The examples of the documents are checked: suites must be valid, those marked as refused must be
# refused and the complaint must name the reason.
#
#   test_examples.sh YANSHOU SOURCE_DIR
set -eu
yanshou=$1
source_dir=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export REFBANK_URL=https://127.0.0.1:1 REFBANK_TERMINALS_URL=https://127.0.0.1:1 REFBANK_DIR="$scratch"
export REFBANK_CARD_KEYS="$scratch"

# Each ```yaml block becomes N.yaml; the reason of a refused one goes to N.refused.
extract() {
    awk -v folder="$scratch" -v prefix="$2" '
        /^<!-- refused: / { reason = $0; sub(/^<!-- refused: /, "", reason); sub(/ -->$/, "", reason); next }
        /^```yaml$/ { n++; file = folder "/" prefix n ".yaml"; inside = 1
                      if (reason != "") { print reason >(folder "/" prefix n ".refused"); reason = "" }
                      next }
        /^```$/ { inside = 0; next }
        inside { print >file }
    ' "$1"
}
extract "$source_dir/docs/suite-language.md" suite
extract "$source_dir/docs/candidate-file.md" candidate
extract "$source_dir/docs/gate.md" gate

checked=0
failed=0
for file in "$scratch"/*.yaml; do
    checked=$((checked + 1))
    status=0
    "$yanshou" check -s "$source_dir/suites/beijing-2024" "$file" >"$scratch/out" 2>&1 || status=$?
    refused=${file%.yaml}.refused
    if [ -e "$refused" ]; then
        if [ "$status" -ne 2 ] || ! grep -q "$(cat "$refused")" "$scratch/out"; then
            echo "$file should be refused for '$(cat "$refused")', status $status:"
            cat "$scratch/out"
            failed=1
        fi
    elif [ "$status" -ne 0 ]; then
        echo "$file should be valid, status $status:"
        cat "$scratch/out"
        failed=1
    fi
done
echo "checked $checked examples"
[ "$checked" -ge 8 ] || failed=1
exit $failed
