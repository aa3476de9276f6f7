# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Functions for scripts that run a Lucid node and a real client; source after desktop.sh.
#   node_start DATA                      `lucid init` where needed and `lucid up` on free ports; sets node_port, rpc_port
#   client_connect DIR USER SECRET ARGS  xfreerdp in the background; sets client_pid
#   client_type TEXT                     types into the client's window and presses Return
#   client_stop, client_kill             the window is closed; the process is ended and the line breaks
#   session_wait ID STATE-REGEX SECONDS  waits for a session's state
#   node_stop
# $lucid is the binary.

lucid=${lucid:-out/release/apps/lucid/lucid}
node_pid=
client_pid=

lucid_json() { "$lucid" --data "$node_data" --json "$@"; }

node_init() {  # DATA
    node_data=$1
    node_port=${node_port:-$(free_port)} || return 1
    rpc_port=${rpc_port:-$(free_port)} || return 1
    "$lucid" --data "$node_data" init --listen "127.0.0.1:$node_port" --rpc "127.0.0.1:$rpc_port" --json > "$node_data.init.json"
}

node_start() {  # DATA LOG
    node_data=$1
    "$lucid" --data "$node_data" up > "$2" 2>&1 &
    node_pid=$!
    local end=$((SECONDS + 30))
    until lucid_json status 2>/dev/null | jq -e '.running == true' > /dev/null 2>&1; do
        kill -0 "$node_pid" 2>/dev/null || { echo "lucid up ended at once (log: $2)" >&2; tail -n 5 "$2" >&2; node_pid=; return 1; }
        [ $SECONDS -lt $end ] || { echo "lucid up is not ready after 30 s (log: $2)" >&2; return 1; }
        sleep 0.2
    done
}

node_stop() {
    [ -n "$node_pid" ] || return 0
    kill "$node_pid" 2>/dev/null || true
    local end=$((SECONDS + 20))
    while kill -0 "$node_pid" 2>/dev/null; do [ $SECONDS -lt $end ] || { kill -9 "$node_pid"; break; }; sleep 0.1; done
    wait "$node_pid" 2>/dev/null || true
    node_pid=
}

client_connect() {  # DIR USER SECRET [XFREERDP OPTIONS]
    local dir=$1 user=$2 secret=$3; shift 3
    mkdir -p "$dir"
    # The gateway's certificate is checked against the fingerprint that the ticket names, never ignored.
    printf '%s\n' "/v:127.0.0.1:$node_port" "/u:$user" "/p:$secret" "/cert:fingerprint:sha256:$listener_fingerprint" /t:lucid-client "$@" > "$dir/args"
    env DISPLAY="$client_display" HOME="$dir" XDG_CONFIG_HOME="$dir" xfreerdp $(cat "$dir/args") > "$dir/client.log" 2>&1 &
    client_pid=$!
}

client_wait_window() {  # SECONDS
    local end=$((SECONDS + $1))
    until DISPLAY=$client_display xdotool search --name lucid-client > /dev/null 2>&1; do
        kill -0 "$client_pid" 2>/dev/null || return 1
        [ $SECONDS -lt $end ] || return 1
        sleep 0.2
    done
}

client_type() {  # TEXT
    DISPLAY=$client_display xdotool mousemove 300 300 click 1
    sleep 0.3
    DISPLAY=$client_display xdotool type --delay 40 "$1"
    DISPLAY=$client_display xdotool key Return
}

# Closes the window, as a person does; a killed client is a broken line, and its session waits for it.
client_stop() {
    [ -n "$client_pid" ] || return 0
    local window; window=$(DISPLAY=$client_display xdotool search --name lucid-client 2>/dev/null | tail -n 1)
    if [ -n "$window" ] && tools/demo/close_window.pl "$client_display" "$window" 2>/dev/null; then
        for _ in $(seq 50); do kill -0 "$client_pid" 2>/dev/null || break; sleep 0.1; done
    fi
    client_kill
}

client_kill() {
    [ -n "$client_pid" ] || return 0
    kill "$client_pid" 2>/dev/null || true
    wait "$client_pid" 2>/dev/null || true
    client_pid=
}

session_field() { lucid_json session show "$1" 2>/dev/null | jq -r "$2"; }

session_wait() {  # ID REGEX SECONDS
    local end=$((SECONDS + $3)) state
    while :; do
        state=$(session_field "$1" '.state')
        [[ $state =~ $2 ]] && return 0
        [ $SECONDS -lt $end ] || { echo "session $1 is '$state', not $2, after $3 s" >&2; return 1; }
        sleep 0.5
    done
}
