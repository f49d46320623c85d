#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: card_behind_pcscd.sh FOLDER_OF_THE_PROGRAMS, from the root of the source
#
# Stock PC/SC programs read a virtual card through pcscd, a PSAM in the second reader opens the
# cardholder data, the tries survive the card being taken out, and nothing is left behind.
set -eu
bin=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/yanshou-card.XXXXXX")
card_pid=
psam_pid=

. tools/pcsc.sh

card_out() {
    [ -z "$card_pid" ] || kill "$card_pid"
    [ -z "$card_pid" ] || wait "$card_pid"
    card_pid=
}

psam_out() {
    [ -z "$psam_pid" ] || kill "$psam_pid"
    [ -z "$psam_pid" ] || wait "$psam_pid"
    psam_pid=
}

finish() {
    status=$?
    trap - EXIT
    card_out || status=1
    psam_out || status=1
    pcsc_stop
    [ "$status" -eq 0 ] || cat "$work"/*.log 2>/dev/null || :
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

wait_inserted() {
    left=100
    until grep -q '^virtual-card: inserted, ATR 3B 6D' "$1"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { echo "the card is not in the reader"; return 1; }
        sleep 0.1
    done
}

card_in() {
    : >"$work/card.log"
    "$bin/virtual-card" --profile cards/profiles/ssc-v3.yaml --port "$port" \
        --state "$work/state" --trace "$@" >"$work/card.log" 2>"$work/trace.log" &
    card_pid=$!
    wait_inserted "$work/card.log"
}

psam_in() {
    : >"$work/psam.log"
    "$bin/virtual-card" --profile cards/profiles/psam.yaml --port "$psam_port" \
        >"$work/psam.log" 2>&1 &
    psam_pid=$!
    wait_inserted "$work/psam.log"
}

# Sends commands to a reader, one an argument, and prints the last answer in hexadecimal. scriptor
# leaves the card as it is, so the next call goes on in the same session.
transmit() {
    at=$1
    shift
    printf '%s\n' "$@" | scriptor -r "$at" -p T=0 >"$work/script.log" 2>&1
    # Long answers go on in the next lines, up to the meaning of the status word.
    awk '/^</ { text = ""; inside = 1 } inside { text = text " " $0 }
         inside && / : / { inside = 0 } END { sub(/ : .*/, "", text); print text }' \
        "$work/script.log" | tr -d '< \n'
}

spaced() {
    printf '%s' "$1" | sed 's/../ &/g; s/^ //'
}

is() {
    [ "$1" = "$2" ] || { echo "$1 where $2 is right"; cat "$work/script.log"; return 1; }
}

# Sends commands after the selection and keeps what the program shows.
read_card() {
    set -- -s 00A404000F7378312E73682EC9E7BBE1B1A3D5CF "$@"
    opensc-tool --reader "$reader" --card-driver default "$@" >"$work/out.log" 2>&1
}

shows() {
    grep -q -- "$1" "$work/out.log" || { echo "no \"$1\" in:"; cat "$work/out.log"; return 1; }
}

pcsc_start 2
port=$(printf '%s\n' "$VPCD_PORTS" | sed -n 1p)
psam_port=$(printf '%s\n' "$VPCD_PORTS" | sed -n 2p)
reader=$(printf '%s\n' "$PCSC_READERS" | sed -n 1p)
psam=$(printf '%s\n' "$PCSC_READERS" | sed -n 2p)
service=$PCSC_PID

card_in
read_card -s 00B2072C00 -s 00B2013400 -s 0020000003000000
shows 'B00000131'
shows 'SW1=0x69, SW2=0x82'
shows 'SW1=0x63, SW2=0xC2'
card_out

card_in
read_card -s 0020000003000000
shows 'SW1=0x63, SW2=0xC1'
card_out

card_in --defect ef06-free --defect card-number-differs
read_card -s 00B2072C00 -s 00B2013400
shows 'B0000014X'
shows '11010119000101'
card_out

# The authentication of README.md: card, PSAM, card.
ssse='00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF'
factors='11 00 00 00 00 01 31 0A 31 31 30 30 30 30 73 78'
x='01 02 03 04 05 06 07 08'
card_in
psam_in
is "$(transmit "$psam" '00 B0 96 00 06')" 1100000000019000
answer=$(transmit "$reader" "$ssse" '00 84 00 00 08')
challenge=$(spaced "${answer%9000}")
answer=$(transmit "$psam" "BF DE 48 0A 18 $factors $challenge" "80 FA 00 00 08 $x" '00 C0 00 00 08')
cryptogram=$(spaced "${answer%9000}")
is "$(transmit "$reader" "00 82 00 0A 10 $cryptogram $x")" 9000
is "$(transmit "$reader" '00 B2 01 34 00')" 08123131303130313139303030313031303031349000
is "$(transmit "$reader" "$ssse" '00 B2 01 34 00')" 6982
card_out
psam_out

# A card that was waiting while the last one left in the middle of a command, between two looks of
# the reader, is powered up all the same.
card_in
mkfifo "$work/commands"
scriptor -r "$reader" -p T=0 <"$work/commands" >"$work/script.log" 2>&1 &
client=$!
exec 7>"$work/commands"
echo '00 84 00 00 08' >&7
sleep 1
last_pid=$card_pid
kill -STOP "$last_pid"
echo '00 84 00 00 08' >&7
"$bin/virtual-card" --profile cards/profiles/ssc-v2.yaml --port "$port" \
    >"$work/next.log" 2>&1 7>&- &
card_pid=$!
sleep 0.3
kill -KILL "$last_pid"
wait_inserted "$work/next.log"
exec 7>&-
wait "$client" || :
card_out

pcsc_stop
[ -z "$service" ] || [ ! -d "/proc/$service" ] || { echo "pcscd is still there"; exit 1; }

"$bin/virtual-card" --list-defects | awk -F '\t' 'NF != 3 { exit 1 } END { exit NR < 12 }'
if "$bin/virtual-card" --profile cards/profiles/psam.yaml --port 1 --defect no-such 2>"$work/err.log"
then
    echo "an unknown defect was accepted"
    exit 1
fi
grep -q 'no defect "no-such"' "$work/err.log"
