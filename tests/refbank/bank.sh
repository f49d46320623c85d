# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of the reference bank: starts one in a folder of its own, calls it, and ends
# every one that was started. REFBANK names the program.
set -u
: "${REFBANK:?names the program under test}"
work=$(mktemp -d "${TMPDIR:-/tmp}/refbank-test.XXXXXX")
bank_pid=

# Entries and balances of the books that are wrong; nothing where the bank does not answer.
books_wrong() {
    curl -s -m 20 --cacert "$dir/ca.pem" -H "Authorization: Bearer $token" "$url/test/ledger" |
        jq -r 'select(.code == null) | .unbalanced + .wrong_balances' 2>/dev/null
}

# Whatever a test did, the books are balanced when its bank ends.
bank_end() {
    [ -n "$bank_pid" ] || return 0
    wrong=
    [ -z "${token:-}" ] || wrong=$(books_wrong)
    kill "$bank_pid" 2>/dev/null
    wait "$bank_pid"
    bank_pid=
    [ "${wrong:-0}" = 0 ] || fail "$wrong entries or balances in the books of $dir are wrong"
}

trap 'bank_end 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    [ ! -f "$work/log" ] || cat "$work/log" >&2
    exit 1
}

# equal NAME EXPECTED OBSERVED
equal() {
    [ "$2" = "$3" ] || fail "$1: expected '$2', observed '$3'"
}

# bank_begin DIR [options]: sets url, dir and token.
bank_begin() {
    dir=$1
    shift
    rm -f "$work/port"
    "$REFBANK" --dir "$dir" --port-file "$work/port" "$@" >"$work/log" 2>&1 &
    bank_pid=$!
    tries=0
    until [ -s "$work/port" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] && kill -0 "$bank_pid" 2>/dev/null || fail "the bank did not start"
        sleep 0.05
    done
    url=https://127.0.0.1:$(cat "$work/port")
    token=$(curl -s --cacert "$dir/ca.pem" -u "bureau-tester:$(cat "$dir/client-secret.txt")" \
        -d grant_type=client_credentials "$url/oauth/token" | jq -r .access_token)
    [ -n "$token" ] && [ "$token" != null ] || fail "no token"
}

# call METHOD PATH [BODY]: the reply; its status is left in $work/status.
call() {
    curl -s --cacert "$dir/ca.pem" -H "Authorization: Bearer $token" \
        ${operator_token:+-H "X-Operator-Token: $operator_token"} -o "$work/reply" \
        -w '%{http_code}' -X "$1" ${3:+-d "$3"} "$url$2" >"$work/status" || fail "$1 $2: curl $?"
    [ -z "${exchanges:-}" ] || jq -Rsc --arg method "$1" --arg path "${2%%\?*}" \
        --argjson status "$(cat "$work/status")" \
        '{method: $method, path: $path, status: $status, reply: .}' "$work/reply" >>"$exchanges"
    cat "$work/reply"
}

# value FILTER METHOD PATH [BODY]: one value of the reply.
value() {
    filter=$1
    shift
    call "$@" | jq -r "$filter"
}

# Sets holder, card and account: a person with an applied card and an account without money.
person() {
    holder=$(value .id POST /v1/holders '{"name":"测试二","id_number":"110101190001010022"}')
    card=$(value .card POST /v1/cards "{\"holder\":\"$holder\",\"delivery\":\"branch\"}")
    account=$(value .account GET "/v1/cards/$card")
}

# The same with an active card and 10000.00.
customer() {
    person
    call POST "/v1/cards/$card/issue" >/dev/null
    call POST "/v1/cards/$card/activate" '{"id_number":"110101190001010022"}' >/dev/null
    call POST "/v1/accounts/$account/deposits" '{"amount":10000.00}' >/dev/null
}

# withdraw [NETWORK [AMOUNT [SIMULATE]]]: one withdrawal by the account.
withdraw() {
    call POST /v1/atm/withdrawals "{\"account\":\"$account\",\"amount\":${2:-100.00},
        \"network\":\"${1:-other-bank}\",\"simulate\":\"${3:-none}\"}"
}
