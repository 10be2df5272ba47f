# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Alpine, Arch, Gentoo, NixOS, Void, OpenWrt, busybox, and what nobody knows

# Busybox's init, which runs OpenRC.
alpine() {
	lines etc/os-release 'NAME="Alpine Linux"' 'ID=alpine' 'VERSION_ID=3.22.1' \
		'PRETTY_NAME="Alpine Linux v3.22"'
	lines etc/alpine-release 3.22.1
	accounts
	exe sbin/openrc sbin/openrc-run
	program bin/busybox 'BusyBox v1.37.0'
	applets bin sh
	applets sbin init getty udhcpc
	empty lib/ld-musl-x86_64.so.1
	file usr/share/udhcpc/default.script 755 <<-'SCRIPT'
		#!/bin/sh
		UDHCPC="/etc/udhcpc"
		UDHCPC_CONF="$UDHCPC/udhcpc.conf"

		RESOLV_CONF="/etc/resolv.conf"
		[ -f $UDHCPC_CONF ] && . $UDHCPC_CONF
	SCRIPT
	lines etc/hostname localhost
	file etc/inittab <<-'INITTAB'
		::sysinit:/sbin/openrc sysinit
		::sysinit:/sbin/openrc boot
		::wait:/sbin/openrc default

		# Set up a couple of getty's
		tty1::respawn:/sbin/getty 38400 tty1
		tty2::respawn:/sbin/getty 38400 tty2
		tty3::respawn:/sbin/getty 38400 tty3

		::ctrlaltdel:/sbin/reboot
		::shutdown:/sbin/openrc shutdown
	INITTAB
	exe etc/init.d/networking etc/init.d/bootmisc etc/init.d/hostname etc/init.d/killprocs \
		etc/init.d/savecache
	mkdir -p etc/runlevels/{sysinit,boot,default,shutdown}
	link /etc/init.d/networking etc/runlevels/boot/networking
	link /etc/init.d/bootmisc etc/runlevels/boot/bootmisc
	lines etc/network/interfaces 'auto lo' 'iface lo inet loopback'
	lines etc/securetty console tty1 tty2 tty3
}
distro_alpine() {
	alpine
	applets sbin ifup ifdown
}
distro_alpine-ng() {
	local executor
	alpine
	program sbin/ifupdown 'ifupdown-ng 0.12.1'
	link ifupdown sbin/ifup sbin/ifdown sbin/ifquery
	for executor in dhcp static ipv6-ra forward link; do exe "usr/libexec/ifupdown-ng/$executor"; done
	exe sbin/dhcpcd
}

# arch LINE OF os-release...
arch() {
	merge_usr bin
	link usr/lib lib64
	os_release "$@"
	accounts
	exe usr/bin/sh
	systemd usr/lib/systemd/libsystemd-shared-258.2-1.so
	lines usr/lib/systemd/system-preset/99-default.preset 'disable *'
	networkd
	enable_networkd
	resolved
	enable_resolved
	lines etc/securetty console tty1 tty2 tty3
	machine_id uninitialized
}
distro_archlinux() {
	arch 'NAME="Arch Linux"' 'PRETTY_NAME="Arch Linux"' 'ID=arch' 'BUILD_ID=rolling'
	empty etc/arch-release
}
distro_foo() {
	arch 'NAME="Foo Linux"' 'PRETTY_NAME="Foo Linux 1"' 'ID=foo' 'ID_LIKE=arch' 'VERSION_ID=1'
}

gentoo() {
	merge_usr bin
	lines etc/gentoo-release 'Gentoo Base System release 2.18'
	lines etc/os-release 'NAME=Gentoo' 'ID=gentoo' 'PRETTY_NAME="Gentoo Linux"' 'VERSION_ID=2.18'
	accounts
	exe usr/bin/sh
	lines etc/securetty console tty1 tty2 tty3
}
distro_gentoo() {
	gentoo
	exe usr/bin/init usr/bin/openrc usr/bin/openrc-run usr/bin/agetty usr/bin/dhcpcd \
		usr/bin/ip usr/lib/netifrc/sh/functions.sh usr/lib/netifrc/net/iproute2.sh \
		usr/lib/netifrc/net/ip6token.sh \
		etc/init.d/hostname etc/init.d/net.lo
	file etc/inittab <<-'INITTAB'
		id:3:initdefault:
		si::sysinit:/sbin/openrc sysinit
		rc::bootwait:/sbin/openrc boot
		l3:3:wait:/sbin/openrc default
		c1:12345:respawn:/sbin/agetty --noclear 38400 tty1 linux
		c2:2345:respawn:/sbin/agetty 38400 tty2 linux
		c3:2345:respawn:/sbin/agetty 38400 tty3 linux
	INITTAB
	lines etc/conf.d/hostname '# Set to the hostname of this machine' 'hostname="localhost"'
	link /etc/init.d/net.lo etc/runlevels/boot/net.lo
	link /etc/init.d/hostname etc/runlevels/boot/hostname
	mkdir -p etc/runlevels/default
}
distro_gentoo-systemd() {
	gentoo
	systemd usr/lib/systemd/libsystemd-shared-257.so
	networkd
	enable_networkd
	resolved
	enable_resolved
	machine_id
}

# Before its first boot there is next to nothing in /etc: that is linked from the store then.
distro_nixos() {
	local system=nix/store/0a1b2c-nixos-system-nixos-25.11 systemd=nix/store/3d4e5f-systemd-258.2
	local etc=nix/store/6g7h8i-etc/etc unit_dir=nix/store/9j0k1l-system-units
	exe "$system/init" "$systemd/lib/systemd/systemd" "$systemd/lib/systemd/systemd-networkd" \
		"$systemd/lib/systemd/systemd-resolved"
	link "/$systemd" "$system/systemd"
	link "/$etc" "$system/etc"
	lines "$etc/os-release" 'ID=nixos' 'NAME=NixOS' 'VERSION_ID="25.11"' \
		'PRETTY_NAME="NixOS 25.11 (Xantusia)"'
	link "/$unit_dir" "$etc/systemd/system"
	lines nix/store/0a9b8c-hosts '127.0.0.1 localhost' '::1 localhost'
	link /nix/store/0a9b8c-hosts "$etc/hosts"
	link /run/systemd/resolve/stub-resolv.conf "$etc/resolv.conf"
	lines nix/store/1b0c9d-00-nixos.preset 'ignore *'
	link /nix/store/1b0c9d-00-nixos.preset "$etc/systemd/system-preset/00-nixos.preset"
	lines "$unit_dir/systemd-networkd.service" '[Unit]' 'Description=Network Configuration'
	link ../systemd-networkd.service "$unit_dir/multi-user.target.wants/systemd-networkd.service"
	lines "$unit_dir/systemd-resolved.service" '[Unit]' 'Description=Network Name Resolution'
	link ../systemd-resolved.service "$unit_dir/sysinit.target.wants/systemd-resolved.service"
	link "/$system" nix/var/nix/profiles/system-1-link
	link system-1-link nix/var/nix/profiles/system
	link "/$system/init" sbin/init
	mkdir -p etc/systemd/network root
	# What activation makes at the first boot.
	link "/$etc" etc/static
	link /etc/static/os-release etc/os-release
	link /etc/static/hosts etc/hosts
	link /etc/static/resolv.conf etc/resolv.conf
	link /etc/static/systemd/system etc/systemd/system
	link /etc/static/systemd/system-preset/00-nixos.preset etc/systemd/system-preset/00-nixos.preset
}

distro_void() {
	local n
	merge_usr bin
	lines etc/os-release 'NAME="Void"' 'ID="void"' 'PRETTY_NAME="Void Linux"'
	accounts
	exe usr/bin/sh usr/bin/runit usr/bin/runit-init usr/bin/runsvdir usr/bin/agetty \
		etc/runit/1 etc/runit/2 etc/runit/3
	program usr/bin/dhcpcd 'slaac token: invalid token' # since 10
	link runit-init usr/bin/init
	exe etc/sv/dhcpcd/run etc/sv/udevd/run etc/sv/sshd/run
	mkdir -p etc/runit/runsvdir/default
	for n in 1 2 3 4; do
		exe "etc/sv/agetty-tty$n/run"
		link "/etc/sv/agetty-tty$n" "etc/runit/runsvdir/default/agetty-tty$n"
	done
	link /etc/sv/dhcpcd etc/runit/runsvdir/default/dhcpcd
	link default etc/runit/runsvdir/current
	link /run/runit/runsvdir/current var/service
	lines etc/dhcpcd.conf hostname duid persistent 'option domain_name_servers, domain_name' \
		'require dhcp_server_identifier' 'slaac private'
	lines etc/rc.conf '#HOSTNAME="void-live"' '#HARDWARECLOCK="UTC"'
}

distro_openwrt() {
	os_release 'NAME="OpenWrt"' 'VERSION="24.10.2"' 'ID="openwrt"' 'ID_LIKE="lede openwrt"' \
		'PRETTY_NAME="OpenWrt 24.10.2"' 'VERSION_ID="24.10.2"'
	lines etc/openwrt_release "DISTRIB_ID='OpenWrt'" "DISTRIB_RELEASE='24.10.2'"
	lines etc/openwrt_version 24.10.2
	accounts
	exe bin/busybox sbin/init sbin/procd sbin/netifd sbin/uci sbin/ifup usr/sbin/odhcp6c \
		lib/netifd/proto/dhcp.sh etc/init.d/network etc/init.d/system
	link busybox bin/sh
	link ../bin/busybox sbin/udhcpc
	link ../init.d/network etc/rc.d/S20network
	link ../init.d/system etc/rc.d/S10system
	lines etc/inittab '::sysinit:/etc/init.d/rcS S boot' '::shutdown:/etc/init.d/rcS K shutdown' \
		'::askconsole:/usr/libexec/login.sh'
	link /tmp/resolv.conf etc/resolv.conf
	lines etc/config/network '' "config interface 'loopback'" \
		"	option device 'lo'" \
		"	option proto 'static'" \
		"	option ipaddr '127.0.0.1'" \
		"	option netmask '255.0.0.0'" \
		'' \
		"config globals 'globals'" \
		"	option ula_prefix 'fd5a:1f2e:33c4::/48'" \
		'' \
		"config interface 'wan'" \
		"	option device 'eth0'" \
		"	option proto 'dhcp'" \
		'' \
		"config interface 'wan6'" \
		"	option device 'eth0'" \
		"	option proto 'dhcpv6'" \
		''
	lines etc/config/system '' 'config system' "	option hostname 'OpenWrt'" "	option timezone 'UTC'"
}

distro_busybox() {
	lines etc/os-release 'NAME="BusyBox"' 'ID=busybox' 'PRETTY_NAME="BusyBox 1.37"'
	accounts
	program bin/busybox 'BusyBox v1.37.0'
	applets bin sh
	applets sbin init ifup ifdown getty udhcpc
	lines etc/hostname busybox
	lines etc/inittab '::sysinit:/sbin/ifup -a' '::shutdown:/sbin/ifdown -a' \
		'tty1::respawn:/sbin/getty 38400 tty1'
	lines etc/network/interfaces 'auto lo' 'iface lo inet loopback'
	mkdir -p etc/udhcpc
	cp "$top/distro-templates/busybox/files/etc/udhcpc/default.script" etc/udhcpc
}

# A distribution that nobody has heard of and that is like none, with a consumer that is known.
distro_unknown() {
	merge_usr
	os_release 'NAME="Unheard Of"' 'ID=unheardof' 'VERSION_ID=7' 'PRETTY_NAME="Unheard Of 7"'
	accounts
	exe usr/bin/sh
	systemd usr/lib/systemd/libsystemd-shared-258.so
	program usr/sbin/ifup /etc/network/interfaces
	exe usr/sbin/ifdown usr/sbin/dhclient
	mkdir -p etc/dhcp/dhclient-enter-hooks.d
	unit networking.service WantedBy=multi-user.target
	enable networking.service multi-user.target.wants
	lines etc/network/interfaces 'auto lo' 'iface lo inet loopback'
}

# Debian's base system and systemd, and nobody who configures a network.
distro_none() {
	debian 13 trixie 257
	rm -r "$units"/systemd-networkd* usr/lib/systemd/systemd-networkd usr/bin/networkctl
}

# One static program and its data: no init, no shell.
distro_distroless() {
	os_release 'PRETTY_NAME="Distroless"' 'NAME="Debian GNU/Linux"' 'ID="debian"' \
		'VERSION_ID="13"' 'VERSION="Debian GNU/Linux 13 (trixie)"'
	accounts
	exe app
}
