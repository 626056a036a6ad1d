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

step "from the packages to the first event, by README's own commands"
# The first block of commands behind the heading.
sed -n '/^## Install$/,/^```$/{/^```sh$/,/^```$/{/^```/!p}}' README.md >"$work/readme"
[ "$(grep -c . "$work/readme")" -le 5 ] || die "README needs more than five commands"
inside apt-get update -q >"$work/log"
inside apt-get install -yq --no-install-recommends iproute2 python3-minimal >"$work/log" 2>&1  # an rtstat is there already
mkdir -p "$folder/tmp/clone/build/packages"
cp "$packages"/*.deb "$folder/tmp/clone/build/packages/"
# Without systemd, `systemctl restart` starts what the unit would, on a port that is free.
cat >"$folder/tmp/first-event" <<'END'
set -euo pipefail
cd /tmp/clone
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export RT_SERVER=http://127.0.0.1:$port
sudo() { "$@"; }
systemctl() {
  unit=$(sed -n 's/^ExecStart=//p' /lib/systemd/system/rtserve.service)
  test "$*" = "restart rtserve" -a -s /etc/rtserve/secret
  RTSERVE_LISTEN=127.0.0.1:$port RTSERVE_ADMIN_LISTEN=127.0.0.1:0 $unit 2>/tmp/log &
  for _ in $(seq 100); do ! grep -q "serving metrics" /tmp/log || return 0; sleep 0.1; done
  cat /tmp/log >&2
  return 1
}
END
sed 's/apt install/apt-get install -yq --no-install-recommends/; s/rtwatch order/timeout 60 rtwatch -C 1 order/' "$work/readme" >>"$folder/tmp/first-event"
printf 'kill $!\nwait $!\n' >>"$folder/tmp/first-event"
inside bash /tmp/first-event >"$work/log" 2>&1 || { cat "$work/log"; die "README's commands do not work"; }
grep -q '^order O-1: accepted (id ' "$work/log" || { cat "$work/log"; die "nothing was published"; }
grep -q '"orderId":"O-1","data":{"status":"IN_PROGRESS"}' "$work/log" || { cat "$work/log"; die "no event came"; }

step "what was installed"
inside_sh '
  for program in rtserve rtpush rtwatch rtstat; do $program --version; test -e /usr/share/man/man1/$program.1.gz; done
  test -e /usr/share/man/man5/rtserve.toml.5.gz -a -e /usr/share/man/man7/rt.7.gz
  getent passwd rtserve
  test "$(readlink /usr/bin/rtstat.iproute2)" = lnstat
  test -e /lib/systemd/system/rtserve.service -a -e /lib/systemd/system/rtserve.socket
  systemctl is-enabled rtserve.service
  ! systemctl is-enabled rtserve.socket
  dpkg-query -W -f="\${Conffiles}\n" rtserve | grep -q /etc/rtserve/rtserve.toml
  ls /usr/share/doc/rtserve/examples /usr/share/doc/rtserve-clients/examples
  rtserve check-config
  sed -i "s/^#log-level = .*/log-level = \"warn\"/" /etc/rtserve/rtserve.toml'

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
