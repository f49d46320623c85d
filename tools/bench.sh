#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures Yanshou against bare loops on this machine, all in one run, and prints ratios.
#
#   sh tools/bench.sh [--quick]
#
# Each figure is the median of several runs. The server counts every request and a planted share of
# failures must be found, or the run is void. newman (npm) joins where npm is there.
set -eu
cd "$(dirname "$0")/.."
rounds=5
steps=4000
case ${1:-} in
--quick)
    rounds=3
    steps=1000
    ;;
"") ;;
*)
    sed -n '3,8s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac

sh tools/setup.sh >/dev/null
cmake --build --preset release --target bench-http bench-card bench-watch >/dev/null
bench=build/release/bench
yanshou=build/release/bin/yanshou
stage=$(mktemp -d)
. tools/stage.sh
stage_begin
export XDG_STATE_HOME=$stage/state
trap 'status=$?; trap - EXIT; stage_end; rm -rf "$stage"; exit $status' EXIT

void() {
    echo "bench: void: $*" >&2
    exit 4
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# suite NAME STEPS-YAML: a pack with one case of these steps.
suite() {
    mkdir -p "$stage/$1"
    cp tests/bench/pack/*.yaml "$stage/$1/"
    {
        printf 'suite: %s\ntitle: %s\ncases:\n  - id: bench.%s\n    clauses: [1.1]\n' "$1" "$1" "$1"
        printf '    title: %s\n    steps:\n' "$1"
        cat
    } >"$stage/$1/bench.yaml"
}

# run NAME STATUS: one run; "MILLISECONDS PEAK_KIB" on standard output.
count=0
run() {
    count=$((count + 1))
    watched=$("$bench/bench-watch" "$yanshou" run -c tests/bench/candidate.yaml -s "$stage/$1" \
        -o "$stage/run-$1-$count-$$-$(date +%N)" --quiet)
    set -- "$1" "$2" $watched
    [ "$3" = "$2" ] || void "yanshou run $1 ended with status $3 instead of $2"
    echo "$4 $5"
}

# The server's own count of requests, this one included.
requests() {
    curl -sf --cacert "$REFBANK_DIR/ca.pem" "$REFBANK_URL/test/requests" | jq -r .requests
}

# marginal NAME LESS MORE: microseconds of one more step, from runs of two lengths (medians).
marginal() {
    for n in $(seq "$rounds"); do run "$1-$2" 0 | cut -d' ' -f1; done | median >"$stage/less"
    for n in $(seq "$rounds"); do run "$1-$3" 0 | cut -d' ' -f1; done | median >"$stage/more"
    awk -v less="$(cat "$stage/less")" -v more="$(cat "$stage/more")" -v n="$(($3 - $2))" \
        'BEGIN { printf "%.3f\n", (more - less) * 1000 / n }'
}

line() {
    printf '%-58s %10s   %s\n' "$1" "$2" "$3"
}

http_steps() {
    cat <<YAML
      - repeat: {times: $1, as: n}
        steps:
          - http: {method: GET, endpoint: api, path: /healthz}
            expect:
              status: $2
              headers: {content-type: {starts_with: application/json}}
              json: {"\$.status": ok}
            soft: true
YAML
}

bank_start "$stage/bank"
cards_start "$stage/cards"

printf '%-58s %10s   %s\n' "measured in one run, medians of $rounds" ratio "aim"

# 1. HTTP step with three checks and durable evidence against a bare loop.
for n in 100 "$((steps + 100))"; do http_steps "$n" 200 | suite "http-$n"; done
before=$(requests)
for n in $(seq "$rounds"); do
    "$bench/bench-http" "$REFBANK_URL/healthz" "$REFBANK_DIR/ca.pem" "$steps"
done | median >"$stage/bare"
ours=$(marginal http 100 "$((steps + 100))")
after=$(requests)
expected=$((rounds * (steps + 1) + rounds * (2 * 100 + steps) + 1))
[ "$((after - before))" -eq "$expected" ] ||
    void "the server counted $((after - before)) requests, not $expected"
line "HTTP step (3 checks, evidence) / bare libcurl: $ours / $(cat "$stage/bare") us" \
    "$(awk -v a="$ours" -v b="$(cat "$stage/bare")" 'BEGIN { printf "%.2f", a / b }')" "<= 1.15"

# 2. A planted share of failures is found: every step of the second loop fails.
{
    http_steps 90 200
    http_steps 10 201
} | suite planted
run planted 1 >/dev/null
found=$(jq '[.cases[].findings | length] | add' "$stage"/run-planted-*/result.json)
[ "$found" -eq 10 ] || void "10 failures were planted and $found found"

# 3. APDU step against a bare SCardTransmit loop.
for n in 100 "$((steps + 100))"; do
    suite "card-$n" <<YAML
      - repeat: {times: $n, as: n}
        steps:
          - card: {reader: card, apdu: "00 84 00 00 08"}
YAML
done
for n in $(seq "$rounds"); do "$bench/bench-card" "$YS_READER_CARD" "$steps"; done |
    median >"$stage/bare"
ours=$(marginal card 100 "$((steps + 100))")
line "APDU step / bare SCardTransmit: $ours / $(cat "$stage/bare") us" \
    "$(awk -v a="$ours" -v b="$(cat "$stage/bare")" 'BEGIN { printf "%.2f", a / b }')" "<= 1.05"
line "10,000 APDU steps through pcscd, evidence on disk, s" \
    "$(awk -v a="$ours" 'BEGIN { printf "%.2f", a * 10000 / 1e6 }')" "< 3 s"

# 4. Start-up with all suites loaded and checked.
for n in $(seq "$rounds"); do
    "$bench/bench-watch" "$yanshou" list -s suites/beijing-2024 | cut -d' ' -f2
done | median >"$stage/start"
line "start-up with all suites loaded, ms" "$(cat "$stage/start")" "<= 20 ms"

# 5. Memory at 1,000 and 100,000 steps.
for n in 1000 100000; do http_steps "$n" 200 | suite "http-$n"; done
small=$(run http-1000 0 | cut -d' ' -f2)
large=$(run http-100000 0 | cut -d' ' -f2)
line "peak memory, 100,000 / 1,000 steps: $large / $small KiB" \
    "$(awk -v a="$large" -v b="$small" 'BEGIN { printf "%.2f", a / b }')" "the same, <= 48 MiB"

# 6. Reports of 100,000 cases: the result of a run, with its one case (that failed) written so often.
for n in 1000 100000; do
    mkdir -p "$stage/cases-$n"
    jq -c --argjson n "$n" '(.cases[0] | .evidence |= .[:3] | .findings |= .[:1]) as $one | .cases = [range($n) as $i | $one | .id = "case.\($i)"]' \
        "$(ls -d "$stage"/run-planted-*/ | head -1)result.json" >"$stage/cases-$n/result.json"
    : >"$stage/cases-$n/evidence.jsonl"
done
for kind in html junit csv ctrf sarif oscal json; do
    for n in 1000 100000; do
        "$bench/bench-watch" "$yanshou" report "$stage/cases-$n" -f "$kind" -o "$stage/report" --quiet |
            cut -d' ' -f3 >"$stage/peak-$n"
    done
    line "peak memory, $kind of 100,000 / 1,000 cases: $(cat "$stage/peak-100000") / $(cat "$stage/peak-1000") KiB" \
        "$(awk -v a="$(cat "$stage/peak-100000")" -v b="$(cat "$stage/peak-1000")" 'BEGIN { printf "%.2f", a / b }')" "<= 32 MiB"
done

# 7. Sixteen workers against a bank with 20 ms of latency.
bank_stop
bank_start "$stage/slow" --latency 20ms
for n in 5 105; do
    suite "parallel-$n" <<YAML
      - parallel: {times: 16, as: worker}
        steps:
$(http_steps "$n" 200 | sed 's/^/    /')
YAML
done
ours=$(marginal parallel 5 105)
line "16 workers at 20 ms latency, share of the ideal" \
    "$(awk -v a="$ours" 'BEGIN { printf "%.3f", 20000 / a }')" ">= 0.95"

# 8. newman on the same requests, where npm can bring it.
if command -v npm >/dev/null 2>&1 &&
    { [ -x build/newman/node_modules/.bin/newman ] ||
        npm install --silent --no-fund --no-audit --prefix build/newman newman >/dev/null 2>&1; }; then
    bank_stop
    bank_start "$stage/bank"
    cat >"$stage/collection.json" <<JSON
{"info": {"name": "bench", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
 "item": [{"name": "health", "request": {"method": "GET", "url": "$REFBANK_URL/healthz"},
  "event": [{"listen": "test", "script": {"exec": [
    "pm.test('status', () => pm.response.to.have.status(200));",
    "pm.test('type', () => pm.expect(pm.response.headers.get('content-type')).to.match(/^application.json/));",
    "pm.test('body', () => pm.expect(pm.response.json().status).to.eql('ok'));"]}}]}]}
JSON
    newman_ms() {
        "$bench/bench-watch" build/newman/node_modules/.bin/newman run "$stage/collection.json" \
            -n "$1" --ssl-extra-ca-certs "$REFBANK_DIR/ca.pem" >"$stage/newman"
        [ "$(cut -d' ' -f1 "$stage/newman")" = 0 ] || void "newman failed"
        cut -d' ' -f2 "$stage/newman"
    }
    less=$(newman_ms 50)
    more=$(newman_ms 550)
    line "newman / yanshou, one HTTP step with three checks" \
        "$(awk -v l="$less" -v m="$more" -v y="$(marginal http 100 "$((steps + 100))")" \
            'BEGIN { printf "%.1f", (m - l) * 1000 / 500 / y }')" "(to see the gap)"
else
    echo "newman: not measured, npm could not bring it"
fi
