#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Frames carry the right times: a clock is shown in a session of freerdp-shadow, and an MP4 of it is read with Debian's ffmpeg. The
# clock is the colour of the desktop's ground, another one every two seconds (64 of them before one comes again); when each was drawn is
# noted. Every frame's time on the wall clock (the manifest's start and the frame's own time) must be one at which its colour was
# there: a tick is seen no earlier than it was drawn and at most one interval later, and goes at most one interval after the next
# one was drawn. So must that of a PNG, from the session's index. With LUCID_TEST_LONG=1 for H.264 sessions as well.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
lucid=$PWD/out/release/apps/lucid/lucid
work=$(mktemp -d)
clock_pid=
finish() {
    clock_stop; client_stop; node_stop; stop_all
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

# Where no window is: 64 x 64 pixels of the ground.
place=64:64:1180:620
interval=2

# Draws tick after tick; $work/ticks has lines "NUMBER BEFORE AFTER", unix seconds around the drawing.
clock_start() {
    : > "$work/ticks"
    (
        for n in $(seq 0 600); do
            before=$(date +%s.%N)
            DISPLAY=$desktop_display xsetroot -solid "$(printf '#%02x%02x%02x' $((32 + 64 * (n % 4))) $((32 + 64 * (n / 4 % 4))) $((32 + 64 * (n / 16 % 4))))" || exit 1
            echo "$n $before $(date +%s.%N)" >> "$work/ticks"
            sleep "$interval"
        done
    ) &
    clock_pid=$!
}
clock_stop() { [ -z "$clock_pid" ] || { kill "$clock_pid" 2> /dev/null; wait "$clock_pid" 2> /dev/null; clock_pid=; }; }

# Lines "TIME R G B", TIME in seconds of the session, on standard input; says of the clock what is wrong and what was seen.
# STARTED-US FRAMES-AT-LEAST
check_times() {
    awk -v started="$1" -v least="$2" -v interval="$interval" '
        FILENAME == ARGV[1] { before[$1] = $2; after[$1] = $3; last = $1; next }
        function level(c) { k = int((c - 32) / 64 + 0.5); d = c - 32 - 64 * k; return k < 0 || k > 3 || d > 20 || d < -20 ? -1 : k }
        {
            wall = started / 1e6 + $1
            # Behind the first pictures, and while the clock went.
            if ($1 < 3 || wall > after[last]) next
            r = level($2); g = level($3); b = level($4)
            if (r < 0 || g < 0 || b < 0) { printf "# at %.3f s no tick has the colour %d %d %d\n", $1, $2, $3, $4; bad = 1; next }
            # The tick of that colour that was drawn last.
            for (n = last; n >= 0 && (n % 64 != r + 4 * g + 16 * b || before[n] > wall + 0.02); --n);
            if (n < 0) { printf "# at %.3f s the colour is one that was not drawn yet\n", $1; bad = 1; next }
            # A frame is made when the picture changes: its first one says when the tick came, others only that it had not gone.
            late = n in seen ? wall - before[n + 1] : wall - before[n]
            if (late > interval) { printf "# at %.3f s tick %d, %.3f s late\n", $1, n, late; bad = 1 }
            if (!(n in seen)) { ++ticks; if (late > most) most = late }
            seen[n] = 1; ++frames
        }
        END {
            printf "# %d frames, %d ticks, seen at most %.3f s after they were drawn\n", frames, ticks, most
            exit bad || frames < least || ticks < least
        }' "$work/ticks" -
}

# The colour of the place in each frame, with its time.
video_colours() {  # FILE
    paste -d ' ' <(ffprobe -v error -select_streams v:0 -show_entries frame=best_effort_timestamp_time -of csv=p=0 "$1" | grep -oE '^[0-9.]+') \
        <(ffmpeg -v error -i "$1" -vsync passthrough -enc_time_base 1:1000 -vf "crop=$place,scale=1:1:in_color_matrix=bt709:in_range=tv:flags=area,format=rgb24" -f rawvideo - | od -An -v -tu1 -w3)
}

# NAME XFREERDP-OPTIONS...
run_mode() {
    local name=$1 ticket id recording started at; shift
    ticket=$(lucid_json ticket shadow) || { not_ok "$name: ticket"; return; }
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    clock_start
    client_connect "$work/client-$name" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /size:1280x720 /sec:nla "$@"
    wait_until 30 client_wait_window 1 || { not_ok "$name: client connects"; clock_stop; return; }
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    sleep 24
    client_stop
    clock_stop
    claim "$name: the session is sealed" session_wait "$id" '^(complete|sealed)' 30
    recording=$node_data/sessions/$id
    started=$(jq -r .started_at_us "$recording/manifest.json")
    claim "$name: it becomes an MP4" "$lucid" --data "$node_data" session export "$id" --mp4 "$work/$name.mp4" > /dev/null
    video_colours "$work/$name.mp4" > "$work/$name.colours"
    claim "$name: every frame shows the time it has" check_times "$started" 8 < "$work/$name.colours"
    claim "$name: the index is there" wait_until 30 test -e "$recording/index/index.json"
    at=$(awk -v s="$started" '{ if ($2 - s / 1e6 > 6) { printf "%.3f", $3 - s / 1e6 + 0.6; exit } }' "$work/ticks")
    "$lucid" --data "$node_data" --json session export "$id" --png "$at" --out "$work/$name.png" > "$work/$name.json"
    convert "$work/$name.png" -crop 1x1+1200+650 +repage -depth 8 rgb:- | od -An -v -tu1 -w3 | sed "s/^/$at /" > "$work/$name-png.colours"
    claim "$name: so does a PNG of $at s" check_times "$started" 1 < "$work/$name-png.colours"
}

command -v ffmpeg > /dev/null || { skip clock "ffmpeg is not installed"; exit 0; }
command -v xsetroot > /dev/null || { skip clock "x11-xserver-utils is not installed"; exit 0; }
node_init "$work/data" || { not_ok "lucid init"; exit 1; }
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
desktop_start "$work/desktop" || { not_ok "shadow starts"; exit 1; }
client_display_start "$work/client-display" || { not_ok "client display"; exit 1; }
"$lucid" --data "$node_data" host add shadow "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" \
    --security nla > "$work/host.log" 2>&1 || { not_ok "host add"; exit 1; }
run_mode bitmaps /bpp:32
[ "${LUCID_TEST_LONG:-}" != 1 ] || run_mode avc420 /gfx:AVC420
exit $bad
