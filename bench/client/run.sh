#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# What a session costs a client: `lucid connect --headless` beside xfreerdp (under Xvfb), on the same freerdp-shadow desktop with
# scrolling text, in turns. Prints per mode and client: CPU in % of one core, peak resident and proportional memory.
# usage: bench/client/run.sh [SECONDS] [ROUNDS] [MODE...]   (10, 2, bitmap remotefx avc420)
set -uo pipefail
cd "$(dirname "$0")/../.."
. tools/demo/desktop.sh
lucid=$PWD/out/release/apps/lucid/lucid
seconds=${1:-10}; rounds=${2:-2}; shift 2 2> /dev/null || shift $#
modes=("$@"); [ ${#modes[@]} -gt 0 ] || modes=(bitmap remotefx avc420)
work=$(mktemp -d); peer=
finish() { [ -z "$peer" ] || kill "$peer" 2> /dev/null; stop_all; rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT TERM

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
measure() {  # NAME PID
    local before after hz; hz=$(getconf CLK_TCK)
    sleep 3  # login and first picture are not what is measured
    before=$(ticks "$2") || { echo "$1: the client is gone"; return; }
    sleep "$seconds"
    after=$(ticks "$2") || { echo "$1: the client is gone"; return; }
    awk -v n="$1" -v t=$((after - before)) -v hz="$hz" -v s="$seconds" -v rss="$(awk '/VmHWM/ {print $2}' "/proc/$2/status")" \
        -v pss="$(awk '/^Pss:/ {print $2}' "/proc/$2/smaps_rollup")" \
        'BEGIN {printf "%-28s CPU %5.1f %%  RSS %5.1f MB  PSS %5.1f MB\n", n, 100 * t / hz / s, rss / 1024, pss / 1024}'
}

desktop_start "$work/desktop" && client_display_start "$work/display" || exit 1
cat > "$work/load" << 'LOAD'
#!/bin/sh
i=0; while :; do i=$((i + 7)); seq $i $((i + 6)) | paste -s; sleep 0.04; done
LOAD
chmod 755 "$work/load"
DISPLAY=$desktop_display xterm -fa Monospace -fs 10 -geometry 120x40+100+60 -e "$work/load" & demo_pids+=($!)
pin=$("$lucid" --json connect "127.0.0.1:$desktop_port" --headless --user "$desktop_user" --password-file "$work/desktop/password" | jq -r .next | sed 's/.*--pin //')
echo "# $(date -u +%FT%TZ), load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, $seconds s a turn"
for _ in $(seq "$rounds"); do
    for mode in "${modes[@]}"; do
        case $mode in
            bitmap) options=(/bpp:32) ;;
            remotefx) options=(/rfx) ;;
            avc420) options=(/gfx:AVC420) ;;
            avc444) options=(/gfx:AVC444) ;;
        esac
        "$lucid" connect "127.0.0.1:$desktop_port" --headless --user "$desktop_user" --password-file "$work/desktop/password" --pin "$pin" \
            --graphics "$mode" > "$work/ours.log" 2>&1 & peer=$!
        measure "$mode lucid-client" "$peer"
        kill "$peer"; wait "$peer" 2> /dev/null
        env DISPLAY="$client_display" HOME="$work" XDG_CONFIG_HOME="$work" xfreerdp "/v:127.0.0.1:$desktop_port" "/u:$desktop_user" \
            "/p:$desktop_password" "/cert:fingerprint:sha256:$pin" /sec:nla /size:1280x720 "${options[@]}" > "$work/theirs.log" 2>&1 & peer=$!
        measure "$mode xfreerdp" "$peer"
        kill "$peer"; wait "$peer" 2> /dev/null; peer=
    done
done
