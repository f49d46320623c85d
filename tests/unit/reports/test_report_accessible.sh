#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_report_accessible.sh SAMPLE AXE: the report before axe-core, light and dark, in both languages.
# AXE is axe.min.js; tools/setup.sh puts it into build/axe. Without it, or without Chromium, this fails.
set -eu
sample=$1
axe=$2
[ -s "$axe" ] || { echo "no $axe: run tools/setup.sh" && exit 1; }
chromium=$(command -v chromium || command -v chromium-browser) || { echo "no Chromium: run tools/setup.sh" && exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$sample" "$work" acceptance

look() { # page, colour scheme (0 dark, 1 light), what
    {
        sed 's#</body>.*##' "$work/$1"
        printf '%s<script>' "$4"
        cat "$axe"
        cat <<'END'
</script><script>
axe.run().then(function (r) {
    const told = document.createElement('pre');
    told.textContent = 'axe: ' + r.passes.length + ' rules hold, ' + r.violations.length + ' broken. ' +
        r.violations.map(function (v) { return v.id + ' at ' + v.nodes[0].html; }).join('; ');
    document.body.appendChild(told);
});
</script></body></html>
END
    } >"$work/page.html"
    "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --user-data-dir="$work/profile" \
        --blink-settings=preferredColorScheme="$2" --virtual-time-budget=60000 --dump-dom "file://$work/page.html" \
        2>/dev/null | sed -n 's/.*<pre>\(axe: [0-9].*\)/\1/p' >"$work/told"
    echo "$3: $(head -c 400 "$work/told")"
}
hold() {
    look "$@"
    grep -q '^axe: [0-9]* rules hold, 0 broken' "$work/told" || exit 1
}

hold report.html 1 "Chinese, light" ''
hold report.html 0 "Chinese, dark" ''
hold report.en.html 1 "English, light" ''
hold report.en.html 0 "English, dark" ''
# The check itself can fail.
look report.html 1 "with a fault put in" '<p style="color:#ddd;background:#fff">text</p>'
grep -q 'color-contrast' "$work/told" || { echo "axe does not see bad contrast" && exit 1; }
