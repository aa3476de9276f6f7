#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The law over the include graph. Layers come from lucid_library(... LAYER n) of each module, the order of
# modules from LUCID_MODULES in CMakeLists.txt. A module may include only modules of a lower layer, or, within its
# own layer, modules that stand before it in that list; services of layer 3 never include each other.
# Layer 1 stays pure: no sockets, clocks, threads, Asio, logs. usage: check_layers.sh [ROOT]
set -euo pipefail
root=${1:-$(dirname "$0")/../..}
cd "$root"
modules=$(sed -n '/set(LUCID_MODULES/,/)/p' CMakeLists.txt | tr -d '()' | sed 's/#.*//; s/set//; s/LUCID_MODULES//' | tr -s ' \n' '\n' | grep .)
declare -A layer rank
n=0
for m in $modules; do
    n=$((n + 1)); rank[$m]=$n
    f=lucid/$m/CMakeLists.txt
    [ -f "$f" ] || continue
    layer[$m]=$(grep -oE 'LAYER +[0-9]' "$f" | head -n 1 | grep -oE '[0-9]')
done
owner() {  # longest module that is a prefix of the path lucid/<path>
    local path=$1
    while [ -n "$path" ] && [ "$path" != . ]; do
        [ -n "${layer[$path]:-}" ] && { echo "$path"; return; }
        path=$(dirname "$path")
    done
}
bad=0
declare -A owner_of
while IFS=: read -r file include; do
    from_dir=$(dirname "${file#lucid/}"); to_dir=$(dirname "$include")
    [ -n "${owner_of[$from_dir]+x}" ] || owner_of[$from_dir]=$(owner "$from_dir")
    [ -n "${owner_of[$to_dir]+x}" ] || owner_of[$to_dir]=$(owner "$to_dir")
    from=${owner_of[$from_dir]}; to=${owner_of[$to_dir]}
    [ -n "$from" ] && [ -n "$to" ] && [ "$from" != "$to" ] || continue
    lf=${layer[$from]}; lt=${layer[$to]}
    if [ "$lt" -gt "$lf" ]; then
        echo "layers: $file (L$lf) includes <lucid/$include> of the higher layer L$lt"; bad=1
    elif [ "$lt" -eq "$lf" ] && [ "${rank[$to]}" -gt "${rank[$from]}" ]; then
        echo "layers: $file includes <lucid/$include>, a later module of its own layer"; bad=1
    elif [ "$lt" -eq 3 ] && [ "$lf" -eq 3 ] && [ "${to%%/*}" != "${from%%/*}" ]; then
        echo "layers: service $from includes service $to; meet in core/ports ($file)"; bad=1
    fi
done < <(grep -rnoE '^#include <lucid/[^>]+>' lucid --include='*.hpp' --include='*.cpp' | sed -E 's/^([^:]+):[0-9]+:#include <lucid\/([^>]+)>/\1:\2/')
for m in "${!layer[@]}"; do
    [ "${layer[$m]}" -le 1 ] || continue
    case $m in common) continue ;; esac
    hits=$(grep -nE '#include <(boost/asio|boost/beast|thread|mutex|condition_variable|chrono_io|sys/socket|unistd|fcntl|fstream|iostream|time\.h|ctime|lucid/core|lucid/storage)' -r "lucid/$m" --include='*.hpp' --include='*.cpp' || true)
    if [ -n "$hits" ]; then echo "layers: $m is pure (L${layer[$m]}) yet includes:"; echo "$hits"; bad=1; fi
done
[ $bad -eq 0 ] && echo "layers: ${#layer[@]} modules, arrows point down"
exit $bad
