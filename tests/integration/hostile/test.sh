#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The hostile suite on the release build, where seccomp is on and the live session's latency means something; ctest runs
# the same under the sanitizers.
set -euo pipefail
cd "$(dirname "$0")/../../.."
log=out/integration-hostile-gtest.log
status=0
out/release/tests/integration/hostile/test_integration_hostile > "$log" 2>&1 || status=$?
sed -nE 's/^\[       OK \] ([^ ]+) \([0-9]+ ms\)$/ok \1/p; s/^\[  FAILED  \] ([^ ,]+).* \([0-9]+ ms\)$/not ok \1/p' "$log" | sed 's,Rows/Hostile.ends_as_it_should/,,'
grep -E '^(live session|largest relay)' "$log"
[ "$status" -eq 0 ] || { grep -E -B1 -A3 'outcome.problem' "$log" | head -n 60; exit "$status"; }
