# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# A real xrdp with a light desktop on loopback, for tests; source after desktop.sh. Needs root: xrdp logs in a system user,
# who is made here and removed by xrdp_stop.
#   xrdp_start DIR    sets xrdp_port, xrdp_user, xrdp_password
#   xrdp_stop

xrdp_pids=()
xrdp_user=

xrdp_start() {  # DIR
    local dir=$1
    [ "$(id -u)" -eq 0 ] || { echo "xrdp needs root" >&2; return 1; }
    mkdir -p "$dir"
    xrdp_user=lucid$((RANDOM % 9000 + 1000))
    xrdp_password=$(head -c 12 /dev/urandom | base64 | tr '+/' 'xy')
    useradd -m -s /bin/bash "$xrdp_user" && echo "$xrdp_user:$xrdp_password" | chpasswd || return 1
    local home; home=$(getent passwd "$xrdp_user" | cut -d: -f6)
    # The terminal comes after the window manager: one that is mapped in between stays unseen.
    cat > "$home/terminal" <<'SCRIPT'
#!/bin/sh
exec xterm -fa Monospace -fs 12 -geometry 90x28+40+40 -e bash --norc
SCRIPT
    printf '#!/bin/sh\nexec openbox --startup "$HOME/terminal"\n' > "$home/.xsession"
    chmod 755 "$home/.xsession" "$home/terminal"; chown "$xrdp_user:" "$home/.xsession" "$home/terminal"
    xrdp_port=$(free_port) || return 1
    sed -e "s#^port=3389#port=tcp://127.0.0.1:$xrdp_port#" -e "s#^LogFile=.*#LogFile=$dir/xrdp.log#" /etc/xrdp/xrdp.ini > "$dir/xrdp.ini"
    # xrdp finds sesman through /etc/xrdp/sesman.ini whatever its own file says: one sesman per machine, on that port.
    sed -e "s#^LogFile=.*#LogFile=$dir/sesman.log#" /etc/xrdp/sesman.ini > "$dir/sesman.ini"
    local sesman_port end=$((SECONDS + 60)); sesman_port=$(sed -n 's/^ListenPort=//p' /etc/xrdp/sesman.ini)
    while (exec 3<>"/dev/tcp/127.0.0.1/$sesman_port") 2>/dev/null || (exec 3<>"/dev/tcp/::1/$sesman_port") 2>/dev/null; do
        [ $SECONDS -lt $end ] || { echo "port $sesman_port is taken: another xrdp-sesman runs on this machine" >&2; return 1; }
        sleep 0.5
    done
    install -d -m 1777 /tmp/.X11-unix /run/xrdp 2>/dev/null || true
    [ -f /etc/xrdp/key.pem ] && [ -r /etc/xrdp/key.pem ] || {
        openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=xrdp-test -days 30 -keyout "$dir/key.pem" -out "$dir/cert.pem" > "$dir/openssl.log" 2>&1
        sed -i -e "s#^certificate=.*#certificate=$dir/cert.pem#" -e "s#^key_file=.*#key_file=$dir/key.pem#" "$dir/xrdp.ini"
    }
    xrdp-sesman -n -c "$dir/sesman.ini" > "$dir/sesman.out" 2>&1 &
    xrdp_pids+=($!)
    xrdp -n -c "$dir/xrdp.ini" > "$dir/xrdp.out" 2>&1 &
    xrdp_pids+=($!)
    wait_for_port "$xrdp_port" 20 || { echo "xrdp did not start (logs: $dir)" >&2; return 1; }
}

xrdp_stop() {
    local pid
    for pid in ${xrdp_pids[@]+"${xrdp_pids[@]}"}; do kill "$pid" 2>/dev/null || true; done
    if [ -n "$xrdp_user" ]; then
        sleep 0.3
        ps -u "$xrdp_user" -o pid= 2>/dev/null | xargs -r kill -9 2>/dev/null || true
        sleep 0.3
        # What a killed X server leaves behind would keep its display number for ever: sesman has 50.
        find /tmp -maxdepth 1 -name '.X*-lock' -user "$xrdp_user" -delete 2>/dev/null || true
        find /tmp/.X11-unix /run/xrdp/sockdir -type s -user "$xrdp_user" -delete 2>/dev/null || true
        userdel -r "$xrdp_user" > /dev/null 2>&1 || true
    fi
    for pid in ${xrdp_pids[@]+"${xrdp_pids[@]}"}; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
    xrdp_pids=(); xrdp_user=
}
