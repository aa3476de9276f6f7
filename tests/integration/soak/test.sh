#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Sessions at session rates for a while: no frame is lost, memory stays flat. LUCID_TEST_LONG=1: 50 sessions for ten minutes.
set -euo pipefail
cd "$(dirname "$0")/../../.."
sessions=5 seconds=8
[ "${LUCID_TEST_LONG:-0}" != 1 ] || { sessions=50; seconds=600; }
exec out/release/bench/density/bench_density soak "$sessions" "$seconds"
