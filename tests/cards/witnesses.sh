#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: witnesses.sh FOLDER_OF_THE_PROGRAMS, from the root of the source
#
# Programs that know nothing of this project see the virtual card as they see any card: its ATR
# taken apart by pcsc_scan, its answers by opensc-tool, scriptor and pyscard, with card and PSAM in
# two readers that one process serves; and the certificates on the card verified by openssl.
set -eu
bin=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/yanshou-witness.XXXXXX")
cards_pid=

. tools/pcsc.sh

finish() {
    status=$?
    trap - EXIT
    [ -z "$cards_pid" ] || { kill "$cards_pid" && wait "$cards_pid"; } || status=1
    pcsc_stop
    [ "$status" -eq 0 ] || tail -n 40 "$work"/*.log 2>/dev/null || :
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

shows() {
    grep -q -- "$2" "$work/$1" || {
        echo "$1 does not show \"$2\""
        return 1
    }
}

# Debian's own python has its packages; another one first in PATH may have not.
python=/usr/bin/python3
"$python" -c 'import smartcard' || {
    echo "python3-pyscard is missing; tools/setup.sh installs it"
    exit 1
}

pcsc_start 2
first=$(printf '%s\n' "$VPCD_PORTS" | sed -n 1p)
second=$(printf '%s\n' "$VPCD_PORTS" | sed -n 2p)
reader=$(printf '%s\n' "$PCSC_READERS" | sed -n 1p)
psam=$(printf '%s\n' "$PCSC_READERS" | sed -n 2p)
"$bin/virtual-card" --slot "cards/profiles/ssc-v3.yaml:$first" --state "$work/state" \
    --slot "cards/profiles/psam.yaml:$second" >"$work/cards.log" 2>&1 &
cards_pid=$!
left=100
until [ "$(grep -c inserted "$work/cards.log")" -eq 2 ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "the cards are not in the readers"; exit 1; }
    sleep 0.1
done

atr='3B 6D 00 00 00 81 54 43 53 11 00 00 00 00 01 31 0A'
pcsc_scan -t 2 >"$work/pcsc_scan.log" 2>&1 || :
shows pcsc_scan.log "ATR: $atr"
shows pcsc_scan.log 'Historical bytes'

opensc-tool --reader "$reader" --atr >"$work/opensc.log" 2>&1
shows opensc.log '3b:6d:00:00:00:81:54:43:53'
opensc-tool --reader "$reader" --card-driver default \
    -s 00A404000F7378312E73682EC9E7BBE1B1A3D5CF -s 00B2072C00 >>"$work/opensc.log" 2>&1
shows opensc.log 'B00000131'
opensc-tool --reader "$psam" --card-driver default -s 00B0960006 >"$work/opensc-psam.log" 2>&1
shows opensc-psam.log '11 00 00 00 00 01'

printf '%s\n' 'reset' '00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF' \
    '00 C0 00 00 18' '00 B2 01 34 00' |
    scriptor -r "$reader" -p T=0 >"$work/scriptor.log" 2>&1
shows scriptor.log '61 18'
shows scriptor.log '69 82'

cat >"$work/read.py" <<'PYTHON'
import sys
from smartcard.System import readers
from smartcard.util import toHexString

def talk(connection, command):
    data, sw1, sw2 = connection.transmit(list(bytes.fromhex(command)))
    if sw1 == 0x61:
        more, sw1, sw2 = connection.transmit([0, 0xC0, 0, 0, sw2])
        data += more
    return bytes(data), sw1 << 8 | sw2

connection = next(r for r in readers() if str(r) == sys.argv[1]).createConnection()
connection.connect()
print("ATR", toHexString(connection.getATR()))
assert talk(connection, "00A404000F7378312E73682EC9E7BBE1B1A3D5CF")[1] == 0x9000
print("number", talk(connection, "00B2072C00")[0][2:].decode("ascii"))
for name, first in (("signing", "00B0980000"), ("encryption", "00B0990000")):
    for directory in ("504B492EC9E7BBE1B1A3D5CF", "53532E434552542E41444631"):
        assert talk(connection, "00A404000C" + directory)[1] == 0x9000
    part, sw = talk(connection, first)
    rest, sw = talk(connection, "00B0010000")
    open(sys.argv[2] + "/" + name + ".der", "wb").write(part + rest)
PYTHON
"$python" "$work/read.py" "$reader" "$work" >"$work/pyscard.log" 2>&1
shows pyscard.log "ATR $atr"
shows pyscard.log 'number B00000131'

for name in signing encryption; do
    openssl x509 -inform DER -in "$work/$name.der" -noout -text >"$work/$name.log" 2>&1
    shows "$name.log" 'SM2-with-SM3'
    shows "$name.log" 'Yanshou Test CA'
done
shows signing.log 'Digital Signature, Non Repudiation'
shows encryption.log 'Key Encipherment, Data Encipherment, Key Agreement'
