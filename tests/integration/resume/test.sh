#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Broken connections with real programs: xfreerdp under Xvfb → Lucid → xrdp. The client is killed and comes back with the same
# ticket to the same desktop, recorded as one session, which is replayed over two connections; then xrdp's side is killed, and a
# client with automatic reconnection comes back by itself. docs/design/resume.md says what is to happen.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
. tools/demo/xrdp.sh
lucid=$PWD/out/release/apps/lucid/lucid
work=$(mktemp -d)
replay_pid=
finish() {
    [ -z "$replay_pid" ] || kill "$replay_pid" 2>/dev/null
    client_kill; node_stop; xrdp_stop; stop_all
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

screenshot() { DISPLAY=$client_display import -window root -crop 1024x700+0+0 +repage "$1" 2>/dev/null; }
painted() { screenshot "$1" && [ "$(identify -format '%k' "$1")" -gt 3 ]; }
difference() { compare -metric RMSE "$1" "$2" null: 2>&1 | sed -E 's/.*\(([0-9.e+-]+)\).*/\1/'; }
less_than() { awk -v a="$1" -v b="$2" 'BEGIN {exit !(a + 0 < b + 0)}'; }
state_is() { [ "$(lucid_json session ls | jq -r --arg id "$1" '.sessions[] | select(.id == $id).state')" = "$2" ]; }
connection_is() { [ "$(lucid_json status | jq -r --arg id "$1" '[.sessions[] | select(.id == $id and .stage == "recording").connection] | max')" = "$2" ]; }
newest() { lucid_json session ls | jq -r '.sessions[0].id'; }
says() { lucid_json session log "$1" | jq -e --arg text "$2" '[.events[].text | select(. != null and contains($text))] | length >= 1' > /dev/null; }
typed() { grep -q "$2" "$home/$1"; }

connect() {  # DIR [OPTIONS]
    local dir=$1; shift
    client_connect "$dir" "$user" "$secret" /sec:nla /size:1024x700 /bpp:32 "$@"
    wait_until 25 client_wait_window 1 && wait_until 50 painted "$dir/first.png"
}
new_ticket() {
    local ticket; ticket=$(lucid_json ticket xrdp) || return 1
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    user=$(jq -r .user <<< "$ticket"); secret=$(jq -r .secret <<< "$ticket")
}

if ! command -v xrdp > /dev/null; then skip resume "xrdp is not installed"; exit 0; fi
if [ "$(id -u)" -ne 0 ]; then skip resume "needs root to make the desktop's user"; exit 0; fi
node_init "$work/data" && node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
client_display_start "$work/client-display" || { not_ok "client display"; exit 1; }
xrdp_start "$work/xrdp" || { not_ok "xrdp starts"; exit 1; }
home=$(getent passwd "$xrdp_user" | cut -d: -f6)
printf '%s' "$xrdp_password" | "$lucid" --data "$node_data" host add xrdp "127.0.0.1:$xrdp_port" --user "$xrdp_user" --password-stdin \
    --security tls > "$work/host.log" 2>&1 || { not_ok "host add"; cat "$work/host.log"; exit 1; }

# The client's line breaks.
new_ticket || { not_ok "ticket"; exit 1; }
claim "the desktop is painted" connect "$work/one"
sleep 1
client_type "mark=kept-\$RANDOM; echo \$mark > before.txt; (sleep 4; ls /usr) &"
claim "what is typed reaches the desktop" wait_until 10 typed before.txt kept
id=$(newest)
client_kill
claim "the session waits: lost" wait_until 5 state_is "$id" lost
timeout 20 env DISPLAY="$client_display" HOME="$work" xfreerdp "/v:127.0.0.1:$node_port" "/u:$user" /p:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA \
    "/cert:fingerprint:sha256:$listener_fingerprint" /sec:nla > "$work/guess.log" 2>&1
claim "a wrong secret is refused meanwhile" grep -q LOGON_FAILURE "$work/guess.log"
claim "and does not disturb" state_is "$id" lost
sleep 3
claim "the same ticket leads back and the whole desktop is painted" connect "$work/two"
claim "to the same session" connection_is "$id" 2
sleep 1
client_type "echo \$mark > after.txt"
wait_until 10 typed after.txt kept
claim "on the same desktop" cmp "$home/before.txt" "$home/after.txt"
sleep 2
screenshot "$work/live.png"
client_stop
claim "the client leaves and the session is sealed, complete" session_wait "$id" '^complete' 15
claim "one session was recorded" test "$(lucid_json session ls | jq '.sessions | length')" = 1
claim "its log has the break" says "$id" "client lost"
claim "and the return" says "$id" "connection 2 from 127.0.0.1"
"$lucid" --data "$node_data" session verify "$id" > "$work/verify.out" 2>&1
claim "every byte of it is what was recorded" grep -q 'tree of segments gives the signed root' "$work/verify.out"
gateway_port=$node_port; gateway_fingerprint=$listener_fingerprint
recorded=$id

# The same without a window: lucid-client's line breaks, and the ticket leads back.
headless() { "$lucid" --json connect "$work/headless.ticket" --headless --script - > "$work/headless-$1.json" 2> "$work/headless-$1.err"; }
(umask 077; lucid_json ticket xrdp > "$work/headless.ticket")
headless one << 'SCRIPT'
wait picture
wait still 1s
click 300 300
type mark=held-$RANDOM; echo $mark > before.txt\n
wait change
sleep 1s
drop
SCRIPT
claim "headless: the line breaks when the script says so" test $? -eq 0
id=$(newest)
claim "headless: the session waits: lost" wait_until 5 state_is "$id" lost
headless two << 'SCRIPT'
wait picture
wait still 1s
type echo $mark > after.txt\n
sleep 1s
disconnect
SCRIPT
claim "headless: the same ticket leads back" test $? -eq 0
claim "headless: to the same desktop" cmp "$home/before.txt" "$home/after.txt"
claim "headless: which has the mark of this client" typed after.txt held
claim "headless: one complete session" session_wait "$id" '^complete' 15
claim "headless: with the return in its log" says "$id" "connection 2 from 127.0.0.1"
id=$recorded

# Replay over two connections: the client comes back by itself.
"$lucid" --data "$node_data" --json session replay "$id" --speed 20 > "$work/replay.json" 2> "$work/replay.log" &
replay_pid=$!
if wait_until 10 test -s "$work/replay.json"; then
    claim "replay knows of both connections" test "$(head -n 1 "$work/replay.json" | jq .connections)" = 2
    node_port=$(head -n 1 "$work/replay.json" | jq -r .address); node_port=${node_port##*:}
    listener_fingerprint=$(head -n 1 "$work/replay.json" | jq -r .fingerprint)
    client_connect "$work/replay" replay replay /sec:tls /size:1024x700 /bpp:32 +auto-reconnect
    end=$((SECONDS + 30)) delta=1
    while [ $SECONDS -lt $end ]; do
        sleep 1
        screenshot "$work/replay.png" && delta=$(difference "$work/live.png" "$work/replay.png")
        less_than "$delta" 0.01 && break
    done
    echo "# replay differs from live by $delta (allowed 0.01)"
    claim "replay ends with the live picture" less_than "$delta" 0.01
    client_stop
else
    not_ok "replay starts"; tail -n 5 "$work/replay.log"
fi
kill "$replay_pid" 2>/dev/null; wait "$replay_pid" 2>/dev/null; replay_pid=
node_port=$gateway_port; listener_fingerprint=$gateway_fingerprint

# The host's line breaks.
new_ticket || { not_ok "ticket"; exit 1; }
claim "a second session is painted" connect "$work/three" +auto-reconnect
id=$(newest)
for parent in "${xrdp_pids[@]}"; do
    for child in $(ps --ppid "$parent" -o pid=,comm= | awk '$2 == "xrdp" {print $1}'); do kill -9 "$child"; done
done
claim "the host is dialled anew when the client comes back by itself" wait_until 25 connection_is "$id" 2
claim "and its desktop is painted again" wait_until 15 painted "$work/three/again.png"
client_stop
claim "one complete session of both" session_wait "$id" '^complete' 15
claim "its log names the host" says "$id" "host lost"
exit $bad
