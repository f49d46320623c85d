#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_report_pdf.sh SAMPLE: the report as a PDF. Fonts are embedded, the Chinese text comes out again,
# it has bookmarks and says PDF/A-3b, result.json is attached, and the same record gives the same bytes in another
# time zone and locale. Without weasyprint and poppler-utils it fails: tools/setup.sh installs them.
set -eu
sample=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$1"
    exit 1
}

TZ=UTC "$sample" "$work" acceptance pdf
cp "$work/report.pdf" "$work/first.pdf"
TZ=America/New_York LC_ALL=tr_TR.UTF-8 "$sample" "$work" acceptance pdf
cmp "$work/first.pdf" "$work/report.pdf" || fail "not the same bytes in another zone and locale"
[ ! -e "$work/report.pdf.html" ] || fail "a file is left behind"

pdfinfo "$work/report.pdf" >"$work/info"
grep -q '^Title: .*验收测试报告 · 参考银行 · 不合格' "$work/info" || fail "the title: $(head -1 "$work/info")"
grep -q '^Page size: .*A4' "$work/info" || fail "not A4"
pdffonts "$work/report.pdf" | sed 1,2d | grep -q 'CJK' || fail "no Chinese font"
pdffonts "$work/report.pdf" | sed 1,2d | grep -v ' yes yes yes ' && fail "a font is not embedded as a subset"
pdftotext "$work/report.pdf" - | tr -d ' \n' >"$work/text"
for words in 关于参考银行的验收测试报告 至少一项必须满足的条款未通过 条款判定表 —1—; do
    grep -q "$words" "$work/text" || fail "cannot be read out: $words"
done
grep -q 不作验收依据 "$work/text" && fail "an acceptance report bears the mark of another kind"
pdfdetach -list "$work/report.pdf" | grep -q result.json || fail "result.json is not attached"
pdfdetach -save 1 -o "$work/attached" "$work/report.pdf"
cmp "$work/attached" "$work/result.json" || fail "the attachment differs"
grep -aq '<pdfaid:part>3</pdfaid:part>\|pdfaid:part="3"' "$work/report.pdf" || fail "does not say PDF/A-3"
grep -aq '/Outlines' "$work/report.pdf" || fail "no bookmarks"
echo "the PDF stands: $(grep ^Pages "$work/info")"
