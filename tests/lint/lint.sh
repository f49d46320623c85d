#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rules of the house that a machine can check. Prints each breach as file:line: rule.
#
#   sh tests/lint/lint.sh [FOLDER]     a source tree, by default this one; status 1 with a breach
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
tree=${1:-$here}
cd "$tree"

sources() {
    find harness reports cards fixtures tests tools \
        -path tests/fuzz/corpus -prune -o \
        -type f "$@" -print 2>/dev/null | sort
}

breaches=$(mktemp)
trap 'rm -f "$breaches"' EXIT

c_files=$(sources \( -name '*.c' -o -name '*.h' -o -name '*.def' \))
scripts=$(sources \( -name '*.sh' -o -name 'CMakeLists.txt' -o -name '*.cmake' \))

# shellcheck disable=SC2086
for file in $c_files $scripts; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
        echo "$file:1: no SPDX line" >>"$breaches"
done

# shellcheck disable=SC2086
[ -z "$c_files" ] || awk '
    FNR == 1 { in_function = 0 }
    /\t/ { print FILENAME ":" FNR ": a tab" }
    { line = $0; gsub(/[\200-\277]/, "", line) }
    length(line) > 100 && FILENAME !~ /\.def$/ { print FILENAME ":" FNR ": over 100 columns" }
    /^[ ]*\/\/|[;{}][ ]+\/\/ / { print FILENAME ":" FNR ": a // comment" }
    FNR == 801 { print FILENAME ":801: over 800 lines" }
    FILENAME ~ /\.c$/ && /^\{$/ { in_function = 1; start = FNR }
    in_function && /^\}/ {
        if (FNR - start - 1 > 75) print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
        in_function = 0
    }
' $c_files >>"$breaches"

# A third-party header has one includer in the harness and the reports.
rooms=$(find harness reports -name '*.[ch]' 2>/dev/null | sort)
# shellcheck disable=SC2086
[ -z "$rooms" ] || grep -Hno '#include <\(yaml\|jansson\|curl/[a-z]*\|winscard\|libxml/[a-zA-Z]*\|openssl/[a-z0-9]*\)\.h>' $rooms |
    awk -F: '
        { header = $3; library = header; sub(/^#include </, "", library); sub(/[\/.].*/, "", library) }
        { if (!(header in first)) first[header] = $1
          else if (first[header] != $1) print $1 ":" $2 ": " header " is already included by " first[header] }
    ' >>"$breaches"

# The programs that stand in for the candidate share no code with the harness.
for file in $(find cards fixtures -name '*.[ch]' 2>/dev/null | sort); do
    grep -Hn '#include "ys_' "$file" | sed 's/:#include.*/: the harness'"'"'s header in a fixture/' >>"$breaches" || true
done

if [ -s "$breaches" ]; then
    cat "$breaches"
    exit 1
fi
echo "lint: no breach"
