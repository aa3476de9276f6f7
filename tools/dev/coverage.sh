#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Lines that the unit and integration tests of ctest reach, by module; writes docs/reports/DATE-coverage.md.
# Processes that are killed, or that confine themselves before they could write a profile (relays), count little: the report says so.
# usage: tools/dev/coverage.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/dev/build.sh coverage
profiles=$PWD/out/coverage/profiles
rm -rf "$profiles"; mkdir -p "$profiles"
(cd out/coverage && LLVM_PROFILE_FILE="$profiles/%p-%m.profraw" ctest -j2 --timeout 900 > ctest.log 2>&1) || { tail -n 20 out/coverage/ctest.log >&2; exit 1; }
llvm-profdata-19 merge -sparse "$profiles"/*.profraw -o out/coverage/all.profdata 2> out/coverage/merge.log
mapfile -t programs < <(find out/coverage/tests out/coverage/apps -type f -executable ! -name '*.so*' | sort)
objects=()
for program in "${programs[@]:1}"; do objects+=(-object "$program"); done
llvm-cov-19 export -summary-only -instr-profile=out/coverage/all.profdata "${programs[0]}" "${objects[@]}" \
    -ignore-filename-regex='(^/usr|/tests/|/bench/)' > out/coverage/summary.json 2> out/coverage/export.log
report=docs/reports/$(date +%F)-coverage.md
mkdir -p docs/reports
{
    echo "# Coverage, $(date +%F)"
    echo
    echo "Lines of \`lucid/\` that ctest reaches (preset coverage, clang-19). Relay processes confine themselves before a profile file can be opened, and killed"
    echo "processes write none: what only they run is missing here, and the integration scripts (\`tests/integration/*/test.sh\`) are not counted."
    echo
    echo "| module | lines | covered | branches covered |"
    echo "|---|---|---|---|"
    jq -r --arg root "$PWD/" '
        [.data[0].files[] | .filename |= (ltrimstr($root) | ltrimstr("out/coverage/")) | select(.filename | startswith("lucid/"))
         | {module: (.filename | split("/")[:-1] | join("/")), lines: .summary.lines, branches: .summary.branches}]
        | group_by(.module)[]
        | {module: .[0].module, count: (map(.lines.count) | add), covered: (map(.lines.covered) | add),
           branches: (map(.branches.count) | add), taken: (map(.branches.covered) | add)}
        | "| \(.module) | \(.count) | \((1000 * .covered / .count | round) / 10) % | \(if .branches > 0 then "\((1000 * .taken / .branches | round) / 10) %" else "-" end) |"' \
        out/coverage/summary.json
} > "$report"
cat "$report"
