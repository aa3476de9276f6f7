#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Configures and builds a preset, quietly when it works. usage: tools/dev/build.sh PRESET [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/../.."
preset=$1; shift
mkdir -p "out/$preset"
# One compiler cache serves every clone: paths below the project are hashed as relative ones.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true CCACHE_SLOPPINESS=time_macros
log=out/$preset/build.log
started=$(date +%s)
if ! { cmake --preset "$preset" && cmake --build --preset "$preset" -j"$(nproc)" ${1:+--target "$@"}; } > "$log" 2>&1; then
    grep -nE 'error:|Error|FAILED|fatal' "$log" | head -n 20 >&2 || true
    tail -n 15 "$log" >&2
    echo "build: preset $preset failed (whole log: $log)" >&2
    exit 1
fi
echo "built $preset in $(($(date +%s) - started)) s"
