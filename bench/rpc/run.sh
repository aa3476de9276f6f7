#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Lucid's JSON-RPC beside anvil's, in turns. usage: bench/rpc/run.sh [ROUNDS TRANSFERS ANCHORS CALLS]
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d); pids=()
finish() { exec 9>&-; for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT TERM
node=${LUCID_NODE:-$(tools/dev/node.sh)}
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
LUCID_NPM=$(tools/dev/npm.sh solc@0.8.37 ethers@6.17.0 "@foundry-rs/anvil-linux-$arch@1.7.1"); export LUCID_NPM
anvil=$LUCID_NPM/node_modules/@foundry-rs/anvil-linux-$arch/bin/anvil
"$node" tests/integration/clients/compile.mjs bench/rpc/Work.sol > "$work/work.json"
free_port() { "$node" -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
anvil_port=$(free_port)
"$anvil" --silent --port "$anvil_port" --chain-id 19541 --hardfork prague --base-fee 1000000000 --gas-limit 60000000 --no-mining --order fifo > "$work/anvil.log" 2>&1 & pids+=($!)
lucid_port=$(free_port)
mkdir "$work/chain" && mkfifo "$work/alive"
out/release/tests/integration/clients/rpc_node "$lucid_port" "$work/chain" by-hand < "$work/alive" > "$work/lucid.log" 2>&1 & pids+=($!)
exec 9> "$work/alive"  # the node ends when this closes
echo "load at the start: $(cut -d' ' -f1-3 /proc/loadavg)"
"$node" bench/rpc/rpc_bench.mjs "anvil=http://127.0.0.1:$anvil_port" "lucid=http://127.0.0.1:$lucid_port" "$work/work.json" "${1:-5}" "${2:-4000}" "${3:-1000}" "${4:-500}"
