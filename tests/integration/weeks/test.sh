#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# A node over weeks: an older format is upgraded, a lost catalog is made anew, backups are made while a real client is
# recorded and restored elsewhere, recordings lie on several disks, and disks fill up. Starts from a data directory of
# format 1 with two anchored recordings that an earlier lucid made (format-1/data.tar.zst).
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh [upgrade|fsck|backup|disks]...
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
lucid=${LUCID_BINARY:-$PWD/out/release/apps/lucid/lucid}
work=$(mktemp -d); mounted=()
finish() {
    client_stop; node_stop; stop_all
    local m; for m in ${mounted[@]+"${mounted[@]}"}; do mountpoint -q "$m" && umount -l "$m"; done
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM
claim() { local name=$1; shift; if "$@" > "$work/claim.log" 2>&1; then ok "$name"; else not_ok "$name"; tail -n 6 "$work/claim.log"; fi; }
# NAME PATTERN COMMAND...: fails (exit 1) and says PATTERN.
fails() {
    local name=$1 pattern=$2 status; shift 2
    "$@" > "$work/claim.log" 2>&1; status=$?
    if [ $status -eq 1 ] && grep -qE -- "$pattern" "$work/claim.log"; then ok "$name"; else not_ok "$name (exit $status)"; tail -n 6 "$work/claim.log"; fi
}
at() { local data=$1; shift; "$lucid" --data "$data" "$@"; }
json() { local data=$1; shift; "$lucid" --data "$data" --json "$@"; }
query() { local filter=$1; shift; "$@" | jq -e "$filter"; }
# A fresh node of this format with the two recordings, on free ports.
current() {  # NAME
    rm -rf "$work/$1"; mkdir -p "$work/$1"
    tar -C "$work/$1" --strip-components=1 --zstd -xf tests/integration/weeks/format-1/data.tar.zst
    at "$work/$1" upgrade > /dev/null || return 1
    node_port=$(free_port); rpc_port=$(free_port)
    sed -i -E "s/^listen = .*/listen = \"127.0.0.1:$node_port\"/; s/^rpc = .*/rpc = \"127.0.0.1:$rpc_port\"/" "$work/$1/lucid.toml"
}
both_verify() {  # DATA
    local id
    for id in $(json "$1" session ls | jq -r '.sessions[].id'); do at "$1" session verify "$id" || return 1; done
    [ "$(json "$1" session ls | jq '.sessions | length')" -eq 2 ]
}
# A node with a real desktop behind it; a client is recorded.
real_node() {  # DATA
    node_start "$1" "$1.log" || return 1
    [ -n "${desktop_port:-}" ] || desktop_start "$work/desktop" || return 1
    [ -n "${client_display:-}" ] || client_display_start "$work/client-display" || return 1
    json "$1" host ls | jq -e '.hosts[] | select(.name == "real")' > /dev/null ||
        json "$1" host add real "127.0.0.1:$desktop_port" --user "$desktop_user" --password-stdin --security nla < "$work/desktop/password" > /dev/null
}
connect() {  # sets id
    local ticket
    ticket=$(lucid_json ticket real) || return 1
    listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$work/client" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /sec:nla
    client_wait_window 25 || return 1
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
}
# Without the anchor, which takes a slot.
verifies_but_anchor() {  # DATA ID
    at "$1" session verify "$2" > "$work/verify.out" 2>&1
    cat "$work/verify.out"
    grep -q 'tree of segments gives the signed root' "$work/verify.out" && ! grep BAD "$work/verify.out" | grep -v 'not anchored'
}

test_upgrade() {
    local data=$work/old
    mkdir "$data" && tar -C "$data" --strip-components=1 --zstd -xf tests/integration/weeks/format-1/data.tar.zst
    fails "an older format is refused, and the command that upgrades it named" 'next: lucid --data .* upgrade' at "$data" session ls
    fails "lucid up does not touch it either" 'upgrade' at "$data" up
    local before; before=$(cat "$data/format" "$data/catalog.sqlite" | sha256sum)
    claim "upgrade --dry-run says what it would do" bash -c "'$lucid' --data '$data' upgrade --dry-run | grep 'format 1 to 2'"
    claim "and touches nothing" test "$before" = "$(cat "$data/format" "$data/catalog.sqlite" | sha256sum)"
    cp -r "$data" "$work/half"
    claim "it is upgraded" at "$data" upgrade
    claim "once more: nothing to do" query '.ok and .from == 2' json "$data" upgrade
    claim "recordings of the older format verify" both_verify "$data"
    claim "desktops, people and holds are still there" bash -c "
        '$lucid' --data '$data' --json host ls | jq -e '.hosts | length == 1' &&
        '$lucid' --data '$data' --json user ls | jq -e '.users | length == 2' &&
        [ \"\$(sqlite3 '$data/catalog.sqlite' 'select reason from holds')\" = 'case 7' ]"
    claim "the catalog as it was lies beside it" test -s "$data/catalog.sqlite.format-1"
    claim "doctor finds data, chain and recordings in order" bash -c "! '$lucid' --data '$data' doctor | grep -E 'BROKEN +(chain|trust|catalog|recordings|keys)'"
    cp "$data"/catalog.sqlite* "$work/half/"
    claim "an upgrade that stopped before the format file is finished by the next" bash -c "'$lucid' --data '$work/half' upgrade && '$lucid' --data '$work/half' session ls"
    echo 'lucid-data 99' > "$data/format"
    fails "a newer format is left alone, with the command that helps" 'apt-get install lucid' at "$data" status
    fails "also by upgrade" 'newer lucid' at "$data" upgrade
}

test_fsck() {
    local data=$work/check id chunk
    current check || { not_ok "a node to check"; return; }
    claim "fsck of a sound node finds nothing" query '.ok and (.findings | length) == 0 and .recordings == 2 and .bytes > 0' json "$data" fsck
    id=$(json "$data" session ls | jq -r '.sessions[0].id')

    rm -f "$data"/catalog.sqlite*
    fails "a lost catalog is found" 'next: lucid .*fsck --repair' at "$data" fsck
    at "$data" fsck --repair > "$work/repair.log" 2>&1
    claim "it is made anew from the recordings" grep -E 'repaired +recording .* entered' "$work/repair.log"
    claim "what only it knew is named as lost, not passed over" grep -E 'BROKEN .*(passwords|recovery)' "$work/repair.log"
    claim "recordings are listed and verify, with their user and volume" bash -c "'$lucid' --data '$data' --json session ls | jq -e '[.sessions[] | select(.user == \"owner\" and .host == \"desk\" and .state == \"complete\")] | length == 2'"
    claim "both verify" both_verify "$data"
    claim "a second repair has nothing to do" query '.ok and .repaired == 0' json "$data" fsck --repair

    head -c 5000 /dev/urandom > "$data/catalog.sqlite"; rm -f "$data/catalog.sqlite-"*
    fails "a damaged catalog is found" 'to repair +catalog' at "$data" fsck
    at "$data" fsck --repair > "$work/repair.log" 2>&1
    claim "it is made anew, and the damaged one kept" test -s "$data/catalog.sqlite.damaged"
    claim "again both verify" both_verify "$data"

    current check
    chunk=$(ls "$data/sessions/$id/chunks/"*.lchk)
    printf stray > "$data/sessions/$id/chunks/$(printf '0%.0s' $(seq 64)).lchk"
    rm -r "$data/sessions/$id/tiles"
    mkdir -p "$data/sessions/$(printf 'f%.0s' $(seq 64))/chunks"
    fails "a stray chunk, lost tiles and a folder without a record are found" 'to repair +recording f' at "$data" fsck
    claim "and mended" at "$data" fsck --repair
    claim "the recording verifies again" both_verify "$data"
    claim "nothing was deleted" bash -c "ls '$data/sessions/.set-aside/$id/chunks/'*.lchk '$data/sessions/.set-aside/'f*"
    printf x | dd of="$chunk" bs=1 seek=2000 conv=notrunc status=none
    fails "a damaged chunk is found, and where it can come from" 'is damaged' at "$data" fsck
    claim "fsck --quick does not read it" at "$data" fsck --quick
    rm "$chunk"
    fails "a missing chunk, too" 'restore FOLDER --session' at "$data" fsck --quick
    mv "$data/sessions/$id" "$work/away"
    fails "a recording that is gone is broken, not forgotten" 'in the catalog and not on disk' at "$data" fsck --repair
    claim "it is listed as missing" bash -c "'$lucid' --data '$data' session ls | grep missing"
    mv "$work/away" "$data/sessions/$id"
    node_start "$data" "$work/check.log" || { not_ok "the checked node runs"; return; }
    fails "fsck --repair is refused while the node runs" 'systemctl stop' at "$data" fsck --repair
    claim "a recording whose entry was made anew is anchored as before" query 'all(.sessions[]; .anchored)' json "$data" session ls
    node_stop
}

test_backup() {
    local data=$work/node folder=$work/backup one two id object
    current node || { not_ok "a node to back up"; return; }
    # A recovery key that the test holds.
    age-keygen -o "$work/recovery.txt" 2> /dev/null
    sqlite3 "$data/catalog.sqlite" "update users set recipient = '$(age-keygen -y "$work/recovery.txt")' where role = 'recovery'"
    claim "a backup is made" at "$data" backup create "$folder"
    json "$data" backup create > "$work/second.json"
    claim "the next one, without a folder, stores next to nothing" jq -e '.stored_bytes < 20000 and .bytes > 200000' "$work/second.json"
    claim "both are listed" query '(.snapshots | length) == 2' json "$data" backup ls "$folder"
    claim "both verify without any node or key" query '.ok and .opened == false' "$lucid" --data "$work/nowhere" --json backup verify "$folder"
    claim "and with the recovery key, file by file" query '.ok and .files > 20' json "$data" backup verify "$folder" --identity "$work/recovery.txt"
    claim "nothing in it is readable by others, or shows a name" bash -c "! find '$folder' -type f -perm /077 | grep . && ! grep -rlaE 'vault.key|BEGIN|AGE-SECRET' '$folder'"
    claim "sha256sum finds every object to be what its name says" bash -c "cd '$folder/objects' && for f in */*; do echo \"\$(basename \$f)  \$f\"; done | sha256sum --quiet -c"
    one=$(json "$data" backup ls "$folder" | jq -r '.snapshots[0].name')
    claim "age opens the index without Lucid" bash -c "
        i=\$(jq -r .snapshot.index[0] '$folder/snapshots/$one.json') &&
        age -d -i '$work/recovery.txt' '$folder/objects/'\${i:0:2}/\$i | jq -e 'map(.[0]) | index(\"keys/vault.key\")'"
    claim "doctor knows of it" bash -c "'$lucid' --data '$data' doctor | grep -E '^ok +backup'"

    claim "it is restored with the recovery key from the keyboard" bash -c "grep SECRET '$work/recovery.txt' | '$lucid' --data '$work/restored' restore '$folder' --identity - --trust '$data/trust.json'"
    claim "both recordings verify there" both_verify "$work/restored"
    claim "keys, catalog and configuration are the same" bash -c "
        diff -r '$data/keys' '$work/restored/keys' && diff '$data/lucid.toml' '$work/restored/lucid.toml' && diff '$data/trust.json' '$work/restored/trust.json' &&
        diff <(sqlite3 '$data/catalog.sqlite' .dump) <(sqlite3 '$work/restored/catalog.sqlite' .dump)"
    claim "doctor finds nothing broken there but the ports' owner" bash -c "'$lucid' --data '$work/restored' doctor"
    fails "a second restore into it is refused" 'data directory already' at "$work/restored" restore "$folder" --identity "$work/recovery.txt"
    age-keygen -o "$work/stranger.txt" 2> /dev/null
    fails "a key that is no recipient opens nothing" 'does not open' at "$work/r2" restore "$folder" --identity "$work/stranger.txt"
    echo '{"chain_id":1,"genesis_hash":"0x'"$(printf '1%.0s' $(seq 64))"'","version":1}' > "$work/other-trust.json"
    fails "the backup of another node is refused where a trust file says so" 'another chain' at "$work/r2" restore "$folder" --identity "$work/recovery.txt" --trust "$work/other-trust.json"

    id=$(json "$data" session ls | jq -r '.sessions[0].id')
    rm "$data/sessions/$id/chunks/"*.lchk
    claim "a lost chunk comes back from the backup" at "$data" restore "$folder" --session "${id:0:10}"
    claim "and the recording verifies" both_verify "$data"

    object=$(ls -S "$folder"/objects/*/* | head -n 1)
    printf x | dd of="$object" bs=1 seek=5000 conv=notrunc status=none
    fails "damage in the backup is found" "object .* is damaged" at "$data" backup verify "$folder"
    cp "$work/claim.log" "$work/hurt.log"
    claim "the files that it hurts are named" grep -E 'chunks/.*cannot be restored' "$work/hurt.log"
    fails "a restore from it fails and says so" 'backup is damaged' at "$work/r3" restore "$folder" --identity "$work/recovery.txt"
    claim "what it left is no data directory" bash -c "! '$lucid' --data '$work/r3' session ls"
    at "$data" backup verify "$folder" --set-aside > /dev/null 2>&1
    claim "set aside, the next backup stores it again" query '.stored_bytes > 80000' json "$data" backup create
    claim "the interrupted restore goes on with another snapshot only when told so" bash -c "rm -r '$work/r3' && '$lucid' --data '$work/r3' restore '$folder' --identity '$work/recovery.txt'"
    claim "and gives both recordings" both_verify "$work/r3"
    claim "old ones can go" query '.ok and (.removed | length) == 2 and .bytes > 0' json "$data" backup prune "$folder" --keep 1
    claim "what stays is whole" query '.ok' json "$data" backup verify "$folder"

    real_node "$data" || { not_ok "the node runs"; return; }
    connect || { not_ok "a client connects"; return; }
    sleep 1; client_type "echo while it runs"
    claim "a backup while a client is recorded" query '.ok and .live == 1 and .recordings == 3' json "$data" backup create
    two=$id
    client_stop; session_wait "$two" '^complete' 25
    node_stop
    claim "restored, what was live is partial with the reason and verifies" bash -c "
        '$lucid' --data '$work/r4' --json restore '$folder' --identity '$work/recovery.txt' | jq -e '.ok and .recordings == 3' &&
        '$lucid' --data '$work/r4' --json session show $two | jq -e '.state == \"partial\" and .reason == \"recorder lost\"'"
    claim "its segments verify" verifies_but_anchor "$work/r4" "$two"
    sed -i -E "s/^listen = .*/listen = \"127.0.0.1:$(free_port)\"/; s/^rpc = .*/rpc = \"127.0.0.1:$(free_port)\"/" "$work/r4/lucid.toml"
    claim "the restored node runs" node_start "$work/r4" "$work/r4.log"
    node_stop

    if [ "$(id -u)" -eq 0 ] && mkdir -p "$work/small" && mount -t tmpfs -o size=300k none "$work/small" 2> /dev/null; then
        mounted+=("$work/small")
        fails "a backup to a full disk says so" 'space' at "$data" backup create "$work/small"
        claim "and leaves no snapshot there" bash -c "! ls '$work/small/snapshots/'*.json 2> /dev/null"
        mount -o remount,size=20m "$work/small"
        claim "with room it works" at "$data" backup create "$work/small"
        mount -o remount,size=$(($(du -sk "$work/small" | cut -f1) + 24))k "$work/small"
        head -c 200000 /dev/urandom > "$data/identities/filler.txt"
        fails "full at the next one" 'space' at "$data" backup create "$work/small"
        rm "$data/identities/filler.txt"
        claim "the one before is whole" query '.ok and .snapshots == 1' json "$data" backup verify "$work/small"
    else
        echo "skip backup to a full disk: mounting needs root"
    fi
}

test_disks() {
    local data=$work/disks first second free
    if [ "$(id -u)" -ne 0 ] || ! mkdir -p "$work/a" "$work/b" || ! mount -t tmpfs -o size=64m none "$work/a" 2> /dev/null; then
        echo "skip several volumes, full disks: mounting needs root"; return
    fi
    mounted+=("$work/a"); mount -t tmpfs -o size=96m none "$work/b"; mounted+=("$work/b")
    current disks || { not_ok "a node for disks"; return; }
    # The data directory itself stays out of the choice: its disk has less than the reserve beside these.
    fails "a folder that holds something is no volume" 'something else' at "$data" volume add "$data"
    for v in a b; do claim "volume add $v" at "$data" volume add "$work/$v"; done
    # lucid.toml of an older version has no such line yet.
    sed -i -E "/^volumes = /d; s|^free_space_min_mib = .*|free_space_min_mib = 32\nvolumes = [\"$work/a\", \"$work/b\"]|" "$data/lucid.toml"
    # The data directory on a disk of its own, with less room than the volumes.
    mkdir "$work/home" && mount -t tmpfs -o size=30m none "$work/home" && mounted+=("$work/home")
    cp -a "$data/." "$work/home/" && data=$work/home
    claim "volume ls shows all three" query '[.volumes[] | select(.ready)] | length == 3' json "$data" volume ls
    real_node "$data" || { not_ok "the node runs"; return; }
    connect || { not_ok "a client connects"; return; }
    sleep 1; client_type "echo on a volume"; client_stop
    first=$id; session_wait "$first" '^complete' 25
    claim "it is recorded on the volume with most room" test -d "$work/b/sessions/$first"
    claim "and verifies there" verifies_but_anchor "$data" "$first"

    head -c 70M /dev/zero > "$work/b/filler"
    connect || { not_ok "a client connects with one volume full"; return; }
    sleep 1; client_type "echo on the other volume"
    second=$id
    claim "the next goes to the volume that has its reserve" test -d "$work/a/sessions/$second"
    # 64 MiB: below a quarter of the reserve.
    head -c 58M /dev/zero > "$work/a/filler"
    client_type "echo the disk fills up"
    claim "a live session ends before the disk is full" session_wait "$second" '^partial' 20
    claim "with the reason" query '.reason | test("disk nearly full: [0-9]+ MiB left")' lucid_json session show "$second"
    client_kill
    claim "sealed, and it verifies" verifies_but_anchor "$data" "$second"
    local ticket; ticket=$(lucid_json ticket real); listener_fingerprint=$(jq -r .fingerprint <<< "$ticket")
    client_connect "$work/client" "$(jq -r .user <<< "$ticket")" "$(jq -r .secret <<< "$ticket")" /sec:nla
    claim "no session starts while every volume is down to its reserve" wait_until 15 grep -q 'reserve' "$data/log/core.log"
    client_kill
    claim "doctor says so, and what makes room" bash -c "'$lucid' --data '$data' doctor | grep -A1 'BROKEN.*space' | grep -q 'lucid .*prune'"
    rm "$work/a/filler"
    connect || { not_ok "a client connects when there is room again"; return; }
    ok "with room again, sessions start"
    sleep 1; client_type "echo really full now"
    second=$id
    # All at once, so that nothing can be sealed.
    head -c 200M /dev/zero > "$work/a/filler" 2> /dev/null
    client_type "echo nowhere to write"
    claim "with no byte left, the session ends at once: no recording, no session" wait_until 15 bash -c "! kill -0 $client_pid 2> /dev/null || '$lucid' --data '$data' --json status | jq -e '.sessions | length == 0'"
    client_kill
    rm "$work/a/filler"
    claim "and is sealed as soon as there is room" wait_until 20 test -s "$work/a/sessions/$second/manifest.json" -a ! -e "$work/a/sessions/$second/start.json"
    claim "as partial" session_wait "$second" '^partial' 20
    claim "with the reason that it failed, or was nearly full" query '.reason | test("No space|nearly full|recording failed")' lucid_json session show "$second"
    claim "what was written verifies" verifies_but_anchor "$data" "$second"
    claim "the node's backup has the volumes' recordings" query '.ok and .recordings == 5' json "$data" backup create "$work/disk-backup"
    node_stop

    umount "$work/b"
    claim "a disk that is gone is said: its session is unavailable" query ".sessions[] | select(.id == \"$first\") | .state == \"unavailable\"" json "$data" session ls
    fails "verify says on which volume it is" "volume $work/b, which is absent" at "$data" session verify "$first"
    claim "fsck notes it and calls nothing lost" query '.ok and ([.findings[] | select(.what | test("absent"))] | length) == 2' json "$data" fsck
    claim "doctor names the disk" bash -c "'$lucid' --data '$data' doctor | grep -A1 'BROKEN.*volumes' | grep -q mount"
    claim "a backup keeps what the one before had of it" query '.ok and (.carried_over | length) == 1' json "$data" backup create
    claim "nothing is written under its mount point" bash -c "[ -z \"\$(ls -A '$work/b')\" ]"
    rm "$work/a/sessions/$second/tiles/0/0"
    claim "the whole node is restored beside the disk that is left" bash -c "
        '$lucid' --data '$work/r5' --json restore '$work/disk-backup' --identity '$data/keys/backup.key' | jq -e '.ok and .recordings == 5'"
    claim "the recording of the absent disk is in the directory now, and verifies" verifies_but_anchor "$work/r5" "$first"
    claim "those of the disk that is left stay there, and what they lacked is back" bash -c "test ! -e '$work/r5/sessions/$second' && test -s '$work/a/sessions/$second/tiles/0/0'"
}

[ $# -gt 0 ] || set -- upgrade fsck backup disks
for part in "$@"; do "test_$part"; done
exit $bad
