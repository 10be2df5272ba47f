#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The host is what the other tests here take it for, and an ordinary container works on it.
. "$(dirname "$0")/../../lib.sh"

same 'systemd is PID 1' systemd "$(cat /proc/1/comm)"
same 'cgroup v2 alone' 'cgroup2fs ' \
	"$(stat -fc %T /sys/fs/cgroup) $(awk '$3 == "cgroup"' /proc/mounts)"
same 'AppArmor is enabled' Y "$(cat /sys/module/apparmor/parameters/enabled)"
check 'the kernel has 8021q' modprobe 8021q
new_bridge
check 'and VLAN filtering of bridges' ip link set "$bridge" type bridge vlan_filtering 1
ip link set "$bridge" type bridge vlan_filtering 0

for unprivileged in 1 0; do
	kind="busybox, unprivileged=$unprivileged"
	check "$kind: create" new_ct busybox --unprivileged $unprivileged
	ctid=${ctids[-1]}
	check "$kind: start" "$pct" start "$ctid" || continue
	check "$kind: has its address" within 30 has_address "$ctid" "$net.20/24"
	check "$kind: answers a ping" within 10 ping -c 1 -W 1 "$net.20"
	check "$kind: stop" "$pct" stop "$ctid"
	same "$kind: nothing is left" '' "$(leftovers "$ctid")"
	check "$kind: destroy" "$pct" destroy "$ctid"
done
finish
