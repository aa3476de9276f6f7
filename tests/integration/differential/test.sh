#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Random programs in Lucid's EVM and in anvil's (revm): same gas, output, calls, storage and code. 1,000 programs; 100,000 with LUCID_TEST_LONG=1.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh [FIRST-SEED]
set -uo pipefail
cd "$(dirname "$0")/../../.."
here=tests/integration/differential
rpc_node=out/release/tests/integration/clients/rpc_node
work=$(mktemp -d); kept=; pids=()
finish() { exec 9>&-; for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi; }
trap finish EXIT
trap 'exit 130' INT TERM
skip() { echo "skip $1: $2"; }

node=${LUCID_NODE:-$(tools/dev/node.sh)} || { skip differential "no Node.js, and npm cannot get it"; exit 0; }
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
LUCID_NPM=$(tools/dev/npm.sh "@foundry-rs/anvil-linux-$arch@1.7.1" 2> "$work/npm.log") || { skip differential "$(tail -n 1 "$work/npm.log")"; exit 0; }
anvil=$LUCID_NPM/node_modules/@foundry-rs/anvil-linux-$arch/bin/anvil

free_port() { "$node" -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }

anvil_port=$(free_port)
"$anvil" --silent --port "$anvil_port" --chain-id 19541 --hardfork prague > "$work/anvil.log" 2>&1 & pids+=($!)
lucid_port=$(free_port)
mkdir "$work/chain" && mkfifo "$work/alive"
"$rpc_node" "$lucid_port" "$work/chain" < "$work/alive" > "$work/lucid.log" 2>&1 & pids+=($!)
exec 9> "$work/alive"  # the node ends when this closes
a=http://127.0.0.1:$anvil_port; b=http://127.0.0.1:$lucid_port

count=1000; [ "${LUCID_TEST_LONG:-0}" = 0 ] || count=100000
name="$count random programs do the same in both"
if "$node" $here/compare.mjs "$a" "$b" "$count" "${1:-1}" > "$work/compare.log" 2>&1; then echo "ok $name"; tail -n 1 "$work/compare.log" | sed 's/^/# /'; exit 0
else kept=1; echo "not ok $name"; cut -c1-1500 "$work/compare.log"; tail -n 1 "$work/anvil.log" "$work/lucid.log"; exit 1; fi
