#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_report_exports.sh YANSHOU: the exports in both languages against their schemas and against the
# result. The schemas of CTRF and SARIF are the published ones, which tools/setup.sh puts into
# build/schemas; without them this fails. That of OSCAL is our own (see its comment).
set -eu
yanshou=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
ctrf=$root/build/schemas/node_modules/ctrf/dist/ctrf-schema-0.0.json
sarif=$root/build/schemas/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json
oscal=$here/schema/oscal-assessment-results.schema.json
for schema in "$ctrf" "$sarif"; do
    [ -s "$schema" ] || { echo "no $schema: run tools/setup.sh" && exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jq -s '.[0] * .[1]' "$here/data/result.json" "$here/data/persons.json" >"$work/result.json"
for lang in zh en; do
    "$yanshou" report "$work" --lang "$lang" -f ctrf -f sarif -f oscal >"$work/told"
    python3 "$root/tests/support/validate.py" "$ctrf" "$work/ctrf.json"
    python3 "$root/tests/support/validate.py" "$sarif" "$work/report.sarif"
    python3 "$root/tests/support/validate.py" "$oscal" "$work/assessment-results.json"
    python3 "$here/check_exports.py" "$work"
done
# A pipe and a redirected standard output get the same bytes as a file.
"$yanshou" report "$work" --lang en -f ctrf -o /dev/stdout | cmp - "$work/ctrf.json"
{ echo before && "$yanshou" report "$work" --lang en -f ctrf -o /dev/stdout; } >"$work/both"
tail -n +2 "$work/both" | cmp - "$work/ctrf.json"
