#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image.sh RELEASE: a Debian machine for tests/vm/run.sh in $O/vm/RELEASE: its root file system as an
# image (root.img), kernel and initrd, and the tree that they are made of (tree), in which the suite
# is compiled for that release.  Kept from run to run, and made again when this file or the list of
# packages has changed.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
case $1 in
12) suite=bookworm ;;
13) suite=trixie ;;
*) echo "no such release: $1" >&2 && exit 2 ;;
esac
mkdir -p "$top/${O:-build}/vm"
out=$(cd "$top/${O:-build}/vm" && pwd)/$1

recipe=$({ cat "$0" && "$top/tests/deps" --list; } | sha256sum | cut -d ' ' -f 1)
exec 9>"$out.lock"
flock 9
[ "$(cat "$out/recipe" 2>/dev/null)" != "$recipe" ] || exit 0
rm -rf --one-file-system "$out" "$out.new"
trap 'rm -rf --one-file-system "$out.new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo "# Debian $1 as a virtual machine: a few minutes, once" >&2
[ "$1" = 12 ] && lxc_dev=lxc-dev || lxc_dev=liblxc-dev
packages="$("$top/tests/deps" --list) $lxc_dev linux-image-cloud-amd64 systemd-sysv udev dbus kmod
	apparmor make"
mkdir "$out.new"
# shellcheck disable=SC2086
mmdebstrap --quiet --variant=minbase --include="$(echo $packages | tr ' ' ',')" \
	--aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	"$suite" "$out.new/tree" >&2

cd "$out.new/tree"
cp boot/vmlinuz-* ../kernel
cp boot/initrd.img-* ../initrd
echo vm >etc/hostname
printf 'root:100000:65536\n' | tee etc/subuid >etc/subgid
# Nothing but the tests: no network of its own, no container of lxc's, no timers.
mkdir -p test
cat >etc/systemd/system/pct-test.service <<'END'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/mount /dev/vdb /test
ExecStart=/bin/bash /test/tests/vm/inside.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/dev/ttyS1
StandardError=inherit
TimeoutStartSec=infinity
[Install]
WantedBy=multi-user.target
END
systemctl --quiet --root=. enable pct-test.service
systemctl --quiet --root=. mask lxc-net.service lxc.service lxc-monitord.service \
	apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer man-db.timer \
	systemd-networkd.service dpkg-db-backup.timer systemd-binfmt.service
truncate -s 6G ../root.img
mke2fs -q -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 -d . ../root.img
echo "$recipe" >../recipe
mv -T "$out.new" "$out"
