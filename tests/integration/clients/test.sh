#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# ethers, viem and cast do the same to anvil and to Lucid: the answers must be the same. Proofs are checked with @ethereumjs/mpt.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
here=tests/integration/clients
rpc_node=out/release/$here/rpc_node
work=$(mktemp -d); kept=; pids=()
finish() { exec 9>&- 2>/dev/null; for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi; }
trap finish EXIT
trap 'exit 130' INT TERM
bad=0
skip() { echo "skip $1: $2"; }

node=${LUCID_NODE:-$(tools/dev/node.sh)} || { skip clients "no Node.js, and npm cannot get it"; exit 0; }
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
LUCID_NPM=$(tools/dev/npm.sh solc@0.8.37 ethers@6.17.0 viem@2.57.20 @ethereumjs/mpt@10.1.3 "@foundry-rs/cast-linux-$arch@1.7.1" "@foundry-rs/anvil-linux-$arch@1.7.1" 2> "$work/npm.log") ||
    { skip clients "$(tail -n 1 "$work/npm.log")"; exit 0; }
export LUCID_NPM NO_COLOR=1 FOUNDRY_DISABLE_NIGHTLY_WARNING=1
cast=$LUCID_NPM/node_modules/@foundry-rs/cast-linux-$arch/bin/cast
anvil=$LUCID_NPM/node_modules/@foundry-rs/anvil-linux-$arch/bin/anvil
"$node" $here/compile.mjs $here/Box.sol > "$work/box.json" || { echo "not ok Box.sol compiles"; exit 1; }

free_port() { "$node" -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
answers() { for _ in $(seq 100); do "$cast" chain-id --rpc-url "$1" > /dev/null 2>&1 && return 0; sleep 0.1; done; return 1; }

anvil_port=$(free_port)
"$anvil" --silent --steps-tracing --port "$anvil_port" --chain-id 19541 --hardfork prague --base-fee 1000000000 > "$work/anvil.log" 2>&1 & pids+=($!)
lucid_port=$(free_port)
mkdir "$work/chain" && mkfifo "$work/alive"
"$rpc_node" "$lucid_port" "$work/chain" < "$work/alive" > "$work/lucid.log" 2>&1 & pids+=($!)
exec 9> "$work/alive"  # the node ends when this closes
declare -A url=([anvil]=http://127.0.0.1:$anvil_port [lucid]=http://127.0.0.1:$lucid_port)
answers "${url[anvil]}" || { skip clients "anvil does not start: $(tail -n 1 "$work/anvil.log")"; exit 0; }
answers "${url[lucid]}" || { echo "not ok the node answers"; cat "$work/lucid.log"; exit 1; }
# Accounts of their own, so that nonces and addresses are the same on both.
funder=0x$(printf '01%.0s' {1..32})
fund() { # PEER ADDRESS
    if [ "$1" = anvil ]; then "$cast" rpc --rpc-url "${url[anvil]}" anvil_setBalance "$2" 0x8ac7230489e80000 > /dev/null
    else "$cast" send --rpc-url "${url[lucid]}" --private-key "$funder" --gas-price 1000000000 --priority-gas-price 0 --value 10ether "$2" > "$work/fund.log" 2>&1; fi ||
        { echo "not ok an account gets money ($1)"; tail -n 2 "$work/fund.log"; exit 1; }
}

number=16
for client in ethers viem cast; do
    number=$((number + 1))
    CLIENT_KEY=0x$(printf "$(printf %02x $number)%.0s" {1..32}); export CLIENT_KEY
    for peer in anvil lucid; do
        fund $peer "$("$cast" wallet address "$CLIENT_KEY")"
        case $client in
            cast) timeout 100 $here/cast.sh "$cast" "${url[$peer]}" "$work/box.json" ;;
            *) timeout 100 "$node" "$here/$client.mjs" "${url[$peer]}" "$work/box.json" ;;
        esac > "$work/$client.$peer" 2> "$work/$client.$peer.err"
    done
    while IFS=$'\t' read -r name answer; do
        other=$(awk -F'\t' -v n="$name" '$1 == n {print $2; exit}' "$work/$client.lucid")
        if [ "$answer" = "$other" ]; then echo "ok $client: $name"
        else bad=1; kept=1; echo "not ok $client: $name"; echo "# anvil: ${answer:0:700}"; echo "# lucid: ${other:0:700}"; fi
    done < "$work/$client.anvil"
    [ -s "$work/$client.anvil" ] || { bad=1; kept=1; echo "not ok $client ran"; tail -n 3 "$work/$client.anvil.err"; }
done
exit $bad
