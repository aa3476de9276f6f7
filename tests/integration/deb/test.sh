#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The Debian package in a clean root: built, installed, used for a real recorded session, upgraded, removed, purged.
# systemd does not run in there; the unit is looked at by systemd-analyze. Prints "ok NAME", "not ok NAME" or "skip NAME: why".
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
work=$(mktemp -d); root=$work/root
finish() {
    client_stop; node_stop; stop_all
    for m in dev proc sys; do mountpoint -q "$root/$m" && umount -l "$root/$m"; done
    if [ -n "$kept" ]; then rm -rf "$root"; echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM
claim() { local name=$1; shift; if "$@" > "$work/last.log" 2>&1; then ok "$name"; else not_ok "$name"; tail -n 8 "$work/last.log"; fi; }
[ "$(id -u)" -eq 0 ] || { echo "skip deb: making a root file system needs root"; exit 0; }
command -v mmdebstrap > /dev/null || { echo "skip deb: mmdebstrap is not installed"; exit 0; }

packaging/deb/build.sh > "$work/old" || { not_ok "the package builds"; exit 1; }
packaging/deb/build.sh --version 0.1.0+next > "$work/new" || { not_ok "the next version builds"; exit 1; }
ok "the package builds with one command"
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# The package sources of this machine, whatever their files are called; an empty one would hide the others.
sources=()
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -s "$file" ] && sources+=("$file")
done
mmdebstrap --quiet --mode=root --variant=apt --include=ca-certificates "$suite" "$root" "${sources[@]}" > "$work/mmdebstrap.log" 2>&1 \
    || { not_ok "a clean root is made"; tail -n 5 "$work/mmdebstrap.log"; exit 1; }
# Names, certificates and package source settings of this machine.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
[ ! -d /etc/apt/auth.conf.d ] || cp -r /etc/apt/auth.conf.d/. "$root/etc/apt/auth.conf.d/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
cp "$(cat "$work/old")" "$root/old.deb"
cp "$(cat "$work/new")" "$root/new.deb"
for m in dev proc sys; do mount --bind "/$m" "$root/$m"; done
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
apt_install() { inside apt-get install -y -q --no-install-recommends "$1" > "$work/apt.log" 2>&1 || { cat "$work/apt.log"; return 1; }; }

claim "package lists come in" inside apt-get update -q
claim "it installs with Debian's packages alone" apt_install /old.deb
[ $bad -eq 0 ] || exit 1
claim "it says what to do next" grep -q 'lucid --data /var/lib/lucid init' "$work/apt.log"
claim "the program runs" inside lucid version
claim "its folder belongs to its user and to nobody else" test "$(inside stat -c '%U %a' /var/lib/lucid)" = "lucid 700"
claim "its manual page has every command" bash -c "
    zcat '$root/usr/share/man/man1/lucid.1.gz' > '$work/lucid.1' &&
    for c in \$(chroot '$root' lucid --help | sed -n '/^Subcommands:/,/^\$/p' | awk '/^  [a-z]/ {print \$1}'); do grep -q \"^.SS lucid \$c\" '$work/lucid.1' || { echo \"no \$c\"; exit 1; }; done"
if command -v groff > /dev/null; then
    claim "groff has no complaint about it" bash -c "test -z \"\$(groff -K utf8 -man -Tutf8 -ww -z '$work/lucid.1' 2>&1)\""
else
    echo "skip groff: not installed"
fi
complete_bash() {  # WORDS...: what bash would offer for the last one
    # shellcheck disable=SC2016
    inside bash -c 'source /usr/share/bash-completion/completions/lucid; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lucid; echo "${COMPREPLY[@]}"' bash "$@"
}
claim "bash completes a command" test "$(complete_bash lucid doc)" = doctor
claim "bash completes a subcommand behind an option with a value" test "$(complete_bash lucid --data /x session ver)" = verify
claim "bash completes an option" test "$(complete_bash lucid backup create --rec)" = --recipient
for shell in zsh fish; do
    if command -v $shell > /dev/null; then
        f=$root/usr/share/zsh/vendor-completions/_lucid; [ $shell = zsh ] || f=$root/usr/share/fish/vendor_completions.d/lucid.fish
        claim "$shell reads its completion" $shell -n "$f"
    else
        echo "skip $shell completion: $shell is not installed"
    fi
done
claim "nothing in it can be written by others" bash -c "! chroot '$root' sh -c 'dpkg -L lucid | xargs -I{} find {} -maxdepth 0 ! -type l -perm /022' | grep ."

if command -v systemd-analyze > /dev/null; then
    for unit in lucid.service lucid-backup.service lucid-backup.timer; do
        cp "$root/lib/systemd/system/$unit" "$work/$unit"
        # The user and program are in the root, not here: only the other complaints count.
        systemd-analyze --root="$root" verify "$unit" > "$work/verify.log" 2>&1
        claim "systemd-analyze verify has no complaint about $unit" bash -c "! grep -E '$unit:[0-9]+:' '$work/verify.log'"
        [ "$unit" != lucid-backup.timer ] || continue
        systemd-analyze security --offline=true --threshold=20 "$work/$unit" > "$work/security.log" 2>&1
        status=$?
        tail -n 1 "$work/security.log" | sed 's/^/# /'
        claim "systemd-analyze security: exposure of $unit at most 2.0" test "$status" -eq 0
    done
else
    echo "skip unit: systemd-analyze is not installed"
fi

# Used: the installed program, as its user, records a real client.
cat > "$work/lucid" <<TEXT
#!/bin/sh
exec chroot "$root" setpriv --reuid=lucid --regid=lucid --init-groups env -i PATH=/usr/bin:/bin HOME=/var/lib/lucid /usr/bin/lucid "\$@"
TEXT
chmod +x "$work/lucid"
lucid=$work/lucid
node_data=/var/lib/lucid
node_port=$(free_port); rpc_port=$(free_port)
claim "init makes a node in the empty folder" "$lucid" --data "$node_data" --json init --listen "127.0.0.1:$node_port" --rpc "127.0.0.1:$rpc_port"
node_start "$node_data" "$work/node.log" && ok "the node runs" || { not_ok "the node runs"; cat "$work/node.log"; exit 1; }
desktop_start "$work/desktop" && client_display_start "$work/client-display" || { not_ok "demo desktop"; exit 1; }
"$lucid" --data "$node_data" --json host add desk "127.0.0.1:$desktop_port" --user "$desktop_user" --password-stdin --security nla \
    < "$work/desktop/password" > "$work/host.json" || not_ok "host add"
record() {  # sets id
    local ticket
    ticket=$(lucid_json ticket desk) || return 1
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$work/client" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /sec:nla
    client_wait_window 25 || return 1
    sleep 3
    client_type "echo packaged"
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    "$@" || return 1
    client_stop
    session_wait "$id" '^(complete|partial)' 25
}
claim "a real client's session is recorded" record true
first=$id
# The test does not wait for a slot: everything but the anchor must hold.
verified() {
    "$lucid" --data "$node_data" session verify "$1" > "$work/verify.out" 2>&1
    cat "$work/verify.out"
    grep -q 'tree of segments gives the signed root' "$work/verify.out" && ! grep BAD "$work/verify.out" | grep -v 'not anchored'
}
claim "it verifies up to its anchor" verified "$first"

claim "the next version installs over it" apt_install /new.deb
claim "the old process still runs: a chroot has no service to restart" kill -0 "$node_pid"
claim "a session is recorded while the program file is another" record true
node_stop
node_start "$node_data" "$work/node2.log" && ok "the next version takes the data over" || not_ok "the next version takes the data over"
claim "a session from before the upgrade verifies after it" verified "$first"
claim "and its log opens" "$lucid" --data "$node_data" session log "$first"
node_stop

claim "it can be removed" inside apt-get remove -y -q lucid
claim "the program is gone" test ! -e "$root/usr/bin/lucid"
claim "the recordings are not" test -d "$root/var/lib/lucid/sessions/$first"
purge() { inside apt-get purge -y -q lucid > "$work/apt.log" 2>&1; }
claim "it can be purged" purge
claim "purging keeps recordings and says so" grep -q 'Recordings and keys stay' "$work/apt.log"
claim "nothing else is left" bash -c "! find '$root'/usr '$root'/lib '$root'/etc -name '*lucid*' | grep ."
exit $bad
