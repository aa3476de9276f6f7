#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Ethereum's official tests through the release program: a sample, and with LUCID_TEST_LONG=1 every case. (Under ASan the unit
# tests run a sample of the same.) Prints "ok NAME", "not ok NAME" or "skip NAME: why".
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
lucid=out/release/apps/lucid/lucid
data=../shared/conformance/evm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for suite in state-legacy state-eest blocks-eest transactions encoding vm-frontier; do
    archive=$data/$suite.tar.zst
    [ -f "$archive" ] || { skip "$suite" "conformance data is not at $archive"; continue; }
    sample=()
    case $suite in state-* | blocks-*) [ "${LUCID_TEST_LONG:-0}" = 1 ] || sample=(--every 20) ;; esac
    "$lucid" --json chain conformance "$archive" ${sample[@]+"${sample[@]}"} > "$work/$suite.json" 2> "$work/$suite.log"
    status=$?
    claim "$suite: $(jq -r '.total | "\(.passed) cases pass, \(.failed) fail, \(.gaps) named gaps"' "$work/$suite.json") in $(jq -r '.seconds | ceil' "$work/$suite.json") s" \
        test $status -eq 0
    jq -r '[.failures[] | select(.gap == "")][:20][] | "# \(.)"' "$work/$suite.json"
    cat "$work/$suite.log"
done
exit $bad
