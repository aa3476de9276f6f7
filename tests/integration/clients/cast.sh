#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Foundry's cast against a node; answers one a line, "name<TAB>text". usage: cast.sh CAST URL BOX.json
set -uo pipefail
cast=$1; url=$2; box=$3
export ETH_RPC_URL=$url NO_COLOR=1
key=$CLIENT_KEY
me=$("$cast" wallet address "$key")
say() { printf '%s\t%s\n' "$1" "$(tr '\n' ' ' <<< "$2")"; }
fee=(--gas-price 10000000000 --priority-gas-price 0 --private-key "$key" --json)

say chain "$("$cast" chain-id 2>&1)"
created=$("$cast" send "${fee[@]}" --create "$(jq -r .bytecode "$box")$("$cast" abi-encode 'c(uint256)' 7 | cut -c3-)" 2>&1)
address=$(jq -r .contractAddress <<< "$created")
say deploy "$(jq -c '[.status,.type,.gasUsed,(.logs|length)]' <<< "$created" 2>&1)"
say call "$("$cast" call "$address" 'value()(uint256)' 2>&1)"
for flag in --legacy "" ; do
    sent=$("$cast" send "${fee[@]}" $flag "$address" 'set(uint256)' 42 2>&1 || true)
    [ -z "$flag" ] || sent=$("$cast" send --legacy --gas-price 10000000000 --private-key "$key" --json "$address" 'set(uint256)' 42 2>&1)
    say "set ${flag:-dynamic}" "$(jq -c '[.status,.type,.gasUsed,(.logs|length),.logs[0].topics]' <<< "$sent" 2>&1)"
done
hash=$(jq -r .transactionHash <<< "$sent")
say receipt "$("$cast" receipt --json "$hash" 2>&1 | jq -c '[.status,.type,.gasUsed,.from,.to]')"
say tx "$("$cast" tx --json "$hash" 2>&1 | jq -c '[.type,.from,.to,.input,.value]')"
say storage "$("$cast" storage "$address" 0 2>&1)"
say 'storage at the first block' "$("$cast" storage "$address" 0 --block 0 2>&1)"
say nonce "$([ "$("$cast" nonce "$me" 2>&1)" -gt 2 ] && echo grown)"
say revert "$("$cast" call "$address" 'reason()' 2>&1 | grep -o 'execution reverted[^,"]*' | head -n 1)"
say 'custom error' "$("$cast" call "$address" 'set(uint256)' 2000 2>&1 | grep -o '0x[0-9a-f]\{8\}' | head -n 1)"
say logs "$("$cast" logs --json --from-block 0 --address "$address" 'Changed(address,uint256,string)' 2>&1 | jq -c '[.[]|[.topics,.data]]')"
say estimate "$([ "$("$cast" estimate --from "$me" "$address" 'set(uint256)' 3 2>&1)" -gt 21000 ] && echo plausible)"
say proof "$("$cast" proof "$address" 0 2>&1 | jq -c '[.storageProof[0].value,(.accountProof|length>0)]')"
say 'transfer run again' "$("$cast" run --quick "$hash" 2>&1 | grep -o 'Transaction successfully executed' | head -n 1)"
say 'run again with its calls' "$("$cast" run "$hash" 2>&1 | grep -o 'set(uint256).*\|emit Changed.*' | tr -s ' ' | head -n 2)"
say 'access list' "$("$cast" access-list --from "$me" "$address" 'set(uint256)' 3 2>&1 | tr -s ' ')"
say 'trace over rpc' "$("$cast" rpc debug_traceTransaction "$hash" '{"tracer":"callTracer"}' 2>&1 | jq -c '[.type,.gasUsed,.output,.input]')"
say 'subscribed'  "$(timeout 5 "$cast" block-number --rpc-url "${url/http/ws}" > /dev/null 2>&1 && echo 'over a WebSocket')"
say 'code size' "$("$cast" codesize "$address" 2>&1)"
say 'too low a nonce' "$("$cast" send "${fee[@]}" --nonce 0 "$address" 'set(uint256)' 1 2>&1 | grep -o 'nonce too low' | head -n 1)"
