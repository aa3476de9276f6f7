#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Runs one built fuzz target from its committed seeds and what earlier runs kept; the whole output goes to out/fuzz/NAME.log.
# Prints one line: NAME, runs, inputs kept, and what it found. usage: tools/dev/fuzz.sh NAME SECONDS
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
name=$1 seconds=$2
corpus=$(find tests/fuzz -type d -path "*/corpus/$name" | head -n 1)
work=out/fuzz/corpus/$name log=out/fuzz/$name.log
mkdir -p "$work"
"out/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="out/fuzz/$name-" "$work" ${corpus:+"$corpus"} > "$log" 2>&1
status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
found=clean; [ $status = 0 ] || found="FAILED: $(grep -m 1 -E 'ERROR|SUMMARY|runtime error' "$log") (log: $log)"
echo "fuzz $name: ${runs:-0} runs, $(find "$work" -type f | wc -l) inputs kept, $found"
exit $status
