#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# check_layers.sh must refuse: a lower layer that includes a higher one, two services that meet, a pure module with a socket.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
make_tree() {
    rm -rf "$work/lucid"; mkdir -p "$work"/lucid/{common,pure,one/service,other/service}
    printf 'set(LUCID_MODULES\n    common pure one/service other/service)\n' > "$work/CMakeLists.txt"
    echo 'lucid_library(common LAYER 0)' > "$work/lucid/common/CMakeLists.txt"
    echo 'lucid_library(pure LAYER 1)' > "$work/lucid/pure/CMakeLists.txt"
    echo 'lucid_library(one_service LAYER 3)' > "$work/lucid/one/service/CMakeLists.txt"
    echo 'lucid_library(other_service LAYER 3)' > "$work/lucid/other/service/CMakeLists.txt"
    echo '#include <lucid/common/a.hpp>' > "$work/lucid/pure/ok.cpp"
}
expect() {  # good|bad NAME
    if "$here/check_layers.sh" "$work" > "$work/log" 2>&1; then got=good; else got=bad; fi
    [ "$got" = "$1" ] || { echo "check_layers_test: $2: expected $1, got $got"; cat "$work/log"; exit 1; }
}
make_tree; expect good "a tree that obeys"
make_tree; echo '#include <lucid/one/service/x.hpp>' > "$work/lucid/pure/bad.cpp"; expect bad "upward include"
make_tree; echo '#include <lucid/one/service/x.hpp>' > "$work/lucid/other/service/bad.cpp"; expect bad "sibling services"
make_tree; echo '#include <sys/socket.h>' > "$work/lucid/pure/bad.cpp"; expect bad "a pure module with sockets"
echo "layers: planted violations are noticed"
