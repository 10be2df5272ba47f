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
systemd=systemd,dbus,network-manager,netplan.io
cloud=iproute2,procps,libkmod2,systemd-sysv,dbus,ifupdown,systemd-resolved,openssh-server,cloud-init

# packages NAME: of the suite that NAME begins with.
packages() {
	case $1 in
	bookworm) echo "$common,$systemd,systemd-resolved,ifupdown,isc-dhcp-client" ;;
	trixie | sid-boot) echo "$common,$systemd,systemd-resolved,ifupdown" ;;
	bookworm-ng) echo "$common,ifupdown-ng" ;;
	bookworm-ifupdown2) echo "$common,ifupdown2,isc-dhcp-client" ;;
	bookworm-resolvconf) echo "$common,ifupdown,isc-dhcp-client,resolvconf" ;;
	bookworm-cloud-init) echo "$cloud,isc-dhcp-client" ;;
	trixie-cloud-init) echo "$cloud,dhcpcd-base" ;;
	# With dhclient alone, which ifupdown-ng takes if there is no dhcpcd.  Since Debian 13, a
	# package of its own has ifup and the unit.
	trixie-ng) echo iproute2,procps,ifupdown-ng-compat,ifupdown-ng,isc-dhcp-client ;;
	# For full boots alone.  systemd of Debian 13 has a unit that fails without libkmod2.
	bullseye-boot) echo "iproute2,procps,$systemd,ifupdown,isc-dhcp-client" ;;
	bookworm-ng-boot) echo "$common,systemd,dbus,ifupdown-ng" ;;
	*-ng-boot) echo "$common,systemd,libkmod2,dbus,ifupdown-ng-compat,ifupdown-ng" ;;
	# Without its DHCP client, which sid has no more.
	sid-ifupdown2-boot) echo iproute2,procps,systemd,libkmod2,dbus,ifupdown2 ;;
	*-ifupdown2-boot) echo iproute2,procps,systemd,libkmod2,dbus,ifupdown2,isc-dhcp-client ;;
	bullseye-sysvinit) echo iproute2,procps,sysvinit-core,initscripts,ifupdown,isc-dhcp-client ;;
	bookworm-sysvinit) echo "$common,sysvinit-core,initscripts,ifupdown,isc-dhcp-client" ;;
	*-sysvinit) echo "$common,sysvinit-core,initscripts,ifupdown" ;;
	*-dhcpcd) echo iproute2,procps,systemd-sysv,libkmod2,dbus,dhcpcd ;;
	# The switch that ovs.sh plugs into.
	*-ovs) echo openvswitch-switch ;;
	*) echo "roots.sh: no root \"$1\"" >&2 && return 1 ;;
	esac
}

build() {
	local name=$1 packages
	[ ! -d "$out/$name" ] || return 0
	packages=$(packages "$name")
	echo "# $name: a few minutes, once" >&2
	rm -rf --one-file-system "${out:?}/$name.new"
	unshare -m mmdebstrap --quiet --variant=minbase --include="$packages" \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "${name%%-*}" "$out/$name.new" >&2
	mv -T "$out/$name.new" "$out/$name"
}

[ $# -gt 0 ] || set -- bookworm bookworm-ng bookworm-ifupdown2 bookworm-resolvconf \
	bookworm-cloud-init trixie trixie-ng
exec 9>"$out/.lock"
flock 9
for name; do build "$name"; done
