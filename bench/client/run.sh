#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# What a session costs a client: `lucid connect --headless` beside xfreerdp (under Xvfb) and the prototype on libfreerdp
# (../shared/tools/rdp/client.cpp, where it and freerdp2-dev are there), on the same freerdp-shadow desktop with scrolling text, in turns.
# Prints per mode and client: CPU in % of one core, peak resident and proportional memory, and what arrived in a second: frames
# (lucid-client and prototype; of surface commands for remotefx), or for bitmap, which has none, updates as each of the two counts them.
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
        'BEGIN {printf "%-28s CPU %5.1f %%  RSS %5.1f MB  PSS %5.1f MB", n, 100 * t / hz / s, rss / 1024, pss / 1024}'
}
# The prototype, built here; empty: it is left out.
prototype=
prototype_build() {
    local source=../shared/tools/rdp/client.cpp
    [ -f "$source" ] || { echo "# prototype: skipped, $source is not there"; return; }
    pkg-config --exists freerdp2 freerdp-client2 winpr2 libpng || { echo "# prototype: skipped, freerdp2-dev or libpng-dev is not installed"; return; }
    # shellcheck disable=SC2046
    g++ -std=c++20 -O2 -w "$source" -o "$work/prototype" $(pkg-config --cflags --libs freerdp2 freerdp-client2 winpr2 libpng) -lpthread \
        > "$work/prototype.log" 2>&1 || { echo "# prototype: skipped, it does not compile"; return; }
    prototype=$work/prototype
}
rate() { awk -v n="$1" -v s="$2" -v what="$3" 'BEGIN {printf "  %5.1f %s/s\n", n / s, what}'; }  # COUNT SECONDS WHAT

desktop_start "$work/desktop" && client_display_start "$work/display" || exit 1
cat > "$work/load" << 'LOAD'
#!/bin/sh
i=0; while :; do i=$((i + 7)); seq $i $((i + 6)) | paste -s; sleep 0.04; done
LOAD
chmod 755 "$work/load"
DISPLAY=$desktop_display xterm -fa Monospace -fs 10 -geometry 120x40+100+60 -e "$work/load" & demo_pids+=($!)
pin=$("$lucid" --json connect "127.0.0.1:$desktop_port" --headless --user "$desktop_user" --password-file "$work/desktop/password" | jq -r .next | sed 's/.*--pin //')
echo "# $(date -u +%FT%TZ), load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, $seconds s a turn"
prototype_build
whole=$((seconds + 4))  # a turn, its start included
for _ in $(seq "$rounds"); do
    for mode in "${modes[@]}"; do
        counted=frames
        case $mode in
            bitmap) options=(/bpp:32) theirs=none field=paints counted=updates ;;
            remotefx) options=(/rfx) theirs=rfx field=surfbits ;;
            avc420) options=(/gfx:AVC420) theirs=avc420 field=gfxframes ;;
            avc444) options=(/gfx:AVC444) theirs=avc444 field=gfxframes ;;
        esac
        started=$(date +%s.%N)
        "$lucid" --json connect "127.0.0.1:$desktop_port" --headless --user "$desktop_user" --password-file "$work/desktop/password" --pin "$pin" \
            --graphics "$mode" > "$work/ours.json" 2>&1 & peer=$!
        measure "$mode lucid-client" "$peer"
        kill "$peer"; wait "$peer" 2> /dev/null
        rate "$(jq -r "select(.event == \"done\").$counted" "$work/ours.json")" "$(awk -v a="$started" -v b="$(date +%s.%N)" 'BEGIN {print b - a}')" "$counted"
        env DISPLAY="$client_display" HOME="$work" XDG_CONFIG_HOME="$work" xfreerdp "/v:127.0.0.1:$desktop_port" "/u:$desktop_user" \
            "/p:$desktop_password" "/cert:fingerprint:sha256:$pin" /sec:nla /size:1280x720 "${options[@]}" > "$work/theirs.log" 2>&1 & peer=$!
        measure "$mode xfreerdp" "$peer"; echo
        kill "$peer"; wait "$peer" 2> /dev/null; peer=
        [ -n "$prototype" ] || continue
        env HOME="$work" XDG_CONFIG_HOME="$work" "$prototype" host=127.0.0.1 "port=$desktop_port" "user=$desktop_user" "pass=$desktop_password" sec=nla \
            "gfx=$theirs" w=1280 h=720 "secs=$whole" > "$work/prototype.out" 2>&1 & peer=$!
        measure "$mode libfreerdp prototype" "$peer"
        wait "$peer" 2> /dev/null; peer=
        rate "$(sed -n "s/.* $field\/s=\([0-9.]*\).*/\1/p" "$work/prototype.out")" 1 "$counted"
    done
done
