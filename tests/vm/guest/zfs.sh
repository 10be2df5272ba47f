#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers on ZFS: datasets with a hard limit, those of Proxmox VE as they are, and pools that are
# full, degraded, suspended or gone.  ZFS is not in Debian's kernel: "make vm-zfs".
. "$(dirname "$0")/../../lib.sh"
modprobe zfs 2>/dev/null || { skip 'containers on ZFS' 'the kernel has no ZFS' && finish; }
new_bridge
pool=pt$RANDOM
remove_pool() {
	dmsetup message $pool-slow 0 noop 2>/dev/null
	zpool destroy -f $pool 2>/dev/null
	dmsetup remove --retry $pool 2>/dev/null
}
trap 'for id in "${ctids[@]}"; do destroy "$id"; done; remove_pool; cleanup' EXIT
new_pool() { truncate -s "$1" "$work/$2" && zpool create -f $pool "$work/$2"; }
property() { zfs get -Hp -o value "$1" "$pool/data/subvol-$ctid-disk-${2:-0}"; }
df_inside() { inside df -m / | awk 'END { print $(NF - 4) }'; }
idle() { [ "$(zfs list -H -o name -t all -r $pool | wc -l)" = 2 ]; }

check 'a pool' new_pool 2G disk || finish
zfs create -o mountpoint=none $pool/data
"$pct" storage set local --content vztmpl
check 'storage add' "$pct" storage add zfspool local-zfs --pool $pool/data --content rootdir --sparse 1
same 'storage status' 'active ZFS write images folders folder-limits' "$("$pct" storage status local-zfs --output-format json |
	jq -r '.[] | "\(.status) \(.on) \(.can | join(" "))"')"

# ---- create, start, resize while it runs, destroy ----
for kind in 1 0; do
	what=$([ $kind = 1 ] && echo unprivileged || echo privileged)
	check "$what: create" new_ct busybox --rootfs local-zfs:0.25 --unprivileged $kind --mp0 local-zfs:0.125,mp=/data
	same "$what: config" "rootfs: local-zfs:subvol-$ctid-disk-0,size=256M" "$("$pct" config "$ctid" | grep ^rootfs)"
	same "$what: properties" '268435456 legacy posix local' \
		"$(property refquota) $(property mountpoint) $(property acltype) $(zfs get -Hp -o source xattr "$pool/data/subvol-$ctid-disk-0")"
	same "$what: the mount point has a dataset of its own" 134217728 "$(property refquota 1)"
	check "$what: start" "$pct" start "$ctid" || continue
	same "$what: nothing of it is mounted on the host" '' "$(grep " - zfs $pool/" /proc/self/mountinfo)"
	same "$what: its size inside" 256 "$(df_inside)"
	same "$what: its files belong to its root" '0 0' "$(inside stat -c '%u %g' /etc/passwd | sort -u)"
	same "$what: and its mount point" '0 0' "$(inside stat -c '%u %g' /data)"
	inside dd if=/dev/urandom of=/big bs=1M count=400
	same "$what: the size is a hard limit" 1 "$(($(inside stat -c %s /big) >> 20 <= 256))"
	same "$what: resize while it runs" '' "$("$pct" resize "$ctid" rootfs +256M 2>&1)"
	same "$what: inside" 512 "$(df_inside)"
	same "$what: in the config" size=512M "$("$pct" config "$ctid" | sed -n 's/^rootfs: .*,//p')"
	refuses 1 "$what: to a smaller size" 'has 512 MiB already, and a volume cannot shrink' \
		"$pct" resize "$ctid" rootfs 256M
	same "$what: df" 'rootfs 536870912 mp0 134217728' \
		"$("$pct" df "$ctid" --output-format json | jq -r '[.[] | "\(.mp) \(.size_bytes)"] | join(" ")')"
	same "$what: its volumes have their sizes" \
		"local-zfs:subvol-$ctid-disk-0 536870912 local-zfs:subvol-$ctid-disk-1 134217728" \
		"$("$pct" storage content local-zfs --vmid "$ctid" --output-format json | jq -r '[.[] | "\(.volid) \(.size)"] | join(" ")')"
	same "$what: rescan has nothing to correct" '' "$("$pct" rescan --vmid "$ctid" --dryrun 2>&1)"
	refuses 1 "$what: destroy of a running one" 'is running; stop it first' "$pct" destroy "$ctid"
	refuses 1 "$what: free of its volume" "is rootfs of container $ctid" \
		"$pct" storage free "local-zfs:subvol-$ctid-disk-0"
	config=$(find "$PCT_ETC" -path "*/lxc/$ctid/config")
	mv "$config" "$work/config"
	refuses 1 "$what: free of it with its config gone" 'is in use: it is mounted for process' \
		"$pct" storage free "local-zfs:subvol-$ctid-disk-0"
	mv "$work/config" "$config"
	check "$what: stop" "$pct" stop "$ctid"
	check "$what: it starts again" "$pct" start "$ctid"
	same "$what: with its files" 1 "$(($(inside stat -c %s /big) > 0))"
	"$pct" stop "$ctid"
	dataset=$pool/data/subvol-$ctid-disk-0 # is removed last
	zfs snapshot "$dataset@kept"
	refuses 1 "$what: destroy of one with a snapshot" \
		"has snapshots or datasets of its own: $dataset@kept; to remove it with them: zfs destroy -r $dataset" \
		"$pct" destroy "$ctid"
	same "$what: the snapshot is there" "$dataset@kept" "$(zfs list -H -o name -t snapshot "$dataset")"
	check "$what: and so are all volumes" zfs list "$dataset" "${dataset%0}1"
	zfs destroy "$dataset@kept"
	same "$what: destroy without it" '' "$("$pct" destroy "$ctid" 2>&1)"
	check "$what: nothing is left in the pool" idle
done

# ---- on block devices ----
for kind in 1 0; do
	what="block device, $([ $kind = 1 ] && echo unprivileged || echo privileged)"
	new_ctid
	for n in 0 1; do
		check "$what: alloc of $n" "$pct" storage alloc local-zfs "$ctid" "vm-$ctid-disk-$n" 128M
	done
	check "$what: create" "$pct" create "$ctid" "$template" --hostname web1 --memory 64 --rootfs local-zfs:0.125 \
		--mp0 "local-zfs:vm-$ctid-disk-1,mp=/data" --unprivileged $kind
	mkdir -p "$work/"{from,to}
	mount -t zfs "$pool/data/subvol-$ctid-disk-0" "$work/from" && mount "/dev/zvol/$pool/data/vm-$ctid-disk-0" "$work/to" &&
		cp -a "$work/from/." "$work/to/"
	umount "$work/from" "$work/to"
	zfs destroy "$pool/data/subvol-$ctid-disk-0"
	sed -i "s/subvol-$ctid-disk-0/vm-$ctid-disk-0/" "$(find "$PCT_ETC" -path "*/lxc/$ctid/config")"
	check "$what: start" "$pct" start "$ctid"
	same "$what: its files belong to its root" '0 0' "$(inside stat -c '%u %g' /etc/passwd /data | sort -u)"
	for slot in rootfs mp0; do
		same "$what: resize of $slot while it runs" '' "$("$pct" resize "$ctid" $slot 256M 2>&1)"
	done
	check "$what: the new size inside" [ "$(inside df -m /data | awk 'END { print $(NF - 4) }')" -gt 200 ]
	refuses 1 "$what: fsck while it runs" 'is running' "$pct" fsck "$ctid"
	config=$(find "$PCT_ETC" -path "*/lxc/$ctid/config")
	mv "$config" "$work/config"
	refuses 1 "$what: free of it with its config gone" 'is attached already' \
		"$pct" storage free "local-zfs:vm-$ctid-disk-1"
	mv "$work/config" "$config"
	"$pct" stop "$ctid"
	check "$what: fsck" "$pct" fsck "$ctid"
	same "$what: destroy" '' "$("$pct" destroy "$ctid" 2>&1)"
	check "$what: nothing is left in the pool" idle
done

# ---- a folder without a size, a name that is taken ----
new_ctid
check 'alloc of a folder without a size' "$pct" storage alloc local-zfs "$ctid" "subvol-$ctid-a" 0
same 'it has no limit' 0 "$(zfs get -Hp -o value refquota "$pool/data/subvol-$ctid-a")"
refuses 1 'alloc of it again' 'a volume with this name exists already' \
	"$pct" storage alloc local-zfs "$ctid" "subvol-$ctid-a" 0
check 'free' "$pct" storage free "local-zfs:subvol-$ctid-a"
refuses 1 'free of a missing one' 'there is no such volume' "$pct" storage free "local-zfs:subvol-$ctid-a"

# ---- as Proxmox VE makes it: mounted on the host, and with the host's ids ----
check 'a container to copy' new_ct busybox --rootfs local-zfs:0.25 --unprivileged 0
mount -t zfs "$pool/data/subvol-$ctid-disk-0" "$work/from"
from=$ctid
new_ctid
zfs create -o acltype=posixacl -o xattr=sa -o refquota=1G -o mountpoint="/$pool/data/subvol-$ctid-disk-0" \
	"$pool/data/subvol-$ctid-disk-0"
cp -a "$work/from/." "/$pool/data/subvol-$ctid-disk-0/" && umount "$work/from"
mkdir -p "$PCT_ETC/lxc"
proxmox() { # UNPRIVILEGED
	cat >"$PCT_ETC/lxc/$ctid.conf" <<-END
		arch: amd64
		hostname: web1
		memory: 256
		rootfs: local-zfs:subvol-$ctid-disk-0,size=1G
		unprivileged: $1
		lxc.include: $(grep -h '^lxc.include' -r "$PCT_ETC" | sed 's/.*= *//; s/.*: *//' | head -n 1)
	END
}
proxmox 1
refuses 1 'an unprivileged one whose files are visible on the host with its own ids' \
	"is mounted on /$pool/data/subvol-$ctid-disk-0: .*; run \"zfs set mountpoint=legacy" "$pct" start "$ctid"
python3 - "/$pool/data/subvol-$ctid-disk-0" 100000 <<'END'
import os, stat, sys
top, count = sys.argv[1], int(sys.argv[2])
for folder, folders, files in os.walk(top, topdown=False):
    for path in [os.path.join(folder, name) for name in folders + files] + [folder] * (folder == top):
        st = os.lstat(path)
        os.lchown(path, st.st_uid + count, st.st_gid + count)
END
check 'a container of Proxmox VE: start' "$pct" start "$ctid"
same 'its files belong to its root' '0 0' "$(inside stat -c '%u %g' /etc/passwd)"
same 'its size' 1024 "$(df_inside)"
check 'resize' "$pct" resize "$ctid" rootfs 1.5G
same 'the new size' 1536 "$(df_inside)"
check 'the host still sees its files' test -e "/$pool/data/subvol-$ctid-disk-0/etc/passwd"
"$pct" stop "$ctid"
zfs rename "$pool/data/subvol-$ctid-disk-0" "$pool/data/basevol-$from-disk-9"
zfs snapshot "$pool/data/basevol-$from-disk-9@__base__"
zfs clone -o mountpoint=legacy "$pool/data/basevol-$from-disk-9@__base__" "$pool/data/subvol-$ctid-disk-0"
linked=local-zfs:basevol-$from-disk-9/subvol-$ctid-disk-0
sed -i "s|^rootfs: [^,]*|rootfs: $linked|" "$PCT_ETC/lxc/$ctid.conf"
same 'a linked clone is listed with its template' "$linked" \
	"$("$pct" storage content local-zfs --vmid "$ctid" --output-format json | jq -r '.[].volid')"
check 'it starts' "$pct" start "$ctid"
"$pct" stop "$ctid"
check 'it is destroyed, and its template is not' "$pct" destroy "$ctid"
refuses 1 'free of the template' 'has snapshots or datasets of its own: .*@__base__; ' \
	"$pct" storage free "local-zfs:basevol-$from-disk-9"
zfs destroy -r "$pool/data/basevol-$from-disk-9"
"$pct" destroy "$from"

# ---- a full pool ----
check 'a container' new_ct busybox --rootfs local-zfs:0.25 --unprivileged 1
last=$ctid
zfs create -o mountpoint="$work/fill" $pool/fill
dd if=/dev/urandom of="$work/fill/a" bs=1M 2>/dev/null
new_ctid
refuses 1 'create in a full pool' "local-zfs: no space left in $pool/data; remove volumes or snapshots" \
	"$pct" create "$ctid" "$template" --rootfs local-zfs:0.25
same 'nothing was made' '' "$(zfs list -H -o name -r $pool/data | grep "$ctid"; files_of "$ctid")"
check 'doctor' eval '"$pct" doctor | grep -q "^warning: local-zfs: the storage is .* % full: writes of its containers"'
zfs destroy $pool/fill
new_ctid
refuses 1 'a template that does not fit' "does not fit into the volume; make it larger: --rootfs" \
	"$pct" create "$ctid" "$template" --rootfs local-zfs:0.0005
same 'nothing was left of it' '' "$(zfs list -H -o name -r $pool/data | grep "$ctid"; files_of "$ctid")"

# ---- a pool that is gone ----
ctid=$last
check 'export' zpool export $pool
gone="the pool $pool is not imported; zpool import $pool"
refuses 1 'start' "local-zfs: $gone" "$pct" start "$ctid"
refuses 1 'status' "local-zfs: $gone" "$pct" storage status local-zfs
refuses 1 'content' "local-zfs: $gone" "$pct" storage content local-zfs
refuses 1 'destroy' "cannot remove the volume .*: ${gone%;*}; to remove the container and leave this volume: " \
	"$pct" destroy "$ctid"
refuses 1 'create' "local-zfs: $gone" "$pct" create 999999998 "$template" --storage local-zfs
check 'doctor' eval '"$pct" doctor | grep -q "^error: .*local-zfs: $gone"'
check 'import' zpool import -d "$work" $pool
check 'and it starts' "$pct" start "$ctid"

# ---- degraded ----
truncate -s 2G "$work/second" && zpool attach $pool "$work/disk" "$work/second"
zpool offline $pool "$work/second"
check 'doctor of a degraded pool' eval \
	'"$pct" doctor | grep -q "^warning: local-zfs: the pool $pool is DEGRADED; zpool status $pool"'
same 'status tells' "pct: warning: local-zfs: the pool $pool is DEGRADED; zpool status $pool" \
	"$("$pct" storage status local-zfs 2>&1 >/dev/null)"
same 'its containers run on' yes "$(inside echo yes)"
"$pct" stop "$ctid"
check 'destroy' "$pct" destroy "$ctid"
zpool destroy $pool

# ---- suspended, since its only disk fails ----
loop=$(losetup -f --show "$work/second")
blocks=$(blockdev --getsz "$loop")
echo "0 $blocks linear $loop 0" | dmsetup create $pool
wipefs -qa /dev/mapper/$pool && zpool create -f $pool /dev/mapper/$pool && zfs create -o mountpoint=none $pool/data
check 'a container on one disk' new_ct busybox --rootfs local-zfs:0.25
echo "0 $blocks error" | dmsetup load $pool && dmsetup resume $pool
(cd /$pool && timeout 5 dd if=/dev/zero of=x bs=1M count=8 conv=fsync 2>/dev/null) &
suspended() { grep -q SUSPENDED /proc/spl/kstat/zfs/$pool/state; }
check 'the pool is suspended' within 60 suspended
halted="local-zfs: the pool $pool is suspended: its disks do not answer; see zpool status $pool; .* zpool clear $pool"
refuses 1 'start, at once' "$halted" timeout 20 "$pct" start "$ctid"
refuses 1 'status, at once' "$halted" timeout 20 "$pct" storage status local-zfs
refuses 1 'destroy, at once' "cannot remove the volume .*: ${halted%%; *}; to remove the container and leave" \
	timeout 20 "$pct" destroy "$ctid"
echo "0 $blocks linear $loop 0" | dmsetup load $pool && dmsetup resume $pool
zpool clear $pool
wait
check 'start when the disk works' "$pct" start "$ctid"
"$pct" stop "$ctid"
check 'destroy' "$pct" destroy "$ctid"
remove_pool
losetup -d "$loop"
finish
