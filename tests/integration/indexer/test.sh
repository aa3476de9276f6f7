#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The indexer beside a real session (freerdp-shadow, xfreerdp, plain bitmaps): the recording gets an index, `lucid session export
# --png` starts from it and gives the picture that is played from the beginning. Then `lucid-pictures` is replaced by doubles that
# were taken over and open a file or make a socket: they die, the session and its recording go on, without an index.
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
painted() { DISPLAY=$client_display import -window root -crop 1280x720+0+0 +repage "$work/now.png" 2>/dev/null && [ "$(identify -format '%k' "$work/now.png")" -gt 3 ]; }
# A session in which something is typed; sets id. NAME LINES
run_session() {
    local ticket
    ticket=$(lucid_json ticket shadow) || { not_ok "$1: ticket"; return 1; }
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$work/client-$1" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /size:1280x720 /sec:nla /bpp:32
    wait_until 30 client_wait_window 1 || { not_ok "$1: client connects"; return 1; }
    claim "$1: the desktop is painted" wait_until 30 painted
    client_type "seq $2"
    sleep 3
    claim "$1: the session goes on" kill -0 "$client_pid"
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    indexers=$(pgrep -P "$node_pid" -f 'lucid-pictures index' | wc -l)
    client_stop
    claim "$1: it is sealed as complete" session_wait "$id" '^complete' 30
    recording=$node_data/sessions/$id
}
verifies() { local said; said=$("$lucid" --data "$node_data" session verify "$id" 2>&1); grep -q 'not anchored (yet)' <<< "$said" || grep -qiE 'consistent|verified' <<< "$said"; }

node_init "$work/data" || { not_ok "lucid init"; exit 1; }
sed -i 's/^index = [a-z]*/index = true/' "$work/data/lucid.toml"
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
desktop_start "$work/desktop" || { not_ok "shadow starts"; exit 1; }
client_display_start "$work/client-display" || { not_ok "client display"; exit 1; }
"$lucid" --data "$node_data" host add shadow "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" \
    --security nla > "$work/host.log" 2>&1 || { not_ok "host add"; exit 1; }

if run_session index 4000; then
    claim "index: one indexer runs beside the session" test "$indexers" = 1
    claim "index: it is there within 30 s" wait_until 30 test -e "$recording/index/index.json"
    claim "index: and its process is gone" wait_until 5 bash -c "! pgrep -P $node_pid -f 'lucid-pictures index'"
    claim "index: the recording verifies with it" verifies
    last=$(jq -r '.duration_us / 1e6' "$recording/manifest.json")
    "$lucid" --data "$node_data" --json session export "$id" --png "$last" --out "$work/sought.png" > "$work/sought.json"
    "$lucid" --data "$node_data" --json session export "$id" --png "$last" --no-index --out "$work/played.png" > "$work/played.json"
    claim "index: the picture is the one played from the beginning" cmp -s "$work/sought.png" "$work/played.png"
    claim "index: every update was drawn" jq -e '.undrawn == 0' "$work/sought.json" > /dev/null
    stored=$(du -bc "$recording"/chunks/* | tail -n 1 | cut -f 1); index=$(du -bc "$recording"/index/chunks/* | tail -n 1 | cut -f 1)
    echo "# index $index bytes of $stored recorded, keyframe $(jq -r '.keyframe_us // "none"' "$work/sought.json")"
    claim "index: at most 5 % of the recording, or 16 KiB" test "$index" -le $((stored / 20 > 17000 ? stored / 20 : 17000))
fi
for way in file socket; do
    cp "$built/tests/integration/indexer/taken_over_by_$way" "$work/bin/lucid-pictures.new"
    mv "$work/bin/lucid-pictures.new" "$work/bin/lucid-pictures"
    # Landlock knows files, not names: core was told of the one that was there.
    node_stop; node_start "$work/data" "$work/node-$way.log" || { not_ok "lucid up again"; exit 1; }
    run_session "taken over, $way" 300 || continue
    claim "taken over, $way: the decoder is dead" test "$indexers" = 0
    claim "taken over, $way: killed for it" grep -q 'indexer ended.*killed by signal 31' "$node_data/log/core.log"
    claim "taken over, $way: the recording has no index" test ! -e "$recording/index"
    claim "taken over, $way: and verifies" verifies
    sed -i 's/indexer ended/indexer has ended/' "$node_data/log/core.log"
done
exit $bad
