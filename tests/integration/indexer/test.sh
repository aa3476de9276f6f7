#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The indexer beside real sessions (freerdp-shadow, xfreerdp): the recording gets an index, `lucid session export --png` starts from
# it and gives the picture that is played from the beginning, with bitmaps and with RemoteFX in the graphics pipeline. Then
# `lucid-pictures` is replaced by doubles that were taken over and open a file or make a socket: they die, the
# session and its recording go on, without an index.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
built=out/release
work=$(mktemp -d)
mkdir "$work/bin"
cp "$built/apps/lucid/lucid" "$built/apps/lucid/lucid-pictures" "$work/bin/"
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
    $during
    indexers=$(pgrep -P "$node_pid" -f 'lucid-pictures index' | wc -l)
    claim "$name: the session goes on" kill -0 "$client_pid"
    client_stop
    claim "$name: it is sealed as complete" session_wait "$id" '^complete' 30
    recording=$node_data/sessions/$id
}
# Lines of random text are drawn, always at the same place, until 2.5 MB are recorded.
draw_noise() {
    claim "$name: there is much to record" wait_until 90 bash -c "[ \$(du -bc '$node_data/sessions/$id'/chunks/* | tail -n 1 | cut -f 1) -gt 2500000 ]"
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
verifies() { local said; said=$("$lucid" --data "$node_data" session verify "$1" 2>&1); grep -q 'not anchored (yet)' <<< "$said" || grep -qiE 'consistent|verified' <<< "$said"; }
again() { node_stop; node_start "$work/data" "$work/node-$1.log" || { not_ok "lucid up again"; exit 1; }; }

node_init "$work/data" || { not_ok "lucid init"; exit 1; }
sed -i 's/^index = [a-z]*/index = true/' "$work/data/lucid.toml"
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
desktop_start "$work/desktop" || { not_ok "shadow starts"; exit 1; }
client_display_start "$work/client-display" || { not_ok "client display"; exit 1; }
"$lucid" --data "$node_data" host add shadow "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" \
    --security nla > "$work/host.log" 2>&1 || { not_ok "host add"; exit 1; }

if run_session index "seq 4000" 3 /bpp:32; then
    claim "index: one indexer runs beside the session" test "$indexers" = 1
    check_index index "$(jq -r '.duration_us / 1e6' "$recording/manifest.json")"
fi
# What the graphics pipeline sends is never left out, so the indexer looks what a keyframe would cost; one may still be too dear.
during=draw_noise
if run_session keyframes "while :; do tput home; head -c 380 /dev/urandom | base64; sleep 0.05; done" 1 /gfx:RFX; then
    last=$(jq -r '.duration_us / 1e6' "$recording/manifest.json")
    check_index keyframes "$(awk -v t="$last" 'BEGIN {printf "%.3f", t - 2}')" "$last"
fi
during=true
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
    sed -i 's/indexer ended/indexer has ended/' "$node_data/log/core.log"
done
exit $bad
