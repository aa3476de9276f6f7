#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# What xrdp and freerdp-shadow cannot show, with the scripted host (lucid_test_host, FreeRDP's server library) and real
# xfreerdp clients through Lucid: resize and reactivation, several monitors, drive, sound, auto-detect, heartbeat, Save
# Session Info, channels by name, remote programs, redirection, reconnection with the host's cookie, ends of either side.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh [SCENARIO...]
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
lucid=$PWD/out/release/apps/lucid/lucid
test_host=$PWD/out/release/tests/integration/host/lucid_test_host
work=$(mktemp -d)
replay_pid=
finish() {
    [ -z "$replay_pid" ] || kill "$replay_pid" 2>/dev/null
    client_kill; node_stop; stop_all
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

# -- the hosts
host_start() {  # NAME ADDRESS SECURITY: starts and registers it; further words go to `lucid host add`
    local name=$1 address=$2 security=$3 dir=$work/$1; shift 3
    mkdir -p "$dir"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/host.key" -out "$dir/host.crt" -subj "/CN=$name" -days 30 2> /dev/null || return 1
    : > "$dir/script"
    "$test_host" "$dir" "address=$address" "security=$security" user=alice "password=of-$name" "script=$dir/script" > "$dir/log" 2> "$dir/errors" &
    demo_pids+=($!)
    wait_until 10 grep -q listening "$dir/log" || return 1
    local port; port=$(sed -n 's/^listening .*://p' "$dir/log")
    printf 'of-%s' "$name" | "$lucid" --data "$node_data" host add "$name" "$address:$port" --user alice --password-stdin \
        --security "$security" --preset custom "$@" > "$dir/add.log" 2>&1 || { cat "$dir/add.log"; return 1; }
}
script() { cat > "$work/$1/script"; seen=$(wc -l < "$work/$1/log"); }  # HOST < LINES; what is said from now on counts
said() { tail -n "+$((seen + 1))" "$work/$1/log" | grep -qE "^[0-9]+ $2"; }  # HOST REGEX
says() { wait_until "${3:-15}" said "$1" "$2"; }
# A key, pressed again where the client was not looking: xfreerdp drops input while its window takes a new size.
key_until() {  # COMMAND...: what the key brings about
    local try
    for try in 1 2 3; do
        DISPLAY=$client_display xdotool mousemove 50 50 click 1 key a
        wait_until 6 "$@" && return 0
    done
    return 1
}

# -- the client
# One that lives on between two clients: -noreset.
display_start() {  # NAME GEOMETRY: sets client_display
    Xvfb -displayfd 3 -noreset -screen 0 "$2x24" -nolisten tcp 3> "$work/$1.display" > "$work/$1.log" 2>&1 &
    demo_pids+=($!)
    wait_until 20 test -s "$work/$1.display" || return 1
    client_display=:$(head -n 1 "$work/$1.display")
}
connect() {  # HOST [XFREERDP OPTIONS]: sets id
    local host=$1 ticket; shift
    ticket=$(lucid_json ticket "$host") || return 1
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$work/client" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /sec:nla /size:1024x768 /bpp:32 "$@"
}
newest() { lucid_json session ls | jq -r '.sessions[0].id'; }
window() { DISPLAY=$client_display xdotool search --name lucid-client 2>/dev/null | tail -n 1; }
pixel() { DISPLAY=$client_display import -window root -crop "1x1+$1+$2" -depth 8 rgb:- 2>/dev/null | od -An -tx1 | tr -d ' \n'; }  # X Y
shows() { [ "$(pixel "$1" "$2")" = "$3" ]; }
shown() { wait_until "${4:-15}" shows "$1" "$2" "$3"; }  # X Y RRGGBB
logged() { lucid_json session log "$1" | jq -e --arg text "$2" '[.events[].text | select(. != null and contains($text))] | length >= 1' > /dev/null; }
ends() { session_wait "$1" "^$2" 15 && [[ $(session_field "$1" .reason) == *"${3:-}"* ]]; }  # ID STATE [REASON]
nothing_of() { ! grep -rqaF "$1" "$work/data/log" && ! lucid_json session log "$2" | grep -qF "$1"; }  # TEXT ID

# Replays the session to a second client until it shows the colour at the place.
replayed() {  # ID X Y RRGGBB [XFREERDP OPTIONS]
    local id=$1 x=$2 y=$3 colour=$4 result gateway=$node_port fingerprint=$listener_fingerprint; shift 4
    rm -f "$work/replay.json"
    "$lucid" --data "$node_data" --json session replay "$id" --speed 20 > "$work/replay.json" 2> "$work/replay.log" &
    replay_pid=$!
    wait_until 10 test -s "$work/replay.json" || return 1
    node_port=$(head -n 1 "$work/replay.json" | jq -r .address); node_port=${node_port##*:}
    listener_fingerprint=$(head -n 1 "$work/replay.json" | jq -r .fingerprint)
    client_connect "$work/replay" replay replay /sec:tls /size:1024x768 /bpp:32 "$@"
    shown "$x" "$y" "$colour" 20; result=$?
    client_stop
    kill "$replay_pid" 2>/dev/null; wait "$replay_pid" 2>/dev/null; replay_pid=
    node_port=$gateway; listener_fingerprint=$fingerprint
    return $result
}

# -- scenarios
scenario_resize() {
    script desk <<'LINES'
wait active
display
wait layout
wait active
paint 30c050
wait key
resize 640 480
wait active
paint c03050
wait key
reactivate
wait active
paint 3050c0
LINES
    connect desk /dynamic-resolution
    claim "resize: the desktop is painted (host: lucid_test_host, client: xfreerdp)" shown 500 500 204060
    id=$(newest)
    DISPLAY=$client_display xdotool windowsize "$(window)" 1200 700
    claim "resize: the client's new layout reaches the host" says desk "layout 1200x700"
    claim "resize: deactivated and activated with it" says desk "active 1200x700"
    claim "resize: the larger desktop is painted to its edge" shown 1190 690 30c050
    claim "resize: the host's own size is taken" key_until said desk "active 640x480"
    claim "resize: and painted" shown 630 470 c03050
    claim "resize: reactivated with the same size, painted" key_until shows 300 300 3050c0
    client_stop
    claim "resize: complete" ends "$id" complete
    claim "resize: the replay goes through all sizes to the last picture" replayed "$id" 630 470 3050c0 /dynamic-resolution
}

scenario_monitors() {
    local display=$client_display
    display_start monitors 1600x600 || { not_ok "monitors: display"; return; }
    DISPLAY=$client_display xrandr --setmonitor left 800/200x600/150+0+0 screen > /dev/null 2>&1
    DISPLAY=$client_display xrandr --setmonitor right 800/200x600/150+800+0 none > /dev/null 2>&1
    script desk <<< "paint 30c050"
    connect desk /multimon
    claim "monitors: the host sees both monitors of the client (lucid_test_host, xfreerdp)" says desk "monitor 800x600\+800\+0"
    claim "monitors: the desktop spans them" says desk "active 1600x600"
    claim "monitors: and is painted on the second" shown 1500 550 30c050
    id=$(newest)
    client_stop
    claim "monitors: complete" ends "$id" complete
    client_display=$display
}

scenario_devices() {
    mkdir -p "$work/share"; echo from-the-client > "$work/share/in.txt"
    script desk <<'LINES'
wait active
devices
wait drive
list \
wait listed
read \in.txt
wait closed
write \out.txt from-the-host
wait closed
write \run.exe no-program
wait denied
remove \in.txt
wait closed
LINES
    connect desk "/drive:share,$work/share" /printer:paper,driver
    claim "drive: announced (lucid_test_host, xfreerdp)" says desk "drive share"
    claim "drive: listed" says desk "entry in.txt"
    claim "drive: the host reads the client's file" says desk 'read \\in.txt from-the-client'
    claim "drive: and writes one" says desk 'written \\out.txt 13'
    claim "drive: but no program" says desk 'denied \\run.exe'
    claim "drive: a file is removed" says desk 'removed \\in.txt'
    claim "drive: what was written is there" grep -q from-the-host "$work/share/out.txt"
    claim "drive: what was refused is not" test ! -e "$work/share/run.exe"
    claim "drive: what was removed is gone" wait_until 5 test ! -e "$work/share/in.txt"
    claim "printer: announced (lucid_test_host, xfreerdp)" says desk "printer"
    id=$(newest)
    client_stop
    claim "drive: complete" ends "$id" complete
    claim "drive: the file is in the log, with its name" logged "$id" 'out.txt","sha256"'
    claim "drive: the refusal too" logged "$id" 'run.exe'
}

# What xfreerdp does above, done by Lucid's own client.
scenario_headless() {
    script desk <<'LINES'
wait active
display
wait layout
devices
wait drive
read \in.txt
wait closed
write \out.txt from-the-host
wait closed
write \run.exe no-program
wait denied
sound
wait sound
play 300
wait heard
paint 30c050
wait key
bye
LINES
    local dir=$work/headless; mkdir -p "$dir/share"
    printf from-the-client > "$dir/share/in.txt"
    (umask 077; lucid_json ticket desk > "$dir/ticket")
    "$lucid" --json connect "$dir/ticket" --headless --drive "share=$dir/share" --drive-write 1 --sound "$dir/heard.wav" --script - \
        > "$dir/client.json" 2> "$dir/client.err" <<'LINES'
wait pixel 500 500 204060
resize 1200 700
wait size 1200 700
wait pixel 1190 690 30c050
key a
wait end
LINES
    claim "headless: the script runs to its end (host: lucid_test_host, client: lucid-client)" test $? -eq 0
    claim "headless: the layout reaches the host" said desk "layout 1200x700"
    claim "headless: the host reads the client's file" said desk 'read \\in.txt from-the-client'
    claim "headless: what the host wrote is there" grep -q from-the-host "$dir/share/out.txt"
    claim "headless: what policy refused is not" test ! -e "$dir/share/run.exe"
    claim "headless: sound is heard" test "$(stat -c %s "$dir/heard.wav")" -gt 10000
    id=$(newest)
    claim "headless: complete" ends "$id" complete
    claim "headless: the file is in the log, with its name" logged "$id" 'out.txt","sha256"'
}

scenario_sound() {
    script desk <<'LINES'
wait active
sound
wait sound
play 500
LINES
    connect desk /sound:sys:fake
    claim "sound: a format is agreed (lucid_test_host, xfreerdp with its fake device)" says desk "sound 1"
    claim "sound: the client confirms what was played" says desk "heard 3"
    id=$(newest)
    client_stop
    claim "sound: complete" ends "$id" complete
}

scenario_session_info() {
    script desk <<'LINES'
wait active
rtt 77
wait rtt
heartbeat 1 5 10
logon alice
paint 30c050
LINES
    connect desk /network:auto +heartbeat
    claim "auto-detect: the client answers a round trip (lucid_test_host, xfreerdp)" says desk "rtt 77"
    claim "heartbeat and Save Session Info pass, the desktop goes on" shown 500 500 30c050
    id=$(newest)
    client_stop
    claim "session info: complete" ends "$id" complete
}

scenario_channels() {
    script desk <<'LINES'
wait active
dynamic ECHO are-you-there
wait answered
dynamic Evil::Channel boo
rail
static rdp2tcp boo
sleep 1000
bye
LINES
    connect desk /echo "/app:||notepad"
    claim "channels: one that policy allows is opened and answered (lucid_test_host, xfreerdp)" says desk "answered ECHO are-you-there"
    claim "channels: remote programs are refused" says desk "refused rail"
    claim "channels: a static one of another name does not exist" says desk "refused static rdp2tcp"
    id=$(newest)
    claim "channels: complete" ends "$id" complete
    client_kill
    claim "channels: the refused dynamic channel is in the log" logged "$id" 'Evil::Channel'
    claim "channels: so is remote programs'" logged "$id" 'rail'
}

scenario_redirect() {
    script desk <<< "login redirect 127.0.0.2"
    script second <<< "paint 30c050"
    connect desk
    claim "redirect: the client sees the other host's desktop (two lucid_test_host, xfreerdp)" shown 500 500 30c050
    claim "redirect: which was logged in to with its own credential" says second "login alice"
    id=$(newest)
    DISPLAY=$client_display xdotool mousemove 50 50 click 1 key a
    claim "redirect: input goes there" says second "key"
    client_stop
    claim "redirect: one complete session" ends "$id" complete
    claim "redirect: its log names both hosts" logged "$id" "from desk to second"
    claim "redirect: the client knew of one host" test "$(grep -c 'redirect' "$work/client/client.log")" = 0
    "$lucid" --data "$node_data" session verify "$id" > "$work/verify.out" 2>&1
    claim "redirect: every byte of the recording is what was recorded" grep -q 'tree of segments gives the signed root' "$work/verify.out"
    claim "redirect: the replay shows the second desktop" replayed "$id" 500 500 30c050
    script desk <<< "login redirect 127.0.0.9"
    connect desk
    says desk "redirected 127.0.0.9" && sleep 1
    id=$(newest)
    claim "redirect: to a host that nobody registered: the session ends with that reason" ends "$id" partial "no host of that name is registered"
    client_kill
    script second <<< "login redirect 127.0.0.1"
    connect second
    says second "redirected 127.0.0.1" && sleep 1
    id=$(newest)
    claim "redirect: to one that policy does not name: likewise" ends "$id" partial "policy does not allow"
    client_kill
    claim "redirect: the host's password cookie is in no log" nothing_of cookie-of-the-host "$id"
}

scenario_reconnect() {
    script desk <<'LINES'
wait active
cookie
wait key
drop
LINES
    connect desk +auto-reconnect
    claim "reconnect: the host's cookie is kept from the client (lucid_test_host, xfreerdp)" says desk "told cookie"
    id=$(newest)
    shown 500 500 204060
    printf 'wait active\npaint 30c050\n' > "$work/desk/script"
    DISPLAY=$client_display xdotool mousemove 50 50 click 1 key a
    claim "reconnect: the host's line breaks" says desk "drop"
    claim "reconnect: the client comes back by itself and is painted again" shown 500 500 30c050 30
    claim "reconnect: the host got its cookie back, from the gateway" says desk "login alice with cookie"
    client_stop
    claim "reconnect: one complete session" ends "$id" complete
    claim "reconnect: with its loss in the log" logged "$id" "host lost"
}

scenario_ends() {
    script desk <<< $'wait active\nwait key\nerror 2\nbye'
    connect desk
    shown 500 500 204060
    id=$(newest)
    DISPLAY=$client_display xdotool mousemove 50 50 click 1 key a
    claim "ends: a host that says good-bye ends it complete (lucid_test_host, xfreerdp)" ends "$id" complete
    client_kill
    script desk <<< 'login nothing'
    connect desk
    shown 500 500 204060
    id=$(newest)
    "$lucid" --data "$node_data" session kill "$id" > /dev/null 2>&1
    claim "ends: the operator ends it partial, with the reason" ends "$id" partial "ended by the operator"
    client_kill
}

# The last one: the node is stopped with a live session, once with and once without a wait.
scenario_shutdown() {
    script desk <<< 'wait active'
    connect desk
    shown 500 500 204060
    id=$(newest)
    kill "$node_pid"
    claim "shutdown: the live session goes on, nobody else gets in" wait_until 5 draining
    sleep 1
    claim "shutdown: its host is still there" shows 500 500 204060
    client_stop
    claim "shutdown: the node ends when the session has ended" wait_until 15 stopped
    node_start "$work/data" "$work/node2.log" || { not_ok "shutdown: lucid up again"; return; }
    claim "shutdown: which is complete" ends "$id" complete
    connect desk
    shown 500 500 204060
    id=$(newest)
    kill "$node_pid"
    wait_until 5 draining
    kill "$node_pid"
    claim "shutdown: a second signal ends it at once" wait_until 10 stopped
    client_kill
    node_start "$work/data" "$work/node3.log" || { not_ok "shutdown: lucid up again"; return; }
    claim "shutdown: partial, with the reason" ends "$id" partial "gateway shut down"
}
draining() { lucid_json status | jq -e '.draining == true'; }
stopped() { ! kill -0 "$node_pid" 2>/dev/null; }

[ -x "$test_host" ] || { skip host "freerdp2-dev is not installed, lucid_test_host was not built"; exit 0; }
node_init "$work/data" && sed -i 's/^shutdown_wait_s = 0/shutdown_wait_s = 60/' "$work/data/lucid.toml" && node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
display_start client-display 1400x900 || { not_ok "client display"; exit 1; }
host_start second 127.0.0.2 nla || { not_ok "the second host starts"; exit 1; }
host_start desk 127.0.0.1 tls --redirect-to second || { not_ok "the host starts"; exit 1; }
[ $# -gt 0 ] || set -- resize monitors devices headless sound session_info channels redirect reconnect ends shutdown
for name in "$@"; do "scenario_$name"; done
exit $bad
