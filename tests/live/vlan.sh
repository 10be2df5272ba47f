#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers in VLANs: on a bridge that knows them, and on one that does not.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
net=198.18.9
ip link set lo up

ip link add vmbr0 type bridge vlan_filtering 1 2>/dev/null &&
	aware=$(ip -j -d link show vmbr0 | jq '.[].linkinfo.info_data.vlan_filtering')
ip link del vmbr0 2>/dev/null
ip link add eth0 type veth peer name wire
ip link add link eth0 name eth0.5 type vlan id 5 2>/dev/null && ip link del eth0.5 && tagged=1
# What is at the other end of the uplink.
is_apart() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
outside() { nsenter -t "$outside" -n "$@"; }

template busybox
# start_ct WORD LAST-BYTE NET0-OPTION...: start a container; its number in $WORD.
start_ct() {
	local word=$1 last=$2 options
	shift 2
	options=$(printf ',%s' "$@")
	new_ctid
	declare -g "$word=$ctid"
	"$pct" create "$ctid" "$template" --rootfs local:0 \
		--net0 "name=eth0,bridge=vmbr0,ip=$net.$last/24$options" >"$work/out" 2>&1 &&
		"$pct" start "$ctid" >>"$work/out" 2>&1 && within 30 has_address "$ctid" "$net.$last/24" &&
		ok "start $word: ${options#,}" || not_ok "start $word: ${options#,}" <"$work/out"
}
stop_all() {
	for id in "${ctids[@]}"; do check "stop $id" "$pct" stop "$id"; done
	same 'nothing is left of them' '' "$(leftovers "${ctids[@]}")"
	for id in "${ctids[@]}"; do "$pct" destroy "$id"; done
	ctids=()
}
# reaches FROM LAST-BYTE
reaches() { "$pct" exec "$1" -- ping -c 1 -W 2 "$net.$2" </dev/null; }
not_reaches() { ! reaches "$1" "$2"; }
links() { ip -o link | cut -d : -f 2 | cut -d @ -f 1 | sort; }
vlans() {
	bridge -j vlan show dev "$1" | jq -r '[.[].vlans[] |
		"\(.vlan)\(if .vlanEnd then "-\(.vlanEnd)" else "" end)\(
			if .flags then ":" + (.flags | sort | join(",")) else "" end)"] | join(" ")'
}
inside_of() { nsenter -t "$(lxc-info -P "$PCT_LIB" -n "$1" -pH)" -n "${@:2}"; }

aware_bridge() {
	local before
	ip link add vmbr0 type bridge vlan_filtering 1 && ip link set vmbr0 up
	ip addr add $net.1/24 dev vmbr0
	before=$(links && bridge vlan show)
	start_ct a 20 tag=5
	start_ct b 21 tag=5 firewall=1
	start_ct c 22 tag=6
	start_ct d 23 'trunks=5;7-9'
	same 'bridge vlan: the tag' '5:Egress Untagged,PVID' "$(vlans "veth$a.0")"
	same 'bridge vlan: of the port behind the firewall bridge' '5:Egress Untagged,PVID' \
		"$(vlans "fwpr$b.0")"
	same 'bridge vlan: trunks' '1:Egress Untagged,PVID 5 7 8 9' "$(vlans "veth$d.0")"
	check 'one tag: they reach each other' reaches "$a" 21
	check 'and back' reaches "$b" 20
	check 'another tag: not' not_reaches "$a" 22
	check 'nor back' not_reaches "$c" 20
	check 'nor the host, which has none' not_reaches "$a" 1
	check 'without a tag: the host' reaches "$d" 1
	check 'but not those with one' not_reaches "$d" 20
	inside_of "$d" ip link add link eth0 name eth0.5 type vlan id 5
	inside_of "$d" ip link add link eth0 name eth0.6 type vlan id 6
	inside_of "$d" ip addr flush dev eth0
	inside_of "$d" ip addr add $net.23/24 dev eth0.5
	inside_of "$d" ip link set eth0.5 up
	check 'a trunk reaches a VLAN of its own' reaches "$d" 20
	inside_of "$d" ip link del eth0.5
	inside_of "$d" ip addr add $net.23/24 dev eth0.6
	inside_of "$d" ip link set eth0.6 up
	check 'and no other' not_reaches "$d" 22
	stop_all
	same 'no link and no VLAN is left' "$before" "$(links && bridge vlan show)"
	ip link del vmbr0
}

traditional_bridge() {
	local before
	unshare -n sleep 1000 &
	outside=$!
	within 5 is_apart "$outside"
	ip link set wire netns "$outside"
	# Each address is answered for in its own VLAN alone.
	outside sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore'
	outside ip link set wire up # with an address in each VLAN
	for tag in 5 6; do
		outside ip link add link wire name wire.$tag type vlan id $tag
		outside ip addr add $net.5$tag/32 dev wire.$tag
		outside ip link set wire.$tag up
	done
	outside ip route add $net.20 dev wire.5
	outside ip route add $net.21 dev wire.5
	outside ip route add $net.22 dev wire.6
	ip link add vmbr0 type bridge
	ip link set eth0 master vmbr0 up && ip link set vmbr0 up
	before=$(links)
	start_ct a 20 tag=5
	start_ct b 21 tag=5 firewall=1
	start_ct c 22 tag=6
	check 'vmbr0v5 is there' ip link show vmbr0v5
	same 'over eth0.5, which has the tag' '5 vmbr0v5' \
		"$(ip -j -d link show eth0.5 | jq -r '.[] | "\(.linkinfo.info_data.id) \(.master)"')"
	check 'one tag: they reach each other' reaches "$a" 21
	check 'and who is out there in that VLAN' reaches "$a" 55
	check 'behind a firewall bridge, too' reaches "$b" 55
	check 'but not in another' not_reaches "$a" 56
	check 'another tag: not the container' not_reaches "$a" 22
	check 'which has its own VLAN out there' reaches "$c" 56
	check 'stop one' "$pct" stop "$a"
	check 'vmbr0v5 stays for the other' ip link show vmbr0v5
	ctids=("$b" "$c")
	stop_all
	same 'the last takes bridge and VLAN with it' "$before" "$(links)"
	"$pct" destroy "$a"
	kill "$outside"
}

if [ "${aware:-}" = 1 ]; then
	aware_bridge
else
	skip 'containers on a bridge that knows VLANs' 'this kernel has no VLAN filtering of bridges'
fi
if [ "${tagged:-}" ]; then
	traditional_bridge
else
	skip 'containers in a VLAN over an uplink' 'this kernel has no 8021q'
fi
finish
