#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# .pve-ignore.NAME covers a matter, not a file: with it, no other file depends on that part of the config.
# So for each skeleton, configs that differ in the matter alone must give the same files.
. "$(dirname "$0")/../../lib.sh"
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1234567890
O=$build "$top/tests/skeletons/make.sh"
tree=$work/tree

# config LINE...: for each kind of network, with these lines.
config() {
	printf '%s\n' "$@"
	printf 'lxc.network.%s\n' 'type = veth' 'veth.pair = veth105.0' 'name = eth0'
	case $network in
	static) printf 'pve.network.ip = 10.0.0.5/24\npve.network.ip6 = fd00::5/64\n' ;;
	dhcp) printf 'pve.network.ip = dhcp\npve.network.ip6 = auto\n' ;;
	esac
}
setup() {
	"$pct" setup --rootfs "$tree" --config "$work/config" --phase start --host-timezone Europe/Vienna \
		--host-resolv-conf "$work/resolv.conf" >"$work/said" 2>&1 || cat "$work/said" >>"$work/why"
}
# same MARKER: with it, the configs of variants() give the same tree, and the marked file stays.
same() {
	local marker=$1 skeleton=$2 first='' i
	: >"$work/why"
	for i in 1 2 3; do
		rm -rf "$tree" && cp -a "$build/skeletons/$skeleton" "$tree"
		mkdir -p "$(dirname "$tree$marker")" && : >"$tree$marker"
		variant "$i" >"$work/config"
		setup
		rm -rf "$tree/var/lib/pct" "${work:?}/$i" && mv "$tree" "$work/$i"
		[ -z "$first" ] || diff -r --no-dereference "$work/$first" "$work/$i" >>"$work/why" 2>&1
		first=1
	done
	if [ -s "$work/why" ]; then not_ok "$label" <"$work/why"; else ok "$label"; fi
}
# each MARKER MATTER: in all skeletons.
each() {
	for skeleton in "$build/skeletons"/*; do
		skeleton=${skeleton##*/}
		for network in static dhcp; do
			label="$2: $skeleton, $network"
			same "$1" "$skeleton"
		done
	done
}

variant() {
	echo nameserver 9.9.9.9 >"$work/resolv.conf"
	case $1 in
	1) config 'lxc.utsname = ct1.ex.org' 'pve.nameserver = 1.1.1.1' 'pve.searchdomain = one.org' ;;
	2) config 'lxc.utsname = ct1.ex.org' 'pve.nameserver = 2.2.2.2 2001:db8::2' ;;
	3)
		echo nameserver 8.8.8.8 >"$work/resolv.conf"
		config 'lxc.utsname = ct1.ex.org'
		;;
	esac
}
each /etc/.pve-ignore.resolv.conf DNS

# /etc/hosts is a matter of its own, with the name in it.
variant() {
	config "lxc.utsname = $1ct.ex.org"
	: >"$work/resolv.conf" && : >"$tree/etc/.pve-ignore.hosts"
}
each /etc/.pve-ignore.hostname 'host name'

variant() {
	: >"$work/resolv.conf"
	case $1 in
	1) zone=Europe/Vienna ;;
	2) zone=Etc/UTC ;;
	3) zone=Europe/Berlin ;;
	esac
	mkdir -p "$tree/usr/share/zoneinfo/"{Etc,Europe} && : >"$tree/etc/timezone"
	touch "$tree"/usr/share/zoneinfo/{Europe/{Vienna,Berlin},Etc/UTC}
	config 'lxc.utsname = ct1' "pve.timezone = $zone"
}
each /etc/.pve-ignore.localtime 'time zone'

# What earlier runs wrote elsewhere goes away with the marker.
for skeleton in debian-networkd rocky10; do
	label="the marker comes later: $skeleton" network=static
	rm -rf "$tree" && cp -a "$build/skeletons/$skeleton" "$tree"
	config 'lxc.utsname = ct1' 'pve.nameserver = 1.1.1.1' >"$work/config"
	setup && cp -a "$tree/etc" "$work/etc-before"
	: >"$tree/etc/.pve-ignore.resolv.conf"
	setup
	grep -rl 1.1.1.1 "$work/etc-before" | grep -qv resolv.conf$ || echo "nothing else has it" >"$work/why"
	grep -rl 1.1.1.1 "$tree/etc" | grep -v resolv.conf$ >>"$work/why"
	rm -rf "$work/etc-before"
	if [ -s "$work/why" ]; then not_ok "$label" <"$work/why"; else ok "$label"; fi
done

# Files that belong together: the marker of one covers both.
rm -rf "$tree" && cp -a "$build/skeletons/debian12" "$tree"
mkdir -p "$tree/var/lib/dbus" "$tree/etc/ssh"
for file in etc/machine-id var/lib/dbus/machine-id etc/ssh/ssh_host_rsa_key etc/ssh/ssh_host_rsa_key.pub; do
	echo mine >"$tree/$file"
done
: >"$tree/etc/.pve-ignore.machine-id" && : >"$tree/etc/ssh/.pve-ignore.ssh_host_rsa_key"
config 'lxc.utsname = ct1' >"$work/config"
"$pct" setup --rootfs "$tree" --config "$work/config" --phase clone >"$work/said" 2>&1
for file in etc/machine-id var/lib/dbus/machine-id etc/ssh/ssh_host_rsa_key etc/ssh/ssh_host_rsa_key.pub; do
	check "of a pair: $file stays" grep -qx mine "$tree/$file"
done
finish
