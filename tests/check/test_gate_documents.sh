#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The parser and the JSON Schema accept and refuse the same files of a gate.
#
#   test_gate_documents.sh YANSHOU SOURCE_DIR
set -eu
yanshou=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
while read -r wanted kind text; do
    printf '%s\n' "$text" >"$scratch/document.json"
    parser=good
    schema=good
    "$yanshou" check "$scratch/document.json" >"$scratch/told" 2>&1 || parser=bad
    python3 tests/support/validate.py "suites/schema/$kind.schema.json" "$scratch/document.json" \
        >>"$scratch/told" 2>&1 || schema=bad
    if [ "$parser $schema" != "$wanted $wanted" ]; then
        echo "$wanted $kind: parser says $parser, schema says $schema: $text"
        cat "$scratch/told"
        failed=1
    fi
done <tests/check/gate-documents.txt
exit "$failed"
