# SPDX-License-Identifier: Apache-2.0
# Sourced: a PC/SC service with virtual readers, and its end. There is one service a machine, so
# whoever starts it holds a lock (on the driver's file: it is there anyway) until pcsc_stop.
#
#   pcsc_start N      N readers, 1 to 16; sets VPCD_PORTS and PCSC_READERS, a line for each reader
#   pcsc_stop         ends what pcsc_start started; harmless where nothing was
#
# A service that runs already is used where it has the packaged virtual readers, of which there are
# two whatever N is; else it is in the way: pcsc_start waits 30 s for its end, then says so and
# returns 4.

PCSC_PID=
PCSC_DIR=
PCSC_LOCKED=
PCSC_READERS=
VPCD_PORTS=
pcsc_driver=/usr/lib/pcsc/drivers/serial/libifdvpcd.so

pcsc_say() {
    printf 'pcsc: %s\n' "$*" >&2
}

pcsc_as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

# The kernel's tables tell who listens without a connection, which vpcd would take for a card.
pcsc_service_runs() {
    grep -q ' /run/pcscd/pcscd\.comm$' /proc/net/unix
}

pcsc_port_listens() {
    awk -v port="$(printf ':%04X' "$1")" \
        '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# Whether the service has a card, or one whose end it has not noticed yet, at one of the ports.
pcsc_has_card() {
    for pcsc_one; do
        awk -v port="$(printf ':%04X' "$pcsc_one")" \
            '($4 == "01" || $4 == "08") && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' \
            /proc/net/tcp /proc/net/tcp6 2>/dev/null && return 0
    done
    return 1
}

# Whether a process runs; one that ended and is not waited for yet does not.
pcsc_alive() {
    case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
    '' | Z*) return 1 ;;
    esac
}

# The names of the virtual readers, a line for each.
pcsc_list() {
    opensc-tool --list-readers 2>/dev/null | sed -n 's/^[0-9].*\(Virtual PCD .*\)$/\1/p'
}

# The ports of N readers from the first on, a line for each.
pcsc_ports() {
    seq "$2" "$(($2 + $1 - 1))"
}

pcsc_all_listen() {
    for pcsc_one in $(pcsc_ports "$1" "$2"); do
        pcsc_port_listens "$pcsc_one" || return 1
    done
}

# Waits until N readers are listed and their ports listen, at most 15 s.
pcsc_wait_readers() {
    pcsc_left=150
    while :; do
        PCSC_READERS=$(pcsc_list | head -n "$1")
        if [ "$(printf '%s' "$PCSC_READERS" | grep -c .)" -eq "$1" ] && pcsc_all_listen "$1" "$2"; then
            return 0
        fi
        pcsc_left=$((pcsc_left - 1))
        if [ "$pcsc_left" -le 0 ] || { [ -n "$PCSC_PID" ] && ! pcsc_alive "$PCSC_PID"; }; then
            return 1
        fi
        sleep 0.1
    done
}

# N ports side by side that nobody listens on, below the range that the system hands out.
pcsc_free_ports() {
    pcsc_port=$((20000 + $$ % 600 * 16))
    while :; do
        for pcsc_one in $(pcsc_ports "$1" "$pcsc_port"); do
            ! pcsc_port_listens "$pcsc_one" || break
        done
        pcsc_port_listens "$pcsc_one" || break
        pcsc_port=$((pcsc_port + 16))
    done
}

pcsc_use_running() {
    # Where systemd holds the socket, the service and its readers come with the first client.
    pcsc_list >/dev/null
    pcsc_some=$(($1 < 2 ? $1 : 2))
    if pcsc_port_listens 35963 && pcsc_wait_readers "$pcsc_some" 35963; then
        VPCD_PORTS=$(pcsc_ports "$pcsc_some" 35963)
        return 0
    fi
    pcsc_left=300
    while pcsc_service_runs && [ "$pcsc_left" -gt 0 ]; do
        pcsc_left=$((pcsc_left - 1))
        sleep 0.1
    done
    ! pcsc_service_runs || {
        pcsc_say "a pcscd without virtual readers on ports 35963 and 35964 is running;" \
            "end it, or install vsmartcard-vpcd and start it again"
        return 4
    }
    pcsc_start_own "$1"
}

pcsc_start_own() {
    pcsc_free_ports "$(($1 + $1 % 2))"
    PCSC_DIR=$(mktemp -d "${TMPDIR:-/tmp}/yanshou-pcsc.XXXXXX") || return 4
    # A driver serves two readers, so each further pair has a copy of it.
    pcsc_own=$pcsc_driver
    pcsc_name='Virtual PCD'
    for pcsc_one in $(seq "$pcsc_port" 2 "$((pcsc_port + $1 - 1))"); do
        cat <<CONF
FRIENDLYNAME "$pcsc_name"
DEVICENAME   /dev/null:$(printf '0x%X' "$pcsc_one")
LIBPATH      $pcsc_own
CHANNELID    $(printf '0x%X' "$pcsc_one")
CONF
        pcsc_own=$PCSC_DIR/driver-$pcsc_one.so
        pcsc_name="Virtual PCD $pcsc_one"
        cp "$pcsc_driver" "$pcsc_own" || return 4
    done >"$PCSC_DIR/vpcd.conf"
    # Not by a function: the process id must be that of pcscd, or of the sudo that passes
    # signals on to it.
    if [ "$(id -u)" -eq 0 ]; then
        pcscd --foreground --config "$PCSC_DIR/vpcd.conf" >"$PCSC_DIR/log" 2>&1 9<&- &
    else
        sudo -n pcscd --foreground --config "$PCSC_DIR/vpcd.conf" >"$PCSC_DIR/log" 2>&1 9<&- &
    fi
    PCSC_PID=$!
    if ! pcsc_wait_readers "$1" "$pcsc_port"; then
        pcsc_say "pcscd lists no virtual readers; it said:"
        cat "$PCSC_DIR/log" >&2
        return 4
    fi
    VPCD_PORTS=$(pcsc_ports "$1" "$pcsc_port")
}

pcsc_start() {
    if [ "$1" -lt 1 ] || [ "$1" -gt 16 ]; then
        pcsc_say "1 to 16 readers, not $1"
        return 4
    fi
    PATH=$PATH:/usr/sbin
    for pcsc_program in pcscd opensc-tool flock awk; do
        command -v "$pcsc_program" >/dev/null || {
            pcsc_say "$pcsc_program is missing; tools/setup.sh installs it"
            return 4
        }
    done
    if [ ! -r "$pcsc_driver" ]; then
        pcsc_say "$pcsc_driver is missing; tools/setup.sh installs it"
        return 4
    fi
    if ! pcsc_service_runs && ! pcsc_as_root true 2>/dev/null; then
        pcsc_say "starting pcscd needs root or sudo without a password; or start it yourself"
        return 4
    fi
    exec 9<"$pcsc_driver"
    if ! flock -w 300 9; then
        exec 9<&-
        pcsc_say "another run has held the readers for five minutes"
        return 4
    fi
    PCSC_LOCKED=1
    if pcsc_service_runs; then
        pcsc_use_running "$1"
    else
        pcsc_start_own "$1"
    fi || {
        pcsc_stop
        return 4
    }
}

pcsc_stop() {
    if [ -n "$PCSC_PID" ]; then
        pcsc_as_root kill "$PCSC_PID" 2>/dev/null || :
        pcsc_left=30
        while pcsc_alive "$PCSC_PID"; do
            pcsc_left=$((pcsc_left - 1))
            # A driver that waits for a mute card never ends by itself. Under sudo the service
            # is another process than PCSC_PID.
            if [ "$pcsc_left" -eq 0 ]; then
                pcsc_as_root kill -9 "$PCSC_PID" $(cat /run/pcscd/pcscd.pid 2>/dev/null) \
                    2>/dev/null || :
            fi
            sleep 0.1
        done
        wait "$PCSC_PID" 2>/dev/null || :
        pcsc_service_runs || pcsc_as_root rm -f /run/pcscd/pcscd.comm /run/pcscd/pcscd.pid
    fi
    [ -z "$PCSC_DIR" ] || rm -rf "$PCSC_DIR"
    if [ -n "$PCSC_LOCKED" ]; then
        flock -u 9
        exec 9<&-
    fi
    PCSC_PID=
    PCSC_DIR=
    PCSC_LOCKED=
    PCSC_READERS=
    VPCD_PORTS=
}
