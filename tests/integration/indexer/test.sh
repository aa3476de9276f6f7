#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The indexer beside real sessions (freerdp-shadow, xfreerdp): the recording gets an index, `lucid session export --png` starts from
# it and gives the picture that is played from the beginning, with bitmaps from thumbnails and spans alone, with RemoteFX from
# keyframes. Sessions beyond session.indexers_max, or whose indexer is killed or not installed, are recorded without one. Then
# `lucid-pictures` is replaced by doubles that were taken over and open a file or make a socket: they die, the session and its
# recording go on without an index; an export ends with an error that says so.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
built=out/release
work=$(mktemp -d)
mkdir "$work/bin"
cp "$built"/apps/lucid/lucid "$built"/apps/lucid/lucid-{pictures,client} "$work/bin/"
lucid=$work/bin/lucid
finish() { client_stop; node_stop; stop_all; if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi; }
trap finish EXIT
trap 'exit 130' INT TERM
holds() { jq -e "$@" > /dev/null; }
painted() { DISPLAY=$client_display import -window root -crop 1280x720+0+0 +repage "$work/now.png" 2>/dev/null && [ "$(identify -format '%k' "$work/now.png")" -gt 3 ]; }
during=true
# A session in which a command is typed that takes some seconds; sets id, recording, indexers. NAME COMMAND SECONDS [XFREERDP OPTIONS]
run_session() {
    local name=$1 command=$2 seconds=$3 ticket; shift 3
    ticket=$(lucid_json ticket shadow) || { not_ok "$name: ticket"; return 1; }
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$work/client-$name" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /size:1280x720 /sec:nla "$@"
    wait_until 30 client_wait_window 1 || { not_ok "$name: client connects"; return 1; }
    claim "$name: the desktop is painted" wait_until 30 painted
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    client_type "$command"
    sleep "$seconds"
    indexers=$(pgrep -P "$node_pid" -f 'lucid-pictures index' | wc -l)
    $during
    claim "$name: the session goes on" kill -0 "$client_pid"
    client_stop
    claim "$name: it is sealed as complete" session_wait "$id" '^complete' 30
    recording=$node_data/sessions/$id
}
# Lines of random text are drawn, always at the same place, until 9 MB are recorded, of which a keyframe may have its share.
draw_noise() {
    claim "$name: there is much to record" wait_until 90 bash -c "[ \$(du -bc '$node_data/sessions/$id'/chunks/* | tail -n 1 | cut -f 1) -gt 9000000 ]"
    DISPLAY=$client_display xdotool key ctrl+c
    sleep 1
}
# The index is there, and pictures that come from it are those played from the beginning. NAME SECOND...
check_index() {
    local name=$1 at stored index; shift
    claim "$name: the index is there within 30 s" wait_until 30 test -e "$recording/index/index.json"
    claim "$name: and its process is gone" wait_until 5 bash -c "! pgrep -P $node_pid -f 'lucid-pictures index'"
    claim "$name: the recording verifies with it" verifies "$id"
    for at in "$@"; do
        "$lucid" --data "$node_data" --json session export "$id" --png "$at" --out "$work/sought.png" > "$work/sought.json"
        "$lucid" --data "$node_data" --json session export "$id" --png "$at" --no-index --out "$work/played.png" > "$work/played.json"
        claim "$name: the picture at $at s is the one played from the beginning" cmp -s "$work/sought.png" "$work/played.png"
        claim "$name: every update was drawn" holds '.undrawn == 0' "$work/sought.json"
    done
    stored=$(du -bc "$recording"/chunks/* | tail -n 1 | cut -f 1); index=$(du -bc "$recording"/index/chunks/* | tail -n 1 | cut -f 1)
    echo "# $name: index $index bytes of $stored recorded, keyframe $(jq -r '.keyframe_us // "none"' "$work/sought.json")"
    claim "$name: at most 5 % of the recording, or 16 KiB" test "$index" -le $((stored / 20 > 17000 ? stored / 20 : 17000))
}
# A second client while the first session is indexed, which is as many as may be; then that indexer is killed.
second_session() {
    (umask 077; lucid_json ticket shadow > "$work/second.ticket")
    claim "limit: a second session runs" "$lucid" connect "$work/second.ticket" --headless --script - > "$work/second.log" 2>&1 <<< "wait picture
sleep 1s
disconnect"
    second=$(lucid_json session ls | jq -r --arg first "$id" '[.sessions[].id] | map(select(. != $first)) | .[0]')
    killed=$(pgrep -P "$node_pid" -f 'lucid-pictures index')
    claim "limit: one indexer for two sessions" test "$(wc -w <<< "$killed")" = 1
    kill -9 $killed
}
verifies() { local said; said=$("$lucid" --data "$node_data" session verify "$1" 2>&1); grep -q 'not anchored (yet)' <<< "$said" || grep -qiE 'consistent|verified' <<< "$said"; }
again() { node_stop; node_start "$work/data" "$work/node-$1.log" || { not_ok "lucid up again"; exit 1; }; }

node_init "$work/data" || { not_ok "lucid init"; exit 1; }
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
desktop_start "$work/desktop" || { not_ok "shadow starts"; exit 1; }
client_display_start "$work/client-display" || { not_ok "client display"; exit 1; }
"$lucid" --data "$node_data" host add shadow "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" \
    --security nla > "$work/host.log" 2>&1 || { not_ok "host add"; exit 1; }

if run_session index "seq 4000" 3 /bpp:32; then
    claim "index: one indexer runs beside the session" test "$indexers" = 1
    check_index index "$(jq -r '.duration_us / 1e6' "$recording/manifest.json")"
fi
during=draw_noise
if run_session keyframes "while :; do tput home; head -c 380 /dev/urandom | base64; sleep 0.05; done" 1 /gfx:RFX; then
    last=$(jq -r '.duration_us / 1e6' "$recording/manifest.json")
    check_index keyframes "$(awk -v t="$last" 'BEGIN {printf "%.3f", t - 2}')" "$last"
    claim "keyframes: the last picture came from one" holds '.keyframe_us != null' "$work/sought.json"
fi
during=true
sed -i 's/^indexers_max = [0-9]*/indexers_max = 1/' "$work/data/lucid.toml"
again limit
during=second_session
if run_session limit "seq 300" 1 /bpp:32; then
    during=true
    for one in "$id" "$second"; do
        claim "limit: the second is sealed, too" session_wait "$one" '^complete' 30
        claim "limit: neither has an index" test ! -e "$node_data/sessions/$one/index"
        claim "limit: and it verifies" verifies "$one"
    done
    claim "limit: the log says why" grep -q "no indexer.*$second.*indexers_max" "$node_data/log/core.log"
fi
rm "$work/bin/lucid-pictures"
again absent
if run_session absent "seq 300" 1 /bpp:32; then
    claim "absent: without lucid-pictures it has no index" test ! -e "$recording/index"
    claim "absent: and verifies" verifies "$id"
    claim "absent: doctor says so" bash -c "'$lucid' --data '$node_data' doctor --json | jq -e '.checks[] | select(.check == \"index\") | .state == \"note\"' > /dev/null"
fi
for way in file socket; do
    cp "$built/tests/integration/indexer/taken_over_by_$way" "$work/bin/lucid-pictures.new"
    mv "$work/bin/lucid-pictures.new" "$work/bin/lucid-pictures"
    # Landlock knows files, not names: core was told of the one that was there.
    again "$way"
    run_session "taken over, $way" "seq 300" 3 /bpp:32 || continue
    claim "taken over, $way: the decoder is dead" test "$indexers" = 0
    claim "taken over, $way: killed for it" grep -q 'indexer ended.*killed by signal 31' "$node_data/log/core.log"
    claim "taken over, $way: the recording has no index" test ! -e "$recording/index"
    claim "taken over, $way: and verifies" verifies "$id"
    for kind in "--png 1 --out" --mp4; do
        # shellcheck disable=SC2086
        claim "taken over, $way: an export ($kind) ends" bash -c "! '$lucid' --data '$node_data' session export '$id' $kind '$work/stolen' 2> '$work/stolen.log'"
        claim "taken over, $way: and says why" grep -q 'asked the system for a file or a connection' "$work/stolen.log"
        claim "taken over, $way: and leaves nothing" bash -c "! ls -d '$work'/stolen?* '$work'/stolen 2> /dev/null | grep -v log"
    done
    sed -i 's/indexer ended/indexer has ended/' "$node_data/log/core.log"
done
exit $bad
