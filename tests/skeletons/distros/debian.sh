# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Debian, Ubuntu, Devuan

ifupdown() {
	local dir=$1 # of the programs, usr/sbin or sbin
	program "$dir/ifup" /etc/network/interfaces
	link ifup "$dir/ifdown" "$dir/ifquery"
	interfaces
}
interfaces() {
	exe etc/init.d/networking
	lines etc/network/interfaces \
		'# interfaces(5) file used by ifup(8) and ifdown(8)' \
		'# Include files from /etc/network/interfaces.d:' \
		'source /etc/network/interfaces.d/*'
	mkdir -p etc/network/interfaces.d etc/network/if-{pre-up,up,down,post-down}.d
}
enable_ifupdown() {
	unit networking.service WantedBy=multi-user.target WantedBy=network-online.target
	enable networking.service multi-user.target.wants network-online.target.wants
}

# debian RELEASE CODENAME SYSTEMD
debian() {
	merge_usr
	os_release "PRETTY_NAME=\"Debian GNU/Linux $1 ($2)\"" 'NAME="Debian GNU/Linux"' \
		"VERSION_ID=\"$1\"" "VERSION=\"$1 ($2)\"" "VERSION_CODENAME=$2" 'ID=debian' \
		'HOME_URL="https://www.debian.org/"'
	lines etc/debian_version "$1.1"
	accounts
	exe usr/bin/sh
	systemd "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-$3.so"
	networkd
	machine_id
	lines etc/crontab '17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly'
}

dhclient_files() {
	mkdir -p etc/dhcp/dhclient-enter-hooks.d
	lines etc/dhcp/dhclient.conf '#send dhcp-client-identifier 1:0:a0:24:ab:fb:9c;' \
		'send host-name = gethostname();' \
		'request subnet-mask, broadcast-address, time-offset, routers,' \
		'	domain-name, domain-name-servers, domain-search, host-name,' \
		'	dhcp6.name-servers, dhcp6.domain-search, dhcp6.fqdn, dhcp6.sntp-servers,' \
		'	netbios-name-servers, netbios-scope, interface-mtu,' \
		'	rfc3442-classless-static-routes, ntp-servers;'
}

distro_debian13() {
	debian 13 trixie 257
	ifupdown usr/sbin
	enable_ifupdown
	exe usr/sbin/dhcpcd
}

distro_debian12() {
	debian 12 bookworm 252
	ifupdown usr/sbin
	enable_ifupdown
	exe usr/sbin/dhclient
	dhclient_files
	lines etc/resolv.conf 'nameserver 192.0.2.1'
}

# With the package ifupdown-ng-compat, which has the links and the unit.
distro_debian13-ng() {
	debian 13 trixie 257
	program usr/sbin/ifupdown-ng 'ifupdown-ng 0.12.1'
	link ifupdown-ng usr/sbin/ifup usr/sbin/ifdown usr/sbin/ifquery
	interfaces
	enable_ifupdown
	exe usr/sbin/dhclient
	dhclient_files
}

distro_debian12-ifupdown2() {
	debian 12 bookworm 252
	program usr/share/ifupdown2/__main__.py 'import ifupdown2.ifupdown.config'
	link __main__.py usr/share/ifupdown2/ifupdown2
	link /usr/share/ifupdown2/ifupdown2 usr/sbin/ifup usr/sbin/ifdown usr/sbin/ifquery
	interfaces
	enable_ifupdown
	exe usr/sbin/dhclient
	dhclient_files
}

# Its seed says nothing of the network; cloud-init then asks for a lease.
distro_debian12-cloud-init() {
	distro_debian12
	exe usr/bin/cloud-init
	unit cloud-init-local.service WantedBy=cloud-init.target
	enable cloud-init-local.service cloud-init.target.wants
	mkdir -p etc/cloud/cloud.cfg.d
	lines var/lib/cloud/seed/nocloud/meta-data 'instance-id: i-1' 'local-hostname: seeded'
	lines var/lib/cloud/seed/nocloud/user-data '#cloud-config'
}
# With the lines that setup asks for.
distro_debian12-cloud-init-off() {
	distro_debian12-cloud-init
	lines etc/cloud/cloud.cfg.d/99-pct.cfg 'network: {config: disabled}' 'preserve_hostname: true'
}

# Nobody knows it yet.
distro_debian19() {
	debian 19 zurg 299
	ifupdown usr/sbin
	enable_ifupdown
	exe usr/sbin/dhcpcd
}

distro_debian9() {
	local units=lib/systemd/system init=/lib/systemd/systemd
	os_release 'PRETTY_NAME="Debian GNU/Linux 9 (stretch)"' 'NAME="Debian GNU/Linux"' \
		'VERSION_ID="9"' 'VERSION="9 (stretch)"' 'ID=debian'
	lines etc/debian_version 9.13
	accounts
	exe bin/sh
	systemd lib/systemd/libsystemd-shared-232.so
	networkd
	resolved
	ifupdown sbin
	enable_ifupdown
	exe sbin/dhclient
	dhclient_files
	lines etc/securetty console tty1 tty2 tty3 tty4
	machine_id 0123456789abcdef0123456789abcdef
}

distro_debian-networkd() {
	debian 13 trixie 257
	enable_networkd
	resolved
	enable_resolved
}

distro_debian-nm() {
	debian 13 trixie 257
	lines etc/NetworkManager/NetworkManager.conf '[main]' 'plugins=ifupdown,keyfile' '' \
		'[ifupdown]' 'managed=false'
	network_manager 1.52.1 usr/lib/x86_64-linux-gnu ifupdown
	enable_network_manager
}

# ubuntu RELEASE CODENAME
ubuntu() {
	os_release "PRETTY_NAME=\"Ubuntu $1\"" 'NAME="Ubuntu"' "VERSION_ID=\"$1\"" \
		"VERSION=\"$1 ($2)\"" "VERSION_CODENAME=$2" 'ID=ubuntu' 'ID_LIKE=debian' \
		"UBUNTU_CODENAME=$2"
	lines etc/lsb-release 'DISTRIB_ID=Ubuntu' "DISTRIB_RELEASE=$1" "DISTRIB_CODENAME=$2" \
		"DISTRIB_DESCRIPTION=\"Ubuntu $1\""
	accounts
}

# ubuntu_netplan RELEASE CODENAME DEBIAN SYSTEMD
ubuntu_netplan() {
	merge_usr
	ubuntu "$1" "$2"
	lines etc/debian_version "$3"
	exe usr/bin/sh
	systemd "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-$4.so"
	networkd
	enable_networkd
	resolved
	enable_resolved
	exe usr/libexec/netplan/generate usr/share/netplan/netplan.script
	link ../share/netplan/netplan.script usr/sbin/netplan
	link ../../../libexec/netplan/generate usr/lib/systemd/system-generators/netplan
	lines etc/netplan/10-lxc.yaml network: '  version: 2' '  ethernets:' '    eth0:' \
		'      dhcp4: true'
	chmod 600 etc/netplan/10-lxc.yaml
	machine_id
}
distro_ubuntu2404() { ubuntu_netplan 24.04 noble trixie/sid 255; }
distro_ubuntu3110() { ubuntu_netplan 31.10 zesty zurg/sid 299; }

resolvconf() {
	exe sbin/resolvconf
	lines etc/resolvconf/resolv.conf.d/head '# Dynamic resolv.conf(5) file by resolvconf(8)'
	empty etc/resolvconf/resolv.conf.d/base
	link ../run/resolvconf/resolv.conf etc/resolv.conf
}

distro_ubuntu1604() {
	local units=lib/systemd/system init=/lib/systemd/systemd
	ubuntu 16.04 xenial
	lines etc/debian_version stretch/sid
	exe bin/sh
	systemd
	networkd
	resolved
	ifupdown sbin
	enable_ifupdown
	exe sbin/dhclient
	dhclient_files
	resolvconf
	unit resolvconf.service WantedBy=sysinit.target
	enable resolvconf.service sysinit.target.wants
	lines etc/network/interfaces 'auto lo' 'iface lo inet loopback' '' 'auto eth0' \
		'iface eth0 inet dhcp'
	lines etc/securetty console tty1 tty2 tty3 tty4
	machine_id 0123456789abcdef0123456789abcdef
}

distro_ubuntu1404() {
	local n
	ubuntu 14.04 trusty
	lines etc/debian_version jessie/sid
	exe bin/sh sbin/init sbin/initctl sbin/getty
	for n in 1 2 3 4; do
		lines "etc/init/tty$n.conf" "start on stopped rc RUNLEVEL=[2345]" \
			"stop on runlevel [!2345]" respawn "exec /sbin/getty -8 38400 tty$n"
	done
	lines etc/init/rc-sysinit.conf 'start on filesystem' 'env DEFAULT_RUNLEVEL=2' task
	lines etc/init/networking.conf 'start on local-filesystems' 'task' 'exec ifup -a'
	lines etc/init/network-interface.conf 'start on net-device-added' \
		'instance $INTERFACE' 'exec ifup --allow auto $INTERFACE'
	lines etc/init/failsafe.conf 'start on filesystem and net-device-up IFACE=lo'
	ifupdown sbin
	exe sbin/dhclient
	dhclient_files
	resolvconf
	lines etc/init/resolvconf.conf 'start on mounted MOUNTPOINT=/run'
	lines etc/network/interfaces 'auto lo' 'iface lo inet loopback' '' 'auto eth0' \
		'iface eth0 inet dhcp'
	lines etc/securetty console tty1 tty2 tty3 tty4
}

distro_devuan() {
	merge_usr
	os_release 'PRETTY_NAME="Devuan GNU/Linux 5 (daedalus)"' 'NAME="Devuan GNU/Linux"' \
		'VERSION_ID="5"' 'VERSION="5 (daedalus)"' 'ID=devuan' 'ID_LIKE=debian'
	lines etc/devuan_version daedalus
	lines etc/debian_version 12.0
	accounts
	exe usr/bin/sh usr/sbin/init usr/sbin/telinit etc/init.d/rc
	program usr/sbin/getty noclear
	file etc/inittab <<-'INITTAB'
		id:2:initdefault:
		si::sysinit:/etc/init.d/rcS
		l2:2:wait:/etc/init.d/rc 2
		l6:6:wait:/etc/init.d/rc 6
		ca:12345:ctrlaltdel:/sbin/shutdown -t1 -a -r now
		1:2345:respawn:/sbin/getty 38400 tty1
		2:23:respawn:/sbin/getty 38400 tty2
		3:23:respawn:/sbin/getty 38400 tty3
		4:23:respawn:/sbin/getty 38400 tty4
		5:23:respawn:/sbin/getty 38400 tty5
		6:23:respawn:/sbin/getty 38400 tty6
	INITTAB
	ifupdown usr/sbin
	link ../init.d/networking etc/rcS.d/S12networking etc/rc0.d/K06networking
	exe usr/sbin/dhclient
	dhclient_files
	lines etc/network/interfaces 'auto lo' 'iface lo inet loopback'
}
