#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Installs what is missing, builds, and runs Lucid with embedded defaults and a demo desktop.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<'TEXT'
usage: ./run.sh [--once] [--data DIR] [--no-install] [--no-build]

  (no option)   node and demo desktop run until Ctrl-C; prints the command that connects a client
  --once        the main job unattended: a real RDP client logs in, types, leaves; the recording is sealed, anchored
                in the next 120 s slot and verified. Exits 0 after printing session, segments, root, block, verdict.
                Takes up to about five minutes after the build.
  --data DIR    data directory (default ./lucid-data; --once uses a new one under out/once unless given)
TEXT
}

once=; data=; install=1; build=1
while [ $# -gt 0 ]; do
    case $1 in
        --once) once=1; shift ;;
        --data) [ $# -ge 2 ] || { echo "run.sh: --data needs a directory" >&2; exit 2; }; data=$2; shift 2 ;;
        --no-install) install=; shift ;;
        --no-build) build=; shift ;;
        -h|--help) usage; exit 0 ;;
        *) echo "run.sh: unknown option $1 (see ./run.sh --help)" >&2; exit 2 ;;
    esac
done

[ -z "$install" ] || tools/dev/install.sh run
if [ -n "$build" ]; then
    echo "building (first time: several minutes on two cores; log: out/release/build.log)"
    tools/dev/build.sh release lucid
fi
. tools/demo/desktop.sh
. tools/demo/session.sh
lucid=$PWD/out/release/apps/lucid/lucid
mkdir -p out/once
work=$(mktemp -d "$PWD/out/once/run.XXXXXX")
trap 'client_stop; node_stop; stop_all' EXIT
trap 'exit 130' INT TERM

if [ -n "$once" ]; then data=${data:-$work/data}; else data=${data:-lucid-data}; fi
if [ -d "$data/keys" ]; then
    node_data=$data
    node_port=$("$lucid" --data "$data" --json status | jq -r '.listen' | sed 's/.*://')
else
    [ -n "$once" ] || { node_port=${LUCID_PORT:-3390}; rpc_port=${LUCID_RPC_PORT:-8545}; }
    node_init "$data"
    echo "made $data; the recovery key below is shown once, keep it off this machine:"
    jq -r '"  " + .recovery_key' "$data.init.json"
    rm -f "$data.init.json"
fi

desktop_start "$work/desktop"
node_start "$data" "$work/node.log"
"$lucid" --data "$data" host rm demo > /dev/null 2>&1 || true
"$lucid" --data "$data" host add demo "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" --security nla --preset strict
rm -f "$work/desktop/password"

if [ -z "$once" ]; then
    echo
    "$lucid" --data "$data" ticket demo
    echo
    echo "Lucid runs. Another ticket:  $lucid --data $data ticket demo"
    echo "Recordings:                  $lucid --data $data session ls"
    echo "Ctrl-C ends it."
    wait "$node_pid"
    exit $?
fi

ticket=$(lucid_json ticket demo)
listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
client_display_start "$work/client"
echo "connecting xfreerdp with a one-time ticket"
client_connect "$work/client" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /sec:nla /gfx:AVC420
client_wait_window 20 || { tail -n 5 "$work/client/client.log" >&2; echo "run.sh: the client did not connect (logs: $work)" >&2; exit 1; }
sleep 3
sentence="Every session leaves evidence."
client_type "echo $sentence > typed.txt"
end=$((SECONDS + 10))
until grep -q "$sentence" "$work/desktop/typed.txt" 2>/dev/null; do
    [ $SECONDS -lt $end ] || { echo "run.sh: what the client typed did not reach the desktop (logs: $work)" >&2; exit 1; }
    sleep 0.2
done
echo "typed on the desktop: $sentence"
sleep 1
id=$(lucid_json session ls | jq -r '.sessions[0].id')
client_stop
session_wait "$id" '^(sealed|complete|partial|anchored)' 20

echo "recording sealed; waiting for its place on the chain (slots of 120 s)"
end=$((SECONDS + 420))
until [ "$(session_field "$id" '.anchored')" = true ]; do
    [ $SECONDS -lt $end ] || { echo; echo "run.sh: not anchored after 7 minutes (log: $work/node.log)" >&2; exit 1; }
    next=$(lucid_json chain status 2>/dev/null | jq -r '.next_slot_in_s // empty')
    if [ -t 1 ]; then printf '\r  next slot in %3s s ' "${next:-?}"
    elif [ $((SECONDS % 15)) -eq 0 ]; then echo "  next slot in ${next:-?} s"; fi
    sleep 1
done
[ ! -t 1 ] || printf '\r                         \r'
verdict=$(lucid_json session verify "$id") || { echo "$verdict"; exit 1; }
session_field "$id" '"session   \(.id)\nstate     \(.state)\nsegments  \(.segments)\nroot      \(.root)\nblock     \(.anchor_block)"'
jq -r '"verdict   \(.verdict)"' <<< "$verdict"
echo "The data of this run is in $data; for instance:"
echo "  $lucid --data $data session replay $id"
