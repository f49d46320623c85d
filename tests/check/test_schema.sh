#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The committed JSON Schemas are what the loading tables give.
#
#   test_schema.sh YS_SCHEMA SOURCE_DIR
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$1" "$scratch"
for file in "$scratch"/*.schema.json; do
    cmp "$file" "$2/suites/schema/$(basename "$file")" || {
        echo "suites/schema is out of step; run: $1 suites/schema"
        exit 1
    }
done
