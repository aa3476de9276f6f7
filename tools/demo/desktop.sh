# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Functions for scripts that need a real desktop and a real client on this machine; source it.
#   desktop_start DIR          Xvfb + openbox + xterm behind freerdp-shadow (NLA). Sets desktop_port, desktop_display
#   client_display_start DIR   an Xvfb for the client. Sets client_display
#   stop_all                   ends everything that was started here
# Nothing listens beyond loopback; displays and ports are chosen free.

demo_pids=()
desktop_user=demo
desktop_size=1280x720

free_port() {
    local port
    for _ in $(seq 50); do
        # Below the ports of outgoing connections (from 32768), which may hold one for minutes after their end.
        port=$((20000 + RANDOM % 12000))
        # A connection that is refused means nobody listens there.
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return 0; fi
    done
    echo "no free port found" >&2
    return 1
}

wait_for_port() {  # PORT SECONDS
    local end=$((SECONDS + $2))
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}

# Starts Xvfb on a display it chooses itself; prints nothing, sets started_display.
start_xvfb() {  # DIR NAME GEOMETRY
    local chosen=$1/$2.display
    rm -f "$chosen"
    Xvfb -displayfd 3 -screen 0 "$3x24" -nolisten tcp 3> "$chosen" > "$1/$2.log" 2>&1 &
    demo_pids+=($!)
    local end=$((SECONDS + 20))
    until [ -s "$chosen" ]; do
        [ $SECONDS -lt $end ] || { echo "Xvfb did not start (log: $1/$2.log)" >&2; return 1; }
        sleep 0.1
    done
    started_display=:$(head -n 1 "$chosen")
}

desktop_start() {  # DIR
    local dir=$1
    mkdir -p "$dir"
    desktop_password=$(head -c 12 /dev/urandom | base64 | tr '+/' 'xy')
    start_xvfb "$dir" desktop "$desktop_size" || return 1
    desktop_display=$started_display
    (umask 077; winpr-hash -u "$desktop_user" -p "$desktop_password" -f sam > "$dir/sam"; printf '%s' "$desktop_password" > "$dir/password")
    # xfreerdp and shadow keep their files here, not in the user's home.
    # The terminal comes after the window manager: one that is mapped in between stays unseen.
    cat > "$dir/terminal" << SCRIPT
#!/bin/sh
cd '$dir' && exec env PS1='demo$ ' xterm -fa Monospace -fs 12 -geometry 100x30+40+40 -e bash --norc > '$dir/xterm.log' 2>&1
SCRIPT
    chmod 755 "$dir/terminal"
    DISPLAY=$desktop_display openbox --startup "$dir/terminal" > "$dir/openbox.log" 2>&1 &
    demo_pids+=($!)
    desktop_port=$(free_port) || return 1
    env DISPLAY="$desktop_display" HOME="$dir" XDG_CONFIG_HOME="$dir" freerdp-shadow-cli "/port:$desktop_port" /bind-address:127.0.0.1 \
        /sec:nla "/sam-file:$dir/sam" > "$dir/shadow.log" 2>&1 &
    demo_pids+=($!)
    wait_for_port "$desktop_port" 20 || { echo "the demo desktop's RDP server did not start (log: $dir/shadow.log)" >&2; return 1; }
}

client_display_start() {  # DIR
    mkdir -p "$1"
    start_xvfb "$1" client 1400x900 || return 1
    client_display=$started_display
}

stop_all() {
    local pid
    for pid in "${demo_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${demo_pids[@]}"; do
        for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    demo_pids=()
}
