#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The books stay right under thirty-two clients at once, and lose nothing that was acknowledged when
# the process is killed in the middle.
. "$(dirname "$0")/bank.sh"
clients=32
rounds=25

# Requests of one client, as a curl configuration: deposits of 3.00, then withdrawals of 1.00.
client() {
    for n in $(seq "$rounds"); do
        for body in '{\"amount\":3.00}' \
            '{\"account\":\"'"$account"'\",\"amount\":1.00,\"network\":\"own-bank\"}'; do
            case $body in
            *network*) path=/v1/atm/withdrawals ;;
            *) path=/v1/accounts/$account/deposits ;;
            esac
            printf 'url = "%s%s"\ncacert = "%s/ca.pem"\nsilent\noutput = "/dev/null"\n' \
                "$url" "$path" "$dir"
            printf 'header = "Authorization: Bearer %s"\ndata = "%s"\n' "$token" "$body"
            printf 'write-out = "%%{http_code}\\n"\nmax-time = 60\nnext\n'
        done
    done
}

# Runs all clients on one account; the statuses are in $work/acknowledged.*.
load() {
    client >"$work/client"
    pids=
    for n in $(seq "$clients"); do
        curl -K "$work/client" >"$work/acknowledged.$n" 2>/dev/null &
        pids="$pids $!"
    done
}

acknowledged() {
    cat "$work"/acknowledged.* | grep -c '^200$'
}

bank_begin "$work/parallel"
person
load
wait $pids
equal "acknowledged" "$((2 * clients * rounds))" "$(acknowledged)"
equal "books" "0 0" "$(value '"\(.unbalanced) \(.wrong_balances)"' GET /test/ledger)"
equal "balance" "$((clients * rounds * 2))" "$(value .balance GET "/v1/accounts/$account" | cut -d. -f1)"
equal "statement" "$((2 * clients * rounds + 1))" \
    "$(value '.entries | length' GET "/v1/accounts/$account/statement")"
bank_end

rm -f "$work"/acknowledged.*
bank_begin "$work/killed"
person
before=$(value .entries GET /test/ledger)
rounds=400
load
while [ "$(value .entries GET /test/ledger)" -lt "$((before + 200))" ]; do
    kill -0 "$bank_pid" || fail "the bank ended by itself"
done
kill -9 "$bank_pid"
wait "$bank_pid" 2>/dev/null
bank_pid=
wait $pids
lived=$(acknowledged)
[ "$lived" -gt 0 ] || fail "nothing was acknowledged before the kill"
[ "$lived" -lt "$((2 * clients * rounds))" ] || fail "the kill came after the load"
bank_begin "$work/killed"
after=$(value .entries GET /test/ledger)
[ "$((after - before))" -ge "$lived" ] ||
    fail "$lived entries were acknowledged, $((after - before)) are in the books"
equal "books after the kill" "0 0" "$(value '"\(.unbalanced) \(.wrong_balances)"' GET /test/ledger)"
echo "$clients clients at once: balanced; $lived acknowledged before the kill, $((after - before)) kept"
