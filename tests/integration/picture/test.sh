#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Lucid's own pictures against a real client's screen: sessions of freerdp-shadow (plain bitmaps; with LUCID_TEST_LONG=1 also
# AVC420, AVC444, RemoteFX) and xrdp (bitmaps; long: 16 bits, RemoteFX) run through Lucid with xfreerdp under Xvfb. At a marked
# time, and at the end, the client's screen is taken; `lucid session export --png` of that time must be the same picture: exactly
# for bitmaps, at 40 dB or better for RemoteFX and H.264. One session becomes an MP4 from its bundle with no node at hand.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh [MODE...]
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
. tools/demo/xrdp.sh
lucid=$PWD/out/release/apps/lucid/lucid
work=$(mktemp -d)
finish() {
    client_stop; node_stop; xrdp_stop; stop_all
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

screenshot() { DISPLAY=$client_display import -window root -crop 1280x720+0+0 +repage "$1" 2>/dev/null; }
painted() { screenshot "$1" && [ "$(identify -format '%k' "$1")" -gt 3 ]; }
# Two screenshots a second apart are equal: nothing is on its way any more. The second one is kept.
still() {  # FILE.png
    local end=$((SECONDS + 20)) before=${1%.png}-before.png
    screenshot "$before" || return 1
    while [ $SECONDS -lt $end ]; do
        sleep 1
        screenshot "$1" || return 1
        [ "$(psnr "$before" "$1")" = inf ] && return 0
        mv "$1" "$before"
    done
    return 1
}
into() { local file=$1; shift; "$@" > "$file"; }

# NAME HOST exact|lossy CLIENT-OPTIONS...
run_mode() {
    local name=$1 host=$2 kind=$3; shift 3
    local dir=$work/$name ticket id marked started at
    mkdir -p "$dir"
    ticket=$(lucid_json ticket "$host") || { not_ok "$name: ticket"; return; }
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$dir/client" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /size:1280x720 "$@"
    wait_until 25 client_wait_window 1 || { not_ok "$name: client connects"; tail -n 5 "$dir/client/client.log"; return; }
    claim "$name: the desktop is painted" wait_until 30 painted "$dir/first.png"
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    sleep 1
    client_type "ls /usr"
    sleep 1
    claim "$name: the picture comes to rest" still "$dir/marked.png"
    marked=$(date +%s.%N)
    client_type "clear; seq 60"
    sleep 1
    claim "$name: and at the end" still "$dir/last.png"
    client_stop
    claim "$name: the session is sealed" session_wait "$id" '^(complete|sealed)' 20
    claim "$name: the last picture is written" into "$dir/export.json" "$lucid" --data "$node_data" --json session export "$id" --png 100000 --out "$dir/ours-last.png"
    claim "$name: every update was drawn" into /dev/null jq -e '.undrawn == 0' "$dir/export.json"
    claim "$name: the last picture is the client's" alike "$name at the end" "$dir/ours-last.png" "$dir/last.png" "$kind"
    # The screen stood still for a second before it was taken: a little earlier is as good.
    started=$(jq -r .started_at_us "$node_data/sessions/$id/manifest.json")
    at=$(awk -v a="$marked" -v b="$started" 'BEGIN {printf "%.3f", a - b / 1e6 - 0.2}')
    "$lucid" --data "$node_data" session export "$id" --png "$at" --out "$dir/ours-marked.png" > /dev/null
    claim "$name: so it was at the marked time" alike "$name at $at s" "$dir/ours-marked.png" "$dir/marked.png" "$kind"
    last_id=$id
}

# A bundle and a key, nothing else: video and folder of pictures.
run_exports() {  # SESSION
    local bundle=$work/case.tar key=$work/key.txt
    "$lucid" --data "$node_data" bundle export "$1" --allow-unanchored --out "$bundle" > /dev/null
    cp "$node_data"/identities/*.txt "$key"
    local alone=("$lucid" --data "$work/no-node" --json session export "$bundle" --identity "$key")
    claim "export: MP4 from a bundle alone" into "$work/mp4.json" "${alone[@]}" --mp4 "$work/case.mp4"
    claim "export: WebM" into /dev/null "${alone[@]}" --webm "$work/case.webm"
    claim "export: a folder of pictures" into "$work/frames.json" "${alone[@]}" --frames "$work/frames"
    claim "export: pictures are there" test "$(find "$work/frames" -name '*.png' | wc -l)" -gt 1
    into "$work/again.json" "${alone[@]}" --frames "$work/frames"
    claim "export: again keeps them" into /dev/null jq -e '.pictures == 0 and .kept > 1' "$work/again.json"
    claim "export: thumbnail" into /dev/null "$lucid" --data "$node_data" session show "$1" --thumbnail "$work/small.png"
    claim "export: it is small" test "$(identify -format '%wx%h' "$work/small.png")" = 320x180
    if command -v ffprobe > /dev/null; then
        claim "export: the WebM is VP9" test "$(ffprobe -v error -show_entries stream=codec_name -of csv=p=0 "$work/case.webm")" = vp9
        claim "export: the video is H.264 of the screen's size" test "$(ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 "$work/case.mp4")" = h264,1280,720
    else
        claim "export: the video is an MP4 file" grep -q ftyp <(head -c 12 "$work/case.mp4")
    fi
    claim "export: a wrong key opens nothing" bash -c "! '$lucid' session export '$bundle' --identity /dev/null --png 1 --out '$work/none.png' 2>/dev/null"
    claim "export: and leaves no file" test ! -e "$work/none.png"
}

modes=("$@")
if [ ${#modes[@]} -eq 0 ]; then
    modes=(avc420 xrdp)
    [ "${LUCID_TEST_LONG:-}" = 1 ] && modes=(bitmap avc420 avc444 remotefx xrdp xrdp16 xrdp-remotefx)
fi
node_init "$work/data" || { not_ok "lucid init"; exit 1; }
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
client_display_start "$work/client-display" || { not_ok "client display"; exit 1; }
shadow_ready= xrdp_ready= last_id=
for mode in "${modes[@]}"; do
    case $mode in
        xrdp*)
            command -v xrdp > /dev/null || { skip "$mode" "xrdp is not installed"; continue; }
            [ "$(id -u)" -eq 0 ] || { skip "$mode" "needs root to make the desktop's user"; continue; }
            if [ -z "$xrdp_ready" ]; then
                xrdp_start "$work/xrdp" || { not_ok "xrdp starts"; continue; }
                printf '%s' "$xrdp_password" | "$lucid" --data "$node_data" host add xrdp "127.0.0.1:$xrdp_port" --user "$xrdp_user" --password-stdin \
                    --security tls > "$work/host-xrdp.log" 2>&1 || { not_ok "host add xrdp"; continue; }
                xrdp_ready=1
            fi ;;
        *)
            if [ -z "$shadow_ready" ]; then
                desktop_start "$work/desktop" || { not_ok "shadow starts"; continue; }
                "$lucid" --data "$node_data" host add shadow "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" \
                    --security nla > "$work/host-shadow.log" 2>&1 || { not_ok "host add shadow"; continue; }
                shadow_ready=1
            fi ;;
    esac
    case $mode in
        bitmap) run_mode "$mode" shadow exact /sec:nla /bpp:32 ;;
        avc420) run_mode "$mode" shadow lossy /sec:nla /gfx:AVC420 ;;
        avc444) run_mode "$mode" shadow lossy /sec:nla /gfx:AVC444 ;;
        remotefx) run_mode "$mode" shadow lossy /sec:nla /rfx ;;
        xrdp) run_mode "$mode" xrdp exact /sec:nla /bpp:32 ;;
        xrdp16) run_mode "$mode" xrdp exact /sec:nla /bpp:16 ;;
        xrdp-remotefx) run_mode "$mode" xrdp lossy /sec:nla /bpp:32 /rfx ;;
        *) not_ok "unknown mode $mode" ;;
    esac
done
[ -z "$last_id" ] || run_exports "$last_id"
exit $bad
