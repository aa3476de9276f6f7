#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# All tests; what CI runs. Installs what is missing, builds, and ends with "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<'TEXT'
usage: ./test.sh [--long | --fuzz [SECONDS]] [--only STAGE]... [--no-install]

  (no option)      everything: checks, unit tests under ASan+UBSan, threaded tests under TSan, g++ 12 build,
                   release build, integration tests with real programs
  --long           the same with full counts; writes a dated report to docs/reports/
  --fuzz [SECONDS] only the fuzz targets, each for SECONDS (default 60), from the committed seeds
  --only STAGE     checks | unit | tsan | gcc | integration | NAME of a folder in tests/integration | tidy
                   (clang-tidy takes about twelve minutes on two cores and runs only when it is asked for)
  --no-install     do not look at Debian packages

examples:
  ./test.sh --only unit
  ./test.sh --only integration
  ./test.sh --fuzz 10
TEXT
}

long=; fuzz=; install=1; only=()
while [ $# -gt 0 ]; do
    case $1 in
        --long) long=1; shift ;;
        --fuzz) fuzz=60; shift; case ${1:-} in [0-9]*) fuzz=$1; shift ;; esac ;;
        --only) [ $# -ge 2 ] || { echo "test.sh: --only needs a stage" >&2; exit 2; }; only+=("$2"); shift 2 ;;
        --no-install) install=; shift ;;
        -h|--help) usage; exit 0 ;;
        *) echo "test.sh: unknown option $1 (see ./test.sh --help)" >&2; exit 2 ;;
    esac
done
mkdir -p out
export LUCID_TEST_LONG=${long:-0}
started=$(date +%s)
passed=0; failed=0; skipped=0
failures=()

wanted() { [ ${#only[@]} -eq 0 ] && return 0; local s; for s in "${only[@]}"; do [ "$s" = "$1" ] && return 0; done; return 1; }
stages=()  # "seconds since start, name" of each stage, for the report
stage() { local at=$(($(date +%s) - started)); printf '\n== %s (%s s)\n' "$1" "$at"; stages+=("$at $1"); }
# What each stage took, as lines of a table.
stage_times() {
    local i next at name
    for i in "${!stages[@]}"; do
        at=${stages[i]%% *}; name=${stages[i]#* }
        next=${stages[i + 1]:-$(($(date +%s) - started)) end}
        echo "| $name | $((${next%% *} - at)) |"
    done
}

# One yes/no check counts as one test.
check() {  # NAME COMMAND...
    local name=$1; shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); failures+=("$name"); fi
}

# Adds up what GoogleTest printed in a ctest log; a program that died without a summary counts as one failure.
count_ctest() {  # LABEL LOG STATUS
    local p f s
    p=$(sed -nE 's/.*\[  PASSED  \] ([0-9]+) tests?\..*/\1/p' "$2" | awk '{n += $1} END {print n + 0}')
    f=$(sed -nE 's/.*\[  FAILED  \] ([0-9]+) tests?, listed.*/\1/p' "$2" | awk '{n += $1} END {print n + 0}')
    s=$(sed -nE 's/.*\[  SKIPPED \] ([0-9]+) tests?, listed.*/\1/p' "$2" | awk '{n += $1} END {print n + 0}')
    passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
    if [ "$3" -ne 0 ]; then
        [ "$f" -gt 0 ] || failed=$((failed + 1))
        failures+=("$1: $2")
        grep -E '\[  FAILED  \]|ERROR: |WARNING: ThreadSanitizer|runtime error|assertion failed|Timeout' "$2" | sort | uniq -c | head -n 40 || true
        local number
        for number in $(sed -nE 's/.*Test +#([0-9]+): .*\*\*\*.*/\1/p' "$2"); do
            echo "-- the last lines of test $number:"; grep -E "^$number: " "$2" | tail -n 30
        done
    fi
    grep -E 'Skipped$|skipped:|^.*: Skipped' "$2" | sort | uniq -c | head -n 20 || true
    echo "$1: $p passed, $f failed, $s skipped"
}

run_ctest() {  # PRESET LABEL [CTEST OPTIONS]
    local preset=$1 label=$2 status=0 limit_s=900; shift 2
    [ -z "$long" ] || limit_s=3600
    export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=second_deadlock_stack=1
    (cd "out/$preset" && ctest -j2 -V --timeout "$limit_s" "$@") > "out/$preset/ctest.log" 2>&1 || status=$?
    count_ctest "$label" "out/$preset/ctest.log" "$status"
}

run_integration() {  # NAME
    local name=$1 log=out/integration-$1.log status=0 begun; begun=$(date +%s)
    printf -- '-- %s\n' "$name"
    "tests/integration/$name/test.sh" > "$log" 2>&1 || status=$?
    grep -E '^(ok|not ok|skip) ' "$log" || true
    local p f s
    p=$(grep -c '^ok ' "$log" || true); f=$(grep -c '^not ok ' "$log" || true); s=$(grep -c '^skip ' "$log" || true)
    passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
    echo "$name took $(($(date +%s) - begun)) s"
    if [ "$status" -ne 0 ] || [ "$((p + f + s))" -eq 0 ]; then
        [ "$f" -gt 0 ] || failed=$((failed + 1))
        failures+=("integration $name: $log")
        # Once more at the end, where even an abridged log shows it.
        while read -r line; do failures+=("$name: $line"); done < <(grep '^not ok ' "$log" | sed 's/^not ok //')
        tail -n 25 "$log"
    fi
}

[ -z "$install" ] || tools/dev/install.sh test

if [ -n "$fuzz" ]; then
    tools/dev/build.sh fuzz fuzz_targets
    names=(out/fuzz/fuzz/fuzz_*)
    # One a core; each says how it ended in a line, by which it is judged below.
    printf '%s\n' "${names[@]##*/fuzz_}" | xargs -P "$(nproc)" -I NAME tools/dev/fuzz.sh NAME "$fuzz" | tee out/fuzz/result.log || true
    while read -r line; do check "${line%%:*}" grep -q ', clean$' <<< "$line"; done < out/fuzz/result.log
    check "every fuzz target ran" test "$(wc -l < out/fuzz/result.log)" = ${#names[@]}
else
    if wanted checks; then
        stage checks
        check layers tools/dev/check_layers.sh
        check "layers notices a violation" tools/dev/check_layers_test.sh
        check style tools/dev/check_style.sh
    fi
    if [ ${#only[@]} -gt 0 ] && wanted tidy; then
        stage clang-tidy
        check tidy tools/dev/check_tidy.sh
    fi
    if wanted unit; then
        stage "unit tests under ASan+UBSan"
        if tools/dev/build.sh asan; then run_ctest asan unit; else failed=$((failed + 1)); failures+=("asan build"); fi
    fi
    if wanted tsan; then
        stage "threaded code under TSan"
        cmake --preset tsan > out/tsan-configure.log 2>&1 || true
        threaded=$(cd out/tsan && ctest -N -L threads 2>/dev/null | sed -nE 's/^ +Test +#[0-9]+: (.*)/test_\1/p')
        if [ -z "$threaded" ]; then echo "no test is labelled threads"
        elif tools/dev/build.sh tsan $threaded; then run_ctest tsan tsan -L threads
        else failed=$((failed + 1)); failures+=("tsan build"); fi
    fi
    if wanted gcc; then
        stage "g++ 12 as second compiler"
        check "g++ 12 compiles" tools/dev/build.sh gcc lucid
    fi
    integration=()
    for t in tests/integration/*/test.sh; do
        [ -x "$t" ] || continue
        name=$(basename "$(dirname "$t")")
        if wanted integration || wanted "$name"; then integration+=("$name"); fi
    done
    if [ ${#integration[@]} -gt 0 ]; then
        stage "integration with real programs"
        if tools/dev/build.sh release integration_programs; then
            LUCID_NODE=$(tools/dev/node.sh) && export LUCID_NODE || true
            for name in "${integration[@]}"; do run_integration "$name"; done
        else failed=$((failed + 1)); failures+=("release build"); fi
    fi
fi

printf '\n'
for f in ${failures[@]+"${failures[@]}"}; do echo "FAILED: $f"; done
minutes=$((($(date +%s) - started + 30) / 60))
echo "took about $minutes min"
if [ -n "$long" ]; then
    report=docs/reports/$(date +%F)-test-long.md
    mkdir -p docs/reports
    {
        echo "# ./test.sh --long, $(date +%F)"
        echo
        echo "$(nproc) cores, $(uname -m), $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release); about $minutes min."
        echo
        echo "$passed passed, $failed failed, $skipped skipped"
        for f in ${failures[@]+"${failures[@]}"}; do echo "- failed: ${f%: out/*}"; done
        [ ${#only[@]} -eq 0 ] || { echo; echo "Only: ${only[*]}"; }
        [ ${#stages[@]} -eq 0 ] || { echo; echo "| stage | s |"; echo "|---|---|"; stage_times; }
        for f in out/long/*.md; do [ -f "$f" ] && { echo; cat "$f"; }; done
    } > "$report"
    echo "report: $report"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
