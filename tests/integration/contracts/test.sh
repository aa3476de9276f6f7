#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The contracts with tools that are not ours: npm's solc makes the committed artifacts again, Foundry's forge runs unit, fuzz and
# invariant tests and compares the gas they use with the snapshot under review.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why". usage: test.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

node=${LUCID_NODE:-$(tools/dev/node.sh)} || { skip contracts "no Node.js, and npm cannot get it"; exit 0; }
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
LUCID_NPM=$(tools/dev/npm.sh solc@0.8.37 @openzeppelin/contracts@5.7.0 "@foundry-rs/forge-linux-$arch@1.7.1" 2> "$work/npm.log") ||
    { skip contracts "$(tail -n 1 "$work/npm.log")"; exit 0; }
export LUCID_NPM
# solc follows imports within the project's folder only.
ln -sfn "$LUCID_NPM/node_modules" contracts/node_modules
forge=$LUCID_NPM/node_modules/@foundry-rs/forge-linux-$arch/bin/forge

claim "the committed artifacts are what solc makes" "$node" contracts/compile.mjs --check
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$root/contracts/solc.mjs" > "$work/solc"
chmod +x "$work/solc"
[ "${LUCID_TEST_LONG:-0}" = 0 ] || export FOUNDRY_FUZZ_RUNS=2000 FOUNDRY_INVARIANT_RUNS=256 FOUNDRY_INVARIANT_DEPTH=200
"$forge" test --root contracts --use "$work/solc" --json > "$work/forge.json" 2> "$work/forge.log"
if jq -e 'length > 0' "$work/forge.json" > "$work/forge.count" 2>&1; then
    while IFS=$'\t' read -r name status reason; do
        if [ "$status" = Success ]; then ok "$name"; else not_ok "$name ($reason)"; fi
    done < <(jq -r 'to_entries[] | (.key | split(":")[1]) as $suite | .value.test_results | to_entries[] | ["\($suite).\(.key)", .value.status, .value.reason // ""] | @tsv' "$work/forge.json")
else
    not_ok "forge runs"; tail -n 20 "$work/forge.log"
fi
gas_is_as_reviewed() {
    "$forge" snapshot --root contracts --use "$work/solc" --snap contracts/gas-snapshot --no-match-test 'testFuzz|invariant' \
        --check --tolerance 1 > "$work/snapshot.log" 2>&1 || { tail -n 12 "$work/snapshot.log"; return 1; }
}
claim "gas is what contracts/gas-snapshot says, within 1 %" gas_is_as_reviewed
exit $bad
