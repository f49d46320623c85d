#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The signed dialects from outside, with openssl: what is answered, and what is refused.
. "$(dirname "$0")/bank.sh"

# sign KIND PATH TIMESTAMP NONCE BODY_FILE: the signature that the bank expects.
sign() {
    printf 'POST\n%s\n%s\n%s\n' "$2" "$3" "$4" >"$work/canonical"
    case $1 in
    hmac) digest "$5" ;;
    sm2) cat "$5" ;;
    esac >>"$work/canonical"
    case $1 in
    hmac) openssl dgst -sm3 -hmac "$(cat "$dir/client-secret.txt")" -r "$work/canonical" | cut -d' ' -f1 ;;
    sm2) openssl pkeyutl -sign -rawin -digest sm3 -inkey "$dir/client-sm2.key" -in "$work/canonical" \
        -pkeyopt distid:1234567812345678 | base64 -w0 ;;
    esac
}

# digest FILE: its SM3, without a line end.
digest() {
    openssl dgst -sm3 -r "$1" | cut -d' ' -f1 | tr -d '\n'
}

# send PATH TIMESTAMP NONCE SIGNATURE BODY_FILE [DIGEST]
send() {
    curl -s -H "X-Digest: ${6:-$(digest "$5")}" --cacert "$dir/ca.pem" -H "X-Client: ${client:-bureau-tester}" -H "X-Timestamp: $2" \
        -H "X-Nonce: $3" -H "X-Signature: $4" --data-binary "@$5" "$url$1"
}

nonce() {
    printf 'nonce-%s-%s' "$(date +%s%N)" "$$"
}

# gateway SERVICE BODY: the envelope dialect, signed as it should be.
gateway() {
    printf '{"head":{"service":"%s","serial":"S1"},"body":%s}' "$1" "$2" >"$work/body"
    now=$(date +%s)
    nonce=$(nonce)
    send /gateway "$now" "$nonce" "$(sign hmac /gateway "$now" "$nonce" "$work/body")" "$work/body"
}

# esb CODE ELEMENTS: the esb dialect; the reply as UTF-8.
esb() {
    printf '<?xml version="1.0" encoding="GB18030"?><Service><Head><TranCode>%s</TranCode><SeqNo>S2</SeqNo></Head><Body>%s</Body></Service>' \
        "$1" "$2" | iconv -f UTF-8 -t GB18030 >"$work/body"
    now=$(date +%s)
    nonce=$(nonce)
    send /esb "$now" "$nonce" "$(sign sm2 /esb "$now" "$nonce" "$work/body")" "$work/body" |
        iconv -f GB18030 -t UTF-8
}

# element NAME: its text in the reply on standard input.
element() {
    sed -n "s/.*<$1>\([^<]*\)<.*/\1/p"
}

bank_begin "$work/dialects"

reply=$(gateway holder.register '{"name":"测试二","idNumber":"110101190001010022"}')
equal "envelope" "0000 OK S1 holder.register" \
    "$(echo "$reply" | jq -r '.head | "\(.code) \(.reason) \(.serial) \(.service)"')"
holder=$(echo "$reply" | jq -r .body.id)
reply=$(gateway card.apply "{\"holder\":\"$holder\",\"delivery\":\"网点\"}")
card=$(echo "$reply" | jq -r .body.card)
account=$(echo "$reply" | jq -r .body.account)
equal "a label" 已申领 "$(gateway card.status "{\"card\":\"$card\"}" | jq -r .body.state)"
equal "an English word" 4220 \
    "$(gateway card.apply "{\"holder\":\"$holder\",\"delivery\":\"branch\"}" | jq -r .head.code)"
equal "a refusal" "4090 ALREADY_ACTIVE null" \
    "$(gateway card.activate '{"card":"B00000131","idNumber":"110101190001010014"}' |
        jq -r '"\(.head.code) \(.head.reason) \(.body)"')"
equal "fen" 12345 \
    "$(gateway account.deposit "{\"account\":\"$account\",\"amount\":12345}" | jq .body.balance)"
equal "parts of a fen" 4220 \
    "$(gateway account.deposit "{\"account\":\"$account\",\"amount\":1.5}" | jq -r .head.code)"
equal "an unknown service" 4040 "$(gateway card.nothing '{}' | jq -r .head.code)"
equal "not an envelope" 4000 \
    "$(printf '[]' >"$work/raw"; n=$(nonce); t=$(date +%s)
       send /gateway "$t" "$n" "$(sign hmac /gateway "$t" "$n" "$work/raw")" "$work/raw" | jq -r .head.code)"

reply=$(esb SC0102 "<HOLDER>$holder</HOLDER>")
equal "esb" "000000 OK S2 测试二" "$(echo "$reply" | element RetCode) $(echo "$reply" | element RetName) $(
    echo "$reply" | element SeqNo) $(echo "$reply" | element NAME)"
equal "amount as text" 124.45 \
    "$(esb SC0302 "<ACCOUNT>$account</ACCOUNT><AMOUNT>1.00</AMOUNT>" | element BALANCE)"
equal "amount without decimals" E42200 \
    "$(esb SC0302 "<ACCOUNT>$account</ACCOUNT><AMOUNT>1</AMOUNT>" | element RetCode)"
equal "time as digits" 14 "$(esb SC0902 '' | element NOW | tr -d '\n' | wc -c)"
equal "clock" 20300131235959 "$(esb SC0903 '<NOW>20300131235959</NOW>' | element NOW)"
equal "a refusal" "E40900 ALREADY_ACTIVE" \
    "$(esb SC0204 '<CARD>B00000131</CARD><ID_NUMBER>110101190001010014</ID_NUMBER>' >"$work/reply"
       echo "$(element RetCode <"$work/reply") $(element RetName <"$work/reply")")"
equal "rows" 5 "$(esb SC0401 '<PAGE>1</PAGE><SIZE>5</SIZE>' | grep -o '<ROW>' | wc -l)"
printf '<!DOCTYPE x [<!ENTITY e "a">]><Service><Head><TranCode>SC0902</TranCode></Head><Body>&e;</Body></Service>' >"$work/raw"
n=$(nonce)
t=$(date +%s)
equal "a document type" E40000 \
    "$(send /esb "$t" "$n" "$(sign sm2 /esb "$t" "$n" "$work/raw")" "$work/raw" | element RetCode)"

# What is wrong with a signature.
printf '{"head":{"service":"clock.get"},"body":{}}' >"$work/raw"
t=$(date +%s)
n=$(nonce)
good=$(sign hmac /gateway "$t" "$n" "$work/raw")
reason() { jq -r '.head | "\(.code) \(.reason)"'; }
equal "no signature" "4010 BAD_SIGNATURE" "$(send /gateway "$t" "$n" "" "$work/raw" | reason)"
equal "another client" "4010 BAD_SIGNATURE" "$(client=someone; send /gateway "$t" "$n" "$good" "$work/raw" | reason)"
equal "another nonce" "4010 BAD_SIGNATURE" "$(send /gateway "$t" "$n-" "$good" "$work/raw" | reason)"
equal "once" "0000 OK" "$(send /gateway "$t" "$n" "$good" "$work/raw" | reason)"
equal "again" "4010 REPLAYED_REQUEST" "$(send /gateway "$t" "$n" "$good" "$work/raw" | reason)"
n=$(nonce)
good=$(sign hmac /gateway "$t" "$n" "$work/raw")
old=$(digest "$work/raw")
printf '{"head":{"service":"release.get"},"body":{}}' >"$work/raw"
equal "another body" "4010 BAD_SIGNATURE" "$(send /gateway "$t" "$n" "$good" "$work/raw" | reason)"
equal "another body, the old digest" "4010 BAD_SIGNATURE" \
    "$(send /gateway "$t" "$n" "$good" "$work/raw" "$old" | reason)"
n=$(nonce)
t=$((t - 301))
equal "an old timestamp" "4010 STALE_REQUEST" \
    "$(send /gateway "$t" "$n" "$(sign hmac /gateway "$t" "$n" "$work/raw")" "$work/raw" | reason)"
equal "SM2 by nobody" E40100 "$(send /esb "$t" "$n" "$good" "$work/raw" | element RetCode)"
bank_end

# Mutual TLS: the handshake of whoever has no certificate by the authority is refused.
rm -f "$work/port"
"$REFBANK" --dir "$dir" --port-file "$work/port" --mutual-tls "$work/mutual" >"$work/log" 2>&1 &
bank_pid=$!
until [ -s "$work/port" ]; do sleep 0.05; done
health() { url=$1; shift; curl -s --cacert "$dir/ca.pem" "$@" "https://127.0.0.1:$url/healthz" | jq -r .status; }
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=stranger -keyout "$work/stranger.key" \
    -out "$work/stranger.pem" 2>/dev/null
for version in 1.2 1.3; do
    equal "no client certificate, $version" "" "$(health "$(cat "$work/mutual")" --tls-max "$version")"
    equal "with it, $version" ok "$(health "$(cat "$work/mutual")" --tls-max "$version" \
        --cert "$dir/client.pem" --key "$dir/client.key")"
    equal "a stranger's certificate, $version" "" "$(health "$(cat "$work/mutual")" --tls-max "$version" \
        --cert "$work/stranger.pem" --key "$work/stranger.key")"
done
equal "the first port asks for none" ok "$(health "$(cat "$work/port")")"
bank_end
grep -q runtime "$work/log" && fail "a sanitizer spoke"
echo "the signed dialects hold"
