#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: card_behind_pcscd.sh FOLDER_OF_THE_PROGRAMS, from the root of the source
#
# A stock PC/SC program reads a virtual card through pcscd, the tries survive the card being taken
# out, and nothing is left behind.
set -eu
bin=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/yanshou-card.XXXXXX")
card_pid=

. tools/pcsc.sh

card_out() {
    [ -z "$card_pid" ] || kill "$card_pid"
    [ -z "$card_pid" ] || wait "$card_pid"
    card_pid=
}

finish() {
    status=$?
    trap - EXIT
    card_out || status=1
    pcsc_stop
    [ "$status" -eq 0 ] || cat "$work"/*.log 2>/dev/null || :
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

card_in() {
    : >"$work/card.log"
    "$bin/virtual-card" --profile cards/profiles/ssc-v3.yaml --port "$port" \
        --state "$work/state" --trace "$@" >"$work/card.log" 2>"$work/trace.log" &
    card_pid=$!
    left=100
    until grep -q '^virtual-card: inserted, ATR 3B 6D' "$work/card.log"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { echo "the card is not in the reader"; return 1; }
        sleep 0.1
    done
}

# Sends commands after the selection and keeps what the program shows.
read_card() {
    set -- -s 00A404000F7378312E73682EC9E7BBE1B1A3D5CF "$@"
    opensc-tool --reader "$reader" --card-driver default "$@" >"$work/out.log" 2>&1
}

shows() {
    grep -q -- "$1" "$work/out.log" || { echo "no \"$1\" in:"; cat "$work/out.log"; return 1; }
}

pcsc_start 1
port=$VPCD_PORTS
reader=$PCSC_READERS
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

pcsc_stop
[ -z "$service" ] || [ ! -d "/proc/$service" ] || { echo "pcscd is still there"; exit 1; }

"$bin/virtual-card" --list-defects | awk -F '\t' 'NF != 3 { exit 1 } END { exit NR < 12 }'
if "$bin/virtual-card" --profile cards/profiles/psam.yaml --port 1 --defect no-such 2>"$work/err.log"
then
    echo "an unknown defect was accepted"
    exit 1
fi
grep -q 'no defect "no-such"' "$work/err.log"
