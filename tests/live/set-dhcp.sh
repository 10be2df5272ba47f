#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A lease is given up for a static address while the container runs, by each client's way.
. "$(dirname "$0")/../lib.sh"
new_bridge
dnsmasq --no-daemon --conf-file=/dev/null --leasefile-ro --port=0 --interface="$bridge" \
	--bind-interfaces --dhcp-range="$net.100,$net.110,2m" --dhcp-option="3,$net.1" \
	--dhcp-option="6,$net.9" >"$work/dnsmasq" 2>&1 &
server=$!
trap 'kill $server; cleanup' EXIT

has_lease() { addresses_inside "$ctid" | grep -q "^$net\.1[01]./24$"; }
# What asks for leases of eth0 in the container, but for networkd, which is one process.
clients() { inside ps ax | grep -E 'dhclient|udhcpc|dhcpcd' | grep -v grep; }
host_client() { pgrep -f "^pct-dhcp $ctid "; }
not() { ! "$@"; }
base=name=eth0,bridge=$bridge

# A lease brings one, which lasts as long as its client.
name_server() { inside awk '/^nameserver/ { print $2 }' /etc/resolv.conf; }
has_name_server() { [ "$(name_server)" = "$1" ]; }
keeps_name_server() {
	check "$1: and its name server" within 10 has_name_server "$net.9"
	check "$1: another host name" "$pct" set "$ctid" --hostname other
	check "$1: the same name server" has_name_server "$net.9"
	check "$1: another name server" "$pct" set "$ctid" --nameserver 192.0.2.5
	check "$1: is there" has_name_server 192.0.2.5
}

# try DISTRO [networkd]: the latter is told what it has to do, and can be given a lease so, too.
try() {
	local distro=$1 told=${2:-}
	new_ct "$distro" --net0 "$base,ip=dhcp" >/dev/null 2>&1
	check "$distro: start" "$pct" start "$ctid"
	if [ -n "$told" ]; then
		distro+=" with $told"
		check "$distro: enabled" within 30 inside systemctl enable systemd-networkd
		# A boot that goes on may answer the one and refuse the other.
		check "$distro: ifupdown is not" within 30 inside systemctl mask networking
		"$pct" reboot "$ctid" >/dev/null 2>&1
		check "$distro: runs" within 30 inside networkctl status eth0
	fi
	check "$distro: has a lease" within 40 has_lease
	[ "$distro" != debian ] || keeps_name_server "$distro"
	same "$distro: to a static address" 'in effect: net0' \
		"$("$pct" set "$ctid" --net0 "$base,ip=$net.20/24,gw=$net.2" 2>&1)"
	check "$distro: has that alone" within 10 has_address "$ctid" "$net.20/24"
	same "$distro: and its gateway alone" "default via $net.2 " \
		"$(inside ip route | grep -o '^default via [0-9.]* ')"
	same "$distro: no client is left" '' "$(clients)"
	if [ -n "$told" ]; then
		same "$distro: back to a lease" 'in effect: net0' \
			"$("$pct" set "$ctid" --net0 "$base,ip=dhcp" 2>&1)"
		check "$distro: has one" within 40 has_lease
		same "$distro: to a client of the host" 'in effect: net0' \
			"$("$pct" set "$ctid" --net0 "$base,ip=dhcp,host-managed=1" 2>&1)"
		check "$distro: that is there" within 10 host_client
		check "$distro: with a lease" within 40 has_lease
		same "$distro: and back" 'in effect: net0' "$("$pct" set "$ctid" --net0 "$base,ip=dhcp" 2>&1)"
		check "$distro: it ended" not host_client
		check "$distro: has one inside" within 40 has_lease
	else
		same "$distro: back waits" 'pending until the next start: net0' \
			"$("$pct" set "$ctid" --net0 "$base,ip=dhcp" 2>&1)"
		check "$distro: it keeps its address" has_address "$ctid" "$net.20/24"
	fi
	check "$distro: reboot" "$pct" reboot "$ctid"
	check "$distro: has a lease again" within 40 has_lease
	check "$distro: stop" "$pct" stop "$ctid"
	same "$distro: leaves nothing" '' "$(leftovers "$ctid")"
}
try busybox
try debian
try debian networkd
finish
