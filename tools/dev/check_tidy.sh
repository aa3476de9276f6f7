#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# clang-tidy over lucid/ and apps/ with .clang-tidy (about twelve minutes on two cores). usage: tools/dev/check_tidy.sh [FILE...]
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p out/release
log=out/release/tidy.log
cmake --preset release > "$log"
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files 'lucid/*.cpp' 'apps/*.cpp')
status=0
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p out/release --quiet >> "$log" 2> /dev/null || status=$?
grep -E '(error|warning): ' "$log" | sort -u | head -n 40 || true
echo "tidy: ${#files[@]} files$([ "$status" -eq 0 ] || echo ", findings (whole log: $log)")"
exit "$status"
