#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_report_browser.sh SAMPLE: the report in a real browser. SAMPLE is the report_sample program.
# Without Chromium it fails: tools/setup.sh installs it.
set -eu
sample=$1
chromium=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$chromium" ]; then
    echo "no Chromium: the filter was not tried; run tools/setup.sh"
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$sample" "$work"

dom() { # fragment
    "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --virtual-time-budget=2000 \
        --dump-dom "file://$work/report.html$1" 2>/dev/null >"$work/dom"
    grep -oE '<(tr|article) [^>]*data-verdict="[^>]*>' "$work/dom" >"$work/items"
}
shown() { grep -vc 'data-off' "$work/items" || true; }
all() { wc -l <"$work/items"; }
check() { # what, got, wanted
    if [ "$2" != "$3" ]; then
        echo "$1: $2 instead of $3"
        exit 1
    fi
}

dom ''
total=$(all)
[ "$total" -gt 20 ]
check "shown without a filter" "$(shown)" "$total"
check "the filter form is there" "$(grep -cE '<form [^>]*hidden' "$work/dom" || true)" 0

dom '#verdict=fail'
wanted=$(grep -c 'data-verdict="fail"' "$work/items")
[ "$wanted" -gt 0 ]
check "shown with verdict=fail" "$(shown)" "$wanted"
check "others shown" "$(grep -v 'data-off' "$work/items" | grep -vc 'data-verdict="fail"' || true)" 0

dom '#clause=5.5.6'
check "shown with clause=5.5.6" "$(shown)" 2

dom '#cause=environment'
wanted=$(grep -c 'data-cause="environment"' "$work/items")
check "shown with cause=environment" "$(shown)" "$wanted"

dom '#text=fifth-free'
check "shown with a text" "$(shown)" 2

dom '#verdict=fail&text=nothing-has-this-text'
check "shown when nothing fits" "$(shown)" 0

dom '#record-19'
check "a link to a record filters nothing" "$(shown)" "$total"
echo "the filter works on $total items"
