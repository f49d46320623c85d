#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The contract document and the routes are the same; nothing answers without a token but what the
# document says; refusals are uniform; the programs' other faces work.
. "$(dirname "$0")/bank.sh"
: "${REFBANK_SOURCE:?names the folder of the source}"

# METHOD PATH of each operation that the document describes.
described() {
    awk '/^  \// { sub(/:$/, "", $1); path = $1 }
         /^    (get|put|post|patch|delete):/ { sub(/:$/, "", $1); print toupper($1), path }' "$1" | sort
}

routed() {
    { cat "$REFBANK_SOURCE"/services/*_services.c | tr '\n' ' ' |
        grep -o '{"[a-z.-]*", *"SC[0-9]*", *"[A-Z]*", *"[^"]*"' |
        sed 's/.*"\([A-Z]*\)", *"\([^"]*\)"$/\1 \2/'
      printf 'GET /openapi.yaml\nPOST /oauth/token\n'; } | sort
}

exchanges=$work/exchanges
bank_begin "$work/contract"
call GET /openapi.yaml >"$work/openapi.yaml"
cmp -s "$work/openapi.yaml" "$REFBANK_SOURCE/openapi.yaml" || fail "the bank serves another document"
equal "operations of the document" "$(routed)" "$(described "$work/openapi.yaml")"

good=$token
token=wrong
described "$work/openapi.yaml" | while read -r method path; do
    case $path in
    /healthz | /openapi.yaml | /oauth/token | /test/requests) continue ;;
    esac
    call "$method" "$(printf %s "$path" | sed 's/{[a-z_]*}/x/g')" '{}' >/dev/null
    equal "$method $path without a token" 401 "$(cat "$work/status")"
    equal "its error" "code message" "$(jq -r 'keys | join(" ")' "$work/reply")"
done || exit 1
token=$(curl -s --cacert "$dir/ca.pem" -d "grant_type=client_credentials&scope=bank" \
    -d "client_id=bureau-tester&client_secret=$(cat "$dir/client-secret.txt")" \
    "$url/oauth/token" | jq -r .access_token)
equal "clock by a token without the test scope" INSUFFICIENT_SCOPE \
    "$(value .code PUT /test/clock '{"now":"2030-01-01T00:00:00+08:00"}')"
equal "clock for a token of the bank scope" 200 "$(call GET /v1/clock >/dev/null; cat "$work/status")"
equal "the release" refbank-0.1.0 "$(value .build GET /v1/release)"
token=$good

while read -r status code method path body; do
    equal "$method $path $body" "$code" "$(value .code "$method" "$path" "$body")"
    equal "status of $method $path $body" "$status" "$(cat "$work/status")"
done <<'CASES'
400 NOT_JSON POST /v1/holders {
400 NOT_JSON POST /v1/holders []
422 INVALID_REQUEST POST /v1/holders {"name":"测试二","id_number":"110101190001010023"}
422 INVALID_REQUEST POST /v1/accounts/A00000013/deposits {"amount":"1.00"}
422 INVALID_REQUEST POST /v1/accounts/A00000013/deposits {"amount":1.001}
422 INVALID_REQUEST POST /v1/accounts/A00000013/deposits {"amount":-1}
422 INVALID_REQUEST PUT /test/clock {"now":"2030-02-29T00:00:00+08:00"}
422 INVALID_REQUEST PUT /test/clock {"now":"2030-01-01T00:00:00Z"}
422 INVALID_REQUEST GET /v1/branches?size=0
422 INVALID_REQUEST GET /v1/branches?size=501
422 INVALID_REQUEST GET /v1/accounts/A00000013/statement?month=2030-13
404 HOLDER_NOT_FOUND GET /v1/holders/H99999999
404 CARD_NOT_FOUND GET /v1/cards/B00000000
404 ACCOUNT_NOT_FOUND GET /v1/accounts/GL-CASH
404 WITHDRAWAL_NOT_FOUND POST /v1/atm/withdrawals/W00000001/reverse
404 NO_SUCH_PATH GET /v1/nothing
405 METHOD_NOT_ALLOWED DELETE /v1/branches
CASES

# The life of a card: what must be refused, and the PIN.
person
next() { value '.code // .state' POST "/v1/cards/$card/$1" "${2:-}"; }
identity='{"id_number":"110101190001010022"}'
equal "early activation" CARD_NOT_ISSUED "$(next activate "$identity")"
stock=$(value .stock GET /v1/stock)
equal "personalisation" personalised "$(next personalise)"
equal "second personalisation" CARD_ALREADY_PERSONALISED "$(next personalise)"
equal "a blank card less" "$((stock - 1))" "$(value .stock GET /v1/stock)"
equal "activation before issue" CARD_NOT_ISSUED "$(next activate "$identity")"
equal "blank cards come in" "$((stock + 9))" "$(value .stock POST /v1/stock '{"count":10}')"
equal "issue" issued "$(next issue)"
equal "second issue" CARD_ALREADY_ISSUED "$(next issue)"
equal "loss of an inactive card" CARD_NOT_ACTIVE "$(next report-loss)"
equal "activation" active "$(next activate "$identity")"
equal "loss" lost "$(next report-loss)"
# By the openssl command: SM4 of the test key with chip, city and challenge; the folded CBC-MAC.
script() {
    value "$1" POST "/v1/cards/$card/scripts" "{\"purpose\":\"$2\",\"factor\":\"4353110000000001\",\"challenge\":\"1122334455667788\"}"
}
equal "script" 841E000004C627C175 "$(script .script block)"
equal "no script that unblocks a lost card" CARD_NOT_ACTIVE "$(script .code unblock)"
equal "wrong PIN" WRONG_PIN "$(next cancel-loss-report '{"pin":"000000"}')"
equal "wrong PIN" WRONG_PIN "$(next cancel-loss-report '{"pin":"000000"}')"
equal "third wrong PIN" PIN_LOCKED "$(next cancel-loss-report '{"pin":"000000"}')"
equal "right PIN, too late" PIN_LOCKED "$(next cancel-loss-report '{"pin":"123456"}')"
equal "reset" lost "$(next reset-pin '{"id_number":"110101190001010022","new":"654321"}')"
equal "found again" active "$(next cancel-loss-report '{"pin":"654321"}')"
equal "script that unblocks" 841800000455A7D9B6 "$(script .script unblock)"
equal "change of PIN" active "$(next change-pin '{"old":"654321","new":"123123"}')"
old=$card
card=$(value .card POST "/v1/cards/$old/exchange")
equal "old card" replaced "$(value .state GET "/v1/cards/$old")"
equal "new card" "applied $account" "$(value '"\(.state) \(.account)"' GET "/v1/cards/$card")"
equal "cancellation" cancelled "$(next cancel)"
equal "after cancellation" CARD_CLOSED "$(next issue)"
equal "removal" 200 "$(call DELETE "/v1/holders/$holder" >/dev/null; cat "$work/status")"
equal "second removal" 200 "$(call DELETE "/v1/holders/$holder" >/dev/null; cat "$work/status")"
equal "account after removal" ACCOUNT_CLOSED "$(value .code POST "/v1/accounts/$account/deposits" '{"amount":1}')"
equal "six withdrawals" "0.00 0.00 0.00 0.00 0.00 2.00" \
    "$(customer
       for n in 1 2 3 4 5 6; do withdraw | sed 's/.*"fee":\([0-9.]*\).*/\1\n/'; done | paste -sd' ' -)"

# What the life of a card leaves out, so that every operation of the document has answered.
customer
value . GET "/v1/holders/$holder" >/dev/null
value . PATCH "/v1/holders/$holder" '{"phone":"13000000009"}' >/dev/null
value . GET /healthz >/dev/null
value . GET "/v1/accounts/$account" >/dev/null
value . POST "/v1/accounts/$account/payroll" '{"amount":10.00}' >/dev/null
value . GET "/v1/accounts/$account/statement" >/dev/null
value . POST "/v1/atm/withdrawals/$(withdraw | jq -r .id)/reverse" >/dev/null
value . POST "/v1/cards/$card/dispatch" '{"address":"北京市东城区测试路1号"}' >/dev/null
value . GET "/v1/branches?size=2" >/dev/null
value . POST /test/batch/annual-fee '{}' >/dev/null
value . POST /test/batch/small-balance-fee '{}' >/dev/null
value . PUT /test/clock "{\"now\":\"$(value .now GET /v1/clock)\"}" >/dev/null
for path in /test/defects-taken /test/audit /test/ledger /v1/branch-changes /v1/filings; do
    value . GET "$path" >/dev/null
done
instant=$(call GET "/v1/branches?size=500&page=5" | jq -r 'first(.items[] | select(.instant_issuance and .status == "open")).code')
value . POST "/v1/branches/$instant/instant-orders" "{\"holder\":\"$holder\"}" >/dev/null
move=$(value .move POST "/v1/cards/$card/moves" '{"to_bank":"测试他行"}')
value . POST "/v1/moves/$move/withdraw" >/dev/null
move=$(value .move POST "/v1/cards/$card/moves" '{"to_bank":"测试他行"}')
value . POST "/v1/moves/$move/complete" >/dev/null
card=$(value .card POST "/v1/holders/$holder/move-in" '{"from_bank":"测试他行"}')
value . POST "/v1/cards/$card/issue" >/dev/null
visit=$(value .visit POST "/v1/cards/$card/visits" '{"address":"北京市东城区测试路1号","reason":"elderly"}')
value . POST "/v1/visits/$visit/complete" "$identity" >/dev/null
person
value . POST "/v1/cards/$card/issue" >/dev/null
value . POST "/v1/branches/$instant/remote-activations" \
    "{\"card\":\"$card\",\"id_number\":\"110101190001010022\"}" >/dev/null
value . POST "/v1/cards/$card/report-loss" >/dev/null
card=$(value .card POST "/v1/cards/$card/replace")
value . POST "/v1/cards/$card/issue" >/dev/null
value . POST "/v1/cards/$card/activate-by-agent" '{"id_number":"110101190001010022","agent_name":"测试三","agent_id_number":"110101190001010030"}' >/dev/null
holder=$(value .id POST /v1/holders '{"name":"测试二","id_number":"110101190001010022"}')
batch=$(value .batch POST /v1/batches "{\"holders\":[\"$holder\"]}")
value . GET "/v1/batches/$batch" >/dev/null
value . GET /test/requests >/dev/null
value . DELETE "/v1/holders/$holder" >/dev/null
. "$(dirname "$0")/staff.sh"
python3 "$(dirname "$0")/openapi.py" "$work/openapi.yaml" "$exchanges" || fail "replies and document"

# The register that the inspector holds is the truth that the roster is made from.
"$REFBANK" --export-register "$work/register.csv" --export-instant "$work/instant.csv"
equal "licensed open branches" 120 "$(grep -c ',open$' "$work/register.csv")"
equal "instant branches" 101 "$(wc -l <"$work/instant.csv")"
equal "districts" 16 "$(sed 1d "$work/register.csv" | cut -d, -f4 | sort -u | wc -l)"
equal "distinct addresses" "$(sed 1d "$work/register.csv" | wc -l)" \
    "$(sed 1d "$work/register.csv" | cut -d, -f3 | sort -u | wc -l)"

first=$(value .requests GET /test/requests)
equal "every request is counted" "$((first + 1))" "$(value .requests GET /test/requests)"
openssl verify -CAfile "$dir/ca.pem" "$dir/server.pem" >/dev/null || fail "the certificate"
call POST "/v1/cards/B00000131/activate" '{"id_number":"110101190001010014"}' >/dev/null
equal "a refusal on the audit trail" "card.activate B00000131 ALREADY_ACTIVE" \
    "$(value '.latest[0] | "\(.operation) \(.object) \(.outcome)"' GET /test/audit)"
kill "$bank_pid"
wait "$bank_pid"
equal "status after SIGTERM" 0 $?
bank_pid=
grep -q runtime "$work/log" && fail "a sanitizer spoke"

bank_begin "$work/contract" --latency 120ms
started=$(date +%s%N)
call GET /v1/clock >/dev/null
[ "$((($(date +%s%N) - started) / 1000000))" -ge 120 ] || fail "the answer was not delayed"
bank_end
rm -f "$work/port"
"$REFBANK" --dir "$work/contract" --port-file "$work/port" --expired-cert >"$work/log" 2>&1 &
bank_pid=$!
until [ -s "$work/port" ]; do sleep 0.05; done
curl -s --cacert "$work/contract/ca.pem" "https://127.0.0.1:$(cat "$work/port")/healthz"
equal "an expired certificate" 60 $?
bank_end
echo "the contract holds"
