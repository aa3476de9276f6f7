#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Lines that tests reach, by module: the unit and integration programs of ctest, and integration scripts with real programs (as root: they get the
# instrumented programs in place of the release build, in a mount namespace). Writes docs/reports/DATE-coverage.md.
# Counters live in a file that is mapped when a process starts (clang's continuous mode, %c): relays and doors confine
# themselves and others are killed, and what they ran counts all the same. Landlock alone is switched off (coverage_preload.cpp).
# Of parsers it also lists each side of a branch that no test takes. A line with "unreached: WHY" in a comment, or the line
# above it, explains why there is none.
# usage: tools/dev/coverage.sh [TEST...]
#   TEST  names of ctest; only these are built and run, and the table goes to the terminal instead of a report
set -euo pipefail
cd "$(dirname "$0")/../.."
tests=("$@")
scripts=(client e2e host indexer picture resume)
if [ ${#tests[@]} -gt 0 ]; then tools/dev/build.sh coverage "${tests[@]/#/test_}"; else tools/dev/build.sh coverage; fi
profiles=$PWD/out/coverage/profiles
rm -rf "$profiles"; mkdir -p "$profiles"
only=()
[ ${#tests[@]} -eq 0 ] || only=(-R "^($(IFS='|'; echo "${tests[*]}"))\$")
clang++-19 -std=c++20 -O1 -shared -fPIC -o out/coverage/preload.so tools/dev/coverage_preload.cpp
counted=("LLVM_PROFILE_FILE=$profiles/%m%c.profraw" "LD_PRELOAD=$PWD/out/coverage/preload.so")
(cd out/coverage && env "${counted[@]}" ctest -j2 --timeout 900 ${only[@]+"${only[@]}"} > ctest.log 2>&1) || { tail -n 20 out/coverage/ctest.log >&2; exit 1; }
ran=()
if [ ${#tests[@]} -eq 0 ]; then
    for script in "${scripts[@]}"; do
        mkdir -p out/release
        if unshare -m bash -c 'mount --bind out/coverage out/release && exec env "$@"' - "${counted[@]}" "tests/integration/$script/test.sh" \
            > "out/coverage/$script.log" 2>&1; then ran+=("$script"); else echo "coverage: $script did not pass (log: out/coverage/$script.log)" >&2; fi
    done
fi
llvm-profdata-19 merge -sparse "$profiles"/*.profraw -o out/coverage/all.profdata 2> out/coverage/merge.log
if [ ${#tests[@]} -gt 0 ]; then names=(); for test in "${tests[@]}"; do names+=(-o -name "test_$test"); done; else names=(-o -type f); fi
mapfile -t programs < <(find out/coverage/tests out/coverage/apps -type f -executable ! -name '*.so*' \( "${names[@]:1}" \) | sort)
objects=()
for program in "${programs[@]:1}"; do objects+=(-object "$program"); done
llvm-cov-19 export -summary-only -instr-profile=out/coverage/all.profdata "${programs[0]}" "${objects[@]}" \
    -ignore-filename-regex='(^/usr|/tests/|/bench/)' > out/coverage/summary.json 2> out/coverage/export.log

parsers=(lucid/rdp/proto lucid/rdp/bulk lucid/rdp/codec lucid/sessions/format lucid/scan/proto)
# One line for each side of a branch that was never taken: FILE LINE SIDE. Instances of a template count together.
untaken() {
    llvm-cov-19 export -instr-profile=out/coverage/all.profdata "${programs[0]}" "${objects[@]}" -ignore-filename-regex='(^/usr|/tests/|/bench/|/apps/)' 2>> out/coverage/export.log |
        jq -r --arg root "$PWD/" --arg parsers "${parsers[*]}" '
            [.data[0].files[] | (.filename | ltrimstr($root) | ltrimstr("out/coverage/")) as $file | select(any($parsers | split(" ")[]; . as $one | $file | startswith($one + "/"))) | .branches[]?
             | {at: [$file, .[0], .[1], .[2], .[3]], yes: .[4], no: .[5]}]
            | group_by(.at)[] | {at: .[0].at, yes: (map(.yes) | add), no: (map(.no) | add)}
            | (if .yes == 0 then "true" else empty end, if .no == 0 then "false" else empty end) as $side
            | "\(.at[0]) \(.at[1]) \($side)"'
}
# Markdown of what untaken() says, without what the sources explain.
unexplained() {
    while read -r file line side; do
        sed -n "$((line > 1 ? line - 1 : 1)),${line}p" "$file" | grep -q '// .*unreached: ' && continue
        sed -n "${line}p" "$file" | grep -q '= default;' && continue  # the compiler's
        echo "| $file:$line | $side | \`$(sed -n "${line}p" "$file" | sed 's/^ *//; s/|/\\|/g')\` |"
    done
}

report=docs/reports/$(date +%F)-coverage.md
[ ${#tests[@]} -eq 0 ] || report=out/coverage/report.md
mkdir -p docs/reports
{
    echo "# Coverage, $(date +%F)"
    echo
    echo "Lines of \`lucid/\` that ctest reaches (preset coverage, clang-19), and these of \`tests/integration/*/test.sh\`, which drive real programs: ${ran[*]:-none}."
    echo "Those are included that only confined or killed processes run; Landlock alone is switched off, so that they can write their counters."
    echo
    echo "| module | lines | covered | branches covered |"
    echo "|---|---|---|---|"
    jq -r --arg root "$PWD/" '
        def percent(part; whole): if whole > 0 then "\((1000 * part / whole | round) / 10) %" else "-" end;
        def rows(name): group_by(name)[]
            | (map(.lines.count) | add) as $lines | (map(.branches.count) | add) as $branches
            | "| \(.[0] | name) | \($lines) | \(percent(map(.lines.covered) | add; $lines)) | \(percent(map(.branches.covered) | add; $branches)) |";
        [.data[0].files[] | .filename |= (ltrimstr($root) | ltrimstr("out/coverage/")) | select(.filename | startswith("lucid/"))
         | {path: (.filename | split("/")[:-1]), lines: .summary.lines, branches: .summary.branches}]
        | rows(.path | join("/")), rows("all of " + (.path[:2] | join("/")))' \
        out/coverage/summary.json
    untaken > out/coverage/untaken.txt
    echo
    echo "Parsers (${parsers[*]}): $(wc -l < out/coverage/untaken.txt) sides of branches are never taken; those that no comment in the source explains:"
    echo
    echo "| branch | side | line |"
    echo "|---|---|---|"
    unexplained < out/coverage/untaken.txt
} > "$report"
cat "$report"
