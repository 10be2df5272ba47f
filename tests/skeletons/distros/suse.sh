# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# openSUSE and SLES

# suse ID NAME RELEASE LIBRARY
suse() {
	os_release "NAME=\"$2\"" "VERSION=\"$3\"" "ID=\"$1\"" 'ID_LIKE="suse opensuse"' \
		"VERSION_ID=\"$3\"" "PRETTY_NAME=\"$2 $3\""
	accounts
	systemd "$4"
	lines usr/lib/systemd/system-preset/90-default-openSUSE.preset 'enable cron.service' \
		'enable wickedd-auto4.service' 'enable wickedd-dhcp4.service' \
		'enable wickedd-dhcp6.service' 'enable wickedd-nanny.service' 'enable wicked.service'
	lines usr/lib/systemd/system-preset/99-default.preset 'disable *'
	machine_id
}

wicked() {
	local name
	exe usr/sbin/wicked usr/sbin/wickedd usr/sbin/ifup usr/sbin/ifdown sbin/netconfig
	for name in auto4 dhcp4 dhcp6; do exe "usr/lib/wicked/bin/wickedd-$name"; done
	unit wicked.service WantedBy=multi-user.target WantedBy=network-online.target \
		Also=wickedd.service Alias=network.service
	unit wickedd.service Also=wickedd-nanny.service
	enable wicked.service multi-user.target.wants network-online.target.wants
	link "/$units/wicked.service" etc/systemd/system/network.service
	lines etc/sysconfig/network/config 'NETCONFIG_MODULES_ORDER="dns-resolver dns-bind ntp-runtime"' \
		'NETCONFIG_DNS_POLICY="auto"' 'NETCONFIG_DNS_STATIC_SEARCHLIST=""' \
		'NETCONFIG_DNS_STATIC_SERVERS=""' 'WAIT_FOR_INTERFACES="30"'
	lines etc/sysconfig/network/dhcp 'DHCLIENT_SET_HOSTNAME="yes"'
	lines etc/sysconfig/network/ifcfg-lo 'IPADDR=127.0.0.1/8' 'STARTMODE=nfsroot' 'BOOTPROTO=static'
	link /run/netconfig/resolv.conf etc/resolv.conf
	lines etc/securetty console tty1 tty2 tty3 tty4
}

# The /usr of version 15 is not merged.
suse15() {
	local init=../usr/lib/systemd/systemd
	exe bin/sh
	suse "$1" "$2" "$3" usr/lib/systemd/libsystemd-shared-254.so
	wicked
}
distro_leap15() {
	suse15 opensuse-leap 'openSUSE Leap' 15.6
	lines etc/SUSE-brand openSUSE 'VERSION = 15.6'
}
distro_sles15() { suse15 sles SLES 15.6; }

distro_leap16() {
	merge_usr
	exe usr/bin/sh
	suse opensuse-leap 'openSUSE Leap' 16.0 usr/lib64/systemd/libsystemd-shared-257.so
	network_manager 1.52.0 usr/lib64
	enable_network_manager
}

distro_tumbleweed() {
	merge_usr
	exe usr/bin/sh
	suse opensuse-tumbleweed 'openSUSE Tumbleweed' 20251120 \
		usr/lib64/systemd/libsystemd-shared-258.so
	network_manager 1.54.0 usr/lib64
	enable_network_manager
}
