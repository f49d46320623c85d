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
dom '#case-fees.withdrawal.fifth-free'
check "a link to a case filters nothing" "$(shown)" "$total"

# Keys: / goes to the text, Escape takes the filter away.
cp "$work/report.html" "$work/plain.html"
sed 's#</body>.*##' "$work/plain.html" >"$work/report.html"
cat >>"$work/report.html" <<'END'
<script>
(function () {
    function told(name, text) { document.body.setAttribute('data-test-' + name, text); }
    document.querySelector('h1').dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true}));
    told('focus', document.activeElement.name);
    const form = document.getElementById('filter');
    form.elements.clause.value = '5.5.6';
    form.elements.clause.dispatchEvent(new Event('input', {bubbles: true}));
    told('some', document.querySelectorAll('[data-verdict]:not([data-off])').length);
    told('hash', location.hash);
    document.querySelector('h1').dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}));
    told('all', document.querySelectorAll('[data-off]').length);
}());
</script></body></html>
END
dom ''
told() { grep -o "data-test-$1=\"[^\"]*\"" "$work/dom" | cut -d'"' -f2; }
check "the key / leads to" "$(told focus)" text
check "shown with a chosen clause" "$(told some)" 2
check "the address of the filter" "$(told hash)" '#clause=5.5.6'
check "hidden after Escape" "$(told all)" 0
cp "$work/plain.html" "$work/report.html"

# Paper shows everything, whatever the filter, and nothing that only works on a screen.
print_text() {
    "$chromium" --headless --no-sandbox --disable-gpu --no-first-run --user-data-dir="$work/profile" \
        --no-pdf-header-footer --print-to-pdf="$work/print.pdf" "file://$work/report.html$1" 2>/dev/null
    pdftotext "$work/print.pdf" - | tr -d ' \n' >"$work/$2"
}
print_text '' whole
print_text '#verdict=fail' filtered
cmp "$work/whole" "$work/filtered" || { echo "the filter hides what is printed" && exit 1; }
grep -q 关于参考银行的自测报告 "$work/whole" || { echo "the print has no title" && exit 1; }
for words in 筛选 按/键输入文字 跳到正文; do
    if grep -q "$words" "$work/whole"; then echo "printed: $words" && exit 1; fi
done
echo "filter, links, keys and print work on $total items"
