#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A reboot from inside comes back, with a config change made meanwhile in force.
. "$(dirname "$0")/../lib.sh"
new_bridge

for name in busybox debian; do
	new_ct $name >/dev/null 2>&1
	check "$name: start" "$pct" start "$ctid"
	check "$name: has its address" within 30 has_address "$ctid" "$net.20/24"

	old=$(init_pid "$ctid")
	check "$name: reboot from inside" "$pct" exec "$ctid" -- reboot
	check "$name: comes back" within 40 rebooted "$old"
	check "$name: with its address" within 30 has_address "$ctid" "$net.20/24"

	check "$name: change the config" "$pct" set "$ctid" --hostname web2 \
		--net0 "name=eth0,bridge=$bridge,ip=$net.21/24"
	old=$(init_pid "$ctid")
	check "$name: reboot from inside again" "$pct" exec "$ctid" -- reboot
	check "$name: comes back again" within 40 rebooted "$old"
	check "$name: with the new address" within 30 has_address "$ctid" "$net.21/24"
	same "$name: with the new name" web2 "$("$pct" exec "$ctid" -- hostname </dev/null)"

	old=$(init_pid "$ctid")
	check "$name: pct reboot" "$pct" reboot "$ctid"
	check "$name: comes back from pct reboot" within 30 rebooted "$old"
	check "$name: stop" "$pct" stop "$ctid"
	same "$name: leaves nothing" '' "$(leftovers "$ctid")"
done
finish
