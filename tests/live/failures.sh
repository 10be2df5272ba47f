#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each failure of a start is one clear line and exit 1, and nothing is left behind.
. "$(dirname "$0")/../lib.sh"
new_bridge

new_ct busybox >/dev/null 2>&1
config=$PCT_ETC/lxc/$ctid/config
image=$images/$ctid/vm-$ctid-rootfs.raw
cp "$config" "$work/config"

# start_fails WHAT PATTERN
start_fails() {
	refuses 1 "$1" "$2" "$pct" start "$ctid"
	same "$1: nothing is left behind" '' "$(leftovers "$ctid")"
	"$pct" stop "$ctid" >/dev/null 2>&1
}

sed -i 's/^pve.network.bridge = .*/pve.network.bridge = none0/' "$config"
start_fails 'missing bridge' 'none0'
cp "$work/config" "$config"

mv "$image" "$work/kept"
start_fails 'missing volume' "vm-$ctid-rootfs.raw"
head -c 1M /dev/urandom >"$image"
start_fails 'image without a file system' "vm-$ctid-rootfs.raw"
cp --sparse=always "$work/kept" "$image" && truncate -s 512K "$image"
start_fails 'truncated image' "vm-$ctid-rootfs.raw"
cp --sparse=always "$work/kept" "$image"
dd if=/dev/urandom of="$image" bs=1k seek=1 count=64 conv=notrunc status=none
start_fails 'overwritten image' "vm-$ctid-rootfs.raw"
mv "$work/kept" "$image"
flock -F "$image" sleep 60 & # as who has it attached
within 5 bash -c '! flock -n "$1" true' - "$image"
start_fails 'image that is in use' "vm-$ctid-rootfs.raw: is attached already"
kill $!

mkdir "$work/mnt"
# A mount that others' namespaces could copy would be there for as long as they live.
rename_in_image() {
	unshare -m sh -c 'mount -o loop "$1" "$2" && mv "$2/$3" "$2/$4" && umount "$2"' - \
		"$image" "$work/mnt" "$@"
}
rename_in_image sbin none
start_fails 'rootfs without /sbin/init' '/sbin/init'
rename_in_image none sbin

sed -i "s|^pve.network.ip = .*|pve.network.ip = 10.0.0.300/24|" "$config"
line=$(grep -n '^pve.network.ip' "$config" | cut -d : -f 1)
start_fails 'address that does not parse' "/config:$line: pve.network.ip: .*10\.0\.0\.300/24"
cp "$work/config" "$config"
refuses 2 'address that does not parse, in pct set' '10\.0\.0\.300' \
	"$pct" set "$ctid" --net0 "name=eth0,bridge=$bridge,ip=10.0.0.300/24"
same 'pct set that failed changes nothing' '' "$(diff "$work/config" "$config")"

# The kernel of a Raspberry Pi, in a mount namespace of its own.
without_memory() {
	echo 'cpuset cpu io pids' >"$work/controllers"
	unshare -m bash -c 'mount -t cgroup2 none /sys/fs/cgroup &&
		mount --bind "$1" /sys/fs/cgroup/cgroup.controllers && shift && "$@"' - \
		"$work/controllers" "$@"
}
refuses 1 'cgroup v2 without the controller of a limit' \
	'memory.max: .*no controller "memory"; boot .*, or remove the limit' \
	without_memory "$pct" start "$ctid"
same 'and nothing is left behind' '' "$(leftovers "$ctid")"

echo 'pve.lock = backup' >>"$config"
start_fails 'container locked' 'locked.*backup'
refuses 1 'container locked, destroy' 'locked.*backup' "$pct" destroy "$ctid"
cp "$work/config" "$config"

# lxc-start prints nothing of it, but the record is there.
sed -i 's/^lxc.utsname = .*/lxc.utsname = web3/' "$config"
check 'lxc-start with a stale runtime config is refused' \
	bash -c '! lxc-start -P "$1" -n "$2"' - "$PCT_LIB" "$ctid"
check 'with a record that says so' within 5 grep -rq "pct start $ctid" "$PCT_RUN/pct/$ctid"
cp "$work/config" "$config"
check 'lxc-start with the former config' lxc-start -P "$PCT_LIB" -n "$ctid"
check 'takes the record away' [ ! -e "$PCT_RUN/pct/$ctid/failure" ]
check 'stop that' "$pct" stop "$ctid"

check 'after all that it starts' "$pct" start "$ctid"
refuses 1 'a second start' 'already running' "$pct" start "$ctid"
refuses 1 'destroy of a running container' 'running' "$pct" destroy "$ctid"
check 'stop' "$pct" stop "$ctid"
refuses 1 'a second stop' 'not running' "$pct" stop "$ctid"
refuses 1 'exec in a stopped container' 'not running' "$pct" exec "$ctid" -- true
same 'nothing is left behind' '' "$(leftovers "$ctid")"
finish
