# SPDX-License-Identifier: Apache-2.0
# Sourced by the demo, the bench and the tests: sets up a reference bank and virtual cards on this
# machine, and takes them down again. Everything it starts it ends, by process id.
#
#   . tools/stage.sh
#   stage_begin                          # after it, an exit of any kind takes the stage down;
#                                        # exports REFBANK_CARD_KEYS
#   bank_start DIR [refbank options]     # exports REFBANK_URL, REFBANK_TERMINALS_URL,
#                                        # REFBANK_DIR, REFBANK_REGISTER; its documents, with the defect $STAGE_DOCUMENT_DEFECT
#   cards_start DIR [card options]       # exports YS_READER_CARD, YS_READER_PSAM, YS_READER_SPARE,
#                                        # YS_READER_REVOKED
#   cards_stop; bank_stop
#   stage_judged RUNDIR CANDIDATE FILE   # the result of a run into FILE; what a busy machine left
#                                        # undecided runs once more, alone
#   stage_disagreeing FILE FILE          # lines "CASE VERDICT" of two dialects that disagree
#
# STAGE_BIN names the folder of the programs (default build/release/bin).

stage_root=$(pwd)
STAGE_BIN=${STAGE_BIN:-$stage_root/build/release/bin}
BANK_PID=
CARD_PID=
PSAM_PID=
SPARE_PID=
STAGE_STATE=

. "$stage_root/tools/pcsc.sh"

stage_say() {
    printf '%s\n' "$*"
}

# Ends one process that was started here and waits for it.
stage_kill() {
    [ -n "$1" ] || return 0
    kill "$1" 2>/dev/null || return 0
    wait "$1" 2>/dev/null || true
}

# Waits until a file exists, at most N tenths of a second, while the process lives.
stage_wait_file() {
    file=$1
    pid=$2
    left=$3
    while [ ! -s "$file" ]; do
        left=$((left - 1))
        if [ "$left" -le 0 ] || ! kill -0 "$pid" 2>/dev/null; then
            return 1
        fi
        sleep 0.1
    done
}

# The keys of the cards' test CA and issuer, made once for a folder of programs.
stage_keys() {
    REFBANK_CARD_KEYS=$STAGE_BIN/card-keys
    export REFBANK_CARD_KEYS
    stage_keys_make || return 4
    # The certificate of the authority whose key the card profiles hold.
    [ -s "$REFBANK_CARD_KEYS/card-authority.pem" ] || {
        cp "$stage_root/cards/profiles/authority.pem" "$REFBANK_CARD_KEYS/card-authority.$$" &&
            mv "$REFBANK_CARD_KEYS/card-authority.$$" "$REFBANK_CARD_KEYS/card-authority.pem" || return 4
    }
}

stage_keys_make() {
    [ -s "$REFBANK_CARD_KEYS/ca-keys.csv" ] && return 0
    keys_new=$(mktemp -d "$STAGE_BIN/card-keys.XXXXXX") || return 4
    "$STAGE_BIN/virtual-card" --make-keys "$keys_new" || {
        rmdir "$keys_new"
        return 4
    }
    # Another stage may have been faster.
    mv -T "$keys_new" "$REFBANK_CARD_KEYS" 2>/dev/null || rm -rf "$keys_new"
}

bank_start() {
    # In full: candidate files name what is in it, and a path of theirs starts at the file.
    mkdir -p "$1"
    REFBANK_DIR=$(cd "$1" && pwd)
    shift
    rm -f "$REFBANK_DIR/port"
    "$STAGE_BIN/refbank" --dir "$REFBANK_DIR" --port 0 --port-file "$REFBANK_DIR/port" \
        --mutual-tls "$REFBANK_DIR/terminals-port" "$@" \
        >"$REFBANK_DIR/refbank.log" 2>&1 &
    BANK_PID=$!
    if ! stage_wait_file "$REFBANK_DIR/port" "$BANK_PID" 100; then
        cat "$REFBANK_DIR/refbank.log" >&2
        stage_say "the reference bank did not start" >&2
        return 4
    fi
    REFBANK_URL="https://127.0.0.1:$(cat "$REFBANK_DIR/port")"
    REFBANK_TERMINALS_URL="https://127.0.0.1:$(cat "$REFBANK_DIR/terminals-port")"
    REFBANK_REGISTER=$REFBANK_DIR/register.csv
    "$STAGE_BIN/refbank" --export-register "$REFBANK_REGISTER" "$@" >/dev/null
    export REFBANK_URL REFBANK_TERMINALS_URL REFBANK_DIR REFBANK_REGISTER
    documents_make "$REFBANK_DIR/documents"
}

# The documents that the bank hands in, with their list.
documents_make() {
    rm -rf "$1"
    # shellcheck disable=SC2086
    python3 "$stage_root/fixtures/documents/make.py" "$1" ${STAGE_TODAY:+--today "$STAGE_TODAY"} \
        ${STAGE_DOCUMENT_DEFECT:+--defect "$STAGE_DOCUMENT_DEFECT"} || return 4
}

bank_stop() {
    stage_kill "$BANK_PID"
    BANK_PID=
}

# Two readers: the social security card in the first, the PSAM in the second, of the profile
# STAGE_PSAM (default psam). Defects named psam-… are the PSAM's. Where there is a third reader (as
# after `pcsc_start 3`), a new card without a state is in it, for a case to block for ever; in a
# fourth one is a PSAM that was revoked.
cards_start() {
    cards_dir=$1
    shift
    mkdir -p "$cards_dir"
    rm -f "$cards_dir/card.log" "$cards_dir/psam.log" "$cards_dir/spare.log"
    # A card without a state is a new one, of which the guard of tries remembers nothing.
    [ -z "${STAGE_STATE:-}" ] || [ -e "$cards_dir/card.state" ] || rm -rf "$STAGE_STATE/cards"
    [ -n "${PCSC_READERS:-}" ] || pcsc_start 2 || return 4
    set -- "$@"
    card_port=$(printf '%s\n' $VPCD_PORTS | sed -n 1p)
    psam_port=$(printf '%s\n' $VPCD_PORTS | sed -n 2p)
    # The profile of the card is STAGE_CARD's, where that is set: a name, or a path.
    case ${STAGE_CARD:-ssc-v3} in
    /*) card_profile=$STAGE_CARD ;;
    *) card_profile=$stage_root/cards/profiles/${STAGE_CARD:-ssc-v3}.yaml ;;
    esac
    "$STAGE_BIN/virtual-card" --profile "$card_profile" \
        --port "$card_port" --keys "$REFBANK_CARD_KEYS" --state "$cards_dir/card.state" "$@" >"$cards_dir/card.log" 2>&1 &
    CARD_PID=$!
    spare_start "$@" || return 4
    case "$*" in
    *--defect\ psam-*) ;;
    *) set -- ;;
    esac
    "$STAGE_BIN/virtual-card" --profile "$stage_root/cards/profiles/${STAGE_PSAM:-psam}.yaml" \
        --port "$psam_port" --state "$cards_dir/psam.state" "$@" >"$cards_dir/psam.log" 2>&1 &
    PSAM_PID=$!
    stage_wait_file "$cards_dir/card.log" "$CARD_PID" 150 &&
        stage_wait_file "$cards_dir/psam.log" "$PSAM_PID" 150 || {
        cat "$cards_dir/card.log" "$cards_dir/psam.log" >&2
        stage_say "the virtual cards did not start" >&2
        return 4
    }
    YS_READER_CARD=$(printf '%s\n' "$PCSC_READERS" | sed -n 1p)
    YS_READER_PSAM=$(printf '%s\n' "$PCSC_READERS" | sed -n 2p)
    YS_READER_SPARE=$(printf '%s\n' "$PCSC_READERS" | sed -n 3p)
    YS_READER_REVOKED=$(printf '%s\n' "$PCSC_READERS" | sed -n 4p)
    export YS_READER_CARD YS_READER_PSAM YS_READER_SPARE YS_READER_REVOKED
}

spare_start() {
    spare_port=$(printf '%s\n' $VPCD_PORTS | sed -n 3p)
    revoked_port=$(printf '%s\n' $VPCD_PORTS | sed -n 4p)
    [ -n "$spare_port" ] || return 0
    profiles=$stage_root/cards/profiles
    "$STAGE_BIN/virtual-card" --slot "$profiles/ssc-v3.yaml:$spare_port" --keys "$REFBANK_CARD_KEYS" \
        --set 07=B0000014X "$@" ${revoked_port:+--slot "$profiles/psam-revoked.yaml:$revoked_port" "$@"} \
        >"$cards_dir/spare.log" 2>&1 &
    SPARE_PID=$!
    stage_wait_file "$cards_dir/spare.log" "$SPARE_PID" 150 || {
        cat "$cards_dir/spare.log" >&2
        stage_say "the spare card did not start" >&2
        return 4
    }
}

# Comes back when the readers have noticed: a card that follows sooner than they look, every
# 400 ms, would be taken for the last one and never be powered up.
cards_stop() {
    stage_kill "$CARD_PID"
    stage_kill "$PSAM_PID"
    stage_kill "$SPARE_PID"
    [ -z "$CARD_PID$PSAM_PID" ] || [ -z "${PCSC_READERS:-}" ] || cards_wait_gone
    CARD_PID=
    PSAM_PID=
    SPARE_PID=
}

# By the service's connections, not by a look into the readers: that would hold the cards of others
# for a moment.
cards_wait_gone() {
    left=50
    while [ "$left" -gt 0 ] && pcsc_has_card $VPCD_PORTS; do
        left=$((left - 1))
        sleep 0.1
    done
    sleep 0.1
}

# Verdicts of cases that were undecided for the environment's sake are those of RUNDIR-again.
stage_judged() {
    judged_run=$1 judged_candidate=$2 judged_file=$3
    set --
    for id in $(jq -r '.cases[] | select(.cause == "environment") | .id' "$judged_run/result.json"); do
        set -- "$@" --case "$id"
    done
    [ $# -gt 0 ] || {
        cp "$judged_run/result.json" "$judged_file"
        return
    }
    stage_say "$(basename "$judged_run") left undecided and runs again: $*" >&2
    status=0
    "$STAGE_BIN/yanshou" run -c "fixtures/candidates/$judged_candidate.yaml" -o "$judged_run-again" --quiet --no-vault \
        --seed "$(jq -r .seed "$judged_run/manifest.json")" "$@" >"$judged_file.log" 2>&1 || status=$?
    [ "$status" -ne 2 ] && [ "$status" -lt 4 ] || {
        cat "$judged_file.log" >&2
        return 4
    }
    jq -s '.[1].cases as $again | .[0] | .cases |= map(.id as $id | first($again[] | select(.id == $id)) // .)' \
        "$judged_run/result.json" "$judged_run-again/result.json" >"$judged_file"
}

# Of a case that applies in one dialect alone, that it passes there is all that can agree.
stage_disagreeing() {
    paste -d ' ' "$1" "$2" | awk '
        $1 == $3 && ($2 == $4 || $2 " " $4 ~ /^(pass not-applicable|not-applicable pass)$/) { next }
        { print }'
}

stage_end() {
    cards_stop
    bank_stop
    pcsc_stop
    [ -z "$STAGE_STATE" ] || rm -rf "$STAGE_STATE"
    STAGE_STATE=
}

stage_begin() {
    # What is remembered of virtual cards ends with them.
    STAGE_STATE=$(mktemp -d) || exit 4
    export YANSHOU_STATE_DIR="$STAGE_STATE"
    trap 'status=$?; trap - EXIT; stage_end; exit $status' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    stage_keys
}
