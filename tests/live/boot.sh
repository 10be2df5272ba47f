#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Real containers of every kind, driven by pct and by liblxc's own tools, to the same result.
. "$(dirname "$0")/../lib.sh"
new_bridge

# lives WHAT: the container $ctid is what its config says.
lives() {
	check "$1: has its address" within 30 has_address "$ctid" "$net.20/24"
	check "$1: answers a ping" within 10 ping -c 1 -W 1 "$net.20"
	same "$1: knows its name" web1 "$("$pct" exec "$ctid" -- hostname </dev/null)"
	same "$1: asks the name server given" 'nameserver 192.0.2.53' \
		"$("$pct" exec "$ctid" -- grep ^nameserver /etc/resolv.conf </dev/null)"
	same "$1: root's files are root's" 0:0 \
		"$("$pct" exec "$ctid" -- stat -c %u:%g /etc/hostname </dev/null)"
}

drive() {
	local kind="$1 unprivileged=$2 rootfs=$3"
	if ! new_ct "$1" --unprivileged "$2" --rootfs "$3" --nameserver 192.0.2.53 >"$work/out" 2>&1; then
		not_ok "$kind: create" <"$work/out"
		return
	fi
	ok "$kind: create"
	check "$kind: pct start" "$pct" start "$ctid" || return
	lives "$kind, pct"
	same "$kind: pct status" "status: running" "$("$pct" status "$ctid" | head -n 1)"
	check "$kind: pct stop" "$pct" stop "$ctid"
	same "$kind: pct stop leaves nothing" '' "$(leftovers "$ctid")"

	check "$kind: lxc-start" lxc-start -P "$PCT_LIB" -n "$ctid"
	lives "$kind, lxc-start"
	same "$kind: lxc-attach" web1 \
		"$(lxc-attach -P "$PCT_LIB" -n "$ctid" -- hostname </dev/null)"
	check "$kind: lxc-stop" lxc-stop -k -P "$PCT_LIB" -n "$ctid"
	check "$kind: its monitor ends" within 10 no_monitor "$ctid"
	same "$kind: lxc-stop leaves nothing" '' "$(leftovers "$ctid")"

	check "$kind: pct start again" "$pct" start "$ctid"
	within 30 has_address "$ctid" "$net.20/24"
	check "$kind: pct shutdown" "$pct" shutdown "$ctid" --timeout 60
	check "$kind: is stopped" stopped "$ctid"
	check "$kind: pct destroy" "$pct" destroy "$ctid"
	same "$kind: pct destroy leaves nothing" '' "$(leftovers "$ctid" && files_of "$ctid")"
}

for name in busybox debian; do
	for unprivileged in 1 0; do
		for rootfs in local:1 local:0; do
			drive $name $unprivileged $rootfs
		done
	done
done
finish
