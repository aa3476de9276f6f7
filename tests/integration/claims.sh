# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# How the scripts of this folder say what they found; source it from the project's root.
#   claim NAME COMMAND...        "ok NAME" or "not ok NAME"; a script exits with $bad
#   skip NAME WHY
#   wait_until SECONDS COMMAND...
#   alike NAME OURS THEIRS exact|lossy   two pictures: equal, or at 40 dB or better
# $kept is set by what failed: the folder with the logs stays.

bad=0 kept=
ok() { echo "ok $1"; }
not_ok() { echo "not ok $1"; bad=1; kept=1; }
claim() { local name=$1; shift; if "$@"; then ok "$name"; else not_ok "$name"; fi; }
skip() { echo "skip $1: $2"; }
wait_until() { local end=$((SECONDS + $1)); shift; until "$@" > /dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done; }
psnr() { compare -metric PSNR "$1" "$2" null: 2>&1; }
alike() {
    local value; value=$(psnr "$2" "$3")
    echo "# $1: PSNR $value dB"
    case $4 in
        exact) [ "$value" = inf ] ;;
        lossy) [ "$value" = inf ] || awk -v v="$value" 'BEGIN {exit !(v + 0 >= 40)}' ;;
    esac
}
