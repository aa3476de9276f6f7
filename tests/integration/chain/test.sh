#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The chain with tools that are not ours: ethers and cast talk to a running node and send it transactions. Waits for one block.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
root=$PWD
lucid=$root/out/release/apps/lucid/lucid
work=$(mktemp -d)
finish() { node_stop; if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi; }
trap finish EXIT
trap 'exit 130' INT TERM

node=${LUCID_NODE:-$(tools/dev/node.sh)} || { skip chain "no Node.js, and npm cannot get it"; exit 0; }
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
LUCID_NPM=$(tools/dev/npm.sh ethers@6.17.0 "@foundry-rs/cast-linux-$arch@1.7.1" 2> "$work/npm.log") ||
    { skip chain "$(tail -n 1 "$work/npm.log")"; exit 0; }
export LUCID_NPM
cast=$LUCID_NPM/node_modules/@foundry-rs/cast-linux-$arch/bin/cast

# --- a node
node_init "$work/data" || { not_ok "lucid init"; exit 1; }
# Its first slot begins in 20 s instead of 120: genesis lies in the past.
jq ".time = $(($(date +%s) - 100))" "$work/data/chain/genesis.json" > "$work/genesis.json" && mv "$work/genesis.json" "$work/data/chain/genesis.json"
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
url=http://127.0.0.1:$rpc_port
"$lucid" --data "$work/data" chain log checkpoint --out "$work/first.checkpoint" > "$work/log.log" 2>&1
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

# --- the anchor log, as others read such logs
sumdb=/usr/share/gocode/src/golang.org/x/mod/sumdb
if command -v go > /dev/null && [ -d "$sumdb" ]; then
    GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE=$work/go-cache go build -o "$work/tlog_client" tests/integration/chain/tlog_client.go \
        > "$work/go.log" 2>&1 && "$work/tlog_client" "$url" "$("$lucid" --data "$work/data" chain witness key)" >> "$work/go.log" 2>&1
    claim "go's library for transparency logs reads the anchor log" test $? -eq 0
    grep -E '^(ok|not ok) ' "$work/go.log" || tail -n 5 "$work/go.log"
else
    skip "go's library for transparency logs" "golang-go or golang-golang-x-mod-dev is not installed"
fi

# --- that the log only grew, without the node
key=$("$lucid" --data "$work/data" chain witness key)
"$lucid" --data "$work/data" chain log proof "$work/first.checkpoint" --out "$work/later.proof" >> "$work/log.log" 2>&1
verdict() { "$lucid" --data "$work/no-node-here" chain log verify "$@" --json | jq -r .verdict; }
claim "the log's growth is verified offline" is "$(verdict "$work/first.checkpoint" "$work/later.proof" --key "$key")" verified
claim "without a key it is consistent only" is "$(verdict "$work/first.checkpoint" "$work/later.proof")" consistent
sed '1,/^$/d' "$work/later.proof" > "$work/later.checkpoint"
claim "a log does not shrink" is "$(verdict "$work/later.checkpoint" "$work/later.proof" --key "$key")" refused

# --- again
node_stop
node_start "$work/data" "$work/node2.log" || { not_ok "lucid up again"; exit 1; }
claim "after a restart the head is block 1" is "$("$cast" block-number)" 1
claim "after a restart the state is there" is "$("$cast" call "$contract" 'checkpointRoot(address,uint64)(bytes32)' "$account" 99)" "0x$(printf 'ab%.0s' $(seq 32))"
exit $bad
