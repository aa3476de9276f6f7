#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The pixel codecs as WebAssembly give the bytes of the native ones: vectors of others, streams of FreeRDP's encoders and
# our own, and the same damaged. Prints how fast the module is beside the native program.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=tests/integration/wasm
cases=out/release/$here/codec_cases
node=${LUCID_NODE:-$(tools/dev/node.sh)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ ! -x "$cases" ]; then echo "skip wasm (no codec_cases: freerdp2-dev is not installed)"; exit 0; fi
if [ ! -d /usr/include/wasm32-wasi ]; then echo "skip wasm (wasi-libc is not installed)"; exit 0; fi
if tools/dev/build_wasm.sh out/wasm/codec_cases.wasm $here/case.cpp $here/module.cpp > "$work/build" 2>&1; then
    echo "ok the codecs build as a WebAssembly module ($(sed 's/.*: //' "$work/build"))"
else
    cat "$work/build"; echo "not ok the codecs build as a WebAssembly module"; exit 1
fi
"$cases" write "$work/cases"
if outcome=$("$node" $here/run.mjs out/wasm/codec_cases.wasm compare "$work/cases"); then
    echo "ok pixels of the module equal those of the native decoders ($outcome)"
else
    echo "not ok pixels of the module equal those of the native decoders ($outcome)"; exit 1
fi
# The same through the typed loader that pages use.
if npm=$(tools/dev/npm.sh typescript@5.9.3 @types/node@22.19.1 2> "$work/npm"); then
    tools/dev/build_wasm.sh out/wasm/codecs.wasm web/packages/rdp/native/codecs.cpp > "$work/build" 2>&1 || { cat "$work/build"; echo "not ok the loader's module builds"; exit 1; }
    rm -rf out/web/rdp && mkdir -p out/web && cp -r web/packages/rdp out/web/rdp && ln -sfn "$npm/node_modules" out/web/node_modules
    if "$node" "$npm/node_modules/typescript/bin/tsc" --project out/web/rdp > "$work/tsc"; then echo "ok the loader compiles as strict TypeScript"
    else cat "$work/tsc"; echo "not ok the loader compiles as strict TypeScript"; exit 1; fi
    "$node" out/web/rdp/test/cases_test.js out/wasm/codecs.wasm "$work/cases"
else
    echo "skip loader ($(tail -n 1 "$work/npm"))"
fi
# Turns alternate and the best of each side counts: the machine may be busy.
slow=()
for file in "$work"/cases/large_*.case; do
    name=$(basename "$file" .case); native=1e9; module=1e9
    for _ in 1 2 3; do
        n=$("$cases" time "$file" 5); m=$("$node" $here/run.mjs out/wasm/codec_cases.wasm time "$file" 5)
        native=$(awk -v a="$native" -v b="$n" 'BEGIN {print a < b ? a : b}')
        module=$(awk -v a="$module" -v b="$m" 'BEGIN {print a < b ? a : b}')
    done
    ratio=$(awk -v n="$native" -v m="$module" 'BEGIN {printf "%.2f", n / m}')
    echo "speed ${name#large_}: native $native ms, module $module ms, ratio $ratio"
    # Half of native is the aim (bench/codec); a busy machine is given room.
    awk -v r="$ratio" 'BEGIN {exit !(r < 0.3)}' && slow+=("$name $ratio")
done
if [ ${#slow[@]} -eq 0 ]; then echo "ok the module is not below 0.3 of native speed"
else echo "not ok the module is not below 0.3 of native speed (${slow[*]})"; exit 1; fi
