# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154 # work is the caller's
# The kinds of storages that conformance.sh knows.  make_KIND NAME MIB adds the storage NAME with about so
# much room, in the folder $work/NAME or on a device of its own, and end_KIND NAME ends that.
# fill_KIND NAME leaves no room, and empty_KIND NAME gives it back.  gone_KIND NAME takes its place away under
# pct, and back_KIND NAME brings it back (where a kind has these); what_KIND is a regular expression
# that the error then matches.  can_KIND are the words of "pct storage status".

# file_system NAME MIB COMMAND...: one that the command makes, mounted on $work/NAME.
file_system() {
	local name=$1 mib=$2
	shift 2
	truncate -s "${mib}M" "$work/$name.img" && "$@" "$work/$name.img" >/dev/null 2>&1 &&
		mkdir "$work/$name" && mount -o loop "$work/$name.img" "$work/$name"
}
end_file_system() {
	if mountpoint -q "$work/$1"; then umount "$work/$1"; fi
	rm -rf --one-file-system "${work:?}/$1" "$work/$1.img"
}
fill_file_system() { ! cat /dev/zero >"$work/$1/fill" 2>/dev/null; }
empty_file_system() { rm "$work/$1/fill"; }
gone_file_system() { umount -l "$work/$1"; }
back_file_system() { mount -o loop "$work/$1.img" "$work/$1"; }
for kind in dir dir_ext4 dir_xfs dir_btrfs btrfs btrfs_images; do
	eval "end_$kind() { end_file_system \"\$@\"; }"
	eval "fill_$kind() { fill_file_system \"\$@\"; }"
	eval "empty_$kind() { empty_file_system \"\$@\"; }"
	eval "what_$kind='the storage is offline: nothing is mounted'"
	[ $kind = dir ] || eval "gone_$kind() { gone_file_system \"\$@\"; }; back_$kind() { back_file_system \"\$@\"; }"
done

# on_mount TYPE NAME
on_mount() {
	"$pct" storage add "$1" "$2" --path "$work/$2/storage" --content rootdir --is_mountpoint "$work/$2"
}
# On the file system of the test; small ones are in memory.
make_dir() {
	mkdir "$work/$1" && { [ "$2" -gt 400 ] || mount -t tmpfs -o "size=$2M" tmpfs "$work/$1"; } &&
		"$pct" storage add dir "$1" --path "$work/$1" --content rootdir
}
make_dir_ext4() { file_system "$@" mke2fs -q -F -t ext4 && on_mount dir "$1"; }
make_dir_xfs() { file_system "$@" mkfs.xfs -q && on_mount dir "$1"; }
make_dir_btrfs() { file_system "$@" mkfs.btrfs -q && on_mount dir "$1"; }
make_btrfs_images() { file_system "$@" mkfs.btrfs -q && on_mount btrfs "$1"; }
make_btrfs() { file_system "$@" mkfs.btrfs -q && simple_quotas "$work/$1" && on_mount btrfs "$1"; }
can_dir_ext4='write images folders'
can_dir_xfs='write images folders reflink'
can_dir_btrfs='write images folders reflink'
can_btrfs_images='write images folders reflink'
can_btrfs='write images folders folder-limits reflink'

# group NAME MIB: the volume group $group on a loop device.
group() {
	group=pct$$
	truncate -s "$2M" "$work/$1.img" && lvm_loop=$(losetup --find --show "$work/$1.img") &&
		pvcreate -q "$lvm_loop" >/dev/null && vgcreate -q "$group" "$lvm_loop" >/dev/null
}
end_group() { vgremove -q -f "$group" >/dev/null && pvremove -q "$lvm_loop" >/dev/null && losetup -d "$lvm_loop" && rm "$work/$1.img"; }
gone_group() { vgchange -q -an "$group" >/dev/null && losetup -d "$lvm_loop"; }
back_group() { lvm_loop=$(losetup --find --show "$work/$1.img") && vgchange -q -ay "$group" >/dev/null; }
for kind in lvm lvmthin; do
	eval "end_$kind() { end_group \"\$@\"; }; gone_$kind() { gone_group \"\$@\"; }; back_$kind() { back_group \"\$@\"; }"
	eval "empty_$kind() { lvremove -q -y \"\$group/fill\" >/dev/null; }"
done
make_lvm() { group "$@" && "$pct" storage add lvm "$1" --vgname "$group" --content rootdir; }
fill_lvm() { lvcreate -q -y -l 100%FREE -n fill "$group" >/dev/null; }
what_lvm='vgs shows the groups'
can_lvm='write images'
make_lvmthin() {
	group "$@" && lvcreate -q -y --type thin-pool -l 80%FREE -n data "$group" >/dev/null &&
		"$pct" storage add lvmthin "$1" --vgname "$group" --thinpool data --content rootdir
}
# A pool that is full makes its writers wait for a minute.
fill_lvmthin() {
	lvcreate -q -y -V 240M --thinpool data -n fill "$group" >/dev/null &&
		dd if=/dev/urandom of="/dev/$group/fill" bs=1M count=235 oflag=direct status=none
}
what_lvmthin='is the disk of'
can_lvmthin='write images'

# A cluster on this host; kernels that have the module rbd.  A quota is the room.
# shellcheck source=tests/storage/ceph.sh
. "$top/tests/storage/ceph.sh"
make_rbd() {
	trap 'ceph_stop; cleanup' EXIT
	modprobe rbd && ceph_make && ceph_do osd pool set-quota rbd max_bytes $(($2 << 20)) &&
		"$pct" storage add rbd "$1" --monhost "$ceph_monitor" --keyring "$ceph_keyring" --content rootdir
}
end_rbd() { ceph_end; }
fill_rbd() { ceph_do osd pool set-quota rbd max_bytes 1048576 >/dev/null 2>&1; }
empty_rbd() { ceph_do osd pool set-quota rbd max_bytes 335544320 >/dev/null 2>&1; }
gone_rbd() { ceph_stop; }
back_rbd() { ceph_start; }
what_rbd='the cluster does not answer|the monitors .* do not answer'
can_rbd='write images'
