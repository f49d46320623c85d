#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each defect shows in the one thing it breaks, and with none on no guarded place is taken.
#
# A probe prints `kept` or `broken`. Every listed defect needs one: on the conforming bank it must
# print `kept`, with the defect on `broken`.
. "$(dirname "$0")/bank.sh"

verdict() {
    if [ "$1" = "$2" ]; then echo kept; else echo broken; fi
}

# The fees of N withdrawals on an account of which the caller may have used up some, by the ledger.
fees_of() {
    for n in $(seq "$1"); do withdraw >/dev/null; done
    charged
}

# What was taken from the account beside cash.
charged() {
    value '[.entries[] | select(.kind == "fee" or .kind == "other") | .amount] | add // 0' \
        GET "/v1/accounts/$account/statement"
}

roster() {
    page=1
    while :; do
        call GET "/v1/branches?page=$page&size=500" | jq -c . >"$work/page"
        jq -c '.items[]' "$work/page"
        [ "$page" -lt "$(jq .pages "$work/page")" ] || break
        page=$((page + 1))
    done >"$work/roster"
}

# Open business branches in Beijing and how many of them claim instant issuance.
city() {
    roster
    jq -sr 'map(select(.city == "北京市" and .type == "branch" and .status == "open"))
        | "\(length) \(map(select(.instant_issuance)) | length) \(map(.code) | unique | length)"' \
        "$work/roster"
}

probe_counter_at_four() { customer; verdict 0 "$(fees_of 5)"; }
probe_counter_by_card() {
    customer
    fees_of 3 >/dev/null
    call POST "/v1/cards/$card/report-loss" >/dev/null
    call POST "/v1/cards/$card/replace" >/dev/null
    verdict 0 "$(fees_of 2)"
}
probe_utc_month() {
    customer
    call PUT /test/clock '{"now":"2030-01-31T23:50:00+08:00"}' >/dev/null
    fees_of 5 >/dev/null
    call PUT /test/clock '{"now":"2030-02-01T00:00:00+08:00"}' >/dev/null
    verdict 0 "$(fees_of 5)"
}
probe_reversal_consumes_free() {
    customer
    id=$(withdraw | jq -r .id)
    call POST "/v1/atm/withdrawals/$id/reverse" >/dev/null
    verdict 0 "$(fees_of 5)"
}
probe_refused_consumes_free() {
    customer
    equal refusal INSUFFICIENT_FUNDS "$(withdraw other-bank 99999.00 | jq -r .code)"
    verdict 0 "$(fees_of 5)"
}
probe_timeout_consumes_free() {
    customer
    equal time-out timed-out "$(withdraw other-bank 100.00 timeout | jq -r .outcome)"
    verdict 0 "$(fees_of 5)"
}
probe_own_bank_counts() {
    customer
    for n in 1 2 3 4 5; do withdraw own-bank >/dev/null; done
    verdict 0 "$(fees_of 1)"
}
probe_race_charges_fifth() {
    customer
    for n in 1 2 3 4 5; do
        curl -s --cacert "$dir/ca.pem" -H "Authorization: Bearer $token" -o /dev/null \
            -d "{\"account\":\"$account\",\"amount\":1.00,\"network\":\"other-bank\"}" \
            "$url/v1/atm/withdrawals" &
        clients="${clients:-} $!"
    done
    wait $clients
    clients=
    verdict 0 "$(charged)"
}
probe_fee_as_service() { customer; verdict 0 "$(fees_of 1)"; }
probe_hidden_fee_in_ledger() { customer; verdict 0 "$(fees_of 1)"; }
probe_card_cost_charged() { person; verdict 0 "$(charged)"; }
probe_annual_fee_charged() {
    customer
    call POST /test/batch/annual-fee "{\"account\":\"$account\"}" >/dev/null
    verdict 0 "$(charged)"
}
probe_small_balance_fee_charged() {
    person
    call POST /test/batch/small-balance-fee "{\"account\":\"$account\"}" >/dev/null
    verdict 0 "$(charged)"
}
probe_payroll_fee() {
    person
    call POST "/v1/accounts/$account/payroll" '{"amount":5000.00}' >/dev/null
    verdict 0 "$(charged)"
}
probe_courier_fee() {
    person
    call POST "/v1/cards/$card/dispatch" '{"address":"北京市东城区测试路1号"}' >/dev/null
    verdict 0 "$(charged)"
}
probe_roster_drops_suburbs() { verdict "120 100 120" "$(city)"; }
probe_roster_69_percent() { verdict "120 100 120" "$(city)"; }
probe_roster_duplicate() { verdict "120 100 120" "$(city)"; }
probe_pagination_loses_last_page() { verdict "120 100 120" "$(city)"; }
probe_instant_claim_false() {
    person
    roster
    for code in $(jq -r 'select(.city == "北京市" and .instant_issuance) | .code' "$work/roster"); do
        call POST "/v1/branches/$code/instant-orders" "{\"holder\":\"$holder\"}" | jq -r '.code // "taken"'
    done | sort -u | grep -qx NOT_INSTANT && echo broken || echo kept
}
probe_activate_twice_accepted() {
    customer
    verdict ALREADY_ACTIVE "$(value .code POST "/v1/cards/$card/activate" \
        '{"id_number":"110101190001010022"}')"
}
probe_activate_without_identity() {
    person
    call POST "/v1/cards/$card/issue" >/dev/null
    verdict IDENTITY_MISMATCH "$(value .code POST "/v1/cards/$card/activate" \
        '{"id_number":"110101190001010030"}')"
}
probe_lost_card_pays() {
    customer
    call POST "/v1/cards/$card/report-loss" >/dev/null
    verdict CARD_NOT_ACTIVE "$(value .code POST /v1/atm/withdrawals \
        "{\"card\":\"$card\",\"amount\":100.00,\"network\":\"own-bank\"}")"
}
probe_wrong_pin_cancels_loss() {
    customer
    call POST "/v1/cards/$card/report-loss" >/dev/null
    verdict WRONG_PIN "$(value .code POST "/v1/cards/$card/cancel-loss-report" '{"pin":"000000"}')"
}
probe_replace_without_loss() {
    customer
    verdict NOT_LOST "$(value .code POST "/v1/cards/$card/replace")"
}
probe_replaced_card_alive() {
    customer
    call POST "/v1/cards/$card/report-loss" >/dev/null
    call POST "/v1/cards/$card/replace" >/dev/null
    verdict replaced "$(value .state GET "/v1/cards/$card")"
}
probe_record_name_differs() {
    verdict "$("$REFBANK" --print-testcard | jq -r .name)" \
        "$(value .holder.name GET "/v1/cards/$("$REFBANK" --print-testcard | jq -r .number)")"
}

probe() {
    "probe_$(printf %s "$1" | tr - _)"
}

names=$("$REFBANK" --list-defects | cut -f1)
[ "$(printf '%s\n' "$names" | wc -l)" -ge 14 ] || fail "fewer than fourteen defects"

bank_begin "$work/conforming"
for name in $names; do
    equal "$name on the conforming bank" kept "$(probe "$name")"
done
equal "guarded places taken" "" \
    "$(value '.defects[] | select(.taken > 0) | .name' GET /test/defects-taken)"
equal "guarded places that no probe reached" "" \
    "$(value '.defects[] | select(.reached == 0) | .name' GET /test/defects-taken)"
equal "books" "0 0" "$(value '"\(.unbalanced) \(.wrong_balances)"' GET /test/ledger)"
bank_end

for name in $names; do
    bank_begin "$work/$name" --defect "$name"
    equal "$name" broken "$(probe "$name")"
    equal "books under $name" "0 0" "$(value '"\(.unbalanced) \(.wrong_balances)"' GET /test/ledger)"
    bank_end
done
echo "$(printf '%s\n' "$names" | wc -l) defects: each is kept without, broken with it"
