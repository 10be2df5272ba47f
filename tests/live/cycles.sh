#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# cycles.sh [--full]: ten starts and stops with six mount points and three devices leave
# nothing; with --full, 200.
. "$(dirname "$0")/../lib.sh"
new_bridge
cycles=10
[ "${1:-}" != --full ] || cycles=200
mkdir "$work/share" "$work/other" "$work/fixed"
# Of this test's own: others may attach and mount things on the machine meanwhile.
state() {
	find "$PCT_ETC" "$PCT_LIB" "$PCT_RUN" "$PCT_VZ" "$work/share" "$work/other" "$work/fixed" | sort
	losetup -n -O BACK-FILE | grep -F "$PCT_VZ"
	ip -o link show master "$bridge"
	grep -F "$work/" /proc/self/mountinfo
}

for unprivileged in 1 0; do
	kind="unprivileged $unprivileged"
	check "$kind: create" new_ct busybox --unprivileged $unprivileged \
		--mp0 local:0.05,mp=/a --mp1 local:0.05,mp=/a/b --mp2 local:0,mp=/c \
		--mp3 "$work/share,mp=/c/d" --mp4 "$work/other,mp=/e" --mp5 "$work/fixed,mp=/f,ro=1" \
		--dev0 /dev/null --dev1 /dev/zero,mode=0660 --dev2 /dev/loop-control
	mkdir -p "$images/$ctid/subvol-$ctid-disk-0.subvol/d"
	"$pct" start "$ctid" && "$pct" stop "$ctid"
	state >"$work/before"
	for n in $(seq $cycles); do
		"$pct" start "$ctid" || echo "start $n failed"
		[ "$(grep -c ' /a \| /a/b \| /c \| /c/d \| /e \| /f ' "/proc/$(init_pid "$ctid")/mounts")" = 6 ] ||
			echo "start $n: not all are mounted"
		"$pct" stop "$ctid" || echo "stop $n failed"
	done >"$work/cycles" 2>&1
	same "$kind: $cycles starts and stops with six mount points and three devices say nothing" '' "$(cat "$work/cycles")"
	same "$kind: and leave no mount, loop device, veth, cgroup or process" '' "$(leftovers "$ctid")"
	check "$kind: no lock" flock -n "$PCT_RUN/pct/lock/$ctid.lock" true
	state >"$work/after"
	same "$kind: and no file" "$(cat "$work/before")" "$(cat "$work/after")"
	for image in "$images/$ctid"/*.raw; do check "$kind: ${image##*/} is clean" e2fsck -fn "$image"; done
	check "$kind: destroy" "$pct" destroy "$ctid"
done
finish
