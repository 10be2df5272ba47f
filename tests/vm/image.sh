#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image.sh RELEASE: a Debian machine for tests/vm/run.sh in $O/vm/RELEASE: its root file system as an
# image (root.img), kernel and initrd, and the tree that they are made of (tree), in which the suite
# is compiled for that release.  Kept from run to run; the tree is made again when this file has
# changed, the image, when tests/deps has installed something in the tree.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
case $1 in
12) suite=bookworm ;;
13) suite=trixie ;;
*) echo "no such release: $1" >&2 && exit 2 ;;
esac
mkdir -p "$top/${O:-build}/vm"
out=$(cd "$top/${O:-build}/vm" && pwd)/$1
tree=$out/tree
exec 9>"$out.lock"
flock 9
trap 'rm -rf --one-file-system "$out.new" "$out/root.new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

make_tree() {
	local new=$out.new/tree
	echo "# Debian $1 as a virtual machine: a few minutes, once" >&2
	rm -rf --one-file-system "$out" "$out.new"
	mkdir -p "$out.new/build"
	unshare -m mmdebstrap --quiet --variant=minbase --aptopt='APT::Install-Recommends "false"' \
		--include=linux-image-cloud-amd64,systemd-sysv,udev,dbus,kmod,apparmor,make \
		--aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$new" >&2
	cp "$new"/boot/vmlinuz-* "$out.new/kernel"
	cp "$new"/boot/initrd.img-* "$out.new/initrd"
	echo vm >"$new/etc/hostname"
	md5sum <"$0" | head -c 32 >"$new/etc/machine-id" # else it is a first boot, every time
	mkdir -p "$new/test"
	# Nothing but the tests: no network of its own, no container of lxc's, no timers.
	cat >"$new/etc/systemd/system/pct-test.service" <<-'END'
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
	systemctl --quiet --root="$new" enable pct-test.service
	systemctl --quiet --root="$new" mask lxc-net.service lxc.service lxc-monitord.service \
		apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer man-db.timer \
		systemd-networkd.service dpkg-db-backup.timer systemd-binfmt.service
	echo "$recipe" >"$out.new/recipe"
	mv -T "$out.new" "$out"
}

recipe=$(sha256sum <"$0")
[ "$(cat "$out/recipe" 2>/dev/null)" = "$recipe" ] || make_tree "$1"
# shellcheck disable=SC2016
unshare --mount bash -c 'mount --bind "$1" "$2/test" && mount -t proc proc "$2/proc" &&
	cat /etc/resolv.conf >"$2/etc/resolv.conf" && exec chroot "$2" /test/tests/deps' \
	- "$top" "$tree" >"$out/deps.log" 2>&1 || { cat "$out/deps.log" >&2 && exit 1; }
if [ "$tree/var/lib/dpkg/status" -nt "$out/root.img" ]; then
	truncate -s 6G "$out/root.new"
	mke2fs -q -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 -d "$tree" "$out/root.new"
	mv "$out/root.new" "$out/root.img"
fi
