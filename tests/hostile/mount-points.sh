#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Mount points that container root chose: links, FIFOs, files, folders that it swaps, file systems
# that never answer.  A volume is mounted in the container, or not at all.
. "$(dirname "$0")/../lib.sh"
template busybox
share="$work/share" outside="$work/outside"
mkdir -p "$share" "$outside/dir"
chmod 0755 "$work" "$share" "$outside"
config() { printf '%s\n' "$PCT_ETC/lxc/$ctid/config"; }
mounts() { cut -d' ' -f5 /proc/self/mountinfo | sort; }

for unprivileged in 1 0; do
	new_ctid
	kind="unprivileged $unprivileged"
	check "$kind: create" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--unprivileged "$unprivileged" --rootfs local:0 --mp0 local:0.05,mp=/data
	before=$(mounts)
	root="$PCT_VZ/images/$ctid/subvol-$ctid-rootfs.subvol"
	rmdir "$root/data"
	# is_refused WHAT CAUSE COMMAND...: the command makes such a mount point in the stopped container.
	is_refused() {
		"${@:3}"
		refuses 1 "$kind: $1" "mp0: $2" timeout 60 "$pct" start "$ctid"
		same "$kind: $1: no mount is left" "$before" "$(mounts)"
		same "$kind: $1: no loop device is left" '' "$(losetup -a | grep "$PCT_VZ/images/$ctid/")"
		same "$kind: $1: nothing was made outside" dir "$(ls "$outside")"
		rm -f "$root/data" "$root/up"
	}
	is_refused 'a link' '/data: is, or leads through, a symbolic link' ln -s "$outside/dir" "$root/data"
	is_refused 'a link that leads up' '/data: is, or leads through, a symbolic link' \
		ln -s "../../../../../..$outside/dir" "$root/data"
	is_refused 'a FIFO' '/data: is not a folder' mkfifo "$root/data"
	is_refused 'a device' '/data: is not a folder' mknod "$root/data" b 7 0
	is_refused 'a file' '/data: is not a folder' touch "$root/data"
	sed -i 's|mp=/data|mp=/up/dir|' "$(config)"
	is_refused 'a link on the way' '/up/dir: is, or leads through, a symbolic link' ln -s "$outside" "$root/up"
	check "$kind: a missing one is made" "$pct" start "$ctid"
	same "$kind: by root of the container" '0:0' "$("$pct" exec "$ctid" -- stat -c %u:%g /up)"

	# While it runs, processes inside swap what leads there.
	"$pct" exec "$ctid" -- sh -c 'mkdir -p /a/b /c; ln -s / /l
		while :; do mv -T /a/b /a/x; ln -s /c /a/b; rm /a/b; mkdir /a/b; rmdir /a/x; done' \
		>/dev/null 2>&1 &
	swapper=$!
	for turn in 1 2 3 4 5 6; do
		timeout 60 "$pct" set "$ctid" --mp1 "$share,mp=/a/b/deep" >"$work/set" 2>&1
		timeout 60 "$pct" set "$ctid" --delete mp1 >>"$work/set" 2>&1
	done
	same "$kind: a swapped one: nothing reaches the host" "$before" "$(mounts)"
	kill $swapper
	"$pct" exec "$ctid" -- sh -c 'killall sh' 2>/dev/null
	refuses 1 "$kind: a link in the running container" 'mp2: .*symbolic link' \
		timeout 60 "$pct" set "$ctid" --mp2 "$share,mp=/l/etc"
	"$pct" exec "$ctid" -- mount -t tmpfs x /c
	refuses 1 "$kind: on a file system of the container" 'mp2: .*another mount' \
		timeout 60 "$pct" set "$ctid" --mp2 "$share,mp=/c/d"
	refuses 1 "$kind: a new volume there" 'mp2: .*another mount' \
		timeout 60 "$pct" set "$ctid" --mp2 local:0.05,mp=/c/d
	same "$kind: is not left" '' "$(find "$PCT_VZ/images/$ctid" -name '*disk-1*')"

	# The mount point of a volume is covered: setup must not take the cover for it.
	"$pct" exec "$ctid" -- sh -c 'mkdir -p /up/dir; mount -t tmpfs x /up/dir'
	check "$kind: set of a covered volume's container" timeout 60 "$pct" set "$ctid" --hostname covered
	check "$kind: stop" "$pct" stop "$ctid"
	check "$kind: destroy" "$pct" destroy "$ctid"
	same "$kind: outside is as it was" dir "$(ls "$outside")"
done
finish
