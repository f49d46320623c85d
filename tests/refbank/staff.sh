# SPDX-License-Identifier: Apache-2.0
# Sourced by contract.sh: operators, terminals, PSAMs, queries at the desk, every step once and what
# refuses it.

# hire ROLE: sets operator and operator_token.
hire() {
    operator_token=
    operator=$(value .operator POST /test/operators \
        "{\"role\":\"$1\",\"branch\":\"$branch\",\"password\":\"mima-mima-1\"}")
    operator_token=$(value .token POST "/v1/operators/$operator/login" '{"password":"mima-mima-1"}')
}

# at STEP [BODY]: the state of the terminal after a step, or the code that refuses it.
at() {
    value '.code // .state // .terminal' POST "/v1/terminals/$terminal/$1" "${2:-}"
}

"$REFBANK" --export-register "$work/register.csv"
branch=$(sed -n '/,open$/{s/,.*//p;q}' "$work/register.csv")
equal "no operator" NOT_LOGGED_IN "$(value .code GET "/v1/terminals?branch=$branch")"
hire terminal-manager
equal "a wrong password" LOGIN_REFUSED "$(value .code POST "/v1/operators/$operator/login" '{"password":"x"}')"
equal "an unknown operator" LOGIN_REFUSED "$(value .code POST /v1/operators/U99999999/login '{"password":"x"}')"
new='{"serial":"S1","model":"CS-100","firmware":"2.4"}'
terminal=$(value .id POST /v1/terminals "$new")
psam=$(value .id POST /v1/psams '{"serial":"P1"}')
equal "a serial number twice" SERIAL_EXISTS "$(value .code POST /v1/terminals "$new")"
equal "no PSAM yet" TERMINAL_NOT_PAIRED "$(at deploy "{\"branch\":\"$branch\"}")"
equal "pairing" stock "$(at pair "{\"psam\":\"$psam\"}")"
equal "unpairing" stock "$(at unpair)"
equal "pairing again" stock "$(at pair "{\"psam\":\"$psam\"}")"
equal "deployment" deployed "$(at deploy "{\"branch\":\"$branch\"}")"
equal "out of a deployed terminal" TERMINAL_DEPLOYED "$(at unpair)"
message() {
    printf '{"psam":"%s","nonce":"%s","sent":"%s"}' "$psam" "$1" \
        "$(TZ=Asia/Shanghai date +%Y-%m-%dT%H:%M:%S+08:00)"
}
equal "authentication" "$terminal" "$(at authenticate "$(message one)")"
equal "the same message" MESSAGE_REPLAYED "$(at authenticate "$(message one)")"
equal "heartbeat" "$terminal" "$(at heartbeat '{"firmware":"2.3"}')"
equal "another firmware" FIRMWARE_MISMATCH "$(at authenticate "$(message two)")"
equal "older firmware" FIRMWARE_OLDER \
    "$(value .code PUT "/v1/terminals/$terminal/firmware" '{"firmware":"2.3.9"}')"
equal "newer firmware" 2.10 \
    "$(value .firmware PUT "/v1/terminals/$terminal/firmware" '{"firmware":"2.10"}')"
equal "inventory" "$terminal" "$(value '.items[0].id' GET "/v1/terminals?branch=$branch")"
equal "record" "$psam" "$(value .psam GET "/v1/terminals/$terminal")"
equal "loss" lost "$(at report-lost)"
equal "after the loss" TERMINAL_LOST "$(at heartbeat '{"firmware":"2.10"}')"
equal "revocation" "$psam" "$(value .psam POST "/v1/psams/$psam/revoke")"
equal "its record" "revoked $terminal" "$(value '"\(.state) \(.terminal)"' GET "/v1/psams/$psam")"
equal "retirement" retired "$(at retire)"
equal "movements" "registered paired unpaired paired deployed firmware lost revoked retired" \
    "$(value '[.movements[].kind] | join(" ")' GET "/v1/terminals/$terminal/movements")"
manager=$operator
hire supervisor
equal "a supervisor moves no terminals" NOT_PERMITTED "$(at retire)"
equal "unlocking" "$manager" "$(value .operator POST "/v1/operators/$manager/unlock")"
equal "logout" "$operator" "$(value .operator POST /v1/operators/logout)"
equal "after logout" NOT_LOGGED_IN "$(value .code POST /v1/operators/logout)"
operator_token=
equal "dismissal" "$manager" "$(value .operator DELETE "/test/operators/$manager")"

# The desk: a holder of the branch, what each role sees of her, and the trail that this leaves.
identity=110101190001010022
holder=$(value .id POST /v1/holders "{\"name\":\"测试二\",\"id_number\":\"$identity\",\"phone\":\"13000001234\"}")
card=$(value .card POST /v1/cards "{\"holder\":\"$holder\",\"branch\":\"$branch\",\"delivery\":\"branch\"}")
account=$(value .account GET "/v1/cards/$card")
hire supervisor
equal "a supervisor sees" "$identity" "$(value .id_number GET "/v1/desk/holders/$holder")"
equal "a supervisor exports" "$holder 110101********0022 130****1234" \
    "$(value '.records[-1] | "\(.holder) \(.id_number) \(.phone)"' POST /v1/desk/exports)"
hire teller
equal "a teller does not" NOT_PERMITTED "$(value .code POST /v1/desk/exports)"
equal "a teller sees" "110101********0022 130****1234" \
    "$(value '"\(.id_number) \(.phone)"' GET "/v1/desk/cards/$card")"
equal "a search" "$holder" "$(value '.records[-1].holder' POST /v1/desk/searches "{\"id_number\":\"$identity\"}")"
equal "a malformed search" INVALID_REQUEST "$(value .code POST /v1/desk/searches '{"id_number":"x"}')"
equal "the right number" "$card" "$(value .card POST "/v1/desk/cards/$card/verify" "{\"id_number\":\"$identity\"}")"
equal "a wrong number" IDENTITY_MISMATCH \
    "$(value .code POST "/v1/desk/cards/$card/verify" '{"id_number":"110101190001010014"}')"
equal "a card without a branch" RECORD_NOT_AVAILABLE "$(value .code GET /v1/desk/cards/B00000131)"
equal "no auditor" NOT_PERMITTED "$(value .code GET "/v1/audit?operator=$operator")"
for n in 1 2; do
    curl -s --cacert "$dir/ca.pem" -H "Authorization: Bearer $token" -H "Idempotency-Key: once" \
        -d '{"amount":100.00}' "$url/v1/accounts/$account/deposits" >"$work/reply"
done
equal "a deposit that was sent twice" 100 "$(jq .balance "$work/reply" | cut -d. -f1)"
equal "its balance" 100 "$(value .balance GET "/v1/accounts/$account" | cut -d. -f1)"
teller=$operator
hire auditor
equal "the trail" \
    "audit.query desk.card desk.verify desk.verify desk.search desk.search desk.card desk.export operator.login" \
    "$(value '[.items[].operation] | join(" ")' GET "/v1/audit?operator=$teller")"
equal "no query by auditors" NOT_PERMITTED "$(value .code GET "/v1/desk/holders/$holder")"
operator_token=
value . DELETE "/v1/holders/$holder" >/dev/null
