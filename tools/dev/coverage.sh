#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Lines that the unit and integration programs of ctest reach, by module; writes docs/reports/DATE-coverage.md.
# Counters live in a file that is mapped when a process starts (clang's continuous mode, %c): relays and doors confine
# themselves and others are killed, and what they ran counts all the same.
# usage: tools/dev/coverage.sh [TEST...]
#   TEST  names of ctest; only these are built and run, and the table goes to the terminal instead of a report
set -euo pipefail
cd "$(dirname "$0")/../.."
tests=("$@")
if [ ${#tests[@]} -gt 0 ]; then tools/dev/build.sh coverage "${tests[@]/#/test_}"; else tools/dev/build.sh coverage; fi
profiles=$PWD/out/coverage/profiles
rm -rf "$profiles"; mkdir -p "$profiles"
only=()
[ ${#tests[@]} -eq 0 ] || only=(-R "^($(IFS='|'; echo "${tests[*]}"))\$")
(cd out/coverage && LLVM_PROFILE_FILE="$profiles/%m%c.profraw" ctest -j2 --timeout 900 ${only[@]+"${only[@]}"} > ctest.log 2>&1) || { tail -n 20 out/coverage/ctest.log >&2; exit 1; }
llvm-profdata-19 merge -sparse "$profiles"/*.profraw -o out/coverage/all.profdata 2> out/coverage/merge.log
if [ ${#tests[@]} -gt 0 ]; then names=(); for test in "${tests[@]}"; do names+=(-o -name "test_$test"); done; else names=(-o -type f); fi
mapfile -t programs < <(find out/coverage/tests out/coverage/apps -type f -executable ! -name '*.so*' \( "${names[@]:1}" \) | sort)
objects=()
for program in "${programs[@]:1}"; do objects+=(-object "$program"); done
llvm-cov-19 export -summary-only -instr-profile=out/coverage/all.profdata "${programs[0]}" "${objects[@]}" \
    -ignore-filename-regex='(^/usr|/tests/|/bench/)' > out/coverage/summary.json 2> out/coverage/export.log
report=docs/reports/$(date +%F)-coverage.md
[ ${#tests[@]} -eq 0 ] || report=out/coverage/report.md
mkdir -p docs/reports
{
    echo "# Coverage, $(date +%F)"
    echo
    echo "Lines of \`lucid/\` that ctest reaches (preset coverage, clang-19), those included that only confined or killed processes run. The integration"
    echo "scripts (\`tests/integration/*/test.sh\`), which drive real programs, are not counted."
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
