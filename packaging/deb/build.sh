#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Builds out/deb/lucid_VERSION_ARCH.deb from the release preset. usage: packaging/deb/build.sh [--version V]
# Needs dpkg-dev (dpkg-shlibdeps finds the libraries the package depends on).
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(sed -nE 's/^project\(lucid VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
case ${1:-} in
    --version) version=${2:?"--version needs a value"} ;;
    '') ;;
    *) echo "build.sh: unknown option $1 (usage: packaging/deb/build.sh [--version V])" >&2; exit 2 ;;
esac
command -v dpkg-shlibdeps > /dev/null || { echo "build.sh: dpkg-shlibdeps is missing; next: apt-get install dpkg-dev" >&2; exit 1; }
tools/dev/build.sh release lucid >&2

stage=out/deb/stage
arch=$(dpkg --print-architecture)
rm -rf "$stage"
install -D -m 755 out/release/apps/lucid/lucid "$stage/usr/bin/lucid"
install -D -m 755 out/release/apps/lucid/lucid-pictures "$stage/usr/bin/lucid-pictures"
install -D -m 755 out/release/apps/lucid/lucid-client "$stage/usr/bin/lucid-client"
strip --strip-unneeded --remove-section=.comment "$stage/usr/bin/lucid" "$stage/usr/bin/lucid-pictures" "$stage/usr/bin/lucid-client"
for unit in lucid.service lucid-backup.service lucid-backup.timer; do
    install -D -m 644 "packaging/deb/$unit" "$stage/lib/systemd/system/$unit"
done
# Manual page and completions come out of the program itself.
manual() { mkdir -p "$(dirname "$stage/$2")"; out/release/apps/lucid/lucid manual "$1" > "$stage/$2"; chmod 644 "$stage/$2"; }
manual man usr/share/man/man1/lucid.1
gzip -9n "$stage/usr/share/man/man1/lucid.1"
manual bash usr/share/bash-completion/completions/lucid
manual zsh usr/share/zsh/vendor-completions/_lucid
manual fish usr/share/fish/vendor_completions.d/lucid.fish
install -D -m 644 README.md "$stage/usr/share/doc/lucid/README.md"
install -D -m 644 packaging/deb/copyright "$stage/usr/share/doc/lucid/copyright"
mkdir -p "$stage/DEBIAN" "$stage/debian"
install -m 755 packaging/deb/postinst packaging/deb/prerm packaging/deb/postrm "$stage/DEBIAN/"

# dpkg-shlibdeps wants a source package around it.
printf 'Source: lucid\n\nPackage: lucid\nArchitecture: any\n' > "$stage/debian/control"
depends=$(cd "$stage" && dpkg-shlibdeps -O usr/bin/lucid usr/bin/lucid-pictures usr/bin/lucid-client 2> ../shlibdeps.log | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { cat out/deb/shlibdeps.log >&2; exit 1; }
rm -r "$stage/debian"
cat > "$stage/DEBIAN/control" <<TEXT
Package: lucid
Version: $version
Architecture: $arch
Maintainer: Lucid contributors <lucid@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$stage" | cut -f1)
Depends: $depends, adduser
Recommends: age
Section: net
Priority: optional
Description: remote-desktop gateway whose recordings can be proven
 Lucid stands between RDP clients and desktops, records each session where the
 client cannot skip it, seals it to its owner's keys and anchors it on a small
 EVM-compatible chain, so that anybody can check it years later.
TEXT
(cd "$stage" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
package=out/deb/lucid_${version}_$arch.deb
dpkg-deb --root-owner-group --build "$stage" "$package" > /dev/null
rm -rf "$stage"
echo "$package"
