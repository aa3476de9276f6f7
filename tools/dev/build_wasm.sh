#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Builds the pixel codecs as a WebAssembly module with clang-19 and the WASI C library, no emscripten.
# usage: tools/dev/build_wasm.sh OUTPUT SOURCE...     (the sources hold what the module exports)
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 2 ] || { echo "usage: tools/dev/build_wasm.sh OUTPUT SOURCE..." >&2; exit 2; }
output=$1; shift
objects=out/wasm/objects
mkdir -p "$objects" out/wasm/include "$(dirname "$output")"
# Header-only packages of the host, without the rest of its include folder.
for package in tl fmt; do ln -sfn "/usr/include/$package" "out/wasm/include/$package"; done
compiler=(clang++-19 --target=wasm32-wasi -std=c++20 -O3 -msimd128 -fno-exceptions -DFMT_HEADER_ONLY
    -Wall -Wextra -Wconversion -Wno-sign-conversion -Wno-missing-field-initializers -Werror -I. -isystem out/wasm/include)
if command -v ccache > /dev/null; then compiler=(ccache "${compiler[@]}"); fi
mapfile -t codec < <(grep -oE '[a-z0-9_]+\.cpp' lucid/rdp/codec/CMakeLists.txt | sed 's|^|lucid/rdp/codec/|')
sources=(lucid/common/bytes/reader.cpp lucid/common/bytes/writer.cpp lucid/common/result/error.cpp
    lucid/common/result/assert.cpp "${codec[@]}" "$@")
linked=()
for source in "${sources[@]}"; do linked+=("$objects/${source//\//_}.o"); done
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} bash -c \
    'source=$1; shift; "$@" -c "$source" -o "'"$objects"'/${source//\//_}.o"' _ {} "${compiler[@]}"
clang++-19 --target=wasm32-wasi -O3 -fno-exceptions -mexec-model=reactor -Wl,--gc-sections,--strip-all \
    "${linked[@]}" -o "$output"
echo "$output: $(stat -c %s "$output") bytes"
