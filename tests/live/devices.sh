#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Devices of the host: at a start, after reboots, while the container runs; reading alone.
. "$(dirname "$0")/../lib.sh"
template busybox
# A block device of our own, whose contents nobody else uses.
truncate -s 1M "$work/disk"
loop=$(losetup -f --show "$work/disk") || exit 1
at_end() { losetup -d "$loop"; }
trap 'at_end; cleanup' EXIT

inside() { "$pct" exec "$ctid" -- sh -c "$1" 2>&1; }
# Of a path in the container: type, owner, mode and numbers.
node() { inside "stat -c '%F %u:%g %a %t:%T' $1"; }
# Opens the device, and makes an interface with it.
makes_tun() { inside 'tunctl -t tun7 && ip link show tun7 >/dev/null && tunctl -d tun7' >"$work/out" 2>&1; }
reads() { inside "head -c 1 $1 | wc -c"; }

for unprivileged in ${KINDS:-1 0}; do
	new_ctid
	kind="unprivileged $unprivileged"
	check "$kind: create with devices" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--unprivileged "$unprivileged" --dev0 /dev/net/tun --dev1 "$loop,deny-write=1,uid=5,gid=6,mode=0640"
	for how in start reboot lxc-start; do
		case $how in
		lxc-start)
			check "$kind: stop" "$pct" stop "$ctid"
			check "$kind: $how" lxc-start -P "$PCT_LIB" -n "$ctid"
			;;
		*) check "$kind: $how" "$pct" "$how" "$ctid" ;;
		esac
		same "$kind, $how: a character device" 'character special file 0:0 660 a:c8' "$(node /dev/net/tun)"
		same "$kind, $how: a block device" 'block special file 5:6 640' "$(node "$loop" | cut -d' ' -f1-5)"
		check "$kind, $how: root of the container makes a tun interface" makes_tun
		same "$kind, $how: it reads" 1 "$(reads "$loop")"
		refuses 1 "$kind, $how: it does not write" 'not permitted' \
			"$pct" exec "$ctid" -- sh -c "echo x >$loop"
		refuses 1 "$kind, $how: nor opens for both" 'not permitted' \
			"$pct" exec "$ctid" -- sh -c "echo x 1<>$loop"
		same "$kind, $how: the host has none of these mounts" '' "$(grep "$work/run" /proc/self/mountinfo)"
	done

	check "$kind: set of a device while it runs" "$pct" set "$ctid" --dev2 /dev/fuse,mode=0666
	grep -q 'in effect: dev2' "$work/out" || not_ok "$kind: and it says so" <"$work/out"
	same "$kind: it is there" 'character special file 0:0 666 a:e5' "$(node /dev/fuse)"
	check "$kind: it opens" "$pct" exec "$ctid" -- sh -c ': <>/dev/fuse'
	check "$kind: a change of a device" "$pct" set "$ctid" --dev2 /dev/fuse,mode=0600
	grep -q 'pending until the next start: dev2' "$work/out" || not_ok "$kind: is pending" <"$work/out"
	check "$kind: which is reverted" "$pct" set "$ctid" --revert dev2
	check "$kind: delete of it while it runs" "$pct" set "$ctid" --delete dev2
	grep -q 'in effect: dev2' "$work/out" || not_ok "$kind: and it says so" <"$work/out"
	refuses 1 "$kind: it is gone" 'No such file' "$pct" exec "$ctid" -- stat /dev/fuse
	"$pct" exec "$ctid" -- sh -c "touch /root/kept && mount -o bind $loop /root/kept"
	check "$kind: delete of a device of the start" "$pct" set "$ctid" --delete dev1
	refuses 1 "$kind: it is gone, too" 'No such file' "$pct" exec "$ctid" -- stat "$loop"
	refuses 1 "$kind: and cannot be opened by a node that was kept" 'not permitted' \
		"$pct" exec "$ctid" -- sh -c ': </root/kept'
	check "$kind: and comes again" "$pct" set "$ctid" --dev1 "$loop,deny-write=1"
	same "$kind: it reads" 1 "$(reads "$loop")"
	refuses 1 "$kind: it does not write" 'not permitted' "$pct" exec "$ctid" -- sh -c "echo x >$loop"

	# A process of the container has taken the place.
	"$pct" exec "$ctid" -- sh -c 'ln -s /root /dev/fuse'
	refuses 1 "$kind: no node replaces a link" 'dev2: /dev/fuse: is a symbolic link' "$pct" set "$ctid" --dev2 /dev/fuse
	"$pct" exec "$ctid" -- sh -c 'rm /dev/fuse; umount /dev/net/tun; rmdir /dev/net 2>/dev/null; rm -r /dev/net; ln -s /root /dev/net'
	check "$kind: what the container has taken away is no obstacle" "$pct" set "$ctid" --delete dev0
	refuses 1 "$kind: nor is a folder made through a link" 'dev0: ' "$pct" set "$ctid" --dev0 /dev/net/tun
	same "$kind: nothing is in its root folder" 'kept' "$(inside 'ls /root')"
	refuses 1 "$kind: a device that is missing" 'dev3: .*the host has no device /dev/none' \
		"$pct" set "$ctid" --dev3 /dev/none
	refuses 1 "$kind: a folder" 'dev3: .*/dev/net is a folder.*lxc.mount.entry = /dev/net dev/net' \
		"$pct" set "$ctid" --dev3 /dev/net
	check "$kind: stop" "$pct" stop "$ctid"
	same "$kind: nothing is left" '' "$(leftovers "$ctid" | grep -v "$work/disk")"

	# The host gives the device another number.
	mknod "/dev/pct-test-$ctid" c 10 200
	"$pct" set "$ctid" --dev0 "/dev/pct-test-$ctid"
	check "$kind: start with it" "$pct" start "$ctid"
	check "$kind: stop" "$pct" stop "$ctid"
	rm "/dev/pct-test-$ctid"
	refuses 1 "$kind: start without it" "dev0: the host has no device /dev/pct-test-$ctid.*attach" \
		"$pct" start "$ctid"
	"$pct" config --check "$PCT_ETC/lxc/$ctid/config" >"$work/out" 2>&1
	grep -q 'dev0.*has no device' "$work/out" || not_ok "$kind: --check says so" <"$work/out"
	"$pct" doctor >"$work/out" 2>&1
	grep -q "container $ctid: dev0: the host has no device" "$work/out" || not_ok "$kind: doctor, too" <"$work/out"
	mknod "/dev/pct-test-$ctid" c 10 229
	lxc-start -P "$PCT_LIB" -n "$ctid" >"$work/out" 2>&1 &&
		not_ok "$kind: lxc-start with rules for another number" <"$work/out"
	check "$kind: and says why" grep -q 'cause: the host has given .* another number' \
		"$PCT_RUN/pct/$ctid/failure"
	check "$kind: pct start makes new rules" "$pct" start "$ctid"
	check "$kind: and it opens" "$pct" exec "$ctid" -- sh -c ": <>/dev/pct-test-$ctid"
	check "$kind: stop" "$pct" stop "$ctid"
	if [ "$unprivileged" = 1 ]; then
		"$pct" set "$ctid" --dev0 "/dev/pct-test-$ctid,gid=70000"
		why='dev0: gid=70000: the container.s id map does not have this id'
		refuses 1 "$kind: a group without an id of the host" "$why" "$pct" start "$ctid"
		"$pct" config --check "$PCT_ETC/lxc/$ctid/config" >"$work/out" 2>&1
		grep -q "error: pve.$why" "$work/out" || not_ok "$kind: --check says so" <"$work/out"
	fi
	rm "/dev/pct-test-$ctid"
	check "$kind: destroy" "$pct" destroy "$ctid"
done
finish
