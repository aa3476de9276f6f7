#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# `lucid connect --headless` against real hosts: freerdp-shadow (NLA; bitmaps, with LUCID_TEST_LONG=1 also AVC420, AVC444, RemoteFX) and
# xrdp (TLS), through Lucid and directly, and the scripted host for what those lack (drive, sound, resize, measurements, reactivation; "content":
# a drive that is written, files, HTML and images of the clipboard both ways, acknowledged frames; "touch": contacts and gestures; "monitors": several; "sound": Opus of xrdp, AAC by FFmpeg). Pictures are compared with the desktop's own display (shadow) and with the export of the recording. Errors have to name what to do.
# Prints "ok NAME", "not ok NAME" or "skip NAME: why"; leaves nothing running. usage: test.sh [shadow] [xrdp] [scripted] [content] [touch] [monitors] [sound] [errors]
set -uo pipefail
cd "$(dirname "$0")/../../.."
. tests/integration/claims.sh
. tools/demo/desktop.sh
. tools/demo/session.sh
. tools/demo/xrdp.sh
lucid=$PWD/out/release/apps/lucid/lucid
test_host=$PWD/out/release/tests/integration/host/lucid_test_host
work=$(mktemp -d)
finish() {
    node_stop; xrdp_stop; stop_all
    if [ -n "$kept" ]; then echo "logs kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

# NAME WHERE OPTIONS... < SCRIPT: runs it; events in $work/NAME.json, exit code is the client's.
drive_client() {
    local name=$1 where=$2; shift 2
    "$lucid" --json connect "$where" --headless --script - "$@" > "$work/$name.json" 2> "$work/$name.err"
}
told() { jq -e --slurp "$2" "$work/$1.json" > /dev/null; }  # NAME JQ-FILTER over the list of events
# Files with secrets that others can read are refused.
ticket() { (umask 077; lucid_json ticket "$1" > "$work/$2.ticket"); }  # HOST NAME
secret() { (umask 077; printf '%s' "$1" > "$work/$2"); }               # TEXT NAME

# The desktop that freerdp-shadow shows is a display of this machine: the truth to compare with.
truth() { DISPLAY=$desktop_display import -window root "$1" 2> /dev/null; }

run_shadow() {  # NAME exact|lossy WHERE OPTIONS...
    local name=$1 kind=$2 where=$3; shift 3
    rm -f "$work/desktop/typed.txt"
    drive_client "$name" "$where" "$@" << SCRIPT
wait picture
wait still 500ms
click 300 300
type clear; echo The quick brown Fox > typed.txt; ls /usr\n
wait change
wait still 1s
screenshot $work/$name.png
disconnect
SCRIPT
    claim "$name: the script runs to its end" test $? -eq 0
    claim "$name: every update was drawn" told "$name" 'map(select(.event == "undrawn")) == []'
    claim "$name: what is typed reaches the desktop" grep -qx 'The quick brown Fox' "$work/desktop/typed.txt"
    truth "$work/$name-truth.png"
    claim "$name: the picture is the desktop's" alike "$name" "$work/$name.png" "$work/$name-truth.png" "$kind"
}

desktop_is_up() { truth "$work/up.png" && [ "$(identify -format '%k' "$work/up.png")" -gt 3 ]; }

test_shadow() {
    desktop_start "$work/desktop" || { not_ok "shadow starts"; return; }
    wait_until 20 desktop_is_up
    "$lucid" --data "$node_data" host add shadow "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" \
        --security nla > "$work/host-shadow.log" 2>&1 || { not_ok "host add shadow"; return; }
    local id
    "$lucid" --json connect "127.0.0.1:$desktop_port" --headless --user "$desktop_user" --password-file "$work/desktop/password" > "$work/unpinned.json" 2>&1
    claim "unpinned: nothing happens" test $? -eq 1
    pin=$(jq -r '.next' "$work/unpinned.json" | sed 's/.*--pin //')
    claim "unpinned: the fingerprint is shown" test ${#pin} -eq 95
    ticket shadow gateway
    run_shadow shadow-gateway exact "$work/gateway.ticket" --graphics bitmap
    id=$(lucid_json session ls | jq -r '.sessions[0].id')
    claim "shadow-gateway: the session is complete" session_wait "$id" '^complete' 20
    "$lucid" --data "$node_data" session export "$id" --png 100000 --out "$work/export.png" > "$work/export.log" 2>&1
    claim "shadow-gateway: the recording's last picture is the client's" alike export "$work/export.png" "$work/shadow-gateway.png" exact
    local direct=("127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" --pin "$pin")
    run_shadow shadow-avc420 lossy "${direct[@]}" --graphics avc420
    if [ "${LUCID_TEST_LONG:-}" = 1 ]; then
        run_shadow shadow-avc444 lossy "${direct[@]}" --graphics avc444
        run_shadow shadow-remotefx lossy "${direct[@]}" --graphics remotefx
        run_shadow shadow-gfx lossy "${direct[@]}" --graphics gfx
    fi
}

test_xrdp() {
    command -v xrdp > /dev/null || { skip xrdp "xrdp is not installed"; return; }
    [ "$(id -u)" -eq 0 ] || { skip xrdp "needs root to make the desktop's user"; return; }
    xrdp_start "$work/xrdp" || { not_ok "xrdp starts"; return; }
    printf '%s' "$xrdp_password" | "$lucid" --data "$node_data" host add xrdp "127.0.0.1:$xrdp_port" --user "$xrdp_user" --password-stdin \
        --security tls --preset custom --clipboard both > "$work/host-xrdp.log" 2>&1 || { not_ok "host add xrdp"; cat "$work/host-xrdp.log"; return; }
    ticket xrdp xrdp
    drive_client xrdp "$work/xrdp.ticket" << SCRIPT
wait picture
wait still 2s
click 300 300
clipboard set from the client
type xclip -o -selection clipboard > pasted.txt\n
wait change
wait still 1s
type printf from-the-host | xclip -selection clipboard\n
wait clipboard
clipboard get
type clear; ls /usr\n
wait change
wait still 1s
screenshot $work/xrdp.png
disconnect
SCRIPT
    claim "xrdp: the script runs to its end" test $? -eq 0
    claim "xrdp: every update was drawn" told xrdp 'map(select(.event == "undrawn")) == []'
    claim "xrdp: text is pasted on the desktop" grep -q 'from the client' "$(getent passwd "$xrdp_user" | cut -d: -f6)/pasted.txt"
    claim "xrdp: text copied there comes here" told xrdp 'map(select(.event == "clipboard"))[0].content == "from-the-host"'
    local id; id=$(lucid_json session ls | jq -r '.sessions[0].id')
    claim "xrdp: the session is complete" session_wait "$id" '^complete' 20
    "$lucid" --data "$node_data" session export "$id" --png 100000 --out "$work/xrdp-export.png" > "$work/xrdp-export.log" 2>&1
    claim "xrdp: the recording's last picture is the client's" alike xrdp "$work/xrdp-export.png" "$work/xrdp.png" exact
    ticket xrdp xrdp-monitors
    drive_client xrdp-monitors "$work/xrdp-monitors.ticket" --monitors 800x600+0+0,640x480-640+60 <<< $'wait size 1440 600\nwait picture\ndisconnect'
    claim "xrdp: several monitors are one desktop" test $? -eq 0
    claim "xrdp: which it tells as they were asked for" told xrdp-monitors 'map(select(.event == "monitors"))[0].monitors | map([.left, .top, .width, .height]) == [[0, 0, 800, 600], [-640, 60, 640, 480]]'
}

# DIR with a script: the host, as $port and $host_pin.
scripted_host_start() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1/host.key" -out "$1/host.crt" -subj /CN=scripted -days 30 2> /dev/null
    "$test_host" "$1" address=127.0.0.1 security=nla user=alice password=secret "script=$1/script" > "$1/log" 2> "$1/errors" &
    demo_pids+=($!)
    wait_until 10 grep -q listening "$1/log" || return
    port=$(sed -n 's/^listening .*://p' "$1/log")
    host_pin=$(openssl x509 -in "$1/host.crt" -noout -fingerprint -sha256 | sed 's/.*=//')
    secret secret secret
}

test_scripted() {
    [ -x "$test_host" ] || { skip scripted "lucid_test_host is not built (freerdp2-dev)"; return; }
    local dir=$work/scripted; mkdir -p "$dir" "$work/docs/sub"
    printf 'a file of the client' > "$work/docs/readme.txt"
    ln -s /etc/passwd "$work/docs/link"
    cat > "$dir/script" << 'SCRIPT'
paint 204060
display
wait layout
devices
wait drive
list \
wait listed
read \readme.txt
wait read
read \link
wait denied
write \new.txt no
wait denied
sound
wait sound
play 400
wait heard
rtt 1
wait rtt
heartbeat 5 1 2
cookie
paint 806020
sleep 300
error 12
bye
SCRIPT
    scripted_host_start "$dir" || { not_ok "the scripted host starts"; return; }
    drive_client scripted "127.0.0.1:$port" --user alice --password-file "$work/secret" --pin "$host_pin" --graphics bitmap \
        --drive "docs=$work/docs" --sound "$work/heard.wav" << SCRIPT
wait pixel 10 10 204060
resize 1024 600
wait size 1024 600
wait pixel 10 10 806020
wait end
SCRIPT
    claim "scripted: the script runs to its end" test $? -eq 0
    claim "scripted: the layout came" grep -qE '^[0-9]+ layout .*1024.600' "$dir/log"
    claim "scripted: the drive is there" told scripted 'any(.event == "drive" and .accepted)'
    claim "scripted: a file is read" grep -q 'a file of the client' "$dir/log"
    claim "scripted: nothing is written" test ! -e "$work/docs/new.txt"
    claim "scripted: a link leads nowhere" bash -c "! grep -q root: '$dir/log'"
    claim "scripted: sound is kept" test "$(stat -c %s "$work/heard.wav")" -gt 20000
    claim "scripted: and confirmed" grep -qE '^[0-9]+ heard' "$dir/log"
    claim "scripted: the line was measured" told scripted 'any(.event == "measured")'
    claim "scripted: the cookie came" told scripted 'any(.event == "reconnect_cookie")'
    claim "scripted: reactivation" told scripted 'any(.event == "active" and .again)'
    claim "scripted: the host's reason is told" told scripted 'any(.event == "host_error" and .code == 12)'
}

test_content() {
    [ -x "$test_host" ] || { skip content "lucid_test_host is not built (freerdp2-dev)"; return; }
    local dir=$work/content; mkdir -p "$dir/share" "$dir/box/deep"
    ln -s /etc/passwd "$dir/share/link"
    printf hello > "$dir/box/deep/a.txt"
    head -c 150000 /dev/zero | tr '\0' z > "$dir/box/long.txt"
    printf '<b>mine</b>' > "$dir/mine.html"
    convert -size 3x2 xc:red BMP3:"$dir/mine.bmp"
    convert -size 3x2 xc:red "$dir/mine.png"
    local note; note=$(head -c 5000 /dev/zero | tr '\0' n)
    # A key of the client says that it is ready for the next one.
    cat > "$dir/script" << SCRIPT
paint 204060
frame 77
wait acknowledged
devices
wait drive
makedir \\new
wait closed
write \\new\\a.txt written by the host
wait closed
rename \\new \\moved
wait closed
rename \\moved\\a.txt \\moved\\b.txt
wait closed
read \\moved\\b.txt
wait closed
write \\gone.txt x
wait closed
remove \\gone.txt
wait closed
write \\link over
wait denied
write \\..\\outside.txt x
wait denied
wait key
clipboard
wait offered
paste files
wait pasted
copy files note.txt $note
wait key
wait offered
paste html
wait pasted
copy html Version:0.9 StartFragment:0000000060 EndFragment:0000000071 <i>host</i>
wait key
wait offered
paste image
wait pasted
copy image 336699
wait key
wait offered
paste png
wait pasted
copy png a picture of the host
wait key
sleep 1000
bye
SCRIPT
    scripted_host_start "$dir" || { not_ok "content: the scripted host starts"; return; }
    drive_client content "127.0.0.1:$port" --user alice --password-file "$work/secret" --pin "$host_pin" --graphics remotefx \
        --drive "docs=$dir/share" --drive-write 1 << SCRIPT
wait pixel 10 10 204060
clipboard set-file files $dir/box
key a
wait clipboard files
clipboard get files $dir/got
clipboard set-file html $dir/mine.html
key b
wait clipboard html
clipboard get html
clipboard set-file image $dir/mine.bmp
key c
wait clipboard image
clipboard get image $dir/got.bmp
clipboard set-file png $dir/mine.png
key d
wait clipboard png
clipboard get png $dir/got.png
key e
wait end
SCRIPT
    claim "content: the script runs to its end" test $? -eq 0
    claim "content: a frame is acknowledged" grep -q ' acknowledged 77' "$dir/log"
    claim "content: the host writes, renames and reads" grep -q ' read \\moved\\b.txt written by the host' "$dir/log"
    claim "content: and the file is there" grep -qx 'written by the host' <(cat "$dir/share/moved/b.txt"; echo)
    claim "content: the host removes" test ! -e "$dir/share/gone.txt"
    claim "content: nothing outside of the folder changes" bash -c "! grep -q over /etc/passwd && test ! -e '$dir/outside.txt'"
    claim "content: changes are told" told content 'map(select(.event == "drive_changed").what) | index("renamed") and index("removed") and index("written")'
    claim "content: a copied folder arrives with what is in it" grep -q ' content box\\deep\\a.txt 5 hello' "$dir/log"
    claim "content: a long file arrives as far as the host asks" test "$(grep -F ' content box\long.txt 150000 ' "$dir/log" | tr -cd z | wc -c)" = 65536
    claim "content: files of the host arrive" cmp -s <(printf '%s' "$note") "$dir/got/box/note.txt"
    claim "content: HTML is pasted with its description" grep -q ' pasted html .*StartFragment.*<b>mine</b>' "$dir/log"
    claim "content: HTML of the host comes without it" told content 'any(.event == "clipboard" and .content == "<i>host</i>")'
    claim "content: an image is pasted" grep -q " pasted image $(($(stat -c %s "$dir/mine.bmp") - 14)) " "$dir/log"
    claim "content: an image of the host is a BMP file" grep -qi '#336699' <(convert "$dir/got.bmp" -depth 8 txt:- 2>&1)
    claim "content: a PNG file is pasted" grep -q " pasted png $(stat -c %s "$dir/mine.png") .PNG" "$dir/log"
    claim "content: a PNG file of the host comes as it is" cmp -s <(printf 'a picture of the host') "$dir/got.png"
}

test_touch() {
    [ -x "$test_host" ] || { skip touch "lucid_test_host is not built (freerdp2-dev)"; return; }
    local dir=$work/touch; mkdir -p "$dir"
    # A key of the client says that it is ready for the next one.
    cat > "$dir/script" << 'SCRIPT'
paint 204060
touch
wait touchready
wait key
suspend
wait key
resume
wait dismissed
sleep 300
bye
SCRIPT
    scripted_host_start "$dir" || { not_ok "touch: the scripted host starts"; return; }
    "$lucid" --data "$node_data" host add touch "127.0.0.1:$port" --user alice --password-file "$work/secret" --security nla \
        > "$work/host-touch.log" 2>&1 || { not_ok "host add touch"; cat "$work/host-touch.log"; return; }
    ticket touch touch
    drive_client touch "$work/touch.ticket" --graphics bitmap << 'SCRIPT'
wait pixel 10 10 204060
touch 100 200
touch down -3000 40000 9
touch cancel -3000 40000 9
swipe 600 500 200 500 200ms
pinch 400 300 100 300 200ms
key a
sleep 500ms
key b
sleep 500ms
touch hover 10 20
touch down 10 20
touch hover 11 20
touch dismiss
wait end
SCRIPT
    claim "touch: the script runs to its end" test $? -eq 0
    # Flags of MS-RDPEI 2.2.3.3.1.1: down, in range, in contact 25; update, in range, in contact 26; up 4; canceled 32.
    contact() { grep -qE " contact $1\$" "$dir/log"; }  # PATTERN
    claim "touch: the client says its version and contacts" grep -qE ' touchready 65537 10$' "$dir/log"
    claim "touch: a tap goes down" contact '0 flags 25 at 100,200 of 1 after 0'
    claim "touch: and up" contact '0 flags 4 at 100,200 of 1 after [0-9]{5,}'
    claim "touch: places outside of the picture" contact '9 flags 25 at -3000,40000 of 1 after [0-9]+'
    claim "touch: a contact is canceled" contact '9 flags 36 at -3000,40000 of 1 after [0-9]+'
    claim "touch: a swipe begins" contact '0 flags 25 at 600,500 of 1 after [0-9]+'
    claim "touch: moves" test "$(grep -cE ' contact 0 flags 26 at [2-5][0-9][0-9],500 of 1 ' "$dir/log")" -ge 10
    claim "touch: and ends" contact '0 flags 4 at 200,500 of 1 after [0-9]+'
    claim "touch: two contacts at once" contact '1 flags 25 at 450,300 of 2 after [0-9]+'
    claim "touch: are pulled apart" contact '0 flags 4 at 250,300 of 2 after [0-9]+'
    claim "touch: a contact hovers" contact '0 flags 10 at 10,20 of 1 after [0-9]+'
    claim "touch: is lifted and still seen" contact '0 flags 12 at 11,20 of 1 after [0-9]+'
    claim "touch: and dismissed" grep -qE ' dismissed 0$' "$dir/log"
    claim "touch: the host suspends and resumes" told touch 'map(select(.event == "touch").what) == ["ready", "suspended", "resumed"]'
    local id; id=$(lucid_json session ls | jq -r '.sessions[0].id')
    claim "touch: the session is complete" session_wait "$id" '^complete' 20
    printf 'paint 204060\nwait key\nbye\n' > "$dir/script"
    drive_client untouched "127.0.0.1:$port" --user alice --password-file "$work/secret" --pin "$host_pin" --graphics bitmap \
        <<< $'wait pixel 10 10 204060\ntouch 5 5'
    claim "touch: a host without it is told" told untouched 'any(.error // "" | test("line 2: touch 5 5: the host opened no touch channel"))'
    claim "touch: with what to do instead" told untouched 'any(.next // "" | test("click X Y"))'
}

test_monitors() {
    [ -x "$test_host" ] || { skip monitors "lucid_test_host is not built (freerdp2-dev)"; return; }
    local dir=$work/monitors; mkdir -p "$dir"
    cat > "$dir/script" << 'SCRIPT'
paint 204060
display
wait layout
sleep 300
paint 806020
wait key
sleep 500
bye
SCRIPT
    scripted_host_start "$dir" || { not_ok "monitors: the scripted host starts"; return; }
    "$lucid" --data "$node_data" host add monitors "127.0.0.1:$port" --user alice --password-file "$work/secret" --security nla \
        > "$work/host-monitors.log" 2>&1 || { not_ok "host add monitors"; cat "$work/host-monitors.log"; return; }
    ticket monitors monitors
    drive_client monitors "$work/monitors.ticket" --graphics bitmap --monitors 800x600+0+0,640x480-640+60 << SCRIPT
wait size 1440 600
wait pixel 1430 590 204060
wait pixel 10 100 204060
screenshot $work/monitors.png
monitors 800x600+0+0,640x480+800+0,800x600+0+600
wait size 1440 1200
wait pixel 10 1190 806020
key a
wait end
SCRIPT
    claim "monitors: the script runs to its end" test $? -eq 0
    claim "monitors: the host sees the primary one" grep -qE '^[0-9]+ monitor 800x600\+0\+0$' "$dir/log"
    claim "monitors: and knows it as such" grep -qE '^[0-9]+ primary 0$' "$dir/log"
    claim "monitors: and the one to its left" grep -qE '^[0-9]+ monitor 640x480\+-640\+60$' "$dir/log"
    claim "monitors: with how they are scaled" test "$(grep -cE '^[0-9]+ scale 100$' "$dir/log")" -eq 2
    claim "monitors: the desktop spans them" grep -qE '^[0-9]+ active 1440x600$' "$dir/log"
    claim "monitors: the picture is that rectangle" test "$(identify -format '%wx%h' "$work/monitors.png")" = 1440x600
    claim "monitors: the host tells its own" told monitors 'map(select(.event == "monitors"))[0].monitors | length == 2 and .[1].left == -640'
    claim "monitors: another layout comes by display control" grep -qE '^[0-9]+ layout 800x600\+0\+0 640x480\+800\+0 800x600\+0\+600$' "$dir/log"
    local id; id=$(lucid_json session ls | jq -r '.sessions[0].id')
    claim "monitors: the session is complete" session_wait "$id" '^complete' 20
    "$lucid" --data "$node_data" session export "$id" --png 100000 --out "$work/monitors-export.png" > "$work/monitors-export.log" 2>&1
    claim "monitors: the recording shows all of them" test "$(identify -format '%wx%h' "$work/monitors-export.png")" = 1440x1200
    local bad
    for bad in 801x600+0+0 800x600+1+0 800x600+0+0,800x600+10+0 800x600; do
        "$lucid" --json connect "127.0.0.1:$port" --headless --user alice --password-file "$work/secret" --monitors "$bad" > "$work/bad.json" 2>&1
        claim "monitors: $bad is refused with an example" told bad '.[0] | .error != null and (.next | test("--monitors 1280x1024"))'
    done
}

# FILE.wav: Hz of its first channel, from half a second on: how often it goes from clearly below zero to clearly above, from
# the first time to the last.
tone_of() {
    perl -e 'open F, "<:raw", $ARGV[0]; local $/; my $d = substr <F>, 44 + 88200; my ($low, $up, $first, $last) = (0, 0, 0, 0);
             for (my $i = 0; 4 * $i + 4 <= length $d; $i++) { my $v = unpack "s<", substr $d, 4 * $i, 2;
                 if ($v < -500) { $low = 1 } elsif ($v > 500 && $low) { $low = 0; $last = $i; $first ||= $i; $up++ } }
             printf "%d", $up > 1 ? ($up - 1) * 44100 / ($last - $first) + 0.5 : 0' "$1"
}

# No host at hand makes AAC: FFmpeg does, and the scripted host sends its frames.
test_sound_aac() {
    [ -x "$test_host" ] || { skip "sound of AAC" "lucid_test_host is not built (freerdp2-dev)"; return; }
    command -v ffmpeg > /dev/null || { skip "sound of AAC" "ffmpeg is not installed"; return; }
    local dir=$work/sound; mkdir -p "$dir"
    ffmpeg -v error -f lavfi -i 'sine=frequency=440:sample_rate=44100:duration=3' -ac 2 -c:a aac -f adts "$dir/tone.aac" || { not_ok "sound: ffmpeg"; return; }
    printf 'paint 204060\nplayfile %s\nwait played\nwait heard\nsleep 1000\nbye\n' "$dir/tone.aac" > "$dir/script"
    scripted_host_start "$dir" || { not_ok "sound: the scripted host starts"; return; }
    drive_client aac "127.0.0.1:$port" --user alice --password-file "$work/secret" --pin "$host_pin" --graphics bitmap \
        --sound "$work/aac.wav" <<< 'wait end'
    claim "sound: AAC is told" told aac 'any(.event == "sound" and .codec == "aac")'
    claim "sound: every block of it was decoded" told aac 'any(.event == "unheard") | not'
    claim "sound: and confirmed" test "$(grep -c ' heard ' "$dir/log")" -eq "$(sed -n 's/.* played //p' "$dir/log")"
    local hz; hz=$(tone_of "$work/aac.wav")
    claim "sound: AAC of 440 Hz comes out as that (heard $hz)" test "$hz" -ge 435 -a "$hz" -le 445
}

test_sound() {
    test_sound_aac
    command -v xrdp > /dev/null || { skip sound "xrdp is not installed"; return; }
    [ "$(id -u)" -eq 0 ] || { skip sound "needs root to make the desktop's user"; return; }
    [[ $(ldd "$(command -v xrdp-chansrv)") == *libopus* ]] || { skip sound "xrdp was built without Opus"; return; }
    xrdp_stop
    xrdp_start "$work/xrdp-sound" || { not_ok "sound: xrdp starts"; return; }
    local home; home=$(getent passwd "$xrdp_user" | cut -d: -f6)
    # In place of a sound server: a tone of 440 Hz for chansrv's socket, which makes Opus of it.
    cat > "$home/tone.pl" << 'PERL'
use IO::Socket::UNIX;
my ($display) = $ENV{DISPLAY} =~ /:(\d+)/;
my $to;
for (1 .. 100) {
    $to = IO::Socket::UNIX->new("/run/xrdp/sockdir/xrdp_chansrv_audio_out_socket_$display") and last;
    select undef, undef, undef, 0.2;
}
sleep 2;  # the client has said by then what it takes
for my $block (0 .. 39) {
    my $pcm = join "", map { my $v = 8000 * sin(2 * 3.14159265358979 * 440 * $_ / 44100); pack "s<s<", $v, $v }
        $block * 2880 .. $block * 2880 + 2879;
    syswrite $to, pack("VV", 0, 8 + length $pcm) . $pcm;
    select undef, undef, undef, 0.04;
}
PERL
    chmod 644 "$home/tone.pl"
    # The terminal shows that the tone is over.
    sed -i -e '2iperl "$HOME/tone.pl"' -e 's/xterm/xterm -bg white/' "$home/terminal"
    printf '%s' "$xrdp_password" | "$lucid" --data "$node_data" host add loud "127.0.0.1:$xrdp_port" --user "$xrdp_user" --password-stdin \
        --security tls --preset custom > "$work/host-loud.log" 2>&1 || { not_ok "host add loud"; cat "$work/host-loud.log"; return; }
    ticket loud loud
    drive_client sound "$work/loud.ticket" --sound "$work/tone.wav" << 'SCRIPT'
wait pixel 300 300 ffffff 60s
disconnect
SCRIPT
    claim "sound: the script runs to its end" test $? -eq 0
    claim "sound: it comes as Opus" told sound 'any(.event == "sound" and .codec == "opus")'
    claim "sound: every block was decoded" told sound 'any(.event == "unheard") | not'
    claim "sound: more than two seconds are kept" test "$(stat -c %s "$work/tone.wav")" -gt 352800
    local hz; hz=$(tone_of "$work/tone.wav")
    claim "sound: and are the tone of 440 Hz (heard $hz)" test "$hz" -ge 435 -a "$hz" -le 445
}

test_errors() {
    secret wrong wrong
    printf wrong > "$work/open"; chmod 644 "$work/open"
    drive_client open 127.0.0.1 --user u --password-file "$work/open" < /dev/null
    claim "errors: a secret that others can read" told open '.[0].next | test("chmod 600")'
    "$lucid" connect 127.0.0.1 > "$work/window.log" 2>&1
    claim "errors: no window is wrong usage" test $? -eq 2
    claim "errors: and says so" grep -q -- '--headless' "$work/window.log"
    "$lucid" --json connect "127.0.0.1:$(free_port)" --headless --user u --script "$work/none" > "$work/script.json" 2> "$work/script.err"
    claim "errors: a script that is not there is told before the host is asked" told script '.[0] | tostring | test("none: .*No such file")'
    drive_client closed "127.0.0.1:$(free_port)" --user u --password-file "$work/wrong" < /dev/null
    claim "errors: nobody listens" test $? -eq 1
    [ -n "${desktop_port:-}" ] || return
    drive_client refused "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/wrong" --pin "$pin" < /dev/null
    claim "errors: a wrong password" test $? -eq 1
    drive_client other "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" --pin "${pin//[0-9]/0}" < /dev/null
    claim "errors: another certificate" test $? -eq 1
    claim "errors: is told as such" grep -q 'another certificate' "$work/other.json"
    drive_client line "127.0.0.1:$desktop_port" --user "$desktop_user" --password-file "$work/desktop/password" --pin "$pin" <<< $'wait picture\nwait pixel 1 1 123456 1s'
    claim "errors: what does not come in time" test $? -eq 1
    claim "errors: is named with its line" grep -q 'line 2: .*within 1 s' "$work/line.json"
}

node_init "$work/data" || { not_ok "lucid init"; exit 1; }
node_start "$work/data" "$work/node.log" || { not_ok "lucid up"; exit 1; }
pin=
parts=("$@"); [ ${#parts[@]} -gt 0 ] || parts=(shadow xrdp scripted content touch monitors sound errors)
for part in "${parts[@]}"; do
    case $part in
        shadow | xrdp | scripted | content | touch | monitors | sound | errors) "test_$part" ;;
        *) not_ok "unknown part $part" ;;
    esac
done
exit $bad
