#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Installs npm packages of exact versions under out/npm, where they are missing; install scripts are not run. Prints the folder that
# holds node_modules. usage: tools/dev/npm.sh PACKAGE@VERSION...
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$PWD/out/npm
mkdir -p "$folder"
# Others may install meanwhile: npm would lose one's packages.
exec 9> "$folder/lock"
flock 9
[ -f "$folder/package.json" ] || echo '{"private":true}' > "$folder/package.json"
missing=()
for package in "$@"; do
    found=$(sed -nE 's/^  "version": "(.*)",?$/\1/p' "$folder/node_modules/${package%@*}/package.json" 2>/dev/null | head -n 1 || true)
    [ "$found" = "${package##*@}" ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    command -v npm > /dev/null || { echo "npm.sh: npm is missing; next: apt-get install npm" >&2; exit 1; }
    npm --prefix "$folder" install --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error "${missing[@]}" > "$folder/npm.log" 2>&1 ||
        { tail -n 5 "$folder/npm.log" >&2; echo "npm.sh: npm cannot install ${missing[*]}" >&2; exit 1; }
fi
echo "$folder"
