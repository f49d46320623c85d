#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults come as asked for and in the same order for the same seed; two banks stand side by side;
# five hundred connections are served at once; none of it harms the books.
. "$(dirname "$0")/bank.sh"

# What became of N requests, a word each: a status, or `curl` and its exit status.
outcomes() {
    for n in $(seq "$1"); do
        status=$(curl -s -m 2 --cacert "$dir/ca.pem" -H "Authorization: Bearer $token" \
            -o "$work/reply" -w '%{http_code}' "$url/v1/clock")
        code=$?
        [ "$code" -eq 0 ] && echo "$status" || echo "curl $code"
    done
}

# one FAULT: what becomes of one request under it.
one() {
    bank_begin "$work/one" --fault "$1"
    observed=$(outcomes 1)
    bank_end
}

one reset
equal reset "curl 56" "$observed"
one truncate:1
equal truncate "curl 18" "$observed"
one stall
equal stall "curl 28" "$observed"
one garbage
equal garbage 200 "$observed"
jq . "$work/reply" >/dev/null 2>&1 && fail "garbage is not garbage"
one 5xx
case $observed in
500 | 502 | 503) ;;
*) fail "5xx gave $observed" ;;
esac
bank_begin "$work/slow" --fault slow-body
started=$(date +%s%N)
equal "slow body" 200 "$(outcomes 1)"
[ "$((($(date +%s%N) - started) / 1000000))" -ge 150 ] || fail "the body was not slow"
bank_end

# The same seed, the same fate of each request.
bank_begin "$work/seed" --fault 5xx:0.3 --fault truncate:0.2 --fault-seed 7
outcomes 40 >"$work/first"
bank_end
bank_begin "$work/seed" --fault 5xx:0.3 --fault truncate:0.2 --fault-seed 7
outcomes 40 >"$work/second"
bank_end
cmp -s "$work/first" "$work/second" || fail "the same seed gave another order"
for kind in 200 'curl 18' '50[023]'; do
    grep -qx "$kind" "$work/first" || fail "no $kind among forty"
done

"$REFBANK" --dir "$work/bad" --fault sometimes 2>"$work/usage"
equal "unknown fault" 2 $?
grep -q 'slow-body' "$work/usage" || fail "the kinds are not named"
"$REFBANK" --dir "$work/bad" --latency 20ms±30 2>"$work/usage"
equal "more jitter than delay" 2 $?

# Two side by side, one with a delay that varies.
bank_begin "$work/first-bank"
first_pid=$bank_pid
first_url=$url
first_dir=$dir
bank_begin "$work/second-bank" --latency 30ms±10
[ "$first_url" != "$url" ] || fail "two banks on one port"
started=$(date +%s%N)
equal "delayed" "200 200 200" "$(outcomes 3 | paste -sd' ' -)"
[ "$((($(date +%s%N) - started) / 1000000))" -ge 60 ] || fail "the answers were not delayed"
kill "$first_pid"
wait "$first_pid"
equal "end of the first" 0 $?
bank_end

# Five hundred connections at once: each stays open for the two seconds that its answer takes.
bank_begin "$work/many" --latency 2000ms
for n in $(seq 250); do
    printf 'url = "%s/v1/clock"\ncacert = "%s/ca.pem"\nheader = "Authorization: Bearer %s"\n' "$url" "$dir" "$token"
    printf 'output = "/dev/null"\nsilent\nwrite-out = "%%{http_code}\\n"\nnext\n'
done | sed '$d' >"$work/many.conf"
curl -Z --parallel-immediate --parallel-max 250 -s -K "$work/many.conf" >"$work/answers.1" 2>/dev/null &
other=$!
curl -Z --parallel-immediate --parallel-max 250 -s -K "$work/many.conf" >"$work/answers.2" 2>/dev/null
wait "$other"
equal answers 500 "$(cat "$work"/answers.* | grep -cx 200)"
bank_end
grep -q runtime "$work/log" && fail "a sanitizer spoke"
echo "faults come as asked for"
