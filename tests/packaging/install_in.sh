#!/bin/bash
# SPDX-License-Identifier: MIT
# install_in.sh FOLDER: tries build/packages in a Debian 12 that debootstrap made in FOLDER, which is changed: install,
# first event, upgrade with an edited configuration file, purge. As root; systemd is not running there.
# shellcheck disable=SC2016 # what is run inside is expanded there
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
folder=$1
packages=${RT_PACKAGES:-build/packages}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() { printf 'install_in.sh: %s\n' "$*" >&2; exit 1; }
step() { printf '\n==> %s\n' "$*"; }
inside() { chroot "$folder" env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
inside_sh() { inside bash -euo pipefail -c "$1"; }

# The same package with another version and another text of its configuration file.
next_version() {
  dpkg-deb -R "$1" "$work/next"
  sed -i 's/^Version: .*/&+next/' "$work/next/DEBIAN/control"
  sed -i '$a# a new line of the next version' "$work/next/etc/rtserve/rtserve.toml"
  dpkg-deb --root-owner-group -b "$work/next" "$folder/tmp/next.deb" >"$work/log"
}

step "install, beside an iproute2 that is there already"
inside apt-get update -q >"$work/log"
inside apt-get install -yq --no-install-recommends iproute2 python3-minimal >"$work/log" 2>&1
cp "$packages"/*.deb "$folder/tmp/"
inside_sh 'apt-get install -yq --no-install-recommends /tmp/rtserve_*.deb /tmp/rtserve-clients_*.deb' >"$work/log" 2>&1 || {
  cat "$work/log"; die "the packages cannot be installed"
}
inside_sh '
  for program in rtserve rtpush rtwatch rtstat; do $program --version; test -e /usr/share/man/man1/$program.1.gz; done
  getent passwd rtserve
  test "$(readlink /usr/bin/rtstat.iproute2)" = lnstat
  test -e /lib/systemd/system/rtserve.service -a -e /lib/systemd/system/rtserve.socket
  systemctl is-enabled rtserve.service
  ! systemctl is-enabled rtserve.socket
  dpkg-query -W -f="\${Conffiles}\n" rtserve | grep -q /etc/rtserve/rtserve.toml
  ls /usr/share/doc/rtserve/examples /usr/share/doc/rtserve-clients/examples'

step "the first event, as README has it, but for systemd"
inside_sh '
  port=$(python3 -c "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])")
  sed -i "s/^#listen = .*/listen = [\"127.0.0.1:$port\"]/; s/^#admin-listen = .*/admin-listen = \"127.0.0.1:0\"/" /etc/rtserve/rtserve.toml
  (umask 077; rtserve token --new-secret > /etc/rtserve/secret)
  rtserve check-config
  rtserve 2>/tmp/log &
  for _ in $(seq 100); do ! grep -q "serving metrics" /tmp/log || break; sleep 0.1; done
  export RT_SERVER=http://127.0.0.1:$port
  export RT_TOKEN=$(rtserve token --jwt-secret-file /etc/rtserve/secret --sub me --role admin)
  rtpush order O-1 --set status=IN_PROGRESS
  rtwatch -C 1 -W 20 order O-1
  kill $!
  wait $!'

step "upgrade with an edited configuration file"
next_version "$packages"/rtserve_*.deb
inside_sh '
  cp /etc/rtserve/rtserve.toml /tmp/edited
  dpkg --force-confdef --force-confold -i /tmp/next.deb >/tmp/log
  cmp /tmp/edited /etc/rtserve/rtserve.toml
  grep -q "next version" /etc/rtserve/rtserve.toml.dpkg-dist
  test -e /etc/rtserve/secret'

step "remove and purge"
inside_sh '
  apt-get remove -yq rtserve rtserve-clients >/tmp/log
  test "$(readlink /usr/bin/rtstat)" = lnstat
  test ! -e /usr/bin/rtstat.iproute2 -a -e /etc/rtserve/rtserve.toml -a -e /etc/rtserve/secret
  apt-get purge -yq rtserve rtserve-clients >/tmp/log
  test ! -e /etc/rtserve -a ! -e /var/lib/rtserve
  ! dpkg-query -W rtserve 2>/dev/null
  test -z "$(dpkg-divert --list "*rtstat*")"'
step "all of it holds"
