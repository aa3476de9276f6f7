#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Every command as a person uses it: help with examples, --json that parses, exit codes, and bad input that is told with
# the command that mends it. Prints "ok NAME" or "not ok NAME"; leaves nothing running.
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
lucid=$PWD/out/release/apps/lucid/lucid
work=$(mktemp -d)
finish() {
    node_stop; stop_all
    mountpoint -q "$work/small" && umount "$work/small"
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM
claim() { local name=$1; shift; if "$@" > "$work/claim.log" 2>&1; then ok "$name"; else not_ok "$name"; tail -n 6 "$work/claim.log"; fi; }

# NAME CODE PATTERN NEXT COMMAND...: exits with CODE, says PATTERN and, where given, "next: …NEXT".
fails() {
    local name=$1 code=$2 pattern=$3 next=$4 status; shift 4
    "$lucid" "$@" > "$work/out" 2>&1; status=$?
    if [ "$status" -eq "$code" ] && grep -qE -- "$pattern" "$work/out" && { [ -z "$next" ] || grep -qE "next: .*$next" "$work/out"; }; then
        ok "$name"
    else
        not_ok "$name (exit $status)"; cat "$work/out"
    fi
    # The same with --json: one document that says ok: false.
    if [ "$code" -eq 1 ]; then
        "$lucid" --json "$@" > "$work/json" 2> /dev/null
        jq -e '.ok == false and (.error | length > 0)' "$work/json" > /dev/null 2>&1 || { not_ok "$name: --json"; head -c 300 "$work/json"; }
    fi
}

# --- help
for command in init host "host add" "host fields" "host ls" "host test" "host pin" "host rm" user "user add" "user ls" up ticket session "session ls" "session show" \
    "session verify" "session log" "session replay" "session export" "session kill" bundle "bundle export" "bundle verify" chain "chain status" \
    "chain block" "chain tx" "chain anchor" prune "session hold" "session release" backup "backup create" "backup ls" "backup verify" "backup prune" \
    restore fsck volume "volume add" "volume ls" upgrade manual status doctor version; do
    # shellcheck disable=SC2086
    claim "help: $command has an example" bash -c "'$lucid' $command --help | grep -A3 Example | grep -q 'lucid '"
done
fails "no arguments: help, and exit 2" 2 'Examples:' ''
fails "a typing error names the nearest command" 2 "no command is called 'docter'" 'lucid doctor' docter
fails "an unknown option is usage" 2 'not expected' '' status --frobnicate

claim "the manual page has every command that --help has" bash -c "
    '$lucid' manual man > '$work/lucid.1' &&
    for c in \$('$lucid' --help | sed -n '/^Subcommands:/,/^\$/p' | awk '/^  [a-z]/ {print \$1}'); do grep -q \"^.SS lucid \$c\" '$work/lucid.1' || { echo \"no \$c\"; exit 1; }; done"
claim "bash completes what --help has" bash -c "
    source <('$lucid' manual bash); COMP_WORDS=(lucid session re); COMP_CWORD=2; _lucid; [ \"\${COMPREPLY[*]}\" = 'release replay' ] || [ \"\${COMPREPLY[*]}\" = 'replay release' ]"

# --- nothing there yet
data=$work/data
fails "no data directory" 1 'no Lucid data directory' "lucid --data $data init" --data "$data" status
claim "doctor without a data directory says how to make one" bash -c "! '$lucid' --data '$data' doctor > '$work/doctor' && grep -A1 'BROKEN *data' '$work/doctor' | grep -q 'next: lucid .*init'"
mkdir "$work/full" && touch "$work/full/file"
fails "init does not touch a folder that holds something" 1 'full' '' --data "$work/full" init
claim "and what it holds is still there" test -f "$work/full/file"
node_init "$data" || { not_ok init; exit 1; }
claim "init --json names the recovery key once" jq -e '.. | strings | select(startswith("AGE-SECRET-KEY-1"))' "$data.init.json"
claim "no key of the data directory is readable by others" bash -c "! find '$data/keys' '$data/identities' -type f -perm /077 | grep ."
fails "init twice" 1 'data' '' --data "$data" init
claim "doctor on a fresh node finds nothing broken" "$lucid" --data "$data" doctor
claim "doctor --json" bash -c "'$lucid' --data '$data' --json doctor | jq -e '.broken == 0 and (.checks | length > 8)'"

# --- unknown names
fails "unknown host" 1 'nosuch' 'lucid .*host ls' --data "$data" ticket nosuch
fails "unknown session" 1 'no session starts with' 'lucid .*session ls' --data "$data" session show abc
fails "host add without a password" 1 'password' '--password' --data "$data" host add desk 127.0.0.1 --user x
fails "host add of a host that is down" 1 '127.0.0.1:1' '' --data "$data" host add desk 127.0.0.1:1 --user x --password-file "$data.init.json"
fails "a policy field that is none" 1 'no such policy field' 'lucid .*host fields' --data "$data" host add desk 127.0.0.1:1 --user x --password-file "$data.init.json" --set printers=true
fails "a policy value that does not fit" 1 'does not fit' '' --data "$data" host add desk 127.0.0.1:1 --user x --password-file "$data.init.json" --set keyboard=all
claim "host fields lists what a preset is" bash -c "'$lucid' --data '$data' host fields custom --json | jq -e '.policy.drive == true and .policy.usb == false'"
fails "a name that is none" 1 'no host name' '' --data "$data" host add 'de sk' 127.0.0.1 --user x --password-file "$data.init.json"
claim "status when nothing runs says what to do" bash -c "! '$lucid' --data '$data' status 2> '$work/status' && grep -q 'next: lucid .*up' '$work/status'"
claim "status --json says the same" bash -c "'$lucid' --data '$data' --json status | jq -e '.running == false'"

fails "prune without a rule" 1 'nothing says' 'lucid .*prune --older-than' --data "$data" prune
fails "prune with a time that is none" 1 'no time' 'older-than 90d' --data "$data" prune --older-than 90
fails "prune with a size that is none" 1 'no size' 'keep 200GiB' --data "$data" prune --keep 5kg
fails "backup without a folder, the first time" 1 'which folder' 'backup create /' --data "$data" backup create
fails "backup into the data directory" 1 'inside the data directory' 'another disk' --data "$data" backup create "$data/backup"
fails "backups where there are none" 1 'no backups in' 'backup create' backup ls "$work/full"
fails "a backup into a folder that holds something" 1 'something else' 'empty folder' --data "$data" backup create "$work/full"
fails "restore without a key" 1 'no backups in' 'backup ls' --data "$work/new" restore "$work/full"
fails "restore of an unknown session" 1 'no single session' 'lucid .*session ls' --data "$data" restore "$work/full" --session abc
fails "a volume that is no folder" 1 'not found' 'mkdir' --data "$data" volume add "$work/nowhere"
claim "fsck of a fresh node" bash -c "'$lucid' --data '$data' --json fsck | jq -e '.ok and .recordings == 0'"
claim "upgrade with nothing to do" bash -c "'$lucid' --data '$data' --json upgrade | jq -e '.ok and .from == .to'"
claim "prune with nothing to do" bash -c "'$lucid' --data '$data' --json prune --older-than 90d | jq -e '.ok and .bytes == 0'"
fails "hold of an unknown session" 1 'no single session' 'lucid .*session ls' --data "$data" session hold abc --reason x

# --- running
node_start "$data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
ok "lucid up"
fails "a second lucid up on the same data" 1 'runs on .* already' 'lucid .*status' --data "$data" up
cp -r "$data" "$work/other" && rm -rf "$work/other/run/"*
fails "another node on the same port names who has it" 1 "port $node_port is taken by .*$node_pid" '--listen' --data "$work/other" up
desktop_start "$work/desktop" || { not_ok "demo desktop"; exit 1; }
claim "host add pins the certificate" bash -c "'$lucid' --data '$data' --json host add desk 127.0.0.1:$desktop_port --user $desktop_user --password-stdin --security nla < '$work/desktop/password' | jq -e '.ok'"
fails "the same host again" 1 'desk' '' --data "$data" host add desk "127.0.0.1:$desktop_port" --user x --password-file "$work/desktop/password" --security nla
for command in "status" "host ls" "host test desk" "user ls" "session ls" "chain status" "chain block 0" "version" "doctor" "ticket desk"; do
    # shellcheck disable=SC2086
    claim "--json: $command" bash -c "'$lucid' --data '$data' --json $command | jq -e 'type == \"object\"'"
done
claim "ticket --rdp writes a file without the secret" bash -c "
    '$lucid' --data '$data' --json ticket desk --rdp '$work/desk.rdp' > '$work/ticket.json' &&
    grep -q '^full address:s:' '$work/desk.rdp' && ! grep -qF \"\$(jq -r .secret '$work/ticket.json')\" '$work/desk.rdp'"
fails "an unknown block" 1 '999' '' --data "$data" chain block 999
node_stop

# --- damage
damaged() { rm -rf "$work/d"; cp -r "$data" "$work/d"; rm -rf "$work/d/run/"*; }
damaged; echo 'nonsense = [' >> "$work/d/lucid.toml"
fails "damaged lucid.toml names file and line" 1 'lucid.toml:[0-9]+' '' --data "$work/d" status
damaged; printf '\n[gateway2]\nx = 1\n' >> "$work/d/lucid.toml"
fails "an unknown setting is named" 1 'gateway2' '' --data "$work/d" status
damaged; find "$work/d" -maxdepth 1 -name 'format*' -exec sh -c 'echo lucid-data 99 > "$1"' _ {} \;
fails "a newer format is not touched" 1 '99|newer' '' --data "$work/d" status
damaged; head -c 5000 /dev/urandom > "$work/d/catalog.sqlite"; rm -f "$work/d/catalog.sqlite-"*
fails "a damaged catalog" 1 'catalog.sqlite' 'lucid .*fsck --repair' --data "$work/d" session ls
damaged; rm -f "$work/d/catalog.sqlite"*
fails "a missing catalog is not replaced by an empty one" 1 'catalog.sqlite' 'lucid .*fsck --repair' --data "$work/d" session ls
claim "and none was made" test ! -e "$work/d/catalog.sqlite"
damaged; rm "$work/d/keys/vault.key"
fails "a missing vault key" 1 'vault.key' '' --data "$work/d" up
damaged; chmod 644 "$work/d/keys/vault.key"
fails "a key that others may read" 1 'vault.key.*others' 'chmod 600' --data "$work/d" up
claim "doctor names it, too" bash -c "'$lucid' --data '$work/d' doctor | grep -A1 'BROKEN.*keys' | grep -q 'chmod 600'"
echo junk > "$work/junk.tar"
fails "a bundle that is none" 1 'tar|bundle|refused' '' bundle verify "$work/junk.tar" --trust "$data/trust.json"
fails "a bundle that is not there" 1 'nowhere.tar' '' bundle verify "$work/nowhere.tar" --trust "$data/trust.json"
fails "a trust file that is none" 1 'junk' '' bundle verify "$work/junk.tar" --trust "$work/junk.tar"
if [ "$(id -u)" -eq 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=64k none "$work/small" 2> /dev/null; then
    fails "init on a full disk says so" 1 'space|full' '' --data "$work/small/data" init
else
    echo "skip full disk: mounting needs root"
fi
exit $bad
