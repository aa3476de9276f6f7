#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages of packages.txt that are missing. usage: tools/dev/install.sh run|test
set -euo pipefail
cd "$(dirname "$0")/../.."
purpose=${1:-run}

wanted=()
while read -r name rest; do
    case $name in ''|'#'*) continue ;; esac
    case $rest in '# test'*) [ "$purpose" = test ] || continue ;; esac
    wanted+=("$name")
done < packages.txt

missing=()
for name in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "install: these packages are missing and neither root nor sudo is at hand: ${missing[*]}" >&2
        echo "  next: as root, apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=sudo
fi
echo "installing ${#missing[@]} Debian packages (log: out/install.log)"
mkdir -p out
{
    $as_root apt-get update -q
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
} > out/install.log 2>&1 || { tail -n 20 out/install.log >&2; echo "install: apt-get failed (whole log: out/install.log)" >&2; exit 1; }
