#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# roots.sh [NAME...]: root file systems with the programs that read network files, in
# $O/consumers/NAME, kept from run to run; all of them without NAME.  They cannot be installed on
# the machine that runs the tests: they exclude each other, and would configure its network.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$top/${O:-build}/consumers"
out=$(cd "$top/${O:-build}/consumers" && pwd)

common=iproute2,procps,busybox-static,udhcpc,dhcpcd-base
systemd=systemd,systemd-resolved,dbus,network-manager,netplan.io

build() {
	local name=$1 suite=$2 packages=$3
	[ ! -d "$out/$name" ] || return 0
	echo "# $name: a few minutes, once" >&2
	rm -rf --one-file-system "${out:?}/$name.new"
	unshare -m mmdebstrap --quiet --variant=minbase --include="$packages" \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$out/$name.new" >&2
	mv -T "$out/$name.new" "$out/$name"
}

root_bookworm() { build bookworm bookworm "$common,$systemd,ifupdown,isc-dhcp-client"; }
root_bookworm-ng() { build bookworm-ng bookworm "$common,ifupdown-ng"; }
root_bookworm-ifupdown2() {
	build bookworm-ifupdown2 bookworm "$common,ifupdown2,isc-dhcp-client"
}
root_bookworm-resolvconf() {
	build bookworm-resolvconf bookworm "$common,ifupdown,isc-dhcp-client,resolvconf"
}
root_trixie() { build trixie trixie "$common,$systemd,ifupdown"; }
# With dhclient alone, which ifupdown-ng takes if there is no dhcpcd.
root_trixie-ng() { build trixie-ng trixie iproute2,procps,ifupdown-ng,isc-dhcp-client; }
# For full boots alone.
root_bullseye() { build bullseye bullseye "iproute2,procps,systemd,dbus,ifupdown,isc-dhcp-client"; }
root_sid() { build sid sid "$common,systemd,dbus,ifupdown"; }
root_bookworm-ng-boot() { build bookworm-ng-boot bookworm "$common,systemd,dbus,ifupdown-ng"; }
root_bookworm-ifupdown2-boot() {
	build bookworm-ifupdown2-boot bookworm "iproute2,procps,systemd,dbus,ifupdown2,isc-dhcp-client"
}
root_bookworm-dhcpcd() { build bookworm-dhcpcd bookworm "iproute2,procps,systemd-sysv,dbus,dhcpcd"; }
root_bookworm-sysvinit() {
	build bookworm-sysvinit bookworm "$common,sysvinit-core,initscripts,ifupdown,isc-dhcp-client"
}
# What cloud-init.sh boots.
cloud=iproute2,procps,libkmod2,systemd-sysv,dbus,ifupdown,systemd-resolved,openssh-server,cloud-init
root_bookworm-cloud-init() { build bookworm-cloud-init bookworm "$cloud,isc-dhcp-client"; }
root_trixie-cloud-init() { build trixie-cloud-init trixie "$cloud,dhcpcd-base"; }
# The switch that ovs.sh plugs into.
root_bookworm-ovs() { build bookworm-ovs bookworm openvswitch-switch; }

[ $# -gt 0 ] || set -- bookworm bookworm-ng bookworm-ifupdown2 bookworm-resolvconf trixie trixie-ng
exec 9>"$out/.lock"
flock 9
for name; do "root_$name"; done
