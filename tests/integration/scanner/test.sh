#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Files through the gateway and a real clamd (Debian's clamav-daemon) with a signature database of its own, which knows
# EICAR only; what `lucid doctor` says of it. Prints "ok NAME" or "not ok NAME"; leaves nothing running.
set -uo pipefail
cd "$(dirname "$0")/../../.."
command -v clamd > /dev/null || { echo "skip scanner (no clamd: apt-get install clamav-daemon)"; exit 0; }
lucid=$PWD/out/release/apps/lucid/lucid
work=$(mktemp -d); bad=0; clamd_pid=; node_pid=
finish() {
    [ -z "$node_pid" ] || { kill "$node_pid"; wait "$node_pid"; } 2> /dev/null
    [ -z "$clamd_pid" ] || { kill "$clamd_pid"; wait "$clamd_pid"; } 2> /dev/null
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
claim() { local name=$1; shift; if "$@" > "$work/claim.log" 2>&1; then echo "ok $name"; else echo "not ok $name"; bad=1; tail -n 6 "$work/claim.log"; fi; }

mkdir "$work/db" "$work/tmp"
# The first 68 bytes of the EICAR test file, wherever they stand.
eicar_hex=$(printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR' '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*' | od -An -tx1 | tr -d ' \n')
echo "Lucid.Eicar:0:*:$eicar_hex" > "$work/db/lucid.ndb"
cat > "$work/clamd.conf" <<CONF
DatabaseDirectory $work/db
LocalSocket $work/clamd.ctl
TemporaryDirectory $work/tmp
LogFile $work/clamd.log
Foreground yes
MaxThreads 2
CONF
start_clamd() {
    rm -f "$work/clamd.ctl"
    clamd --config-file="$work/clamd.conf" > "$work/clamd.out" 2>&1 &
    clamd_pid=$!
    for _ in $(seq 300); do [ -S "$work/clamd.ctl" ] && return; kill -0 "$clamd_pid" 2> /dev/null || break; sleep 0.1; done
    echo "not ok clamd starts"; tail -n 5 "$work/clamd.out" "$work/clamd.log"; exit 1
}

# --- the gateway between scripted peers; it kills clamd on its way
start_clamd
out/release/tests/integration/scanner/scanner_check "unix:$work/clamd.ctl" "$clamd_pid" 2> "$work/check.log" | grep -vE '^20[0-9-]+T' || bad=1
[ "${PIPESTATUS[0]}" -eq 0 ] || { bad=1; tail -n 5 "$work/check.log"; }
wait "$clamd_pid" 2> /dev/null; clamd_pid=

# --- the node itself
data=$work/data
"$lucid" --data "$data" init --json > "$work/init.json" 2>&1 || { echo "not ok init"; cat "$work/init.json"; exit 1; }
sed -i "s|^clamd = \"\"|clamd = \"unix:$work/clamd.ctl\"|; s|^listen = .*|listen = \"127.0.0.1:0\"|; s|^rpc = .*|rpc = \"127.0.0.1:0\"|" "$data/lucid.toml"
doctor() { "$lucid" --data "$data" doctor --json | jq -e ".checks[] | select(.check == \"scanner\") | $1"; }
claim "doctor: clamd is away, and how to start it" doctor '.state == "note" and (.next | test("systemctl enable --now clamav-daemon"))'
start_clamd
claim "doctor: clamd answers with its version" doctor '.state == "ok" and (.detail | test("ClamAV"))'
"$lucid" --data "$data" up > "$work/up.log" 2>&1 &
node_pid=$!
scanner_runs() { "$lucid" --data "$data" status --json 2> /dev/null | jq -e '.processes[] | select(.role == "scanner") | .running'; }
for _ in $(seq 100); do scanner_runs > /dev/null 2>&1 && break; sleep 0.1; done
claim "the node runs a scanner process" scanner_runs
confined() {
    local pid; pid=$("$lucid" --data "$data" status --json | jq '.processes[] | select(.role == "scanner") | .pid')
    grep -q '^Seccomp:.2' "/proc/$pid/status" && grep -q '^NoNewPrivs:.1' "/proc/$pid/status"
}
claim "and it is confined" confined
claim "an address that is none is refused with its line" bash -c "sed -i 's|^clamd = .*|clamd = \"clamd\"|' '$data/lucid.toml'; ! '$lucid' --data '$data' doctor > '$work/doctor' && grep -q 'scanner.clamd must be' '$work/doctor'"
exit "$bad"
