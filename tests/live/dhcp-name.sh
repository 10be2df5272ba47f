#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A DHCP server knows the name of a container, also after it is renamed.
. "$(dirname "$0")/../lib.sh"

# In a network namespace of our own.
[ "${PCT_TEST_NET:-}" ] || {
	PCT_TEST_NET=1 unshare -n bash "$0" "$@"
	exit
}
ip link set lo up
new_bridge
dnsmasq --conf-file=/dev/null --interface="$bridge" --bind-interfaces --port=0 --no-ping \
	--dhcp-range="$net.50,$net.60,120" --dhcp-leasefile="$work/leases" --dhcp-authoritative \
	--pid-file="$work/dnsmasq.pid" --user=root --log-facility="$work/dnsmasq.log"
trap 'kill "$(cat "$work/dnsmasq.pid")"; cleanup' EXIT

# knows NAME: the server, of the last lease.
knows() { awk -v name="$1" '$4 == name { found = 1 } END { exit !found }' "$work/leases"; }
stanza() { inside sed -n '/^iface eth0/,/^$/s/^\thostname //p' /etc/network/interfaces; }

check 'create' new_ct busybox --hostname first --net0 "name=eth0,bridge=$bridge,ip=dhcp"
check 'it starts' "$pct" start "$ctid"
check 'the server knows its name' within 20 knows first
check 'a rename, live' "$pct" set "$ctid" --hostname second.example.org
same 'the stanza has the new name' second "$(stanza)"
"$pct" stop "$ctid"
check 'it starts again' "$pct" start "$ctid"
check 'the server knows the new name' within 20 knows second
check "an administrator's line" inside sed -i '/--- .* PVE ---$/d' /etc/network/interfaces
"$pct" stop "$ctid"
check 'a rename of the stopped container' "$pct" set "$ctid" --hostname third
check 'it starts with that' "$pct" start "$ctid"
same "the administrator's line follows, alone" third "$(stanza)"
check 'the server knows that name' within 20 knows third
destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid")"
finish
