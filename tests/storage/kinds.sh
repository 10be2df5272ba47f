# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154 # work and fs are the caller's
# The kinds of storages that conformance.sh knows.  For each: make_KIND makes the storage $kind, of a
# gigabyte or less, in a folder $fs or on a device of its own, and end_KIND ends that; gone_KIND takes it
# away under pct, and back_KIND brings it back; what_KIND is a regular expression that the error then matches.
# can_KIND are the words of "pct storage status", hard_KIND is "yes" where each volume has its space from the
# start.

# file_system TYPE: mounted on $fs, from a sparse file.
file_system() {
	truncate -s 1G "$work/$kind.img" && "mkfs.$1" -q "$work/$kind.img" && mkdir -p "$fs" &&
		mount -o loop "$work/$kind.img" "$fs"
}
make_dir() { "$pct" storage add dir "$kind" --path "$fs/data" --content rootdir --is_mountpoint "$fs"; }
gone_dir() { umount -l "$fs"; }
back_dir() { mount -o loop "$work/$kind.img" "$fs"; }

make_dir_ext4() { file_system ext4 && make_dir; }
make_dir_xfs() { file_system xfs && make_dir; }
make_dir_btrfs() { file_system btrfs && make_dir; }
end_dir_ext4() { umount "$fs"; }
end_dir_xfs() { umount "$fs"; }
end_dir_btrfs() { umount "$fs"; }
for type in ext4 xfs btrfs; do
	eval "gone_dir_$type() { gone_dir; }; back_dir_$type() { back_dir; }"
	eval "what_dir_$type='the storage is offline: nothing is mounted'"
done
can_dir_ext4='write images folders'
can_dir_xfs='write images folders reflink'
can_dir_btrfs='write images folders reflink'

# group: the volume group $group on a loop device.
group() {
	group=pct$$
	truncate -s 1100M "$work/$kind.img" && lvm_loop=$(losetup --find --show "$work/$kind.img") &&
		pvcreate -q "$lvm_loop" >/dev/null && vgcreate -q "$group" "$lvm_loop" >/dev/null
}
end_group() { vgremove -q -f "$group" >/dev/null && pvremove -q "$lvm_loop" >/dev/null && losetup -d "$lvm_loop"; }
gone_group() { vgchange -q -an "$group" >/dev/null && losetup -d "$lvm_loop"; }
back_group() { lvm_loop=$(losetup --find --show "$work/$kind.img") && vgchange -q -ay "$group" >/dev/null; }
make_lvm() { group && "$pct" storage add lvm lvm --vgname "$group" --content rootdir; }
end_lvm() { end_group; }
gone_lvm() { gone_group; }
back_lvm() { back_group; }
what_lvm='vgs shows the groups'
can_lvm='write images'
hard_lvm=yes
make_lvmthin() {
	group && lvcreate -q -y --type thin-pool -L 900M -n data "$group" >/dev/null &&
		"$pct" storage add lvmthin lvmthin --vgname "$group" --thinpool data --content rootdir
}
end_lvmthin() { end_group; }
gone_lvmthin() { gone_group; }
back_lvmthin() { back_group; }
what_lvmthin='is the disk of'
can_lvmthin='write images'
