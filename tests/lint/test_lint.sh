#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The lint catches one bad input a rule, and the tree itself has no breach.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

# expect RULE FILE: the file's text on standard input is a breach of the rule.
expect() {
    rm -rf "$scratch/tree"
    mkdir -p "$scratch/tree/$(dirname "$2")"
    cat >"$scratch/tree/$2"
    if sh lint.sh "$scratch/tree" >"$scratch/out" || ! grep -q "$1" "$scratch/out"; then
        echo "lint did not find: $1"
        cat "$scratch/out"
        failed=1
    fi
}
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

echo 'int x;' | expect 'no SPDX line' harness/base/a.c
printf '%s\n\tint x;\n' "$spdx" | expect 'a tab' harness/base/a.c
printf '%s\n/* %0120d */\n' "$spdx" 0 | expect 'over 100 columns' harness/base/a.c
printf '%s\n// no\n' "$spdx" | expect 'a // comment' harness/base/a.c
{ echo "$spdx"; seq 900 | sed 's/.*/int a&;/'; } | expect 'over 800 lines' harness/base/a.c
{ echo "$spdx"; echo 'int f(void)'; echo '{'; seq 90 | sed 's/.*/    g(&);/'; echo '}'; } |
    expect 'a function of' harness/base/a.c
mkdir -p "$scratch/two"
printf '%s\n#include "ys_err.h"\n' "$spdx" | expect 'header in a fixture' cards/a.c

rm -rf "$scratch/tree" && mkdir -p "$scratch/tree/harness/wire"
for name in a b; do
    printf '%s\n#include <curl/curl.h>\n' "$spdx" >"$scratch/tree/harness/wire/$name.c"
done
if sh lint.sh "$scratch/tree" >"$scratch/out" || ! grep -q 'already included' "$scratch/out"; then
    echo "lint did not find: two includers of one header"
    failed=1
fi

sh lint.sh || failed=1
exit $failed
