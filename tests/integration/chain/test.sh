#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The chain with tools that are not ours: npm's solc recompiles the committed contract, forge tests it, ethers and cast
# talk to a running node and send it transactions. Waits for one block.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tools/demo/desktop.sh
. tools/demo/session.sh
root=$PWD
lucid=$root/out/release/apps/lucid/lucid
work=$(mktemp -d); kept=
finish() { node_stop; if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi; }
trap finish EXIT
trap 'exit 130' INT TERM
bad=0
ok() { echo "ok $1"; }
not_ok() { echo "not ok $1"; bad=1; kept=1; }
claim() { local name=$1; shift; if "$@"; then ok "$name"; else not_ok "$name"; fi; }
skip() { echo "skip $1: $2"; }

node=${LUCID_NODE:-$(tools/dev/node.sh)} || { skip chain "no Node.js, and npm cannot get it"; exit 0; }
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
foundry=1.7.1
packages=(solc@0.8.37 ethers@6.17.0 "@foundry-rs/cast-linux-$arch@$foundry" "@foundry-rs/forge-linux-$arch@$foundry")
export LUCID_NPM=$root/out/npm
modules=$LUCID_NPM/node_modules
mkdir -p "$LUCID_NPM"
[ -f "$LUCID_NPM/package.json" ] || echo '{"private":true}' > "$LUCID_NPM/package.json"
have() { local p; for p in "${packages[@]}"; do [ "$(jq -r .version "$modules/${p%@*}/package.json" 2>/dev/null)" = "${p##*@}" ] || return 1; done; }
if ! have; then
    npm --prefix "$LUCID_NPM" install --ignore-scripts --no-audit --no-fund --loglevel=error "${packages[@]}" > "$work/npm.log" 2>&1 ||
        { skip chain "npm cannot install ${packages[*]}: $(tail -n 1 "$work/npm.log")"; exit 0; }
fi
cast=$modules/@foundry-rs/cast-linux-$arch/bin/cast
forge=$modules/@foundry-rs/forge-linux-$arch/bin/forge

# --- the contract
claim "contract: the committed artifact is what solc makes" "$node" contracts/compile.mjs --check
bytecode() { sed -n 's/^ *"\([0-9a-f]*\)";\{0,1\}$/\1/p' lucid/blockchain/chain/anchors_bytecode.hpp | tr -d '\n'; }
claim "contract: the genesis has the artifact's code" test "$(bytecode)" = "$(jq -r .bytecode contracts/artifacts/LucidAnchors.json)"
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$root/contracts/solc.mjs" > "$work/solc"
chmod +x "$work/solc"
"$forge" test --root contracts --use "$work/solc" --json > "$work/forge.json" 2> "$work/forge.log"
if jq -e 'length > 0' "$work/forge.json" > "$work/forge.count" 2>&1; then
    while IFS=$'\t' read -r name status reason; do
        if [ "$status" = Success ]; then ok "contract: $name"; else not_ok "contract: $name ($reason)"; fi
    done < <(jq -r '.[].test_results | to_entries[] | [.key, .value.status, .value.reason // ""] | @tsv' "$work/forge.json")
else
    not_ok "contract: forge runs"; tail -n 20 "$work/forge.log"
fi

# --- a node
node_init "$work/data" || { not_ok "lucid init"; exit 1; }
# Its first slot begins in 20 s instead of 120: genesis lies in the past.
jq ".time = $(($(date +%s) - 100))" "$work/data/chain/genesis.json" > "$work/genesis.json" && mv "$work/genesis.json" "$work/data/chain/genesis.json"
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
url=http://127.0.0.1:$rpc_port
"$node" tests/integration/chain/chain_test.mjs "$url" "$work/data" > "$work/ethers.log" 2>&1
status=$?
grep -E '^(ok|not ok) ' "$work/ethers.log"
[ $status -eq 0 ] || { bad=1; kept=1; grep -vE '^(ok|not ok) ' "$work/ethers.log" | tail -n 10; }
session=$(sed -n 's/^# session //p' "$work/ethers.log")

# --- cast
export ETH_RPC_URL=$url NO_COLOR=1 FOUNDRY_DISABLE_NIGHTLY_WARNING=1
account=$(cat "$work/data/keys/account.address"); account=0x${account#0x}
contract=$("$cast" rpc lucid_status | jq -r .contract)
is() { [ "$1" = "$2" ] || { echo "# got '$1', wanted '$2'"; return 1; }; }
claim "cast: chain id" is "$("$cast" chain-id)" "$(jq .chain_id "$work/data/chain/genesis.json")"
claim "cast: block number" is "$("$cast" block-number)" 1
claim "cast: the client's name" grep -q '^Lucid/v' <<< "$("$cast" client)"
claim "cast: age of the block" is "$("$cast" block 1 --field timestamp)" "$(($(jq .time "$work/data/chain/genesis.json") + 120))"
claim "cast: nonce" is "$("$cast" nonce "$account")" 4
claim "cast: the node's key" is "$("$cast" call "$contract" 'evidenceKey(address)(bytes32)' "$account")" "0x$(jq -r .evidence_key "$work/data/chain/genesis.json")"
claim "cast: checkpoint" is "$("$cast" call "$contract" 'checkpointRoot(address,uint64)(bytes32)' "$account" 99)" "0x$(printf 'ab%.0s' $(seq 32))"
claim "cast: logs" is "$("$cast" logs --json --from-block 0 --address "$contract" 'Checkpoint(address indexed,uint64 indexed,bytes32,uint32)' | jq length)" 1
claim "cast: the line of lucid chain anchor" is "$("$cast" call "$contract" 'getSessionAnchor(address,bytes32)((bytes32,bytes32,address,uint64,uint64,uint32,uint64))' "$account" "$session" | tr -d '()' | awk -F', ' '{print $5 + 0, $7 + 0}')" "2 1"
claim "cast: gas of a transfer" is "$("$cast" estimate "$contract" --from "$account" 'checkpoint(uint64,bytes32,uint32)' 100 "0x$(printf 'ab%.0s' $(seq 32))" 1 | awk '{print ($1 > 40000 && $1 < 80000)}')" 1

# --- again
node_stop
node_start "$work/data" "$work/node2.log" || { not_ok "lucid up again"; exit 1; }
claim "after a restart the head is block 1" is "$("$cast" block-number)" 1
claim "after a restart the state is there" is "$("$cast" call "$contract" 'checkpointRoot(address,uint64)(bytes32)' "$account" 99)" "0x$(printf 'ab%.0s' $(seq 32))"
exit $bad
