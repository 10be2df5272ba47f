#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who gets the interface, if a file of the container wants it, too: at create pct, later a finding.
. "$(dirname "$0")/../../lib.sh"
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1234567890
O=$build "$top/tests/skeletons/make.sh"
tree=$work/tree; : >"$work/resolv.conf"
printf '%s\n' 'lxc.utsname = ct1' 'lxc.network.type = veth' 'lxc.network.veth.pair = veth105.0' \
	'lxc.network.name = eth0' 'pve.network.ip = 10.0.0.5/24' >"$work/config"

new() { rm -rf "$tree" && cp -a "$build/skeletons/$1" "$tree"; }
# file PATH: its text comes from standard input.
file() { mkdir -p "$(dirname "$tree$1")" && cat >"$tree$1"; }
setup() {
	"$pct" setup --rootfs "$tree" --config "$work/config" --phase "$1" --host-timezone Europe/Vienna \
		--host-resolv-conf "$work/resolv.conf" >"$work/said" 2>&1 || not_ok "setup of $tree" <"$work/said"
}
# finding WHAT PATTERN PHASE: setup warns.  quiet WHAT PHASE: it does not, also at the next start.
finding() { setup "$3"; check "$1: a finding at $3" grep -Eq "^warning: $2" "$work/said"; }
quiet() {
	setup "$2"
	check "$1: no finding at $2" test -z "$(grep '^warning: .*eth0' "$work/said")"
}

bridge() {
	new "$1"
	printf '%s\n' 'auto br0' 'iface br0 inet manual' "$2" 'auto lo' 'iface lo inet loopback' |
		file /etc/network/interfaces
}
for skeleton in debian12 devuan alpine; do
	for line in 'bridge_ports eth0' 'bridge-ports eth1 eth0' 'bond-slaves eth0' 'ovs_ports eth0' 'bridge_ports all'; do
		bridge $skeleton "$line"
		finding "$skeleton, $line" '/etc/network/interfaces makes eth0 a port' start
		bridge $skeleton "$line"
		quiet "$skeleton, $line" create
		quiet "$skeleton, $line, after create" start
		check "$skeleton, $line: no port after create" test -z "$(grep "^$line" "$tree/etc/network/interfaces")"
	done
	bridge $skeleton 'bridge_ports eth00 eth1'
	quiet "$skeleton, ports of others" start
	check "$skeleton: ports of others stay" grep -q 'bridge_ports eth00 eth1' "$tree/etc/network/interfaces"
done
bridge debian12 ''
printf '%s\n' 'auto br1' 'iface br1 inet manual' 'bridge_ports eth0' | file /etc/network/interfaces.d/br1
finding 'a file that is sourced' '/etc/network/interfaces.d/br1 makes eth0 a port' start
new leap15 && echo "BRIDGE_PORTS='eth0'" | file /etc/sysconfig/network/ifcfg-br0
finding 'wicked' '/etc/sysconfig/network/ifcfg-br0 makes eth0 a port' start
new gentoo && echo 'bridge_br0="eth1 eth0"' | file /etc/conf.d/net
finding 'netifrc' '/etc/conf.d/net makes eth0 a port' start

lan() {
	new openwrt
	printf '%s\n' "config device" "	option name 'br-lan'" "	option type 'bridge'" "	list ports 'eth0'" \
		"	list ports 'eth1'" '' "config interface 'lan'" "	option device 'br-lan'" | file /etc/config/network
}
lan
finding 'br-lan' '/etc/config/network \(bridge br-lan\)' start
lan
quiet 'br-lan' create
check 'br-lan: the other port stays' grep -q "list ports 'eth1'" "$tree/etc/config/network"

for text in 'ethernets: {aaa: {match: {name: "eth*"}, dhcp4: true}}' 'bridges: {br0: {interfaces: [eth0]}}' \
	'bonds: {bond0: {interfaces: [eth1, eth0]}}'; do
	other() { new ubuntu2404 && rm "$tree"/etc/netplan/* && printf 'network:\n  version: 2\n  %s\n' "$text" | file /etc/netplan/10-other.yaml; }
	other
	finding "netplan, $text" '/etc/netplan/10-other.yaml configures eth0' start
	other
	quiet "netplan, $text" create
	check "netplan, $text: the file is kept aside" grep -rqF "$text" "$tree/var/lib/pct/saved"
done
new ubuntu2404 && rm "$tree"/etc/netplan/*
printf 'network:\n  version: 2\n  vlans:\n    v5:\n      id: 5\n      link: eth0\n' | file /etc/netplan/10-vlan.yaml
quiet 'netplan, a VLAN on the interface' start
finish
