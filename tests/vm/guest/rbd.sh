#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers on Ceph, with a cluster in the machine: "make vm-ceph".
. "$(dirname "$0")/../../lib.sh"
. "$top/tests/storage/ceph.sh"
missing=$(ceph_missing)
[ -z "$missing" ] || { skip 'containers on Ceph' "$missing" && finish; }
modprobe rbd 2>/dev/null || { skip 'containers on Ceph' 'the kernel has no module rbd' && finish; }
new_bridge
trap 'for id in "${ctids[@]}"; do destroy "$id"; done; ceph_end; cleanup' EXIT
images() { rbd_do ls | grep -- "-$ctid-" | sort | paste -sd ' '; }
mapped() { cat /sys/bus/rbd/devices/*/name 2>/dev/null | sort | paste -sd ' '; }
nothing_mapped() { [ -z "$(mapped)" ]; }
idle() { same "$1: nothing is mapped" '' "$(mapped; ls "$PCT_RUN/pct/rbd")"; }

check 'a cluster' ceph_make || finish
"$pct" storage set local --content vztmpl
check 'storage add' "$pct" storage add rbd ceph --monhost "$ceph_monitor" --keyring "$ceph_keyring" --content rootdir

# ---- create, start, resize while it runs, destroy ----
for kind in 1 0; do
	what=$([ $kind = 1 ] && echo unprivileged || echo privileged)
	check "$what: create" new_ct busybox --rootfs ceph:0.25 --unprivileged $kind --mp0 ceph:0.125,mp=/data
	idle "$what: create"
	same "$what: config" "rootfs: ceph:vm-$ctid-disk-0,size=256M" "$("$pct" config "$ctid" | grep ^rootfs)"
	same "$what: images" "vm-$ctid-disk-0 vm-$ctid-disk-1" "$(images)"
	check "$what: start" "$pct" start "$ctid" || continue
	same "$what: both are mapped" "vm-$ctid-disk-0 vm-$ctid-disk-1" "$(mapped)"
	same "$what: no secret is readable by users" '' "$(setpriv --reuid 65534 --clear-groups cat /sys/bus/rbd/devices/*/config_info 2>/dev/null)"
	same "$what: its files belong to its root" '0 0' "$(inside stat -c '%u %g' /etc/passwd /data | sort -u)"
	for slot in rootfs mp0; do
		same "$what: resize of $slot while it runs" '' "$("$pct" resize "$ctid" $slot 512M 2>&1)"
	done
	check "$what: the new size inside" [ "$(inside df -m /data | awk 'END { print $(NF - 4) }')" -gt 400 ]
	refuses 1 "$what: fsck while it runs" 'is running' "$pct" fsck "$ctid"
	config=$(find "$PCT_ETC" -path "*/lxc/$ctid/config")
	mv "$config" "$work/config"
	refuses 1 "$what: free of it with its config gone" 'is attached already, as /dev/rbd' \
		"$pct" storage free "ceph:vm-$ctid-disk-1"
	mv "$work/config" "$config"
	check "$what: stop" "$pct" stop "$ctid"
	check "$what: post-stop unmaps" within 20 nothing_mapped
	check "$what: fsck" "$pct" fsck "$ctid"
	idle "$what: fsck"
	check "$what: it starts again" "$pct" start "$ctid"
	inside poweroff
	check "$what: and unmaps when it ends itself" within 60 nothing_mapped
	# ---- another host: a second client of this machine ----
	other=$(rbd_do map "vm-$ctid-disk-0" -o noshare)
	check "$what: an image that the administrator has mapped" "$pct" start "$ctid"
	"$pct" stop "$ctid"
	same "$what: stays mapped" "vm-$ctid-disk-0" "$(mapped)"
	rbd_do unmap "$other"
	if command -v rbd-fuse >/dev/null; then
		mkdir -p "$work/fuse"
		rbd-fuse -f -c "$ceph/conf" -p rbd "$work/fuse" >/dev/null 2>&1 </dev/null &
		fuse_pid=$!
		within 20 test -e "$work/fuse/vm-$ctid-disk-0" && exec 7<"$work/fuse/vm-$ctid-disk-0"
		refuses 1 "$what: start of one that another host has" 'is attached already, by the host with the address' \
			"$pct" start "$ctid"
		idle "$what: a start that was refused"
		exec 7<&-
		kill $fuse_pid && wait $fuse_pid
	fi
	same "$what: destroy" '' "$("$pct" destroy "$ctid" 2>&1)"
	same "$what: no image is left" '' "$(images)"
	idle "$what: destroy"
done

# ---- no monitor ----
check 'a container' new_ct busybox --rootfs ceph:0.25
ceph_stop
refuses 1 'start without a monitor' 'the monitors .* do not answer' timeout 120 "$pct" start "$ctid"
check 'the cluster is back' ceph_start
check 'and it starts' "$pct" start "$ctid"
"$pct" stop "$ctid"
check 'destroy' "$pct" destroy "$ctid"
finish
