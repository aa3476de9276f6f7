#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The whole path with real programs: xfreerdp under Xvfb → Lucid → xrdp (TLS), and → freerdp-shadow (NLA, GFX). A sentence is
# typed, text is copied both ways (one way denied by policy), the client leaves; the recording is verified before and
# after anchoring, replayed into a second client, and its picture compared with a screenshot taken live.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh [xrdp] [shadow]
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
    client_stop; node_stop; xrdp_stop; stop_all
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

screenshot() {  # FILE: the client's window area, which starts at the display's corner
    DISPLAY=$client_display import -window root -crop 1280x720+0+0 +repage "$1" 2>/dev/null
}
# How much two pictures differ: 0 equal .. 1 (normalised root mean square error).
difference() { compare -metric RMSE "$1" "$2" null: 2>&1 | sed -E 's/.*\(([0-9.e+-]+)\).*/\1/'; }
less_than() { awk -v a="$1" -v b="$2" 'BEGIN {exit !(a + 0 < b + 0)}'; }
colours() { identify -format '%k' "$1"; }

painted() { screenshot "$1" && [ "$(colours "$1")" -gt 3 ]; }
clip_set() { printf '%s' "$1" | DISPLAY=$client_display timeout 20 xclip -selection clipboard -in > /dev/null 2>&1; }
clip_get() { DISPLAY=$client_display timeout 5 xclip -selection clipboard -o 2>/dev/null; }

# NAME HOST CLIENT-OPTIONS... : $typed_file is where the desktop writes what is typed; $clipboard: does the desktop have one?
run_session() {
    local name=$1 host=$2 tolerance=$3; shift 3
    local dir=$work/$name ticket id
    mkdir -p "$dir"
    ticket=$(lucid_json ticket "$host") || { not_ok "$name: ticket"; return; }
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$dir/client" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" +clipboard "$@"
    if ! wait_until 25 client_wait_window 1; then not_ok "$name: client connects"; tail -n 5 "$dir/client/client.log"; return; fi
    # A picture has many colours; a black window has one. A new xrdp session takes its time.
    claim "$name: the desktop is painted" wait_until 30 painted "$dir/first.png"
    sleep 1
    client_type "echo the quick brown fox > typed.txt"
    claim "$name: what is typed reaches the desktop" wait_until 10 grep -q 'the quick brown fox' "$typed_file"

    # Policy of this host: client to host allowed, host to client denied. Paste and copy are done by xclip inside the session.
    if [ "$clipboard" = yes ]; then
        clip_set "from-client-$name"
        sleep 2
        client_type "xclip -o -selection clipboard > pasted.txt"
        claim "$name: text copied at the client is pasted on the desktop" wait_until 8 grep -q "from-client-$name" "${typed_file%/*}/pasted.txt"
        client_type "printf from-host-$name | xclip -selection clipboard"
        sleep 3
        clip_get > "$dir/client-clipboard"
        claim "$name: text copied on the desktop does not reach the client" bash -c "! grep -q from-host '$dir/client-clipboard'"
    fi
    client_type "clear; ls /usr"
    sleep 3
    screenshot "$dir/live.png"
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    client_stop
    claim "$name: the session is sealed" session_wait "$id" '^(complete|sealed)' 20
    claim "$name: it ended complete" test "$(session_field "$id" .state)" = complete
    lucid_json session log "$id" > "$dir/log.json" 2>&1
    claim "$name: the log can be read" jq -e '.events | length > 2' "$dir/log.json"
    if [ "$clipboard" = yes ]; then
        claim "$name: the paste is in the log" jq -e '[.events[].text | select(. != null and test("\"allowed\":true.*client_to_host"))] | length > 0' "$dir/log.json"
        claim "$name: the refusal is in the log" jq -e '[.events[].text | select(. != null and test("host_to_client.*clipboard refused"))] | length > 0' "$dir/log.json"
    fi
    sessions+=("$id"); names+=("$name")

    # Replay: the same pixels come back.
    "$lucid" --data "$node_data" --json session replay "$id" --speed 20 > "$dir/replay.json" 2> "$dir/replay.log" &
    replay_pid=$!
    claim "$name: the live picture was painted" test "$(colours "$dir/live.png")" -gt 3
    if wait_until 10 test -s "$dir/replay.json"; then
        local address options
        address=$(head -n 1 "$dir/replay.json" | jq -r .address)
        listener_fingerprint=$(head -n 1 "$dir/replay.json" | jq -r .fingerprint)
        node_port=${address##*:} client_connect "$dir/replay" replay replay /sec:tls "${@/\/sec:nla/\/sec:tls}"
        wait_until 20 client_wait_window 1
        local end=$((SECONDS + 25)) delta=1
        while [ $SECONDS -lt $end ]; do
            sleep 1
            screenshot "$dir/replay.png" && delta=$(difference "$dir/live.png" "$dir/replay.png")
            less_than "$delta" "$tolerance" && break
        done
        echo "# $name: replay differs from live by $delta (allowed $tolerance)"
        claim "$name: replay shows the live picture" less_than "$delta" "$tolerance"
        client_stop
    else
        not_ok "$name: replay starts"; tail -n 5 "$dir/replay.log"
    fi
    kill "$replay_pid" 2>/dev/null; wait "$replay_pid" 2>/dev/null; replay_pid=
}

# NAME HOST: the same host without a window. Its session is verified with the others.
run_headless() {
    local name=$1 host=$2 dir=$work/$1 id
    mkdir -p "$dir"
    (umask 077; lucid_json ticket "$host" > "$dir/ticket")
    rm -f "$typed_file"
    "$lucid" --json connect "$dir/ticket" --headless --script - > "$dir/client.json" 2> "$dir/client.err" << 'SCRIPT'
wait picture
wait still 1s
click 300 300
type echo jumps over the lazy dog > typed.txt; printf from-host | xclip -selection clipboard\n
wait change
wait still 2s
clipboard set from-the-headless-client
sleep 1s
type xclip -o -selection clipboard > pasted.txt\n
sleep 2s
disconnect
SCRIPT
    claim "$name: the script runs to its end" test $? -eq 0
    claim "$name: what is typed reaches the desktop" grep -q 'jumps over the lazy dog' "$typed_file"
    claim "$name: text copied at the client is pasted on the desktop" grep -q from-the-headless-client "${typed_file%/*}/pasted.txt"
    claim "$name: text copied on the desktop is not offered to the client" bash -c "! grep -q clipboard_offered.*text '$dir/client.json'"
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    claim "$name: the session is sealed, complete" session_wait "$id" '^complete' 20
    sessions+=("$id"); names+=("$name")
}

sessions=(); names=()
[ $# -gt 0 ] || set -- xrdp shadow
node_init "$work/data" || { not_ok "lucid init"; exit 1; }
gateway_port=$node_port
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
client_display_start "$work/client-display" || { not_ok "client display"; exit 1; }

for which in "$@"; do
    node_port=$gateway_port
    case $which in
        xrdp)
            if ! command -v xrdp > /dev/null; then skip "$which" "xrdp is not installed"; continue; fi
            if [ "$(id -u)" -ne 0 ]; then skip "$which" "needs root to make the desktop's user"; continue; fi
            xrdp_start "$work/xrdp" || { not_ok "xrdp starts"; continue; }
            printf '%s' "$xrdp_password" | "$lucid" --data "$node_data" host add xrdp "127.0.0.1:$xrdp_port" --user "$xrdp_user" --password-stdin \
                --security tls --preset custom --clipboard client-to-host > "$work/host-xrdp.log" 2>&1 || { not_ok "host add xrdp"; cat "$work/host-xrdp.log"; continue; }
            typed_file=$(getent passwd "$xrdp_user" | cut -d: -f6)/typed.txt
            clipboard=yes
            run_session "xrdp" xrdp 0.01 /sec:nla /size:1280x720 /bpp:32
            node_port=$gateway_port run_headless "xrdp-headless" xrdp
            ;;
        shadow)
            desktop_start "$work/desktop" || { not_ok "shadow starts"; continue; }
            "$lucid" --data "$node_data" host add shadow "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" \
                --security nla --preset custom --clipboard client-to-host > "$work/host-shadow.log" 2>&1 || { not_ok "host add shadow"; cat "$work/host-shadow.log"; continue; }
            typed_file=$work/desktop/typed.txt
            clipboard=no  # this server has none
            run_session "shadow-avc420" shadow 0.02 /sec:nla /gfx:AVC420
            ;;
        *) echo "not ok unknown desktop $which"; bad=1 ;;
    esac
done

# One wait for all: their registrations are due in the next slots.
end=$((SECONDS + 420))
for i in "${!sessions[@]}"; do
    id=${sessions[$i]}
    until [ "$(session_field "$id" .anchored)" = true ]; do [ $SECONDS -lt $end ] || break; sleep 2; done
    claim "${names[$i]}: anchored" test "$(session_field "$id" .anchored)" = true
    claim "${names[$i]}: verified" test "$(lucid_json session verify "$id" | jq -r .verdict)" = verified
    bundle=$work/$id.tar
    "$lucid" --data "$node_data" bundle export "$id" --out "$bundle" > "$work/export.log" 2>&1
    claim "${names[$i]}: its bundle verifies with the trust file alone" "$lucid" bundle verify "$bundle" --trust "$work/data/trust.json"
    "$lucid" bundle verify "$bundle" > "$work/unpinned.log" 2>&1
    claim "${names[$i]}: without a trust file it is only consistent (exit 3)" test $? -eq 3
done
exit $bad
