#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# image.sh RELEASE: Debian machines for tests/vm/run.sh in $O/vm/RELEASE: the root file system of one
# that is fresh (fresh.img, and its dpkg status) and of one with what the tests need (root.img), kernel
# and initrd, and the tree that they are made of (tree), in which the suite is compiled for that
# release.  Kept from run to run; all is made again when this file has changed, root.img, when
# tests/deps has installed something in the tree.  RELEASE-zfs, "12-zfs": also with ZFS, which is
# compiled for its kernel: half an hour, once.  RELEASE-ceph: also with Ceph, 500 MiB.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
more='' components=main
case ${1%-*} in
12) suite=bookworm ;;
13) suite=trixie ;;
sid) suite=sid ;;
*) echo "no such release: $1" >&2 && exit 2 ;;
esac
case $1 in
*-zfs) more=,linux-headers-cloud-amd64,zfs-dkms,zfsutils-linux components=main,contrib ;;
*-ceph) more=,ceph-mon,ceph-mgr,ceph-osd,ceph-common,rbd-fuse ;;
esac
mkdir -p "$top/${O:-build}/vm"
out=$(cd "$top/${O:-build}/vm" && pwd)/$1
tree=$out/tree
exec 9>"$out.lock"
flock 9
trap 'rm -rf --one-file-system "$out.new" "$out/root.img.new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

image() {
	truncate -s 6G "$2.new"
	mke2fs -q -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 -d "$1" "$2.new"
	mv "$2.new" "$2"
}

make_tree() {
	local new=$out.new/tree
	echo "# Debian $1 as a virtual machine: a few minutes, once" >&2
	rm -rf --one-file-system "$out" "$out.new"
	mkdir -p "$out.new/build"
	unshare -m mmdebstrap --quiet --variant=minbase --aptopt='APT::Install-Recommends "false"' \
		--include=linux-image-cloud-amd64,systemd-sysv,udev,dbus,kmod,apparmor,make \
		--include=iproute2,iputils-ping,lvm2$more --components=$components \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$new" >&2
	cp "$new"/boot/vmlinuz-* "$out.new/kernel"
	cp "$new"/boot/initrd.img-* "$out.new/initrd"
	echo vm >"$new/etc/hostname"
	md5sum <"$0" | head -c 32 >"$new/etc/machine-id" # else it is a first boot, every time
	mkdir -p "$new/test"
	cat >"$new/etc/systemd/system/pct-test.service" <<-'END'
		[Unit]
		After=multi-user.target
		[Service]
		Type=oneshot
		ExecStart=/bin/mount /dev/vdb /test
		ExecStart=/bin/sh -c 'exec bash /test/tests/vm/"$(cat /test/main)"'
		ExecStopPost=/bin/sh -c 'systemctl --no-block "$(cat /run/then 2>/dev/null || echo poweroff)"'
		StandardOutput=file:/dev/ttyS1
		StandardError=inherit
		TimeoutStartSec=infinity
		[Install]
		WantedBy=multi-user.target
	END
	systemctl --quiet --root="$new" enable pct-test.service
	systemctl --quiet --root="$new" mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
		fstrim.timer man-db.timer dpkg-db-backup.timer systemd-binfmt.service
	rm "$new/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
	# All that is not Debian's default: a mirror may be behind.
	echo 'Acquire::Check-Valid-Until "false";' >"$new/etc/apt/apt.conf.d/99mmdebstrap"
	cp "$new/var/lib/dpkg/status" "$out.new/"
	image "$new" "$out.new/fresh.img"
	# Nothing but the tests: no network of its own, no container of lxc's.
	systemctl --quiet --root="$new" mask lxc-net.service lxc.service lxc-monitord.service \
		systemd-networkd.service
	echo "$recipe" >"$out.new/recipe"
	mv -T "$out.new" "$out"
}

recipe=$(sha256sum <"$0")
[ "$(cat "$out/recipe" 2>/dev/null)" = "$recipe" ] || make_tree "$1"
# shellcheck disable=SC2016
unshare --mount bash -c 'mount --bind "$1" "$2/test" && mount -t proc proc "$2/proc" &&
	cat /etc/resolv.conf >"$2/etc/resolv.conf" && exec chroot "$2" /test/tests/deps guest' \
	- "$top" "$tree" >"$out/deps.log" 2>&1 || { cat "$out/deps.log" >&2 && exit 1; }
[ ! "$tree/var/lib/dpkg/status" -nt "$out/root.img" ] || image "$tree" "$out/root.img"
