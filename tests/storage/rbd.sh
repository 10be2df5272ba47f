#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Volumes on Ceph, with a cluster on this host: all that needs no device of the kernel.  Containers on
# them need the kernel's module rbd: tests/vm/guest/rbd*.sh.
. "$(dirname "$0")/../lib.sh"
. "$top/tests/storage/ceph.sh"
missing=$(ceph_missing)
[ -z "$missing" ] || { skip 'volumes on Ceph' "$missing" && finish; }
trap 'end_fuse; ceph_end; cleanup' EXIT
fuse_pid=
end_fuse() { [ -z "$fuse_pid" ] || { kill "$fuse_pid" && wait "$fuse_pid" && fuse_pid=; } 2>/dev/null; }

json() { "$pct" storage "$@" --output-format json 2>/dev/null; }
# By an image that another client makes, as a create needs a device.
image() { rbd_do create --size "$2" "$1"; }
ids() { json content ceph | jq -r '.[] | "\(.volid) \(.format) \(.size) \(.vmid)"' | sort; }
size_of() { rbd_do info "$1" --format json | jq .size; }
images() { rbd_do ls "$@" | sort | paste -sd ' '; }

check 'a cluster' ceph_make || finish
new_ctid
check 'storage add' "$pct" storage add rbd ceph --monhost "$ceph_monitor" --keyring "$ceph_keyring" \
	--content rootdir --krbd 1
same 'the section' "$(printf 'rbd: ceph\n\tmonhost %s\n\tkeyring %s\n\tkrbd 1\n\tcontent rootdir' \
	"$ceph_monitor" "$ceph_keyring" | sort)" "$(sort "$PCT_ETC/storage.cfg")"

# ---- status ----
same 'status' 'active Ceph RBD write images' \
	"$(json status ceph | jq -r '.[] | "\(.status) \(.on) \(.can | join(" "))"')"
same 'its numbers' true "$(json status ceph | jq '.[0] | .available_bytes > 1e9 and .used_bytes < .size_bytes')"
ceph_do osd pool set-quota rbd max_bytes 104857600 >/dev/null 2>&1
same 'the quota of the pool counts' true "$(json status ceph | jq '.[0].available_bytes <= 104857600')"
ceph_do osd pool set-quota rbd max_bytes 0 >/dev/null 2>&1

# ---- list, size ----
same 'content of an empty pool' '' "$(ids)"
image "vm-$ctid-disk-0" 64M
image "base-100-disk-0" 32M
image other 8M
rbd_do snap create --no-progress base-100-disk-0@__base__ && rbd_do snap protect base-100-disk-0@__base__ &&
	rbd_do clone base-100-disk-0@__base__ "vm-$ctid-disk-1"
same 'content' "ceph:base-100-disk-0 raw 33554432 100
ceph:base-100-disk-0/vm-$ctid-disk-1 raw 33554432 $ctid
ceph:vm-$ctid-disk-0 raw 67108864 $ctid" "$(ids)"
same 'content of one container' 2 "$(json content ceph --vmid "$ctid" | jq length)"
same 'path' "/dev/rbd/rbd/vm-$ctid-disk-0" "$("$pct" storage path "ceph:vm-$ctid-disk-0")"
same 'path of a linked clone' "/dev/rbd/rbd/vm-$ctid-disk-1" \
	"$("$pct" storage path "ceph:base-100-disk-0/vm-$ctid-disk-1")"
refuses 1 'path of another name' 'ceph:other: is not a volume id' "$pct" storage path ceph:other

# ---- a name that is taken, a kernel without rbd ----
if [ ! -e /sys/bus/rbd ]; then
	refuses 1 'alloc without the module' 'the kernel cannot attach images of Ceph; modprobe rbd' \
		"$pct" storage alloc ceph "$ctid" "vm-$ctid-disk-7" 64M
	refuses 1 'alloc without the module and a name' 'the kernel cannot attach .*; modprobe rbd' \
		"$pct" storage alloc ceph "$ctid" '' 64M
	same 'neither makes an image' "base-100-disk-0 other vm-$ctid-disk-0 vm-$ctid-disk-1" "$(images)"
fi

# ---- resize of a container that never ran ----
mkdir -p "$PCT_ETC/lxc"
cat >"$PCT_ETC/lxc/$ctid.conf" <<-END
	arch: amd64
	hostname: web1
	memory: 64
	rootfs: ceph:vm-$ctid-disk-0,size=8M
	mp0: ceph:base-100-disk-0/vm-$ctid-disk-1,mp=/data,size=32M
END
check 'rescan' "$pct" rescan --vmid "$ctid"
same 'it finds the size' "rootfs: ceph:vm-$ctid-disk-0,size=64M" "$("$pct" config "$ctid" | grep ^rootfs)"
refuses 1 'resize to less' 'has 64 MiB already, and a volume cannot shrink' "$pct" resize "$ctid" rootfs 32M
refuses 1 'free of a volume that a container has' "is rootfs of container $ctid" \
	"$pct" storage free "ceph:vm-$ctid-disk-0"
if [ ! -e /sys/bus/rbd ]; then
	refuses 1 'start without the module' "ceph:vm-$ctid-disk-0: the kernel cannot attach .*; modprobe rbd" \
		"$pct" start "$ctid"
	refuses 1 'resize without the module' 'the kernel cannot attach images of Ceph; modprobe rbd' \
		"$pct" resize "$ctid" rootfs 128M
	same 'the image keeps its size' 67108864 "$(size_of "vm-$ctid-disk-0")"
fi
rm "$PCT_ETC/lxc/$ctid.conf"

# ---- watchers ----
if command -v rbd-fuse >/dev/null && [ -e /dev/fuse ]; then
	mkdir "$work/fuse"
	rbd-fuse -f -c "$ceph/conf" -p rbd "$work/fuse" >"$work/fuse.log" 2>&1 </dev/null &
	fuse_pid=$!
	within 10 test -e "$work/fuse/vm-$ctid-disk-0"
	exec 7<"$work/fuse/vm-$ctid-disk-0"
	refuses 1 'free of an image that another host has' \
		"ceph:vm-$ctid-disk-0: is attached already, by the host with the address 127.0.0.1:[0-9/]*; stop" \
		"$pct" storage free "ceph:vm-$ctid-disk-0"
	same 'it is there' 67108864 "$(size_of "vm-$ctid-disk-0")"
	exec 7<&-
	end_fuse
	umount -l "$work/fuse" 2>/dev/null
	unwatched() { rbd_do status "vm-$ctid-disk-0" | grep -q 'Watchers: none'; }
	check 'the other host detaches it' within 60 unwatched
else
	skip 'free of an image that another host has' 'there is no rbd-fuse, or no /dev/fuse'
fi

# ---- free ----
refuses 1 'free of an image with snapshots' \
	'has snapshots, __base__ and maybe others; rbd snap ls rbd/base-100-disk-0' "$pct" storage free ceph:base-100-disk-0
check 'free of a linked clone' "$pct" storage free "ceph:base-100-disk-0/vm-$ctid-disk-1"
check 'free' "$pct" storage free "ceph:vm-$ctid-disk-0"
same 'the others are there' 'base-100-disk-0 other' "$(images)"
refuses 1 'free of one that is gone' "ceph:vm-$ctid-disk-0: there is no such volume" \
	"$pct" storage free "ceph:vm-$ctid-disk-0"
same 'no record is left' '' "$(ls "$PCT_RUN/pct/rbd")"

# ---- a namespace, a keyring at its usual place, another pool ----
rbd_do namespace create rbd/space
mkdir -p "$PCT_ETC/priv/ceph" && cp "$ceph_keyring" "$PCT_ETC/priv/ceph/spaced.keyring"
check 'add of a namespace' "$pct" storage add rbd spaced --monhost "$ceph_monitor" --namespace space --content rootdir
image "rbd/space/vm-$ctid-disk-0" 8M
same 'its content' "spaced:vm-$ctid-disk-0" "$(json content spaced | jq -r '.[].volid')"
check 'free in it' "$pct" storage free "spaced:vm-$ctid-disk-0"
same 'it is empty' '' "$(images rbd/space)"
refuses 1 'a pool that is none' 'none: the cluster has no pool nopool; ceph osd lspools' \
	"$pct" storage add rbd none --monhost "$ceph_monitor" --keyring "$ceph_keyring" --pool nopool --content rootdir
ceph-authtool --create-keyring "$work/wrong" --gen-key -n client.admin >/dev/null
refuses 1 'a wrong key' 'wrong: the cluster refuses the user admin; its key belongs in .*/wrong;' \
	"$pct" storage add rbd wrong --monhost "$ceph_monitor" --keyring "$work/wrong" --content rootdir

# ---- no monitor ----
ceph_stop
silent='the cluster does not answer: its monitors are .*; see whether'
refuses 1 'status without a monitor' "ceph: $silent" timeout 20 "$pct" storage status ceph
refuses 1 'content without a monitor' "ceph: $silent" timeout 20 "$pct" storage content ceph
refuses 1 'free without a monitor' "ceph: $silent" timeout 20 "$pct" storage free ceph:base-100-disk-0
check 'the monitor starts again' ceph_start
check 'status' "$pct" storage status ceph
same 'the images are there' 'base-100-disk-0 other' "$(images)"
finish
